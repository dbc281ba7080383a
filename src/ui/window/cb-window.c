/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "connectors/cb-connector-registry.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-dialogs.h"
#include "ui/common/cb-words.h"
#include "ui/window/cb-drop-zone.h"
#include "ui/window/cb-window-private.h"

#define SCHEMA "org.casebridge.Casebridge"
#define POLL_SECONDS 1

G_DEFINE_FINAL_TYPE (CbWindow, cb_window, ADW_TYPE_APPLICATION_WINDOW)

/* Auxiliary methods */

/* Geometry is a convenience: without its schema (run from a build directory) there is none. */
static GSettings *
open_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA, TRUE);
  return schema != NULL ? g_settings_new (SCHEMA) : NULL;
}

static void
restore_geometry (CbWindow *self)
{
  self->settings = open_settings ();
  self->show_sidebar = TRUE;
  if (self->settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  self->show_sidebar = g_settings_get_boolean (self->settings, "show-sidebar");
}

static void
restore_list (CbWindow *self)
{
  g_autofree char *id = NULL;
  g_autoptr(CbCaseRow) row = NULL;

  if (self->settings == NULL)
    return;
  cb_case_list_pane_set_view (self->list, g_settings_get_enum (self->settings, "view"));
  _cb_window_restore_order (self);
  id = g_settings_get_string (self->settings, "selected-case");
  row = cb_case_list_get (cb_workspace_get_database (self->workspace), id, NULL);
  if (row != NULL)
    self->remembered = g_steal_pointer (&id);
}

static void
save_geometry (CbWindow *self)
{
  int width, height;

  if (self->settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
  g_settings_set_boolean (self->settings, "show-sidebar", self->show_sidebar);
  if (self->workspace == NULL)
    return;
  g_settings_set_enum (self->settings, "view", cb_case_list_pane_get_view (self->list));
  g_settings_set_string (self->settings, "selected-case",
                         _cb_window_case_id (self) != NULL ? _cb_window_case_id (self) : "");
}

static gboolean
is_empty (CbWindow *self)
{
  g_autoptr(GPtrArray) connectors =
    cb_connectors_list (cb_workspace_get_connectors (self->workspace));

  return connectors->len == 0 && cb_cases_is_empty (cb_workspace_get_cases (self->workspace));
}

static void
show_right_page (CbWindow *self)
{
  const char *page = is_empty (self) ? "first-run" : "main";

  gtk_stack_set_visible_child_name (self->stack, page);
  _cb_window_update_actions (self);
}

static void
set_up_first_run (CbWindow *self)
{
  GPtrArray *types = cb_connector_registry_get ();
  g_autoptr(GMenu) menu = g_menu_new ();

  for (guint i = 0; i < types->len; i++)
    {
      CbConnectorClass *klass = g_ptr_array_index (types, i);
      g_autofree char *action = g_strdup_printf ("win.add-connector::%s", klass->id);

      g_menu_append (menu, klass->name, action);
    }
  gtk_menu_button_set_menu_model (self->first_connector_button, G_MENU_MODEL (menu));
  cb_accessible_set_label (GTK_WIDGET (self->first_connector_button), _("Add connector"));
  cb_accessible_set_label (GTK_WIDGET (self->first_menu_button), _("Main menu"));
  cb_accessible_set_label (self->first_import_button, _("Import cases"));
  cb_accessible_set_label (self->first_case_button, _("New case"));
}

/* Callbacks */

static gboolean
poll_cb (gpointer user_data)
{
  CbWindow *self = user_data;

  if (self->workspace != NULL)
    cb_workspace_poll (self->workspace);
  return G_SOURCE_CONTINUE;
}

static void
mapped_cb (CbWindow *self)
{
  if (self->poll_source == 0)
    self->poll_source = g_timeout_add_seconds (POLL_SECONDS, poll_cb, self);
}

static void
unmapped_cb (CbWindow *self)
{
  g_clear_handle_id (&self->poll_source, g_source_remove);
}

/* The case of last time, where it is there still, else the one where the last one was. */
static void
ready_cb (CbWindow *self)
{
  g_autofree char *id = g_steal_pointer (&self->remembered);
  g_autoptr(CbCaseRow) row = NULL;

  if (_cb_window_case_id (self) != NULL)
    return;
  if (id == NULL)
    id = cb_case_list_pane_get_nearest (self->list);
  /* The list may not know yet that a case is gone; it will be read once more, and offer another one. */
  if (id != NULL)
    row = cb_case_list_get (cb_workspace_get_database (self->workspace), id, NULL);
  if (row == NULL)
    return;
  cb_case_list_pane_select (self->list, id);
  cb_case_list_pane_focus_list (self->list);
  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->list));
  else
    cb_case_page_show_case (self->page, id);
}

