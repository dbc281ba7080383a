/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "cli/cb-cli-case-print.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-incident.h"
#include "cli/cb-cli-keys.h"
#include "cli/cb-cli-loop.h"
#include "cli/cb-cli-output.h"
#include "cli/cb-cli-progress.h"
#include "cli/cb-cli-results.h"

/* What resolve is given. */
typedef struct
{
  char *case_id;       /* (owned) (nullable) */
  char *connector;     /* (owned) (nullable): as it was named */
  char *connector_id;  /* (owned) (nullable) */
  char *incident;      /* (owned) (nullable): the one to link */
  gboolean search;
  gboolean send_again;
  gboolean mark_sent;
} Resolution;

/* Auxiliary methods */

static void
resolution_clear (Resolution *resolution)
{
  g_free (resolution->case_id);
  g_free (resolution->connector);
  g_free (resolution->connector_id);
  g_free (resolution->incident);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Resolution, resolution_clear)

/* A step of a push that runs is not in doubt, only under way. */
static void
show_running_steps (const CbOutboxEntry *entry)
{
  for (guint i = 0; g_str_equal (entry->state, "running") && i < entry->steps->len; i++)
    {
      CbStep *step = g_ptr_array_index (entry->steps, i);

      if (step->state == CB_STEP_STARTED)
        step->state = CB_STEP_PENDING;
    }
}

static JsonObject *
entry_to_json (const CbOutboxEntry *entry)
{
  JsonObject *object = json_object_new ();
  JsonObject *error;

  show_running_steps (entry);
  json_object_set_string_member (object, "case", entry->case_id);
  json_object_set_string_member (object, "connector", entry->connector_id);
  json_object_set_string_member (object, "state", entry->state);
  json_object_set_array_member (object, "steps", cb_cli_steps_to_json (entry->steps));
  cb_cli_set_time (object, "retry_at", entry->retry_at);
  if (entry->error_code == NULL)
    {
      json_object_set_null_member (object, "error");
      return object;
    }
  error = json_object_new ();
  json_object_set_string_member (error, "code", entry->error_code);
  json_object_set_string_member (error, "message", entry->error_message);
  cb_json_set_string (error, "field", entry->error_field);
  json_object_set_object_member (object, "error", error);
  return object;
}

static void
add_row (CbCli               *cli,
         CbTable             *table,
         const CbOutboxEntry *entry)
{
  g_autoptr(CbCase) item = cb_cases_get (cb_app_get_cases (cli->app), entry->case_id, NULL);
  g_autoptr(CbConnectorInfo) info =
    cb_connectors_get (cb_app_get_connectors (cli->app), entry->connector_id, NULL);
  g_autofree char *short_id = g_strndup (entry->case_id, 8);

  cb_table_add (table, short_id, item != NULL ? item->title : "", info != NULL ? info->name : "",
                entry->state, entry->error_message != NULL ? entry->error_message : "", NULL);
}

static gboolean
print_outbox (CbCli       *cli,
              const char  *connector_id,
              GError     **error)
{
  g_autoptr(GPtrArray) entries = cb_outbox_list (cb_app_get_outbox (cli->app), NULL, error);
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  g_autoptr(CbTable) table = cb_table_new (_("CASE"), _("TITLE"), _("CONNECTOR"), _("STATE"),
                                           _("REASON"), NULL);
  JsonArray *array = json_array_new ();

  json_object_set_array_member (document, "pushes", array);
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const CbOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (connector_id != NULL && !g_str_equal (connector_id, entry->connector_id))
        continue;
      json_array_add_object_element (array, entry_to_json (entry));
      add_row (cli, table, entry);
    }
  cb_table_paint_column (table, 3);
  if (cli->json)
    cb_cli_print_document (document);
  else if (json_array_get_length (array) > 0)
    cb_table_print (table);
  else
    cb_cli_say ("%s\n", _("No push waits."));
  return TRUE;
}

static gboolean
find_connector (CbCli       *cli,
                const char  *name,
                char       **id,
                GError     **error)
{
  if (name != NULL)
    *id = cb_connectors_resolve (cb_app_get_connectors (cli->app), name, error);
  return name == NULL || *id != NULL;
}

