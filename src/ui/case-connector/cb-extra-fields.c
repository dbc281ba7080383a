/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case-connector/cb-extra-fields.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-words.h"

#define PREFIX "extra."

/* Other fields of the target: by name, with a value that is text or JSON. */
struct _CbExtraFields
{
  AdwBin parent_instance;

  GPtrArray *rows; /* (owned) (element-type GtkWidget): each has its "name" */

  AdwPreferencesGroup *group;
  AdwEntryRow *add_row;
  GtkLabel *note;
};

G_DEFINE_FINAL_TYPE (CbExtraFields, cb_extra_fields, ADW_TYPE_BIN)

static void add_row (CbExtraFields *self, const char *name, const char *label, const char *value);

/* Auxiliary methods */

static GtkWidget *
find_row (CbExtraFields *self,
          const char    *name)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (g_strcmp0 (g_object_get_data (g_ptr_array_index (self->rows, i), "name"), name) == 0)
      return g_ptr_array_index (self->rows, i);
  return NULL;
}

static gboolean
is_covered (CbConnectorClass    *klass,
            const CbTarget      *target,
            const CbTargetField *field)
{
  for (guint i = 0; i < klass->n_mappings; i++)
    if (g_str_equal (klass->mappings[i].target, field->id))
      return TRUE;
  for (guint i = 0; i < klass->n_case_fields; i++)
    if (g_str_equal (klass->case_fields[i].target, field->id))
      return TRUE;
  return g_hash_table_contains (target->defaults, field->id) ||
         g_strcmp0 (target->reference_field, field->id) == 0;
}

/* Callbacks */

static void
remove_cb (CbExtraFields *self,
           GtkButton     *button)
{
  GtkWidget *row = g_object_get_data (G_OBJECT (button), "row");

  adw_preferences_group_remove (self->group, row);
  g_ptr_array_remove (self->rows, row);
  gtk_widget_grab_focus (GTK_WIDGET (self->add_row));
}

static void
apply_cb (CbExtraFields *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->add_row))));

  if (*name == '\0')
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->add_row), "");
  if (find_row (self, name) == NULL)
    add_row (self, name, name, "");
  gtk_widget_grab_focus (find_row (self, name));
}

/* Auxiliary methods for the rows */

static void
add_row (CbExtraFields *self,
         const char    *name,
         const char    *label,
         const char    *value)
{
  GtkWidget *row = adw_entry_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-clear-symbolic");
  g_autofree char *removal = g_strdup_printf (_("Remove %s"), label);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), label);
  gtk_editable_set_text (GTK_EDITABLE (row), value);
  cb_accessible_set_label (row, label);
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (name), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, removal);
  cb_accessible_set_label (button, removal);
  g_object_set_data (G_OBJECT (button), "row", row);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (remove_cb), self);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);
  g_ptr_array_add (self->rows, row);
  /* The row that adds one stays last. */
  g_object_ref (self->add_row);
  adw_preferences_group_remove (self->group, GTK_WIDGET (self->add_row));
  adw_preferences_group_add (self->group, row);
  adw_preferences_group_add (self->group, GTK_WIDGET (self->add_row));
  g_object_unref (self->add_row);
}

/* GObject overrides */

static void
cb_extra_fields_dispose (GObject *object)
{
  g_clear_pointer (&CB_EXTRA_FIELDS (object)->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_EXTRA_FIELDS);

  G_OBJECT_CLASS (cb_extra_fields_parent_class)->dispose (object);
}

static void
cb_extra_fields_class_init (CbExtraFieldsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_extra_fields_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE
                                               "case-connector/cb-extra-fields.ui");
  gtk_widget_class_bind_template_child (widget_class, CbExtraFields, group);
  gtk_widget_class_bind_template_child (widget_class, CbExtraFields, add_row);
  gtk_widget_class_bind_template_child (widget_class, CbExtraFields, note);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
}

static void
cb_extra_fields_init (CbExtraFields *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_accessible_set_label (GTK_WIDGET (self->add_row), _("Add field by its name"));
}

/* Public API */

/**
 * cb_extra_fields_set_values:
 * @self: the fields
 * @values: (element-type utf8 utf8): all values of the case for the connector
 *
 * Shows those that are extra ones.
 */
void
cb_extra_fields_set_values (CbExtraFields *self,
                            GHashTable    *values)
{
  g_autoptr(GList) keys = NULL;

  g_return_if_fail (CB_IS_EXTRA_FIELDS (self));

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->note), FALSE);
  keys = g_list_sort (g_hash_table_get_keys (values), (GCompareFunc) strcmp);
  for (GList *l = keys; l != NULL; l = l->next)
    if (g_str_has_prefix (l->data, PREFIX))
      add_row (self, (char *) l->data + strlen (PREFIX), (char *) l->data + strlen (PREFIX),
               g_hash_table_lookup (values, l->data));
}

/**
 * cb_extra_fields_add_required:
 * @self: the fields
 * @klass: the connector's type
 * @target: what the destination takes
 *
 * Adds a row for each field that the target requires and nothing else supplies.
 */
void
cb_extra_fields_add_required (CbExtraFields    *self,
                              CbConnectorClass *klass,
                              const CbTarget   *target)
{
  gboolean any = FALSE;

  g_return_if_fail (CB_IS_EXTRA_FIELDS (self) && target != NULL);

  for (guint i = 0; i < target->fields->len; i++)
    {
      const CbTargetField *field = g_ptr_array_index (target->fields, i);
      g_autofree char *label = g_strdup_printf (_("%s (required)"), field->label);
      GtkWidget *row = find_row (self, field->id);

      if (!field->required || is_covered (klass, target, field))
        continue;
      any = TRUE;
      if (row != NULL)
        adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), label);
      else
        add_row (self, field->id, label, "");
    }
  gtk_widget_set_visible (GTK_WIDGET (self->note), any);
}

/**
 * cb_extra_fields_collect:
 * @self: the fields
 * @values: (element-type utf8 utf8): where they go, by key
 *
 * Puts the values that are set into @values.
 */
void
cb_extra_fields_collect (CbExtraFields *self,
                         GHashTable    *values)
{
  g_return_if_fail (CB_IS_EXTRA_FIELDS (self));

  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);

      g_hash_table_insert (values, g_strconcat (PREFIX, g_object_get_data (G_OBJECT (row), "name"),
                                                NULL),
                           g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
    }
}
