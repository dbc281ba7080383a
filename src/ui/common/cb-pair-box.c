/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/common/cb-pair-box.h"

/* Names in one column, their values in another. No GtkGrid: the one of GTK 4.18 keeps the height that a
 * wrapping value would need if it were as narrow as it can be. */
struct _CbPairBox
{
  GtkBox parent_instance;

  GtkSizeGroup *names; /* (owned) */
};

G_DEFINE_FINAL_TYPE (CbPairBox, cb_pair_box, GTK_TYPE_BOX)

/* GObject overrides */

static void
cb_pair_box_dispose (GObject *object)
{
  g_clear_object (&CB_PAIR_BOX (object)->names);

  G_OBJECT_CLASS (cb_pair_box_parent_class)->dispose (object);
}

static void
cb_pair_box_class_init (CbPairBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_pair_box_dispose;
}

static void
cb_pair_box_init (CbPairBox *self)
{
  self->names = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

/* Public API */

/**
 * cb_pair_box_new:
 *
 * Returns: (transfer floating): an empty box
 */
GtkWidget *
cb_pair_box_new (void)
{
  return g_object_new (CB_TYPE_PAIR_BOX, NULL);
}

/**
 * cb_pair_box_clear:
 * @self: a box
 *
 * Removes all pairs.
 */
void
cb_pair_box_clear (CbPairBox *self)
{
  GtkWidget *row;

  g_return_if_fail (CB_IS_PAIR_BOX (self));

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), row);
}

/**
 * cb_pair_box_append:
 * @self: a box
 * @name: (transfer floating): a short label
 * @value: (transfer floating): what takes the rest of the width
 *
 * Adds a pair below the others.
 */
void
cb_pair_box_append (CbPairBox *self,
                    GtkWidget *name,
                    GtkWidget *value)
{
  GtkWidget *row;

  g_return_if_fail (CB_IS_PAIR_BOX (self) && GTK_IS_WIDGET (name) && GTK_IS_WIDGET (value));

  row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_size_group_add_widget (self->names, name);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), value);
  gtk_box_append (GTK_BOX (self), row);
}
