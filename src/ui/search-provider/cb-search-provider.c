/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "app/cb-app.h"
#include "cb-shell-search-provider.h"
#include "push/cb-case-list.h"
#include "ui/common/cb-words.h"
#include "ui/search-provider/cb-search-provider.h"

#define MAX_RESULTS 20

/* The cases for the search of GNOME Shell. It needs no window: each question is answered in a worker,
 * which reads the database by a handle of its own. */
struct _CbSearchProvider
{
  GObject parent_instance;

  GApplication *application;       /* not owned: it owns this */
  char *directory;                 /* (owned) */
  CbShellSearchProvider2 *skeleton; /* (owned) */
  GCancellable *search;            /* (owned) (nullable): of the newest search */
};

/* A question that is being answered. */
typedef struct
{
  char *directory; /* (owned) */
  char *text;      /* (owned) (nullable): what is searched */
  GStrv ids;       /* (owned) (nullable): the cases to describe */
} Question;

enum
{
  SIGNAL_SHOW_CASE,
  SIGNAL_SEARCH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CbSearchProvider, cb_search_provider, G_TYPE_OBJECT)

/* Auxiliary methods */

static void
question_free (Question *question)
{
  g_free (question->directory);
  g_free (question->text);
  g_strfreev (question->ids);
  g_free (question);
}

static GVariant *
find_cases (CbDatabase *database,
            const char *text)
{
  const CbCaseQuery query = { .search = text, .limit = MAX_RESULTS };
  g_autoptr(GPtrArray) ids = cb_case_list_ids (database, &query, NULL);

  return g_variant_new_strv (ids != NULL ? (const char *const *) ids->pdata : NULL,
                             ids != NULL ? ids->len : 0);
}

static char *
describe_case (const CbCaseRow *row)
{
  return g_strjoin (" · ", cb_word_severity (row->severity), cb_sign_push_state (row->state).word,
                    row->incident_title, NULL);
}

/* A case may have been removed since it was found. GNOME Shell then still wants as many answers as it has
 * asked for, or shows none of them. */
static void
add_meta (GVariantBuilder *metas,
          const char      *id,
          const CbCaseRow *row)
{
  g_autofree char *description = row != NULL ? describe_case (row) : NULL;

  g_variant_builder_open (metas, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (metas, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (metas, "{sv}", "name", g_variant_new_string (row != NULL ? row->title : id));
  if (description != NULL)
    g_variant_builder_add (metas, "{sv}", "description", g_variant_new_string (description));
  g_variant_builder_close (metas);
}

static GVariant *
describe_cases (CbDatabase *database, /* (nullable) */
                GStrv       ids)
{
  GVariantBuilder metas;

  g_variant_builder_init (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr(CbCaseRow) row = database != NULL ? cb_case_list_get (database, ids[i], NULL) : NULL;

      add_meta (&metas, ids[i], row);
    }
  return g_variant_builder_end (&metas);
}

static GVariant *
nothing (const Question *question)
{
  return question->ids != NULL ? describe_cases (NULL, question->ids)
                               : g_variant_new_array (G_VARIANT_TYPE_STRING, NULL, 0);
}

/* What cannot be read is not found: the Shell has no place for an error. */
static void
answer_in_thread (GTask        *task,
                  gpointer      source_object,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  const Question *question = task_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbDatabase) database = NULL;
  GVariant *answer;

  if (g_task_return_error_if_cancelled (task))
    return;
  database = cb_app_open_to_read (question->directory, &error);
  if (error != NULL)
    g_message ("The cases cannot be searched: %s", error->message);
  if (database == NULL)
    answer = nothing (question);
  else if (question->ids != NULL)
    answer = describe_cases (database, question->ids);
  else
    answer = find_cases (database, question->text);
  g_task_return_pointer (task, g_variant_ref_sink (answer), (GDestroyNotify) g_variant_unref);
}

/* Callbacks */

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  CbSearchProvider *self = CB_SEARCH_PROVIDER (source);
  g_autoptr(GVariant) answer = g_task_propagate_pointer (G_TASK (result), NULL);
  const Question *question = g_task_get_task_data (G_TASK (result));
  GVariant *body = answer != NULL ? g_steal_pointer (&answer) : g_variant_ref_sink (nothing (question));

  g_dbus_method_invocation_return_value (user_data, g_variant_new_tuple (&body, 1));
  g_variant_unref (body);
  g_application_release (self->application);
}

/* More auxiliary methods: asking */

/* The program that was started for a search stays until it is answered. */
static void
ask (CbSearchProvider      *self,
     GDBusMethodInvocation *invocation,
     const char *const     *terms,
     const char *const     *ids,
     GCancellable          *cancellable)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, answered_cb, invocation);
  Question *question = g_new0 (Question, 1);

  question->directory = g_strdup (self->directory);
  question->text = terms != NULL ? g_strjoinv (" ", (char **) terms) : NULL;
  question->ids = g_strdupv ((char **) ids);
  g_task_set_source_tag (task, ask);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  g_application_hold (self->application);
  g_task_run_in_thread (task, answer_in_thread);
}

