/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "connectors/cb-connector-private.h"
#include "connectors/cb-servicenow-connector.h"
#include "remote/cb-transport.h"
#include "remote/cb-url.h"

/* ServiceNow by its Table API, which needs nothing installed in the instance.
 * [src: ServiceNowDocs, api-reference/rest-apis/c_TableAPI.md] */
#define TABLE "/api/now/v2/table/incident"
#define CREATE_TIMEOUT_S 120
#define PAGE 1000
#define ID_LENGTH 32

/* Documented defaults, used where the account may not read sys_dictionary. */
#define SHORT_DESCRIPTION_LENGTH 160
#define DESCRIPTION_LENGTH 4000

/* What a form shows in one line. [src: ServiceNow's own forms] */
#define LINE_LENGTH 254

struct _CbServicenowConnector
{
  CbConnector parent_instance;
};

/* One operation: what it was asked, and what it has so far. */
typedef struct
{
  char *name;               /* (owned): a field, an incident's name or a reference */
  char *category;           /* (owned) (nullable) */
  gboolean with_comments;
  guint offset;
  GPtrArray *choices;       /* (owned) (nullable) */
  GPtrArray *task_choices;  /* (owned) (nullable): those of task, for elements incident has none of */
  JsonObject *sent;         /* (owned) (nullable) */
  CbIncident *incident;     /* (owned) (nullable) */
} Operation;

static const char *const comment_fields[] = { "comments", "work_notes", NULL };

static const CbSettingInfo settings[] = {
  { "username", N_("Username"), NULL, CB_KIND_TEXT, TRUE, FALSE },
  { "password", N_("Password"), NULL, CB_KIND_TEXT, TRUE, TRUE },
  { "commentField", N_("Comments go to"),
    N_("“comments” is visible to the customer, “work_notes” to your people only"), CB_KIND_CHOICE,
    FALSE, FALSE, comment_fields },
  { "caFile", N_("Certificate authority"), N_("A PEM file, trusted for this connector only"),
    CB_KIND_FILE, FALSE, FALSE },
};

static const CbCaseFieldInfo case_fields[] = {
  { "urgency", N_("Urgency"), "urgency", CB_KIND_CHOICE },
  { "severity", N_("Severity"), "severity", CB_KIND_CHOICE },
  { "impact", N_("Impact"), "impact", CB_KIND_CHOICE },
  { "category", N_("Category"), "category", CB_KIND_CHOICE },
  { "subcategory", N_("Subcategory"), "subcategory", CB_KIND_CHOICE, FALSE, "category" },
};

static const CbMapping mappings[] = {
  { "title", "short_description", CB_MAPPING_OVERWRITE, cb_text_join_lines },
  { "description", "description", CB_MAPPING_OVERWRITE },
  { "comments", "comments", CB_MAPPING_APPEND },
};

/* Where its id stands in the addresses that people copy. */
static const char *const incident_marks[] = { "sys_id%3D", "sys_id=", "/incident/", NULL };

static const char *const page_paths[] = { "now", "api", "nav_to.do", "login", "sp", "esc", NULL };

G_DEFINE_FINAL_TYPE (CbServicenowConnector, cb_servicenow_connector, CB_TYPE_CONNECTOR)

static void choices_next_page (GTask *task);

/* Auxiliary methods */

