/* snug-stun: the few words of STUN and TURN that a check-up needs (RFC 8489, RFC 8656).
 *
 * A pure codec. Connections between people do not use it: libnice speaks for itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_STUN_HEADER_BYTES 20
#define SNUG_STUN_ID_BYTES 12

/* The longest message that is read; RFC 8489 section 6.1 wants far shorter ones. */
#define SNUG_STUN_MAX_BYTES 2048

typedef enum
{
  SNUG_STUN_BINDING = 0x001,
  SNUG_STUN_ALLOCATE = 0x003,
  SNUG_STUN_REFRESH = 0x004     /* of an allocation: always to nothing */
} SnugStunMethod;

/* Long-term credentials (RFC 8489 section 9.2). All borrowed. */
typedef struct
{
  const char *username;
  const char *password;
  const char *realm;
  const char *nonce;
} SnugStunLogin;

/**
 * snug_stun_request_new:
 * @id: %SNUG_STUN_ID_BYTES random bytes
 * @login: (nullable): %NULL for a request without credentials
 *
 * Returns: (transfer full): the request's bytes
 */
GBytes *snug_stun_request_new (SnugStunMethod method, const guint8 *id, const SnugStunLogin *login);

typedef struct
{
  guint           error_code;   /* 0: success */
  char           *realm;        /* nullable */
  char           *nonce;        /* nullable */
  GSocketAddress *mapped;       /* nullable: from where the server saw us */
  GSocketAddress *relayed;      /* nullable: where the relay listens for us */
} SnugStunAnswer;

/**
 * snug_stun_answer_parse:
 *
 * Its MESSAGE-INTEGRITY is not looked at: who stands in between could at worst make a check-up lie.
 *
 * Returns: (transfer full): or %NULL if this is no whole answer to the request of that method and id
 */
SnugStunAnswer *snug_stun_answer_parse (const guint8 *data, gsize n_bytes, SnugStunMethod method, const guint8 *id);

void snug_stun_answer_free (SnugStunAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugStunAnswer, snug_stun_answer_free)

/**
 * snug_stun_body_bytes:
 * @header: the first %SNUG_STUN_HEADER_BYTES of a message that comes in a stream
 *
 * Returns: how many bytes follow them, or -1 if this is no STUN message that we would read
 */
gssize snug_stun_body_bytes (const guint8 *header);

G_END_DECLS
