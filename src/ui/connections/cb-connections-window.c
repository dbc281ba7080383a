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
#include "ui/connections/cb-connector-row.h"
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
  char *mapped_id;        /* (owned) (nullable): whose mapping is shown */
  guint refresh_source;

  AdwComboRow *system;
  AdwPreferencesGroup *list;
  GtkMenuButton *add_button;
  AdwActionRow *none;
  GtkSwitch *close_switch;
  AdwPreferencesGroup *mapping_group;
  GtkDropDown *mapping_choice;
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

static void edit_cb   (CbConnectionsWindow *self, CbConnectorRow *row);
static void remove_cb (CbConnectionsWindow *self, CbConnectorRow *row);

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

static gboolean
has_same_rows (CbConnectionsWindow *self)
{
  if (self->rows->len != self->connectors->len)
    return FALSE;
  for (guint i = 0; i < self->rows->len; i++)
    if (g_strcmp0 (cb_connector_row_get_id (g_ptr_array_index (self->rows, i)),
                   ((CbConnectorInfo *) g_ptr_array_index (self->connectors, i))->id) != 0)
      return FALSE;
  return TRUE;
}

static void
make_rows (CbConnectionsWindow *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->list, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->connectors->len; i++)
    {
      GtkWidget *row = cb_connector_row_new (connectors_of (self));

      g_signal_connect_object (row, "update", G_CALLBACK (edit_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
      g_ptr_array_add (self->rows, row);
      adw_preferences_group_add (self->list, row);
    }
}

/* Rows that stay keep the focus. */
static void
show_list (CbConnectionsWindow *self)
{
  if (!has_same_rows (self))
    make_rows (self);
  for (guint i = 0; i < self->connectors->len; i++)
    cb_connector_row_show (g_ptr_array_index (self->rows, i), g_ptr_array_index (self->connectors, i));
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

static const CbConnectorInfo *
find_info (CbConnectionsWindow *self,
           const char          *id)
{
  for (guint i = 0; i < self->connectors->len; i++)
    {
      const CbConnectorInfo *info = g_ptr_array_index (self->connectors, i);

      if (g_strcmp0 (info->id, id) == 0)
        return info;
    }
  return NULL;
}

static void
show_mapping (CbConnectionsWindow *self)
{
  guint selected = gtk_drop_down_get_selected (self->mapping_choice);
  const CbConnectorInfo *shown = NULL;
  g_autofree char *title = NULL;
  g_autofree char *escaped = NULL;

  if (selected < self->connectors->len)
    shown = g_ptr_array_index (self->connectors, selected);
  gtk_widget_set_visible (GTK_WIDGET (self->mapping_group), shown != NULL);
  if (shown == NULL)
    return;
  g_free (self->mapped_id);
  self->mapped_id = g_strdup (shown->id);
  title = g_strdup_printf (_("%s field mappings"), shown->name);
  escaped = g_markup_escape_text (title, -1);
  adw_preferences_group_set_title (self->mapping_group, escaped);
  cb_mapping_table_show (self->mapping, shown);
}

/* First the connector that counts, or the first one; then the one that was chosen to be looked at. */
static void
fill_mapping_choice (CbConnectionsWindow *self,
                     const char          *current)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  const char *shown = find_info (self, self->mapped_id) != NULL ? self->mapped_id : current;
  guint selected = 0;

  for (guint i = 0; i < self->connectors->len; i++)
    {
      CbConnectorInfo *info = g_ptr_array_index (self->connectors, i);

      gtk_string_list_append (names, info->name);
      if (g_strcmp0 (info->id, shown) == 0)
        selected = i;
    }
  gtk_drop_down_set_model (self->mapping_choice, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->mapping_choice, selected);
  gtk_widget_set_visible (GTK_WIDGET (self->mapping_choice), self->connectors->len > 1);
  show_mapping (self);
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
  fill_mapping_choice (self, current);
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

static void
add_sentence (GString    *text,
              const char *sentence)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", sentence);
}

/* A sentence about how many there are, or none. */
static void G_GNUC_PRINTF (3, 4)
add_count (GString    *text,
           guint       count,
           const char *format,
           ...)
{
  g_autofree char *sentence = NULL;
  va_list args;

  if (count == 0)
    return;
  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  add_sentence (text, sentence);
}

static char *
describe_removal (CbConnectionsWindow   *self,
                  const CbConnectorInfo *info)
{
  g_autofree char *current = cb_connectors_get_default (connectors_of (self));
  g_autoptr(GString) text = g_string_new (NULL);
  guint defaults = 0;
  guint named = cb_cases_count_connector (cb_workspace_get_cases (self->workspace), info->id, &defaults);
  guint queued = cb_journal_count_queued (cb_workspace_get_database (self->workspace), info->id);

  if (g_strcmp0 (current, info->id) == 0)
    {
      add_sentence (text, _("It is the default connector: cases that name none themselves will have "
                            "no connector."));
      add_count (text, defaults, ngettext ("That is %u case.", "Those are %u cases.", defaults),
                 defaults);
    }
  add_count (text, named, ngettext ("%u case names it and will have no connector.",
                                    "%u cases name it and will have no connector.", named), named);
  if (named == 0)
    add_sentence (text, _("No case names it."));
  add_count (text, queued, ngettext ("%u push waits to be sent through it and will not be sent.",
                                     "%u pushes wait to be sent through it and will not be sent.",
                                     queued), queued);
  add_sentence (text, _("Its secrets are removed from the keyring. Incidents stay in the "
                        "external system, and a new connector to the same system finds "
                        "them again."));
  return g_string_free (g_steal_pointer (&text), FALSE);
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
         CbConnectorRow      *row)
{
  gtk_window_present (cb_connector_editor_new (GTK_WINDOW (self), self->workspace, NULL,
                                               cb_connector_row_get_id (row)));
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
           CbConnectorRow      *row)
{
  const CbConnectorInfo *info = find_info (self, cb_connector_row_get_id (row));
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;
  g_autoptr(GError) error = NULL;
  Removal *removal;

  if (info == NULL)
    return;
  heading = g_strdup_printf (_("Remove %s?"), info->name);
  body = describe_removal (self, info);
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
mapping_choice_cb (CbConnectionsWindow *self)
{
  if (!self->loading)
    show_mapping (self);
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
  CbConnectionsWindow *self = CB_CONNECTIONS_WINDOW (object);

  g_clear_pointer (&self->connectors, g_ptr_array_unref);
  g_free (self->mapped_id);

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
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, mapping_choice);
  gtk_widget_class_bind_template_child (widget_class, CbConnectionsWindow, notice);
  gtk_widget_class_bind_template_callback (widget_class, system_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_switch_cb);
  gtk_widget_class_bind_template_callback (widget_class, mapping_choice_cb);
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
  cb_accessible_set_label (GTK_WIDGET (self->mapping_choice),
                           _("Connector whose field mappings are shown"));
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
  g_signal_connect_object (cb_workspace_get_connectors (workspace), "tested",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  refresh (self);
  cb_accessible_focus_first (GTK_WIDGET (self), GTK_WIDGET (self->system));
  return GTK_WINDOW (self);
}
