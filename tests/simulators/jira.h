/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cb-simulator-exchange.h"
#include "cb-simulator-options.h"

G_BEGIN_DECLS

typedef struct {
  char *key;        /* (owned) */
  char *id;         /* (owned) */
  char *name;       /* (owned) */
  guint next_issue; /* the number of the next key */
} CbJiraProject;

typedef struct {
  char    *id;      /* (owned) */
  char    *name;    /* (owned) */
  gboolean subtask;
} CbJiraType;

typedef struct {
  char          *id;         /* (owned) */
  char          *key;        /* (owned) */
  CbJiraProject *project;
  JsonObject    *fields;     /* (owned) as the REST API shows them, without comments */
  JsonObject    *properties; /* (owned) */
  GPtrArray     *comments;   /* (owned) of JsonObject */
  JsonObject    *indexed;    /* (owned) (nullable) what a search sees until visible_at */
  gint64         visible_at; /* monotonic */
  GArray        *writes;     /* (owned) of gint64, monotonic: for the burst limits */
} CbJiraIssue;

typedef struct {
  CbSimOptions *options;
  gboolean      cloud;
  GPtrArray    *projects; /* (owned) of CbJiraProject; the first is the one of the option */
  GPtrArray    *issues;   /* (owned) of CbJiraIssue */
  guint         next_issue;
  guint         next_comment;
  guint         failed_logins;
} CbJira;

typedef struct {
  JsonArray  *messages; /* (owned) */
  JsonObject *fields;   /* (owned) */
} CbJiraErrors;

typedef struct _CbJiraField CbJiraField;

/* One write to an issue, existing or new. */
typedef struct {
  CbJira        *jira;
  CbJiraProject *project;
  CbJiraType    *type;   /* (owned) */
  CbJiraIssue   *issue;  /* (nullable) NULL while it is created */
  JsonObject    *values; /* (owned) the fields as they will be stored */
  CbJiraErrors  *errors; /* (owned) */
  const char    *base_url;
} CbJiraWrite;

/* Returns an error (transfer full), or NULL and the value to store. */
typedef char *(*CbJiraCheck) (CbJiraWrite       *write,
                              const CbJiraField *field,
                              JsonNode          *value,
                              JsonNode         **stored);

struct _CbJiraField {
  const char *id;
  const char *name;
  const char *type;
  const char *items;     /* (nullable) */
  const char *custom;    /* (nullable) the type of a custom field */
  const char *option;    /* (nullable) its name in the option "required-field" */
  gboolean    required;
  gboolean    has_default;
  CbJiraCheck check;
};

/* jira-seed.c */
CbJiraProject     *cb_jira_find_project     (CbJira            *self,
                                             const char        *key_or_id);
GPtrArray         *cb_jira_seed_projects    (const char        *key);
GPtrArray         *cb_jira_list_types       (CbJira            *self,
                                             CbJiraProject     *project);
CbJiraType        *cb_jira_find_type        (CbJira            *self,
                                             CbJiraProject     *project,
                                             const char        *id);
void               cb_jira_type_free        (CbJiraType        *type);
JsonNode          *cb_jira_show_type        (CbJiraType        *type,
                                             const char        *base_url);
JsonNode          *cb_jira_show_project     (CbJira            *self,
                                             CbJiraProject     *project,
                                             const char        *base_url);
JsonNode          *cb_jira_show_user        (CbJira            *self,
                                             const char        *login);
JsonArray         *cb_jira_list_priorities  (CbJira            *self,
                                             CbJiraType        *type);
JsonArray         *cb_jira_list_options     (const CbJiraField *field);
char              *cb_jira_now              (void);

/* jira-fields.c */
gsize              cb_jira_n_fields         (void);
const CbJiraField *cb_jira_nth_field        (gsize              n);
gboolean           cb_jira_is_on_screen     (CbJira            *self,
                                             CbJiraProject     *project,
                                             CbJiraType        *type,
                                             const CbJiraField *field);
gboolean           cb_jira_is_required      (CbJira            *self,
                                             CbJiraType        *type,
                                             const CbJiraField *field);
void               cb_jira_write_fields     (CbJiraWrite       *write,
                                             JsonObject        *fields,
                                             JsonObject        *update);
void               cb_jira_write_defaults   (CbJiraWrite       *write);
char              *cb_jira_check_text_limit (CbJira            *self,
                                             const char        *text);

/* jira-issues.c */
CbJiraIssue       *cb_jira_find_issue       (CbJira            *self,
                                             const char        *id_or_key);
CbJiraIssue       *cb_jira_read_issue       (CbJira            *self,
                                             CbSimExchange     *exchange);
