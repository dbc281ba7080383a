/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "remote/cb-message.h"

#define TIMEOUT_S 60
#define MAX_WORDS 300

/* libsoup 3.2 has no name for it. */
#define STATUS_TOO_MANY_REQUESTS 429

/* Auxiliary methods */

static const char *
remedy_for_code (CbError code)
{
  switch ((guint) code)
    {
    case CB_ERROR_INVALID_FIELD:
      return _("Change the value, or the connector's fields of the case, and push again.");
    case CB_ERROR_AUTH_INVALID:
      return _("Check user and secret in the connector; do not retry with wrong ones, accounts get "
               "locked.");
    case CB_ERROR_TOO_LONG:
      return _("Shorten it, or ask its administrator to raise the limit.");
    case CB_ERROR_FORBIDDEN:
      return _("Ask its administrator for the missing permission.");
    case CB_ERROR_NOT_FOUND:
      return _("Check the URL, and whether it still exists and this account may see it.");
    case CB_ERROR_TIMED_OUT:
    case CB_ERROR_UNAVAILABLE:
      return _("Try again later.");
    case CB_ERROR_RATE_LIMITED:
      return _("It asks to wait; try again in some minutes.");
    case CB_ERROR_CONFLICT:
      return _("Someone else changed it at the same moment; push again.");
    default:
      return "";
    }
}

static gboolean
is_uncertain (const CbResponse *response)
{
  if (!response->writes || response->status < 500)
    return FALSE;
  return response->status != SOUP_STATUS_SERVICE_UNAVAILABLE ||
         cb_response_get_header (response, "Retry-After") == NULL;
}

static const char *
phrase_for (guint status)
{
  return status == STATUS_TOO_MANY_REQUESTS ? _("too many requests") : soup_status_get_phrase (status);
}

static char *
as_sentence (const char *words)
{
  gboolean ended = g_str_has_suffix (words, ".") || g_str_has_suffix (words, "…") ||
                   g_str_has_suffix (words, "!") || g_str_has_suffix (words, "?");

  return g_strconcat (words, ended ? "" : ".", NULL);
}

static CbRequest *
new_request (const char *method,
             char       *path)
{
  CbRequest *request = g_new0 (CbRequest, 1);

  request->method = g_strdup (method);
  request->path = path;
  request->timeout = TIMEOUT_S;
  request->limit = CB_ANSWER_LIMIT;
  return request;
}

/* Public API */

/**
 * cb_request_new:
 * @method: the HTTP method
 * @format: printf() format of path and query, already encoded
 * @...: arguments of @format
 *
 * Returns: (transfer full): a request that only reads
 */
CbRequest *
cb_request_new (const char *method,
                const char *format,
                ...)
{
  CbRequest *request;
  va_list args;

  va_start (args, format);
  request = new_request (method, g_strdup_vprintf (format, args));
  va_end (args);
  return request;
}

/**
 * cb_request_new_lenient:
 * @method: the HTTP method
 * @format: printf() format of path and query, already encoded
 * @...: arguments of @format
 *
 * Returns: (transfer full): a request that only reads what may be missing or forbidden
 */
CbRequest *
cb_request_new_lenient (const char *method,
                        const char *format,
                        ...)
{
  CbRequest *request;
  va_list args;

  va_start (args, format);
  request = new_request (method, g_strdup_vprintf (format, args));
  va_end (args);
  request->lenient = TRUE;
  return request;
}

/**
 * cb_request_new_writing:
 * @method: the HTTP method
 * @body: (transfer full): the JSON body
 * @format: printf() format of path and query, already encoded
 * @...: arguments of @format
 *
 * Returns: (transfer full): a request that changes something
 */
CbRequest *
cb_request_new_writing (const char *method,
                        JsonNode   *body,
                        const char *format,
                        ...)
{
  CbRequest *request;
  va_list args;

  va_start (args, format);
  request = new_request (method, g_strdup_vprintf (format, args));
  va_end (args);
  request->body = body;
  request->writes = TRUE;
  return request;
}

