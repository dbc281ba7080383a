/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-keys.h"
#include "cli/cb-cli-output.h"
#include "store/cb-settings.h"

#define CLOSE_WORD "close-on-push"
#define CLOSE_KEY "close_on_push"
#define AUTHOR "author"

/* Auxiliary methods */

/* The name stands in the line that ends with a comment's reference. */
static gboolean
check_author (const char  *name,
              GError     **error)
{
  if (!cb_cli_check_text (name, AUTHOR, error))
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      {
        cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, AUTHOR,
                      _("The author's name has line ends or other control characters in it."));
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_pair (const char  *word,
            const char  *value,
            GError     **error)
{
  if (!g_str_equal (word, CLOSE_WORD) && !g_str_equal (word, AUTHOR))
    cb_cli_set_usage_error (error, _("There is no setting “%s”. There are: close-on-push, author."),
                            word);
  else if (value == NULL)
    cb_cli_set_usage_error (error, _("“%s” needs a value."), word);
  else if (g_str_equal (word, AUTHOR))
    return check_author (value, error);
  else if (g_str_equal (value, "on") || g_str_equal (value, "off"))
    return TRUE;
  else
    cb_cli_set_usage_error (error, _("close-on-push is on or off, not “%s”."), value);
  return FALSE;
}

static gboolean
save_pair (CbDatabase  *database,
           const char  *word,
           const char  *value,
           GError     **error)
{
  if (g_str_equal (word, AUTHOR))
    return cb_settings_set (database, AUTHOR, value, error);
  return cb_settings_set (database, CLOSE_KEY, g_str_equal (value, "on") ? value : NULL, error);
}

static gboolean
save (CbDatabase  *database,
      GStrv        pairs,
      GError     **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (database, error);

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; pairs[i] != NULL; i += 2)
    if (!save_pair (database, pairs[i], pairs[i + 1], error))
      return FALSE;
  return cb_transaction_commit (&transaction, error);
}

static void
print_settings (CbCli *cli)
{
  CbDatabase *database = cb_app_get_database (cli->app);
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  g_autofree char *close = cb_settings_get (database, CLOSE_KEY);
  g_autofree char *author = cb_settings_author (database);
  g_autofree char *default_id = cb_connectors_get_default (cb_app_get_connectors (cli->app));
  g_autoptr(CbTable) table = cb_table_new (NULL, NULL);

  json_object_set_boolean_member (document, "close_on_push", close != NULL);
  cb_json_set_string (document, "default_connector", default_id);
  json_object_set_string_member (document, "author", author);
  if (cli->json)
    {
      cb_cli_print_document (document);
      return;
    }
  cb_table_add (table, CLOSE_WORD, close != NULL ? "on" : "off", NULL);
  cb_table_add (table, "default connector", default_id != NULL ? default_id : _("none"), NULL);
  cb_table_add (table, AUTHOR, author, NULL);
  cb_table_print (table);
}

/* Commands */

static gboolean
settings (CbCli    *cli,
          GStrv    *args,
          GError  **error)
{
  g_auto(GStrv) operands = NULL;
  CbApp *app;

  if (!cb_cli_parse (cli, args, NULL, 0, 4, &operands, error))
    return FALSE;
  for (guint i = 0; operands[i] != NULL; i += operands[i + 1] != NULL ? 2 : 1)
    if (!check_pair (operands[i], operands[i + 1], error))
      return FALSE;
  app = cb_cli_open (cli, error);
  if (app == NULL ||
      (operands[0] != NULL && !save (cb_app_get_database (app), operands, error)))
    return FALSE;
  print_settings (cli);
  return TRUE;
}

const CbCommand cb_cli_settings_commands[] = {
  { "settings", "[close-on-push on|off] [author NAME]", N_("Print the settings, or set some"),
    settings },
  { NULL }
};
