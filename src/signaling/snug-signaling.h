/* snug-signaling: words between the members of a room, through a server.
 *
 * Abstract, so that a room can be tested on an in-memory pair. Belongs to the main context. A subclass
 * hides which version the server speaks: against a version-1 server it makes the `welcome` and the
 * `peer-joined` that a version-2 server would have sent (members "sender" and "receiver", legacy).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-signal-message.h"

G_BEGIN_DECLS

#define SNUG_SIGNALING_ERROR (snug_signaling_error_quark ())
GQuark snug_signaling_error_quark (void);

/* Codes are those of SnugSignalCode where the server said one; these are the client's own. */
typedef enum
{
  SNUG_SIGNALING_ERROR_UNREACHABLE,     /* no answer, or not by a server of ours */
  SNUG_SIGNALING_ERROR_ROOM_NOT_FOUND,
  SNUG_SIGNALING_ERROR_ROOM_FULL,
  SNUG_SIGNALING_ERROR_REFUSED,         /* locked, denied, removed, private, not allowed */
  SNUG_SIGNALING_ERROR_EXPIRED,         /* the room is over */
  SNUG_SIGNALING_ERROR_REPLACED,        /* the same member came in from elsewhere */
  SNUG_SIGNALING_ERROR_RATE_LIMITED,
  SNUG_SIGNALING_ERROR_VERSION,         /* the server does not speak what this room needs */
  SNUG_SIGNALING_ERROR_NOT_PRIVATE,     /* the server cannot carry private rooms, and this is one */
  SNUG_SIGNALING_ERROR_PROTOCOL,
  SNUG_SIGNALING_ERROR_TLS              /* the server's certificate is not to be trusted */
} SnugSignalingError;

typedef enum
{
  SNUG_SIGNALING_IDLE,
  SNUG_SIGNALING_CONNECTING,       /* first try */
  SNUG_SIGNALING_OPEN,             /* welcome is here */
  SNUG_SIGNALING_RECONNECTING,     /* lost; tries again with growing, jittered delay */
  SNUG_SIGNALING_CLOSED            /* for good: closed by us, or refused by the server (get_error) */
} SnugSignalingState;

#define SNUG_TYPE_SIGNALING (snug_signaling_get_type ())
G_DECLARE_DERIVABLE_TYPE (SnugSignaling, snug_signaling, SNUG, SIGNALING, GObject)

struct _SnugSignalingClass
{
  GObjectClass parent_class;

  void (*open)  (SnugSignaling *self);
  void (*send)  (SnugSignaling *self, SnugSignalMessage *message);
  void (*close) (SnugSignaling *self);
  void (*retry) (SnugSignaling *self);
  void (*hold)  (SnugSignaling *self, gboolean on);   /* nullable */
  void (*check) (SnugSignaling *self);                /* nullable */
};

/**
 * SnugSignaling::message: (SnugSignalMessage *message)
 *
 * Every frame a room cares about, in order: first `welcome` (again after each reconnection), then the
 * rest. `ping`, `pong` and version probing stay inside.
 *
 * SnugSignaling::state-changed: read it with snug_signaling_get_state()
 */

void               snug_signaling_open      (SnugSignaling *self);
/* (transfer none). Dropped unless OPEN: descriptions are made again after a reconnection. */
void               snug_signaling_send      (SnugSignaling *self, SnugSignalMessage *message);
/* Says `leave`, then closes. */
void               snug_signaling_close     (SnugSignaling *self);
/* Try now instead of when the delay is over. */
void               snug_signaling_retry     (SnugSignaling *self);
/* The way to the server may have ended without a word: makes sure of it, and is back as soon as can be. */
void               snug_signaling_check     (SnugSignaling *self);
/* While a transfer with a version-1 page runs: a socket that is lost is not opened again, for the page
 * would begin anew and lose the transfer (PROTOCOL.md section 5). Version 2 does not care. */
void               snug_signaling_hold      (SnugSignaling *self, gboolean on);
SnugSignalingState snug_signaling_get_state (SnugSignaling *self);
/* Why it is CLOSED or RECONNECTING; nullable, borrowed. */
const GError      *snug_signaling_get_error (SnugSignaling *self);

/* Whether a proxy carries the words to the server and back, as far as it was reached. */
gboolean           snug_signaling_get_by_proxy (SnugSignaling *self);

/* For subclasses: checks the move against the table of allowed ones, notifies. @reason: (nullable): copied */
void snug_signaling_enter_state (SnugSignaling *self, SnugSignalingState state, const GError *reason);
/* For subclasses: emits SnugSignaling::message. */
void snug_signaling_deliver     (SnugSignaling *self, SnugSignalMessage *message);
/* Before OPEN is entered. */
void snug_signaling_set_by_proxy (SnugSignaling *self, gboolean by_proxy);

G_END_DECLS
