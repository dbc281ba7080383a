/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "base/cb-string.h"
#include "text/cb-text-private.h"

/* Less room than this (an entity and a little text) is not worth beginning a part of a piece. */
#define MIN_ROOM 16

typedef struct
{
  CbPieces *pieces;
  GPtrArray *parts;  /* NULL to measure only */
  GString *part;
  gsize used;        /* UTF-16 units of part */
  CbFrame *frame;    /* (nullable): innermost frame open in part, NULL while part is empty */
  gsize limit;       /* of part */
  gsize next_limit;  /* of those after it */
} CbPacker;

/* Auxiliary methods */

static CbFrame *
common_frame (CbFrame *one,
              CbFrame *two)
{
  while (one != two)
    {
      if (one->depth >= two->depth)
        one = one->parent;
      else
        two = two->parent;
    }
  return one;
}

static void
append_open (GString *out,
             CbFrame *frame,
             CbFrame *child)
{
  if (!frame->ordered)
    g_string_append (out, frame->open);
  else if (child->number == 1)
    g_string_append (out, "<ol>");
  else
    g_string_append_printf (out, "<ol start=\"%u\">", child->number);
}

static void
open_frames (GString *out,
             CbFrame *outer,
             CbFrame *inner)
{
  g_autoptr(GPtrArray) chain = g_ptr_array_new ();

  for (CbFrame *frame = inner; frame != outer; frame = frame->parent)
    g_ptr_array_add (chain, frame);
  for (guint i = chain->len; i > 0; i--)
    append_open (out, g_ptr_array_index (chain, i - 1),
                 i > 1 ? g_ptr_array_index (chain, i - 2) : NULL);
}

/* What comes between the end of the part and a piece in @frame. */
static void
append_transition (CbPacker *self,
                   CbFrame  *frame,
                   GString  *out)
{
  CbFrame *common = self->frame != NULL ? common_frame (self->frame, frame) : NULL;

  for (CbFrame *open = self->frame; open != common; open = open->parent)
    g_string_append (out, open->close);
  if (common != NULL)
    g_string_append (out, common->joint);
  open_frames (out, common, frame);
}

