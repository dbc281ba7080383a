/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-accessible.h"
#include "ui/common/cb-words.h"
#include "ui/window/cb-case-list-row.h"

/* Two lines: what and when; how bad, which incident, what to do. */
struct _CbCaseListRow
{
  AdwBin parent_instance;

  CbPushJobs *jobs; /* (owned) */
  CbCaseRow *item;  /* (owned) (nullable) */

  GtkCheckButton *check;
  GtkLabel *title;
  GtkLabel *time;
  GtkImage *severity_icon;
  GtkLabel *severity;
  GtkLabel *incident;
  GtkSpinner *spinner;
  GtkImage *state_icon;
  GtkLabel *state;
};

enum
{
  SIGNAL_TOGGLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const state_styles[] = { "dim-label", "accent", "error", "warning" };

G_DEFINE_FINAL_TYPE (CbCaseListRow, cb_case_list_row, ADW_TYPE_BIN)

/* Auxiliary methods */

static void
set_style (GtkWidget  *widget,
           const char *style,
           gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, style);
  else
    gtk_widget_remove_css_class (widget, style);
}

static void
show_severity (CbCaseListRow *self)
{
  CbSeverity severity = self->item->severity;

  gtk_image_set_from_icon_name (self->severity_icon, cb_icon_severity (severity));
  gtk_label_set_text (self->severity, cb_word_severity (severity));
  set_style (GTK_WIDGET (self->severity), "caption-heading", severity == CB_SEVERITY_CRITICAL);
  set_style (GTK_WIDGET (self->severity), "caption", severity != CB_SEVERITY_CRITICAL);
  set_style (GTK_WIDGET (self->severity), "dim-label", severity != CB_SEVERITY_CRITICAL);
}

static void
show_sign (CbCaseListRow *self,
           CbSign         sign)
{
  gboolean loud = g_str_equal (sign.style, "error") || g_str_equal (sign.style, "warning");

  gtk_image_set_from_icon_name (self->state_icon, sign.icon_name);
  gtk_label_set_text (self->state, sign.word);
  for (guint i = 0; i < G_N_ELEMENTS (state_styles); i++)
    {
      gboolean on = g_str_equal (sign.style, state_styles[i]);

      set_style (GTK_WIDGET (self->state_icon), state_styles[i], on);
      set_style (GTK_WIDGET (self->state), state_styles[i],
                 on && !g_str_equal (sign.style, "accent"));
    }
  set_style (GTK_WIDGET (self->state), "caption-heading", loud);
  set_style (GTK_WIDGET (self->state), "caption", !loud);
  set_style (GTK_WIDGET (self->title), "heading", loud);
}

/* The list item around this row is what assistive technology comes to. */
static void
name_list_item (CbCaseListRow *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  const char *incident = self->item->incident_title;
  g_autofree char *name = NULL;

  name = g_strjoin (", ", self->item->title, cb_word_severity (self->item->severity),
                    gtk_label_get_text (self->state), incident, NULL);
  if (parent != NULL)
    cb_accessible_set_label (parent, name);
  cb_accessible_set_label (GTK_WIDGET (self->check), self->item->title);
}

static void
show (CbCaseListRow *self)
{
  const CbPushJob *job = cb_push_jobs_find (self->jobs, self->item->id);
  gboolean running = job != NULL && job->running;
  g_autofree char *time = NULL;

  time = cb_word_time (self->item->updated_at > 0 ? self->item->updated_at : self->item->created_at);
  gtk_label_set_text (self->title, self->item->title);
  gtk_label_set_text (self->time, time);
  gtk_label_set_text (self->incident,
                      self->item->incident_title != NULL ? self->item->incident_title : "");
  show_severity (self);
  show_sign (self, running ? (CbSign) { NULL, _("Pushing…"), "" }
                           : cb_sign_push_state (self->item->state));
  gtk_widget_set_visible (GTK_WIDGET (self->state_icon), !running);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), running);
  gtk_spinner_set_spinning (self->spinner, running);
  name_list_item (self);
}

/* Callbacks */

static void
job_changed_cb (CbCaseListRow *self,
                const char    *case_id)
{
  if (self->item != NULL && g_strcmp0 (self->item->id, case_id) == 0)
    show (self);
}

/* While cases are being chosen a click anywhere in the row chooses this one. */
static void
pressed_cb (GtkGesture    *gesture,
            int            n_press,
            double         x,
            double         y,
            CbCaseListRow *self)
{
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (!gtk_widget_get_visible (GTK_WIDGET (self->check)) || self->item == NULL ||
      (modifiers & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0)
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  g_signal_emit (self, signals[SIGNAL_TOGGLE], 0, self->item->id);
}

/* GObject overrides */

static void
cb_case_list_row_dispose (GObject *object)
{
  CbCaseListRow *self = CB_CASE_LIST_ROW (object);

  g_clear_object (&self->jobs);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CASE_LIST_ROW);

  G_OBJECT_CLASS (cb_case_list_row_parent_class)->dispose (object);
}

static void
cb_case_list_row_class_init (CbCaseListRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_case_list_row_dispose;

  /**
   * CbCaseListRow::toggle:
   * @self: a row
   * @case_id: its case
   *
   * Emitted when the case is to be chosen, or not any more.
   */
  signals[SIGNAL_TOGGLE] = g_signal_new ("toggle", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               CB_RESOURCE "window/cb-case-list-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, check);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, title);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, time);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, severity_icon);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, severity);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, incident);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, CbCaseListRow, state);
}

static void
cb_case_list_row_init (CbCaseListRow *self)
{
  GtkGesture *click;

  gtk_widget_init_template (GTK_WIDGET (self));
  click = gtk_gesture_click_new ();
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/* Public API */

/**
 * cb_case_list_row_new:
 * @jobs: the pushes of this window
 *
 * Returns: (transfer floating): a row for any case
 */
GtkWidget *
cb_case_list_row_new (CbPushJobs *jobs)
{
  CbCaseListRow *self = g_object_new (CB_TYPE_CASE_LIST_ROW, NULL);

  self->jobs = g_object_ref (jobs);
  g_signal_connect_object (jobs, "changed", G_CALLBACK (job_changed_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * cb_case_list_row_follow:
 * @self: a row
 * @item: the list item that shows it
 * @list: the list, whose "selecting" says whether cases are being chosen
 *
 * Shows whether its case is chosen.
 */
void
cb_case_list_row_follow (CbCaseListRow *self,
                         GtkListItem   *item,
                         GObject       *list)
{
  g_return_if_fail (CB_IS_CASE_LIST_ROW (self));

  g_object_bind_property (item, "selected", self->check, "active", G_BINDING_SYNC_CREATE);
  g_object_bind_property (list, "selecting", self->check, "visible", G_BINDING_SYNC_CREATE);
}

/**
 * cb_case_list_row_bind:
 * @self: a row
 * @item: (nullable): the case
 *
 * Shows a case.
 */
void
cb_case_list_row_bind (CbCaseListRow *self,
                       CbCaseRow     *item)
{
  g_return_if_fail (CB_IS_CASE_LIST_ROW (self));

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, show, self);
  g_set_object (&self->item, item);
  /* A row without an id was asked for while the database could not be read. */
  if (item == NULL || item->id == NULL)
    {
      g_clear_object (&self->item);
      return;
    }
  g_signal_connect_object (item, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}
