/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case-connector/cb-case-connector-window.h"
#include "ui/case-connector/cb-case-field.h"
#include "ui/case-connector/cb-extra-fields.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"

/* Position of the first connector in the list; before it are the default one and none. */
#define FIRST 2

/* Which connector a case goes through, and what the case says to it. */
struct _CbCaseConnectorWindow
{
  AdwWindow parent_instance;

  CbWorkspace *workspace;    /* (owned) */
  char *case_id;             /* (owned) */
  GPtrArray *connectors;     /* (owned) (element-type CbConnectorInfo) */
  char *default_id;          /* (owned) (nullable) */
  CbConnectorInfo *info;     /* not owned: in force for what is selected; %NULL for none */
  CbConnector *connector;    /* (owned) (nullable): open */
  GHashTable *drafts;        /* (owned) (element-type utf8 GHashTable): what was entered, by connector */
  GPtrArray *fields;         /* (owned) (element-type CbCaseField) */
  GCancellable *cancellable; /* (owned) (nullable): of opening and metadata */
  gboolean loading;

  AdwWindowTitle *title;
  AdwComboRow *choice;
  AdwPreferencesGroup *group;
  GtkWidget *extra_group;
  CbExtraFields *extra;
  CbNotice *notice;
};

typedef struct
{
  CbCaseConnectorWindow *window; /* (owned) */
  GCancellable *cancellable;     /* (owned) */
} Run;

G_DEFINE_FINAL_TYPE (CbCaseConnectorWindow, cb_case_connector_window, ADW_TYPE_WINDOW)

static void open_connector (CbCaseConnectorWindow *self);

/* Auxiliary methods */

static void
run_free (Run *run)
{
  g_clear_object (&run->window);
  g_clear_object (&run->cancellable);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static Run *
run_new (CbCaseConnectorWindow *self)
{
  Run *run = g_new0 (Run, 1);

  run->window = g_object_ref (self);
  run->cancellable = g_object_ref (self->cancellable);
  return run;
}

static gboolean
is_current (Run *run)
{
  return run->cancellable == run->window->cancellable &&
         !g_cancellable_is_cancelled (run->cancellable);
}

static CbConnectorInfo *
find_info (CbCaseConnectorWindow *self,
           const char            *id)
{
  for (guint i = 0; i < self->connectors->len; i++)
    {
      CbConnectorInfo *info = g_ptr_array_index (self->connectors, i);

      if (g_strcmp0 (info->id, id) == 0)
        return info;
    }
  return NULL;
}

static GHashTable *
collect (CbCaseConnectorWindow *self)
{
  GHashTable *values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < self->fields->len; i++)
    {
      CbCaseField *field = g_ptr_array_index (self->fields, i);
      const char *value = cb_case_field_get_value (field);

      if (*value != '\0')
        g_hash_table_insert (values, g_strdup (cb_case_field_get_info (field)->key),
                             g_strdup (value));
    }
  cb_extra_fields_collect (self->extra, values);
  return values;
}

static void
load_field (CbCaseConnectorWindow *self,
            CbCaseField           *field)
{
  g_autoptr(GHashTable) values = collect (self);

  cb_case_field_load (field, self->connector, values);
}

static gboolean
save_fields (CbCaseConnectorWindow  *self,
             const char             *connector_id,
             GHashTable             *values,
             GError                **error)
{
  CbCases *cases = cb_workspace_get_cases (self->workspace);
  g_autoptr(GHashTable) stored = cb_cases_get_fields (cases, self->case_id, connector_id);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, stored);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (values, key) &&
        !cb_cases_set_field (cases, self->case_id, connector_id, key, NULL, error))
      return FALSE;
  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_strcmp0 (g_hash_table_lookup (stored, key), value) != 0 &&
        !cb_cases_set_field (cases, self->case_id, connector_id, key, value, error))
      return FALSE;
  return TRUE;
}

/* What was entered for a connector stays while another one is looked at. */
static void
keep_draft (CbCaseConnectorWindow *self)
{
  if (self->info != NULL)
    g_hash_table_insert (self->drafts, g_strdup (self->info->id), collect (self));
}