/**
 * cb_request_free:
 * @request: (transfer full) (nullable): a request
 *
 * Frees it.
 */
void
cb_request_free (CbRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->method);
  g_free (request->path);
  g_free (request->pace_key);
  g_clear_pointer (&request->body, json_node_unref);
  g_free (request);
}

/**
 * cb_response_new:
 * @status: the HTTP status
 * @json: (nullable): a JSON body
 *
 * Makes an answer that did not come over the wire: from the cache, or for a test.
 *
 * Returns: (transfer full): the answer
 */
CbResponse *
cb_response_new (guint       status,
                 const char *json)
{
  CbResponse *response = g_new0 (CbResponse, 1);

  response->status = status;
  response->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  response->text = g_strdup (json != NULL ? json : "");
  response->json = json != NULL ? cb_json_parse (json, -1, NULL) : NULL;
  return response;
}

/**
 * cb_response_free:
 * @response: (transfer full) (nullable): an answer
 *
 * Frees it.
 */
void
cb_response_free (CbResponse *response)
{
  if (response == NULL)
    return;
  g_clear_pointer (&response->headers, soup_message_headers_unref);
  g_free (response->text);
  g_clear_pointer (&response->json, json_node_unref);
  g_free (response);
}

/**
 * cb_response_is_success:
 * @response: an answer
 *
 * Returns: whether its status says so
 */
gboolean
cb_response_is_success (const CbResponse *response)
{
  return response->status >= 200 && response->status < 300;
}

/**
 * cb_response_get_object:
 * @response: an answer
 *
 * Returns: (transfer none) (nullable): its body, if it is a JSON object
 */
JsonObject *
cb_response_get_object (const CbResponse *response)
{
  return cb_json_node_object (response->json);
}

/**
 * cb_response_get_header:
 * @response: an answer
 * @name: a header's name
 *
 * Returns: (transfer none) (nullable): its first value
 */
const char *
cb_response_get_header (const CbResponse *response,
                        const char       *name)
{
  return soup_message_headers_get_one (response->headers, name);
}

/**
 * cb_response_error_code:
 * @response: an answer
 *
 * The one place where an HTTP status becomes an error's code.
 *
 * Returns: the code; meaningless for a successful status
 */
CbError
cb_response_error_code (const CbResponse *response)
{
  switch (response->status)
    {
    case SOUP_STATUS_BAD_REQUEST:
    case SOUP_STATUS_UNPROCESSABLE_ENTITY:
      return CB_ERROR_INVALID_FIELD;
    case SOUP_STATUS_UNAUTHORIZED:
      return CB_ERROR_AUTH_INVALID;
    case SOUP_STATUS_FORBIDDEN:
      return CB_ERROR_FORBIDDEN;
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return CB_ERROR_NOT_FOUND;
    case SOUP_STATUS_REQUEST_TIMEOUT:
    case SOUP_STATUS_GATEWAY_TIMEOUT:
      return CB_ERROR_TIMED_OUT;
    case SOUP_STATUS_CONFLICT:
    case SOUP_STATUS_PRECONDITION_FAILED:
      return CB_ERROR_CONFLICT;
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
      return CB_ERROR_TOO_LONG;
    case STATUS_TOO_MANY_REQUESTS:
      return CB_ERROR_RATE_LIMITED;
    default:
      return response->status >= 500 ? CB_ERROR_UNAVAILABLE : CB_ERROR_FAILED;
    }
}

/**
 * cb_response_is_page:
 * @response: an answer
 *
 * Some systems call a plain sentence HTML, so it has to have a tag.
 *
 * Returns: whether it is a page for a browser
 */
gboolean
cb_response_is_page (const CbResponse *response)
{
  const char *type = soup_message_headers_get_content_type (response->headers, NULL);

  return type != NULL && strstr (type, "html") != NULL && response->text != NULL &&
         g_regex_match_simple ("<[A-Za-z!/]", response->text, 0, 0);
}

