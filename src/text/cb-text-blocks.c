/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "base/cb-string.h"
#include "text/cb-text-private.h"

/* Wider columns are not aligned, and rows are not filled up beyond so many cells. */
#define MAX_COLUMN_WIDTH 24
#define MAX_FILLED_COLUMNS 32

typedef struct
{
  CbPieces *pieces;
  CbFrame *frame;
  const char *first;     /* goes before the next line */
  const char *rest;      /* goes before all lines after it */
  const char *bullets;   /* Jira: the marks of the lists around */
  gboolean quoted;
  gboolean tight;
  guint block;
} CbWalk;

/* Auxiliary methods */

static void walk (CbWalk       *self,
                  const CbNode *node);

static const char *
keep (CbWalk     *self,
      const char *text)
{
  return g_string_chunk_insert_const (self->pieces->strings, text);
}

static const char *
join (CbWalk     *self,
      const char *one,
      const char *two)
{
  g_autofree char *text = g_strconcat (one, two, NULL);

  return keep (self, text);
}

static const char *
joint (CbWalk   *self,
       gboolean  loose)
{
  g_autofree char *margin = g_strchomp (g_strdup (self->rest));
  g_autofree char *text = g_strconcat ("\n", margin, loose ? "\n" : NULL, NULL);

  if (self->pieces->format == CB_TEXT_HTML)
    return "";
  return loose ? keep (self, text) : "\n";
}

static CbFrame *
push_frame (CbWalk     *self,
            const char *open,
            const char *close,
            const char *between)
{
  CbFrame *frame = g_new0 (CbFrame, 1);

  frame->parent = self->frame;
  frame->open = open;
  frame->close = close;
  frame->joint = between;
  frame->depth = self->frame != NULL ? self->frame->depth + 1 : 0;
  frame->close_units = cb_utf16_length (close)
                       + (self->frame != NULL ? self->frame->close_units : 0);
  g_ptr_array_add (self->pieces->frames, frame);
  self->frame = frame;
  return frame;
}

/* The mark of a list item or quote that the next line bears, for a frame that opens with a line. */
static const char *
take_first (CbWalk     *self,
            const char *line)
{
  const char *text = join (self, self->first, line);

  self->first = self->rest;
  return text;
}

static CbPiece *
add_piece (CbWalk     *self,
           const char *open,
           const char *close,
           const char *body,
           char       *visible)
{
  CbPiece *piece = g_new0 (CbPiece, 1);

  piece->frame = self->frame;
  piece->first = self->first;
  piece->rest = self->rest;
  piece->open = open;
  piece->close = close;
  piece->visible = visible;
  piece->block = self->block;
  piece->text = cb_piece_wrap (piece, body, FALSE);
  g_ptr_array_add (self->pieces->pieces, piece);
  self->first = self->rest;
  return piece;
}

static char *
format_inline (CbWalk       *self,
               const CbNode *node)
{
  if (self->pieces->format == CB_TEXT_JIRA)
    return cb_jira_inline (node);
  return self->pieces->format == CB_TEXT_HTML ? cb_html_inline (node) : cb_plain_inline (node);
}

static void
add_inline (CbWalk       *self,
            const CbNode *node,
            const char   *open,
            const char   *close)
{
  g_autofree char *visible = cb_plain_inline (node);
  g_autofree char *body = NULL;

  if (cb_is_blank (visible))
    return;
  body = format_inline (self, node);
  add_piece (self, open, close, body, g_steal_pointer (&visible));
}

static void
add_paragraph (CbWalk       *self,
               const CbNode *node)
{
  if (self->pieces->format == CB_TEXT_HTML && !self->tight)
    add_inline (self, node, "<p>", "</p>");
  else
    add_inline (self, node, "", "");
}

static void
add_heading (CbWalk       *self,
             const CbNode *node)
{
  g_autofree char *jira = g_strdup_printf ("h%u. ", node->number);
  g_autofree char *open = g_strdup_printf ("<h%u>", node->number);
  g_autofree char *close = g_strdup_printf ("</h%u>", node->number);

  if (self->pieces->format == CB_TEXT_HTML)
    add_inline (self, node, keep (self, open), keep (self, close));
  else if (self->pieces->format == CB_TEXT_JIRA && self->bullets[0] == '\0')
    add_inline (self, node, keep (self, jira), "");
  else
    add_inline (self, node, "", "");
}

