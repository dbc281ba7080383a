/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "base/cb-string.h"
#include "push/cb-case-model.h"

#define PAGE 32        /* rows read at once: about a millisecond */
#define MAX_PAGES 8    /* kept, beside the rows that someone shows */
#define LOOK_AHEAD 64  /* places in which a case that moved is looked for */
#define MAX_SPLICES 16 /* announced one by one */
#define MAX_SWAP 256   /* cases that may take the place of others in one change */

/* All cases that were found are known by number, status and state, a megabyte for 100 000 of them; a
 * worker finds them, so the window never waits for that. Views are made from it here, and rows are
 * read by page when a list asks for them. */
struct _CbCaseModel
{
  GObject parent_instance;

  CbCases *cases;           /* (owned) */
  CbConnectors *connectors; /* (owned) */
  CbDatabase *reader;       /* (owned) (nullable): the worker's own connection */
  GArray *entries;          /* (owned) (element-type CbCaseEntry): all that were found */
  GArray *shown;            /* (owned) (element-type gint64): those in the view */
  GHashTable *rows;         /* (owned) (element-type gint64 CbCaseRow): all there are, (weak) */
  GQueue pages;             /* (element-type GPtrArray): those of the newest pages */
  char *search;             /* (owned) (nullable) */
  CbCaseOrder order;
  CbCaseView view;
  gboolean loaded;
  gboolean running;         /* a worker reads */
  gboolean again;           /* and has to once more */
  gboolean useless;         /* as what it reads now is not wanted any more */
  guint start_source;
  gint64 pause;             /* ms to leave the processor alone after a reading */
};

/* A change of a list, the places being those after all changes before it. */
typedef struct
{
  guint position;
  guint n_removed;
  guint n_added;
} Splice;

/* What a worker is asked, and what it has found. */
typedef struct
{
  char *path;         /* (owned) */
  CbDatabase *reader; /* (owned) (nullable) */
  char *search;       /* (owned) (nullable) */
  CbCaseOrder order;
  GArray *seqs;       /* (owned) (element-type gint64): whose rows are shown */
  GArray *entries;    /* (owned) (nullable) */
  GPtrArray *rows;    /* (owned) (nullable) */
  gint64 start;
} Reading;

enum
{
  SIGNAL_LOADED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_iface_init (GListModelInterface *iface);
static gboolean start_cb (gpointer user_data);

G_DEFINE_FINAL_TYPE_WITH_CODE (CbCaseModel, cb_case_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* Auxiliary methods */

static void
reading_free (Reading *reading)
{
  g_free (reading->path);
  g_clear_object (&reading->reader);
  g_free (reading->search);
  g_clear_pointer (&reading->seqs, g_array_unref);
  g_clear_pointer (&reading->entries, g_array_unref);
  g_clear_pointer (&reading->rows, g_ptr_array_unref);
  g_free (reading);
}

static gboolean
is_in_view (const CbCaseEntry *entry,
            CbCaseView         view)
{
  switch (view)
    {
    case CB_CASE_VIEW_OPEN:
      return entry->status != CB_STATUS_CLOSED;
    case CB_CASE_VIEW_NEEDS_PUSH:
      return entry->state == CB_PUSH_NEVER || entry->state == CB_PUSH_NEEDS_PUSH ||
             entry->state == CB_PUSH_QUEUED;
    case CB_CASE_VIEW_TROUBLE:
      return entry->state == CB_PUSH_FAILED || entry->state == CB_PUSH_UNCERTAIN;
    case CB_CASE_VIEW_ALL:
    case CB_N_CASE_VIEWS:
    default:
      return TRUE;
    }
}

static GArray *
make_view (CbCaseModel *self)
{
  GArray *seqs = g_array_sized_new (FALSE, FALSE, sizeof (gint64), self->entries->len);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const CbCaseEntry *entry = &g_array_index (self->entries, CbCaseEntry, i);

      if (is_in_view (entry, self->view))
        g_array_append_val (seqs, entry->seq);
    }
  return seqs;
}

static gint64
seq_at (GArray *seqs,
        guint   position)
{
  return g_array_index (seqs, gint64, position);
}

static void
forget_row_cb (gpointer  self,
               GObject  *row)
{
  g_hash_table_remove (CB_CASE_MODEL (self)->rows, &((CbCaseRow *) row)->seq);
}

/* There is one row object of a case, so that whoever shows it hears of all changes. */
static CbCaseRow *
unify_row (CbCaseModel *self,
           CbCaseRow   *row)
{
  CbCaseRow *known = g_hash_table_lookup (self->rows, &row->seq);

  if (known != NULL)
    {
      cb_case_row_take (known, row);
      return known;
    }
  g_hash_table_insert (self->rows, &row->seq, row);
  g_object_weak_ref (G_OBJECT (row), forget_row_cb, self);
  return row;
}

static CbCaseRow *
read_page (CbCaseModel *self,
           guint        position)
{
  guint first = position / PAGE * PAGE;
  guint n = MIN (PAGE, self->shown->len - first);
  GPtrArray *page = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) rows = NULL;