static gboolean
save_drafts (CbCaseConnectorWindow  *self,
             GError                **error)
{
  GHashTableIter iter;
  gpointer id, values;

  keep_draft (self);
  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, &id, &values))
    if (!save_fields (self, id, values, error))
      return FALSE;
  return TRUE;
}

static gboolean
save (CbCaseConnectorWindow  *self,
      GError                **error)
{
  guint selected = adw_combo_row_get_selected (self->choice);
  CbConnectorSource source = selected == 0 ? CB_CONNECTOR_DEFAULT
                             : selected < FIRST ? CB_CONNECTOR_NONE : CB_CONNECTOR_OWN;

  return cb_cases_set_connector (cb_workspace_get_cases (self->workspace), self->case_id, source,
                                 source == CB_CONNECTOR_OWN ? self->info->id : NULL, error) &&
         save_drafts (self, error);
}

static void
stop (CbCaseConnectorWindow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  for (guint i = 0; i < self->fields->len; i++)
    cb_case_field_stop (g_ptr_array_index (self->fields, i));
}

/* Callbacks */

/* One word at the notice for all that could not be loaded; each row says which it is. */
static void
show_failure (CbCaseConnectorWindow *self,
              const GError          *error)
{
  cb_notice_show (self->notice, CB_NOTICE_ERROR, _("Not everything could be loaded"), error->message);
  cb_notice_set_action (self->notice, _("Try again"));
}

static void
target_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbTarget) target = NULL;

  target = cb_connector_load_target_finish (CB_CONNECTOR (source), result, &error);
  if (!is_current (run))
    return;
  if (target != NULL)
    {
      cb_extra_fields_set_target (run->window->extra, CB_CONNECTOR (source), g_steal_pointer (&target));
      return;
    }
  /* Without metadata nothing is known to be required; the push finds out. */
  cb_extra_fields_fail (run->window->extra);
  show_failure (run->window, error);
}

static void
load_target (CbCaseConnectorWindow *self)
{
  g_autoptr(GHashTable) values = collect (self);

  cb_connector_load_target_async (self->connector, values, self->cancellable, target_cb,
                                  run_new (self));
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  CbCaseConnectorWindow *self = run->window;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbConnector) connector = NULL;

  connector = cb_connectors_open_finish (CB_CONNECTORS (source), result, &error);
  if (!is_current (run))
    return;
  for (guint i = 0; connector == NULL && i < self->fields->len; i++)
    cb_case_field_fail (g_ptr_array_index (self->fields, i), error);
  if (connector == NULL)
    {
      cb_extra_fields_fail (self->extra);
      show_failure (self, error);
      return;
    }
  g_set_object (&self->connector, connector);
  for (guint i = 0; i < self->fields->len; i++)
    load_field (self, g_ptr_array_index (self->fields, i));
  load_target (self);
}

static void
field_changed_cb (CbCaseConnectorWindow *self,
                  CbCaseField           *changed)
{
  const char *key = cb_case_field_get_info (changed)->key;

  for (guint i = 0; self->connector != NULL && i < self->fields->len; i++)
    {
      CbCaseField *field = g_ptr_array_index (self->fields, i);

      if (g_strcmp0 (cb_case_field_get_info (field)->depends_on, key) == 0)
        load_field (self, field);
    }
  /* What the target requires may depend on it. Metadata that are known cost nothing. */
  if (self->connector != NULL && cb_case_field_get_info (changed)->required)
    load_target (self);
}

static void
field_failed_cb (CbCaseConnectorWindow *self,
                 CbCaseField           *field)
{
  show_failure (self, cb_case_field_get_error (field));
}

static void
retry_cb (CbCaseConnectorWindow *self)
{
  cb_notice_hide (self->notice);
  if (self->info != NULL)
    open_connector (self);
}

static void
field_loaded_cb (CbCaseConnectorWindow *self,
                 CbCaseField           *field)
{
  cb_workspace_learn_choices (self->workspace, self->info->id, cb_case_field_get_info (field)->key,
                              cb_case_field_get_choices (field));
}

static void
field_retry_cb (CbCaseConnectorWindow *self,
                CbCaseField           *field)
{
  if (self->connector != NULL)
    load_field (self, field);
  else
    open_connector (self);
}

