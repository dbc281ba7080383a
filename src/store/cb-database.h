/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/cb-error.h"

G_BEGIN_DECLS

#define CB_TYPE_DATABASE (cb_database_get_type ())
G_DECLARE_FINAL_TYPE (CbDatabase, cb_database, CB, DATABASE, GObject)

typedef struct _CbStatement CbStatement;
typedef struct _CbTransaction CbTransaction;

CbDatabase    *cb_database_open       (const char     *path,
                                       GError        **error);
CbDatabase    *cb_database_open_to_read
                                      (const char     *path,
                                       GError        **error);
gboolean       cb_database_run        (CbDatabase     *self,
                                       GError        **error,
                                       const char     *sql,
                                       const char     *types,
                                       ...);
CbStatement   *cb_database_query      (CbDatabase     *self,
                                       GError        **error,
                                       const char     *sql,
                                       const char     *types,
                                       ...);
gint64         cb_database_query_int  (CbDatabase     *self,
                                       gint64          fallback,
                                       const char     *sql,
                                       const char     *types,
                                       ...);
char          *cb_database_query_string
                                      (CbDatabase     *self,
                                       const char     *sql,
                                       const char     *types,
                                       ...);
gint64         cb_database_last_id    (CbDatabase     *self);
gint64         cb_database_changes    (CbDatabase     *self);
gint64         cb_database_changes_total
                                      (CbDatabase     *self);
gboolean       cb_database_is_in_transaction
                                      (CbDatabase     *self);
gboolean       cb_database_poll       (CbDatabase     *self);
const char    *cb_database_get_path   (CbDatabase     *self);
void           cb_database_interrupt  (CbDatabase     *self);

gboolean       cb_statement_step      (CbStatement    *statement,
                                       GError        **error);
void           cb_statement_bind      (CbStatement    *statement,
                                       int             index,
                                       const char     *value);
const char    *cb_statement_string    (CbStatement    *statement,
                                       int             column);
gint64         cb_statement_int       (CbStatement    *statement,
                                       int             column);
void           cb_statement_free      (CbStatement    *statement);

CbTransaction *cb_transaction_begin   (CbDatabase     *database,
                                       GError        **error);
gboolean       cb_transaction_commit  (CbTransaction **transaction,
                                       GError        **error);
void           cb_transaction_rollback
                                      (CbTransaction  *transaction);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbStatement, cb_statement_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbTransaction, cb_transaction_rollback)

G_END_DECLS
