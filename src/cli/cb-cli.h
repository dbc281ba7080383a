/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cb_cli_prepare (void);
int  cb_cli_run     (char **argv);

G_END_DECLS
