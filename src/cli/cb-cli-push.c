/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cb-json.h"
#include "cli/cb-cli-case-print.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-loop.h"
#include "cli/cb-cli-output.h"

/* What push is given, and how it is going. */
typedef struct
{
  GPtrArray *ids;          /* (owned) (nullable) */
  char *connector_id;      /* (owned) (nullable) */
  gboolean dry_run;
  CbOnConflict on_conflict;
  gboolean has_progress;   /* a line of progress is on the terminal */
} Push;

static const char *const conflict_names[] = {
  [CB_ON_CONFLICT_OVERWRITE] = "overwrite",
  [CB_ON_CONFLICT_KEEP] = "keep",
  [CB_ON_CONFLICT_STOP] = "stop",
};

/* Auxiliary methods */

static void
push_clear (Push *push)
{
  g_clear_pointer (&push->ids, g_ptr_array_unref);
  g_free (push->connector_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Push, push_clear)

static gboolean
check_on_conflict (const char    *name,
                   CbOnConflict  *on_conflict,
                   GError       **error)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (conflict_names); i++)
    if (g_str_equal (conflict_names[i], name))
      {
        *on_conflict = i;
        return TRUE;
      }
  if (name != NULL)
    cb_cli_set_usage_error (error, _("--on-conflict is overwrite, keep or stop, not “%s”."), name);
  return name == NULL;
}

/* A part of a long title or description goes as a comment, but it is none of the case's. */
static const char *
comment_of (const CbStep *step)
{
  if (step->kind != CB_STEP_COMMENT || g_strcmp0 (step->comment_id, "description") == 0 ||
      g_strcmp0 (step->comment_id, "title") == 0)
    return NULL;
  return step->comment_id;
}

static const char *
state_of (const CbStep *step)
{
  return cb_step_state_name (step->state == CB_STEP_STARTED ? CB_STEP_UNCERTAIN : step->state);
}

static JsonArray *
steps_to_json (GPtrArray *steps)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; steps != NULL && i < steps->len; i++)
    {
      CbStep *step = g_ptr_array_index (steps, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "kind", cb_step_kind_name (step->kind));
      json_object_set_string_member (object, "state", state_of (step));
      cb_json_set_string (object, "comment", comment_of (step));
      cb_json_set_string (object, "remote_id", step->remote_id);
      json_object_set_object_member (object, "values", step->values != NULL
                                                         ? json_object_ref (step->values)
                                                         : json_object_new ());
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
warnings_to_json (GPtrArray *warnings)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; warnings != NULL && i < warnings->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (warnings, i));
  return array;
}

static JsonObject *
result_to_json (const CbPushResult *result)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "case", result->case_id);
  cb_json_set_string (object, "connector", result->connector_id);
  json_object_set_string_member (object, "outcome", cb_outcome_name (result->outcome));
  json_object_set_member (object, "incident",
                          cb_cli_incident_node (result->incident_id, result->incident_title,
                                                result->incident_url));
  json_object_set_array_member (object, "steps", steps_to_json (result->steps));
  json_object_set_string_member (object, "case_status", cb_status_name (result->case_status));
  json_object_set_array_member (object, "warnings", warnings_to_json (result->warnings));
  json_object_set_int_member (object, "requests", result->requests);
  cb_cli_set_error_member (object, result->error);
  return object;
}

static void
print_results (GPtrArray *results)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < results->len; i++)
    json_array_add_object_element (array, result_to_json (g_ptr_array_index (results, i)));
  json_object_set_array_member (document, "results", array);
  cb_cli_print_document (document);
}

static void
say_values (JsonObject *values)
{
  g_autoptr(GList) members = values != NULL ? json_object_get_members (values) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (values, l->data);
      const char *string = cb_json_node_string (node);
      g_autofree char *text = string != NULL ? g_strdup (string) : cb_json_to_string (node);

      cb_cli_say ("     %s:\n", (char *) l->data);
      cb_cli_say_block (text, 7);
    }
}

static void
say_steps (GPtrArray *steps)
{
  for (guint i = 0; steps != NULL && i < steps->len; i++)
    {
      CbStep *step = g_ptr_array_index (steps, i);

      cb_cli_say ("  %u. %s\n", i + 1, cb_step_kind_name (step->kind));
      say_values (step->values);
    }
}

static void
say_note (const char *kind,
          const char *text)
{
  g_autofree char *cleaned = cb_cli_clean (text);

  cb_cli_say ("  %s: %s\n", kind, cleaned);
}

