/* snug-session: one person's presence in at most one room. The one door for window, command line and
 * tests.
 *
 * Belongs to the main context. Whatever a person can see is a property or a list model here; whatever
 * they can do is a function here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-folder-entry.h"
#include "snug-member.h"
#include "snug-message.h"
#include "snug-nearby-announcer.h"
#include "snug-nearby-room.h"
#include "snug-peer-connection.h"
#include "snug-room-link.h"
#include "snug-transfer.h"
#include "snug-unfinished.h"

G_BEGIN_DECLS

#define SNUG_SESSION_ERROR (snug_session_error_quark ())
GQuark snug_session_error_quark (void);

/* Why there is no room, or no longer. The message of the error is a sentence for a person. */
typedef enum
{
  SNUG_SESSION_ERROR_BUSY,              /* already in a room */
  SNUG_SESSION_ERROR_BAD_INVITE,
  SNUG_SESSION_ERROR_NO_SERVER_NAMED,   /* a bare code and no server set */
  SNUG_SESSION_ERROR_UNREACHABLE,
  SNUG_SESSION_ERROR_ROOM_NOT_FOUND,
  SNUG_SESSION_ERROR_ROOM_FULL,
  SNUG_SESSION_ERROR_REFUSED,
  SNUG_SESSION_ERROR_EXPIRED,
  SNUG_SESSION_ERROR_SECRET,            /* a wrong secret: enter another one */
  SNUG_SESSION_ERROR_SECRET_NEEDED,     /* the room is private: enter its secret */
  SNUG_SESSION_ERROR_VERSION,
  SNUG_SESSION_ERROR_NO_ROUTE,          /* in the room, but nobody in it can be reached */
  SNUG_SESSION_ERROR_NOT_SAFE,          /* somebody may be between us and a member: there is no "all the same" */
  SNUG_SESSION_ERROR_HOSTING            /* the built-in server could not start */
} SnugSessionError;

/* Where the room stands; the subtitle and the strip of the window follow from it. */
typedef enum
{
  SNUG_SESSION_EMPTY,          /* in no room */
  SNUG_SESSION_STARTING,       /* server being started or reached, room being made or entered */
  SNUG_SESSION_PENDING,        /* the server let us in, the host has not yet */
  SNUG_SESSION_WAITING,        /* in the room, alone */
  SNUG_SESSION_CONNECTING,     /* somebody is there, nobody connected yet */
  SNUG_SESSION_CONNECTED,      /* at least one member connected */
  SNUG_SESSION_RECONNECTING,   /* were connected, and now nobody is heard */
  SNUG_SESSION_NO_SERVER,      /* signaling lost and being retried; connected members stay */
  SNUG_SESSION_FAILED          /* over, for the reason in "error": leave or try again */
} SnugSessionState;

typedef enum
{
  SNUG_ACCEPT_ASK,
  SNUG_ACCEPT_ALL,
  SNUG_ACCEPT_NONE
} SnugAcceptPolicy;

typedef enum
{
  SNUG_CONFLICT_KEEP_BOTH,
  SNUG_CONFLICT_SKIP_IDENTICAL,
  SNUG_CONFLICT_REPLACE,
  SNUG_CONFLICT_AS_SET          /* in SnugAcceptOptions only: as "conflict-policy" says */
} SnugConflictPolicy;

/* Which rooms of ours, hosted on this computer, others on the local network may find. */
typedef enum
{
  SNUG_NEARBY_NO_ROOMS,
  SNUG_NEARBY_PRIVATE_ROOMS,
  SNUG_NEARBY_ALL_ROOMS         /* open ones too, which whoever finds them can enter */
} SnugNearbyPolicy;

/* How a person wants what is offered. */
typedef struct
{
  GFile              *folder;      /* nullable: "save-to" */
  SnugConflictPolicy  conflict;
  GListModel         *entries;     /* nullable: of a folder, from snug_session_look_into_finish(): those that are chosen */
} SnugAcceptOptions;

#define SNUG_TYPE_SESSION (snug_session_get_type ())
G_DECLARE_FINAL_TYPE (SnugSession, snug_session, SNUG, SESSION, GObject)

