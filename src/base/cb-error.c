/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-error.h"

typedef struct
{
  char *field;   /* (owned) (nullable): the field that the error is about */
  char *remedy;  /* (owned) (nullable): the setting that would mend it */
  GStrv details; /* (owned) (nullable): labels and values in turn */
} CbErrorPrivate;

static const char *const names[] = {
  [CB_ERROR_INVALID_ARGUMENT] = "invalid-argument",
  [CB_ERROR_STORAGE] = "storage",
  [CB_ERROR_BUSY] = "busy",
  [CB_ERROR_AUTH_REQUIRED] = "auth-required",
  [CB_ERROR_AUTH_INVALID] = "auth-invalid",
  [CB_ERROR_AUTH_LOCKED] = "auth-locked",
  [CB_ERROR_FORBIDDEN] = "forbidden",
  [CB_ERROR_NOT_FOUND] = "not-found",
  [CB_ERROR_INVALID_FIELD] = "invalid-field",
  [CB_ERROR_TOO_LONG] = "too-long",
  [CB_ERROR_RATE_LIMITED] = "rate-limited",
  [CB_ERROR_CONFLICT] = "conflict",
  [CB_ERROR_UNREACHABLE] = "unreachable",
  [CB_ERROR_TLS_UNTRUSTED] = "tls-untrusted",
  [CB_ERROR_TIMED_OUT] = "timed-out",
  [CB_ERROR_UNAVAILABLE] = "unavailable",
  [CB_ERROR_INVALID_RESPONSE] = "invalid-response",
  [CB_ERROR_NOT_SUPPORTED] = "not-supported",
  [CB_ERROR_KEYRING_LOCKED] = "keyring-locked",
  [CB_ERROR_KEYRING_MISSING] = "keyring-missing",
  [CB_ERROR_UNCERTAIN] = "uncertain",
  [CB_ERROR_CANCELLED] = "cancelled",
  [CB_ERROR_FAILED] = "failed",
};

static void
cb_error_private_init (CbErrorPrivate *priv)
{
}

static void
cb_error_private_copy (const CbErrorPrivate *from,
                       CbErrorPrivate       *to)
{
  to->field = g_strdup (from->field);
  to->remedy = g_strdup (from->remedy);
  to->details = g_strdupv (from->details);
}

static void
cb_error_private_clear (CbErrorPrivate *priv)
{
  g_free (priv->field);
  g_free (priv->remedy);
  g_strfreev (priv->details);
}

G_DEFINE_EXTENDED_ERROR (CbError, cb_error)

/* Public API */

/**
 * cb_error_code_name:
 * @code: an error code
 *
 * Returns: the name of @code as command line and database have it
 */
const char *
cb_error_code_name (CbError code)
{
  g_return_val_if_fail (code < G_N_ELEMENTS (names), "failed");

  return names[code];
}

/**
 * cb_error_code_parse:
 * @name: (nullable): a name from cb_error_code_name()
 *
 * Returns: the code, %CB_ERROR_FAILED where @name is none
 */
CbError
cb_error_code_parse (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], name) == 0)
      return i;
  return CB_ERROR_FAILED;
}

/**
 * cb_error_get_code:
 * @error: an error of any domain
 *
 * Returns: the name of its code, "failed" for other domains, "cancelled" for a cancelled operation
 */
const char *
cb_error_get_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, "failed");

  if (cb_error_is_cancelled (error))
    return names[CB_ERROR_CANCELLED];
  return error->domain == CB_ERROR ? cb_error_code_name (error->code) : names[CB_ERROR_FAILED];
}

/**
 * cb_error_get_field:
 * @error: an error of any domain
 *
 * Returns: (nullable): the field that the error is about
 */
const char *
cb_error_get_field (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return error->domain == CB_ERROR ? cb_error_get_private (error)->field : NULL;
}

/**
 * cb_error_get_remedy:
 * @error: an error of any domain
 *
 * Returns: (nullable): the setting that would mend it, where another one than its field
 */
const char *
cb_error_get_remedy (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return error->domain == CB_ERROR ? cb_error_get_private (error)->remedy : NULL;
}

/**
 * cb_error_get_details:
 * @error: an error of any domain
 *
 * Returns: (nullable) (array zero-terminated=1): translated labels and their values in turn, for a
 *   person to compare
 */
const char *const *
cb_error_get_details (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return error->domain == CB_ERROR ? (const char *const *) cb_error_get_private (error)->details : NULL;
}

/**
 * cb_error_set_details:
 * @error: an error of this domain
 * @remedy: (nullable): the setting that would mend it
 * @details: (nullable) (transfer full): labels and values in turn
 *
 * Adds what a form shows beside the message.
 */
void
cb_error_set_details (GError     *error,
                      const char *remedy,
                      GStrv       details)
{
  CbErrorPrivate *priv;

  g_return_if_fail (error != NULL && error->domain == CB_ERROR);

  priv = cb_error_get_private (error);
  g_free (priv->remedy);
  g_strfreev (priv->details);
  priv->remedy = g_strdup (remedy);
  priv->details = details;
}

static GError *
new_valist (CbError     code,
            const char *field,
            const char *format,
            va_list     args)
{
  GError *error = g_error_new_valist (CB_ERROR, code, format, args);

  cb_error_get_private (error)->field = g_strdup (field);
  return error;
}

/**
 * cb_error_new:
 * @code: what went wrong
 * @field: (nullable): the field it is about
 * @format: a translated message that names the thing and the remedy
 * @...: arguments of @format
 *
 * Returns: (transfer full): a new error
 */
GError *
cb_error_new (CbError     code,
              const char *field,
              const char *format,
              ...)
{
  GError *error;
  va_list args;

  va_start (args, format);
  error = new_valist (code, field, format, args);
  va_end (args);
  return error;
}

/**
 * cb_set_error:
 * @error: (nullable): where to put it
 * @code: what went wrong
 * @field: (nullable): the field it is about
 * @format: a translated message that names the thing and the remedy
 * @...: arguments of @format
 *
 * Like g_set_error(), with a field.
 */
void
cb_set_error (GError     **error,
              CbError      code,
              const char  *field,
              const char  *format,
              ...)
{
  GError *new_error;
  va_list args;

  va_start (args, format);
  new_error = new_valist (code, field, format, args);
  va_end (args);
  g_propagate_error (error, new_error);
}

/**
 * cb_error_is_cancelled:
 * @error: (nullable): an error of any domain
 *
 * Returns: whether the operation ended because someone cancelled it
 */
gboolean
cb_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         g_error_matches (error, CB_ERROR, CB_ERROR_CANCELLED);
}
