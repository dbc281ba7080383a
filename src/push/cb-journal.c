/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-time.h"
#include "push/cb-journal.h"

static const char *const kinds[] = { "create", "update", "comment" };
static const char *const states[] = {
  "planned", "started", "done", "failed", "uncertain", "pending"
};

#define STEP_COLUMNS "kind, s.state, comment_id, revision, token, fields, parts, remote_id"

/* Auxiliary methods */

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static guint
parse (const char        *name,
       const char *const *names,
       guint              n_names)
{
  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return i;
  return 0;
}

static JsonObject *
ref_object (JsonObject *object)
{
  return object != NULL ? json_object_ref (object) : NULL;
}

static JsonObject *
parse_object (const char *text)
{
  g_autoptr(JsonNode) node = text != NULL ? cb_json_parse (text, -1, NULL) : NULL;

  return ref_object (cb_json_node_object (node));
}

/* A step's fields in the database: what is written, and from which source revisions. */
static char *
write_fields (const CbStep *step)
{
  g_autoptr(JsonObject) object = json_object_new ();

  if (step->values != NULL)
    json_object_set_object_member (object, "values", json_object_ref (step->values));
  if (step->sources != NULL)
    json_object_set_object_member (object, "sources", json_object_ref (step->sources));
  if (step->unsent)
    json_object_set_boolean_member (object, "unsent", TRUE);
  if (step->replaced != NULL)
    json_object_set_object_member (object, "replaced", json_object_ref (step->replaced));
  return cb_json_object_to_string (object);
}

static CbStep *
read_step (CbStatement *row)
{
  CbStep *step = cb_step_new (parse (cb_statement_string (row, 0), kinds, G_N_ELEMENTS (kinds)));
  g_autoptr(JsonObject) fields = parse_object (cb_statement_string (row, 5));

  step->state = parse (cb_statement_string (row, 1), states, G_N_ELEMENTS (states));
  step->comment_id = g_strdup (cb_statement_string (row, 2));
  step->revision = g_strdup (cb_statement_string (row, 3));
  step->token = g_strdup (cb_statement_string (row, 4));
  step->parts = cb_statement_int (row, 6);
  step->remote_id = g_strdup (cb_statement_string (row, 7));
  step->values = ref_object (cb_json_object (fields, "values"));
  step->sources = ref_object (cb_json_object (fields, "sources"));
  step->replaced = ref_object (cb_json_object (fields, "replaced"));
  step->unsent = cb_json_bool (fields, "unsent", FALSE);
  return step;
}

/* What cannot be read must not be taken for what was never sent, so each error is kept. */
static gboolean
next_row (CbStatement  *row,
          GError      **error)
{
  return row != NULL && *error == NULL && cb_statement_step (row, error);
}

static void
load_incident (CbDatabase  *database,
               const char  *case_id,
               const char  *destination,
               CbPushed    *pushed,
               GError     **error)
{
  g_autoptr(CbStatement) row = NULL;

  row = cb_database_query (database, error,
                           "SELECT remote_id, title, url, completed, doubtful FROM incidents"
                           " WHERE case_id = ? AND destination = ?", "ss", case_id, destination);
  if (!next_row (row, error))
    return;
  pushed->incident_id = g_strdup (cb_statement_string (row, 0));
  pushed->incident_title = g_strdup (cb_statement_string (row, 1));
  pushed->incident_url = g_strdup (cb_statement_string (row, 2));
  pushed->completed = cb_statement_int (row, 3) != 0;
  pushed->doubtful = cb_statement_int (row, 4) != 0;
}

static void
load_fields (CbDatabase  *database,
             const char  *case_id,
             const char  *destination,
             CbPushed    *pushed,
             GError     **error)
{
  g_autoptr(CbStatement) row = NULL;

  row = cb_database_query (database, error,
                           "SELECT field, source, baseline FROM pushed_fields"
                           " WHERE case_id = ? AND destination = ?", "ss", case_id, destination);
  while (next_row (row, error))
    {
      g_hash_table_insert (pushed->fields, g_strdup (cb_statement_string (row, 0)),
                           g_strdup (cb_statement_string (row, 1)));
      if (cb_statement_string (row, 2) != NULL)
        g_hash_table_insert (pushed->baselines, g_strdup (cb_statement_string (row, 0)),
                             g_strdup (cb_statement_string (row, 2)));
    }
}