static void
selected_cb (CbWindow   *self,
             const char *case_id,
             gboolean    activated)
{
  g_autofree char *id = g_strdup (case_id);

  cb_case_page_show_case (self->page, id);
  if (activated || adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->page));
}

static void
folded_cb (CbWindow *self)
{
  _cb_window_adapt_headers (self);
  cb_case_list_pane_select (self->list, cb_case_page_get_case_id (self->page));
}

/* A case may go from under the page; the list then offers the next one. */
static void
page_updated_cb (CbWindow *self)
{
  gboolean showed = self->shows_case;

  self->shows_case = _cb_window_case_id (self) != NULL;
  if (showed && !self->shows_case)
    cb_case_list_pane_unselect (self->list);
  _cb_window_update_actions (self);
}

static void
data_changed_cb (CbWindow *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "first-run") == 0)
    show_right_page (self);
}

static void
finished_cb (CbWindow   *self,
             const char *case_id)
{
  CbPushJobs *jobs = cb_workspace_get_jobs (self->workspace);
  const CbPushJob *job = cb_push_jobs_find (jobs, case_id);

  if (!job->in_batch)
    _cb_window_toast_result (self, job);
  if (self->closing && !cb_push_jobs_any_runs (jobs))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
queue_ran_cb (CbWindow  *self,
              GPtrArray *results)
{
  const CbPushResult *only = g_ptr_array_index (results, 0);
  const CbPushJob *job = cb_push_jobs_find (cb_workspace_get_jobs (self->workspace), only->case_id);

  if (results->len > 1)
    _cb_window_toast_queue (self, results);
  else if (job != NULL && job->result != NULL)
    _cb_window_toast_result (self, job);
}

/* A result of before has no place beside what happens now. */
static void
job_changed_cb (CbWindow   *self,
                const char *case_id)
{
  const CbPushJob *job = cb_push_jobs_find (cb_workspace_get_jobs (self->workspace), case_id);

  if (job->running && self->toast != NULL)
    adw_toast_dismiss (self->toast);
}

static void
close_confirmed_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  CbWindow *self = CB_WINDOW (source);

  if (!cb_dialogs_confirm_finish (GTK_WINDOW (source), result))
    return;
  if (!cb_push_jobs_any_runs (cb_workspace_get_jobs (self->workspace)))
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  self->closing = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  cb_outbox_runner_stop (cb_workspace_get_runner (self->workspace));
  cb_bulk_run_stop (cb_workspace_get_bulk (self->workspace));
  cb_push_jobs_stop_all (cb_workspace_get_jobs (self->workspace));
}

/* GtkWindow */

static gboolean
cb_window_close_request (GtkWindow *window)
{
  CbWindow *self = CB_WINDOW (window);

  save_geometry (self);
  if (self->workspace == NULL || !cb_push_jobs_any_runs (cb_workspace_get_jobs (self->workspace)))
    return GTK_WINDOW_CLASS (cb_window_parent_class)->close_request (window);
  cb_dialogs_confirm_async (window, _("Stop Pushing?"),
                            _("A push is running. It ends after the answer in flight; the next push "
                              "sends the rest."), _("_Stop and Close"), close_confirmed_cb, NULL);
  return GDK_EVENT_STOP;
}

/* What is in the window is made when there is something to show: the window itself is there first. */
static void
build (CbWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  _cb_window_add_actions (self);
  set_up_first_run (self);
  cb_drop_zone_add (GTK_WIDGET (self->stack));
  _cb_window_adapt_headers (self);
  _cb_window_update_actions (self);
}

/* GObject overrides */

