/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "base/cb-time.h"
#include "cases/cb-case-json.h"

/* What only Casebridge knows of a case stands in this member of its export. */
#define OWN_MEMBER "casebridge"

static const char *const case_members[] = {
  "id", "title", "description", "tags", "severity", "status", "assignees", "created_at", "updated_at",
  "closed_at", "comments", "connector", "external_service", "totalComment", OWN_MEMBER, NULL
};
static const char *const comment_members[] = {
  "id", "type", "comment", "data", "created_at", "updated_at", NULL
};
static const char *const source_names[] = { "default", "none", "case", NULL };

/* Auxiliary methods */

static gboolean
wrong_type (const char  *member,
            const char  *expected,
            GError     **error)
{
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, member, _("“%s” is not %s"), member, expected);
  return FALSE;
}

static gboolean
is_missing (JsonObject *object,
            const char *member)
{
  return !json_object_has_member (object, member) || json_object_get_null_member (object, member);
}

static gboolean
read_string (JsonObject  *object,
             const char  *member,
             gboolean     required,
             char       **value,
             GError     **error)
{
  const char *text = cb_json_string (object, member);

  if (text == NULL && (required || !is_missing (object, member)))
    return wrong_type (member, _("a text"), error);
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
read_time (JsonObject  *object,
           const char  *member,
           gint64      *time,
           GError     **error)
{
  if (is_missing (object, member))
    return TRUE;
  if (!cb_time_parse (cb_json_string (object, member), time))
    return wrong_type (member, _("a time such as 2026-11-24T08:00:00.000Z"), error);
  return TRUE;
}

static gboolean
read_enum (JsonObject         *object,
           const char         *member,
           const char *const  *names,
           guint              *value,
           GError            **error)
{
  const char *text = cb_json_string (object, member);
  g_autofree char *expected = NULL;

  if (is_missing (object, member))
    return TRUE;
  for (guint i = 0; names[i] != NULL; i++)
    if (g_strcmp0 (names[i], text) == 0)
      {
        *value = i;
        return TRUE;
      }
  expected = g_strjoinv (", ", (GStrv) names);
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, member, _("“%s” is not one of: %s"), member,
                expected);
  return FALSE;
}

static const char *
user_name (JsonObject *user)
{
  static const char *const members[] = { "full_name", "username", "email", "profile_uid" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (!cb_is_blank (cb_json_string (user, members[i])))
      return cb_json_string (user, members[i]);
  return NULL;
}

static const char *
element_name (JsonNode *node)
{
  JsonObject *object = cb_json_node_object (node);

  return object != NULL ? cb_json_string (object, "uid") : cb_json_node_string (node);
}

static gboolean
read_user (JsonObject  *object,
           const char  *member,
           char       **name,
           GError     **error)
{
  JsonObject *user = cb_json_object (object, member);

  if (user == NULL && !is_missing (object, member))
    return wrong_type (member, _("an object"), error);
  *name = g_strdup (user_name (user));
  return TRUE;
}

static gboolean
read_list (JsonObject  *object,
           const char  *member,
           GStrv       *list,
           GError     **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = cb_json_array (object, member);

  if (is_missing (object, member))
    return TRUE;
  if (array == NULL)
    return wrong_type (member, _("a list"), error);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *name = element_name (json_array_get_element (array, i));

      if (name == NULL)
        return wrong_type (member, _("a list of texts"), error);
      g_strv_builder_add (builder, name);
    }
  g_strfreev (*list);
  *list = g_strv_builder_end (builder);
  return TRUE;
}

static char *
read_extra (JsonObject         *object,
            const char *const  *known)
{
  g_autoptr(JsonObject) extra = json_object_new ();
  g_autoptr(GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains (known, l->data))
      json_object_set_member (extra, l->data,
                              json_node_copy (json_object_get_member (object, l->data)));
  return json_object_get_size (extra) > 0 ? cb_json_object_to_string (extra) : NULL;
}

static const char *
comment_text (JsonObject *object)
{
  const char *type = cb_json_string (object, "type");

  if (g_strcmp0 (type, "user") == 0 || type == NULL)
    return cb_json_string (object, "comment");
  /* The newest Kibanas try a unified form of attachments. */
  if (g_strcmp0 (type, "comment") == 0)
    return cb_json_string (cb_json_object (object, "data"), "content");
  return NULL;
}

static gboolean
is_attachment (JsonObject *object)
{
  const char *type = cb_json_string (object, "type");

  return type != NULL && !g_str_equal (type, "user") && !g_str_equal (type, "comment");
}

