/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case/cb-description.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-markdown.h"
#include "ui/common/cb-text-editor.h"
#include "ui/common/cb-words.h"

/* The description of a case: its Markdown rendered, or its source while it is edited. */
struct _CbDescription
{
  AdwBin parent_instance;

  char *text; /* (owned) */

  GtkButton *edit_button;
  GtkLabel *label;
  CbTextEditor *editor;
};

enum
{
  SIGNAL_SAVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbDescription, cb_description, ADW_TYPE_BIN)

/* Auxiliary methods */

static void
show_editor (CbDescription *self,
             gboolean       open)
{
  gtk_widget_set_visible (GTK_WIDGET (self->label), !open);
  gtk_widget_set_visible (GTK_WIDGET (self->edit_button), !open);
}

static void
show_text (CbDescription *self)
{
  g_autofree char *markup = cb_markdown_to_pango (self->text);

  if (*markup == '\0')
    gtk_label_set_text (self->label, _("No description"));
  else
    gtk_label_set_markup (self->label, markup);
  if (*markup == '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->label), "dim-label");
}

/* Callbacks */

static void
edit_cb (CbDescription *self)
{
  show_editor (self, TRUE);
  cb_text_editor_open (self->editor, self->text);
}

static void
save_cb (CbDescription *self,
         const char    *text)
{
  g_signal_emit (self, signals[SIGNAL_SAVE], 0, text);
}

static void
closed_cb (CbDescription *self)
{
  show_editor (self, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->edit_button));
}

/* GObject overrides */

static void
cb_description_dispose (GObject *object)
{
  g_clear_pointer (&CB_DESCRIPTION (object)->text, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_DESCRIPTION);

  G_OBJECT_CLASS (cb_description_parent_class)->dispose (object);
}

static void
cb_description_class_init (CbDescriptionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_description_dispose;

  /**
   * CbDescription::save:
   * @self: a description
   * @text: what to save
   *
   * Answer with cb_description_saved() or cb_description_fail().
   */
  signals[SIGNAL_SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (CB_TYPE_TEXT_EDITOR);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "case/cb-description.ui");
  gtk_widget_class_bind_template_child (widget_class, CbDescription, edit_button);
  gtk_widget_class_bind_template_child (widget_class, CbDescription, label);
  gtk_widget_class_bind_template_child (widget_class, CbDescription, editor);
  gtk_widget_class_bind_template_callback (widget_class, edit_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, closed_cb);
}

static void
cb_description_init (CbDescription *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_text_editor_set_label (self->editor, _("Description"));
}

/* Public API */

/**
 * cb_description_show:
 * @self: a description
 * @drafts: where drafts are
 * @case_id: the case
 * @text: its description
 *
 * Shows a description, or the draft of one.
 */
void
cb_description_show (CbDescription *self,
                      CbDrafts      *drafts,
                      const char    *case_id,
                      const char    *text)
{
  g_autofree char *key = g_strconcat (case_id, "/description", NULL);
  gboolean same;

  g_return_if_fail (CB_IS_DESCRIPTION (self) && text != NULL);

  same = g_strcmp0 (self->text, text) == 0;
  g_free (self->text);
  self->text = g_strdup (text);
  if (!same)
    show_text (self);
  cb_text_editor_set_drafts (self->editor, drafts, key);
  show_editor (self, cb_text_editor_restore (self->editor));
}

/**
 * cb_description_saved:
 * @self: a description
 *
 * Ends editing.
 */
void
cb_description_saved (CbDescription *self)
{
  g_return_if_fail (CB_IS_DESCRIPTION (self));

  cb_text_editor_close (self->editor);
}

/**
 * cb_description_fail:
 * @self: a description
 * @error: why it could not be saved
 *
 * Says so below the text.
 */
void
cb_description_fail (CbDescription *self,
                      const GError  *error)
{
  g_return_if_fail (CB_IS_DESCRIPTION (self));

  cb_text_editor_fail (self->editor, error);
}
