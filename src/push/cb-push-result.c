/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "push/cb-push-result.h"

static const char *const outcomes[] = {
  "created", "updated", "up-to-date", "planned", "queued", "failed", "conflict", "uncertain",
  "cancelled"
};

static const char *const conflict_names[] = { "overwrite", "keep", "stop" };

/* Public API */

/**
 * cb_outcome_name:
 * @outcome: an outcome
 *
 * Returns: its name on the command line
 */
const char *
cb_outcome_name (CbOutcome outcome)
{
  g_return_val_if_fail (outcome < G_N_ELEMENTS (outcomes), NULL);

  return outcomes[outcome];
}

/**
 * cb_on_conflict_name:
 * @on_conflict: what to do with remote edits
 *
 * Returns: its name on the command line and in the database
 */
const char *
cb_on_conflict_name (CbOnConflict on_conflict)
{
  g_return_val_if_fail (on_conflict < G_N_ELEMENTS (conflict_names), NULL);

  return conflict_names[on_conflict];
}

/**
 * cb_on_conflict_parse:
 * @name: (nullable): a name
 * @on_conflict: (out): what it stands for
 *
 * Returns: whether it stands for anything
 */
gboolean
cb_on_conflict_parse (const char   *name,
                      CbOnConflict *on_conflict)
{
  for (guint i = 0; i < G_N_ELEMENTS (conflict_names); i++)
    if (g_strcmp0 (conflict_names[i], name) == 0)
      {
        *on_conflict = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * cb_push_result_new:
 * @case_id: a case's id
 *
 * Returns: (transfer full): the result of a push that has done nothing yet
 */
CbPushResult *
cb_push_result_new (const char *case_id)
{
  CbPushResult *result = g_new0 (CbPushResult, 1);

  result->case_id = g_strdup (case_id);
  result->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_step_free);
  result->warnings = g_ptr_array_new_with_free_func (g_free);
  return result;
}

/**
 * cb_push_result_free:
 * @result: (transfer full) (nullable): how a push ended
 *
 * Frees it.
 */
void
cb_push_result_free (CbPushResult *result)
{
  if (result == NULL)
    return;
  g_free (result->case_id);
  g_free (result->connector_id);
  g_free (result->incident_id);
  g_free (result->incident_title);
  g_free (result->incident_url);
  g_clear_pointer (&result->steps, g_ptr_array_unref);
  g_clear_pointer (&result->warnings, g_ptr_array_unref);
  g_clear_error (&result->error);
  g_free (result);
}
