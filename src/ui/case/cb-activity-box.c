/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case/cb-activity-box.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-words.h"

/* What has been done with a case, the newest first. */
struct _CbActivityBox
{
  AdwBin parent_instance;

  GtkListBox *list; /* not owned: the child */
};

G_DEFINE_FINAL_TYPE (CbActivityBox, cb_activity_box, ADW_TYPE_BIN)

/* Auxiliary methods */

static GtkWidget *
make_row (const CbActivity *entry,
          CbConnectors     *connectors)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  g_autofree char *words = cb_word_activity (entry, connectors);
  g_autofree char *moment = cb_word_moment (entry->time);
  g_autofree char *sentence = NULL;
  GtkWidget *text, *time;

  sentence = g_strdup_printf ("%s %s", entry->author != NULL ? entry->author : _("Unknown"), words);
  text = gtk_label_new (sentence);
  time = gtk_label_new (moment);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (text), TRUE);
  gtk_label_set_xalign (GTK_LABEL (time), 0);
  gtk_widget_add_css_class (time, "dim-label");
  gtk_widget_add_css_class (time, "caption");
  gtk_widget_add_css_class (box, "row-content");
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), time);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  cb_accessible_set_label (row, sentence);
  return row;
}

/* GObject overrides */

static void
cb_activity_box_class_init (CbActivityBoxClass *klass)
{
}

static void
cb_activity_box_init (CbActivityBox *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_widget_set_valign (GTK_WIDGET (self->list), GTK_ALIGN_START);
  cb_accessible_set_label (GTK_WIDGET (self->list), _("Activity"));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->list));
}

/* Public API */

/**
 * cb_activity_box_show:
 * @self: a box
 * @workspace: where the case is
 * @case_id: a case
 *
 * Shows a case's activity.
 */
void
cb_activity_box_show (CbActivityBox *self,
                      CbWorkspace   *workspace,
                      const char    *case_id)
{
  g_autoptr(GPtrArray) entries = NULL;
  GtkListBoxRow *row;

  g_return_if_fail (CB_IS_ACTIVITY_BOX (self) && case_id != NULL);

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  entries = cb_cases_get_activity (cb_workspace_get_cases (workspace), case_id);
  for (guint i = entries->len; i > 0; i--)
    gtk_list_box_append (self->list, make_row (g_ptr_array_index (entries, i - 1),
                                               cb_workspace_get_connectors (workspace)));
}
