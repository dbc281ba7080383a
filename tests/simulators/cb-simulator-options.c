/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include <gio/gio.h>

#include "cb-simulator-json.h"
#include "cb-simulator-options.h"

typedef enum {
  TEXT,
  NUMBER,
  BOOLEAN,
} OptionType;

typedef struct {
  const char *name;
  CbSimKind   kinds;
  OptionType  type;
  const char *fallback;
  const char *help;
} Option;

struct _CbSimOptions {
  CbSimKind   kind;
  GHashTable *values; /* (owned) name → value, both strings */
};

static const struct {
  const char *name;
  CbSimKind   kind;
} kinds[] = {
  { "servicenow", CB_SIM_SERVICENOW },
  { "jira-cloud", CB_SIM_JIRA_CLOUD },
  { "jira-datacenter", CB_SIM_JIRA_DATACENTER },
  { "resilient", CB_SIM_RESILIENT },
};

static const Option options[] = {
  { "port", CB_SIM_ALL, NUMBER, "0", "the port, 0 for any free one" },
  { "base-path", CB_SIM_ALL, TEXT, "", "a context path such as /jira" },
  { "tls-certificate", CB_SIM_ALL, TEXT, "", "a PEM file: serve HTTPS" },
  { "tls-key", CB_SIM_ALL, TEXT, "", "the PEM file of its key" },
  { "user", CB_SIM_ALL & ~CB_SIM_JIRA_CLOUD, TEXT, "analyst",
    "the login, for Resilient the id of the API key" },
  { "user", CB_SIM_JIRA_CLOUD, TEXT, "analyst@example.org", "the login, an e-mail address" },
  { "secret", CB_SIM_ALL, TEXT, "correct horse", "the password, API token or API key secret" },
  { "read-only", CB_SIM_ALL, BOOLEAN, "false", "the account may not write: 403" },

  { "mandatory-field", CB_SIM_SERVICENOW, TEXT, "",
    "an extra column that a data policy wants on create" },
  { "drop-field", CB_SIM_SERVICENOW, TEXT, "", "a column whose writes are dropped silently" },
  { "hidden-field", CB_SIM_SERVICENOW, TEXT, "",
    "a column that the account sees nowhere: not written, not shown, ignored in queries" },
  { "journal-readable", CB_SIM_SERVICENOW, BOOLEAN, "true",
    "false: sys_journal_field answers 200 []" },
  { "journal-shown", CB_SIM_SERVICENOW, BOOLEAN, "true",
    "false: comments and work_notes of a record are empty, also as display values" },
  { "dictionary-readable", CB_SIM_SERVICENOW, BOOLEAN, "true",
    "false: sys_dictionary answers 200 []" },
  { "choices-readable", CB_SIM_SERVICENOW, BOOLEAN, "true", "false: sys_choice answers 403" },
  { "hibernating", CB_SIM_SERVICENOW, BOOLEAN, "false",
    "every call answers 200 with an HTML page" },
  { "invalid-query-returns-no-rows", CB_SIM_SERVICENOW, BOOLEAN, "false",
    "unknown columns in a query match nothing" },
  { "title-length", CB_SIM_SERVICENOW, NUMBER, "160", "max_length of short_description" },
  { "description-length", CB_SIM_SERVICENOW, NUMBER, "4000", "max_length of description" },
  { "time-zone", CB_SIM_SERVICENOW, TEXT, "America/Los_Angeles", "the zone of display values" },

  { "project", CB_SIM_JIRA, TEXT, "SEC", "the key of the project" },
  { "service-desk", CB_SIM_JIRA, BOOLEAN, "false", "the project is a service desk" },
  { "empty-pages", CB_SIM_JIRA_CLOUD, BOOLEAN, "false",
    "a search's first page is empty, and has a next one" },
  { "labels-on-screen", CB_SIM_JIRA, BOOLEAN, "true", "false: labels cannot be set" },
  { "required-field", CB_SIM_JIRA, TEXT, "",
    "text, number, date, option or multi-option: a required custom field" },
  { "custom-fields", CB_SIM_JIRA, BOOLEAN, "false", "all custom fields are on the screen" },
  { "priority-per-type", CB_SIM_JIRA, BOOLEAN, "false",
    "the type Incident knows Highest and High only" },
  { "extra-issue-types", CB_SIM_JIRA, NUMBER, "0", "more issue types, so that they come in pages" },
  { "comment-page", CB_SIM_JIRA, NUMBER, "100", "the most comments of one page" },
  { "comment-limit", CB_SIM_JIRA_CLOUD, NUMBER, "5000", "comments of one issue, then 413" },
  { "text-limit", CB_SIM_JIRA, NUMBER, "32767", "UTF-16 units of descriptions and comments" },
  { "index-lag", CB_SIM_JIRA_CLOUD, NUMBER, "0", "milliseconds until a search sees a write" },
  { "burst-limits", CB_SIM_JIRA_CLOUD, BOOLEAN, "true",
    "20 writes in 2 s and 100 in 30 s per issue, then 429" },
  { "token", CB_SIM_JIRA_DATACENTER, TEXT, "correct-horse-token", "the personal access token" },
  { "captcha", CB_SIM_JIRA_DATACENTER, BOOLEAN, "false",
    "every login answers 403 and asks for a captcha" },
  { "captcha-after", CB_SIM_JIRA_DATACENTER, NUMBER, "0",
    "failed logins in a row until captcha, 0 for never" },
  { "anonymous-fallback", CB_SIM_JIRA, BOOLEAN, "false",
    "wrong credentials read as anonymous, with 200" },

  { "organisation", CB_SIM_RESILIENT, TEXT, "201", "the id of the first organisation" },
  { "required-field", CB_SIM_RESILIENT, TEXT, "",
    "text, textarea, number, boolean, select, multiselect or datepicker: a required custom field" },
  { "check-version", CB_SIM_RESILIENT, BOOLEAN, "false",
    "a PATCH with an old version answers 409" },
  { "forbid-create", CB_SIM_RESILIENT, BOOLEAN, "false", "the key may not create incidents: 403" },
  { "forbid-edit", CB_SIM_RESILIENT, BOOLEAN, "false", "the key may not edit incidents: 403" },
  { "forbid-comments", CB_SIM_RESILIENT, BOOLEAN, "false", "the key may not add comments: 403" },
};

