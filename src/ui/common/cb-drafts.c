/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/common/cb-drafts.h"

/* What was typed and not saved, by the thing it belongs to: another case may be looked at meanwhile. */
struct _CbDrafts
{
  GObject parent_instance;

  GHashTable *texts; /* (owned) (element-type utf8 utf8) */
};

G_DEFINE_FINAL_TYPE (CbDrafts, cb_drafts, G_TYPE_OBJECT)

/* GObject overrides */

static void
cb_drafts_finalize (GObject *object)
{
  g_hash_table_unref (CB_DRAFTS (object)->texts);

  G_OBJECT_CLASS (cb_drafts_parent_class)->finalize (object);
}

static void
cb_drafts_class_init (CbDraftsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cb_drafts_finalize;
}

static void
cb_drafts_init (CbDrafts *self)
{
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Public API */

/**
 * cb_drafts_new:
 *
 * Returns: (transfer full): no drafts
 */
CbDrafts *
cb_drafts_new (void)
{
  return g_object_new (CB_TYPE_DRAFTS, NULL);
}

/**
 * cb_drafts_get:
 * @self: the drafts
 * @key: what it belongs to
 *
 * Returns: (transfer none) (nullable): the draft
 */
const char *
cb_drafts_get (CbDrafts   *self,
               const char *key)
{
  g_return_val_if_fail (CB_IS_DRAFTS (self) && key != NULL, NULL);

  return g_hash_table_lookup (self->texts, key);
}

/**
 * cb_drafts_set:
 * @self: the drafts
 * @key: what it belongs to
 * @text: (nullable): the draft, %NULL to forget it
 *
 * Keeps a draft until the program ends.
 */
void
cb_drafts_set (CbDrafts   *self,
               const char *key,
               const char *text)
{
  g_return_if_fail (CB_IS_DRAFTS (self) && key != NULL);

  if (text == NULL)
    g_hash_table_remove (self->texts, key);
  else
    g_hash_table_insert (self->texts, g_strdup (key), g_strdup (text));
}
