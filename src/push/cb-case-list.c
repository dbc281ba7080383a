/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "push/cb-case-list.h"

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const state_names[] = {
  "none", "never", "up-to-date", "needs-push", "queued", "failed", "uncertain"
};

#define SWAP(a, b) G_STMT_START { gpointer kept = a; a = b; b = kept; } G_STMT_END

/* The connector in force, and its destination. */
#define CONNECTED \
  "cases c LEFT JOIN connectors k ON k.id = CASE c.connector_source" \
  "  WHEN 'case' THEN c.connector_id" \
  "  WHEN 'default' THEN (SELECT value FROM settings WHERE key = 'default_connector') END" \
  " LEFT JOIN incidents i ON i.case_id = c.id AND i.destination = k.destination" \
  " LEFT JOIN pushes p ON p.id = (SELECT max(id) FROM pushes q WHERE q.case_id = c.id" \
  "  AND q.destination = k.destination)"

/* By revisions only, as a list must be quick: nothing is formatted and nobody is asked. */
#define FIELD_NEWS(field, column) \
  "NOT EXISTS (SELECT 1 FROM pushed_fields f WHERE f.case_id = c.id" \
  " AND f.destination = k.destination AND f.field = '" field "' AND f.source = c." column ")"
#define NEWS \
  "(" FIELD_NEWS ("title", "title_hash") " OR " FIELD_NEWS ("description", "description_hash") \
  " OR (k.sends_tags AND " FIELD_NEWS ("tags", "tags_hash") ")" \
  " OR EXISTS (SELECT 1 FROM comments m WHERE m.case_id = c.id AND (SELECT count(*) FROM" \
  "  pushed_comments s WHERE s.case_id = c.id AND s.destination = k.destination" \
  "  AND s.comment_id = m.id AND s.revision = m.revision) < max(1, coalesce((SELECT max(parts) FROM" \
  "  pushed_comments s WHERE s.case_id = c.id AND s.destination = k.destination" \
  "  AND s.comment_id = m.id AND s.revision = m.revision), 1)))" \
  " OR EXISTS (SELECT 1 FROM case_fields v WHERE v.case_id = c.id AND v.connector_id = k.id" \
  "  AND NOT EXISTS (SELECT 1 FROM pushed_fields f WHERE f.case_id = c.id" \
  "   AND f.destination = k.destination AND f.field = v.key AND f.source = v.value)))"

#define STATE \
  "CASE WHEN k.id IS NULL THEN 0" \
  " WHEN p.state = 'queued' OR (p.state IN ('done', 'cancelled') AND EXISTS (SELECT 1 FROM pushes q" \
  "  WHERE q.case_id = c.id AND q.destination = k.destination AND q.state = 'queued')) THEN 4" \
  " WHEN p.state <> 'running' AND EXISTS (SELECT 1 FROM pushes q JOIN push_steps s" \
  "  ON s.push_id = q.id WHERE q.case_id = c.id AND q.destination = k.destination" \
  "  AND s.kind <> 'update' AND s.state IN ('started', 'uncertain')) THEN 6" \
  " WHEN p.state = 'uncertain' THEN 6" \
  " WHEN p.state IN ('failed', 'conflict') THEN 5" \
  " WHEN i.remote_id IS NULL THEN 1" \
  " WHEN i.completed = 0 OR p.state = 'cancelled' THEN 3" \
  " WHEN " NEWS " THEN 3 ELSE 2 END"

#define ROW \
  "c.id, c.title, c.status, c.severity, c.created_at, c.updated_at," \
  " (SELECT count(*) FROM comments m WHERE m.case_id = c.id)," \
  " (SELECT group_concat(tag, char(31)) FROM (SELECT tag FROM tags t WHERE t.case_id = c.id" \
  "  ORDER BY position)), k.id, i.remote_id, i.title, i.url, " STATE ", p.error_message, c.seq"

/* For all cases at once: without the + SQLite would follow an index, from which it jumps to each case. */
static const char *const orders[CB_N_CASE_ORDERS] = {
  [CB_CASE_ORDER_NEWEST] = " ORDER BY +c.created_at DESC, c.seq DESC",
  [CB_CASE_ORDER_CHANGED] = " ORDER BY coalesce(c.updated_at, c.created_at) DESC, c.seq DESC",
  [CB_CASE_ORDER_SEVERITY] = " ORDER BY c.severity DESC, c.created_at DESC, c.seq DESC",
  [CB_CASE_ORDER_TITLE] = " ORDER BY c.title COLLATE NOCASE, c.seq DESC",
};

G_DEFINE_FINAL_TYPE (CbCaseRow, cb_case_row, G_TYPE_OBJECT)

