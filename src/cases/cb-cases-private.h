/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-cases.h"

G_BEGIN_DECLS

GPtrArray *_cb_comments_load    (CbDatabase  *database,
                                 const char  *case_id,
                                 GError     **error);
gboolean   _cb_comments_insert  (CbDatabase  *database,
                                 const char  *case_id,
                                 CbComment   *comment,
                                 GError     **error);
gboolean   _cb_comments_update  (CbDatabase  *database,
                                 const char  *case_id,
                                 CbComment   *comment,
                                 GError     **error);
gboolean   _cb_comments_merge   (CbDatabase  *database,
                                 const char  *case_id,
                                 GPtrArray   *old,
                                 GPtrArray   *imported,
                                 GError     **error);

G_END_DECLS