static void
operation_free (Operation *operation)
{
  g_free (operation->name);
  g_free (operation->category);
  g_clear_pointer (&operation->choices, g_ptr_array_unref);
  g_clear_pointer (&operation->task_choices, g_ptr_array_unref);
  g_clear_pointer (&operation->sent, json_object_unref);
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

/* A condition's value must not be able to end the condition. */
static char *
encode_value (const char *value)
{
  g_auto(GStrv) parts = g_strsplit (value, "^", -1);
  g_autofree char *escaped = g_strjoinv ("^^", parts);

  return cb_url_encode (escaped);
}

static JsonArray *
result_list (const CbResponse *response)
{
  return cb_json_array (cb_response_get_object (response), "result");
}

static JsonObject *
result_record (const CbResponse *response)
{
  return cb_json_object (cb_response_get_object (response), "result");
}

static gboolean
is_failure (const CbResponse *response)
{
  return g_strcmp0 (cb_json_string (cb_response_get_object (response), "status"), "failure") == 0;
}

/* A reference comes as an object with link and value; everything else is a string. */
static const char *
column (JsonObject *record,
        const char *name)
{
  JsonObject *reference = cb_json_object (record, name);

  return reference != NULL ? cb_json_string (reference, "value") : cb_json_string (record, name);
}

static gboolean
is_sys_id (const char *text)
{
  return strlen (text) == ID_LENGTH && strspn (text, "0123456789abcdef") == ID_LENGTH;
}

static JsonObject *
read_values (JsonObject *record)
{
  JsonObject *values = json_object_new ();
  g_autoptr(GList) members = json_object_get_members (record);

  for (GList *l = members; l != NULL; l = l->next)
    if (column (record, l->data) != NULL)
      json_object_set_string_member (values, l->data, column (record, l->data));
  return values;
}

static CbIncident *
read_record (CbConnector *connector,
             JsonObject  *record)
{
  const char *id = column (record, "sys_id");
  const char *number = column (record, "number");
  const char *state = column (record, "state");
  const char *display = column (record, "correlation_display");
  g_autofree char *url = NULL;
  CbIncident *incident;

  if (cb_is_blank (id))
    return NULL;
  /* The form in which Kibana shows it, so that people find the same page. */
  url = g_strdup_printf ("%s/nav_to.do?uri=incident.do?sys_id=%s", cb_connector_get_url (connector),
                         id);
  incident = cb_incident_new (id, cb_is_blank (number) ? id : number, url);
  incident->state = g_strdup (state);
  incident->closed = state != NULL && (g_str_equal (state, "7") || g_str_equal (state, "8"));
  incident->foreign = g_strcmp0 (display, "Casebridge") != 0;
  incident->values = read_values (record);
  return incident;
}

/* Columns that come back as they were written; of others a reference has an id, a date its own form. */
static gboolean
comes_back (const char *name)
{
  static const char *const names[] = {
    "short_description", "description", "urgency", "severity", "impact", "category", "subcategory",
    "correlation_id", "correlation_display", NULL
  };

  return g_strv_contains (names, name);
}

static gboolean
is_same (const char *sent,
         const char *now)
{
  g_auto(GStrv) lines = g_strsplit (now, "\r\n", -1);
  g_autofree char *left = g_strstrip (g_strdup (sent));
  g_autofree char *right = g_strstrip (g_strjoinv ("\n", lines));

  return g_str_equal (left, right);
}

static gboolean
was_dropped (const char *name,
             const char *sent,
             const char *now)
{
  /* What is not in the answer may be written all the same, and only not be shown. */
  if (cb_is_blank (sent) || now == NULL)
    return FALSE;
  return *now == '\0' || (comes_back (name) && !is_same (sent, now));
}

/* Fields that the account may not write are dropped without an error, long texts are cut: compare. */
static GStrv
find_dropped (JsonObject *sent,
              JsonObject *values)
{
  g_autoptr(GStrvBuilder) dropped = g_strv_builder_new ();
  g_autoptr(GList) members = json_object_get_members (sent);

  for (GList *l = members; l != NULL; l = l->next)
    if (was_dropped (l->data, cb_json_string (sent, l->data), cb_json_string (values, l->data)))
      g_strv_builder_add (dropped, l->data);
  return g_strv_builder_end (dropped);
}

static CbRequest *
dictionary_request (void)
{
  CbRequest *request =
    cb_request_new_lenient ("GET", "/api/now/table/sys_dictionary?sysparm_query=name=task%%5EORname=incident"
                            "&active=true&array=false&read_only=false&sysparm_fields=max_length,"
                            "element,column_label,mandatory,internal_type,default_value,choice");

  request->limit = CB_LIST_LIMIT;
  return request;
}

static CbRequest *
choices_request (Operation *operation)
{
  g_autofree char *element = encode_value (operation->name);
  CbRequest *request =
    cb_request_new ("GET", "/api/now/table/sys_choice?sysparm_query=name=task%%5EORname=incident"
                    "%%5Eelement=%s%%5Elanguage=en&sysparm_fields=label,value,dependent_value,element,"
                    "name,inactive,language&sysparm_limit=%d&sysparm_offset=%u", element, PAGE,
                    operation->offset);

  request->limit = CB_LIST_LIMIT;
  return request;
}

/* Only display values hold the journal: all entries as one text. [src: rbw/pysnow#112] */
static CbRequest *
journal_request (const char *id)
{
  CbRequest *request = cb_request_new ("GET", TABLE "/%s?sysparm_display_value=true"
                                       "&sysparm_fields=comments,work_notes", id);

  request->limit = CB_LIST_LIMIT;
  return request;
}

/* A column's "choice" is 1 or 3 where nothing but the choices can be set; 2 only suggests them. */
static CbFieldKind
field_kind (JsonObject *record)
{
  static const struct { const char *type; CbFieldKind kind; } kinds[] = {
    { "integer", CB_KIND_NUMBER }, { "decimal", CB_KIND_NUMBER }, { "float", CB_KIND_NUMBER },
    { "longint", CB_KIND_NUMBER }, { "glide_date", CB_KIND_DATE }, { "due_date", CB_KIND_TIME },
    { "glide_date_time", CB_KIND_TIME }, { "boolean", CB_KIND_BOOLEAN },
    { "html", CB_KIND_LONG_TEXT }, { "journal_input", CB_KIND_LONG_TEXT },
  };
  const char *choice = column (record, "choice");
  const char *type = column (record, "internal_type");
  const char *length = column (record, "max_length");

  if (g_strcmp0 (choice, "1") == 0 || g_strcmp0 (choice, "3") == 0)
    return CB_KIND_CHOICE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (type, kinds[i].type) == 0)
      return kinds[i].kind;
  return length != NULL && g_ascii_strtoull (length, NULL, 10) > LINE_LENGTH ? CB_KIND_LONG_TEXT
                                                                             : CB_KIND_TEXT;
}

