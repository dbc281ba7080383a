/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/application/cb-application.h"
#include "ui/application/cb-notifier.h"
#include "ui/common/cb-dialogs.h"
#include "ui/common/cb-words.h"
#include "ui/search-provider/cb-search-provider.h"
#include "ui/window/cb-window.h"

#define RESOURCE_BASE "/org/casebridge/Casebridge"

/* After the first frame: the keyring is slow. */
#define SWEEP_DELAY_S 3

/* What a search has started waits for the next letters. */
#define SERVICE_TIMEOUT_MS 30000

struct _CbApplication
{
  AdwApplication parent_instance;

  char *directory;            /* (owned) (nullable): the data directory */
  CbWorkspace *workspace;     /* (owned) (nullable): while there is a window that shows it */
  CbNotifier *notifier;       /* (owned) (nullable): of the workspace */
  CbSearchProvider *provider; /* (owned) (nullable): while there is a bus */
  guint opening;
  guint sweep;
};

static const GOptionEntry options[] = {
  { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("Where the cases are"), N_("DIR") },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[CASE|FILE…]") },
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
  cb_connectors_sweep_async (cb_workspace_get_connectors (self->workspace), NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static CbWindow *
find_window (CbApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (CB_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

static void
close_workspace (CbApplication *self)
{
  g_clear_handle_id (&self->opening, g_source_remove);
  g_clear_handle_id (&self->sweep, g_source_remove);
  g_clear_object (&self->notifier);
  g_clear_object (&self->workspace);
}

static void
open_workspace (CbApplication *self,
                CbWindow      *window)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CbApp) app = cb_app_new (self->directory, &error);

  close_workspace (self);
  if (app == NULL)
    {
      cb_window_show_error (window, self->directory, error);
      return;
    }
  self->workspace = cb_workspace_new (app);
  /* The desktop would bring an answer to one of several programs to the one that has the name; without
   * a bus there is nobody to tell. */
  if (!(g_application_get_flags (G_APPLICATION (self)) & G_APPLICATION_NON_UNIQUE) &&
      g_application_get_dbus_connection (G_APPLICATION (self)) != NULL)
    self->notifier = cb_notifier_new (G_APPLICATION (self), self->workspace);
  cb_window_open (window, self->workspace);
  self->sweep = g_timeout_add_seconds (SWEEP_DELAY_S, sweep_cb, self);
}

/* The window is there at once; what is in it follows with the next frame. */
static gboolean
opening_cb (gpointer user_data)
{
  CbApplication *self = user_data;

  self->opening = 0;
  /* Drawing the icon takes longer than all the rest of a start. */
  gtk_window_set_default_icon_name (APPLICATION_ID);
  open_workspace (self, find_window (self));
  return G_SOURCE_REMOVE;
}

static void
present (CbApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    {
      window = GTK_WINDOW (cb_window_new (GTK_APPLICATION (self)));
      self->opening = g_idle_add_full (G_PRIORITY_LOW, opening_cb, self, NULL);
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

/* For what needs the cases at once. %NULL where they cannot be opened: the window says so. */
static CbWindow *
present_workspace (CbApplication *self)
{
  present (self);
  if (self->opening != 0)
    {
      g_source_remove (self->opening);
      opening_cb (self);
    }
  return self->workspace != NULL ? find_window (self) : NULL;
}

static gboolean
show_case (CbApplication  *self,
           const char     *name,
           GError        **error)
{
  CbWindow *window = present_workspace (self);
  g_autofree char *id = NULL;

  if (window == NULL)
    {
      cb_set_error (error, CB_ERROR_STORAGE, NULL, _("The cases cannot be opened"));
      return FALSE;
    }
  id = cb_cases_resolve (cb_workspace_get_cases (self->workspace), name, error);
  if (id == NULL)
    return FALSE;
  cb_window_show_case (window, id);
  if (self->notifier != NULL)
    cb_notifier_forget_case (self->notifier, id);
  return TRUE;
}

static gboolean
import (CbApplication  *self,
        GFile          *file,
        GError        **error)
{
  CbWindow *window = present_workspace (self);

  if (window == NULL)
    {
      cb_set_error (error, CB_ERROR_STORAGE, NULL, _("The cases cannot be opened"));
      return FALSE;
    }
  cb_window_import (window, file);
  return TRUE;
}

/* Where the cases cannot be opened, the window shows why in their place. */
static void
tell (CbApplication *self,
      const GError  *error)
{
  CbWindow *window = present_workspace (self);

  if (window != NULL)
    cb_window_tell (window, error->message);
}

static gboolean
show_case_or_tell (CbApplication *self,
                   const char    *id)
{
  g_autoptr(GError) error = NULL;

  if (show_case (self, id, &error))
    return TRUE;
  tell (self, error);
  return FALSE;
}

/* What is on a server is not fetched: nobody has asked for that. */
static gboolean
is_file (GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  return path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* As no case's id does, so that a file which is missing is not called an unknown case. */
static gboolean
looks_like_file (const char *argument)
{
  return strchr (argument, G_DIR_SEPARATOR) != NULL || g_str_has_suffix (argument, ".json");
}

/* A file goes before a case: an id can always be written in full, a file's name cannot. */
static gboolean
open_argument (CbApplication  *self,
               const char     *argument,
               GFile          *file,
               GError        **error)
{
  g_autofree char *shown = NULL;

  if (is_file (file))
    return import (self, file, error);
  if (!looks_like_file (argument))
    return show_case (self, argument, error);
  shown = g_utf8_make_valid (argument, -1);
  cb_set_error (error, CB_ERROR_NOT_FOUND, NULL, _("There is no file “%s”."), shown);
  return FALSE;
}

/* Raises the window, shows a case in it and does something of the window's own. */
static void
activate_in_window (CbApplication *self,
                    GVariant      *case_id,
                    const char    *action)
{
  CbWindow *window;

  if (case_id != NULL && !show_case_or_tell (self, g_variant_get_string (case_id, NULL)))
    return;
  window = present_workspace (self);
  if (window != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (window), action, NULL);
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

static void
raise_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  present (user_data);
}

static void
show_case_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  show_case_or_tell (user_data, g_variant_get_string (parameter, NULL));
}

static void
open_incident_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  activate_in_window (user_data, parameter, "open-incident");
}

static void
decide_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  activate_in_window (user_data, parameter, "decide");
}

/* Actions that only lead to one of the window's have its name. */
static void
in_window_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  activate_in_window (user_data, NULL, g_action_get_name (G_ACTION (action)));
}

static void
found_cb (CbApplication *self,
          const char    *case_id,
          guint          timestamp)
{
  show_case_or_tell (self, case_id);
  gtk_window_present_with_time (gtk_application_get_active_window (GTK_APPLICATION (self)), timestamp);
}

static void
search_cb (CbApplication *self,
           const char    *text,
           guint          timestamp)
{
  CbWindow *window = present_workspace (self);

  if (window != NULL)
    cb_window_search (window, text);
  gtk_window_present_with_time (gtk_application_get_active_window (GTK_APPLICATION (self)), timestamp);
}

static const GActionEntry entries[] = {
  { .name = "about", .activate = about_cb },
  { .name = "help", .activate = help_cb },
  { .name = "shortcuts", .activate = shortcuts_cb },
  { .name = "quit", .activate = quit_cb },
  { .name = "reopen", .activate = reopen_cb },
  { .name = "raise", .activate = raise_cb },
  { .name = "show-case", .activate = show_case_cb, .parameter_type = "s" },
  { .name = "open-incident", .activate = open_incident_cb, .parameter_type = "s" },
  { .name = "decide", .activate = decide_cb, .parameter_type = "s" },
  { .name = "new-case", .activate = in_window_cb },
  { .name = "next-trouble", .activate = in_window_cb },
  { .name = "show-bulk", .activate = in_window_cb },
};

/* GApplication */

static int
cb_application_handle_local_options (GApplication *application,
                                     GVariantDict *dict)
{
  CbApplication *self = CB_APPLICATION (application);
  g_autofree char *usual = g_build_filename (g_get_user_data_dir (), DATA_DIRECTORY, NULL);
  g_autofree char *standard = g_canonicalize_filename (usual, NULL);
  g_autofree char *directory = NULL;
  g_autoptr(GVariant) given = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("casebridge %s\n", VERSION);
      return 0;
    }
  given = g_variant_dict_lookup_value (dict, "data-dir", G_VARIANT_TYPE_BYTESTRING);
  directory = given != NULL ? g_strdup (g_variant_get_bytestring (given)) : cb_app_default_directory ();
  self->directory = g_canonicalize_filename (directory, NULL);
  /* One window per data directory: one that is not the standard one has a program of its own. A
   * service is found by its name alone. */
  if (!g_str_equal (self->directory, standard) &&
      !(g_application_get_flags (application) & G_APPLICATION_IS_SERVICE))
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
  if (g_application_get_flags (application) & G_APPLICATION_IS_SERVICE)
    g_application_set_inactivity_timeout (application, SERVICE_TIMEOUT_MS);
}

