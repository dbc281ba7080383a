/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/push/cb-push-jobs.h"

G_BEGIN_DECLS

#define CB_TYPE_OUTBOX_RUNNER (cb_outbox_runner_get_type ())
G_DECLARE_FINAL_TYPE (CbOutboxRunner, cb_outbox_runner, CB, OUTBOX_RUNNER, GObject)

CbOutboxRunner *cb_outbox_runner_new        (CbApp           *app,
                                             CbPushJobs      *jobs);
void            cb_outbox_runner_start      (CbOutboxRunner  *self);
void            cb_outbox_runner_stop       (CbOutboxRunner  *self);
void            cb_outbox_runner_run_now    (CbOutboxRunner  *self);
guint           cb_outbox_runner_n_waiting  (CbOutboxRunner  *self);
gboolean        cb_outbox_runner_is_running (CbOutboxRunner  *self);
gboolean        cb_outbox_runner_is_paused  (CbOutboxRunner  *self);
gint64          cb_outbox_runner_due_in     (CbOutboxRunner  *self);

G_END_DECLS
