/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-wait.h"

/* Callbacks */

static gboolean
wake_cb (GCancellable *cancellable,
         gpointer      user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Public API */

/**
 * cb_wait:
 * @microseconds: how long, by a clock that nobody sets
 * @cancellable: (nullable): ends the wait
 * @stop: (nullable): ends it as well
 * @next: called once, when the time is over or one of them is cancelled; returns %G_SOURCE_REMOVE
 * @user_data: for @next
 *
 * Goes on after a while, or at once where nobody wants to wait any more.
 */
void
cb_wait (gint64        microseconds,
         GCancellable *cancellable,
         GCancellable *stop,
         GSourceFunc   next,
         gpointer      user_data)
{
  GCancellable *cancellables[] = { cancellable, stop };
  g_autoptr(GSource) source = g_timeout_source_new (MAX (microseconds, 0) / 1000 + 1);

  for (guint i = 0; i < G_N_ELEMENTS (cancellables); i++)
    if (cancellables[i] != NULL)
      {
        g_autoptr(GSource) wake = g_cancellable_source_new (cancellables[i]);

        g_source_set_callback (wake, G_SOURCE_FUNC (wake_cb), NULL, NULL);
        g_source_add_child_source (source, wake);
      }
  g_source_set_callback (source, next, user_data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}
