/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "push/cb-case-list.h"
#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_CASE_PAGE (cb_case_page_get_type ())
G_DECLARE_FINAL_TYPE (CbCasePage, cb_case_page, CB, CASE_PAGE, AdwBin)

void         cb_case_page_set_workspace       (CbCasePage   *self,
                                               CbWorkspace  *workspace);
void         cb_case_page_set_narrow          (CbCasePage   *self,
                                               gboolean      folded,
                                               gboolean      list_hidden);
void         cb_case_page_show_case           (CbCasePage   *self,
                                               const char   *case_id);
const char  *cb_case_page_get_case_id         (CbCasePage   *self);
const char  *cb_case_page_get_title           (CbCasePage   *self);
const char  *cb_case_page_get_connector_id    (CbCasePage   *self);
const char  *cb_case_page_get_incident_url    (CbCasePage   *self);
CbPushState  cb_case_page_get_state           (CbCasePage   *self);
gboolean     cb_case_page_can_push            (CbCasePage   *self);

G_END_DECLS
