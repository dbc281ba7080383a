/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-lock.h"
#include "base/cb-string.h"
#include "base/cb-time.h"
#include "connectors/cb-connector-private.h"
#include "connectors/cb-connector-registry.h"
#include "connectors/cb-connectors.h"
#include "remote/cb-transport.h"
#include "remote/cb-url.h"
#include "store/cb-settings.h"

#define PREFIX_LENGTH 4
#define LOCK_NAME "keyring.lock"
#define NO_GENERATION (-1)
#define MAX_NAME 100

struct _CbConnectors
{
  GObject parent_instance;

  CbDatabase *database;   /* (owned) */
  CbKeyring *keyring;     /* (owned) */
  char *lock_directory;   /* (owned) (nullable) */
  GHashTable *open;       /* (owned) (element-type utf8 CbConnector): with secrets, until they change */
  GHashTable *pacers;     /* (owned) (element-type utf8 CbPacer): by destination */
};

/* Saving or opening one connector. */
typedef struct
{
  CbConnectorInfo *info;     /* (owned): as it will be */
  GHashTable *secrets;       /* (owned) (nullable): those given */
  CbLock *lock;              /* (owned) (nullable): no sweep may run while secrets wait for their row */
  CbConnector *connector;    /* (owned) (nullable) */
  gboolean has_new_secrets;  /* whether some of them are not the stored ones */
  gint64 tested_at;          /* when what is to be saved was tested, 0 for never */
  GError *test_error;        /* (owned) (nullable) */
} Operation;

enum
{
  SIGNAL_CHANGED,
  SIGNAL_TESTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const reserved_names[] = { "default", "none", NULL };

G_DEFINE_FINAL_TYPE (CbConnectors, cb_connectors, G_TYPE_OBJECT)

/* Auxiliary methods */

/* All that write to one destination keep one pace, whatever connector they use. */
static void
share_pace (CbConnectors *self,
            CbConnector  *connector)
{
  g_autofree char *destination = cb_connector_get_destination (connector);
  CbPacer *pacer = g_hash_table_lookup (self->pacers, destination);

  if (pacer == NULL)
    {
      pacer = cb_pacer_new ();
      g_hash_table_insert (self->pacers, g_steal_pointer (&destination), pacer);
    }
  cb_connector_set_pacer (connector, pacer);
}

static void
operation_free (Operation *operation)
{
  g_clear_pointer (&operation->info, cb_connector_info_free);
  g_clear_pointer (&operation->secrets, g_hash_table_unref);
  g_clear_pointer (&operation->lock, cb_lock_free);
  g_clear_object (&operation->connector);
  g_clear_error (&operation->test_error);
  g_free (operation);
}

static GHashTable *
load_settings (CbConnectors  *self,
               const char    *id,
               GError       **error)
{
  g_autoptr(GHashTable) settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(CbStatement) statement = NULL;
  GError *local_error = NULL;

  statement = cb_database_query (self->database, &local_error,
                                 "SELECT key, value FROM connector_settings WHERE connector_id = ?"
                                 " ORDER BY key", "s", id);
  while (statement != NULL && cb_statement_step (statement, &local_error))
    g_hash_table_insert (settings, g_strdup (cb_statement_string (statement, 0)),
                         g_strdup (cb_statement_string (statement, 1)));
  if (local_error == NULL)
    return g_steal_pointer (&settings);
  g_propagate_error (error, local_error);
  return NULL;
}

/* A type that this program does not know was made by a newer one: such a connector is left alone. */
static CbConnectorInfo *
read_row (CbConnectors  *self,
          CbStatement   *row,
          GError       **error)
{
  CbConnectorClass *klass = cb_connector_registry_find (cb_statement_string (row, 1));
  g_autoptr(CbConnectorInfo) info = NULL;

  if (klass == NULL)
    return NULL;
  info = g_new0 (CbConnectorInfo, 1);
  info->id = g_strdup (cb_statement_string (row, 0));
  info->klass = klass;
  info->name = g_strdup (cb_statement_string (row, 2));
  info->url = g_strdup (cb_statement_string (row, 3));
  info->destination = g_strdup (cb_statement_string (row, 4));
  info->generation = cb_statement_int (row, 5);
  info->has_secrets = cb_statement_int (row, 6) != 0;
  info->tested_at = cb_statement_int (row, 7);
  info->test_code = g_strdup (cb_statement_string (row, 8));
  info->test_message = g_strdup (cb_statement_string (row, 9));
  info->settings = load_settings (self, info->id, error);
  return info->settings != NULL ? g_steal_pointer (&info) : NULL;
}

static gboolean
check_name (CbConnectors           *self,
            const CbConnectorInfo  *info,
            GError                **error)
{
  g_autofree char *other = NULL;

  if (cb_is_blank (info->name) || !g_utf8_validate (info->name, -1, NULL) ||
      strpbrk (info->name, "\n\r") != NULL || cb_utf16_length (info->name) > MAX_NAME)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "name",
                    _("A connector needs a name: one line of at most %d characters in valid UTF-8."),
                    MAX_NAME);
      return FALSE;
    }
  if (g_strv_contains (reserved_names, info->name))
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "name",
                    _("“%s” is a reserved word. Choose another name."), info->name);
      return FALSE;
    }
  other = cb_database_query_string (self->database,
                                    "SELECT id FROM connectors WHERE name = ? AND id <> ?", "ss",
                                    info->name, info->id);
  if (other == NULL)
    return TRUE;
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "name",
                _("There is already a connector “%s”. Choose another name."), info->name);
  return FALSE;
}

