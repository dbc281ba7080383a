/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-cases.h"
#include "connectors/cb-connectors.h"
#include "push/cb-case-list.h"

G_BEGIN_DECLS

#define CB_TYPE_CASE_MODEL (cb_case_model_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseModel, cb_case_model, CB, CASE_MODEL, GObject)

CbCaseModel *cb_case_model_new       (CbCases            *cases,
                                      CbConnectors       *connectors);
void         cb_case_model_set_query (CbCaseModel        *self,
                                      const CbCaseQuery  *query);
void         cb_case_model_refresh   (CbCaseModel        *self);

G_END_DECLS
