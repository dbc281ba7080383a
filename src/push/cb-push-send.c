/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "push/cb-push-record.h"
#include "push/cb-push-run.h"

/* Sending a plan, step by step. */

/* How often to read an incident anew that someone else changes while we write. */
#define MAX_OBSERVATIONS 4

/* How often to send a step again whose answer was lost and that is known not to have arrived. */
#define MAX_RESENDS 1

/* Auxiliary methods */

static void
warn_dropped (CbPushOperation  *operation,
              const CbIncident *incident)
{
  for (guint i = 0; incident->dropped != NULL && incident->dropped[i] != NULL; i++)
    _cb_push_warn (operation, g_strdup_printf (_("%s did not take the field “%s” and said nothing. Ask "
                                               "its administrator whether this account may write "
                                               "it."), operation->info->klass->name,
                                             incident->dropped[i]));
}

static CbStep *
current_step (CbPushOperation *operation)
{
  return g_ptr_array_index (operation->plan->steps, operation->position);
}

/* Someone wrote between our reading and our writing. Whoever overwrites or keeps has said so for this,
 * too; a preview has not shown it. */
static gboolean
may_observe_again (CbPushOperation *operation,
                   CbStep          *step,
                   const GError    *reason)
{
  return g_error_matches (reason, CB_ERROR, CB_ERROR_CONFLICT) && step->kind == CB_STEP_UPDATE &&
         operation->on_conflict != CB_ON_CONFLICT_STOP && operation->confirmed == NULL &&
         operation->n_observations++ < MAX_OBSERVATIONS;
}

static void
observe_again (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!cb_journal_set_step (self->database, operation->push, operation->position, CB_STEP_FAILED, NULL,
                            &error) ||
      !cb_journal_finish (self->database, operation->push, "conflict", NULL, &error))
    {
      _cb_push_fail (task, g_steal_pointer (&error));
      return;
    }
  operation->push = 0;
  operation->position = 0;
  g_clear_pointer (&operation->plan, cb_plan_free);
  g_clear_pointer (&operation->seen, cb_incident_free);
  _cb_push_read_incident (task);
}

/* What was done by the plan that ends here, and the lost step where it has arrived. */
static void
keep_done_steps (CbPushOperation *operation)
{
  CbPlan *plan = operation->interrupted;
  CbStep *lost = g_ptr_array_index (plan->steps, operation->position);

  for (guint i = 0; i < operation->position; i++)
    g_ptr_array_add (operation->earlier, g_ptr_array_steal_index (plan->steps, 0));
  if (operation->arrived)
    {
      const char *id = lost->kind == CB_STEP_COMMENT
                         ? g_hash_table_lookup (operation->seen->tokens, lost->token)
                         : operation->pushed->incident_id;

      lost->state = CB_STEP_DONE;
      /* Where the system gives it no id, its own reference is what finds it. */
      _cb_push_set_string (&lost->remote_id, !cb_is_blank (id) ? id : lost->token);
      g_ptr_array_add (operation->earlier, g_ptr_array_steal_index (plan->steps, 0));
    }
  else
    operation->n_resends++;
  g_clear_pointer (&operation->interrupted, cb_plan_free);
  operation->position = 0;
}

/* What was sent is looked for where it should be, by another plan from what is there now. */
static void
look_up_lost_step (GTask  *task,
                   GError *reason)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_error (&operation->reason);
  operation->reason = reason;
  operation->interrupted = g_steal_pointer (&operation->plan);
  operation->look_up = 0;
  operation->takes_lost_create = FALSE;
  g_clear_pointer (&operation->seen, cb_incident_free);
  g_clear_pointer (&operation->pushed, cb_pushed_free);
  operation->pushed = cb_journal_load (self->database, operation->item->id,
                                       operation->info->destination, &error);
  if (operation->pushed == NULL)
    _cb_push_fail (task, error);
  else
    _cb_push_observe (task);
}

