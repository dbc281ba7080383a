/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "base/cb-error.h"

G_BEGIN_DECLS

#define CB_JSON_MAX_DEPTH 64

JsonNode   *cb_json_parse      (const char  *data,
                                gssize       length,
                                GError     **error);
char       *cb_json_to_string  (JsonNode    *node);
char       *cb_json_object_to_string
                               (JsonObject  *object);
JsonObject *cb_json_node_object (JsonNode   *node);
JsonArray  *cb_json_node_array (JsonNode    *node);
const char *cb_json_node_string (JsonNode   *node);
const char *cb_json_string     (JsonObject  *object,
                                const char  *member);
char       *cb_json_id         (JsonObject  *object,
                                const char  *member);
gint64      cb_json_int        (JsonObject  *object,
                                const char  *member,
                                gint64       fallback);
gboolean    cb_json_bool       (JsonObject  *object,
                                const char  *member,
                                gboolean     fallback);
JsonObject *cb_json_object     (JsonObject  *object,
                                const char  *member);
JsonArray  *cb_json_array      (JsonObject  *object,
                                const char  *member);
JsonObject *cb_json_element_object
                               (JsonArray   *array,
                                guint        index);
JsonNode   *cb_json_node_new_string
                               (const char  *text);
JsonNode   *cb_json_node_new_object
                               (JsonObject  *object);
JsonNode   *cb_json_node_new_array
                               (JsonArray   *array);
void        cb_json_set_string (JsonObject  *object,
                                const char  *member,
                                const char  *value);

G_END_DECLS
