/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>

#include "base/cb-json.h"
#include "remote/cb-keyring.h"
#include "remote/cb-transport.h"

/* A prompt that nobody sees never answers. */
#define ANSWER_TIMEOUT_S 60

struct _CbKeyring
{
  GObject parent_instance;

  char *workspace_id; /* (owned) */
};

/* An operation with an end: the user's cancellable and the clock both stop it. */
typedef struct
{
  GCancellable *cancellable; /* (owned) */
  GCancellable *user;        /* (owned) (nullable) */
  gulong user_id;
  guint timer;
  gboolean timed_out;
  GHashTable *generations; /* (owned) (nullable): of a sweep */
  GList *items;            /* (owned) (element-type GObject): still to be removed by a sweep */
} Operation;

static const SecretSchema schema = {
  "org.casebridge.Connector",
  SECRET_SCHEMA_NONE,
  {
    { "workspace", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "connector", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "generation", SECRET_SCHEMA_ATTRIBUTE_INTEGER },
    { NULL, 0 },
  },
};

G_DEFINE_FINAL_TYPE (CbKeyring, cb_keyring, G_TYPE_OBJECT)

static void sweep_next (GTask *task);

/* Auxiliary methods */

static void
operation_free (Operation *operation)
{
  g_clear_handle_id (&operation->timer, g_source_remove);
  if (operation->user_id != 0)
    g_cancellable_disconnect (operation->user, operation->user_id);
  g_clear_object (&operation->user);
  g_clear_object (&operation->cancellable);
  g_clear_pointer (&operation->generations, g_hash_table_unref);
  g_list_free_full (operation->items, g_object_unref);
  g_free (operation);
}

static gboolean
is_locked (const GError *error)
{
  return g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED) ||
         (error->domain == SECRET_ERROR && strstr (error->message, "locked") != NULL);
}

static GError *
explain (Operation    *operation,
         const GError *cause)
{
  if (operation->timed_out || is_locked (cause))
    return cb_error_new (CB_ERROR_KEYRING_LOCKED, NULL,
                         _("The keyring is locked. Unlock it and try again."));
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return cb_error_new (CB_ERROR_CANCELLED, NULL, _("Stopped."));
  return cb_error_new (CB_ERROR_KEYRING_MISSING, NULL,
                       _("There is no usable keyring (%s). Start a Secret Service such as GNOME "
                         "Keyring in this session."), cause->message);
}

static char *
write_secrets (GHashTable *secrets)
{
  g_autoptr(JsonObject) object = json_object_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, secrets);
  while (g_hash_table_iter_next (&iter, &key, &value))
    json_object_set_string_member (object, key, value);
  return cb_json_object_to_string (object);
}

static GHashTable *
read_secrets (SecretValue *value)
{
  g_autoptr(GHashTable) secrets = cb_secrets_new ();
  const char *text = value != NULL ? secret_value_get_text (value) : NULL;
  g_autoptr(JsonNode) node = text != NULL ? cb_json_parse (text, -1, NULL) : NULL;
  JsonObject *object = cb_json_node_object (node);
  g_autoptr(GList) members = object != NULL ? json_object_get_members (object) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    if (cb_json_string (object, l->data) != NULL)
      g_hash_table_insert (secrets, g_strdup (l->data), g_strdup (cb_json_string (object, l->data)));
  return g_steal_pointer (&secrets);
}

static gboolean
any_locked (GList *items)
{
  for (GList *l = items; l != NULL; l = l->next)
    if (SECRET_IS_ITEM (l->data) && secret_item_get_locked (l->data))
      return TRUE;
  return FALSE;
}

/* Callbacks */

static gboolean
time_out_cb (gpointer user_data)
{
  Operation *operation = user_data;

  operation->timer = 0;
  operation->timed_out = TRUE;
  g_cancellable_cancel (operation->cancellable);
  return G_SOURCE_REMOVE;
}

static void
user_cancelled_cb (GCancellable *user,
                   gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, explain (g_task_get_task_data (task), error));
}

static void
retrieved_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SecretValue) value =
    secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, explain (g_task_get_task_data (task), error));
  else
    g_task_return_pointer (task, read_secrets (value), (GDestroyNotify) g_hash_table_unref);
}

/* A lookup by libsecret gives nothing, without an error, where the item is locked; so the item is
 * searched for and looked at. */
