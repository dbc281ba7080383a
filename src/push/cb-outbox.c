/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-time.h"
#include "push/cb-outbox.h"
#include "push/cb-push-operation.h"

/* How long a push waits that found its destination out of reach, the first time and at most. */
#define FIRST_RETRY (5 * G_TIME_SPAN_SECOND)
#define MAX_RETRY (10 * G_TIME_SPAN_MINUTE)

struct _CbOutbox
{
  GObject parent_instance;

  CbPusher *pusher; /* (owned) */
};

/* One run of the queue. */
typedef struct
{
  GPtrArray *entries;    /* (owned) (element-type CbOutboxEntry) */
  CbBulkOptions options;
} Run;

/* The newest push of each case and destination, where it is not over; and what was queued while a push
 * ran that is over now. */
#define OPEN_PUSHES \
  " FROM pushes p JOIN cases c ON c.id = p.case_id" \
  " JOIN connectors k ON k.id = p.connector_id WHERE p.state <> 'done'" \
  " AND (p.id = (SELECT max(id) FROM pushes q WHERE q.case_id = p.case_id" \
  "  AND q.destination = p.destination) OR (p.state = 'queued' AND NOT EXISTS (SELECT 1" \
  "  FROM pushes q WHERE q.case_id = p.case_id AND q.destination = p.destination" \
  "  AND q.id > p.id AND q.state NOT IN ('done', 'cancelled'))))"
/* One that was killed while it ran is still queued, behind what it left. */
#define QUEUED_PUSHES \
  " FROM pushes p JOIN cases c ON c.id = p.case_id WHERE p.state = 'queued'"
/* A time that lies further ahead than any wait was set by a clock that was wrong. */
#define IS_DUE \
  "(p.retry_at IS NULL OR p.retry_at <= ?2 OR p.retry_at > ?2 + 600000000)"
/* A push that only looked has no steps: those of which nobody knows are of the one before it. */
#define STEPS_OF \
  "coalesce((SELECT max(q.id) FROM pushes q JOIN push_steps s ON s.push_id = q.id" \
  " WHERE q.case_id = p.case_id AND q.destination = p.destination AND s.kind <> 'update'" \
  " AND s.state IN ('started', 'uncertain')), p.id)"
#define IS_UNDECIDED \
  "EXISTS (SELECT 1 FROM pushes q JOIN push_steps s ON s.push_id = q.id" \
  " WHERE q.case_id = p.case_id AND q.destination = p.destination AND s.kind <> 'update'" \
  " AND s.state IN ('started', 'uncertain'))"
#define STATE_SHOWN \
  "CASE WHEN p.state NOT IN ('running', 'queued') AND " IS_UNDECIDED " THEN 'uncertain'" \
  " ELSE p.state END"

G_DEFINE_FINAL_TYPE (CbOutbox, cb_outbox, G_TYPE_OBJECT)

/* Auxiliary methods */

static void
run_free (Run *run)
{
  g_ptr_array_unref (run->entries);
  g_clear_object (&run->options.stop);
  g_free (run);
}

static CbOutboxEntry *
read_entry (CbStatement *row)
{
  CbOutboxEntry *entry = g_new0 (CbOutboxEntry, 1);

  entry->push = cb_statement_int (row, 0);
  entry->case_id = g_strdup (cb_statement_string (row, 1));
  entry->connector_id = g_strdup (cb_statement_string (row, 2));
  entry->state = g_strdup (cb_statement_string (row, 3));
  cb_on_conflict_parse (cb_statement_string (row, 4), &entry->on_conflict);
  entry->n_tries = cb_statement_int (row, 5);
  entry->retry_at = cb_statement_int (row, 6);
  entry->error_code = g_strdup (cb_statement_string (row, 7));
  entry->error_message = g_strdup (cb_statement_string (row, 8));
  entry->error_field = g_strdup (cb_statement_string (row, 9));
  entry->steps_of = cb_statement_int (row, 10);
  return entry;
}

