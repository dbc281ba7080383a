/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "base/cb-string.h"
#include "text/cb-text.h"

#define ZWSP "\xe2\x80\x8b"
#define N_RANDOM 400

typedef struct
{
  const char *markdown;
  const char *plain;
  const char *jira;
  const char *html;
  const char *other_jira; /* (nullable): what md4c 0.5 makes of it, which sees fewer bare addresses */
  const char *other_html; /* (nullable): likewise */
} Conversion;

static const Conversion conversions[] = {
  { "", "", "", "" },
  { " \n\t\n ", "", "", "" },
  { "Line one\nline two\n\nnew paragraph\n", "Line one\nline two\n\nnew paragraph",
    "Line one\nline two\n\nnew paragraph", "<p>Line one\nline two</p><p>new paragraph</p>" },
  { "one\r\ntwo\rthree\x07\x1b[1m", "one\ntwo\nthree[1m", "one\ntwo\nthree[1m",
    "<p>one\ntwo\nthree[1m</p>" },
  { "hard  \nbreak", "hard\nbreak", "hard\nbreak", "<p>hard<br>break</p>" },
  { "# One\n\n###### Six", "One\n\nSix", "h1. One\n\nh6. Six", "<h1>One</h1><h6>Six</h6>" },
  { "Two\nlines\n===", "Two lines", "h1. Two lines", "<h1>Two\nlines</h1>" },
  { "**b** *i* ~~s~~ `c`", "b i s c", "*b* _i_ -s- {{c}}",
    "<p><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>" },
  { "in**wo**rd, `c`ode", "inword, code", "in{*}wo{*}rd, {{c{}}}ode",
    "<p>in<strong>wo</strong>rd, <code>c</code>ode</p>" },
  { "***both*** and **a *b* c**", "both and a b c", "_*both*_ and *a _b_ c*",
    "<p><em><strong>both</strong></em> and <strong>a <em>b</em> c</strong></p>" },
  { "**two\nlines**", "two\nlines", "*two*\n*lines*", "<p><strong>two\nlines</strong></p>" },
  { "**see http://a.bc/d** x", "see http://a.bc/d x", "*see http://a.bc/d{*} x",
    "<p><strong>see <a href=\"http://a.bc/d\">http://a.bc/d</a></strong> x</p>" },
  { "**a\\*b c\\* d**", "a*b c* d", "*a*b c\\* d*", "<p><strong>a*b c* d</strong></p>" },
  { "[text](https://e.org/a_b?c=1&d=2)", "text (https://e.org/a_b?c=1&d=2)",
    "[text|https://e.org/a_b?c=1&d=2]",
    "<p><a href=\"https://e.org/a_b?c=1&amp;d=2\">text</a></p>" },
  { "[a\\]b|c](https://e.org/%5B)", "a]b|c (https://e.org/%5B)",
    "[a&#93;b&#124;c|https://e.org/%5B]", "<p><a href=\"https://e.org/%5B\">a]b|c</a></p>" },
  { "[x](https://e.org/a|b]c)", "x (https://e.org/a|b]c)", "[x|https://e.org/a%7Cb%5Dc]",
    "<p><a href=\"https://e.org/a|b]c\">x</a></p>" },
  { "https://e.org/a_b_c, <me@e.org>, www.e.org.", "https://e.org/a_b_c, me@e.org, www.e.org.",
    "https://e.org/a_b_c, me@e.org, www.e.org.",
    "<p><a href=\"https://e.org/a_b_c\">https://e.org/a_b_c</a>, "
    "<a href=\"mailto:me@e.org\">me@e.org</a>, <a href=\"http://www.e.org\">www.e.org</a>.</p>" },
  { "http://e.org/~a~ ~b~ http://e.org/_c_ d", "http://e.org/~a~ b http://e.org/_c_ d",
    "[http://e.org/~a]~ -b- [http://e.org/_c]_ d",
    "<p><a href=\"http://e.org/~a\">http://e.org/~a</a>~ <del>b</del> "
    "<a href=\"http://e.org/_c\">http://e.org/_c</a>_ d</p>",
    "http://e.org/~a~ -b- http://e.org/_c_ d", "<p>http://e.org/~a~ <del>b</del> http://e.org/_c_ d</p>" },
  { "<http://e.org/a>b", "http://e.org/ab", "[http://e.org/a]b",
    "<p><a href=\"http://e.org/a\">http://e.org/a</a>b</p>" },
  { "[x](javascript:alert(1)) [y](/app)", "x (javascript:alert(1)) y (/app)",
    "x (javascript:alert(1)) y (/app)", "<p>x (javascript:alert(1)) y (/app)</p>" },
  { "![alt](https://e.org/i.png) ![](https://e.org/j.png)",
    "alt (https://e.org/i.png) https://e.org/j.png",
    "[alt|https://e.org/i.png] https://e.org/j.png",
    "<p><a href=\"https://e.org/i.png\">alt</a> "
    "<a href=\"https://e.org/j.png\">https://e.org/j.png</a></p>" },
  { "[![a](http://e.org/i)](http://e.org/)", "a (http://e.org/i) (http://e.org/)",
    "[a (http://e.org/i)|http://e.org/]",
    "<p><a href=\"http://e.org/\">a (http://e.org/i)</a></p>" },
  { "- a\n- b\n  - c\n    1. d\n", "- a\n- b\n  - c\n    1. d", "* a\n* b\n** c\n**# d",
    "<ul><li>a</li><li>b\n<ul><li>c\n<ol><li>d</li></ol></li></ul></li></ul>" },
  { "3. a\n4. b", "3. a\n4. b", "# a\n# b", "<ol start=\"3\"><li>a</li><li>b</li></ol>" },
  { "1) a\n\n2) b\n\n   c", "1) a\n\n2) b\n\n   c", "# a\n# b\nc",
    "<ol><li><p>a</p></li><li><p>b</p><p>c</p></li></ol>" },
  { "- [x] a\n- [ ] b", "- [x] a\n- [ ] b", "* \\[x] a\n* \\[ ] b",
    "<ul><li>[x] a</li><li>[ ] b</li></ul>" },
  { "- a\n-\n- c", "- a\n- \n- c", "* a\n* &nbsp;\n* c", "<ul><li>a</li><li></li><li>c</li></ul>" },
  { "- ```\n  x\n  y\n  ```\n- # h", "- x\n  y\n- h", "* {noformat}\nx\ny\n{noformat}\n* h",
    "<ul><li><pre><code>x\ny</code></pre></li><li><h1>h</h1></li></ul>" },
  { "> a\n>\n> > b\n\nc", "> a\n>\n> > b\n\nc", "{quote}\na\n\nb\n{quote}\n\nc",
    "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote><p>c</p>" },
  { "```python\nif x:\n\n  y(\"<\")\n```", "if x:\n\n  y(\"<\")",
    "{code:python}\nif x:\n\n  y(\"<\")\n{code}",
    "<pre><code>if x:\n\n  y(&quot;&lt;&quot;)</code></pre>" },
  { "```kql\na {noformat} {code:x} {codes}\n```", "a {noformat} {code:x} {codes}",
    "{noformat}\na {" ZWSP "noformat} {" ZWSP "code:x} {codes}\n{noformat}",
    "<pre><code>a {noformat} {code:x} {codes}</code></pre>" },
  { "`{code}` `a|b` `rm -rf *` `\\\\x\\n`", "{code} a|b rm -rf * \\\\x\\n",
    "{{&#123;code&#125;}} {{a|b}} {{rm -rf *}} {{&#92;&#92;x&#92;n}}",
    "<p><code>{code}</code> <code>a|b</code> <code>rm -rf *</code> <code>\\\\x\\n</code></p>" },
  { "|h|i|\n|---|---|\n|a|b\\|c|\n|`x\\|y`||\n", "h   | i\na   | b|c\nx|y",
    "||h||i||\n|a|b\\|c|\n|{{x&#124;y}}| |",
    "<table><thead><tr><th>h</th><th>i</th></tr></thead><tbody><tr><td>a</td><td>b|c</td></tr>"
    "<tr><td><code>x|y</code></td><td></td></tr></tbody></table>" },
  { "|h|\n|---|\n", "h", "||h||", "<table><thead><tr><th>h</th></tr></thead></table>" },
  { "a\n\n---\n\nb", "a\n\n---\n\nb", "a\n\n----\n\nb", "<p>a</p><hr><p>b</p>" },
  { "<b onclick=\"x\">B</b> &lt;i&gt; &copy; &#x41; &nope;",
    "<b onclick=\"x\">B</b> <i> \xc2\xa9 A &nope;",
    "<b onclick=\"x\">B</b> <i> \xc2\xa9 A &amp;nope;",
    "<p>&lt;b onclick=&quot;x&quot;&gt;B&lt;/b&gt; &lt;i&gt; \xc2\xa9 A &amp;nope;</p>" },
  { "<script>\nalert(1)\n</script>", "<script>\nalert(1)\n</script>",
    "<script>\nalert(1)\n</script>", "<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>" },
  { "a&#1;b&#0;c&#10;d", "ab\xef\xbf\xbd" "c d", "ab\xef\xbf\xbd" "c d",
    "<p>ab\xef\xbf\xbd" "c d</p>" },
};

