/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/preview/cb-line-diff.h"

/* The table has one cell per pair of lines; where more of them differ, all go and all come. */
#define MAX_LINES 500

/* A difference while it is being made. */
typedef struct
{
  GPtrArray *blocks; /* (unowned) (element-type CbDiffBlock) */
  GString *text;     /* (unowned): of the block that grows */
  char sign;
  guint n_lines;
} Diff;

/* Auxiliary methods */

static void
diff_block_free (CbDiffBlock *block)
{
  g_free (block->text);
  g_free (block);
}

static void
end_block (Diff *diff)
{
  CbDiffBlock *block;

  if (diff->n_lines == 0)
    return;
  block = g_new0 (CbDiffBlock, 1);
  block->sign = diff->sign;
  block->n_lines = diff->n_lines;
  block->text = g_strdup (diff->text->str);
  g_ptr_array_add (diff->blocks, block);
  g_string_truncate (diff->text, 0);
  diff->n_lines = 0;
}

static void
add (Diff       *diff,
     char        sign,
     const char *line)
{
  if (sign != diff->sign)
    end_block (diff);
  diff->sign = sign;
  if (diff->n_lines++ > 0)
    g_string_append_c (diff->text, '\n');
  g_string_append (diff->text, line);
}

/* The length of the longest common subsequence of what is left from each pair on. */
static guint16 *
make_table (char **before,
            guint  n_before,
            char **after,
            guint  n_after)
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

static void
compare (Diff  *diff,
         char **old,
         guint  n_old,
         char **new,
         guint  n_new)
{
  gboolean whole = n_old > MAX_LINES || n_new > MAX_LINES;
  g_autofree guint16 *table = whole ? NULL : make_table (old, n_old, new, n_new);
  guint i = 0;
  guint j = 0;

  while (!whole && i < n_old && j < n_new)
    {
      if (g_str_equal (old[i], new[j]))
        {
          add (diff, ' ', new[j++]);
          i++;
        }
      else if (table[(i + 1) * (n_new + 1) + j] >= table[i * (n_new + 1) + j + 1])
        add (diff, '-', old[i++]);
      else
        add (diff, '+', new[j++]);
    }
  while (i < n_old)
    add (diff, '-', old[i++]);
  while (j < n_new)
    add (diff, '+', new[j++]);
}

/* Public API */

/**
 * cb_line_diff:
 * @before: (nullable): a text
 * @after: another
 *
 * Compares two texts line by line. What does not go, put together, is @after to the letter.
 *
 * Returns: (transfer full) (element-type CbDiffBlock): how one becomes the other
 */
GPtrArray *
cb_line_diff (const char *before,
              const char *after)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) diff_block_free);
  g_autoptr(GString) text = g_string_new (NULL);
  g_auto(GStrv) old = g_strsplit (before != NULL ? before : "", "\n", -1);
  g_auto(GStrv) new = g_strsplit (after, "\n", -1);
  guint n_old = g_strv_length (old);
  guint n_new = g_strv_length (new);
  Diff diff = { blocks, text, ' ', 0 };
  guint first = 0;
  guint last = 0;

  while (first < MIN (n_old, n_new) && g_str_equal (old[first], new[first]))
    add (&diff, ' ', new[first++]);
  while (last < MIN (n_old, n_new) - first && g_str_equal (old[n_old - last - 1], new[n_new - last - 1]))
    last++;
  compare (&diff, old + first, n_old - first - last, new + first, n_new - first - last);
  for (guint i = n_new - last; i < n_new; i++)
    add (&diff, ' ', new[i]);
  end_block (&diff);
  return blocks;
}
