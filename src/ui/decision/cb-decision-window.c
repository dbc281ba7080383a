/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-dialogs.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"
#include "ui/decision/cb-decision-window.h"
#include "ui/preview/cb-step-view.h"
#include "ui/push/cb-queue-words.h"

/* What became of a step whose answer never came: what was sent, why nobody knows, and the answers, from
 * the harmless one to the risky one. Each of them lets the push go on. */
struct _CbDecisionWindow
{
  AdwWindow parent_instance;

  CbWorkspace *workspace;     /* (owned) */
  char *case_id;              /* (owned) */
  CbCase *item;               /* (owned) (nullable) */
  CbConnectorInfo *connector; /* (owned) (nullable) */
  CbPushed *pushed;           /* (owned) (nullable) */
  CbOutboxEntry *entry;       /* (owned) (nullable) */
  GCancellable *cancellable;  /* (owned) */
  gboolean busy;

  AdwWindowTitle *title;
  GtkSpinner *spinner;
  GtkLabel *reason;
  GtkLabel *reference_name;
  GtkLabel *reference;
  GtkButton *open_button;
  CbNotice *error;
  GtkWidget *choices;
  GtkButton *search_button;
  GtkWidget *link_row;
  GtkLabel *link_title;
  GtkEntry *incident;
  GtkButton *link_button;
  GtkWidget *mark_row;
  AdwActionRow *send_row;
  GtkBox *sent_box;
};

G_DEFINE_FINAL_TYPE (CbDecisionWindow, cb_decision_window, ADW_TYPE_WINDOW)

/* Auxiliary methods */

/* Without a step it is the incident that is not known: several were found. */
static gboolean
is_about_comment (CbDecisionWindow *self)
{
  return self->pushed->uncertain != NULL && self->pushed->uncertain->kind == CB_STEP_COMMENT;
}

static void
show_title (CbDecisionWindow *self)
{
  const char *title = is_about_comment (self)          ? _("Did the Comment Arrive?")
                      : self->pushed->uncertain != NULL ? _("Was the Incident Created?")
                                                        : _("Which Incident Is It?");

  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, self->item->title);
}

static void
show_reason (CbDecisionWindow *self)
{
  const char *message = self->entry != NULL ? self->entry->error_message : NULL;
  g_autofree char *text = NULL;

  text = message != NULL ? g_strdup (message)
                         : g_strdup_printf (_("No answer came from %s, so it is not known whether this "
                                              "step was carried out."), self->connector->klass->name);
  gtk_label_set_text (self->reason, text);
}

static void
show_reference (CbDecisionWindow *self)
{
  g_autofree char *reference = NULL;
  g_autofree char *label = NULL;

  reference = is_about_comment (self)
                ? g_strdup_printf ("[%s]", self->pushed->uncertain->token)
                : cb_plan_reference (self->connector->klass, self->case_id);
  gtk_label_set_text (self->reference_name, _("Look for"));
  gtk_label_set_text (self->reference, reference);
  label = g_strdup_printf (_("Open %s"), self->pushed->incident_url != NULL
                                           ? self->pushed->incident_title : self->connector->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->open_button), label);
  cb_accessible_set_label (GTK_WIDGET (self->open_button), label);
}

static void
show_choices (CbDecisionWindow *self)
{
  g_autofree char *found = g_strdup_printf (_("I found it in %s"), self->connector->name);
  gboolean comment = is_about_comment (self);

  gtk_label_set_text (self->link_title, found);
  cb_accessible_set_label (self->link_row, found);
  gtk_widget_set_visible (self->link_row, !comment);
  gtk_widget_set_visible (self->mark_row, comment);
  gtk_widget_set_visible (GTK_WIDGET (self->send_row), self->pushed->uncertain != NULL);
  adw_action_row_set_subtitle (self->send_row,
                               comment ? _("Adds the comment a second time if the first did arrive.")
                                       : _("Makes a second incident if the first did arrive."));
}

static void
show_step (CbDecisionWindow *self)
{
  g_autoptr(CbPlan) plan = NULL;
  CbStepContext context;

  gtk_widget_set_visible (GTK_WIDGET (self->sent_box), self->pushed->uncertain != NULL);
  if (self->pushed->uncertain == NULL)
    return;
  plan = cb_plan_new_empty ();
  g_ptr_array_set_free_func (plan->steps, NULL);
  g_ptr_array_add (plan->steps, self->pushed->uncertain);
  context = (CbStepContext) { self->item, self->connector, plan, self->workspace, TRUE };
  gtk_box_append (self->sent_box, cb_step_view_new (&context, 0));
}

static void
load (CbDecisionWindow *self)
{
  CbCases *cases = cb_workspace_get_cases (self->workspace);
  g_autofree char *id = NULL;

  self->item = cb_cases_get (cases, self->case_id, NULL);
  if (self->item != NULL)
    id = cb_pusher_find_connector (cb_workspace_get_pusher (self->workspace), self->item, NULL);
  if (id != NULL)
    self->connector = cb_connectors_get (cb_workspace_get_connectors (self->workspace), id, NULL);
  if (self->connector == NULL)
    return;
  self->pushed = cb_journal_load (cb_workspace_get_database (self->workspace), self->case_id,
                                  self->connector->destination, NULL);
  self->entry = cb_queue_find_entry (self->workspace, self->case_id, self->connector->destination);
}

