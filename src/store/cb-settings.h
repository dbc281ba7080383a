/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/cb-database.h"

G_BEGIN_DECLS

char     *cb_settings_get          (CbDatabase  *database,
                                    const char  *key);
gboolean  cb_settings_set          (CbDatabase  *database,
                                    const char  *key,
                                    const char  *value,
                                    GError     **error);
char     *cb_settings_workspace_id (CbDatabase  *database,
                                    GError     **error);
char     *cb_settings_author       (CbDatabase  *database);

G_END_DECLS
