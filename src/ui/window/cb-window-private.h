/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/case/cb-case-page.h"
#include "ui/window/cb-case-list-pane.h"
#include "ui/window/cb-window.h"

G_BEGIN_DECLS

struct _CbWindow
{
  AdwApplicationWindow parent_instance;

  CbWorkspace *workspace;   /* (owned) (nullable): %NULL where it could not be opened */
  GSettings *settings;      /* (owned) (nullable): %NULL where the schema is not installed */
  GtkWindow *connections;   /* (weak) (nullable) */
  AdwToast *toast;          /* (weak) (nullable): the newest result of a push */
  char *remembered;         /* (owned) (nullable): the case of last time */
  gboolean shows_case;
  char *removed;            /* (owned) (nullable): the case that was removed last, as JSON */
  AdwToast *answer;         /* (weak) (nullable): the newest one to who asked from outside */
  gboolean show_sidebar;
  gboolean closing;         /* once the running pushes have stopped */
  guint poll_source;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwLeaflet *leaflet;
  GtkWidget *list_separator;
  CbCaseListPane *list;
  CbCasePage *page;
  AdwStatusPage *error;
  GtkMenuButton *first_connector_button;
  GtkMenuButton *first_menu_button;
  GtkWidget *first_import_button;
  GtkWidget *first_case_button;
};

static inline const char *
_cb_window_case_id (CbWindow *self)
{
  return cb_case_page_get_case_id (self->page);
}

static inline void
_cb_window_enable (CbWindow   *self,
                   const char *name,
                   gboolean    enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void  _cb_window_add_actions          (CbWindow         *self);
void  _cb_window_update_actions       (CbWindow         *self);
void  _cb_window_restore_order        (CbWindow         *self);
void  _cb_window_add_push_actions     (CbWindow         *self);
void  _cb_window_update_push_actions  (CbWindow         *self);
void  _cb_window_adapt_headers        (CbWindow         *self);
void  _cb_window_set_sidebar          (CbWindow         *self,
                                       gboolean          show);
void  _cb_window_toast                (CbWindow         *self,
                                       const char       *text);
void  _cb_window_toast_undo           (CbWindow         *self,
                                       const char       *text,
                                       const char       *action);
void  _cb_window_toast_result         (CbWindow         *self,
                                       const CbPushJob  *job);
void  _cb_window_toast_queue          (CbWindow         *self,
                                       GPtrArray        *results);

G_END_DECLS
