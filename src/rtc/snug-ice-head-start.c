/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-head-start.h"

#include "snug-context.h"

/* For STUN's answer, the server's carrying it over, and a check each way, over half the world; whoever has no other
 * route waits that long for one by a relay. */
#define HEAD_START_MS 1000

struct _SnugIceHeadStart
{
  GMainContext         *context;       /* owned */
  GSource              *limit;         /* owned, nullable: it is under way */

  SnugIceHeadStartFunc  over;
  gpointer              user_data;
  SnugRelayPolicy       policy;
  gboolean              has_waiting;
};

SnugIceHeadStart *
snug_ice_head_start_new (GMainContext *context, SnugRelayPolicy policy, SnugIceHeadStartFunc over, gpointer user_data)
{
  SnugIceHeadStart *self = g_new0 (SnugIceHeadStart, 1);

  self->context = g_main_context_ref (context);
  self->policy = policy;
  self->over = over;
  self->user_data = user_data;
  return self;
}

void
snug_ice_head_start_free (SnugIceHeadStart *self)
{
  snug_ice_head_start_stop (self);
  g_main_context_unref (self->context);
  g_free (self);
}

void
snug_ice_head_start_end (SnugIceHeadStart *self)
{
  gboolean has_waiting = self->has_waiting;

  snug_ice_head_start_stop (self);
  if (has_waiting)
    self->over (self->user_data);
}

static gboolean
on_limit (gpointer user_data)
{
  snug_ice_head_start_end (user_data);
  return G_SOURCE_REMOVE;
}

void
snug_ice_head_start_begin (SnugIceHeadStart *self)
{
  snug_ice_head_start_stop (self);
  if (self->policy == SNUG_RELAY_AUTOMATIC)
    self->limit = snug_context_timeout (self->context, HEAD_START_MS, on_limit, self);
}

gboolean
snug_ice_head_start_may_use (SnugIceHeadStart *self, gboolean is_relayed)
{
  self->has_waiting = is_relayed && self->limit != NULL;
  return !self->has_waiting;
}

gboolean
snug_ice_head_start_has_waiting (SnugIceHeadStart *self)
{
  return self->has_waiting;
}

void
snug_ice_head_start_stop (SnugIceHeadStart *self)
{
  snug_clear_source (&self->limit);
  self->has_waiting = FALSE;
}
