/* cli-secret: the secret of a private room, from a file or from standard input.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * snug_cli_secret_load:
 * @file_name: "-": standard input, of which only the first line is read
 *
 * Returns: (transfer full): the first line, as snug_phrase_fold() makes it, to be wiped; or %NULL with
 * %SNUG_CLI_ERROR
 */
char *snug_cli_secret_load (const char *file_name, GError **error);

G_END_DECLS
