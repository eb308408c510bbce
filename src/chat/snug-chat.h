/* snug-chat: the messages of a room, ours and theirs, in memory only.
 *
 * Belongs to the main context. Stands on the room; a message card may hold any GObject, so it knows no
 * transfers. The list outlives the room: attach it to the next one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-message.h"
#include "snug-room.h"

G_BEGIN_DECLS

#define SNUG_CHAT_ERROR (snug_chat_error_quark ())
GQuark snug_chat_error_quark (void);

typedef enum
{
  SNUG_CHAT_ERROR_EMPTY,
  SNUG_CHAT_ERROR_TOO_LONG
} SnugChatError;

#define SNUG_TYPE_CHAT (snug_chat_get_type ())
G_DECLARE_FINAL_TYPE (SnugChat, snug_chat, SNUG, CHAT, GObject)

/**
 * SnugChat::delivered: (const char *message_id, const char *member_id)
 * SnugChat::edited: (SnugMessage *message): by its sender
 * SnugChat::deleted: (SnugMessage *message): the same
 * SnugChat::reacted: (SnugMessage *message, const char *member_id, const char *emoji, gboolean on): "" is us
 */

SnugChat    *snug_chat_new      (void);

/* Registers the chat's messages with @room and empties the list; %NULL lets go of the room. */
void         snug_chat_set_room (SnugChat *self, SnugRoom *room);

GListModel  *snug_chat_get_messages (SnugChat *self);   /* of SnugMessage */

/**
 * snug_chat_say:
 *
 * Shows an own message at once and sends it to every member who can hear it; who cannot right now gets
 * it when they can again. While nobody is there it waits for the first who comes.
 *
 * Returns: (transfer none): the message, or %NULL with a %SNUG_CHAT_ERROR
 */
SnugMessage *snug_chat_say        (SnugChat *self, const char *text, GError **error);

/* The same, in answer to @original. */
SnugMessage *snug_chat_reply      (SnugChat *self, SnugMessage *original, const char *text, GError **error);

/**
 * snug_chat_edit:
 * @message: an own one, else nothing happens
 *
 * Everybody who has the message, or gets it, gets it as @text; if they read such things.
 *
 * Returns: %FALSE with a %SNUG_CHAT_ERROR if @text cannot be said
 */
gboolean     snug_chat_edit       (SnugChat *self, SnugMessage *message, const char *text, GError **error);
/* An own one, else nothing happens: a line that says so stays. */
void         snug_chat_delete     (SnugChat *self, SnugMessage *message);
/* @emoji: one, else nothing happens. */
void         snug_chat_react      (SnugChat *self, SnugMessage *message, const char *emoji, gboolean on);

/* A line of the program's own: @text is a translated sentence. */
void         snug_chat_add_system (SnugChat *self, const char *text);

/* A card for something that has a picture of its own. @sender_id: "" for ours. */
void         snug_chat_add_card   (SnugChat *self, const char *sender_id, const char *sender_name,
                                   const char *text, GObject *attachment);

/* Tells the others that we are typing, at most every three seconds, and that we stopped. */
void         snug_chat_set_typing (SnugChat *self, gboolean typing);

G_END_DECLS
