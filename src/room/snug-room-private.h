/* snug-room-private: what the files of a room share. snug-room.c is who is there and what is asked of a room,
 * snug-room-signaling.c what the server says of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-peer.h"
#include "snug-room.h"

G_BEGIN_DECLS

typedef struct
{
  SnugRoomHandler func;
  gpointer        user_data;
} SnugRoomHandling;

struct _SnugRoom
{
  GObject                   parent_instance;

  /* Owned */
  SnugSignaling            *signaling;
  SnugAdmission            *admission;     /* nullable: the room is open */
  GError                   *refusal;       /* nullable */
  GMainContext             *network;
  SnugCertificate          *certificate;
  GPtrArray                *own_servers;   /* nullable: STUN and TURN, as our person chose */
  GPtrArray                *ice_servers;   /* nullable: these, and those that the server named last */
  GListStore               *members;
  GHashTable               *peers;         /* member id → SnugPeer */
  char                     *name;
  char                     *self_id;
  char                     *host_id;

  SnugRoomHandling          handlers[SNUG_WIRE_N_TYPES];
  SnugRelayPolicy           relay;
  gboolean                  no_stripes;
  SnugMemberDevice          device;
  guint64                   self_seq;
  gint64                    expires;
  guint                     n_ready;
  gboolean                  locked;
  gboolean                  closed;
  gboolean                  transferring;
};

/* "changed" and "full" */
void     snug_room_tell_changed      (SnugRoom *self);
void     snug_room_tell_full         (SnugRoom *self);

/* @error: copied. The room is closed, and @error says why. */
void     snug_room_refuse            (SnugRoom *self, const GError *error);

gboolean snug_room_is_signaling_open (SnugRoom *self);

/* The server says that this one is there. In a private room nobody is who has not paired with us, and nobody of
 * version 1. */
void     snug_room_meet              (SnugRoom *self, const char *id, guint64 seq, gboolean legacy, const char *role,
                                      gboolean away);
void     snug_room_remove_all_peers  (SnugRoom *self);

/* The server is heard from here on. */
void     snug_room_listen            (SnugRoom *self);

G_END_DECLS
