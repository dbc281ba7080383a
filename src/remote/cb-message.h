/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#include "base/cb-error.h"

G_BEGIN_DECLS

#define CB_ANSWER_LIMIT (1024 * 1024)
#define CB_LIST_LIMIT (10 * 1024 * 1024)

/**
 * CbPace:
 * @writes: how many at most, 0 ends a list
 * @seconds: within how many seconds, rolling
 *
 * A limit that a system is known to have.
 */
typedef struct
{
  guint writes;
  guint seconds;
} CbPace;

/**
 * CbRequest:
 * @method: the HTTP method
 * @path: path and query, to be appended to the base URL
 * @body: (nullable): the JSON body
 * @writes: whether it changes something; then no answer means that nobody knows
 * @lenient: whether "not found" and "forbidden" are answers to go on with
 * @optional: whether these and other refusals are, but not one of the login
 * @timeout: seconds until an answer must be there
 * @limit: bytes that the answer may have, decompressed
 * @hasty: whether a failure is told at once instead of being tried again
 * @retry_conflict: whether a conflict says that it was not done, and may be sent again unchanged
 * @pace_key: (nullable): what it writes to, where that has limits of its own
 * @paces: (nullable) (array zero-terminated=1): these limits, static
 *
 * A request to an external system, before it is sent.
 */
typedef struct
{
  char *method;
  char *path;
  JsonNode *body;
  gboolean writes;
  gboolean lenient;
  gboolean optional;
  guint timeout;
  gsize limit;
  gboolean hasty;
  gboolean retry_conflict;
  char *pace_key;
  const CbPace *paces;
} CbRequest;

/**
 * CbResponse:
 * @status: the HTTP status
 * @headers: its headers
 * @text: the body, valid UTF-8
 * @json: (nullable): the body, if it is JSON and says so
 * @writes: whether the request was a writing one
 *
 * An answer, read to its end.
 */
typedef struct _CbResponse CbResponse;
struct _CbResponse
{
  guint status;
  SoupMessageHeaders *headers;
  char *text;
  JsonNode *json;
  gboolean writes;
};

CbRequest  *cb_request_new            (const char        *method,
                                       const char        *format,
                                       ...) G_GNUC_PRINTF (2, 3);
CbRequest  *cb_request_new_writing    (const char        *method,
                                       JsonNode          *body,
                                       const char        *format,
                                       ...) G_GNUC_PRINTF (3, 4);
CbRequest  *cb_request_new_lenient    (const char        *method,
                                       const char        *format,
                                       ...) G_GNUC_PRINTF (2, 3);
void        cb_request_free           (CbRequest         *request);

CbResponse *cb_response_new           (guint              status,
                                       const char        *json);
void        cb_response_free          (CbResponse        *response);
gboolean    cb_response_is_success    (const CbResponse  *response);
gboolean    cb_response_is_page       (const CbResponse  *response);
JsonObject *cb_response_get_object    (const CbResponse  *response);
const char *cb_response_get_header    (const CbResponse  *response,
                                       const char        *name);
CbError     cb_response_error_code    (const CbResponse  *response);
GError     *cb_response_to_error      (const CbResponse  *response,
                                       CbError            code,
                                       const char        *system,
                                       const char        *words,
                                       const char        *field);
GError     *cb_response_unexpected    (const CbResponse  *response,
                                       const char        *system);
char       *cb_clean_words            (const char        *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbRequest, cb_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbResponse, cb_response_free)

G_END_DECLS
