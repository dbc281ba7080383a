/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-output.h"
#include "cli/cb-cli.h"

#define PROGRAM "casebridgectl"

static const CbCommand *const groups[] = {
  cb_cli_connector_commands,
  cb_cli_case_commands,
  cb_cli_comment_commands,
  cb_cli_incident_commands,
  cb_cli_transfer_commands,
  cb_cli_push_commands,
  cb_cli_outbox_commands,
  cb_cli_settings_commands,
};

/* Auxiliary methods */

static gboolean
is_below (const CbCommand *command,
          const char      *words)
{
  gsize length = strlen (words);

  return length == 0 || (g_str_has_prefix (command->words, words) &&
                         (command->words[length] == ' ' || command->words[length] == '\0'));
}

static char *
describe_commands (const char *words)
{
  g_autoptr(GString) out = g_string_new (NULL);

  g_string_append_printf (out, "%s %s [--data-dir DIR] [--json] %s…\n\n%s\n", _("Usage:"), PROGRAM,
                          _("COMMAND"), _("Commands:"));
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const CbCommand *command = groups[i]; command->words != NULL; command++)
      if (is_below (command, words))
        g_string_append_printf (out, "  %s%s%s\n      %s\n", command->words,
                                *command->synopsis != '\0' ? " " : "", command->synopsis,
                                _(command->summary));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
answer_help (CbCli      *cli,
             const char *words)
{
  g_autofree char *commands = describe_commands (words);
  g_autofree char *options = cb_cli_help_options (NULL);
  g_autofree char *help = g_strdup_printf ("%s\n%s", commands, options);

  cb_cli_answer (cli, "help", help);
}

static gboolean
answer_questions (CbCli       *cli,
                  const char  *words,
                  GError     **error)
{
  if (cli->help)
    answer_help (cli, words);
  else if (cli->version)
    cb_cli_answer_version (cli);
  else
    return FALSE;
  g_set_error_literal (error, CB_CLI_ERROR, CB_CLI_ERROR_ANSWERED, "");
  return TRUE;
}

static void
take_word (GStrv    args,
           GString *words)
{
  if (words->len > 0)
    g_string_append_c (words, ' ');
  g_string_append (words, args[1]);
  g_free (args[1]);
  for (guint i = 1; args[i] != NULL; i++)
    args[i] = args[i + 1];
}

/* Returns: whether a command begins with the words */
static gboolean
look_up_command (CbCli      *cli,
                 const char *words)
{
  gboolean is_beginning = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const CbCommand *command = groups[i]; command->words != NULL; command++)
      {
        if (g_str_equal (command->words, words))
          cli->command = command;
        is_beginning = is_beginning || is_below (command, words);
      }
  return is_beginning;
}

static gboolean
find_command (CbCli    *cli,
              GStrv    *args,
              GString  *words,
              GError  **error)
{
  while (cli->command == NULL)
    {
      if (!cb_cli_parse_global (cli, args, error) || answer_questions (cli, words->str, error))
        return FALSE;
      if ((*args)[1] == NULL)
        {
          cb_cli_set_usage_error (error, "%s", _("The command is missing or not complete."));
          return FALSE;
        }
      take_word (*args, words);
      if (!look_up_command (cli, words->str))
        {
          cb_cli_set_usage_error (error, _("There is no command “%s”."), words->str);
          g_string_truncate (words, 0);
          return FALSE;
        }
    }
  return TRUE;
}

/* What was wrong may have kept the options after it from being read. */
static gboolean
wants_json (CbCli         *cli,
            char         **argv,
            const GError  *error)
{
  if (!g_error_matches (error, CB_CLI_ERROR, CB_CLI_ERROR_USAGE))
    return cli->json;
  for (guint i = 1; argv[i] != NULL && !g_str_equal (argv[i], "--"); i++)
    if (g_str_equal (argv[i], "--json"))
      return TRUE;
  return cli->json;
}

static void
report_error (CbCli        *cli,
              const char   *words,
              const GError *error)
{
  gboolean is_usage = g_error_matches (error, CB_CLI_ERROR, CB_CLI_ERROR_USAGE);
  g_autofree char *message = cb_cli_clean (error->message);
  g_autofree char *usage = NULL;

  if (cli->json)
    {
      g_autoptr(JsonObject) document = cb_cli_document_new ();

      cb_cli_set_error_member (document, error);
      cb_cli_print_document (document);
    }
  if (is_usage || !cli->json)
    cb_cli_complain (PROGRAM ": %s\n", message);
  if (!is_usage)
    return;
  usage = cli->command != NULL ? cb_cli_usage (cli->command) : describe_commands (words);
  cb_cli_complain ("%s", usage);
}

/* Public API */

/**
 * cb_cli_prepare:
 *
 * Prepares a process that is a command line: no core files, the user's language, and GLib's messages
 * on standard error, since standard output belongs to the answer. To be called before any thread is
 * there.
 */
void
cb_cli_prepare (void)
{
  const struct rlimit no_core = { 0, 0 };

  setrlimit (RLIMIT_CORE, &no_core);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname (PROGRAM);
  g_log_writer_default_set_use_stderr (TRUE);
}

/**
 * cb_cli_run:
 * @argv: (array zero-terminated=1): the program's arguments
 *
 * Runs casebridgectl.
 *
 * Returns: the exit status
 */
int
cb_cli_run (char **argv)
{
  g_autoptr(CbCli) cli = cb_cli_new ();
  g_autoptr(GString) words = g_string_new (NULL);
  g_auto(GStrv) args = NULL;
  g_autoptr(GError) error = NULL;

  g_return_val_if_fail (argv != NULL, EXIT_FAILURE);

  args = argv[0] != NULL ? g_strdupv (argv) : g_strsplit (PROGRAM, " ", 1);
  if (!find_command (cli, &args, words, &error) || !cli->command->run (cli, &args, &error))
    {
      cli->json = wants_json (cli, argv, error);
      cli->status = cb_cli_exit_status (error);
      if (cli->status != EXIT_SUCCESS)
        report_error (cli, words->str, error);
    }
  if (!cb_cli_flush () && cli->status == EXIT_SUCCESS)
    return EXIT_FAILURE;
  return cli->status;
}
