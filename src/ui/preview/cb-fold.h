/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *cb_fold_new (GtkWidget  *child,
                        const char *label);

G_END_DECLS
