/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/push/cb-bulk-run.h"
#include "ui/push/cb-push-batch.h"

/* The push of many chosen cases, one such at a time, and how the last one ended. */
struct _CbBulkRun
{
  GObject parent_instance;

  CbApp *app;         /* (owned) */
  CbPushJobs *jobs;   /* (owned) */
  CbPushBatch *batch; /* (owned) (nullable): while it runs */
  GPtrArray *results; /* (owned) (nullable) (element-type CbPushResult): of the last one */
  gboolean stopping;
  guint n_items;
  guint n_ended;
  gint64 started_at;  /* by the monotonic clock */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbBulkRun, cb_bulk_run, G_TYPE_OBJECT)

/* Callbacks */

static void
finished_cb (guint         index,
             CbPushResult *result,
             gpointer      user_data)
{
  CbBulkRun *self = user_data;

  self->n_ended++;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
ran_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(CbBulkRun) self = user_data;

  self->results = cb_bulk_push_finish (CB_PUSHER (source), result);
  g_clear_pointer (&self->batch, cb_push_batch_free);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* GObject overrides */

static void
cb_bulk_run_dispose (GObject *object)
{
  CbBulkRun *self = CB_BULK_RUN (object);

  g_clear_object (&self->jobs);
  g_clear_object (&self->app);
  g_clear_pointer (&self->results, g_ptr_array_unref);

  G_OBJECT_CLASS (cb_bulk_run_parent_class)->dispose (object);
}

static void
cb_bulk_run_class_init (CbBulkRunClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_bulk_run_dispose;

  /**
   * CbBulkRun::changed:
   * @self: the run
   *
   * Emitted when it begins, after each push that has ended, and when all have.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cb_bulk_run_init (CbBulkRun *self)
{
}

/* Public API */

/**
 * cb_bulk_run_new:
 * @app: a workspace
 * @jobs: where it shows its pushes
 *
 * Returns: (transfer full): what pushes many cases, none yet
 */
CbBulkRun *
cb_bulk_run_new (CbApp      *app,
                 CbPushJobs *jobs)
{
  CbBulkRun *self = g_object_new (CB_TYPE_BULK_RUN, NULL);

  self->app = g_object_ref (app);
  self->jobs = g_object_ref (jobs);
  return self;
}

/**
 * cb_bulk_run_start:
 * @self: the run
 * @ids: (element-type utf8): cases
 *
 * Pushes them, each through its own connector.
 *
 * Returns: whether it began; not while one runs
 */
gboolean
cb_bulk_run_start (CbBulkRun *self,
                   GPtrArray *ids)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_bulk_item_free);

  g_return_val_if_fail (CB_IS_BULK_RUN (self) && ids != NULL, FALSE);

  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (items, cb_bulk_item_new (g_ptr_array_index (ids, i), NULL,
                                              CB_ON_CONFLICT_OVERWRITE));
  return cb_bulk_run_start_items (self, items);
}

/**
 * cb_bulk_run_start_items:
 * @self: the run
 * @items: (element-type CbBulkItem): cases, how each is pushed, and the plan that was shown for it; kept
 *
 * Pushes them. What differs from the plan that was shown ends as a conflict.
 *
 * Returns: whether it began; not while one runs
 */
