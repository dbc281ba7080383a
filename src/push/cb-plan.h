/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-case.h"
#include "connectors/cb-connector.h"
#include "push/cb-journal.h"

G_BEGIN_DECLS

/**
 * CbOnConflict:
 * @CB_ON_CONFLICT_OVERWRITE: ours is written; theirs is kept in the case's activity
 * @CB_ON_CONFLICT_KEEP: theirs stays
 * @CB_ON_CONFLICT_STOP: nothing is written
 *
 * What to do with a field that someone changed in the external system since the last push.
 */
typedef enum
{
  CB_ON_CONFLICT_OVERWRITE,
  CB_ON_CONFLICT_KEEP,
  CB_ON_CONFLICT_STOP,
} CbOnConflict;

/**
 * CbFieldChange:
 * @source: the case's field, or the key of a case field
 * @target: the field of the external system
 * @last: (nullable): what the external system held after the last push
 * @remote: (nullable): what it holds now, %NULL where that was not read
 * @now: what will be sent, or would be
 * @conflict: whether someone changed it there since
 * @kept: whether theirs stays
 *
 * One field of an update or create, for preview and conflict.
 */
typedef struct
{
  char *source;
  char *target;
  char *last;
  char *remote;
  char *now;
  gboolean conflict;
  gboolean kept;
} CbFieldChange;

/**
 * CbPlanInput:
 * @item: the case as it is
 * @fields: (element-type utf8 utf8): what it says to the connector
 * @klass: the connector's type
 * @settings: (element-type utf8 utf8): the connector's settings
 * @target: what the destination takes
 * @pushed: what the destination holds of the case, as far as we know
 * @seen: (nullable): the incident as it was just read
 * @on_conflict: what to do with remote edits
 * @author: who is named where a comment has no author
 *
 * All that a plan depends on.
 */
typedef struct
{
  CbCase *item;
  GHashTable *fields;
  CbConnectorClass *klass;
  GHashTable *settings;
  const CbTarget *target;
  const CbPushed *pushed;
  const CbIncident *seen;
  CbOnConflict on_conflict;
  const char *author;
} CbPlanInput;

/**
 * CbPlan:
 * @steps: (element-type CbStep): what to send, in order, with final values
 * @changes: (element-type CbFieldChange): the fields of the first step, and those that are kept
 * @warnings: (element-type utf8): what a person should know before it is sent
 * @settled: (element-type CbFieldChange): fields that need no request but are settled by this plan:
 *   kept ones, and those whose write had arrived
 * @arrived: (element-type CbStep): comments that are there although nothing here says so
 * @incident: (nullable): the incident as it was read, for an update
 * @remote_checked: whether the external system was read for it
 *
 * What a push will do. Without steps the case is up to date.
 */
typedef struct
{
  GPtrArray *steps;
  GPtrArray *changes;
  GPtrArray *settled;
  GPtrArray *arrived;
  GPtrArray *warnings;
  CbIncident *incident;
  gboolean remote_checked;
} CbPlan;

CbPlan   *cb_plan_new            (const CbPlanInput  *input,
                                  GError            **error);
CbPlan   *cb_plan_new_empty      (void);
void      cb_plan_free           (CbPlan             *plan);
gboolean  cb_plan_has_conflict   (const CbPlan       *plan);
gboolean  cb_plan_equal          (const CbPlan       *a,
                                  const CbPlan       *b);
gboolean  cb_plan_is_rest        (const CbPlan       *plan,
                                  const CbPlan       *confirmed);
gboolean  cb_plan_sees_step      (const CbPlanInput  *input,
                                  const CbStep       *step);
gboolean  cb_plan_needs_comments (const CbPlanInput  *input);
gboolean  cb_plan_has_news       (const CbPlanInput  *input);
char     *cb_plan_reference      (CbConnectorClass   *klass,
                                  const char         *case_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPlan, cb_plan_free)

G_END_DECLS
