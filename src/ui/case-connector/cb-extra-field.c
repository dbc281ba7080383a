/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "connectors/cb-target-value.h"
#include "ui/case-connector/cb-extra-field.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-error-row.h"

#define TEXT_HEIGHT 72

/* A field of the external system as a row. What kind of row is the business of its metadata alone. */
struct _CbExtraField
{
  GObject parent_instance;

  CbTargetField field;       /* a copy, whose members are owned */
  char *value;               /* (owned): what is stored; of a choice, the present one */
  GPtrArray *values;         /* (owned) (element-type utf8): of the items of a combo row */
  GPtrArray *checks;         /* (owned) (element-type GtkWidget): check buttons of several choices */
  GCancellable *cancellable; /* (owned) (nullable): of loading choices */
  gboolean filling;

  GtkWidget *row;            /* (owned) */
  GtkWidget *error;          /* (owned): the row with what is wrong */
  GtkTextBuffer *buffer;     /* (owned) (nullable): of a long text */
  GtkWidget *warning;        /* not owned (nullable): tells whether a required field is set */
  GtkWidget *focus;          /* not owned: what takes the focus */
};

typedef struct
{
  CbExtraField *field;       /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Run;

enum
{
  SIGNAL_REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbExtraField, cb_extra_field, G_TYPE_OBJECT)

/* Auxiliary methods */

static void
run_free (Run *run)
{
  g_clear_object (&run->field);
  g_clear_object (&run->cancellable);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static gboolean
is_combo (CbExtraField *self)
{
  return self->field.kind == CB_KIND_CHOICE || self->field.kind == CB_KIND_BOOLEAN;
}

static gboolean
is_list (CbExtraField *self)
{
  return self->field.kind == CB_KIND_MULTI_CHOICE && self->field.choices != NULL;
}

/* What a form holds, as cb_target_value_from_inputs() takes it. */
static GStrv
get_inputs (CbExtraField *self)
{
  g_autoptr(GStrvBuilder) inputs = g_strv_builder_new ();
  g_autofree char *text = NULL;

  if (is_combo (self))
    g_strv_builder_add (inputs, self->value);
  else if (self->buffer != NULL)
    {
      g_object_get (self->buffer, "text", &text, NULL);
      g_strv_builder_add (inputs, text);
    }
  else if (!is_list (self))
    g_strv_builder_add (inputs, gtk_editable_get_text (GTK_EDITABLE (self->row)));
  for (guint i = 0; is_list (self) && i < self->checks->len; i++)
    if (gtk_check_button_get_active (g_ptr_array_index (self->checks, i)))
      g_strv_builder_add (inputs, ((CbChoice *) g_ptr_array_index (self->field.choices, i))->value);
  return g_strv_builder_end (inputs);
}

static gboolean
is_empty (CbExtraField *self)
{
  g_auto(GStrv) inputs = get_inputs (self);

  return inputs[0] == NULL || *inputs[0] == '\0';
}

/* The symbol changes and keeps its place, so that nothing moves. */
static void
show_warning (CbExtraField *self)
{
  gboolean empty = is_empty (self);

  if (self->warning == NULL)
    return;
  gtk_image_set_from_icon_name (GTK_IMAGE (self->warning),
                                empty ? "dialog-warning-symbolic" : "object-select-symbolic");
  if (empty)
    gtk_widget_add_css_class (self->warning, "warning");
  else
    gtk_widget_remove_css_class (self->warning, "warning");
}

/* Callbacks */

static void
changed_cb (CbExtraField *self)
{
  if (self->filling)
    return;
  cb_error_row_set_text (CB_ERROR_ROW (self->error), self->row, NULL);
  show_warning (self);
}

static void
remove_cb (CbExtraField *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

static void
selected_cb (CbExtraField *self)
{
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self->row));

  if (self->filling || selected >= self->values->len)
    return;
  g_free (self->value);
  self->value = g_strdup (g_ptr_array_index (self->values, selected));
  changed_cb (self);
}

static void
toggled_cb (CbExtraField *self)
{
  g_autoptr(GString) labels = g_string_new (NULL);

  for (guint i = 0; i < self->checks->len; i++)
    if (gtk_check_button_get_active (g_ptr_array_index (self->checks, i)))
      g_string_append_printf (labels, "%s%s", labels->len > 0 ? ", " : "",
                              ((CbChoice *) g_ptr_array_index (self->field.choices, i))->label);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self->row),
                                 labels->len > 0 ? labels->str
                                                 : self->field.required ? _("Required") : "");
  changed_cb (self);
}

