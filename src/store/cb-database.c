/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <unistd.h>

#include "store/cb-database.h"
#include "store/cb-migrations.h"

#define HEADER_SIZE 100
#define BUSY_TIMEOUT_MS 10000
#define IN_MEMORY ":memory:"

struct _CbDatabase
{
  GObject parent_instance;

  sqlite3 *handle; /* (owned) */
  char *path;      /* (owned): for messages */
  guint depth;     /* of transactions */
  gint64 data_version;
  gboolean counted; /* in files */
};

struct _CbStatement
{
  sqlite3_stmt *handle; /* (owned) */
  CbDatabase *database; /* (owned) */
};

struct _CbTransaction
{
  CbDatabase *database; /* (owned) */
  guint depth;
};

static GMutex files_lock;
static GHashTable *files; /* (element-type filename uint): how often this process has each open */

G_DEFINE_FINAL_TYPE (CbDatabase, cb_database, G_TYPE_OBJECT)

/* Auxiliary methods */

static const char *
describe (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return _("The disk is full. Make room and try again; nothing was half-written.");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return _("It is read-only. Allow writing to it and its directory.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return _("It is damaged or not a Casebridge database. Restore a backup, or move it away "
               "to start anew.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return _("Another process is writing to it. Try again.");
    case SQLITE_CANTOPEN:
      return _("It cannot be opened. Check that its directory exists and can be written.");
    default:
      return NULL;
    }
}

static void
set_sqlite_error (CbDatabase  *self,
                  int          code,
                  GError     **error)
{
  const char *words = self->handle != NULL ? sqlite3_errmsg (self->handle) : sqlite3_errstr (code);
  const char *remedy = describe (code);
  gboolean busy = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;

  cb_set_error (error, busy ? CB_ERROR_BUSY : CB_ERROR_STORAGE, NULL, _("Database %s: %s"),
                self->path, remedy != NULL ? remedy : words);
}

static void
bind_arguments (CbStatement *statement,
                const char  *types,
                va_list      args)
{
  for (int i = 0; types != NULL && types[i] != '\0'; i++)
    {
      if (types[i] == 'i')
        sqlite3_bind_int64 (statement->handle, i + 1, va_arg (args, gint64));
      else
        cb_statement_bind (statement, i + 1, va_arg (args, const char *));
    }
}

static CbStatement *
prepare (CbDatabase  *self,
         const char  *sql,
         GError     **error)
{
  sqlite3_stmt *handle = NULL;
  CbStatement *statement;
  int code = sqlite3_prepare_v2 (self->handle, sql, -1, &handle, NULL);

  if (code != SQLITE_OK)
    {
      set_sqlite_error (self, code, error);
      return NULL;
    }
  statement = g_new0 (CbStatement, 1);
  statement->handle = handle;
  statement->database = g_object_ref (self);
  return statement;
}

static CbStatement *
query_valist (CbDatabase  *self,
              GError     **error,
              const char  *sql,
              const char  *types,
              va_list      args)
{
  CbStatement *statement = prepare (self, sql, error);

  if (statement != NULL)
    bind_arguments (statement, types, args);
  return statement;
}

static gboolean
refuse_newer (const char  *path,
              guint        version,
              GError     **error)
{
  cb_set_error (error, CB_ERROR_STORAGE, NULL,
                _("Database %s was written by a newer Casebridge (schema %u; this program knows %u). "
                  "Update Casebridge; the file was left untouched."),
                path, version, cb_migrations_latest ());
  return FALSE;
}

/* The header is read by hand: even opening a file for reading with SQLite may write beside it, and a
 * newer program's file is to be left untouched. [src: sqlite.org/fileformat2.html section 1.3] */
