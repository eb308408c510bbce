/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-line-reader.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

struct _SnugCliLineReader
{
  GObject     parent_instance;

  /* Owned */
  GByteArray *pending;       /* read, not yet a line */
  guint       read_source;
  guint       pace_source;

  int         fd;
  guint       n_allowed;     /* lines that may go at once */
  gboolean    skipping;      /* in a line that is too long */
  gboolean    at_end;
};

G_DEFINE_FINAL_TYPE (SnugCliLineReader, snug_cli_line_reader, G_TYPE_OBJECT)

enum
{
  LINE,
  TOO_LONG,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void pump (SnugCliLineReader *self);

static gboolean
on_pace (gpointer user_data)
{
  g_autoptr (SnugCliLineReader) self = g_object_ref (user_data);

  self->n_allowed = MIN (self->n_allowed + 1, SNUG_CLI_LINES_BURST);
  if (self->n_allowed == SNUG_CLI_LINES_BURST)
    {
      self->pace_source = 0;
      return G_SOURCE_REMOVE;
    }
  pump (self);
  return self->pace_source != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
emit_line (SnugCliLineReader *self, const guint8 *bytes, gsize n_bytes)
{
  g_autofree char *text = NULL;

  if (n_bytes > 0 && bytes[n_bytes - 1] == '\r')
    n_bytes--;
  if (n_bytes == 0)
    return;
  text = g_utf8_make_valid ((const char *) bytes, (gssize) n_bytes);
  self->n_allowed--;
  if (self->pace_source == 0)
    self->pace_source = g_timeout_add (1000 / SNUG_CLI_LINES_PER_S, on_pace, self);
  g_signal_emit (self, signals[LINE], 0, text);
}

static void
refuse_long_line (SnugCliLineReader *self)
{
  if (!self->skipping)
    g_signal_emit (self, signals[TOO_LONG], 0);
  self->skipping = TRUE;
  g_byte_array_set_size (self->pending, 0);
}

/* Takes one line out of what was read. Returns: FALSE if there is no whole one. */
static gboolean
take_line (SnugCliLineReader *self)
{
  GByteArray *pending = self->pending;
  guint8 *feed = pending->len > 0 ? memchr (pending->data, '\n', pending->len) : NULL;
  gsize n_line = feed != NULL ? (gsize) (feed - pending->data) : pending->len;
  g_autofree guint8 *line = NULL;

  if (feed == NULL && !(self->at_end && self->pending->len > 0))
    {
      if (self->pending->len > SNUG_CLI_LINES_MAX_BYTES)
        refuse_long_line (self);
      return FALSE;
    }
  line = g_memdup2 (self->pending->data, n_line);
  g_byte_array_remove_range (self->pending, 0, (guint) (feed != NULL ? n_line + 1 : n_line));
  if (!self->skipping && n_line <= SNUG_CLI_LINES_MAX_BYTES)
    emit_line (self, line, n_line);
  else if (!self->skipping)
    g_signal_emit (self, signals[TOO_LONG], 0);
  self->skipping = FALSE;
  return TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SnugCliLineReader *self = user_data;
  guint8 bytes[4096];
  gssize n = read (fd, bytes, sizeof bytes);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  self->at_end = n <= 0;
  if (n > 0)
    g_byte_array_append (self->pending, bytes, (guint) n);
  self->read_source = 0;
  pump (self);
  return G_SOURCE_REMOVE;
}

/* Hands on what may go; reads on only when that is all gone. */
static void
pump (SnugCliLineReader *self)
{
  g_autoptr (SnugCliLineReader) alive = g_object_ref (self);

  while (self->n_allowed > 0 && take_line (self))
    ;
  if (self->n_allowed == 0 || self->read_source != 0)
    return;
  if (!self->at_end)
    self->read_source = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
  else if (self->fd >= 0)
    {
      self->fd = -1;
      g_signal_emit (self, signals[ENDED], 0);
    }
}

SnugCliLineReader *
snug_cli_line_reader_new (int fd)
{
  SnugCliLineReader *self = g_object_new (SNUG_CLI_TYPE_LINE_READER, NULL);

  self->fd = fd;
  self->read_source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
  return self;
}

static void
snug_cli_line_reader_dispose (GObject *object)
{
  SnugCliLineReader *self = SNUG_CLI_LINE_READER (object);

  g_clear_handle_id (&self->read_source, g_source_remove);
  g_clear_handle_id (&self->pace_source, g_source_remove);
  G_OBJECT_CLASS (snug_cli_line_reader_parent_class)->dispose (object);
}

static void
snug_cli_line_reader_finalize (GObject *object)
{
  g_byte_array_unref (SNUG_CLI_LINE_READER (object)->pending);
  G_OBJECT_CLASS (snug_cli_line_reader_parent_class)->finalize (object);
}

static void
snug_cli_line_reader_class_init (SnugCliLineReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_cli_line_reader_dispose;
  object_class->finalize = snug_cli_line_reader_finalize;

  signals[LINE] = g_signal_new ("line", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[TOO_LONG] = g_signal_new ("too-long", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_cli_line_reader_init (SnugCliLineReader *self)
{
  self->pending = g_byte_array_new ();
  self->n_allowed = SNUG_CLI_LINES_BURST;
  self->fd = -1;
}
