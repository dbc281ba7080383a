/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "push/cb-push-result.h"

G_BEGIN_DECLS

JsonArray *cb_cli_steps_to_json     (GPtrArray          *steps);
void       cb_cli_print_results     (GPtrArray          *results);
void       cb_cli_say_result        (const CbPushResult *result,
                                     gboolean            with_steps);
int        cb_cli_status_of_results (GPtrArray          *results);

G_END_DECLS