/* Only an answer makes a step certain, or that nothing has left. */
static CbStepState
state_for_error (const GError *reason)
{
  if (g_error_matches (reason, CB_ERROR, CB_ERROR_UNCERTAIN))
    return CB_STEP_UNCERTAIN;
  return cb_error_is_cancelled (reason) ? CB_STEP_PLANNED : CB_STEP_FAILED;
}

static void
fail_step (GTask  *task,
           GError *reason)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *step = current_step (operation);
  g_autoptr(GError) error = NULL;

  if (may_observe_again (operation, step, reason))
    {
      g_error_free (reason);
      observe_again (task);
      return;
    }
  step->state = state_for_error (reason);
  if (!cb_journal_set_step (self->database, operation->push, operation->position, step->state, NULL,
                            &error))
    _cb_push_warn (operation, g_strdup (error->message));
  if (step->state != CB_STEP_UNCERTAIN || error != NULL)
    _cb_push_fail (task, reason);
  else if (!_cb_push_is_stopped (task))
    look_up_lost_step (task, reason);
  else
    {
      _cb_push_fail (task, cb_error_new (CB_ERROR_CANCELLED, NULL, "%s", reason->message));
      g_error_free (reason);
    }
}

/* Nobody knows whether it is there, and this account cannot see. */
static void
stop_at_doubt (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);

  _cb_push_fail (task, cb_error_new (CB_ERROR_UNCERTAIN, NULL,
                                     _("It is not known whether a comment is in %s of %s, and this account "
                                       "cannot see the comments there. Look at the incident: if it is "
                                       "there, mark it as sent, else send it."),
                                     operation->pushed->incident_title, operation->info->klass->name));
}

/* Callbacks */

/* What the server made of the values is worth a read, but not the push: the incident is there. */
static void
read_back_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbIncident) incident =
    cb_connector_read_incident_finish (CB_CONNECTOR (source), result, &error);
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);

  if (incident != NULL)
    _cb_push_record_fields (self, operation, current_step (operation), incident->values, &error);
  if (error != NULL && !cb_error_is_cancelled (error))
    _cb_push_warn (operation, g_strdup_printf (_("The incident could not be read back: %s"),
                                             error->message));
  operation->position++;
  _cb_push_next_step (g_steal_pointer (&task));
}

static void
finish_incident_step (GTask      *task,
                      CbIncident *incident,
                      GError     *reason)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *step = current_step (operation);
  g_autoptr(GError) error = NULL;

  if (incident == NULL)
    {
      fail_step (task, reason);
      return;
    }
  step->state = CB_STEP_DONE;
  _cb_push_set_string (&step->remote_id, incident->id);
  if (!_cb_push_record_step (self, operation, step, incident, &error))
    {
      _cb_push_fail (task, g_steal_pointer (&error));
      return;
    }
  warn_dropped (operation, incident);
  if (incident->values == NULL)
    {
      cb_connector_read_incident_async (operation->connector, incident->id, FALSE,
                                        g_task_get_cancellable (task), read_back_cb, task);
      return;
    }
  operation->position++;
  _cb_push_next_step (task);
}

static void
created_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GError *error = NULL;
  g_autoptr(CbIncident) incident =
    cb_connector_create_incident_finish (CB_CONNECTOR (source), result, &error);

  finish_incident_step (user_data, incident, error);
}

static void
updated_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GError *error = NULL;
  g_autoptr(CbIncident) incident =
    cb_connector_update_incident_finish (CB_CONNECTOR (source), result, &error);

  finish_incident_step (user_data, incident, error);
}

static void
commented_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autofree char *id = cb_connector_add_comment_finish (CB_CONNECTOR (source), result, &error);
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *step = current_step (operation);

  if (id == NULL)
    {
      fail_step (task, error);
      return;
    }
  step->state = CB_STEP_DONE;
  /* Where the system gives it no id, its own reference is what finds it. */
  _cb_push_set_string (&step->remote_id, *id != '\0' ? id : step->token);
  if (!_cb_push_record_step (self, operation, step, NULL, &error))
    {
      _cb_push_fail (task, error);
      return;
    }
  operation->position++;
  _cb_push_next_step (task);
}

