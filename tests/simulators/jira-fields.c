/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include <stdio.h>

#include "cb-simulator-json.h"
#include "jira.h"

#define SUMMARY_LIMIT 255
#define LABEL_LIMIT 255
#define SINGLE_LINE_LIMIT 255

/* Auxiliary methods */

static gboolean
is_blank (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return *stripped == '\0';
}

static char *
check_summary (CbJiraWrite       *write,
               const CbJiraField *field,
               JsonNode          *value,
               JsonNode         **stored)
{
  const char *text = cb_sim_json_node_string (value);
  g_autofree char *stripped = text != NULL ? g_strstrip (g_strdup (text)) : NULL;

  if (text == NULL && !JSON_NODE_HOLDS_NULL (value))
    return g_strdup ("Operation value must be a string");
  if (text == NULL || *stripped == '\0')
    return g_strdup ("You must specify a summary of the issue.");
  if (strpbrk (text, "\r\n") != NULL)
    return g_strdup ("The summary is invalid because it contains newline characters.");
  if (cb_sim_utf16_units (text) > SUMMARY_LIMIT)
    return g_strdup (write->jira->cloud ? "Summary can't exceed 255 characters."
                                        : "Summary must be less than 255 characters.");
  *stored = cb_sim_json_pack ("s", stripped);
  return NULL;
}

static char *
check_text (CbJiraWrite       *write,
            const CbJiraField *field,
            JsonNode          *value,
            JsonNode         **stored)
{
  const char *text = cb_sim_json_node_string (value);
  char *problem;

  if (text == NULL && !JSON_NODE_HOLDS_NULL (value))
    return g_strdup ("Operation value must be a string");
  problem = text != NULL ? cb_jira_check_text_limit (write->jira, text) : NULL;
  if (problem == NULL)
    *stored = cb_sim_json_pack ("s", text != NULL && *text != '\0' ? text : NULL);
  return problem;
}

static char *
check_label (const char *label)
{
  if (label == NULL)
    return g_strdup ("data was not a string");
  if (*label == '\0')
    return g_strdup ("The label must not be empty.");
  if (cb_sim_utf16_units (label) > LABEL_LIMIT)
    return g_strdup_printf ("The label '%s' exceeds the maximum length of 255 characters.", label);
  for (const char *p = label; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isspace (g_utf8_get_char (p)))
      return g_strdup_printf ("The label '%s' contains spaces which is invalid.", label);
  return NULL;
}

static int
compare_labels (gconstpointer a,
                gconstpointer b)
{
  return strcmp (*(const char **) a, *(const char **) b);
}

/* Labels are a set, shown in order. */
static JsonNode *
build_labels (GPtrArray *labels)
{
  JsonArray *list = json_array_new ();
  const char *last = NULL;

  g_ptr_array_sort (labels, compare_labels);
  for (guint i = 0; i < labels->len; last = g_ptr_array_index (labels, i++))
    if (g_strcmp0 (last, g_ptr_array_index (labels, i)) != 0)
      json_array_add_string_element (list, g_ptr_array_index (labels, i));
  return cb_sim_json_of_array (list);
}

static char *
check_labels (CbJiraWrite       *write,
              const CbJiraField *field,
              JsonNode          *value,
              JsonNode         **stored)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;
  g_autoptr(GPtrArray) labels = g_ptr_array_new ();

  if (array == NULL)
    return g_strdup ("data was not an array");
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *label = cb_sim_json_node_string (json_array_get_element (array, i));
      char *problem = check_label (label);

      if (problem != NULL)
        return problem;
      g_ptr_array_add (labels, (char *) label);
    }
  *stored = build_labels (labels);
  return NULL;
}

/* An entry of a list that has the same id, name or value, whichever is given. */
static JsonObject *
find_choice (JsonArray  *choices,
             JsonNode   *wanted,
             const char *name_member)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (wanted) ? json_node_get_object (wanted) : NULL;
  const char *member = cb_sim_json_string (object, "id") != NULL ? "id" : name_member;
  const char *text = cb_sim_json_string (object, member);

  for (guint i = 0; text != NULL && i < json_array_get_length (choices); i++)
    {
      JsonObject *choice = json_array_get_object_element (choices, i);

      if (g_str_equal (cb_sim_json_string (choice, member), text))
        return choice;
    }
  return NULL;
}

