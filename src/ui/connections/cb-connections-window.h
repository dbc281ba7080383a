/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_CONNECTIONS_WINDOW (cb_connections_window_get_type ())
G_DECLARE_FINAL_TYPE (CbConnectionsWindow, cb_connections_window, CB, CONNECTIONS_WINDOW, AdwWindow)

GtkWindow *cb_connections_window_new (GtkWindow    *parent,
                                      CbWorkspace  *workspace);

G_END_DECLS
