/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "push/cb-case-list.h"
#include "ui/application/cb-notifier.h"

#define BULK_ID "bulk"
#define QUEUE_ID "queue"
#define PROGRESS_SECONDS 1

/* Tells who looks elsewhere how pushes end, in the words of the window's toasts. Anyone near the screen
 * can read it, so it says no more of a case than its title. */
struct _CbNotifier
{
  GObject parent_instance;

  GApplication *application; /* not owned: it owns this */
  CbWorkspace *workspace;    /* (owned) */
  GHashTable *shown;         /* (owned) (element-type utf8): ids of what may be on the screen */
  gboolean bulk_runs;
  guint progress_source;
};

G_DEFINE_FINAL_TYPE (CbNotifier, cb_notifier, G_TYPE_OBJECT)

/* Auxiliary methods */

static gboolean
is_watched (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr(GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_is_active (window))
        return TRUE;
    }
  return FALSE;
}

static char *
case_notification (const char *case_id)
{
  return g_strconcat ("push-", case_id, NULL);
}

static void
show (CbNotifier    *self,
      const char    *id,
      GNotification *notification)
{
  g_hash_table_add (self->shown, g_strdup (id));
  g_application_send_notification (self->application, id, notification);
}

static void
withdraw (CbNotifier *self,
          const char *id)
{
  if (g_hash_table_remove (self->shown, id))
    g_application_withdraw_notification (self->application, id);
}

/* A shell keeps what a program that was killed has told. */
static void
withdraw_old (CbNotifier *self,
              const char *id)
{
  g_hash_table_remove (self->shown, id);
  g_application_withdraw_notification (self->application, id);
}

static void
withdraw_all (CbNotifier *self)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      g_application_withdraw_notification (self->application, id);
      g_hash_table_iter_remove (&iter);
    }
}

/* Some servers take the body as markup, and a case's title is anything; a title is plain text to all. */
static GNotification *
new_of_case (const char *sentence,
             const char *case_title)
{
  g_autofree char *title = g_strjoin (" · ", sentence, case_title, NULL);

  return g_notification_new (title);
}

static GNotification *
success (const CbPushJob *job,
         const char      *case_title)
{
  g_autofree char *sentence = g_strdup_printf (_("Successfully sent to %s"), job->connector_name);
  GNotification *notification = new_of_case (sentence, case_title);
  g_autofree char *button = NULL;

  if (job->result->incident_url == NULL)
    return notification;
  button = g_strdup_printf (_("Open %s"), job->result->incident_title);
  g_notification_add_button_with_target (notification, button, "app.open-incident", "s", job->case_id);
  return notification;
}

static GNotification *
failure (const CbPushJob *job,
         const char      *case_title)
{
  g_autofree char *title = g_strdup_printf (_("“%s” was not sent to %s"), case_title,
                                            job->connector_name);
  GNotification *notification = g_notification_new (title);

  if (job->result->outcome == CB_OUTCOME_UNCERTAIN)
    g_notification_add_button_with_target (notification, _("Decide…"), "app.decide", "s", job->case_id);
  else
    g_notification_add_button_with_target (notification, _("Show"), "app.show-case", "s", job->case_id);
  return notification;
}

/* Of a push that a person has stopped there is nothing to tell. */
static GNotification *
push_ended (const CbPushJob *job,
            const char      *case_title)
{
  g_autofree char *sentence = NULL;

  switch (job->result->outcome)
    {
    case CB_OUTCOME_CREATED:
    case CB_OUTCOME_UPDATED:
      return success (job, case_title);
    case CB_OUTCOME_UP_TO_DATE:
      sentence = g_strdup_printf (_("%s incident is up to date"), job->connector_name);
      return new_of_case (sentence, case_title);
    case CB_OUTCOME_FAILED:
    case CB_OUTCOME_CONFLICT:
    case CB_OUTCOME_UNCERTAIN:
      return failure (job, case_title);
    case CB_OUTCOME_CANCELLED:
    case CB_OUTCOME_PLANNED:
    case CB_OUTCOME_QUEUED:
    default:
      return NULL;
    }
}

