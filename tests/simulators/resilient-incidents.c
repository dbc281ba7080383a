/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "resilient.h"

#define DEFAULT_PAGE 100
#define MAX_PAGE 1000

static const char *const output_formats[] = {
  "always_text",          "objects_convert",    "objects_convert_html",
  "objects_convert_text", "objects_no_convert", NULL,
};

/* Auxiliary methods */

static gboolean
wants_names (CbSimExchange *exchange)
{
  const char *wanted = cb_sim_exchange_param (exchange, "handle_format");

  if (wanted == NULL)
    wanted = cb_sim_exchange_header (exchange, "handle_format");
  return g_strcmp0 (wanted, "names") == 0;
}

static JsonNode *
show_handle (const CbResilientField *field,
             JsonNode               *value)
{
  JsonArray *names;

  if (JSON_NODE_HOLDS_VALUE (value))
    return cb_sim_json_pack ("s", cb_resilient_value_label (field, json_node_get_int (value)));
  if (!JSON_NODE_HOLDS_ARRAY (value))
    return json_node_copy (value);
  names = json_array_new ();
  for (guint i = 0; i < json_array_get_length (json_node_get_array (value)); i++)
    {
      gint64 id = json_array_get_int_element (json_node_get_array (value), i);

      json_array_add_string_element (names, cb_resilient_value_label (field, id));
    }
  return cb_sim_json_of_array (names);
}

static JsonNode *
show_value (const CbResilientField *field,
            JsonNode               *value,
            CbSimExchange          *exchange)
{
  gboolean select = g_str_has_suffix (field->input_type, "select");

  if (g_str_equal (field->input_type, "textarea"))
    return cb_resilient_show_text (value, exchange);
  return select && wants_names (exchange) ? show_handle (field, value) : json_node_copy (value);
}

static JsonNode *
empty_value (const CbResilientField *field)
{
  return g_str_equal (field->input_type, "multiselect") ? cb_sim_json_pack ("[]")
                                                        : json_node_new (JSON_NODE_NULL);
}

static void
set_missing_values (CbResilientIncident *incident)
{
  for (gsize i = 0; i < cb_resilient_n_fields (); i++)
    {
      const CbResilientField *field = cb_resilient_nth_field (i);

      if (!json_object_has_member (incident->values, field->name))
        json_object_set_member (incident->values, field->name, empty_value (field));
    }
}

static CbResilientIncident *
incident_new (void)
{
  CbResilientIncident *incident = g_new0 (CbResilientIncident, 1);

  incident->values = json_object_new ();
  incident->comments = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  incident->vers = 1;
  return incident;
}

static char *
read_member (CbResilientIncident *incident,
             const char          *name,
             JsonNode            *node,
             gboolean             custom)
{
  const CbResilientField *field = cb_resilient_find_field (name);
  JsonNode *value = NULL;
  char *problem;

  if (field == NULL || field->custom != custom)
    return g_strdup_printf ("Unknown field %s.", name);
  if (field->read_only)
    return g_strdup_printf ("Field %s is read only.", name);
  problem = cb_resilient_read_plain (field, node, &value);
  if (problem == NULL)
    json_object_set_member (incident->values, name, value);
  return problem;
}

static char *
read_properties (CbResilientIncident *incident,
                 JsonNode            *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr(GList) names = object != NULL ? json_object_get_members (object) : NULL;
  char *problem = object == NULL ? g_strdup ("properties must be an object.") : NULL;

  for (GList *l = names; l != NULL && problem == NULL; l = l->next)
    problem = read_member (incident, l->data, json_object_get_member (object, l->data), TRUE);
  return problem;
}

static char *
read_members (CbResilientIncident *incident,
              JsonObject          *body)
{
  g_autoptr(GList) names = json_object_get_members (body);
  char *problem = NULL;

  for (GList *l = names; l != NULL && problem == NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (body, l->data);

      problem = g_str_equal (l->data, "properties") ? read_properties (incident, node)
                                                    : read_member (incident, l->data, node, FALSE);
    }
  return problem;
}

static gboolean
is_blank (JsonNode *node)
{
  const char *text = node != NULL ? cb_sim_json_node_string (node) : NULL;
  g_autofree char *stripped = text != NULL ? g_strstrip (g_strdup (text)) : NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  return g_strcmp0 (stripped, "") == 0
      || (JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) == 0);
}

