/* snug-server-room-private: what the parts of a room share: members and time (snug-server-room.c), entry
 * (snug-server-entry.c), what it says (snug-server-notices.c), members' frames (snug-server-relay.c).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-server-room.h"

G_BEGIN_DECLS

/* Another socket that says it is this member, while we ask the old one whether it lives. */
typedef struct
{
  gpointer  socket;         /* borrowed; NULL: nobody */
  char     *address;        /* owned */
  gint64    deadline_us;
} SnugServerChallenge;

typedef struct
{
  char                *id;              /* owned */
  guint64              seq;
  const char          *role;            /* static; of a version-1 member, else NULL */
  gboolean             creator;
  gboolean             pending;         /* waits to be admitted: no seat, sees the host only */
  gpointer             socket;          /* borrowed; NULL: away */
  char                *address;         /* owned */
  gint64               deadline_us;     /* away or pending until then; G_MAXINT64 */

  GQueue               waiting;         /* owned GBytes: frames for it while it is away */
  gsize                n_waiting_bytes;
  gboolean             lost;            /* more came than may wait */

  GHashTable          *candidates;      /* owned: id → CandidateCount */
  SnugServerChallenge  challenge;
} SnugServerMember;

struct _SnugServerRoom
{
  const SnugServerRoomIo    *io;            /* borrowed */
  gpointer                   io_data;       /* borrowed */
  const SnugServerRoomTimes *times;         /* borrowed */
  GBytes                    *key;           /* owned */

  char                      *code;          /* owned */
  char                      *instance;      /* owned */
  guint                      capacity;
  gboolean                   is_private;
  gboolean                   locked;
  guint64                    expires;       /* unix seconds */
  gint64                     expires_us;

  GPtrArray                 *members;       /* owned SnugServerMember, in order of entry */
  char                      *host;          /* owned, nullable */
  guint64                    last_seq;
  guint64                    reserved_seq;  /* up to here given before this room object was made */
  GHashTable                *returned;      /* owned: ids with a reserved seq that have been here */
  GHashTable                *removed;       /* owned: ids that the host sent out */
  gboolean                   entered;       /* the creator was in: the room exists for others */
  gboolean                   had_sender;    /* version 1 */
  gboolean                   over;
  gint64                     idle_us;       /* over then, if still empty; G_MAXINT64 */
};

#define NEVER G_MAXINT64

/* Times are of the monotonic clock; %NEVER for ever. */
gint64            snug_server_room_later       (gint64 now_us, guint ms);

/* What these return is the room's; %NULL: there is none. */
SnugServerMember *snug_server_room_add         (SnugServerRoom *room, const char *id, guint64 seq,
                                                gpointer socket, const char *address);
SnugServerMember *snug_server_room_find        (SnugServerRoom *room, const char *id);
SnugServerMember *snug_server_room_find_socket (SnugServerRoom *room, gpointer socket);
SnugServerMember *snug_server_room_find_host   (SnugServerRoom *room);
SnugServerMember *snug_server_room_find_role   (SnugServerRoom *room, const char *role);

/* Queued while it is away. */
void snug_server_room_send_text (SnugServerRoom *room, SnugServerMember *to, const char *text, gsize length);
/* Not queued: what a `welcome` says again. */
void snug_server_room_send      (SnugServerRoom *room, SnugServerMember *to, const SnugSignalMessage *message);
/* To every version-2 member with a seat but @except (nullable). */
void snug_server_room_tell_all  (SnugServerRoom *room, const SnugServerMember *except,
                                 const SnugSignalMessage *message);
void snug_server_room_welcome   (SnugServerRoom *room, SnugServerMember *member, gboolean resumed);
void snug_server_room_announce  (SnugServerRoom *room, SnugServerMember *newcomer);
/* Tells the others, and whatever follows: a new host, an empty room. Frees @member. */
void snug_server_room_take_out  (SnugServerRoom *room, SnugServerMember *member, const char *reason,
                                 gint64 now_us);
void snug_server_room_set_locked (SnugServerRoom *room, gboolean locked);

/* (transfer full) */
SnugSignalMessage *snug_server_room_about (SnugSignalType type, const SnugServerMember *member);
void snug_server_room_tell_about (SnugServerRoom *room, SnugSignalType type,
                                  const SnugServerMember *member);
void snug_server_room_tell_host_of     (SnugServerRoom *room, const SnugServerMember *pending);
void snug_server_room_tell_pending (SnugServerRoom *room, const SnugSignalMessage *message);
void snug_server_room_tell_host_of_all (SnugServerRoom *room);
void snug_server_room_tell_legacy (SnugServerRoom *room, SnugServerMember *legacy, SnugSignalType type);
void snug_server_room_tell_left   (SnugServerRoom *room, const SnugServerMember *member,
                                   const char *reason);
/* `room`: what it allows has changed. */
void snug_server_room_say         (SnugServerRoom *room);
void snug_server_room_set_host    (SnugServerRoom *room, const SnugServerMember *member);

/* In snug-server-entry.c */
void snug_server_room_challenger_wins      (SnugServerRoom *room, SnugServerMember *member);
void snug_server_member_clear_challenge    (SnugServerMember *member);

/* In snug-server-relay.c */
void snug_server_room_handle_frame (SnugServerRoom *room, SnugServerMember *from, const char *text,
                                    gsize length, gint64 now_us);
void snug_server_member_free (SnugServerMember *member);

G_END_DECLS
