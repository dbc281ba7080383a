/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "push/cb-plan.h"

G_BEGIN_DECLS

typedef enum
{
  CB_OUTCOME_CREATED,
  CB_OUTCOME_UPDATED,
  CB_OUTCOME_UP_TO_DATE,
  CB_OUTCOME_PLANNED,
  CB_OUTCOME_QUEUED,
  CB_OUTCOME_FAILED,
  CB_OUTCOME_CONFLICT,
  CB_OUTCOME_UNCERTAIN,
  CB_OUTCOME_CANCELLED,
} CbOutcome;

/**
 * CbPushResult:
 * @case_id: the case
 * @connector_id: (nullable): the connector, %NULL where the case has none
 * @incident_id: (nullable): the incident, also where only a part of it was sent
 * @incident_title: (nullable): its key or number
 * @incident_url: (nullable): where a person sees it
 * @steps: (element-type CbStep): what was or would be sent, with how far each step came
 * @case_status: the case's status afterwards
 * @warnings: (element-type utf8): what a person should know
 * @requests: how many requests have left
 * @error: (nullable): why it did not complete
 *
 * How a push ended. A push that failed is a result, too: what was sent by then is in it.
 */
typedef struct
{
  char *case_id;
  char *connector_id;
  CbOutcome outcome;
  char *incident_id;
  char *incident_title;
  char *incident_url;
  GPtrArray *steps;
  CbStatus case_status;
  GPtrArray *warnings;
  guint requests;
  GError *error;
} CbPushResult;

/**
 * CbProgressFunc:
 * @position: the step that begins, from 0
 * @plan: the plan that is being carried out
 * @user_data: what was given with the function
 *
 * Called before each step of a push.
 */
typedef void (*CbProgressFunc) (guint         position,
                                const CbPlan *plan,
                                gpointer      user_data);

/**
 * CbWaitFunc:
 * @seconds: how long
 * @user_data: what was given with the function
 *
 * Called where a push waits: the external system asks for it, or a lost step is looked up again later.
 */
typedef void (*CbWaitFunc) (guint    seconds,
                            gpointer user_data);

/**
 * CbPushOptions:
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @on_conflict: what to do with remote edits
 * @queued: the number of the queued push that this is, 0 for none: it ends where that was taken out
 * @confirmed: (nullable): the plan that a person has seen; another one stops as a conflict
 * @stop: (nullable): stops between two steps, after the answer in flight is recorded
 * @progress: (nullable): called before each step
 * @waiting: (nullable): called where it waits
 * @progress_data: for both
 *
 * How to push.
 */
typedef struct
{
  const char *connector_id;
  CbOnConflict on_conflict;
  gint64 queued;
  const CbPlan *confirmed;
  GCancellable *stop;
  CbProgressFunc progress;
  CbWaitFunc waiting;
  gpointer progress_data;
} CbPushOptions;

const char   *cb_outcome_name       (CbOutcome     outcome);
const char   *cb_on_conflict_name   (CbOnConflict  on_conflict);
gboolean      cb_on_conflict_parse  (const char   *name,
                                     CbOnConflict *on_conflict);
CbPushResult *cb_push_result_new    (const char   *case_id);
CbPushResult *cb_push_result_copy   (const CbPushResult *result);
void          cb_push_result_free   (CbPushResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPushResult, cb_push_result_free)

G_END_DECLS