gboolean
cb_bulk_run_start_items (CbBulkRun *self,
                         GPtrArray *items)
{
  CbBulkOptions options;

  g_return_val_if_fail (CB_IS_BULK_RUN (self) && items != NULL, FALSE);

  if (self->batch != NULL || items->len == 0)
    return FALSE;
  g_clear_pointer (&self->results, g_ptr_array_unref);
  self->stopping = FALSE;
  self->n_items = items->len;
  self->n_ended = 0;
  self->started_at = g_get_monotonic_time ();
  self->batch = cb_push_batch_new (self->jobs, finished_cb, self);
  options = cb_push_batch_options (self->batch);
  cb_bulk_push_async (cb_app_get_pusher (self->app), items, &options, NULL, ran_cb, g_object_ref (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return TRUE;
}

/**
 * cb_bulk_run_stop:
 * @self: the run
 *
 * Begins no more pushes, and stops those that run after the answer in flight.
 */
void
cb_bulk_run_stop (CbBulkRun *self)
{
  g_return_if_fail (CB_IS_BULK_RUN (self));

  if (self->batch == NULL || self->stopping)
    return;
  self->stopping = TRUE;
  cb_push_batch_stop (self->batch);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * cb_bulk_run_clear:
 * @self: the run
 *
 * Forgets how the last one ended.
 */
void
cb_bulk_run_clear (CbBulkRun *self)
{
  g_return_if_fail (CB_IS_BULK_RUN (self));

  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * cb_bulk_run_is_running:
 * @self: the run
 *
 * Returns: whether cases are being pushed
 */
gboolean
cb_bulk_run_is_running (CbBulkRun *self)
{
  g_return_val_if_fail (CB_IS_BULK_RUN (self), FALSE);

  return self->batch != NULL;
}

/**
 * cb_bulk_run_is_stopping:
 * @self: the run
 *
 * Returns: whether it was stopped
 */
gboolean
cb_bulk_run_is_stopping (CbBulkRun *self)
{
  g_return_val_if_fail (CB_IS_BULK_RUN (self), FALSE);

  return self->stopping;
}

/**
 * cb_bulk_run_get_n_items:
 * @self: the run
 *
 * Returns: how many cases it pushes
 */
guint
cb_bulk_run_get_n_items (CbBulkRun *self)
{
  g_return_val_if_fail (CB_IS_BULK_RUN (self), 0);

  return self->n_items;
}

/**
 * cb_bulk_run_get_n_ended:
 * @self: the run
 *
 * Returns: how many of them have ended
 */
guint
cb_bulk_run_get_n_ended (CbBulkRun *self)
{
  g_return_val_if_fail (CB_IS_BULK_RUN (self), 0);

  return self->n_ended;
}

/**
 * cb_bulk_run_seconds_left:
 * @self: the run
 *
 * Returns: how long it will take, by how long it took so far, -1 where that is not known yet
 */
int
cb_bulk_run_seconds_left (CbBulkRun *self)
{
  gint64 lasted;

  g_return_val_if_fail (CB_IS_BULK_RUN (self), -1);

  if (self->batch == NULL || self->n_ended == 0)
    return -1;
  lasted = g_get_monotonic_time () - self->started_at;
  return lasted / self->n_ended * (self->n_items - self->n_ended) / G_TIME_SPAN_SECOND;
}

/**
 * cb_bulk_run_get_results:
 * @self: the run
 *
 * Returns: (transfer none) (nullable) (element-type CbPushResult): how each case of the last one
 *   ended, %NULL while it runs and once it is forgotten
 */
GPtrArray *
cb_bulk_run_get_results (CbBulkRun *self)
{
  g_return_val_if_fail (CB_IS_BULK_RUN (self), NULL);

  return self->results;
}

/**
 * cb_bulk_run_count_unsent:
 * @self: the run
 *
 * Returns: how many cases of the last one were not sent
 */
guint
cb_bulk_run_count_unsent (CbBulkRun *self)
{
  guint n = 0;

  g_return_val_if_fail (CB_IS_BULK_RUN (self), 0);

  for (guint i = 0; self->results != NULL && i < self->results->len; i++)
    n += !cb_bulk_run_is_sent (g_ptr_array_index (self->results, i));
  return n;
}

/**
 * cb_bulk_run_is_sent:
 * @result: how a push ended
 *
 * Returns: whether its incident says now what its case says
 */
gboolean
cb_bulk_run_is_sent (const CbPushResult *result)
{
  g_return_val_if_fail (result != NULL, FALSE);

  return result->outcome == CB_OUTCOME_CREATED || result->outcome == CB_OUTCOME_UPDATED ||
         result->outcome == CB_OUTCOME_UP_TO_DATE;
}

/**
 * cb_bulk_run_count:
 * @results: (element-type CbPushResult): how pushes ended
 * @n_sent: (out): how many were sent
 * @n_trouble: (out): how many want someone to look; what waits on or was stopped does not
 */
void
cb_bulk_run_count (GPtrArray *results,
                   guint     *n_sent,
                   guint     *n_trouble)
{
  g_return_if_fail (results != NULL && n_sent != NULL && n_trouble != NULL);

  *n_sent = *n_trouble = 0;
  for (guint i = 0; i < results->len; i++)
    {
      const CbPushResult *result = g_ptr_array_index (results, i);
      gboolean is_sent = cb_bulk_run_is_sent (result);

      *n_sent += is_sent;
      *n_trouble += !is_sent && result->outcome != CB_OUTCOME_QUEUED &&
                    result->outcome != CB_OUTCOME_CANCELLED;
    }
}
