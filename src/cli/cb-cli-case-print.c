/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "base/cb-time.h"
#include "cli/cb-cli-case-print.h"
#include "cli/cb-cli-output.h"

/* Auxiliary methods */

static JsonObject *
push_to_json (const CbCaseRow *row)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "state", cb_push_state_name (row->state));
  json_object_set_member (object, "incident",
                          cb_cli_incident_node (row->incident_id, row->incident_title,
                                                row->incident_url));
  return object;
}

/* What list and show have in common, apart from the comments: a number there, the comments here. */
static JsonObject *
start_case (const CbCaseRow *row)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", row->id);
  json_object_set_string_member (object, "title", row->title);
  json_object_set_string_member (object, "status", cb_status_name (row->status));
  json_object_set_string_member (object, "severity", cb_severity_name (row->severity));
  cb_cli_set_strings (object, "tags", row->tags);
  cb_cli_set_time (object, "created_at", row->created_at);
  cb_cli_set_time (object, "updated_at", row->updated_at);
  return object;
}

static JsonArray *
activity_to_json (GPtrArray *activity)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < activity->len; i++)
    {
      CbActivity *entry = g_ptr_array_index (activity, i);
      JsonObject *object = json_object_new ();

      cb_cli_set_time (object, "time", entry->time);
      cb_json_set_string (object, "kind", entry->kind);
      cb_json_set_string (object, "author", entry->author);
      cb_json_set_string (object, "text", entry->text);
      cb_json_set_string (object, "connector", entry->connector_id);
      cb_json_set_string (object, "incident", entry->incident);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
comments_to_json (GPtrArray *comments)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < comments->len; i++)
    {
      CbComment *comment = g_ptr_array_index (comments, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", comment->id);
      cb_json_set_string (object, "author", comment->author);
      json_object_set_string_member (object, "text", comment->text);
      cb_cli_set_time (object, "created_at", comment->created_at);
      cb_cli_set_time (object, "updated_at", comment->updated_at);
      json_array_add_object_element (array, object);
    }
  return array;
}

static void
print_document (const CbCaseRow *row,
                CbCase          *item,
                GPtrArray       *activity)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  JsonObject *object = start_case (row);

  cb_json_set_string (object, "connector", row->connector_id);
  json_object_set_object_member (object, "push", push_to_json (row));
  json_object_set_string_member (object, "description", item->description);
  cb_cli_set_strings (object, "assignees", item->assignees);
  json_object_set_array_member (object, "activity", activity_to_json (activity));
  json_object_set_array_member (object, "comments", comments_to_json (item->comments));
  json_object_set_object_member (document, "case", object);
  cb_cli_print_document (document);
}

static char *
describe_connector (CbCli      *cli,
                    const char *id)
{
  g_autoptr(CbConnectorInfo) info = NULL;

  if (id == NULL)
    return g_strdup (_("none"));
  info = cb_connectors_get (cb_app_get_connectors (cli->app), id, NULL);
  return g_strdup (info != NULL ? info->name : id);
}

static void
add_time (CbTable    *table,
          const char *label,
          gint64      time)
{
  g_autofree char *text = time != 0 ? cb_time_to_string (time) : g_strdup ("");

  cb_table_add (table, label, text, NULL);
}

static void
say_head (CbCli           *cli,
          const CbCaseRow *row,
          CbCase          *item)
{
  g_autoptr(CbTable) table = cb_table_new (NULL, NULL);
  g_autofree char *tags = g_strjoinv (", ", item->tags);
  g_autofree char *assignees = g_strjoinv (", ", item->assignees);
  g_autofree char *connector = describe_connector (cli, row->connector_id);

  cb_cli_say_painted (CB_PAINT_BOLD, item->title);
  cb_cli_say ("\n");
  cb_table_add (table, "id", item->id, NULL);
  cb_table_add (table, "status", cb_status_name (item->status), NULL);
  cb_table_add (table, "severity", cb_severity_name (item->severity), NULL);
  cb_table_add (table, "tags", tags, NULL);
  cb_table_add (table, "assignees", assignees, NULL);
  add_time (table, "created", item->created_at);
  add_time (table, "updated", item->updated_at);
  cb_table_add (table, "connector", connector, NULL);
  cb_table_add (table, "push", cb_push_state_name (row->state), NULL);
  if (row->incident_id != NULL)
    {
      g_autofree char *incident = g_strconcat (row->incident_title, "  ", row->incident_url, NULL);

      cb_table_add (table, "incident", incident, NULL);
    }
  if (row->error_message != NULL)
    cb_table_add (table, "error", row->error_message, NULL);
  cb_table_paint_column (table, 1);
  cb_table_print (table);
}

