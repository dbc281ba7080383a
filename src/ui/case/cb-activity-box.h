/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_ACTIVITY_BOX (cb_activity_box_get_type ())
G_DECLARE_FINAL_TYPE (CbActivityBox, cb_activity_box, CB, ACTIVITY_BOX, AdwBin)

void  cb_activity_box_show  (CbActivityBox  *self,
                             CbWorkspace    *workspace,
                             const char     *case_id);

G_END_DECLS
