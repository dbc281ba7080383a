/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "remote/cb-pacer.h"

#define STATUS_TOO_MANY_REQUESTS 429

/* No server may make us wait longer at once, whatever it says. */
#define MAX_WAIT (10 * G_TIME_SPAN_MINUTE)

#define FIRST_BACK_OFF (G_TIME_SPAN_SECOND / 2)
#define MAX_BACK_OFF G_TIME_SPAN_MINUTE

/* How often a request is sent at most. A system that asks to wait is only slow; one that cannot be
 * reached will mostly stay so. */
#define MAX_LIMITED_ATTEMPTS 10
#define MAX_CONFLICT_ATTEMPTS 6
#define MAX_UNREACHABLE_ATTEMPTS 4

/* A connection that took this long to fail is not worth another try. */
#define SLOW_FAILURE (10 * G_TIME_SPAN_SECOND)

/* Clocks of both sides may tick differently; and how soon to ask again where all places are taken. */
#define MARGIN (5 * G_TIME_SPAN_MILLISECOND)
#define POLL (50 * G_TIME_SPAN_MILLISECOND)

#define MANY_KEYS 64

/* The writes of one key. A write counts from when its answer came: the server saw it before that. */
typedef struct
{
  GArray *times;          /* (owned) (element-type gint64): in order */
  guint in_flight;
  gint64 blocked_until;
  gint64 longest;         /* how long a write counts at most */
} Writes;

struct _CbPacer
{
  GObject parent_instance;

  GHashTable *writes;     /* (owned) (element-type utf8 Writes) */
  gint64 blocked_until;
};

G_DEFINE_FINAL_TYPE (CbPacer, cb_pacer, G_TYPE_OBJECT)

/* Auxiliary methods */

static void
writes_free (Writes *writes)
{
  g_array_unref (writes->times);
  g_free (writes);
}

static Writes *
get_writes (CbPacer    *self,
            const char *key)
{
  Writes *writes = g_hash_table_lookup (self->writes, key);

  if (writes != NULL)
    return writes;
  writes = g_new0 (Writes, 1);
  writes->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  writes->longest = G_TIME_SPAN_MINUTE;
  g_hash_table_insert (self->writes, g_strdup (key), writes);
  return writes;
}

static gboolean
is_stale_cb (gpointer key,
             gpointer value,
             gpointer now)
{
  Writes *writes = value;
  gint64 last = writes->times->len > 0 ? g_array_index (writes->times, gint64, writes->times->len - 1)
                                       : G_MININT64 / 2;

  return writes->in_flight == 0 && last + writes->longest < *(gint64 *) now &&
         writes->blocked_until < *(gint64 *) now;
}

static gint64
wait_for_limit (Writes       *writes,
                const CbPace *pace,
                gint64        now)
{
  gint64 window = (gint64) pace->seconds * G_TIME_SPAN_SECOND + MARGIN;
  guint room = pace->writes - MIN (writes->in_flight, pace->writes);
  gint64 oldest;

  writes->longest = MAX (writes->longest, window);
  if (room == 0)
    return POLL;
  if (writes->times->len < room)
    return 0;
  oldest = g_array_index (writes->times, gint64, writes->times->len - room);
  return MAX (oldest + window - now, 0);
}

static void
forget_old_times (Writes *writes,
                  gint64  now)
{
  guint n_old = 0;

  while (n_old < writes->times->len &&
         g_array_index (writes->times, gint64, n_old) + writes->longest < now)
    n_old++;
  if (n_old > 0)
    g_array_remove_range (writes->times, 0, n_old);
}

/* Unix seconds, or ISO 8601 as in "2026-11-24T08:00Z". */
static GDateTime *
parse_date (const char *text)
{
  char *end = NULL;
  gint64 seconds = g_ascii_strtoll (text, &end, 10);
  g_autoptr(GDateTime) date = soup_date_time_new_from_http_string (text);
  g_autofree char *with_seconds = NULL;
  gsize length = strlen (text);

  if (date != NULL)
    return g_steal_pointer (&date);
  if (end != text && *end == '\0')
    return g_date_time_new_from_unix_utc (seconds);
  if (length == strlen ("2026-11-24T08:00Z") && text[length - 1] == 'Z')
    with_seconds = g_strdup_printf ("%.*s:00Z", (int) length - 1, text);
  return g_date_time_new_from_iso8601 (with_seconds != NULL ? with_seconds : text, NULL);
}