/* Properties, all readable and notifying.
 *
 * What a person sets, with the defaults in brackets; what says "next" holds from the next room on:
 *   "name"             string [""]: own display name; the others are told at once
 *   "device"           int, next [SNUG_MEMBER_DEVICE_DESKTOP]: SnugMemberDevice
 *   "server"           string, next: "http[s]://HOST[:PORT]" [NULL: host the built-in server]
 *   "web-root"         string, next [NULL: no page]: folder of the page that the built-in server gives out
 *   "listen"           string, next: "ADDR:PORT" for the built-in server [NULL: 0.0.0.0:2029, or the next free port]
 *   "capacity"         guint, next: 2 … 16 [10]
 *   "relay-policy"     int, next [SNUG_RELAY_AUTOMATIC]: SnugRelayPolicy
 *   "ice-servers"      GPtrArray of SnugIceServer, next [NULL]
 *   "stripes"          boolean, next [TRUE]: large files may go over several associations
 *   "accept-policy"    int [SNUG_ACCEPT_ASK]: SnugAcceptPolicy
 *   "conflict-policy"  int [SNUG_CONFLICT_KEEP_BOTH]: SnugConflictPolicy
 *   "save-to"          GFile [NULL: the person's downloads]: folder of accepted files
 *   "nearby"           int [SNUG_NEARBY_NO_ROOMS]: SnugNearbyPolicy, also of the room that there is
 *
 * What there is:
 *   "state"            int: SnugSessionState
 *   "error"            GError, nullable: of SNUG_SESSION_ERROR, while FAILED
 *   "trouble"          string, nullable: while STARTING or PENDING, a sentence on what takes so long
 *   "code", "link", "invite"  strings, nullable outside a room
 *   "private"          boolean: the room has a secret
 *   "is-host"          boolean
 *   "locked"           boolean: newcomers have to be let in
 *   "knock"            string, nullable: who asks to be let into a locked private room: snug_session_answer_knock()
 *   "guessed"          boolean: so many wrong secrets were tried that nobody is answered until
 *                      snug_session_let_them_try()
 *   "expires"          gint64: unix seconds, 0: not said
 *   "n-connected"      guint
 *   "rounds-proxy"     boolean: a proxy carries what goes to the server, and connections to members may go round it
 *   "lacks-relay"      boolean: a relay is to be used where needed, and none could be on the way to somebody here
 *   "announcement"     int: SnugAnnouncement: what came of "nearby"
 *   "has-nearby"       boolean: rooms nearby can be found, as far as is known since snug_session_look_nearby() */

/**
 * SnugSession::offer-received: (SnugTransfer *transfer): somebody offers a file and we must decide
 * SnugSession::delivered: (const char *message_id, const char *member_id): that member has the message
 * SnugSession::message-edited: (SnugMessage *message)
 * SnugSession::message-deleted: (SnugMessage *message)
 * SnugSession::message-reacted: (SnugMessage *message, const char *member_id, const char *emoji, gboolean on):
 *   @member_id is "" for us
 */

/**
 * snug_session_new:
 *
 * A session with the defaults above; properties can be set at construction by g_object_new() too.
 */
SnugSession *snug_session_new (void);

/**
 * snug_session_create:
 * @open: %TRUE for a room without a secret, which 0trace pages can enter too
 *
 * Without @open the secret is three words of the list. Makes a room (with the built-in server if "server" is NULL)
 * and enters it. State goes to STARTING at once, then WAITING or FAILED.
 */
void     snug_session_create (SnugSession *self, gboolean open);
/* A private room with a secret of one's own, as snug_phrase_fold() made it. */
void     snug_session_create_with_secret (SnugSession *self, const char *secret);

/**
 * snug_session_join:
 * @invite: what a person typed, pasted or scanned
 *
 * Returns: %FALSE if @invite can be seen to be wrong at once: state stays as it was. Otherwise state goes
 * to STARTING, and later failures arrive as the state FAILED with "error".
 */
gboolean snug_session_join   (SnugSession *self, const char *invite, GError **error);
/* @secret: (nullable): goes before one in @invite */
gboolean snug_session_join_with_secret (SnugSession *self, const char *invite, const char *secret, GError **error);

