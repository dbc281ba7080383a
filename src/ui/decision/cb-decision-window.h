/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_DECISION_WINDOW (cb_decision_window_get_type ())
G_DECLARE_FINAL_TYPE (CbDecisionWindow, cb_decision_window, CB, DECISION_WINDOW, AdwWindow)

GtkWindow *cb_decision_window_new (GtkWindow   *parent,
                                   CbWorkspace *workspace,
                                   const char  *case_id);

G_END_DECLS
