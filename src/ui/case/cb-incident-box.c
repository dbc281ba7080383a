/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case/cb-changes.h"
#include "ui/case/cb-incident-box.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-notice.h"
#include "ui/common/cb-pair-box.h"
#include "ui/common/cb-words.h"
#include "ui/push/cb-queue-words.h"

/* The external incident of a case: which, what was chosen for it, how it stands, and the button. */
struct _CbIncidentBox
{
  AdwBin parent_instance;

  char *case_id;      /* (owned) (nullable) */
  char *connector_id; /* (owned) (nullable): the one in force */
  const char *action; /* what the notice's button does */
  gboolean can_push;

  GtkButton *incident_button;
  GtkLabel *incident;
  GtkLabel *pushed_at;
  GtkWidget *incident_separator;
  CbPairBox *fields;
  GtkWidget *state_box;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkLabel *detail;
  GtkWidget *progress_box;
  GtkSpinner *spinner;
  GtkLabel *progress;
  GtkButton *stop_button;
  CbNotice *notice;
  CbNotice *warnings;
  GtkButton *push_button;
  GtkWidget *other_buttons;
  GtkButton *preview_button;
  GtkButton *other_button;
  GtkButton *select_button;
};

/* What there is to do about a case: the one thing that is proposed, and another one. */
typedef struct
{
  char *label;              /* (owned) */
  const char *action;
  const char *tooltip;      /* (nullable) */
  gboolean preview;
  const char *other;        /* (nullable) */
  const char *other_action;
} Choices;

enum
{
  SIGNAL_STOP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const state_styles[] = { "dim-label", "accent", "error", "warning" };

G_DEFINE_FINAL_TYPE (CbIncidentBox, cb_incident_box, ADW_TYPE_BIN)

/* Auxiliary methods */

static void
add_field (CbIncidentBox *self,
           const char    *name,
           const char    *value)
{
  GtkWidget *left = gtk_label_new (name);
  GtkWidget *right = gtk_label_new (value);

  gtk_widget_add_css_class (left, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_label_set_ellipsize (GTK_LABEL (left), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (right), 1);
  gtk_label_set_wrap (GTK_LABEL (right), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (right), PANGO_WRAP_WORD_CHAR);
  cb_pair_box_append (self->fields, left, right);
}

/* A field of several values has them joined by commas. */
static char *
value_label (CbWorkspace           *workspace,
             const char            *connector_id,
             const CbCaseFieldInfo *info,
             const char            *value)
{
  g_auto(GStrv) values = g_strsplit (value, info->kind == CB_KIND_MULTI_CHOICE ? "," : "\n", -1);

  for (guint i = 0; values[i] != NULL; i++)
    {
      const char *label = cb_workspace_find_label (workspace, connector_id, info->key,
                                                   g_strstrip (values[i]));

      if (label != values[i])
        {
          g_free (values[i]);
          values[i] = g_strdup (label);
        }
    }
  return g_strjoinv (", ", values);
}

static void
add_extra_fields (CbIncidentBox *self,
                  GHashTable    *values)
{
  g_autoptr(GList) keys = g_list_sort (g_hash_table_get_keys (values), (GCompareFunc) strcmp);

  for (GList *l = keys; l != NULL; l = l->next)
    if (g_str_has_prefix (l->data, "extra."))
      add_field (self, (char *) l->data + strlen ("extra."),
                 g_hash_table_lookup (values, l->data));
}

static void
show_fields (CbIncidentBox   *self,
             CbWorkspace     *workspace,
             CbConnectorInfo *connector)
{
  g_autoptr(GHashTable) values = NULL;

  cb_pair_box_clear (self->fields);
  add_field (self, _("Connector"), connector != NULL ? connector->name : _("None"));
  if (connector == NULL)
    return;
  values = cb_cases_get_fields (cb_workspace_get_cases (workspace), self->case_id, connector->id);
  for (guint i = 0; i < connector->klass->n_case_fields; i++)
    {
      const CbCaseFieldInfo *info = &connector->klass->case_fields[i];
      const char *value = g_hash_table_lookup (values, info->key);
      g_autofree char *label = NULL;

      if (value == NULL)
        continue;
      label = value_label (workspace, connector->id, info, value);
      add_field (self, _(info->label), label);
    }
  add_extra_fields (self, values);
}

static gint64
find_last_push (CbIncidentBox *self,
                CbWorkspace   *workspace)
{
  g_autoptr(GPtrArray) entries = cb_cases_get_activity (cb_workspace_get_cases (workspace),
                                                        self->case_id);

  for (guint i = entries->len; i > 0; i--)
    {
      CbActivity *entry = g_ptr_array_index (entries, i - 1);

      if ((g_str_equal (entry->kind, "pushed") || g_str_equal (entry->kind, "updated")) &&
          g_strcmp0 (entry->connector_id, self->connector_id) == 0)
        return entry->time;
    }
  return 0;
}

static char *
push_words (CbIncidentBox  *self,
            CbWorkspace    *workspace,
            const CbPushed *pushed)
{
  gint64 time = find_last_push (self, workspace);
  g_autofree char *moment = time > 0 ? cb_word_moment (time) : NULL;

  if (pushed != NULL && !pushed->completed)
    return g_strdup (_("Sent in part"));
  return moment != NULL ? g_strdup_printf (_("Last pushed %s"), moment)
                        : g_strdup (_("Open in the browser"));
}

static void
show_incident (CbIncidentBox  *self,
               CbWorkspace    *workspace,
               CbCaseRow      *row,
               const CbPushed *pushed)
{
  gboolean has = row->incident_title != NULL;
  g_autofree char *words = NULL;
  g_autofree char *name = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->incident_button), has);
  gtk_widget_set_visible (self->incident_separator, has);
  if (!has)
    return;
  gtk_label_set_text (self->incident, row->incident_title);
  words = push_words (self, workspace, pushed);
  gtk_label_set_text (self->pushed_at, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->incident_button), row->incident_url);
  name = g_strdup_printf (_("Open %s in the browser"), row->incident_title);
  cb_accessible_set_label (GTK_WIDGET (self->incident_button), name);
}

