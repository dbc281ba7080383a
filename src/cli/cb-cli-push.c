/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "cli/cb-cli-case-print.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-loop.h"
#include "cli/cb-cli-progress.h"
#include "cli/cb-cli-results.h"

/* What push is given. */
typedef struct
{
  GPtrArray *ids;          /* (owned) (nullable) */
  char *connector_id;      /* (owned) (nullable) */
  gboolean dry_run;
  gboolean queue;
  CbOnConflict on_conflict;
} Push;

/* Auxiliary methods */

static void
push_clear (Push *push)
{
  g_clear_pointer (&push->ids, g_ptr_array_unref);
  g_free (push->connector_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Push, push_clear)

static gboolean
check_on_conflict (const char    *name,
                   CbOnConflict  *on_conflict,
                   GError       **error)
{
  if (name == NULL || cb_on_conflict_parse (name, on_conflict))
    return TRUE;
  cb_cli_set_usage_error (error, _("--on-conflict is overwrite, keep or stop, not “%s”."), name);
  return FALSE;
}

/* Each case once, however often it was named. */
static GPtrArray *
make_items (const Push *push)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_bulk_item_free);
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < push->ids->len; i++)
    if (g_hash_table_add (seen, g_ptr_array_index (push->ids, i)))
      g_ptr_array_add (items, cb_bulk_item_new (g_ptr_array_index (push->ids, i), push->connector_id,
                                                push->on_conflict));
  return items;
}

static GPtrArray *
queue_all (CbCli     *cli,
           GPtrArray *items)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_push_result_free);

  for (guint i = 0; i < items->len; i++)
    {
      g_ptr_array_add (results, cb_outbox_add (cb_app_get_outbox (cli->app),
                                               g_ptr_array_index (items, i)));
      if (!cli->json)
        cb_cli_say_result (g_ptr_array_index (results, i), FALSE);
    }
  return results;
}

static GPtrArray *
push_all (CbCli      *cli,
          const Push *push,
          GPtrArray  *items)
{
  CbPusher *pusher = cb_app_get_pusher (cli->app);
  CbProgress progress = { .n_items = items->len, .dry_run = push->dry_run };
  const CbBulkOptions options = cb_cli_progress_options (cli, &progress);
  g_autoptr(GAsyncResult) result = NULL;

  cb_bulk_push_async (pusher, items, &options, cli->cancellable, cb_cli_done_cb, &result);
  cb_cli_wait (cli, &result);
  return cb_bulk_push_finish (pusher, result);
}

/* Commands */

static gboolean
parse_push (CbCli    *cli,
            GStrv    *args,
            Push     *push,
            GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *connector = NULL;
  g_autofree char *on_conflict = NULL;
  const GOptionEntry entries[] = {
    { "connector", 0, 0, G_OPTION_ARG_FILENAME, &connector,
      N_("Through this connector instead of the case's own"), "CONNECTOR" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &push->dry_run, N_("Show what would be sent"), NULL },
    { "queue", 0, 0, G_OPTION_ARG_NONE, &push->queue,
      N_("Store the push for the next run of the outbox"), NULL },
    { "on-conflict", 0, 0, G_OPTION_ARG_FILENAME, &on_conflict,
      N_("What to do with remote edits: overwrite, keep or stop"), "WHAT" },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 1, G_MAXUINT, &operands, error) ||
      !check_on_conflict (on_conflict, &push->on_conflict, error))
    return FALSE;
  if (push->dry_run && push->queue)
    {
      cb_cli_set_usage_error (error, "%s", _("Give --dry-run or --queue, not both."));
      return FALSE;
    }
  push->ids = cb_cli_find_cases (cli, operands, error);
  if (push->ids != NULL && connector != NULL)
    push->connector_id = cb_connectors_resolve (cb_app_get_connectors (cli->app), connector, error);
  return push->ids != NULL && (connector == NULL || push->connector_id != NULL);
}

static gboolean
push_cases (CbCli    *cli,
            GStrv    *args,
            GError  **error)
{
  g_auto(Push) push = { 0 };
  g_autoptr(GPtrArray) items = NULL;
  g_autoptr(GPtrArray) results = NULL;

  if (!parse_push (cli, args, &push, error))
    return FALSE;
  /* A dry run writes nothing that would have to be recorded: it ends at the first signal. */
  if (!push.dry_run)
    cli->stop = g_cancellable_new ();
  items = make_items (&push);
  results = push.queue ? queue_all (cli, items) : push_all (cli, &push, items);
  if (cli->json)
    cb_cli_print_results (results);
  cli->status = cb_cli_status_of_results (results);
  return TRUE;
}

const CbCommand cb_cli_push_commands[] = {
  { "push", "CASE… [--connector CONNECTOR] [--dry-run] [--on-conflict overwrite|keep|stop]"
    " [--queue]",
    N_("Send cases to their external system"), push_cases },
  { NULL }
};
