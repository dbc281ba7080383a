/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cb-app.h"

G_BEGIN_DECLS

typedef struct _CbCli CbCli;

/**
 * CbCommand:
 * @words: what it is called by, like "case comment add"
 * @synopsis: what comes after the words
 * @summary: what it does, untranslated
 * @run: carries it out; the first of the arguments is none but takes the program's place
 *
 * One command.
 */
typedef struct
{
  const char *words;
  const char *synopsis;
  const char *summary;
  gboolean (*run) (CbCli   *cli,
                   GStrv   *args,
                   GError **error);
} CbCommand;

/**
 * CbCli:
 * @command: (nullable): the command that runs
 * @data_dir: (owned) (nullable): --data-dir
 * @app: (owned) (nullable): the workspace, once it is open
 * @status: the exit status of a command that ran and printed its answer
 * @cancellable: (owned): ends what is under way
 * @stop: (owned) (nullable): what the first signal does instead; the second one ends it
 * @signals: sources of the signals that are watched
 *
 * One run of the program.
 */
struct _CbCli
{
  const CbCommand *command;
  char *data_dir;
  gboolean json;
  gboolean help;
  gboolean version;
  CbApp *app;
  int status;
  GCancellable *cancellable;
  GCancellable *stop;
  guint signals[2];
};

CbCli    *cb_cli_new            (void);
void      cb_cli_free           (CbCli               *cli);
CbApp    *cb_cli_open           (CbCli               *cli,
                                 GError             **error);
gboolean  cb_cli_parse_global   (CbCli               *cli,
                                 GStrv               *args,
                                 GError             **error);
gboolean  cb_cli_parse          (CbCli               *cli,
                                 GStrv               *args,
                                 const GOptionEntry  *entries,
                                 guint                minimum,
                                 guint                maximum,
                                 GStrv               *operands,
                                 GError             **error);
void      cb_cli_answer         (CbCli               *cli,
                                 const char          *member,
                                 const char          *text);
void      cb_cli_answer_version (CbCli               *cli);
char     *cb_cli_help_options   (const GOptionEntry  *entries);
char     *cb_cli_usage          (const CbCommand     *command);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CbCli, cb_cli_free)

G_END_DECLS
