/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "base/cb-time.h"
#include "cases/cb-case-json.h"
#include "cases/cb-cases-private.h"
#include "store/cb-settings.h"

#define PREFIX_LENGTH 4

struct _CbCases
{
  GObject parent_instance;

  CbDatabase *database; /* (owned) */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const source_names[] = { "default", "none", "case" };

G_DEFINE_FINAL_TYPE (CbCases, cb_cases, G_TYPE_OBJECT)

/* Auxiliary methods */

static GStrv
load_list (CbCases     *self,
           const char  *sql,
           const char  *id,
           GError     **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(CbStatement) statement = NULL;
  GError *local_error = NULL;

  statement = cb_database_query (self->database, &local_error, sql, "s", id);
  while (statement != NULL && cb_statement_step (statement, &local_error))
    g_strv_builder_add (builder, cb_statement_string (statement, 0));
  if (local_error == NULL)
    return g_strv_builder_end (builder);
  g_propagate_error (error, local_error);
  return NULL;
}

static gboolean
save_list (CbCases     *self,
           const char  *table,
           const char  *column,
           const char  *id,
           GStrv        list,
           GError     **error)
{
  g_autofree char *remove = g_strdup_printf ("DELETE FROM %s WHERE case_id = ?", table);
  g_autofree char *insert = g_strdup_printf ("INSERT OR IGNORE INTO %s (case_id, position, %s)"
                                             " VALUES (?, ?, ?)", table, column);

  if (!cb_database_run (self->database, error, remove, "s", id))
    return FALSE;
  for (guint i = 0; list[i] != NULL; i++)
    if (!cb_database_run (self->database, error, insert, "sis", id, (gint64) i, list[i]))
      return FALSE;
  return TRUE;
}

static void
read_row (CbStatement *row,
          CbCase      *item)
{
  const char *source = cb_statement_string (row, 13);

  item->id = g_strdup (cb_statement_string (row, 0));
  item->title = g_strdup (cb_statement_string (row, 1));
  item->description = g_strdup (cb_statement_string (row, 2));
  item->severity = CLAMP (cb_statement_int (row, 3), 0, CB_N_SEVERITIES - 1);
  item->status = CLAMP (cb_statement_int (row, 4), 0, CB_N_STATUSES - 1);
  item->created_at = cb_statement_int (row, 5);
  item->created_by = g_strdup (cb_statement_string (row, 6));
  item->updated_at = cb_statement_int (row, 7);
  item->updated_by = g_strdup (cb_statement_string (row, 8));
  item->closed_at = cb_statement_int (row, 9);
  item->description_revision = cb_statement_int (row, 10);
  item->connector_id = g_strdup (cb_statement_string (row, 11));
  item->external_service = g_strdup (cb_statement_string (row, 12));
  for (guint i = 0; i < G_N_ELEMENTS (source_names); i++)
    if (g_strcmp0 (source_names[i], source) == 0)
      item->connector_source = i;
  item->extra = g_strdup (cb_statement_string (row, 14));
}

static gboolean
save_row (CbCases     *self,
          CbCase      *item,
          GError     **error)
{
  cb_case_update_hashes (item);
  return cb_database_run (
    self->database, error,
    "INSERT INTO cases (id, title, description, severity, status, created_at, created_by, updated_at,"
    " updated_by, closed_at, description_revision, title_hash, description_hash, tags_hash,"
    " connector_source, connector_id, external_service, extra)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,"
    " severity = excluded.severity, status = excluded.status, created_at = excluded.created_at,"
    " created_by = excluded.created_by, updated_at = excluded.updated_at,"
    " updated_by = excluded.updated_by, closed_at = excluded.closed_at,"
    " description_revision = excluded.description_revision, title_hash = excluded.title_hash,"
    " description_hash = excluded.description_hash, tags_hash = excluded.tags_hash,"
    " connector_source = excluded.connector_source, connector_id = excluded.connector_id,"
    " external_service = excluded.external_service, extra = excluded.extra",
    "sssiiisisiisssssss", item->id, item->title, item->description, (gint64) item->severity,
    (gint64) item->status, item->created_at, item->created_by, item->updated_at, item->updated_by,
    item->closed_at, (gint64) item->description_revision, item->title_hash, item->description_hash,
    item->tags_hash, source_names[item->connector_source], item->connector_id,
    item->external_service, item->extra);
}

static gboolean
update_search (CbCases     *self,
               const char  *id,
               GError     **error)
{
  return cb_database_run (self->database, error,
                          "DELETE FROM case_search WHERE rowid ="
                          " (SELECT seq FROM cases WHERE id = ?)", "s", id) &&
         cb_database_run (self->database, error,
                          "INSERT INTO case_search (rowid, title, description, tags, comments)"
                          " SELECT seq, title, description,"
                          " (SELECT group_concat(tag, ' ') FROM tags WHERE case_id = cases.id),"
                          " (SELECT group_concat(text, char(10)) FROM comments"
                          "  WHERE case_id = cases.id) FROM cases WHERE id = ?", "s", id);
}

static gboolean
save_case (CbCases     *self,
           CbCase      *item,
           GError     **error)
{
  return save_row (self, item, error) &&
         save_list (self, "tags", "tag", item->id, item->tags, error) &&
         save_list (self, "assignees", "name", item->id, item->assignees, error) &&
         update_search (self, item->id, error);
}

static gboolean
touch (CbCases     *self,
       const char  *id,
       GError     **error)
{
  g_autofree char *author = cb_settings_author (self->database);

  return cb_database_run (self->database, error,
                          "UPDATE cases SET updated_at = ?, updated_by = ? WHERE id = ?", "iss",
                          cb_time_now (), author, id);
}

static gboolean
add_entry (CbCases           *self,
           const char        *id,
           const CbActivity  *entry,
           GError           **error)
{
  return cb_database_run (self->database, error,
                          "INSERT INTO activity (case_id, time, kind, author, text, connector_id,"
                          " incident) VALUES (?, ?, ?, ?, ?, ?, ?)", "sisssss", id, entry->time,
                          entry->kind, entry->author, entry->text, entry->connector_id,
                          entry->incident);
}

static gboolean
check_single_line (const char  *title,
                   GError     **error)
{
  if (strpbrk (title, "\n\r") == NULL)
    return TRUE;
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "title",
                _("The title has more than one line. Put it on one line; the rest belongs in the "
                  "description."));
  return FALSE;
}

