/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "cli/cb-cli-commands.h"
#include "cli/cb-cli-error.h"
#include "cli/cb-cli-keys.h"
#include "cli/cb-cli-loop.h"
#include "cli/cb-cli-output.h"
#include "cli/cb-cli-secrets.h"
#include "connectors/cb-connector-registry.h"
#include "push/cb-journal.h"
#include "remote/cb-tls.h"

/* What add and update are given. */
typedef struct
{
  char *type;
  char *name;
  char *url;
  GStrv pairs;
  gboolean secrets_stdin;
} Arguments;

static const char *const kind_names[] = {
  [CB_KIND_TEXT] = "text",
  [CB_KIND_LONG_TEXT] = "text",
  [CB_KIND_NUMBER] = "number",
  [CB_KIND_DATE] = "date",
  [CB_KIND_TIME] = "date",
  [CB_KIND_BOOLEAN] = "boolean",
  [CB_KIND_CHOICE] = "choice",
  [CB_KIND_MULTI_CHOICE] = "multi-choice",
  [CB_KIND_FILE] = "file",
  [CB_KIND_JSON] = "json",
};

/* Auxiliary methods */

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->type);
  g_free (arguments->name);
  g_free (arguments->url);
  g_strfreev (arguments->pairs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static CbConnectors *
open_connectors (CbCli   *cli,
                 GError **error)
{
  CbApp *app = cb_cli_open (cli, error);

  return app != NULL ? cb_app_get_connectors (app) : NULL;
}

static CbConnectorInfo *
find_connector (CbCli       *cli,
                const char  *name,
                GError     **error)
{
  CbConnectors *connectors = open_connectors (cli, error);
  g_autofree char *id = connectors != NULL ? cb_connectors_resolve (connectors, name, error) : NULL;

  return id != NULL ? cb_connectors_get (connectors, id, error) : NULL;
}

/* A certificate's content says nothing to a person, and it is long. */
static JsonNode *
setting_node (const CbSettingInfo *setting,
              const char          *value)
{
  g_autofree char *fingerprint = NULL;
  g_autofree char *subject = NULL;
  JsonObject *object;

  if (setting == NULL || setting->kind != CB_KIND_FILE)
    return cb_json_node_new_string (value);
  subject = cb_tls_certificate_describe (value, &fingerprint, NULL);
  object = json_object_new ();
  cb_json_set_string (object, "subject", subject);
  cb_json_set_string (object, "fingerprint", fingerprint);
  return cb_json_node_new_object (object);
}

static JsonObject *
settings_to_json (const CbConnectorInfo *info)
{
  JsonObject *object = json_object_new ();
  g_autoptr(GList) keys = cb_cli_sorted_keys (info->settings);

  for (GList *l = keys; l != NULL; l = l->next)
    json_object_set_member (object, l->data,
                            setting_node (cb_connector_class_find_setting (info->klass, l->data),
                                          g_hash_table_lookup (info->settings, l->data)));
  return object;
}

static JsonObject *
connector_to_json (const CbConnectorInfo *info,
                   const char            *default_id)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", info->id);
  json_object_set_string_member (object, "name", info->name);
  json_object_set_string_member (object, "type", info->klass->id);
  json_object_set_string_member (object, "url", info->url);
  json_object_set_object_member (object, "settings", settings_to_json (info));
  json_object_set_boolean_member (object, "default", g_strcmp0 (info->id, default_id) == 0);
  json_object_set_boolean_member (object, "has_secrets", info->has_secrets);
  return object;
}

static void
add_setting_row (CbTable    *table,
                 const char *key,
                 JsonNode   *value)
{
  JsonObject *certificate = cb_json_node_object (value);

  if (certificate == NULL)
    {
      cb_table_add (table, key, json_node_get_string (value), NULL);
      return;
    }
  cb_table_add (table, key, cb_json_string (certificate, "subject"), NULL);
  cb_table_add (table, "", cb_json_string (certificate, "fingerprint"), NULL);
}

static void
say_connector (const CbConnectorInfo *info,
               const char            *default_id)
{
  g_autoptr(JsonObject) settings = settings_to_json (info);
  g_autoptr(GList) keys = json_object_get_members (settings);
  g_autoptr(CbTable) table = cb_table_new (NULL, NULL);

  cb_cli_say_painted (CB_PAINT_BOLD, info->name);
  cb_cli_say ("\n");
  cb_table_add (table, "id", info->id, NULL);
  cb_table_add (table, "type", info->klass->id, NULL);
  cb_table_add (table, "url", info->url, NULL);
  for (GList *l = keys; l != NULL; l = l->next)
    add_setting_row (table, l->data, json_object_get_member (settings, l->data));
  cb_table_add (table, "default", g_strcmp0 (info->id, default_id) == 0 ? _("yes") : _("no"), NULL);
  cb_table_add (table, "secrets", info->has_secrets ? _("in the keyring") : _("missing"), NULL);
  cb_table_print (table);
}

