/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CbTextFormat:
 * @CB_TEXT_PLAIN: plain text, as ServiceNow takes it
 * @CB_TEXT_JIRA: Jira wiki markup
 * @CB_TEXT_HTML: an HTML fragment, as IBM Resilient takes it
 *
 * The format in which an external system takes text.
 */
typedef enum
{
  CB_TEXT_PLAIN,
  CB_TEXT_JIRA,
  CB_TEXT_HTML,
} CbTextFormat;

char  *cb_text_convert          (const char   *markdown,
                                 CbTextFormat  format);
char  *cb_text_escape           (const char   *text,
                                 CbTextFormat  format);
char  *cb_text_append_paragraph (const char   *formatted,
                                 const char   *plain_line,
                                 CbTextFormat  format);
GStrv  cb_text_split            (const char   *markdown,
                                 CbTextFormat  format,
                                 gsize         first_limit,
                                 gsize         next_limit);
char  *cb_text_join_lines       (const char   *title);

G_END_DECLS
