/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "remote/cb-tls.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-choice-list.h"
#include "ui/common/cb-dialogs.h"
#include "ui/common/cb-error-row.h"
#include "ui/connector-editor/cb-setting-field.h"

#define MAX_FILE (1024 * 1024)

/* One setting of a connector as a row of a form, with its error below. What kind of row is the
 * business of the setting's description alone. */
struct _CbSettingField
{
  GObject parent_instance;

  const CbSettingInfo *info; /* static */
  char *file;                /* (owned) (nullable): a file's content */
  GtkWidget *row;            /* (owned) */
  GtkWidget *error;          /* (owned): the row with the error */
  GtkWidget *offer;          /* (owned) (nullable): the row with what the server offers */
  CbChoiceList *choices;     /* not owned: in it */
  GtkWidget *clear_button;   /* not owned: of a file */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_ASK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbSettingField, cb_setting_field, G_TYPE_OBJECT)

/* Auxiliary methods */

static void
hide_offer (CbSettingField *self)
{
  if (self->offer != NULL)
    gtk_widget_set_visible (self->offer, FALSE);
}

static void
emit_changed (CbSettingField *self)
{
  cb_setting_field_set_error (self, NULL);
  hide_offer (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
show_file (CbSettingField *self)
{
  g_autofree char *fingerprint = NULL;
  g_autofree char *subject = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  gtk_widget_set_visible (self->clear_button, self->file != NULL);
  if (self->file == NULL)
    {
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row),
                                   self->info->help != NULL ? _(self->info->help) : "");
      return;
    }
  subject = cb_tls_certificate_describe (self->file, &fingerprint, &error);
  if (subject != NULL)
    text = g_strdup_printf ("%s\n%s", subject, fingerprint);
  else
    cb_setting_field_set_error (self, error->message);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row), text != NULL ? text : "");
}

static void
set_file (CbSettingField *self,
          const char     *content)
{
  g_free (self->file);
  self->file = g_strdup (content);
  cb_setting_field_set_error (self, NULL);
  show_file (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Callbacks */

static void
entry_changed_cb (CbSettingField *self)
{
  emit_changed (self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(CbSettingField) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  if (!g_file_load_contents_finish (G_FILE (source), result, &content, &length, NULL, &error))
    cb_setting_field_set_error (self, error->message);
  else if (length > MAX_FILE || !g_utf8_validate (content, length, NULL))
    cb_setting_field_set_error (self, _("This is no PEM file. Choose one that holds certificates."));
  else
    set_file (self, content);
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(CbSettingField) self = user_data;
  g_autoptr(GFile) file = cb_dialogs_choose_finish (GTK_WINDOW (source), result);

  if (file != NULL)
    g_file_load_contents_async (file, NULL, loaded_cb, g_object_ref (self));
}

static void
choose_cb (CbSettingField *self)
{
  cb_setting_field_choose_file (self);
}

static void
ask_cb (CbSettingField *self)
{
  g_signal_emit (self, signals[SIGNAL_ASK], 0);
}

static void
offer_chosen_cb (CbSettingField *self,
                 const char     *value)
{
  gtk_editable_set_text (GTK_EDITABLE (self->row), value);
  hide_offer (self);
  gtk_widget_grab_focus (self->row);
}

static void
clear_file_cb (CbSettingField *self)
{
  set_file (self, NULL);
}

/* Auxiliary methods for the rows */

static GtkWidget *
make_help (const CbSettingInfo *info)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *label = gtk_label_new (_(info->help));
  g_autofree char *name = g_strdup_printf (_("About “%s”"), _(info->label));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_popover_set_child (GTK_POPOVER (popover), label);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "dialog-information-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  cb_accessible_set_label (button, name);
  return button;
}

/* What the server offers stands below the entry until one is taken. */
static void
make_offer (CbSettingField *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("system-search-symbolic");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *caption = gtk_label_new (_("The server has"));
  GtkWidget *list = cb_choice_list_new (_(self->info->label));
  g_autofree char *name = g_strdup_printf (_("Choose “%s” from the server's"), _(self->info->label));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  cb_accessible_set_label (button, name);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self->row), button);
  g_signal_connect_object (button, "clicked", G_CALLBACK (ask_cb), self, G_CONNECT_SWAPPED);
  self->choices = CB_CHOICE_LIST (list);
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_widget_add_css_class (box, "offer");
  gtk_box_append (GTK_BOX (box), caption);
  gtk_box_append (GTK_BOX (box), list);
  g_signal_connect_object (list, "chosen", G_CALLBACK (offer_chosen_cb), self, G_CONNECT_SWAPPED);
  self->offer = g_object_ref_sink (adw_preferences_row_new ());
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->offer), FALSE);
  gtk_widget_set_focusable (self->offer, FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self->offer), box);
  cb_accessible_set_label (self->offer, _(self->info->label));
  gtk_widget_set_visible (self->offer, FALSE);
}

