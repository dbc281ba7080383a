/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-json.h"
#include "base/cb-lock.h"
#include "base/cb-string.h"
#include "base/cb-time.h"

/* Tests */

static void
test_error_names (void)
{
  for (int code = CB_ERROR_INVALID_ARGUMENT; code <= CB_ERROR_FAILED; code++)
    g_assert_cmpint (cb_error_code_parse (cb_error_code_name (code)), ==, code);
  g_assert_cmpint (cb_error_code_parse ("nonsense"), ==, CB_ERROR_FAILED);
}

static void
test_error_field (void)
{
  g_autoptr(GError) error = cb_error_new (CB_ERROR_TOO_LONG, "title", "The %s", "title");
  g_autoptr(GError) copy = g_error_copy (error);
  g_autoptr(GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");

  g_assert_cmpstr (cb_error_get_field (copy), ==, "title");
  g_assert_cmpstr (copy->message, ==, "The title");
  g_assert_cmpstr (cb_error_get_code (error), ==, "too-long");
  g_assert_cmpstr (cb_error_get_code (other), ==, "cancelled");
  g_assert_null (cb_error_get_field (other));
}

static void
test_utf16 (void)
{
  g_assert_cmpuint (cb_utf16_length (""), ==, 0);
  g_assert_cmpuint (cb_utf16_length ("aä€"), ==, 3);
  g_assert_cmpuint (cb_utf16_length ("😀"), ==, 2);
  g_assert_cmpuint (cb_utf16_prefix ("a😀b", 2), ==, 1);
  g_assert_cmpuint (cb_utf16_prefix ("a😀b", 3), ==, 5);
  g_assert_cmpuint (cb_utf16_prefix ("abc", 9), ==, 3);
}

static void
test_sha256 (void)
{
  g_autofree char *one = cb_sha256 ("ab", "c", NULL);
  g_autofree char *two = cb_sha256 ("a", "bc", NULL);
  g_autofree char *again = cb_sha256 ("ab", "c", NULL);

  g_assert_cmpuint (strlen (one), ==, 64);
  g_assert_cmpstr (one, !=, two);
  g_assert_cmpstr (one, ==, again);
}

static void
test_blank (void)
{
  g_assert_true (cb_is_blank (NULL));
  g_assert_true (cb_is_blank (" \n\t\xc2\xa0"));
  g_assert_false (cb_is_blank (" x "));
}

static void
test_time (void)
{
  static const struct { const char *in, *out; } cases[] = {
    { "2022-05-13T09:16:17.416Z", "2022-05-13T09:16:17.416Z" },
    { "2022-05-13T09:16:17.416123Z", "2022-05-13T09:16:17.416123Z" },
    { "2022-05-13T11:16:17+02:00", "2022-05-13T09:16:17.000Z" },
    { "1969-12-31T23:59:59.500Z", "1969-12-31T23:59:59.500Z" },
  };
  gint64 time;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = NULL;

      g_assert_true (cb_time_parse (cases[i].in, &time));
      text = cb_time_to_string (time);
      g_assert_cmpstr (text, ==, cases[i].out);
    }
  g_assert_false (cb_time_parse ("yesterday", &time));
  g_assert_false (cb_time_parse (NULL, &time));
  g_assert_cmpint (cb_time_now () % 1000, ==, 0);
}

static void
test_json_bad (void)
{
  g_autoptr(GString) deep = g_string_new (NULL);
  const char *bad[] = { "", "{", "[1,", "\xff\xfe", "{\"a\":}", "nul", "1 {}", "{}{}", "{}\n[]", "[] 1",
                        "\"a\" {}", "1 2", "{\"a\":\"}\"} {\"b\":1}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (cb_json_parse (bad[i], -1, &error));
      g_assert_error (error, CB_ERROR, CB_ERROR_INVALID_RESPONSE);
    }
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  g_assert_null (cb_json_parse (deep->str, deep->len, NULL));
}

static void
test_json_surrogates (void)
{
  static const struct { const char *in, *out; } texts[] = {
    { "[\"\\ud83d\\ude00\"]", "😀" },
    { "[\"\\ud83dx\"]", "�x" },
    { "[\"\\ude00\"]", "�" },
    { "[\"\\ud83d\\u0041\"]", "�A" },
    { "[\"\\\\ud83d\"]", "\\ud83d" },
    { "[\"\\ud83d\\ud83d\\ude00\"]", "�😀" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node = cb_json_parse (texts[i].in, -1, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (json_array_get_string_element (json_node_get_array (node), 0), ==, texts[i].out);
    }
}

static void
test_json_types (void)
{
  g_autoptr(JsonNode) node =
    cb_json_parse ("{\"s\":\"x\",\"i\":7,\"b\":true,\"o\":{},\"a\":[1,{}],\"n\":null}", -1, NULL);
  JsonObject *object = cb_json_node_object (node);
  g_autofree char *id = cb_json_id (object, "i");

  g_assert_cmpstr (cb_json_string (object, "s"), ==, "x");
  g_assert_null (cb_json_string (object, "i"));
  g_assert_null (cb_json_string (object, "missing"));
  g_assert_null (cb_json_string (NULL, "s"));
  g_assert_cmpint (cb_json_int (object, "i", -1), ==, 7);
  g_assert_cmpint (cb_json_int (object, "s", -1), ==, -1);
  g_assert_true (cb_json_bool (object, "b", FALSE));
  g_assert_nonnull (cb_json_object (object, "o"));
  g_assert_null (cb_json_object (object, "a"));
  g_assert_null (cb_json_array (object, "n"));
  g_assert_cmpstr (id, ==, "7");
  g_assert_null (cb_json_element_object (cb_json_array (object, "a"), 0));
  g_assert_nonnull (cb_json_element_object (cb_json_array (object, "a"), 1));
}

static void
test_lock (void)
{
  g_autofree char *directory = g_dir_make_tmp ("casebridge-lock-XXXXXX", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(CbLock) first = cb_lock_try (directory, "a", &error);
  g_autoptr(CbLock) second = NULL;
  g_autoptr(CbLock) other = NULL;

  g_assert_no_error (error);
  other = cb_lock_try (directory, "b", &error);
  g_assert_no_error (error);
  second = cb_lock_try (directory, "a", &error);
  g_assert_error (error, CB_ERROR, CB_ERROR_BUSY);
  g_clear_error (&error);
  g_clear_pointer (&first, cb_lock_free);
  second = cb_lock_try (directory, "a", &error);
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/names", test_error_names);
  g_test_add_func ("/base/error/field", test_error_field);
  g_test_add_func ("/base/string/utf16", test_utf16);
  g_test_add_func ("/base/string/sha256", test_sha256);
  g_test_add_func ("/base/string/blank", test_blank);
  g_test_add_func ("/base/time", test_time);
  g_test_add_func ("/base/json/bad", test_json_bad);
  g_test_add_func ("/base/json/surrogates", test_json_surrogates);
  g_test_add_func ("/base/json/types", test_json_types);
  g_test_add_func ("/base/lock", test_lock);
  return g_test_run ();
}
