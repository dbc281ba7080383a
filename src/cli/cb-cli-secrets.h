/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cb-cli-command.h"

G_BEGIN_DECLS

gboolean    cb_cli_can_ask_secrets (void);
GHashTable *cb_cli_read_secrets    (CbCli             *cli,
                                    CbConnectorClass  *klass,
                                    GError           **error);
GHashTable *cb_cli_ask_secrets     (CbCli             *cli,
                                    CbConnectorClass  *klass,
                                    GError           **error);

G_END_DECLS
