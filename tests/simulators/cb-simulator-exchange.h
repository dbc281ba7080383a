/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

#define CB_SIM_MAX_CAPTURES 4

/* One request, and the answer as far as it is known. */
typedef struct {
  const char         *method;
  char               *target;   /* (owned) path and query as received */
  char               *path;     /* (owned) without base path and query, still percent-encoded */
  char               *query;    /* (owned) (nullable) still percent-encoded */
  GHashTable         *params;   /* (owned) the query's parameters, decoded; the last of a name */
  SoupMessageHeaders *headers;  /* (owned) */
  char               *body;     /* (owned) NUL after the last byte */
  gsize               length;
  const char         *base_url;
  /* (owned) what the route's stars matched, decoded */
  char               *captures[CB_SIM_MAX_CAPTURES];

  guint               status;
  SoupMessageHeaders *answer_headers; /* (owned) */
  char               *answer_type;    /* (owned) (nullable) */
  JsonNode           *answer_node;    /* (owned) (nullable) */
  GBytes             *answer_bytes;   /* (owned) (nullable) where it is no JSON */
} CbSimExchange;

typedef void (*CbSimHandler) (gpointer       system,
                              CbSimExchange *exchange);

typedef struct {
  const char  *method;
  const char  *pattern; /* `*` is one segment */
  CbSimHandler handler;
} CbSimRoute;

CbSimExchange    *cb_sim_exchange_new             (SoupServerMessage *message,
                                                   const char        *base_path,
                                                   const char        *base_url);
void              cb_sim_exchange_free            (CbSimExchange     *self);
const char       *cb_sim_exchange_header          (CbSimExchange     *self,
                                                   const char        *name);
const char       *cb_sim_exchange_param           (CbSimExchange     *self,
                                                   const char        *name);
guint             cb_sim_exchange_number_param    (CbSimExchange     *self,
                                                   const char        *name,
                                                   guint              fallback);
GStrv             cb_sim_exchange_all_params      (CbSimExchange     *self,
                                                   const char        *name);
JsonObject       *cb_sim_exchange_parse_object    (CbSimExchange     *self);
gboolean          cb_sim_exchange_accepts         (CbSimExchange     *self,
                                                   const char        *type);
gboolean          cb_sim_exchange_has_json_body   (CbSimExchange     *self);
gboolean          cb_sim_exchange_is_write        (CbSimExchange     *self);
char             *cb_sim_exchange_credentials     (CbSimExchange     *self,
                                                   const char        *scheme);
void              cb_sim_exchange_answer          (CbSimExchange     *self,
                                                   guint              status,
                                                   JsonNode          *node);
void              cb_sim_exchange_answer_text     (CbSimExchange     *self,
                                                   guint              status,
                                                   const char        *type,
                                                   const char        *text);
void              cb_sim_exchange_answer_bytes    (CbSimExchange     *self,
                                                   guint              status,
                                                   const char        *type,
                                                   GBytes            *bytes);
void              cb_sim_exchange_answer_header   (CbSimExchange     *self,
                                                   const char        *name,
                                                   const char        *value);
GBytes           *cb_sim_exchange_get_answer      (CbSimExchange     *self);
const CbSimRoute *cb_sim_exchange_find_route      (CbSimExchange     *self,
                                                   const CbSimRoute  *routes,
                                                   gsize              n_routes,
                                                   gboolean          *known_path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSimExchange, cb_sim_exchange_free)

G_END_DECLS
