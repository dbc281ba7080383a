/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "connectors/cb-connector-private.h"
#include "connectors/cb-resilient-connector.h"
#include "remote/cb-transport.h"
#include "remote/cb-url.h"

/* IBM Resilient (IBM SOAR) by its REST API with an API key.
 * [src: ibmresilient/resilient-python-api, Kibana's resilient connector] */
#define FORMAT "text_content_output_format=objects_convert"
#define PAGE 50

struct _CbResilientConnector
{
  CbConnector parent_instance;
};

/* One operation: what it was asked, and what it has so far. */
typedef struct
{
  char *name;              /* (owned): a field, or an incident's id */
  char *reference;         /* (owned) (nullable) */
  char *title;             /* (owned) (nullable) */
  char *reference_field;   /* (owned) (nullable): a custom field */
  JsonObject *values;      /* (owned) (nullable) */
  JsonObject *old_values;  /* (owned) (nullable) */
  gboolean with_comments;
  guint start;             /* of the next page */
  GPtrArray *candidates;   /* (owned) (nullable) (element-type utf8): ids still to be read */
  GPtrArray *found;        /* (owned) (nullable) (element-type CbIncident) */
  CbIncident *incident;    /* (owned) (nullable) */
  char *version;           /* (owned) (nullable) */
} Operation;

static const CbSettingInfo settings[] = {
  { "orgId", N_("Organization ID"), NULL, CB_KIND_NUMBER, TRUE, FALSE, .offered = TRUE },
  { "apiKeyId", N_("API key ID"), NULL, CB_KIND_TEXT, TRUE, FALSE },
  { "apiKeySecret", N_("API key secret"), NULL, CB_KIND_TEXT, TRUE, TRUE },
  { "referenceField", N_("Reference field"),
    N_("A custom text field for the case's reference; without one it is the last line of the "
       "description"), CB_KIND_TEXT, FALSE, FALSE, .offered = TRUE },
  { "caFile", N_("Certificate authority"), N_("A PEM file, trusted for this connector only"),
    CB_KIND_FILE, FALSE, FALSE },
};

static const CbCaseFieldInfo case_fields[] = {
  { "incidentTypes", N_("Incident types"), "incident_type_ids", CB_KIND_MULTI_CHOICE,
    .is_number = TRUE },
  { "severityCode", N_("Severity"), "severity_code", CB_KIND_CHOICE, .is_number = TRUE },
};

static const CbMapping mappings[] = {
  { "title", "name", CB_MAPPING_OVERWRITE, cb_text_join_lines },
  { "description", "description", CB_MAPPING_OVERWRITE },
  { "comments", "comments", CB_MAPPING_APPEND },
};

static const char *const incident_marks[] = { "#incidents/", "/incidents/", NULL };

static const char *const page_paths[] = { "rest", "login", "app", NULL };

/* The fields that every instance has, for the case that the metadata leave one out. */
static const struct { const char *field, *input_type; } standard_types[] = {
  { "name", "text" },
  { "description", "textarea" },
  { "incident_type_ids", "multiselect" },
  { "severity_code", "select" },
};

G_DEFINE_FINAL_TYPE (CbResilientConnector, cb_resilient_connector, CB_TYPE_CONNECTOR)

static void query_page          (GTask *task);
static void read_next_candidate (GTask *task);

/* Auxiliary methods */

static void
operation_free (Operation *operation)
{
  g_free (operation->name);
  g_free (operation->reference);
  g_free (operation->title);
  g_free (operation->reference_field);
  g_free (operation->version);
  g_clear_pointer (&operation->values, json_object_unref);
  g_clear_pointer (&operation->old_values, json_object_unref);
  g_clear_pointer (&operation->candidates, g_ptr_array_unref);
  g_clear_pointer (&operation->found, g_ptr_array_unref);
  g_clear_pointer (&operation->incident, cb_incident_free);
  g_free (operation);
}

static Operation *
start_operation (GTask      *task,
                 const char *name)
{
  Operation *operation = g_new0 (Operation, 1);

  operation->name = g_strdup (name);
  g_task_set_task_data (task, operation, (GDestroyNotify) operation_free);
  return operation;
}

static const char *
organisation (GTask *task)
{
  return cb_connector_get_setting (g_task_get_source_object (task), "orgId");
}

static JsonObject *
find_field (JsonArray  *fields,
            const char *name)
{
  for (guint i = 0; fields != NULL && i < json_array_get_length (fields); i++)
    {
      JsonObject *field = cb_json_element_object (fields, i);

      if (g_strcmp0 (cb_json_string (field, "name"), name) == 0)
        return field;
    }
  return NULL;
}

