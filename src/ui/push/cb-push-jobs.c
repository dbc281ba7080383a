/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/push/cb-push-jobs.h"

/* The pushes that this window has started. They run on when another case is looked at; several run
 * at once, one per case. */
struct _CbPushJobs
{
  GObject parent_instance;

  CbApp *app;       /* (owned) */
  GHashTable *jobs; /* (owned) (element-type utf8 CbPushJob): the last one of each case */
};

/* For a running push's callbacks. */
typedef struct
{
  CbPushJobs *jobs; /* (owned) */
  CbPushJob *job;   /* not owned: a running job stays in the table */
} Run;

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbPushJobs, cb_push_jobs, G_TYPE_OBJECT)

/* Auxiliary methods */

static void
job_free (CbPushJob *job)
{
  g_free (job->case_id);
  g_free (job->connector_name);
  g_clear_pointer (&job->result, cb_push_result_free);
  g_clear_pointer (&job->confirmed, cb_plan_free);
  g_clear_object (&job->stop);
  g_clear_object (&job->cancellable);
  g_free (job);
}

static char *
find_connector_name (CbPushJobs *self,
                     const char *case_id)
{
  CbConnectors *connectors = cb_app_get_connectors (self->app);
  g_autoptr(CbCase) item = cb_cases_get (cb_app_get_cases (self->app), case_id, NULL);
  g_autofree char *id = NULL;
  g_autoptr(CbConnectorInfo) info = NULL;

  if (item != NULL)
    id = cb_pusher_find_connector (cb_app_get_pusher (self->app), item, NULL);
  if (id != NULL)
    info = cb_connectors_get (connectors, id, NULL);
  return g_strdup (info != NULL ? info->name : _("external system"));
}

static CbPushJob *
job_new (CbPushJobs *self,
         const char *case_id,
         CbPlan     *confirmed)
{
  CbPushJob *job = g_new0 (CbPushJob, 1);

  job->case_id = g_strdup (case_id);
  job->connector_name = find_connector_name (self, case_id);
  job->running = TRUE;
  job->confirmed = confirmed;
  job->stop = g_cancellable_new ();
  job->cancellable = g_cancellable_new ();
  return job;
}

/* Callbacks */

static void
progress_cb (guint         position,
             const CbPlan *plan,
             gpointer      user_data)
{
  Run *run = user_data;
  CbStep *step;

  if (position >= plan->steps->len)
    return;
  step = g_ptr_array_index (plan->steps, position);
  run->job->position = position;
  run->job->n_steps = plan->steps->len;
  run->job->kind = step->kind;
  g_signal_emit (run->jobs, signals[SIGNAL_CHANGED], 0, run->job->case_id);
}

static void
pushed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Run *run = user_data;
  g_autoptr(CbPushJobs) self = run->jobs;
  CbPushJob *job = run->job;
  g_autofree char *case_id = g_strdup (job->case_id);

  job->running = FALSE;
  job->result = cb_pusher_push_finish (CB_PUSHER (source), result);
  g_free (run);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, case_id);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0, case_id);
}

/* GObject overrides */

static void
cb_push_jobs_dispose (GObject *object)
{
  CbPushJobs *self = CB_PUSH_JOBS (object);

  g_clear_object (&self->app);
  g_clear_pointer (&self->jobs, g_hash_table_unref);

  G_OBJECT_CLASS (cb_push_jobs_parent_class)->dispose (object);
}

static void
cb_push_jobs_class_init (CbPushJobsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_push_jobs_dispose;

  /**
   * CbPushJobs::changed:
   * @self: the pushes
   * @case_id: the case
   *
   * Emitted when a push begins, when it comes to another step and when it has ended.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * CbPushJobs::finished:
   * @self: the pushes
   * @case_id: the case
   *
   * Emitted once per push, with its result in the job.
   */
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cb_push_jobs_init (CbPushJobs *self)
{
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) job_free);
}

/* Public API */

/**
 * cb_push_jobs_new:
 * @app: a workspace
 *
 * Returns: (transfer full): no pushes yet
 */
CbPushJobs *
cb_push_jobs_new (CbApp *app)
{
  CbPushJobs *self = g_object_new (CB_TYPE_PUSH_JOBS, NULL);

  self->app = g_object_ref (app);
  return self;
}