static void
load_tokens (CbDatabase  *database,
             const char  *case_id,
             const char  *destination,
             CbPushed    *pushed,
             GError     **error)
{
  g_autoptr(CbStatement) row = NULL;

  row = cb_database_query (database, error,
                           "SELECT token, remote_id FROM pushed_comments"
                           " WHERE case_id = ? AND destination = ?", "ss", case_id, destination);
  while (next_row (row, error))
    g_hash_table_insert (pushed->tokens, g_strdup (cb_statement_string (row, 0)),
                         g_strdup (cb_statement_string (row, 1)));
}

static void
load_complete (CbDatabase  *database,
               const char  *case_id,
               const char  *destination,
               CbPushed    *pushed,
               GError     **error)
{
  g_autoptr(CbStatement) row = NULL;

  row = cb_database_query (database, error,
                           "SELECT comment_id, revision FROM pushed_comments"
                           " WHERE case_id = ? AND destination = ?"
                           " GROUP BY comment_id, revision HAVING count(*) >= max(parts)", "ss",
                           case_id, destination);
  while (next_row (row, error))
    g_hash_table_add (pushed->complete, cb_revision_key (cb_statement_string (row, 0),
                                                         cb_statement_string (row, 1)));
}

/* The steps whose answer never came, of the newest push first. */
static GPtrArray *
load_lost_steps (CbDatabase  *database,
                 const char  *case_id,
                 const char  *destination,
                 gboolean     is_update,
                 GError     **error)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_step_free);
  g_autoptr(CbStatement) row = NULL;

  row = cb_database_query (database, error,
                           "SELECT " STEP_COLUMNS " FROM push_steps s JOIN pushes p ON p.id = s.push_id"
                           " WHERE case_id = ? AND destination = ? AND (kind = 'update') = ?"
                           " AND s.state IN ('started', 'uncertain')"
                           " ORDER BY push_id DESC, position", "ssi", case_id, destination,
                           (gint64) is_update);
  while (next_row (row, error))
    g_ptr_array_add (steps, read_step (row));
  return steps;
}

static void
load_doubts (CbDatabase  *database,
             const char  *case_id,
             const char  *destination,
             CbPushed    *pushed,
             GError     **error)
{
  g_autoptr(GPtrArray) steps = load_lost_steps (database, case_id, destination, FALSE, error);
  g_autoptr(GPtrArray) updates = load_lost_steps (database, case_id, destination, TRUE, error);

  for (guint i = 0; i < steps->len; i++)
    {
      CbStep *step = g_ptr_array_index (steps, i);

      if (step->kind == CB_STEP_COMMENT)
        g_hash_table_add (pushed->doubts, g_strdup (step->token));
    }
  pushed->uncertain = steps->len > 0 ? g_ptr_array_steal_index (steps, 0) : NULL;
  pushed->lost_update = updates->len > 0 ? g_ptr_array_steal_index (updates, 0) : NULL;
}

static void
load_unfinished (CbDatabase  *database,
                 const char  *case_id,
                 const char  *destination,
                 CbPushed    *pushed,
                 GError     **error)
{
  g_autoptr(CbStatement) push = NULL;

  push = cb_database_query (database, error,
                            "SELECT state FROM pushes WHERE case_id = ? AND destination = ?"
                            " AND state <> 'queued' ORDER BY id DESC LIMIT 1", "ss", case_id,
                            destination);
  if (next_row (push, error))
    {
      pushed->unfinished = g_strcmp0 (cb_statement_string (push, 0), "done") != 0;
      pushed->undecided = g_strcmp0 (cb_statement_string (push, 0), "uncertain") == 0;
    }
  load_doubts (database, case_id, destination, pushed, error);
  pushed->undecided |= pushed->uncertain != NULL;
}

static gboolean
insert_step (CbDatabase    *database,
             gint64         push,
             guint          position,
             const CbStep  *step,
             GError       **error)
{
  g_autofree char *fields = write_fields (step);

  return cb_database_run (database, error,
                          "INSERT INTO push_steps (push_id, position, kind, state, comment_id,"
                          " revision, token, parts, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          "iisssssis", push, (gint64) position, kinds[step->kind],
                          states[step->state], step->comment_id, step->revision, step->token,
                          (gint64) step->parts, fields);
}

/* Public API */

/**
 * cb_step_new:
 * @kind: what it does
 *
 * Returns: (transfer full): a planned step
 */
CbStep *
cb_step_new (CbStepKind kind)
{
  CbStep *step = g_new0 (CbStep, 1);

  step->kind = kind;
  step->parts = 1;
  return step;
}

/**
 * cb_step_free:
 * @step: (transfer full) (nullable): a step
 *
 * Frees it.
 */
