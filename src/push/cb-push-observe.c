/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-wait.h"
#include "push/cb-push-record.h"
#include "push/cb-push-run.h"

/* Observing: what the destination takes and holds, and what became of a step whose answer is lost. */

static void look_up (GTask *task);

/* Auxiliary methods */

static void
observed (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);

  operation->observed (task);
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

/* Calls a function after a while, or at once where the user stops. */
void
_cb_push_wait (GTask       *task,
               guint        milliseconds,
               GSourceFunc  next)
{
  CbPushOperation *operation = g_task_get_task_data (task);

  cb_wait (milliseconds * G_TIME_SPAN_MILLISECOND, operation->stop, g_task_get_cancellable (task), next,
           task);
}

/* Waits before the next look-up; FALSE after the last one. */
static gboolean
pauses (GTask       *task,
        GSourceFunc  next)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  guint pause = operation->dry_run ? 0 : look_up_pause (operation);

  operation->look_up++;
  if (pause >= 1000 && operation->waiting != NULL)
    operation->waiting (pause / 1000, operation->progress_data);
  if (pause > 0)
    _cb_push_wait (task, pause, next);
  return pause > 0;
}

static void
fail_stopped (GTask *task)
{
  _cb_push_fail (task, cb_error_new (CB_ERROR_CANCELLED, NULL,
                                     _("Stopped while it was being looked up what had arrived. The next "
                                       "push goes on from there.")));
}

static gboolean
read_again_cb (gpointer user_data)
{
  CbPushOperation *operation = g_task_get_task_data (user_data);

  g_clear_pointer (&operation->seen, cb_incident_free);
  if (_cb_push_is_stopped (user_data))
    fail_stopped (user_data);
  else
    _cb_push_read_incident (user_data);
  return G_SOURCE_REMOVE;
}

/* What nobody knows of may still be on its way: that it is not there yet means little at first. */
static gboolean
waits_for_lost_step (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  CbPlanInput input = _cb_push_plan_input (operation);
  const CbStep *lost = operation->pushed->uncertain != NULL ? operation->pushed->uncertain
                                                            : operation->pushed->lost_update;

  if (operation->dry_run || lost == NULL || lost->kind == CB_STEP_CREATE || lost->unsent ||
      cb_plan_sees_step (&input, lost))
    return FALSE;
  return pauses (task, read_again_cb);
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

/* Callbacks */

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
    {
      operation->takes_lost_create = FALSE;
      operation->creates = TRUE;
      _cb_push_record_lost_create (g_task_get_source_object (task), operation, &error);
    }
  if (preview_goes_on (operation, error))
    observed (g_steal_pointer (&task));
  else if (g_error_matches (error, CB_ERROR, CB_ERROR_NOT_FOUND))
    _cb_push_fail (g_steal_pointer (&task),
          cb_error_new (CB_ERROR_NOT_FOUND, "incident",
                        _("%s is gone from %s, or this account may not see it any more. Nothing was "
                          "sent. Unlink the incident to have a new one made, or link another one."),
                        operation->pushed->incident_title, operation->info->klass->name));
  else if (error != NULL)
    _cb_push_fail (g_steal_pointer (&task), g_steal_pointer (&error));
  else if (!waits_for_lost_step (task))
    observed (g_steal_pointer (&task));
  else
    g_steal_pointer (&task);
}

void
_cb_push_read_incident (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  CbPlanInput input = _cb_push_plan_input (operation);

  cb_connector_read_incident_async (operation->connector, operation->pushed->incident_id,
                                    cb_plan_needs_comments (&input), g_task_get_cancellable (task),
                                    observed_cb, task);
}

/* In one transaction, so that an incident that is known is never known without its doubt: another
 * workspace of ours may have sent comments that this account cannot see. */