static void
trim_end (char *text)
{
  char *end = text + strlen (text);

  while (end > text && g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  *end = '\0';
}

static void
finish_part (CbPacker *self)
{
  g_autofree char *text = NULL;

  for (CbFrame *frame = self->frame; frame != NULL; frame = frame->parent)
    g_string_append (self->part, frame->close);
  text = g_strdup (self->part->str + strspn (self->part->str, "\n"));
  trim_end (text);
  if (text[0] != '\0')
    g_ptr_array_add (self->parts, g_steal_pointer (&text));
  g_string_truncate (self->part, 0);
  self->used = 0;
  self->frame = NULL;
  self->limit = self->next_limit;
}

static gboolean
put (CbPacker   *self,
     CbFrame    *frame,
     const char *text,
     gboolean    force)
{
  g_autoptr(GString) added = g_string_new (NULL);
  gsize units;

  append_transition (self, frame, added);
  g_string_append (added, text);
  units = cb_utf16_length (added->str);
  if (!force && units + frame->close_units > self->limit - MIN (self->used, self->limit))
    return FALSE;
  g_string_append_len (self->part, added->str, added->len);
  self->used += units;
  self->frame = frame;
  for (; frame != NULL && self->parts != NULL; frame = frame->parent)
    frame->shown = TRUE;
  return TRUE;
}

/* The room that is left for the text of a piece in @frame. */
static gsize
room_in (CbPacker *self,
         CbFrame  *frame)
{
  g_autoptr(GString) added = g_string_new (NULL);
  gsize taken;

  append_transition (self, frame, added);
  taken = self->used + cb_utf16_length (added->str) + frame->close_units;
  return taken < self->limit ? self->limit - taken : 0;
}

static char *
format_part (CbPacker      *self,
             const CbPiece *piece,
             const char    *text,
             gsize          length,
             gboolean       continued)
{
  g_autofree char *visible = g_strndup (text, length);
  g_autoptr(GString) body = g_string_new (NULL);

  if (!piece->verbatim)
    trim_end (visible);
  cb_text_append (body, visible, self->pieces->format, piece->verbatim);
  return cb_piece_wrap (piece, body->str, continued);
}

static gsize
units_of_part (CbPacker      *self,
               const CbPiece *piece,
               const char    *text,
               gsize          length,
               gboolean       continued)
{
  g_autofree char *formatted = format_part (self, piece, text, length, continued);

  return cb_utf16_length (formatted);
}

/* The longest prefix, in UTF-16 units, that fits into room once formatted; one unit at least. */
static gsize
find_prefix (CbPacker      *self,
             const CbPiece *piece,
             const char    *text,
             gsize          room,
             gboolean       continued)
{
  gsize fits = 1;
  gsize over = MIN (room, cb_utf16_prefix (text, room)) + 1;

  while (over > fits + 1)
    {
      gsize middle = fits + (over - fits) / 2;

      if (units_of_part (self, piece, text, cb_utf16_prefix (text, middle), continued) <= room)
        fits = middle;
      else
        over = middle;
    }
  return fits;
}

/* Takes as much of *text as fits into room; one character if even that does not. */
static char *
take (CbPacker       *self,
      const CbPiece  *piece,
      const char    **text,
      gsize           room,
      gboolean        continued)
{
  gsize least = g_utf8_next_char (*text) - *text;

  for (gsize units = find_prefix (self, piece, *text, room, continued);; units--)
    {
      gsize length = MAX (cb_utf16_prefix (*text, units), least);
      gsize cut = cb_text_cut (*text, length, piece->verbatim);

      if (units > 1 && units_of_part (self, piece, *text, cut, continued) > room)
        continue;
      *text += cut;
      return format_part (self, piece, *text - cut, cut, continued);
    }
}

static const char *
skip_space (const char    *text,
            const CbPiece *piece)
{
  while (!piece->verbatim && g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return text;
}

static gsize
units_around (const CbPiece *piece)
{
  return cb_utf16_length (piece->first) + cb_utf16_length (piece->open)
         + cb_utf16_length (piece->close);
}

static void
divide (CbPacker      *self,
        const CbPiece *piece,
        const char    *text)
{
  gsize around = units_around (piece);
  gboolean continued = FALSE;

  for (text = skip_space (text, piece); *text != '\0'; continued = TRUE)
    {
      g_autofree char *formatted = NULL;
      gsize room = room_in (self, piece->frame);

      if (self->frame != NULL && (room < around + MIN_ROOM || room < self->limit / 2))
        {
          finish_part (self);
          room = room_in (self, piece->frame);
        }
      formatted = take (self, piece, &text, room, continued);
      put (self, piece->frame, formatted, TRUE);
      text = skip_space (text, piece);
      if (*text != '\0')
        finish_part (self);
    }
}

/* The limit of a part that begins with the next piece. */
static gsize
fresh_limit (CbPacker *self)
{
  return self->frame != NULL ? self->next_limit : MIN (self->limit, self->next_limit);
}

/* Where the limit leaves too little inside the frames, the text stands without them. */
static void
divide_bare (CbPacker   *self,
             const char *text)
{
  gboolean html = self->pieces->format == CB_TEXT_HTML && fresh_limit (self) >= MIN_ROOM;
  CbPiece bare = {
    .frame = g_ptr_array_index (self->pieces->frames, 0),
    .first = "",
    .rest = "",
    .open = html ? "<p>" : "",
    .close = html ? "</p>" : "",
  };

  divide (self, &bare, text);
}

static void
divide_heads (CbPacker *self,
              CbFrame  *frame)
{
  if (frame->parent != NULL)
    divide_heads (self, frame->parent);
  if (frame->head != NULL && !frame->shown)
    divide_bare (self, frame->head);
  frame->shown = TRUE;
}

static gsize
fresh_room (CbPacker      *self,
            const CbPiece *piece)
{
  CbPacker fresh = { .pieces = self->pieces, .limit = fresh_limit (self) };

  return room_in (&fresh, piece->frame);
}

static gboolean
can_divide (CbPacker      *self,
            const CbPiece *piece)
{
  gsize needed = units_around (piece) + MAX (MIN_ROOM, fresh_limit (self) / 4);

  return !piece->row && fresh_room (self, piece) >= needed;
}

static void
add_piece (CbPacker      *self,
           const CbPiece *piece)
{
  gsize units = cb_utf16_length (piece->text);

  if (put (self, piece->frame, piece->text, FALSE))
    return;
  if (self->frame != NULL && MAX (units, 1) <= fresh_room (self, piece))
    {
      finish_part (self);
      put (self, piece->frame, piece->text, TRUE);
    }
  else if (piece->visible == NULL && self->frame != NULL)
    {
      finish_part (self);
      put (self, g_ptr_array_index (self->pieces->frames, 0), piece->text, TRUE);
    }
  else if (piece->visible == NULL)
    put (self, g_ptr_array_index (self->pieces->frames, 0), piece->text, TRUE);
  else if (can_divide (self, piece))
    divide (self, piece, piece->visible);
  else
    {
      divide_heads (self, piece->frame);
      divide_bare (self, piece->visible);
    }
}

static const CbPiece *
piece_at (CbPacker *self,
          guint     i)
{
  return g_ptr_array_index (self->pieces->pieces, i);
}

static gsize
measure (CbPacker *self,
         guint     start,
         guint     end)
{
  g_autoptr(GString) part = g_string_new (NULL);
  CbPacker alone = { .pieces = self->pieces, .part = part, .limit = G_MAXSIZE };

  for (guint i = start; i < end; i++)
    put (&alone, piece_at (self, i)->frame, piece_at (self, i)->text, TRUE);
  return alone.used + alone.frame->close_units;
}

/* A block that fits into a part of its own is not cut. */
static void
make_room (CbPacker *self,
           guint     start,
           guint     end)
{
  gsize room;
  gsize units;

  if (self->frame == NULL || self->limit == G_MAXSIZE)
    return;
  room = room_in (self, g_ptr_array_index (self->pieces->frames, 0));
  units = measure (self, start, end);
  if (units > room && units <= self->next_limit)
    finish_part (self);
}

static guint
block_end (CbPacker *self,
           guint     start)
{
  guint end = start;

  while (end < self->pieces->pieces->len
         && piece_at (self, end)->block == piece_at (self, start)->block)
    end++;
  return end;
}

/* Public API */

/**
 * cb_pieces_pack:
 * @pieces: pieces
 * @first_limit: the limit of the first part in UTF-16 units, 0 for none
 * @next_limit: the limit of the other parts
 *
 * Puts the pieces into as few parts as good places for a cut allow. Each part is valid by itself.
 *
 * Returns: (transfer full): at least one part
 */
GStrv
cb_pieces_pack (CbPieces *pieces,
                gsize     first_limit,
                gsize     next_limit)
{
  g_autoptr(GString) part = g_string_new (NULL);
  CbPacker self = {
    .pieces = pieces,
    .parts = g_ptr_array_new (),
    .part = part,
    .limit = first_limit > 0 ? first_limit : G_MAXSIZE,
    .next_limit = next_limit > 0 ? next_limit : G_MAXSIZE,
  };

  for (guint start = 0, end; start < pieces->pieces->len; start = end)
    {
      end = block_end (&self, start);
      make_room (&self, start, end);
      for (guint i = start; i < end; i++)
        add_piece (&self, piece_at (&self, i));
    }
  finish_part (&self);
  if (self.parts->len == 0)
    g_ptr_array_add (self.parts, g_strdup (""));
  g_ptr_array_add (self.parts, NULL);
  return (GStrv) g_ptr_array_free (self.parts, FALSE);
}