static void
show_sign (CbIncidentBox *self,
           CbPushState    state,
           const char    *detail)
{
  CbSign sign = cb_sign_push_state (state);

  gtk_image_set_from_icon_name (self->state_icon, sign.icon_name);
  for (guint i = 0; i < G_N_ELEMENTS (state_styles); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), state_styles[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), sign.style);
  gtk_label_set_text (self->state, sign.word);
  gtk_label_set_text (self->detail, detail != NULL ? detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->detail), detail != NULL);
}

static char *
push_label (CbCaseRow  *row,
            const char *name)
{
  if (row->incident_id == NULL)
    return g_strdup_printf (_("Push as %s incident"), name);
  if (row->state == CB_PUSH_UP_TO_DATE)
    return g_strdup_printf (_("%s incident is up to date"), name);
  return g_strdup_printf (_("Update %s incident"), name);
}

/* The incident was deleted there, or this account may not see it any more. */
static gboolean
is_gone (CbCaseRow           *row,
         const CbOutboxEntry *entry)
{
  return row->state == CB_PUSH_FAILED && row->incident_id != NULL && entry != NULL &&
         g_strcmp0 (entry->error_code, cb_error_code_name (CB_ERROR_NOT_FOUND)) == 0 &&
         g_strcmp0 (entry->error_field, "incident") == 0;
}

