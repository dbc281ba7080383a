/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cb-cli-command.h"

G_BEGIN_DECLS

/* Each ends with a command without words. */
extern const CbCommand cb_cli_case_commands[];
extern const CbCommand cb_cli_comment_commands[];
extern const CbCommand cb_cli_connector_commands[];
extern const CbCommand cb_cli_incident_commands[];
extern const CbCommand cb_cli_outbox_commands[];
extern const CbCommand cb_cli_push_commands[];
extern const CbCommand cb_cli_settings_commands[];
extern const CbCommand cb_cli_transfer_commands[];

G_END_DECLS