static void
apply_settings (CbConnectorInfo       *info,
                const CbConnectorEdit *edit)
{
  GHashTableIter iter;
  gpointer key, value;

  if (edit->settings == NULL)
    return;
  g_hash_table_iter_init (&iter, edit->settings);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      if (value == NULL || *(char *) value == '\0')
        g_hash_table_remove (info->settings, key);
      else
        g_hash_table_insert (info->settings, g_strdup (key), g_strdup (value));
    }
}

static gboolean
check_keys (const CbConnectorInfo  *info,
            GHashTable             *table,
            gboolean                secret,
            GError                **error)
{
  GHashTableIter iter;
  gpointer key;

  if (table == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const CbSettingInfo *setting = cb_connector_class_find_setting (info->klass, key);

      if (setting != NULL && setting->secret == secret)
        continue;
      if (!secret && g_str_has_prefix (key, "extra.") && ((char *) key)[6] != '\0')
        continue;
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, key, _("%s connectors have no %s “%s”."),
                    info->klass->name, secret ? _("secret") : _("setting"), (char *) key);
      return FALSE;
    }
  return TRUE;
}

/* They go into a header, where a line end would be another header; most come from a file's. */
static gboolean
check_secrets (GHashTable  *secrets,
               GError     **error)
{
  GHashTableIter iter;
  gpointer key, value;

  if (secrets == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, secrets);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      gboolean good = g_utf8_validate (value, -1, NULL);

      for (const char *p = value; good && *p != '\0'; p++)
        good = !g_ascii_iscntrl (*p);
      if (good)
        continue;
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, key,
                    _("“%s” holds a line end or another control character, or is not valid UTF-8. "
                      "Enter it again."), (char *) key);
      return FALSE;
    }
  return TRUE;
}

static CbConnectorInfo *
start_info (CbConnectors           *self,
            const CbConnectorEdit  *edit,
            GError                **error)
{
  CbConnectorInfo *info;

  if (edit->id != NULL)
    return cb_connectors_get (self, edit->id, error);
  if (cb_connector_registry_find (edit->type) == NULL)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "type", _("There is no connector type “%s”."),
                    edit->type);
      return NULL;
    }
  info = g_new0 (CbConnectorInfo, 1);
  info->id = g_uuid_string_random ();
  info->klass = cb_connector_registry_find (edit->type);
  info->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return info;
}

static gboolean
save_row (CbConnectors     *self,
          CbConnectorInfo  *info,
          GError          **error)
{
  gboolean sends_tags = cb_connector_class_find_mapping (info->klass, "tags") != NULL;
  GHashTableIter iter;
  gpointer key, value;

  if (!cb_database_run (self->database, error,
                        "INSERT INTO connectors (id, type, name, url, destination, sends_tags,"
                        " generation, has_secrets) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url,"
                        " destination = excluded.destination, generation = excluded.generation,"
                        " has_secrets = excluded.has_secrets", "sssssiii", info->id, info->klass->id,
                        info->name, info->url, info->destination, (gint64) sends_tags,
                        info->generation, (gint64) info->has_secrets) ||
      !cb_database_run (self->database, error,
                        "DELETE FROM connector_settings WHERE connector_id = ?", "s", info->id) ||
      !cb_database_run (self->database, error,
                        "DELETE FROM metadata WHERE connector_id = ?", "s", info->id))
    return FALSE;
  g_hash_table_iter_init (&iter, info->settings);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!cb_database_run (self->database, error,
                          "INSERT INTO connector_settings (connector_id, key, value)"
                          " VALUES (?, ?, ?)", "sss", info->id, key, value))
      return FALSE;
  return TRUE;
}