static void
say_result (const CbPushResult *result,
            gboolean            dry_run)
{
  const char *outcome = cb_outcome_name (result->outcome);

  cb_cli_say ("%s  ", result->case_id);
  cb_cli_say_painted (cb_cli_paint_of_state (outcome), outcome);
  if (result->incident_id != NULL)
    cb_cli_say ("  %s  %s", result->incident_title, result->incident_url);
  cb_cli_say ("\n");
  for (guint i = 0; result->warnings != NULL && i < result->warnings->len; i++)
    say_note (_("warning"), g_ptr_array_index (result->warnings, i));
  if (result->error != NULL)
    say_note (_("error"), result->error->message);
  if (dry_run)
    say_steps (result->steps);
}

static gboolean
is_interrupted (CbCli *cli)
{
  return g_cancellable_is_cancelled (cli->cancellable) || g_cancellable_is_cancelled (cli->stop);
}

/* The result of a case that is not even tried. Takes the reason. */
static CbPushResult *
make_unsent (CbCli      *cli,
             const char *id,
             const char *connector_id,
             CbOutcome   outcome,
             GError     *reason)
{
  g_autoptr(CbCase) item = cb_cases_get (cb_app_get_cases (cli->app), id, NULL);
  CbPushResult *result = g_new0 (CbPushResult, 1);

  result->case_id = g_strdup (id);
  result->connector_id = g_strdup (connector_id);
  result->outcome = outcome;
  result->case_status = item != NULL ? item->status : CB_STATUS_OPEN;
  result->error = reason;
  return result;
}

static CbPushResult *
make_cancelled (CbCli      *cli,
                const char *id)
{
  return make_unsent (cli, id, NULL, CB_OUTCOME_CANCELLED,
                      cb_error_new (CB_ERROR_CANCELLED, NULL, "%s",
                                    _("Stopped before this case was pushed. Push it again.")));
}

static gboolean
refuses_login (const GError *error)
{
  return g_error_matches (error, CB_ERROR, CB_ERROR_AUTH_INVALID) ||
         g_error_matches (error, CB_ERROR, CB_ERROR_AUTH_LOCKED);
}

static void
clear_progress (Push *push)
{
  if (push->has_progress)
    g_printerr ("\r\033[K");
  push->has_progress = FALSE;
}

/* Callbacks */

static void
progress_cb (guint         position,
             const CbPlan *plan,
             gpointer      user_data)
{
  Push *push = user_data;
  CbStep *step = g_ptr_array_index (plan->steps, position);
  gboolean is_terminal = isatty (STDERR_FILENO);

  clear_progress (push);
  cb_cli_complain (_("Sending %u of %u: %s"), position + 1, plan->steps->len,
                   cb_step_kind_name (step->kind));
  if (!is_terminal)
    cb_cli_complain ("\n");
  push->has_progress = is_terminal;
}

static void
waiting_cb (guint    seconds,
            gpointer user_data)
{
  Push *push = user_data;
  gboolean is_terminal = isatty (STDERR_FILENO);

  clear_progress (push);
  cb_cli_complain (_("Waiting %u s"), seconds);
  if (!is_terminal)
    cb_cli_complain ("\n");
  push->has_progress = is_terminal;
}

/* Pushing */

static CbPushResult *
push_one (CbCli      *cli,
          Push       *push,
          const char *id)
{
  CbPusher *pusher = cb_app_get_pusher (cli->app);
  const CbPushOptions options = { push->connector_id, push->on_conflict, NULL, cli->stop,
                                  cli->json ? NULL : progress_cb,
                                  cli->json ? NULL : waiting_cb, push };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(CbPlan) plan = NULL;
  CbPushResult *push_result = NULL;

  if (push->dry_run)
    cb_pusher_plan_async (pusher, id, &options, cli->cancellable, cb_cli_done_cb, &result);
  else
    cb_pusher_push_async (pusher, id, &options, cli->cancellable, cb_cli_done_cb, &result);
  cb_cli_wait (cli, &result);
  clear_progress (push);
  if (!push->dry_run)
    return cb_pusher_push_finish (pusher, result);
  plan = cb_pusher_plan_finish (pusher, result, &push_result, NULL);
  return push_result;
}

