/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "cli/cb-cli-command.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-output.h"

#define OPTION_WIDTH 32

/* Auxiliary methods */

static void
add_global_options (CbCli          *cli,
                    GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &cli->data_dir, NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &cli->version, NULL, NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &cli->help, NULL, NULL },
    { NULL }
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

static void
append_option (GString    *out,
               const char *option,
               const char *argument,
               const char *description)
{
  g_autofree char *head = g_strdup_printf ("--%s%s%s", option, argument != NULL ? " " : "",
                                           argument != NULL ? argument : "");

  g_string_append_printf (out, "  %-*s %s\n", OPTION_WIDTH, head, description);
}

/* GLib's own help says nothing of operands, and it would write to standard output by itself. */
static gboolean
parse_options (GOptionContext  *context,
               GStrv           *args,
               GError         **error)
{
  g_autoptr(GError) local_error = NULL;

  g_option_context_set_help_enabled (context, FALSE);
  if (g_option_context_parse_strv (context, args, &local_error))
    return TRUE;
  cb_cli_set_usage_error (error, "%s", local_error->message);
  return FALSE;
}

static gboolean
check_operands (GStrv    operands,
                guint    minimum,
                guint    maximum,
                GError **error)
{
  guint n = g_strv_length (operands);

  if (n >= minimum && n <= maximum)
    return TRUE;
  if (n < minimum)
    cb_cli_set_usage_error (error, "%s", _("An argument is missing."));
  else
    cb_cli_set_usage_error (error, _("“%s” is one argument too many."), operands[maximum]);
  return FALSE;
}

static void
answer_help (CbCli              *cli,
             const GOptionEntry *entries)
{
  g_autofree char *usage = cb_cli_usage (cli->command);
  g_autofree char *options = cb_cli_help_options (entries);
  g_autofree char *help = g_strdup_printf ("%s\n%s\n\n%s", usage, _(cli->command->summary),
                                           options);

  cb_cli_answer (cli, "help", help);
}

/* Public API */

/**
 * cb_cli_new:
 *
 * Returns: (transfer full): a run of the program
 */
CbCli *
cb_cli_new (void)
{
  CbCli *cli = g_new0 (CbCli, 1);

  cli->cancellable = g_cancellable_new ();
  return cli;
}

/**
 * cb_cli_free:
 * @cli: (transfer full) (nullable): a run
 *
 * Frees it.
 */
void
cb_cli_free (CbCli *cli)
{
  if (cli == NULL)
    return;
  g_free (cli->data_dir);
  g_clear_object (&cli->app);
  g_clear_object (&cli->cancellable);
  g_clear_object (&cli->stop);
  g_free (cli);
}

/**
 * cb_cli_open:
 * @cli: the run
 * @error: %CB_ERROR_STORAGE, %CB_ERROR_BUSY or %CB_ERROR_INVALID_ARGUMENT
 *
 * Opens the workspace at its first use, so that a wrong command line makes none.
 *
 * Returns: (transfer none) (nullable): the workspace
 */
CbApp *
cb_cli_open (CbCli   *cli,
             GError **error)
{
  g_autofree char *directory = NULL;

  g_return_val_if_fail (cli != NULL, NULL);

  if (cli->app != NULL)
    return cli->app;
  directory = cli->data_dir != NULL ? g_strdup (cli->data_dir) : cb_app_default_directory ();
  cli->app = cb_app_new (directory, error);
  return cli->app;
}

/**
 * cb_cli_parse_global:
 * @cli: the run
 * @args: (inout): the arguments
 * @error: %CB_CLI_ERROR_USAGE
 *
 * Takes the global options that come before the next word.
 *
 * Returns: whether they are right
 */
gboolean
cb_cli_parse_global (CbCli   *cli,
                     GStrv   *args,
                     GError **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);

  g_return_val_if_fail (cli != NULL && args != NULL, FALSE);

  g_option_context_set_strict_posix (context, TRUE);
  add_global_options (cli, context);
  return parse_options (context, args, error);
}

/**
 * cb_cli_parse:
 * @cli: the run
 * @args: (inout): the command's arguments
 * @entries: (nullable): its options; those that take text are filenames, so that no locale changes
 *   it
 * @minimum: how many operands it needs
 * @maximum: how many it takes, %G_MAXUINT for any number
 * @operands: (out): the operands
 * @error: an error of #CbCliError
 *
 * Reads a command's arguments, strictly, with the global options among them.
 *
 * Returns: whether the command is to run
 */
gboolean
cb_cli_parse (CbCli               *cli,
              GStrv               *args,
              const GOptionEntry  *entries,
              guint                minimum,
              guint                maximum,
              GStrv               *operands,
              GError             **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_auto(GStrv) rest = NULL;
  const GOptionEntry rest_entries[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL },
    { NULL }
  };

  g_return_val_if_fail (cli != NULL && args != NULL && operands != NULL, FALSE);

  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, rest_entries, NULL);
  add_global_options (cli, context);
  if (!parse_options (context, args, error))
    return FALSE;
  if (cli->help || cli->version)
    {
      if (cli->help)
        answer_help (cli, entries);
      else
        cb_cli_answer_version (cli);
      g_set_error_literal (error, CB_CLI_ERROR, CB_CLI_ERROR_ANSWERED, "");
      return FALSE;
    }
  if (rest == NULL)
    rest = g_new0 (char *, 1);
  if (!check_operands (rest, minimum, maximum, error))
    return FALSE;
  *operands = g_steal_pointer (&rest);
  return TRUE;
}

/**
 * cb_cli_answer:
 * @cli: the run
 * @member: the answer's name
 * @text: the answer
 *
 * Prints an answer that is one text, as it was asked for.
 */
void
cb_cli_answer (CbCli      *cli,
               const char *member,
               const char *text)
{
  g_autoptr(JsonObject) document = NULL;

  g_return_if_fail (cli != NULL && member != NULL && text != NULL);

  if (!cli->json)
    {
      cb_cli_say ("%s%s", text, g_str_has_suffix (text, "\n") ? "" : "\n");
      return;
    }
  document = cb_cli_document_new ();
  json_object_set_string_member (document, member, text);
  cb_cli_print_document (document);
}

/**
 * cb_cli_answer_version:
 * @cli: the run
 *
 * Prints the version.
 */
void
cb_cli_answer_version (CbCli *cli)
{
  g_return_if_fail (cli != NULL);

  cb_cli_answer (cli, "version", cli->json ? VERSION : "casebridgectl " VERSION);
}

/**
 * cb_cli_help_options:
 * @entries: (nullable): a command's options
 *
 * Returns: (transfer full): the help on them and on the global ones
 */
char *
cb_cli_help_options (const GOptionEntry *entries)
{
  g_autoptr(GString) out = g_string_new (_("Options:"));

  g_string_append_c (out, '\n');
  for (; entries != NULL && entries->long_name != NULL; entries++)
    append_option (out, entries->long_name, entries->arg_description, _(entries->description));
  append_option (out, "data-dir", "DIR", _("Where the data are"));
  append_option (out, "json", NULL, _("Print one JSON document"));
  append_option (out, "version", NULL, _("Print the version"));
  append_option (out, "help", NULL, _("Print this help"));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * cb_cli_usage:
 * @command: a command
 *
 * Returns: (transfer full): how to call it, as a line
 */
char *
cb_cli_usage (const CbCommand *command)
{
  g_return_val_if_fail (command != NULL, NULL);

  return g_strdup_printf ("%s casebridgectl %s%s%s\n", _("Usage:"), command->words,
                          *command->synopsis != '\0' ? " " : "", command->synopsis);
}
