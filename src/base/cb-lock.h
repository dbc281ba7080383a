/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/cb-error.h"

G_BEGIN_DECLS

typedef struct _CbLock CbLock;

CbLock *cb_lock_try   (const char  *directory,
                       const char  *name,
                       GError     **error);
void    cb_lock_free  (CbLock      *lock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbLock, cb_lock_free)

G_END_DECLS
