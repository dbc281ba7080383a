/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "base/cb-string.h"
#include "ui/common/cb-accessible.h"
#include "ui/common/cb-pair-box.h"
#include "ui/common/cb-words.h"
#include "ui/preview/cb-fold.h"
#include "ui/preview/cb-line-diff.h"
#include "ui/preview/cb-step-view.h"

#define MAX_SAME 3         /* unchanged lines in a row that are shown; more are counted */
#define MAX_LINES 12       /* of a text that is shown unfolded */
#define MAX_CHARACTERS 900 /* of the same */

/* Auxiliary methods */

static GtkWidget *
make_label (const char *text,
            const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static GtkWidget *
make_value (const char *text,
            const char *style)
{
  GtkWidget *label = make_label (text, style);

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "diff-line");
  return label;
}

static gboolean
is_long (const char *text)
{
  guint n_lines = 1;

  for (const char *at = strchr (text, '\n'); at != NULL; at = strchr (at + 1, '\n'))
    n_lines++;
  return n_lines > MAX_LINES || cb_utf16_length (text) > MAX_CHARACTERS;
}

/* All of a text, of which a long one shows its beginning first. What a screen reader says of it
 * tells what becomes of it, as tint and sign do. */
static GtkWidget *
make_text (const char *text,
           const char *meaning,
           const char *style)
{
  GtkWidget *label = make_value (text, style);
  guint n = cb_utf16_length (text);
  g_autofree char *all = NULL;

  cb_accessible_set_description (label, meaning);
  if (!is_long (text))
    return label;
  all = g_strdup_printf (g_dngettext (NULL, "Show all (%u character)", "Show all (%u characters)", n), n);
  return cb_fold_new (label, all);
}

static GtkWidget *
make_block (const CbDiffBlock *block)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *mark = make_label (block->sign == '-' ? "−" : block->sign == '+' ? "+" : " ", "monospace");
  const char *meaning = block->sign == '-' ? _("Removed")
                        : block->sign == '+' ? _("Added") : _("Unchanged");

  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), make_text (block->text, meaning, NULL));
  if (block->sign != ' ')
    gtk_widget_add_css_class (box, block->sign == '-' ? "diff-old" : "diff-new");
  gtk_widget_add_css_class (box, "diff");
  return box;
}

/* A part of the window that assistive technology calls by a name. */
static GtkWidget *
make_group (int         spacing,
            const char *name)
{
  GtkWidget *box = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL,
                                 "spacing", spacing, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);

  cb_accessible_set_label (box, name);
  return box;
}

static const CbFieldChange *
find_change (GPtrArray  *changes,
             const char *target)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const CbFieldChange *change = g_ptr_array_index (changes, i);

      if (g_strcmp0 (change->target, target) == 0)
        return change;
    }
  return NULL;
}

/* What people call a target field: by the case's field or the type's label for it. */
static const char *
field_word (const CbStepContext *context,
            const char          *source,
            const char          *target)
{
  const CbCaseFieldInfo *info = cb_connector_class_find_case_field (context->connector->klass, source);

  if (info != NULL)
    return _(info->label);
  if (source != NULL && !g_str_has_prefix (source, "extra."))
    return cb_word_case_field (source);
  return target;
}

static char *
join_strings (JsonArray *array)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      const char *one = cb_json_node_string (json_array_get_element (array, i));

      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", one != NULL ? one : "");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
is_list_of_strings (JsonArray *array)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (cb_json_node_string (json_array_get_element (array, i)) == NULL)
      return FALSE;
  return array != NULL;
}

/* What will be sent, in words where JSON would only be in the way. */
static char *
value_text (JsonNode *node)
{
  JsonObject *object = cb_json_node_object (node);
  JsonArray *add = object != NULL ? cb_json_array (object, "add") : NULL;
  JsonArray *remove = object != NULL ? cb_json_array (object, "remove") : NULL;

  if (cb_json_node_string (node) != NULL)
    return g_strdup (cb_json_node_string (node));
  if (is_list_of_strings (cb_json_node_array (node)))
    return join_strings (cb_json_node_array (node));
  if (add != NULL && remove != NULL)
    {
      g_autofree char *added = join_strings (add);
      g_autofree char *removed = join_strings (remove);

      if (*removed == '\0')
        return g_strdup_printf (_("Add %s"), added);
      if (*added == '\0')
        return g_strdup_printf (_("Remove %s"), removed);
      return g_strdup_printf (_("Add %s; remove %s"), added, removed);
    }
  return json_to_string (node, object != NULL);
}