  rows = cb_case_list_rows (cb_cases_get_database (self->cases),
                            &g_array_index (self->shown, gint64, first), n, NULL);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    g_ptr_array_add (page, g_object_ref (unify_row (self, g_ptr_array_index (rows, i))));
  g_queue_push_tail (&self->pages, page);
  if (self->pages.length > MAX_PAGES)
    g_ptr_array_unref (g_queue_pop_head (&self->pages));
  return g_hash_table_lookup (self->rows, &g_array_index (self->shown, gint64, position));
}

static guint
look_ahead (GArray *seqs,
            guint   first,
            guint   end,
            gint64  wanted)
{
  for (guint i = first; i < MIN (first + LOOK_AHEAD, end); i++)
    if (seq_at (seqs, i) == wanted)
      return i - first;
  return 0;
}

static guint
count_same (GArray *a,
            guint   a_place,
            GArray *b,
            guint   b_place)
{
  guint n = 0;

  while (a_place + n < a->len && b_place + n < b->len && seq_at (a, a_place + n) == seq_at (b, b_place + n))
    n++;
  return n;
}

static guint
count_same_end (GArray *a,
                guint   a_first,
                GArray *b,
                guint   b_first)
{
  guint n = 0;

  while (a->len - n > a_first && b->len - n > b_first &&
         seq_at (a, a->len - n - 1) == seq_at (b, b->len - n - 1))
    n++;
  return n;
}

/* The next difference: cases that went, cases that came, or one that another has taken the place of. */
static Splice
next_splice (GArray *before,
             guint   place,
             guint   before_end,
             GArray *now,
             guint   now_place,
             guint   now_end)
{
  guint n_gone, n_new;

  if (place == before_end || now_place == now_end)
    return (Splice) { now_place, before_end - place, now_end - now_place };
  n_gone = look_ahead (before, place, before_end, seq_at (now, now_place));
  if (n_gone > 0)
    return (Splice) { now_place, n_gone, 0 };
  n_new = look_ahead (now, now_place, now_end, seq_at (before, place));
  return n_new > 0 ? (Splice) { now_place, 0, n_new } : (Splice) { now_place, 1, 1 };
}

/* What stayed in its place is not in them, so that a list keeps its scroll position, its focus and its
 * rows. Where little has stayed, all is announced as one: a list makes its rows anew each time. */
static GArray *
find_splices (GArray *before,
              GArray *now)
{
  guint start = count_same (before, 0, now, 0);
  guint n_end = count_same_end (before, start, now, start);
  guint place = start, now_place = start;
  GArray *splices = g_array_new (FALSE, FALSE, sizeof (Splice));
  Splice whole = { start, before->len - n_end - start, now->len - n_end - start };

  while (place < before->len - n_end || now_place < now->len - n_end)
    {
      Splice next = next_splice (before, place, before->len - n_end, now, now_place, now->len - n_end);
      guint n_same;

      g_array_append_val (splices, next);
      n_same = count_same (before, place + next.n_removed, now, now_place + next.n_added);
      place += next.n_removed + n_same;
      now_place += next.n_added + n_same;
      if (splices->len <= MAX_SPLICES)
        continue;
      g_array_set_size (splices, 0);
      g_array_append_val (splices, whole);
      break;
    }
  return splices;
}

