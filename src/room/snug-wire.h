/* snug-wire: the JSON messages on the data channels of version 2 (PROTOCOL.md section 4).
 *
 * A pure codec. The same tests/data/wire/messages.json is read by the tests of the C and of the
 * JavaScript side.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SNUG_WIRE_VERSION 2
#define SNUG_WIRE_PROTOCOL "snug.2"              /* protocol of the `session` channel */
#define SNUG_WIRE_SESSION_LABEL "session"
#define SNUG_WIRE_FILE_LABEL "file"
#define SNUG_WIRE_STRIPE_LABEL "file-stripe"

#define SNUG_WIRE_MAX_JSON_BYTES (80 * 1024)
#define SNUG_WIRE_MAX_TEXT_BYTES (64 * 1024)     /* chat text */
#define SNUG_WIRE_MAX_ID_BYTES 64
#define SNUG_WIRE_MAX_NAME_BYTES 1024            /* as sent; made safe before it is used */
#define SNUG_WIRE_MAX_REASON_BYTES 256
#define SNUG_WIRE_MAX_IDS 256                    /* in one chat-received */
#define SNUG_WIRE_MAX_FEATURES 32
#define SNUG_WIRE_MAX_ONLY_BYTES 12500           /* a bit for each of 100,000 entries */
#define SNUG_WIRE_MAX_EMOJI_BYTES 32

/* A file travels as binaries of this size, with a piece hash after every piece and the last. */
#define SNUG_WIRE_CHUNK_BYTES (64 * 1024)
#define SNUG_WIRE_PIECE_BYTES (1024 * 1024)
#define SNUG_WIRE_HASH_BYTES 32
#define SNUG_WIRE_MAX_HASHES 1024                /* in one piece-hashes */

typedef enum
{
  SNUG_WIRE_UNKNOWN,           /* a type of a later version: ignored */
  SNUG_WIRE_HELLO,
  SNUG_WIRE_CHAT,
  SNUG_WIRE_CHAT_RECEIVED,
  SNUG_WIRE_EDIT,
  SNUG_WIRE_DELETE,
  SNUG_WIRE_REACT,
  SNUG_WIRE_PHRASE_COMMIT,
  SNUG_WIRE_PHRASE_REVEAL,
  SNUG_WIRE_TYPING,
  SNUG_WIRE_AWAY,
  SNUG_WIRE_REMOVED,
  SNUG_WIRE_PING,
  SNUG_WIRE_PONG,
  SNUG_WIRE_FILE_OFFER,
  SNUG_WIRE_FILE_DECLINE,
  SNUG_WIRE_FILE_WITHDRAW,
  SNUG_WIRE_FILE_GET,
  SNUG_WIRE_FILE_DONE,
  SNUG_WIRE_FILE_PAUSE,
  SNUG_WIRE_FILE_CANCEL,
  SNUG_WIRE_FILE_PASS,
  SNUG_WIRE_FILE_PASSING,
  SNUG_WIRE_FILE_FROM,
  SNUG_WIRE_PIECE_HASHES,
  SNUG_WIRE_HAVE_PIECES,
  SNUG_WIRE_FILE_HEIR,
  SNUG_WIRE_N_TYPES
} SnugWireType;

/* Why a sender or receiver says `file-cancel`. */
#define SNUG_WIRE_REASON_USER "user"
#define SNUG_WIRE_REASON_CHANGED "changed"          /* the source is not what was offered */
#define SNUG_WIRE_REASON_BAD_REQUEST "bad-request"
#define SNUG_WIRE_REASON_BAD_DATA "bad-data"        /* hash or size did not fit */
#define SNUG_WIRE_REASON_DISK "disk"
#define SNUG_WIRE_REASON_STALLED "stalled"

/* In place of the number of an entry, on the wire "manifest": what is in a folder. */
#define SNUG_WIRE_ENTRY_MANIFEST G_MAXUINT64

/* What a hello says that its member reads. */
typedef enum
{
  SNUG_WIRE_FEATURE_EDIT = 1 << 0,    /* edit and delete */
  SNUG_WIRE_FEATURE_REACT = 1 << 1,
  SNUG_WIRE_FEATURE_PHRASE = 1 << 2,  /* the safety phrase */
  SNUG_WIRE_FEATURE_HOLDERS = 1 << 3, /* files come from other receivers, too, and are passed on to them */
  SNUG_WIRE_FEATURE_FOLDER_HOLDERS = 1 << 4,  /* and folders */
  SNUG_WIRE_FEATURE_HEIRS = 1 << 5,   /* and when the one who offers is gone */
  SNUG_WIRE_FEATURE_CHOSEN = 1 << 6   /* and what is chosen of a folder */
} SnugWireFeatures;

/* What we read. */
#define SNUG_WIRE_FEATURES                                                                                             \
  (SNUG_WIRE_FEATURE_EDIT | SNUG_WIRE_FEATURE_REACT | SNUG_WIRE_FEATURE_PHRASE | SNUG_WIRE_FEATURE_HOLDERS             \
   | SNUG_WIRE_FEATURE_FOLDER_HOLDERS | SNUG_WIRE_FEATURE_HEIRS | SNUG_WIRE_FEATURE_CHOSEN)