/* What people call a choice's value, where that is known. */
static const char *
find_label (const CbStepContext *context,
            const CbFieldChange *change,
            const char          *value)
{
  const char *label = NULL;

  if (change != NULL)
    label = cb_workspace_find_label (context->workspace, context->connector->id, change->source, value);
  return g_strcmp0 (label, value) != 0 ? label : NULL;
}

static void
unfold_cb (GtkButton *button,
           GtkWidget *block)
{
  gtk_widget_set_visible (GTK_WIDGET (button), FALSE);
  gtk_widget_set_visible (block, TRUE);
}

static void
append_block (GtkBox            *box,
              const CbDiffBlock *block)
{
  GtkWidget *widget = make_block (block);
  guint n = block->n_lines;
  g_autofree char *text = NULL;
  GtkWidget *button;

  gtk_box_append (box, widget);
  if (block->sign != ' ' || n <= MAX_SAME)
    return;
  text = g_strdup_printf (g_dngettext (NULL, "… %u unchanged line", "… %u unchanged lines", n), n);
  button = gtk_button_new_with_label (text);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "fold-button");
  gtk_widget_set_visible (widget, FALSE);
  g_signal_connect_object (button, "clicked", G_CALLBACK (unfold_cb), widget, 0);
  gtk_box_append (box, button);
}

static void
append_diff (GtkBox     *box,
             const char *before,
             const char *after)
{
  g_autoptr(GPtrArray) blocks = cb_line_diff (before, after);

  for (guint i = 0; i < blocks->len; i++)
    append_block (box, g_ptr_array_index (blocks, i));
}

static void
append_version (CbPairBox  *box,
                const char *name,
                const char *text,
                const char *style)
{
  GtkWidget *label = make_label (name, "dim-label");
  GtkWidget *value = make_text (text != NULL ? text : "", name, NULL);

  gtk_widget_add_css_class (label, "caption");
  if (style != NULL)
    gtk_widget_add_css_class (value, style);
  gtk_widget_add_css_class (value, "diff");
  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  cb_pair_box_append (box, label, value);
}

static GtkWidget *
make_versions (const CbStepContext *context,
               const CbFieldChange *change,
               const char          *now)
{
  GtkWidget *box = cb_pair_box_new ();
  g_autofree char *there = g_strdup_printf (_("In %s"), context->connector->klass->name);

  gtk_box_set_spacing (GTK_BOX (box), 3);
  if (change->last != NULL)
    append_version (CB_PAIR_BOX (box), _("Last sent"), change->last, NULL);
  append_version (CB_PAIR_BOX (box), there, change->remote, now != NULL ? "diff-old" : NULL);
  if (now != NULL)
    append_version (CB_PAIR_BOX (box), _("Will be sent"), now, "diff-new");
  return box;
}

static GtkWidget *
make_field_name (const CbStepContext *context,
                 const char          *source,
                 const char          *target)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  const char *word = field_word (context, source, target);

  gtk_box_append (GTK_BOX (box), make_label (word, "heading"));
  if (!g_str_equal (word, target))
    {
      GtkWidget *name = make_label (target, "dim-label");

      gtk_widget_add_css_class (name, "monospace");
      gtk_widget_add_css_class (name, "caption");
      gtk_box_append (GTK_BOX (box), name);
    }
  return box;
}

/* Whether labels are added to those that are there, so that there is nothing to compare. */
static gboolean
is_list_change (JsonNode *node)
{
  JsonObject *object = cb_json_node_object (node);

  return object != NULL && cb_json_array (object, "add") != NULL;
}

