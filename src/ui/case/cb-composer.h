/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_COMPOSER (cb_composer_get_type ())
G_DECLARE_FINAL_TYPE (CbComposer, cb_composer, CB, COMPOSER, AdwBin)

void  cb_composer_show  (CbComposer   *self,
                         CbWorkspace  *workspace,
                         const char   *case_id);
void  cb_composer_send  (CbComposer   *self);

G_END_DECLS
