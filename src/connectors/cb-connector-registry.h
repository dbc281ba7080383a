/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

GPtrArray        *cb_connector_registry_get   (void);
CbConnectorClass *cb_connector_registry_find  (const char *type);
void              cb_connector_registry_add   (GType       type);

G_END_DECLS
