/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include <libsoup/soup.h>

#include "cb-simulator-control.h"
#include "cb-simulator-json.h"
#include "cb-simulator-wire.h"
#include "cb-simulator.h"

struct _CbSimulator {
  GThread      *thread;
  GMainContext *context;  /* (owned) the thread's */
  GMainLoop    *loop;     /* (owned) */
  SoupServer   *server;   /* (owned) used by the thread only, as is the next */
  CbSimWires   *wires;    /* (owned) */
  GPtrArray    *delayed;  /* (owned) of GSource: answers that wait */
  char         *url;      /* (owned) */
  char         *base_path; /* (owned) */

  GMutex        mutex;    /* guards the core */
  CbSimCore    *core;     /* (owned) */

  GMutex        start_mutex; /* guards the next two */
  GCond         start_cond;
  gboolean      started;
  GError       *error;    /* (owned) (nullable) why it did not start */
};

/* A faulty answer that waits for its time. */
typedef struct {
  CbSimulator       *simulator;
  SoupServerMessage *message;  /* (owned) */
  CbSimExchange     *exchange; /* (owned) */
  CbSimFault        *fault;    /* (owned) */
  JsonObject        *entry;    /* (owned) in the log */
  gboolean           gone;     /* the client has left */
} Delayed;

/* Auxiliary methods */

static const CbSimSystem *
system_of (CbSimKind kind)
{
  if (kind == CB_SIM_SERVICENOW)
    return &cb_sim_servicenow;
  return kind == CB_SIM_RESILIENT ? &cb_sim_resilient : &cb_sim_jira;
}

static void
process (CbSimulator   *self,
         CbSimExchange *exchange)
{
  g_mutex_lock (&self->mutex);
  self->core->system->answer (self->core->state, exchange);
  g_mutex_unlock (&self->mutex);
}

/* A fixed status without a body looks as the system's own. */
static void
apply_fault (CbSimulator   *self,
             CbSimFault    *fault,
             CbSimExchange *exchange)
{
  g_mutex_lock (&self->mutex);
  if (fault->rule.kind == CB_FAULT_STATUS && fault->rule.body == NULL)
    self->core->system->answer_error (self->core->state, exchange,
                                      fault->rule.status != 0 ? fault->rule.status : 500);
  g_mutex_unlock (&self->mutex);
  cb_sim_fault_apply (fault, exchange);
}

static void
note_status (CbSimulator   *self,
             JsonObject    *entry,
             CbSimExchange *exchange)
{
  g_mutex_lock (&self->mutex);
  json_object_set_int_member (entry, "status", exchange->status);
  g_mutex_unlock (&self->mutex);
}

static JsonObject *
note_request (CbSimulator   *self,
              CbSimExchange *exchange,
              CbSimFault   **fault)
{
  JsonObject *entry;

  g_mutex_lock (&self->mutex);
  entry = cb_sim_core_log (self->core, exchange);
  *fault = cb_sim_faults_take (self->core->faults, exchange);
  if (*fault != NULL)
    json_object_set_string_member (entry, "fault", cb_sim_fault_get_name (*fault));
  g_mutex_unlock (&self->mutex);
  return entry;
}

static void
answer_control (CbSimulator       *self,
                SoupServerMessage *message,
                CbSimExchange     *exchange)
{
  g_mutex_lock (&self->mutex);
  cb_sim_core_control (self->core, exchange);
  g_mutex_unlock (&self->mutex);
  cb_sim_wire_apply (message, exchange);
}

static void
delayed_free (gpointer data)
{
  Delayed *delayed = data;

  g_signal_handlers_disconnect_by_data (delayed->message, delayed);
  g_object_unref (delayed->message);
  cb_sim_exchange_free (delayed->exchange);
  cb_sim_fault_free (delayed->fault);
  json_object_unref (delayed->entry);
  g_free (delayed);
}

static void
release_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

/* Callbacks */

static void
client_left_cb (Delayed *delayed)
{
  delayed->gone = TRUE;
}

static gboolean
delay_over_cb (gpointer user_data)
{
  Delayed *delayed = user_data;
  CbSimulator *self = delayed->simulator;
  gboolean late =
    delayed->fault->rule.kind == CB_FAULT_DELAY && !cb_sim_fault_has_effect (delayed->fault);

  if (late)
    process (self, delayed->exchange);
  apply_fault (self, delayed->fault, delayed->exchange);
  note_status (self, delayed->entry, delayed->exchange);
  if (!delayed->gone)
    cb_sim_wires_send (self->wires, delayed->message, delayed->exchange,
                       cb_sim_fault_get_wire (delayed->fault), &delayed->fault->rule);
  g_ptr_array_remove_fast (self->delayed, g_main_current_source ());
  return G_SOURCE_REMOVE;
}

