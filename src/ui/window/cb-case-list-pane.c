/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "push/cb-case-model.h"
#include "ui/bulk/cb-bulk-bar.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"
#include "ui/push/cb-queue-words.h"
#include "ui/window/cb-case-list-pane.h"
#include "ui/window/cb-case-list-row.h"
#include "ui/window/cb-case-selection.h"

#define COUNT_DELAY 150 /* ms: changes come in bursts, and counting looks at every case */
#define TICK 1          /* s: while the time of the next try is shown */
#define NEAR 300        /* rows around the old place in which the selected case is looked for */

typedef enum
{
  VIEW_OPEN,
  VIEW_NEEDS_PUSH,
  VIEW_TROUBLE,
  VIEW_ALL,
  N_VIEWS
} View;

struct _CbCaseListPane
{
  AdwBin parent_instance;

  CbWorkspace *workspace;     /* (owned) */
  CbCaseModel *model;         /* (owned) */
  CbCaseSelection *selection; /* (owned) */
  char *selected;             /* (owned) (nullable): the id of the case that is shown */
  char *queue_words;          /* (owned) (nullable): what is said of the queue now */
  guint selected_at;          /* where it was last */
  View view;
  gboolean selecting;         /* whether a click chooses a case beside others */
  guint count_source;
  guint tick_source;

  AdwHeaderBar *header;
  GtkMenuButton *menu_button;
  GtkSearchEntry *search;
  GtkToggleButton *open_button;
  GtkToggleButton *needs_push_button;
  GtkToggleButton *trouble_button;
  GtkToggleButton *all_button;
  GtkLabel *open_count;
  GtkLabel *needs_push_count;
  GtkLabel *trouble_count;
  GtkLabel *all_count;
  CbNotice *queue;
  GtkStack *stack;
  GtkListView *list;
  CbBulkBar *bulk;
  AdwStatusPage *empty;
};

