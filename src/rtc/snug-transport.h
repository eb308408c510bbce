/* snug-transport: one layer of a peer connection. Datagrams are sent down and delivered up.
 *
 * Belongs to the network context of its peer connection. A layer holds a reference on the one below;
 * the one above is its single receiver. Layers know nothing of each other beyond this.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_TRANSPORT_NEW,
  SNUG_TRANSPORT_CONNECTING,
  SNUG_TRANSPORT_CONNECTED,
  SNUG_TRANSPORT_DISCONNECTED,   /* for now; may become CONNECTED again */
  SNUG_TRANSPORT_FAILED,         /* for good */
  SNUG_TRANSPORT_CLOSED
} SnugTransportState;

/* Datagrams that came before anybody wanted them; the peer may be a round trip ahead of us. */
#define SNUG_TRANSPORT_MAX_EARLY 32

#define SNUG_TYPE_TRANSPORT (snug_transport_get_type ())
G_DECLARE_DERIVABLE_TYPE (SnugTransport, snug_transport, SNUG, TRANSPORT, GObject)

struct _SnugTransportClass
{
  GObjectClass parent_class;

  /* One datagram down. FALSE: it is lost, as datagrams may be. */
  gboolean (*send)  (SnugTransport *self, const guint8 *data, gsize n_bytes);

  /* Ends the layer in good order; entering CLOSED is done by the base class. */
  void     (*close) (SnugTransport *self);
};

/**
 * SnugTransport::state-changed:
 *
 * Read it with snug_transport_get_state().
 */

typedef void (*SnugTransportReceiveFunc) (SnugTransport *transport, const guint8 *data, gsize n_bytes,
                                          gpointer user_data);

SnugTransportState  snug_transport_get_state   (SnugTransport *self);
const GError       *snug_transport_get_error   (SnugTransport *self);   /* nullable; why it FAILED */
GMainContext       *snug_transport_get_context (SnugTransport *self);
/* One datagram down; %FALSE: it is lost, as datagrams may be. */
gboolean            snug_transport_send        (SnugTransport *self, const guint8 *data, gsize n_bytes);

/* Enters CLOSED. May be called twice. */
void                snug_transport_close       (SnugTransport *self);

/**
 * snug_transport_set_receiver:
 *
 * The one who gets what comes up; datagrams that came earlier are replayed inside this call. %NULL
 * ends it. A hot path, hence no signal.
 */
void snug_transport_set_receiver (SnugTransport *self, SnugTransportReceiveFunc func, gpointer user_data);

/* For layers: hands a datagram to the receiver, or keeps it, or drops it if too many are kept. */
void snug_transport_deliver (SnugTransport *self, const guint8 *data, gsize n_bytes);

/**
 * snug_transport_enter:
 * @error: (transfer full) (nullable): why, for FAILED
 *
 * For layers: moves to @state and notifies. Moves that the table does not know are logged and do not
 * happen, so a late callback of a library cannot raise the dead.
 *
 * Returns: %TRUE if the state changed
 */
gboolean snug_transport_enter (SnugTransport *self, SnugTransportState state, GError *error);

G_END_DECLS
