/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "connectors/cb-connector-registry.h"
#include "store/cb-settings.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-dialogs.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"
#include "ui/connections/cb-connections-window.h"
#include "ui/connections/cb-mapping-table.h"
#include "ui/connector-editor/cb-connector-editor.h"

#define CLOSE_ON_PUSH "close_on_push"

/* "Edit external connection". Each change applies at once. */
struct _CbConnectionsWindow
{
  AdwWindow parent_instance;

  CbWorkspace *workspace; /* (owned) */
  GPtrArray *connectors;  /* (owned) (element-type CbConnectorInfo) */
  GPtrArray *rows;        /* (owned) (element-type GtkWidget): in the list of connectors */
  gboolean loading;
  guint refresh_source;

  AdwComboRow *system;
  AdwPreferencesGroup *list;
  GtkMenuButton *add_button;
  AdwActionRow *none;
  GtkSwitch *close_switch;
  AdwPreferencesGroup *mapping_group;
  CbMappingTable *mapping;
  CbNotice *notice;
};

/* A removal that waits for an answer. */
typedef struct
{
  CbConnectionsWindow *window; /* (owned) */
  char *id;                    /* (owned) */
} Removal;

G_DEFINE_FINAL_TYPE (CbConnectionsWindow, cb_connections_window, ADW_TYPE_WINDOW)

static void edit_cb   (CbConnectionsWindow *self, GtkButton *button);
static void remove_cb (CbConnectionsWindow *self, GtkButton *button);

/* Auxiliary methods */

static void
removal_free (Removal *removal)
{
  g_clear_object (&removal->window);
  g_free (removal->id);
  g_free (removal);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static CbConnectors *
connectors_of (CbConnectionsWindow *self)
{
  return cb_workspace_get_connectors (self->workspace);
}

static CbConnectorInfo *
info_for (CbConnectionsWindow *self,
          GtkButton           *button)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "index"));

  return g_ptr_array_index (self->connectors, index);
}

static GtkWidget *
make_button (CbConnectionsWindow *self,
             GtkWidget           *button,
             guint                index,
             const char          *name,
             GCallback            callback)
{
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  cb_accessible_set_label (button, name);
  g_object_set_data (G_OBJECT (button), "index", GUINT_TO_POINTER (index));
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
make_row (CbConnectionsWindow *self,
          guint                index)
{
  CbConnectorInfo *info = g_ptr_array_index (self->connectors, index);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *update = g_strdup_printf (_("Update %s"), info->name);
  g_autofree char *removal = g_strdup_printf (_("Remove %s"), info->name);
  g_autofree char *subtitle = NULL;
  GtkWidget *button;

  subtitle = info->has_secrets ? g_strdup_printf ("%s · %s", info->klass->name, info->url)
                               : g_strdup_printf (_("%s · %s · secrets are missing"),
                                                  info->klass->name, info->url);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), info->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  button = make_button (self, gtk_button_new_with_label (update), index, update,
                        G_CALLBACK (edit_cb));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  button = make_button (self, gtk_button_new_from_icon_name ("user-trash-symbolic"), index, removal,
                        G_CALLBACK (remove_cb));
  gtk_widget_set_tooltip_text (button, removal);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
show_list (CbConnectionsWindow *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->list, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->connectors->len; i++)
    {
      GtkWidget *row = make_row (self, i);

      g_ptr_array_add (self->rows, row);
      adw_preferences_group_add (self->list, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->none), self->connectors->len == 0);
}

static void
show_system (CbConnectionsWindow *self,
             const char          *current)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  gtk_string_list_append (names, _("No connector selected"));
  for (guint i = 0; i < self->connectors->len; i++)
    {
      CbConnectorInfo *info = g_ptr_array_index (self->connectors, i);

      gtk_string_list_append (names, info->name);
      if (g_strcmp0 (info->id, current) == 0)
        selected = i + 1;
    }
  adw_combo_row_set_model (self->system, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->system, selected);
}