static gboolean
edit_title (CbCases           *self,
            CbCase            *item,
            const CbCaseEdit  *edit,
            GError           **error)
{
  if (edit->title == NULL || g_str_equal (edit->title, item->title))
    return TRUE;
  if (!check_single_line (edit->title, error))
    return FALSE;
  g_free (item->title);
  item->title = g_strdup (edit->title);
  return cb_cases_add_activity (self, item->id, "title", edit->title, NULL, NULL, error);
}

static gboolean
edit_description (CbCases           *self,
                  CbCase            *item,
                  const CbCaseEdit  *edit,
                  GError           **error)
{
  if (edit->description == NULL || g_str_equal (edit->description, item->description))
    return TRUE;
  g_free (item->description);
  item->description = g_strdup (edit->description);
  item->description_revision++;
  return cb_cases_add_activity (self, item->id, "description", NULL, NULL, NULL, error);
}

static gboolean
edit_severity (CbCases           *self,
               CbCase            *item,
               const CbCaseEdit  *edit,
               GError           **error)
{
  if (edit->severity == NULL || *edit->severity == item->severity)
    return TRUE;
  item->severity = *edit->severity;
  return cb_cases_add_activity (self, item->id, "severity", cb_severity_name (item->severity), NULL,
                                NULL, error);
}

static gboolean
edit_status (CbCases           *self,
             CbCase            *item,
             const CbCaseEdit  *edit,
             GError           **error)
{
  if (edit->status == NULL || *edit->status == item->status)
    return TRUE;
  item->status = *edit->status;
  item->closed_at = item->status == CB_STATUS_CLOSED ? cb_time_now () : 0;
  return cb_cases_add_activity (self, item->id, "status", cb_status_name (item->status), NULL, NULL,
                                error);
}

