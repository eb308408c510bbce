/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-channel-stream.h"

#include <string.h>

#include "snug-stripe-order.h"
#include "snug-stripe-rule.h"
#include "snug-wire.h"

/* What waits in all channels together, at most and when there is room again. */
#define FULL_BYTES (2 * SNUG_FILE_STREAM_LOW_WATER_BYTES)
#define LOW_BYTES SNUG_FILE_STREAM_LOW_WATER_BYTES

/* What waits for a message that is missing, when the sender is asked to wait, and when it may go on. */
#define CROWDED_BYTES (8 * 1024 * 1024)
#define CALM_BYTES (2 * 1024 * 1024)

typedef struct
{
  SnugDataChannel *channel;    /* owned, nullable */
  guint64          next;       /* number of the next message on it */
  gboolean         has_next;   /* the peer knows that number */
  gboolean         is_tried;   /* it was opened, or could not be */
  gboolean         is_used;
} Lane;

struct _SnugChannelStream
{
  SnugFileStream      parent_instance;

  Lane                lanes[SNUG_STRIPES_MOST];
  SnugStripeOrder    *order;         /* owned, nullable: of one that comes, and may be spread */
  SnugPeerConnection *connection;    /* weak, nullable: of one that goes, the same */

  Lane               *current;       /* that the last message went by */
  guint64             next;          /* number of the next message to send */
  guint64             n_first;       /* bytes that were sent by the first lane */
  guint               n_usable;      /* lanes, when that was looked at last */
  guint64             name;          /* in this session */
  gboolean            has_name;      /* the peer knows it */
  gboolean            is_crowded;
};

G_DEFINE_FINAL_TYPE (SnugChannelStream, snug_channel_stream, SNUG_TYPE_FILE_STREAM)

static void on_message (SnugDataChannel *channel, GBytes *message, gboolean is_text, gpointer user_data);
static void on_state_changed (SnugDataChannel *channel, SnugChannelStream *stream);
static void on_buffered_amount_low (SnugDataChannel *channel, SnugChannelStream *stream);

/* --- lanes ----------------------------------------------------------------------------------------- */

static void
stop_listening (SnugChannelStream *self, Lane *lane)
{
  g_signal_handlers_disconnect_by_data (lane->channel, self);
  snug_data_channel_set_message_func (lane->channel, NULL, NULL, NULL);
}

static void
listen_on (SnugChannelStream *self, Lane *lane)
{
  snug_data_channel_set_message_func (lane->channel, on_message, self, NULL);
  g_signal_connect (lane->channel, "state-changed", G_CALLBACK (on_state_changed), self);
  g_signal_connect (lane->channel, "buffered-amount-low", G_CALLBACK (on_buffered_amount_low), self);
}

static void
clear_lane (SnugChannelStream *self, Lane *lane)
{
  if (lane->channel != NULL)
    stop_listening (self, lane);
  g_clear_object (&lane->channel);
}

static Lane *
find_lane (SnugChannelStream *self, SnugDataChannel *channel)
{
  Lane *lane = self->lanes;

  while (lane->channel != channel)
    lane++;
  return lane;
}

/* @channel: (transfer none) */
static void
fill_lane (SnugChannelStream *self, Lane *lane, SnugDataChannel *channel)
{
  lane->channel = g_object_ref (channel);
  lane->is_tried = TRUE;
  if (snug_file_stream_has_listener (SNUG_FILE_STREAM (self)))
    listen_on (self, lane);
}

/* --- what comes ------------------------------------------------------------------------------------ */

static void
hear (SnugChannelStream *self, GBytes *message, gboolean is_text)
{
  SnugFileStream *stream = SNUG_FILE_STREAM (self);
  SnugWireFileText text;
  gsize length;
  const char *data = g_bytes_get_data (message, &length);

  if (!is_text)
    snug_file_stream_tell_bytes (stream, message);
  else if (!snug_wire_decode_file_text (data, length, &text, NULL) || text.is_next || text.is_name)
    snug_file_stream_tell_nonsense (stream, "text");
  else if (text.is_hash)
    snug_file_stream_tell_piece (stream, text.hash);
  else
    snug_file_stream_tell_begun (stream, text.entry, text.offset, text.size);
}

static void
look_at_crowd (SnugChannelStream *self)
{
  gsize n_waiting = snug_stripe_order_get_n_waiting (self->order);
  gboolean is_crowded = n_waiting > (self->is_crowded ? CALM_BYTES : CROWDED_BYTES);

  if (is_crowded == self->is_crowded)
    return;
  self->is_crowded = is_crowded;
  snug_file_stream_tell_crowded (SNUG_FILE_STREAM (self), is_crowded);
}