static gboolean
parse_resolution (CbCli       *cli,
                  GStrv       *args,
                  Resolution  *resolution,
                  GError     **error)
{
  g_auto(GStrv) operands = NULL;
  const GOptionEntry entries[] = {
    { "search", 0, 0, G_OPTION_ARG_NONE, &resolution->search, N_("Look it up once more"), NULL },
    { "link", 0, 0, G_OPTION_ARG_FILENAME, &resolution->incident,
      N_("The incident was made: id, key, number or URL"), "INCIDENT" },
    { "send-again", 0, 0, G_OPTION_ARG_NONE, &resolution->send_again,
      N_("It is not there: send it again"), NULL },
    { "mark-sent", 0, 0, G_OPTION_ARG_NONE, &resolution->mark_sent, N_("The comment is there"), NULL },
    { "connector", 0, 0, G_OPTION_ARG_FILENAME, &resolution->connector,
      N_("Through which connector instead of the case's own"), "CONNECTOR" },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 1, 1, &operands, error))
    return FALSE;
  if (resolution->search + resolution->send_again + resolution->mark_sent +
      (resolution->incident != NULL) != 1)
    {
      cb_cli_set_usage_error (error, "%s", _("Give one of --search, --link, --send-again and "
                                             "--mark-sent."));
      return FALSE;
    }
  resolution->case_id = cb_cli_find_case (cli, operands[0], error);
  return resolution->case_id != NULL &&
         (resolution->incident == NULL || cb_cli_check_text (resolution->incident, "incident", error)) &&
         find_connector (cli, resolution->connector, &resolution->connector_id, error);
}

static gboolean
decide (CbCli             *cli,
        const Resolution  *resolution,
        GError           **error)
{
  CbDecision decision = resolution->send_again  ? CB_DECISION_SEND_AGAIN
                        : resolution->mark_sent ? CB_DECISION_MARK_SENT : CB_DECISION_SEARCH;

  /* Linking, too, is for what nobody knew of. */
  if (resolution->incident != NULL)
    return cb_pusher_decide (cb_app_get_pusher (cli->app), resolution->case_id,
                             resolution->connector_id, CB_DECISION_SEARCH, error) &&
           cb_cli_link_incident (cli, resolution->case_id, resolution->connector_id,
                                 resolution->incident, error);
  return cb_pusher_decide (cb_app_get_pusher (cli->app), resolution->case_id, resolution->connector_id,
                           decision, error);
}

/* What the push that ended so was to do with remote edits. */
static CbOnConflict
find_on_conflict (CbCli            *cli,
                  const Resolution *resolution)
{
  g_autoptr(CbCase) item = cb_cases_get (cb_app_get_cases (cli->app), resolution->case_id, NULL);
  g_autofree char *own = item != NULL
                           ? cb_pusher_find_connector (cb_app_get_pusher (cli->app), item, NULL) : NULL;
  const char *connector = resolution->connector_id != NULL ? resolution->connector_id : own;
  g_autoptr(GPtrArray) entries = cb_outbox_list (cb_app_get_outbox (cli->app), resolution->case_id, NULL);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const CbOutboxEntry *entry = g_ptr_array_index (entries, i);

      if (g_strcmp0 (connector, entry->connector_id) == 0)
        return entry->on_conflict;
    }
  return CB_ON_CONFLICT_OVERWRITE;
}

static void
push_on (CbCli            *cli,
         const Resolution *resolution,
         CbOnConflict      on_conflict)
{
  CbPusher *pusher = cb_app_get_pusher (cli->app);
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_bulk_item_free);
  CbProgress progress = { .n_items = 1 };
  const CbBulkOptions options = cb_cli_progress_options (cli, &progress);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) results = NULL;

  g_ptr_array_add (items, cb_bulk_item_new (resolution->case_id, resolution->connector_id, on_conflict));
  cb_bulk_push_async (pusher, items, &options, cli->cancellable, cb_cli_done_cb, &result);
  cb_cli_wait (cli, &result);
  results = cb_bulk_push_finish (pusher, result);
  if (cli->json)
    cb_cli_print_results (results);
  cli->status = cb_cli_status_of_results (results);
}

