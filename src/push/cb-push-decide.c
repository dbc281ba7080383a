/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "push/cb-push-operation.h"
#include "push/cb-pusher.h"

/* What a person decides of a step of which nobody knows whether it was carried out. */

/* Auxiliary methods */

/* The first one only: that one comment is there says nothing of those after it. */
static gboolean
mark_sent (CbPusher         *self,
           CbPushOperation  *operation,
           GError          **error)
{
  CbStep *step = operation->pushed->uncertain;

  if (step == NULL || step->kind == CB_STEP_CREATE)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "incident",
                    _("It is the incident itself of which nobody knows. Link it to the case, or send it "
                      "again."));
      return FALSE;
    }
  /* The person saw it there, by its reference. */
  _cb_push_set_string (&step->remote_id, step->token);
  return cb_journal_record_comment (self->database, operation->item->id, operation->info->destination,
                                    step, error) &&
         cb_journal_settle_comment (self->database, operation->item->id, operation->info->destination,
                                    step->token, error);
}

/* Comments are sent in order, so where one is not there, those after it are not either. */
static gboolean
send_again (CbPusher         *self,
            CbPushOperation  *operation,
            GError          **error)
{
  return cb_journal_settle (self->database, operation->item->id, operation->info->destination, error);
}

static gboolean
record_decision (CbPusher         *self,
                 CbPushOperation  *operation,
                 CbDecision        decision,
                 GError          **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (self->database, error);

  return transaction != NULL &&
         (decision == CB_DECISION_MARK_SENT ? mark_sent (self, operation, error)
                                            : send_again (self, operation, error)) &&
         cb_transaction_commit (&transaction, error);
}

/* Public API */

/**
 * cb_pusher_decide:
 * @self: a pusher
 * @case_id: a case's id
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @decision: what a person says of the step
 * @error: %CB_ERROR_INVALID_ARGUMENT where there is nothing to decide, %CB_ERROR_BUSY
 *
 * Writes down what became of a step of which nobody knew. The next push goes on from there. An incident
 * that was made is linked by cb_pusher_link_async() instead.
 *
 * Returns: whether it was written
 */
gboolean
cb_pusher_decide (CbPusher    *self,
                  const char  *case_id,
                  const char  *connector_id,
                  CbDecision   decision,
                  GError     **error)
{
  const CbPushOptions options = { .connector_id = connector_id };
  g_autoptr(CbPushOperation) operation = NULL;

  g_return_val_if_fail (CB_IS_PUSHER (self) && case_id != NULL, FALSE);

  operation = _cb_push_operation_new (case_id, &options);
  if (!_cb_push_operation_load (self, operation, error) ||
      !_cb_push_operation_lock (self, operation, error))
    return FALSE;
  if (!operation->pushed->undecided)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "case",
                    _("There is nothing to decide: no step of a push of this case through “%s” is "
                      "uncertain."), operation->info->name);
      return FALSE;
    }
  if (decision != CB_DECISION_SEARCH && !record_decision (self, operation, decision, error))
    return FALSE;
  cb_cases_changed (self->cases, case_id);
  return TRUE;
}