/**
 * snug_session_enter_secret:
 * @secret: what a person typed
 *
 * After FAILED with SECRET or SECRET_NEEDED: the same room, with this secret.
 *
 * Returns: %FALSE if it can be seen at once that it is none
 */
gboolean    snug_session_enter_secret (SnugSession *self, const char *secret, GError **error);
gboolean    snug_session_get_private  (SnugSession *self);
/* Whether phones and browsers cannot enter, as the room is private and the page that this computer gives them was
 * built without what that needs. Outside a room: whether that would become of a private one. Changes with "server",
 * "code" and "private". */
gboolean    snug_session_get_shuts_browsers_out (SnugSession *self);
gboolean    snug_session_get_guessed  (SnugSession *self);
/* One more wrong secret may be tried. */
void        snug_session_let_them_try (SnugSession *self);
const char *snug_session_get_knock    (SnugSession *self);     /* nullable */
/* Whoever asks now, see "knock". */
void        snug_session_answer_knock (SnugSession *self, gboolean let_in);

/* Goes out of the room in good order; transfers that run are cancelled, the built-in server stops.
 * State EMPTY. Messages and finished transfers stay in the models until the next room. */
void     snug_session_leave  (SnugSession *self);

/* After FAILED or in NO_SERVER: the same room again, now. */
void     snug_session_retry  (SnugSession *self);

/* What the host of a room may do. Locked: nobody new comes in unasked. Who is removed cannot come back, and
 * the room is locked by that. "locked" follows once the server has said so. */
void     snug_session_lock          (SnugSession *self, gboolean on);
void     snug_session_remove_member (SnugSession *self, SnugMember *member);

/* Rooms that others announce on the local network. Nobody is asked for them but while this is on; the list of
 * SnugNearbyRoom is one object for life. */
void        snug_session_look_nearby (SnugSession *self, gboolean on);
GListModel *snug_session_get_nearby  (SnugSession *self);

/* The safety phrase: while @member's "can-compare" says so, works it out with them; "safety" and "phrase" follow.
 * @same: what our person says of the words, having asked the other one. If they differ, state goes to FAILED with
 * NOT_SAFE. */
void     snug_session_compare        (SnugSession *self, SnugMember *member);
void     snug_session_confirm_phrase (SnugSession *self, SnugMember *member, gboolean same);

SnugSessionState snug_session_get_state (SnugSession *self);
const GError    *snug_session_get_error (SnugSession *self);       /* nullable */
const char      *snug_session_get_trouble (SnugSession *self);     /* nullable */
const char      *snug_session_get_code   (SnugSession *self);      /* nullable */
const char      *snug_session_get_link   (SnugSession *self);      /* nullable: e.g. a version-1 code without address */
const char      *snug_session_get_invite (SnugSession *self);      /* nullable */
guint            snug_session_get_n_connected (SnugSession *self);
const char      *snug_session_state_to_text (SnugSessionState state);   /* "waiting", "joined", … as in --json */

/* Models, borrowed, the same objects for the session's life. */
GListModel *snug_session_get_members   (SnugSession *self);   /* of SnugMember, others only, order of entry */
GListModel *snug_session_get_messages  (SnugSession *self);   /* of SnugMessage, order of arrival */
GListModel *snug_session_get_transfers (SnugSession *self);   /* of SnugTransfer, newest last */

/**
 * snug_session_say:
 * @text: UTF-8, 1 … 65,536 bytes after trimming
 *
 * Shows the message at once and sends it to everybody; queued while nobody is there.
 *
 * Returns: (transfer none): the own message, or %NULL if @text is empty or too long
 */
SnugMessage *snug_session_say (SnugSession *self, const char *text, GError **error);

/* The same in answer to a message; and what may be done to one afterwards. Only own ones are edited or deleted:
 * with any other nothing happens. */
SnugMessage *snug_session_reply  (SnugSession *self, SnugMessage *original, const char *text, GError **error);
gboolean     snug_session_edit   (SnugSession *self, SnugMessage *message, const char *text, GError **error);
void         snug_session_delete (SnugSession *self, SnugMessage *message);
void         snug_session_react  (SnugSession *self, SnugMessage *message, const char *emoji, gboolean on);

