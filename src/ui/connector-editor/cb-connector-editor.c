/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "base/cb-time.h"
#include "connectors/cb-connector-registry.h"
#include "remote/cb-url.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"
#include "ui/connector-editor/cb-connector-editor.h"
#include "ui/common/cb-error-row.h"
#include "ui/connector-editor/cb-setting-field.h"

typedef enum
{
  STATE_IDLE,
  STATE_TESTING,
  STATE_SAVING,
} State;

/* The form of one connector, built from nothing but its type's description. */
struct _CbConnectorEditor
{
  AdwWindow parent_instance;

  CbWorkspace *workspace;    /* (owned) */
  CbConnectorClass *klass;   /* static */
  CbConnectorInfo *info;     /* (owned) (nullable): %NULL for a new one */
  GPtrArray *fields;         /* (owned) (element-type CbSettingField) */
  GCancellable *cancellable; /* (owned) (nullable): of what runs */
  State state;
  gint64 tested_at;          /* when what is in the form was tested, 0 for never */
  GError *test_error;        /* (owned) (nullable): what was wrong then */
  CbSettingField *remedy;    /* not owned (nullable): the field that would mend it */
  gboolean retest;           /* once the remedy is given */

  AdwWindowTitle *title;
  GtkButton *save_button;
  GtkSpinner *save_spinner;
  AdwEntryRow *name;
  CbErrorRow *name_error;
  AdwEntryRow *url;
  CbErrorRow *url_error;
  AdwPreferencesGroup *main_group;
  AdwPreferencesGroup *options_group;
  GtkButton *test_button;
  CbNotice *test_notice;
  CbNotice *notice;
};

/* For the callbacks: the form may be closed while they wait. */
typedef struct
{
  CbConnectorEditor *editor; /* (owned) */
  GCancellable *cancellable; /* (owned) */
  CbSettingField *asked;     /* (owned) (nullable): for what the server is asked */
} Run;

G_DEFINE_FINAL_TYPE (CbConnectorEditor, cb_connector_editor, ADW_TYPE_WINDOW)

static void opened_cb (GObject *source, GAsyncResult *result, gpointer user_data);
static void saved_cb  (GObject *source, GAsyncResult *result, gpointer user_data);

/* Auxiliary methods */

static void
run_free (Run *run)
{
  g_clear_object (&run->editor);
  g_clear_object (&run->cancellable);
  g_clear_object (&run->asked);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static void
set_state (CbConnectorEditor *self,
           State              state)
{
  self->state = state;
  gtk_button_set_label (self->test_button,
                        state == STATE_TESTING ? _("Cancel test") : _("Test connection"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->test_button), state != STATE_SAVING);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), state != STATE_SAVING);
  gtk_widget_set_visible (GTK_WIDGET (self->save_spinner), state == STATE_SAVING);
  gtk_spinner_set_spinning (self->save_spinner, state == STATE_SAVING);
}

static Run *
start (CbConnectorEditor *self,
       State              state)
{
  Run *run = g_new0 (Run, 1);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  run->editor = g_object_ref (self);
  run->cancellable = g_object_ref (self->cancellable);
  set_state (self, state);
  return run;
}

/* Whether the form still waits for this run. */
static gboolean
is_current (Run *run)
{
  return run->cancellable == run->editor->cancellable &&
         !g_cancellable_is_cancelled (run->cancellable);
}

static void
stop (CbConnectorEditor *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  set_state (self, STATE_IDLE);
}

static CbSettingField *
find_field (CbConnectorEditor *self,
            const char        *key)
{
  for (guint i = 0; i < self->fields->len; i++)
    if (g_strcmp0 (cb_setting_field_get_info (g_ptr_array_index (self->fields, i))->key, key) == 0)
      return g_ptr_array_index (self->fields, i);
  return NULL;
}

static void
show_fields_that_count (CbConnectorEditor *self)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      CbSettingField *field = g_ptr_array_index (self->fields, i);
      const CbSettingInfo *info = cb_setting_field_get_info (field);
      CbSettingField *other = info->only_if != NULL ? find_field (self, info->only_if) : NULL;

      cb_setting_field_set_shown (field, other == NULL ||
                                  g_strcmp0 (cb_setting_field_get_effective (other),
                                             info->only_value) == 0);
    }
}

static void
clear_errors (CbConnectorEditor *self)
{
  cb_error_row_set_text (self->name_error, GTK_WIDGET (self->name), NULL);
  cb_error_row_set_text (self->url_error, GTK_WIDGET (self->url), NULL);
  for (guint i = 0; i < self->fields->len; i++)
    cb_setting_field_set_error (g_ptr_array_index (self->fields, i), NULL);
  cb_notice_hide (self->notice);
}