static void
set_busy (CbDecisionWindow *self,
          gboolean          busy)
{
  self->busy = busy;
  gtk_widget_set_sensitive (self->choices, !busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

static void
show_error (CbDecisionWindow *self,
            const GError     *error)
{
  set_busy (self, FALSE);
  cb_notice_show_error (self->error, error);
}

/* The push goes on where it stopped, with what it was to do with remote edits. */
static void
push_on (CbDecisionWindow *self)
{
  CbOnConflict on_conflict = self->entry != NULL ? self->entry->on_conflict : CB_ON_CONFLICT_OVERWRITE;

  cb_push_jobs_start (cb_workspace_get_jobs (self->workspace), self->case_id, on_conflict, NULL);
  gtk_window_close (GTK_WINDOW (self));
}

static void
decide (CbDecisionWindow *self,
        CbDecision        decision)
{
  g_autoptr(GError) error = NULL;

  cb_notice_hide (self->error);
  if (cb_pusher_decide (cb_workspace_get_pusher (self->workspace), self->case_id, NULL, decision, &error))
    push_on (self);
  else
    show_error (self, error);
}

/* Callbacks */

static void
search_cb (CbDecisionWindow *self)
{
  decide (self, CB_DECISION_SEARCH);
}

static void
mark_cb (CbDecisionWindow *self)
{
  decide (self, CB_DECISION_MARK_SENT);
}

static void
send_cb (CbDecisionWindow *self)
{
  decide (self, CB_DECISION_SEND_AGAIN);
}

static void
linked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(CbDecisionWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean linked = cb_pusher_link_finish (CB_PUSHER (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (linked)
    push_on (self);
  else
    show_error (self, error);
}

static void
link_cb (CbDecisionWindow *self)
{
  g_autofree char *incident = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->incident)));

  g_strstrip (incident);
  if (*incident == '\0' || self->busy)
    return;
  cb_notice_hide (self->error);
  set_busy (self, TRUE);
  cb_pusher_link_async (cb_workspace_get_pusher (self->workspace), self->case_id, NULL, incident,
                        self->cancellable, linked_cb, g_object_ref (self));
}

static void
incident_changed_cb (CbDecisionWindow *self)
{
  gboolean blank = cb_is_blank (gtk_editable_get_text (GTK_EDITABLE (self->incident)));

  gtk_widget_set_sensitive (GTK_WIDGET (self->link_button), !blank);
}

static void
open_cb (CbDecisionWindow *self)
{
  cb_dialogs_show_uri (GTK_WINDOW (self), self->pushed->incident_url != NULL
                                            ? self->pushed->incident_url : self->connector->url);
}

/* GtkWindow */

static gboolean
cb_decision_window_close_request (GtkWindow *window)
{
  g_cancellable_cancel (CB_DECISION_WINDOW (window)->cancellable);

  return GTK_WINDOW_CLASS (cb_decision_window_parent_class)->close_request (window);
}

/* GObject overrides */

static void
cb_decision_window_dispose (GObject *object)
{
  CbDecisionWindow *self = CB_DECISION_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->workspace);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_DECISION_WINDOW);

  G_OBJECT_CLASS (cb_decision_window_parent_class)->dispose (object);
}

static void
cb_decision_window_finalize (GObject *object)
{
  CbDecisionWindow *self = CB_DECISION_WINDOW (object);

  g_free (self->case_id);
  g_clear_pointer (&self->item, cb_case_free);
  g_clear_pointer (&self->connector, cb_connector_info_free);
  g_clear_pointer (&self->pushed, cb_pushed_free);
  g_clear_pointer (&self->entry, cb_outbox_entry_free);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (cb_decision_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, title);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, reason);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, reference_name);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, reference);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, error);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, choices);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, link_row);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, link_title);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, incident);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, link_button);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, mark_row);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, send_row);
  gtk_widget_class_bind_template_child (widget_class, CbDecisionWindow, sent_box);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, mark_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, link_cb);
  gtk_widget_class_bind_template_callback (widget_class, incident_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
}

static void
cb_decision_window_class_init (CbDecisionWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_decision_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_decision_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = cb_decision_window_close_request;

  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CB_RESOURCE "decision/cb-decision-window.ui");
  bind_children (widget_class);
}

static void
cb_decision_window_init (CbDecisionWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/* Public API */

/**
 * cb_decision_window_new:
 * @parent: the main window
 * @workspace: where the case is
 * @case_id: a case whose push is uncertain
 *
 * Returns: (transfer none) (nullable): what asks a person, %NULL where there is nothing to ask any more
 */
GtkWindow *
cb_decision_window_new (GtkWindow   *parent,
                        CbWorkspace *workspace,
                        const char  *case_id)
{
  CbDecisionWindow *self = g_object_new (CB_TYPE_DECISION_WINDOW, "transient-for", parent, NULL);

  self->workspace = g_object_ref (workspace);
  self->case_id = g_strdup (case_id);
  load (self);
  if (self->pushed == NULL || !self->pushed->undecided)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return NULL;
    }
  show_title (self);
  show_reason (self);
  show_reference (self);
  show_choices (self);
  show_step (self);
  cb_accessible_focus_first (GTK_WIDGET (self), GTK_WIDGET (self->search_button));
  return GTK_WINDOW (self);
}
