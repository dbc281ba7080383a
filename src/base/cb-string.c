/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-string.h"

/* Public API */

/**
 * cb_utf16_length:
 * @text: valid UTF-8
 *
 * Counts UTF-16 units, the unit in which Kibana and Jira state their limits.
 *
 * Returns: the number of units
 */
gsize
cb_utf16_length (const char *text)
{
  gsize units = 0;

  g_return_val_if_fail (text != NULL, 0);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    units += g_utf8_get_char (p) > 0xffff ? 2 : 1;
  return units;
}

/**
 * cb_utf16_prefix:
 * @text: valid UTF-8
 * @units: a limit in UTF-16 units
 *
 * Returns: the length in bytes of the longest prefix of @text that has at most @units UTF-16 units
 *   and ends between two characters
 */
gsize
cb_utf16_prefix (const char *text,
                 gsize       units)
{
  const char *p = text;

  g_return_val_if_fail (text != NULL, 0);

  while (*p != '\0')
    {
      gsize width = g_utf8_get_char (p) > 0xffff ? 2 : 1;

      if (width > units)
        break;
      units -= width;
      p = g_utf8_next_char (p);
    }
  return p - text;
}

/**
 * cb_sha256:
 * @first: the first part
 * @...: more parts, ended by %NULL
 *
 * Hashes the parts so that no two different lists of parts give the same input.
 *
 * Returns: (transfer full): 64 lower-case hexadecimal digits
 */
char *
cb_sha256 (const char *first,
           ...)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  va_list args;

  va_start (args, first);
  for (const char *part = first; part != NULL; part = va_arg (args, const char *))
    g_checksum_update (checksum, (const guchar *) part, strlen (part) + 1);
  va_end (args);
  return g_strdup (g_checksum_get_string (checksum));
}

/**
 * cb_is_blank:
 * @text: (nullable): valid UTF-8
 *
 * Returns: whether @text is %NULL, empty, or nothing that a person would see
 */
gboolean
cb_is_blank (const char *text)
{
  for (; text != NULL && *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (!g_unichar_isspace (c) && !g_unichar_iszerowidth (c))
        return FALSE;
    }
  return TRUE;
}
