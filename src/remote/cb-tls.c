/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/mman.h>
#include <unistd.h>

#include "remote/cb-message.h"
#include "remote/cb-tls.h"

/* Auxiliary methods */

static char *
fingerprint_of (GTlsCertificate *certificate)
{
  g_autoptr(GByteArray) der = NULL;
  g_autoptr(GString) result = g_string_new (NULL);
  g_autofree char *hex = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return g_strdup ("");
  hex = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  for (guint i = 0; hex[i] != '\0'; i += 2)
    g_string_append_printf (result, "%s%c%c", i > 0 ? ":" : "", g_ascii_toupper (hex[i]),
                            g_ascii_toupper (hex[i + 1]));
  return g_string_free (g_steal_pointer (&result), FALSE);
}

static const char *
reason_for_flags (GTlsCertificateFlags flags)
{
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return _("its issuer is not known");
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return _("it was made for another host");
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    return _("it has expired");
  if (flags & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return _("it is not valid yet");
  if (flags & G_TLS_CERTIFICATE_REVOKED)
    return _("it was revoked");
  if (flags & G_TLS_CERTIFICATE_INSECURE)
    return _("its cryptography is too weak");
  return _("it cannot be verified");
}

static void
add_detail (GStrvBuilder *details,
            const char   *label,
            const char   *value)
{
  if (value == NULL || *value == '\0')
    return;
  g_strv_builder_add (details, label);
  g_strv_builder_add (details, value);
}

static char *
validity_of (GTlsCertificate *certificate)
{
  g_autoptr(GDateTime) from = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr(GDateTime) until = g_tls_certificate_get_not_valid_after (certificate);
  g_autofree char *first = from != NULL ? g_date_time_format (from, _("%-d %b %Y")) : NULL;
  g_autofree char *last = until != NULL ? g_date_time_format (until, _("%-d %b %Y")) : NULL;

  return first != NULL && last != NULL ? g_strdup_printf (_("%s to %s"), first, last) : NULL;
}

/* The hosts that it was made for, as far as it says. */
static char *
names_of (GTlsCertificate *certificate)
{
  g_autoptr(GPtrArray) hosts = g_tls_certificate_get_dns_names (certificate);
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; hosts != NULL && i < hosts->len; i++)
    {
      gsize length;
      const char *host = g_bytes_get_data (g_ptr_array_index (hosts, i), &length);

      g_string_append_printf (names, "%s%.*s", i > 0 ? ", " : "", (int) length, host);
    }
  if (names->len == 0)
    {
      g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);

      g_string_append (names, subject != NULL ? subject : "");
    }
  /* Whoever made it chose these words. */
  return cb_clean_words (names->str);
}

/* What a person compares with what the administrator says. */
static GStrv
describe (GTlsCertificate *certificate,
          const char      *reason,
          const char      *issuer,
          const char      *fingerprint)
{
  g_autoptr(GStrvBuilder) details = g_strv_builder_new ();
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *validity = validity_of (certificate);

  add_detail (details, _("Reason"), reason);
  add_detail (details, _("Issued to"), subject);
  add_detail (details, _("Issued by"), issuer);
  add_detail (details, _("Valid"), validity);
  add_detail (details, _("SHA-256"), fingerprint);
  return g_strv_builder_end (details);
}

static gboolean
write_whole (int         fd,
             const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      gssize written = write (fd, text, length);

      if (written < 0)
        return FALSE;
      text += written;
      length -= written;
    }
  return TRUE;
}

static void
close_fd (gpointer data)
{
  close (GPOINTER_TO_INT (data));
}

/* Public API */

/**
 * cb_tls_database_from_pem:
 * @pem: one or more certificates
 * @error: %CB_ERROR_INVALID_ARGUMENT
 *
 * Trusts these authorities and no others. GIO reads them from a file only, so they pass through one
 * in memory; nothing is left on disk.
 *
 * Returns: (transfer full) (nullable): a database for a session
 */
