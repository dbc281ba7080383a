/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "resilient.h"

/* Auxiliary methods */

static JsonNode *
show_comment (JsonObject    *comment,
              CbSimExchange *exchange)
{
  JsonObject *shown = cb_sim_json_copy_object (comment);

  json_object_set_member (
    shown, "text", cb_resilient_show_text (json_object_get_member (comment, "text"), exchange));
  return cb_sim_json_of_object (shown);
}

static const char *
check_body (JsonObject *body)
{
  static const char *const known[] = { "text", "parent_id", NULL };
  g_autoptr(GList) names = body != NULL ? json_object_get_members (body) : NULL;
  JsonObject *text = cb_sim_json_object (body, "text");
  const char *format = cb_sim_json_string (text, "format");
  const char *content = cb_sim_json_string (text, "content");
  g_autofree char *stripped = content != NULL ? g_strstrip (g_strdup (content)) : NULL;

  if (body == NULL)
    return "Unable to process the JSON of the request.";
  for (GList *l = names; l != NULL; l = l->next)
    if (!g_strv_contains (known, l->data))
      return "The comment has an unknown member.";
  if (text == NULL || content == NULL)
    return "The text of a comment must be an object with format and content.";
  if (g_strcmp0 (format, "text") != 0 && g_strcmp0 (format, "html") != 0)
    return "The format of a comment must be text or html.";
  return *stripped == '\0' ? "The text of a comment must not be empty." : NULL;
}

/* Public API */

/**
 * cb_resilient_add_comment:
 * @self: the server
 * @incident: an incident
 * @format: "text" or "html"
 * @content: the text
 * @author: the writer's name
 *
 * Returns: (transfer none): the comment
 */
JsonObject *
cb_resilient_add_comment (CbResilient         *self,
                          CbResilientIncident *incident,
                          const char          *format,
                          const char          *content,
                          const char          *author)
{
  g_autofree char *cleaned = cb_resilient_clean_text (format, content);
  JsonObject *comment = cb_sim_json_pack_object (
    "{id:I,parent_id:n,inc_id:I,inc_name:o,user_id:i,user_fname:s,"
    "user_lname:s,text:{format:s,content:s},create_date:I,children:[]}",
    self->next_comment++, incident->id, json_object_dup_member (incident->values, "name"), 3,
    author, "", "html", cleaned, cb_resilient_now (self));

  g_ptr_array_add (incident->comments, comment);
  return comment;
}

/* Callbacks */

void
cb_resilient_list_comments_cb (gpointer       system,
                               CbSimExchange *exchange)
{
  CbResilientIncident *incident = cb_resilient_read (system, exchange);
  JsonArray *list;

  if (incident == NULL || !cb_resilient_check_output (exchange))
    return;
  list = json_array_new ();
  for (guint i = 0; i < incident->comments->len; i++)
    json_array_add_element (list,
                            show_comment (g_ptr_array_index (incident->comments, i), exchange));
  cb_sim_exchange_answer (exchange, 200, cb_sim_json_of_array (list));
}

void
cb_resilient_add_comment_cb (gpointer       system,
                             CbSimExchange *exchange)
{
  CbResilientIncident *incident = cb_resilient_read (system, exchange);
  g_autoptr(JsonObject) body = cb_sim_exchange_parse_object (exchange);
  const char *problem = check_body (body);
  JsonObject *text = cb_sim_json_object (body, "text");

  if (incident == NULL || !cb_resilient_may (system, "forbid-comments", exchange)
      || !cb_resilient_check_output (exchange))
    return;
  if (problem != NULL)
    {
      cb_resilient_refuse (exchange, 400, problem);
      return;
    }
  cb_resilient_touch (system, incident);
  cb_sim_exchange_answer (
    exchange, 200,
    show_comment (cb_resilient_add_comment (system, incident, cb_sim_json_string (text, "format"),
                                            cb_sim_json_string (text, "content"), "API"),
                  exchange));
}
