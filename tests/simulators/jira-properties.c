/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "jira.h"

#define KEY_LIMIT 255
#define VALUE_LIMIT 32768

/* Auxiliary methods */

static const char *
check_property (const char *key,
                JsonNode   *value)
{
  g_autofree char *text = value != NULL ? cb_sim_json_to_text (value) : NULL;

  if (key == NULL || *key == '\0' || cb_sim_utf16_units (key) > KEY_LIMIT)
    return "The property key is missing or longer than 255 characters.";
  if (text == NULL)
    return "The property value is missing.";
  return cb_sim_utf16_units (text) > VALUE_LIMIT
         ? "The property value is longer than 32768 characters."
         : NULL;
}

static void
answer_keys (JsonObject    *properties,
             CbSimExchange *exchange)
{
  g_autoptr(GList) names = json_object_get_members (properties);
  JsonArray *keys = json_array_new ();

  for (GList *l = names; l != NULL; l = l->next)
    json_array_add_element (keys, cb_sim_json_pack ("{key:s}", l->data));
  cb_sim_exchange_answer (exchange, 200, cb_sim_json_pack ("{keys:A}", keys));
}

static void
answer_property (JsonObject    *properties,
                 CbSimExchange *exchange)
{
  const char *key = exchange->captures[1];

  if (!json_object_has_member (properties, key))
    cb_jira_refuse (exchange, 404, "The property with the given key was not found.");
  else
    cb_sim_exchange_answer (
      exchange, 200,
      cb_sim_json_pack ("{key:s,value:o}", key, json_object_dup_member (properties, key)));
}

static void
store_property (JsonObject    *properties,
                CbSimExchange *exchange)
{
  g_autoptr(JsonNode) value = cb_sim_json_parse (exchange->body, exchange->length);
  const char *key = exchange->captures[1];
  const char *problem = check_property (key, value);
  guint status = json_object_has_member (properties, key) ? 200 : 201;

  if (problem != NULL)
    {
      cb_jira_refuse (exchange, 400, problem);
      return;
    }
  json_object_set_member (properties, key, g_steal_pointer (&value));
  cb_sim_exchange_answer (exchange, status, NULL);
}

static JsonObject *
read_comment_properties (CbJira        *self,
                         CbSimExchange *exchange)
{
  JsonObject *comment = cb_jira_find_comment (self, exchange->captures[0]);

  if (comment == NULL)
    cb_jira_refuse (exchange, 404, "Can not find a comment for the id.");
  return comment != NULL ? cb_sim_json_object (comment, "properties") : NULL;
}

/* Callbacks */

void
cb_jira_list_properties_cb (gpointer       system,
                            CbSimExchange *exchange)
{
  CbJiraIssue *issue = cb_jira_read_issue (system, exchange);

  if (issue != NULL)
    answer_keys (issue->properties, exchange);
}

void
cb_jira_get_property_cb (gpointer       system,
                         CbSimExchange *exchange)
{
  CbJiraIssue *issue = cb_jira_read_issue (system, exchange);

  if (issue != NULL)
    answer_property (issue->properties, exchange);
}

void
cb_jira_put_property_cb (gpointer       system,
                         CbSimExchange *exchange)
{
  CbJiraIssue *issue = cb_jira_read_issue (system, exchange);

  if (issue != NULL && cb_jira_admit_write (system, issue, exchange))
    store_property (issue->properties, exchange);
}

void
cb_jira_delete_property_cb (gpointer       system,
                            CbSimExchange *exchange)
{
  CbJiraIssue *issue = cb_jira_read_issue (system, exchange);

  if (issue == NULL)
    return;
  if (!json_object_has_member (issue->properties, exchange->captures[1]))
    {
      cb_jira_refuse (exchange, 404, "The property with the given key was not found.");
      return;
    }
  json_object_remove_member (issue->properties, exchange->captures[1]);
  cb_sim_exchange_answer (exchange, 204, NULL);
}

void
cb_jira_get_comment_property_cb (gpointer       system,
                                 CbSimExchange *exchange)
{
  JsonObject *properties = read_comment_properties (system, exchange);

  if (properties != NULL)
    answer_property (properties, exchange);
}

void
cb_jira_put_comment_property_cb (gpointer       system,
                                 CbSimExchange *exchange)
{
  JsonObject *properties = read_comment_properties (system, exchange);

  if (properties != NULL)
    store_property (properties, exchange);
}

/* Public API */

/**
 * cb_jira_read_properties:
 * @node: (nullable): a list of keys and values
 * @target: where they go
 * @errors: what is wrong goes here
 *
 * Returns: whether all were right
 */
gboolean
cb_jira_read_properties (JsonNode     *node,
                         JsonObject   *target,
                         CbJiraErrors *errors)
{
  JsonArray *array =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const char *problem = node != NULL && array == NULL ? "properties must be an array" : NULL;

  for (guint i = 0; array != NULL && problem == NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      JsonObject *property =
        JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL;
      const char *key = cb_sim_json_string (property, "key");
      JsonNode *value = property != NULL ? json_object_get_member (property, "value") : NULL;

      problem = check_property (key, value);
      if (problem == NULL)
        json_object_set_member (target, key, json_node_copy (value));
    }
  if (problem != NULL)
    cb_jira_errors_add (errors, "properties", problem);
  return problem == NULL;
}

/**
 * cb_jira_show_properties:
 * @properties: properties by key
 *
 * Returns: (transfer full): a list of keys and values
 */
JsonNode *
cb_jira_show_properties (JsonObject *properties)
{
  JsonArray *list = json_array_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, properties);
  while (json_object_iter_next_ordered (&iter, &key, &value))
    json_array_add_element (list,
                            cb_sim_json_pack ("{key:s,value:o}", key, json_node_copy (value)));
  return cb_sim_json_of_array (list);
}
