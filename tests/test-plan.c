/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan is a pure function: it is tested without database and network. */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "connectors/cb-connector-registry.h"
#include "push/cb-plan.h"

typedef struct
{
  CbCase *item;
  GHashTable *fields;
  GHashTable *settings;
  CbTarget *target;
  CbPushed *pushed;
  CbPlanInput input;
} Fixture;

/* Auxiliary methods */

static void
add_comment (Fixture    *fixture,
             const char *id,
             const char *text)
{
  CbComment *comment = cb_comment_new ();

  comment->id = g_strdup (id);
  comment->text = g_strdup (text);
  comment->author = g_strdup ("Tomasz Nowak");
  comment->revision = g_strdup_printf ("%s-1", id);
  g_ptr_array_add (fixture->item->comments, comment);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  type)
{
  fixture->item = cb_case_new ();
  fixture->item->id = g_strdup ("66b9aa00-94fa-11ea-9f74-e7e108796192");
  fixture->item->title = g_strdup ("First\nsecond");
  fixture->item->description = g_strdup ("Some **bold** text");
  cb_case_update_hashes (fixture->item);
  fixture->fields = g_hash_table_new (g_str_hash, g_str_equal);
  fixture->settings = g_hash_table_new (g_str_hash, g_str_equal);
  fixture->pushed = cb_pushed_new ();
  fixture->target = cb_target_new ();
  fixture->target->comment_field = g_strdup ("comments");
  fixture->input = (CbPlanInput) { fixture->item, fixture->fields, cb_connector_registry_find (type),
                                   fixture->settings, fixture->target, fixture->pushed, NULL,
                                   CB_ON_CONFLICT_OVERWRITE, "Mara Lindqvist" };
  if (g_str_equal (type, "jira"))
    {
      cb_target_add (fixture->target, "labels", NULL, CB_KIND_JSON);
      fixture->target->reference_field = g_strdup ("labels");
    }
  else
    fixture->target->reference_field = g_strdup ("correlation_id");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  type)
{
  cb_case_free (fixture->item);
  g_hash_table_unref (fixture->fields);
  g_hash_table_unref (fixture->settings);
  cb_target_free (fixture->target);
  cb_pushed_free (fixture->pushed);
}

static CbPlan *
plan (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  CbPlan *result = cb_plan_new (&fixture->input, &error);

  g_assert_no_error (error);
  return result;
}

static CbStep *
step (CbPlan *plan_,
      guint   position)
{
  g_assert_cmpuint (position, <, plan_->steps->len);
  return g_ptr_array_index (plan_->steps, position);
}

static void
mark_sent (Fixture *fixture)
{
  fixture->pushed->incident_id = g_strdup ("1");
  g_hash_table_insert (fixture->pushed->fields, g_strdup ("title"),
                       g_strdup (fixture->item->title_hash));
  g_hash_table_insert (fixture->pushed->fields, g_strdup ("description"),
                       g_strdup (fixture->item->description_hash));
  g_hash_table_insert (fixture->pushed->fields, g_strdup ("tags"),
                       g_strdup (fixture->item->tags_hash));
}

/* Tests */

static void
test_create (Fixture       *fixture,
             gconstpointer  type)
{
  g_autoptr(CbPlan) result = NULL;
  const char *text;

  add_comment (fixture, "c1", "A *comment*");
  result = plan (fixture);
  g_assert_cmpuint (result->steps->len, ==, 2);
  g_assert_cmpint (step (result, 0)->kind, ==, CB_STEP_CREATE);
  g_assert_cmpstr (cb_json_string (step (result, 0)->values, "short_description"), ==,
                   "First, second");
  g_assert_cmpstr (cb_json_string (step (result, 0)->values, "description"), ==, "Some bold text");
  g_assert_cmpstr (cb_json_string (step (result, 0)->values, "correlation_id"), ==, fixture->item->id);
  text = cb_json_string (step (result, 1)->values, "comments");
  g_assert_true (g_regex_match_simple ("^A comment\n\nAdded by Tomasz Nowak \\[cb-[A-Z2-7]{10}\\]$",
                                       text, 0, 0));
}