static void
add_column (CbTarget   *target,
            JsonObject *record)
{
  const char *element = column (record, "element");
  const char *length = column (record, "max_length");
  CbTargetField *field;

  if (cb_is_blank (element))
    return;
  field = cb_target_add (target, element, column (record, "column_label"),
                         field_kind (record));
  field->as_text = TRUE;
  field->time_format = field->kind == CB_KIND_TIME ? CB_TIME_SQL : CB_TIME_DATE;
  if (length != NULL && (field->kind == CB_KIND_TEXT || field->kind == CB_KIND_LONG_TEXT))
    field->max_length = g_ascii_strtoull (length, NULL, 10);
  if (g_strcmp0 (column (record, "mandatory"), "true") == 0 &&
      cb_is_blank (column (record, "default_value")))
    field->required = TRUE;
}

static void
set_limit (CbTarget   *target,
           const char *id,
           guint       length)
{
  CbTargetField *field = cb_target_add (target, id, NULL, CB_KIND_TEXT);

  if (field->max_length == 0)
    field->max_length = length;
}

static void
set_default (CbTarget   *target,
             const char *id,
             const char *value)
{
  g_hash_table_insert (target->defaults, g_strdup (id), g_strdup (value));
}

/* Most instances want a caller. Kibana gives them the connector's own user; so does this. */
static void
add_caller (CbConnector *connector,
            CbTarget    *target)
{
  CbTargetField *field = cb_target_find (target, "caller_id");
  const char *user = cb_connector_get_setting (connector, "username");

  if (field == NULL || !field->required || user == NULL)
    return;
  set_default (target, "caller_id", user);
  g_ptr_array_add (target->notes,
                   g_strdup_printf (_("ServiceNow wants a caller (caller_id): %s, the connector's own "
                                      "user. Set extra.caller_id for another one."), user));
}

