/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cases/cb-case.h"

G_BEGIN_DECLS

/**
 * CbImportedCase:
 * @item: the case; its connector is not resolved
 * @activity: (element-type CbActivity): its activity, empty for a case of Kibana's
 * @connector: (nullable): the connector object that it names, as JSON
 * @missing_comments: how many comments it has that were not in the file
 *
 * A case read from a file, before it is in the database.
 */
typedef struct
{
  CbCase *item;
  GPtrArray *activity;
  JsonObject *connector;
  guint missing_comments;
} CbImportedCase;

GPtrArray  *cb_case_json_read         (JsonNode        *root,
                                       GError         **error);
JsonObject *cb_case_json_write        (CbCase          *item,
                                       GPtrArray       *activity,
                                       JsonObject      *connector);
void        cb_imported_case_free     (CbImportedCase  *imported);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbImportedCase, cb_imported_case_free)

G_END_DECLS