static void
searched_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autolist(GObject) items = secret_password_search_finish (result, &error);
  Operation *operation = g_task_get_task_data (task);

  if (error != NULL)
    g_task_return_error (task, explain (operation, error));
  else if (items == NULL)
    g_task_return_pointer (task, NULL, NULL);
  else if (any_locked (items))
    g_task_return_new_error (task, CB_ERROR, CB_ERROR_KEYRING_LOCKED, "%s",
                             _("The keyring is locked. Unlock it and try again."));
  else
    secret_retrievable_retrieve_secret (items->data, operation->cancellable, retrieved_cb,
                                        g_object_ref (task));
}

static void
probed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autolist(GObject) items = secret_password_search_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, explain (g_task_get_task_data (task), error));
  else if (any_locked (items))
    g_task_return_new_error (task, CB_ERROR, CB_ERROR_KEYRING_LOCKED, "%s",
                             _("The keyring is locked. Unlock it and try again."));
  else
    g_task_return_boolean (task, items != NULL);
}

static void
swept_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  /* An item that is already gone is what was wanted. */
  if (!secret_password_clear_finish (result, &error) && error != NULL)
    g_task_return_error (task, explain (g_task_get_task_data (task), error));
  else
    sweep_next (g_steal_pointer (&task));
}

static void
sweep_searched_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Operation *operation = g_task_get_task_data (task);

  operation->items = secret_password_search_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, explain (operation, error));
  else
    sweep_next (g_steal_pointer (&task));
}

/* More auxiliary methods */

static Operation *
start_operation (GTask *task)
{
  Operation *operation = g_new0 (Operation, 1);
  GCancellable *user = g_task_get_cancellable (task);

  operation->cancellable = g_cancellable_new ();
  operation->timer = g_timeout_add_seconds (ANSWER_TIMEOUT_S, time_out_cb, operation);
  if (user != NULL)
    {
      operation->user = g_object_ref (user);
      operation->user_id = g_cancellable_connect (user, G_CALLBACK (user_cancelled_cb),
                                                  g_object_ref (operation->cancellable),
                                                  g_object_unref);
    }
  g_task_set_task_data (task, operation, (GDestroyNotify) operation_free);
  g_task_set_check_cancellable (task, FALSE);
  return operation;
}

static gboolean
is_orphan (Operation  *operation,
           GHashTable *attributes)
{
  const char *connector = g_hash_table_lookup (attributes, "connector");
  const char *generation = g_hash_table_lookup (attributes, "generation");
  const char *wanted = connector != NULL ? g_hash_table_lookup (operation->generations, connector)
                                         : NULL;

  return wanted == NULL || g_strcmp0 (wanted, generation) != 0;
}

static void
sweep_next (GTask *task)
{
  CbKeyring *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);

  while (operation->items != NULL)
    {
      g_autoptr(SecretRetrievable) item = operation->items->data;
      g_autoptr(GHashTable) attributes = secret_retrievable_get_attributes (item);
      const char *generation = g_hash_table_lookup (attributes, "generation");

      operation->items = g_list_delete_link (operation->items, operation->items);
      if (!is_orphan (operation, attributes) || generation == NULL)
        continue;
      secret_password_clear (&schema, operation->cancellable, swept_cb, task,
                             "workspace", self->workspace_id,
                             "connector", g_hash_table_lookup (attributes, "connector"),
                             "generation", atoi (generation), NULL);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* GObject overrides */

static void
cb_keyring_finalize (GObject *object)
{
  g_free (CB_KEYRING (object)->workspace_id);

  G_OBJECT_CLASS (cb_keyring_parent_class)->finalize (object);
}

static void
cb_keyring_class_init (CbKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_keyring_finalize;
}

static void
cb_keyring_init (CbKeyring *self)
{
}

/* Public API */

/**
 * cb_keyring_new:
 * @workspace_id: the workspace's UUID
 *
 * Returns: (transfer full): what this workspace has in the user's keyring
 */
CbKeyring *
cb_keyring_new (const char *workspace_id)
{
  CbKeyring *self = g_object_new (CB_TYPE_KEYRING, NULL);

  self->workspace_id = g_strdup (workspace_id);
  return self;
}

/**
 * cb_keyring_store_async:
 * @self: the keyring
 * @connector_id: a connector's UUID
 * @generation: counts the connector's credentials
 * @label: what a keyring program shows for it
 * @secrets: (element-type utf8 utf8): the secrets by key
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Stores a connector's secrets as one item.
 */
void
cb_keyring_store_async (CbKeyring           *self,
                        const char          *connector_id,
                        gint64               generation,
                        const char          *label,
                        GHashTable          *secrets,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;
  Operation *operation;
  char *text;

  g_return_if_fail (CB_IS_KEYRING (self) && connector_id != NULL && secrets != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_keyring_store_async);
  operation = start_operation (task);
  text = write_secrets (secrets);
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, text, operation->cancellable,
                         stored_cb, task, "workspace", self->workspace_id, "connector", connector_id,
                         "generation", (int) generation, NULL);
  cb_secret_free (text);
}

