/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode   *cb_sim_json_pack         (const char *format,
                                      ...);
JsonObject *cb_sim_json_pack_object  (const char *format,
                                      ...);
JsonNode   *cb_sim_json_parse        (const char *text,
                                      gsize       length);
char       *cb_sim_json_to_text      (JsonNode   *node);
JsonNode   *cb_sim_json_of_object    (JsonObject *object);
JsonNode   *cb_sim_json_of_array     (JsonArray  *array);
const char *cb_sim_json_node_string  (JsonNode   *node);
gboolean    cb_sim_json_node_integer (JsonNode   *node,
                                      gint64     *value);
const char *cb_sim_json_string       (JsonObject *object,
                                      const char *member);
gint64      cb_sim_json_integer      (JsonObject *object,
                                      const char *member,
                                      gint64      fallback);
gboolean    cb_sim_json_boolean      (JsonObject *object,
                                      const char *member,
                                      gboolean    fallback);
JsonObject *cb_sim_json_object       (JsonObject *object,
                                      const char *member);
JsonArray  *cb_sim_json_array        (JsonObject *object,
                                      const char *member);
JsonObject *cb_sim_json_copy_object  (JsonObject *object);
gsize       cb_sim_utf16_units       (const char *text);
char       *cb_sim_utf16_cut         (const char *text,
                                      gsize       units);

G_END_DECLS
