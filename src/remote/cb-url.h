/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/cb-error.h"

G_BEGIN_DECLS

char     *cb_url_check        (const char         *text,
                               const char *const  *page_paths,
                               char              **suggestion,
                               GError            **error);
gboolean  cb_url_is_loopback  (const char         *url);
char     *cb_url_encode       (const char         *text);

G_END_DECLS
