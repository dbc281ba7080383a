/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-json.h"
#include "cb-test.h"
#include "push/cb-case-list.h"
#include "push/cb-case-model.h"
#include "push/cb-transfer.h"

/* Auxiliary methods */

static CbImport *
import (CbTestWorkspace  *workspace,
        const char       *text,
        GError          **error)
{
  return cb_transfer_import (cb_app_get_cases (workspace->app),
                             cb_app_get_connectors (workspace->app), text, strlen (text), error);
}

static char *
export_all (CbTestWorkspace *workspace,
            GPtrArray       *ids)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = cb_transfer_export (cb_app_get_cases (workspace->app),
                                                 cb_app_get_connectors (workspace->app), ids, &error);

  g_assert_no_error (error);
  return cb_json_to_string (node);
}

static gint64
count (CbTestWorkspace *workspace,
       CbCaseQuery      query)
{
  return cb_case_list_count (cb_app_get_database (workspace->app), &query);
}

#define KIBANA_CASE \
  "{\"id\":\"66b9aa00-94fa-11ea-9f74-e7e108796192\",\"version\":\"WzUzMiwxXQ==\"," \
  "\"owner\":\"securitySolution\",\"title\":\"Suspicious\\nlogin\",\"description\":\"From **two** countries\"," \
  "\"tags\":[\"auth\",\"two words\"],\"severity\":\"high\",\"status\":\"in-progress\",\"category\":null," \
  "\"assignees\":[{\"uid\":\"u_1\"}],\"customFields\":[{\"key\":\"k\",\"type\":\"text\",\"value\":\"v\"}]," \
  "\"settings\":{\"syncAlerts\":true,\"futureThing\":{\"a\":[1,2]}}," \
  "\"connector\":{\"id\":\"none\",\"name\":\"none\",\"type\":\".none\",\"fields\":null}," \
  "\"external_service\":null,\"created_at\":\"2022-05-13T09:16:17.416Z\"," \
  "\"created_by\":{\"username\":\"elastic\",\"full_name\":null,\"email\":null}," \
  "\"updated_at\":\"2022-05-14T09:16:17.416Z\",\"updated_by\":{\"username\":\"ml\",\"full_name\":\"Mara\"}," \
  "\"closed_at\":null,\"totalComment\":3,\"comments\":[" \
  "{\"id\":\"c1\",\"version\":\"x\",\"type\":\"user\",\"comment\":\"First\",\"created_at\":\"2022-05-13T10:00:00.000Z\"," \
  "\"created_by\":{\"full_name\":\"Tomasz Nowak\"},\"pushed_at\":null}," \
  "{\"id\":\"c2\",\"type\":\"alert\",\"alertId\":\"a\",\"index\":\"i\"}," \
  "{\"id\":\"c3\",\"type\":\"user\",\"comment\":\"Second\",\"created_at\":\"2022-05-13T11:00:00.000Z\"}]}"

/* Tests */

