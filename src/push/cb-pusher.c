/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-lock.h"
#include "base/cb-string.h"
#include "push/cb-push-record.h"
#include "push/cb-pusher.h"
#include "push/cb-transfer.h"

G_DEFINE_FINAL_TYPE (CbPusher, cb_pusher, G_TYPE_OBJECT)

/* How long to wait for another push of the same case. */
#define WAIT_MS 100
#define MAX_WAITS 300

/* How often to read an incident anew that someone else changes while we write. */
#define MAX_OBSERVATIONS 4

static void fail          (GTask *task, GError *reason);
static void run           (GTask *task);
static void next_step     (GTask *task);
static void look_up       (GTask *task);
static void make_plan     (GTask *task);
static void read_incident (GTask *task);

/* Auxiliary methods */

static CbPlanInput
plan_input (CbPushOperation *operation)
{
  return (CbPlanInput) {
    operation->item, operation->fields, operation->info->klass, operation->info->settings,
    operation->target, operation->pushed, operation->seen, operation->on_conflict,
    operation->author,
  };
}

static void
name_incident (CbPushOperation *operation)
{
  CbPushResult *result = operation->result;

  if (operation->pushed == NULL || operation->pushed->incident_id == NULL)
    return;
  _cb_push_set_string (&result->incident_id, operation->pushed->incident_id);
  _cb_push_set_string (&result->incident_title, operation->pushed->incident_title);
  _cb_push_set_string (&result->incident_url, operation->pushed->incident_url);
}

static CbOutcome
outcome_for_error (const GError *error)
{
  if (cb_error_is_cancelled (error))
    return CB_OUTCOME_CANCELLED;
  if (g_error_matches (error, CB_ERROR, CB_ERROR_CONFLICT))
    return CB_OUTCOME_CONFLICT;
  if (g_error_matches (error, CB_ERROR, CB_ERROR_UNCERTAIN))
    return CB_OUTCOME_UNCERTAIN;
  return CB_OUTCOME_FAILED;
}

static void
take_steps (CbPushOperation *operation)
{
  CbPushResult *result = operation->result;

  if (operation->plan == NULL)
    return;
  g_clear_pointer (&result->steps, g_ptr_array_unref);
  result->steps = g_ptr_array_ref (operation->plan->steps);
  for (guint i = 0; !operation->dry_run && i < result->steps->len; i++)
    {
      CbStep *step = g_ptr_array_index (result->steps, i);

      if (step->state == CB_STEP_PLANNED)
        step->state = CB_STEP_PENDING;
    }
}

static void
end (GTask     *task,
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
    result->requests = cb_connector_get_requests (operation->connector) - operation->requests_before;
  take_steps (operation);
  name_incident (operation);
  _cb_push_record_end (self, operation);
  g_clear_pointer (&operation->lock, cb_lock_free);
  g_task_return_boolean (owned, TRUE);
  if (!operation->dry_run)
    cb_cases_changed (self->cases, id);
}

static void
fail (GTask  *task,
      GError *reason)
{
  end (task, outcome_for_error (reason), reason);
}

static gboolean
is_stopped (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);

  return g_cancellable_is_cancelled (operation->stop) ||
         g_cancellable_is_cancelled (g_task_get_cancellable (task));
}

static void
complete (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  g_autoptr(CbTransaction) transaction = NULL;
  g_autoptr(GError) error = NULL;
  CbOutcome outcome = operation->plan->steps->len == 0 ? CB_OUTCOME_UP_TO_DATE
                      : operation->creates ? CB_OUTCOME_CREATED : CB_OUTCOME_UPDATED;

  transaction = cb_transaction_begin (self->database, &error);
  if (transaction == NULL || !_cb_push_record_completion (self, operation, &error) ||
      !cb_transaction_commit (&transaction, &error))
    fail (task, g_steal_pointer (&error));
  else
    end (task, outcome, NULL);
}

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
      fail (task, g_steal_pointer (&error));
      return;
    }
  operation->push = 0;
  operation->position = 0;
  g_clear_pointer (&operation->plan, cb_plan_free);
  g_clear_pointer (&operation->seen, cb_incident_free);
  read_incident (task);
}

