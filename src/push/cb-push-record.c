/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "push/cb-push-record.h"
#include "store/cb-settings.h"

/* What a push writes down. */

static const char *
journal_state (CbOutcome outcome)
{
  switch (outcome)
    {
    case CB_OUTCOME_FAILED:
      return "failed";
    case CB_OUTCOME_CONFLICT:
      return "conflict";
    case CB_OUTCOME_UNCERTAIN:
      return "uncertain";
    case CB_OUTCOME_CANCELLED:
      return "cancelled";
    case CB_OUTCOME_CREATED:
    case CB_OUTCOME_UPDATED:
    case CB_OUTCOME_UP_TO_DATE:
    case CB_OUTCOME_PLANNED:
    case CB_OUTCOME_QUEUED:
    default:
      return "done";
    }
}

/* A push that failed before its first step is in the journal, too: lists show that it failed. One
 * that never got the lock is not: another one is running. */
void
_cb_push_record_end (CbPusher        *self,
                     CbPushOperation *operation)
{
  CbPushResult *result = operation->result;
  g_autoptr(GPtrArray) none = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;

  if (operation->dry_run || operation->lock == NULL)
    return;
  if (operation->push == 0 && result->error != NULL)
    operation->push = cb_journal_begin (self->database, operation->item->id,
                                        operation->info->destination, operation->info->id,
                                        cb_on_conflict_name (operation->on_conflict), none, &error);
  if (operation->push != 0)
    cb_journal_finish (self->database, operation->push, journal_state (result->outcome),
                       result->error, &error);
  if (error != NULL)
    _cb_push_warn (operation, g_strdup (error->message));
}

static char *
field_target (CbConnectorClass *klass,
              const char       *source)
{
  const CbMapping *mapping = cb_connector_class_find_mapping (klass, source);
  const CbCaseFieldInfo *info = cb_connector_class_find_case_field (klass, source);

  if (mapping != NULL)
    return g_strdup (mapping->target);
  if (info != NULL)
    return g_strdup (info->target);
  return g_strdup (g_str_has_prefix (source, "extra.") ? source + strlen ("extra.") : source);
}

/* What the server now holds is the baseline, as servers cut, rewrite and wrap. Of labels it is what
 * was sent: those of others are nobody's business. */
static char *
baseline_for (CbPushOperation *operation,
              CbStep          *step,
              const char      *source,
              JsonObject      *returned)
{
  g_autofree char *target = field_target (operation->info->klass, source);
  const CbMapping *mapping = cb_connector_class_find_mapping (operation->info->klass, source);
  JsonNode *node = NULL;

  if (mapping != NULL && mapping->action == CB_MAPPING_ADD_REMOVE)
    {
      for (guint i = 0; i < operation->plan->changes->len; i++)
        {
          CbFieldChange *change = g_ptr_array_index (operation->plan->changes, i);

          if (g_str_equal (change->source, source))
            return g_strdup (change->now);
        }
      return g_strdup ("[]");
    }
  if (returned != NULL)
    node = json_object_get_member (returned, target);
  if (node == NULL)
    node = json_object_get_member (step->values, target);
  return cb_json_to_string (node);
}

gboolean
_cb_push_record_fields (CbPusher         *self,
                        CbPushOperation  *operation,
                        CbStep           *step,
                        JsonObject       *returned,
                        GError          **error)
{
  g_autoptr(GList) sources = json_object_get_members (step->sources);

  for (GList *l = sources; l != NULL; l = l->next)
    {
      g_autofree char *baseline = baseline_for (operation, step, l->data, returned);

      if (!cb_journal_record_field (self->database, operation->item->id, operation->info->destination,
                                    l->data, cb_json_string (step->sources, l->data), baseline,
                                    error))
        return FALSE;
    }
  return TRUE;
}

