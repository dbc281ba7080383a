/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"
#include "ui/common/cb-wrap-layout.h"
#include "ui/preview/cb-preview-window.h"
#include "ui/preview/cb-step-view.h"

/* What a push would send. What is shown is what is sent: the plan goes with the push. */
struct _CbPreviewWindow
{
  AdwWindow parent_instance;

  CbWorkspace *workspace;     /* (owned) */
  char *case_id;              /* (owned) */
  CbConnectorInfo *connector; /* (owned) (nullable) */
  CbPlan *plan;               /* (owned) (nullable) */
  GPtrArray *warned;          /* (owned) (nullable) (element-type utf8): what to know before it is sent */
  CbOnConflict on_conflict;
  gboolean had_conflict;
  GCancellable *cancellable;  /* (owned) (nullable) */

  AdwWindowTitle *title;
  GtkButton *push_button;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *waiting;
  CbNotice *error;
  GtkLabel *summary;
  CbNotice *warnings;
  GtkWidget *conflict_box;
  GtkToggleButton *overwrite_button;
  GtkToggleButton *keep_button;
  GtkBox *steps;
  AdwStatusPage *nothing;
};

typedef struct
{
  CbPreviewWindow *window;   /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Run;

G_DEFINE_FINAL_TYPE (CbPreviewWindow, cb_preview_window, ADW_TYPE_WINDOW)

/* Auxiliary methods */

static void
run_free (Run *run)
{
  g_clear_object (&run->window);
  g_clear_object (&run->cancellable);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static gboolean
has_effect (const CbPlan *plan)
{
  return plan->steps->len > 0 || plan->settled->len > 0 || plan->arrived->len > 0;
}

static void
show_summary (CbPreviewWindow *self)
{
  guint n = self->plan->steps->len;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;
  const CbIncident *incident = self->plan->incident;

  count = g_strdup_printf (g_dngettext (NULL, "%u step to %s.", "%u steps to %s.", n), n,
                           self->connector->name);
  if (n == 0)
    text = g_strdup (_("Nothing will be sent. It is recorded that the incident stays as it is."));
  else if (!self->plan->remote_checked)
    text = g_strdup_printf (_("%s Remote not checked."), count);
  else if (incident != NULL && incident->state != NULL)
    text = g_strdup_printf (_("%s The incident was read just now; its state is “%s”."), count,
                            incident->state);
  else
    text = g_strdup (count);
  gtk_label_set_text (self->summary, text);
}

static void
show_warnings (CbPreviewWindow *self)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new ();
  g_autofree char *text = NULL;

  cb_notice_hide (self->warnings);
  if (self->warned->len == 0)
    return;
  for (guint i = 0; i < self->warned->len; i++)
    g_ptr_array_add (lines, g_ptr_array_index (self->warned, i));
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv ("\n", (char **) lines->pdata);
  cb_notice_show (self->warnings, CB_NOTICE_WARNING, NULL, text);
}

static void
show_steps (CbPreviewWindow *self)
{
  CbCases *cases = cb_workspace_get_cases (self->workspace);
  g_autoptr(CbCase) item = cb_cases_get (cases, self->case_id, NULL);
  CbStepContext context = { item, self->connector, self->plan, self->workspace, FALSE };
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->steps))) != NULL)
    gtk_box_remove (self->steps, child);
  for (guint i = 0; item != NULL && i < self->plan->steps->len; i++)
    gtk_box_append (self->steps, cb_step_view_new (&context, i));
  child = item != NULL ? cb_step_view_new_kept (&context) : NULL;
  if (child != NULL)
    gtk_box_append (self->steps, child);
}

static void
show_title (CbPreviewWindow *self)
{
  g_autofree char *title = NULL;

  if (self->connector == NULL)
    return;
  title = self->plan != NULL && self->plan->incident != NULL
            ? g_strdup_printf (_("Update %s"), self->plan->incident->title)
            : g_strdup_printf (_("Push as %s incident"), self->connector->name);
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, self->connector->name);
}

static void
show_plan (CbPreviewWindow *self)
{
  self->had_conflict |= cb_plan_has_conflict (self->plan);
  show_title (self);
  if (!has_effect (self->plan))
    {
      g_autofree char *title = g_strdup_printf (_("%s incident is up to date"),
                                                self->connector->name);

      adw_status_page_set_title (self->nothing, title);
      gtk_stack_set_visible_child_name (self->stack, "nothing");
      return;
    }
  show_summary (self);
  show_warnings (self);
  show_steps (self);
  gtk_widget_set_visible (self->conflict_box, self->had_conflict);
  gtk_stack_set_visible_child_name (self->stack, "plan");
  gtk_widget_set_sensitive (GTK_WIDGET (self->push_button), TRUE);
  /* Enter pushes, unless the user is at the choice. */
  if (!gtk_widget_has_focus (GTK_WIDGET (self->keep_button)) &&
      !gtk_widget_has_focus (GTK_WIDGET (self->overwrite_button)))
    gtk_widget_grab_focus (GTK_WIDGET (self->push_button));
}

/* Callbacks */

