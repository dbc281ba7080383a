/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "CasebridgeSimulator"
#include "config.h"

#include "cb-simulator-json.h"
#include "cb-simulator-system.h"
#include "resilient.h"

#define COOKIE "JSESSIONID"

/* Relative to the id of the option; the key is no member of the last. */
static const struct {
  guint       offset;
  const char *name;
  gboolean    member;
} orgs[] = {
  { 0, "Acme SOC", TRUE },
  { 1, "Acme Training", TRUE },
  { 2, "Globex", FALSE },
};

static const struct {
  guint       status;
  const char *message;
} usual_errors[] = {
  { 401, "Unauthorized" },
  { 403, "The API key does not have the permission to do this." },
  { 404, "Unable to find Incident with ID 0" },
  { 409, "Conflicting PUT operation" },
  { 500, "An internal error occurred" },
};

/* Auxiliary methods */

static guint
org_id (CbResilient *self,
        gsize        n)
{
  return cb_sim_options_get_number (self->options, "organisation") + orgs[n].offset;
}

static gboolean
is_authenticated (CbResilient   *self,
                  CbSimExchange *exchange)
{
  g_autofree char *sent = cb_sim_exchange_credentials (exchange, "Basic");
  g_autofree char *wanted = g_strdup_printf ("%s:%s", cb_sim_options_get (self->options, "user"),
                                             cb_sim_options_get (self->options, "secret"));

  return g_strcmp0 (sent, wanted) == 0;
}

/* A session goes with its CSRF token; a client with an API key has to drop the cookie. */
static gboolean
has_stale_session (CbSimExchange *exchange)
{
  const char *cookie = cb_sim_exchange_header (exchange, "Cookie");

  return cookie != NULL && strstr (cookie, COOKIE) != NULL
      && cb_sim_exchange_header (exchange, "X-sess-id") == NULL;
}

static JsonNode *
list_orgs (CbResilient *self)
{
  JsonArray *list = json_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (orgs); i++)
    if (orgs[i].member)
      {
        g_autofree char *uuid = g_compute_checksum_for_string (G_CHECKSUM_MD5, orgs[i].name, -1);

        json_array_add_element (
          list, cb_sim_json_pack ("{id:i,name:s,enabled:b,uuid:s,cloud_account:n}",
                                  (int) org_id (self, i), orgs[i].name, TRUE, uuid));
      }
  return cb_sim_json_of_array (list);
}

/* Only the organisation's number as it is written is one. */
static gboolean
check_org (CbResilient   *self,
           CbSimExchange *exchange)
{
  for (gsize i = 0; i < G_N_ELEMENTS (orgs); i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", org_id (self, i));

      if (g_strcmp0 (id, exchange->captures[0]) != 0)
        continue;
      if (!orgs[i].member)
        cb_resilient_refuse (exchange, 403, "The API key is not a member of the organization.");
      return orgs[i].member;
    }
  cb_resilient_refuse (exchange, 404, "Unable to find Organization.");
  return FALSE;
}

/* Callbacks */

static void
session_cb (gpointer       system,
            CbSimExchange *exchange)
{
  gboolean bare = g_strcmp0 (cb_sim_exchange_param (exchange, "include_permissions"), "false") == 0;

  cb_sim_exchange_answer (exchange, 200,
                          cb_sim_json_pack ("{orgs:o,api_key_handle:i,session_ip:s,permissions:P}",
                                            list_orgs (system), 17, "127.0.0.1",
                                            bare ? NULL : cb_sim_json_pack ("[i,i]", 1, 2)));
}

static void
const_cb (gpointer       system,
          CbSimExchange *exchange)
{
  cb_sim_exchange_answer (
    exchange, 200,
    cb_sim_json_pack ("{server_version:{v:i,major:i,minor:i,build_number:i,version:s},"
                      "max_attachment_mb:i}",
                      51, 51, 0, 9, "51.0.9.0", 25));
}

static void
fields_cb (gpointer       system,
           CbSimExchange *exchange)
{
  JsonArray *list = json_array_new ();

  for (gsize i = 0; i < cb_resilient_n_fields (); i++)
    json_array_add_element (list, cb_resilient_show_field (system, cb_resilient_nth_field (i)));
  cb_sim_exchange_answer (exchange, 200, cb_sim_json_of_array (list));
}

static void
field_cb (gpointer       system,
          CbSimExchange *exchange)
{
  const CbResilientField *field = cb_resilient_find_field (exchange->captures[1]);

  if (field != NULL)
    cb_sim_exchange_answer (exchange, 200, cb_resilient_show_field (system, field));
  else
    cb_resilient_refuse (exchange, 404, "Unable to find Field.");
}

#define ORG "/rest/orgs/*"

