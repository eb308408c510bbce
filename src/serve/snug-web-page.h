/* snug-web-page: the web client's files, and the headers every answer carries (PROTOCOL.md section 6).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * snug_web_page_load:
 * @root: folder
 * @path: of the request, percent-encoded; "/" is the page
 * @type: (out): media type, static
 *
 * Finds only files whose kind the web client has, under names of plain characters: nothing hidden,
 * nothing outside @root.
 *
 * Returns: (transfer full): the bytes, or %NULL: there is no such thing
 */
GBytes *snug_web_page_load (const char *root, const char *path, const char **type);

/**
 * snug_web_page_load_packed:
 *
 * The same as a gzip file, where the build put one beside it: a phone's first look at the page is a third.
 *
 * Returns: (transfer full): the bytes, or %NULL
 */
GBytes *snug_web_page_load_packed (const char *root, const char *path);

/* @host: the request's Host, found to be well formed. */
void    snug_web_page_add_headers (SoupMessageHeaders *headers, const char *host);

G_END_DECLS
