/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "servicenow.h"

typedef struct {
  const char *table;
  const char *element;
  const char *language;
  const char *value;
  const char *label;
  const char *dependent_value;
  gboolean    inactive;
} Choice;

static const CbServiceNowColumn columns[] = {
  { "task", "number", "Number", "string", NULL, "", 40, FALSE },
  { "task", "short_description", "Short description", "string", NULL, "", 160, FALSE },
  { "task", "description", "Description", "string", NULL, "", 4000, FALSE },
  { "task", "comments", "Additional comments", "journal_input", NULL, "", 4000, FALSE },
  { "task", "work_notes", "Work notes", "journal_input", NULL, "", 4000, FALSE },
  { "task", "correlation_id", "Correlation ID", "string", NULL, "", 100, FALSE },
  { "task", "correlation_display", "Correlation display", "string", NULL, "", 100, FALSE },
  { "task", "urgency", "Urgency", "integer", NULL, "3", 40, FALSE },
  { "task", "impact", "Impact", "integer", NULL, "3", 40, FALSE },
  { "task", "priority", "Priority", "integer", NULL, "5", 40, TRUE },
  { "task", "state", "State", "integer", NULL, "1", 40, FALSE },
  { "task", "active", "Active", "boolean", NULL, "true", 40, TRUE },
  { "task", "assigned_to", "Assigned to", "reference", "sys_user", "", 32, FALSE },
  { "task", "opened_by", "Opened by", "reference", "sys_user", "", 32, FALSE },
  { "task", "opened_at", "Opened", "glide_date_time", NULL, "", 40, FALSE },
  { "task", "due_date", "Due date", "glide_date_time", NULL, "", 40, FALSE },
  { "incident", "caller_id", "Caller", "reference", "sys_user", "", 32, FALSE },
  { "incident", "category", "Category", "string", NULL, "inquiry", 40, FALSE },
  { "incident", "subcategory", "Subcategory", "string", NULL, "", 40, FALSE },
  { "incident", "severity", "Severity", "integer", NULL, "3", 40, FALSE },
  { "incident", "incident_state", "Incident state", "integer", NULL, "1", 40, TRUE },
  { "incident", "close_code", "Resolution code", "string", NULL, "", 40, FALSE },
  { "incident", "close_notes", "Resolution notes", "string", NULL, "", 4000, FALSE },
  { "task", "sys_id", "Sys ID", "GUID", NULL, "", 32, TRUE },
  { "task", "sys_class_name", "Task type", "sys_class_name", NULL, "incident", 80, TRUE },
  { "task", "sys_created_on", "Created", "glide_date_time", NULL, "", 40, TRUE },
  { "task", "sys_created_by", "Created by", "string", NULL, "", 40, TRUE },
  { "task", "sys_updated_on", "Updated", "glide_date_time", NULL, "", 40, TRUE },
  { "task", "sys_updated_by", "Updated by", "string", NULL, "", 40, TRUE },
  { "task", "sys_mod_count", "Updates", "integer", NULL, "0", 40, TRUE },
};

/* Duplicates between task and incident, other languages and inactive ones are what a real instance
 * returns. */
