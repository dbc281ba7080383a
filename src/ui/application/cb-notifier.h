/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_NOTIFIER (cb_notifier_get_type ())
G_DECLARE_FINAL_TYPE (CbNotifier, cb_notifier, CB, NOTIFIER, GObject)

CbNotifier *cb_notifier_new          (GApplication  *application,
                                      CbWorkspace   *workspace);
void        cb_notifier_forget_case  (CbNotifier    *self,
                                      const char    *case_id);

G_END_DECLS
