/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fourth connector type, whole, in one file: a system that keeps its incidents in memory. */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-json.h"
#include "cb-toy-connector.h"

struct _CbToyConnector
{
  CbConnector parent_instance;
};

static const char *const mood_choices[] = { "calm", "busy", NULL };

static const CbSettingInfo settings[] = {
  { "toyBox", "Toy box", "Where the toys are", CB_KIND_TEXT, TRUE, FALSE },
  { "toyMood", "Toy mood", NULL, CB_KIND_CHOICE, FALSE, FALSE, mood_choices },
  { "toySecret", "Toy secret", NULL, CB_KIND_TEXT, TRUE, TRUE },
  { "caFile", "Certificate authority", NULL, CB_KIND_FILE, FALSE, FALSE },
};

static const CbCaseFieldInfo case_fields[] = {
  { "toyColour", "Toy colour", "colour", CB_KIND_CHOICE, FALSE },
};

static const CbMapping mappings[] = {
  { "title", "headline", CB_MAPPING_OVERWRITE, cb_text_join_lines },
  { "description", "story", CB_MAPPING_OVERWRITE },
  { "comments", "remarks", CB_MAPPING_APPEND },
};

G_DEFINE_FINAL_TYPE (CbToyConnector, cb_toy_connector, CB_TYPE_CONNECTOR)

static JsonObject *incident; /* (owned) (nullable): the only one */

static CbIncident *
read_toy (CbConnector *connector)
{
  CbIncident *result = cb_incident_new ("1", "TOY-1", cb_connector_get_url (connector));

  result->values = json_object_ref (incident);
  result->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  result->tokens_complete = TRUE;
  return result;
}

static char *
build_authorization (CbConnector *connector,
                     GHashTable  *secrets)
{
  return g_strdup ("Toy");
}

static void
read_error (CbConnector      *connector,
            const CbResponse *response,
            CbComplaint      *complaint)
{
}

static void
test (CbConnector *connector,
      GTask       *task)
{
  CbSystem *system = g_new0 (CbSystem, 1);

  system->product = g_strdup ("Toy");
  g_task_return_pointer (task, system, (GDestroyNotify) cb_system_free);
  g_object_unref (task);
}

static void
load_choices (CbConnector *connector,
              const char  *field,
              GHashTable  *context,
              GTask       *task)
{
  GPtrArray *choices = cb_choices_new ();

  cb_choices_add (choices, "r", "Toy red");
  cb_choices_add (choices, "b", "Toy blue");
  g_task_return_pointer (task, choices, (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

static void
load_target (CbConnector *connector,
             GHashTable  *fields,
             GTask       *task)
{
  CbTarget *target = cb_target_new ();

  cb_target_add (target, "headline", "Headline", CB_KIND_TEXT)->max_length = 100;
  target->reference_field = g_strdup ("origin");
  target->comment_field = g_strdup ("remarks");
  g_task_return_pointer (task, target, (GDestroyNotify) cb_target_free);
  g_object_unref (task);
}

static void
find_incidents (CbConnector       *connector,
                const CbReference *reference,
                GTask             *task)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_incident_free);

  if (incident != NULL && g_strcmp0 (cb_json_string (incident, "origin"), reference->text) == 0)
    g_ptr_array_add (found, read_toy (connector));
  g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

static void
read_incident (CbConnector *connector,
               const char  *name,
               gboolean     with_comments,
               GTask       *task)
{
  g_task_return_pointer (task, read_toy (connector), (GDestroyNotify) cb_incident_free);
  g_object_unref (task);
}

static void
create_incident (CbConnector *connector,
                 JsonObject  *values,
                 GTask       *task)
{
  g_clear_pointer (&incident, json_object_unref);
  incident = json_object_ref (values);
  g_task_return_pointer (task, read_toy (connector), (GDestroyNotify) cb_incident_free);
  g_object_unref (task);
}

static void
add_comment (CbConnector *connector,
             const char  *incident_id,
             const char  *text,
             GTask       *task)
{
  g_task_return_pointer (task, g_strdup ("7"), g_free);
  g_object_unref (task);
}

static void
cb_toy_connector_class_init (CbToyConnectorClass *klass)
{
  CbConnectorClass *connector_class = CB_CONNECTOR_CLASS (klass);

  connector_class->id = "toy";
  connector_class->name = "Toy";
  connector_class->settings = settings;
  connector_class->n_settings = G_N_ELEMENTS (settings);
  connector_class->case_fields = case_fields;
  connector_class->n_case_fields = G_N_ELEMENTS (case_fields);
  connector_class->mappings = mappings;
  connector_class->n_mappings = G_N_ELEMENTS (mappings);
  connector_class->text_format = CB_TEXT_PLAIN;
  connector_class->reference_prefix = "toy-";

  connector_class->build_authorization = build_authorization;
  connector_class->read_error = read_error;
  connector_class->test = test;
  connector_class->load_choices = load_choices;
  connector_class->load_target = load_target;
  connector_class->find_incidents = find_incidents;
  connector_class->read_incident = read_incident;
  connector_class->create_incident = create_incident;
  connector_class->add_comment = add_comment;
}

static void
cb_toy_connector_init (CbToyConnector *self)
{
}
