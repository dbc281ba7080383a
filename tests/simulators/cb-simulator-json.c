/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"

static JsonNode *pack_value (const char **format,
                             va_list     *args);

/* Auxiliary methods */

static void
skip_separators (const char **format)
{
  while (**format == ' ' || **format == ',' || **format == '\n')
    (*format)++;
}

static char *
pack_name (const char **format)
{
  const char *start = *format;

  *format = strchr (start, ':');
  g_assert (*format != NULL);
  return g_strndup (start, (*format)++ - start);
}

/* 'S' and 'P' are members that are left out when their value is NULL. */
static JsonNode *
pack_member (const char **format,
             va_list     *args)
{
  gboolean optional = **format == 'S' || **format == 'P';
  JsonNode *value = pack_value (format, args);

  if (optional && JSON_NODE_HOLDS_NULL (value))
    g_clear_pointer (&value, json_node_unref);
  return value;
}

static JsonNode *
pack_members (const char **format,
              va_list     *args)
{
  JsonObject *object = json_object_new ();

  for (skip_separators (format); **format != '}'; skip_separators (format))
    {
      g_autofree char *name = pack_name (format);
      JsonNode *value = pack_member (format, args);

      if (value != NULL)
        json_object_set_member (object, name, value);
    }
  (*format)++;
  return cb_sim_json_of_object (object);
}

static JsonNode *
pack_elements (const char **format,
               va_list     *args)
{
  JsonArray *array = json_array_new ();

  for (skip_separators (format); **format != ']'; skip_separators (format))
    json_array_add_element (array, pack_value (format, args));
  (*format)++;
  return cb_sim_json_of_array (array);
}

static JsonNode *
pack_string (const char *text)
{
  JsonNode *node = json_node_new (text != NULL ? JSON_NODE_VALUE : JSON_NODE_NULL);

  if (text != NULL)
    json_node_set_string (node, text);
  return node;
}

static JsonNode *
pack_integer (gint64 value)
{
  return json_node_init_int (json_node_alloc (), value);
}

static JsonNode *
or_null (JsonNode *node)
{
  return node != NULL ? node : json_node_new (JSON_NODE_NULL);
}

static JsonNode *
pack_value (const char **format,
            va_list     *args)
{
  switch (*(*format)++)
    {
    case '{': return pack_members (format, args);
    case '[': return pack_elements (format, args);
    case 's':
    case 'S': return pack_string (va_arg (*args, const char *));
    case 'i': return pack_integer (va_arg (*args, int));
    case 'I': return pack_integer (va_arg (*args, gint64));
    case 'b': return json_node_init_boolean (json_node_alloc (), va_arg (*args, gboolean));
    case 'n': return json_node_new (JSON_NODE_NULL);
    case 'o':
    case 'P': return or_null (va_arg (*args, JsonNode *));
    case 'O': return cb_sim_json_of_object (va_arg (*args, JsonObject *));
    case 'A': return cb_sim_json_of_array (va_arg (*args, JsonArray *));
    default: g_error ("wrong format at \"%s\"", *format - 1);
    }
}

static JsonNode *
member_of_type (JsonObject  *object,
                const char  *member,
                JsonNodeType type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, member) : NULL;

  return node != NULL && json_node_get_node_type (node) == type ? node : NULL;
}

/* Public API */

/**
 * cb_sim_json_pack:
 * @format: the shape: `{name:s,list:[i,i]}`
 * @...: one value for each letter: s string or %NULL, i int, I gint64, b boolean, n null without a
 * value, o node, O object, A array (these three are taken over); S and P are s and o, left out when
 * %NULL
 *
 * Returns: (transfer full): the value
 */
JsonNode *
cb_sim_json_pack (const char *format,
                  ...)
{
  JsonNode *node;
  va_list args;

  va_start (args, format);
  node = pack_value (&format, &args);
  va_end (args);
  return node;
}

/**
 * cb_sim_json_pack_object:
 * @format: as for cb_sim_json_pack(), an object
 * @...: the values
 *
 * Returns: (transfer full): the object
 */
JsonObject *
cb_sim_json_pack_object (const char *format,
                         ...)
{
  g_autoptr(JsonNode) node = NULL;
  va_list args;

  va_start (args, format);
  node = pack_value (&format, &args);
  va_end (args);
  return json_node_dup_object (node);
}

/**
 * cb_sim_json_parse:
 * @text: the text
 * @length: its length in bytes
 *
 * Returns: (transfer full) (nullable): the value, %NULL where the text is no JSON
 */
JsonNode *
cb_sim_json_parse (const char *text,
                   gsize       length)
{
  g_autoptr(JsonParser) parser = json_parser_new ();

  if (length == 0 || !g_utf8_validate (text, length, NULL))
    return NULL;
  if (!json_parser_load_from_data (parser, text, length, NULL))
    return NULL;
  return json_parser_steal_root (parser);
}

char *
cb_sim_json_to_text (JsonNode *node)
{
  return json_to_string (node, FALSE);
}

JsonNode *
cb_sim_json_of_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

JsonNode *
cb_sim_json_of_array (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}

const char *
cb_sim_json_node_string (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

gboolean
cb_sim_json_node_integer (JsonNode *node,
                          gint64   *value)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int (node);
  return TRUE;
}

const char *
cb_sim_json_string (JsonObject *object,
                    const char *member)
{
  return cb_sim_json_node_string (member_of_type (object, member, JSON_NODE_VALUE));
}

gint64
cb_sim_json_integer (JsonObject *object,
                     const char *member,
                     gint64      fallback)
{
  gint64 value = fallback;

  cb_sim_json_node_integer (member_of_type (object, member, JSON_NODE_VALUE), &value);
  return value;
}

gboolean
cb_sim_json_boolean (JsonObject *object,
                     const char *member,
                     gboolean    fallback)
{
  JsonNode *node = member_of_type (object, member, JSON_NODE_VALUE);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fallback;
  return json_node_get_boolean (node);
}

JsonObject *
cb_sim_json_object (JsonObject *object,
                    const char *member)
{
  JsonNode *node = member_of_type (object, member, JSON_NODE_OBJECT);

  return node != NULL ? json_node_get_object (node) : NULL;
}

JsonArray *
cb_sim_json_array (JsonObject *object,
                   const char *member)
{
  JsonNode *node = member_of_type (object, member, JSON_NODE_ARRAY);

  return node != NULL ? json_node_get_array (node) : NULL;
}

/**
 * cb_sim_json_copy_object:
 * @object: an object
 *
 * Returns: (transfer full): a copy whose members may be set without touching @object
 */
JsonObject *
cb_sim_json_copy_object (JsonObject *object)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    json_object_set_member (copy, name, json_node_copy (value));
  return copy;
}

gsize
cb_sim_utf16_units (const char *text)
{
  gsize units = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    units += g_utf8_get_char (text) > 0xffff ? 2 : 1;
  return units;
}

char *
cb_sim_utf16_cut (const char *text,
                  gsize       units)
{
  const char *end = text;

  while (*end != '\0')
    {
      gsize width = g_utf8_get_char (end) > 0xffff ? 2 : 1;

      if (width > units)
        break;
      units -= width;
      end = g_utf8_next_char (end);
    }
  return g_strndup (text, end - text);
}
