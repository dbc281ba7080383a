/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "push/cb-bulk.h"
#include "ui/push/cb-push-jobs.h"

G_BEGIN_DECLS

typedef struct _CbPushBatch CbPushBatch;

CbPushBatch   *cb_push_batch_new      (CbPushJobs        *jobs,
                                       CbBulkResultFunc   finished,
                                       gpointer           user_data);
void           cb_push_batch_free     (CbPushBatch       *self);
CbBulkOptions  cb_push_batch_options  (CbPushBatch       *self);
void           cb_push_batch_stop     (CbPushBatch       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPushBatch, cb_push_batch_free)

G_END_DECLS
