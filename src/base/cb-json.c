/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"

/* Auxiliary methods */

/* json-glib's parser recurses: the depth is checked before it sees the text. */
static gboolean
is_space (const char *data,
          gsize       i)
{
  static const char mark[] = "\xef\xbb\xbf";

  return data[i] == '\0' || g_ascii_isspace (data[i]) || (i < 3 && memcmp (data, mark, i + 1) == 0);
}

/* What json-glib must not be given: of several documents 1.6 takes the first one and drops the others,
 * 1.10 ends the program. */
static const char *
find_problem (const char *data,
              gsize       length)
{
  guint depth = 0;
  gboolean in_string = FALSE;
  gboolean began = FALSE;
  gboolean ended = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = data[i];
      gboolean opens = !in_string && (c == '{' || c == '[');

      if ((ended && !is_space (data, i)) || (opens && depth == 0 && began))
        return _("the text holds more than one JSON document");
      began |= !is_space (data, i);
      if (in_string && c == '\\')
        i++;
      else if (c == '"')
        in_string = !in_string;
      else if (opens && ++depth > CB_JSON_MAX_DEPTH)
        return _("the JSON is nested too deeply");
      else if (!in_string && (c == '}' || c == ']') && depth > 0)
        ended = --depth == 0;
    }
  return NULL;
}

static gboolean
read_escape (const char *text,
             gsize       left,
             guint      *unit)
{
  g_autofree char *digits = NULL;
  char *end = NULL;

  if (left < 6 || text[0] != '\\' || text[1] != 'u')
    return FALSE;
  digits = g_strndup (text + 2, 4);
  *unit = g_ascii_strtoull (digits, &end, 16);
  return *end == '\0';
}

/* JavaScript cuts texts between the halves of a character. json-glib 1.6 makes invalid UTF-8 of a half
 * or fails on it; a replacement character says the same. */
static char *
mend_surrogates (const char *data,
                 gsize       length)
{
  char *mended = g_strndup (data, length);

  for (gsize i = 0; i + 1 < length; i++)
    {
      guint unit, next;

      if (mended[i] != '\\')
        continue;
      if (!read_escape (mended + i, length - i, &unit))
        {
          i++;
          continue;
        }
      if (unit >= 0xd800 && unit < 0xdc00 && read_escape (mended + i + 6, length - i - 6, &next) &&
          next >= 0xdc00 && next < 0xe000)
        i += 6;
      else if (unit >= 0xd800 && unit < 0xe000)
        memcpy (mended + i + 2, "fffd", 4);
      i += 5;
    }
  return mended;
}

/* Public API */

/**
 * cb_json_parse:
 * @data: the text
 * @length: its length in bytes, -1 if it ends with NUL
 * @error: %CB_ERROR_INVALID_RESPONSE with the reason
 *
 * Parses one JSON document, at most %CB_JSON_MAX_DEPTH levels deep.
 *
 * Returns: (transfer full) (nullable): the document
 */
