/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "remote/cb-message.h"

G_BEGIN_DECLS

#define CB_TYPE_PACER (cb_pacer_get_type ())
G_DECLARE_FINAL_TYPE (CbPacer, cb_pacer, CB, PACER, GObject)

CbPacer *cb_pacer_new        (void);
gint64   cb_pacer_reserve    (CbPacer          *self,
                              const CbRequest  *request,
                              gint64            now);
void     cb_pacer_release    (CbPacer          *self,
                              const CbRequest  *request,
                              const CbResponse *response,
                              gint64            now);
void     cb_pacer_count      (CbPacer          *self,
                              const char       *key,
                              gint64            now);
gint64   cb_pacer_retry_wait (const CbRequest  *request,
                              const CbResponse *response,
                              const GError     *error,
                              guint             n_attempts,
                              gint64            lasted);

G_END_DECLS
