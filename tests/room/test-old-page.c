/* A room of ours and a page of version 1, in both roles. The server is faked, the page scripted, the
 * connections are real. Everything runs in the one context of the test, which plays the network's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-dropped.h"
#include "snug-old-page.h"
#include "snug-passing-time.h"
#include "snug-room-mates.h"

#include <string.h>

typedef struct
{
  SnugFakeHub   *hub;
  SnugSignaling *signaling;
  SnugRoom      *room;
  SnugOldPage   *page;
  GPtrArray     *heard;      /* of char*: chat */
  GPtrArray     *confirmed;  /* of char*: ids */
  guint          n_ready;
  guint          n_lost;
} Fixture;

static void
on_chat (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer data)
{
  g_ptr_array_add (((Fixture *) data)->heard, g_strdup (message->text));
}

static void
on_received (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer data)
{
  for (guint i = 0; i < message->ids->len; i++)
    g_ptr_array_add (((Fixture *) data)->confirmed, g_strdup (message->ids->pdata[i]));
}

static void
on_ready (SnugRoom *room, SnugMember *member, Fixture *f)
{
  f->n_ready++;
}

static void
on_lost (SnugRoom *room, SnugMember *member, Fixture *f)
{
  f->n_lost++;
}

static void
open_room (Fixture *f, const char *role)
{
  f->signaling = snug_fake_signaling_new (f->hub, role);
  f->room = snug_mate_room_new (f->signaling, g_main_context_default (), "Ana", SNUG_MATES_CODE, NULL);
  snug_room_set_handler (f->room, SNUG_WIRE_CHAT, on_chat, f);
  snug_room_set_handler (f->room, SNUG_WIRE_CHAT_RECEIVED, on_received, f);
  g_signal_connect (f->room, "member-ready", G_CALLBACK (on_ready), f);
  g_signal_connect (f->room, "member-lost", G_CALLBACK (on_lost), f);
  snug_room_open (f->room);
  snug_await (NULL, snug_room_get_self_id (f->room) != NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->hub = snug_fake_hub_new ();
  f->heard = g_ptr_array_new_with_free_func (g_free);
  f->confirmed = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->room != NULL)
    {
      g_signal_handlers_disconnect_by_data (f->room, f);
      snug_room_close (f->room);
    }
  g_clear_object (&f->room);
  g_clear_object (&f->signaling);
  g_clear_pointer (&f->page, snug_old_page_free);
  g_clear_object (&f->hub);
  snug_await_idle (NULL);
  g_ptr_array_unref (f->heard);
  g_ptr_array_unref (f->confirmed);
}

static SnugMember *
member (Fixture *f)
{
  g_autoptr (SnugMember) first = g_list_model_get_item (snug_room_get_members (f->room), 0);

  return first;
}

static void
meet (Fixture *f, gboolean page_is_host)
{
  if (page_is_host)
    f->page = snug_old_page_new (f->hub, TRUE);
  if (page_is_host)
    snug_await (NULL, snug_signaling_get_state (f->page->signaling) == SNUG_SIGNALING_OPEN);
  open_room (f, page_is_host ? "receiver" : "sender");
  if (!page_is_host)
    f->page = snug_old_page_new (f->hub, FALSE);
  snug_await (NULL, snug_room_get_n_ready (f->room) == 1 && snug_old_page_is_open (f->page));
}

static gboolean
has (GPtrArray *texts, const char *text)
{
  return g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}

static void
say (Fixture *f, const char *id, const char *text)
{
  g_autoptr (SnugWireMessage) chat = snug_wire_message_new (SNUG_WIRE_CHAT);

  chat->id = g_strdup (id);
  chat->text = g_strdup (text);
  g_assert_true (snug_room_send (f->room, member (f), chat));
}

static void
assert_talks (Fixture *f, const char *text)
{
  say (f, text, text);
  snug_await (NULL, has (f->page->chats, text) && has (f->confirmed, text));
  snug_old_page_send_chat (f->page, text);
  snug_await (NULL, has (f->heard, text));
}

