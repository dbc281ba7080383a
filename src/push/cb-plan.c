/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "connectors/cb-target-value.h"
#include "push/cb-plan.h"

#define TOKEN_DIGITS 10
#define MAX_REFERENCE 64
#define MIN_LIMIT 100

/* The plan of one case while it is being made. */
typedef struct
{
  const CbPlanInput *input;
  CbPlan *plan;          /* (unowned) */
  JsonObject *values;    /* (owned): of the create or update */
  JsonObject *sources;   /* (owned): of the same */
  GPtrArray *rests;      /* (owned) (element-type CbStep): the cut-off rest of its texts */
  gboolean create;
} Draft;

/* Auxiliary methods */

static void
draft_clear (Draft *draft)
{
  g_clear_pointer (&draft->values, json_object_unref);
  g_clear_pointer (&draft->sources, json_object_unref);
  g_clear_pointer (&draft->rests, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draft, draft_clear)

static void
field_change_free (CbFieldChange *change)
{
  g_free (change->source);
  g_free (change->target);
  g_free (change->last);
  g_free (change->remote);
  g_free (change->now);
  g_free (change);
}

static char *
node_text (JsonNode *node)
{
  const char *text = cb_json_node_string (node);

  return text != NULL ? g_strdup (text) : cb_json_to_string (node);
}

static void
warn_about (Draft      *draft,
            char       *warning)
{
  g_ptr_array_add (draft->plan->warnings, warning);
}

/* Ten digits of base32, as the contract has it: short enough to be no nuisance in a comment. */
static char *
make_token (const char *case_id,
            const char *comment_id,
            const char *revision,
            guint       part)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  g_autofree char *number = g_strdup_printf ("%u", part);
  g_autofree char *hash = cb_sha256 (case_id, comment_id, revision, number, NULL);
  char *token = g_strdup ("cb-XXXXXXXXXX");
  guint64 bits;

  hash[13] = '\0';
  bits = g_ascii_strtoull (hash, NULL, 16);
  for (guint i = 0; i < TOKEN_DIGITS; i++, bits >>= 5)
    token[3 + i] = digits[bits & 31];
  return token;
}

static char *
footer_line (const CbPlanInput *input,
             const char        *author,
             const char        *token)
{
  CbTextFormat format = input->klass->text_format;
  g_autofree char *line = cb_text_join_lines (cb_is_blank (author) ? input->author : author);
  /* The paragraph that it goes into is escaped as a whole for HTML, and not at all for the others. */
  g_autofree char *name = format != CB_TEXT_HTML ? cb_text_escape (line, format) : g_strdup (line);

  return g_strdup_printf ("Added by %s [%s]", name, token);
}

static gsize
paragraph_length (const char   *line,
                  CbTextFormat  format)
{
  g_autofree char *with = cb_text_append_paragraph ("x", line, format);

  return cb_utf16_length (with) - 1;
}

static gsize
limit_after (guint limit,
             gsize used)
{
  if (limit == 0)
    return 0;
  return limit > used + MIN_LIMIT ? limit - used : MIN_LIMIT;
}

/* The steps that add one text, in as many parts as the limit asks for. */
static void
add_comment_steps (Draft      *draft,
                   GPtrArray  *steps,
                   const char *comment_id,
                   const char *revision,
                   GStrv       parts,
                   const char *author)
{
  const CbPlanInput *input = draft->input;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *token = make_token (input->item->id, comment_id, revision, i);
      g_autofree char *line = footer_line (input, author, token);
      g_autofree char *text = cb_text_append_paragraph (parts[i], line, input->klass->text_format);
      CbStep *step = cb_step_new (CB_STEP_COMMENT);

      step->comment_id = g_strdup (comment_id);
      step->revision = g_strdup (revision);
      step->token = g_steal_pointer (&token);
      step->parts = g_strv_length (parts);
      step->values = json_object_new ();
      json_object_set_string_member (step->values, input->target->comment_field, text);
      g_ptr_array_add (steps, step);
    }
}

static gsize
comment_room (const CbPlanInput *input,
              const char        *author)
{
  g_autofree char *line = footer_line (input, author, "cb-XXXXXXXXXX");

  return limit_after (input->target->comment_limit,
                      paragraph_length (line, input->klass->text_format));
}

static void
add_rest (Draft      *draft,
          const char *source,
          GStrv       parts)
{
  g_autofree char *joined = g_strjoinv ("\n\n", parts);
  g_autofree char *revision = cb_sha256 (joined, NULL);

  add_comment_steps (draft, draft->rests, source, revision, parts, draft->input->item->created_by);
}

static char *
reference_paragraph (const CbPlanInput *input,
                     const char        *target)
{
  if (!input->target->reference_in_text || g_strcmp0 (input->target->reference_field, target) != 0)
    return NULL;
  return cb_plan_reference (input->klass, input->item->id);
}

