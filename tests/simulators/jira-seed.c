/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "jira.h"

typedef struct {
  gboolean    main_project;
  const char *id;
  const char *name;
  gboolean    subtask;
} TypeSeed;

/* The sub-task comes first, so that "the first type" is not a usable one. */
static const TypeSeed type_seeds[] = {
  { TRUE, "10008", "Sub-task", TRUE },
  { TRUE, "10006", "Task", FALSE },
  { TRUE, "10007", "Incident", FALSE },
  { TRUE, "10009", "Bug", FALSE },
  { FALSE, "10020", "Story", FALSE },
  { FALSE, "10021", "Sub-task", TRUE },
};

static const char *priorities[] = { "Highest", "High", "Medium", "Low", "Lowest" };

static const struct {
  const char *field;
  const char *id;
  const char *value;
} option_seeds[] = {
  { "customfield_10044", "10101", "Public" },
  { "customfield_10044", "10102", "Internal" },
  { "customfield_10044", "10103", "Confidential" },
  { "customfield_10045", "10111", "Phishing" },
  { "customfield_10045", "10112", "Malware" },
  { "customfield_10045", "10113", "Stolen credentials" },
};

/* Auxiliary methods */

static void
project_free (gpointer data)
{
  CbJiraProject *project = data;

  g_free (project->key);
  g_free (project->id);
  g_free (project->name);
  g_free (project);
}

static CbJiraProject *
project_new (const char *key,
             const char *id,
             const char *name)
{
  CbJiraProject *project = g_new0 (CbJiraProject, 1);

  project->key = g_strdup (key);
  project->id = g_strdup (id);
  project->name = g_strdup (name);
  project->next_issue = 1;
  return project;
}

static CbJiraType *
type_new (const char *id,
          const char *name,
          gboolean    subtask)
{
  CbJiraType *type = g_new0 (CbJiraType, 1);

  type->id = g_strdup (id);
  type->name = g_strdup (name);
  type->subtask = subtask;
  return type;
}

static void
add_extra_types (CbJira    *self,
                 GPtrArray *types)
{
  guint count = cb_sim_options_get_number (self->options, "extra-issue-types");

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", 10100 + i);
      g_autofree char *name = g_strdup_printf ("Extra type %u", i + 1);

      g_ptr_array_add (types, type_new (id, name, FALSE));
    }
}

/* Public API */

CbJiraProject *
cb_jira_find_project (CbJira     *self,
                      const char *key_or_id)
{
  for (guint i = 0; i < self->projects->len; i++)
    {
      CbJiraProject *project = g_ptr_array_index (self->projects, i);

      if (g_strcmp0 (project->key, key_or_id) == 0 || g_strcmp0 (project->id, key_or_id) == 0)
        return project;
    }
  return NULL;
}

GPtrArray *
cb_jira_seed_projects (const char *key)
{
  GPtrArray *projects = g_ptr_array_new_with_free_func (project_free);

  g_ptr_array_add (projects, project_new (key, "10001", "Security incidents"));
  g_ptr_array_add (projects, project_new ("OPS", "10002", "Operations"));
  return projects;
}

void
cb_jira_type_free (CbJiraType *type)
{
  g_free (type->id);
  g_free (type->name);
  g_free (type);
}

/**
 * cb_jira_list_types:
 * @self: the site
 * @project: a project
 *
 * Returns: (transfer full) (element-type CbJiraType): its issue types
 */
GPtrArray *
cb_jira_list_types (CbJira        *self,
                    CbJiraProject *project)
{
  GPtrArray *types = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_jira_type_free);
  gboolean is_main = project == g_ptr_array_index (self->projects, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (type_seeds); i++)
    if (type_seeds[i].main_project == is_main)
      g_ptr_array_add (types,
                       type_new (type_seeds[i].id, type_seeds[i].name, type_seeds[i].subtask));
  if (is_main)
    add_extra_types (self, types);
  return types;
}

