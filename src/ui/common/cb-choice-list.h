/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_CHOICE_LIST (cb_choice_list_get_type ())
G_DECLARE_FINAL_TYPE (CbChoiceList, cb_choice_list, CB, CHOICE_LIST, AdwBin)

GtkWidget *cb_choice_list_new          (const char    *name);
void       cb_choice_list_set_choices  (CbChoiceList  *self,
                                        GPtrArray     *choices);
void       cb_choice_list_focus        (CbChoiceList  *self);

G_END_DECLS
