/* snug-message: one line of the chat, as a person sees it.
 *
 * A GObject of the main context, in the chat's list model; every property notifies. Written by the
 * chat only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-reactions.h"

G_BEGIN_DECLS

typedef enum
{
  SNUG_MESSAGE_TEXT,
  SNUG_MESSAGE_SYSTEM,       /* joined, left, path changed: text is a translated sentence */
  SNUG_MESSAGE_CARD          /* @attachment is something with a card of its own, such as a transfer */
} SnugMessageKind;

/* The tick of an own message. */
typedef enum
{
  SNUG_DELIVERY_NONE,        /* not ours */
  SNUG_DELIVERY_QUEUED,      /* nobody is there, or somebody's route is lost */
  SNUG_DELIVERY_SENT,        /* handed to the channel of everybody present */
  SNUG_DELIVERY_DELIVERED    /* everybody who was there confirmed it */
} SnugDelivery;

#define SNUG_TYPE_MESSAGE (snug_message_get_type ())
G_DECLARE_FINAL_TYPE (SnugMessage, snug_message, SNUG, MESSAGE, GObject)

/* Properties, all readable and notifying: "id", "kind", "own" (boolean), "sender-id", "sender-name",
 * "text", "time" (gint64, unix ms, of our clock at arrival), "delivery" (int), "attachment" (GObject,
 * nullable), "revision" (guint: grows whenever text, edited, deleted or reactions change). */
/* All borrowed, but for what says otherwise. */
const char      *snug_message_get_id          (SnugMessage *self);
SnugMessageKind  snug_message_get_kind        (SnugMessage *self);
gboolean         snug_message_get_own         (SnugMessage *self);
const char      *snug_message_get_sender_id   (SnugMessage *self);   /* "" for own */
const char      *snug_message_get_sender_name (SnugMessage *self);
const char      *snug_message_get_text        (SnugMessage *self);
gint64           snug_message_get_time_ms     (SnugMessage *self);
SnugDelivery     snug_message_get_delivery    (SnugMessage *self);
GObject         *snug_message_get_attachment  (SnugMessage *self);   /* nullable */
gboolean         snug_message_get_edited      (SnugMessage *self);
gboolean         snug_message_get_deleted     (SnugMessage *self);   /* its text is "" then */
SnugReactions   *snug_message_get_reactions   (SnugMessage *self);   /* borrowed */

/* Whether it answers another; and (transfer full) (nullable) which: it may be gone from the list. */
gboolean         snug_message_get_is_reply    (SnugMessage *self);
SnugMessage     *snug_message_dup_original    (SnugMessage *self);

G_END_DECLS
