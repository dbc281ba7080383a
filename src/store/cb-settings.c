/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-string.h"
#include "store/cb-settings.h"

/* Public API */

/**
 * cb_settings_get:
 * @database: a database
 * @key: a setting's name
 *
 * Returns: (transfer full) (nullable): its value, %NULL where it is not set
 */
char *
cb_settings_get (CbDatabase *database,
                 const char *key)
{
  return cb_database_query_string (database, "SELECT value FROM settings WHERE key = ?", "s", key);
}

/**
 * cb_settings_set:
 * @database: a database
 * @key: a setting's name
 * @value: (nullable): its value; %NULL or "" unsets it
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: whether it worked
 */
gboolean
cb_settings_set (CbDatabase  *database,
                 const char  *key,
                 const char  *value,
                 GError     **error)
{
  if (value == NULL || *value == '\0')
    return cb_database_run (database, error, "DELETE FROM settings WHERE key = ?", "s", key);
  return cb_database_run (database, error,
                          "INSERT INTO settings (key, value) VALUES (?, ?)"
                          " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                          "ss", key, value);
}

/**
 * cb_settings_workspace_id:
 * @database: a database
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * The workspace's name in the keyring, made at its first use.
 *
 * Returns: (transfer full) (nullable): a UUID
 */
char *
cb_settings_workspace_id (CbDatabase  *database,
                          GError     **error)
{
  g_autofree char *fresh = g_uuid_string_random ();

  if (!cb_database_run (database, error,
                        "INSERT OR IGNORE INTO settings (key, value) VALUES ('workspace', ?)",
                        "s", fresh))
    return NULL;
  return cb_settings_get (database, "workspace");
}

/**
 * cb_settings_author:
 * @database: a database
 *
 * Whose name new cases and comments carry: the setting, else the account's real name, else its login.
 *
 * Returns: (transfer full): a name
 */
char *
cb_settings_author (CbDatabase *database)
{
  g_autofree char *author = cb_settings_get (database, "author");
  const char *real_name = g_get_real_name ();

  if (!cb_is_blank (author))
    return g_steal_pointer (&author);
  /* GLib says "Unknown" where the account has no real name. */
  if (!cb_is_blank (real_name) && g_strcmp0 (real_name, "Unknown") != 0)
    return g_strdup (real_name);
  return g_strdup (g_get_user_name ());
}
