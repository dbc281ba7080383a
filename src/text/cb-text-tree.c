/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include <md4c.h>

#include "text/cb-text-private.h"

/* Deeper nesting is flattened, so that hostile text can neither exhaust the stack nor multiply. */
#define MAX_BLOCK_DEPTH 16
#define MAX_SPAN_DEPTH 12

#define UNBALANCED 1

/* A delimiter that stays what it was in the text. */
#define LITERAL 0x100

typedef struct
{
  GPtrArray *open;   /* the node of each thing that is open; an ancestor of it if flattened */
  CbNode *implicit;  /* (nullable): the paragraph or cell that no event opened */
  GArray *types;     /* the MD_SPANTYPE of each open span, or LITERAL */
  const char *start; /* of the Markdown */
  const char *end;   /* (nullable): of the last text, within the Markdown */
  guint cells;       /* empty cells not in the tree yet */
  guint blocks;
} CbBuilder;

/* Auxiliary methods */

static CbNode *
add_node (CbNode     *parent,
          CbNodeKind  kind)
{
  CbNode *node = g_new0 (CbNode, 1);

  node->kind = kind;
  node->parent = parent;
  if (parent == NULL)
    return node;
  if (parent->last != NULL)
    parent->last->next = node;
  else
    parent->first = node;
  parent->last = node;
  return node;
}

static CbNode *
top (CbBuilder *self)
{
  return g_ptr_array_index (self->open, self->open->len - 1);
}

/* md4c pads rows with up to thousands of empty cells: they count only before a filled one. */
static CbNode *
open_cell (CbBuilder *self)
{
  CbNode *cell = NULL;

  for (; self->cells > 0; self->cells--)
    cell = add_node (top (self), CB_NODE_CELL);
  return cell;
}

static CbNode *
inline_parent (CbBuilder *self)
{
  CbNode *node = top (self);

  if (node->kind > CB_NODE_ITEM && node->kind != CB_NODE_ROW)
    return node;
  if (self->implicit == NULL)
    self->implicit = node->kind == CB_NODE_ROW ? open_cell (self)
                                               : add_node (node, CB_NODE_PARAGRAPH);
  return self->implicit;
}

static void
append_text (CbBuilder  *self,
             const char *text,
             gsize       length)
{
  CbNode *node = inline_parent (self);

  if (node->kind != CB_NODE_CODE && node->kind != CB_NODE_CODE_BLOCK)
    node = node->last != NULL && node->last->kind == CB_NODE_TEXT
             ? node->last
             : add_node (node, CB_NODE_TEXT);
  if (node->text == NULL)
    node->text = g_string_new (NULL);
  g_string_append_len (node->text, text, length);
}

static void
append_entity (CbBuilder  *self,
               const char *entity,
               gsize       length)
{
  char buffer[8];
  const char *decoded = cb_entity_decode (entity, length, buffer);

  if (decoded != NULL)
    append_text (self, decoded, strlen (decoded));
  else
    append_text (self, entity, length);
}

/* md4c leaves "\|" in the code of a table as it is; GitHub's specification says "|". */
static void
append_code (CbBuilder  *self,
             const char *text,
             gsize       length)
{
  gboolean in_cell = self->implicit != NULL && self->implicit->kind == CB_NODE_CELL;
  const char *escaped;

  while (in_cell && (escaped = g_strstr_len (text, length, "\\|")) != NULL)
    {
      append_text (self, text, escaped - text);
      length -= escaped + 1 - text;
      text = escaped + 1;
      append_text (self, text++, 1);
      length--;
    }
  append_text (self, text, length);
}

static char *
attribute_text (const MD_ATTRIBUTE *attribute)
{
  GString *text = g_string_new (NULL);
  char buffer[8];

  for (guint i = 0; attribute->size > 0 && attribute->substr_offsets[i] < attribute->size; i++)
    {
      const char *part = attribute->text + attribute->substr_offsets[i];
      gsize length = attribute->substr_offsets[i + 1] - attribute->substr_offsets[i];
      const char *decoded = NULL;

      if (attribute->substr_types[i] == MD_TEXT_ENTITY)
        decoded = cb_entity_decode (part, length, buffer);
      if (decoded != NULL)
        g_string_append (text, decoded);
      else
        g_string_append_len (text, part, length);
    }
  return g_string_free (text, FALSE);
}

