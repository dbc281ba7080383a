/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <md4c.h>
#include <pango/pango.h>

#include "ui/common/cb-markdown.h"

#define MAX_DEPTH 32

typedef struct
{
  GString *text;      /* (owned): Pango markup */
  guint depth;        /* of lists */
  guint numbers[MAX_DEPTH]; /* the next number of each list, 0 for bullets */
  gboolean verbatim;  /* inside a code block */
  guint column;       /* of a table's row */
  gboolean open_link; /* the <a> was written */
} Writer;

static const struct { const char *open, *close; } spans[] = {
  [MD_SPAN_EM] = { "<i>", "</i>" },
  [MD_SPAN_STRONG] = { "<b>", "</b>" },
  [MD_SPAN_CODE] = { "<tt>", "</tt>" },
  [MD_SPAN_DEL] = { "<s>", "</s>" },
  [MD_SPAN_U] = { "<u>", "</u>" },
};

/* Auxiliary methods */

static void
append_escaped (Writer     *writer,
                const char *text,
                gsize       length)
{
  g_autofree char *escaped = g_markup_escape_text (text, length);

  g_string_append (writer->text, escaped);
}

static void
end_line (Writer *writer)
{
  if (writer->text->len > 0 && !g_str_has_suffix (writer->text->str, "\n"))
    g_string_append_c (writer->text, '\n');
}

static void
begin_block (Writer *writer)
{
  end_line (writer);
  if (writer->depth == 0 && writer->text->len > 0 && !g_str_has_suffix (writer->text->str, "\n\n"))
    g_string_append_c (writer->text, '\n');
}

static void
begin_list (Writer *writer,
            guint   start)
{
  begin_block (writer);
  if (writer->depth < MAX_DEPTH)
    writer->numbers[writer->depth] = start;
  writer->depth++;
}

static void
begin_item (Writer                     *writer,
            const MD_BLOCK_LI_DETAIL   *detail)
{
  guint level = CLAMP (writer->depth, 1, MAX_DEPTH) - 1;

  end_line (writer);
  for (guint i = 0; i < level; i++)
    g_string_append (writer->text, "    ");
  if (detail->is_task)
    g_string_append (writer->text, detail->task_mark == ' ' ? "☐ " : "☑ ");
  else if (writer->numbers[level] > 0)
    g_string_append_printf (writer->text, "%u. ", writer->numbers[level]++);
  else
    g_string_append (writer->text, "•  ");
}

static void
begin_cell (Writer *writer)
{
  if (writer->column++ > 0)
    g_string_append (writer->text, "   │   ");
}

/* Pango knows XML's five entities and numbers; any other stays as it was written. */
static void
append_entity (Writer     *writer,
               const char *text,
               gsize       length)
{
  static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", NULL };
  g_autofree char *entity = g_strndup (text, length);

  if (g_strv_contains (known, entity) || g_str_has_prefix (entity, "&#"))
    g_string_append (writer->text, entity);
  else
    append_escaped (writer, text, length);
}

static gboolean
is_page (const MD_ATTRIBUTE *href)
{
  return (href->size > 8 && g_ascii_strncasecmp (href->text, "https://", 8) == 0) ||
         (href->size > 7 && g_ascii_strncasecmp (href->text, "http://", 7) == 0);
}

/* Callbacks */

static int
enter_block_cb (MD_BLOCKTYPE  type,
                void         *detail,
                void         *user_data)
{
  Writer *writer = user_data;

  switch (type)
    {
    case MD_BLOCK_UL: begin_list (writer, 0); break;
    case MD_BLOCK_OL: begin_list (writer, MAX (1, ((MD_BLOCK_OL_DETAIL *) detail)->start)); break;
    case MD_BLOCK_LI: begin_item (writer, detail); break;
    case MD_BLOCK_P: if (writer->depth == 0) begin_block (writer); break;
    case MD_BLOCK_H: begin_block (writer); g_string_append (writer->text, "<b>"); break;
    case MD_BLOCK_HR: begin_block (writer); g_string_append (writer->text, "⸻"); break;
    case MD_BLOCK_CODE: begin_block (writer); g_string_append (writer->text, "<tt>");
      writer->verbatim = TRUE; break;
    case MD_BLOCK_TABLE: begin_block (writer); break;
    case MD_BLOCK_TR: end_line (writer); writer->column = 0; break;
    case MD_BLOCK_TH: begin_cell (writer); g_string_append (writer->text, "<b>"); break;
    case MD_BLOCK_TD: begin_cell (writer); break;
    case MD_BLOCK_DOC: case MD_BLOCK_QUOTE: case MD_BLOCK_HTML: case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY: default: break;
    }
  return 0;
}

