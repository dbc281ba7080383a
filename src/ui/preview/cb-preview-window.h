/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_PREVIEW_WINDOW (cb_preview_window_get_type ())
G_DECLARE_FINAL_TYPE (CbPreviewWindow, cb_preview_window, CB, PREVIEW_WINDOW, AdwWindow)

GtkWindow *cb_preview_window_new (GtkWindow    *parent,
                                  CbWorkspace  *workspace,
                                  const char   *case_id);

G_END_DECLS
