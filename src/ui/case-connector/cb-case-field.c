/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case-connector/cb-case-field.h"
#include "ui/common/cb-accessible.h"

/* One per-case field of a connector as a row. Its choices come from the server; until they are there
 * the value that is stored stays. */
struct _CbCaseField
{
  GObject parent_instance;

  const CbCaseFieldInfo *info; /* static */
  char *value;                 /* (owned): what is chosen; "" for nothing, commas between several */
  char *label;                 /* (owned) (nullable): what people call it, as far as it is known */
  GPtrArray *choices;          /* (owned) (nullable) (element-type CbChoice) */
  GPtrArray *values;           /* (owned) (element-type utf8): of the items of a combo row */
  GPtrArray *checks;           /* (owned) (element-type GtkWidget): rows of a multiple choice */
  GCancellable *cancellable;   /* (owned) (nullable) */
  GError *error;               /* (owned) (nullable): why there are no choices */
  gboolean filling;

  GtkWidget *row;              /* (owned) */
  GtkWidget *spinner;
  GtkWidget *retry;
};

typedef struct
{
  CbCaseField *field;        /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Run;

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LOADED,
  SIGNAL_RETRY,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbCaseField, cb_case_field, G_TYPE_OBJECT)

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
is_list (CbCaseField *self)
{
  return self->info->kind == CB_KIND_MULTI_CHOICE;
}

static gboolean
is_combo (CbCaseField *self)
{
  return self->info->kind == CB_KIND_CHOICE;
}

static void
set_subtitle (CbCaseField *self,
              const char  *text)
{
  if (is_list (self))
    adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self->row), text);
  else if (is_combo (self))
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row), text);
}

static void
set_busy (CbCaseField *self,
          gboolean     busy)
{
  if (!is_list (self) && !is_combo (self))
    return;
  gtk_widget_set_visible (self->spinner, busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_widget_set_visible (self->retry, FALSE);
  gtk_widget_set_tooltip_text (self->row, NULL);
}

static void
set_value (CbCaseField *self,
           const char  *value)
{
  if (g_strcmp0 (self->value, value) == 0)
    return;
  g_free (self->value);
  self->value = g_strdup (value);
  if (!self->filling)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static const char *
hint (CbCaseField *self)
{
  return self->info->required && *self->value == '\0' ? _("Required") : "";
}

static gboolean
has_value (CbCaseField *self,
           const char  *value)
{
  g_auto(GStrv) values = g_strsplit (self->value, ",", -1);

  for (guint i = 0; values[i] != NULL; i++)
    if (g_str_equal (g_strstrip (values[i]), value))
      return TRUE;
  return FALSE;
}

static void
add_item (CbCaseField   *self,
          GtkStringList *model,
          const char    *value,
          const char    *label)
{
  g_ptr_array_add (self->values, g_strdup (value));
  gtk_string_list_append (model, label);
}

/* The items: nothing, the choices, and a stored value that is not among them. */
static void
fill_combo (CbCaseField *self)
{
  g_autoptr(GtkStringList) model = gtk_string_list_new (NULL);
  guint selected = GTK_INVALID_LIST_POSITION;

  g_ptr_array_set_size (self->values, 0);
  add_item (self, model, "", _("Not set"));
  for (guint i = 0; self->choices != NULL && i < self->choices->len; i++)
    {
      CbChoice *choice = g_ptr_array_index (self->choices, i);

      add_item (self, model, choice->value, choice->label);
    }
  for (guint i = 0; i < self->values->len; i++)
    if (g_str_equal (g_ptr_array_index (self->values, i), self->value))
      selected = i;
  if (selected == GTK_INVALID_LIST_POSITION)
    {
      const char *name = self->label != NULL ? self->label : self->value;
      g_autofree char *gone = g_strdup_printf (_("%s (not offered)"), name);

      selected = self->values->len;
      add_item (self, model, self->value, self->choices != NULL ? gone : name);
    }
  self->filling = TRUE;
  adw_combo_row_set_model (ADW_COMBO_ROW (self->row), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->row), selected);
  self->filling = FALSE;
  set_subtitle (self, hint (self));
}

/* Callbacks */

static void
selected_cb (CbCaseField *self)
{
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self->row));

  if (self->filling || selected >= self->values->len)
    return;
  set_value (self, g_ptr_array_index (self->values, selected));
  set_subtitle (self, hint (self));
}

