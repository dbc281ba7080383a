/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "jira.h"

typedef struct {
  gint64 window; /* microseconds */
  guint  limit;
} Burst;

/* developer.atlassian.com/cloud/jira/platform/rate-limiting: writes to one issue */
static const Burst bursts[] = {
  { 2 * G_USEC_PER_SEC, 20 },
  { 30 * G_USEC_PER_SEC, 100 },
};

/* Auxiliary methods */

static void
write_clear (CbJiraWrite *write)
{
  g_clear_pointer (&write->type, cb_jira_type_free);
  g_clear_pointer (&write->values, json_object_unref);
  g_clear_pointer (&write->errors, cb_jira_errors_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CbJiraWrite, write_clear)

static gboolean
has_known_members (JsonObject        *body,
                   const char *const *known,
                   CbJiraErrors      *errors)
{
  g_autoptr(GList) names = json_object_get_members (body);

  for (GList *l = names; l != NULL; l = l->next)
    if (!g_strv_contains (known, l->data))
      {
        g_autofree char *message = g_strdup_printf ("Unrecognized field \"%s\"", (char *) l->data);

        cb_jira_errors_add (errors, NULL, message);
        return FALSE;
      }
  return TRUE;
}

/* "properties" is documented for Cloud only. */
static gboolean
check_members (CbJira       *self,
               JsonObject   *body,
               CbJiraErrors *errors)
{
  static const char *const cloud[] = { "fields", "update", "properties", NULL };
  static const char *const datacenter[] = { "fields", "update", NULL };
  const char *wrong = NULL;

  if (!has_known_members (body, self->cloud ? cloud : datacenter, errors))
    return FALSE;
  if (json_object_has_member (body, "fields") && cb_sim_json_object (body, "fields") == NULL)
    wrong = "fields must be an object";
  else if (json_object_has_member (body, "update") && cb_sim_json_object (body, "update") == NULL)
    wrong = "update must be an object";
  else if (!json_object_has_member (body, "fields") && !json_object_has_member (body, "update"))
    wrong = "one of 'fields' or 'update' required";
  if (wrong != NULL)
    cb_jira_errors_add (errors, NULL, wrong);
  return wrong == NULL;
}

static JsonObject *
read_body (CbJira        *self,
           CbSimExchange *exchange,
           CbJiraErrors  *errors)
{
  g_autoptr(JsonObject) body = cb_sim_exchange_parse_object (exchange);

  if (body == NULL)
    cb_jira_errors_add (errors, NULL,
                        "There was an error parsing JSON. Check that your request body is valid.");
  else if (check_members (self, body, errors))
    return g_steal_pointer (&body);
  return NULL;
}

/* Jira says no more than this while project or type are wrong. */
static gboolean
find_target (CbJiraWrite *write,
             JsonObject  *fields)
{
  JsonObject *project = cb_sim_json_object (fields, "project");
  JsonObject *type = cb_sim_json_object (fields, "issuetype");
  const char *key = cb_sim_json_string (project, "key");

  write->project =
    cb_jira_find_project (write->jira, key != NULL ? key : cb_sim_json_string (project, "id"));
  if (project == NULL)
    cb_jira_errors_add (write->errors, "project", "project is required");
  else if (write->project == NULL)
    cb_jira_errors_add (write->errors, "project", "valid project is required");
  if (type == NULL)
    cb_jira_errors_add (write->errors, "issuetype", "issue type is required");
  else if (write->project != NULL)
    write->type = cb_jira_find_type (write->jira, write->project, cb_sim_json_string (type, "id"));
  if (type != NULL && write->project != NULL && write->type == NULL)
    cb_jira_errors_add (write->errors, "issuetype", "valid issue type is required");
  return write->type != NULL;
}

static void
add_system_fields (CbJiraWrite *write)
{
  CbJira *jira = write->jira;
  const char *login = cb_sim_options_get (jira->options, "user");
  g_autofree char *now = cb_jira_now ();

  json_object_set_member (
    write->values, "status",
    cb_sim_json_pack ("{id:s,name:s,statusCategory:{key:s,name:s}}", "1", "To Do", "new", "To Do"));
  json_object_set_null_member (write->values, "resolution");
  json_object_set_member (write->values, "creator", cb_jira_show_user (jira, login));
  json_object_set_member (write->values, "reporter", cb_jira_show_user (jira, login));
  json_object_set_string_member (write->values, "created", now);
  json_object_set_string_member (write->values, "updated", now);
}

static CbJiraIssue *
add_issue (CbJira        *self,
           CbJiraProject *project)
{
  CbJiraIssue *issue = g_new0 (CbJiraIssue, 1);

  issue->id = g_strdup_printf ("%u", self->next_issue++);
  issue->key = g_strdup_printf ("%s-%u", project->key, project->next_issue++);
  issue->project = project;
  issue->properties = json_object_new ();
  issue->comments = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  issue->writes = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (self->issues, issue);
  return issue;
}

static void
hide_from_search (CbJira      *self,
                  CbJiraIssue *issue)
{
  gint64 now = g_get_monotonic_time ();

  if (now >= issue->visible_at)
    {
      g_clear_pointer (&issue->indexed, json_object_unref);
      issue->indexed = issue->fields != NULL ? cb_sim_json_copy_object (issue->fields) : NULL;
    }
  issue->visible_at = now;
  if (self->cloud)
    issue->visible_at +=
      cb_sim_options_get_number (self->options, "index-lag") * G_TIME_SPAN_MILLISECOND;
}

static void
store_values (CbJira      *self,
              CbJiraIssue *issue,
              JsonObject  *values)
{
  hide_from_search (self, issue);
  if (issue->fields != NULL)
    json_object_unref (issue->fields);
  issue->fields = cb_sim_json_copy_object (values);
}

static char *
issue_url (CbJiraIssue   *issue,
           CbSimExchange *exchange)
{
  return g_strdup_printf ("%s/rest/api/2/issue/%s", exchange->base_url, issue->id);
}

static void
answer_created (CbJiraIssue   *issue,
                CbSimExchange *exchange)
{
  g_autofree char *url = issue_url (issue, exchange);

  cb_sim_exchange_answer (exchange, 201,
                          cb_sim_json_pack ("{id:s,key:s,self:s}", issue->id, issue->key, url));
}

static void
note_write (CbJiraIssue *issue)
{
  gint64 now = g_get_monotonic_time ();

  g_array_append_val (issue->writes, now);
}

static gint64
time_until_admitted (CbJiraIssue *issue,
                     const Burst *burst)
{
  guint length = issue->writes->len;
  gint64 oldest;

  if (length < burst->limit)
    return 0;
  oldest = g_array_index (issue->writes, gint64, length - burst->limit);
  return MAX (0, oldest + burst->window - g_get_monotonic_time ());
}

static JsonNode *
show_comments (CbJira        *self,
               CbJiraIssue   *issue,
               CbSimExchange *exchange)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < issue->comments->len; i++)
    json_array_add_element (
      list, cb_jira_show_comment (self, issue, g_ptr_array_index (issue->comments, i), exchange));
  return cb_sim_json_pack ("{comments:A,maxResults:i,total:i,startAt:i}", list,
                           (int) issue->comments->len, (int) issue->comments->len, 0);
}