enum
{
  PROP_0,
  PROP_SELECTING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_SELECTED,
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const open_statuses[] = { "open", "in-progress", NULL };

static const struct { const char *word, *empty_title, *empty_text; } views[N_VIEWS] = {
  [VIEW_OPEN] = { N_("Open"), N_("No Open Cases"), N_("Closed ones are under All") },
  [VIEW_NEEDS_PUSH] = { N_("Needs push"), N_("Nothing to Push"),
                        N_("All incidents say what their cases say") },
  [VIEW_TROUBLE] = { N_("Trouble"), N_("No Trouble"),
                     N_("No push has failed or needs a decision") },
  [VIEW_ALL] = { N_("All"), N_("No Cases"), N_("Import cases or open a new one") },
};

G_DEFINE_FINAL_TYPE (CbCaseListPane, cb_case_list_pane, ADW_TYPE_BIN)

/* Auxiliary methods */

static const char *
get_search (CbCaseListPane *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  return cb_is_blank (text) ? NULL : text;
}

static CbCaseQuery
make_query (CbCaseListPane *self,
            View            view)
{
  return (CbCaseQuery) {
    .statuses = view == VIEW_OPEN ? open_statuses : NULL,
    .needs_push = view == VIEW_NEEDS_PUSH,
    .queued = view == VIEW_NEEDS_PUSH,
    .trouble = view == VIEW_TROUBLE,
    .search = get_search (self),
    .limit = -1,
  };
}

static void
show_count (CbCaseListPane  *self,
            View             view,
            GtkLabel        *label,
            GtkToggleButton *button)
{
  CbCaseQuery query = make_query (self, view);
  gint64 count = cb_case_list_count (cb_workspace_get_database (self->workspace), &query);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  g_autofree char *name = g_strdup_printf ("%s, %s", _(views[view].word), text);

  gtk_label_set_text (label, text);
  cb_accessible_set_label (GTK_WIDGET (button), name);
}

static void
show_list_or_empty (CbCaseListPane *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
  if (!empty)
    return;
  if (get_search (self) != NULL)
    {
      adw_status_page_set_title (self->empty, _("No Case Found"));
      adw_status_page_set_description (self->empty, _("Try other words or another view"));
      return;
    }
  adw_status_page_set_title (self->empty, _(views[self->view].empty_title));
  adw_status_page_set_description (self->empty, _(views[self->view].empty_text));
}

static gboolean
is_at (CbCaseListPane *self,
       const char     *id,
       guint           position)
{
  g_autoptr(CbCaseRow) row = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  return row != NULL && g_strcmp0 (row->id, id) == 0;
}

static guint
find (CbCaseListPane *self,
      const char     *id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  guint first = self->selected_at > NEAR ? self->selected_at - NEAR : 0;

  if (id == NULL)
    return GTK_INVALID_LIST_POSITION;
  if (is_at (self, id, self->selected_at))
    return self->selected_at;
  for (guint i = 0; i < MIN (n, NEAR); i++)
    if (is_at (self, id, i))
      return i;
  for (guint i = first; i < MIN (n, self->selected_at + NEAR); i++)
    if (is_at (self, id, i))
      return i;
  return GTK_INVALID_LIST_POSITION;
}

/* Whether cases are being chosen for something that is done to all of them. */
static gboolean
is_choosing (CbCaseListPane *self)
{
  return self->selecting || cb_case_selection_get_n (self->selection) > 1;
}

static void
select_shown (CbCaseListPane *self)
{
  guint position = find (self, self->selected);

  if (position != GTK_INVALID_LIST_POSITION)
    self->selected_at = position;
  if (!is_choosing (self))
    cb_case_selection_set_only (self->selection, self->selected);
}

static void
show_queue (CbCaseListPane *self)
{
  CbOutboxRunner *runner = cb_workspace_get_runner (self->workspace);
  guint n = cb_outbox_runner_n_waiting (runner);
  g_autofree char *heading = NULL;
  g_autofree char *text = NULL;
  g_autofree char *words = NULL;

  if (n == 0)
    {
      g_clear_pointer (&self->queue_words, g_free);
      cb_notice_hide (self->queue);
      return;
    }
  heading = g_strdup_printf (g_dngettext (NULL, "%u push waits", "%u pushes wait", n), n);
  text = cb_queue_words (self->workspace);
  words = g_strjoin ("\n", heading, text, NULL);
  /* Nothing is read aloud twice, and the button keeps its focus. */
  if (g_strcmp0 (words, self->queue_words) == 0)
    return;
  g_free (self->queue_words);
  self->queue_words = g_steal_pointer (&words);
  cb_notice_show (self->queue, CB_NOTICE_QUEUE, heading, text);
  cb_notice_set_action (self->queue, cb_outbox_runner_is_running (runner) ? NULL : _("Try now"));
}

static void
apply_query (CbCaseListPane *self)
{
  CbCaseQuery query = make_query (self, self->view);

  cb_case_model_set_query (self->model, &query);
  show_list_or_empty (self);
}

/* Callbacks */

static gboolean
count_cb (gpointer user_data)
{
  CbCaseListPane *self = user_data;

  self->count_source = 0;
  show_count (self, VIEW_OPEN, self->open_count, self->open_button);
  show_count (self, VIEW_NEEDS_PUSH, self->needs_push_count, self->needs_push_button);
  show_count (self, VIEW_TROUBLE, self->trouble_count, self->trouble_button);
  show_count (self, VIEW_ALL, self->all_count, self->all_button);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (CbCaseListPane *self)
{
  if (self->count_source == 0)
    self->count_source = g_timeout_add (COUNT_DELAY, count_cb, self);
}

static void
items_changed_cb (CbCaseListPane *self)
{
  select_shown (self);
  show_list_or_empty (self);
}

static void
show_only_chosen (CbCaseListPane *self)
{
  g_autoptr(GPtrArray) ids = cb_case_selection_get_ids (self->selection);

  if (ids->len != 1 || g_strcmp0 (g_ptr_array_index (ids, 0), self->selected) == 0)
    return;
  g_free (self->selected);
  self->selected = g_strdup (g_ptr_array_index (ids, 0));
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, self->selected, FALSE);
}

static void
selection_changed_cb (CbCaseListPane *self)
{
  guint n = cb_case_selection_get_n (self->selection);

  if (n == 1 && !self->selecting)
    show_only_chosen (self);
  cb_bulk_bar_set_chosen (self->bulk, is_choosing (self), n);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0);
}