/* Among the cases that came, a list of GTK 4.8 looks for those that it had rows for, and reads all of
 * them for it; so only as many come at once as it may need rows for. */
static void
splice (CbCaseModel *self,
        Splice       change,
        GArray      *now)
{
  guint rest = change.n_removed > 0 && change.n_added > MAX_SWAP ? change.n_added - MAX_SWAP : 0;

  change.n_added -= rest;
  if (change.n_removed > 0)
    g_array_remove_range (self->shown, change.position, change.n_removed);
  if (change.n_added > 0)
    g_array_insert_vals (self->shown, change.position, &g_array_index (now, gint64, change.position),
                         change.n_added);
  g_list_model_items_changed (G_LIST_MODEL (self), change.position, change.n_removed, change.n_added);
  if (rest > 0)
    splice (self, (Splice) { change.position + MAX_SWAP, 0, rest }, now);
}

static void
show_view (CbCaseModel *self,
           GArray      *now)
{
  g_autoptr(GArray) splices = find_splices (self->shown, now);

  for (guint i = 0; i < splices->len; i++)
    splice (self, g_array_index (splices, Splice, i), now);
}

static void
take (CbCaseModel *self,
      Reading     *reading)
{
  g_autoptr(GArray) now = NULL;

  for (guint i = 0; i < reading->rows->len; i++)
    {
      CbCaseRow *row = g_ptr_array_index (reading->rows, i);
      CbCaseRow *known = g_hash_table_lookup (self->rows, &row->seq);

      if (known != NULL)
        cb_case_row_take (known, row);
    }
  g_array_unref (self->entries);
  self->entries = g_steal_pointer (&reading->entries);
  self->loaded = TRUE;
  now = make_view (self);
  show_view (self, now);
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;

  if (reading->reader == NULL)
    reading->reader = cb_database_open (reading->path, &error);
  if (reading->reader != NULL)
    reading->entries = cb_case_list_scan (reading->reader, reading->search, reading->order, &error);
  if (reading->entries != NULL)
    reading->rows = cb_case_list_rows (reading->reader, (const gint64 *) reading->seqs->data,
                                       reading->seqs->len, &error);
  if (reading->rows != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static GArray *
list_seqs (GHashTable *rows)
{
  GArray *seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer seq;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &seq, NULL))
    g_array_append_vals (seqs, seq, 1);
  return seqs;
}

/* What is wanted @now does not wait for a reading whose answer is of no use. */
static void
schedule (CbCaseModel *self,
          gboolean     now)
{
  if (self->running)
    {
      self->again = TRUE;
      self->useless = self->useless || now;
      if (now && self->reader != NULL)
        cb_database_interrupt (self->reader);
      return;
    }
  if (now)
    g_clear_handle_id (&self->start_source, g_source_remove);
  if (self->start_source == 0)
    self->start_source = g_timeout_add (now ? 0 : self->pause, start_cb, self);
}

/* Callbacks */

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  CbCaseModel *self = CB_CASE_MODEL (source);
  Reading *reading = g_task_get_task_data (G_TASK (result));
  gboolean worked, useless = self->useless;
  g_autoptr(GError) error = NULL;

  worked = g_task_propagate_boolean (G_TASK (result), &error);
  self->running = FALSE;
  self->useless = FALSE;
  if (self->cases == NULL)
    return;
  g_set_object (&self->reader, reading->reader);
  self->pause = (g_get_monotonic_time () - reading->start) / G_TIME_SPAN_MILLISECOND;
  if (self->again)
    schedule (self, useless);
  self->again = FALSE;
  if (useless)
    return;
  if (!worked)
    {
      g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
      return;
    }
  take (self, reading);
  g_signal_emit (self, signals[SIGNAL_LOADED], 0);
}