gboolean
_cb_push_record_incident (CbPusher          *self,
                          CbPushOperation   *operation,
                          const CbIncident  *incident,
                          gboolean           completed,
                          GError           **error)
{
  CbPushed *pushed = operation->pushed;

  _cb_push_set_string (&pushed->incident_id, incident->id);
  _cb_push_set_string (&pushed->incident_title, incident->title);
  _cb_push_set_string (&pushed->incident_url, incident->url);
  pushed->completed = completed;
  if (operation->dry_run)
    return TRUE;
  return cb_journal_record_incident (self->database, operation->item->id,
                                     operation->info->destination, operation->info->id, incident->id,
                                     incident->title, incident->url, completed, error);
}

gboolean
_cb_push_record_doubt (CbPusher         *self,
                       CbPushOperation  *operation,
                       gboolean          doubtful,
                       GError          **error)
{
  operation->pushed->doubtful = doubtful;
  return operation->dry_run ||
         cb_journal_set_doubtful (self->database, operation->item->id, operation->info->destination,
                                  doubtful, error);
}

static gboolean
add_text_activity (CbPusher         *self,
                   CbPushOperation  *operation,
                   const char       *kind,
                   const char       *target,
                   const char       *remote,
                   GError          **error)
{
  g_autofree char *text = g_strdup_printf ("%s: %s", target, remote);

  return cb_cases_add_activity (self->cases, operation->item->id, kind, text, operation->info->id,
                                operation->pushed->incident_title, error);
}

/* The old text is kept where a person finds it: nothing is lost by overwriting. */
static gboolean
record_overwritten (CbPusher         *self,
                    CbPushOperation  *operation,
                    const CbStep     *update,
                    GError          **error)
{
  g_autoptr(GList) targets = update->replaced != NULL ? json_object_get_members (update->replaced) : NULL;

  for (GList *l = targets; l != NULL; l = l->next)
    if (!add_text_activity (self, operation, "overwritten", l->data,
                            cb_json_string (update->replaced, l->data), error))
      return FALSE;
  return TRUE;
}

static gboolean
record_kept (CbPusher         *self,
             CbPushOperation  *operation,
             GError          **error)
{
  GPtrArray *settled = operation->plan->settled;

  for (guint i = 0; i < settled->len; i++)
    {
      CbFieldChange *change = g_ptr_array_index (settled, i);

      if (change->conflict &&
          !add_text_activity (self, operation, "kept", change->target, change->remote, error))
        return FALSE;
    }
  return TRUE;
}

/* An update whose answer was lost has arrived, and what it wrote over with it. */
static gboolean
record_lost_update (CbPusher         *self,
                    CbPushOperation  *operation,
                    GError          **error)
{
  const CbStep *lost = operation->pushed->lost_update;
  CbPlanInput input = _cb_push_plan_input (operation);

  if (lost == NULL || operation->seen == NULL || !cb_plan_sees_step (&input, lost))
    return TRUE;
  return record_overwritten (self, operation, lost, error);
}

static gboolean
record_settled (CbPusher         *self,
                CbPushOperation  *operation,
                GError          **error)
{
  CbPlan *plan = operation->plan;

  for (guint i = 0; i < plan->settled->len; i++)
    {
      CbFieldChange *change = g_ptr_array_index (plan->settled, i);
      g_autoptr(JsonNode) node = NULL;
      g_autofree char *remote = NULL;
      g_autofree char *target = field_target (operation->info->klass, change->source);

      if (operation->seen != NULL && operation->seen->values != NULL)
        remote = cb_json_to_string (json_object_get_member (operation->seen->values, target));
      if (!cb_journal_record_field (self->database, operation->item->id, operation->info->destination,
                                    change->source, change->now, remote, error))
        return FALSE;
    }
  for (guint i = 0; i < plan->arrived->len; i++)
    if (!cb_journal_record_comment (self->database, operation->item->id, operation->info->destination,
                                    g_ptr_array_index (plan->arrived, i), error))
      return FALSE;
  return record_kept (self, operation, error);
}