static void
add_rule (CbWalk *self)
{
  static const char *const rules[] = { "---", "----", "<hr>" };

  add_piece (self, "", "", rules[self->pieces->format], NULL);
}

static void
push_code (CbWalk       *self,
           const CbNode *node)
{
  const char *language = cb_jira_code_language (node->target);
  g_autofree char *open = g_strdup_printf ("{code:%s}\n", language);

  if (self->pieces->format == CB_TEXT_PLAIN)
    push_frame (self, "", "", "\n");
  else if (self->pieces->format == CB_TEXT_HTML)
    push_frame (self, "<pre><code>", "</code></pre>", "\n");
  else if (language != NULL)
    push_frame (self, take_first (self, open), "\n{code}", "\n");
  else
    push_frame (self, take_first (self, "{noformat}\n"), "\n{noformat}", "\n");
}

static void
add_code (CbWalk       *self,
          const CbNode *node)
{
  CbFrame *outer = self->frame;
  g_autofree char *code = g_strdup (node->text->str);
  g_auto(GStrv) lines = NULL;
  gsize i = 0;

  if (cb_is_blank (code))
    return;
  if (g_str_has_suffix (code, "\n"))
    code[strlen (code) - 1] = '\0';
  lines = g_strsplit (code, "\n", -1);
  push_code (self, node);
  while (self->pieces->format == CB_TEXT_PLAIN && cb_is_blank (lines[i]))
    i++;
  for (; lines[i] != NULL; i++)
    {
      g_autoptr(GString) body = g_string_new (NULL);

      cb_text_append (body, lines[i], self->pieces->format, TRUE);
      add_piece (self, "", "", body->str, g_strdup (lines[i]))->verbatim = TRUE;
    }
  self->frame = outer;
}

static guint
count_cells (const CbNode *row)
{
  guint count = 0;

  for (const CbNode *cell = row->first; cell != NULL; cell = cell->next)
    count++;
  return count;
}

static guint
count_columns (const CbNode *table)
{
  guint columns = 0;

  for (const CbNode *row = table->first; row != NULL; row = row->next)
    columns = MAX (columns, count_cells (row));
  return MIN (columns, MAX_FILLED_COLUMNS);
}

static GArray *
measure_columns (const CbNode *table)
{
  GArray *widths = g_array_new (FALSE, TRUE, sizeof (guint));
  const guint none = 0;

  for (const CbNode *row = table->first; row != NULL; row = row->next)
    {
      guint column = 0;

      for (const CbNode *cell = row->first; cell != NULL; cell = cell->next, column++)
        {
          g_autofree char *text = cb_plain_inline (cell);
          guint width = MIN (cb_plain_width (text), MAX_COLUMN_WIDTH);

          if (column >= widths->len)
            g_array_append_val (widths, none);
          g_array_index (widths, guint, column) = MAX (width,
                                                       g_array_index (widths, guint, column));
        }
    }
  return widths;
}

static char *
format_cells (CbWalk       *self,
              const CbNode *row,
              guint         columns,
              const char   *open,
              const char   *close,
              const char   *empty)
{
  GString *out = g_string_new (NULL);
  guint column = 0;

  for (const CbNode *cell = row->first; cell != NULL; cell = cell->next, column++)
    {
      g_autofree char *text = format_inline (self, cell);

      g_string_append_printf (out, "%s%s%s", open, text[0] != '\0' ? text : empty, close);
    }
  for (; column < columns; column++)
    g_string_append_printf (out, "%s%s%s", open, empty, close);
  return g_string_free (out, FALSE);
}

static char *
format_row (CbWalk       *self,
            const CbNode *row,
            guint         columns,
            GArray       *widths)
{
  const char *bar = row->head ? "||" : "|";
  g_autofree char *cells = NULL;

  if (self->pieces->format == CB_TEXT_PLAIN)
    return cb_plain_row (row, widths, " | ");
  if (self->pieces->format == CB_TEXT_JIRA)
    {
      cells = format_cells (self, row, columns, bar, "", " ");
      return g_strconcat (cells, bar, NULL);
    }
  cells = format_cells (self, row, columns, row->head ? "<th>" : "<td>",
                        row->head ? "</th>" : "</td>", "");
  return g_strconcat ("<tr>", cells, "</tr>", NULL);
}

