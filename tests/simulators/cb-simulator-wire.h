/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cb-simulator-exchange.h"
#include "cb-simulator-faults.h"

G_BEGIN_DECLS

typedef struct _CbSimWires CbSimWires;

CbSimWires *cb_sim_wires_new  (GMainContext           *context);
void        cb_sim_wires_free (CbSimWires             *self);
void        cb_sim_wires_send (CbSimWires             *self,
                               SoupServerMessage      *message,
                               CbSimExchange          *exchange,
                               CbSimWire               wire,
                               const CbSimulatorFault *rule);
void        cb_sim_wire_apply (SoupServerMessage      *message,
                               CbSimExchange          *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSimWires, cb_sim_wires_free)

G_END_DECLS
