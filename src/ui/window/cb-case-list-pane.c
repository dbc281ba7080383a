/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "ui/bulk/cb-bulk-bar.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"
#include "ui/push/cb-queue-words.h"
#include "ui/window/cb-case-list-pane.h"
#include "ui/window/cb-case-list-row.h"
#include "ui/window/cb-case-selection.h"

#define TICK 1 /* s: while the time of the next try is shown */

struct _CbCaseListPane
{
  AdwBin parent_instance;

  CbWorkspace *workspace;     /* (owned) */
  CbCaseModel *model;         /* (owned) */
  CbCaseSelection *selection; /* (owned) */
  char *selected;             /* (owned) (nullable): the id of the case that is shown */
  guint place;                /* where it is, or was last */
  char *queue_words;          /* (owned) (nullable): what is said of the queue now */
  gboolean revealing;         /* the selected case is to be found, whatever it takes */
  gboolean selecting;         /* whether a click chooses a case beside others */
  guint tick_source;

  AdwHeaderBar *header;
  GtkMenuButton *menu_button;
  GtkSearchEntry *search;
  GtkMenuButton *order_button;
  GtkToggleButton *buttons[CB_N_CASE_VIEWS];
  GtkLabel *counts[CB_N_CASE_VIEWS];
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
  SIGNAL_READY,
  SIGNAL_SELECTED,
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const struct { const char *name, *word, *empty_title, *empty_text; } views[CB_N_CASE_VIEWS] = {
  [CB_CASE_VIEW_OPEN] = { "open", N_("Open"), N_("No Open Cases"), N_("Closed ones are under All") },
  [CB_CASE_VIEW_NEEDS_PUSH] = { "needs_push", N_("Needs push"), N_("Nothing to Push"),
                                N_("All incidents say what their cases say") },
  [CB_CASE_VIEW_TROUBLE] = { "trouble", N_("Trouble"), N_("No Trouble"),
                             N_("No push has failed or needs a decision") },
  [CB_CASE_VIEW_ALL] = { "all", N_("All"), N_("No Cases"), N_("Import cases or open a new one") },
};

G_DEFINE_FINAL_TYPE (CbCaseListPane, cb_case_list_pane, ADW_TYPE_BIN)

/* Auxiliary methods */

static const char *
get_search (CbCaseListPane *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  return cb_is_blank (text) ? NULL : text;
}

static void
show_count (CbCaseListPane *self,
            CbCaseView      view)
{
  g_autofree char *text = g_strdup_printf ("%u", cb_case_model_count (self->model, view));
  g_autofree char *name = g_strdup_printf ("%s, %s", _(views[view].word), text);

  gtk_label_set_text (self->counts[view], text);
  cb_accessible_set_label (GTK_WIDGET (self->buttons[view]), name);
}

static CbCaseView
get_view (CbCaseListPane *self)
{
  CbCaseView view = CB_CASE_VIEW_OPEN;

  while (view < CB_CASE_VIEW_ALL && !gtk_toggle_button_get_active (self->buttons[view]))
    view++;
  return view;
}

static void
show_empty (CbCaseListPane *self)
{
  CbCaseView view = get_view (self);
  gboolean searching = get_search (self) != NULL;

  adw_status_page_set_title (self->empty, searching ? _("No Case Found") : _(views[view].empty_title));
  adw_status_page_set_description (self->empty, searching ? _("Try other words or another view")
                                                          : _(views[view].empty_text));
}

static void
show_list_or_empty (CbCaseListPane *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0;

  if (!cb_case_model_is_loaded (self->model))
    return;
  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
  if (empty)
    show_empty (self);
}

/* Whether cases are being chosen for something that is done to all of them. */
static gboolean
is_choosing (CbCaseListPane *self)
{
  return self->selecting || cb_case_selection_get_n (self->selection) > 1;
}

static void
show_selected (CbCaseListPane *self)
{
  if (!is_choosing (self))
    cb_case_selection_set_only (self->selection, self->selected);
  if (!cb_case_model_find (self->model, self->selected, &self->place))
    return;
  self->revealing = FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", self->place);
}

static void
show_all (CbCaseListPane *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  cb_case_model_set_search (self->model, NULL);
  gtk_toggle_button_set_active (self->buttons[CB_CASE_VIEW_ALL], TRUE);
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

/* Callbacks */

static void
items_changed_cb (CbCaseListPane *self)
{
  if (!is_choosing (self))
    cb_case_selection_set_only (self->selection, self->selected);
  show_list_or_empty (self);
}

/* A case may be wanted that was made a moment ago, or that the search or the view leaves out. */
static void
loaded_cb (CbCaseListPane *self)
{
  for (CbCaseView view = 0; view < CB_N_CASE_VIEWS; view++)
    show_count (self, view);
  show_list_or_empty (self);
  if (self->selected == NULL && g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0)
    g_signal_emit (self, signals[SIGNAL_READY], 0);
  if (!self->revealing)
    return;
  show_selected (self);
  if (!self->revealing || !cb_case_model_is_current (self->model))
    return;
  if (get_search (self) == NULL && get_view (self) == CB_CASE_VIEW_ALL)
    self->revealing = FALSE;
  else
    show_all (self);
}

static void
failed_cb (CbCaseListPane *self,
           const char     *message)
{
  if (cb_case_model_is_loaded (self->model))
    return;
  adw_status_page_set_title (self->empty, _("The Cases Cannot Be Read"));
  adw_status_page_set_description (self->empty, message);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
show_only_chosen (CbCaseListPane *self)
{
  g_autoptr(GPtrArray) ids = cb_case_selection_get_ids (self->selection);

  if (ids->len != 1 || g_strcmp0 (g_ptr_array_index (ids, 0), self->selected) == 0)
    return;
  g_free (self->selected);
  self->selected = g_strdup (g_ptr_array_index (ids, 0));
  cb_case_model_find (self->model, self->selected, &self->place);
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
  self->place = position;
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
  return cb_case_model_list_ids (CB_CASE_LIST_PANE (user_data)->model);
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
  if (self->model != NULL)
    cb_case_model_set_search (self->model, get_search (self));
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
  cb_case_model_set_view (self->model, get_view (self));
  show_list_or_empty (self);
  show_selected (self);
  if (self->revealing)
    loaded_cb (self);
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

static void
set_up_view (CbCaseListPane *self,
             CbCaseView      view)
{
  g_autofree char *button = g_strconcat (views[view].name, "_button", NULL);
  g_autofree char *count = g_strconcat (views[view].name, "_count", NULL);

  self->buttons[view] = GTK_TOGGLE_BUTTON (gtk_widget_get_template_child (GTK_WIDGET (self),
                                                                          CB_TYPE_CASE_LIST_PANE, button));
  self->counts[view] = GTK_LABEL (gtk_widget_get_template_child (GTK_WIDGET (self),
                                                                 CB_TYPE_CASE_LIST_PANE, count));
}

/* GObject overrides */

static void
cb_case_list_pane_dispose (GObject *object)
{
  CbCaseListPane *self = CB_CASE_LIST_PANE (object);

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
  for (CbCaseView view = 0; view < CB_N_CASE_VIEWS; view++)
    {
      g_autofree char *button = g_strconcat (views[view].name, "_button", NULL);
      g_autofree char *count = g_strconcat (views[view].name, "_count", NULL);

      gtk_widget_class_bind_template_child_full (widget_class, button, FALSE, 0);
      gtk_widget_class_bind_template_child_full (widget_class, count, FALSE, 0);
    }
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, header);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, menu_button);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, search);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListPane, order_button);
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
   * CbCaseListPane::ready:
   * @self: the list
   *
   * Emitted when there are cases and none is selected.
   */
  signals[SIGNAL_READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 0);
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
  for (CbCaseView view = 0; view < CB_N_CASE_VIEWS; view++)
    set_up_view (self, view);
  cb_accessible_set_label (GTK_WIDGET (self->menu_button), _("Main menu"));
  cb_accessible_set_label (GTK_WIDGET (self->order_button), _("Sort cases"));
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
  g_signal_connect_object (self->model, "loaded", G_CALLBACK (loaded_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_runner (workspace), "changed", G_CALLBACK (show_queue), self,
                           G_CONNECT_SWAPPED);
  cb_case_model_set_view (self->model, get_view (self));
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
  self->revealing = FALSE;
  show_selected (self);
}

/**
 * cb_case_list_pane_unselect:
 * @self: a list
 *
 * Selects none, and offers another case as soon as the list is up to date.
 */
void
cb_case_list_pane_unselect (CbCaseListPane *self)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self));

  cb_case_list_pane_select (self, NULL);
  cb_case_model_refresh (self->model);
}

