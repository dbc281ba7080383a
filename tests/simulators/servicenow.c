/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "cb-simulator-system.h"
#include "servicenow.h"

#define DEFAULT_LIMIT 10000

typedef struct {
  guint       status;
  const char *message;
  const char *detail;
} Error;

typedef struct {
  const char *name;
  GPtrArray  *(*list) (CbServiceNow *self);
  const char *readable;     /* (nullable) the option that says whether the account may read it */
  gboolean    hides_rows;   /* answers an empty list where it may not, not 403 */
} Table;

static const Error errors[] = {
  { 400, "Exception while reading request", "The payload is not valid JSON" },
  { 401, "User Not Authenticated", "Required to provide Auth information" },
  { 403, "Operation Failed", "ACL Exception Update Failed due to security constraints" },
  { 404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval" },
  { 405, "Method not supported", NULL },
  { 406, "Requested media type is not acceptable",
    "Supported types are application/json, application/xml" },
  { 415, "Unsupported media type", "Supported types are application/json, application/xml" },
  { 429, "Rate limit exceeded", "Rate limit of 10 requests per hour for Table API exceeded" },
  { 500, "Transaction cancelled: maximum execution time exceeded", NULL },
};

/* Auxiliary methods */

static void
refuse (CbSimExchange *exchange,
        guint          status,
        const char    *message,
        const char    *detail)
{
  cb_sim_exchange_answer (
    exchange, status,
    cb_sim_json_pack ("{error:{message:s,detail:s},status:s}", message, detail, "failure"));
}

static void
refuse_usual (CbSimExchange *exchange,
              guint          status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    if (errors[i].status == status)
      {
        refuse (exchange, status, errors[i].message, errors[i].detail);
        return;
      }
  refuse (exchange, status, soup_status_get_phrase (status), NULL);
}

static GPtrArray *
list_incidents (CbServiceNow *self)
{
  return g_ptr_array_ref (self->incidents);
}

static GPtrArray *
list_choices (CbServiceNow *self)
{
  return g_ptr_array_ref (self->choices);
}

static GPtrArray *
list_journal (CbServiceNow *self)
{
  return g_ptr_array_ref (self->journal);
}

static GPtrArray *
list_users (CbServiceNow *self)
{
  return g_ptr_array_ref (self->users);
}

static const Table tables[] = {
  { "incident", list_incidents, NULL, FALSE },
  { "sys_choice", list_choices, "choices-readable", FALSE },
  { "sys_dictionary", cb_servicenow_list_dictionary, "dictionary-readable", TRUE },
  { "sys_journal_field", list_journal, "journal-readable", TRUE },
  { "sys_user", list_users, NULL, FALSE },
};

static const Table *
find_table (CbSimExchange *exchange)
{
  const char *name = exchange->captures[0];

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (g_str_equal (tables[i].name, name))
      return &tables[i];
  {
    g_autofree char *message = g_strdup_printf ("Invalid table %s", name);

    refuse (exchange, 400, message, NULL);
  }
  return NULL;
}

static gboolean
is_readable (CbServiceNow *self,
             const Table  *table)
{
  return table->readable == NULL || cb_sim_options_get_boolean (self->options, table->readable);
}

static GPtrArray *
select_rows (CbServiceNow  *self,
             const Table   *table,
             CbSimExchange *exchange)
{
  g_autoptr(GPtrArray) rows = is_readable (self, table) ? table->list (self) : g_ptr_array_new ();

  return cb_servicenow_select (
    rows, cb_sim_exchange_param (exchange, "sysparm_query"), exchange->params,
    cb_sim_options_get_boolean (self->options, "invalid-query-returns-no-rows"));
}

static void
append_link (GString       *links,
             CbSimExchange *exchange,
             const char    *relation,
             guint          limit,
             guint          offset)
{
  g_autoptr(GHashTable) params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *query = NULL;
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  g_hash_table_iter_init (&iter, exchange->params);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (params, g_strdup (name), g_strdup (value));
  g_hash_table_insert (params, g_strdup ("sysparm_limit"), g_strdup_printf ("%u", limit));
  g_hash_table_insert (params, g_strdup ("sysparm_offset"), g_strdup_printf ("%u", offset));
  query = soup_form_encode_hash (params);
  g_string_append_printf (links, "%s<%s%s?%s>;rel=\"%s\"", links->len > 0 ? "," : "",
                          exchange->base_url, exchange->path, query, relation);
}

static void
add_paging_headers (CbSimExchange *exchange,
                    guint          total,
                    guint          limit,
                    guint          offset)
{
  g_autoptr(GString) links = g_string_new (NULL);
  g_autofree char *count = g_strdup_printf ("%u", total);

  cb_sim_exchange_answer_header (exchange, "X-Total-Count", count);
  if (limit == 0)
    return;
  append_link (links, exchange, "first", limit, 0);
  if (offset >= limit)
    append_link (links, exchange, "prev", limit, offset - limit);
  if (offset + limit < total)
    append_link (links, exchange, "next", limit, offset + limit);
  append_link (links, exchange, "last", limit, total > 0 ? (total - 1) / limit * limit : 0);
  cb_sim_exchange_answer_header (exchange, "Link", links->str);
}

static JsonObject *
read_values (CbSimExchange *exchange)
{
  JsonObject *values = cb_sim_exchange_parse_object (exchange);

  if (values == NULL)
    refuse_usual (exchange, 400);
  return values;
}

/* A record of an incident, else the answer says why not. */
static JsonObject *
read_target (CbServiceNow  *self,
             CbSimExchange *exchange)
{
  const Table *table = find_table (exchange);
  JsonObject *record;

  if (table == NULL)
    return NULL;
  record =
    g_str_equal (table->name, "incident") ? cb_servicenow_find (self, exchange->captures[1]) : NULL;
  if (record == NULL || g_str_equal (cb_sim_json_string (record, "number"), exchange->captures[1]))
    {
      refuse_usual (exchange, 404);
      return NULL;
    }
  return record;
}

static gboolean
may_write (CbServiceNow  *self,
           CbSimExchange *exchange)
{
  if (!cb_sim_options_get_boolean (self->options, "read-only")
      && g_strcmp0 (exchange->captures[0], "incident") == 0)
    return TRUE;
  refuse_usual (exchange, 403);
  return FALSE;
}

static gboolean
is_filled (JsonObject *record,
           const char *element)
{
  const char *value = cb_sim_json_string (record, element);

  return value != NULL && *value != '\0';
}

/* What the data policies of the incident table want of a record. */
static char *
missing_fields (CbServiceNow *self,
                JsonObject   *record,
                gboolean      created)
{
  const char *extra = cb_sim_options_get (self->options, "mandatory-field");
  const char *state = cb_sim_json_string (record, "state");
  gboolean closed = g_str_equal (state, "6") || g_str_equal (state, "7");
  GString *missing = g_string_new (NULL);

  if (created && *extra != '\0' && !is_filled (record, extra))
    g_string_append (missing, cb_servicenow_find_column (self, extra)->label);
  if (closed && !is_filled (record, "close_code"))
    g_string_append_printf (missing, "%sResolution code", missing->len > 0 ? ", " : "");
  if (closed && !is_filled (record, "close_notes"))
    g_string_append_printf (missing, "%sResolution notes", missing->len > 0 ? ", " : "");
  return g_string_free (missing, FALSE);
}

static gboolean
satisfies_policies (CbServiceNow  *self,
                    JsonObject    *record,
                    gboolean       created,
                    CbSimExchange *exchange)
{
  g_autofree char *missing = missing_fields (self, record, created);
  g_autofree char *detail =
    g_strdup_printf ("Data Policy Exception: The following fields are mandatory: %s", missing);

  if (*missing == '\0')
    return TRUE;
  refuse (exchange, 403, "Operation Failed", detail);
  return FALSE;
}

static void
answer_record (CbServiceNow  *self,
               JsonObject    *record,
               guint          status,
               CbSimExchange *exchange)
{
  JsonNode *shown = cb_servicenow_show (self, "incident", record, exchange);
  g_autofree char *location = g_strdup_printf (
    "%s/api/now/v2/table/incident/%s", exchange->base_url, cb_sim_json_string (record, "sys_id"));

  cb_sim_exchange_answer (exchange, status, cb_sim_json_pack ("{result:o}", shown));
  if (status == 201)
    cb_sim_exchange_answer_header (exchange, "Location", location);
}

/* Callbacks */

static void
list_cb (gpointer       system,
         CbSimExchange *exchange)
{
  CbServiceNow *self = system;
  const Table *table = find_table (exchange);
  g_autoptr(GPtrArray) rows = NULL;
  guint limit = cb_sim_exchange_number_param (exchange, "sysparm_limit", DEFAULT_LIMIT);
  guint offset = cb_sim_exchange_number_param (exchange, "sysparm_offset", 0);
  JsonArray *result;

  if (table == NULL)
    return;
  if (!is_readable (self, table) && !table->hides_rows)
    {
      refuse (exchange, 403, "User Not Authorized", "Failed API level ACL Validation");
      return;
    }
  rows = select_rows (self, table, exchange);
  if (rows->len == 0 && !g_str_has_prefix (exchange->path, "/api/now/v2/"))
    {
      refuse_usual (exchange, 404);
      return;
    }
  result = json_array_new ();
  for (guint i = offset; i < rows->len && i - offset < limit; i++)
    json_array_add_element (
      result, cb_servicenow_show (self, table->name, g_ptr_array_index (rows, i), exchange));
  add_paging_headers (exchange, rows->len, limit, offset);
  cb_sim_exchange_answer (exchange, 200, cb_sim_json_pack ("{result:A}", result));
}

static void
create_cb (gpointer       system,
           CbSimExchange *exchange)
{
  CbServiceNow *self = system;
  const char *login = cb_sim_options_get (self->options, "user");
  g_autoptr(JsonObject) values = NULL;
  g_autoptr(JsonObject) record = NULL;
  guint n_entries = self->journal->len;

  if (find_table (exchange) == NULL || !may_write (self, exchange))
    return;
  values = read_values (exchange);
  if (values == NULL)
    return;
  record = cb_servicenow_new_record (self, login);
  if (!cb_servicenow_apply (self, record, values, login))
    refuse_usual (exchange, 400);
  else if (satisfies_policies (self, record, TRUE, exchange))
    {
      self->next_number++;
      g_ptr_array_add (self->incidents, json_object_ref (record));
      answer_record (self, record, 201, exchange);
      return;
    }
  g_ptr_array_set_size (self->journal, n_entries);
}

static void
read_cb (gpointer       system,
         CbSimExchange *exchange)
{
  JsonObject *record = read_target (system, exchange);

  if (record != NULL)
    answer_record (system, record, 200, exchange);
}

static void
replace_members (JsonObject *target,
                 JsonObject *source)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, source);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    json_object_set_member (target, name, json_node_copy (value));
}

