/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-drafts.h"

G_BEGIN_DECLS

#define CB_TYPE_DESCRIPTION (cb_description_get_type ())
G_DECLARE_FINAL_TYPE (CbDescription, cb_description, CB, DESCRIPTION, AdwBin)

void  cb_description_show    (CbDescription  *self,
                               CbDrafts       *drafts,
                               const char     *case_id,
                               const char     *text);
void  cb_description_saved   (CbDescription  *self);
void  cb_description_fail    (CbDescription  *self,
                               const GError   *error);

G_END_DECLS
