/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "connectors/cb-connector-private.h"
#include "connectors/cb-jira-connector.h"
#include "remote/cb-transport.h"
#include "remote/cb-url.h"

/* Jira Cloud and Data Center by version 2 of the REST API, which takes wiki markup as text.
 * [src: Atlassian's REST API reference, v2; the two differ where is_cloud() is asked] */
#define API "/rest/api/2"
#define SERVER_INFO API "/serverInfo"
#define PAGE 100
#define MAX_PAGES 100
#define MAX_PARENTS 1000
#define MAX_PROJECTS 1000
#define MAX_NAMED_PROJECTS 20

/* [src: messages of Jira itself, "Summary must be less than 255 characters."; 32 767 is fixed on
 * Cloud and the default of jira.text.field.character.limit on Data Center] */
#define SUMMARY_LENGTH 255
#define TEXT_LENGTH 32767
#define LABEL_LENGTH 255

#define REFERENCE_PREFIX "casebridge-"
#define PROPERTY_KEY "casebridge"

/* Writes to one issue, the create counted; more are refused with status 429.
 * [src: developer.atlassian.com/cloud/jira/platform/rate-limiting] */
static const CbPace cloud_paces[] = { { 20, 2 }, { 100, 30 }, { 0 } };

struct _CbJiraConnector
{
  CbConnector parent_instance;
};

/* One operation: what it was asked, and what it has so far. */
typedef struct
{
  char *name;             /* (owned): a field, an issue's name or a reference */
  char *issue_type;       /* (owned) (nullable): id */
  char *text;             /* (owned) (nullable): a comment, or words to look for */
  JsonObject *values;     /* (owned) (nullable) */
  gboolean with_comments;
  gboolean reference_in_text;
  gboolean cloud;
  gboolean knows_deployment;
  gboolean internal;      /* comments are to be internal ones of a service desk */
  gboolean service_desk;
  char *version;          /* (owned) (nullable) */
  guint start;            /* of the next page */
  guint n_pages;          /* that a search has brought */
  char *page_token;       /* (owned) (nullable): of the next page on Cloud */
  GPtrArray *choices;     /* (owned) (nullable) */
  GPtrArray *incidents;   /* (owned) (nullable): found so far */
  CbTarget *target;       /* (owned) (nullable) */
  CbIncident *incident;   /* (owned) (nullable) */
  CbNextFunc then;        /* what to do once the deployment is known */
} Operation;

static const char *const auth_choices[] = { "basic", "bearer", NULL };
static const char *const visibility_choices[] = { "public", "internal", NULL };

static const CbSettingInfo settings[] = {
  { "projectKey", N_("Project key"), NULL, CB_KIND_TEXT, TRUE, FALSE, .offered = TRUE },
  { "auth", N_("Authentication"),
    N_("“bearer” is a personal access token of Jira Data Center"), CB_KIND_CHOICE, FALSE, FALSE,
    auth_choices },
  { "email", N_("Email or Username"), NULL, CB_KIND_TEXT, TRUE, FALSE, NULL, "auth", "basic" },
  { "apiToken", N_("API token or Password"), NULL, CB_KIND_TEXT, TRUE, TRUE },
  { "commentVisibility", N_("Comments on service desks"),
    N_("“public” ones are visible to the customer"), CB_KIND_CHOICE, FALSE, FALSE,
    visibility_choices },
  { "caFile", N_("Certificate authority"), N_("A PEM file, trusted for this connector only"),
    CB_KIND_FILE, FALSE, FALSE },
};

static const CbCaseFieldInfo case_fields[] = {
  { "issueType", N_("Issue type"), "issuetype", CB_KIND_CHOICE, TRUE },
  { "priority", N_("Priority"), "priority", CB_KIND_CHOICE, FALSE, "issueType" },
  { "parent", N_("Parent issue"), "parent", CB_KIND_CHOICE, FALSE },
};

static char *make_label (const char *tag);

static const CbMapping mappings[] = {
  { "title", "summary", CB_MAPPING_OVERWRITE, cb_text_join_lines },
  { "description", "description", CB_MAPPING_OVERWRITE },
  { "tags", "labels", CB_MAPPING_ADD_REMOVE, make_label },
  { "comments", "comments", CB_MAPPING_APPEND },
};

static const char *const incident_marks[] = { "/browse/", "selectedIssue=", "/issues/", NULL };

static const char *const page_paths[] = {
  "browse", "projects", "secure", "issues", "rest", "plugins", "servicedesk", "login",
  "jira/software", "jira/core", "jira/servicedesk", "jira/dashboards", "jira/your-work",
  "jira/people", "jira/for-you", NULL
};

G_DEFINE_FINAL_TYPE (CbJiraConnector, cb_jira_connector, CB_TYPE_CONNECTOR)

static void load_issue_types (GTask *task, CbNextFunc next);
static void load_fields      (GTask *task, CbNextFunc next);
static void load_parents     (GTask *task);
static void load_projects    (GTask *task);
static void load_comments    (GTask *task);
static void find_next_page   (GTask *task);

/* Auxiliary methods */

static void
operation_free (Operation *operation)
{
  g_free (operation->name);
  g_free (operation->issue_type);
  g_free (operation->text);
  g_free (operation->version);
  g_free (operation->page_token);
  g_clear_pointer (&operation->values, json_object_unref);
  g_clear_pointer (&operation->incidents, g_ptr_array_unref);
  g_clear_pointer (&operation->choices, g_ptr_array_unref);
  g_clear_pointer (&operation->target, cb_target_free);
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
project_key (GTask *task)
{
  return cb_connector_get_setting (g_task_get_source_object (task), "projectKey");
}

/* Jira refuses labels with blanks. [src: its message "The label 'X' contains spaces which is
 * invalid."] */
static char *
make_label (const char *tag)
{
  g_autoptr(GString) label = g_string_new (NULL);
  gsize length;

  for (const char *p = tag; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isspace (c) && !g_unichar_iscntrl (c))
        g_string_append_unichar (label, c);
      else if (label->len > 0 && label->str[label->len - 1] != '-')
        g_string_append_c (label, '-');
    }
  while (label->len > 0 && label->str[label->len - 1] == '-')
    g_string_truncate (label, label->len - 1);
  length = cb_utf16_prefix (label->str, LABEL_LENGTH);
  g_string_truncate (label, length);
  return g_string_free (g_steal_pointer (&label), FALSE);
}

