/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-control.h"
#include "cb-simulator-json.h"

/* Auxiliary methods */

static void
refuse (CbSimExchange *exchange,
        guint          status,
        const char    *message)
{
  cb_sim_exchange_answer (exchange, status, cb_sim_json_pack ("{error:s}", message));
}

static void
answer_done (CbSimExchange *exchange)
{
  cb_sim_exchange_answer (exchange, 200, cb_sim_json_pack ("{ok:b}", TRUE));
}

static char *
scalar_to_text (JsonNode *node)
{
  return cb_sim_json_node_string (node) != NULL ? json_node_dup_string (node)
                                                : cb_sim_json_to_text (node);
}

static void
append_header (const char *name,
               const char *value,
               gpointer    headers)
{
  json_object_set_string_member (headers, name, value);
}

static gboolean
set_options (CbSimOptions *options,
             JsonObject   *values,
             GError      **error)
{
  g_autoptr(GList) names = json_object_get_members (values);

  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *value = scalar_to_text (json_object_get_member (values, l->data));

      if (!cb_sim_options_set (options, l->data, value, error))
        return FALSE;
    }
  return TRUE;
}

/* Callbacks */

static void
list_faults_cb (gpointer       core,
                CbSimExchange *exchange)
{
  CbSimCore *self = core;

  cb_sim_exchange_answer (exchange, 200, cb_sim_faults_dump (self->faults));
}

static void
add_fault_cb (gpointer       core,
              CbSimExchange *exchange)
{
  CbSimCore *self = core;
  g_autoptr(JsonObject) rule = cb_sim_exchange_parse_object (exchange);
  g_autoptr(GError) error = NULL;

  if (rule == NULL)
    refuse (exchange, 400, "the body must be a JSON object");
  else if (!cb_sim_faults_add_json (self->faults, rule, &error))
    refuse (exchange, 400, error->message);
  else
    answer_done (exchange);
}

static void
clear_faults_cb (gpointer       core,
                 CbSimExchange *exchange)
{
  CbSimCore *self = core;

  cb_sim_faults_clear (self->faults);
  answer_done (exchange);
}

static void
get_options_cb (gpointer       core,
                CbSimExchange *exchange)
{
  CbSimCore *self = core;

  cb_sim_exchange_answer (exchange, 200, cb_sim_options_dump (self->options));
}

static void
set_options_cb (gpointer       core,
                CbSimExchange *exchange)
{
  CbSimCore *self = core;
  g_autoptr(JsonObject) values = cb_sim_exchange_parse_object (exchange);
  g_autoptr(GError) error = NULL;

  if (values == NULL)
    refuse (exchange, 400, "the body must be a JSON object");
  else if (!set_options (self->options, values, &error))
    refuse (exchange, 400, error->message);
  else
    answer_done (exchange);
}

static void
get_state_cb (gpointer       core,
              CbSimExchange *exchange)
{
  cb_sim_exchange_answer (exchange, 200, cb_sim_core_dump (core));
}

static void
get_requests_cb (gpointer       core,
                 CbSimExchange *exchange)
{
  cb_sim_exchange_answer (exchange, 200, cb_sim_core_list (core));
}

static void
clear_requests_cb (gpointer       core,
                   CbSimExchange *exchange)
{
  CbSimCore *self = core;

  g_ptr_array_set_size (self->log, 0);
  answer_done (exchange);
}

static void
reset_cb (gpointer       core,
          CbSimExchange *exchange)
{
  cb_sim_core_reset (core);
  answer_done (exchange);
}

static void
edit_incident_cb (gpointer       core,
                  CbSimExchange *exchange)
{
  CbSimCore *self = core;
  g_autoptr(JsonObject) fields = cb_sim_exchange_parse_object (exchange);

  if (fields == NULL)
    refuse (exchange, 400, "the body must be a JSON object");
  else if (!self->system->edit (self->state, exchange->captures[0], fields))
    refuse (exchange, 404, "no such incident, or a field that it does not have");
  else
    answer_done (exchange);
}

