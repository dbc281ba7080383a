/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "push/cb-bulk.h"
#include "push/cb-push-operation.h"

/* How many pushes one destination gets side by side. */
#define MAX_SIDE_BY_SIDE 4

/* One connector: until its login has been taken it gets one push only, as wrong secrets that are tried
 * four times at once lock accounts. */
typedef struct
{
  guint *n_at_destination; /* (unowned): how many run to its destination, through any connector */
  guint n_running;
  gboolean is_proven;
  GError *refusal;         /* (owned) (nullable): its login was refused */
} Lane;

/* Many pushes. */
typedef struct
{
  GPtrArray *items;      /* (owned) */
  CbBulkOptions options;
  GPtrArray *lanes;      /* (owned) (element-type Lane): of each item, unowned */
  GHashTable *lane_of;   /* (owned) (element-type utf8 Lane): by connector */
  GHashTable *counts;    /* (owned) (element-type utf8 guint): by destination, how many run */
  GPtrArray *results;    /* (owned) (element-type CbPushResult): by item, %NULL until it has ended */
  GArray *started;       /* (owned) (element-type gboolean): by item */
  guint first;           /* none before it is still to be started */
  guint n_ended;
} Bulk;

/* For the callbacks of one of them. */
typedef struct
{
  GTask *task;               /* (owned) */
  guint index;
  GCancellable *stop;        /* (owned): of this one, and cancelled with that of all */
  GCancellable *cancellable; /* (owned): likewise */
} Run;

static void start_more (GTask *task);

/* Auxiliary methods */

static void
lane_free (Lane *lane)
{
  g_clear_error (&lane->refusal);
  g_free (lane);
}

static void
free_result (gpointer result)
{
  cb_push_result_free (result);
}

static void
bulk_free (Bulk *bulk)
{
  g_ptr_array_unref (bulk->items);
  g_ptr_array_unref (bulk->lanes);
  g_hash_table_unref (bulk->lane_of);
  g_hash_table_unref (bulk->counts);
  g_clear_pointer (&bulk->results, g_ptr_array_unref);
  g_array_unref (bulk->started);
  g_clear_object (&bulk->options.stop);
  g_free (bulk);
}

static guint *
find_count (Bulk       *bulk,
            const char *destination)
{
  guint *count = g_hash_table_lookup (bulk->counts, destination);

  if (count != NULL)
    return count;
  count = g_new0 (guint, 1);
  g_hash_table_insert (bulk->counts, g_strdup (destination), count);
  return count;
}

/* What is wrong with a case is said by its push. */
static char *
find_connector (CbPusher         *pusher,
                const CbBulkItem *item)
{
  char *id = NULL;

  if (item->connector_id != NULL)
    return g_strdup (item->connector_id);
  id = cb_database_query_string (pusher->database, "SELECT CASE connector_source"
                                 " WHEN 'case' THEN connector_id WHEN 'default' THEN"
                                 " (SELECT value FROM settings WHERE key = 'default_connector') END"
                                 " FROM cases WHERE id = ?", "s", item->case_id);
  return id != NULL ? id : g_strdup ("");
}

static Lane *
find_lane (CbPusher         *pusher,
           Bulk             *bulk,
           const CbBulkItem *item)
{
  g_autofree char *connector = find_connector (pusher, item);
  Lane *lane = g_hash_table_lookup (bulk->lane_of, connector);
  g_autoptr(CbConnectorInfo) info = NULL;

  if (lane != NULL)
    return lane;
  info = cb_connectors_get (pusher->connectors, connector, NULL);
  lane = g_new0 (Lane, 1);
  lane->n_at_destination = find_count (bulk, info != NULL ? info->destination : "");
  g_hash_table_insert (bulk->lane_of, g_steal_pointer (&connector), lane);
  return lane;
}

static gboolean
refuses_login (const GError *error)
{
  return g_error_matches (error, CB_ERROR, CB_ERROR_AUTH_INVALID) ||
         g_error_matches (error, CB_ERROR, CB_ERROR_AUTH_LOCKED);
}

static void
end_item (Bulk         *bulk,
          guint         index,
          CbPushResult *result)
{
  g_ptr_array_index (bulk->results, index) = result;
  bulk->n_ended++;
  if (bulk->options.finished != NULL)
    bulk->options.finished (index, result, bulk->options.user_data);
}

