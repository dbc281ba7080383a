/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "cli/cb-cli-case-print.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-keys.h"
#include "cli/cb-cli-loop.h"
#include "cli/cb-cli-output.h"
#include "push/cb-journal.h"

/* What new and edit are given. */
typedef struct
{
  char *title;
  char *description;
  char *file;
  char *severity;
  GStrv add_tags;
  GStrv remove_tags;
  GStrv add_assignees;
  GStrv remove_assignees;
} Arguments;

/* Auxiliary methods */

static void
arguments_clear (Arguments *given)
{
  g_free (given->title);
  g_free (given->description);
  g_free (given->file);
  g_free (given->severity);
  g_strfreev (given->add_tags);
  g_strfreev (given->remove_tags);
  g_strfreev (given->add_assignees);
  g_strfreev (given->remove_assignees);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
check_severity (const char  *name,
                CbSeverity  *severity,
                GError     **error)
{
  if (cb_severity_parse (name, severity))
    return TRUE;
  cb_cli_set_usage_error (error, _("There is no severity “%s”. There are: low, medium, high, "
                          "critical."), name);
  return FALSE;
}

static gboolean
check_status (const char  *name,
              CbStatus    *status,
              GError     **error)
{
  if (cb_status_parse (name, status))
    return TRUE;
  cb_cli_set_usage_error (error, _("There is no status “%s”. There are: open, in-progress, "
                          "closed."), name);
  return FALSE;
}

/* A file's text takes the place of --description. */
static gboolean
take_description (CbCli       *cli,
                  const char  *file,
                  char       **description,
                  GError     **error)
{
  if (file == NULL)
    return TRUE;
  if (*description != NULL)
    {
      cb_cli_set_usage_error (error, "%s",
                              _("Give --description or --description-file, not both."));
      return FALSE;
    }
  *description = cb_cli_read_text (cli, file, "description", error);
  return *description != NULL;
}

static gboolean
contains (GPtrArray  *list,
          const char *text)
{
  return g_ptr_array_find_with_equal_func (list, text, g_str_equal, NULL);
}

/* Returns: (transfer full): @present without @removed and with @added, each once */
static GStrv
change_list (GStrv present,
             GStrv removed,
             GStrv added)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; present != NULL && present[i] != NULL; i++)
    if (removed == NULL || !g_strv_contains ((const char *const *) removed, present[i]))
      g_ptr_array_add (list, g_strdup (present[i]));
  for (guint i = 0; added != NULL && added[i] != NULL; i++)
    if (!contains (list, added[i]))
      g_ptr_array_add (list, g_strdup (added[i]));
  g_ptr_array_add (list, NULL);
  return (GStrv) g_ptr_array_free (list, FALSE);
}

static gboolean
parse_number (const char  *option,
              const char  *text,
              int          fallback,
              int         *number,
              GError     **error)
{
  guint64 value;

  *number = fallback;
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &value, NULL))
    {
      cb_cli_set_usage_error (error, _("%s needs a number, not “%s”."), option, text);
      return FALSE;
    }
  *number = value;
  return TRUE;
}

static gboolean
check_filters (GStrv    statuses,
               GStrv    tags,
               char    *search,
               GError **error)
{
  CbStatus status;

  for (guint i = 0; statuses != NULL && statuses[i] != NULL; i++)
    if (!check_status (statuses[i], &status, error))
      return FALSE;
  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    if (!cb_cli_check_text (tags[i], "tag", error))
      return FALSE;
  return search == NULL || cb_cli_check_text (search, "search", error);
}

static GPtrArray *
run_query (CbCli              *cli,
           const CbCaseQuery  *query,
           gint64             *total,
           GError            **error)
{
  CbApp *app = cb_cli_open (cli, error);
  CbDatabase *database;

  if (app == NULL)
    return NULL;
  database = cb_app_get_database (app);
  *total = cb_case_list_count (database, query);
  return cb_case_list_query (database, query, error);
}

