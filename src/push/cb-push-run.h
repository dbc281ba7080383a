/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "push/cb-push-operation.h"

G_BEGIN_DECLS

/* The phases of a preview or push, each of which takes the task and leads to the next: observe, plan,
 * send, end. A step whose answer is lost leads back to observing. */

gboolean    _cb_push_is_stopped    (GTask           *task);
void        _cb_push_wait          (GTask           *task,
                                    guint            milliseconds,
                                    GSourceFunc      next);

void        _cb_push_load_target   (GTask           *task,
                                    CbPushNextFunc   next);
void        _cb_push_observe       (GTask           *task);
void        _cb_push_read_incident (GTask           *task);
void        _cb_push_make_plan     (GTask           *task);
void        _cb_push_next_step     (GTask           *task);
void        _cb_push_complete      (GTask           *task);
void        _cb_push_fail          (GTask           *task,
                                    GError          *reason);
void        _cb_push_end           (GTask           *task,
                                    CbOutcome        outcome,
                                    GError          *reason);

G_END_DECLS
