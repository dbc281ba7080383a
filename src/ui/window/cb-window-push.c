/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/bulk/cb-bulk-preview-window.h"
#include "ui/bulk/cb-bulk-result-window.h"
#include "ui/common/cb-dialogs.h"
#include "ui/decision/cb-decision-window.h"
#include "ui/window/cb-window-private.h"

#define TURN (8 * G_TIME_SPAN_MILLISECOND) /* how long queueing may keep the window from drawing */

/* The window's actions on pushes: now, later, many at once, and out of trouble. */

/* Cases that are being queued, a few at a time. */
typedef struct
{
  CbWindow *window; /* (owned) */
  GPtrArray *items; /* (owned) (element-type CbBulkItem) */
  guint next;
  guint n_queued;
  char *problem;    /* (owned) (nullable): why the first one was not */
} Queueing;

/* Auxiliary methods */

static CbPushJobs *
get_jobs (CbWindow *self)
{
  return cb_workspace_get_jobs (self->workspace);
}

static gboolean
unlink_incident (CbWindow   *self,
                 const char *id)
{
  g_autoptr(GError) error = NULL;

  cb_push_jobs_forget (get_jobs (self), id);
  if (cb_pusher_unlink (cb_workspace_get_pusher (self->workspace), id, NULL, &error))
    return TRUE;
  cb_dialogs_show_message (GTK_WINDOW (self), _("The Incident Cannot Be Unlinked"), error->message);
  return FALSE;
}

static void
queueing_free (Queueing *queueing)
{
  g_object_unref (queueing->window);
  g_ptr_array_unref (queueing->items);
  g_free (queueing->problem);
  g_free (queueing);
}

static void
queue_case (Queueing         *queueing,
            const CbBulkItem *item)
{
  CbWorkspace *workspace = queueing->window->workspace;
  g_autoptr(CbPushResult) result = NULL;

  cb_push_jobs_forget (cb_workspace_get_jobs (workspace), item->case_id);
  result = cb_outbox_add (cb_workspace_get_outbox (workspace), item);
  queueing->n_queued += result->outcome == CB_OUTCOME_QUEUED;
  if (result->error != NULL && queueing->problem == NULL)
    queueing->problem = g_strdup (result->error->message);
}

static void
tell_queued (Queueing *queueing)
{
  guint n = queueing->n_queued;
  g_autofree char *text = NULL;

  if (queueing->problem != NULL)
    cb_dialogs_show_message (GTK_WINDOW (queueing->window), _("Not Everything Was Queued"),
                             queueing->problem);
  if (n == 0 && queueing->problem != NULL)
    return;
  text = n == 0 ? g_strdup (_("Nothing to queue"))
                : g_strdup_printf (g_dngettext (NULL, "%u push queued", "%u pushes queued", n), n);
  _cb_window_toast (queueing->window, text);
}

static gboolean
queue_some_cb (gpointer user_data)
{
  Queueing *queueing = user_data;
  gint64 end = g_get_monotonic_time () + TURN;

  /* The window may have been closed meanwhile. */
  if (queueing->window->workspace == NULL)
    return G_SOURCE_REMOVE;
  while (queueing->next < queueing->items->len && g_get_monotonic_time () < end)
    queue_case (queueing, g_ptr_array_index (queueing->items, queueing->next++));
  if (queueing->next < queueing->items->len)
    return G_SOURCE_CONTINUE;
  tell_queued (queueing);
  return G_SOURCE_REMOVE;
}

static void
queue_items (CbWindow  *self,
             GPtrArray *items)
{
  Queueing *queueing = g_new0 (Queueing, 1);

  queueing->window = g_object_ref (self);
  queueing->items = g_ptr_array_ref (items);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, queue_some_cb, queueing, (GDestroyNotify) queueing_free);
}

static void
queue_cases (CbWindow  *self,
             GPtrArray *ids)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_bulk_item_free);

  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (items, cb_bulk_item_new (g_ptr_array_index (ids, i), NULL, CB_ON_CONFLICT_OVERWRITE));
  queue_items (self, items);
}

/* Callbacks */

static void
push_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  CbWindow *self = user_data;

  cb_push_jobs_start (get_jobs (self), _cb_window_case_id (self), CB_ON_CONFLICT_OVERWRITE, NULL);
}

