/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-time.h"
#include "cases/cb-case-json.h"
#include "connectors/cb-connector-registry.h"
#include "push/cb-journal.h"
#include "push/cb-transfer.h"

/* Auxiliary methods */

static CbConnectorInfo *
match_connector (CbConnectors *connectors,
                 JsonObject   *connector)
{
  const char *id = cb_json_string (connector, "id");
  const char *name = cb_json_string (connector, "name");
  g_autoptr(GPtrArray) list = cb_connectors_list (connectors);
  CbConnectorInfo *found = NULL;
  CbConnectorInfo *only = NULL;
  guint n_of_type = 0;

  for (guint i = 0; i < list->len; i++)
    {
      CbConnectorInfo *info = g_ptr_array_index (list, i);
      const char *type = cb_json_string (connector, "type");

      /* Kibana writes a dot before the type. */
      if (type == NULL || g_strcmp0 (type + (*type == '.'), info->klass->id) != 0)
        continue;
      if (g_strcmp0 (info->id, id) == 0)
        return cb_connectors_get (connectors, info->id, NULL);
      if (g_strcmp0 (info->name, name) == 0)
        found = info;
      only = info;
      n_of_type++;
    }
  if (found == NULL && n_of_type == 1)
    found = only;
  return found != NULL ? cb_connectors_get (connectors, found->id, NULL) : NULL;
}

