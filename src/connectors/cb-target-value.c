/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "connectors/cb-target-value.h"

/* The value of a field that only the external system knows, in its three forms: what a person
 * enters, what is stored (text, or JSON), and what is sent. */

#define DATE "%Y-%m-%d"
#define MOMENT "%Y-%m-%d %H:%M"

/* Auxiliary methods */

static gboolean
is_moment (const CbTargetField *field)
{
  return field->kind == CB_KIND_DATE || field->kind == CB_KIND_TIME;
}

static gboolean
is_number (JsonNode *node)
{
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                                            : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

/* A day is the same day everywhere; a moment is typed in the time of this place. */
static GDateTime *
parse_input (const CbTargetField *field,
             const char          *input)
{
  g_autoptr(GTimeZone) zone = field->kind == CB_KIND_DATE ? g_time_zone_new_utc ()
                                                          : g_time_zone_new_local ();
  g_autofree char *text = g_strconcat (input, field->kind == CB_KIND_DATE ? " 00:00" : "", NULL);
  int year, month, day, hour, minute, length = 0;

  if (sscanf (text, "%4d-%2d-%2d %2d:%2d%n", &year, &month, &day, &hour, &minute, &length) != 5 ||
      text[length] != '\0')
    return NULL;
  return g_date_time_new (zone, year, month, day, hour, minute, 0);
}

static char *
format_moment (const CbTargetField *field,
               GDateTime           *moment)
{
  g_autoptr(GDateTime) utc = g_date_time_to_utc (moment);

  switch (field->time_format)
    {
    case CB_TIME_ISO:
      return g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S.000+0000");
    case CB_TIME_SQL:
      return g_date_time_format (utc, "%Y-%m-%d %H:%M:%S");
    case CB_TIME_MILLISECONDS:
      return g_strdup_printf ("%" G_GINT64_FORMAT, g_date_time_to_unix (utc) * 1000);
    case CB_TIME_DATE:
    default:
      return g_date_time_format (utc, DATE);
    }
}

static GDateTime *
parse_moment (const CbTargetField *field,
              const char          *value)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *colon = NULL;
  gint64 milliseconds;

  if (field->time_format == CB_TIME_MILLISECONDS)
    return g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &milliseconds, NULL)
             ? g_date_time_new_from_unix_utc (milliseconds / 1000) : NULL;
  if (field->time_format == CB_TIME_DATE)
    colon = g_strconcat (value, "T00:00:00", NULL);
  /* Jira's zone has no colon, which is no ISO 8601 that GLib reads. */
  else if (g_str_has_suffix (value, "+0000"))
    colon = g_strndup (value, strlen (value) - strlen ("+0000"));
  else
    colon = g_strdup (value);
  return g_date_time_new_from_iso8601 (colon, utc);
}

static char *
store_moment (const CbTargetField  *field,
              const char           *input,
              GError              **error)
{
  g_autofree char *text = g_strstrip (g_strdup (input));
  g_autoptr(GDateTime) moment = parse_input (field, text);

  if (moment != NULL)
    return format_moment (field, moment);
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, field->id,
                field->kind == CB_KIND_DATE
                  ? _("“%s” is no date. Write it as year-month-day, for example 2026-11-24.")
                  : _("“%s” is no date with a time. Write it as year-month-day hour:minute, for "
                      "example 2026-11-24 08:30."), text);
  return NULL;
}

static char *
store_number (const CbTargetField  *field,
              const char           *input,
              GError              **error)
{
  g_autofree char *text = g_strstrip (g_strdup (input));
  g_autoptr(JsonNode) node = cb_json_parse (text, -1, NULL);

  /* The parser takes more than JSON has, such as 0x10. */
  if (is_number (node) && text[strspn (text, "0123456789+-.eE")] == '\0')
    return g_steal_pointer (&text);
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, field->id,
                _("“%s” is no number. Write it with digits, for example 12 or 0.5."), text);
  return NULL;
}

static char *
store_text (const CbTargetField  *field,
            const char           *input,
            GError              **error)
{
  gsize length = cb_utf16_length (input);

  if (field->max_length == 0 || length <= field->max_length)
    return g_strdup (input);
  cb_set_error (error, CB_ERROR_TOO_LONG, field->id,
                _("“%s” takes %u characters, and this has %u."), field->label, field->max_length,
                (guint) length);
  return NULL;
}

/* A choice's value is JSON where the system wants an object or a number. */
static JsonNode *
choice_node (const CbTargetField *field,
             const char          *value)
{
  g_autoptr(JsonNode) node = !field->as_text ? cb_json_parse (value, -1, NULL) : NULL;

  if (node != NULL && !JSON_NODE_HOLDS_NULL (node) && cb_json_node_string (node) == NULL)
    return g_steal_pointer (&node);
  return cb_json_node_new_string (value);
}