static const char *
input_type (JsonArray  *fields,
            const char *name)
{
  const char *type = cb_json_string (find_field (fields, name), "input_type");

  for (guint i = 0; type == NULL && i < G_N_ELEMENTS (standard_types); i++)
    if (g_str_equal (standard_types[i].field, name))
      type = standard_types[i].input_type;
  return type != NULL ? type : "";
}

static JsonNode *
html_node (const char *html)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "format", "html");
  json_object_set_string_member (object, "content", html);
  return cb_json_node_new_object (object);
}

static const char *
rich_text (JsonNode *node)
{
  JsonObject *object = cb_json_node_object (node);

  return object != NULL ? cb_json_string (object, "content") : cb_json_node_string (node);
}

/* The description is HTML. What a person wrote into another field is plain text, unless it is such an
 * object itself. */
static JsonNode *
text_node (const char *name,
           JsonNode   *value)
{
  const char *text = cb_json_node_string (value);
  g_autoptr(JsonNode) parsed = NULL;
  JsonObject *object;

  if (text == NULL)
    return cb_json_node_object (value) != NULL ? json_node_copy (value) : html_node ("");
  if (g_str_equal (name, "description"))
    return html_node (text);
  parsed = cb_json_parse (text, -1, NULL);
  if (cb_json_string (cb_json_node_object (parsed), "content") != NULL)
    return g_steal_pointer (&parsed);
  object = json_object_new ();
  json_object_set_string_member (object, "format", "text");
  json_object_set_string_member (object, "content", text);
  return cb_json_node_new_object (object);
}

static JsonNode *
wrapped_id_node (JsonNode *id)
{
  JsonObject *object = json_object_new ();

  json_object_set_member (object, "id", json_node_copy (id));
  return cb_json_node_new_object (object);
}

/* On create ids are wrapped in objects. [src: Kibana's resilient.ts] */
static JsonNode *
create_node (const char *name,
             const char *type,
             JsonNode   *value)
{
  JsonArray *ids = cb_json_node_array (value);
  JsonArray *wrapped;

  if (g_str_equal (type, "textarea"))
    return text_node (name, value);
  if (g_str_equal (name, "severity_code") && JSON_NODE_HOLDS_VALUE (value))
    return wrapped_id_node (value);
  if (!g_str_equal (name, "incident_type_ids") || ids == NULL)
    return json_node_copy (value);
  wrapped = json_array_new ();
  for (guint i = 0; i < json_array_get_length (ids); i++)
    json_array_add_element (wrapped, wrapped_id_node (json_array_get_element (ids, i)));
  return cb_json_node_new_array (wrapped);
}

static JsonNode *
build_create (JsonObject *values,
              JsonArray  *fields)
{
  JsonObject *body = json_object_new ();
  JsonObject *properties = json_object_new ();
  g_autoptr(GList) members = json_object_get_members (values);

  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *node = create_node (l->data, input_type (fields, l->data),
                                    json_object_get_member (values, l->data));
      const char *prefix = cb_json_string (find_field (fields, l->data), "prefix");

      json_object_set_member (g_strcmp0 (prefix, "properties") == 0 ? properties : body, l->data, node);
    }
  json_object_set_int_member (body, "discovered_date", g_get_real_time () / 1000);
  if (json_object_get_size (properties) > 0)
    json_object_set_object_member (body, "properties", properties);
  else
    json_object_unref (properties);
  return cb_json_node_new_object (body);
}

static JsonNode *
ids_node (JsonNode *value)
{
  JsonNode *node;

  if (cb_json_node_array (value) != NULL)
    return json_node_copy (value);
  node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, json_array_new ());
  return node;
}

