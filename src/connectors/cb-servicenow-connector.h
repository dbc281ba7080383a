/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_SERVICENOW_CONNECTOR (cb_servicenow_connector_get_type ())
G_DECLARE_FINAL_TYPE (CbServicenowConnector, cb_servicenow_connector, CB, SERVICENOW_CONNECTOR,
                      CbConnector)

G_END_DECLS