gboolean
_cb_push_record_begin (CbPusher         *self,
                       CbPushOperation  *operation,
                       GError          **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (self->database, error);
  gint64 push;

  /* The plan before this one, in the same run, ended with a lost step. */
  if (transaction == NULL || !record_lost_update (self, operation, error) ||
      !record_settled (self, operation, error) ||
      !cb_journal_settle (self->database, operation->item->id, operation->info->destination, error) ||
      /* From here on the steps themselves say what is in doubt. */
      (operation->pushed->doubtful && !_cb_push_record_doubt (self, operation, FALSE, error)) ||
      (operation->push != 0 &&
       !cb_journal_finish (self->database, operation->push, "uncertain", operation->reason, error)))
    return FALSE;
  push = cb_journal_begin (self->database, operation->item->id, operation->info->destination,
                           operation->info->id, cb_on_conflict_name (operation->on_conflict),
                           operation->plan->steps, error);
  if (push == 0 || !cb_transaction_commit (&transaction, error))
    return FALSE;
  operation->push = push;
  return TRUE;
}

/* A plan that is not carried out, but whose observation told what had become of a lost step. */
gboolean
_cb_push_record_observed (CbPusher         *self,
                          CbPushOperation  *operation,
                          GError          **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (self->database, error);

  return transaction != NULL && record_lost_update (self, operation, error) &&
         record_settled (self, operation, error) &&
         cb_journal_settle (self->database, operation->item->id, operation->info->destination,
                            error) &&
         cb_transaction_commit (&transaction, error);
}

static gboolean
close_case (CbPusher         *self,
            CbPushOperation  *operation,
            GError          **error)
{
  g_autofree char *setting = cb_settings_get (self->database, "close_on_push");
  const CbStatus closed = CB_STATUS_CLOSED;
  CbCaseEdit edit = { .status = &closed };

  if (setting == NULL || operation->item->status == CB_STATUS_CLOSED)
    return TRUE;
  if (!cb_cases_edit (self->cases, operation->item->id, &edit, error))
    return FALSE;
  operation->item->status = CB_STATUS_CLOSED;
  return TRUE;
}

gboolean
_cb_push_record_completion (CbPusher         *self,
                            CbPushOperation  *operation,
                            CbOutcome         outcome,
                            GError          **error)
{
  CbPushed *pushed = operation->pushed;
  gboolean creates = outcome == CB_OUTCOME_CREATED || !pushed->completed;

  if (!cb_journal_unqueue (self->database, operation->item->id, operation->info->destination,
                           operation->covered, error))
    return FALSE;
  if (outcome != CB_OUTCOME_UP_TO_DATE &&
      !cb_cases_add_activity (self->cases, operation->item->id, creates ? "pushed" : "updated", NULL,
                              operation->info->id, pushed->incident_title, error))
    return FALSE;
  if (!cb_journal_record_incident (self->database, operation->item->id, operation->info->destination,
                                   operation->info->id, pushed->incident_id, pushed->incident_title,
                                   pushed->incident_url, TRUE, error))
    return FALSE;
  return !creates || close_case (self, operation, error);
}

/* The id is in the database as soon as the answer is there, before anything else is asked. */
gboolean
_cb_push_record_step (CbPusher          *self,
                      CbPushOperation   *operation,
                      CbStep            *step,
                      const CbIncident  *incident,
                      GError           **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (self->database, error);

  if (transaction == NULL)
    return FALSE;
  if (step->kind == CB_STEP_COMMENT
        ? !cb_journal_record_comment (self->database, operation->item->id,
                                      operation->info->destination, step, error)
        : !_cb_push_record_incident (self, operation, incident,
                            step->kind == CB_STEP_UPDATE && operation->pushed->completed, error) ||
          !_cb_push_record_fields (self, operation, step, incident->values, error))
    return FALSE;
  if (step->kind == CB_STEP_UPDATE &&
      !record_overwritten (self, operation, step, error))
    return FALSE;
  return cb_journal_set_step (self->database, operation->push, operation->position, CB_STEP_DONE,
                              step->remote_id, error) &&
         cb_transaction_commit (&transaction, error);
}

