/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "connectors/cb-connector-private.h"

#define TOKEN_DIGITS 10

/* Auxiliary methods */

static void
target_field_free (CbTargetField *field)
{
  g_free (field->id);
  g_free (field->label);
  g_clear_pointer (&field->choices, g_ptr_array_unref);
  g_free (field);
}

static gboolean
is_token_digit (char c)
{
  return g_ascii_isupper (c) || (c >= '2' && c <= '7');
}

/* For subclasses */

/* Collects the tokens (cb-XXXXXXXXXX) in a text. */
GHashTable *
_cb_tokens_scan (const char *text,
                 const char *remote_id,
                 GHashTable *tokens)
{
  if (tokens == NULL)
    tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (const char *p = text; p != NULL && (p = strstr (p, "cb-")) != NULL; p += 3)
    {
      gsize digits = 0;

      while (digits < TOKEN_DIGITS && is_token_digit (p[3 + digits]))
        digits++;
      if (digits == TOKEN_DIGITS)
        g_hash_table_insert (tokens, g_strndup (p, 3 + TOKEN_DIGITS), g_strdup (remote_id));
    }
  return tokens;
}

/* Public API */

/**
 * cb_choice_new:
 * @value: what is stored and sent
 * @label: (nullable): what a person reads, @value where %NULL
 *
 * Returns: (transfer full): a choice
 */
CbChoice *
cb_choice_new (const char *value,
               const char *label)
{
  CbChoice *choice = g_new0 (CbChoice, 1);

  choice->value = g_strdup (value);
  choice->label = g_strdup (label != NULL ? label : value);
  return choice;
}

/**
 * cb_choice_free:
 * @choice: (transfer full) (nullable): a choice
 *
 * Frees it.
 */
void
cb_choice_free (CbChoice *choice)
{
  if (choice == NULL)
    return;
  g_free (choice->value);
  g_free (choice->label);
  g_free (choice);
}

/**
 * cb_choices_new:
 *
 * Returns: (transfer full) (element-type CbChoice): an empty list
 */
GPtrArray *
cb_choices_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) cb_choice_free);
}

/**
 * cb_choices_add:
 * @choices: (element-type CbChoice): a list
 * @value: (nullable): what is stored and sent
 * @label: (nullable): what a person reads
 *
 * Adds a choice, unless there is one of that value already or @value is %NULL.
 */
void
cb_choices_add (GPtrArray  *choices,
                const char *value,
                const char *label)
{
  if (value == NULL)
    return;
  for (guint i = 0; i < choices->len; i++)
    if (g_str_equal (((CbChoice *) g_ptr_array_index (choices, i))->value, value))
      return;
  g_ptr_array_add (choices, cb_choice_new (value, label));
}

/**
 * cb_target_new:
 *
 * Returns: (transfer full): a target of which nothing is known yet
 */
CbTarget *
cb_target_new (void)
{
  CbTarget *target = g_new0 (CbTarget, 1);

  target->fields = g_ptr_array_new_with_free_func ((GDestroyNotify) target_field_free);
  target->defaults = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  target->notes = g_ptr_array_new_with_free_func (g_free);
  return target;
}

/**
 * cb_target_free:
 * @target: (transfer full) (nullable): a target
 *
 * Frees it.
 */
void
cb_target_free (CbTarget *target)
{
  if (target == NULL)
    return;
  g_ptr_array_unref (target->fields);
  g_hash_table_unref (target->defaults);
  g_ptr_array_unref (target->notes);
  g_free (target->reference_field);
  g_free (target->comment_field);
  g_free (target->comment_note);
  g_free (target);
}

/**
 * cb_target_add:
 * @target: a target
 * @id: a field's name in the external system
 * @label: (nullable): what its people call it, @id where %NULL
 * @kind: what its values are
 *
 * Returns: (transfer none): the field, which was added or already there
 */
CbTargetField *
cb_target_add (CbTarget    *target,
               const char  *id,
               const char  *label,
               CbFieldKind  kind)
{
  CbTargetField *field = cb_target_find (target, id);

  if (field != NULL)
    return field;
  field = g_new0 (CbTargetField, 1);
  field->id = g_strdup (id);
  field->label = g_strdup (label != NULL ? label : id);
  field->kind = kind;
  g_ptr_array_add (target->fields, field);
  return field;
}

/**
 * cb_target_find:
 * @target: a target
 * @id: a field's name in the external system
 *
 * Returns: (transfer none) (nullable): the field
 */
CbTargetField *
cb_target_find (const CbTarget *target,
                const char     *id)
{
  for (guint i = 0; i < target->fields->len; i++)
    {
      CbTargetField *field = g_ptr_array_index (target->fields, i);

      if (g_strcmp0 (field->id, id) == 0)
        return field;
    }
  return NULL;
}

/**
 * cb_incident_new:
 * @id: its id in the external system
 * @title: its key or number
 * @url: where a person sees it
 *
 * Returns: (transfer full): an incident of which nothing else is known yet
 */
CbIncident *
cb_incident_new (const char *id,
                 const char *title,
                 const char *url)
{
  CbIncident *incident = g_new0 (CbIncident, 1);

  incident->id = g_strdup (id);
  incident->title = g_strdup (title);
  incident->url = g_strdup (url);
  return incident;
}

/**
 * cb_incident_free:
 * @incident: (transfer full) (nullable): an incident
 *
 * Frees it.
 */
void
cb_incident_free (CbIncident *incident)
{
  if (incident == NULL)
    return;
  g_free (incident->id);
  g_free (incident->title);
  g_free (incident->url);
  g_free (incident->state);
  g_clear_pointer (&incident->values, json_object_unref);
  g_clear_pointer (&incident->tokens, g_hash_table_unref);
  g_strfreev (incident->dropped);
  g_free (incident);
}

/**
 * cb_system_free:
 * @system: (transfer full) (nullable): a result of a test
 *
 * Frees it.
 */
void
cb_system_free (CbSystem *system)
{
  if (system == NULL)
    return;
  g_free (system->product);
  g_free (system->version);
  g_free (system->note);
  g_free (system);
}
