/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-words.h"
#include "ui/connections/cb-mapping-table.h"

/* Where the fields of a case go. Fixed for each type, so there is nothing to edit. */
struct _CbMappingTable
{
  AdwBin parent_instance;

  GtkGrid *grid; /* not owned: the child */
};

G_DEFINE_FINAL_TYPE (CbMappingTable, cb_mapping_table, ADW_TYPE_BIN)

/* Auxiliary methods */

static void
add_cell (CbMappingTable *self,
          int             column,
          int             row,
          const char     *text,
          const char     *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
}

/* Some types let a setting choose the target of a field, for example comments. */
static const char *
target_of (const CbConnectorInfo *connector,
           const CbMapping       *mapping)
{
  for (guint i = 0; i < connector->klass->n_settings; i++)
    {
      const CbSettingInfo *info = &connector->klass->settings[i];
      const char *value = g_hash_table_lookup (connector->settings, info->key);

      if (info->choices != NULL && value != NULL &&
          g_strv_contains (info->choices, mapping->target) && g_strv_contains (info->choices, value))
        return value;
    }
  return mapping->target;
}

/* GObject overrides */

static void
cb_mapping_table_class_init (CbMappingTableClass *klass)
{
}

static void
cb_mapping_table_init (CbMappingTable *self)
{
  GtkWidget *grid = gtk_grid_new ();

  self->grid = GTK_GRID (grid);
  gtk_grid_set_column_spacing (self->grid, 18);
  gtk_grid_set_row_spacing (self->grid, 12);
  gtk_widget_add_css_class (grid, "row-content");
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  adw_bin_set_child (ADW_BIN (self), grid);
}

/* Public API */

/**
 * cb_mapping_table_show:
 * @self: a table
 * @connector: a connector
 *
 * Shows the mapping of a connector's type.
 */
void
cb_mapping_table_show (CbMappingTable        *self,
                       const CbConnectorInfo *connector)
{
  g_autofree char *target = g_strdup_printf (_("%s field"), connector->klass->name);
  GtkWidget *child;

  g_return_if_fail (CB_IS_MAPPING_TABLE (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  add_cell (self, 0, 0, _("Case field"), "heading");
  add_cell (self, 1, 0, target, "heading");
  add_cell (self, 2, 0, _("On edit and update"), "heading");
  for (guint i = 0; i < connector->klass->n_mappings; i++)
    {
      const CbMapping *mapping = &connector->klass->mappings[i];

      add_cell (self, 0, i + 1, cb_word_case_field (mapping->source), NULL);
      add_cell (self, 1, i + 1, target_of (connector, mapping), "monospace");
      add_cell (self, 2, i + 1, cb_word_mapping_action (mapping->action), NULL);
    }
}
