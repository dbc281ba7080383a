/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "cli/cb-cli-error.h"
#include "cli/cb-cli-keys.h"

#define EXTRA "extra."

/* Auxiliary methods */

static char *
list_settings (CbConnectorClass *klass)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < klass->n_settings; i++)
    if (!klass->settings[i].secret)
      g_string_append_printf (out, "%s, ", klass->settings[i].key);
  g_string_append (out, EXTRA "NAME");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
list_fields (CbConnectorClass *klass,
             gboolean          with_extra)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < klass->n_case_fields; i++)
    g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", klass->case_fields[i].key);
  if (with_extra)
    g_string_append (out, ", " EXTRA "NAME");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* What the connector fills by itself would be sent twice with two values. */
static gboolean
check_extra (CbConnectorClass  *klass,
             const char        *key,
             GError           **error)
{
  const char *name = key + strlen (EXTRA);

  for (guint i = 0; i < klass->n_mappings; i++)
    if (g_str_equal (klass->mappings[i].target, name))
      {
        cb_cli_set_usage_error (error, _("“%s” is filled from the case's %s. Edit that instead."),
                                key, klass->mappings[i].source);
        return FALSE;
      }
  for (guint i = 0; i < klass->n_case_fields; i++)
    if (g_str_equal (klass->case_fields[i].target, name))
      {
        cb_cli_set_usage_error (error, _("“%s” is filled from the case's field “%s”. Use that "
                                "instead: case connector CASE --field %s=VALUE."), key,
                                klass->case_fields[i].key, klass->case_fields[i].key);
        return FALSE;
      }
  return TRUE;
}

static gboolean
is_extra (const char *key)
{
  return g_str_has_prefix (key, EXTRA) && key[strlen (EXTRA)] != '\0' &&
         g_utf8_validate (key, -1, NULL) && strpbrk (key, "\r\n") == NULL;
}

/* Public API */

/**
 * cb_cli_split_pair:
 * @pair: KEY=VALUE
 * @key: (out): the key
 * @value: (out) (transfer none): the value, a part of @pair
 * @error: %CB_CLI_ERROR_USAGE
 *
 * Returns: whether it is a pair
 */
gboolean
cb_cli_split_pair (const char  *pair,
                   char       **key,
                   const char **value,
                   GError     **error)
{
  const char *equals = strchr (pair, '=');

  if (equals == NULL || equals == pair)
    {
      /* It may be a secret that stands in the wrong place: it is not repeated. */
      cb_cli_set_usage_error (error, "%s", _("A setting or field is given as KEY=VALUE."));
      return FALSE;
    }
  *key = g_strndup (pair, equals - pair);
  *value = equals + 1;
  return TRUE;
}

/**
 * cb_cli_check_setting:
 * @klass: a connector type
 * @key: a setting's key
 * @value: its value
 * @error: %CB_CLI_ERROR_USAGE
 *
 * Checks what can be wrong with the command line; what can be wrong with a value is the library's.
 *
 * Returns: whether --set may have them
 */
gboolean
cb_cli_check_setting (CbConnectorClass  *klass,
                      const char        *key,
                      const char        *value,
                      GError           **error)
{
  const CbSettingInfo *info = cb_connector_class_find_setting (klass, key);
  g_autofree char *list = NULL;

  if (info == NULL && is_extra (key))
    return check_extra (klass, key, error);
  if (info == NULL)
    {
      list = list_settings (klass);
      cb_cli_set_usage_error (error, _("%s connectors have no setting “%s”. There are: %s."),
                              klass->name, key, list);
      return FALSE;
    }
  if (info->secret)
    {
      cb_cli_set_usage_error (error, _("“%s” is a secret, and arguments can be seen by others. "
                              "Give it with --secrets-stdin, as a line %s=VALUE."), key, key);
      return FALSE;
    }
  if (info->choices == NULL || *value == '\0' || g_strv_contains (info->choices, value))
    return TRUE;
  list = g_strjoinv (", ", (GStrv) info->choices);
  cb_cli_set_usage_error (error, _("“%s” must be one of %s, not “%s”."), key, list, value);
  return FALSE;
}

/**
 * cb_cli_check_field:
 * @klass: a connector type
 * @key: a per-case field's key
 * @error: %CB_CLI_ERROR_USAGE
 *
 * Returns: whether a case may have that field
 */
gboolean
cb_cli_check_field (CbConnectorClass  *klass,
                    const char        *key,
                    GError           **error)
{
  g_autofree char *list = NULL;

  if (cb_connector_class_find_case_field (klass, key) != NULL)
    return TRUE;
  if (is_extra (key))
    return check_extra (klass, key, error);
  list = list_fields (klass, TRUE);
  cb_cli_set_usage_error (error, _("%s has no field “%s”. There are: %s."), klass->name, key, list);
  return FALSE;
}

/**
 * cb_cli_check_choice_field:
 * @klass: a connector type
 * @key: a per-case field's key
 * @error: %CB_CLI_ERROR_USAGE
 *
 * Returns: whether the external system can be asked for that field's values
 */
gboolean
cb_cli_check_choice_field (CbConnectorClass  *klass,
                           const char        *key,
                           GError           **error)
{
  g_autofree char *list = NULL;

  if (cb_connector_class_find_case_field (klass, key) != NULL)
    return TRUE;
  list = list_fields (klass, FALSE);
  cb_cli_set_usage_error (error, _("%s has no field “%s”. There are: %s."), klass->name, key, list);
  return FALSE;
}

/**
 * cb_cli_check_text:
 * @text: what was given
 * @field: what it is for
 * @error: %CB_ERROR_INVALID_ARGUMENT
 *
 * Returns: whether it is a text
 */
gboolean
cb_cli_check_text (const char  *text,
                   const char  *field,
                   GError     **error)
{
  if (g_utf8_validate (text, -1, NULL))
    return TRUE;
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, field, _("“%s” is not valid UTF-8."), field);
  return FALSE;
}

/**
 * cb_cli_sorted_keys:
 * @table: (element-type utf8 utf8): a table
 *
 * Returns: (transfer container) (element-type utf8): its keys in a fixed order
 */
GList *
cb_cli_sorted_keys (GHashTable *table)
{
  return g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) strcmp);
}
