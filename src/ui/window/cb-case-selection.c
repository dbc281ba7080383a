/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "ui/window/cb-case-selection.h"

#define UNKNOWN GTK_INVALID_LIST_POSITION /* a place; it is known once the case is in sight */

/* Which cases of a list are selected, by id: rows come and go as cases change, above all while many are
 * being pushed, and the selection stays with its cases. All can be selected without reading them all. */
struct _CbCaseSelection
{
  GObject parent_instance;

  GListModel *model;      /* (owned) */
  GHashTable *ids;        /* (owned) (element-type utf8 uint): and where each was last */
  CbCaseIdsFunc list_ids;
  gpointer user_data;
  gboolean adding;        /* whether what is selected stays so until it is unselected */
};

static void list_model_iface_init (GListModelInterface *iface);
static void selection_model_iface_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CbCaseSelection, cb_case_selection, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                                                      selection_model_iface_init))

/* Auxiliary methods */

static char *
id_at (CbCaseSelection *self,
       guint            position)
{
  g_autoptr(CbCaseRow) row = g_list_model_get_item (self->model, position);

  return row != NULL ? g_strdup (row->id) : NULL;
}

static void
add (CbCaseSelection *self,
     guint            position)
{
  char *id = id_at (self, position);

  if (id != NULL)
    g_hash_table_replace (self->ids, id, GUINT_TO_POINTER (position));
}

static int
compare_places (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  CbCaseSelection *self = user_data;
  guint first = GPOINTER_TO_UINT (g_hash_table_lookup (self->ids, *(const char *const *) a));
  guint second = GPOINTER_TO_UINT (g_hash_table_lookup (self->ids, *(const char *const *) b));

  return first < second ? -1 : first > second;
}

/* Where the list is read anew, the whole of it may look different. */
static void
announce (CbCaseSelection *self)
{
  guint n = g_list_model_get_n_items (self->model);

  if (n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n);
}

/* Callbacks */

static void
items_changed_cb (CbCaseSelection *self,
                  guint            position,
                  guint            removed,
                  guint            added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* GListModel */

static GType
cb_case_selection_get_item_type (GListModel *list)
{
  return CB_TYPE_CASE_ROW;
}

static guint
cb_case_selection_get_n_items (GListModel *list)
{
  CbCaseSelection *self = CB_CASE_SELECTION (list);

  return self->model != NULL ? g_list_model_get_n_items (self->model) : 0;
}

static gpointer
cb_case_selection_get_item (GListModel *list,
                            guint       position)
{
  CbCaseSelection *self = CB_CASE_SELECTION (list);

  return self->model != NULL ? g_list_model_get_item (self->model, position) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = cb_case_selection_get_item_type;
  iface->get_n_items = cb_case_selection_get_n_items;
  iface->get_item = cb_case_selection_get_item;
}

/* GtkSelectionModel */

static gboolean
cb_case_selection_is_selected (GtkSelectionModel *model,
                               guint              position)
{
  CbCaseSelection *self = CB_CASE_SELECTION (model);
  g_autofree char *id = NULL;

  if (g_hash_table_size (self->ids) == 0)
    return FALSE;
  id = id_at (self, position);
  if (id == NULL || !g_hash_table_contains (self->ids, id))
    return FALSE;
  g_hash_table_replace (self->ids, g_steal_pointer (&id), GUINT_TO_POINTER (position));
  return TRUE;
}

/* As far as the places are known: reading the whole list to know them is not worth it. */
static GtkBitset *
cb_case_selection_get_selection_in_range (GtkSelectionModel *model,
                                          guint              position,
                                          guint              n_items)
{
  CbCaseSelection *self = CB_CASE_SELECTION (model);
  GtkBitset *bits = gtk_bitset_new_empty ();
  GHashTableIter iter;
  gpointer id, place;

  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, &id, &place))
    if (GPOINTER_TO_UINT (place) >= position && GPOINTER_TO_UINT (place) - position < n_items)
      gtk_bitset_add (bits, GPOINTER_TO_UINT (place));
  return bits;
}

/* What a plain click or an arrow key selects; it replaces all others, unless cases are being added. */
static gboolean
cb_case_selection_select_item (GtkSelectionModel *model,
                               guint              position,
                               gboolean           unselect_rest)
{
  CbCaseSelection *self = CB_CASE_SELECTION (model);

  if (unselect_rest && self->adding)
    return FALSE;
  if (unselect_rest)
    g_hash_table_remove_all (self->ids);
  add (self, position);
  announce (self);
  return TRUE;
}

static gboolean
cb_case_selection_unselect_item (GtkSelectionModel *model,
                                 guint              position)
{
  CbCaseSelection *self = CB_CASE_SELECTION (model);
  g_autofree char *id = id_at (self, position);

  if (id != NULL && g_hash_table_remove (self->ids, id))
    announce (self);
  return TRUE;
}

static gboolean
cb_case_selection_select_range (GtkSelectionModel *model,
                                guint              position,
                                guint              n_items,
                                gboolean           unselect_rest)
{
  CbCaseSelection *self = CB_CASE_SELECTION (model);

  if (unselect_rest && !self->adding)
    g_hash_table_remove_all (self->ids);
  for (guint i = position; i < position + n_items; i++)
    add (self, i);
  announce (self);
  return TRUE;
}

static gboolean
cb_case_selection_unselect_range (GtkSelectionModel *model,
                                  guint              position,
                                  guint              n_items)
{
  CbCaseSelection *self = CB_CASE_SELECTION (model);

  for (guint i = position; i < position + n_items; i++)
    {
      g_autofree char *id = id_at (self, i);

      if (id != NULL)
        g_hash_table_remove (self->ids, id);
    }
  announce (self);
  return TRUE;
}