static CbComment *
read_comment (JsonObject  *object,
              GError     **error)
{
  g_autoptr(CbComment) comment = cb_comment_new ();

  comment->text = g_strdup (comment_text (object));
  if (comment->text == NULL)
    {
      wrong_type ("comment", _("a text"), error);
      return NULL;
    }
  if (!read_string (object, "id", TRUE, &comment->id, error) ||
      !read_time (object, "created_at", &comment->created_at, error) ||
      !read_time (object, "updated_at", &comment->updated_at, error) ||
      !read_user (object, "created_by", &comment->author, error) ||
      !read_user (object, "updated_by", &comment->updated_by, error) ||
      !cb_comment_check (comment->text, error))
    return NULL;
  comment->extra = read_extra (object, comment_members);
  return g_steal_pointer (&comment);
}

static gboolean
read_comments (JsonObject      *object,
               CbImportedCase  *imported,
               GError         **error)
{
  JsonArray *array = cb_json_array (object, "comments");
  gint64 total = cb_json_int (object, "totalComment", is_missing (object, "totalComment") ? 0 : -1);
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  if (array == NULL && !is_missing (object, "comments"))
    return wrong_type ("comments", _("a list"), error);
  if (total < 0)
    return wrong_type ("totalComment", _("a number"), error);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *element = cb_json_element_object (array, i);
      CbComment *comment;

      if (element == NULL)
        return wrong_type ("comments", _("a list of objects"), error);
      if (is_attachment (element))
        continue;
      comment = read_comment (element, error);
      if (comment == NULL)
        {
          g_prefix_error (error, _("comment %u: "), i + 1);
          return FALSE;
        }
      g_ptr_array_add (imported->item->comments, comment);
      if (!g_hash_table_add (ids, comment->id))
        return wrong_type ("comments", _("a list of comments with ids of their own"), error);
    }
  if (total > imported->item->comments->len)
    imported->missing_comments = total - imported->item->comments->len;
  return TRUE;
}

static CbActivity *
read_activity_entry (JsonObject *object)
{
  CbActivity *entry = g_new0 (CbActivity, 1);
  const char *kind = cb_json_string (object, "kind");

  cb_time_parse (cb_json_string (object, "time"), &entry->time);
  entry->kind = g_strdup (kind != NULL ? kind : "imported");
  entry->author = g_strdup (cb_json_string (object, "author"));
  entry->text = g_strdup (cb_json_string (object, "text"));
  entry->connector_id = g_strdup (cb_json_string (object, "connector"));
  entry->incident = g_strdup (cb_json_string (object, "incident"));
  return entry;
}

static gboolean
read_own (JsonObject      *own,
          CbImportedCase  *imported,
          GError         **error)
{
  JsonArray *activity = cb_json_array (own, "activity");
  guint source = CB_CONNECTOR_DEFAULT;

  if (own == NULL)
    return TRUE;
  if (!read_enum (own, "connector", source_names, &source, error))
    return FALSE;
  imported->item->connector_source = source;
  imported->item->description_revision = MAX (1, cb_json_int (own, "description_revision", 1));
  for (guint i = 0; activity != NULL && i < json_array_get_length (activity); i++)
    g_ptr_array_add (imported->activity,
                     read_activity_entry (cb_json_element_object (activity, i)));
  return TRUE;
}

static gboolean
read_members (JsonObject      *object,
              CbImportedCase  *imported,
              GError         **error)
{
  static const char *const severities[] = { "low", "medium", "high", "critical", NULL };
  static const char *const statuses[] = { "open", "in-progress", "closed", NULL };
  CbCase *item = imported->item;
  guint severity = CB_SEVERITY_LOW;
  guint status = CB_STATUS_OPEN;

  if (!read_string (object, "title", TRUE, &item->title, error) ||
      !read_string (object, "description", FALSE, &item->description, error) ||
      !read_enum (object, "severity", severities, &severity, error) ||
      !read_enum (object, "status", statuses, &status, error) ||
      !read_list (object, "tags", &item->tags, error) ||
      !read_list (object, "assignees", &item->assignees, error) ||
      !read_time (object, "created_at", &item->created_at, error) ||
      !read_time (object, "updated_at", &item->updated_at, error) ||
      !read_time (object, "closed_at", &item->closed_at, error) ||
      !read_user (object, "created_by", &item->created_by, error) ||
      !read_user (object, "updated_by", &item->updated_by, error))
    return FALSE;
  if (item->description == NULL)
    item->description = g_strdup ("");
  item->severity = severity;
  item->status = status;
  item->extra = read_extra (object, case_members);
  return TRUE;
}

static gboolean
read_connector (JsonObject      *object,
                CbImportedCase  *imported,
                GError         **error)
{
  JsonObject *external = cb_json_object (object, "external_service");
  JsonObject *connector = cb_json_object (object, "connector");

  if (external == NULL && !is_missing (object, "external_service"))
    return wrong_type ("external_service", _("an object"), error);
  if (connector == NULL && !is_missing (object, "connector"))
    return wrong_type ("connector", _("an object"), error);
  if (external != NULL)
    imported->item->external_service = cb_json_object_to_string (external);
  if (connector != NULL)
    imported->connector = json_object_ref (connector);
  return TRUE;
}