static char *
incident_url (CbConnector *connector,
              const char  *key)
{
  return g_strdup_printf ("%s/browse/%s", cb_connector_get_url (connector), key);
}

/* Cloud and Data Center name the element list of the same answer differently. */
static JsonArray *
page_elements (const CbResponse *response,
               const char       *cloud_member)
{
  JsonObject *body = cb_response_get_object (response);
  JsonArray *elements = cb_json_array (body, cloud_member);

  return elements != NULL ? elements : cb_json_array (body, "values");
}

static gboolean
has_next_page (const CbResponse *response,
               Operation        *operation,
               guint             n_elements)
{
  JsonObject *body = cb_response_get_object (response);
  gint64 total = cb_json_int (body, "total", -1);

  operation->start += n_elements;
  if (n_elements == 0 || cb_json_bool (body, "isLast", FALSE))
    return FALSE;
  if (total >= 0)
    return operation->start < total;
  return json_object_has_member (body, "isLast") || n_elements >= PAGE;
}

static void
copy_simple (JsonObject *fields,
             JsonObject *values,
             const char *member,
             const char *part)
{
  g_autofree char *value = cb_json_id (cb_json_object (fields, member), part);

  if (value != NULL)
    json_object_set_string_member (values, member, value);
}

/* The values in the form in which a plan has them: choices by the one member that is sent. */
static JsonObject *
read_values (JsonObject *fields)
{
  JsonObject *values = json_object_new ();
  g_autoptr(GList) members = json_object_get_members (fields);

  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (values, l->data, json_node_copy (json_object_get_member (fields, l->data)));
  copy_simple (fields, values, "issuetype", "id");
  copy_simple (fields, values, "priority", "name");
  copy_simple (fields, values, "parent", "key");
  if (cb_json_string (values, "description") == NULL)
    json_object_set_string_member (values, "description", "");
  return values;
}

static CbIncident *
read_issue (CbConnector *connector,
            JsonObject  *issue)
{
  g_autofree char *id = cb_json_id (issue, "id");
  const char *key = cb_json_string (issue, "key");
  JsonObject *fields = cb_json_object (issue, "fields");
  JsonObject *status = cb_json_object (fields, "status");
  g_autofree char *url = NULL;
  CbIncident *incident;

  if (id == NULL || key == NULL)
    return NULL;
  url = incident_url (connector, key);
  incident = cb_incident_new (id, key, url);
  incident->state = g_strdup (cb_json_string (status, "name"));
  incident->closed = g_strcmp0 (cb_json_string (cb_json_object (status, "statusCategory"), "key"),
                                "done") == 0;
  incident->values = fields != NULL ? read_values (fields) : NULL;
  return incident;
}

static JsonNode *
wrap_value (const char *field,
            JsonNode   *value)
{
  static const struct { const char *field, *part; } parts[] = {
    { "issuetype", "id" }, { "priority", "name" }, { "parent", "key" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (field, parts[i].field) && cb_json_node_string (value) != NULL)
      {
        g_autoptr(JsonObject) object = json_object_new ();

        json_object_set_string_member (object, parts[i].part, cb_json_node_string (value));
        return cb_json_node_new_object (json_object_ref (object));
      }
  return json_node_copy (value);
}

static JsonArray *
label_operations (JsonObject *change)
{
  static const char *const verbs[] = { "add", "remove" };
  JsonArray *operations = json_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      JsonArray *labels = cb_json_array (change, verbs[i]);

      for (guint j = 0; labels != NULL && j < json_array_get_length (labels); j++)
        {
          JsonObject *operation = json_object_new ();

          json_object_set_string_member (operation, verbs[i],
                                         json_array_get_string_element (labels, j));
          json_array_add_object_element (operations, operation);
        }
    }
  return operations;
}

/* A list that is to be changed element by element goes into "update", everything else into
 * "fields"; Jira refuses a field that stands in both. */
static JsonObject *
build_issue (JsonObject *values)
{
  JsonObject *body = json_object_new ();
  JsonObject *fields = json_object_new ();
  JsonObject *update = json_object_new ();
  g_autoptr(GList) members = json_object_get_members (values);

  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *value = json_object_get_member (values, l->data);

      if (g_str_equal (l->data, "labels") && JSON_NODE_HOLDS_OBJECT (value))
        json_object_set_array_member (update, l->data,
                                      label_operations (json_node_get_object (value)));
      else
        json_object_set_member (fields, l->data, wrap_value (l->data, value));
    }
  json_object_set_object_member (body, "fields", fields);
  if (json_object_get_size (update) > 0)
    json_object_set_object_member (body, "update", update);
  else
    json_object_unref (update);
  return body;
}

static JsonArray *
build_property (const char *key,
                const char *member,
                JsonNode   *value)
{
  JsonArray *properties = json_array_new ();
  JsonObject *property = json_object_new ();
  JsonObject *content = json_object_new ();

  json_object_set_member (content, member, value);
  json_object_set_string_member (property, "key", key);
  json_object_set_object_member (property, "value", content);
  json_array_add_object_element (properties, property);
  return properties;
}

static const char *
find_reference (JsonObject *values)
{
  JsonArray *labels = cb_json_array (values, "labels");
  const char *description = cb_json_string (values, "description");

  for (guint i = 0; labels != NULL && i < json_array_get_length (labels); i++)
    {
      const char *label = cb_json_node_string (json_array_get_element (labels, i));

      if (label != NULL && g_str_has_prefix (label, REFERENCE_PREFIX))
        return label;
    }
  return description != NULL ? g_strrstr (description, REFERENCE_PREFIX) : NULL;
}

static JsonNode *
build_create (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  JsonObject *body = build_issue (operation->values);
  JsonObject *project = json_object_new ();
  const char *reference = find_reference (operation->values);

  json_object_set_string_member (project, "key", project_key (task));
  json_object_set_object_member (json_object_get_object_member (body, "fields"), "project", project);
  /* Searchable only where an app indexes it, but it survives an edit of the labels. */
  if (operation->cloud && reference != NULL)
    json_object_set_array_member (body, "properties",
                                  build_property (PROPERTY_KEY, "reference",
                                                  json_node_init_string (json_node_alloc (),
                                                                         reference)));
  return cb_json_node_new_object (body);
}

