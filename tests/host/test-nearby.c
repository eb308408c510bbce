/* Rooms nearby, announced and found, over an Avahi of the test's own on a bus of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-fake-avahi.h"
#include "snug-nearby-announcer.h"
#include "snug-nearby.h"

#include <string.h>

#define N_FLOOD 1000

typedef struct
{
  SnugFakeAvahi *avahi;
  SnugNearby    *nearby;
  GListModel    *rooms;   /* borrowed */
} Fixture;

static GVariant *
txt_of (const char *code)
{
  g_autoptr (SnugNearbyRecord) record = snug_nearby_record_new ("Ana", code, TRUE);

  return snug_nearby_record_to_txt (record);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->avahi = snug_fake_avahi_new ();
  f->nearby = snug_nearby_new ();
  f->rooms = snug_nearby_get_rooms (f->nearby);
  snug_nearby_look (f->nearby, TRUE);
  snug_await (NULL, snug_fake_avahi_get_n_browsers (f->avahi) == 1);
}

/* An answer of Avahi's that is on its way may hold it until it has come. */
static void
unref_the_last (gpointer object)
{
  gpointer seen = object;

  g_object_add_weak_pointer (object, &seen);
  g_object_unref (object);
  snug_await (NULL, seen == NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  snug_nearby_look (f->nearby, FALSE);
  if (f->avahi != NULL)
    {
      snug_await (NULL, snug_fake_avahi_get_n_made (f->avahi) == 0);
      snug_fake_avahi_free (f->avahi);
    }
  snug_await_idle (NULL); /* a question that is cancelled says so when it is idle */
  g_assert_cmpuint (g_list_model_get_n_items (f->rooms), ==, 0);
  unref_the_last (f->nearby);
}

static void
announce (Fixture *f, const char *name, const char *code)
{
  snug_fake_avahi_answer (f->avahi, name, "192.168.1.20", 2029, txt_of (code));
  snug_fake_avahi_say (f->avahi, "ItemNew", name, 2);
}

static void
test_found_and_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (SnugNearbyRoom) room = NULL;

  announce (f, "Snug 1", "BOOK23");
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 1);
  room = g_list_model_get_item (f->rooms, 0);
  g_assert_cmpstr (snug_nearby_room_get_name (room), ==, "Ana");
  g_assert_cmpstr (snug_nearby_room_get_code (room), ==, "BOOK23");
  g_assert_cmpstr (snug_nearby_room_get_server (room), ==, "http://192.168.1.20:2029");
  g_assert_true (snug_nearby_room_get_private (room));
  g_assert_cmpint (snug_nearby_get_service (f->nearby), ==, SNUG_NEARBY_PRESENT);

  snug_fake_avahi_say (f->avahi, "ItemRemove", "Snug 1", 2);
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 0);
}

/* Seen on two interfaces it is one room, until it is gone from both. */
static void
test_two_ways (Fixture *f, gconstpointer data)
{
  announce (f, "Snug 1", "BOOK23");
  snug_fake_avahi_say (f->avahi, "ItemNew", "Snug 1", 3);
  announce (f, "Snug 2", "TREE45");
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 2);

  snug_fake_avahi_say (f->avahi, "ItemRemove", "Snug 1", 2);
  snug_fake_avahi_say (f->avahi, "ItemRemove", "Snug 2", 2);
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 1 && snug_fake_avahi_get_n_questions (f->avahi) == 3);
  snug_fake_avahi_say (f->avahi, "ItemRemove", "Snug 1", 3);
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 0);
}

/* Who was passed over in the flood is found when it is gone. */
static void
test_flood (Fixture *f, gconstpointer data)
{
  g_autoptr (SnugNearbyRoom) room = NULL;

  for (guint i = 0; i < N_FLOOD; i++)
    {
      g_autofree char *name = g_strdup_printf ("Snug %u", i);

      announce (f, name, "BOOK23");
    }
  announce (f, "the last", "TREE45");
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == SNUG_NEARBY_MAX_ROOMS);
  for (guint i = 0; i < N_FLOOD; i++)
    {
      g_autofree char *name = g_strdup_printf ("Snug %u", i);

      snug_fake_avahi_say (f->avahi, "ItemRemove", name, 2);
    }
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 0);
  g_assert_cmpuint (snug_fake_avahi_get_n_questions (f->avahi), ==, SNUG_NEARBY_MAX_ROOMS);
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 1);
  room = g_list_model_get_item (f->rooms, 0);
  g_assert_cmpstr (snug_nearby_room_get_code (room), ==, "TREE45");
  snug_await (NULL, snug_fake_avahi_get_n_made (f->avahi) == 1);
}

