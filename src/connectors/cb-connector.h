/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "base/cb-error.h"
#include "remote/cb-pacer.h"
#include "store/cb-database.h"
#include "text/cb-text.h"

G_BEGIN_DECLS

/**
 * CbFieldKind:
 *
 * What a value is; forms choose their control by it.
 */
typedef enum
{
  CB_KIND_TEXT,
  CB_KIND_LONG_TEXT,
  CB_KIND_NUMBER,
  CB_KIND_DATE,
  CB_KIND_TIME,
  CB_KIND_BOOLEAN,
  CB_KIND_CHOICE,
  CB_KIND_MULTI_CHOICE,
  CB_KIND_FILE,
  CB_KIND_JSON,
} CbFieldKind;

/**
 * CbSettingInfo:
 * @key: its name on the command line and in the database
 * @label: what a form writes beside it, untranslated
 * @help: (nullable): a sentence under it, untranslated
 * @required: whether the connector is of no use without it
 * @secret: whether it belongs in the keyring
 * @choices: (nullable): for %CB_KIND_CHOICE: the possible values, the first one counts where unset
 * @only_if: (nullable): another setting that must have the value @only_value for this one to count
 * @offered: whether the server tells its possible values to who has logged in
 *
 * One setting of a connector type.
 */
typedef struct
{
  const char *key;
  const char *label;
  const char *help;
  CbFieldKind kind;
  gboolean required;
  gboolean secret;
  const char *const *choices;
  const char *only_if;
  const char *only_value;
  gboolean offered;
} CbSettingInfo;

/**
 * CbCaseFieldInfo:
 * @key: its name on the command line and in the database
 * @label: what a form writes beside it, untranslated
 * @target: the field of the external system that gets the value
 * @depends_on: (nullable): the case field on which the choices depend
 * @is_number: whether its values are numbers over there
 *
 * One field that a case may say to a connector of this type.
 */
typedef struct
{
  const char *key;
  const char *label;
  const char *target;
  CbFieldKind kind;
  gboolean required;
  const char *depends_on;
  gboolean is_number;
} CbCaseFieldInfo;

/**
 * CbMappingAction:
 * @CB_MAPPING_OVERWRITE: a later push writes it anew
 * @CB_MAPPING_APPEND: each one is added
 * @CB_MAPPING_ADD_REMOVE: single elements are added and removed, those of others stay
 *
 * What a later push does to a field.
 */
typedef enum
{
  CB_MAPPING_OVERWRITE,
  CB_MAPPING_APPEND,
  CB_MAPPING_ADD_REMOVE,
} CbMappingAction;

/**
 * CbMapping:
 * @source: the case's field: "title", "description", "tags" or "comments"
 * @target: the field of the external system
 * @format: (nullable): brings one plain value into the form that the target takes; %NULL for Markdown
 *
 * Where a field of the case goes.
 */
typedef struct
{
  const char *source;
  const char *target;
  CbMappingAction action;
  char *(*format) (const char *value);
} CbMapping;

/**
 * CbChoice:
 * @value: what is stored and sent
 * @label: what a person reads
 *
 * One possible value.
 */
typedef struct
{
  char *value;
  char *label;
} CbChoice;

/**
 * CbTimeFormat:
 * @CB_TIME_DATE: 2026-11-24
 * @CB_TIME_ISO: 2026-11-24T08:30:00.000+0000
 * @CB_TIME_SQL: 2026-11-24 08:30:00, in UTC
 * @CB_TIME_MILLISECONDS: since 1970
 *
 * How an external system writes days and moments.
 */
typedef enum
{
  CB_TIME_DATE,
  CB_TIME_ISO,
  CB_TIME_SQL,
  CB_TIME_MILLISECONDS,
} CbTimeFormat;

/**
 * CbTargetField:
 * @id: its name in the external system
 * @label: what its people call it
 * @required: whether nothing can be created without it
 * @max_length: UTF-16 units, 0 where there is no limit or none is known
 * @choices: (element-type CbChoice) (nullable): its possible values; %NULL for those that are to be
 *   loaded by its id
 * @as_text: whether its value is sent as text, also where that looks like JSON
 * @time_format: how it writes a day or moment
 *
 * A field of the external system, as its metadata describe it.
 */
typedef struct
{
  char *id;
  char *label;
  CbFieldKind kind;
  gboolean required;
  guint max_length;
  GPtrArray *choices;
  gboolean as_text;
  CbTimeFormat time_format;
} CbTargetField;

