/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "cli/cb-cli-case-print.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-keys.h"
#include "cli/cb-cli-loop.h"

/* Auxiliary methods */

static char *
take_text (CbCli       *cli,
           const char  *argument,
           GError     **error)
{
  if (g_str_equal (argument, "-"))
    return cb_cli_read_text (cli, "-", "comment", error);
  return cb_cli_check_text (argument, "comment", error) ? g_strdup (argument) : NULL;
}

static char *
find_comment (CbCli       *cli,
              const char  *case_id,
              const char  *name,
              GError     **error)
{
  g_autoptr(CbCase) item = cb_cases_get (cb_app_get_cases (cli->app), case_id, error);
  CbComment *comment = item != NULL ? cb_case_find_comment (item, name, error) : NULL;

  return comment != NULL ? g_strdup (comment->id) : NULL;
}

/* Commands */

static gboolean
comment_add (CbCli    *cli,
             GStrv    *args,
             GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *case_id = NULL;
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;

  if (!cb_cli_parse (cli, args, NULL, 2, 2, &operands, error))
    return FALSE;
  case_id = cb_cli_find_case (cli, operands[0], error);
  if (case_id != NULL)
    text = take_text (cli, operands[1], error);
  if (text != NULL)
    id = cb_cases_add_comment (cb_app_get_cases (cli->app), case_id, text, error);
  if (id != NULL)
    cb_cli_answer (cli, "id", id);
  return id != NULL;
}

static gboolean
comment_edit (CbCli    *cli,
              GStrv    *args,
              GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *case_id = NULL;
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;

  if (!cb_cli_parse (cli, args, NULL, 3, 3, &operands, error))
    return FALSE;
  case_id = cb_cli_find_case (cli, operands[0], error);
  if (case_id != NULL)
    id = find_comment (cli, case_id, operands[1], error);
  if (id != NULL)
    text = take_text (cli, operands[2], error);
  return text != NULL &&
         cb_cases_edit_comment (cb_app_get_cases (cli->app), case_id, id, text, error) &&
         cb_cli_print_case (cli, case_id, error);
}

static gboolean
comment_remove (CbCli    *cli,
                GStrv    *args,
                GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *case_id = NULL;
  g_autofree char *id = NULL;

  if (!cb_cli_parse (cli, args, NULL, 2, 2, &operands, error))
    return FALSE;
  case_id = cb_cli_find_case (cli, operands[0], error);
  if (case_id != NULL)
    id = find_comment (cli, case_id, operands[1], error);
  return id != NULL &&
         cb_cases_remove_comment (cb_app_get_cases (cli->app), case_id, id, error) &&
         cb_cli_print_case (cli, case_id, error);
}

const CbCommand cb_cli_comment_commands[] = {
  { "case comment add", "CASE TEXT|-", N_("Add a comment"), comment_add },
  { "case comment edit", "CASE COMMENT TEXT|-", N_("Change a comment"), comment_edit },
  { "case comment remove", "CASE COMMENT", N_("Remove a comment; what was sent of it stays there"),
    comment_remove },
  { NULL }
};
