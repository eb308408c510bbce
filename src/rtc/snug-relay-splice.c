/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-relay-splice.h"

#include "snug-turn-stream.h"

#define WAY_BYTES (32 * 1024)

/* Shared by both ways, and as old as the one that ends last. */
typedef struct
{
  GSocketConnection *inside;        /* owned */
  GSocketConnection *outside;       /* owned */
  GCancellable      *cancellable;   /* owned */
  GDestroyNotify     gone;
  gpointer           user_data;

  SnugTurnStream     said;          /* by the relay */
  GByteArray        *passed;        /* owned: what of that is on its way to libnice */
  gboolean           is_silent;     /* the relay: what is told to it is swallowed */
} Splice;

typedef struct
{
  Splice *splice;                   /* owned, shared */
  guint8  bytes[WAY_BYTES];
} Way;

static void
splice_clear (gpointer data)
{
  Splice *self = data;

  /* Of TLS that may take a while. */
  g_io_stream_close_async (G_IO_STREAM (self->inside), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_io_stream_close_async (G_IO_STREAM (self->outside), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_object_unref (self->inside);
  g_object_unref (self->outside);
  g_object_unref (self->cancellable);
  g_byte_array_unref (self->passed);
  self->gone (self->user_data);
}

static Way *
way_new (Splice *splice)
{
  Way *way = g_new (Way, 1);

  way->splice = g_rc_box_acquire (splice);
  return way;
}

static void
way_free (Way *way)
{
  g_rc_box_release_full (way->splice, splice_clear);
  g_free (way);
}

/* ---- From the relay ---- */

static void on_heard (GObject *stream, GAsyncResult *result, gpointer data);

static void
hear (Way *way)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (way->splice->outside)), way->bytes, WAY_BYTES,
                             G_PRIORITY_DEFAULT, way->splice->cancellable, on_heard, way);
}

static void
on_passed_on (GObject *stream, GAsyncResult *result, gpointer data)
{
  Way *way = data;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, NULL))
    hear (way);
  else
    way_free (way);
}

/* Not each piece has the end of what decides about it. */
static void
pass_on (Way *way)
{
  Splice *splice = way->splice;

  if (splice->passed->len == 0)
    hear (way);
  else
    g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (splice->inside)), splice->passed->data,
                                     splice->passed->len, G_PRIORITY_DEFAULT, splice->cancellable, on_passed_on, way);
}

static void
on_heard (GObject *stream, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  Splice *splice = way->splice;
  gssize n_bytes = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  g_byte_array_set_size (splice->passed, 0);
  if (n_bytes > 0 && snug_turn_stream_take (&splice->said, way->bytes, (gsize) n_bytes, splice->passed))
    {
      pass_on (way);
      return;
    }
  g_debug ("TURN by a tunnel: the relay %s", n_bytes > 0 ? "says what it must not" : "has ended");
  splice->is_silent = TRUE;
  way_free (way);
}

/* ---- To the relay ---- */

static void on_asked (GObject *stream, GAsyncResult *result, gpointer data);

static void
await_words (Way *way)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (way->splice->inside)), way->bytes, WAY_BYTES,
                             G_PRIORITY_DEFAULT, way->splice->cancellable, on_asked, way);
}

static void
on_told (GObject *stream, GAsyncResult *result, gpointer data)
{
  Way *way = data;

  way->splice->is_silent |= !g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, NULL);
  await_words (way);
}

static void
on_asked (GObject *stream, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  Splice *splice = way->splice;
  gssize n_bytes = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  if (n_bytes <= 0)
    {
      /* Whoever listens to the relay hears the end, too. */
      g_socket_shutdown (g_socket_connection_get_socket (splice->outside), TRUE, TRUE, NULL);
      way_free (way);
    }
  else if (splice->is_silent)
    await_words (way);
  else
    g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (splice->outside)), way->bytes,
                                     (gsize) n_bytes, G_PRIORITY_DEFAULT, splice->cancellable, on_told, way);
}

void
snug_relay_splice (GSocketConnection *inside, GSocketConnection *outside, GCancellable *cancellable,
                   GDestroyNotify gone, gpointer user_data)
{
  Splice *splice = g_rc_box_new0 (Splice);

  splice->inside = g_object_ref (inside);
  splice->outside = g_object_ref (outside);
  splice->cancellable = g_object_ref (cancellable);
  splice->gone = gone;
  splice->user_data = user_data;
  splice->passed = g_byte_array_sized_new (WAY_BYTES + SNUG_TURN_STREAM_REFUSAL_BYTES);
  hear (way_new (splice));
  await_words (way_new (splice));
  g_rc_box_release_full (splice, splice_clear);
}