JsonNode *
cb_json_parse (const char  *data,
               gssize       length,
               GError     **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autoptr(GError) local_error = NULL;
  g_autofree char *mended = NULL;
  const char *problem;
  JsonNode *root;

  g_return_val_if_fail (data != NULL, NULL);

  if (length < 0)
    length = strlen (data);
  if (!g_utf8_validate_len (data, length, NULL))
    {
      cb_set_error (error, CB_ERROR_INVALID_RESPONSE, NULL, _("the text is not valid UTF-8"));
      return NULL;
    }
  problem = find_problem (data, length);
  if (problem != NULL)
    {
      cb_set_error (error, CB_ERROR_INVALID_RESPONSE, NULL, "%s", problem);
      return NULL;
    }
  if (g_strstr_len (data, length, "\\ud") != NULL || g_strstr_len (data, length, "\\uD") != NULL)
    data = mended = mend_surrogates (data, length);
  if (!json_parser_load_from_data (parser, data, length, &local_error))
    {
      cb_set_error (error, CB_ERROR_INVALID_RESPONSE, NULL, _("the text is not valid JSON: %s"),
                    local_error->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL)
    {
      cb_set_error (error, CB_ERROR_INVALID_RESPONSE, NULL, _("the text is empty"));
      return NULL;
    }
  return json_node_ref (root);
}

/**
 * cb_json_to_string:
 * @node: (nullable): a node
 *
 * Returns: (transfer full) (nullable): compact JSON
 */
char *
cb_json_to_string (JsonNode *node)
{
  return node != NULL ? json_to_string (node, FALSE) : NULL;
}

/**
 * cb_json_object_to_string:
 * @object: an object
 *
 * Returns: (transfer full): compact JSON
 */
char *
cb_json_object_to_string (JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  g_return_val_if_fail (object != NULL, NULL);

  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

/**
 * cb_json_node_object:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): its object, if it is one
 */
JsonObject *
cb_json_node_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * cb_json_node_array:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): its array, if it is one
 */
JsonArray *
cb_json_node_array (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * cb_json_node_string:
 * @node: (nullable): a node
 *
 * Returns: (transfer none) (nullable): its string, if it is one
 */
const char *
cb_json_node_string (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/**
 * cb_json_string:
 * @object: (nullable): an object
 * @member: a member's name
 *
 * Returns: (transfer none) (nullable): the member, if it is there and a string
 */
const char *
cb_json_string (JsonObject *object,
                const char *member)
{
  return object != NULL ? cb_json_node_string (json_object_get_member (object, member)) : NULL;
}

/**
 * cb_json_id:
 * @object: (nullable): an object
 * @member: a member's name
 *
 * Reads an id, which some systems write as a number and others as a string.
 *
 * Returns: (transfer full) (nullable): the id as a string, %NULL if it is missing or empty
 */
char *
cb_json_id (JsonObject *object,
            const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;
  const char *text = cb_json_node_string (node);

  if (text != NULL)
    return *text != '\0' ? g_strdup (text) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return NULL;
}

/**
 * cb_json_int:
 * @object: (nullable): an object
 * @member: a member's name
 * @fallback: what to return where it is missing or no number
 *
 * Returns: the number
 */
gint64
cb_json_int (JsonObject *object,
             const char *member,
             gint64      fallback)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                                            : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_int (node) : fallback;
}

/**
 * cb_json_bool:
 * @object: (nullable): an object
 * @member: a member's name
 * @fallback: what to return where it is missing or no boolean
 *
 * Returns: the boolean
 */
gboolean
cb_json_bool (JsonObject *object,
              const char *member,
              gboolean    fallback)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN ? json_node_get_boolean (node) : fallback;
}

/**
 * cb_json_object:
 * @object: (nullable): an object
 * @member: a member's name
 *
 * Returns: (transfer none) (nullable): the member, if it is there and an object
 */
JsonObject *
cb_json_object (JsonObject *object,
                const char *member)
{
  return object != NULL ? cb_json_node_object (json_object_get_member (object, member)) : NULL;
}

/**
 * cb_json_array:
 * @object: (nullable): an object
 * @member: a member's name
 *
 * Returns: (transfer none) (nullable): the member, if it is there and an array
 */
JsonArray *
cb_json_array (JsonObject *object,
               const char *member)
{
  return object != NULL ? cb_json_node_array (json_object_get_member (object, member)) : NULL;
}

/**
 * cb_json_element_object:
 * @array: an array
 * @index: less than its length
 *
 * Returns: (transfer none) (nullable): the element, if it is an object
 */
JsonObject *
cb_json_element_object (JsonArray *array,
                        guint      index)
{
  g_return_val_if_fail (array != NULL, NULL);

  return cb_json_node_object (json_array_get_element (array, index));
}

/**
 * cb_json_node_new_string:
 * @text: a text
 *
 * Returns: (transfer full): a node that holds it
 */
JsonNode *
cb_json_node_new_string (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

/**
 * cb_json_node_new_object:
 * @object: (transfer full): an object
 *
 * Returns: (transfer full): a node that holds it
 */
JsonNode *
cb_json_node_new_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/**
 * cb_json_node_new_array:
 * @array: (transfer full): an array
 *
 * Returns: (transfer full): a node that holds it
 */
JsonNode *
cb_json_node_new_array (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}

/**
 * cb_json_set_string:
 * @object: an object
 * @member: a member's name
 * @value: (nullable): its value; %NULL becomes null
 *
 * Sets a member to a string or null.
 */
void
cb_json_set_string (JsonObject *object,
                    const char *member,
                    const char *value)
{
  g_return_if_fail (object != NULL);

  if (value != NULL)
    json_object_set_string_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}