static char *
append_line (char         *text,
             const char   *line,
             CbTextFormat  format)
{
  g_autofree char *owned = text;

  return line != NULL ? cb_text_append_paragraph (owned, line, format) : g_steal_pointer (&owned);
}

static guint
field_limit (const CbPlanInput *input,
             const char        *target)
{
  const CbTargetField *field = cb_target_find (input->target, target);

  return field != NULL ? field->max_length : 0;
}

static char *
continuation_line (const CbPlanInput *input)
{
  return g_strdup_printf ("continued in comments, revision %u", input->item->description_revision);
}

/* A text that is too long ends at a paragraph and goes on in comments; the reference line stays. */
static JsonNode *
description_node (Draft      *draft,
                  const char *target)
{
  const CbPlanInput *input = draft->input;
  CbTextFormat format = input->klass->text_format;
  g_autofree char *reference = reference_paragraph (input, target);
  g_autofree char *marker = continuation_line (input);
  g_autofree char *text = cb_text_convert (input->item->description, format);
  gsize reserve = reference != NULL ? paragraph_length (reference, format) : 0;
  guint limit = field_limit (input, target);
  g_auto(GStrv) parts = NULL;

  if (limit == 0 || cb_utf16_length (text) + reserve <= limit)
    {
      text = append_line (g_steal_pointer (&text), reference, format);
      return cb_json_node_new_string (text);
    }
  parts = cb_text_split (input->item->description, format,
                         limit_after (limit, reserve + paragraph_length (marker, format)),
                         comment_room (input, input->item->created_by));
  warn_about (draft, g_strdup_printf (_("The description has %zu characters, %s takes %u: it ends with "
                                        "“%s”, and the rest follows as comments."),
                                      cb_utf16_length (text), input->klass->name, limit, marker));
  add_rest (draft, "description", parts + 1);
  g_free (text);
  text = append_line (g_strdup (parts[0]), marker, format);
  text = append_line (g_steal_pointer (&text), reference, format);
  return cb_json_node_new_string (text);
}

static JsonNode *
title_node (Draft           *draft,
            const CbMapping *mapping)
{
  const CbPlanInput *input = draft->input;
  g_autofree char *title = mapping->format (input->item->title);
  g_autofree char *marker = continuation_line (input);
  g_autofree char *cut = NULL;
  g_autofree char *marked = NULL;
  guint limit = field_limit (input, mapping->target);
  gsize room, end;
  g_auto(GStrv) rest = NULL;

  if (limit == 0 || cb_utf16_length (title) <= limit)
    return cb_json_node_new_string (title);
  room = limit > cb_utf16_length (marker) + 20 ? limit - cb_utf16_length (marker) - 3 : limit;
  end = cb_utf16_prefix (title, room);
  for (gsize i = end; i > end / 2; i--)
    if (title[i] == ' ')
      {
        end = i;
        break;
      }
  rest = g_new0 (char *, 2);
  rest[0] = cb_text_escape (title + end, input->klass->text_format);
  add_rest (draft, "title", rest);
  cut = g_strndup (title, end);
  warn_about (draft, g_strdup_printf (_("The title has %zu characters, %s takes %u: it is cut, and the "
                                        "rest follows as a comment."), cb_utf16_length (title),
                                      input->klass->name, limit));
  if (room == limit)
    return cb_json_node_new_string (cut);
  marked = g_strdup_printf ("%s … %s", cut, marker);
  return cb_json_node_new_string (marked);
}

static GStrv
make_labels (const CbPlanInput *input,
             const CbMapping   *mapping)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; input->item->tags[i] != NULL; i++)
    {
      char *label = mapping->format (input->item->tags[i]);

      if (*label != '\0' && !g_hash_table_contains (seen, label))
        g_strv_builder_add (builder, label);
      g_hash_table_add (seen, label);
    }
  return g_strv_builder_end (builder);
}

static JsonNode *
list_node (GStrv list)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; list[i] != NULL; i++)
    json_array_add_string_element (array, list[i]);
  json_node_take_array (node, array);
  return node;
}

static gboolean
list_has (JsonArray  *array,
          const char *text)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (g_strcmp0 (cb_json_node_string (json_array_get_element (array, i)), text) == 0)
      return TRUE;
  return FALSE;
}

static CbFieldChange *
new_change (const char *source,
            const char *target,
            const char *last,
            JsonNode   *remote,
            JsonNode   *now)
{
  CbFieldChange *change = g_new0 (CbFieldChange, 1);
  g_autoptr(JsonNode) baseline = last != NULL ? cb_json_parse (last, -1, NULL) : NULL;

  change->source = g_strdup (source);
  change->target = g_strdup (target);
  change->last = baseline != NULL ? node_text (baseline) : NULL;
  change->remote = remote != NULL ? node_text (remote) : NULL;
  change->now = node_text (now);
  return change;
}

