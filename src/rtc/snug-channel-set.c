/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-channel-set.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-data-channel-private.h"
#include "snug-peer-connection.h"

/* What one turn of sending may take, in bytes; then others in the context have theirs. A large message of a file, and who
 * has a word to say waits for no second one. */
#define TURN_BYTES (64 * 1024)

/* While a large message waits for room, small ones of other channels may pass it, but no more of them
 * than would have been its own size. */
#define SMALL_MESSAGE 4096
#define MAX_PASSED (64 * 1024)

/* Where a channel is between open and closed. */
typedef struct
{
  SnugDataChannel *channel;        /* owned */
  gboolean         has_stream;
  gboolean         is_ready;       /* it is in the ring */
  gboolean         is_closing;     /* ours: reset after the queue is empty */
  gboolean         reset_sent;
  gboolean         reset_done;
  gboolean         peer_reset;
} Slot;

struct _SnugChannelSet
{
  GObject parent_instance;

  /* owned */
  GMainContext      *context;
  SnugSctpTransport *sctp;         /* nullable: not yet, or not any more */
  GHashTable        *slots;        /* channel → Slot */
  GHashTable        *streams;      /* stream → Slot, borrowed */
  GQueue             waiting;      /* of Slot, borrowed: without a stream yet */
  GQueue             ring;         /* of Slot, borrowed: with something to send; who is next is first */

  gsize              max_message_size;
  gsize              n_passed;
  gboolean           is_client;
  gboolean           is_closed;
  gboolean           is_pumping;
  gboolean           pump_posted;
  gboolean           opening_posted;
  guint              n_nonsense;
};

G_DEFINE_FINAL_TYPE (SnugChannelSet, snug_channel_set, G_TYPE_OBJECT)

enum { DATA_CHANNEL, DRAINED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void post_pump (SnugChannelSet *self);

static void
slot_free (gpointer data)
{
  Slot *slot = data;

  g_object_unref (slot->channel);
  g_free (slot);
}

static void
count_nonsense (SnugChannelSet *self, guint16 stream, const char *what)
{
  g_debug ("stream %u: %s (%u so far)", stream, what, ++self->n_nonsense);
}

static Slot *
find_stream (SnugChannelSet *self, guint16 stream)
{
  return g_hash_table_lookup (self->streams, GUINT_TO_POINTER (stream));
}

static Slot *
add_slot (SnugChannelSet *self, const SnugDcep *opening)
{
  Slot *slot = g_new0 (Slot, 1);

  slot->channel = snug_data_channel_new (self, self->context, opening);
  g_hash_table_insert (self->slots, slot->channel, slot);
  return slot;
}

static void
give_stream (SnugChannelSet *self, Slot *slot, guint16 stream)
{
  slot->has_stream = TRUE;
  snug_data_channel_set_id (slot->channel, stream);
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (stream), slot);
}

/* The channel is over; its stream may be used again. */
static void
remove_slot (SnugChannelSet *self, Slot *slot)
{
  g_autoptr (SnugDataChannel) channel = g_object_ref (slot->channel);

  g_queue_remove (&self->waiting, slot);
  g_queue_remove (&self->ring, slot);
  if (slot->has_stream)
    g_hash_table_remove (self->streams, GUINT_TO_POINTER (snug_data_channel_get_id (channel)));
  g_hash_table_remove (self->slots, channel);
  snug_data_channel_orphan (channel);
}

/* ---- Closing, RFC 8831 section 6.7 ---- */

static void
remove_if_over (SnugChannelSet *self, Slot *slot)
{
  if (slot->reset_done && slot->peer_reset)
    remove_slot (self, slot);
}

/* Our side of the stream, once nothing is left to send on it. */
static void
reset_if_empty (SnugChannelSet *self, Slot *slot)
{
  if (!slot->is_closing || slot->reset_sent || self->sctp == NULL
      || snug_data_channel_peek (slot->channel) != NULL)
    return;
  slot->reset_sent = TRUE;
  if (!snug_sctp_transport_reset_stream (self->sctp, snug_data_channel_get_id (slot->channel)))
    {
      slot->reset_done = slot->peer_reset = TRUE;
      remove_if_over (self, slot);
    }
}

