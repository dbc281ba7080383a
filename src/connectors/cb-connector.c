/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "connectors/cb-connector-private.h"
#include "remote/cb-transport.h"

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CbConnector, cb_connector, G_TYPE_OBJECT)

/* Auxiliary methods */

static CbConnectorPrivate *
get_private (CbConnector *self)
{
  return cb_connector_get_instance_private (self);
}

CbConnectorPrivate *
_cb_connector_get_private (CbConnector *self)
{
  return get_private (self);
}

/* GObject overrides */

static void
cb_connector_dispose (GObject *object)
{
  CbConnectorPrivate *priv = get_private (CB_CONNECTOR (object));

  g_clear_object (&priv->transport);
  g_clear_object (&priv->pacer);
  g_clear_object (&priv->stop);
  g_clear_object (&priv->database);

  G_OBJECT_CLASS (cb_connector_parent_class)->dispose (object);
}

static void
cb_connector_finalize (GObject *object)
{
  CbConnectorPrivate *priv = get_private (CB_CONNECTOR (object));

  g_free (priv->id);
  g_free (priv->name);
  g_free (priv->url);
  g_clear_pointer (&priv->settings, g_hash_table_unref);
  g_clear_pointer (&priv->metadata, g_hash_table_unref);
  g_clear_pointer (&priv->headers, g_hash_table_unref);

  G_OBJECT_CLASS (cb_connector_parent_class)->finalize (object);
}

static void
cb_connector_class_init (CbConnectorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_connector_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_connector_finalize;

  /**
   * CbConnector::waiting:
   * @self: a connector
   * @seconds: how long
   *
   * Emitted where the external system asks to wait.
   */
  g_signal_new ("waiting", CB_TYPE_CONNECTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_UINT);
}

static void
cb_connector_init (CbConnector *self)
{
  CbConnectorPrivate *priv = get_private (self);

  priv->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  priv->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* For subclasses */

CbConnector *
_cb_connector_new (GType         type,
                   const char   *id,
                   const char   *name,
                   const char   *url,
                   GHashTable   *settings,
                   CbDatabase   *database,
                   GError      **error)
{
  g_autoptr(CbConnector) self = g_object_new (type, NULL);
  CbConnectorPrivate *priv = get_private (self);

  priv->id = g_strdup (id);
  priv->name = g_strdup (name);
  priv->url = g_strdup (url);
  priv->settings = g_hash_table_ref (settings);
  priv->database = database != NULL ? g_object_ref (database) : NULL;
  priv->transport = cb_transport_new (CB_CONNECTOR_GET_CLASS (self)->name, url,
                                      g_hash_table_lookup (settings, "caFile"), priv->headers, error);
  priv->pacer = cb_pacer_new ();
  return priv->transport != NULL ? g_steal_pointer (&self) : NULL;
}

static const char *
after_mark (const char        *text,
            const char *const *marks)
{
  for (guint i = 0; marks[i] != NULL; i++)
    {
      const char *mark = strstr (text, marks[i]);

      if (mark != NULL)
        return mark + strlen (marks[i]);
    }
  return "";
}

/* Finds the id, key or number in what a person gave; of a URL only one of this very system counts. */
char *
_cb_connector_incident_name (CbConnector        *self,
                             const char         *text,
                             const char *const  *marks,
                             const char         *allowed,
                             GError            **error)
{
  const char *base = cb_connector_get_url (self);
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  const char *name = trimmed;

  if (strstr (trimmed, "://") != NULL)
    {
      gsize length = strlen (base);
      gboolean ours = g_ascii_strncasecmp (trimmed, base, length) == 0 && trimmed[length] == '/';

      name = ours ? after_mark (trimmed, marks) : "";
    }
  if (*name != '\0' && (name != trimmed || name[strspn (name, allowed)] == '\0'))
    return g_strndup (name, strspn (name, allowed));
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "incident",
                _("“%s” names no incident of %s at %s. Give its id, key or number, or its address "
                  "there."), trimmed, _cb_connector_system (self), base);
  return NULL;
}

