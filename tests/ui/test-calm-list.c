/* A list that passes changes on in batches.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-calm-list.h"

typedef struct
{
  GListStore   *source;
  SnugCalmList *list;
  GListStore   *mirror;      /* what somebody has who believes every items-changed */
  guint         n_told;
} Fixture;

static void
on_told (GListModel *list, guint position, guint n_removed, guint n_added, Fixture *fixture)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_added; i++)
    g_ptr_array_add (added, g_list_model_get_item (list, position + i));
  g_list_store_splice (fixture->mirror, position, n_removed, added->pdata, n_added);
  fixture->n_told++;
}

static void
append (Fixture *fixture, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_object_new (G_TYPE_OBJECT, NULL);

      g_list_store_append (fixture->source, item);
    }
}

static guint
n_items (gpointer list)
{
  return g_list_model_get_n_items (list);
}

static gboolean
are_same (gpointer one, gpointer other)
{
  if (n_items (one) != n_items (other))
    return FALSE;
  for (guint i = 0; i < n_items (one); i++)
    {
      g_autoptr (GObject) a = g_list_model_get_item (one, i);
      g_autoptr (GObject) b = g_list_model_get_item (other, i);

      if (a != b)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_all_told (Fixture *fixture)
{
  return are_same (fixture->source, fixture->list) && are_same (fixture->source, fixture->mirror);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->source = g_list_store_new (G_TYPE_OBJECT);
  append (fixture, 3);
  fixture->list = snug_calm_list_new (G_LIST_MODEL (fixture->source));
  fixture->mirror = g_list_store_new (G_TYPE_OBJECT);
  on_told (G_LIST_MODEL (fixture->list), 0, 0, n_items (fixture->list), fixture);
  fixture->n_told = 0;
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (on_told), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->list);
  g_object_unref (fixture->mirror);
  g_object_unref (fixture->source);
}

static guint
told_at_first (Fixture *fixture, guint n)
{
  guint n_before = n_items (fixture->list);

  append (fixture, n);
  g_assert_cmpuint (n_items (fixture->list), ==, n_before);
  snug_await (NULL, fixture->n_told == 1);
  return n_items (fixture->list) - n_before;
}

/* The first without delay, and few at once: so few that a frame of a window has the time to place them. */
static void
test_some_at_once (Fixture *fixture, gconstpointer data)
{
  guint n = told_at_first (fixture, 30);

  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, 4);
}

/* More of them while more wait, and never all. */
static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  guint n = told_at_first (fixture, 1000);

  g_assert_cmpuint (n, >, 4);
  g_assert_cmpuint (n, <=, 16);
}

/* What comes after the first is kept back, and told all the same: what left, and what came. */
static void
test_in_the_rest (Fixture *fixture, gconstpointer data)
{
  append (fixture, 1);
  snug_await (NULL, fixture->n_told == 1);
  for (guint i = 0; i < 3; i++)
    {
      append (fixture, 1);
      g_list_store_remove (fixture->source, 0);
    }
  g_assert_cmpuint (n_items (fixture->list), ==, 4);
  snug_await (NULL, is_all_told (fixture));
  g_assert_cmpuint (fixture->n_told, ==, 3);
}

static gboolean
on_frame (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* The frames of a slow machine on which something moves all the time: there is always one that comes first. */
static void
test_behind_frames_without_end (Fixture *fixture, gconstpointer data)
{
  guint frames = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 20, on_frame, NULL, NULL);

  append (fixture, 100);
  snug_await (NULL, is_all_told (fixture));
  g_source_remove (frames);
}

static void
test_all_in_the_end (Fixture *fixture, gconstpointer data)
{
  append (fixture, 100);
  snug_await (NULL, is_all_told (fixture));
}

static void
test_more_leave_than_were_told (Fixture *fixture, gconstpointer data)
{
  append (fixture, 5);
  for (guint i = 0; i < 6; i++)
    g_list_store_remove (fixture->source, 0);
  snug_await (NULL, is_all_told (fixture));
}

static void
test_all_leave (Fixture *fixture, gconstpointer data)
{
  append (fixture, 5);
  g_list_store_remove_all (fixture->source);
  g_assert_true (is_all_told (fixture));
  append (fixture, 1);
  snug_await (NULL, is_all_told (fixture));
}

static void
test_in_the_middle (Fixture *fixture, gconstpointer data)
{
  append (fixture, 5);
  g_list_store_remove (fixture->source, 4);
  g_assert_true (is_all_told (fixture));
}

static void
test_it_goes_first (Fixture *fixture, gconstpointer data)
{
  append (fixture, 1);
  g_object_unref (fixture->list);
  append (fixture, 1);
  snug_await_idle (NULL);
  g_assert_cmpuint (fixture->n_told, ==, 0);
  fixture->list = snug_calm_list_new (G_LIST_MODEL (fixture->source));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add ("/calm-list/" path, Fixture, NULL, set_up, test, tear_down)
  ADD ("some-at-once", test_some_at_once);
  ADD ("many-at-once", test_many_at_once);
  ADD ("in-the-rest", test_in_the_rest);
  ADD ("behind-frames-without-end", test_behind_frames_without_end);
  ADD ("all-in-the-end", test_all_in_the_end);
  ADD ("more-leave-than-were-told", test_more_leave_than_were_told);
  ADD ("all-leave", test_all_leave);
  ADD ("in-the-middle", test_in_the_middle);
  ADD ("it-goes-first", test_it_goes_first);
#undef ADD
  return g_test_run ();
}
