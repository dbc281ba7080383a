/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/window/cb-window-private.h"

/* Which parts of the window are in sight. */

/* Library-private */

void
_cb_window_adapt_headers (CbWindow *self)
{
  gboolean folded = adw_leaflet_get_folded (self->leaflet);

  cb_case_list_pane_show_title_buttons (self->list, folded);
  cb_case_page_set_narrow (self->page, folded, !self->show_sidebar);
  gtk_widget_set_visible (GTK_WIDGET (self->list), folded || self->show_sidebar);
  gtk_widget_set_visible (self->list_separator, !folded && self->show_sidebar);
}

void
_cb_window_set_sidebar (CbWindow *self,
                        gboolean  show)
{
  self->show_sidebar = show;
  _cb_window_adapt_headers (self);
}

/* Public API */

/**
 * cb_window_show_case:
 * @self: a window with a workspace
 * @case_id: a case of it
 *
 * Shows a case.
 */
void
cb_window_show_case (CbWindow   *self,
                     const char *case_id)
{
  g_return_if_fail (CB_IS_WINDOW (self) && self->workspace != NULL && case_id != NULL);

  gtk_stack_set_visible_child_name (self->stack, "main");
  cb_case_list_pane_reveal (self->list, case_id);
  cb_case_page_show_case (self->page, case_id);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->page));
}
