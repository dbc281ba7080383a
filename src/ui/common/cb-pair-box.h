/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_PAIR_BOX (cb_pair_box_get_type ())
G_DECLARE_FINAL_TYPE (CbPairBox, cb_pair_box, CB, PAIR_BOX, GtkBox)

GtkWidget  *cb_pair_box_new    (void);
void        cb_pair_box_clear  (CbPairBox  *self);
void        cb_pair_box_append (CbPairBox  *self,
                                GtkWidget  *name,
                                GtkWidget  *value);

G_END_DECLS
