/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "jira.h"

#define DEFAULT_PAGE 50
#define DATACENTER_MAX_PAGE 1000
#define CLOUD_MAX_PAGE 5000
#define MAX_RECONCILED 50
#define TOKEN_PREFIX "page:"

/* A search as GET or POST asks for it. */
typedef struct {
  char *jql;       /* (owned) (nullable) */
  GStrv fields;    /* (owned) (nullable) */
  GStrv reconcile; /* (owned) (nullable) */
  char *token;     /* (owned) (nullable) */
  guint start;
  guint count;
} Request;

/* Auxiliary methods */

static void
request_clear (Request *request)
{
  g_free (request->jql);
  g_strfreev (request->fields);
  g_strfreev (request->reconcile);
  g_free (request->token);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static GStrv
read_list (JsonObject *body,
           const char *member)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = cb_sim_json_array (body, member);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      g_autofree char *text = cb_sim_json_node_string (element) != NULL
                              ? json_node_dup_string (element)
                              : cb_sim_json_to_text (element);

      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

static gboolean
read_body (Request       *request,
           CbSimExchange *exchange)
{
  g_autoptr(JsonObject) body = cb_sim_exchange_parse_object (exchange);

  if (body == NULL)
    {
      cb_jira_refuse (exchange, 400,
                      "There was an error parsing JSON. Check that your request body is valid.");
      return FALSE;
    }
  request->jql = g_strdup (cb_sim_json_string (body, "jql"));
  request->token = g_strdup (cb_sim_json_string (body, "nextPageToken"));
  request->fields = read_list (body, "fields");
  request->reconcile = read_list (body, "reconcileIssues");
  request->start = cb_sim_json_integer (body, "startAt", 0);
  request->count = cb_sim_json_integer (body, "maxResults", DEFAULT_PAGE);
  return TRUE;
}

static gboolean
read_request (Request       *request,
              CbSimExchange *exchange)
{
  if (g_str_equal (exchange->method, "POST"))
    return read_body (request, exchange);
  request->jql = g_strdup (cb_sim_exchange_param (exchange, "jql"));
  request->token = g_strdup (cb_sim_exchange_param (exchange, "nextPageToken"));
  request->fields = cb_sim_exchange_all_params (exchange, "fields");
  request->reconcile = cb_sim_exchange_all_params (exchange, "reconcileIssues");
  request->start = cb_sim_exchange_number_param (exchange, "startAt", 0);
  request->count = cb_sim_exchange_number_param (exchange, "maxResults", DEFAULT_PAGE);
  return TRUE;
}

static CbJiraQuery *
read_query (CbJira        *self,
            Request       *request,
            CbSimExchange *exchange)
{
  g_autofree char *problem = NULL;
  CbJiraQuery *query = cb_jira_query_parse (self, request->jql, &problem);

  if (query == NULL)
    cb_jira_refuse (exchange, 400, problem);
  return query;
}

/* What the index holds of an issue: nothing, or an older state, for a while after a write. */
static JsonObject *
indexed_fields (CbJiraIssue *issue,
                GStrv        reconcile)
{
  if (g_get_monotonic_time () >= issue->visible_at
      || g_strv_contains ((const char *const *) reconcile, issue->id))
    return issue->fields;
  return issue->indexed;
}

static GPtrArray *
find_matches (CbJira      *self,
              Request     *request,
              CbJiraQuery *query)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < self->issues->len; i++)
    {
      CbJiraIssue *issue = g_ptr_array_index (self->issues, i);
      JsonObject *fields = indexed_fields (issue, request->reconcile);

      if (fields != NULL && cb_jira_query_matches (query, fields))
        g_ptr_array_add (found, issue);
    }
  cb_jira_query_sort (query, found);
  return found;
}

static JsonNode *
show_match (CbJira        *self,
            Request       *request,
            CbJiraIssue   *issue,
            CbSimExchange *exchange)
{
  if (self->cloud && request->fields[0] == NULL)
    return cb_sim_json_pack ("{id:s}", issue->id);
  return cb_jira_show_issue (self, issue, request->fields, exchange);
}

