/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "Casebridge"
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cb-cli-error.h"
#include "cli/cb-cli-loop.h"
#include "cli/cb-cli-output.h"
#include "cli/cb-cli-secrets.h"

#define LIMIT 65536
#define LINE_LIMIT 4096

/* A line typed without echo. The terminal gives it in one piece. */
typedef struct
{
  char text[LINE_LIMIT];
  gssize length;
  gboolean done;
} Line;

/* Auxiliary methods */

static char *
list_secrets (CbConnectorClass *klass)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < klass->n_settings; i++)
    if (klass->settings[i].secret)
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", klass->settings[i].key);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Messages name the line, never what is in it: that may be a secret. */
static gboolean
take_line (CbConnectorClass  *klass,
           const char        *line,
           gsize              length,
           guint              number,
           GHashTable        *secrets,
           GError           **error)
{
  const char *equals = memchr (line, '=', length);
  g_autofree char *key = equals != NULL ? g_strndup (line, equals - line) : NULL;
  const CbSettingInfo *info = cb_connector_class_find_setting (klass, key);

  if (length == 0)
    return TRUE;
  if (info == NULL || !info->secret)
    {
      g_autofree char *known = list_secrets (klass);

      cb_cli_set_usage_error (error, _("Line %u of standard input is not KEY=VALUE with one of the "
                              "secrets of %s: %s."), number, klass->name, known);
      return FALSE;
    }
  if (!g_utf8_validate_len (equals + 1, line + length - equals - 1, NULL))
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, info->key,
                    _("The value of “%s” is not valid UTF-8."), info->key);
      return FALSE;
    }
  g_hash_table_insert (secrets, g_strdup (info->key),
                       g_strndup (equals + 1, line + length - equals - 1));
  return TRUE;
}

static gboolean
take_lines (CbConnectorClass  *klass,
            const char        *text,
            gsize              length,
            GHashTable        *secrets,
            GError           **error)
{
  const char *end = text + length;
  guint number = 1;

  for (const char *line = text; line < end; number++)
    {
      const char *newline = memchr (line, '\n', end - line);
      const char *line_end = newline != NULL ? newline : end;

      if (!take_line (klass, line, line_end - line, number, secrets, error))
        return FALSE;
      line = line_end + 1;
    }
  return TRUE;
}

/* Callbacks */

static gboolean
typed_cb (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  Line *line = user_data;

  line->length = read (fd, line->text, sizeof line->text);
  line->done = TRUE;
  return G_SOURCE_REMOVE;
}

/* Auxiliary methods of asking */

/* Signals keep the terminal from being restored only where they end the program: those that are
 * watched do not, and the others cannot be typed. */
static gboolean
hide_typing (struct termios *before)
{
  struct termios hidden;

  if (tcgetattr (STDIN_FILENO, before) != 0)
    return FALSE;
  hidden = *before;
  hidden.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
  hidden.c_lflag |= ICANON;
  hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
  hidden.c_cc[VQUIT] = _POSIX_VDISABLE;
  return tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
}

static void
wait_for_line (CbCli *cli,
               Line  *line)
{
  guint source = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, typed_cb, line);

  while (!line->done && !g_cancellable_is_cancelled (cli->cancellable))
    g_main_context_iteration (NULL, TRUE);
  if (!line->done)
    g_source_remove (source);
}

static gboolean
read_line (CbCli   *cli,
           Line    *line,
           GError **error)
{
  gboolean watched = cli->signals[0] != 0;
  struct termios before;

  cb_cli_watch (cli);
  if (!hide_typing (&before))
    {
      cb_set_error (error, CB_ERROR_FAILED, NULL, "%s", _("The terminal cannot hide what is typed. "
                    "Use --secrets-stdin."));
      return FALSE;
    }
  wait_for_line (cli, line);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
  cb_cli_complain ("\n");
  if (!watched)
    cb_cli_unwatch (cli);
  return !g_cancellable_set_error_if_cancelled (cli->cancellable, error);
}

static gboolean
ask (CbCli                *cli,
     const CbSettingInfo  *info,
     GHashTable           *secrets,
     GError              **error)
{
  Line line = { { 0 } };
  gboolean ok;

  cb_cli_complain ("%s (%s): ", _(info->label), info->key);
  ok = read_line (cli, &line, error);
  if (ok && line.length > 0 && line.text[line.length - 1] == '\n')
    line.length--;
  if (ok && line.length > 0 && g_utf8_validate_len (line.text, line.length, NULL))
    g_hash_table_insert (secrets, g_strdup (info->key), g_strndup (line.text, line.length));
  else if (ok && line.length > 0)
    {
      cb_set_error (error, CB_ERROR_INVALID_ARGUMENT, info->key,
                    _("The value of “%s” is not valid UTF-8."), info->key);
      ok = FALSE;
    }
  explicit_bzero (&line, sizeof line);
  return ok;
}

/* Public API */

/**
 * cb_cli_can_ask_secrets:
 *
 * Returns: whether a person sits at a terminal
 */
gboolean
cb_cli_can_ask_secrets (void)
{
  return isatty (STDIN_FILENO) && isatty (STDERR_FILENO);
}

/**
 * cb_cli_read_secrets:
 * @cli: the run
 * @klass: a connector type
 * @error: an error of #CbCliError where a line is wrong
 *
 * Reads key=value lines from standard input.
 *
 * Returns: (transfer full) (nullable) (element-type utf8 utf8): the secrets
 */
GHashTable *
cb_cli_read_secrets (CbCli             *cli,
                     CbConnectorClass  *klass,
                     GError           **error)
{
  g_autoptr(GHashTable) secrets = cb_secrets_new ();
  g_autoptr(GBytes) bytes = cb_cli_read (cli, "-", NULL, LIMIT, error);
  gsize length;
  const char *text;
  gboolean ok;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  ok = text == NULL || take_lines (klass, text, length, secrets, error);
  if (text != NULL)
    explicit_bzero ((char *) text, length);
  return ok ? g_steal_pointer (&secrets) : NULL;
}

/**
 * cb_cli_ask_secrets:
 * @cli: the run
 * @klass: a connector type
 * @error: cancelled, or why the terminal cannot be used
 *
 * Asks for each required secret without echo. An empty answer is none.
 *
 * Returns: (transfer full) (nullable) (element-type utf8 utf8): the secrets
 */
GHashTable *
cb_cli_ask_secrets (CbCli             *cli,
                    CbConnectorClass  *klass,
                    GError           **error)
{
  g_autoptr(GHashTable) secrets = cb_secrets_new ();

  for (guint i = 0; i < klass->n_settings; i++)
    if (klass->settings[i].secret && klass->settings[i].required &&
        !ask (cli, &klass->settings[i], secrets, error))
      return NULL;
  return g_steal_pointer (&secrets);
}
