/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "base/cb-string.h"
#include "text/cb-text-private.h"

/* Auxiliary methods */

static char *
clean_piece (const char *text)
{
  GString *clean = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (*p == '\t')
      g_string_append_c (clean, ' ');
    else
      g_string_append_unichar (clean, g_utf8_get_char (p));
  return g_strstrip (g_string_free (clean, FALSE));
}

/* Public API */

/**
 * cb_text_convert:
 * @markdown: Markdown in GitHub's dialect
 * @format: a format
 *
 * Converts @markdown. What is no markup in Markdown is none in the result, raw HTML included.
 *
 * Returns: (transfer full): the text without white space at its end, "" if there is none
 */
char *
cb_text_convert (const char   *markdown,
                 CbTextFormat  format)
{
  g_auto(GStrv) parts = cb_text_split (markdown, format, 0, 0);

  return g_steal_pointer (&parts[0]);
}

/**
 * cb_text_escape:
 * @text: text that is not Markdown, one line
 * @format: a format
 *
 * Escapes @text so that it may be put anywhere into text of that format. Control characters but
 * "\n" and "\t" are dropped.
 *
 * Returns: (transfer full): the escaped text
 */
char *
cb_text_escape (const char   *text,
                CbTextFormat  format)
{
  g_autofree char *clean = NULL;
  GString *out = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  clean = cb_text_sanitize (text);
  out = g_string_new (NULL);
  cb_text_append (out, clean, format, FALSE);
  return g_string_free (out, FALSE);
}

/**
 * cb_text_append_paragraph:
 * @formatted: text in @format, may be empty
 * @plain_line: one line; escaped by the caller where @format is %CB_TEXT_JIRA
 * @format: a format
 *
 * Adds a paragraph. @plain_line stays as it is in plain text and wiki markup, so that a token in
 * it is found again; in HTML it is escaped here.
 *
 * Returns: (transfer full): both
 */
char *
cb_text_append_paragraph (const char   *formatted,
                          const char   *plain_line,
                          CbTextFormat  format)
{
  GString *out = NULL;

  g_return_val_if_fail (formatted != NULL && plain_line != NULL, NULL);

  out = g_string_new (formatted);
  if (format == CB_TEXT_HTML)
    {
      g_string_append (out, "<p>");
      cb_text_append (out, plain_line, format, FALSE);
      g_string_append (out, "</p>");
    }
  else
    g_string_append_printf (out, "%s%s", out->len > 0 ? "\n\n" : "", plain_line);
  return g_string_free (out, FALSE);
}

/**
 * cb_text_split:
 * @markdown: Markdown in GitHub's dialect
 * @format: a format
 * @first_limit: the limit of the first part in UTF-16 units, 0 for none
 * @next_limit: the limit of each other part, 0 for none
 *
 * Converts @markdown and cuts the result into parts, each of them valid by itself: between
 * blocks, else between list items, table rows (the head is repeated) or lines of code, else at
 * lines, sentences, words. A paragraph that has to be cut loses its inline markup, not its text.
 * A part is over its limit only if that is too small for a single escaped character.
 *
 * Returns: (transfer full): at least one part, "" if there is no text
 */
GStrv
cb_text_split (const char   *markdown,
               CbTextFormat  format,
               gsize         first_limit,
               gsize         next_limit)
{
  g_autoptr(CbPieces) pieces = NULL;

  g_return_val_if_fail (markdown != NULL, NULL);

  pieces = cb_pieces_new (markdown, format);
  return cb_pieces_pack (pieces, first_limit, next_limit);
}

/**
 * cb_text_join_lines:
 * @title: a title that may have several lines
 *
 * Joins the lines that are not blank with ", ". A tab becomes a space; other control characters
 * are dropped.
 *
 * Returns: (transfer full): one line
 */
char *
cb_text_join_lines (const char *title)
{
  g_autofree char *clean = NULL;
  g_auto(GStrv) lines = NULL;
  GString *out = NULL;

  g_return_val_if_fail (title != NULL, NULL);

  clean = cb_text_sanitize (title);
  lines = g_strsplit (clean, "\n", -1);
  out = g_string_new (NULL);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *line = clean_piece (lines[i]);

      if (line[0] != '\0')
        g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", line);
    }
  return g_string_free (out, FALSE);
}
