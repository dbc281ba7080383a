/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "push/cb-push-record.h"
#include "push/cb-push-run.h"
#include "push/cb-pusher.h"
#include "push/cb-transfer.h"

G_DEFINE_FINAL_TYPE (CbPusher, cb_pusher, G_TYPE_OBJECT)

/* How long to wait for another push of the same case. */
#define WAIT_MS 100
#define MAX_WAITS 300

static void run (GTask *task);

/* Auxiliary methods */

static void
waiting_cb (CbConnector     *connector,
            guint            seconds,
            CbPushOperation *operation)
{
  if (operation->waiting != NULL)
    operation->waiting (seconds, operation->progress_data);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  CbPushOperation *operation = g_task_get_task_data (task);
  g_autoptr(CbConnector) connector = cb_connectors_open_finish (CB_CONNECTORS (source), result, &error);
  g_autofree char *destination = connector != NULL ? cb_connector_get_destination (connector) : NULL;

  if (connector == NULL)
    {
      _cb_push_fail (task, error);
      return;
    }
  if (!g_str_equal (destination, operation->info->destination))
    {
      _cb_push_fail (task, cb_error_new (CB_ERROR_CONFLICT, "connector",
                                         _("The connector was changed just now. Nothing was sent. Push "
                                           "again.")));
      return;
    }
  operation->connector = cb_connector_dup (connector, operation->stop);
  g_signal_connect (operation->connector, "waiting", G_CALLBACK (waiting_cb), operation);
  _cb_push_load_target (task, _cb_push_make_plan);
}

/* A new connector may lead to where Kibana has pushed cases before. */
static void
connectors_changed_cb (CbPusher *self)
{
  g_autoptr(GError) error = NULL;

  if (!cb_transfer_link_external (self->cases, self->connectors, &error))
    g_warning ("Cases that Kibana has pushed could not be linked: %s", error->message);
}

/* More auxiliary methods: the start of an operation */

static void
warn_of_kibana (CbPushOperation *operation)
{
  g_autoptr(JsonNode) node = operation->item->external_service != NULL
                               ? cb_json_parse (operation->item->external_service, -1, NULL) : NULL;
  JsonObject *external = cb_json_node_object (node);
  const char *url = cb_json_string (external, "external_url");

  if (external == NULL || operation->pushed->incident_id != NULL)
    return;
  _cb_push_warn (operation, g_strdup_printf (_("Kibana has pushed this case already, to %s (%s). A push "
                                             "here makes another incident."),
                                           cb_json_string (external, "external_title"),
                                           url != NULL ? url : _("no address")));
}

static GTask *
start_operation (CbPusher            *self,
                 gpointer             tag,
                 const char          *case_id,
                 const CbPushOptions *options,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, _cb_push_operation_new (case_id, options),
                        (GDestroyNotify) _cb_push_operation_free);
  return task;
}

