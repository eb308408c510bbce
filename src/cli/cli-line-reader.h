/* cli-line-reader: lines of a pipe or file, at a pace that members' limits allow.
 *
 * Belongs to the default main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Members take 20 messages a second and a burst of 200 of one another (PROTOCOL.md, "Limits"):
 * we keep well below, and who writes into the pipe waits. */
#define SNUG_CLI_LINES_BURST 100
#define SNUG_CLI_LINES_PER_S 15
#define SNUG_CLI_LINES_MAX_BYTES 65536

#define SNUG_CLI_TYPE_LINE_READER (snug_cli_line_reader_get_type ())
G_DECLARE_FINAL_TYPE (SnugCliLineReader, snug_cli_line_reader, SNUG_CLI, LINE_READER, GObject)

/**
 * SnugCliLineReader::line: (const char *text): valid UTF-8 without its line feed, never empty
 * SnugCliLineReader::too-long: a line above the limit was left out
 * SnugCliLineReader::ended: no more will come
 */

/* Reads @fd, which stays the caller's, until it ends. */
SnugCliLineReader *snug_cli_line_reader_new (int fd);

G_END_DECLS