static void
settle (Draft         *draft,
        CbFieldChange *change,
        const char    *revision)
{
  /* What is recorded for a settled field: its revision, in place of what would have been sent. */
  g_free (change->now);
  change->now = g_strdup (revision);
  g_ptr_array_add (draft->plan->settled, change);
}

static gboolean
is_sent (Draft      *draft,
         const char *source,
         const char *revision)
{
  return !draft->create &&
         g_strcmp0 (g_hash_table_lookup (draft->input->pushed->fields, source), revision) == 0;
}

static gboolean
someone_changed (Draft      *draft,
                 const char *last,
                 JsonNode   *remote,
                 gboolean    is_text)
{
  g_autofree char *now = cb_json_to_string (remote);

  if (remote == NULL)
    return FALSE;
  if (last != NULL)
    return g_strcmp0 (last, now) != 0;
  /* What we have never seen there as ours is somebody's, or what Kibana once wrote. */
  return is_text && !cb_is_blank (cb_json_node_string (remote));
}

static gboolean
is_empty (JsonNode *node)
{
  JsonArray *array = cb_json_node_array (node);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (array != NULL)
    return json_array_get_length (array) == 0;
  return cb_json_node_string (node) != NULL && cb_is_blank (cb_json_node_string (node));
}

static const char *
conflict_ending (CbOnConflict on_conflict)
{
  switch (on_conflict)
    {
    case CB_ON_CONFLICT_OVERWRITE:
      return _("It is overwritten, and their text kept in the case's activity.");
    case CB_ON_CONFLICT_KEEP:
      return _("Theirs is kept.");
    case CB_ON_CONFLICT_STOP:
    default:
      return _("Nothing is sent.");
    }
}

/* What is kept needs no rest of what would have been sent. */
static void
drop_rests (Draft      *draft,
            const char *source)
{
  for (guint i = draft->rests->len; i > 0; i--)
    if (g_strcmp0 (((CbStep *) g_ptr_array_index (draft->rests, i - 1))->comment_id, source) == 0)
      g_ptr_array_remove_index (draft->rests, i - 1);
}

static void
warn_of_conflict (Draft         *draft,
                  CbFieldChange *change)
{
  warn_about (draft, g_strdup_printf (_("Someone changed “%s” in %s since the last push. %s"),
                                      change->target, draft->input->klass->name,
                                      conflict_ending (draft->input->on_conflict)));
}

static char *
bare_words (const char *html)
{
  GString *words = g_string_new (NULL);
  gboolean in_tag = FALSE;

  for (const char *p = html; *p != '\0'; p++)
    {
      in_tag |= *p == '<';
      if (!in_tag && !g_ascii_isspace (*p))
        g_string_append_c (words, *p);
      in_tag &= *p != '>';
    }
  return g_string_free (words, FALSE);
}

/* Servers wrap and clean rich text. Where nothing tells what they made of ours, the words decide. */
static gboolean
same_words (const CbPlanInput *input,
            JsonNode          *remote,
            JsonNode          *now)
{
  const char *texts[] = { cb_json_node_string (remote), cb_json_node_string (now) };
  g_autofree char *there = NULL;
  g_autofree char *here = NULL;

  if (input->klass->text_format != CB_TEXT_HTML || texts[0] == NULL || texts[1] == NULL)
    return FALSE;
  there = bare_words (texts[0]);
  here = bare_words (texts[1]);
  return g_str_equal (there, here);
}

static gboolean
has_arrived (const CbPlanInput *input,
             JsonNode          *remote,
             JsonNode          *sent)
{
  return remote != NULL && sent != NULL &&
         (json_node_equal (remote, sent) || same_words (input, remote, sent));
}

/* What an update has written whose answer never came. */
static JsonNode *
lost_value (const CbPlanInput *input,
            const char        *target)
{
  const CbStep *lost = input->pushed->lost_update;

  return lost != NULL && lost->values != NULL ? json_object_get_member (lost->values, target) : NULL;
}

/* One field that is written as a whole. */
static void
add_value (Draft      *draft,
           const char *source,
           const char *target,
           const char *revision,
           JsonNode   *node)
{
  g_autoptr(JsonNode) now = node;
  const CbIncident *seen = draft->input->seen;
  const char *last = g_hash_table_lookup (draft->input->pushed->baselines, source);
  JsonNode *remote = seen != NULL && seen->values != NULL && !draft->create
                       ? json_object_get_member (seen->values, target) : NULL;
  CbFieldChange *change = new_change (source, target, last, remote, now);
  gboolean is_text = g_str_equal (source, "title") || g_str_equal (source, "description");
  JsonNode *lost = lost_value (draft->input, target);
  gboolean arrived = has_arrived (draft->input, remote, lost);

  if (remote != NULL && (json_node_equal (remote, now) ||
                         (last == NULL && same_words (draft->input, remote, now)) ||
                         (arrived && json_node_equal (lost, now))))
    {
      settle (draft, change, revision);
      return;
    }
  change->conflict = !arrived && someone_changed (draft, last, remote, is_text);
  if (change->conflict)
    warn_of_conflict (draft, change);
  if (change->conflict && draft->input->on_conflict == CB_ON_CONFLICT_KEEP)
    {
      change->kept = TRUE;
      drop_rests (draft, source);
      settle (draft, change, revision);
      return;
    }
  json_object_set_string_member (draft->sources, source, revision);
  /* A new incident is empty by itself; some systems refuse an empty text. */
  if (draft->create && cb_json_node_string (now) != NULL && is_empty (now))
    {
      field_change_free (change);
      return;
    }
  g_ptr_array_add (draft->plan->changes, change);
  json_object_set_member (draft->values, target, g_steal_pointer (&now));
}

