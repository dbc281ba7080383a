/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-case.h"
#include "store/cb-database.h"

G_BEGIN_DECLS

#define CB_TYPE_CASES (cb_cases_get_type ())
G_DECLARE_FINAL_TYPE (CbCases, cb_cases, CB, CASES, GObject)

/**
 * CbCaseEdit:
 * @title: (nullable): the new title
 * @description: (nullable): the new description
 * @severity: (nullable): the new severity
 * @status: (nullable): the new status
 * @tags: (nullable): all tags
 * @assignees: (nullable): all assignees
 *
 * What to change of a case; what is %NULL stays.
 */
typedef struct
{
  const char *title;
  const char *description;
  const CbSeverity *severity;
  const CbStatus *status;
  const char *const *tags;
  const char *const *assignees;
} CbCaseEdit;

CbCases    *cb_cases_new             (CbDatabase         *database);
CbDatabase *cb_cases_get_database    (CbCases            *self);
gboolean    cb_cases_is_empty        (CbCases            *self);

char       *cb_cases_resolve         (CbCases            *self,
                                      const char         *name,
                                      GError            **error);
CbCase     *cb_cases_get             (CbCases            *self,
                                      const char         *id,
                                      GError            **error);
gboolean    cb_cases_add             (CbCases            *self,
                                      CbCase             *item,
                                      GError            **error);
gboolean    cb_cases_edit            (CbCases            *self,
                                      const char         *id,
                                      const CbCaseEdit   *edit,
                                      GError            **error);
gboolean    cb_cases_remove          (CbCases            *self,
                                      const char         *id,
                                      GError            **error);
char       *cb_cases_add_comment     (CbCases            *self,
                                      const char         *id,
                                      const char         *text,
                                      GError            **error);
gboolean    cb_cases_edit_comment    (CbCases            *self,
                                      const char         *id,
                                      const char         *comment_id,
                                      const char         *text,
                                      GError            **error);
gboolean    cb_cases_remove_comment  (CbCases            *self,
                                      const char         *id,
                                      const char         *comment_id,
                                      GError            **error);
gboolean    cb_cases_set_connector   (CbCases            *self,
                                      const char         *id,
                                      CbConnectorSource   source,
                                      const char         *connector_id,
                                      GError            **error);
guint       cb_cases_count_connector (CbCases            *self,
                                      const char         *connector_id,
                                      guint              *defaults);
GHashTable *cb_cases_get_fields      (CbCases            *self,
                                      const char         *id,
                                      const char         *connector_id);
gboolean    cb_cases_set_field       (CbCases            *self,
                                      const char         *id,
                                      const char         *connector_id,
                                      const char         *key,
                                      const char         *value,
                                      GError            **error);
GPtrArray  *cb_cases_get_activity    (CbCases            *self,
                                      const char         *id);
gboolean    cb_cases_add_activity    (CbCases            *self,
                                      const char         *id,
                                      const char         *kind,
                                      const char         *text,
                                      const char         *connector_id,
                                      const char         *incident,
                                      GError            **error);
void        cb_cases_changed         (CbCases            *self,
                                      const char         *id);
gboolean    cb_cases_replace         (CbCases            *self,
                                      CbCase             *item,
                                      GPtrArray          *activity,
                                      gboolean           *changed,
                                      GError            **error);

G_END_DECLS