static gboolean
start_cb (gpointer user_data)
{
  CbCaseModel *self = user_data;
  g_autoptr(GTask) task = g_task_new (self, NULL, read_cb, NULL);
  Reading *reading = g_new0 (Reading, 1);

  self->start_source = 0;
  self->running = TRUE;
  reading->path = g_strdup (cb_database_get_path (cb_cases_get_database (self->cases)));
  g_set_object (&reading->reader, self->reader);
  reading->search = g_strdup (self->search);
  reading->order = self->order;
  reading->seqs = list_seqs (self->rows);
  reading->start = g_get_monotonic_time ();
  g_task_set_source_tag (task, start_cb);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
  return G_SOURCE_REMOVE;
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
  return CB_CASE_MODEL (list)->shown->len;
}

static gpointer
cb_case_model_get_item (GListModel *list,
                        guint       position)
{
  CbCaseModel *self = CB_CASE_MODEL (list);
  CbCaseRow *row;

  if (position >= self->shown->len)
    return NULL;
  row = g_hash_table_lookup (self->rows, &g_array_index (self->shown, gint64, position));
  if (row == NULL)
    row = read_page (self, position);
  return row != NULL ? g_object_ref (row) : g_object_new (CB_TYPE_CASE_ROW, NULL);
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

  g_clear_handle_id (&self->start_source, g_source_remove);
  g_clear_object (&self->cases);
  g_clear_object (&self->connectors);
  g_clear_object (&self->reader);

  G_OBJECT_CLASS (cb_case_model_parent_class)->dispose (object);
}

static void
cb_case_model_finalize (GObject *object)
{
  CbCaseModel *self = CB_CASE_MODEL (object);
  GHashTableIter iter;
  gpointer row;

  g_queue_clear_full (&self->pages, (GDestroyNotify) g_ptr_array_unref);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_object_weak_unref (row, forget_row_cb, self);
  g_free (self->search);
  g_array_unref (self->entries);
  g_array_unref (self->shown);
  g_hash_table_unref (self->rows);

  G_OBJECT_CLASS (cb_case_model_parent_class)->finalize (object);
}