static CbImportedCase *
read_case (JsonObject  *object,
           GError     **error)
{
  g_autoptr(CbImportedCase) imported = g_new0 (CbImportedCase, 1);

  imported->item = cb_case_new ();
  imported->activity = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_activity_free);
  if (!read_string (object, "id", TRUE, &imported->item->id, error))
    return NULL;
  if (cb_is_blank (imported->item->id))
    {
      wrong_type ("id", _("an id"), error);
      return NULL;
    }
  if (!read_members (object, imported, error) || !read_connector (object, imported, error) ||
      !read_own (cb_json_object (object, OWN_MEMBER), imported, error) ||
      !read_comments (object, imported, error) || !cb_case_check (imported->item, error))
    return NULL;
  return g_steal_pointer (&imported);
}

static JsonArray *
find_cases (JsonNode *root)
{
  JsonObject *object = cb_json_node_object (root);
  JsonArray *array;

  if (JSON_NODE_HOLDS_ARRAY (root))
    return json_array_ref (json_node_get_array (root));
  if (object == NULL)
    return NULL;
  if (json_object_has_member (object, "cases"))
    {
      array = cb_json_array (object, "cases");
      return array != NULL ? json_array_ref (array) : NULL;
    }
  array = json_array_new ();
  json_array_add_object_element (array, json_object_ref (object));
  return array;
}

static void
name_position (JsonNode  *element,
               guint      position,
               GError   **error)
{
  JsonObject *object = cb_json_node_object (element);
  const char *id = cb_json_string (object, "id");

  if (id != NULL)
    g_prefix_error (error, _("Case %u (%s): "), position, id);
  else
    g_prefix_error (error, _("Case %u: "), position);
}

static void
set_time (JsonObject *object,
          const char *member,
          gint64      time)
{
  g_autofree char *text = time != 0 ? cb_time_to_string (time) : NULL;

  cb_json_set_string (object, member, text);
}

static JsonObject *
parse_extra (const char *extra)
{
  g_autoptr(JsonNode) node = extra != NULL ? cb_json_parse (extra, -1, NULL) : NULL;
  JsonObject *object = cb_json_node_object (node);

  return object != NULL ? json_object_ref (object) : json_object_new ();
}

/* In the end, so that the order of members is the same after an import. */
static void
add_extra (JsonObject *object,
           JsonObject *extra)
{
  g_autoptr(GList) members = json_object_get_members (extra);

  for (GList *l = members; l != NULL; l = l->next)
    if (!json_object_has_member (object, l->data))
      json_object_set_member (object, l->data,
                              json_node_copy (json_object_get_member (extra, l->data)));
}

/* Kibana's own record of the person is kept where it still names the same one. */
static void
set_user (JsonObject *object,
          JsonObject *extra,
          const char *member,
          const char *name)
{
  JsonObject *user = cb_json_object (extra, member);

  if (user != NULL && g_strcmp0 (user_name (user), name) == 0)
    {
      json_object_set_object_member (object, member, json_object_ref (user));
      return;
    }
  if (name == NULL)
    {
      json_object_set_null_member (object, member);
      return;
    }
  user = json_object_new ();
  json_object_set_null_member (user, "username");
  json_object_set_string_member (user, "full_name", name);
  json_object_set_null_member (user, "email");
  json_object_set_object_member (object, member, user);
}

static JsonArray *
write_list (GStrv       list,
            const char *member)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; list[i] != NULL; i++)
    {
      JsonObject *object;

      if (member == NULL)
        {
          json_array_add_string_element (array, list[i]);
          continue;
        }
      object = json_object_new ();
      json_object_set_string_member (object, member, list[i]);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonObject *
write_comment (CbComment *comment)
{
  JsonObject *object = json_object_new ();
  g_autoptr(JsonObject) extra = parse_extra (comment->extra);

  json_object_set_string_member (object, "id", comment->id);
  json_object_set_string_member (object, "type", "user");
  json_object_set_string_member (object, "comment", comment->text);
  set_time (object, "created_at", comment->created_at);
  set_user (object, extra, "created_by", comment->author);
  set_time (object, "updated_at", comment->updated_at);
  set_user (object, extra, "updated_by", comment->updated_by);
  add_extra (object, extra);
  return object;
}

static JsonArray *
write_activity (GPtrArray *activity)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < activity->len; i++)
    {
      CbActivity *entry = g_ptr_array_index (activity, i);
      JsonObject *object = json_object_new ();

      set_time (object, "time", entry->time);
      json_object_set_string_member (object, "kind", entry->kind);
      cb_json_set_string (object, "author", entry->author);
      cb_json_set_string (object, "text", entry->text);
      cb_json_set_string (object, "connector", entry->connector_id);
      cb_json_set_string (object, "incident", entry->incident);
      json_array_add_object_element (array, object);
    }
  return array;
}