static void
day_selected_cb (CbExtraField *self,
                 GtkCalendar  *calendar)
{
  g_autoptr(GDateTime) day = gtk_calendar_get_date (calendar);
  g_autofree char *date = g_date_time_format (day, "%Y-%m-%d");
  const char *old = gtk_editable_get_text (GTK_EDITABLE (self->row));
  const char *time = strchr (old, ' ');
  g_autofree char *text = NULL;

  text = self->field.kind == CB_KIND_DATE ? g_strdup (date)
                                          : g_strconcat (date, time != NULL ? time : " 00:00", NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->row), text);
}

/* Auxiliary methods for the rows */

static void
add_item (CbExtraField  *self,
          GtkStringList *model,
          const char    *value,
          const char    *label)
{
  g_ptr_array_add (self->values, g_strdup (value));
  gtk_string_list_append (model, label);
}

/* The items: nothing, the choices, and a stored value that is not among them. */
static void
fill_combo (CbExtraField *self)
{
  g_autoptr(GtkStringList) model = gtk_string_list_new (NULL);
  guint selected = GTK_INVALID_LIST_POSITION;

  g_ptr_array_set_size (self->values, 0);
  add_item (self, model, "", _("Not set"));
  if (self->field.kind == CB_KIND_BOOLEAN)
    {
      add_item (self, model, "true", _("Yes"));
      add_item (self, model, "false", _("No"));
    }
  for (guint i = 0; self->field.choices != NULL && i < self->field.choices->len; i++)
    {
      CbChoice *choice = g_ptr_array_index (self->field.choices, i);

      add_item (self, model, choice->value, choice->label);
    }
  for (guint i = 0; i < self->values->len; i++)
    if (g_str_equal (g_ptr_array_index (self->values, i), self->value))
      selected = i;
  if (selected == GTK_INVALID_LIST_POSITION)
    {
      selected = self->values->len;
      add_item (self, model, self->value, self->value);
    }
  self->filling = TRUE;
  adw_combo_row_set_model (ADW_COMBO_ROW (self->row), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->row), selected);
  self->filling = FALSE;
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  CbExtraField *self = run->field;
  g_autoptr(GError) error = NULL;
  GPtrArray *choices = cb_connector_load_choices_finish (CB_CONNECTOR (source), result, &error);

  if (choices != NULL)
    {
      g_clear_pointer (&self->field.choices, g_ptr_array_unref);
      self->field.choices = choices;
    }
  if (g_cancellable_is_cancelled (run->cancellable))
    return;
  if (choices != NULL)
    fill_combo (self);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row),
                               choices == NULL ? error->message
                               : self->field.required ? _("Required") : "");
}

static void
make_combo (CbExtraField *self)
{
  g_auto(GStrv) inputs = cb_target_value_to_inputs (&self->field, self->value);

  self->row = adw_combo_row_new ();
  g_free (self->value);
  self->value = g_strdup (inputs[0] != NULL ? inputs[0] : "");
  if (self->field.required)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row), _("Required"));
  fill_combo (self);
  g_signal_connect_object (self->row, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
}