static gboolean
check_header (const char  *path,
              GError     **error)
{
  guint8 header[HEADER_SIZE] = { 0 };
  gssize length;
  guint32 version;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0)
    return TRUE;
  length = read (fd, header, sizeof header);
  close (fd);
  if (length == 0)
    return TRUE;
  if (length < HEADER_SIZE || memcmp (header, "SQLite format 3", 16) != 0)
    {
      cb_set_error (error, CB_ERROR_STORAGE, NULL, _("Database %s: %s"), path,
                    describe (SQLITE_NOTADB));
      return FALSE;
    }
  memcpy (&version, header + 60, sizeof version);
  version = GUINT32_FROM_BE (version);
  if (version <= cb_migrations_latest ())
    return TRUE;
  return refuse_newer (path, version, error);
}

static gboolean
create_file (const char  *path,
             GError     **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd;

  if (g_mkdir_with_parents (directory, 0700) != 0 || !g_file_test (directory, G_FILE_TEST_IS_DIR))
    {
      cb_set_error (error, CB_ERROR_STORAGE, NULL,
                    _("The data directory %s cannot be made: %s. Choose another with --data-dir "
                      "or CASEBRIDGE_DATA_DIR."), directory, g_strerror (errno));
      return FALSE;
    }
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      cb_set_error (error, CB_ERROR_STORAGE, NULL, _("Database %s cannot be opened: %s. Allow "
                    "writing to it and its directory."), path, g_strerror (errno));
      return FALSE;
    }
  close (fd);
  return TRUE;
}

static gboolean
is_in_memory (CbDatabase *self)
{
  return g_str_equal (self->path, IN_MEMORY);
}

static guint
count_open (const char *path)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (files, path));
}

static gboolean
configure (CbDatabase  *self,
           GError     **error)
{
  static const char *const pragmas[] = {
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-2000",
    "PRAGMA trusted_schema=OFF",
  };

  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_extended_result_codes (self->handle, 1);
  for (guint i = 0; i < G_N_ELEMENTS (pragmas); i++)
    if (!cb_database_run (self, error, pragmas[i], NULL))
      return FALSE;
  return TRUE;
}

/* A file that this process has open is not opened beside SQLite: closing it again would drop all locks
 * of the process on it, and another one could take away what was written last.
 * [src: sqlite.org/howtocorrupt.html section 2.2] */
static gboolean
open_handle (CbDatabase  *self,
             GError     **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&files_lock);
  int code;

  if (files == NULL)
    files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!is_in_memory (self) && !g_hash_table_contains (files, self->path) &&
      (!check_header (self->path, error) || !create_file (self->path, error)))
    return FALSE;
  code = sqlite3_open_v2 (self->path, &self->handle,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK)
    {
      set_sqlite_error (self, code, error);
      return FALSE;
    }
  self->counted = TRUE;
  g_hash_table_insert (files, g_strdup (self->path), GUINT_TO_POINTER (count_open (self->path) + 1));
  return TRUE;
}

static void
close_handle (CbDatabase *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&files_lock);
  guint n = self->counted ? count_open (self->path) : 0;

  sqlite3_close_v2 (self->handle);
  if (n > 1)
    g_hash_table_insert (files, g_strdup (self->path), GUINT_TO_POINTER (n - 1));
  else if (n == 1)
    g_hash_table_remove (files, self->path);
}

static gboolean
migrate (CbDatabase  *self,
         GError     **error)
{
  g_autoptr(CbTransaction) transaction = NULL;
  gint64 version = cb_database_query_int (self, 0, "PRAGMA user_version", NULL);

  if (version == cb_migrations_latest ())
    return TRUE;
  /* What a newer program wrote last may not be in the file's header yet. */
  if (version > cb_migrations_latest ())
    return refuse_newer (self->path, version, error);
  transaction = cb_transaction_begin (self, error);
  if (transaction == NULL)
    return FALSE;
  /* Another process may have migrated while this one waited for the lock. */
  version = cb_database_query_int (self, 0, "PRAGMA user_version", NULL);
  for (; version < cb_migrations_latest (); version++)
    {
      int code = sqlite3_exec (self->handle, cb_migrations_get (version), NULL, NULL, NULL);
      g_autofree char *pragma = g_strdup_printf ("PRAGMA user_version=%d", (int) version + 1);

      if (code != SQLITE_OK)
        {
          set_sqlite_error (self, code, error);
          return FALSE;
        }
      if (!cb_database_run (self, error, pragma, NULL))
        return FALSE;
    }
  return cb_transaction_commit (&transaction, error);
}

