/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "cb-simulator.h"

#define SECRET "correct horse"
#define SN "/api/now/v2/table/incident"
#define JIRA "/rest/api/2"
#define ORG "/rest/orgs/201"
#define OBJECTS "?text_content_output_format=objects_convert"

typedef struct {
  CbSimulator        *simulator; /* (owned) */
  SoupSession        *session;   /* (owned) */
  const char         *login;
  const char         *secret;
  const char         *authorization; /* (nullable) in place of login and secret */
  const char         *agent;         /* (nullable) */
  const char         *accept;        /* (nullable) */
  const char         *content_type;
  guint               status;    /* of the last answer; 0: no answer */
  SoupMessageHeaders *headers;   /* (owned) (nullable) */
  char               *text;      /* (owned) (nullable) */
} Client;

typedef struct {
  const char *method;
  const char *path;
  const char *body; /* (nullable) */
  guint       status;
  const char *expected; /* (nullable) a part of the answer */
} Call;

/* Auxiliary methods */

static Client *
client_new (CbSimulator *simulator,
            const char  *login)
{
  Client *client = g_new0 (Client, 1);

  client->simulator = simulator;
  client->session = soup_session_new_with_options ("timeout", 5, NULL);
  client->login = login;
  client->secret = SECRET;
  client->accept = "application/json";
  client->content_type = "application/json";
  return client;
}

static void
client_free (Client *client)
{
  g_object_unref (client->session);
  cb_simulator_stop (client->simulator);
  g_clear_pointer (&client->headers, soup_message_headers_unref);
  g_free (client->text);
  g_free (client);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static void
set_authorization (Client             *client,
                   SoupMessageHeaders *headers)
{
  g_autofree char *pair = g_strdup_printf ("%s:%s", client->login, client->secret);
  g_autofree char *encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
  g_autofree char *basic = g_strconcat ("Basic ", encoded, NULL);

  soup_message_headers_replace (headers, "Authorization",
                                client->authorization != NULL ? client->authorization : basic);
}

static SoupMessage *
build_message (Client     *client,
               const char *method,
               const char *path,
               const char *body)
{
  g_autofree char *url = g_strconcat (cb_simulator_get_url (client->simulator), path, NULL);
  SoupMessage *message = soup_message_new (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr(GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;

  g_assert_nonnull (message);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);
  set_authorization (client, headers);
  if (client->accept != NULL)
    soup_message_headers_replace (headers, "Accept", client->accept);
  if (client->agent != NULL)
    soup_message_headers_replace (headers, "User-Agent", client->agent);
  if (bytes != NULL)
    soup_message_set_request_body_from_bytes (message, client->content_type, bytes);
  return message;
}

static void
call (Client     *client,
      const char *method,
      const char *path,
      const char *body)
{
  g_autoptr(SoupMessage) message = build_message (client, method, path, body);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = soup_session_send_and_read (client->session, message, NULL, &error);

  g_clear_pointer (&client->text, g_free);
  g_clear_pointer (&client->headers, soup_message_headers_unref);
  client->status = answer != NULL ? soup_message_get_status (message) : 0;
  client->headers = soup_message_headers_ref (soup_message_get_response_headers (message));
  client->text = answer != NULL
                 ? g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer))
                 : g_strdup ("");
}

static void
assert_call (Client     *client,
             const char *method,
             const char *path,
             const char *body,
             guint       status,
             const char *expected)
{
  call (client, method, path, body);
  if (client->status != status || (expected != NULL && strstr (client->text, expected) == NULL))
    g_error ("%s %s %s: %u %s instead of %u %s", method, path, body != NULL ? body : "",
             client->status, client->text, status, expected != NULL ? expected : "");
}

static void
assert_calls (Client     *client,
              const Call *calls,
              gsize       n_calls)
{
  for (gsize i = 0; i < n_calls; i++)
    assert_call (client, calls[i].method, calls[i].path, calls[i].body, calls[i].status,
                 calls[i].expected);
}

static JsonObject *
nth_incident (JsonNode *state,
              guint     n)
{
  JsonArray *incidents = json_object_get_array_member (json_node_get_object (state), "incidents");

  g_assert_cmpuint (n, <, json_array_get_length (incidents));
  return json_array_get_object_element (incidents, n);
}

static guint
count_incidents (Client *client)
{
  g_autoptr(JsonNode) state = cb_simulator_get_state (client->simulator);

  return json_array_get_length (
    json_object_get_array_member (json_node_get_object (state), "incidents"));
}

static char *
first_path (Client     *client,
            const char *member,
            const char *format)
{
  g_autoptr(JsonNode) state = cb_simulator_get_state (client->simulator);

  return g_strconcat (format, json_object_get_string_member (nth_incident (state, 0), member),
                      NULL);
}

static void
assert_header (Client     *client,
               const char *name,
               const char *expected)
{
  g_assert_cmpstr (soup_message_headers_get_one (client->headers, name), ==, expected);
}

/* Callbacks */