static const char *
describe (JsonNode   *value,
          const char *member)
{
  const char *text = JSON_NODE_HOLDS_OBJECT (value)
                     ? cb_sim_json_string (json_node_get_object (value), member)
                     : NULL;

  return text != NULL ? text : "";
}

static char *
check_priority (CbJiraWrite       *write,
                const CbJiraField *field,
                JsonNode          *value,
                JsonNode         **stored)
{
  g_autoptr(JsonArray) choices = cb_jira_list_priorities (write->jira, write->type);
  JsonObject *choice = find_choice (choices, value, "name");

  if (!JSON_NODE_HOLDS_OBJECT (value))
    return g_strdup ("data was not an object");
  if (choice == NULL)
    return g_strdup_printf ("Priority name '%s' is not valid", describe (value, "name"));
  *stored = cb_sim_json_of_object (cb_sim_json_copy_object (choice));
  return NULL;
}

static gboolean
is_possible_parent (CbJiraWrite *write,
                    CbJiraIssue *parent)
{
  JsonObject *type = parent != NULL ? cb_sim_json_object (parent->fields, "issuetype") : NULL;

  return parent != NULL && parent->project == write->project && parent != write->issue
         && !cb_sim_json_boolean (type, "subtask", FALSE);
}

static char *
check_parent (CbJiraWrite       *write,
              const CbJiraField *field,
              JsonNode          *value,
              JsonNode         **stored)
{
  const char *key = describe (value, "key");
  CbJiraIssue *parent =
    cb_jira_find_issue (write->jira, *key != '\0' ? key : describe (value, "id"));

  if (!JSON_NODE_HOLDS_OBJECT (value))
    return g_strdup ("data was not an object");
  if (parent == NULL)
    return g_strdup ("Could not find issue by id or key.");
  if (!is_possible_parent (write, parent))
    return g_strdup ("Given parent issue does not belong to appropriate hierarchy.");
  *stored = cb_sim_json_pack ("{id:s,key:s,fields:{summary:s}}", parent->id, parent->key,
                              cb_sim_json_string (parent->fields, "summary"));
  return NULL;
}

static gboolean
is_date (const char *text)
{
  int year;
  int month;
  int day;

  return strlen (text) == 10 && sscanf (text, "%4d-%2d-%2d", &year, &month, &day) == 3
         && g_date_valid_dmy (day, month, year);
}

static char *
check_date (CbJiraWrite       *write,
            const CbJiraField *field,
            JsonNode          *value,
            JsonNode         **stored)
{
  const char *text = cb_sim_json_node_string (value);

  if (!JSON_NODE_HOLDS_NULL (value) && (text == NULL || !is_date (text)))
    return g_strdup_printf ("Error parsing date string: %s", text != NULL ? text : "");
  *stored = json_node_copy (value);
  return NULL;
}

