/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "remote/cb-tls.h"
#include "remote/cb-transport.h"
#include "remote/cb-url.h"

#define CONNECT_TIMEOUT_S 15
#define IDLE_TIMEOUT_S 30
#define CHUNK (64 * 1024)
#define MAX_REDIRECTS 5

struct _CbTransport
{
  GObject parent_instance;

  char *system;            /* (owned): for messages */
  char *base_url;          /* (owned) */
  char *authorization;     /* (owned) (nullable): wiped when freed */
  GHashTable *headers;     /* (owned) (element-type utf8 utf8): of each request */
  SoupSession *session;    /* (owned) */
};

/* One request on its way. */
typedef struct
{
  const CbRequest *request;   /* (unowned): the caller keeps it */
  guint *n_requests;          /* (unowned): the caller's */
  SoupMessage *message;       /* (owned) */
  GCancellable *cancellable;  /* (owned): ours, so that time-outs can end the request */
  GCancellable *user;         /* (owned) (nullable) */
  gulong user_id;
  GInputStream *stream;       /* (owned) (nullable) */
  GByteArray *body;           /* (owned) */
  guint timer;
  guint total_timer;
  gboolean connected;
  gboolean wrote;
  gboolean timed_out;
  guint n_redirects;
  GTlsCertificate *certificate; /* (owned) (nullable) */
  GTlsCertificateFlags tls_flags;
} Exchange;

G_DEFINE_FINAL_TYPE (CbTransport, cb_transport, G_TYPE_OBJECT)

static void send_message (GTask *task);
static void read_chunk   (GTask *task);

/* Auxiliary methods */

static void
exchange_free (Exchange *exchange)
{
  g_clear_handle_id (&exchange->timer, g_source_remove);
  g_clear_handle_id (&exchange->total_timer, g_source_remove);
  if (exchange->message != NULL)
    g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  if (exchange->user_id != 0)
    g_cancellable_disconnect (exchange->user, exchange->user_id);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->cancellable);
  g_clear_object (&exchange->user);
  g_clear_object (&exchange->stream);
  g_clear_object (&exchange->certificate);
  g_byte_array_unref (exchange->body);
  g_free (exchange);
}

static GError *
error_for_time_out (CbTransport *self,
                    Exchange    *exchange)
{
  if (!exchange->wrote)
    return cb_error_new (CB_ERROR_UNREACHABLE, "url",
                         _("%s could not be reached within %u s. Nothing was sent. Check the URL and "
                           "your network."), self->system, CONNECT_TIMEOUT_S);
  if (exchange->request->writes)
    return cb_error_new (CB_ERROR_UNCERTAIN, NULL,
                         _("%s gave no answer within %u s. It is not known whether the request was "
                           "carried out."), self->system, exchange->request->timeout);
  return cb_error_new (CB_ERROR_TIMED_OUT, NULL,
                       _("%s gave no answer within %u s. Try again later."), self->system,
                       exchange->request->timeout);
}

static GError *
error_for_failure (CbTransport  *self,
                   Exchange     *exchange,
                   const GError *cause)
{
  if (exchange->timed_out)
    return error_for_time_out (self, exchange);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED) && exchange->wrote &&
      exchange->request->writes)
    return cb_error_new (CB_ERROR_UNCERTAIN, NULL,
                         _("Stopped before the answer of %s came. It is not known whether the request "
                           "was carried out."), self->system);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return cb_error_new (CB_ERROR_CANCELLED, NULL, _("Stopped."));
  if (exchange->tls_flags != 0)
    return cb_tls_error (self->system, exchange->certificate, exchange->tls_flags);
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE))
    return cb_error_new (CB_ERROR_UNREACHABLE, NULL,
                         _("HTTPS is not available here. Install glib-networking."));
  if (!exchange->wrote)
    return cb_error_new (CB_ERROR_UNREACHABLE, "url",
                         _("%s could not be reached: %s. Nothing was sent. Check the URL and your "
                           "network."), self->system, cause->message);
  if (exchange->request->writes)
    return cb_error_new (CB_ERROR_UNCERTAIN, NULL,
                         _("The connection to %s broke before its answer came (%s). It is not known "
                           "whether the request was carried out."), self->system, cause->message);
  return cb_error_new (CB_ERROR_UNREACHABLE, NULL,
                       _("The connection to %s broke (%s). Try again."), self->system, cause->message);
}

