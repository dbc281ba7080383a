/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/bulk/cb-bulk-preview-window.h"
#include "ui/bulk/cb-case-plan.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-words.h"
#include "ui/common/cb-wrap-layout.h"
#include "ui/preview/cb-step-view.h"

#define PAGE 50 /* rows that a group shows at a time */

/* What a push of several cases would send. All are planned before the first is shown, so that no row
 * moves while somebody points at it; a choice that is made then changes what rows say, not where they
 * are. */
struct _CbBulkPreviewWindow
{
  AdwWindow parent_instance;

  CbWorkspace *workspace;    /* (owned) */
  GPtrArray *plans;          /* (owned) (element-type CbCasePlan): in the order of the list */
  GPtrArray *rows;           /* (owned) (element-type Row): those that are shown */
  CbOnConflict on_conflict;
  guint n_planned;           /* by the planning that runs */
  GCancellable *cancellable; /* (owned) (nullable): of the same */
  gint64 started_at;         /* by the monotonic clock */
  gint64 lasted;             /* the planning of all */

  AdwWindowTitle *title;
  GtkStack *stack;
  GtkLabel *progress;
  GtkProgressBar *bar;
  GtkBox *groups;
  GtkLabel *summary;
  GtkWidget *conflict_box;
  GtkToggleButton *overwrite_button;
  GtkToggleButton *keep_button;
  GtkToggleButton *leave_button;
  GtkWidget *queue_button;
  GtkButton *push_button;
};

/* A case that can be opened to see its steps. */
typedef struct
{
  CbBulkPreviewWindow *window; /* (unowned) */
  const CbCasePlan *plan;
  AdwExpanderRow *row;
  GtkLabel *words;
  GtkBox *steps;
} Row;

/* Cases that are planned in one go. */
typedef struct
{
  CbBulkPreviewWindow *window; /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  GPtrArray *plans;            /* (owned) (element-type CbCasePlan): unowned ones */
  CbOnConflict on_conflict;
} Planning;

/* The rows of a group that are not shown yet. */
typedef struct
{
  CbBulkPreviewWindow *window; /* (unowned) */
  AdwPreferencesGroup *group;
  GPtrArray *plans;            /* (owned) (element-type CbCasePlan): unowned ones */
  guint next;
  GtkWidget *more;             /* (nullable) */
} Pager;

enum
{
  SIGNAL_PUSH,
  SIGNAL_QUEUE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbBulkPreviewWindow, cb_bulk_preview_window, ADW_TYPE_WINDOW)

static void show_page (Pager *pager);

/* Auxiliary methods */

static void
planning_free (Planning *planning)
{
  g_object_unref (planning->window);
  g_object_unref (planning->cancellable);
  g_ptr_array_unref (planning->plans);
  g_free (planning);
}

static void
pager_free (Pager *pager)
{
  g_ptr_array_unref (pager->plans);
  g_free (pager);
}

static const char *
group_title (CbCasePlanGroup group)
{
  switch (group)
    {
    case CB_CASE_PLAN_CREATE:
      return _("Create incident");
    case CB_CASE_PLAN_UPDATE:
      return _("Update incident");
    case CB_CASE_PLAN_NOTHING:
      return _("Up to date");
    case CB_CASE_PLAN_DECIDE:
    default:
      return _("Needs a decision");
    }
}

static CbConnectorInfo *
find_connector (CbBulkPreviewWindow *self,
                const CbCase        *item)
{
  g_autofree char *id = cb_pusher_find_connector (cb_workspace_get_pusher (self->workspace), item, NULL);

  return id != NULL ? cb_connectors_get (cb_workspace_get_connectors (self->workspace), id, NULL) : NULL;
}

static void
show_steps (Row *row)
{
  const CbPlan *plan = cb_case_plan_get (row->plan, row->window->on_conflict);
  CbWorkspace *workspace = row->window->workspace;
  g_autoptr(CbCase) item = cb_cases_get (cb_workspace_get_cases (workspace), row->plan->case_id, NULL);
  g_autoptr(CbConnectorInfo) connector = item != NULL ? find_connector (row->window, item) : NULL;
  CbStepContext context = { item, connector, plan, workspace, FALSE };
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (row->steps))) != NULL)
    gtk_box_remove (row->steps, child);
  if (connector == NULL || plan == NULL)
    return;
  for (guint i = 0; i < row->plan->result->warnings->len; i++)
    {
      child = gtk_label_new (g_ptr_array_index (row->plan->result->warnings, i));
      gtk_label_set_wrap (GTK_LABEL (child), TRUE);
      gtk_label_set_xalign (GTK_LABEL (child), 0);
      gtk_widget_add_css_class (child, "warning");
      gtk_box_append (row->steps, child);
    }
  for (guint i = 0; i < plan->steps->len; i++)
    gtk_box_append (row->steps, cb_step_view_new (&context, i));
  child = cb_step_view_new_kept (&context);
  if (child != NULL)
    gtk_box_append (row->steps, child);
}

