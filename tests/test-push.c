/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a push, for each system against its simulator. */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-json.h"
#include "cb-test.h"
#include "push/cb-case-list.h"
#include "store/cb-settings.h"

typedef struct
{
  const CbTestSystem *system;
  CbSimulator *simulator;
  CbTestWorkspace *workspace;
  char *connector;
  CbPushOptions options;
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
  fixture->connector = cb_test_add_connector (fixture->workspace, fixture->system, fixture->simulator,
                                              "Connector", NULL, &error);
  g_assert_no_error (error);
  cb_connectors_set_default (cb_app_get_connectors (fixture->workspace->app), fixture->connector,
                             &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  cb_test_workspace_free (fixture->workspace);
  cb_simulator_stop (fixture->simulator);
  g_free (fixture->connector);
}

static CbCases *
get_cases (Fixture *fixture)
{
  return cb_app_get_cases (fixture->workspace->app);
}

static CbPushResult *
push (Fixture    *fixture,
      const char *id,
      CbOutcome   outcome)
{
  CbPushResult *result = cb_test_push (fixture->workspace, id, &fixture->options);

  if (result->error != NULL && result->outcome != outcome)
    g_test_message ("%s", result->error->message);
  g_assert_cmpstr (cb_outcome_name (result->outcome), ==, cb_outcome_name (outcome));
  return result;
}

static void
push_and_forget (Fixture    *fixture,
                 const char *id,
                 CbOutcome   outcome)
{
  g_autoptr(CbPushResult) result = push (fixture, id, outcome);

  g_assert_nonnull (result);
}

static void
edit (Fixture    *fixture,
      const char *id,
      const char *title,
      const char *description)
{
  const CbCaseEdit change = { .title = title, .description = description };
  g_autoptr(GError) error = NULL;

  cb_cases_edit (get_cases (fixture), id, &change, &error);
  g_assert_no_error (error);
}

static CbPushState
state_of (Fixture    *fixture,
          const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CbCaseRow) row = cb_case_list_get (cb_app_get_database (fixture->workspace->app), id,
                                               &error);

  g_assert_no_error (error);
  return row->state;
}

static guint
n_incidents (Fixture *fixture)
{
  g_autoptr(JsonNode) state = NULL;

  return json_array_get_length (cb_test_incidents (fixture->simulator, &state));
}

/* Everything that the system holds, as text. */
static char *
remote_text (Fixture *fixture)
{
  g_autoptr(JsonNode) state = cb_simulator_get_state (fixture->simulator);

  return cb_json_to_string (state);
}

static guint
count (const char *text,
       const char *word)
{
  guint n = 0;

  for (const char *p = text; (p = strstr (p, word)) != NULL; p += strlen (word))
    n++;
  return n;
}

static const char *
create_path (Fixture *fixture)
{
  if (g_str_equal (fixture->system->type, "jira"))
    return "*/issue";
  return g_str_equal (fixture->system->type, "servicenow") ? "*/incident" : "*/incidents";
}

static const char *
comment_path (Fixture *fixture)
{
  if (g_str_equal (fixture->system->type, "jira"))
    return "*/comment";
  return g_str_equal (fixture->system->type, "servicenow") ? "*/incident/*" : "*/comments";
}

static const char *
comment_method (Fixture *fixture)
{
  return g_str_equal (fixture->system->type, "servicenow") ? "PATCH" : "POST";
}

/* Tests */

