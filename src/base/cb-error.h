/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CbError:
 * @CB_ERROR_INVALID_ARGUMENT: a value that the user gave cannot be used
 * @CB_ERROR_STORAGE: the database or a file cannot be read or written
 * @CB_ERROR_BUSY: somebody else holds what is needed; try again later
 * @CB_ERROR_AUTH_REQUIRED: secrets are missing
 * @CB_ERROR_AUTH_INVALID: the external system refuses the credentials
 * @CB_ERROR_AUTH_LOCKED: the account is locked until a person logs in
 * @CB_ERROR_FORBIDDEN: the account lacks a permission
 * @CB_ERROR_NOT_FOUND: the thing does not exist, here or remotely
 * @CB_ERROR_INVALID_FIELD: the external system refuses or misses a field
 * @CB_ERROR_TOO_LONG: a text is over a limit
 * @CB_ERROR_RATE_LIMITED: the external system asks to wait
 * @CB_ERROR_CONFLICT: the incident was changed by someone else
 * @CB_ERROR_UNREACHABLE: no connection; nothing was sent
 * @CB_ERROR_TLS_UNTRUSTED: the certificate is not trusted; nothing was sent
 * @CB_ERROR_TIMED_OUT: no answer in time
 * @CB_ERROR_UNAVAILABLE: the external system is out of order
 * @CB_ERROR_INVALID_RESPONSE: the answer is not what the API promises
 * @CB_ERROR_NOT_SUPPORTED: this connector type cannot do it
 * @CB_ERROR_KEYRING_LOCKED: the keyring is locked
 * @CB_ERROR_KEYRING_MISSING: there is no keyring
 * @CB_ERROR_UNCERTAIN: it is not known whether a request was carried out
 * @CB_ERROR_CANCELLED: the user stopped it
 * @CB_ERROR_FAILED: anything else
 *
 * What can go wrong, in the user's terms. Each message names the thing and the remedy.
 */
typedef enum
{
  CB_ERROR_INVALID_ARGUMENT,
  CB_ERROR_STORAGE,
  CB_ERROR_BUSY,
  CB_ERROR_AUTH_REQUIRED,
  CB_ERROR_AUTH_INVALID,
  CB_ERROR_AUTH_LOCKED,
  CB_ERROR_FORBIDDEN,
  CB_ERROR_NOT_FOUND,
  CB_ERROR_INVALID_FIELD,
  CB_ERROR_TOO_LONG,
  CB_ERROR_RATE_LIMITED,
  CB_ERROR_CONFLICT,
  CB_ERROR_UNREACHABLE,
  CB_ERROR_TLS_UNTRUSTED,
  CB_ERROR_TIMED_OUT,
  CB_ERROR_UNAVAILABLE,
  CB_ERROR_INVALID_RESPONSE,
  CB_ERROR_NOT_SUPPORTED,
  CB_ERROR_KEYRING_LOCKED,
  CB_ERROR_KEYRING_MISSING,
  CB_ERROR_UNCERTAIN,
  CB_ERROR_CANCELLED,
  CB_ERROR_FAILED,
} CbError;

#define CB_ERROR (cb_error_quark ())
GQuark      cb_error_quark        (void);

const char *cb_error_code_name    (CbError       code);
CbError     cb_error_code_parse   (const char   *name);
const char *cb_error_get_code     (const GError *error);
const char *cb_error_get_field    (const GError *error);
const char *cb_error_get_remedy   (const GError *error);
const char *const *
            cb_error_get_details  (const GError *error);
void        cb_error_set_details  (GError       *error,
                                   const char   *remedy,
                                   GStrv         details);
GError     *cb_error_new          (CbError       code,
                                   const char   *field,
                                   const char   *format,
                                   ...) G_GNUC_PRINTF (3, 4);
void        cb_set_error          (GError      **error,
                                   CbError       code,
                                   const char   *field,
                                   const char   *format,
                                   ...) G_GNUC_PRINTF (4, 5);
gboolean    cb_error_is_cancelled (const GError *error);

G_END_DECLS