void               cb_jira_issue_free       (CbJiraIssue       *issue);
void               cb_jira_touch            (CbJira            *self,
                                             CbJiraIssue       *issue);
gboolean           cb_jira_admit_write      (CbJira            *self,
                                             CbJiraIssue       *issue,
                                             CbSimExchange     *exchange);
JsonNode          *cb_jira_show_issue       (CbJira            *self,
                                             CbJiraIssue       *issue,
                                             GStrv              wanted,
                                             CbSimExchange     *exchange);
JsonNode          *cb_jira_dump_issue       (CbJiraIssue       *issue);
gboolean           cb_jira_edit_issue       (CbJira            *self,
                                             CbJiraIssue       *issue,
                                             JsonObject        *fields);
void               cb_jira_create_cb        (gpointer           system,
                                             CbSimExchange     *exchange);
void               cb_jira_update_cb        (gpointer           system,
                                             CbSimExchange     *exchange);
void               cb_jira_get_cb           (gpointer           system,
                                             CbSimExchange     *exchange);

/* jira-properties.c */
gboolean           cb_jira_read_properties  (JsonNode          *node,
                                             JsonObject        *target,
                                             CbJiraErrors      *errors);
JsonNode          *cb_jira_show_properties  (JsonObject        *properties);
void               cb_jira_list_properties_cb   (gpointer system, CbSimExchange *exchange);
void               cb_jira_get_property_cb      (gpointer system, CbSimExchange *exchange);
void               cb_jira_put_property_cb      (gpointer system, CbSimExchange *exchange);
void               cb_jira_delete_property_cb   (gpointer system, CbSimExchange *exchange);
void               cb_jira_get_comment_property_cb (gpointer system, CbSimExchange *exchange);
void               cb_jira_put_comment_property_cb (gpointer system, CbSimExchange *exchange);

/* jira-comments.c */
JsonObject        *cb_jira_find_comment     (CbJira            *self,
                                             const char        *id);
JsonNode          *cb_jira_show_comment     (CbJira            *self,
                                             CbJiraIssue       *issue,
                                             JsonObject        *comment,
                                             CbSimExchange     *exchange);
JsonObject        *cb_jira_add_comment      (CbJira            *self,
                                             CbJiraIssue       *issue,
                                             const char        *text,
                                             const char        *login);
void               cb_jira_list_comments_cb (gpointer system, CbSimExchange *exchange);
void               cb_jira_get_comment_cb   (gpointer system, CbSimExchange *exchange);
void               cb_jira_add_comment_cb   (gpointer system, CbSimExchange *exchange);

/* jira-meta.c */
void               cb_jira_myself_cb        (gpointer system, CbSimExchange *exchange);
void               cb_jira_server_info_cb   (gpointer system, CbSimExchange *exchange);
void               cb_jira_projects_cb      (gpointer system, CbSimExchange *exchange);
void               cb_jira_project_search_cb
                                            (gpointer system, CbSimExchange *exchange);
void               cb_jira_project_cb       (gpointer system, CbSimExchange *exchange);
void               cb_jira_types_cb         (gpointer system, CbSimExchange *exchange);
void               cb_jira_type_fields_cb   (gpointer system, CbSimExchange *exchange);
void               cb_jira_fields_cb        (gpointer system, CbSimExchange *exchange);

/* jira-jql.c */
typedef struct _CbJiraQuery CbJiraQuery;

CbJiraQuery       *cb_jira_query_parse      (CbJira            *self,
                                             const char        *jql,
                                             char             **problem);
void               cb_jira_query_free       (CbJiraQuery       *query);
gboolean           cb_jira_query_is_bounded (CbJiraQuery       *query);
gboolean           cb_jira_query_matches    (CbJiraQuery       *query,
                                             JsonObject        *fields);
void               cb_jira_query_sort       (CbJiraQuery       *query,
                                             GPtrArray         *issues);

/* jira-search.c */
void               cb_jira_search_cb        (gpointer system, CbSimExchange *exchange);
void               cb_jira_search_jql_cb    (gpointer system, CbSimExchange *exchange);

/* jira.c */
void               cb_jira_refuse           (CbSimExchange     *exchange,
                                             guint              status,
                                             const char        *message);
CbJiraErrors      *cb_jira_errors_new       (void);
void               cb_jira_errors_free      (CbJiraErrors      *self);
gboolean           cb_jira_errors_any       (CbJiraErrors      *self);
void               cb_jira_errors_add       (CbJiraErrors      *self,
                                             const char        *field,
                                             const char        *message);
void               cb_jira_errors_answer    (CbJiraErrors      *self,
                                             CbSimExchange     *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbJiraErrors, cb_jira_errors_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbJiraType, cb_jira_type_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbJiraQuery, cb_jira_query_free)

G_END_DECLS