/* A system that refused the login is not asked again with the same: accounts get locked. */
static CbPushResult *
push_next (CbCli      *cli,
           Push       *push,
           GHashTable *refused,
           const char *id)
{
  g_autoptr(CbCase) item = cb_cases_get (cb_app_get_cases (cli->app), id, NULL);
  g_autofree char *connector = push->connector_id != NULL || item == NULL
                                 ? g_strdup (push->connector_id)
                                 : cb_pusher_find_connector (cb_app_get_pusher (cli->app), item, NULL);
  const GError *reason = connector != NULL ? g_hash_table_lookup (refused, connector) : NULL;
  CbPushResult *result;

  if (is_interrupted (cli))
    return make_cancelled (cli, id);
  if (reason != NULL)
    return make_unsent (cli, id, connector, CB_OUTCOME_FAILED, g_error_copy (reason));
  result = push_one (cli, push, id);
  if (connector != NULL && refuses_login (result->error))
    g_hash_table_insert (refused, g_strdup (connector), g_error_copy (result->error));
  return result;
}

static GPtrArray *
push_all (CbCli *cli,
          Push  *push)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_push_result_free);
  g_autoptr(GHashTable) refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                         (GDestroyNotify) g_error_free);

  cb_cli_watch (cli);
  for (guint i = 0; i < push->ids->len; i++)
    {
      const char *id = g_ptr_array_index (push->ids, i);
      CbPushResult *result = push_next (cli, push, refused, id);

      g_ptr_array_add (results, result);
      if (!cli->json)
        say_result (result, push->dry_run);
    }
  cb_cli_unwatch (cli);
  return results;
}

static int
status_of_result (const CbPushResult *result)
{
  switch (result->outcome)
    {
    case CB_OUTCOME_CREATED:
    case CB_OUTCOME_UPDATED:
    case CB_OUTCOME_UP_TO_DATE:
    case CB_OUTCOME_PLANNED:
      return EXIT_SUCCESS;
    case CB_OUTCOME_FAILED:
    case CB_OUTCOME_CONFLICT:
    case CB_OUTCOME_UNCERTAIN:
    case CB_OUTCOME_CANCELLED:
    default:
      return result->error != NULL ? cb_cli_exit_status (result->error) : EXIT_FAILURE;
    }
}

/* The status that all unfinished ones share. */
static int
status_of_results (GPtrArray *results)
{
  int shared = EXIT_SUCCESS;

  for (guint i = 0; i < results->len; i++)
    {
      int status = status_of_result (g_ptr_array_index (results, i));

      if (status == EXIT_SUCCESS)
        continue;
      if (shared != EXIT_SUCCESS && shared != status)
        return EXIT_FAILURE;
      shared = status;
    }
  return shared;
}

/* Commands */

static gboolean
parse_push (CbCli    *cli,
            GStrv    *args,
            Push     *push,
            GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *connector = NULL;
  g_autofree char *on_conflict = NULL;
  const GOptionEntry entries[] = {
    { "connector", 0, 0, G_OPTION_ARG_FILENAME, &connector,
      N_("Through this connector instead of the case's own"), "CONNECTOR" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &push->dry_run, N_("Show what would be sent"), NULL },
    { "on-conflict", 0, 0, G_OPTION_ARG_FILENAME, &on_conflict,
      N_("What to do with remote edits: overwrite, keep or stop"), "WHAT" },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 1, G_MAXUINT, &operands, error) ||
      !check_on_conflict (on_conflict, &push->on_conflict, error))
    return FALSE;
  push->ids = cb_cli_find_cases (cli, operands, error);
  if (push->ids != NULL && connector != NULL)
    push->connector_id = cb_connectors_resolve (cb_app_get_connectors (cli->app), connector, error);
  return push->ids != NULL && (connector == NULL || push->connector_id != NULL);
}

static gboolean
push_cases (CbCli    *cli,
            GStrv    *args,
            GError  **error)
{
  g_auto(Push) push = { 0 };
  g_autoptr(GPtrArray) results = NULL;

  if (!parse_push (cli, args, &push, error))
    return FALSE;
  /* A dry run writes nothing that would have to be recorded: it ends at the first signal. */
  if (!push.dry_run)
    cli->stop = g_cancellable_new ();
  results = push_all (cli, &push);
  if (cli->json)
    print_results (results);
  cli->status = status_of_results (results);
  return TRUE;
}

const CbCommand cb_cli_push_commands[] = {
  { "push", "CASE… [--connector CONNECTOR] [--dry-run] [--on-conflict overwrite|keep|stop]",
    N_("Send cases to their external system"), push_cases },
  { NULL }
};