static char *
check_number (CbJiraWrite       *write,
              const CbJiraField *field,
              JsonNode          *value,
              JsonNode         **stored)
{
  GType type = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_value_type (value) : G_TYPE_INVALID;

  if (!JSON_NODE_HOLDS_NULL (value) && type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return g_strdup ("Operation value must be a number");
  *stored = json_node_copy (value);
  return NULL;
}

static char *
check_line (CbJiraWrite       *write,
            const CbJiraField *field,
            JsonNode          *value,
            JsonNode         **stored)
{
  const char *text = cb_sim_json_node_string (value);

  if (text == NULL && !JSON_NODE_HOLDS_NULL (value))
    return g_strdup ("Operation value must be a string");
  if (text != NULL && cb_sim_utf16_units (text) > SINGLE_LINE_LIMIT)
    return g_strdup (
      "The entered text is too long. It exceeds the allowed limit of 255 characters.");
  *stored = json_node_copy (value);
  return NULL;
}

static char *
check_option (CbJiraWrite       *write,
              const CbJiraField *field,
              JsonNode          *value,
              JsonNode         **stored)
{
  g_autoptr(JsonArray) choices = cb_jira_list_options (field);
  JsonObject *choice = find_choice (choices, value, "value");

  if (!JSON_NODE_HOLDS_OBJECT (value))
    return g_strdup ("data was not an object");
  if (choice == NULL)
    return g_strdup_printf ("Option value '%s' is not valid", describe (value, "value"));
  *stored = cb_sim_json_of_object (cb_sim_json_copy_object (choice));
  return NULL;
}

static char *
check_options (CbJiraWrite       *write,
               const CbJiraField *field,
               JsonNode          *value,
               JsonNode         **stored)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;
  g_autoptr(JsonArray) list = json_array_new ();

  if (array == NULL)
    return g_strdup ("data was not an array");
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = NULL;
      char *problem = check_option (write, field, json_array_get_element (array, i), &item);

      if (problem != NULL)
        return problem;
      json_array_add_element (list, item);
    }
  *stored = cb_sim_json_of_array (g_steal_pointer (&list));
  return NULL;
}

/* An issue stays in its project; naming that again is no error. */
static char *
check_project (CbJiraWrite       *write,
               const CbJiraField *field,
               JsonNode          *value,
               JsonNode         **stored)
{
  const char *key = describe (value, "key");
  CbJiraProject *project =
    cb_jira_find_project (write->jira, *key != '\0' ? key : describe (value, "id"));

  if (project != write->project)
    return g_strdup ("The project of an issue cannot be changed.");
  *stored = cb_jira_show_project (write->jira, project, write->base_url);
  return NULL;
}

/* A sub-task does not become anything else by an edit. */
static char *
check_type (CbJiraWrite       *write,
            const CbJiraField *field,
            JsonNode          *value,
            JsonNode         **stored)
{
  g_autoptr (CbJiraType) type =
    cb_jira_find_type (write->jira, write->project, describe (value, "id"));

  if (type == NULL || type->subtask != write->type->subtask)
    return g_strdup ("The issue type selected is invalid.");
  *stored = cb_jira_show_type (type, write->base_url);
  return NULL;
}

#define CUSTOM "com.atlassian.jira.plugin.system.customfieldtypes:"

static const CbJiraField fields[] = {
  { "summary", "Summary", "string", NULL, NULL, NULL, TRUE, FALSE, check_summary },
  { "issuetype", "Issue Type", "issuetype", NULL, NULL, NULL, TRUE, FALSE, check_type },
  { "project", "Project", "project", NULL, NULL, NULL, TRUE, FALSE, check_project },
  { "parent", "Parent", "issuelink", NULL, NULL, NULL, TRUE, FALSE, check_parent },
  { "description", "Description", "string", NULL, NULL, NULL, FALSE, FALSE, check_text },
  { "environment", "Environment", "string", NULL, NULL, NULL, FALSE, FALSE, check_text },
  { "labels", "Labels", "array", "string", NULL, NULL, FALSE, FALSE, check_labels },
  { "priority", "Priority", "priority", NULL, NULL, NULL, FALSE, TRUE, check_priority },
  { "duedate", "Due date", "date", NULL, NULL, NULL, FALSE, FALSE, check_date },
  { "customfield_10041", "Affected service", "string", NULL, CUSTOM "textfield", "text", FALSE,
    FALSE, check_line },
  { "customfield_10042", "Affected hosts", "number", NULL, CUSTOM "float", "number", FALSE, FALSE,
    check_number },
  { "customfield_10043", "Detected on", "date", NULL, CUSTOM "datepicker", "date", FALSE, FALSE,
    check_date },
  { "customfield_10044", "Data classification", "option", NULL, CUSTOM "select", "option", FALSE,
    FALSE, check_option },
  { "customfield_10045", "Attack vectors", "array", "option", CUSTOM "multiselect", "multi-option",
    FALSE, FALSE, check_options },
};

static const CbJiraField *
find_screen_field (CbJiraWrite *write,
                   const char  *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].id, id))
      return cb_jira_is_on_screen (write->jira, write->project, write->type, &fields[i])
             ? &fields[i]
             : NULL;
  return NULL;
}