static void
test_servicenow (void)
{
  g_autoptr(Client) client = client_new (cb_simulator_start ("servicenow", NULL), "analyst");
  g_autofree char *path = NULL;
  g_autofree char *journal = NULL;
  static const Call calls[] = {
    { "GET", SN "?sysparm_query=correlation_id=c-1&sysparm_fields=correlation_id", NULL, 200,
      "[{\"correlation_id\":\"c-1\"}]" },
    { "GET", SN "?sysparm_query=correlation_id=c-2", NULL, 200, "{\"result\":[]}" },
    { "GET", SN "?sysparm_query=corelation_id=c-2&sysparm_fields=number", NULL, 200, "INC0010001" },
    { "GET", "/api/now/table/incident?sysparm_query=correlation_id=c-2", NULL, 404,
      "No Record found" },
    { "GET", "/api/now/table/nothing", NULL, 400, "Invalid table nothing" },
    { "GET", "/api/now/nothing", NULL, 404, "Requested URI does not represent any resource" },
    { "GET", SN "/0123456789abcdef0123456789abcdef", NULL, 404, "No Record found" },
    { "GET", SN "/INC0010001", NULL, 404, "No Record found" },
    { "DELETE", SN, NULL, 405, NULL },
    { "POST", SN, "{\"short_description\":", 400, "failure" },
    { "POST", SN, "[]", 400, "failure" },
    { "POST", SN, "{\"description\":{\"a\":1}}", 400, "failure" },
    { "POST", "/api/now/v2/table/sys_user", "{}", 403, "ACL" },
    { "GET",
      "/api/now/table/sys_choice?sysparm_query=element=subcategory^dependent_value=software"
       "^language=en^inactive=false"
      "&sysparm_fields=value",
      NULL, 200, "{\"result\":[{\"value\":\"email\"},{\"value\":\"os\"}]}" },
    { "GET", "/api/now/table/sys_dictionary?element=description&sysparm_fields=max_length", NULL,
      200, "\"4000\"" },
    { "GET",
      "/api/now/v2/table/sys_choice?sysparm_query=name=task^ORname=incident^element=urgency"
       "^language=de"
      "&sysparm_fields=value&sysparm_limit=1&sysparm_offset=1",
      NULL, 200, "{\"result\":[{\"value\":\"2\"}]}" },
  };

  assert_call (client, "POST", SN,
               "{\"short_description\":\"Phishing\",\"correlation_id\":\"c-1\",\"urgency\":2,"
               "\"nothing\":\"x\",\"work_notes\":\"first\"}",
               201, "\"number\":\"INC0010001\"");
  g_assert_nonnull (strstr (client->text, "\"work_notes\":\"\""));
  g_assert_nonnull (strstr (client->text, "\"urgency\":\"2\""));
  g_assert_null (strstr (client->text, "nothing"));
  assert_calls (client, calls, G_N_ELEMENTS (calls));
  assert_header (client, "X-Total-Count", "3");
  g_assert_nonnull (
    strstr (soup_message_headers_get_one (client->headers, "Link"), "rel=\"next\""));
  path = first_path (client, "sys_id", SN "/");
  assert_call (client, "PATCH", path, "{\"work_notes\":\"second\",\"caller_id\":\"analyst\"}", 200,
               "\"caller_id\":{\"link\":");
  assert_call (client, "GET", path, NULL, 200, "\"work_notes\":\"\"");
  journal = g_strconcat (path, "?sysparm_display_value=true&sysparm_fields=work_notes", NULL);
  assert_call (client, "GET", journal, NULL, 200, "(Work notes)\\nsecond\\n\\n");
  g_assert_nonnull (strstr (client->text, "(Work notes)\\nfirst\\n\\n"));
  assert_call (client, "GET", "/api/now/v2/table/sys_journal_field?sysparm_fields=value", NULL, 200,
               "second");
  g_assert_cmpuint (count_incidents (client), ==, 1);
}

static void
test_servicenow_options (void)
{
  g_autoptr (Client) client = client_new (
    cb_simulator_start ("servicenow", "mandatory-field", "u_source", "drop-field", "severity",
                        "journal-readable", "false", "title-length", "5", NULL),
    "analyst");

  assert_call (client, "POST", SN, "{\"short_description\":\"x\"}", 403, "mandatory: Source");
  assert_call (
    client, "POST", SN,
    "{\"short_description\":\"123456\",\"u_source\":\"a\",\"severity\":\"1\",\"comments\":\"c\"}",
    201, "\"short_description\":\"12345\"");
  g_assert_nonnull (strstr (client->text, "\"severity\":\"3\""));
  assert_call (client, "GET", "/api/now/v2/table/sys_journal_field", NULL, 200, "{\"result\":[]}");
  client->accept = "text/plain";
  assert_call (client, "GET", SN, NULL, 406, NULL);
  client->accept = NULL;
  assert_call (client, "GET", SN, NULL, 200, "<?xml");
  client->accept = "application/json";
  client->content_type = "text/plain";
  assert_call (client, "POST", SN, "{}", 415, NULL);
  client->secret = "wrong";
  assert_call (client, "GET", SN, NULL, 401, "User Not Authenticated");
  g_assert_true (cb_simulator_set_option (client->simulator, "hibernating", "true"));
  assert_call (client, "GET", SN, NULL, 200, "Instance Hibernating page");
  g_assert_false (cb_simulator_set_option (client->simulator, "nothing", "true"));
}

#define ISSUE "\"project\":{\"key\":\"SEC\"},\"issuetype\":{\"id\":\"10006\"}"

