/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "jira.h"

typedef struct {
  char      *field;
  gboolean   contains; /* `~`, else `=` */
  char      *value;
  GPtrArray *phrases;  /* (owned) (nullable) of GStrv: what `~` looks for */
} Term;

struct _CbJiraQuery {
  GPtrArray *terms;    /* (owned) all must hold */
  char      *order;    /* (owned) (nullable) */
  gboolean   descending;
};

typedef enum {
  TOKEN_END,
  TOKEN_WORD,
  TOKEN_STRING,
  TOKEN_OPERATOR,
} TokenType;

typedef struct {
  const char *rest;
  TokenType   type;
  char       *text; /* (owned) */
} Lexer;

static const char *const word_operators = "=~";
static const char *const sortable[] = { "created", "updated", "key", "id", "summary", NULL };

/* Auxiliary methods */

static void
term_free (gpointer data)
{
  Term *term = data;

  g_free (term->field);
  g_free (term->value);
  g_clear_pointer (&term->phrases, g_ptr_array_unref);
  g_free (term);
}

static gboolean
is_word_character (gunichar c)
{
  return g_unichar_isalnum (c) || c == '_' || c == '.' || c == '-';
}

/* A string in quotes; a backslash keeps the next character. */
static gboolean
read_string (Lexer *lexer)
{
  char quote = *lexer->rest++;
  GString *text = g_string_new (NULL);

  while (*lexer->rest != quote && *lexer->rest != '\0')
    {
      if (*lexer->rest == '\\' && lexer->rest[1] != '\0')
        lexer->rest++;
      g_string_append_c (text, *lexer->rest++);
    }
  lexer->type = TOKEN_STRING;
  lexer->text = g_string_free (text, FALSE);
  return *lexer->rest != '\0' && lexer->rest++ != NULL;
}

static void
read_word (Lexer *lexer)
{
  const char *start = lexer->rest;

  while (is_word_character (g_utf8_get_char (lexer->rest)))
    lexer->rest = g_utf8_next_char (lexer->rest);
  lexer->type = TOKEN_WORD;
  lexer->text = g_strndup (start, lexer->rest - start);
}

static gboolean
next_token (Lexer *lexer)
{
  g_clear_pointer (&lexer->text, g_free);
  while (g_ascii_isspace (*lexer->rest))
    lexer->rest++;
  lexer->type = TOKEN_END;
  if (*lexer->rest == '\0')
    return TRUE;
  if (*lexer->rest == '"' || *lexer->rest == '\'')
    return read_string (lexer);
  if (strchr (word_operators, *lexer->rest) != NULL)
    {
      lexer->type = TOKEN_OPERATOR;
      lexer->text = g_strndup (lexer->rest++, 1);
      return TRUE;
    }
  read_word (lexer);
  return *lexer->text != '\0';
}

static gboolean
is_keyword (Lexer      *lexer,
            const char *keyword)
{
  return lexer->type == TOKEN_WORD && g_ascii_strcasecmp (lexer->text, keyword) == 0;
}