static GtkWidget *
make_entry (CbSettingField *self,
            const char     *value,
            gboolean        is_stored)
{
  const CbSettingInfo *info = self->info;
  GtkWidget *row = info->secret ? adw_password_entry_row_new () : adw_entry_row_new ();
  g_autofree char *title = NULL;

  /* A stored secret is never here; an empty entry keeps it. */
  if (info->secret && is_stored)
    title = g_strdup_printf (_("%s (empty keeps the stored one)"), _(info->label));
  else
    title = g_strdup (_(info->label));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (value != NULL)
    gtk_editable_set_text (GTK_EDITABLE (row), value);
  if (info->kind == CB_KIND_NUMBER)
    adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (row), GTK_INPUT_PURPOSE_DIGITS);
  if (info->help != NULL)
    adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), make_help (info));
  cb_accessible_set_label (row, _(info->label));
  g_signal_connect_object (row, "changed", G_CALLBACK (entry_changed_cb), self, G_CONNECT_SWAPPED);
  return row;
}

static GtkWidget *
make_choice (CbSettingField *self,
             const char     *value)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr(GtkStringList) model = gtk_string_list_new (self->info->choices);
  guint selected = 0;

  for (guint i = 0; self->info->choices[i] != NULL; i++)
    if (g_strcmp0 (self->info->choices[i], value) == 0)
      selected = i;
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(self->info->label));
  if (self->info->help != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(self->info->help));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), selected);
  cb_accessible_set_label (row, _(self->info->label));
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (entry_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return row;
}