static const Call common_jira_calls[] = {
  { "POST", JIRA "/issue",
    "{\"fields\":{" ISSUE ",\"summary\":\"Phishing\",\"labels\":[\"b\",\"a\",\"b\"],"
    "\"description\":\"One two-three\"}}",
    201, "\"key\":\"SEC-1\"" },
  { "GET", JIRA "/issue/SEC-1", NULL, 200, "\"labels\":[\"a\",\"b\"]" },
  { "GET", JIRA "/issue/10000?fields=summary", NULL, 200, "\"fields\":{\"summary\":\"Phishing\"}" },
  { "GET", JIRA "/issue/SEC-9", NULL, 404, "Issue does not exist" },
  { "POST", JIRA "/issue", "{\"fields\":{" ISSUE "}}", 400,
    "You must specify a summary of the issue." },
  { "POST", JIRA "/issue", "{\"fields\":{" ISSUE ",\"summary\":\"a\\nb\"}}", 400, "newline" },
  { "POST", JIRA "/issue", "{\"fields\":{" ISSUE ",\"summary\":\"x\",\"labels\":[\"a b\"]}}", 400,
    "The label 'a b' contains spaces" },
  { "POST", JIRA "/issue", "{\"fields\":{" ISSUE ",\"summary\":\"x\",\"nothing\":1}}", 400,
    "Field 'nothing' cannot be set." },
  { "POST", JIRA "/issue",
    "{\"fields\":{" ISSUE ",\"summary\":\"x\",\"parent\":{\"key\":\"SEC-1\"}}}", 400,
    "Field 'parent'" },
  { "POST", JIRA "/issue",
    "{\"fields\":{" ISSUE ",\"summary\":\"x\",\"priority\":{\"name\":\"Huge\"}}}", 400,
    "'Huge' is not valid" },
  { "POST", JIRA "/issue", "{\"fields\":{" ISSUE ",\"summary\":1}}", 400, "must be a string" },
  { "POST", JIRA "/issue",
    "{\"fields\":{\"project\":{\"key\":\"SEC\"},\"issuetype\":{\"id\":\"10008\"},"
     "\"summary\":\"x\"}}",
    400, "Issue type is a sub-task but parent" },
  { "POST", JIRA "/issue",
    "{\"fields\":{\"project\":{\"key\":\"SEC\"},\"issuetype\":{\"id\":\"10020\"},"
     "\"summary\":\"x\"}}",
    400, "issuetype" },
  { "POST", JIRA "/issue",
    "{\"fields\":{\"project\":{\"key\":\"NO\"},\"issuetype\":{\"id\":\"10006\"}}}", 400,
    "\"project\"" },
  { "POST", JIRA "/issue", "{\"fields\":", 400, "parsing JSON" },
  { "PUT", JIRA "/issue/SEC-1",
    "{\"fields\":{" ISSUE
    ",\"summary\":\"New\"},\"update\":{\"labels\":[{\"add\":\"c\"},{\"remove\":\"a\"}]}}",
    204, NULL },
  { "GET", JIRA "/issue/SEC-1", NULL, 200, "\"labels\":[\"b\",\"c\"]" },
  { "PUT", JIRA "/issue/SEC-1",
    "{\"fields\":{\"labels\":[]},\"update\":{\"labels\":[{\"add\":\"c\"}]}}", 400, "both" },
  { "PUT", JIRA "/issue/SEC-1", "{\"update\":{\"labels\":[{\"add\":\"c d\"}]}}", 400,
    "contains spaces" },
  { "PUT", JIRA "/issue/SEC-1", "{\"fields\":{\"project\":{\"key\":\"OPS\"}}}", 400, "project" },
  { "PUT", JIRA "/issue/SEC-1?notifyUsers=false", "{\"fields\":{\"summary\":\"x\"}}", 403, NULL },
  { "POST", JIRA "/issue/SEC-1/comment", "{\"body\":\"\"}", 400, "can not be empty" },
  { "POST", JIRA "/issue/SEC-1/comment", "{\"body\":{}}", 400, "must be a string" },
  { "POST", JIRA "/issue/SEC-1/comment", "{\"body\":\"Hello\"}", 201, "\"body\":\"Hello\"" },
  { "GET", JIRA "/issue/SEC-1/comment", NULL, 200, "\"total\":1" },
  { "GET", JIRA "/project/SEC", NULL, 200, "Security incidents" },
  { "GET", JIRA "/project/NO", NULL, 404, "No project could be found with key 'NO'." },
  { "GET", "/rest/api/3/myself", NULL, 404, NULL },
  { "DELETE", JIRA "/issue/SEC-1/comment", NULL, 405, NULL },
};

