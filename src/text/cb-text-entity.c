/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <string.h>

#include "text/cb-text-private.h"

/* U+00A0 to U+00FF in order, as HTML 4 names them. */
static const char *const latin_names[] = {
  "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect",
  "uml", "copy", "ordf", "laquo", "not", "shy", "reg", "macr",
  "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
  "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
  "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil",
  "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml",
  "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times",
  "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig",
  "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
  "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml",
  "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide",
  "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
};

static const struct
{
  const char *name;
  gunichar c;
} other_names[] = {
  { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
  { "AMP", '&' }, { "LT", '<' }, { "GT", '>' }, { "QUOT", '"' },
  { "ast", '*' }, { "lowbar", '_' }, { "grave", '`' }, { "num", '#' }, { "excl", '!' },
  { "lpar", '(' }, { "rpar", ')' }, { "lsqb", '[' }, { "rsqb", ']' }, { "lcub", '{' },
  { "rcub", '}' }, { "bsol", '\\' }, { "vert", '|' }, { "sol", '/' }, { "colon", ':' },
  { "semi", ';' }, { "comma", ',' }, { "period", '.' }, { "commat", '@' }, { "dollar", '$' },
  { "percnt", '%' }, { "plus", '+' }, { "equals", '=' }, { "quest", '?' }, { "Hat", '^' },
  { "Tab", '\t' }, { "NewLine", '\n' },
  { "hellip", 0x2026 }, { "mdash", 0x2014 }, { "ndash", 0x2013 }, { "lsquo", 0x2018 },
  { "rsquo", 0x2019 }, { "sbquo", 0x201a }, { "ldquo", 0x201c }, { "rdquo", 0x201d },
  { "bdquo", 0x201e }, { "lsaquo", 0x2039 }, { "rsaquo", 0x203a }, { "bull", 0x2022 },
  { "dagger", 0x2020 }, { "Dagger", 0x2021 }, { "permil", 0x2030 }, { "prime", 0x2032 },
  { "euro", 0x20ac }, { "trade", 0x2122 }, { "larr", 0x2190 }, { "uarr", 0x2191 },
  { "rarr", 0x2192 }, { "darr", 0x2193 }, { "harr", 0x2194 }, { "rArr", 0x21d2 },
  { "lArr", 0x21d0 }, { "minus", 0x2212 }, { "infin", 0x221e }, { "asymp", 0x2248 },
  { "ne", 0x2260 }, { "le", 0x2264 }, { "ge", 0x2265 }, { "sum", 0x2211 },
  { "radic", 0x221a }, { "check", 0x2713 }, { "cross", 0x2717 }, { "starf", 0x2605 },
  { "ensp", 0x2002 }, { "emsp", 0x2003 }, { "thinsp", 0x2009 }, { "zwnj", 0x200c },
  { "zwj", 0x200d }, { "lrm", 0x200e }, { "rlm", 0x200f }, { "OElig", 0x0152 },
  { "oelig", 0x0153 }, { "Scaron", 0x0160 }, { "scaron", 0x0161 }, { "Yuml", 0x0178 },
  { "alpha", 0x03b1 }, { "beta", 0x03b2 }, { "gamma", 0x03b3 }, { "delta", 0x03b4 },
  { "Delta", 0x0394 }, { "lambda", 0x03bb }, { "mu", 0x03bc }, { "pi", 0x03c0 },
  { "sigma", 0x03c3 }, { "Omega", 0x03a9 }, { "omega", 0x03c9 },
};

/* Auxiliary methods */

static gboolean
matches (const char *name,
         const char *text,
         gsize       length)
{
  return strlen (name) == length && memcmp (name, text, length) == 0;
}

static gunichar
named (const char *name,
       gsize       length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (latin_names); i++)
    if (matches (latin_names[i], name, length))
      return 0xa0 + i;
  for (gsize i = 0; i < G_N_ELEMENTS (other_names); i++)
    if (matches (other_names[i].name, name, length))
      return other_names[i].c;
  return 0;
}

static gunichar
numbered (const char *digits)
{
  gboolean hexadecimal = digits[0] == 'x' || digits[0] == 'X';
  guint64 value = g_ascii_strtoull (digits + hexadecimal, NULL, hexadecimal ? 16 : 10);

  /* CommonMark 0.30, 2.5: an invalid code point and U+0000 become U+FFFD. */
  if (value == 0 || value > 0x10ffff || !g_unichar_validate (value))
    return 0xfffd;
  return value;
}

/* Public API */

/**
 * cb_entity_decode:
 * @entity: what Markdown takes for an entity, from "&" to ";"
 * @length: its length in bytes
 * @buffer: (out caller-allocates): at least 7 bytes
 *
 * Decodes numeric entities and the usual named ones. Control characters become nothing.
 *
 * Returns: (nullable): @buffer, or %NULL if no such entity is known
 */
const char *
cb_entity_decode (const char *entity,
                  gsize       length,
                  char       *buffer)
{
  gunichar c;

  g_return_val_if_fail (entity != NULL && length >= 3, NULL);

  c = entity[1] == '#' ? numbered (entity + 2) : named (entity + 1, length - 2);
  if (c == 0)
    return NULL;
  if (c == '\n' || c == '\t' || c == '\r')
    c = ' ';
  buffer[g_unichar_iscntrl (c) ? 0 : g_unichar_to_utf8 (c, buffer)] = '\0';
  return buffer;
}