static void
cb_window_dispose (GObject *object)
{
  CbWindow *self = CB_WINDOW (object);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  if (self->workspace != NULL)
    cb_outbox_runner_stop (cb_workspace_get_runner (self->workspace));
  g_clear_weak_pointer (&self->connections);
  g_clear_weak_pointer (&self->toast);
  g_clear_weak_pointer (&self->answer);
  g_clear_object (&self->workspace);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->remembered, g_free);
  g_clear_pointer (&self->removed, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_WINDOW);

  G_OBJECT_CLASS (cb_window_parent_class)->dispose (object);
}

static void
cb_window_class_init (CbWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = cb_window_close_request;

  g_type_ensure (CB_TYPE_CASE_LIST_PANE);
  g_type_ensure (CB_TYPE_CASE_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "window/cb-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CbWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, list_separator);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, list);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, page);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, error);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, first_connector_button);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, first_menu_button);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, first_import_button);
  gtk_widget_class_bind_template_child (widget_class, CbWindow, first_case_button);
  gtk_widget_class_bind_template_callback (widget_class, ready_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_updated_cb);
}

static void
cb_window_init (CbWindow *self)
{
  gtk_window_set_title (GTK_WINDOW (self), _("Casebridge"));
  gtk_window_set_default_size (GTK_WINDOW (self), 1200, 800);
  gtk_widget_set_size_request (GTK_WIDGET (self), 360, 300);
  if (*PROFILE != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self), "devel");
  g_signal_connect (self, "map", G_CALLBACK (mapped_cb), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (unmapped_cb), NULL);
  restore_geometry (self);
}

/* Public API */

/**
 * cb_window_new:
 * @application: the program
 *
 * Returns: (transfer none): a window without a workspace
 */
CbWindow *
cb_window_new (GtkApplication *application)
{
  return g_object_new (CB_TYPE_WINDOW, "application", application, NULL);
}

/**
 * cb_window_open:
 * @self: a window
 * @workspace: what it shows
 *
 * Shows a workspace. To be called once.
 */
void
cb_window_open (CbWindow    *self,
                CbWorkspace *workspace)
{
  g_return_if_fail (CB_IS_WINDOW (self) && self->workspace == NULL);

  build (self);
  self->workspace = g_object_ref (workspace);
  cb_case_page_set_workspace (self->page, workspace);
  cb_case_list_pane_set_workspace (self->list, workspace);
  restore_list (self);
  g_signal_connect_object (cb_workspace_get_cases (workspace), "changed",
                           G_CALLBACK (data_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_connectors (workspace), "changed",
                           G_CALLBACK (data_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_jobs (workspace), "changed",
                           G_CALLBACK (job_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_jobs (workspace), "finished", G_CALLBACK (finished_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_runner (workspace), "finished", G_CALLBACK (queue_ran_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_runner (workspace), "changed",
                           G_CALLBACK (page_updated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_bulk (workspace), "changed", G_CALLBACK (page_updated_cb),
                           self, G_CONNECT_SWAPPED);
  cb_outbox_runner_start (cb_workspace_get_runner (workspace));
  show_right_page (self);
}

/**
 * cb_window_show_error:
 * @self: a window without a workspace
 * @directory: the data directory
 * @error: why its workspace cannot be opened
 *
 * Says so.
 */
void
cb_window_show_error (CbWindow     *self,
                      const char   *directory,
                      const GError *error)
{
  g_autofree char *text = NULL;

  g_return_if_fail (CB_IS_WINDOW (self) && error != NULL);

  build (self);
  text = g_markup_printf_escaped ("%s\n\n<tt>%s</tt>", error->message, directory);
  adw_status_page_set_description (self->error, text);
  gtk_stack_set_visible_child_name (self->stack, "error");
  _cb_window_update_actions (self);
}

/**
 * cb_window_search:
 * @self: a window with a workspace
 * @text: words
 *
 * Shows the cases that hold them.
 */
void
cb_window_search (CbWindow   *self,
                  const char *text)
{
  g_return_if_fail (CB_IS_WINDOW (self) && self->workspace != NULL && text != NULL);

  g_action_group_activate_action (G_ACTION_GROUP (self), "search", NULL);
  cb_case_list_pane_search (self->list, text);
}