static void
queue_push_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (ids, g_strdup (_cb_window_case_id (user_data)));
  queue_cases (user_data, ids);
}

static void
cancel_queued_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  CbWindow *self = user_data;
  g_autoptr(GError) error = NULL;

  cb_push_jobs_forget (get_jobs (self), _cb_window_case_id (self));
  if (!cb_outbox_cancel (cb_workspace_get_outbox (self->workspace), _cb_window_case_id (self), NULL,
                         &error))
    cb_dialogs_show_message (GTK_WINDOW (self), _("The Push Stays Queued"), error->message);
}

static void
run_queue_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  CbWindow *self = user_data;

  cb_outbox_runner_run_now (cb_workspace_get_runner (self->workspace));
}

static void
decide_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  CbWindow *self = user_data;
  GtkWindow *window = cb_decision_window_new (GTK_WINDOW (self), self->workspace,
                                              _cb_window_case_id (self));

  if (window != NULL)
    gtk_window_present (window);
}

static void
recreate_confirmed_cb (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autofree char *id = user_data;
  CbWindow *self = CB_WINDOW (source);

  if (cb_dialogs_confirm_finish (GTK_WINDOW (source), result) && unlink_incident (self, id))
    cb_push_jobs_start (get_jobs (self), id, CB_ON_CONFLICT_OVERWRITE, NULL);
}

static void
recreate_incident_cb (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  CbWindow *self = user_data;

  cb_dialogs_confirm_async (GTK_WINDOW (self), _("Create a New Incident?"),
                            _("The case is unlinked from its old incident and sent as a new one, with "
                              "all its comments. If the old one is only hidden from this account, "
                              "there will be two."), _("_Create"), recreate_confirmed_cb,
                            g_strdup (_cb_window_case_id (self)));
}

static void
unlink_confirmed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autofree char *id = user_data;
  CbWindow *self = CB_WINDOW (source);

  if (cb_dialogs_confirm_finish (GTK_WINDOW (source), result) && unlink_incident (self, id))
    _cb_window_toast (self, _("Incident unlinked"));
}

static void
unlink_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  CbWindow *self = user_data;

  cb_dialogs_confirm_async (GTK_WINDOW (self), _("Unlink the Incident?"),
                            _("Casebridge forgets the incident, which stays as it is. The next push "
                              "makes a new one."), _("_Unlink"), unlink_confirmed_cb,
                            g_strdup (_cb_window_case_id (self)));
}

static void
next_trouble_cb (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  CbWindow *self = user_data;
  g_autofree char *id = cb_case_list_pane_next_trouble (self->list, _cb_window_case_id (self));

  if (id != NULL)
    cb_window_show_case (self, id);
  else
    _cb_window_toast (self, _("No push has failed or needs a decision"));
}

static void
select_cb (GSimpleAction *action,
           GVariant      *value,
           gpointer       user_data)
{
  CbWindow *self = user_data;

  g_simple_action_set_state (action, value);
  cb_case_list_pane_set_selecting (self->list, g_variant_get_boolean (value));
}

static void
stop_selecting (CbWindow *self)
{
  g_action_group_change_action_state (G_ACTION_GROUP (self), "select", g_variant_new_boolean (FALSE));
  cb_case_list_pane_set_selecting (self->list, FALSE);
}

static void
push_selected_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  CbWindow *self = user_data;
  g_autoptr(GPtrArray) ids = cb_case_list_pane_get_chosen (self->list);

  if (cb_bulk_run_start (cb_workspace_get_bulk (self->workspace), ids))
    stop_selecting (self);
}

static void
queue_selected_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  CbWindow *self = user_data;
  g_autoptr(GPtrArray) ids = cb_case_list_pane_get_chosen (self->list);

  queue_cases (self, ids);
  stop_selecting (self);
}

static void
preview_push_cb (CbWindow  *self,
                 GPtrArray *items)
{
  if (cb_bulk_run_start_items (cb_workspace_get_bulk (self->workspace), items))
    stop_selecting (self);
}

static void
preview_queue_cb (CbWindow  *self,
                  GPtrArray *items)
{
  queue_items (self, items);
  stop_selecting (self);
}

