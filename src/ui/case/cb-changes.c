/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/case/cb-changes.h"

/* Auxiliary methods */

static gboolean
differs (const CbPushed *pushed,
         const char     *field,
         const char     *source)
{
  return g_strcmp0 (g_hash_table_lookup (pushed->fields, field), source) != 0;
}

static guint
count_new_comments (const CbCase   *item,
                    const CbPushed *pushed)
{
  guint n = 0;

  for (guint i = 0; i < item->comments->len; i++)
    {
      CbComment *comment = g_ptr_array_index (item->comments, i);
      g_autofree char *key = cb_revision_key (comment->id, comment->revision);

      n += !g_hash_table_contains (pushed->complete, key);
    }
  return n;
}

/* Public API */

/**
 * cb_changes_words:
 * @item: a case
 * @klass: the type of its connector
 * @pushed: what its destination has of it
 *
 * Returns: (transfer full) (nullable): what has changed since the last push, %NULL where nothing was
 *   pushed or nothing has changed
 */
char *
cb_changes_words (const CbCase     *item,
                  CbConnectorClass *klass,
                  const CbPushed   *pushed)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  guint n_comments = count_new_comments (item, pushed);

  if (pushed->incident_id == NULL)
    return NULL;
  if (differs (pushed, "title", item->title_hash))
    g_ptr_array_add (words, g_strdup (_("Title changed")));
  if (differs (pushed, "description", item->description_hash))
    g_ptr_array_add (words, g_strdup (_("Description changed")));
  if (cb_connector_class_find_mapping (klass, "tags") != NULL &&
      differs (pushed, "tags", item->tags_hash))
    g_ptr_array_add (words, g_strdup (_("Tags changed")));
  if (n_comments > 0)
    g_ptr_array_add (words, g_strdup_printf (g_dngettext (NULL, "%u new comment",
                                                          "%u new comments", n_comments),
                                             n_comments));
  if (words->len == 0)
    return NULL;
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" · ", (char **) words->pdata);
}
