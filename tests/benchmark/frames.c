/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the window keeps its main loop busy: with a workspace of many cases, first while they are
 * listed, searched and scrolled, then while some of them are pushed. Prints the longest turn of each.
 *
 * usage: frames DATA_DIR CASES_TO_PUSH */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include "app/cb-app.h"
#include "push/cb-case-list.h"
#include "ui/window/cb-window.h"

#define FRAME_MS 50
#define SETTLE_MS 3000 /* what a start costs is another question */

typedef struct
{
  GtkApplication *application;
  CbWorkspace *workspace; /* (owned) */
  CbWindow *window;
  guint n_pushed;
  guint step;
} Run;

/* By the clock, which others on the machine slow down, and by the processor's time of this thread. */
typedef enum
{
  CLOCK,
  PROCESSOR,
  N_MEASURES
} Measure;

static const struct { const char *name; clockid_t id; } measures[N_MEASURES] = {
  [CLOCK] = { "by the clock", CLOCK_MONOTONIC },
  [PROCESSOR] = { "of processor time", CLOCK_THREAD_CPUTIME_ID },
};

static GPollFunc poll_before;
static gint64 woke_up[N_MEASURES];
static gint64 longest[N_MEASURES];
static guint n_slow[N_MEASURES];
static guint n_turns;

static gint64
now (Measure measure)
{
  struct timespec time;

  clock_gettime (measures[measure].id, &time);
  return time.tv_sec * G_TIME_SPAN_SECOND + time.tv_nsec / 1000;
}

/* From one waiting to the next the loop is busy, and no frame can be drawn. */
static int
measuring_poll (GPollFD *fds,
                guint    n_fds,
                int      timeout)
{
  int result;

  for (Measure i = 0; i < N_MEASURES; i++)
    {
      gint64 busy = woke_up[i] > 0 ? now (i) - woke_up[i] : 0;

      longest[i] = MAX (longest[i], busy);
      n_slow[i] += busy > FRAME_MS * G_TIME_SPAN_MILLISECOND;
    }
  n_turns++;
  result = poll_before (fds, n_fds, timeout);
  for (Measure i = 0; i < N_MEASURES; i++)
    woke_up[i] = now (i);
  return result;
}

static void
report (const char *what)
{
  g_print ("%s, %u turns of the main loop:\n", what, n_turns);
  for (Measure i = 0; i < N_MEASURES; i++)
    {
      g_print ("  longest %6.1f ms %s, %u over %d ms\n", longest[i] / (double) G_TIME_SPAN_MILLISECOND,
               measures[i].name, n_slow[i], FRAME_MS);
      longest[i] = n_slow[i] = 0;
    }
  n_turns = 0;
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
search (Run        *run,
        const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (find (GTK_WIDGET (run->window), GTK_TYPE_SEARCH_ENTRY)), text);
}

/* Of the four views, all cases or open ones. */
static void
show_all (Run      *run,
          gboolean  all)
{
  GtkWidget *search_box = gtk_widget_get_parent (find (GTK_WIDGET (run->window), GTK_TYPE_SEARCH_ENTRY));
  GtkWidget *views = gtk_widget_get_next_sibling (search_box);
  GtkWidget *button = all ? gtk_widget_get_last_child (views) : gtk_widget_get_first_child (views);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

static void
scroll (Run   *run,
        guint  place)
{
  GtkWidget *list = find (GTK_WIDGET (run->window), GTK_TYPE_LIST_VIEW);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list))));

  if (n > 0)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", place % n);
}

static void
push (Run *run)
{
  const CbCaseQuery query = { .limit = run->n_pushed };
  g_autoptr(GPtrArray) ids = cb_case_list_ids (cb_workspace_get_database (run->workspace), &query, NULL);

  cb_bulk_run_start (cb_workspace_get_bulk (run->workspace), ids);
}

static gboolean
step_cb (gpointer user_data)
{
  static const char *const typed[] = { "p", "ph", "phi", "phish", "phishing 7", "phishing", "" };
  Run *run = user_data;
  guint step = run->step++;

  if (step == 0)
    report ("Start");
  else if (step <= G_N_ELEMENTS (typed))
    search (run, typed[step - 1]);
  else if (step < 30)
    scroll (run, step * 7919);
  else if (step == 30)
    gtk_widget_activate_action (GTK_WIDGET (run->window), "win.order", "s", "title");
  else if (step == 35)
    gtk_widget_activate_action (GTK_WIDGET (run->window), "win.order", "s", "newest");
  else if (step == 36 || step == 38)
    show_all (run, step == 36);
  else if (step == 42)
    {
      report ("Search, scroll, sort");
      push (run);
    }
  else if (step > 42 && !cb_bulk_run_is_running (cb_workspace_get_bulk (run->workspace)))
    {
      report ("Push");
      g_print ("%u of %u not sent\n", cb_bulk_run_count_unsent (cb_workspace_get_bulk (run->workspace)),
               run->n_pushed);
      gtk_window_destroy (GTK_WINDOW (run->window));
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
start_cb (gpointer user_data)
{
  g_timeout_add (250, step_cb, user_data);
  return G_SOURCE_REMOVE;
}

static void
activate_cb (GtkApplication *application,
             Run            *run)
{
  run->window = cb_window_new (application);
  gtk_window_present (GTK_WINDOW (run->window));
  cb_window_open (run->window, run->workspace);
  g_timeout_add (SETTLE_MS, start_cb, run);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GtkApplication) application = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CbApp) app = NULL;
  Run run = { 0 };
  int status;

  if (argc != 3)
    return 2;
  poll_before = g_main_context_get_poll_func (NULL);
  g_main_context_set_poll_func (NULL, measuring_poll);
  app = cb_app_new (argv[1], &error);
  if (app == NULL)
    g_error ("%s", error->message);
  run.n_pushed = atoi (argv[2]);
  application = GTK_APPLICATION (adw_application_new (APPLICATION_ID, G_APPLICATION_NON_UNIQUE));
  run.workspace = cb_workspace_new (app);
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), &run);
  status = g_application_run (G_APPLICATION (application), 1, argv);
  g_clear_object (&run.workspace);
  return status;
}
