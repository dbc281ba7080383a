/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-faults.h"
#include "cb-simulator-json.h"

struct _CbSimFaults {
  GPtrArray *rules; /* (owned) of CbSimFault */
};

typedef struct {
  const char *name;
  CbSimWire   wire;
  gboolean    has_effect;
  void      (*apply) (const CbSimulatorFault *rule, CbSimExchange *exchange);
} FaultType;

/* Auxiliary methods */

static void
apply_headers (const char    *lines,
               CbSimExchange *exchange)
{
  g_auto(GStrv) headers = g_strsplit (lines != NULL ? lines : "", "\n", -1);

  for (guint i = 0; headers[i] != NULL; i++)
    {
      g_auto(GStrv) parts = g_strsplit (headers[i], ":", 2);

      if (parts[0] != NULL && parts[1] != NULL)
        cb_sim_exchange_answer_header (exchange, g_strstrip (parts[0]), g_strstrip (parts[1]));
    }
}

/* Without a body the system has put its own error there already. */
static void
apply_status (const CbSimulatorFault *rule,
              CbSimExchange          *exchange)
{
  const char *type =
    rule->content_type != NULL ? rule->content_type : "application/json;charset=UTF-8";

  if (rule->body != NULL)
    cb_sim_exchange_answer_text (exchange, rule->status, type, rule->body);
}

static void
apply_content_type (const CbSimulatorFault *rule,
                    CbSimExchange          *exchange)
{
  g_free (exchange->answer_type);
  exchange->answer_type = g_strdup (rule->content_type != NULL ? rule->content_type : "text/plain");
}

static void
apply_html (const CbSimulatorFault *rule,
            CbSimExchange          *exchange)
{
  cb_sim_exchange_answer_text (
    exchange, 200, "text/html;charset=UTF-8",
    "<!DOCTYPE html><html><head><title>Log in</title></head>"
    "<body><form action=\"/login\"><input name=\"user\"></form></body></html>");
}

static void
apply_redirect (const CbSimulatorFault *rule,
                CbSimExchange          *exchange)
{
  cb_sim_exchange_answer_text (exchange, rule->status != 0 ? rule->status : 302, "text/html",
                               "<html>Moved</html>");
  cb_sim_exchange_answer_header (exchange, "Location", rule->url != NULL ? rule->url : "/");
}

static GString *
build_huge_text (const CbSimulatorFault *rule)
{
  gsize size = rule->size != 0 ? rule->size : 16 * 1024 * 1024;
  GString *text = g_string_sized_new (size + 32);

  g_string_append (text, "{\"result\":\"");
  while (text->len < size)
    g_string_append (text, "0123456789abcdef");
  g_string_append (text, "\"}");
  return text;
}

static void
apply_huge (const CbSimulatorFault *rule,
            CbSimExchange          *exchange)
{
  cb_sim_exchange_answer_bytes (exchange, 200, "application/json",
                                g_string_free_to_bytes (build_huge_text (rule)));
}

static GBytes *
compress_bytes (GBytes *plain)
{
  g_autoptr (GConverter) gzip =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr(GOutputStream) stream = g_converter_output_stream_new (memory, gzip);

  g_output_stream_write_all (stream, g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), NULL,
                             NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
apply_bomb (const CbSimulatorFault *rule,
            CbSimExchange          *exchange)
{
  g_autoptr(GBytes) plain = g_string_free_to_bytes (build_huge_text (rule));

  cb_sim_exchange_answer_bytes (exchange, 200, "application/json", compress_bytes (plain));
  cb_sim_exchange_answer_header (exchange, "Content-Encoding", "gzip");
}

static void
apply_deep (const CbSimulatorFault *rule,
            CbSimExchange          *exchange)
{
  guint depth = rule->depth != 0 ? rule->depth : 10000;
  GString *text = g_string_new ("{\"result\":");

  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, ']');
  g_string_append_c (text, '}');
  cb_sim_exchange_answer_bytes (exchange, 200, "application/json", g_string_free_to_bytes (text));
}