static void
update_cb (gpointer       system,
           CbSimExchange *exchange)
{
  CbServiceNow *self = system;
  const char *login = cb_sim_options_get (self->options, "user");
  JsonObject *record = read_target (self, exchange);
  g_autoptr(JsonObject) values = NULL;
  g_autoptr(JsonObject) changed = NULL;
  guint n_entries = self->journal->len;

  if (record == NULL || !may_write (self, exchange))
    return;
  values = read_values (exchange);
  if (values == NULL)
    return;
  changed = cb_sim_json_copy_object (record);
  if (!cb_servicenow_apply (self, changed, values, login))
    refuse_usual (exchange, 400);
  else if (satisfies_policies (self, changed, FALSE, exchange))
    {
      replace_members (record, changed);
      answer_record (self, record, 200, exchange);
      return;
    }
  g_ptr_array_set_size (self->journal, n_entries);
}

static void
delete_cb (gpointer       system,
           CbSimExchange *exchange)
{
  CbServiceNow *self = system;
  JsonObject *record = read_target (self, exchange);

  if (record == NULL || !may_write (self, exchange))
    return;
  g_ptr_array_remove (self->incidents, record);
  cb_sim_exchange_answer (exchange, 204, NULL);
}

static const CbSimRoute routes[] = {
  { "GET", "/api/now/v2/table/*", list_cb },
  { "POST", "/api/now/v2/table/*", create_cb },
  { "GET", "/api/now/v2/table/*/*", read_cb },
  { "PATCH", "/api/now/v2/table/*/*", update_cb },
  { "PUT", "/api/now/v2/table/*/*", update_cb },
  { "DELETE", "/api/now/v2/table/*/*", delete_cb },
  { "GET", "/api/now/v1/table/*", list_cb },
  { "POST", "/api/now/v1/table/*", create_cb },
  { "GET", "/api/now/v1/table/*/*", read_cb },
  { "PATCH", "/api/now/v1/table/*/*", update_cb },
  { "PUT", "/api/now/v1/table/*/*", update_cb },
  { "DELETE", "/api/now/v1/table/*/*", delete_cb },
  { "GET", "/api/now/table/*", list_cb },
  { "POST", "/api/now/table/*", create_cb },
  { "GET", "/api/now/table/*/*", read_cb },
  { "PATCH", "/api/now/table/*/*", update_cb },
  { "PUT", "/api/now/table/*/*", update_cb },
  { "DELETE", "/api/now/table/*/*", delete_cb },
};