static gboolean
edit_list (CbCases            *self,
           CbCase             *item,
           const char         *kind,
           GStrv              *list,
           const char *const  *wanted,
           GError            **error)
{
  g_autofree char *text = NULL;

  if (wanted == NULL || g_strv_equal (wanted, (const char *const *) *list))
    return TRUE;
  g_strfreev (*list);
  *list = g_strdupv ((GStrv) wanted);
  text = g_strjoinv (", ", *list);
  return cb_cases_add_activity (self, item->id, kind, text, NULL, NULL, error);
}

static gboolean
commit (CbCases         *self,
        CbTransaction  **transaction,
        const char      *id,
        GError         **error)
{
  if (!cb_transaction_commit (transaction, error))
    return FALSE;
  cb_cases_changed (self, id);
  return TRUE;
}

/* GObject overrides */

static void
cb_cases_dispose (GObject *object)
{
  g_clear_object (&CB_CASES (object)->database);

  G_OBJECT_CLASS (cb_cases_parent_class)->dispose (object);
}

static void
cb_cases_class_init (CbCasesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_cases_dispose;

  /**
   * CbCases::changed:
   * @self: the cases
   * @id: (nullable): the case that changed, %NULL where any may have
   *
   * Emitted after a change is in the database.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cb_cases_init (CbCases *self)
{
}

/* Public API */

/**
 * cb_cases_new:
 * @database: a workspace's database
 *
 * Returns: (transfer full): the cases in it
 */
CbCases *
cb_cases_new (CbDatabase *database)
{
  CbCases *self = g_object_new (CB_TYPE_CASES, NULL);

  self->database = g_object_ref (database);
  return self;
}

/**
 * cb_cases_get_database:
 * @self: the cases
 *
 * Returns: (transfer none): the database they are in
 */
CbDatabase *
cb_cases_get_database (CbCases *self)
{
  g_return_val_if_fail (CB_IS_CASES (self), NULL);

  return self->database;
}

/**
 * cb_cases_is_empty:
 * @self: the cases
 *
 * Returns: whether there are none
 */
gboolean
cb_cases_is_empty (CbCases *self)
{
  g_return_val_if_fail (CB_IS_CASES (self), TRUE);

  return cb_database_query_int (self->database, 0, "SELECT NOT EXISTS (SELECT 1 FROM cases)", NULL);
}

/**
 * cb_cases_resolve:
 * @self: the cases
 * @name: an id, or an unambiguous prefix of one with at least 4 characters
 * @error: %CB_ERROR_NOT_FOUND or %CB_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full) (nullable): the id
 */
char *
cb_cases_resolve (CbCases     *self,
                  const char  *name,
                  GError     **error)
{
  g_autofree char *exact = NULL;
  g_autofree char *first = NULL;
  g_autoptr(CbStatement) statement = NULL;

  g_return_val_if_fail (CB_IS_CASES (self) && name != NULL, NULL);

  exact = cb_database_query_string (self->database, "SELECT id FROM cases WHERE id = ?", "s", name);
  if (exact != NULL)
    return g_steal_pointer (&exact);
  if (g_utf8_validate (name, -1, NULL) && strlen (name) >= PREFIX_LENGTH)
    statement = cb_database_query (self->database, NULL,
                                   "SELECT id FROM cases WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2",
                                   "s", name);
  if (statement == NULL || !cb_statement_step (statement, NULL))
    {
      g_autofree char *shown = g_utf8_make_valid (name, -1);

      cb_set_error (error, CB_ERROR_NOT_FOUND, "case", _("There is no case “%s”. List the cases to "
                    "see their ids."), shown);
      return NULL;
    }
  first = g_strdup (cb_statement_string (statement, 0));
  if (!cb_statement_step (statement, NULL))
    return g_steal_pointer (&first);
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "case",
                _("More than one case's id begins with “%s”. Give more of it."), name);
  return NULL;
}

/**
 * cb_cases_get:
 * @self: the cases
 * @id: a case's id
 * @error: %CB_ERROR_NOT_FOUND, %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable): the case with its comments, as it is now
 */
