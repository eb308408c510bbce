/* snug-wire-v1: the JSON messages of version 1 on the one data channel (PROTOCOL.md section 5).
 *
 * A pure codec, for the dialect of version 1 and nobody else.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file travels as binaries of this size, the last one shorter. */
#define SNUG_WIRE_V1_CHUNK_BYTES (256 * 1024)

/* A page that is told of more writes to the disk as it receives, and loses what comes meanwhile. */
#define SNUG_WIRE_V1_MAX_SAID_BYTES 104857600

/* Ids are the page's own; whatever it makes them of fits in here. */
#define SNUG_WIRE_V1_MAX_ID_BYTES 256

typedef enum
{
  SNUG_WIRE_V1_UNKNOWN,        /* ignored */
  SNUG_WIRE_V1_CHAT,
  SNUG_WIRE_V1_FILE_META,
  SNUG_WIRE_V1_CHUNK_INFO,
  SNUG_WIRE_V1_COMPLETE,
  SNUG_WIRE_V1_CANCEL,
  SNUG_WIRE_V1_N_TYPES
} SnugWireV1Type;

/* Only the fields of its type are set; strings are owned. */
typedef struct
{
  SnugWireV1Type  type;
  char           *id;          /* all but chat; of chunk-info nullable: nobody needs it */
  char           *text;        /* chat */
  guint64         ts;          /* chat: unix ms, 0 = not said */
  char           *name;        /* file-meta, as the page wrote it */
  guint64         size;        /* file-meta: bytes */
  char           *mime_type;   /* file-meta, nullable */
  guint64         index;       /* chunk-info, from 0; may be absent or a lie, nothing depends on it */
  guint64         total;       /* chunk-info: chunks of the file; the same */
} SnugWireV1Message;

void snug_wire_v1_message_free (SnugWireV1Message *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugWireV1Message, snug_wire_v1_message_free)

/**
 * snug_wire_v1_decode:
 *
 * Through the JSON gate; the fields that matter typed and capped.
 *
 * Returns: (transfer full): or %NULL with a %SNUG_JSON_ERROR
 */
SnugWireV1Message *snug_wire_v1_decode (const char *text, gsize length, GError **error);

/**
 * snug_wire_v1_encode:
 *
 * Of a file-meta whose size is above %SNUG_WIRE_V1_MAX_SAID_BYTES, `size` is that, and `realSize` the
 * size.
 *
 * Returns: (transfer full): one message's JSON text
 */
char *snug_wire_v1_encode (const SnugWireV1Message *message);

G_END_DECLS
