/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "cli/cb-cli-command.h"
#include "push/cb-case-list.h"

G_BEGIN_DECLS

JsonObject *cb_cli_case_to_json (CbCaseRow   *row);
gboolean    cb_cli_print_case   (CbCli       *cli,
                                 const char  *id,
                                 GError     **error);
char       *cb_cli_find_case    (CbCli       *cli,
                                 const char  *name,
                                 GError     **error);
GPtrArray  *cb_cli_find_cases   (CbCli       *cli,
                                 GStrv        names,
                                 GError     **error);

G_END_DECLS