static GPtrArray *
load_entries (CbOutbox    *self,
              const char  *pushes,
              const char  *case_id,
              const char  *connector_id,
              GError     **error)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_outbox_entry_free);
  g_autofree char *sql = g_strconcat ("SELECT p.id, p.case_id, p.connector_id,"
                                      STATE_SHOWN ", (SELECT on_conflict FROM pushes WHERE id = "
                                      STEPS_OF "), p.n_tries, p.retry_at, p.error_code,"
                                      " p.error_message, p.error_field, " STEPS_OF, pushes,
                                      " AND (?1 IS NULL OR p.case_id = ?1) AND ?2"
                                      " AND (?3 IS NULL OR p.connector_id = ?3) ORDER BY p.id", NULL);
  g_autoptr(CbStatement) row = NULL;
  GError *local_error = NULL;

  row = cb_database_query (self->pusher->database, &local_error, sql, "sis", case_id, cb_time_now (),
                           connector_id);
  while (row != NULL && local_error == NULL && cb_statement_step (row, &local_error))
    g_ptr_array_add (entries, read_entry (row));
  if (local_error == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, local_error);
  return NULL;
}

static guint
count_queued (CbOutbox   *self,
              const char *sql)
{
  g_autoptr(CbStatement) row = cb_database_query (self->pusher->database, NULL, sql, NULL);

  return row != NULL && cb_statement_step (row, NULL) ? cb_statement_int (row, 0) : 0;
}