static JsonNode *
build_comment (Operation *operation)
{
  JsonObject *body = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (body, "body", operation->text);
  /* [src: pycontribs/jira#313, jenkinsci/jira-plugin#375] Some versions refuse properties that they
   * do not know, so it goes only to service desks. */
  if (operation->internal)
    json_object_set_array_member (body, "properties",
                                  build_property ("sd.public.comment", "internal",
                                                  json_node_init_boolean (json_node_alloc (), TRUE)));
  json_node_take_object (node, body);
  return node;
}

static gboolean
is_long_text (JsonObject *schema)
{
  const char *custom = cb_json_string (schema, "custom");
  const char *system = cb_json_string (schema, "system");

  return (custom != NULL && g_str_has_suffix (custom, ":textarea")) ||
         g_strcmp0 (system, "environment") == 0 || g_strcmp0 (system, "description") == 0;
}

static CbFieldKind
field_kind (JsonObject *field)
{
  static const struct { const char *type; CbFieldKind kind; } kinds[] = {
    { "string", CB_KIND_TEXT }, { "number", CB_KIND_NUMBER },
    { "date", CB_KIND_DATE }, { "datetime", CB_KIND_TIME },
  };
  JsonObject *schema = cb_json_object (field, "schema");
  const char *type = cb_json_string (schema, "type");
  gboolean has_choices = cb_json_array (field, "allowedValues") != NULL;

  if (has_choices)
    return g_strcmp0 (type, "array") == 0 ? CB_KIND_MULTI_CHOICE : CB_KIND_CHOICE;
  if (is_long_text (schema))
    return CB_KIND_LONG_TEXT;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (type, kinds[i].type) == 0)
      return kinds[i].kind;
  return CB_KIND_JSON;
}

/* Jira takes a priority by its name and other values by their id. Those of a case's field are wrapped
 * into an object when they are sent; those of any other field are such objects. */
static char *
allowed_value (const char *field,
               JsonObject *value)
{
  g_autofree char *id = cb_json_id (value, g_str_equal (field, "priority") ? "name" : "id");
  g_autoptr(JsonObject) object = NULL;

  if (id == NULL || g_str_equal (field, "priority") || g_str_equal (field, "issuetype"))
    return g_steal_pointer (&id);
  object = json_object_new ();
  json_object_set_string_member (object, "id", id);
  return cb_json_object_to_string (object);
}

static GPtrArray *
read_allowed_values (JsonObject *field,
                     const char *id)
{
  JsonArray *allowed = cb_json_array (field, "allowedValues");
  GPtrArray *choices = cb_choices_new ();

  for (guint i = 0; allowed != NULL && i < json_array_get_length (allowed); i++)
    {
      JsonObject *value = cb_json_element_object (allowed, i);
      const char *name = cb_json_string (value, "name");
      g_autofree char *sent = allowed_value (id, value);

      cb_choices_add (choices, sent, name != NULL ? name : cb_json_string (value, "value"));
    }
  return choices;
}

static const char *
field_id (JsonObject *field)
{
  const char *id = cb_json_string (field, "fieldId");

  return id != NULL ? id : cb_json_string (field, "key");
}

static void
add_field (CbTarget   *target,
           JsonObject *field)
{
  const char *id = field_id (field);
  CbTargetField *added;

  /* The connector itself says which project. */
  if (id == NULL || g_str_equal (id, "project"))
    return;
  added = cb_target_add (target, id, cb_json_string (field, "name"), field_kind (field));
  added->required = cb_json_bool (field, "required", FALSE) &&
                    !cb_json_bool (field, "hasDefaultValue", FALSE);
  added->choices = cb_json_array (field, "allowedValues") != NULL
                     ? read_allowed_values (field, id) : NULL;
  if (g_str_equal (id, "summary"))
    added->max_length = SUMMARY_LENGTH;
  else if (added->kind == CB_KIND_TEXT || added->kind == CB_KIND_LONG_TEXT)
    added->max_length = TEXT_LENGTH;
  added->time_format = added->kind == CB_KIND_TIME ? CB_TIME_ISO : CB_TIME_DATE;
  added->as_text = added->kind == CB_KIND_TEXT || added->kind == CB_KIND_LONG_TEXT ||
                   added->kind == CB_KIND_DATE || added->kind == CB_KIND_TIME;
}

static CbTarget *
finish_target (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  CbTarget *target = operation->target;
  gboolean has_labels = cb_target_find (target, "labels") != NULL;

  cb_target_add (target, "summary", NULL, CB_KIND_TEXT)->max_length = SUMMARY_LENGTH;
  cb_target_add (target, "description", NULL, CB_KIND_TEXT)->max_length = TEXT_LENGTH;
  target->reference_field = g_strdup (has_labels ? "labels" : "description");
  target->reference_in_text = !has_labels;
  target->comment_field = g_strdup ("comments");
  /* Data Center indexes before it answers; Cloud's index lags. */
  target->absence_counts = operation->knows_deployment && !operation->cloud;
  target->comment_limit = TEXT_LENGTH;
  if (operation->service_desk && !operation->internal)
    target->comment_note = g_strdup (_("The project is a service desk: the customer can read the "
                                       "comments."));
  return g_steal_pointer (&operation->target);
}

static void
take_default_type (GTask      *task,
                   JsonObject *type)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->issue_type != NULL || type == NULL || cb_json_bool (type, "subtask", FALSE))
    return;
  operation->issue_type = cb_json_id (type, "id");
  if (operation->issue_type == NULL)
    return;
  g_hash_table_insert (operation->target->defaults, g_strdup ("issuetype"),
                       g_strdup (operation->issue_type));
  g_ptr_array_add (operation->target->notes,
                   g_strdup_printf (_("The case names no issue type; “%s” is taken, the project's "
                                      "first."), cb_json_string (type, "name")));
}

