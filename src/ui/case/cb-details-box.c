/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/case/cb-details-box.h"
#include "ui/common/cb-chips.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-words.h"

/* Status, severity, tags and assignees of a case; each change is saved at once. */
struct _CbDetailsBox
{
  AdwBin parent_instance;

  CbWorkspace *workspace; /* (owned) */
  char *case_id;          /* (owned) (nullable) */
  gboolean loading;

  AdwComboRow *status;
  AdwComboRow *severity;
  GtkImage *severity_icon;
  CbChips *tags;
  CbChips *assignees;
  CbNotice *notice;
};

G_DEFINE_FINAL_TYPE (CbDetailsBox, cb_details_box, ADW_TYPE_BIN)

/* Auxiliary methods */

static gboolean
save (CbDetailsBox     *self,
      const CbCaseEdit *edit,
      GError          **error)
{
  if (self->case_id == NULL || self->loading)
    return TRUE;
  cb_notice_hide (self->notice);
  return cb_cases_edit (cb_workspace_get_cases (self->workspace), self->case_id, edit, error);
}

static void
save_row (CbDetailsBox     *self,
          const CbCaseEdit *edit)
{
  g_autoptr(GError) error = NULL;

  if (!save (self, edit, &error))
    cb_notice_show_error (self->notice, error);
}

static void
save_chips (CbDetailsBox     *self,
            CbChips          *chips,
            const CbCaseEdit *edit)
{
  g_autoptr(GError) error = NULL;

  if (!save (self, edit, &error))
    cb_chips_fail (chips, error);
}

static void
fill_models (CbDetailsBox *self)
{
  g_autoptr(GtkStringList) statuses = gtk_string_list_new (NULL);
  g_autoptr(GtkStringList) severities = gtk_string_list_new (NULL);

  for (guint i = 0; i < CB_N_STATUSES; i++)
    gtk_string_list_append (statuses, cb_word_status (i));
  for (guint i = 0; i < CB_N_SEVERITIES; i++)
    gtk_string_list_append (severities, cb_word_severity (i));
  self->loading = TRUE;
  adw_combo_row_set_model (self->status, G_LIST_MODEL (statuses));
  adw_combo_row_set_model (self->severity, G_LIST_MODEL (severities));
  self->loading = FALSE;
}

/* Callbacks */

static void
status_cb (CbDetailsBox *self)
{
  CbStatus status = adw_combo_row_get_selected (self->status);

  if (status < CB_N_STATUSES)
    save_row (self, &(CbCaseEdit) { .status = &status });
}

static void
severity_cb (CbDetailsBox *self)
{
  CbSeverity severity = adw_combo_row_get_selected (self->severity);

  if (severity >= CB_N_SEVERITIES)
    return;
  gtk_image_set_from_icon_name (self->severity_icon, cb_icon_severity (severity));
  save_row (self, &(CbCaseEdit) { .severity = &severity });
}

static void
tags_cb (CbDetailsBox *self)
{
  g_auto(GStrv) tags = cb_chips_dup_values (self->tags);

  save_chips (self, self->tags, &(CbCaseEdit) { .tags = (const char *const *) tags });
}

static void
assignees_cb (CbDetailsBox *self)
{
  g_auto(GStrv) names = cb_chips_dup_values (self->assignees);

  save_chips (self, self->assignees, &(CbCaseEdit) { .assignees = (const char *const *) names });
}

/* GObject overrides */

static void
cb_details_box_dispose (GObject *object)
{
  CbDetailsBox *self = CB_DETAILS_BOX (object);

  g_clear_object (&self->workspace);
  g_clear_pointer (&self->case_id, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_DETAILS_BOX);

  G_OBJECT_CLASS (cb_details_box_parent_class)->dispose (object);
}

static void
cb_details_box_class_init (CbDetailsBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_details_box_dispose;

  g_type_ensure (CB_TYPE_CHIPS);
  g_type_ensure (CB_TYPE_NOTICE);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "case/cb-details-box.ui");
  gtk_widget_class_bind_template_child (widget_class, CbDetailsBox, status);
  gtk_widget_class_bind_template_child (widget_class, CbDetailsBox, severity);
  gtk_widget_class_bind_template_child (widget_class, CbDetailsBox, severity_icon);
  gtk_widget_class_bind_template_child (widget_class, CbDetailsBox, tags);
  gtk_widget_class_bind_template_child (widget_class, CbDetailsBox, assignees);
  gtk_widget_class_bind_template_child (widget_class, CbDetailsBox, notice);
  gtk_widget_class_bind_template_callback (widget_class, status_cb);
  gtk_widget_class_bind_template_callback (widget_class, severity_cb);
  gtk_widget_class_bind_template_callback (widget_class, tags_cb);
  gtk_widget_class_bind_template_callback (widget_class, assignees_cb);
}

static void
cb_details_box_init (CbDetailsBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_models (self);
}

/* Public API */

/**
 * cb_details_box_set_workspace:
 * @self: a box
 * @workspace: whose cases it changes
 *
 * To be called once.
 */
void
cb_details_box_set_workspace (CbDetailsBox *self,
                              CbWorkspace  *workspace)
{
  g_return_if_fail (CB_IS_DETAILS_BOX (self));

  g_set_object (&self->workspace, workspace);
}

/**
 * cb_details_box_show:
 * @self: a box
 * @item: a case
 *
 * Shows a case as it is now.
 */
void
cb_details_box_show (CbDetailsBox *self,
                     const CbCase *item)
{
  g_return_if_fail (CB_IS_DETAILS_BOX (self) && item != NULL);

  if (g_strcmp0 (self->case_id, item->id) != 0)
    cb_notice_hide (self->notice);
  g_free (self->case_id);
  self->case_id = g_strdup (item->id);
  self->loading = TRUE;
  adw_combo_row_set_selected (self->status, item->status);
  adw_combo_row_set_selected (self->severity, item->severity);
  cb_chips_set_values (self->tags, (const char *const *) item->tags);
  cb_chips_set_values (self->assignees, (const char *const *) item->assignees);
  self->loading = FALSE;
}
