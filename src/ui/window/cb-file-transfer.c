/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "push/cb-transfer.h"
#include "ui/common/cb-dialogs.h"
#include "ui/window/cb-file-transfer.h"

typedef struct
{
  GtkWindow *parent; /* (owned) */
  GBytes *content;   /* (owned) (nullable): until it is read */
} Import;

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

static void
free_import (Import *import)
{
  g_object_unref (import->parent);
  g_clear_pointer (&import->content, g_bytes_unref);
  g_free (import);
}

static CbImport *
read_cases (GTask   *task,
            CbImport *(*read) (CbCases *, CbConnectors *, const char *, gsize, GError **),
            GError **error)
{
  CbWorkspace *workspace = g_task_get_source_object (task);
  Import *import = g_task_get_task_data (task);
  gsize length;
  const char *text = g_bytes_get_data (import->content, &length);

  return read (cb_workspace_get_cases (workspace), cb_workspace_get_connectors (workspace),
               text != NULL ? text : "", length, error);
}

static void
take_over (GTask *task)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CbImport) done = read_cases (task, cb_transfer_import, &error);

  if (done != NULL)
    g_task_return_pointer (task, describe_import (done), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Callbacks */

static void
confirmed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;

  if (cb_dialogs_confirm_finish (GTK_WINDOW (source), result))
    take_over (task);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The user does not want it");
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Import *import = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbImport) plan = NULL;
  g_autofree char *heading = NULL;
  guint n;

  import->content = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  if (import->content != NULL)
    plan = read_cases (task, cb_transfer_plan_import, &error);
  if (plan == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  n = plan->updated;
  if (n == 0)
    {
      take_over (task);
      return;
    }
  heading = g_strdup_printf (g_dngettext (NULL, "Replace %u Case?", "Replace %u Cases?", n), n);
  cb_dialogs_confirm_async (import->parent, heading,
                            g_dngettext (NULL, "It is here already, with other content than in the file. "
                                         "Comments that are only here stay.",
                                         "They are here already, with other content than in the file. "
                                         "Comments that are only here stay.", n),
                            _("_Replace"), confirmed_cb, g_object_ref (task));
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
 * @parent: the window that asks
 * @file: what Kibana or Casebridge has exported
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Imports a file, whole or not at all. Asks first where it would replace what is here.
 */
void
cb_file_transfer_import_async (CbWorkspace         *workspace,
                               GtkWindow           *parent,
                               GFile               *file,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (workspace, NULL, callback, user_data);
  Import *import = g_new0 (Import, 1);

  import->parent = g_object_ref (parent);
  g_task_set_source_tag (task, cb_file_transfer_import_async);
  g_task_set_task_data (task, import, (GDestroyNotify) free_import);
  g_file_load_bytes_async (file, NULL, loaded_cb, task);
}

/**
 * cb_file_transfer_import_finish:
 * @workspace: the same
 * @result: the result
 * @error: why nothing was imported; %G_IO_ERROR_CANCELLED where the user did not want it
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
