/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "resilient.h"

typedef struct {
  const char *field;
  gint64      value;
  const char *label;
  gboolean    disabled;
  gboolean    hidden;
} Choice;

/* How a value of an input type is read, and the member that holds it in a PATCH. */
typedef struct {
  const char *input_type;
  const char *member;
  char     *(*read) (const CbResilientField *field, JsonNode *node, JsonNode **value);
} InputType;

static const CbResilientField fields[] = {
  { "name", "Name", "text", FALSE, FALSE, TRUE, FALSE },
  { "description", "Description", "textarea", FALSE, FALSE, FALSE, FALSE },
  { "discovered_date", "Date Discovered", "datetimepicker", FALSE, FALSE, TRUE, FALSE },
  { "incident_type_ids", "Incident Type", "multiselect", FALSE, FALSE, FALSE, FALSE },
  { "severity_code", "Severity", "select", FALSE, FALSE, FALSE, FALSE },
  { "reporter", "Reporting Individual", "text", FALSE, FALSE, FALSE, FALSE },
  { "plan_status", "Status", "text", FALSE, TRUE, FALSE, FALSE },
  { "create_date", "Date Created", "datetimepicker", FALSE, TRUE, FALSE, FALSE },
  { "inc_last_modified_date", "Last Modified", "datetimepicker", FALSE, TRUE, FALSE, FALSE },
  { "casebridge_reference", "Casebridge reference", "text", TRUE, FALSE, FALSE, FALSE },
  { "soc_ticket", "SOC ticket", "text", TRUE, FALSE, FALSE, TRUE },
  { "soc_summary", "SOC summary", "textarea", TRUE, FALSE, FALSE, TRUE },
  { "soc_hosts", "Affected hosts", "number", TRUE, FALSE, FALSE, TRUE },
  { "soc_confirmed", "Confirmed", "boolean", TRUE, FALSE, FALSE, TRUE },
  { "soc_region", "Region", "select", TRUE, FALSE, FALSE, TRUE },
  { "soc_teams", "Teams", "multiselect", TRUE, FALSE, FALSE, TRUE },
  { "soc_detected", "Detected on", "datepicker", TRUE, FALSE, FALSE, TRUE },
};

static const Choice choices[] = {
  { "incident_type_ids", 1001, "Malware", FALSE, FALSE },
  { "incident_type_ids", 1002, "Phishing", FALSE, FALSE },
  { "incident_type_ids", 1003, "Denial of service", FALSE, FALSE },
  { "incident_type_ids", 1004, "Lost device (old)", TRUE, FALSE },
  { "incident_type_ids", 1005, "Internal test", FALSE, TRUE },
  { "incident_type_ids", 1017, "System intrusion", FALSE, FALSE },
  { "severity_code", 4, "Low", FALSE, FALSE },
  { "severity_code", 5, "Medium", FALSE, FALSE },
  { "severity_code", 6, "High", FALSE, FALSE },
  { "severity_code", 50, "Critical", FALSE, FALSE },
  { "severity_code", 51, "Unrated (old)", TRUE, FALSE },
  { "severity_code", 52, "Drill", FALSE, TRUE },
  { "soc_region", 7001, "EMEA", FALSE, FALSE },
  { "soc_region", 7002, "Americas", FALSE, FALSE },
  { "soc_teams", 7101, "Tier 1", FALSE, FALSE },
  { "soc_teams", 7102, "Tier 2", FALSE, FALSE },
};

/* Auxiliary methods */

static gboolean
is_usable_choice (const CbResilientField *field,
                  gint64                  value)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (choices[i].field, field->name) && choices[i].value == value)
      return !choices[i].disabled && !choices[i].hidden;
  return FALSE;
}

static char *
wrong_type (const CbResilientField *field)
{
  return g_strdup_printf ("The value of field %s is not valid for its type %s.", field->name,
                          field->input_type);
}

static char *
read_text (const CbResilientField *field,
           JsonNode               *node,
           JsonNode              **value)
{
  const char *text = cb_sim_json_node_string (node);

  if (text == NULL)
    return wrong_type (field);
  if (strpbrk (text, "\r\n") != NULL)
    return g_strdup_printf ("The value of field %s must be a single line.", field->name);
  *value = cb_sim_json_pack ("s", text);
  return NULL;
}

