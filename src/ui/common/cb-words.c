/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "ui/common/cb-words.h"

#define ZONE_LIFE (60 * G_TIME_SPAN_SECOND)

static const CbSign push_signs[] = {
  [CB_PUSH_NONE] = { "cb-none-symbolic", N_("No connector"), "dim-label" },
  [CB_PUSH_NEVER] = { "cb-never-symbolic", N_("Not pushed"), "dim-label" },
  [CB_PUSH_UP_TO_DATE] = { "object-select-symbolic", N_("Up to date"), "dim-label" },
  [CB_PUSH_NEEDS_PUSH] = { "cb-needs-push-symbolic", N_("Needs push"), "accent" },
  [CB_PUSH_QUEUED] = { "cb-queued-symbolic", N_("Queued"), "accent" },
  [CB_PUSH_FAILED] = { "cb-failed-symbolic", N_("Failed"), "error" },
  [CB_PUSH_UNCERTAIN] = { "cb-uncertain-symbolic", N_("Uncertain"), "warning" },
};

static const char *const severities[CB_N_SEVERITIES] = {
  N_("Low"), N_("Medium"), N_("High"), N_("Critical")
};

static const char *const severity_icons[CB_N_SEVERITIES] = {
  "cb-severity-1-symbolic", "cb-severity-2-symbolic", "cb-severity-3-symbolic",
  "cb-severity-4-symbolic"
};

static const char *const statuses[CB_N_STATUSES] = {
  NC_("status", "Open"), NC_("status", "In progress"), NC_("status", "Closed")
};

static const struct { const char *source, *word; } case_fields[] = {
  { "title", N_("Title") },
  { "description", N_("Description") },
  { "tags", N_("Tags") },
  { "comments", N_("Comments") },
};

/* %1$s is the entry's text, %2$s the connector, %3$s the incident. */
static const struct { const char *kind, *words; } activities[] = {
  { "created", N_("opened the case") },
  { "title", N_("changed the title to “%1$s”") },
  { "description", N_("changed the description") },
  { "severity", N_("set the severity to %1$s") },
  { "status", N_("marked the case as %1$s") },
  { "tags", N_("changed the tags to %1$s") },
  { "assignees", N_("changed the assignees to %1$s") },
  { "comment-added", N_("added a comment") },
  { "comment-edited", N_("edited a comment") },
  { "comment-removed", N_("removed a comment") },
  { "pushed", N_("pushed as new incident %2$s %3$s") },
  { "updated", N_("updated incident %2$s %3$s") },
  { "overwritten", N_("overwrote in incident %3$s: %1$s") },
  { "kept", N_("kept what incident %3$s says: %1$s") },
  { "linked", N_("linked the incident %2$s %3$s") },
  { "unlinked", N_("removed the link to the incident %2$s %3$s") },
  { "imported", N_("imported the case") },
};

/* Auxiliary methods */

/* GLib looks for the zone's file each time it is asked, and a list asks for each of its rows. */
static GTimeZone *
get_zone (void)
{
  static GTimeZone *zone;
  static gint64 asked;
  gint64 now = g_get_monotonic_time ();

  if (zone != NULL && now - asked < ZONE_LIFE)
    return zone;
  g_clear_pointer (&zone, g_time_zone_unref);
  zone = g_time_zone_new_local ();
  asked = now;
  return zone;
}

static GDateTime *
to_local (gint64 time)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);

  return utc != NULL ? g_date_time_to_timezone (utc, get_zone ()) : NULL;
}

static char *
format_local (gint64      time,
              const char *format)
{
  g_autoptr(GDateTime) local = to_local (time);

  return local != NULL ? g_date_time_format (local, format) : g_strdup ("");
}

static int
days_ago (gint64    time,
          gboolean *this_year)
{
  g_autoptr(GDateTime) now = g_date_time_new_now (get_zone ());
  g_autoptr(GDateTime) then = to_local (time);
  GDate a, b;

  *this_year = FALSE;
  if (then == NULL)
    return -1;
  *this_year = g_date_time_get_year (now) == g_date_time_get_year (then);
  g_date_set_dmy (&a, g_date_time_get_day_of_month (then), g_date_time_get_month (then),
                  g_date_time_get_year (then));
  g_date_set_dmy (&b, g_date_time_get_day_of_month (now), g_date_time_get_month (now),
                  g_date_time_get_year (now));
  return g_date_days_between (&a, &b);
}

static char *
connector_name (CbConnectors *connectors,
                const char   *id)
{
  g_autoptr(CbConnectorInfo) info = id != NULL ? cb_connectors_get (connectors, id, NULL) : NULL;

  return g_strdup (info != NULL ? info->name : "");
}

static char *
connector_words (const CbActivity *entry,
                 const char       *name)
{
  if (g_strcmp0 (entry->text, "none") == 0)
    return g_strdup (_("removed external incident management system"));
  if (*name == '\0')
    return g_strdup (_("selected the default incident management system"));
  return g_strdup_printf (_("selected %s as incident management system"), name);
}

