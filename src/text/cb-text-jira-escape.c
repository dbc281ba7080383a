/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "text/cb-text-private.h"

/*
 * The rules follow Atlassian's own renderer (com.atlassian.renderer.v2.components): a backslash
 * escapes only - # * _ + ? ^ ~ | % { } [ ] ( ) ! @ (BackslashEscapeRendererComponent); a phrase
 * needs a delimiter with no letter or digit before and no space after it, and one with no space
 * before and no letter or digit after it (PhraseRendererComponent); entities stay
 * (HtmlEscapeRendererComponent); an icon is none before a letter (EmoticonRendererComponent).
 */

/* The order is that of the guard bits. */
#define DELIMITERS "*_-+^~!?"

#define ASCII_SPACE " \t\n\v\f\r"

/* UrlRendererComponent; without "[", "]", "\" and "!", which would need escaping elsewhere. */
#define URL_CHARS "-_.~*';/?:@#&=%+$,()"
#define URL_END_CHARS ".,)];'"

typedef struct
{
  GString *out;
  const char *p;
  gunichar previous;
  gunichar next;   /* what follows the character at p */
  guint guards;
  guint place;
} CbEscaper;

/* Auxiliary methods */

static gboolean
is_space (gunichar c)
{
  return c == 0 || (c < 0x80 && strchr (ASCII_SPACE, (int) c) != NULL);
}

/* Java's \s is ASCII only, that of the editor in the cloud is not: what may act is escaped. */
static gboolean
is_blank_at (const char *p)
{
  return *p == '\0' || g_unichar_isspace (g_utf8_get_char (p));
}

static gboolean
opens (gunichar previous,
       gunichar c,
       gunichar next)
{
  return !is_space (next) && (c == '!' || !cb_jira_is_word (previous));
}

static gboolean
closes (gunichar previous,
        gunichar c,
        gunichar next)
{
  return !is_space (previous) && (c == '!' || !cb_jira_is_word (next));
}

static guint
delimiter_bit (gunichar previous,
               gunichar c,
               gunichar next)
{
  const char *found = c != 0 && c < 0x80 ? strchr (DELIMITERS, (int) c) : NULL;

  if (found == NULL || (c == '?' && previous != '?' && next != '?'))
    return 0;
  return 1u << (found - DELIMITERS);
}

static gboolean
is_dash (const char *p,
         gunichar    previous)
{
  gsize length = strspn (p, "-");

  return (length == 2 || length == 3) && (previous == 0 || g_unichar_isspace (previous))
         && is_blank_at (p + length);
}