/* A request that was cut off by the user may have arrived: only an answer makes a step certain. */
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

  step->state = g_error_matches (reason, CB_ERROR, CB_ERROR_UNCERTAIN) ||
                cb_error_is_cancelled (reason) ? CB_STEP_UNCERTAIN : CB_STEP_FAILED;
  if (!cb_journal_set_step (self->database, operation->push, operation->position, step->state, NULL,
                            &error))
    _cb_push_warn (operation, g_strdup (error->message));
  fail (task, reason);
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
  next_step (g_steal_pointer (&task));
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
      fail (task, g_steal_pointer (&error));
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
  next_step (task);
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
      fail (task, error);
      return;
    }
  operation->position++;
  next_step (task);
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

/* The one function that goes from step to step. */
static void
next_step (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *step;
  g_autoptr(GError) error = NULL;

  if (operation->position >= operation->plan->steps->len)
    {
      complete (task);
      return;
    }
  if (is_stopped (task))
    {
      fail (task, cb_error_new (CB_ERROR_CANCELLED, NULL,
                                _("Stopped. What was sent is recorded; the next push goes on from "
                                  "there.")));
      return;
    }
  step = current_step (operation);
  if (operation->progress != NULL)
    operation->progress (operation->position, operation->plan, operation->progress_data);
  if (!cb_journal_set_step (self->database, operation->push, operation->position, CB_STEP_STARTED, NULL,
                            &error))
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  step->state = CB_STEP_STARTED;
  send_step (task, step);
}

static GError *
check_plan (CbPushOperation *operation)
{
  if (operation->confirmed != NULL && !cb_plan_equal (operation->confirmed, operation->plan))
    return cb_error_new (CB_ERROR_CONFLICT, NULL,
                         _("The case or its incident changed since the preview. Nothing was sent. "
                           "Look at the preview again."));
  if (operation->on_conflict == CB_ON_CONFLICT_STOP && cb_plan_has_conflict (operation->plan))
    return cb_error_new (CB_ERROR_CONFLICT, NULL,
                         _("Someone changed %s in %s since the last push. Nothing was sent. Push with "
                           "“overwrite” or “keep”."), operation->pushed->incident_title,
                         operation->info->klass->name);
  return NULL;
}

static gboolean
comment_is_unknown (CbPushOperation *operation)
{
  CbStep *step = operation->pushed->uncertain;
  GHashTable *tokens = operation->seen != NULL ? operation->seen->tokens : NULL;
  GHashTableIter iter;
  gpointer token;

  if (step == NULL || step->kind != CB_STEP_COMMENT || tokens == NULL ||
      operation->seen->tokens_complete || g_hash_table_contains (tokens, step->token))
    return FALSE;
  /* An account that may not read comments sees none; one that sees any of ours sees them all. */
  g_hash_table_iter_init (&iter, operation->pushed->tokens);
  while (g_hash_table_iter_next (&iter, &token, NULL))
    if (g_hash_table_contains (tokens, token))
      return FALSE;
  return TRUE;
}

