/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "push/cb-push-record.h"
#include "push/cb-pusher.h"

/* Auxiliary methods */

/* An incident that holds what a lost create has sent is what it made. */
static gboolean
is_lost_create (CbPushOperation *operation)
{
  const CbMapping *mapping = cb_connector_class_find_mapping (operation->info->klass, "title");
  const CbStep *lost = operation->pushed->uncertain;
  JsonObject *values = operation->seen->values;
  const char *sent = lost != NULL ? cb_json_string (lost->values, mapping->target) : NULL;

  return lost != NULL && lost->kind == CB_STEP_CREATE && values != NULL &&
         g_strcmp0 (sent, cb_json_string (values, mapping->target)) == 0;
}

static gboolean
record_link (CbPusher         *self,
             CbPushOperation  *operation,
             GError          **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (self->database, error);
  const CbIncident *incident = operation->seen;
  gboolean ours = is_lost_create (operation);

  return transaction != NULL &&
         /* What is uncertain in an incident stays so when the same one is linked again. */
         (g_strcmp0 (operation->pushed->incident_id, incident->id) == 0 ||
          cb_journal_forget (self->database, operation->item->id, operation->info->destination,
                             error)) &&
         _cb_push_record_incident (self, operation, incident, !ours, error) &&
         (!ours || _cb_push_record_lost_create (self, operation, error)) &&
         cb_cases_add_activity (self->cases, operation->item->id, "linked", NULL, operation->info->id,
                                incident->title, error) &&
         cb_transaction_commit (&transaction, error);
}

/* Callbacks */

static void
linked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);

  operation->seen = cb_connector_read_incident_finish (CB_CONNECTOR (source), result, &error);
  if (operation->seen == NULL || !record_link (self, operation, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_clear_pointer (&operation->lock, cb_lock_free);
  cb_cases_changed (self->cases, operation->item->id);
  g_task_return_boolean (task, TRUE);
}

static void
opened_for_link_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  CbPushOperation *operation = g_task_get_task_data (task);

  operation->connector = cb_connectors_open_finish (CB_CONNECTORS (source), result, &error);
  if (operation->connector == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    cb_connector_read_incident_async (operation->connector, operation->result->incident_id, FALSE,
                                      g_task_get_cancellable (task), linked_cb, g_object_ref (task));
}

/* Public API */

/**
 * cb_pusher_link_async:
 * @self: a pusher
 * @case_id: a case's id
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @incident: an incident's id, key, number or URL
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Makes an incident that exists the case's incident.
 */
void
cb_pusher_link_async (CbPusher            *self,
                      const char          *case_id,
                      const char          *connector_id,
                      const char          *incident,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  const CbPushOptions options = { .connector_id = connector_id };
  g_autoptr(GTask) task = NULL;
  g_autoptr(GError) error = NULL;
  CbPushOperation *operation;

  g_return_if_fail (CB_IS_PUSHER (self) && case_id != NULL && incident != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_pusher_link_async);
  g_task_set_check_cancellable (task, FALSE);
  operation = _cb_push_operation_new (case_id, &options);
  g_task_set_task_data (task, operation, (GDestroyNotify) _cb_push_operation_free);
  operation->result->incident_id = g_strdup (incident);
  if (!_cb_push_operation_load (self, operation, &error) ||
      !_cb_push_operation_lock (self, operation, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    cb_connectors_open_async (self->connectors, operation->info->id, cancellable, opened_for_link_cb,
                              g_object_ref (task));
}

/**
 * cb_pusher_link_finish:
 * @self: a pusher
 * @result: the result
 * @error: %CB_ERROR_NOT_FOUND where there is no such incident
 *
 * Returns: whether it worked
 */
gboolean
cb_pusher_link_finish (CbPusher      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cb_pusher_unlink:
 * @self: a pusher
 * @case_id: a case's id
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @error: %CB_ERROR_NOT_FOUND where there is no incident, %CB_ERROR_BUSY
 *
 * Forgets the case's incident, which stays as it is.
 *
 * Returns: whether it worked
 */
gboolean
cb_pusher_unlink (CbPusher    *self,
                  const char  *case_id,
                  const char  *connector_id,
                  GError     **error)
{
  const CbPushOptions options = { .connector_id = connector_id };
  g_autoptr(CbPushOperation) operation = NULL;
  g_autoptr(CbTransaction) transaction = NULL;

  g_return_val_if_fail (CB_IS_PUSHER (self) && case_id != NULL, FALSE);

  operation = _cb_push_operation_new (case_id, &options);
  if (!_cb_push_operation_load (self, operation, error) ||
      !_cb_push_operation_lock (self, operation, error))
    return FALSE;
  if (operation->pushed->incident_id == NULL && operation->pushed->uncertain == NULL)
    {
      cb_set_error (error, CB_ERROR_NOT_FOUND, "incident",
                    _("The case has no incident in “%s”."), operation->info->name);
      return FALSE;
    }
  if (operation->pushed->incident_id == NULL)
    {
      cb_set_error (error, CB_ERROR_BUSY, "incident",
                    _("Nobody knows yet whether an incident was made. Look in %s: link it, or send it "
                      "again."), operation->info->klass->name);
      return FALSE;
    }
  transaction = cb_transaction_begin (self->database, error);
  if (transaction == NULL ||
      !cb_journal_forget (self->database, case_id, operation->info->destination, error) ||
      !cb_cases_add_activity (self->cases, case_id, "unlinked", NULL, operation->info->id,
                              operation->pushed->incident_title, error) ||
      !cb_transaction_commit (&transaction, error))
    return FALSE;
  cb_cases_changed (self->cases, case_id);
  return TRUE;
}