static void
refuse_field (CbJiraWrite *write,
              const char  *id)
{
  g_autofree char *message = g_strdup_printf (
    "Field '%s' cannot be set. It is not on the appropriate screen, or unknown.", id);

  cb_jira_errors_add (write->errors, id, message);
}

static gboolean
is_empty (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node)) == 0;
  return JSON_NODE_HOLDS_NULL (node)
      || (cb_sim_json_node_string (node) != NULL && is_blank (json_node_get_string (node)));
}

static char *
missing_text (const CbJiraField *field)
{
  if (g_str_equal (field->id, "summary"))
    return g_strdup ("You must specify a summary of the issue.");
  if (g_str_equal (field->id, "parent"))
    return g_strdup ("Issue type is a sub-task but parent issue key or id not specified.");
  return g_strdup_printf ("%s is required.", field->name);
}

static char *
check_value (CbJiraWrite       *write,
             const CbJiraField *field,
             JsonNode          *value,
             JsonNode         **stored)
{
  if (is_empty (value) && cb_jira_is_required (write->jira, write->type, field))
    return missing_text (field);
  return field->check (write, field, value, stored);
}

static void
write_value (CbJiraWrite       *write,
             const CbJiraField *field,
             JsonNode          *value)
{
  JsonNode *stored = NULL;
  g_autofree char *problem = check_value (write, field, value, &stored);

  if (problem != NULL)
    cb_jira_errors_add (write->errors, field->id, problem);
  else if (stored != NULL)
    json_object_set_member (write->values, field->id, stored);
}

static void
write_field (CbJiraWrite *write,
             const char  *id,
             JsonNode    *value)
{
  const CbJiraField *field = find_screen_field (write, id);

  if (field != NULL)
    write_value (write, field, value);
  else
    refuse_field (write, id);
}

static GPtrArray *
current_labels (CbJiraWrite *write)
{
  GPtrArray *labels = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array = cb_sim_json_array (write->values, "labels");

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_ptr_array_add (labels, g_strdup (json_array_get_string_element (array, i)));
  return labels;
}

static void
change_label (CbJiraWrite *write,
              const char  *label,
              gboolean     add)
{
  g_autoptr(GPtrArray) labels = current_labels (write);
  g_autofree char *problem = check_label (label);
  guint index;

  if (problem != NULL)
    {
      cb_jira_errors_add (write->errors, "labels", problem);
      return;
    }
  if (add)
    g_ptr_array_add (labels, g_strdup (label));
  else if (g_ptr_array_find_with_equal_func (labels, label, g_str_equal, &index))
    g_ptr_array_remove_index (labels, index);
  json_object_set_member (write->values, "labels", build_labels (labels));
}

static void
apply_operation (CbJiraWrite       *write,
                 const CbJiraField *field,
                 const char        *operation,
                 JsonNode          *value)
{
  gboolean labels = g_str_equal (field->id, "labels");

  if (g_str_equal (operation, "set"))
    write_value (write, field, value);
  else if (labels && (g_str_equal (operation, "add") || g_str_equal (operation, "remove")))
    change_label (write, cb_sim_json_node_string (value), g_str_equal (operation, "add"));
  else
    cb_jira_errors_add (write->errors, field->id, "operation not supported on this field");
}