static gboolean
is_wanted (GStrv       wanted,
           const char *field)
{
  g_autofree char *excluded = g_strconcat ("-", field, NULL);
  const char *const *names = (const char *const *) wanted;

  if (wanted == NULL || wanted[0] == NULL)
    return TRUE;
  if (g_strv_contains (names, excluded))
    return FALSE;
  return g_strv_contains (names, field) || g_strv_contains (names, "*all")
      || g_strv_contains (names, "*navigable") || wanted[0][0] == '-';
}

static JsonObject *
show_fields (CbJira        *self,
             CbJiraIssue   *issue,
             GStrv          wanted,
             CbSimExchange *exchange)
{
  JsonObject *fields = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, issue->fields);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (is_wanted (wanted, name))
      json_object_set_member (fields, name, json_node_copy (value));
  if (is_wanted (wanted, "comment"))
    json_object_set_member (fields, "comment", show_comments (self, issue, exchange));
  return fields;
}

static JsonNode *
show_wanted_properties (CbJiraIssue   *issue,
                        CbSimExchange *exchange)
{
  g_auto(GStrv) names = cb_sim_exchange_all_params (exchange, "properties");
  JsonObject *shown;

  if (names[0] == NULL)
    return NULL;
  shown = json_object_new ();
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], "*all"))
      {
        json_object_unref (shown);
        return cb_sim_json_of_object (cb_sim_json_copy_object (issue->properties));
      }
    else if (json_object_has_member (issue->properties, names[i]))
      {
        json_object_set_member (shown, names[i],
                                json_object_dup_member (issue->properties, names[i]));
      }
  return cb_sim_json_of_object (shown);
}

static gboolean
may_skip_mails (CbJira        *self,
                CbSimExchange *exchange)
{
  if (g_strcmp0 (cb_sim_exchange_param (exchange, "notifyUsers"), "false") != 0)
    return TRUE;
  cb_jira_refuse (
    exchange, 403,
    "To discard the user notification either admin or project admin permissions are required.");
  return FALSE;
}

