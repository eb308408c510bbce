/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-line.h"

#include <string.h>

#include "cli-text.h"

#define MAX_HISTORY 200
#define MAX_SEQUENCE 16
#define ZERO_WIDTH_JOINER 0x200d

/* Where in a key's bytes we are. */
typedef enum
{
  TEXT,
  ESCAPE,          /* after ESC */
  SEQUENCE,        /* after ESC [ or ESC O */
} KeyState;

struct _SnugCliLine
{
  GArray          *chars;         /* owned: of gunichar */
  GPtrArray       *history;       /* owned: of char *, oldest first */
  char            *draft;         /* owned: what was typed before Up, nullable */
  GArray          *cut;           /* owned: of gunichar: what Ctrl+Y gives back */
  SnugCliCompleteFunc complete;   /* nullable */
  SnugCliLineFunc  func;
  gpointer         user_data;     /* borrowed */

  guint            cursor;        /* index into chars */
  guint            first;         /* the first char of the view */
  guint            history_at;    /* history->len: the draft */
  gsize            n_text_bytes;

  KeyState         state;
  gboolean         pasting;
  char             sequence[MAX_SEQUENCE];
  guint            n_sequence;
  char             partial[6];    /* a character cut in two by the read */
  guint            n_partial;
};

SnugCliLine *
snug_cli_line_new (SnugCliLineFunc func, gpointer user_data)
{
  SnugCliLine *self = g_new0 (SnugCliLine, 1);

  self->chars = g_array_new (FALSE, FALSE, sizeof (gunichar));
  self->cut = g_array_new (FALSE, FALSE, sizeof (gunichar));
  self->history = g_ptr_array_new_with_free_func (g_free);
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
snug_cli_line_free (SnugCliLine *self)
{
  g_array_unref (self->chars);
  g_array_unref (self->cut);
  g_ptr_array_unref (self->history);
  g_free (self->draft);
  g_free (self);
}

static gunichar
char_at (SnugCliLine *self, guint index)
{
  return g_array_index (self->chars, gunichar, index);
}

static gsize
n_bytes_of (gunichar c)
{
  return (gsize) g_unichar_to_utf8 (c, NULL);
}

static void
insert (SnugCliLine *self, gunichar c)
{
  gsize n_bytes = n_bytes_of (c);

  if (self->n_text_bytes + n_bytes > SNUG_CLI_LINE_MAX_BYTES)
    return;
  g_array_insert_val (self->chars, self->cursor, c);
  self->cursor++;
  self->n_text_bytes += n_bytes;
}

/* Takes [from, to) out; the cursor is at from then. */
static void
erase (SnugCliLine *self, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    self->n_text_bytes -= n_bytes_of (char_at (self, i));
  if (to > from)
    g_array_remove_range (self->chars, from, to - from);
  self->cursor = from;
}

static void
cut (SnugCliLine *self, guint from, guint to)
{
  if (from == to)
    return;
  g_array_set_size (self->cut, 0);
  g_array_append_vals (self->cut, &g_array_index (self->chars, gunichar, from), to - from);
  erase (self, from, to);
}

/* A combining mark, a variation selector or what a joiner joins belongs to the character before
 * it. */
static gboolean
begins_cluster (SnugCliLine *self, guint index)
{
  if (index == 0 || index >= self->chars->len)
    return TRUE;
  return (snug_cli_char_width (char_at (self, index)) > 0 || char_at (self, index) == '\n')
         && char_at (self, index - 1) != ZERO_WIDTH_JOINER;
}

static guint
previous (SnugCliLine *self, guint at)
{
  if (at > 0)
    at--;
  while (!begins_cluster (self, at))
    at--;
  return at;
}

static guint
next (SnugCliLine *self, guint at)
{
  if (at < self->chars->len)
    at++;
  while (!begins_cluster (self, at))
    at++;
  return at;
}

static gboolean
is_word_char (SnugCliLine *self, guint index)
{
  gunichar c = char_at (self, index);

  return !g_unichar_isspace (c) && !g_unichar_ispunct (c);
}

static guint
previous_word (SnugCliLine *self, guint at)
{
  while (at > 0 && !is_word_char (self, at - 1))
    at--;
  while (at > 0 && is_word_char (self, at - 1))
    at--;
  return at;
}

static guint
next_word (SnugCliLine *self, guint at)
{
  while (at < self->chars->len && !is_word_char (self, at))
    at++;
  while (at < self->chars->len && is_word_char (self, at))
    at++;
  return at;
}

char *
snug_cli_line_get_text (SnugCliLine *self)
{
  GString *text = g_string_sized_new (self->n_text_bytes);

  for (guint i = 0; i < self->chars->len; i++)
    g_string_append_unichar (text, char_at (self, i));
  return g_string_free (text, FALSE);
}

void
snug_cli_line_set_text (SnugCliLine *self, const char *text)
{
  erase (self, 0, self->chars->len);
  self->first = 0;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    insert (self, g_utf8_get_char (at));
}

gboolean
snug_cli_line_is_empty (SnugCliLine *self)
{
  return self->chars->len == 0;
}

void
snug_cli_line_remember (SnugCliLine *self, const char *text)
{
  guint n = self->history->len;

  if (*text == '\0')
    return;
  if (n == 0 || strcmp (g_ptr_array_index (self->history, n - 1), text) != 0)
    g_ptr_array_add (self->history, g_strdup (text));
  if (self->history->len > MAX_HISTORY)
    g_ptr_array_remove_index (self->history, 0);
  self->history_at = self->history->len;
}

static void
walk_history (SnugCliLine *self, int step)
{
  guint at = self->history_at + (guint) step;

  if (at > self->history->len)
    return;
  if (self->history_at == self->history->len)
    {
      g_free (self->draft);
      self->draft = snug_cli_line_get_text (self);
    }
  self->history_at = at;
  if (at < self->history->len)
    snug_cli_line_set_text (self, g_ptr_array_index (self->history, at));
  else
    snug_cli_line_set_text (self, self->draft);
}

static void
enter (SnugCliLine *self)
{
  g_autofree char *text = snug_cli_line_get_text (self);

  snug_cli_line_set_text (self, "");
  self->history_at = self->history->len;
  self->func (SNUG_CLI_LINE_ENTERED, text, self->user_data);
}

void
snug_cli_line_set_completion (SnugCliLine *self, SnugCliCompleteFunc complete)
{
  self->complete = complete;
}

static void
complete_word (SnugCliLine *self)
{
  guint from = previous_word (self, self->cursor);
  g_autofree char *beginning = NULL;
  const char *word;

  if (self->complete == NULL || from == self->cursor || !is_word_char (self, self->cursor - 1))
    return;
  beginning = g_ucs4_to_utf8 (&g_array_index (self->chars, gunichar, from), self->cursor - from, NULL, NULL, NULL);
  word = beginning != NULL ? self->complete (beginning) : NULL;
  if (word == NULL)
    return;
  erase (self, from, self->cursor);
  for (const char *c = word; *c != '\0'; c = g_utf8_next_char (c))
    insert (self, g_utf8_get_char (c));
}

static void
take_control (SnugCliLine *self, gunichar c)
{
  switch (c)
    {
    case '\t':
      complete_word (self);
      break;
    case '\r':
    case '\n':
      enter (self);
      break;
    case 0x7f:
    case 'H' - '@':
      erase (self, previous (self, self->cursor), self->cursor);
      break;
    case 'A' - '@':
      self->cursor = 0;
      break;
    case 'B' - '@':
      self->cursor = previous (self, self->cursor);
      break;
    case 'D' - '@':
      if (snug_cli_line_is_empty (self))
        self->func (SNUG_CLI_LINE_ENDED, NULL, self->user_data);
      else
        erase (self, self->cursor, next (self, self->cursor));
      break;
    case 'E' - '@':
      self->cursor = self->chars->len;
      break;
    case 'F' - '@':
      self->cursor = next (self, self->cursor);
      break;
    case 'K' - '@':
      cut (self, self->cursor, self->chars->len);
      break;
    case 'L' - '@':
      self->func (SNUG_CLI_LINE_REDRAW, NULL, self->user_data);
      break;
    case 'N' - '@':
      walk_history (self, 1);
      break;
    case 'P' - '@':
      walk_history (self, -1);
      break;
    case 'U' - '@':
      cut (self, 0, self->cursor);
      break;
    case 'W' - '@':
      cut (self, previous_word (self, self->cursor), self->cursor);
      break;
    case 'Y' - '@':
      for (guint i = 0; i < self->cut->len; i++)
        insert (self, g_array_index (self->cut, gunichar, i));
      break;
    default:
      break;
    }
}

/* What may stand in a message, and what a paste may bring besides. */
static gboolean
is_text (gunichar c)
{
  return !g_unichar_iscntrl (c) && c != 0x2028 && c != 0x2029;
}

static void
take_char (SnugCliLine *self, gunichar c)
{
  if (self->pasting && (c == '\n' || c == '\r'))
    insert (self, '\n');
  else if (self->pasting && c == '\t')
    insert (self, '\t');
  else if (is_text (c))
    insert (self, c);
  else if (!self->pasting)
    take_control (self, c);
}

/* ESC and a letter: Alt. */
static void
take_alt (SnugCliLine *self, char c)
{
  switch (c)
    {
    case 'b':
      self->cursor = previous_word (self, self->cursor);
      break;
    case 'f':
      self->cursor = next_word (self, self->cursor);
      break;
    case 'd':
      cut (self, self->cursor, next_word (self, self->cursor));
      break;
    case 0x7f:
      cut (self, previous_word (self, self->cursor), self->cursor);
      break;
    case '\r':
    case '\n':
      insert (self, '\n');
      break;
    default:
      break;
    }
}

/* The key of a whole sequence, without its ESC [ or ESC O (ECMA-48; xterm's and rxvt's keys). */
static void
take_sequence (SnugCliLine *self, const char *s)
{
  if (strcmp (s, "200~") == 0)
    self->pasting = TRUE;
  else if (strcmp (s, "201~") == 0)
    self->pasting = FALSE;
  else if (self->pasting)
    return;
  else if (strcmp (s, "A") == 0)
    walk_history (self, -1);
  else if (strcmp (s, "B") == 0)
    walk_history (self, 1);
  else if (strcmp (s, "C") == 0)
    self->cursor = next (self, self->cursor);
  else if (strcmp (s, "D") == 0)
    self->cursor = previous (self, self->cursor);
  else if (strcmp (s, "H") == 0 || strcmp (s, "1~") == 0 || strcmp (s, "7~") == 0)
    self->cursor = 0;
  else if (strcmp (s, "F") == 0 || strcmp (s, "4~") == 0 || strcmp (s, "8~") == 0)
    self->cursor = self->chars->len;
  else if (strcmp (s, "3~") == 0)
    erase (self, self->cursor, next (self, self->cursor));
  else if (strcmp (s, "1;5D") == 0 || strcmp (s, "1;3D") == 0)
    self->cursor = previous_word (self, self->cursor);
  else if (strcmp (s, "1;5C") == 0 || strcmp (s, "1;3C") == 0)
    self->cursor = next_word (self, self->cursor);
}

static void
take_sequence_byte (SnugCliLine *self, char c)
{
  /* One that is longer than any key's is read to its end and dropped. */
  if (self->n_sequence < MAX_SEQUENCE - 1)
    self->sequence[self->n_sequence++] = c;
  if (c < 0x40 || c > 0x7e)
    return;
  self->sequence[self->n_sequence] = '\0';
  self->state = TEXT;
  take_sequence (self, self->sequence);
}

/* Collects the bytes of a character; what is not UTF-8 becomes U+FFFD. */
static void
take_text_byte (SnugCliLine *self, char byte)
{
  gunichar c;

  if (byte == '\0')
    return;
  if (self->n_partial > 0 && ((guchar) byte & 0xc0) != 0x80)
    {
      self->n_partial = 0;
      insert (self, 0xfffd);
    }
  self->partial[self->n_partial++] = byte;
  c = g_utf8_get_char_validated (self->partial, (gssize) self->n_partial);
  if (c == (gunichar) -2 && self->n_partial < sizeof self->partial)
    return;
  self->n_partial = 0;
  take_char (self, c == (gunichar) -1 || c == (gunichar) -2 ? 0xfffd : c);
}

static void
take_byte (SnugCliLine *self, char byte)
{
  switch (self->state)
    {
    case ESCAPE:
      self->state = byte == '[' || byte == 'O' ? SEQUENCE : TEXT;
      self->n_sequence = 0;
      if (self->state == TEXT)
        take_alt (self, byte);
      break;
    case SEQUENCE:
      take_sequence_byte (self, byte);
      break;
    case TEXT:
    default:
      if (byte == '\033')
        self->state = ESCAPE;
      else
        take_text_byte (self, byte);
      break;
    }
}

void
snug_cli_line_feed (SnugCliLine *self, const char *bytes, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    take_byte (self, bytes[i]);

  /* A terminal writes a key's sequence in one piece: an ESC with nothing behind it is the key
   * Esc. */
  if (self->state == ESCAPE)
    {
      self->state = TEXT;
      if (!self->pasting)
        self->func (SNUG_CLI_LINE_ESCAPED, NULL, self->user_data);
    }
}

/* How a character of the line looks on its one row. */
static gunichar
shown (gunichar c)
{
  if (c == '\n')
    return 0x23ce; /* ⏎ */
  return c == '\t' ? ' ' : c;
}

static guint
width_between (SnugCliLine *self, guint from, guint to)
{
  guint columns = 0;

  for (guint i = from; i < to; i++)
    columns += snug_cli_char_width (shown (char_at (self, i)));
  return columns;
}

/* Moves the view so that the cursor is in it, by a third of its width at a time. */
static void
scroll (SnugCliLine *self, guint columns)
{
  if (self->cursor <= self->first)
    {
      self->first = self->cursor;
      while (self->first > 0 && width_between (self, self->first, self->cursor) < columns / 3)
        self->first--;
    }
  if (width_between (self, self->first, self->cursor) >= columns)
    while (width_between (self, self->first, self->cursor) >= columns - columns / 3)
      self->first++;
  while (self->first > 0 && !begins_cluster (self, self->first))
    self->first++;
}

char *
snug_cli_line_view (SnugCliLine *self, guint columns, guint *cursor)
{
  GString *view = g_string_new (NULL);
  guint width = 0;

  columns = MAX (columns, 4);
  scroll (self, columns);
  for (guint i = self->first; i < self->chars->len; i++)
    {
      gunichar c = shown (char_at (self, i));

      width += snug_cli_char_width (c);
      if (width >= columns)
        break;
      g_string_append_unichar (view, c);
    }
  *cursor = width_between (self, self->first, self->cursor);
  return g_string_free (view, FALSE);
}
