/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every connector type must do, run for each system against its simulator. */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-json.h"
#include "cb-test.h"
#include "connectors/cb-connector-registry.h"
#include "connectors/cb-target-value.h"

typedef struct
{
  const CbTestSystem *system;
  CbSimulator *simulator;
  CbTestWorkspace *workspace;
  char *id;
  CbConnector *connector;
} Fixture;

/* Auxiliary methods */

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->system = data;
  fixture->simulator = cb_simulator_start (fixture->system->kind, NULL);
  fixture->workspace = cb_test_workspace_new ();
  fixture->id = cb_test_add_connector (fixture->workspace, fixture->system, fixture->simulator,
                                       "Connector", NULL, &error);
  g_assert_no_error (error);
  fixture->connector = cb_test_open (fixture->workspace, fixture->id);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_object (&fixture->connector);
  cb_test_workspace_free (fixture->workspace);
  cb_simulator_stop (fixture->simulator);
  g_free (fixture->id);
}

static CbSystem *
run_test (CbConnector  *connector,
          GError      **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  cb_connector_test_async (connector, NULL, cb_test_store_result, &result);
  return cb_connector_test_finish (connector, cb_test_wait (&result), error);
}

static GPtrArray *
load_choices (Fixture    *fixture,
              const char *field,
              GHashTable *context)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *choices;

  cb_connector_load_choices_async (fixture->connector, field, context, NULL, cb_test_store_result,
                                   &result);
  choices = cb_connector_load_choices_finish (fixture->connector, cb_test_wait (&result), &error);
  g_assert_no_error (error);
  return choices;
}

static CbTarget *
load_target (Fixture *fixture)
{
  g_autoptr(GHashTable) fields = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  CbTarget *target;

  cb_connector_load_target_async (fixture->connector, fields, NULL, cb_test_store_result, &result);
  target = cb_connector_load_target_finish (fixture->connector, cb_test_wait (&result), &error);
  g_assert_no_error (error);
  return target;
}

static CbConnector *
with_secret (Fixture    *fixture,
             const char *secret)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *id = cb_test_add_connector (fixture->workspace, fixture->system,
                                               fixture->simulator, "Other", secret, &error);

  g_assert_no_error (error);
  return cb_test_open (fixture->workspace, id);
}

/* Tests */

static void
test_description (Fixture       *fixture,
                  gconstpointer  data)
{
  CbConnectorClass *klass = cb_connector_registry_find (fixture->system->type);

  g_assert_nonnull (klass);
  g_assert_nonnull (klass->id);
  g_assert_nonnull (klass->name);
  g_assert_nonnull (klass->reference_prefix);
  g_assert_nonnull (cb_connector_class_find_mapping (klass, "title"));
  g_assert_nonnull (cb_connector_class_find_mapping (klass, "title")->format);
  g_assert_nonnull (cb_connector_class_find_mapping (klass, "description"));
  g_assert_nonnull (cb_connector_class_find_mapping (klass, "comments"));
  g_assert_nonnull (cb_connector_class_find_setting (klass, "caFile"));
  for (guint i = 0; i < klass->n_settings; i++)
    {
      const CbSettingInfo *info = &klass->settings[i];

      g_assert_nonnull (info->key);
      g_assert_nonnull (info->label);
      if (info->only_if != NULL)
        g_assert_nonnull (cb_connector_class_find_setting (klass, info->only_if));
    }
  for (guint i = 0; i < klass->n_case_fields; i++)
    {
      const CbCaseFieldInfo *info = &klass->case_fields[i];

      g_assert_nonnull (info->target);
      if (info->depends_on != NULL)
        g_assert_nonnull (cb_connector_class_find_case_field (klass, info->depends_on));
    }
}

static void
test_test (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CbSystem) system = run_test (fixture->connector, &error);

  g_assert_no_error (error);
  g_assert_nonnull (system->product);
}

static void
test_wrong_secret (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(CbConnector) connector = with_secret (fixture, "wrong");
  g_autoptr(GError) error = NULL;
  g_autoptr(CbSystem) system = run_test (connector, &error);

  g_assert_error (error, CB_ERROR, CB_ERROR_AUTH_INVALID);
  g_assert_null (strstr (error->message, "wrong\""));
  g_assert_null (system);
}