/* Written row by row: a document of all rows would need many times their memory. */
static void
print_rows (GPtrArray *rows,
            gint64     total)
{
  g_autofree char *head = g_strdup_printf ("{\"schema\":1,\"total\":%" G_GINT64_FORMAT
                                           ",\"cases\":[", total);

  cb_cli_print_raw (head);
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr(JsonObject) object = cb_cli_case_to_json (g_ptr_array_index (rows, i));
      g_autofree char *text = cb_json_object_to_string (object);

      cb_cli_print_raw (i > 0 ? "," : "");
      cb_cli_print_raw (text);
    }
  cb_cli_print_raw ("]}\n");
}

static void
say_rows (GPtrArray *rows,
          gint64     total)
{
  g_autoptr(CbTable) table = cb_table_new (_("PUSH"), _("STATUS"), _("SEVERITY"), _("INCIDENT"),
                                           _("ID"), _("TITLE"), NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      CbCaseRow *row = g_ptr_array_index (rows, i);

      cb_table_add (table, cb_push_state_name (row->state), cb_status_name (row->status),
                    cb_severity_name (row->severity),
                    row->incident_title != NULL ? row->incident_title : "", row->id, row->title,
                    NULL);
    }
  cb_table_paint_column (table, 0);
  if (rows->len > 0)
    cb_table_print (table);
  if (rows->len != total || total == 0)
    cb_cli_say (_("%u of %u cases\n"), rows->len, (guint) total);
}

static gboolean
remove_all (CbCli      *cli,
            GPtrArray  *ids,
            GError    **error)
{
  CbDatabase *database = cb_app_get_database (cli->app);
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (database, error);

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!cb_journal_check_removable (database, g_ptr_array_index (ids, i), NULL, error))
      return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!cb_cases_remove (cb_app_get_cases (cli->app), g_ptr_array_index (ids, i), error))
      return FALSE;
  return cb_transaction_commit (&transaction, error);
}

static void
print_removed (CbCli     *cli,
               GPtrArray *ids)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < ids->len; i++)
    {
      json_array_add_string_element (array, g_ptr_array_index (ids, i));
      if (!cli->json)
        cb_cli_say (_("Removed %s.\n"), (char *) g_ptr_array_index (ids, i));
    }
  json_object_set_array_member (document, "removed", array);
  if (cli->json)
    cb_cli_print_document (document);
}

static gboolean
parse_new (CbCli      *cli,
           GStrv      *args,
           Arguments  *given,
           GError    **error)
{
  g_auto(GStrv) operands = NULL;
  const GOptionEntry entries[] = {
    { "title", 0, 0, G_OPTION_ARG_FILENAME, &given->title, N_("The title"), "TITLE" },
    { "description", 0, 0, G_OPTION_ARG_FILENAME, &given->description,
      N_("The description, in Markdown"), "TEXT" },
    { "description-file", 0, 0, G_OPTION_ARG_FILENAME, &given->file,
      N_("A file with the description, - for standard input"), "FILE" },
    { "tag", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given->add_tags, N_("A tag"), "TAG" },
    { "severity", 0, 0, G_OPTION_ARG_FILENAME, &given->severity,
      N_("low, medium, high or critical"), "SEVERITY" },
    { "assignee", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given->add_assignees, N_("An assignee"),
      "NAME" },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 0, 0, &operands, error))
    return FALSE;
  if (given->title == NULL)
    cb_cli_set_usage_error (error, "%s", _("A new case needs --title."));
  return given->title != NULL;
}