static JsonArray *
show_matches (CbJira        *self,
              Request       *request,
              GPtrArray     *found,
              guint          start,
              guint          count,
              CbSimExchange *exchange)
{
  JsonArray *list = json_array_new ();

  for (guint i = start; i < found->len && i - start < count; i++)
    json_array_add_element (list,
                            show_match (self, request, g_ptr_array_index (found, i), exchange));
  return list;
}

static char *
make_token (guint start)
{
  g_autofree char *plain = g_strdup_printf (TOKEN_PREFIX "%u", start);

  return g_base64_encode ((const guchar *) plain, strlen (plain));
}

static gboolean
read_token (const char *token,
            guint      *start)
{
  gsize length;
  g_autofree guchar *decoded = g_base64_decode (token, &length);
  g_autofree char *text = g_strndup ((const char *) decoded, length);
  guint64 number = 0;

  if (!g_str_has_prefix (text, TOKEN_PREFIX)
      || !g_ascii_string_to_unsigned (text + strlen (TOKEN_PREFIX), 10, 0, G_MAXINT, &number, NULL))
    return FALSE;
  *start = number;
  return TRUE;
}

static const char *
check_cloud_request (Request     *request,
                     CbJiraQuery *query)
{
  if (!cb_jira_query_is_bounded (query))
    return "Unbounded JQL queries are not allowed here. "
           "Please add a search restriction to your query.";
  if (g_strv_length (request->reconcile) > MAX_RECONCILED)
    return "reconcileIssues must not hold more than 50 ids.";
  for (guint i = 0; request->reconcile[i] != NULL; i++)
    if (!g_ascii_string_to_unsigned (request->reconcile[i], 10, 1, G_MAXINT64, NULL, NULL))
      return "reconcileIssues must hold issue ids.";
  return NULL;
}

static void
answer_cloud_page (CbJira        *self,
                   Request       *request,
                   GPtrArray     *found,
                   guint          start,
                   CbSimExchange *exchange)
{
  gboolean empty = request->token == NULL && cb_sim_options_get_boolean (self->options, "empty-pages");
  guint count = empty ? 0 : CLAMP (request->count, 1, CLOUD_MAX_PAGE);
  gboolean last = !empty && start + count >= found->len;
  g_autofree char *token = last ? NULL : make_token (start + count);

  cb_sim_exchange_answer (
    exchange, 200,
    cb_sim_json_pack ("{issues:A,nextPageToken:S,isLast:b}",
                      show_matches (self, request, found, start, count, exchange), token, last));
}

/* Callbacks */

/* Data Center; Cloud has removed it. */
void
cb_jira_search_cb (gpointer       system,
                   CbSimExchange *exchange)
{
  CbJira *self = system;
  g_auto(Request) request = { NULL };
  g_autoptr(CbJiraQuery) query = NULL;
  g_autoptr(GPtrArray) found = NULL;
  guint count;

  if (!read_request (&request, exchange))
    return;
  query = read_query (self, &request, exchange);
  if (query == NULL)
    return;
  count = MIN (request.count, DATACENTER_MAX_PAGE);
  found = find_matches (self, &request, query);
  cb_sim_exchange_answer (
    exchange, 200,
    cb_sim_json_pack ("{expand:s,startAt:i,maxResults:i,total:i,issues:A}", "names,schema",
                      (int) request.start, (int) count, (int) found->len,
                      show_matches (self, &request, found, request.start, count, exchange)));
}

/* Cloud */
void
cb_jira_search_jql_cb (gpointer       system,
                       CbSimExchange *exchange)
{
  CbJira *self = system;
  g_auto(Request) request = { NULL };
  g_autoptr(CbJiraQuery) query = NULL;
  g_autoptr(GPtrArray) found = NULL;
  const char *problem;
  guint start = 0;

  if (!read_request (&request, exchange))
    return;
  query = read_query (self, &request, exchange);
  if (query == NULL)
    return;
  problem = check_cloud_request (&request, query);
  if (problem == NULL && request.token != NULL && !read_token (request.token, &start))
    problem = "The provided next page token is invalid or expired.";
  if (problem != NULL)
    {
      cb_jira_refuse (exchange, 400, problem);
      return;
    }
  found = find_matches (self, &request, query);
  answer_cloud_page (self, &request, found, start, exchange);
}