const char *
_cb_connector_system (CbConnector *self)
{
  return CB_CONNECTOR_GET_CLASS (self)->name;
}

void
_cb_connector_set_header (CbConnector *self,
                          const char  *name,
                          const char  *value)
{
  g_hash_table_replace (get_private (self)->headers, g_strdup (name), g_strdup (value));
}

/* Public API */

/**
 * cb_connector_get_id:
 * @self: a connector
 *
 * Returns: its UUID
 */
const char *
cb_connector_get_id (CbConnector *self)
{
  g_return_val_if_fail (CB_IS_CONNECTOR (self), NULL);

  return get_private (self)->id;
}

/**
 * cb_connector_get_name:
 * @self: a connector
 *
 * Returns: its name, as the user typed it
 */
const char *
cb_connector_get_name (CbConnector *self)
{
  g_return_val_if_fail (CB_IS_CONNECTOR (self), NULL);

  return get_private (self)->name;
}

/**
 * cb_connector_get_url:
 * @self: a connector
 *
 * Returns: its canonical URL
 */
const char *
cb_connector_get_url (CbConnector *self)
{
  g_return_val_if_fail (CB_IS_CONNECTOR (self), NULL);

  return get_private (self)->url;
}

/**
 * cb_connector_get_setting:
 * @self: a connector
 * @key: a setting's key
 *
 * Returns: (nullable): its value, the first choice where one of several is unset
 */
const char *
cb_connector_get_setting (CbConnector *self,
                          const char  *key)
{
  const CbSettingInfo *info;
  const char *value;

  g_return_val_if_fail (CB_IS_CONNECTOR (self), NULL);

  value = g_hash_table_lookup (get_private (self)->settings, key);
  if (value != NULL)
    return value;
  info = cb_connector_class_find_setting (CB_CONNECTOR_GET_CLASS (self), key);
  return info != NULL && info->choices != NULL ? info->choices[0] : NULL;
}

/**
 * cb_connector_get_settings:
 * @self: a connector
 *
 * Returns: (transfer none) (element-type utf8 utf8): its settings without secrets
 */
GHashTable *
cb_connector_get_settings (CbConnector *self)
{
  g_return_val_if_fail (CB_IS_CONNECTOR (self), NULL);

  return get_private (self)->settings;
}

/**
 * cb_connector_get_destination:
 * @self: a connector
 *
 * Returns: (transfer full): what an incident belongs to: type, canonical URL, project or organisation
 */
char *
cb_connector_get_destination (CbConnector *self)
{
  CbConnectorClass *klass;
  const char *scope;

  g_return_val_if_fail (CB_IS_CONNECTOR (self), NULL);

  klass = CB_CONNECTOR_GET_CLASS (self);
  scope = klass->scope_setting != NULL ? cb_connector_get_setting (self, klass->scope_setting) : NULL;
  return g_strjoin (" ", klass->id, get_private (self)->url, scope, NULL);
}

/**
 * cb_connector_get_requests:
 * @self: a connector
 *
 * Returns: how many requests have left so far
 */
guint
cb_connector_get_requests (CbConnector *self)
{
  g_return_val_if_fail (CB_IS_CONNECTOR (self), 0);

  return get_private (self)->n_requests;
}

/**
 * cb_connector_dup:
 * @self: a connector
 * @stop: (nullable): ends waits between two requests, but no request
 *
 * Makes a connector for one operation of many requests: with the connections, the pace and the
 * metadata of @self, but a count of its own.
 *
 * Returns: (transfer full): the connector
 */