/* Severity and status are kept by their untranslated names. */
static const char *
entry_text (const CbActivity *entry)
{
  CbSeverity severity;
  CbStatus status;

  if (entry->text == NULL)
    return "";
  if (g_str_equal (entry->kind, "severity") && cb_severity_parse (entry->text, &severity))
    return cb_word_severity (severity);
  if (g_str_equal (entry->kind, "status") && cb_status_parse (entry->text, &status))
    return cb_word_status (status);
  return entry->text;
}

static char *
fill_in (const char *words,
         const char *text,
         const char *connector,
         const char *incident)
{
  g_autoptr(GString) result = g_string_new (words);

  /* Translators move the three around, so the format is filled in by hand: printf() refuses formats
   * that leave some out. */
  g_string_replace (result, "%2$s", connector, 1);
  g_string_replace (result, "%3$s", incident, 1);
  g_string_replace (result, "%1$s", text, 1);
  return g_strstrip (g_string_free (g_steal_pointer (&result), FALSE));
}

/* Public API */

/**
 * cb_sign_push_state:
 * @state: a push state
 *
 * Returns: how it is shown
 */
CbSign
cb_sign_push_state (CbPushState state)
{
  CbSign sign = push_signs[MIN (state, G_N_ELEMENTS (push_signs) - 1)];

  sign.word = _(sign.word);
  return sign;
}

/**
 * cb_sign_comment:
 * @sent: whether the incident has the comment as it is now
 *
 * Returns: how it is shown
 */
CbSign
cb_sign_comment (gboolean sent)
{
  CbSign sign = push_signs[sent ? CB_PUSH_UP_TO_DATE : CB_PUSH_NEEDS_PUSH];

  sign.word = sent ? _("Sent") : _("Not sent yet");
  return sign;
}

/**
 * cb_word_severity:
 * @severity: a severity
 *
 * Returns: its word
 */
const char *
cb_word_severity (CbSeverity severity)
{
  return _(severities[MIN (severity, CB_N_SEVERITIES - 1)]);
}

/**
 * cb_icon_severity:
 * @severity: a severity
 *
 * Returns: the name of its symbol
 */
const char *
cb_icon_severity (CbSeverity severity)
{
  return severity_icons[MIN (severity, CB_N_SEVERITIES - 1)];
}

/**
 * cb_word_status:
 * @status: a case's status
 *
 * Returns: its word
 */
const char *
cb_word_status (CbStatus status)
{
  return g_dpgettext2 (NULL, "status", statuses[MIN (status, CB_N_STATUSES - 1)]);
}

/**
 * cb_word_case_field:
 * @source: a field of the case, as mappings name it
 *
 * Returns: its word, @source itself where it has none
 */
const char *
cb_word_case_field (const char *source)
{
  for (guint i = 0; i < G_N_ELEMENTS (case_fields); i++)
    if (g_strcmp0 (case_fields[i].source, source) == 0)
      return _(case_fields[i].word);
  return source;
}

/**
 * cb_word_mapping_action:
 * @action: what a later push does
 *
 * Returns: its words
 */
const char *
cb_word_mapping_action (CbMappingAction action)
{
  switch (action)
    {
    case CB_MAPPING_APPEND: return _("Append");
    case CB_MAPPING_ADD_REMOVE: return _("Add and remove");
    case CB_MAPPING_OVERWRITE:
    default: return _("Overwrite");
    }
}

/**
 * cb_word_time:
 * @time: microseconds since 1970
 *
 * Returns: (transfer full): as short as a list wants it: the time today, else the day
 */
char *
cb_word_time (gint64 time)
{
  gboolean this_year;
  int days = days_ago (time, &this_year);

  if (days == 0)
    return format_local (time, _("%H:%M"));
  if (days == 1)
    return g_strdup (_("Yesterday"));
  return format_local (time, this_year ? _("%-d %b") : _("%-d %b %Y"));
}

/**
 * cb_word_moment:
 * @time: microseconds since 1970
 *
 * Returns: (transfer full): day and time, for the inside of a sentence
 */
char *
cb_word_moment (gint64 time)
{
  gboolean this_year;
  int days = days_ago (time, &this_year);

  if (days == 0)
    return format_local (time, _("today, %H:%M"));
  if (days == 1)
    return format_local (time, _("yesterday, %H:%M"));
  return format_local (time, this_year ? _("%-d %b, %H:%M") : _("%-d %b %Y, %H:%M"));
}

/**
 * cb_word_activity:
 * @entry: an entry of a case's activity
 * @connectors: where it finds the connector's name
 *
 * Returns: (transfer full): what was done, to be read after the author's name
 */
char *
cb_word_activity (const CbActivity *entry,
                  CbConnectors     *connectors)
{
  g_autofree char *name = connector_name (connectors, entry->connector_id);

  if (g_str_equal (entry->kind, "connector"))
    return connector_words (entry, name);
  for (guint i = 0; i < G_N_ELEMENTS (activities); i++)
    if (g_str_equal (activities[i].kind, entry->kind))
      return fill_in (_(activities[i].words), entry_text (entry), name,
                      entry->incident != NULL ? entry->incident : "");
  return g_strdup (entry->kind);
}