static CbNode *
open_list (CbBuilder *self,
           guint      start,
           char       mark,
           gboolean   tight)
{
  CbNode *list;

  if (self->blocks > MAX_BLOCK_DEPTH)
    return top (self);
  list = add_node (top (self), CB_NODE_LIST);
  list->number = start;
  list->mark = mark;
  list->loose = !tight;
  return list;
}

static CbNode *
open_item (CbBuilder          *self,
           MD_BLOCK_LI_DETAIL *detail)
{
  CbNode *list = top (self);
  CbNode *item;

  if (list->kind != CB_NODE_LIST)
    return list;
  item = add_node (list, CB_NODE_ITEM);
  item->number = list->mark != 0 ? list->number++ : 0;
  if (detail->is_task)
    item->mark = detail->task_mark == ' ' ? ' ' : 'x';
  return item;
}

static CbNode *
open_code (CbBuilder            *self,
           MD_BLOCK_CODE_DETAIL *detail)
{
  CbNode *code = add_node (top (self), CB_NODE_CODE_BLOCK);

  code->text = g_string_new (NULL);
  code->target = attribute_text (&detail->lang);
  return code;
}

static CbNode *
open_row (CbBuilder *self)
{
  CbNode *row = add_node (top (self), CB_NODE_ROW);

  row->head = row->parent->first == row;
  self->cells = 0;
  return row;
}

static CbNode *
open_heading (CbBuilder *self,
              guint      level)
{
  CbNode *heading = add_node (top (self), CB_NODE_HEADING);

  heading->number = level;
  return heading;
}

static CbNode *
open_block (CbBuilder    *self,
            MD_BLOCKTYPE  type,
            void         *detail)
{
  MD_BLOCK_UL_DETAIL *ul = detail;
  MD_BLOCK_OL_DETAIL *ol = detail;

  switch (type)
    {
    case MD_BLOCK_QUOTE:
      return self->blocks > MAX_BLOCK_DEPTH ? top (self) : add_node (top (self), CB_NODE_QUOTE);
    case MD_BLOCK_UL: return open_list (self, 0, 0, ul->is_tight);
    case MD_BLOCK_OL: return open_list (self, ol->start, ol->mark_delimiter, ol->is_tight);
    case MD_BLOCK_LI: return open_item (self, detail);
    case MD_BLOCK_HR: return add_node (top (self), CB_NODE_RULE);
    case MD_BLOCK_H: return open_heading (self, ((MD_BLOCK_H_DETAIL *) detail)->level);
    case MD_BLOCK_CODE: return open_code (self, detail);
    case MD_BLOCK_P: return add_node (top (self), CB_NODE_PARAGRAPH);
    case MD_BLOCK_TABLE: return add_node (top (self), CB_NODE_TABLE);
    case MD_BLOCK_TR: return open_row (self);
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
      self->cells++;
      return top (self);
    case MD_BLOCK_DOC:
    case MD_BLOCK_HTML:
    case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY:
    default:
      return top (self);
    }
}

static CbNode *
open_link (CbBuilder    *self,
           MD_ATTRIBUTE *target)
{
  CbNode *link;

  if (self->types->len > MAX_SPAN_DEPTH)
    return top (self);
  link = add_node (inline_parent (self), CB_NODE_LINK);
  link->target = attribute_text (target);
  return link;
}

static CbNode *
open_emphasis (CbBuilder  *self,
               CbNodeKind  kind)
{
  return self->types->len > MAX_SPAN_DEPTH ? top (self) : add_node (inline_parent (self), kind);
}

static CbNode *
open_span (CbBuilder   *self,
           MD_SPANTYPE  type,
           void        *detail)
{
  switch (type)
    {
    case MD_SPAN_EM: return open_emphasis (self, CB_NODE_EM);
    case MD_SPAN_STRONG: return open_emphasis (self, CB_NODE_STRONG);
    case MD_SPAN_DEL: return open_emphasis (self, CB_NODE_DEL);
    case MD_SPAN_CODE: return add_node (inline_parent (self), CB_NODE_CODE);
    case MD_SPAN_A: return open_link (self, &((MD_SPAN_A_DETAIL *) detail)->href);
    case MD_SPAN_IMG: return open_link (self, &((MD_SPAN_IMG_DETAIL *) detail)->src);
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
    case MD_SPAN_WIKILINK:
    case MD_SPAN_U:
    default:
      return top (self);
    }
}

