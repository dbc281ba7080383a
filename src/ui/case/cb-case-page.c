/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case/cb-activity-box.h"
#include "ui/case/cb-case-heading.h"
#include "ui/case/cb-case-layout.h"
#include "ui/case/cb-case-page.h"
#include "ui/case/cb-comments-box.h"
#include "ui/case/cb-composer.h"
#include "ui/case/cb-description.h"
#include "ui/case/cb-details-box.h"
#include "ui/case/cb-incident-box.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-words.h"

struct _CbCasePage
{
  AdwBin parent_instance;

  CbWorkspace *workspace; /* (owned) */
  char *case_id;          /* (owned) (nullable): the case that is shown */
  CbCaseRow *row;         /* (owned) (nullable): how it stands */
  guint refresh_source;

  AdwHeaderBar *header;
  GtkButton *back_button;
  GtkToggleButton *sidebar_button;
  GtkMenuButton *menu_button;
  GtkStack *outer;
  AdwViewStack *views;
  AdwViewSwitcherTitle *switcher;
  AdwViewSwitcherBar *switcher_bar;
  AdwStatusPage *status;
  CbCaseHeading *heading;
  CbDescription *description;
  CbCommentsBox *comments;
  CbIncidentBox *incident;
  CbDetailsBox *details;
  CbComposer *composer;
  CbActivityBox *activity;
};

enum
{
  SIGNAL_UPDATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbCasePage, cb_case_page, ADW_TYPE_BIN)

/* Auxiliary methods */

static void
show_nothing (CbCasePage   *self,
              const GError *error)
{
  g_autofree char *text = error != NULL ? g_markup_escape_text (error->message, -1) : NULL;

  g_clear_pointer (&self->case_id, g_free);
  g_clear_object (&self->row);
  adw_status_page_set_title (self->status, error != NULL ? _("The Case Cannot Be Shown")
                                                         : _("No Case Selected"));
  adw_status_page_set_description (self->status, text != NULL ? text : _("Select one in the list"));
  gtk_stack_set_visible_child_name (self->outer, "nothing");
  adw_view_switcher_title_set_view_switcher_enabled (self->switcher, FALSE);
}

static void
show_case (CbCasePage   *self,
           const CbCase *item)
{
  CbDrafts *drafts = cb_workspace_get_drafts (self->workspace);
  g_autoptr(CbConnectorInfo) connector = NULL;
  g_autoptr(CbPushed) pushed = NULL;

  if (self->row->connector_id != NULL)
    connector = cb_connectors_get (cb_workspace_get_connectors (self->workspace),
                                   self->row->connector_id, NULL);
  if (connector != NULL)
    pushed = cb_journal_load (cb_workspace_get_database (self->workspace), item->id,
                              connector->destination, NULL);
  cb_case_heading_show (self->heading, drafts, item);
  cb_description_show (self->description, drafts, item->id, item->description);
  cb_comments_box_show (self->comments, self->workspace, item, pushed);
  cb_incident_box_show (self->incident, self->workspace, item, self->row, connector, pushed);
  cb_details_box_show (self->details, item);
  cb_composer_show (self->composer, self->workspace, item->id);
  cb_activity_box_show (self->activity, self->workspace, item->id);
  gtk_stack_set_visible_child_name (self->outer, "case");
  adw_view_switcher_title_set_view_switcher_enabled (self->switcher, TRUE);
}

static void
refresh (CbCasePage *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CbCase) item = NULL;

  if (self->case_id != NULL)
    item = cb_cases_get (cb_workspace_get_cases (self->workspace), self->case_id, &error);
  g_clear_object (&self->row);
  if (item != NULL)
    self->row = cb_case_list_get (cb_workspace_get_database (self->workspace), self->case_id, &error);
  /* A case that was removed, here or by another process, is no error. */
  if (g_error_matches (error, CB_ERROR, CB_ERROR_NOT_FOUND))
    g_clear_error (&error);
  if (self->row != NULL)
    show_case (self, item);
  else
    show_nothing (self, error);
  g_signal_emit (self, signals[SIGNAL_UPDATED], 0);
}