static void
test_jira_cloud (void)
{
  g_autoptr (Client) client = client_new (
    cb_simulator_start ("jira-cloud", "burst-limits", "false", NULL), "analyst@example.org");
  static const Call calls[] = {
    { "GET", JIRA "/serverInfo", NULL, 200, "\"deploymentType\":\"Cloud\"" },
    { "GET", JIRA "/search?jql=project=SEC", NULL, 410, NULL },
    { "GET", JIRA "/search/jql?jql=project=SEC", NULL, 200,
      "{\"issues\":[{\"id\":\"10000\"}],\"isLast\":true}" },
    { "GET", JIRA "/search/jql?jql=project=SEC%20AND%20labels=c&fields=summary", NULL, 200,
      "\"key\":\"SEC-1\"" },
    { "GET", JIRA "/search/jql?jql=project=SEC%20AND%20labels=%22z%22", NULL, 200,
      "\"issues\":[]" },
    { "GET", JIRA "/search/jql?jql=description~%22two-three%22", NULL, 200, "10000" },
    { "GET", JIRA "/search/jql?jql=description~%22two-four%22", NULL, 200, "\"issues\":[]" },
    { "GET", JIRA "/search/jql?jql=description~%22(%22", NULL, 400, "Unable to parse" },
    { "GET", JIRA "/search/jql?jql=order%20by%20created", NULL, 400, "Unbounded" },
    { "GET", JIRA "/search/jql?jql=status=Open", NULL, 400, "errorMessages" },
    { "GET", JIRA "/search/jql?jql=project=NO", NULL, 400,
      "does not exist for the field 'project'" },
    { "GET", JIRA "/search/jql?jql=project=SEC&nextPageToken=abc", NULL, 400, "token" },
    { "POST", JIRA "/search/jql",
      "{\"jql\":\"project=SEC\",\"maxResults\":1,\"fields\":[\"summary\"]}", 200, "SEC-1" },
    { "GET", JIRA "/issue/createmeta/SEC/issuetypes", NULL, 200, "\"issueTypes\":[{" },
    { "GET", JIRA "/issue/createmeta/SEC/issuetypes/10006", NULL, 200,
      "\"fields\":[{\"fieldId\":\"summary\"" },
    { "PUT", JIRA "/issue/SEC-1/properties/casebridge", "{\"case\":\"c-1\"}", 201, NULL },
    { "PUT", JIRA "/issue/SEC-1/properties/casebridge", "{\"case\":\"c-1\"}", 200, NULL },
    { "GET", JIRA "/issue/SEC-1/properties/casebridge", NULL, 200,
      "{\"key\":\"casebridge\",\"value\":{\"case\":\"c-1\"}}" },
    { "GET", JIRA "/issue/SEC-1/properties/other", NULL, 404, NULL },
    { "GET", JIRA "/issue/SEC-1?properties=*all", NULL, 200, "\"properties\":{\"casebridge\"" },
    { "POST", JIRA "/issue/SEC-1/comment",
      "{\"body\":\"x\",\"properties\":[{\"key\":\"k\",\"value\":1}]}", 201, NULL },
    { "GET", JIRA "/issue/SEC-1/comment?expand=properties&startAt=1", NULL, 200,
      "\"properties\":[{\"key\":\"k\",\"value\":1}]" },
    { "POST", JIRA "/issue",
      "{\"fields\":{" ISSUE ",\"summary\":\"x\"},\"properties\":[{\"key\":\"k\",\"value\":1}]}",
      201, NULL },
  };

  assert_calls (client, common_jira_calls, G_N_ELEMENTS (common_jira_calls));
  assert_calls (client, calls, G_N_ELEMENTS (calls));
  g_assert_nonnull (strstr (client->text, "10001"));
  g_assert_null (strstr (client->text, "SEC-2\""));
  client->agent = "Mozilla/5.0";
  assert_call (client, "POST", JIRA "/issue", "{}", 403, "XSRF check failed");
  client->authorization = "Bearer correct-horse-token";
  assert_call (client, "GET", JIRA "/myself", NULL, 401, NULL);
}

static void
test_jira_cloud_options (void)
{
  g_autoptr (Client) client =
    client_new (cb_simulator_start ("jira-cloud", "index-lag", "150", "extra-issue-types", "60",
                                    "labels-on-screen", "false", "required-field", "option", NULL),
                "analyst@example.org");
  static const char *const search = JIRA "/search/jql?jql=project=SEC";
  static const char *const comment = "{\"body\":\"x\"}";
  guint sent = 0;

  assert_call (client, "POST", JIRA "/issue", "{\"fields\":{" ISSUE ",\"summary\":\"x\"}}", 400,
               "Data classification is required.");
  assert_call (client, "POST", JIRA "/issue",
               "{\"fields\":{" ISSUE
               ",\"summary\":\"x\",\"customfield_10044\":{\"value\":\"None\"}}}",
               400, "'None' is not valid");
  assert_call (client, "POST", JIRA "/issue",
               "{\"fields\":{" ISSUE
               ",\"summary\":\"x\",\"labels\":[],\"customfield_10044\":{\"value\":\"Public\"}}}",
               400, "Field 'labels' cannot be set.");
  assert_call (client, "POST", JIRA "/issue",
               "{\"fields\":{" ISSUE
               ",\"summary\":\"x\",\"customfield_10044\":{\"value\":\"Public\"}}}",
               201, "\"key\":\"SEC-4\"");
  assert_call (client, "GET", search, NULL, 200, "\"issues\":[]");
  assert_call (client, "GET", JIRA "/search/jql?jql=project=SEC&reconcileIssues=10000", NULL, 200,
               "10000");
  g_usleep (200000);
  assert_call (client, "GET", search, NULL, 200, "10000");
  assert_call (client, "GET", JIRA "/issue/createmeta/SEC/issuetypes", NULL, 200, "\"total\":64");
  g_assert_null (strstr (client->text, "Extra type 47"));
  assert_call (client, "GET", JIRA "/issue/createmeta/SEC/issuetypes?startAt=50", NULL, 200,
               "Extra type 60");
  for (call (client, "POST", JIRA "/issue/SEC-4/comment", comment);
       client->status == 201 && sent < 30; sent++)
    call (client, "POST", JIRA "/issue/SEC-4/comment", comment);
  g_assert_cmpuint (client->status, ==, 429);
  assert_header (client, "RateLimit-Reason", "jira-per-issue-on-write");
  g_assert_nonnull (soup_message_headers_get_one (client->headers, "Retry-After"));
}

