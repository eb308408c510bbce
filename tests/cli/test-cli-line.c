/* The line being typed: keys in, text and view out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-line.h"

#include <string.h>

#include "cli-text.h"

typedef struct
{
  SnugCliLine *line;
  GString     *events;    /* "entered:text ended escaped redraw " */
} Fixture;

static void
on_event (SnugCliLineEvent event, const char *text, gpointer user_data)
{
  static const char *const names[] = { "entered:", "ended", "escaped", "redraw" };
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->events, "%s%s ", names[event], text != NULL ? text : "");
  if (event == SNUG_CLI_LINE_ENTERED)
    snug_cli_line_remember (fixture->line, text);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->events = g_string_new (NULL);
  fixture->line = snug_cli_line_new (on_event, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  snug_cli_line_free (fixture->line);
  g_string_free (fixture->events, TRUE);
}

static void
feed (Fixture *fixture, const char *bytes)
{
  snug_cli_line_feed (fixture->line, bytes, strlen (bytes));
}

static void
assert_text (Fixture *fixture, const char *expected)
{
  g_autofree char *text = snug_cli_line_get_text (fixture->line);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_typing (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "grüße 日本 🙂");
  assert_text (fixture, "grüße 日本 🙂");
  feed (fixture, "\r");
  g_assert_cmpstr (fixture->events->str, ==, "entered:grüße 日本 🙂 ");
  g_assert_true (snug_cli_line_is_empty (fixture->line));
}

/* A slow line brings a character, or a key, byte by byte. */
static void
test_character_in_pieces (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "\xf0\x9f");
  assert_text (fixture, "");
  feed (fixture, "\x99\x82");
  assert_text (fixture, "🙂");
}

static void
test_not_utf8 (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "a\xff\xc3(");
  assert_text (fixture, "a\xef\xbf\xbd\xef\xbf\xbd(");
  snug_cli_line_feed (fixture->line, "\0b", 2);
  assert_text (fixture, "a\xef\xbf\xbd\xef\xbf\xbd(b");
}

static const struct
{
  const char *keys;
  const char *text;
} edits[] = {
  { "abc\177", "ab" },
  { "abc\b\b\b\b", "" },
  { "abc\033[D\033[DX", "aXbc" },
  { "abc\033[D\033[D\033[CX", "abXc" },
  { "abc\033OD\033ODX", "aXbc" },
  { "abc\001X", "Xabc" },
  { "abc\001\005X", "abcX" },
  { "abc\033[HX\033[FY", "XabcY" },
  { "abc\033[1~X\033[4~Y", "XabcY" },
  { "abc\002\002\004", "ac" },
  { "abc\001\033[3~", "bc" },
  { "one two\027", "one " },
  { "one two\027\027\031\031", "one one " },
  { "one two\001\006\006\006\013\031", "one two" },
  { "one two\025\031", "one two" },
  { "one two\033bX", "one Xtwo" },
  { "one two\001\033fX", "oneX two" },
  { "one two\033[1;5DX", "one Xtwo" },
  { "one two\001\033d", " two" },
  { "a\033\rb", "a\nb" },
  { "ae\xcc\x81\177", "a" },                                  /* a letter goes with its accent */
  { "a👩‍💻\177", "a" },                     /* what a joiner joins goes as one */
  { "a\xe2\x9d\xa4\xef\xb8\x8f\033[DX", "aX\xe2\x9d\xa4\xef\xb8\x8f" },
  { "a\033[200~b\rc\td\033[201~e", "ab\nc\tde" },              /* a paste sends nothing */
  { "a\033[200~\003\004\033[D\025b\033[201~", "ab" },
  { "a\033[999999999999999999999999zb", "ab" },
  { "a\033[?1;2cb", "ab" },
  { "a\tb", "ab" },
};

static void
test_edits (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_test_message ("%" G_GSIZE_FORMAT, i);
      snug_cli_line_set_text (fixture->line, "");
      feed (fixture, edits[i].keys);
      assert_text (fixture, edits[i].text);
    }
  g_assert_cmpstr (fixture->events->str, ==, "");
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "a\004");
  g_assert_cmpstr (fixture->events->str, ==, "");
  feed (fixture, "\177\004");
  feed (fixture, "\033");
  feed (fixture, "x\014");
  g_assert_cmpstr (fixture->events->str, ==, "ended escaped redraw ");
  assert_text (fixture, "x");
}