static gboolean
is_same_table (GHashTable *one,
               GHashTable *other)
{
  GHashTableIter iter;
  gpointer key, value;

  if (g_hash_table_size (one) != g_hash_table_size (other))
    return FALSE;
  g_hash_table_iter_init (&iter, one);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_strcmp0 (g_hash_table_lookup (other, key), value) != 0)
      return FALSE;
  return TRUE;
}

/* Whether a test of the one says something of the other: a name means nothing to the server. */
static gboolean
is_equivalent (const CbConnectorInfo *one,
               const CbConnectorInfo *other)
{
  return g_strcmp0 (one->url, other->url) == 0 && one->generation == other->generation &&
         is_same_table (one->settings, other->settings);
}

static gboolean
forget_test (CbConnectors  *self,
             const char    *id,
             GError       **error)
{
  return cb_database_run (self->database, error, "DELETE FROM connector_tests WHERE connector_id = ?",
                          "s", id);
}

static gboolean
save_test (CbConnectors  *self,
           const char    *id,
           gint64         time,
           const GError  *test_error,
           GError       **error)
{
  return cb_database_run (self->database, error,
                          "INSERT OR REPLACE INTO connector_tests (connector_id, time, error_code,"
                          " error_message) VALUES (?, ?, ?, ?)", "siss", id, time,
                          test_error != NULL ? cb_error_get_code (test_error) : NULL,
                          test_error != NULL ? test_error->message : NULL);
}

static gboolean
commit (CbConnectors  *self,
        Operation     *operation,
        GError       **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (self->database, error);
  g_autoptr(CbConnectorInfo) old = cb_connectors_get (self, operation->info->id, NULL);
  gboolean stays = old != NULL && is_equivalent (old, operation->info);

  if (transaction == NULL || !save_row (self, operation->info, error) ||
      (!stays && !forget_test (self, operation->info->id, error)) ||
      (operation->tested_at != 0 && !save_test (self, operation->info->id, operation->tested_at,
                                                operation->test_error, error)) ||
      !cb_transaction_commit (&transaction, error))
    return FALSE;
  g_hash_table_remove (self->open, operation->info->id);
  g_clear_pointer (&operation->lock, cb_lock_free);
  return TRUE;
}

/* What cannot be read must not be taken for what is not there: its credentials would be removed. */
static GHashTable *
load_generations (CbConnectors  *self,
                  GError       **error)
{
  g_autoptr(GHashTable) generations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(CbStatement) statement = NULL;
  GError *local_error = NULL;

  statement = cb_database_query (self->database, &local_error,
                                 "SELECT id, generation FROM connectors WHERE has_secrets", NULL);
  while (statement != NULL && cb_statement_step (statement, &local_error))
    g_hash_table_insert (generations, g_strdup (cb_statement_string (statement, 0)),
                         g_strdup (cb_statement_string (statement, 1)));
  if (local_error == NULL)
    return g_steal_pointer (&generations);
  g_propagate_error (error, local_error);
  return NULL;
}

static void
merge_secrets (GHashTable *from,
               GHashTable *to)
{
  GHashTableIter iter;
  gpointer key, value;

  if (from == NULL)
    return;
  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_hash_table_contains (to, key))
      g_hash_table_insert (to, g_strdup (key), g_strdup (value));
}

static gboolean
is_same (CbConnector           *connector,
         const CbConnectorInfo *info)
{
  g_autofree char *destination = cb_connector_get_destination (connector);

  return g_str_equal (destination, info->destination) &&
         _cb_connector_get_private (connector)->generation == info->generation &&
         g_strcmp0 (cb_connector_get_name (connector), info->name) == 0 &&
         is_same_table (cb_connector_get_settings (connector), info->settings);
}

