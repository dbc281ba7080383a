/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "resilient.h"

#define WRAPPER "<div class=\"rte\"><div>"
#define WRAPPER_END "</div></div>"

static const char *const kept[] = {
  "a",   "b",   "blockquote", "br",    "code", "div", "em",    "h1",  "h2", "h3",   "h4",
  "h5",  "h6",  "hr",         "i",     "li",   "ol",  "p",     "pre", "s",  "span", "strong",
  "sub", "sup", "table",      "tbody", "td",   "th",  "thead", "tr",  "u",  "ul",   NULL,
};
static const char *const without_end[] = { "br", "hr", NULL };
static const char *const dropped_with_content[] = { "script", "style", "iframe", "object", NULL };

typedef struct {
  GString   *out;
  GPtrArray *open; /* (owned) of char: names of tags that were not closed yet */
} Cleaner;

/* Auxiliary methods */

static gboolean
is_in (const char *const *list,
       const char        *name)
{
  return g_strv_contains (list, name);
}

static gsize
entity_length (const char *text)
{
  gsize length =
    1 + strspn (text + 1, "#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

  return length > 1 && text[length] == ';' ? length + 1 : 0;
}

static const char *
clean_character (Cleaner    *cleaner,
                 const char *text)
{
  gsize entity = *text == '&' ? entity_length (text) : 0;

  if (entity > 0)
    g_string_append_len (cleaner->out, text, entity);
  else if (*text == '&')
    g_string_append (cleaner->out, "&amp;");
  else if (*text == '<')
    g_string_append (cleaner->out, "&lt;");
  else if (*text == '>')
    g_string_append (cleaner->out, "&gt;");
  else
    g_string_append_c (cleaner->out, *text);
  return text + MAX (entity, 1);
}

static const char *
find_tag_end (const char *text)
{
  char quote = 0;

  for (; *text != '\0'; text++)
    if (quote != 0)
      quote = *text == quote ? 0 : quote;
    else if (*text == '"' || *text == '\'')
      quote = *text;
    else if (*text == '>')
      return text;
  return NULL;
}

static char *
read_href (const char *tag,
           gsize       length)
{
  g_autofree char *text = g_strndup (tag, length);
  g_autoptr (GRegex) regex = g_regex_new ("\\shref\\s*=\\s*[\"']((?:https?:|mailto:)[^\"']*)[\"']",
                                          G_REGEX_CASELESS, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;

  return g_regex_match (regex, text, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

static void
open_tag (Cleaner    *cleaner,
          const char *name,
          const char *tag,
          gsize       length)
{
  g_autofree char *href = g_str_equal (name, "a") ? read_href (tag, length) : NULL;
  gboolean is_wrapper =
    g_str_equal (name, "div") && g_strstr_len (tag, length, "class=\"rte\"") != NULL;

  if (is_in (without_end, name))
    {
      g_string_append_printf (cleaner->out, "<%s />", name);
      return;
    }
  g_string_append_printf (cleaner->out, "<%s", name);
  if (href != NULL)
    g_string_append_printf (cleaner->out, " href=\"%s\"", href);
  if (is_wrapper)
    g_string_append (cleaner->out, " class=\"rte\"");
  g_string_append_c (cleaner->out, '>');
  g_ptr_array_add (cleaner->open, g_strdup (name));
}

static void
close_last (Cleaner *cleaner)
{
  const char *name = g_ptr_array_index (cleaner->open, cleaner->open->len - 1);

  g_string_append_printf (cleaner->out, "</%s>", name);
  g_ptr_array_remove_index (cleaner->open, cleaner->open->len - 1);
}

static void
close_tag (Cleaner    *cleaner,
           const char *name)
{
  guint index = cleaner->open->len;

  while (index > 0 && !g_str_equal (g_ptr_array_index (cleaner->open, index - 1), name))
    index--;
  while (index > 0 && cleaner->open->len >= index)
    close_last (cleaner);
}

static const char *
skip_content (const char *text,
              const char *name)
{
  g_autofree char *end = g_strdup_printf ("</%s", name);

  for (; *text != '\0'; text++)
    if (g_ascii_strncasecmp (text, end, strlen (end)) == 0)
      return find_tag_end (text) != NULL ? find_tag_end (text) + 1 : text + strlen (text);
  return text;
}

static const char *
clean_tag (Cleaner    *cleaner,
           const char *text)
{
  gboolean closing = text[1] == '/';
  const char *start = text + 1 + closing;
  gsize length = strspn (start, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
  const char *end = find_tag_end (text);
  g_autofree char *name = g_ascii_strdown (start, length);

  if (length == 0 || end == NULL)
    return clean_character (cleaner, text);
  if (!closing && is_in (dropped_with_content, name))
    return skip_content (end + 1, name);
  if (!is_in (kept, name))
    return end + 1;
  if (closing)
    close_tag (cleaner, name);
  else
    open_tag (cleaner, name, text, end - text);
  return end + 1;
}

static char *
clean_html (const char *html)
{
  Cleaner cleaner = { g_string_new (NULL), g_ptr_array_new_with_free_func (g_free) };
  const char *comment_end;

  while (*html != '\0')
    if (g_str_has_prefix (html, "<!--"))
      {
        comment_end = strstr (html, "-->");
        html = comment_end != NULL ? comment_end + 3 : html + strlen (html);
      }
    else
      {
        html = *html == '<' ? clean_tag (&cleaner, html) : clean_character (&cleaner, html);
      }
  while (cleaner.open->len > 0)
    close_last (&cleaner);
  g_ptr_array_unref (cleaner.open);
  return g_string_free (cleaner.out, FALSE);
}

static char *
text_to_html (const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_auto(GStrv) lines = g_strsplit (escaped, "\n", -1);

  return g_strjoinv ("<br />", lines);
}

/* Public API */

/**
 * cb_resilient_clean_text:
 * @format: "text" or "html"
 * @content: what a client sent
 *
 * Returns: (transfer full): the HTML that the server keeps
 */
char *
cb_resilient_clean_text (const char *format,
                         const char *content)
{
  g_autofree char *html =
    g_str_equal (format, "html") ? clean_html (content) : text_to_html (content);

  if (g_str_has_prefix (html, "<div class=\"rte\">"))
    return g_steal_pointer (&html);
  return g_strconcat (WRAPPER, html, WRAPPER_END, NULL);
}
