/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "cb-simulator-system.h"
#include "jira.h"

typedef enum {
  LOGIN_OK,
  LOGIN_NONE,
  LOGIN_WRONG,
  LOGIN_DENIED,
} Login;

static const struct {
  guint       status;
  const char *message;
} usual_errors[] = {
  { 400, "The request is not valid." },
  { 403, "You do not have permission to do this." },
  { 404, "Issue does not exist or you do not have permission to see it." },
  { 409, "The issue was changed by someone else." },
  { 429, "Rate limit exceeded." },
  { 500, "Internal server error" },
};

/* Auxiliary methods */

static char *
basic_credentials (CbJira *self)
{
  return g_strdup_printf ("%s:%s", cb_sim_options_get (self->options, "user"),
                          cb_sim_options_get (self->options, "secret"));
}

static gboolean
has_captcha (CbJira *self)
{
  guint limit = cb_sim_options_get_number (self->options, "captcha-after");

  return cb_sim_options_get_boolean (self->options, "captcha")
      || (limit > 0 && self->failed_logins >= limit);
}

static Login
check_basic (CbJira     *self,
             const char *sent)
{
  g_autofree char *wanted = basic_credentials (self);

  if (has_captcha (self))
    return LOGIN_DENIED;
  if (g_str_equal (sent, wanted))
    {
      self->failed_logins = 0;
      return LOGIN_OK;
    }
  self->failed_logins++;
  return LOGIN_WRONG;
}

/* Personal access tokens do not exist on Cloud. */
static Login
check_login (CbJira        *self,
             CbSimExchange *exchange)
{
  g_autofree char *basic = cb_sim_exchange_credentials (exchange, "Basic");
  g_autofree char *bearer = cb_sim_exchange_credentials (exchange, "Bearer");

  if (basic != NULL)
    return check_basic (self, basic);
  if (bearer == NULL)
    return cb_sim_exchange_header (exchange, "Authorization") == NULL ? LOGIN_NONE : LOGIN_WRONG;
  if (self->cloud || !g_str_equal (bearer, cb_sim_options_get (self->options, "token")))
    return LOGIN_WRONG;
  return LOGIN_OK;
}

