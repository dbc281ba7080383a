/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "text/cb-text-private.h"

/* What Jira's {code:…} takes; an unknown language shows an error in place of the code. */
static const char *const languages[] = {
  "actionscript", "ada", "applescript", "bash", "c", "c#", "c++", "cpp", "css", "erlang", "go",
  "groovy", "haskell", "html", "java", "javascript", "js", "json", "lua", "objc", "perl", "php",
  "python", "r", "ruby", "scala", "sh", "sql", "swift", "visualbasic", "xml", "yaml", NULL,
};

typedef struct
{
  GString *out;
  guint guards;
  guint place;
  gboolean one_line;
  gboolean after_url;      /* an unquoted address ends the output */
  const char *open[3];     /* the phrases open now, outermost first */
  guint n_open;
} CbWriter;

/* Auxiliary methods */

static void append_children (CbWriter     *self,
                             const CbNode *parent);

static void
append (CbWriter   *self,
        const char *markup)
{
  g_string_append (self->out, markup);
  self->after_url = FALSE;
}

/* The character that follows @node: '\n' for the end of a line, '*' for any markup. */
static gunichar
following (const CbNode *node)
{
  while (node->next == NULL && node->parent->kind >= CB_NODE_TEXT)
    node = node->parent;
  node = node->next;
  if (node == NULL || node->kind == CB_NODE_SOFT_BREAK || node->kind == CB_NODE_HARD_BREAK)
    return '\n';
  if (node->kind != CB_NODE_TEXT || node->text == NULL)
    return '*';
  return g_utf8_get_char (node->text->str);
}

static gunichar
following_text (const CbNode *node)
{
  if (node->next == NULL && node->parent->kind < CB_NODE_TEXT)
    return '\n';
  return node->next != NULL && node->next->kind < CB_NODE_CODE ? following (node) : '*';
}

static void
open_phrase (CbWriter   *self,
             const char *delimiter)
{
  gboolean in_word = self->after_url || cb_jira_is_word (cb_jira_last (self->out));
  g_autofree char *braced = g_strdup_printf ("{%s}", delimiter);

  append (self, in_word ? braced : delimiter);
}

/* Jira takes a delimiter inside a word, or one behind an address, only in braces. */
static void
close_phrase (CbWriter   *self,
              const char *delimiter,
              gunichar    next)
{
  g_autofree char *braced = g_strdup_printf ("{%s}", delimiter);

  append (self, self->after_url || cb_jira_is_word (next) ? braced : delimiter);
}

/* A phrase cannot contain a line end. */
static void
append_break (CbWriter *self)
{
  if (self->one_line || (self->place & CB_JIRA_LINK) != 0)
    {
      append (self, " ");
      return;
    }
  for (guint i = self->n_open; i > 0; i--)
    close_phrase (self, self->open[i - 1], '\n');
  append (self, "\n");
  for (guint i = 0; i < self->n_open; i++)
    open_phrase (self, self->open[i]);
}

static gboolean
is_open (const CbWriter *self,
         const char     *delimiter)
{
  for (guint i = 0; i < self->n_open; i++)
    if (self->open[i] == delimiter)
      return TRUE;
  return FALSE;
}

static void
append_phrase (CbWriter     *self,
               const CbNode *node,
               const char   *delimiter)
{
  if (node->first == NULL || is_open (self, delimiter))
    {
      append_children (self, node);
      return;
    }
  open_phrase (self, delimiter);
  self->open[self->n_open++] = delimiter;
  append_children (self, node);
  self->n_open--;
  close_phrase (self, delimiter, following (node));
}

static void
append_code (CbWriter     *self,
             const CbNode *node)
{
  gboolean after_word = self->after_url || cb_jira_is_word (cb_jira_last (self->out));
  gboolean before_word = cb_jira_is_word (following (node));

  if (node->text == NULL)
    return;
  append (self, after_word ? "{{{}" : "{{");
  cb_jira_escape (self->out, node->text->str, self->guards, self->place | CB_JIRA_CODE, '*');
  append (self, before_word ? "{}}}" : "}}");
}

static void
append_target (GString    *out,
               const char *target)
{
  for (; *target != '\0'; target++)
    if (g_ascii_isspace (*target) || strchr ("[]{}|\\^\"<>!", *target) != NULL)
      g_string_append_printf (out, "%%%02X", (guint) *target);
    else
      g_string_append_c (out, *target);
}

/* Whether Jira would find the whole address by itself, and no more than it. */
static gboolean
is_plain_address (CbWriter     *self,
                  const CbNode *link)
{
  gunichar next = following (link);

  return cb_jira_url (link->target, cb_jira_last (self->out)) == strlen (link->target)
         && (next == '*' || next >= 0x80 || strchr (" \t\n.,;:)'\"?<>", (int) next) != NULL);
}

static void
append_text (CbWriter   *self,
             const char *text,
             gunichar    next)
{
  self->after_url = cb_jira_escape (self->out, text, self->guards, self->place, next);
}

static void
append_bracketed (CbWriter     *self,
                  const CbNode *link,
                  gboolean      bare)
{
  append (self, "[");
  if (!bare)
    {
      self->place |= CB_JIRA_LINK;
      append_children (self, link);
      self->place &= ~CB_JIRA_LINK;
      append (self, "|");
    }
  append_target (self->out, link->target);
  append (self, "]");
}

/* The address is shown as text: nobody may follow it, or it stands inside another link. */
static void
append_link_text (CbWriter     *self,
                  const CbNode *link,
                  const char   *label)
{
  append_children (self, link);
  if (label[0] == '\0')
    append_text (self, link->target, '*');
  else if (link->target[0] != '\0' && !cb_node_is_bare (link, label))
    {
      append (self, " (");
      append_text (self, link->target, ')');
      append (self, ")");
    }
}