static void
push_table (CbWalk       *self,
            const CbNode *table,
            guint         columns,
            GArray       *widths)
{
  g_autofree char *head = format_row (self, table->first, columns, widths);
  g_autofree char *visible = cb_plain_row (table->first, NULL, " | ");
  g_autofree char *open = NULL;

  if (self->pieces->format == CB_TEXT_HTML)
    {
      open = g_strconcat ("<table><thead>", head, "</thead><tbody>", NULL);
      push_frame (self, keep (self, open), "</tbody></table>", "");
    }
  else
    {
      open = g_strconcat (head, "\n", NULL);
      push_frame (self, take_first (self, open), "", "\n");
    }
  self->frame->head = keep (self, visible);
}

static void
add_row (CbWalk       *self,
         const CbNode *row,
         guint         columns,
         GArray       *widths,
         const char   *open,
         const char   *close)
{
  g_autofree char *body = format_row (self, row, columns, widths);

  add_piece (self, open, close, body, cb_plain_row (row, NULL, " | "))->row = TRUE;
}

static void
add_table (CbWalk       *self,
           const CbNode *table)
{
  CbFrame *outer = self->frame;
  g_autoptr(GArray) widths = measure_columns (table);
  guint columns = count_columns (table);

  if (table->first->next == NULL)
    {
      gboolean html = self->pieces->format == CB_TEXT_HTML;

      add_row (self, table->first, columns, widths, html ? "<table><thead>" : "",
               html ? "</thead></table>" : "");
      return;
    }
  push_table (self, table, columns, widths);
  for (const CbNode *row = table->first->next; row != NULL; row = row->next)
    add_row (self, row, columns, widths, "", "");
  self->frame = outer;
}

static void
walk_children (CbWalk       *self,
               const CbNode *node)
{
  for (const CbNode *child = node->first; child != NULL; child = child->next)
    walk (self, child);
}

static void
enter_quote (CbWalk *self)
{
  if (self->pieces->format == CB_TEXT_PLAIN)
    {
      self->first = join (self, self->first, "> ");
      self->rest = join (self, self->rest, "> ");
      push_frame (self, "", "", joint (self, TRUE));
    }
  else if (self->pieces->format == CB_TEXT_HTML)
    push_frame (self, "<blockquote>", "</blockquote>", "");
  else if (!self->quoted)
    {
      push_frame (self, take_first (self, "{quote}\n"), "\n{quote}", "\n\n");
      self->bullets = "";
    }
  self->quoted = TRUE;
  self->tight = FALSE;
}

static void
enter_list (CbWalk       *self,
            const CbNode *list)
{
  self->tight = !list->loose;
  if (self->pieces->format == CB_TEXT_PLAIN)
    push_frame (self, "", "", joint (self, list->loose));
  else if (self->pieces->format == CB_TEXT_JIRA)
    {
      self->bullets = join (self, self->bullets, list->mark != 0 ? "#" : "*");
      push_frame (self, "", "", "\n");
    }
  else
    {
      push_frame (self, "<ul>", list->mark != 0 ? "</ol>" : "</ul>", "");
      self->frame->ordered = list->mark != 0;
    }
}

static void
enter_plain_item (CbWalk       *self,
                  const CbNode *item)
{
  g_autofree char *number = g_strdup_printf ("%u%c ", item->number, item->parent->mark);
  const char *mark = item->parent->mark != 0 ? number : "- ";
  g_autofree char *margin = g_strnfill (strlen (mark), ' ');

  self->first = join (self, self->first, mark);
  if (item->mark != 0)
    self->first = join (self, self->first, item->mark == 'x' ? "[x] " : "[ ] ");
  self->rest = join (self, self->rest, margin);
  push_frame (self, "", "", joint (self, item->parent->loose));
}

static void
enter_item (CbWalk       *self,
            const CbNode *item)
{
  if (self->pieces->format == CB_TEXT_PLAIN)
    enter_plain_item (self, item);
  else if (self->pieces->format == CB_TEXT_JIRA)
    {
      static const char *const tasks[] = { " ", " \\[ ] ", " \\[x] " };

      self->first = join (self, self->bullets, tasks[(item->mark != 0) + (item->mark == 'x')]);
      push_frame (self, "", "", "\n");
    }
  else
    {
      push_frame (self, item->mark == 0 ? "<li>" : item->mark == 'x' ? "<li>[x] " : "<li>[ ] ",
                  "</li>", self->tight ? "\n" : "");
      self->frame->number = item->number;
    }
}

