/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whether a member that is connected is heard. libnice takes ten to sixteen seconds until it says that a route is lost
 * (RFC 7675 allows thirty), and must not be quicker, as that is the end of the route. This ends nothing: a person is told
 * earlier, and when the member is heard again all goes on. */
#include "snug-negotiator-private.h"

#include "snug-context.h"

/* How often it is looked whether anything has come; after how many looks in vain the member's SCTP is asked for a sign
 * of life, at each look from then on; and after how many a person is told: between 5 and 5.5 s. Looks are counted, and
 * not the time: they stand still when we do, and who was too busy to listen does not take that for silence. */
#define LOOK_MS 500
#define ASK_AFTER 5
#define SILENT_AFTER 10

static void
set_silent (SnugNegotiator *self, gboolean is_silent)
{
  if (self->is_silent == is_silent)
    return;
  g_debug ("the member is %s", is_silent ? "silent" : "heard again");
  self->is_silent = is_silent;
  snug_negotiator_tell (self);
}

static gboolean
on_look (gpointer user_data)
{
  SnugNegotiator *self = user_data;
  guint64 n_packets;

  if (self->state != SNUG_PEER_LINK_CONNECTED)
    {
      snug_clear_source (&self->look_timer);
      return G_SOURCE_REMOVE;
    }

  n_packets = snug_peer_connection_get_n_packets (self->connection);
  if (n_packets != self->n_packets_heard)
    {
      self->n_packets_heard = n_packets;
      self->n_silent_looks = 0;
      set_silent (self, FALSE);
      return G_SOURCE_CONTINUE;
    }
  self->n_silent_looks++;
  if (self->n_silent_looks >= ASK_AFTER)
    snug_peer_connection_probe (self->connection);
  if (self->n_silent_looks >= SILENT_AFTER)
    set_silent (self, TRUE);
  return G_SOURCE_CONTINUE;
}

void
snug_negotiator_watch_silence (SnugNegotiator *self)
{
  self->n_silent_looks = 0;
  self->is_silent = FALSE;
  if (self->look_timer != NULL)
    return;
  self->look_timer = snug_context_timeout (self->network, LOOK_MS, on_look, self);
  g_source_set_priority (self->look_timer, G_PRIORITY_LOW);   /* what waits to be read is heard first */
}
