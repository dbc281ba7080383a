/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CB_TYPE_CASE_LAYOUT (cb_case_layout_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseLayout, cb_case_layout, CB, CASE_LAYOUT, GtkLayoutManager)

G_END_DECLS