GTlsDatabase *
cb_tls_database_from_pem (const char  *pem,
                          GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autofree char *path = NULL;
  GTlsDatabase *database = NULL;
  int fd = memfd_create ("casebridge-ca", MFD_CLOEXEC);

  if (fd < 0 || !write_whole (fd, pem))
    {
      cb_set_error (error, CB_ERROR_FAILED, "caFile", _("The CA certificates cannot be loaded: %s"),
                    g_strerror (errno));
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  path = g_strdup_printf ("/proc/self/fd/%d", fd);
  database = g_tls_file_database_new (path, &local_error);
  if (database == NULL)
    {
      close (fd);
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "caFile",
                    _("The CA certificates cannot be used: %s"), local_error->message);
      return NULL;
    }
  /* The file is read when the first certificate is judged. */
  g_object_set_data_full (G_OBJECT (database), "casebridge-fd", GINT_TO_POINTER (fd), close_fd);
  return database;
}

/**
 * cb_tls_error:
 * @system: the system's name for the user
 * @certificate: (nullable): what the server showed
 * @flags: what is wrong with it
 *
 * The one place where TLS flags become an error.
 *
 * Returns: (transfer full): the error
 */
GError *
cb_tls_error (const char           *system,
              GTlsCertificate      *certificate,
              GTlsCertificateFlags  flags)
{
  g_autofree char *issuer = NULL;
  g_autofree char *fingerprint = NULL;
  g_autofree char *names = NULL;
  GError *error;

  if (certificate == NULL)
    return cb_error_new (CB_ERROR_TLS_UNTRUSTED, "url",
                         _("The certificate of %s is not trusted: %s. Nothing was sent."), system,
                         reason_for_flags (flags));
  issuer = g_tls_certificate_get_issuer_name (certificate);
  fingerprint = fingerprint_of (certificate);
  names = names_of (certificate);
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    error = cb_error_new (CB_ERROR_TLS_UNTRUSTED, "url",
                          _("The certificate of %s is not trusted: %s. Issued by %s; SHA-256 %s. Nothing "
                            "was sent. If your administrator confirms the fingerprint, give the "
                            "connector the CA's file (caFile)."), system, reason_for_flags (flags),
                          issuer != NULL ? issuer : _("an unnamed issuer"), fingerprint);
  else if (!(flags & (G_TLS_CERTIFICATE_BAD_IDENTITY | G_TLS_CERTIFICATE_EXPIRED |
                      G_TLS_CERTIFICATE_REVOKED | G_TLS_CERTIFICATE_INSECURE)))
    error = cb_error_new (CB_ERROR_TLS_UNTRUSTED, "url",
                          _("The certificate of %s is not trusted: %s. Nothing was sent."), system,
                          reason_for_flags (flags));
  else
    error = cb_error_new (CB_ERROR_TLS_UNTRUSTED, "url",
                          flags & G_TLS_CERTIFICATE_BAD_IDENTITY
                            ? _("The certificate of %s is not trusted: %s. It names %s; SHA-256 %s. Nothing "
                                "was sent. Use a host name in the URL that the certificate names.")
                            : _("The certificate of %s is not trusted: %s. It names %s; SHA-256 %s. Nothing "
                                "was sent. Its administrator has to renew it."), system,
                          reason_for_flags (flags), names, fingerprint);
  /* A CA file helps against nothing but an unknown issuer. */
  cb_error_set_details (error, flags & G_TLS_CERTIFICATE_UNKNOWN_CA ? "caFile" : NULL,
                        describe (certificate, reason_for_flags (flags), issuer, fingerprint));
  return error;
}

/**
 * cb_tls_certificate_describe:
 * @pem: one or more certificates
 * @fingerprint: (out): SHA-256 of the first one
 * @error: %CB_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full) (nullable): the first certificate's subject
 */
char *
cb_tls_certificate_describe (const char  *pem,
                             char       **fingerprint,
                             GError     **error)
{
  g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, NULL);

  if (certificate == NULL)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "caFile",
                    _("The CA file holds no certificate in PEM form. Ask your administrator for the "
                      "CA's certificate."));
      return NULL;
    }
  *fingerprint = fingerprint_of (certificate);
  return g_tls_certificate_get_subject_name (certificate);
}