CbCase *
cb_cases_get (CbCases     *self,
              const char  *id,
              GError     **error)
{
  g_autoptr(CbCase) item = cb_case_new ();
  g_autoptr(CbStatement) statement = NULL;
  g_autoptr(GError) local_error = NULL;
  GPtrArray *comments;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL, NULL);

  statement = cb_database_query (self->database, error,
                                 "SELECT id, title, description, severity, status, created_at,"
                                 " created_by, updated_at, updated_by, closed_at,"
                                 " description_revision, connector_id, external_service,"
                                 " connector_source, extra FROM cases WHERE id = ?", "s", id);
  if (statement == NULL)
    return NULL;
  if (!cb_statement_step (statement, &local_error))
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        cb_set_error (error, CB_ERROR_NOT_FOUND, "case", _("There is no case “%s”."), id);
      return NULL;
    }
  read_row (statement, item);
  comments = _cb_comments_load (self->database, id, error);
  if (comments == NULL)
    return NULL;
  g_ptr_array_unref (item->comments);
  item->comments = comments;
  g_strfreev (item->tags);
  item->tags = load_list (self, "SELECT tag FROM tags WHERE case_id = ? ORDER BY position", id, error);
  g_strfreev (item->assignees);
  item->assignees = NULL;
  if (item->tags != NULL)
    item->assignees = load_list (self, "SELECT name FROM assignees WHERE case_id = ?"
                                 " ORDER BY position", id, error);
  if (item->assignees == NULL)
    return NULL;
  cb_case_update_hashes (item);
  return g_steal_pointer (&item);
}

/**
 * cb_cases_add:
 * @self: the cases
 * @item: a case with title and description; id, author and time are given to it
 * @error: %CB_ERROR_INVALID_ARGUMENT, %CB_ERROR_TOO_LONG, %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Adds a new case.
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_add (CbCases  *self,
              CbCase   *item,
              GError  **error)
{
  g_autoptr(CbTransaction) transaction = NULL;

  g_return_val_if_fail (CB_IS_CASES (self) && item != NULL, FALSE);

  if (!cb_case_check (item, error) || !check_single_line (item->title, error))
    return FALSE;
  g_free (item->id);
  item->id = g_uuid_string_random ();
  g_free (item->created_by);
  item->created_by = cb_settings_author (self->database);
  item->created_at = cb_time_now ();
  transaction = cb_transaction_begin (self->database, error);
  return transaction != NULL && save_case (self, item, error) &&
         cb_cases_add_activity (self, item->id, "created", NULL, NULL, NULL, error) &&
         commit (self, &transaction, item->id, error);
}

/**
 * cb_cases_edit:
 * @self: the cases
 * @id: a case's id
 * @edit: what to change
 * @error: %CB_ERROR_INVALID_ARGUMENT, %CB_ERROR_TOO_LONG, %CB_ERROR_NOT_FOUND, %CB_ERROR_STORAGE or
 *   %CB_ERROR_BUSY
 *
 * Changes a case, all or nothing, and records each change in its activity.
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_edit (CbCases           *self,
               const char        *id,
               const CbCaseEdit  *edit,
               GError           **error)
{
  g_autoptr(CbTransaction) transaction = NULL;
  g_autoptr(CbCase) item = NULL;
  gint64 before;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL && edit != NULL, FALSE);

  transaction = cb_transaction_begin (self->database, error);
  if (transaction == NULL)
    return FALSE;
  before = cb_database_changes_total (self->database);
  item = cb_cases_get (self, id, error);
  if (item == NULL)
    return FALSE;
  if (!edit_title (self, item, edit, error) ||
      !edit_description (self, item, edit, error) ||
      !edit_severity (self, item, edit, error) ||
      !edit_status (self, item, edit, error) ||
      !edit_list (self, item, "tags", &item->tags, edit->tags, error) ||
      !edit_list (self, item, "assignees", &item->assignees, edit->assignees, error) ||
      !cb_case_check (item, error))
    return FALSE;
  if (cb_database_changes_total (self->database) == before)
    return cb_transaction_commit (&transaction, error);
  return save_case (self, item, error) && touch (self, id, error) &&
         commit (self, &transaction, id, error);
}

/**
 * cb_cases_remove:
 * @self: the cases
 * @id: a case's id
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Removes a case with its comments and activity. What finds its incidents again stays.
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_remove (CbCases     *self,
                 const char  *id,
                 GError     **error)
{
  g_autoptr(CbTransaction) transaction = NULL;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL, FALSE);

  transaction = cb_transaction_begin (self->database, error);
  return transaction != NULL &&
         cb_database_run (self->database, error, "DELETE FROM case_search WHERE rowid ="
                          " (SELECT seq FROM cases WHERE id = ?)", "s", id) &&
         cb_database_run (self->database, error, "DELETE FROM cases WHERE id = ?", "s", id) &&
         commit (self, &transaction, id, error);
}

/**
 * cb_cases_add_comment:
 * @self: the cases
 * @id: a case's id
 * @text: Markdown
 * @error: %CB_ERROR_INVALID_ARGUMENT, %CB_ERROR_TOO_LONG, %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable): the new comment's id
 */
