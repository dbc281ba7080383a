/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "text/cb-text-private.h"

/* A cluster longer than this is no text that anybody reads: it is cut between characters. */
#define MAX_CLUSTER 32

#define ZERO_WIDTH_JOINER 0x200d

/* Auxiliary methods */

static gboolean
is_flag_letter (gunichar c)
{
  return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static gboolean
extends (gunichar c)
{
  return g_unichar_ismark (c) || c == ZERO_WIDTH_JOINER || (c >= 0x1f3fb && c <= 0x1f3ff);
}

/* Flags are pairs: between two letters there is a cut only after an even number of them. */
static gboolean
splits_flag (const char *text,
             const char *p)
{
  guint letters = 0;

  if (!is_flag_letter (g_utf8_get_char (p)))
    return FALSE;
  while (p > text && letters < MAX_CLUSTER
         && is_flag_letter (g_utf8_get_char (g_utf8_prev_char (p))))
    {
      p = g_utf8_prev_char (p);
      letters++;
    }
  return letters % 2 == 1;
}

static gboolean
splits_cluster (const char *text,
                const char *p)
{
  return extends (g_utf8_get_char (p))
         || g_utf8_get_char (g_utf8_prev_char (p)) == ZERO_WIDTH_JOINER || splits_flag (text, p);
}

static gsize
cluster_cut (const char *text,
             gsize       length)
{
  const char *p = text + length;

  for (guint i = 0; p > text && i < MAX_CLUSTER; i++, p = g_utf8_prev_char (p))
    if (!splits_cluster (text, p))
      return p - text;
  return length;
}

static gboolean
ends_sentence (const char *text,
               const char *p)
{
  gunichar c = p > text ? g_utf8_get_char (g_utf8_prev_char (p)) : 0;

  if (c == 0x3002 || c == 0xff01 || c == 0xff1f)
    return TRUE;
  return (c == '.' || c == '!' || c == '?') && g_unichar_isspace (g_utf8_get_char (p));
}

/* Public API */

/**
 * cb_text_cut:
 * @text: a text
 * @length: a length in bytes that ends between two characters of @text
 * @verbatim: whether words mean nothing
 *
 * Finds where to end @text at the latest after @length: at a line end or a sentence end in the
 * second half, else between words, else between two characters that are seen as such.
 *
 * Returns: a length in bytes, above 0 if @length is
 */
gsize
cb_text_cut (const char *text,
             gsize       length,
             gboolean    verbatim)
{
  const char *sentence = NULL;
  const char *space = NULL;

  if (text[length] == '\0' || length == 0)
    return length;
  for (const char *p = text + length; p > text && !verbatim; p = g_utf8_prev_char (p))
    {
      gboolean late = (gsize) (p - text) >= length / 2;

      if (!late && (sentence != NULL || space != NULL))
        break;
      if (late && *p == '\n')
        return p - text;
      if (sentence == NULL && late && ends_sentence (text, p))
        sentence = p;
      if (space == NULL && g_unichar_isspace (g_utf8_get_char (p)))
        space = p;
    }
  if (sentence != NULL || space != NULL)
    return (sentence != NULL ? sentence : space) - text;
  return cluster_cut (text, length);
}
