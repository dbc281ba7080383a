/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-exchange.h"
#include "cb-simulator-json.h"

/* Auxiliary methods */

static void
copy_header (const char *name,
             const char *value,
             gpointer    headers)
{
  soup_message_headers_append (headers, name, value);
}

static void
read_body (CbSimExchange     *self,
           SoupServerMessage *message)
{
  g_autoptr (GBytes) bytes =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  gconstpointer data = g_bytes_get_data (bytes, &self->length);

  self->body = g_malloc0 (self->length + 1);
  if (self->length > 0)
    memcpy (self->body, data, self->length);
}

static const char *
below_base_path (const char *path,
                 const char *base_path)
{
  gsize length = strlen (base_path);

  if (g_str_has_prefix (path, "/_control"))
    return path;
  if (!g_str_has_prefix (path, base_path) || (path[length] != '/' && path[length] != '\0'))
    return "";
  return path + length;
}

static void
clear_captures (CbSimExchange *self)
{
  for (guint i = 0; i < CB_SIM_MAX_CAPTURES; i++)
    g_clear_pointer (&self->captures[i], g_free);
}

static gboolean
match_segment (CbSimExchange *self,
               const char    *pattern,
               const char    *segment,
               guint         *n_captures)
{
  if (strcmp (pattern, "*") != 0)
    return strcmp (pattern, segment) == 0;
  g_assert (*n_captures < CB_SIM_MAX_CAPTURES);
  self->captures[*n_captures] = g_uri_unescape_string (segment, NULL);
  return self->captures[(*n_captures)++] != NULL && *segment != '\0';
}

static gboolean
match_pattern (CbSimExchange *self,
               const char    *pattern)
{
  g_auto(GStrv) wanted = g_strsplit (pattern, "/", -1);
  g_auto(GStrv) segments = g_strsplit (self->path, "/", -1);
  guint n_captures = 0;

  clear_captures (self);
  if (g_strv_length (wanted) != g_strv_length (segments))
    return FALSE;
  for (guint i = 0; wanted[i] != NULL; i++)
    if (!match_segment (self, wanted[i], segments[i], &n_captures))
      return FALSE;
  return TRUE;
}

static void
clear_answer (CbSimExchange *self)
{
  g_clear_pointer (&self->answer_type, g_free);
  g_clear_pointer (&self->answer_node, json_node_unref);
  g_clear_pointer (&self->answer_bytes, g_bytes_unref);
}

/* Public API */

/**
 * cb_sim_exchange_new:
 * @message: a message that was read completely
 * @base_path: the context path, or ""
 * @base_url: the URL that clients are told; must outlive the exchange
 *
 * Returns: (transfer full): a copy of the request, which outlives the connection
 */
CbSimExchange *
cb_sim_exchange_new (SoupServerMessage *message,
                     const char        *base_path,
                     const char        *base_url)
{
  CbSimExchange *self = g_new0 (CbSimExchange, 1);
  GUri *uri = soup_server_message_get_uri (message);

  self->method = g_intern_string (soup_server_message_get_method (message));
  self->query = g_strdup (g_uri_get_query (uri));
  self->path = g_strdup (below_base_path (g_uri_get_path (uri), base_path));
  self->target =
    g_strconcat (g_uri_get_path (uri), self->query != NULL ? "?" : "", self->query, NULL);
  self->params = soup_form_decode (self->query != NULL ? self->query : "");
  self->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  soup_message_headers_foreach (soup_server_message_get_request_headers (message), copy_header,
                                self->headers);
  read_body (self, message);
  self->base_url = base_url;
  self->answer_headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  return self;
}

void
cb_sim_exchange_free (CbSimExchange *self)
{
  clear_captures (self);
  clear_answer (self);
  g_free (self->target);
  g_free (self->path);
  g_free (self->query);
  g_free (self->body);
  g_hash_table_unref (self->params);
  soup_message_headers_unref (self->headers);
  soup_message_headers_unref (self->answer_headers);
  g_free (self);
}

const char *
cb_sim_exchange_header (CbSimExchange *self,
                        const char    *name)
{
  return soup_message_headers_get_list (self->headers, name);
}

const char *
cb_sim_exchange_param (CbSimExchange *self,
                       const char    *name)
{
  return g_hash_table_lookup (self->params, name);
}

guint
cb_sim_exchange_number_param (CbSimExchange *self,
                              const char    *name,
                              guint          fallback)
{
  const char *value = cb_sim_exchange_param (self, name);
  guint64 number;

  if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT, &number, NULL))
    return fallback;
  return number;
}

/**
 * cb_sim_exchange_all_params:
 * @self: the exchange
 * @name: a parameter that may be repeated, or hold several values between commas
 *
 * Returns: (transfer full): all its values
 */
GStrv
cb_sim_exchange_all_params (CbSimExchange *self,
                            const char    *name)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) pairs = g_strsplit (self->query != NULL ? self->query : "", "&", -1);

  for (guint i = 0; pairs[i] != NULL; i++)
    {
      g_autoptr(GHashTable) pair = soup_form_decode (pairs[i]);
      const char *value = g_hash_table_lookup (pair, name);
      g_auto(GStrv) values = value != NULL ? g_strsplit (value, ",", -1) : NULL;

      if (values != NULL)
        g_strv_builder_addv (builder, (const char **) values);
    }
  return g_strv_builder_end (builder);
}