/* Returns: %TRUE if it was about the others, and is none itself */
static gboolean
take_note (SnugChannelStream *self, Lane *lane, GBytes *message)
{
  SnugWireFileText text;
  gsize length;
  const char *data = g_bytes_get_data (message, &length);

  if (!snug_wire_decode_file_text (data, length, &text, NULL))
    return FALSE;
  if (text.is_next)
    {
      lane->next = text.number;
      lane->has_next = TRUE;
    }
  if (text.is_name && lane == self->lanes)
    {
      self->name = text.number;
      self->has_name = TRUE;
    }
  return text.is_next || text.is_name;
}

static void snug_channel_stream_close (SnugFileStream *stream);

static void
hear_in_order (SnugChannelStream *self, Lane *lane, GBytes *message, gboolean is_text)
{
  if (is_text && take_note (self, lane, message))
    return;
  lane->is_used = TRUE;
  if (lane->has_next && snug_stripe_order_is_full (self->order, lane->next, message))
    {
      /* Whoever is slow to pause, or did not hear that they should: what is checked stays, and is gone on from. */
      g_debug ("one of the channels stands still, and too much has come by the others");
      snug_channel_stream_close (SNUG_FILE_STREAM (self));
      snug_file_stream_tell_closed (SNUG_FILE_STREAM (self), NULL);
      return;
    }
  if (!lane->has_next || !snug_stripe_order_put (self->order, lane->next, message, is_text))
    {
      snug_file_stream_tell_nonsense (SNUG_FILE_STREAM (self), "a message out of all order");
      return;
    }
  lane->next++;
  while (self->order != NULL)
    {
      g_autoptr (SnugStripeMessage) next = snug_stripe_order_take (self->order);

      if (next == NULL)
        {
          look_at_crowd (self);
          break;
        }
      hear (self, next->bytes, next->is_text);
    }
}

static void
on_message (SnugDataChannel *channel, GBytes *message, gboolean is_text, gpointer user_data)
{
  g_autoptr (SnugChannelStream) self = g_object_ref (user_data);

  if (self->order != NULL)
    hear_in_order (self, find_lane (self, channel), message, is_text);
  else
    hear (self, message, is_text);
}

static void
on_state_changed (SnugDataChannel *channel, SnugChannelStream *stream)
{
  g_autoptr (SnugChannelStream) self = g_object_ref (stream);
  Lane *lane = find_lane (self, channel);

  if (snug_data_channel_get_state (channel) != SNUG_DATA_CHANNEL_CLOSED)
    snug_file_stream_tell_writable (SNUG_FILE_STREAM (self));
  else if (lane->is_used)
    snug_file_stream_tell_closed (SNUG_FILE_STREAM (self), NULL);
  else
    {
      clear_lane (self, lane);
      snug_file_stream_tell_writable (SNUG_FILE_STREAM (self));
    }
}

static void
on_buffered_amount_low (SnugDataChannel *channel, SnugChannelStream *stream)
{
  g_autoptr (SnugChannelStream) self = g_object_ref (stream);

  snug_file_stream_tell_writable (SNUG_FILE_STREAM (self));
}

/* --- what goes ------------------------------------------------------------------------------------- */

static guint
count_wanted (SnugChannelStream *self)
{
  return self->connection != NULL ? snug_peer_connection_get_n_stripes (self->connection) : 1;
}

static gboolean
is_usable (SnugChannelStream *self, Lane *lane, guint n_wanted)
{
  return lane == self->lanes
         || (lane < self->lanes + n_wanted && lane->channel != NULL
             && snug_data_channel_get_state (lane->channel) == SNUG_DATA_CHANNEL_OPEN);
}

static gsize
count_buffered (Lane *lane)
{
  return snug_data_channel_get_buffered_amount (lane->channel);
}

/* @least: (out): the usable lane with the least in it. Returns: how many there are */
static guint
find_least (SnugChannelStream *self, Lane **least)
{
  guint n_wanted = count_wanted (self), n = 1;

  *least = self->lanes;
  for (Lane *lane = self->lanes + 1; lane < self->lanes + n_wanted; lane++)
    if (is_usable (self, lane, n_wanted))
      {
        n++;
        if (count_buffered (lane) < count_buffered (*least))
          *least = lane;
      }
  return n;
}

/* What waits may be as much in all, however many they are: what is behind a slow one waits at the peer. */
static void
share_room (SnugChannelStream *self, guint n_usable)
{
  if (n_usable == self->n_usable)
    return;
  self->n_usable = n_usable;
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->lanes[i].channel != NULL)
      snug_data_channel_set_buffered_amount_low_threshold (self->lanes[i].channel, LOW_BYTES / n_usable);
}

