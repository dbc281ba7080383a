/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "push/cb-case-list.h"
#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

#define CB_TYPE_INCIDENT_BOX (cb_incident_box_get_type ())
G_DECLARE_FINAL_TYPE (CbIncidentBox, cb_incident_box, CB, INCIDENT_BOX, AdwBin)

void      cb_incident_box_show      (CbIncidentBox    *self,
                                     CbWorkspace      *workspace,
                                     const CbCase     *item,
                                     CbCaseRow        *row,
                                     CbConnectorInfo  *connector,
                                     const CbPushed   *pushed);
gboolean  cb_incident_box_can_push  (CbIncidentBox    *self);

G_END_DECLS
