/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case/cb-case-heading.h"
#include "ui/common/cb-text-editor.h"
#include "ui/common/cb-words.h"

/* The title of a case, who opened it and when it changed. */
struct _CbCaseHeading
{
  AdwBin parent_instance;

  char *text; /* (owned) */

  GtkWidget *title_box;
  GtkLabel *title;
  GtkButton *edit_button;
  GtkLabel *times;
  CbTextEditor *editor;
};

enum
{
  SIGNAL_SAVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbCaseHeading, cb_case_heading, ADW_TYPE_BIN)

/* Auxiliary methods */

static char *
times_of (const CbCase *item)
{
  g_autofree char *opened = cb_word_moment (item->created_at);
  g_autofree char *changed = cb_word_moment (item->updated_at);
  const char *name = item->created_by != NULL ? item->created_by : _("Unknown");

  if (item->updated_at == 0)
    return g_strdup_printf (_("Opened by %s %s"), name, opened);
  return g_strdup_printf (_("Opened by %s %s · changed %s"), name, opened, changed);
}

/* Callbacks */

static void
edit_cb (CbCaseHeading *self)
{
  gtk_widget_set_visible (self->title_box, FALSE);
  cb_text_editor_open (self->editor, self->text);
}

static void
save_cb (CbCaseHeading *self,
         const char    *text)
{
  g_signal_emit (self, signals[SIGNAL_SAVE], 0, text);
}

static void
closed_cb (CbCaseHeading *self)
{
  gtk_widget_set_visible (self->title_box, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->edit_button));
}

/* GObject overrides */

static void
cb_case_heading_dispose (GObject *object)
{
  g_clear_pointer (&CB_CASE_HEADING (object)->text, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CASE_HEADING);

  G_OBJECT_CLASS (cb_case_heading_parent_class)->dispose (object);
}

static void
cb_case_heading_class_init (CbCaseHeadingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_case_heading_dispose;

  /**
   * CbCaseHeading::save:
   * @self: a heading
   * @text: the title to save
   *
   * Answer with cb_case_heading_saved() or cb_case_heading_fail().
   */
  signals[SIGNAL_SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (CB_TYPE_TEXT_EDITOR);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "case/cb-case-heading.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCaseHeading, title_box);
  gtk_widget_class_bind_template_child (widget_class, CbCaseHeading, title);
  gtk_widget_class_bind_template_child (widget_class, CbCaseHeading, edit_button);
  gtk_widget_class_bind_template_child (widget_class, CbCaseHeading, times);
  gtk_widget_class_bind_template_child (widget_class, CbCaseHeading, editor);
  gtk_widget_class_bind_template_callback (widget_class, edit_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, closed_cb);
}

static void
cb_case_heading_init (CbCaseHeading *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_text_editor_set_label (self->editor, _("Title"));
}

/* Public API */

/**
 * cb_case_heading_show:
 * @self: a heading
 * @drafts: where drafts are
 * @item: a case
 *
 * Shows a case's title, or the draft of one.
 */
void
cb_case_heading_show (CbCaseHeading *self,
                      CbDrafts      *drafts,
                      const CbCase  *item)
{
  g_autofree char *key = g_strconcat (item->id, "/title", NULL);
  g_autofree char *times = times_of (item);

  g_return_if_fail (CB_IS_CASE_HEADING (self));

  g_free (self->text);
  self->text = g_strdup (item->title);
  gtk_label_set_text (self->title, item->title);
  gtk_label_set_text (self->times, times);
  cb_text_editor_set_drafts (self->editor, drafts, key);
  gtk_widget_set_visible (self->title_box, !cb_text_editor_restore (self->editor));
}

/**
 * cb_case_heading_saved:
 * @self: a heading
 *
 * Ends editing.
 */
void
cb_case_heading_saved (CbCaseHeading *self)
{
  g_return_if_fail (CB_IS_CASE_HEADING (self));

  cb_text_editor_close (self->editor);
}

/**
 * cb_case_heading_fail:
 * @self: a heading
 * @error: why the title could not be saved
 *
 * Says so below the title.
 */
void
cb_case_heading_fail (CbCaseHeading *self,
                      const GError  *error)
{
  g_return_if_fail (CB_IS_CASE_HEADING (self));

  cb_text_editor_fail (self->editor, error);
}