/* The last one again while there is room: each change costs a text. */
static Lane *
choose_lane (SnugChannelStream *self)
{
  Lane *least;
  guint n_usable = find_least (self, &least);

  share_room (self, n_usable);
  if (!is_usable (self, self->current, count_wanted (self)) || count_buffered (self->current) >= FULL_BYTES / n_usable)
    self->current = least;
  return self->current;
}

static void
open_lane (SnugChannelStream *self, guint number)
{
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT, self->name);
  SnugDataChannelInit init = { .is_bulk = TRUE, .stripe = number, .protocol = name };
  g_autoptr (SnugDataChannel) channel = NULL;

  self->lanes[number].is_tried = TRUE;
  channel = snug_peer_connection_create_data_channel (self->connection, SNUG_WIRE_STRIPE_LABEL, &init, NULL);
  if (channel == NULL)
    return;
  fill_lane (self, &self->lanes[number], channel);
  snug_data_channel_set_buffered_amount_low_threshold (channel, LOW_BYTES / SNUG_STRIPES_MOST);
}

/* So much has left the first channel before others are opened: it is what SCTP keeps unacknowledged, and a message that
 * just found room. What was sent before it the peer has seen. Smaller files are not worth it either. */
static gboolean
is_name_known (SnugChannelStream *self)
{
  gsize n_unknown = snug_peer_connection_get_send_room (self->connection) + SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE;

  return self->n_first >= count_buffered (self->lanes) + n_unknown;
}

static void
open_lanes (SnugChannelStream *self)
{
  guint n_wanted = count_wanted (self);

  if (n_wanted == 1 || !is_name_known (self))
    return;
  for (guint i = 1; i < n_wanted; i++)
    if (!self->lanes[i].is_tried)
      open_lane (self, i);
}

static gboolean
send_text_by (Lane *lane, const SnugWireFileText *text)
{
  g_autofree char *json = snug_wire_encode_file_text (text);

  return snug_data_channel_send_text (lane->channel, json, NULL);
}

/* Before all others, where it may be spread. */
static gboolean
say_name (SnugChannelStream *self)
{
  const SnugWireFileText text = { .is_name = TRUE, .number = self->name };

  if (self->has_name || self->connection == NULL)
    return TRUE;
  self->has_name = TRUE;
  return send_text_by (self->lanes, &text);
}

/* Returns: (nullable): the lane for the next message, on which its number is known */
static Lane *
begin_message (SnugChannelStream *self, gsize n_bytes)
{
  SnugWireFileText number = { .is_next = TRUE, .number = self->next };
  Lane *lane;

  if (!say_name (self))
    return NULL;
  open_lanes (self);
  lane = choose_lane (self);
  if ((!lane->has_next || lane->next != self->next) && !send_text_by (lane, &number))
    return NULL;
  lane->has_next = lane->is_used = TRUE;
  lane->next = ++self->next;
  if (lane == self->lanes)
    self->n_first += n_bytes;
  return lane;
}

static gboolean
send_text (SnugFileStream *stream, const SnugWireFileText *text)
{
  Lane *lane = begin_message (SNUG_CHANNEL_STREAM (stream), 0);

  return lane != NULL && send_text_by (lane, text);
}

static gboolean
snug_channel_stream_begin (SnugFileStream *stream, guint64 entry, guint64 offset, guint64 size)
{
  SnugWireFileText header = { .entry = entry, .offset = offset, .size = size };

  return send_text (stream, &header);
}

static gboolean
snug_channel_stream_send (SnugFileStream *stream, GBytes *slice)
{
  Lane *lane = begin_message (SNUG_CHANNEL_STREAM (stream), g_bytes_get_size (slice));

  return lane != NULL && snug_data_channel_send_bytes (lane->channel, slice, NULL);
}

static gboolean
snug_channel_stream_end_piece (SnugFileStream *stream, const guint8 *hash)
{
  SnugWireFileText text = { .is_hash = TRUE };

  memcpy (text.hash, hash, sizeof text.hash);
  return send_text (stream, &text);
}

/* The receiver says `file-done`, and then we close. */
static gboolean
snug_channel_stream_end (SnugFileStream *stream, GBytes *fingerprint)
{
  return TRUE;
}

/* As if all had waited in one. */
static gsize
snug_channel_stream_get_buffered (SnugFileStream *stream)
{
  Lane *least;
  guint n_usable = find_least (SNUG_CHANNEL_STREAM (stream), &least);

  return n_usable * count_buffered (least);
}

