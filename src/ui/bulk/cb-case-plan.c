/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/bulk/cb-case-plan.h"

/* Public API */

/**
 * cb_case_plan_new:
 * @case_id: a case
 *
 * Returns: (transfer full): a place for the plan of its next push
 */
CbCasePlan *
cb_case_plan_new (const char *case_id)
{
  CbCasePlan *self = g_new0 (CbCasePlan, 1);

  self->case_id = g_strdup (case_id);
  return self;
}

/**
 * cb_case_plan_free:
 * @self: (transfer full): one case of a preview
 *
 * Frees it.
 */
void
cb_case_plan_free (CbCasePlan *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->plans); i++)
    g_clear_pointer (&self->plans[i], cb_plan_free);
  g_clear_pointer (&self->result, cb_push_result_free);
  g_free (self->case_id);
  g_free (self);
}

/**
 * cb_case_plan_get_group:
 * @self: one case of a preview, planned
 *
 * Returns: where it is shown; the choice made for remote edits does not move it
 */
CbCasePlanGroup
cb_case_plan_get_group (const CbCasePlan *self)
{
  const CbPlan *plan = self->plans[CB_ON_CONFLICT_OVERWRITE];

  if (plan == NULL || self->conflict)
    return CB_CASE_PLAN_DECIDE;
  if (plan->steps->len > 0 && ((CbStep *) g_ptr_array_index (plan->steps, 0))->kind == CB_STEP_CREATE)
    return CB_CASE_PLAN_CREATE;
  if (plan->steps->len > 0 || plan->settled->len > 0 || plan->arrived->len > 0)
    return CB_CASE_PLAN_UPDATE;
  return CB_CASE_PLAN_NOTHING;
}

/**
 * cb_case_plan_get:
 * @self: one case of a preview
 * @on_conflict: the choice made for remote edits
 *
 * Returns: (nullable): what is sent, %NULL where there is no plan
 */
const CbPlan *
cb_case_plan_get (const CbCasePlan *self,
                  CbOnConflict      on_conflict)
{
  if (self->conflict && on_conflict == CB_ON_CONFLICT_KEEP)
    return self->plans[CB_ON_CONFLICT_KEEP];
  return self->plans[CB_ON_CONFLICT_OVERWRITE];
}

/**
 * cb_case_plan_is_pushed:
 * @self: one case of a preview
 * @on_conflict: the choice made for remote edits; with %CB_ON_CONFLICT_STOP such cases are left out
 *
 * Returns: whether a push of all takes it along
 */
gboolean
cb_case_plan_is_pushed (const CbCasePlan *self,
                        CbOnConflict      on_conflict)
{
  return cb_case_plan_get (self, on_conflict) != NULL &&
         cb_case_plan_get_group (self) != CB_CASE_PLAN_NOTHING &&
         !(self->conflict && on_conflict == CB_ON_CONFLICT_STOP);
}

/**
 * cb_case_plan_count:
 * @plan: a plan
 * @n_fields: (inout): how many fields it writes is added
 * @n_comments: (inout): how many comments it adds is added
 *
 * Counts what it sends.
 */
void
cb_case_plan_count (const CbPlan *plan,
                    guint        *n_fields,
                    guint        *n_comments)
{
  for (guint i = 0; i < plan->steps->len; i++)
    {
      const CbStep *step = g_ptr_array_index (plan->steps, i);

      if (step->kind == CB_STEP_COMMENT)
        ++*n_comments;
      else
        *n_fields += json_object_get_size (step->values);
    }
}

/**
 * cb_case_plan_words:
 * @self: one case of a preview, planned
 * @on_conflict: the choice made for remote edits
 *
 * Returns: (transfer full) (nullable): what is sent, or why nothing is
 */
char *
cb_case_plan_words (const CbCasePlan *self,
                    CbOnConflict      on_conflict)
{
  const CbPlan *plan = cb_case_plan_get (self, on_conflict);
  guint n_fields = 0;
  guint n_comments = 0;
  g_autofree char *fields = NULL;
  g_autofree char *comments = NULL;

  if (self->conflict && on_conflict == CB_ON_CONFLICT_STOP)
    return g_strdup (_("Left out"));
  if (plan == NULL)
    return self->result->error != NULL ? g_strdup (self->result->error->message) : NULL;
  cb_case_plan_count (plan, &n_fields, &n_comments);
  fields = g_strdup_printf (g_dngettext (NULL, "%u field", "%u fields", n_fields), n_fields);
  comments = g_strdup_printf (g_dngettext (NULL, "%u comment", "%u comments", n_comments), n_comments);
  if (n_fields > 0 && n_comments > 0)
    return g_strdup_printf ("%s · %s", fields, comments);
  if (n_fields > 0 || n_comments > 0)
    return g_strdup (n_fields > 0 ? fields : comments);
  return cb_case_plan_get_group (self) == CB_CASE_PLAN_NOTHING ? NULL
                                                               : g_strdup (_("Nothing will be sent"));
}