static void
test_choices (Fixture       *fixture,
              gconstpointer  data)
{
  CbConnectorClass *klass = CB_CONNECTOR_GET_CLASS (fixture->connector);

  for (guint i = 0; i < klass->n_case_fields; i++)
    {
      g_autoptr(GPtrArray) choices = load_choices (fixture, klass->case_fields[i].key, NULL);
      g_autoptr(GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);

      for (guint j = 0; j < choices->len; j++)
        {
          CbChoice *choice = g_ptr_array_index (choices, j);

          g_assert_true (g_hash_table_add (values, choice->value));
          g_assert_nonnull (choice->label);
        }
      /* There are no issues yet that could be parents. */
      if (!g_str_equal (klass->case_fields[i].key, "parent"))
        g_assert_cmpuint (choices->len, >, 1);
    }
}

static void
test_target (Fixture       *fixture,
             gconstpointer  data)
{
  CbConnectorClass *klass = CB_CONNECTOR_GET_CLASS (fixture->connector);
  g_autoptr(CbTarget) target = load_target (fixture);

  g_assert_nonnull (target->reference_field);
  g_assert_nonnull (target->comment_field);
  g_assert_nonnull (cb_target_find (target, cb_connector_class_find_mapping (klass, "title")->target));
}

static void
test_metadata_cached (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr(CbTarget) first = load_target (fixture);
  g_autoptr(CbTarget) second = NULL;
  guint requests = cb_connector_get_requests (fixture->connector);

  second = load_target (fixture);
  g_assert_cmpuint (cb_connector_get_requests (fixture->connector), ==, requests);
  cb_connector_forget_metadata (fixture->connector);
  g_clear_pointer (&second, cb_target_free);
  second = load_target (fixture);
  g_assert_cmpuint (cb_connector_get_requests (fixture->connector), >, requests);
}

static void
test_missing_incident (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbIncident) incident = NULL;

  cb_connector_read_incident_async (fixture->connector, "999999", FALSE, NULL, cb_test_store_result,
                                    &result);
  incident = cb_connector_read_incident_finish (fixture->connector, cb_test_wait (&result), &error);
  g_assert_error (error, CB_ERROR, CB_ERROR_NOT_FOUND);
}

static void
test_html (Fixture       *fixture,
           gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_HTML };
  g_autoptr(GError) error = NULL;
  g_autoptr(CbSystem) system = NULL;

  cb_simulator_add_fault (fixture->simulator, &fault);
  system = run_test (fixture->connector, &error);
  g_assert_error (error, CB_ERROR, CB_ERROR_INVALID_RESPONSE);
  g_assert_null (strchr (error->message, '<'));
}

static void
test_redirect (Fixture       *fixture,
               gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_REDIRECT, .url = "http://127.0.0.1:1/elsewhere" };
  g_autoptr(GError) error = NULL;
  g_autoptr(CbSystem) system = NULL;

  cb_simulator_add_fault (fixture->simulator, &fault);
  system = run_test (fixture->connector, &error);
  g_assert_error (error, CB_ERROR, CB_ERROR_INVALID_RESPONSE);
  g_assert_nonnull (strstr (error->message, "http://127.0.0.1:1/elsewhere"));
}

static void
test_huge (Fixture       *fixture,
           gconstpointer  data)
{
  const CbSimulatorFaultKind kinds[] = { CB_FAULT_HUGE, CB_FAULT_BOMB, CB_FAULT_DEEP };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const CbSimulatorFault fault = { .kind = kinds[i] };
      g_autoptr(GError) error = NULL;
      g_autoptr(CbSystem) system = NULL;

      cb_simulator_add_fault (fixture->simulator, &fault);
      system = run_test (fixture->connector, &error);
      g_assert_error (error, CB_ERROR, CB_ERROR_INVALID_RESPONSE);
    }
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_HANG };
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbSystem) system = NULL;

  cb_simulator_add_fault (fixture->simulator, &fault);
  cb_connector_test_async (fixture->connector, cancellable, cb_test_store_result, &result);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  system = cb_connector_test_finish (fixture->connector, cb_test_wait (&result), &error);
  g_assert_true (cb_error_is_cancelled (error));
}

static CbConnectorInfo *
get_info (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  CbConnectorInfo *info = cb_connectors_get (cb_app_get_connectors (fixture->workspace->app),
                                             fixture->id, &error);

  g_assert_no_error (error);
  return info;
}

