/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "cli/cb-cli-case-print.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-loop.h"
#include "cli/cb-cli-output.h"
#include "push/cb-transfer.h"

#define IMPORT_LIMIT ((gsize) 1 << 30)

/* Auxiliary methods */

/* The window has asked before; who calls a command is told. */
static void
warn_of_newer (CbImport *done)
{
  for (guint i = 0; i < done->newer_here->len; i++)
    g_ptr_array_add (done->warnings,
                     g_strdup_printf (_("%s: what was here was changed later than what is in the file, "
                                        "which has replaced it."),
                                      (char *) g_ptr_array_index (done->newer_here, i)));
}

static CbImport *
import (CbCli       *cli,
        const char  *path,
        GError     **error)
{
  g_autoptr(GBytes) bytes = cb_cli_read (cli, path, "file", IMPORT_LIMIT, error);
  CbApp *app = bytes != NULL ? cb_cli_open (cli, error) : NULL;
  const char *text;
  gsize length;

  if (app == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  return cb_transfer_import (cb_app_get_cases (app), cb_app_get_connectors (app),
                             text != NULL ? text : "", length, error);
}

static void
set_array (JsonObject *object,
           const char *member,
           GPtrArray  *strings)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < strings->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (strings, i));
  json_object_set_array_member (object, member, array);
}

static void
print_import (const CbImport *done)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();

  json_object_set_int_member (document, "imported", done->imported);
  json_object_set_int_member (document, "updated", done->updated);
  json_object_set_int_member (document, "unchanged", done->unchanged);
  set_array (document, "ids", done->ids);
  set_array (document, "warnings", done->warnings);
  cb_cli_print_document (document);
}

static void
say_import (const CbImport *done)
{
  cb_cli_say (_("Imported %u, updated %u, unchanged %u.\n"), done->imported, done->updated,
              done->unchanged);
  for (guint i = 0; i < done->warnings->len; i++)
    cb_cli_say (_("warning: %s\n"), (char *) g_ptr_array_index (done->warnings, i));
}

static GPtrArray *
list_all (CbCli   *cli,
          GError **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(CbStatement) row = cb_database_query (cb_app_get_database (cli->app), error,
                                                  "SELECT id FROM cases ORDER BY created_at, seq",
                                                  NULL);
  GError *local_error = NULL;

  if (row == NULL)
    return NULL;
  while (cb_statement_step (row, &local_error))
    g_ptr_array_add (ids, g_strdup (cb_statement_string (row, 0)));
  if (local_error == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (error, local_error);
  return NULL;
}

/* Commands */

static gboolean
case_import (CbCli    *cli,
             GStrv    *args,
             GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autoptr(CbImport) done = NULL;

  if (!cb_cli_parse (cli, args, NULL, 1, 1, &operands, error))
    return FALSE;
  done = import (cli, operands[0], error);
  if (done == NULL)
    return FALSE;
  warn_of_newer (done);
  if (cli->json)
    print_import (done);
  else
    say_import (done);
  return TRUE;
}

/* The export is JSON for people, too: it is made to be imported. */
static gboolean
case_export (CbCli    *cli,
             GStrv    *args,
             GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autoptr(GPtrArray) ids = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL;
  CbApp *app;

  if (!cb_cli_parse (cli, args, NULL, 0, G_MAXUINT, &operands, error))
    return FALSE;
  app = cb_cli_open (cli, error);
  if (app != NULL)
    ids = operands[0] != NULL ? cb_cli_find_cases (cli, operands, error) : list_all (cli, error);
  if (ids != NULL)
    node = cb_transfer_export (cb_app_get_cases (app), cb_app_get_connectors (app), ids, error);
  if (node == NULL)
    return FALSE;
  text = json_to_string (node, !cli->json);
  cb_cli_print_raw (text);
  cb_cli_print_raw ("\n");
  return TRUE;
}

const CbCommand cb_cli_transfer_commands[] = {
  { "case import", "FILE|-", N_("Import cases from Kibana's API or from an export"), case_import },
  { "case export", "[CASE…]", N_("Print cases as JSON, all of them without CASE"), case_export },
  { NULL }
};