static void
entry_changed_cb (CbCaseField *self)
{
  set_value (self, gtk_editable_get_text (GTK_EDITABLE (self->row)));
}

static void
check_toggled_cb (CbCaseField *self)
{
  g_autoptr(GString) value = g_string_new (NULL);
  g_autoptr(GString) labels = g_string_new (NULL);

  if (self->filling)
    return;
  for (guint i = 0; i < self->checks->len; i++)
    {
      GObject *check = g_object_get_data (g_ptr_array_index (self->checks, i), "check");
      CbChoice *choice = g_ptr_array_index (self->choices, i);

      if (!gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
        continue;
      g_string_append_printf (value, "%s%s", value->len > 0 ? "," : "", choice->value);
      g_string_append_printf (labels, "%s%s", labels->len > 0 ? ", " : "", choice->label);
    }
  set_value (self, value->str);
  set_subtitle (self, labels->len > 0 ? labels->str : hint (self));
}

static void
retry_cb (CbCaseField *self)
{
  g_signal_emit (self, signals[SIGNAL_RETRY], 0);
}

/* Auxiliary methods for several choices */

static GtkWidget *
make_check (CbCaseField    *self,
            const CbChoice *choice)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), has_value (self, choice->value));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), choice->label);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_object_set_data (G_OBJECT (row), "check", check);
  g_signal_connect_object (check, "toggled", G_CALLBACK (check_toggled_cb), self,
                           G_CONNECT_SWAPPED);
  return row;
}

/* A stored value that the server does not offer any more stays as a choice of its own. */
static void
keep_unknown_values (CbCaseField *self)
{
  g_auto(GStrv) values = g_strsplit (self->value, ",", -1);

  for (guint i = 0; values[i] != NULL; i++)
    {
      gboolean known = FALSE;

      g_strstrip (values[i]);
      for (guint j = 0; j < self->choices->len && !known; j++)
        known = g_str_equal (((CbChoice *) g_ptr_array_index (self->choices, j))->value, values[i]);
      if (!known && *values[i] != '\0')
        {
          g_autofree char *gone = g_strdup_printf (_("%s (not offered)"), values[i]);

          cb_choices_add (self->choices, values[i], gone);
        }
    }
}

static void
fill_checks (CbCaseField *self)
{
  AdwExpanderRow *expander = ADW_EXPANDER_ROW (self->row);

  keep_unknown_values (self);
  for (guint i = 0; i < self->checks->len; i++)
    adw_expander_row_remove (expander, g_ptr_array_index (self->checks, i));
  g_ptr_array_set_size (self->checks, 0);
  self->filling = TRUE;
  for (guint i = 0; i < self->choices->len; i++)
    {
      GtkWidget *row = make_check (self, g_ptr_array_index (self->choices, i));

      g_ptr_array_add (self->checks, row);
      adw_expander_row_add_row (expander, row);
    }
  self->filling = FALSE;
  gtk_widget_set_sensitive (self->row, TRUE);
  check_toggled_cb (self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  CbCaseField *self = run->field;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) choices = NULL;

  choices = cb_connector_load_choices_finish (CB_CONNECTOR (source), result, &error);
  if (run->cancellable != self->cancellable || g_cancellable_is_cancelled (run->cancellable))
    return;
  if (choices == NULL)
    {
      cb_case_field_fail (self, error);
      g_signal_emit (self, signals[SIGNAL_FAILED], 0);
      return;
    }
  set_busy (self, FALSE);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  self->choices = g_steal_pointer (&choices);
  if (is_list (self))
    fill_checks (self);
  else
    fill_combo (self);
  g_signal_emit (self, signals[SIGNAL_LOADED], 0);
}