static JsonNode *
label_change (const CbPlanInput *input,
              GStrv              labels,
              JsonArray         *old)
{
  JsonArray *there = input->seen != NULL ? cb_json_array (input->seen->values, "labels") : NULL;
  g_autoptr(GStrvBuilder) add = g_strv_builder_new ();
  g_autoptr(GStrvBuilder) remove = g_strv_builder_new ();
  g_auto(GStrv) added = NULL;
  g_auto(GStrv) removed = NULL;
  JsonObject *change;

  for (guint i = 0; labels[i] != NULL; i++)
    if (!list_has (there != NULL ? there : old, labels[i]))
      g_strv_builder_add (add, labels[i]);
  for (guint i = 0; old != NULL && i < json_array_get_length (old); i++)
    {
      const char *label = json_array_get_string_element (old, i);

      if (!g_strv_contains ((const char *const *) labels, label) &&
          (there == NULL || list_has (there, label)))
        g_strv_builder_add (remove, label);
    }
  added = g_strv_builder_end (add);
  removed = g_strv_builder_end (remove);
  if (added[0] == NULL && removed[0] == NULL)
    return NULL;
  change = json_object_new ();
  json_object_set_member (change, "add", list_node (added));
  json_object_set_member (change, "remove", list_node (removed));
  return cb_json_node_new_object (change);
}

static void
add_labels (Draft           *draft,
            const CbMapping *mapping)
{
  const CbPlanInput *input = draft->input;
  g_auto(GStrv) labels = make_labels (input, mapping);
  const char *last = g_hash_table_lookup (input->pushed->baselines, "tags");
  g_autoptr(JsonNode) old = last != NULL ? cb_json_parse (last, -1, NULL) : NULL;
  JsonNode *change = label_change (input, labels, cb_json_node_array (old));
  g_autoptr(JsonNode) now = list_node (labels);

  if (change == NULL)
    {
      settle (draft, new_change ("tags", mapping->target, last, now, now), input->item->tags_hash);
      return;
    }
  g_ptr_array_add (draft->plan->changes, new_change ("tags", mapping->target, last, NULL, now));
  json_object_set_member (draft->values, mapping->target, change);
  json_object_set_string_member (draft->sources, "tags", input->item->tags_hash);
}

static void
add_tags (Draft           *draft,
          const CbMapping *mapping)
{
  const CbPlanInput *input = draft->input;

  if (is_sent (draft, "tags", input->item->tags_hash))
    return;
  if (cb_target_find (input->target, mapping->target) == NULL)
    {
      g_autoptr(JsonNode) nothing = cb_json_node_new_string ("");

      if (input->item->tags[0] != NULL)
        warn_about (draft, g_strdup_printf (_("%s takes no %s there, so the tags are not sent."),
                                            input->klass->name, mapping->target));
      settle (draft, new_change ("tags", mapping->target, NULL, NULL, nothing),
              input->item->tags_hash);
    }
  else if (draft->create)
    {
      g_auto(GStrv) labels = make_labels (input, mapping);

      add_value (draft, "tags", mapping->target, input->item->tags_hash, list_node (labels));
    }
  else
    add_labels (draft, mapping);
}

static void
add_mapped_fields (Draft *draft)
{
  const CbPlanInput *input = draft->input;

  for (guint i = 0; i < input->klass->n_mappings; i++)
    {
      const CbMapping *mapping = &input->klass->mappings[i];

      if (g_str_equal (mapping->source, "title") && !is_sent (draft, "title", input->item->title_hash))
        add_value (draft, "title", mapping->target, input->item->title_hash,
                   title_node (draft, mapping));
      else if (g_str_equal (mapping->source, "description") &&
               !is_sent (draft, "description", input->item->description_hash))
        add_value (draft, "description", mapping->target, input->item->description_hash,
                   description_node (draft, mapping->target));
      else if (g_str_equal (mapping->source, "tags"))
        add_tags (draft, mapping);
    }
}