static CbRequest *
search_request (Operation  *operation,
                const char *jql,
                const char *fields)
{
  g_autofree char *query = cb_url_encode (jql);
  g_autofree char *token = operation->page_token != NULL ? cb_url_encode (operation->page_token) : NULL;
  CbRequest *request;

  /* Cloud has no /search any more, Data Center no /search/jql. */
  if (!operation->cloud)
    request = cb_request_new ("GET", API "/search?jql=%s&fields=%s&startAt=%u&maxResults=%d", query,
                              fields, operation->start, PAGE);
  else
    request = cb_request_new ("GET", API "/search/jql?jql=%s&fields=%s&maxResults=%d%s%s", query,
                              fields, PAGE, token != NULL ? "&nextPageToken=" : "",
                              token != NULL ? token : "");
  request->limit = CB_LIST_LIMIT;
  return request;
}

static gboolean
carries_reference (Operation  *operation,
                   CbIncident *incident)
{
  JsonArray *labels = cb_json_array (incident->values, "labels");
  const char *description = cb_json_string (incident->values, "description");

  for (guint i = 0; labels != NULL && i < json_array_get_length (labels); i++)
    if (g_strcmp0 (cb_json_node_string (json_array_get_element (labels, i)), operation->name) == 0)
      return TRUE;
  return operation->reference_in_text && description != NULL &&
         strstr (description, operation->name) != NULL;
}

/* Jira reads the words of ~ in a syntax of its own. [src: Kibana's escaping, apis of its Jira
 * connector] */
static char *
escape_words (const char *words)
{
  GString *escaped = g_string_new (NULL);

  for (const char *p = words; *p != '\0'; p++)
    {
      if (*p == '"')
        continue;
      if (*p == '\\' || *p == '\'')
        g_string_append_c (escaped, '\\');
      else if (strchr ("-!^+&*()[]/{}|:?~", *p) != NULL)
        g_string_append (escaped, "\\\\");
      g_string_append_c (escaped, *p);
    }
  return g_string_free (escaped, FALSE);
}

static void
read_words (JsonObject  *body,
            CbComplaint *complaint)
{
  JsonArray *messages = cb_json_array (body, "errorMessages");
  JsonObject *errors = cb_json_object (body, "errors");
  g_autoptr(GList) fields = errors != NULL ? json_object_get_members (errors) : NULL;
  g_autoptr(GString) words = g_string_new (NULL);

  for (guint i = 0; messages != NULL && i < json_array_get_length (messages); i++)
    {
      const char *message = cb_json_node_string (json_array_get_element (messages, i));

      if (message != NULL)
        g_string_append_printf (words, "%s%s", words->len > 0 ? " " : "", message);
    }
  for (GList *l = fields; l != NULL; l = l->next)
    if (cb_json_string (errors, l->data) != NULL)
      g_string_append_printf (words, "%s%s: %s", words->len > 0 ? " " : "", (char *) l->data,
                              cb_json_string (errors, l->data));
  if (fields != NULL)
    complaint->field = g_strdup (fields->data);
  /* Where it says nothing, its JSON is not for people either. */
  if (words->len > 0 || messages != NULL || errors != NULL)
    complaint->words = g_string_free (g_steal_pointer (&words), FALSE);
}

/* A page of Cloud may be short, or empty, and still have one after it. */
static gboolean
has_more_issues (const CbResponse *response,
                 Operation        *operation,
                 guint             n_issues)
{
  g_free (operation->page_token);
  operation->page_token = g_strdup (cb_json_string (cb_response_get_object (response), "nextPageToken"));
  if (++operation->n_pages >= MAX_PAGES)
    return FALSE;
  return operation->cloud ? operation->page_token != NULL : has_next_page (response, operation, n_issues);
}

/* Callbacks: the steps of the operations */

static const char *
deployment_type (const CbResponse *server_info)
{
  return cb_json_string (cb_response_get_object (server_info), "deploymentType");
}

static gboolean
is_cloud (const CbResponse *server_info)
{
  return g_strcmp0 (deployment_type (server_info), "Cloud") == 0;
}

static void
got_server_info (GTask            *task,
                 const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);

  if (cb_response_is_success (response) && deployment_type (response) == NULL)
    {
      _cb_connector_unexpected (task, response);
      return;
    }
  operation->knows_deployment = deployment_type (response) != NULL;
  operation->cloud = is_cloud (response);
  operation->version = g_strdup (cb_json_string (cb_response_get_object (response), "version"));
  operation->then (task, response);
}

static void
with_deployment (GTask      *task,
                 CbNextFunc  next)
{
  Operation *operation = g_task_get_task_data (task);

  operation->then = next;
  _cb_connector_fetch (task, cb_request_new_lenient ("GET", "%s", SERVER_INFO), got_server_info);
}

static gboolean
wants_internal (GTask *task)
{
  return g_strcmp0 (cb_connector_get_setting (g_task_get_source_object (task), "commentVisibility"),
                    "internal") == 0;
}

static void
got_project (GTask            *task,
             const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);
  const char *type = cb_json_string (cb_response_get_object (response), "projectTypeKey");

  if (type == NULL && wants_internal (task))
    {
      _cb_connector_fail (task, cb_error_new (CB_ERROR_FORBIDDEN, "commentVisibility",
                                              _("Jira does not tell this account whether project %s "
                                                "is a service desk, so internal comments might go "
                                                "out as public ones. Nothing was sent. Ask its "
                                                "administrator for the permission to browse the "
                                                "project."), project_key (task)));
      return;
    }
  operation->service_desk = g_strcmp0 (type, "service_desk") == 0;
  operation->internal = operation->service_desk && wants_internal (task);
  operation->then (task, response);
}

/* Internal comments exist on service desks only. */
static void
with_visibility (GTask      *task,
                 CbNextFunc  next)
{
  Operation *operation = g_task_get_task_data (task);
  g_autofree char *key = cb_url_encode (project_key (task));

  operation->then = next;
  _cb_connector_fetch (task, cb_request_new_lenient ("GET", API "/project/%s", key), got_project);
}

static void
tested_types (GTask            *task,
              const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *types = page_elements (response, "issueTypes");
  CbSystem *system;

  if (types == NULL || json_array_get_length (types) == 0)
    {
      g_task_return_error (owned, cb_error_new (CB_ERROR_FORBIDDEN, "projectKey",
                                                _("Jira offers no issue types for project %s: this "
                                                  "account may not create issues there, or Jira is "
                                                  "older than 8.4. Ask its administrator."),
                                                project_key (owned)));
      return;
    }
  system = g_new0 (CbSystem, 1);
  system->product = g_strdup (operation->cloud ? "Jira Cloud" : "Jira Data Center");
  system->version = g_steal_pointer (&operation->version);
  system->note = g_strdup (_("creating allowed, commenting not checked"));
  g_task_return_pointer (owned, system, (GDestroyNotify) cb_system_free);
}