static const Choice choices[] = {
  { "task", "urgency", "en", "1", "1 - High", "", FALSE },
  { "task", "urgency", "en", "2", "2 - Medium", "", FALSE },
  { "task", "urgency", "en", "3", "3 - Low", "", FALSE },
  { "incident", "urgency", "en", "1", "1 - High", "", FALSE },
  { "incident", "urgency", "en", "2", "2 - Medium", "", FALSE },
  { "incident", "urgency", "en", "3", "3 - Low", "", FALSE },
  { "incident", "urgency", "de", "1", "1 - Hoch", "", FALSE },
  { "incident", "urgency", "de", "2", "2 - Mittel", "", FALSE },
  { "incident", "urgency", "de", "3", "3 - Niedrig", "", FALSE },
  { "task", "impact", "en", "1", "1 - High", "", FALSE },
  { "task", "impact", "en", "2", "2 - Medium", "", FALSE },
  { "task", "impact", "en", "3", "3 - Low", "", FALSE },
  { "incident", "impact", "en", "1", "1 - High", "", FALSE },
  { "incident", "impact", "en", "2", "2 - Medium", "", FALSE },
  { "incident", "impact", "en", "3", "3 - Low", "", FALSE },
  { "incident", "impact", "de", "1", "1 - Hoch", "", FALSE },
  { "incident", "severity", "en", "1", "1 - High", "", FALSE },
  { "incident", "severity", "en", "2", "2 - Medium", "", FALSE },
  { "incident", "severity", "en", "3", "3 - Low", "", FALSE },
  { "incident", "severity", "fr", "1", "1 - Haute", "", FALSE },
  { "incident", "category", "en", "inquiry", "Inquiry / Help", "", FALSE },
  { "incident", "category", "en", "software", "Software", "", FALSE },
  { "incident", "category", "en", "hardware", "Hardware", "", FALSE },
  { "incident", "category", "en", "network", "Network", "", FALSE },
  { "incident", "category", "en", "database", "Database", "", FALSE },
  { "incident", "category", "en", "request", "Request (old)", "", TRUE },
  { "incident", "category", "de", "software", "Software", "", FALSE },
  { "incident", "category", "fr", "network", "R\303\251seau", "", FALSE },
  { "incident", "subcategory", "en", "antivirus", "Antivirus", "inquiry", FALSE },
  { "incident", "subcategory", "en", "internal application", "Internal Application", "inquiry",
    FALSE },
  { "incident", "subcategory", "en", "email", "Email", "software", FALSE },
  { "incident", "subcategory", "en", "os", "Operating System", "software", FALSE },
  { "incident", "subcategory", "en", "browser", "Browser (old)", "software", TRUE },
  { "incident", "subcategory", "de", "os", "Betriebssystem", "software", FALSE },
  { "incident", "subcategory", "en", "cpu", "CPU", "hardware", FALSE },
  { "incident", "subcategory", "en", "disk", "Disk", "hardware", FALSE },
  { "incident", "subcategory", "en", "dns", "DNS", "network", FALSE },
  { "incident", "subcategory", "en", "vpn", "VPN", "network", FALSE },
  { "incident", "subcategory", "en", "wireless", "Wireless", "network", FALSE },
  { "incident", "subcategory", "en", "oracle", "Oracle", "database", FALSE },
  { "task", "state", "en", "-5", "Pending", "", FALSE },
  { "incident", "state", "en", "1", "New", "", FALSE },
  { "incident", "state", "en", "2", "In Progress", "", FALSE },
  { "incident", "state", "en", "3", "On Hold", "", FALSE },
  { "incident", "state", "en", "6", "Resolved", "", FALSE },
  { "incident", "state", "en", "7", "Closed", "", FALSE },
  { "incident", "state", "en", "8", "Canceled", "", FALSE },
  { "task", "priority", "en", "1", "1 - Critical", "", FALSE },
  { "task", "priority", "en", "2", "2 - High", "", FALSE },
  { "task", "priority", "en", "3", "3 - Moderate", "", FALSE },
  { "task", "priority", "en", "4", "4 - Low", "", FALSE },
  { "task", "priority", "en", "5", "5 - Planning", "", FALSE },
};

/* Auxiliary methods */

static char *
label_of_element (const char *element)
{
  g_autofree char *plain = g_strdup (g_str_has_prefix (element, "u_") ? element + 2 : element);

  g_strdelimit (plain, "_", ' ');
  plain[0] = g_ascii_toupper (plain[0]);
  return g_steal_pointer (&plain);
}

static const CbServiceNowColumn *
extra_column (CbServiceNow *self,
              const char   *element)
{
  g_autofree char *label = label_of_element (element);

  self->extra = (CbServiceNowColumn){
    "incident", g_intern_string (element), g_intern_string (label), "string", NULL, "", 100, FALSE
  };
  return &self->extra;
}

static const char *
to_boolean (gboolean value)
{
  return value ? "true" : "false";
}

static gboolean
has_choices (const CbServiceNowColumn *column)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_str_equal (choices[i].element, column->element))
      return TRUE;
  return FALSE;
}