static void
cb_application_activate (GApplication *application)
{
  present (CB_APPLICATION (application));
}

static int
cb_application_command_line (GApplication            *application,
                             GApplicationCommandLine *command_line)
{
  GVariantDict *given = g_application_command_line_get_options_dict (command_line);
  g_auto(GStrv) arguments = NULL;
  int status = 0;

  g_variant_dict_lookup (given, G_OPTION_REMAINING, "^aay", &arguments);
  if (arguments == NULL)
    present (CB_APPLICATION (application));
  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    {
      g_autoptr(GFile) file = g_application_command_line_create_file_for_arg (command_line, arguments[i]);
      g_autoptr(GError) error = NULL;

      if (open_argument (CB_APPLICATION (application), arguments[i], file, &error))
        continue;
      tell (CB_APPLICATION (application), error);
      g_application_command_line_printerr (command_line, "casebridge: %s\n", error->message);
      status = 1;
    }
  return status;
}

/* From the file manager. */
static void
cb_application_open (GApplication  *application,
                     GFile        **files,
                     int            n_files,
                     const char    *hint)
{
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *argument = g_file_get_parse_name (files[i]);
      g_autoptr(GError) error = NULL;

      if (!open_argument (CB_APPLICATION (application), argument, files[i], &error))
        tell (CB_APPLICATION (application), error);
    }
}

