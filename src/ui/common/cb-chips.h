/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define CB_TYPE_CHIPS (cb_chips_get_type ())
G_DECLARE_FINAL_TYPE (CbChips, cb_chips, CB, CHIPS, AdwBin)

void   cb_chips_set_values   (CbChips            *self,
                              const char *const  *values);
GStrv  cb_chips_dup_values   (CbChips            *self);
void   cb_chips_commit       (CbChips            *self);
void   cb_chips_fail         (CbChips            *self,
                              const GError       *error);

G_END_DECLS
