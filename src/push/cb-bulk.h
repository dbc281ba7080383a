/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "push/cb-pusher.h"

G_BEGIN_DECLS

/**
 * CbBulkItem:
 * @case_id: the case
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @on_conflict: what to do with remote edits
 * @queued: the number of the queued push that this is, 0 for none
 * @confirmed: (nullable): the plan that a person has seen; another one stops as a conflict
 *
 * One of many pushes.
 */
typedef struct
{
  char *case_id;
  char *connector_id;
  CbOnConflict on_conflict;
  gint64 queued;
  CbPlan *confirmed;
} CbBulkItem;

/**
 * CbBulkStartFunc:
 * @index: which item, from 0
 * @item: what is pushed
 * @stop: stops this one after the answer in flight
 * @cancellable: ends this one at once
 * @user_data: what was given with the function
 *
 * Called when the push of an item begins. Items that are not even tried have none.
 */
typedef void (*CbBulkStartFunc) (guint             index,
                                 const CbBulkItem *item,
                                 GCancellable     *stop,
                                 GCancellable     *cancellable,
                                 gpointer          user_data);

/**
 * CbBulkResultFunc:
 * @index: which item, from 0
 * @result: how its push ended
 * @user_data: what was given with the function
 *
 * Called once per item, in the order in which they end.
 */
typedef void (*CbBulkResultFunc) (guint         index,
                                  CbPushResult *result,
                                  gpointer      user_data);

/**
 * CbBulkPlanFunc:
 * @index: which item, from 0
 * @plan: (transfer full): what its push would do
 * @user_data: what was given with the function
 *
 * Called for each item of a dry run that could be planned, before it ends.
 */
typedef void (*CbBulkPlanFunc) (guint    index,
                                CbPlan  *plan,
                                gpointer user_data);

/**
 * CbBulkProgressFunc:
 * @index: which item, from 0
 * @position: the step of its push that begins, from 0
 * @plan: the plan that is being carried out
 * @user_data: what was given with the function
 *
 * Called before each step of each push.
 */
typedef void (*CbBulkProgressFunc) (guint         index,
                                    guint         position,
                                    const CbPlan *plan,
                                    gpointer      user_data);

/**
 * CbBulkWaitFunc:
 * @index: which item, from 0
 * @seconds: how long
 * @user_data: what was given with the function
 *
 * Called where the push of an item waits.
 */
typedef void (*CbBulkWaitFunc) (guint    index,
                                guint    seconds,
                                gpointer user_data);

/**
 * CbBulkOptions:
 * @dry_run: whether to plan only
 * @stop: (nullable): starts no more, and stops those that run after the answer in flight
 * @started: (nullable): called for each item that is tried
 * @planned: (nullable): called for each item of a dry run that has a plan
 * @finished: (nullable): called for each item
 * @progress: (nullable): called before each step
 * @waiting: (nullable): called where a push waits
 * @user_data: for all of them
 *
 * How to push many cases.
 */
typedef struct
{
  gboolean dry_run;
  GCancellable *stop;
  CbBulkStartFunc started;
  CbBulkPlanFunc planned;
  CbBulkResultFunc finished;
  CbBulkProgressFunc progress;
  CbBulkWaitFunc waiting;
  gpointer user_data;
} CbBulkOptions;

CbBulkItem *cb_bulk_item_new    (const char           *case_id,
                                 const char           *connector_id,
                                 CbOnConflict          on_conflict);
void        cb_bulk_item_free   (CbBulkItem           *item);
void        cb_bulk_push_async  (CbPusher             *pusher,
                                 GPtrArray            *items,
                                 const CbBulkOptions  *options,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
GPtrArray  *cb_bulk_push_finish (CbPusher             *pusher,
                                 GAsyncResult         *result);

G_END_DECLS
