/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CbDiffLine:
 * @sign: ' ' for a line that stays, '-' for one that goes, '+' for one that comes
 * @text: the line
 *
 * One line of a difference.
 */
typedef struct
{
  char sign;
  char *text;
} CbDiffLine;

GPtrArray *cb_line_diff (const char *before,
                         const char *after);

G_END_DECLS