static CbTarget *
read_target (CbConnector *connector,
             JsonArray   *columns)
{
  CbTarget *target = cb_target_new ();

  for (guint i = 0; columns != NULL && i < json_array_get_length (columns); i++)
    if (cb_json_element_object (columns, i) != NULL)
      add_column (target, cb_json_element_object (columns, i));
  set_limit (target, "short_description", SHORT_DESCRIPTION_LENGTH);
  set_limit (target, "description", DESCRIPTION_LENGTH);
  set_default (target, "correlation_display", "Casebridge");
  add_caller (connector, target);
  target->reference_field = g_strdup ("correlation_id");
  target->absence_counts = TRUE;
  target->comment_field = g_strdup (cb_connector_get_setting (connector, "commentField"));
  if (g_strcmp0 (target->comment_field, "comments") == 0)
    target->comment_note = g_strdup (_("Comments go to the field “comments”, which the customer can "
                                       "read."));
  return target;
}

static void
add_choice (Operation  *operation,
            JsonObject *record)
{
  const char *dependent = column (record, "dependent_value");
  const char *language = column (record, "language");
  gboolean of_task = g_strcmp0 (column (record, "name"), "task") == 0;

  /* Conditions that an instance does not know are ignored by it, so each row is looked at again. */
  if (g_strcmp0 (column (record, "element"), operation->name) != 0 ||
      g_strcmp0 (column (record, "inactive"), "true") == 0 ||
      (!cb_is_blank (language) && !g_str_equal (language, "en")) ||
      cb_is_blank (column (record, "value")))
    return;
  if (operation->category != NULL && g_strcmp0 (dependent, operation->category) != 0)
    return;
  cb_choices_add (of_task ? operation->task_choices : operation->choices, column (record, "value"),
                  column (record, "label"));
}

static GPtrArray *
merge_choices (Operation *operation)
{
  for (guint i = 0; i < operation->task_choices->len; i++)
    {
      CbChoice *choice = g_ptr_array_index (operation->task_choices, i);

      cb_choices_add (operation->choices, choice->value, choice->label);
    }
  return g_steal_pointer (&operation->choices);
}

/* Callbacks: the steps of the operations */

static void
tested (GTask            *task,
        const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  CbSystem *system;

  if (response->status == SOUP_STATUS_FORBIDDEN && is_failure (response))
    {
      g_task_return_error (owned, cb_error_new (CB_ERROR_FORBIDDEN, NULL,
                                                _("This account may not read incidents in ServiceNow "
                                                  "(status %u). Ask its administrator for the role "
                                                  "“itil”."), response->status));
      return;
    }
  if (result_list (response) == NULL)
    {
      if (cb_response_is_success (response))
        _cb_connector_unexpected (g_steal_pointer (&owned), response);
      else
        _cb_connector_not_here (g_steal_pointer (&owned), response);
      return;
    }
  system = g_new0 (CbSystem, 1);
  system->product = g_strdup ("ServiceNow");
  system->note = g_strdup (_("writing not checked"));
  g_task_return_pointer (owned, system, (GDestroyNotify) cb_system_free);
}