static void
make_plan (GTask *task)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbPlanInput input = plan_input (operation);
  GError *error = NULL;

  if (comment_is_unknown (operation))
    {
      fail (task, cb_error_new (CB_ERROR_UNCERTAIN, NULL,
                                _("It is not known whether a comment arrived in %s, and this account "
                                  "cannot read the comments there. Look at the incident."),
                                operation->pushed->incident_title));
      return;
    }
  operation->plan = cb_plan_new (&input, &error);
  if (operation->plan == NULL)
    {
      /* Metadata may be out of date: the next push reads them anew. */
      cb_connector_forget_metadata (operation->connector);
      fail (task, error);
      return;
    }
  if (operation->unchecked != NULL)
    _cb_push_warn (operation, g_strdup_printf (_("Remote not checked: %s"), operation->unchecked));
  operation->plan->remote_checked &= operation->unchecked == NULL;
  operation->plan->incident = g_steal_pointer (&operation->seen);
  for (guint i = 0; i < operation->plan->warnings->len; i++)
    _cb_push_warn (operation, g_strdup (g_ptr_array_index (operation->plan->warnings, i)));
  if (operation->dry_run)
    {
      error = check_plan (operation);
      if (error != NULL)
        fail (task, error);
      else
        end (task, operation->plan->steps->len > 0 ? CB_OUTCOME_PLANNED : CB_OUTCOME_UP_TO_DATE, NULL);
      return;
    }
  error = check_plan (operation);
  operation->seen = g_steal_pointer (&operation->plan->incident);
  if (error == NULL)
    _cb_push_record_begin (self, operation, &error);
  if (error != NULL)
    fail (task, error);
  else
    next_step (task);
}

static guint
look_up_pause (CbPushOperation *operation)
{
  static const guint pauses[] = { 2, 10, 30, 90 };
  const char *setting = g_getenv ("CASEBRIDGE_LOOKUP_PAUSES");
  g_auto(GStrv) parts = setting != NULL ? g_strsplit (setting, ",", -1) : NULL;

  if (parts != NULL)
    return operation->look_up < g_strv_length (parts)
             ? MAX (0, g_ascii_strtod (parts[operation->look_up], NULL)) * 1000 + 1 : 0;
  return operation->look_up < G_N_ELEMENTS (pauses) ? pauses[operation->look_up] * 1000 : 0;
}

static gboolean
wake_cb (GCancellable *cancellable,
         gpointer      user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Calls a function after a while, or at once where the user stops. */
static void
wait_for (GTask       *task,
          guint        milliseconds,
          GSourceFunc  next)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  GCancellable *cancellables[] = { operation->stop, g_task_get_cancellable (task) };
  g_autoptr(GSource) source = g_timeout_source_new (milliseconds);

  for (guint i = 0; i < G_N_ELEMENTS (cancellables); i++)
    if (cancellables[i] != NULL)
      {
        g_autoptr(GSource) wake = g_cancellable_source_new (cancellables[i]);

        g_source_set_callback (wake, G_SOURCE_FUNC (wake_cb), NULL, NULL);
        g_source_add_child_source (source, wake);
      }
  g_source_set_callback (source, next, task, NULL);
  g_source_attach (source, NULL);
}

static void
fail_stopped (GTask *task)
{
  fail (task, cb_error_new (CB_ERROR_CANCELLED, NULL, _("Stopped. Nothing was sent.")));
}

static gboolean
read_again_cb (gpointer user_data)
{
  CbPushOperation *operation = g_task_get_task_data (user_data);

  g_clear_pointer (&operation->seen, cb_incident_free);
  if (is_stopped (user_data))
    fail_stopped (user_data);
  else
    read_incident (user_data);
  return G_SOURCE_REMOVE;
}

/* A comment of which nobody knows may still be on its way: that it is not there yet means little at
 * first. */
static gboolean
waits_for_comment (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *lost = operation->pushed->uncertain;
  GHashTable *tokens = operation->seen->tokens;
  guint pause;

  if (operation->dry_run || lost == NULL || lost->kind != CB_STEP_COMMENT || tokens == NULL ||
      g_hash_table_contains (tokens, lost->token))
    return FALSE;
  pause = look_up_pause (operation);
  operation->look_up++;
  if (pause > 0)
    wait_for (task, pause, read_again_cb);
  return pause > 0;
}