void
snug_channel_set_begin_close (SnugChannelSet *self, SnugDataChannel *channel)
{
  Slot *slot = g_hash_table_lookup (self->slots, channel);

  if (!slot->has_stream)
    {
      remove_slot (self, slot);
      return;
    }
  slot->is_closing = TRUE;
  snug_data_channel_enter (channel, SNUG_DATA_CHANNEL_CLOSING);
  /* whoever hears of that may have ended everything */
  if (!self->is_closed && g_hash_table_contains (self->slots, channel))
    reset_if_empty (self, slot);
}

static void
on_peer_reset (SnugChannelSet *self, Slot *slot)
{
  g_autoptr (SnugDataChannel) channel = g_object_ref (slot->channel);

  /* nobody reads it any more */
  snug_data_channel_drop_queue (channel);
  g_queue_remove (&self->ring, slot);
  slot->is_ready = FALSE;
  slot->peer_reset = TRUE;
  slot->is_closing = TRUE;
  snug_data_channel_enter (channel, SNUG_DATA_CHANNEL_CLOSING);
  if (self->is_closed || !g_hash_table_contains (self->slots, channel))
    return;
  reset_if_empty (self, slot);
  if (g_hash_table_contains (self->slots, channel))
    remove_if_over (self, slot);
}

static void
on_reset (gpointer user_data, guint16 stream, gboolean by_peer)
{
  SnugChannelSet *self = user_data;
  Slot *slot = find_stream (self, stream);

  if (slot == NULL)
    return;
  if (by_peer)
    on_peer_reset (self, slot);
  else if (slot->reset_sent)
    {
      slot->reset_done = TRUE;
      remove_if_over (self, slot);
    }
}

/* ---- Sending ---- */

/* RFC 8832 section 6: DCEP itself goes ordered and reliable, and so does data until the peer is known
 * to have seen the opening. */
static SnugSctpSend
describe (Slot *slot, const SnugOutgoing *outgoing)
{
  const SnugDcep *opening = snug_data_channel_get_opening (slot->channel);
  SnugSctpSend how = { .stream = snug_data_channel_get_id (slot->channel), .ppid = outgoing->ppid };

  if (outgoing->ppid == SNUG_PPID_DCEP)
    return how;
  how.unordered = opening->unordered && snug_data_channel_is_acked (slot->channel);
  how.has_max_retransmits = opening->has_max_retransmits;
  how.has_max_lifetime = opening->has_max_lifetime;
  how.reliability = opening->reliability;
  return how;
}

static SnugSctpResult
send_one (SnugChannelSet *self, Slot *slot, gsize *n_sent)
{
  const SnugOutgoing *outgoing = snug_data_channel_peek (slot->channel);
  SnugSctpSend how = describe (slot, outgoing);
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (outgoing->bytes, &n_bytes);
  SnugSctpResult result = SNUG_SCTP_REFUSED;

  /* it may have been queued before we knew what the peer takes */
  if (n_bytes <= self->max_message_size)
    result = snug_sctp_transport_send_message (self->sctp, &how, data, n_bytes);
  if (result != SNUG_SCTP_FULL)
    snug_data_channel_pop (slot->channel);
  if (result == SNUG_SCTP_SENT)
    *n_sent += n_bytes;
  return result;
}

/* A message that can never go breaks the promise of the channel, so it ends. */
static void
give_up (SnugChannelSet *self, Slot *slot)
{
  count_nonsense (self, snug_data_channel_get_id (slot->channel), "a message that cannot be sent");
  snug_data_channel_drop_queue (slot->channel);
  snug_data_channel_close (slot->channel);
}

/* After a message has gone: to the end of the ring, or out of it. */
static void
move_on (SnugChannelSet *self, Slot *slot, gboolean may_notify)
{
  g_autoptr (SnugDataChannel) channel = g_object_ref (slot->channel);

  g_queue_remove (&self->ring, slot);
  slot->is_ready = snug_data_channel_peek (channel) != NULL;
  if (slot->is_ready)
    g_queue_push_tail (&self->ring, slot);
  else
    reset_if_empty (self, slot);
  if (may_notify)
    snug_data_channel_notify_low (channel);
}

static gboolean
try_slot (SnugChannelSet *self, Slot *slot, gsize *n_sent, gboolean may_notify)
{
  SnugSctpResult result = send_one (self, slot, n_sent);

  if (result == SNUG_SCTP_FULL)
    return FALSE;
  if (result == SNUG_SCTP_REFUSED)
    {
      g_queue_remove (&self->ring, slot);
      slot->is_ready = FALSE;
      give_up (self, slot);
      return TRUE;
    }
  move_on (self, slot, may_notify);
  return TRUE;
}

