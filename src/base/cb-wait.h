/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void cb_wait (gint64        microseconds,
              GCancellable *cancellable,
              GCancellable *stop,
              GSourceFunc   next,
              gpointer      user_data);

G_END_DECLS