static gboolean
record_adoption (CbPusher          *self,
                 CbPushOperation   *operation,
                 const CbIncident  *incident,
                 gboolean           ours,
                 GError           **error)
{
  gboolean doubtful = !ours && !incident->foreign;
  g_autoptr(CbTransaction) transaction = NULL;

  if (operation->dry_run)
    return _cb_push_record_incident (self, operation, incident, !ours, error) &&
           _cb_push_record_doubt (self, operation, doubtful, error);
  transaction = cb_transaction_begin (self->database, error);
  return transaction != NULL && _cb_push_record_incident (self, operation, incident, !ours, error) &&
         _cb_push_record_doubt (self, operation, doubtful, error) &&
         (ours ||
          cb_cases_add_activity (self->cases, operation->item->id, "linked", NULL, operation->info->id,
                                 incident->title, error)) &&
         cb_transaction_commit (&transaction, error);
}

/* An incident under the case's own reference is the case's, whoever made it. */
static void
adopt (GTask      *task,
       CbIncident *incident)
{
  CbPushOperation *operation = g_task_get_task_data (task);
  CbStep *lost = operation->pushed->uncertain;
  gboolean ours = lost != NULL && lost->kind == CB_STEP_CREATE;
  g_autoptr(GError) error = NULL;

  if (!ours)
    _cb_push_warn (operation, g_strdup_printf (_("%s already has the incident %s for this case%s; it is "
                                                 "taken over."), operation->info->klass->name,
                                               incident->title,
                                               incident->foreign ? _(", made by someone else") : ""));
  if (!record_adoption (g_task_get_source_object (task), operation, incident, ours, &error))
    {
      _cb_push_fail (task, g_steal_pointer (&error));
      return;
    }
  operation->takes_lost_create = ours;
  _cb_push_read_incident (task);
}

static gboolean
look_up_again_cb (gpointer user_data)
{
  if (_cb_push_is_stopped (user_data))
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

  if (lost == NULL || lost->kind != CB_STEP_CREATE)
    {
      observed (task);
      return;
    }
  if (pauses (task, look_up_again_cb))
    return;
  if (operation->target->absence_counts)
    observed (task);
  else
    _cb_push_fail (task, cb_error_new (CB_ERROR_UNCERTAIN, NULL,
                              _("It is not known whether an incident was made in %s: the answer never "
                                "came, and its search finds new ones late. Nothing more was sent. Look "
                                "there: if it exists, link it to the case, else send it again."),
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
  const CbStep *lost = operation->pushed->uncertain;

  /* A search that cannot tell matters only where something may have been made. */
  if (g_error_matches (error, CB_ERROR, CB_ERROR_UNCERTAIN) &&
      (lost == NULL || lost->kind != CB_STEP_CREATE))
    {
      g_clear_error (&error);
      observed (task);
    }
  else if (incidents == NULL && preview_goes_on (operation, error))
    {
      g_clear_error (&error);
      observed (task);
    }
  else if (incidents == NULL)
    _cb_push_fail (task, error);
  else if (incidents->len == 0)
    judge_absence (task);
  else if (incidents->len == 1)
    adopt (task, g_ptr_array_index (incidents, 0));
  else
    _cb_push_fail (task, cb_error_new (CB_ERROR_UNCERTAIN, NULL,
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

/* Run phases */

void
_cb_push_observe (GTask *task)
{
  CbPushOperation *operation = g_task_get_task_data (task);

  if (operation->pushed->incident_id != NULL)
    _cb_push_read_incident (task);
  else
    look_up (task);
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
      observed (task);
    }
  else if (operation->target == NULL)
    _cb_push_fail (task, error);
  else
    _cb_push_observe (task);
}

void
_cb_push_load_target (GTask          *task,
                      CbPushNextFunc  next)
{
  CbPushOperation *operation = g_task_get_task_data (task);

  operation->observed = next;
  cb_connector_load_target_async (operation->connector, operation->fields,
                                  g_task_get_cancellable (task), got_target_cb, task);
}
