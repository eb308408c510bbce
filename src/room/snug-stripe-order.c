/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-stripe-order.h"

/* What a message costs besides its bytes. */
#define MESSAGE_BYTES 256

struct _SnugStripeOrder
{
  GHashTable *waiting;     /* owned: number → SnugStripeMessage, owned */
  gsize       n_waiting;   /* bytes */
  guint64     next;
};

void
snug_stripe_message_free (SnugStripeMessage *message)
{
  g_bytes_unref (message->bytes);
  g_free (message);
}

SnugStripeOrder *
snug_stripe_order_new (void)
{
  SnugStripeOrder *self = g_new0 (SnugStripeOrder, 1);

  self->waiting = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify) snug_stripe_message_free);
  return self;
}

void
snug_stripe_order_free (SnugStripeOrder *self)
{
  g_hash_table_unref (self->waiting);
  g_free (self);
}

static gsize
count (GBytes *bytes)
{
  return g_bytes_get_size (bytes) + MESSAGE_BYTES;
}

gboolean
snug_stripe_order_is_full (SnugStripeOrder *self, guint64 number, GBytes *bytes)
{
  return number != self->next && self->n_waiting + count (bytes) > SNUG_STRIPE_ORDER_MAX_BYTES;
}

gboolean
snug_stripe_order_put (SnugStripeOrder *self, guint64 number, GBytes *bytes, gboolean is_text)
{
  SnugStripeMessage *message;

  if (number < self->next || g_hash_table_contains (self->waiting, &number)
      || snug_stripe_order_is_full (self, number, bytes))
    return FALSE;
  message = g_new (SnugStripeMessage, 1);
  *message = (SnugStripeMessage) { g_bytes_ref (bytes), is_text };
  self->n_waiting += count (bytes);
  g_hash_table_insert (self->waiting, g_memdup2 (&number, sizeof number), message);
  return TRUE;
}

SnugStripeMessage *
snug_stripe_order_take (SnugStripeOrder *self)
{
  g_autofree guint64 *number = NULL;
  SnugStripeMessage *message;

  if (!g_hash_table_steal_extended (self->waiting, &self->next, (gpointer *) &number, (gpointer *) &message))
    return NULL;
  self->next++;
  self->n_waiting -= count (message->bytes);
  return message;
}

gsize
snug_stripe_order_get_n_waiting (SnugStripeOrder *self)
{
  return self->n_waiting;
}
