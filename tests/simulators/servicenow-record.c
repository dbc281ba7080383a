/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "servicenow.h"

/* Auxiliary methods */

/* Numbers and booleans are taken as text and null clears; a structure cannot be stored. */
static gboolean
read_scalar (JsonNode *node,
             char    **text)
{
  if (JSON_NODE_HOLDS_NULL (node))
    *text = g_strdup ("");
  else if (cb_sim_json_node_string (node) != NULL)
    *text = json_node_dup_string (node);
  else if (JSON_NODE_HOLDS_VALUE (node))
    *text = cb_sim_json_to_text (node);
  else
    return FALSE;
  return TRUE;
}

static JsonObject *
find_user (CbServiceNow *self,
           const char   *text)
{
  for (guint i = 0; i < self->users->len; i++)
    {
      JsonObject *user = g_ptr_array_index (self->users, i);

      if (g_strcmp0 (text, cb_sim_json_string (user, "sys_id")) == 0
          || g_strcmp0 (text, cb_sim_json_string (user, "user_name")) == 0
          || g_strcmp0 (text, cb_sim_json_string (user, "name")) == 0)
        return user;
    }
  return NULL;
}

static void
add_journal_entry (CbServiceNow *self,
                   JsonObject   *record,
                   const char   *element,
                   const char   *text,
                   const char   *login)
{
  g_autofree char *sys_id = cb_servicenow_new_sys_id ();
  g_autofree char *now = cb_servicenow_now ();

  if (*text != '\0')
    g_ptr_array_add (
      self->journal,
      cb_sim_json_pack_object ("{sys_id:s,name:s,element:s,element_id:s,value:s,sys_created_on:s,"
                               "sys_created_by:s}",
                               sys_id, "incident", element, cb_sim_json_string (record, "sys_id"),
                               text, now, login));
}

static void
store_value (CbServiceNow             *self,
             JsonObject               *record,
             const CbServiceNowColumn *column,
             const char               *text,
             const char               *login)
{
  g_autofree char *cut = cb_sim_utf16_cut (text, cb_servicenow_max_length (self, column));
  JsonObject *user = column->reference != NULL ? find_user (self, text) : NULL;

  if (g_str_equal (column->type, "journal_input"))
    add_journal_entry (self, record, column->element, text, login);
  else if (column->reference != NULL)
    json_object_set_string_member (record, column->element,
                                   user != NULL ? cb_sim_json_string (user, "sys_id") : "");
  else
    json_object_set_string_member (record, column->element, cut);
}

/* Columns that do not exist or may not be written are dropped without a word. */
static gboolean
is_writable (CbServiceNow             *self,
             const CbServiceNowColumn *column)
{
  return column != NULL && !column->read_only
         && !g_str_equal (column->element, cb_sim_options_get (self->options, "drop-field"))
         && !g_str_equal (column->element, cb_sim_options_get (self->options, "hidden-field"));
}

static gboolean
apply_value (CbServiceNow *self,
             JsonObject   *record,
             const char   *element,
             JsonNode     *node,
             const char   *login)
{
  const CbServiceNowColumn *column = cb_servicenow_find_column (self, element);
  g_autofree char *text = NULL;

  if (!read_scalar (node, &text))
    return FALSE;
  if (is_writable (self, column))
    store_value (self, record, column, text, login);
  return TRUE;
}

static void
compute_priority (JsonObject *record)
{
  int sum =
    atoi (cb_sim_json_string (record, "urgency")) + atoi (cb_sim_json_string (record, "impact"));
  g_autofree char *priority = g_strdup_printf ("%d", CLAMP (sum - 1, 1, 5));

  json_object_set_string_member (record, "priority", priority);
  json_object_set_string_member (record, "incident_state", cb_sim_json_string (record, "state"));
  json_object_set_string_member (
    record, "active", g_str_equal (cb_sim_json_string (record, "state"), "7") ? "false" : "true");
}

static void
touch (JsonObject *record,
       const char *login)
{
  g_autofree char *now = cb_servicenow_now ();
  g_autofree char *count =
    g_strdup_printf ("%d", atoi (cb_sim_json_string (record, "sys_mod_count")) + 1);

  json_object_set_string_member (record, "sys_updated_on", now);
  json_object_set_string_member (record, "sys_updated_by", login);
  json_object_set_string_member (record, "sys_mod_count", count);
}

