/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/common/cb-accessible.h"

/* Auxiliary methods */

static void
set_label (GtkWidget  *widget,
           const char *label)
{
  /* A button's text is a relation too. GTK 4.8 would say both, GTK 4.18 only the text. */
  if (GTK_IS_BUTTON (widget) || GTK_IS_DROP_DOWN (widget))
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/* The button that shows a password has no name in libadwaita 1.2. */
static void
name_peek_button (GtkWidget  *widget,
                  const char *label)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      g_autofree char *name = g_strdup_printf (_("Show “%s”"), label);

      if (GTK_IS_BUTTON (child) && gtk_button_get_icon_name (GTK_BUTTON (child)) != NULL &&
          g_str_has_prefix (gtk_button_get_icon_name (GTK_BUTTON (child)), "view-"))
        set_label (child, name);
      else
        name_peek_button (child, label);
    }
}

/* Public API */

/**
 * cb_accessible_set_label:
 * @widget: a widget
 * @label: its name for assistive technology
 *
 * Names a widget. Where it only wraps the one that takes the focus (a row's entry, a menu button's
 * button), that one is named.
 */
void
cb_accessible_set_label (GtkWidget  *widget,
                         const char *label)
{
  GtkWidget *inner = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget) && label != NULL);

  if (GTK_IS_EDITABLE (widget))
    inner = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (widget)));
  if (ADW_IS_PASSWORD_ENTRY_ROW (widget))
    name_peek_button (widget, label);
  /* These rows have their title as their name already. */
  if (ADW_IS_ENTRY_ROW (widget) || ADW_IS_ACTION_ROW (widget))
    {
      if (inner != NULL)
        set_label (inner, label);
      return;
    }
  if (GTK_IS_MENU_BUTTON (widget) || GTK_IS_DROP_DOWN (widget))
    inner = gtk_widget_get_first_child (widget);
  set_label (widget, label);
  if (inner != NULL)
    set_label (inner, label);
}

/**
 * cb_accessible_set_description:
 * @widget: a widget
 * @description: what assistive technology says after its name
 *
 * Describes a widget.
 */
void
cb_accessible_set_description (GtkWidget  *widget,
                               const char *description)
{
  g_return_if_fail (GTK_IS_WIDGET (widget) && description != NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

/**
 * cb_accessible_focus_first:
 * @window: a window that is not shown yet
 * @widget: a widget in it
 *
 * Gives a widget the focus once its window is there. Earlier, assistive technology would not see the
 * window as one. [seen with GTK 4.8.3: the role is found out too early]
 */
void
cb_accessible_focus_first (GtkWidget *window,
                           GtkWidget *widget)
{
  g_return_if_fail (GTK_IS_WINDOW (window) && GTK_IS_WIDGET (widget));

  g_signal_connect_object (window, "map", G_CALLBACK (gtk_widget_grab_focus), widget,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