static Choices
find_choices (CbCaseRow           *row,
              CbConnectorInfo     *connector,
              const CbOutboxEntry *entry)
{
  gboolean is_current = row->state == CB_PUSH_UP_TO_DATE;

  if (row->state == CB_PUSH_UNCERTAIN)
    return (Choices) { g_strdup (_("Decide…")), "win.decide", NULL, FALSE, NULL, NULL };
  if (row->state == CB_PUSH_QUEUED)
    return (Choices) { g_strdup (_("Push now")), "win.push", NULL, FALSE,
                       _("Cancel queued push"), "win.cancel-queued" };
  if (is_gone (row, entry))
    return (Choices) { g_strdup (_("Create a new incident")), "win.recreate-incident", NULL, FALSE,
                       _("Unlink"), "win.unlink" };
  return (Choices) { push_label (row, connector->name), "win.push",
                     is_current ? _("No update is required") : NULL, TRUE,
                     is_current ? NULL : _("Push later"), "win.queue-push" };
}

static void
wrap_label (GtkButton *button)
{
  GtkWidget *text = gtk_button_get_child (button);

  if (!GTK_IS_LABEL (text))
    return;
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
}

static void
show_buttons (CbIncidentBox       *self,
              CbCaseRow           *row,
              CbConnectorInfo     *connector,
              const CbOutboxEntry *entry)
{
  Choices choices;

  gtk_widget_set_visible (GTK_WIDGET (self->push_button), connector != NULL);
  gtk_widget_set_visible (self->other_buttons, connector != NULL);
  if (connector == NULL)
    return;
  choices = find_choices (row, connector, entry);
  gtk_button_set_label (self->push_button, choices.label);
  g_free (choices.label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->push_button), choices.action);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->push_button), choices.tooltip);
  gtk_widget_set_visible (GTK_WIDGET (self->preview_button), choices.preview);
  gtk_widget_set_visible (GTK_WIDGET (self->other_button), choices.other != NULL);
  gtk_widget_set_visible (self->other_buttons, choices.preview || choices.other != NULL);
  if (choices.other != NULL)
    {
      gtk_button_set_label (self->other_button, choices.other);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->other_button), choices.other_action);
    }
  wrap_label (self->push_button);
  wrap_label (self->other_button);
}

/* No connector, or one that was removed meanwhile. */
static void
show_call_out (CbIncidentBox *self,
               CbWorkspace   *workspace,
               const CbCase  *item)
{
  g_autoptr(GPtrArray) all = cb_connectors_list (cb_workspace_get_connectors (workspace));
  gboolean none = all->len == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->select_button), TRUE);
  gtk_button_set_label (self->select_button, none ? _("Add connector") : _("Select connector"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->select_button),
                                  none ? "win.connections" : "win.case-connector");
  if (item->connector_source == CB_CONNECTOR_OWN)
    cb_notice_show (self->notice, CB_NOTICE_WARNING, _("Select an external connector"),
                    _("The connector of this case does not exist any more. Select another one or "
                      "make a new one."));
  else
    cb_notice_show (self->notice, CB_NOTICE_INFO, _("Select an external connector"),
                    none ? _("Add one to send this case to an external system.")
                         : _("Without one this case is not sent anywhere."));
}

static const char *
remedy (CbIncidentBox *self,
        const GError  *error,
        const char   **action)
{
  *action = NULL;
  if (error->domain != CB_ERROR)
    return NULL;
  if (error->code == CB_ERROR_AUTH_REQUIRED || error->code == CB_ERROR_AUTH_INVALID ||
      error->code == CB_ERROR_AUTH_LOCKED || error->code == CB_ERROR_FORBIDDEN ||
      error->code == CB_ERROR_TLS_UNTRUSTED)
    *action = "win.edit-connector";
  else if (error->code == CB_ERROR_INVALID_FIELD)
    *action = "win.case-connector";
  else if (error->code == CB_ERROR_CONFLICT)
    *action = "win.preview";
  else if (error->code == CB_ERROR_KEYRING_LOCKED || error->code == CB_ERROR_KEYRING_MISSING ||
           error->code == CB_ERROR_UNREACHABLE || error->code == CB_ERROR_TIMED_OUT ||
           error->code == CB_ERROR_UNAVAILABLE || error->code == CB_ERROR_RATE_LIMITED ||
           error->code == CB_ERROR_BUSY)
    *action = "win.push";
  return *action;
}

