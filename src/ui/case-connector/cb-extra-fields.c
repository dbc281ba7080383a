/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case-connector/cb-extra-field.h"
#include "ui/case-connector/cb-extra-fields.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-choice-list.h"
#include "ui/common/cb-words.h"

#define PREFIX "extra."
#define FOCUS_DELAY_MS 60

/* Other fields of the target, as its metadata describe them. Without metadata: by name, with a value
 * that is text or JSON. */
struct _CbExtraFields
{
  AdwBin parent_instance;

  GHashTable *values;     /* (owned) (element-type utf8 utf8): by field, those of no row included */
  CbTarget *target;       /* (owned) (nullable) */
  CbConnector *connector; /* (owned) (nullable) */
  GPtrArray *fields;      /* (owned) (element-type CbExtraField): those that have a row */

  AdwPreferencesGroup *group;
  GtkMenuButton *add_button;
  CbChoiceList *list;     /* not owned: of the fields that can be added */
  AdwEntryRow *add_row;
  AdwActionRow *none;
  GtkWidget *loading;
  GtkLabel *note;
};

G_DEFINE_FINAL_TYPE (CbExtraFields, cb_extra_fields, ADW_TYPE_BIN)

static void remove_cb (CbExtraFields *self, CbExtraField *field);

/* Auxiliary methods */

static CbExtraField *
find_field (CbExtraFields *self,
            const char    *id)
{
  for (guint i = 0; i < self->fields->len; i++)
    if (g_strcmp0 (cb_extra_field_get_id (g_ptr_array_index (self->fields, i)), id) == 0)
      return g_ptr_array_index (self->fields, i);
  return NULL;
}

/* Whether something else supplies a field. */
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
  return g_strcmp0 (target->comment_field, field->id) == 0 ||
         g_strcmp0 (target->reference_field, field->id) == 0;
}

static gboolean
is_wanted (CbExtraFields       *self,
           const CbTargetField *field)
{
  return field->required && !g_hash_table_contains (self->target->defaults, field->id) &&
         !is_covered (CB_CONNECTOR_GET_CLASS (self->connector), self->target, field);
}

/* The rows that are about no field of their own stay last. */
static void
move_to_end (CbExtraFields *self,
             GtkWidget     *row)
{
  g_object_ref (row);
  adw_preferences_group_remove (self->group, row);
  adw_preferences_group_add (self->group, row);
  g_object_unref (row);
}

static void
show_state (CbExtraFields *self)
{
  gboolean loading = gtk_widget_get_visible (self->loading);
  gboolean any_required = FALSE;

  for (guint i = 0; self->target != NULL && i < self->target->fields->len; i++)
    any_required |= is_wanted (self, g_ptr_array_index (self->target->fields, i));
  gtk_widget_set_visible (GTK_WIDGET (self->note), any_required);
  gtk_widget_set_visible (GTK_WIDGET (self->none),
                          self->fields->len == 0 && self->target != NULL && !loading &&
                          !gtk_widget_get_visible (GTK_WIDGET (self->add_row)));
}

static CbExtraField *
add_field (CbExtraFields       *self,
           const CbTargetField *field,
           const char          *value)
{
  CbExtraField *added = cb_extra_field_new (field, value);

  g_ptr_array_add (self->fields, added);
  cb_extra_field_add_to (added, self->group);
  move_to_end (self, GTK_WIDGET (self->add_row));
  g_signal_connect_object (added, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  if (self->connector != NULL)
    cb_extra_field_load (added, self->connector, self->values);
  return added;
}

/* A field that the metadata do not know can still be set by its name. */
static CbExtraField *
add_by_id (CbExtraFields *self,
           const char    *id,
           const char    *value)
{
  const CbTargetField *known = self->target != NULL ? cb_target_find (self->target, id) : NULL;
  CbTargetField unknown = { .id = (char *) id, .label = (char *) id, .kind = CB_KIND_JSON };

  return add_field (self, known != NULL ? known : &unknown, value);
}

static void
keep_values (CbExtraFields *self)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      CbExtraField *field = g_ptr_array_index (self->fields, i);

      g_hash_table_insert (self->values, g_strdup (cb_extra_field_get_id (field)),
                           cb_extra_field_get_value (field));
    }
}

