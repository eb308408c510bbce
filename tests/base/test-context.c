/* Timers and messages on a named context, and when what they hold is freed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-context.h"

static GString *told;

static void
on_freed (gpointer data)
{
  g_string_append_printf (told, "(%s freed)", (const char *) data);
}

static void
on_post (gpointer data)
{
  g_string_append (told, data);
}

static gboolean
on_time (gpointer data)
{
  g_string_append (told, data);
  return G_SOURCE_REMOVE;
}

static GMainContext *
begin (void)
{
  told = g_string_new (NULL);
  return g_main_context_new ();
}

static void
assert_told (const char *words)
{
  g_assert_cmpstr (told->str, ==, words);
  g_string_free (told, TRUE);
}

static void
test_posts_come_in_order (void)
{
  g_autoptr (GMainContext) context = begin ();

  snug_context_post (context, on_post, (char *) "a", on_freed);
  snug_context_post (context, on_post, (char *) "b", NULL);
  g_assert_cmpstr (told->str, ==, "");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_told ("a(a freed)b");
}

static void
test_a_post_without_its_context (void)
{
  GMainContext *context = begin ();

  snug_context_post (context, on_post, (char *) "a", on_freed);
  g_main_context_unref (context);
  assert_told ("(a freed)");
}

static void
test_a_timer_that_ends_by_itself (void)
{
  g_autoptr (GMainContext) context = begin ();
  GSource *timer = snug_context_timeout_full (context, 0, on_time, (char *) "a", on_freed);

  g_main_context_iteration (context, TRUE);
  g_assert_true (g_source_is_destroyed (timer));
  snug_clear_source (&timer);
  assert_told ("a(a freed)");
}

static void
test_a_timer_that_is_ended (void)
{
  g_autoptr (GMainContext) context = begin ();
  GSource *timer = snug_context_timeout_full (context, 0, on_time, (char *) "a", on_freed);

  snug_clear_source (&timer);
  g_assert_null (timer);
  snug_clear_source (&timer);
  g_assert_false (g_main_context_iteration (context, FALSE));
  assert_told ("(a freed)");
}

static void
test_a_timer_without_its_context (void)
{
  GMainContext *context = begin ();
  GSource *timer = snug_context_timeout_full (context, G_MAXUINT, on_time, (char *) "a", on_freed);

  g_main_context_unref (context);
  g_assert_cmpstr (told->str, ==, "(a freed)");
  snug_clear_source (&timer);
  assert_told ("(a freed)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/context/posts-come-in-order", test_posts_come_in_order);
  g_test_add_func ("/context/a-post-without-its-context", test_a_post_without_its_context);
  g_test_add_func ("/context/a-timer-that-ends-by-itself", test_a_timer_that_ends_by_itself);
  g_test_add_func ("/context/a-timer-that-is-ended", test_a_timer_that_is_ended);
  g_test_add_func ("/context/a-timer-without-its-context", test_a_timer_without_its_context);
  return g_test_run ();
}
