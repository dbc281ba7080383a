/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cb-cli-loop.h"

#define CHUNK 65536
#define TEXT_LIMIT (1024 * 1024)

/* Reading one file or standard input. */
typedef struct
{
  GByteArray *bytes; /* (owned) */
  gsize limit;
  int error_number;
  gboolean done;
} Reading;

/* Auxiliary methods */

static int
open_path (const char  *path,
           const char  *field,
           GError     **error)
{
  int fd = g_str_equal (path, "-") ? dup (STDIN_FILENO) : open (path, O_RDONLY | O_CLOEXEC);
  g_autofree char *shown = g_filename_display_name (path);

  if (fd < 0)
    cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, field, _("“%s” cannot be read: %s"), shown,
                  g_strerror (errno));
  return fd;
}

static gboolean
check_reading (CbCli          *cli,
               const Reading  *reading,
               const char     *path,
               const char     *field,
               GError        **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (g_cancellable_set_error_if_cancelled (cli->cancellable, error))
    return FALSE;
  if (reading->error_number != 0)
    cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, field, _("“%s” cannot be read: %s"), shown,
                  g_strerror (reading->error_number));
  else if (reading->bytes->len > reading->limit)
    cb_set_error (error, CB_ERROR_TOO_LONG, field, _("“%s” holds more than %u bytes."), shown,
                  (guint) reading->limit);
  else
    return TRUE;
  return FALSE;
}

/* Callbacks */

static gboolean
signal_cb (gpointer user_data)
{
  CbCli *cli = user_data;

  if (cli->stop != NULL && !g_cancellable_is_cancelled (cli->stop))
    g_cancellable_cancel (cli->stop);
  else
    g_cancellable_cancel (cli->cancellable);
  return G_SOURCE_CONTINUE;
}

static gboolean
readable_cb (int          fd,
             GIOCondition condition,
             gpointer     user_data)
{
  Reading *reading = user_data;
  guint length = reading->bytes->len;
  gssize n;

  g_byte_array_set_size (reading->bytes, length + CHUNK);
  n = read (fd, reading->bytes->data + length, CHUNK);
  reading->error_number = n < 0 ? errno : 0;
  g_byte_array_set_size (reading->bytes, length + MAX (n, 0));
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  reading->done = n <= 0 || reading->bytes->len > reading->limit;
  return reading->done ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* Public API */

/**
 * cb_cli_watch:
 * @cli: the run
 *
 * From now on SIGINT and SIGTERM do not end the program but what is under way.
 */
void
cb_cli_watch (CbCli *cli)
{
  g_return_if_fail (cli != NULL);

  if (cli->signals[0] != 0)
    return;
  cli->signals[0] = g_unix_signal_add (SIGINT, signal_cb, cli);
  cli->signals[1] = g_unix_signal_add (SIGTERM, signal_cb, cli);
}

/**
 * cb_cli_unwatch:
 * @cli: the run
 *
 * From now on signals end the program.
 */
void
cb_cli_unwatch (CbCli *cli)
{
  g_return_if_fail (cli != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cli->signals); i++)
    g_clear_handle_id (&cli->signals[i], g_source_remove);
}

/**
 * cb_cli_done_cb:
 * @source: (nullable): the source
 * @result: its result
 * @user_data: (type GAsyncResult**): where to put it, see cb_cli_wait()
 *
 * The callback of every asynchronous call that is waited for.
 */
void
cb_cli_done_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/**
 * cb_cli_wait:
 * @cli: the run
 * @result: where cb_cli_done_cb() puts the result
 *
 * Waits for it. Signals that come in the meantime cancel.
 */
void
cb_cli_wait (CbCli         *cli,
             GAsyncResult **result)
{
  gboolean watched = cli->signals[0] != 0;

  cb_cli_watch (cli);
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (!watched)
    cb_cli_unwatch (cli);
}

/**
 * cb_cli_read:
 * @cli: the run
 * @path: a file, "-" for standard input
 * @field: what an error is about
 * @limit: how many bytes it may have
 * @error: %CB_ERROR_INVALID_ARGUMENT, %CB_ERROR_TOO_LONG or cancelled
 *
 * What has at most a megabyte is never moved in memory, so that a caller can wipe all of it.
 *
 * Returns: (transfer full) (nullable): its content
 */
GBytes *
cb_cli_read (CbCli       *cli,
             const char  *path,
             const char  *field,
             gsize        limit,
             GError     **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_sized_new (MIN (limit, TEXT_LIMIT) + 2 * CHUNK);
  Reading reading = { bytes, limit };
  gboolean watched = cli->signals[0] != 0;
  int fd = open_path (path, field, error);
  g_autoptr(GSource) source = NULL;

  if (fd < 0)
    return NULL;
  cb_cli_watch (cli);
  source = g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (source, G_SOURCE_FUNC (readable_cb), &reading, NULL);
  g_source_attach (source, NULL);
  while (!reading.done && !g_cancellable_is_cancelled (cli->cancellable))
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (source);
  close (fd);
  if (!watched)
    cb_cli_unwatch (cli);
  if (!check_reading (cli, &reading, path, field, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * cb_cli_read_text:
 * @cli: the run
 * @path: a file, "-" for standard input
 * @field: what an error is about
 * @error: %CB_ERROR_INVALID_ARGUMENT, %CB_ERROR_TOO_LONG or cancelled
 *
 * Returns: (transfer full) (nullable): its text
 */
char *
cb_cli_read_text (CbCli       *cli,
                  const char  *path,
                  const char  *field,
                  GError     **error)
{
  g_autoptr(GBytes) bytes = cb_cli_read (cli, path, field, TEXT_LIMIT, error);
  gsize length;
  const char *data;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  if (length == 0)
    return g_strdup ("");
  if (g_utf8_validate_len (data, length, NULL))
    return g_strndup (data, length);
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, field, _("The text is not valid UTF-8."));
  return NULL;
}