/* What Jira must get as Markdown text has it, and what must be escaped. */
static const struct
{
  const char *text;
  const char *jira;
} jira_texts[] = {
  { "2026-11-24 well-known url_domain a*b 1+1 a^b", NULL },
  { "powershell.exe -enc -nop C:\\Users\\x --foo", NULL },
  { "me.you-too@e.org file_name.txt", NULL },
  { "What?? No! f(a) 5 * 3 - 1", NULL },
  { "#tag, ~5, see (i.e. this): a|b", NULL },
  { "https://e.org/_a_/*b*/-c-?d=(x)&e=~f~g", NULL },
  { "(see https://e.org/a).", NULL },
  { "-a b- and +c+", "\\-a b\\- and \\+c\\+" },
  { "_a_ *b* ^c^ ~d~ ??e??", "\\_a\\_ \\*b\\* \\^c\\^ \\~d\\~ \\?\\?e\\?\\?" },
  { "!image.png! (!)", "\\!image.png\\! \\(\\!)" },
  { "${jndi:ldap://x}", "$\\{jndi:ldap://x\\}" },
  { "[~admin] [a|http://e.org]", "\\[~admin] \\[a|http://e.org]" },
  { "evil[.]com", "evil\\[.]com" },
  { "h1. no\nbq. no\n- no\n## no\n|no|\n----",
    "h1&#46; no\nbq&#46; no\n\\- no\n\\## no\n\\|no|\n\\-\\-\\-\\-" },
  { "  * no", "  \\* no" },
  { ":) :( ;) :D :P C:Down (x) (on) (x)y",
    ":\\) :\\( ;\\) &#58;D &#58;P C:Down \\(x) \\(on) (x)y" },
  { "\\\\server\\share C:\\*.exe end\\", "&#92;\\server\\share C:&#92;*.exe end&#92;" },
  { "a -- b --- c --d", "a \\-\\- b \\-\\-\\- c \\-\\-d" },
  { "&lt; & &#42; AT&T", "&amp;lt; & &amp;#42; AT&T" },
};

