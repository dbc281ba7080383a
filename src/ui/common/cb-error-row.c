/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/common/cb-accessible.h"
#include "ui/common/cb-error-row.h"

/* Stands below a field in a boxed list and says what is wrong with it. */
struct _CbErrorRow
{
  AdwPreferencesRow parent_instance;

  GtkLabel *label; /* not owned: the child */
};

G_DEFINE_FINAL_TYPE (CbErrorRow, cb_error_row, ADW_TYPE_PREFERENCES_ROW)

/* Auxiliary methods */

static void
show (CbErrorRow *self,
      const char *text,
      gboolean    error)
{
  gtk_label_set_text (self->label, text != NULL ? text : "");
  if (error)
    gtk_widget_add_css_class (GTK_WIDGET (self->label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->label), "error");
  cb_accessible_set_label (GTK_WIDGET (self), text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self), text != NULL);
}

/* GObject overrides */

static void
cb_error_row_class_init (CbErrorRowClass *klass)
{
}

static void
cb_error_row_init (CbErrorRow *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  self->label = GTK_LABEL (label);
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (self->label, TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "row-content");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/* Public API */

/**
 * cb_error_row_new:
 *
 * Returns: (transfer floating): a row that is not shown
 */
GtkWidget *
cb_error_row_new (void)
{
  return g_object_new (CB_TYPE_ERROR_ROW, NULL);
}

/**
 * cb_error_row_set_text:
 * @self: a row
 * @field: the row above
 * @text: (nullable): what is wrong with it
 *
 * Shows an error and gives @field the focus, or takes the error away.
 */
void
cb_error_row_set_text (CbErrorRow *self,
                       GtkWidget  *field,
                       const char *text)
{
  g_return_if_fail (CB_IS_ERROR_ROW (self));

  show (self, text, TRUE);
  cb_accessible_set_description (field, text != NULL ? text : "");
  if (text == NULL)
    {
      gtk_widget_remove_css_class (field, "error");
      return;
    }
  gtk_widget_add_css_class (field, "error");
  gtk_widget_grab_focus (field);
}

/**
 * cb_error_row_set_note:
 * @self: a row
 * @text: (nullable): what was done to the field
 *
 * Shows a note instead of an error.
 */
void
cb_error_row_set_note (CbErrorRow *self,
                       const char *text)
{
  g_return_if_fail (CB_IS_ERROR_ROW (self));

  show (self, text, FALSE);
}
