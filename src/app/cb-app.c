/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>

#include "app/cb-app.h"
#include "store/cb-settings.h"

#define DATABASE "casebridge.db"

struct _CbApp
{
  GObject parent_instance;

  CbDatabase *database;      /* (owned) */
  CbCases *cases;            /* (owned) */
  CbConnectors *connectors;  /* (owned) */
  CbPusher *pusher;          /* (owned) */
  CbOutbox *outbox;          /* (owned) */
};

G_DEFINE_FINAL_TYPE (CbApp, cb_app, G_TYPE_OBJECT)

/* Auxiliary methods */

static gboolean
make_directory (const char  *directory,
                GError     **error)
{
  if (g_mkdir_with_parents (directory, 0700) == 0 && g_file_test (directory, G_FILE_TEST_IS_DIR))
    return TRUE;
  cb_set_error (error, CB_ERROR_STORAGE, NULL,
                _("The data directory %s cannot be made: %s. Choose another with --data-dir or "
                  "CASEBRIDGE_DATA_DIR."), directory,
                errno != 0 ? g_strerror (errno) : _("something else has that name"));
  return FALSE;
}

/* GObject overrides */

static void
cb_app_dispose (GObject *object)
{
  CbApp *self = CB_APP (object);

  g_clear_object (&self->outbox);
  g_clear_object (&self->pusher);
  g_clear_object (&self->connectors);
  g_clear_object (&self->cases);
  g_clear_object (&self->database);

  G_OBJECT_CLASS (cb_app_parent_class)->dispose (object);
}

static void
cb_app_class_init (CbAppClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_app_dispose;
}

static void
cb_app_init (CbApp *self)
{
}

/* Public API */

/**
 * cb_app_default_directory:
 *
 * Returns: (transfer full): where a workspace lies unless the user says otherwise
 */
char *
cb_app_default_directory (void)
{
  const char *directory = g_getenv ("CASEBRIDGE_DATA_DIR");

  if (directory != NULL && *directory != '\0')
    return g_strdup (directory);
  return g_build_filename (g_get_user_data_dir (), DATA_DIRECTORY, NULL);
}

/**
 * cb_app_new:
 * @directory: a data directory, made where it is missing
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Opens a workspace.
 *
 * Returns: (transfer full) (nullable): the workspace
 */
CbApp *
cb_app_new (const char  *directory,
            GError     **error)
{
  g_autoptr(CbApp) self = g_object_new (CB_TYPE_APP, NULL);
  g_autoptr(CbKeyring) keyring = NULL;
  g_autofree char *path = g_build_filename (directory, DATABASE, NULL);
  g_autofree char *locks = g_build_filename (directory, "locks", NULL);
  g_autofree char *workspace = NULL;

  errno = 0;
  if (!make_directory (directory, error))
    return NULL;
  self->database = cb_database_open (path, error);
  if (self->database == NULL)
    return NULL;
  workspace = cb_settings_workspace_id (self->database, error);
  if (workspace == NULL)
    return NULL;
  keyring = cb_keyring_new (workspace);
  self->cases = cb_cases_new (self->database);
  self->connectors = cb_connectors_new (self->database, keyring, locks);
  self->pusher = cb_pusher_new (self->cases, self->connectors, locks);
  self->outbox = cb_outbox_new (self->pusher);
  return g_steal_pointer (&self);
}

/**
 * cb_app_open_to_read:
 * @directory: a data directory, which is not made
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Opens the database of a workspace for queries of the calling thread.
 *
 * Returns: (transfer full) (nullable): the database; %NULL without @error set where there is no
 *   workspace yet
 */
CbDatabase *
cb_app_open_to_read (const char  *directory,
                     GError     **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (directory != NULL, NULL);

  path = g_build_filename (directory, DATABASE, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return cb_database_open_to_read (path, error);
}

/**
 * cb_app_get_database:
 * @self: a workspace
 *
 * Returns: (transfer none): its database
 */
CbDatabase *
cb_app_get_database (CbApp *self)
{
  g_return_val_if_fail (CB_IS_APP (self), NULL);

  return self->database;
}

/**
 * cb_app_get_cases:
 * @self: a workspace
 *
 * Returns: (transfer none): its cases
 */
CbCases *
cb_app_get_cases (CbApp *self)
{
  g_return_val_if_fail (CB_IS_APP (self), NULL);

  return self->cases;
}

/**
 * cb_app_get_connectors:
 * @self: a workspace
 *
 * Returns: (transfer none): its connectors
 */
CbConnectors *
cb_app_get_connectors (CbApp *self)
{
  g_return_val_if_fail (CB_IS_APP (self), NULL);

  return self->connectors;
}

/**
 * cb_app_get_pusher:
 * @self: a workspace
 *
 * Returns: (transfer none): what pushes its cases
 */
CbPusher *
cb_app_get_pusher (CbApp *self)
{
  g_return_val_if_fail (CB_IS_APP (self), NULL);

  return self->pusher;
}

/**
 * cb_app_get_outbox:
 * @self: a workspace
 *
 * Returns: (transfer none): its pushes that are not over
 */
CbOutbox *
cb_app_get_outbox (CbApp *self)
{
  g_return_val_if_fail (CB_IS_APP (self), NULL);

  return self->outbox;
}
