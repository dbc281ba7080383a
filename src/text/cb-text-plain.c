/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "text/cb-text-private.h"

/* Auxiliary methods */

static void append_children (GString      *out,
                             const CbNode *parent,
                             gboolean      one_line);

static void
append_link (GString      *out,
             const CbNode *link,
             gboolean      one_line)
{
  gsize start = out->len;

  append_children (out, link, TRUE);
  if (out->len == start)
    g_string_append (out, link->target);
  else if (link->target[0] != '\0' && !cb_node_is_bare (link, out->str + start))
    g_string_append_printf (out, " (%s)", link->target);
}

static void
append_node (GString      *out,
             const CbNode *node,
             gboolean      one_line)
{
  if (node->kind == CB_NODE_SOFT_BREAK || node->kind == CB_NODE_HARD_BREAK)
    g_string_append_c (out, one_line ? ' ' : '\n');
  else if (node->text != NULL)
    g_string_append_len (out, node->text->str, node->text->len);
  else if (node->kind == CB_NODE_LINK)
    append_link (out, node, one_line);
  else
    append_children (out, node, one_line);
}

static void
append_children (GString      *out,
                 const CbNode *parent,
                 gboolean      one_line)
{
  for (const CbNode *node = parent->first; node != NULL; node = node->next)
    append_node (out, node, one_line);
}

/* Public API */

/**
 * cb_plain_inline:
 * @block: a paragraph, heading or cell
 *
 * Returns: (transfer full): its visible text
 */
char *
cb_plain_inline (const CbNode *block)
{
  GString *out = g_string_new (NULL);

  append_children (out, block, block->kind != CB_NODE_PARAGRAPH);
  return g_string_free (out, FALSE);
}

/**
 * cb_plain_append_text:
 * @out: where to append
 * @text: a text
 *
 * Appends @text, which needs no escaping.
 */
void
cb_plain_append_text (GString    *out,
                      const char *text)
{
  g_string_append (out, text);
}

/**
 * cb_plain_width:
 * @text: one line
 *
 * Returns: its width in columns of a terminal
 */
guint
cb_plain_width (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

/**
 * cb_plain_row:
 * @row: a table row
 * @widths: (element-type guint) (nullable): the width of each column, or %NULL not to pad
 * @separator: what goes between two cells
 *
 * Returns: (transfer full): the row in one line, without white space at its end
 */
char *
cb_plain_row (const CbNode *row,
              GArray       *widths,
              const char   *separator)
{
  GString *out = g_string_new (NULL);
  guint column = 0;

  for (const CbNode *cell = row->first; cell != NULL; cell = cell->next, column++)
    {
      g_autofree char *text = cb_plain_inline (cell);
      guint width = cb_plain_width (text);

      g_string_append (out, text);
      if (cell->next == NULL)
        break;
      if (widths != NULL && column < widths->len && width < g_array_index (widths, guint, column))
        g_string_append_printf (out, "%*s",
                                (int) (g_array_index (widths, guint, column) - width), "");
      g_string_append (out, separator);
    }
  return g_strchomp (g_string_free (out, FALSE));
}