static GCancellable *
follow (GCancellable *all)
{
  GCancellable *own = g_cancellable_new ();

  if (g_cancellable_is_cancelled (all))
    g_cancellable_cancel (own);
  else if (all != NULL)
    g_signal_connect_object (all, "cancelled", G_CALLBACK (g_cancellable_cancel), own,
                             G_CONNECT_SWAPPED);
  return own;
}

static void
run_free (Run *run)
{
  g_object_unref (run->stop);
  g_object_unref (run->cancellable);
  g_free (run);
}

/* One that is not even tried. Takes the reason. */
static void
end_unsent (CbPusher  *pusher,
            Bulk      *bulk,
            guint      index,
            CbOutcome  outcome,
            GError    *reason)
{
  const CbBulkItem *item = g_ptr_array_index (bulk->items, index);
  g_autoptr(CbCase) snapshot = cb_cases_get (pusher->cases, item->case_id, NULL);
  CbPushResult *result = cb_push_result_new (item->case_id);

  result->connector_id = item->connector_id != NULL ? g_strdup (item->connector_id)
                         : snapshot != NULL ? cb_pusher_find_connector (pusher, snapshot, NULL) : NULL;
  result->outcome = outcome;
  result->case_status = snapshot != NULL ? snapshot->status : CB_STATUS_OPEN;
  result->error = reason;
  g_array_index (bulk->started, gboolean, index) = TRUE;
  end_item (bulk, index, result);
}

/* Callbacks */

static void
progress_cb (guint         position,
             const CbPlan *plan,
             gpointer      user_data)
{
  Run *run = user_data;
  Bulk *bulk = g_task_get_task_data (run->task);
  Lane *lane = g_ptr_array_index (bulk->lanes, run->index);
  gboolean proves = !lane->is_proven;

  lane->is_proven = TRUE;
  if (bulk->options.progress != NULL)
    bulk->options.progress (run->index, position, plan, bulk->options.user_data);
  if (proves)
    start_more (run->task);
}

static void
waiting_cb (guint    seconds,
            gpointer user_data)
{
  Run *run = user_data;
  Bulk *bulk = g_task_get_task_data (run->task);

  if (bulk->options.waiting != NULL)
    bulk->options.waiting (run->index, seconds, bulk->options.user_data);
}

static void
pushed_cb (GObject      *source,
           GAsyncResult *async_result,
           gpointer      user_data)
{
  Run *run = user_data;
  CbPusher *pusher = CB_PUSHER (source);
  g_autoptr(GTask) task = run->task;
  Bulk *bulk = g_task_get_task_data (task);
  Lane *lane = g_ptr_array_index (bulk->lanes, run->index);
  g_autoptr(CbPlan) plan = NULL;
  CbPushResult *result = NULL;

  if (bulk->options.dry_run)
    plan = cb_pusher_plan_finish (pusher, async_result, &result, NULL);
  else
    result = cb_pusher_push_finish (pusher, async_result);
  lane->n_running--;
  --*lane->n_at_destination;
  if (result->error == NULL && result->requests > 0)
    lane->is_proven = TRUE;
  else if (refuses_login (result->error) && lane->refusal == NULL)
    lane->refusal = g_error_copy (result->error);
  if (plan != NULL && bulk->options.planned != NULL)
    bulk->options.planned (run->index, g_steal_pointer (&plan), bulk->options.user_data);
  end_item (bulk, run->index, result);
  run_free (run);
  start_more (task);
}

/* More auxiliary methods: starting them */

static void
start_item (GTask *task,
            guint  index)
{
  CbPusher *pusher = g_task_get_source_object (task);
  Bulk *bulk = g_task_get_task_data (task);
  const CbBulkItem *item = g_ptr_array_index (bulk->items, index);
  Lane *lane = g_ptr_array_index (bulk->lanes, index);
  Run *run = g_new0 (Run, 1);
  CbPushOptions options = { .connector_id = item->connector_id, .on_conflict = item->on_conflict,
                            .queued = item->queued, .confirmed = item->confirmed,
                            .progress = progress_cb, .waiting = waiting_cb, .progress_data = run };

  run->task = g_object_ref (task);
  run->index = index;
  run->stop = options.stop = follow (bulk->options.stop);
  run->cancellable = follow (g_task_get_cancellable (task));
  lane->n_running++;
  ++*lane->n_at_destination;
  g_array_index (bulk->started, gboolean, index) = TRUE;
  if (bulk->options.started != NULL)
    bulk->options.started (index, item, run->stop, run->cancellable, bulk->options.user_data);
  if (bulk->options.dry_run)
    cb_pusher_plan_async (pusher, item->case_id, &options, run->cancellable, pushed_cb, run);
  else
    cb_pusher_push_async (pusher, item->case_id, &options, run->cancellable, pushed_cb, run);
}