static const FaultType types[] = {
  [CB_FAULT_DELAY] = { "delay", CB_SIM_WIRE_NORMAL, TRUE, NULL },
  [CB_FAULT_HANG] = { "hang", CB_SIM_WIRE_HANG, FALSE, NULL },
  [CB_FAULT_LOST] = { "lost", CB_SIM_WIRE_CLOSE, TRUE, NULL },
  [CB_FAULT_RESET] = { "reset", CB_SIM_WIRE_RESET, FALSE, NULL },
  [CB_FAULT_STATUS] = { "status", CB_SIM_WIRE_NORMAL, FALSE, apply_status },
  [CB_FAULT_TRUNCATE] = { "truncate", CB_SIM_WIRE_TRUNCATE, TRUE, NULL },
  [CB_FAULT_CONTENT_TYPE] = { "content-type", CB_SIM_WIRE_NORMAL, TRUE, apply_content_type },
  [CB_FAULT_HTML] = { "html", CB_SIM_WIRE_NORMAL, FALSE, apply_html },
  [CB_FAULT_REDIRECT] = { "redirect", CB_SIM_WIRE_NORMAL, FALSE, apply_redirect },
  [CB_FAULT_SLOW] = { "slow", CB_SIM_WIRE_SLOW, TRUE, NULL },
  [CB_FAULT_HUGE] = { "huge", CB_SIM_WIRE_NORMAL, FALSE, apply_huge },
  [CB_FAULT_BOMB] = { "bomb", CB_SIM_WIRE_NORMAL, FALSE, apply_bomb },
  [CB_FAULT_DEEP] = { "deep", CB_SIM_WIRE_NORMAL, FALSE, apply_deep },
  [CB_FAULT_CHUNK_ABORT] = { "chunk-abort", CB_SIM_WIRE_CHUNK_ABORT, TRUE, NULL },
};

static gboolean
parse_kind (const char           *name,
            CbSimulatorFaultKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (types[i].name, name) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

static CbSimFault *
copy_rule (const CbSimulatorFault *rule)
{
  CbSimFault *self = g_new0 (CbSimFault, 1);

  self->rule = *rule;
  self->rule.method = g_strdup (rule->method);
  self->rule.path = g_strdup (rule->path);
  self->rule.headers = g_strdup (rule->headers);
  self->rule.body = g_strdup (rule->body);
  self->rule.content_type = g_strdup (rule->content_type);
  self->rule.url = g_strdup (rule->url);
  self->rule.nth = MAX (rule->nth, 1);
  self->rule.count = MAX (rule->count, 1);
  return self;
}

static char *
join_headers (JsonObject *headers)
{
  GString *lines = g_string_new (NULL);
  g_autoptr(GList) names = headers != NULL ? json_object_get_members (headers) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    g_string_append_printf (lines, "%s: %s\n", (const char *) l->data,
                            cb_sim_json_string (headers, l->data));
  return g_string_free (lines, FALSE);
}

/* The body may be given as a string or as JSON. */
static char *
read_body (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "body");

  if (node == NULL)
    return NULL;
  return cb_sim_json_node_string (node) != NULL ? json_node_dup_string (node)
                                                : cb_sim_json_to_text (node);
}

static CbSimulatorFaultEffect
read_effect (JsonObject *object)
{
  if (!json_object_has_member (object, "processed"))
    return CB_FAULT_EFFECT_DEFAULT;
  return cb_sim_json_boolean (object, "processed", FALSE) ? CB_FAULT_EFFECT_YES
                                                          : CB_FAULT_EFFECT_NO;
}

static gboolean
matches (CbSimFault    *self,
         CbSimExchange *exchange)
{
  if (self->rule.method != NULL && g_ascii_strcasecmp (self->rule.method, exchange->method) != 0)
    return FALSE;
  return self->rule.path == NULL || g_pattern_match_simple (self->rule.path, exchange->path);
}

static gboolean
fires (CbSimFault    *self,
       CbSimExchange *exchange)
{
  if (!matches (self, exchange))
    return FALSE;
  self->seen++;
  return self->seen >= self->rule.nth && self->seen - self->rule.nth < self->rule.count;
}

/* Public API */

CbSimFaults *
cb_sim_faults_new (void)
{
  CbSimFaults *self = g_new0 (CbSimFaults, 1);

  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_sim_fault_free);
  return self;
}

void
cb_sim_faults_free (CbSimFaults *self)
{
  g_ptr_array_unref (self->rules);
  g_free (self);
}

void
cb_sim_faults_add (CbSimFaults            *self,
                   const CbSimulatorFault *rule)
{
  g_ptr_array_add (self->rules, copy_rule (rule));
}

