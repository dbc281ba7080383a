/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "cli/cb-cli-output.h"
#include "cli/cb-cli-progress.h"
#include "cli/cb-cli-results.h"

/* Earlier than that an estimate is a guess. */
#define FIRST_ESTIMATE (3 * G_TIME_SPAN_SECOND)

/* Auxiliary methods */

static void
clear_line (CbProgress *progress)
{
  if (progress->has_line)
    g_printerr ("\r\033[K");
  progress->has_line = FALSE;
}

/* On a terminal one line that changes, else lines. */
static void
show_line (CbProgress *progress,
           const char *line)
{
  gboolean is_terminal = isatty (STDERR_FILENO);

  clear_line (progress);
  cb_cli_complain ("%s%s", line, is_terminal ? "" : "\n");
  progress->has_line = is_terminal;
}

static char *
count_words (const CbProgress *progress)
{
  gint64 lasted = g_get_monotonic_time () - progress->started_at;
  guint n_left = progress->n_items - progress->n_ended;
  guint seconds = lasted / progress->n_ended * n_left / G_TIME_SPAN_SECOND;

  if (lasted < FIRST_ESTIMATE)
    return g_strdup_printf (_("%u of %u cases"), progress->n_ended, progress->n_items);
  if (seconds < 90)
    return g_strdup_printf (_("%u of %u cases, about %u s left"), progress->n_ended, progress->n_items,
                            seconds);
  return g_strdup_printf (_("%u of %u cases, about %u min left"), progress->n_ended,
                          progress->n_items, (seconds + 30) / 60);
}

/* Callbacks */

static void
progress_cb (guint         index,
             guint         position,
             const CbPlan *plan,
             gpointer      user_data)
{
  CbProgress *progress = user_data;
  CbStep *step = g_ptr_array_index (plan->steps, position);
  g_autofree char *line = NULL;

  if (progress->n_items > 1)
    return;
  line = g_strdup_printf (_("Sending %u of %u: %s"), position + 1, plan->steps->len,
                          cb_step_kind_name (step->kind));
  show_line (progress, line);
}

static void
waiting_cb (guint    index,
            guint    seconds,
            gpointer user_data)
{
  CbProgress *progress = user_data;
  g_autofree char *line = g_strdup_printf (_("Waiting %u s"), seconds);

  show_line (progress, line);
}

static void
finished_cb (guint         index,
             CbPushResult *result,
             gpointer      user_data)
{
  CbProgress *progress = user_data;
  g_autofree char *line = NULL;

  progress->n_ended++;
  clear_line (progress);
  cb_cli_say_result (result, progress->dry_run);
  if (progress->n_items == 1 || progress->n_ended == progress->n_items)
    return;
  line = count_words (progress);
  show_line (progress, line);
}

/* Public API */

/**
 * cb_cli_progress_options:
 * @cli: the run
 * @progress: how the pushes are going; kept by the caller until they are over
 *
 * Returns: options of pushes that tell people how it goes, and nobody where scripts read
 */
CbBulkOptions
cb_cli_progress_options (CbCli      *cli,
                         CbProgress *progress)
{
  progress->started_at = g_get_monotonic_time ();
  return (CbBulkOptions) {
    .dry_run = progress->dry_run,
    .stop = cli->stop,
    .finished = cli->json ? NULL : finished_cb,
    .progress = cli->json ? NULL : progress_cb,
    .waiting = cli->json ? NULL : waiting_cb,
    .user_data = progress,
  };
}
