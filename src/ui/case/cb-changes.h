/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases/cb-case.h"
#include "connectors/cb-connector.h"
#include "push/cb-journal.h"

G_BEGIN_DECLS

char *cb_changes_words (const CbCase      *item,
                        CbConnectorClass  *klass,
                        const CbPushed    *pushed);

G_END_DECLS