static void
remove_incident_cb (gpointer       core,
                    CbSimExchange *exchange)
{
  CbSimCore *self = core;

  if (self->system->remove (self->state, exchange->captures[0]))
    answer_done (exchange);
  else
    refuse (exchange, 404, "no such incident");
}

static const CbSimRoute routes[] = {
  { "GET", "/_control/faults", list_faults_cb },
  { "POST", "/_control/faults", add_fault_cb },
  { "DELETE", "/_control/faults", clear_faults_cb },
  { "GET", "/_control/options", get_options_cb },
  { "POST", "/_control/options", set_options_cb },
  { "GET", "/_control/state", get_state_cb },
  { "GET", "/_control/requests", get_requests_cb },
  { "DELETE", "/_control/requests", clear_requests_cb },
  { "POST", "/_control/reset", reset_cb },
  { "PATCH", "/_control/incidents/*", edit_incident_cb },
  { "DELETE", "/_control/incidents/*", remove_incident_cb },
};

/* Public API */

/**
 * cb_sim_core_new:
 * @system: the system
 * @options: (transfer full): its options
 */
CbSimCore *
cb_sim_core_new (const CbSimSystem *system,
                 CbSimOptions      *options)
{
  CbSimCore *self = g_new0 (CbSimCore, 1);

  self->system = system;
  self->options = options;
  self->faults = cb_sim_faults_new ();
  self->state = system->create (options);
  self->log = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  return self;
}

void
cb_sim_core_free (CbSimCore *self)
{
  self->system->destroy (self->state);
  cb_sim_faults_free (self->faults);
  cb_sim_options_free (self->options);
  g_ptr_array_unref (self->log);
  g_free (self);
}

/**
 * cb_sim_core_reset:
 * @self: the core
 *
 * Forgets incidents, faults and the log; options stay.
 */
void
cb_sim_core_reset (CbSimCore *self)
{
  self->system->destroy (self->state);
  self->state = self->system->create (self->options);
  cb_sim_faults_clear (self->faults);
  g_ptr_array_set_size (self->log, 0);
}

/**
 * cb_sim_core_log:
 * @self: the core
 * @exchange: a request that was just received
 *
 * Returns: (transfer full): its entry, to which status and fault are added later
 */
JsonObject *
cb_sim_core_log (CbSimCore     *self,
                 CbSimExchange *exchange)
{
  JsonObject *headers = json_object_new ();
  JsonObject *entry;

  soup_message_headers_foreach (exchange->headers, append_header, headers);
  entry = cb_sim_json_pack_object (
    "{time:I,method:s,path:s,target:s,headers:O,body:s,fault:n,status:n}",
    g_get_real_time () / 1000, exchange->method, exchange->path, exchange->target, headers,
    g_utf8_validate (exchange->body, -1, NULL) ? exchange->body : NULL);
  g_ptr_array_add (self->log, json_object_ref (entry));
  return entry;
}

JsonNode *
cb_sim_core_dump (CbSimCore *self)
{
  return self->system->dump (self->state);
}

JsonNode *
cb_sim_core_list (CbSimCore *self)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < self->log->len; i++)
    json_array_add_object_element (list,
                                   cb_sim_json_copy_object (g_ptr_array_index (self->log, i)));
  return cb_sim_json_of_array (list);
}

/**
 * cb_sim_core_control:
 * @self: the core
 * @exchange: a request for a path below `/_control`
 *
 * Answers it.
 */
void
cb_sim_core_control (CbSimCore     *self,
                     CbSimExchange *exchange)
{
  gboolean known_path;
  const CbSimRoute *route =
    cb_sim_exchange_find_route (exchange, routes, G_N_ELEMENTS (routes), &known_path);

  if (route != NULL)
    route->handler (self, exchange);
  else
    refuse (exchange, known_path ? 405 : 404, "no such control path; README.md lists them");
}