static char *
find_missing (CbResilient         *self,
              CbResilientIncident *incident)
{
  for (gsize i = 0; i < cb_resilient_n_fields (); i++)
    {
      const CbResilientField *field = cb_resilient_nth_field (i);

      if (cb_resilient_is_required (self, field)
          && is_blank (json_object_get_member (incident->values, field->name)))
        return g_strdup_printf ("A required field is missing: %s (%s).", field->label, field->name);
    }
  return NULL;
}

static void
add_incident (CbResilient         *self,
              CbResilientIncident *incident,
              const char          *org)
{
  gint64 now = cb_resilient_now (self);

  incident->id = self->next_incident++;
  incident->org = g_ascii_strtoll (org, NULL, 10);
  set_missing_values (incident);
  json_object_set_string_member (incident->values, "plan_status", "A");
  json_object_set_int_member (incident->values, "create_date", now);
  json_object_set_int_member (incident->values, "inc_last_modified_date", now);
  g_ptr_array_add (self->incidents, incident);
}

static JsonNode *
find_value (CbResilientIncident *incident,
            const char          *name)
{
  gboolean custom = g_str_has_prefix (name, "properties.");
  const CbResilientField *field =
    cb_resilient_find_field (custom ? name + strlen ("properties.") : name);

  if (field == NULL || field->custom != custom)
    return NULL;
  return json_object_get_member (incident->values, field->name);
}

static gboolean
is_known_name (const char *name)
{
  const char *bare =
    name != NULL && g_str_has_prefix (name, "properties.") ? name + strlen ("properties.") : name;
  const CbResilientField *field = cb_resilient_find_field (bare);

  return field != NULL && field->custom == (bare != name);
}

static const char *
check_condition (JsonNode *node)
{
  JsonObject *condition = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (condition == NULL || !json_object_has_member (condition, "value"))
    return "A condition must have field_name, method and value.";
  if (!is_known_name (cb_sim_json_string (condition, "field_name")))
    return "A condition names an unknown field.";
  if (g_strcmp0 (cb_sim_json_string (condition, "method"), "equals") != 0)
    return "A condition has an unknown method.";
  return NULL;
}

static const char *
check_filters (JsonObject *body)
{
  JsonArray *filters = cb_sim_json_array (body, "filters");

  if (filters == NULL)
    return "filters must be an array.";
  for (guint i = 0; i < json_array_get_length (filters); i++)
    {
      JsonNode *element = json_array_get_element (filters, i);
      JsonObject *filter = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
      JsonArray *conditions = cb_sim_json_array (filter, "conditions");

      if (conditions == NULL)
        return "conditions must be an array.";
      for (guint j = 0; j < json_array_get_length (conditions); j++)
        {
          const char *problem = check_condition (json_array_get_element (conditions, j));

          if (problem != NULL)
            return problem;
        }
    }
  return NULL;
}

static gboolean
filter_holds (JsonObject          *filter,
              CbResilientIncident *incident)
{
  JsonArray *conditions = cb_sim_json_array (filter, "conditions");

  for (guint i = 0; i < json_array_get_length (conditions); i++)
    {
      JsonObject *condition = json_array_get_object_element (conditions, i);
      JsonNode *value = find_value (incident, cb_sim_json_string (condition, "field_name"));

      if (!cb_resilient_is_same (value, json_object_get_member (condition, "value")))
        return FALSE;
    }
  return TRUE;
}

/* Within a filter all conditions, of the filters any. */
static gboolean
filters_hold (JsonArray           *filters,
              CbResilientIncident *incident)
{
  for (guint i = 0; i < json_array_get_length (filters); i++)
    if (filter_holds (json_array_get_object_element (filters, i), incident))
      return TRUE;
  return json_array_get_length (filters) == 0;
}

static GPtrArray *
find_matches (CbResilient *self,
              JsonArray   *filters,
              const char  *org)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < self->incidents->len; i++)
    {
      CbResilientIncident *incident = g_ptr_array_index (self->incidents, i);

      if (incident->org == g_ascii_strtoll (org, NULL, 10) && filters_hold (filters, incident))
        g_ptr_array_add (found, incident);
    }
  return found;
}