/* GObject overrides */

static void
cb_database_finalize (GObject *object)
{
  CbDatabase *self = CB_DATABASE (object);

  close_handle (self);
  g_free (self->path);

  G_OBJECT_CLASS (cb_database_parent_class)->finalize (object);
}

static void
cb_database_class_init (CbDatabaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_database_finalize;
}

static void
cb_database_init (CbDatabase *self)
{
}

/* Public API */

/**
 * cb_database_open:
 * @path: (nullable): the file, made where it is missing; %NULL for one in memory
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Opens a workspace's database and brings its schema up to date. A file of a newer program is refused
 * and left untouched. Only one thread at a time may use the object.
 *
 * Returns: (transfer full) (nullable): the database
 */
CbDatabase *
cb_database_open (const char  *path,
                  GError     **error)
{
  g_autoptr(CbDatabase) self = g_object_new (CB_TYPE_DATABASE, NULL);

  self->path = g_strdup (path != NULL ? path : IN_MEMORY);
  if (!open_handle (self, error) || !configure (self, error) || !migrate (self, error))
    return NULL;
  cb_database_poll (self);
  return g_steal_pointer (&self);
}

/**
 * cb_database_open_to_read:
 * @path: a file that is there
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Opens a workspace's database for queries alone. A schema that is not this program's is refused, for
 * to change it is for who means to work with the workspace.
 *
 * Returns: (transfer full) (nullable): the database
 */
