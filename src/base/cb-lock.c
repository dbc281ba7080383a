/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/cb-lock.h"

struct _CbLock
{
  int fd;
};

/* Public API */

/**
 * cb_lock_try:
 * @directory: (nullable): where lock files lie, made where it is missing; %NULL for a workspace in
 *   memory, which nobody shares
 * @name: a file name
 * @error: %CB_ERROR_BUSY where another holder has it, %CB_ERROR_STORAGE
 *
 * Takes a lock that the kernel drops when its holder ends, however it ends. It counts between
 * processes, also in different sandboxes, and between two holders in one process.
 *
 * Returns: (transfer full) (nullable): the lock
 */
CbLock *
cb_lock_try (const char  *directory,
             const char  *name,
             GError     **error)
{
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  g_autofree char *path = directory != NULL ? g_build_filename (directory, name, NULL) : NULL;
  g_autoptr(CbLock) lock = g_new0 (CbLock, 1);

  lock->fd = -1;
  if (path == NULL)
    return g_steal_pointer (&lock);
  if (g_mkdir_with_parents (directory, 0700) == 0)
    lock->fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock->fd < 0)
    {
      cb_set_error (error, CB_ERROR_STORAGE, NULL, _("The lock file %s cannot be opened: %s. Allow "
                    "writing to its directory."), path, g_strerror (errno));
      return NULL;
    }
  if (fcntl (lock->fd, F_OFD_SETLK, &whole) == 0)
    return g_steal_pointer (&lock);
  if (errno != EAGAIN && errno != EACCES)
    cb_set_error (error, CB_ERROR_STORAGE, NULL, _("The lock file %s cannot be locked: %s. Keep the "
                  "data directory on a local disk."), path, g_strerror (errno));
  else
    cb_set_error (error, CB_ERROR_BUSY, NULL,
                  _("Another Casebridge is working on this right now. Wait until it has finished."));
  return NULL;
}

/**
 * cb_lock_free:
 * @lock: (transfer full) (nullable): a lock
 *
 * Gives it back.
 */
void
cb_lock_free (CbLock *lock)
{
  if (lock == NULL)
    return;
  if (lock->fd >= 0)
    close (lock->fd);
  g_free (lock);
}