static const char *
value_member (const char *type)
{
  static const struct { const char *type, *member; } members[] = {
    { "text", "text" }, { "textarea", "textarea" }, { "select", "id" }, { "multiselect", "ids" },
    { "datepicker", "date" }, { "datetimepicker", "date" }, { "boolean", "boolean" },
    { "number", "object" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (g_str_equal (members[i].type, type))
      return members[i].member;
  return NULL;
}

/* A PATCH types its values by the field's input_type. [src: Kibana's resilient/utils.ts] */
static JsonNode *
typed_node (const char *name,
            const char *type,
            JsonNode   *value)
{
  const char *member = value_member (type);
  JsonObject *object = json_object_new ();
  JsonNode *node;

  if (member == NULL)
    return cb_json_node_new_object (object);
  if (g_str_equal (member, "ids"))
    node = ids_node (value);
  else if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    node = json_node_new (JSON_NODE_NULL);
  else if (g_str_equal (member, "textarea"))
    node = text_node (name, value);
  else
    node = json_node_copy (value);
  json_object_set_member (object, member, node);
  return cb_json_node_new_object (object);
}

/* What is there was read as HTML, whatever it was written as. */
static JsonNode *
old_node (const char *name,
          const char *type,
          JsonNode   *value)
{
  const char *text = cb_json_node_string (value);
  JsonObject *object;

  if (text == NULL || !g_str_equal (type, "textarea"))
    return typed_node (name, type, value);
  object = json_object_new ();
  json_object_set_member (object, "textarea", html_node (text));
  return cb_json_node_new_object (object);
}

static JsonNode *
build_patch (JsonObject *values,
             JsonObject *old_values,
             JsonArray  *fields)
{
  JsonObject *body = json_object_new ();
  JsonArray *changes = json_array_new ();
  g_autoptr(GList) members = json_object_get_members (values);

  for (GList *l = members; l != NULL; l = l->next)
    {
      const char *type = input_type (fields, l->data);
      JsonObject *change = json_object_new ();
      JsonObject *field = json_object_new ();
      JsonNode *old_value = old_values != NULL ? json_object_get_member (old_values, l->data) : NULL;

      json_object_set_string_member (field, "name", l->data);
      json_object_set_object_member (change, "field", field);
      json_object_set_member (change, "old_value", old_node (l->data, type, old_value));
      json_object_set_member (change, "new_value",
                              typed_node (l->data, type, json_object_get_member (values, l->data)));
      json_array_add_object_element (changes, change);
    }
  json_object_set_array_member (body, "changes", changes);
  return cb_json_node_new_object (body);
}

static JsonNode *
build_query (Operation *operation)
{
  g_autofree char *custom = operation->reference_field != NULL
                              ? g_strconcat ("properties.", operation->reference_field, NULL) : NULL;
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "filters");
  json_builder_begin_array (builder);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "conditions");
  json_builder_begin_array (builder);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "field_name");
  json_builder_add_string_value (builder, custom != NULL ? custom : "name");
  json_builder_set_member_name (builder, "method");
  json_builder_add_string_value (builder, "equals");
  json_builder_set_member_name (builder, "value");
  json_builder_add_string_value (builder, custom != NULL ? operation->reference : operation->title);
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "start");
  json_builder_add_int_value (builder, operation->start);
  json_builder_set_member_name (builder, "length");
  json_builder_add_int_value (builder, PAGE);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static JsonNode *
simple_id (JsonNode *node)
{
  JsonObject *object = cb_json_node_object (node);
  JsonNode *id = object != NULL ? json_object_get_member (object, "id") : node;

  return id != NULL && JSON_NODE_HOLDS_VALUE (id) ? json_node_copy (id)
                                                  : json_node_new (JSON_NODE_NULL);
}

static JsonNode *
simple_ids (JsonArray *ids)
{
  JsonArray *simple = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; ids != NULL && i < json_array_get_length (ids); i++)
    json_array_add_element (simple, simple_id (json_array_get_element (ids, i)));
  json_node_take_array (node, simple);
  return node;
}

static void
copy_members (JsonObject *from,
              JsonObject *to)
{
  g_autoptr(GList) members = from != NULL ? json_object_get_members (from) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (to, l->data, json_node_copy (json_object_get_member (from, l->data)));
}

/* A custom text area comes as an object, and goes into a plan and a PATCH as its text. */
static void
copy_properties (JsonObject *from,
                 JsonObject *to)
{
  g_autoptr(GList) members = from != NULL ? json_object_get_members (from) : NULL;

  copy_members (from, to);
  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (from, l->data);
      JsonObject *object = cb_json_node_object (node);

      if (object != NULL && json_object_has_member (object, "content"))
        cb_json_set_string (to, l->data, rich_text (node));
    }
}

/* The values in the form in which a plan has them: texts as strings, ids as numbers. */
static JsonObject *
read_values (JsonObject *record)
{
  JsonObject *values = json_object_new ();

  copy_properties (cb_json_object (record, "properties"), values);
  copy_members (record, values);
  cb_json_set_string (values, "description", rich_text (json_object_get_member (record, "description")));
  json_object_set_member (values, "incident_type_ids",
                          simple_ids (cb_json_array (record, "incident_type_ids")));
  if (json_object_has_member (record, "severity_code"))
    json_object_set_member (values, "severity_code",
                            simple_id (json_object_get_member (record, "severity_code")));
  return values;
}

