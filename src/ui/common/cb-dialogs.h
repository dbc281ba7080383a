/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void      cb_dialogs_confirm_async   (GtkWindow            *parent,
                                      const char           *heading,
                                      const char           *body,
                                      const char           *action,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean  cb_dialogs_confirm_finish  (GtkWindow            *parent,
                                      GAsyncResult         *result);
void      cb_dialogs_choose_async    (GtkWindow            *parent,
                                      GtkFileChooserAction  action,
                                      const char           *title,
                                      const char           *name,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
GFile    *cb_dialogs_choose_finish   (GtkWindow            *parent,
                                      GAsyncResult         *result);
void      cb_dialogs_show_message    (GtkWindow            *parent,
                                      const char           *heading,
                                      const char           *body);
void      cb_dialogs_show_uri        (GtkWindow            *parent,
                                      const char           *uri);
void      cb_dialogs_show_about      (GtkWindow            *parent);

G_END_DECLS