static void
save_cb (CbCaseConnectorWindow *self)
{
  g_autoptr(GError) error = NULL;

  if (!cb_extra_fields_check (self->extra))
    return;
  if (save (self, &error))
    gtk_window_close (GTK_WINDOW (self));
  else
    cb_notice_show_error (self->notice, error);
}

/* Auxiliary methods for the form */

static void
open_connector (CbCaseConnectorWindow *self)
{
  g_autoptr(GHashTable) values = collect (self);

  stop (self);
  self->cancellable = g_cancellable_new ();
  cb_extra_fields_set_values (self->extra, values);
  for (guint i = 0; i < self->fields->len; i++)
    cb_case_field_wait (g_ptr_array_index (self->fields, i));
  cb_connectors_open_async (cb_workspace_get_connectors (self->workspace), self->info->id,
                            self->cancellable, opened_cb, run_new (self));
}

static void
add_field (CbCaseConnectorWindow *self,
           const CbCaseFieldInfo *info,
           GHashTable            *values)
{
  const char *value = g_hash_table_lookup (values, info->key);
  const char *label = value == NULL ? NULL
                      : cb_workspace_find_label (self->workspace, self->info->id, info->key, value);
  CbCaseField *field = cb_case_field_new (info, value, label);

  g_ptr_array_add (self->fields, field);
  adw_preferences_group_add (self->group, cb_case_field_get_row (field));
  g_signal_connect_object (field, "changed", G_CALLBACK (field_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (field, "loaded", G_CALLBACK (field_loaded_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (field, "failed", G_CALLBACK (field_failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (field, "retry", G_CALLBACK (field_retry_cb), self, G_CONNECT_SWAPPED);
}

static void
remove_fields (CbCaseConnectorWindow *self)
{
  stop (self);
  for (guint i = 0; i < self->fields->len; i++)
    adw_preferences_group_remove (self->group,
                                  cb_case_field_get_row (g_ptr_array_index (self->fields, i)));
  g_ptr_array_set_size (self->fields, 0);
  g_clear_object (&self->connector);
}

static GHashTable *
known_values (CbCaseConnectorWindow *self,
              const CbConnectorInfo *info)
{
  GHashTable *draft = g_hash_table_lookup (self->drafts, info->id);

  return draft != NULL ? g_hash_table_ref (draft)
                       : cb_cases_get_fields (cb_workspace_get_cases (self->workspace), self->case_id,
                                              info->id);
}

static void
show_fields (CbCaseConnectorWindow *self,
             CbConnectorInfo       *info)
{
  g_autofree char *title = NULL;
  g_autofree char *escaped = NULL;
  g_autoptr(GHashTable) values = NULL;

  keep_draft (self);
  remove_fields (self);
  self->info = info;
  cb_notice_hide (self->notice);
  gtk_widget_set_visible (GTK_WIDGET (self->group), info != NULL);
  gtk_widget_set_visible (self->extra_group, info != NULL);
  if (info == NULL)
    return;
  title = g_strdup_printf (_("%s fields"), info->name);
  escaped = g_markup_escape_text (title, -1);
  adw_preferences_group_set_title (self->group, escaped);
  values = known_values (self, info);
  for (guint i = 0; i < info->klass->n_case_fields; i++)
    add_field (self, &info->klass->case_fields[i], values);
  cb_extra_fields_set_values (self->extra, values);
  open_connector (self);
}

static void
choice_cb (CbCaseConnectorWindow *self)
{
  guint selected = adw_combo_row_get_selected (self->choice);
  CbConnectorInfo *info = NULL;

  if (self->loading)
    return;
  if (selected == 0)
    info = find_info (self, self->default_id);
  else if (selected >= FIRST && selected - FIRST < self->connectors->len)
    info = g_ptr_array_index (self->connectors, selected - FIRST);
  show_fields (self, info);
}

static guint
fill_choice (CbCaseConnectorWindow *self,
             const CbCase          *item)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  CbConnectorInfo *standard = find_info (self, self->default_id);
  g_autofree char *first = NULL;
  guint selected = item->connector_source == CB_CONNECTOR_NONE ? 1 : 0;

  first = standard != NULL ? g_strdup_printf (_("%s (default)"), standard->name)
                           : g_strdup (_("Default connector (none is set)"));
  gtk_string_list_append (names, first);
  gtk_string_list_append (names, _("No connector selected"));
  for (guint i = 0; i < self->connectors->len; i++)
    {
      CbConnectorInfo *info = g_ptr_array_index (self->connectors, i);

      gtk_string_list_append (names, info->name);
      if (item->connector_source == CB_CONNECTOR_OWN &&
          g_strcmp0 (item->connector_id, info->id) == 0)
        selected = i + FIRST;
    }
  self->loading = TRUE;
  adw_combo_row_set_model (self->choice, G_LIST_MODEL (names));
  self->loading = FALSE;
  return selected;
}

/* GtkWindow */

static gboolean
cb_case_connector_window_close_request (GtkWindow *window)
{
  stop (CB_CASE_CONNECTOR_WINDOW (window));

  return GTK_WINDOW_CLASS (cb_case_connector_window_parent_class)->close_request (window);
}

/* GObject overrides */

static void
cb_case_connector_window_dispose (GObject *object)
{
  CbCaseConnectorWindow *self = CB_CASE_CONNECTOR_WINDOW (object);

  if (self->fields != NULL)
    stop (self);
  g_clear_object (&self->connector);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CASE_CONNECTOR_WINDOW);

  G_OBJECT_CLASS (cb_case_connector_window_parent_class)->dispose (object);
}

static void
cb_case_connector_window_finalize (GObject *object)
{
  CbCaseConnectorWindow *self = CB_CASE_CONNECTOR_WINDOW (object);

  g_free (self->case_id);
  g_free (self->default_id);
  g_clear_pointer (&self->connectors, g_ptr_array_unref);
  g_clear_pointer (&self->drafts, g_hash_table_unref);

  G_OBJECT_CLASS (cb_case_connector_window_parent_class)->finalize (object);
}

static void
cb_case_connector_window_class_init (CbCaseConnectorWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_case_connector_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_case_connector_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = cb_case_connector_window_close_request;

  g_type_ensure (CB_TYPE_EXTRA_FIELDS);
  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE
                                               "case-connector/cb-case-connector-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCaseConnectorWindow, title);
  gtk_widget_class_bind_template_child (widget_class, CbCaseConnectorWindow, choice);
  gtk_widget_class_bind_template_child (widget_class, CbCaseConnectorWindow, group);
  gtk_widget_class_bind_template_child (widget_class, CbCaseConnectorWindow, extra_group);
  gtk_widget_class_bind_template_child (widget_class, CbCaseConnectorWindow, extra);
  gtk_widget_class_bind_template_child (widget_class, CbCaseConnectorWindow, notice);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
}

static void
cb_case_connector_window_init (CbCaseConnectorWindow *self)
{
  self->fields = g_ptr_array_new_with_free_func (g_object_unref);
  self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_hash_table_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_case_connector_window_new:
 * @parent: the main window
 * @workspace: where the case is
 * @case_id: a case
 *
 * Returns: (transfer none): a dialog for its connector
 */
GtkWindow *
cb_case_connector_window_new (GtkWindow   *parent,
                              CbWorkspace *workspace,
                              const char  *case_id)
{
  CbCaseConnectorWindow *self = g_object_new (CB_TYPE_CASE_CONNECTOR_WINDOW, "transient-for", parent,
                                              NULL);
  CbConnectors *connectors = cb_workspace_get_connectors (workspace);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbCase) item = cb_cases_get (cb_workspace_get_cases (workspace), case_id, &error);
  guint selected;

  self->workspace = g_object_ref (workspace);
  self->case_id = g_strdup (case_id);
  self->connectors = cb_connectors_list (connectors);
  self->default_id = cb_connectors_get_default (connectors);
  if (item == NULL)
    {
      cb_notice_show_error (self->notice, error);
      return GTK_WINDOW (self);
    }
  adw_window_title_set_subtitle (self->title, item->title);
  selected = fill_choice (self, item);
  if (selected == 0)
    choice_cb (self);
  adw_combo_row_set_selected (self->choice, selected);
  cb_accessible_focus_first (GTK_WIDGET (self), GTK_WIDGET (self->choice));
  return GTK_WINDOW (self);
}
