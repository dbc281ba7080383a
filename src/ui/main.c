/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <sys/resource.h>

#include "ui/application/cb-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr(CbApplication) application = NULL;
  struct rlimit no_core = { 0, 0 };

  /* A core file would hold secrets. */
  setrlimit (RLIMIT_CORE, &no_core);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  application = cb_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