static char *
to_user_time (CbServiceNow *self,
              const char   *value)
{
  g_autoptr (GTimeZone) zone =
    g_time_zone_new_identifier (cb_sim_options_get (self->options, "time-zone"));
  g_autofree char *iso = g_strconcat (value, "Z", NULL);
  g_autoptr(GDateTime) utc = NULL;
  g_autoptr(GDateTime) local = NULL;

  g_strdelimit (iso, " ", 'T');
  utc = g_date_time_new_from_iso8601 (iso, NULL);
  if (utc == NULL || zone == NULL)
    return g_strdup (value);
  local = g_date_time_to_timezone (utc, zone);
  return g_date_time_format (local, "%Y-%m-%d %H:%M:%S");
}

static const char *
choice_label (CbServiceNow *self,
              const char   *element,
              const char   *value)
{
  for (guint i = 0; i < self->choices->len; i++)
    {
      JsonObject *choice = g_ptr_array_index (self->choices, i);

      if (g_strcmp0 (cb_sim_json_string (choice, "element"), element) == 0
          && g_strcmp0 (cb_sim_json_string (choice, "value"), value) == 0
          && g_strcmp0 (cb_sim_json_string (choice, "language"), "en") == 0)
        return cb_sim_json_string (choice, "label");
    }
  return value;
}

static const char *
user_name (CbServiceNow *self,
           const char   *id)
{
  JsonObject *user = find_user (self, id);

  return user != NULL ? cb_sim_json_string (user, "name") : id;
}

static void
append_entry (CbServiceNow *self,
              GString      *text,
              JsonObject   *entry)
{
  g_autofree char *time = to_user_time (self, cb_sim_json_string (entry, "sys_created_on"));
  gboolean notes = g_str_equal (cb_sim_json_string (entry, "element"), "work_notes");

  g_string_append_printf (text, "%s - %s (%s)\n%s\n\n", time,
                          user_name (self, cb_sim_json_string (entry, "sys_created_by")),
                          notes ? "Work notes" : "Additional comments",
                          cb_sim_json_string (entry, "value"));
}

static char *
show_journal (CbServiceNow *self,
              JsonObject   *record,
              const char   *element)
{
  GString *text = g_string_new (NULL);

  for (guint i = self->journal->len; i-- > 0;)
    {
      JsonObject *entry = g_ptr_array_index (self->journal, i);

      if (g_str_equal (cb_sim_json_string (entry, "element"), element)
          && g_str_equal (cb_sim_json_string (entry, "element_id"),
                          cb_sim_json_string (record, "sys_id")))
        append_entry (self, text, entry);
    }
  return g_string_free (text, FALSE);
}

static char *
display_value (CbServiceNow             *self,
               JsonObject               *record,
               const CbServiceNowColumn *column)
{
  const char *value = cb_sim_json_string (record, column->element);

  if (g_str_equal (column->type, "journal_input"))
    return cb_sim_options_get_boolean (self->options, "journal-shown")
             ? show_journal (self, record, column->element) : g_strdup ("");
  if (g_str_equal (column->type, "glide_date_time"))
    return to_user_time (self, value);
  if (column->reference != NULL)
    return g_strdup (user_name (self, value));
  return g_strdup (choice_label (self, column->element, value));
}

static char *
reference_link (const CbServiceNowColumn *column,
                const char               *value,
                CbSimExchange            *exchange)
{
  if (column->reference == NULL || *value == '\0'
      || g_strcmp0 (cb_sim_exchange_param (exchange, "sysparm_exclude_reference_link"), "true")
           == 0)
    return NULL;
  return g_strdup_printf ("%s/api/now/v2/table/%s/%s", exchange->base_url, column->reference,
                          value);
}

static CbServiceNowDisplay
wanted_display (CbSimExchange *exchange)
{
  const char *wanted = cb_sim_exchange_param (exchange, "sysparm_display_value");

  if (g_strcmp0 (wanted, "all") == 0)
    return CB_SERVICENOW_ALL;
  return g_strcmp0 (wanted, "true") == 0 ? CB_SERVICENOW_DISPLAY : CB_SERVICENOW_RAW;
}

static JsonNode *
show_cell (CbServiceNow             *self,
           JsonObject               *record,
           const CbServiceNowColumn *column,
           CbSimExchange            *exchange)
{
  const char *value = cb_sim_json_string (record, column->element);
  gboolean hidden =
    g_str_equal (column->type, "journal_input") && cb_sim_exchange_is_write (exchange);
  g_autofree char *display = hidden ? g_strdup ("") : display_value (self, record, column);
  g_autofree char *link = reference_link (column, value, exchange);

  switch (wanted_display (exchange))
    {
    case CB_SERVICENOW_ALL:
      return cb_sim_json_pack ("{display_value:s,value:s,link:S}", display, value, link);
    case CB_SERVICENOW_DISPLAY:
      return link != NULL ? cb_sim_json_pack ("{display_value:s,link:s}", display, link)
                          : cb_sim_json_pack ("s", display);
    case CB_SERVICENOW_RAW:
    default:
      return link != NULL ? cb_sim_json_pack ("{link:s,value:s}", link, value)
                          : cb_sim_json_pack ("s", value);
    }
}

