/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "connectors/cb-connector.h"
#include "remote/cb-keyring.h"

G_BEGIN_DECLS

/**
 * CbConnectorInfo:
 * @klass: its type
 * @settings: (element-type utf8 utf8): without secrets; caFile holds the file's content
 * @destination: what its incidents belong to
 * @generation: counts its credentials
 * @has_secrets: whether the keyring was given its secrets
 * @tested_at: when it was last tested as it is now, in microseconds since 1970; 0 for never
 * @test_code: (nullable): the error's code if that failed
 * @test_message: (nullable): what was wrong
 *
 * A connector as the database has it.
 */
typedef struct
{
  char *id;
  CbConnectorClass *klass;
  char *name;
  char *url;
  GHashTable *settings;
  char *destination;
  gint64 generation;
  gboolean has_secrets;
  gint64 tested_at;
  char *test_code;
  char *test_message;
} CbConnectorInfo;

/**
 * CbConnectorEdit:
 * @id: (nullable): the connector to update, %NULL for a new one
 * @type: (nullable): the type of a new one
 * @name: (nullable): its name, %NULL to keep it
 * @url: (nullable): its URL, %NULL to keep it
 * @settings: (nullable) (element-type utf8 utf8): settings to change; "" clears; others stay
 * @secrets: (nullable) (element-type utf8 utf8): secrets to change; others stay
 * @asked: (nullable): a setting that may be missing, for the server is to be asked what it may be;
 *   not for saving
 * @tested_at: when exactly this was tested, 0 for never
 * @test_error: (nullable): what was wrong then
 *
 * What to save of a connector.
 */
typedef struct
{
  const char *id;
  const char *type;
  const char *name;
  const char *url;
  GHashTable *settings;
  GHashTable *secrets;
  const char *asked;
  gint64 tested_at;
  const GError *test_error;
} CbConnectorEdit;

#define CB_TYPE_CONNECTORS (cb_connectors_get_type ())
G_DECLARE_FINAL_TYPE (CbConnectors, cb_connectors, CB, CONNECTORS, GObject)

CbConnectors    *cb_connectors_new            (CbDatabase             *database,
                                               CbKeyring              *keyring,
                                               const char             *lock_directory);
GPtrArray       *cb_connectors_list           (CbConnectors           *self);
CbConnectorInfo *cb_connectors_get            (CbConnectors           *self,
                                               const char             *id,
                                               GError                **error);
char            *cb_connectors_resolve        (CbConnectors           *self,
                                               const char             *name,
                                               GError                **error);
char            *cb_connectors_get_default    (CbConnectors           *self);
gboolean         cb_connectors_set_default    (CbConnectors           *self,
                                               const char             *id,
                                               GError                **error);
CbConnectorInfo *cb_connectors_check          (CbConnectors           *self,
                                               const CbConnectorEdit  *edit,
                                               GError                **error);
CbConnector     *cb_connectors_instantiate    (CbConnectors           *self,
                                               const CbConnectorInfo  *info,
                                               GError                **error);
void             cb_connectors_save_async     (CbConnectors           *self,
                                               const CbConnectorEdit  *edit,
                                               GCancellable           *cancellable,
                                               GAsyncReadyCallback     callback,
                                               gpointer                user_data);
char            *cb_connectors_save_finish    (CbConnectors           *self,
                                               GAsyncResult           *result,
                                               GError                **error);
void             cb_connectors_remove_async   (CbConnectors           *self,
                                               const char             *id,
                                               GCancellable           *cancellable,
                                               GAsyncReadyCallback     callback,
                                               gpointer                user_data);
gboolean         cb_connectors_remove_finish  (CbConnectors           *self,
                                               GAsyncResult           *result,
                                               GError                **error);
void             cb_connectors_open_async     (CbConnectors           *self,
                                               const char             *id,
                                               GCancellable           *cancellable,
                                               GAsyncReadyCallback     callback,
                                               gpointer                user_data);
CbConnector     *cb_connectors_open_finish    (CbConnectors           *self,
                                               GAsyncResult           *result,
                                               GError                **error);
void             cb_connectors_open_edit_async
                                              (CbConnectors           *self,
                                               const CbConnectorEdit  *edit,
                                               GCancellable           *cancellable,
                                               GAsyncReadyCallback     callback,
                                               gpointer                user_data);
CbConnector     *cb_connectors_open_edit_finish
                                              (CbConnectors           *self,
                                               GAsyncResult           *result,
                                               GError                **error);
gboolean         cb_connectors_note_test      (CbConnectors           *self,
                                               CbConnector            *connector,
                                               const GError           *test_error);
void             cb_connectors_note_use       (CbConnectors           *self,
                                               CbConnector            *connector,
                                               const GError           *push_error);
void             cb_connectors_probe_async    (CbConnectors           *self,
                                               const CbConnectorInfo  *info,
                                               GCancellable           *cancellable,
                                               GAsyncReadyCallback     callback,
                                               gpointer                user_data);
gboolean         cb_connectors_probe_finish   (CbConnectors           *self,
                                               GAsyncResult           *result,
                                               GError                **error);
void             cb_connectors_sweep_async    (CbConnectors           *self,
                                               GCancellable           *cancellable,
                                               GAsyncReadyCallback     callback,
                                               gpointer                user_data);
gboolean         cb_connectors_sweep_finish   (CbConnectors           *self,
                                               GAsyncResult           *result,
                                               GError                **error);
void             cb_connectors_changed        (CbConnectors           *self);
void             cb_connector_info_free       (CbConnectorInfo        *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbConnectorInfo, cb_connector_info_free)

G_END_DECLS