/* A link too deep for a node of its own still shows its address. */
static void
append_target (CbBuilder    *self,
               MD_ATTRIBUTE *attribute)
{
  g_autofree char *target = attribute_text (attribute);

  append_text (self, " (", 2);
  append_text (self, target, strlen (target));
  append_text (self, ")", 1);
}

static gboolean
is_open (CbBuilder   *self,
         MD_SPANTYPE  type)
{
  for (guint i = 0; i < self->types->len; i++)
    if (g_array_index (self->types, MD_SPANTYPE, i) == type)
      return TRUE;
  return FALSE;
}

/* The delimiter that md4c dropped when it ended a span that never began. */
static void
append_delimiter (CbBuilder   *self,
                  MD_SPANTYPE  type)
{
  gsize length;

  if (self->end == NULL)
    return;
  length = MIN (strspn (self->end, "*_~"), (type & ~LITERAL) == MD_SPAN_EM ? 1 : 2);
  append_text (self, self->end, length);
  self->end += length;
}

/* Whether a delimiter that comes now stands within a bare address, which md4c has not seen. */
static gboolean
is_in_address (CbBuilder   *self,
               MD_SPANTYPE  type)
{
  const char *begin = self->end;
  gsize length;

  if (begin == NULL || (type != MD_SPAN_EM && type != MD_SPAN_STRONG && type != MD_SPAN_DEL) ||
      strchr ("*_~", *begin) == NULL)
    return FALSE;
  while (begin > self->start && strchr (" \t\r\n<>[]\"`|", begin[-1]) == NULL)
    begin--;
  length = self->end - begin;
  return g_strstr_len (begin, length, "://") != NULL ||
         (length >= 4 && g_ascii_strncasecmp (begin, "www.", 4) == 0);
}

static CbNode *
plain_document (const char *text)
{
  CbNode *root = add_node (NULL, CB_NODE_DOCUMENT);
  CbNode *leaf = add_node (add_node (root, CB_NODE_PARAGRAPH), CB_NODE_TEXT);

  leaf->text = g_string_new (text);
  return root;
}

/* Callbacks */

static int
enter_block_cb (MD_BLOCKTYPE  type,
                void         *detail,
                void         *user_data)
{
  CbBuilder *self = user_data;

  self->implicit = NULL;
  self->blocks++;
  g_ptr_array_add (self->open, open_block (self, type, detail));
  return 0;
}

static int
leave_block_cb (MD_BLOCKTYPE  type,
                void         *detail,
                void         *user_data)
{
  CbBuilder *self = user_data;

  if (self->types->len > 0)
    return UNBALANCED;
  self->implicit = NULL;
  self->blocks--;
  g_ptr_array_set_size (self->open, self->open->len - 1);
  return 0;
}

static int
enter_span_cb (MD_SPANTYPE  type,
               void        *detail,
               void        *user_data)
{
  CbBuilder *self = user_data;

  /* md4c 0.5 reads "_" and "~" in a bare address as delimiters. */
  if (is_in_address (self, type))
    {
      type |= LITERAL;
      g_array_append_val (self->types, type);
      g_ptr_array_add (self->open, inline_parent (self));
      append_delimiter (self, type);
      return 0;
    }
  g_array_append_val (self->types, type);
  g_ptr_array_add (self->open, open_span (self, type, detail));
  return 0;
}

static int
leave_span_cb (MD_SPANTYPE  type,
               void        *detail,
               void        *user_data)
{
  CbBuilder *self = user_data;
  guint spans = self->types->len;

  if (spans > 0 && g_array_index (self->types, MD_SPANTYPE, spans - 1) == (type | LITERAL))
    {
      append_delimiter (self, type);
      g_array_set_size (self->types, spans - 1);
      g_ptr_array_set_size (self->open, self->open->len - 1);
      return 0;
    }
  /* md4c 0.4.8 takes the last "_" of "http://a.bc/_d_" for the end of an emphasis. */
  if (!is_open (self, type))
    {
      append_delimiter (self, type);
      return 0;
    }
  if (g_array_index (self->types, MD_SPANTYPE, spans - 1) != type)
    return UNBALANCED;
  if (spans > MAX_SPAN_DEPTH && type == MD_SPAN_A)
    append_target (self, &((MD_SPAN_A_DETAIL *) detail)->href);
  else if (spans > MAX_SPAN_DEPTH && type == MD_SPAN_IMG)
    append_target (self, &((MD_SPAN_IMG_DETAIL *) detail)->src);
  g_array_set_size (self->types, spans - 1);
  g_ptr_array_set_size (self->open, self->open->len - 1);
  return 0;
}

