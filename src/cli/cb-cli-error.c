/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <stdlib.h>

#include "cli/cb-cli-error.h"

#define EXIT_USAGE 2
#define EXIT_AUTH 4
#define EXIT_CONFLICT 5
#define EXIT_UNCERTAIN 6
#define EXIT_KEYRING 7
#define EXIT_CANCELLED 130

static const struct { CbError code; int status; } statuses[] = {
  { CB_ERROR_AUTH_REQUIRED, EXIT_AUTH },
  { CB_ERROR_AUTH_INVALID, EXIT_AUTH },
  { CB_ERROR_AUTH_LOCKED, EXIT_AUTH },
  { CB_ERROR_CONFLICT, EXIT_CONFLICT },
  { CB_ERROR_UNCERTAIN, EXIT_UNCERTAIN },
  { CB_ERROR_KEYRING_LOCKED, EXIT_KEYRING },
  { CB_ERROR_KEYRING_MISSING, EXIT_KEYRING },
};

G_DEFINE_QUARK (cb-cli-error, cb_cli_error)

/* Public API */

/**
 * cb_cli_set_usage_error:
 * @error: (nullable): where to put it
 * @format: a translated message
 * @...: arguments of @format
 *
 * Says what is wrong with the command line itself.
 */
void
cb_cli_set_usage_error (GError     **error,
                        const char  *format,
                        ...)
{
  GError *usage_error;
  va_list args;

  va_start (args, format);
  usage_error = g_error_new_valist (CB_CLI_ERROR, CB_CLI_ERROR_USAGE, format, args);
  va_end (args);
  g_propagate_error (error, usage_error);
}

/**
 * cb_cli_error_get_code:
 * @error: an error of any domain
 *
 * Returns: the name of its code for scripts
 */
const char *
cb_cli_error_get_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == CB_CLI_ERROR)
    return cb_error_code_name (CB_ERROR_INVALID_ARGUMENT);
  return cb_error_get_code (error);
}

/**
 * cb_cli_exit_status:
 * @error: why something did not work
 *
 * Returns: the exit status for it
 */
int
cb_cli_exit_status (const GError *error)
{
  g_return_val_if_fail (error != NULL, EXIT_FAILURE);

  if (g_error_matches (error, CB_CLI_ERROR, CB_CLI_ERROR_ANSWERED))
    return EXIT_SUCCESS;
  if (g_error_matches (error, CB_CLI_ERROR, CB_CLI_ERROR_USAGE))
    return EXIT_USAGE;
  if (cb_error_is_cancelled (error))
    return EXIT_CANCELLED;
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (g_error_matches (error, CB_ERROR, statuses[i].code))
      return statuses[i].status;
  return EXIT_FAILURE;
}