static void
test_life (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Credential phishing",
                                          "Since 07:50, **14 people**", 3);
  g_autoptr(CbPushResult) created = NULL;
  g_autoptr(CbPushResult) updated = NULL;
  g_autoptr(CbPushResult) again = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_NEVER);
  created = push (fixture, id, CB_OUTCOME_CREATED);
  g_assert_nonnull (created->incident_id);
  g_assert_nonnull (created->incident_title);
  g_assert_true (g_str_has_prefix (created->incident_url, cb_simulator_get_url (fixture->simulator)));
  g_assert_cmpuint (created->steps->len, ==, 4);
  g_assert_cmpuint (created->requests, <=, 8 + 3);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_UP_TO_DATE);
  first = remote_text (fixture);
  g_assert_nonnull (strstr (first, "Credential phishing"));
  g_assert_nonnull (strstr (first, "Comment number 3"));

  edit (fixture, id, "Credential phishing against finance", NULL);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_NEEDS_PUSH);
  updated = push (fixture, id, CB_OUTCOME_UPDATED);
  g_assert_cmpuint (updated->steps->len, ==, 1);
  g_assert_cmpstr (updated->incident_id, ==, created->incident_id);
  second = remote_text (fixture);
  g_assert_nonnull (strstr (second, "against finance"));

  again = push (fixture, id, CB_OUTCOME_UP_TO_DATE);
  g_assert_cmpuint (again->requests, ==, 0);
  g_assert_cmpstr (again->incident_id, ==, created->incident_id);
  g_assert_cmpuint (n_incidents (fixture), ==, 1);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 3);
}

static void
test_requests (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *first = cb_test_add_case (fixture->workspace, "First", "Text", 5);
  g_autofree char *second = cb_test_add_case (fixture->workspace, "Second", "Text", 5);
  g_autoptr(CbPushResult) cold = push (fixture, first, CB_OUTCOME_CREATED);
  g_autoptr(CbPushResult) warm = NULL;

  cb_test_workspace_reopen (fixture->workspace);
  cb_simulator_clear_requests (fixture->simulator);
  warm = push (fixture, second, CB_OUTCOME_CREATED);
  g_assert_cmpuint (cold->requests, <=, 8 + 5);
  g_assert_cmpuint (warm->requests, <=, 3 + 5);
  g_assert_cmpuint (warm->requests, ==, cb_simulator_count_requests (fixture->simulator, NULL, NULL));
}

static void
test_comments (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Case", "Text", 2);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbCase) item = NULL;
  CbComment *comment;

  push_and_forget (fixture, id, CB_OUTCOME_CREATED);
  item = cb_cases_get (get_cases (fixture), id, &error);
  comment = g_ptr_array_index (item->comments, 0);
  cb_cases_edit_comment (get_cases (fixture), id, comment->id, "Comment number 1, corrected", &error);
  g_assert_no_error (error);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_NEEDS_PUSH);
  push_and_forget (fixture, id, CB_OUTCOME_UPDATED);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 3);
  /* Taken back, it is a new edit all the same. */
  cb_cases_edit_comment (get_cases (fixture), id, comment->id, "Comment number 1", &error);
  g_assert_no_error (error);
  push_and_forget (fixture, id, CB_OUTCOME_UPDATED);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 4);
  /* A deleted one stays there and needs no push. */
  cb_cases_remove_comment (get_cases (fixture), id, comment->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_UP_TO_DATE);
  push_and_forget (fixture, id, CB_OUTCOME_UP_TO_DATE);
  text = remote_text (fixture);
  g_assert_cmpuint (count (text, "Added by"), >=, 4);
}

static char *
title_fields (Fixture    *fixture,
              const char *text)
{
  const char *field = g_str_equal (fixture->system->type, "jira")         ? "summary"
                      : g_str_equal (fixture->system->type, "servicenow") ? "short_description"
                                                                          : "name";

  return g_strdup_printf ("{\"%s\":\"%s\"}", field, text);
}

static const char *
update_method (Fixture *fixture)
{
  return g_str_equal (fixture->system->type, "jira") ? "PUT" : "PATCH";
}

static guint
n_activities (Fixture    *fixture,
              const char *id,
              const char *kind,
              const char *text)
{
  g_autoptr(GPtrArray) activity = cb_cases_get_activity (get_cases (fixture), id);
  guint n = 0;

  for (guint i = 0; i < activity->len; i++)
    {
      CbActivity *entry = g_ptr_array_index (activity, i);

      n += g_str_equal (entry->kind, kind) && strstr (entry->text, text) != NULL;
    }
  return n;
}

static void
assert_all_done (const CbPushResult *result,
                 guint               n_steps)
{
  g_assert_cmpuint (result->steps->len, ==, n_steps);
  for (guint i = 0; i < n_steps; i++)
    {
      CbStep *step = g_ptr_array_index (result->steps, i);

      g_assert_cmpint (step->state, ==, CB_STEP_DONE);
      g_assert_nonnull (step->remote_id);
    }
}