static GStrv
split_values (const CbCaseFieldInfo *info,
              const char            *value)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) parts = g_strsplit (value, info->kind == CB_KIND_MULTI_CHOICE ? "," : "\n", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

static JsonNode *
single_node (const CbCaseFieldInfo *info,
             const char            *value)
{
  return info->is_number ? json_node_init_int (json_node_alloc (), g_ascii_strtoll (value, NULL, 10))
                         : cb_json_node_new_string (value);
}

static JsonNode *
case_field_node (const CbCaseFieldInfo *info,
                 const char            *value)
{
  g_auto(GStrv) values = split_values (info, value);
  JsonArray *array;

  if (info->kind != CB_KIND_MULTI_CHOICE)
    return single_node (info, value);
  array = json_array_new ();
  for (guint i = 0; values[i] != NULL; i++)
    json_array_add_element (array, single_node (info, values[i]));
  return cb_json_node_new_array (array);
}

static gboolean
is_choice (const CbTargetField *field,
           const char          *value)
{
  for (guint i = 0; i < field->choices->len; i++)
    if (g_str_equal (((CbChoice *) g_ptr_array_index (field->choices, i))->value, value))
      return TRUE;
  return FALSE;
}

static gboolean
is_small_number (const char *value)
{
  return strspn (value, "0123456789") == strlen (value) && strlen (value) <= 18;
}

static gboolean
check_value (const CbPlanInput      *input,
             const CbCaseFieldInfo  *info,
             const char             *value,
             GError                **error)
{
  const CbTargetField *field = cb_target_find (input->target, info->target);
  gboolean knows_choices = field != NULL && field->choices != NULL && field->choices->len > 0;

  if ((!info->is_number || is_small_number (value)) && (!knows_choices || is_choice (field, value)))
    return TRUE;
  cb_set_error (error, CB_ERROR_INVALID_FIELD, info->key,
                _("%s has no %s “%s”. Nothing was sent. Choose one that it offers."),
                input->klass->name, _(info->label), value);
  return FALSE;
}

/* A value that the external system cannot take is named before anything is sent. */
static gboolean
check_case_fields (const CbPlanInput  *input,
                   GError            **error)
{
  for (guint i = 0; i < input->klass->n_case_fields; i++)
    {
      const CbCaseFieldInfo *info = &input->klass->case_fields[i];
      const char *value = g_hash_table_lookup (input->fields, info->key);
      g_auto(GStrv) values = !cb_is_blank (value) ? split_values (info, value) : NULL;

      for (guint j = 0; values != NULL && values[j] != NULL; j++)
        if (!check_value (input, info, values[j], error))
          return FALSE;
    }
  return TRUE;
}

static JsonNode *
extra_node (const Draft *draft,
            const char  *name,
            const char  *value)
{
  return cb_target_value_to_node (cb_target_find (draft->input->target, name), value);
}

static GList *
sorted_keys (GHashTable *table)
{
  return g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) g_strcmp0);
}

static void
add_case_fields (Draft *draft)
{
  const CbPlanInput *input = draft->input;
  g_autoptr(GList) keys = sorted_keys (input->fields);

  for (guint i = 0; i < input->klass->n_case_fields; i++)
    {
      const CbCaseFieldInfo *info = &input->klass->case_fields[i];
      const char *value = g_hash_table_lookup (input->fields, info->key);

      if (!cb_is_blank (value) && !is_sent (draft, info->key, value))
        add_value (draft, info->key, info->target, value, case_field_node (info, value));
    }
  for (GList *l = keys; l != NULL; l = l->next)
    {
      const char *value = g_hash_table_lookup (input->fields, l->data);
      const char *name = (char *) l->data + strlen ("extra.");

      if (g_str_has_prefix (l->data, "extra.") && !is_sent (draft, l->data, value))
        add_value (draft, l->data, name, value, extra_node (draft, name, value));
    }
}

/* Extra fields of the connector serve a create; they are no news for an incident that is there. */
static void
add_connector_extras (Draft *draft)
{
  g_autoptr(GList) keys = sorted_keys (draft->input->settings);

  for (GList *l = keys; l != NULL; l = l->next)
    {
      const char *name = (char *) l->data + strlen ("extra.");

      if (g_str_has_prefix (l->data, "extra.") && !json_object_has_member (draft->values, name))
        json_object_set_member (draft->values, name,
                                extra_node (draft, name,
                                            g_hash_table_lookup (draft->input->settings, l->data)));
    }
}

static void
add_defaults (Draft *draft)
{
  const CbTarget *target = draft->input->target;
  g_autoptr(GList) keys = sorted_keys (target->defaults);

  for (GList *l = keys; l != NULL; l = l->next)
    if (!json_object_has_member (draft->values, l->data))
      json_object_set_string_member (draft->values, l->data,
                                     g_hash_table_lookup (target->defaults, l->data));
  for (guint i = 0; i < target->notes->len; i++)
    warn_about (draft, g_strdup (g_ptr_array_index (target->notes, i)));
}

static void
add_reference (Draft *draft)
{
  const CbPlanInput *input = draft->input;
  g_autofree char *reference = cb_plan_reference (input->klass, input->item->id);
  JsonArray *list;

  if (input->target->reference_in_text || input->target->reference_field == NULL)
    return;
  list = cb_json_array (draft->values, input->target->reference_field);
  if (list != NULL)
    json_array_add_string_element (list, reference);
  else
    json_object_set_string_member (draft->values, input->target->reference_field, reference);
}

