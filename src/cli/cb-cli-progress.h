/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cb-cli-command.h"

G_BEGIN_DECLS

/**
 * CbProgress:
 * @n_items: how many cases are pushed
 * @n_ended: how many of them are over
 * @started_at: monotonic microseconds
 * @dry_run: whether nothing is sent
 * @has_line: a line of progress is on the terminal
 *
 * How pushes are going, on stderr.
 */
typedef struct
{
  guint n_items;
  guint n_ended;
  gint64 started_at;
  gboolean dry_run;
  gboolean has_line;
} CbProgress;

CbBulkOptions cb_cli_progress_options (CbCli      *cli,
                                       CbProgress *progress);

G_END_DECLS