/* The answer to the create is lost: it is looked for, found, and gone on with in the same run. */
static void
test_lost_create (Fixture       *fixture,
                  gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_LOST, .method = "POST",
                                   .path = create_path (fixture) };
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Lost", "Text", 3);
  g_autoptr(CbPushResult) found = NULL;

  cb_simulator_add_fault (fixture->simulator, &fault);
  found = push (fixture, id, CB_OUTCOME_CREATED);
  assert_all_done (found, 4);
  g_assert_cmpuint (n_incidents (fixture), ==, 1);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 3);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_UP_TO_DATE);
}

static void
test_reset_create (Fixture       *fixture,
                   gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_RESET, .method = "POST",
                                   .path = create_path (fixture) };
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Reset", "Text", 1);
  gboolean cloud = g_str_equal (fixture->system->kind, "jira-cloud");
  g_autoptr(CbPushResult) result = NULL;

  cb_simulator_add_fault (fixture->simulator, &fault);
  result = push (fixture, id, cloud ? CB_OUTCOME_UNCERTAIN : CB_OUTCOME_CREATED);
  g_assert_cmpuint (n_incidents (fixture), ==, cloud ? 0 : 1);
  if (!cloud)
    {
      assert_all_done (result, 2);
      return;
    }
  /* Its index cannot prove that there is nothing, today or tomorrow. */
  g_assert_cmpint (((CbStep *) g_ptr_array_index (result->steps, 0))->state, ==, CB_STEP_UNCERTAIN);
  g_assert_cmpint (((CbStep *) g_ptr_array_index (result->steps, 1))->state, ==, CB_STEP_PENDING);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_UNCERTAIN);
  cb_test_workspace_reopen (fixture->workspace);
  push_and_forget (fixture, id, CB_OUTCOME_UNCERTAIN);
}

static void
test_lost_comment (Fixture       *fixture,
                   gconstpointer  data)
{
  const CbSimulatorFault lost = { .kind = CB_FAULT_LOST, .method = comment_method (fixture),
                                  .path = comment_path (fixture), .nth = 2 };
  const CbSimulatorFault reset = { .kind = CB_FAULT_RESET, .method = comment_method (fixture),
                                   .path = comment_path (fixture), .nth = 3 };
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Lost comment", "Text", 4);
  g_autoptr(CbPushResult) result = NULL;

  cb_simulator_add_fault (fixture->simulator, &lost);
  cb_simulator_add_fault (fixture->simulator, &reset);
  result = push (fixture, id, CB_OUTCOME_CREATED);
  assert_all_done (result, 5);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 4);
  g_assert_cmpuint (n_incidents (fixture), ==, 1);
}

/* A system that never carries it out is given up in the end, and nothing is in doubt. */
static void
test_never_done (Fixture       *fixture,
                 gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_STATUS, .method = comment_method (fixture),
                                   .path = comment_path (fixture), .nth = 2, .count = G_MAXUINT,
                                   .status = 500 };
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Never", "Text", 3);
  g_autoptr(CbPushResult) result = NULL;

  cb_simulator_add_fault (fixture->simulator, &fault);
  result = push (fixture, id, CB_OUTCOME_FAILED);
  g_assert_error (result->error, CB_ERROR, CB_ERROR_UNAVAILABLE);
  g_assert_cmpuint (result->steps->len, ==, 4);
  g_assert_cmpint (((CbStep *) g_ptr_array_index (result->steps, 2))->state, ==, CB_STEP_FAILED);
  g_assert_cmpint (((CbStep *) g_ptr_array_index (result->steps, 3))->state, ==, CB_STEP_PENDING);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_FAILED);
  cb_simulator_clear_faults (fixture->simulator);
  push_and_forget (fixture, id, CB_OUTCOME_UPDATED);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 3);
}

/* An update that arrived although its answer was lost is no remote edit, and what it wrote over is
 * kept. */
