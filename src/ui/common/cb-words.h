/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connectors.h"
#include "push/cb-case-list.h"

G_BEGIN_DECLS

#define CB_RESOURCE "/org/casebridge/Casebridge/ui/"

/**
 * CbSign:
 * @icon_name: a symbol with an outline of its own
 * @word: what it means, translated
 * @style: a style class
 *
 * A state as all windows show it: colour only repeats what symbol and word say.
 */
typedef struct
{
  const char *icon_name;
  const char *word;
  const char *style;
} CbSign;

CbSign      cb_sign_push_state      (CbPushState        state);
CbSign      cb_sign_comment         (gboolean           sent);
const char *cb_word_severity        (CbSeverity         severity);
const char *cb_icon_severity        (CbSeverity         severity);
const char *cb_word_status          (CbStatus           status);
const char *cb_word_case_field      (const char        *source);
const char *cb_word_mapping_action  (CbMappingAction    action);
char       *cb_word_time            (gint64             time);
char       *cb_word_moment          (gint64             time);
char       *cb_word_activity        (const CbActivity  *entry,
                                     CbConnectors      *connectors);

G_END_DECLS