static void
apply_operations (CbJiraWrite *write,
                  const char  *id,
                  JsonNode    *node)
{
  const CbJiraField *field = find_screen_field (write, id);
  JsonArray *operations = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (field == NULL)
    refuse_field (write, id);
  else if (operations == NULL)
    cb_jira_errors_add (write->errors, id, "data was not an array");
  for (guint i = 0; field != NULL && operations != NULL && i < json_array_get_length (operations);
       i++)
    {
      JsonNode *element = json_array_get_element (operations, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
      g_autoptr(GList) names = object != NULL ? json_object_get_members (object) : NULL;

      if (names == NULL || names->next != NULL)
        cb_jira_errors_add (write->errors, id, "an operation must be an object with one member");
      else
        apply_operation (write, field, names->data, json_object_get_member (object, names->data));
    }
}

/* Public API */

gsize
cb_jira_n_fields (void)
{
  return G_N_ELEMENTS (fields);
}

const CbJiraField *
cb_jira_nth_field (gsize n)
{
  return &fields[n];
}

gboolean
cb_jira_is_on_screen (CbJira            *self,
                      CbJiraProject     *project,
                      CbJiraType        *type,
                      const CbJiraField *field)
{
  if (g_str_equal (field->id, "parent"))
    return type->subtask;
  if (project != g_ptr_array_index (self->projects, 0))
    return field->custom == NULL;
  if (g_str_equal (field->id, "labels"))
    return cb_sim_options_get_boolean (self->options, "labels-on-screen");
  return field->custom == NULL || cb_sim_options_get_boolean (self->options, "custom-fields")
         || g_str_equal (field->option, cb_sim_options_get (self->options, "required-field"));
}

gboolean
cb_jira_is_required (CbJira            *self,
                     CbJiraType        *type,
                     const CbJiraField *field)
{
  return field->required
      || (field->option != NULL
          && g_str_equal (field->option, cb_sim_options_get (self->options, "required-field")));
}

/**
 * cb_jira_write_fields:
 * @write: the write, with project and type
 * @values: (nullable): the member "fields" of a request
 * @update: (nullable): its member "update"
 *
 * Checks everything and puts it into the write's values; what is wrong goes to its errors.
 */
void
cb_jira_write_fields (CbJiraWrite *write,
                      JsonObject  *values,
                      JsonObject  *update)
{
  g_autoptr(GList) names = values != NULL ? json_object_get_members (values) : NULL;
  g_autoptr(GList) updated = update != NULL ? json_object_get_members (update) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    if (update != NULL && json_object_has_member (update, l->data))
      {
        g_autofree char *message = g_strdup_printf (
          "Field '%s' cannot appear in both 'fields' and 'update'", (char *) l->data);

        cb_jira_errors_add (write->errors, l->data, message);
      }
    else
      {
        write_field (write, l->data, json_object_get_member (values, l->data));
      }
  for (GList *l = updated; l != NULL; l = l->next)
    apply_operations (write, l->data, json_object_get_member (update, l->data));
}

/**
 * cb_jira_write_defaults:
 * @write: the creation of an issue, all fields written
 *
 * Names the required fields that are missing, and fills in the others.
 */
void
cb_jira_write_defaults (CbJiraWrite *write)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const CbJiraField *field = &fields[i];

      if (json_object_has_member (write->values, field->id)
          || json_object_has_member (write->errors->fields, field->id)
          || !cb_jira_is_on_screen (write->jira, write->project, write->type, field))
        continue;
      if (cb_jira_is_required (write->jira, write->type, field))
        {
          g_autofree char *message = missing_text (field);

          cb_jira_errors_add (write->errors, field->id, message);
        }
      else if (g_str_equal (field->id, "labels"))
        json_object_set_member (write->values, field->id, cb_sim_json_pack ("[]"));
      else if (g_str_equal (field->id, "priority"))
        json_object_set_member (write->values, field->id,
                                cb_sim_json_pack ("{id:s,name:s,iconUrl:s}", "3", "Medium", ""));
      else
        json_object_set_null_member (write->values, field->id);
    }
}

/**
 * cb_jira_check_text_limit:
 * @self: the site
 * @text: a description or a comment
 *
 * Returns: (transfer full) (nullable): what is wrong with it
 */
char *
cb_jira_check_text_limit (CbJira     *self,
                          const char *text)
{
  guint limit = cb_sim_options_get_number (self->options, "text-limit");
  g_autofree char *number = NULL;

  if (limit == 0 || cb_sim_utf16_units (text) <= limit)
    return NULL;
  number = limit >= 1000 ? g_strdup_printf ("%u,%03u", limit / 1000, limit % 1000)
                         : g_strdup_printf ("%u", limit);
  return g_strdup_printf (
    "The entered text is too long. It exceeds the allowed limit of %s characters.", number);
}
