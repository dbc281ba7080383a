/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case/cb-comment-row.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-dialogs.h"
#include "ui/common/cb-markdown.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-text-editor.h"
#include "ui/common/cb-words.h"

/* A comment: who, when, whether the incident has it, the text, and what may be done with it. */
struct _CbCommentRow
{
  GtkListBoxRow parent_instance;

  CbWorkspace *workspace; /* (owned) */
  char *case_id;          /* (owned) */
  char *id;               /* (owned) */
  char *text;             /* (owned) (nullable) */

  GtkLabel *author;
  GtkLabel *time;
  GtkWidget *state_box;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkButton *edit_button;
  GtkButton *remove_button;
  GtkLabel *label;
  CbTextEditor *editor;
  CbNotice *notice;
};

G_DEFINE_FINAL_TYPE (CbCommentRow, cb_comment_row, GTK_TYPE_LIST_BOX_ROW)

/* Auxiliary methods */

static void
show_state (CbCommentRow *self,
            gboolean      has_incident,
            gboolean      sent)
{
  CbSign sign = cb_sign_comment (sent);

  gtk_widget_set_visible (self->state_box, has_incident);
  gtk_image_set_from_icon_name (self->state_icon, sign.icon_name);
  gtk_label_set_text (self->state, sign.word);
  gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), sent ? "accent" : "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), sign.style);
}

static void
show_time (CbCommentRow    *self,
           const CbComment *comment)
{
  g_autofree char *created = cb_word_moment (comment->created_at);
  g_autofree char *edited = cb_word_moment (comment->updated_at);
  g_autofree char *both = NULL;

  if (comment->updated_at > 0)
    both = g_strdup_printf (_("%s · edited %s"), created, edited);
  gtk_label_set_text (self->time, both != NULL ? both : created);
}

static void
name_buttons (CbCommentRow *self,
              const char   *author)
{
  g_autofree char *edit = g_strdup_printf (_("Edit comment by %s"), author);
  g_autofree char *remove = g_strdup_printf (_("Remove comment by %s"), author);
  g_autofree char *row = g_strdup_printf (_("Comment by %s"), author);

  cb_accessible_set_label (GTK_WIDGET (self->edit_button), edit);
  cb_accessible_set_label (GTK_WIDGET (self->remove_button), remove);
  cb_accessible_set_label (GTK_WIDGET (self), row);
}

/* Callbacks */

static void
edit_cb (CbCommentRow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->label), FALSE);
  cb_text_editor_open (self->editor, self->text);
}

static void
save_cb (CbCommentRow *self,
         const char   *text)
{
  g_autoptr(CbCommentRow) alive = g_object_ref (self);
  g_autoptr(GError) error = NULL;

  if (cb_cases_edit_comment (cb_workspace_get_cases (self->workspace), self->case_id, self->id, text,
                             &error))
    cb_text_editor_close (self->editor);
  else
    cb_text_editor_fail (self->editor, error);
}

static void
closed_cb (CbCommentRow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->label), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->edit_button));
}

static void
confirmed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(CbCommentRow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!cb_dialogs_confirm_finish (GTK_WINDOW (source), result))
    return;
  if (!cb_cases_remove_comment (cb_workspace_get_cases (self->workspace), self->case_id, self->id,
                                &error))
    cb_notice_show_error (self->notice, error);
}

static void
remove_cb (CbCommentRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  cb_dialogs_confirm_async (GTK_WINDOW (root), _("Remove Comment?"),
                            _("It is removed from the case. What was sent of it stays in the "
                              "incident."), _("_Remove"), confirmed_cb, g_object_ref (self));
}

/* GObject overrides */

static void
cb_comment_row_dispose (GObject *object)
{
  CbCommentRow *self = CB_COMMENT_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_COMMENT_ROW);

  G_OBJECT_CLASS (cb_comment_row_parent_class)->dispose (object);

  g_clear_object (&self->workspace);
}

static void
cb_comment_row_finalize (GObject *object)
{
  CbCommentRow *self = CB_COMMENT_ROW (object);

  g_free (self->case_id);
  g_free (self->id);
  g_free (self->text);

  G_OBJECT_CLASS (cb_comment_row_parent_class)->finalize (object);
}

static void
cb_comment_row_class_init (CbCommentRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_comment_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_comment_row_finalize;

  g_type_ensure (CB_TYPE_TEXT_EDITOR);
  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "case/cb-comment-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, author);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, time);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, state_box);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, state);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, edit_button);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, remove_button);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, label);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, editor);
  gtk_widget_class_bind_template_child (widget_class, CbCommentRow, notice);
  gtk_widget_class_bind_template_callback (widget_class, edit_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, closed_cb);
}

static void
cb_comment_row_init (CbCommentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_text_editor_set_label (self->editor, _("Comment"));
}

/* Public API */

/**
 * cb_comment_row_new:
 * @workspace: whose cases it changes
 * @case_id: a case
 * @comment_id: a comment of it
 *
 * Returns: (transfer floating): a row that shows nothing yet
 */
GtkWidget *
cb_comment_row_new (CbWorkspace *workspace,
                    const char  *case_id,
                    const char  *comment_id)
{
  CbCommentRow *self = g_object_new (CB_TYPE_COMMENT_ROW, NULL);
  g_autofree char *key = g_strconcat (case_id, "/comment/", comment_id, NULL);

  self->workspace = g_object_ref (workspace);
  self->case_id = g_strdup (case_id);
  self->id = g_strdup (comment_id);
  cb_text_editor_set_drafts (self->editor, cb_workspace_get_drafts (workspace), key);
  return GTK_WIDGET (self);
}

/**
 * cb_comment_row_get_id:
 * @self: a row
 *
 * Returns: its comment's id
 */
const char *
cb_comment_row_get_id (CbCommentRow *self)
{
  g_return_val_if_fail (CB_IS_COMMENT_ROW (self), NULL);

  return self->id;
}

/**
 * cb_comment_row_show:
 * @self: a row
 * @comment: its comment as it is now
 * @has_incident: whether the case has an incident
 * @sent: whether the incident has the comment as it is now
 *
 * Shows the comment, or the draft of a change.
 */
void
cb_comment_row_show (CbCommentRow    *self,
                     const CbComment *comment,
                     gboolean         has_incident,
                     gboolean         sent)
{
  const char *author = comment->author != NULL ? comment->author : _("Unknown");

  g_return_if_fail (CB_IS_COMMENT_ROW (self));

  gtk_label_set_text (self->author, author);
  name_buttons (self, author);
  show_time (self, comment);
  show_state (self, has_incident, sent);
  if (g_strcmp0 (self->text, comment->text) != 0)
    {
      g_autofree char *markup = cb_markdown_to_pango (comment->text);

      g_free (self->text);
      self->text = g_strdup (comment->text);
      gtk_label_set_markup (self->label, markup);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->label), !cb_text_editor_restore (self->editor));
}
