/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "push/cb-transfer.h"
#include "ui/case-connector/cb-case-connector-window.h"
#include "ui/common/cb-dialogs.h"
#include "ui/connections/cb-connections-window.h"
#include "ui/connector-editor/cb-connector-editor.h"
#include "ui/preview/cb-preview-window.h"
#include "ui/window/cb-file-transfer.h"
#include "ui/window/cb-new-case-window.h"
#include "ui/window/cb-window-private.h"

/* An export that waits for its file. */
typedef struct
{
  CbWindow *window; /* (owned) */
  GPtrArray *ids;   /* (owned) (element-type utf8) */
} Export;

static const char *const orders[CB_N_CASE_ORDERS] = {
  [CB_CASE_ORDER_NEWEST] = "newest",
  [CB_CASE_ORDER_CHANGED] = "changed",
  [CB_CASE_ORDER_SEVERITY] = "severity",
  [CB_CASE_ORDER_TITLE] = "title",
};

/* Auxiliary methods */

static void
export_free (Export *export)
{
  g_clear_object (&export->window);
  g_clear_pointer (&export->ids, g_ptr_array_unref);
  g_free (export);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Export, export_free)

/* Callbacks */

static void
search_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  CbWindow *self = user_data;

  if (!self->show_sidebar)
    g_action_group_change_action_state (G_ACTION_GROUP (self), "show-sidebar",
                                        g_variant_new_boolean (TRUE));
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->list));
  cb_case_list_pane_focus_search (self->list);
}

static void
show_sidebar_cb (GSimpleAction *action,
                 GVariant      *value,
                 gpointer       user_data)
{
  g_simple_action_set_state (action, value);
  _cb_window_set_sidebar (user_data, g_variant_get_boolean (value));
}

static void
order_cb (GSimpleAction *action,
          GVariant      *value,
          gpointer       user_data)
{
  CbWindow *self = user_data;

  for (CbCaseOrder order = 0; order < CB_N_CASE_ORDERS; order++)
    {
      if (!g_str_equal (orders[order], g_variant_get_string (value, NULL)))
        continue;
      g_simple_action_set_state (action, value);
      cb_case_list_pane_set_order (self->list, order);
      if (self->settings != NULL)
        g_settings_set_enum (self->settings, "order", order);
    }
}

static void
back_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  CbWindow *self = user_data;

  if (!adw_leaflet_get_folded (self->leaflet))
    return;
  cb_case_list_pane_select (self->list, NULL);
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
created_cb (CbWindow   *self,
            const char *id)
{
  cb_window_show_case (self, id);
}

static void
new_case_cb (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  CbWindow *self = user_data;
  CbNewCaseWindow *window = cb_new_case_window_new (GTK_WINDOW (self), self->workspace);

  g_signal_connect_object (window, "created", G_CALLBACK (created_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
show_case_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  cb_window_show_case (user_data, g_variant_get_string (parameter, NULL));
}

static gboolean
remove_case (CbWindow    *self,
             const char  *id,
             GError     **error)
{
  CbCases *cases = cb_workspace_get_cases (self->workspace);
  g_autoptr(GPtrArray) ids = g_ptr_array_new ();
  g_autoptr(JsonNode) node = NULL;

  g_ptr_array_add (ids, (char *) id);
  node = cb_transfer_export (cases, cb_workspace_get_connectors (self->workspace), ids, error);
  if (node == NULL ||
      !cb_journal_check_removable (cb_cases_get_database (cases), id, NULL, error) ||
      !cb_cases_remove (cases, id, error))
    return FALSE;
  g_free (self->removed);
  self->removed = cb_json_to_string (node);
  return TRUE;
}

/* Nobody is asked before, as it can be undone afterwards. */
static void
remove_case_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  CbWindow *self = user_data;
  g_autofree char *id = g_strdup (_cb_window_case_id (self));
  g_autofree char *text = g_strdup_printf (_("“%s” removed"), cb_case_page_get_title (self->page));
  g_autoptr(GError) error = NULL;

  if (remove_case (self, id, &error))
    _cb_window_toast_undo (self, text, "win.undo-remove");
  else
    cb_dialogs_show_message (GTK_WINDOW (self), _("The Case Cannot Be Removed"), error->message);
}

static void
undo_remove_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  CbWindow *self = user_data;
  g_autofree char *text = g_steal_pointer (&self->removed);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbImport) done = NULL;

  if (text == NULL)
    return;
  done = cb_transfer_import (cb_workspace_get_cases (self->workspace),
                             cb_workspace_get_connectors (self->workspace), text, strlen (text), &error);
  if (done != NULL)
    cb_window_show_case (self, g_ptr_array_index (done->ids, 0));
  else
    cb_dialogs_show_message (GTK_WINDOW (self), _("The Case Cannot Be Restored"), error->message);
}

