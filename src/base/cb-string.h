/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gsize    cb_utf16_length (const char *text);
gsize    cb_utf16_prefix (const char *text,
                          gsize       units);
char    *cb_sha256       (const char *first,
                          ...) G_GNUC_NULL_TERMINATED;
gboolean cb_is_blank     (const char *text);

G_END_DECLS
