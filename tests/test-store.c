/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/cb-database.h"
#include "store/cb-migrations.h"
#include "store/cb-settings.h"

typedef struct
{
  char *directory;
  char *path;
} Fixture;

/* Auxiliary methods */

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->directory = g_dir_make_tmp ("casebridge-store-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->directory, "casebridge.db", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  const char *suffixes[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, suffixes[i], NULL);

      g_remove (path);
    }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->path);
}

static CbDatabase *
open_database (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  CbDatabase *database = cb_database_open (fixture->path, &error);

  g_assert_no_error (error);
  return database;
}

/* Tests */

static void
test_open (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(CbDatabase) database = open_database (fixture);
  g_autofree char *mode = cb_database_query_string (database, "PRAGMA journal_mode", NULL);
  GStatBuf status;

  g_assert_cmpint (cb_database_query_int (database, 0, "PRAGMA user_version", NULL), ==,
                   cb_migrations_latest ());
  g_assert_cmpstr (mode, ==, "wal");
  g_assert_cmpint (cb_database_query_int (database, 0, "PRAGMA foreign_keys", NULL), ==, 1);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

/* Asked by another process, as a process does not see its own locks. */
static gboolean
is_locked (const char *path)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
      int fd = g_open (path, O_RDWR);

      _exit (fd < 0 || fcntl (fd, F_GETLK, &lock) != 0 ? 2 : lock.l_type != F_UNLCK);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) < 2);
  return WEXITSTATUS (status) == 1;
}

static void
test_open_twice (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(CbDatabase) first = open_database (fixture);
  CbDatabase *second;

  g_assert_true (is_locked (fixture->path));
  second = open_database (fixture);
  g_assert_true (is_locked (fixture->path));
  g_object_unref (second);
  g_assert_true (is_locked (fixture->path));
  g_clear_object (&first);
  g_assert_false (is_locked (fixture->path));
}

static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(CbDatabase) database = open_database (fixture);
  g_autoptr(GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize before_length, after_length;

  cb_database_run (database, NULL, "PRAGMA user_version = 999", NULL);
  g_clear_object (&database);
  g_file_get_contents (fixture->path, &before, &before_length, NULL);
  g_assert_null (cb_database_open (fixture->path, &error));
  g_assert_error (error, CB_ERROR, CB_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "newer"));
  g_file_get_contents (fixture->path, &after, &after_length, NULL);
  g_assert_cmpmem (before, before_length, after, after_length);
}

/* Who only looks neither changes a schema nor reads one that it does not know. */
static void
test_to_read (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(CbDatabase) database = open_database (fixture);
  g_autoptr(CbDatabase) reader = cb_database_open_to_read (fixture->path, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (reader);
  g_assert_false (cb_database_run (reader, &error, "DELETE FROM cases", NULL));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_clear_object (&reader);
  cb_database_run (database, NULL, "PRAGMA user_version = 1", NULL);
  g_assert_null (cb_database_open_to_read (fixture->path, &error));
  g_assert_error (error, CB_ERROR, CB_ERROR_STORAGE);
  g_assert_cmpint (cb_database_query_int (database, 0, "PRAGMA user_version", NULL), ==, 1);
}

static void
test_corrupt (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  g_file_set_contents (fixture->path, "this is not a database, not at all", -1, NULL);
  g_assert_null (cb_database_open (fixture->path, &error));
  g_assert_error (error, CB_ERROR, CB_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, fixture->path));
}

static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(CbDatabase) database = open_database (fixture);
  g_autoptr(GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  g_clear_object (&database);
  g_file_get_contents (fixture->path, &content, &length, NULL);
  memset (content + 100, 0x5a, length - 100);
  g_file_set_contents (fixture->path, content, length, NULL);
  database = cb_database_open (fixture->path, &error);
  g_assert_null (database);
  g_assert_error (error, CB_ERROR, CB_ERROR_STORAGE);
}

static void
test_no_directory (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *below = g_build_filename (fixture->path, "below", "casebridge.db", NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (fixture->path, "", 0, NULL);
  g_assert_null (cb_database_open (below, &error));
  g_assert_error (error, CB_ERROR, CB_ERROR_STORAGE);
}

static void
test_transactions (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(CbDatabase) database = open_database (fixture);
  g_autoptr(GError) error = NULL;

  {
    g_autoptr(CbTransaction) outer = cb_transaction_begin (database, &error);

    cb_settings_set (database, "a", "1", &error);
    {
      g_autoptr(CbTransaction) inner = cb_transaction_begin (database, &error);

      cb_settings_set (database, "b", "2", &error);
    }
    g_assert_true (cb_transaction_commit (&outer, &error));
  }
  g_assert_no_error (error);
  {
    g_autofree char *a = cb_settings_get (database, "a");
    g_autofree char *b = cb_settings_get (database, "b");

    g_assert_cmpstr (a, ==, "1");
    g_assert_null (b);
  }
}

static void
test_errors (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(CbDatabase) database = open_database (fixture);
  g_autoptr(GError) error = NULL;

  g_assert_false (cb_database_run (database, &error, "NONSENSE", NULL));
  g_assert_error (error, CB_ERROR, CB_ERROR_STORAGE);
  g_assert_false (cb_database_run (database, NULL, "NONSENSE", NULL));
  g_assert_false (cb_database_run (database, NULL, "INSERT INTO settings (key, value) VALUES (?, ?)",
                                   "ss", "k", NULL));
}

static void
test_poll (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(CbDatabase) one = open_database (fixture);
  g_autoptr(CbDatabase) two = open_database (fixture);

  cb_database_poll (one);
  g_assert_false (cb_database_poll (one));
  cb_settings_set (one, "own", "1", NULL);
  g_assert_false (cb_database_poll (one));
  cb_settings_set (two, "other", "1", NULL);
  g_assert_true (cb_database_poll (one));
}

static void
test_workspace (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(CbDatabase) database = open_database (fixture);
  g_autofree char *first = cb_settings_workspace_id (database, NULL);
  g_autofree char *second = cb_settings_workspace_id (database, NULL);
  g_autofree char *author = NULL;

  g_assert_cmpstr (first, ==, second);
  g_assert_true (g_uuid_string_is_valid (first));
  cb_settings_set (database, "author", "Mara Lindqvist", NULL);
  author = cb_settings_author (database);
  g_assert_cmpstr (author, ==, "Mara Lindqvist");
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *name; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "/store/open", test_open },
    { "/store/open-twice", test_open_twice },
    { "/store/newer", test_newer },
    { "/store/to-read", test_to_read },
    { "/store/corrupt", test_corrupt },
    { "/store/damaged", test_damaged },
    { "/store/no-directory", test_no_directory },
    { "/store/transactions", test_transactions },
    { "/store/errors", test_errors },
    { "/store/poll", test_poll },
    { "/store/workspace", test_workspace },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
