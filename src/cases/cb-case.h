/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/cb-error.h"

G_BEGIN_DECLS

/* Kibana's own limits. [src: apis of Kibana's cases, common/constants/index.ts] */
#define CB_CASE_MAX_TITLE 160
#define CB_CASE_MAX_TEXT 30000
#define CB_CASE_MAX_TAGS 200
#define CB_CASE_MAX_TAG 256
#define CB_CASE_MAX_ASSIGNEES 10

typedef enum
{
  CB_SEVERITY_LOW,
  CB_SEVERITY_MEDIUM,
  CB_SEVERITY_HIGH,
  CB_SEVERITY_CRITICAL,
} CbSeverity;
#define CB_N_SEVERITIES 4

typedef enum
{
  CB_STATUS_OPEN,
  CB_STATUS_IN_PROGRESS,
  CB_STATUS_CLOSED,
} CbStatus;
#define CB_N_STATUSES 3

/**
 * CbConnectorSource:
 * @CB_CONNECTOR_DEFAULT: the case names none, the default connector counts
 * @CB_CONNECTOR_NONE: the case is not to be pushed
 * @CB_CONNECTOR_OWN: the case names one
 *
 * Where a case's connector comes from.
 */
typedef enum
{
  CB_CONNECTOR_DEFAULT,
  CB_CONNECTOR_NONE,
  CB_CONNECTOR_OWN,
} CbConnectorSource;

/**
 * CbComment:
 * @id: its id, unique within the case
 * @text: Markdown
 * @author: (nullable): who wrote it
 * @created_at: microseconds since 1970
 * @updated_at: microseconds since 1970, 0 where it was never edited
 * @updated_by: (nullable): who edited it last
 * @revision: changes with each edit; the same text in the same history has the same revision
 * @extra: (nullable): members of the imported comment that Casebridge has no use for, as JSON
 *
 * A comment of a case.
 */
typedef struct
{
  char *id;
  char *text;
  char *author;
  gint64 created_at;
  gint64 updated_at;
  char *updated_by;
  char *revision;
  char *extra;
} CbComment;

/**
 * CbCase:
 * @tags: (array zero-terminated=1): in their order
 * @assignees: (array zero-terminated=1): in their order
 * @description_revision: counts the description's edits from 1
 * @title_hash: names this title
 * @description_hash: names this description
 * @tags_hash: names this list of tags
 * @connector_id: (nullable): where @connector_source is %CB_CONNECTOR_OWN
 * @external_service: (nullable): Kibana's record of its own push, as JSON
 * @extra: (nullable): members of the imported case that Casebridge has no use for, as JSON
 * @comments: (element-type CbComment): in their order
 *
 * One case as it was at one moment. Times are microseconds since 1970, 0 where there is none.
 */
typedef struct
{
  char *id;
  char *title;
  char *description;
  CbSeverity severity;
  CbStatus status;
  GStrv tags;
  GStrv assignees;
  gint64 created_at;
  char *created_by;
  gint64 updated_at;
  char *updated_by;
  gint64 closed_at;
  guint description_revision;
  char *title_hash;
  char *description_hash;
  char *tags_hash;
  CbConnectorSource connector_source;
  char *connector_id;
  char *external_service;
  char *extra;
  GPtrArray *comments;
} CbCase;

/**
 * CbActivity:
 * @kind: what happened: "created", "title", "description", "severity", "status", "tags", "assignees",
 *   "comment-added", "comment-edited", "comment-removed", "connector", "pushed", "updated",
 *   "overwritten", "kept", "linked", "unlinked", "imported"
 * @author: (nullable): who did it
 * @text: (nullable): the new value, or the text that was overwritten
 * @connector_id: (nullable): the connector it is about
 * @incident: (nullable): the incident's title
 *
 * One entry of a case's activity.
 */
typedef struct
{
  gint64 time;
  char *kind;
  char *author;
  char *text;
  char *connector_id;
  char *incident;
} CbActivity;

CbComment  *cb_comment_new      (void);
void        cb_comment_free     (CbComment   *comment);
CbCase     *cb_case_new         (void);
void        cb_case_free        (CbCase      *item);
void        cb_activity_free    (CbActivity  *activity);

CbComment  *cb_case_find_comment
                                (CbCase      *item,
                                 const char  *id,
                                 GError     **error);
gboolean    cb_case_check       (CbCase      *item,
                                 GError     **error);
gboolean    cb_comment_check    (const char  *text,
                                 GError     **error);
void        cb_case_update_hashes
                                (CbCase      *item);

const char *cb_severity_name    (CbSeverity   severity);
gboolean    cb_severity_parse   (const char  *name,
                                 CbSeverity  *severity);
const char *cb_status_name      (CbStatus     status);
gboolean    cb_status_parse     (const char  *name,
                                 CbStatus    *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbComment, cb_comment_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbCase, cb_case_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbActivity, cb_activity_free)

G_END_DECLS
