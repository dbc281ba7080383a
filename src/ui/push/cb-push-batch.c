/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/push/cb-push-batch.h"

/* Shows pushes that run side by side (those of the queue, or of many chosen cases) as jobs, so that
 * list and page follow them as any other. */
struct _CbPushBatch
{
  CbPushJobs *jobs;          /* (owned) */
  GHashTable *cases;         /* (owned) (element-type uint utf8): of the items that are shown */
  GCancellable *stop;        /* (owned): stops all */
  CbBulkResultFunc finished;
  gpointer user_data;
};

/* Callbacks */

static void
started_cb (guint             index,
            const CbBulkItem *item,
            GCancellable     *stop,
            GCancellable     *cancellable,
            gpointer          user_data)
{
  CbPushBatch *self = user_data;

  /* One that meets another push of its case waits for it, and ends without being shown. */
  if (cb_push_jobs_begin (self->jobs, item->case_id, item->connector_id, stop, cancellable))
    g_hash_table_insert (self->cases, GUINT_TO_POINTER (index), g_strdup (item->case_id));
}

static void
progress_cb (guint         index,
             guint         position,
             const CbPlan *plan,
             gpointer      user_data)
{
  CbPushBatch *self = user_data;
  const char *case_id = g_hash_table_lookup (self->cases, GUINT_TO_POINTER (index));

  if (case_id != NULL)
    cb_push_jobs_progress (self->jobs, case_id, position, plan);
}

static void
waiting_cb (guint    index,
            guint    seconds,
            gpointer user_data)
{
  CbPushBatch *self = user_data;
  const char *case_id = g_hash_table_lookup (self->cases, GUINT_TO_POINTER (index));

  if (case_id != NULL)
    cb_push_jobs_wait (self->jobs, case_id, seconds);
}

static void
finished_cb (guint         index,
             CbPushResult *result,
             gpointer      user_data)
{
  CbPushBatch *self = user_data;
  const char *case_id = g_hash_table_lookup (self->cases, GUINT_TO_POINTER (index));

  if (self->finished != NULL)
    self->finished (index, result, self->user_data);
  if (case_id != NULL)
    cb_push_jobs_end (self->jobs, case_id, cb_push_result_copy (result));
}

/* Public API */

/**
 * cb_push_batch_new:
 * @jobs: the pushes of a workspace
 * @finished: (nullable): called for each push that has ended, before it is shown
 * @user_data: for @finished
 *
 * Returns: (transfer full): what shows pushes that run side by side
 */
CbPushBatch *
cb_push_batch_new (CbPushJobs       *jobs,
                   CbBulkResultFunc  finished,
                   gpointer          user_data)
{
  CbPushBatch *self = g_new0 (CbPushBatch, 1);

  self->jobs = g_object_ref (jobs);
  self->cases = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->stop = g_cancellable_new ();
  self->finished = finished;
  self->user_data = user_data;
  return self;
}

/**
 * cb_push_batch_free:
 * @self: (transfer full) (nullable): a batch whose pushes are all over
 *
 * Frees it.
 */
void
cb_push_batch_free (CbPushBatch *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->jobs);
  g_hash_table_unref (self->cases);
  g_object_unref (self->stop);
  g_free (self);
}

/**
 * cb_push_batch_options:
 * @self: a batch, to be kept until its pushes are over
 *
 * Returns: how to run them, so that they are shown
 */
CbBulkOptions
cb_push_batch_options (CbPushBatch *self)
{
  return (CbBulkOptions) {
    .stop = self->stop,
    .started = started_cb,
    .finished = finished_cb,
    .progress = progress_cb,
    .waiting = waiting_cb,
    .user_data = self,
  };
}

/**
 * cb_push_batch_stop:
 * @self: a batch
 *
 * Starts no more of them, and stops those that run after the answer in flight.
 */
void
cb_push_batch_stop (CbPushBatch *self)
{
  g_return_if_fail (self != NULL);

  g_cancellable_cancel (self->stop);
}