/* Auxiliary methods for the rows */

static void
add_suffixes (CbCaseField *self)
{
  g_autofree char *name = g_strdup_printf (_("Try again to load “%s”"), _(self->info->label));

  self->spinner = gtk_spinner_new ();
  self->retry = gtk_button_new_with_label (_("Try again"));
  gtk_widget_set_valign (self->retry, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_widget_set_visible (self->retry, FALSE);
  cb_accessible_set_label (self->retry, name);
  g_signal_connect_object (self->retry, "clicked", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  if (is_list (self))
    {
      adw_expander_row_add_action (ADW_EXPANDER_ROW (self->row), self->spinner);
      adw_expander_row_add_action (ADW_EXPANDER_ROW (self->row), self->retry);
      return;
    }
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->row), self->spinner);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->row), self->retry);
}

static void
make_row (CbCaseField *self)
{
  if (is_list (self))
    self->row = adw_expander_row_new ();
  else if (is_combo (self))
    self->row = adw_combo_row_new ();
  else
    self->row = adw_entry_row_new ();
  g_object_ref_sink (self->row);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), _(self->info->label));
  cb_accessible_set_label (self->row, _(self->info->label));
  if (is_list (self) || is_combo (self))
    add_suffixes (self);
  if (is_combo (self))
    {
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self->row), 4);
      fill_combo (self);
      g_signal_connect_object (self->row, "notify::selected", G_CALLBACK (selected_cb), self,
                               G_CONNECT_SWAPPED);
    }
  else if (is_list (self))
    set_subtitle (self, self->label != NULL ? self->label : self->value);
  else
    {
      gtk_editable_set_text (GTK_EDITABLE (self->row), self->value);
      g_signal_connect_object (self->row, "changed", G_CALLBACK (entry_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
}

/* GObject overrides */

static void
cb_case_field_dispose (GObject *object)
{
  CbCaseField *self = CB_CASE_FIELD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->row);

  G_OBJECT_CLASS (cb_case_field_parent_class)->dispose (object);
}

static void
cb_case_field_finalize (GObject *object)
{
  CbCaseField *self = CB_CASE_FIELD (object);

  g_free (self->value);
  g_free (self->label);
  g_clear_error (&self->error);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_clear_pointer (&self->checks, g_ptr_array_unref);

  G_OBJECT_CLASS (cb_case_field_parent_class)->finalize (object);
}

static void
cb_case_field_class_init (CbCaseFieldClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_case_field_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_case_field_finalize;

  /**
   * CbCaseField::changed:
   * @self: a field
   *
   * Emitted when the user chooses another value.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  /**
   * CbCaseField::loaded:
   * @self: a field
   *
   * Emitted when its choices have come.
   */
  signals[SIGNAL_LOADED] = g_signal_new ("loaded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  /**
   * CbCaseField::retry:
   * @self: a field
   *
   * Emitted when its choices are to be loaded again.
   */
  signals[SIGNAL_RETRY] = g_signal_new ("retry", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  /**
   * CbCaseField::failed:
   * @self: a field
   *
   * Emitted when its choices could not be loaded.
   */
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
cb_case_field_init (CbCaseField *self)
{
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->checks = g_ptr_array_new ();
}

/* Public API */

/**
 * cb_case_field_new:
 * @info: the field's description
 * @value: (nullable): what is stored
 * @label: (nullable): what people call that, as far as it is known
 *
 * Returns: (transfer full): a row for the field
 */
CbCaseField *
cb_case_field_new (const CbCaseFieldInfo *info,
                   const char            *value,
                   const char            *label)
{
  CbCaseField *self = g_object_new (CB_TYPE_CASE_FIELD, NULL);

  self->info = info;
  self->value = g_strdup (value != NULL ? value : "");
  self->label = g_strdup (label);
  make_row (self);
  return self;
}

/**
 * cb_case_field_get_info:
 * @self: a field
 *
 * Returns: (transfer none): what it is for
 */
const CbCaseFieldInfo *
cb_case_field_get_info (CbCaseField *self)
{
  g_return_val_if_fail (CB_IS_CASE_FIELD (self), NULL);

  return self->info;
}

/**
 * cb_case_field_get_row:
 * @self: a field
 *
 * Returns: (transfer none): its row
 */
GtkWidget *
cb_case_field_get_row (CbCaseField *self)
{
  g_return_val_if_fail (CB_IS_CASE_FIELD (self), NULL);

  return self->row;
}

/**
 * cb_case_field_get_value:
 * @self: a field
 *
 * Returns: (transfer none): its value, "" where nothing is chosen
 */
const char *
cb_case_field_get_value (CbCaseField *self)
{
  g_return_val_if_fail (CB_IS_CASE_FIELD (self), "");

  return self->value;
}

/**
 * cb_case_field_get_choices:
 * @self: a field
 *
 * Returns: (transfer none) (nullable) (element-type CbChoice): its choices, as far as they are loaded
 */
GPtrArray *
cb_case_field_get_choices (CbCaseField *self)
{
  g_return_val_if_fail (CB_IS_CASE_FIELD (self), NULL);

  return self->choices;
}

/**
 * cb_case_field_get_error:
 * @self: a field
 *
 * Returns: (transfer none) (nullable): why there are no choices
 */
const GError *
cb_case_field_get_error (CbCaseField *self)
{
  g_return_val_if_fail (CB_IS_CASE_FIELD (self), NULL);

  return self->error;
}

/**
 * cb_case_field_load:
 * @self: a field
 * @connector: an open connector
 * @context: (element-type utf8 utf8): the values of the other fields
 *
 * Loads its choices.
 */
void
cb_case_field_load (CbCaseField *self,
                    CbConnector *connector,
                    GHashTable  *context)
{
  Run *run;

  g_return_if_fail (CB_IS_CASE_FIELD (self));

  if (!is_list (self) && !is_combo (self))
    return;
  cb_case_field_stop (self);
  cb_case_field_wait (self);
  self->cancellable = g_cancellable_new ();
  run = g_new0 (Run, 1);
  run->field = g_object_ref (self);
  run->cancellable = g_object_ref (self->cancellable);
  cb_connector_load_choices_async (connector, self->info->key, context, self->cancellable, loaded_cb,
                                   run);
}

/**
 * cb_case_field_wait:
 * @self: a field
 *
 * Shows that its choices are being loaded.
 */
void
cb_case_field_wait (CbCaseField *self)
{
  g_return_if_fail (CB_IS_CASE_FIELD (self));

  set_busy (self, TRUE);
  if (is_combo (self))
    set_subtitle (self, _("Loading…"));
}

/**
 * cb_case_field_fail:
 * @self: a field
 * @error: why there are no choices
 *
 * Says so in the row and offers to try again.
 */
void
cb_case_field_fail (CbCaseField  *self,
                    const GError *error)
{
  g_return_if_fail (CB_IS_CASE_FIELD (self) && error != NULL);

  set_busy (self, FALSE);
  if (!is_list (self) && !is_combo (self))
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  /* What is wrong is said once for all; here only that it is. */
  set_subtitle (self, _("Choices not loaded"));
  gtk_widget_set_tooltip_text (self->row, error->message);
  gtk_widget_set_visible (self->retry, TRUE);
}

/**
 * cb_case_field_stop:
 * @self: a field
 *
 * Ends what it loads.
 */
void
cb_case_field_stop (CbCaseField *self)
{
  g_return_if_fail (CB_IS_CASE_FIELD (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}
