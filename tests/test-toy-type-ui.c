/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms are drawn from a type's description: a toy type shows in them without a line of theirs. */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <adwaita.h>

#include "cb-test.h"
#include "cb-toy-connector.h"
#include "connectors/cb-connector-registry.h"
#include "ui/case-connector/cb-case-connector-window.h"
#include "ui/connector-editor/cb-connector-editor.h"

/* Auxiliary methods */

static gboolean
shows (GtkWidget  *widget,
       const char *text)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  if (ADW_IS_PREFERENCES_ROW (widget) &&
      g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), text) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (shows (child, text))
      return TRUE;
  return FALSE;
}

/* Waits until a window shows something that it had to load first. */
static gboolean
comes_to_show (GtkWindow  *window,
               const char *text)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < end)
    {
      if (shows (GTK_WIDGET (window), text))
        return TRUE;
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  return FALSE;
}

static char *
add_toy (CbTestWorkspace *workspace)
{
  g_autoptr(GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) secrets = g_hash_table_new (g_str_hash, g_str_equal);
  CbConnectorEdit edit = { .type = "toy", .name = "My toys", .url = "https://toys.example",
                           .settings = settings, .secrets = secrets };
  g_autoptr(GAsyncResult) result = NULL;

  g_hash_table_insert (settings, (char *) "toyBox", (char *) "attic");
  g_hash_table_insert (secrets, (char *) "toySecret", (char *) "teddy");
  cb_connectors_save_async (cb_app_get_connectors (workspace->app), &edit, NULL, cb_test_store_result,
                            &result);
  return cb_connectors_save_finish (cb_app_get_connectors (workspace->app), cb_test_wait (&result), NULL);
}

/* Tests */

static void
test_editor (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  g_autoptr(CbWorkspace) ui = cb_workspace_new (workspace->app);
  GtkWindow *parent = GTK_WINDOW (gtk_window_new ());
  GtkWindow *editor = cb_connector_editor_new (parent, ui, "toy", NULL);

  gtk_window_present (editor);
  g_assert_true (comes_to_show (editor, "Toy box"));
  g_assert_true (shows (GTK_WIDGET (editor), "Toy mood"));
  g_assert_true (shows (GTK_WIDGET (editor), "Toy secret"));
  g_assert_false (shows (GTK_WIDGET (editor), "Project key"));
  gtk_window_destroy (editor);
  gtk_window_destroy (parent);
}

static void
test_case_connector (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  g_autofree char *connector = add_toy (workspace);
  g_autofree char *id = cb_test_add_case (workspace, "A toy", "", 0);
  g_autoptr(CbWorkspace) ui = cb_workspace_new (workspace->app);
  GtkWindow *parent = GTK_WINDOW (gtk_window_new ());
  GtkWindow *window;

  cb_cases_set_connector (cb_app_get_cases (workspace->app), id, CB_CONNECTOR_OWN, connector, NULL);
  cb_cases_set_field (cb_app_get_cases (workspace->app), id, connector, "toyColour", "b", NULL);
  window = cb_case_connector_window_new (parent, ui, id);
  gtk_window_present (window);
  g_assert_true (comes_to_show (window, "Toy colour"));
  g_assert_true (comes_to_show (window, "Toy blue"));
  gtk_window_destroy (window);
  gtk_window_destroy (parent);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  cb_connector_registry_add (cb_toy_connector_get_type ());
  g_test_add_func ("/toy-type/editor", test_editor);
  g_test_add_func ("/toy-type/case-connector", test_case_connector);
  return g_test_run ();
}