static gboolean
cb_case_selection_select_all (GtkSelectionModel *model)
{
  CbCaseSelection *self = CB_CASE_SELECTION (model);
  g_autoptr(GPtrArray) ids = self->list_ids (self->user_data);

  /* Not beside what has gone from the list meanwhile. */
  g_hash_table_remove_all (self->ids);
  for (guint i = 0; i < ids->len; i++)
    g_hash_table_replace (self->ids, g_strdup (g_ptr_array_index (ids, i)), GUINT_TO_POINTER (i));
  announce (self);
  return TRUE;
}

static gboolean
cb_case_selection_unselect_all (GtkSelectionModel *model)
{
  CbCaseSelection *self = CB_CASE_SELECTION (model);

  g_hash_table_remove_all (self->ids);
  announce (self);
  return TRUE;
}

static void
selection_model_iface_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = cb_case_selection_is_selected;
  iface->get_selection_in_range = cb_case_selection_get_selection_in_range;
  iface->select_item = cb_case_selection_select_item;
  iface->unselect_item = cb_case_selection_unselect_item;
  iface->select_range = cb_case_selection_select_range;
  iface->unselect_range = cb_case_selection_unselect_range;
  iface->select_all = cb_case_selection_select_all;
  iface->unselect_all = cb_case_selection_unselect_all;
}

/* GObject overrides */

static void
cb_case_selection_dispose (GObject *object)
{
  CbCaseSelection *self = CB_CASE_SELECTION (object);

  g_clear_object (&self->model);

  G_OBJECT_CLASS (cb_case_selection_parent_class)->dispose (object);
}

static void
cb_case_selection_finalize (GObject *object)
{
  g_hash_table_unref (CB_CASE_SELECTION (object)->ids);

  G_OBJECT_CLASS (cb_case_selection_parent_class)->finalize (object);
}

static void
cb_case_selection_class_init (CbCaseSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_case_selection_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_case_selection_finalize;
}

static void
cb_case_selection_init (CbCaseSelection *self)
{
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Public API */

/**
 * cb_case_selection_new:
 * @model: a list of #CbCaseRow
 * @list_ids: (scope notified): called to select all; not after the selection's owner is gone
 * @user_data: for @list_ids
 *
 * Returns: (transfer full): a selection in it, empty
 */
CbCaseSelection *
cb_case_selection_new (GListModel    *model,
                       CbCaseIdsFunc  list_ids,
                       gpointer       user_data)
{
  CbCaseSelection *self = g_object_new (CB_TYPE_CASE_SELECTION, NULL);

  self->model = g_object_ref (model);
  self->list_ids = list_ids;
  self->user_data = user_data;
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * cb_case_selection_set_adding:
 * @self: a selection
 * @adding: whether what is selected stays so until it is unselected
 *
 * Changes between selecting one case after the other and choosing several.
 */
void
cb_case_selection_set_adding (CbCaseSelection *self,
                              gboolean         adding)
{
  g_return_if_fail (CB_IS_CASE_SELECTION (self));

  self->adding = adding;
}

/**
 * cb_case_selection_set_only:
 * @self: a selection
 * @id: (nullable): a case
 *
 * Selects one case, or none.
 */
void
cb_case_selection_set_only (CbCaseSelection *self,
                            const char      *id)
{
  g_autofree char *copy = g_strdup (id);

  g_return_if_fail (CB_IS_CASE_SELECTION (self));

  if (copy != NULL && g_hash_table_size (self->ids) == 1 && g_hash_table_contains (self->ids, copy))
    return;
  g_hash_table_remove_all (self->ids);
  if (copy != NULL)
    g_hash_table_replace (self->ids, g_steal_pointer (&copy), GUINT_TO_POINTER (UNKNOWN));
  announce (self);
}

/**
 * cb_case_selection_toggle:
 * @self: a selection
 * @id: a case
 *
 * Selects a case beside the others, or does not any more.
 */
void
cb_case_selection_toggle (CbCaseSelection *self,
                          const char      *id)
{
  g_return_if_fail (CB_IS_CASE_SELECTION (self) && id != NULL);

  if (!g_hash_table_remove (self->ids, id))
    g_hash_table_replace (self->ids, g_strdup (id), GUINT_TO_POINTER (UNKNOWN));
  announce (self);
}

/**
 * cb_case_selection_get_n:
 * @self: a selection
 *
 * Returns: how many cases are selected
 */
guint
cb_case_selection_get_n (CbCaseSelection *self)
{
  g_return_val_if_fail (CB_IS_CASE_SELECTION (self), 0);

  return g_hash_table_size (self->ids);
}

/**
 * cb_case_selection_get_ids:
 * @self: a selection
 *
 * Returns: (transfer full) (element-type utf8): the selected cases, in the order of the list as far as
 *   it is known
 */
GPtrArray *
cb_case_selection_get_ids (CbCaseSelection *self)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) sorted = NULL;
  GHashTableIter iter;
  gpointer id;

  g_return_val_if_fail (CB_IS_CASE_SELECTION (self), ids);

  sorted = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (sorted, id);
  g_ptr_array_sort_with_data (sorted, compare_places, self);
  for (guint i = 0; i < sorted->len; i++)
    g_ptr_array_add (ids, g_strdup (g_ptr_array_index (sorted, i)));
  return ids;
}
