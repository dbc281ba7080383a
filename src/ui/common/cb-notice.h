/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  CB_NOTICE_ERROR,
  CB_NOTICE_WARNING,
  CB_NOTICE_SUCCESS,
  CB_NOTICE_INFO,
  CB_NOTICE_BUSY,
  CB_NOTICE_QUEUE,
} CbNoticeKind;

#define CB_TYPE_NOTICE (cb_notice_get_type ())
G_DECLARE_FINAL_TYPE (CbNotice, cb_notice, CB, NOTICE, AdwBin)

GtkWidget  *cb_notice_new          (void);
void        cb_notice_show         (CbNotice      *self,
                                    CbNoticeKind   kind,
                                    const char    *heading,
                                    const char    *text);
void        cb_notice_show_error   (CbNotice      *self,
                                    const GError  *error);
void        cb_notice_hide         (CbNotice      *self);
void        cb_notice_set_action   (CbNotice      *self,
                                    const char    *label);
void        cb_notice_set_details  (CbNotice      *self,
                                    const char    *const *details);
void        cb_notice_set_compact  (CbNotice      *self);
gboolean    cb_notice_is_shown     (CbNotice      *self);

G_END_DECLS