static void
test_same_twice (Fixture       *fixture,
                 gconstpointer  type)
{
  g_autoptr(CbPlan) one = NULL;
  g_autoptr(CbPlan) two = NULL;

  add_comment (fixture, "c1", "A comment");
  one = plan (fixture);
  two = plan (fixture);
  g_assert_true (cb_plan_equal (one, two));
  g_free (fixture->item->title);
  fixture->item->title = g_strdup ("Other");
  cb_case_update_hashes (fixture->item);
  g_clear_pointer (&two, cb_plan_free);
  two = plan (fixture);
  g_assert_false (cb_plan_equal (one, two));
}

static void
test_labels (Fixture       *fixture,
             gconstpointer  type)
{
  const char *tags[] = { "two words", "two-words", " plain ", "Ä\tö", NULL };
  g_autoptr(CbPlan) result = NULL;
  g_autofree char *labels = NULL;

  g_strfreev (fixture->item->tags);
  fixture->item->tags = g_strdupv ((GStrv) tags);
  cb_case_update_hashes (fixture->item);
  result = plan (fixture);
  labels = cb_json_to_string (json_object_get_member (step (result, 0)->values, "labels"));
  g_assert_cmpstr (labels, ==, "[\"two-words\",\"plain\",\"Ä-ö\","
                   "\"casebridge-66b9aa00-94fa-11ea-9f74-e7e108796192\"]");
}

static void
test_label_changes (Fixture       *fixture,
                    gconstpointer  type)
{
  const char *tags[] = { "new", "stays", NULL };
  g_autoptr(CbIncident) seen = cb_incident_new ("1", "SEC-1", "https://x/browse/SEC-1");
  g_autoptr(CbPlan) result = NULL;
  g_autofree char *labels = NULL;
  g_autoptr(JsonNode) values = cb_json_parse ("{\"labels\":[\"theirs\",\"stays\",\"old\"]}", -1, NULL);

  mark_sent (fixture);
  g_strfreev (fixture->item->tags);
  fixture->item->tags = g_strdupv ((GStrv) tags);
  cb_case_update_hashes (fixture->item);
  g_hash_table_insert (fixture->pushed->baselines, g_strdup ("tags"),
                       g_strdup ("[\"old\",\"stays\",\"gone already\"]"));
  seen->values = json_object_ref (json_node_get_object (values));
  fixture->input.seen = seen;
  result = plan (fixture);
  g_assert_cmpint (step (result, 0)->kind, ==, CB_STEP_UPDATE);
  labels = cb_json_to_string (json_object_get_member (step (result, 0)->values, "labels"));
  g_assert_cmpstr (labels, ==, "{\"add\":[\"new\"],\"remove\":[\"old\"]}");
}

static void
test_no_labels_there (Fixture       *fixture,
                      gconstpointer  type)
{
  g_autoptr(CbTarget) target = cb_target_new ();
  const char *tags[] = { "tag", NULL };
  g_autoptr(CbPlan) result = NULL;
  const char *text;

  target->comment_field = g_strdup ("comments");
  target->reference_field = g_strdup ("description");
  target->reference_in_text = TRUE;
  g_strfreev (fixture->item->tags);
  fixture->item->tags = g_strdupv ((GStrv) tags);
  cb_case_update_hashes (fixture->item);
  fixture->input.target = target;
  result = plan (fixture);
  g_assert_false (json_object_has_member (step (result, 0)->values, "labels"));
  text = cb_json_string (step (result, 0)->values, "description");
  g_assert_true (g_str_has_suffix (text, "\n\ncasebridge-66b9aa00-94fa-11ea-9f74-e7e108796192"));
  g_assert_cmpuint (result->warnings->len, ==, 1);
}

