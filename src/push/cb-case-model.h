/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-cases.h"
#include "connectors/cb-connectors.h"
#include "push/cb-case-list.h"

G_BEGIN_DECLS

/**
 * CbCaseView:
 * @CB_CASE_VIEW_OPEN: cases that are not closed
 * @CB_CASE_VIEW_NEEDS_PUSH: those with something to send, queued ones with them
 * @CB_CASE_VIEW_TROUBLE: those whose last push failed or needs a decision
 * @CB_CASE_VIEW_ALL: all cases
 *
 * Which of the cases that were found are shown.
 */
typedef enum
{
  CB_CASE_VIEW_OPEN,
  CB_CASE_VIEW_NEEDS_PUSH,
  CB_CASE_VIEW_TROUBLE,
  CB_CASE_VIEW_ALL,
  CB_N_CASE_VIEWS,
} CbCaseView;

#define CB_TYPE_CASE_MODEL (cb_case_model_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseModel, cb_case_model, CB, CASE_MODEL, GObject)

CbCaseModel *cb_case_model_new         (CbCases       *cases,
                                        CbConnectors  *connectors);
void         cb_case_model_set_view    (CbCaseModel   *self,
                                        CbCaseView     view);
void         cb_case_model_set_search  (CbCaseModel   *self,
                                        const char    *search);
void         cb_case_model_set_order   (CbCaseModel   *self,
                                        CbCaseOrder    order);
void         cb_case_model_refresh     (CbCaseModel   *self);
gboolean     cb_case_model_is_current  (CbCaseModel   *self);
gboolean     cb_case_model_is_loaded   (CbCaseModel   *self);
guint        cb_case_model_count       (CbCaseModel   *self,
                                        CbCaseView     view);
gboolean     cb_case_model_find        (CbCaseModel   *self,
                                        const char    *id,
                                        guint         *position);
GPtrArray   *cb_case_model_list_ids    (CbCaseModel   *self);

G_END_DECLS
