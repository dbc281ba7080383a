/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cb-app.h"
#include "ui/common/cb-drafts.h"
#include "ui/push/cb-bulk-run.h"
#include "ui/push/cb-outbox-runner.h"
#include "ui/push/cb-push-jobs.h"

G_BEGIN_DECLS

#define CB_TYPE_WORKSPACE (cb_workspace_get_type ())
G_DECLARE_FINAL_TYPE (CbWorkspace, cb_workspace, CB, WORKSPACE, GObject)

CbWorkspace   *cb_workspace_new             (CbApp        *app);
CbDatabase    *cb_workspace_get_database    (CbWorkspace  *self);
CbCases       *cb_workspace_get_cases       (CbWorkspace  *self);
CbConnectors  *cb_workspace_get_connectors  (CbWorkspace  *self);
CbPusher      *cb_workspace_get_pusher      (CbWorkspace  *self);
CbOutbox      *cb_workspace_get_outbox      (CbWorkspace  *self);
CbPushJobs    *cb_workspace_get_jobs        (CbWorkspace  *self);
CbOutboxRunner
              *cb_workspace_get_runner      (CbWorkspace  *self);
CbBulkRun     *cb_workspace_get_bulk        (CbWorkspace  *self);
CbDrafts      *cb_workspace_get_drafts      (CbWorkspace  *self);
void           cb_workspace_learn_choices   (CbWorkspace  *self,
                                             const char   *connector_id,
                                             const char   *field,
                                             GPtrArray    *choices);
const char    *cb_workspace_find_label      (CbWorkspace  *self,
                                             const char   *connector_id,
                                             const char   *field,
                                             const char   *value);
void           cb_workspace_poll            (CbWorkspace  *self);

G_END_DECLS
