/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_TOY_CONNECTOR (cb_toy_connector_get_type ())
G_DECLARE_FINAL_TYPE (CbToyConnector, cb_toy_connector, CB, TOY_CONNECTOR, CbConnector)

G_END_DECLS
