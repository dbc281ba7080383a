/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_SETTING_FIELD (cb_setting_field_get_type ())
G_DECLARE_FINAL_TYPE (CbSettingField, cb_setting_field, CB, SETTING_FIELD, GObject)

CbSettingField       *cb_setting_field_new         (const CbSettingInfo   *info,
                                                    const char            *value,
                                                    gboolean               is_stored);
const CbSettingInfo  *cb_setting_field_get_info    (CbSettingField        *self);
void                  cb_setting_field_add_to      (CbSettingField        *self,
                                                    AdwPreferencesGroup   *group);
const char           *cb_setting_field_get_value   (CbSettingField        *self);
const char           *cb_setting_field_get_effective
                                                   (CbSettingField        *self);
void                  cb_setting_field_set_shown   (CbSettingField        *self,
                                                    gboolean               shown);
gboolean              cb_setting_field_is_shown    (CbSettingField        *self);
void                  cb_setting_field_set_error   (CbSettingField        *self,
                                                    const char            *text);
void                  cb_setting_field_offer       (CbSettingField        *self,
                                                    GPtrArray             *choices);
void                  cb_setting_field_choose_file (CbSettingField        *self);
void                  cb_setting_field_clear       (CbSettingField        *self);

G_END_DECLS