static void
test_jira_datacenter (void)
{
  g_autoptr (Client) client =
    client_new (cb_simulator_start ("jira-datacenter", "base-path", "/jira", NULL), "analyst");
  static const Call calls[] = {
    { "GET", JIRA "/serverInfo", NULL, 200, "\"deploymentType\":\"Server\"" },
    { "GET", JIRA "/search?jql=project=SEC%20and%20labels=c%20order%20by%20key%20desc", NULL, 200,
      "\"total\":1" },
    { "GET", JIRA "/search/jql?jql=project=SEC", NULL, 404, NULL },
    { "GET", JIRA "/issue/createmeta/SEC/issuetypes", NULL, 200, "\"values\":[{" },
    { "GET", JIRA "/issue/SEC-1/properties", NULL, 404, NULL },
    { "POST", JIRA "/issue/SEC-1/comment", "{\"body\":\"x\",\"properties\":[]}", 400,
      "properties" },
    { "POST", JIRA "/issue", "{\"fields\":{" ISSUE ",\"summary\":\"x\"},\"properties\":[]}", 400,
      "properties" },
  };

  assert_calls (client, common_jira_calls, G_N_ELEMENTS (common_jira_calls));
  assert_calls (client, calls, G_N_ELEMENTS (calls));
  g_assert_true (cb_simulator_set_option (client->simulator, "service-desk", "true"));
  assert_call (client, "POST", JIRA "/issue/SEC-1/comment", "{\"body\":\"x\"}", 201,
               "\"jsdPublic\":true");
  assert_call (
    client, "POST", JIRA "/issue/SEC-1/comment",
    "{\"body\":\"x\","
               "\"properties\":[{\"key\":\"sd.public.comment\",\"value\":{\"internal\":true}}]}",
    201, "\"jsdPublic\":false");
  client->authorization = "Bearer correct-horse-token";
  assert_call (client, "GET", JIRA "/myself", NULL, 200, "\"name\":\"analyst\"");
}