/* Another process pushes this case right now; what it leaves to do is seen when it has ended. */
static gboolean
run_again_cb (gpointer user_data)
{
  run (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
is_still_queued (CbPusher        *self,
                 CbPushOperation *operation)
{
  g_autoptr(CbStatement) row = NULL;

  row = cb_database_query (self->database, NULL,
                           "SELECT 1 FROM pushes WHERE id = ? AND state = 'queued'", "i",
                           operation->queued);
  return row != NULL && cb_statement_step (row, NULL);
}

static void
run (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbPlanInput input;
  GError *error = NULL;

  if (!_cb_push_operation_load (self, operation, &error) ||
      !_cb_push_operation_lock (self, operation, &error))
    {
      if (g_error_matches (error, CB_ERROR, CB_ERROR_BUSY) && operation->n_waits < MAX_WAITS &&
          !_cb_push_is_stopped (task))
        {
          g_clear_error (&error);
          operation->n_waits++;
          _cb_push_wait (task, WAIT_MS, run_again_cb);
          return;
        }
      if (g_error_matches (error, CB_ERROR, CB_ERROR_BUSY) && _cb_push_is_stopped (task))
        {
          g_clear_error (&error);
          error = cb_error_new (CB_ERROR_CANCELLED, NULL, _("Stopped. Nothing was sent."));
        }
      _cb_push_fail (task, error);
      return;
    }
  input = _cb_push_plan_input (operation);
  if (!cb_plan_has_news (&input))
    {
      _cb_push_end (task, CB_OUTCOME_UP_TO_DATE, NULL);
      return;
    }
  if (operation->queued != 0 && !is_still_queued (self, operation))
    {
      _cb_push_fail (task, cb_error_new (CB_ERROR_CANCELLED, NULL,
                                         _("It was taken out of the queue before it began.")));
      return;
    }
  warn_of_kibana (operation);
  cb_connectors_open_async (self->connectors, operation->info->id, g_task_get_cancellable (task),
                            opened_cb, task);
}

/* GObject overrides */

static void
cb_pusher_dispose (GObject *object)
{
  CbPusher *self = CB_PUSHER (object);

  g_clear_object (&self->cases);
  g_clear_object (&self->connectors);
  g_clear_object (&self->database);
  g_clear_pointer (&self->lock_directory, g_free);

  G_OBJECT_CLASS (cb_pusher_parent_class)->dispose (object);
}

static void
cb_pusher_class_init (CbPusherClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_pusher_dispose;
}

static void
cb_pusher_init (CbPusher *self)
{
}

/* Public API */

/**
 * cb_pusher_new:
 * @cases: the cases of a workspace
 * @connectors: its connectors
 * @lock_directory: (nullable): where lock files lie
 *
 * Returns: (transfer full): what pushes the one through the other
 */
CbPusher *
cb_pusher_new (CbCases      *cases,
               CbConnectors *connectors,
               const char   *lock_directory)
{
  CbPusher *self = g_object_new (CB_TYPE_PUSHER, NULL);

  self->cases = g_object_ref (cases);
  self->connectors = g_object_ref (connectors);
  self->database = g_object_ref (cb_cases_get_database (cases));
  self->lock_directory = g_strdup (lock_directory);
  g_signal_connect_object (connectors, "changed", G_CALLBACK (connectors_changed_cb), self,
                           G_CONNECT_SWAPPED);
  _cb_push_record_interrupted (self);
  return self;
}

/**
 * cb_pusher_find_connector:
 * @self: a pusher
 * @item: a case
 * @error: %CB_ERROR_INVALID_ARGUMENT where it has none
 *
 * Returns: (transfer full) (nullable): the id of the connector in force: the case's own or the
 *   default one
 */
char *
cb_pusher_find_connector (CbPusher      *self,
                          const CbCase  *item,
                          GError       **error)
{
  g_return_val_if_fail (CB_IS_PUSHER (self) && item != NULL, NULL);

  return _cb_push_find_connector (self, item, error);
}

/**
 * cb_pusher_plan_async:
 * @self: a pusher
 * @case_id: a case's id
 * @options: how it would be pushed; not kept
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Works out what a push would do. Reads from the external system, never writes.
 */
void
cb_pusher_plan_async (CbPusher            *self,
                      const char          *case_id,
                      const CbPushOptions *options,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  CbPushOperation *operation;
  GTask *task;

  g_return_if_fail (CB_IS_PUSHER (self) && case_id != NULL && options != NULL);

  task = start_operation (self, cb_pusher_plan_async, case_id, options, cancellable, callback,
                          user_data);
  operation = g_task_get_task_data (task);
  operation->dry_run = TRUE;
  operation->confirmed = NULL;
  run (task);
}

/**
 * cb_pusher_plan_finish:
 * @self: a pusher
 * @result: the result
 * @push_result: (out) (optional): how a push would end
 * @error: why there is no plan
 *
 * Returns: (transfer full) (nullable): the plan, without steps where the case is up to date
 */
CbPlan *
cb_pusher_plan_finish (CbPusher      *self,
                       GAsyncResult  *result,
                       CbPushResult **push_result,
                       GError       **error)
{
  CbPushOperation *operation;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  operation = g_task_get_task_data (G_TASK (result));
  if (operation->result->error != NULL)
    {
      g_propagate_error (error, g_error_copy (operation->result->error));
      g_clear_pointer (&operation->plan, cb_plan_free);
    }
  else if (operation->plan == NULL)
    operation->plan = cb_plan_new_empty ();
  if (push_result != NULL)
    *push_result = g_steal_pointer (&operation->result);
  return g_steal_pointer (&operation->plan);
}

/**
 * cb_pusher_push_async:
 * @self: a pusher
 * @case_id: a case's id
 * @options: how to push; @options->confirmed must stay until it is done
 * @cancellable: (nullable): ends it at once, also a request in flight
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Pushes a case: observes, plans, writes the plan into the journal and carries it out step by step.
 * It covers the case as it is now; later edits are the next push.
 */
void
cb_pusher_push_async (CbPusher            *self,
                      const char          *case_id,
                      const CbPushOptions *options,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_return_if_fail (CB_IS_PUSHER (self) && case_id != NULL && options != NULL);

  run (start_operation (self, cb_pusher_push_async, case_id, options, cancellable, callback,
                        user_data));
}

/**
 * cb_pusher_push_finish:
 * @self: a pusher
 * @result: the result
 *
 * Returns: (transfer full): how it ended, also where it failed
 */
CbPushResult *
cb_pusher_push_finish (CbPusher     *self,
                       GAsyncResult *result)
{
  CbPushOperation *operation;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  operation = g_task_get_task_data (G_TASK (result));
  return g_steal_pointer (&operation->result);
}
