/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/push/cb-push-jobs.h"

/* The pushes that this window has started, by hand, from the queue or many at once. They run on when
 * another case is looked at; several run at once, one per case. */
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
  char *case_id;    /* (owned) */
} Run;

/* For the end of a wait. */
typedef struct
{
  CbPushJobs *jobs; /* not owned: the job ends its wait */
  CbPushJob *job;   /* not owned: likewise */
} Wait;

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
  g_clear_handle_id (&job->wait_source, g_source_remove);
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
                     const char *case_id,
                     const char *connector_id)
{
  CbConnectors *connectors = cb_app_get_connectors (self->app);
  g_autoptr(CbCase) item = cb_cases_get (cb_app_get_cases (self->app), case_id, NULL);
  g_autofree char *id = g_strdup (connector_id);
  g_autoptr(CbConnectorInfo) info = NULL;

  if (id == NULL && item != NULL)
    id = cb_pusher_find_connector (cb_app_get_pusher (self->app), item, NULL);
  if (id != NULL)
    info = cb_connectors_get (connectors, id, NULL);
  return g_strdup (info != NULL ? info->name : _("external system"));
}

static CbPushJob *
find_running (CbPushJobs *self,
              const char *case_id)
{
  CbPushJob *job = g_hash_table_lookup (self->jobs, case_id);

  return job != NULL && job->running ? job : NULL;
}

static CbPushJob *
add_job (CbPushJobs   *self,
         const char   *case_id,
         const char   *connector_id,
         GCancellable *stop,
         GCancellable *cancellable)
{
  CbPushJob *job = g_new0 (CbPushJob, 1);

  job->case_id = g_strdup (case_id);
  job->connector_name = find_connector_name (self, case_id, connector_id);
  job->running = TRUE;
  job->stop = g_object_ref (stop);
  job->cancellable = g_object_ref (cancellable);
  g_hash_table_replace (self->jobs, job->case_id, job);
  return job;
}

static void
end_wait (CbPushJob *job)
{
  g_clear_handle_id (&job->wait_source, g_source_remove);
  job->waiting = 0;
}

/* Callbacks */

static void
progress_cb (guint         position,
             const CbPlan *plan,
             gpointer      user_data)
{
  Run *run = user_data;

  cb_push_jobs_progress (run->jobs, run->case_id, position, plan);
}

static void
waiting_cb (guint    seconds,
            gpointer user_data)
{
  Run *run = user_data;

  cb_push_jobs_wait (run->jobs, run->case_id, seconds);
}

static gboolean
waited_cb (gpointer user_data)
{
  Wait *wait = user_data;

  wait->job->wait_source = 0;
  wait->job->waiting = 0;
  g_signal_emit (wait->jobs, signals[SIGNAL_CHANGED], 0, wait->job->case_id);
  return G_SOURCE_REMOVE;
}

static void
pushed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Run *run = user_data;

  cb_push_jobs_end (run->jobs, run->case_id, cb_pusher_push_finish (CB_PUSHER (source), result));
  g_object_unref (run->jobs);
  g_free (run->case_id);
  g_free (run);
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
  CbPushOptions options = { .on_conflict = on_conflict, .confirmed = confirmed,
                            .progress = progress_cb, .waiting = waiting_cb };
  g_autoptr(GCancellable) stop = g_cancellable_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  CbPushJob *job;
  Run *run;

  g_return_val_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL, FALSE);

  if (find_running (self, case_id) != NULL)
    {
      g_clear_pointer (&confirmed, cb_plan_free);
      return FALSE;
    }
  job = add_job (self, case_id, NULL, stop, cancellable);
  job->confirmed = confirmed;
  run = g_new0 (Run, 1);
  run->jobs = g_object_ref (self);
  run->case_id = g_strdup (case_id);
  options.stop = stop;
  options.progress_data = run;
  cb_pusher_push_async (cb_app_get_pusher (self->app), case_id, &options, job->cancellable,
                        pushed_cb, run);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, case_id);
  return TRUE;
}

/**
 * cb_push_jobs_begin:
 * @self: the pushes
 * @case_id: a case
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @stop: stops it after the answer in flight
 * @cancellable: ends it at once
 *
 * Shows a push that somebody else runs, one of several.
 *
 * Returns: whether it is shown; not while another push of the case is
 */
gboolean
cb_push_jobs_begin (CbPushJobs   *self,
                    const char   *case_id,
                    const char   *connector_id,
                    GCancellable *stop,
                    GCancellable *cancellable)
{
  CbPushJob *job;

  g_return_val_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL, FALSE);

  if (find_running (self, case_id) != NULL)
    return FALSE;
  job = add_job (self, case_id, connector_id, stop, cancellable);
  job->in_batch = TRUE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, case_id);
  return TRUE;
}

/**
 * cb_push_jobs_progress:
 * @self: the pushes
 * @case_id: a case whose push runs
 * @position: the step that begins, from 0
 * @plan: the plan that is being carried out
 *
 * Shows how far it is.
 */
void
cb_push_jobs_progress (CbPushJobs   *self,
                       const char   *case_id,
                       guint         position,
                       const CbPlan *plan)
{
  CbPushJob *job;

  g_return_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL && plan != NULL);

  job = find_running (self, case_id);
  if (job == NULL || position >= plan->steps->len)
    return;
  end_wait (job);
  job->position = position;
  job->n_steps = plan->steps->len;
  job->kind = ((CbStep *) g_ptr_array_index (plan->steps, position))->kind;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, job->case_id);
}

/**
 * cb_push_jobs_wait:
 * @self: the pushes
 * @case_id: a case whose push runs
 * @seconds: how long
 *
 * Shows that it waits. What it does after that is shown again once the time is over.
 */
void
cb_push_jobs_wait (CbPushJobs *self,
                   const char *case_id,
                   guint       seconds)
{
  CbPushJob *job;
  Wait *wait;

  g_return_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL);

  job = find_running (self, case_id);
  if (job == NULL || seconds == 0)
    return;
  end_wait (job);
  wait = g_new0 (Wait, 1);
  wait->jobs = self;
  wait->job = job;
  job->waiting = seconds;
  job->wait_source = g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, seconds, waited_cb, wait, g_free);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, job->case_id);
}

/**
 * cb_push_jobs_end:
 * @self: the pushes
 * @case_id: a case whose push runs
 * @result: (transfer full): how it ended
 *
 * Shows how it ended.
 */
void
cb_push_jobs_end (CbPushJobs   *self,
                  const char   *case_id,
                  CbPushResult *result)
{
  g_autofree char *id = g_strdup (case_id);
  CbPushJob *job;

  g_return_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL && result != NULL);

  job = find_running (self, id);
  g_return_if_fail (job != NULL);
  end_wait (job);
  job->running = FALSE;
  job->result = result;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, id);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0, id);
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
 * cb_push_jobs_forget:
 * @self: the pushes
 * @case_id: a case
 *
 * Forgets how its last push ended, as something was done about it.
 */
void
cb_push_jobs_forget (CbPushJobs *self,
                     const char *case_id)
{
  g_return_if_fail (CB_IS_PUSH_JOBS (self) && case_id != NULL);

  if (find_running (self, case_id) == NULL)
    g_hash_table_remove (self->jobs, case_id);
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
  if (job->waiting > 0)
    return g_strdup_printf (g_dngettext (NULL, "Waiting %u second before %s is asked again…",
                                         "Waiting %u seconds before %s is asked again…", job->waiting),
                            job->waiting, job->connector_name);
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