/* What tells of the connector itself, not of one incident or of what somebody did. */
static gboolean
concerns_connector (const GError *error)
{
  static const CbError codes[] = {
    CB_ERROR_AUTH_INVALID, CB_ERROR_AUTH_LOCKED, CB_ERROR_TLS_UNTRUSTED, CB_ERROR_UNREACHABLE,
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, CB_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

/* Callbacks */

static void
swept_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (cb_keyring_sweep_finish (CB_KEYRING (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* The old credentials are of no use any more; if they cannot be removed now, the next sweep does. */
static void
saved_and_swept_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Operation *operation = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!cb_connectors_sweep_finish (CB_CONNECTORS (source), result, &error))
    g_debug ("Old credentials stay for now: %s", error->message);
  g_task_return_pointer (task, g_strdup (operation->info->id), g_free);
}

static void
removed_and_swept_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!cb_connectors_sweep_finish (CB_CONNECTORS (source), result, &error))
    g_debug ("Old credentials stay for now: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
finish_save (GTask *task)
{
  CbConnectors *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!commit (self, operation, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  cb_connectors_changed (self);
  if (operation->secrets != NULL)
    cb_connectors_sweep_async (self, NULL, saved_and_swept_cb, task);
  else
    {
      g_task_return_pointer (task, g_strdup (operation->info->id), g_free);
      g_object_unref (task);
    }
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (cb_keyring_store_finish (CB_KEYRING (source), result, &error))
    finish_save (g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
store_secrets (GTask *task)
{
  CbConnectors *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);
  g_autofree char *label = g_strdup_printf (_("Casebridge: %s"), operation->info->name);

  operation->info->generation++;
  operation->info->has_secrets = TRUE;
  cb_keyring_store_async (self->keyring, operation->info->id, operation->info->generation, label,
                          operation->secrets, g_task_get_cancellable (task), stored_cb, task);
}

static void
old_secrets_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) old = cb_keyring_lookup_finish (CB_KEYRING (source), result, &error);
  Operation *operation = g_task_get_task_data (task);

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  merge_secrets (old, operation->secrets);
  store_secrets (g_steal_pointer (&task));
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) secrets = cb_keyring_lookup_finish (CB_KEYRING (source), result, &error);
  CbConnectors *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);

  if (error == NULL && secrets != NULL && operation->secrets != NULL)
    merge_secrets (secrets, operation->secrets);
  if (error == NULL)
    cb_connector_set_secrets (operation->connector,
                              operation->secrets != NULL ? operation->secrets : secrets, &error);
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* What a form holds are not the stored credentials, whatever else is the same. */
  _cb_connector_get_private (operation->connector)->generation =
    operation->secrets != NULL && operation->has_new_secrets ? NO_GENERATION
                                                             : operation->info->generation;
  if (g_task_get_source_tag (task) == cb_connectors_open_async)
    g_hash_table_insert (self->open, g_strdup (operation->info->id),
                         g_object_ref (operation->connector));
  g_task_return_pointer (task, g_steal_pointer (&operation->connector), g_object_unref);
}

/* GObject overrides */

static void
cb_connectors_dispose (GObject *object)
{
  CbConnectors *self = CB_CONNECTORS (object);

  g_clear_object (&self->database);
  g_clear_object (&self->keyring);
  g_clear_pointer (&self->lock_directory, g_free);
  g_clear_pointer (&self->open, g_hash_table_unref);
  g_clear_pointer (&self->pacers, g_hash_table_unref);

  G_OBJECT_CLASS (cb_connectors_parent_class)->dispose (object);
}

static void
cb_connectors_class_init (CbConnectorsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_connectors_dispose;

  /**
   * CbConnectors::changed:
   * @self: the connectors
   *
   * Emitted after a change of a connector or of the default one is in the database.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * CbConnectors::tested:
   * @self: the connectors
   *
   * Emitted after the outcome of a test of a connector is in the database.
   */
  signals[SIGNAL_TESTED] = g_signal_new ("tested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cb_connectors_init (CbConnectors *self)
{
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->pacers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

/* Public API */

/**
 * cb_connectors_new:
 * @database: a workspace's database
 * @keyring: where its secrets are
 * @lock_directory: (nullable): where lock files lie
 *
 * Returns: (transfer full): the connectors of a workspace
 */
CbConnectors *
cb_connectors_new (CbDatabase *database,
                   CbKeyring  *keyring,
                   const char *lock_directory)
{
  CbConnectors *self = g_object_new (CB_TYPE_CONNECTORS, NULL);

  self->database = g_object_ref (database);
  self->keyring = g_object_ref (keyring);
  self->lock_directory = g_strdup (lock_directory);
  return self;
}

#define SELECT "SELECT id, type, name, url, destination, generation, has_secrets, time, error_code," \
  " error_message FROM connectors LEFT JOIN connector_tests ON connector_id = id"

/**
 * cb_connectors_list:
 * @self: the connectors
 *
 * Returns: (transfer full) (element-type CbConnectorInfo): all of them, in the order of their names
 */
GPtrArray *
cb_connectors_list (CbConnectors *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_connector_info_free);
  g_autoptr(CbStatement) statement = NULL;

  g_return_val_if_fail (CB_IS_CONNECTORS (self), list);

  statement = cb_database_query (self->database, NULL, SELECT " ORDER BY name COLLATE NOCASE, name", NULL);
  while (statement != NULL && cb_statement_step (statement, NULL))
    {
      CbConnectorInfo *info = read_row (self, statement, NULL);

      if (info != NULL)
        g_ptr_array_add (list, info);
    }
  return list;
}

/**
 * cb_connectors_get:
 * @self: the connectors
 * @id: a connector's id
 * @error: %CB_ERROR_NOT_FOUND, %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable): the connector
 */
CbConnectorInfo *
cb_connectors_get (CbConnectors  *self,
                   const char    *id,
                   GError       **error)
{
  g_autoptr(CbStatement) statement = NULL;
  CbConnectorInfo *info = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (CB_IS_CONNECTORS (self) && id != NULL, NULL);

  statement = cb_database_query (self->database, error,
                                 SELECT " WHERE id = ?", "s", id);
  if (statement == NULL)
    return NULL;
  if (cb_statement_step (statement, &local_error))
    info = read_row (self, statement, &local_error);
  if (local_error != NULL)
    g_propagate_error (error, local_error);
  else if (info == NULL)
    cb_set_error (error, CB_ERROR_NOT_FOUND, "connector",
                  _("The connector %s does not exist any more. Choose another one."), id);
  return info;
}

/**
 * cb_connectors_resolve:
 * @self: the connectors
 * @name: an id, an exact name, or an unambiguous prefix of an id with at least 4 characters
 * @error: %CB_ERROR_NOT_FOUND or %CB_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full) (nullable): the id
 */
char *
cb_connectors_resolve (CbConnectors  *self,
                       const char    *name,
                       GError       **error)
{
  g_autoptr(GPtrArray) list = NULL;
  const char *found = NULL;

  g_return_val_if_fail (CB_IS_CONNECTORS (self) && name != NULL, NULL);

  list = cb_connectors_list (self);
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((CbConnectorInfo *) g_ptr_array_index (list, i))->id, name))
      return g_strdup (name);
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((CbConnectorInfo *) g_ptr_array_index (list, i))->name, name))
      return g_strdup (((CbConnectorInfo *) g_ptr_array_index (list, i))->id);
  for (guint i = 0; strlen (name) >= PREFIX_LENGTH && i < list->len; i++)
    {
      CbConnectorInfo *info = g_ptr_array_index (list, i);

      if (!g_str_has_prefix (info->id, name))
        continue;
      if (found != NULL)
        {
          cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "connector",
                        _("More than one connector's id begins with “%s”. Give more of it."), name);
          return NULL;
        }
      found = info->id;
    }
  if (found == NULL)
    {
      g_autofree char *shown = g_utf8_make_valid (name, -1);

      cb_set_error (error, CB_ERROR_NOT_FOUND, "connector", _("There is no connector “%s”. List the "
                    "connectors to see their names."), shown);
    }
  return g_strdup (found);
}

