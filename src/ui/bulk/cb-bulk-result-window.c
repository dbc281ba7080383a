/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/bulk/cb-bulk-result-window.h"
#include "ui/common/cb-words.h"

#define MAX_ROWS 200 /* of each kind; the list of cases shows all */

/* How the push of many cases ended, a line per case, those that need a person first. */
struct _CbBulkResultWindow
{
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  AdwPreferencesGroup *unsent;
  AdwPreferencesGroup *sent;
};

G_DEFINE_FINAL_TYPE (CbBulkResultWindow, cb_bulk_result_window, ADW_TYPE_WINDOW)

/* Auxiliary methods */

static CbSign
find_sign (const CbPushResult *result)
{
  CbSign sign;

  switch (result->outcome)
    {
    case CB_OUTCOME_CREATED:
      sign = cb_sign_push_state (CB_PUSH_UP_TO_DATE);
      sign.word = _("Created");
      return sign;
    case CB_OUTCOME_UPDATED:
      sign = cb_sign_push_state (CB_PUSH_UP_TO_DATE);
      sign.word = _("Updated");
      return sign;
    case CB_OUTCOME_UP_TO_DATE:
      return cb_sign_push_state (CB_PUSH_UP_TO_DATE);
    case CB_OUTCOME_UNCERTAIN:
      return cb_sign_push_state (CB_PUSH_UNCERTAIN);
    case CB_OUTCOME_CANCELLED:
      sign = cb_sign_push_state (CB_PUSH_NEVER);
      sign.word = _("Stopped");
      return sign;
    case CB_OUTCOME_FAILED:
    case CB_OUTCOME_CONFLICT:
    case CB_OUTCOME_PLANNED:
    case CB_OUTCOME_QUEUED:
    default:
      return cb_sign_push_state (CB_PUSH_FAILED);
    }
}

static void
add_sign (AdwActionRow *row,
          CbSign        sign)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *image = gtk_image_new_from_icon_name (sign.icon_name);
  GtkWidget *word = gtk_label_new (sign.word);

  gtk_widget_add_css_class (image, sign.style);
  gtk_widget_add_css_class (word, "caption");
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), word);
  adw_action_row_add_suffix (row, box);
}

/* Callbacks */

static void
activated_cb (AdwActionRow *row,
              gpointer      user_data)
{
  GtkWindow *self = user_data;
  GtkWindow *parent = gtk_window_get_transient_for (self);

  g_action_group_activate_action (G_ACTION_GROUP (parent), "show-case",
                                  g_variant_new_string (g_object_get_data (G_OBJECT (row), "case")));
  gtk_window_close (self);
}

/* More auxiliary methods: the lines */

static void
add_result (CbBulkResultWindow *self,
            CbWorkspace        *workspace,
            const CbPushResult *result)
{
  g_autoptr(CbCase) item = cb_cases_get (cb_workspace_get_cases (workspace), result->case_id, NULL);
  gboolean sent = cb_bulk_run_is_sent (result);
  GtkWidget *row = adw_action_row_new ();
  const char *more = sent ? result->incident_title : result->error != NULL ? result->error->message : NULL;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), item != NULL ? item->title : result->case_id);
  if (more != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), more);
  add_sign (ADW_ACTION_ROW (row), find_sign (result));
  g_object_set_data_full (G_OBJECT (row), "case", g_strdup (result->case_id), g_free);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_signal_connect (row, "activated", G_CALLBACK (activated_cb), self);
  adw_preferences_group_add (sent ? self->sent : self->unsent, row);
}

static void
show_results (CbBulkResultWindow *self,
              CbWorkspace        *workspace,
              GPtrArray          *results)
{
  guint n[2] = { 0, 0 };
  g_autofree char *title = NULL;

  for (guint i = 0; i < results->len; i++)
    {
      const CbPushResult *result = g_ptr_array_index (results, i);
      gboolean sent = cb_bulk_run_is_sent (result);

      if (n[sent]++ < MAX_ROWS)
        add_result (self, workspace, result);
    }
  title = g_strdup_printf (g_dngettext (NULL, "%u of %u Case Is up to Date",
                                        "%u of %u Cases Are up to Date",
                                        results->len), n[TRUE], results->len);
  adw_window_title_set_title (self->title, title);
  gtk_widget_set_visible (GTK_WIDGET (self->unsent), n[FALSE] > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->sent), n[TRUE] > 0);
}

/* GObject overrides */

static void
cb_bulk_result_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_BULK_RESULT_WINDOW);

  G_OBJECT_CLASS (cb_bulk_result_window_parent_class)->dispose (object);
}

static void
cb_bulk_result_window_class_init (CbBulkResultWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_bulk_result_window_dispose;

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CB_RESOURCE "bulk/cb-bulk-result-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CbBulkResultWindow, title);
  gtk_widget_class_bind_template_child (widget_class, CbBulkResultWindow, unsent);
  gtk_widget_class_bind_template_child (widget_class, CbBulkResultWindow, sent);
}

static void
cb_bulk_result_window_init (CbBulkResultWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_bulk_result_window_new:
 * @parent: the main window
 * @workspace: where the cases are
 * @results: (element-type CbPushResult): how each push ended
 *
 * Returns: (transfer none): what lists them
 */
GtkWindow *
cb_bulk_result_window_new (GtkWindow   *parent,
                           CbWorkspace *workspace,
                           GPtrArray   *results)
{
  CbBulkResultWindow *self = g_object_new (CB_TYPE_BULK_RESULT_WINDOW, "transient-for", parent, NULL);

  show_results (self, workspace, results);
  return GTK_WINDOW (self);
}