static gboolean
snug_channel_stream_is_open (SnugFileStream *stream)
{
  return snug_data_channel_get_state (SNUG_CHANNEL_STREAM (stream)->lanes[0].channel) == SNUG_DATA_CHANNEL_OPEN;
}

static gboolean
snug_channel_stream_was_seen (SnugFileStream *stream)
{
  return snug_data_channel_is_acked (SNUG_CHANNEL_STREAM (stream)->lanes[0].channel);
}

/* --- life ------------------------------------------------------------------------------------------ */

static void
snug_channel_stream_listen (SnugFileStream *stream)
{
  SnugChannelStream *self = SNUG_CHANNEL_STREAM (stream);

  /* What waits there waits in vain. */
  if (!snug_file_stream_has_listener (stream))
    g_clear_pointer (&self->order, snug_stripe_order_free);
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->lanes[i].channel != NULL)
      {
        stop_listening (self, &self->lanes[i]);
        if (snug_file_stream_has_listener (stream))
          listen_on (self, &self->lanes[i]);
      }
}

static void
snug_channel_stream_close (SnugFileStream *stream)
{
  SnugChannelStream *self = SNUG_CHANNEL_STREAM (stream);

  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->lanes[i].channel != NULL)
      snug_data_channel_close (self->lanes[i].channel);
}

static void
snug_channel_stream_dispose (GObject *object)
{
  SnugChannelStream *self = SNUG_CHANNEL_STREAM (object);

  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    clear_lane (self, &self->lanes[i]);
  g_clear_weak_pointer (&self->connection);
  g_clear_pointer (&self->order, snug_stripe_order_free);
  G_OBJECT_CLASS (snug_channel_stream_parent_class)->dispose (object);
}

static void
snug_channel_stream_class_init (SnugChannelStreamClass *klass)
{
  SnugFileStreamClass *stream_class = SNUG_FILE_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_channel_stream_dispose;
  stream_class->slice_bytes = SNUG_WIRE_CHUNK_BYTES;
  stream_class->listen = snug_channel_stream_listen;
  stream_class->is_open = snug_channel_stream_is_open;
  stream_class->was_seen = snug_channel_stream_was_seen;
  stream_class->get_buffered = snug_channel_stream_get_buffered;
  stream_class->begin = snug_channel_stream_begin;
  stream_class->send = snug_channel_stream_send;
  stream_class->end_piece = snug_channel_stream_end_piece;
  stream_class->end = snug_channel_stream_end;
  stream_class->close = snug_channel_stream_close;
}

static void
snug_channel_stream_init (SnugChannelStream *self)
{
  self->current = self->lanes;
}

SnugChannelStream *
snug_channel_stream_new (SnugDataChannel *channel, SnugPeerConnection *connection, guint64 name)
{
  SnugChannelStream *self = g_object_new (SNUG_TYPE_CHANNEL_STREAM, NULL);

  self->lanes[0] = (Lane) { .channel = g_object_ref (channel), .has_next = TRUE, .is_tried = TRUE, .is_used = TRUE };
  g_set_weak_pointer (&self->connection, connection);
  self->name = name;
  share_room (self, 1);
  return self;
}

SnugChannelStream *
snug_channel_stream_new_incoming (SnugDataChannel *channel, gboolean may_be_spread)
{
  SnugChannelStream *self = snug_channel_stream_new (channel, NULL, 0);

  self->order = may_be_spread ? snug_stripe_order_new () : NULL;
  return self;
}

gboolean
snug_channel_stream_add_stripe (SnugChannelStream *self, SnugDataChannel *channel)
{
  Lane *lane = self->lanes + 1;

  while (lane < self->lanes + SNUG_STRIPES_MOST && lane->channel != NULL)
    lane++;
  if (lane == self->lanes + SNUG_STRIPES_MOST || self->order == NULL
      || snug_data_channel_get_state (self->lanes[0].channel) != SNUG_DATA_CHANNEL_OPEN)
    return FALSE;
  fill_lane (self, lane, channel);
  return TRUE;
}

gboolean
snug_channel_stream_is_called (SnugChannelStream *self, const char *name)
{
  g_autofree char *ours = g_strdup_printf ("%" G_GUINT64_FORMAT, self->name);

  return self->has_name && strcmp (ours, name) == 0;
}

gboolean
snug_channel_stream_is_over (SnugChannelStream *self)
{
  return snug_data_channel_get_state (self->lanes[0].channel) == SNUG_DATA_CHANNEL_CLOSED;
}