/* A stored value that the server does not offer any more stays as a choice of its own. */
static void
keep_unknown (CbExtraField *self,
              GStrv         inputs)
{
  g_autoptr(GPtrArray) all = cb_choices_new ();

  for (guint i = 0; i < self->field.choices->len; i++)
    {
      CbChoice *choice = g_ptr_array_index (self->field.choices, i);

      cb_choices_add (all, choice->value, choice->label);
    }
  for (guint i = 0; inputs[i] != NULL; i++)
    cb_choices_add (all, inputs[i], inputs[i]);
  g_ptr_array_unref (self->field.choices);
  self->field.choices = g_steal_pointer (&all);
}

static void
make_list (CbExtraField *self)
{
  g_auto(GStrv) inputs = cb_target_value_to_inputs (&self->field, self->value);

  self->row = adw_expander_row_new ();
  keep_unknown (self, inputs);
  for (guint i = 0; i < self->field.choices->len; i++)
    {
      CbChoice *choice = g_ptr_array_index (self->field.choices, i);
      GtkWidget *row = adw_action_row_new ();
      GtkWidget *check = gtk_check_button_new ();

      gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                                   g_strv_contains ((const char *const *) inputs, choice->value));
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), choice->label);
      cb_accessible_set_label (check, choice->label);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
      g_ptr_array_add (self->checks, check);
      adw_expander_row_add_row (ADW_EXPANDER_ROW (self->row), row);
      g_signal_connect_object (check, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
    }
}

static GtkWidget *
make_calendar (CbExtraField *self)
{
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *calendar = gtk_calendar_new ();
  g_autofree char *name = g_strdup_printf (_("Choose a day for “%s”"), self->field.label);

  gtk_popover_set_child (GTK_POPOVER (popover), calendar);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "x-office-calendar-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  cb_accessible_set_label (button, name);
  g_signal_connect_object (calendar, "day-selected", G_CALLBACK (day_selected_cb), self,
                           G_CONNECT_SWAPPED);
  return button;
}

static char *
entry_title (CbExtraField *self)
{
  const char *form = self->field.kind == CB_KIND_DATE ? _("year-month-day")
                     : self->field.kind == CB_KIND_TIME ? _("year-month-day hour:minute") : NULL;
  g_autofree char *title = self->field.required ? g_strdup_printf (_("%s (required)"),
                                                                   self->field.label)
                                                : g_strdup (self->field.label);

  return form != NULL ? g_strdup_printf ("%s · %s", title, form) : g_steal_pointer (&title);
}

static void
make_entry (CbExtraField *self)
{
  g_auto(GStrv) inputs = cb_target_value_to_inputs (&self->field, self->value);

  self->row = adw_entry_row_new ();
  gtk_editable_set_text (GTK_EDITABLE (self->row), inputs[0] != NULL ? inputs[0] : "");
  if (self->field.kind == CB_KIND_NUMBER)
    adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (self->row), GTK_INPUT_PURPOSE_NUMBER);
  if (self->field.kind == CB_KIND_DATE || self->field.kind == CB_KIND_TIME)
    adw_entry_row_add_suffix (ADW_ENTRY_ROW (self->row), make_calendar (self));
  g_signal_connect_object (self->row, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}

static GtkWidget *
make_view (CbExtraField *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_text_view_new ();

  self->buffer = g_object_ref (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)));
  gtk_text_buffer_set_text (self->buffer, self->value, -1);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 6);
  cb_accessible_set_label (view, self->field.label);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), TEXT_HEIGHT);
  gtk_widget_add_css_class (scrolled, "view");
  gtk_widget_add_css_class (scrolled, "editor");
  gtk_widget_set_margin_top (scrolled, 6);
  self->focus = view;
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  return scrolled;
}

