/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CbSimulatorFaultKind:
 * @CB_FAULT_DELAY: the answer comes after `milliseconds`
 * @CB_FAULT_HANG: no answer ever comes
 * @CB_FAULT_LOST: the request takes effect, then the connection is closed without an answer
 * @CB_FAULT_RESET: the connection is reset and the request has no effect
 * @CB_FAULT_STATUS: `status` with `headers` and `body`; without a body the system's own error
 * @CB_FAULT_TRUNCATE: half of the real answer, then the connection is closed
 * @CB_FAULT_CONTENT_TYPE: the real answer with another `content_type` (text/plain)
 * @CB_FAULT_HTML: 200 and a login page in HTML
 * @CB_FAULT_REDIRECT: `status` (302) to `url`
 * @CB_FAULT_SLOW: the real answer in pieces of `size` bytes (16), `milliseconds` (100) between them
 * @CB_FAULT_HUGE: 200 and a JSON string of `size` bytes (16 MiB)
 * @CB_FAULT_BOMB: the same, compressed with gzip
 * @CB_FAULT_DEEP: 200 and JSON arrays `depth` deep (10 000)
 * @CB_FAULT_CHUNK_ABORT: a chunked answer that ends within a chunk
 */
typedef enum {
  CB_FAULT_DELAY,
  CB_FAULT_HANG,
  CB_FAULT_LOST,
  CB_FAULT_RESET,
  CB_FAULT_STATUS,
  CB_FAULT_TRUNCATE,
  CB_FAULT_CONTENT_TYPE,
  CB_FAULT_HTML,
  CB_FAULT_REDIRECT,
  CB_FAULT_SLOW,
  CB_FAULT_HUGE,
  CB_FAULT_BOMB,
  CB_FAULT_DEEP,
  CB_FAULT_CHUNK_ABORT,
} CbSimulatorFaultKind;

/* Whether the request takes effect. By default it does with DELAY, LOST, TRUNCATE, CONTENT_TYPE,
 * SLOW and CHUNK_ABORT. NO with DELAY means that it takes effect at the end of the delay. */
typedef enum {
  CB_FAULT_EFFECT_DEFAULT,
  CB_FAULT_EFFECT_YES,
  CB_FAULT_EFFECT_NO,
} CbSimulatorFaultEffect;

#define CB_FAULT_FOREVER G_MAXUINT

/* Members that are zero or NULL mean the default. */
typedef struct {
  CbSimulatorFaultKind   kind;
  const char            *method;       /* (nullable) any */
  const char            *path;         /* (nullable) any; a glob for the path below base path */
  guint                  nth;          /* the first match that fails; 0 and 1 are the next one */
  guint                  count;        /* how many fail from there; 0 and 1 are one */
  CbSimulatorFaultEffect effect;
  guint                  milliseconds; /* also a wait before every other fault */
  guint                  status;
  const char            *headers;      /* (nullable) lines "Name: value" */
  const char            *body;         /* (nullable) */
  const char            *content_type; /* (nullable) */
  const char            *url;          /* (nullable) */
  gsize                  size;
  guint                  depth;
} CbSimulatorFault;

typedef struct _CbSimulator CbSimulator;

CbSimulator *cb_simulator_start              (const char             *kind,
                                              ...) G_GNUC_NULL_TERMINATED;
CbSimulator *cb_simulator_start_with_options (const char             *kind,
                                              GHashTable             *options,
                                              GError                **error);
void         cb_simulator_stop               (CbSimulator            *self);
const char  *cb_simulator_get_url            (CbSimulator            *self);
gboolean     cb_simulator_set_option         (CbSimulator            *self,
                                              const char             *name,
                                              const char             *value);
void         cb_simulator_add_fault          (CbSimulator            *self,
                                              const CbSimulatorFault *fault);
void         cb_simulator_clear_faults       (CbSimulator            *self);
JsonNode    *cb_simulator_get_state          (CbSimulator            *self);
JsonNode    *cb_simulator_get_requests       (CbSimulator            *self);
guint        cb_simulator_count_requests     (CbSimulator            *self,
                                              const char             *method,
                                              const char             *path);
void         cb_simulator_clear_requests     (CbSimulator            *self);
gboolean     cb_simulator_edit_incident      (CbSimulator            *self,
                                              const char             *id,
                                              const char             *fields);
gboolean     cb_simulator_delete_incident    (CbSimulator            *self,
                                              const char             *id);
void         cb_simulator_reset              (CbSimulator            *self);
char        *cb_simulator_list_options       (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSimulator, cb_simulator_stop)

G_END_DECLS
