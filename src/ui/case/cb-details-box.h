/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_DETAILS_BOX (cb_details_box_get_type ())
G_DECLARE_FINAL_TYPE (CbDetailsBox, cb_details_box, CB, DETAILS_BOX, AdwBin)

void  cb_details_box_set_workspace  (CbDetailsBox  *self,
                                     CbWorkspace   *workspace);
void  cb_details_box_show           (CbDetailsBox  *self,
                                     const CbCase  *item);

G_END_DECLS