static gboolean
save (CbCasePage        *self,
      const CbCaseEdit  *edit,
      GError           **error)
{
  return cb_cases_edit (cb_workspace_get_cases (self->workspace), self->case_id, edit, error);
}

/* Callbacks */

static gboolean
refresh_cb (gpointer user_data)
{
  CbCasePage *self = user_data;

  self->refresh_source = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

/* Later, so that a row's own handler has ended before its row may be removed. */
static void
queue_refresh (CbCasePage *self)
{
  if (self->refresh_source == 0 && self->case_id != NULL)
    self->refresh_source = g_idle_add (refresh_cb, self);
}

static void
case_changed_cb (CbCasePage *self,
                 const char *case_id)
{
  if (case_id == NULL || g_strcmp0 (case_id, self->case_id) == 0)
    queue_refresh (self);
}

/* When a queued push will be sent has changed. */
static void
queue_changed_cb (CbCasePage *self)
{
  if (self->row != NULL && self->row->state == CB_PUSH_QUEUED)
    queue_refresh (self);
}

static void
connectors_changed_cb (CbCasePage *self)
{
  queue_refresh (self);
}

static void
save_title_cb (CbCasePage *self,
               const char *text)
{
  g_autoptr(GError) error = NULL;

  if (save (self, &(CbCaseEdit) { .title = text }, &error))
    cb_case_heading_saved (self->heading);
  else
    cb_case_heading_fail (self->heading, error);
}

static void
save_description_cb (CbCasePage *self,
                     const char *text)
{
  g_autoptr(GError) error = NULL;

  if (save (self, &(CbCaseEdit) { .description = text }, &error))
    cb_description_saved (self->description);
  else
    cb_description_fail (self->description, error);
}

static void
stop_cb (CbCasePage *self)
{
  cb_push_jobs_stop (cb_workspace_get_jobs (self->workspace), self->case_id);
}

/* GObject overrides */

static void
cb_case_page_dispose (GObject *object)
{
  CbCasePage *self = CB_CASE_PAGE (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_object (&self->workspace);
  g_clear_object (&self->row);
  g_clear_pointer (&self->case_id, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CASE_PAGE);

  G_OBJECT_CLASS (cb_case_page_parent_class)->dispose (object);
}

static void
ensure_types (void)
{
  g_type_ensure (CB_TYPE_ACTIVITY_BOX);
  g_type_ensure (CB_TYPE_CASE_HEADING);
  g_type_ensure (CB_TYPE_CASE_LAYOUT);
  g_type_ensure (CB_TYPE_COMMENTS_BOX);
  g_type_ensure (CB_TYPE_COMPOSER);
  g_type_ensure (CB_TYPE_DESCRIPTION);
  g_type_ensure (CB_TYPE_DETAILS_BOX);
  g_type_ensure (CB_TYPE_INCIDENT_BOX);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, header);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, back_button);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, menu_button);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, outer);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, views);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, switcher);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, status);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, heading);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, description);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, comments);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, incident);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, details);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, composer);
  gtk_widget_class_bind_template_child (widget_class, CbCasePage, activity);
  gtk_widget_class_bind_template_callback (widget_class, save_title_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_description_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
cb_case_page_class_init (CbCasePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_case_page_dispose;

  /**
   * CbCasePage::updated:
   * @self: a page
   *
   * Emitted after it shows another case or another state of it.
   */
  signals[SIGNAL_UPDATED] = g_signal_new ("updated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  ensure_types ();
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "case/cb-case-page.ui");
  bind_children (widget_class);
}

static void
cb_case_page_init (CbCasePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  cb_accessible_set_label (GTK_WIDGET (self->menu_button), _("Case menu"));
}

/* Public API */

/**
 * cb_case_page_set_workspace:
 * @self: a page
 * @workspace: whose cases it shows
 *
 * To be called once.
 */
void
cb_case_page_set_workspace (CbCasePage  *self,
                            CbWorkspace *workspace)
{
  g_return_if_fail (CB_IS_CASE_PAGE (self) && self->workspace == NULL);

  self->workspace = g_object_ref (workspace);
  cb_details_box_set_workspace (self->details, workspace);
  g_signal_connect_object (cb_workspace_get_cases (workspace), "changed",
                           G_CALLBACK (case_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_connectors (workspace), "changed",
                           G_CALLBACK (connectors_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_jobs (workspace), "changed",
                           G_CALLBACK (case_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cb_workspace_get_runner (workspace), "changed",
                           G_CALLBACK (queue_changed_cb), self, G_CONNECT_SWAPPED);
  show_nothing (self, NULL);
}

/**
 * cb_case_page_set_narrow:
 * @self: a page
 * @folded: whether the window shows one pane at a time
 * @list_hidden: whether the list does not stand beside the page
 *
 * Adapts its header bar.
 */
void
cb_case_page_set_narrow (CbCasePage *self,
                         gboolean    folded,
                         gboolean    list_hidden)
{
  g_return_if_fail (CB_IS_CASE_PAGE (self));

  gtk_widget_set_visible (GTK_WIDGET (self->back_button), folded);
  gtk_widget_set_visible (GTK_WIDGET (self->sidebar_button), !folded);
  adw_header_bar_set_show_start_title_buttons (self->header, folded || list_hidden);
}

/**
 * cb_case_page_show_case:
 * @self: a page
 * @case_id: (nullable): a case
 *
 * Shows a case.
 */
void
cb_case_page_show_case (CbCasePage *self,
                        const char *case_id)
{
  g_autofree char *id = g_strdup (case_id);

  g_return_if_fail (CB_IS_CASE_PAGE (self));

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_free (self->case_id);
  self->case_id = g_steal_pointer (&id);
  refresh (self);
}

/**
 * cb_case_page_get_case_id:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the case that it shows
 */
const char *
cb_case_page_get_case_id (CbCasePage *self)
{
  g_return_val_if_fail (CB_IS_CASE_PAGE (self), NULL);

  return self->case_id;
}

/**
 * cb_case_page_get_title:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the title of the case
 */
const char *
cb_case_page_get_title (CbCasePage *self)
{
  g_return_val_if_fail (CB_IS_CASE_PAGE (self), NULL);

  return self->row != NULL ? self->row->title : NULL;
}

/**
 * cb_case_page_get_connector_id:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the connector in force for the case
 */
const char *
cb_case_page_get_connector_id (CbCasePage *self)
{
  g_return_val_if_fail (CB_IS_CASE_PAGE (self), NULL);

  return self->row != NULL ? self->row->connector_id : NULL;
}

/**
 * cb_case_page_get_incident_url:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): where a person sees the case's incident
 */
const char *
cb_case_page_get_incident_url (CbCasePage *self)
{
  g_return_val_if_fail (CB_IS_CASE_PAGE (self), NULL);

  return self->row != NULL ? self->row->incident_url : NULL;
}

/**
 * cb_case_page_get_state:
 * @self: a page
 *
 * Returns: how its case stands with its destination
 */
CbPushState
cb_case_page_get_state (CbCasePage *self)
{
  g_return_val_if_fail (CB_IS_CASE_PAGE (self), CB_PUSH_NONE);

  return self->row != NULL ? self->row->state : CB_PUSH_NONE;
}

/**
 * cb_case_page_can_push:
 * @self: a page
 *
 * Returns: whether the case has something to push
 */
gboolean
cb_case_page_can_push (CbCasePage *self)
{
  g_return_val_if_fail (CB_IS_CASE_PAGE (self), FALSE);

  return self->row != NULL && cb_incident_box_can_push (self->incident);
}