/**
 * cb_connectors_get_default:
 * @self: the connectors
 *
 * Returns: (transfer full) (nullable): the default connector's id
 */
char *
cb_connectors_get_default (CbConnectors *self)
{
  g_return_val_if_fail (CB_IS_CONNECTORS (self), NULL);

  return cb_database_query_string (self->database, "SELECT id FROM connectors WHERE id ="
                                   " (SELECT value FROM settings WHERE key = 'default_connector')",
                                   NULL);
}

/**
 * cb_connectors_set_default:
 * @self: the connectors
 * @id: (nullable): a connector's id, %NULL for none
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: whether it worked
 */
gboolean
cb_connectors_set_default (CbConnectors  *self,
                           const char    *id,
                           GError       **error)
{
  g_return_val_if_fail (CB_IS_CONNECTORS (self), FALSE);

  if (!cb_settings_set (self->database, "default_connector", id, error))
    return FALSE;
  cb_connectors_changed (self);
  return TRUE;
}

/**
 * cb_connectors_check:
 * @self: the connectors
 * @edit: what to save
 * @error: %CB_ERROR_INVALID_ARGUMENT with the field that is wrong, %CB_ERROR_NOT_FOUND
 *
 * Checks an edit as saving it does, without saving it.
 *
 * Returns: (transfer full) (nullable): the connector as it would be
 */