static void
tell_push (CbNotifier      *self,
           const CbPushJob *job)
{
  g_autoptr(CbCaseRow) row = cb_case_list_get (cb_workspace_get_database (self->workspace),
                                               job->case_id, NULL);
  g_autoptr(GNotification) notification = push_ended (job, row != NULL ? row->title : job->case_id);
  g_autofree char *id = case_notification (job->case_id);

  if (notification == NULL || row == NULL || is_watched ())
    return;
  g_notification_set_default_action_and_target (notification, "app.show-case", "s", job->case_id);
  show (self, id, notification);
}

/* Not every server offers to raise a program's window where no action says so. */
static GNotification *
new_of_many (const char *title)
{
  GNotification *notification = g_notification_new (title);

  g_notification_set_default_action (notification, "app.raise");
  return notification;
}

static void
tell_queue (CbNotifier *self,
            guint       n_sent,
            guint       n_trouble)
{
  g_autofree char *title = NULL;
  g_autoptr(GNotification) notification = NULL;

  if (n_sent + n_trouble == 0 || is_watched ())
    return;
  if (n_trouble > 0)
    title = g_strdup_printf (g_dngettext (NULL, "%u queued push did not go through",
                                          "%u queued pushes did not go through", n_trouble), n_trouble);
  else
    title = g_strdup_printf (g_dngettext (NULL, "%u queued push was sent",
                                          "%u queued pushes were sent", n_sent), n_sent);
  notification = new_of_many (title);
  if (n_trouble > 0)
    g_notification_add_button (notification, _("Show"), "app.next-trouble");
  show (self, QUEUE_ID, notification);
}

/* Low, so that a shell changes it in its list without showing each number above the work. */
static void
tell_progress (CbNotifier *self,
               CbBulkRun  *run)
{
  guint n = cb_bulk_run_get_n_items (run);
  g_autoptr(GNotification) notification = new_of_many (_("Pushing…"));
  g_autofree char *text = NULL;

  text = g_strdup_printf (g_dngettext (NULL, "%u of %u case", "%u of %u cases", n),
                          cb_bulk_run_get_n_ended (run), n);
  g_notification_set_body (notification, text);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_LOW);
  show (self, BULK_ID, notification);
}

static void
tell_bulk (CbNotifier *self,
           CbBulkRun  *run)
{
  guint n = cb_bulk_run_get_n_items (run);
  guint unsent = cb_bulk_run_count_unsent (run);
  g_autofree char *title = NULL;
  g_autoptr(GNotification) notification = NULL;

  if (unsent == 0)
    title = g_strdup_printf (g_dngettext (NULL, "%u case is up to date", "%u cases are up to date", n), n);
  else
    title = g_strdup_printf (g_dngettext (NULL, "%u case of %u was not sent",
                                          "%u cases of %u were not sent", unsent), unsent, n);
  notification = new_of_many (title);
  if (unsent > 0)
    g_notification_add_button (notification, _("Details"), "app.show-bulk");
  show (self, BULK_ID, notification);
}

/* Callbacks */

static gboolean
progress_cb (gpointer user_data)
{
  CbNotifier *self = user_data;

  self->progress_source = 0;
  if (self->bulk_runs && !is_watched ())
    tell_progress (self, cb_workspace_get_bulk (self->workspace));
  return G_SOURCE_REMOVE;
}

static void
schedule_progress (CbNotifier *self)
{
  if (self->progress_source == 0)
    self->progress_source = g_timeout_add_seconds (PROGRESS_SECONDS, progress_cb, self);
}

static void
bulk_changed_cb (CbNotifier *self)
{
  CbBulkRun *run = cb_workspace_get_bulk (self->workspace);
  gboolean ended = self->bulk_runs && !cb_bulk_run_is_running (run);

  self->bulk_runs = cb_bulk_run_is_running (run);
  if (self->bulk_runs)
    schedule_progress (self);
  else
    g_clear_handle_id (&self->progress_source, g_source_remove);
  if (ended && cb_bulk_run_is_stopping (run))
    withdraw (self, BULK_ID);
  else if (ended && !is_watched ())
    tell_bulk (self, run);
}

/* A result of before has no place beside what happens now. */
static void
job_changed_cb (CbNotifier *self,
                const char *case_id)
{
  const CbPushJob *job = cb_push_jobs_find (cb_workspace_get_jobs (self->workspace), case_id);
  g_autofree char *id = case_notification (case_id);

  if (job->running)
    withdraw (self, id);
}

