/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "remote/cb-pacer.h"

#define SECOND G_TIME_SPAN_SECOND

static const CbPace paces[] = { { 20, 2 }, { 100, 30 }, { 0 } };

static CbRequest *
new_write (const char *key)
{
  CbRequest *request = cb_request_new_writing ("POST", NULL, "/issue/%s/comment", key);

  request->pace_key = g_strdup (key);
  request->paces = paces;
  return request;
}

static CbResponse *
new_response (guint       status,
              const char *name,
              const char *value)
{
  CbResponse *response = cb_response_new (status, NULL);

  if (name != NULL)
    soup_message_headers_append (response->headers, name, value);
  return response;
}

/* How long the whole destination is left alone after an answer. */
static gint64
wait_after (guint       status,
            const char *name,
            const char *value,
            const char *date)
{
  g_autoptr(CbPacer) pacer = cb_pacer_new ();
  g_autoptr(CbRequest) request = cb_request_new ("GET", "/x");
  g_autoptr(CbResponse) response = new_response (status, name, value);

  if (date != NULL)
    soup_message_headers_append (response->headers, "Date", date);
  g_assert_cmpint (cb_pacer_reserve (pacer, request, 1000), ==, 0);
  cb_pacer_release (pacer, request, response, 1000);
  return cb_pacer_reserve (pacer, request, 1000);
}

static void
test_retry_after (void)
{
  const char *date = "Tue, 24 Nov 2026 08:00:00 GMT";

  g_assert_cmpint (wait_after (429, "Retry-After", "3", NULL), ==, 3 * SECOND);
  g_assert_cmpint (wait_after (503, "Retry-After", "0.5", NULL), ==, SECOND / 2);
  g_assert_cmpint (wait_after (429, "Retry-After", "0", NULL), ==, 0);
  /* A date is meant by the server's clock, however wrong ours is. */
  g_assert_cmpint (wait_after (429, "Retry-After", "Tue, 24 Nov 2026 08:00:20 GMT", date), ==, 20 * SECOND);
  g_assert_cmpint (wait_after (429, "Retry-After", "Tue, 24 Nov 2026 07:00:00 GMT", date), ==, 0);
  /* Nobody makes us wait for ever. */
  g_assert_cmpint (wait_after (429, "Retry-After", "99999999999999999999", NULL), ==, 600 * SECOND);
  g_assert_cmpint (wait_after (429, "Retry-After", "Tue, 24 Nov 2099 08:00:20 GMT", date), ==, 600 * SECOND);
  g_assert_cmpint (wait_after (429, "Retry-After", "-5", NULL), ==, 0);
  g_assert_cmpint (wait_after (429, "Retry-After", "nan", NULL), ==, 0);
  g_assert_cmpint (wait_after (429, "Retry-After", "soon", NULL), ==, 0);
  /* Without a status that asks to wait it means something else. */
  g_assert_cmpint (wait_after (200, "Retry-After", "3", NULL), ==, 0);
  g_assert_cmpint (wait_after (500, "Retry-After", "3", NULL), ==, 0);
}

static void
test_reset (void)
{
  const char *date = "Tue, 24 Nov 2026 08:00:00 GMT";

  g_assert_cmpint (wait_after (429, "X-RateLimit-Reset", "2026-11-24T08:01Z", date), ==, 60 * SECOND);
  g_assert_cmpint (wait_after (429, "X-RateLimit-Reset", "1795507230", date), ==, 30 * SECOND);
  g_assert_cmpint (wait_after (429, "X-RateLimit-Interval-Seconds", "7", NULL), ==, 7 * SECOND);
  g_assert_cmpint (wait_after (200, "X-RateLimit-Reset", "2026-11-24T08:01Z", date), ==, 0);
}

static void
test_exhausted (void)
{
  g_autoptr(CbPacer) pacer = cb_pacer_new ();
  g_autoptr(CbRequest) request = cb_request_new ("GET", "/x");
  g_autoptr(CbResponse) response = new_response (200, "X-RateLimit-Remaining", "0");

  soup_message_headers_append (response->headers, "X-RateLimit-Interval-Seconds", "2");
  cb_pacer_reserve (pacer, request, 0);
  cb_pacer_release (pacer, request, response, 0);
  g_assert_cmpint (cb_pacer_reserve (pacer, request, 0), ==, 2 * SECOND);
  g_assert_cmpint (cb_pacer_reserve (pacer, request, 2 * SECOND), ==, 0);
}

/* A limit on one issue holds nobody else up. */
static void
test_one_issue (void)
{
  g_autoptr(CbPacer) pacer = cb_pacer_new ();
  g_autoptr(CbRequest) one = new_write ("1");
  g_autoptr(CbRequest) other = new_write ("2");
  g_autoptr(CbResponse) response = new_response (429, "RateLimit-Reason", "jira-per-issue-on-write");

  soup_message_headers_append (response->headers, "Retry-After", "9");
  g_assert_cmpint (cb_pacer_reserve (pacer, one, 0), ==, 0);
  cb_pacer_release (pacer, one, response, 0);
  g_assert_cmpint (cb_pacer_reserve (pacer, one, 0), ==, 9 * SECOND);
  g_assert_cmpint (cb_pacer_reserve (pacer, other, 0), ==, 0);
}