/**
 * cb_response_to_error:
 * @response: an answer that is an error
 * @code: what kind of error, mostly cb_response_error_code()
 * @system: the system's name for the user
 * @words: (nullable): what the system said
 * @field: (nullable): the field that it complained of
 *
 * Returns: (transfer full): the error, %CB_ERROR_UNCERTAIN where a writing request may have been
 *   carried out
 */
GError *
cb_response_to_error (const CbResponse *response,
                      CbError           code,
                      const char       *system,
                      const char       *words,
                      const char       *field)
{
  g_autofree char *clean = cb_clean_words (words != NULL || cb_response_is_page (response) ? words
                                                                                          : response->text);
  const char *remedy;
  g_autofree char *said = as_sentence (*clean != '\0' ? clean : phrase_for (response->status));

  if (is_uncertain (response))
    return cb_error_new (CB_ERROR_UNCERTAIN, field,
                         _("%s answered with status %u: %s It is not known whether the request was "
                           "carried out."), system, response->status, said);
  if (SOUP_STATUS_IS_REDIRECTION (response->status))
    {
      g_autofree char *location = cb_clean_words (cb_response_get_header (response, "Location"));

      return cb_error_new (CB_ERROR_INVALID_RESPONSE, field,
                           _("%s redirects to %s. Use that address if it is right, or log in to the "
                             "system to see why."), system,
                           *location != '\0' ? location : _("another address"));
    }
  remedy = remedy_for_code (code);
  return cb_error_new (code, field, *remedy != '\0' ? _("%s answered with status %u: %s %s")
                                                    : _("%s answered with status %u: %s%s"), system,
                       response->status, said, remedy);
}

static char *
title_of (const CbResponse *response)
{
  const char *start = cb_response_is_page (response) ? strstr (response->text, "<title>") : NULL;
  const char *end = start != NULL ? strstr (start, "</title>") : NULL;
  g_autofree char *title = end != NULL ? g_strndup (start, end - start) : NULL;

  return cb_clean_words (title);
}

/**
 * cb_response_unexpected:
 * @response: an answer with a successful status
 * @system: the system's name for the user
 *
 * For an answer that is not what the API promises: another system behind the URL, a login page, a
 * proxy. After a writing request it cannot be known whether that was carried out.
 *
 * Returns: (transfer full): the error
 */
GError *
cb_response_unexpected (const CbResponse *response,
                        const char       *system)
{
  const char *content = soup_message_headers_get_content_type (response->headers, NULL);
  g_autofree char *title = title_of (response);
  g_autofree char *type = cb_clean_words (content);

  if (*title != '\0')
    {
      g_autofree char *bare = g_steal_pointer (&type);

      type = g_strdup_printf ("%s, “%s”", bare, title);
    }
  return cb_error_new (response->writes ? CB_ERROR_UNCERTAIN : CB_ERROR_INVALID_RESPONSE, NULL,
                       _("The answer is not one of %s (status %u, content type %s). Check the URL; a "
                         "login page, a proxy or another system may answer there."), system,
                       response->status, *type != '\0' ? type : _("none"));
}

/**
 * cb_clean_words:
 * @text: (nullable): text from a server
 *
 * Makes text from a server fit to be shown: no markup, no control characters, one line, cut.
 *
 * Returns: (transfer full): the words, "" where there are none
 */
char *
cb_clean_words (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autoptr(GString) clean = g_string_new (NULL);
  gboolean in_tag = FALSE;
  guint length = 0;

  for (const char *p = valid; *p != '\0' && length < MAX_WORDS; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '<' && (g_ascii_isalpha (p[1]) || p[1] == '/' || p[1] == '!'))
        in_tag = TRUE;
      if (!in_tag && g_unichar_isgraph (c))
        {
          g_string_append_unichar (clean, c);
          length++;
        }
      else if (clean->len > 0 && clean->str[clean->len - 1] != ' ')
        g_string_append_c (clean, ' ');
      if (c == '>')
        in_tag = FALSE;
    }
  if (length == MAX_WORDS)
    g_string_append (clean, "…");
  return g_strchomp (g_string_free (g_steal_pointer (&clean), FALSE));
}
