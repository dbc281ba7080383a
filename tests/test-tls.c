/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is trusted, what is not, and that nothing is sent where it is not. */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "cb-test.h"
#include "remote/cb-tls.h"

static char *directory; /* (owned): of the certificates */

/* Auxiliary methods */

static char *
read_file (const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr(GError) error = NULL;
  char *content = NULL;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  return content;
}

static CbSimulator *
start (const char *certificate)
{
  g_autofree char *pem = g_strdup_printf ("%s/%s.pem", directory, certificate);
  g_autofree char *key = g_strdup_printf ("%s/%s.key", directory, certificate);

  return cb_simulator_start ("servicenow", "tls-certificate", pem, "tls-key", key, NULL);
}

/* Tests a connector that trusts @ca, and gives the error. */
static GError *
try (CbSimulator *simulator,
     const char  *ca)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  g_autofree char *id = cb_test_add_connector (workspace, &cb_test_systems[0], simulator, "TLS", NULL,
                                               NULL);
  g_autofree char *pem = ca != NULL ? read_file (ca) : NULL;
  g_autoptr(GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
  CbConnectorEdit edit = { .id = id, .settings = settings };
  g_autoptr(GAsyncResult) saved = NULL;
  g_autoptr(GAsyncResult) tested = NULL;
  g_autoptr(CbConnector) connector = NULL;
  g_autoptr(CbSystem) system = NULL;
  g_autofree char *same = NULL;
  GError *error = NULL;

  if (pem != NULL)
    g_hash_table_insert (settings, (char *) "caFile", pem);
  cb_connectors_save_async (cb_app_get_connectors (workspace->app), &edit, NULL, cb_test_store_result,
                            &saved);
  same = cb_connectors_save_finish (cb_app_get_connectors (workspace->app), cb_test_wait (&saved), &error);
  g_assert_no_error (error);
  connector = cb_test_open (workspace, id);
  cb_connector_test_async (connector, NULL, cb_test_store_result, &tested);
  system = cb_connector_test_finish (connector, cb_test_wait (&tested), &error);
  return error;
}

/* Callbacks */

/* libsoup 3.6 says this of its own server, here the simulator's, when a handshake fails. */
static gboolean
is_fatal_cb (const char     *domain,
             GLogLevelFlags  level,
             const char     *message,
             gpointer        user_data)
{
  return g_strcmp0 (domain, "libsoup") != 0 || strstr (message, "SOUP_IS_SERVER_CONNECTION") == NULL;
}

static void
ignore_cb (const char     *domain,
           GLogLevelFlags  level,
           const char     *message,
           gpointer        user_data)
{
  if (is_fatal_cb (domain, level, message, user_data))
    g_log_default_handler (domain, level, message, user_data);
}

/* Tests */

static void
test_trusted (void)
{
  g_autoptr(CbSimulator) simulator = start ("good");
  g_autoptr(GError) error = try (simulator, "ca.pem");

  g_assert_no_error (error);
}

static void
test_untrusted (void)
{
  static const struct { const char *certificate, *ca, *word; } cases[] = {
    { "good", NULL, "issuer" },
    { "good", "other.pem", "issuer" },
    { "other", "ca.pem", "another host" },
    { "expired", "ca.pem", "expired" },
  };

  /* GLib forgets it with each test. */
  g_test_log_set_fatal_handler (is_fatal_cb, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(CbSimulator) simulator = start (cases[i].certificate);
      g_autoptr(GError) error = try (simulator, cases[i].ca);

      g_assert_error (error, CB_ERROR, CB_ERROR_TLS_UNTRUSTED);
      g_assert_nonnull (strstr (error->message, cases[i].word));
      g_assert_nonnull (strstr (error->message, "SHA-256"));
      g_assert_cmpuint (cb_simulator_count_requests (simulator, NULL, NULL), ==, 0);
    }
}

static void
test_describe (void)
{
  g_autofree char *pem = read_file ("ca.pem");
  g_autofree char *fingerprint = NULL;
  g_autofree char *subject = cb_tls_certificate_describe (pem, &fingerprint, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr (subject, ==, "CN=Test CA");
  g_assert_cmpuint (strlen (fingerprint), ==, 95);
  g_clear_pointer (&subject, g_free);
  subject = cb_tls_certificate_describe ("no certificate", &fingerprint, &error);
  g_assert_error (error, CB_ERROR, CB_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (cb_error_get_field (error), ==, "caFile");
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  directory = g_strdup (argc > 1 ? argv[1] : ".");
  g_log_set_handler ("libsoup", G_LOG_LEVEL_CRITICAL | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION, ignore_cb,
                     NULL);
  g_test_add_func ("/tls/trusted", test_trusted);
  g_test_add_func ("/tls/untrusted", test_untrusted);
  g_test_add_func ("/tls/describe", test_describe);
  status = g_test_run ();
  g_free (directory);
  return status;
}