static void
preview_selected_cb (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  CbWindow *self = user_data;
  g_autoptr(GPtrArray) ids = cb_case_list_pane_get_chosen (self->list);
  GtkWindow *window = cb_bulk_preview_window_new (GTK_WINDOW (self), self->workspace, ids);

  g_signal_connect_object (window, "push", G_CALLBACK (preview_push_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "queue", G_CALLBACK (preview_queue_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (window);
}

static void
stop_bulk_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  CbWindow *self = user_data;

  cb_bulk_run_stop (cb_workspace_get_bulk (self->workspace));
}

static void
clear_bulk_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  CbWindow *self = user_data;

  cb_bulk_run_clear (cb_workspace_get_bulk (self->workspace));
}

static void
show_bulk_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  CbWindow *self = user_data;
  GPtrArray *results = cb_bulk_run_get_results (cb_workspace_get_bulk (self->workspace));

  if (results != NULL)
    gtk_window_present (cb_bulk_result_window_new (GTK_WINDOW (self), self->workspace, results));
}

static const GActionEntry entries[] = {
  { .name = "push", .activate = push_cb },
  { .name = "queue-push", .activate = queue_push_cb },
  { .name = "cancel-queued", .activate = cancel_queued_cb },
  { .name = "run-queue", .activate = run_queue_cb },
  { .name = "decide", .activate = decide_cb },
  { .name = "recreate-incident", .activate = recreate_incident_cb },
  { .name = "unlink", .activate = unlink_cb },
  { .name = "next-trouble", .activate = next_trouble_cb },
  { .name = "select", .state = "false", .change_state = select_cb },
  { .name = "push-selected", .activate = push_selected_cb },
  { .name = "queue-selected", .activate = queue_selected_cb },
  { .name = "preview-selected", .activate = preview_selected_cb },
  { .name = "stop-bulk", .activate = stop_bulk_cb },
  { .name = "clear-bulk", .activate = clear_bulk_cb },
  { .name = "show-bulk", .activate = show_bulk_cb },
};

/* Library-private */

void
_cb_window_add_push_actions (CbWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
_cb_window_update_push_actions (CbWindow *self)
{
  gboolean open = self->workspace != NULL;
  gboolean has_case = open && _cb_window_case_id (self) != NULL;
  const CbPushJob *job = has_case ? cb_push_jobs_find (get_jobs (self), _cb_window_case_id (self)) : NULL;
  gboolean is_idle = has_case && (job == NULL || !job->running);
  CbPushState state = has_case ? cb_case_page_get_state (self->page) : CB_PUSH_NONE;
  gboolean can_push = has_case && cb_case_page_can_push (self->page);
  gboolean bulk = open && cb_bulk_run_is_running (cb_workspace_get_bulk (self->workspace));
  gboolean chosen = open && cb_case_list_pane_get_n_chosen (self->list) > 0;

  _cb_window_enable (self, "push", can_push);
  _cb_window_enable (self, "queue-push", can_push && state != CB_PUSH_QUEUED && state != CB_PUSH_UNCERTAIN);
  _cb_window_enable (self, "cancel-queued", is_idle && state == CB_PUSH_QUEUED);
  _cb_window_enable (self, "decide", is_idle && state == CB_PUSH_UNCERTAIN);
  _cb_window_enable (self, "recreate-incident", is_idle && state == CB_PUSH_FAILED);
  _cb_window_enable (self, "unlink", is_idle && state != CB_PUSH_UNCERTAIN);
  _cb_window_enable (self, "next-trouble", open);
  _cb_window_enable (self, "run-queue",
                     open && !cb_outbox_runner_is_running (cb_workspace_get_runner (self->workspace)));
  _cb_window_enable (self, "select", open);
  _cb_window_enable (self, "push-selected", chosen && !bulk);
  _cb_window_enable (self, "queue-selected", chosen && !bulk);
  _cb_window_enable (self, "preview-selected", chosen && !bulk);
  _cb_window_enable (self, "stop-bulk",
                     bulk && !cb_bulk_run_is_stopping (cb_workspace_get_bulk (self->workspace)));
  _cb_window_enable (self, "clear-bulk", open && !bulk);
  _cb_window_enable (self, "show-bulk", open && !bulk);
}