static void
test_lost_update (Fixture       *fixture,
                  gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_LOST, .method = update_method (fixture) };
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Ours", "Text", 0);
  g_autofree char *fields = title_fields (fixture, "Theirs");
  g_autoptr(CbPushResult) created = push (fixture, id, CB_OUTCOME_CREATED);
  g_autoptr(CbPushResult) updated = NULL;

  g_assert_true (cb_simulator_edit_incident (fixture->simulator, created->incident_id, fields));
  edit (fixture, id, "Ours, second", "Text, second");
  cb_simulator_add_fault (fixture->simulator, &fault);
  cb_simulator_clear_requests (fixture->simulator);
  updated = push (fixture, id, CB_OUTCOME_UPDATED);
  assert_all_done (updated, 1);
  g_assert_cmpuint (cb_simulator_count_requests (fixture->simulator, update_method (fixture), NULL), ==,
                    1);
  g_assert_cmpuint (n_activities (fixture, id, "overwritten", "Theirs"), ==, 1);
  fixture->options.on_conflict = CB_ON_CONFLICT_STOP;
  edit (fixture, id, "Ours, third", NULL);
  push_and_forget (fixture, id, CB_OUTCOME_UPDATED);
}

/* An update of tags alone that never arrives is given up, too. */
static void
test_lost_labels (Fixture       *fixture,
                  gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_STATUS, .method = update_method (fixture),
                                   .count = G_MAXUINT, .status = 500 };
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Tagged", "Text", 0);
  const char *const tags[] = { "new-tag", NULL };
  const CbCaseEdit tagged = { .tags = tags };
  g_autoptr(CbPushResult) result = NULL;

  push_and_forget (fixture, id, CB_OUTCOME_CREATED);
  if (!g_str_equal (fixture->system->type, "jira"))
    return;
  g_assert_true (cb_cases_edit (get_cases (fixture), id, &tagged, NULL));
  cb_simulator_add_fault (fixture->simulator, &fault);
  cb_simulator_clear_requests (fixture->simulator);
  result = push (fixture, id, CB_OUTCOME_FAILED);
  g_assert_error (result->error, CB_ERROR, CB_ERROR_UNAVAILABLE);
  g_assert_cmpuint (cb_simulator_count_requests (fixture->simulator, "PUT", NULL), ==, 2);
  cb_simulator_clear_faults (fixture->simulator);
  push_and_forget (fixture, id, CB_OUTCOME_UPDATED);
}

/* What the system asks to wait for is waited for, and nothing is sent twice. */
static void
test_limited (Fixture       *fixture,
              gconstpointer  data)
{
  const CbSimulatorFault faults[] = {
    { .kind = CB_FAULT_STATUS, .method = "POST", .path = create_path (fixture), .status = 429,
      .headers = "Retry-After: 0.2" },
    { .kind = CB_FAULT_STATUS, .method = comment_method (fixture), .path = comment_path (fixture),
      .nth = 2, .status = 503, .headers = "Retry-After: 0" },
    { .kind = CB_FAULT_STATUS, .method = comment_method (fixture), .path = comment_path (fixture),
      .nth = 4, .status = 429 },
  };
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Limited", "Text", 4);
  g_autoptr(CbPushResult) result = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    cb_simulator_add_fault (fixture->simulator, &faults[i]);
  result = push (fixture, id, CB_OUTCOME_CREATED);
  assert_all_done (result, 5);
  g_assert_cmpuint (n_incidents (fixture), ==, 1);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 4);
}

static void
test_failed_comment (Fixture       *fixture,
                     gconstpointer  data)
{
  const CbSimulatorFault fault = { .kind = CB_FAULT_STATUS, .method = comment_method (fixture),
                                   .path = comment_path (fixture), .nth = 2, .status = 403 };
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Partial", "Text", 3);
  g_autoptr(CbPushResult) failed = NULL;

  cb_simulator_add_fault (fixture->simulator, &fault);
  failed = push (fixture, id, CB_OUTCOME_FAILED);
  g_assert_error (failed->error, CB_ERROR, CB_ERROR_FORBIDDEN);
  g_assert_nonnull (failed->incident_id);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_FAILED);
  push_and_forget (fixture, id, CB_OUTCOME_UPDATED);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 3);
  g_assert_cmpuint (n_incidents (fixture), ==, 1);
}

