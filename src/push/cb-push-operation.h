/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/cb-lock.h"
#include "cases/cb-cases.h"
#include "connectors/cb-connectors.h"
#include "push/cb-push-result.h"

G_BEGIN_DECLS

typedef struct _CbPusher CbPusher;

struct _CbPusher
{
  GObject parent_instance;

  CbCases *cases;            /* (owned) */
  CbConnectors *connectors;  /* (owned) */
  CbDatabase *database;      /* (owned) */
  char *lock_directory;      /* (owned) (nullable) */
};

typedef void (*CbPushNextFunc) (GTask *task);

/* One preview or push: its input, what it has so far, and its result. */
typedef struct
{
  gboolean dry_run;
  char *wanted_connector;    /* (owned) (nullable): %NULL for the case's own */
  CbOnConflict on_conflict;
  const CbPlan *confirmed;   /* (unowned) (nullable): the caller keeps it */
  GCancellable *stop;        /* (owned) (nullable) */
  CbProgressFunc progress;
  CbWaitFunc waiting;
  gpointer progress_data;

  CbCase *item;              /* (owned): the snapshot that this push covers */
  CbConnectorInfo *info;     /* (owned) */
  GHashTable *fields;        /* (owned) */
  char *author;              /* (owned) */
  CbPushed *pushed;          /* (owned) */
  CbLock *lock;              /* (owned) (nullable) */
  gint64 queued;             /* the queued push that this is, 0 for none */
  gint64 covered;            /* the newest push, also a queued one, that the snapshot covers */
  gboolean has_warned;
  CbConnector *connector;    /* (owned) (nullable) */
  CbTarget *target;          /* (owned) (nullable) */
  CbIncident *seen;          /* (owned) (nullable) */
  guint n_observations;      /* after someone else wrote in between */
  char *unchecked;           /* (owned) (nullable): why a preview could not read the external system */
  guint n_waits;             /* for another push of the same case */
  CbPushNextFunc observed;   /* goes on when it is known what is there */
  guint look_up;             /* how many pauses there were before the newest look-up */
  CbPlan *plan;              /* (owned) (nullable) */
  CbPlan *interrupted;       /* (owned) (nullable): the plan whose step was lost, while that is looked up */
  GError *reason;            /* (owned) (nullable): why it was lost */
  gboolean arrived;          /* whether it was found to have arrived */
  guint n_resends;
  GPtrArray *earlier;        /* (owned) (element-type CbStep): done by earlier plans of this run */
  gint64 push;               /* its number in the journal, 0 before it is there */
  guint position;            /* the step that is next, or was lost */
  gboolean creates;
  gboolean takes_lost_create;

  CbPushResult *result;      /* (owned) */
} CbPushOperation;

char            *_cb_push_lock_name          (const char           *case_id,
                                              const char           *destination);
CbPushOperation *_cb_push_operation_new      (const char           *case_id,
                                              const CbPushOptions  *options);
void             _cb_push_operation_free     (CbPushOperation      *operation);
gboolean         _cb_push_operation_load     (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              GError              **error);
gboolean         _cb_push_operation_lock     (CbPusher             *self,
                                              CbPushOperation      *operation,
                                              GError              **error);
void             _cb_push_name_incident      (CbPushOperation      *operation);
CbPlanInput      _cb_push_plan_input         (CbPushOperation      *operation);
void             _cb_push_set_string         (char                **place,
                                              const char           *value);
void             _cb_push_warn               (CbPushOperation      *operation,
                                              char                 *warning);

char            *_cb_push_find_connector     (CbPusher             *self,
                                              const CbCase         *item,
                                              GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPushOperation, _cb_push_operation_free)

G_END_DECLS
