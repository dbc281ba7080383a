/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_CASE_FIELD (cb_case_field_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseField, cb_case_field, CB, CASE_FIELD, GObject)

CbCaseField            *cb_case_field_new        (const CbCaseFieldInfo  *info,
                                                  const char             *value,
                                                  const char             *label);
const CbCaseFieldInfo  *cb_case_field_get_info   (CbCaseField            *self);
GtkWidget              *cb_case_field_get_row    (CbCaseField            *self);
const char             *cb_case_field_get_value  (CbCaseField            *self);
const GError           *cb_case_field_get_error  (CbCaseField            *self);
void                    cb_case_field_load       (CbCaseField            *self,
                                                  CbConnector            *connector,
                                                  GHashTable             *context);
void                    cb_case_field_fail       (CbCaseField            *self,
                                                  const GError           *error);
void                    cb_case_field_wait       (CbCaseField            *self);
void                    cb_case_field_stop       (CbCaseField            *self);
GPtrArray              *cb_case_field_get_choices
                                                 (CbCaseField            *self);

G_END_DECLS