/* An error goes to its field; one without a field to @elsewhere. */
static void
show_error (CbConnectorEditor *self,
            const GError      *error,
            CbNotice          *elsewhere)
{
  const char *key = cb_error_get_field (error);
  CbSettingField *field = find_field (self, key);

  if (g_strcmp0 (key, "name") == 0)
    cb_error_row_set_text (self->name_error, GTK_WIDGET (self->name), error->message);
  else if (g_strcmp0 (key, "url") == 0)
    cb_error_row_set_text (self->url_error, GTK_WIDGET (self->url), error->message);
  else if (field != NULL && cb_setting_field_is_shown (field))
    cb_setting_field_set_error (field, error->message);
  else
    cb_notice_show_error (elsewhere, error);
}

/* A pasted page address becomes the base URL, and the form says so. */
static void
clean_url (CbConnectorEditor *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->url));
  g_autofree char *suggestion = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *note = NULL;

  if (cb_is_blank (text))
    return;
  canonical = cb_url_check (text, self->klass->page_paths, &suggestion, NULL);
  if (suggestion == NULL)
    return;
  note = g_strdup_printf (_("Shortened to the base URL. You gave: %s"), text);
  gtk_editable_set_text (GTK_EDITABLE (self->url), suggestion);
  cb_error_row_set_note (self->url_error, note);
}

static gboolean
has_missing_secret (CbConnectorEditor *self)
{
  gboolean stored = self->info != NULL && self->info->has_secrets;

  for (guint i = 0; i < self->fields->len && !stored; i++)
    {
      CbSettingField *field = g_ptr_array_index (self->fields, i);
      const CbSettingInfo *info = cb_setting_field_get_info (field);
      g_autofree char *text = g_strdup_printf (_("%s is required."), _(info->label));

      if (!info->secret || !info->required || !cb_setting_field_is_shown (field) ||
          *cb_setting_field_get_value (field) != '\0')
        continue;
      cb_setting_field_set_error (field, text);
      return TRUE;
    }
  return FALSE;
}

static void
read_fields (CbConnectorEditor *self,
             GHashTable        *settings,
             GHashTable        *secrets)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      CbSettingField *field = g_ptr_array_index (self->fields, i);
      const CbSettingInfo *info = cb_setting_field_get_info (field);
      const char *value = cb_setting_field_get_value (field);

      if (!cb_setting_field_is_shown (field))
        continue;
      if (!info->secret)
        g_hash_table_insert (settings, g_strdup (info->key), g_strdup (value));
      else if (*value != '\0')
        g_hash_table_insert (secrets, g_strdup (info->key), g_strdup (value));
    }
}

static void
forget_outcome (CbConnectorEditor *self)
{
  self->tested_at = 0;
  self->remedy = NULL;
  g_clear_error (&self->test_error);
}

/* A setting that the server knows need not be known to a person before. */
static CbSettingField *
find_empty_offer (CbConnectorEditor *self)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      CbSettingField *field = g_ptr_array_index (self->fields, i);
      const CbSettingInfo *info = cb_setting_field_get_info (field);

      if (info->offered && info->required && cb_setting_field_is_shown (field) &&
          cb_is_blank (cb_setting_field_get_value (field)))
        return field;
    }
  return NULL;
}

/* Tests or saves what is in the form, or asks the server what the field @asked may be. */
static void
run_edit (CbConnectorEditor *self,
          State              state,
          CbSettingField    *asked)
{
  CbConnectors *connectors = cb_workspace_get_connectors (self->workspace);
  g_autoptr(GHashTable) settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) secrets = cb_secrets_new ();
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));
  CbConnectorEdit edit = {
    .id = self->info != NULL ? self->info->id : NULL, .type = self->klass->id,
    .settings = settings, .secrets = secrets,
  };
  Run *run;

  clear_errors (self);
  clean_url (self);
  if (has_missing_secret (self))
    return;
  if (state == STATE_TESTING && asked == NULL)
    asked = find_empty_offer (self);
  edit.asked = asked != NULL ? cb_setting_field_get_info (asked)->key : NULL;
  edit.tested_at = self->tested_at;
  edit.test_error = self->test_error;
  edit.url = gtk_editable_get_text (GTK_EDITABLE (self->url));
  edit.name = name;
  read_fields (self, settings, secrets);
  run = start (self, state);
  g_set_object (&run->asked, asked);
  if (state == STATE_SAVING)
    {
      cb_connectors_save_async (connectors, &edit, run->cancellable, saved_cb, run);
      return;
    }
  cb_notice_show (self->test_notice, CB_NOTICE_BUSY, asked != NULL ? _("Asking the server…")
                                                                    : _("Testing…"), NULL);
  cb_connectors_open_edit_async (connectors, &edit, run->cancellable, opened_cb, run);
}