static CbIncident *
read_record (CbConnector *connector,
             JsonObject  *record)
{
  g_autofree char *id = cb_json_id (record, "id");
  const char *status = cb_json_string (record, "plan_status");
  g_autofree char *url = NULL;
  CbIncident *incident;

  if (id == NULL)
    return NULL;
  url = g_strdup_printf ("%s/#incidents/%s", cb_connector_get_url (connector), id);
  incident = cb_incident_new (id, id, url);
  incident->closed = g_strcmp0 (status, "C") == 0;
  incident->state = g_strdup (incident->closed ? _("closed") : _("active"));
  incident->values = read_values (record);
  return incident;
}

static gboolean
carries_reference (Operation  *operation,
                   JsonObject *values)
{
  const char *text;

  if (operation->reference_field != NULL)
    return g_strcmp0 (cb_json_string (values, operation->reference_field),
                      operation->reference) == 0;
  text = cb_json_string (values, "description");
  return text != NULL && strstr (text, operation->reference) != NULL;
}

static CbFieldKind
field_kind (const char *type)
{
  static const struct { const char *type; CbFieldKind kind; } kinds[] = {
    { "text", CB_KIND_TEXT }, { "textarea", CB_KIND_LONG_TEXT }, { "select", CB_KIND_CHOICE },
    { "multiselect", CB_KIND_MULTI_CHOICE }, { "datepicker", CB_KIND_DATE },
    { "datetimepicker", CB_KIND_TIME }, { "boolean", CB_KIND_BOOLEAN }, { "number", CB_KIND_NUMBER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].type, type) == 0)
      return kinds[i].kind;
  return CB_KIND_JSON;
}

static GPtrArray *
read_choices (JsonObject *field)
{
  JsonArray *values = cb_json_array (field, "values");
  GPtrArray *choices = cb_choices_new ();

  for (guint i = 0; values != NULL && i < json_array_get_length (values); i++)
    {
      JsonObject *value = cb_json_element_object (values, i);
      g_autofree char *id = cb_json_id (value, "value");

      if (cb_json_bool (value, "enabled", TRUE) && !cb_json_bool (value, "hidden", FALSE))
        cb_choices_add (choices, id, cb_json_string (value, "label"));
    }
  return choices;
}

static void
add_field (CbTarget   *target,
           JsonObject *field)
{
  const char *name = cb_json_string (field, "name");
  CbTargetField *added;

  /* The connector itself says when it was discovered. */
  if (name == NULL || g_str_equal (name, "discovered_date") ||
      cb_json_bool (field, "read_only", FALSE))
    return;
  added = cb_target_add (target, name, cb_json_string (field, "text"),
                         field_kind (cb_json_string (field, "input_type")));
  added->required = g_strcmp0 (cb_json_string (field, "required"), "always") == 0;
  added->as_text = added->kind == CB_KIND_TEXT || added->kind == CB_KIND_LONG_TEXT;
  added->time_format = CB_TIME_MILLISECONDS;
  if (added->kind == CB_KIND_CHOICE || added->kind == CB_KIND_MULTI_CHOICE)
    added->choices = read_choices (field);
}

static gboolean
can_hold_reference (JsonObject *field)
{
  return g_strcmp0 (cb_json_string (field, "prefix"), "properties") == 0 &&
         g_strcmp0 (cb_json_string (field, "input_type"), "text") == 0;
}

static CbTarget *
read_target (CbConnector  *connector,
             JsonArray    *fields,
             GError      **error)
{
  g_autoptr(CbTarget) target = cb_target_new ();
  const char *reference_field = cb_connector_get_setting (connector, "referenceField");

  for (guint i = 0; i < json_array_get_length (fields); i++)
    if (cb_json_element_object (fields, i) != NULL)
      add_field (target, cb_json_element_object (fields, i));
  if (reference_field != NULL && cb_target_find (target, reference_field) == NULL)
    {
      cb_set_error (error, CB_ERROR_INVALID_FIELD, "referenceField",
                    _("IBM Resilient has no field “%s”. Ask its administrator to add it as a text "
                      "field, or clear “referenceField” in the connector."), reference_field);
      return NULL;
    }
  if (reference_field != NULL && !can_hold_reference (find_field (fields, reference_field)))
    {
      cb_set_error (error, CB_ERROR_INVALID_FIELD, "referenceField",
                    _("The field “%s” of IBM Resilient cannot hold a case's reference: that takes a "
                      "custom text field of one line. Choose another one, or clear “referenceField” in "
                      "the connector."), reference_field);
      return NULL;
    }
  target->reference_field = g_strdup (reference_field != NULL ? reference_field : "description");
  target->reference_in_text = reference_field == NULL;
  target->comment_field = g_strdup ("comments");
  target->absence_counts = TRUE;
  return g_steal_pointer (&target);
}

