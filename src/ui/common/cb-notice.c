/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/common/cb-accessible.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-pair-box.h"
#include "ui/common/cb-words.h"

/* A result or an error in the place that it concerns: a symbol, words that can be selected, and what
 * to do about it. */
struct _CbNotice
{
  AdwBin parent_instance;

  GtkImage *image;
  GtkSpinner *spinner;
  GtkBox *body;
  GtkBox *texts;
  GtkLabel *heading;
  CbPairBox *details;
  GtkLabel *text;
  GtkButton *button;
};

enum
{
  SIGNAL_ACTION,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const struct { const char *icon_name, *style; } kinds[] = {
  [CB_NOTICE_ERROR] = { "cb-failed-symbolic", "error" },
  [CB_NOTICE_WARNING] = { "dialog-warning-symbolic", "warning" },
  [CB_NOTICE_SUCCESS] = { "object-select-symbolic", "success" },
  [CB_NOTICE_INFO] = { "dialog-information-symbolic", "info" },
  [CB_NOTICE_BUSY] = { NULL, "info" },
  [CB_NOTICE_QUEUE] = { "cb-queued-symbolic", "info" },
};

G_DEFINE_FINAL_TYPE (CbNotice, cb_notice, ADW_TYPE_BIN)

/* Auxiliary methods */

static void
set_text (GtkLabel   *label,
          const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
clear_details (CbNotice *self)
{
  cb_pair_box_clear (self->details);
  gtk_widget_set_visible (GTK_WIDGET (self->details), FALSE);
}

static GtkWidget *
make_detail (const char *text,
             gboolean    is_value)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), is_value);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), is_value);
  if (!is_value)
    gtk_widget_add_css_class (label, "dim-label");
  /* A fingerprint is compared group by group. */
  if (is_value && strchr (text, ' ') == NULL && strlen (text) > 32)
    gtk_widget_add_css_class (label, "fingerprint");
  return label;
}

/* Callbacks */

static void
clicked_cb (CbNotice *self)
{
  g_signal_emit (self, signals[SIGNAL_ACTION], 0);
}

/* GObject overrides */

static void
cb_notice_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_NOTICE);

  G_OBJECT_CLASS (cb_notice_parent_class)->dispose (object);
}

static void
cb_notice_class_init (CbNoticeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_notice_dispose;

  /**
   * CbNotice::action:
   * @self: a notice
   *
   * Emitted when its button is pressed.
   */
  signals[SIGNAL_ACTION] = g_signal_new ("action", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CB_TYPE_PAIR_BOX);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "common/cb-notice.ui");
  gtk_widget_class_bind_template_child (widget_class, CbNotice, image);
  gtk_widget_class_bind_template_child (widget_class, CbNotice, spinner);
  gtk_widget_class_bind_template_child (widget_class, CbNotice, body);
  gtk_widget_class_bind_template_child (widget_class, CbNotice, texts);
  gtk_widget_class_bind_template_child (widget_class, CbNotice, heading);
  gtk_widget_class_bind_template_child (widget_class, CbNotice, details);
  gtk_widget_class_bind_template_child (widget_class, CbNotice, text);
  gtk_widget_class_bind_template_child (widget_class, CbNotice, button);
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
}

static void
cb_notice_init (CbNotice *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_notice_new:
 *
 * Returns: (transfer floating): a notice that is not shown yet
 */
GtkWidget *
cb_notice_new (void)
{
  return g_object_new (CB_TYPE_NOTICE, "visible", FALSE, NULL);
}

/**
 * cb_notice_show:
 * @self: a notice
 * @kind: what it is
 * @heading: (nullable): the short form
 * @text: (nullable): the rest
 *
 * Shows it, without a button.
 */
void
cb_notice_show (CbNotice     *self,
                CbNoticeKind  kind,
                const char   *heading,
                const char   *text)
{
  g_autofree char *label = NULL;

  g_return_if_fail (CB_IS_NOTICE (self));

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self), kinds[i].style);
  gtk_widget_add_css_class (GTK_WIDGET (self), kinds[kind].style);
  gtk_widget_set_visible (GTK_WIDGET (self->image), kinds[kind].icon_name != NULL);
  gtk_image_set_from_icon_name (self->image, kinds[kind].icon_name);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), kind == CB_NOTICE_BUSY);
  gtk_spinner_set_spinning (self->spinner, kind == CB_NOTICE_BUSY);
  set_text (self->heading, heading);
  set_text (self->text, text);
  clear_details (self);
  gtk_widget_set_visible (GTK_WIDGET (self->button), FALSE);
  label = g_strjoin (" ", heading != NULL ? heading : "", text, NULL);
  cb_accessible_set_label (GTK_WIDGET (self), g_strstrip (label));
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/**
 * cb_notice_show_error:
 * @self: a notice
 * @error: what went wrong
 *
 * Shows an error's whole message.
 */
void
cb_notice_show_error (CbNotice     *self,
                      const GError *error)
{
  g_return_if_fail (error != NULL);

  cb_notice_show (self, CB_NOTICE_ERROR, NULL, error->message);
}

/**
 * cb_notice_hide:
 * @self: a notice
 *
 * Takes it away.
 */
void
cb_notice_hide (CbNotice *self)
{
  g_return_if_fail (CB_IS_NOTICE (self));

  gtk_spinner_set_spinning (self->spinner, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * cb_notice_set_action:
 * @self: a notice that is shown
 * @label: (nullable): what its button does
 *
 * Gives it a button.
 */
void
cb_notice_set_action (CbNotice   *self,
                      const char *label)
{
  g_return_if_fail (CB_IS_NOTICE (self));

  if (label != NULL)
    gtk_button_set_label (self->button, label);
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
}

/**
 * cb_notice_set_details:
 * @self: a notice that is shown
 * @details: (array zero-terminated=1): labels and values in turn
 *
 * Shows what a person compares; the values can be selected.
 */
void
cb_notice_set_details (CbNotice          *self,
                       const char *const *details)
{
  g_return_if_fail (CB_IS_NOTICE (self) && details != NULL);

  clear_details (self);
  for (int i = 0; details[i] != NULL && details[i + 1] != NULL; i += 2)
    cb_pair_box_append (self->details, make_detail (details[i], FALSE), make_detail (details[i + 1], TRUE));
  gtk_widget_set_visible (GTK_WIDGET (self->details), TRUE);
}

/**
 * cb_notice_set_compact:
 * @self: a notice
 *
 * Puts its button beside the words, where there is little height.
 */
void
cb_notice_set_compact (CbNotice *self)
{
  g_return_if_fail (CB_IS_NOTICE (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->body), GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (self->body, 12);
  gtk_box_set_spacing (self->texts, 0);
  gtk_widget_set_valign (GTK_WIDGET (self->texts), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_label_set_selectable (self->text, FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self->text), "caption");
}

/**
 * cb_notice_is_shown:
 * @self: a notice
 *
 * Returns: whether it is shown
 */
gboolean
cb_notice_is_shown (CbNotice *self)
{
  g_return_val_if_fail (CB_IS_NOTICE (self), FALSE);

  return gtk_widget_get_visible (GTK_WIDGET (self));
}