static void
save (Fixture         *fixture,
      CbConnectorEdit *edit)
{
  CbConnectors *connectors = cb_app_get_connectors (fixture->workspace->app);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *id = NULL;

  edit->id = fixture->id;
  cb_connectors_save_async (connectors, edit, NULL, cb_test_store_result, &result);
  id = cb_connectors_save_finish (connectors, cb_test_wait (&result), &error);
  g_assert_no_error (error);
}

static void
assert_tested (Fixture    *fixture,
               gboolean    tested,
               const char *code)
{
  g_autoptr(CbConnectorInfo) info = get_info (fixture);

  g_assert_cmpint (info->tested_at != 0, ==, tested);
  g_assert_cmpstr (info->test_code, ==, code);
  g_assert_cmpint (info->test_message != NULL, ==, code != NULL);
}

static void
note (Fixture    *fixture,
      const char *code)
{
  g_autoptr(GError) error = NULL;

  if (code != NULL)
    error = cb_error_new (cb_error_code_parse (code), NULL, "It went wrong.");
  cb_connectors_note_test (cb_app_get_connectors (fixture->workspace->app), fixture->connector, error);
}

static void
reopen (Fixture *fixture)
{
  g_clear_object (&fixture->connector);
  fixture->connector = cb_test_open (fixture->workspace, fixture->id);
}

/* What is said of a connector is of the connector as it is now, and of no earlier one. */
static void
test_outcome_kept (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) secrets = cb_secrets_new ();

  assert_tested (fixture, FALSE, NULL);
  note (fixture, "auth-invalid");
  assert_tested (fixture, TRUE, "auth-invalid");
  note (fixture, "cancelled");
  assert_tested (fixture, TRUE, "auth-invalid");
  note (fixture, NULL);
  g_clear_object (&fixture->connector);
  cb_test_workspace_reopen (fixture->workspace);
  reopen (fixture);
  assert_tested (fixture, TRUE, NULL);

  save (fixture, &(CbConnectorEdit) { .name = "Another name" });
  assert_tested (fixture, TRUE, NULL);
  g_hash_table_insert (settings, (char *) "extra.x", (char *) "1");
  save (fixture, &(CbConnectorEdit) { .settings = settings });
  assert_tested (fixture, FALSE, NULL);
  /* A test that was under way while it changed. */
  note (fixture, NULL);
  assert_tested (fixture, FALSE, NULL);
  reopen (fixture);
  note (fixture, NULL);
  assert_tested (fixture, TRUE, NULL);
  save (fixture, &(CbConnectorEdit) { .url = "http://127.0.0.1:9" });
  assert_tested (fixture, FALSE, NULL);
  reopen (fixture);
  note (fixture, NULL);
  g_hash_table_insert (secrets, g_strdup (fixture->system->secret_key), g_strdup ("new"));
  save (fixture, &(CbConnectorEdit) { .secrets = secrets });
  assert_tested (fixture, FALSE, NULL);
  save (fixture, &(CbConnectorEdit) { .secrets = secrets, .tested_at = 5 });
  assert_tested (fixture, TRUE, NULL);
}

static void
test_use_noted (Fixture       *fixture,
                gconstpointer  data)
{
  CbConnectors *connectors = cb_app_get_connectors (fixture->workspace->app);
  g_autoptr(CbConnector) copy = cb_connector_dup (fixture->connector, NULL);
  g_autoptr(GError) refused = cb_error_new (CB_ERROR_AUTH_INVALID, NULL, "No.");
  g_autoptr(GError) field = cb_error_new (CB_ERROR_INVALID_FIELD, NULL, "Not that.");

  cb_connectors_note_use (connectors, copy, field);
  assert_tested (fixture, FALSE, NULL);
  cb_connectors_note_use (connectors, copy, refused);
  assert_tested (fixture, TRUE, "auth-invalid");
  cb_connectors_note_use (connectors, copy, NULL);
  assert_tested (fixture, TRUE, NULL);
}

static CbConnector *
open_asking (Fixture     *fixture,
             const char  *asked,
             const char  *secret,
             GError     **error)
{
  CbConnectors *connectors = cb_app_get_connectors (fixture->workspace->app);
  g_autoptr(CbConnectorInfo) info = get_info (fixture);
  g_autoptr(GHashTable) secrets = cb_secrets_new ();
  g_autoptr(GAsyncResult) result = NULL;
  CbConnectorEdit edit = { .type = fixture->system->type, .url = info->url, .settings = info->settings,
                           .secrets = secrets, .asked = asked };

  g_hash_table_remove (info->settings, asked);
  g_hash_table_insert (secrets, g_strdup (fixture->system->secret_key), g_strdup (secret));
  cb_connectors_open_edit_async (connectors, &edit, NULL, cb_test_store_result, &result);
  return cb_connectors_open_edit_finish (connectors, cb_test_wait (&result), error);
}