static gboolean
is_json (SoupMessageHeaders *headers)
{
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  return type != NULL && (g_ascii_strcasecmp (type, "application/json") == 0 ||
                          g_str_has_suffix (type, "+json"));
}

static CbResponse *
make_response (Exchange *exchange)
{
  CbResponse *response = g_new0 (CbResponse, 1);
  GByteArray *body = exchange->body;

  response->status = soup_message_get_status (exchange->message);
  response->headers =
    soup_message_headers_ref (soup_message_get_response_headers (exchange->message));
  response->writes = exchange->request->writes;
  if (is_json (response->headers) && body->len > 0)
    response->json = cb_json_parse ((const char *) body->data, body->len, NULL);
  response->text = body->len > 0 ? g_utf8_make_valid ((const char *) body->data, body->len)
                                 : g_strdup ("");
  return response;
}

static char *
same_origin_redirect (Exchange *exchange)
{
  GUri *here = soup_message_get_uri (exchange->message);
  const char *location =
    soup_message_headers_get_one (soup_message_get_response_headers (exchange->message), "Location");
  g_autoptr(GUri) there = location != NULL ? g_uri_parse_relative (here, location,
                                                                   SOUP_HTTP_URI_FLAGS, NULL) : NULL;

  if (exchange->request->writes || !g_str_equal (exchange->request->method, "GET") ||
      !SOUP_STATUS_IS_REDIRECTION (soup_message_get_status (exchange->message)) || there == NULL ||
      exchange->n_redirects >= MAX_REDIRECTS)
    return NULL;
  if (g_strcmp0 (g_uri_get_scheme (here), g_uri_get_scheme (there)) != 0 ||
      g_strcmp0 (g_uri_get_host (here), g_uri_get_host (there)) != 0 ||
      g_uri_get_port (here) != g_uri_get_port (there))
    return NULL;
  return g_uri_to_string (there);
}

static void
start_timer (GTask *task,
             guint  seconds);

static void
return_failure (GTask        *task,
                const GError *cause)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_clear_handle_id (&exchange->timer, g_source_remove);
  g_clear_handle_id (&exchange->total_timer, g_source_remove);
  g_task_return_error (task, error_for_failure (g_task_get_source_object (task), exchange, cause));
}

/* Callbacks */

