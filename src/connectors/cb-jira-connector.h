/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

#define CB_TYPE_JIRA_CONNECTOR (cb_jira_connector_get_type ())
G_DECLARE_FINAL_TYPE (CbJiraConnector, cb_jira_connector, CB, JIRA_CONNECTOR,
                      CbConnector)

G_END_DECLS