static char *
lost_baseline (CbPushOperation *operation,
               const char      *source)
{
  CbStep *lost = operation->pushed->uncertain;
  g_autofree char *target = field_target (operation->info->klass, source);
  g_autofree char *reference = cb_plan_reference (operation->info->klass, operation->item->id);
  JsonArray *list = cb_json_array (lost->values, target);
  g_autoptr(JsonNode) rest = NULL;

  if (list == NULL)
    return cb_json_to_string (json_object_get_member (operation->seen->values, target));
  rest = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (rest, json_array_new ());
  for (guint i = 0; i < json_array_get_length (list); i++)
    if (g_strcmp0 (cb_json_node_string (json_array_get_element (list, i)), reference) != 0)
      json_array_add_element (json_node_get_array (rest),
                              json_node_copy (json_array_get_element (list, i)));
  return cb_json_to_string (rest);
}

/* A create whose answer was lost has arrived: its fields were sent, and what is there now is what the
 * server made of them. */
gboolean
_cb_push_record_lost_create (CbPusher         *self,
                             CbPushOperation  *operation,
                             GError          **error)
{
  CbStep *lost = operation->pushed->uncertain;
  g_autoptr(GList) sources = lost->sources != NULL ? json_object_get_members (lost->sources) : NULL;

  for (GList *l = sources; l != NULL; l = l->next)
    {
      const char *revision = cb_json_string (lost->sources, l->data);
      g_autofree char *baseline = lost_baseline (operation, l->data);

      if (!operation->dry_run &&
          !cb_journal_record_field (self->database, operation->item->id, operation->info->destination,
                                    l->data, revision, baseline, error))
        return FALSE;
      g_hash_table_insert (operation->pushed->fields, g_strdup (l->data), g_strdup (revision));
      if (baseline != NULL)
        g_hash_table_insert (operation->pushed->baselines, g_strdup (l->data),
                             g_steal_pointer (&baseline));
    }
  return TRUE;
}

typedef struct
{
  gint64 push;
  char *lock;
} Interrupted;

static void
interrupted_free (Interrupted *interrupted)
{
  g_free (interrupted->lock);
  g_free (interrupted);
}

static GPtrArray *
load_running (CbPusher *self)
{
  GPtrArray *running = g_ptr_array_new_with_free_func ((GDestroyNotify) interrupted_free);
  g_autoptr(CbStatement) row = NULL;

  row = cb_database_query (self->database, NULL, "SELECT id, case_id, destination FROM pushes"
                           " WHERE state = 'running'", NULL);
  while (row != NULL && cb_statement_step (row, NULL))
    {
      Interrupted *interrupted = g_new0 (Interrupted, 1);

      interrupted->push = cb_statement_int (row, 0);
      interrupted->lock = _cb_push_lock_name (cb_statement_string (row, 1),
                                              cb_statement_string (row, 2));
      g_ptr_array_add (running, interrupted);
    }
  return running;
}

/* A push whose process ended in its midst holds no lock any more. What it had sent is in the journal;
 * where nobody knows of a step, a person should see that. */
void
_cb_push_record_interrupted (CbPusher *self)
{
  g_autoptr(GPtrArray) running = load_running (self);

  for (guint i = 0; i < running->len; i++)
    {
      Interrupted *interrupted = g_ptr_array_index (running, i);
      g_autoptr(CbLock) lock = cb_lock_try (self->lock_directory, interrupted->lock, NULL);

      if (lock != NULL)
        cb_database_run (self->database, NULL,
                         "UPDATE pushes SET state = CASE WHEN EXISTS (SELECT 1 FROM push_steps"
                         " WHERE push_id = id AND kind <> 'update' AND state = 'started')"
                         " THEN 'uncertain' ELSE 'cancelled' END, error_code = CASE WHEN EXISTS"
                         " (SELECT 1 FROM push_steps WHERE push_id = id AND kind <> 'update'"
                         " AND state = 'started') THEN 'uncertain' ELSE 'cancelled' END,"
                         " error_message = ? WHERE id = ? AND state = 'running'", "si",
                         _("The push was interrupted. Push again: it goes on from there."),
                         interrupted->push);
    }
}