static void
test_history (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "one\rtwo\rtwo\rdraft\033[A");
  assert_text (fixture, "two");
  feed (fixture, "\020");
  assert_text (fixture, "one");
  feed (fixture, "\033[A");
  assert_text (fixture, "one");
  feed (fixture, "\033[B\016");
  assert_text (fixture, "draft");
  feed (fixture, "\033[B");
  assert_text (fixture, "draft");
}

static void
test_cap (Fixture *fixture, gconstpointer data)
{
  g_autofree char *much = g_strnfill (SNUG_CLI_LINE_MAX_BYTES - 1, 'a');
  g_autofree char *text = NULL;

  feed (fixture, much);
  feed (fixture, "é");
  feed (fixture, "bc");
  text = snug_cli_line_get_text (fixture->line);
  g_assert_cmpuint (strlen (text), ==, SNUG_CLI_LINE_MAX_BYTES);
  g_assert_true (g_str_has_suffix (text, "ab"));
}

static void
assert_view (Fixture *fixture, guint columns, const char *expected, guint expected_cursor)
{
  guint cursor = 0;
  g_autofree char *view = snug_cli_line_view (fixture->line, columns, &cursor);

  g_assert_cmpstr (view, ==, expected);
  g_assert_cmpuint (cursor, ==, expected_cursor);
}

static void
test_view (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "abc");
  assert_view (fixture, 10, "abc", 3);
  feed (fixture, "\033[200~\n\t日\033[201~");
  assert_view (fixture, 10, "abc⏎ 日", 7);
  feed (fixture, "\033[D");
  assert_view (fixture, 10, "abc⏎ 日", 5);
}

/* The cursor is always in sight, the view never too wide, and where there is room all is shown. */
static void
test_view_scrolls (Fixture *fixture, gconstpointer data)
{
  const char *const keys[] = { "a", "日", "\033[D", "é", "\001", "\005", "\033[D", "🙂", "\177", "b", "e\xcc\x81" };

  for (guint i = 0; i < 400; i++)
    {
      guint columns = 4 + i % 17, cursor = 0;
      g_autofree char *view = NULL;

      feed (fixture, keys[(i * i + i / 7) % G_N_ELEMENTS (keys)]);
      view = snug_cli_line_view (fixture->line, columns, &cursor);
      g_assert_cmpuint (snug_cli_text_width (view), <, columns);
      g_assert_cmpuint (cursor, <, columns);
    }
  {
    g_autofree char *text = snug_cli_line_get_text (fixture->line);
    guint cursor = 0;
    g_autofree char *view = NULL;

    feed (fixture, "\001");
    view = snug_cli_line_view (fixture->line, 2000, &cursor);
    g_assert_cmpstr (view, ==, text);
    g_assert_cmpuint (cursor, ==, 0);
  }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

static const char *
complete_colour (const char *beginning)
{
  return g_ascii_strncasecmp ("velvet", beginning, strlen (beginning)) == 0 ? "velvet" : NULL;
}

static void
test_completion (Fixture *fixture, gconstpointer data)
{
  feed (fixture, "vel\t");
  assert_text (fixture, "vel");
  snug_cli_line_set_completion (fixture->line, complete_colour);
  feed (fixture, "\t");
  assert_text (fixture, "velvet");
  feed (fixture, "-VE\t");
  assert_text (fixture, "velvet-velvet");
  feed (fixture, " x\t");
  assert_text (fixture, "velvet-velvet x");
  feed (fixture, " \t");
  assert_text (fixture, "velvet-velvet x ");
  snug_cli_line_set_completion (fixture->line, NULL);
  feed (fixture, "ve\t");
  assert_text (fixture, "velvet-velvet x ve");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/cli-line/typing", test_typing);
  ADD ("/cli-line/character-in-pieces", test_character_in_pieces);
  ADD ("/cli-line/not-utf8", test_not_utf8);
  ADD ("/cli-line/edits", test_edits);
  ADD ("/cli-line/events", test_events);
  ADD ("/cli-line/history", test_history);
  ADD ("/cli-line/completion", test_completion);
  ADD ("/cli-line/cap", test_cap);
  ADD ("/cli-line/view", test_view);
  ADD ("/cli-line/view-scrolls", test_view_scrolls);
  return g_test_run ();
}
