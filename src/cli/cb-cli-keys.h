/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"

G_BEGIN_DECLS

gboolean  cb_cli_split_pair    (const char        *pair,
                                char             **key,
                                const char       **value,
                                GError           **error);
gboolean  cb_cli_check_setting (CbConnectorClass  *klass,
                                const char        *key,
                                const char        *value,
                                GError           **error);
gboolean  cb_cli_check_field   (CbConnectorClass  *klass,
                                const char        *key,
                                GError           **error);
gboolean  cb_cli_check_choice_field
                               (CbConnectorClass  *klass,
                                const char        *key,
                                GError           **error);
gboolean  cb_cli_check_text    (const char        *text,
                                const char        *field,
                                GError           **error);
GList    *cb_cli_sorted_keys   (GHashTable        *table);

G_END_DECLS