/* What no room is, is asked for each kind of address and then left alone; another one is found all the same. */
static void
test_nonsense (Fixture *f, gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (10000, 'x');

  snug_fake_avahi_answer (f->avahi, "elsewhere", "9.9.9.9", 2029, txt_of ("BOOK23"));
  snug_fake_avahi_answer (f->avahi, "ourselves", "127.0.0.1", 2029, txt_of ("BOOK23"));
  snug_fake_avahi_answer (f->avahi, "no port", "192.168.1.20", 0, txt_of ("BOOK23"));
  snug_fake_avahi_answer (f->avahi, "no code", "192.168.1.20", 2029, txt_of ("BOOK23!"));
  snug_fake_avahi_say (f->avahi, "ItemNew", "elsewhere", 2);
  snug_fake_avahi_say (f->avahi, "ItemNew", "ourselves", 2);
  snug_fake_avahi_say (f->avahi, "ItemNew", "no port", 2);
  snug_fake_avahi_say (f->avahi, "ItemNew", "no code", 2);
  snug_fake_avahi_say (f->avahi, "ItemNew", long_name, 2);
  snug_fake_avahi_say (f->avahi, "ItemNew", "", -7);
  snug_fake_avahi_say (f->avahi, "ItemRemove", "never seen", 2);
  announce (f, "Snug 1", "TREE45");
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 1 && snug_fake_avahi_get_n_questions (f->avahi) == 2 * 6 + 1);
}

static void
test_avahi_restarts (Fixture *f, gconstpointer data)
{
  announce (f, "Snug 1", "BOOK23");
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 1);
  snug_fake_avahi_free (f->avahi);
  f->avahi = NULL;
  snug_await (NULL, snug_nearby_get_service (f->nearby) == SNUG_NEARBY_ABSENT);
  g_assert_cmpuint (g_list_model_get_n_items (f->rooms), ==, 0);

  f->avahi = snug_fake_avahi_new ();
  snug_await (NULL, snug_fake_avahi_get_n_browsers (f->avahi) == 1);
  announce (f, "Snug 1", "BOOK23");
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 1);
}

static void
look_no_more (GListModel *rooms, guint position, guint n_removed, guint n_added, SnugNearby *nearby)
{
  snug_nearby_look (nearby, FALSE);
}

/* The page goes by a press on a row that comes or goes. */
static void
test_look_no_more_while_rooms_come_and_go (Fixture *f, gconstpointer data)
{
  announce (f, "Snug 1", "BOOK23");
  snug_fake_avahi_say (f->avahi, "ItemNew", "Snug 1", 3);
  snug_await (NULL, g_list_model_get_n_items (f->rooms) == 1);
  g_signal_connect (f->rooms, "items-changed", G_CALLBACK (look_no_more), f->nearby);
  announce (f, "Snug 2", "TREE45");
  snug_fake_avahi_say (f->avahi, "ItemRemove", "Snug 1", 2);
  snug_await (NULL, snug_nearby_get_service (f->nearby) == SNUG_NEARBY_UNKNOWN);
  g_assert_cmpuint (g_list_model_get_n_items (f->rooms), ==, 0);
  g_signal_handlers_disconnect_by_data (f->rooms, f->nearby);
}

static SnugNearbyAnnouncer *
make_announcer (void)
{
  g_autoptr (SnugNearbyRecord) record = snug_nearby_record_new ("Ana", "BOOK23", TRUE);

  return snug_nearby_announcer_new (record, 2029);
}

static void
test_announced (Fixture *f, gconstpointer data)
{
  SnugNearbyAnnouncer *announcer = make_announcer ();
  g_autoptr (GVariant) expected = g_variant_ref_sink (txt_of ("BOOK23"));

  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 1);
  g_assert_true (g_str_has_prefix (snug_fake_avahi_get_announced_name (f->avahi), "Snug "));
  g_assert_cmpuint (snug_fake_avahi_get_announced_port (f->avahi), ==, 2029);
  g_assert_cmpvariant (snug_fake_avahi_get_announced_txt (f->avahi), expected);
  snug_fake_avahi_say_group (f->avahi, 2);
  snug_await (NULL, snug_nearby_announcer_get_state (announcer) == SNUG_ANNOUNCEMENT_MADE);

  snug_nearby_announcer_stop (announcer);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
  unref_the_last (announcer);
}