static char *
field_text (JsonNode *node)
{
  JsonArray *array = cb_json_node_array (node);
  g_autoptr(GString) text = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  if (array == NULL)
    return cb_json_node_string (node) != NULL ? g_strdup (cb_json_node_string (node))
                                              : cb_json_to_string (node);
  text = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *element = field_text (json_array_get_element (array, i));

      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", element != NULL ? element : "");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static const char *
extra_text (JsonObject *fields)
{
  const char *jira = cb_json_string (fields, "otherFields");

  return jira != NULL ? jira : cb_json_string (fields, "additionalFields");
}

/* Kibana keeps fields of the target that have no name of their own as JSON in a text. */
static gboolean
import_extra_fields (CbCases          *cases,
                     const char       *case_id,
                     CbConnectorInfo  *info,
                     JsonObject       *fields,
                     GError          **error)
{
  const char *text = extra_text (fields);
  g_autoptr(JsonNode) node = text != NULL ? cb_json_parse (text, -1, NULL) : NULL;
  JsonObject *object = cb_json_node_object (node);
  g_autoptr(GList) members = object != NULL ? json_object_get_members (object) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *member = json_object_get_member (object, l->data);
      const char *string = cb_json_node_string (member);
      g_autofree char *value = string != NULL ? g_strdup (string)
                               : JSON_NODE_HOLDS_NULL (member) ? NULL : cb_json_to_string (member);
      g_autofree char *key = g_strconcat ("extra.", l->data, NULL);

      if (!cb_cases_set_field (cases, case_id, info->id, key, value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
import_fields (CbCases          *cases,
               const char       *case_id,
               CbConnectorInfo  *info,
               JsonObject       *fields,
               GError          **error)
{
  g_autoptr(GList) members = fields != NULL ? json_object_get_members (fields) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    {
      g_autofree char *value = field_text (json_object_get_member (fields, l->data));

      /* Without a value it is cleared. */
      if (cb_connector_class_find_case_field (info->klass, l->data) == NULL &&
          !g_str_has_prefix (l->data, "extra."))
        continue;
      if (!cb_cases_set_field (cases, case_id, info->id, l->data, value, error))
        return FALSE;
    }
  return import_extra_fields (cases, case_id, info, fields, error);
}

static void
choose_connector (CbImportedCase  *imported,
                  CbConnectorInfo *info)
{
  CbCase *item = imported->item;

  if (info != NULL && item->connector_source != CB_CONNECTOR_NONE &&
      (item->connector_source == CB_CONNECTOR_OWN || imported->activity->len == 0))
    {
      item->connector_source = CB_CONNECTOR_OWN;
      item->connector_id = g_strdup (info->id);
    }
  else if (item->connector_source == CB_CONNECTOR_OWN)
    item->connector_source = CB_CONNECTOR_DEFAULT;
}

/* What names a connector that is not here is kept, so that an export still names it. */
static void
keep_unknown_connector (CbImportedCase *imported,
                        CbImport       *result)
{
  g_autoptr(JsonNode) node = imported->item->extra != NULL
                               ? cb_json_parse (imported->item->extra, -1, NULL) : NULL;
  g_autoptr(JsonObject) extra = json_object_new ();
  JsonObject *known = cb_json_node_object (node);
  g_autoptr(GList) members = known != NULL ? json_object_get_members (known) : NULL;
  const char *name = cb_json_string (imported->connector, "name");

  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (extra, l->data, json_node_copy (json_object_get_member (known, l->data)));
  json_object_set_object_member (extra, "connector", json_object_ref (imported->connector));
  g_free (imported->item->extra);
  imported->item->extra = cb_json_object_to_string (extra);
  g_ptr_array_add (result->warnings,
                   g_strdup_printf (_("%s: its connector “%s” is not here. Its fields are kept for an "
                                      "export only."), imported->item->id,
                                    name != NULL ? name : ""));
}

static gboolean
names_connector (JsonObject *connector)
{
  const char *type = cb_json_string (connector, "type");

  return type != NULL && !g_str_equal (type, ".none");
}

/* A choice that was made here stays where the file says nothing of it. */
static void
keep_connector (CbCases *cases,
                CbCase  *item)
{
  g_autoptr(CbCase) old = cb_cases_get (cases, item->id, NULL);

  if (old == NULL || item->connector_source != CB_CONNECTOR_DEFAULT)
    return;
  item->connector_source = old->connector_source;
  item->connector_id = g_strdup (old->connector_id);
}

static void
add_imported_activity (CbImportedCase *imported)
{
  CbActivity *entry;

  if (imported->activity->len > 0)
    return;
  entry = g_new0 (CbActivity, 1);
  entry->time = cb_time_now ();
  entry->kind = g_strdup ("imported");
  g_ptr_array_add (imported->activity, entry);
}

/* Which connector a case has, and what it says to it: the rest is compared by cb_cases_replace(). */
static char *
connector_state (CbCases    *cases,
                 const char *case_id)
{
  return cb_database_query_string (cb_cases_get_database (cases),
                                   "SELECT connector_source || char(31) || coalesce(connector_id, '') || char(31)"
                                   " || (SELECT coalesce(group_concat(line, char(31)), '') FROM (SELECT"
                                   " connector_id || key || '=' || value AS line FROM case_fields"
                                   " WHERE case_id = cases.id ORDER BY connector_id, key))"
                                   " FROM cases WHERE id = ?", "s", case_id);
}

static gboolean
import_one (CbCases         *cases,
            CbConnectors    *connectors,
            CbImportedCase  *imported,
            CbImport        *result,
            GError         **error)
{
  g_autoptr(CbConnectorInfo) info = NULL;
  gboolean is_new = cb_database_query_int (cb_cases_get_database (cases), 0,
                                           "SELECT count(*) FROM cases WHERE id = ?", "s",
                                           imported->item->id) == 0;
  gint64 here = cb_database_query_int (cb_cases_get_database (cases), 0,
                                       "SELECT max(created_at, updated_at) FROM cases WHERE id = ?", "s",
                                       imported->item->id);
  gint64 in_file = MAX (imported->item->created_at, imported->item->updated_at);
  g_autofree char *before = connector_state (cases, imported->item->id);
  g_autofree char *after = NULL;
  gboolean changed = FALSE;

  if (imported->connector != NULL)
    info = match_connector (connectors, imported->connector);
  if (info == NULL && imported->connector != NULL && names_connector (imported->connector))
    keep_unknown_connector (imported, result);
  choose_connector (imported, info);
  keep_connector (cases, imported->item);
  add_imported_activity (imported);
  if (!cb_cases_replace (cases, imported->item, imported->activity, &changed, error))
    return FALSE;
  if (info != NULL && !import_fields (cases, imported->item->id, info,
                                      cb_json_object (imported->connector, "fields"), error))
    return FALSE;
  after = connector_state (cases, imported->item->id);
  changed |= g_strcmp0 (before, after) != 0;
  result->imported += is_new;
  result->updated += !is_new && changed;
  result->unchanged += !is_new && !changed;
  if (!is_new && changed && here > in_file)
    g_ptr_array_add (result->newer_here, g_strdup (imported->item->id));
  g_ptr_array_add (result->ids, g_strdup (imported->item->id));
  if (imported->missing_comments > 0)
    g_ptr_array_add (result->warnings,
                     g_strdup_printf (ngettext ("%s: %u comment is not in the file.",
                                                "%s: %u comments are not in the file.",
                                                imported->missing_comments), imported->item->id,
                                      imported->missing_comments));
  return TRUE;
}

static gboolean
belongs_to (JsonObject      *external,
            CbConnectorInfo *info)
{
  const char *url = cb_json_string (external, "external_url");
  const char *title = cb_json_string (external, "external_title");
  const char *scope = info->klass->scope_setting != NULL
                        ? g_hash_table_lookup (info->settings, info->klass->scope_setting) : NULL;
  gsize length = strlen (info->url);

  if (url == NULL || g_ascii_strncasecmp (url, info->url, length) != 0 || url[length] != '/')
    return FALSE;
  if (info->klass->foreign_page != NULL && strstr (url + length, info->klass->foreign_page) != NULL)
    return FALSE;
  /* A key names its project; a number names no organisation, and an address has only one of most. */
  if (scope != NULL && title != NULL && strchr (title, '-') != NULL)
    return g_str_has_prefix (title, scope) && title[strlen (scope)] == '-';
  return TRUE;
}

/* When Kibana pushed a comment: -1 where the file does not say, 0 where it has not. One that came while
 * Kibana pushed is older than the push, but not in it. */
static gint64
kibana_pushed_at (const CbComment *comment)
{
  g_autoptr(JsonNode) node = comment->extra != NULL ? cb_json_parse (comment->extra, -1, NULL) : NULL;
  JsonObject *extra = cb_json_node_object (node);
  gint64 time = 0;

  if (extra == NULL || !json_object_has_member (extra, "pushed_at"))
    return -1;
  cb_time_parse (cb_json_string (extra, "pushed_at"), &time);
  return time;
}

static gboolean
record_comment (CbDatabase       *database,
                CbCase           *item,
                CbConnectorInfo  *info,
                CbComment        *comment,
                GError          **error)
{
  g_autoptr(CbStep) step = cb_step_new (CB_STEP_COMMENT);

  step->comment_id = g_strdup (comment->id);
  step->revision = g_strdup (comment->revision);
  step->token = g_strdup_printf ("kibana-%s", comment->id);
  return cb_journal_record_comment (database, item->id, info->destination, step, error);
}

/* What Kibana sent to an incident after that was linked here: to send it again would show it twice. */
static gboolean
record_later_comments (CbDatabase       *database,
                       CbCase           *item,
                       CbConnectorInfo  *info,
                       gint64            pushed_at,
                       GError          **error)
{
  for (guint i = 0; i < item->comments->len; i++)
    {
      CbComment *comment = g_ptr_array_index (item->comments, i);

      /* Kibana does not write down that it has sent an edited comment again. */
      if (kibana_pushed_at (comment) <= 0 ||
          MAX (comment->created_at, comment->updated_at) > pushed_at ||
          cb_database_query_int (database, 0, "SELECT count(*) FROM pushed_comments WHERE case_id = ?"
                                 " AND destination = ? AND comment_id = ? AND revision = ?", "ssss",
                                 item->id, info->destination, comment->id, comment->revision) > 0)
        continue;
      if (!record_comment (database, item, info, comment, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
record_sent (CbDatabase       *database,
             CbCase           *item,
             CbConnectorInfo  *info,
             gint64            pushed_at,
             GError          **error)
{
  gboolean fields_sent = item->updated_at <= pushed_at;

  if (fields_sent &&
      (!cb_journal_record_field (database, item->id, info->destination, "title", item->title_hash, NULL,
                                 error) ||
       !cb_journal_record_field (database, item->id, info->destination, "description",
                                 item->description_hash, NULL, error) ||
       !cb_journal_record_field (database, item->id, info->destination, "tags", item->tags_hash, NULL,
                                 error)))
    return FALSE;
  for (guint i = 0; i < item->comments->len; i++)
    {
      CbComment *comment = g_ptr_array_index (item->comments, i);

      if (MAX (comment->created_at, comment->updated_at) > pushed_at || kibana_pushed_at (comment) == 0)
        continue;
      if (!record_comment (database, item, info, comment, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
link_to (CbCases          *cases,
         CbCase           *item,
         JsonObject       *external,
         CbConnectorInfo  *info,
         GError          **error)
{
  CbDatabase *database = cb_cases_get_database (cases);
  const char *id = cb_json_string (external, "external_id");
  const char *title = cb_json_string (external, "external_title");
  gint64 pushed_at = 0;

  cb_time_parse (cb_json_string (external, "pushed_at"), &pushed_at);
  return cb_journal_record_incident (database, item->id, info->destination, info->id, id,
                                     title != NULL ? title : id,
                                     cb_json_string (external, "external_url"), TRUE, error) &&
         record_sent (database, item, info, pushed_at, error) &&
         cb_cases_add_activity (cases, item->id, "linked", NULL, info->id, title, error);
}

/* What a person has undone is not done again. */
static gboolean
was_unlinked (CbCases    *cases,
              const char *case_id,
              JsonObject *external)
{
  return cb_database_query_int (cb_cases_get_database (cases), 0,
                                "SELECT count(*) FROM activity WHERE case_id = ?"
                                " AND kind = 'unlinked' AND incident = ?", "ss", case_id,
                                cb_json_string (external, "external_title")) > 0;
}

static gboolean
link_case (CbCases       *cases,
           GPtrArray     *connectors,
           const char    *case_id,
           GError       **error)
{
  g_autoptr(CbCase) item = cb_cases_get (cases, case_id, error);
  g_autoptr(JsonNode) node = item != NULL && item->external_service != NULL
                               ? cb_json_parse (item->external_service, -1, NULL) : NULL;
  JsonObject *external = cb_json_node_object (node);
  gboolean ok = TRUE;
  gint64 pushed_at = 0;

  if (item == NULL)
    return FALSE;
  cb_time_parse (cb_json_string (external, "pushed_at"), &pushed_at);
  for (guint i = 0; cb_json_string (external, "external_id") != NULL && i < connectors->len; i++)
    {
      CbConnectorInfo *info = g_ptr_array_index (connectors, i);

      g_autofree char *linked = NULL;

      if (!belongs_to (external, info) || was_unlinked (cases, case_id, external))
        continue;
      linked = cb_database_query_string (cb_cases_get_database (cases), "SELECT remote_id FROM incidents"
                                         " WHERE case_id = ? AND destination = ?", "ss", case_id,
                                         info->destination);
      if (linked == NULL)
        ok = link_to (cases, item, external, info, error);
      else if (g_str_equal (linked, cb_json_string (external, "external_id")))
        ok = record_later_comments (cb_cases_get_database (cases), item, info, pushed_at, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* Kibana has several values as a list. */
static JsonNode *
field_node (CbConnectorClass *klass,
            const char       *key,
            const char       *value)
{
  const CbCaseFieldInfo *info = cb_connector_class_find_case_field (klass, key);
  g_auto(GStrv) parts = NULL;
  JsonArray *array;

  if (info == NULL || info->kind != CB_KIND_MULTI_CHOICE)
    return cb_json_node_new_string (value);
  array = json_array_new ();
  parts = g_strsplit (value, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    json_array_add_string_element (array, g_strstrip (parts[i]));
  return cb_json_node_new_array (array);
}

static JsonObject *
write_connector (CbCases      *cases,
                 CbConnectors *connectors,
                 CbCase       *item)
{
  g_autofree char *id = item->connector_source == CB_CONNECTOR_OWN ? g_strdup (item->connector_id)
                        : item->connector_source == CB_CONNECTOR_DEFAULT
                            ? cb_connectors_get_default (connectors) : NULL;
  g_autoptr(CbConnectorInfo) info = id != NULL ? cb_connectors_get (connectors, id, NULL) : NULL;
  g_autoptr(GHashTable) values = info != NULL ? cb_cases_get_fields (cases, item->id, id) : NULL;
  JsonObject *object;
  JsonObject *fields;
  g_autofree char *type = NULL;
  g_autoptr(GList) keys = values != NULL
                            ? g_list_sort (g_hash_table_get_keys (values), (GCompareFunc) g_strcmp0)
                            : NULL;

  if (info == NULL && item->extra != NULL && strstr (item->extra, "\"connector\":{") != NULL)
    return NULL;
  object = json_object_new ();
  json_object_set_string_member (object, "id", info != NULL ? info->id : "none");
  json_object_set_string_member (object, "name", info != NULL ? info->name : "none");
  type = g_strconcat (".", info != NULL ? info->klass->id : "none", NULL);
  json_object_set_string_member (object, "type", type);
  if (info == NULL)
    {
      json_object_set_null_member (object, "fields");
      return object;
    }
  fields = json_object_new ();
  for (GList *l = keys; l != NULL; l = l->next)
    json_object_set_member (fields, l->data,
                            field_node (info->klass, l->data, g_hash_table_lookup (values, l->data)));
  json_object_set_object_member (object, "fields", fields);
  return object;
}

static gboolean
import_all (CbCases       *cases,
            CbConnectors  *connectors,
            GPtrArray     *list,
            gboolean       keep,
            CbImport      *result,
            GError       **error)
{
  g_autoptr(CbTransaction) transaction = cb_transaction_begin (cb_cases_get_database (cases), error);
  g_autoptr(GPtrArray) infos = cb_connectors_list (connectors);

  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    if (!import_one (cases, connectors, g_ptr_array_index (list, i), result, error))
      {
        CbImportedCase *imported = g_ptr_array_index (list, i);

        g_prefix_error (error, _("Case %u (%s): "), i + 1, imported->item->id);
        return FALSE;
      }
  for (guint i = 0; i < result->ids->len; i++)
    if (!link_case (cases, infos, g_ptr_array_index (result->ids, i), error))
      return FALSE;
  return !keep || cb_transaction_commit (&transaction, error);
}

static CbImport *
take (CbCases       *cases,
      CbConnectors  *connectors,
      const char    *text,
      gsize          length,
      gboolean       keep,
      GError       **error)
{
  g_autoptr(CbImport) result = g_new0 (CbImport, 1);
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(GError) local_error = NULL;

  result->ids = g_ptr_array_new_with_free_func (g_free);
  result->warnings = g_ptr_array_new_with_free_func (g_free);
  result->newer_here = g_ptr_array_new_with_free_func (g_free);
  root = cb_json_parse (text, length, &local_error);
  if (root != NULL && cb_json_int (cb_json_node_object (root), "schema", 1) > 1)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "schema",
                    _("The file was written by a newer Casebridge. Update this one."));
      return NULL;
    }
  if (root == NULL)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, NULL, _("The file cannot be imported: %s."),
                    local_error->message);
      return NULL;
    }
  list = cb_case_json_read (root, error);
  if (list == NULL || !import_all (cases, connectors, list, keep, result, error))
    return NULL;
  return g_steal_pointer (&result);
}

/* Public API */

/**
 * cb_transfer_import:
 * @cases: the cases of a workspace
 * @connectors: its connectors
 * @text: a file of cases, as Kibana's Cases API or our own export write them
 * @length: its length in bytes
 * @error: %CB_ERROR_INVALID_ARGUMENT or %CB_ERROR_TOO_LONG naming the first case that is wrong,
 *   %CB_ERROR_STORAGE
 *
 * Takes over a file whole or not at all. Nothing that is only here is deleted.
 *
 * Returns: (transfer full) (nullable): what was done
 */
CbImport *
cb_transfer_import (CbCases       *cases,
                    CbConnectors  *connectors,
                    const char    *text,
                    gsize          length,
                    GError       **error)
{
  CbImport *result = take (cases, connectors, text, length, TRUE, error);

  if (result != NULL)
    cb_cases_changed (cases, NULL);
  return result;
}

/**
 * cb_transfer_plan_import:
 * @cases: the cases of a workspace
 * @connectors: its connectors
 * @text: as for cb_transfer_import()
 * @length: its length in bytes
 * @error: as for cb_transfer_import()
 *
 * Changes nothing.
 *
 * Returns: (transfer full) (nullable): what cb_transfer_import() would do
 */
CbImport *
cb_transfer_plan_import (CbCases       *cases,
                         CbConnectors  *connectors,
                         const char    *text,
                         gsize          length,
                         GError       **error)
{
  return take (cases, connectors, text, length, FALSE, error);
}

/**
 * cb_transfer_export:
 * @cases: the cases of a workspace
 * @connectors: its connectors
 * @ids: (element-type utf8): which cases
 * @error: %CB_ERROR_NOT_FOUND or %CB_ERROR_STORAGE
 *
 * Returns: (transfer full) (nullable): a document that an import takes without loss
 */
JsonNode *
cb_transfer_export (CbCases       *cases,
                    CbConnectors  *connectors,
                    GPtrArray     *ids,
                    GError       **error)
{
  g_autoptr(JsonObject) root = json_object_new ();
  JsonArray *array;
  JsonNode *node;

  g_return_val_if_fail (ids != NULL, NULL);

  array = json_array_new ();
  json_object_set_int_member (root, "schema", 1);
  json_object_set_array_member (root, "cases", array);
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(CbCase) item = cb_cases_get (cases, g_ptr_array_index (ids, i), error);
      g_autoptr(GPtrArray) activity = NULL;
      g_autoptr(JsonObject) connector = NULL;

      if (item == NULL)
        return NULL;
      activity = cb_cases_get_activity (cases, item->id);
      connector = write_connector (cases, connectors, item);
      json_array_add_object_element (array, cb_case_json_write (item, activity, connector));
    }
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, root);
  return node;
}

/**
 * cb_transfer_link_external:
 * @cases: the cases of a workspace
 * @connectors: its connectors
 * @error: %CB_ERROR_STORAGE or %CB_ERROR_BUSY
 *
 * Links cases that Kibana has pushed to the connectors that lead to the same place; to be called when
 * there is a new connector.
 *
 * Returns: whether it worked
 */
gboolean
cb_transfer_link_external (CbCases       *cases,
                           CbConnectors  *connectors,
                           GError       **error)
{
  g_autoptr(CbTransaction) transaction = NULL;
  g_autoptr(GPtrArray) infos = cb_connectors_list (connectors);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(CbStatement) statement = NULL;

  /* Only where something is left to link is anything written, and nobody kept from writing. */
  statement = cb_database_query (cb_cases_get_database (cases), error,
                                 "SELECT id FROM cases c WHERE external_service IS NOT NULL"
                                 " AND EXISTS (SELECT 1 FROM connectors k WHERE instr ("
                                 "  lower (json_extract (c.external_service, '$.external_url')),"
                                 "  lower (k.url)) = 1 AND NOT EXISTS (SELECT 1 FROM incidents i"
                                 "  WHERE i.case_id = c.id AND i.destination = k.destination))", NULL);
  while (statement != NULL && cb_statement_step (statement, NULL))
    g_ptr_array_add (ids, g_strdup (cb_statement_string (statement, 0)));
  g_clear_pointer (&statement, cb_statement_free);
  if (ids->len == 0)
    return TRUE;
  transaction = cb_transaction_begin (cb_cases_get_database (cases), error);
  if (transaction == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!link_case (cases, infos, g_ptr_array_index (ids, i), error))
      return FALSE;
  return cb_transaction_commit (&transaction, error);
}

/**
 * cb_import_free:
 * @import: (transfer full) (nullable): what an import did
 *
 * Frees it.
 */
void
cb_import_free (CbImport *import)
{
  if (import == NULL)
    return;
  g_ptr_array_unref (import->ids);
  g_ptr_array_unref (import->warnings);
  g_ptr_array_unref (import->newer_here);
  g_free (import);
}
