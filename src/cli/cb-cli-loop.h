/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cb-cli-command.h"

G_BEGIN_DECLS

void    cb_cli_watch   (CbCli         *cli);
void    cb_cli_unwatch (CbCli         *cli);
void    cb_cli_done_cb (GObject       *source,
                        GAsyncResult  *result,
                        gpointer       user_data);
void    cb_cli_wait    (CbCli         *cli,
                        GAsyncResult **result);
GBytes *cb_cli_read    (CbCli         *cli,
                        const char    *path,
                        const char    *field,
                        gsize          limit,
                        GError       **error);
char   *cb_cli_read_text
                       (CbCli         *cli,
                        const char    *path,
                        const char    *field,
                        GError       **error);

G_END_DECLS