static void
got_choices (GTask            *task,
             const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *rows = result_list (response);
  guint known;

  if (rows == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  known = operation->choices->len + operation->task_choices->len;
  for (guint i = 0; i < json_array_get_length (rows); i++)
    if (cb_json_element_object (rows, i) != NULL)
      add_choice (operation, cb_json_element_object (rows, i));
  operation->offset += PAGE;
  /* An instance that ignores the offset gives the same page for ever. */
  if (json_array_get_length (rows) >= PAGE &&
      (operation->offset == PAGE || operation->choices->len + operation->task_choices->len > known))
    choices_next_page (g_steal_pointer (&owned));
  else
    g_task_return_pointer (owned, merge_choices (operation), (GDestroyNotify) g_ptr_array_unref);
}

static void
choices_next_page (GTask *task)
{
  _cb_connector_fetch (task, choices_request (g_task_get_task_data (task)), got_choices);
}

static void
got_dictionary (GTask            *task,
                const CbResponse *response)
{
  g_autoptr(GTask) owned = task;

  /* Accounts without the right to read the dictionary get a refusal or an empty list. */
  if (result_list (response) == NULL && cb_response_is_success (response))
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else
    g_task_return_pointer (owned, read_target (g_task_get_source_object (owned),
                                               result_list (response)),
                           (GDestroyNotify) cb_target_free);
}

static void
found (GTask            *task,
       const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  g_autoptr(GPtrArray) incidents =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incident_free);
  JsonArray *rows = result_list (response);

  if (rows == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *record = cb_json_element_object (rows, i);
      CbIncident *incident = NULL;

      if (g_strcmp0 (column (record, "correlation_id"), operation->name) == 0)
        incident = read_record (g_task_get_source_object (owned), record);
      if (incident != NULL)
        g_ptr_array_add (incidents, incident);
    }
  /* Conditions that it does not know, or does not show, are ignored by it: this proves nothing. */
  if (incidents->len == 0 && json_array_get_length (rows) > 0)
    g_task_return_error (owned, cb_error_new (CB_ERROR_UNCERTAIN, "correlation_id",
                                              _("ServiceNow answers a search by correlation_id with other "
                                                "incidents; this account may not read that field. It is "
                                                "not known whether an incident was made. Look there: if "
                                                "it exists, link it to the case, else send it again.")));
  else
    g_task_return_pointer (owned, g_steal_pointer (&incidents), (GDestroyNotify) g_ptr_array_unref);
}

/* Who may not read a journal gets an empty one, and each has access rules of its own: that a comment is
 * not there can only be known where another one of ours is seen in the journal that is written to. */
static void
take_journal (GTask      *task,
              const char *element,
              const char *text,
              const char *entry_id)
{
  CbIncident *incident = ((Operation *) g_task_get_task_data (task))->incident;
  g_autoptr(GHashTable) tokens = _cb_tokens_scan (text, entry_id, NULL);
  const char *written = cb_connector_get_setting (g_task_get_source_object (task), "commentField");

  incident->tokens = _cb_tokens_scan (text, entry_id, incident->tokens);
  incident->tokens_complete |= g_strcmp0 (element, written) == 0 && g_hash_table_size (tokens) > 0;
}

static void
got_journal_entries (GTask            *task,
                     const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *rows = result_list (response);

  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonObject *row = cb_json_element_object (rows, i);
      const char *id = column (row, "sys_id");

      /* Conditions that ServiceNow does not understand match everything. */
      if (g_strcmp0 (column (row, "element_id"), operation->incident->id) == 0)
        take_journal (owned, column (row, "element"), column (row, "value"), id != NULL ? id : "");
    }
  g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                         (GDestroyNotify) cb_incident_free);
}

static void
got_journal (GTask            *task,
             const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonObject *record = result_record (response);
  CbRequest *request;

  take_journal (owned, "comments", column (record, "comments"), "");
  take_journal (owned, "work_notes", column (record, "work_notes"), "");
  if (operation->incident->tokens_complete)
    {
      g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                             (GDestroyNotify) cb_incident_free);
      return;
    }
  request = cb_request_new_lenient ("GET", "/api/now/table/sys_journal_field?sysparm_query="
                                    "element_id=%s%%5Eelement=comments%%5EORelement=work_notes"
                                    "&sysparm_fields=sys_id,element,element_id,value",
                                    operation->incident->id);
  request->optional = TRUE;
  request->limit = CB_LIST_LIMIT;
  _cb_connector_send (g_steal_pointer (&owned), request, got_journal_entries);
}

