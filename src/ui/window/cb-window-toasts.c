/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "push/cb-case-list.h"
#include "ui/push/cb-bulk-run.h"
#include "ui/window/cb-window-private.h"

/* What the window says for some seconds: how pushes ended, and answers. */

/* Auxiliary methods */

static AdwToast *
add_toast (CbWindow   *self,
           const char *text,
           const char *button,
           const char *action,
           const char *target)
{
  /* A toast's title is markup in libadwaita 1.2. */
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  if (button != NULL)
    {
      adw_toast_set_button_label (toast, button);
      adw_toast_set_action_name (toast, action);
      if (target != NULL)
        adw_toast_set_action_target_value (toast, g_variant_new_string (target));
      adw_toast_set_timeout (toast, 10);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
  return toast;
}

static void
add_result_toast (CbWindow   *self,
                  const char *text,
                  const char *button,
                  const char *action,
                  const char *target)
{
  g_set_weak_pointer (&self->toast, add_toast (self, text, button, action, target));
}

static void
toast_failure (CbWindow        *self,
               const CbPushJob *job)
{
  g_autoptr(CbCaseRow) row = cb_case_list_get (cb_workspace_get_database (self->workspace),
                                               job->case_id, NULL);
  g_autofree char *text = NULL;

  /* What is in sight says itself what went wrong. */
  if (g_strcmp0 (job->case_id, cb_case_page_get_case_id (self->page)) == 0)
    return;
  text = g_strdup_printf (_("“%s” was not sent to %s"), row != NULL ? row->title : job->case_id,
                          job->connector_name);
  add_result_toast (self, text, _("Show"), "win.show-case", job->case_id);
}

static void
toast_success (CbWindow        *self,
               const CbPushJob *job)
{
  g_autofree char *text = g_strdup_printf (_("Successfully sent to %s"), job->connector_name);
  g_autofree char *button = NULL;

  if (job->result->incident_url == NULL)
    {
      add_toast (self, text, NULL, NULL, NULL);
      return;
    }
  button = g_strdup_printf (_("Open %s"), job->result->incident_title);
  add_result_toast (self, text, button, "win.open-uri", job->result->incident_url);
}

/* Library-private */

void
_cb_window_toast (CbWindow   *self,
                  const char *text)
{
  add_toast (self, text, NULL, NULL, NULL);
}

void
_cb_window_toast_undo (CbWindow   *self,
                       const char *text,
                       const char *action)
{
  add_toast (self, text, _("Undo"), action, NULL);
}

void
_cb_window_toast_result (CbWindow        *self,
                         const CbPushJob *job)
{
  g_autofree char *text = NULL;

  switch (job->result->outcome)
    {
    case CB_OUTCOME_CREATED:
    case CB_OUTCOME_UPDATED:
      toast_success (self, job);
      break;
    case CB_OUTCOME_UP_TO_DATE:
      text = g_strdup_printf (_("%s incident is up to date"), job->connector_name);
      add_toast (self, text, NULL, NULL, NULL);
      break;
    case CB_OUTCOME_FAILED:
    case CB_OUTCOME_CONFLICT:
    case CB_OUTCOME_UNCERTAIN:
    case CB_OUTCOME_CANCELLED:
      toast_failure (self, job);
      break;
    case CB_OUTCOME_PLANNED:
    case CB_OUTCOME_QUEUED:
    default:
      break;
    }
}

/* What waits on says so above the list. */
void
_cb_window_toast_queue (CbWindow  *self,
                        GPtrArray *results)
{
  g_autofree char *text = NULL;
  guint n_sent, n_trouble;

  cb_bulk_run_count (results, &n_sent, &n_trouble);
  if (n_trouble > 0)
    {
      text = g_strdup_printf (g_dngettext (NULL, "%u queued push did not go through",
                                           "%u queued pushes did not go through", n_trouble), n_trouble);
      add_result_toast (self, text, _("Show"), "win.next-trouble", NULL);
    }
  else if (n_sent > 0)
    {
      text = g_strdup_printf (g_dngettext (NULL, "%u queued push was sent",
                                           "%u queued pushes were sent", n_sent), n_sent);
      add_toast (self, text, NULL, NULL, NULL);
    }
}

/* Public API */

/**
 * cb_window_tell:
 * @self: a window with content
 * @text: a sentence
 *
 * Answers who asked from outside the window, before other messages and in place of the last answer.
 */
void
cb_window_tell (CbWindow   *self,
                const char *text)
{
  g_autofree char *escaped = NULL;
  AdwToast *toast;

  g_return_if_fail (CB_IS_WINDOW (self) && text != NULL);

  escaped = g_markup_escape_text (text, -1);
  toast = adw_toast_new (escaped);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  if (self->answer != NULL)
    adw_toast_dismiss (self->answer);
  g_set_weak_pointer (&self->answer, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}
