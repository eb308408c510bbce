/* snug-seal: what two members say to each other through the server, so that it cannot read or change it.
 *
 * HKDF-SHA-256 (RFC 5869) makes a key for each direction of an exchange's ISK; AES-256-GCM (RFC 5116) seals each
 * message with its number. See PROTOCOL.md section 3. Keys are wiped with the object.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-cpace.h"

G_BEGIN_DECLS

/* The tag of RFC 5116 section 5.1, in bytes. */
#define SNUG_SEAL_OVERHEAD 16

typedef struct _SnugSeal SnugSeal;

/**
 * snug_seal_new:
 * @role: ours in the exchange
 * @key: its ISK, %SNUG_CPACE_KEY_SIZE bytes
 * @sid: its sid
 * @code: the room's
 */
SnugSeal     *snug_seal_new     (SnugCpaceRole role, const guint8 *key, const guint8 *sid, const char *code,
                                 const char *own_id, const char *their_id);
void          snug_seal_free    (SnugSeal *self);

/* %SNUG_CPACE_SID_SIZE bytes, borrowed. */
const guint8 *snug_seal_get_sid (SnugSeal *self);

/**
 * snug_seal_close:
 * @n: (out): the message's number, 1, 2, …
 *
 * Returns: (transfer full): the box: ciphertext and tag
 */
GBytes       *snug_seal_close   (SnugSeal *self, const char *text, guint64 *n);

/**
 * snug_seal_open:
 *
 * Takes numbers greater than the last one that was right, gaps allowed.
 *
 * Returns: (transfer full): the NUL-terminated text, or %NULL for what is not from the other side, not for
 * us, altered, or was there before
 */
char         *snug_seal_open    (SnugSeal *self, guint64 n, GBytes *box, gsize *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugSeal, snug_seal_free)

G_END_DECLS
