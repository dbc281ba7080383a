/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/cb-error.h"

G_BEGIN_DECLS

#define CB_TYPE_KEYRING (cb_keyring_get_type ())
G_DECLARE_FINAL_TYPE (CbKeyring, cb_keyring, CB, KEYRING, GObject)

CbKeyring  *cb_keyring_new           (const char           *workspace_id);
void        cb_keyring_store_async   (CbKeyring            *self,
                                      const char           *connector_id,
                                      gint64                generation,
                                      const char           *label,
                                      GHashTable           *secrets,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean    cb_keyring_store_finish  (CbKeyring            *self,
                                      GAsyncResult         *result,
                                      GError              **error);
void        cb_keyring_lookup_async  (CbKeyring            *self,
                                      const char           *connector_id,
                                      gint64                generation,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
GHashTable *cb_keyring_lookup_finish (CbKeyring            *self,
                                      GAsyncResult         *result,
                                      GError              **error);
void        cb_keyring_probe_async   (CbKeyring            *self,
                                      const char           *connector_id,
                                      gint64                generation,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean    cb_keyring_probe_finish  (CbKeyring            *self,
                                      GAsyncResult         *result,
                                      GError              **error);
void        cb_keyring_sweep_async   (CbKeyring            *self,
                                      GHashTable           *generations,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean    cb_keyring_sweep_finish  (CbKeyring            *self,
                                      GAsyncResult         *result,
                                      GError              **error);
GHashTable *cb_secrets_new           (void);

G_END_DECLS
