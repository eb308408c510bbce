/* Rooms over real peer connections, and the real server that goes and comes back between them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-context.h"
#include "snug-network.h"
#include "snug-passing-time.h"
#include "snug-room-mates.h"
#include "snug-server.h"
#include "snug-temp-folder.h"
#include "snug-websocket-signaling.h"

#include <glib/gstdio.h>

typedef struct
{
  SnugSignaling *signaling;   /* owned */
  SnugRoom      *room;        /* owned */
  guint          n_lost;
  guint          n_left;
  guint          n_heard;
} Person;

typedef struct
{
  SnugServer *server;         /* owned */
  char       *folder;
  char       *key_file;
  char       *address;
  char       *url;
  char       *code;
  SnugSecret *secret;         /* owned; NULL: an open room */
  Person     *ana;
  Person     *ben;
  Person     *chi;
} Fixture;

static void
on_lost (SnugRoom *room, SnugMember *member, Person *person)
{
  person->n_lost++;
}

static void
on_left (SnugRoom *room, SnugMember *member, Person *person)
{
  person->n_left++;
}

static void
on_chat (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  ((Person *) user_data)->n_heard++;
}

static Person *
person_new (Fixture *f, const char *name, const char *id, const char *token)
{
  Person *person = g_new0 (Person, 1);

  person->signaling = snug_websocket_signaling_new (f->url, f->code, id, token, "receiver");
  person->room = snug_mate_room_new (person->signaling, snug_network_get_context (), name, f->code, f->secret);
  g_signal_connect (person->room, "member-lost", G_CALLBACK (on_lost), person);
  g_signal_connect (person->room, "member-left", G_CALLBACK (on_left), person);
  snug_room_set_handler (person->room, SNUG_WIRE_CHAT, on_chat, person);
  snug_room_open (person->room);
  return person;
}

static void
person_free (Person *person)
{
  g_signal_handlers_disconnect_by_data (person->room, person);
  snug_room_set_handler (person->room, SNUG_WIRE_CHAT, NULL, NULL);
  snug_room_close (person->room);
  g_object_unref (person->room);
  g_object_unref (person->signaling);
  g_free (person);
}

static guint
n_members (Person *person)
{
  return g_list_model_get_n_items (snug_room_get_members (person->room));
}

static gboolean
is_open (Person *person)
{
  return snug_signaling_get_state (person->signaling) == SNUG_SIGNALING_OPEN;
}

/* Exactly these: once each, connected, and over the session they had. */
static void
assert_sees (Person *person, guint n)
{
  GListModel *members = snug_room_get_members (person->room);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (g_list_model_get_n_items (members), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);
      SnugPeerLink *link = snug_room_get_link (person->room, member);

      g_assert_true (g_hash_table_add (ids, (char *) snug_member_get_id (member)));
      g_assert_cmpint (snug_member_get_state (member), ==, SNUG_MEMBER_CONNECTED);
      g_assert_cmpuint (snug_peer_link_get_n_sessions (link), ==, 1);
    }
}

static void
say (Person *person)
{
  g_autoptr (SnugWireMessage) chat = snug_wire_message_new (SNUG_WIRE_CHAT);

  chat->id = g_uuid_string_random ();
  chat->text = g_strdup ("still here?");
  snug_room_send_to_all (person->room, chat);
}

static void
start_server (Fixture *f, const char *address)
{
  SnugServerConfig config = { .key_file = f->key_file };
  g_autoptr (GError) error = NULL;

  f->server = snug_server_new (&config);
  snug_server_listen (f->server, address, &error);
  g_assert_no_error (error);
}

static void
stop_server (Fixture *f, const char *reason)
{
  snug_server_stop (f->server, reason);
  snug_await (NULL, snug_server_get_n_connections (f->server) == 0);
  g_assert_finalize_object (f->server);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *member = NULL;
  g_autofree char *token = NULL;

  f->secret = data != NULL ? snug_secret_new_text (data) : NULL;
  f->folder = snug_temp_folder_new ();
  f->key_file = g_build_filename (f->folder, "key", NULL);
  start_server (f, "127.0.0.1:0");
  f->address = g_strdup_printf ("127.0.0.1:%u", snug_server_get_port (f->server));
  f->url = g_strdup_printf ("http://%s", f->address);
  g_assert_true (snug_server_create_room (f->server, 10, data != NULL, &f->code, &member, &token, NULL));

  f->ana = person_new (f, "Ana", member, token);
  snug_await (NULL, is_open (f->ana));
  f->ben = person_new (f, "Ben", NULL, NULL);
  /* There is one at a time at a private room's door. */
  snug_await (NULL, is_open (f->ben) && snug_room_get_n_ready (f->ben->room) == 1);
  f->chi = person_new (f, "Chi", NULL, NULL);
  snug_await (NULL, snug_room_get_n_ready (f->ana->room) == 2 && snug_room_get_n_ready (f->ben->room) == 2
                    && snug_room_get_n_ready (f->chi->room) == 2);
}