void
cb_step_free (CbStep *step)
{
  if (step == NULL)
    return;
  g_clear_pointer (&step->values, json_object_unref);
  g_clear_pointer (&step->sources, json_object_unref);
  g_clear_pointer (&step->replaced, json_object_unref);
  g_free (step->comment_id);
  g_free (step->revision);
  g_free (step->token);
  g_free (step->remote_id);
  g_free (step);
}

/**
 * cb_step_kind_name:
 * @kind: a kind
 *
 * Returns: its name on the command line and in the database
 */
const char *
cb_step_kind_name (CbStepKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (kinds), NULL);

  return kinds[kind];
}

/**
 * cb_step_state_name:
 * @state: a state
 *
 * Returns: its name on the command line and in the database
 */
const char *
cb_step_state_name (CbStepState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (states), NULL);

  return states[state];
}

/**
 * cb_pushed_new:
 *
 * Returns: (transfer full): what a destination holds of a case that it knows nothing of
 */
CbPushed *
cb_pushed_new (void)
{
  CbPushed *pushed = g_new0 (CbPushed, 1);

  pushed->completed = TRUE;
  pushed->fields = new_table ();
  pushed->baselines = new_table ();
  pushed->tokens = new_table ();
  pushed->complete = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  pushed->doubts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return pushed;
}

/**
 * cb_pushed_free:
 * @pushed: (transfer full) (nullable): what a destination holds
 *
 * Frees it.
 */
void
cb_pushed_free (CbPushed *pushed)
{
  if (pushed == NULL)
    return;
  g_free (pushed->incident_id);
  g_free (pushed->incident_title);
  g_free (pushed->incident_url);
  g_hash_table_unref (pushed->fields);
  g_hash_table_unref (pushed->baselines);
  g_hash_table_unref (pushed->tokens);
  g_hash_table_unref (pushed->complete);
  g_hash_table_unref (pushed->doubts);
  g_clear_pointer (&pushed->uncertain, cb_step_free);
  g_clear_pointer (&pushed->lost_update, cb_step_free);
  g_free (pushed);
}

/**
 * cb_revision_key:
 * @comment_id: a comment's id
 * @revision: its revision
 *
 * Returns: (transfer full): a key for both
 */
char *
cb_revision_key (const char *comment_id,
                 const char *revision)
{
  return g_strjoin ("\x1f", comment_id, revision, NULL);
}

/**
 * cb_journal_load:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable): what the destination holds of the case
 */
CbPushed *
cb_journal_load (CbDatabase  *database,
                 const char  *case_id,
                 const char  *destination,
                 GError     **error)
{
  g_autoptr(CbPushed) pushed = cb_pushed_new ();
  GError *local_error = NULL;

  load_incident (database, case_id, destination, pushed, &local_error);
  load_fields (database, case_id, destination, pushed, &local_error);
  load_tokens (database, case_id, destination, pushed, &local_error);
  load_complete (database, case_id, destination, pushed, &local_error);
  load_unfinished (database, case_id, destination, pushed, &local_error);
  if (local_error == NULL)
    return g_steal_pointer (&pushed);
  g_propagate_error (error, local_error);
  return NULL;
}

/**
 * cb_journal_load_steps:
 * @database: a database
 * @push: a push's number
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: (transfer full) (nullable) (element-type CbStep): its steps, in order
 */
GPtrArray *
cb_journal_load_steps (CbDatabase  *database,
                       gint64       push,
                       GError     **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_step_free);
  g_autoptr(CbStatement) row = NULL;
  GError *local_error = NULL;

  row = cb_database_query (database, &local_error, "SELECT " STEP_COLUMNS " FROM push_steps s"
                           " WHERE push_id = ? ORDER BY position", "i", push);
  while (next_row (row, &local_error))
    g_ptr_array_add (steps, read_step (row));
  if (local_error == NULL)
    return g_steal_pointer (&steps);
  g_propagate_error (error, local_error);
  return NULL;
}

/**
 * cb_journal_begin:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @connector_id: the connector that is used
 * @on_conflict: what it does with remote edits, by name
 * @steps: (element-type CbStep): what will be sent
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Writes down a push before its first request leaves.
 *
 * Returns: its number, 0 where it could not be written
 */