static JsonNode *
show_plain_cell (const char    *value,
                 CbSimExchange *exchange)
{
  if (wanted_display (exchange) == CB_SERVICENOW_ALL)
    return cb_sim_json_pack ("{display_value:s,value:s}", value, value);
  return cb_sim_json_pack ("s", value);
}

static gboolean
is_wanted (GStrv       fields,
           const char *element)
{
  return fields == NULL || g_strv_contains ((const char *const *) fields, element);
}

/* Public API */

/**
 * cb_servicenow_apply:
 * @self: the instance
 * @record: an incident
 * @values: what a client sent
 * @login: who did
 *
 * Writes what may be written, cut to the columns' lengths.
 *
 * Returns: whether all values were scalars
 */
gboolean
cb_servicenow_apply (CbServiceNow *self,
                     JsonObject   *record,
                     JsonObject   *values,
                     const char   *login)
{
  JsonObjectIter iter;
  const char *element;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, values);
  while (json_object_iter_next_ordered (&iter, &element, &node))
    if (!apply_value (self, record, element, node, login))
      return FALSE;
  compute_priority (record);
  touch (record, login);
  return TRUE;
}

/**
 * cb_servicenow_new_record:
 * @self: the instance
 * @login: who makes it
 *
 * Returns: (transfer full): an incident with its default values, not in the table yet
 */
JsonObject *
cb_servicenow_new_record (CbServiceNow *self,
                          const char   *login)
{
  JsonObject *record = json_object_new ();
  g_autofree char *number = g_strdup_printf ("INC%07u", self->next_number);
  g_autofree char *sys_id = cb_servicenow_new_sys_id ();
  g_autofree char *now = cb_servicenow_now ();
  JsonObject *user = find_user (self, login);

  for (gsize i = 0; i < cb_servicenow_n_columns (self); i++)
    {
      const CbServiceNowColumn *column = cb_servicenow_nth_column (self, i);

      if (!g_str_equal (column->element, cb_sim_options_get (self->options, "hidden-field")))
        json_object_set_string_member (record, column->element, column->fallback);
    }
  json_object_set_string_member (record, "number", number);
  json_object_set_string_member (record, "sys_id", sys_id);
  json_object_set_string_member (record, "sys_created_on", now);
  json_object_set_string_member (record, "opened_at", now);
  json_object_set_string_member (record, "sys_created_by", login);
  json_object_set_string_member (record, "sys_mod_count", "-1");
  json_object_set_string_member (record, "opened_by",
                                 user != NULL ? cb_sim_json_string (user, "sys_id") : "");
  return record;
}

/**
 * cb_servicenow_find:
 * @self: the instance
 * @id: a sys_id or a number
 *
 * Returns: (nullable): the incident
 */
JsonObject *
cb_servicenow_find (CbServiceNow *self,
                    const char   *id)
{
  for (guint i = 0; i < self->incidents->len; i++)
    {
      JsonObject *record = g_ptr_array_index (self->incidents, i);

      if (g_str_equal (cb_sim_json_string (record, "sys_id"), id)
          || g_str_equal (cb_sim_json_string (record, "number"), id))
        return record;
    }
  return NULL;
}

/**
 * cb_servicenow_show:
 * @self: the instance
 * @table: the record's table
 * @record: a record
 * @exchange: whose parameters say which fields and which values are wanted
 *
 * Returns: (transfer full): the record as the Table API shows it
 */
JsonNode *
cb_servicenow_show (CbServiceNow  *self,
                    const char    *table,
                    JsonObject    *record,
                    CbSimExchange *exchange)
{
  const char *list = cb_sim_exchange_param (exchange, "sysparm_fields");
  g_auto(GStrv) fields = list != NULL && *list != '\0' ? g_strsplit (list, ",", -1) : NULL;
  gboolean incident = g_str_equal (table, "incident");
  JsonObject *shown = json_object_new ();
  JsonObjectIter iter;
  const char *element;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, record);
  while (json_object_iter_next_ordered (&iter, &element, &node))
    {
      const CbServiceNowColumn *column =
        incident ? cb_servicenow_find_column (self, element) : NULL;

      if (is_wanted (fields, element))
        json_object_set_member (shown, element,
                                column != NULL
                                  ? show_cell (self, record, column, exchange)
                                  : show_plain_cell (json_node_get_string (node), exchange));
    }
  return cb_sim_json_of_object (shown);
}