/**
 * cb_keyring_store_finish:
 * @self: the keyring
 * @result: the result
 * @error: %CB_ERROR_KEYRING_LOCKED, %CB_ERROR_KEYRING_MISSING or %CB_ERROR_CANCELLED
 *
 * Returns: whether it worked
 */
gboolean
cb_keyring_store_finish (CbKeyring     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cb_keyring_lookup_async:
 * @self: the keyring
 * @connector_id: a connector's UUID
 * @generation: which of its credentials
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Reads a connector's secrets.
 */
void
cb_keyring_lookup_async (CbKeyring           *self,
                         const char          *connector_id,
                         gint64               generation,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task;
  Operation *operation;

  g_return_if_fail (CB_IS_KEYRING (self) && connector_id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_keyring_lookup_async);
  operation = start_operation (task);
  secret_password_search (&schema, SECRET_SEARCH_UNLOCK | SECRET_SEARCH_LOAD_SECRETS,
                          operation->cancellable, searched_cb, task,
                          "workspace", self->workspace_id, "connector", connector_id,
                          "generation", (int) generation, NULL);
}

/**
 * cb_keyring_lookup_finish:
 * @self: the keyring
 * @result: the result
 * @error: %CB_ERROR_KEYRING_LOCKED, %CB_ERROR_KEYRING_MISSING or %CB_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable) (element-type utf8 utf8): the secrets by key; %NULL without
 *   @error set where the keyring has none
 */
GHashTable *
cb_keyring_lookup_finish (CbKeyring     *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_keyring_probe_async:
 * @self: the keyring
 * @connector_id: a connector's UUID
 * @generation: which of its credentials
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Finds out whether a connector's secrets are there. Nothing is read, and nobody is asked to unlock.
 */
void
cb_keyring_probe_async (CbKeyring           *self,
                        const char          *connector_id,
                        gint64               generation,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;
  Operation *operation;

  g_return_if_fail (CB_IS_KEYRING (self) && connector_id != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_keyring_probe_async);
  operation = start_operation (task);
  secret_password_search (&schema, SECRET_SEARCH_NONE, operation->cancellable, probed_cb, task,
                          "workspace", self->workspace_id, "connector", connector_id,
                          "generation", (int) generation, NULL);
}

/**
 * cb_keyring_probe_finish:
 * @self: the keyring
 * @result: the result
 * @error: %CB_ERROR_KEYRING_LOCKED, %CB_ERROR_KEYRING_MISSING or %CB_ERROR_CANCELLED
 *
 * Returns: whether they are there; %FALSE without @error set where the keyring has none
 */
gboolean
cb_keyring_probe_finish (CbKeyring     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cb_keyring_sweep_async:
 * @self: the keyring
 * @generations: (element-type utf8 utf8): the generation in force of each connector with secrets
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Removes this workspace's items that belong to no connector any more. Items of other workspaces are
 * not touched.
 */
void
cb_keyring_sweep_async (CbKeyring           *self,
                        GHashTable          *generations,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;
  Operation *operation;

  g_return_if_fail (CB_IS_KEYRING (self) && generations != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_keyring_sweep_async);
  operation = start_operation (task);
  operation->generations = g_hash_table_ref (generations);
  secret_password_search (&schema, SECRET_SEARCH_ALL, operation->cancellable, sweep_searched_cb, task,
                          "workspace", self->workspace_id, NULL);
}

/**
 * cb_keyring_sweep_finish:
 * @self: the keyring
 * @result: the result
 * @error: %CB_ERROR_KEYRING_LOCKED, %CB_ERROR_KEYRING_MISSING or %CB_ERROR_CANCELLED
 *
 * Returns: whether it worked
 */
gboolean
cb_keyring_sweep_finish (CbKeyring     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cb_secrets_new:
 *
 * Returns: (transfer full) (element-type utf8 utf8): an empty table whose values are wiped when freed
 */
GHashTable *
cb_secrets_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cb_secret_free);
}
