/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/bulk/cb-bulk-bar.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-words.h"

/* Below the list: what to do with the chosen cases, then how far they are, then how it ended. */
struct _CbBulkBar
{
  AdwBin parent_instance;

  CbWorkspace *workspace; /* (owned) (nullable) */
  gboolean choosing;
  guint n_chosen;

  GtkStack *stack;
  GtkLabel *chosen;
  GtkWidget *preview_button;
  GtkButton *queue_button;
  GtkButton *push_button;
  GtkLabel *progress;
  GtkProgressBar *bar;
  GtkWidget *cancel_button;
  GtkImage *result_icon;
  GtkLabel *result;
};

G_DEFINE_FINAL_TYPE (CbBulkBar, cb_bulk_bar, ADW_TYPE_BIN)

/* Auxiliary methods */

static void
show_choice (CbBulkBar *self)
{
  guint n = self->n_chosen;
  g_autofree char *chosen = NULL;
  g_autofree char *queue = NULL;
  g_autofree char *push = NULL;

  chosen = n == 0 ? g_strdup (_("Select the cases to push"))
                  : g_strdup_printf (g_dngettext (NULL, "%u case selected", "%u cases selected", n), n);
  queue = n == 0 ? g_strdup (_("Queue")) : g_strdup_printf (_("Queue %u"), n);
  push = n == 0 ? g_strdup (_("Push"))
                : g_strdup_printf (g_dngettext (NULL, "Push %u case", "Push %u cases", n), n);
  gtk_label_set_text (self->chosen, chosen);
  gtk_button_set_label (self->queue_button, queue);
  gtk_button_set_label (self->push_button, push);
  gtk_stack_set_visible_child_name (self->stack, "choose");
}

static char *
time_left (int seconds)
{
  if (seconds < 0)
    return NULL;
  if (seconds < 90)
    return g_strdup_printf (g_dngettext (NULL, "about %d second left", "about %d seconds left",
                                         MAX (seconds, 1)), MAX (seconds, 1));
  return g_strdup_printf (g_dngettext (NULL, "about %d minute left", "about %d minutes left",
                                       (seconds + 30) / 60), (seconds + 30) / 60);
}

static void
show_progress (CbBulkBar *self,
               CbBulkRun *run)
{
  guint n = cb_bulk_run_get_n_items (run);
  guint ended = cb_bulk_run_get_n_ended (run);
  g_autofree char *left = time_left (cb_bulk_run_seconds_left (run));
  g_autofree char *text = NULL;

  text = g_strdup_printf (g_dngettext (NULL, "%u of %u case", "%u of %u cases", n), ended, n);
  if (cb_bulk_run_is_stopping (run))
    gtk_label_set_text (self->progress, _("Stopping after the answers in flight…"));
  else if (left != NULL)
    {
      g_autofree char *both = g_strdup_printf ("%s · %s", text, left);

      gtk_label_set_text (self->progress, both);
    }
  else
    gtk_label_set_text (self->progress, text);
  gtk_progress_bar_set_fraction (self->bar, n > 0 ? (double) ended / n : 0);
  gtk_stack_set_visible_child_name (self->stack, "running");
}

static void
show_result (CbBulkBar *self,
             CbBulkRun *run)
{
  guint n = cb_bulk_run_get_n_items (run);
  guint unsent = cb_bulk_run_count_unsent (run);
  CbSign sign = cb_sign_push_state (unsent > 0 ? CB_PUSH_FAILED : CB_PUSH_UP_TO_DATE);
  g_autofree char *text = NULL;

  if (unsent == 0)
    text = g_strdup_printf (g_dngettext (NULL, "%u case is up to date", "%u cases are up to date", n), n);
  else
    text = g_strdup_printf (g_dngettext (NULL, "%u case of %u was not sent",
                                         "%u cases of %u were not sent", unsent), unsent, n);
  gtk_image_set_from_icon_name (self->result_icon, sign.icon_name);
  gtk_widget_remove_css_class (GTK_WIDGET (self->result_icon), "error");
  if (unsent > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->result_icon), sign.style);
  gtk_label_set_text (self->result, text);
  gtk_stack_set_visible_child_name (self->stack, "result");
}

static void
show (CbBulkBar *self)
{
  CbBulkRun *run = cb_workspace_get_bulk (self->workspace);
  gboolean running = cb_bulk_run_is_running (run);
  gboolean ended = cb_bulk_run_get_results (run) != NULL;

  if (running)
    show_progress (self, run);
  else if (self->choosing)
    show_choice (self);
  else if (ended)
    show_result (self, run);
  gtk_widget_set_visible (GTK_WIDGET (self), running || self->choosing || ended);
}

/* GObject overrides */

static void
cb_bulk_bar_dispose (GObject *object)
{
  g_clear_object (&CB_BULK_BAR (object)->workspace);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_BULK_BAR);

  G_OBJECT_CLASS (cb_bulk_bar_parent_class)->dispose (object);
}

static void
cb_bulk_bar_class_init (CbBulkBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_bulk_bar_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "bulk/cb-bulk-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, stack);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, chosen);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, preview_button);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, queue_button);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, push_button);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, progress);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, bar);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, result_icon);
  gtk_widget_class_bind_template_child (widget_class, CbBulkBar, result);
}

static void
cb_bulk_bar_init (CbBulkBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_accessible_set_label (self->preview_button, _("Preview the selected cases"));
  cb_accessible_set_label (self->cancel_button, _("Cancel pushing the selected cases"));
}

/* Public API */

/**
 * cb_bulk_bar_set_workspace:
 * @self: a bar
 * @workspace: whose bulk push it follows
 *
 * To be called once.
 */
void
cb_bulk_bar_set_workspace (CbBulkBar   *self,
                           CbWorkspace *workspace)
{
  g_return_if_fail (CB_IS_BULK_BAR (self) && self->workspace == NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_object (cb_workspace_get_bulk (workspace), "changed", G_CALLBACK (show), self,
                           G_CONNECT_SWAPPED);
}

/**
 * cb_bulk_bar_set_chosen:
 * @self: a bar
 * @choosing: whether cases are being chosen
 * @n: how many are
 *
 * Offers to push them.
 */
void
cb_bulk_bar_set_chosen (CbBulkBar *self,
                        gboolean   choosing,
                        guint      n)
{
  g_return_if_fail (CB_IS_BULK_BAR (self) && self->workspace != NULL);

  self->choosing = choosing;
  self->n_chosen = n;
  show (self);
}
