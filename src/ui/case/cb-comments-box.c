/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/case/cb-comment-row.h"
#include "ui/case/cb-comments-box.h"
#include "ui/common/cb-words.h"

struct _CbCommentsBox
{
  AdwBin parent_instance;

  char *case_id; /* (owned) (nullable) */

  GtkListBox *list;
  GtkLabel *none;
};

G_DEFINE_FINAL_TYPE (CbCommentsBox, cb_comments_box, ADW_TYPE_BIN)

/* Auxiliary methods */

static CbCommentRow *
row_at (CbCommentsBox *self,
        guint          index)
{
  return CB_COMMENT_ROW (gtk_list_box_get_row_at_index (self->list, index));
}

static void
remove_from (CbCommentsBox *self,
             guint          index)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, index)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
}

/* Rows stay with their comments, so that one that is being edited is left in peace. */
static CbCommentRow *
ensure_row (CbCommentsBox   *self,
            CbWorkspace     *workspace,
            guint            index,
            const CbComment *comment)
{
  GtkListBoxRow *row;
  GtkWidget *fresh;

  while ((row = gtk_list_box_get_row_at_index (self->list, index)) != NULL)
    {
      if (g_str_equal (cb_comment_row_get_id (CB_COMMENT_ROW (row)), comment->id))
        return CB_COMMENT_ROW (row);
      gtk_list_box_remove (self->list, GTK_WIDGET (row));
    }
  fresh = cb_comment_row_new (workspace, self->case_id, comment->id);
  gtk_list_box_insert (self->list, fresh, index);
  return row_at (self, index);
}

static gboolean
is_sent (const CbPushed  *pushed,
         const CbComment *comment)
{
  g_autofree char *key = cb_revision_key (comment->id, comment->revision);

  return pushed != NULL && g_hash_table_contains (pushed->complete, key);
}

/* GObject overrides */

static void
cb_comments_box_dispose (GObject *object)
{
  g_clear_pointer (&CB_COMMENTS_BOX (object)->case_id, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_COMMENTS_BOX);

  G_OBJECT_CLASS (cb_comments_box_parent_class)->dispose (object);
}

static void
cb_comments_box_class_init (CbCommentsBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_comments_box_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "case/cb-comments-box.ui");
  gtk_widget_class_bind_template_child (widget_class, CbCommentsBox, list);
  gtk_widget_class_bind_template_child (widget_class, CbCommentsBox, none);
}

static void
cb_comments_box_init (CbCommentsBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_comments_box_show:
 * @self: a box
 * @workspace: where the case is
 * @item: a case
 * @pushed: (nullable): what the incident has of it
 *
 * Shows a case's comments.
 */
void
cb_comments_box_show (CbCommentsBox  *self,
                      CbWorkspace    *workspace,
                      const CbCase   *item,
                      const CbPushed *pushed)
{
  gboolean has_incident = pushed != NULL && pushed->incident_id != NULL;

  g_return_if_fail (CB_IS_COMMENTS_BOX (self) && item != NULL);

  if (g_strcmp0 (self->case_id, item->id) != 0)
    remove_from (self, 0);
  g_free (self->case_id);
  self->case_id = g_strdup (item->id);
  for (guint i = 0; i < item->comments->len; i++)
    {
      const CbComment *comment = g_ptr_array_index (item->comments, i);

      cb_comment_row_show (ensure_row (self, workspace, i, comment), comment, has_incident,
                           is_sent (pushed, comment));
    }
  remove_from (self, item->comments->len);
  gtk_widget_set_visible (GTK_WIDGET (self->list), item->comments->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->none), item->comments->len == 0);
}