static void
connections_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  CbWindow *self = user_data;

  if (self->connections == NULL)
    g_set_weak_pointer (&self->connections,
                        cb_connections_window_new (GTK_WINDOW (self), self->workspace));
  gtk_window_present (self->connections);
}

static void
add_connector_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  CbWindow *self = user_data;

  gtk_window_present (cb_connector_editor_new (GTK_WINDOW (self), self->workspace,
                                               g_variant_get_string (parameter, NULL), NULL));
}

static void
edit_connector_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  CbWindow *self = user_data;

  gtk_window_present (cb_connector_editor_new (GTK_WINDOW (self), self->workspace, NULL,
                                               g_variant_get_string (parameter, NULL)));
}

static void
case_connector_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  CbWindow *self = user_data;

  gtk_window_present (cb_case_connector_window_new (GTK_WINDOW (self), self->workspace,
                                                    _cb_window_case_id (self)));
}

static void
preview_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  CbWindow *self = user_data;

  if (cb_case_list_pane_get_n_chosen (self->list) > 1)
    g_action_group_activate_action (G_ACTION_GROUP (self), "preview-selected", NULL);
  else
    gtk_window_present (cb_preview_window_new (GTK_WINDOW (self), self->workspace,
                                               _cb_window_case_id (self)));
}

static void
open_incident_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  CbWindow *self = user_data;

  cb_dialogs_show_uri (GTK_WINDOW (self), cb_case_page_get_incident_url (self->page));
}

static void
open_uri_cb (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  cb_dialogs_show_uri (user_data, g_variant_get_string (parameter, NULL));
}

static void
imported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(CbWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  char *warnings;

  text = cb_file_transfer_import_finish (CB_WORKSPACE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (text == NULL)
    {
      cb_dialogs_show_message (GTK_WINDOW (self), _("Nothing Was Imported"), error->message);
      return;
    }
  warnings = strchr (text, '\n');
  if (warnings != NULL)
    *warnings++ = '\0';
  _cb_window_toast (self, text);
  if (warnings != NULL)
    cb_dialogs_show_message (GTK_WINDOW (self), text, warnings);
}

static void
import_chosen_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  CbWindow *self = CB_WINDOW (source);
  g_autoptr(GFile) file = cb_dialogs_choose_finish (GTK_WINDOW (source), result);

  if (file != NULL)
    cb_window_import (self, file);
}

static void
import_file_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  CbWindow *self = user_data;
  g_autoptr(GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  cb_window_import (self, file);
}

static void
import_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  cb_dialogs_choose_async (user_data, GTK_FILE_CHOOSER_ACTION_OPEN, _("Import Cases"), NULL,
                           import_chosen_cb, NULL);
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(CbWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = cb_file_transfer_export_finish (CB_WORKSPACE (source), result, &error);

  if (text != NULL)
    _cb_window_toast (self, text);
  else
    cb_dialogs_show_message (GTK_WINDOW (self), _("Nothing Was Exported"), error->message);
}

static void
export_chosen_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(Export) export = user_data;
  CbWindow *self = export->window;
  g_autoptr(GFile) file = cb_dialogs_choose_finish (GTK_WINDOW (source), result);

  if (file != NULL)
    cb_file_transfer_export_async (self->workspace, file, export->ids, exported_cb,
                                   g_object_ref (self));
}

static void
start_export (CbWindow  *self,
              GPtrArray *ids)
{
  Export *export = g_new0 (Export, 1);

  export->window = g_object_ref (self);
  export->ids = ids;
  cb_dialogs_choose_async (GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, _("Export Cases"),
                           "casebridge.cases.json", export_chosen_cb, export);
}

