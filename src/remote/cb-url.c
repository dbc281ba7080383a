/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "remote/cb-url.h"

/* Auxiliary methods */

static gboolean
is_loopback_host (const char *host)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0 ||
         g_str_has_suffix (host, ".localhost");
}

static char *
clean_path (const char *path)
{
  g_auto(GStrv) segments = g_strsplit (path, "/", -1);
  g_autoptr(GString) result = g_string_new (NULL);

  for (guint i = 0; segments[i] != NULL; i++)
    if (*segments[i] != '\0')
      g_string_append_printf (result, "/%s", segments[i]);
  return g_string_free (g_steal_pointer (&result), FALSE);
}

static gboolean
begins_with_segments (const char *path,
                      const char *segments)
{
  gsize length = strlen (segments);

  return g_ascii_strncasecmp (path, segments, length) == 0 &&
         (path[length] == '\0' || path[length] == '/');
}

static gboolean
is_file (const char *segment,
         gsize       length)
{
  static const char *const suffixes[] = { ".do", ".jsp", ".jspa", ".html", ".htm", ".php", ".aspx" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      gsize suffix = strlen (suffixes[i]);

      if (length > suffix &&
          g_ascii_strncasecmp (segment + length - suffix, suffixes[i], suffix) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A page's path begins at a segment that the type names or at one that is a file (login.jsp). */
static gsize
find_page (const char         *path,
           const char *const  *page_paths)
{
  for (const char *p = path; p != NULL && *p == '/'; p = strchr (p + 1, '/'))
    {
      if (is_file (p + 1, strcspn (p + 1, "/")))
        return p - path;
      for (guint i = 0; page_paths != NULL && page_paths[i] != NULL; i++)
        if (begins_with_segments (p + 1, page_paths[i]))
          return p - path;
    }
  return strlen (path);
}

static char *
build (GUri       *uri,
       const char *scheme,
       const char *path)
{
  g_autofree char *host = g_hostname_to_ascii (g_uri_get_host (uri));
  g_autofree char *lower = NULL;
  int port = g_uri_get_port (uri);

  lower = g_ascii_strdown (host != NULL ? host : g_uri_get_host (uri), -1);
  if ((port == 443 && g_str_equal (scheme, "https")) || (port == 80 && g_str_equal (scheme, "http")))
    port = -1;
  return g_uri_join (G_URI_FLAGS_ENCODED, scheme, NULL, lower, port, path, NULL, NULL);
}

static gboolean
has_blanks (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        return TRUE;
    }
  return FALSE;
}

static GUri *
parse (const char  *text,
       GError     **error)
{
  g_autoptr(GUri) uri = g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;

  if (uri == NULL || (strstr (text, "://") == NULL))
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "url", _("“%s” is not a complete URL. Begin it "
                    "with the scheme, for example https://example.org."), text);
      return NULL;
    }
  if (!g_str_equal (scheme, "https") && !g_str_equal (scheme, "http"))
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "url",
                    _("The URL begins with “%s://”. Use https://."), scheme);
      return NULL;
    }
  if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "url", _("The URL “%s” names no host."), text);
      return NULL;
    }
  return g_steal_pointer (&uri);
}

static gboolean
refuse (const char   *reason,
        const char   *base,
        char        **suggestion,
        GError      **error)
{
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "url", _("%s Use the base URL: %s"), reason, base);
  if (suggestion != NULL)
    *suggestion = g_strdup (base);
  return FALSE;
}

static gboolean
check_parts (GUri         *uri,
             const char   *base,
             gboolean      is_page,
             char        **suggestion,
             GError      **error)
{
  if (g_uri_get_userinfo (uri) != NULL)
    return refuse (_("The URL holds credentials; they belong in the fields made for them."), base,
                   suggestion, error);
  if (is_page)
    return refuse (_("The URL leads to a page."), base, suggestion, error);
  if (g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return refuse (_("The URL has a query or fragment, so it leads to a page."), base, suggestion,
                   error);
  return TRUE;
}

/* Public API */

/**
 * cb_url_check:
 * @text: what the user gave
 * @page_paths: (nullable) (array zero-terminated=1): paths that belong to pages of the system, not
 *   to its base URL
 * @suggestion: (out) (optional): the base URL to use, where @text leads to a page of it
 * @error: %CB_ERROR_INVALID_ARGUMENT
 *
 * Checks the base URL of an external system and brings it into the one form in which two URLs of the
 * same system are equal. A context path stays.
 *
 * Returns: (transfer full) (nullable): the canonical URL, without a slash at its end
 */
char *
cb_url_check (const char         *text,
              const char *const  *page_paths,
              char              **suggestion,
              GError            **error)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *path = NULL;
  g_autofree char *base = NULL;
  g_autoptr(GUri) uri = NULL;
  gsize page;
  gboolean is_page;

  g_return_val_if_fail (text != NULL, NULL);

  if (suggestion != NULL)
    *suggestion = NULL;
  if (!g_utf8_validate (text, -1, NULL) || cb_is_blank (text))
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "url",
                    _("The URL is empty or not valid UTF-8. Give one such as https://example.org."));
      return NULL;
    }
  trimmed = g_strstrip (g_strdup (text));
  if (has_blanks (trimmed))
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "url",
                    _("The URL has blanks or control characters in it. Give one such as "
                      "https://example.org."));
      return NULL;
    }
  uri = parse (trimmed, error);
  if (uri == NULL)
    return NULL;
  path = clean_path (g_uri_get_path (uri));
  page = find_page (path, page_paths);
  is_page = path[page] != '\0';
  path[page] = '\0';
  base = build (uri, g_uri_get_scheme (uri), path);
  if (!check_parts (uri, base, is_page, suggestion, error))
    return NULL;
  if (g_str_equal (g_uri_get_scheme (uri), "http") && !is_loopback_host (g_uri_get_host (uri)))
    {
      g_autofree char *secure = build (uri, "https", path);

      refuse (_("http:// would send the credentials in the clear."), secure, suggestion, error);
      return NULL;
    }
  return g_steal_pointer (&base);
}

/**
 * cb_url_is_loopback:
 * @url: a canonical URL
 *
 * Returns: whether its host is this computer itself
 */
gboolean
cb_url_is_loopback (const char *url)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL && is_loopback_host (g_uri_get_host (uri));
}

/**
 * cb_url_encode:
 * @text: any text
 *
 * Returns: (transfer full): @text for a path segment or a query's value
 */
char *
cb_url_encode (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return g_uri_escape_string (text, NULL, FALSE);
}