gint64
cb_journal_begin (CbDatabase  *database,
                  const char  *case_id,
                  const char  *destination,
                  const char  *connector_id,
                  const char  *on_conflict,
                  GPtrArray   *steps,
                  GError     **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (database, error);
  gint64 push;

  if (transaction == NULL ||
      !cb_database_run (database, error,
                        "INSERT INTO pushes (case_id, destination, connector_id, on_conflict, state,"
                        " started_at) VALUES (?, ?, ?, ?, 'running', ?)", "ssssi", case_id,
                        destination, connector_id, on_conflict, cb_time_now ()))
    return 0;
  push = cb_database_last_id (database);
  for (guint i = 0; i < steps->len; i++)
    if (!insert_step (database, push, i, g_ptr_array_index (steps, i), error))
      return 0;
  return cb_transaction_commit (&transaction, error) ? push : 0;
}

/**
 * cb_journal_settle:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Writes down that steps of earlier pushes of which nobody knew were looked up: what is there was
 * recorded, what is not is sent by the push that begins now.
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_settle (CbDatabase  *database,
                   const char  *case_id,
                   const char  *destination,
                   GError     **error)
{
  return cb_database_run (database, error,
                          "UPDATE push_steps SET state = 'failed'"
                          " WHERE state IN ('started', 'uncertain') AND push_id IN"
                          " (SELECT id FROM pushes WHERE case_id = ? AND destination = ?)", "ss",
                          case_id, destination);
}

/**
 * cb_journal_settle_comment:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @token: a comment's token
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Writes down that it is known what became of one comment.
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_settle_comment (CbDatabase  *database,
                           const char  *case_id,
                           const char  *destination,
                           const char  *token,
                           GError     **error)
{
  return cb_database_run (database, error,
                          "UPDATE push_steps SET state = 'done', remote_id = token"
                          " WHERE token = ? AND state IN ('started', 'uncertain') AND push_id IN"
                          " (SELECT id FROM pushes WHERE case_id = ? AND destination = ?)", "sss", token,
                          case_id, destination);
}

/**
 * cb_journal_set_step:
 * @database: a database
 * @push: a push's number
 * @position: a step's position
 * @state: how far it is
 * @remote_id: (nullable): what the external system calls it
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_set_step (CbDatabase   *database,
                     gint64        push,
                     guint         position,
                     CbStepState   state,
                     const char   *remote_id,
                     GError      **error)
{
  return cb_database_run (database, error,
                          "UPDATE push_steps SET state = ?, remote_id = ?"
                          " WHERE push_id = ? AND position = ?", "ssii", states[state], remote_id,
                          push, (gint64) position);
}

/**
 * cb_journal_record_incident:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @connector_id: the connector that was used
 * @incident_id: the incident's id
 * @title: its key or number
 * @url: where a person sees it
 * @completed: whether the push that made it is over
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Writes down which incident belongs to the case.
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_record_incident (CbDatabase  *database,
                            const char  *case_id,
                            const char  *destination,
                            const char  *connector_id,
                            const char  *incident_id,
                            const char  *title,
                            const char  *url,
                            gboolean     completed,
                            GError     **error)
{
  return cb_database_run (database, error,
                          "INSERT INTO incidents (case_id, destination, remote_id, title, url,"
                          " connector_id, pushed_at, completed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                          " ON CONFLICT DO UPDATE SET remote_id = excluded.remote_id,"
                          " title = excluded.title, url = excluded.url,"
                          " connector_id = excluded.connector_id, pushed_at = excluded.pushed_at,"
                          " completed = excluded.completed", "ssssssii", case_id, destination,
                          incident_id, title, url, connector_id, cb_time_now (), (gint64) completed);
}

/**
 * cb_journal_set_doubtful:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @doubtful: whether nobody here knows which comments are in the incident
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_set_doubtful (CbDatabase  *database,
                         const char  *case_id,
                         const char  *destination,
                         gboolean     doubtful,
                         GError     **error)
{
  return cb_database_run (database, error,
                          "UPDATE incidents SET doubtful = ? WHERE case_id = ? AND destination = ?",
                          "iss", (gint64) doubtful, case_id, destination);
}

/**
 * cb_journal_record_field:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @field: a field of the case
 * @source: the revision of it that is settled
 * @baseline: (nullable): what the server holds for it, as JSON
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Writes down that a field was sent, or needs not be.
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_record_field (CbDatabase  *database,
                         const char  *case_id,
                         const char  *destination,
                         const char  *field,
                         const char  *source,
                         const char  *baseline,
                         GError     **error)
{
  return cb_database_run (database, error,
                          "INSERT INTO pushed_fields (case_id, destination, field, source, baseline)"
                          " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                          " source = excluded.source, baseline = excluded.baseline", "sssss", case_id,
                          destination, field, source, baseline);
}

/**
 * cb_journal_record_comment:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @step: the comment's step
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Writes down that a part of a comment is in the incident.
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_record_comment (CbDatabase    *database,
                           const char    *case_id,
                           const char    *destination,
                           const CbStep  *step,
                           GError       **error)
{
  return cb_database_run (database, error,
                          "INSERT OR REPLACE INTO pushed_comments (case_id, destination, token,"
                          " comment_id, revision, parts, remote_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
                          "sssssis", case_id, destination, step->token, step->comment_id,
                          step->revision, (gint64) step->parts, step->remote_id);
}

/**
 * cb_journal_unqueue:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @until: a push's number: what was queued later stays
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Takes the case's push out of the outbox.
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_unqueue (CbDatabase  *database,
                    const char  *case_id,
                    const char  *destination,
                    gint64       until,
                    GError     **error)
{
  return cb_database_run (database, error,
                          "DELETE FROM pushes WHERE case_id = ? AND destination = ?"
                          " AND state = 'queued' AND id <= ?", "ssi", case_id, destination, until);
}

/**
 * cb_journal_finish:
 * @database: a database
 * @push: a push's number
 * @state: "done", "failed", "conflict", "uncertain" or "cancelled"
 * @reason: (nullable): why it did not complete
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Writes down how a push ended.
 *
 * Returns: whether it was written
 */