static void
send_step (GTask  *task,
           CbStep *step)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr(GList) texts = NULL;

  switch (step->kind)
    {
    case CB_STEP_CREATE:
      operation->creates = TRUE;
      cb_connector_create_incident_async (operation->connector, step->values, cancellable, created_cb,
                                          task);
      break;
    case CB_STEP_UPDATE:
      cb_connector_update_incident_async (operation->connector, operation->seen, step->values,
                                          cancellable, updated_cb, task);
      break;
    case CB_STEP_COMMENT:
    default:
      texts = json_object_get_values (step->values);
      cb_connector_add_comment_async (operation->connector, operation->pushed->incident_id,
                                      cb_json_node_string (texts->data), cancellable, commented_cb,
                                      task);
      break;
    }
}

/* Run phases */

/* The one function that goes from step to step. */
void
_cb_push_next_step (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *step;
  g_autoptr(GError) error = NULL;

  if (operation->position >= operation->plan->steps->len)
    {
      _cb_push_complete (task);
      return;
    }
  if (_cb_push_is_stopped (task))
    {
      _cb_push_fail (task, cb_error_new (CB_ERROR_CANCELLED, NULL,
                                _("Stopped. What was sent is recorded; the next push goes on from "
                                  "there.")));
      return;
    }
  step = current_step (operation);
  if (step->state == CB_STEP_UNCERTAIN)
    {
      stop_at_doubt (task);
      return;
    }
  if (operation->progress != NULL)
    operation->progress (operation->position, operation->plan, operation->progress_data);
  if (!cb_journal_set_step (self->database, operation->push, operation->position, CB_STEP_STARTED, NULL,
                            &error))
    {
      _cb_push_fail (task, g_steal_pointer (&error));
      return;
    }
  step->state = CB_STEP_STARTED;
  send_step (task, step);
}

/* More auxiliary methods: from what is there to the next plan */

static GError *
check_plan (CbPushOperation *operation)
{
  gboolean resumed = operation->push != 0;

  if (operation->confirmed != NULL &&
      !(resumed ? cb_plan_is_rest (operation->plan, operation->confirmed)
                : cb_plan_equal (operation->plan, operation->confirmed)))
    return cb_error_new (CB_ERROR_CONFLICT, NULL,
                         resumed ? _("The incident changed while the case was being pushed. What was "
                                     "sent by then is recorded. Look at the preview again.")
                                 : _("The case or its incident changed since the preview. Nothing was "
                                     "sent. Look at the preview again."));
  if (operation->on_conflict == CB_ON_CONFLICT_STOP && cb_plan_has_conflict (operation->plan))
    return cb_error_new (CB_ERROR_CONFLICT, NULL,
                         _("Someone changed %s in %s since the last push. Nothing was sent. Push with "
                           "“overwrite” or “keep”."), operation->pushed->incident_title,
                         operation->info->klass->name);
  return NULL;
}

/* Comments of which nobody knows whether they are there already, and that this account could not see:
 * those whose answer was lost, and all of an incident that another workspace has made. */
static void
mark_doubts (CbPushOperation *operation)
{
  CbPushed *pushed = operation->pushed;

  if (operation->seen == NULL || operation->seen->tokens_complete)
    return;
  for (guint i = 0; i < operation->plan->steps->len; i++)
    {
      CbStep *step = g_ptr_array_index (operation->plan->steps, i);
      gboolean lost = step->kind == CB_STEP_COMMENT && g_hash_table_contains (pushed->doubts, step->token);

      if (step->kind != CB_STEP_COMMENT || !(lost || pushed->doubtful))
        continue;
      step->state = CB_STEP_UNCERTAIN;
      step->unsent = !lost || pushed->uncertain->unsent;
    }
}