CbConnector *
cb_connector_dup (CbConnector  *self,
                  GCancellable *stop)
{
  CbConnectorPrivate *from = get_private (self);
  CbConnector *copy = g_object_new (G_OBJECT_TYPE (self), NULL);
  CbConnectorPrivate *to = get_private (copy);

  to->id = g_strdup (from->id);
  to->name = g_strdup (from->name);
  to->url = g_strdup (from->url);
  to->settings = g_hash_table_ref (from->settings);
  g_set_object (&to->database, from->database);
  g_hash_table_unref (to->metadata);
  to->metadata = g_hash_table_ref (from->metadata);
  to->transport = g_object_ref (from->transport);
  to->pacer = g_object_ref (from->pacer);
  g_set_object (&to->stop, stop);
  to->generation = from->generation;
  return copy;
}

/**
 * cb_connector_set_pacer:
 * @self: a connector
 * @pacer: the pace of its destination
 *
 * Lets it share the pace of all that write to the same destination.
 */
void
cb_connector_set_pacer (CbConnector *self,
                        CbPacer     *pacer)
{
  g_return_if_fail (CB_IS_CONNECTOR (self) && CB_IS_PACER (pacer));

  g_set_object (&get_private (self)->pacer, pacer);
}

/**
 * cb_connector_set_secrets:
 * @self: a connector
 * @secrets: (nullable) (element-type utf8 utf8): its secrets by key
 * @error: %CB_ERROR_AUTH_REQUIRED naming the missing one
 *
 * Gives the connector what it needs to log in. The table is not kept.
 *
 * Returns: whether all that it needs is there
 */
gboolean
cb_connector_set_secrets (CbConnector  *self,
                          GHashTable   *secrets,
                          GError      **error)
{
  CbConnectorClass *klass;

  g_return_val_if_fail (CB_IS_CONNECTOR (self), FALSE);

  klass = CB_CONNECTOR_GET_CLASS (self);
  for (guint i = 0; i < klass->n_settings; i++)
    {
      const CbSettingInfo *info = &klass->settings[i];
      const char *value = secrets != NULL ? g_hash_table_lookup (secrets, info->key) : NULL;

      if (!info->secret || !info->required || !cb_is_blank (value))
        continue;
      cb_set_error (error, CB_ERROR_AUTH_REQUIRED, info->key,
                    _("The connector “%s” has no “%s” in the keyring. Update the connector and enter "
                      "it."), get_private (self)->name, info->key);
      return FALSE;
    }
  cb_transport_set_authorization (get_private (self)->transport,
                                  klass->build_authorization (self, secrets));
  return TRUE;
}

/**
 * cb_connector_forget_metadata:
 * @self: a connector
 *
 * Drops what was read of fields and choices, so that it is read anew.
 */
void
cb_connector_forget_metadata (CbConnector *self)
{
  CbConnectorPrivate *priv;

  g_return_if_fail (CB_IS_CONNECTOR (self));

  priv = get_private (self);
  g_hash_table_remove_all (priv->metadata);
  if (priv->database != NULL)
    cb_database_run (priv->database, NULL, "DELETE FROM metadata WHERE connector_id = ?", "s",
                     priv->id);
}

static GTask *
start (CbConnector         *self,
       gpointer             tag,
       gboolean             supported,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  /* What an answer says is recorded even if the user stopped meanwhile. */
  g_task_set_check_cancellable (task, FALSE);
  if (supported)
    return g_steal_pointer (&task);
  g_task_return_new_error (task, CB_ERROR, CB_ERROR_NOT_SUPPORTED, _("%s connectors cannot do this."),
                           _cb_connector_system (self));
  return NULL;
}

/**
 * cb_connector_test_async:
 * @self: a connector with secrets
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Finds out whether it may log in and do what a push needs, as far as reading tells.
 */
void
cb_connector_test_async (CbConnector         *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  CbConnectorClass *klass;
  GTask *task;

  g_return_if_fail (CB_IS_CONNECTOR (self));

  klass = CB_CONNECTOR_GET_CLASS (self);
  cb_connector_forget_metadata (self);
  task = start (self, cb_connector_test_async, klass->test != NULL, cancellable, callback, user_data);
  if (task != NULL)
    klass->test (self, task);
}