/* Tells the others whether we are typing (throttled inside). */
void         snug_session_set_typing (SnugSession *self, gboolean typing);

/**
 * snug_session_offer_file:
 * @member: (nullable): %NULL offers to everybody present, and to members who come later
 *
 * Looks at the file on a worker; the rows appear when it is known to be readable.
 */
void         snug_session_offer_file        (SnugSession *self, GFile *file, SnugMember *member,
                                             GAsyncReadyCallback callback, gpointer user_data);
gboolean     snug_session_offer_file_finish (SnugSession *self, GAsyncResult *result, GError **error);

/* The same to some members, of SnugMember; who cannot be reached now is told when they are back. Ends with
 * snug_session_offer_file_finish(). */
void         snug_session_offer_file_to     (SnugSession *self, GFile *file, GPtrArray *members,
                                             GAsyncReadyCallback callback, gpointer user_data);
/* @transfer: one of ours that is over: it is offered again to the same member, in a new row. The old one stays
 * until it is forgotten, which it may be already. Ends with snug_session_offer_file_finish(). */
void         snug_session_offer_again       (SnugSession *self, SnugTransfer *transfer,
                                             GAsyncReadyCallback callback, gpointer user_data);

/**
 * snug_session_accept:
 * @folder: (nullable): %NULL is "save-to"
 *
 * Checks that @folder is writable and has room before a byte is asked for; if not, the transfer stays
 * OFFERED and @error says why.
 */
gboolean     snug_session_accept   (SnugSession *self, SnugTransfer *transfer, GFile *folder, GError **error);
/* The same, in a person's own way. Nothing chosen is an error. */
gboolean     snug_session_accept_with (SnugSession *self, SnugTransfer *transfer, const SnugAcceptOptions *options,
                                       GError **error);

/**
 * snug_session_look_into_async:
 * @transfer: a folder, in either direction
 *
 * Of one that is offered to us this asks what is in it; nothing is accepted by that. The finish gives a list of
 * SnugFolderEntry: to choose from, or to see what of it comes; after a first time it comes without asking again.
 */
void         snug_session_look_into_async  (SnugSession *self, SnugTransfer *transfer, GAsyncReadyCallback callback,
                                            gpointer user_data);
GListModel  *snug_session_look_into_finish (SnugSession *self, GAsyncResult *result, GError **error);   /* transfer full */

/* What is not possible in the transfer's state does nothing. */
void         snug_session_decline  (SnugSession *self, SnugTransfer *transfer);
void         snug_session_cancel   (SnugSession *self, SnugTransfer *transfer);
void         snug_session_pause    (SnugSession *self, SnugTransfer *transfer);
void         snug_session_resume   (SnugSession *self, SnugTransfer *transfer);
/* All that are under way, both directions; what was paused here. */
void         snug_session_pause_all  (SnugSession *self);
void         snug_session_resume_all (SnugSession *self);

/**
 * snug_session_hash_async:
 * @transfer: one that has a file: an own one, or one that has arrived
 *
 * The plain SHA-256 of the whole file, for comparing with what others publish; it is read for that, on a worker.
 * A folder has none.
 */
void         snug_session_hash_async  (SnugSession *self, SnugTransfer *transfer, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
char        *snug_session_hash_finish (SnugSession *self, GAsyncResult *result, GError **error);   /* transfer full, hex */

/* Looks for transfers that came to no end in "save-to", by a break or a killed program. The model is filled
 * soon after. */
void         snug_session_find_unfinished    (SnugSession *self);
GListModel  *snug_session_get_unfinished     (SnugSession *self);   /* of SnugUnfinished; one object for life */
/* It goes on by itself when it is offered again, whatever "accept-policy" says. Without this it goes on
 * when what is offered is accepted into its folder. */
void         snug_session_resume_unfinished  (SnugSession *self, SnugUnfinished *unfinished);
void         snug_session_discard_unfinished (SnugSession *self, SnugUnfinished *unfinished);

/* Takes a finished row out of the model. */
void         snug_session_forget   (SnugSession *self, SnugTransfer *transfer);

G_END_DECLS
