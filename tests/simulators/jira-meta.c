/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "jira.h"

#define DEFAULT_PAGE 50
#define CLOUD_MAX_PAGE 200
#define DATACENTER_MAX_PAGE 50

/* Auxiliary methods */

static CbJiraProject *
read_project (CbJira        *self,
              CbSimExchange *exchange)
{
  CbJiraProject *project = cb_jira_find_project (self, exchange->captures[0]);
  g_autofree char *message =
    g_strdup_printf ("No project could be found with key '%s'.", exchange->captures[0]);

  if (project == NULL)
    cb_jira_refuse (exchange, 404, message);
  return project;
}

/* Cloud and Data Center name the list differently, and only one has isLast. */
static void
answer_page (CbJira        *self,
             GPtrArray     *items,
             const char    *cloud_name,
             CbSimExchange *exchange)
{
  guint maximum = self->cloud ? CLOUD_MAX_PAGE : DATACENTER_MAX_PAGE;
  guint start = cb_sim_exchange_number_param (exchange, "startAt", 0);
  guint count = MIN (maximum, cb_sim_exchange_number_param (exchange, "maxResults", DEFAULT_PAGE));
  JsonArray *list = json_array_new ();
  JsonObject *answer = cb_sim_json_pack_object ("{startAt:i,maxResults:i,total:i}", (int) start,
                                                (int) count, (int) items->len);

  for (guint i = start; i < items->len && i - start < count; i++)
    json_array_add_element (list, json_node_copy (g_ptr_array_index (items, i)));
  if (!self->cloud || g_str_equal (cloud_name, "values"))
    json_object_set_boolean_member (answer, "isLast",
                                    start + json_array_get_length (list) >= items->len);
  json_object_set_array_member (answer, self->cloud ? cloud_name : "values", list);
  cb_sim_exchange_answer (exchange, 200, cb_sim_json_of_object (answer));
}

static JsonNode *
show_schema (const CbJiraField *field)
{
  if (field->custom != NULL)
    return cb_sim_json_pack ("{type:s,items:S,custom:s,customId:i}", field->type, field->items,
                             field->custom, atoi (field->id + strlen ("customfield_")));
  return cb_sim_json_pack ("{type:s,items:S,system:s}", field->type, field->items, field->id);
}

static JsonNode *
list_allowed_values (CbJira            *self,
                     CbJiraProject     *project,
                     CbJiraType        *type,
                     const CbJiraField *field,
                     const char        *base_url)
{
  if (g_str_equal (field->id, "priority"))
    return cb_sim_json_of_array (cb_jira_list_priorities (self, type));
  if (g_str_equal (field->id, "project"))
    return cb_sim_json_pack ("[o]", cb_jira_show_project (self, project, base_url));
  if (g_str_equal (field->id, "issuetype"))
    return cb_sim_json_pack ("[o]", cb_jira_show_type (type, base_url));
  if (g_strcmp0 (field->option, "option") == 0 || g_strcmp0 (field->option, "multi-option") == 0)
    return cb_sim_json_of_array (cb_jira_list_options (field));
  return NULL;
}

static JsonNode *
list_operations (const CbJiraField *field)
{
  if (g_str_equal (field->type, "array"))
    return cb_sim_json_pack ("[s,s,s]", "add", "set", "remove");
  return cb_sim_json_pack ("[s]", "set");
}

static JsonNode *
show_field (CbJira            *self,
            CbJiraProject     *project,
            CbJiraType        *type,
            const CbJiraField *field,
            const char        *base_url)
{
  JsonNode *fallback =
    field->has_default ? cb_sim_json_pack ("{id:s,name:s}", "3", "Medium") : NULL;

  return cb_sim_json_pack (
    "{fieldId:s,key:s,name:s,required:b,hasDefaultValue:b,schema:o,operations:o,allowedValues:P,"
    "defaultValue:P}",
    field->id, field->id, field->name, cb_jira_is_required (self, type, field), field->has_default,
    show_schema (field), list_operations (field),
    list_allowed_values (self, project, type, field, base_url), fallback);
}

/* Callbacks */

void
cb_jira_myself_cb (gpointer       system,
                   CbSimExchange *exchange)
{
  CbJira *self = system;

  cb_sim_exchange_answer (exchange, 200,
                          cb_jira_show_user (self, cb_sim_options_get (self->options, "user")));
}

