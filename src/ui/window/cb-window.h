/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_WINDOW (cb_window_get_type ())
G_DECLARE_FINAL_TYPE (CbWindow, cb_window, CB, WINDOW, AdwApplicationWindow)

CbWindow  *cb_window_new         (GtkApplication  *application);
void       cb_window_open        (CbWindow        *self,
                                  CbWorkspace     *workspace);
void       cb_window_show_error  (CbWindow        *self,
                                  const char      *directory,
                                  const GError    *error);
void       cb_window_show_case   (CbWindow        *self,
                                  const char      *case_id);
void       cb_window_search      (CbWindow        *self,
                                  const char      *text);
void       cb_window_import      (CbWindow        *self,
                                  GFile           *file);
void       cb_window_tell        (CbWindow        *self,
                                  const char      *text);

G_END_DECLS
