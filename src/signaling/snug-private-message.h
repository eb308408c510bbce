/* snug-private-message: what members of a private room say to each other through the server: `pake`,
 * `sealed`, and the messages that only travel sealed.
 *
 * A pure codec on top of snug-signal-message, which keeps these frames whole. See PROTOCOL.md section 3.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-signal-message.h"

G_BEGIN_DECLS

#define SNUG_PAKE_SID_BYTES 16
#define SNUG_PAKE_SHARE_BYTES 32
#define SNUG_PAKE_TAG_BYTES 64
#define SNUG_PAKE_MAX_FEATURES_BYTES 256
#define SNUG_PAKE_MAX_LEFT 100
#define SNUG_PAKE_LEFT_UNSAID (-1)
#define SNUG_SEALED_MAX_BOX_BYTES 45056     /* as base64url and with its names it fits into a frame */
#define SNUG_SEALED_TAG_BYTES 16
#define SNUG_ROOM_KEY_BYTES 32
#define SNUG_KNOCK_MAX_NAME_BYTES 1024

typedef struct
{
  guint    step;                            /* 1 … 4 */
  guint8   sid[SNUG_PAKE_SID_BYTES];
  guint8   share[SNUG_PAKE_SHARE_BYTES];    /* steps 1 and 2 */
  char     features[SNUG_PAKE_MAX_FEATURES_BYTES + 1];  /* steps 1 and 2: `ad` */
  guint8   tag[SNUG_PAKE_TAG_BYTES];        /* steps 3 and 4 */
  gboolean failed;                          /* step 4: instead of a tag */
  gint     left;                            /* with it: guesses that are answered yet; < 0: not said */
} SnugPakeMessage;

typedef struct
{
  guint8   sid[SNUG_PAKE_SID_BYTES];
  guint64  n;
  GBytes  *box;                             /* owned */
} SnugSealedMessage;

void snug_sealed_message_clear (SnugSealedMessage *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SnugSealedMessage, snug_sealed_message_clear)

/* FALSE for nonsense, and @message is not to be read; @frame is of type `pake` or `sealed`. */
gboolean           snug_pake_message_read    (const SnugSignalMessage *frame, SnugPakeMessage *message);
gboolean           snug_sealed_message_read  (const SnugSignalMessage *frame, SnugSealedMessage *message);
/* (transfer full): without `to`. */
SnugSignalMessage *snug_pake_message_write   (const SnugPakeMessage *message);
SnugSignalMessage *snug_sealed_message_write (const guint8 *sid, guint64 n, GBytes *box);

/**
 * snug_sealed_content_read:
 *
 * What was in a box: `offer`, `answer`, `ice-candidate`, `restart`, `room-key` or `knock`, through the gate.
 *
 * Returns: (transfer full) (nullable): %NULL for nonsense, and for what has no business there
 */
SnugSignalMessage *snug_sealed_content_read  (const char *text, gsize length);

/* `room-key {key}`: exactly %SNUG_ROOM_KEY_BYTES. Of what snug_sealed_content_read() gave, reading does not
 * fail. (transfer full), both. */
gboolean           snug_is_room_key          (const SnugSignalMessage *content);
GBytes            *snug_room_key_read        (const SnugSignalMessage *content);
SnugSignalMessage *snug_room_key_write       (const guint8 *key);
/* `knock {name}`: who asks to be let in. What is read is a stranger's, and not yet fit to be shown. */
gboolean           snug_is_knock             (const SnugSignalMessage *content);
const char        *snug_knock_read           (const SnugSignalMessage *content);   /* borrowed */
SnugSignalMessage *snug_knock_write          (const char *name);

G_END_DECLS
