/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cb-simulator-exchange.h"
#include "cb-simulator-options.h"

G_BEGIN_DECLS

typedef struct {
  gint64      id;
  gint64      org;
  gint64      vers;
  JsonObject *values;   /* (owned) by field name, custom ones too, as the REST API shows them */
  GPtrArray  *comments; /* (owned) of JsonObject */
} CbResilientIncident;

typedef struct {
  CbSimOptions *options;
  GPtrArray    *incidents; /* (owned) of CbResilientIncident */
  gint64        next_incident;
  gint64        next_comment;
  gint64        last_time;
} CbResilient;

typedef struct {
  const char *name;
  const char *label;
  const char *input_type;
  gboolean    custom;     /* shown and sent under "properties" */
  gboolean    read_only;
  gboolean    required;
  gboolean    requirable; /* the option "required-field" may make it required */
} CbResilientField;

/* resilient-fields.c */
gsize                   cb_resilient_n_fields    (void);
const CbResilientField *cb_resilient_nth_field   (gsize                   n);
const CbResilientField *cb_resilient_find_field  (const char             *name);
gboolean                cb_resilient_is_required (CbResilient            *self,
                                                  const CbResilientField *field);
JsonNode               *cb_resilient_show_field  (CbResilient            *self,
                                                  const CbResilientField *field);
const char             *cb_resilient_value_label (const CbResilientField *field,
                                                  gint64                  value);
char                   *cb_resilient_read_plain  (const CbResilientField *field,
                                                  JsonNode               *node,
                                                  JsonNode              **value);
char                   *cb_resilient_read_typed  (const CbResilientField *field,
                                                  JsonNode               *node,
                                                  JsonNode              **value);
gboolean                cb_resilient_is_same     (JsonNode               *a,
                                                  JsonNode               *b);

/* resilient-richtext.c */
char                   *cb_resilient_clean_text  (const char             *format,
                                                  const char             *content);

/* resilient-incidents.c */
gint64                  cb_resilient_now         (CbResilient            *self);
void                    cb_resilient_incident_free (CbResilientIncident  *incident);
CbResilientIncident    *cb_resilient_find        (CbResilient            *self,
                                                  const char             *id);
CbResilientIncident    *cb_resilient_read        (CbResilient            *self,
                                                  CbSimExchange          *exchange);
void                    cb_resilient_touch       (CbResilient            *self,
                                                  CbResilientIncident    *incident);
gboolean                cb_resilient_may         (CbResilient            *self,
                                                  const char             *option,
                                                  CbSimExchange          *exchange);
gboolean                cb_resilient_check_output (CbSimExchange         *exchange);
JsonNode               *cb_resilient_show_text   (JsonNode               *value,
                                                  CbSimExchange          *exchange);
JsonNode               *cb_resilient_show        (CbResilientIncident    *incident,
                                                  CbSimExchange          *exchange);
JsonNode               *cb_resilient_dump        (CbResilientIncident    *incident);
gboolean                cb_resilient_edit        (CbResilient            *self,
                                                  CbResilientIncident    *incident,
                                                  JsonObject             *fields);
void                    cb_resilient_create_cb   (gpointer system, CbSimExchange *exchange);
void                    cb_resilient_get_cb      (gpointer system, CbSimExchange *exchange);
void                    cb_resilient_query_cb    (gpointer system, CbSimExchange *exchange);

/* resilient-patch.c */
void                    cb_resilient_patch_cb    (gpointer system, CbSimExchange *exchange);

/* resilient-comments.c */
JsonObject             *cb_resilient_add_comment (CbResilient            *self,
                                                  CbResilientIncident    *incident,
                                                  const char             *format,
                                                  const char             *content,
                                                  const char             *author);
void                    cb_resilient_list_comments_cb (gpointer system, CbSimExchange *exchange);
void                    cb_resilient_add_comment_cb   (gpointer system, CbSimExchange *exchange);

/* resilient.c */
void                    cb_resilient_refuse      (CbSimExchange          *exchange,
                                                  guint                   status,
                                                  const char             *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbResilientIncident, cb_resilient_incident_free)

G_END_DECLS
