/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "text/cb-text.h"

G_BEGIN_DECLS

/* cb-text-tree.c: Markdown as a tree of bounded depth */

typedef enum
{
  CB_NODE_DOCUMENT,
  CB_NODE_QUOTE,
  CB_NODE_LIST,
  CB_NODE_ITEM,
  CB_NODE_PARAGRAPH,
  CB_NODE_HEADING,
  CB_NODE_RULE,
  CB_NODE_CODE_BLOCK,
  CB_NODE_TABLE,
  CB_NODE_ROW,
  CB_NODE_CELL,
  CB_NODE_TEXT,
  CB_NODE_SOFT_BREAK,
  CB_NODE_HARD_BREAK,
  CB_NODE_CODE,
  CB_NODE_EM,
  CB_NODE_STRONG,
  CB_NODE_DEL,
  CB_NODE_LINK,
} CbNodeKind;

typedef struct _CbNode CbNode;

struct _CbNode
{
  CbNodeKind kind;
  CbNode *parent;
  CbNode *first;
  CbNode *last;
  CbNode *next;
  GString *text;   /* (owned) (nullable): of text and code */
  char *target;    /* (owned) (nullable): a link's address, a code block's language */
  guint number;    /* heading: level; item of an ordered list: its number */
  char mark;       /* list: '.' or ')' or 0 for bullets; item: 'x', ' ' or 0 if no task */
  gboolean loose;  /* list: blank lines between its items */
  gboolean head;   /* row: of the table's head */
};

CbNode     *cb_node_parse      (const char   *markdown);
void        cb_node_free       (CbNode       *root);
gboolean    cb_node_is_bare    (const CbNode *link,
                                const char   *label);
gboolean    cb_node_has_target (const CbNode *link);
const char *cb_entity_decode   (const char   *entity,
                                gsize         length,
                                char         *buffer);
char       *cb_text_sanitize   (const char   *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbNode, cb_node_free)

/* cb-text-plain.c, cb-text-html.c, cb-text-jira.c: what is inside a block */

char *cb_plain_inline      (const CbNode *block);
void  cb_plain_append_text (GString      *out,
                            const char   *text);
char *cb_plain_row         (const CbNode *row,
                            GArray       *widths,
                            const char   *separator);
guint cb_plain_width       (const char   *text);

char *cb_html_inline       (const CbNode *block);
void  cb_html_append_text  (GString      *out,
                            const char   *text);

char *cb_jira_inline       (const CbNode *block);
void  cb_jira_append_text  (GString      *out,
                            const char   *text);
void  cb_jira_append_code  (GString      *out,
                            const char   *text);

const char *cb_jira_code_language (const char *language);

/* cb-text-jira-escape.c: which characters of a text would be markup */

typedef enum
{
  CB_JIRA_LINK = 1 << 0,
  CB_JIRA_CELL = 1 << 1,
  CB_JIRA_CODE = 1 << 2,
} CbJiraPlace;

#define CB_JIRA_GUARD_STRONG  (1u << 0)
#define CB_JIRA_GUARD_EM      (1u << 1)
#define CB_JIRA_GUARD_DEL     (1u << 2)
#define CB_JIRA_GUARD_BRACKET (1u << 8)
#define CB_JIRA_GUARD_ALL     0xffffu

gboolean cb_jira_is_word (gunichar     c);
gunichar cb_jira_last    (GString     *out);
gsize    cb_jira_url     (const char  *text,
                          gunichar     previous);
guint    cb_jira_guards  (const char  *text);
gboolean cb_jira_escape  (GString     *out,
                          const char  *text,
                          guint        guards,
                          guint        place,
                          gunichar     next);

/* cb-text-blocks.c: the tree as pieces, each inside frames that can be closed and opened again */

typedef struct _CbFrame CbFrame;

struct _CbFrame
{
  CbFrame *parent;
  const char *open;
  const char *close;
  const char *joint;   /* between two things inside the frame */
  const char *head;    /* (nullable): visible text within open that must appear at least once */
  guint number;        /* item of an ordered list: its number, else 0 */
  gboolean ordered;    /* HTML list that opens with the number of its first item */
  guint depth;
  gsize close_units;   /* UTF-16 units that close this frame and all around it */
  gboolean shown;
};

typedef struct
{
  CbFrame *frame;
  const char *first;   /* before the first line */
  const char *rest;    /* before every other line */
  const char *open;
  const char *close;
  char *text;          /* (owned): formatted, with all of the above */
  char *visible;       /* (owned) (nullable): unformatted; NULL if indivisible */
  gboolean verbatim;   /* a line of code */
  gboolean row;        /* of a table: a part of it is no row */
  guint block;         /* counts the top-level blocks */
} CbPiece;

typedef struct
{
  CbTextFormat format;
  GStringChunk *strings;
  GPtrArray *frames;
  GPtrArray *pieces;
} CbPieces;

CbPieces *cb_pieces_new   (const char    *markdown,
                           CbTextFormat   format);
void      cb_pieces_free  (CbPieces      *self);
char     *cb_piece_wrap   (const CbPiece *piece,
                           const char    *body,
                           gboolean       continued);
void      cb_text_append  (GString       *out,
                           const char    *text,
                           CbTextFormat   format,
                           gboolean       verbatim);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbPieces, cb_pieces_free)

/* cb-text-pack.c */

GStrv cb_pieces_pack (CbPieces *pieces,
                      gsize     first_limit,
                      gsize     next_limit);

/* cb-text-cut.c: where a text that is too long may end */

gsize cb_text_cut (const char *text,
                   gsize       length,
                   gboolean    verbatim);

G_END_DECLS