static gboolean
is_in_doubt (const CbPlan *plan)
{
  for (guint i = 0; i < plan->steps->len; i++)
    if (((CbStep *) g_ptr_array_index (plan->steps, i))->state == CB_STEP_UNCERTAIN)
      return TRUE;
  return FALSE;
}

static gboolean
lost_step_has_arrived (CbPushOperation *operation)
{
  CbStep *lost = g_ptr_array_index (operation->interrupted->steps, operation->position);
  CbPlanInput input = _cb_push_plan_input (operation);

  if (lost->kind == CB_STEP_CREATE)
    return operation->pushed->incident_id != NULL;
  return operation->seen != NULL && cb_plan_sees_step (&input, lost);
}

/* Its answer was lost each time, and each time it is known not to have been carried out. */
static void
give_up_lost_step (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *lost = g_ptr_array_index (operation->interrupted->steps, operation->position);
  g_autoptr(GError) error = NULL;

  lost->state = CB_STEP_FAILED;
  if (!cb_journal_set_step (self->database, operation->push, operation->position, lost->state, NULL,
                            &error))
    _cb_push_warn (operation, g_strdup (error->message));
  _cb_push_fail (task, cb_error_new (CB_ERROR_UNAVAILABLE, NULL,
                                     _("%s did not carry out a request that was sent %u times. It was "
                                       "looked for and is not there. What it said: %s Try again later."),
                                     operation->info->klass->name, MAX_RESENDS + 1,
                                     operation->reason->message));
}

static void
warn_of_plan (CbPushOperation *operation)
{
  CbPlan *plan = operation->plan;

  if (operation->unchecked != NULL)
    _cb_push_warn (operation, g_strdup_printf (_("Remote not checked: %s"), operation->unchecked));
  if (is_in_doubt (plan) && operation->dry_run)
    _cb_push_warn (operation, g_strdup_printf (_("It cannot be seen which comments are in %s already; "
                                                 "the push will ask before it sends one."),
                                               operation->pushed->incident_title));
  /* A plan that goes on in the same run has nothing new to say. */
  for (guint i = 0; !operation->has_warned && i < plan->warnings->len; i++)
    _cb_push_warn (operation, g_strdup (g_ptr_array_index (plan->warnings, i)));
  operation->has_warned = TRUE;
}

/* A preview and a dry run end here. */
static void
end_preview (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  GError *error = check_plan (operation);

  if (error != NULL)
    _cb_push_fail (task, error);
  else
    _cb_push_end (task, operation->plan->steps->len > 0 ? CB_OUTCOME_PLANNED : CB_OUTCOME_UP_TO_DATE,
                  NULL);
}

static void
begin_plan (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  GError *error = check_plan (operation);

  operation->seen = g_steal_pointer (&operation->plan->incident);
  if (error == NULL)
    _cb_push_record_begin (self, operation, &error);
  else if (operation->push != 0 && !is_in_doubt (operation->plan))
    _cb_push_record_observed (self, operation, NULL);
  if (error != NULL)
    _cb_push_fail (task, error);
  else
    _cb_push_next_step (task);
}

void
_cb_push_make_plan (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  CbPlanInput input = _cb_push_plan_input (operation);
  GError *error = NULL;

  operation->arrived = operation->interrupted != NULL && lost_step_has_arrived (operation);
  if (operation->interrupted != NULL && !operation->arrived && operation->n_resends >= MAX_RESENDS)
    {
      give_up_lost_step (task);
      return;
    }
  operation->plan = cb_plan_new (&input, &error);
  if (operation->plan == NULL)
    {
      /* Metadata may be out of date: the next push reads them anew. */
      cb_connector_forget_metadata (operation->connector);
      _cb_push_fail (task, error);
      return;
    }
  mark_doubts (operation);
  warn_of_plan (operation);
  if (operation->interrupted != NULL)
    keep_done_steps (operation);
  operation->plan->remote_checked &= operation->unchecked == NULL;
  operation->plan->incident = g_steal_pointer (&operation->seen);
  if (operation->dry_run)
    end_preview (task);
  else
    begin_plan (task);
}