/**
 * cb_sim_faults_add_json:
 * @self: the rules
 * @object: a rule as README.md describes it
 * @error: set where the kind is unknown
 *
 * Returns: whether it was added
 */
gboolean
cb_sim_faults_add_json (CbSimFaults *self,
                        JsonObject  *object,
                        GError     **error)
{
  g_autofree char *headers = join_headers (cb_sim_json_object (object, "headers"));
  g_autofree char *body = read_body (object);
  gint64 count = cb_sim_json_integer (object, "count", 1);
  CbSimulatorFault rule = {
    .method = cb_sim_json_string (object, "method"),
    .path = cb_sim_json_string (object, "path"),
    .nth = cb_sim_json_integer (object, "nth", 1),
    .count = count < 0 ? CB_FAULT_FOREVER : count,
    .effect = read_effect (object),
    .milliseconds = cb_sim_json_integer (object, "milliseconds", 0),
    .status = cb_sim_json_integer (object, "status", 0),
    .headers = headers,
    .body = body,
    .content_type = cb_sim_json_string (object, "content_type"),
    .url = cb_sim_json_string (object, "url"),
    .size = cb_sim_json_integer (object, "size", 0),
    .depth = cb_sim_json_integer (object, "depth", 0),
  };

  if (!parse_kind (cb_sim_json_string (object, "kind"), &rule.kind))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "unknown kind of fault");
      return FALSE;
    }
  cb_sim_faults_add (self, &rule);
  return TRUE;
}

void
cb_sim_faults_clear (CbSimFaults *self)
{
  g_ptr_array_set_size (self->rules, 0);
}

/**
 * cb_sim_faults_take:
 * @self: the rules
 * @exchange: a request
 *
 * Counts the request for every rule that it matches.
 *
 * Returns: (transfer full) (nullable): a copy of the first rule that fires
 */
CbSimFault *
cb_sim_faults_take (CbSimFaults   *self,
                    CbSimExchange *exchange)
{
  CbSimFault *taken = NULL;

  for (guint i = 0; i < self->rules->len; i++)
    {
      CbSimFault *rule = g_ptr_array_index (self->rules, i);

      if (fires (rule, exchange) && taken == NULL)
        taken = copy_rule (&rule->rule);
    }
  return taken;
}

JsonNode *
cb_sim_faults_dump (CbSimFaults *self)
{
  JsonArray *dump = json_array_new ();

  for (guint i = 0; i < self->rules->len; i++)
    {
      CbSimFault *rule = g_ptr_array_index (self->rules, i);

      json_array_add_element (dump,
                              cb_sim_json_pack ("{kind:s,method:s,path:s,nth:I,count:I,seen:I}",
                                                types[rule->rule.kind].name, rule->rule.method,
                                                rule->rule.path, (gint64) rule->rule.nth,
                                                (gint64) rule->rule.count, (gint64) rule->seen));
    }
  return cb_sim_json_of_array (dump);
}

void
cb_sim_fault_free (CbSimFault *self)
{
  g_free ((char *) self->rule.method);
  g_free ((char *) self->rule.path);
  g_free ((char *) self->rule.headers);
  g_free ((char *) self->rule.body);
  g_free ((char *) self->rule.content_type);
  g_free ((char *) self->rule.url);
  g_free (self);
}

const char *
cb_sim_fault_get_name (CbSimFault *self)
{
  return types[self->rule.kind].name;
}

CbSimWire
cb_sim_fault_get_wire (CbSimFault *self)
{
  return types[self->rule.kind].wire;
}

gboolean
cb_sim_fault_has_effect (CbSimFault *self)
{
  if (self->rule.effect == CB_FAULT_EFFECT_DEFAULT)
    return types[self->rule.kind].has_effect;
  return self->rule.effect == CB_FAULT_EFFECT_YES;
}

/**
 * cb_sim_fault_apply:
 * @self: a fault
 * @exchange: a request with its real answer, or with none
 *
 * Changes the answer as the fault says.
 */
void
cb_sim_fault_apply (CbSimFault    *self,
                    CbSimExchange *exchange)
{
  if (types[self->rule.kind].apply != NULL)
    types[self->rule.kind].apply (&self->rule, exchange);
  apply_headers (self->rule.headers, exchange);
}