static char *
choice_value (JsonNode *node)
{
  const char *text = cb_json_node_string (node);

  return text != NULL ? g_strdup (text) : cb_json_to_string (node);
}

static char *
store_choices (const CbTargetField *field,
               const char *const   *inputs)
{
  JsonArray *array = json_array_new ();
  g_autoptr(JsonNode) node = NULL;

  for (guint i = 0; inputs[i] != NULL; i++)
    json_array_add_element (array, choice_node (field, inputs[i]));
  node = cb_json_node_new_array (array);
  return cb_json_to_string (node);
}

static GStrv
show_choices (const char *value)
{
  g_autoptr(GStrvBuilder) inputs = g_strv_builder_new ();
  g_autoptr(JsonNode) node = cb_json_parse (value, -1, NULL);
  JsonArray *array = cb_json_node_array (node);

  if (array == NULL)
    g_strv_builder_add (inputs, value);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      g_autofree char *one = choice_value (json_array_get_element (array, i));

      g_strv_builder_add (inputs, one);
    }
  return g_strv_builder_end (inputs);
}

static char *
show_moment (const CbTargetField *field,
             const char          *value)
{
  g_autoptr(GDateTime) moment = parse_moment (field, value);
  g_autoptr(GDateTime) local = NULL;

  if (moment == NULL)
    return g_strdup (value);
  if (field->kind == CB_KIND_DATE)
    return g_date_time_format (moment, DATE);
  local = g_date_time_to_local (moment);
  return g_date_time_format (local, MOMENT);
}

/* Public API */

/**
 * cb_target_value_from_inputs:
 * @field: a field of the external system
 * @inputs: (array zero-terminated=1): what a person entered or chose; several for a multiple choice
 * @error: %CB_ERROR_INVALID_ARGUMENT or %CB_ERROR_TOO_LONG, with the field's id
 *
 * Returns: (transfer full) (nullable): what is stored for it, "" for nothing
 */
char *
cb_target_value_from_inputs (const CbTargetField  *field,
                             const char *const    *inputs,
                             GError              **error)
{
  g_return_val_if_fail (field != NULL && inputs != NULL, NULL);

  if (inputs[0] == NULL || cb_is_blank (inputs[0]))
    return g_strdup ("");
  if (field->kind == CB_KIND_MULTI_CHOICE)
    return store_choices (field, inputs);
  if (field->kind == CB_KIND_NUMBER)
    return store_number (field, inputs[0], error);
  if (is_moment (field))
    return store_moment (field, inputs[0], error);
  return store_text (field, inputs[0], error);
}

/**
 * cb_target_value_to_inputs:
 * @field: a field of the external system
 * @value: what is stored for it
 *
 * The way back. What cannot be understood is shown as it is.
 *
 * Returns: (transfer full) (array zero-terminated=1): what a form shows
 */
GStrv
cb_target_value_to_inputs (const CbTargetField *field,
                           const char          *value)
{
  g_autoptr(GStrvBuilder) inputs = g_strv_builder_new ();
  g_autofree char *input = NULL;

  g_return_val_if_fail (field != NULL && value != NULL, NULL);

  if (*value == '\0')
    return g_strv_builder_end (inputs);
  if (field->kind == CB_KIND_MULTI_CHOICE)
    return show_choices (value);
  if (is_moment (field))
    input = show_moment (field, value);
  else if (field->kind == CB_KIND_CHOICE)
    {
      g_autoptr(JsonNode) node = choice_node (field, value);

      input = choice_value (node);
    }
  else
    input = g_strdup (value);
  g_strv_builder_add (inputs, input);
  return g_strv_builder_end (inputs);
}

/**
 * cb_target_value_to_node:
 * @field: (nullable): a field of the external system, as far as it is known
 * @value: what is stored for it
 *
 * A value that is JSON and no string is sent as it is, anything else as text; a field that takes
 * text gets text, also where that looks like JSON.
 *
 * Returns: (transfer full): what is sent
 */
JsonNode *
cb_target_value_to_node (const CbTargetField *field,
                         const char          *value)
{
  g_autoptr(JsonNode) node = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  if (field == NULL || !field->as_text)
    node = cb_json_parse (value, -1, NULL);
  if (node != NULL && !JSON_NODE_HOLDS_NULL (node) && cb_json_node_string (node) == NULL)
    return g_steal_pointer (&node);
  return cb_json_node_new_string (value);
}
