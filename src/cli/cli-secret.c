/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-secret.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "cli-until.h"
#include "snug-phrase.h"
#include "snug-secret.h"

/* Byte by byte: what follows in standard input is chat, for another reader. */
static gboolean
read_line (int fd, char *line, gsize size)
{
  gsize n = 0;

  for (;;)
    {
      ssize_t n_read = read (fd, line + n, 1);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        return FALSE;
      if (n_read == 0 || line[n] == '\n')
        break;
      /* Whole, or not at all. */
      if (++n == size)
        return FALSE;
    }
  if (n > 0 && line[n - 1] == '\r')
    n--;
  line[n] = '\0';
  return TRUE;
}

char *
snug_cli_secret_load (const char *file_name, GError **error)
{
  gboolean from_stdin = strcmp (file_name, "-") == 0;
  g_autofree char *shown = g_filename_display_name (file_name);
  char *line = snug_secret_alloc (SNUG_SECRET_MAX_BYTES + 4);
  char *secret = NULL;
  int fd = from_stdin ? STDIN_FILENO : open (file_name, O_RDONLY | O_CLOEXEC);

  if (fd >= 0 && read_line (fd, line, SNUG_SECRET_MAX_BYTES + 3))
    secret = snug_phrase_fold (line);
  if (fd >= 0 && !from_stdin)
    close (fd);
  snug_secret_free (line);
  if (secret == NULL)
    g_set_error (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE,
                 _("--secret-file: the first line of “%s” cannot be read as a secret."), shown);
  return secret;
}
