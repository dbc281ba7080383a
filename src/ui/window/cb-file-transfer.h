/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

void   cb_file_transfer_import_async   (CbWorkspace          *workspace,
                                        GtkWindow            *parent,
                                        GFile                *file,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
char  *cb_file_transfer_import_finish  (CbWorkspace          *workspace,
                                        GAsyncResult         *result,
                                        GError              **error);
void   cb_file_transfer_export_async   (CbWorkspace          *workspace,
                                        GFile                *file,
                                        GPtrArray            *ids,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
char  *cb_file_transfer_export_finish  (CbWorkspace          *workspace,
                                        GAsyncResult         *result,
                                        GError              **error);

G_END_DECLS
