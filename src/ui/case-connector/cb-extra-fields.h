/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_EXTRA_FIELDS (cb_extra_fields_get_type ())
G_DECLARE_FINAL_TYPE (CbExtraFields, cb_extra_fields, CB, EXTRA_FIELDS, AdwBin)

void      cb_extra_fields_set_values  (CbExtraFields     *self,
                                       GHashTable        *values);
void      cb_extra_fields_set_target  (CbExtraFields     *self,
                                       CbConnector       *connector,
                                       CbTarget          *target);
void      cb_extra_fields_fail        (CbExtraFields     *self);
void      cb_extra_fields_collect     (CbExtraFields     *self,
                                       GHashTable        *values);
gboolean  cb_extra_fields_check       (CbExtraFields     *self);

G_END_DECLS