/* Seeds of random documents: the letters are the visible lower-case ones, in order. */
static const struct
{
  const char *markdown;
  const char *letters;
} seeds[] = {
  { "alpha beta gamma. Delta epsilon! Zeta\neta theta **iota kappa** lambda.",
    "alphabetagammaeltaepsilonetaetathetaiotakappalambda" },
  { "# heading with *words*", "headingwithwords" },
  { "- one\n- two `three`\n  - four\n  - five\n    1. six\n- seven eight nine ten eleven twelve",
    "onetwothreefourfivesixseveneightnineteneleventwelve" },
  { "7. aa\n8. bb\n\n   > cc dd\n9. ee", "aabbccddee" },
  { "> quote one\n>\n> quote two\n> > inner\n>\n> - item\n>\n>   ```\n>   deep\n>   code\n>   ```",
    "quoteonequotetwoinneritemdeepcode" },
  { "```json\n{ \"key\": 1,\n\n  \"other\": \"a very long line of code that does not fit\" }\n```",
    "keyotheraverylonglineofcodethatdoesnotfit" },
  { "```\nraw {/code}\n    indented\n```", "rawcodeindented" },
  { "|HA|HB|\n|---|---|\n|cell|**bold**|\n|x &amp; y|a longer cell with some words in it|\n|z||",
    "cellboldxyalongercellwithsomewordsinitz" },
  { "---", "" },
  { "link [text](HTTPS://1.2/3) and &lt;tag&gt; & \\{macro} \\*star\\* \\[br\\] \"q\"",
    "linktextandtagmacrostarbrq" },
  { "averyveryverylongwordwithoutanyspaceinitwhichmustbecutsomewhere",
    "averyveryverylongwordwithoutanyspaceinitwhichmustbecutsomewhere" },
};

static const char *const hostile_pieces[] = {
  "*", "_", "-", "+", "^", "~", "!", "?", "??", "#", "|", "{", "}", "{{", "}}", "[", "]", "\\",
  "\\\\", "(", ")", ":", ";", "a", "B", "7", " ", " ", "\n", "h1.", "bq.", "----", ":)", "(x)",
  "(*)", "{code}", "{quote}", "[~u]", "&", "&lt;", "&#42;", "\xc3\xa9", "\xe4\xb8\xad", "D", ".",
  "\xc2\xa0", "@", "%", "x@y", "--", "/",
};

