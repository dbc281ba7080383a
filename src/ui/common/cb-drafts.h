/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CB_TYPE_DRAFTS (cb_drafts_get_type ())
G_DECLARE_FINAL_TYPE (CbDrafts, cb_drafts, CB, DRAFTS, GObject)

CbDrafts    *cb_drafts_new  (void);
const char  *cb_drafts_get  (CbDrafts    *self,
                             const char  *key);
void         cb_drafts_set  (CbDrafts    *self,
                             const char  *key,
                             const char  *text);

G_END_DECLS