static void
activated_cb (CbCaseListPane *self,
              guint           position)
{
  g_autoptr(CbCaseRow) row = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (row == NULL || row->id == NULL)
    return;
  g_free (self->selected);
  self->selected = g_strdup (row->id);
  self->selected_at = position;
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, self->selected, TRUE);
}

static void
toggle_cb (CbCaseListPane *self,
           const char     *id)
{
  cb_case_selection_toggle (self->selection, id);
}

static GPtrArray *
list_ids_cb (gpointer user_data)
{
  return cb_case_list_pane_get_ids (user_data);
}

static gboolean
tick_cb (gpointer user_data)
{
  CbCaseListPane *self = user_data;

  if (cb_notice_is_shown (self->queue))
    show_queue (self);
  return G_SOURCE_CONTINUE;
}

static void
mapped_cb (CbCaseListPane *self)
{
  if (self->tick_source == 0)
    self->tick_source = g_timeout_add_seconds (TICK, tick_cb, self);
}

static void
unmapped_cb (CbCaseListPane *self)
{
  g_clear_handle_id (&self->tick_source, g_source_remove);
}

static void
queue_action_cb (CbCaseListPane *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.run-queue", NULL);
}

/* Escape goes back to one case. */
static gboolean
escape_cb (GtkWidget *widget,
           GVariant  *arguments,
           gpointer   user_data)
{
  CbCaseListPane *self = CB_CASE_LIST_PANE (widget);

  if (self->selection == NULL || !is_choosing (self))
    return GDK_EVENT_PROPAGATE;
  if (self->selecting)
    gtk_widget_activate_action (widget, "win.select", NULL);
  else
    cb_case_selection_set_only (self->selection, self->selected);
  return GDK_EVENT_STOP;
}

static void
search_changed_cb (CbCaseListPane *self)
{
  if (self->model == NULL)
    return;
  apply_query (self);
  changed_cb (self);
}

static void
stop_search_cb (CbCaseListPane *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
view_toggled_cb (CbCaseListPane  *self,
                 GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button) || self->model == NULL)
    return;
  if (!self->selecting)
    cb_case_selection_set_only (self->selection, self->selected);
  self->view = button == self->open_button ? VIEW_OPEN
               : button == self->needs_push_button ? VIEW_NEEDS_PUSH
               : button == self->trouble_button ? VIEW_TROUBLE : VIEW_ALL;
  apply_query (self);
}

static void
setup_cb (CbCaseListPane *self,
          GtkListItem    *item)
{
  GtkWidget *row = cb_case_list_row_new (cb_workspace_get_jobs (self->workspace));

  cb_case_list_row_follow (CB_CASE_LIST_ROW (row), item, G_OBJECT (self));
  g_signal_connect_object (row, "toggle", G_CALLBACK (toggle_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (CbCaseListPane *self,
         GtkListItem    *item)
{
  cb_case_list_row_bind (CB_CASE_LIST_ROW (gtk_list_item_get_child (item)),
                         gtk_list_item_get_item (item));
}

static void
unbind_cb (CbCaseListPane *self,
           GtkListItem    *item)
{
  cb_case_list_row_bind (CB_CASE_LIST_ROW (gtk_list_item_get_child (item)), NULL);
}

/* GObject overrides */

static void
cb_case_list_pane_dispose (GObject *object)
{
  CbCaseListPane *self = CB_CASE_LIST_PANE (object);

  g_clear_handle_id (&self->count_source, g_source_remove);
  g_clear_handle_id (&self->tick_source, g_source_remove);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->selected, g_free);
  g_clear_pointer (&self->queue_words, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CASE_LIST_PANE);

  G_OBJECT_CLASS (cb_case_list_pane_parent_class)->dispose (object);
}

static void
cb_case_list_pane_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  if (property_id == PROP_SELECTING)
    g_value_set_boolean (value, CB_CASE_LIST_PANE (object)->selecting);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, header);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, menu_button);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, search);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, open_button);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, needs_push_button);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, trouble_button);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, all_button);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, open_count);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, needs_push_count);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, trouble_count);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, all_count);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, queue);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, bulk);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, stack);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, list);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, empty);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, view_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, queue_action_cb);
}