CbConnectorInfo *
cb_connectors_check (CbConnectors           *self,
                     const CbConnectorEdit  *edit,
                     GError                **error)
{
  g_autoptr(CbConnectorInfo) info = NULL;
  g_autoptr(CbConnector) connector = NULL;
  g_autofree char *url = NULL;

  g_return_val_if_fail (CB_IS_CONNECTORS (self) && edit != NULL, NULL);

  info = start_info (self, edit, error);
  if (info == NULL)
    return NULL;
  if (edit->name != NULL || info->name == NULL)
    {
      g_free (info->name);
      info->name = g_strdup (edit->name);
    }
  /* Who only asks what a setting may be need not have thought of a name yet. */
  if (edit->asked != NULL && cb_is_blank (info->name))
    {
      g_free (info->name);
      info->name = g_strdup (info->klass->name);
    }
  url = cb_url_check (edit->url != NULL ? edit->url : info->url != NULL ? info->url : "",
                      info->klass->page_paths, NULL, error);
  if (url == NULL)
    return NULL;
  g_free (info->url);
  info->url = g_steal_pointer (&url);
  apply_settings (info, edit);
  if ((edit->asked == NULL && !check_name (self, info, error)) ||
      !check_keys (info, edit->settings, FALSE, error) ||
      !check_keys (info, edit->secrets, TRUE, error) || !check_secrets (edit->secrets, error) ||
      !cb_connector_class_check_settings (info->klass, info->settings, edit->asked, error))
    return NULL;
  connector = cb_connectors_instantiate (self, info, error);
  if (connector == NULL)
    return NULL;
  g_free (info->destination);
  info->destination = cb_connector_get_destination (connector);
  return g_steal_pointer (&info);
}

/**
 * cb_connectors_instantiate:
 * @self: the connectors
 * @info: a connector
 * @error: %CB_ERROR_INVALID_ARGUMENT where its CA file cannot be used
 *
 * Returns: (transfer full) (nullable): the connector without secrets
 */
CbConnector *
cb_connectors_instantiate (CbConnectors           *self,
                           const CbConnectorInfo  *info,
                           GError                **error)
{
  CbConnector *connector;

  g_return_val_if_fail (CB_IS_CONNECTORS (self) && info != NULL, NULL);

  connector = _cb_connector_new (G_TYPE_FROM_CLASS (info->klass), info->id, info->name, info->url,
                                 info->settings, self->database, error);
  if (connector != NULL)
    share_pace (self, connector);
  return connector;
}

/**
 * cb_connectors_save_async:
 * @self: the connectors
 * @edit: what to save; not kept
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Adds or updates a connector: new credentials are stored, then the row is committed, then the old
 * credentials are removed. Whatever fails, the connector is as before or as wanted.
 */
void
cb_connectors_save_async (CbConnectors           *self,
                          const CbConnectorEdit  *edit,
                          GCancellable           *cancellable,
                          GAsyncReadyCallback     callback,
                          gpointer                user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  Operation *operation = g_new0 (Operation, 1);

  g_return_if_fail (CB_IS_CONNECTORS (self) && edit != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_connectors_save_async);
  g_task_set_task_data (task, operation, (GDestroyNotify) operation_free);
  operation->tested_at = edit->tested_at;
  operation->test_error = edit->test_error != NULL ? g_error_copy (edit->test_error) : NULL;
  operation->info = cb_connectors_check (self, edit, &error);
  if (operation->info != NULL && edit->secrets != NULL && g_hash_table_size (edit->secrets) > 0)
    operation->lock = cb_lock_try (self->lock_directory, LOCK_NAME, &error);
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (operation->lock == NULL)
    {
      finish_save (g_steal_pointer (&task));
      return;
    }
  operation->secrets = cb_secrets_new ();
  merge_secrets (edit->secrets, operation->secrets);
  if (operation->info->has_secrets)
    cb_keyring_lookup_async (self->keyring, operation->info->id, operation->info->generation,
                             cancellable, old_secrets_cb, g_steal_pointer (&task));
  else
    store_secrets (g_steal_pointer (&task));
}

/**
 * cb_connectors_save_finish:
 * @self: the connectors
 * @result: the result
 * @error: %CB_ERROR_INVALID_ARGUMENT with the field, a keyring error, or %CB_ERROR_STORAGE
 *
 * Returns: (transfer full) (nullable): the connector's id
 */
