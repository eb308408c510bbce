/* Messages in parts, of a peer that the test plays.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-sctp-parts.h"

#define MAX_MESSAGE (1024 * 1024)
/* so many of these are as much as may be held */
#define N_FULL (SNUG_SCTP_PARTS_MAX_BYTES / MAX_MESSAGE)

typedef struct
{
  SnugSctpParts parts;
  guint         n_too_large;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  snug_sctp_parts_init (&fixture->parts, MAX_MESSAGE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  snug_sctp_parts_clear (&fixture->parts);
  snug_sctp_parts_clear (&fixture->parts);
}

static GBytes *
add_bytes (Fixture *fixture, guint16 stream, gboolean unordered, const void *data, gsize n_bytes, gboolean is_end)
{
  gboolean too_large = TRUE;
  GBytes *whole = snug_sctp_parts_add (&fixture->parts, stream, unordered, data, n_bytes, is_end, &too_large);

  fixture->n_too_large += too_large ? 1 : 0;
  return whole;
}

static void
begin (Fixture *fixture, guint16 stream, gboolean unordered, const char *text)
{
  g_assert_null (add_bytes (fixture, stream, unordered, text, strlen (text), FALSE));
}

static void
assert_ends_as (Fixture *fixture, guint16 stream, gboolean unordered, const char *text, const char *whole)
{
  g_autoptr (GBytes) bytes = add_bytes (fixture, stream, unordered, text, strlen (text), TRUE);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), whole, strlen (whole));
}

static void
begin_large (Fixture *fixture, guint16 stream, gsize n_bytes)
{
  g_autofree char *zeros = g_malloc0 (n_bytes);

  g_assert_null (add_bytes (fixture, stream, FALSE, zeros, n_bytes, FALSE));
}

static void
test_parts_become_one (Fixture *fixture, gconstpointer data)
{
  assert_ends_as (fixture, 1, FALSE, "whole at once", "whole at once");
  begin (fixture, 1, FALSE, "one, ");
  begin (fixture, 1, FALSE, "two, ");
  assert_ends_as (fixture, 1, FALSE, "three", "one, two, three");
  g_assert_cmpuint (fixture->parts.n_bytes, ==, 0);
  g_assert_cmpuint (fixture->n_too_large, ==, 0);
}

static void
test_side_by_side (Fixture *fixture, gconstpointer data)
{
  begin (fixture, 1, FALSE, "ordered ");
  begin (fixture, 1, TRUE, "unordered ");
  begin (fixture, 2, FALSE, "another ");
  assert_ends_as (fixture, 1, TRUE, "one", "unordered one");
  assert_ends_as (fixture, 2, FALSE, "stream", "another stream");
  assert_ends_as (fixture, 1, FALSE, "one", "ordered one");
}

static void
test_too_large_is_thrown_away_alone (Fixture *fixture, gconstpointer data)
{
  begin (fixture, 2, FALSE, "small ");
  begin_large (fixture, 1, MAX_MESSAGE);
  g_assert_cmpuint (fixture->n_too_large, ==, 0);
  begin (fixture, 1, FALSE, "!");
  begin (fixture, 1, FALSE, "more");
  g_assert_cmpuint (fixture->n_too_large, ==, 1);
  g_assert_cmpuint (fixture->parts.n_bytes, ==, strlen ("small "));

  g_assert_null (add_bytes (fixture, 1, FALSE, "end", 3, TRUE));
  assert_ends_as (fixture, 1, FALSE, "next", "next");
  assert_ends_as (fixture, 2, FALSE, "one", "small one");
  g_assert_cmpuint (fixture->n_too_large, ==, 1);
}

static void
test_too_large_in_one_part (Fixture *fixture, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (MAX_MESSAGE + 1);

  g_assert_null (add_bytes (fixture, 1, FALSE, zeros, MAX_MESSAGE + 1, TRUE));
  g_assert_cmpuint (fixture->n_too_large, ==, 1);
  assert_ends_as (fixture, 1, FALSE, "next", "next");
}

/* No message is too large, but all of them are. */
static void
test_many_begun_have_a_limit (Fixture *fixture, gconstpointer data)
{
  for (guint16 i = 0; i < N_FULL; i++)
    begin_large (fixture, i, MAX_MESSAGE);
  g_assert_cmpuint (fixture->parts.n_bytes, ==, SNUG_SCTP_PARTS_MAX_BYTES);
  begin (fixture, N_FULL, FALSE, "!");
  g_assert_cmpuint (fixture->n_too_large, ==, 1);

  snug_sctp_parts_drop (&fixture->parts, 0);
  begin (fixture, N_FULL + 1, FALSE, "there is ");
  assert_ends_as (fixture, N_FULL + 1, FALSE, "room", "there is room");
}

static void
test_dropped_does_not_go_on (Fixture *fixture, gconstpointer data)
{
  begin (fixture, 1, FALSE, "ordered ");
  begin (fixture, 1, TRUE, "unordered ");
  begin (fixture, 2, FALSE, "kept ");
  snug_sctp_parts_drop (&fixture->parts, 1);
  snug_sctp_parts_drop (&fixture->parts, 3);
  g_assert_cmpuint (fixture->parts.n_bytes, ==, strlen ("kept "));
  assert_ends_as (fixture, 1, FALSE, "new", "new");
  assert_ends_as (fixture, 1, TRUE, "new", "new");
  assert_ends_as (fixture, 2, FALSE, "one", "kept one");
}

#define ADD(path, func) g_test_add ("/sctp-parts/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("parts-become-one", test_parts_become_one);
  ADD ("side-by-side", test_side_by_side);
  ADD ("too-large-is-thrown-away-alone", test_too_large_is_thrown_away_alone);
  ADD ("too-large-in-one-part", test_too_large_in_one_part);
  ADD ("many-begun-have-a-limit", test_many_begun_have_a_limit);
  ADD ("dropped-does-not-go-on", test_dropped_does_not_go_on);
  return g_test_run ();
}