static gboolean
print_connector (CbCli       *cli,
                 const char  *id,
                 GError     **error)
{
  CbConnectors *connectors = open_connectors (cli, error);
  g_autoptr(CbConnectorInfo) info = cb_connectors_get (connectors, id, error);
  g_autofree char *default_id = cb_connectors_get_default (connectors);
  g_autoptr(JsonObject) document = NULL;

  if (info == NULL)
    return FALSE;
  if (!cli->json)
    {
      say_connector (info, default_id);
      return TRUE;
    }
  document = cb_cli_document_new ();
  json_object_set_object_member (document, "connector", connector_to_json (info, default_id));
  cb_cli_print_document (document);
  return TRUE;
}

static gboolean
take_setting (CbCli             *cli,
              CbConnectorClass  *klass,
              const char        *pair,
              GHashTable        *settings,
              GError           **error)
{
  g_autofree char *key = NULL;
  const char *value;
  const CbSettingInfo *info;
  char *content;

  if (!cb_cli_split_pair (pair, &key, &value, error) ||
      !cb_cli_check_setting (klass, key, value, error))
    return FALSE;
  info = cb_connector_class_find_setting (klass, key);
  if (info != NULL && info->kind == CB_KIND_FILE && *value != '\0')
    content = cb_cli_read_text (cli, value, key, error);
  else
    content = cb_cli_check_text (value, key, error) ? g_strdup (value) : NULL;
  if (content == NULL)
    return FALSE;
  if (info != NULL && info->kind == CB_KIND_FILE && *value != '\0' && *content == '\0')
    {
      g_free (content);
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, key, _("The file “%s” is empty."), value);
      return FALSE;
    }
  g_hash_table_insert (settings, g_steal_pointer (&key), content);
  return TRUE;
}

/* All keys are looked at before the first file is read: a wrong command line comes first. */
static gboolean
check_pairs (CbConnectorClass  *klass,
             GStrv              pairs,
             GError           **error)
{
  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++)
    {
      g_autofree char *key = NULL;
      const char *value;

      if (!cb_cli_split_pair (pairs[i], &key, &value, error) ||
          !cb_cli_check_setting (klass, key, value, error))
        return FALSE;
    }
  return TRUE;
}

static GHashTable *
take_settings (CbCli             *cli,
               CbConnectorClass  *klass,
               GStrv              pairs,
               GError           **error)
{
  g_autoptr(GHashTable) settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (!check_pairs (klass, pairs, error))
    return NULL;
  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++)
    if (!take_setting (cli, klass, pairs[i], settings, error))
      return NULL;
  return g_steal_pointer (&settings);
}

/* On a terminal an update asks only where nothing else was given: then secrets are meant. */
static gboolean
is_to_ask (const Arguments       *arguments,
           const CbConnectorInfo *present)
{
  if (arguments->secrets_stdin || !cb_cli_can_ask_secrets ())
    return FALSE;
  return present == NULL || !present->has_secrets ||
         (arguments->name == NULL && arguments->url == NULL && arguments->pairs == NULL);
}

static gboolean
take_secrets (CbCli                  *cli,
              const Arguments        *arguments,
              const CbConnectorInfo  *present,
              CbConnectorClass       *klass,
              GHashTable            **secrets,
              GError                **error)
{
  if (arguments->secrets_stdin)
    *secrets = cb_cli_read_secrets (cli, klass, error);
  else if (is_to_ask (arguments, present))
    *secrets = cb_cli_ask_secrets (cli, klass, error);
  else
    return TRUE;
  return *secrets != NULL;
}