static void
test_edit (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  CbCases *cases = cb_app_get_cases (workspace->app);
  g_autofree char *id = cb_test_add_case (workspace, "Title", "Text", 1);
  const char *tags[] = { "a", "b", NULL };
  const CbSeverity severity = CB_SEVERITY_CRITICAL;
  const CbStatus closed = CB_STATUS_CLOSED;
  const CbCaseEdit edit = { "New title", "New text", &severity, &closed, tags, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(CbCase) item = NULL;
  g_autoptr(GPtrArray) activity = NULL;

  g_assert_true (cb_cases_edit (cases, id, &edit, &error));
  item = cb_cases_get (cases, id, &error);
  g_assert_cmpstr (item->title, ==, "New title");
  g_assert_cmpuint (item->description_revision, ==, 2);
  g_assert_cmpint (item->severity, ==, CB_SEVERITY_CRITICAL);
  g_assert_cmpint (item->closed_at, !=, 0);
  g_assert_cmpuint (g_strv_length (item->tags), ==, 2);
  activity = cb_cases_get_activity (cases, id);
  g_assert_cmpuint (activity->len, ==, 7);
}

static void
test_bad_edits (void)
{
  static const struct { const char *title, *description; CbError code; const char *field; } bad[] = {
    { "", "x", CB_ERROR_INVALID_ARGUMENT, "title" },
    { "   ", "x", CB_ERROR_INVALID_ARGUMENT, "title" },
    { "two\nlines", "x", CB_ERROR_INVALID_ARGUMENT, "title" },
    { "\xff\xfe", "x", CB_ERROR_INVALID_ARGUMENT, "title" },
    { "ok", "\xc3", CB_ERROR_INVALID_ARGUMENT, "description" },
  };
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  CbCases *cases = cb_app_get_cases (workspace->app);
  g_autofree char *id = cb_test_add_case (workspace, "Title", "Text", 0);
  g_autofree char *long_title = g_strnfill (161, 'x');
  g_autofree char *long_text = g_strnfill (30001, 'x');
  const CbCaseEdit too_long[] = { { .title = long_title }, { .description = long_text } };
  g_autoptr(CbCase) item = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const CbCaseEdit edit = { .title = bad[i].title, .description = bad[i].description };
      g_autoptr(GError) error = NULL;

      g_assert_false (cb_cases_edit (cases, id, &edit, &error));
      g_assert_error (error, CB_ERROR, (int) bad[i].code);
      g_assert_cmpstr (cb_error_get_field (error), ==, bad[i].field);
    }
  for (guint i = 0; i < G_N_ELEMENTS (too_long); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (cb_cases_edit (cases, id, &too_long[i], &error));
      g_assert_error (error, CB_ERROR, CB_ERROR_TOO_LONG);
    }
  /* Nothing of it was half-written. */
  item = cb_cases_get (cases, id, NULL);
  g_assert_cmpstr (item->title, ==, "Title");
  g_assert_cmpstr (item->description, ==, "Text");
  g_assert_cmpuint (item->description_revision, ==, 1);
}