static void
fail_for_project (GTask     *task,
                  GPtrArray *projects)
{
  g_autoptr(GString) keys = g_string_new (NULL);

  for (guint i = 0; i < MIN (projects->len, MAX_NAMED_PROJECTS); i++)
    g_string_append_printf (keys, "%s%s", keys->len > 0 ? ", " : "",
                            ((CbChoice *) g_ptr_array_index (projects, i))->value);
  _cb_connector_fail (task, cb_error_new (CB_ERROR_NOT_FOUND, "projectKey",
                                          _("Jira has no project %s that this account may see. It "
                                            "sees: %s."), project_key (task),
                                          keys->len > 0 ? keys->str : _("none")));
}

/* Cloud gives pages, Data Center all at once. */
static void
got_projects (GTask            *task,
              const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *projects = operation->cloud ? cb_json_array (cb_response_get_object (response), "values")
                                         : cb_json_node_array (response->json);

  for (guint i = 0; projects != NULL && i < json_array_get_length (projects); i++)
    {
      JsonObject *project = cb_json_element_object (projects, i);
      const char *key = cb_json_string (project, "key");
      g_autofree char *label = g_strjoin (" · ", key, cb_json_string (project, "name"), NULL);

      cb_choices_add (operation->choices, key, label);
    }
  if (operation->cloud && projects != NULL && operation->choices->len < MAX_PROJECTS &&
      has_next_page (response, operation, json_array_get_length (projects)))
    load_projects (g_steal_pointer (&owned));
  else if (g_task_get_source_tag (owned) == cb_connector_test_async)
    fail_for_project (g_steal_pointer (&owned), operation->choices);
  else if (projects == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else
    g_task_return_pointer (owned, g_steal_pointer (&operation->choices),
                           (GDestroyNotify) g_ptr_array_unref);
}

static void
projects_with_deployment (GTask            *task,
                          const CbResponse *response)
{
  load_projects (task);
}

/* The list of projects is there for anonymous people, too, so only this tells of a wrong login. */
static void
projects_with_login (GTask            *task,
                     const CbResponse *response)
{
  if (!cb_response_is_success (response))
    _cb_connector_not_here (task, response);
  else
    with_deployment (task, projects_with_deployment);
}

static void
tested_project (GTask            *task,
                const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);

  if (cb_json_string (cb_response_get_object (response), "key") != NULL)
    {
      load_issue_types (task, tested_types);
      return;
    }
  operation->choices = cb_choices_new ();
  load_projects (task);
}

static void
tested_server (GTask            *task,
               const CbResponse *response)
{
  g_autofree char *key = cb_url_encode (project_key (task));

  _cb_connector_send (task, cb_request_new_lenient ("GET", API "/project/%s", key), tested_project);
}

static void
tested_login (GTask            *task,
              const CbResponse *response)
{
  JsonObject *user = cb_response_get_object (response);

  if (!cb_response_is_success (response))
    _cb_connector_not_here (task, response);
  else if (user == NULL || (!json_object_has_member (user, "accountId") &&
                            !json_object_has_member (user, "name") &&
                            !json_object_has_member (user, "key")))
    _cb_connector_unexpected (task, response);
  else
    with_deployment (task, tested_server);
}

/* Ends an operation whose project or issue type is not there. */
static void
fail_for_metadata (GTask            *task,
                   const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);
  CbConnectorClass *klass = CB_CONNECTOR_GET_CLASS (g_task_get_source_object (task));
  CbComplaint complaint = { 0 };
  g_autofree char *words = NULL;
  g_autofree char *field = NULL;

  read_words (cb_response_get_object (response), &complaint);
  words = complaint.words;
  field = complaint.field;
  if (cb_response_is_success (response))
    _cb_connector_unexpected (task, response);
  else if (response->status == SOUP_STATUS_FORBIDDEN && !cb_is_blank (words))
    _cb_connector_fail (task, cb_response_to_error (response, CB_ERROR_FORBIDDEN, klass->name, words,
                                                    "projectKey"));
  else if (operation->issue_type == NULL)
    _cb_connector_fail (task, cb_error_new (CB_ERROR_NOT_FOUND, "projectKey",
                                            _("Jira has no project %s in which this account may "
                                              "create issues. Check the project key of the "
                                              "connector."), project_key (task)));
  else
    _cb_connector_fail (task, cb_error_new (CB_ERROR_INVALID_FIELD, "issueType",
                                            _("Jira has no issue type %s in project %s. Choose one "
                                              "that it offers."), operation->issue_type,
                                            project_key (task)));
}

