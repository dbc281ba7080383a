/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_BULK_PREVIEW_WINDOW (cb_bulk_preview_window_get_type ())
G_DECLARE_FINAL_TYPE (CbBulkPreviewWindow, cb_bulk_preview_window, CB, BULK_PREVIEW_WINDOW, AdwWindow)

GtkWindow *cb_bulk_preview_window_new (GtkWindow    *parent,
                                       CbWorkspace  *workspace,
                                       GPtrArray    *ids);

G_END_DECLS
