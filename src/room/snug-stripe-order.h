/* snug-stripe-order: the messages of one stream that come by several channels, put in order again.
 *
 * Pure; knows nothing of channels.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that may wait for a message that is missing. */
#define SNUG_STRIPE_ORDER_MAX_BYTES (32 * 1024 * 1024)

typedef struct
{
  GBytes   *bytes;       /* owned */
  gboolean  is_text;
} SnugStripeMessage;

void snug_stripe_message_free (SnugStripeMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugStripeMessage, snug_stripe_message_free)

typedef struct _SnugStripeOrder SnugStripeOrder;

SnugStripeOrder   *snug_stripe_order_new  (void);
void               snug_stripe_order_free (SnugStripeOrder *self);

/* Whether too much would wait if @bytes did, too. */
gboolean           snug_stripe_order_is_full (SnugStripeOrder *self, guint64 number, GBytes *bytes);

/**
 * snug_stripe_order_put:
 *
 * Returns: %FALSE if it is nonsense: @number was there already; or if it is full
 */
gboolean           snug_stripe_order_put  (SnugStripeOrder *self, guint64 number, GBytes *bytes, gboolean is_text);

/* Returns: (transfer full) (nullable): the next one; %NULL if it is missing */
SnugStripeMessage *snug_stripe_order_take (SnugStripeOrder *self);

/* Bytes that wait, with what each message costs besides. */
gsize              snug_stripe_order_get_n_waiting (SnugStripeOrder *self);

G_END_DECLS