static void
job_finished_cb (CbNotifier *self,
                 const char *case_id)
{
  const CbPushJob *job = cb_push_jobs_find (cb_workspace_get_jobs (self->workspace), case_id);

  if (job->in_batch)
    return;
  cb_notifier_forget_case (self, case_id);
  tell_push (self, job);
}

static void
queue_ran_cb (CbNotifier *self,
              GPtrArray  *results)
{
  guint n_sent, n_trouble;

  withdraw (self, QUEUE_ID);
  if (results->len == 1)
    {
      const CbPushResult *only = g_ptr_array_index (results, 0);
      const CbPushJob *job = cb_push_jobs_find (cb_workspace_get_jobs (self->workspace), only->case_id);

      if (job != NULL && job->result != NULL)
        tell_push (self, job);
      return;
    }
  cb_bulk_run_count (results, &n_sent, &n_trouble);
  tell_queue (self, n_sent, n_trouble);
}

static void
active_changed_cb (CbNotifier *self)
{
  if (is_watched ())
    withdraw_all (self);
  else if (self->bulk_runs)
    schedule_progress (self);
}

/* A dialog that is in front counts as the window does. */
static void
windows_changed_cb (CbNotifier *self,
                    guint       position,
                    guint       removed,
                    guint       added,
                    GListModel *windows)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr(GtkWindow) window = g_list_model_get_item (windows, i);

      g_signal_connect_object (window, "notify::is-active", G_CALLBACK (active_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
}

/* GObject overrides */

static void
cb_notifier_dispose (GObject *object)
{
  CbNotifier *self = CB_NOTIFIER (object);

  g_clear_handle_id (&self->progress_source, g_source_remove);
  if (self->shown != NULL)
    withdraw_all (self);
  g_clear_pointer (&self->shown, g_hash_table_unref);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (cb_notifier_parent_class)->dispose (object);
}

static void
cb_notifier_class_init (CbNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_notifier_dispose;
}

static void
cb_notifier_init (CbNotifier *self)
{
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Public API */

/**
 * cb_notifier_new:
 * @application: the program, which outlives this
 * @workspace: whose pushes are told
 *
 * Follows the pushes of a workspace until it is disposed, and then takes back what it has told.
 *
 * Returns: (transfer full): what tells how they end while no window is in front
 */
CbNotifier *
cb_notifier_new (GApplication *application,
                 CbWorkspace  *workspace)
{
  const struct { gpointer object; const char *signal; GCallback callback; } followed[] = {
    { cb_workspace_get_jobs (workspace), "changed", G_CALLBACK (job_changed_cb) },
    { cb_workspace_get_jobs (workspace), "finished", G_CALLBACK (job_finished_cb) },
    { cb_workspace_get_runner (workspace), "finished", G_CALLBACK (queue_ran_cb) },
    { cb_workspace_get_bulk (workspace), "changed", G_CALLBACK (bulk_changed_cb) },
    { gtk_window_get_toplevels (), "items-changed", G_CALLBACK (windows_changed_cb) },
  };
  GListModel *windows = gtk_window_get_toplevels ();
  CbNotifier *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);

  self = g_object_new (CB_TYPE_NOTIFIER, NULL);
  self->application = application;
  self->workspace = g_object_ref (workspace);
  for (guint i = 0; i < G_N_ELEMENTS (followed); i++)
    g_signal_connect_object (followed[i].object, followed[i].signal, followed[i].callback, self,
                             G_CONNECT_SWAPPED);
  windows_changed_cb (self, 0, 0, g_list_model_get_n_items (windows), windows);
  withdraw_old (self, BULK_ID);
  withdraw_old (self, QUEUE_ID);
  return self;
}

/**
 * cb_notifier_forget_case:
 * @self: the notifier
 * @case_id: a case
 *
 * Takes back what was told of its last push, as it was seen.
 */
void
cb_notifier_forget_case (CbNotifier *self,
                         const char *case_id)
{
  g_autofree char *id = NULL;

  g_return_if_fail (CB_IS_NOTIFIER (self) && case_id != NULL);

  id = case_notification (case_id);
  withdraw_old (self, id);
}