static void
show_success (CbConnectorEditor *self,
              const CbSystem    *system)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->name));
  g_autofree char *heading = g_strdup_printf (_("%s works"), cb_is_blank (name) ? self->klass->name
                                                                                : name);
  g_autofree char *product = g_strjoin (" ", system->product, system->version, NULL);
  g_autofree char *text = g_strjoin (": ", product, cb_is_blank (system->note) ? NULL : system->note,
                                     NULL);

  cb_notice_show (self->test_notice, CB_NOTICE_SUCCESS, heading, text);
}

/* The first connector is what cases are sent through, until the user chooses another. */
static void
make_first_default (CbConnectorEditor *self,
                    const char        *id)
{
  CbConnectors *connectors = cb_workspace_get_connectors (self->workspace);
  g_autoptr(GPtrArray) all = cb_connectors_list (connectors);
  g_autofree char *current = cb_connectors_get_default (connectors);
  g_autoptr(GError) error = NULL;

  if (self->info == NULL && all->len == 1 && current == NULL &&
      !cb_connectors_set_default (connectors, id, &error))
    g_warning ("Cannot set the default connector: %s", error->message);
}

/* The certificate is shown piece by piece, for a person to compare, with the remedy below. */
static void
show_certificate (CbConnectorEditor *self,
                  const GError      *error)
{
  const char *const *details = cb_error_get_details (error);

  self->remedy = find_field (self, cb_error_get_remedy (error));
  cb_notice_show (self->test_notice, CB_NOTICE_ERROR, _("The certificate is not trusted"),
                  self->remedy != NULL
                    ? _("Nothing was sent. Ask the server's administrator whether the fingerprint is "
                        "right; if so, choose the file of the certificate authority.")
                    : _("Nothing was sent. Ask the server's administrator for a valid certificate."));
  if (details != NULL)
    cb_notice_set_details (self->test_notice, details);
  if (self->remedy != NULL)
    cb_notice_set_action (self->test_notice, _("Choose CA file…"));
}

static void
show_failure (CbConnectorEditor *self,
              const GError      *error)
{
  if (g_error_matches (error, CB_ERROR, CB_ERROR_TLS_UNTRUSTED))
    show_certificate (self, error);
  else
    cb_notice_show_error (self->test_notice, error);
}

static void
show_offers (CbConnectorEditor *self,
             CbSettingField    *field,
             GPtrArray         *choices)
{
  const char *label = _(cb_setting_field_get_info (field)->label);
  g_autofree char *heading = g_strdup_printf (_("The login works. Choose “%s”."), label);

  cb_notice_show (self->test_notice, CB_NOTICE_SUCCESS, heading, NULL);
  cb_setting_field_offer (field, choices);
}

/* Callbacks */

/* Without them the error stands for itself. */
static void
alternatives_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  g_autoptr(GPtrArray) choices =
    cb_connector_load_choices_finish (CB_CONNECTOR (source), result, NULL);

  if (choices != NULL && choices->len > 0 && is_current (run))
    cb_setting_field_offer (run->asked, choices);
}