/**
 * cb_jira_find_type:
 * @self: the site
 * @project: a project
 * @id: (nullable): an issue type's id
 *
 * Returns: (transfer full) (nullable): the type, if the project has it
 */
CbJiraType *
cb_jira_find_type (CbJira        *self,
                   CbJiraProject *project,
                   const char    *id)
{
  g_autoptr(GPtrArray) types = cb_jira_list_types (self, project);

  for (guint i = 0; i < types->len; i++)
    {
      CbJiraType *type = g_ptr_array_index (types, i);

      if (g_strcmp0 (type->id, id) == 0)
        return type_new (type->id, type->name, type->subtask);
    }
  return NULL;
}

JsonNode *
cb_jira_show_type (CbJiraType *type,
                   const char *base_url)
{
  g_autofree char *self = g_strdup_printf ("%s/rest/api/2/issuetype/%s", base_url, type->id);

  return cb_sim_json_pack (
    "{self:s,id:s,name:s,description:s,iconUrl:s,subtask:b,hierarchyLevel:i}", self, type->id,
    type->name, "", "", type->subtask, type->subtask ? -1 : 0);
}

JsonNode *
cb_jira_show_project (CbJira        *self,
                      CbJiraProject *project,
                      const char    *base_url)
{
  g_autofree char *url = g_strdup_printf ("%s/rest/api/2/project/%s", base_url, project->id);
  gboolean desk = project == g_ptr_array_index (self->projects, 0)
                  && cb_sim_options_get_boolean (self->options, "service-desk");

  return cb_sim_json_pack ("{self:s,id:s,key:s,name:s,projectTypeKey:s}", url, project->id,
                           project->key, project->name, desk ? "service_desk" : "software");
}

JsonNode *
cb_jira_show_user (CbJira     *self,
                   const char *login)
{
  g_autofree char *account = g_compute_checksum_for_string (G_CHECKSUM_MD5, login, -1);
  g_autofree char *mail =
    strchr (login, '@') != NULL ? g_strdup (login) : g_strdup_printf ("%s@example.org", login);
  const char *own = cb_sim_options_get (self->options, "user");
  const char *name = g_str_equal (login, own) ? "Ana Lyst" : "Sam One-Else";

  if (self->cloud)
    return cb_sim_json_pack (
      "{accountId:s,accountType:s,emailAddress:s,displayName:s,active:b,timeZone:s}", account,
      "atlassian", mail, name, TRUE, "Etc/UTC");
  return cb_sim_json_pack ("{key:s,name:s,emailAddress:s,displayName:s,active:b,timeZone:s}",
                           account, login, mail, name, TRUE, "Etc/UTC");
}

/**
 * cb_jira_list_priorities:
 * @self: the site
 * @type: the issue type, on which the option "priority-per-type" makes them depend
 *
 * Returns: (transfer full): the priorities, highest first
 */
JsonArray *
cb_jira_list_priorities (CbJira     *self,
                         CbJiraType *type)
{
  gboolean few = cb_sim_options_get_boolean (self->options, "priority-per-type")
                 && g_str_equal (type->name, "Incident");
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < (few ? 2 : G_N_ELEMENTS (priorities)); i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i + 1);

      json_array_add_element (list,
                              cb_sim_json_pack ("{id:s,name:s,iconUrl:s}", id, priorities[i], ""));
    }
  return list;
}

JsonArray *
cb_jira_list_options (const CbJiraField *field)
{
  JsonArray *list = json_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (option_seeds); i++)
    if (g_str_equal (option_seeds[i].field, field->id))
      json_array_add_element (
        list, cb_sim_json_pack ("{id:s,value:s}", option_seeds[i].id, option_seeds[i].value));
  return list;
}

/**
 * cb_jira_now:
 *
 * Returns: (transfer full): the time as Jira writes it, the zone without a colon
 */
char *
cb_jira_now (void)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *seconds = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03d+0000", seconds, g_date_time_get_microsecond (now) / 1000);
}
