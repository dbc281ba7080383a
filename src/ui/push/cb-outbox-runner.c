/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "remote/cb-url.h"
#include "ui/push/cb-outbox-runner.h"
#include "ui/push/cb-push-batch.h"

#define CHECK_DELAY 100                    /* ms: changes come in bursts */
#define MAX_SLEEP 60000                    /* ms: the clock may be set meanwhile */
#define HOLD (30 * G_TIME_SPAN_SECOND)     /* after a run that left something due */

/* Runs the queue while its window is open, one run at a time.
 *
 * While the network is away nothing is tried, as that would only make the pauses longer, unless
 * something that is queued goes to this very machine: then all are tried, and those that cannot be
 * sent wait on. When the network comes back, all are tried at once. */
struct _CbOutboxRunner
{
  GObject parent_instance;

  CbApp *app;               /* (owned) */
  CbPushJobs *jobs;         /* (owned) */
  GNetworkMonitor *network; /* (owned) */
  CbPushBatch *batch;       /* (owned) (nullable): of the run that goes on */
  gboolean started;
  gboolean had_network;
  gboolean paused;
  guint n_waiting;
  gint64 held_until;        /* by the monotonic clock */
  guint check_source;
  guint due_source;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbOutboxRunner, cb_outbox_runner, G_TYPE_OBJECT)

/* Auxiliary methods */

static CbOutbox *
get_outbox (CbOutboxRunner *self)
{
  return cb_app_get_outbox (self->app);
}

static gboolean
is_local (CbOutboxRunner      *self,
          const CbOutboxEntry *entry)
{
  g_autoptr(CbConnectorInfo) info =
    cb_connectors_get (cb_app_get_connectors (self->app), entry->connector_id, NULL);

  return info != NULL && cb_url_is_loopback (info->url);
}

static gboolean
is_out_of_reach (CbOutboxRunner *self)
{
  g_autoptr(GPtrArray) entries = NULL;

  if (g_network_monitor_get_network_available (self->network))
    return FALSE;
  entries = cb_outbox_list (get_outbox (self), NULL, NULL);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const CbOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (g_str_equal (entry->state, "queued") && is_local (self, entry))
        return FALSE;
    }
  return TRUE;
}

/* Callbacks */

/* Who stops a queued push does not want it to begin again. */
static void
finished_cb (guint         index,
             CbPushResult *result,
             gpointer      user_data)
{
  CbOutboxRunner *self = user_data;

  if (result->outcome != CB_OUTCOME_CANCELLED || !self->started)
    return;
  cb_outbox_cancel (get_outbox (self), result->case_id, result->connector_id, NULL);
  self->held_until = g_get_monotonic_time () + HOLD;
}

static void check (CbOutboxRunner *self);
static void run   (CbOutboxRunner *self,
                   gboolean        due_only);

static gboolean
check_cb (gpointer user_data)
{
  CbOutboxRunner *self = user_data;

  self->check_source = 0;
  check (self);
  return G_SOURCE_REMOVE;
}

static void
ran_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(CbOutboxRunner) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) results = cb_outbox_run_finish (CB_OUTBOX (source), result, &error);

  g_clear_pointer (&self->batch, cb_push_batch_free);
  if (error != NULL)
    g_warning ("The queue cannot be run: %s", error->message);
  if (results == NULL || results->len == 0)
    self->held_until = g_get_monotonic_time () + HOLD;
  else
    g_signal_emit (self, signals[SIGNAL_FINISHED], 0, results);
  check (self);
}

static void
cases_changed_cb (CbOutboxRunner *self)
{
  if (self->check_source == 0 && self->started)
    self->check_source = g_timeout_add (CHECK_DELAY, check_cb, self);
}

static void
network_changed_cb (CbOutboxRunner *self,
                    gboolean        available)
{
  gboolean is_back = available && !self->had_network;

  self->had_network = available;
  if (is_back && self->n_waiting > 0)
    run (self, FALSE);
  cases_changed_cb (self);
}

/* More auxiliary methods: when it runs */