/* Auxiliary methods */

/* Each word must occur, the last one may go on: what a person types is never FTS syntax. */
static char *
match_expression (const char *search)
{
  g_auto(GStrv) words = g_strsplit_set (search, " \t\r\n", -1);
  g_autoptr(GString) expression = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_auto(GStrv) parts = NULL;
      g_autofree char *quoted = NULL;

      if (*words[i] == '\0')
        continue;
      parts = g_strsplit (words[i], "\"", -1);
      quoted = g_strjoinv ("\"\"", parts);
      g_string_append_printf (expression, "%s\"%s\"*", expression->len > 0 ? " " : "", quoted);
    }
  return g_string_free (g_steal_pointer (&expression), FALSE);
}

static void
append_statuses (GString            *where,
                 const char *const  *names)
{
  g_string_append (where, " AND c.status IN (-1");
  for (guint i = 0; names[i] != NULL; i++)
    {
      CbStatus status;

      if (cb_status_parse (names[i], &status))
        g_string_append_printf (where, ", %d", (int) status);
    }
  g_string_append (where, ")");
}

static char *
build_where (const CbCaseQuery *query)
{
  g_autoptr(GString) where = g_string_new (" WHERE (?1 IS NULL OR c.id = ?1)");

  if (query->statuses != NULL && query->statuses[0] != NULL)
    append_statuses (where, query->statuses);
  g_string_append (where, " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM tags t WHERE t.case_id = c.id"
                          " AND t.tag IN (SELECT value FROM json_each (?2))))");
  g_string_append (where, !cb_is_blank (query->search)
                            ? " AND c.seq IN (SELECT rowid FROM case_search WHERE case_search MATCH ?3)"
                            : " AND ?3 IS NULL");
  if (query->needs_push)
    g_string_append (where, query->queued ? " AND " STATE " IN (1, 3, 4)" : " AND " STATE " IN (1, 3)");
  /* The first condition has an index, and leaves few. */
  if (query->trouble)
    g_string_append (where, " AND c.id IN (SELECT case_id FROM pushes WHERE state <> 'done')"
                            " AND " STATE " IN (5, 6)");
  return g_string_free (g_steal_pointer (&where), FALSE);
}

static char *
write_tags (const char *const *tags)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array;

  if (tags == NULL || tags[0] == NULL)
    return NULL;
  array = json_array_new ();
  for (guint i = 0; tags[i] != NULL; i++)
    json_array_add_string_element (array, tags[i]);
  json_node_take_array (node, array);
  return cb_json_to_string (node);
}

static CbStatement *
start_query (CbDatabase         *database,
             const CbCaseQuery  *query,
             const char         *columns,
             const char         *order,
             GError            **error)
{
  g_autofree char *where = build_where (query);
  g_autofree char *sql = g_strconcat ("SELECT ", columns, " FROM " CONNECTED, where, order, NULL);
  g_autofree char *match = !cb_is_blank (query->search) ? match_expression (query->search) : NULL;

  g_autofree char *tags = write_tags (query->tags);

  return cb_database_query (database, error, sql, "sss", query->id, tags, match);
}

static char *
make_order (const CbCaseQuery *query)
{
  return g_strdup_printf (" ORDER BY c.created_at DESC, c.seq DESC LIMIT %d OFFSET %d", query->limit,
                          MAX (0, query->offset));
}

static GStrv
split_tags (const char *joined)
{
  return joined != NULL ? g_strsplit (joined, "\x1f", -1) : g_new0 (char *, 1);
}

static CbCaseRow *
read_row (CbStatement *row)
{
  CbCaseRow *self = g_object_new (CB_TYPE_CASE_ROW, NULL);

  self->id = g_strdup (cb_statement_string (row, 0));
  self->title = g_strdup (cb_statement_string (row, 1));
  self->status = CLAMP (cb_statement_int (row, 2), 0, CB_N_STATUSES - 1);
  self->severity = CLAMP (cb_statement_int (row, 3), 0, CB_N_SEVERITIES - 1);
  self->created_at = cb_statement_int (row, 4);
  self->updated_at = cb_statement_int (row, 5);
  self->n_comments = cb_statement_int (row, 6);
  self->tags = split_tags (cb_statement_string (row, 7));
  self->connector_id = g_strdup (cb_statement_string (row, 8));
  self->incident_id = g_strdup (cb_statement_string (row, 9));
  self->incident_title = g_strdup (cb_statement_string (row, 10));
  self->incident_url = g_strdup (cb_statement_string (row, 11));
  self->state = cb_statement_int (row, 12);
  if (self->state == CB_PUSH_FAILED || self->state == CB_PUSH_UNCERTAIN)
    self->error_message = g_strdup (cb_statement_string (row, 13));
  self->seq = cb_statement_int (row, 14);
  return self;
}

