/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cb-simulator-exchange.h"
#include "cb-simulator-options.h"

G_BEGIN_DECLS

/* What a simulated system is to the server. */
typedef struct {
  gpointer (*create) (CbSimOptions *options);
  void (*destroy) (gpointer system);

  void (*answer) (gpointer       system,
                  CbSimExchange *exchange);

  /* Answers with the system's usual error of a status. */
  void (*answer_error) (gpointer       system,
                        CbSimExchange *exchange,
                        guint          status);

  JsonNode *(*dump) (gpointer system);

  /* Changes an incident as if someone else had done it. */
  gboolean (*edit) (gpointer    system,
                    const char *id,
                    JsonObject *fields);
  gboolean (*remove) (gpointer    system,
                      const char *id);
} CbSimSystem;

extern const CbSimSystem cb_sim_servicenow;
extern const CbSimSystem cb_sim_jira;
extern const CbSimSystem cb_sim_resilient;

G_END_DECLS