/* What acts as markup once escapes are out of the way; after Atlassian's renderer. */
static const char *const acting_inline[] = {
  "\\{", "\\}", "\\[[^\\]\\n]*\\]", "\\\\\\\\",
  "(?<![\\p{L}\\p{Nd}\\\\])([*_+^~-])(?!\\s|\\1)[^\\n]*?(?<![\\s\\\\])\\1(?![\\p{L}\\p{Nd}])",
  "(?<![\\p{L}\\p{Nd}\\\\])\\?\\?(?![\\s?])[^\\n]*?(?<![\\s\\\\?])\\?\\?(?![\\p{L}\\p{Nd}])",
  "![^\\s!][^!\\n]*(?<!\\s)!", "(?::|(?<!&);)-?[()](?![A-Za-z])", ":[DPp](?![A-Za-z])",
  "\\((?:[yni/x!+?*-]|\\*[rgby]|on|off|flag|flagoff)\\)(?![A-Za-z])", "(?:^|\\s)---?(?:\\s|$)",
};
static const char *const acting_lines[] = {
  "(?m)^\\s*[*#-]+\\s", "(?m)^\\s*h[1-6]\\.", "(?m)^\\s*bq\\.", "(?m)^\\s*\\|",
  "(?m)^\\s*-{4,}\\s*$",
};

/* Auxiliary methods */

static char *
replace (const char *pattern,
         const char *text,
         const char *with)
{
  g_autoptr(GRegex) regex = g_regex_new (pattern, 0, 0, NULL);

  g_assert_nonnull (regex);
  return g_regex_replace_literal (regex, text, -1, 0, with, 0, NULL);
}

static void
assert_inert (const char        *text,
              const char        *source,
              const char *const *patterns,
              gsize              n_patterns)
{
  g_autofree char *one = replace ("(?<!\\\\)\\\\[-#*_+?^~|%{}\\[\\]()!@]", text, "\xe2\x80\xa2");
  g_autofree char *two = replace ("&#?[A-Za-z0-9]+;", one, "\xe2\x80\xa2");

  for (gsize i = 0; i < n_patterns; i++)
    if (g_regex_match_simple (patterns[i], two, 0, 0))
      g_error ("“%s” acts in “%s” from “%s”", patterns[i], text, source);
}

static char *
random_hostile (void)
{
  GString *text = g_string_new (NULL);

  for (int n = g_test_rand_int_range (1, 14); n > 0; n--)
    {
      int piece = g_test_rand_int_range (0, G_N_ELEMENTS (hostile_pieces));

      g_string_append (text, hostile_pieces[piece]);
    }
  return g_string_free (text, FALSE);
}

static char *
escape_markdown (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (g_ascii_ispunct (*text))
        g_string_append_c (out, '\\');
      g_string_append_c (out, *text);
    }
  return g_string_free (out, FALSE);
}

static char *
letters_of (const char   *text,
            CbTextFormat  format)
{
  static const char *const markup[] = {
    "$.", "(?m)^h[1-6]\\. |^[*#]* ?\\{(code|noformat|quote)(:[a-z]*)?\\}$|&[a-z]+;",
    "<[^>]*>|&[a-z]+;",
  };
  g_autofree char *two = replace (markup[format], text, "");

  return replace ("[^a-z]", two, "");
}

static void
open_cb (GMarkupParseContext  *context,
         const char           *name,
         const char          **keys,
         const char          **values,
         gpointer              user_data,
         GError              **error)
{
  const GSList *stack = g_markup_parse_context_get_element_stack (context);
  const char *parent = stack->next != NULL ? stack->next->data : "";

  if (g_str_equal (name, "li"))
    g_assert_true (g_str_equal (parent, "ul") || g_str_equal (parent, "ol"));
  if (g_str_equal (name, "td"))
    g_assert_cmpstr (parent, ==, "tr");
}