static int
leave_block_cb (MD_BLOCKTYPE  type,
                void         *detail,
                void         *user_data)
{
  Writer *writer = user_data;

  switch (type)
    {
    case MD_BLOCK_UL: case MD_BLOCK_OL: writer->depth--; end_line (writer); break;
    case MD_BLOCK_H: case MD_BLOCK_TH: g_string_append (writer->text, "</b>"); break;
    case MD_BLOCK_CODE:
      if (g_str_has_suffix (writer->text->str, "\n"))
        g_string_truncate (writer->text, writer->text->len - 1);
      g_string_append (writer->text, "</tt>");
      writer->verbatim = FALSE;
      break;
    case MD_BLOCK_DOC: case MD_BLOCK_QUOTE: case MD_BLOCK_LI: case MD_BLOCK_HR: case MD_BLOCK_HTML:
    case MD_BLOCK_P: case MD_BLOCK_TABLE: case MD_BLOCK_THEAD: case MD_BLOCK_TBODY: case MD_BLOCK_TR:
    case MD_BLOCK_TD: default: break;
    }
  return 0;
}

static int
enter_span_cb (MD_SPANTYPE  type,
               void        *detail,
               void        *user_data)
{
  Writer *writer = user_data;
  const MD_ATTRIBUTE *href;

  if (type < G_N_ELEMENTS (spans) && spans[type].open != NULL)
    g_string_append (writer->text, spans[type].open);
  if (type != MD_SPAN_A)
    return 0;
  href = &((MD_SPAN_A_DETAIL *) detail)->href;
  writer->open_link = is_page (href);
  if (!writer->open_link)
    return 0;
  g_string_append (writer->text, "<a href=\"");
  append_escaped (writer, href->text, href->size);
  g_string_append (writer->text, "\">");
  return 0;
}

static int
leave_span_cb (MD_SPANTYPE  type,
               void        *detail,
               void        *user_data)
{
  Writer *writer = user_data;

  if (type < G_N_ELEMENTS (spans) && spans[type].close != NULL)
    g_string_append (writer->text, spans[type].close);
  if (type == MD_SPAN_A && writer->open_link)
    g_string_append (writer->text, "</a>");
  return 0;
}

static int
text_cb (MD_TEXTTYPE     type,
         const MD_CHAR  *text,
         MD_SIZE         size,
         void           *user_data)
{
  Writer *writer = user_data;

  if (type == MD_TEXT_BR)
    g_string_append_c (writer->text, '\n');
  else if (type == MD_TEXT_SOFTBR)
    g_string_append_c (writer->text, writer->verbatim ? '\n' : ' ');
  else if (type == MD_TEXT_NULLCHAR)
    g_string_append (writer->text, "\357\277\275");
  else if (type == MD_TEXT_ENTITY)
    append_entity (writer, text, size);
  else
    append_escaped (writer, text, size);
  return 0;
}

/* Public API */

/**
 * cb_markdown_to_pango:
 * @markdown: Markdown in valid UTF-8
 *
 * Returns: (transfer full): markup for a label; nothing in @markdown is markup by itself, and its
 *   links lead to pages only
 */
char *
cb_markdown_to_pango (const char *markdown)
{
  Writer writer = { .text = g_string_new (NULL) };
  MD_PARSER parser = {
    .flags = MD_DIALECT_GITHUB | MD_FLAG_NOHTML,
    .enter_block = enter_block_cb, .leave_block = leave_block_cb,
    .enter_span = enter_span_cb, .leave_span = leave_span_cb, .text = text_cb,
  };
  char *escaped;

  g_return_val_if_fail (markdown != NULL, NULL);

  if (md_parse (markdown, strlen (markdown), &parser, &writer) == 0 &&
      pango_parse_markup (writer.text->str, -1, 0, NULL, NULL, NULL, NULL))
    return g_string_free (writer.text, FALSE);
  g_string_free (writer.text, TRUE);
  escaped = g_markup_escape_text (markdown, -1);
  return escaped;
}