static char *
save (CbCli                  *cli,
      const Arguments        *arguments,
      const CbConnectorInfo  *present,
      CbConnectorClass       *klass,
      GError                **error)
{
  g_autoptr(GHashTable) settings = take_settings (cli, klass, arguments->pairs, error);
  CbConnectors *connectors = settings != NULL ? open_connectors (cli, error) : NULL;
  CbConnectorEdit edit = { present != NULL ? present->id : NULL, klass->id, arguments->name,
                           arguments->url, settings };
  g_autoptr(CbConnectorInfo) checked = NULL;
  g_autoptr(GHashTable) secrets = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  if (connectors != NULL)
    checked = cb_connectors_check (connectors, &edit, error);
  if (checked == NULL || !take_secrets (cli, arguments, present, klass, &secrets, error))
    return NULL;
  edit.secrets = secrets;
  cb_connectors_save_async (connectors, &edit, cli->cancellable, cb_cli_done_cb, &result);
  cb_cli_wait (cli, &result);
  return cb_connectors_save_finish (connectors, result, error);
}

static void
append_setting (JsonArray           *array,
                const CbSettingInfo *info)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "key", info->key);
  json_object_set_string_member (object, "label", _(info->label));
  json_object_set_string_member (object, "kind", kind_names[info->kind]);
  json_object_set_boolean_member (object, "required", info->required);
  json_object_set_boolean_member (object, "secret", info->secret);
  json_array_add_object_element (array, object);
}

static void
append_case_field (JsonArray             *array,
                   const CbCaseFieldInfo *info)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "key", info->key);
  json_object_set_string_member (object, "label", _(info->label));
  json_object_set_string_member (object, "kind", kind_names[info->kind]);
  json_object_set_boolean_member (object, "required", info->required);
  json_array_add_object_element (array, object);
}

static void
append_mapping (JsonArray       *array,
                const CbMapping *mapping)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "case", mapping->source);
  json_object_set_string_member (object, "target", mapping->target);
  json_array_add_object_element (array, object);
}

static JsonObject *
type_to_json (CbConnectorClass *klass)
{
  JsonObject *object = json_object_new ();
  JsonArray *settings = json_array_new ();
  JsonArray *case_fields = json_array_new ();
  JsonArray *mapping = json_array_new ();

  json_object_set_string_member (object, "id", klass->id);
  json_object_set_string_member (object, "name", klass->name);
  for (guint i = 0; i < klass->n_settings; i++)
    append_setting (settings, &klass->settings[i]);
  json_object_set_array_member (object, "settings", settings);
  for (guint i = 0; i < klass->n_case_fields; i++)
    append_case_field (case_fields, &klass->case_fields[i]);
  json_object_set_array_member (object, "case_fields", case_fields);
  for (guint i = 0; i < klass->n_mappings; i++)
    append_mapping (mapping, &klass->mappings[i]);
  json_object_set_array_member (object, "mapping", mapping);
  return object;
}

static void
say_type (CbConnectorClass *klass)
{
  g_autoptr(CbTable) table = cb_table_new (NULL, NULL);

  cb_cli_say_painted (CB_PAINT_BOLD, klass->name);
  cb_cli_say (" (%s)\n", klass->id);
  for (guint i = 0; i < klass->n_settings; i++)
    {
      const CbSettingInfo *info = &klass->settings[i];

      cb_table_add (table, "", info->secret ? _("secret") : _("setting"), info->key, _(info->label),
                    info->required ? _("required") : "", NULL);
    }
  for (guint i = 0; i < klass->n_case_fields; i++)
    cb_table_add (table, "", _("case field"), klass->case_fields[i].key,
                  _(klass->case_fields[i].label),
                  klass->case_fields[i].required ? _("required") : "", NULL);
  for (guint i = 0; i < klass->n_mappings; i++)
    cb_table_add (table, "", _("mapping"), klass->mappings[i].source, klass->mappings[i].target,
                  NULL);
  cb_table_print (table);
}

static CbConnector *
open_connector (CbCli       *cli,
                const char  *id,
                GError     **error)
{
  CbConnectors *connectors = open_connectors (cli, error);
  g_autoptr(GAsyncResult) result = NULL;

  cb_connectors_open_async (connectors, id, cli->cancellable, cb_cli_done_cb, &result);
  cb_cli_wait (cli, &result);
  return cb_connectors_open_finish (connectors, result, error);
}

static CbSystem *
run_test (CbCli       *cli,
          const char  *id,
          GError     **error)
{
  g_autoptr(CbConnector) connector = open_connector (cli, id, error);
  g_autoptr(GAsyncResult) result = NULL;
  GError *test_error = NULL;
  CbSystem *system;

  if (connector == NULL)
    return NULL;
  cb_connector_test_async (connector, cli->cancellable, cb_cli_done_cb, &result);
  cb_cli_wait (cli, &result);
  system = cb_connector_test_finish (connector, result, &test_error);
  cb_connectors_note_test (cb_app_get_connectors (cli->app), connector, test_error);
  if (test_error != NULL)
    g_propagate_error (error, test_error);
  return system;
}

