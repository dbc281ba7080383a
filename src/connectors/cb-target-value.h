/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

char     *cb_target_value_from_inputs (const CbTargetField  *field,
                                       const char *const    *inputs,
                                       GError              **error);
GStrv     cb_target_value_to_inputs   (const CbTargetField  *field,
                                       const char           *value);
JsonNode *cb_target_value_to_node     (const CbTargetField  *field,
                                       const char           *value);

G_END_DECLS