static guint
waiting_time (CbSimFault *fault)
{
  return cb_sim_fault_get_wire (fault) == CB_SIM_WIRE_SLOW ? 0 : fault->rule.milliseconds;
}

static void
answer_later (CbSimulator       *self,
              SoupServerMessage *message,
              CbSimExchange     *exchange,
              CbSimFault        *fault,
              JsonObject        *entry)
{
  Delayed *delayed = g_new0 (Delayed, 1);
  GSource *source = g_timeout_source_new (waiting_time (fault));

  delayed->simulator = self;
  delayed->message = g_object_ref (message);
  delayed->exchange = exchange;
  delayed->fault = fault;
  delayed->entry = entry;
  g_signal_connect_swapped (message, "disconnected", G_CALLBACK (client_left_cb), delayed);
  if (cb_sim_fault_has_effect (fault))
    process (self, exchange);
  soup_server_message_pause (message);
  g_source_set_callback (source, delay_over_cb, delayed, delayed_free);
  g_source_attach (source, self->context);
  g_ptr_array_add (self->delayed, source);
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  CbSimulator *self = user_data;
  g_autoptr(CbSimExchange) exchange = cb_sim_exchange_new (message, self->base_path, self->url);
  g_autoptr(JsonObject) entry = NULL;
  CbSimFault *fault = NULL;

  if (g_str_has_prefix (exchange->path, "/_control"))
    {
      answer_control (self, message, exchange);
      return;
    }
  entry = note_request (self, exchange, &fault);
  if (fault != NULL)
    {
      answer_later (self, message, g_steal_pointer (&exchange), fault, g_steal_pointer (&entry));
      return;
    }
  process (self, exchange);
  note_status (self, entry, exchange);
  cb_sim_wire_apply (message, exchange);
}

static GTlsCertificate *
load_certificate (CbSimOptions *options,
                  GError      **error)
{
  const char *certificate = cb_sim_options_get (options, "tls-certificate");
  const char *key = cb_sim_options_get (options, "tls-key");

  return g_tls_certificate_new_from_files (certificate, *key != '\0' ? key : certificate, error);
}

static gboolean
listen_to (CbSimulator *self,
           GError     **error)
{
  CbSimOptions *options = self->core->options;
  gboolean tls = *cb_sim_options_get (options, "tls-certificate") != '\0';
  SoupServerListenOptions flags =
    SOUP_SERVER_LISTEN_IPV4_ONLY | (tls ? SOUP_SERVER_LISTEN_HTTPS : 0);

  self->server = soup_server_new ("server-header", "CasebridgeSimulator", "raw-paths", TRUE, NULL);
  if (tls)
    {
      g_autoptr(GTlsCertificate) certificate = load_certificate (options, error);

      if (certificate == NULL)
        return FALSE;
      soup_server_set_tls_certificate (self->server, certificate);
    }
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  return soup_server_listen_local (self->server, cb_sim_options_get_number (options, "port"), flags,
                                   error);
}

static void
note_url (CbSimulator *self)
{
  g_autoslist(GUri) uris = soup_server_get_uris (self->server);

  self->url = g_strdup_printf ("%s://127.0.0.1:%d%s", g_uri_get_scheme (uris->data),
                               g_uri_get_port (uris->data), self->base_path);
}

static void
note_start (CbSimulator *self,
            GError      *error)
{
  g_mutex_lock (&self->start_mutex);
  self->started = TRUE;
  self->error = error;
  g_cond_signal (&self->start_cond);
  g_mutex_unlock (&self->start_mutex);
}

static void
serve (CbSimulator *self)
{
  GError *error = NULL;

  if (listen_to (self, &error))
    note_url (self);
  note_start (self, error);
  if (error == NULL)
    g_main_loop_run (self->loop);
}

static void
end_serving (CbSimulator *self)
{
  g_clear_pointer (&self->delayed, g_ptr_array_unref);
  soup_server_disconnect (self->server);
  g_clear_pointer (&self->wires, cb_sim_wires_free);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_clear_object (&self->server);
}

