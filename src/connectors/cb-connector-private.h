/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"
#include "remote/cb-pacer.h"
#include "remote/cb-transport.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;                /* (owned) */
  char *name;              /* (owned) */
  char *url;               /* (owned): canonical */
  GHashTable *settings;    /* (owned) (element-type utf8 utf8) */
  CbDatabase *database;    /* (owned) (nullable): for the cache of metadata */
  GHashTable *metadata;    /* (owned) (element-type utf8 utf8): the same without a database */
  GHashTable *headers;     /* (owned) (element-type utf8 utf8): of each request */
  CbTransport *transport;  /* (owned) */
  CbPacer *pacer;          /* (owned) */
  GCancellable *stop;      /* (owned) (nullable): ends waits between two requests */
  guint n_requests;
  gint64 generation;       /* of its credentials */
} CbConnectorPrivate;

/**
 * CbNextFunc:
 * @task: (transfer full): the operation's task
 * @response: (transfer none): an answer with a successful status
 *
 * The next step of an operation.
 */
typedef void (*CbNextFunc) (GTask            *task,
                            const CbResponse *response);

/**
 * CbComplaint:
 * @is_error: whether the answer is an error, as far as its status tells
 * @code: what kind of error, as far as its status tells
 * @words: (owned) (nullable): what the system said
 * @field: (owned) (nullable): the field it is about
 *
 * What a system complained of.
 */
struct _CbComplaint
{
  gboolean is_error;
  CbError code;
  char *words;
  char *field;
};

CbConnectorPrivate *
             _cb_connector_get_private
                                      (CbConnector       *self);
CbConnector *_cb_connector_new        (GType              type,
                                       const char        *id,
                                       const char        *name,
                                       const char        *url,
                                       GHashTable        *settings,
                                       CbDatabase        *database,
                                       GError           **error);
char        *_cb_connector_incident_name
                                      (CbConnector       *self,
                                       const char        *text,
                                       const char *const *marks,
                                       const char        *allowed,
                                       GError           **error);
void         _cb_connector_send       (GTask             *task,
                                       CbRequest         *request,
                                       CbNextFunc         next);
void         _cb_connector_fetch      (GTask             *task,
                                       CbRequest         *request,
                                       CbNextFunc         next);
CbResponse  *_cb_connector_known      (CbConnector       *self,
                                       const char        *path);
void         _cb_connector_count_write
                                      (CbConnector       *self,
                                       const char        *key);
void         _cb_connector_fail       (GTask             *task,
                                       GError            *error);
void         _cb_connector_not_here   (GTask             *task,
                                       const CbResponse  *response);
void         _cb_connector_unexpected (GTask             *task,
                                       const CbResponse  *response);
const char  *_cb_connector_system     (CbConnector       *self);
void         _cb_connector_set_header (CbConnector       *self,
                                       const char        *name,
                                       const char        *value);
GHashTable  *_cb_tokens_scan          (const char        *text,
                                       const char        *remote_id,
                                       GHashTable        *tokens);

G_END_DECLS