static void
print_test (const CbSystem *found,
            const GError   *error)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();

  json_object_set_boolean_member (document, "ok", found != NULL);
  if (found != NULL)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "product", found->product);
      cb_json_set_string (object, "version", found->version);
      json_object_set_object_member (document, "system", object);
    }
  else
    json_object_set_null_member (document, "system");
  cb_cli_set_error_member (document, error);
  cb_cli_print_document (document);
}

static void
say_test (const CbSystem *found,
          const GError   *error)
{
  if (error != NULL)
    {
      cb_cli_say_painted (CB_PAINT_BAD, _("failed"));
      cb_cli_say ("  %s\n", error->message);
      return;
    }
  cb_cli_say_painted (CB_PAINT_GOOD, _("ok"));
  cb_cli_say ("  %s%s%s\n", found->product, found->version != NULL ? " " : "",
              found->version != NULL ? found->version : "");
  if (!cb_is_blank (found->note))
    cb_cli_say ("    %s\n", found->note);
}

static GHashTable *
take_context (CbConnectorClass  *klass,
              GStrv              pairs,
              GError           **error)
{
  g_autoptr(GHashTable) context = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; pairs != NULL && pairs[i] != NULL; i++)
    {
      g_autofree char *key = NULL;
      const char *value;

      if (!cb_cli_split_pair (pairs[i], &key, &value, error) ||
          !cb_cli_check_choice_field (klass, key, error) || !cb_cli_check_text (value, key, error))
        return NULL;
      g_hash_table_insert (context, g_steal_pointer (&key), g_strdup (value));
    }
  return g_steal_pointer (&context);
}

static GPtrArray *
load_choices (CbCli       *cli,
              const char  *id,
              const char  *field,
              GHashTable  *context,
              GError     **error)
{
  g_autoptr(CbConnector) connector = open_connector (cli, id, error);
  g_autoptr(GAsyncResult) result = NULL;

  if (connector == NULL)
    return NULL;
  cb_connector_load_choices_async (connector, field, context, cli->cancellable, cb_cli_done_cb,
                                   &result);
  cb_cli_wait (cli, &result);
  return cb_connector_load_choices_finish (connector, result, error);
}

static void
print_choices (GPtrArray *choices)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < choices->len; i++)
    {
      CbChoice *choice = g_ptr_array_index (choices, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "value", choice->value);
      cb_json_set_string (object, "label", choice->label);
      json_array_add_object_element (array, object);
    }
  json_object_set_array_member (document, "choices", array);
  cb_cli_print_document (document);
}

static void
say_choices (GPtrArray *choices)
{
  g_autoptr(CbTable) table = cb_table_new (_("VALUE"), _("LABEL"), NULL);

  for (guint i = 0; i < choices->len; i++)
    {
      CbChoice *choice = g_ptr_array_index (choices, i);

      cb_table_add (table, choice->value, choice->label != NULL ? choice->label : "", NULL);
    }
  cb_table_print (table);
}

static void
print_default (CbCli      *cli,
               const char *id)
{
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  g_autoptr(CbConnectorInfo) info = NULL;

  cb_json_set_string (document, "default", id);
  if (cli->json)
    {
      cb_cli_print_document (document);
      return;
    }
  if (id != NULL)
    info = cb_connectors_get (cb_app_get_connectors (cli->app), id, NULL);
  if (info != NULL)
    cb_cli_say ("%s  %s\n", info->name, id);
  else
    cb_cli_say ("%s\n", _("none"));
}

/* Commands */

static gboolean
connector_add (CbCli    *cli,
               GStrv    *args,
               GError  **error)
{
  g_auto(Arguments) given = { 0 };
  g_auto(GStrv) operands = NULL;
  g_autofree char *id = NULL;
  CbConnectorClass *klass;
  const GOptionEntry entries[] = {
    { "type", 0, 0, G_OPTION_ARG_FILENAME, &given.type, N_("The external system"), "TYPE" },
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &given.name, N_("A name of its own"), "NAME" },
    { "url", 0, 0, G_OPTION_ARG_FILENAME, &given.url, N_("The system's base URL"), "URL" },
    { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.pairs, N_("A setting; see connector types"),
      "KEY=VALUE" },
    { "secrets-stdin", 0, 0, G_OPTION_ARG_NONE, &given.secrets_stdin,
      N_("Read secrets as KEY=VALUE lines"), NULL },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 0, 0, &operands, error))
    return FALSE;
  if (given.type == NULL || given.name == NULL || given.url == NULL)
    {
      cb_cli_set_usage_error (error, "%s", _("A new connector needs --type, --name and --url."));
      return FALSE;
    }
  klass = cb_connector_registry_find (given.type);
  if (klass == NULL)
    {
      cb_cli_set_usage_error (error, _("There is no connector type “%s”. See connector types."),
                              given.type);
      return FALSE;
    }
  id = save (cli, &given, NULL, klass, error);
  if (id != NULL)
    cb_cli_answer (cli, "id", id);
  return id != NULL;
}

