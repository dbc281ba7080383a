/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-time.h"

/* Public API */

/**
 * cb_time_now:
 *
 * The wall clock, for what is displayed only: no decision rests on it. Milliseconds, as Kibana has
 * them, so that an export holds all there is.
 *
 * Returns: microseconds since 1970, a multiple of 1000
 */
gint64
cb_time_now (void)
{
  return g_get_real_time () / 1000 * 1000;
}

/**
 * cb_time_to_string:
 * @time: microseconds since 1970
 *
 * Returns: (transfer full): RFC 3339 in UTC, with milliseconds, or microseconds where it has them
 */
char *
cb_time_to_string (gint64 time)
{
  g_autoptr(GDateTime) date_time = g_date_time_new_from_unix_utc (0);
  g_autoptr(GDateTime) moved = g_date_time_add (date_time, time);
  g_autofree char *seconds = NULL;
  int fraction;

  if (moved == NULL)
    return g_strdup ("1970-01-01T00:00:00.000Z");
  seconds = g_date_time_format (moved, "%Y-%m-%dT%H:%M:%S");
  fraction = g_date_time_get_microsecond (moved);
  if (fraction % 1000 == 0)
    return g_strdup_printf ("%s.%03dZ", seconds, fraction / 1000);
  return g_strdup_printf ("%s.%06dZ", seconds, fraction);
}

/**
 * cb_time_parse:
 * @text: (nullable): RFC 3339 with any zone
 * @time: (out): microseconds since 1970
 *
 * Returns: whether @text is a time
 */
gboolean
cb_time_parse (const char *text,
               gint64     *time)
{
  g_autoptr(GDateTime) date_time = NULL;

  g_return_val_if_fail (time != NULL, FALSE);

  if (text == NULL)
    return FALSE;
  date_time = g_date_time_new_from_iso8601 (text, NULL);
  if (date_time == NULL)
    return FALSE;
  *time = g_date_time_to_unix (date_time) * G_USEC_PER_SEC + g_date_time_get_microsecond (date_time);
  return TRUE;
}