static void
walk_item (CbWalk       *self,
           const CbNode *item)
{
  guint before = self->pieces->pieces->len;

  enter_item (self, item);
  walk_children (self, item);
  if (self->pieces->pieces->len == before)
    add_piece (self, "", "", self->pieces->format == CB_TEXT_JIRA ? "&nbsp;" : "", NULL);
}

static void
walk_container (CbWalk       *self,
                const CbNode *node)
{
  CbWalk outer = *self;
  guint before = self->pieces->pieces->len;

  if (node->kind == CB_NODE_QUOTE)
    enter_quote (self);
  else if (node->kind == CB_NODE_LIST)
    enter_list (self, node);
  if (node->kind == CB_NODE_ITEM)
    walk_item (self, node);
  else
    walk_children (self, node);

  if (self->pieces->pieces->len != before)
    outer.first = outer.rest;
  *self = outer;
}

static void
walk (CbWalk       *self,
      const CbNode *node)
{
  if (node->parent->kind == CB_NODE_DOCUMENT)
    self->block++;
  if (node->kind <= CB_NODE_ITEM)
    walk_container (self, node);
  else if (node->kind == CB_NODE_PARAGRAPH)
    add_paragraph (self, node);
  else if (node->kind == CB_NODE_HEADING)
    add_heading (self, node);
  else if (node->kind == CB_NODE_RULE)
    add_rule (self);
  else if (node->kind == CB_NODE_CODE_BLOCK)
    add_code (self, node);
  else if (node->kind == CB_NODE_TABLE)
    add_table (self, node);
}

static void
free_piece (CbPiece *piece)
{
  g_free (piece->text);
  g_free (piece->visible);
  g_free (piece);
}

/* Public API */

/**
 * cb_pieces_new:
 * @markdown: Markdown
 * @format: a format
 *
 * Converts @markdown into pieces: paragraphs, headings, rules, table rows, lines of code.
 *
 * Returns: (transfer full): the pieces in order
 */
CbPieces *
cb_pieces_new (const char   *markdown,
               CbTextFormat  format)
{
  g_autofree char *clean = cb_text_sanitize (markdown);
  g_autoptr(CbNode) document = cb_node_parse (clean);
  CbPieces *self = g_new0 (CbPieces, 1);
  CbWalk state = { .pieces = self, .first = "", .rest = "", .bullets = "" };

  self->format = format;
  self->strings = g_string_chunk_new (1024);
  self->frames = g_ptr_array_new_with_free_func (g_free);
  self->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) free_piece);
  push_frame (&state, "", "", format == CB_TEXT_HTML ? "" : "\n\n");
  walk_children (&state, document);
  return self;
}

/**
 * cb_pieces_free:
 * @self: (transfer full): pieces
 *
 * Frees @self.
 */
void
cb_pieces_free (CbPieces *self)
{
  g_ptr_array_unref (self->pieces);
  g_ptr_array_unref (self->frames);
  g_string_chunk_free (self->strings);
  g_free (self);
}

/**
 * cb_piece_wrap:
 * @piece: a piece
 * @body: formatted text of the piece, or of a part of it
 * @continued: whether @body goes on with a piece of which a part is out already
 *
 * Returns: (transfer full): @body with what has to stand around it and before its lines
 */
char *
cb_piece_wrap (const CbPiece *piece,
               const char    *body,
               gboolean       continued)
{
  GString *out = g_string_new (continued ? piece->rest : piece->first);

  g_string_append (out, piece->open);
  for (const char *p = body; *p != '\0'; p++)
    {
      g_string_append_c (out, *p);
      if (*p == '\n')
        g_string_append (out, piece->rest);
    }
  g_string_append (out, piece->close);
  return g_string_free (out, FALSE);
}

/**
 * cb_text_append:
 * @out: where to append
 * @text: unformatted text
 * @format: a format
 * @verbatim: whether @text is a line of a code block
 *
 * Appends @text, escaped.
 */
void
cb_text_append (GString      *out,
                const char   *text,
                CbTextFormat  format,
                gboolean      verbatim)
{
  if (format == CB_TEXT_HTML)
    cb_html_append_text (out, text);
  else if (format == CB_TEXT_PLAIN)
    cb_plain_append_text (out, text);
  else if (verbatim)
    cb_jira_append_code (out, text);
  else
    cb_jira_append_text (out, text);
}