/**
 * cb_case_list_pane_reveal:
 * @self: a list
 * @case_id: a case
 *
 * Selects a case; if the search or the view leaves it out, others show it.
 */
void
cb_case_list_pane_reveal (CbCaseListPane *self,
                          const char     *case_id)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self) && case_id != NULL);

  cb_case_list_pane_select (self, case_id);
  self->revealing = TRUE;
  show_selected (self);
  if (self->revealing && cb_case_model_is_loaded (self->model))
    loaded_cb (self);
}

/**
 * cb_case_list_pane_get_nearest:
 * @self: a list
 *
 * Returns: (transfer full) (nullable): the case that is now where the selected one was last; %NULL where
 *   there is none
 */
char *
cb_case_list_pane_get_nearest (CbCaseListPane *self)
{
  g_autoptr(CbCaseRow) row = NULL;
  guint n;

  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), NULL);

  n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  row = n > 0 ? g_list_model_get_item (G_LIST_MODEL (self->model), MIN (self->place, n - 1)) : NULL;
  return row != NULL ? g_strdup (row->id) : NULL;
}

/**
 * cb_case_list_pane_get_view:
 * @self: a list
 *
 * Returns: which cases it shows
 */
CbCaseView
cb_case_list_pane_get_view (CbCaseListPane *self)
{
  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), CB_CASE_VIEW_OPEN);

  return get_view (self);
}

