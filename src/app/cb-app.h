/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-cases.h"
#include "connectors/cb-connectors.h"
#include "push/cb-outbox.h"

G_BEGIN_DECLS

#define CB_TYPE_APP (cb_app_get_type ())
G_DECLARE_FINAL_TYPE (CbApp, cb_app, CB, APP, GObject)

char         *cb_app_default_directory  (void);
CbApp        *cb_app_new                (const char  *directory,
                                         GError     **error);
CbDatabase   *cb_app_open_to_read       (const char  *directory,
                                         GError     **error);
CbDatabase   *cb_app_get_database       (CbApp       *self);
CbCases      *cb_app_get_cases          (CbApp       *self);
CbConnectors *cb_app_get_connectors     (CbApp       *self);
CbPusher     *cb_app_get_pusher         (CbApp       *self);
CbOutbox     *cb_app_get_outbox         (CbApp       *self);

G_END_DECLS