/* What is worth knowing before one opens it: what was changed there, or the first warning. */
static char *
row_subtitle (CbBulkPreviewWindow *self,
              const CbCasePlan    *plan,
              const CbCase        *item)
{
  g_autoptr(CbConnectorInfo) connector = item != NULL ? find_connector (self, item) : NULL;
  const char *incident = plan->result->incident_title;
  const char *name = connector != NULL ? connector->name : "";
  g_autofree char *where = incident != NULL ? g_strdup_printf ("%s · %s", incident, name)
                                            : g_strdup (name);
  CbStepContext context = { item, connector, plan->plans[0], self->workspace, FALSE };

  if (plan->conflict && connector != NULL)
    {
      g_autofree char *fields = cb_step_view_name_conflicts (&context);

      return g_strdup_printf (_("%s\nChanged there since the last push: %s"), where, fields);
    }
  if (plan->result->warnings->len > 0)
    return g_strdup_printf ("%s\n%s", where, (char *) g_ptr_array_index (plan->result->warnings, 0));
  return g_steal_pointer (&where);
}

static void
show_words (Row *row)
{
  g_autofree char *words = cb_case_plan_words (row->plan, row->window->on_conflict);

  gtk_label_set_text (row->words, words != NULL ? words : "");
  if (gtk_widget_get_first_child (GTK_WIDGET (row->steps)) != NULL)
    show_steps (row);
}

/* Callbacks */

static void
expanded_cb (AdwExpanderRow *expander,
             GParamSpec     *pspec,
             gpointer        user_data)
{
  Row *row = user_data;

  if (adw_expander_row_get_expanded (expander) &&
      gtk_widget_get_first_child (GTK_WIDGET (row->steps)) == NULL)
    show_steps (row);
}

static void
case_activated_cb (AdwActionRow *row,
                   gpointer      user_data)
{
  GtkWindow *self = user_data;
  GtkWindow *parent = gtk_window_get_transient_for (self);

  g_action_group_activate_action (G_ACTION_GROUP (parent), "show-case",
                                  g_variant_new_string (g_object_get_data (G_OBJECT (row), "case")));
  gtk_window_close (self);
}

static void
more_activated_cb (AdwActionRow *row,
                   gpointer      user_data)
{
  show_page (user_data);
}

/* More auxiliary methods: the rows */

static GtkWidget *
make_steps_row (Row *row)
{
  GtkWidget *holder = gtk_list_box_row_new ();

  row->steps = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));
  gtk_widget_add_css_class (GTK_WIDGET (row->steps), "row-content");
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (holder), FALSE);
  gtk_widget_set_focusable (holder, FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (holder), GTK_WIDGET (row->steps));
  cb_accessible_set_label (holder, _("Steps"));
  return holder;
}

static GtkWidget *
make_row (CbBulkPreviewWindow *self,
          const CbCasePlan    *plan,
          const CbCase        *item)
{
  g_autofree char *subtitle = row_subtitle (self, plan, item);
  g_autofree char *words = cb_case_plan_words (plan, self->on_conflict);
  Row *row = g_new0 (Row, 1);

  row->window = self;
  row->plan = plan;
  row->row = ADW_EXPANDER_ROW (adw_expander_row_new ());
  row->words = GTK_LABEL (gtk_label_new (words));
  gtk_label_set_wrap (row->words, TRUE);
  gtk_label_set_width_chars (row->words, 12);
  gtk_label_set_xalign (row->words, 1);
  gtk_label_set_justify (row->words, GTK_JUSTIFY_RIGHT);
  gtk_widget_add_css_class (GTK_WIDGET (row->words), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (row->words), "dim-label");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row->row),
                                 item != NULL ? item->title : plan->case_id);
  adw_expander_row_set_subtitle (row->row, subtitle);
  adw_expander_row_add_action (row->row, GTK_WIDGET (row->words));
  adw_expander_row_add_row (row->row, make_steps_row (row));
  cb_accessible_set_label (GTK_WIDGET (row->row), item != NULL ? item->title : plan->case_id);
  g_signal_connect (row->row, "notify::expanded", G_CALLBACK (expanded_cb), row);
  g_ptr_array_add (self->rows, row);
  return GTK_WIDGET (row->row);
}

