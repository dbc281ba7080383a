/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "servicenow.h"

/* One condition of a query: element, operator, value. */
typedef struct {
  char       *element;
  const char *operator;
  char       *value;
} Condition;

/* Alternatives of which one must hold. */
typedef GPtrArray Group;

typedef struct {
  char    *element;
  gboolean descending;
} Order;

typedef struct {
  GPtrArray *groups; /* (owned) of Group: all must hold */
  GArray    *orders; /* (owned) of Order */
} Query;

typedef gboolean (*Test) (const char *actual,
                          const char *wanted);

/* Auxiliary methods */

static void
condition_free (gpointer data)
{
  Condition *condition = data;

  g_free (condition->element);
  g_free (condition->value);
  g_free (condition);
}

static void
order_clear (gpointer data)
{
  g_free (((Order *) data)->element);
}

static void
query_clear (Query *query)
{
  g_ptr_array_unref (query->groups);
  g_array_unref (query->orders);
}

static void
query_init (Query *query)
{
  query->groups = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  query->orders = g_array_new (FALSE, FALSE, sizeof (Order));
  g_array_set_clear_func (query->orders, order_clear);
}

static gboolean
is_equal (const char *actual,
          const char *wanted)
{
  g_autofree char *a = g_utf8_casefold (actual, -1);
  g_autofree char *b = g_utf8_casefold (wanted, -1);

  return g_str_equal (a, b);
}

static gboolean
is_different (const char *actual,
              const char *wanted)
{
  return !is_equal (actual, wanted);
}

static gboolean
contains (const char *actual,
          const char *wanted)
{
  g_autofree char *a = g_utf8_casefold (actual, -1);
  g_autofree char *b = g_utf8_casefold (wanted, -1);

  return strstr (a, b) != NULL;
}

static gboolean
starts_with (const char *actual,
             const char *wanted)
{
  g_autofree char *a = g_utf8_casefold (actual, -1);
  g_autofree char *b = g_utf8_casefold (wanted, -1);

  return g_str_has_prefix (a, b);
}

