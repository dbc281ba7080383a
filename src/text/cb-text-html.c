/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "text/cb-text-private.h"

/* Auxiliary methods */

static void append_children (GString      *out,
                             const CbNode *parent,
                             gboolean      in_link);

static void
append_element (GString      *out,
                const CbNode *node,
                const char   *name,
                gboolean      in_link)
{
  g_string_append_printf (out, "<%s>", name);
  append_children (out, node, in_link);
  g_string_append_printf (out, "</%s>", name);
}

static void
append_anchor (GString      *out,
               const CbNode *link)
{
  g_string_append (out, "<a href=\"");
  cb_html_append_text (out, link->target);
  g_string_append (out, "\">");
  if (link->first != NULL)
    append_children (out, link, TRUE);
  else
    cb_html_append_text (out, link->target);
  g_string_append (out, "</a>");
}

static void
append_link_text (GString      *out,
                  const CbNode *link)
{
  g_autofree char *label = cb_plain_inline (link);

  append_children (out, link, TRUE);
  if (label[0] == '\0')
    cb_html_append_text (out, link->target);
  else if (link->target[0] != '\0' && !cb_node_is_bare (link, label))
    {
      g_string_append (out, " (");
      cb_html_append_text (out, link->target);
      g_string_append_c (out, ')');
    }
}

static void
append_code (GString      *out,
             const CbNode *node)
{
  g_string_append (out, "<code>");
  if (node->text != NULL)
    cb_html_append_text (out, node->text->str);
  g_string_append (out, "</code>");
}

static void
append_node (GString      *out,
             const CbNode *node,
             gboolean      in_link)
{
  if (node->kind == CB_NODE_SOFT_BREAK)
    g_string_append_c (out, '\n');
  else if (node->kind == CB_NODE_HARD_BREAK)
    g_string_append (out, "<br>");
  else if (node->kind == CB_NODE_CODE)
    append_code (out, node);
  else if (node->kind == CB_NODE_EM)
    append_element (out, node, "em", in_link);
  else if (node->kind == CB_NODE_STRONG)
    append_element (out, node, "strong", in_link);
  else if (node->kind == CB_NODE_DEL)
    append_element (out, node, "del", in_link);
  else if (node->kind == CB_NODE_LINK && !in_link && cb_node_has_target (node))
    append_anchor (out, node);
  else if (node->kind == CB_NODE_LINK)
    append_link_text (out, node);
  else if (node->text != NULL)
    cb_html_append_text (out, node->text->str);
}

static void
append_children (GString      *out,
                 const CbNode *parent,
                 gboolean      in_link)
{
  for (const CbNode *node = parent->first; node != NULL; node = node->next)
    append_node (out, node, in_link);
}

/* Public API */

/**
 * cb_html_inline:
 * @block: a paragraph, heading or cell
 *
 * Returns: (transfer full): what is inside it, as HTML
 */
char *
cb_html_inline (const CbNode *block)
{
  GString *out = g_string_new (NULL);

  append_children (out, block, FALSE);
  return g_string_free (out, FALSE);
}

/**
 * cb_html_append_text:
 * @out: where to append
 * @text: a text
 *
 * Appends @text, escaped for content and for attributes in double quotes.
 */
void
cb_html_append_text (GString    *out,
                     const char *text)
{
  for (; *text != '\0'; text++)
    switch (*text)
      {
      case '&': g_string_append (out, "&amp;"); break;
      case '<': g_string_append (out, "&lt;"); break;
      case '>': g_string_append (out, "&gt;"); break;
      case '"': g_string_append (out, "&quot;"); break;
      default: g_string_append_c (out, *text); break;
      }
}