static void
test_resolve (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  CbCases *cases = cb_app_get_cases (workspace->app);
  g_autofree char *id = cb_test_add_case (workspace, "Title", "Text", 0);
  g_autofree char *prefix = g_strndup (id, 6);
  g_autofree char *found = cb_cases_resolve (cases, prefix, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr (found, ==, id);
  prefix[3] = '\0';
  g_assert_null (cb_cases_resolve (cases, prefix, &error));
  g_assert_error (error, CB_ERROR, CB_ERROR_NOT_FOUND);
}

static void
test_kibana_import (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(CbImport) first = import (workspace, "{\"cases\":[" KIBANA_CASE "]}", &error);
  g_autoptr(CbImport) second = NULL;
  g_autoptr(CbCase) item = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (first->imported, ==, 1);
  g_assert_cmpuint (first->warnings->len, ==, 1);
  item = cb_cases_get (cb_app_get_cases (workspace->app), g_ptr_array_index (first->ids, 0), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (item->id, ==, "66b9aa00-94fa-11ea-9f74-e7e108796192");
  g_assert_cmpstr (item->title, ==, "Suspicious\nlogin");
  g_assert_cmpstr (item->created_by, ==, "elastic");
  g_assert_cmpuint (item->comments->len, ==, 2);
  g_assert_cmpstr (((CbComment *) g_ptr_array_index (item->comments, 0))->author, ==, "Tomasz Nowak");
  second = import (workspace, KIBANA_CASE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (second->unchanged, ==, 1);
  g_assert_cmpuint (second->updated, ==, 0);
}

static void
test_round_trip (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  g_autoptr(CbTestWorkspace) other = cb_test_workspace_new ();
  g_autofree char *own = cb_test_add_case (workspace, "Own", "Text\n\nmore", 3);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbImport) imported = import (workspace, KIBANA_CASE, &error);
  g_autoptr(GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr(CbImport) moved = NULL;

  g_assert_no_error (error);
  g_ptr_array_add (ids, own);
  g_ptr_array_add (ids, g_ptr_array_index (imported->ids, 0));
  before = export_all (workspace, ids);
  g_assert_nonnull (strstr (before, "futureThing"));
  moved = import (other, before, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moved->imported, ==, 2);
  after = export_all (other, ids);
  g_assert_cmpstr (before, ==, after);
}

static void
test_bad_imports (void)
{
  static const struct { const char *text, *named; } bad[] = {
    { "nonsense", NULL },
    { "7", NULL },
    { "{\"cases\":7}", NULL },
    { "[7]", "Case 1" },
    { "[{\"title\":\"x\"}]", "Case 1" },
    { "[{\"id\":\"a\",\"title\":\"ok\"},{\"id\":\"b\",\"title\":7}]", "Case 2 (b)" },
    { "[{\"id\":\"a\",\"title\":\"ok\",\"severity\":\"awful\"}]", "Case 1 (a)" },
    { "[{\"id\":\"a\",\"title\":\"ok\",\"status\":3}]", "Case 1 (a)" },
    { "[{\"id\":\"a\",\"title\":\"ok\",\"tags\":\"x\"}]", "Case 1 (a)" },
    { "[{\"id\":\"a\",\"title\":\"ok\",\"tags\":[7]}]", "Case 1 (a)" },
    { "[{\"id\":\"a\",\"title\":\"ok\",\"created_at\":\"soon\"}]", "Case 1 (a)" },
    { "[{\"id\":\"a\",\"title\":\"ok\",\"comments\":{}}]", "Case 1 (a)" },
    { "[{\"id\":\"a\",\"title\":\"ok\",\"comments\":[{\"id\":\"c\",\"type\":\"user\"}]}]", "Case 1 (a)" },
    { "[{\"id\":\"a\",\"title\":\"ok\",\"external_service\":[]}]", "Case 1 (a)" },
    { "[{\"id\":\"a\",\"title\":\" \"}]", "Case 1 (a)" },
  };
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (import (workspace, bad[i].text, &error));
      g_assert_error (error, CB_ERROR, CB_ERROR_INVALID_ARGUMENT);
      if (bad[i].named != NULL)
        g_assert_nonnull (strstr (error->message, bad[i].named));
    }
  /* Whole or not at all. */
  g_assert_cmpint (count (workspace, (CbCaseQuery) { .limit = -1 }), ==, 0);
}

static void
test_import_keeps (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  CbCases *cases = cb_app_get_cases (workspace->app);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbImport) first = import (workspace, KIBANA_CASE, &error);
  const char *id = g_ptr_array_index (first->ids, 0);
  g_autofree char *comment = cb_cases_add_comment (cases, id, "Only here", &error);
  g_autoptr(CbImport) second = import (workspace, KIBANA_CASE, &error);
  g_autoptr(CbCase) item = cb_cases_get (cases, id, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (second->updated, ==, 1);
  g_assert_nonnull (cb_case_find_comment (item, comment, NULL));
  g_assert_cmpuint (item->comments->len, ==, 3);
}

static void
test_import_plan (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  CbCases *cases = cb_app_get_cases (workspace->app);
  CbConnectors *connectors = cb_app_get_connectors (workspace->app);
  g_autoptr(GError) error = NULL;
  gsize length = strlen (KIBANA_CASE);
  g_autoptr(CbImport) first = cb_transfer_plan_import (cases, connectors, KIBANA_CASE, length, &error);
  g_autoptr(CbImport) done = NULL;
  g_autoptr(CbImport) second = NULL;
  g_autoptr(CbCase) item = NULL;
  CbCaseEdit edit = { .title = "Newer" };

  g_assert_no_error (error);
  g_assert_cmpuint (first->imported, ==, 1);
  g_assert_true (cb_cases_is_empty (cases));
  done = import (workspace, KIBANA_CASE, &error);
  cb_cases_edit (cases, g_ptr_array_index (done->ids, 0), &edit, &error);
  second = cb_transfer_plan_import (cases, connectors, KIBANA_CASE, length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (second->updated, ==, 1);
  item = cb_cases_get (cases, g_ptr_array_index (done->ids, 0), &error);
  g_assert_cmpstr (item->title, ==, "Newer");
}

static void
test_search (void)
{
  static const struct { const char *words; gint64 hits; } searches[] = {
    { "phishing", 1 }, { "PHISH", 1 }, { "phi fin", 1 }, { "phi nothing", 0 },
    { "number", 1 }, { "\"", 0 }, { "AND OR NOT", 0 }, { "cafe", 1 }, { "a*b(c", 0 },
  };
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  g_autofree char *first = cb_test_add_case (workspace, "Phishing against finance", "Text", 0);
  g_autofree char *second = cb_test_add_case (workspace, "Café", "Text", 1);

  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    g_assert_cmpint (count (workspace, (CbCaseQuery) { .search = searches[i].words, .limit = -1 }), ==,
                     searches[i].hits);
  g_assert_nonnull (first);
  g_assert_nonnull (second);
}

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  GString    *changes)
{
  g_string_append_printf (changes, " %u-%u+%u", position, removed, added);
}

/* Reads until nothing is left to be read. */
static void
settle (CbCaseModel *model)
{
  while (!cb_case_model_is_current (model))
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_changes (GString    *changes,
                const char *expected)
{
  g_assert_cmpstr (changes->str, ==, expected);
  g_string_truncate (changes, 0);
}

static void
test_model (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  CbCases *cases = cb_app_get_cases (workspace->app);
  g_autoptr(CbCaseModel) model = NULL;
  g_autoptr(GString) changes = g_string_new (NULL);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(CbCaseRow) row = NULL;
  const CbCaseEdit edit = { .title = "Other title" };
  const CbCaseEdit again = { .title = "Once more" };
  guint place;

  for (guint i = 0; i < 250; i++)
    g_ptr_array_insert (ids, 0, cb_test_add_case (workspace, "Title", "Text", 0));
  model = cb_case_model_new (cases, cb_app_get_connectors (workspace->app));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 0);
  settle (model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 250);
  for (guint i = 0; i < 250; i++)
    {
      g_autoptr(CbCaseRow) item = g_list_model_get_item (G_LIST_MODEL (model), i);

      g_assert_cmpstr (item->title, ==, "Title");
      g_assert_cmpstr (item->id, ==, g_ptr_array_index (ids, i));
    }
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), changes);
  cb_cases_edit (cases, g_ptr_array_index (ids, 7), &edit, NULL);
  row = g_list_model_get_item (G_LIST_MODEL (model), 7);
  settle (model);
  assert_changes (changes, "");
  g_assert_cmpstr (row->title, ==, "Other title");
  cb_case_model_refresh (model);
  settle (model);
  assert_changes (changes, "");

  /* However much else is read meanwhile, a row that someone keeps follows its case. */
  for (guint i = 0; i < 2 * 250; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (model), (i * 37) % 250));
  cb_cases_edit (cases, g_ptr_array_index (ids, 7), &again, NULL);
  settle (model);
  g_assert_cmpstr (row->title, ==, "Once more");

  /* The newest case goes, and the next one gets its number. */
  {
    g_autoptr(CbCaseRow) newest = g_list_model_get_item (G_LIST_MODEL (model), 0);
    g_autofree char *next = NULL;

    cb_cases_remove (cases, g_ptr_array_index (ids, 0), NULL);
    next = cb_test_add_case (workspace, "Next", "Text", 0);
    settle (model);
    g_assert_cmpstr (newest->id, ==, next);
    g_free (g_ptr_array_index (ids, 0));
    g_ptr_array_index (ids, 0) = g_steal_pointer (&next);
  }
  g_string_truncate (changes, 0);

  cb_cases_remove (cases, g_ptr_array_index (ids, 3), NULL);
  cb_cases_remove (cases, g_ptr_array_index (ids, 4), NULL);
  cb_cases_remove (cases, g_ptr_array_index (ids, 100), NULL);
  g_ptr_array_insert (ids, 0, cb_test_add_case (workspace, "New one", "Text", 0));
  settle (model);
  assert_changes (changes, " 0-0+1 4-2+0 99-1+0");
  g_assert_true (cb_case_model_find (model, g_ptr_array_index (ids, 8), &place));
  g_assert_cmpuint (place, ==, 6);
  g_assert_false (cb_case_model_find (model, g_ptr_array_index (ids, 4), &place));
}