static void
check_offer (Fixture    *fixture,
             const char *key)
{
  g_autoptr(CbConnectorInfo) info = get_info (fixture);
  const char *value = g_hash_table_lookup (info->settings, key);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbConnector) connector = open_asking (fixture, key, fixture->system->secret, &error);
  g_autoptr(GPtrArray) choices = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  gboolean found = value == NULL;

  g_assert_no_error (error);
  cb_connector_load_choices_async (connector, key, NULL, NULL, cb_test_store_result, &result);
  choices = cb_connector_load_choices_finish (connector, cb_test_wait (&result), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < choices->len && !found; i++)
    found = g_strcmp0 (((CbChoice *) g_ptr_array_index (choices, i))->value, value) == 0;
  g_assert_cmpuint (choices->len, >, 1);
  g_assert_true (found);
}

/* A setting that the server knows is asked of it before it is set, and of nobody who may not log in. */
static void
test_offers (Fixture       *fixture,
             gconstpointer  data)
{
  CbConnectorClass *klass = CB_CONNECTOR_GET_CLASS (fixture->connector);

  for (guint i = 0; i < klass->n_settings; i++)
    {
      const char *key = klass->settings[i].key;
      g_autoptr(GError) error = NULL;
      g_autoptr(CbConnector) connector = NULL;
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(GPtrArray) choices = NULL;

      if (!klass->settings[i].offered || !klass->settings[i].required)
        continue;
      check_offer (fixture, key);
      connector = open_asking (fixture, key, "wrong", &error);
      g_assert_no_error (error);
      cb_connector_load_choices_async (connector, key, NULL, NULL, cb_test_store_result, &result);
      choices = cb_connector_load_choices_finish (connector, cb_test_wait (&result), &error);
      g_assert_error (error, CB_ERROR, CB_ERROR_AUTH_INVALID);
      g_assert_null (choices);
    }
  if (klass->scope_setting != NULL)
    g_assert_true (cb_connector_class_find_setting (klass, klass->scope_setting)->offered);
}

/* What a person enters for a field of each kind; text that looks like JSON stays text. */
static const char *
example_input (const CbTargetField *field)
{
  switch (field->kind)
    {
    case CB_KIND_TEXT:
      return "12345";
    case CB_KIND_LONG_TEXT:
      return "{\"a\": [1, true]}\n<b>& more";
    case CB_KIND_NUMBER:
      return "7";
    case CB_KIND_DATE:
      return "2026-11-24";
    case CB_KIND_TIME:
      return "2026-11-24 08:30";
    case CB_KIND_BOOLEAN:
      return "true";
    case CB_KIND_CHOICE:
    case CB_KIND_MULTI_CHOICE:
      return field->choices != NULL && field->choices->len > 0
               ? ((CbChoice *) g_ptr_array_index (field->choices, 0))->value : NULL;
    case CB_KIND_FILE:
    case CB_KIND_JSON:
    default:
      return NULL;
    }
}

static gboolean
is_example (const CbTargetField *field)
{
  static const char *const prefixes[] = { "customfield_", "soc_", "u_" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (field->id, prefixes[i]))
      return TRUE;
  return g_str_equal (field->id, "due_date") || g_str_equal (field->id, "close_notes") ||
         g_str_equal (field->id, "environment");
}