static GPtrArray *
read_rows (CbStatement  *statement,
           GError      **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  GError *local_error = NULL;

  while (cb_statement_step (statement, &local_error))
    g_ptr_array_add (rows, read_row (statement));
  if (local_error == NULL)
    return g_steal_pointer (&rows);
  g_propagate_error (error, local_error);
  return NULL;
}

static GPtrArray *
read_ids (CbStatement  *statement,
          GError      **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GError *local_error = NULL;

  while (cb_statement_step (statement, &local_error))
    g_ptr_array_add (ids, g_strdup (cb_statement_string (statement, 0)));
  if (local_error == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (error, local_error);
  return NULL;
}

static char *
write_seqs (const gint64 *seqs,
            guint         n_seqs)
{
  g_autoptr(GString) list = g_string_new ("[");

  for (guint i = 0; i < n_seqs; i++)
    g_string_append_printf (list, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", seqs[i]);
  g_string_append_c (list, ']');
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static gboolean
rows_equal (CbCaseRow *a,
            CbCaseRow *b)
{
  /* The number of a removed case is given to the next one. */
  return g_str_equal (a->id, b->id) && a->created_at == b->created_at &&
         g_str_equal (a->title, b->title) && a->status == b->status && a->severity == b->severity &&
         a->updated_at == b->updated_at && a->state == b->state && a->n_comments == b->n_comments &&
         g_strcmp0 (a->connector_id, b->connector_id) == 0 &&
         g_strcmp0 (a->incident_title, b->incident_title) == 0 &&
         g_strcmp0 (a->error_message, b->error_message) == 0;
}

/* GObject overrides */

static void
cb_case_row_finalize (GObject *object)
{
  CbCaseRow *self = CB_CASE_ROW (object);

  g_free (self->id);
  g_free (self->title);
  g_strfreev (self->tags);
  g_free (self->connector_id);
  g_free (self->incident_id);
  g_free (self->incident_title);
  g_free (self->incident_url);
  g_free (self->error_message);

  G_OBJECT_CLASS (cb_case_row_parent_class)->finalize (object);
}

static void
cb_case_row_class_init (CbCaseRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_case_row_finalize;

  /**
   * CbCaseRow::changed:
   * @self: a row
   *
   * Emitted when it has taken other values.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
cb_case_row_init (CbCaseRow *self)
{
}

/* Public API */

/**
 * cb_case_row_take:
 * @self: a row
 * @other: a newer reading of the case of that number; it gets the old values in exchange
 *
 * Takes the values of another row, where they differ.
 */
void
cb_case_row_take (CbCaseRow *self,
                  CbCaseRow *other)
{
  g_return_if_fail (CB_IS_CASE_ROW (self) && CB_IS_CASE_ROW (other));

  if (rows_equal (self, other))
    return;
  SWAP (self->id, other->id);
  self->created_at = other->created_at;
  SWAP (self->title, other->title);
  self->status = other->status;
  self->severity = other->severity;
  SWAP (self->tags, other->tags);
  self->updated_at = other->updated_at;
  self->n_comments = other->n_comments;
  SWAP (self->connector_id, other->connector_id);
  self->state = other->state;
  SWAP (self->incident_id, other->incident_id);
  SWAP (self->incident_title, other->incident_title);
  SWAP (self->incident_url, other->incident_url);
  SWAP (self->error_message, other->error_message);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * cb_case_list_query:
 * @database: a database
 * @query: which cases
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable) (element-type CbCaseRow): the cases, newest first
 */
GPtrArray *
cb_case_list_query (CbDatabase         *database,
                    const CbCaseQuery  *query,
                    GError            **error)
{
  g_autofree char *order = make_order (query);
  g_autoptr(CbStatement) statement = NULL;

  statement = start_query (database, query, ROW, order, error);
  return statement != NULL ? read_rows (statement, error) : NULL;
}

/**
 * cb_case_list_ids:
 * @database: a database
 * @query: which cases
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable) (element-type utf8): their ids, newest first
 */
GPtrArray *
cb_case_list_ids (CbDatabase         *database,
                  const CbCaseQuery  *query,
                  GError            **error)
{
  g_autofree char *order = make_order (query);
  g_autoptr(CbStatement) statement = start_query (database, query, "c.id", order, error);

  return statement != NULL ? read_ids (statement, error) : NULL;
}

/**
 * cb_case_list_scan:
 * @database: a database
 * @search: (nullable): words that the cases must hold, the last one as a beginning
 * @order: their order
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Goes once through all cases, for a list that shows many of them. It takes a while, about a tenth of a
 * second for 100 000, so it has no place on the main loop.
 *
 * Returns: (transfer full) (nullable) (element-type CbCaseEntry): the cases
 */
GArray *
cb_case_list_scan (CbDatabase   *database,
                   const char   *search,
                   CbCaseOrder   order,
                   GError      **error)
{
  const CbCaseQuery query = { .search = search };
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (CbCaseEntry));
  g_autoptr(CbStatement) statement = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (order < CB_N_CASE_ORDERS, NULL);

  statement = start_query (database, &query, "c.seq, c.status, " STATE, orders[order], error);
  if (statement == NULL)
    return NULL;
  while (cb_statement_step (statement, &local_error))
    {
      CbCaseEntry entry = { cb_statement_int (statement, 0), cb_statement_int (statement, 1),
                            cb_statement_int (statement, 2) };

      g_array_append_val (entries, entry);
    }
  if (local_error == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, local_error);
  return NULL;
}

/**
 * cb_case_list_rows:
 * @database: a database
 * @seqs: (array length=n_seqs): numbers of cases
 * @n_seqs: how many
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable) (element-type CbCaseRow): those that are there still, in no order
 */
GPtrArray *
cb_case_list_rows (CbDatabase    *database,
                   const gint64  *seqs,
                   guint          n_seqs,
                   GError       **error)
{
  g_autofree char *list = write_seqs (seqs, n_seqs);
  g_autoptr(CbStatement) statement = NULL;

  statement = cb_database_query (database, error, "SELECT " ROW " FROM " CONNECTED " WHERE c.seq IN"
                                 " (SELECT value FROM json_each (?1))", "s", list);
  return statement != NULL ? read_rows (statement, error) : NULL;
}

/**
 * cb_case_list_seq_ids:
 * @database: a database
 * @seqs: (array length=n_seqs): numbers of cases
 * @n_seqs: how many
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable) (element-type utf8): their ids in the same order, without those
 *   that are gone
 */
GPtrArray *
cb_case_list_seq_ids (CbDatabase    *database,
                      const gint64  *seqs,
                      guint          n_seqs,
                      GError       **error)
{
  g_autoptr(GHashTable) places = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(CbStatement) statement = NULL;
  GError *local_error = NULL;
  gpointer place;

  for (guint i = 0; i < n_seqs; i++)
    g_hash_table_insert (places, (gpointer) &seqs[i], GUINT_TO_POINTER (i));
  g_ptr_array_set_size (ids, n_seqs);
  /* An index holds both, and reading all of it is quicker than looking up many cases. */
  statement = cb_database_query (database, error, "SELECT seq, id FROM cases", NULL);
  while (statement != NULL && cb_statement_step (statement, &local_error))
    {
      gint64 seq = cb_statement_int (statement, 0);

      if (g_hash_table_lookup_extended (places, &seq, NULL, &place))
        g_ptr_array_index (ids, GPOINTER_TO_UINT (place)) = g_strdup (cb_statement_string (statement, 1));
    }
  if (local_error != NULL)
    g_propagate_error (error, local_error);
  if (statement == NULL || local_error != NULL)
    return NULL;
  while (g_ptr_array_remove (ids, NULL))
    ;
  return g_steal_pointer (&ids);
}

/**
 * cb_case_list_count:
 * @database: a database
 * @query: which cases; limit and offset do not matter
 *
 * Returns: how many there are
 */
gint64
cb_case_list_count (CbDatabase        *database,
                    const CbCaseQuery *query)
{
  g_autoptr(CbStatement) statement = start_query (database, query, "count(*)", "", NULL);

  return statement != NULL && cb_statement_step (statement, NULL) ? cb_statement_int (statement, 0)
                                                                  : 0;
}

/**
 * cb_case_list_get:
 * @database: a database
 * @id: a case's id
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable): the case as a list shows it; %NULL without @error set where
 *   there is no such case
 */
CbCaseRow *
cb_case_list_get (CbDatabase  *database,
                  const char  *id,
                  GError     **error)
{
  const CbCaseQuery query = { .id = id, .limit = 1 };
  g_autoptr(GPtrArray) rows = cb_case_list_query (database, &query, error);

  return rows != NULL && rows->len > 0 ? g_object_ref (g_ptr_array_index (rows, 0)) : NULL;
}

/**
 * cb_push_state_name:
 * @state: a state
 *
 * Returns: its name on the command line
 */
const char *
cb_push_state_name (CbPushState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}
