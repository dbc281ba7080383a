/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_NEW_CASE_WINDOW (cb_new_case_window_get_type ())
G_DECLARE_FINAL_TYPE (CbNewCaseWindow, cb_new_case_window, CB, NEW_CASE_WINDOW, AdwWindow)

CbNewCaseWindow *cb_new_case_window_new (GtkWindow    *parent,
                                         CbWorkspace  *workspace);

G_END_DECLS