static void
finish_update (CbJiraWrite   *write,
               CbSimExchange *exchange)
{
  CbJiraIssue *issue = write->issue;
  gboolean wants_issue = g_strcmp0 (cb_sim_exchange_param (exchange, "returnIssue"), "true") == 0;

  store_values (write->jira, issue, write->values);
  cb_jira_touch (write->jira, issue);
  if (write->jira->cloud && wants_issue)
    cb_sim_exchange_answer (exchange, 200, cb_jira_show_issue (write->jira, issue, NULL, exchange));
  else
    cb_sim_exchange_answer (exchange, 204, NULL);
}

/* Public API */

CbJiraIssue *
cb_jira_find_issue (CbJira     *self,
                    const char *id_or_key)
{
  for (guint i = 0; i < self->issues->len; i++)
    {
      CbJiraIssue *issue = g_ptr_array_index (self->issues, i);

      if (g_strcmp0 (issue->id, id_or_key) == 0 || g_strcmp0 (issue->key, id_or_key) == 0)
        return issue;
    }
  return NULL;
}

/**
 * cb_jira_read_issue:
 * @self: the site
 * @exchange: a request whose first capture is an issue's id or key
 *
 * Returns: (nullable): the issue; where there is none the answer says so
 */
CbJiraIssue *
cb_jira_read_issue (CbJira        *self,
                    CbSimExchange *exchange)
{
  CbJiraIssue *issue = cb_jira_find_issue (self, exchange->captures[0]);

  if (issue == NULL)
    cb_jira_refuse (exchange, 404, "Issue does not exist or you do not have permission to see it.");
  return issue;
}

void
cb_jira_issue_free (CbJiraIssue *issue)
{
  g_free (issue->id);
  g_free (issue->key);
  g_clear_pointer (&issue->fields, json_object_unref);
  g_clear_pointer (&issue->indexed, json_object_unref);
  json_object_unref (issue->properties);
  g_ptr_array_unref (issue->comments);
  g_array_unref (issue->writes);
  g_free (issue);
}

/**
 * cb_jira_touch:
 * @self: the site
 * @issue: an issue that was just changed
 *
 * Sets its time of change.
 */
void
cb_jira_touch (CbJira      *self,
               CbJiraIssue *issue)
{
  g_autofree char *now = cb_jira_now ();

  json_object_set_string_member (issue->fields, "updated", now);
}

/**
 * cb_jira_admit_write:
 * @self: the site
 * @issue: an issue about to be changed
 * @exchange: the request
 *
 * Counts the write against Cloud's burst limits.
 *
 * Returns: whether it may go on; if not the answer is 429
 */