/* A text object, or a bare string as older servers take it. */
static char *
read_textarea (const CbResilientField *field,
               JsonNode               *node,
               JsonNode              **value)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *format = object != NULL ? cb_sim_json_string (object, "format") : "html";
  const char *content =
    object != NULL ? cb_sim_json_string (object, "content") : cb_sim_json_node_string (node);
  g_autofree char *cleaned = NULL;

  if (content == NULL || format == NULL
      || (!g_str_equal (format, "html") && !g_str_equal (format, "text")))
    return wrong_type (field);
  cleaned = cb_resilient_clean_text (format, content);
  *value = cb_sim_json_pack ("{format:s,content:s}", "html", cleaned);
  return NULL;
}

static char *
read_choice (const CbResilientField *field,
             JsonNode               *node,
             JsonNode              **value)
{
  gint64 id;

  if (!cb_sim_json_node_integer (node, &id))
    return wrong_type (field);
  if (!is_usable_choice (field, id))
    return g_strdup_printf ("%" G_GINT64_FORMAT " is not a valid value of field %s.", id,
                            field->name);
  *value = cb_sim_json_pack ("I", id);
  return NULL;
}

static char *
read_choices (const CbResilientField *field,
              JsonNode               *node,
              JsonNode              **value)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr(JsonArray) list = json_array_new ();

  if (array == NULL)
    return wrong_type (field);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = NULL;
      char *problem = read_choice (field, json_array_get_element (array, i), &item);

      if (problem != NULL)
        return problem;
      json_array_add_element (list, item);
    }
  *value = cb_sim_json_of_array (g_steal_pointer (&list));
  return NULL;
}

static char *
read_date (const CbResilientField *field,
           JsonNode               *node,
           JsonNode              **value)
{
  gint64 time;

  if (!cb_sim_json_node_integer (node, &time))
    return wrong_type (field);
  *value = cb_sim_json_pack ("I", time);
  return NULL;
}

static char *
read_boolean (const CbResilientField *field,
              JsonNode               *node,
              JsonNode              **value)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return wrong_type (field);
  *value = json_node_copy (node);
  return NULL;
}

static char *
read_number (const CbResilientField *field,
             JsonNode               *node,
             JsonNode              **value)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return wrong_type (field);
  *value = json_node_copy (node);
  return NULL;
}

static const InputType input_types[] = {
  { "text", "text", read_text },
  { "textarea", "textarea", read_textarea },
  { "select", "id", read_choice },
  { "multiselect", "ids", read_choices },
  { "datepicker", "date", read_date },
  { "datetimepicker", "date", read_date },
  { "boolean", "boolean", read_boolean },
  { "number", "object", read_number },
};

static const InputType *
find_input_type (const CbResilientField *field)
{
  for (gsize i = 0; i < G_N_ELEMENTS (input_types); i++)
    if (g_str_equal (input_types[i].input_type, field->input_type))
      return &input_types[i];
  g_assert_not_reached ();
}

static char *
read_value (const CbResilientField *field,
            JsonNode               *node,
            JsonNode              **value)
{
  if (!JSON_NODE_HOLDS_NULL (node))
    return find_input_type (field)->read (field, node, value);
  *value = json_node_new (JSON_NODE_NULL);
  return NULL;
}

/* `{"id":6}` → 6 */
static JsonNode *
unwrap_id (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  return object != NULL && json_object_has_member (object, "id")
         ? json_object_dup_member (object, "id")
         : NULL;
}

static JsonNode *
unwrap_ids (JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr(JsonArray) list = json_array_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *id = unwrap_id (json_array_get_element (array, i));

      if (id == NULL)
        return NULL;
      json_array_add_element (list, id);
    }
  return array != NULL ? cb_sim_json_of_array (g_steal_pointer (&list)) : NULL;
}

static JsonNode *
show_choice (const Choice *choice)
{
  g_autofree char *uuid = g_compute_checksum_for_string (G_CHECKSUM_MD5, choice->label, -1);

  return cb_sim_json_pack ("{value:I,label:s,enabled:b,hidden:b,default:b,uuid:s,properties:n}",
                           choice->value, choice->label, !choice->disabled, choice->hidden, FALSE,
                           uuid);
}

static gboolean
holds_ids (JsonArray *a,
           JsonArray *b)
{
  for (guint i = 0; i < json_array_get_length (a); i++)
    {
      gboolean found = FALSE;

      for (guint j = 0; j < json_array_get_length (b); j++)
        found |= json_array_get_int_element (a, i) == json_array_get_int_element (b, j);
      if (!found)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_nothing (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node)
      || g_strcmp0 (cb_sim_json_node_string (node), "") == 0)
    return TRUE;
  return JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) == 0;
}

