/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-data-channel-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-peer-connection.h"

/* What a channel nobody listens to may hold, in bytes; an empty message counts as one. */
#define MAX_KEPT (16 * 1024 * 1024)

/* A peer must not spend our memory on the bookkeeping of tiny messages either. */
#define KEPT_OVERHEAD 64

struct _SnugDataChannel
{
  GObject parent_instance;

  /* owned */
  GMainContext               *context;
  SnugDcep                   *opening;
  GQueue                      outgoing;        /* of SnugOutgoing */
  GQueue                      kept;            /* of Incoming: nobody has heard of them yet */

  /* borrowed */
  SnugChannelSet             *set;             /* nullable: it is over */

  SnugDataChannelMessageFunc  func;
  gpointer                    func_data;
  GDestroyNotify              func_destroy;

  SnugDataChannelState        state;
  guint16                     id;
  gsize                       n_buffered;
  gsize                       low_threshold;
  gsize                       n_kept;
  gboolean                    is_acked;
  gboolean                    is_low_due;
  gboolean                    delivery_posted;
  gboolean                    close_after_delivery;
};

typedef struct
{
  GBytes   *bytes;      /* owned */
  gboolean  is_text;
} Incoming;

G_DEFINE_FINAL_TYPE (SnugDataChannel, snug_data_channel, G_TYPE_OBJECT)

enum { STATE_CHANGED, BUFFERED_AMOUNT_LOW, N_SIGNALS };

static guint signals[N_SIGNALS];

static const char *const state_names[] = { "connecting", "open", "closing", "closed" };

static void
outgoing_free (gpointer data)
{
  SnugOutgoing *outgoing = data;

  g_bytes_unref (outgoing->bytes);
  g_free (outgoing);
}

static void
incoming_free (gpointer data)
{
  Incoming *incoming = data;

  g_bytes_unref (incoming->bytes);
  g_free (incoming);
}

static void
clear_func (SnugDataChannel *self)
{
  GDestroyNotify destroy = self->func_destroy;
  gpointer data = self->func_data;

  self->func = NULL;
  self->func_data = NULL;
  self->func_destroy = NULL;
  if (destroy != NULL)
    destroy (data);
}

static void
snug_data_channel_dispose (GObject *object)
{
  SnugDataChannel *self = SNUG_DATA_CHANNEL (object);

  clear_func (self);
  g_queue_clear_full (&self->outgoing, outgoing_free);
  g_queue_clear_full (&self->kept, incoming_free);
  G_OBJECT_CLASS (snug_data_channel_parent_class)->dispose (object);
}