static gboolean
cb_application_dbus_register (GApplication     *application,
                              GDBusConnection  *connection,
                              const char       *object_path,
                              GError          **error)
{
  CbApplication *self = CB_APPLICATION (application);
  g_autofree char *path = g_strconcat (object_path, "/SearchProvider", NULL);

  if (!G_APPLICATION_CLASS (cb_application_parent_class)->dbus_register (application, connection,
                                                                         object_path, error))
    return FALSE;
  self->provider = cb_search_provider_new (application, self->directory);
  g_signal_connect_object (self->provider, "show-case", G_CALLBACK (found_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->provider, "search", G_CALLBACK (search_cb), self, G_CONNECT_SWAPPED);
  return cb_search_provider_export (self->provider, connection, path, error);
}

static void
cb_application_dbus_unregister (GApplication    *application,
                                GDBusConnection *connection,
                                const char      *object_path)
{
  CbApplication *self = CB_APPLICATION (application);

  if (self->provider != NULL)
    cb_search_provider_unexport (self->provider);
  g_clear_object (&self->provider);
  G_APPLICATION_CLASS (cb_application_parent_class)->dbus_unregister (application, connection, object_path);
}

/* GtkApplication */

static void
cb_application_window_removed (GtkApplication *application,
                               GtkWindow      *window)
{
  GTK_APPLICATION_CLASS (cb_application_parent_class)->window_removed (application, window);

  if (find_window (CB_APPLICATION (application)) == NULL)
    close_workspace (CB_APPLICATION (application));
}

/* GObject overrides */

static void
cb_application_dispose (GObject *object)
{
  close_workspace (CB_APPLICATION (object));

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
  application_class->command_line = cb_application_command_line;
  application_class->open = cb_application_open;
  application_class->dbus_register = cb_application_dbus_register;
  application_class->dbus_unregister = cb_application_dbus_unregister;
  GTK_APPLICATION_CLASS (klass)->window_removed = cb_application_window_removed;
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
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", RESOURCE_BASE,
                       NULL);
}
