/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/application/cb-application.h"
#include "ui/common/cb-dialogs.h"
#include "ui/common/cb-words.h"
#include "ui/window/cb-window.h"

#define RESOURCE_BASE "/org/casebridge/Casebridge"

/* After the first frame: the keyring is slow. */
#define SWEEP_DELAY_S 3

struct _CbApplication
{
  AdwApplication parent_instance;

  char *directory;           /* (owned) (nullable): the data directory */
  CbConnectors *connectors;  /* (owned) (nullable): of the open workspace */
  guint sweep;
};

static const GOptionEntry options[] = {
  { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("Where the cases are"), N_("DIR") },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
  { NULL }
};

static const struct { const char *action; const char *accels[3]; } accels[] = {
  { "win.search", { "<Control>f" } },
  { "win.new-case", { "<Control>n" } },
  { "win.preview", { "<Control><Shift>p" } },
  { "win.next-trouble", { "F8" } },
  { "win.case-connector", { "<Control><Shift>c" } },
  { "win.open-incident", { "<Alt>Return" } },
  { "win.show-sidebar", { "F9" } },
  { "win.back", { "<Alt>Left", "Back" } },
  { "win.connections", { "<Control>comma" } },
  { "window.close", { "<Control>w" } },
  { "app.help", { "F1" } },
  { "app.shortcuts", { "<Control>question", "<Control>F1" } },
  { "app.quit", { "<Control>q" } },
};

G_DEFINE_FINAL_TYPE (CbApplication, cb_application, ADW_TYPE_APPLICATION)

/* Auxiliary methods */

/* Removes credentials that nothing needs any more; where the keyring cannot be had, the next start
 * tries. */
static gboolean
sweep_cb (gpointer user_data)
{
  CbApplication *self = user_data;

  self->sweep = 0;
  cb_connectors_sweep_async (self->connectors, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
open_workspace (CbApplication *self,
                CbWindow      *window)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CbApp) app = cb_app_new (self->directory, &error);
  g_autoptr(CbWorkspace) workspace = NULL;

  if (app == NULL)
    {
      cb_window_show_error (window, self->directory, error);
      return;
    }
  workspace = cb_workspace_new (app);
  cb_window_open (window, workspace);
  g_set_object (&self->connectors, cb_app_get_connectors (app));
  g_clear_handle_id (&self->sweep, g_source_remove);
  self->sweep = g_timeout_add_seconds (SWEEP_DELAY_S, sweep_cb, self);
}

/* The window is there at once; what is in it follows with the next frame. */
static gboolean
open_workspace_cb (gpointer user_data)
{
  GtkWindow *window = user_data;
  GtkApplication *application = gtk_window_get_application (window);

  /* Drawing the icon takes longer than all the rest of a start. */
  gtk_window_set_default_icon_name (APPLICATION_ID);
  if (application != NULL)
    open_workspace (CB_APPLICATION (application), CB_WINDOW (window));
  return G_SOURCE_REMOVE;
}

static void
present (CbApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    {
      window = GTK_WINDOW (cb_window_new (GTK_APPLICATION (self)));
      g_idle_add_full (G_PRIORITY_LOW, open_workspace_cb, g_object_ref (window), g_object_unref);
    }
  gtk_window_present (window);
}

static void
present_from (gpointer    application,
              const char *name,
              const char *id)
{
  g_autofree char *path = g_strconcat (CB_RESOURCE, name, NULL);
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource (path);
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, id));

  gtk_window_set_transient_for (window, gtk_application_get_active_window (application));
  gtk_window_present (window);
}

/* Callbacks */

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  cb_dialogs_show_about (gtk_application_get_active_window (user_data));
}

static void
help_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  present_from (user_data, "help/cb-help.ui", "help");
}

/* Made anew each time: GTK 4.8 ends when assistive technology comes to a window that is there but has
 * never been shown, as the help overlay that GTK makes by itself would be. */
static void
shortcuts_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  present_from (user_data, "window/cb-shortcuts.ui", "shortcuts");
}

/* Windows close as by hand, so that a running push is asked about. */
static void
quit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  g_autoptr(GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static void
reopen_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  CbApplication *self = user_data;
  GtkWindow *old = gtk_application_get_active_window (user_data);
  CbWindow *window = cb_window_new (GTK_APPLICATION (self));

  open_workspace (self, window);
  gtk_window_present (GTK_WINDOW (window));
  if (old != NULL)
    gtk_window_destroy (old);
}

static const GActionEntry entries[] = {
  { .name = "about", .activate = about_cb },
  { .name = "help", .activate = help_cb },
  { .name = "shortcuts", .activate = shortcuts_cb },
  { .name = "quit", .activate = quit_cb },
  { .name = "reopen", .activate = reopen_cb },
};

/* GApplication */

static int
cb_application_handle_local_options (GApplication *application,
                                     GVariantDict *dict)
{
  CbApplication *self = CB_APPLICATION (application);
  g_autofree char *standard = g_build_filename (g_get_user_data_dir (), "casebridge", NULL);
  g_autoptr(GVariant) given = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("casebridge %s\n", VERSION);
      return 0;
    }
  given = g_variant_dict_lookup_value (dict, "data-dir", G_VARIANT_TYPE_BYTESTRING);
  self->directory = given != NULL ? g_strdup (g_variant_get_bytestring (given))
                                  : cb_app_default_directory ();
  /* One window per data directory: one that is not the standard one has a program of its own. */
  if (!g_str_equal (self->directory, standard))
    g_application_set_flags (application,
                             g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);
  return -1;
}

static void
cb_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (cb_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accels[i].action,
                                           (const char *const *) accels[i].accels);
}

static void
cb_application_activate (GApplication *application)
{
  present (CB_APPLICATION (application));
}

/* GObject overrides */

static void
cb_application_dispose (GObject *object)
{
  CbApplication *self = CB_APPLICATION (object);

  g_clear_handle_id (&self->sweep, g_source_remove);
  g_clear_object (&self->connectors);

  G_OBJECT_CLASS (cb_application_parent_class)->dispose (object);
}

static void
cb_application_finalize (GObject *object)
{
  g_free (CB_APPLICATION (object)->directory);

  G_OBJECT_CLASS (cb_application_parent_class)->finalize (object);
}

static void
cb_application_class_init (CbApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_application_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_application_finalize;
  application_class->handle_local_options = cb_application_handle_local_options;
  application_class->startup = cb_application_startup;
  application_class->activate = cb_application_activate;
}

static void
cb_application_init (CbApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

/* Public API */

/**
 * cb_application_new:
 *
 * Returns: (transfer full): the program
 */
CbApplication *
cb_application_new (void)
{
  return g_object_new (CB_TYPE_APPLICATION,
                       "application-id", APPLICATION_ID,
                       "flags", G_APPLICATION_DEFAULT_FLAGS,
                       "resource-base-path", RESOURCE_BASE,
                       NULL);
}
