/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/preview/cb-fold.h"

#define FOLDED_HEIGHT 200

/* Auxiliary methods */

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget      *widget,
         GtkOrientation  orientation,
         int             for_size,
         int            *minimum,
         int            *natural,
         int            *minimum_baseline,
         int            *natural_baseline)
{
  gboolean vertical = orientation == GTK_ORIENTATION_VERTICAL;

  /* The width does not depend on the height, as that one is clipped. */
  gtk_widget_measure (gtk_widget_get_first_child (widget), orientation, vertical ? for_size : -1, minimum,
                      natural, NULL, NULL);
  if (!vertical)
    return;
  *minimum = MIN (*minimum, FOLDED_HEIGHT);
  *natural = MIN (*natural, FOLDED_HEIGHT);
}

/* The child has the height that it needs; what is too much is clipped, not cut. */
static void
allocate (GtkWidget *widget,
          int        width,
          int        height,
          int        baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int needed;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &needed, NULL, NULL, NULL);
  gtk_widget_allocate (child, width, MAX (needed, height), -1, NULL);
}

/* Callbacks */

static void
toggled_cb (GtkToggleButton *button,
            gpointer         user_data)
{
  GtkWidget *clip = user_data;

  gtk_widget_set_layout_manager (clip, gtk_toggle_button_get_active (button)
                                         ? gtk_bin_layout_new ()
                                         : gtk_custom_layout_new (get_request_mode, measure, allocate));
}

/* Public API */

/**
 * cb_fold_new:
 * @child: (transfer floating): something that may be long
 * @label: the words on the button that shows all of it
 *
 * Returns: (transfer floating): the beginning of it, and a button that unfolds the rest
 */
GtkWidget *
cb_fold_new (GtkWidget  *child,
             const char *label)
{
  GtkWidget *box, *clip, *button;

  g_return_val_if_fail (GTK_IS_WIDGET (child) && label != NULL, NULL);

  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  clip = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  button = gtk_toggle_button_new_with_label (label);
  gtk_box_append (GTK_BOX (clip), child);
  gtk_widget_set_layout_manager (clip, gtk_custom_layout_new (get_request_mode, measure, allocate));
  gtk_widget_set_overflow (clip, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "fold-button");
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), clip, 0);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_box_append (GTK_BOX (box), clip);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}