static void
got_choice_types (GTask            *task,
                  const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *types = page_elements (response, "issueTypes");

  if (types == NULL)
    {
      fail_for_metadata (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (types); i++)
    {
      JsonObject *type = cb_json_element_object (types, i);
      g_autofree char *id = cb_json_id (type, "id");

      cb_choices_add (operation->choices, id, cb_json_string (type, "name"));
    }
  if (has_next_page (response, operation, json_array_get_length (types)))
    load_issue_types (g_steal_pointer (&owned), got_choice_types);
  else
    g_task_return_pointer (owned, g_steal_pointer (&operation->choices),
                           (GDestroyNotify) g_ptr_array_unref);
}

static void
got_choice_fields (GTask            *task,
                   const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *fields = page_elements (response, "fields");

  if (fields == NULL)
    {
      fail_for_metadata (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (fields); i++)
    {
      JsonObject *field = cb_json_element_object (fields, i);

      if (g_strcmp0 (field_id (field), operation->name) != 0)
        continue;
      g_clear_pointer (&operation->choices, g_ptr_array_unref);
      operation->choices = read_allowed_values (field, operation->name);
    }
  if (has_next_page (response, operation, json_array_get_length (fields)))
    load_fields (g_steal_pointer (&owned), got_choice_fields);
  else
    g_task_return_pointer (owned, g_steal_pointer (&operation->choices),
                           (GDestroyNotify) g_ptr_array_unref);
}

static void
got_parents (GTask            *task,
             const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *issues = cb_json_array (cb_response_get_object (response), "issues");

  if (issues == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (issues); i++)
    {
      JsonObject *issue = cb_json_element_object (issues, i);
      const char *key = cb_json_string (issue, "key");
      const char *summary = cb_json_string (cb_json_object (issue, "fields"), "summary");
      g_autofree char *label = g_strjoin (" · ", key, summary, NULL);

      cb_choices_add (operation->choices, key, label);
    }
  if (has_more_issues (response, operation, json_array_get_length (issues)) &&
      operation->choices->len < MAX_PARENTS)
    load_parents (g_steal_pointer (&owned));
  else
    g_task_return_pointer (owned, g_steal_pointer (&operation->choices),
                           (GDestroyNotify) g_ptr_array_unref);
}

static void
parents_with_deployment (GTask            *task,
                         const CbResponse *response)
{
  load_parents (task);
}

static void
choices_of_default_type (GTask            *task,
                         const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *types = page_elements (response, "issueTypes");

  for (guint i = 0; types != NULL && i < json_array_get_length (types); i++)
    take_default_type (owned, cb_json_element_object (types, i));
  operation->start = 0;
  if (operation->issue_type == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else
    load_fields (g_steal_pointer (&owned), got_choice_fields);
}

static void
got_target_fields (GTask            *task,
                   const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *fields = page_elements (response, "fields");

  if (fields == NULL)
    {
      fail_for_metadata (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (fields); i++)
    if (cb_json_element_object (fields, i) != NULL)
      add_field (operation->target, cb_json_element_object (fields, i));
  if (has_next_page (response, operation, json_array_get_length (fields)))
    load_fields (g_steal_pointer (&owned), got_target_fields);
  else
    g_task_return_pointer (owned, finish_target (owned), (GDestroyNotify) cb_target_free);
}

static void
got_target_types (GTask            *task,
                  const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *types = page_elements (response, "issueTypes");

  if (types == NULL)
    {
      fail_for_metadata (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (types); i++)
    take_default_type (owned, cb_json_element_object (types, i));
  if (operation->issue_type == NULL &&
      has_next_page (response, operation, json_array_get_length (types)))
    {
      load_issue_types (g_steal_pointer (&owned), got_target_types);
      return;
    }
  operation->start = 0;
  if (operation->issue_type == NULL)
    g_task_return_error (owned, cb_error_new (CB_ERROR_FORBIDDEN, "issueType",
                                              _("Jira offers this account no issue type in project "
                                                "%s. Ask its administrator for the permission to "
                                                "create issues."), project_key (owned)));
  else
    load_fields (g_steal_pointer (&owned), got_target_fields);
}

static void
target_with_visibility (GTask            *task,
                        const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);

  if (operation->issue_type == NULL)
    load_issue_types (task, got_target_types);
  else
    load_fields (task, got_target_fields);
}

static void
target_with_deployment (GTask            *task,
                        const CbResponse *response)
{
  with_visibility (task, target_with_visibility);
}

static void
found (GTask            *task,
       const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *issues = cb_json_array (cb_response_get_object (response), "issues");

  if (issues == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (issues); i++)
    {
      g_autoptr(CbIncident) incident = read_issue (g_task_get_source_object (owned),
                                                   cb_json_element_object (issues, i));

      if (incident != NULL && carries_reference (operation, incident))
        g_ptr_array_add (operation->incidents, g_steal_pointer (&incident));
    }
  if (has_more_issues (response, operation, json_array_get_length (issues)))
    find_next_page (g_steal_pointer (&owned));
  else
    g_task_return_pointer (owned, g_steal_pointer (&operation->incidents),
                           (GDestroyNotify) g_ptr_array_unref);
}

static void
find_next_page (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  g_autofree char *words = escape_words (operation->name);
  g_autofree char *jql =
    operation->reference_in_text
      ? g_strdup_printf ("project = \"%s\" AND description ~ \"%s\"", project_key (task), words)
      : g_strdup_printf ("project = \"%s\" AND labels = \"%s\"", project_key (task), operation->name);

  _cb_connector_send (task, search_request (operation, jql, "summary,description,labels,status,"
                                            "issuetype,priority,parent"), found);
}

static void
find_with_deployment (GTask            *task,
                      const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);

  operation->incidents = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incident_free);
  find_next_page (task);
}

static void
got_comments (GTask            *task,
              const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *comments = cb_json_array (cb_response_get_object (response), "comments");

  if (comments == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  operation->incident->tokens = _cb_tokens_scan (NULL, NULL, operation->incident->tokens);
  operation->incident->tokens_complete = TRUE;
  for (guint i = 0; i < json_array_get_length (comments); i++)
    {
      JsonObject *comment = cb_json_element_object (comments, i);
      g_autofree char *id = cb_json_id (comment, "id");

      _cb_tokens_scan (cb_json_string (comment, "body"), id, operation->incident->tokens);
    }
  if (has_next_page (response, operation, json_array_get_length (comments)))
    load_comments (g_steal_pointer (&owned));
  else
    g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                           (GDestroyNotify) cb_incident_free);
}

static gboolean
is_of_project (GTask      *task,
               const char *key)
{
  const char *project = project_key (task);

  return g_ascii_strncasecmp (key, project, strlen (project)) == 0 && key[strlen (project)] == '-';
}

static void
got_issue (GTask            *task,
           const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);

  operation->incident = read_issue (g_task_get_source_object (owned),
                                    cb_response_get_object (response));
  if (operation->incident == NULL || operation->incident->values == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else if (wants_internal (owned) && !is_of_project (owned, operation->incident->title))
    g_task_return_error (owned, cb_error_new (CB_ERROR_FORBIDDEN, "commentVisibility",
                                              _("%s is not in the connector's project %s, so internal "
                                                "comments might go out as public ones. Nothing was sent. "
                                                "Link an issue of that project, or use a connector for "
                                                "the other one."), operation->incident->title,
                                              project_key (owned)));
  else if (operation->with_comments)
    load_comments (g_steal_pointer (&owned));
  else
    g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                           (GDestroyNotify) cb_incident_free);
}

static void
created (GTask            *task,
         const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  CbIncident *incident = read_issue (g_task_get_source_object (owned),
                                     cb_response_get_object (response));

  if (incident == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  _cb_connector_count_write (g_task_get_source_object (owned), incident->id);
  g_task_return_pointer (owned, incident, (GDestroyNotify) cb_incident_free);
}

static void
create_with_deployment (GTask            *task,
                        const CbResponse *response)
{
  _cb_connector_send (task, cb_request_new_writing ("POST", build_create (task), API "/issue"),
                      created);
}

static void
updated (GTask            *task,
         const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);

  /* A login page has status 200, too. */
  if (response->status != SOUP_STATUS_NO_CONTENT && cb_response_get_object (response) == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else
    g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                           (GDestroyNotify) cb_incident_free);
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

/* A write to an issue that is there: Cloud counts those of each. */
static void
send_paced (GTask      *task,
            CbRequest  *request,
            const char *issue,
            CbNextFunc  next)
{
  g_autoptr(CbResponse) server = _cb_connector_known (g_task_get_source_object (task), SERVER_INFO);

  /* Where it is not known just now, better too slow than refused. */
  if (server == NULL || is_cloud (server))
    {
      request->pace_key = g_strdup (issue);
      request->paces = cloud_paces;
    }
  _cb_connector_send (task, request, next);
}

static void
comment_with_visibility (GTask            *task,
                         const CbResponse *response)
{
  Operation *operation = g_task_get_task_data (task);

  send_paced (task, cb_request_new_writing ("POST", build_comment (operation),
                                            API "/issue/%s/comment", operation->name),
              operation->name, commented);
}

/* More auxiliary methods: requests by page */

static void
load_issue_types (GTask      *task,
                  CbNextFunc  next)
{
  Operation *operation = g_task_get_task_data (task);
  g_autofree char *key = cb_url_encode (project_key (task));
  CbRequest *request = cb_request_new_lenient ("GET", API "/issue/createmeta/%s/issuetypes"
                                               "?startAt=%u&maxResults=%d", key, operation->start,
                                               PAGE);

  request->limit = CB_LIST_LIMIT;
  _cb_connector_fetch (task, request, next);
}

static void
load_fields (GTask      *task,
             CbNextFunc  next)
{
  Operation *operation = g_task_get_task_data (task);
  g_autofree char *key = cb_url_encode (project_key (task));
  g_autofree char *type = cb_url_encode (operation->issue_type);
  CbRequest *request = cb_request_new_lenient ("GET", API "/issue/createmeta/%s/issuetypes/%s"
                                               "?startAt=%u&maxResults=%d", key, type,
                                               operation->start, PAGE);

  request->limit = CB_LIST_LIMIT;
  _cb_connector_fetch (task, request, next);
}

static void
load_parents (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  g_autofree char *words = operation->text != NULL ? escape_words (operation->text) : NULL;
  g_autofree char *jql = words != NULL ? g_strdup_printf ("project = \"%s\" AND summary ~ \"%s\"",
                                                          project_key (task), words)
                                       : g_strdup_printf ("project = \"%s\"", project_key (task));

  _cb_connector_send (task, search_request (operation, jql, "summary"), got_parents);
}

/* Data Center has no project search. */
static void
load_projects (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  CbRequest *request = operation->cloud
                         ? cb_request_new_lenient ("GET", API "/project/search?orderBy=key&startAt=%u"
                                                   "&maxResults=%d", operation->start, PAGE)
                         : cb_request_new_lenient ("GET", API "/project");

  request->limit = CB_LIST_LIMIT;
  _cb_connector_send (task, request, got_projects);
}

static void
load_comments (GTask *task)
{
  Operation *operation = g_task_get_task_data (task);
  CbRequest *request = cb_request_new ("GET", API "/issue/%s/comment?startAt=%u&maxResults=%d",
                                       operation->incident->id, operation->start, PAGE);

  request->limit = CB_LIST_LIMIT;
  _cb_connector_send (task, request, got_comments);
}

/* CbConnector overrides */

static char *
cb_jira_connector_build_authorization (CbConnector *connector,
                                       GHashTable  *secrets)
{
  const char *token = g_hash_table_lookup (secrets, "apiToken");

  if (g_strcmp0 (cb_connector_get_setting (connector, "auth"), "bearer") == 0)
    return g_strconcat ("Bearer ", token, NULL);
  return cb_basic_authorization (cb_connector_get_setting (connector, "email"), token);
}

static gboolean
says_too_long (const char *words)
{
  static const char *const phrases[] = {
    "too long", "less than 255", "exceed 255", "CONTENT_LIMIT_EXCEEDED", "allowed limit"
  };

  for (guint i = 0; words != NULL && i < G_N_ELEMENTS (phrases); i++)
    if (strstr (words, phrases[i]) != NULL)
      return TRUE;
  return FALSE;
}

static void
cb_jira_connector_read_error (CbConnector      *connector,
                              const CbResponse *response,
                              CbComplaint      *complaint)
{
  const char *login = cb_response_get_header (response, "X-Seraph-LoginReason");
  const char *denied = cb_response_get_header (response, "X-Authentication-Denied-Reason");

  if (complaint->is_error)
    read_words (cb_response_get_object (response), complaint);
  if (complaint->code == CB_ERROR_INVALID_FIELD && says_too_long (complaint->words))
    complaint->code = CB_ERROR_TOO_LONG;
  /* Jira's own 413 is about how many comments an issue has; only a proxy's is about a text. */
  if (response->status == SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE && !cb_is_blank (complaint->words) &&
      !says_too_long (complaint->words))
    complaint->code = CB_ERROR_FAILED;
  if ((denied != NULL && strstr (denied, "CAPTCHA") != NULL) ||
      (complaint->is_error && login != NULL && strstr (login, "AUTHENTICATION_DENIED") != NULL))
    {
      const char *url = denied != NULL ? strstr (denied, "login-url=") : NULL;

      complaint->is_error = TRUE;
      complaint->code = CB_ERROR_AUTH_LOCKED;
      g_free (complaint->words);
      complaint->words = g_strdup_printf (_("It asks for a CAPTCHA: log in once in the browser at %s, "
                                            "then try again."),
                                          url != NULL ? url + strlen ("login-url=")
                                                      : cb_connector_get_url (connector));
    }
  /* With wrong credentials some sites answer as to nobody, with status 200, and say so only here. */
  else if (login != NULL && strstr (login, "AUTHENTICATED_FAILED") != NULL)
    {
      gboolean accepted = cb_response_is_success (response);
      /* Cloud refuses passwords in a plain sentence, which says more than this. */
      gboolean says_why = !accepted && complaint->words == NULL && !cb_response_is_page (response) &&
                          !cb_is_blank (response->text);

      complaint->is_error = TRUE;
      /* Where anonymous people may write, it has been written. */
      complaint->code = accepted && response->writes ? CB_ERROR_UNCERTAIN : CB_ERROR_AUTH_INVALID;
      if (cb_is_blank (complaint->words) && !says_why)
        {
          g_free (complaint->words);
          complaint->words = g_strdup (_("user or secret is wrong."));
        }
    }
}

static void
ask_who_we_are (GTask      *task,
                CbNextFunc  next)
{
  CbRequest *request = cb_request_new ("GET", API "/myself");

  request->optional = TRUE;
  _cb_connector_send (task, request, next);
}

static void
cb_jira_connector_test (CbConnector *connector,
                        GTask       *task)
{
  start_operation (task, "");
  ask_who_we_are (task, tested_login);
}

static void
cb_jira_connector_load_choices (CbConnector *connector,
                                const char  *field,
                                GHashTable  *context,
                                GTask       *task)
{
  const CbCaseFieldInfo *info =
    cb_connector_class_find_case_field (CB_CONNECTOR_GET_CLASS (connector), field);
  Operation *operation = start_operation (task, info != NULL ? info->target : field);

  operation->choices = cb_choices_new ();
  operation->issue_type = g_strdup (g_hash_table_lookup (context, "issueType"));
  operation->text = g_strdup (g_hash_table_lookup (context, "summary"));
  if (g_str_equal (field, "projectKey"))
    ask_who_we_are (task, projects_with_login);
  else if (g_str_equal (field, "issueType"))
    load_issue_types (task, got_choice_types);
  else if (g_str_equal (field, "parent"))
    with_deployment (task, parents_with_deployment);
  else if (operation->issue_type != NULL)
    load_fields (task, got_choice_fields);
  else
    {
      operation->target = cb_target_new ();
      load_issue_types (task, choices_of_default_type);
    }
}

static void
cb_jira_connector_load_target (CbConnector *connector,
                               GHashTable  *fields,
                               GTask       *task)
{
  Operation *operation = start_operation (task, "");

  operation->target = cb_target_new ();
  operation->issue_type = g_strdup (g_hash_table_lookup (fields, "issueType"));
  with_deployment (task, target_with_deployment);
}

static void
cb_jira_connector_find_incidents (CbConnector       *connector,
                                  const CbReference *reference,
                                  GTask             *task)
{
  Operation *operation = start_operation (task, reference->text);

  operation->reference_in_text = reference->target->reference_in_text;
  with_deployment (task, find_with_deployment);
}

static void
cb_jira_connector_read_incident (CbConnector *connector,
                                 const char  *name,
                                 gboolean     with_comments,
                                 GTask       *task)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *bare = _cb_connector_incident_name (connector, name, incident_marks,
                                                       G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_",
                                                       &error);
  CbRequest *request;

  if (bare == NULL)
    {
      _cb_connector_fail (task, g_steal_pointer (&error));
      return;
    }
  start_operation (task, name)->with_comments = with_comments;
  request = cb_request_new ("GET", API "/issue/%s", bare);
  /* Jira puts the comments into the issue, too. */
  request->limit = CB_LIST_LIMIT;
  _cb_connector_send (task, request, got_issue);
}

static void
cb_jira_connector_create_incident (CbConnector *connector,
                                   JsonObject  *values,
                                   GTask       *task)
{
  start_operation (task, "")->values = json_object_ref (values);
  with_deployment (task, create_with_deployment);
}

static void
cb_jira_connector_update_incident (CbConnector      *connector,
                                   const CbIncident *seen,
                                   JsonObject       *values,
                                   GTask            *task)
{
  JsonNode *body = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (body, build_issue (values));
  start_operation (task, "")->incident = cb_incident_new (seen->id, seen->title, seen->url);
  send_paced (task, cb_request_new_writing ("PUT", body, API "/issue/%s", seen->id), seen->id, updated);
}

static void
cb_jira_connector_add_comment (CbConnector *connector,
                               const char  *incident_id,
                               const char  *text,
                               GTask       *task)
{
  Operation *operation = start_operation (task, incident_id);

  operation->text = g_strdup (text);
  if (wants_internal (task))
    with_visibility (task, comment_with_visibility);
  else
    comment_with_visibility (task, NULL);
}

/* GObject overrides */

static void
cb_jira_connector_class_init (CbJiraConnectorClass *klass)
{
  CbConnectorClass *connector_class = CB_CONNECTOR_CLASS (klass);

  connector_class->id = "jira";
  connector_class->name = "Jira";
  connector_class->settings = settings;
  connector_class->n_settings = G_N_ELEMENTS (settings);
  connector_class->case_fields = case_fields;
  connector_class->n_case_fields = G_N_ELEMENTS (case_fields);
  connector_class->mappings = mappings;
  connector_class->n_mappings = G_N_ELEMENTS (mappings);
  connector_class->page_paths = page_paths;
  connector_class->text_format = CB_TEXT_JIRA;
  connector_class->scope_setting = "projectKey";
  connector_class->reference_prefix = REFERENCE_PREFIX;

  connector_class->build_authorization = cb_jira_connector_build_authorization;
  connector_class->read_error = cb_jira_connector_read_error;
  connector_class->test = cb_jira_connector_test;
  connector_class->load_choices = cb_jira_connector_load_choices;
  connector_class->load_target = cb_jira_connector_load_target;
  connector_class->find_incidents = cb_jira_connector_find_incidents;
  connector_class->read_incident = cb_jira_connector_read_incident;
  connector_class->create_incident = cb_jira_connector_create_incident;
  connector_class->update_incident = cb_jira_connector_update_incident;
  connector_class->add_comment = cb_jira_connector_add_comment;
}

static void
cb_jira_connector_init (CbJiraConnector *self)
{
  /* Without it Jira's XSRF check refuses writing requests of what looks like a browser.
   * [src: pycontribs/jira, jira/client.py] */
  _cb_connector_set_header (CB_CONNECTOR (self), "X-Atlassian-Token", "no-check");
}
