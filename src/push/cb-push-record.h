/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "push/cb-push-operation.h"

G_BEGIN_DECLS

gboolean         _cb_push_record_begin       (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              GError              **error);
gboolean         _cb_push_record_observed    (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              GError              **error);
gboolean         _cb_push_record_step        (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              CbStep               *step,
                                              const CbIncident     *incident,
                                              GError              **error);
gboolean         _cb_push_record_incident    (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              const CbIncident     *incident,
                                              gboolean              completed,
                                              GError              **error);
gboolean         _cb_push_record_fields      (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              CbStep               *step,
                                              JsonObject           *returned,
                                              GError              **error);
gboolean         _cb_push_record_lost_create (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              GError              **error);
gboolean         _cb_push_record_completion  (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              CbOutcome             outcome,
                                              GError              **error);
gboolean         _cb_push_record_doubt       (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              gboolean              doubtful,
                                              GError              **error);
void             _cb_push_record_interrupted (CbPusher             *self);
void             _cb_push_record_end         (CbPusher             *self,
                                              CbPushOperation      *operation);

G_END_DECLS