/* A preview shows what is known where the external system does not answer; a push needs its answer. */
static gboolean
preview_goes_on (CbPushOperation *operation,
                 const GError    *error)
{
  gboolean silent = g_error_matches (error, CB_ERROR, CB_ERROR_UNREACHABLE) ||
                    g_error_matches (error, CB_ERROR, CB_ERROR_TIMED_OUT) ||
                    g_error_matches (error, CB_ERROR, CB_ERROR_UNAVAILABLE);

  if (!silent || !operation->dry_run)
    return FALSE;
  _cb_push_set_string (&operation->unchecked, error->message);
  return TRUE;
}

static CbTarget *
unknown_target (CbConnectorClass *klass)
{
  CbTarget *target = cb_target_new ();

  for (guint i = 0; i < klass->n_mappings; i++)
    cb_target_add (target, klass->mappings[i].target, NULL, CB_KIND_TEXT);
  target->comment_field = g_strdup (cb_connector_class_find_mapping (klass, "comments")->target);
  return target;
}

static void
observed_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  CbPushOperation *operation = g_task_get_task_data (task);

  operation->seen = cb_connector_read_incident_finish (CB_CONNECTOR (source), result, &error);
  if (operation->seen != NULL && operation->takes_lost_create)
    _cb_push_record_lost_create (g_task_get_source_object (task), operation, &error);
  if (preview_goes_on (operation, error))
    make_plan (g_steal_pointer (&task));
  else if (g_error_matches (error, CB_ERROR, CB_ERROR_NOT_FOUND))
    fail (g_steal_pointer (&task),
          cb_error_new (CB_ERROR_NOT_FOUND, "incident",
                        _("%s is gone from %s, or this account may not see it any more. Nothing was "
                          "sent. Unlink the incident to have a new one made, or link another one."),
                        operation->pushed->incident_title, operation->info->klass->name));
  else if (error != NULL)
    fail (g_steal_pointer (&task), g_steal_pointer (&error));
  else if (!waits_for_comment (task))
    make_plan (g_steal_pointer (&task));
  else
    g_steal_pointer (&task);
}

static void
read_incident (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  CbPlanInput input = plan_input (operation);

  cb_connector_read_incident_async (operation->connector, operation->pushed->incident_id,
                                    cb_plan_needs_comments (&input), g_task_get_cancellable (task),
                                    observed_cb, task);
}

/* An incident under the case's own reference is the case's, whoever made it. */
static void
adopt (GTask      *task,
       CbIncident *incident)
{
  CbPusher *self = g_task_get_source_object (task);
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *lost = operation->pushed->uncertain;
  gboolean ours = lost != NULL && lost->kind == CB_STEP_CREATE;
  g_autoptr(GError) error = NULL;

  if (!ours)
    _cb_push_warn (operation, g_strdup_printf (_("%s already has the incident %s for this case%s; it is "
                                               "taken over."), operation->info->klass->name,
                                             incident->title,
                                             incident->foreign ? _(", made by someone else") : ""));
  if (!_cb_push_record_incident (self, operation, incident, !ours, &error) ||
      (!ours && !operation->dry_run &&
       !cb_cases_add_activity (self->cases, operation->item->id, "linked", NULL, operation->info->id,
                               incident->title, &error)))
    {
      fail (task, g_steal_pointer (&error));
      return;
    }
  operation->takes_lost_create = ours;
  read_incident (task);
}

static gboolean
look_up_again_cb (gpointer user_data)
{
  if (is_stopped (user_data))
    fail_stopped (user_data);
  else
    look_up (user_data);
  return G_SOURCE_REMOVE;
}

