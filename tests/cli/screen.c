/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen.h"

#include <stdlib.h>
#include <string.h>

#include "cli-text.h"

#define WIDE_TAIL ((gunichar) -1)

struct _Screen
{
  GPtrArray *rows;        /* of GArray of gunichar, 0 = empty */
  GString   *pending;     /* bytes of an unfinished character or sequence */
  guint      columns;
  guint      row;
  guint      column;
};

Screen *
screen_new (guint columns)
{
  Screen *self = g_new0 (Screen, 1);

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->pending = g_string_new (NULL);
  self->columns = columns;
  return self;
}

void
screen_free (Screen *self)
{
  g_ptr_array_unref (self->rows);
  g_string_free (self->pending, TRUE);
  g_free (self);
}

static GArray *
row_at (Screen *self, guint row)
{
  while (self->rows->len <= row)
    {
      GArray *cells = g_array_new (FALSE, TRUE, sizeof (gunichar));

      g_array_set_size (cells, self->columns);
      g_ptr_array_add (self->rows, cells);
    }
  return g_ptr_array_index (self->rows, row);
}

static void
put (Screen *self, gunichar c)
{
  guint width = snug_cli_char_width (c);

  if (width == 0)
    return;
  if (self->column + width > self->columns)
    {
      self->column = 0;
      self->row++;
    }
  g_array_index (row_at (self, self->row), gunichar, self->column) = c;
  if (width == 2)
    g_array_index (row_at (self, self->row), gunichar, self->column + 1) = WIDE_TAIL;
  self->column += width;
}

static void
erase_below (Screen *self)
{
  GArray *cells = row_at (self, self->row);

  for (guint i = self->column; i < self->columns; i++)
    g_array_index (cells, gunichar, i) = 0;
  g_ptr_array_set_size (self->rows, (int) self->row + 1);
}

static void
take_sequence (Screen *self, const char *arguments, char final)
{
  guint n = *arguments != '\0' ? (guint) atoi (arguments) : 1;

  switch (final)
    {
    case 'A':
      g_assert_cmpuint (self->row, >=, n);
      self->row -= n;
      break;
    case 'C':
      self->column = MIN (self->column + n, self->columns - 1);
      break;
    case 'J':
      g_assert_cmpstr (arguments, ==, "");
      erase_below (self);
      break;
    case 'm':
      break;
    case 'h':
    case 'l':
      g_assert_cmpstr (arguments, ==, "?2004");
      break;
    default:
      g_error ("unknown sequence ESC [ %s %c", arguments, final);
    }
}

/* Returns: how many bytes of pending are done with, 0 if more are needed. */
static gsize
take (Screen *self)
{
  const char *bytes = self->pending->str;
  gsize n_arguments;
  g_autofree char *arguments = NULL;
  gunichar c;

  if (*bytes == '\033')
    {
      if (self->pending->len < 3)
        return 0;
      g_assert_cmpint (bytes[1], ==, '[');
      n_arguments = strspn (bytes + 2, "0123456789;?");
      if (bytes[2 + n_arguments] == '\0')
        return 0;
      arguments = g_strndup (bytes + 2, n_arguments);
      take_sequence (self, arguments, bytes[2 + n_arguments]);
      return n_arguments + 3;
    }
  c = g_utf8_get_char_validated (bytes, (gssize) self->pending->len);
  if (c == (gunichar) -2)
    return 0;
  g_assert_cmpuint (c, !=, (gunichar) -1);
  if (c == '\r')
    self->column = 0;
  else if (c == '\n')
    self->row++;
  else
    {
      g_assert_false (g_unichar_iscntrl (c));
      put (self, c);
    }
  return (gsize) g_unichar_to_utf8 (c, NULL);
}

void
screen_feed (Screen *self, const char *bytes, gsize n_bytes)
{
  gsize n;

  g_string_append_len (self->pending, bytes, (gssize) n_bytes);
  while (self->pending->len > 0 && (n = take (self)) > 0)
    g_string_erase (self->pending, 0, (gssize) n);
}

char *
screen_text (Screen *self)
{
  GString *text = g_string_new (NULL);

  for (guint row = 0; row < self->rows->len; row++)
    {
      GArray *cells = g_ptr_array_index (self->rows, row);
      guint end = self->columns;

      while (end > 0 && (g_array_index (cells, gunichar, end - 1) == 0 || g_array_index (cells, gunichar, end - 1) == ' '))
        end--;
      for (guint i = 0; i < end; i++)
        if (g_array_index (cells, gunichar, i) != WIDE_TAIL)
          g_string_append_unichar (text, MAX (g_array_index (cells, gunichar, i), ' '));
      g_string_append_c (text, '\n');
    }
  while (g_str_has_suffix (text->str, "\n"))
    g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

guint
screen_row (Screen *self)
{
  return self->row;
}

guint
screen_column (Screen *self)
{
  return self->column;
}
