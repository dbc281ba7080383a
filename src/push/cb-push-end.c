/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "push/cb-push-record.h"
#include "push/cb-push-run.h"

/* How an operation ends. */

/* Auxiliary methods */

/* A conflict is one that somebody asked to be stopped at; other refusals of that kind are failures. */
static CbOutcome
outcome_for_error (const CbPushOperation *operation,
                   const GError          *error)
{
  if (cb_error_is_cancelled (error))
    return CB_OUTCOME_CANCELLED;
  if (g_error_matches (error, CB_ERROR, CB_ERROR_CONFLICT) &&
      (operation->on_conflict == CB_ON_CONFLICT_STOP || operation->confirmed != NULL))
    return CB_OUTCOME_CONFLICT;
  if (g_error_matches (error, CB_ERROR, CB_ERROR_UNCERTAIN))
    return CB_OUTCOME_UNCERTAIN;
  return CB_OUTCOME_FAILED;
}

static void
move_steps (GPtrArray *to,
            GPtrArray *from)
{
  while (from->len > 0)
    {
      CbStep *step = g_ptr_array_steal_index (from, 0);

      if (step->state == CB_STEP_PLANNED)
        step->state = CB_STEP_PENDING;
      g_ptr_array_add (to, step);
    }
}

/* All that this run has sent or would have: before its newest plan, and by it. */
static void
take_steps (CbPushOperation *operation)
{
  CbPushResult *result = operation->result;
  CbPlan *plan = operation->plan != NULL ? operation->plan : operation->interrupted;

  if (operation->dry_run && plan != NULL)
    {
      g_ptr_array_unref (result->steps);
      result->steps = g_ptr_array_ref (plan->steps);
      return;
    }
  move_steps (result->steps, operation->earlier);
  if (plan != NULL)
    move_steps (result->steps, plan->steps);
  else if (result->outcome == CB_OUTCOME_UNCERTAIN && operation->pushed->uncertain != NULL)
    {
      operation->pushed->uncertain->state = CB_STEP_UNCERTAIN;
      g_ptr_array_add (result->steps, g_steal_pointer (&operation->pushed->uncertain));
    }
}

/* What a push, or a preview, tells of the connector itself. */
static void
note_use (CbPusher        *self,
          CbPushOperation *operation)
{
  const CbPushResult *result = operation->result;

  if (operation->connector != NULL && (result->requests > 0 || result->error != NULL))
    cb_connectors_note_use (self->connectors, operation->connector, result->error);
}

/* Run phases */

void
_cb_push_end (GTask     *task,
              CbOutcome  outcome,
              GError    *reason)
{
  g_autoptr(GTask) owned = task;
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbPushResult *result = operation->result;
  g_autofree char *id = g_strdup (result->case_id);

  result->outcome = outcome;
  result->error = reason;
  if (operation->item != NULL)
    result->case_status = operation->item->status;
  if (operation->connector != NULL)
    result->requests = cb_connector_get_requests (operation->connector);
  note_use (self, operation);
  take_steps (operation);
  _cb_push_name_incident (operation);
  _cb_push_record_end (self, operation);
  g_clear_pointer (&operation->lock, cb_lock_free);
  g_task_return_boolean (owned, TRUE);
  if (!operation->dry_run)
    cb_cases_changed (self->cases, id);
}

void
_cb_push_fail (GTask  *task,
               GError *reason)
{
  _cb_push_end (task, outcome_for_error (g_task_get_task_data (task), reason), reason);
}

gboolean
_cb_push_is_stopped (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);

  return g_cancellable_is_cancelled (operation->stop) ||
         g_cancellable_is_cancelled (g_task_get_cancellable (task));
}

void
_cb_push_complete (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  g_autoptr(CbTransaction) transaction = NULL;
  g_autoptr(GError) error = NULL;
  CbOutcome outcome = operation->creates ? CB_OUTCOME_CREATED
                      : operation->plan->steps->len + operation->earlier->len > 0
                        ? CB_OUTCOME_UPDATED : CB_OUTCOME_UP_TO_DATE;

  transaction = cb_transaction_begin (self->database, &error);
  if (transaction == NULL || !_cb_push_record_completion (self, operation, outcome, &error) ||
      !cb_transaction_commit (&transaction, &error))
    _cb_push_fail (task, g_steal_pointer (&error));
  else
    _cb_push_end (task, outcome, NULL);
}