static GtkWidget *
make_file (CbSettingField *self,
           const char     *value)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *choose = gtk_button_new_with_label (_("Choose file…"));
  GtkWidget *clear = gtk_button_new_from_icon_name ("edit-clear-symbolic");
  g_autofree char *choose_name = g_strdup_printf (_("Choose file for “%s”"), _(self->info->label));
  g_autofree char *clear_name = g_strdup_printf (_("Clear “%s”"), _(self->info->label));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(self->info->label));
  gtk_widget_set_valign (choose, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (clear, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (clear, "flat");
  gtk_widget_set_tooltip_text (clear, clear_name);
  cb_accessible_set_label (choose, choose_name);
  cb_accessible_set_label (clear, clear_name);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), clear);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), choose);
  g_signal_connect_object (choose, "clicked", G_CALLBACK (choose_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (clear, "clicked", G_CALLBACK (clear_file_cb), self, G_CONNECT_SWAPPED);
  self->clear_button = clear;
  self->file = g_strdup (value);
  return row;
}

/* GObject overrides */

static void
cb_setting_field_dispose (GObject *object)
{
  CbSettingField *self = CB_SETTING_FIELD (object);

  g_clear_object (&self->row);
  g_clear_object (&self->error);
  g_clear_object (&self->offer);
  g_clear_pointer (&self->file, g_free);

  G_OBJECT_CLASS (cb_setting_field_parent_class)->dispose (object);
}

static void
cb_setting_field_class_init (CbSettingFieldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_setting_field_dispose;

  /**
   * CbSettingField::changed:
   * @self: a field
   *
   * Emitted when the user changes the value.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * CbSettingField::ask:
   * @self: a field
   *
   * Emitted when the server is to be asked what its value may be.
   */
  signals[SIGNAL_ASK] = g_signal_new ("ask", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
cb_setting_field_init (CbSettingField *self)
{
}

/* Public API */

/**
 * cb_setting_field_new:
 * @info: a setting's description
 * @value: (nullable): its value; always %NULL for a secret
 * @is_stored: whether the connector has secrets already
 *
 * Returns: (transfer full): a field for it
 */
CbSettingField *
cb_setting_field_new (const CbSettingInfo *info,
                      const char          *value,
                      gboolean             is_stored)
{
  CbSettingField *self = g_object_new (CB_TYPE_SETTING_FIELD, NULL);

  self->info = info;
  self->error = g_object_ref_sink (cb_error_row_new ());
  if (info->kind == CB_KIND_CHOICE)
    self->row = make_choice (self, value);
  else if (info->kind == CB_KIND_FILE)
    self->row = make_file (self, value);
  else
    self->row = make_entry (self, info->secret ? NULL : value, is_stored);
  g_object_ref_sink (self->row);
  if (info->offered)
    make_offer (self);
  if (info->kind == CB_KIND_FILE)
    show_file (self);
  return self;
}

/**
 * cb_setting_field_get_info:
 * @self: a field
 *
 * Returns: (transfer none): what it is for
 */
const CbSettingInfo *
cb_setting_field_get_info (CbSettingField *self)
{
  g_return_val_if_fail (CB_IS_SETTING_FIELD (self), NULL);

  return self->info;
}

/**
 * cb_setting_field_add_to:
 * @self: a field
 * @group: where it stands
 *
 * Puts it into a form.
 */
void
cb_setting_field_add_to (CbSettingField      *self,
                         AdwPreferencesGroup *group)
{
  g_return_if_fail (CB_IS_SETTING_FIELD (self));

  adw_preferences_group_add (group, self->row);
  adw_preferences_group_add (group, self->error);
  if (self->offer != NULL)
    adw_preferences_group_add (group, self->offer);
}

/**
 * cb_setting_field_get_value:
 * @self: a field
 *
 * Returns: (transfer none): what to save; "" where it is unset
 */
const char *
cb_setting_field_get_value (CbSettingField *self)
{
  guint selected;

  g_return_val_if_fail (CB_IS_SETTING_FIELD (self), "");

  if (self->info->kind == CB_KIND_FILE)
    return self->file != NULL ? self->file : "";
  if (self->info->kind != CB_KIND_CHOICE)
    return gtk_editable_get_text (GTK_EDITABLE (self->row));
  /* The first choice counts where nothing is set. */
  selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self->row));
  return selected == 0 || selected == GTK_INVALID_LIST_POSITION ? "" : self->info->choices[selected];
}

/**
 * cb_setting_field_get_effective:
 * @self: a field
 *
 * Returns: (transfer none): the value that counts
 */
const char *
cb_setting_field_get_effective (CbSettingField *self)
{
  const char *value = cb_setting_field_get_value (self);

  return *value == '\0' && self->info->choices != NULL ? self->info->choices[0] : value;
}

/**
 * cb_setting_field_set_shown:
 * @self: a field
 * @shown: whether it counts
 *
 * Shows or hides it.
 */
void
cb_setting_field_set_shown (CbSettingField *self,
                            gboolean        shown)
{
  g_return_if_fail (CB_IS_SETTING_FIELD (self));

  gtk_widget_set_visible (self->row, shown);
  if (shown)
    return;
  cb_setting_field_set_error (self, NULL);
  hide_offer (self);
}

/**
 * cb_setting_field_is_shown:
 * @self: a field
 *
 * Returns: whether it counts
 */
gboolean
cb_setting_field_is_shown (CbSettingField *self)
{
  g_return_val_if_fail (CB_IS_SETTING_FIELD (self), FALSE);

  return gtk_widget_get_visible (self->row);
}

/**
 * cb_setting_field_set_error:
 * @self: a field
 * @text: (nullable): what is wrong with it
 *
 * Shows an error at the field, which gets the focus, or takes it away.
 */
void
cb_setting_field_set_error (CbSettingField *self,
                            const char     *text)
{
  g_return_if_fail (CB_IS_SETTING_FIELD (self));

  cb_error_row_set_text (CB_ERROR_ROW (self->error), self->row, text);
}

/**
 * cb_setting_field_offer:
 * @self: a field whose setting is offered
 * @choices: (element-type CbChoice): what its value may be; not kept
 *
 * Shows them below the field and gives them the focus; one that is taken goes into the field.
 */
void
cb_setting_field_offer (CbSettingField *self,
                        GPtrArray      *choices)
{
  g_return_if_fail (CB_IS_SETTING_FIELD (self) && self->offer != NULL);

  cb_choice_list_set_choices (self->choices, choices);
  gtk_widget_set_visible (self->offer, TRUE);
  cb_choice_list_focus (self->choices);
}

/**
 * cb_setting_field_choose_file:
 * @self: a field for a file
 *
 * Asks for the file.
 */
void
cb_setting_field_choose_file (CbSettingField *self)
{
  GtkRoot *root;

  g_return_if_fail (CB_IS_SETTING_FIELD (self) && self->info->kind == CB_KIND_FILE);

  root = gtk_widget_get_root (self->row);
  cb_dialogs_choose_async (GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_OPEN, _(self->info->label),
                           NULL, chosen_cb, g_object_ref (self));
}

/**
 * cb_setting_field_clear:
 * @self: a field
 *
 * Takes a typed secret out of its entry.
 */
void
cb_setting_field_clear (CbSettingField *self)
{
  g_return_if_fail (CB_IS_SETTING_FIELD (self));

  if (self->info->secret)
    gtk_editable_set_text (GTK_EDITABLE (self->row), "");
}