static int
text_cb (MD_TEXTTYPE    type,
         const MD_CHAR *text,
         MD_SIZE        size,
         void          *user_data)
{
  CbBuilder *self = user_data;

  if (type != MD_TEXT_BR && type != MD_TEXT_SOFTBR && type != MD_TEXT_NULLCHAR)
    self->end = text + size;
  if (type == MD_TEXT_BR)
    add_node (inline_parent (self), CB_NODE_HARD_BREAK);
  else if (type == MD_TEXT_SOFTBR)
    add_node (inline_parent (self), CB_NODE_SOFT_BREAK);
  else if (type == MD_TEXT_CODE)
    append_code (self, text, size);
  else if (type == MD_TEXT_ENTITY)
    append_entity (self, text, size);
  else if (type == MD_TEXT_NULLCHAR)
    append_text (self, "\xef\xbf\xbd", 3);
  else
    append_text (self, text, size);
  return 0;
}

static CbNode *
parse_as (const char *markdown,
          guint       flags)
{
  const MD_PARSER parser = {
    .flags = flags,
    .enter_block = enter_block_cb,
    .leave_block = leave_block_cb,
    .enter_span = enter_span_cb,
    .leave_span = leave_span_cb,
    .text = text_cb,
  };
  g_autoptr(GPtrArray) open = g_ptr_array_new ();
  g_autoptr(GArray) types = g_array_new (FALSE, FALSE, sizeof (MD_SPANTYPE));
  g_autoptr(CbNode) root = add_node (NULL, CB_NODE_DOCUMENT);
  CbBuilder builder = { .open = open, .types = types, .start = markdown };

  g_ptr_array_add (open, root);
  if (md_parse (markdown, strlen (markdown), &parser, &builder) != 0)
    return NULL;
  return g_steal_pointer (&root);
}

/* Public API */

/**
 * cb_node_parse:
 * @markdown: sanitized Markdown
 *
 * Parses the GitHub dialect. Raw HTML is text.
 *
 * Returns: (transfer full): the document; its depth is bounded
 */
CbNode *
cb_node_parse (const char *markdown)
{
  /* Spans cross only where md4c mistakes a part of an address for a delimiter. */
  static const guint dialects[] = {
    MD_DIALECT_GITHUB | MD_FLAG_NOHTML,
    MD_FLAG_TABLES | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML,
  };

  g_return_val_if_fail (markdown != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      CbNode *root = parse_as (markdown, dialects[i]);

      if (root != NULL)
        return root;
    }
  return plain_document (markdown);
}

/**
 * cb_node_free:
 * @root: (transfer full): a node
 *
 * Frees @root and all below it.
 */
void
cb_node_free (CbNode *root)
{
  for (CbNode *child = root->first, *next; child != NULL; child = next)
    {
      next = child->next;
      cb_node_free (child);
    }
  if (root->text != NULL)
    g_string_free (root->text, TRUE);
  g_free (root->target);
  g_free (root);
}

/**
 * cb_node_is_bare:
 * @link: a link
 * @label: its visible text
 *
 * Returns: whether the text is the address, or the link has no text
 */
gboolean
cb_node_is_bare (const CbNode *link,
                 const char   *label)
{
  return label[0] == '\0' || g_str_equal (label, link->target)
         || (g_str_has_prefix (link->target, "mailto:") && g_str_equal (label, link->target + 7))
         || (g_str_has_prefix (link->target, "http://") && g_str_equal (label, link->target + 7));
}

/**
 * cb_node_has_target:
 * @link: a link
 *
 * Returns: whether the address is of a scheme that may be followed: http, https or mailto
 */
gboolean
cb_node_has_target (const CbNode *link)
{
  return g_ascii_strncasecmp (link->target, "http://", 7) == 0
         || g_ascii_strncasecmp (link->target, "https://", 8) == 0
         || g_ascii_strncasecmp (link->target, "mailto:", 7) == 0;
}

/**
 * cb_text_sanitize:
 * @text: any text
 *
 * Makes @text valid UTF-8, its line ends "\n", and drops all other control characters but "\t".
 *
 * Returns: (transfer full): the text
 */
char *
cb_text_sanitize (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\r')
        c = p[1] == '\n' ? 0 : '\n';
      if (c != 0 && (c == '\n' || c == '\t' || !g_unichar_iscntrl (c)))
        g_string_append_unichar (clean, c);
    }
  return g_string_free (clean, FALSE);
}