static void
planned_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(Run) run = user_data;
  CbPreviewWindow *self = run->window;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbPushResult) push_result = NULL;
  g_autoptr(CbPlan) plan = cb_pusher_plan_finish (CB_PUSHER (source), result, &push_result, &error);

  if (run->cancellable != self->cancellable || g_cancellable_is_cancelled (run->cancellable))
    return;
  gtk_spinner_stop (self->spinner);
  if (error == NULL)
    {
      self->plan = g_steal_pointer (&plan);
      g_clear_pointer (&self->warned, g_ptr_array_unref);
      self->warned = g_ptr_array_ref (push_result->warnings);
      show_plan (self);
      return;
    }
  cb_notice_show_error (self->error, error);
  cb_notice_set_action (self->error, _("Try again"));
  gtk_stack_set_visible_child_name (self->stack, "error");
}

static void
make_plan (CbPreviewWindow *self)
{
  CbPushOptions options = { .on_conflict = self->on_conflict };
  Run *run = g_new0 (Run, 1);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->plan, cb_plan_free);
  self->cancellable = g_cancellable_new ();
  run->window = g_object_ref (self);
  run->cancellable = g_object_ref (self->cancellable);
  gtk_widget_set_sensitive (GTK_WIDGET (self->push_button), FALSE);
  gtk_spinner_start (self->spinner);
  /* While the choice is being made its buttons stay where they are. */
  if (!self->had_conflict)
    gtk_stack_set_visible_child_name (self->stack, "waiting");
  cb_pusher_plan_async (cb_workspace_get_pusher (self->workspace), self->case_id, &options,
                        self->cancellable, planned_cb, run);
}

static void
retry_cb (CbPreviewWindow *self)
{
  gtk_stack_set_visible_child_name (self->stack, "waiting");
  make_plan (self);
}

static void
conflict_toggled_cb (CbPreviewWindow *self,
                     GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button) || self->workspace == NULL)
    return;
  self->on_conflict = button == self->keep_button ? CB_ON_CONFLICT_KEEP : CB_ON_CONFLICT_OVERWRITE;
  make_plan (self);
}

static void
push_cb (CbPreviewWindow *self)
{
  CbPushJobs *jobs = cb_workspace_get_jobs (self->workspace);

  if (self->plan == NULL)
    return;
  cb_push_jobs_start (jobs, self->case_id, self->on_conflict, g_steal_pointer (&self->plan));
  gtk_window_close (GTK_WINDOW (self));
}

/* GtkWindow */

static gboolean
cb_preview_window_close_request (GtkWindow *window)
{
  g_cancellable_cancel (CB_PREVIEW_WINDOW (window)->cancellable);

  return GTK_WINDOW_CLASS (cb_preview_window_parent_class)->close_request (window);
}

/* GObject overrides */

static void
cb_preview_window_dispose (GObject *object)
{
  CbPreviewWindow *self = CB_PREVIEW_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_PREVIEW_WINDOW);

  G_OBJECT_CLASS (cb_preview_window_parent_class)->dispose (object);
}

static void
cb_preview_window_finalize (GObject *object)
{
  CbPreviewWindow *self = CB_PREVIEW_WINDOW (object);

  g_free (self->case_id);
  g_clear_pointer (&self->connector, cb_connector_info_free);
  g_clear_pointer (&self->plan, cb_plan_free);
  g_clear_pointer (&self->warned, g_ptr_array_unref);

  G_OBJECT_CLASS (cb_preview_window_parent_class)->finalize (object);
}

static void
cb_preview_window_class_init (CbPreviewWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_preview_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_preview_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = cb_preview_window_close_request;

  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  g_type_ensure (CB_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CB_RESOURCE "preview/cb-preview-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, title);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, push_button);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, error);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, warnings);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, conflict_box);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, overwrite_button);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, keep_button);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, steps);
  gtk_widget_class_bind_template_child (widget_class, CbPreviewWindow, nothing);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, conflict_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, push_cb);
}

static void
cb_preview_window_init (CbPreviewWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_preview_window_new:
 * @parent: the main window
 * @workspace: where the case is
 * @case_id: a case with a connector
 *
 * Returns: (transfer none): a preview of its next push
 */
GtkWindow *
cb_preview_window_new (GtkWindow   *parent,
                       CbWorkspace *workspace,
                       const char  *case_id)
{
  CbPreviewWindow *self = g_object_new (CB_TYPE_PREVIEW_WINDOW, "transient-for", parent, NULL);
  CbConnectors *connectors = cb_workspace_get_connectors (workspace);
  g_autoptr(CbCase) item = cb_cases_get (cb_workspace_get_cases (workspace), case_id, NULL);
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;

  self->workspace = g_object_ref (workspace);
  self->case_id = g_strdup (case_id);
  if (item != NULL)
    id = cb_pusher_find_connector (cb_workspace_get_pusher (workspace), item, NULL);
  if (id != NULL)
    self->connector = cb_connectors_get (connectors, id, NULL);
  text = g_strdup_printf (_("Reading from %s…"),
                          self->connector != NULL ? self->connector->name : "");
  gtk_label_set_text (self->waiting, text);
  show_title (self);
  make_plan (self);
  return GTK_WINDOW (self);
}