/* The mapping of the connector that counts, or of the first one. */
static void
show_mapping (CbConnectionsWindow *self,
              const char          *current)
{
  CbConnectorInfo *shown = self->connectors->len > 0 ? g_ptr_array_index (self->connectors, 0) : NULL;
  g_autofree char *title = NULL;
  g_autofree char *escaped = NULL;

  for (guint i = 0; i < self->connectors->len; i++)
    if (g_strcmp0 (((CbConnectorInfo *) g_ptr_array_index (self->connectors, i))->id, current) == 0)
      shown = g_ptr_array_index (self->connectors, i);
  gtk_widget_set_visible (GTK_WIDGET (self->mapping_group), shown != NULL);
  if (shown == NULL)
    return;
  title = g_strdup_printf (_("%s field mappings"), shown->name);
  escaped = g_markup_escape_text (title, -1);
  adw_preferences_group_set_title (self->mapping_group, escaped);
  cb_mapping_table_show (self->mapping, shown);
}

static void
refresh (CbConnectionsWindow *self)
{
  g_autofree char *current = cb_connectors_get_default (connectors_of (self));
  g_autofree char *closes = cb_settings_get (cb_workspace_get_database (self->workspace),
                                             CLOSE_ON_PUSH);

  self->loading = TRUE;
  g_clear_pointer (&self->connectors, g_ptr_array_unref);
  self->connectors = cb_connectors_list (connectors_of (self));
  show_system (self, current);
  show_list (self);
  show_mapping (self, current);
  gtk_switch_set_active (self->close_switch, g_strcmp0 (closes, "1") == 0);
  self->loading = FALSE;
}

static void
fill_add_menu (CbConnectionsWindow *self)
{
  GPtrArray *types = cb_connector_registry_get ();
  g_autoptr(GMenu) menu = g_menu_new ();

  for (guint i = 0; i < types->len; i++)
    {
      CbConnectorClass *klass = g_ptr_array_index (types, i);
      g_autofree char *action = g_strdup_printf ("connections.add::%s", klass->id);

      g_menu_append (menu, klass->name, action);
    }
  gtk_menu_button_set_menu_model (self->add_button, G_MENU_MODEL (menu));
  cb_accessible_set_label (GTK_WIDGET (self->add_button), _("Add new connector"));
}

static char *
describe_removal (CbConnectionsWindow   *self,
                  const CbConnectorInfo *info)
{
  g_autofree char *current = cb_connectors_get_default (connectors_of (self));
  const char *cases = g_strcmp0 (current, info->id) == 0
                        ? _("It is the default connector: cases that name none themselves will have "
                            "no connector.")
                        : _("Cases that name it will have no connector.");

  return g_strjoin (" ", cases, _("Its secrets are removed from the keyring. Incidents stay in the "
                                  "external system, and a new connector to the same system finds "
                                  "them again."), NULL);
}

/* Callbacks */

static gboolean
refresh_cb (gpointer user_data)
{
  CbConnectionsWindow *self = user_data;

  self->refresh_source = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

/* Later, so that a row whose handler made the change still is there when the handler ends. */
static void
changed_cb (CbConnectionsWindow *self)
{
  if (self->refresh_source == 0)
    self->refresh_source = g_idle_add (refresh_cb, self);
}

static void
edit_cb (CbConnectionsWindow *self,
         GtkButton           *button)
{
  gtk_window_present (cb_connector_editor_new (GTK_WINDOW (self), self->workspace, NULL,
                                               info_for (self, button)->id));
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(CbConnectionsWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!cb_connectors_remove_finish (CB_CONNECTORS (source), result, &error))
    cb_notice_show_error (self->notice, error);
}

static void
remove_confirmed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(Removal) removal = user_data;
  CbConnectionsWindow *self = removal->window;

  if (cb_dialogs_confirm_finish (GTK_WINDOW (source), result))
    cb_connectors_remove_async (connectors_of (self), removal->id, NULL, removed_cb,
                                g_object_ref (self));
}