static char *
list_organisations (JsonArray  *organisations,
                    const char *wanted,
                    gboolean   *found)
{
  g_autoptr(GString) list = g_string_new (NULL);

  *found = FALSE;
  for (guint i = 0; i < json_array_get_length (organisations); i++)
    {
      JsonObject *one = cb_json_element_object (organisations, i);
      g_autofree char *id = cb_json_id (one, "id");

      if (id == NULL || !cb_json_bool (one, "enabled", TRUE))
        continue;
      *found |= g_str_equal (id, wanted);
      g_string_append_printf (list, "%s%s (%s)", list->len > 0 ? ", " : "", id,
                              cb_json_string (one, "name"));
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static char *
read_version (JsonObject *constants)
{
  JsonObject *version = cb_json_object (constants, "server_version");

  if (version == NULL)
    return g_strdup (cb_json_string (constants, "server_version"));
  if (cb_json_string (version, "version") != NULL)
    return g_strdup (cb_json_string (version, "version"));
  if (!json_object_has_member (version, "major"))
    return NULL;
  return g_strdup_printf ("%d.%d", (int) cb_json_int (version, "major", 0),
                          (int) cb_json_int (version, "minor", 0));
}

static CbRequest *
fields_request (GTask *task)
{
  CbRequest *request = cb_request_new ("GET", "/rest/orgs/%s/types/incident/fields",
                                       organisation (task));

  request->limit = CB_LIST_LIMIT;
  return request;
}

/* Callbacks: the steps of the operations */

static void
tested_fields (GTask            *task,
               const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbTarget) target = NULL;
  JsonArray *fields = cb_json_node_array (response->json);
  CbSystem *system;

  if (fields == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  target = read_target (g_task_get_source_object (owned), fields, &error);
  if (target == NULL)
    {
      g_task_return_error (owned, g_steal_pointer (&error));
      return;
    }
  system = g_new0 (CbSystem, 1);
  system->product = g_strdup ("IBM Resilient");
  system->version = g_steal_pointer (&operation->version);
  system->note = g_strdup (_("writing not checked"));
  g_task_return_pointer (owned, system, (GDestroyNotify) cb_system_free);
}

static void
tested_constants (GTask            *task,
                  const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);

  operation->version = read_version (cb_response_get_object (response));
  _cb_connector_send (task, fields_request (task), tested_fields);
}

static void
ask_for_constants (GTask *task)
{
  CbRequest *request = cb_request_new ("GET", "/rest/const");

  request->optional = TRUE;
  _cb_connector_send (task, request, tested_constants);
}

static void
tested_session (GTask            *task,
                const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  JsonArray *organisations = cb_json_array (cb_response_get_object (response), "orgs");
  g_autofree char *list = NULL;
  gboolean found;

  if (!cb_response_is_success (response) && response->json == NULL)
    _cb_connector_not_here (g_steal_pointer (&owned), response);
  else if (organisations == NULL && cb_response_is_success (response))
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else if (organisations == NULL)
    ask_for_constants (g_steal_pointer (&owned));
  else
    {
      list = list_organisations (organisations, organisation (owned), &found);
      if (found)
        ask_for_constants (g_steal_pointer (&owned));
      else
        g_task_return_error (owned, cb_error_new (CB_ERROR_NOT_FOUND, "orgId",
                                                  _("This API key has no organization %s in IBM "
                                                    "Resilient. It has: %s."), organisation (owned),
                                                  *list != '\0' ? list : _("none")));
    }
}

static void
got_choices (GTask            *task,
             const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  JsonObject *field = cb_response_get_object (response);

  if (cb_json_array (field, "values") == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else
    g_task_return_pointer (owned, read_choices (field), (GDestroyNotify) g_ptr_array_unref);
}

static void
got_organisations (GTask            *task,
                   const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  JsonArray *organisations = cb_json_array (cb_response_get_object (response), "orgs");
  g_autoptr(GPtrArray) choices = cb_choices_new ();

  if (organisations == NULL && response->json == NULL)
    {
      _cb_connector_not_here (g_steal_pointer (&owned), response);
      return;
    }
  if (organisations == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (organisations); i++)
    {
      JsonObject *one = cb_json_element_object (organisations, i);
      g_autofree char *id = cb_json_id (one, "id");
      g_autofree char *label = g_strjoin (" · ", id, cb_json_string (one, "name"), NULL);

      if (cb_json_bool (one, "enabled", TRUE))
        cb_choices_add (choices, id, label);
    }
  g_task_return_pointer (owned, g_steal_pointer (&choices), (GDestroyNotify) g_ptr_array_unref);
}

static void
got_text_fields (GTask            *task,
                 const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  JsonArray *fields = cb_json_node_array (response->json);
  g_autoptr(GPtrArray) choices = cb_choices_new ();

  if (fields == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (fields); i++)
    {
      JsonObject *field = cb_json_element_object (fields, i);

      if (field != NULL && can_hold_reference (field))
        cb_choices_add (choices, cb_json_string (field, "name"), cb_json_string (field, "text"));
    }
  g_task_return_pointer (owned, g_steal_pointer (&choices), (GDestroyNotify) g_ptr_array_unref);
}

static void
got_target (GTask            *task,
            const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  g_autoptr(GError) error = NULL;
  CbTarget *target;

  if (cb_json_node_array (response->json) == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  target = read_target (g_task_get_source_object (owned), json_node_get_array (response->json), &error);
  if (target != NULL)
    g_task_return_pointer (owned, target, (GDestroyNotify) cb_target_free);
  else
    g_task_return_error (owned, g_steal_pointer (&error));
}

static void
got_candidate (GTask            *task,
               const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  g_autoptr(CbIncident) incident = read_record (g_task_get_source_object (owned),
                                                cb_response_get_object (response));

  if (incident != NULL && carries_reference (operation, incident->values))
    g_ptr_array_add (operation->found, g_steal_pointer (&incident));
  read_next_candidate (g_steal_pointer (&owned));
}

static void
queried (GTask            *task,
         const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonObject *body = cb_response_get_object (response);
  JsonArray *data = cb_json_array (body, "data");
  guint n_rows;

  if (data == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  n_rows = json_array_get_length (data);
  for (guint i = 0; i < n_rows; i++)
    {
      char *id = cb_json_id (cb_json_element_object (data, i), "id");

      if (id != NULL)
        g_ptr_array_add (operation->candidates, id);
    }
  operation->start += n_rows;
  if (n_rows > 0 && operation->start < cb_json_int (body, "recordsFiltered",
                                                    cb_json_int (body, "recordsTotal", 0)))
    query_page (g_steal_pointer (&owned));
  else
    read_next_candidate (g_steal_pointer (&owned));
}

static void
got_comments (GTask            *task,
              const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *comments = cb_json_node_array (response->json);

  if (comments == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  operation->incident->tokens = _cb_tokens_scan (NULL, NULL, NULL);
  operation->incident->tokens_complete = TRUE;
  for (guint i = 0; i < json_array_get_length (comments); i++)
    {
      /* Rich text is rewritten by the server; a token survives wherever it stands. */
      g_autofree char *whole = cb_json_to_string (json_array_get_element (comments, i));
      g_autofree char *id = cb_json_id (cb_json_element_object (comments, i), "id");

      _cb_tokens_scan (whole, id != NULL ? id : "", operation->incident->tokens);
    }
  g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                         (GDestroyNotify) cb_incident_free);
}

static void
got_incident (GTask            *task,
              const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  CbRequest *request;

  operation->incident = read_record (g_task_get_source_object (owned),
                                     cb_response_get_object (response));
  if (operation->incident == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  if (!operation->with_comments)
    {
      g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                             (GDestroyNotify) cb_incident_free);
      return;
    }
  request = cb_request_new ("GET", "/rest/orgs/%s/incidents/%s/comments", organisation (owned),
                            operation->incident->id);
  request->limit = CB_LIST_LIMIT;
  _cb_connector_send (g_steal_pointer (&owned), request, got_comments);
}

static void
created (GTask            *task,
         const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  CbIncident *incident = read_record (g_task_get_source_object (owned),
                                      cb_response_get_object (response));

  if (incident == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else
    g_task_return_pointer (owned, incident, (GDestroyNotify) cb_incident_free);
}

static void
create_with_fields (GTask            *task,
                    const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);
  JsonNode *body = build_create (operation->values, cb_json_node_array (response->json));

  _cb_connector_send (task, cb_request_new_writing ("POST", body, "/rest/orgs/%s/incidents?" FORMAT,
                                                    organisation (task)), created);
}

/* A refused PATCH has status 200 and says so in its body. */
static void
patched (GTask            *task,
         const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonObject *body = cb_response_get_object (response);
  JsonArray *failures = cb_json_array (body, "field_failures");
  JsonObject *failure = failures != NULL && json_array_get_length (failures) > 0
                          ? cb_json_element_object (failures, 0) : NULL;
  g_autofree char *words = NULL;

  if (body == NULL || !json_object_has_member (body, "success"))
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  if (cb_json_bool (body, "success", FALSE))
    {
      g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                             (GDestroyNotify) cb_incident_free);
      return;
    }
  words = cb_clean_words (cb_json_string (body, "message"));
  if (failure != NULL)
    g_task_return_error (owned, cb_error_new (CB_ERROR_CONFLICT, cb_json_string (failure, "field"),
                                              _("Someone changed the incident in IBM Resilient just "
                                                "now: %s. Push again to see the difference."), words));
  else
    g_task_return_error (owned, cb_error_new (CB_ERROR_INVALID_FIELD, NULL,
                                              _("IBM Resilient did not take the change: %s"), words));
}

static void
patch_with_fields (GTask            *task,
                   const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);
  JsonNode *body = build_patch (operation->values, operation->old_values,
                                cb_json_node_array (response->json));
  CbRequest *request = cb_request_new_writing ("PATCH", body, "/rest/orgs/%s/incidents/%s",
                                               organisation (task), operation->incident->id);

  /* Its database refused it; IBM's own client sends it again unchanged.
   * [src: ibmresilient/resilient-python-api, co3.py] */
  request->retry_conflict = TRUE;
  _cb_connector_send (task, request, patched);
}

static void
commented (GTask            *task,
           const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  char *id = cb_json_id (cb_response_get_object (response), "id");

  if (id == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else
    g_task_return_pointer (owned, id, g_free);
}

/* More auxiliary methods: the look-up's requests */

static void
query_page (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  CbRequest *request = cb_request_new ("POST", "/rest/orgs/%s/incidents/query_paged",
                                       organisation (task));

  request->body = build_query (operation);
  request->limit = CB_LIST_LIMIT;
  _cb_connector_send (task, request, queried);
}

/* A list may hold less of an incident than the incident itself, so each candidate is read. */
static void
read_next_candidate (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  g_autofree char *id = NULL;

  if (operation->candidates->len == 0)
    {
      g_task_return_pointer (task, g_steal_pointer (&operation->found),
                             (GDestroyNotify) g_ptr_array_unref);
      g_object_unref (task);
      return;
    }
  id = g_ptr_array_steal_index_fast (operation->candidates, 0);
  _cb_connector_send (task, cb_request_new_lenient ("GET", "/rest/orgs/%s/incidents/%s?" FORMAT,
                                                    organisation (task), id), got_candidate);
}

/* CbConnector overrides */

static char *
cb_resilient_connector_build_authorization (CbConnector *connector,
                                            GHashTable  *secrets)
{
  return cb_basic_authorization (cb_connector_get_setting (connector, "apiKeyId"),
                                 g_hash_table_lookup (secrets, "apiKeySecret"));
}

static void
cb_resilient_connector_read_error (CbConnector      *connector,
                                   const CbResponse *response,
                                   CbComplaint      *complaint)
{
  const char *message = cb_json_string (cb_response_get_object (response), "message");

  if (!complaint->is_error)
    return;
  complaint->words = g_strdup (message);
  if (complaint->code == CB_ERROR_AUTH_INVALID)
    {
      const char *reasons = _("the API key is wrong or blocked, or this address is banned.");

      g_free (complaint->words);
      complaint->words = cb_is_blank (message) ? g_strdup (reasons)
                                               : g_strdup_printf ("%s: %s", message, reasons);
    }
}

static void
ask_for_session (GTask      *task,
                 CbNextFunc  next)
{
  CbRequest *request = cb_request_new ("GET", "/rest/session?include_permissions=false");

  request->optional = TRUE;
  _cb_connector_send (task, request, next);
}

static void
cb_resilient_connector_test (CbConnector *connector,
                             GTask       *task)
{
  start_operation (task, "");
  /* Without it the organisation is still found out, by its fields. */
  ask_for_session (task, tested_session);
}

static void
cb_resilient_connector_load_choices (CbConnector *connector,
                                     const char  *field,
                                     GHashTable  *context,
                                     GTask       *task)
{
  const CbCaseFieldInfo *info =
    cb_connector_class_find_case_field (CB_CONNECTOR_GET_CLASS (connector), field);
  g_autofree char *name = cb_url_encode (info != NULL ? info->target : field);
  CbRequest *request;

  if (g_str_equal (field, "orgId"))
    {
      ask_for_session (task, got_organisations);
      return;
    }
  if (g_str_equal (field, "referenceField"))
    {
      _cb_connector_fetch (task, fields_request (task), got_text_fields);
      return;
    }
  request = cb_request_new ("GET", "/rest/orgs/%s/types/incident/fields/%s",
                            cb_connector_get_setting (connector, "orgId"), name);
  request->limit = CB_LIST_LIMIT;
  _cb_connector_fetch (task, request, got_choices);
}

static void
cb_resilient_connector_load_target (CbConnector *connector,
                                    GHashTable  *fields,
                                    GTask       *task)
{
  _cb_connector_fetch (task, fields_request (task), got_target);
}

static void
cb_resilient_connector_find_incidents (CbConnector       *connector,
                                       const CbReference *reference,
                                       GTask             *task)
{
  Operation *operation = start_operation (task, "");

  operation->reference = g_strdup (reference->text);
  operation->title = g_strdup (reference->title);
  if (!reference->target->reference_in_text)
    operation->reference_field = g_strdup (reference->target->reference_field);
  operation->candidates = g_ptr_array_new_with_free_func (g_free);
  operation->found = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incident_free);
  query_page (task);
}

static void
cb_resilient_connector_read_incident (CbConnector *connector,
                                      const char  *name,
                                      gboolean     with_comments,
                                      GTask       *task)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *bare = _cb_connector_incident_name (connector, name, incident_marks, G_CSET_DIGITS,
                                                       &error);

  if (bare == NULL)
    {
      _cb_connector_fail (task, g_steal_pointer (&error));
      return;
    }
  start_operation (task, bare)->with_comments = with_comments;
  _cb_connector_send (task, cb_request_new ("GET", "/rest/orgs/%s/incidents/%s?" FORMAT,
                                            organisation (task), bare), got_incident);
}

static void
cb_resilient_connector_create_incident (CbConnector *connector,
                                        JsonObject  *values,
                                        GTask       *task)
{
  start_operation (task, "")->values = json_object_ref (values);
  _cb_connector_fetch (task, fields_request (task), create_with_fields);
}

static void
cb_resilient_connector_update_incident (CbConnector      *connector,
                                        const CbIncident *seen,
                                        JsonObject       *values,
                                        GTask            *task)
{
  Operation *operation = start_operation (task, seen->id);

  operation->values = json_object_ref (values);
  operation->old_values = seen->values != NULL ? json_object_ref (seen->values) : NULL;
  operation->incident = cb_incident_new (seen->id, seen->title, seen->url);
  _cb_connector_fetch (task, fields_request (task), patch_with_fields);
}

static void
cb_resilient_connector_add_comment (CbConnector *connector,
                                    const char  *incident_id,
                                    const char  *text,
                                    GTask       *task)
{
  JsonObject *body = json_object_new ();

  json_object_set_member (body, "text", html_node (text));
  _cb_connector_send (task, cb_request_new_writing ("POST", cb_json_node_new_object (body),
                                                    "/rest/orgs/%s/incidents/%s/comments",
                                                    organisation (task), incident_id), commented);
}

/* GObject overrides */

static void
cb_resilient_connector_class_init (CbResilientConnectorClass *klass)
{
  CbConnectorClass *connector_class = CB_CONNECTOR_CLASS (klass);

  connector_class->id = "resilient";
  connector_class->name = "IBM Resilient";
  connector_class->settings = settings;
  connector_class->n_settings = G_N_ELEMENTS (settings);
  connector_class->case_fields = case_fields;
  connector_class->n_case_fields = G_N_ELEMENTS (case_fields);
  connector_class->mappings = mappings;
  connector_class->n_mappings = G_N_ELEMENTS (mappings);
  connector_class->page_paths = page_paths;
  connector_class->text_format = CB_TEXT_HTML;
  connector_class->scope_setting = "orgId";
  connector_class->reference_prefix = "casebridge-";

  connector_class->build_authorization = cb_resilient_connector_build_authorization;
  connector_class->read_error = cb_resilient_connector_read_error;
  connector_class->test = cb_resilient_connector_test;
  connector_class->load_choices = cb_resilient_connector_load_choices;
  connector_class->load_target = cb_resilient_connector_load_target;
  connector_class->find_incidents = cb_resilient_connector_find_incidents;
  connector_class->read_incident = cb_resilient_connector_read_incident;
  connector_class->create_incident = cb_resilient_connector_create_incident;
  connector_class->update_incident = cb_resilient_connector_update_incident;
  connector_class->add_comment = cb_resilient_connector_add_comment;
}

static void
cb_resilient_connector_init (CbResilientConnector *self)
{
}
