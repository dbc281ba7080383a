/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "resilient.h"

/* A PATCH while it is checked: nothing is stored before all of it is right. */
typedef struct {
  CbResilient         *server;
  CbResilientIncident *incident;
  JsonObject          *values;   /* (owned) the new ones */
  JsonArray           *failures; /* (owned) */
  GString             *names;    /* (owned) of the fields in conflict */
} Patch;

/* Auxiliary methods */

static void
patch_clear (Patch *patch)
{
  json_object_unref (patch->values);
  json_array_unref (patch->failures);
  g_string_free (patch->names, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Patch, patch_clear)

/* A field is named by a string or by `{"name":…}`. */
static const CbResilientField *
find_changed_field (JsonObject *change)
{
  JsonObject *object = cb_sim_json_object (change, "field");
  const char *name =
    object != NULL ? cb_sim_json_string (object, "name") : cb_sim_json_string (change, "field");

  return name != NULL ? cb_resilient_find_field (name) : NULL;
}

/* The text of an old value is compared as it was sent, not cleaned once more. */
static char *
read_old_value (const CbResilientField *field,
                JsonObject             *change,
                JsonNode              **value)
{
  JsonObject *old = cb_sim_json_object (change, "old_value");
  JsonObject *text = cb_sim_json_object (old, "textarea") != NULL
                     ? cb_sim_json_object (old, "textarea")
                     : cb_sim_json_object (old, "object");
  char *problem =
    cb_resilient_read_typed (field, json_object_get_member (change, "old_value"), value);

  if (problem == NULL && g_str_equal (field->input_type, "textarea") && text != NULL)
    {
      json_node_unref (*value);
      *value = cb_sim_json_pack ("{format:s,content:s}", cb_sim_json_string (text, "format"),
                                 cb_sim_json_string (text, "content"));
    }
  return problem;
}

static void
add_failure (Patch                  *patch,
             const CbResilientField *field,
             JsonNode               *old,
             JsonNode               *current)
{
  json_array_add_element (
    patch->failures,
    cb_sim_json_pack ("{field:s,your_original_value:o,actual_current_value:o}", field->name,
                      json_node_copy (old), json_node_copy (current)));
  g_string_append_printf (patch->names, "%s%s", patch->names->len > 0 ? ", " : "", field->name);
}

static char *
check_new_value (Patch                  *patch,
                 const CbResilientField *field,
                 JsonNode               *value)
{
  if (cb_resilient_is_required (patch->server, field) && cb_resilient_is_same (value, NULL))
    return g_strdup_printf ("A required field is missing: %s (%s).", field->label, field->name);
  return NULL;
}

static char *
read_change (Patch      *patch,
             JsonObject *change)
{
  const CbResilientField *field = change != NULL ? find_changed_field (change) : NULL;
  JsonNode *current =
    field != NULL ? json_object_get_member (patch->incident->values, field->name) : NULL;
  g_autoptr(JsonNode) old = NULL;
  g_autoptr(JsonNode) new = NULL;
  char *problem;

  if (field == NULL)
    return g_strdup ("A change names an unknown field.");
  if (field->read_only)
    return g_strdup_printf ("Field %s is read only.", field->name);
  problem = read_old_value (field, change, &old);
  if (problem == NULL)
    problem = cb_resilient_read_typed (field, json_object_get_member (change, "new_value"), &new);
  if (problem == NULL)
    problem = check_new_value (patch, field, new);
  if (problem != NULL)
    return problem;
  if (!cb_resilient_is_same (old, current))
    add_failure (patch, field, old, current);
  json_object_set_member (patch->values, field->name, g_steal_pointer (&new));
  return NULL;
}

static char *
read_changes (Patch      *patch,
              JsonObject *body)
{
  JsonArray *changes = cb_sim_json_array (body, "changes");
  char *problem = changes == NULL ? g_strdup ("changes must be an array.") : NULL;

  for (guint i = 0; problem == NULL && i < json_array_get_length (changes); i++)
    {
      JsonNode *element = json_array_get_element (changes, i);

      problem = read_change (
        patch, JSON_NODE_HOLDS_OBJECT (element) ? json_node_get_object (element) : NULL);
    }
  return problem;
}

static void
answer_conflict (Patch         *patch,
                 CbSimExchange *exchange)
{
  g_autofree char *message =
    g_strdup_printf ("The changes could not be applied due to a conflicting edit by another user.  "
                     "The following field(s) were in conflict:  %s.", patch->names->str);

  cb_sim_exchange_answer (
    exchange, 200,
    cb_sim_json_pack ("{success:b,title:n,message:s,hints:[],field_failures:A}", FALSE, message,
                      json_array_ref (patch->failures)));
}

static void
store_changes (Patch         *patch,
               CbSimExchange *exchange)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, patch->values);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    json_object_set_member (patch->incident->values, name, json_node_copy (value));
  cb_resilient_touch (patch->server, patch->incident);
  cb_sim_exchange_answer (exchange, 200,
                          cb_sim_json_pack ("{success:b,title:n,message:n,hints:[]}", TRUE));
}

static gboolean
is_outdated (Patch      *patch,
             JsonObject *body)
{
  return cb_sim_options_get_boolean (patch->server->options, "check-version")
         && cb_sim_json_integer (body, "version", patch->incident->vers) != patch->incident->vers;
}

static void
apply_patch (Patch         *patch,
             JsonObject    *body,
             CbSimExchange *exchange)
{
  g_autofree char *problem = read_changes (patch, body);

  if (problem != NULL)
    cb_resilient_refuse (exchange, 400, problem);
  else if (is_outdated (patch, body))
    cb_resilient_refuse (exchange, 409, "Conflicting PUT operation");
  else if (json_array_get_length (patch->failures) > 0)
    answer_conflict (patch, exchange);
  else
    store_changes (patch, exchange);
}

/* Callbacks */

void
cb_resilient_patch_cb (gpointer       system,
                       CbSimExchange *exchange)
{
  CbResilientIncident *incident = cb_resilient_read (system, exchange);
  g_autoptr(JsonObject) body = cb_sim_exchange_parse_object (exchange);
  g_auto (Patch)
    patch = { system, incident, json_object_new (), json_array_new (), g_string_new (NULL) };

  if (incident == NULL || !cb_resilient_may (system, "forbid-edit", exchange))
    return;
  if (body == NULL)
    cb_resilient_refuse (exchange, 400, "Unable to process the JSON of the request.");
  else
    apply_patch (&patch, body, exchange);
}
