/* snug-dtls-order: the records of a handshake in the order in which they were sent.
 *
 * GnuTLS puts a message of the handshake where it belongs, but drops a ChangeCipherSpec that overtook one, and what is
 * encrypted if that overtook the ChangeCipherSpec. Then both sides wait a second until the whole flight is sent again. Each
 * record has a number (RFC 6347 4.1): one that comes early waits here for those before it.
 *
 * Of no context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SnugDtlsOrder SnugDtlsOrder;

SnugDtlsOrder *snug_dtls_order_new  (void);
void           snug_dtls_order_free (SnugDtlsOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugDtlsOrder, snug_dtls_order_free)

/* Of whole records, one at least. Nothing that is added is dropped; if too much waits, no more is waited for. */
void           snug_dtls_order_add (SnugDtlsOrder *self, const guint8 *datagram, gsize n_bytes);

/**
 * snug_dtls_order_take:
 *
 * Returns: (transfer full) (nullable): the datagram whose turn it is
 */
GBytes        *snug_dtls_order_take (SnugDtlsOrder *self);

/* Some wait for one that has not come. */
gboolean       snug_dtls_order_is_waiting (SnugDtlsOrder *self);

/* The number of that one, or of the one that follows all that was taken. */
guint64        snug_dtls_order_get_expected (SnugDtlsOrder *self);

/* It is lost: it is the turn of all that wait. */
void           snug_dtls_order_skip (SnugDtlsOrder *self);

G_END_DECLS
