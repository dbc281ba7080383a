/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_COMMENTS_BOX (cb_comments_box_get_type ())
G_DECLARE_FINAL_TYPE (CbCommentsBox, cb_comments_box, CB, COMMENTS_BOX, AdwBin)

void  cb_comments_box_show  (CbCommentsBox   *self,
                             CbWorkspace     *workspace,
                             const CbCase    *item,
                             const CbPushed  *pushed);

G_END_DECLS