static gboolean
connector_update (CbCli    *cli,
                  GStrv    *args,
                  GError  **error)
{
  g_auto(Arguments) given = { 0 };
  g_auto(GStrv) operands = NULL;
  g_autofree char *id = NULL;
  g_autoptr(CbConnectorInfo) info = NULL;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &given.name, N_("A new name"), "NAME" },
    { "url", 0, 0, G_OPTION_ARG_FILENAME, &given.url, N_("A new base URL"), "URL" },
    { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.pairs, N_("A setting; KEY= clears it"),
      "KEY=VALUE" },
    { "secrets-stdin", 0, 0, G_OPTION_ARG_NONE, &given.secrets_stdin,
      N_("Read secrets as KEY=VALUE lines"), NULL },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 1, 1, &operands, error))
    return FALSE;
  info = find_connector (cli, operands[0], error);
  if (info != NULL)
    id = save (cli, &given, info, info->klass, error);
  return id != NULL && print_connector (cli, id, error);
}

static gboolean
connector_list (CbCli    *cli,
                GStrv    *args,
                GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autoptr(GPtrArray) list = NULL;
  g_autofree char *default_id = NULL;
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  g_autoptr(CbTable) table = cb_table_new (_("NAME"), _("TYPE"), _("URL"), _("DEFAULT"),
                                           _("SECRETS"), _("ID"), NULL);
  JsonArray *array = json_array_new ();
  CbConnectors *connectors;

  json_object_set_array_member (document, "connectors", array);
  if (!cb_cli_parse (cli, args, NULL, 0, 0, &operands, error))
    return FALSE;
  connectors = open_connectors (cli, error);
  if (connectors == NULL)
    return FALSE;
  list = cb_connectors_list (connectors);
  default_id = cb_connectors_get_default (connectors);
  for (guint i = 0; i < list->len; i++)
    {
      CbConnectorInfo *info = g_ptr_array_index (list, i);

      json_array_add_object_element (array, connector_to_json (info, default_id));
      cb_table_add (table, info->name, info->klass->id, info->url,
                    g_strcmp0 (info->id, default_id) == 0 ? _("yes") : "",
                    info->has_secrets ? _("yes") : _("missing"), info->id, NULL);
    }
  if (cli->json)
    cb_cli_print_document (document);
  else if (list->len > 0)
    cb_table_print (table);
  else
    cb_cli_say ("%s\n", _("There are no connectors. Add one with: casebridgectl connector add"));
  return TRUE;
}

static gboolean
connector_show (CbCli    *cli,
                GStrv    *args,
                GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autoptr(CbConnectorInfo) info = NULL;

  if (!cb_cli_parse (cli, args, NULL, 1, 1, &operands, error))
    return FALSE;
  info = find_connector (cli, operands[0], error);
  return info != NULL && print_connector (cli, info->id, error);
}

static gboolean
connector_types (CbCli    *cli,
                 GStrv    *args,
                 GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  JsonArray *array = json_array_new ();
  GPtrArray *types = cb_connector_registry_get ();

  json_object_set_array_member (document, "types", array);
  if (!cb_cli_parse (cli, args, NULL, 0, 0, &operands, error))
    return FALSE;
  for (guint i = 0; i < types->len; i++)
    {
      CbConnectorClass *klass = g_ptr_array_index (types, i);

      if (cli->json)
        json_array_add_object_element (array, type_to_json (klass));
      else
        say_type (klass);
    }
  if (cli->json)
    cb_cli_print_document (document);
  return TRUE;
}

