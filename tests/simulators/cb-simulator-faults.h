/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cb-simulator-exchange.h"
#include "cb-simulator.h"

G_BEGIN_DECLS

typedef struct _CbSimFaults CbSimFaults;

/* How the answer reaches the client. */
typedef enum {
  CB_SIM_WIRE_NORMAL,
  CB_SIM_WIRE_HANG,
  CB_SIM_WIRE_CLOSE,
  CB_SIM_WIRE_RESET,
  CB_SIM_WIRE_TRUNCATE,
  CB_SIM_WIRE_SLOW,
  CB_SIM_WIRE_CHUNK_ABORT,
} CbSimWire;

/* A copy of the rule that fired. */
typedef struct {
  CbSimulatorFault rule; /* its strings are owned */
  guint            seen;
} CbSimFault;

CbSimFaults *cb_sim_faults_new         (void);
void         cb_sim_faults_free        (CbSimFaults            *self);
void         cb_sim_faults_add         (CbSimFaults            *self,
                                        const CbSimulatorFault *rule);
gboolean     cb_sim_faults_add_json    (CbSimFaults            *self,
                                        JsonObject             *rule,
                                        GError                **error);
void         cb_sim_faults_clear       (CbSimFaults            *self);
CbSimFault  *cb_sim_faults_take        (CbSimFaults            *self,
                                        CbSimExchange          *exchange);
JsonNode    *cb_sim_faults_dump        (CbSimFaults            *self);

void         cb_sim_fault_free         (CbSimFault             *self);
const char  *cb_sim_fault_get_name     (CbSimFault             *self);
CbSimWire    cb_sim_fault_get_wire     (CbSimFault             *self);
gboolean     cb_sim_fault_has_effect   (CbSimFault             *self);
void         cb_sim_fault_apply        (CbSimFault             *self,
                                        CbSimExchange          *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSimFaults, cb_sim_faults_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSimFault, cb_sim_fault_free)

G_END_DECLS