char *
cb_cases_add_comment (CbCases     *self,
                      const char  *id,
                      const char  *text,
                      GError     **error)
{
  g_autoptr(CbTransaction) transaction = NULL;
  g_autoptr(CbComment) comment = cb_comment_new ();

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL && text != NULL, NULL);

  if (!cb_comment_check (text, error))
    return NULL;
  comment->id = g_uuid_string_random ();
  comment->text = g_strdup (text);
  comment->author = cb_settings_author (self->database);
  comment->created_at = cb_time_now ();
  transaction = cb_transaction_begin (self->database, error);
  if (transaction == NULL || !_cb_comments_insert (self->database, id, comment, error) ||
      !cb_cases_add_activity (self, id, "comment-added", NULL, NULL, NULL, error) ||
      !update_search (self, id, error) || !touch (self, id, error) ||
      !commit (self, &transaction, id, error))
    return NULL;
  return g_steal_pointer (&comment->id);
}

/**
 * cb_cases_edit_comment:
 * @self: the cases
 * @id: a case's id
 * @comment_id: a comment's id
 * @text: the new Markdown
 * @error: %CB_ERROR_INVALID_ARGUMENT, %CB_ERROR_TOO_LONG, %CB_ERROR_NOT_FOUND, %CB_ERROR_STORAGE or
 *   %CB_ERROR_BUSY
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_edit_comment (CbCases     *self,
                       const char  *id,
                       const char  *comment_id,
                       const char  *text,
                       GError     **error)
{
  g_autoptr(CbTransaction) transaction = NULL;
  g_autoptr(CbCase) item = NULL;
  CbComment *comment;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL && text != NULL, FALSE);

  if (!cb_comment_check (text, error))
    return FALSE;
  transaction = cb_transaction_begin (self->database, error);
  item = transaction != NULL ? cb_cases_get (self, id, error) : NULL;
  comment = item != NULL ? cb_case_find_comment (item, comment_id, error) : NULL;
  if (comment == NULL)
    return FALSE;
  if (g_str_equal (comment->text, text))
    return TRUE;
  g_free (comment->text);
  comment->text = g_strdup (text);
  comment->updated_at = cb_time_now ();
  g_free (comment->updated_by);
  comment->updated_by = cb_settings_author (self->database);
  return _cb_comments_update (self->database, id, comment, error) &&
         cb_cases_add_activity (self, id, "comment-edited", NULL, NULL, NULL, error) &&
         update_search (self, id, error) && touch (self, id, error) &&
         commit (self, &transaction, id, error);
}

/**
 * cb_cases_remove_comment:
 * @self: the cases
 * @id: a case's id
 * @comment_id: a comment's id
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Removes a comment here; what was sent of it stays in the incident.
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_remove_comment (CbCases     *self,
                         const char  *id,
                         const char  *comment_id,
                         GError     **error)
{
  g_autoptr(CbTransaction) transaction = NULL;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL && comment_id != NULL, FALSE);

  transaction = cb_transaction_begin (self->database, error);
  return transaction != NULL &&
         cb_database_run (self->database, error,
                          "DELETE FROM comments WHERE case_id = ? AND id = ?", "ss", id,
                          comment_id) &&
         cb_cases_add_activity (self, id, "comment-removed", NULL, NULL, NULL, error) &&
         update_search (self, id, error) && touch (self, id, error) &&
         commit (self, &transaction, id, error);
}

/**
 * cb_cases_set_connector:
 * @self: the cases
 * @id: a case's id
 * @source: where its connector comes from
 * @connector_id: (nullable): the connector, where @source is %CB_CONNECTOR_OWN
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Chooses the case's connector. The fields kept for each connector stay.
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_set_connector (CbCases            *self,
                        const char         *id,
                        CbConnectorSource   source,
                        const char         *connector_id,
                        GError            **error)
{
  g_autoptr(CbTransaction) transaction = NULL;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL, FALSE);
  g_return_val_if_fail ((source == CB_CONNECTOR_OWN) == (connector_id != NULL), FALSE);

  transaction = cb_transaction_begin (self->database, error);
  if (transaction == NULL ||
      !cb_database_run (self->database, error,
                        "UPDATE cases SET connector_source = ?1, connector_id = ?2 WHERE id = ?3"
                        " AND (connector_source <> ?1 OR connector_id IS NOT ?2)",
                        "sss", source_names[source], connector_id, id))
    return FALSE;
  if (cb_database_changes (self->database) > 0 &&
      (!cb_cases_add_activity (self, id, "connector", source_names[source], connector_id, NULL,
                               error) || !touch (self, id, error)))
    return FALSE;
  return commit (self, &transaction, id, error);
}

/**
 * cb_cases_count_connector:
 * @self: the cases
 * @connector_id: a connector's id
 * @defaults: (out) (nullable): how many cases go through the default connector
 *
 * Returns: how many cases name that connector
 */
