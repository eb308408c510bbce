/* snug-dcep: the Data Channel Establishment Protocol (RFC 8832), two messages.
 *
 * A pure codec: bytes in, struct or GError out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-data-channel.h"

G_BEGIN_DECLS

#define SNUG_DCEP_ERROR (snug_dcep_error_quark ())
GQuark snug_dcep_error_quark (void);

typedef enum
{
  SNUG_DCEP_ERROR_BAD
} SnugDcepError;

/* SCTP payload protocol identifiers (RFC 8831 section 8). */
typedef enum
{
  SNUG_PPID_DCEP         = 50,
  SNUG_PPID_STRING       = 51,
  SNUG_PPID_BINARY       = 53,
  SNUG_PPID_STRING_EMPTY = 56,
  SNUG_PPID_BINARY_EMPTY = 57
} SnugPpid;

/* Our cap in bytes on a label and on a protocol; the wire allows 65,535. */
#define SNUG_DCEP_MAX_NAME_BYTES 255

typedef struct
{
  gboolean  is_ack;     /* DATA_CHANNEL_ACK; everything below is of DATA_CHANNEL_OPEN */
  gboolean  unordered;
  gboolean  has_max_retransmits;
  gboolean  has_max_lifetime;
  guint32   reliability;   /* retransmissions or milliseconds; 0 for a reliable channel */
  guint16   priority;
  char     *label;      /* owned, any bytes but NUL */
  char     *protocol;   /* owned */
} SnugDcep;

/**
 * snug_dcep_parse:
 *
 * Returns: (transfer full): free with snug_dcep_free()
 */
SnugDcep *snug_dcep_parse (const guint8 *data, gsize n_bytes, GError **error);

/**
 * snug_dcep_to_bytes:
 *
 * Returns: (transfer full): the message
 */
GBytes *snug_dcep_to_bytes (const SnugDcep *dcep);

void snug_dcep_free (SnugDcep *dcep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugDcep, snug_dcep_free)

G_END_DECLS