static gboolean
is_one_of (const char *actual,
           const char *wanted)
{
  g_auto(GStrv) values = g_strsplit (wanted, ",", -1);

  for (guint i = 0; values[i] != NULL; i++)
    if (is_equal (actual, values[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_empty (const char *actual,
          const char *wanted)
{
  return *actual == '\0';
}

static gboolean
is_not_empty (const char *actual,
              const char *wanted)
{
  return *actual != '\0';
}

static gboolean
is_at_least (const char *actual,
             const char *wanted)
{
  return strcmp (actual, wanted) >= 0;
}

static gboolean
is_at_most (const char *actual,
            const char *wanted)
{
  return strcmp (actual, wanted) <= 0;
}

/* The first that occurs right after the element's name counts. */
static const struct {
  const char *name;
  Test        test;
} operators[] = {
  { "ISNOTEMPTY", is_not_empty },
  { "ISEMPTY", is_empty },
  { "STARTSWITH", starts_with },
  { "LIKE", contains },
  { "IN", is_one_of },
  { "!=", is_different },
  { ">=", is_at_least },
  { "<=", is_at_most },
  { "=", is_equal },
};

static gsize
element_length (const char *text)
{
  return strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789_.");
}

static Condition *
parse_condition (const char *text)
{
  gsize length = element_length (text);

  for (gsize i = 0; length > 0 && i < G_N_ELEMENTS (operators); i++)
    if (g_str_has_prefix (text + length, operators[i].name))
      {
        Condition *condition = g_new0 (Condition, 1);

        condition->element = g_strndup (text, length);
        condition->operator = operators[i].name;
        condition->value = g_strdup (text + length + strlen (operators[i].name));
        return condition;
      }
  return NULL;
}

static gboolean
parse_order (Query      *query,
             const char *term)
{
  Order order;

  if (!g_str_has_prefix (term, "ORDERBY"))
    return FALSE;
  order.descending = g_str_has_prefix (term, "ORDERBYDESC");
  order.element = g_strdup (term + strlen (order.descending ? "ORDERBYDESC" : "ORDERBY"));
  g_array_append_val (query->orders, order);
  return TRUE;
}

static void
add_condition (Query      *query,
               const char *text,
               gboolean    alternative)
{
  Condition *condition = parse_condition (text);
  Group *group;

  if (condition == NULL)
    return;
  if (!alternative || query->groups->len == 0)
    g_ptr_array_add (query->groups, g_ptr_array_new_with_free_func (condition_free));
  group = g_ptr_array_index (query->groups, query->groups->len - 1);
  g_ptr_array_add (group, condition);
}

static void
parse_query (Query      *query,
             const char *text)
{
  g_auto(GStrv) terms = g_strsplit (text, "^", -1);

  for (guint i = 0; terms[i] != NULL; i++)
    {
      gboolean alternative =
        g_str_has_prefix (terms[i], "OR") && !g_str_has_prefix (terms[i], "ORDERBY");

      if (!parse_order (query, terms[i]))
        add_condition (query, alternative ? terms[i] + 2 : terms[i], alternative);
    }
}

/* Besides sysparm_query each parameter that is a column's name is a condition. */
static void
add_params (Query      *query,
            GHashTable *params)
{
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  g_hash_table_iter_init (&iter, params);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!g_str_has_prefix (name, "sysparm_"))
      {
        g_autofree char *term = g_strconcat (name, "=", value, NULL);

        add_condition (query, term, FALSE);
      }
}

static gboolean
condition_holds (const Condition *condition,
                 JsonObject      *row)
{
  const char *actual = cb_sim_json_string (row, condition->element);

  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (operators[i].name == condition->operator)
      return operators[i].test (actual != NULL ? actual : "", condition->value);
  return FALSE;
}

/* Conditions on columns that do not exist are ignored: a group of nothing else always holds. */
static gboolean
group_holds (Group      *group,
             JsonObject *row,
             gboolean    unknown_matches_nothing)
{
  gboolean known = FALSE;

  for (guint i = 0; i < group->len; i++)
    {
      Condition *condition = g_ptr_array_index (group, i);

      if (!json_object_has_member (row, condition->element))
        continue;
      known = TRUE;
      if (condition_holds (condition, row))
        return TRUE;
    }
  return !known && !unknown_matches_nothing;
}

static gboolean
query_holds (Query      *query,
             JsonObject *row,
             gboolean    unknown_matches_nothing)
{
  for (guint i = 0; i < query->groups->len; i++)
    if (!group_holds (g_ptr_array_index (query->groups, i), row, unknown_matches_nothing))
      return FALSE;
  return TRUE;
}

/* Callbacks */

static int
compare_rows_cb (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  Query *query = user_data;

  for (guint i = 0; i < query->orders->len; i++)
    {
      Order *order = &g_array_index (query->orders, Order, i);
      int result = g_strcmp0 (cb_sim_json_string (*(JsonObject **) a, order->element),
                              cb_sim_json_string (*(JsonObject **) b, order->element));

      if (result != 0)
        return order->descending ? -result : result;
    }
  return 0;
}

/* Public API */

/**
 * cb_servicenow_select:
 * @rows: (element-type JsonObject): a table
 * @query: (nullable): sysparm_query
 * @params: (element-type utf8 utf8): all parameters of the request
 * @unknown_matches_nothing: what glide.invalid_query.returns_no_rows says
 *
 * Returns: (transfer full): the rows that match, in order
 */
GPtrArray *
cb_servicenow_select (GPtrArray  *rows,
                      const char *query_text,
                      GHashTable *params,
                      gboolean    unknown_matches_nothing)
{
  GPtrArray *selected = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  Query query;

  query_init (&query);
  parse_query (&query, query_text != NULL ? query_text : "");
  add_params (&query, params);
  for (guint i = 0; i < rows->len; i++)
    if (query_holds (&query, g_ptr_array_index (rows, i), unknown_matches_nothing))
      g_ptr_array_add (selected, json_object_ref (g_ptr_array_index (rows, i)));
  if (query.orders->len > 0)
    g_ptr_array_sort_with_data (selected, compare_rows_cb, &query);
  query_clear (&query);
  return selected;
}
