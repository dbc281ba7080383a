/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "store/cb-database.h"

G_BEGIN_DECLS

typedef enum
{
  CB_STEP_CREATE,
  CB_STEP_UPDATE,
  CB_STEP_COMMENT,
} CbStepKind;

/**
 * CbStepState:
 * @CB_STEP_PLANNED: not sent
 * @CB_STEP_STARTED: being sent; after a crash nobody knows
 * @CB_STEP_DONE: answered
 * @CB_STEP_FAILED: refused
 * @CB_STEP_UNCERTAIN: its answer never came
 * @CB_STEP_PENDING: not sent because the push ended before it; the next one sends it
 *
 * How far a step is.
 */
typedef enum
{
  CB_STEP_PLANNED,
  CB_STEP_STARTED,
  CB_STEP_DONE,
  CB_STEP_FAILED,
  CB_STEP_UNCERTAIN,
  CB_STEP_PENDING,
} CbStepState;

/**
 * CbStep:
 * @values: final values by field of the external system; for a comment its text by the comment field
 * @sources: (nullable): the source revision of each written field of the case
 * @replaced: (nullable): by field, what someone wrote there that an update writes over
 * @comment_id: (nullable): the comment, "description" or "title" for the rest of such a field
 * @revision: (nullable): the comment's revision
 * @token: (nullable): the comment's reference
 * @parts: of how many parts this revision consists
 * @remote_id: (nullable): what the external system calls it
 * @unsent: whether it is uncertain without having been sent by this workspace
 *
 * One request of a push, before or after it was sent.
 */
typedef struct
{
  CbStepKind kind;
  CbStepState state;
  JsonObject *values;
  JsonObject *sources;
  JsonObject *replaced;
  char *comment_id;
  char *revision;
  char *token;
  guint parts;
  char *remote_id;
  gboolean unsent;
} CbStep;

/**
 * CbPushed:
 * @incident_id: (nullable): the incident, %NULL where there is none
 * @incident_title: (nullable): its key or number
 * @incident_url: (nullable): where a person sees it
 * @completed: whether a push has completed since the incident was made
 * @fields: (element-type utf8 utf8): the source revision by field of what was sent last
 * @baselines: (element-type utf8 utf8): what the server returned for it, as JSON, by field
 * @tokens: (element-type utf8 utf8): the parts of comments that were sent, by token
 * @complete: (element-type utf8 utf8): the comment revisions of which all parts were sent, by
 *   cb_revision_key()
 * @unfinished: whether the newest push did not complete
 * @undecided: whether it ended so that a person has to decide
 * @uncertain: (nullable): the first create or comment of which nobody knows whether it was done
 * @doubts: (element-type utf8): the tokens of all comments of which nobody knows
 * @lost_update: (nullable): the update of which nobody knows whether it was done
 * @doubtful: whether the incident was found, so that nobody here knows which comments are in it
 *
 * What a destination holds of a case, as far as the journal knows.
 */
typedef struct
{
  char *incident_id;
  char *incident_title;
  char *incident_url;
  gboolean completed;
  GHashTable *fields;
  GHashTable *baselines;
  GHashTable *tokens;
  GHashTable *complete;
  gboolean unfinished;
  gboolean undecided;
  CbStep *uncertain;
  GHashTable *doubts;
  CbStep *lost_update;
  gboolean doubtful;
} CbPushed;

CbStep     *cb_step_new               (CbStepKind    kind);
void        cb_step_free              (CbStep       *step);
const char *cb_step_kind_name         (CbStepKind    kind);
const char *cb_step_state_name        (CbStepState   state);
CbPushed   *cb_pushed_new             (void);
void        cb_pushed_free            (CbPushed     *pushed);
char       *cb_revision_key           (const char   *comment_id,
                                       const char   *revision);

CbPushed   *cb_journal_load           (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       GError      **error);
GPtrArray  *cb_journal_load_steps     (CbDatabase   *database,
                                       gint64        push,
                                       GError      **error);
gint64      cb_journal_begin          (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       const char   *connector_id,
                                       const char   *on_conflict,
                                       GPtrArray    *steps,
                                       GError      **error);
gboolean    cb_journal_settle         (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       GError      **error);
gboolean    cb_journal_settle_comment (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       const char   *token,
                                       GError      **error);
gboolean    cb_journal_set_step       (CbDatabase   *database,
                                       gint64        push,
                                       guint         position,
                                       CbStepState   state,
                                       const char   *remote_id,
                                       GError      **error);
gboolean    cb_journal_record_incident
                                      (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       const char   *connector_id,
                                       const char   *incident_id,
                                       const char   *title,
                                       const char   *url,
                                       gboolean      completed,
                                       GError      **error);
gboolean    cb_journal_set_doubtful   (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       gboolean      doubtful,
                                       GError      **error);
gboolean    cb_journal_record_field   (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       const char   *field,
                                       const char   *source,
                                       const char   *baseline,
                                       GError      **error);
gboolean    cb_journal_record_comment (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       const CbStep *step,
                                       GError      **error);
gboolean    cb_journal_unqueue        (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       gint64        until,
                                       GError      **error);
gboolean    cb_journal_finish         (CbDatabase   *database,
                                       gint64        push,
                                       const char   *state,
                                       const GError *reason,
                                       GError      **error);
gboolean    cb_journal_forget         (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *destination,
                                       GError      **error);
guint       cb_journal_count_queued   (CbDatabase   *database,
                                       const char   *connector_id);
gboolean    cb_journal_check_removable
                                      (CbDatabase   *database,
                                       const char   *case_id,
                                       const char   *connector_id,
                                       GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbStep, cb_step_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPushed, cb_pushed_free)

G_END_DECLS