static void
assert_html (const char *part)
{
  const GMarkupParser parser = { .start_element = open_cb };
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *closed = replace ("<(br|hr)>", part, "<br/>");
  g_autofree char *document = g_strconcat ("<x>", closed, "</x>", NULL);

  g_markup_parse_context_parse (context, document, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
}

static guint
count (const char *text,
       const char *pattern)
{
  g_autoptr(GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  guint n = 0;

  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    n++;
  return n;
}

static void
assert_part (const char   *part,
             CbTextFormat  format)
{
  g_assert_true (g_utf8_validate (part, -1, NULL));
  if (format == CB_TEXT_HTML)
    assert_html (part);
  if (format == CB_TEXT_JIRA)
    {
      g_assert_cmpuint (count (part, "\\{code(:[a-z]+)?\\}$") % 2, ==, 0);
      g_assert_cmpuint (count (part, "\\{noformat\\}$") % 2, ==, 0);
      g_assert_cmpuint (count (part, "\\{quote\\}$") % 2, ==, 0);
    }
}

static void
assert_parts (GStrv         parts,
              CbTextFormat  format,
              gsize         first_limit,
              gsize         next_limit,
              const char   *letters)
{
  g_autoptr(GString) visible = g_string_new (NULL);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      gsize limit = i == 0 ? first_limit : next_limit;
      g_autofree char *part_letters = letters_of (parts[i], format);

      if (limit >= 20 && cb_utf16_length (parts[i]) > limit)
        g_error ("part of %" G_GSIZE_FORMAT " over %" G_GSIZE_FORMAT ": %s",
                 cb_utf16_length (parts[i]), limit, parts[i]);
      assert_part (parts[i], format);
      g_string_append (visible, part_letters);
    }
  g_assert_cmpstr (visible->str, ==, letters);
}

static void
assert_split (const char         *markdown,
              CbTextFormat        format,
              gsize               first_limit,
              gsize               next_limit,
              const char *const  *expected)
{
  g_auto(GStrv) parts = cb_text_split (markdown, format, first_limit, next_limit);

  for (gsize i = 0; expected[i] != NULL; i++)
    g_assert_cmpstr (parts[i], ==, expected[i]);
  g_assert_cmpuint (g_strv_length (parts), ==, g_strv_length ((GStrv) expected));
}

static void
assert_converts (const char   *markdown,
                 CbTextFormat  format,
                 const char   *expected)
{
  g_autofree char *text = cb_text_convert (markdown, format);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_converts_to_one (const char   *markdown,
                        CbTextFormat  format,
                        const char   *expected,
                        const char   *other)
{
  g_autofree char *text = cb_text_convert (markdown, format);

  if (g_strcmp0 (text, other) != 0)
    g_assert_cmpstr (text, ==, expected);
}

static void
assert_survives (const char *unit,
                 const char *middle,
                 const char *after)
{
  GString *text = g_string_new (NULL);

  while (text->len + strlen (unit) <= 15000)
    g_string_append (text, unit);
  g_string_append (text, middle);
  while (after[0] != '\0' && text->len + strlen (after) <= 30000)
    g_string_append (text, after);
  for (CbTextFormat format = CB_TEXT_PLAIN; format <= CB_TEXT_HTML; format++)
    {
      g_auto(GStrv) whole = cb_text_split (text->str, format, 0, 0);
      g_auto(GStrv) parts = cb_text_split (text->str, format, 4000, 1000);

      assert_part (whole[0], format);
      for (gsize i = 0; parts[i] != NULL; i++)
        g_assert_cmpuint (cb_utf16_length (parts[i]), <=, i == 0 ? 4000 : 1000);
    }
  g_string_free (text, TRUE);
}

/* Callbacks */

static void
test_convert (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (conversions); i++)
    {
      assert_converts (conversions[i].markdown, CB_TEXT_PLAIN, conversions[i].plain);
      assert_converts_to_one (conversions[i].markdown, CB_TEXT_JIRA, conversions[i].jira,
                              conversions[i].other_jira);
      assert_converts_to_one (conversions[i].markdown, CB_TEXT_HTML, conversions[i].html,
                              conversions[i].other_html);
    }
}

static void
test_jira_text (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (jira_texts); i++)
    {
      const char *text = jira_texts[i].text;
      const char *expected = jira_texts[i].jira != NULL ? jira_texts[i].jira : text;
      g_autofree char *markdown = escape_markdown (text);

      if (strstr (text, "://") == NULL && strchr (text, '@') == NULL && text[0] != ' ')
        assert_converts (markdown, CB_TEXT_JIRA, expected);
      else if (jira_texts[i].jira == NULL)
        assert_converts (text, CB_TEXT_JIRA, expected);
    }
}

static void
test_jira_inert (void)
{
  for (guint i = 0; i < 10 * N_RANDOM; i++)
    {
      g_autofree char *text = random_hostile ();
      g_autofree char *unindented = replace ("(?m)^ +", text, "");
      g_autofree char *markdown = escape_markdown (unindented);
      g_autofree char *escaped = cb_text_escape (text, CB_TEXT_JIRA);
      g_autofree char *converted = cb_text_convert (markdown, CB_TEXT_JIRA);

      assert_inert (escaped, text, acting_inline, G_N_ELEMENTS (acting_inline));
      assert_inert (escaped, text, acting_lines, G_N_ELEMENTS (acting_lines));
      assert_inert (converted, text, acting_inline, G_N_ELEMENTS (acting_inline));
      assert_inert (converted, text, acting_lines, G_N_ELEMENTS (acting_lines));
    }
}