static void
test_required (Fixture       *fixture,
               gconstpointer  type)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(CbPlan) result = NULL;

  cb_target_add (fixture->target, "u_site", "Site", CB_KIND_TEXT)->required = TRUE;
  g_assert_null (cb_plan_new (&fixture->input, &error));
  g_assert_error (error, CB_ERROR, CB_ERROR_INVALID_FIELD);
  g_assert_cmpstr (cb_error_get_field (error), ==, "u_site");
  g_assert_nonnull (strstr (error->message, "Site"));
  g_hash_table_insert (fixture->settings, (char *) "extra.u_site", (char *) "Berlin");
  result = plan (fixture);
  g_assert_cmpstr (cb_json_string (step (result, 0)->values, "u_site"), ==, "Berlin");
}

static void
test_extras (Fixture       *fixture,
             gconstpointer  type)
{
  static const struct { const char *in, *out; } extras[] = {
    { "text", "\"text\"" }, { "{\"id\":7}", "{\"id\":7}" }, { "[1,2]", "[1,2]" }, { "7", "7" },
    { "true", "true" }, { "null", "\"null\"" }, { "\"quoted\"", "\"\\\"quoted\\\"\"" },
    { "{broken", "\"{broken\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (extras); i++)
    {
      g_autoptr(CbPlan) result = NULL;
      g_autofree char *value = NULL;

      g_hash_table_insert (fixture->fields, (char *) "extra.x", (char *) extras[i].in);
      result = plan (fixture);
      value = cb_json_to_string (json_object_get_member (step (result, 0)->values, "x"));
      g_assert_cmpstr (value, ==, extras[i].out);
    }
}

/* A field that takes text gets it as it was typed. */
static void
test_text_extras (Fixture       *fixture,
                  gconstpointer  type)
{
  static const char *const texts[] = { "12345", "true", "{\"id\":7}", "[1]" };

  cb_target_add (fixture->target, "x", "X", CB_KIND_TEXT)->as_text = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(CbPlan) result = NULL;

      g_hash_table_insert (fixture->fields, (char *) "extra.x", (char *) texts[i]);
      result = plan (fixture);
      g_assert_cmpstr (cb_json_string (step (result, 0)->values, "x"), ==, texts[i]);
    }
}

static void
test_up_to_date (Fixture       *fixture,
                 gconstpointer  type)
{
  g_autoptr(CbPlan) result = NULL;

  add_comment (fixture, "c1", "A comment");
  mark_sent (fixture);
  g_assert_true (cb_plan_has_news (&fixture->input));
  g_hash_table_add (fixture->pushed->complete, cb_revision_key ("c1", "c1-1"));
  g_assert_false (cb_plan_has_news (&fixture->input));
  result = plan (fixture);
  g_assert_cmpuint (result->steps->len, ==, 0);
}

static void
test_arrived (Fixture       *fixture,
              gconstpointer  type)
{
  g_autoptr(CbIncident) seen = cb_incident_new ("1", "INC1", "https://x");
  g_autoptr(CbPlan) before = NULL;
  g_autoptr(CbPlan) after = NULL;
  g_autoptr(JsonNode) values = cb_json_parse ("{\"short_description\":\"First, second\"}", -1, NULL);

  add_comment (fixture, "c1", "A comment");
  add_comment (fixture, "c2", "Another");
  mark_sent (fixture);
  g_hash_table_remove (fixture->pushed->fields, "title");
  seen->values = json_object_ref (json_node_get_object (values));
  seen->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture->input.seen = seen;
  before = plan (fixture);
  g_assert_cmpuint (before->steps->len, ==, 2);
  g_hash_table_insert (seen->tokens, g_strdup (step (before, 0)->token), g_strdup ("9"));
  after = plan (fixture);
  /* The title is there as it would be sent, and so is the first comment. */
  g_assert_cmpuint (after->steps->len, ==, 1);
  g_assert_cmpuint (after->arrived->len, ==, 1);
  g_assert_cmpuint (after->settled->len, ==, 1);
}

static void
test_cut (Fixture       *fixture,
          gconstpointer  type)
{
  g_autoptr(GString) description = g_string_new (NULL);
  g_autoptr(CbPlan) result = NULL;
  g_autoptr(GString) all = g_string_new (NULL);
  const char *text;

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (description, "Paragraph %u 😀 of many.\n\n", i);
  g_free (fixture->item->description);
  fixture->item->description = g_strdup (description->str);
  fixture->item->description_revision = 3;
  cb_case_update_hashes (fixture->item);
  cb_target_add (fixture->target, "description", NULL, CB_KIND_TEXT)->max_length = 1000;
  fixture->target->comment_limit = 700;
  result = plan (fixture);
  text = cb_json_string (step (result, 0)->values, "description");
  g_assert_cmpuint (cb_utf16_length (text), <=, 1000);
  g_assert_true (g_str_has_suffix (text, "\n\ncontinued in comments, revision 3"));
  g_assert_cmpuint (result->steps->len, >, 2);
  g_assert_cmpuint (result->warnings->len, ==, 1);
  g_string_append (all, text);
  for (guint i = 1; i < result->steps->len; i++)
    {
      text = cb_json_string (step (result, i)->values, "comments");
      g_assert_cmpuint (cb_utf16_length (text), <=, 700);
      g_assert_cmpstr (step (result, i)->comment_id, ==, "description");
      g_string_append (all, text);
    }
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *paragraph = g_strdup_printf ("Paragraph %u ", i);

      g_assert_nonnull (strstr (all->str, paragraph));
    }
}