/* What may be better the next time, without anybody doing anything. */
static gboolean
may_pass (const GError *error)
{
  static const CbError codes[] = {
    CB_ERROR_UNREACHABLE, CB_ERROR_TIMED_OUT, CB_ERROR_UNAVAILABLE, CB_ERROR_RATE_LIMITED, CB_ERROR_BUSY
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, CB_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
insert_queued (CbOutbox             *self,
               const CbOutboxEntry  *entry,
               const char           *destination,
               GError              **error)
{
  return cb_database_run (self->pusher->database, error,
                          "INSERT INTO pushes (case_id, destination, connector_id, state, started_at,"
                          " on_conflict, n_tries, retry_at, error_code, error_message, error_field)"
                          " VALUES (?, ?, ?, 'queued', ?, ?, ?, nullif (?, 0), ?, ?, ?)", "sssisiisss",
                          entry->case_id, destination, entry->connector_id, cb_time_now (),
                          cb_on_conflict_name (entry->on_conflict), (gint64) entry->n_tries,
                          entry->retry_at, entry->error_code, entry->error_message, entry->error_field);
}

/* Once only, as the newest of its case. */
static gboolean
queue_anew (CbOutbox             *self,
            const CbOutboxEntry  *entry,
            const char           *destination,
            GError              **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (self->pusher->database, error);

  return transaction != NULL &&
         cb_journal_unqueue (self->pusher->database, entry->case_id, destination, G_MAXINT64, error) &&
         insert_queued (self, entry, destination, error) &&
         cb_transaction_commit (&transaction, error);
}

static void
postpone (CbOutboxEntry *entry,
          const GError  *reason)
{
  gint64 wait = MIN (FIRST_RETRY << MIN (entry->n_tries, 16), MAX_RETRY);

  entry->n_tries++;
  entry->retry_at = cb_time_now () + wait / 1000 * 1000;
  g_free (entry->error_code);
  g_free (entry->error_message);
  g_free (entry->error_field);
  entry->error_code = g_strdup (cb_error_get_code (reason));
  entry->error_message = g_strdup (reason->message);
  entry->error_field = g_strdup (cb_error_get_field (reason));
}

/* It stays in the queue, whatever its attempt has left in the journal. */
static gboolean
queue_again (CbOutbox       *self,
             CbOutboxEntry  *entry,
             GError        **error)
{
  g_autofree char *destination = NULL;

  destination = cb_database_query_string (self->pusher->database,
                                          "SELECT destination FROM pushes WHERE id = ?"
                                          " AND state = 'queued'", "i", entry->push);
  /* Somebody has taken it out meanwhile. */
  return destination == NULL || queue_anew (self, entry, destination, error);
}

static gboolean
settle_entry (CbOutbox       *self,
              CbOutboxEntry  *entry,
              CbPushResult   *result,
              GError        **error)
{
  if (result->outcome == CB_OUTCOME_CANCELLED)
    return queue_again (self, entry, error);
  if (result->outcome != CB_OUTCOME_FAILED || !may_pass (result->error))
    return cb_database_run (self->pusher->database, error,
                            "DELETE FROM pushes WHERE id = ? AND state = 'queued'", "i", entry->push);
  postpone (entry, result->error);
  result->outcome = CB_OUTCOME_QUEUED;
  return queue_again (self, entry, error);
}

/* A push that never came to the journal is not to vanish from sight. */
static gboolean
record_refusal (CbOutbox            *self,
                const CbOutboxEntry *entry,
                const CbPushResult  *result)
{
  return cb_database_run (self->pusher->database, NULL,
                          "UPDATE pushes SET state = 'failed', error_code = ?, error_message = ?,"
                          " error_field = ? WHERE id = ? AND state = 'queued' AND id = (SELECT max(id)"
                          " FROM pushes q WHERE q.case_id = pushes.case_id"
                          " AND q.destination = pushes.destination)", "sssi",
                          cb_error_get_code (result->error), result->error->message,
                          cb_error_get_field (result->error), entry->push);
}

/* Callbacks */

static void
started_cb (guint             index,
            const CbBulkItem *item,
            GCancellable     *stop,
            GCancellable     *cancellable,
            gpointer          user_data)
{
  Run *run = g_task_get_task_data (user_data);

  if (run->options.started != NULL)
    run->options.started (index, item, stop, cancellable, run->options.user_data);
}

static void
finished_cb (guint         index,
             CbPushResult *result,
             gpointer      user_data)
{
  GTask *task = user_data;
  CbOutbox *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  CbOutboxEntry *entry = g_ptr_array_index (run->entries, index);
  g_autoptr(GError) error = NULL;

  if (result->outcome == CB_OUTCOME_FAILED && !may_pass (result->error))
    record_refusal (self, entry, result);
  if (!settle_entry (self, entry, result, &error))
    g_ptr_array_add (result->warnings, g_strdup (error->message));
  cb_cases_changed (self->pusher->cases, entry->case_id);
  if (run->options.finished != NULL)
    run->options.finished (index, result, run->options.user_data);
}

static void
progress_cb (guint         index,
             guint         position,
             const CbPlan *plan,
             gpointer      user_data)
{
  Run *run = g_task_get_task_data (user_data);

  if (run->options.progress != NULL)
    run->options.progress (index, position, plan, run->options.user_data);
}

static void
waiting_cb (guint    index,
            guint    seconds,
            gpointer user_data)
{
  Run *run = g_task_get_task_data (user_data);

  if (run->options.waiting != NULL)
    run->options.waiting (index, seconds, run->options.user_data);
}

static void
pushed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  g_task_return_pointer (task, cb_bulk_push_finish (CB_PUSHER (source), result),
                         (GDestroyNotify) g_ptr_array_unref);
}

/* What waits for a case or connector that is gone would come back with it, or could never go. */
static void
drop_orphans_cb (CbOutbox *self)
{
  if (count_queued (self, "SELECT count(*) FROM pushes WHERE state = 'queued'") > 0)
    cb_database_run (self->pusher->database, NULL,
                     "DELETE FROM pushes WHERE state = 'queued'"
                     " AND (case_id NOT IN (SELECT id FROM cases)"
                     "  OR connector_id NOT IN (SELECT id FROM connectors))", NULL);
}

/* GObject overrides */

static void
cb_outbox_dispose (GObject *object)
{
  g_clear_object (&CB_OUTBOX (object)->pusher);

  G_OBJECT_CLASS (cb_outbox_parent_class)->dispose (object);
}

static void
cb_outbox_class_init (CbOutboxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_outbox_dispose;
}

static void
cb_outbox_init (CbOutbox *self)
{
}

/* Public API */

/**
 * cb_outbox_new:
 * @pusher: a pusher
 *
 * Returns: (transfer full): the pushes of its workspace that are not over
 */
CbOutbox *
cb_outbox_new (CbPusher *pusher)
{
  CbOutbox *self = g_object_new (CB_TYPE_OUTBOX, NULL);

  self->pusher = g_object_ref (pusher);
  g_signal_connect_object (pusher->cases, "changed", G_CALLBACK (drop_orphans_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pusher->connectors, "changed", G_CALLBACK (drop_orphans_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * cb_outbox_add:
 * @self: the outbox
 * @item: what to push
 *
 * Stores a push for the next run of the queue, once per case and destination. Where there is nothing to
 * send nothing is stored.
 *
 * Returns: (transfer full): a result that is queued, up to date or failed
 */
CbPushResult *
cb_outbox_add (CbOutbox         *self,
               const CbBulkItem *item)
{
  const CbPushOptions options = { .connector_id = item->connector_id, .on_conflict = item->on_conflict };
  g_autoptr(CbPushOperation) operation = _cb_push_operation_new (item->case_id, &options);
  CbPushResult *result = operation->result;
  CbOutboxEntry entry = { .case_id = item->case_id, .on_conflict = item->on_conflict };

  operation->dry_run = TRUE;
  result->outcome = CB_OUTCOME_FAILED;
  if (_cb_push_operation_load (self->pusher, operation, &result->error) &&
      _cb_push_operation_lock (self->pusher, operation, &result->error))
    {
      CbPlanInput input = _cb_push_plan_input (operation);

      result->case_status = operation->item->status;
      entry.connector_id = operation->info->id;
      if (!cb_plan_has_news (&input))
        result->outcome = CB_OUTCOME_UP_TO_DATE;
      else if (queue_anew (self, &entry, operation->info->destination, &result->error))
        result->outcome = CB_OUTCOME_QUEUED;
    }
  _cb_push_name_incident (operation);
  if (result->outcome == CB_OUTCOME_QUEUED)
    cb_cases_changed (self->pusher->cases, item->case_id);
  return g_steal_pointer (&operation->result);
}

/**
 * cb_outbox_list:
 * @self: the outbox
 * @case_id: (nullable): a case's id, %NULL for all
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable) (element-type CbOutboxEntry): the pushes that are not over, in
 *   the order in which they came
 */
GPtrArray *
cb_outbox_list (CbOutbox    *self,
                const char  *case_id,
                GError     **error)
{
  g_autoptr(GPtrArray) entries = NULL;

  g_return_val_if_fail (CB_IS_OUTBOX (self), NULL);

  entries = load_entries (self, OPEN_PUSHES " AND (p.state <> 'cancelled' OR " IS_UNDECIDED ")", case_id,
                          NULL, error);
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      CbOutboxEntry *entry = g_ptr_array_index (entries, i);

      entry->steps = cb_journal_load_steps (self->pusher->database, entry->steps_of, error);
      if (entry->steps == NULL)
        return NULL;
    }
  return g_steal_pointer (&entries);
}

/**
 * cb_outbox_cancel:
 * @self: the outbox
 * @case_id: a case's id
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @error: %CB_ERROR_NOT_FOUND where nothing waits, %CB_ERROR_BUSY where it runs or needs a decision
 *
 * Takes a push out of the queue, or a failed one out of sight. What was sent stays.
 *
 * Returns: whether it worked
 */
gboolean
cb_outbox_cancel (CbOutbox    *self,
                  const char  *case_id,
                  const char  *connector_id,
                  GError     **error)
{
  const CbPushOptions options = { .connector_id = connector_id };
  g_autoptr(CbPushOperation) operation = NULL;

  g_return_val_if_fail (CB_IS_OUTBOX (self) && case_id != NULL, FALSE);

  operation = _cb_push_operation_new (case_id, &options);
  if (!_cb_push_operation_load (self->pusher, operation, error) ||
      !_cb_push_operation_lock (self->pusher, operation, error))
    return FALSE;
  if (operation->pushed->undecided)
    {
      cb_set_error (error, CB_ERROR_BUSY, NULL,
                    _("Nobody knows yet whether a step of this push was carried out. Decide that first."));
      return FALSE;
    }
  if (!cb_database_run (self->pusher->database, error,
                        "UPDATE pushes SET state = 'cancelled' WHERE case_id = ? AND destination = ?"
                        " AND state IN ('queued', 'failed', 'conflict')", "ss", case_id,
                        operation->info->destination))
    return FALSE;
  if (cb_database_changes (self->pusher->database) == 0)
    {
      cb_set_error (error, CB_ERROR_NOT_FOUND, "case",
                    _("No push of this case through “%s” waits."), operation->info->name);
      return FALSE;
    }
  cb_cases_changed (self->pusher->cases, case_id);
  return TRUE;
}

/**
 * cb_outbox_n_queued:
 * @self: the outbox
 *
 * Returns: how many pushes wait for a run of the queue
 */
guint
cb_outbox_n_queued (CbOutbox *self)
{
  g_return_val_if_fail (CB_IS_OUTBOX (self), 0);

  return count_queued (self, "SELECT count(*)" QUEUED_PUSHES);
}

/**
 * cb_outbox_due_in:
 * @self: the outbox
 *
 * Returns: in how many microseconds a queued push is due, 0 for now, -1 where none is queued
 */
gint64
cb_outbox_due_in (CbOutbox *self)
{
  g_autoptr(CbStatement) row = NULL;

  g_return_val_if_fail (CB_IS_OUTBOX (self), -1);

  row = cb_database_query (self->pusher->database, NULL,
                           "SELECT CASE WHEN " IS_DUE " THEN 0 ELSE p.retry_at - ?2 END AS due"
                           QUEUED_PUSHES " AND ?1 IS NULL ORDER BY due LIMIT 1", "si",
                           NULL, cb_time_now ());
  return row != NULL && cb_statement_step (row, NULL) ? cb_statement_int (row, 0) : -1;
}

/**
 * cb_outbox_run_async:
 * @self: the outbox
 * @due_only: whether those that are to wait still do
 * @connector_id: (nullable): only those through this connector, %NULL for all
 * @options: how; not kept
 * @cancellable: (nullable): ends all at once
 * @callback: called when all have ended
 * @user_data: for @callback
 *
 * Pushes what is queued. What fails for a reason that may pass stays in the queue, for later.
 */
void
cb_outbox_run_async (CbOutbox            *self,
                     gboolean             due_only,
                     const char          *connector_id,
                     const CbBulkOptions *options,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_bulk_item_free);
  CbBulkOptions bulk_options = { .started = started_cb, .finished = finished_cb,
                                 .progress = progress_cb, .waiting = waiting_cb };
  Run *run;
  GError *error = NULL;

  g_return_if_fail (CB_IS_OUTBOX (self) && options != NULL);

  run = g_new0 (Run, 1);
  bulk_options.stop = options->stop;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_outbox_run_async);
  g_task_set_check_cancellable (task, FALSE);
  run->entries = load_entries (self, due_only ? QUEUED_PUSHES " AND " IS_DUE : QUEUED_PUSHES, NULL,
                               connector_id, &error);
  if (run->entries == NULL)
    {
      g_free (run);
      g_task_return_error (task, error);
      return;
    }
  run->options = *options;
  run->options.stop = options->stop != NULL ? g_object_ref (options->stop) : NULL;
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  for (guint i = 0; i < run->entries->len; i++)
    {
      const CbOutboxEntry *entry = g_ptr_array_index (run->entries, i);
      CbBulkItem *item = cb_bulk_item_new (entry->case_id, entry->connector_id, entry->on_conflict);

      item->queued = entry->push;
      g_ptr_array_add (items, item);
    }
  bulk_options.user_data = task;
  cb_bulk_push_async (self->pusher, items, &bulk_options, cancellable, pushed_cb, g_object_ref (task));
}

/**
 * cb_outbox_run_finish:
 * @self: the outbox
 * @result: the result
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY where the queue could not be read
 *
 * Returns: (transfer full) (nullable) (element-type CbPushResult): how each push ended
 */
GPtrArray *
cb_outbox_run_finish (CbOutbox      *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_outbox_entry_free:
 * @entry: (transfer full) (nullable): a push that is not over
 *
 * Frees it.
 */
void
cb_outbox_entry_free (CbOutboxEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->case_id);
  g_free (entry->connector_id);
  g_free (entry->state);
  g_clear_pointer (&entry->steps, g_ptr_array_unref);
  g_free (entry->error_code);
  g_free (entry->error_message);
  g_free (entry->error_field);
  g_free (entry);
}
