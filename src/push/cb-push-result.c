/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "push/cb-push-result.h"

static const char *const outcomes[] = {
  "created", "updated", "up-to-date", "planned", "failed", "conflict", "uncertain", "cancelled"
};

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