/**
 * CbTarget:
 * @fields: (element-type CbTargetField): what the external system takes
 * @defaults: (element-type utf8 utf8): values by field for a create that has none of its own
 * @notes: (element-type utf8): what the user should know of those defaults
 * @reference_field: where the reference of a create goes
 * @reference_in_text: whether it is the last line of that field instead of its value
 * @comment_field: the field that takes comments
 * @comment_note: (nullable): who can read them, where that may surprise
 * @comment_limit: UTF-16 units, 0 for none known
 * @absence_counts: whether a look-up by reference that finds nothing proves that there is nothing
 *
 * What the destination takes, as far as it tells.
 */
typedef struct
{
  GPtrArray *fields;
  GHashTable *defaults;
  GPtrArray *notes;
  char *reference_field;
  gboolean reference_in_text;
  char *comment_field;
  char *comment_note;
  guint comment_limit;
  gboolean absence_counts;
} CbTarget;

/**
 * CbReference:
 * @text: what finds the case's incident again
 * @title: the incident's title, for systems that find no other way
 * @target: where the reference is
 *
 * What to look for.
 */
typedef struct
{
  const char *text;
  const char *title;
  const CbTarget *target;
} CbReference;

/**
 * CbIncident:
 * @id: its id in the external system
 * @title: its key or number
 * @url: where a person sees it
 * @state: (nullable): its state in the system's words
 * @closed: whether it is closed there
 * @foreign: whether it carries the case's reference but Casebridge did not make it
 * @values: (nullable): the present values of its fields; %NULL where they were not told
 * @tokens: (nullable) (element-type utf8 utf8): the tokens of the comments in it and the comments'
 *   ids; %NULL where they were not read
 * @tokens_complete: whether a comment whose token is not among @tokens is not there
 * @dropped: (nullable): fields that were sent but not taken, without an error
 *
 * What an incident looks like now.
 */
typedef struct
{
  char *id;
  char *title;
  char *url;
  char *state;
  gboolean closed;
  gboolean foreign;
  JsonObject *values;
  GHashTable *tokens;
  gboolean tokens_complete;
  GStrv dropped;
} CbIncident;

/**
 * CbSystem:
 * @product: what answered
 * @version: (nullable): its version
 * @note: what the test could not find out
 *
 * The result of a test that went well.
 */
typedef struct
{
  char *product;
  char *version;
  char *note;
} CbSystem;

typedef struct _CbResponse CbResponse;
typedef struct _CbComplaint CbComplaint;

#define CB_TYPE_CONNECTOR (cb_connector_get_type ())
G_DECLARE_DERIVABLE_TYPE (CbConnector, cb_connector, CB, CONNECTOR, GObject)

/**
 * CbConnectorClass:
 * @id: the type's name on the command line and in the database
 * @name: its name for people
 * @settings: (array length=n_settings): what a connector needs
 * @case_fields: (array length=n_case_fields): what a case may say to it
 * @mappings: (array length=n_mappings): where the case's fields go
 * @page_paths: (array zero-terminated=1): paths that belong to pages, not to the base URL
 * @text_format: the format of its texts
 * @scope_setting: (nullable): the setting that is part of the destination
 * @foreign_page: (nullable): what stands in addresses below the URL that belong to another kind of record
 * @reference_prefix: what stands before the case's id in its reference
 * @build_authorization: makes the Authorization header from settings and secrets
 * @read_error: finds the system's words and the field in an answer, and whether it is an error in
 *   spite of its status
 * @test: finds out whether it may log in and do what a push needs
 * @load_choices: reads the values of a per-case field, or of a setting that is offered
 * @load_target: reads what the destination takes
 * @find_incidents: finds incidents by reference
 * @read_incident: reads an incident by id, key, number or URL
 * @create_incident: makes an incident
 * @update_incident: changes the given fields of an incident
 * @add_comment: adds a comment to an incident
 *
 * Each operation gets its task (transfer full) and returns through it; an operation that is %NULL is
 * "not supported". No two vfuncs share state, so a type is read operation by operation.
 *
 * What a connector type is. Values are final strings: limits and formats are the plan's work.
 */
struct _CbConnectorClass
{
  GObjectClass parent_class;

  const char *id;
  const char *name;
  const CbSettingInfo *settings;
  guint n_settings;
  const CbCaseFieldInfo *case_fields;
  guint n_case_fields;
  const CbMapping *mappings;
  guint n_mappings;
  const char *const *page_paths;
  CbTextFormat text_format;
  const char *scope_setting;
  const char *foreign_page;
  const char *reference_prefix;

  char *(*build_authorization)(CbConnector         *self,
                             GHashTable          *secrets);

  void (*read_error)        (CbConnector         *self,
                             const CbResponse    *response,
                             CbComplaint         *complaint);

