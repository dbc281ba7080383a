/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "push/cb-transfer.h"
#include "ui/window/cb-file-transfer.h"

/* Auxiliary methods */

static char *
describe_import (const CbImport *done)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (lines, g_strdup_printf (_("%u imported, %u updated, %u unchanged"),
                                           done->imported, done->updated, done->unchanged));
  for (guint i = 0; i < done->warnings->len; i++)
    g_ptr_array_add (lines, g_strdup (g_ptr_array_index (done->warnings, i)));
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

/* Callbacks */

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  CbWorkspace *workspace = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbImport) done = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (g_file_load_contents_finish (G_FILE (source), result, &text, &length, NULL, &error))
    done = cb_transfer_import (cb_workspace_get_cases (workspace),
                               cb_workspace_get_connectors (workspace), text, length, &error);
  if (done != NULL)
    g_task_return_pointer (task, describe_import (done), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_pointer (task, g_strdup_printf (_("Exported to %s"), name), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Public API */

/**
 * cb_file_transfer_import_async:
 * @workspace: where the cases go
 * @file: what Kibana or Casebridge has exported
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Imports a file, whole or not at all.
 */
void
cb_file_transfer_import_async (CbWorkspace         *workspace,
                               GFile               *file,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (workspace, NULL, callback, user_data);

  g_task_set_source_tag (task, cb_file_transfer_import_async);
  g_file_load_contents_async (file, NULL, loaded_cb, task);
}

/**
 * cb_file_transfer_import_finish:
 * @workspace: the same
 * @result: the result
 * @error: why nothing was imported
 *
 * Returns: (transfer full) (nullable): what was done, the first line, and warnings, one a line
 */
char *
cb_file_transfer_import_finish (CbWorkspace   *workspace,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, workspace), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cb_file_transfer_export_async:
 * @workspace: where the cases are
 * @file: where they go
 * @ids: (element-type utf8): which
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Exports cases.
 */
void
cb_file_transfer_export_async (CbWorkspace         *workspace,
                               GFile               *file,
                               GPtrArray           *ids,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (workspace, NULL, callback, user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(GBytes) bytes = NULL;
  char *text;

  g_task_set_source_tag (task, cb_file_transfer_export_async);
  root = cb_transfer_export (cb_workspace_get_cases (workspace),
                             cb_workspace_get_connectors (workspace), ids, &error);
  if (root == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }
  text = json_to_string (root, TRUE);
  bytes = g_bytes_new_take (text, strlen (text));
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                       NULL, saved_cb, task);
}

/**
 * cb_file_transfer_export_finish:
 * @workspace: the same
 * @result: the result
 * @error: why it did not work
 *
 * Returns: (transfer full) (nullable): what was done
 */
char *
cb_file_transfer_export_finish (CbWorkspace   *workspace,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, workspace), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
