/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "jira.h"

/* Auxiliary methods */

static gboolean
is_service_desk (CbJira      *self,
                 CbJiraIssue *issue)
{
  return issue->project == g_ptr_array_index (self->projects, 0)
         && cb_sim_options_get_boolean (self->options, "service-desk");
}

/* Visible to the customer unless the property says otherwise. */
static gboolean
is_public (JsonObject *comment)
{
  JsonObject *property =
    cb_sim_json_object (cb_sim_json_object (comment, "properties"), "sd.public.comment");

  return !cb_sim_json_boolean (property, "internal", FALSE);
}

static void
check_members (JsonObject   *body,
               CbJiraErrors *errors)
{
  static const char *const known[] = { "body", "properties", "visibility", NULL };
  g_autoptr(GList) names = json_object_get_members (body);

  for (GList *l = names; l != NULL; l = l->next)
    if (!g_strv_contains (known, l->data))
      {
        g_autofree char *message = g_strdup_printf ("Unrecognized field \"%s\"", (char *) l->data);

        cb_jira_errors_add (errors, NULL, message);
      }
}

static void
check_text (CbJira       *self,
            JsonObject   *body,
            CbJiraErrors *errors)
{
  const char *text = cb_sim_json_string (body, "body");
  g_autofree char *stripped = text != NULL ? g_strstrip (g_strdup (text)) : NULL;
  g_autofree char *problem = NULL;

  if (text == NULL && json_object_has_member (body, "body"))
    problem = g_strdup ("Operation value must be a string");
  else if (text == NULL || *stripped == '\0')
    problem = g_strdup ("Comment body can not be empty!");
  else
    problem = cb_jira_check_text_limit (self, text);
  if (problem != NULL)
    cb_jira_errors_add (errors, "comment", problem);
}

/* Some older versions refuse properties that they have no use for. */
static void
check_properties (CbJira       *self,
                  CbJiraIssue  *issue,
                  JsonObject   *body,
                  JsonObject   *properties,
                  CbJiraErrors *errors)
{
  JsonNode *node = json_object_get_member (body, "properties");

  if (node != NULL && !self->cloud && !is_service_desk (self, issue))
    cb_jira_errors_add (errors, NULL, "Unrecognized field \"properties\"");
  else
    cb_jira_read_properties (node, properties, errors);
}

static JsonObject *
read_comment (CbJira        *self,
              CbJiraIssue   *issue,
              CbSimExchange *exchange,
              JsonObject    *properties,
              CbJiraErrors  *errors)
{
  g_autoptr(JsonObject) body = cb_sim_exchange_parse_object (exchange);

  if (body == NULL)
    {
      cb_jira_errors_add (
        errors, NULL, "There was an error parsing JSON. Check that your request body is valid.");
      return NULL;
    }
  check_members (body, errors);
  check_text (self, body, errors);
  check_properties (self, issue, body, properties, errors);
  return g_steal_pointer (&body);
}

static gboolean
is_full (CbJira      *self,
         CbJiraIssue *issue)
{
  return self->cloud
      && issue->comments->len >= cb_sim_options_get_number (self->options, "comment-limit");
}

static GPtrArray *
order_comments (CbJiraIssue   *issue,
                CbSimExchange *exchange)
{
  gboolean newest_first = g_strcmp0 (cb_sim_exchange_param (exchange, "orderBy"), "-created") == 0;
  GPtrArray *ordered = g_ptr_array_new ();
  guint length = issue->comments->len;

  for (guint i = 0; i < length; i++)
    g_ptr_array_add (ordered,
                     g_ptr_array_index (issue->comments, newest_first ? length - 1 - i : i));
  return ordered;
}

/* Callbacks */

void
cb_jira_list_comments_cb (gpointer       system,
                          CbSimExchange *exchange)
{
  CbJira *self = system;
  CbJiraIssue *issue = cb_jira_read_issue (self, exchange);
  guint page = cb_sim_options_get_number (self->options, "comment-page");
  guint start = cb_sim_exchange_number_param (exchange, "startAt", 0);
  guint count = MIN (page, cb_sim_exchange_number_param (exchange, "maxResults", page));
  g_autoptr(GPtrArray) ordered = NULL;
  JsonArray *list;

  if (issue == NULL)
    return;
  ordered = order_comments (issue, exchange);
  list = json_array_new ();
  for (guint i = start; i < ordered->len && i - start < count; i++)
    json_array_add_element (
      list, cb_jira_show_comment (self, issue, g_ptr_array_index (ordered, i), exchange));
  cb_sim_exchange_answer (exchange, 200,
                          cb_sim_json_pack ("{startAt:i,maxResults:i,total:i,comments:A}",
                                            (int) start, (int) count, (int) ordered->len, list));
}

