/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "ui/case/cb-composer.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"

/* Writes a new comment. What was typed stays with its case until it is sent. */
struct _CbComposer
{
  AdwBin parent_instance;

  CbWorkspace *workspace; /* (owned) (nullable) */
  char *case_id;          /* (owned) (nullable) */
  gboolean loading;

  GtkTextView *view;
  GtkLabel *placeholder;
  GtkButton *button;
  CbNotice *notice;
};

G_DEFINE_FINAL_TYPE (CbComposer, cb_composer, ADW_TYPE_BIN)

/* Auxiliary methods */

static char *
get_text (CbComposer *self)
{
  char *text = NULL;

  g_object_get (gtk_text_view_get_buffer (self->view), "text", &text, NULL);
  return text;
}

static void
set_text (CbComposer *self,
          const char *text)
{
  self->loading = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
  self->loading = FALSE;
}

static char *
draft_key (CbComposer *self)
{
  return g_strconcat (self->case_id, "/new-comment", NULL);
}

/* Callbacks */

static void
changed_cb (CbComposer *self)
{
  g_autofree char *text = get_text (self);
  g_autofree char *key = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->placeholder), *text == '\0');
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), !cb_is_blank (text));
  if (self->loading || self->case_id == NULL)
    return;
  key = draft_key (self);
  cb_drafts_set (cb_workspace_get_drafts (self->workspace), key, *text != '\0' ? text : NULL);
}

static void
send_cb (CbComposer *self)
{
  cb_composer_send (self);
}

static gboolean
key_pressed_cb (CbComposer            *self,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  gboolean enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;

  if (!enter || (state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;
  cb_composer_send (self);
  return GDK_EVENT_STOP;
}

/* GObject overrides */

static void
cb_composer_dispose (GObject *object)
{
  CbComposer *self = CB_COMPOSER (object);

  g_clear_object (&self->workspace);
  g_clear_pointer (&self->case_id, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_COMPOSER);

  G_OBJECT_CLASS (cb_composer_parent_class)->dispose (object);
}

static void
cb_composer_class_init (CbComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_composer_dispose;

  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "case/cb-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, CbComposer, view);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, button);
  gtk_widget_class_bind_template_child (widget_class, CbComposer, notice);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
}

static void
cb_composer_init (CbComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_accessible_set_label (GTK_WIDGET (self->view), _("Add a comment"));
}

/* Public API */

/**
 * cb_composer_show:
 * @self: a composer
 * @workspace: where the case is
 * @case_id: a case
 *
 * Makes it write for a case.
 */
void
cb_composer_show (CbComposer  *self,
                  CbWorkspace *workspace,
                  const char  *case_id)
{
  g_autofree char *key = NULL;
  const char *draft;

  g_return_if_fail (CB_IS_COMPOSER (self) && case_id != NULL);

  if (g_strcmp0 (self->case_id, case_id) == 0)
    return;
  g_set_object (&self->workspace, workspace);
  g_free (self->case_id);
  self->case_id = g_strdup (case_id);
  key = draft_key (self);
  draft = cb_drafts_get (cb_workspace_get_drafts (workspace), key);
  set_text (self, draft != NULL ? draft : "");
  cb_notice_hide (self->notice);
}

/**
 * cb_composer_send:
 * @self: a composer
 *
 * Adds the comment to the case.
 */
void
cb_composer_send (CbComposer *self)
{
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;
  g_autofree char *key = NULL;
  g_autoptr(GError) error = NULL;

  g_return_if_fail (CB_IS_COMPOSER (self));

  text = get_text (self);
  if (self->case_id == NULL || cb_is_blank (text))
    return;
  id = cb_cases_add_comment (cb_workspace_get_cases (self->workspace), self->case_id, text, &error);
  if (id == NULL)
    {
      cb_notice_show_error (self->notice, error);
      return;
    }
  key = draft_key (self);
  cb_drafts_set (cb_workspace_get_drafts (self->workspace), key, NULL);
  cb_notice_hide (self->notice);
  set_text (self, "");
}
