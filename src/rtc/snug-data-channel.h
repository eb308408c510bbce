/* snug-data-channel: one WebRTC data channel (RFC 8831, RFC 8832).
 *
 * Belongs to the network context of its peer connection; every function is called and every signal
 * and callback runs there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_DATA_CHANNEL_CONNECTING,
  SNUG_DATA_CHANNEL_OPEN,
  SNUG_DATA_CHANNEL_CLOSING,    /* our stream is reset, the peer's not yet */
  SNUG_DATA_CHANNEL_CLOSED
} SnugDataChannelState;

/* How a channel is opened. Zero-initialised: ordered and reliable, no protocol. */
typedef struct
{
  gboolean    unordered;
  gboolean    has_max_retransmits;   /* at most one of the two limits */
  guint16     max_retransmits;
  gboolean    has_max_lifetime;
  guint16     max_lifetime_ms;
  const char *protocol;              /* nullable, at most 255 bytes */
  gboolean    is_bulk;               /* much will go: in large packets, where path and peer take them */
  guint       stripe;                /* of bulk: over which association for it, below SNUG_STRIPES_MOST; 0: the first */
} SnugDataChannelInit;

/* The largest message we send or take as one, in bytes, and the value of our `a=max-message-size`. */
#define SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE 262144

#define SNUG_TYPE_DATA_CHANNEL (snug_data_channel_get_type ())
G_DECLARE_FINAL_TYPE (SnugDataChannel, snug_data_channel, SNUG, DATA_CHANNEL, GObject)

/**
 * SnugDataChannel::state-changed:
 *
 * The state moved on; read it with snug_data_channel_get_state(). CLOSED comes exactly once, after the
 * last message, whether the peer closed the channel or the connection ended.
 *
 * SnugDataChannel::buffered-amount-low:
 *
 * The buffered amount fell from above the threshold to the threshold or below.
 */

/**
 * SnugDataChannelMessageFunc:
 * @message: (transfer none): whole message; empty messages are delivered too
 * @is_text: it was sent as a string; valid UTF-8 is not promised, the peer chose the bytes
 */
typedef void (*SnugDataChannelMessageFunc) (SnugDataChannel *channel, GBytes *message, gboolean is_text,
                                            gpointer user_data);

/**
 * snug_data_channel_set_message_func:
 *
 * The one listener of the channel's messages (a hot path, hence no signal). Messages that came before
 * are kept and delivered, in order, from an own dispatch of the context, not inside this call. %NULL
 * stops delivery (later messages are kept again, up to 16 MiB, after which the channel is closed).
 */
void snug_data_channel_set_message_func (SnugDataChannel *self, SnugDataChannelMessageFunc func,
                                         gpointer user_data, GDestroyNotify destroy);

const char          *snug_data_channel_get_label    (SnugDataChannel *self);  /* never NULL; the peer's own choice */
const char          *snug_data_channel_get_protocol (SnugDataChannel *self);  /* never NULL */
SnugDataChannelState snug_data_channel_get_state    (SnugDataChannel *self);
guint16              snug_data_channel_get_id       (SnugDataChannel *self);  /* SCTP stream */
gboolean             snug_data_channel_get_ordered  (SnugDataChannel *self);  /* as it was opened, by either side */
/* Whether the peer has said that it knows of it (RFC 8832 section 5.2), or opened it itself. */
gboolean             snug_data_channel_is_acked     (SnugDataChannel *self);

/**
 * snug_data_channel_send_text:
 * snug_data_channel_send_bytes:
 *
 * Queues one message. It never blocks: what SCTP has no room for waits in the channel's own queue and
 * counts as buffered. Before the channel is open messages wait.
 *
 * Returns: %FALSE with %SNUG_RTC_ERROR_STATE if the channel is closing or closed, with %SNUG_RTC_ERROR_TOO_LARGE if
 *   the message is larger than the peer takes
 */
gboolean snug_data_channel_send_text  (SnugDataChannel *self, const char *text, GError **error);
gboolean snug_data_channel_send_bytes (SnugDataChannel *self, GBytes *message, GError **error);

/* Bytes of messages that wait in the channel's own queue. What SCTP has taken does not count, though it may wait there. */
gsize    snug_data_channel_get_buffered_amount (SnugDataChannel *self);
/* 0 at first. */
void     snug_data_channel_set_buffered_amount_low_threshold (SnugDataChannel *self, gsize n_bytes);

/* Closes after what is queued has gone (RFC 8831 section 6.7: resets the stream). */
void     snug_data_channel_close (SnugDataChannel *self);

G_END_DECLS