static void
on_network_idle (gpointer data)
{
  g_atomic_int_set ((int *) data, TRUE);
}

/* What closing posted to the network context has happened. */
static void
await_network (void)
{
  for (guint i = 0; i < 3; i++)
    {
      int idle = FALSE;

      snug_context_post (snug_network_get_context (), on_network_idle, &idle, NULL);
      snug_await (NULL, g_atomic_int_get (&idle));
    }
  snug_await_idle (NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->ana, person_free);
  g_clear_pointer (&f->ben, person_free);
  g_clear_pointer (&f->chi, person_free);
  stop_server (f, "over");
  await_network ();
  snug_temp_folder_free (f->folder);
  g_free (f->key_file);
  g_free (f->address);
  g_free (f->url);
  g_free (f->code);
  g_clear_pointer (&f->secret, snug_secret_unref);
}

static void
come_back (Person *person)
{
  snug_signaling_retry (person->signaling);
  snug_await (NULL, is_open (person));
}

/* The server that came back lists only who came back before: the first sees nobody, the second one, and
 * then hear of the others as if they were new. */
static void
test_nobody_is_lost (Fixture *f, gconstpointer data)
{
  Person *people[] = { f->ben, f->chi, f->ana };
  Person *dag;

  stop_server (f, "restart");
  snug_await (NULL, !is_open (f->ana) && !is_open (f->ben) && !is_open (f->chi));
  say (f->ana);
  snug_await (NULL, f->ben->n_heard == 1 && f->chi->n_heard == 1);

  start_server (f, f->address);
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    come_back (people[i]);
  g_assert_true (snug_room_get_is_host (f->ana->room));
  say (f->ana);
  snug_await (NULL, f->ben->n_heard == 2 && f->chi->n_heard == 2);

  /* Whoever hears of her has heard all that the server said before. */
  dag = person_new (f, "Dag", NULL, NULL);
  snug_await (NULL, snug_room_get_n_ready (dag->room) == 3);
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      snug_await (NULL, snug_room_get_n_ready (people[i]->room) == 3);
      assert_sees (people[i], 3);
      g_assert_cmpuint (people[i]->n_lost, ==, 0);
      g_assert_cmpuint (people[i]->n_left, ==, 0);
    }
  assert_sees (dag, 3);
  person_free (dag);
}

static gboolean
is_reconnecting_to_one (Person *person)
{
  GListModel *members = snug_room_get_members (person->room);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      n += snug_member_get_state (member) == SNUG_MEMBER_RECONNECTING;
    }
  return n == 1;
}

/* How long snug-peer.c lets a member live on by its link alone while that is broken. */
#define LEFT_GRACE_MS 15000

/* Nobody says that Chi went: its connection does, and the server that does not list it. */
static void
test_who_left_meanwhile_disappears (Fixture *f, gconstpointer data)
{
  stop_server (f, "restart");
  snug_await (NULL, !is_open (f->ana) && !is_open (f->ben));
  g_clear_pointer (&f->chi, person_free);
  start_server (f, f->address);
  come_back (f->ana);
  come_back (f->ben);

  snug_await (NULL, is_reconnecting_to_one (f->ana) && is_reconnecting_to_one (f->ben));
  snug_let_pass (LEFT_GRACE_MS);
  snug_await (NULL, n_members (f->ana) == 1 && n_members (f->ben) == 1);
  assert_sees (f->ana, 1);
  assert_sees (f->ben, 1);
  g_assert_cmpuint (f->ana->n_left, ==, 1);
  g_assert_cmpuint (f->ben->n_left, ==, 1);
  say (f->ana);
  snug_await (NULL, f->ben->n_heard == 1);
}

/* Another key: the tokens are worth nothing, the room is gone, and everybody is told. */
static void
test_a_server_that_knows_nobody (Fixture *f, gconstpointer data)
{
  stop_server (f, "restart");
  snug_await (NULL, !is_open (f->ana));
  g_unlink (f->key_file);
  start_server (f, f->address);
  snug_signaling_retry (f->ana->signaling);
  snug_await (NULL, snug_signaling_get_state (f->ana->signaling) == SNUG_SIGNALING_CLOSED);
  g_assert_error (snug_signaling_get_error (f->ana->signaling), SNUG_SIGNALING_ERROR,
                  SNUG_SIGNALING_ERROR_ROOM_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/server-restart/open/" path, Fixture, NULL, set_up, func, tear_down); \
  g_test_add ("/server-restart/private/" path, Fixture, "otter-velvet-canoe", set_up, func, tear_down)
  ADD ("nobody-is-lost", test_nobody_is_lost);
  ADD ("who-left-meanwhile-disappears", test_who_left_meanwhile_disappears);
  ADD ("a-server-that-knows-nobody", test_a_server_that_knows_nobody);
  return g_test_run ();
}