/* Public API */

gsize
cb_resilient_n_fields (void)
{
  return G_N_ELEMENTS (fields);
}

const CbResilientField *
cb_resilient_nth_field (gsize n)
{
  return &fields[n];
}

const CbResilientField *
cb_resilient_find_field (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_strcmp0 (fields[i].name, name) == 0)
      return &fields[i];
  return NULL;
}

gboolean
cb_resilient_is_required (CbResilient            *self,
                          const CbResilientField *field)
{
  return field->required
      || (field->requirable
          && g_str_equal (field->input_type, cb_sim_options_get (self->options, "required-field")));
}

/**
 * cb_resilient_show_field:
 * @self: the server
 * @field: a field
 *
 * Returns: (transfer full): its metadata as `types/incident/fields` shows it
 */
JsonNode *
cb_resilient_show_field (CbResilient            *self,
                         const CbResilientField *field)
{
  g_autofree char *uuid = g_compute_checksum_for_string (G_CHECKSUM_MD5, field->name, -1);
  JsonArray *values = json_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (choices[i].field, field->name))
      json_array_add_element (values, show_choice (&choices[i]));
  return cb_sim_json_pack (
    "{id:i,name:s,text:s,prefix:s,input_type:s,required:S,read_only:b,values:A,internal:b,"
    "tooltip:s,"
    "rich_text:b,uuid:s,type_id:i}",
    (int) (field - fields) + 101, field->name, field->label, field->custom ? "properties" : NULL,
    field->input_type, cb_resilient_is_required (self, field) ? "always" : NULL, field->read_only,
    values, FALSE, "", g_str_equal (field->input_type, "textarea"), uuid, 0);
}

const char *
cb_resilient_value_label (const CbResilientField *field,
                          gint64                  value)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (choices[i].field, field->name) && choices[i].value == value)
      return choices[i].label;
  return NULL;
}

/**
 * cb_resilient_read_plain:
 * @field: a field
 * @node: its value in the body of a create: ids are wrapped in objects
 * @value: (out) (transfer full): the value to store
 *
 * Returns: (transfer full) (nullable): what is wrong
 */
char *
cb_resilient_read_plain (const CbResilientField *field,
                         JsonNode               *node,
                         JsonNode              **value)
{
  gboolean select = g_str_equal (field->input_type, "select");
  g_autoptr(JsonNode) unwrapped = NULL;

  if (!select && !g_str_equal (field->input_type, "multiselect"))
    return read_value (field, node, value);
  if (JSON_NODE_HOLDS_NULL (node))
    return read_value (field, node, value);
  unwrapped = select ? unwrap_id (node) : unwrap_ids (node);
  if (unwrapped == NULL && field->custom)
    return read_value (field, node, value);
  return unwrapped != NULL ? read_value (field, unwrapped, value) : wrong_type (field);
}

/**
 * cb_resilient_read_typed:
 * @field: a field
 * @node: (nullable): an old_value or new_value of a PATCH
 * @value: (out) (transfer full): the value in it
 *
 * The one member must be that of the field's input type, or "object", which IBM's own client uses
 * for all types.
 *
 * Returns: (transfer full) (nullable): what is wrong
 */
char *
cb_resilient_read_typed (const CbResilientField *field,
                         JsonNode               *node,
                         JsonNode              **value)
{
  JsonObject *object =
    node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *member = find_input_type (field)->member;

  if (object == NULL || json_object_get_size (object) != 1)
    return wrong_type (field);
  if (!json_object_has_member (object, member))
    member = "object";
  if (!json_object_has_member (object, member))
    return wrong_type (field);
  return read_value (field, json_object_get_member (object, member), value);
}

/**
 * cb_resilient_is_same:
 * @a: (nullable): a value
 * @b: (nullable): another of the same field
 *
 * Returns: whether they are equal; ids in any order
 */
gboolean
cb_resilient_is_same (JsonNode *a,
                      JsonNode *b)
{
  if (is_nothing (a) || is_nothing (b))
    return is_nothing (a) && is_nothing (b);
  if (JSON_NODE_HOLDS_ARRAY (a) && JSON_NODE_HOLDS_ARRAY (b))
    return holds_ids (json_node_get_array (a), json_node_get_array (b))
           && holds_ids (json_node_get_array (b), json_node_get_array (a));
  return json_node_equal (a, b);
}