static void
write_own (JsonObject *object,
           CbCase     *item,
           GPtrArray  *activity)
{
  JsonObject *own = json_object_new ();

  json_object_set_string_member (own, "connector", source_names[item->connector_source]);
  json_object_set_int_member (own, "description_revision", item->description_revision);
  if (activity != NULL)
    json_object_set_array_member (own, "activity", write_activity (activity));
  json_object_set_object_member (object, OWN_MEMBER, own);
}

/* Public API */

/**
 * cb_case_json_read:
 * @root: a case, an object with "cases", or an array of cases, as Kibana or Casebridge write them
 * @error: %CB_ERROR_INVALID_ARGUMENT or %CB_ERROR_TOO_LONG, naming the first case that is wrong
 *
 * Reads cases without touching the database, so that a file is taken whole or not at all.
 *
 * Returns: (transfer full) (nullable) (element-type CbImportedCase): the cases
 */
GPtrArray *
cb_case_json_read (JsonNode  *root,
                   GError   **error)
{
  g_autoptr(GPtrArray) cases =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cb_imported_case_free);
  g_autoptr(JsonArray) array = NULL;
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_val_if_fail (root != NULL, NULL);

  array = find_cases (root);
  if (array == NULL)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, NULL,
                    _("This is neither a case nor a list of cases. Export cases from Kibana's Cases "
                      "API or from Casebridge."));
      return NULL;
    }
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = cb_json_element_object (array, i);
      CbImportedCase *imported = NULL;

      if (object == NULL)
        wrong_type ("case", _("an object"), error);
      else
        imported = read_case (object, error);
      if (imported != NULL && !g_hash_table_add (ids, imported->item->id))
        {
          wrong_type ("id", _("an id of its own: another case of the file has it"), error);
          g_clear_pointer (&imported, cb_imported_case_free);
        }
      if (imported == NULL)
        {
          name_position (json_array_get_element (array, i), i + 1, error);
          return NULL;
        }
      g_ptr_array_add (cases, imported);
    }
  return g_steal_pointer (&cases);
}

/**
 * cb_case_json_write:
 * @item: a case
 * @activity: (nullable) (element-type CbActivity): its activity
 * @connector: (nullable): its connector as Kibana has it
 *
 * Writes a case as Kibana's Cases API does, with what only Casebridge knows in a member of its own.
 *
 * Returns: (transfer full): the object
 */
JsonObject *
cb_case_json_write (CbCase     *item,
                    GPtrArray  *activity,
                    JsonObject *connector)
{
  JsonObject *object = json_object_new ();
  g_autoptr(JsonObject) extra = parse_extra (item->extra);
  JsonArray *comments = json_array_new ();
  JsonNode *external;

  json_object_set_string_member (object, "id", item->id);
  json_object_set_string_member (object, "title", item->title);
  json_object_set_string_member (object, "description", item->description);
  json_object_set_array_member (object, "tags", write_list (item->tags, NULL));
  json_object_set_string_member (object, "severity", cb_severity_name (item->severity));
  json_object_set_string_member (object, "status", cb_status_name (item->status));
  json_object_set_array_member (object, "assignees", write_list (item->assignees, "uid"));
  set_time (object, "created_at", item->created_at);
  set_user (object, extra, "created_by", item->created_by);
  set_time (object, "updated_at", item->updated_at);
  set_user (object, extra, "updated_by", item->updated_by);
  set_time (object, "closed_at", item->closed_at);
  external = item->external_service != NULL ? cb_json_parse (item->external_service, -1, NULL) : NULL;
  json_object_set_member (object, "external_service",
                          external != NULL ? external : json_node_new (JSON_NODE_NULL));
  if (connector != NULL)
    json_object_set_object_member (object, "connector", json_object_ref (connector));
  for (guint i = 0; i < item->comments->len; i++)
    json_array_add_object_element (comments, write_comment (g_ptr_array_index (item->comments, i)));
  json_object_set_array_member (object, "comments", comments);
  json_object_set_int_member (object, "totalComment", item->comments->len);
  write_own (object, item, activity);
  add_extra (object, extra);
  return object;
}

/**
 * cb_imported_case_free:
 * @imported: (transfer full) (nullable): an imported case
 *
 * Frees it.
 */
void
cb_imported_case_free (CbImportedCase *imported)
{
  if (imported == NULL)
    return;
  g_clear_pointer (&imported->item, cb_case_free);
  g_clear_pointer (&imported->activity, g_ptr_array_unref);
  g_clear_pointer (&imported->connector, json_object_unref);
  g_free (imported);
}
