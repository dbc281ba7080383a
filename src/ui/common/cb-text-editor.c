/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-accessible.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-text-editor.h"
#include "ui/common/cb-words.h"

/* Edits one text in place, with Save and Cancel and the error below the text. What is typed stays
 * until it is saved or cancelled. */
struct _CbTextEditor
{
  AdwBin parent_instance;

  CbDrafts *drafts; /* (owned) (nullable) */
  char *key;        /* (owned) (nullable): of its draft */
  gboolean single_line;
  gboolean loading;

  GtkTextView *view;
  CbNotice *notice;
};

enum
{
  PROP_0,
  PROP_SINGLE_LINE,
  N_PROPS
};

enum
{
  SIGNAL_SAVE,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbTextEditor, cb_text_editor, ADW_TYPE_BIN)

/* Auxiliary methods */

static char *
get_text (CbTextEditor *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  g_autofree char *text = NULL;

  g_object_get (buffer, "text", &text, NULL);
  return self->single_line ? g_strstrip (g_steal_pointer (&text)) : g_steal_pointer (&text);
}

static void
set_text (CbTextEditor *self,
          const char   *text)
{
  self->loading = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
  self->loading = FALSE;
}

static void
save (CbTextEditor *self)
{
  g_autofree char *text = get_text (self);

  cb_notice_hide (self->notice);
  g_signal_emit (self, signals[SIGNAL_SAVE], 0, text);
}

/* Callbacks */

static void
save_cb (CbTextEditor *self)
{
  save (self);
}

static void
cancel_cb (CbTextEditor *self)
{
  cb_text_editor_close (self);
}

static void
changed_cb (CbTextEditor *self)
{
  g_autofree char *text = NULL;

  if (self->loading || self->drafts == NULL)
    return;
  text = get_text (self);
  cb_drafts_set (self->drafts, self->key, text);
}

static gboolean
key_pressed_cb (CbTextEditor          *self,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  gboolean enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;
  gboolean control = (state & GDK_CONTROL_MASK) != 0;

  if (key == GDK_KEY_Escape)
    {
      cb_text_editor_close (self);
      return GDK_EVENT_STOP;
    }
  if (enter && (control || self->single_line))
    {
      save (self);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

/* GObject overrides */

static void
cb_text_editor_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  CbTextEditor *self = CB_TEXT_EDITOR (object);

  if (id == PROP_SINGLE_LINE)
    self->single_line = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
cb_text_editor_dispose (GObject *object)
{
  CbTextEditor *self = CB_TEXT_EDITOR (object);

  g_clear_object (&self->drafts);
  g_clear_pointer (&self->key, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_TEXT_EDITOR);

  G_OBJECT_CLASS (cb_text_editor_parent_class)->dispose (object);
}

static void
cb_text_editor_class_init (CbTextEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = cb_text_editor_set_property;
  object_class->dispose = cb_text_editor_dispose;

  properties[PROP_SINGLE_LINE] = g_param_spec_boolean ("single-line", NULL, NULL, FALSE,
                                                       G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * CbTextEditor::save:
   * @self: an editor
   * @text: what to save
   *
   * Emitted when the text is to be saved. Answer with cb_text_editor_close() or
   * cb_text_editor_fail().
   */
  signals[SIGNAL_SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * CbTextEditor::closed:
   * @self: an editor
   *
   * Emitted when it has closed, saved or cancelled.
   */
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "common/cb-text-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, CbTextEditor, view);
  gtk_widget_class_bind_template_child (widget_class, CbTextEditor, notice);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
}

static void
cb_text_editor_init (CbTextEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_text_editor_new:
 *
 * Returns: (transfer floating): a closed editor
 */
GtkWidget *
cb_text_editor_new (void)
{
  return g_object_new (CB_TYPE_TEXT_EDITOR, "visible", FALSE, NULL);
}

/**
 * cb_text_editor_set_label:
 * @self: an editor
 * @label: what is edited, for assistive technology
 *
 * Names the text.
 */
void
cb_text_editor_set_label (CbTextEditor *self,
                          const char   *label)
{
  g_return_if_fail (CB_IS_TEXT_EDITOR (self));

  cb_accessible_set_label (GTK_WIDGET (self->view), label);
}

/**
 * cb_text_editor_set_drafts:
 * @self: an editor
 * @drafts: where it keeps what was typed
 * @key: what the text belongs to
 *
 * Makes it ready for another text, and closed.
 */
void
cb_text_editor_set_drafts (CbTextEditor *self,
                           CbDrafts     *drafts,
                           const char   *key)
{
  g_return_if_fail (CB_IS_TEXT_EDITOR (self));

  if (g_strcmp0 (self->key, key) == 0)
    return;
  g_set_object (&self->drafts, drafts);
  g_free (self->key);
  self->key = g_strdup (key);
  cb_notice_hide (self->notice);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * cb_text_editor_restore:
 * @self: an editor with drafts
 *
 * Opens it with the draft if there is one.
 *
 * Returns: whether it is open
 */
gboolean
cb_text_editor_restore (CbTextEditor *self)
{
  const char *draft;

  g_return_val_if_fail (CB_IS_TEXT_EDITOR (self) && self->drafts != NULL, FALSE);

  draft = cb_drafts_get (self->drafts, self->key);
  if (draft != NULL && !gtk_widget_get_visible (GTK_WIDGET (self)))
    {
      set_text (self, draft);
      gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
    }
  return gtk_widget_get_visible (GTK_WIDGET (self));
}

/**
 * cb_text_editor_open:
 * @self: an editor
 * @text: the text as it is
 *
 * Begins to edit.
 */
void
cb_text_editor_open (CbTextEditor *self,
                     const char   *text)
{
  g_return_if_fail (CB_IS_TEXT_EDITOR (self) && text != NULL);

  set_text (self, text);
  cb_notice_hide (self->notice);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/**
 * cb_text_editor_fail:
 * @self: an editor
 * @error: why the text could not be saved
 *
 * Says so below the text, which stays.
 */
void
cb_text_editor_fail (CbTextEditor *self,
                     const GError *error)
{
  g_return_if_fail (CB_IS_TEXT_EDITOR (self) && error != NULL);

  cb_notice_show_error (self->notice, error);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/**
 * cb_text_editor_close:
 * @self: an editor
 *
 * Ends editing and forgets the draft.
 */
void
cb_text_editor_close (CbTextEditor *self)
{
  g_return_if_fail (CB_IS_TEXT_EDITOR (self));

  if (self->drafts != NULL)
    cb_drafts_set (self->drafts, self->key, NULL);
  cb_notice_hide (self->notice);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}