static void
refuse_login (CbJira        *self,
              Login          login,
              CbSimExchange *exchange)
{
  const char *text = "Client must be authenticated to access this resource.";

  if (login == LOGIN_WRONG && self->cloud)
    text = "Basic authentication with passwords is deprecated.  For more information, see: "
           "https://developer.atlassian.com/cloud/confluence/deprecation-notice-basic-auth/";
  if (self->cloud)
    cb_sim_exchange_answer_text (exchange, 401, "text/plain;charset=UTF-8", text);
  else
    cb_sim_exchange_answer_text (
      exchange, 401, "text/html;charset=UTF-8",
      "<html><head><title>Unauthorized (401)</title></head>"
      "<body><p>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</p></body></html>");
  cb_sim_exchange_answer_header (exchange, "WWW-Authenticate",
                                 self->cloud ? "OAuth realm=\"Jira\"" : "Basic realm=\"Jira\"");
  if (login == LOGIN_WRONG)
    cb_sim_exchange_answer_header (exchange, "X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
}

static void
ask_for_captcha (CbSimExchange *exchange)
{
  g_autofree char *reason =
    g_strdup_printf ("CAPTCHA_CHALLENGE; login-url=%s/login.jsp", exchange->base_url);

  cb_sim_exchange_answer_text (
    exchange, 403, "text/html;charset=UTF-8",
    "<html><head><title>Forbidden (403)</title></head>"
    "<body><p>Basic Authentication Failure - Reason : AUTHENTICATION_DENIED</p></body></html>");
  cb_sim_exchange_answer_header (exchange, "X-Seraph-LoginReason", "AUTHENTICATION_DENIED");
  cb_sim_exchange_answer_header (exchange, "X-Authentication-Denied-Reason", reason);
}

static gboolean
looks_like_browser (const char *agent)
{
  static const char *const names[] = { "Mozilla", "Chrome", "Safari", "Gecko", "Opera" };

  for (gsize i = 0; agent != NULL && i < G_N_ELEMENTS (names); i++)
    if (strstr (agent, names[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
fails_xsrf_check (CbSimExchange *exchange)
{
  const char *token = cb_sim_exchange_header (exchange, "X-Atlassian-Token");

  return cb_sim_exchange_is_write (exchange)
      && looks_like_browser (cb_sim_exchange_header (exchange, "User-Agent"))
      && g_strcmp0 (token, "no-check") != 0 && g_strcmp0 (token, "nocheck") != 0;
}

static void
refuse_path (CbJira        *self,
             CbSimExchange *exchange)
{
  g_autofree char *xml =
    g_markup_printf_escaped ("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><status>"
                             "<status-code>404</status-code><message>null for uri: %s%s</message>"
                             "</status>",
                             exchange->base_url, exchange->path);

  if (self->cloud)
    cb_sim_exchange_answer_text (
      exchange, 404, "text/html;charset=UTF-8",
      "<html><head><title>Oops, you've found a dead link.</title></head></html>");
  else
    cb_sim_exchange_answer_text (exchange, 404, "application/xml;charset=UTF-8", xml);
}

static gboolean
has_wrong_body (CbSimExchange *exchange)
{
  return cb_sim_exchange_is_write (exchange) && !g_str_equal (exchange->method, "DELETE")
         && !cb_sim_exchange_has_json_body (exchange);
}

static void
removed_search_cb (gpointer       system,
                   CbSimExchange *exchange)
{
  cb_jira_refuse (
    exchange, 410,
    "The requested API has been removed. Please migrate to the /rest/api/2/search/jql API.");
}

#define API "/rest/api/2"

static const CbSimRoute common_routes[] = {
  { "GET", API "/myself", cb_jira_myself_cb },
  { "GET", API "/serverInfo", cb_jira_server_info_cb },
  { "GET", API "/project", cb_jira_projects_cb },
  { "GET", API "/project/search", cb_jira_project_search_cb },
  { "GET", API "/project/*", cb_jira_project_cb },
  { "GET", API "/issue/createmeta/*/issuetypes", cb_jira_types_cb },
  { "GET", API "/issue/createmeta/*/issuetypes/*", cb_jira_type_fields_cb },
  { "GET", API "/field", cb_jira_fields_cb },
  { "POST", API "/issue", cb_jira_create_cb },
  { "PUT", API "/issue/*", cb_jira_update_cb },
  { "GET", API "/issue/*", cb_jira_get_cb },
  { "GET", API "/issue/*/comment", cb_jira_list_comments_cb },
  { "POST", API "/issue/*/comment", cb_jira_add_comment_cb },
  { "GET", API "/issue/*/comment/*", cb_jira_get_comment_cb },
};

static const CbSimRoute cloud_routes[] = {
  { "GET", API "/issue/*/properties", cb_jira_list_properties_cb },
  { "GET", API "/issue/*/properties/*", cb_jira_get_property_cb },
  { "PUT", API "/issue/*/properties/*", cb_jira_put_property_cb },
  { "DELETE", API "/issue/*/properties/*", cb_jira_delete_property_cb },
  { "GET", API "/comment/*/properties/*", cb_jira_get_comment_property_cb },
  { "PUT", API "/comment/*/properties/*", cb_jira_put_comment_property_cb },
  { "GET", API "/search/jql", cb_jira_search_jql_cb },
  { "POST", API "/search/jql", cb_jira_search_jql_cb },
  { "GET", API "/search", removed_search_cb },
  { "POST", API "/search", removed_search_cb },
};

static const CbSimRoute datacenter_routes[] = {
  { "GET", API "/search", cb_jira_search_cb },
  { "POST", API "/search", cb_jira_search_cb },
};

static const CbSimRoute *
find_route (CbJira        *self,
            CbSimExchange *exchange,
            gboolean      *known_path)
{
  gboolean known_here;
  gboolean known_there;
  const CbSimRoute *route =
    cb_sim_exchange_find_route (exchange, common_routes, G_N_ELEMENTS (common_routes), &known_here);

  if (route != NULL)
    return route;
  if (self->cloud)
    route = cb_sim_exchange_find_route (exchange, cloud_routes, G_N_ELEMENTS (cloud_routes),
                                        &known_there);
  else
    route = cb_sim_exchange_find_route (exchange, datacenter_routes,
                                        G_N_ELEMENTS (datacenter_routes), &known_there);
  *known_path = known_here || known_there;
  return route;
}

static void
follow_route (CbJira        *self,
              CbSimExchange *exchange)
{
  gboolean known_path = FALSE;
  const CbSimRoute *route = find_route (self, exchange, &known_path);
  gboolean writes = cb_sim_exchange_is_write (exchange) && route != NULL
                 && strstr (route->pattern, "/search") == NULL;

  if (route == NULL && known_path)
    cb_jira_refuse (exchange, 405, "Method Not Allowed");
  else if (route == NULL)
    refuse_path (self, exchange);
  else if (has_wrong_body (exchange))
    cb_jira_refuse (exchange, 415, "Unsupported Media Type");
  else if (writes && cb_sim_options_get_boolean (self->options, "read-only"))
    cb_jira_refuse (exchange, 403, "You do not have permission to do this.");
  else
    route->handler (self, exchange);
}

/* With wrong credentials some sites go on as if there were none, and only a header says so. */
static void
answer_anonymously (CbJira        *self,
                    CbSimExchange *exchange)
{
  g_autoptr(CbJiraErrors) errors = cb_jira_errors_new ();

  if (g_str_equal (exchange->path, API "/myself"))
    cb_sim_exchange_answer_text (exchange, 200, "application/json;charset=UTF-8", "");
  else if (!cb_sim_exchange_is_write (exchange))
    follow_route (self, exchange);
  else
    {
      cb_jira_errors_add (
        errors, "project",
        "Anonymous users do not have permission to create issues in this project. "
        "Please try logging in first.");
      cb_jira_errors_answer (errors, exchange);
    }
  cb_sim_exchange_answer_header (exchange, "X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
  cb_sim_exchange_answer_header (exchange, "X-AUSERNAME", "anonymous");
}

static void
answer_logged_in (CbJira        *self,
                  CbSimExchange *exchange)
{
  gboolean acceptable = cb_sim_exchange_header (exchange, "Accept") == NULL
                        || cb_sim_exchange_accepts (exchange, "application/json");

  if (fails_xsrf_check (exchange))
    cb_sim_exchange_answer_text (exchange, 403, "text/html;charset=UTF-8", "XSRF check failed");
  else if (!acceptable)
    cb_jira_refuse (exchange, 406, "Not Acceptable");
  else
    follow_route (self, exchange);
  if (!self->cloud)
    {
      cb_sim_exchange_answer_header (exchange, "X-AUSERNAME",
                                     cb_sim_options_get (self->options, "user"));
      cb_sim_exchange_answer_header (exchange, "X-Seraph-LoginReason", "OK");
    }
}

static gboolean
is_open_to_all (CbSimExchange *exchange)
{
  return g_str_equal (exchange->path, API "/serverInfo") && g_str_equal (exchange->method, "GET");
}

/* System */

static gpointer
create (CbSimOptions *options)
{
  CbJira *self = g_new0 (CbJira, 1);

  self->options = options;
  self->cloud = cb_sim_options_get_kind (options) == CB_SIM_JIRA_CLOUD;
  self->projects = cb_jira_seed_projects (cb_sim_options_get (options, "project"));
  self->issues = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_jira_issue_free);
  self->next_issue = 10000;
  self->next_comment = 10500;
  return self;
}

static void
destroy (gpointer system)
{
  CbJira *self = system;

  g_ptr_array_unref (self->issues);
  g_ptr_array_unref (self->projects);
  g_free (self);
}

static void
answer (gpointer       system,
        CbSimExchange *exchange)
{
  CbJira *self = system;
  Login login = check_login (self, exchange);

  if (login == LOGIN_DENIED)
    ask_for_captcha (exchange);
  else if (login == LOGIN_WRONG && cb_sim_options_get_boolean (self->options, "anonymous-fallback"))
    answer_anonymously (self, exchange);
  else if (login == LOGIN_WRONG || (login == LOGIN_NONE && !is_open_to_all (exchange)))
    refuse_login (self, login, exchange);
  else
    answer_logged_in (self, exchange);
}

static void
answer_error (gpointer       system,
              CbSimExchange *exchange,
              guint          status)
{
  if (status == 401)
    {
      refuse_login (system, LOGIN_WRONG, exchange);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (usual_errors); i++)
    if (usual_errors[i].status == status)
      {
        cb_jira_refuse (exchange, status, usual_errors[i].message);
        return;
      }
  cb_sim_exchange_answer_text (exchange, status, "text/html;charset=UTF-8",
                               "<html><body>Jira is not available</body></html>");
}

static JsonNode *
dump (gpointer system)
{
  CbJira *self = system;
  JsonArray *incidents = json_array_new ();

  for (guint i = 0; i < self->issues->len; i++)
    json_array_add_element (incidents, cb_jira_dump_issue (g_ptr_array_index (self->issues, i)));
  return cb_sim_json_pack ("{incidents:A,failedLogins:i}", incidents, (int) self->failed_logins);
}

static gboolean
edit (gpointer    system,
      const char *id,
      JsonObject *fields)
{
  CbJiraIssue *issue = cb_jira_find_issue (system, id);

  return issue != NULL && cb_jira_edit_issue (system, issue, fields);
}

static gboolean
remove_incident (gpointer    system,
                 const char *id)
{
  CbJira *self = system;
  CbJiraIssue *issue = cb_jira_find_issue (self, id);

  return issue != NULL && g_ptr_array_remove (self->issues, issue);
}

const CbSimSystem cb_sim_jira = {
  .create = create,
  .destroy = destroy,
  .answer = answer,
  .answer_error = answer_error,
  .dump = dump,
  .edit = edit,
  .remove = remove_incident,
};

/* Public API */

void
cb_jira_refuse (CbSimExchange *exchange,
                guint          status,
                const char    *message)
{
  cb_sim_exchange_answer (exchange, status,
                          cb_sim_json_pack ("{errorMessages:[s],errors:{}}", message));
}

CbJiraErrors *
cb_jira_errors_new (void)
{
  CbJiraErrors *self = g_new0 (CbJiraErrors, 1);

  self->messages = json_array_new ();
  self->fields = json_object_new ();
  return self;
}

void
cb_jira_errors_free (CbJiraErrors *self)
{
  json_array_unref (self->messages);
  json_object_unref (self->fields);
  g_free (self);
}

gboolean
cb_jira_errors_any (CbJiraErrors *self)
{
  return json_array_get_length (self->messages) > 0 || json_object_get_size (self->fields) > 0;
}

/**
 * cb_jira_errors_add:
 * @self: the errors
 * @field: (nullable): a field's id, %NULL for the request as a whole
 * @message: what is wrong
 */
void
cb_jira_errors_add (CbJiraErrors *self,
                    const char   *field,
                    const char   *message)
{
  if (field != NULL)
    json_object_set_string_member (self->fields, field, message);
  else
    json_array_add_string_element (self->messages, message);
}

void
cb_jira_errors_answer (CbJiraErrors  *self,
                       CbSimExchange *exchange)
{
  cb_sim_exchange_answer (exchange, 400,
                          cb_sim_json_pack ("{errorMessages:A,errors:O}",
                                            json_array_ref (self->messages),
                                            json_object_ref (self->fields)));
}