  void (*test)              (CbConnector         *self,
                             GTask               *task);
  void (*load_choices)      (CbConnector         *self,
                             const char          *field,
                             GHashTable          *context,
                             GTask               *task);
  void (*load_target)       (CbConnector         *self,
                             GHashTable          *fields,
                             GTask               *task);
  void (*find_incidents)    (CbConnector         *self,
                             const CbReference   *reference,
                             GTask               *task);
  void (*read_incident)     (CbConnector         *self,
                             const char          *name,
                             gboolean             with_comments,
                             GTask               *task);
  void (*create_incident)   (CbConnector         *self,
                             JsonObject          *values,
                             GTask               *task);
  void (*update_incident)   (CbConnector         *self,
                             const CbIncident    *seen,
                             JsonObject          *values,
                             GTask               *task);
  void (*add_comment)       (CbConnector         *self,
                             const char          *incident_id,
                             const char          *text,
                             GTask               *task);
};

const char  *cb_connector_get_id             (CbConnector          *self);
const char  *cb_connector_get_name           (CbConnector          *self);
const char  *cb_connector_get_url            (CbConnector          *self);
const char  *cb_connector_get_setting        (CbConnector          *self,
                                              const char           *key);
GHashTable  *cb_connector_get_settings       (CbConnector          *self);
char        *cb_connector_get_destination    (CbConnector          *self);
guint        cb_connector_get_requests       (CbConnector          *self);
CbConnector *cb_connector_dup                (CbConnector          *self,
                                              GCancellable         *stop);
void         cb_connector_set_pacer          (CbConnector          *self,
                                              CbPacer              *pacer);
gboolean     cb_connector_set_secrets        (CbConnector          *self,
                                              GHashTable           *secrets,
                                              GError              **error);
void         cb_connector_forget_metadata    (CbConnector          *self);

void         cb_connector_test_async         (CbConnector          *self,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CbSystem    *cb_connector_test_finish        (CbConnector          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         cb_connector_load_choices_async (CbConnector          *self,
                                              const char           *field,
                                              GHashTable           *context,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
GPtrArray   *cb_connector_load_choices_finish
                                             (CbConnector          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         cb_connector_load_target_async  (CbConnector          *self,
                                              GHashTable           *fields,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CbTarget    *cb_connector_load_target_finish (CbConnector          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         cb_connector_find_incidents_async
                                             (CbConnector          *self,
                                              const CbReference    *reference,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
GPtrArray   *cb_connector_find_incidents_finish
                                             (CbConnector          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         cb_connector_read_incident_async
                                             (CbConnector          *self,
                                              const char           *name,
                                              gboolean              with_comments,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CbIncident  *cb_connector_read_incident_finish
                                             (CbConnector          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         cb_connector_create_incident_async
                                             (CbConnector          *self,
                                              JsonObject           *values,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CbIncident  *cb_connector_create_incident_finish
                                             (CbConnector          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         cb_connector_update_incident_async
                                             (CbConnector          *self,
                                              const CbIncident     *seen,
                                              JsonObject           *values,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
CbIncident  *cb_connector_update_incident_finish
                                             (CbConnector          *self,
                                              GAsyncResult         *result,
                                              GError              **error);
void         cb_connector_add_comment_async  (CbConnector          *self,
                                              const char           *incident_id,
                                              const char           *text,
                                              GCancellable         *cancellable,
                                              GAsyncReadyCallback   callback,
                                              gpointer              user_data);
char        *cb_connector_add_comment_finish (CbConnector          *self,
                                              GAsyncResult         *result,
                                              GError              **error);

const CbSettingInfo   *cb_connector_class_find_setting
                                             (CbConnectorClass     *klass,
                                              const char           *key);
const CbCaseFieldInfo *cb_connector_class_find_case_field
                                             (CbConnectorClass     *klass,
                                              const char           *key);
const CbMapping       *cb_connector_class_find_mapping
                                             (CbConnectorClass     *klass,
                                              const char           *source);
gboolean               cb_connector_class_check_settings
                                             (CbConnectorClass     *klass,
                                              GHashTable           *settings,
                                              const char           *asked,
                                              GError              **error);

CbChoice      *cb_choice_new         (const char   *value,
                                      const char   *label);
void           cb_choice_free        (CbChoice     *choice);
GPtrArray     *cb_choices_new        (void);
void           cb_choices_add        (GPtrArray    *choices,
                                      const char   *value,
                                      const char   *label);
CbTarget      *cb_target_new         (void);
void           cb_target_free        (CbTarget     *target);
CbTargetField *cb_target_add         (CbTarget     *target,
                                      const char   *id,
                                      const char   *label,
                                      CbFieldKind   kind);
CbTargetField *cb_target_find        (const CbTarget *target,
                                      const char   *id);
CbIncident    *cb_incident_new       (const char   *id,
                                      const char   *title,
                                      const char   *url);
void           cb_incident_free      (CbIncident   *incident);
void           cb_system_free        (CbSystem     *system);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbChoice, cb_choice_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTarget, cb_target_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbIncident, cb_incident_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbSystem, cb_system_free)

G_END_DECLS