static gboolean
is_authenticated (CbServiceNow  *self,
                  CbSimExchange *exchange)
{
  g_autofree char *sent = cb_sim_exchange_credentials (exchange, "Basic");
  g_autofree char *wanted = g_strdup_printf ("%s:%s", cb_sim_options_get (self->options, "user"),
                                             cb_sim_options_get (self->options, "secret"));

  return g_strcmp0 (sent, wanted) == 0;
}

/* Without an Accept header ServiceNow may pick XML. */
static gboolean
wants_xml (CbSimExchange *exchange)
{
  return !cb_sim_exchange_accepts (exchange, "application/json");
}

static gboolean
is_acceptable (CbSimExchange *exchange)
{
  return cb_sim_exchange_header (exchange, "Accept") == NULL
      || cb_sim_exchange_accepts (exchange, "application/json")
      || cb_sim_exchange_accepts (exchange, "application/xml")
      || cb_sim_exchange_accepts (exchange, "text/xml");
}

static gboolean
has_wrong_body (CbSimExchange *exchange)
{
  return cb_sim_exchange_is_write (exchange) && !g_str_equal (exchange->method, "DELETE")
         && !cb_sim_exchange_has_json_body (exchange);
}

static void
follow_route (CbServiceNow  *self,
              CbSimExchange *exchange)
{
  gboolean known_path;
  const CbSimRoute *route =
    cb_sim_exchange_find_route (exchange, routes, G_N_ELEMENTS (routes), &known_path);

  if (route != NULL && has_wrong_body (exchange))
    refuse_usual (exchange, 415);
  else if (route != NULL)
    route->handler (self, exchange);
  else if (known_path)
    refuse_usual (exchange, 405);
  else
    refuse (exchange, 404, "Requested URI does not represent any resource", NULL);
}

