/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-string.h"
#include "cases/cb-case.h"

static const char *const severities[CB_N_SEVERITIES] = { "low", "medium", "high", "critical" };
static const char *const statuses[CB_N_STATUSES] = { "open", "in-progress", "closed" };

/* Auxiliary methods */

static gboolean
check_text (const char  *text,
            const char  *field,
            gsize        limit,
            GError     **error)
{
  gsize length;

  if (!g_utf8_validate (text, -1, NULL))
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, field, _("%s: the text is not valid UTF-8. "
                    "Give it in that encoding."), field);
      return FALSE;
    }
  length = cb_utf16_length (text);
  if (length <= limit)
    return TRUE;
  cb_set_error (error, CB_ERROR_TOO_LONG, field,
                _("%s: the text has %zu characters; at most %zu are possible. Shorten it."),
                field, length, limit);
  return FALSE;
}

static gboolean
check_list (GStrv         list,
            const char   *field,
            guint         limit,
            gsize         item_limit,
            GError      **error)
{
  if (g_strv_length (list) > limit)
    {
      cb_set_error (error, CB_ERROR_TOO_LONG, field, _("There are %u %s; at most %u are possible."),
                    g_strv_length (list), field, limit);
      return FALSE;
    }
  for (guint i = 0; list[i] != NULL; i++)
    {
      if (!check_text (list[i], field, item_limit, error))
        return FALSE;
      if (cb_is_blank (list[i]))
        {
          cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, field, _("One of the %s is empty."), field);
          return FALSE;
        }
    }
  return TRUE;
}

/* Public API */

/**
 * cb_comment_new:
 *
 * Returns: (transfer full): an empty comment
 */
CbComment *
cb_comment_new (void)
{
  return g_new0 (CbComment, 1);
}

/**
 * cb_comment_free:
 * @comment: (transfer full) (nullable): a comment
 *
 * Frees it.
 */
void
cb_comment_free (CbComment *comment)
{
  if (comment == NULL)
    return;
  g_free (comment->id);
  g_free (comment->text);
  g_free (comment->author);
  g_free (comment->updated_by);
  g_free (comment->revision);
  g_free (comment->extra);
  g_free (comment);
}

/**
 * cb_case_new:
 *
 * Returns: (transfer full): an open case of low severity without comments; strings are unset
 */
CbCase *
cb_case_new (void)
{
  CbCase *item = g_new0 (CbCase, 1);

  item->tags = g_new0 (char *, 1);
  item->assignees = g_new0 (char *, 1);
  item->description_revision = 1;
  item->comments = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_comment_free);
  return item;
}

/**
 * cb_case_free:
 * @item: (transfer full) (nullable): a case
 *
 * Frees it with its comments.
 */
void
cb_case_free (CbCase *item)
{
  if (item == NULL)
    return;
  g_free (item->id);
  g_free (item->title);
  g_free (item->description);
  g_strfreev (item->tags);
  g_strfreev (item->assignees);
  g_free (item->created_by);
  g_free (item->updated_by);
  g_free (item->title_hash);
  g_free (item->description_hash);
  g_free (item->tags_hash);
  g_free (item->connector_id);
  g_free (item->external_service);
  g_free (item->extra);
  g_ptr_array_unref (item->comments);
  g_free (item);
}

/**
 * cb_activity_free:
 * @activity: (transfer full) (nullable): an entry
 *
 * Frees it.
 */
void
cb_activity_free (CbActivity *activity)
{
  if (activity == NULL)
    return;
  g_free (activity->kind);
  g_free (activity->author);
  g_free (activity->text);
  g_free (activity->connector_id);
  g_free (activity->incident);
  g_free (activity);
}

/**
 * cb_case_find_comment:
 * @item: a case
 * @id: a comment's id, or an unambiguous prefix of 4 characters or more
 * @error: %CB_ERROR_NOT_FOUND or %CB_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer none) (nullable): the comment
 */
