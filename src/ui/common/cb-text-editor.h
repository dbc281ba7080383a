/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "ui/common/cb-drafts.h"

G_BEGIN_DECLS

#define CB_TYPE_TEXT_EDITOR (cb_text_editor_get_type ())
G_DECLARE_FINAL_TYPE (CbTextEditor, cb_text_editor, CB, TEXT_EDITOR, AdwBin)

GtkWidget  *cb_text_editor_new          (void);
void        cb_text_editor_set_label    (CbTextEditor  *self,
                                         const char    *label);
void        cb_text_editor_set_drafts   (CbTextEditor  *self,
                                         CbDrafts      *drafts,
                                         const char    *key);
gboolean    cb_text_editor_restore      (CbTextEditor  *self);
void        cb_text_editor_open         (CbTextEditor  *self,
                                         const char    *text);
void        cb_text_editor_fail         (CbTextEditor  *self,
                                         const GError  *error);
void        cb_text_editor_close        (CbTextEditor  *self);

G_END_DECLS
