/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-port-splitter.h"

#include "snug-bytes.h"
#include "snug-context.h"
#include "snug-usrsctp.h"

/* What waits for its turn, at most: twice what an association has under way as it begins. Of a peer that sends more at
 * once the oldest is heard at once, so that the rest waits in the socket, as ever. */
#define MOST_WAITING_BYTES (2 * SNUG_USRSCTP_SEND_BUFFER)
/* What a packet costs besides its bytes. */
#define PACKET_OVERHEAD 128

/* Heard in one turn; then it is looked whether there is something to read. */
#define TURN_US 100

/* ---- A lane ---- */

#define TYPE_LANE (lane_get_type ())
G_DECLARE_FINAL_TYPE (Lane, lane, SNUG, LANE, SnugTransport)

struct _Lane
{
  SnugTransport parent_instance;

  SnugTransport *below;   /* owned */
};

G_DEFINE_FINAL_TYPE (Lane, lane, SNUG_TYPE_TRANSPORT)

static gboolean
lane_send (SnugTransport *transport, const guint8 *data, gsize n_bytes)
{
  return snug_transport_send (SNUG_LANE (transport)->below, data, n_bytes);
}

static void
lane_dispose (GObject *object)
{
  g_clear_object (&SNUG_LANE (object)->below);
  G_OBJECT_CLASS (lane_parent_class)->dispose (object);
}

static void
lane_class_init (LaneClass *class)
{
  G_OBJECT_CLASS (class)->dispose = lane_dispose;
  SNUG_TRANSPORT_CLASS (class)->send = lane_send;
}

static void
lane_init (G_GNUC_UNUSED Lane *self)
{
}

/* ---- The splitter ---- */

struct _SnugPortSplitter
{
  grefcount              refs;        /* the owner's and those of running calls */
  SnugTransport         *below;       /* owned */
  GHashTable            *lanes;       /* owned: port → Lane, owned */
  GSource               *turn;        /* owned: ready while something waits */
  GQueue                 waiting;     /* of GBytes: packets for all ports but the first, as they came */
  gsize                  n_waiting;   /* bytes of them, and what they cost */
  guint16                first_port;  /* whose packets do not wait */
  SnugStrangePacketFunc  strange;     /* nullable */
  gpointer               user_data;   /* borrowed */
};

/* A source that is ready while packets wait. */
typedef struct
{
  GSource           source;
  SnugPortSplitter *splitter;   /* borrowed */
} Turn;

static void
unref (SnugPortSplitter *self)
{
  if (g_ref_count_dec (&self->refs))
    g_free (self);
}

/* RFC 9260 section 3.1: the source port, and then the destination. Returns: %FALSE if it is none */
static gboolean
read_port (guint16 *port, const guint8 *data, gsize n_bytes)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (data, n_bytes);

  snug_byte_reader_u16 (&reader);
  *port = snug_byte_reader_u16 (&reader);
  return !reader.failed;
}

static void
hear (SnugPortSplitter *self, guint16 port, const guint8 *data, gsize n_bytes)
{
  gpointer key = GUINT_TO_POINTER (port), found;
  g_autoptr (SnugTransport) lane = NULL;

  if (!g_hash_table_contains (self->lanes, key) && self->strange != NULL)
    self->strange (port, data, n_bytes, self->user_data);
  found = g_hash_table_lookup (self->lanes, key);
  if (found == NULL)
    return;
  lane = g_object_ref (found);   /* what it hears may end it */
  snug_transport_deliver (lane, data, n_bytes);
}

static void
hear_oldest (SnugPortSplitter *self)
{
  g_autoptr (GBytes) packet = g_queue_pop_head (&self->waiting);
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (packet, &n_bytes);
  guint16 port;

  self->n_waiting -= n_bytes + PACKET_OVERHEAD;
  if (read_port (&port, data, n_bytes))
    hear (self, port, data, n_bytes);
}

/* Words are said on the first association, files come by the others. What is read of them is sorted here: to decrypt
 * is quick, and to hear a file's packets is most of the work. Those of one association stay in order. */
static void
on_packet (G_GNUC_UNUSED SnugTransport *below, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  SnugPortSplitter *self = user_data;
  guint16 port;

  if (!read_port (&port, data, n_bytes))
    return;
  if (port == self->first_port)
    {
      hear (self, port, data, n_bytes);
      return;
    }
  g_queue_push_tail (&self->waiting, g_bytes_new (data, n_bytes));
  self->n_waiting += n_bytes + PACKET_OVERHEAD;

  g_ref_count_inc (&self->refs);
  while (self->n_waiting > MOST_WAITING_BYTES)
    hear_oldest (self);
  unref (self);
}

static gboolean
turn_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return ((Turn *) source)->splitter->n_waiting > 0;
}

static gboolean
turn_check (GSource *source)
{
  return ((Turn *) source)->splitter->n_waiting > 0;
}

static gboolean
turn_dispatch (GSource *source, G_GNUC_UNUSED GSourceFunc callback, G_GNUC_UNUSED gpointer data)
{
  SnugPortSplitter *self = ((Turn *) source)->splitter;
  gint64 end_us = g_get_monotonic_time () + TURN_US;

  g_ref_count_inc (&self->refs);
  do
    hear_oldest (self);
  while (self->n_waiting > 0 && g_get_monotonic_time () < end_us);
  unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_funcs = { turn_prepare, turn_check, turn_dispatch, NULL, NULL, NULL };

SnugPortSplitter *
snug_port_splitter_new (SnugTransport *below)
{
  SnugPortSplitter *self = g_new0 (SnugPortSplitter, 1);

  g_ref_count_init (&self->refs);
  self->below = g_object_ref (below);
  self->lanes = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  g_queue_init (&self->waiting);
  self->turn = g_source_new (&turn_funcs, sizeof (Turn));
  ((Turn *) self->turn)->splitter = self;
  g_source_attach (self->turn, snug_transport_get_context (below));
  return self;
}

void
snug_port_splitter_free (SnugPortSplitter *self)
{
  snug_transport_set_receiver (self->below, NULL, NULL);
  snug_clear_source (&self->turn);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_bytes_unref);
  self->n_waiting = 0;
  g_clear_pointer (&self->lanes, g_hash_table_unref);
  g_clear_object (&self->below);
  unref (self);
}

void
snug_port_splitter_set_strange_func (SnugPortSplitter *self, SnugStrangePacketFunc func, gpointer user_data)
{
  self->strange = func;
  self->user_data = user_data;
}

SnugTransport *
snug_port_splitter_add (SnugPortSplitter *self, guint16 port)
{
  gboolean is_first = g_hash_table_size (self->lanes) == 0;
  Lane *lane = g_object_new (TYPE_LANE, "context", snug_transport_get_context (self->below), NULL);

  lane->below = g_object_ref (self->below);
  snug_transport_enter (SNUG_TRANSPORT (lane), SNUG_TRANSPORT_CONNECTED, NULL);
  g_hash_table_replace (self->lanes, GUINT_TO_POINTER (port), g_object_ref (lane));
  if (is_first)
    {
      self->first_port = port;
      snug_transport_set_receiver (self->below, on_packet, self);
    }
  return SNUG_TRANSPORT (lane);
}

void
snug_port_splitter_remove (SnugPortSplitter *self, guint16 port)
{
  g_hash_table_remove (self->lanes, GUINT_TO_POINTER (port));
}

void
snug_port_splitter_send (SnugPortSplitter *self, const guint8 *packet, gsize n_bytes)
{
  snug_transport_send (self->below, packet, n_bytes);
}