static gboolean
time_out_cb (gpointer user_data)
{
  Exchange *exchange = g_task_get_task_data (user_data);

  exchange->timer = 0;
  exchange->timed_out = TRUE;
  g_cancellable_cancel (exchange->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
total_time_out_cb (gpointer user_data)
{
  Exchange *exchange = g_task_get_task_data (user_data);

  exchange->total_timer = 0;
  exchange->timed_out = TRUE;
  g_cancellable_cancel (exchange->cancellable);
  return G_SOURCE_REMOVE;
}

static void
user_cancelled_cb (GCancellable *user,
                   gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* The connection stands: from here on the time for the answer counts, not that for connecting. */
static void
starting_cb (SoupMessage *message,
             Exchange    *exchange)
{
  exchange->connected = TRUE;
  g_clear_handle_id (&exchange->timer, g_source_remove);
}

static void
wrote_headers_cb (SoupMessage *message,
                  Exchange    *exchange)
{
  exchange->wrote = TRUE;
  ++*exchange->n_requests;
}

static gboolean
accept_certificate_cb (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       Exchange             *exchange)
{
  g_set_object (&exchange->certificate, certificate);
  exchange->tls_flags = flags;
  return FALSE;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  CbTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  g_autofree char *redirect = NULL;

  if (bytes == NULL)
    {
      return_failure (task, error);
      return;
    }
  if (exchange->body->len + g_bytes_get_size (bytes) > exchange->request->limit)
    {
      g_task_return_error (task, cb_error_new (exchange->request->writes ? CB_ERROR_UNCERTAIN
                                                                         : CB_ERROR_INVALID_RESPONSE,
                                               NULL, _("The answer of %s is longer than %zu bytes; it "
                                                       "was not read."), self->system,
                                               exchange->request->limit));
      return;
    }
  if (g_bytes_get_size (bytes) > 0)
    {
      g_byte_array_append (exchange->body, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      read_chunk (g_steal_pointer (&task));
      return;
    }
  g_clear_handle_id (&exchange->timer, g_source_remove);
  redirect = same_origin_redirect (exchange);
  if (redirect == NULL)
    {
      g_clear_handle_id (&exchange->total_timer, g_source_remove);
      g_task_return_pointer (task, make_response (exchange), (GDestroyNotify) cb_response_free);
      return;
    }
  exchange->n_redirects++;
  g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  g_clear_object (&exchange->message);
  g_byte_array_set_size (exchange->body, 0);
  exchange->message = soup_message_new ("GET", redirect);
  send_message (g_steal_pointer (&task));
}

static void
send_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Exchange *exchange = g_task_get_task_data (task);

  g_clear_object (&exchange->stream);
  exchange->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (exchange->stream == NULL)
    return_failure (task, error);
  else
    read_chunk (g_steal_pointer (&task));
}

/* More auxiliary methods: the steps of one exchange */

static void
start_timer (GTask *task,
             guint  seconds)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_clear_handle_id (&exchange->timer, g_source_remove);
  exchange->timer = g_timeout_add_seconds (seconds, time_out_cb, task);
}

static void
read_chunk (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  start_timer (task, IDLE_TIMEOUT_S);
  g_input_stream_read_bytes_async (exchange->stream, CHUNK, G_PRIORITY_DEFAULT,
                                   exchange->cancellable, read_cb, task);
}

static void
add_headers (CbTransport *self,
             SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  GHashTableIter iter;
  gpointer name, value;

  soup_message_headers_replace (headers, "Accept", "application/json");
  if (self->authorization != NULL)
    soup_message_headers_replace (headers, "Authorization", self->authorization);
  g_hash_table_iter_init (&iter, self->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    soup_message_headers_replace (headers, name, value);
}

static void
send_message (GTask *task)
{
  CbTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  SoupMessage *message = exchange->message;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  /* On a connection that was used before, libsoup 3.2 repeats what seems idempotent by itself: a PUT
   * without its body, and a GET in a way that may end in a crash. What is repeated is decided here. */
  soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
  add_headers (self, message);
  g_signal_connect (message, "starting", G_CALLBACK (starting_cb), exchange);
  g_signal_connect (message, "wrote-headers", G_CALLBACK (wrote_headers_cb), exchange);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), exchange);
  start_timer (task, CONNECT_TIMEOUT_S);
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, exchange->cancellable, send_cb,
                           task);
}