static void
remove_cb (CbConnectionsWindow *self,
           GtkButton           *button)
{
  CbConnectorInfo *info = info_for (self, button);
  g_autofree char *heading = g_strdup_printf (_("Remove %s?"), info->name);
  g_autofree char *body = describe_removal (self, info);
  g_autoptr(GError) error = NULL;
  Removal *removal;

  cb_notice_hide (self->notice);
  if (!cb_journal_check_removable (cb_workspace_get_database (self->workspace), NULL, info->id,
                                   &error))
    {
      cb_notice_show_error (self->notice, error);
      return;
    }
  removal = g_new0 (Removal, 1);
  removal->window = g_object_ref (self);
  removal->id = g_strdup (info->id);
  cb_dialogs_confirm_async (GTK_WINDOW (self), heading, body, _("_Remove"), remove_confirmed_cb,
                            removal);
}

static void
system_cb (CbConnectionsWindow *self)
{
  guint selected = adw_combo_row_get_selected (self->system);
  const char *id = NULL;
  g_autoptr(GError) error = NULL;

  if (self->loading || selected > self->connectors->len)
    return;
  if (selected > 0)
    id = ((CbConnectorInfo *) g_ptr_array_index (self->connectors, selected - 1))->id;
  cb_notice_hide (self->notice);
  if (!cb_connectors_set_default (connectors_of (self), id, &error))
    cb_notice_show_error (self->notice, error);
}

static void
close_switch_cb (CbConnectionsWindow *self)
{
  g_autoptr(GError) error = NULL;
  const char *value = gtk_switch_get_active (self->close_switch) ? "1" : NULL;

  if (self->loading)
    return;
  cb_notice_hide (self->notice);
  if (!cb_settings_set (cb_workspace_get_database (self->workspace), CLOSE_ON_PUSH, value, &error))
    cb_notice_show_error (self->notice, error);
}

static void
add_cb (GSimpleAction *action,
        GVariant      *parameter,
        gpointer       user_data)
{
  CbConnectionsWindow *self = user_data;

  gtk_window_present (cb_connector_editor_new (GTK_WINDOW (self), self->workspace,
                                               g_variant_get_string (parameter, NULL), NULL));
}

static const GActionEntry entries[] = {
  { .name = "add", .activate = add_cb, .parameter_type = "s" },
};

/* GObject overrides */

static void
cb_connections_window_dispose (GObject *object)
{
  CbConnectionsWindow *self = CB_CONNECTIONS_WINDOW (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CONNECTIONS_WINDOW);

  G_OBJECT_CLASS (cb_connections_window_parent_class)->dispose (object);
}

static void
cb_connections_window_finalize (GObject *object)
{
  g_clear_pointer (&CB_CONNECTIONS_WINDOW (object)->connectors, g_ptr_array_unref);

  G_OBJECT_CLASS (cb_connections_window_parent_class)->finalize (object);
}

static void
cb_connections_window_class_init (CbConnectionsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_connections_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_connections_window_finalize;

  g_type_ensure (CB_TYPE_MAPPING_TABLE);
  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE
                                               "connections/cb-connections-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, system);
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, list);
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, add_button);
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, none);
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, close_switch);
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, mapping_group);
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, mapping);
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, notice);
  gtk_widget_class_bind_template_callback (widget_class, system_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_switch_cb);
}

static void
cb_connections_window_init (CbConnectionsWindow *self)
{
  g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new ();

  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "connections", G_ACTION_GROUP (group));
  fill_add_menu (self);
}

/* Public API */

/**
 * cb_connections_window_new:
 * @parent: the main window
 * @workspace: whose connectors it shows
 *
 * Returns: (transfer none): the window "Edit external connection"
 */
GtkWindow *
cb_connections_window_new (GtkWindow   *parent,
                           CbWorkspace *workspace)
{
  CbConnectionsWindow *self = g_object_new (CB_TYPE_CONNECTIONS_WINDOW, "transient-for", parent,
                                            NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_object (cb_workspace_get_connectors (workspace), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WINDOW (self);
}