static char *
remedy_label (const char      *action,
              CbConnectorInfo *connector)
{
  if (g_str_equal (action, "win.edit-connector"))
    return g_strdup_printf (_("Update %s"), connector->name);
  if (g_str_equal (action, "win.case-connector"))
    return g_strdup (_("Edit connector fields"));
  return g_strdup (g_str_equal (action, "win.preview") ? _("Preview") : _("Try again"));
}

static void
show_error (CbIncidentBox   *self,
            CbCaseRow       *row,
            CbConnectorInfo *connector,
            const GError    *error)
{
  g_autofree char *label = NULL;

  /* What to do about these is on the buttons. */
  if (row->state == CB_PUSH_UNCERTAIN || row->state == CB_PUSH_QUEUED)
    {
      cb_notice_show (self->notice, CB_NOTICE_WARNING, NULL, error->message);
      return;
    }
  if (cb_error_is_cancelled (error))
    {
      cb_notice_show (self->notice, CB_NOTICE_INFO, _("The push was stopped"), error->message);
      return;
    }
  cb_notice_show_error (self->notice, error);
  if (remedy (self, error, &self->action) == NULL)
    return;
  label = remedy_label (self->action, connector);
  cb_notice_set_action (self->notice, label);
}

/* What is in the database was said last, whoever pushed. */
static GError *
find_error (CbCaseRow           *row,
            const CbOutboxEntry *entry,
            const CbPushJob     *job)
{
  if (row->state == CB_PUSH_UP_TO_DATE)
    return NULL;
  if (entry != NULL && entry->error_code != NULL)
    return cb_error_new (cb_error_code_parse (entry->error_code), entry->error_field, "%s",
                         entry->error_message);
  if (row->state == CB_PUSH_QUEUED || job == NULL || job->result == NULL || job->result->error == NULL)
    return NULL;
  return g_error_copy (job->result->error);
}

static void
show_result (CbIncidentBox       *self,
             CbCaseRow           *row,
             CbConnectorInfo     *connector,
             const CbOutboxEntry *entry,
             const CbPushJob     *job)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new ();
  g_autoptr(GError) error = find_error (row, entry, job);
  g_autofree char *text = NULL;

  cb_notice_hide (self->notice);
  cb_notice_hide (self->warnings);
  if (error != NULL && connector != NULL)
    show_error (self, row, connector, error);
  if (job == NULL || job->result == NULL || job->result->warnings->len == 0)
    return;
  for (guint i = 0; i < job->result->warnings->len; i++)
    g_ptr_array_add (lines, g_ptr_array_index (job->result->warnings, i));
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv ("\n", (char **) lines->pdata);
  cb_notice_show (self->warnings, CB_NOTICE_WARNING, NULL, text);
}

static void
show_progress (CbIncidentBox   *self,
               const CbPushJob *job)
{
  gboolean running = job != NULL && job->running;
  g_autofree char *words = running ? cb_push_job_words (job) : NULL;

  gtk_widget_set_visible (self->progress_box, running);
  gtk_spinner_set_spinning (self->spinner, running);
  gtk_label_set_text (self->progress, running ? words : "");
  gtk_button_set_label (self->stop_button,
                        running && job->stopping ? _("Stop now") : _("Cancel"));
  gtk_widget_set_visible (self->state_box, !running);
  if (!running)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->push_button), FALSE);
  gtk_widget_set_visible (self->other_buttons, FALSE);
  cb_notice_hide (self->notice);
  cb_notice_hide (self->warnings);
}

/* Callbacks */

static void
notice_action_cb (CbIncidentBox *self)
{
  if (g_strcmp0 (self->action, "win.edit-connector") == 0)
    gtk_widget_activate_action (GTK_WIDGET (self), self->action, "s", self->connector_id);
  else if (self->action != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), self->action, NULL);
}

