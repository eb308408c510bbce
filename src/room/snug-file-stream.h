/* snug-file-stream: the bytes of one file on their way to or from one member, whatever its dialect.
 *
 * Belongs to the network context. A sender begins, sends slices and ends pieces; a receiver listens.
 * What that looks like on the wire is the business of the dialect that made the stream.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A sender hears that there is room again when no more than this many bytes wait. */
#define SNUG_FILE_STREAM_LOW_WATER_BYTES (512 * 1024)

#define SNUG_TYPE_FILE_STREAM (snug_file_stream_get_type ())
G_DECLARE_DERIVABLE_TYPE (SnugFileStream, snug_file_stream, SNUG, FILE_STREAM, GObject)

/* What may happen on a stream; any may be %NULL. */
typedef struct
{
  /* To a sender: it is open now, or there is room again. */
  void (*writable) (gpointer user_data);

  /* To a receiver: bytes of @entry follow, from @offset on, of @size in all. */
  void (*begun)    (gpointer user_data, guint64 entry, guint64 offset, guint64 size);
  void (*bytes)    (gpointer user_data, GBytes *slice);
  /* A piece is whole. @hash: (nullable): SHA-256 as the sender says it; %NULL: it says none */
  void (*piece)    (gpointer user_data, const guint8 *hash);
  /* @much: a lot is here that has to wait for something before it; or no longer so. */
  void (*crowded)  (gpointer user_data, gboolean much);
  /* What came makes no sense; @what is for the log. */
  void (*nonsense) (gpointer user_data, const char *what);

  /* To both, once. @why: (nullable): %NULL if it was cut off and may be gone on with; else it is over for
   * good, and this says why, to a person */
  void (*closed)   (gpointer user_data, const char *why);
} SnugFileListener;

struct _SnugFileStreamClass
{
  GObjectClass parent_class;

  gsize slice_bytes;      /* the most that goes into one slice */

  void     (*listen)       (SnugFileStream *self);
  gboolean (*is_open)      (SnugFileStream *self);
  gboolean (*was_seen)     (SnugFileStream *self);   /* %TRUE if it is not said otherwise */
  gsize    (*get_buffered) (SnugFileStream *self);
  gboolean (*begin)        (SnugFileStream *self, guint64 entry, guint64 offset, guint64 size);
  gboolean (*send)         (SnugFileStream *self, GBytes *slice);
  gboolean (*end_piece)    (SnugFileStream *self, const guint8 *hash);
  gboolean (*end)          (SnugFileStream *self, GBytes *fingerprint);
  void     (*close)        (SnugFileStream *self);
};

/**
 * SnugFileStreamFunc:
 * @stream: (nullable): %NULL if there will be none (the connection ended first)
 */
typedef void (*SnugFileStreamFunc) (SnugFileStream *stream, gpointer user_data);

/* The one listener; what came before is heard then, from a later turn of the context. %NULL lets go of the
 * stream without closing it. */
void     snug_file_stream_set_listener (SnugFileStream *self, const SnugFileListener *listener,
                                        gpointer user_data);
/* Nothing is heard any more. A sender that closes early has cut it off; a receiver wants no more. */
void     snug_file_stream_close        (SnugFileStream *self);
/* Closes the one that is there, if there is one, and lets go of it. */
void     snug_file_stream_clear        (SnugFileStream **stream);

gboolean snug_file_stream_is_open         (SnugFileStream *self);
/* Of one that was opened here: whether the member knows of it. If it ends before, the member waits for it still. */
gboolean snug_file_stream_was_seen        (SnugFileStream *self);
gsize    snug_file_stream_get_slice_bytes (SnugFileStream *self);
/* Bytes that were sent and still wait here. */
gsize    snug_file_stream_get_buffered    (SnugFileStream *self);

/* For senders, in this order; each %FALSE if the stream has closed.
 *
 * begin: bytes of @entry from @offset on follow; once for each entry. send: one slice. end_piece: after the last slice of each piece.
 * end: after the last piece of all, or after begin of an empty file. */
gboolean snug_file_stream_begin     (SnugFileStream *self, guint64 entry, guint64 offset, guint64 size);
gboolean snug_file_stream_send      (SnugFileStream *self, GBytes *slice);
gboolean snug_file_stream_end_piece (SnugFileStream *self, const guint8 *hash);
gboolean snug_file_stream_end       (SnugFileStream *self, GBytes *fingerprint);

/* For subclasses: tell the listener, if there is one. */
gboolean snug_file_stream_has_listener   (SnugFileStream *self);
void     snug_file_stream_tell_writable  (SnugFileStream *self);
void     snug_file_stream_tell_begun     (SnugFileStream *self, guint64 entry, guint64 offset, guint64 size);
void     snug_file_stream_tell_bytes     (SnugFileStream *self, GBytes *slice);
void     snug_file_stream_tell_piece     (SnugFileStream *self, const guint8 *hash);
void     snug_file_stream_tell_crowded   (SnugFileStream *self, gboolean much);
void     snug_file_stream_tell_nonsense  (SnugFileStream *self, const char *what);
void     snug_file_stream_tell_closed    (SnugFileStream *self, const char *why);

G_END_DECLS