static JsonObject *
build_dictionary_row (CbServiceNow             *self,
                      const CbServiceNowColumn *column)
{
  g_autofree char *length = g_strdup_printf ("%u", cb_servicenow_max_length (self, column));
  g_autofree char *sys_id = g_compute_checksum_for_string (G_CHECKSUM_MD5, column->element, -1);
  const char *mandatory_field = cb_sim_options_get (self->options, "mandatory-field");

  return cb_sim_json_pack_object (
    "{sys_id:s,name:s,element:s,column_label:s,internal_type:s,max_length:s,mandatory:s,"
    "active:s,array:s,read_only:s,reference:s,default_value:s,choice:s}",
    sys_id, column->table, column->element, column->label, column->type, length,
    to_boolean (g_str_equal (column->element, mandatory_field)), "true", "false",
    to_boolean (column->read_only), column->reference != NULL ? column->reference : "",
    column->fallback, has_choices (column) ? "3" : "0");
}

static JsonObject *
build_choice (const Choice *choice)
{
  g_autofree char *sys_id = cb_servicenow_new_sys_id ();

  return cb_sim_json_pack_object (
    "{sys_id:s,name:s,element:s,language:s,value:s,label:s,dependent_value:s,inactive:s}", sys_id,
    choice->table, choice->element, choice->language, choice->value, choice->label,
    choice->dependent_value, to_boolean (choice->inactive));
}

static JsonObject *
build_user (const char *login,
            const char *name)
{
  g_autofree char *sys_id = g_compute_checksum_for_string (G_CHECKSUM_MD5, login, -1);

  return cb_sim_json_pack_object ("{sys_id:s,user_name:s,name:s,active:s}", sys_id, login, name,
                                  "true");
}

/* Public API */

gsize
cb_servicenow_n_columns (CbServiceNow *self)
{
  return G_N_ELEMENTS (columns) + (*cb_sim_options_get (self->options, "mandatory-field") != '\0');
}

const CbServiceNowColumn *
cb_servicenow_nth_column (CbServiceNow *self,
                          gsize         n)
{
  if (n < G_N_ELEMENTS (columns))
    return &columns[n];
  return cb_servicenow_find_column (self, cb_sim_options_get (self->options, "mandatory-field"));
}

/**
 * cb_servicenow_find_column:
 * @self: the instance
 * @element: a column's name
 *
 * Returns: (nullable): the column of the incident table, the one of "mandatory-field" included
 */
const CbServiceNowColumn *
cb_servicenow_find_column (CbServiceNow *self,
                           const char   *element)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_str_equal (columns[i].element, element))
      return &columns[i];
  if (*element == '\0'
      || !g_str_equal (element, cb_sim_options_get (self->options, "mandatory-field")))
    return NULL;
  return extra_column (self, element);
}

guint
cb_servicenow_max_length (CbServiceNow             *self,
                          const CbServiceNowColumn *column)
{
  if (g_str_equal (column->element, "short_description"))
    return cb_sim_options_get_number (self->options, "title-length");
  if (g_str_equal (column->element, "description"))
    return cb_sim_options_get_number (self->options, "description-length");
  return column->max_length;
}

GPtrArray *
cb_servicenow_seed_choices (void)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    g_ptr_array_add (rows, build_choice (&choices[i]));
  return rows;
}

GPtrArray *
cb_servicenow_seed_users (const char *user)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);

  g_ptr_array_add (rows, build_user (user, "Ana Lyst"));
  g_ptr_array_add (rows, build_user ("admin", "System Administrator"));
  g_ptr_array_add (rows, build_user ("abel.tuter", "Abel Tuter"));
  return rows;
}

/**
 * cb_servicenow_list_dictionary:
 * @self: the instance
 *
 * Returns: (transfer full) (element-type JsonObject): the rows of sys_dictionary
 */
GPtrArray *
cb_servicenow_list_dictionary (CbServiceNow *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);

  for (gsize i = 0; i < cb_servicenow_n_columns (self); i++)
    g_ptr_array_add (rows, build_dictionary_row (self, cb_servicenow_nth_column (self, i)));
  return rows;
}

char *
cb_servicenow_new_sys_id (void)
{
  return g_strdup_printf ("%08x%08x%08x%08x", g_random_int (), g_random_int (), g_random_int (),
                          g_random_int ());
}

char *
cb_servicenow_now (void)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%d %H:%M:%S");
}
