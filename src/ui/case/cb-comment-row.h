/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_COMMENT_ROW (cb_comment_row_get_type ())
G_DECLARE_FINAL_TYPE (CbCommentRow, cb_comment_row, CB, COMMENT_ROW, GtkListBoxRow)

GtkWidget   *cb_comment_row_new     (CbWorkspace      *workspace,
                                     const char       *case_id,
                                     const char       *comment_id);
const char  *cb_comment_row_get_id  (CbCommentRow     *self);
void         cb_comment_row_show    (CbCommentRow     *self,
                                     const CbComment  *comment,
                                     gboolean          has_incident,
                                     gboolean          sent);

G_END_DECLS