static GStrv
split_words (const char *text)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *folded = g_utf8_casefold (text, -1);
  const char *p = folded;

  while (*p != '\0')
    {
      const char *start = p;

      while (g_unichar_isalnum (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      if (p > start)
        {
          g_autofree char *word = g_strndup (start, p - start);

          g_strv_builder_add (builder, word);
        }
      else
        {
          p = g_utf8_next_char (p);
        }
    }
  return g_strv_builder_end (builder);
}

static gboolean
is_reserved (char c)
{
  return c != '\0' && strchr ("+-&|!(){}[]^~*?\\:", c) != NULL;
}

/* One word, or several in quotes, of the text query language that follows `~`. */
static gboolean
read_phrase (const char **rest,
             GString     *phrase)
{
  gboolean quoted = **rest == '"';

  *rest += quoted;
  if (!quoted && is_reserved (**rest) && **rest != '\\')
    return FALSE;
  while (**rest != '\0' && (quoted ? **rest != '"' : !g_ascii_isspace (**rest)))
    {
      if (**rest == '\\' && (*rest)[1] != '\0')
        (*rest)++;
      else if (!quoted && is_reserved (**rest) && **rest != '-' && **rest != '+')
        return FALSE;
      g_string_append_c (phrase, *(*rest)++);
    }
  if (quoted && **rest == '\0')
    return FALSE;
  *rest += quoted;
  return TRUE;
}

static GPtrArray *
parse_phrases (const char *text)
{
  g_autoptr(GPtrArray) phrases = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  while (*text != '\0')
    {
      g_autoptr(GString) phrase = g_string_new (NULL);

      if (!read_phrase (&text, phrase))
        return NULL;
      g_ptr_array_add (phrases, split_words (phrase->str));
      while (g_ascii_isspace (*text))
        text++;
    }
  return phrases->len > 0 ? g_steal_pointer (&phrases) : NULL;
}

/* The only fields and operators that the app may need. */
static gboolean
is_known_term (const char *field,
               const char *operator)
{
  static const struct {
    const char *field;
    const char *operator;
  } known[] = {
    { "project", "=" }, { "labels", "=" }, { "summary", "~" }, { "description", "~" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (known[i].field, field) == 0
        && g_str_equal (known[i].operator, operator))
      return TRUE;
  return FALSE;
}

static char *
check_term (CbJira *self,
            Term   *term)
{
  if (term->contains)
    {
      term->phrases = parse_phrases (term->value);
      if (term->phrases == NULL)
        return g_strdup_printf ("Unable to parse the text '%s' for field '%s'.", term->value,
                                term->field);
    }
  else if (g_str_equal (term->field, "project") && cb_jira_find_project (self, term->value) == NULL)
    {
      return g_strdup_printf ("The value '%s' does not exist for the field 'project'.",
                              term->value);
    }
  return NULL;
}

static char *
syntax_error (Lexer *lexer)
{
  return g_strdup_printf ("Error in the JQL Query: Expecting something else before '%s'.",
                          lexer->rest);
}

static char *
parse_term (CbJira      *self,
            CbJiraQuery *query,
            Lexer       *lexer)
{
  Term *term = g_new0 (Term, 1);

  g_ptr_array_add (query->terms, term);
  if (lexer->type != TOKEN_WORD)
    return syntax_error (lexer);
  term->field = g_ascii_strdown (lexer->text, -1);
  if (!next_token (lexer) || lexer->type != TOKEN_OPERATOR)
    return syntax_error (lexer);
  if (!is_known_term (term->field, lexer->text))
    return g_strdup_printf ("Field '%s' does not exist or does not support the operator '%s'.",
                            term->field, lexer->text);
  term->contains = g_str_equal (lexer->text, "~");
  if (!next_token (lexer) || (lexer->type != TOKEN_WORD && lexer->type != TOKEN_STRING))
    return syntax_error (lexer);
  term->value = g_strdup (lexer->text);
  return next_token (lexer) ? check_term (self, term) : syntax_error (lexer);
}

static char *
parse_order (CbJiraQuery *query,
             Lexer       *lexer)
{
  if (!next_token (lexer) || !is_keyword (lexer, "by") || !next_token (lexer)
      || lexer->type != TOKEN_WORD)
    return syntax_error (lexer);
  query->order = g_ascii_strdown (lexer->text, -1);
  if (!g_strv_contains (sortable, query->order))
    return g_strdup_printf ("Not able to sort using field '%s'.", query->order);
  if (!next_token (lexer))
    return syntax_error (lexer);
  query->descending = is_keyword (lexer, "desc");
  if ((query->descending || is_keyword (lexer, "asc")) && !next_token (lexer))
    return syntax_error (lexer);
  return NULL;
}

static char *
parse_query (CbJira      *self,
             CbJiraQuery *query,
             Lexer       *lexer)
{
  char *problem = next_token (lexer) ? NULL : syntax_error (lexer);

  while (problem == NULL && lexer->type != TOKEN_END && !is_keyword (lexer, "order"))
    {
      problem = parse_term (self, query, lexer);
      if (problem == NULL && is_keyword (lexer, "and"))
        problem = next_token (lexer) && lexer->type == TOKEN_WORD ? NULL : syntax_error (lexer);
      else if (problem == NULL && lexer->type != TOKEN_END && !is_keyword (lexer, "order"))
        problem = syntax_error (lexer);
    }
  if (problem == NULL && is_keyword (lexer, "order"))
    problem = parse_order (query, lexer);
  return problem == NULL && lexer->type != TOKEN_END ? syntax_error (lexer) : problem;
}

static gboolean
words_follow (GStrv words,
              guint at,
              GStrv phrase)
{
  for (guint i = 0; phrase[i] != NULL; i++)
    if (words[at + i] == NULL || !g_str_equal (words[at + i], phrase[i]))
      return FALSE;
  return TRUE;
}

static gboolean
holds_phrase (GStrv words,
              GStrv phrase)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (words_follow (words, i, phrase))
      return TRUE;
  return phrase[0] == NULL;
}

static gboolean
text_matches (Term       *term,
              const char *text)
{
  g_auto(GStrv) words = split_words (text != NULL ? text : "");

  for (guint i = 0; i < term->phrases->len; i++)
    if (!holds_phrase (words, g_ptr_array_index (term->phrases, i)))
      return FALSE;
  return TRUE;
}

static gboolean
has_label (JsonObject *fields,
           const char *label)
{
  JsonArray *labels = cb_sim_json_array (fields, "labels");

  for (guint i = 0; labels != NULL && i < json_array_get_length (labels); i++)
    if (g_str_equal (json_array_get_string_element (labels, i), label))
      return TRUE;
  return FALSE;
}

static gboolean
is_in_project (JsonObject *fields,
               const char *key_or_id)
{
  JsonObject *project = cb_sim_json_object (fields, "project");

  return g_strcmp0 (cb_sim_json_string (project, "key"), key_or_id) == 0
         || g_strcmp0 (cb_sim_json_string (project, "id"), key_or_id) == 0;
}

static gboolean
term_matches (Term       *term,
              JsonObject *fields)
{
  if (term->contains)
    return text_matches (term, cb_sim_json_string (fields, term->field));
  return g_str_equal (term->field, "labels") ? has_label (fields, term->value)
                                             : is_in_project (fields, term->value);
}

/* Callbacks */

static int
compare_issues_cb (gconstpointer a,
                   gconstpointer b,
                   gpointer      user_data)
{
  const CbJiraIssue *first = *(CbJiraIssue *const *) a;
  const CbJiraIssue *second = *(CbJiraIssue *const *) b;
  CbJiraQuery *query = user_data;
  int result = atoi (first->id) - atoi (second->id);

  if (g_strcmp0 (query->order, "summary") == 0 || g_strcmp0 (query->order, "updated") == 0)
    result = g_strcmp0 (cb_sim_json_string (first->fields, query->order),
                        cb_sim_json_string (second->fields, query->order));
  return query->descending ? -result : result;
}

/* Public API */

/**
 * cb_jira_query_parse:
 * @self: the site
 * @jql: (nullable): a query
 * @problem: (out): what is wrong with it
 *
 * Returns: (transfer full) (nullable): the query
 */
CbJiraQuery *
cb_jira_query_parse (CbJira     *self,
                     const char *jql,
                     char      **problem)
{
  g_autoptr(CbJiraQuery) query = g_new0 (CbJiraQuery, 1);
  Lexer lexer = { .rest = jql != NULL ? jql : "" };

  query->terms = g_ptr_array_new_with_free_func (term_free);
  *problem = parse_query (self, query, &lexer);
  g_free (lexer.text);
  return *problem == NULL ? g_steal_pointer (&query) : NULL;
}

void
cb_jira_query_free (CbJiraQuery *query)
{
  g_ptr_array_unref (query->terms);
  g_free (query->order);
  g_free (query);
}

gboolean
cb_jira_query_is_bounded (CbJiraQuery *query)
{
  return query->terms->len > 0;
}

gboolean
cb_jira_query_matches (CbJiraQuery *query,
                       JsonObject  *fields)
{
  for (guint i = 0; i < query->terms->len; i++)
    if (!term_matches (g_ptr_array_index (query->terms, i), fields))
      return FALSE;
  return TRUE;
}

/**
 * cb_jira_query_sort:
 * @query: the query
 * @issues: (element-type CbJiraIssue): what it found, sorted in place; newest first where it names
 * no order
 */
void
cb_jira_query_sort (CbJiraQuery *query,
                    GPtrArray   *issues)
{
  if (query->order == NULL)
    query->descending = TRUE;
  g_ptr_array_sort_with_data (issues, compare_issues_cb, query);
}
