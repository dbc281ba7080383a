/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_BULK_BAR (cb_bulk_bar_get_type ())
G_DECLARE_FINAL_TYPE (CbBulkBar, cb_bulk_bar, CB, BULK_BAR, AdwBin)

void  cb_bulk_bar_set_workspace  (CbBulkBar   *self,
                                  CbWorkspace *workspace);
void  cb_bulk_bar_set_chosen     (CbBulkBar   *self,
                                  gboolean     choosing,
                                  guint        n);

G_END_DECLS