/* A case without steps leads to its page. */
static GtkWidget *
make_plain_row (CbBulkPreviewWindow *self,
                const CbCasePlan    *plan,
                const CbCase        *item)
{
  GtkWidget *row = adw_action_row_new ();
  gboolean failed = plan->result->error != NULL;
  gboolean uncertain = plan->result->outcome == CB_OUTCOME_UNCERTAIN;
  CbSign sign = cb_sign_push_state (!failed ? CB_PUSH_UP_TO_DATE
                                    : uncertain ? CB_PUSH_UNCERTAIN : CB_PUSH_FAILED);
  GtkWidget *image = gtk_image_new_from_icon_name (sign.icon_name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), item != NULL ? item->title : plan->case_id);
  if (failed)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), plan->result->error->message);
  else if (plan->result->incident_title != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), plan->result->incident_title);
  gtk_widget_add_css_class (image, sign.style);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), image);
  g_object_set_data_full (G_OBJECT (row), "case", g_strdup (plan->case_id), g_free);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_signal_connect (row, "activated", G_CALLBACK (case_activated_cb), self);
  return row;
}

static void
show_page (Pager *pager)
{
  CbCases *cases = cb_workspace_get_cases (pager->window->workspace);
  guint end = MIN (pager->next + PAGE, pager->plans->len);
  g_autofree char *text = NULL;

  if (pager->more != NULL)
    adw_preferences_group_remove (pager->group, pager->more);
  pager->more = NULL;
  for (; pager->next < end; pager->next++)
    {
      const CbCasePlan *plan = g_ptr_array_index (pager->plans, pager->next);
      g_autoptr(CbCase) item = cb_cases_get (cases, plan->case_id, NULL);
      gboolean opens = plan->plans[0] != NULL && cb_case_plan_get_group (plan) != CB_CASE_PLAN_NOTHING;

      adw_preferences_group_add (pager->group, opens ? make_row (pager->window, plan, item)
                                                     : make_plain_row (pager->window, plan, item));
    }
  if (end == pager->plans->len)
    return;
  text = g_strdup_printf (g_dngettext (NULL, "%u more", "%u more", pager->plans->len - end),
                          pager->plans->len - end);
  pager->more = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (pager->more), text);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (pager->more), TRUE);
  g_signal_connect (pager->more, "activated", G_CALLBACK (more_activated_cb), pager);
  adw_preferences_group_add (pager->group, pager->more);
}

static void
show_group (CbBulkPreviewWindow *self,
            CbCasePlanGroup      group)
{
  GPtrArray *members = g_ptr_array_new ();
  Pager *pager = g_new0 (Pager, 1);
  g_autofree char *count = NULL;
  GtkWidget *suffix;

  for (guint i = 0; i < self->plans->len; i++)
    if (cb_case_plan_get_group (g_ptr_array_index (self->plans, i)) == group)
      g_ptr_array_add (members, g_ptr_array_index (self->plans, i));
  pager->window = self;
  pager->plans = members;
  pager->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  g_object_set_data_full (G_OBJECT (pager->group), "pager", pager, (GDestroyNotify) pager_free);
  count = g_strdup_printf ("%u", members->len);
  suffix = gtk_label_new (count);
  gtk_widget_add_css_class (suffix, "dim-label");
  gtk_widget_add_css_class (suffix, "numeric");
  adw_preferences_group_set_title (pager->group, group_title (group));
  adw_preferences_group_set_header_suffix (pager->group, suffix);
  gtk_widget_set_visible (GTK_WIDGET (pager->group), members->len > 0);
  gtk_box_append (self->groups, GTK_WIDGET (pager->group));
  show_page (pager);
}

/* More auxiliary methods: the words above them */