static void
append_xml (GString    *xml,
            const char *name,
            JsonNode   *node)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *value;

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
        append_xml (xml, name, json_array_get_element (json_node_get_array (node), i));
      return;
    }
  g_string_append_printf (xml, "<%s>", name);
  if (JSON_NODE_HOLDS_OBJECT (node))
    for (json_object_iter_init_ordered (&iter, json_node_get_object (node));
         json_object_iter_next_ordered (&iter, &member, &value);)
      append_xml (xml, member, value);
  else if (cb_sim_json_node_string (node) != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (json_node_get_string (node), -1);

      g_string_append (xml, escaped);
    }
  g_string_append_printf (xml, "</%s>", name);
}

static void
turn_into_xml (CbSimExchange *exchange)
{
  g_autoptr(GString) xml = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");

  if (exchange->answer_node == NULL)
    return;
  append_xml (xml, "response", exchange->answer_node);
  cb_sim_exchange_answer_text (exchange, exchange->status, "application/xml;charset=UTF-8",
                               xml->str);
}

/* System */

static gpointer
create (CbSimOptions *options)
{
  CbServiceNow *self = g_new0 (CbServiceNow, 1);

  self->options = options;
  self->incidents = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  self->journal = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  self->choices = cb_servicenow_seed_choices ();
  self->users = cb_servicenow_seed_users (cb_sim_options_get (options, "user"));
  self->next_number = 10001;
  return self;
}

static void
destroy (gpointer system)
{
  CbServiceNow *self = system;

  g_ptr_array_unref (self->incidents);
  g_ptr_array_unref (self->journal);
  g_ptr_array_unref (self->choices);
  g_ptr_array_unref (self->users);
  g_free (self);
}

static void
answer (gpointer       system,
        CbSimExchange *exchange)
{
  CbServiceNow *self = system;

  if (cb_sim_options_get_boolean (self->options, "hibernating"))
    {
      cb_sim_exchange_answer_text (exchange, 200, "text/html;charset=UTF-8",
                                   "<html><head><title>Instance Hibernating page</title></head>"
                                   "<body>Your instance is hibernating.</body></html>");
      return;
    }
  if (!is_authenticated (self, exchange))
    {
      refuse_usual (exchange, 401);
      cb_sim_exchange_answer_header (exchange, "WWW-Authenticate", "Basic realm=\"Service-now\"");
    }
  else if (!is_acceptable (exchange))
    {
      refuse_usual (exchange, 406);
      return;
    }
  else
    {
      follow_route (self, exchange);
    }
  if (wants_xml (exchange))
    turn_into_xml (exchange);
}

static void
answer_error (gpointer       system,
              CbSimExchange *exchange,
              guint          status)
{
  refuse_usual (exchange, status);
}

static JsonNode *
dump_rows (GPtrArray *rows)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < rows->len; i++)
    json_array_add_object_element (list, cb_sim_json_copy_object (g_ptr_array_index (rows, i)));
  return cb_sim_json_of_array (list);
}

static JsonNode *
dump (gpointer system)
{
  CbServiceNow *self = system;

  return cb_sim_json_pack ("{incidents:o,journal:o}", dump_rows (self->incidents),
                           dump_rows (self->journal));
}

static gboolean
edit (gpointer    system,
      const char *id,
      JsonObject *fields)
{
  JsonObject *record = cb_servicenow_find (system, id);

  return record != NULL && cb_servicenow_apply (system, record, fields, "admin");
}

static gboolean
remove_incident (gpointer    system,
                 const char *id)
{
  CbServiceNow *self = system;
  JsonObject *record = cb_servicenow_find (self, id);

  return record != NULL && g_ptr_array_remove (self->incidents, record);
}

const CbSimSystem cb_sim_servicenow = {
  .create = create,
  .destroy = destroy,
  .answer = answer,
  .answer_error = answer_error,
  .dump = dump,
  .edit = edit,
  .remove = remove_incident,
};