char *
cb_connectors_save_finish (CbConnectors  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connectors_remove_async:
 * @self: the connectors
 * @id: a connector's id
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Removes a connector with its secrets. What finds the incidents again stays. The caller has asked
 * cb_journal_check_removable().
 */
void
cb_connectors_remove_async (CbConnectors        *self,
                            const char          *id,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;

  g_return_if_fail (CB_IS_CONNECTORS (self) && id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_connectors_remove_async);
  if (!cb_database_run (self->database, &error, "DELETE FROM connectors WHERE id = ?", "s", id))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_hash_table_remove (self->open, id);
  cb_connectors_changed (self);
  cb_connectors_sweep_async (self, cancellable, removed_and_swept_cb, g_steal_pointer (&task));
}

/**
 * cb_connectors_remove_finish:
 * @self: the connectors
 * @result: the result
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: whether it worked
 */
gboolean
cb_connectors_remove_finish (CbConnectors  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
look_up (GTask     *task,
         Operation *operation)
{
  CbConnectors *self = g_task_get_source_object (task);

  g_task_set_task_data (task, operation, (GDestroyNotify) operation_free);
  cb_keyring_lookup_async (self->keyring, operation->info->id, operation->info->generation,
                           g_task_get_cancellable (task), opened_cb, task);
}

/**
 * cb_connectors_open_async:
 * @self: the connectors
 * @id: a connector's id
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Opens a connector with its secrets. It is kept open, with its connections, until it changes.
 */
void
cb_connectors_open_async (CbConnectors        *self,
                          const char          *id,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbConnectorInfo) info = NULL;
  g_autoptr(CbConnector) connector = NULL;
  CbConnector *known;
  Operation *operation;

  g_return_if_fail (CB_IS_CONNECTORS (self) && id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_connectors_open_async);
  info = cb_connectors_get (self, id, &error);
  known = g_hash_table_lookup (self->open, id);
  if (info != NULL && known != NULL && is_same (known, info))
    {
      g_task_return_pointer (task, g_object_ref (known), g_object_unref);
      return;
    }
  if (info != NULL)
    connector = cb_connectors_instantiate (self, info, &error);
  if (connector != NULL && !info->has_secrets)
    cb_connector_set_secrets (connector, NULL, &error);
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  operation = g_new0 (Operation, 1);
  operation->info = g_steal_pointer (&info);
  operation->connector = g_steal_pointer (&connector);
  look_up (g_steal_pointer (&task), operation);
}

/**
 * cb_connectors_open_finish:
 * @self: the connectors
 * @result: the result
 * @error: %CB_ERROR_AUTH_REQUIRED where secrets are missing, a keyring error, %CB_ERROR_NOT_FOUND
 *
 * Returns: (transfer full) (nullable): the connector
 */
CbConnector *
cb_connectors_open_finish (CbConnectors  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connectors_open_edit_async:
 * @self: the connectors
 * @edit: a connector as it would be saved; not kept
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Opens what a form holds, to test it before it is saved. Secrets that it does not give are the
 * stored ones.
 */
void
cb_connectors_open_edit_async (CbConnectors           *self,
                               const CbConnectorEdit  *edit,
                               GCancellable           *cancellable,
                               GAsyncReadyCallback     callback,
                               gpointer                user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbConnectorInfo) info = NULL;
  g_autoptr(CbConnector) connector = NULL;
  Operation *operation;

  g_return_if_fail (CB_IS_CONNECTORS (self) && edit != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_connectors_open_edit_async);
  info = cb_connectors_check (self, edit, &error);
  if (info != NULL)
    connector = _cb_connector_new (G_TYPE_FROM_CLASS (info->klass), info->id, info->name, info->url,
                                   info->settings, NULL, &error);
  if (connector == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  operation = g_new0 (Operation, 1);
  operation->secrets = cb_secrets_new ();
  merge_secrets (edit->secrets, operation->secrets);
  operation->has_new_secrets = g_hash_table_size (operation->secrets) > 0;
  if (!info->has_secrets)
    {
      _cb_connector_get_private (connector)->generation = NO_GENERATION;
      if (cb_connector_set_secrets (connector, operation->secrets, &error))
        g_task_return_pointer (task, g_steal_pointer (&connector), g_object_unref);
      else
        g_task_return_error (task, g_steal_pointer (&error));
      operation_free (operation);
      return;
    }
  operation->info = g_steal_pointer (&info);
  operation->connector = g_steal_pointer (&connector);
  look_up (g_steal_pointer (&task), operation);
}

/**
 * cb_connectors_open_edit_finish:
 * @self: the connectors
 * @result: the result
 * @error: %CB_ERROR_INVALID_ARGUMENT with the field, %CB_ERROR_AUTH_REQUIRED or a keyring error
 *
 * Returns: (transfer full) (nullable): the connector
 */
CbConnector *
cb_connectors_open_edit_finish (CbConnectors  *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connectors_note_test:
 * @self: the connectors
 * @connector: what was tested
 * @test_error: (nullable): what was wrong
 *
 * Keeps the outcome of a test, unless the connector is another one by now than the one tested.
 *
 * Returns: whether it was kept
 */
gboolean
cb_connectors_note_test (CbConnectors *self,
                         CbConnector  *connector,
                         const GError *test_error)
{
  g_autoptr(CbConnectorInfo) info = NULL;
  g_autoptr(GError) error = NULL;

  g_return_val_if_fail (CB_IS_CONNECTORS (self) && CB_IS_CONNECTOR (connector), FALSE);

  info = cb_connectors_get (self, cb_connector_get_id (connector), NULL);
  if (info == NULL || !is_same (connector, info) || cb_error_is_cancelled (test_error))
    return FALSE;
  if (!save_test (self, info->id, cb_time_now (), test_error, &error))
    {
      g_warning ("Cannot keep the outcome of a test: %s", error->message);
      return FALSE;
    }
  g_signal_emit (self, signals[SIGNAL_TESTED], 0);
  return TRUE;
}

/**
 * cb_connectors_note_use:
 * @self: the connectors
 * @connector: what was used
 * @push_error: (nullable): how its use ended
 *
 * Keeps what the use of a connector tells of the connector itself: that it is refused or cannot be
 * reached, or that it works although the last test failed.
 */
void
cb_connectors_note_use (CbConnectors *self,
                        CbConnector  *connector,
                        const GError *push_error)
{
  g_autoptr(CbConnectorInfo) info = NULL;

  g_return_if_fail (CB_IS_CONNECTORS (self) && CB_IS_CONNECTOR (connector));

  if (push_error != NULL)
    {
      if (concerns_connector (push_error))
        cb_connectors_note_test (self, connector, push_error);
      return;
    }
  info = cb_connectors_get (self, cb_connector_get_id (connector), NULL);
  if (info != NULL && (info->tested_at == 0 || info->test_code != NULL))
    cb_connectors_note_test (self, connector, NULL);
}

static void
probed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  gboolean there = cb_keyring_probe_finish (CB_KEYRING (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, there);
}

/**
 * cb_connectors_probe_async:
 * @self: the connectors
 * @info: a connector; not kept
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Finds out whether the keyring has a connector's secrets. Nobody is asked to unlock it.
 */
void
cb_connectors_probe_async (CbConnectors          *self,
                           const CbConnectorInfo *info,
                           GCancellable          *cancellable,
                           GAsyncReadyCallback    callback,
                           gpointer               user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (CB_IS_CONNECTORS (self) && info != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_connectors_probe_async);
  if (!info->has_secrets)
    g_task_return_boolean (task, FALSE);
  else
    cb_keyring_probe_async (self->keyring, info->id, info->generation, cancellable, probed_cb,
                            g_steal_pointer (&task));
}

/**
 * cb_connectors_probe_finish:
 * @self: the connectors
 * @result: the result
 * @error: %CB_ERROR_KEYRING_LOCKED or %CB_ERROR_KEYRING_MISSING
 *
 * Returns: whether the secrets are there; %FALSE without @error set where there are none
 */
gboolean
cb_connectors_probe_finish (CbConnectors  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cb_connectors_sweep_async:
 * @self: the connectors
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Removes secrets from the keyring that belong to no connector any more. Where another process is
 * about to save some, nothing is done.
 */
void
cb_connectors_sweep_async (CbConnectors        *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GHashTable) generations = NULL;
  g_autoptr(GError) error = NULL;
  Operation *operation = g_new0 (Operation, 1);

  g_return_if_fail (CB_IS_CONNECTORS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_connectors_sweep_async);
  g_task_set_task_data (task, operation, (GDestroyNotify) operation_free);
  operation->lock = cb_lock_try (self->lock_directory, LOCK_NAME, NULL);
  if (operation->lock == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  generations = load_generations (self, &error);
  if (generations == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  cb_keyring_sweep_async (self->keyring, generations, cancellable, swept_cb, g_steal_pointer (&task));
}

/**
 * cb_connectors_sweep_finish:
 * @self: the connectors
 * @result: the result
 * @error: a keyring error
 *
 * Returns: whether it worked
 */
gboolean
cb_connectors_sweep_finish (CbConnectors  *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cb_connectors_changed:
 * @self: the connectors
 *
 * Tells that connectors have changed; another process may have changed them.
 */
void
cb_connectors_changed (CbConnectors *self)
{
  g_return_if_fail (CB_IS_CONNECTORS (self));

  /* Another process may have given one another URL or other credentials. */
  g_hash_table_remove_all (self->open);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * cb_connector_info_free:
 * @info: (transfer full) (nullable): a connector
 *
 * Frees it.
 */
void
cb_connector_info_free (CbConnectorInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->id);
  g_free (info->name);
  g_free (info->url);
  g_free (info->destination);
  g_free (info->test_code);
  g_free (info->test_message);
  g_clear_pointer (&info->settings, g_hash_table_unref);
  g_free (info);
}