/* What the server calls now: its clock is the one that its dates are meant by. */
static gint64
until_date (const CbResponse *response,
            const char       *text)
{
  const char *said = cb_response_get_header (response, "Date");
  g_autoptr(GDateTime) date = parse_date (text);
  g_autoptr(GDateTime) there = said != NULL ? soup_date_time_new_from_http_string (said) : NULL;

  if (date == NULL)
    return -1;
  if (there == NULL)
    there = g_date_time_new_now_utc ();
  return CLAMP (g_date_time_difference (date, there), 0, MAX_WAIT);
}

static gint64
as_seconds (const char *text)
{
  char *end = NULL;
  double seconds = g_ascii_strtod (text, &end);

  while (g_ascii_isspace (*end))
    end++;
  if (end == text || *end != '\0' || !(seconds >= 0))
    return -1;
  return MIN (seconds, MAX_WAIT / G_TIME_SPAN_SECOND) * G_TIME_SPAN_SECOND;
}

/* In seconds or as a date; -1 where it says neither. */
static gint64
retry_after (const CbResponse *response)
{
  const char *text = cb_response_get_header (response, "Retry-After");
  gint64 wait;

  if (text == NULL)
    return -1;
  wait = as_seconds (text);
  return wait >= 0 ? wait : until_date (response, text);
}

/* [src: Jira Cloud X-RateLimit-Reset, Data Center X-RateLimit-Interval-Seconds, ServiceNow
 * X-RateLimit-Reset] */
static gint64
until_reset (const CbResponse *response)
{
  const char *reset = cb_response_get_header (response, "X-RateLimit-Reset");
  const char *interval = cb_response_get_header (response, "X-RateLimit-Interval-Seconds");

  if (reset != NULL)
    return until_date (response, reset);
  return interval != NULL ? as_seconds (interval) : -1;
}

static gboolean
is_exhausted (const CbResponse *response)
{
  const char *remaining = cb_response_get_header (response, "X-RateLimit-Remaining");

  return remaining != NULL && g_ascii_strtoll (remaining, NULL, 10) <= 0 &&
         g_ascii_isdigit (*remaining);
}

static gboolean
asks_to_wait (const CbResponse *response)
{
  return response->status == STATUS_TOO_MANY_REQUESTS ||
         (response->status == SOUP_STATUS_SERVICE_UNAVAILABLE &&
          cb_response_get_header (response, "Retry-After") != NULL);
}

/* How long the server wants to be left alone, 0 for not at all. */
static gint64
wanted_wait (const CbResponse *response)
{
  gint64 wait = asks_to_wait (response) ? retry_after (response) : -1;

  if (wait < 0 && (asks_to_wait (response) || is_exhausted (response)))
    wait = until_reset (response);
  return MAX (wait, 0);
}

/* A limit on writes to one issue is nothing to the others. */
static gboolean
is_about_one_key (const CbRequest  *request,
                  const CbResponse *response)
{
  const char *reason = cb_response_get_header (response, "RateLimit-Reason");

  return request->pace_key != NULL && reason != NULL && strstr (reason, "per-issue") != NULL;
}

static gint64
back_off (guint n_attempts)
{
  gint64 wait = FIRST_BACK_OFF << MIN (n_attempts, 16);

  return MIN (wait, MAX_BACK_OFF) * g_random_double_range (0.5, 1.0);
}

/* GObject overrides */

static void
cb_pacer_finalize (GObject *object)
{
  g_hash_table_unref (CB_PACER (object)->writes);

  G_OBJECT_CLASS (cb_pacer_parent_class)->finalize (object);
}

static void
cb_pacer_class_init (CbPacerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_pacer_finalize;
}

static void
cb_pacer_init (CbPacer *self)
{
  self->writes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) writes_free);
}

/* Public API */

/**
 * cb_pacer_new:
 *
 * Returns: (transfer full): the pace of one destination, shared by all that write to it
 */
CbPacer *
cb_pacer_new (void)
{
  return g_object_new (CB_TYPE_PACER, NULL);
}

