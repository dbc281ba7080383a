/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/cb-error.h"

G_BEGIN_DECLS

GTlsDatabase *cb_tls_database_from_pem     (const char            *pem,
                                            GError               **error);
GError       *cb_tls_error                 (const char            *system,
                                            GTlsCertificate       *certificate,
                                            GTlsCertificateFlags   flags);
char         *cb_tls_certificate_describe  (const char            *pem,
                                            char                 **fingerprint,
                                            GError               **error);

G_END_DECLS