/* Another name is tried, but not for ever. */
static void
test_announced_under_another_name (Fixture *f, gconstpointer data)
{
  SnugNearbyAnnouncer *announcer = make_announcer ();
  g_autofree char *first = NULL;

  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 1);
  first = g_strdup (snug_fake_avahi_get_announced_name (f->avahi));
  snug_fake_avahi_say_group (f->avahi, 3);
  snug_await (NULL, g_strcmp0 (snug_fake_avahi_get_announced_name (f->avahi), first) != 0);
  while (snug_nearby_announcer_get_state (announcer) != SNUG_ANNOUNCEMENT_IMPOSSIBLE)
    {
      snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 1
                        || snug_nearby_announcer_get_state (announcer) == SNUG_ANNOUNCEMENT_IMPOSSIBLE);
      snug_fake_avahi_say_group (f->avahi, 3);
      snug_await_idle (NULL);
    }
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
  snug_nearby_announcer_stop (announcer);
  unref_the_last (announcer);
}

/* The computer's host name was taken, and it has another one now. */
static void
test_announced_again (Fixture *f, gconstpointer data)
{
  SnugNearbyAnnouncer *announcer = make_announcer ();

  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 1);
  snug_fake_avahi_say_server (f->avahi, 3);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
  snug_fake_avahi_say_server (f->avahi, 2);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 1);
  snug_nearby_announcer_stop (announcer);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
  unref_the_last (announcer);
}

/* Stopped before Avahi has answered: nothing is announced then. */
static void
test_stopped_at_once (Fixture *f, gconstpointer data)
{
  SnugNearbyAnnouncer *announcer = make_announcer ();

  snug_nearby_announcer_stop (announcer);
  g_object_unref (announcer);
  announcer = make_announcer ();
  snug_await (NULL, snug_fake_avahi_get_announced_name (f->avahi) != NULL);
  snug_nearby_announcer_stop (announcer);
  g_object_unref (announcer);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
}

/* What Avahi makes before it hears that nobody wants it any more is not kept. */
static void
test_stopped_while_it_is_made (Fixture *f, gconstpointer data)
{
  SnugNearbyAnnouncer *announcer = make_announcer ();

  snug_await (NULL, snug_fake_avahi_get_n_made (f->avahi) == 2);
  snug_nearby_announcer_stop (announcer);
  snug_await (NULL, snug_fake_avahi_get_n_made (f->avahi) == 1);
  g_assert_null (snug_fake_avahi_get_announced_name (f->avahi));
  unref_the_last (announcer);

  snug_nearby_look (f->nearby, FALSE);
  snug_await (NULL, snug_fake_avahi_get_n_made (f->avahi) == 0);
  snug_nearby_look (f->nearby, TRUE);
  snug_await (NULL, snug_fake_avahi_get_n_made (f->avahi) == 1);
  snug_nearby_look (f->nearby, FALSE);
  snug_await (NULL, snug_fake_avahi_get_n_made (f->avahi) == 0);
}

static void
assert_absent (void)
{
  SnugNearby *nearby = snug_nearby_new ();
  SnugNearbyAnnouncer *announcer = make_announcer ();

  g_assert_cmpint (snug_nearby_get_service (nearby), ==, SNUG_NEARBY_UNKNOWN);
  snug_nearby_look (nearby, TRUE);
  snug_await (NULL, snug_nearby_get_service (nearby) == SNUG_NEARBY_ABSENT);
  snug_await (NULL, snug_nearby_announcer_get_state (announcer) == SNUG_ANNOUNCEMENT_IMPOSSIBLE);
  snug_nearby_announcer_stop (announcer);
  unref_the_last (announcer);
  unref_the_last (nearby);
}

static void
test_no_avahi (void)
{
  assert_absent ();
}

/* In a program of its own: a bus that is found once is kept. */
static void
test_no_bus (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  assert_absent ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nearby/no-bus", test_no_bus);
  g_test_add_func ("/nearby/no-avahi", test_no_avahi);
#define ADD(name, test) g_test_add ("/nearby/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("found-and-gone", test_found_and_gone);
  ADD ("two-ways", test_two_ways);
  ADD ("flood", test_flood);
  ADD ("nonsense", test_nonsense);
  ADD ("avahi-restarts", test_avahi_restarts);
  ADD ("look-no-more-while-rooms-come-and-go", test_look_no_more_while_rooms_come_and_go);
  ADD ("announced", test_announced);
  ADD ("announced-under-another-name", test_announced_under_another_name);
  ADD ("announced-again", test_announced_again);
  ADD ("stopped-at-once", test_stopped_at_once);
  ADD ("stopped-while-it-is-made", test_stopped_while_it_is_made);
  return snug_fake_avahi_run_tests ();
}
