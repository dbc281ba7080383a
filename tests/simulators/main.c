/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include <stdio.h>

#include <glib-unix.h>

#include "cb-simulator.h"

typedef struct {
  char *port;
  char *tls_certificate;
  char *tls_key;
  char *base_path;
  char *project;
  char *organisation;
  GStrv options;
} Arguments;

/* Auxiliary methods */

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->port);
  g_free (arguments->tls_certificate);
  g_free (arguments->tls_key);
  g_free (arguments->base_path);
  g_free (arguments->project);
  g_free (arguments->organisation);
  g_strfreev (arguments->options);
}

static void
put (GHashTable *table,
     const char *name,
     const char *value)
{
  if (value != NULL)
    g_hash_table_insert (table, g_strdup (name), g_strdup (value));
}

static gboolean
put_options (GHashTable *table,
             GStrv       options,
             GError    **error)
{
  for (guint i = 0; options != NULL && options[i] != NULL; i++)
    {
      g_auto(GStrv) parts = g_strsplit (options[i], "=", 2);

      if (parts[0] == NULL || parts[1] == NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "\"%s\" is not NAME=VALUE",
                       options[i]);
          return FALSE;
        }
      put (table, parts[0], parts[1]);
    }
  return TRUE;
}

static GHashTable *
build_table (Arguments *arguments,
             GError   **error)
{
  g_autoptr(GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  put (table, "port", arguments->port);
  put (table, "tls-certificate", arguments->tls_certificate);
  put (table, "tls-key", arguments->tls_key);
  put (table, "base-path", arguments->base_path);
  put (table, "project", arguments->project);
  put (table, "organisation", arguments->organisation);
  return put_options (table, arguments->options, error) ? g_steal_pointer (&table) : NULL;
}

static gboolean
parse (int        *argc,
       char     ***argv,
       Arguments  *arguments,
       GError    **error)
{
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_STRING, &arguments->port, "Port, 0 for any free one", "N" },
    { "tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &arguments->tls_certificate,
      "Serve HTTPS with this", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &arguments->tls_key, "The certificate's key",
      "FILE" },
    { "base-path", 0, 0, G_OPTION_ARG_STRING, &arguments->base_path, "Context path", "PATH" },
    { "project", 0, 0, G_OPTION_ARG_STRING, &arguments->project, "Jira project", "KEY" },
    { "organisation", 0, 0, G_OPTION_ARG_STRING, &arguments->organisation, "Resilient organisation",
      "ID" },
    { "option", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments->options, "Set an option",
      "NAME=VALUE" },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("KIND");
  g_autofree char *help = cb_simulator_list_options ();

  g_option_context_set_summary (
    context, "KIND is servicenow, jira-cloud, jira-datacenter or resilient.\n"
             "Prints \"READY URL\" and serves on loopback until SIGTERM or SIGINT.");
  g_option_context_set_description (context, help);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse (context, argc, argv, error);
}

static CbSimulator *
start (int        argc,
       char     **argv,
       Arguments *arguments,
       GError   **error)
{
  g_autoptr(GHashTable) table = NULL;

  if (!parse (&argc, &argv, arguments, error))
    return NULL;
  if (argc != 2)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "one KIND is needed; see --help");
      return NULL;
    }
  table = build_table (arguments, error);
  return table != NULL ? cb_simulator_start_with_options (argv[1], table, error) : NULL;
}

/* Callbacks */

static gboolean
signal_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* Public API */

int
main (int    argc,
      char **argv)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbSimulator) simulator = NULL;
  Arguments arguments = { NULL };

  simulator = start (argc, argv, &arguments, &error);
  arguments_clear (&arguments);
  if (simulator == NULL)
    {
      g_printerr ("casebridge-simulator: %s\n", error->message);
      return 2;
    }
  g_unix_signal_add (SIGTERM, signal_cb, loop);
  g_unix_signal_add (SIGINT, signal_cb, loop);
  g_print ("READY %s\n", cb_simulator_get_url (simulator));
  fflush (stdout);
  g_main_loop_run (loop);
  return 0;
}