static void
snug_data_channel_finalize (GObject *object)
{
  SnugDataChannel *self = SNUG_DATA_CHANNEL (object);

  g_clear_pointer (&self->opening, snug_dcep_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (snug_data_channel_parent_class)->finalize (object);
}

static void
snug_data_channel_class_init (SnugDataChannelClass *class)
{
  G_OBJECT_CLASS (class)->dispose = snug_data_channel_dispose;
  G_OBJECT_CLASS (class)->finalize = snug_data_channel_finalize;

  signals[STATE_CHANGED] = g_signal_new ("state-changed", SNUG_TYPE_DATA_CHANNEL, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BUFFERED_AMOUNT_LOW] = g_signal_new ("buffered-amount-low", SNUG_TYPE_DATA_CHANNEL,
                                               G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_data_channel_init (SnugDataChannel *self)
{
  g_queue_init (&self->outgoing);
  g_queue_init (&self->kept);
  self->id = G_MAXUINT16;
}

SnugDataChannel *
snug_data_channel_new (SnugChannelSet *set, GMainContext *context, const SnugDcep *opening)
{
  SnugDataChannel *self = g_object_new (SNUG_TYPE_DATA_CHANNEL, NULL);

  self->set = set;
  self->context = g_main_context_ref (context);
  self->opening = g_memdup2 (opening, sizeof *opening);
  self->opening->label = g_strdup (opening->label);
  self->opening->protocol = g_strdup (opening->protocol);
  return self;
}

/* ---- What one may ask ---- */

const char *
snug_data_channel_get_label (SnugDataChannel *self)
{
  return self->opening->label;
}

const char *
snug_data_channel_get_protocol (SnugDataChannel *self)
{
  return self->opening->protocol;
}

SnugDataChannelState
snug_data_channel_get_state (SnugDataChannel *self)
{
  return self->state;
}

guint16
snug_data_channel_get_id (SnugDataChannel *self)
{
  return self->id;
}

gboolean
snug_data_channel_get_ordered (SnugDataChannel *self)
{
  return !self->opening->unordered;
}

gboolean
snug_data_channel_is_acked (SnugDataChannel *self)
{
  return self->is_acked;
}

gsize
snug_data_channel_get_buffered_amount (SnugDataChannel *self)
{
  return self->n_buffered;
}

void
snug_data_channel_set_buffered_amount_low_threshold (SnugDataChannel *self, gsize n_bytes)
{
  self->low_threshold = n_bytes;
}

const SnugDcep *
snug_data_channel_get_opening (SnugDataChannel *self)
{
  return self->opening;
}

void
snug_data_channel_set_id (SnugDataChannel *self, guint16 id)
{
  self->id = id;
}

void
snug_data_channel_set_acked (SnugDataChannel *self)
{
  self->is_acked = TRUE;
}

/* States only move on. */
void
snug_data_channel_enter (SnugDataChannel *self, SnugDataChannelState state)
{
  if (state <= self->state)
    return;
  if (state == SNUG_DATA_CHANNEL_CLOSED && self->func != NULL && !g_queue_is_empty (&self->kept))
    {
      self->close_after_delivery = TRUE;
      return;
    }

  g_debug ("data channel %u: %s → %s", self->id, state_names[self->state], state_names[state]);
  self->state = state;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

/* ---- Messages from the peer ---- */

static void
deliver_kept (gpointer data)
{
  SnugDataChannel *self = data;

  self->delivery_posted = FALSE;
  while (self->func != NULL && !g_queue_is_empty (&self->kept))
    {
      Incoming *incoming = g_queue_pop_head (&self->kept);

      self->n_kept -= g_bytes_get_size (incoming->bytes) + KEPT_OVERHEAD;
      self->func (self, incoming->bytes, incoming->is_text, self->func_data);
      incoming_free (incoming);
    }
  if (self->close_after_delivery)
    snug_data_channel_enter (self, SNUG_DATA_CHANNEL_CLOSED);
}

static void
post_delivery (SnugDataChannel *self)
{
  if (self->delivery_posted || g_queue_is_empty (&self->kept))
    return;
  self->delivery_posted = TRUE;
  snug_context_post (self->context, deliver_kept, g_object_ref (self), g_object_unref);
}

void
snug_data_channel_set_message_func (SnugDataChannel *self, SnugDataChannelMessageFunc func,
                                    gpointer user_data, GDestroyNotify destroy)
{
  clear_func (self);
  self->func = func;
  self->func_data = user_data;
  self->func_destroy = destroy;
  if (func != NULL)
    post_delivery (self);
  else if (self->close_after_delivery)
    snug_data_channel_enter (self, SNUG_DATA_CHANNEL_CLOSED);
}

static void
keep (SnugDataChannel *self, GBytes *message, gboolean is_text)
{
  Incoming *incoming = g_new (Incoming, 1);

  *incoming = (Incoming) { g_bytes_ref (message), is_text };
  g_queue_push_tail (&self->kept, incoming);
  self->n_kept += g_bytes_get_size (message) + KEPT_OVERHEAD;
}

void
snug_data_channel_receive (SnugDataChannel *self, GBytes *message, gboolean is_text)
{
  if (self->func != NULL && g_queue_is_empty (&self->kept))
    self->func (self, message, is_text, self->func_data);
  else if (self->n_kept + g_bytes_get_size (message) + KEPT_OVERHEAD <= MAX_KEPT)
    keep (self, message, is_text);
  else
    {
      g_debug ("data channel %u: nobody reads it, closed", self->id);
      snug_data_channel_close (self);
    }
}

/* ---- Messages to the peer ---- */

static gboolean
check_send (SnugDataChannel *self, gsize n_bytes, GError **error)
{
  if (self->set == NULL || self->state >= SNUG_DATA_CHANNEL_CLOSING)
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE,
                           _("The data channel is closed"));
      return FALSE;
    }
  if (n_bytes > snug_channel_set_get_max_message_size (self->set))
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_TOO_LARGE,
                           _("The message is larger than the other side takes"));
      return FALSE;
    }
  return TRUE;
}

