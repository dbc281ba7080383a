/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/preview/cb-line-diff.h"

/* The table has one cell per pair of lines; a text with more lines is shown as a whole. */
#define MAX_LINES 500

/* Auxiliary methods */

static void
diff_line_free (CbDiffLine *line)
{
  g_free (line->text);
  g_free (line);
}

static void
add (GPtrArray  *lines,
     char        sign,
     const char *text)
{
  CbDiffLine *line = g_new0 (CbDiffLine, 1);

  line->sign = sign;
  line->text = g_strdup (text);
  g_ptr_array_add (lines, line);
}

/* The length of the longest common subsequence of what is left from each pair on. */
static guint16 *
make_table (GStrv before,
            guint n_before,
            GStrv after,
            guint n_after)
{
  guint16 *table = g_new0 (guint16, (n_before + 1) * (n_after + 1));
  guint width = n_after + 1;

  for (guint i = n_before; i > 0; i--)
    for (guint j = n_after; j > 0; j--)
      {
        guint16 *cell = &table[(i - 1) * width + j - 1];

        if (g_str_equal (before[i - 1], after[j - 1]))
          *cell = table[i * width + j] + 1;
        else
          *cell = MAX (table[i * width + j - 1], table[(i - 1) * width + j]);
      }
  return table;
}

/* Public API */

/**
 * cb_line_diff:
 * @before: (nullable): a text
 * @after: another
 *
 * Compares two texts line by line.
 *
 * Returns: (transfer full) (element-type CbDiffLine): how one becomes the other
 */
GPtrArray *
cb_line_diff (const char *before,
              const char *after)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func ((GDestroyNotify) diff_line_free);
  g_auto(GStrv) old = g_strsplit (before != NULL ? before : "", "\n", -1);
  g_auto(GStrv) new = g_strsplit (after, "\n", -1);
  guint n_old = g_strv_length (old);
  guint n_new = g_strv_length (new);
  gboolean whole = n_old > MAX_LINES || n_new > MAX_LINES;
  g_autofree guint16 *table = whole ? NULL : make_table (old, n_old, new, n_new);
  guint i = 0;
  guint j = 0;

  while (!whole && i < n_old && j < n_new)
    {
      if (g_str_equal (old[i], new[j]))
        {
          add (lines, ' ', new[j++]);
          i++;
        }
      else if (table[(i + 1) * (n_new + 1) + j] >= table[i * (n_new + 1) + j + 1])
        add (lines, '-', old[i++]);
      else
        add (lines, '+', new[j++]);
    }
  while (i < n_old)
    add (lines, '-', old[i++]);
  while (j < n_new)
    add (lines, '+', new[j++]);
  return lines;
}
