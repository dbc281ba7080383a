/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cb-simulator-exchange.h"
#include "cb-simulator-options.h"

G_BEGIN_DECLS

typedef struct {
  const char *table;     /* where the column is defined: task or incident */
  const char *element;
  const char *label;
  const char *type;
  const char *reference; /* (nullable) the table that it points to */
  const char *fallback;
  guint       max_length;
  gboolean    read_only;
} CbServiceNowColumn;

typedef struct {
  CbSimOptions *options;
  GPtrArray    *incidents; /* (owned) of JsonObject, all values strings */
  GPtrArray    *journal;   /* (owned) rows of sys_journal_field, oldest first */
  GPtrArray    *choices;   /* (owned) rows of sys_choice */
  GPtrArray    *users;     /* (owned) rows of sys_user */
  guint         next_number;
  CbServiceNowColumn extra; /* the one of the option "mandatory-field" */
} CbServiceNow;

typedef enum {
  CB_SERVICENOW_RAW,
  CB_SERVICENOW_DISPLAY,
  CB_SERVICENOW_ALL,
} CbServiceNowDisplay;

/* servicenow-seed.c */
gsize                     cb_servicenow_n_columns       (CbServiceNow  *self);
const CbServiceNowColumn *cb_servicenow_nth_column      (CbServiceNow  *self,
                                                         gsize          n);
const CbServiceNowColumn *cb_servicenow_find_column     (CbServiceNow  *self,
                                                         const char    *element);
guint                     cb_servicenow_max_length      (CbServiceNow  *self,
                                                         const CbServiceNowColumn *column);
GPtrArray                *cb_servicenow_seed_choices    (void);
GPtrArray                *cb_servicenow_seed_users      (const char    *user);
GPtrArray                *cb_servicenow_list_dictionary (CbServiceNow  *self);
char                     *cb_servicenow_new_sys_id      (void);
char                     *cb_servicenow_now             (void);

/* servicenow-query.c */
GPtrArray *cb_servicenow_select (GPtrArray  *rows,
                                 const char *query,
                                 GHashTable *params,
                                 gboolean    unknown_matches_nothing);

/* servicenow-record.c */
gboolean    cb_servicenow_apply     (CbServiceNow       *self,
                                     JsonObject         *record,
                                     JsonObject         *values,
                                     const char         *login);
JsonObject *cb_servicenow_new_record (CbServiceNow      *self,
                                      const char        *login);
JsonObject *cb_servicenow_find      (CbServiceNow       *self,
                                     const char         *id);
JsonNode   *cb_servicenow_show      (CbServiceNow       *self,
                                     const char         *table,
                                     JsonObject         *record,
                                     CbSimExchange      *exchange);

G_END_DECLS
