/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_BULK_RESULT_WINDOW (cb_bulk_result_window_get_type ())
G_DECLARE_FINAL_TYPE (CbBulkResultWindow, cb_bulk_result_window, CB, BULK_RESULT_WINDOW, AdwWindow)

GtkWindow *cb_bulk_result_window_new (GtkWindow   *parent,
                                      CbWorkspace *workspace,
                                      GPtrArray   *results);

G_END_DECLS