static void
export_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (ids, g_strdup (_cb_window_case_id (user_data)));
  start_export (user_data, ids);
}

static void
export_listed_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  CbWindow *self = user_data;

  start_export (self, cb_case_list_pane_get_ids (self->list));
}

static const GActionEntry entries[] = {
  { .name = "search", .activate = search_cb },
  { .name = "show-sidebar", .state = "true", .change_state = show_sidebar_cb },
  { .name = "order", .parameter_type = "s", .state = "'newest'", .change_state = order_cb },
  { .name = "back", .activate = back_cb },
  { .name = "new-case", .activate = new_case_cb },
  { .name = "show-case", .activate = show_case_cb, .parameter_type = "s" },
  { .name = "remove-case", .activate = remove_case_cb },
  { .name = "undo-remove", .activate = undo_remove_cb },
  { .name = "connections", .activate = connections_cb },
  { .name = "add-connector", .activate = add_connector_cb, .parameter_type = "s" },
  { .name = "edit-connector", .activate = edit_connector_cb, .parameter_type = "s" },
  { .name = "case-connector", .activate = case_connector_cb },
  { .name = "preview", .activate = preview_cb },
  { .name = "open-incident", .activate = open_incident_cb },
  { .name = "open-uri", .activate = open_uri_cb, .parameter_type = "s" },
  { .name = "import", .activate = import_cb },
  { .name = "import-file", .activate = import_file_cb, .parameter_type = "s" },
  { .name = "export", .activate = export_cb },
  { .name = "export-listed", .activate = export_listed_cb },
};

/* Library-private */

void
_cb_window_add_actions (CbWindow *self)
{
  GAction *sidebar;

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  _cb_window_add_push_actions (self);
  sidebar = g_action_map_lookup_action (G_ACTION_MAP (self), "show-sidebar");
  g_simple_action_set_state (G_SIMPLE_ACTION (sidebar), g_variant_new_boolean (self->show_sidebar));
}

void
_cb_window_restore_order (CbWindow *self)
{
  int order = g_settings_get_enum (self->settings, "order");

  g_action_group_change_action_state (G_ACTION_GROUP (self), "order", g_variant_new_string (orders[order]));
}

/* An action that cannot work now is insensitive, and with it every button, menu item and key. */
void
_cb_window_update_actions (CbWindow *self)
{
  static const char *const with_workspace[] = {
    "search", "show-sidebar", "order", "new-case", "connections", "add-connector", "import", "import-file",
    "export-listed",
  };
  static const char *const with_case[] = { "case-connector", "remove-case", "export" };
  gboolean open = self->workspace != NULL;
  gboolean has_case = open && _cb_window_case_id (self) != NULL;
  gboolean has_connector = has_case && cb_case_page_get_connector_id (self->page) != NULL;
  const CbPushJob *job = NULL;

  if (has_case)
    job = cb_push_jobs_find (cb_workspace_get_jobs (self->workspace), _cb_window_case_id (self));
  for (guint i = 0; i < G_N_ELEMENTS (with_workspace); i++)
    _cb_window_enable (self, with_workspace[i], open);
  for (guint i = 0; i < G_N_ELEMENTS (with_case); i++)
    _cb_window_enable (self, with_case[i], has_case);
  _cb_window_enable (self, "preview", (has_connector && (job == NULL || !job->running)) ||
                     (open && cb_case_list_pane_get_n_chosen (self->list) > 1));
  _cb_window_enable (self, "open-incident", has_case && cb_case_page_get_incident_url (self->page) != NULL);
  _cb_window_update_push_actions (self);
}

/* Public API */

/**
 * cb_window_import:
 * @self: a window with a workspace
 * @file: what Kibana or Casebridge has exported
 *
 * Imports a file, and tells what came of it.
 */
void
cb_window_import (CbWindow *self,
                  GFile    *file)
{
  g_return_if_fail (CB_IS_WINDOW (self) && self->workspace != NULL && G_IS_FILE (file));

  cb_file_transfer_import_async (self->workspace, GTK_WINDOW (self), file, imported_cb,
                                 g_object_ref (self));
}