/* How much of a text goes elsewhere, and where. */
static void
append_cut (const CbStepContext *context,
            const CbFieldChange *change,
            GtkBox              *box)
{
  guint first = 0;
  guint last = 0;
  gsize length = 0;
  g_autofree char *text = NULL;
  GtkWidget *line, *icon;

  for (guint i = 0; change != NULL && i < context->plan->steps->len; i++)
    {
      const CbStep *step = g_ptr_array_index (context->plan->steps, i);
      g_autoptr(GList) values = NULL;

      if (step->kind != CB_STEP_COMMENT || g_strcmp0 (step->comment_id, change->source) != 0)
        continue;
      values = json_object_get_values (step->values);
      length += values != NULL ? cb_utf16_length (cb_json_node_string (values->data)) : 0;
      last = i + 1;
      first = first == 0 ? last : first;
    }
  if (first == 0)
    return;
  text = first == last
           ? g_strdup_printf (_("Cut: the rest follows in step %u, which has %zu characters."), first,
                              length)
           : g_strdup_printf (_("Cut: the rest follows in steps %u to %u, which have %zu characters."),
                              first, last, length);
  line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  icon = gtk_image_new_from_icon_name ("edit-cut-symbolic");
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), make_label (text, NULL));
  gtk_widget_add_css_class (line, "cut-note");
  gtk_box_append (box, line);
}

static void
append_conflict (const CbStepContext *context,
                 const CbFieldChange *change,
                 const char          *text,
                 GtkBox              *box)
{
  GtkWidget *note = make_label (_("The text that is overwritten is kept in the activity of the case."),
                                "caption");

  gtk_widget_add_css_class (note, "dim-label");
  gtk_box_append (box, make_label (_("Changed there since the last push"), "warning"));
  gtk_box_append (box, make_versions (context, change, text));
  gtk_box_append (box, note);
}

static GtkWidget *
make_field (const CbStepContext *context,
            const char          *target,
            JsonNode            *node)
{
  GtkWidget *box = make_group (3, target);
  const CbFieldChange *change = find_change (context->plan->changes, target);
  g_autofree char *text = value_text (node);
  const char *label = find_label (context, change, text);
  const char *before = NULL;

  if (change != NULL && !is_list_change (node))
    before = change->remote != NULL ? change->remote : change->last;
  gtk_box_append (GTK_BOX (box), make_field_name (context, change != NULL ? change->source : NULL,
                                                  target));
  if (change != NULL && change->conflict)
    append_conflict (context, change, text, GTK_BOX (box));
  else if (before != NULL)
    append_diff (GTK_BOX (box), before, text);
  else
    gtk_box_append (GTK_BOX (box), make_text (text, _("Will be sent"), NULL));
  if (label != NULL || *text == '\0')
    gtk_box_append (GTK_BOX (box), make_label (label != NULL ? label : _("Empty"), "dim-label"));
  append_cut (context, change, GTK_BOX (box));
  gtk_widget_add_css_class (box, "row-content");
  return box;
}

static char *
step_title (const CbStepContext *context,
            const CbStep        *step)
{
  const CbIncident *incident = context->plan->incident;

  if (step->kind == CB_STEP_CREATE)
    return g_strdup (_("Create incident"));
  if (step->kind == CB_STEP_UPDATE)
    return incident != NULL ? g_strdup_printf (_("Update %s"), incident->title)
                            : g_strdup (_("Update incident"));
  if (g_strcmp0 (step->comment_id, "description") == 0)
    return g_strdup (_("Add comment: rest of the description"));
  if (g_strcmp0 (step->comment_id, "title") == 0)
    return g_strdup (_("Add comment: rest of the title"));
  return g_strdup (_("Add comment"));
}

static char *
step_note (const CbStepContext *context,
           const CbStep        *step)
{
  guint n = json_object_get_size (step->values);
  CbComment *comment;
  g_autofree char *moment = NULL;

  if (step->kind != CB_STEP_COMMENT)
    return g_strdup_printf (g_dngettext (NULL, "%u field", "%u fields", n), n);
  comment = cb_case_find_comment ((CbCase *) context->item, step->comment_id, NULL);
  if (comment == NULL)
    return NULL;
  moment = cb_word_moment (comment->created_at);
  return g_strdup_printf ("%s, %s", comment->author != NULL ? comment->author : _("Unknown"), moment);
}