static void
cb_case_list_pane_class_init (CbCaseListPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_case_list_pane_dispose;
  G_OBJECT_CLASS (klass)->get_property = cb_case_list_pane_get_property;

  /**
   * CbCaseListPane:selecting:
   *
   * Whether a click chooses a case beside others.
   */
  properties[PROP_SELECTING] = g_param_spec_boolean ("selecting", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);

  /**
   * CbCaseListPane::selected:
   * @self: the list
   * @case_id: the case to show
   * @activated: whether it was activated, not only selected
   *
   * Emitted when the user comes to another case.
   */
  signals[SIGNAL_SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                           G_TYPE_BOOLEAN);
  /**
   * CbCaseListPane::chosen:
   * @self: the list
   *
   * Emitted when other cases are chosen.
   */
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CB_TYPE_BULK_BAR);
  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CB_RESOURCE "window/cb-case-list-pane.ui");
  bind_children (widget_class);
}

static void
cb_case_list_pane_init (CbCaseListPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_accessible_set_label (GTK_WIDGET (self->menu_button), _("Main menu"));
  cb_accessible_set_label (GTK_WIDGET (self->search), _("Search cases"));
  g_object_set (self->search, "placeholder-text", _("Search cases"), NULL);
  cb_notice_set_compact (self->queue);
  g_signal_connect (self, "map", G_CALLBACK (mapped_cb), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (unmapped_cb), NULL);
}

/* Public API */

/**
 * cb_case_list_pane_set_workspace:
 * @self: a list
 * @workspace: whose cases it shows
 *
 * Fills the list. To be called once.
 */
void
cb_case_list_pane_set_workspace (CbCaseListPane *self,
                                 CbWorkspace    *workspace)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  CbCases *cases = cb_workspace_get_cases (workspace);
  CbConnectors *connectors = cb_workspace_get_connectors (workspace);

  g_return_if_fail (CB_IS_CASE_LIST_PANE (self) && self->workspace == NULL);

  self->workspace = g_object_ref (workspace);
  self->model = cb_case_model_new (cases, connectors);
  self->selection = cb_case_selection_new (G_LIST_MODEL (self->model), list_ids_cb, self);
  cb_bulk_bar_set_workspace (self->bulk, workspace);
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), self);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cases, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (connectors, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_runner (workspace), "changed", G_CALLBACK (show_queue), self,
                           G_CONNECT_SWAPPED);
  apply_query (self);
  count_cb (self);
}

/**
 * cb_case_list_pane_show_title_buttons:
 * @self: a list
 * @end: whether its header bar is the last one of the window
 *
 * Shows or hides the window's buttons at the end.
 */
void
cb_case_list_pane_show_title_buttons (CbCaseListPane *self,
                                      gboolean        end)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self));

  adw_header_bar_set_show_end_title_buttons (self->header, end);
}

/**
 * cb_case_list_pane_select:
 * @self: a list
 * @case_id: (nullable): a case
 *
 * Selects a case where this view has it.
 */
void
cb_case_list_pane_select (CbCaseListPane *self,
                          const char     *case_id)
{
  g_autofree char *id = g_strdup (case_id);

  g_return_if_fail (CB_IS_CASE_LIST_PANE (self));

  g_free (self->selected);
  self->selected = g_steal_pointer (&id);
  select_shown (self);
  if (self->selected != NULL && self->selected_at < g_list_model_get_n_items (G_LIST_MODEL (self->model)))
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u",
                                self->selected_at);
}

/**
 * cb_case_list_pane_select_first:
 * @self: a list
 *
 * Selects the first case and moves the focus to the list, so that Down leads on from there.
 *
 * Returns: (transfer full) (nullable): the case, %NULL where there is none
 */
char *
cb_case_list_pane_select_first (CbCaseListPane *self)
{
  g_autoptr(CbCaseRow) row = NULL;

  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), NULL);

  row = g_list_model_get_item (G_LIST_MODEL (self->model), 0);
  if (row == NULL)
    return NULL;
  cb_case_list_pane_select (self, row->id);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
  return g_strdup (row->id);
}

/**
 * cb_case_list_pane_reveal:
 * @self: a list
 * @case_id: a case
 *
 * Selects a case, in another view if this one lacks it.
 */
