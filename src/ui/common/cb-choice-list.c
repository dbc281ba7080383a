/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-accessible.h"
#include "ui/common/cb-choice-list.h"

/* Fewer are seen at one glance. */
#define SEARCH_FROM 3
#define HEIGHT 240

/* Choices of which one is taken by a click or by Enter, with a search where there are many. */
struct _CbChoiceList
{
  AdwBin parent_instance;

  GtkSearchEntry *search; /* not owned */
  GtkListBox *list;       /* not owned */
  GtkWidget *empty;       /* not owned */
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbChoiceList, cb_choice_list, ADW_TYPE_BIN)

/* Auxiliary methods */

static gboolean
contains (const char *text,
          const char *words)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *wanted = g_utf8_casefold (words, -1);

  return strstr (folded, wanted) != NULL;
}

static GtkWidget *
make_row (const CbChoice *choice)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = gtk_label_new (choice->label);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (row, "choice");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  cb_accessible_set_label (row, choice->label);
  g_object_set_data_full (G_OBJECT (row), "value", g_strdup (choice->value), g_free);
  g_object_set_data_full (G_OBJECT (row), "label", g_strdup (choice->label), g_free);
  return row;
}

static GtkListBoxRow *
first_match (CbChoiceList *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row)))
      return row;
  return NULL;
}

/* Callbacks */

static gboolean
filter_cb (GtkListBoxRow *row,
           gpointer       user_data)
{
  CbChoiceList *self = user_data;
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->search));

  return contains (g_object_get_data (G_OBJECT (row), "label"), words) ||
         contains (g_object_get_data (G_OBJECT (row), "value"), words);
}

static void
searched_cb (CbChoiceList *self)
{
  gtk_list_box_invalidate_filter (self->list);
}

static void
activated_cb (CbChoiceList  *self,
              GtkListBoxRow *row)
{
  g_autofree char *value = g_strdup (g_object_get_data (G_OBJECT (row), "value"));

  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, value);
}

static void
entered_cb (CbChoiceList *self)
{
  GtkListBoxRow *row;

  /* The entry tells of a search a little later. */
  gtk_list_box_invalidate_filter (self->list);
  row = first_match (self);
  if (row != NULL)
    activated_cb (self, row);
}

/* GObject overrides */

static void
cb_choice_list_class_init (CbChoiceListClass *klass)
{
  /**
   * CbChoiceList::chosen:
   * @self: a list
   * @value: the value of what was chosen
   *
   * Emitted when the user takes a choice.
   */
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cb_choice_list_init (CbChoiceList *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->search = GTK_SEARCH_ENTRY (gtk_search_entry_new ());
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  self->empty = gtk_label_new (_("Nothing found"));
  gtk_widget_set_margin_top (self->empty, 12);
  gtk_widget_set_margin_bottom (self->empty, 12);
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_list_box_set_placeholder (self->list, self->empty);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_list_box_set_filter_func (self->list, filter_cb, self, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "choices");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->search));
  gtk_box_append (GTK_BOX (box), scrolled);
  g_signal_connect_object (self->search, "search-changed", G_CALLBACK (searched_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "activate", G_CALLBACK (entered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (activated_cb), self,
                           G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), box);
}

/* Public API */

/**
 * cb_choice_list_new:
 * @name: what is chosen, for assistive technology
 *
 * Returns: (transfer floating): a list without choices
 */
GtkWidget *
cb_choice_list_new (const char *name)
{
  CbChoiceList *self = g_object_new (CB_TYPE_CHOICE_LIST, NULL);
  g_autofree char *search = g_strdup_printf (_("Search “%s”"), name);

  cb_accessible_set_label (GTK_WIDGET (self->list), name);
  cb_accessible_set_label (GTK_WIDGET (self->search), search);
  return GTK_WIDGET (self);
}

/**
 * cb_choice_list_set_choices:
 * @self: a list
 * @choices: (element-type CbChoice): what there is; not kept
 *
 * Shows other choices, and all of them.
 */
void
cb_choice_list_set_choices (CbChoiceList *self,
                            GPtrArray    *choices)
{
  GtkListBoxRow *row;

  g_return_if_fail (CB_IS_CHOICE_LIST (self) && choices != NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < choices->len; i++)
    gtk_list_box_append (self->list, make_row (g_ptr_array_index (choices, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->search), choices->len >= SEARCH_FROM);
}

/**
 * cb_choice_list_focus:
 * @self: a list that is shown
 *
 * Gives its search the focus, or its first choice where there is none.
 */
void
cb_choice_list_focus (CbChoiceList *self)
{
  GtkListBoxRow *row;

  g_return_if_fail (CB_IS_CHOICE_LIST (self));

  row = gtk_list_box_get_row_at_index (self->list, 0);
  if (gtk_widget_get_visible (GTK_WIDGET (self->search)))
    gtk_widget_grab_focus (GTK_WIDGET (self->search));
  else if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}