static gboolean
is_entity (const char *p)
{
  gsize length;

  p += p[1] == '#' ? 2 : 1;
  length = strspn (p, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  return length > 0 && p[length] == ';';
}

static gboolean
is_face (const CbEscaper *self)
{
  const char *end = self->out->str + self->out->len;

  if (g_ascii_isalpha (self->p[1]))
    return FALSE;
  if (self->previous == '-')
    return self->out->len > 1 && (end[-2] == ':' || end[-2] == ';');
  return self->previous == ':' || self->previous == ';';
}

static gboolean
is_icon (const char *p)
{
  static const char *const icons[] = {
    "(y)", "(n)", "(i)", "(/)", "(x)", "(!)", "(+)", "(-)", "(?)", "(*)", "(*r)", "(*g)", "(*b)",
    "(*y)", "(on)", "(off)", "(flag)", "(flagoff)",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_has_prefix (p, icons[i]) && !g_ascii_isalpha (p[strlen (icons[i])]))
      return TRUE;
  return FALSE;
}

static gboolean
is_letter_face (const char *p)
{
  return p[1] != '\0' && strchr ("DPp", p[1]) != NULL && !g_ascii_isalpha (p[2]);
}

static void
append_entity (CbEscaper *self)
{
  g_string_append_printf (self->out, "&#%d;", *self->p);
}

static void
append_escaped (CbEscaper *self)
{
  if ((self->place & CB_JIRA_CODE) != 0 && strchr ("{}|", *self->p) != NULL)
    {
      append_entity (self);
      return;
    }
  g_string_append_c (self->out, '\\');
  g_string_append_c (self->out, *self->p);
}

/* A backslash stays only where nothing reads it as an escape: in C:\Users, not in \* or \\. */
static gboolean
backslash_acts (const CbEscaper *self)
{
  return (self->place & (CB_JIRA_LINK | CB_JIRA_CODE)) != 0 || !cb_jira_is_word (self->next);
}

static gboolean
must_escape (const CbEscaper *self)
{
  char c = *self->p;
  guint bit = delimiter_bit (self->previous, c, self->next);

  if (bit != 0)
    return (c == '-' && is_dash (self->p, self->previous))
           || ((self->guards & bit) != 0 && (opens (self->previous, c, self->next)
                                             || closes (self->previous, c, self->next)));
  if (c == '(')
    return is_icon (self->p) || is_face (self);
  if (c == '[')
    return (self->guards & CB_JIRA_GUARD_BRACKET) != 0;
  return c == '{' || c == '}' || (c == ')' && is_face (self))
         || (c == '|' && (self->place & CB_JIRA_CELL) != 0);
}

static gboolean
must_be_entity (const CbEscaper *self)
{
  char c = *self->p;

  return (c == '\\' && backslash_acts (self)) || (c == ':' && is_letter_face (self->p))
         || (strchr ("[]|", c) != NULL && (self->place & CB_JIRA_LINK) != 0);
}

static void
append_ascii (CbEscaper *self)
{
  if (must_be_entity (self))
    append_entity (self);
  else if (must_escape (self))
    append_escaped (self);
  else if (*self->p == '&' && is_entity (self->p))
    g_string_append (self->out, "&amp;");
  else
    g_string_append_c (self->out, *self->p);
}

static gboolean
is_list (const char *p)
{
  gsize length = strspn (p, "*#-");

  return length > 0 && is_blank_at (p + length);
}

static void
escape_line_start (CbEscaper *self)
{
  for (; *self->p != '\0' && is_blank_at (self->p); self->p = g_utf8_next_char (self->p))
    g_string_append_unichar (self->out, g_utf8_get_char (self->p));
  if (is_list (self->p) || *self->p == '|')
    {
      g_string_append_c (self->out, '\\');
      g_string_append_c (self->out, *self->p++);
    }
  else if (*self->p == 'h' && self->p[1] >= '1' && self->p[1] <= '6' && self->p[2] == '.')
    {
      g_string_append_printf (self->out, "h%c&#46;", self->p[1]);
      self->p += 3;
    }
  else if (g_str_has_prefix (self->p, "bq."))
    {
      self->p += 3;
      g_string_append (self->out, "bq&#46;");
    }
}

static gboolean
starts_line (const GString *out)
{
  return out->len == 0 || out->str[out->len - 1] == '\n';
}

static void
scan_delimiter (guint    *opened,
                guint    *guards,
                gunichar  previous,
                gunichar  c,
                gunichar  next)
{
  guint bit = delimiter_bit (previous, c, next);

  if (bit != 0 && (*opened & bit) != 0 && closes (previous, c, next))
    *guards |= bit;
  if (bit != 0 && opens (previous, c, next))
    *opened |= bit;
  if (c == '[')
    *opened |= CB_JIRA_GUARD_BRACKET;
  if (c == ']')
    *guards |= *opened & CB_JIRA_GUARD_BRACKET;
}

/* Public API */

/**
 * cb_jira_is_word:
 * @c: a character
 *
 * Returns: whether Jira takes @c for part of a word, next to which a delimiter does not act
 */
gboolean
cb_jira_is_word (gunichar c)
{
  return g_unichar_isalpha (c) || g_unichar_isdigit (c);
}

/**
 * cb_jira_last:
 * @out: wiki markup
 *
 * Returns: the last character, or 0 at the beginning
 */
gunichar
cb_jira_last (GString *out)
{
  return out->len == 0 ? 0 : g_utf8_get_char (g_utf8_prev_char (out->str + out->len));
}

/**
 * cb_jira_url:
 * @text: a text
 * @previous: the character before it
 *
 * Returns: the length in bytes of the address that Jira recognizes at the start of @text, or 0
 */
gsize
cb_jira_url (const char *text,
             gunichar    previous)
{
  static const char *const schemes[] = { "http://", "https://", "ftp://", "mailto:" };
  gsize length = 0;
  gsize scheme = 0;

  if (cb_jira_is_word (previous) || (previous < 0x80 && strchr ("\"[|'!", (int) previous)
                                     && previous != 0))
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (schemes) && scheme == 0; i++)
    if (g_str_has_prefix (text, schemes[i]))
      scheme = length = strlen (schemes[i]);
  if (scheme == 0)
    return 0;
  while (g_ascii_isalnum (text[length])
         || (text[length] != '\0' && strchr (URL_CHARS, text[length]) != NULL))
    length++;
  while (length > scheme && strchr (URL_END_CHARS, text[length - 1]) != NULL)
    length--;
  return length > scheme ? length : 0;
}

/**
 * cb_jira_guards:
 * @text: the visible text of a block
 *
 * Finds the delimiters that could act in @text because one could open and a later one close, so
 * that a lone "-x" or "*" stays as it is.
 *
 * Returns: one bit for each delimiter that must be escaped
 */
guint
cb_jira_guards (const char *text)
{
  gunichar previous = 0;
  guint opened = 0;
  guint guards = 0;

  while (*text != '\0')
    {
      gsize url = cb_jira_url (text, previous);
      gunichar c = g_utf8_get_char (text);

      if (url > 0)
        {
          text += url;
          previous = 'x';
          continue;
        }
      text = g_utf8_next_char (text);
      scan_delimiter (&opened, &guards, previous, c, g_utf8_get_char (text));
      previous = c;
    }
  return guards;
}

/**
 * cb_jira_escape:
 * @out: where to append
 * @text: a text
 * @guards: the delimiters to escape
 * @place: a set of #CbJiraPlace
 * @next: what will follow, 0 for the end of the block
 *
 * Appends @text so that nothing in it acts as markup, and as little as possible is changed.
 *
 * Returns: whether it ends with an address, which would swallow a delimiter put behind it
 */
gboolean
cb_jira_escape (GString    *out,
                const char *text,
                guint       guards,
                guint       place,
                gunichar    next)
{
  CbEscaper self = { .out = out, .p = text, .guards = guards, .place = place };
  gsize url = 0;

  while (*self.p != '\0')
    {
      if (starts_line (out))
        escape_line_start (&self);
      self.previous = cb_jira_last (out);
      url = cb_jira_url (self.p, self.previous);
      if (url > 0)
        {
          g_string_append_len (out, self.p, url);
          self.p += url;
        }
      else if (*self.p != '\0')
        {
          const char *following = g_utf8_next_char (self.p);

          self.next = *following != '\0' ? g_utf8_get_char (following) : next;
          if ((guchar) *self.p < 0x80)
            append_ascii (&self);
          else
            g_string_append_len (out, self.p, following - self.p);
          self.p = following;
        }
    }
  return url > 0;
}
