/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "base/cb-json.h"
#include "base/cb-time.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-output.h"

#define SCHEMA 1
#define GAP 2

struct _CbTable
{
  GPtrArray *rows;     /* (owned) (element-type GStrv): cleaned cells */
  gboolean has_head;
  guint n_columns;
  int painted_column;
};

static const char *const paints[] = {
  [CB_PAINT_NONE] = "",
  [CB_PAINT_BOLD] = "\033[1m",
  [CB_PAINT_GOOD] = "\033[32m",
  [CB_PAINT_NOTICE] = "\033[33m",
  [CB_PAINT_BAD] = "\033[31m",
};

static const struct { const char *state; CbPaint paint; } state_paints[] = {
  { "created", CB_PAINT_GOOD },
  { "updated", CB_PAINT_GOOD },
  { "up-to-date", CB_PAINT_GOOD },
  { "planned", CB_PAINT_NOTICE },
  { "needs-push", CB_PAINT_NOTICE },
  { "queued", CB_PAINT_NOTICE },
  { "conflict", CB_PAINT_BAD },
  { "failed", CB_PAINT_BAD },
  { "uncertain", CB_PAINT_BAD },
  { "cancelled", CB_PAINT_BAD },
};

/* Auxiliary methods */

static gboolean
has_colour (void)
{
  const char *no_colour = g_getenv ("NO_COLOR");

  return (no_colour == NULL || *no_colour == '\0') && isatty (STDOUT_FILENO) &&
         g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/* Controls, and what makes a text read in another order than it is written. */
static gboolean
is_harmful (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR ||
         type == G_UNICODE_PARAGRAPH_SEPARATOR || c == 0x061c || (c >= 0x200e && c <= 0x200f) ||
         (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
         (c >= 0xe0000 && c <= 0xe007f);
}

/* Returns: the last character of the control sequence that begins at @escape */
static const char *
skip_escape (const char *escape)
{
  const char *p = escape + 1;

  if (*p != '[')
    return escape;
  for (p++; *p >= 0x20 && *p <= 0x3f; p++)
    ;
  return *p >= 0x40 && *p <= 0x7e ? p : escape + 1;
}

static char *
clean (const char *text,
       gboolean    keep_lines)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr(GString) out = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == 0x1b)
        p = skip_escape (p);
      else if (c == '\n' || c == '\t')
        g_string_append_c (out, keep_lines ? (char) c : ' ');
      else if (!is_harmful (c))
        g_string_append_unichar (out, c);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static guint
width_of (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static void
append_painted (GString    *out,
                CbPaint     paint,
                const char *text)
{
  gboolean painted = paint != CB_PAINT_NONE && has_colour ();

  g_string_append_printf (out, "%s%s%s", painted ? paints[paint] : "", text,
                          painted ? "\033[0m" : "");
}

static void
add_row (CbTable    *table,
         const char *cell,
         va_list     args)
{
  GPtrArray *cells = g_ptr_array_new ();

  for (; cell != NULL; cell = va_arg (args, const char *))
    g_ptr_array_add (cells, clean (cell, FALSE));
  table->n_columns = MAX (table->n_columns, cells->len);
  g_ptr_array_add (cells, NULL);
  g_ptr_array_add (table->rows, g_ptr_array_free (cells, FALSE));
}

static guint *
measure (CbTable *table)
{
  guint *widths = g_new0 (guint, table->n_columns + 1);

  for (guint i = 0; i < table->rows->len; i++)
    {
      GStrv row = g_ptr_array_index (table->rows, i);

      for (guint j = 0; row[j] != NULL; j++)
        widths[j] = MAX (widths[j], width_of (row[j]));
    }
  return widths;
}

static CbPaint
paint_of_cell (CbTable    *table,
               guint       row,
               guint       column,
               const char *text)
{
  if (row == 0 && table->has_head)
    return CB_PAINT_BOLD;
  return (int) column == table->painted_column ? cb_cli_paint_of_state (text) : CB_PAINT_NONE;
}

static void
append_row (GString     *out,
            CbTable     *table,
            guint        index,
            const guint *widths)
{
  GStrv row = g_ptr_array_index (table->rows, index);
  guint gap = 0;

  for (guint j = 0; row[j] != NULL; j++)
    {
      if (*row[j] != '\0')
        {
          g_string_append_printf (out, "%*s", (int) gap, "");
          append_painted (out, paint_of_cell (table, index, j, row[j]), row[j]);
          gap = 0;
        }
      gap += widths[j] - width_of (row[j]) + GAP;
    }
  g_string_append_c (out, '\n');
}

/* Public API */

/**
 * cb_cli_document_new:
 *
 * Returns: (transfer full): an answer that has only its schema
 */
JsonObject *
cb_cli_document_new (void)
{
  JsonObject *document = json_object_new ();

  json_object_set_int_member (document, "schema", SCHEMA);
  return document;
}

/**
 * cb_cli_print_document:
 * @document: an answer
 *
 * Prints it as the one document of this run.
 */
void
cb_cli_print_document (JsonObject *document)
{
  g_autofree char *text = cb_json_object_to_string (document);

  cb_cli_print_raw (text);
  cb_cli_print_raw ("\n");
}

/**
 * cb_cli_print_raw:
 * @text: JSON, or a part of it
 *
 * Prints it in UTF-8 whatever the locale.
 */
void
cb_cli_print_raw (const char *text)
{
  fputs (text, stdout);
}

/**
 * cb_cli_flush:
 *
 * Returns: whether all that was printed has been written
 */
gboolean
cb_cli_flush (void)
{
  return fflush (stdout) == 0 && !ferror (stdout);
}

/**
 * cb_cli_set_error_member:
 * @object: an object
 * @error: (nullable): an error
 *
 * Sets its member "error" to what the error says.
 */
void
cb_cli_set_error_member (JsonObject   *object,
                         const GError *error)
{
  g_autofree char *message = NULL;
  JsonObject *member;

  if (error == NULL)
    {
      json_object_set_null_member (object, "error");
      return;
    }
  message = g_utf8_make_valid (error->message, -1);
  member = json_object_new ();
  json_object_set_string_member (member, "code", cb_cli_error_get_code (error));
  json_object_set_string_member (member, "message", message);
  cb_json_set_string (member, "field", cb_error_get_field (error));
  json_object_set_object_member (object, "error", member);
}

/**
 * cb_cli_set_time:
 * @object: an object
 * @member: a member's name
 * @time: microseconds since 1970, 0 where there is none
 *
 * Sets a member to a time or null.
 */
void
cb_cli_set_time (JsonObject *object,
                 const char *member,
                 gint64      time)
{
  g_autofree char *text = time != 0 ? cb_time_to_string (time) : NULL;

  cb_json_set_string (object, member, text);
}

/**
 * cb_cli_set_strings:
 * @object: an object
 * @member: a member's name
 * @strings: (array zero-terminated=1): its elements
 *
 * Sets a member to an array of strings.
 */
void
cb_cli_set_strings (JsonObject *object,
                    const char *member,
                    GStrv       strings)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; strings != NULL && strings[i] != NULL; i++)
    json_array_add_string_element (array, strings[i]);
  json_object_set_array_member (object, member, array);
}

