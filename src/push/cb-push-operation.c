/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "push/cb-push-operation.h"
#include "store/cb-settings.h"

void
_cb_push_set_string (char       **place,
                     const char  *value)
{
  g_free (*place);
  *place = g_strdup (value);
}

void
_cb_push_warn (CbPushOperation *operation,
               char            *warning)
{
  g_ptr_array_add (operation->result->warnings, warning);
}

static void
forget (CbPushOperation *operation)
{
  g_clear_pointer (&operation->item, cb_case_free);
  g_clear_pointer (&operation->info, cb_connector_info_free);
  g_clear_pointer (&operation->fields, g_hash_table_unref);
  g_clear_pointer (&operation->author, g_free);
}

void
_cb_push_operation_free (CbPushOperation *operation)
{
  g_clear_object (&operation->stop);
  g_free (operation->wanted_connector);
  g_free (operation->unchecked);
  forget (operation);
  g_clear_pointer (&operation->pushed, cb_pushed_free);
  g_clear_pointer (&operation->lock, cb_lock_free);
  g_clear_object (&operation->connector);
  g_clear_pointer (&operation->target, cb_target_free);
  g_clear_pointer (&operation->seen, cb_incident_free);
  g_clear_pointer (&operation->plan, cb_plan_free);
  g_clear_pointer (&operation->interrupted, cb_plan_free);
  g_clear_error (&operation->reason);
  g_clear_pointer (&operation->earlier, g_ptr_array_unref);
  g_clear_pointer (&operation->result, cb_push_result_free);
  g_free (operation);
}

CbPushOperation *
_cb_push_operation_new (const char          *case_id,
                        const CbPushOptions *options)
{
  CbPushOperation *operation = g_new0 (CbPushOperation, 1);

  operation->wanted_connector = g_strdup (options->connector_id);
  operation->on_conflict = options->on_conflict;
  operation->confirmed = options->confirmed;
  operation->queued = options->queued;
  operation->stop = options->stop != NULL ? g_object_ref (options->stop) : NULL;
  operation->progress = options->progress;
  operation->waiting = options->waiting;
  operation->progress_data = options->progress_data;
  operation->earlier = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_step_free);
  operation->result = cb_push_result_new (case_id);
  return operation;
}

char *
_cb_push_lock_name (const char *case_id,
                    const char *destination)
{
  g_autofree char *hash = cb_sha256 (case_id, destination, NULL);

  return g_strconcat (hash, ".lock", NULL);
}

/* The connector in force: the case's own or the default one. */
char *
_cb_push_find_connector (CbPusher      *self,
                         const CbCase  *item,
                         GError       **error)
{
  g_autofree char *id = NULL;

  if (item->connector_source == CB_CONNECTOR_OWN)
    return g_strdup (item->connector_id);
  if (item->connector_source == CB_CONNECTOR_DEFAULT)
    id = cb_connectors_get_default (self->connectors);
  if (id == NULL)
    cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "connector",
                  _("The case has no connector. Select one for the case, or a default connector."));
  return g_steal_pointer (&id);
}

gboolean
_cb_push_operation_load (CbPusher         *self,
                         CbPushOperation  *operation,
                         GError          **error)
{
  const char *case_id = operation->result->case_id;
  g_autofree char *id = NULL;

  forget (operation);
  operation->item = cb_cases_get (self->cases, case_id, error);
  if (operation->item == NULL)
    return FALSE;
  id = operation->wanted_connector != NULL
         ? g_strdup (operation->wanted_connector)
         : _cb_push_find_connector (self, operation->item, error);
  if (id == NULL)
    return FALSE;
  _cb_push_set_string (&operation->result->connector_id, id);
  operation->info = cb_connectors_get (self->connectors, id, error);
  if (operation->info == NULL)
    return FALSE;
  operation->fields = cb_cases_get_fields (self->cases, case_id, id);
  operation->author = cb_settings_author (self->database);
  return TRUE;
}

static gint64
newest_push (CbPusher        *self,
             CbPushOperation *operation)
{
  g_autoptr(CbStatement) row = NULL;

  row = cb_database_query (self->database, NULL, "SELECT coalesce(max(id), 0) FROM pushes"
                           " WHERE case_id = ? AND destination = ?", "ss", operation->result->case_id,
                           operation->info->destination);
  return row != NULL && cb_statement_step (row, NULL) ? cb_statement_int (row, 0) : 0;
}

static gboolean
take_snapshot (CbPusher         *self,
               CbPushOperation  *operation,
               GError          **error)
{
  g_clear_pointer (&operation->item, cb_case_free);
  g_clear_pointer (&operation->fields, g_hash_table_unref);
  operation->covered = newest_push (self, operation);
  operation->item = cb_cases_get (self->cases, operation->result->case_id, error);
  if (operation->item == NULL)
    return FALSE;
  operation->fields = cb_cases_get_fields (self->cases, operation->item->id, operation->info->id);
  return TRUE;
}

gboolean
_cb_push_operation_lock (CbPusher         *self,
                         CbPushOperation  *operation,
                         GError          **error)
{
  g_autofree char *name = _cb_push_lock_name (operation->item->id, operation->info->destination);

  if (!operation->dry_run)
    operation->lock = cb_lock_try (self->lock_directory, name, error);
  if (!operation->dry_run && operation->lock == NULL)
    return FALSE;
  /* Whoever held the lock may have sent a newer one than was read before. */
  if (!operation->dry_run && !take_snapshot (self, operation, error))
    {
      g_clear_pointer (&operation->lock, cb_lock_free);
      return FALSE;
    }
  operation->pushed = cb_journal_load (self->database, operation->item->id,
                                       operation->info->destination, error);
  if (operation->pushed == NULL)
    g_clear_pointer (&operation->lock, cb_lock_free);
  return operation->pushed != NULL;
}

CbPlanInput
_cb_push_plan_input (CbPushOperation *operation)
{
  return (CbPlanInput) {
    operation->item, operation->fields, operation->info->klass, operation->info->settings,
    operation->target, operation->pushed, operation->seen, operation->on_conflict,
    operation->author,
  };
}

void
_cb_push_name_incident (CbPushOperation *operation)
{
  CbPushResult *result = operation->result;

  if (operation->pushed == NULL || operation->pushed->incident_id == NULL)
    return;
  _cb_push_set_string (&result->incident_id, operation->pushed->incident_id);
  _cb_push_set_string (&result->incident_title, operation->pushed->incident_title);
  _cb_push_set_string (&result->incident_url, operation->pushed->incident_url);
}
