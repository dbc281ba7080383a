/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "remote/cb-message.h"

G_BEGIN_DECLS

#define CB_TYPE_TRANSPORT (cb_transport_get_type ())
G_DECLARE_FINAL_TYPE (CbTransport, cb_transport, CB, TRANSPORT, GObject)

CbTransport *cb_transport_new               (const char           *system,
                                             const char           *base_url,
                                             const char           *ca_pem,
                                             GHashTable           *headers,
                                             GError              **error);
const char  *cb_transport_get_system        (CbTransport          *self);
void         cb_transport_set_authorization (CbTransport          *self,
                                             char                 *authorization);
void         cb_transport_send_async        (CbTransport          *self,
                                             const CbRequest      *request,
                                             guint                *n_requests,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
CbResponse  *cb_transport_send_finish       (CbTransport          *self,
                                             GAsyncResult         *result,
                                             GError              **error);
char        *cb_basic_authorization         (const char           *user,
                                             const char           *secret);
void         cb_secret_free                 (char                 *secret);

G_END_DECLS