/**
 * cb_cli_incident_node:
 * @id: (nullable): an incident's id
 * @title: (nullable): its key or number
 * @url: (nullable): where a person sees it
 *
 * Returns: (transfer full): the incident, or null where there is none
 */
JsonNode *
cb_cli_incident_node (const char *id,
                      const char *title,
                      const char *url)
{
  JsonObject *object;

  if (id == NULL)
    return json_node_new (JSON_NODE_NULL);
  object = json_object_new ();
  json_object_set_string_member (object, "id", id);
  cb_json_set_string (object, "title", title);
  cb_json_set_string (object, "url", url);
  return cb_json_node_new_object (object);
}

/**
 * cb_cli_say:
 * @format: a translated text
 * @...: arguments of @format
 *
 * Prints for people. Nothing of it can control the terminal, wherever its parts come from.
 */
void
cb_cli_say (const char *format,
            ...)
{
  g_autofree char *text = NULL;
  g_autofree char *cleaned = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  cleaned = clean (text, TRUE);
  g_print ("%s", cleaned);
}

/**
 * cb_cli_complain:
 * @format: a translated text
 * @...: arguments of @format
 *
 * Like cb_cli_say(), on standard error.
 */
void
cb_cli_complain (const char *format,
                 ...)
{
  g_autofree char *text = NULL;
  g_autofree char *cleaned = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  cleaned = clean (text, TRUE);
  g_printerr ("%s", cleaned);
}

