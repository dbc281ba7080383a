/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "store/cb-migrations.h"

/* Numbered by position, never renumbered, never edited once released. */
static const char *const migrations[] = {
  /* 0 → 1. Rows named by case and destination outlive their case on purpose: they are what finds
   * the incident again when the case comes back. */
  "CREATE TABLE settings ("
  "  key TEXT PRIMARY KEY,"
  "  value TEXT NOT NULL) STRICT;"

  "CREATE TABLE connectors ("
  "  seq INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  type TEXT NOT NULL,"
  "  name TEXT NOT NULL UNIQUE,"
  "  url TEXT NOT NULL,"
  "  destination TEXT NOT NULL,"
  "  sends_tags INTEGER NOT NULL,"
  "  generation INTEGER NOT NULL DEFAULT 0,"
  "  has_secrets INTEGER NOT NULL DEFAULT 0) STRICT;"
  "CREATE TABLE connector_settings ("
  "  connector_id TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,"
  "  key TEXT NOT NULL,"
  "  value TEXT NOT NULL,"
  "  PRIMARY KEY (connector_id, key)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE metadata ("
  "  connector_id TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,"
  "  path TEXT NOT NULL,"
  "  value TEXT NOT NULL,"
  "  fetched_at INTEGER NOT NULL,"
  "  PRIMARY KEY (connector_id, path)) STRICT;"

  "CREATE TABLE cases ("
  "  seq INTEGER PRIMARY KEY,"
  "  id TEXT NOT NULL UNIQUE,"
  "  title TEXT NOT NULL,"
  "  description TEXT NOT NULL,"
  "  severity INTEGER NOT NULL,"
  "  status INTEGER NOT NULL,"
  "  created_at INTEGER NOT NULL,"
  "  created_by TEXT,"
  "  updated_at INTEGER,"
  "  updated_by TEXT,"
  "  closed_at INTEGER,"
  "  description_revision INTEGER NOT NULL DEFAULT 1,"
  "  title_hash TEXT NOT NULL,"
  "  description_hash TEXT NOT NULL,"
  "  tags_hash TEXT NOT NULL,"
  "  connector_source TEXT NOT NULL DEFAULT 'default'"
  "    CHECK (connector_source IN ('default', 'none', 'case')),"
  "  connector_id TEXT,"
  "  external_service TEXT,"
  "  extra TEXT) STRICT;"
  "CREATE INDEX cases_by_time ON cases (created_at DESC, seq DESC);"
  "CREATE TABLE tags ("
  "  case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  position INTEGER NOT NULL,"
  "  tag TEXT NOT NULL,"
  "  PRIMARY KEY (case_id, tag)) STRICT, WITHOUT ROWID;"
  "CREATE INDEX tags_by_tag ON tags (tag);"
  "CREATE TABLE assignees ("
  "  case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  position INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  PRIMARY KEY (case_id, name)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE comments ("
  "  seq INTEGER PRIMARY KEY,"
  "  case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  id TEXT NOT NULL,"
  "  text TEXT NOT NULL,"
  "  author TEXT,"
  "  created_at INTEGER NOT NULL,"
  "  updated_at INTEGER,"
  "  updated_by TEXT,"
  "  revision TEXT NOT NULL,"
  "  extra TEXT,"
  "  UNIQUE (case_id, id)) STRICT;"
  "CREATE TABLE comment_revisions ("
  "  case_id TEXT NOT NULL,"
  "  comment_id TEXT NOT NULL,"
  "  hash TEXT NOT NULL,"
  "  count INTEGER NOT NULL,"
  "  PRIMARY KEY (case_id, comment_id, hash)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE case_fields ("
  "  case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  connector_id TEXT NOT NULL,"
  "  key TEXT NOT NULL,"
  "  value TEXT NOT NULL,"
  "  PRIMARY KEY (case_id, connector_id, key)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE activity ("
  "  seq INTEGER PRIMARY KEY,"
  "  case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  time INTEGER NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  author TEXT,"
  "  text TEXT,"
  "  connector_id TEXT,"
  "  incident TEXT) STRICT;"
  "CREATE INDEX activity_by_case ON activity (case_id, seq);"
  "CREATE VIRTUAL TABLE case_search USING fts5 ("
  "  title, description, tags, comments, tokenize = 'unicode61 remove_diacritics 2');"

  "CREATE TABLE incidents ("
  "  case_id TEXT NOT NULL,"
  "  destination TEXT NOT NULL,"
  "  remote_id TEXT NOT NULL,"
  "  title TEXT NOT NULL,"
  "  url TEXT NOT NULL,"
  "  connector_id TEXT,"
  "  pushed_at INTEGER,"
  "  completed INTEGER NOT NULL DEFAULT 1,"
  "  PRIMARY KEY (case_id, destination)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE pushed_fields ("
  "  case_id TEXT NOT NULL,"
  "  destination TEXT NOT NULL,"
  "  field TEXT NOT NULL,"
  "  source TEXT NOT NULL,"
  "  baseline TEXT,"
  "  PRIMARY KEY (case_id, destination, field)) STRICT, WITHOUT ROWID;"
  "CREATE TABLE pushed_comments ("
  "  case_id TEXT NOT NULL,"
  "  destination TEXT NOT NULL,"
  "  token TEXT NOT NULL,"
  "  comment_id TEXT NOT NULL,"
  "  revision TEXT NOT NULL,"
  "  parts INTEGER NOT NULL,"
  "  remote_id TEXT,"
  "  PRIMARY KEY (case_id, destination, token)) STRICT, WITHOUT ROWID;"
  "CREATE INDEX pushed_comments_by_comment"
  "  ON pushed_comments (case_id, destination, comment_id, revision);"

  "CREATE TABLE pushes ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  case_id TEXT NOT NULL,"
  "  destination TEXT NOT NULL,"
  "  connector_id TEXT NOT NULL,"
  "  state TEXT NOT NULL CHECK (state IN"
  "    ('running', 'done', 'queued', 'failed', 'conflict', 'uncertain', 'cancelled')),"
  "  started_at INTEGER NOT NULL,"
  "  error_code TEXT,"
  "  error_message TEXT,"
  "  error_field TEXT) STRICT;"
  "CREATE INDEX pushes_by_case ON pushes (case_id, destination, id DESC);"
  "CREATE INDEX pushes_running ON pushes (state) WHERE state = 'running';"
  "CREATE TABLE push_steps ("
  "  push_id INTEGER NOT NULL REFERENCES pushes (id) ON DELETE CASCADE,"
  "  position INTEGER NOT NULL,"
  "  kind TEXT NOT NULL CHECK (kind IN ('create', 'update', 'comment')),"
  "  state TEXT NOT NULL CHECK (state IN"
  "    ('planned', 'started', 'done', 'failed', 'uncertain')),"
  "  comment_id TEXT,"
  "  revision TEXT,"
  "  token TEXT,"
  "  parts INTEGER NOT NULL DEFAULT 1,"
  "  fields TEXT NOT NULL,"
  "  remote_id TEXT,"
  "  PRIMARY KEY (push_id, position)) STRICT, WITHOUT ROWID;",

  /* 1 → 2: the outbox, and incidents that were found in which nobody knows what was sent to them. */
  "ALTER TABLE pushes ADD COLUMN on_conflict TEXT NOT NULL DEFAULT 'overwrite'"
  "  CHECK (on_conflict IN ('overwrite', 'keep', 'stop'));"
  "ALTER TABLE pushes ADD COLUMN n_tries INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE pushes ADD COLUMN retry_at INTEGER;"
  "CREATE INDEX pushes_open ON pushes (state) WHERE state <> 'done';"
  "CREATE INDEX pushes_queued ON pushes (case_id, destination) WHERE state = 'queued';"
  "ALTER TABLE incidents ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;",

  /* 2 → 3: how the last test of a connector as it is now went; an error makes it one that failed. */
  "CREATE TABLE connector_tests ("
  "  connector_id TEXT PRIMARY KEY REFERENCES connectors (id) ON DELETE CASCADE,"
  "  time INTEGER NOT NULL,"
  "  error_code TEXT,"
  "  error_message TEXT) STRICT, WITHOUT ROWID;",
};

/* Public API */

/**
 * cb_migrations_latest:
 *
 * Returns: the schema number that this program writes
 */
guint
cb_migrations_latest (void)
{
  return G_N_ELEMENTS (migrations);
}

/**
 * cb_migrations_get:
 * @from: a schema number less than the latest
 *
 * Returns: the statements that lead from @from to the next number
 */
const char *
cb_migrations_get (guint from)
{
  g_return_val_if_fail (from < G_N_ELEMENTS (migrations), NULL);

  return migrations[from];
}