static const CbSimRoute routes[] = {
  { "GET", "/rest/session", session_cb },
  { "GET", "/rest/const", const_cb },
  { "GET", ORG "/types/incident/fields", fields_cb },
  { "GET", ORG "/types/incident/fields/*", field_cb },
  { "POST", ORG "/incidents", cb_resilient_create_cb },
  { "POST", ORG "/incidents/query_paged", cb_resilient_query_cb },
  { "GET", ORG "/incidents/*", cb_resilient_get_cb },
  { "PATCH", ORG "/incidents/*", cb_resilient_patch_cb },
  { "GET", ORG "/incidents/*/comments", cb_resilient_list_comments_cb },
  { "POST", ORG "/incidents/*/comments", cb_resilient_add_comment_cb },
};

/* A GET for a path that does not exist is an internal error there. */
static void
refuse_route (gboolean       known_path,
              CbSimExchange *exchange)
{
  if (g_str_equal (exchange->method, "GET"))
    cb_resilient_refuse (exchange, 500, "An internal error occurred");
  else
    cb_resilient_refuse (exchange, known_path ? 405 : 404,
                         known_path ? "Method Not Allowed" : "Not Found");
}

static void
follow_route (CbResilient   *self,
              CbSimExchange *exchange)
{
  gboolean known_path;
  const CbSimRoute *route =
    cb_sim_exchange_find_route (exchange, routes, G_N_ELEMENTS (routes), &known_path);
  gboolean acceptable = cb_sim_exchange_header (exchange, "Accept") == NULL
                        || cb_sim_exchange_accepts (exchange, "application/json");

  if (route == NULL)
    refuse_route (known_path, exchange);
  else if (!acceptable)
    cb_resilient_refuse (exchange, 406, "Not Acceptable");
  else if (g_str_has_prefix (route->pattern, ORG) && !check_org (self, exchange))
    return;
  else if (cb_sim_exchange_is_write (exchange) && !cb_sim_exchange_has_json_body (exchange))
    cb_resilient_refuse (exchange, 415, "Unsupported Media Type");
  else
    route->handler (self, exchange);
}

/* System */

static gpointer
create (CbSimOptions *options)
{
  CbResilient *self = g_new0 (CbResilient, 1);

  self->options = options;
  self->incidents = g_ptr_array_new_with_free_func ((GDestroyNotify) cb_resilient_incident_free);
  self->next_incident = 2095;
  self->next_comment = 31;
  return self;
}

static void
destroy (gpointer system)
{
  CbResilient *self = system;

  g_ptr_array_unref (self->incidents);
  g_free (self);
}

static void
answer (gpointer       system,
        CbSimExchange *exchange)
{
  if (!is_authenticated (system, exchange) || has_stale_session (exchange))
    {
      cb_resilient_refuse (exchange, 401, "Unauthorized");
      return;
    }
  follow_route (system, exchange);
  cb_sim_exchange_answer_header (exchange, "Set-Cookie", COOKIE "=4711; Path=/; HttpOnly");
}

static void
answer_error (gpointer       system,
              CbSimExchange *exchange,
              guint          status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (usual_errors); i++)
    if (usual_errors[i].status == status)
      {
        cb_resilient_refuse (exchange, status, usual_errors[i].message);
        return;
      }
  cb_resilient_refuse (exchange, status, soup_status_get_phrase (status));
}

static JsonNode *
dump (gpointer system)
{
  CbResilient *self = system;
  JsonArray *incidents = json_array_new ();

  for (guint i = 0; i < self->incidents->len; i++)
    json_array_add_element (incidents, cb_resilient_dump (g_ptr_array_index (self->incidents, i)));
  return cb_sim_json_pack ("{incidents:A}", incidents);
}

static gboolean
edit (gpointer    system,
      const char *id,
      JsonObject *fields)
{
  CbResilientIncident *incident = cb_resilient_find (system, id);

  return incident != NULL && cb_resilient_edit (system, incident, fields);
}

static gboolean
remove_incident (gpointer    system,
                 const char *id)
{
  CbResilient *self = system;
  CbResilientIncident *incident = cb_resilient_find (self, id);

  return incident != NULL && g_ptr_array_remove (self->incidents, incident);
}

const CbSimSystem cb_sim_resilient = {
  .create = create,
  .destroy = destroy,
  .answer = answer,
  .answer_error = answer_error,
  .dump = dump,
  .edit = edit,
  .remove = remove_incident,
};

/* Public API */

void
cb_resilient_refuse (CbSimExchange *exchange,
                     guint          status,
                     const char    *message)
{
  cb_sim_exchange_answer (
    exchange, status,
    cb_sim_json_pack ("{success:b,title:n,message:s,hints:[],error_code:s,error_payload:n}", FALSE,
                      message, "generic"));
}
