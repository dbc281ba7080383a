/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib/gi18n.h>

#include "base/cb-json.h"
#include "ui/common/cb-words.h"
#include "ui/preview/cb-line-diff.h"
#include "ui/preview/cb-step-view.h"

#define MAX_SAME 3 /* unchanged lines in a row that are shown; more are counted */

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

static GtkWidget *
make_line (const char *sign,
           const char *text,
           const char *style)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *mark = make_label (sign, "monospace");

  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), make_value (text, NULL));
  if (style != NULL)
    gtk_widget_add_css_class (box, style);
  gtk_widget_add_css_class (box, "diff");
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
  return json_to_string (node, TRUE);
}

/* A choice's value with what people call it, where that is known. */
static char *
with_label (const CbStepContext *context,
            const CbFieldChange *change,
            char                *text)
{
  g_autofree char *value = text;
  const char *label = value;

  if (change != NULL)
    label = cb_workspace_find_label (context->workspace, context->connector->id, change->source,
                                     value);
  return g_str_equal (label, value) ? g_steal_pointer (&value)
                                    : g_strdup_printf ("%s (%s)", value, label);
}

static void
append_same (GtkBox    *box,
             GPtrArray *lines,
             guint      first,
             guint      end)
{
  g_autofree char *text = NULL;

  if (end - first <= MAX_SAME)
    {
      for (guint i = first; i < end; i++)
        gtk_box_append (box, make_line (" ", ((CbDiffLine *) g_ptr_array_index (lines, i))->text,
                                        NULL));
      return;
    }
  text = g_strdup_printf (g_dngettext (NULL, "… %u unchanged line", "… %u unchanged lines",
                                       end - first), end - first);
  gtk_box_append (box, make_label (text, "dim-label"));
}

static void
append_diff (GtkBox     *box,
             const char *before,
             const char *after)
{
  g_autoptr(GPtrArray) lines = cb_line_diff (before, after);
  guint i = 0;

  while (i < lines->len)
    {
      CbDiffLine *line = g_ptr_array_index (lines, i);
      guint first = i;

      if (line->sign != ' ')
        {
          gtk_box_append (box, make_line (line->sign == '-' ? "−" : "+", line->text,
                                          line->sign == '-' ? "diff-old" : "diff-new"));
          i++;
          continue;
        }
      while (i < lines->len && ((CbDiffLine *) g_ptr_array_index (lines, i))->sign == ' ')
        i++;
      append_same (box, lines, first, i);
    }
}

static void
attach_version (GtkGrid    *grid,
                int         row,
                const char *name,
                const char *text,
                const char *style)
{
  GtkWidget *label = make_label (name, "dim-label");
  GtkWidget *value = make_value (text != NULL ? text : "", style);

  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (value, "diff");
  gtk_label_set_wrap (GTK_LABEL (label), FALSE);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, value, 1, row, 1, 1);
}

static GtkWidget *
make_versions (const CbStepContext *context,
               const CbFieldChange *change,
               const char          *now)
{
  GtkWidget *grid = gtk_grid_new ();
  g_autofree char *there = g_strdup_printf (_("In %s"), context->connector->klass->name);
  int row = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 3);
  if (change->last != NULL)
    attach_version (GTK_GRID (grid), row++, _("Last sent"), change->last, NULL);
  attach_version (GTK_GRID (grid), row++, there, change->remote, now != NULL ? "diff-old" : NULL);
  if (now != NULL)
    attach_version (GTK_GRID (grid), row++, _("Will be sent"), now, "diff-new");
  return grid;
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

static GtkWidget *
make_field (const CbStepContext *context,
            const char          *target,
            JsonNode            *node)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  const CbFieldChange *change = find_change (context->plan->changes, target);
  g_autofree char *text = with_label (context, change, value_text (node));
  const char *before = NULL;

  if (change != NULL)
    before = change->remote != NULL ? change->remote : change->last;
  gtk_box_append (GTK_BOX (box), make_field_name (context, change != NULL ? change->source : NULL,
                                                  target));
  if (change != NULL && change->conflict)
    {
      gtk_box_append (GTK_BOX (box), make_label (_("Changed there since the last push"), "warning"));
      gtk_box_append (GTK_BOX (box), make_versions (context, change, text));
      gtk_box_append (GTK_BOX (box), make_label (_("The text that is overwritten is kept in the "
                                                   "activity of the case."), "caption"));
    }
  else if (before != NULL && cb_json_node_string (node) != NULL)
    append_diff (GTK_BOX (box), before, text);
  else
    gtk_box_append (GTK_BOX (box), make_value (text, NULL));
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
      GtkWidget *value;

      if (step->kind != CB_STEP_COMMENT)
        {
          append_separated (card, make_field (context, l->data, node));
          continue;
        }
      text = value_text (node);
      value = make_value (text, "row-content");
      append_separated (card, value);
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
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  g_autofree char *number = g_strdup_printf ("%u", position + 1);
  g_autofree char *title = step_title (context, step);
  g_autofree char *note = step_note (context, step);
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
