/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_RESILIENT_CONNECTOR (cb_resilient_connector_get_type ())
G_DECLARE_FINAL_TYPE (CbResilientConnector, cb_resilient_connector, CB, RESILIENT_CONNECTOR,
                      CbConnector)

G_END_DECLS
