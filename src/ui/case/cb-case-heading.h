/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "cases/cb-case.h"
#include "ui/common/cb-drafts.h"

G_BEGIN_DECLS

#define CB_TYPE_CASE_HEADING (cb_case_heading_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseHeading, cb_case_heading, CB, CASE_HEADING, AdwBin)

void  cb_case_heading_show   (CbCaseHeading  *self,
                              CbDrafts       *drafts,
                              const CbCase   *item);
void  cb_case_heading_saved  (CbCaseHeading  *self);
void  cb_case_heading_fail   (CbCaseHeading  *self,
                              const GError   *error);

G_END_DECLS
