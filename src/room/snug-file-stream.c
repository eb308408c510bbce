/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-file-stream.h"

typedef struct
{
  SnugFileListener listener;
  gpointer         user_data;
  gboolean         has_listener;
} SnugFileStreamPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SnugFileStream, snug_file_stream, G_TYPE_OBJECT)

static SnugFileStreamPrivate *
priv (SnugFileStream *self)
{
  return snug_file_stream_get_instance_private (self);
}

void
snug_file_stream_set_listener (SnugFileStream *self, const SnugFileListener *listener, gpointer user_data)
{
  SnugFileStreamPrivate *p = priv (self);

  p->has_listener = listener != NULL;
  p->listener = listener != NULL ? *listener : (SnugFileListener) { 0 };
  p->user_data = user_data;
  SNUG_FILE_STREAM_GET_CLASS (self)->listen (self);
}

void
snug_file_stream_close (SnugFileStream *self)
{
  g_autoptr (SnugFileStream) keep = g_object_ref (self);

  snug_file_stream_set_listener (self, NULL, NULL);
  SNUG_FILE_STREAM_GET_CLASS (self)->close (self);
}

void
snug_file_stream_clear (SnugFileStream **stream)
{
  if (*stream != NULL)
    snug_file_stream_close (*stream);
  g_clear_object (stream);
}

gboolean
snug_file_stream_is_open (SnugFileStream *self)
{
  return SNUG_FILE_STREAM_GET_CLASS (self)->is_open (self);
}

gboolean
snug_file_stream_was_seen (SnugFileStream *self)
{
  return SNUG_FILE_STREAM_GET_CLASS (self)->was_seen (self);
}

gsize
snug_file_stream_get_slice_bytes (SnugFileStream *self)
{
  return SNUG_FILE_STREAM_GET_CLASS (self)->slice_bytes;
}

gsize
snug_file_stream_get_buffered (SnugFileStream *self)
{
  return SNUG_FILE_STREAM_GET_CLASS (self)->get_buffered (self);
}

gboolean
snug_file_stream_begin (SnugFileStream *self, guint64 entry, guint64 offset, guint64 size)
{
  return SNUG_FILE_STREAM_GET_CLASS (self)->begin (self, entry, offset, size);
}

gboolean
snug_file_stream_send (SnugFileStream *self, GBytes *slice)
{
  return SNUG_FILE_STREAM_GET_CLASS (self)->send (self, slice);
}

gboolean
snug_file_stream_end_piece (SnugFileStream *self, const guint8 *hash)
{
  return SNUG_FILE_STREAM_GET_CLASS (self)->end_piece (self, hash);
}

gboolean
snug_file_stream_end (SnugFileStream *self, GBytes *fingerprint)
{
  return SNUG_FILE_STREAM_GET_CLASS (self)->end (self, fingerprint);
}

/* --- for subclasses -------------------------------------------------------------------------------- */

gboolean
snug_file_stream_has_listener (SnugFileStream *self)
{
  return priv (self)->has_listener;
}

void
snug_file_stream_tell_writable (SnugFileStream *self)
{
  SnugFileStreamPrivate *p = priv (self);

  if (p->listener.writable != NULL)
    p->listener.writable (p->user_data);
}

void
snug_file_stream_tell_begun (SnugFileStream *self, guint64 entry, guint64 offset, guint64 size)
{
  SnugFileStreamPrivate *p = priv (self);

  if (p->listener.begun != NULL)
    p->listener.begun (p->user_data, entry, offset, size);
}

void
snug_file_stream_tell_bytes (SnugFileStream *self, GBytes *slice)
{
  SnugFileStreamPrivate *p = priv (self);

  if (p->listener.bytes != NULL)
    p->listener.bytes (p->user_data, slice);
}

void
snug_file_stream_tell_piece (SnugFileStream *self, const guint8 *hash)
{
  SnugFileStreamPrivate *p = priv (self);

  if (p->listener.piece != NULL)
    p->listener.piece (p->user_data, hash);
}

void
snug_file_stream_tell_crowded (SnugFileStream *self, gboolean much)
{
  SnugFileStreamPrivate *p = priv (self);

  if (p->listener.crowded != NULL)
    p->listener.crowded (p->user_data, much);
}

void
snug_file_stream_tell_nonsense (SnugFileStream *self, const char *what)
{
  SnugFileStreamPrivate *p = priv (self);

  if (p->listener.nonsense != NULL)
    p->listener.nonsense (p->user_data, what);
}

void
snug_file_stream_tell_closed (SnugFileStream *self, const char *why)
{
  SnugFileStreamPrivate *p = priv (self);
  void (*closed) (gpointer, const char *) = p->listener.closed;

  /* Once: whoever hears it may let go of the stream. */
  p->listener.closed = NULL;
  if (closed != NULL)
    closed (p->user_data, why);
}

static gboolean
snug_file_stream_real_was_seen (SnugFileStream *self)
{
  return TRUE;
}

static void
snug_file_stream_class_init (SnugFileStreamClass *klass)
{
  klass->was_seen = snug_file_stream_real_was_seen;
}

static void
snug_file_stream_init (SnugFileStream *self)
{
}
