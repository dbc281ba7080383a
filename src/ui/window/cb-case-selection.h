/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "push/cb-case-list.h"

G_BEGIN_DECLS

/**
 * CbCaseIdsFunc:
 * @user_data: what was given with the function
 *
 * Returns: (transfer full) (element-type utf8): the cases of the whole list
 */
typedef GPtrArray *(*CbCaseIdsFunc) (gpointer user_data);

#define CB_TYPE_CASE_SELECTION (cb_case_selection_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseSelection, cb_case_selection, CB, CASE_SELECTION, GObject)

CbCaseSelection *cb_case_selection_new        (GListModel       *model,
                                               CbCaseIdsFunc     list_ids,
                                               gpointer          user_data);
void             cb_case_selection_set_adding (CbCaseSelection  *self,
                                               gboolean          adding);
void             cb_case_selection_set_only   (CbCaseSelection  *self,
                                               const char       *id);
void             cb_case_selection_toggle     (CbCaseSelection  *self,
                                               const char       *id);
guint            cb_case_selection_get_n      (CbCaseSelection  *self);
GPtrArray       *cb_case_selection_get_ids    (CbCaseSelection  *self);

G_END_DECLS
