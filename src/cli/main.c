/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "cli/cb-cli.h"

int
main (int    argc,
      char **argv)
{
  cb_cli_prepare ();
  return cb_cli_run (argv);
}