static void
test_jira_inert_code (void)
{
  for (guint i = 0; i < 5 * N_RANDOM; i++)
    {
      g_autofree char *hostile = random_hostile ();
      g_autofree char *text = g_strdelimit (g_strdup (hostile), "\n", ' ');
      g_autofree char *markdown = g_strdup_printf ("`x%sx`", text);
      g_autofree char *converted = cb_text_convert (markdown, CB_TEXT_JIRA);

      g_assert_true (g_str_has_prefix (converted, "{{x") && g_str_has_suffix (converted, "x}}"));
      converted[strlen (converted) - 2] = '\0';
      assert_inert (converted + 2, text, acting_inline, G_N_ELEMENTS (acting_inline));
    }
}

static void
test_escape (void)
{
  g_autofree char *plain = cb_text_escape ("A <b> *c* \x01", CB_TEXT_PLAIN);
  g_autofree char *html = cb_text_escape ("A <b> & \"c\"", CB_TEXT_HTML);
  g_autofree char *jira = cb_text_escape ("{A} *b* O'Neil-Smith_x [c]", CB_TEXT_JIRA);

  g_assert_cmpstr (plain, ==, "A <b> *c* ");
  g_assert_cmpstr (html, ==, "A &lt;b&gt; &amp; &quot;c&quot;");
  g_assert_cmpstr (jira, ==, "\\{A\\} \\*b\\* O'Neil-Smith_x \\[c]");
}

static void
test_append (void)
{
  static const char *const line = "Added by Jane <Doe> [cb-ABCDEFGHIJ]";
  g_autofree char *plain = cb_text_append_paragraph ("a", line, CB_TEXT_PLAIN);
  g_autofree char *jira = cb_text_append_paragraph ("", line, CB_TEXT_JIRA);
  g_autofree char *html = cb_text_append_paragraph ("<p>a</p>", line, CB_TEXT_HTML);
  g_autofree char *only = cb_text_append_paragraph ("", line, CB_TEXT_HTML);

  g_assert_cmpstr (plain, ==, "a\n\nAdded by Jane <Doe> [cb-ABCDEFGHIJ]");
  g_assert_cmpstr (jira, ==, line);
  g_assert_cmpstr (html, ==, "<p>a</p><p>Added by Jane &lt;Doe&gt; [cb-ABCDEFGHIJ]</p>");
  g_assert_cmpstr (only, ==, "<p>Added by Jane &lt;Doe&gt; [cb-ABCDEFGHIJ]</p>");
}

static void
test_join_lines (void)
{
  g_autofree char *joined = cb_text_join_lines (" one \r\n\n\ttwo\rthree\x02\tfour\n ");
  g_autofree char *empty = cb_text_join_lines ("\n \r\n");
  g_autofree char *single = cb_text_join_lines ("as it is");

  g_assert_cmpstr (joined, ==, "one, two, three four");
  g_assert_cmpstr (empty, ==, "");
  g_assert_cmpstr (single, ==, "as it is");
}

static void
test_split_blocks (void)
{
  assert_split ("", CB_TEXT_HTML, 5, 5, (const char *[]) { "", NULL });
  assert_split ("one\n\ntwo\n\nthree", CB_TEXT_PLAIN, 8, 10,
                (const char *[]) { "one\n\ntwo", "three", NULL });
  assert_split ("one\n\n- two\n- three", CB_TEXT_JIRA, 13, 13,
                (const char *[]) { "one", "* two\n* three", NULL });
  assert_split ("one\n\ntwo", CB_TEXT_HTML, 20, 20,
                (const char *[]) { "<p>one</p><p>two</p>", NULL });
  assert_split ("one\n\ntwo", CB_TEXT_HTML, 19, 0,
                (const char *[]) { "<p>one</p>", "<p>two</p>", NULL });
}

static void
test_split_inside (void)
{
  assert_split ("```\n0123456789\n0123456789\n0123456789\n```", CB_TEXT_JIRA, 45, 45,
                (const char *[]) { "{noformat}\n0123456789\n0123456789\n{noformat}",
                                   "{noformat}\n0123456789\n{noformat}", NULL });
  assert_split ("|h|\n|---|\n|aaaaaaaa|\n|bbbbbbbb|", CB_TEXT_JIRA, 20, 20,
                (const char *[]) { "||h||\n|aaaaaaaa|", "||h||\n|bbbbbbbb|", NULL });
  assert_split ("3. aaaaaaaaaa\n4. bbbbbbbbbb", CB_TEXT_HTML, 50, 50,
                (const char *[]) { "<ol start=\"3\"><li>aaaaaaaaaa</li></ol>",
                                   "<ol start=\"4\"><li>bbbbbbbbbb</li></ol>", NULL });
  assert_split ("> aaaaaaaaaa aaaaaaaaaa\n>\n> bbbbbbbbbb bbbbbbbbbb", CB_TEXT_JIRA, 50, 50,
                (const char *[]) { "{quote}\naaaaaaaaaa aaaaaaaaaa\n{quote}",
                                   "{quote}\nbbbbbbbbbb bbbbbbbbbb\n{quote}", NULL });
}