static gboolean
connector_remove (CbCli    *cli,
                  GStrv    *args,
                  GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autoptr(CbConnectorInfo) info = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonObject) document = cb_cli_document_new ();
  CbConnectors *connectors;

  if (!cb_cli_parse (cli, args, NULL, 1, 1, &operands, error))
    return FALSE;
  info = find_connector (cli, operands[0], error);
  if (info == NULL ||
      !cb_journal_check_removable (cb_app_get_database (cli->app), NULL, info->id, error))
    return FALSE;
  connectors = cb_app_get_connectors (cli->app);
  cb_connectors_remove_async (connectors, info->id, cli->cancellable, cb_cli_done_cb, &result);
  cb_cli_wait (cli, &result);
  if (!cb_connectors_remove_finish (connectors, result, error))
    return FALSE;
  cb_cli_set_strings (document, "removed", (char *[]) { info->id, NULL });
  if (cli->json)
    cb_cli_print_document (document);
  else
    cb_cli_say (_("Removed “%s”.\n"), info->name);
  return TRUE;
}

static gboolean
connector_test (CbCli    *cli,
                GStrv    *args,
                GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autoptr(CbConnectorInfo) info = NULL;
  g_autoptr(CbSystem) found = NULL;
  g_autoptr(GError) test_error = NULL;

  if (!cb_cli_parse (cli, args, NULL, 1, 1, &operands, error))
    return FALSE;
  info = find_connector (cli, operands[0], error);
  if (info == NULL)
    return FALSE;
  found = run_test (cli, info->id, &test_error);
  if (cli->json)
    print_test (found, test_error);
  else
    say_test (found, test_error);
  cli->status = test_error != NULL ? cb_cli_exit_status (test_error) : 0;
  return TRUE;
}

static gboolean
connector_default (CbCli    *cli,
                   GStrv    *args,
                   GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_autofree char *id = NULL;
  CbConnectors *connectors;

  if (!cb_cli_parse (cli, args, NULL, 0, 1, &operands, error))
    return FALSE;
  connectors = open_connectors (cli, error);
  if (connectors == NULL)
    return FALSE;
  if (operands[0] != NULL)
    {
      if (!g_str_equal (operands[0], "none"))
        id = cb_connectors_resolve (connectors, operands[0], error);
      if ((id == NULL && !g_str_equal (operands[0], "none")) ||
          !cb_connectors_set_default (connectors, id, error))
        return FALSE;
    }
  else
    id = cb_connectors_get_default (connectors);
  print_default (cli, id);
  return TRUE;
}

static gboolean
connector_choices (CbCli    *cli,
                   GStrv    *args,
                   GError  **error)
{
  g_auto(GStrv) operands = NULL;
  g_auto(GStrv) pairs = NULL;
  g_autoptr(CbConnectorInfo) info = NULL;
  g_autoptr(GHashTable) context = NULL;
  g_autoptr(GPtrArray) choices = NULL;
  const GOptionEntry entries[] = {
    { "for", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &pairs, N_("Another field, on which it depends"),
      "KEY=VALUE" },
    { NULL }
  };

  if (!cb_cli_parse (cli, args, entries, 2, 2, &operands, error))
    return FALSE;
  info = find_connector (cli, operands[0], error);
  if (info == NULL || !cb_cli_check_choice_field (info->klass, operands[1], error))
    return FALSE;
  context = take_context (info->klass, pairs, error);
  if (context == NULL)
    return FALSE;
  choices = load_choices (cli, info->id, operands[1], context, error);
  if (choices == NULL)
    return FALSE;
  if (cli->json)
    print_choices (choices);
  else
    say_choices (choices);
  return TRUE;
}

const CbCommand cb_cli_connector_commands[] = {
  { "connector add",
    "--type TYPE --name NAME --url URL [--set KEY=VALUE]… [--secrets-stdin]",
    N_("Add a connector"), connector_add },
  { "connector list", "", N_("List the connectors"), connector_list },
  { "connector show", "CONNECTOR", N_("Show a connector"), connector_show },
  { "connector types", "", N_("List the connector types with their settings and fields"),
    connector_types },
  { "connector update", "CONNECTOR [--name NAME] [--url URL] [--set KEY=VALUE]… [--secrets-stdin]",
    N_("Change a connector; secrets that are not given stay"), connector_update },
  { "connector remove", "CONNECTOR", N_("Remove a connector and its secrets"), connector_remove },
  { "connector test", "CONNECTOR", N_("Find out whether a connector works"), connector_test },
  { "connector default", "[CONNECTOR|none]", N_("Print or set the default connector"),
    connector_default },
  { "connector choices", "CONNECTOR FIELD [--for KEY=VALUE]…",
    N_("List the values of a case's field, as the external system has them"), connector_choices },
  { NULL }
};
