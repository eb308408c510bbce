/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-port-splitter.h"

#include "snug-bytes.h"

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
  SnugTransport         *below;      /* owned */
  GHashTable            *lanes;      /* owned: port → Lane, owned */
  SnugStrangePacketFunc  strange;    /* nullable */
  gpointer               user_data;  /* borrowed */
};

static void
on_packet (G_GNUC_UNUSED SnugTransport *below, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  SnugPortSplitter *self = user_data;
  SnugByteReader reader = SNUG_BYTE_READER_INIT (data, n_bytes);
  g_autoptr (SnugTransport) lane = NULL;
  gpointer port, found;

  /* RFC 9260 section 3.1: the source port, and then the destination */
  snug_byte_reader_u16 (&reader);
  port = GUINT_TO_POINTER (snug_byte_reader_u16 (&reader));
  if (reader.failed)
    return;
  if (!g_hash_table_contains (self->lanes, port) && self->strange != NULL)
    self->strange ((guint16) GPOINTER_TO_UINT (port), data, n_bytes, self->user_data);
  found = g_hash_table_lookup (self->lanes, port);
  if (found == NULL)
    return;
  lane = g_object_ref (found);   /* what it hears may end it */
  snug_transport_deliver (lane, data, n_bytes);
}

SnugPortSplitter *
snug_port_splitter_new (SnugTransport *below)
{
  SnugPortSplitter *self = g_new0 (SnugPortSplitter, 1);

  self->below = g_object_ref (below);
  self->lanes = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  return self;
}

void
snug_port_splitter_free (SnugPortSplitter *self)
{
  snug_transport_set_receiver (self->below, NULL, NULL);
  g_hash_table_unref (self->lanes);
  g_object_unref (self->below);
  g_free (self);
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
    snug_transport_set_receiver (self->below, on_packet, self);
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