static void
test_split_paragraph (void)
{
  assert_split ("One two three. Four five six seven", CB_TEXT_PLAIN, 22, 22,
                (const char *[]) { "One two three.", "Four five six seven", NULL });
  assert_split ("one two three\nfour five six seven", CB_TEXT_PLAIN, 20, 0,
                (const char *[]) { "one two three", "four five six seven", NULL });
  assert_split ("aaaa bbbb cccc dddd eeee", CB_TEXT_PLAIN, 20, 20,
                (const char *[]) { "aaaa bbbb cccc dddd", "eeee", NULL });
  assert_split ("aaaaaaaaaaaaaaaaaaaaaaaaa", CB_TEXT_PLAIN, 20, 20,
                (const char *[]) { "aaaaaaaaaaaaaaaaaaaa", "aaaaa", NULL });
  assert_split ("aaaaaaaaaaaaaaa **b** 5 \\* 3 c", CB_TEXT_JIRA, 21, 20,
                (const char *[]) { "aaaaaaaaaaaaaaa b 5", "\\* 3 c", NULL });
  assert_split ("aaaaaaaaaaaaaaaaa&&&&", CB_TEXT_HTML, 26, 26,
                (const char *[]) { "<p>aaaaaaaaaaaaaaaaa</p>", "<p>&amp;&amp;&amp;</p>",
                                   "<p>&amp;</p>", NULL });
}

static void
test_split_unicode (void)
{
  /* Two surrogates each: ten smileys are twenty units. */
  assert_split ("\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
                "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
                "\xf0\x9f\x98\x81", CB_TEXT_PLAIN, 21, 21,
                (const char *[]) {
                  "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
                  "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80"
                  "\xf0\x9f\x98\x80\xf0\x9f\x98\x80",
                  "\xf0\x9f\x98\x81", NULL });
  /* A combining mark stays with its letter, a skin colour with its hand, a flag whole. */
  assert_split ("aaaaaaaaaaaaaaaaaaae\xcc\x81z", CB_TEXT_PLAIN, 20, 20,
                (const char *[]) { "aaaaaaaaaaaaaaaaaaa", "e\xcc\x81z", NULL });
  assert_split ("aaaaaaaaaaaaaaaaaa\xf0\x9f\x91\x8b\xf0\x9f\x8f\xbd", CB_TEXT_PLAIN, 20, 20,
                (const char *[]) { "aaaaaaaaaaaaaaaaaa",
                                   "\xf0\x9f\x91\x8b\xf0\x9f\x8f\xbd", NULL });
  assert_split ("aaaaaaaaaaaaaaaaaa\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", CB_TEXT_PLAIN, 20, 20,
                (const char *[]) { "aaaaaaaaaaaaaaaaaa",
                                   "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", NULL });
  /* A CJK sentence ends without a space. */
  assert_split ("\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
                "\xe4\xb8\xad\xe4\xb8\xad"
                "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe3\x80\x82"
                "\xe6\x96\x87\xe6\x96\x87"
                "\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87"
                "\xe6\x96\x87\xe6\x96\x87",
                CB_TEXT_PLAIN, 20, 20,
                (const char *[]) {
                  "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
                  "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
                  "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe3\x80\x82",
                  "\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87"
                  "\xe6\x96\x87\xe6\x96\x87\xe6\x96\x87"
                  "\xe6\x96\x87\xe6\x96\x87", NULL });
  assert_converts ("**\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d** \xe2\x80\xae*x*", CB_TEXT_JIRA,
                   "*\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d* \xe2\x80\xae_x_");
}

