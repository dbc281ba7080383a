/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-dialogs.h"

/* The only file that names the dialogs which later releases of GTK and libadwaita replace. */

/* Callbacks */

static void
confirm_response_cb (AdwMessageDialog *dialog,
                     const char       *response,
                     gpointer          user_data)
{
  g_autoptr(GTask) task = user_data;

  g_task_return_boolean (task, g_str_equal (response, "action"));
}

static void
choose_response_cb (GtkNativeDialog *dialog,
                    int              response,
                    gpointer         user_data)
{
  g_autoptr(GTask) task = user_data;
  GFile *file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_task_return_pointer (task, file, g_object_unref);
  gtk_native_dialog_destroy (dialog);
}

static void
shown_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error))
    cb_dialogs_show_message (GTK_WINDOW (source), _("The Page Cannot Be Opened"), error->message);
}

/* Public API */

/**
 * cb_dialogs_confirm_async:
 * @parent: the window that asks
 * @heading: the question
 * @body: what it affects
 * @action: the answer that does it, with a mnemonic
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks before something that cannot be undone.
 */
void
cb_dialogs_confirm_async (GtkWindow           *parent,
                          const char          *heading,
                          const char          *body,
                          const char          *action,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GtkWidget *dialog;
  GTask *task;

  g_return_if_fail (GTK_IS_WINDOW (parent));

  task = g_task_new (parent, NULL, callback, user_data);
  g_task_set_source_tag (task, cb_dialogs_confirm_async);
  dialog = adw_message_dialog_new (parent, heading, body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "action", action, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "action",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (confirm_response_cb), task);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * cb_dialogs_confirm_finish:
 * @parent: the window that asked
 * @result: the result
 *
 * Returns: whether to do it
 */
gboolean
cb_dialogs_confirm_finish (GtkWindow    *parent,
                           GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, parent), FALSE);

  return g_task_propagate_boolean (G_TASK (result), NULL);
}

/**
 * cb_dialogs_choose_async:
 * @parent: the window that asks
 * @action: whether to open or to save
 * @title: what for
 * @name: (nullable): the name proposed for saving
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Asks for a file.
 */
void
cb_dialogs_choose_async (GtkWindow            *parent,
                         GtkFileChooserAction  action,
                         const char           *title,
                         const char           *name,
                         GAsyncReadyCallback   callback,
                         gpointer              user_data)
{
  GtkFileChooserNative *chooser;
  GTask *task;

  g_return_if_fail (GTK_IS_WINDOW (parent));

  task = g_task_new (parent, NULL, callback, user_data);
  g_task_set_source_tag (task, cb_dialogs_choose_async);
  chooser = gtk_file_chooser_native_new (title, parent, action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_task_set_task_data (task, chooser, g_object_unref);
  g_signal_connect (chooser, "response", G_CALLBACK (choose_response_cb), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/**
 * cb_dialogs_choose_finish:
 * @parent: the window that asked
 * @result: the result
 *
 * Returns: (transfer full) (nullable): the file, %NULL where none was chosen
 */
GFile *
cb_dialogs_choose_finish (GtkWindow    *parent,
                          GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, parent), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/**
 * cb_dialogs_show_message:
 * @parent: a window
 * @heading: what happened
 * @body: the rest
 *
 * Tells something that has no place of its own in the window.
 */
void
cb_dialogs_show_message (GtkWindow  *parent,
                         const char *heading,
                         const char *body)
{
  GtkWidget *dialog;

  g_return_if_fail (GTK_IS_WINDOW (parent));

  dialog = adw_message_dialog_new (parent, heading, body);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * cb_dialogs_show_uri:
 * @parent: a window
 * @uri: an http or https address
 *
 * Opens a page in the browser; if that fails, says so.
 */
void
cb_dialogs_show_uri (GtkWindow  *parent,
                     const char *uri)
{
  g_autofree char *scheme = NULL;

  g_return_if_fail (GTK_IS_WINDOW (parent) && uri != NULL);

  /* The address comes from a server: only pages may be opened, no local programs or files. */
  scheme = g_uri_parse_scheme (uri);
  if (g_strcmp0 (scheme, "https") == 0 || g_strcmp0 (scheme, "http") == 0)
    gtk_show_uri_full (parent, uri, GDK_CURRENT_TIME, NULL, shown_cb, NULL);
}

/**
 * cb_dialogs_show_about:
 * @parent: a window
 *
 * Shows what program this is.
 */
void
cb_dialogs_show_about (GtkWindow *parent)
{
  adw_show_about_window (parent,
                         "application-name", _("Casebridge"),
                         "application-icon", APPLICATION_ID,
                         "version", VERSION,
                         "developer-name", _("The Casebridge developers"),
                         "comments", _("Sends Elastic Security cases to ServiceNow, Jira and "
                                       "IBM Resilient, one by one and by hand."),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "translator-credits", _("translator-credits"),
                         NULL);
}
