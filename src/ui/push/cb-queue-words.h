/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

CbOutboxEntry *cb_queue_find_entry      (CbWorkspace         *workspace,
                                         const char          *case_id,
                                         const char          *destination);
char          *cb_queue_entry_words     (CbWorkspace         *workspace,
                                         const CbOutboxEntry *entry);
char          *cb_queue_words           (CbWorkspace         *workspace);

G_END_DECLS
