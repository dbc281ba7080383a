/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-accessible.h"
#include "ui/common/cb-chips.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"
#include "ui/window/cb-new-case-window.h"

/* Nothing is stored before "Create"; what was typed stays where that fails. */
struct _CbNewCaseWindow
{
  AdwWindow parent_instance;

  CbWorkspace *workspace; /* (owned) */

  AdwEntryRow *title;
  AdwComboRow *severity;
  GtkTextView *description;
  CbChips *tags;
  CbNotice *notice;
};

enum
{
  SIGNAL_CREATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbNewCaseWindow, cb_new_case_window, ADW_TYPE_WINDOW)

/* Auxiliary methods */

static CbCase *
read_form (CbNewCaseWindow *self)
{
  CbCase *item = cb_case_new ();

  cb_chips_commit (self->tags);
  item->title = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->title))));
  g_object_get (gtk_text_view_get_buffer (self->description), "text", &item->description, NULL);
  item->severity = MIN (adw_combo_row_get_selected (self->severity), CB_N_SEVERITIES - 1);
  g_strfreev (item->tags);
  item->tags = cb_chips_dup_values (self->tags);
  return item;
}

static void
show_error (CbNewCaseWindow *self,
            const GError    *error)
{
  cb_notice_show_error (self->notice, error);
  if (g_strcmp0 (cb_error_get_field (error), "title") == 0)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->title), "error");
      gtk_widget_grab_focus (GTK_WIDGET (self->title));
    }
}

/* Callbacks */

static void
create_cb (CbNewCaseWindow *self)
{
  g_autoptr(CbCase) item = read_form (self);
  g_autoptr(GError) error = NULL;

  if (!cb_cases_add (cb_workspace_get_cases (self->workspace), item, &error))
    {
      show_error (self, error);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_CREATED], 0, item->id);
  gtk_window_close (GTK_WINDOW (self));
}

static void
title_changed_cb (CbNewCaseWindow *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->title), "error");
  cb_notice_hide (self->notice);
}

static void
tags_changed_cb (CbNewCaseWindow *self)
{
  g_auto(GStrv) tags = cb_chips_dup_values (self->tags);

  cb_chips_set_values (self->tags, (const char *const *) tags);
}

/* GObject overrides */

static void
cb_new_case_window_dispose (GObject *object)
{
  g_clear_object (&CB_NEW_CASE_WINDOW (object)->workspace);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_NEW_CASE_WINDOW);

  G_OBJECT_CLASS (cb_new_case_window_parent_class)->dispose (object);
}

static void
cb_new_case_window_class_init (CbNewCaseWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_new_case_window_dispose;

  /**
   * CbNewCaseWindow::created:
   * @self: a window
   * @case_id: the new case
   *
   * Emitted when the case is in the database.
   */
  signals[SIGNAL_CREATED] = g_signal_new ("created", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (CB_TYPE_CHIPS);
  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               CB_RESOURCE "window/cb-new-case-window.ui");
  gtk_widget_class_bind_template_child (widget_class, CbNewCaseWindow, title);
  gtk_widget_class_bind_template_child (widget_class, CbNewCaseWindow, severity);
  gtk_widget_class_bind_template_child (widget_class, CbNewCaseWindow, description);
  gtk_widget_class_bind_template_child (widget_class, CbNewCaseWindow, tags);
  gtk_widget_class_bind_template_child (widget_class, CbNewCaseWindow, notice);
  gtk_widget_class_bind_template_callback (widget_class, create_cb);
  gtk_widget_class_bind_template_callback (widget_class, title_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, tags_changed_cb);
}

static void
cb_new_case_window_init (CbNewCaseWindow *self)
{
  g_autoptr(GtkStringList) severities = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < CB_N_SEVERITIES; i++)
    gtk_string_list_append (severities, cb_word_severity (i));
  adw_combo_row_set_model (self->severity, G_LIST_MODEL (severities));
  cb_accessible_set_label (GTK_WIDGET (self->title), _("Title"));
  cb_accessible_set_label (GTK_WIDGET (self->description), _("Description"));
}

/* Public API */

/**
 * cb_new_case_window_new:
 * @parent: the main window
 * @workspace: where the case will be
 *
 * Returns: (transfer none): a dialog for a new case
 */
CbNewCaseWindow *
cb_new_case_window_new (GtkWindow   *parent,
                        CbWorkspace *workspace)
{
  CbNewCaseWindow *self = g_object_new (CB_TYPE_NEW_CASE_WINDOW, "transient-for", parent, NULL);

  self->workspace = g_object_ref (workspace);
  cb_accessible_focus_first (GTK_WIDGET (self), GTK_WIDGET (self->title));
  return self;
}