static void
offers_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  CbConnectorEditor *self = run->editor;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) choices = NULL;

  choices = cb_connector_load_choices_finish (CB_CONNECTOR (source), result, &error);
  if (!is_current (run))
    return;
  set_state (self, STATE_IDLE);
  if (choices == NULL)
    show_failure (self, error);
  else if (choices->len == 0)
    cb_notice_show (self->test_notice, CB_NOTICE_WARNING, _("The server offers nothing to choose"),
                    _("The login works, but this account may see none. Ask the server's "
                      "administrator."));
  else
    show_offers (self, run->asked, choices);
}

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  CbConnectorEditor *self = run->editor;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbSystem) system = cb_connector_test_finish (CB_CONNECTOR (source), result, &error);
  CbSettingField *wrong;
  GCancellable *cancellable;

  /* A stored connector whose form says nothing new has been tested, whether or not it is saved. */
  cb_connectors_note_test (cb_workspace_get_connectors (self->workspace), CB_CONNECTOR (source), error);
  if (!is_current (run))
    return;
  set_state (self, STATE_IDLE);
  forget_outcome (self);
  self->tested_at = cb_time_now ();
  self->test_error = error != NULL ? g_error_copy (error) : NULL;
  wrong = error != NULL ? find_field (self, cb_error_get_field (error)) : NULL;
  if (system != NULL)
    show_success (self, system);
  else
    show_failure (self, error);
  if (wrong == NULL || !cb_setting_field_get_info (wrong)->offered)
    return;
  /* What is there stands at the field, to be taken instead. */
  g_set_object (&run->asked, wrong);
  cancellable = run->cancellable;
  cb_connector_load_choices_async (CB_CONNECTOR (source), cb_setting_field_get_info (wrong)->key, NULL,
                                   cancellable, alternatives_cb, g_steal_pointer (&run));
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbConnector) connector = NULL;
  GCancellable *cancellable = run->cancellable;

  connector = cb_connectors_open_edit_finish (CB_CONNECTORS (source), result, &error);
  if (!is_current (run))
    return;
  if (connector != NULL && run->asked != NULL)
    {
      const char *key = cb_setting_field_get_info (run->asked)->key;

      cb_connector_load_choices_async (connector, key, NULL, cancellable, offers_cb,
                                       g_steal_pointer (&run));
      return;
    }
  if (connector != NULL)
    {
      cb_connector_test_async (connector, cancellable, tested_cb, g_steal_pointer (&run));
      return;
    }
  set_state (run->editor, STATE_IDLE);
  cb_notice_hide (run->editor->test_notice);
  show_error (run->editor, error, run->editor->test_notice);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *id = cb_connectors_save_finish (CB_CONNECTORS (source), result, &error);

  if (id != NULL)
    make_first_default (run->editor, id);
  if (!is_current (run))
    return;
  set_state (run->editor, STATE_IDLE);
  if (id != NULL)
    gtk_window_close (GTK_WINDOW (run->editor));
  else
    show_error (run->editor, error, run->editor->notice);
}

static void
test_cb (CbConnectorEditor *self)
{
  if (self->state == STATE_TESTING)
    {
      stop (self);
      cb_notice_show (self->test_notice, CB_NOTICE_INFO, _("The test was cancelled"), NULL);
      return;
    }
  run_edit (self, STATE_TESTING, NULL);
}

static void
ask_cb (CbConnectorEditor *self,
        CbSettingField    *field)
{
  if (self->state == STATE_IDLE)
    run_edit (self, STATE_TESTING, field);
}

static void
remedy_cb (CbConnectorEditor *self)
{
  if (self->remedy == NULL)
    return;
  self->retest = TRUE;
  cb_setting_field_choose_file (self->remedy);
}

static void
save_cb (CbConnectorEditor *self)
{
  if (self->state != STATE_SAVING)
    run_edit (self, STATE_SAVING, NULL);
}

/* A result is about what was in the form, not about what is there now. */
static void
changed_cb (CbConnectorEditor *self)
{
  if (self->state == STATE_TESTING)
    stop (self);
  forget_outcome (self);
  cb_notice_hide (self->test_notice);
  cb_notice_hide (self->notice);
  show_fields_that_count (self);
}

static void
field_changed_cb (CbConnectorEditor *self,
                  CbSettingField    *field)
{
  gboolean retest = self->retest && cb_setting_field_get_info (field)->kind == CB_KIND_FILE &&
                    *cb_setting_field_get_value (field) != '\0';

  changed_cb (self);
  self->retest = FALSE;
  if (retest)
    run_edit (self, STATE_TESTING, NULL);
}

/* A name means nothing to the server. */
static void
name_changed_cb (CbConnectorEditor *self)
{
  cb_error_row_set_text (self->name_error, GTK_WIDGET (self->name), NULL);
  cb_notice_hide (self->notice);
}

static void
url_changed_cb (CbConnectorEditor *self)
{
  cb_error_row_set_text (self->url_error, GTK_WIDGET (self->url), NULL);
  changed_cb (self);
}

static void
url_left_cb (CbConnectorEditor *self)
{
  if (self->state == STATE_IDLE)
    clean_url (self);
}

/* GtkWindow */

static gboolean
cb_connector_editor_close_request (GtkWindow *window)
{
  CbConnectorEditor *self = CB_CONNECTOR_EDITOR (window);

  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < self->fields->len; i++)
    cb_setting_field_clear (g_ptr_array_index (self->fields, i));
  return GTK_WINDOW_CLASS (cb_connector_editor_parent_class)->close_request (window);
}

/* GObject overrides */