void
cb_case_list_pane_reveal (CbCaseListPane *self,
                          const char     *case_id)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self) && case_id != NULL);

  self->selected_at = 0;
  if (find (self, case_id) == GTK_INVALID_LIST_POSITION)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->search), "");
      gtk_toggle_button_set_active (self->all_button, TRUE);
      apply_query (self);
    }
  cb_case_list_pane_select (self, case_id);
}

/**
 * cb_case_list_pane_next_trouble:
 * @self: a list
 * @case_id: (nullable): the case that is shown
 *
 * Finds the next case whose push has failed or needs a decision, and changes to the view of those where
 * this one does not show it.
 *
 * Returns: (transfer full) (nullable): the case, %NULL where there is none
 */
char *
cb_case_list_pane_next_trouble (CbCaseListPane *self,
                                const char     *case_id)
{
  const CbCaseQuery query = { .trouble = TRUE, .limit = -1 };
  g_autoptr(GPtrArray) ids = NULL;
  guint next = 0;
  const char *id;

  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), NULL);

  ids = cb_case_list_ids (cb_workspace_get_database (self->workspace), &query, NULL);
  if (ids == NULL || ids->len == 0)
    return NULL;
  for (guint i = 0; i < ids->len; i++)
    if (g_strcmp0 (g_ptr_array_index (ids, i), case_id) == 0)
      next = (i + 1) % ids->len;
  id = g_ptr_array_index (ids, next);
  if (find (self, id) == GTK_INVALID_LIST_POSITION)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->search), "");
      gtk_toggle_button_set_active (self->trouble_button, TRUE);
      apply_query (self);
    }
  return g_strdup (id);
}

/**
 * cb_case_list_pane_set_selecting:
 * @self: a list
 * @selecting: whether a click chooses a case beside others
 *
 * Begins or ends choosing cases.
 */
void
cb_case_list_pane_set_selecting (CbCaseListPane *self,
                                 gboolean        selecting)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self) && self->selection != NULL);

  self->selecting = selecting;
  cb_case_selection_set_adding (self->selection, selecting);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTING]);
  if (!selecting)
    cb_case_selection_set_only (self->selection, self->selected);
  else if (cb_case_selection_get_n (self->selection) == 1)
    cb_case_selection_set_only (self->selection, NULL);
  selection_changed_cb (self);
}

/**
 * cb_case_list_pane_get_chosen:
 * @self: a list
 *
 * Returns: (transfer full) (element-type utf8): the cases that were chosen; none while just one is shown
 */
GPtrArray *
cb_case_list_pane_get_chosen (CbCaseListPane *self)
{
  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), NULL);

  return is_choosing (self) ? cb_case_selection_get_ids (self->selection)
                            : g_ptr_array_new_with_free_func (g_free);
}

/**
 * cb_case_list_pane_get_n_chosen:
 * @self: a list
 *
 * Returns: how many cases were chosen
 */
guint
cb_case_list_pane_get_n_chosen (CbCaseListPane *self)
{
  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), 0);

  return self->selection != NULL && is_choosing (self) ? cb_case_selection_get_n (self->selection) : 0;
}

/**
 * cb_case_list_pane_focus_search:
 * @self: a list
 *
 * Puts the cursor into the search entry.
 */
void
cb_case_list_pane_focus_search (CbCaseListPane *self)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/**
 * cb_case_list_pane_search:
 * @self: a list
 * @text: words
 *
 * Shows all cases that hold them.
 */
void
cb_case_list_pane_search (CbCaseListPane *self,
                          const char     *text)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self) && text != NULL);

  gtk_editable_set_text (GTK_EDITABLE (self->search), text);
  gtk_toggle_button_set_active (self->all_button, TRUE);
  apply_query (self);
}

/**
 * cb_case_list_pane_get_ids:
 * @self: a list
 *
 * Returns: (transfer full) (element-type utf8): the cases that it shows now
 */
GPtrArray *
cb_case_list_pane_get_ids (CbCaseListPane *self)
{
  CbCaseQuery query;
  GPtrArray *ids;

  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), NULL);

  query = make_query (self, self->view);
  ids = cb_case_list_ids (cb_workspace_get_database (self->workspace), &query, NULL);
  return ids != NULL ? ids : g_ptr_array_new_with_free_func (g_free);
}