/**
 * cb_sim_exchange_parse_object:
 * @self: the exchange
 *
 * Returns: (transfer full) (nullable): the body, %NULL where it is no JSON object
 */
JsonObject *
cb_sim_exchange_parse_object (CbSimExchange *self)
{
  g_autoptr(JsonNode) node = cb_sim_json_parse (self->body, self->length);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_dup_object (node) : NULL;
}

static gboolean
range_matches (const char *range,
               const char *type)
{
  g_auto(GStrv) parts = g_strsplit (range, ";", 2);
  const char *pattern = g_strstrip (parts[0]);

  if (g_str_equal (pattern, "*/*"))
    return TRUE;
  return g_str_has_suffix (pattern, "/*")
         ? g_ascii_strncasecmp (pattern, type, strlen (pattern) - 1) == 0
         : g_ascii_strcasecmp (pattern, type) == 0;
}

/**
 * cb_sim_exchange_accepts:
 * @self: the exchange
 * @type: a content type
 *
 * Returns: whether the Accept header is there and names @type
 */
gboolean
cb_sim_exchange_accepts (CbSimExchange *self,
                         const char    *type)
{
  const char *accept = cb_sim_exchange_header (self, "Accept");
  g_auto(GStrv) ranges = g_strsplit (accept != NULL ? accept : "", ",", -1);

  for (guint i = 0; ranges[i] != NULL; i++)
    if (range_matches (ranges[i], type))
      return TRUE;
  return FALSE;
}

gboolean
cb_sim_exchange_has_json_body (CbSimExchange *self)
{
  return g_strcmp0 (soup_message_headers_get_content_type (self->headers, NULL), "application/json")
      == 0;
}

gboolean
cb_sim_exchange_is_write (CbSimExchange *self)
{
  return !g_str_equal (self->method, "GET") && !g_str_equal (self->method, "HEAD");
}

/**
 * cb_sim_exchange_credentials:
 * @self: the exchange
 * @scheme: "Basic" or "Bearer"
 *
 * Returns: (transfer full) (nullable): "login:secret", or the token
 */
char *
cb_sim_exchange_credentials (CbSimExchange *self,
                             const char    *scheme)
{
  const char *header = soup_message_headers_get_one (self->headers, "Authorization");
  g_autofree char *prefix = g_strconcat (scheme, " ", NULL);
  g_autofree guchar *decoded = NULL;
  gsize length = 0;

  if (header == NULL || g_ascii_strncasecmp (header, prefix, strlen (prefix)) != 0)
    return NULL;
  if (!g_str_equal (scheme, "Basic"))
    return g_strdup (header + strlen (prefix));
  decoded = g_base64_decode (header + strlen (prefix), &length);
  return g_strndup ((const char *) decoded, length);
}

/**
 * cb_sim_exchange_answer:
 * @self: the exchange
 * @status: the status
 * @node: (transfer full) (nullable): the body
 */
void
cb_sim_exchange_answer (CbSimExchange *self,
                        guint          status,
                        JsonNode      *node)
{
  clear_answer (self);
  self->status = status;
  self->answer_node = node;
  self->answer_type = node != NULL ? g_strdup ("application/json;charset=UTF-8") : NULL;
}

void
cb_sim_exchange_answer_text (CbSimExchange *self,
                             guint          status,
                             const char    *type,
                             const char    *text)
{
  cb_sim_exchange_answer_bytes (self, status, type, g_bytes_new (text, strlen (text)));
}

/**
 * cb_sim_exchange_answer_bytes:
 * @self: the exchange
 * @status: the status
 * @type: the content type
 * @bytes: (transfer full): the body
 */
void
cb_sim_exchange_answer_bytes (CbSimExchange *self,
                              guint          status,
                              const char    *type,
                              GBytes        *bytes)
{
  clear_answer (self);
  self->status = status;
  self->answer_bytes = bytes;
  self->answer_type = g_strdup (type);
}

void
cb_sim_exchange_answer_header (CbSimExchange *self,
                               const char    *name,
                               const char    *value)
{
  soup_message_headers_replace (self->answer_headers, name, value);
}

/**
 * cb_sim_exchange_get_answer:
 * @self: the exchange
 *
 * Returns: (transfer full): the bytes of the answer's body
 */
GBytes *
cb_sim_exchange_get_answer (CbSimExchange *self)
{
  if (self->answer_node != NULL)
    {
      char *text = cb_sim_json_to_text (self->answer_node);

      return g_bytes_new_take (text, strlen (text));
    }
  return self->answer_bytes != NULL ? g_bytes_ref (self->answer_bytes) : g_bytes_new (NULL, 0);
}

/**
 * cb_sim_exchange_find_route:
 * @self: the exchange
 * @routes: (array length=n_routes): the routes
 * @n_routes: how many
 * @known_path: (out): whether the path exists for any method
 *
 * Returns: (nullable): the route; its captures are in @self
 */
const CbSimRoute *
cb_sim_exchange_find_route (CbSimExchange    *self,
                            const CbSimRoute *routes,
                            gsize             n_routes,
                            gboolean         *known_path)
{
  *known_path = FALSE;
  for (gsize i = 0; i < n_routes; i++)
    if (match_pattern (self, routes[i].pattern))
      {
        *known_path = TRUE;
        if (g_str_equal (self->method, routes[i].method))
          return &routes[i];
      }
  clear_captures (self);
  return NULL;
}