static Slot *
find_small (SnugChannelSet *self)
{
  /* the first is the one that waits */
  for (GList *item = self->ring.head->next; item != NULL; item = item->next)
    {
      Slot *slot = item->data;
      gsize n_bytes = g_bytes_get_size (snug_data_channel_peek (slot->channel)->bytes);

      if (n_bytes <= SMALL_MESSAGE && self->n_passed + n_bytes <= MAX_PASSED)
        return slot;
    }
  return NULL;
}

static void
let_small_pass (SnugChannelSet *self, gboolean may_notify)
{
  Slot *first = g_queue_peek_head (&self->ring);
  Slot *slot;

  while (!self->is_closed && g_queue_peek_head (&self->ring) == first
         && (slot = find_small (self)) != NULL)
    if (!try_slot (self, slot, &self->n_passed, may_notify))
      break;
}

/* Sends until there is no room, nothing left, or the turn is over. One message of a channel, then one
 * of the next: a chat does not wait behind a file. */
static void
pump (SnugChannelSet *self, gboolean may_notify)
{
  gsize n_sent = 0;

  if (self->is_pumping)
    return;
  self->is_pumping = TRUE;
  while (!self->is_closed && self->sctp != NULL && !g_queue_is_empty (&self->ring)
         && n_sent < TURN_BYTES)
    {
      if (!try_slot (self, g_queue_peek_head (&self->ring), &n_sent, may_notify))
        {
          let_small_pass (self, may_notify);
          break;
        }
      self->n_passed = 0;
    }
  self->is_pumping = FALSE;
  if (n_sent >= TURN_BYTES && !g_queue_is_empty (&self->ring))
    post_pump (self);
}

static void
notify_all_low (SnugChannelSet *self)
{
  g_autoptr (GPtrArray) channels = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (channels, g_object_ref (key));
  for (guint i = 0; i < channels->len; i++)
    snug_data_channel_notify_low (g_ptr_array_index (channels, i));
}

static void
on_posted_pump (gpointer data)
{
  SnugChannelSet *self = data;

  self->pump_posted = FALSE;
  notify_all_low (self);
  pump (self, TRUE);
}

static void
post_pump (SnugChannelSet *self)
{
  if (self->pump_posted || self->is_closed)
    return;
  self->pump_posted = TRUE;
  snug_context_post (self->context, on_posted_pump, g_object_ref (self), g_object_unref);
}

static void
on_writable (gpointer user_data)
{
  SnugChannelSet *self = user_data;
  g_autoptr (SnugChannelSet) keep = g_object_ref (self);

  pump (self, TRUE);
}

static void
make_ready (SnugChannelSet *self, Slot *slot)
{
  if (slot->is_ready || !slot->has_stream)
    return;
  slot->is_ready = TRUE;
  g_queue_push_tail (&self->ring, slot);
}

/* Whoever sends is not called back from inside the call; that is posted. */
void
snug_channel_set_schedule (SnugChannelSet *self, SnugDataChannel *channel)
{
  make_ready (self, g_hash_table_lookup (self->slots, channel));
  pump (self, FALSE);
  if (snug_data_channel_is_low_due (channel))
    post_pump (self);
}

/* ---- Opening ---- */

/* Returns: a free stream of our parity, or %G_MAXUINT16 */
static guint16
find_free_stream (SnugChannelSet *self)
{
  guint n_streams = snug_sctp_transport_get_n_streams (self->sctp);

  for (guint stream = self->is_client ? 0 : 1; stream < n_streams; stream += 2)
    if (find_stream (self, (guint16) stream) == NULL)
      return (guint16) stream;
  return G_MAXUINT16;
}

static void
open_slot (SnugChannelSet *self, Slot *slot)
{
  guint16 stream = find_free_stream (self);

  if (stream == G_MAXUINT16)
    {
      remove_slot (self, slot);
      return;
    }
  give_stream (self, slot, stream);
  snug_data_channel_push_dcep (slot->channel, snug_data_channel_get_opening (slot->channel));
  make_ready (self, slot);
  snug_data_channel_enter (slot->channel, SNUG_DATA_CHANNEL_OPEN);
}

static void
open_waiting (gpointer data)
{
  SnugChannelSet *self = data;

  self->opening_posted = FALSE;
  while (!self->is_closed && self->sctp != NULL && !g_queue_is_empty (&self->waiting))
    open_slot (self, g_queue_pop_head (&self->waiting));
  pump (self, TRUE);
}