/* By how long the reading took: every write takes one request, and all is read once more before it. */
static char *
estimate (CbBulkPreviewWindow *self,
          guint                n_steps)
{
  guint n_requests = 0;
  gint64 seconds;

  for (guint i = 0; i < self->plans->len; i++)
    n_requests += ((CbCasePlan *) g_ptr_array_index (self->plans, i))->result->requests;
  if (n_requests == 0 || n_steps == 0)
    return g_strdup ("");
  seconds = self->lasted / n_requests * (n_requests + n_steps) / G_TIME_SPAN_SECOND;
  if (seconds < 5)
    return g_strdup (_("The push takes a few seconds."));
  if (seconds < 90)
    return g_strdup_printf (g_dngettext (NULL, "The push takes about %u second.",
                                         "The push takes about %u seconds.", (guint) seconds),
                            (guint) seconds);
  return g_strdup_printf (g_dngettext (NULL, "The push takes about %u minute.",
                                       "The push takes about %u minutes.", (guint) (seconds + 30) / 60),
                          (guint) (seconds + 30) / 60);
}

static void
show_summary (CbBulkPreviewWindow *self)
{
  guint n_fields = 0;
  guint n_comments = 0;
  guint n = 0;
  guint n_steps = 0;
  g_autofree char *cases = NULL;
  g_autofree char *fields = NULL;
  g_autofree char *comments = NULL;
  g_autofree char *time = NULL;
  g_autofree char *text = NULL;
  g_autofree char *push = NULL;

  for (guint i = 0; i < self->plans->len; i++)
    {
      const CbCasePlan *plan = g_ptr_array_index (self->plans, i);

      if (!cb_case_plan_is_pushed (plan, self->on_conflict))
        continue;
      n++;
      n_steps += cb_case_plan_get (plan, self->on_conflict)->steps->len;
      cb_case_plan_count (cb_case_plan_get (plan, self->on_conflict), &n_fields, &n_comments);
    }
  cases = g_strdup_printf (g_dngettext (NULL, "%u of %u case can be pushed", "%u of %u cases can be pushed",
                                        self->plans->len), n, self->plans->len);
  fields = g_strdup_printf (g_dngettext (NULL, "%u field", "%u fields", n_fields), n_fields);
  comments = g_strdup_printf (g_dngettext (NULL, "%u comment", "%u comments", n_comments), n_comments);
  time = estimate (self, n_steps);
  text = n == 0 ? g_strdup_printf ("%s.", cases)
                : g_strdup_printf ("%s: %s · %s. %s", cases, fields, comments, time);
  push = n == 0 ? g_strdup (_("Push")) : g_strdup_printf (g_dngettext (NULL, "Push %u case",
                                                                      "Push %u cases", n), n);
  gtk_label_set_text (self->summary, text);
  gtk_button_set_label (self->push_button, push);
  gtk_widget_set_sensitive (GTK_WIDGET (self->push_button), n > 0);
  gtk_widget_set_sensitive (self->queue_button, n > 0);
}

static gboolean
has_conflict (CbBulkPreviewWindow *self)
{
  for (guint i = 0; i < self->plans->len; i++)
    if (((CbCasePlan *) g_ptr_array_index (self->plans, i))->conflict)
      return TRUE;
  return FALSE;
}

static void
show_progress (CbBulkPreviewWindow *self,
               guint                n)
{
  g_autofree char *text = g_strdup_printf (g_dngettext (NULL, "%u of %u case read", "%u of %u cases read",
                                                        n), self->n_planned, n);

  gtk_label_set_text (self->progress, text);
  gtk_progress_bar_set_fraction (self->bar, n > 0 ? (double) self->n_planned / n : 0);
}

static void
show_all (CbBulkPreviewWindow *self)
{
  self->lasted = g_get_monotonic_time () - self->started_at;
  for (CbCasePlanGroup group = 0; group < CB_N_CASE_PLAN_GROUPS; group++)
    show_group (self, group);
  gtk_widget_set_visible (self->conflict_box, has_conflict (self));
  show_summary (self);
  gtk_stack_set_visible_child_name (self->stack, "plans");
  gtk_widget_grab_focus (GTK_WIDGET (self->push_button));
}

static void
show_choice (CbBulkPreviewWindow *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (((Row *) g_ptr_array_index (self->rows, i))->plan->conflict)
      show_words (g_ptr_array_index (self->rows, i));
  show_summary (self);
}

/* More callbacks: planning */

