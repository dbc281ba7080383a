/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connectors/cb-connectors.h"

G_BEGIN_DECLS

#define CB_TYPE_CONNECTOR_ROW (cb_connector_row_get_type ())
G_DECLARE_FINAL_TYPE (CbConnectorRow, cb_connector_row, CB, CONNECTOR_ROW, AdwPreferencesRow)

GtkWidget  *cb_connector_row_new     (CbConnectors           *connectors);
void        cb_connector_row_show    (CbConnectorRow         *self,
                                      const CbConnectorInfo  *info);
const char *cb_connector_row_get_id  (CbConnectorRow         *self);

G_END_DECLS
