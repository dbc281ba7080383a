/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-time.h"
#include "cli/cb-cli-case-print.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-incident.h"
#include "cli/cb-cli-keys.h"
#include "cli/cb-cli-loop.h"
#include "cli/cb-cli-output.h"

static const char *const source_names[] = {
  [CB_CONNECTOR_DEFAULT] = "default",
  [CB_CONNECTOR_NONE] = "none",
  [CB_CONNECTOR_OWN] = "case",
};

/* A case's connector, as it is or will be. */
typedef struct
{
  CbConnectorSource source;
  char *own_id;           /* (owned) (nullable): where the case names one */
  CbConnectorInfo *info;  /* (owned) (nullable): the connector in force */
} Choice;

/* Auxiliary methods */

static void
choice_clear (Choice *choice)
{
  g_free (choice->own_id);
  g_clear_pointer (&choice->info, cb_connector_info_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choice, choice_clear)

static void
find_effective (CbCli  *cli,
                Choice *choice)
{
  CbConnectors *connectors = cb_app_get_connectors (cli->app);
  g_autofree char *id = choice->source == CB_CONNECTOR_DEFAULT
                        ? cb_connectors_get_default (connectors) : g_strdup (choice->own_id);

  g_clear_pointer (&choice->info, cb_connector_info_free);
  if (id != NULL)
    choice->info = cb_connectors_get (connectors, id, NULL);
}

static gboolean
read_choice (CbCli       *cli,
             const char  *case_id,
             Choice      *choice,
             GError     **error)
{
  g_autoptr(CbCase) item = cb_cases_get (cb_app_get_cases (cli->app), case_id, error);

  if (item == NULL)
    return FALSE;
  choice->source = item->connector_source;
  choice->own_id = choice->source == CB_CONNECTOR_OWN ? g_strdup (item->connector_id) : NULL;
  find_effective (cli, choice);
  return TRUE;
}

static gboolean
parse_choice (CbCli       *cli,
              const char  *name,
              Choice      *choice,
              GError     **error)
{
  g_clear_pointer (&choice->own_id, g_free);
  if (g_str_equal (name, "default"))
    choice->source = CB_CONNECTOR_DEFAULT;
  else if (g_str_equal (name, "none"))
    choice->source = CB_CONNECTOR_NONE;
  else
    {
      choice->source = CB_CONNECTOR_OWN;
      choice->own_id = cb_connectors_resolve (cb_app_get_connectors (cli->app), name, error);
      if (choice->own_id == NULL)
        return FALSE;
    }
  find_effective (cli, choice);
  return TRUE;
}

static gboolean
check_fields (const Choice  *choice,
              GStrv          pairs,
              GError       **error)
{
  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++)
    {
      g_autofree char *key = NULL;
      const char *value;

      if (!cb_cli_split_pair (pairs[i], &key, &value, error))
        return FALSE;
      if (choice->info == NULL)
        {
          cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "connector",
                        _("The case has no connector, and fields are for one. Select one for the "
                          "case, or a default connector."));
          return FALSE;
        }
      if (!cb_cli_check_field (choice->info->klass, key, error) ||
          !cb_cli_check_text (value, key, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_fields (CbCli         *cli,
            const char    *case_id,
            const Choice  *choice,
            GStrv          pairs,
            GError       **error)
{
  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++)
    {
      g_autofree char *key = NULL;
      const char *value;

      if (!cb_cli_split_pair (pairs[i], &key, &value, error) ||
          !cb_cases_set_field (cb_app_get_cases (cli->app), case_id, choice->info->id, key, value,
                               error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
save_choice (CbCli         *cli,
             const char    *case_id,
             const Choice  *choice,
             GStrv          pairs,
             GError       **error)
{
  g_autoptr(CbTransaction) transaction =
    cb_transaction_begin (cb_app_get_database (cli->app), error);

  return transaction != NULL &&
         cb_cases_set_connector (cb_app_get_cases (cli->app), case_id, choice->source,
                                 choice->own_id, error) &&
         set_fields (cli, case_id, choice, pairs, error) &&
         cb_transaction_commit (&transaction, error);
}

static void
print_choice (CbCli        *cli,
              const char   *case_id,
              const Choice *choice)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  g_autoptr(CbTable) table = cb_table_new (NULL, NULL);
  g_autoptr(GHashTable) fields = NULL;
  g_autoptr(GList) keys = NULL;
  JsonObject *object = json_object_new ();

  cb_json_set_string (document, "connector", choice->info != NULL ? choice->info->id : NULL);
  json_object_set_string_member (document, "source", source_names[choice->source]);
  json_object_set_object_member (document, "fields", object);
  cb_table_add (table, "connector", choice->info != NULL ? choice->info->name : _("none"), NULL);
  cb_table_add (table, "source", source_names[choice->source], NULL);
  if (choice->info != NULL)
    fields = cb_cases_get_fields (cb_app_get_cases (cli->app), case_id, choice->info->id);
  if (fields != NULL)
    keys = cb_cli_sorted_keys (fields);
  for (GList *l = keys; l != NULL; l = l->next)
    {
      json_object_set_string_member (object, l->data, g_hash_table_lookup (fields, l->data));
      cb_table_add (table, l->data, g_hash_table_lookup (fields, l->data), NULL);
    }
  if (cli->json)
    cb_cli_print_document (document);
  else
    cb_table_print (table);
}

static CbStatement *
query_incidents (CbCli       *cli,
                 const char  *case_id,
                 const char  *connector_id,
                 GError     **error)
{
  return cb_database_query (cb_app_get_database (cli->app), error,
                            "SELECT coalesce((SELECT id FROM connectors c WHERE"
                            "  c.id = i.connector_id AND c.destination = i.destination),"
                            " (SELECT id FROM connectors c WHERE c.destination = i.destination"
                            "  ORDER BY c.seq LIMIT 1)),"
                            " remote_id, title, url, coalesce(pushed_at, 0) FROM incidents i"
                            " WHERE case_id = ?1 AND (?2 IS NULL OR destination ="
                            "  (SELECT destination FROM connectors WHERE id = ?2))"
                            " ORDER BY pushed_at, destination", "ss", case_id, connector_id);
}

static JsonObject *
incident_to_json (CbStatement *row)
{
  JsonObject *object = json_object_new ();

  cb_json_set_string (object, "connector", cb_statement_string (row, 0));
  cb_json_set_string (object, "id", cb_statement_string (row, 1));
  cb_json_set_string (object, "title", cb_statement_string (row, 2));
  cb_json_set_string (object, "url", cb_statement_string (row, 3));
  cb_cli_set_time (object, "pushed_at", cb_statement_int (row, 4));
  return object;
}

static char *
name_connector (CbCli      *cli,
                const char *id)
{
  g_autoptr(CbConnectorInfo) info = NULL;

  if (id != NULL)
    info = cb_connectors_get (cb_app_get_connectors (cli->app), id, NULL);
  return g_strdup (info != NULL ? info->name : "");
}

static gboolean
print_incidents (CbCli       *cli,
                 const char  *case_id,
                 const char  *connector_id,
                 GError     **error)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  g_autoptr(CbTable) table = cb_table_new (_("CONNECTOR"), _("INCIDENT"), _("PUSHED"), _("URL"),
                                           NULL);
  g_autoptr(CbStatement) row = query_incidents (cli, case_id, connector_id, error);
  g_autoptr(GError) local_error = NULL;
  JsonArray *array = json_array_new ();

  json_object_set_array_member (document, "incidents", array);
  while (row != NULL && cb_statement_step (row, &local_error))
    {
      JsonObject *object = incident_to_json (row);
      g_autofree char *name = name_connector (cli, cb_statement_string (row, 0));
      const char *time = cb_json_string (object, "pushed_at");

      cb_table_add (table, name, cb_json_string (object, "title"), time != NULL ? time : "",
                    cb_json_string (object, "url"), NULL);
      json_array_add_object_element (array, object);
    }
  if (row == NULL || local_error != NULL)
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (cli->json)
    cb_cli_print_document (document);
  else if (json_array_get_length (array) > 0)
    cb_table_print (table);
  else
    cb_cli_say ("%s\n", _("The case has no incident."));
  return TRUE;
}

/* Public API */

/**
 * cb_cli_link_incident:
 * @cli: the run
 * @case_id: a case's id
 * @connector_id: (nullable): through which connector, %NULL for the case's own
 * @incident: an incident's id, key, number or URL
 * @error: as cb_pusher_link_finish()
 *
 * Makes an incident that exists the case's incident, and waits until it is.
 *
 * Returns: whether it worked
 */
gboolean
cb_cli_link_incident (CbCli       *cli,
                      const char  *case_id,
                      const char  *connector_id,
                      const char  *incident,
                      GError     **error)
{
  CbPusher *pusher = cb_app_get_pusher (cli->app);
  g_autoptr(GAsyncResult) result = NULL;

  cb_pusher_link_async (pusher, case_id, connector_id, incident, cli->cancellable, cb_cli_done_cb,
                        &result);
  cb_cli_wait (cli, &result);
  return cb_pusher_link_finish (pusher, result, error);
}

/* Commands */

static gboolean
case_connector (CbCli    *cli,
                GStrv    *args,
                GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_auto(GStrv) pairs = NULL;
  g_auto(Choice) choice = { 0 };
  g_autofree char *id = NULL;
  const GOptionEntry entries[] = {
    { "field", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &pairs,
      N_("A field for this connector; KEY= clears it"), "KEY=VALUE" },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 1, 2, &operands, error))
    return FALSE;
  id = cb_cli_find_case (cli, operands[0], error);
  if (id == NULL || !read_choice (cli, id, &choice, error) ||
      (operands[1] != NULL && !parse_choice (cli, operands[1], &choice, error)) ||
      !check_fields (&choice, pairs, error))
    return FALSE;
  if ((operands[1] != NULL || pairs != NULL) && !save_choice (cli, id, &choice, pairs, error))
    return FALSE;
  print_choice (cli, id, &choice);
  return TRUE;
}

static gboolean
case_incident (CbCli    *cli,
               GStrv    *args,
               GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *connector = NULL;
  g_autofree char *incident = NULL;
  g_autofree char *id = NULL;
  g_autofree char *connector_id = NULL;
  gboolean unlink = FALSE;
  const GOptionEntry entries[] = {
    { "connector", 0, 0, G_OPTION_ARG_FILENAME, &connector,
      N_("Through which connector instead of the case's own"), "CONNECTOR" },
    { "link", 0, 0, G_OPTION_ARG_FILENAME, &incident,
      N_("Make this the case's incident: id, key, number or URL"), "INCIDENT" },
    { "unlink", 0, 0, G_OPTION_ARG_NONE, &unlink, N_("Forget the incident, which stays as it is"),
      NULL },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 1, 1, &operands, error))
    return FALSE;
  if (unlink && incident != NULL)
    {
      cb_cli_set_usage_error (error, "%s", _("Give --link or --unlink, not both."));
      return FALSE;
    }
  id = cb_cli_find_case (cli, operands[0], error);
  if (id != NULL && connector != NULL)
    connector_id = cb_connectors_resolve (cb_app_get_connectors (cli->app), connector, error);
  if (id == NULL || (connector != NULL && connector_id == NULL) ||
      (incident != NULL && !cb_cli_check_text (incident, "incident", error)) ||
      (incident != NULL && !cb_cli_link_incident (cli, id, connector_id, incident, error)) ||
      (unlink && !cb_pusher_unlink (cb_app_get_pusher (cli->app), id, connector_id, error)))
    return FALSE;
  return print_incidents (cli, id, incident == NULL && !unlink ? connector_id : NULL, error);
}

const CbCommand cb_cli_incident_commands[] = {
  { "case connector", "CASE [CONNECTOR|default|none] [--field KEY=VALUE]…",
    N_("Print or set a case's connector and its fields"), case_connector },
  { "case incident", "CASE [--connector CONNECTOR] [--link INCIDENT | --unlink]",
    N_("List a case's incidents, or set one"), case_incident },
  { NULL }
};
