/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cb-cli-command.h"

G_BEGIN_DECLS

gboolean cb_cli_link_incident (CbCli       *cli,
                               const char  *case_id,
                               const char  *connector_id,
                               const char  *incident,
                               GError     **error);

G_END_DECLS