static gboolean
parse_edit (CbCli      *cli,
            GStrv      *args,
            Arguments  *given,
            GStrv      *operands,
            GError    **error)
{
  const GOptionEntry entries[] = {
    { "title", 0, 0, G_OPTION_ARG_FILENAME, &given->title, N_("A new title"), "TITLE" },
    { "description", 0, 0, G_OPTION_ARG_FILENAME, &given->description,
      N_("A new description, in Markdown"), "TEXT" },
    { "description-file", 0, 0, G_OPTION_ARG_FILENAME, &given->file,
      N_("A file with the description, - for standard input"), "FILE" },
    { "severity", 0, 0, G_OPTION_ARG_FILENAME, &given->severity,
      N_("low, medium, high or critical"), "SEVERITY" },
    { "add-tag", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given->add_tags, N_("A tag to add"), "TAG" },
    { "remove-tag", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given->remove_tags, N_("A tag to remove"),
      "TAG" },
    { "add-assignee", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given->add_assignees,
      N_("An assignee to add"), "NAME" },
    { "remove-assignee", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given->remove_assignees,
      N_("An assignee to remove"), "NAME" },
    { NULL }
  };

  return cb_cli_parse (cli, args, entries, 1, 1, operands, error);
}

/* The lists are changed as they are at that moment: nobody else's change is lost. */
static gboolean
apply_edit (CbCli             *cli,
            const char        *id,
            const Arguments   *given,
            const CbSeverity  *severity,
            GError           **error)
{
  CbCases *cases = cb_app_get_cases (cli->app);
  g_autoptr(CbTransaction) transaction =
    cb_transaction_begin (cb_app_get_database (cli->app), error);
  g_autoptr(CbCase) item = transaction != NULL ? cb_cases_get (cases, id, error) : NULL;
  g_auto(GStrv) tags = NULL;
  g_auto(GStrv) assignees = NULL;
  CbCaseEdit edit = { given->title, given->description, severity };

  if (item == NULL)
    return FALSE;
  if (given->add_tags != NULL || given->remove_tags != NULL)
    tags = change_list (item->tags, given->remove_tags, given->add_tags);
  if (given->add_assignees != NULL || given->remove_assignees != NULL)
    assignees = change_list (item->assignees, given->remove_assignees, given->add_assignees);
  edit.tags = (const char *const *) tags;
  edit.assignees = (const char *const *) assignees;
  return cb_cases_edit (cases, id, &edit, error) && cb_transaction_commit (&transaction, error);
}

static gboolean
is_empty (const Arguments *given)
{
  return given->title == NULL && given->description == NULL && given->severity == NULL &&
         given->add_tags == NULL && given->remove_tags == NULL && given->add_assignees == NULL &&
         given->remove_assignees == NULL;
}

/* Commands */

static gboolean
case_new (CbCli    *cli,
          GStrv    *args,
          GError  **error)
{
  g_auto(Arguments) given = { 0 };
  g_autoptr(CbCase) item = cb_case_new ();
  CbApp *app;

  if (!parse_new (cli, args, &given, error) ||
      (given.severity != NULL && !check_severity (given.severity, &item->severity, error)) ||
      !take_description (cli, given.file, &given.description, error))
    return FALSE;
  item->title = g_steal_pointer (&given.title);
  item->description = given.description != NULL ? g_steal_pointer (&given.description)
                                                : g_strdup ("");
  g_strfreev (item->tags);
  item->tags = change_list (NULL, NULL, given.add_tags);
  g_strfreev (item->assignees);
  item->assignees = change_list (NULL, NULL, given.add_assignees);
  app = cb_cli_open (cli, error);
  if (app == NULL || !cb_cases_add (cb_app_get_cases (app), item, error))
    return FALSE;
  cb_cli_answer (cli, "id", item->id);
  return TRUE;
}