typedef enum
{
  SNUG_WIRE_KIND_FILE,
  SNUG_WIRE_KIND_FOLDER
} SnugWireKind;

/* One message. Only the fields of its type are set; strings are owned, hashes are borrowed bytes. */
typedef struct
{
  SnugWireType  type;
  char         *id;            /* chat, typing of files: message or transfer id */

  /* hello */
  guint64       version;
  char         *name;          /* hello: display name; file-offer: file name, both as the peer wrote them */
  char         *app;
  char         *device;        /* "desktop", "terminal", "browser", "phone"; others are unknown */
  SnugWireFeatures features;   /* of those that we know */

  /* chat; edit */
  char         *text;
  guint64       ts;            /* unix ms, shown, never used for order */
  char         *reply;         /* nullable */

  /* chat-received */
  GPtrArray    *ids;           /* of char* */

  /* edit, delete, react */
  char         *of;            /* id of the message that it is about */
  char         *emoji;         /* react: one */

  GBytes       *commitment;    /* phrase-commit, of SNUG_WIRE_HASH_BYTES, as the next */
  GBytes       *nonce;         /* phrase-reveal */

  /* typing, away, react, file-pause, file-passing */
  gboolean      on;
  gboolean      busy;          /* file-pause: the receiver's disk is behind, nobody's wish */

  /* removed, file-pass, file-from, file-heir */
  char         *peer;          /* id of a member */

  /* ping, pong */
  guint64       t;

  /* file-offer */
  guint64       size;          /* bytes */
  char         *mime_type;
  guint64       mtime;         /* unix seconds, 0 = not said */
  SnugWireKind  kind;
  guint64       count;         /* entries of a folder */
  GBytes       *manifest;      /* nullable: SHA-256 of a folder's manifest */
  guint64       manifest_size; /* bytes */
  gboolean      pushed;        /* not on the wire: it comes whether we ask for it or not */

  /* file-get */
  guint64       from_entry;
  guint64       from_offset;   /* bytes, a multiple of SNUG_WIRE_PIECE_BYTES */
  GBytes       *have;          /* nullable: hash over the piece hashes before from_offset */

  /* file-get, file-heir (of the other one) */
  GBytes       *only;          /* nullable: of a folder, a bit for each entry; no bit: the manifest alone */

  /* file-done */
  GBytes       *fingerprint;   /* hash over all piece hashes, in order */

  /* file-cancel */
  char         *reason;

  /* file-pass, file-passing, file-from, file-heir */
  char         *via;           /* id of what one receiver passes on to another */

  /* piece-hashes, have-pieces */
  guint64       pieces;        /* number of the first; how many there are */
  gboolean      ask;           /* have-pieces: the other one is to say it, too */
  gboolean      paused;        /* have-pieces: who says it takes no more for now */
  GBytes       *hashes;        /* of SNUG_WIRE_HASH_BYTES each */
} SnugWireMessage;

SnugWireMessage *snug_wire_message_new  (SnugWireType type);
SnugWireMessage *snug_wire_message_copy (const SnugWireMessage *message);
void             snug_wire_message_free (SnugWireMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugWireMessage, snug_wire_message_free)

/**
 * snug_wire_decode:
 *
 * Through the JSON gate; required fields typed and capped. A type of a later version decodes as
 * %SNUG_WIRE_UNKNOWN; unknown fields are ignored.
 *
 * Returns: (transfer full): or %NULL with a %SNUG_JSON_ERROR
 */
SnugWireMessage *snug_wire_decode (const char *text, gsize length, GError **error);

/* Returns: (transfer full): one message's JSON text. */
char            *snug_wire_encode (const SnugWireMessage *message);

/* The texts on a `file` channel: before each entry `{entry, offset, size}`, after each piece `{sha256}`; of one that
 * may be spread over several `{stripes}`, what it is called, and `{next}`, the number of the message behind it. */
typedef struct
{
  gboolean is_hash;
  gboolean is_name;
  gboolean is_next;
  guint64  number;        /* of these two */
  guint64  entry;         /* or SNUG_WIRE_ENTRY_MANIFEST */
  guint64  offset;        /* bytes, where the data that follows begins */
  guint64  size;          /* bytes, of the whole entry */
  guint8   hash[SNUG_WIRE_HASH_BYTES];
} SnugWireFileText;

/* %FALSE with a %SNUG_JSON_ERROR, and @out is not to be read: through the same gate, every number capped. */
gboolean snug_wire_decode_file_text (const char *text, gsize length, SnugWireFileText *out, GError **error);
/* (transfer full) */
char    *snug_wire_encode_file_text (const SnugWireFileText *file_text);

/* The word of PROTOCOL.md section 4: "chat", "file-offer", … */
const char *snug_wire_type_to_text (SnugWireType type);

G_END_DECLS
