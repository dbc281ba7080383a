/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "push/cb-case-model.h"
#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_CASE_LIST_PANE (cb_case_list_pane_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseListPane, cb_case_list_pane, CB, CASE_LIST_PANE, AdwBin)

void        cb_case_list_pane_set_workspace       (CbCaseListPane  *self,
                                                   CbWorkspace     *workspace);
void        cb_case_list_pane_show_title_buttons  (CbCaseListPane  *self,
                                                   gboolean         end);
void        cb_case_list_pane_select              (CbCaseListPane  *self,
                                                   const char      *case_id);
void        cb_case_list_pane_unselect            (CbCaseListPane  *self);
char       *cb_case_list_pane_get_nearest         (CbCaseListPane  *self);
void        cb_case_list_pane_reveal              (CbCaseListPane  *self,
                                                   const char      *case_id);
CbCaseView  cb_case_list_pane_get_view            (CbCaseListPane  *self);
void        cb_case_list_pane_set_view            (CbCaseListPane  *self,
                                                   CbCaseView       view);
void        cb_case_list_pane_set_order           (CbCaseListPane  *self,
                                                   CbCaseOrder      order);
void        cb_case_list_pane_focus_list          (CbCaseListPane  *self);
void        cb_case_list_pane_focus_search        (CbCaseListPane  *self);
void        cb_case_list_pane_search              (CbCaseListPane  *self,
                                                   const char      *text);
char       *cb_case_list_pane_next_trouble        (CbCaseListPane  *self,
                                                   const char      *case_id);
void        cb_case_list_pane_set_selecting       (CbCaseListPane  *self,
                                                   gboolean         selecting);
GPtrArray  *cb_case_list_pane_get_chosen          (CbCaseListPane  *self);
guint       cb_case_list_pane_get_n_chosen        (CbCaseListPane  *self);
GPtrArray  *cb_case_list_pane_get_ids             (CbCaseListPane  *self);

G_END_DECLS