/**
 * cb_connector_test_finish:
 * @self: a connector
 * @result: the result
 * @error: what is wrong, precisely
 *
 * Returns: (transfer full) (nullable): what answered
 */
CbSystem *
cb_connector_test_finish (CbConnector   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connector_load_choices_async:
 * @self: a connector with secrets
 * @field: a per-case field's key, or that of a setting that is offered
 * @context: (nullable) (element-type utf8 utf8): the case fields on which it depends
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Reads the values of a per-case field from the server, to the end and without duplicates.
 */
void
cb_connector_load_choices_async (CbConnector         *self,
                                 const char          *field,
                                 GHashTable          *context,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr(GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  CbConnectorClass *klass;
  GTask *task;

  g_return_if_fail (CB_IS_CONNECTOR (self) && field != NULL);

  klass = CB_CONNECTOR_GET_CLASS (self);
  task = start (self, cb_connector_load_choices_async, klass->load_choices != NULL, cancellable,
                callback, user_data);
  if (task != NULL)
    klass->load_choices (self, field, context != NULL ? context : none, task);
}

/**
 * cb_connector_load_choices_finish:
 * @self: a connector
 * @result: the result
 * @error: why there are none
 *
 * Returns: (transfer full) (nullable) (element-type CbChoice): the choices
 */
GPtrArray *
cb_connector_load_choices_finish (CbConnector   *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connector_load_target_async:
 * @self: a connector with secrets
 * @fields: (element-type utf8 utf8): the case's fields for this connector
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Reads what the destination takes: fields, limits, defaults.
 */
void
cb_connector_load_target_async (CbConnector         *self,
                                GHashTable          *fields,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  CbConnectorClass *klass;
  GTask *task;

  g_return_if_fail (CB_IS_CONNECTOR (self) && fields != NULL);

  klass = CB_CONNECTOR_GET_CLASS (self);
  task = start (self, cb_connector_load_target_async, klass->load_target != NULL, cancellable,
                callback, user_data);
  if (task != NULL)
    klass->load_target (self, fields, task);
}

/**
 * cb_connector_load_target_finish:
 * @self: a connector
 * @result: the result
 * @error: why it cannot be known
 *
 * Returns: (transfer full) (nullable): what the destination takes
 */
CbTarget *
cb_connector_load_target_finish (CbConnector   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connector_find_incidents_async:
 * @self: a connector with secrets
 * @reference: what to look for; not kept
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Finds incidents that carry a reference. What the server lists is compared with the reference once
 * more: some systems ignore conditions that they do not understand.
 */
void
cb_connector_find_incidents_async (CbConnector         *self,
                                   const CbReference   *reference,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  CbConnectorClass *klass;
  GTask *task;

  g_return_if_fail (CB_IS_CONNECTOR (self) && reference != NULL);

  klass = CB_CONNECTOR_GET_CLASS (self);
  task = start (self, cb_connector_find_incidents_async, klass->find_incidents != NULL, cancellable,
                callback, user_data);
  if (task != NULL)
    klass->find_incidents (self, reference, task);
}

/**
 * cb_connector_find_incidents_finish:
 * @self: a connector
 * @result: the result
 * @error: why the look-up did not work
 *
 * Returns: (transfer full) (nullable) (element-type CbIncident): those found
 */
GPtrArray *
cb_connector_find_incidents_finish (CbConnector   *self,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connector_read_incident_async:
 * @self: a connector with secrets
 * @name: an incident's id, key, number or URL
 * @with_comments: whether to read the tokens of its comments as well
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Reads what an incident looks like now.
 */
void
cb_connector_read_incident_async (CbConnector         *self,
                                  const char          *name,
                                  gboolean             with_comments,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  CbConnectorClass *klass;
  GTask *task;

  g_return_if_fail (CB_IS_CONNECTOR (self) && name != NULL);

  klass = CB_CONNECTOR_GET_CLASS (self);
  task = start (self, cb_connector_read_incident_async, klass->read_incident != NULL, cancellable,
                callback, user_data);
  if (task != NULL)
    klass->read_incident (self, name, with_comments, task);
}

/**
 * cb_connector_read_incident_finish:
 * @self: a connector
 * @result: the result
 * @error: %CB_ERROR_NOT_FOUND where it is gone
 *
 * Returns: (transfer full) (nullable): the incident
 */
CbIncident *
cb_connector_read_incident_finish (CbConnector   *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connector_create_incident_async:
 * @self: a connector with secrets
 * @values: final values by field of the external system; not kept
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Makes an incident.
 */
void
cb_connector_create_incident_async (CbConnector         *self,
                                    JsonObject          *values,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  CbConnectorClass *klass;
  GTask *task;

  g_return_if_fail (CB_IS_CONNECTOR (self) && values != NULL);

  klass = CB_CONNECTOR_GET_CLASS (self);
  task = start (self, cb_connector_create_incident_async, klass->create_incident != NULL, cancellable,
                callback, user_data);
  if (task != NULL)
    klass->create_incident (self, values, task);
}

/**
 * cb_connector_create_incident_finish:
 * @self: a connector
 * @result: the result
 * @error: %CB_ERROR_UNCERTAIN where it may have been made all the same
 *
 * Returns: (transfer full) (nullable): the incident; its values are %NULL where the system's answer
 *   does not tell them
 */
CbIncident *
cb_connector_create_incident_finish (CbConnector   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connector_update_incident_async:
 * @self: a connector with secrets
 * @seen: the incident as it was read just before; not kept
 * @values: final values by field, only those to be changed; not kept
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Changes the given fields of an incident and no others.
 */
void
cb_connector_update_incident_async (CbConnector         *self,
                                    const CbIncident    *seen,
                                    JsonObject          *values,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  CbConnectorClass *klass;
  GTask *task;

  g_return_if_fail (CB_IS_CONNECTOR (self) && seen != NULL && values != NULL);

  klass = CB_CONNECTOR_GET_CLASS (self);
  task = start (self, cb_connector_update_incident_async, klass->update_incident != NULL, cancellable,
                callback, user_data);
  if (task != NULL)
    klass->update_incident (self, seen, values, task);
}

/**
 * cb_connector_update_incident_finish:
 * @self: a connector
 * @result: the result
 * @error: %CB_ERROR_CONFLICT where the incident changed since it was read
 *
 * Returns: (transfer full) (nullable): the incident; its values are %NULL where the system's answer
 *   does not tell them
 */
CbIncident *
cb_connector_update_incident_finish (CbConnector   *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_connector_add_comment_async:
 * @self: a connector with secrets
 * @incident_id: an incident's id
 * @text: the final text
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Adds a comment to an incident.
 */
void
cb_connector_add_comment_async (CbConnector         *self,
                                const char          *incident_id,
                                const char          *text,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  CbConnectorClass *klass;
  GTask *task;

  g_return_if_fail (CB_IS_CONNECTOR (self) && incident_id != NULL && text != NULL);

  klass = CB_CONNECTOR_GET_CLASS (self);
  task = start (self, cb_connector_add_comment_async, klass->add_comment != NULL, cancellable,
                callback, user_data);
  if (task != NULL)
    klass->add_comment (self, incident_id, text, task);
}

/**
 * cb_connector_add_comment_finish:
 * @self: a connector
 * @result: the result
 * @error: %CB_ERROR_UNCERTAIN where it may have been added all the same
 *
 * Returns: (transfer full) (nullable): the comment's id, "" where the system gives it none
 */
char *
cb_connector_add_comment_finish (CbConnector   *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
