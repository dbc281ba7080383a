/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_CONNECTOR_EDITOR (cb_connector_editor_get_type ())
G_DECLARE_FINAL_TYPE (CbConnectorEditor, cb_connector_editor, CB, CONNECTOR_EDITOR, AdwWindow)

GtkWindow *cb_connector_editor_new (GtkWindow    *parent,
                                    CbWorkspace  *workspace,
                                    const char   *type,
                                    const char   *connector_id);

G_END_DECLS