/* Auxiliary methods */

static const Option *
find_option (CbSimKind   kind,
             const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if ((options[i].kinds & kind) != 0 && strcmp (options[i].name, name) == 0)
      return &options[i];
  return NULL;
}

static gboolean
is_valid (const Option *option,
          const char   *value)
{
  switch (option->type)
    {
    case NUMBER: return g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT, NULL, NULL);
    case BOOLEAN: return g_str_equal (value, "true") || g_str_equal (value, "false");
    case TEXT:
    default: return TRUE;
    }
}

static const char *
kind_name (CbSimKind kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].kind == kind)
      return kinds[i].name;
  return "unknown";
}

static void
append_options_of (GString  *help,
                   CbSimKind mask,
                   const char *heading)
{
  g_string_append_printf (help, "\n%s:\n", heading);
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].kinds == mask)
      g_string_append_printf (help, "  %-30s %s [%s]\n", options[i].name, options[i].help,
                              options[i].fallback);
}

/* Public API */

gboolean
cb_sim_kind_parse (const char *name,
                   CbSimKind  *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].name, name) == 0)
      {
        *kind = kinds[i].kind;
        return TRUE;
      }
  return FALSE;
}

CbSimOptions *
cb_sim_options_new (CbSimKind kind)
{
  CbSimOptions *self = g_new0 (CbSimOptions, 1);

  self->kind = kind;
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
cb_sim_options_free (CbSimOptions *self)
{
  g_hash_table_unref (self->values);
  g_free (self);
}

gboolean
cb_sim_options_set (CbSimOptions *self,
                    const char   *name,
                    const char   *value,
                    GError      **error)
{
  const Option *option = find_option (self->kind, name);

  if (option == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "%s has no option \"%s\"", kind_name (self->kind), name);
      return FALSE;
    }
  if (!is_valid (option, value))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "option \"%s\" cannot be \"%s\"", name, value);
      return FALSE;
    }
  g_hash_table_insert (self->values, g_strdup (name), g_strdup (value));
  return TRUE;
}

/**
 * cb_sim_options_get:
 * @self: the options
 * @name: an option that this kind has
 *
 * Returns: the value that was set, else the default
 */
const char *
cb_sim_options_get (const CbSimOptions *self,
                    const char         *name)
{
  const char *value = g_hash_table_lookup (self->values, name);

  if (value == NULL)
    {
      const Option *option = find_option (self->kind, name);

      value = option != NULL ? option->fallback : "";
    }
  return value;
}

gboolean
cb_sim_options_get_boolean (const CbSimOptions *self,
                            const char         *name)
{
  return g_str_equal (cb_sim_options_get (self, name), "true");
}

guint
cb_sim_options_get_number (const CbSimOptions *self,
                           const char         *name)
{
  return g_ascii_strtoull (cb_sim_options_get (self, name), NULL, 10);
}

CbSimKind
cb_sim_options_get_kind (const CbSimOptions *self)
{
  return self->kind;
}

JsonNode *
cb_sim_options_dump (const CbSimOptions *self)
{
  JsonObject *dump = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if ((options[i].kinds & self->kind) != 0)
      json_object_set_string_member (dump, options[i].name,
                                     cb_sim_options_get (self, options[i].name));
  return cb_sim_json_of_object (dump);
}

char *
cb_sim_options_help (void)
{
  GString *help = g_string_new ("Options (--option NAME=VALUE) [and their defaults]\n");

  append_options_of (help, CB_SIM_ALL, "every kind");
  append_options_of (help, CB_SIM_ALL & ~CB_SIM_JIRA_CLOUD, "all but jira-cloud");
  append_options_of (help, CB_SIM_SERVICENOW, "servicenow");
  append_options_of (help, CB_SIM_JIRA, "jira-cloud and jira-datacenter");
  append_options_of (help, CB_SIM_JIRA_CLOUD, "jira-cloud");
  append_options_of (help, CB_SIM_JIRA_DATACENTER, "jira-datacenter");
  append_options_of (help, CB_SIM_RESILIENT, "resilient");
  return g_string_free (help, FALSE);
}