gboolean
cb_journal_finish (CbDatabase    *database,
                   gint64         push,
                   const char    *state,
                   const GError  *reason,
                   GError       **error)
{
  return cb_database_run (database, error,
                          "UPDATE pushes SET state = ?, error_code = ?, error_message = ?,"
                          " error_field = ? WHERE id = ?", "ssssi", state,
                          reason != NULL ? cb_error_get_code (reason) : NULL,
                          reason != NULL ? reason->message : NULL,
                          reason != NULL ? cb_error_get_field (reason) : NULL, push);
}

/**
 * cb_journal_forget:
 * @database: a database
 * @case_id: a case's id
 * @destination: a destination
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Forgets what the destination holds of the case.
 *
 * Returns: whether it worked
 */
gboolean
cb_journal_forget (CbDatabase  *database,
                   const char  *case_id,
                   const char  *destination,
                   GError     **error)
{
  static const char *const tables[] = { "incidents", "pushed_fields", "pushed_comments", "pushes" };
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (database, error);

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *sql = g_strdup_printf ("DELETE FROM %s WHERE case_id = ? AND destination = ?%s",
                                              tables[i], g_str_equal (tables[i], "pushes")
                                                           ? " AND state <> 'queued'" : "");

      if (!cb_database_run (database, error, sql, "ss", case_id, destination))
        return FALSE;
    }
  return cb_transaction_commit (&transaction, error);
}

/**
 * cb_journal_count_queued:
 * @database: a database
 * @connector_id: a connector's id
 *
 * Returns: how many pushes wait to be sent through it
 */
guint
cb_journal_count_queued (CbDatabase *database,
                         const char *connector_id)
{
  return cb_database_query_int (database, 0, "SELECT count(*) FROM pushes WHERE state = 'queued'"
                                " AND connector_id = ?", "s", connector_id);
}

/**
 * cb_journal_check_removable:
 * @database: a database
 * @case_id: (nullable): a case's id, %NULL for any
 * @connector_id: (nullable): a connector's id, %NULL for any
 * @error: %CB_ERROR_BUSY where a step is running or uncertain
 *
 * Returns: whether the case or connector can be removed
 */
gboolean
cb_journal_check_removable (CbDatabase  *database,
                            const char  *case_id,
                            const char  *connector_id,
                            GError     **error)
{
  g_autofree char *title = NULL;

  title = cb_database_query_string (database,
                                    "SELECT coalesce((SELECT title FROM cases WHERE id = p.case_id),"
                                    " p.case_id) FROM pushes p WHERE (?1 IS NULL OR case_id = ?1)"
                                    " AND (?2 IS NULL OR connector_id = ?2)"
                                    " AND EXISTS (SELECT 1 FROM push_steps WHERE push_id = p.id"
                                    "  AND kind <> 'update' AND state IN ('started', 'uncertain'))"
                                    " LIMIT 1", "ss", case_id, connector_id);
  if (title == NULL)
    return TRUE;
  cb_set_error (error, CB_ERROR_BUSY, NULL,
                _("A push of “%s” is running, or nobody knows yet whether it was carried out. Push "
                  "the case again, or link its incident, before you remove this."), title);
  return FALSE;
}
