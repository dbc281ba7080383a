/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "push/cb-case-model.h"

#define PAGE 100
#define MAX_PAGES 20

/* Rows are read by page when a list asks for them, so 100 000 cases open as fast as 100. */
struct _CbCaseModel
{
  GObject parent_instance;

  CbCases *cases;            /* (owned) */
  CbConnectors *connectors;  /* (owned) */
  GStrv statuses;            /* (owned) (nullable) */
  GStrv tags;                /* (owned) (nullable) */
  char *search;              /* (owned) (nullable) */
  gboolean needs_push;
  gboolean queued;
  gboolean trouble;
  guint n_items;
  GHashTable *pages;         /* (owned) (element-type uint GPtrArray): read so far */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CbCaseModel, cb_case_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* Auxiliary methods */

static CbCaseQuery
make_query (CbCaseModel *self)
{
  return (CbCaseQuery) {
    .statuses = (const char *const *) self->statuses, .tags = (const char *const *) self->tags,
    .search = self->search, .needs_push = self->needs_push, .queued = self->queued,
    .trouble = self->trouble, .limit = PAGE,
  };
}

static GPtrArray *
load_page (CbCaseModel *self,
           guint        number)
{
  GPtrArray *page = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (number));
  CbCaseQuery query = make_query (self);

  if (page != NULL)
    return page;
  if (g_hash_table_size (self->pages) >= MAX_PAGES)
    g_hash_table_remove_all (self->pages);
  query.offset = number * PAGE;
  page = cb_case_list_query (cb_cases_get_database (self->cases), &query, NULL);
  if (page != NULL)
    g_hash_table_insert (self->pages, GUINT_TO_POINTER (number), page);
  return page;
}

static gboolean
rows_equal (CbCaseRow *a,
            CbCaseRow *b)
{
  return g_str_equal (a->id, b->id) && g_str_equal (a->title, b->title) && a->status == b->status &&
         a->severity == b->severity && a->updated_at == b->updated_at && a->state == b->state &&
         a->n_comments == b->n_comments && g_strcmp0 (a->connector_id, b->connector_id) == 0 &&
         g_strcmp0 (a->incident_title, b->incident_title) == 0 &&
         g_strcmp0 (a->error_message, b->error_message) == 0;
}

/* Where the list has as many cases as before, only rows that differ are announced. */
static void
refresh_page (CbCaseModel *self,
              guint        number,
              GPtrArray   *old)
{
  g_autoptr(GPtrArray) page = load_page (self, number);

  if (page != NULL)
    g_ptr_array_ref (page);
  for (guint i = 0; page != NULL && i < MIN (page->len, old->len); i++)
    {
      if (rows_equal (g_ptr_array_index (page, i), g_ptr_array_index (old, i)))
        {
          g_set_object ((GObject **) &g_ptr_array_index (page, i), g_ptr_array_index (old, i));
          continue;
        }
      g_list_model_items_changed (G_LIST_MODEL (self), number * PAGE + i, 1, 1);
    }
}

/* Callbacks */

static void
case_changed_cb (CbCaseModel *self)
{
  cb_case_model_refresh (self);
}

/* GListModel */

static GType
cb_case_model_get_item_type (GListModel *list)
{
  return CB_TYPE_CASE_ROW;
}

static guint
cb_case_model_get_n_items (GListModel *list)
{
  return CB_CASE_MODEL (list)->n_items;
}

static gpointer
cb_case_model_get_item (GListModel *list,
                        guint       position)
{
  CbCaseModel *self = CB_CASE_MODEL (list);
  GPtrArray *page;

  if (position >= self->n_items)
    return NULL;
  page = load_page (self, position / PAGE);
  if (page == NULL || position % PAGE >= page->len)
    return g_object_new (CB_TYPE_CASE_ROW, NULL);
  return g_object_ref (g_ptr_array_index (page, position % PAGE));
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = cb_case_model_get_item_type;
  iface->get_n_items = cb_case_model_get_n_items;
  iface->get_item = cb_case_model_get_item;
}

/* GObject overrides */

static void
cb_case_model_dispose (GObject *object)
{
  CbCaseModel *self = CB_CASE_MODEL (object);

  g_clear_object (&self->cases);
  g_clear_object (&self->connectors);
  g_clear_pointer (&self->statuses, g_strfreev);
  g_clear_pointer (&self->tags, g_strfreev);
  g_clear_pointer (&self->search, g_free);
  g_clear_pointer (&self->pages, g_hash_table_unref);

  G_OBJECT_CLASS (cb_case_model_parent_class)->dispose (object);
}

static void
cb_case_model_class_init (CbCaseModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_case_model_dispose;
}

static void
cb_case_model_init (CbCaseModel *self)
{
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
}

/* Public API */

/**
 * cb_case_model_new:
 * @cases: the cases of a workspace
 * @connectors: its connectors
 *
 * Returns: (transfer full): a list model of #CbCaseRow that follows both
 */
CbCaseModel *
cb_case_model_new (CbCases      *cases,
                   CbConnectors *connectors)
{
  CbCaseModel *self = g_object_new (CB_TYPE_CASE_MODEL, NULL);

  self->cases = g_object_ref (cases);
  self->connectors = g_object_ref (connectors);
  g_signal_connect_object (cases, "changed", G_CALLBACK (case_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (connectors, "changed", G_CALLBACK (case_changed_cb), self,
                           G_CONNECT_SWAPPED);
  cb_case_model_refresh (self);
  return self;
}

/**
 * cb_case_model_set_query:
 * @self: a model
 * @query: which cases; limit, offset and id do not matter
 *
 * Shows other cases.
 */
void
cb_case_model_set_query (CbCaseModel       *self,
                         const CbCaseQuery *query)
{
  CbCaseQuery counted;
  guint before;

  g_return_if_fail (CB_IS_CASE_MODEL (self) && query != NULL);

  g_strfreev (self->statuses);
  self->statuses = g_strdupv ((GStrv) query->statuses);
  g_strfreev (self->tags);
  self->tags = g_strdupv ((GStrv) query->tags);
  g_free (self->search);
  self->search = g_strdup (query->search);
  self->needs_push = query->needs_push;
  self->queued = query->queued;
  self->trouble = query->trouble;
  g_hash_table_remove_all (self->pages);
  counted = make_query (self);
  before = self->n_items;
  self->n_items = cb_case_list_count (cb_cases_get_database (self->cases), &counted);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->n_items);
}

/**
 * cb_case_model_refresh:
 * @self: a model
 *
 * Looks for changes; another process may have made them.
 */
void
cb_case_model_refresh (CbCaseModel *self)
{
  g_autoptr(GHashTable) old = NULL;
  CbCaseQuery query;
  GHashTableIter iter;
  gpointer number, page;
  guint before, now;

  g_return_if_fail (CB_IS_CASE_MODEL (self));

  query = make_query (self);
  now = cb_case_list_count (cb_cases_get_database (self->cases), &query);
  old = g_steal_pointer (&self->pages);
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  before = self->n_items;
  self->n_items = now;
  if (now != before)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), 0, before, now);
      return;
    }
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, &number, &page))
    refresh_page (self, GPOINTER_TO_UINT (number), page);
}