static gpointer
thread_cb (gpointer data)
{
  CbSimulator *self = data;

  g_main_context_push_thread_default (self->context);
  self->delayed = g_ptr_array_new_with_free_func (release_source);
  self->wires = cb_sim_wires_new (self->context);
  serve (self);
  end_serving (self);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
simulator_free (CbSimulator *self)
{
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  cb_sim_core_free (self->core);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->start_mutex);
  g_cond_clear (&self->start_cond);
  g_free (self->url);
  g_free (self->base_path);
  g_free (self);
}

static void
wait_until_started (CbSimulator *self)
{
  g_mutex_lock (&self->start_mutex);
  while (!self->started)
    g_cond_wait (&self->start_cond, &self->start_mutex);
  g_mutex_unlock (&self->start_mutex);
}

static CbSimOptions *
build_options (CbSimKind   kind,
               GHashTable *values,
               GError    **error)
{
  g_autoptr(CbSimOptions) options = cb_sim_options_new (kind);
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  if (values != NULL)
    for (g_hash_table_iter_init (&iter, values); g_hash_table_iter_next (&iter, &name, &value);)
      if (!cb_sim_options_set (options, name, value, error))
        return NULL;
  return g_steal_pointer (&options);
}

/* "/jira/" and "/jira" are the same; "jira" is neither. */
static char *
normalise_base_path (CbSimOptions *options,
                     GError      **error)
{
  char *path = g_strdup (cb_sim_options_get (options, "base-path"));
  gsize length = strlen (path);

  while (length > 0 && path[length - 1] == '/')
    path[--length] = '\0';
  if (length == 0 || path[0] == '/')
    return path;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "base-path must begin with a slash");
  g_free (path);
  return NULL;
}

static CbSimulator *
simulator_new (CbSimKind     kind,
               CbSimOptions *options,
               char         *base_path)
{
  CbSimulator *self = g_new0 (CbSimulator, 1);

  g_mutex_init (&self->mutex);
  g_mutex_init (&self->start_mutex);
  g_cond_init (&self->start_cond);
  self->core = cb_sim_core_new (system_of (kind), options);
  self->base_path = base_path;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("simulator", thread_cb, self);
  return self;
}

/* Public API */

/**
 * cb_simulator_start:
 * @kind: "servicenow", "jira-cloud", "jira-datacenter" or "resilient"
 * @...: names and values of options, ended by %NULL
 *
 * Starts a simulator in a thread of its own; ends the program where that fails.
 *
 * Returns: (transfer full): the simulator
 */
CbSimulator *
cb_simulator_start (const char *kind,
                    ...)
{
  g_autoptr(GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GError) error = NULL;
  CbSimulator *self;
  va_list args;

  va_start (args, kind);
  for (const char *name = va_arg (args, const char *); name != NULL;
       name = va_arg (args, const char *))
    g_hash_table_insert (options, (char *) name, va_arg (args, char *));
  va_end (args);
  self = cb_simulator_start_with_options (kind, options, &error);
  if (self == NULL)
    g_error ("cannot start the simulator: %s", error->message);
  return self;
}

/**
 * cb_simulator_start_with_options:
 * @kind: as for cb_simulator_start()
 * @options: (nullable) (element-type utf8 utf8): options and their values
 * @error: set where an option is wrong, the port is taken or the certificate cannot be read
 *
 * Returns: (transfer full) (nullable): the simulator, which is listening
 */
CbSimulator *
cb_simulator_start_with_options (const char *kind,
                                 GHashTable *options,
                                 GError    **error)
{
  g_autoptr(CbSimOptions) parsed = NULL;
  g_autofree char *base_path = NULL;
  CbSimulator *self;
  CbSimKind id;

  if (!cb_sim_kind_parse (kind, &id))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "unknown kind \"%s\"", kind);
      return NULL;
    }
  parsed = build_options (id, options, error);
  base_path = parsed != NULL ? normalise_base_path (parsed, error) : NULL;
  if (base_path == NULL)
    return NULL;
  self = simulator_new (id, g_steal_pointer (&parsed), g_steal_pointer (&base_path));
  wait_until_started (self);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      simulator_free (self);
      return NULL;
    }
  return self;
}

/**
 * cb_simulator_stop:
 * @self: (transfer full): the simulator
 *
 * Closes all connections, those that hang included.
 */
void
cb_simulator_stop (CbSimulator *self)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  /* Not g_main_loop_quit() from here: the loop may not have been entered yet. */
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, quit_cb, self->loop, NULL);
  g_source_attach (source, self->context);
  simulator_free (self);
}

