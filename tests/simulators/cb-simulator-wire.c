/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include <sys/socket.h>

#include "cb-simulator-wire.h"

struct _CbSimWires {
  GMainContext *context;     /* (owned) */
  GCancellable *cancellable; /* (owned) ends the raw answers */
  GPtrArray    *hung;        /* (owned) messages that never get an answer */
  guint         running;     /* raw answers under way */
};

/* An answer written by hand, since no server library writes wrong ones. */
typedef struct {
  CbSimWires *wires;
  GIOStream  *stream; /* (owned) */
  GPtrArray  *pieces; /* (owned) of GBytes */
  guint       next;
  guint       pause;  /* milliseconds between two pieces */
} RawAnswer;

static void write_next_piece (RawAnswer *raw);

/* Auxiliary methods */

static void
raw_answer_free (RawAnswer *raw)
{
  g_io_stream_close (raw->stream, NULL, NULL);
  raw->wires->running--;
  g_object_unref (raw->stream);
  g_ptr_array_unref (raw->pieces);
  g_free (raw);
}

static void
append_header (const char *name,
               const char *value,
               gpointer    head)
{
  g_string_append_printf (head, "%s: %s\r\n", name, value);
}

static GBytes *
build_head (CbSimExchange *exchange,
            const char    *framing)
{
  GString *head = g_string_new (NULL);

  g_string_append_printf (head, "HTTP/1.1 %u %s\r\n", exchange->status,
                          soup_status_get_phrase (exchange->status));
  if (exchange->answer_type != NULL)
    append_header ("Content-Type", exchange->answer_type, head);
  soup_message_headers_foreach (exchange->answer_headers, append_header, head);
  g_string_append_printf (head, "%s\r\n\r\n", framing);
  return g_string_free_to_bytes (head);
}

static GBytes *
build_sized_head (CbSimExchange *exchange,
                  gsize          length)
{
  g_autofree char *framing = g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT, length);

  return build_head (exchange, framing);
}

static void
add_truncated (GPtrArray     *pieces,
               CbSimExchange *exchange,
               GBytes        *body)
{
  gsize length = g_bytes_get_size (body);

  g_ptr_array_add (pieces, build_sized_head (exchange, length));
  g_ptr_array_add (pieces, g_bytes_new_from_bytes (body, 0, length / 2));
}

static void
add_slow (GPtrArray     *pieces,
          CbSimExchange *exchange,
          GBytes        *body,
          gsize          size)
{
  gsize length = g_bytes_get_size (body);

  g_ptr_array_add (pieces, build_sized_head (exchange, length));
  for (gsize i = 0; i < length; i += size)
    g_ptr_array_add (pieces, g_bytes_new_from_bytes (body, i, MIN (size, length - i)));
}

static void
add_aborted_chunk (GPtrArray     *pieces,
                   CbSimExchange *exchange,
                   GBytes        *body)
{
  gsize length = g_bytes_get_size (body);
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_MODIFIER "x\r\n", length + 100);

  g_ptr_array_add (pieces, build_head (exchange, "Transfer-Encoding: chunked"));
  g_ptr_array_add (pieces, g_bytes_new (size, strlen (size)));
  g_ptr_array_add (pieces, g_bytes_ref (body));
}

static void
add_pieces (RawAnswer              *raw,
            CbSimExchange          *exchange,
            CbSimWire               wire,
            const CbSimulatorFault *rule)
{
  g_autoptr(GBytes) body = cb_sim_exchange_get_answer (exchange);

  if (wire == CB_SIM_WIRE_TRUNCATE)
    add_truncated (raw->pieces, exchange, body);
  else if (wire == CB_SIM_WIRE_SLOW)
    add_slow (raw->pieces, exchange, body, rule->size != 0 ? rule->size : 16);
  else if (wire == CB_SIM_WIRE_CHUNK_ABORT)
    add_aborted_chunk (raw->pieces, exchange, body);
  if (wire == CB_SIM_WIRE_SLOW)
    raw->pause = rule->milliseconds != 0 ? rule->milliseconds : 100;
}

/* With no time to linger the kernel ends the connection with a reset as soon as it is closed. */
static void
prepare_reset (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  if (socket != NULL)
    setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* Callbacks */

/* When it removes Content-Length from a 204, libsoup forgets how the answer ends, and would close
 * the connection (write_headers () in soup-server-message-io-http1.c). */
static void
wrote_headers_cb (SoupServerMessage *message)
{
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_NONE);
}