CbComment *
cb_case_find_comment (CbCase      *item,
                      const char  *id,
                      GError     **error)
{
  CbComment *found = NULL;

  g_return_val_if_fail (item != NULL && id != NULL, NULL);

  for (guint i = 0; i < item->comments->len; i++)
    {
      CbComment *comment = g_ptr_array_index (item->comments, i);

      if (g_str_equal (comment->id, id))
        return comment;
      if (strlen (id) < 4 || !g_str_has_prefix (comment->id, id))
        continue;
      if (found != NULL)
        {
          cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "comment",
                        _("More than one comment's id begins with “%s”. Give more of it."), id);
          return NULL;
        }
      found = comment;
    }
  if (found == NULL)
    cb_set_error (error, CB_ERROR_NOT_FOUND, "comment", _("The case has no comment “%s”."), id);
  return found;
}

/**
 * cb_case_check:
 * @item: a case
 * @error: %CB_ERROR_INVALID_ARGUMENT or %CB_ERROR_TOO_LONG with the field
 *
 * Checks title, description, tags and assignees against the limits. A title of several lines passes:
 * cases from Kibana may have one.
 *
 * Returns: whether the case can be kept
 */
gboolean
cb_case_check (CbCase  *item,
               GError **error)
{
  g_return_val_if_fail (item != NULL, FALSE);

  if (item->title == NULL || item->description == NULL ||
      !check_text (item->title, "title", CB_CASE_MAX_TITLE, error) ||
      !check_text (item->description, "description", CB_CASE_MAX_TEXT, error) ||
      !check_list (item->tags, "tags", CB_CASE_MAX_TAGS, CB_CASE_MAX_TAG, error) ||
      !check_list (item->assignees, "assignees", CB_CASE_MAX_ASSIGNEES, CB_CASE_MAX_TAG, error))
    return FALSE;
  if (!cb_is_blank (item->title))
    return TRUE;
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "title",
                _("The title is empty. Every case needs one."));
  return FALSE;
}

/**
 * cb_comment_check:
 * @text: a comment's text
 * @error: %CB_ERROR_INVALID_ARGUMENT or %CB_ERROR_TOO_LONG
 *
 * Returns: whether it can be a comment
 */
gboolean
cb_comment_check (const char  *text,
                  GError     **error)
{
  g_return_val_if_fail (text != NULL, FALSE);

  if (!check_text (text, "comment", CB_CASE_MAX_TEXT, error))
    return FALSE;
  if (!cb_is_blank (text))
    return TRUE;
  cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, "comment",
                _("The comment is empty. Write something first."));
  return FALSE;
}

/**
 * cb_case_update_hashes:
 * @item: a case
 *
 * Computes the hashes by which a push knows what has changed.
 */
void
cb_case_update_hashes (CbCase *item)
{
  g_autofree char *tags = NULL;

  g_return_if_fail (item != NULL);

  /* No tag holds a unit separator that a person would see: tags are checked to be text. */
  tags = g_strjoinv ("\x1f", item->tags);
  g_free (item->title_hash);
  g_free (item->description_hash);
  g_free (item->tags_hash);
  item->title_hash = cb_sha256 (item->title, NULL);
  item->description_hash = cb_sha256 (item->description, NULL);
  item->tags_hash = cb_sha256 (tags, NULL);
}

static gboolean
parse_name (const char        *name,
            const char *const *table,
            guint              n_names,
            guint             *index)
{
  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (table[i], name) == 0)
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * cb_severity_name:
 * @severity: a severity
 *
 * Returns: its name in Kibana and on the command line
 */
const char *
cb_severity_name (CbSeverity severity)
{
  return severities[MIN (severity, CB_SEVERITY_CRITICAL)];
}

/**
 * cb_severity_parse:
 * @name: (nullable): a name
 * @severity: (out): the severity
 *
 * Returns: whether @name is one
 */
gboolean
cb_severity_parse (const char *name,
                   CbSeverity *severity)
{
  guint index;

  if (!parse_name (name, severities, CB_N_SEVERITIES, &index))
    return FALSE;
  *severity = index;
  return TRUE;
}

/**
 * cb_status_name:
 * @status: a status
 *
 * Returns: its name in Kibana and on the command line
 */
const char *
cb_status_name (CbStatus status)
{
  return statuses[MIN (status, CB_STATUS_CLOSED)];
}

/**
 * cb_status_parse:
 * @name: (nullable): a name
 * @status: (out): the status
 *
 * Returns: whether @name is one
 */
gboolean
cb_status_parse (const char *name,
                 CbStatus   *status)
{
  guint index;

  if (!parse_name (name, statuses, CB_N_STATUSES, &index))
    return FALSE;
  *status = index;
  return TRUE;
}