static void
post_opening (SnugChannelSet *self)
{
  if (self->opening_posted || self->sctp == NULL || self->is_closed)
    return;
  self->opening_posted = TRUE;
  snug_context_post (self->context, open_waiting, g_object_ref (self), g_object_unref);
}

static gboolean
check_create (SnugChannelSet *self, const char *label, const SnugDataChannelInit *init, GError **error)
{
  if (self->is_closed)
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE, _("The connection is closed"));
      return FALSE;
    }
  if (g_hash_table_size (self->slots) >= SNUG_SCTP_MAX_STREAMS
      || (self->sctp != NULL && find_free_stream (self) == G_MAXUINT16))
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE, _("Too many data channels"));
      return FALSE;
    }
  if (strlen (label) > SNUG_DCEP_MAX_NAME_BYTES
      || (init->protocol != NULL && strlen (init->protocol) > SNUG_DCEP_MAX_NAME_BYTES))
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_TOO_LARGE, 
                           _("The label is too long"));
      return FALSE;
    }
  return TRUE;
}

SnugDataChannel *
snug_channel_set_create (SnugChannelSet *self, const char *label, const SnugDataChannelInit *init,
                         GError **error)
{
  static const SnugDataChannelInit plain;
  SnugDcep opening;
  Slot *slot;

  if (init == NULL)
    init = &plain;
  if (!check_create (self, label, init, error))
    return NULL;

  opening = (SnugDcep) {
    .unordered = init->unordered,
    .has_max_retransmits = init->has_max_retransmits,
    .has_max_lifetime = init->has_max_lifetime && !init->has_max_retransmits,
    .reliability = init->has_max_retransmits ? init->max_retransmits
                   : init->has_max_lifetime ? init->max_lifetime_ms : 0,
    .label = (char *) label,
    .protocol = (char *) (init->protocol != NULL ? init->protocol : ""),
  };
  slot = add_slot (self, &opening);
  g_queue_push_tail (&self->waiting, slot);
  post_opening (self);
  return g_object_ref (slot->channel);
}

/* ---- What the peer says ---- */

static gboolean
may_open (SnugChannelSet *self, guint16 stream)
{
  gboolean is_of_client = stream % 2 == 0;

  return is_of_client != self->is_client && find_stream (self, stream) == NULL
         && stream < snug_sctp_transport_get_n_streams (self->sctp);
}

static void
on_open (SnugChannelSet *self, guint16 stream, const SnugDcep *opening)
{
  const SnugDcep ack = { .is_ack = TRUE };
  g_autoptr (SnugDataChannel) channel = NULL;
  Slot *slot;

  if (!may_open (self, stream))
    {
      count_nonsense (self, stream, "an opening that may not be");
      if (find_stream (self, stream) == NULL)
        snug_sctp_transport_reset_stream (self->sctp, stream);
      return;
    }

  slot = add_slot (self, opening);
  channel = g_object_ref (slot->channel);
  snug_data_channel_set_acked (channel);
  give_stream (self, slot, stream);
  snug_data_channel_push_dcep (channel, &ack);
  make_ready (self, slot);
  snug_data_channel_enter (channel, SNUG_DATA_CHANNEL_OPEN);
  g_signal_emit (self, signals[DATA_CHANNEL], 0, channel);
  pump (self, TRUE);
}

static void
on_dcep (SnugChannelSet *self, guint16 stream, GBytes *message)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (message, &n_bytes);
  g_autoptr (SnugDcep) dcep = snug_dcep_parse (data, n_bytes, NULL);
  Slot *slot = find_stream (self, stream);

  if (dcep == NULL)
    {
      count_nonsense (self, stream, "a bad opening");
      if (slot == NULL)
        snug_sctp_transport_reset_stream (self->sctp, stream);
    }
  else if (!dcep->is_ack)
    on_open (self, stream, dcep);
  else if (slot != NULL)
    snug_data_channel_set_acked (slot->channel);
}