static void
planned_cb (guint    index,
            CbPlan  *plan,
            gpointer user_data)
{
  Planning *planning = user_data;
  CbCasePlan *self = g_ptr_array_index (planning->plans, index);

  g_clear_pointer (&self->plans[planning->on_conflict], cb_plan_free);
  self->plans[planning->on_conflict] = plan;
  self->conflict |= cb_plan_has_conflict (plan);
}

static void
finished_cb (guint         index,
             CbPushResult *result,
             gpointer      user_data)
{
  Planning *planning = user_data;
  CbCasePlan *self = g_ptr_array_index (planning->plans, index);

  /* How the first planning went stays; where the second failed there is no plan to push. */
  if (self->result == NULL)
    self->result = cb_push_result_copy (result);
  if (planning->cancellable != planning->window->cancellable)
    return;
  planning->window->n_planned++;
  show_progress (planning->window, planning->plans->len);
}

static void
ran_cb (GObject      *source,
        GAsyncResult *async_result,
        gpointer      user_data)
{
  Planning *planning = user_data;
  CbBulkPreviewWindow *self = planning->window;
  g_autoptr(GPtrArray) results = cb_bulk_push_finish (CB_PUSHER (source), async_result);

  if (planning->cancellable == self->cancellable && !g_cancellable_is_cancelled (planning->cancellable))
    {
      if (planning->on_conflict == CB_ON_CONFLICT_OVERWRITE)
        show_all (self);
      else
        show_choice (self);
    }
  planning_free (planning);
}

static void
make_plans (CbBulkPreviewWindow *self,
            GPtrArray           *plans,
            CbOnConflict         on_conflict)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_bulk_item_free);
  Planning *planning = g_new0 (Planning, 1);
  CbBulkOptions options = { .dry_run = TRUE, .planned = planned_cb, .finished = finished_cb,
                            .user_data = planning };

  self->cancellable = g_cancellable_new ();
  self->n_planned = 0;
  self->started_at = g_get_monotonic_time ();
  planning->window = g_object_ref (self);
  planning->cancellable = g_object_ref (self->cancellable);
  planning->plans = g_ptr_array_ref (plans);
  planning->on_conflict = on_conflict;
  for (guint i = 0; i < plans->len; i++)
    g_ptr_array_add (items, cb_bulk_item_new (((CbCasePlan *) g_ptr_array_index (plans, i))->case_id, NULL,
                                              on_conflict));
  options.stop = self->cancellable;
  cb_bulk_push_async (cb_workspace_get_pusher (self->workspace), items, &options, self->cancellable,
                      ran_cb, planning);
}

static void
cancel_planning (CbBulkPreviewWindow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* More callbacks: choosing and pushing */

static void
choice_toggled_cb (CbBulkPreviewWindow *self,
                   GtkToggleButton     *button)
{
  g_autoptr(GPtrArray) missing = g_ptr_array_new ();

  if (!gtk_toggle_button_get_active (button) || self->workspace == NULL)
    return;
  self->on_conflict = button == self->keep_button ? CB_ON_CONFLICT_KEEP
                      : button == self->leave_button ? CB_ON_CONFLICT_STOP : CB_ON_CONFLICT_OVERWRITE;
  cancel_planning (self);
  for (guint i = 0; self->on_conflict == CB_ON_CONFLICT_KEEP && i < self->plans->len; i++)
    {
      CbCasePlan *plan = g_ptr_array_index (self->plans, i);

      if (plan->conflict && plan->plans[CB_ON_CONFLICT_KEEP] == NULL)
        g_ptr_array_add (missing, plan);
    }
  if (missing->len == 0)
    {
      show_choice (self);
      return;
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->push_button), FALSE);
  gtk_widget_set_sensitive (self->queue_button, FALSE);
  make_plans (self, missing, CB_ON_CONFLICT_KEEP);
}

static CbPlan *
steal_plan (CbCasePlan   *plan,
            CbOnConflict  on_conflict)
{
  gboolean keep = plan->conflict && on_conflict == CB_ON_CONFLICT_KEEP;

  return g_steal_pointer (&plan->plans[keep ? CB_ON_CONFLICT_KEEP : CB_ON_CONFLICT_OVERWRITE]);
}