/* Nothing was found. After a create whose answer never came that means little at first. */
static void
judge_absence (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *lost = operation->pushed->uncertain;
  guint pause;

  if (lost == NULL || lost->kind != CB_STEP_CREATE)
    {
      make_plan (task);
      return;
    }
  pause = operation->dry_run ? 0 : look_up_pause (operation);
  operation->look_up++;
  if (pause > 0)
    wait_for (task, pause, look_up_again_cb);
  else if (operation->target->absence_counts)
    make_plan (task);
  else
    fail (task, cb_error_new (CB_ERROR_UNCERTAIN, NULL,
                              _("It is not known whether an incident was made in %s: the answer never "
                                "came, and its search finds new ones late. Nothing was sent. Look "
                                "there; if it exists, link it to the case."),
                              operation->info->klass->name));
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr(GPtrArray) incidents =
    cb_connector_find_incidents_finish (CB_CONNECTOR (source), result, &error);
  CbPushOperation *operation = g_task_get_task_data (task);

  if (incidents == NULL && preview_goes_on (operation, error))
    {
      g_clear_error (&error);
      make_plan (task);
    }
  else if (incidents == NULL)
    fail (task, error);
  else if (incidents->len == 0)
    judge_absence (task);
  else if (incidents->len == 1)
    adopt (task, g_ptr_array_index (incidents, 0));
  else
    fail (task, cb_error_new (CB_ERROR_UNCERTAIN, NULL,
                              _("%s has %u incidents for this case. Nothing was sent. Link the right "
                                "one to the case."), operation->info->klass->name, incidents->len));
}

static void
look_up (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  const CbMapping *mapping = cb_connector_class_find_mapping (operation->info->klass, "title");
  g_autofree char *reference = cb_plan_reference (operation->info->klass, operation->item->id);
  g_autofree char *title = mapping->format (operation->item->title);
  const char *sent = operation->pushed->uncertain != NULL
                       ? cb_json_string (operation->pushed->uncertain->values, mapping->target) : NULL;
  CbReference wanted = { reference, sent != NULL ? sent : title, operation->target };

  cb_connector_find_incidents_async (operation->connector, &wanted, g_task_get_cancellable (task),
                                     found_cb, task);
}

static void
got_target_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  CbPushOperation *operation = g_task_get_task_data (task);

  operation->target = cb_connector_load_target_finish (CB_CONNECTOR (source), result, &error);
  if (operation->target == NULL && preview_goes_on (operation, error))
    {
      g_clear_error (&error);
      operation->target = unknown_target (operation->info->klass);
      make_plan (task);
    }
  else if (operation->target == NULL)
    fail (task, error);
  else if (operation->pushed->incident_id != NULL)
    read_incident (task);
  else
    look_up (task);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  CbPushOperation *operation = g_task_get_task_data (task);
  g_autofree char *destination = NULL;

  operation->connector = cb_connectors_open_finish (CB_CONNECTORS (source), result, &error);
  if (operation->connector == NULL)
    {
      fail (task, error);
      return;
    }
  destination = cb_connector_get_destination (operation->connector);
  if (!g_str_equal (destination, operation->info->destination))
    {
      fail (task, cb_error_new (CB_ERROR_CONFLICT, "connector",
                                _("The connector was changed just now. Nothing was sent. Push "
                                  "again.")));
      return;
    }
  operation->requests_before = cb_connector_get_requests (operation->connector);
  cb_connector_load_target_async (operation->connector, operation->fields,
                                  g_task_get_cancellable (task), got_target_cb, task);
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
  g_task_set_task_data (task, _cb_push_operation_new (case_id, options), (GDestroyNotify) _cb_push_operation_free);
  return task;
}

/* Another process pushes this case right now; what it leaves to do is seen when it has ended. */
static gboolean
run_again_cb (gpointer user_data)
{
  run (user_data);
  return G_SOURCE_REMOVE;
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
          !is_stopped (task))
        {
          g_clear_error (&error);
          operation->n_waits++;
          wait_for (task, WAIT_MS, run_again_cb);
          return;
        }
      fail (task, error);
      return;
    }
  input = plan_input (operation);
  if (!cb_plan_has_news (&input))
    {
      end (task, CB_OUTCOME_UP_TO_DATE, NULL);
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
