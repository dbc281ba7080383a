/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/common/cb-workspace.h"

/* What all windows of one data directory share. */
struct _CbWorkspace
{
  GObject parent_instance;

  CbApp *app;             /* (owned) */
  CbPushJobs *jobs;       /* (owned) */
  CbOutboxRunner *runner; /* (owned) */
  CbBulkRun *bulk;        /* (owned) */
  CbDrafts *drafts;       /* (owned) */
  GHashTable *labels;     /* (owned) (element-type utf8 utf8): of loaded choices, by choice_key() */
};

G_DEFINE_FINAL_TYPE (CbWorkspace, cb_workspace, G_TYPE_OBJECT)

/* Auxiliary methods */

static char *
choice_key (const char *connector_id,
            const char *field,
            const char *value)
{
  return g_strjoin ("\n", connector_id, field, value, NULL);
}

/* GObject overrides */

static void
cb_workspace_dispose (GObject *object)
{
  CbWorkspace *self = CB_WORKSPACE (object);

  g_clear_object (&self->runner);
  g_clear_object (&self->bulk);
  g_clear_object (&self->jobs);
  g_clear_object (&self->drafts);
  g_clear_object (&self->app);
  g_clear_pointer (&self->labels, g_hash_table_unref);

  G_OBJECT_CLASS (cb_workspace_parent_class)->dispose (object);
}

static void
cb_workspace_class_init (CbWorkspaceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_workspace_dispose;
}

static void
cb_workspace_init (CbWorkspace *self)
{
  self->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Public API */

/**
 * cb_workspace_new:
 * @app: the layers below
 *
 * Returns: (transfer full): what windows share
 */
CbWorkspace *
cb_workspace_new (CbApp *app)
{
  CbWorkspace *self = g_object_new (CB_TYPE_WORKSPACE, NULL);

  self->app = g_object_ref (app);
  self->jobs = cb_push_jobs_new (app);
  self->runner = cb_outbox_runner_new (app, self->jobs);
  self->bulk = cb_bulk_run_new (app, self->jobs);
  self->drafts = cb_drafts_new ();
  return self;
}

/**
 * cb_workspace_get_database:
 * @self: a workspace
 *
 * Returns: (transfer none): its database
 */
CbDatabase *
cb_workspace_get_database (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return cb_app_get_database (self->app);
}

/**
 * cb_workspace_get_cases:
 * @self: a workspace
 *
 * Returns: (transfer none): its cases
 */
CbCases *
cb_workspace_get_cases (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return cb_app_get_cases (self->app);
}

/**
 * cb_workspace_get_connectors:
 * @self: a workspace
 *
 * Returns: (transfer none): its connectors
 */
CbConnectors *
cb_workspace_get_connectors (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return cb_app_get_connectors (self->app);
}

/**
 * cb_workspace_get_pusher:
 * @self: a workspace
 *
 * Returns: (transfer none): what plans and pushes
 */
CbPusher *
cb_workspace_get_pusher (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return cb_app_get_pusher (self->app);
}

/**
 * cb_workspace_get_outbox:
 * @self: a workspace
 *
 * Returns: (transfer none): its pushes that are not over
 */
CbOutbox *
cb_workspace_get_outbox (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return cb_app_get_outbox (self->app);
}

/**
 * cb_workspace_get_runner:
 * @self: a workspace
 *
 * Returns: (transfer none): what runs its queue
 */
CbOutboxRunner *
cb_workspace_get_runner (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return self->runner;
}

/**
 * cb_workspace_get_bulk:
 * @self: a workspace
 *
 * Returns: (transfer none): what pushes many of its cases
 */
CbBulkRun *
cb_workspace_get_bulk (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return self->bulk;
}

/**
 * cb_workspace_get_jobs:
 * @self: a workspace
 *
 * Returns: (transfer none): the pushes of its windows
 */
CbPushJobs *
cb_workspace_get_jobs (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return self->jobs;
}

/**
 * cb_workspace_get_drafts:
 * @self: a workspace
 *
 * Returns: (transfer none): what was typed and not saved
 */
CbDrafts *
cb_workspace_get_drafts (CbWorkspace *self)
{
  g_return_val_if_fail (CB_IS_WORKSPACE (self), NULL);

  return self->drafts;
}

/**
 * cb_workspace_learn_choices:
 * @self: a workspace
 * @connector_id: a connector
 * @field: a per-case field of it
 * @choices: (element-type CbChoice): its choices
 *
 * Keeps what people call the choices, so that other windows need not show bare values.
 */
void
cb_workspace_learn_choices (CbWorkspace *self,
                            const char  *connector_id,
                            const char  *field,
                            GPtrArray   *choices)
{
  g_return_if_fail (CB_IS_WORKSPACE (self) && choices != NULL);

  for (guint i = 0; i < choices->len; i++)
    {
      CbChoice *choice = g_ptr_array_index (choices, i);

      g_hash_table_insert (self->labels, choice_key (connector_id, field, choice->value),
                           g_strdup (choice->label));
    }
}

/**
 * cb_workspace_find_label:
 * @self: a workspace
 * @connector_id: a connector
 * @field: a per-case field of it
 * @value: a value
 *
 * Returns: (transfer none): what people call the value, as far as it is known, else @value
 */
const char *
cb_workspace_find_label (CbWorkspace *self,
                         const char  *connector_id,
                         const char  *field,
                         const char  *value)
{
  g_autofree char *key = choice_key (connector_id, field, value);
  const char *label;

  g_return_val_if_fail (CB_IS_WORKSPACE (self), value);

  label = g_hash_table_lookup (self->labels, key);
  return label != NULL ? label : value;
}

/**
 * cb_workspace_poll:
 * @self: a workspace
 *
 * Looks whether another process has changed the database, and if so tells all who show it.
 */
void
cb_workspace_poll (CbWorkspace *self)
{
  g_return_if_fail (CB_IS_WORKSPACE (self));

  if (!cb_database_poll (cb_app_get_database (self->app)))
    return;
  cb_cases_changed (cb_app_get_cases (self->app), NULL);
  cb_connectors_changed (cb_app_get_connectors (self->app));
}
