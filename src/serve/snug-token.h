/* snug-token: what proves that a member was in a room, also to a server that was restarted since.
 *
 * base64url of the claims, a dot, base64url of HMAC-SHA-256 over them. Travels in frames only, never in
 * a query string, never in a log (PROTOCOL.md section 2).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_TOKEN_KEY_BYTES 32

/* Enough to make the room again. */
typedef struct
{
  char     *code;
  char     *instance;     /* one life of a code: tells two rooms of one code apart */
  char     *member;
  guint64   seq;
  guint     capacity;
  gboolean  is_private;
  gboolean  creator;
  guint64   expires;      /* unix seconds: of the room */
} SnugTokenClaims;

void snug_token_claims_clear (SnugTokenClaims *claims);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SnugTokenClaims, snug_token_claims_clear)

/* (transfer full) */
char    *snug_token_write (GBytes *key, const SnugTokenClaims *claims);
/* Fills @claims if @token was written under @key. Says nothing about its age. */
gboolean snug_token_read  (GBytes *key, const char *token, SnugTokenClaims *claims);

/**
 * snug_token_load_key:
 * @path: (nullable): %NULL makes a key that lives in memory only
 *
 * Reads the key, or makes it: a new file of mode 0600. A file that others may read or write, or of
 * another size, is refused.
 *
 * Returns: (transfer full): the key, or %NULL with a %G_IO_ERROR or %G_FILE_ERROR
 */
GBytes  *snug_token_load_key (const char *path, GError **error);

/* (transfer full) @n_bytes of the system's randomness, as hexadecimal. */
char    *snug_random_hex   (gsize n_bytes);
/* Evenly 0 … n - 1 by the system's randomness. */
guint    snug_random_below (guint n);

G_END_DECLS
