/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_EXTRA_FIELD (cb_extra_field_get_type ())
G_DECLARE_FINAL_TYPE (CbExtraField, cb_extra_field, CB, EXTRA_FIELD, GObject)

CbExtraField *cb_extra_field_new        (const CbTargetField  *field,
                                         const char           *value);
const char   *cb_extra_field_get_id     (CbExtraField         *self);
void          cb_extra_field_add_to     (CbExtraField         *self,
                                         AdwPreferencesGroup  *group);
void          cb_extra_field_remove_from
                                        (CbExtraField         *self,
                                         AdwPreferencesGroup  *group);
void          cb_extra_field_load       (CbExtraField         *self,
                                         CbConnector          *connector,
                                         GHashTable           *context);
char         *cb_extra_field_get_value  (CbExtraField         *self);
gboolean      cb_extra_field_check      (CbExtraField         *self);
void          cb_extra_field_focus      (CbExtraField         *self);

G_END_DECLS
