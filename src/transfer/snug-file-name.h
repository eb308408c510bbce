/* snug-file-name: a stranger's file name, made one safe path component.
 *
 * A pure function; PROTOCOL.md, "A stranger's names".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_FILE_NAME_MAX_BYTES 255

/**
 * snug_file_name_make_safe:
 * @name: as the peer wrote it
 *
 * Removes control, format and direction characters and everything that has a meaning in a path on any
 * common system, normalises to NFC, takes off leading dots and spaces and trailing dots and spaces,
 * defuses names reserved on Windows, and shortens to %SNUG_FILE_NAME_MAX_BYTES keeping the extension.
 * What has nothing left is called "file".
 *
 * Returns: (transfer full): a name that is safe to create in a folder and to show
 */
char *snug_file_name_make_safe (const char *name);

/**
 * snug_file_name_numbered:
 * @name: a safe name
 * @n: 2, 3, …
 *
 * Returns: (transfer full): "name (2).ext", within %SNUG_FILE_NAME_MAX_BYTES
 */
char *snug_file_name_numbered (const char *name, guint n);

G_END_DECLS