gboolean
cb_jira_admit_write (CbJira        *self,
                     CbJiraIssue   *issue,
                     CbSimExchange *exchange)
{
  gint64 wait = 0;
  g_autofree char *seconds = NULL;

  if (self->cloud && cb_sim_options_get_boolean (self->options, "burst-limits"))
    for (gsize i = 0; i < G_N_ELEMENTS (bursts); i++)
      wait = MAX (wait, time_until_admitted (issue, &bursts[i]));
  if (wait == 0)
    {
      note_write (issue);
      return TRUE;
    }
  seconds = g_strdup_printf ("%" G_GINT64_FORMAT, (wait + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  cb_jira_refuse (exchange, 429, "Rate limit exceeded.");
  cb_sim_exchange_answer_header (exchange, "Retry-After", seconds);
  cb_sim_exchange_answer_header (exchange, "RateLimit-Reason", "jira-per-issue-on-write");
  return FALSE;
}

/**
 * cb_jira_show_issue:
 * @self: the site
 * @issue: an issue
 * @wanted: (nullable): the fields that are wanted, %NULL for all
 * @exchange: the request
 *
 * Returns: (transfer full): the issue as the REST API shows it
 */
JsonNode *
cb_jira_show_issue (CbJira        *self,
                    CbJiraIssue   *issue,
                    GStrv          wanted,
                    CbSimExchange *exchange)
{
  g_autofree char *url = issue_url (issue, exchange);

  return cb_sim_json_pack ("{expand:s,id:s,self:s,key:s,properties:P,fields:O}", "names,schema",
                           issue->id, url, issue->key, show_wanted_properties (issue, exchange),
                           show_fields (self, issue, wanted, exchange));
}

JsonNode *
cb_jira_dump_issue (CbJiraIssue *issue)
{
  JsonArray *comments = json_array_new ();

  for (guint i = 0; i < issue->comments->len; i++)
    json_array_add_object_element (
      comments, cb_sim_json_copy_object (g_ptr_array_index (issue->comments, i)));
  return cb_sim_json_pack ("{id:s,key:s,fields:O,properties:O,comments:A}", issue->id, issue->key,
                           cb_sim_json_copy_object (issue->fields),
                           cb_sim_json_copy_object (issue->properties), comments);
}

/**
 * cb_jira_edit_issue:
 * @self: the site
 * @issue: an issue
 * @fields: fields as in a PUT, plus "comment" (a text) and "status" (a name)
 *
 * Changes an issue as if someone else had done it.
 *
 * Returns: whether all fields were right
 */
gboolean
cb_jira_edit_issue (CbJira      *self,
                    CbJiraIssue *issue,
                    JsonObject  *fields)
{
  g_auto (CbJiraWrite)
    write = { .jira = self, .project = issue->project, .issue = issue, .base_url = "" };
  g_autoptr(JsonObject) rest = cb_sim_json_copy_object (fields);
  JsonObject *type = cb_sim_json_object (issue->fields, "issuetype");
  const char *status = cb_sim_json_string (fields, "status");

  write.errors = cb_jira_errors_new ();
  write.values = cb_sim_json_copy_object (issue->fields);
  write.type = cb_jira_find_type (self, issue->project, cb_sim_json_string (type, "id"));
  json_object_remove_member (rest, "comment");
  json_object_remove_member (rest, "status");
  cb_jira_write_fields (&write, rest, NULL);
  if (cb_jira_errors_any (write.errors))
    return FALSE;
  if (status != NULL)
    json_object_set_member (write.values, "status",
                            cb_sim_json_pack ("{id:s,name:s,statusCategory:{key:s,name:s}}",
                                              "10002", status, "done", "Done"));
  store_values (self, issue, write.values);
  cb_jira_touch (self, issue);
  if (cb_sim_json_string (fields, "comment") != NULL)
    cb_jira_add_comment (self, issue, cb_sim_json_string (fields, "comment"), "someone.else");
  return TRUE;
}

/* Callbacks */

static void
create_from (CbJiraWrite   *write,
             JsonObject    *body,
             CbSimExchange *exchange)
{
  g_autoptr(JsonObject) properties = json_object_new ();
  CbJiraIssue *issue;

  cb_jira_write_fields (write, cb_sim_json_object (body, "fields"),
                        cb_sim_json_object (body, "update"));
  cb_jira_write_defaults (write);
  cb_jira_read_properties (json_object_get_member (body, "properties"), properties, write->errors);
  if (cb_jira_errors_any (write->errors))
    {
      /* JRACLOUD-78553: on Cloud a failed create uses up a number. */
      write->project->next_issue += write->jira->cloud ? 1 : 0;
      return;
    }
  add_system_fields (write);
  issue = add_issue (write->jira, write->project);
  store_values (write->jira, issue, write->values);
  json_object_unref (issue->properties);
  issue->properties = g_steal_pointer (&properties);
  note_write (issue);
  answer_created (issue, exchange);
}

void
cb_jira_create_cb (gpointer       system,
                   CbSimExchange *exchange)
{
  g_auto(CbJiraWrite) write = { .jira = system, .base_url = exchange->base_url };
  g_autoptr(JsonObject) body = NULL;

  write.errors = cb_jira_errors_new ();
  write.values = json_object_new ();
  body = read_body (system, exchange, write.errors);
  if (body != NULL && find_target (&write, cb_sim_json_object (body, "fields")))
    create_from (&write, body, exchange);
  if (cb_jira_errors_any (write.errors))
    cb_jira_errors_answer (write.errors, exchange);
}

void
cb_jira_update_cb (gpointer       system,
                   CbSimExchange *exchange)
{
  CbJiraIssue *issue = cb_jira_read_issue (system, exchange);
  g_auto(CbJiraWrite) write = { .jira = system, .issue = issue, .base_url = exchange->base_url };
  g_autoptr(JsonObject) body = NULL;

  if (issue == NULL || !may_skip_mails (system, exchange)
      || !cb_jira_admit_write (system, issue, exchange))
    return;
  write.errors = cb_jira_errors_new ();
  write.project = issue->project;
  write.values = cb_sim_json_copy_object (issue->fields);
  write.type =
    cb_jira_find_type (system, issue->project,
                       cb_sim_json_string (cb_sim_json_object (issue->fields, "issuetype"), "id"));
  body = read_body (system, exchange, write.errors);
  if (body != NULL && write.type != NULL)
    cb_jira_write_fields (&write, cb_sim_json_object (body, "fields"),
                          cb_sim_json_object (body, "update"));
  if (body != NULL && !cb_jira_errors_any (write.errors))
    cb_jira_read_properties (json_object_get_member (body, "properties"), issue->properties,
                             write.errors);
  if (cb_jira_errors_any (write.errors))
    cb_jira_errors_answer (write.errors, exchange);
  else
    finish_update (&write, exchange);
}

void
cb_jira_get_cb (gpointer       system,
                CbSimExchange *exchange)
{
  CbJiraIssue *issue = cb_jira_read_issue (system, exchange);
  g_auto(GStrv) wanted = cb_sim_exchange_all_params (exchange, "fields");

  if (issue != NULL)
    cb_sim_exchange_answer (exchange, 200, cb_jira_show_issue (system, issue, wanted, exchange));
}