static GtkWidget *
make_heading (const char *number,
              const char *title,
              const char *note)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *name = make_label (title, "heading");

  if (number != NULL)
    {
      GtkWidget *badge = gtk_label_new (number);

      gtk_widget_add_css_class (badge, "step-number");
      gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), badge);
    }
  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (box), name);
  if (note != NULL)
    {
      GtkWidget *right = make_label (note, "dim-label");

      gtk_widget_add_css_class (right, "caption");
      gtk_box_append (GTK_BOX (box), right);
    }
  return box;
}

static GtkWidget *
make_card (GtkWidget **content)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_add_css_class (card, "card");
  *content = card;
  return card;
}

static void
append_separated (GtkWidget *card,
                  GtkWidget *child)
{
  if (gtk_widget_get_first_child (card) != NULL)
    gtk_box_append (GTK_BOX (card), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (card), child);
}

static void
append_fields (const CbStepContext *context,
               const CbStep        *step,
               GtkWidget           *card)
{
  g_autoptr(GList) targets = json_object_get_members (step->values);

  for (GList *l = targets; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (step->values, l->data);
      g_autofree char *text = NULL;
      GtkWidget *field;

      if (step->kind != CB_STEP_COMMENT)
        {
          append_separated (card, make_field (context, l->data, node));
          continue;
        }
      text = value_text (node);
      field = make_group (3, l->data);
      gtk_widget_add_css_class (field, "row-content");
      gtk_box_append (GTK_BOX (field), make_text (text, _("Will be sent"), NULL));
      append_separated (card, field);
    }
}

/* Public API */

/**
 * cb_step_view_new:
 * @context: what the step is shown with; not kept
 * @position: the step, from 0
 *
 * Returns: (transfer floating): a view of a step with exactly the values that will be sent
 */
GtkWidget *
cb_step_view_new (const CbStepContext *context,
                  guint                position)
{
  const CbStep *step = g_ptr_array_index (context->plan->steps, position);
  g_autofree char *number = g_strdup_printf ("%u", position + 1);
  g_autofree char *title = step_title (context, step);
  g_autofree char *note = step_note (context, step);
  g_autofree char *name = g_strdup_printf ("%s. %s", number, title);
  GtkWidget *box = make_group (9, context->alone ? title : name);
  GtkWidget *card;

  gtk_box_append (GTK_BOX (box), make_heading (context->alone ? NULL : number, title, note));
  gtk_box_append (GTK_BOX (box), make_card (&card));
  append_fields (context, step, card);
  return box;
}

/**
 * cb_step_view_new_kept:
 * @context: what it is shown with; not kept
 *
 * Returns: (transfer floating) (nullable): a view of the fields that stay as someone has changed them
 */
GtkWidget *
cb_step_view_new_kept (const CbStepContext *context)
{
  g_autofree char *title = g_strdup_printf (_("Stays as it is in %s"),
                                            context->connector->klass->name);
  GtkWidget *box = NULL;
  GtkWidget *card = NULL;

  for (guint i = 0; i < context->plan->settled->len; i++)
    {
      const CbFieldChange *change = g_ptr_array_index (context->plan->settled, i);
      GtkWidget *field;

      if (!change->kept)
        continue;
      if (box == NULL)
        {
          box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
          gtk_box_append (GTK_BOX (box), make_heading (NULL, title, NULL));
          gtk_box_append (GTK_BOX (box), make_card (&card));
        }
      field = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
      gtk_box_append (GTK_BOX (field), make_field_name (context, change->source, change->target));
      gtk_box_append (GTK_BOX (field), make_versions (context, change, NULL));
      gtk_widget_add_css_class (field, "row-content");
      gtk_widget_add_css_class (field, "dim-label");
      append_separated (card, field);
    }
  return box;
}

/**
 * cb_step_view_name_conflicts:
 * @context: a plan and its case; not kept
 *
 * Returns: (transfer full): what people call the fields that someone has changed there
 */
char *
cb_step_view_name_conflicts (const CbStepContext *context)
{
  g_autoptr(GString) text = g_string_new (NULL);
  GPtrArray *lists[] = { context->plan->changes, context->plan->settled };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      {
        const CbFieldChange *change = g_ptr_array_index (lists[i], j);

        if (change->conflict || change->kept)
          g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                                  field_word (context, change->source, change->target));
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