/**
 * cb_cli_say_painted:
 * @paint: how it looks
 * @text: one line or a part of one
 *
 * Prints for people, in colour where standard output is a terminal that may have it.
 */
void
cb_cli_say_painted (CbPaint     paint,
                    const char *text)
{
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree char *cleaned = clean (text, FALSE);

  append_painted (out, paint, cleaned);
  g_print ("%s", out->str);
}

/**
 * cb_cli_say_block:
 * @text: a text of any number of lines
 * @indent: by how many blanks
 *
 * Prints it for people, indented, so that no line of it looks like one of ours.
 */
void
cb_cli_say_block (const char *text,
                  guint       indent)
{
  g_autofree char *cleaned = clean (text, TRUE);
  g_auto(GStrv) lines = g_strsplit (g_strchomp (cleaned), "\n", -1);
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (out, "%*s%s\n", *lines[i] != '\0' ? (int) indent : 0, "", lines[i]);
  g_print ("%s", out->str);
}

/**
 * cb_cli_paint_of_state:
 * @state: an outcome or a push state
 *
 * Returns: how it looks
 */
CbPaint
cb_cli_paint_of_state (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_paints); i++)
    if (g_str_equal (state_paints[i].state, state))
      return state_paints[i].paint;
  return CB_PAINT_NONE;
}

/**
 * cb_cli_clean:
 * @text: a text
 *
 * Returns: (transfer full): its printable part, on one line
 */
char *
cb_cli_clean (const char *text)
{
  return clean (text, FALSE);
}

/**
 * cb_table_new:
 * @heading: (nullable): the first column's heading, %NULL for a table without a head
 * @...: the other columns' headings, ended by %NULL
 *
 * Returns: (transfer full): a table with aligned columns
 */
CbTable *
cb_table_new (const char *heading,
              ...)
{
  CbTable *table = g_new0 (CbTable, 1);
  va_list args;

  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  table->painted_column = -1;
  table->has_head = heading != NULL;
  if (heading == NULL)
    return table;
  va_start (args, heading);
  add_row (table, heading, args);
  va_end (args);
  return table;
}

/**
 * cb_table_add:
 * @table: a table
 * @cell: the first cell
 * @...: the other cells, ended by %NULL
 *
 * Adds a row. Cells are cleaned and put on one line.
 */
void
cb_table_add (CbTable    *table,
              const char *cell,
              ...)
{
  va_list args;

  va_start (args, cell);
  add_row (table, cell, args);
  va_end (args);
}

/**
 * cb_table_paint_column:
 * @table: a table
 * @column: a column of states, from 0
 *
 * Gives each state of that column its colour.
 */
void
cb_table_paint_column (CbTable *table,
                       guint    column)
{
  table->painted_column = column;
}

/**
 * cb_table_print:
 * @table: a table
 *
 * Prints it for people.
 */
void
cb_table_print (CbTable *table)
{
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree guint *widths = measure (table);

  for (guint i = 0; i < table->rows->len; i++)
    append_row (out, table, i, widths);
  g_print ("%s", out->str);
}

/**
 * cb_table_free:
 * @table: (transfer full) (nullable): a table
 *
 * Frees it.
 */
void
cb_table_free (CbTable *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->rows);
  g_free (table);
}
