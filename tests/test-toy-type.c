/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fourth connector type takes one file and one registry line; it then is everywhere. */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "base/cb-json.h"
#include "cb-test.h"
#include "cb-toy-connector.h"
#include "cli/cb-cli.h"
#include "connectors/cb-connector-registry.h"

/* Auxiliary methods */

/* Runs a command line in this process and gives what it printed. */
static char *
run_cli (CbTestWorkspace *workspace,
         int             *status,
         ...)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) argv = NULL;
  g_autofree char *path = g_build_filename (workspace->directory, "output", NULL);
  char *output = NULL;
  int saved = dup (STDOUT_FILENO);
  va_list words;

  g_strv_builder_add_many (builder, "casebridgectl", "--data-dir", workspace->directory, "--json", NULL);
  va_start (words, status);
  for (const char *word = va_arg (words, const char *); word != NULL; word = va_arg (words, const char *))
    g_strv_builder_add (builder, word);
  va_end (words);
  argv = g_strv_builder_end (builder);
  fflush (stdout);
  g_assert_nonnull (freopen (path, "w", stdout));
  *status = cb_cli_run (argv);
  fflush (stdout);
  dup2 (saved, STDOUT_FILENO);
  close (saved);
  g_file_get_contents (path, &output, NULL, NULL);
  return output;
}

static char *
add_toy (CbTestWorkspace *workspace)
{
  g_autoptr(GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) secrets = g_hash_table_new (g_str_hash, g_str_equal);
  CbConnectorEdit edit = { .type = "toy", .name = "My toys", .url = "https://toys.example",
                           .settings = settings, .secrets = secrets };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  char *id;

  g_hash_table_insert (settings, (char *) "toyBox", (char *) "attic");
  g_hash_table_insert (secrets, (char *) "toySecret", (char *) "teddy");
  cb_connectors_save_async (cb_app_get_connectors (workspace->app), &edit, NULL, cb_test_store_result,
                            &result);
  id = cb_connectors_save_finish (cb_app_get_connectors (workspace->app), cb_test_wait (&result), &error);
  g_assert_no_error (error);
  return id;
}

/* Tests */

static void
test_types (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  int status;
  g_autofree char *output = run_cli (workspace, &status, "connector", "types", NULL);
  g_autoptr(JsonNode) node = cb_json_parse (output, -1, NULL);
  JsonArray *types = cb_json_array (cb_json_node_object (node), "types");
  JsonObject *toy;

  g_assert_cmpint (status, ==, 0);
  g_assert_cmpuint (json_array_get_length (types), ==, 4);
  toy = cb_json_element_object (types, 3);
  g_assert_cmpstr (cb_json_string (toy, "id"), ==, "toy");
  g_assert_cmpuint (json_array_get_length (cb_json_array (toy, "settings")), ==, 4);
  g_assert_cmpuint (json_array_get_length (cb_json_array (toy, "case_fields")), ==, 1);
}

static void
test_push (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  g_autofree char *connector = add_toy (workspace);
  g_autofree char *id = cb_test_add_case (workspace, "A toy", "was *lost*", 1);
  g_autofree char *chosen = NULL;
  g_autofree char *choices = NULL;
  g_autofree char *pushed = NULL;
  g_autofree char *again = NULL;
  int status;

  choices = run_cli (workspace, &status, "connector", "choices", "My toys", "toyColour", NULL);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (choices, "Toy blue"));
  chosen = run_cli (workspace, &status, "case", "connector", id, "My toys", "--field", "toyColour=b", NULL);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (chosen, "\"toyColour\":\"b\""));
  pushed = run_cli (workspace, &status, "push", id, NULL);
  g_assert_cmpint (status, ==, 0);
  g_assert_nonnull (strstr (pushed, "\"outcome\":\"created\""));
  g_assert_nonnull (strstr (pushed, "\"title\":\"TOY-1\""));
  g_assert_nonnull (strstr (pushed, "\"colour\":\"b\""));
  again = run_cli (workspace, &status, "push", id, NULL);
  g_assert_nonnull (strstr (again, "\"outcome\":\"up-to-date\""));
  g_assert_nonnull (connector);
}

static void
test_not_supported (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  g_autofree char *connector = add_toy (workspace);
  g_autofree char *id = cb_test_add_case (workspace, "A toy", "", 0);
  const CbCaseEdit edit = { .title = "Another toy" };
  const CbPushOptions options = { .connector_id = connector };
  g_autoptr(CbPushResult) created = cb_test_push (workspace, id, &options);
  g_autoptr(CbPushResult) updated = NULL;

  g_assert_cmpint (created->outcome, ==, CB_OUTCOME_CREATED);
  cb_cases_edit (cb_app_get_cases (workspace->app), id, &edit, NULL);
  /* The toy has no update: that is said, not guessed. */
  updated = cb_test_push (workspace, id, &options);
  g_assert_error (updated->error, CB_ERROR, CB_ERROR_NOT_SUPPORTED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  cb_connector_registry_add (cb_toy_connector_get_type ());
  g_test_add_func ("/toy-type/types", test_types);
  g_test_add_func ("/toy-type/push", test_push);
  g_test_add_func ("/toy-type/not-supported", test_not_supported);
  return g_test_run ();
}
