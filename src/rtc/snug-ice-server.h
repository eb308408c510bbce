/* snug-ice-server: the URL of a STUN or TURN server, taken apart (RFC 7064, RFC 7065).
 *
 * A pure codec.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_ICE_SERVER_STUN,
  SNUG_ICE_SERVER_TURN_UDP,
  SNUG_ICE_SERVER_TURN_TCP,
  SNUG_ICE_SERVER_TURN_TLS
} SnugIceServerKind;

typedef struct
{
  SnugIceServerKind  kind;
  char              *host;   /* name, IPv4, or IPv6 without brackets */
  guint16            port;
} SnugIceServerAddress;

/**
 * snug_ice_server_address_parse:
 *
 * Returns: (transfer full): or %NULL if @url is none of ours
 */
SnugIceServerAddress *snug_ice_server_address_parse (const char *url);

/* "HOST:PORT", or "[V6]:PORT" */
char *snug_ice_server_address_to_text (const SnugIceServerAddress *address);

void snug_ice_server_address_free (SnugIceServerAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugIceServerAddress, snug_ice_server_address_free)

G_END_DECLS
