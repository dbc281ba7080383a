/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-time.h"
#include "base/cb-wait.h"
#include "connectors/cb-connector-private.h"

#define METADATA_LIFETIME (24 * G_TIME_SPAN_HOUR)

/* A wait that people notice. */
#define LONG_WAIT (2 * G_TIME_SPAN_SECOND)

/* One request of an operation, however often it is sent. */
typedef struct
{
  GTask *task;        /* (owned) */
  CbRequest *request; /* (owned) */
  CbNextFunc next;
  char *cache_path;   /* (owned) (nullable) */
  guint n_attempts;
  gboolean waited;
  gint64 sent_at;
} Step;

static void send_when_due (Step *step);

/* Auxiliary methods */

static CbConnectorPrivate *
private_of (GTask *task)
{
  return _cb_connector_get_private (g_task_get_source_object (task));
}

static Step *
step_new (GTask      *task,
          CbRequest  *request,
          CbNextFunc  next)
{
  Step *step = g_new0 (Step, 1);

  step->task = task;
  step->request = request;
  step->next = next;
  /* A test tells what is the matter now. */
  request->hasty |= g_task_get_source_tag (task) == cb_connector_test_async;
  return step;
}

static void
step_free (Step *step)
{
  g_clear_object (&step->task);
  g_clear_pointer (&step->request, cb_request_free);
  g_free (step->cache_path);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static GError *
check_answer (CbConnector      *self,
              const CbResponse *response)
{
  CbConnectorClass *klass = CB_CONNECTOR_GET_CLASS (self);
  CbComplaint complaint = { .is_error = !cb_response_is_success (response),
                            .code = cb_response_error_code (response) };
  GError *error = NULL;

  klass->read_error (self, response, &complaint);
  if (complaint.is_error)
    error = cb_response_to_error (response, complaint.code, klass->name, complaint.words,
                                  complaint.field);
  g_free (complaint.words);
  g_free (complaint.field);
  return error;
}

static char *
load_metadata (CbConnectorPrivate *priv,
               const char         *path)
{
  gint64 now = cb_time_now ();

  if (priv->database == NULL)
    return g_strdup (g_hash_table_lookup (priv->metadata, path));
  return cb_database_query_string (priv->database,
                                   "SELECT value FROM metadata WHERE connector_id = ? AND path = ?"
                                   " AND fetched_at BETWEEN ? AND ?", "ssii", priv->id, path,
                                   now - METADATA_LIFETIME, now);
}

/* A connector that is being tested before it is saved has no row to refer to: nothing is inserted. */
static void
save_metadata (CbConnectorPrivate *priv,
               const char         *path,
               const char         *value)
{
  if (priv->database == NULL)
    g_hash_table_replace (priv->metadata, g_strdup (path), g_strdup (value));
  else
    cb_database_run (priv->database, NULL,
                     "INSERT OR REPLACE INTO metadata (connector_id, path, value, fetched_at)"
                     " SELECT id, ?, ?, ? FROM connectors WHERE id = ?", "ssis", path, value,
                     cb_time_now (), priv->id);
}

static gboolean
goes_on (const CbRequest *request,
         const GError    *error)
{
  gboolean missing = g_error_matches (error, CB_ERROR, CB_ERROR_NOT_FOUND) ||
                     g_error_matches (error, CB_ERROR, CB_ERROR_FORBIDDEN);
  gboolean broken = g_error_matches (error, CB_ERROR, CB_ERROR_UNAVAILABLE) ||
                    g_error_matches (error, CB_ERROR, CB_ERROR_INVALID_FIELD) ||
                    g_error_matches (error, CB_ERROR, CB_ERROR_FAILED);

  return (missing && (request->lenient || request->optional)) || (broken && request->optional);
}

static gboolean
is_stopped (Step *step)
{
  return g_cancellable_is_cancelled (private_of (step->task)->stop) ||
         g_cancellable_is_cancelled (g_task_get_cancellable (step->task));
}

static gboolean
wait_over_cb (gpointer user_data)
{
  send_when_due (user_data);
  return G_SOURCE_REMOVE;
}

static void
wait_for (Step   *step,
          gint64  microseconds)
{
  CbConnector *self = g_task_get_source_object (step->task);

  step->waited = TRUE;
  if (microseconds >= LONG_WAIT)
    g_signal_emit_by_name (self, "waiting", (guint) (microseconds / G_TIME_SPAN_SECOND));
  cb_wait (microseconds, g_task_get_cancellable (step->task), private_of (step->task)->stop,
           wait_over_cb, step);
}

/* Callbacks */

static void
finish_step (Step             *step,
             const CbResponse *response,
             GError           *reason)
{
  g_autoptr(GError) error = reason;
  CbConnector *self = g_task_get_source_object (step->task);

  if (response != NULL && error != NULL && goes_on (step->request, error))
    g_clear_error (&error);
  if (error != NULL)
    {
      /* The metadata said it would do: they are out of date. */
      if (g_error_matches (error, CB_ERROR, CB_ERROR_INVALID_FIELD) ||
          g_error_matches (error, CB_ERROR, CB_ERROR_NOT_FOUND))
        cb_connector_forget_metadata (self);
      g_task_return_error (step->task, g_steal_pointer (&error));
      return;
    }
  if (step->cache_path != NULL && response->json != NULL && cb_response_is_success (response))
    save_metadata (private_of (step->task), step->cache_path, response->text);
  step->next (g_steal_pointer (&step->task), response);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(Step) step = user_data;
  GError *error = NULL;
  g_autoptr(CbResponse) response = cb_transport_send_finish (CB_TRANSPORT (source), result, &error);
  gint64 now = g_get_monotonic_time ();
  gint64 wait = -1;

  cb_pacer_release (private_of (step->task)->pacer, step->request, response, now);
  if (response != NULL)
    error = check_answer (g_task_get_source_object (step->task), response);
  if (error != NULL && !step->request->hasty && !is_stopped (step))
    wait = cb_pacer_retry_wait (step->request, response, error, step->n_attempts, now - step->sent_at);
  if (wait < 0)
    {
      finish_step (step, response, error);
      return;
    }
  g_debug ("%s: again: %s", _cb_connector_system (g_task_get_source_object (step->task)),
           error->message);
  g_error_free (error);
  wait_for (g_steal_pointer (&step), wait);
}

/* Its place is taken at the moment when it leaves, so that nobody waits for one that only waits. */
static void
send_when_due (Step *user_data)
{
  g_autoptr(Step) step = user_data;
  CbConnectorPrivate *priv = private_of (step->task);
  gint64 wait = 0;

  if (step->waited && is_stopped (step))
    {
      g_task_return_error (step->task, cb_error_new (CB_ERROR_CANCELLED, NULL,
                                                     _("Stopped while %s asked to wait. This was not "
                                                       "sent."),
                                                     CB_CONNECTOR_GET_CLASS
                                                       (g_task_get_source_object (step->task))->name));
      return;
    }
  if (!step->request->hasty)
    wait = cb_pacer_reserve (priv->pacer, step->request, g_get_monotonic_time ());
  if (wait > 0)
    {
      wait_for (g_steal_pointer (&step), wait);
      return;
    }
  step->n_attempts++;
  step->sent_at = g_get_monotonic_time ();
  cb_transport_send_async (priv->transport, step->request, &priv->n_requests,
                           g_task_get_cancellable (step->task), answered_cb, step);
  g_steal_pointer (&step);
}

/* For subclasses */

/* Sends one request of an operation. Where it fails the operation ends; otherwise @next goes on. */
void
_cb_connector_send (GTask      *task,
                    CbRequest  *request,
                    CbNextFunc  next)
{
  send_when_due (step_new (task, request, next));
}

/* The same for metadata, which are kept for a day. */
void
_cb_connector_fetch (GTask      *task,
                     CbRequest  *request,
                     CbNextFunc  next)
{
  g_autofree char *known = load_metadata (private_of (task), request->path);
  Step *step;

  if (known != NULL)
    {
      g_autoptr(CbResponse) response = cb_response_new (200, known);

      g_clear_pointer (&request, cb_request_free);
      next (task, response);
      return;
    }
  step = step_new (task, request, next);
  step->cache_path = g_strdup (request->path);
  send_when_due (step);
}

/* What is in the cache for a path of metadata, without asking. */
CbResponse *
_cb_connector_known (CbConnector *self,
                     const char  *path)
{
  g_autofree char *known = load_metadata (_cb_connector_get_private (self), path);

  return known != NULL ? cb_response_new (200, known) : NULL;
}

/* Counts a write to what had no name before the answer came. */
void
_cb_connector_count_write (CbConnector *self,
                           const char  *key)
{
  cb_pacer_count (_cb_connector_get_private (self)->pacer, key, g_get_monotonic_time ());
}

/* Ends an operation with an error, both of which it takes. */
void
_cb_connector_fail (GTask  *task,
                    GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Ends an operation at whose URL something else answers, or nothing behind a proxy. */
void
_cb_connector_not_here (GTask            *task,
                        const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  CbConnector *self = g_task_get_source_object (owned);

  /* Something that is out of order, or forbids, may well be the system. */
  if (response->status >= SOUP_STATUS_INTERNAL_SERVER_ERROR || response->status == SOUP_STATUS_FORBIDDEN)
    {
      g_task_return_error (owned, check_answer (self, response));
      return;
    }
  g_task_return_error (owned, cb_error_new (CB_ERROR_INVALID_RESPONSE, "url",
                                            _("There is no %s at %s. Check the URL, with its context "
                                              "path if it has one."), _cb_connector_system (self),
                                            cb_connector_get_url (self)));
}

/* Ends an operation whose answer is not what the API promises. */
void
_cb_connector_unexpected (GTask            *task,
                          const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  CbConnector *self = g_task_get_source_object (owned);

  /* An odd answer must not stay in the cache. */
  cb_connector_forget_metadata (self);
  g_task_return_error (owned, cb_response_unexpected (response, _cb_connector_system (self)));
}
