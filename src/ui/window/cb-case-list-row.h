/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "push/cb-case-list.h"
#include "ui/push/cb-push-jobs.h"

G_BEGIN_DECLS

#define CB_TYPE_CASE_LIST_ROW (cb_case_list_row_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseListRow, cb_case_list_row, CB, CASE_LIST_ROW, AdwBin)

GtkWidget  *cb_case_list_row_new     (CbPushJobs     *jobs);
void        cb_case_list_row_follow  (CbCaseListRow  *self,
                                      GtkListItem    *item,
                                      GObject        *list);
void        cb_case_list_row_bind    (CbCaseListRow  *self,
                                      CbCaseRow      *item);

G_END_DECLS