/**
 * cb_pacer_reserve:
 * @self: a pacer
 * @request: a request that is ready to leave
 * @now: monotonic microseconds
 *
 * Takes a place for a request. Once it has one, cb_pacer_release() must follow.
 *
 * Returns: 0 where it may leave now, else after how many microseconds to ask again
 */
gint64
cb_pacer_reserve (CbPacer         *self,
                  const CbRequest *request,
                  gint64           now)
{
  gint64 wait;
  Writes *writes;

  g_return_val_if_fail (CB_IS_PACER (self) && request != NULL, 0);

  wait = MAX (self->blocked_until - now, 0);
  if (request->pace_key == NULL || wait > 0)
    return wait;
  if (g_hash_table_size (self->writes) > MANY_KEYS)
    g_hash_table_foreach_remove (self->writes, is_stale_cb, &now);
  writes = get_writes (self, request->pace_key);
  wait = MAX (writes->blocked_until - now, 0);
  for (const CbPace *pace = request->paces; pace != NULL && pace->writes > 0; pace++)
    wait = MAX (wait, wait_for_limit (writes, pace, now));
  if (wait == 0)
    writes->in_flight++;
  return wait;
}

/**
 * cb_pacer_release:
 * @self: a pacer
 * @request: a request that had a place
 * @response: (nullable): its answer, %NULL where none came
 * @now: monotonic microseconds
 *
 * Counts the request, and learns from its answer how long to leave the server alone.
 */
void
cb_pacer_release (CbPacer          *self,
                  const CbRequest  *request,
                  const CbResponse *response,
                  gint64            now)
{
  gint64 until;

  g_return_if_fail (CB_IS_PACER (self) && request != NULL);

  until = response != NULL ? now + wanted_wait (response) : now;
  if (request->pace_key != NULL)
    {
      Writes *writes = get_writes (self, request->pace_key);

      /* A hasty request leaves without a place. */
      if (writes->in_flight > 0)
        writes->in_flight--;
      forget_old_times (writes, now);
      g_array_append_val (writes->times, now);
      if (response != NULL && is_about_one_key (request, response))
        {
          writes->blocked_until = MAX (writes->blocked_until, until);
          return;
        }
    }
  self->blocked_until = MAX (self->blocked_until, until);
}

/**
 * cb_pacer_count:
 * @self: a pacer
 * @key: what was written to, as in #CbRequest
 * @now: monotonic microseconds
 *
 * Counts a write whose key was not known before its answer, as that of a create.
 */
void
cb_pacer_count (CbPacer    *self,
                const char *key,
                gint64      now)
{
  g_return_if_fail (CB_IS_PACER (self) && key != NULL);

  g_array_append_val (get_writes (self, key)->times, now);
}

/**
 * cb_pacer_retry_wait:
 * @request: a request
 * @response: (nullable): its answer
 * @error: why it failed
 * @n_attempts: how often it was sent
 * @lasted: how many microseconds the last attempt took
 *
 * Only what is known not to have been done is sent again: the system refused it for now, or the
 * connection failed before the request was written. A refused login is never tried again.
 *
 * Returns: after how many microseconds to send it again, where the server says nothing about that;
 *   -1 for never
 */
gint64
cb_pacer_retry_wait (const CbRequest  *request,
                     const CbResponse *response,
                     const GError     *error,
                     guint             n_attempts,
                     gint64            lasted)
{
  gboolean limited = response != NULL && asks_to_wait (response) &&
                     !g_error_matches (error, CB_ERROR, CB_ERROR_AUTH_LOCKED) &&
                     !g_error_matches (error, CB_ERROR, CB_ERROR_AUTH_INVALID);

  g_return_val_if_fail (request != NULL && error != NULL, -1);

  if (limited && n_attempts < MAX_LIMITED_ATTEMPTS)
    return wanted_wait (response) > 0 ? g_random_double_range (0, FIRST_BACK_OFF / 2.0)
                                      : back_off (n_attempts);
  if (response == NULL && g_error_matches (error, CB_ERROR, CB_ERROR_UNREACHABLE) &&
      n_attempts < MAX_UNREACHABLE_ATTEMPTS && lasted < SLOW_FAILURE)
    return back_off (n_attempts - 1);
  if (response != NULL && request->retry_conflict && response->status == SOUP_STATUS_CONFLICT &&
      n_attempts < MAX_CONFLICT_ATTEMPTS)
    return back_off (n_attempts - 1);
  return -1;
}
