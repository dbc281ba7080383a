/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What any libadwaita program costs: the measure for our own start. */
#include <adwaita.h>

static void
activate_cb (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (g_object_new (ADW_TYPE_APPLICATION_WINDOW, "application", application,
                                                "title", "Empty", "default-width", 1100,
                                                "default-height", 760, NULL)));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(AdwApplication) application =
    adw_application_new ("org.casebridge.EmptyWindow", G_APPLICATION_DEFAULT_FLAGS);

  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
