/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "push/cb-bulk.h"

G_BEGIN_DECLS

/**
 * CbCasePlanGroup:
 * @CB_CASE_PLAN_DECIDE: a person has to look at it
 * @CB_CASE_PLAN_CREATE: an incident is made
 * @CB_CASE_PLAN_UPDATE: an incident is written to
 * @CB_CASE_PLAN_NOTHING: there is nothing to send
 *
 * What the next push of a case is, in the order in which a preview shows it.
 */
typedef enum
{
  CB_CASE_PLAN_DECIDE,
  CB_CASE_PLAN_CREATE,
  CB_CASE_PLAN_UPDATE,
  CB_CASE_PLAN_NOTHING,
} CbCasePlanGroup;

#define CB_N_CASE_PLAN_GROUPS (CB_CASE_PLAN_NOTHING + 1)

/**
 * CbCasePlan:
 * @case_id: the case
 * @plans: (nullable): what is sent where remote edits are overwritten, and where they are kept
 * @result: (nullable): how the planning ended, %NULL until it has
 * @conflict: whether someone has changed fields there
 *
 * One case of a preview of several.
 */
typedef struct
{
  char *case_id;
  CbPlan *plans[2];
  CbPushResult *result;
  gboolean conflict;
} CbCasePlan;

CbCasePlan      *cb_case_plan_new       (const char       *case_id);
void             cb_case_plan_free      (CbCasePlan       *self);
CbCasePlanGroup  cb_case_plan_get_group (const CbCasePlan *self);
const CbPlan    *cb_case_plan_get       (const CbCasePlan *self,
                                         CbOnConflict      on_conflict);
gboolean         cb_case_plan_is_pushed (const CbCasePlan *self,
                                         CbOnConflict      on_conflict);
char            *cb_case_plan_words     (const CbCasePlan *self,
                                         CbOnConflict      on_conflict);
void             cb_case_plan_count     (const CbPlan     *plan,
                                         guint            *n_fields,
                                         guint            *n_comments);

G_END_DECLS
