/* snug-room-link: what a person pastes, scans or types to get into a room.
 *
 * A pure codec for codes, invites and room links (PROTOCOL.md, "Words").
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_ROOM_LINK_ERROR (snug_room_link_error_quark ())
GQuark snug_room_link_error_quark (void);

typedef enum
{
  SNUG_ROOM_LINK_ERROR_NOT_A_LINK,    /* neither code, invite nor link */
  SNUG_ROOM_LINK_ERROR_BAD_CODE,
  SNUG_ROOM_LINK_ERROR_BAD_SERVER
} SnugRoomLinkError;

#define SNUG_ROOM_LINK_MAX_BYTES 2048

typedef struct
{
  char *server;    /* nullable: "http[s]://HOST[:PORT]"; a code or an invite names none */
  char *code;      /* upper case, [A-Z0-9]{6} */
  char *secret;    /* nullable: an open room; as snug_phrase_fold() made it, wiped with the link */
} SnugRoomLink;

/**
 * snug_room_link_parse:
 * @text: a code ("book23"), an invite ("BOOK23-otter-velvet-canoe"), a room link
 *   ("https://HOST[:PORT]/?code=BOOK23#otter-velvet-canoe") or "snug:HOST[:PORT]/CODE#secret"; white
 *   space around it is ignored
 *
 * Returns: (transfer full): or %NULL with words for a person
 */
SnugRoomLink *snug_room_link_parse (const char *text, GError **error);

/* (transfer full). The link for a browser, or NULL where @link names no server. */
char *snug_room_link_to_url    (const SnugRoomLink *link);
/* (transfer full). "BOOK23" or "BOOK23-otter-velvet-canoe". */
char *snug_room_link_to_invite (const SnugRoomLink *link);

/* Of parts that are known to be good. @server, @secret: (nullable) */
SnugRoomLink *snug_room_link_new  (const char *server, const char *code, const char *secret);
void          snug_room_link_free (SnugRoomLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugRoomLink, snug_room_link_free)

G_END_DECLS
