/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint       cb_migrations_latest (void);
const char *cb_migrations_get    (guint from);

G_END_DECLS