/* 150 writes by a clock of our own, each answered after 3 ms: never more in any window than allowed, by
 * when the server may have seen them, and not much slower than that. */
static void
test_limits (void)
{
  g_autoptr(CbPacer) pacer = cb_pacer_new ();
  g_autoptr(CbRequest) request = new_write ("1");
  g_autoptr(CbResponse) answer = new_response (201, NULL, NULL);
  gint64 sent[150], answered[150];
  gint64 now = 0;

  cb_pacer_count (pacer, "1", now);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    {
      gint64 wait;

      while ((wait = cb_pacer_reserve (pacer, request, now)) > 0)
        now += wait;
      sent[i] = now;
      now += 3000;
      answered[i] = now;
      cb_pacer_release (pacer, request, answer, now);
      if (i >= 20)
        g_assert_cmpint (sent[i] - answered[i - 20], >=, 2 * SECOND);
      if (i >= 100)
        g_assert_cmpint (sent[i] - answered[i - 100], >=, 30 * SECOND);
    }
  /* The create counts, too. */
  g_assert_cmpint (sent[19], >=, 2 * SECOND);
  g_assert_cmpint (sent[99], >=, 30 * SECOND);
  g_assert_cmpint (now, <=, 35 * SECOND);
}

static gint64
retry_wait (guint        status,
            const char  *retry_after,
            CbError      code,
            guint        n_attempts)
{
  g_autoptr(CbRequest) request = cb_request_new_writing ("POST", NULL, "/x");
  g_autoptr(CbResponse) response =
    status != 0 ? new_response (status, retry_after != NULL ? "Retry-After" : NULL, retry_after) : NULL;
  g_autoptr(GError) error = cb_error_new (code, NULL, "no");

  return cb_pacer_retry_wait (request, response, error, n_attempts, 0);
}

static void
test_retries (void)
{
  g_autoptr(CbRequest) patch = cb_request_new_writing ("PATCH", NULL, "/x");
  g_autoptr(CbResponse) conflict = new_response (409, NULL, NULL);
  g_autoptr(GError) error = cb_error_new (CB_ERROR_CONFLICT, NULL, "no");

  g_assert_cmpint (retry_wait (429, NULL, CB_ERROR_RATE_LIMITED, 1), >, 0);
  g_assert_cmpint (retry_wait (503, "1", CB_ERROR_UNAVAILABLE, 1), >=, 0);
  g_assert_cmpint (retry_wait (0, NULL, CB_ERROR_UNREACHABLE, 1), >, 0);
  /* It backs off, and not for ever. */
  g_assert_cmpint (retry_wait (429, NULL, CB_ERROR_RATE_LIMITED, 9), >, 10 * SECOND);
  g_assert_cmpint (retry_wait (429, NULL, CB_ERROR_RATE_LIMITED, 9), <=, 60 * SECOND);
  g_assert_cmpint (retry_wait (429, NULL, CB_ERROR_RATE_LIMITED, 10), ==, -1);
  g_assert_cmpint (retry_wait (0, NULL, CB_ERROR_UNREACHABLE, 4), ==, -1);
  /* What may have been done, and what a person must mend, is not sent again. */
  g_assert_cmpint (retry_wait (503, NULL, CB_ERROR_UNCERTAIN, 1), ==, -1);
  g_assert_cmpint (retry_wait (500, NULL, CB_ERROR_UNCERTAIN, 1), ==, -1);
  g_assert_cmpint (retry_wait (401, "1", CB_ERROR_AUTH_INVALID, 1), ==, -1);
  g_assert_cmpint (retry_wait (429, "1", CB_ERROR_AUTH_LOCKED, 1), ==, -1);
  g_assert_cmpint (retry_wait (409, NULL, CB_ERROR_CONFLICT, 1), ==, -1);
  g_assert_cmpint (retry_wait (0, NULL, CB_ERROR_TLS_UNTRUSTED, 1), ==, -1);
  patch->retry_conflict = TRUE;
  g_assert_cmpint (cb_pacer_retry_wait (patch, conflict, error, 1, 0), >, 0);
  g_assert_cmpint (cb_pacer_retry_wait (patch, conflict, error, 6, 0), ==, -1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pacer/retry-after", test_retry_after);
  g_test_add_func ("/pacer/reset", test_reset);
  g_test_add_func ("/pacer/exhausted", test_exhausted);
  g_test_add_func ("/pacer/one-issue", test_one_issue);
  g_test_add_func ("/pacer/limits", test_limits);
  g_test_add_func ("/pacer/retries", test_retries);
  return g_test_run ();
}