static GtkWidget *
make_remove_button (CbExtraField *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-clear-symbolic");
  g_autofree char *name = g_strdup_printf (_("Remove %s"), self->field.label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  cb_accessible_set_label (button, name);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
make_warning (CbExtraField *self)
{
  self->warning = gtk_image_new ();
  gtk_widget_set_tooltip_text (self->warning, _("Required"));
  return self->warning;
}

/* Several lines do not fit into an entry's row. */
static void
make_text (CbExtraField *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *title = entry_title (self);
  GtkWidget *label = gtk_label_new (title);

  self->row = adw_preferences_row_new ();
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->row), FALSE);
  gtk_widget_set_focusable (self->row, FALSE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  if (self->field.required)
    gtk_box_append (GTK_BOX (line), make_warning (self));
  gtk_box_append (GTK_BOX (line), label);
  if (!self->field.required)
    gtk_box_append (GTK_BOX (line), make_remove_button (self));
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), make_view (self));
  gtk_widget_add_css_class (box, "row-content");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self->row), box);
}

static void
add_ends (CbExtraField *self)
{
  GtkWidget *prefix = self->field.required ? make_warning (self) : NULL;
  GtkWidget *suffix = self->field.required ? NULL : make_remove_button (self);

  if (ADW_IS_ENTRY_ROW (self->row) && prefix != NULL)
    adw_entry_row_add_prefix (ADW_ENTRY_ROW (self->row), prefix);
  else if (ADW_IS_ENTRY_ROW (self->row))
    adw_entry_row_add_suffix (ADW_ENTRY_ROW (self->row), suffix);
  else if (is_list (self) && prefix != NULL)
    adw_expander_row_add_prefix (ADW_EXPANDER_ROW (self->row), prefix);
  else if (is_list (self))
    adw_expander_row_add_action (ADW_EXPANDER_ROW (self->row), suffix);
  else if (prefix != NULL)
    adw_action_row_add_prefix (ADW_ACTION_ROW (self->row), prefix);
  else
    adw_action_row_add_suffix (ADW_ACTION_ROW (self->row), suffix);
}

static void
make_row (CbExtraField *self)
{
  if (self->field.kind == CB_KIND_LONG_TEXT)
    make_text (self);
  else if (is_combo (self))
    make_combo (self);
  else if (is_list (self))
    make_list (self);
  else
    make_entry (self);
  g_object_ref_sink (self->row);
  self->error = g_object_ref_sink (cb_error_row_new ());
  if (self->focus == NULL)
    self->focus = self->row;
  if (self->buffer == NULL)
    {
      g_autofree char *title = ADW_IS_ENTRY_ROW (self->row) ? entry_title (self)
                                                            : g_strdup (self->field.label);

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), title);
      cb_accessible_set_label (self->row, self->field.label);
      add_ends (self);
    }
  if (is_list (self))
    toggled_cb (self);
  show_warning (self);
}

/* GObject overrides */

static void
cb_extra_field_dispose (GObject *object)
{
  CbExtraField *self = CB_EXTRA_FIELD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->buffer);
  g_clear_object (&self->row);
  g_clear_object (&self->error);

  G_OBJECT_CLASS (cb_extra_field_parent_class)->dispose (object);
}

static void
cb_extra_field_finalize (GObject *object)
{
  CbExtraField *self = CB_EXTRA_FIELD (object);

  g_free (self->field.id);
  g_free (self->field.label);
  g_clear_pointer (&self->field.choices, g_ptr_array_unref);
  g_free (self->value);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_clear_pointer (&self->checks, g_ptr_array_unref);

  G_OBJECT_CLASS (cb_extra_field_parent_class)->finalize (object);
}