static void
stop_cb (CbIncidentBox *self)
{
  g_signal_emit (self, signals[SIGNAL_STOP], 0);
}

/* GObject overrides */

static void
cb_incident_box_dispose (GObject *object)
{
  CbIncidentBox *self = CB_INCIDENT_BOX (object);

  g_clear_pointer (&self->case_id, g_free);
  g_clear_pointer (&self->connector_id, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_INCIDENT_BOX);

  G_OBJECT_CLASS (cb_incident_box_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, incident_button);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, incident);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, pushed_at);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, incident_separator);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, fields);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, state_box);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, state_icon);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, state);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, detail);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, progress_box);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, spinner);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, progress);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, stop_button);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, notice);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, warnings);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, push_button);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, other_buttons);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, preview_button);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, other_button);
  gtk_widget_class_bind_template_child (widget_class, CbIncidentBox, select_button);
  gtk_widget_class_bind_template_callback (widget_class, notice_action_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
cb_incident_box_class_init (CbIncidentBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_incident_box_dispose;

  /**
   * CbIncidentBox::stop:
   * @self: a box
   *
   * Emitted when the user wants the running push to stop.
   */
  signals[SIGNAL_STOP] = g_signal_new ("stop", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CB_TYPE_NOTICE);
  g_type_ensure (CB_TYPE_PAIR_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE "case/cb-incident-box.ui");
  bind_children (widget_class);
}

static void
cb_incident_box_init (CbIncidentBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_incident_box_show:
 * @self: a box
 * @workspace: where the case is
 * @item: a case
 * @row: how it stands
 * @connector: (nullable): the connector in force
 * @pushed: (nullable): what its destination has of the case
 *
 * Shows how a case stands with its external system.
 */
void
cb_incident_box_show (CbIncidentBox   *self,
                      CbWorkspace     *workspace,
                      const CbCase    *item,
                      CbCaseRow       *row,
                      CbConnectorInfo *connector,
                      const CbPushed  *pushed)
{
  const CbPushJob *job = cb_push_jobs_find (cb_workspace_get_jobs (workspace), item->id);
  gboolean running = job != NULL && job->running;
  g_autoptr(CbOutboxEntry) entry = NULL;
  g_autofree char *detail = NULL;

  g_return_if_fail (CB_IS_INCIDENT_BOX (self) && item != NULL && row != NULL);

  g_free (self->case_id);
  self->case_id = g_strdup (item->id);
  g_free (self->connector_id);
  self->connector_id = g_strdup (connector != NULL ? connector->id : NULL);
  self->can_push = connector != NULL && row->state != CB_PUSH_UP_TO_DATE && !running;
  if (connector != NULL)
    entry = cb_queue_find_entry (workspace, item->id, connector->destination);
  if (row->state == CB_PUSH_QUEUED && entry != NULL)
    detail = cb_queue_entry_words (workspace, entry);
  else if (connector != NULL && pushed != NULL)
    detail = cb_changes_words (item, connector->klass, pushed);
  show_incident (self, workspace, row, pushed);
  show_fields (self, workspace, connector);
  show_sign (self, connector != NULL ? row->state : CB_PUSH_NONE, detail);
  show_buttons (self, row, connector, entry);
  show_result (self, row, connector, entry, job);
  gtk_widget_set_visible (GTK_WIDGET (self->select_button), FALSE);
  if (connector == NULL)
    show_call_out (self, workspace, item);
  show_progress (self, job);
}

/**
 * cb_incident_box_can_push:
 * @self: a box
 *
 * Returns: whether there is something to push now
 */
gboolean
cb_incident_box_can_push (CbIncidentBox *self)
{
  g_return_val_if_fail (CB_IS_INCIDENT_BOX (self), FALSE);

  return self->can_push;
}