static void
got_record (GTask            *task,
            const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonArray *rows = result_list (response);
  JsonObject *record = result_record (response);

  if (rows != NULL && json_array_get_length (rows) == 1)
    record = cb_json_element_object (rows, 0);
  if (rows != NULL && json_array_get_length (rows) != 1)
    {
      g_task_return_error (owned, cb_error_new (CB_ERROR_NOT_FOUND, "incident",
                                                _("ServiceNow has no incident “%s” that this account "
                                                  "may see."), operation->name));
      return;
    }
  if (record != NULL)
    operation->incident = read_record (g_task_get_source_object (owned), record);
  if (operation->incident == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else if (!operation->with_comments)
    g_task_return_pointer (owned, g_steal_pointer (&operation->incident),
                           (GDestroyNotify) cb_incident_free);
  else
    _cb_connector_send (g_steal_pointer (&owned), journal_request (operation->incident->id),
                        got_journal);
}

static void
written (GTask            *task,
         const CbResponse *response)
{
  g_autoptr(GTask) owned = task;
  Operation *operation = g_task_get_task_data (task);
  JsonObject *record = result_record (response);
  CbIncident *incident = record != NULL ? read_record (g_task_get_source_object (owned), record)
                                        : NULL;

  if (incident == NULL)
    {
      _cb_connector_unexpected (g_steal_pointer (&owned), response);
      return;
    }
  incident->dropped = find_dropped (operation->sent, incident->values);
  g_task_return_pointer (owned, incident, (GDestroyNotify) cb_incident_free);
}

static void
commented (GTask            *task,
           const CbResponse *response)
{
  g_autoptr(GTask) owned = task;

  /* Journal entries have ids only in a table that most accounts may not read. */
  if (result_record (response) == NULL)
    _cb_connector_unexpected (g_steal_pointer (&owned), response);
  else
    g_task_return_pointer (owned, g_strdup (""), g_free);
}

/* CbConnector overrides */

static char *
cb_servicenow_connector_build_authorization (CbConnector *connector,
                                             GHashTable  *secrets)
{
  return cb_basic_authorization (cb_connector_get_setting (connector, "username"),
                                 g_hash_table_lookup (secrets, "password"));
}

/* {"error":{"message":…,"detail":…},"status":"failure"}; error is a string in OAuth's answers. */
static void
cb_servicenow_connector_read_error (CbConnector      *connector,
                                    const CbResponse *response,
                                    CbComplaint      *complaint)
{
  JsonObject *body = cb_response_get_object (response);
  JsonObject *error = cb_json_object (body, "error");
  const char *message = error != NULL ? cb_json_string (error, "message")
                                      : cb_json_string (body, "error");
  const char *detail = error != NULL ? cb_json_string (error, "detail")
                                     : cb_json_string (body, "error_description");

  /* A rule about data is no missing permission. */
  if (complaint->code == CB_ERROR_FORBIDDEN && detail != NULL &&
      (strstr (detail, "Data Policy") != NULL || strstr (detail, "mandatory") != NULL))
    complaint->code = CB_ERROR_INVALID_FIELD;
  if (message != NULL || detail != NULL)
    complaint->words = g_strjoin (": ", message != NULL ? message : detail,
                                  message != NULL ? detail : NULL, NULL);
}

static void
cb_servicenow_connector_test (CbConnector *connector,
                              GTask       *task)
{
  CbRequest *request = cb_request_new ("GET", TABLE "?sysparm_limit=1&sysparm_fields=sys_id");

  request->optional = TRUE;
  _cb_connector_send (task, request, tested);
}

static void
cb_servicenow_connector_load_choices (CbConnector *connector,
                                      const char  *field,
                                      GHashTable  *context,
                                      GTask       *task)
{
  const CbCaseFieldInfo *info =
    cb_connector_class_find_case_field (CB_CONNECTOR_GET_CLASS (connector), field);
  Operation *operation = start_operation (task, field);

  if (info != NULL && info->depends_on != NULL)
    operation->category = g_strdup (g_hash_table_lookup (context, info->depends_on));
  operation->choices = cb_choices_new ();
  operation->task_choices = cb_choices_new ();
  choices_next_page (task);
}

static void
cb_servicenow_connector_load_target (CbConnector *connector,
                                     GHashTable  *fields,
                                     GTask       *task)
{
  _cb_connector_fetch (task, dictionary_request (), got_dictionary);
}

static void
cb_servicenow_connector_find_incidents (CbConnector       *connector,
                                        const CbReference *reference,
                                        GTask             *task)
{
  g_autofree char *value = encode_value (reference->text);

  start_operation (task, reference->text);
  _cb_connector_send (task, cb_request_new ("GET", TABLE "?sysparm_query=ORDERBYDESCsys_created_on"
                                            "%%5Ecorrelation_id=%s&sysparm_limit=10", value), found);
}

static void
cb_servicenow_connector_read_incident (CbConnector *connector,
                                       const char  *name,
                                       gboolean     with_comments,
                                       GTask       *task)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *bare = _cb_connector_incident_name (connector, name, incident_marks,
                                                       G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS,
                                                       &error);
  Operation *operation = start_operation (task, name);

  operation->with_comments = with_comments;
  if (bare == NULL)
    _cb_connector_fail (task, g_steal_pointer (&error));
  else if (is_sys_id (bare))
    _cb_connector_send (task, cb_request_new ("GET", TABLE "/%s", bare), got_record);
  else
    _cb_connector_send (task, cb_request_new ("GET", TABLE "?sysparm_query=number=%s&sysparm_limit=2",
                                              bare), got_record);
}

