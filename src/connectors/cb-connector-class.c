/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "connectors/cb-connector.h"
#include "remote/cb-tls.h"

/* Auxiliary methods */

static const char *
effective (const CbSettingInfo *info,
           GHashTable          *settings)
{
  const char *value = g_hash_table_lookup (settings, info->key);

  return value == NULL && info->choices != NULL ? info->choices[0] : value;
}

static gboolean
is_wanted (CbConnectorClass    *klass,
           const CbSettingInfo *info,
           GHashTable          *settings)
{
  const CbSettingInfo *other;

  if (info->secret || !info->required)
    return FALSE;
  if (info->only_if == NULL)
    return TRUE;
  other = cb_connector_class_find_setting (klass, info->only_if);
  return g_strcmp0 (effective (other, settings), info->only_value) == 0;
}

static gboolean
check_value (const CbSettingInfo  *info,
             const char           *value,
             GError              **error)
{
  gboolean is_text = g_utf8_validate (value, -1, NULL);

  if (is_text && info->kind == CB_KIND_FILE)
    {
      g_autofree char *fingerprint = NULL;
      g_autofree char *subject = cb_tls_certificate_describe (value, &fingerprint, error);

      return fingerprint != NULL;
    }
  if (!is_text || strpbrk (value, "\r\n") != NULL)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, info->key,
                    _("%s (%s) is not one line of valid UTF-8."), _(info->label), info->key);
      return FALSE;
    }
  if (info->kind == CB_KIND_NUMBER && value[strspn (value, "0123456789")] != '\0')
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, info->key,
                    _("%s (%s) must be a number, not “%s”."), _(info->label), info->key, value);
      return FALSE;
    }
  if (info->choices != NULL && !g_strv_contains (info->choices, value))
    {
      g_autofree char *choices = g_strjoinv (", ", (GStrv) info->choices);

      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, info->key,
                    _("%s (%s) must be one of %s, not “%s”."), _(info->label), info->key,
                    choices, value);
      return FALSE;
    }
  return TRUE;
}

/* Public API */

/**
 * cb_connector_class_find_setting:
 * @klass: a connector type
 * @key: a setting's key
 *
 * Returns: (nullable): its description
 */
const CbSettingInfo *
cb_connector_class_find_setting (CbConnectorClass *klass,
                                 const char       *key)
{
  for (guint i = 0; i < klass->n_settings; i++)
    if (g_strcmp0 (klass->settings[i].key, key) == 0)
      return &klass->settings[i];
  return NULL;
}

/**
 * cb_connector_class_find_case_field:
 * @klass: a connector type
 * @key: a per-case field's key
 *
 * Returns: (nullable): its description
 */
const CbCaseFieldInfo *
cb_connector_class_find_case_field (CbConnectorClass *klass,
                                    const char       *key)
{
  for (guint i = 0; i < klass->n_case_fields; i++)
    if (g_strcmp0 (klass->case_fields[i].key, key) == 0)
      return &klass->case_fields[i];
  return NULL;
}

/**
 * cb_connector_class_find_mapping:
 * @klass: a connector type
 * @source: a field of the case
 *
 * Returns: (nullable): where it goes
 */
const CbMapping *
cb_connector_class_find_mapping (CbConnectorClass *klass,
                                 const char       *source)
{
  for (guint i = 0; i < klass->n_mappings; i++)
    if (g_strcmp0 (klass->mappings[i].source, source) == 0)
      return &klass->mappings[i];
  return NULL;
}

/**
 * cb_connector_class_check_settings:
 * @klass: a connector type
 * @settings: (element-type utf8 utf8): settings without secrets
 * @asked: (nullable): a setting that may be missing, for the server is to be asked what it may be
 * @error: %CB_ERROR_INVALID_ARGUMENT naming the first that is wrong or missing
 *
 * Returns: whether a connector can be made of them
 */
gboolean
cb_connector_class_check_settings (CbConnectorClass  *klass,
                                   GHashTable        *settings,
                                   const char        *asked,
                                   GError           **error)
{
  for (guint i = 0; i < klass->n_settings; i++)
    {
      const CbSettingInfo *info = &klass->settings[i];
      const char *value = g_hash_table_lookup (settings, info->key);

      if (value != NULL && !check_value (info, value, error))
        return FALSE;
      if (!is_wanted (klass, info, settings) || !cb_is_blank (value) ||
          g_strcmp0 (info->key, asked) == 0)
        continue;
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, info->key,
                    _("A %s connector needs “%s” (%s)."), klass->name, info->key, _(info->label));
      return FALSE;
    }
  return TRUE;
}
