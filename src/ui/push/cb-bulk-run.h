/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/push/cb-push-jobs.h"

G_BEGIN_DECLS

#define CB_TYPE_BULK_RUN (cb_bulk_run_get_type ())
G_DECLARE_FINAL_TYPE (CbBulkRun, cb_bulk_run, CB, BULK_RUN, GObject)

CbBulkRun  *cb_bulk_run_new          (CbApp      *app,
                                      CbPushJobs *jobs);
gboolean    cb_bulk_run_start        (CbBulkRun  *self,
                                      GPtrArray  *ids);
gboolean    cb_bulk_run_start_items  (CbBulkRun  *self,
                                      GPtrArray  *items);
void        cb_bulk_run_stop         (CbBulkRun  *self);
void        cb_bulk_run_clear        (CbBulkRun  *self);
gboolean    cb_bulk_run_is_running   (CbBulkRun  *self);
gboolean    cb_bulk_run_is_stopping  (CbBulkRun  *self);
guint       cb_bulk_run_get_n_items  (CbBulkRun  *self);
guint       cb_bulk_run_get_n_ended  (CbBulkRun  *self);
int         cb_bulk_run_seconds_left (CbBulkRun  *self);
GPtrArray  *cb_bulk_run_get_results  (CbBulkRun  *self);
guint       cb_bulk_run_count_unsent (CbBulkRun  *self);
gboolean    cb_bulk_run_is_sent      (const CbPushResult *result);
void        cb_bulk_run_count        (GPtrArray  *results,
                                      guint      *n_sent,
                                      guint      *n_trouble);

G_END_DECLS
