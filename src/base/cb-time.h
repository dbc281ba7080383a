/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64    cb_time_now       (void);
char     *cb_time_to_string (gint64      time);
gboolean  cb_time_parse     (const char *text,
                             gint64     *time);

G_END_DECLS