/* Commands */

/* The options of list and run, and the workspace. */
static gboolean
parse_connector (CbCli    *cli,
                 GStrv    *args,
                 char    **connector_id,
                 GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *connector = NULL;
  const GOptionEntry entries[] = {
    { "connector", 0, 0, G_OPTION_ARG_FILENAME, &connector, N_("Only through this connector"),
      "CONNECTOR" },
    { NULL }
  };

  return cb_cli_parse (cli, args, entries, 0, 0, &operands, error) && cb_cli_open (cli, error) != NULL &&
         find_connector (cli, connector, connector_id, error);
}

static gboolean
outbox_list (CbCli    *cli,
             GStrv    *args,
             GError  **error)
{
  g_autofree char *connector_id = NULL;

  return parse_connector (cli, args, &connector_id, error) && print_outbox (cli, connector_id, error);
}

static gboolean
outbox_run (CbCli    *cli,
            GStrv    *args,
            GError  **error)
{
  g_autofree char *connector_id = NULL;
  CbOutbox *outbox;
  CbProgress progress = { 0 };
  CbBulkOptions options;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) results = NULL;

  if (!parse_connector (cli, args, &connector_id, error))
    return FALSE;
  outbox = cb_app_get_outbox (cli->app);
  progress.n_items = cb_outbox_n_queued (outbox);
  cli->stop = g_cancellable_new ();
  options = cb_cli_progress_options (cli, &progress);
  cb_outbox_run_async (outbox, FALSE, connector_id, &options, cli->cancellable, cb_cli_done_cb, &result);
  cb_cli_wait (cli, &result);
  results = cb_outbox_run_finish (outbox, result, error);
  if (results == NULL)
    return FALSE;
  if (cli->json)
    cb_cli_print_results (results);
  else if (results->len == 0)
    cb_cli_say ("%s\n", _("No push is queued."));
  cli->status = cb_cli_status_of_results (results);
  return TRUE;
}

static gboolean
outbox_cancel (CbCli    *cli,
               GStrv    *args,
               GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *connector = NULL;
  g_autofree char *connector_id = NULL;
  g_autofree char *id = NULL;
  const GOptionEntry entries[] = {
    { "connector", 0, 0, G_OPTION_ARG_FILENAME, &connector,
      N_("Through which connector instead of the case's own"), "CONNECTOR" },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 1, 1, &operands, error))
    return FALSE;
  id = cb_cli_find_case (cli, operands[0], error);
  return id != NULL && find_connector (cli, connector, &connector_id, error) &&
         cb_outbox_cancel (cb_app_get_outbox (cli->app), id, connector_id, error) &&
         print_outbox (cli, NULL, error);
}

static gboolean
outbox_resolve (CbCli    *cli,
                GStrv    *args,
                GError  **error)
{
  g_auto(Resolution) resolution = { 0 };
  CbOnConflict on_conflict;

  if (!parse_resolution (cli, args, &resolution, error))
    return FALSE;
  on_conflict = find_on_conflict (cli, &resolution);
  if (!decide (cli, &resolution, error))
    return FALSE;
  cli->stop = g_cancellable_new ();
  push_on (cli, &resolution, on_conflict);
  return TRUE;
}

const CbCommand cb_cli_outbox_commands[] = {
  { "outbox list", "[--connector CONNECTOR]", N_("List the pushes that wait, or need a decision"),
    outbox_list },
  { "outbox run", "[--connector CONNECTOR]", N_("Push what is queued"), outbox_run },
  { "outbox cancel", "CASE [--connector CONNECTOR]", N_("Take a push out of the queue"), outbox_cancel },
  { "outbox resolve",
    "CASE --search|--link INCIDENT|--send-again|--mark-sent [--connector CONNECTOR]",
    N_("Decide what became of an uncertain step, and push on"), outbox_resolve },
  { NULL }
};
