/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-accessible.h"
#include "ui/common/cb-words.h"
#include "ui/connections/cb-connector-row.h"

/* One connector in the list: its name, and below it the state it is in. */
struct _CbConnectorRow
{
  AdwPreferencesRow parent_instance;

  CbConnectors *connectors;  /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): of asking the keyring */
  char *id;                  /* (owned) (nullable) */
  char *place;               /* (owned) (nullable): type and project, as the second line ends */

  GtkLabel *name;
  GtkImage *icon;
  GtkLabel *state;
  GtkLabel *message;
  GtkButton *update;
  GtkLabel *update_label;
  GtkButton *remove;
};

/* For the callback: the row may show another connector by then. */
typedef struct
{
  CbConnectorRow *row;       /* (owned) */
  GCancellable *cancellable; /* (owned) */
} Probe;

enum
{
  SIGNAL_UPDATE,
  SIGNAL_REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbConnectorRow, cb_connector_row, ADW_TYPE_PREFERENCES_ROW)

/* Auxiliary methods */

static void
probe_free (Probe *probe)
{
  g_clear_object (&probe->row);
  g_clear_object (&probe->cancellable);
  g_free (probe);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Probe, probe_free)

static void
show_state (CbConnectorRow *self,
            const char     *icon_name,
            const char     *style,
            const char     *words,
            const char     *message)
{
  static const char *const styles[] = { "error", "warning", "success" };
  g_autofree char *line = g_strdup_printf ("%s · %s", words, self->place);

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), styles[i]);
  if (style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_label_set_text (self->state, line);
  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  cb_accessible_set_description (GTK_WIDGET (self), line);
}

static void
show_test (CbConnectorRow        *self,
           const CbConnectorInfo *info)
{
  g_autofree char *moment = info->tested_at != 0 ? cb_word_moment (info->tested_at) : NULL;
  g_autofree char *words = NULL;

  if (moment == NULL)
    {
      show_state (self, "cb-never-symbolic", NULL, _("Not tested yet"), NULL);
      return;
    }
  if (info->test_code == NULL)
    {
      words = g_strdup_printf (_("Worked %s"), moment);
      show_state (self, "object-select-symbolic", "success", words, NULL);
      return;
    }
  words = g_strdup_printf (_("Failed %s"), moment);
  show_state (self, "cb-failed-symbolic", "error", words, info->test_message);
}

static void
show_missing (CbConnectorRow *self)
{
  show_state (self, "cb-failed-symbolic", "error", _("Secrets are missing"),
              _("Nothing can be sent. Update the connector and enter them."));
}

static void
show_keyring (CbConnectorRow *self,
              const GError   *error)
{
  gboolean locked = g_error_matches (error, CB_ERROR, CB_ERROR_KEYRING_LOCKED);

  show_state (self, locked ? "changes-prevent-symbolic" : "cb-failed-symbolic",
              locked ? "warning" : "error", locked ? _("Keyring locked") : _("No keyring"),
              error->message);
}

static char *
describe_place (const CbConnectorInfo *info)
{
  const char *scope = info->klass->scope_setting != NULL
                        ? g_hash_table_lookup (info->settings, info->klass->scope_setting) : NULL;

  return g_strjoin (", ", info->klass->name, scope, NULL);
}

/* Callbacks */

static void
probed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(Probe) probe = user_data;
  g_autoptr(GError) error = NULL;
  gboolean there = cb_connectors_probe_finish (CB_CONNECTORS (source), result, &error);

  if (g_cancellable_is_cancelled (probe->cancellable) || cb_error_is_cancelled (error))
    return;
  if (error != NULL)
    show_keyring (probe->row, error);
  else if (!there)
    show_missing (probe->row);
}

static void
update_cb (CbConnectorRow *self)
{
  g_signal_emit (self, signals[SIGNAL_UPDATE], 0);
}

static void
remove_cb (CbConnectorRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

/* GObject overrides */

static void
cb_connector_row_dispose (GObject *object)
{
  CbConnectorRow *self = CB_CONNECTOR_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connectors);
  gtk_widget_dispose_template (GTK_WIDGET (object), CB_TYPE_CONNECTOR_ROW);

  G_OBJECT_CLASS (cb_connector_row_parent_class)->dispose (object);
}

static void
cb_connector_row_finalize (GObject *object)
{
  CbConnectorRow *self = CB_CONNECTOR_ROW (object);

  g_free (self->id);
  g_free (self->place);

  G_OBJECT_CLASS (cb_connector_row_parent_class)->finalize (object);
}

static void
cb_connector_row_class_init (CbConnectorRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cb_connector_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_connector_row_finalize;

  /**
   * CbConnectorRow::update:
   * @self: a row
   *
   * Emitted when the user wants to update the connector.
   */
  signals[SIGNAL_UPDATE] = g_signal_new ("update", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  /**
   * CbConnectorRow::remove:
   * @self: a row
   *
   * Emitted when the user wants to remove the connector.
   */
  signals[SIGNAL_REMOVE] = g_signal_new ("remove", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, CB_RESOURCE
                                               "connections/cb-connector-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CbConnectorRow, name);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorRow, state);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorRow, message);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorRow, update);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorRow, update_label);
  gtk_widget_class_bind_template_child (widget_class, CbConnectorRow, remove);
  gtk_widget_class_bind_template_callback (widget_class, update_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
cb_connector_row_init (CbConnectorRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public API */

/**
 * cb_connector_row_new:
 * @connectors: the connectors
 *
 * Returns: (transfer floating): a row that shows none of them yet
 */
GtkWidget *
cb_connector_row_new (CbConnectors *connectors)
{
  CbConnectorRow *self = g_object_new (CB_TYPE_CONNECTOR_ROW, NULL);

  self->connectors = g_object_ref (connectors);
  return GTK_WIDGET (self);
}

/**
 * cb_connector_row_show:
 * @self: a row
 * @info: a connector; not kept
 *
 * Shows a connector, its state, and whether the keyring has its secrets.
 */
void
cb_connector_row_show (CbConnectorRow        *self,
                       const CbConnectorInfo *info)
{
  g_autofree char *update = g_strdup_printf (_("Update %s"), info->name);
  g_autofree char *removal = g_strdup_printf (_("Remove %s"), info->name);
  Probe *probe;

  g_return_if_fail (CB_IS_CONNECTOR_ROW (self) && info != NULL);

  g_free (self->id);
  g_free (self->place);
  self->id = g_strdup (info->id);
  self->place = describe_place (info);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), info->name);
  cb_accessible_set_label (GTK_WIDGET (self), info->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), info->url);
  gtk_label_set_text (self->name, info->name);
  gtk_label_set_text (self->update_label, update);
  cb_accessible_set_label (GTK_WIDGET (self->update), update);
  cb_accessible_set_label (GTK_WIDGET (self->remove), removal);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->remove), removal);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (!info->has_secrets)
    {
      show_missing (self);
      return;
    }
  show_test (self, info);
  self->cancellable = g_cancellable_new ();
  probe = g_new0 (Probe, 1);
  probe->row = g_object_ref (self);
  probe->cancellable = g_object_ref (self->cancellable);
  cb_connectors_probe_async (self->connectors, info, self->cancellable, probed_cb, probe);
}

/**
 * cb_connector_row_get_id:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the id of the connector that it shows
 */
const char *
cb_connector_row_get_id (CbConnectorRow *self)
{
  g_return_val_if_fail (CB_IS_CONNECTOR_ROW (self), NULL);

  return self->id;
}
