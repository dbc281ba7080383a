/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-case.h"
#include "store/cb-database.h"

G_BEGIN_DECLS

/**
 * CbPushState:
 * @CB_PUSH_NONE: the case has no connector
 * @CB_PUSH_NEVER: it was never pushed there
 * @CB_PUSH_UP_TO_DATE: nothing to send
 * @CB_PUSH_NEEDS_PUSH: something to send
 * @CB_PUSH_QUEUED: it waits in the outbox
 * @CB_PUSH_FAILED: the last push did not complete
 * @CB_PUSH_UNCERTAIN: the last push needs a decision
 *
 * How a case stands with its connector's destination, by what is known here.
 */
typedef enum
{
  CB_PUSH_NONE,
  CB_PUSH_NEVER,
  CB_PUSH_UP_TO_DATE,
  CB_PUSH_NEEDS_PUSH,
  CB_PUSH_QUEUED,
  CB_PUSH_FAILED,
  CB_PUSH_UNCERTAIN,
} CbPushState;

/**
 * CbCaseQuery:
 * @statuses: (nullable) (array zero-terminated=1): names of statuses to show
 * @tags: (nullable) (array zero-terminated=1): tags of which they must have one
 * @search: (nullable): words that they must hold, the last one as a beginning
 * @needs_push: only those never pushed or with something to send
 * @queued: with @needs_push, also those that wait in the outbox
 * @trouble: only failed and uncertain ones
 * @id: (nullable): only this one
 * @limit: how many at most, -1 for all
 * @offset: how many to pass over
 *
 * Which cases, newest first.
 */
typedef struct
{
  const char *const *statuses;
  const char *const *tags;
  const char *search;
  gboolean needs_push;
  gboolean queued;
  gboolean trouble;
  const char *id;
  int limit;
  int offset;
} CbCaseQuery;

/**
 * CbCaseOrder:
 * @CB_CASE_ORDER_NEWEST: the newest first
 * @CB_CASE_ORDER_CHANGED: what was changed last first
 * @CB_CASE_ORDER_SEVERITY: the most severe first, the newest of them before others
 * @CB_CASE_ORDER_TITLE: by title
 *
 * In which order a list shows cases.
 */
typedef enum
{
  CB_CASE_ORDER_NEWEST,
  CB_CASE_ORDER_CHANGED,
  CB_CASE_ORDER_SEVERITY,
  CB_CASE_ORDER_TITLE,
  CB_N_CASE_ORDERS,
} CbCaseOrder;

/**
 * CbCaseEntry:
 * @seq: the case's number in the database
 *
 * As little of a case as is needed to say in which views of a list it is.
 */
typedef struct
{
  gint64 seq;
  guint8 status;
  guint8 state;
} CbCaseEntry;

/**
 * CbCaseRow:
 * @seq: its number in the database
 * @connector_id: (nullable): the connector in force, the default one where the case names none
 * @incident_id: (nullable): its incident there
 * @error_message: (nullable): why the last push did not complete
 *
 * A case as a list shows it. Emits "changed" when another reading of it differs.
 */
#define CB_TYPE_CASE_ROW (cb_case_row_get_type ())
G_DECLARE_FINAL_TYPE (CbCaseRow, cb_case_row, CB, CASE_ROW, GObject)

struct _CbCaseRow
{
  GObject parent_instance;

  gint64 seq;
  char *id;
  char *title;
  CbStatus status;
  CbSeverity severity;
  GStrv tags;
  gint64 created_at;
  gint64 updated_at;
  guint n_comments;
  char *connector_id;
  CbPushState state;
  char *incident_id;
  char *incident_title;
  char *incident_url;
  char *error_message;
};

void        cb_case_row_take       (CbCaseRow          *self,
                                    CbCaseRow          *other);

GPtrArray  *cb_case_list_query     (CbDatabase         *database,
                                    const CbCaseQuery  *query,
                                    GError            **error);
GPtrArray  *cb_case_list_ids       (CbDatabase         *database,
                                    const CbCaseQuery  *query,
                                    GError            **error);
GArray     *cb_case_list_scan      (CbDatabase         *database,
                                    const char         *search,
                                    CbCaseOrder         order,
                                    GError            **error);
GPtrArray  *cb_case_list_rows      (CbDatabase         *database,
                                    const gint64       *seqs,
                                    guint               n_seqs,
                                    GError            **error);
GPtrArray  *cb_case_list_seq_ids   (CbDatabase         *database,
                                    const gint64       *seqs,
                                    guint               n_seqs,
                                    GError            **error);
gint64      cb_case_list_count     (CbDatabase         *database,
                                    const CbCaseQuery  *query);
CbCaseRow  *cb_case_list_get       (CbDatabase         *database,
                                    const char         *id,
                                    GError            **error);
const char *cb_push_state_name     (CbPushState         state);

G_END_DECLS
