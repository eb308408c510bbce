/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-receiver.h"

#include "snug-receiver-pump.h"

struct _SnugReceiver
{
  GObject           parent_instance;

  SnugReceiverPump *pump;       /* owned, shared with the network context */
  gboolean          stopped;
};

G_DEFINE_FINAL_TYPE (SnugReceiver, snug_receiver, G_TYPE_OBJECT)

enum
{
  ASKED,
  PROGRESS,
  BUSY,
  FULL,
  LENT,
  CHECKED,
  LOOKED,
  DONE,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_news (GObject *owner, const SnugReceiverNews *news)
{
  switch (news->kind)
    {
    case SNUG_RECEIVER_NEWS_ASKED:
      g_signal_emit (owner, signals[ASKED], 0, news->entry, news->bytes, news->hash);
      break;
    case SNUG_RECEIVER_NEWS_PROGRESS: g_signal_emit (owner, signals[PROGRESS], 0, news->bytes); break;
    case SNUG_RECEIVER_NEWS_BUSY: g_signal_emit (owner, signals[BUSY], 0, news->on); break;
    case SNUG_RECEIVER_NEWS_FULL: g_signal_emit (owner, signals[FULL], 0, news->on); break;
    case SNUG_RECEIVER_NEWS_LENT: g_signal_emit (owner, signals[LENT], 0, news->part); break;
    case SNUG_RECEIVER_NEWS_CHECKED: g_signal_emit (owner, signals[CHECKED], 0, news->bytes, news->n_pieces); break;
    case SNUG_RECEIVER_NEWS_LOOKED: g_signal_emit (owner, signals[LOOKED], 0, news->manifest, news->hash); break;
    case SNUG_RECEIVER_NEWS_DONE: g_signal_emit (owner, signals[DONE], 0, news->file, news->hash); break;
    case SNUG_RECEIVER_NEWS_ENDED:
    default: g_signal_emit (owner, signals[ENDED], 0, news->error); break;
    }
}

SnugReceiver *
snug_receiver_new (GMainContext *network, const SnugIntakePlan *plan, GFile *folder, SnugSinkConflict conflict)
{
  SnugReceiver *self = g_object_new (SNUG_TYPE_RECEIVER, NULL);

  self->pump = snug_receiver_pump_new (network, plan, folder, conflict, G_OBJECT (self), on_news);
  return self;
}

void
snug_receiver_decide (SnugReceiver *self, GFile *folder, SnugSinkConflict conflict)
{
  snug_receiver_pump_decide (self->pump, folder, conflict);
}

void
snug_receiver_start (SnugReceiver *self, SnugPeerLink *link, const char *wire_id)
{
  snug_receiver_pump_start (self->pump, link, wire_id);
}

void
snug_receiver_follow (SnugReceiver *self, SnugPeerLink *holder, const char *via)
{
  snug_receiver_pump_follow (self->pump, holder, via);
}

void
snug_receiver_tell_hashes (SnugReceiver *self, guint64 first, GBytes *hashes)
{
  snug_receiver_pump_tell_hashes (self->pump, first, hashes);
}

void
snug_receiver_forget_hashes (SnugReceiver *self)
{
  snug_receiver_pump_forget_hashes (self->pump);
}

void
snug_receiver_lend (SnugReceiver *self)
{
  snug_receiver_pump_lend (self->pump);
}

void
snug_receiver_complete (SnugReceiver *self)
{
  snug_receiver_pump_complete (self->pump);
}

void
snug_receiver_cut (SnugReceiver *self)
{
  snug_receiver_pump_cut (self->pump);
}

void
snug_receiver_stop (SnugReceiver *self, SnugIntakeEnd end)
{
  self->stopped = TRUE;
  snug_receiver_pump_stop (self->pump, end);
}

static void
snug_receiver_dispose (GObject *object)
{
  SnugReceiver *self = SNUG_RECEIVER (object);

  if (self->pump != NULL)
    {
      if (!self->stopped)
        snug_receiver_stop (self, SNUG_INTAKE_KEEP);
      g_clear_pointer (&self->pump, snug_receiver_pump_unref);
    }
  G_OBJECT_CLASS (snug_receiver_parent_class)->dispose (object);
}

static void
snug_receiver_class_init (SnugReceiverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = SNUG_TYPE_RECEIVER;

  object_class->dispose = snug_receiver_dispose;
  signals[ASKED] = g_signal_new ("asked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 3, G_TYPE_UINT64, G_TYPE_UINT64, G_TYPE_BYTES);
  signals[PROGRESS] = g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[BUSY] = g_signal_new ("busy", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[FULL] = g_signal_new ("full", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[LENT] = g_signal_new ("lent", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CHECKED] = g_signal_new ("checked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_UINT64);
  signals[LOOKED] = g_signal_new ("looked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BYTES);
  signals[DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_FILE, G_TYPE_BYTES);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
snug_receiver_init (SnugReceiver *self)
{
}