static void
try_item (GTask *task,
          guint  index)
{
  CbPusher *pusher = g_task_get_source_object (task);
  Bulk *bulk = g_task_get_task_data (task);
  Lane *lane = g_ptr_array_index (bulk->lanes, index);

  if (g_cancellable_is_cancelled (bulk->options.stop) ||
      g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    end_unsent (pusher, bulk, index, CB_OUTCOME_CANCELLED,
                cb_error_new (CB_ERROR_CANCELLED, NULL,
                              _("Stopped before this case was pushed. Push it again.")));
  else if (lane->refusal != NULL)
    end_unsent (pusher, bulk, index, CB_OUTCOME_FAILED, g_error_copy (lane->refusal));
  else if (*lane->n_at_destination < MAX_SIDE_BY_SIDE && (lane->is_proven || lane->n_running == 0))
    start_item (task, index);
}

/* The one function that goes on: starts all that may start now. */
static void
start_more (GTask *task)
{
  Bulk *bulk = g_task_get_task_data (task);

  while (bulk->first < bulk->items->len && g_array_index (bulk->started, gboolean, bulk->first))
    bulk->first++;
  for (guint i = bulk->first; i < bulk->items->len; i++)
    if (!g_array_index (bulk->started, gboolean, i))
      try_item (task, i);
  if (bulk->n_ended == bulk->items->len && bulk->results != NULL)
    g_task_return_pointer (task, g_steal_pointer (&bulk->results), (GDestroyNotify) g_ptr_array_unref);
}

/* Public API */

/**
 * cb_bulk_item_new:
 * @case_id: a case's id
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @on_conflict: what to do with remote edits
 *
 * Returns: (transfer full): one of many pushes
 */
CbBulkItem *
cb_bulk_item_new (const char   *case_id,
                  const char   *connector_id,
                  CbOnConflict  on_conflict)
{
  CbBulkItem *item = g_new0 (CbBulkItem, 1);

  item->case_id = g_strdup (case_id);
  item->connector_id = g_strdup (connector_id);
  item->on_conflict = on_conflict;
  return item;
}

/**
 * cb_bulk_item_free:
 * @item: (transfer full): one of many pushes
 *
 * Frees it.
 */
void
cb_bulk_item_free (CbBulkItem *item)
{
  g_free (item->case_id);
  g_free (item->connector_id);
  g_clear_pointer (&item->confirmed, cb_plan_free);
  g_free (item);
}

/**
 * cb_bulk_push_async:
 * @pusher: a pusher
 * @items: (element-type CbBulkItem): what to push; kept
 * @options: how; not kept
 * @cancellable: (nullable): ends all at once
 * @callback: called when all have ended
 * @user_data: for @callback
 *
 * Pushes many cases, some of them side by side. After a connector's login was refused no other push
 * goes through it.
 */
void
cb_bulk_push_async (CbPusher            *pusher,
                    GPtrArray           *items,
                    const CbBulkOptions *options,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Bulk *bulk;

  g_return_if_fail (CB_IS_PUSHER (pusher) && items != NULL && options != NULL);

  bulk = g_new0 (Bulk, 1);
  task = g_task_new (pusher, cancellable, callback, user_data);
  g_task_set_source_tag (task, cb_bulk_push_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, bulk, (GDestroyNotify) bulk_free);
  bulk->items = g_ptr_array_ref (items);
  bulk->options = *options;
  bulk->options.stop = options->stop != NULL ? g_object_ref (options->stop) : NULL;
  bulk->lane_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) lane_free);
  bulk->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  bulk->lanes = g_ptr_array_new ();
  bulk->results = g_ptr_array_new_with_free_func (free_result);
  g_ptr_array_set_size (bulk->results, items->len);
  bulk->started = g_array_new (FALSE, TRUE, sizeof (gboolean));
  g_array_set_size (bulk->started, items->len);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (bulk->lanes, find_lane (pusher, bulk, g_ptr_array_index (items, i)));
  start_more (task);
}

/**
 * cb_bulk_push_finish:
 * @pusher: a pusher
 * @result: the result
 *
 * Returns: (transfer full) (element-type CbPushResult): how each ended, in the order of the items
 */
GPtrArray *
cb_bulk_push_finish (CbPusher     *pusher,
                     GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, pusher), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}
