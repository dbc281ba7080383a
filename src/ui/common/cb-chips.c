/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-accessible.h"
#include "ui/common/cb-chips.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"
#include "ui/common/cb-wrap-layout.h"

/* A list of short texts (tags, names), each with a button that removes it, and an entry that adds
 * one. The owner answers CbChips::changed with cb_chips_set_values() or cb_chips_fail(). */
struct _CbChips
{
  AdwBin parent_instance;

  GPtrArray *values; /* (owned) (element-type utf8) */

  GtkLabel *label;
  GtkBox *flow;
  GtkEntry *entry;
  CbNotice *notice;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_PLACEHOLDER,
  N_PROPS
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbChips, cb_chips, ADW_TYPE_BIN)

/* Auxiliary methods */

static void
emit_changed (CbChips *self)
{
  cb_notice_hide (self->notice);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Callbacks */

static void
remove_cb (CbChips   *self,
           GtkButton *button)
{
  const char *value = g_object_get_data (G_OBJECT (button), "value");
  guint index;

  if (!g_ptr_array_find_with_equal_func (self->values, value, g_str_equal, &index))
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  g_ptr_array_remove_index (self->values, index);
  emit_changed (self);
}

static void
activate_cb (CbChips *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  if (*text == '\0' ||
      g_ptr_array_find_with_equal_func (self->values, text, g_str_equal, NULL))
    {
      gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
      return;
    }
  g_ptr_array_add (self->values, g_strdup (text));
  emit_changed (self);
}

/* Auxiliary methods for the chips */

static GtkWidget *
make_chip (CbChips    *self,
           const char *value)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = gtk_label_new (value);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *remove = g_strdup_printf (_("Remove %s"), value);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_set_tooltip_text (button, remove);
  cb_accessible_set_label (button, remove);
  g_object_set_data_full (G_OBJECT (button), "value", g_strdup (value), g_free);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (remove_cb), self);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (box, "chip");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

static void
fill (CbChips *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->flow))) != NULL)
    gtk_box_remove (self->flow, child);
  for (guint i = 0; i < self->values->len; i++)
    gtk_box_append (self->flow, make_chip (self, g_ptr_array_index (self->values, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->flow), self->values->len > 0);
}

/* GObject overrides */

static void
cb_chips_set_property (GObject      *object,
                       guint         id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  CbChips *self = CB_CHIPS (object);

  switch (id)
    {
    case PROP_TITLE:
      gtk_label_set_text (self->label, g_value_get_string (value));
      cb_accessible_set_label (GTK_WIDGET (self->flow), g_value_get_string (value));
      break;
    case PROP_PLACEHOLDER:
      gtk_entry_set_placeholder_text (self->entry, g_value_get_string (value));
      cb_accessible_set_label (GTK_WIDGET (self->entry), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cb_chips_dispose (GObject *object)
{
  CbChips *self = CB_CHIPS (object);

  g_clear_pointer (&self->values, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CHIPS);

  G_OBJECT_CLASS (cb_chips_parent_class)->dispose (object);
}

static void
cb_chips_class_init (CbChipsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = cb_chips_set_property;
  object_class->dispose = cb_chips_dispose;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_PLACEHOLDER] = g_param_spec_string ("placeholder", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * CbChips::changed:
   * @self: the chips
   *
   * Emitted when the user has added or removed one.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CB_TYPE_NOTICE);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "common/cb-chips.ui");
  gtk_widget_class_bind_template_child (widget_class, CbChips, label);
  gtk_widget_class_bind_template_child (widget_class, CbChips, flow);
  gtk_widget_class_bind_template_child (widget_class, CbChips, entry);
  gtk_widget_class_bind_template_child (widget_class, CbChips, notice);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
cb_chips_init (CbChips *self)
{
  self->values = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_chips_set_values:
 * @self: the chips
 * @values: (array zero-terminated=1): what there is now
 *
 * Shows these values. An entry whose text is among them is done with.
 */
void
cb_chips_set_values (CbChips           *self,
                     const char *const *values)
{
  g_autofree char *pending = NULL;

  g_return_if_fail (CB_IS_CHIPS (self) && values != NULL);

  pending = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  if (g_strv_contains (values, pending))
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  g_ptr_array_set_size (self->values, 0);
  for (guint i = 0; values[i] != NULL; i++)
    g_ptr_array_add (self->values, g_strdup (values[i]));
  fill (self);
}

/**
 * cb_chips_dup_values:
 * @self: the chips
 *
 * Returns: (transfer full): what the user wants there to be
 */
GStrv
cb_chips_dup_values (CbChips *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (CB_IS_CHIPS (self), NULL);

  for (guint i = 0; i < self->values->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->values, i));
  return g_strv_builder_end (builder);
}

/**
 * cb_chips_commit:
 * @self: the chips
 *
 * Adds what stands in the entry, as Enter does.
 */
void
cb_chips_commit (CbChips *self)
{
  g_return_if_fail (CB_IS_CHIPS (self));

  activate_cb (self);
}

/**
 * cb_chips_fail:
 * @self: the chips
 * @error: why the change could not be saved
 *
 * Says so; the entry keeps its text.
 */
void
cb_chips_fail (CbChips      *self,
               const GError *error)
{
  g_return_if_fail (CB_IS_CHIPS (self) && error != NULL);

  cb_notice_show_error (self->notice, error);
}
