/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CB_TYPE_SEARCH_PROVIDER (cb_search_provider_get_type ())
G_DECLARE_FINAL_TYPE (CbSearchProvider, cb_search_provider, CB, SEARCH_PROVIDER, GObject)

CbSearchProvider *cb_search_provider_new       (GApplication      *application,
                                                const char        *directory);
gboolean          cb_search_provider_export    (CbSearchProvider  *self,
                                                GDBusConnection   *connection,
                                                const char        *object_path,
                                                GError           **error);
void              cb_search_provider_unexport  (CbSearchProvider  *self);

G_END_DECLS