static gboolean
case_list (CbCli    *cli,
           GStrv    *args,
           GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_auto(GStrv) statuses = NULL;
  g_auto(GStrv) tags = NULL;
  g_autofree char *search = NULL;
  g_autofree char *limit = NULL;
  g_autofree char *offset = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  CbCaseQuery query = { 0 };
  gint64 total = 0;
  const GOptionEntry entries[] = {
    { "status", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &statuses,
      N_("Only cases with this status, or another one given"), "STATUS" },
    { "tag", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &tags,
      N_("Only cases with this tag, or another one given"), "TAG" },
    { "search", 0, 0, G_OPTION_ARG_FILENAME, &search, N_("Only cases that hold these words"),
      "TEXT" },
    { "needs-push", 0, 0, G_OPTION_ARG_NONE, &query.needs_push,
      N_("Only cases with something to send"), NULL },
    { "limit", 0, 0, G_OPTION_ARG_FILENAME, &limit, N_("How many at most"), "N" },
    { "offset", 0, 0, G_OPTION_ARG_FILENAME, &offset, N_("How many to pass over"), "N" },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 0, 0, &operands, error) ||
      !check_filters (statuses, tags, search, error) ||
      !parse_number ("--limit", limit, -1, &query.limit, error) ||
      !parse_number ("--offset", offset, 0, &query.offset, error))
    return FALSE;
  query.statuses = (const char *const *) statuses;
  query.search = search;
  query.tags = (const char *const *) tags;
  rows = run_query (cli, &query, &total, error);
  if (rows == NULL)
    return FALSE;
  if (cli->json)
    print_rows (rows, total);
  else
    say_rows (rows, total);
  return TRUE;
}

static gboolean
case_show (CbCli    *cli,
           GStrv    *args,
           GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *id = NULL;

  if (!cb_cli_parse (cli, args, NULL, 1, 1, &operands, error))
    return FALSE;
  id = cb_cli_find_case (cli, operands[0], error);
  return id != NULL && cb_cli_print_case (cli, id, error);
}

static gboolean
case_remove (CbCli    *cli,
             GStrv    *args,
             GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autoptr(GPtrArray) ids = NULL;

  if (!cb_cli_parse (cli, args, NULL, 1, G_MAXUINT, &operands, error))
    return FALSE;
  ids = cb_cli_find_cases (cli, operands, error);
  if (ids == NULL || !remove_all (cli, ids, error))
    return FALSE;
  print_removed (cli, ids);
  return TRUE;
}

static gboolean
case_status (CbCli    *cli,
             GStrv    *args,
             GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *id = NULL;
  CbStatus status;
  CbCaseEdit edit = { .status = &status };

  if (!cb_cli_parse (cli, args, NULL, 2, 2, &operands, error) ||
      !check_status (operands[1], &status, error))
    return FALSE;
  id = cb_cli_find_case (cli, operands[0], error);
  return id != NULL && cb_cases_edit (cb_app_get_cases (cli->app), id, &edit, error) &&
         cb_cli_print_case (cli, id, error);
}

static gboolean
case_edit (CbCli    *cli,
           GStrv    *args,
           GError  **error)
{
  g_auto(Arguments) given = { 0 };
  g_auto(GStrv) operands = NULL;
  g_autofree char *id = NULL;
  CbSeverity severity;

  if (!parse_edit (cli, args, &given, &operands, error) ||
      (given.severity != NULL && !check_severity (given.severity, &severity, error)) ||
      !take_description (cli, given.file, &given.description, error))
    return FALSE;
  id = cb_cli_find_case (cli, operands[0], error);
  if (id == NULL)
    return FALSE;
  return (is_empty (&given) ||
          apply_edit (cli, id, &given, given.severity != NULL ? &severity : NULL, error)) &&
         cb_cli_print_case (cli, id, error);
}

const CbCommand cb_cli_case_commands[] = {
  { "case new",
    "--title TITLE [--description TEXT | --description-file FILE|-] [--tag TAG]… "
    "[--severity SEVERITY] [--assignee NAME]…", N_("Make a new case"), case_new },
  { "case list",
    "[--status STATUS]… [--tag TAG]… [--search TEXT] [--needs-push] [--limit N] [--offset N]",
    N_("List cases, newest first"), case_list },
  { "case show", "CASE", N_("Show a case with its comments and activity"), case_show },
  { "case edit",
    "CASE [--title TITLE] [--description TEXT | --description-file FILE|-] [--severity SEVERITY] "
    "[--add-tag TAG]… [--remove-tag TAG]… [--add-assignee NAME]… [--remove-assignee NAME]…",
    N_("Change a case"), case_edit },
  { "case status", "CASE open|in-progress|closed", N_("Set a case's status"), case_status },
  { "case remove", "CASE…", N_("Remove cases; their incidents stay"), case_remove },
  { NULL }
};
