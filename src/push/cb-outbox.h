/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "push/cb-bulk.h"

G_BEGIN_DECLS

/**
 * CbOutboxEntry:
 * @push: its number in the journal
 * @case_id: the case
 * @connector_id: through which connector
 * @state: "queued", "running", "uncertain", "failed" or "conflict"
 * @on_conflict: what to do with remote edits
 * @steps_of: the number of the push whose steps these are
 * @steps: (element-type CbStep): what it would send or has sent, as far as that is planned
 * @n_tries: how often it was tried in vain
 * @retry_at: microseconds since 1970 when it will be tried again, 0 for none
 * @error_code: (nullable): why it did not complete
 * @error_message: (nullable): the same for people
 * @error_field: (nullable): the field that it is about
 *
 * A push that is not over: it waits, runs, or needs a person.
 */
typedef struct
{
  gint64 push;
  char *case_id;
  char *connector_id;
  char *state;
  CbOnConflict on_conflict;
  gint64 steps_of;
  GPtrArray *steps;
  guint n_tries;
  gint64 retry_at;
  char *error_code;
  char *error_message;
  char *error_field;
} CbOutboxEntry;

#define CB_TYPE_OUTBOX (cb_outbox_get_type ())
G_DECLARE_FINAL_TYPE (CbOutbox, cb_outbox, CB, OUTBOX, GObject)

CbOutbox     *cb_outbox_new        (CbPusher             *pusher);
CbPushResult *cb_outbox_add        (CbOutbox             *self,
                                    const CbBulkItem     *item);
GPtrArray    *cb_outbox_list       (CbOutbox             *self,
                                    const char           *case_id,
                                    GError              **error);
gboolean      cb_outbox_cancel     (CbOutbox             *self,
                                    const char           *case_id,
                                    const char           *connector_id,
                                    GError              **error);
guint         cb_outbox_n_queued   (CbOutbox             *self);
gint64        cb_outbox_due_in     (CbOutbox             *self);
void          cb_outbox_run_async  (CbOutbox             *self,
                                    gboolean              due_only,
                                    const char           *connector_id,
                                    const CbBulkOptions  *options,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
GPtrArray    *cb_outbox_run_finish (CbOutbox             *self,
                                    GAsyncResult         *result,
                                    GError              **error);
void          cb_outbox_entry_free (CbOutboxEntry        *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbOutboxEntry, cb_outbox_entry_free)

G_END_DECLS