static void
cb_connector_editor_dispose (GObject *object)
{
  CbConnectorEditor *self = CB_CONNECTOR_EDITOR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CONNECTOR_EDITOR);

  G_OBJECT_CLASS (cb_connector_editor_parent_class)->dispose (object);
}

static void
cb_connector_editor_finalize (GObject *object)
{
  CbConnectorEditor *self = CB_CONNECTOR_EDITOR (object);

  g_clear_pointer (&self->info, cb_connector_info_free);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_error (&self->test_error);

  G_OBJECT_CLASS (cb_connector_editor_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, title);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, save_button);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, save_spinner);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, name);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, name_error);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, url);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, url_error);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, main_group);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, options_group);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, test_button);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, test_notice);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorEditor, notice);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, url_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, url_left_cb);
  gtk_widget_class_bind_template_callback (widget_class, remedy_cb);
}

static void
cb_connector_editor_class_init (CbConnectorEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cb_connector_editor_dispose;
  object_class->finalize = cb_connector_editor_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = cb_connector_editor_close_request;

  g_type_ensure (CB_TYPE_ERROR_ROW);
  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE
                                               "connector-editor/cb-connector-editor.ui");
  bind_children (widget_class);
}

static void
cb_connector_editor_init (CbConnectorEditor *self)
{
  self->fields = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_accessible_set_label (GTK_WIDGET (self->name), _("Connector name"));
  cb_accessible_set_label (GTK_WIDGET (self->url), _("URL"));
}

/* Auxiliary methods for the form */

/* What a connector cannot do without stands first, with what it depends on. */
static gboolean
is_main (CbConnectorClass    *klass,
         const CbSettingInfo *info)
{
  for (guint i = 0; i < klass->n_settings; i++)
    if (klass->settings[i].required && g_strcmp0 (klass->settings[i].only_if, info->key) == 0)
      return TRUE;
  return info->required;
}

static void
add_fields (CbConnectorEditor *self)
{
  gboolean has_secrets = self->info != NULL && self->info->has_secrets;
  gboolean has_options = FALSE;

  for (guint i = 0; i < self->klass->n_settings; i++)
    {
      const CbSettingInfo *info = &self->klass->settings[i];
      const char *value = self->info != NULL ? g_hash_table_lookup (self->info->settings, info->key)
                                             : NULL;
      CbSettingField *field = cb_setting_field_new (info, value, has_secrets);
      gboolean main = is_main (self->klass, info);

      has_options |= !main;
      g_ptr_array_add (self->fields, field);
      cb_setting_field_add_to (field, main ? self->main_group : self->options_group);
      g_signal_connect_object (field, "changed", G_CALLBACK (field_changed_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (field, "ask", G_CALLBACK (ask_cb), self, G_CONNECT_SWAPPED);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->options_group), has_options);
  show_fields_that_count (self);
}

static void
fill (CbConnectorEditor *self)
{
  g_autofree char *title = NULL;

  title = self->info != NULL ? g_strdup_printf (_("Update %s"), self->info->name)
                             : g_strdup_printf (_("New %s connector"), self->klass->name);
  gtk_window_set_title (GTK_WINDOW (self), title);
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, self->info != NULL ? self->klass->name : "");
  if (self->info != NULL)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->name), self->info->name);
      gtk_editable_set_text (GTK_EDITABLE (self->url), self->info->url);
    }
  add_fields (self);
  set_state (self, STATE_IDLE);
  cb_accessible_focus_first (GTK_WIDGET (self), GTK_WIDGET (self->name));
}

/* Public API */

/**
 * cb_connector_editor_new:
 * @parent: the window it belongs to
 * @workspace: where the connector is
 * @type: (nullable): the type of a new connector
 * @connector_id: (nullable): an existing one
 *
 * Returns: (transfer none): a form for it
 */
GtkWindow *
cb_connector_editor_new (GtkWindow   *parent,
                         CbWorkspace *workspace,
                         const char  *type,
                         const char  *connector_id)
{
  CbConnectorEditor *self = g_object_new (CB_TYPE_CONNECTOR_EDITOR, "transient-for", parent, NULL);
  g_autoptr(GError) error = NULL;

  self->workspace = g_object_ref (workspace);
  if (connector_id != NULL)
    self->info = cb_connectors_get (cb_workspace_get_connectors (workspace), connector_id, &error);
  self->klass = self->info != NULL ? self->info->klass : cb_connector_registry_find (type);
  if (self->klass != NULL)
    {
      fill (self);
      return GTK_WINDOW (self);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test_button), FALSE);
  if (error != NULL)
    cb_notice_show_error (self->notice, error);
  return GTK_WINDOW (self);
}
