/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many pushes in one process: what they take is given back. */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <malloc.h>
#include <unistd.h>

#include "cb-test.h"

#define N_PUSHES 2000
#define N_FIRST 200
#define SETTLE_MS 300

/* The system lives in a process of its own, or its growth would be ours. */
typedef struct
{
  const CbTestSystem *system;
  GSubprocess *process; /* (owned) */
  char *url;            /* (owned) */
  char *connector;      /* (owned) */
} Server;

typedef struct
{
  double resident; /* MiB */
  guint n_files;
} Usage;

static const char *simulator_path;

/* Auxiliary methods */

static char *
read_url (GSubprocess *process)
{
  g_autoptr(GDataInputStream) lines =
    g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

  g_assert_true (line != NULL && g_str_has_prefix (line, "READY "));
  return g_strdup (line + strlen ("READY "));
}

static void
server_start (Server             *server,
              const CbTestSystem *system,
              CbTestWorkspace    *workspace)
{
  g_autoptr(GError) error = NULL;

  server->system = system;
  server->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                      simulator_path, system->kind, NULL);
  g_assert_no_error (error);
  server->url = read_url (server->process);
  server->connector = cb_test_add_connector_at (workspace, system, server->url, system->kind, NULL,
                                                &error);
  g_assert_no_error (error);
}

static void
server_clear (Server *server)
{
  g_subprocess_send_signal (server->process, SIGTERM);
  g_subprocess_wait (server->process, NULL, NULL);
  g_clear_object (&server->process);
  g_free (server->url);
  g_free (server->connector);
}

static double
read_resident (void)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  fields = g_strsplit (text, " ", 3);
  return g_ascii_strtod (fields[1], NULL) * sysconf (_SC_PAGESIZE) / (1024 * 1024);
}

static guint
count_files (void)
{
  g_autoptr(GDir) directory = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (directory) != NULL)
    n_files++;
  return n_files;
}

static gboolean
settled_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* SQLite keeps pages up to a limit; unless the first pushes reach it, it looks like a leak. */
static void
limit_cache (CbTestWorkspace *workspace)
{
  g_autoptr(GError) error = NULL;

  cb_database_run (cb_app_get_database (workspace->app), &error, "PRAGMA cache_size = -200", "");
  g_assert_no_error (error);
}

/* Idle connections end and free memory goes back first: neither is lost. */
static Usage
measure (void)
{
  gboolean settled = FALSE;

  g_timeout_add (SETTLE_MS, settled_cb, &settled);
  while (!settled)
    g_main_context_iteration (NULL, TRUE);
  malloc_trim (0);
  return (Usage) { read_resident (), count_files () };
}

static void
push (CbTestWorkspace *workspace,
      const char      *id,
      const char      *connector,
      CbOutcome        outcome)
{
  const CbPushOptions options = { .connector_id = connector };
  g_autoptr(CbPushResult) result = cb_test_push (workspace, id, &options);

  if (result->error != NULL)
    g_test_message ("%s", result->error->message);
  g_assert_cmpstr (cb_outcome_name (result->outcome), ==, cb_outcome_name (outcome));
}

static void
change (CbTestWorkspace *workspace,
        const char      *id)
{
  CbCases *cases = cb_app_get_cases (workspace->app);
  const CbCaseEdit edit = { .title = "Phishing, worse" };
  g_autofree char *comment = NULL;
  g_autoptr(GError) error = NULL;

  cb_cases_edit (cases, id, &edit, &error);
  g_assert_no_error (error);
  comment = cb_cases_add_comment (cases, id, "Another comment", &error);
  g_assert_no_error (error);
}

static void
push_twice (CbTestWorkspace *workspace,
            const Server    *server)
{
  g_autofree char *id = cb_test_add_case (workspace, "Phishing", "First **description**", 1);

  push (workspace, id, server->connector, CB_OUTCOME_CREATED);
  change (workspace, id);
  push (workspace, id, server->connector, CB_OUTCOME_UPDATED);
}

static void
assert_like (const char *what,
             double      before,
             double      after)
{
  g_test_message ("%s: %.2f after %d pushes, %.2f after %d", what, before, N_FIRST, after,
                  N_PUSHES);
  g_assert_cmpfloat (after, <=, before * 1.05);
}

/* Tests */

static void
test_soak (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  Server servers[CB_TEST_N_SYSTEMS] = { 0 };
  Usage before = { 0 };
  Usage after;

  limit_cache (workspace);
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    server_start (&servers[i], &cb_test_systems[i], workspace);
  for (guint done = 0; done < N_PUSHES; done += 2)
    {
      if (done == N_FIRST)
        before = measure ();
      push_twice (workspace, &servers[done / 2 % G_N_ELEMENTS (servers)]);
    }
  after = measure ();
  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    server_clear (&servers[i]);
  assert_like ("resident MiB", before.resident, after.resident);
  assert_like ("open files", before.n_files, after.n_files);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  simulator_path = argv[1];
  g_test_add_func ("/soak", test_soak);
  return g_test_run ();
}
