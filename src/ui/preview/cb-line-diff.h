/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CbDiffBlock:
 * @sign: ' ' for lines that stay, '-' for those that go, '+' for those that come
 * @n_lines: how many
 * @text: the lines, a newline between two
 *
 * Lines in a row that share their fate.
 */
typedef struct
{
  char sign;
  guint n_lines;
  char *text;
} CbDiffBlock;

GPtrArray *cb_line_diff (const char *before,
                         const char *after);

G_END_DECLS
