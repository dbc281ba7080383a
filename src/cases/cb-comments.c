/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-string.h"
#include "base/cb-time.h"
#include "cases/cb-cases-private.h"

/* Auxiliary methods */

/* A revision is named by its text and by how often this comment was edited into that text, not by a
 * counter: so it is the same in a restored workspace and for a comment that went and came back, and
 * an edit that is taken back is still a new one. */
static char *
next_revision (CbDatabase  *database,
               const char  *case_id,
               CbComment   *comment,
               gboolean     is_edit,
               GError     **error)
{
  g_autofree char *hash = cb_sha256 (comment->text, NULL);
  g_autoptr(CbStatement) statement = NULL;

  hash[16] = '\0';
  statement = cb_database_query (database, error,
                                 "INSERT INTO comment_revisions (case_id, comment_id, hash, count)"
                                 " VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + ?"
                                 " RETURNING count",
                                 "sssi", case_id, comment->id, hash, (gint64) is_edit);
  if (statement == NULL || !cb_statement_step (statement, error))
    return NULL;
  return g_strdup_printf ("%s-%d", hash, (int) cb_statement_int (statement, 0));
}

static gboolean
renew_revision (CbDatabase  *database,
                const char  *case_id,
                CbComment   *comment,
                gboolean     is_edit,
                GError     **error)
{
  g_free (comment->revision);
  comment->revision = next_revision (database, case_id, comment, is_edit, error);
  return comment->revision != NULL;
}

static CbComment *
read_row (CbStatement *row)
{
  CbComment *comment = cb_comment_new ();

  comment->id = g_strdup (cb_statement_string (row, 0));
  comment->text = g_strdup (cb_statement_string (row, 1));
  comment->author = g_strdup (cb_statement_string (row, 2));
  comment->created_at = cb_statement_int (row, 3);
  comment->updated_at = cb_statement_int (row, 4);
  comment->updated_by = g_strdup (cb_statement_string (row, 5));
  comment->revision = g_strdup (cb_statement_string (row, 6));
  comment->extra = g_strdup (cb_statement_string (row, 7));
  return comment;
}

static CbComment *
find (GPtrArray  *comments,
      const char *id)
{
  for (guint i = 0; i < comments->len; i++)
    if (g_str_equal (((CbComment *) g_ptr_array_index (comments, i))->id, id))
      return g_ptr_array_index (comments, i);
  return NULL;
}

/* Public API */

GPtrArray *
_cb_comments_load (CbDatabase  *database,
                   const char  *case_id,
                   GError     **error)
{
  g_autoptr(GPtrArray) comments =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_comment_free);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(CbStatement) statement = NULL;

  statement = cb_database_query (database, error,
                                 "SELECT id, text, author, created_at, updated_at, updated_by,"
                                 " revision, extra FROM comments WHERE case_id = ? ORDER BY seq",
                                 "s", case_id);
  if (statement == NULL)
    return NULL;
  while (cb_statement_step (statement, &local_error))
    g_ptr_array_add (comments, read_row (statement));
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  return g_steal_pointer (&comments);
}

gboolean
_cb_comments_insert (CbDatabase  *database,
                     const char  *case_id,
                     CbComment   *comment,
                     GError     **error)
{
  if (!renew_revision (database, case_id, comment, FALSE, error))
    return FALSE;
  return cb_database_run (database, error,
                          "INSERT INTO comments (case_id, id, text, author, created_at, updated_at,"
                          " updated_by, revision, extra) VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?)",
                          "ssssiisss", case_id, comment->id, comment->text, comment->author,
                          comment->created_at, comment->updated_at, comment->updated_by,
                          comment->revision, comment->extra);
}

gboolean
_cb_comments_update (CbDatabase  *database,
                     const char  *case_id,
                     CbComment   *comment,
                     GError     **error)
{
  if (!renew_revision (database, case_id, comment, TRUE, error))
    return FALSE;
  return cb_database_run (database, error,
                          "UPDATE comments SET text = ?, author = ?, updated_at = nullif(?, 0),"
                          " updated_by = ?, revision = ?, extra = ? WHERE case_id = ? AND id = ?",
                          "ssisssss", comment->text, comment->author, comment->updated_at,
                          comment->updated_by, comment->revision, comment->extra, case_id,
                          comment->id);
}

/* Import never deletes: comments that are only here stay. */
gboolean
_cb_comments_merge (CbDatabase  *database,
                    const char  *case_id,
                    GPtrArray   *old,
                    GPtrArray   *imported,
                    GError     **error)
{
  for (guint i = 0; i < imported->len; i++)
    {
      CbComment *comment = g_ptr_array_index (imported, i);
      CbComment *known = old != NULL ? find (old, comment->id) : NULL;

      if (known == NULL && !_cb_comments_insert (database, case_id, comment, error))
        return FALSE;
      if (known != NULL && !g_str_equal (known->text, comment->text) &&
          !_cb_comments_update (database, case_id, comment, error))
        return FALSE;
    }
  return TRUE;
}
