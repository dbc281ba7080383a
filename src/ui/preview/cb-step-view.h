/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "cases/cb-case.h"
#include "connectors/cb-connectors.h"
#include "push/cb-plan.h"
#include "ui/common/cb-workspace.h"

G_BEGIN_DECLS

/**
 * CbStepContext:
 * @alone: whether it is shown by itself, so that its number says nothing
 *
 * What a step of a plan is shown with.
 */
typedef struct
{
  const CbCase *item;
  const CbConnectorInfo *connector;
  const CbPlan *plan;
  CbWorkspace *workspace;
  gboolean alone;
} CbStepContext;

GtkWidget *cb_step_view_new            (const CbStepContext  *context,
                                        guint                 position);
GtkWidget *cb_step_view_new_kept       (const CbStepContext  *context);
char      *cb_step_view_name_conflicts (const CbStepContext  *context);

G_END_DECLS