static void
cb_servicenow_connector_create_incident (CbConnector *connector,
                                         JsonObject  *values,
                                         GTask       *task)
{
  JsonNode *body = cb_json_node_new_object (json_object_ref (values));
  CbRequest *request = cb_request_new_writing ("POST", body, TABLE);

  start_operation (task, "")->sent = json_object_ref (values);
  /* An instance ends a transaction after 60 s by itself, and may answer only after that. */
  request->timeout = CREATE_TIMEOUT_S;
  _cb_connector_send (task, request, written);
}

static void
cb_servicenow_connector_update_incident (CbConnector      *connector,
                                         const CbIncident *seen,
                                         JsonObject       *values,
                                         GTask            *task)
{
  JsonNode *body = cb_json_node_new_object (json_object_ref (values));

  start_operation (task, "")->sent = json_object_ref (values);
  _cb_connector_send (task, cb_request_new_writing ("PATCH", body, TABLE "/%s", seen->id), written);
}

static void
cb_servicenow_connector_add_comment (CbConnector *connector,
                                     const char  *incident_id,
                                     const char  *text,
                                     GTask       *task)
{
  JsonObject *values = json_object_new ();
  JsonNode *body = cb_json_node_new_object (values);

  json_object_set_string_member (values, cb_connector_get_setting (connector, "commentField"), text);
  _cb_connector_send (task, cb_request_new_writing ("PATCH", body, TABLE "/%s", incident_id),
                      commented);
}

/* GObject overrides */

static void
cb_servicenow_connector_class_init (CbServicenowConnectorClass *klass)
{
  CbConnectorClass *connector_class = CB_CONNECTOR_CLASS (klass);

  connector_class->id = "servicenow";
  connector_class->name = "ServiceNow";
  connector_class->settings = settings;
  connector_class->n_settings = G_N_ELEMENTS (settings);
  connector_class->case_fields = case_fields;
  connector_class->n_case_fields = G_N_ELEMENTS (case_fields);
  connector_class->mappings = mappings;
  connector_class->n_mappings = G_N_ELEMENTS (mappings);
  connector_class->page_paths = page_paths;
  connector_class->text_format = CB_TEXT_PLAIN;
  /* Security incidents have a table of their own. */
  connector_class->foreign_page = "sn_si_incident.do";
  connector_class->reference_prefix = "";

  connector_class->build_authorization = cb_servicenow_connector_build_authorization;
  connector_class->read_error = cb_servicenow_connector_read_error;
  connector_class->test = cb_servicenow_connector_test;
  connector_class->load_choices = cb_servicenow_connector_load_choices;
  connector_class->load_target = cb_servicenow_connector_load_target;
  connector_class->find_incidents = cb_servicenow_connector_find_incidents;
  connector_class->read_incident = cb_servicenow_connector_read_incident;
  connector_class->create_incident = cb_servicenow_connector_create_incident;
  connector_class->update_incident = cb_servicenow_connector_update_incident;
  connector_class->add_comment = cb_servicenow_connector_add_comment;
}

static void
cb_servicenow_connector_init (CbServicenowConnector *self)
{
}