static void
run (CbOutboxRunner *self,
     gboolean        due_only)
{
  CbBulkOptions options;

  if (!self->started || self->batch != NULL)
    return;
  g_clear_handle_id (&self->due_source, g_source_remove);
  self->batch = cb_push_batch_new (self->jobs, finished_cb, self);
  options = cb_push_batch_options (self->batch);
  cb_outbox_run_async (get_outbox (self), due_only, NULL, &options, NULL, ran_cb, g_object_ref (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
watch_network (CbOutboxRunner *self)
{
  if (self->network != NULL)
    return;
  self->network = g_object_ref (g_network_monitor_get_default ());
  self->had_network = g_network_monitor_get_network_available (self->network);
  g_signal_connect_object (self->network, "network-changed", G_CALLBACK (network_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static gboolean
due_cb (gpointer user_data)
{
  CbOutboxRunner *self = user_data;

  self->due_source = 0;
  check (self);
  return G_SOURCE_REMOVE;
}

static void
check (CbOutboxRunner *self)
{
  gint64 due = cb_outbox_runner_due_in (self);

  g_clear_handle_id (&self->due_source, g_source_remove);
  if (!self->started)
    return;
  watch_network (self);
  self->n_waiting = due >= 0 ? cb_outbox_n_queued (get_outbox (self)) : 0;
  self->paused = due >= 0 && is_out_of_reach (self);
  if (due == 0 && !self->paused && self->batch == NULL)
    run (self, TRUE);
  else if (due > 0 && !self->paused && self->batch == NULL)
    self->due_source = g_timeout_add (MIN (due / 1000 + 1, MAX_SLEEP), due_cb, self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}


/* GObject overrides */

static void
cb_outbox_runner_dispose (GObject *object)
{
  CbOutboxRunner *self = CB_OUTBOX_RUNNER (object);

  g_clear_handle_id (&self->check_source, g_source_remove);
  g_clear_handle_id (&self->due_source, g_source_remove);
  g_clear_object (&self->network);
  g_clear_object (&self->jobs);
  g_clear_object (&self->app);

  G_OBJECT_CLASS (cb_outbox_runner_parent_class)->dispose (object);
}

static void
cb_outbox_runner_class_init (CbOutboxRunnerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_outbox_runner_dispose;

  /**
   * CbOutboxRunner::changed:
   * @self: the runner
   *
   * Emitted when something is queued or not any more, and when a run begins, ends or pauses.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  /**
   * CbOutboxRunner::finished:
   * @self: the runner
   * @results: (element-type CbPushResult): how each push ended
   *
   * Emitted after a run that pushed something.
   */
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
}

static void
cb_outbox_runner_init (CbOutboxRunner *self)
{
}

/* Public API */

/**
 * cb_outbox_runner_new:
 * @app: a workspace
 * @jobs: where it shows its pushes
 *
 * Returns: (transfer full): what runs the queue, once it is started
 */
CbOutboxRunner *
cb_outbox_runner_new (CbApp      *app,
                      CbPushJobs *jobs)
{
  CbOutboxRunner *self = g_object_new (CB_TYPE_OUTBOX_RUNNER, NULL);

  self->app = g_object_ref (app);
  self->jobs = g_object_ref (jobs);
  return self;
}

/**
 * cb_outbox_runner_start:
 * @self: the runner
 *
 * Begins to run what is due. To be called once.
 */
void
cb_outbox_runner_start (CbOutboxRunner *self)
{
  g_return_if_fail (CB_IS_OUTBOX_RUNNER (self) && !self->started);

  self->started = TRUE;
  g_signal_connect_object (cb_app_get_cases (self->app), "changed", G_CALLBACK (cases_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_app_get_connectors (self->app), "changed", G_CALLBACK (cases_changed_cb),
                           self, G_CONNECT_SWAPPED);
  cases_changed_cb (self);
}

/**
 * cb_outbox_runner_stop:
 * @self: the runner
 *
 * Ends the run that goes on after the answers in flight, and begins none any more. What was not sent
 * stays queued.
 */
void
cb_outbox_runner_stop (CbOutboxRunner *self)
{
  g_return_if_fail (CB_IS_OUTBOX_RUNNER (self));

  self->started = FALSE;
  g_clear_handle_id (&self->check_source, g_source_remove);
  g_clear_handle_id (&self->due_source, g_source_remove);
  if (self->batch != NULL)
    cb_push_batch_stop (self->batch);
}

/**
 * cb_outbox_runner_run_now:
 * @self: the runner
 *
 * Tries everything that is queued, whatever it waits for.
 */
void
cb_outbox_runner_run_now (CbOutboxRunner *self)
{
  g_return_if_fail (CB_IS_OUTBOX_RUNNER (self));

  self->held_until = 0;
  run (self, FALSE);
}

/**
 * cb_outbox_runner_n_waiting:
 * @self: the runner
 *
 * Returns: how many pushes are queued
 */
guint
cb_outbox_runner_n_waiting (CbOutboxRunner *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_RUNNER (self), 0);

  return self->n_waiting;
}

/**
 * cb_outbox_runner_is_running:
 * @self: the runner
 *
 * Returns: whether queued pushes are being sent
 */
gboolean
cb_outbox_runner_is_running (CbOutboxRunner *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_RUNNER (self), FALSE);

  return self->batch != NULL;
}

/**
 * cb_outbox_runner_is_paused:
 * @self: the runner
 *
 * Returns: whether it waits for the network
 */
gboolean
cb_outbox_runner_is_paused (CbOutboxRunner *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX_RUNNER (self), FALSE);

  return self->paused;
}

/**
 * cb_outbox_runner_due_in:
 * @self: the runner
 *
 * Returns: in how many microseconds it tries again, -1 where nothing is queued
 */
gint64
cb_outbox_runner_due_in (CbOutboxRunner *self)
{
  gint64 due;

  g_return_val_if_fail (CB_IS_OUTBOX_RUNNER (self), -1);

  due = cb_outbox_due_in (get_outbox (self));
  return due < 0 ? -1 : MAX (due, self->held_until - g_get_monotonic_time ());
}
