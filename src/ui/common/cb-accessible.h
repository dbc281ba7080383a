/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void cb_accessible_set_label       (GtkWidget  *widget,
                                    const char *label);
void cb_accessible_set_description (GtkWidget  *widget,
                                    const char *description);
void cb_accessible_focus_first     (GtkWidget  *window,
                                    GtkWidget  *widget);

G_END_DECLS