static void
test_split_random (void)
{
  for (guint i = 0; i < 2 * N_RANDOM; i++)
    {
      g_autoptr(GString) markdown = g_string_new (NULL);
      g_autoptr(GString) letters = g_string_new (NULL);
      gsize first_limit = g_test_rand_int_range (20, 300);
      gsize next_limit = g_test_rand_int_range (20, 300);

      for (int n = g_test_rand_int_range (1, 8); n > 0; n--)
        {
          guint seed = g_test_rand_int_range (0, G_N_ELEMENTS (seeds));

          g_string_append_printf (markdown, "%s\n\n<!-- -->\n\n", seeds[seed].markdown);
          g_string_append (letters, seeds[seed].letters);
        }
      for (CbTextFormat format = CB_TEXT_PLAIN; format <= CB_TEXT_HTML; format++)
        {
          g_auto(GStrv) parts = cb_text_split (markdown->str, format, first_limit, next_limit);
          g_auto(GStrv) whole = cb_text_split (markdown->str, format, 100000, 1);
          g_autofree char *converted = cb_text_convert (markdown->str, format);
          g_autofree char *all = g_strjoinv ("\n", parts);

          assert_parts (parts, format, first_limit, next_limit, letters->str);
          g_assert_cmpstr (whole[0], ==, converted);
          g_assert_null (whole[1]);
          g_assert_cmpuint (count (all, "HA"), >=, count (markdown->str, "HA"));
          g_assert_cmpuint (count (converted, "HA"), ==, count (markdown->str, "HA"));
        }
    }
}

static void
test_split_tiny (void)
{
  for (gsize limit = 1; limit < 20; limit++)
    for (gsize seed = 0; seed < G_N_ELEMENTS (seeds); seed++)
      {
        g_auto(GStrv) parts = cb_text_split (seeds[seed].markdown, CB_TEXT_PLAIN, limit, limit);

        assert_parts (parts, CB_TEXT_PLAIN, limit, limit, seeds[seed].letters);
      }
  for (gsize limit = 1; limit < 20; limit++)
    for (gsize i = 0; i < G_N_ELEMENTS (conversions); i++)
      for (CbTextFormat format = CB_TEXT_JIRA; format <= CB_TEXT_HTML; format++)
        {
          g_auto(GStrv) parts = cb_text_split (conversions[i].markdown, format, limit, limit);

          g_assert_nonnull (parts[0]);
        }
}

static void
test_hostile (void)
{
  assert_survives (">", "x\n", ">");
  assert_survives ("- ", "x\n", "");
  assert_survives ("> - ", "x\n", "1. ");
  assert_survives ("[", "x", "]");
  assert_survives ("![", "x", "](u)");
  assert_survives ("[", "x", "](http://u)");
  assert_survives ("*a ", "x", " a*");
  assert_survives ("**a _b ~~c ", "x", "~~ _ **");
  assert_survives ("`", "x", "`");
  assert_survives ("{code}", "x", "{quote}");
  assert_survives ("\\", "x", "\\\\");
  assert_survives ("-_*", "x", "(x):)");
  assert_survives ("|a", "\n", "|---");
  assert_survives ("a\n\n", "x", "- b\n");
  assert_survives ("http://a.bc/", "x", "&amp;");
  assert_survives ("e\xcc\x81\xcc\x81\xcc\x81", "x", "\xcc\x81");
  assert_survives ("\xf0\x9f\x87\xa9", "x", "\xe2\x80\x8d");
  assert_survives ("```\n{code}\n", "x", "\n");
  assert_survives ("<", "x", "&");
}

static void
test_hostile_table (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 3000; i++)
    g_string_append (text, "|a");
  g_string_append (text, "|\n");
  for (guint i = 0; i < 3000; i++)
    g_string_append (text, "|---");
  g_string_append (text, "|\n");
  for (guint i = 0; i < 4000; i++)
    g_string_append (text, "|b\n");
  for (CbTextFormat format = CB_TEXT_PLAIN; format <= CB_TEXT_HTML; format++)
    {
      g_autofree char *converted = cb_text_convert (text->str, format);

      g_assert_cmpuint (strlen (converted), <, 4000 * 400);
    }
  g_string_free (text, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/convert", test_convert);
  g_test_add_func ("/text/escape", test_escape);
  g_test_add_func ("/text/append", test_append);
  g_test_add_func ("/text/join-lines", test_join_lines);
  g_test_add_func ("/text/jira/text", test_jira_text);
  g_test_add_func ("/text/jira/inert", test_jira_inert);
  g_test_add_func ("/text/jira/inert-code", test_jira_inert_code);
  g_test_add_func ("/text/split/blocks", test_split_blocks);
  g_test_add_func ("/text/split/inside", test_split_inside);
  g_test_add_func ("/text/split/paragraph", test_split_paragraph);
  g_test_add_func ("/text/split/unicode", test_split_unicode);
  g_test_add_func ("/text/split/random", test_split_random);
  g_test_add_func ("/text/split/tiny", test_split_tiny);
  g_test_add_func ("/text/hostile/nesting", test_hostile);
  g_test_add_func ("/text/hostile/table", test_hostile_table);
  return g_test_run ();
}