static char *
case_field_key (CbConnectorClass *klass,
                const char       *target)
{
  for (guint i = 0; i < klass->n_case_fields; i++)
    if (g_str_equal (klass->case_fields[i].target, target))
      return g_strdup (klass->case_fields[i].key);
  return g_strconcat ("extra.", target, NULL);
}

static gboolean
check_required (Draft   *draft,
                GError **error)
{
  const CbTarget *target = draft->input->target;
  g_autoptr(GString) missing = g_string_new (NULL);
  const char *first = NULL;
  g_autofree char *key = NULL;

  for (guint i = 0; i < target->fields->len; i++)
    {
      const CbTargetField *field = g_ptr_array_index (target->fields, i);

      if (!field->required || !is_empty (json_object_get_member (draft->values, field->id)))
        continue;
      first = first != NULL ? first : field->id;
      g_string_append_printf (missing, "%s%s (%s)", missing->len > 0 ? ", " : "", field->label,
                              field->id);
    }
  if (first == NULL)
    return TRUE;
  key = case_field_key (draft->input->klass, first);
  cb_set_error (error, CB_ERROR_INVALID_FIELD, first,
                _("%s takes no new incident without: %s. Nothing was sent. Set it among the case's "
                  "connector fields (%s=VALUE), or an extra field in the connector for all its cases."),
                draft->input->klass->name, missing->str, key);
  return FALSE;
}

/* What the step writes over: whoever sends it keeps that, however late it is known to have arrived. */
static JsonObject *
replaced_texts (const CbPlan *plan)
{
  g_autoptr(JsonObject) replaced = NULL;

  for (guint i = 0; i < plan->changes->len; i++)
    {
      const CbFieldChange *change = g_ptr_array_index (plan->changes, i);

      if (!change->conflict)
        continue;
      if (replaced == NULL)
        replaced = json_object_new ();
      json_object_set_string_member (replaced, change->target, change->remote);
    }
  return g_steal_pointer (&replaced);
}

static void
end_first_step (Draft *draft)
{
  CbStep *step;

  if (json_object_get_size (draft->values) == 0)
    return;
  step = cb_step_new (draft->create ? CB_STEP_CREATE : CB_STEP_UPDATE);
  step->values = g_steal_pointer (&draft->values);
  step->sources = g_steal_pointer (&draft->sources);
  step->replaced = replaced_texts (draft->plan);
  g_ptr_array_add (draft->plan->steps, step);
}

static gboolean
is_complete (const CbPlanInput *input,
             const char        *comment_id,
             const char        *revision)
{
  g_autofree char *key = cb_revision_key (comment_id, revision);

  return g_hash_table_contains (input->pushed->complete, key);
}

/* Takes the steps whose comments are not there yet. */
static void
take_comment_steps (Draft     *draft,
                    GPtrArray *steps)
{
  const CbPlanInput *input = draft->input;
  GHashTable *there = input->seen != NULL ? input->seen->tokens : NULL;

  while (steps->len > 0)
    {
      CbStep *step = g_ptr_array_steal_index (steps, 0);

      if (g_hash_table_contains (input->pushed->tokens, step->token))
        cb_step_free (step);
      else if (there != NULL && g_hash_table_contains (there, step->token))
        {
          step->remote_id = g_strdup (g_hash_table_lookup (there, step->token));
          g_ptr_array_add (draft->plan->arrived, step);
        }
      else
        g_ptr_array_add (draft->plan->steps, step);
    }
}

static void
add_comments (Draft *draft)
{
  const CbPlanInput *input = draft->input;
  CbTextFormat format = input->klass->text_format;

  take_comment_steps (draft, draft->rests);
  for (guint i = 0; i < input->item->comments->len; i++)
    {
      CbComment *comment = g_ptr_array_index (input->item->comments, i);
      g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_step_free);
      g_auto(GStrv) parts = NULL;
      gsize room;

      if (is_complete (input, comment->id, comment->revision))
        continue;
      room = comment_room (input, comment->author);
      parts = cb_text_split (comment->text, format, room, room);
      /* Markdown that shows nothing, such as a link definition, is shown as it was typed. */
      if (cb_is_blank (parts[0]))
        {
          g_free (parts[0]);
          parts[0] = cb_text_escape (comment->text, format);
        }
      add_comment_steps (draft, steps, comment->id, comment->revision, parts, comment->author);
      take_comment_steps (draft, steps);
    }
}

