/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cb-simulator-faults.h"
#include "cb-simulator-system.h"

G_BEGIN_DECLS

/* What tests may look at and change. */
typedef struct {
  CbSimOptions      *options; /* (owned) */
  CbSimFaults       *faults;  /* (owned) */
  const CbSimSystem *system;
  gpointer           state;   /* (owned) the system's */
  GPtrArray         *log;     /* (owned) of JsonObject, one for each request */
} CbSimCore;

CbSimCore  *cb_sim_core_new     (const CbSimSystem *system,
                                 CbSimOptions      *options);
void        cb_sim_core_free    (CbSimCore         *self);
void        cb_sim_core_reset   (CbSimCore         *self);
JsonObject *cb_sim_core_log     (CbSimCore         *self,
                                 CbSimExchange     *exchange);
JsonNode   *cb_sim_core_dump    (CbSimCore         *self);
JsonNode   *cb_sim_core_list    (CbSimCore         *self);
void        cb_sim_core_control (CbSimCore         *self,
                                 CbSimExchange     *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSimCore, cb_sim_core_free)

G_END_DECLS
