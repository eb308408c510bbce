/* A session's room on the local network: what is announced of it, when, and that it is taken back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-fake-avahi.h"
#include "snug-passing-time.h"
#include "snug-session.h"

#include <string.h>

typedef struct
{
  SnugFakeAvahi *avahi;
  SnugSession   *session;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  const char *listen = data;

  f->avahi = snug_fake_avahi_new ();
  f->session = g_object_new (SNUG_TYPE_SESSION, "name", "Ana", "listen", listen != NULL ? listen : "0.0.0.0:0", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  snug_session_leave (f->session);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
  snug_await_idle (NULL);
  g_clear_object (&f->session);
  snug_await_idle (NULL);
  snug_fake_avahi_free (f->avahi);
}

static void
create (Fixture *f, SnugNearbyPolicy policy, gboolean open)
{
  g_object_set (f->session, "nearby", (int) policy, NULL);
  snug_session_create (f->session, open);
  snug_await (NULL, snug_session_get_state (f->session) == SNUG_SESSION_WAITING);
}

static SnugAnnouncement
get_announcement (Fixture *f)
{
  int announcement;

  g_object_get (f->session, "announcement", &announcement, NULL);
  return (SnugAnnouncement) announcement;
}

static char *
print_announced (Fixture *f)
{
  GVariant *txt = snug_fake_avahi_get_announced_txt (f->avahi);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (txt); i++)
    {
      g_autoptr (GVariant) string = g_variant_get_child_value (txt, i);
      gsize n_bytes;
      const char *bytes = g_variant_get_fixed_array (string, &n_bytes, 1);

      g_string_append_len (text, bytes, (gssize) n_bytes);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static gboolean
is_announced (Fixture *f, const char *string)
{
  g_autofree char *announced = NULL;

  if (snug_fake_avahi_get_n_groups (f->avahi) != 1)
    return FALSE;
  announced = print_announced (f);
  return strstr (announced, string) != NULL;
}

static void
test_private_room (Fixture *f, gconstpointer data)
{
  g_autofree char *expected = NULL, *announced = NULL;

  create (f, SNUG_NEARBY_PRIVATE_ROOMS, FALSE);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 1);
  expected = g_strdup_printf ("txtvers=1\ncode=%s\nprivate=1\nname=Ana\n", snug_session_get_code (f->session));
  announced = print_announced (f);
  g_assert_cmpstr (announced, ==, expected);
  snug_fake_avahi_say_group (f->avahi, 2);
  snug_await (NULL, get_announcement (f) == SNUG_ANNOUNCEMENT_MADE);

  snug_session_leave (f->session);
  g_assert_cmpint (get_announcement (f), ==, SNUG_ANNOUNCEMENT_NONE);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
}

/* Nobody said that strangers may come in. */
static void
test_open_room_is_not_meant (Fixture *f, gconstpointer data)
{
  create (f, SNUG_NEARBY_PRIVATE_ROOMS, TRUE);
  g_assert_cmpint (get_announcement (f), ==, SNUG_ANNOUNCEMENT_NONE);
}

static void
test_open_room_is_meant (Fixture *f, gconstpointer data)
{
  create (f, SNUG_NEARBY_ALL_ROOMS, TRUE);
  snug_await (NULL, is_announced (f, "private=0\n"));
}

static void
test_switched_in_the_room (Fixture *f, gconstpointer data)
{
  create (f, SNUG_NEARBY_NO_ROOMS, FALSE);
  g_assert_cmpint (get_announcement (f), ==, SNUG_ANNOUNCEMENT_NONE);
  g_object_set (f->session, "nearby", (int) SNUG_NEARBY_PRIVATE_ROOMS, NULL);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 1);
  g_object_set (f->session, "nearby", (int) SNUG_NEARBY_NO_ROOMS, NULL);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
}

static void
test_another_name (Fixture *f, gconstpointer data)
{
  create (f, SNUG_NEARBY_PRIVATE_ROOMS, FALSE);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 1);
  g_object_set (f->session, "name", "B", NULL);
  snug_await (NULL, snug_fake_avahi_get_n_groups (f->avahi) == 0);
  g_object_set (f->session, "name", "Bo", NULL);
  snug_let_pass (2000);
  snug_await (NULL, is_announced (f, "name=Bo\n"));
}

/* An announcement leads to all addresses of the computer, and this server listens on one. */
static void
test_server_on_one_address (Fixture *f, gconstpointer data)
{
  create (f, SNUG_NEARBY_ALL_ROOMS, FALSE);
  g_assert_cmpint (get_announcement (f), ==, SNUG_ANNOUNCEMENT_IMPOSSIBLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test, listen) g_test_add ("/session-nearby/" name, Fixture, listen, set_up, test, tear_down)
  ADD ("private-room", test_private_room, NULL);
  ADD ("open-room-is-not-meant", test_open_room_is_not_meant, NULL);
  ADD ("open-room-is-meant", test_open_room_is_meant, NULL);
  ADD ("switched-in-the-room", test_switched_in_the_room, NULL);
  ADD ("another-name", test_another_name, NULL);
  ADD ("server-on-one-address", test_server_on_one_address, "127.0.0.1:0");
  return snug_fake_avahi_run_tests ();
}
