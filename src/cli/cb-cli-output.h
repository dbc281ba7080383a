/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "base/cb-error.h"

G_BEGIN_DECLS

/**
 * CbPaint:
 *
 * How a word looks on a terminal.
 */
typedef enum
{
  CB_PAINT_NONE,
  CB_PAINT_BOLD,
  CB_PAINT_GOOD,
  CB_PAINT_NOTICE,
  CB_PAINT_BAD,
} CbPaint;

typedef struct _CbTable CbTable;

JsonObject *cb_cli_document_new     (void);
void        cb_cli_print_document   (JsonObject    *document);
void        cb_cli_print_raw        (const char    *text);
gboolean    cb_cli_flush            (void);
void        cb_cli_set_error_member (JsonObject    *object,
                                     const GError  *error);
void        cb_cli_set_time         (JsonObject    *object,
                                     const char    *member,
                                     gint64         time);
void        cb_cli_set_strings      (JsonObject    *object,
                                     const char    *member,
                                     GStrv          strings);
JsonNode   *cb_cli_incident_node    (const char    *id,
                                     const char    *title,
                                     const char    *url);

void        cb_cli_say              (const char    *format,
                                     ...) G_GNUC_PRINTF (1, 2);
void        cb_cli_complain         (const char    *format,
                                     ...) G_GNUC_PRINTF (1, 2);
void        cb_cli_say_painted      (CbPaint        paint,
                                     const char    *text);
void        cb_cli_say_block        (const char    *text,
                                     guint          indent);
CbPaint     cb_cli_paint_of_state   (const char    *state);
char       *cb_cli_clean            (const char    *text);

CbTable    *cb_table_new            (const char    *heading,
                                     ...) G_GNUC_NULL_TERMINATED;
void        cb_table_add            (CbTable       *table,
                                     const char    *cell,
                                     ...) G_GNUC_NULL_TERMINATED;
void        cb_table_paint_column   (CbTable       *table,
                                     guint          column);
void        cb_table_print          (CbTable       *table);
void        cb_table_free           (CbTable       *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTable, cb_table_free)

G_END_DECLS