/**
 * cb_push_jobs_find:
 * @self: the pushes
 * @case_id: a case
 *
 * Returns: (transfer none) (nullable): its push that runs or, if none does, the last one; valid until
 *   the next one starts
 */
const CbPushJob *
cb_push_jobs_find (CbPushJobs *self,
                   const char *case_id)
{
  g_return_val_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL, NULL);

  return g_hash_table_lookup (self->jobs, case_id);
}

/**
 * cb_push_jobs_start:
 * @self: the pushes
 * @case_id: a case
 * @on_conflict: what to do with remote edits
 * @confirmed: (transfer full) (nullable): the plan that was shown
 *
 * Starts to push a case through its connector.
 *
 * Returns: whether it started; not while the case is being pushed already
 */
gboolean
cb_push_jobs_start (CbPushJobs   *self,
                    const char   *case_id,
                    CbOnConflict  on_conflict,
                    CbPlan       *confirmed)
{
  CbPushOptions options = { .on_conflict = on_conflict };
  CbPushJob *job;
  Run *run;

  g_return_val_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL, FALSE);

  job = g_hash_table_lookup (self->jobs, case_id);
  if (job != NULL && job->running)
    {
      g_clear_pointer (&confirmed, cb_plan_free);
      return FALSE;
    }
  job = job_new (self, case_id, confirmed);
  g_hash_table_replace (self->jobs, job->case_id, job);
  run = g_new0 (Run, 1);
  run->jobs = g_object_ref (self);
  run->job = job;
  options.confirmed = confirmed;
  options.stop = job->stop;
  options.progress = progress_cb;
  options.progress_data = run;
  cb_pusher_push_async (cb_app_get_pusher (self->app), case_id, &options, job->cancellable,
                        pushed_cb, run);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, case_id);
  return TRUE;
}

/**
 * cb_push_jobs_stop:
 * @self: the pushes
 * @case_id: a case
 *
 * Stops its push after the answer in flight; asked again, at once.
 */
void
cb_push_jobs_stop (CbPushJobs *self,
                   const char *case_id)
{
  g_autofree char *id = g_strdup (case_id);
  CbPushJob *job;

  g_return_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL);

  job = g_hash_table_lookup (self->jobs, id);
  if (job == NULL || !job->running)
    return;
  if (job->stopping)
    g_cancellable_cancel (job->cancellable);
  job->stopping = TRUE;
  g_cancellable_cancel (job->stop);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, id);
}

/**
 * cb_push_jobs_any_runs:
 * @self: the pushes
 *
 * Returns: whether one runs
 */
gboolean
cb_push_jobs_any_runs (CbPushJobs *self)
{
  GHashTableIter iter;
  gpointer job;

  g_return_val_if_fail (CB_IS_PUSH_JOBS (self), FALSE);

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    if (((CbPushJob *) job)->running)
      return TRUE;
  return FALSE;
}

/**
 * cb_push_jobs_stop_all:
 * @self: the pushes
 *
 * Stops all of them, each after the answer in flight.
 */
void
cb_push_jobs_stop_all (CbPushJobs *self)
{
  g_autoptr(GList) ids = NULL;

  g_return_if_fail (CB_IS_PUSH_JOBS (self));

  ids = g_hash_table_get_keys (self->jobs);
  for (GList *l = ids; l != NULL; l = l->next)
    cb_push_jobs_stop (self, l->data);
}

/**
 * cb_push_job_words:
 * @job: a running push
 *
 * Returns: (transfer full): what it does now
 */
char *
cb_push_job_words (const CbPushJob *job)
{
  g_return_val_if_fail (job != NULL, NULL);

  if (job->stopping)
    return g_strdup (_("Stopping after the answer in flight…"));
  if (job->n_steps == 0)
    return g_strdup_printf (_("Reading from %s…"), job->connector_name);
  switch (job->kind)
    {
    case CB_STEP_CREATE:
      return g_strdup_printf (_("Step %u of %u: creating the incident"), job->position + 1,
                              job->n_steps);
    case CB_STEP_UPDATE:
      return g_strdup_printf (_("Step %u of %u: updating the incident"), job->position + 1,
                              job->n_steps);
    case CB_STEP_COMMENT:
    default:
      return g_strdup_printf (_("Step %u of %u: adding a comment"), job->position + 1,
                              job->n_steps);
    }
}