/* A text whose rest is still to be sent is cut anew even where the text itself has been sent. */
static void
add_unfinished_rests (Draft *draft)
{
  const CbPlanInput *input = draft->input;
  const CbMapping *title = cb_connector_class_find_mapping (input->klass, "title");
  const CbMapping *description = cb_connector_class_find_mapping (input->klass, "description");
  guint n_warnings = draft->plan->warnings->len;

  if (draft->create || !input->pushed->unfinished)
    return;
  if (is_sent (draft, "title", input->item->title_hash))
    json_node_unref (title_node (draft, title));
  if (is_sent (draft, "description", input->item->description_hash))
    json_node_unref (description_node (draft, description->target));
  g_ptr_array_set_size (draft->plan->warnings, n_warnings);
}

static void
add_notes (Draft *draft)
{
  const CbPlanInput *input = draft->input;
  const CbIncident *seen = input->seen;

  for (guint i = 0; i < draft->plan->steps->len; i++)
    {
      CbStep *step = g_ptr_array_index (draft->plan->steps, i);

      if (step->kind != CB_STEP_COMMENT || input->target->comment_note == NULL)
        continue;
      warn_about (draft, g_strdup (input->target->comment_note));
      break;
    }
  if (seen != NULL && seen->closed && draft->plan->steps->len > 0)
    warn_about (draft, g_strdup_printf (_("%s is closed in %s (%s); it is updated all the same."),
                                        seen->title, input->klass->name,
                                        seen->state != NULL ? seen->state : ""));
}

/* Public API */

/**
 * cb_plan_new_empty:
 *
 * Returns: (transfer full): a plan that does nothing
 */
CbPlan *
cb_plan_new_empty (void)
{
  CbPlan *plan = g_new0 (CbPlan, 1);

  plan->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_step_free);
  plan->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) field_change_free);
  plan->settled = g_ptr_array_new_with_free_func ((GDestroyNotify) field_change_free);
  plan->arrived = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_step_free);
  plan->warnings = g_ptr_array_new_with_free_func (g_free);
  return plan;
}

/**
 * cb_plan_new:
 * @input: all that it depends on
 * @error: %CB_ERROR_INVALID_FIELD where the target needs a field that there is no value for
 *
 * Works out what a push will send. A pure function: preview, dry run and run use it alike.
 *
 * Returns: (transfer full) (nullable): the plan
 */
CbPlan *
cb_plan_new (const CbPlanInput  *input,
             GError            **error)
{
  g_autoptr(CbPlan) plan = cb_plan_new_empty ();
  g_auto(Draft) draft = { input, plan };

  g_return_val_if_fail (input != NULL, NULL);

  draft.values = json_object_new ();
  draft.sources = json_object_new ();
  draft.rests = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_step_free);
  draft.create = input->pushed->incident_id == NULL;
  plan->remote_checked = input->seen != NULL || draft.create;
  if (!check_case_fields (input, error))
    return NULL;
  add_mapped_fields (&draft);
  add_case_fields (&draft);
  if (draft.create)
    {
      add_connector_extras (&draft);
      add_defaults (&draft);
      add_reference (&draft);
      if (!check_required (&draft, error))
        return NULL;
    }
  add_unfinished_rests (&draft);
  end_first_step (&draft);
  add_comments (&draft);
  add_notes (&draft);
  return g_steal_pointer (&plan);
}

/**
 * cb_plan_free:
 * @plan: (transfer full) (nullable): a plan
 *
 * Frees it.
 */
void
cb_plan_free (CbPlan *plan)
{
  if (plan == NULL)
    return;
  g_ptr_array_unref (plan->steps);
  g_ptr_array_unref (plan->changes);
  g_ptr_array_unref (plan->settled);
  g_ptr_array_unref (plan->arrived);
  g_ptr_array_unref (plan->warnings);
  g_clear_pointer (&plan->incident, cb_incident_free);
  g_free (plan);
}

/**
 * cb_plan_has_conflict:
 * @plan: a plan
 *
 * Returns: whether it writes over something that someone changed in the external system
 */
gboolean
cb_plan_has_conflict (const CbPlan *plan)
{
  for (guint i = 0; i < plan->changes->len; i++)
    if (((CbFieldChange *) g_ptr_array_index (plan->changes, i))->conflict)
      return TRUE;
  return FALSE;
}

static gboolean
steps_equal (const CbStep *a,
             const CbStep *b)
{
  g_autofree char *values_a = cb_json_object_to_string (a->values);
  g_autofree char *values_b = cb_json_object_to_string (b->values);

  return a->kind == b->kind && g_strcmp0 (a->token, b->token) == 0 && g_str_equal (values_a, values_b);
}

/**
 * cb_plan_equal:
 * @a: a plan
 * @b: another one
 *
 * Returns: whether both send the same to the same incident
 */
gboolean
cb_plan_equal (const CbPlan *a,
               const CbPlan *b)
{
  const char *incident_a = a->incident != NULL ? a->incident->id : NULL;
  const char *incident_b = b->incident != NULL ? b->incident->id : NULL;

  if (a->steps->len != b->steps->len || g_strcmp0 (incident_a, incident_b) != 0)
    return FALSE;
  for (guint i = 0; i < a->steps->len; i++)
    if (!steps_equal (g_ptr_array_index (a->steps, i), g_ptr_array_index (b->steps, i)))
      return FALSE;
  return TRUE;
}

