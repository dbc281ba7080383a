/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "connectors/cb-connector-registry.h"
#include "remote/cb-message.h"
#include "remote/cb-url.h"

/* Tests */

static void
test_good (void)
{
  static const struct { const char *in, *out; } urls[] = {
    { "https://Example.ORG", "https://example.org" },
    { "https://example.org/", "https://example.org" },
    { "  https://example.org//jira// ", "https://example.org/jira" },
    { "https://example.org:443/jira", "https://example.org/jira" },
    { "https://example.org:8443/jira", "https://example.org:8443/jira" },
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080" },
    { "http://localhost", "http://localhost" },
    { "http://[::1]:8080/jira", "http://[::1]:8080/jira" },
    { "https://bücher.example", "https://xn--bcher-kva.example" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *url = cb_url_check (urls[i].in, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (url, ==, urls[i].out);
    }
}

static void
test_bad (void)
{
  static const struct { const char *type, *in, *suggestion; } urls[] = {
    { "jira", "", NULL },
    { "jira", "example.org", NULL },
    { "jira", "example.org:8443/jira", NULL },
    { "jira", "ftp://example.org", NULL },
    { "jira", "https://", NULL },
    { "jira", "\xff\xfe", NULL },
    { "jira", "http://example.org", "https://example.org" },
    { "jira", "http://10.0.0.1", "https://10.0.0.1" },
    { "jira", "https://me:secret@example.org", "https://example.org" },
    { "jira", "https://example.org/?a=b", "https://example.org" },
    { "jira", "https://example.org/#top", "https://example.org" },
    { "jira", "https://example.org/jira/browse/SEC-1", "https://example.org/jira" },
    { "jira", "https://x.example/jira/software/projects/SEC/boards/1", "https://x.example" },
    { "jira", "https://example.org/secure/Dashboard.jspa", "https://example.org" },
    { "jira", "https://example.org/login.jsp?os=1", "https://example.org" },
    { "servicenow", "https://x.example/now/nav/ui/classic", "https://x.example" },
    { "servicenow", "https://x.example/nav_to.do?uri=incident.do", "https://x.example" },
    { "servicenow", "https://x.example/incident_list.do", "https://x.example" },
    { "resilient", "https://soar.example/#incidents/2095", "https://soar.example" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      CbConnectorClass *klass = cb_connector_registry_find (urls[i].type);
      g_autoptr(GError) error = NULL;
      g_autofree char *suggestion = NULL;

      g_assert_null (cb_url_check (urls[i].in, klass->page_paths, &suggestion, &error));
      g_assert_error (error, CB_ERROR, CB_ERROR_INVALID_ARGUMENT);
      g_assert_cmpstr (cb_error_get_field (error), ==, "url");
      g_assert_cmpstr (suggestion, ==, urls[i].suggestion);
      if (suggestion != NULL)
        g_assert_nonnull (strstr (error->message, suggestion));
      g_assert_null (strstr (error->message, "secret"));
    }
}

static void
test_words (void)
{
  static const struct { const char *in, *out; } words[] = {
    { "plain", "plain" },
    { "<html><body>Not <b>here</b></body></html>", "Not here" },
    { "a\x1b[31mred\a\n\nb", "a [31mred b" },
    { "1 < 2 and 3 > 2", "1 < 2 and 3 > 2" },
    { NULL, "" },
  };
  g_autofree char *many = g_strnfill (10000, 'x');
  g_autofree char *cut = cb_clean_words (many);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *clean = cb_clean_words (words[i].in);

      g_assert_cmpstr (clean, ==, words[i].out);
    }
  g_assert_cmpuint (strlen (cut), <, 400);
}

static void
test_statuses (void)
{
  static const struct { guint status; gboolean writes; const char *retry; CbError code; } rows[] = {
    { 400, TRUE, NULL, CB_ERROR_INVALID_FIELD },
    { 401, TRUE, NULL, CB_ERROR_AUTH_INVALID },
    { 403, TRUE, NULL, CB_ERROR_FORBIDDEN },
    { 404, FALSE, NULL, CB_ERROR_NOT_FOUND },
    { 409, TRUE, NULL, CB_ERROR_CONFLICT },
    { 413, TRUE, NULL, CB_ERROR_TOO_LONG },
    { 429, TRUE, "1", CB_ERROR_RATE_LIMITED },
    { 500, TRUE, NULL, CB_ERROR_UNCERTAIN },
    { 500, FALSE, NULL, CB_ERROR_UNAVAILABLE },
    { 503, TRUE, NULL, CB_ERROR_UNCERTAIN },
    { 503, TRUE, "5", CB_ERROR_UNAVAILABLE },
    { 302, TRUE, NULL, CB_ERROR_INVALID_RESPONSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(CbResponse) response = cb_response_new (rows[i].status, NULL);
      g_autoptr(GError) error = NULL;

      response->writes = rows[i].writes;
      if (rows[i].retry != NULL)
        soup_message_headers_replace (response->headers, "Retry-After", rows[i].retry);
      error = cb_response_to_error (response, cb_response_error_code (response), "System", NULL, NULL);
      g_assert_error (error, CB_ERROR, (int) rows[i].code);
      g_assert_nonnull (strstr (error->message, "System"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/url/good", test_good);
  g_test_add_func ("/url/bad", test_bad);
  g_test_add_func ("/message/words", test_words);
  g_test_add_func ("/message/statuses", test_statuses);
  return g_test_run ();
}
