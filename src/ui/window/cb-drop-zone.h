/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void cb_drop_zone_add (GtkWidget *widget);

G_END_DECLS