static SoupMessage *
make_message (CbTransport     *self,
              const CbRequest *request)
{
  g_autofree char *url = g_strconcat (self->base_url, request->path, NULL);
  SoupMessage *message = soup_message_new (request->method, url);

  if (message != NULL && request->body != NULL)
    {
      g_autofree char *text = json_to_string (request->body, FALSE);
      g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  return message;
}

/* GObject overrides */

static void
cb_transport_finalize (GObject *object)
{
  CbTransport *self = CB_TRANSPORT (object);

  soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_free (self->system);
  g_free (self->base_url);
  cb_secret_free (self->authorization);

  G_OBJECT_CLASS (cb_transport_parent_class)->finalize (object);
}

static void
cb_transport_class_init (CbTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_transport_finalize;
}

static void
cb_transport_init (CbTransport *self)
{
}

/* Public API */

/**
 * cb_transport_new:
 * @system: the system's name for the user
 * @base_url: a canonical URL
 * @ca_pem: (nullable): the authorities to trust in place of the computer's
 * @headers: (element-type utf8 utf8): headers of every request
 * @error: %CB_ERROR_INVALID_ARGUMENT where @ca_pem cannot be used
 *
 * Returns: (transfer full) (nullable): a transport that keeps its connections
 */
CbTransport *
cb_transport_new (const char  *system,
                  const char  *base_url,
                  const char  *ca_pem,
                  GHashTable  *headers,
                  GError     **error)
{
  g_autoptr(GTlsDatabase) database = NULL;
  CbTransport *self;

  g_return_val_if_fail (system != NULL && base_url != NULL, NULL);

  if (ca_pem != NULL)
    {
      database = cb_tls_database_from_pem (ca_pem, error);
      if (database == NULL)
        return NULL;
    }
  self = g_object_new (CB_TYPE_TRANSPORT, NULL);
  self->system = g_strdup (system);
  self->base_url = g_strdup (base_url);
  self->headers = g_hash_table_ref (headers);
  self->session = soup_session_new_with_options ("user-agent", "Casebridge/" VERSION,
                                                 "timeout", 0, NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
  if (database != NULL)
    soup_session_set_tls_database (self->session, database);
  if (cb_url_is_loopback (base_url))
    soup_session_set_proxy_resolver (self->session, NULL);
  return self;
}

/**
 * cb_transport_get_system:
 * @self: a transport
 *
 * Returns: the system's name for the user
 */
const char *
cb_transport_get_system (CbTransport *self)
{
  g_return_val_if_fail (CB_IS_TRANSPORT (self), NULL);

  return self->system;
}

/**
 * cb_transport_set_authorization:
 * @self: a transport
 * @authorization: (transfer full) (nullable): the header's value
 *
 * Sets what each request proves its right with. It is wiped when it is replaced.
 */
void
cb_transport_set_authorization (CbTransport *self,
                                char        *authorization)
{
  g_return_if_fail (CB_IS_TRANSPORT (self));

  cb_secret_free (self->authorization);
  self->authorization = authorization;
}

/**
 * cb_transport_send_async:
 * @self: a transport
 * @request: the request; the caller keeps it until it is done
 * @n_requests: (inout): counts what really leaves, libsoup's own repeats included; the caller keeps it
 *   until it is done
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Sends a request and reads its answer, whatever its status. Redirects are followed for GET within
 * the same scheme, host and port only.
 */
void
cb_transport_send_async (CbTransport         *self,
                         const CbRequest     *request,
                         guint               *n_requests,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Exchange *exchange = g_new0 (Exchange, 1);

  g_return_if_fail (CB_IS_TRANSPORT (self) && request != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, cb_transport_send_async);
  exchange->request = request;
  exchange->n_requests = n_requests;
  exchange->cancellable = g_cancellable_new ();
  exchange->body = g_byte_array_new ();
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  g_debug ("%s: %s %s", self->system, request->method, request->path);
  exchange->message = make_message (self, request);
  if (exchange->message == NULL)
    {
      g_task_return_error (task, cb_error_new (CB_ERROR_INVALID_ARGUMENT, "url",
                                               _("The URL %s cannot be used."), self->base_url));
      return;
    }
  exchange->total_timer = g_timeout_add_seconds (request->timeout, total_time_out_cb, task);
  if (cancellable != NULL)
    {
      exchange->user = g_object_ref (cancellable);
      exchange->user_id = g_cancellable_connect (cancellable, G_CALLBACK (user_cancelled_cb),
                                                 g_object_ref (exchange->cancellable),
                                                 g_object_unref);
    }
  send_message (g_steal_pointer (&task));
}

/**
 * cb_transport_send_finish:
 * @self: a transport
 * @result: the result
 * @error: %CB_ERROR_UNREACHABLE or %CB_ERROR_TLS_UNTRUSTED where nothing was sent,
 *   %CB_ERROR_UNCERTAIN where a writing request got no answer, %CB_ERROR_TIMED_OUT,
 *   %CB_ERROR_INVALID_RESPONSE, %CB_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the answer
 */
CbResponse *
cb_transport_send_finish (CbTransport   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_basic_authorization:
 * @user: the user's name
 * @secret: the password or token
 *
 * Returns: (transfer full): the value of an Authorization header; free with cb_secret_free()
 */
char *
cb_basic_authorization (const char *user,
                        const char *secret)
{
  char *pair = g_strconcat (user, ":", secret, NULL);
  char *encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
  char *header = g_strconcat ("Basic ", encoded, NULL);

  cb_secret_free (pair);
  cb_secret_free (encoded);
  return header;
}

/**
 * cb_secret_free:
 * @secret: (transfer full) (nullable): a secret
 *
 * Wipes and frees it.
 */
void
cb_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
