/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <dlfcn.h>
#include <glib/gstdio.h>

#include "base/cb-json.h"
#include "cb-test.h"

const CbTestSystem cb_test_systems[CB_TEST_N_SYSTEMS] = {
  { "servicenow", "servicenow", { "username", "analyst" }, "password", "correct horse" },
  { "jira-cloud", "jira", { "projectKey", "SEC", "email", "analyst@example.org" }, "apiToken",
    "correct horse" },
  { "jira-datacenter", "jira", { "projectKey", "SEC", "auth", "bearer" }, "apiToken",
    "correct-horse-token" },
  { "resilient", "resilient", { "orgId", "201", "apiKeyId", "analyst" }, "apiKeySecret",
    "correct horse" },
};

/* Auxiliary methods */

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
use_keyring (const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "keyring", NULL);

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
}

/* Stands in front of GIO's: libsecret 0.20's file backend loses the old etag with each write, which
 * would hide our own leaks among its. Nobody else in the tests calls it. */
gboolean
g_file_replace_contents_finish (GFile         *file,
                                GAsyncResult  *result,
                                char         **new_etag,
                                GError       **error)
{
  gboolean (*real) (GFile *, GAsyncResult *, char **, GError **) =
    dlsym (RTLD_NEXT, "g_file_replace_contents_finish");
  g_autofree char *old_etag = new_etag != NULL ? *new_etag : NULL;

  return real (file, result, new_etag, error);
}

/* Public API */

CbTestWorkspace *
cb_test_workspace_new (void)
{
  static char *keyring_directory;
  CbTestWorkspace *workspace = g_new0 (CbTestWorkspace, 1);
  g_autoptr(GError) error = NULL;

  /* libsecret keeps the backend that it chose first, so one process has one keyring. */
  if (keyring_directory == NULL)
    {
      keyring_directory = g_dir_make_tmp ("casebridge-keyring-XXXXXX", NULL);
      use_keyring (keyring_directory);
    }
  workspace->directory = g_dir_make_tmp ("casebridge-test-XXXXXX", NULL);
  workspace->app = cb_app_new (workspace->directory, &error);
  g_assert_no_error (error);
  return workspace;
}

void
cb_test_workspace_free (CbTestWorkspace *workspace)
{
  g_clear_object (&workspace->app);
  remove_tree (workspace->directory);
  g_free (workspace->directory);
  g_free (workspace);
}

void
cb_test_workspace_reopen (CbTestWorkspace *workspace)
{
  g_autoptr(GError) error = NULL;

  g_clear_object (&workspace->app);
  workspace->app = cb_app_new (workspace->directory, &error);
  g_assert_no_error (error);
}

void
cb_test_store_result (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GAsyncResult *
cb_test_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

char *
cb_test_add_connector (CbTestWorkspace     *workspace,
                       const CbTestSystem  *system,
                       CbSimulator         *simulator,
                       const char          *name,
                       const char          *secret,
                       GError             **error)
{
  return cb_test_add_connector_at (workspace, system, cb_simulator_get_url (simulator), name, secret,
                                   error);
}

char *
cb_test_add_connector_at (CbTestWorkspace     *workspace,
                          const CbTestSystem  *system,
                          const char          *url,
                          const char          *name,
                          const char          *secret,
                          GError             **error)
{
  CbConnectors *connectors = cb_app_get_connectors (workspace->app);
  g_autoptr(GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) secrets = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GAsyncResult) result = NULL;
  CbConnectorEdit edit = { .type = system->type, .name = name,
                           .url = url, .settings = settings, .secrets = secrets };

  for (guint i = 0; system->settings[i] != NULL; i += 2)
    g_hash_table_insert (settings, (char *) system->settings[i], (char *) system->settings[i + 1]);
  g_hash_table_insert (secrets, (char *) system->secret_key,
                       (char *) (secret != NULL ? secret : system->secret));
  cb_connectors_save_async (connectors, &edit, NULL, cb_test_store_result, &result);
  return cb_connectors_save_finish (connectors, cb_test_wait (&result), error);
}

CbConnector *
cb_test_open (CbTestWorkspace *workspace,
              const char      *id)
{
  CbConnectors *connectors = cb_app_get_connectors (workspace->app);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  CbConnector *connector;

  cb_connectors_open_async (connectors, id, NULL, cb_test_store_result, &result);
  connector = cb_connectors_open_finish (connectors, cb_test_wait (&result), &error);
  g_assert_no_error (error);
  return connector;
}

char *
cb_test_add_case (CbTestWorkspace *workspace,
                  const char      *title,
                  const char      *description,
                  guint            n_comments)
{
  CbCases *cases = cb_app_get_cases (workspace->app);
  g_autoptr(CbCase) item = cb_case_new ();
  g_autoptr(GError) error = NULL;

  item->title = g_strdup (title);
  item->description = g_strdup (description);
  cb_cases_add (cases, item, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_comments; i++)
    {
      g_autofree char *text = g_strdup_printf ("Comment number %u", i + 1);
      g_autofree char *id = cb_cases_add_comment (cases, item->id, text, &error);

      g_assert_no_error (error);
    }
  return g_steal_pointer (&item->id);
}

CbPushResult *
cb_test_push (CbTestWorkspace     *workspace,
              const char          *case_id,
              const CbPushOptions *options)
{
  CbPusher *pusher = cb_app_get_pusher (workspace->app);
  g_autoptr(GAsyncResult) result = NULL;

  cb_pusher_push_async (pusher, case_id, options, NULL, cb_test_store_result, &result);
  return cb_pusher_push_finish (pusher, cb_test_wait (&result));
}

JsonArray *
cb_test_incidents (CbSimulator  *simulator,
                   JsonNode    **state)
{
  *state = cb_simulator_get_state (simulator);
  return cb_json_array (cb_json_node_object (*state), "incidents");
}

/* Comments of all incidents; in ServiceNow they are journal entries. */
guint
cb_test_n_comments (CbSimulator *simulator)
{
  g_autoptr(JsonNode) state = NULL;
  JsonArray *incidents = cb_test_incidents (simulator, &state);
  JsonArray *journal = cb_json_array (cb_json_node_object (state), "journal");
  guint n_comments = 0;

  if (journal != NULL)
    return json_array_get_length (journal);
  for (guint i = 0; i < json_array_get_length (incidents); i++)
    {
      JsonArray *comments = cb_json_array (cb_json_element_object (incidents, i), "comments");

      n_comments += comments != NULL ? json_array_get_length (comments) : 0;
    }
  return n_comments;
}
