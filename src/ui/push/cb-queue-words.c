/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-time.h"
#include "ui/common/cb-words.h"
#include "ui/push/cb-queue-words.h"

/* What people are told of pushes that wait. */

/* Auxiliary methods */

/* Rounded, so that the words do not change each second: assistive technology reads them. */
static char *
next_try_words (gint64 wait)
{
  guint seconds = (wait + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND;
  guint minutes = (seconds + 59) / 60;

  if (seconds <= 10)
    return g_strdup (_("Next try in a few seconds"));
  if (seconds <= 60)
    return g_strdup_printf (_("Next try in about %u seconds"), (seconds + 9) / 10 * 10);
  return g_strdup_printf (g_dngettext (NULL, "Next try in about %u minute",
                                       "Next try in about %u minutes", minutes), minutes);
}

/* Public API */

/**
 * cb_queue_find_entry:
 * @workspace: a workspace
 * @case_id: a case
 * @destination: a destination
 *
 * Returns: (transfer full) (nullable): the push of the case to there that is not over
 */
CbOutboxEntry *
cb_queue_find_entry (CbWorkspace *workspace,
                     const char  *case_id,
                     const char  *destination)
{
  CbConnectors *connectors = cb_workspace_get_connectors (workspace);
  g_autoptr(GPtrArray) entries = cb_outbox_list (cb_workspace_get_outbox (workspace), case_id, NULL);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const CbOutboxEntry *entry = g_ptr_array_index (entries, i);
      g_autoptr(CbConnectorInfo) info = cb_connectors_get (connectors, entry->connector_id, NULL);

      if (info != NULL && g_strcmp0 (info->destination, destination) == 0)
        return g_ptr_array_steal_index (entries, i);
    }
  return NULL;
}

/**
 * cb_queue_entry_words:
 * @workspace: a workspace
 * @entry: a push that is queued
 *
 * Returns: (transfer full): when it will be sent
 */
char *
cb_queue_entry_words (CbWorkspace         *workspace,
                      const CbOutboxEntry *entry)
{
  CbOutboxRunner *runner = cb_workspace_get_runner (workspace);
  gint64 wait = entry->retry_at - cb_time_now ();
  g_autofree char *time = NULL;

  if (cb_outbox_runner_is_paused (runner))
    return g_strdup (_("Sent when the network is back"));
  if (wait <= 0)
    return g_strdup (_("Sent in a moment"));
  if (wait <= G_TIME_SPAN_MINUTE)
    return g_strdup (_("Next try within a minute"));
  time = cb_word_time (entry->retry_at);
  return g_strdup_printf (_("Next try at %s"), time);
}

/**
 * cb_queue_words:
 * @workspace: a workspace in which pushes are queued
 *
 * Returns: (transfer full): what they wait for
 */
char *
cb_queue_words (CbWorkspace *workspace)
{
  CbOutboxRunner *runner = cb_workspace_get_runner (workspace);

  if (cb_outbox_runner_is_running (runner))
    return g_strdup (_("Being sent now"));
  if (cb_outbox_runner_is_paused (runner))
    return g_strdup (_("The network is away"));
  return next_try_words (cb_outbox_runner_due_in (runner));
}