void
cb_jira_server_info_cb (gpointer       system,
                        CbSimExchange *exchange)
{
  CbJira *self = system;

  if (self->cloud)
    cb_sim_exchange_answer (
      exchange, 200,
      cb_sim_json_pack (
        "{baseUrl:s,version:s,versionNumbers:[i,i,i],deploymentType:s,buildNumber:i,"
        "serverTitle:s}",
        exchange->base_url, "1001.0.0-SNAPSHOT", 1001, 0, 0, "Cloud", 100293, "Jira"));
  else
    cb_sim_exchange_answer (
      exchange, 200,
      cb_sim_json_pack (
        "{baseUrl:s,version:s,versionNumbers:[i,i,i],deploymentType:s,buildNumber:i,"
        "serverTitle:s}",
        exchange->base_url, "9.12.4", 9, 12, 4, "Server", 9120004, "Jira"));
}

void
cb_jira_projects_cb (gpointer       system,
                     CbSimExchange *exchange)
{
  CbJira *self = system;
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < self->projects->len; i++)
    json_array_add_element (
      list, cb_jira_show_project (self, g_ptr_array_index (self->projects, i), exchange->base_url));
  cb_sim_exchange_answer (exchange, 200, cb_sim_json_of_array (list));
}

/* Data Center has no such path, so the word is taken for a project's key. */
void
cb_jira_project_search_cb (gpointer       system,
                           CbSimExchange *exchange)
{
  CbJira *self = system;
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);

  if (!self->cloud)
    {
      cb_jira_refuse (exchange, 404, "No project could be found with key 'search'.");
      return;
    }
  for (guint i = 0; i < self->projects->len; i++)
    g_ptr_array_add (items, cb_jira_show_project (self, g_ptr_array_index (self->projects, i),
                                                  exchange->base_url));
  answer_page (self, items, "values", exchange);
}

void
cb_jira_project_cb (gpointer       system,
                    CbSimExchange *exchange)
{
  CbJiraProject *project = read_project (system, exchange);

  if (project != NULL)
    cb_sim_exchange_answer (exchange, 200,
                            cb_jira_show_project (system, project, exchange->base_url));
}

void
cb_jira_types_cb (gpointer       system,
                  CbSimExchange *exchange)
{
  CbJira *self = system;
  CbJiraProject *project = read_project (self, exchange);
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  g_autoptr(GPtrArray) types = NULL;

  if (project == NULL)
    return;
  types = cb_jira_list_types (self, project);
  for (guint i = 0; i < types->len; i++)
    g_ptr_array_add (items, cb_jira_show_type (g_ptr_array_index (types, i), exchange->base_url));
  answer_page (self, items, "issueTypes", exchange);
}

void
cb_jira_type_fields_cb (gpointer       system,
                        CbSimExchange *exchange)
{
  CbJira *self = system;
  CbJiraProject *project = read_project (self, exchange);
  g_autoptr (CbJiraType) type =
    project != NULL ? cb_jira_find_type (self, project, exchange->captures[1]) : NULL;
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);

  if (project == NULL)
    return;
  if (type == NULL)
    {
      cb_jira_refuse (exchange, 404, "The issue type does not exist in this project.");
      return;
    }
  for (gsize i = 0; i < cb_jira_n_fields (); i++)
    if (cb_jira_is_on_screen (self, project, type, cb_jira_nth_field (i)))
      g_ptr_array_add (items,
                       show_field (self, project, type, cb_jira_nth_field (i), exchange->base_url));
  answer_page (self, items, "fields", exchange);
}

void
cb_jira_fields_cb (gpointer       system,
                   CbSimExchange *exchange)
{
  JsonArray *list = json_array_new ();

  for (gsize i = 0; i < cb_jira_n_fields (); i++)
    {
      const CbJiraField *field = cb_jira_nth_field (i);

      json_array_add_element (
        list, cb_sim_json_pack ("{id:s,key:s,name:s,custom:b,orderable:b,navigable:b,searchable:b,"
                                "schema:o}",
                                field->id, field->id, field->name, field->custom != NULL, TRUE,
                                TRUE, TRUE, show_schema (field)));
    }
  cb_sim_exchange_answer (exchange, 200, cb_sim_json_of_array (list));
}
