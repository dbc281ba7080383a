/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  CB_SIM_SERVICENOW = 1 << 0,
  CB_SIM_JIRA_CLOUD = 1 << 1,
  CB_SIM_JIRA_DATACENTER = 1 << 2,
  CB_SIM_RESILIENT = 1 << 3,
} CbSimKind;

#define CB_SIM_JIRA (CB_SIM_JIRA_CLOUD | CB_SIM_JIRA_DATACENTER)
#define CB_SIM_ALL (CB_SIM_SERVICENOW | CB_SIM_JIRA | CB_SIM_RESILIENT)

typedef struct _CbSimOptions CbSimOptions;

gboolean      cb_sim_kind_parse          (const char         *name,
                                          CbSimKind          *kind);
CbSimOptions *cb_sim_options_new         (CbSimKind           kind);
void          cb_sim_options_free        (CbSimOptions       *self);
gboolean      cb_sim_options_set         (CbSimOptions       *self,
                                          const char         *name,
                                          const char         *value,
                                          GError            **error);
const char   *cb_sim_options_get         (const CbSimOptions *self,
                                          const char         *name);
gboolean      cb_sim_options_get_boolean (const CbSimOptions *self,
                                          const char         *name);
guint         cb_sim_options_get_number  (const CbSimOptions *self,
                                          const char         *name);
CbSimKind     cb_sim_options_get_kind    (const CbSimOptions *self);
JsonNode     *cb_sim_options_dump        (const CbSimOptions *self);
char         *cb_sim_options_help        (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSimOptions, cb_sim_options_free)

G_END_DECLS