static void
test_conflict (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Ours", "Text", 0);
  g_autofree char *fields = title_fields (fixture, "Theirs");
  g_autoptr(CbPushResult) created = push (fixture, id, CB_OUTCOME_CREATED);
  g_autofree char *kept = NULL;
  g_autofree char *overwritten = NULL;

  g_assert_true (cb_simulator_edit_incident (fixture->simulator, created->incident_id, fields));
  edit (fixture, id, "Ours, second", NULL);
  fixture->options.on_conflict = CB_ON_CONFLICT_STOP;
  push_and_forget (fixture, id, CB_OUTCOME_CONFLICT);
  fixture->options.on_conflict = CB_ON_CONFLICT_KEEP;
  push_and_forget (fixture, id, CB_OUTCOME_UP_TO_DATE);
  kept = remote_text (fixture);
  g_assert_nonnull (strstr (kept, "Theirs"));
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_UP_TO_DATE);

  g_free (fields);
  fields = title_fields (fixture, "Theirs again");
  g_assert_true (cb_simulator_edit_incident (fixture->simulator, created->incident_id, fields));
  edit (fixture, id, "Ours, third", NULL);
  fixture->options.on_conflict = CB_ON_CONFLICT_OVERWRITE;
  push_and_forget (fixture, id, CB_OUTCOME_UPDATED);
  overwritten = remote_text (fixture);
  g_assert_nonnull (strstr (overwritten, "Ours, third"));
  g_assert_cmpuint (n_activities (fixture, id, "overwritten", "Theirs again"), ==, 1);
}

static void
test_closing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Closing", "Text", 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbPushResult) created = NULL;
  g_autoptr(CbPushResult) updated = NULL;
  const CbStatus open = CB_STATUS_OPEN;
  const CbCaseEdit reopen = { .status = &open };

  cb_settings_set (cb_app_get_database (fixture->workspace->app), "close_on_push", "1", &error);
  g_assert_no_error (error);
  created = push (fixture, id, CB_OUTCOME_CREATED);
  g_assert_cmpint (created->case_status, ==, CB_STATUS_CLOSED);
  cb_cases_edit (get_cases (fixture), id, &reopen, &error);
  edit (fixture, id, "Closing, reopened", NULL);
  updated = push (fixture, id, CB_OUTCOME_UPDATED);
  g_assert_cmpint (updated->case_status, ==, CB_STATUS_OPEN);
}

/* What was shown of an update is what is sent, too; and what is shown holds what is there. */
static void
confirm_update (Fixture    *fixture,
                const char *id)
{
  CbPusher *pusher = cb_app_get_pusher (fixture->workspace->app);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbPlan) plan = NULL;

  edit (fixture, id, "Preview, updated", NULL);
  cb_pusher_plan_async (pusher, id, &fixture->options, NULL, cb_test_store_result, &result);
  plan = cb_pusher_plan_finish (pusher, cb_test_wait (&result), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (plan->remote_checked);
  g_assert_cmpuint (plan->changes->len, ==, 1);
  g_assert_cmpstr (((CbFieldChange *) g_ptr_array_index (plan->changes, 0))->remote, ==,
                   "Preview, edited");
  fixture->options.confirmed = plan;
  push_and_forget (fixture, id, CB_OUTCOME_UPDATED);
}

static void
test_preview (Fixture       *fixture,
              gconstpointer  data)
{
  CbPusher *pusher = cb_app_get_pusher (fixture->workspace->app);
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Preview", "Some *text*", 2);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbPlan) plan = NULL;
  g_autoptr(CbPlan) stale = NULL;
  g_autoptr(GAsyncResult) second = NULL;

  cb_pusher_plan_async (pusher, id, &fixture->options, NULL, cb_test_store_result, &result);
  plan = cb_pusher_plan_finish (pusher, cb_test_wait (&result), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->steps->len, ==, 3);
  g_assert_cmpuint (n_incidents (fixture), ==, 0);
  /* What was shown is what is sent, or nothing is. */
  edit (fixture, id, "Preview, edited", NULL);
  fixture->options.confirmed = plan;
  push_and_forget (fixture, id, CB_OUTCOME_CONFLICT);
  g_assert_cmpuint (n_incidents (fixture), ==, 0);
  cb_pusher_plan_async (pusher, id, &fixture->options, NULL, cb_test_store_result, &second);
  stale = cb_pusher_plan_finish (pusher, cb_test_wait (&second), NULL, &error);
  g_assert_no_error (error);
  fixture->options.confirmed = stale;
  push_and_forget (fixture, id, CB_OUTCOME_CREATED);
  confirm_update (fixture, id);
}