/* @data: the page is the host */
static void
test_meet_and_talk (Fixture *f, gconstpointer data)
{
  meet (f, data != NULL);
  g_assert_true (snug_member_get_legacy (member (f)));
  g_assert_cmpint (snug_member_get_device (member (f)), ==, SNUG_MEMBER_DEVICE_LEGACY_PAGE);
  g_assert_cmpint (snug_member_get_state (member (f)), ==, SNUG_MEMBER_CONNECTED);
  g_assert_cmpstr (snug_member_get_name (member (f)), ==, "");
  assert_talks (f, "hello");
  assert_talks (f, "and again");

  /* Nothing that version 1 does not know was said, on no further channel. */
  g_assert_cmpuint (f->page->n_unknown, ==, 0);
  g_assert_cmpuint (f->page->n_other, ==, 0);
  g_assert_cmpuint (f->page->n_channels, ==, data != NULL ? 0 : 1);
  g_assert_cmpuint (f->n_ready, ==, 1);
}

static void
test_messages_without_a_word_for_them_stay_here (Fixture *f, gconstpointer data)
{
  static const SnugWireType types[] = { SNUG_WIRE_TYPING, SNUG_WIRE_AWAY, SNUG_WIRE_PING, SNUG_WIRE_HELLO };

  meet (f, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (SnugWireMessage) message = snug_wire_message_new (types[i]);

      snug_room_send (f->room, member (f), message);
    }
  assert_talks (f, "after them");
  g_assert_cmpuint (f->page->n_unknown, ==, 0);
}

/* PROTOCOL.md section 4: caps make version 2, whatever the server says of the member. */
static void
test_caps_make_version_2 (Fixture *f, gconstpointer data)
{
  open_room (f, "sender");
  f->page = snug_old_page_new (f->hub, FALSE);
  f->page->is_modern = TRUE;
  snug_await (NULL, snug_old_page_is_open (f->page) && f->page->n_unknown > 0);
  /* it is greeted, and has to greet */
  g_assert_false (snug_member_get_legacy (member (f)));
  g_assert_cmpuint (snug_room_get_n_ready (f->room), ==, 0);
  snug_old_page_send_text (f->page, "{\"type\":\"hello\",\"v\":2,\"name\":\"Bo\"}");
  snug_await (NULL, snug_room_get_n_ready (f->room) == 1);
  g_assert_cmpstr (snug_member_get_name (member (f)), ==, "Bo");
}

/* Two of ours on a server of version 1 are members of version 2 to each other. */
static void
test_two_of_ours_on_a_server_of_version_1 (Fixture *f, gconstpointer data)
{
  Fixture other = { .hub = f->hub, .heard = f->heard, .confirmed = f->confirmed };

  snug_fake_hub_set_version_1 (f->hub);
  open_room (f, "sender");
  open_room (&other, "receiver");
  snug_await (NULL, snug_room_get_n_ready (f->room) == 1 && snug_room_get_n_ready (other.room) == 1);
  g_assert_cmpstr (snug_member_get_name (member (f)), ==, "Ana");
  g_assert_cmpstr (snug_member_get_name (member (&other)), ==, "Ana");
  g_assert_false (snug_member_get_legacy (member (f)));
  g_assert_false (snug_member_get_legacy (member (&other)));
  snug_room_close (other.room);
  g_clear_object (&other.room);
  g_clear_object (&other.signaling);
}

/* --- sockets and reloads --------------------------------------------------------------------------- */

/* What snug-negotiator-mending.c waits before it looks whether somebody is still there, and then for an answer. */
#define PROBE_DELAY_MS 1000
#define PROBE_MS 2000

void __real_snug_peer_connection_probe (SnugPeerConnection *connection);
void __wrap_snug_peer_connection_probe (SnugPeerConnection *connection);

static SnugPeerConnection *probed;    /* borrowed */
static guint64 n_packets_before;

/* The answer is a packet of the transport's: only this connection knows of it. */
void
__wrap_snug_peer_connection_probe (SnugPeerConnection *connection)
{
  probed = connection;
  n_packets_before = snug_peer_connection_get_n_packets (connection);
  __real_snug_peer_connection_probe (connection);
}

static void
let_probe_pass (void)
{
  probed = NULL;
  snug_let_pass (PROBE_DELAY_MS);
  snug_await (NULL, probed != NULL && snug_peer_connection_get_n_packets (probed) > n_packets_before);
  snug_let_pass (PROBE_MS);
  snug_await_idle (NULL);
}

/* The page's socket comes and goes; its connection answers, so nothing is touched. */
static void
test_guest_reenters_and_nothing_changes (Fixture *f, gconstpointer data)
{
  meet (f, FALSE);
  snug_old_page_reenter (f->page);
  snug_await_idle (NULL);
  let_probe_pass ();
  g_assert_cmpuint (f->page->n_offers, ==, 1);
  g_assert_cmpuint (f->n_lost, ==, 0);
  assert_talks (f, "still here");
}