/* Where cases with remote edits are left out, one that comes later stops its push, too. */
static GPtrArray *
make_items (CbBulkPreviewWindow *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_bulk_item_free);

  for (guint i = 0; i < self->plans->len; i++)
    {
      CbCasePlan *plan = g_ptr_array_index (self->plans, i);
      CbBulkItem *item;

      if (!cb_case_plan_is_pushed (plan, self->on_conflict))
        continue;
      item = cb_bulk_item_new (plan->case_id, NULL, self->on_conflict);
      item->confirmed = steal_plan (plan, self->on_conflict);
      g_ptr_array_add (items, item);
    }
  return items;
}

static void
push_cb (CbBulkPreviewWindow *self)
{
  g_autoptr(GPtrArray) items = make_items (self);

  g_signal_emit (self, signals[SIGNAL_PUSH], 0, items);
  gtk_window_close (GTK_WINDOW (self));
}

static void
queue_cb (CbBulkPreviewWindow *self)
{
  g_autoptr(GPtrArray) items = make_items (self);

  g_signal_emit (self, signals[SIGNAL_QUEUE], 0, items);
  gtk_window_close (GTK_WINDOW (self));
}

/* GtkWindow */

static gboolean
cb_bulk_preview_window_close_request (GtkWindow *window)
{
  cancel_planning (CB_BULK_PREVIEW_WINDOW (window));

  return GTK_WINDOW_CLASS (cb_bulk_preview_window_parent_class)->close_request (window);
}

/* GObject overrides */

static void
cb_bulk_preview_window_dispose (GObject *object)
{
  CbBulkPreviewWindow *self = CB_BULK_PREVIEW_WINDOW (object);

  cancel_planning (self);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_BULK_PREVIEW_WINDOW);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cb_bulk_preview_window_parent_class)->dispose (object);
}

static void
cb_bulk_preview_window_finalize (GObject *object)
{
  CbBulkPreviewWindow *self = CB_BULK_PREVIEW_WINDOW (object);

  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->plans);

  G_OBJECT_CLASS (cb_bulk_preview_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, title);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, groups);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, conflict_box);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, overwrite_button);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, keep_button);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, leave_button);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, queue_button);
  gtk_widget_class_bind_template_child (widget_class, CbBulkPreviewWindow, push_button);
  gtk_widget_class_bind_template_callback (widget_class, choice_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, queue_cb);
  gtk_widget_class_bind_template_callback (widget_class, push_cb);
}

static void
cb_bulk_preview_window_class_init (CbBulkPreviewWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_bulk_preview_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_bulk_preview_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = cb_bulk_preview_window_close_request;

  /**
   * CbBulkPreviewWindow::push:
   * @self: the preview
   * @items: (element-type CbBulkItem): what to push, each with the plan that was shown
   *
   * Emitted when the cases are to be pushed now.
   */
  signals[SIGNAL_PUSH] = g_signal_new ("push", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  /**
   * CbBulkPreviewWindow::queue:
   * @self: the preview
   * @items: (element-type CbBulkItem): what to push
   *
   * Emitted when the cases are to be pushed later.
   */
  signals[SIGNAL_QUEUE] = g_signal_new ("queue", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CB_RESOURCE "bulk/cb-bulk-preview-window.ui");
  bind_children (widget_class);
}

static void
cb_bulk_preview_window_init (CbBulkPreviewWindow *self)
{
  self->plans = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_case_plan_free);
  self->rows = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_bulk_preview_window_new:
 * @parent: the main window
 * @workspace: where the cases are
 * @ids: (element-type utf8): cases
 *
 * Returns: (transfer none): a preview of their next pushes, which it begins to plan
 */
GtkWindow *
cb_bulk_preview_window_new (GtkWindow   *parent,
                            CbWorkspace *workspace,
                            GPtrArray   *ids)
{
  CbBulkPreviewWindow *self = g_object_new (CB_TYPE_BULK_PREVIEW_WINDOW, "transient-for", parent, NULL);
  g_autofree char *title = g_strdup_printf (g_dngettext (NULL, "Preview of %u case", "Preview of %u cases",
                                                         ids->len), ids->len);

  self->workspace = g_object_ref (workspace);
  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (self->plans, cb_case_plan_new (g_ptr_array_index (ids, i)));
  adw_window_title_set_title (self->title, title);
  show_progress (self, ids->len);
  make_plans (self, self->plans, CB_ON_CONFLICT_OVERWRITE);
  return GTK_WINDOW (self);
}