static void
remove_rows (CbExtraFields *self)
{
  for (guint i = 0; i < self->fields->len; i++)
    cb_extra_field_remove_from (g_ptr_array_index (self->fields, i), self->group);
  g_ptr_array_set_size (self->fields, 0);
}

/* Required fields first, then those that have a value. */
static void
make_rows (CbExtraFields *self)
{
  g_autoptr(GList) ids = g_list_sort (g_hash_table_get_keys (self->values), (GCompareFunc) strcmp);

  for (guint i = 0; self->target != NULL && i < self->target->fields->len; i++)
    {
      const CbTargetField *field = g_ptr_array_index (self->target->fields, i);

      if (is_wanted (self, field))
        add_field (self, field, g_hash_table_lookup (self->values, field->id));
    }
  for (GList *l = ids; l != NULL; l = l->next)
    if (find_field (self, l->data) == NULL && *(char *) g_hash_table_lookup (self->values, l->data) != '\0')
      add_by_id (self, l->data, g_hash_table_lookup (self->values, l->data));
}

static void
fill_list (CbExtraFields *self)
{
  g_autoptr(GPtrArray) choices = cb_choices_new ();

  for (guint i = 0; i < self->target->fields->len; i++)
    {
      const CbTargetField *field = g_ptr_array_index (self->target->fields, i);
      g_autofree char *label = g_str_equal (field->label, field->id)
                                 ? g_strdup (field->id)
                                 : g_strdup_printf ("%s · %s", field->label, field->id);

      if (find_field (self, field->id) == NULL &&
          !is_covered (CB_CONNECTOR_GET_CLASS (self->connector), self->target, field))
        cb_choices_add (choices, field->id, label);
    }
  cb_choice_list_set_choices (self->list, choices);
}

static gboolean
tells_fields (CbExtraFields *self)
{
  for (guint i = 0; i < self->target->fields->len; i++)
    if (!is_covered (CB_CONNECTOR_GET_CLASS (self->connector), self->target,
                     g_ptr_array_index (self->target->fields, i)))
      return TRUE;
  return FALSE;
}

/* Callbacks */

static void
remove_cb (CbExtraFields *self,
           CbExtraField  *field)
{
  g_hash_table_remove (self->values, cb_extra_field_get_id (field));
  cb_extra_field_remove_from (field, self->group);
  g_ptr_array_remove (self->fields, field);
  show_state (self);
  gtk_widget_grab_focus (gtk_widget_get_visible (GTK_WIDGET (self->add_button))
                           ? GTK_WIDGET (self->add_button) : GTK_WIDGET (self->add_row));
}

static void
opened_cb (CbExtraFields *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (gtk_menu_button_get_popover (self->add_button))))
    return;
  fill_list (self);
  cb_choice_list_focus (self->list);
}

static gboolean
focus_cb (gpointer user_data)
{
  cb_extra_field_focus (user_data);
  return G_SOURCE_REMOVE;
}

/* A popover that closes gives the focus back a little later, so the new row takes it after that. */
static void
chosen_cb (CbExtraFields *self,
           const char    *id)
{
  gtk_menu_button_popdown (self->add_button);
  if (find_field (self, id) == NULL)
    g_timeout_add_full (G_PRIORITY_LOW, FOCUS_DELAY_MS, focus_cb,
                        g_object_ref (add_by_id (self, id, NULL)), g_object_unref);
  show_state (self);
}

static void
apply_cb (CbExtraFields *self)
{
  g_autofree char *id = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->add_row))));

  if (*id == '\0')
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->add_row), "");
  if (find_field (self, id) == NULL)
    add_by_id (self, id, "");
  cb_extra_field_focus (find_field (self, id));
  show_state (self);
}

/* GObject overrides */

static void
cb_extra_fields_dispose (GObject *object)
{
  CbExtraFields *self = CB_EXTRA_FIELDS (object);

  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_clear_pointer (&self->target, cb_target_free);
  g_clear_object (&self->connector);
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
  gtk_widget_class_bind_template_child (widget_class, CbExtraFields, add_button);
  gtk_widget_class_bind_template_child (widget_class, CbExtraFields, add_row);
  gtk_widget_class_bind_template_child (widget_class, CbExtraFields, none);
  gtk_widget_class_bind_template_child (widget_class, CbExtraFields, loading);
  gtk_widget_class_bind_template_child (widget_class, CbExtraFields, note);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
}