static SnugOutgoing *
outgoing_new (GBytes *bytes, SnugPpid ppid)
{
  SnugOutgoing *outgoing = g_new (SnugOutgoing, 1);

  *outgoing = (SnugOutgoing) { bytes, ppid };
  return outgoing;
}

/* @bytes: (transfer full). RFC 8831 section 6.6: SCTP has no empty messages; another payload type and
 * one byte stand for them. */
static gboolean
queue (SnugDataChannel *self, GBytes *bytes, SnugPpid ppid, SnugPpid ppid_if_empty, GError **error)
{
  gsize n_bytes = g_bytes_get_size (bytes);

  if (!check_send (self, n_bytes, error))
    {
      g_bytes_unref (bytes);
      return FALSE;
    }
  if (n_bytes == 0)
    {
      g_bytes_unref (bytes);
      bytes = g_bytes_new_static ("", 1);
      ppid = ppid_if_empty;
    }

  g_queue_push_tail (&self->outgoing, outgoing_new (bytes, ppid));
  self->n_buffered += g_bytes_get_size (bytes);
  snug_channel_set_schedule (self->set, self);
  return TRUE;
}

gboolean
snug_data_channel_send_text (SnugDataChannel *self, const char *text, GError **error)
{
  return queue (self, g_bytes_new (text, strlen (text)), SNUG_PPID_STRING, SNUG_PPID_STRING_EMPTY, error);
}

gboolean
snug_data_channel_send_bytes (SnugDataChannel *self, GBytes *message, GError **error)
{
  return queue (self, g_bytes_ref (message), SNUG_PPID_BINARY, SNUG_PPID_BINARY_EMPTY, error);
}

void
snug_data_channel_push_dcep (SnugDataChannel *self, const SnugDcep *dcep)
{
  g_queue_push_head (&self->outgoing, outgoing_new (snug_dcep_to_bytes (dcep), SNUG_PPID_DCEP));
}

const SnugOutgoing *
snug_data_channel_peek (SnugDataChannel *self)
{
  return g_queue_peek_head (&self->outgoing);
}

void
snug_data_channel_pop (SnugDataChannel *self)
{
  SnugOutgoing *outgoing = g_queue_pop_head (&self->outgoing);
  gsize n_bytes = outgoing->ppid != SNUG_PPID_DCEP ? g_bytes_get_size (outgoing->bytes) : 0;
  gboolean was_above = self->n_buffered > self->low_threshold;

  self->n_buffered -= n_bytes;
  if (was_above && self->n_buffered <= self->low_threshold)
    self->is_low_due = TRUE;
  outgoing_free (outgoing);
}

void
snug_data_channel_drop_queue (SnugDataChannel *self)
{
  g_queue_clear_full (&self->outgoing, outgoing_free);
  self->n_buffered = 0;
}

gboolean
snug_data_channel_is_low_due (SnugDataChannel *self)
{
  return self->is_low_due;
}

void
snug_data_channel_notify_low (SnugDataChannel *self)
{
  if (!self->is_low_due)
    return;
  self->is_low_due = FALSE;
  g_signal_emit (self, signals[BUFFERED_AMOUNT_LOW], 0);
}

/* ---- End ---- */

void
snug_data_channel_close (SnugDataChannel *self)
{
  g_autoptr (SnugDataChannel) keep_alive = g_object_ref (self);

  if (self->state >= SNUG_DATA_CHANNEL_CLOSING)
    return;
  if (self->set != NULL)
    snug_channel_set_begin_close (self->set, self);
  else
    snug_data_channel_enter (self, SNUG_DATA_CHANNEL_CLOSED);
}

void
snug_data_channel_orphan (SnugDataChannel *self)
{
  self->set = NULL;
  snug_data_channel_drop_queue (self);
  snug_data_channel_enter (self, SNUG_DATA_CHANNEL_CLOSED);
}