void
cb_jira_get_comment_cb (gpointer       system,
                        CbSimExchange *exchange)
{
  CbJiraIssue *issue = cb_jira_read_issue (system, exchange);
  JsonObject *comment = issue != NULL ? cb_jira_find_comment (system, exchange->captures[1]) : NULL;

  if (issue == NULL)
    return;
  if (comment == NULL || !g_ptr_array_find (issue->comments, comment, NULL))
    cb_jira_refuse (exchange, 404, "Can not find a comment for the id.");
  else
    cb_sim_exchange_answer (exchange, 200, cb_jira_show_comment (system, issue, comment, exchange));
}

void
cb_jira_add_comment_cb (gpointer       system,
                        CbSimExchange *exchange)
{
  CbJira *self = system;
  CbJiraIssue *issue = cb_jira_read_issue (self, exchange);
  g_autoptr(CbJiraErrors) errors = cb_jira_errors_new ();
  g_autoptr(JsonObject) properties = json_object_new ();
  g_autoptr(JsonObject) body = NULL;
  JsonObject *comment;

  if (issue == NULL || !cb_jira_admit_write (self, issue, exchange))
    return;
  body = read_comment (self, issue, exchange, properties, errors);
  if (cb_jira_errors_any (errors))
    {
      cb_jira_errors_answer (errors, exchange);
      return;
    }
  if (is_full (self, issue))
    {
      cb_jira_refuse (exchange, 413, "The limit of comments of this issue is reached.");
      return;
    }
  comment = cb_jira_add_comment (self, issue, cb_sim_json_string (body, "body"),
                                 cb_sim_options_get (self->options, "user"));
  json_object_set_object_member (comment, "properties", g_steal_pointer (&properties));
  if (is_service_desk (self, issue))
    json_object_set_boolean_member (comment, "jsdPublic", is_public (comment));
  cb_sim_exchange_answer (exchange, 201, cb_jira_show_comment (self, issue, comment, exchange));
}

/* Public API */

JsonObject *
cb_jira_find_comment (CbJira     *self,
                      const char *id)
{
  for (guint i = 0; i < self->issues->len; i++)
    {
      CbJiraIssue *issue = g_ptr_array_index (self->issues, i);

      for (guint j = 0; j < issue->comments->len; j++)
        if (g_strcmp0 (id, cb_sim_json_string (g_ptr_array_index (issue->comments, j), "id")) == 0)
          return g_ptr_array_index (issue->comments, j);
    }
  return NULL;
}

/**
 * cb_jira_show_comment:
 * @self: the site
 * @issue: its issue
 * @comment: a comment
 * @exchange: whose parameter "expand" may ask for the properties
 *
 * Returns: (transfer full): the comment as the REST API shows it
 */
JsonNode *
cb_jira_show_comment (CbJira        *self,
                      CbJiraIssue   *issue,
                      JsonObject    *comment,
                      CbSimExchange *exchange)
{
  g_auto(GStrv) expand = cb_sim_exchange_all_params (exchange, "expand");
  g_autoptr(JsonObject) shown = cb_sim_json_copy_object (comment);
  g_autofree char *url = g_strdup_printf ("%s/rest/api/2/issue/%s/comment/%s", exchange->base_url,
                                          issue->id, cb_sim_json_string (comment, "id"));

  json_object_remove_member (shown, "properties");
  json_object_set_string_member (shown, "self", url);
  if (g_strv_contains ((const char *const *) expand, "properties")
      && (self->cloud || is_service_desk (self, issue)))
    json_object_set_member (shown, "properties",
                            cb_jira_show_properties (cb_sim_json_object (comment, "properties")));
  return cb_sim_json_of_object (g_steal_pointer (&shown));
}

/**
 * cb_jira_add_comment:
 * @self: the site
 * @issue: an issue
 * @text: a text
 * @login: who wrote it
 *
 * Returns: (transfer none): the comment
 */
JsonObject *
cb_jira_add_comment (CbJira      *self,
                     CbJiraIssue *issue,
                     const char  *text,
                     const char  *login)
{
  g_autofree char *id = g_strdup_printf ("%u", self->next_comment++);
  g_autofree char *now = cb_jira_now ();
  JsonObject *comment = cb_sim_json_pack_object (
    "{id:s,author:o,body:s,updateAuthor:o,created:s,updated:s,properties:{}}", id,
    cb_jira_show_user (self, login), text, cb_jira_show_user (self, login), now, now);

  g_ptr_array_add (issue->comments, comment);
  cb_jira_touch (self, issue);
  return comment;
}