static char *
list_titles (CbCaseModel *model)
{
  g_autoptr(GString) titles = g_string_new (NULL);

  settle (model);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      g_autoptr(CbCaseRow) row = g_list_model_get_item (G_LIST_MODEL (model), i);

      g_string_append (titles, row->title);
    }
  return g_string_free (g_steal_pointer (&titles), FALSE);
}

static void
assert_titles (CbCaseModel *model,
               const char  *expected)
{
  g_autofree char *titles = list_titles (model);

  g_assert_cmpstr (titles, ==, expected);
}

static void
test_views (void)
{
  g_autoptr(CbTestWorkspace) workspace = cb_test_workspace_new ();
  CbCases *cases = cb_app_get_cases (workspace->app);
  g_autofree char *b = cb_test_add_case (workspace, "b", "beta", 0);
  g_autofree char *c = cb_test_add_case (workspace, "C", "gamma", 0);
  g_autofree char *a = cb_test_add_case (workspace, "a", "alpha", 0);
  const CbCaseEdit worse = { .severity = &(const CbSeverity) { CB_SEVERITY_CRITICAL } };
  const CbCaseEdit closed = { .status = &(const CbStatus) { CB_STATUS_CLOSED } };
  g_autoptr(CbCaseModel) model = cb_case_model_new (cases, cb_app_get_connectors (workspace->app));
  g_autoptr(GPtrArray) ids = NULL;

  assert_titles (model, "aCb");
  cb_case_model_set_order (model, CB_CASE_ORDER_TITLE);
  assert_titles (model, "abC");
  ids = cb_case_model_list_ids (model);
  g_assert_cmpuint (ids->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (ids, 1), ==, b);
  g_assert_true (cb_cases_edit (cases, c, &worse, NULL));
  cb_case_model_set_order (model, CB_CASE_ORDER_SEVERITY);
  assert_titles (model, "Cab");
  cb_case_model_set_order (model, CB_CASE_ORDER_CHANGED);
  assert_titles (model, "Cab");
  g_assert_true (cb_cases_edit (cases, a, &closed, NULL));
  cb_case_model_set_view (model, CB_CASE_VIEW_OPEN);
  assert_titles (model, "Cb");
  g_assert_cmpuint (cb_case_model_count (model, CB_CASE_VIEW_ALL), ==, 3);
  g_assert_cmpuint (cb_case_model_count (model, CB_CASE_VIEW_OPEN), ==, 2);
  /* Only the last of several wishes is fulfilled. */
  cb_case_model_set_search (model, "gam");
  cb_case_model_set_search (model, "alp");
  cb_case_model_set_search (model, "bet");
  assert_titles (model, "b");
  g_assert_cmpuint (cb_case_model_count (model, CB_CASE_VIEW_ALL), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cases/edit", test_edit);
  g_test_add_func ("/cases/bad-edits", test_bad_edits);
  g_test_add_func ("/cases/resolve", test_resolve);
  g_test_add_func ("/cases/kibana-import", test_kibana_import);
  g_test_add_func ("/cases/round-trip", test_round_trip);
  g_test_add_func ("/cases/bad-imports", test_bad_imports);
  g_test_add_func ("/cases/import-keeps", test_import_keeps);
  g_test_add_func ("/cases/import-plan", test_import_plan);
  g_test_add_func ("/cases/search", test_search);
  g_test_add_func ("/cases/model", test_model);
  g_test_add_func ("/cases/views", test_views);
  return g_test_run ();
}
