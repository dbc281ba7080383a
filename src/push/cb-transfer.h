/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cases/cb-cases.h"
#include "connectors/cb-connectors.h"

G_BEGIN_DECLS

/**
 * CbImport:
 * @ids: (element-type utf8): the cases of the file, in its order
 * @warnings: (element-type utf8): what a person should know
 * @newer_here: (element-type utf8): those updated cases that were changed later than what is in the file
 *
 * What an import did.
 */
typedef struct
{
  guint imported;
  guint updated;
  guint unchanged;
  GPtrArray *ids;
  GPtrArray *warnings;
  GPtrArray *newer_here;
} CbImport;

CbImport *cb_transfer_import         (CbCases       *cases,
                                      CbConnectors  *connectors,
                                      const char    *text,
                                      gsize          length,
                                      GError       **error);
CbImport *cb_transfer_plan_import    (CbCases       *cases,
                                      CbConnectors  *connectors,
                                      const char    *text,
                                      gsize          length,
                                      GError       **error);
JsonNode *cb_transfer_export         (CbCases       *cases,
                                      CbConnectors  *connectors,
                                      GPtrArray     *ids,
                                      GError       **error);
gboolean  cb_transfer_link_external  (CbCases       *cases,
                                      CbConnectors  *connectors,
                                      GError       **error);
void      cb_import_free             (CbImport      *import);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbImport, cb_import_free)

G_END_DECLS