static void
test_jira_logins (void)
{
  g_autoptr (Client) client =
    client_new (cb_simulator_start ("jira-datacenter", "captcha-after", "2", NULL), "analyst");

  client->secret = "wrong";
  assert_call (client, "GET", JIRA "/myself", NULL, 401, NULL);
  assert_header (client, "X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
  g_assert_true (cb_simulator_set_option (client->simulator, "anonymous-fallback", "true"));
  assert_call (client, "GET", JIRA "/project/SEC", NULL, 200, "Security incidents");
  assert_header (client, "X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
  client->secret = SECRET;
  assert_call (client, "GET", JIRA "/myself", NULL, 403, NULL);
  assert_header (client, "X-Seraph-LoginReason", "AUTHENTICATION_DENIED");
  g_assert_true (g_str_has_prefix (
    soup_message_headers_get_one (client->headers, "X-Authentication-Denied-Reason"),
    "CAPTCHA_CHALLENGE; login-url="));
}

static void
test_resilient (void)
{
  g_autoptr(Client) client = client_new (cb_simulator_start ("resilient", NULL), "analyst");
  static const Call calls[] = {
    { "GET", "/rest/session?include_permissions=false", NULL, 200, "\"id\":202" },
    { "GET", "/rest/const", NULL, 200, "server_version" },
    { "POST", ORG "/incidents" OBJECTS,
      "{\"name\":\"Phishing\",\"discovered_date\":1764000000000,"
      "\"description\":{\"format\":\"html\",\"content\":\"a<script>x</script> <b>b</b><x>c</x>\"},"
      "\"incident_type_ids\":[{\"id\":1002},{\"id\":1001}],\"severity_code\":{\"id\":6},"
      "\"properties\":{\"casebridge_reference\":\"r-1\"}}",
      200, "\"content\":\"<div class=\\\"rte\\\"><div>a <b>b</b>c</div></div>\"" },
    { "GET", ORG "/incidents/2095" OBJECTS, NULL, 200, "\"severity_code\":6" },
    { "GET", ORG "/incidents/2095", NULL, 200, "\"description\":\"<div" },
    { "GET", ORG "/incidents/1", NULL, 404, "Unable to find Incident with ID 1" },
    { "GET", "/rest/orgs/202/incidents/2095", NULL, 404, NULL },
    { "GET", "/rest/orgs/203/incidents/2095", NULL, 403, NULL },
    { "GET", "/rest/orgs/999/incidents/2095", NULL, 404, NULL },
    { "GET", ORG "/nothing", NULL, 500, NULL },
    { "POST", ORG "/incidents", "{\"name\":\"x\"}", 400, "discovered_date" },
    { "POST", ORG "/incidents", "{\"discovered_date\":1}", 400, "name" },
    { "POST", ORG "/incidents", "{\"name\":\"x\",\"discovered_date\":\"1\"}", 400,
      "discovered_date" },
    { "POST", ORG "/incidents", "{\"name\":\"x\",\"discovered_date\":1,\"nothing\":1}", 400,
      "Unknown field nothing" },
    { "POST", ORG "/incidents", "{\"name\":\"x\",\"discovered_date\":1,\"soc_ticket\":\"1\"}", 400,
      "Unknown field soc_ticket" },
    { "POST", ORG "/incidents",
      "{\"name\":\"x\",\"discovered_date\":1,\"incident_type_ids\":[1001]}", 400,
      "incident_type_ids" },
    { "POST", ORG "/incidents",
      "{\"name\":\"x\",\"discovered_date\":1,\"severity_code\":{\"id\":51}}", 400,
      "severity_code" },
    { "POST", ORG "/incidents", "{\"name\":\"x\",", 400, "JSON" },
    { "PATCH", ORG "/incidents/2095",
      "{\"changes\":[{\"field\":{\"name\":\"name\"},\"old_value\":{\"text\":\"Phishing\"},"
      "\"new_value\":{\"text\":\"New\"}},{\"field\":{\"name\":\"incident_type_ids\"},"
      "\"old_value\":{\"ids\":[1001,1002]},\"new_value\":{\"ids\":[1017]}}]}",
      200, "\"success\":true" },
    { "PATCH", ORG "/incidents/2095",
      "{\"changes\":[{\"field\":{\"name\":\"name\"},\"old_value\":{\"text\":\"Phishing\"},"
      "\"new_value\":{\"text\":\"Newer\"}}]}",
      200, "\"actual_current_value\":\"New\"" },
    { "PATCH", ORG "/incidents/2095",
      "{\"changes\":[{\"field\":{\"name\":\"description\"},\"old_value\":{\"textarea\":"
      "{\"format\":\"html\",\"content\":\"<div class=\\\"rte\\\"><div>a <b>b</b>c</div></div>\"}},"
      "\"new_value\":{\"textarea\":{\"format\":\"text\",\"content\":\"1 < 2\"}}}]}",
      200, "\"success\":true" },
    { "PATCH", ORG "/incidents/2095",
      "{\"changes\":[{\"field\":{\"name\":\"severity_code\"},\"old_value\":{\"text\":\"6\"},"
      "\"new_value\":{\"id\":4}}]}",
      400, "severity_code" },
    { "PATCH", ORG "/incidents/2095",
      "{\"changes\":[{\"field\":{\"name\":\"nothing\"},\"old_value\":{},\"new_value\":{}}]}", 400,
      "unknown field" },
    { "GET", ORG "/incidents/2095" OBJECTS, NULL, 200, "<div>1 &lt; 2</div>" },
    { "POST", ORG "/incidents/2095/comments", "{\"text\":\"x\"}", 400, NULL },
    { "POST", ORG "/incidents/2095/comments" OBJECTS,
      "{\"text\":{\"format\":\"text\",\"content\":\"a\\nb\"}}", 200, "a<br />b" },
    { "GET", ORG "/incidents/2095/comments" OBJECTS, NULL, 200, "[{\"id\":31" },
    { "POST", ORG "/incidents/query_paged",
      "{\"filters\":[{\"conditions\":[{\"field_name\":\"properties.casebridge_reference\","
      "\"method\":\"equals\",\"value\":\"r-1\"}]}],\"start\":0,\"length\":1}",
      200, "\"recordsTotal\":1" },
    { "POST", ORG "/incidents/query_paged",
      "{\"filters\":[{\"conditions\":[{\"field_name\":\"nothing\",\"method\":\"equals\","
      "\"value\":\"r-1\"}]}]}",
      400, NULL },
    { "GET", ORG "/types/incident/fields/severity_code", NULL, 200, "\"input_type\":\"select\"" },
    { "GET", ORG "/types/incident/fields/nothing", NULL, 404, NULL },
  };

  assert_calls (client, calls, G_N_ELEMENTS (calls));
  g_assert_true (cb_simulator_set_option (client->simulator, "required-field", "select"));
  assert_call (client, "POST", ORG "/incidents", "{\"name\":\"x\",\"discovered_date\":1}", 400,
               "soc_region");
  client->secret = "wrong";
  assert_call (client, "GET", "/rest/session", NULL, 401, "\"success\":false");
}

static void
test_edits (void)
{
  g_autoptr(Client) client = client_new (cb_simulator_start ("resilient", NULL), "analyst");

  assert_call (client, "POST", ORG "/incidents", "{\"name\":\"x\",\"discovered_date\":1}", 200,
               NULL);
  g_assert_true (cb_simulator_edit_incident (client->simulator, "2095",
                                             "{\"name\":\"theirs\",\"comment\":\"hello\"}"));
  g_assert_false (cb_simulator_edit_incident (client->simulator, "2095", "{\"nothing\":1}"));
  assert_call (client, "GET", ORG "/incidents/2095", NULL, 200, "\"name\":\"theirs\"");
  g_assert_true (cb_simulator_delete_incident (client->simulator, "2095"));
  g_assert_false (cb_simulator_delete_incident (client->simulator, "2095"));
  assert_call (client, "GET", ORG "/incidents/2095", NULL, 404, NULL);
}

static void
add_fault (Client              *client,
           CbSimulatorFaultKind kind)
{
  cb_simulator_add_fault (client->simulator,
                          &(CbSimulatorFault){ .kind = kind, .milliseconds = 1 });
}

static void
test_faults_without_effect (void)
{
  g_autoptr(Client) client = client_new (cb_simulator_start ("servicenow", NULL), "analyst");

  add_fault (client, CB_FAULT_RESET);
  assert_call (client, "POST", SN, "{}", 0, NULL);
  cb_simulator_add_fault (client->simulator, &(CbSimulatorFault){ .kind = CB_FAULT_STATUS,
                                                                  .method = "POST",
                                                                  .path = "*/incident",
                                                                  .nth = 2,
                                                                  .status = 503,
                                                                  .headers = "Retry-After: 2" });
  assert_call (client, "GET", SN, NULL, 200, "[]");
  add_fault (client, CB_FAULT_HTML);
  assert_call (client, "POST", SN, "{}", 200, "<html>");
  assert_call (client, "POST", SN, "{}", 503, "failure");
  assert_header (client, "Retry-After", "2");
  add_fault (client, CB_FAULT_REDIRECT);
  assert_call (client, "POST", SN, "{}", 302, NULL);
  add_fault (client, CB_FAULT_HUGE);
  assert_call (client, "GET", SN, NULL, 200, "0123456789abcdef");
  g_assert_cmpuint (strlen (client->text), >, 16000000);
  add_fault (client, CB_FAULT_BOMB);
  assert_call (client, "GET", SN, NULL, 200, "0123456789abcdef");
  add_fault (client, CB_FAULT_DEEP);
  assert_call (client, "GET", SN, NULL, 200, "[[[[[[[[");
  g_assert_cmpuint (count_incidents (client), ==, 0);
  g_assert_cmpuint (cb_simulator_count_requests (client->simulator, "POST", SN), ==, 4);
}

static void
test_faults_with_effect (void)
{
  g_autoptr(Client) client = client_new (cb_simulator_start ("servicenow", NULL), "analyst");

  add_fault (client, CB_FAULT_LOST);
  assert_call (client, "POST", SN, "{}", 0, NULL);
  add_fault (client, CB_FAULT_DELAY);
  assert_call (client, "POST", SN, "{}", 201, NULL);
  add_fault (client, CB_FAULT_SLOW);
  assert_call (client, "POST", SN, "{}", 201, "\"sys_mod_count\":\"0\"}}");
  add_fault (client, CB_FAULT_CONTENT_TYPE);
  assert_call (client, "POST", SN, "{}", 201, NULL);
  assert_header (client, "Content-Type", "text/plain");
  add_fault (client, CB_FAULT_CHUNK_ABORT);
  assert_call (client, "POST", SN, "{}", 0, NULL);
  add_fault (client, CB_FAULT_TRUNCATE);
  assert_call (client, "POST", SN, "{}", 0, NULL);
  cb_simulator_add_fault (
    client->simulator,
    &(CbSimulatorFault){ .kind = CB_FAULT_STATUS, .status = 500, .effect = CB_FAULT_EFFECT_YES });
  assert_call (client, "POST", SN, "{}", 500, "maximum execution time exceeded");
  g_assert_cmpuint (count_incidents (client), ==, 7);
  cb_simulator_reset (client->simulator);
  g_assert_cmpuint (count_incidents (client), ==, 0);
}

static void
test_hang (void)
{
  g_autoptr(Client) client = client_new (cb_simulator_start ("servicenow", NULL), "analyst");

  g_object_set (client->session, "timeout", 1, NULL);
  cb_simulator_add_fault (client->simulator,
                          &(CbSimulatorFault){ .kind = CB_FAULT_HANG, .count = CB_FAULT_FOREVER });
  assert_call (client, "GET", SN, NULL, 0, NULL);
  cb_simulator_clear_faults (client->simulator);
  cb_simulator_add_fault (client->simulator, &(CbSimulatorFault){ .kind = CB_FAULT_DELAY,
                                                                  .milliseconds = 1300,
                                                                  .effect = CB_FAULT_EFFECT_NO });
  assert_call (client, "POST", SN, "{}", 0, NULL);
  g_assert_cmpuint (count_incidents (client), ==, 0);
  g_usleep (600000);
  g_assert_cmpuint (count_incidents (client), ==, 1);
  cb_simulator_add_fault (client->simulator,
                          &(CbSimulatorFault){ .kind = CB_FAULT_DELAY, .milliseconds = 60000 });
  assert_call (client, "GET", SN, NULL, 0, NULL);
}

/* By hand, since libsoup's client takes a new connection for each POST and after each 204. */
static void
assert_two_answers (const char *url)
{
  static const char request[] = "PUT /rest/api/2/issue/SEC-1 HTTP/1.1\r\nHost: localhost\r\n"
                                "Authorization: Basic "
                                "YW5hbHlzdEBleGFtcGxlLm9yZzpjb3JyZWN0IGhvcnNl\r\n"
                                "Content-Type: application/json\r\nContent-Length: 13\r\n\r\n"
                                "{\"fields\":{}}";
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection =
    g_socket_client_connect_to_uri (client, url, 80, NULL, NULL);
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char answer[4096];

  for (guint i = 0; i < 2; i++)
    {
      gssize length;

      g_assert_true (g_output_stream_write_all (out, request, strlen (request), NULL, NULL, NULL));
      length = g_input_stream_read (in, answer, sizeof answer - 1, NULL, NULL);
      g_assert_cmpint (length, >, 0);
      answer[length] = '\0';
      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 204 "));
    }
}

/* A server that closes after each answer would hide what a client does on a reused connection. */
static void
test_keep_alive (void)
{
  g_autoptr(Client) client =
    client_new (cb_simulator_start ("jira-cloud", NULL), "analyst@example.org");

  assert_call (client, "POST", JIRA "/issue", "{\"fields\":{" ISSUE ",\"summary\":\"x\"}}", 201,
               NULL);
  assert_two_answers (cb_simulator_get_url (client->simulator));
}

static void
test_control (void)
{
  g_autoptr (Client) client =
    client_new (cb_simulator_start ("jira-cloud", NULL), "analyst@example.org");
  static const Call calls[] = {
    { "POST", "/_control/faults", "{\"kind\":\"nothing\"}", 400, "unknown kind" },
    { "POST", "/_control/faults",
      "{\"kind\":\"status\",\"path\":\"*/myself\",\"status\":418,\"body\":{\"a\":1},"
      "\"headers\":{\"X-A\":\"b\"},\"count\":-1}",
      200, NULL },
    { "GET", JIRA "/myself", NULL, 418, "{\"a\":1}" },
    { "GET", "/_control/faults", NULL, 200, "\"seen\":1" },
    { "DELETE", "/_control/faults", NULL, 200, NULL },
    { "GET", JIRA "/myself", NULL, 200, NULL },
    { "POST", "/_control/options", "{\"service-desk\":true,\"index-lag\":100}", 200, NULL },
    { "POST", "/_control/options", "{\"service-desk\":\"perhaps\"}", 400, NULL },
    { "GET", "/_control/options", NULL, 200, "\"index-lag\":\"100\"" },
    { "GET", JIRA "/project/SEC", NULL, 200, "service_desk" },
    { "POST", JIRA "/issue", "{\"fields\":{" ISSUE ",\"summary\":\"x\"}}", 201, NULL },
    { "PATCH", "/_control/incidents/SEC-1",
      "{\"summary\":\"theirs\",\"status\":\"Done\",\"comment\":\"hello\"}", 200, NULL },
    { "GET", "/_control/state", NULL, 200, "\"summary\":\"theirs\"" },
    { "GET", "/_control/requests", NULL, 200, "\"fault\":\"status\"" },
    { "DELETE", "/_control/incidents/SEC-1", NULL, 200, NULL },
    { "DELETE", "/_control/requests", NULL, 200, NULL },
    { "GET", "/_control/requests", NULL, 200, "[]" },
    { "POST", "/_control/reset", NULL, 200, NULL },
    { "GET", "/_control/nothing", NULL, 404, NULL },
  };

  client->secret = "not needed here";
  assert_call (client, "GET", "/_control/state", NULL, 200, "\"incidents\":[]");
  client->secret = SECRET;
  assert_calls (client, calls, G_N_ELEMENTS (calls));
}

static gboolean
make_certificate (const char *certificate,
                  const char *key)
{
  const char *argv[] = {
    "openssl",  "req",           "-x509",   "-newkey",
    "rsa:2048", "-nodes",        "-days",   "2",
    "-subj",    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
    "-out",     certificate,     "-keyout", key,
    NULL
  };
  int status;

  return g_spawn_sync (NULL, (char **) argv, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                         | G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, NULL)
      && g_spawn_check_wait_status (status, NULL);
}

static void
assert_tls (const char *certificate,
            const char *key)
{
  g_autoptr (Client) client = client_new (
    cb_simulator_start ("servicenow", "tls-certificate", certificate, "tls-key", key, NULL),
    "analyst");
  g_autoptr(GTlsDatabase) database = g_tls_file_database_new (certificate, NULL);

  assert_call (client, "GET", SN, NULL, 0, NULL);
  soup_session_set_tls_database (client->session, database);
  assert_call (client, "GET", SN, NULL, 200, "[]");
  add_fault (client, CB_FAULT_LOST);
  assert_call (client, "POST", SN, "{}", 0, NULL);
  add_fault (client, CB_FAULT_RESET);
  assert_call (client, "POST", SN, "{}", 0, NULL);
  add_fault (client, CB_FAULT_TRUNCATE);
  assert_call (client, "POST", SN, "{}", 0, NULL);
  add_fault (client, CB_FAULT_SLOW);
  assert_call (client, "POST", SN, "{}", 201, NULL);
  g_assert_cmpuint (count_incidents (client), ==, 3);
}

static void
test_tls (void)
{
  g_autofree char *folder = g_dir_make_tmp ("simulators-XXXXXX", NULL);
  g_autofree char *certificate = g_build_filename (folder, "server.pem", NULL);
  g_autofree char *key = g_build_filename (folder, "server.key", NULL);

  if (make_certificate (certificate, key))
    assert_tls (certificate, key);
  else
    g_test_skip ("openssl is not there");
  g_remove (certificate);
  g_remove (key);
  g_rmdir (folder);
}

static void
test_wrong_starts (void)
{
  g_autoptr(GHashTable) options = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GError) error = NULL;

  g_assert_null (cb_simulator_start_with_options ("nothing", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_hash_table_insert (options, (char *) "tls-certificate", (char *) "/nothing.pem");
  g_assert_null (cb_simulator_start_with_options ("resilient", options, &error));
  g_assert_nonnull (error);
}

/* Public API */

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulators/servicenow", test_servicenow);
  g_test_add_func ("/simulators/servicenow/options", test_servicenow_options);
  g_test_add_func ("/simulators/jira/cloud", test_jira_cloud);
  g_test_add_func ("/simulators/jira/cloud/options", test_jira_cloud_options);
  g_test_add_func ("/simulators/jira/datacenter", test_jira_datacenter);
  g_test_add_func ("/simulators/jira/logins", test_jira_logins);
  g_test_add_func ("/simulators/resilient", test_resilient);
  g_test_add_func ("/simulators/edits", test_edits);
  g_test_add_func ("/simulators/faults/without-effect", test_faults_without_effect);
  g_test_add_func ("/simulators/faults/with-effect", test_faults_with_effect);
  g_test_add_func ("/simulators/faults/hang", test_hang);
  g_test_add_func ("/simulators/keep-alive", test_keep_alive);
  g_test_add_func ("/simulators/control", test_control);
  g_test_add_func ("/simulators/tls", test_tls);
  g_test_add_func ("/simulators/wrong-starts", test_wrong_starts);
  return g_test_run ();
}