static void
answer_matches (CbResilient   *self,
                JsonObject    *body,
                CbSimExchange *exchange)
{
  g_autoptr (GPtrArray) found =
    find_matches (self, cb_sim_json_array (body, "filters"), exchange->captures[0]);
  guint start = MAX (0, cb_sim_json_integer (body, "start", 0));
  guint count = CLAMP (cb_sim_json_integer (body, "length", DEFAULT_PAGE), 0, MAX_PAGE);
  JsonArray *data = json_array_new ();

  for (guint i = start; i < found->len && i - start < count; i++)
    json_array_add_element (data, cb_resilient_show (g_ptr_array_index (found, i), exchange));
  cb_sim_exchange_answer (exchange, 200,
                          cb_sim_json_pack ("{data:A,recordsTotal:i,recordsFiltered:i}", data,
                                            (int) found->len, (int) found->len));
}

/* Public API */

/* Never twice the same, so that a change always shows in the date. */
gint64
cb_resilient_now (CbResilient *self)
{
  self->last_time = MAX (self->last_time + 1, g_get_real_time () / 1000);
  return self->last_time;
}

void
cb_resilient_incident_free (CbResilientIncident *incident)
{
  json_object_unref (incident->values);
  g_ptr_array_unref (incident->comments);
  g_free (incident);
}

CbResilientIncident *
cb_resilient_find (CbResilient *self,
                   const char  *id)
{
  for (guint i = 0; i < self->incidents->len; i++)
    {
      CbResilientIncident *incident = g_ptr_array_index (self->incidents, i);
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, incident->id);

      if (g_strcmp0 (text, id) == 0)
        return incident;
    }
  return NULL;
}

/**
 * cb_resilient_read:
 * @self: the server
 * @exchange: a request whose captures are organisation and incident
 *
 * Returns: (nullable): the incident; where there is none the answer says so
 */
CbResilientIncident *
cb_resilient_read (CbResilient   *self,
                   CbSimExchange *exchange)
{
  CbResilientIncident *incident = cb_resilient_find (self, exchange->captures[1]);
  g_autofree char *message =
    g_strdup_printf ("Unable to find Incident with ID %s", exchange->captures[1]);

  if (incident != NULL && incident->org == g_ascii_strtoll (exchange->captures[0], NULL, 10))
    return incident;
  cb_resilient_refuse (exchange, 404, message);
  return NULL;
}

void
cb_resilient_touch (CbResilient         *self,
                    CbResilientIncident *incident)
{
  incident->vers++;
  json_object_set_int_member (incident->values, "inc_last_modified_date", cb_resilient_now (self));
}

gboolean
cb_resilient_may (CbResilient   *self,
                  const char    *option,
                  CbSimExchange *exchange)
{
  if (!cb_sim_options_get_boolean (self->options, option)
      && !cb_sim_options_get_boolean (self->options, "read-only"))
    return TRUE;
  cb_resilient_refuse (exchange, 403, "The API key does not have the permission to do this.");
  return FALSE;
}

gboolean
cb_resilient_check_output (CbSimExchange *exchange)
{
  const char *format = cb_sim_exchange_param (exchange, "text_content_output_format");

  if (format == NULL || g_strv_contains (output_formats, format))
    return TRUE;
  cb_resilient_refuse (exchange, 400, "Unknown text_content_output_format.");
  return FALSE;
}

/**
 * cb_resilient_show_text:
 * @value: a text object or null
 * @exchange: whose parameter text_content_output_format decides
 *
 * Returns: (transfer full): the text object, or just its content where objects were not asked for
 */
JsonNode *
cb_resilient_show_text (JsonNode      *value,
                        CbSimExchange *exchange)
{
  const char *format = cb_sim_exchange_param (exchange, "text_content_output_format");

  if (!JSON_NODE_HOLDS_OBJECT (value) || (format != NULL && !g_str_equal (format, "always_text")))
    return json_node_copy (value);
  return cb_sim_json_pack ("s", cb_sim_json_string (json_node_get_object (value), "content"));
}

/**
 * cb_resilient_show:
 * @incident: an incident
 * @exchange: the request
 *
 * Returns: (transfer full): the full incident
 */
