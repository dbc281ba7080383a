/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-cases.h"
#include "connectors/cb-connectors.h"
#include "push/cb-push-result.h"

G_BEGIN_DECLS

/**
 * CbDecision:
 * @CB_DECISION_SEARCH: it is to be looked up once more
 * @CB_DECISION_SEND_AGAIN: it is not there, nor is a comment after it
 * @CB_DECISION_MARK_SENT: the comment is there; of those after it nothing is said
 *
 * What a person says of a step of which nobody knows whether it was carried out.
 */
typedef enum
{
  CB_DECISION_SEARCH,
  CB_DECISION_SEND_AGAIN,
  CB_DECISION_MARK_SENT,
} CbDecision;

#define CB_TYPE_PUSHER (cb_pusher_get_type ())
G_DECLARE_FINAL_TYPE (CbPusher, cb_pusher, CB, PUSHER, GObject)

CbPusher     *cb_pusher_new                  (CbCases              *cases,
                                              CbConnectors         *connectors,
                                              const char           *lock_directory);
char         *cb_pusher_find_connector       (CbPusher             *self,
                                              const CbCase         *item,
                                              GError              **error);
void          cb_pusher_plan_async           (CbPusher             *self,
                                              const char           *case_id,
                                              const CbPushOptions  *options,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CbPlan       *cb_pusher_plan_finish          (CbPusher             *self,
                                              GAsyncResult         *result,
                                              CbPushResult        **push_result,
                                              GError              **error);
void          cb_pusher_push_async           (CbPusher             *self,
                                              const char           *case_id,
                                              const CbPushOptions  *options,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CbPushResult *cb_pusher_push_finish          (CbPusher             *self,
                                              GAsyncResult         *result);
void          cb_pusher_link_async           (CbPusher             *self,
                                              const char           *case_id,
                                              const char           *connector_id,
                                              const char           *incident,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
gboolean      cb_pusher_link_finish          (CbPusher             *self,
                                              GAsyncResult         *result,
                                              GError              **error);
gboolean      cb_pusher_decide               (CbPusher             *self,
                                              const char           *case_id,
                                              const char           *connector_id,
                                              CbDecision            decision,
                                              GError              **error);
gboolean      cb_pusher_unlink               (CbPusher             *self,
                                              const char           *case_id,
                                              const char           *connector_id,
                                              GError              **error);

G_END_DECLS