static void
cb_case_model_class_init (CbCaseModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cb_case_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = cb_case_model_finalize;

  /**
   * CbCaseModel::loaded:
   * @self: the list
   *
   * Emitted each time the cases have been read, whether they changed or not.
   */
  signals[SIGNAL_LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  /**
   * CbCaseModel::failed:
   * @self: the list
   * @message: why
   *
   * Emitted when the cases cannot be read; the list stays as it was.
   */
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cb_case_model_init (CbCaseModel *self)
{
  self->view = CB_CASE_VIEW_ALL;
  self->entries = g_array_new (FALSE, FALSE, sizeof (CbCaseEntry));
  self->shown = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->rows = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_queue_init (&self->pages);
}

/* Public API */

/**
 * cb_case_model_new:
 * @cases: the cases of a workspace
 * @connectors: its connectors
 *
 * Returns: (transfer full): a list model of #CbCaseRow that follows both; empty until it is loaded,
 *   which the main loop of this thread is needed for
 */
CbCaseModel *
cb_case_model_new (CbCases      *cases,
                   CbConnectors *connectors)
{
  CbCaseModel *self = g_object_new (CB_TYPE_CASE_MODEL, NULL);

  self->cases = g_object_ref (cases);
  self->connectors = g_object_ref (connectors);
  g_signal_connect_object (cases, "changed", G_CALLBACK (cb_case_model_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (connectors, "changed", G_CALLBACK (cb_case_model_refresh), self,
                           G_CONNECT_SWAPPED);
  schedule (self, TRUE);
  return self;
}

/**
 * cb_case_model_set_view:
 * @self: a model
 * @view: which cases
 *
 * Shows others of the cases that were found, at once.
 */
void
cb_case_model_set_view (CbCaseModel *self,
                        CbCaseView   view)
{
  g_autoptr(GArray) now = NULL;

  g_return_if_fail (CB_IS_CASE_MODEL (self) && view < CB_N_CASE_VIEWS);

  if (self->view == view)
    return;
  self->view = view;
  now = make_view (self);
  show_view (self, now);
}

/**
 * cb_case_model_set_search:
 * @self: a model
 * @search: (nullable): words that the cases must hold, the last one as a beginning
 *
 * Looks for other cases. What is shown stays until they are found.
 */
void
cb_case_model_set_search (CbCaseModel *self,
                          const char  *search)
{
  g_return_if_fail (CB_IS_CASE_MODEL (self));

  if (cb_is_blank (search))
    search = NULL;
  if (g_strcmp0 (self->search, search) == 0)
    return;
  g_free (self->search);
  self->search = g_strdup (search);
  schedule (self, TRUE);
}

/**
 * cb_case_model_set_order:
 * @self: a model
 * @order: their order
 *
 * Sorts the cases. What is shown stays until that is done.
 */
void
cb_case_model_set_order (CbCaseModel *self,
                         CbCaseOrder  order)
{
  g_return_if_fail (CB_IS_CASE_MODEL (self) && order < CB_N_CASE_ORDERS);

  if (self->order == order)
    return;
  self->order = order;
  schedule (self, TRUE);
}

/**
 * cb_case_model_refresh:
 * @self: a model
 *
 * Looks for changes soon; another process may have made them.
 */
void
cb_case_model_refresh (CbCaseModel *self)
{
  g_return_if_fail (CB_IS_CASE_MODEL (self));

  schedule (self, FALSE);
}

/**
 * cb_case_model_is_loaded:
 * @self: a model
 *
 * Returns: whether the cases have been read since it was made
 */
gboolean
cb_case_model_is_loaded (CbCaseModel *self)
{
  g_return_val_if_fail (CB_IS_CASE_MODEL (self), FALSE);

  return self->loaded;
}

/**
 * cb_case_model_is_current:
 * @self: a model
 *
 * Returns: whether all changes that it knows of have been read
 */
gboolean
cb_case_model_is_current (CbCaseModel *self)
{
  g_return_val_if_fail (CB_IS_CASE_MODEL (self), FALSE);

  return self->loaded && !self->running && self->start_source == 0;
}

/**
 * cb_case_model_count:
 * @self: a model
 * @view: a view
 *
 * Returns: how many of the cases that were found are in it
 */
guint
cb_case_model_count (CbCaseModel *self,
                     CbCaseView   view)
{
  guint n = 0;

  g_return_val_if_fail (CB_IS_CASE_MODEL (self), 0);

  for (guint i = 0; i < self->entries->len; i++)
    n += is_in_view (&g_array_index (self->entries, CbCaseEntry, i), view);
  return n;
}

/**
 * cb_case_model_find:
 * @self: a model
 * @id: (nullable): a case
 * @position: (out): where it is
 *
 * Returns: whether it is shown
 */
gboolean
cb_case_model_find (CbCaseModel *self,
                    const char  *id,
                    guint       *position)
{
  gint64 seq;

  g_return_val_if_fail (CB_IS_CASE_MODEL (self) && position != NULL, FALSE);

  if (id == NULL)
    return FALSE;
  seq = cb_database_query_int (cb_cases_get_database (self->cases), -1,
                               "SELECT seq FROM cases WHERE id = ?1", "s", id);
  for (guint i = 0; i < self->shown->len; i++)
    if (seq_at (self->shown, i) == seq)
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * cb_case_model_list_ids:
 * @self: a model
 *
 * Returns: (transfer full) (element-type utf8): the cases that are shown
 */
GPtrArray *
cb_case_model_list_ids (CbCaseModel *self)
{
  GPtrArray *ids;

  g_return_val_if_fail (CB_IS_CASE_MODEL (self), NULL);

  ids = cb_case_list_seq_ids (cb_cases_get_database (self->cases), (const gint64 *) self->shown->data,
                              self->shown->len, NULL);
  return ids != NULL ? ids : g_ptr_array_new_with_free_func (g_free);
}