static void
append_link (CbWriter     *self,
             const CbNode *link)
{
  g_autofree char *label = cb_plain_inline (link);
  gboolean bare = cb_node_is_bare (link, label);

  if ((self->place & CB_JIRA_LINK) != 0 || !cb_node_has_target (link))
    append_link_text (self, link, label);
  else if (bare && is_plain_address (self, link)
           && (label[0] == '\0' || g_str_equal (label, link->target)))
    append_text (self, link->target, '*');
  else if (bare && label[0] != '\0' && !g_str_equal (label, link->target))
    append_children (self, link);
  else
    append_bracketed (self, link, bare);
}

static void
append_node (CbWriter     *self,
             const CbNode *node)
{
  switch (node->kind)
    {
    case CB_NODE_SOFT_BREAK:
    case CB_NODE_HARD_BREAK: append_break (self); break;
    case CB_NODE_CODE: append_code (self, node); break;
    case CB_NODE_EM: append_phrase (self, node, "_"); break;
    case CB_NODE_STRONG: append_phrase (self, node, "*"); break;
    case CB_NODE_DEL: append_phrase (self, node, "-"); break;
    case CB_NODE_LINK: append_link (self, node); break;
    case CB_NODE_TEXT:
      if (node->text != NULL)
        append_text (self, node->text->str, following_text (node));
      break;
    case CB_NODE_DOCUMENT:
    case CB_NODE_QUOTE:
    case CB_NODE_LIST:
    case CB_NODE_ITEM:
    case CB_NODE_PARAGRAPH:
    case CB_NODE_HEADING:
    case CB_NODE_RULE:
    case CB_NODE_CODE_BLOCK:
    case CB_NODE_TABLE:
    case CB_NODE_ROW:
    case CB_NODE_CELL:
    default:
      break;
    }
}

static void
append_children (CbWriter     *self,
                 const CbNode *parent)
{
  for (const CbNode *node = parent->first; node != NULL; node = node->next)
    append_node (self, node);
}

static guint
own_guards (const CbNode *parent)
{
  guint guards = 0;

  for (const CbNode *node = parent->first; node != NULL; node = node->next)
    {
      guards |= own_guards (node);
      if (node->kind == CB_NODE_STRONG)
        guards |= CB_JIRA_GUARD_STRONG;
      else if (node->kind == CB_NODE_EM)
        guards |= CB_JIRA_GUARD_EM;
      else if (node->kind == CB_NODE_DEL)
        guards |= CB_JIRA_GUARD_DEL;
      else if (node->kind == CB_NODE_LINK)
        guards |= CB_JIRA_GUARD_BRACKET;
    }
  return guards;
}

/* Next to markup a delimiter may act: "\001" stands for it, being neither word nor space. */
static void
append_flat (GString      *out,
             const CbNode *parent)
{
  for (const CbNode *node = parent->first; node != NULL; node = node->next)
    {
      if (node->kind == CB_NODE_SOFT_BREAK || node->kind == CB_NODE_HARD_BREAK)
        g_string_append_c (out, '\n');
      else if (node->kind == CB_NODE_TEXT && node->text != NULL)
        g_string_append (out, node->text->str);
      else
        {
          g_string_append_c (out, '\001');
          if (node->target != NULL || node->text != NULL)
            g_string_append (out, node->target != NULL ? node->target : node->text->str);
          append_flat (out, node);
          g_string_append_c (out, '\001');
        }
    }
}

static gboolean
is_macro (const char *text,
          const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (text, name, length) == 0
         && (text[length] == '}' || text[length] == ':');
}

/* Public API */

/**
 * cb_jira_inline:
 * @block: a paragraph, heading or cell
 *
 * Returns: (transfer full): what is inside it, as wiki markup
 */
char *
cb_jira_inline (const CbNode *block)
{
  CbWriter writer = { .out = g_string_new (NULL) };
  GString *flat = g_string_new (NULL);

  append_flat (flat, block);
  writer.guards = own_guards (block) | cb_jira_guards (flat->str);
  writer.place = block->kind == CB_NODE_CELL ? CB_JIRA_CELL : 0;
  writer.one_line = block->kind != CB_NODE_PARAGRAPH;
  append_children (&writer, block);
  g_string_free (flat, TRUE);
  return g_string_free (writer.out, FALSE);
}

/**
 * cb_jira_append_text:
 * @out: where to append
 * @text: a text
 *
 * Appends @text, escaped so that it may be put into any other text.
 */
void
cb_jira_append_text (GString    *out,
                     const char *text)
{
  cb_jira_escape (out, text, CB_JIRA_GUARD_ALL, 0, '*');
}

/**
 * cb_jira_append_code:
 * @out: where to append
 * @text: code that will stand within a {code} or {noformat} block
 *
 * Appends @text. Jira knows no escape there, so a zero-width space breaks what would end the block.
 */
void
cb_jira_append_code (GString    *out,
                     const char *text)
{
  static const char *const macros[] = { "code", "noformat", "quote" };

  for (; *text != '\0'; text++)
    {
      g_string_append_c (out, *text);
      for (gsize i = 0; *text == '{' && i < G_N_ELEMENTS (macros); i++)
        if (is_macro (text + 1, macros[i]))
          g_string_append (out, "\xe2\x80\x8b");
    }
}

/**
 * cb_jira_code_language:
 * @language: a code block's language, as Markdown names it
 *
 * Returns: (nullable): the name to put into {code:…}, or %NULL if Jira does not know it
 */
const char *
cb_jira_code_language (const char *language)
{
  for (gsize i = 0; languages[i] != NULL; i++)
    if (g_ascii_strcasecmp (languages[i], language) == 0)
      return languages[i];
  return NULL;
}