static gboolean
pause_over_cb (gpointer user_data)
{
  write_next_piece (user_data);
  return G_SOURCE_REMOVE;
}

static void
wrote_piece_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  RawAnswer *raw = user_data;
  g_autoptr(GSource) timeout = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    {
      raw_answer_free (raw);
      return;
    }
  timeout = g_timeout_source_new (raw->pause);
  g_source_set_callback (timeout, pause_over_cb, raw, NULL);
  g_source_attach (timeout, raw->wires->context);
}

static void
write_next_piece (RawAnswer *raw)
{
  GBytes *piece;

  if (raw->next == raw->pieces->len || g_cancellable_is_cancelled (raw->wires->cancellable))
    {
      raw_answer_free (raw);
      return;
    }
  piece = g_ptr_array_index (raw->pieces, raw->next++);
  g_output_stream_write_all_async (
    g_io_stream_get_output_stream (raw->stream), g_bytes_get_data (piece, NULL),
    g_bytes_get_size (piece), G_PRIORITY_DEFAULT, raw->wires->cancellable, wrote_piece_cb, raw);
}

static void
send_raw (CbSimWires             *self,
          SoupServerMessage      *message,
          CbSimExchange          *exchange,
          CbSimWire               wire,
          const CbSimulatorFault *rule)
{
  g_autoptr(SoupServerMessage) held = g_object_ref (message);
  GIOStream *stream;
  RawAnswer *raw;

  if (wire == CB_SIM_WIRE_RESET)
    prepare_reset (message);
  stream = soup_server_message_steal_connection (held);
  if (stream == NULL)
    return;
  raw = g_new0 (RawAnswer, 1);
  raw->wires = self;
  raw->stream = stream;
  raw->pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->running++;
  add_pieces (raw, exchange, wire, rule);
  write_next_piece (raw);
}

/* Public API */

CbSimWires *
cb_sim_wires_new (GMainContext *context)
{
  CbSimWires *self = g_new0 (CbSimWires, 1);

  self->context = g_main_context_ref (context);
  self->cancellable = g_cancellable_new ();
  self->hung = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

/**
 * cb_sim_wires_free:
 * @self: the answers under way
 *
 * Ends them all; runs the context until they are gone.
 */
void
cb_sim_wires_free (CbSimWires *self)
{
  g_cancellable_cancel (self->cancellable);
  while (self->running > 0)
    g_main_context_iteration (self->context, TRUE);
  g_ptr_array_unref (self->hung);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_free (self);
}

/**
 * cb_sim_wires_send:
 * @self: the answers under way
 * @message: a message that was paused, outside its handler
 * @exchange: the answer
 * @wire: how it goes out
 * @rule: the rule that says so
 */
void
cb_sim_wires_send (CbSimWires             *self,
                   SoupServerMessage      *message,
                   CbSimExchange          *exchange,
                   CbSimWire               wire,
                   const CbSimulatorFault *rule)
{
  if (wire == CB_SIM_WIRE_HANG)
    {
      g_ptr_array_add (self->hung, g_object_ref (message));
    }
  else if (wire == CB_SIM_WIRE_NORMAL)
    {
      cb_sim_wire_apply (message, exchange);
      soup_server_message_unpause (message);
    }
  else
    {
      send_raw (self, message, exchange, wire, rule);
    }
}

/**
 * cb_sim_wire_apply:
 * @message: a message
 * @exchange: the answer
 *
 * Gives the answer to the message as it is.
 */
void
cb_sim_wire_apply (SoupServerMessage *message,
                   CbSimExchange     *exchange)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr(GBytes) body = cb_sim_exchange_get_answer (exchange);
  SoupMessageHeadersIter iter;
  const char *name;
  const char *value;

  soup_server_message_set_status (message, exchange->status, NULL);
  soup_message_headers_iter_init (&iter, exchange->answer_headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    soup_message_headers_append (headers, name, value);
  if (exchange->answer_type != NULL)
    soup_message_headers_replace (headers, "Content-Type", exchange->answer_type);
  if (exchange->status == SOUP_STATUS_NO_CONTENT)
    g_signal_connect (message, "wrote-headers", G_CALLBACK (wrote_headers_cb), NULL);
  if (g_bytes_get_size (body) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
}