/**
 * cb_case_list_pane_set_view:
 * @self: a list
 * @view: which cases
 *
 * Shows others.
 */
void
cb_case_list_pane_set_view (CbCaseListPane *self,
                            CbCaseView      view)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self) && view < CB_N_CASE_VIEWS);

  gtk_toggle_button_set_active (self->buttons[view], TRUE);
}

/**
 * cb_case_list_pane_set_order:
 * @self: a list
 * @order: their order
 *
 * Sorts the cases.
 */
void
cb_case_list_pane_set_order (CbCaseListPane *self,
                             CbCaseOrder     order)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self) && self->model != NULL);

  cb_case_model_set_order (self->model, order);
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
  guint place, next = 0;
  const char *id;

  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), NULL);

  ids = cb_case_list_ids (cb_workspace_get_database (self->workspace), &query, NULL);
  if (ids == NULL || ids->len == 0)
    return NULL;
  for (guint i = 0; i < ids->len; i++)
    if (g_strcmp0 (g_ptr_array_index (ids, i), case_id) == 0)
      next = (i + 1) % ids->len;
  id = g_ptr_array_index (ids, next);
  if (cb_case_model_find (self->model, id, &place))
    return g_strdup (id);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  cb_case_list_pane_set_view (self, CB_CASE_VIEW_TROUBLE);
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
 * cb_case_list_pane_focus_list:
 * @self: a list
 *
 * Moves the focus to the cases, so that Down leads on from the selected one.
 */
void
cb_case_list_pane_focus_list (CbCaseListPane *self)
{
  g_return_if_fail (CB_IS_CASE_LIST_PANE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->list));
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
  cb_case_list_pane_set_view (self, CB_CASE_VIEW_ALL);
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
  g_return_val_if_fail (CB_IS_CASE_LIST_PANE (self), NULL);

  return cb_case_model_list_ids (self->model);
}
