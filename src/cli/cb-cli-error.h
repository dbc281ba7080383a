/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/cb-error.h"

G_BEGIN_DECLS

/**
 * CbCliError:
 * @CB_CLI_ERROR_USAGE: the command line itself is wrong
 * @CB_CLI_ERROR_ANSWERED: no error: the help or version that was asked for has been printed
 *
 * Why a command did not run.
 */
typedef enum
{
  CB_CLI_ERROR_USAGE,
  CB_CLI_ERROR_ANSWERED,
} CbCliError;

#define CB_CLI_ERROR (cb_cli_error_quark ())
GQuark      cb_cli_error_quark     (void);

void        cb_cli_set_usage_error (GError       **error,
                                    const char    *format,
                                    ...) G_GNUC_PRINTF (2, 3);
const char *cb_cli_error_get_code  (const GError  *error);
int         cb_cli_exit_status     (const GError  *error);

G_END_DECLS