static void
test_long_description (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr(GString) description = g_string_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;
  g_autoptr(CbPushResult) created = NULL;

  for (guint i = 0; i < 400; i++)
    g_string_append_printf (description, "Paragraph %u of a long description, one of many.\n\n", i);
  id = cb_test_add_case (fixture->workspace, "Long", description->str, 1);
  created = push (fixture, id, CB_OUTCOME_CREATED);
  text = remote_text (fixture);
  g_assert_nonnull (strstr (text, "Paragraph 0 of"));
  g_assert_nonnull (strstr (text, "Paragraph 399 of"));
  g_assert_cmpuint (count (text, "Paragraph 399 of"), ==, 1);
  g_assert_cmpint (state_of (fixture, id), ==, CB_PUSH_UP_TO_DATE);
  if (g_str_equal (fixture->system->type, "servicenow"))
    {
      g_assert_nonnull (strstr (text, "continued in comments, revision 1"));
      g_assert_cmpuint (created->steps->len, >, 2);
    }
  push_and_forget (fixture, id, CB_OUTCOME_UP_TO_DATE);
}

static void
test_second_workspace (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Shared", "Text", 3);
  g_autoptr(CbTestWorkspace) other = cb_test_workspace_new ();
  g_autoptr(CbCase) item = cb_cases_get (get_cases (fixture), id, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *connector = NULL;
  g_autoptr(GPtrArray) none = g_ptr_array_new ();
  g_autoptr(CbPushResult) result = NULL;
  CbPushOptions options = { 0 };
  gboolean changed;

  push_and_forget (fixture, id, CB_OUTCOME_CREATED);
  connector = cb_test_add_connector (other, fixture->system, fixture->simulator, "Same", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (cb_cases_replace (cb_app_get_cases (other->app), item, none, &changed, &error));
  options.connector_id = connector;
  result = cb_test_push (other, id, &options);
  g_assert_no_error (result->error);
  g_assert_cmpuint (n_incidents (fixture), ==, 1);
  g_assert_cmpuint (cb_test_n_comments (fixture->simulator), ==, 3);
}

static void
test_deleted (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *id = cb_test_add_case (fixture->workspace, "Deleted", "Text", 0);
  g_autoptr(CbPushResult) created = push (fixture, id, CB_OUTCOME_CREATED);
  g_autoptr(CbPushResult) gone = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (cb_simulator_delete_incident (fixture->simulator, created->incident_id));
  edit (fixture, id, "Deleted, edited", NULL);
  gone = push (fixture, id, CB_OUTCOME_FAILED);
  g_assert_error (gone->error, CB_ERROR, CB_ERROR_NOT_FOUND);
  cb_pusher_unlink (cb_app_get_pusher (fixture->workspace->app), id, NULL, &error);
  g_assert_no_error (error);
  push_and_forget (fixture, id, CB_OUTCOME_CREATED);
  g_assert_cmpuint (n_incidents (fixture), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *name; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "life", test_life },
    { "requests", test_requests },
    { "comments", test_comments },
    { "lost-create", test_lost_create },
    { "reset-create", test_reset_create },
    { "lost-comment", test_lost_comment },
    { "lost-update", test_lost_update },
    { "lost-labels", test_lost_labels },
    { "never-done", test_never_done },
    { "limited", test_limited },
    { "failed-comment", test_failed_comment },
    { "conflict", test_conflict },
    { "closing", test_closing },
    { "preview", test_preview },
    { "long-description", test_long_description },
    { "second-workspace", test_second_workspace },
    { "deleted", test_deleted },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < CB_TEST_N_SYSTEMS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
      {
        g_autofree char *path = g_strdup_printf ("/push/%s/%s", cb_test_systems[i].kind,
                                                 tests[j].name);

        g_test_add (path, Fixture, &cb_test_systems[i], set_up, tests[j].func, tear_down);
      }
  return g_test_run ();
}