static void
test_cut_title (Fixture       *fixture,
                gconstpointer  type)
{
  g_autoptr(CbPlan) result = NULL;
  const char *title;

  g_free (fixture->item->title);
  fixture->item->title = g_strdup ("One two three four five six seven eight nine ten eleven twelve "
                                   "thirteen fourteen fifteen sixteen");
  cb_case_update_hashes (fixture->item);
  cb_target_add (fixture->target, "short_description", NULL, CB_KIND_TEXT)->max_length = 80;
  result = plan (fixture);
  title = cb_json_string (step (result, 0)->values, "short_description");
  g_assert_cmpuint (cb_utf16_length (title), <=, 80);
  g_assert_nonnull (strstr (title, "continued in comments, revision 1"));
  g_assert_cmpuint (result->steps->len, ==, 2);
  g_assert_nonnull (strstr (cb_json_string (step (result, 1)->values, "comments"), "sixteen"));
}

static void
test_reference (void)
{
  CbConnectorClass *servicenow = cb_connector_registry_find ("servicenow");
  CbConnectorClass *jira = cb_connector_registry_find ("jira");
  g_autofree char *plain = cb_plan_reference (servicenow, "66b9aa00-94fa-11ea-9f74-e7e108796192");
  g_autofree char *label = cb_plan_reference (jira, "66b9aa00-94fa-11ea-9f74-e7e108796192");
  g_autofree char *odd = cb_plan_reference (jira, "an id\" OR project = \"X");

  g_assert_cmpstr (plain, ==, "66b9aa00-94fa-11ea-9f74-e7e108796192");
  g_assert_cmpstr (label, ==, "casebridge-66b9aa00-94fa-11ea-9f74-e7e108796192");
  g_assert_null (strpbrk (odd, " \"="));
  g_assert_cmpuint (strlen (odd), <, 100);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *name, *type;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/plan/create", "servicenow", test_create },
    { "/plan/same-twice", "jira", test_same_twice },
    { "/plan/labels", "jira", test_labels },
    { "/plan/label-changes", "jira", test_label_changes },
    { "/plan/no-labels-there", "jira", test_no_labels_there },
    { "/plan/required", "servicenow", test_required },
    { "/plan/extras", "servicenow", test_extras },
    { "/plan/text-extras", "servicenow", test_text_extras },
    { "/plan/up-to-date", "servicenow", test_up_to_date },
    { "/plan/arrived", "servicenow", test_arrived },
    { "/plan/cut", "servicenow", test_cut },
    { "/plan/cut-title", "servicenow", test_cut_title },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, tests[i].type, set_up, tests[i].func, tear_down);
  g_test_add_func ("/plan/reference", test_reference);
  return g_test_run ();
}