static void
cb_extra_fields_init (CbExtraFields *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *list = cb_choice_list_new (_("Fields that can be added"));

  self->fields = g_ptr_array_new_with_free_func (g_object_unref);
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->list = CB_CHOICE_LIST (list);
  gtk_widget_set_size_request (list, 280, -1);
  gtk_popover_set_child (GTK_POPOVER (popover), list);
  gtk_menu_button_set_popover (self->add_button, popover);
  cb_accessible_set_label (GTK_WIDGET (self->add_button), _("Add field"));
  cb_accessible_set_label (GTK_WIDGET (self->add_row), _("Add field by its name"));
  g_signal_connect_object (popover, "notify::visible", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
}

/* Public API */

/**
 * cb_extra_fields_set_values:
 * @self: the fields
 * @values: (element-type utf8 utf8): all values of the case for the connector
 *
 * Takes those that are extra ones. They show once the metadata are there, or are known not to come.
 */
void
cb_extra_fields_set_values (CbExtraFields *self,
                            GHashTable    *values)
{
  GHashTableIter iter;
  gpointer key, value;

  g_return_if_fail (CB_IS_EXTRA_FIELDS (self));

  remove_rows (self);
  g_clear_pointer (&self->target, cb_target_free);
  g_clear_object (&self->connector);
  g_hash_table_remove_all (self->values);
  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_str_has_prefix (key, PREFIX))
      g_hash_table_insert (self->values, g_strdup ((char *) key + strlen (PREFIX)), g_strdup (value));
  gtk_widget_set_visible (self->loading, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->add_row), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->add_button), FALSE);
  show_state (self);
}

/**
 * cb_extra_fields_set_target:
 * @self: the fields
 * @connector: an open connector
 * @target: (transfer full): what the destination takes
 *
 * Shows a row for each field that the target requires and nothing else supplies, and for each that
 * has a value. What has been entered stays.
 */
void
cb_extra_fields_set_target (CbExtraFields *self,
                            CbConnector   *connector,
                            CbTarget      *target)
{
  g_return_if_fail (CB_IS_EXTRA_FIELDS (self) && target != NULL);

  keep_values (self);
  remove_rows (self);
  g_clear_pointer (&self->target, cb_target_free);
  self->target = target;
  g_set_object (&self->connector, connector);
  make_rows (self);
  gtk_widget_set_visible (self->loading, FALSE);
  /* Some systems tell their fields to some accounts only; then fields are added by name. */
  gtk_widget_set_visible (GTK_WIDGET (self->add_button), tells_fields (self));
  gtk_widget_set_visible (GTK_WIDGET (self->add_row), !tells_fields (self));
  adw_preferences_group_set_description (self->group, NULL);
  show_state (self);
}

/**
 * cb_extra_fields_fail:
 * @self: the fields
 *
 * Without metadata fields are shown by name, with their value as it is stored.
 */
void
cb_extra_fields_fail (CbExtraFields *self)
{
  g_return_if_fail (CB_IS_EXTRA_FIELDS (self));

  gtk_widget_set_visible (self->loading, FALSE);
  if (self->target != NULL)
    return;
  keep_values (self);
  remove_rows (self);
  make_rows (self);
  adw_preferences_group_set_description (self->group,
                                         _("Text, or JSON if it is an object, array, number or boolean"));
  gtk_widget_set_visible (GTK_WIDGET (self->add_row), TRUE);
  show_state (self);
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
  GHashTableIter iter;
  gpointer key, value;

  g_return_if_fail (CB_IS_EXTRA_FIELDS (self));

  keep_values (self);
  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (*(char *) value != '\0')
      g_hash_table_insert (values, g_strconcat (PREFIX, key, NULL), g_strdup (value));
}

/**
 * cb_extra_fields_check:
 * @self: the fields
 *
 * Says at the first field that is wrong what is wrong with it.
 *
 * Returns: whether none is
 */
gboolean
cb_extra_fields_check (CbExtraFields *self)
{
  g_return_val_if_fail (CB_IS_EXTRA_FIELDS (self), FALSE);

  for (guint i = 0; i < self->fields->len; i++)
    if (!cb_extra_field_check (g_ptr_array_index (self->fields, i)))
      return FALSE;
  return TRUE;
}