static void
on_data (SnugChannelSet *self, guint16 stream, guint32 ppid, GBytes *message)
{
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  Slot *slot = find_stream (self, stream);
  g_autoptr (SnugDataChannel) channel = slot != NULL ? g_object_ref (slot->channel) : NULL;

  if (slot == NULL || slot->peer_reset)
    count_nonsense (self, stream, "a message on no channel");
  else if (ppid == SNUG_PPID_STRING || ppid == SNUG_PPID_BINARY)
    snug_data_channel_receive (channel, message, ppid == SNUG_PPID_STRING);
  else if (ppid == SNUG_PPID_STRING_EMPTY || ppid == SNUG_PPID_BINARY_EMPTY)
    snug_data_channel_receive (channel, empty, ppid == SNUG_PPID_STRING_EMPTY);
  else
    count_nonsense (self, stream, "an unknown payload type");
}

static void
on_message (gpointer user_data, guint16 stream, guint32 ppid, GBytes *message)
{
  SnugChannelSet *self = user_data;
  g_autoptr (SnugChannelSet) keep = g_object_ref (self);

  if (ppid == SNUG_PPID_DCEP)
    on_dcep (self, stream, message);
  else
    on_data (self, stream, ppid, message);
}

/* RFC 8831 section 6.6: the peer was told our limit. */
static void
on_too_large (gpointer user_data, guint16 stream)
{
  SnugChannelSet *self = user_data;
  g_autoptr (SnugChannelSet) keep = g_object_ref (self);
  Slot *slot = find_stream (self, stream);

  count_nonsense (self, stream, "a message too large");
  if (slot != NULL)
    snug_data_channel_close (slot->channel);
}

static void
on_drained (gpointer user_data)
{
  g_signal_emit (user_data, signals[DRAINED], 0);
}

/* ---- Life ---- */

static void
snug_channel_set_dispose (GObject *object)
{
  snug_channel_set_close (SNUG_CHANNEL_SET (object));
  G_OBJECT_CLASS (snug_channel_set_parent_class)->dispose (object);
}

static void
snug_channel_set_finalize (GObject *object)
{
  SnugChannelSet *self = SNUG_CHANNEL_SET (object);

  g_hash_table_unref (self->slots);
  g_hash_table_unref (self->streams);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (snug_channel_set_parent_class)->finalize (object);
}

static void
snug_channel_set_class_init (SnugChannelSetClass *class)
{
  G_OBJECT_CLASS (class)->dispose = snug_channel_set_dispose;
  G_OBJECT_CLASS (class)->finalize = snug_channel_set_finalize;

  signals[DATA_CHANNEL] = g_signal_new ("data-channel", SNUG_TYPE_CHANNEL_SET, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, SNUG_TYPE_DATA_CHANNEL);
  signals[DRAINED] = g_signal_new ("drained", SNUG_TYPE_CHANNEL_SET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
snug_channel_set_init (SnugChannelSet *self)
{
  self->slots = g_hash_table_new_full (NULL, NULL, NULL, slot_free);
  self->streams = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->waiting);
  g_queue_init (&self->ring);
  self->max_message_size = SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE;
}

SnugChannelSet *
snug_channel_set_new (GMainContext *context)
{
  SnugChannelSet *self = g_object_new (SNUG_TYPE_CHANNEL_SET, NULL);

  self->context = g_main_context_ref (context);
  return self;
}

void
snug_channel_set_set_max_message_size (SnugChannelSet *self, gsize n_bytes)
{
  self->max_message_size = n_bytes;
}

gsize
snug_channel_set_get_max_message_size (SnugChannelSet *self)
{
  return self->max_message_size;
}

void
snug_channel_set_attach (SnugChannelSet *self, SnugSctpTransport *sctp, gboolean is_dtls_client)
{
  static const SnugSctpListener listener = { on_message, on_too_large, on_reset, on_writable, on_drained };

  g_return_if_fail (self->sctp == NULL);
  if (self->is_closed)
    return;
  self->sctp = g_object_ref (sctp);
  self->is_client = is_dtls_client;
  snug_sctp_transport_set_listener (sctp, &listener, self);
  post_opening (self);
}

gboolean
snug_channel_set_is_flushed (SnugChannelSet *self)
{
  return self->sctp == NULL || (g_queue_is_empty (&self->ring) && snug_sctp_transport_is_flushed (self->sctp));
}

void
snug_channel_set_close (SnugChannelSet *self)
{
  GHashTableIter iter;
  gpointer value;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  if (self->sctp != NULL)
    snug_sctp_transport_set_listener (self->sctp, NULL, NULL);
  g_clear_object (&self->sctp);

  /* a listener of one may do anything to the others */
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      remove_slot (self, value);
      g_hash_table_iter_init (&iter, self->slots);
    }
}
