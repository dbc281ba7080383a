/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CB_TYPE_ERROR_ROW (cb_error_row_get_type ())
G_DECLARE_FINAL_TYPE (CbErrorRow, cb_error_row, CB, ERROR_ROW, AdwPreferencesRow)

GtkWidget  *cb_error_row_new       (void);
void        cb_error_row_set_text  (CbErrorRow  *self,
                                    GtkWidget   *field,
                                    const char  *text);
void        cb_error_row_set_note  (CbErrorRow  *self,
                                    const char  *text);

G_END_DECLS