/* Each letter that is typed makes a search of its own; only the newest one is waited for. */
static void
search (CbSearchProvider      *self,
        GDBusMethodInvocation *invocation,
        const char *const     *terms)
{
  g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  self->search = g_cancellable_new ();
  ask (self, invocation, terms, NULL, self->search);
}

/* More callbacks: what the Shell calls */

static gboolean
initial_cb (CbSearchProvider      *self,
            GDBusMethodInvocation *invocation,
            const char *const     *terms)
{
  search (self, invocation, terms);
  return TRUE;
}

/* Searched anew: what was found before may have been only the first of many. */
static gboolean
subsearch_cb (CbSearchProvider      *self,
              GDBusMethodInvocation *invocation,
              const char *const     *previous,
              const char *const     *terms)
{
  search (self, invocation, terms);
  return TRUE;
}

static gboolean
metas_cb (CbSearchProvider      *self,
          GDBusMethodInvocation *invocation,
          const char *const     *ids)
{
  ask (self, invocation, NULL, ids, NULL);
  return TRUE;
}

static gboolean
activate_cb (CbSearchProvider      *self,
             GDBusMethodInvocation *invocation,
             const char            *id,
             const char *const     *terms,
             guint32                timestamp)
{
  g_signal_emit (self, signals[SIGNAL_SHOW_CASE], 0, id, timestamp);
  cb_shell_search_provider2_complete_activate_result (self->skeleton, invocation);
  return TRUE;
}

static gboolean
launch_cb (CbSearchProvider      *self,
           GDBusMethodInvocation *invocation,
           const char *const     *terms,
           guint32                timestamp)
{
  g_autofree char *text = g_strjoinv (" ", (char **) terms);

  g_signal_emit (self, signals[SIGNAL_SEARCH], 0, text, timestamp);
  cb_shell_search_provider2_complete_launch_search (self->skeleton, invocation);
  return TRUE;
}

/* GObject overrides */

static void
cb_search_provider_finalize (GObject *object)
{
  CbSearchProvider *self = CB_SEARCH_PROVIDER (object);

  g_clear_object (&self->search);
  g_clear_object (&self->skeleton);
  g_free (self->directory);

  G_OBJECT_CLASS (cb_search_provider_parent_class)->finalize (object);
}

static void
cb_search_provider_class_init (CbSearchProviderClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cb_search_provider_finalize;

  /**
   * CbSearchProvider::show-case:
   * @self: the provider
   * @case_id: the case
   * @timestamp: when it was chosen, for the window to be raised
   *
   * Emitted when a case that was found is chosen.
   */
  signals[SIGNAL_SHOW_CASE] = g_signal_new ("show-case", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  /**
   * CbSearchProvider::search:
   * @self: the provider
   * @text: what was typed
   * @timestamp: when, for the window to be raised
   *
   * Emitted when the window is to show all that is found.
   */
  signals[SIGNAL_SEARCH] = g_signal_new ("search", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
cb_search_provider_init (CbSearchProvider *self)
{
  static const struct { const char *signal; GCallback callback; } handlers[] = {
    { "handle-get-initial-result-set", G_CALLBACK (initial_cb) },
    { "handle-get-subsearch-result-set", G_CALLBACK (subsearch_cb) },
    { "handle-get-result-metas", G_CALLBACK (metas_cb) },
    { "handle-activate-result", G_CALLBACK (activate_cb) },
    { "handle-launch-search", G_CALLBACK (launch_cb) },
  };

  self->skeleton = cb_shell_search_provider2_skeleton_new ();
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (self->skeleton, handlers[i].signal, handlers[i].callback, self,
                             G_CONNECT_SWAPPED);
}

/* Public API */

/**
 * cb_search_provider_new:
 * @application: the program, which stays while a search runs
 * @directory: the data directory
 *
 * Returns: (transfer full): what finds its cases
 */
CbSearchProvider *
cb_search_provider_new (GApplication *application,
                        const char   *directory)
{
  CbSearchProvider *self;

  g_return_val_if_fail (G_IS_APPLICATION (application) && directory != NULL, NULL);

  self = g_object_new (CB_TYPE_SEARCH_PROVIDER, NULL);
  self->application = application;
  self->directory = g_strdup (directory);
  return self;
}

/**
 * cb_search_provider_export:
 * @self: the provider
 * @connection: a bus
 * @object_path: where the Shell finds it
 * @error: why it cannot be there
 *
 * Begins to answer.
 *
 * Returns: whether it worked
 */
gboolean
cb_search_provider_export (CbSearchProvider  *self,
                           GDBusConnection   *connection,
                           const char        *object_path,
                           GError           **error)
{
  g_return_val_if_fail (CB_IS_SEARCH_PROVIDER (self) && object_path != NULL, FALSE);

  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection,
                                           object_path, error);
}

/**
 * cb_search_provider_unexport:
 * @self: the provider
 *
 * Answers no more.
 */
void
cb_search_provider_unexport (CbSearchProvider *self)
{
  GDBusInterfaceSkeleton *skeleton;

  g_return_if_fail (CB_IS_SEARCH_PROVIDER (self));

  skeleton = G_DBUS_INTERFACE_SKELETON (self->skeleton);
  if (g_dbus_interface_skeleton_get_connection (skeleton) != NULL)
    g_dbus_interface_skeleton_unexport (skeleton);
}