/**
 * cb_plan_is_rest:
 * @plan: a plan that was made after a part of @confirmed was sent
 * @confirmed: what a person has seen
 *
 * Returns: whether @plan sends nothing but steps of @confirmed, in its order
 */
gboolean
cb_plan_is_rest (const CbPlan *plan,
                 const CbPlan *confirmed)
{
  guint next = 0;

  for (guint i = 0; i < plan->steps->len; i++)
    {
      while (next < confirmed->steps->len &&
             !steps_equal (g_ptr_array_index (plan->steps, i), g_ptr_array_index (confirmed->steps, next)))
        next++;
      if (next++ >= confirmed->steps->len)
        return FALSE;
    }
  return TRUE;
}

static gboolean
lists_all (JsonArray *list,
           JsonArray *wanted,
           gboolean   there)
{
  for (guint i = 0; wanted != NULL && i < json_array_get_length (wanted); i++)
    if (list_has (list, json_array_get_string_element (wanted, i)) != there)
      return FALSE;
  return TRUE;
}

static gboolean
list_has_change (JsonNode   *remote,
                 JsonObject *change)
{
  JsonArray *list = cb_json_node_array (remote);

  return lists_all (list, cb_json_array (change, "add"), TRUE) &&
         lists_all (list, cb_json_array (change, "remove"), FALSE);
}

/**
 * cb_plan_sees_step:
 * @input: what a plan depends on, with an observation
 * @step: an update or comment of which nobody knows whether it was done
 *
 * Returns: whether the observation shows that it was
 */
gboolean
cb_plan_sees_step (const CbPlanInput *input,
                   const CbStep      *step)
{
  JsonObjectIter iter;
  const char *target;
  JsonNode *sent;

  if (step->kind == CB_STEP_COMMENT)
    return input->seen->tokens != NULL && g_hash_table_contains (input->seen->tokens, step->token);
  if (step->values == NULL || input->seen->values == NULL)
    return FALSE;
  json_object_iter_init (&iter, step->values);
  while (json_object_iter_next (&iter, &target, &sent))
    {
      JsonNode *remote = json_object_get_member (input->seen->values, target);

      if (!(JSON_NODE_HOLDS_OBJECT (sent) ? list_has_change (remote, json_node_get_object (sent))
                                          : has_arrived (input, remote, sent)))
        return FALSE;
    }
  return TRUE;
}

/**
 * cb_plan_needs_comments:
 * @input: what a plan depends on; target and observation do not matter
 *
 * Returns: whether some comment may still have to be sent, so that it matters which are there
 */
gboolean
cb_plan_needs_comments (const CbPlanInput *input)
{
  for (guint i = 0; i < input->item->comments->len; i++)
    {
      CbComment *comment = g_ptr_array_index (input->item->comments, i);

      if (!is_complete (input, comment->id, comment->revision))
        return TRUE;
    }
  return input->pushed->unfinished;
}

static gboolean
field_has_news (const CbPlanInput *input,
                const char        *source,
                const char        *revision)
{
  return g_strcmp0 (g_hash_table_lookup (input->pushed->fields, source), revision) != 0;
}

/**
 * cb_plan_has_news:
 * @input: what a plan depends on; target and observation do not matter
 *
 * Returns: whether a push would have anything to do, by revisions alone
 */
gboolean
cb_plan_has_news (const CbPlanInput *input)
{
  GHashTableIter iter;
  gpointer key, value;

  /* An incident that was linked, or sent in part, is there only once a push has completed. */
  if (input->pushed->incident_id == NULL || !input->pushed->completed || cb_plan_needs_comments (input) ||
      field_has_news (input, "title", input->item->title_hash) ||
      field_has_news (input, "description", input->item->description_hash) ||
      (cb_connector_class_find_mapping (input->klass, "tags") != NULL &&
       field_has_news (input, "tags", input->item->tags_hash)))
    return TRUE;
  g_hash_table_iter_init (&iter, input->fields);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (field_has_news (input, key, value))
      return TRUE;
  return FALSE;
}

/**
 * cb_plan_reference:
 * @klass: a connector type
 * @case_id: a case's id
 *
 * Returns: (transfer full): what finds the case's incident again; safe in labels and queries
 */
char *
cb_plan_reference (CbConnectorClass *klass,
                   const char       *case_id)
{
  g_autofree char *hash = NULL;
  gsize safe = strspn (case_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

  if (case_id[safe] == '\0' && safe > 0 && safe <= MAX_REFERENCE)
    return g_strconcat (klass->reference_prefix, case_id, NULL);
  /* An imported id may be anything. */
  hash = cb_sha256 (case_id, NULL);
  hash[32] = '\0';
  return g_strconcat (klass->reference_prefix, hash, NULL);
}