static char *
enter (Fixture             *fixture,
       const char          *case_id,
       const CbTargetField *field,
       const char          *input)
{
  const char *inputs[] = { input, NULL, NULL };
  g_autofree char *key = g_strconcat ("extra.", field->id, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *value = NULL;
  g_auto(GStrv) shown = NULL;

  if (field->kind == CB_KIND_MULTI_CHOICE && field->choices->len > 1)
    inputs[1] = ((CbChoice *) g_ptr_array_index (field->choices, 1))->value;
  value = cb_target_value_from_inputs (field, inputs, &error);
  g_assert_no_error (error);
  shown = cb_target_value_to_inputs (field, value);
  g_assert_true (g_strv_equal ((const char *const *) shown, inputs));
  cb_cases_set_field (cb_app_get_cases (fixture->workspace->app), case_id, fixture->id, key, value,
                      &error);
  g_assert_no_error (error);
  return g_steal_pointer (&value);
}

/* Each system is strict about how a value of each kind looks; what a form stores must pass. */
static void
test_entered_values (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *case_id = cb_test_add_case (fixture->workspace, "With fields", "Text", 0);
  g_autoptr(CbTarget) target = NULL;
  g_autoptr(CbPushResult) result = NULL;
  g_autoptr(JsonNode) state = NULL;
  g_autofree char *sent = NULL;
  guint n_entered = 0;

  /* Where there is such an option. */
  cb_simulator_set_option (fixture->simulator, "custom-fields", "true");
  cb_connector_forget_metadata (fixture->connector);
  target = load_target (fixture);
  for (guint i = 0; i < target->fields->len; i++)
    {
      const CbTargetField *field = g_ptr_array_index (target->fields, i);
      const char *input = is_example (field) ? example_input (field) : NULL;
      g_autofree char *value = input != NULL ? enter (fixture, case_id, field, input) : NULL;

      n_entered += value != NULL;
    }
  g_assert_cmpuint (n_entered, >, 1);
  cb_connectors_set_default (cb_app_get_connectors (fixture->workspace->app), fixture->id, NULL);
  result = cb_test_push (fixture->workspace, case_id, &(CbPushOptions) { 0 });
  g_assert_no_error (result->error);
  g_assert_cmpint (result->outcome, ==, CB_OUTCOME_CREATED);
  cb_test_incidents (fixture->simulator, &state);
  sent = cb_json_to_string (state);
  g_assert_nonnull (strstr (sent, "& more") != NULL ? sent : strstr (sent, "&amp; more"));
  if (cb_target_find (target, "close_notes") == NULL)
    g_assert_nonnull (strstr (sent, "\"12345\""));
}

static void
test_wrong_inputs (Fixture       *fixture,
                   gconstpointer  data)
{
  static const struct { CbFieldKind kind; const char *input; } wrong[] = {
    { CB_KIND_NUMBER, "seven" }, { CB_KIND_NUMBER, "0x10" }, { CB_KIND_NUMBER, "true" },
    { CB_KIND_DATE, "24.11.2026" }, { CB_KIND_DATE, "2026-02-30" }, { CB_KIND_DATE, "2026-11-24 08:30" },
    { CB_KIND_TIME, "2026-11-24" }, { CB_KIND_TIME, "2026-11-24 25:00" },
    { CB_KIND_TEXT, "too long for this" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      CbTargetField field = { .id = (char *) "x", .label = (char *) "X", .kind = wrong[i].kind,
                              .max_length = 10, .as_text = TRUE };
      const char *inputs[] = { wrong[i].input, NULL };
      g_autoptr(GError) error = NULL;
      g_autofree char *value = cb_target_value_from_inputs (&field, inputs, &error);

      g_assert_null (value);
      g_assert_nonnull (error);
      g_assert_cmpstr (cb_error_get_field (error), ==, "x");
    }
}

static void
test_unreachable (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CbSystem) system = NULL;

  cb_simulator_stop (g_steal_pointer (&fixture->simulator));
  system = run_test (fixture->connector, &error);
  g_assert_error (error, CB_ERROR, CB_ERROR_UNREACHABLE);
  fixture->simulator = cb_simulator_start (fixture->system->kind, NULL);
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *name; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "description", test_description },
    { "test", test_test },
    { "wrong-secret", test_wrong_secret },
    { "choices", test_choices },
    { "target", test_target },
    { "metadata-cached", test_metadata_cached },
    { "missing-incident", test_missing_incident },
    { "html", test_html },
    { "redirect", test_redirect },
    { "huge", test_huge },
    { "cancel", test_cancel },
    { "outcome-kept", test_outcome_kept },
    { "use-noted", test_use_noted },
    { "offers", test_offers },
    { "entered-values", test_entered_values },
    { "wrong-inputs", test_wrong_inputs },
    { "unreachable", test_unreachable },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < CB_TEST_N_SYSTEMS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
      {
        g_autofree char *path = g_strdup_printf ("/connector/%s/%s", cb_test_systems[i].kind,
                                                 tests[j].name);

        g_test_add (path, Fixture, &cb_test_systems[i], set_up, tests[j].func, tear_down);
      }
  return g_test_run ();
}
