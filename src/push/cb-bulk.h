/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "push/cb-pusher.h"

G_BEGIN_DECLS

/**
 * CbBulkItem:
 * @case_id: the case
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @on_conflict: what to do with remote edits
 *
 * One of many pushes.
 */
typedef struct
{
  char *case_id;
  char *connector_id;
  CbOnConflict on_conflict;
} CbBulkItem;

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
 * CbBulkOptions:
 * @dry_run: whether to plan only
 * @stop: (nullable): starts no more, and stops those that run after the answer in flight
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
  CbBulkResultFunc finished;
  CbBulkProgressFunc progress;
  CbWaitFunc waiting;
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