JsonNode *
cb_resilient_show (CbResilientIncident *incident,
                   CbSimExchange       *exchange)
{
  JsonObject *shown = cb_sim_json_pack_object (
    "{id:I,org_id:I,vers:I,phase_id:i,creator_id:i,perms:{read:b,write:b,comment:b}}", incident->id,
    incident->org, incident->vers, 1000, 3, TRUE, TRUE, TRUE);
  JsonObject *properties = json_object_new ();

  for (gsize i = 0; i < cb_resilient_n_fields (); i++)
    {
      const CbResilientField *field = cb_resilient_nth_field (i);
      JsonNode *value = json_object_get_member (incident->values, field->name);

      json_object_set_member (field->custom ? properties : shown, field->name,
                              show_value (field, value, exchange));
    }
  json_object_set_object_member (shown, "properties", properties);
  return cb_sim_json_of_object (shown);
}

JsonNode *
cb_resilient_dump (CbResilientIncident *incident)
{
  JsonArray *comments = json_array_new ();

  for (guint i = 0; i < incident->comments->len; i++)
    json_array_add_object_element (
      comments, cb_sim_json_copy_object (g_ptr_array_index (incident->comments, i)));
  return cb_sim_json_pack ("{id:I,org_id:I,vers:I,fields:O,comments:A}", incident->id,
                           incident->org, incident->vers,
                           cb_sim_json_copy_object (incident->values), comments);
}

/**
 * cb_resilient_edit:
 * @self: the server
 * @incident: an incident
 * @fields: values as in a create, custom ones beside the others, plus "comment" (a text)
 *
 * Changes an incident as if someone else had done it; read-only fields too.
 *
 * Returns: whether all fields were right
 */
gboolean
cb_resilient_edit (CbResilient         *self,
                   CbResilientIncident *incident,
                   JsonObject          *fields)
{
  g_autoptr(GList) names = json_object_get_members (fields);

  for (GList *l = names; l != NULL; l = l->next)
    {
      const CbResilientField *field = cb_resilient_find_field (l->data);
      JsonNode *value = NULL;
      g_autofree char *problem = NULL;

      if (g_str_equal (l->data, "comment"))
        continue;
      problem = field != NULL
                ? cb_resilient_read_plain (field, json_object_get_member (fields, l->data), &value)
                : g_strdup ("unknown");
      if (problem != NULL)
        return FALSE;
      json_object_set_member (incident->values, l->data, value);
    }
  if (cb_sim_json_string (fields, "comment") != NULL)
    cb_resilient_add_comment (self, incident, "text", cb_sim_json_string (fields, "comment"),
                              "Someone");
  cb_resilient_touch (self, incident);
  return TRUE;
}

/* Callbacks */

void
cb_resilient_create_cb (gpointer       system,
                        CbSimExchange *exchange)
{
  CbResilient *self = system;
  g_autoptr(JsonObject) body = cb_sim_exchange_parse_object (exchange);
  g_autoptr(CbResilientIncident) incident = incident_new ();
  g_autofree char *problem = NULL;

  if (!cb_resilient_may (self, "forbid-create", exchange) || !cb_resilient_check_output (exchange))
    return;
  problem = body != NULL ? read_members (incident, body)
                         : g_strdup ("Unable to process the JSON of the request.");
  if (problem == NULL)
    problem = find_missing (self, incident);
  if (problem != NULL)
    {
      cb_resilient_refuse (exchange, 400, problem);
      return;
    }
  add_incident (self, incident, exchange->captures[0]);
  cb_sim_exchange_answer (exchange, 200, cb_resilient_show (g_steal_pointer (&incident), exchange));
}

void
cb_resilient_get_cb (gpointer       system,
                     CbSimExchange *exchange)
{
  CbResilientIncident *incident = cb_resilient_read (system, exchange);

  if (incident != NULL && cb_resilient_check_output (exchange))
    cb_sim_exchange_answer (exchange, 200, cb_resilient_show (incident, exchange));
}

void
cb_resilient_query_cb (gpointer       system,
                       CbSimExchange *exchange)
{
  g_autoptr(JsonObject) body = cb_sim_exchange_parse_object (exchange);
  const char *problem =
    body != NULL ? check_filters (body) : "Unable to process the JSON of the request.";

  if (problem != NULL)
    cb_resilient_refuse (exchange, 400, problem);
  else if (cb_resilient_check_output (exchange))
    answer_matches (system, body, exchange);
}
