/* snug-sctp-parts: messages that come in parts, until they are whole. Pure.
 *
 * Whoever sends them decides how many are begun and how long they get: what is held has a limit for one message, and
 * one for all. What goes beyond is thrown away up to its end, alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of unfinished messages that a peer may make us hold. */
#define SNUG_SCTP_PARTS_MAX_BYTES (16 * 1024 * 1024)

typedef struct
{
  GHashTable *unfinished;           /* owned: stream and orderedness → the message so far */
  gsize       n_bytes;              /* of all of them */
  gsize       max_message_bytes;
} SnugSctpParts;

void    snug_sctp_parts_init  (SnugSctpParts *self, gsize max_message_bytes);
/* May be called twice. */
void    snug_sctp_parts_clear (SnugSctpParts *self);

/**
 * snug_sctp_parts_add:
 * @is_end: the message ends with these bytes
 * @too_large: (out): it is given up now, which is said once of each message
 *
 * Returns: (transfer full) (nullable): the message, if it is whole
 */
GBytes *snug_sctp_parts_add   (SnugSctpParts *self, guint16 stream, gboolean unordered, const guint8 *data,
                               gsize n_bytes, gboolean is_end, gboolean *too_large);

/* No end will come to what was begun on @stream. */
void    snug_sctp_parts_drop  (SnugSctpParts *self, guint16 stream);

G_END_DECLS