static void
cb_extra_field_class_init (CbExtraFieldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_extra_field_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_extra_field_finalize;

  /**
   * CbExtraField::remove:
   * @self: a field
   *
   * Emitted when the user does not want the field any more.
   */
  signals[SIGNAL_REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cb_extra_field_init (CbExtraField *self)
{
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->checks = g_ptr_array_new ();
}

/* Public API */

/**
 * cb_extra_field_new:
 * @field: the field; not kept
 * @value: (nullable): what is stored for it
 *
 * Returns: (transfer full): a row for the field
 */
CbExtraField *
cb_extra_field_new (const CbTargetField *field,
                    const char          *value)
{
  CbExtraField *self = g_object_new (CB_TYPE_EXTRA_FIELD, NULL);

  self->field = *field;
  self->field.id = g_strdup (field->id);
  self->field.label = g_strdup (field->label);
  self->field.choices = field->choices != NULL ? g_ptr_array_ref (field->choices) : NULL;
  self->value = g_strdup (value != NULL ? value : "");
  make_row (self);
  return self;
}

/**
 * cb_extra_field_get_id:
 * @self: a field
 *
 * Returns: (transfer none): its name in the external system
 */
const char *
cb_extra_field_get_id (CbExtraField *self)
{
  g_return_val_if_fail (CB_IS_EXTRA_FIELD (self), NULL);

  return self->field.id;
}

/**
 * cb_extra_field_add_to:
 * @self: a field
 * @group: where it stands
 *
 * Puts it into a form.
 */
void
cb_extra_field_add_to (CbExtraField        *self,
                       AdwPreferencesGroup *group)
{
  g_return_if_fail (CB_IS_EXTRA_FIELD (self));

  adw_preferences_group_add (group, self->row);
  adw_preferences_group_add (group, self->error);
}

/**
 * cb_extra_field_remove_from:
 * @self: a field
 * @group: where it stands
 *
 * Takes it out of a form.
 */
void
cb_extra_field_remove_from (CbExtraField        *self,
                            AdwPreferencesGroup *group)
{
  g_return_if_fail (CB_IS_EXTRA_FIELD (self));

  adw_preferences_group_remove (group, self->row);
  adw_preferences_group_remove (group, self->error);
}

/**
 * cb_extra_field_load:
 * @self: a field
 * @connector: an open connector
 * @context: (element-type utf8 utf8): the case's fields for it
 *
 * Loads its choices where its metadata do not hold them.
 */
void
cb_extra_field_load (CbExtraField *self,
                     CbConnector  *connector,
                     GHashTable   *context)
{
  Run *run;

  g_return_if_fail (CB_IS_EXTRA_FIELD (self));

  if (self->field.kind != CB_KIND_CHOICE || self->field.choices != NULL || self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  run = g_new0 (Run, 1);
  run->field = g_object_ref (self);
  run->cancellable = g_object_ref (self->cancellable);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row), _("Loading…"));
  cb_connector_load_choices_async (connector, self->field.id, context, self->cancellable, loaded_cb,
                                   run);
}

/**
 * cb_extra_field_get_value:
 * @self: a field
 *
 * Returns: (transfer full): what is to be stored; what was typed where that is no value of its kind
 */
char *
cb_extra_field_get_value (CbExtraField *self)
{
  g_auto(GStrv) inputs = NULL;
  char *value;

  g_return_val_if_fail (CB_IS_EXTRA_FIELD (self), NULL);

  inputs = get_inputs (self);
  value = cb_target_value_from_inputs (&self->field, (const char *const *) inputs, NULL);
  return value != NULL ? value : g_strdup (inputs[0]);
}

/**
 * cb_extra_field_check:
 * @self: a field
 *
 * Says at the field what is wrong with it, and gives it the focus.
 *
 * Returns: whether nothing is
 */
gboolean
cb_extra_field_check (CbExtraField *self)
{
  g_auto(GStrv) inputs = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *value = NULL;

  g_return_val_if_fail (CB_IS_EXTRA_FIELD (self), FALSE);

  inputs = get_inputs (self);
  value = cb_target_value_from_inputs (&self->field, (const char *const *) inputs, &error);
  if (value != NULL)
    return TRUE;
  cb_error_row_set_text (CB_ERROR_ROW (self->error), self->row, error->message);
  cb_extra_field_focus (self);
  return FALSE;
}

/**
 * cb_extra_field_focus:
 * @self: a field
 *
 * Gives it the focus.
 */
void
cb_extra_field_focus (CbExtraField *self)
{
  g_return_if_fail (CB_IS_EXTRA_FIELD (self));

  gtk_widget_grab_focus (self->focus);
}