/* A tab loaded anew answers nothing on the old connection. One offer is enough for it. */
static void
test_guest_is_reloaded (Fixture *f, gconstpointer data)
{
  static const guint probe_ms[] = { PROBE_DELAY_MS, PROBE_MS };

  meet (f, FALSE);
  snug_old_page_reload (f->page);
  for (guint i = 0; i < G_N_ELEMENTS (probe_ms); i++)
    {
      snug_await_idle (NULL);
      snug_let_pass (probe_ms[i]);
    }
  snug_await (NULL, f->n_ready == 2 && snug_old_page_is_open (f->page));
  g_assert_cmpuint (f->page->n_offers, ==, 2);
  g_assert_cmpuint (f->page->n_connections, ==, 2);
  assert_talks (f, "here again");
}

/* What snug-dialect-v1.c grants an answer. */
#define ANSWER_PATIENCE_MS 15000

/* A stale answer, or none: one offer at a time, and after some patience another. */
static void
test_guest_answers_at_the_second_offer (Fixture *f, gconstpointer data)
{
  open_room (f, "sender");
  f->page = snug_old_page_new (f->hub, FALSE);
  f->page->is_mute = TRUE;
  snug_await (NULL, f->page->n_offers == 1);
  snug_await_idle (NULL);
  g_assert_cmpuint (f->page->n_offers, ==, 1);
  f->page->is_mute = FALSE;
  snug_let_pass (ANSWER_PATIENCE_MS);
  snug_await (NULL, f->page->n_offers == 2);
  snug_await (NULL, snug_room_get_n_ready (f->room) == 1);
  assert_talks (f, "at last");
}

/* At a new socket the host says its offer once more: it is answered, and nothing else happens. */
static void
test_host_repeats_its_offer (Fixture *f, gconstpointer data)
{
  guint n_frames;

  meet (f, TRUE);
  n_frames = snug_fake_hub_get_n_frames (f->hub);
  snug_old_page_say_offer (f->page, FALSE);
  snug_await (NULL, snug_fake_hub_get_n_frames (f->hub) >= n_frames + 2);
  assert_talks (f, "nothing happened");
  g_assert_cmpuint (f->n_ready, ==, 1);
  g_assert_cmpuint (f->n_lost, ==, 0);
}

/* A new connection of the host's has a certificate of its own, and is a new session. */
static void
test_host_begins_anew (Fixture *f, gconstpointer data)
{
  meet (f, TRUE);
  snug_fake_signaling_reenter (f->signaling);
  snug_await (NULL, f->n_ready == 2 && snug_old_page_is_open (f->page));
  g_assert_cmpuint (f->page->n_connections, ==, 2);
  assert_talks (f, "in a new session");
}

/* New addresses, the same certificate: the session goes on. */
static void
test_host_restarts_ice (Fixture *f, gconstpointer data)
{
  guint n_frames;

  meet (f, TRUE);
  n_frames = snug_fake_hub_get_n_frames (f->hub);
  snug_old_page_say_offer (f->page, TRUE);
  snug_await (NULL, snug_fake_hub_get_n_frames (f->hub) >= n_frames + 2);
  assert_talks (f, "on another way");
  g_assert_cmpuint (f->n_ready, ==, 1);
}

/* Longer than a member of version 2 is waited for. */
#define SHORT_SILENCE_MS 5000

/* A silence that a member of version 2 would be asked about: the host could only throw its connection away,
 * and mends it by itself. */
static void
test_host_is_not_asked_in_a_short_silence (Fixture *f, gconstpointer data)
{
  meet (f, TRUE);
  snug_old_page_sleep (f->page, TRUE);
  snug_await (NULL, snug_member_get_state (member (f)) == SNUG_MEMBER_RECONNECTING);
  snug_let_pass (SHORT_SILENCE_MS);
  snug_await_idle (NULL);
  g_assert_cmpuint (f->page->n_other, ==, 0);
  snug_old_page_sleep (f->page, FALSE);
  snug_old_page_say_offer (f->page, TRUE);
  snug_await (NULL, snug_member_get_state (member (f)) == SNUG_MEMBER_CONNECTED);
  assert_talks (f, "in the same session");
  g_assert_cmpuint (f->page->n_connections, ==, 1);
}

/* That its socket is gone is no end while it answers. */
static void
test_page_without_its_socket_stays (Fixture *f, gconstpointer data)
{
  meet (f, FALSE);
  snug_signaling_close (f->page->signaling);
  snug_await_idle (NULL);
  g_assert_cmpuint (snug_room_get_n_ready (f->room), ==, 1);
  assert_talks (f, "without a server");
}