CbDatabase *
cb_database_open_to_read (const char  *path,
                          GError     **error)
{
  g_autoptr(CbDatabase) self = g_object_new (CB_TYPE_DATABASE, NULL);
  gint64 version;

  g_return_val_if_fail (path != NULL, NULL);

  self->path = g_strdup (path);
  if (!open_handle (self, error) || !configure (self, error))
    return NULL;
  version = cb_database_query_int (self, 0, "PRAGMA user_version", NULL);
  if (version != cb_migrations_latest ())
    {
      cb_set_error (error, CB_ERROR_STORAGE, NULL,
                    _("Database %s has schema %u, and this program reads %u only. Open it in the window "
                      "first."), path, (guint) version, cb_migrations_latest ());
      return NULL;
    }
  if (!cb_database_run (self, error, "PRAGMA query_only=ON", NULL))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cb_database_run:
 * @self: a database
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 * @sql: one statement
 * @types: (nullable): a letter for each argument: s for a string or %NULL, i for a #gint64
 * @...: the arguments
 *
 * Runs one statement to its end and drops its rows.
 *
 * Returns: whether it worked
 */
gboolean
cb_database_run (CbDatabase  *self,
                 GError     **error,
                 const char  *sql,
                 const char  *types,
                 ...)
{
  g_autoptr(CbStatement) statement = NULL;
  g_autoptr(GError) local_error = NULL;
  va_list args;

  g_return_val_if_fail (CB_IS_DATABASE (self), FALSE);

  va_start (args, types);
  statement = query_valist (self, error, sql, types, args);
  va_end (args);
  if (statement == NULL)
    return FALSE;
  while (cb_statement_step (statement, &local_error))
    ;
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * cb_database_query:
 * @self: a database
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 * @sql: one statement
 * @types: (nullable): as for cb_database_run()
 * @...: the arguments
 *
 * Returns: (transfer full) (nullable): a statement before its first row
 */
CbStatement *
cb_database_query (CbDatabase  *self,
                   GError     **error,
                   const char  *sql,
                   const char  *types,
                   ...)
{
  CbStatement *statement;
  va_list args;

  g_return_val_if_fail (CB_IS_DATABASE (self), NULL);

  va_start (args, types);
  statement = query_valist (self, error, sql, types, args);
  va_end (args);
  return statement;
}

/**
 * cb_database_query_int:
 * @self: a database
 * @fallback: what to return where there is no row
 * @sql: one statement
 * @types: (nullable): as for cb_database_run()
 * @...: the arguments
 *
 * Returns: the first column of the first row
 */
gint64
cb_database_query_int (CbDatabase *self,
                       gint64      fallback,
                       const char *sql,
                       const char *types,
                       ...)
{
  g_autoptr(CbStatement) statement = NULL;
  va_list args;

  g_return_val_if_fail (CB_IS_DATABASE (self), fallback);

  va_start (args, types);
  statement = query_valist (self, NULL, sql, types, args);
  va_end (args);
  if (statement == NULL || !cb_statement_step (statement, NULL))
    return fallback;
  return cb_statement_int (statement, 0);
}

/**
 * cb_database_query_string:
 * @self: a database
 * @sql: one statement
 * @types: (nullable): as for cb_database_run()
 * @...: the arguments
 *
 * Returns: (transfer full) (nullable): the first column of the first row
 */
char *
cb_database_query_string (CbDatabase *self,
                          const char *sql,
                          const char *types,
                          ...)
{
  g_autoptr(CbStatement) statement = NULL;
  va_list args;

  g_return_val_if_fail (CB_IS_DATABASE (self), NULL);

  va_start (args, types);
  statement = query_valist (self, NULL, sql, types, args);
  va_end (args);
  if (statement == NULL || !cb_statement_step (statement, NULL))
    return NULL;
  return g_strdup (cb_statement_string (statement, 0));
}

/**
 * cb_database_last_id:
 * @self: a database
 *
 * Returns: the row id of the newest inserted row
 */
gint64
cb_database_last_id (CbDatabase *self)
{
  g_return_val_if_fail (CB_IS_DATABASE (self), 0);

  return sqlite3_last_insert_rowid (self->handle);
}

/**
 * cb_database_changes:
 * @self: a database
 *
 * Returns: how many rows the newest statement changed
 */
gint64
cb_database_changes (CbDatabase *self)
{
  g_return_val_if_fail (CB_IS_DATABASE (self), 0);

  return sqlite3_changes64 (self->handle);
}

/**
 * cb_database_changes_total:
 * @self: a database
 *
 * Returns: how many rows were changed by this object since it was opened
 */
gint64
cb_database_changes_total (CbDatabase *self)
{
  g_return_val_if_fail (CB_IS_DATABASE (self), 0);

  return sqlite3_total_changes64 (self->handle);
}

/**
 * cb_database_is_in_transaction:
 * @self: a database
 *
 * Returns: whether what was written last may still be undone
 */
gboolean
cb_database_is_in_transaction (CbDatabase *self)
{
  g_return_val_if_fail (CB_IS_DATABASE (self), FALSE);

  return self->depth > 0;
}

/**
 * cb_database_poll:
 * @self: a database
 *
 * Returns: whether another connection has changed it since the newest call
 */
gboolean
cb_database_poll (CbDatabase *self)
{
  gint64 version;
  gboolean changed;

  g_return_val_if_fail (CB_IS_DATABASE (self), FALSE);

  version = cb_database_query_int (self, self->data_version, "PRAGMA data_version", NULL);
  changed = version != self->data_version;
  self->data_version = version;
  return changed;
}

/**
 * cb_database_get_path:
 * @self: a database
 *
 * Returns: (transfer none): its file
 */
const char *
cb_database_get_path (CbDatabase *self)
{
  g_return_val_if_fail (CB_IS_DATABASE (self), NULL);

  return self->path;
}

/**
 * cb_database_interrupt:
 * @self: a database
 *
 * Ends what another thread is reading from it, with an error there.
 */
void
cb_database_interrupt (CbDatabase *self)
{
  g_return_if_fail (CB_IS_DATABASE (self));

  sqlite3_interrupt (self->handle);
}

/**
 * cb_statement_step:
 * @statement: a statement
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: whether there is one more row; %FALSE with @error unset is the end
 */
gboolean
cb_statement_step (CbStatement  *statement,
                   GError      **error)
{
  int code;

  g_return_val_if_fail (statement != NULL, FALSE);

  code = sqlite3_step (statement->handle);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    set_sqlite_error (statement->database, code, error);
  return FALSE;
}

/**
 * cb_statement_bind:
 * @statement: a statement before its first row
 * @index: the parameter, from 1
 * @value: (nullable): its value
 *
 * Binds a string.
 */
void
cb_statement_bind (CbStatement *statement,
                   int          index,
                   const char  *value)
{
  g_return_if_fail (statement != NULL);

  if (value != NULL)
    sqlite3_bind_text (statement->handle, index, value, -1, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null (statement->handle, index);
}

/**
 * cb_statement_string:
 * @statement: a statement on a row
 * @column: from 0
 *
 * Returns: (nullable): the column as a string, valid until the next step
 */
const char *
cb_statement_string (CbStatement *statement,
                     int          column)
{
  g_return_val_if_fail (statement != NULL, NULL);

  return (const char *) sqlite3_column_text (statement->handle, column);
}

/**
 * cb_statement_int:
 * @statement: a statement on a row
 * @column: from 0
 *
 * Returns: the column as a number, 0 for NULL
 */
gint64
cb_statement_int (CbStatement *statement,
                  int          column)
{
  g_return_val_if_fail (statement != NULL, 0);

  return sqlite3_column_int64 (statement->handle, column);
}

/**
 * cb_statement_free:
 * @statement: (transfer full) (nullable): a statement
 *
 * Frees it.
 */
void
cb_statement_free (CbStatement *statement)
{
  if (statement == NULL)
    return;
  sqlite3_finalize (statement->handle);
  g_object_unref (statement->database);
  g_free (statement);
}

/**
 * cb_transaction_begin:
 * @database: a database
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Begins a writing transaction; inside another one, a part of it that can be rolled back by itself.
 *
 * Returns: (transfer full) (nullable): the transaction
 */
CbTransaction *
cb_transaction_begin (CbDatabase  *database,
                      GError     **error)
{
  CbTransaction *transaction;
  g_autofree char *sql = NULL;

  g_return_val_if_fail (CB_IS_DATABASE (database), NULL);

  sql = database->depth == 0 ? g_strdup ("BEGIN IMMEDIATE")
                             : g_strdup_printf ("SAVEPOINT level%u", database->depth);
  if (!cb_database_run (database, error, sql, NULL))
    return NULL;
  transaction = g_new0 (CbTransaction, 1);
  transaction->database = g_object_ref (database);
  transaction->depth = database->depth++;
  return transaction;
}

static void
end_transaction (CbTransaction *transaction)
{
  transaction->database->depth = transaction->depth;
  g_object_unref (transaction->database);
  g_free (transaction);
}

/**
 * cb_transaction_commit:
 * @transaction: (inout): the innermost transaction; set to %NULL where it worked
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: whether it worked; otherwise it is still to be rolled back
 */
gboolean
cb_transaction_commit (CbTransaction **transaction,
                       GError        **error)
{
  g_autofree char *sql = NULL;

  g_return_val_if_fail (transaction != NULL && *transaction != NULL, FALSE);

  sql = (*transaction)->depth == 0 ? g_strdup ("COMMIT")
                                   : g_strdup_printf ("RELEASE level%u", (*transaction)->depth);
  if (!cb_database_run ((*transaction)->database, error, sql, NULL))
    return FALSE;
  end_transaction (g_steal_pointer (transaction));
  return TRUE;
}

/**
 * cb_transaction_rollback:
 * @transaction: (transfer full) (nullable): the innermost transaction
 *
 * Undoes it and frees it.
 */
void
cb_transaction_rollback (CbTransaction *transaction)
{
  g_autofree char *sql = NULL;

  if (transaction == NULL)
    return;
  sql = transaction->depth == 0
          ? g_strdup ("ROLLBACK")
          : g_strdup_printf ("ROLLBACK TO level%1$u; RELEASE level%1$u", transaction->depth);
  sqlite3_exec (transaction->database->handle, sql, NULL, NULL, NULL);
  end_transaction (transaction);
}
