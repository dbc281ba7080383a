/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "connectors/cb-connector-registry.h"
#include "connectors/cb-jira-connector.h"
#include "connectors/cb-resilient-connector.h"
#include "connectors/cb-servicenow-connector.h"

/* The connector types, in the order in which they are offered. */
static GType (*const builtin_types[]) (void) = {
  cb_servicenow_connector_get_type,
  cb_jira_connector_get_type,
  cb_resilient_connector_get_type,
};

static GPtrArray *classes; /* (owned) (element-type CbConnectorClass): made at first use, kept */

/* Public API */

/**
 * cb_connector_registry_get:
 *
 * Returns: (transfer none) (element-type CbConnectorClass): all connector types
 */
GPtrArray *
cb_connector_registry_get (void)
{
  if (classes == NULL)
    {
      classes = g_ptr_array_new ();
      for (guint i = 0; i < G_N_ELEMENTS (builtin_types); i++)
        cb_connector_registry_add (builtin_types[i] ());
    }
  return classes;
}

/**
 * cb_connector_registry_find:
 * @type: (nullable): a type's id
 *
 * Returns: (transfer none) (nullable): the type
 */
CbConnectorClass *
cb_connector_registry_find (const char *type)
{
  GPtrArray *all = cb_connector_registry_get ();

  for (guint i = 0; i < all->len; i++)
    {
      CbConnectorClass *klass = g_ptr_array_index (all, i);

      if (g_strcmp0 (klass->id, type) == 0)
        return klass;
    }
  return NULL;
}

/**
 * cb_connector_registry_add:
 * @type: a subclass of #CbConnector
 *
 * Adds a type behind the built-in ones.
 */
void
cb_connector_registry_add (GType type)
{
  g_return_if_fail (g_type_is_a (type, CB_TYPE_CONNECTOR));

  g_ptr_array_add (cb_connector_registry_get (), g_type_class_ref (type));
}