/* Delivered is not what we have said, but what has arrived. */
static void
test_delivered_is_the_transports_word (Fixture *f, gconstpointer data)
{
  meet (f, FALSE);
  snug_old_page_sleep (f->page, TRUE);
  say (f, "c1", "are you awake");
  snug_let_pass (SHORT_SILENCE_MS);
  snug_await_idle (NULL);
  g_assert_cmpuint (f->confirmed->len, ==, 0);
  snug_old_page_sleep (f->page, FALSE);
  snug_await (NULL, has (f->confirmed, "c1"));
}

/* --- nonsense -------------------------------------------------------------------------------------- */

static void
test_nonsense_is_dropped (Fixture *f, gconstpointer data)
{
  static const char *const nonsense[] = {
    "", "x", "{", "[]", "{\"type\":\"chat\"}", "{\"type\":\"chat\",\"text\":1}", "{\"type\":\"complete\",\"id\":\"x\"}",
    "{\"type\":\"cancel\",\"id\":\"x\"}", "{\"type\":\"file-meta\",\"id\":\"x\",\"name\":\"n\",\"size\":\"1\"}",
    "{\"type\":\"chunk-info\",\"id\":\"x\",\"index\":-1}", "{\"type\":\"hello\",\"v\":2,\"name\":\"Mallory\"}",
    "{\"type\":\"file-get\",\"id\":\"x\",\"from\":{\"entry\":0,\"offset\":0}}", "{\"type\":\"removed\",\"peer\":\"m1\"}",
  };

  meet (f, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++)
    snug_old_page_send_text (f->page, nonsense[i]);
  snug_old_page_send_zeros (f->page, 0);
  snug_old_page_send_zeros (f->page, 262144);
  assert_talks (f, "sense");
  g_assert_cmpuint (f->heard->len, ==, 1);
  g_assert_cmpstr (snug_member_get_name (member (f)), ==, "");
}

/* For some messages at the rate that is taken. */
#define A_WHILE_MS 1000

/* A page may not say more than others, and its own restraint is unknown: what is too much is dropped. */
static void
test_who_says_too_much_is_not_heard (Fixture *f, gconstpointer data)
{
  SnugDropped dropped;

  meet (f, FALSE);
  snug_dropped_begin (&dropped);
  for (guint i = 0; i < 1000; i++)
    snug_old_page_send_chat (f->page, "spam");
  snug_await (NULL, f->heard->len + snug_dropped_count (&dropped) >= 1000);
  snug_dropped_end (&dropped);
  snug_let_pass (A_WHILE_MS);
  snug_old_page_send_chat (f->page, "fence");
  snug_await (NULL, has (f->heard, "fence"));
  g_assert_cmpuint (f->heard->len, >=, 200);
  g_assert_cmpuint (f->heard->len, <, 900);
}

#define ADD(name, func, data) g_test_add ("/old-page/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("guest-talks", test_meet_and_talk, NULL);
  ADD ("host-talks", test_meet_and_talk, "host");
  ADD ("messages-without-a-word-for-them-stay-here", test_messages_without_a_word_for_them_stay_here, NULL);
  ADD ("caps-make-version-2", test_caps_make_version_2, NULL);
  ADD ("two-of-ours-on-a-server-of-version-1", test_two_of_ours_on_a_server_of_version_1, NULL);
  ADD ("guest-reenters-and-nothing-changes", test_guest_reenters_and_nothing_changes, NULL);
  ADD ("guest-is-reloaded", test_guest_is_reloaded, NULL);
  ADD ("guest-answers-at-the-second-offer", test_guest_answers_at_the_second_offer, NULL);
  ADD ("host-repeats-its-offer", test_host_repeats_its_offer, NULL);
  ADD ("host-begins-anew", test_host_begins_anew, NULL);
  ADD ("host-restarts-ice", test_host_restarts_ice, NULL);
  ADD ("host-is-not-asked-in-a-short-silence", test_host_is_not_asked_in_a_short_silence, NULL);
  ADD ("page-without-its-socket-stays", test_page_without_its_socket_stays, NULL);
  ADD ("delivered-is-the-transports-word", test_delivered_is_the_transports_word, NULL);
  ADD ("nonsense-is-dropped", test_nonsense_is_dropped, NULL);
  ADD ("who-says-too-much-is-not-heard", test_who_says_too_much_is_not_heard, NULL);
  return g_test_run ();
}
