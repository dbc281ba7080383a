/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "base/cb-json.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-output.h"
#include "cli/cb-cli-results.h"

#define EXIT_QUEUED 3

/* Auxiliary methods */

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
  json_object_set_array_member (object, "steps", cb_cli_steps_to_json (result->steps));
  json_object_set_string_member (object, "case_status", cb_status_name (result->case_status));
  json_object_set_array_member (object, "warnings", warnings_to_json (result->warnings));
  json_object_set_int_member (object, "requests", result->requests);
  cb_cli_set_error_member (object, result->error);
  return object;
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
    case CB_OUTCOME_QUEUED:
      return EXIT_QUEUED;
    case CB_OUTCOME_FAILED:
      /* Only a stop at a remote edit that was asked for is a conflict. */
      if (g_error_matches (result->error, CB_ERROR, CB_ERROR_CONFLICT))
        return EXIT_FAILURE;
      return result->error != NULL ? cb_cli_exit_status (result->error) : EXIT_FAILURE;
    case CB_OUTCOME_CONFLICT:
    case CB_OUTCOME_UNCERTAIN:
    case CB_OUTCOME_CANCELLED:
    default:
      return result->error != NULL ? cb_cli_exit_status (result->error) : EXIT_FAILURE;
    }
}

/* Public API */

/**
 * cb_cli_steps_to_json:
 * @steps: (element-type CbStep): steps of a push
 *
 * Returns: (transfer full): the same for scripts
 */
JsonArray *
cb_cli_steps_to_json (GPtrArray *steps)
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

/**
 * cb_cli_print_results:
 * @results: (element-type CbPushResult): how pushes ended
 *
 * Prints the one document of a command that pushes.
 */
void
cb_cli_print_results (GPtrArray *results)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < results->len; i++)
    json_array_add_object_element (array, result_to_json (g_ptr_array_index (results, i)));
  json_object_set_array_member (document, "results", array);
  cb_cli_print_document (document);
}

/**
 * cb_cli_say_result:
 * @result: how a push ended
 * @with_steps: whether to print what is sent
 *
 * Prints it for people.
 */
void
cb_cli_say_result (const CbPushResult *result,
                   gboolean            with_steps)
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
  if (with_steps)
    say_steps (result->steps);
}

/**
 * cb_cli_status_of_results:
 * @results: (element-type CbPushResult): how pushes ended
 *
 * Returns: the exit status that all unfinished ones share, else 1
 */
int
cb_cli_status_of_results (GPtrArray *results)
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