guint
cb_cases_count_connector (CbCases    *self,
                          const char *connector_id,
                          guint      *defaults)
{
  g_return_val_if_fail (CB_IS_CASES (self) && connector_id != NULL, 0);

  if (defaults != NULL)
    *defaults = cb_database_query_int (self->database, 0, "SELECT count(*) FROM cases"
                                       " WHERE connector_source = 'default'", NULL);
  return cb_database_query_int (self->database, 0, "SELECT count(*) FROM cases"
                                " WHERE connector_source = 'case' AND connector_id = ?", "s",
                                connector_id);
}

/**
 * cb_cases_get_fields:
 * @self: the cases
 * @id: a case's id
 * @connector_id: a connector's id
 *
 * Returns: (transfer full) (element-type utf8 utf8): what the case says to that connector
 */
GHashTable *
cb_cases_get_fields (CbCases    *self,
                     const char *id,
                     const char *connector_id)
{
  GHashTable *fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(CbStatement) statement = NULL;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL && connector_id != NULL, fields);

  statement = cb_database_query (self->database, NULL,
                                 "SELECT key, value FROM case_fields"
                                 " WHERE case_id = ? AND connector_id = ?", "ss", id, connector_id);
  while (statement != NULL && cb_statement_step (statement, NULL))
    g_hash_table_insert (fields, g_strdup (cb_statement_string (statement, 0)),
                         g_strdup (cb_statement_string (statement, 1)));
  return fields;
}

/**
 * cb_cases_set_field:
 * @self: the cases
 * @id: a case's id
 * @connector_id: a connector's id
 * @key: a field's key
 * @value: (nullable): its value; %NULL or "" clears it
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_set_field (CbCases     *self,
                    const char  *id,
                    const char  *connector_id,
                    const char  *key,
                    const char  *value,
                    GError     **error)
{
  gboolean ok;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL && connector_id != NULL && key != NULL,
                        FALSE);

  if (value == NULL || *value == '\0')
    ok = cb_database_run (self->database, error, "DELETE FROM case_fields WHERE case_id = ?"
                          " AND connector_id = ? AND key = ?", "sss", id, connector_id, key);
  else
    ok = cb_database_run (self->database, error,
                          "INSERT INTO case_fields (case_id, connector_id, key, value)"
                          " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                          "ssss", id, connector_id, key, value);
  if (ok)
    cb_cases_changed (self, id);
  return ok;
}

/**
 * cb_cases_get_activity:
 * @self: the cases
 * @id: a case's id
 *
 * Returns: (transfer full) (element-type CbActivity): its activity, oldest first
 */
