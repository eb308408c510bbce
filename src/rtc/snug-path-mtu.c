/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-path-mtu.h"

#include "snug-context.h"

/* RFC 8899 section 5.1.2: MAX_PROBES */
#define MAX_PROBES 3

/* RFC 8899 section 5.1.1: PROBE_TIMER, not below a second. CONFIRMATION_TIMER is as short, for what was sent in
 * packets that are too large now waits until that is noticed. */
#define PROBE_MS 1000
/* PMTU_RAISE_TIMER */
#define RAISE_MS (600 * 1000)

/* Of the small probes that go beside unanswered ones: none is answered either where there is no route at all. */
#define SMALL_PROBE 0

static const gsize sizes[] = { SNUG_PATH_MTU_FAR, SNUG_PATH_MTU_NEAR };

struct _SnugPathMtu
{
  /* owned */
  GMainContext    *context;
  GSource         *due;            /* nullable: the next probe, or what silence means */
  GSource         *raise;          /* nullable: by then something larger may fit */

  SnugPathMtuUser  user;
  gpointer         user_data;      /* borrowed */
  gsize            least;
  gsize            most;
  gsize            current;
  gsize            probed;         /* the size of probes: above the current one, or the same; 0: there are none */
  guint            n_unanswered;
  guint32          number;         /* of the last probe */
  guint32          first_number;   /* of those of this size */
  gboolean         is_new_path;    /* larger ones are to be tried when this one is answered */
  gboolean         is_heard;       /* small ones are answered while these are not */
};

static gboolean on_due (gpointer user_data);
static gboolean on_raise (gpointer user_data);

/* To be called last: whoever hears of it may be led to free us. */
static void
tell_if_changed (SnugPathMtu *self, gsize before)
{
  if (self->current == before)
    return;
  g_debug ("path MTU: packets of %zu bytes", self->current);
  self->user.changed (self->user_data, self->current);
}

static gboolean
is_confirming (SnugPathMtu *self)
{
  return self->probed == self->current;
}

static void
send_probe (SnugPathMtu *self)
{
  if (is_confirming (self) && self->n_unanswered > 0)
    self->user.probe (self->user_data, SMALL_PROBE, self->least);
  self->n_unanswered++;
  self->user.probe (self->user_data, ++self->number, self->probed);
}

static void
start_probing (SnugPathMtu *self, gsize n_bytes)
{
  self->probed = n_bytes;
  self->n_unanswered = 0;
  self->is_heard = FALSE;
  self->first_number = self->number + 1;
  snug_clear_source (&self->due);
  self->due = snug_context_timeout (self->context, PROBE_MS, on_due, self);
}

/* Once it has grown, it is looked at for as long as it stays so. */
static void
settle (SnugPathMtu *self)
{
  if (self->current > self->least)
    start_probing (self, self->current);
  else
    {
      self->probed = 0;
      snug_clear_source (&self->due);
    }
}

static void
look_for_more (SnugPathMtu *self)
{
  self->is_new_path = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i] > self->current && sizes[i] <= self->most)
      {
        start_probing (self, sizes[i]);
        send_probe (self);
        return;
      }
  settle (self);
}

static void
give_up (SnugPathMtu *self)
{
  gsize before = self->current;

  if (is_confirming (self))
    self->current = self->least;
  settle (self);
  snug_clear_source (&self->raise);
  self->raise = snug_context_timeout (self->context, RAISE_MS, on_raise, self);
  tell_if_changed (self, before);
}

static gboolean
on_due (gpointer user_data)
{
  SnugPathMtu *self = user_data;

  if (self->n_unanswered >= MAX_PROBES && (!is_confirming (self) || self->is_heard))
    give_up (self);
  else if (!is_confirming (self) || self->n_unanswered > 0 || self->user.is_waiting (self->user_data))
    send_probe (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_raise (gpointer user_data)
{
  SnugPathMtu *self = user_data;

  snug_clear_source (&self->raise);
  look_for_more (self);
  return G_SOURCE_REMOVE;
}

SnugPathMtu *
snug_path_mtu_new (GMainContext *context, gsize least, const SnugPathMtuUser *user, gpointer user_data)
{
  SnugPathMtu *self = g_new0 (SnugPathMtu, 1);

  self->context = g_main_context_ref (context);
  self->user = *user;
  self->user_data = user_data;
  self->least = self->most = self->current = least;
  return self;
}

void
snug_path_mtu_free (SnugPathMtu *self)
{
  snug_clear_source (&self->due);
  snug_clear_source (&self->raise);
  g_main_context_unref (self->context);
  g_free (self);
}

void
snug_path_mtu_search (SnugPathMtu *self, gsize most)
{
  gsize before = self->current;

  snug_clear_source (&self->raise);
  self->most = most;
  if (self->current > most)
    self->current = self->least;
  if (self->current > self->least)
    {
      self->is_new_path = TRUE;
      start_probing (self, self->current);
      send_probe (self);
    }
  else
    look_for_more (self);
  tell_if_changed (self, before);
}

void
snug_path_mtu_answered (SnugPathMtu *self, guint32 number)
{
  gsize before = self->current;

  if (number == SMALL_PROBE)
    self->is_heard = TRUE;
  if (self->probed == 0 || number < self->first_number || number > self->number)
    return;
  self->n_unanswered = 0;
  self->is_heard = FALSE;
  if (is_confirming (self) && !self->is_new_path)
    return;
  self->current = self->probed;
  look_for_more (self);
  tell_if_changed (self, before);
}

gsize
snug_path_mtu_get (SnugPathMtu *self)
{
  return self->current;
}