/**
 * cb_simulator_get_url:
 * @self: the simulator
 *
 * Returns: the base URL without a last slash, base path included
 */
const char *
cb_simulator_get_url (CbSimulator *self)
{
  return self->url;
}

gboolean
cb_simulator_set_option (CbSimulator *self,
                         const char  *name,
                         const char  *value)
{
  gboolean done;

  g_mutex_lock (&self->mutex);
  done = cb_sim_options_set (self->core->options, name, value, NULL);
  g_mutex_unlock (&self->mutex);
  return done;
}

void
cb_simulator_add_fault (CbSimulator            *self,
                        const CbSimulatorFault *fault)
{
  g_mutex_lock (&self->mutex);
  cb_sim_faults_add (self->core->faults, fault);
  g_mutex_unlock (&self->mutex);
}

void
cb_simulator_clear_faults (CbSimulator *self)
{
  g_mutex_lock (&self->mutex);
  cb_sim_faults_clear (self->core->faults);
  g_mutex_unlock (&self->mutex);
}

/**
 * cb_simulator_get_state:
 * @self: the simulator
 *
 * Returns: (transfer full): what `GET /_control/state` answers
 */
JsonNode *
cb_simulator_get_state (CbSimulator *self)
{
  JsonNode *state;

  g_mutex_lock (&self->mutex);
  state = cb_sim_core_dump (self->core);
  g_mutex_unlock (&self->mutex);
  return state;
}

/**
 * cb_simulator_get_requests:
 * @self: the simulator
 *
 * Returns: (transfer full): what `GET /_control/requests` answers
 */
JsonNode *
cb_simulator_get_requests (CbSimulator *self)
{
  JsonNode *requests;

  g_mutex_lock (&self->mutex);
  requests = cb_sim_core_list (self->core);
  g_mutex_unlock (&self->mutex);
  return requests;
}

/**
 * cb_simulator_count_requests:
 * @self: the simulator
 * @method: (nullable): a method
 * @path: (nullable): a glob, matched without base path and query
 *
 * Returns: how many requests came
 */
guint
cb_simulator_count_requests (CbSimulator *self,
                             const char  *method,
                             const char  *path)
{
  guint count = 0;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->core->log->len; i++)
    {
      JsonObject *entry = g_ptr_array_index (self->core->log, i);

      if ((method == NULL || g_strcmp0 (method, cb_sim_json_string (entry, "method")) == 0)
          && (path == NULL || g_pattern_match_simple (path, cb_sim_json_string (entry, "path"))))
        count++;
    }
  g_mutex_unlock (&self->mutex);
  return count;
}

void
cb_simulator_clear_requests (CbSimulator *self)
{
  g_mutex_lock (&self->mutex);
  g_ptr_array_set_size (self->core->log, 0);
  g_mutex_unlock (&self->mutex);
}

/**
 * cb_simulator_edit_incident:
 * @self: the simulator
 * @id: an id, key or number
 * @fields: a JSON object as for `PATCH /_control/incidents/ID`
 *
 * Changes an incident as if someone else had done it.
 *
 * Returns: whether it exists and has these fields
 */
gboolean
cb_simulator_edit_incident (CbSimulator *self,
                            const char  *id,
                            const char  *fields)
{
  g_autoptr(JsonNode) node = cb_sim_json_parse (fields, strlen (fields));
  gboolean done = FALSE;

  g_mutex_lock (&self->mutex);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    done = self->core->system->edit (self->core->state, id, json_node_get_object (node));
  g_mutex_unlock (&self->mutex);
  return done;
}

gboolean
cb_simulator_delete_incident (CbSimulator *self,
                              const char  *id)
{
  gboolean done;

  g_mutex_lock (&self->mutex);
  done = self->core->system->remove (self->core->state, id);
  g_mutex_unlock (&self->mutex);
  return done;
}

/**
 * cb_simulator_reset:
 * @self: the simulator
 *
 * Forgets incidents, faults and the log; options stay.
 */
void
cb_simulator_reset (CbSimulator *self)
{
  g_mutex_lock (&self->mutex);
  cb_sim_core_reset (self->core);
  g_mutex_unlock (&self->mutex);
}

/**
 * cb_simulator_list_options:
 *
 * Returns: (transfer full): the options of all kinds, for people
 */
char *
cb_simulator_list_options (void)
{
  return cb_sim_options_help ();
}
