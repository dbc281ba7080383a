/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_CASE_CONNECTOR_WINDOW (cb_case_connector_window_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseConnectorWindow, cb_case_connector_window, CB, CASE_CONNECTOR_WINDOW,
                      AdwWindow)

GtkWindow *cb_case_connector_window_new (GtkWindow    *parent,
                                         CbWorkspace  *workspace,
                                         const char   *case_id);

G_END_DECLS
