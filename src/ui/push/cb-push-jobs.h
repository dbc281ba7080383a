/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cb-app.h"

G_BEGIN_DECLS

/**
 * CbPushJob:
 * @connector_name: through which connector, as it was called at the start
 * @in_batch: whether it is one of several, whose end is told once for all
 * @running: whether it runs
 * @stopping: whether it was asked to stop after the answer in flight
 * @position: the step that runs, from 0
 * @n_steps: of how many; 0 while the incident is being read
 * @waiting: how many seconds it waits, 0 while it does not
 * @result: (nullable): how it ended
 *
 * The push of one case that this window has started last.
 */
typedef struct
{
  char *case_id;
  char *connector_name;
  gboolean in_batch;
  gboolean running;
  gboolean stopping;
  guint position;
  guint n_steps;
  guint waiting;
  guint wait_source;
  CbStepKind kind;
  CbPushResult *result;
  CbPlan *confirmed;
  GCancellable *stop;
  GCancellable *cancellable;
} CbPushJob;

#define CB_TYPE_PUSH_JOBS (cb_push_jobs_get_type ())
G_DECLARE_FINAL_TYPE (CbPushJobs, cb_push_jobs, CB, PUSH_JOBS, GObject)

CbPushJobs       *cb_push_jobs_new       (CbApp         *app);
const CbPushJob  *cb_push_jobs_find      (CbPushJobs    *self,
                                          const char    *case_id);
gboolean          cb_push_jobs_start     (CbPushJobs    *self,
                                          const char    *case_id,
                                          CbOnConflict   on_conflict,
                                          CbPlan        *confirmed);
gboolean          cb_push_jobs_begin     (CbPushJobs    *self,
                                          const char    *case_id,
                                          const char    *connector_id,
                                          GCancellable  *stop,
                                          GCancellable  *cancellable);
void              cb_push_jobs_progress  (CbPushJobs    *self,
                                          const char    *case_id,
                                          guint          position,
                                          const CbPlan  *plan);
void              cb_push_jobs_wait      (CbPushJobs    *self,
                                          const char    *case_id,
                                          guint          seconds);
void              cb_push_jobs_end       (CbPushJobs    *self,
                                          const char    *case_id,
                                          CbPushResult  *result);
void              cb_push_jobs_stop      (CbPushJobs    *self,
                                          const char    *case_id);
void              cb_push_jobs_forget    (CbPushJobs    *self,
                                          const char    *case_id);
gboolean          cb_push_jobs_any_runs  (CbPushJobs    *self);
void              cb_push_jobs_stop_all  (CbPushJobs    *self);
char             *cb_push_job_words      (const CbPushJob *job);

G_END_DECLS
