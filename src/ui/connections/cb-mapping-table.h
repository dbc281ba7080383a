/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connectors/cb-connectors.h"

G_BEGIN_DECLS

#define CB_TYPE_MAPPING_TABLE (cb_mapping_table_get_type ())
G_DECLARE_FINAL_TYPE (CbMappingTable, cb_mapping_table, CB, MAPPING_TABLE, AdwBin)

void  cb_mapping_table_show  (CbMappingTable         *self,
                              const CbConnectorInfo  *connector);

G_END_DECLS