static void
say_heading (const char *heading)
{
  cb_cli_say ("\n");
  cb_cli_say_painted (CB_PAINT_BOLD, heading);
  cb_cli_say ("\n");
}

static void
say_comments (GPtrArray *comments)
{
  if (comments->len > 0)
    say_heading (_("Comments"));
  for (guint i = 0; i < comments->len; i++)
    {
      CbComment *comment = g_ptr_array_index (comments, i);
      g_autofree char *time = cb_time_to_string (comment->created_at);
      g_autofree char *author = cb_cli_clean (comment->author != NULL ? comment->author : "");

      cb_cli_say ("  %s  %s  %s\n", time, author, comment->id);
      cb_cli_say_block (comment->text, 4);
    }
}

static void
say_activity (GPtrArray *activity)
{
  g_autoptr(CbTable) table = cb_table_new (NULL, NULL);

  if (activity->len > 0)
    say_heading (_("Activity"));
  for (guint i = 0; i < activity->len; i++)
    {
      CbActivity *entry = g_ptr_array_index (activity, i);
      g_autofree char *time = cb_time_to_string (entry->time);

      cb_table_add (table, "", time, entry->author != NULL ? entry->author : "", entry->kind,
                    entry->incident != NULL ? entry->incident : "",
                    entry->text != NULL ? entry->text : "", NULL);
    }
  cb_table_print (table);
}

/* Public API */

/**
 * cb_cli_case_to_json:
 * @row: a case as a list shows it
 *
 * Returns: (transfer full): the case for scripts
 */
JsonObject *
cb_cli_case_to_json (CbCaseRow *row)
{
  JsonObject *object = start_case (row);

  json_object_set_int_member (object, "comments", row->n_comments);
  cb_json_set_string (object, "connector", row->connector_id);
  json_object_set_object_member (object, "push", push_to_json (row));
  return object;
}

/**
 * cb_cli_print_case:
 * @cli: the run
 * @id: a case's id
 * @error: %CB_ERROR_NOT_FOUND, %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Prints all of a case.
 *
 * Returns: whether it worked
 */
gboolean
cb_cli_print_case (CbCli       *cli,
                   const char  *id,
                   GError     **error)
{
  CbCases *cases = cb_app_get_cases (cli->app);
  g_autoptr(CbCase) item = cb_cases_get (cases, id, error);
  g_autoptr(CbCaseRow) row = NULL;
  g_autoptr(GPtrArray) activity = NULL;

  if (item == NULL)
    return FALSE;
  row = cb_case_list_get (cb_app_get_database (cli->app), id, error);
  if (row == NULL)
    {
      /* Another process has removed it between the two. */
      if (error != NULL && *error == NULL)
        cb_set_error (error, CB_ERROR_NOT_FOUND, "case", _("There is no case “%s”."), id);
      return FALSE;
    }
  activity = cb_cases_get_activity (cases, id);
  if (cli->json)
    {
      print_document (row, item, activity);
      return TRUE;
    }
  say_head (cli, row, item);
  if (!cb_is_blank (item->description))
    {
      say_heading (_("Description"));
      cb_cli_say_block (item->description, 2);
    }
  say_comments (item->comments);
  say_activity (activity);
  return TRUE;
}

/**
 * cb_cli_find_case:
 * @cli: the run
 * @name: a case's id or a prefix of it
 * @error: %CB_ERROR_NOT_FOUND, %CB_ERROR_INVALID_ARGUMENT or why there is no workspace
 *
 * Returns: (transfer full) (nullable): the id
 */
char *
cb_cli_find_case (CbCli       *cli,
                  const char  *name,
                  GError     **error)
{
  CbApp *app = cb_cli_open (cli, error);

  return app != NULL ? cb_cases_resolve (cb_app_get_cases (app), name, error) : NULL;
}

/**
 * cb_cli_find_cases:
 * @cli: the run
 * @names: (array zero-terminated=1): ids or prefixes
 * @error: as for cb_cli_find_case()
 *
 * Returns: (transfer full) (nullable) (element-type utf8): the ids, each once
 */
GPtrArray *
cb_cli_find_cases (CbCli   *cli,
                   GStrv    names,
                   GError **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *id = cb_cli_find_case (cli, names[i], error);

      if (id == NULL)
        return NULL;
      if (g_hash_table_contains (known, id))
        continue;
      g_hash_table_add (known, id);
      g_ptr_array_add (ids, g_steal_pointer (&id));
    }
  return g_steal_pointer (&ids);
}
