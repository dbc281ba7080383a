/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cb-app.h"
#include "cb-simulator.h"

G_BEGIN_DECLS

/* A workspace of its own with a keyring of its own, gone when it is freed. */
typedef struct
{
  char *directory;
  CbApp *app;
} CbTestWorkspace;

/* A kind of simulator with what a connector to it needs. */
typedef struct
{
  const char *kind;
  const char *type;
  const char *settings[8];
  const char *secret_key;
  const char *secret;
} CbTestSystem;

extern const CbTestSystem cb_test_systems[];
#define CB_TEST_N_SYSTEMS 4

CbTestWorkspace *cb_test_workspace_new   (void);
void             cb_test_workspace_free  (CbTestWorkspace     *workspace);
void             cb_test_workspace_reopen
                                         (CbTestWorkspace     *workspace);
char            *cb_test_add_connector   (CbTestWorkspace     *workspace,
                                          const CbTestSystem  *system,
                                          CbSimulator         *simulator,
                                          const char          *name,
                                          const char          *secret,
                                          GError             **error);
char            *cb_test_add_connector_at
                                         (CbTestWorkspace     *workspace,
                                          const CbTestSystem  *system,
                                          const char          *url,
                                          const char          *name,
                                          const char          *secret,
                                          GError             **error);
CbConnector     *cb_test_open            (CbTestWorkspace     *workspace,
                                          const char          *id);
char            *cb_test_add_case        (CbTestWorkspace     *workspace,
                                          const char          *title,
                                          const char          *description,
                                          guint                n_comments);
CbPushResult    *cb_test_push            (CbTestWorkspace     *workspace,
                                          const char          *case_id,
                                          const CbPushOptions *options);
void             cb_test_store_result    (GObject             *source,
                                          GAsyncResult        *result,
                                          gpointer             user_data);
GAsyncResult    *cb_test_wait            (GAsyncResult       **result);
JsonArray       *cb_test_incidents       (CbSimulator         *simulator,
                                          JsonNode           **state);
guint            cb_test_n_comments      (CbSimulator         *simulator);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTestWorkspace, cb_test_workspace_free)

G_END_DECLS