GPtrArray *
cb_cases_get_activity (CbCases    *self,
                       const char *id)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_activity_free);
  g_autoptr(CbStatement) statement = NULL;

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL, entries);

  statement = cb_database_query (self->database, NULL,
                                 "SELECT time, kind, author, text, connector_id, incident"
                                 " FROM activity WHERE case_id = ? ORDER BY seq", "s", id);
  while (statement != NULL && cb_statement_step (statement, NULL))
    {
      CbActivity *entry = g_new0 (CbActivity, 1);

      entry->time = cb_statement_int (statement, 0);
      entry->kind = g_strdup (cb_statement_string (statement, 1));
      entry->author = g_strdup (cb_statement_string (statement, 2));
      entry->text = g_strdup (cb_statement_string (statement, 3));
      entry->connector_id = g_strdup (cb_statement_string (statement, 4));
      entry->incident = g_strdup (cb_statement_string (statement, 5));
      g_ptr_array_add (entries, entry);
    }
  return entries;
}

/**
 * cb_cases_add_activity:
 * @self: the cases
 * @id: a case's id
 * @kind: what happened, see #CbActivity
 * @text: (nullable): the new value
 * @connector_id: (nullable): the connector it is about
 * @incident: (nullable): the incident's title
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Adds an entry by the present author, now. Does not emit #CbCases::changed.
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_add_activity (CbCases     *self,
                       const char  *id,
                       const char  *kind,
                       const char  *text,
                       const char  *connector_id,
                       const char  *incident,
                       GError     **error)
{
  g_autofree char *author = NULL;
  CbActivity entry = { cb_time_now (), (char *) kind, NULL, (char *) text, (char *) connector_id,
                       (char *) incident };

  g_return_val_if_fail (CB_IS_CASES (self) && id != NULL && kind != NULL, FALSE);

  author = cb_settings_author (self->database);
  entry.author = author;
  return add_entry (self, id, &entry, error);
}

/**
 * cb_cases_changed:
 * @self: the cases
 * @id: (nullable): a case's id
 *
 * Tells that something about the case has changed, here or in a table that joins it.
 */
void
cb_cases_changed (CbCases    *self,
                  const char *id)
{
  g_return_if_fail (CB_IS_CASES (self));

  /* Whoever holds a transaction tells when it is committed. */
  if (!cb_database_is_in_transaction (self->database))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, id);
}

static char *
signature (CbCases    *self,
           const char *id)
{
  g_autoptr(CbCase) item = cb_cases_get (self, id, NULL);
  g_autoptr(JsonObject) object = item != NULL ? cb_case_json_write (item, NULL, NULL) : NULL;

  return object != NULL ? cb_json_object_to_string (object) : g_strdup ("");
}

/**
 * cb_cases_replace:
 * @self: the cases
 * @item: an imported case with its own id
 * @activity: (element-type CbActivity): its activity; kept for a new case only
 * @changed: (out): whether anything is different now
 * @error: %CB_ERROR_INVALID_ARGUMENT, %CB_ERROR_TOO_LONG, %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Takes over a case from elsewhere. Comments that are only here stay. Does not emit
 * #CbCases::changed: the import does, when it is whole.
 *
 * Returns: whether it worked
 */
gboolean
cb_cases_replace (CbCases    *self,
                  CbCase     *item,
                  GPtrArray  *activity,
                  gboolean   *changed,
                  GError    **error)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr(CbCase) old = NULL;

  g_return_val_if_fail (CB_IS_CASES (self) && item != NULL && item->id != NULL, FALSE);

  if (!cb_case_check (item, error))
    return FALSE;
  old = cb_cases_get (self, item->id, NULL);
  before = signature (self, item->id);
  if (old != NULL && item->description_revision <= old->description_revision)
    item->description_revision = old->description_revision +
                                 !g_str_equal (old->description, item->description);
  if (!save_case (self, item, error) ||
      !_cb_comments_merge (self->database, item->id, old != NULL ? old->comments : NULL,
                           item->comments, error) ||
      !update_search (self, item->id, error))
    return FALSE;
  for (guint i = 0; old == NULL && i < activity->len; i++)
    if (!add_entry (self, item->id, g_ptr_array_index (activity, i), error))
      return FALSE;
  after = signature (self, item->id);
  *changed = !g_str_equal (before, after);
  return TRUE;
}
