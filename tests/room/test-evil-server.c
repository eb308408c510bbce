/* A server that lies, replays, alters and invents, in a private room: what it gets out of that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-cpace.h"
#include "snug-private-message.h"
#include "snug-room-mates.h"

#define SECRET "otter-velvet-canoe"
typedef struct
{
  SnugMates  mates;
  SnugMate  *ana;
  SnugMate  *bo;
} Evil;

static void
set_up (Evil *self)
{
  snug_mates_init_private (&self->mates, SECRET);
  self->ana = snug_mates_add (&self->mates, "Ana");
  self->bo = snug_mates_add (&self->mates, "Bo");
}

static const char *
id_of (SnugMate *mate)
{
  return snug_fake_signaling_get_id (mate->signaling);
}

static SnugAdmission *
admission_of (SnugMate *mate)
{
  return snug_room_get_admission (mate->room);
}

static void
say_to (Evil *self, SnugMate *mate, SnugSignalMessage *message)
{
  snug_fake_hub_say (self->mates.hub, id_of (mate), message);
}

/* Connected, and still so after what was due has happened. */
static void
assert_untouched (Evil *self)
{
  snug_await_idle (NULL);
  g_assert_cmpuint (snug_room_get_n_ready (self->ana->room), ==, 1);
  g_assert_cmpuint (snug_room_get_n_ready (self->bo->room), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (snug_room_get_members (self->ana->room)), ==, 1);
}

static void
on_chat (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* From Bo to Ana, through all layers and both contexts. */
static void
await_word (Evil *self)
{
  g_autoptr (SnugWireMessage) chat = snug_wire_message_new (SNUG_WIRE_CHAT);
  gboolean heard = FALSE;

  chat->id = g_strdup ("c1");
  chat->text = g_strdup ("are you there?");
  snug_room_set_handler (self->ana->room, SNUG_WIRE_CHAT, on_chat, &heard);
  g_assert_true (snug_room_send (self->bo->room, snug_mate_sees (self->bo, "Ana"), chat));
  snug_await (NULL, heard);
  snug_room_set_handler (self->ana->room, SNUG_WIRE_CHAT, NULL, NULL);
}

/* A whole session of somebody else, as any browser would take it. */
static char *
evil_sdp (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "sdp", "chromium-offer.sdp", NULL);
  g_autoptr (GError) error = NULL;
  char *sdp;

  g_file_get_contents (path, &sdp, NULL, &error);
  g_assert_no_error (error);
  return sdp;
}

/* It offers and answers in their names, with a certificate of its own. */
static void
test_it_swaps_fingerprints (void)
{
  static const SnugSignalType types[] = { SNUG_SIGNAL_OFFER, SNUG_SIGNAL_ANSWER, SNUG_SIGNAL_RESTART };
  Evil evil;
  guint n_sessions;

  set_up (&evil);
  snug_mates_await (&evil.mates);
  n_sessions = snug_peer_link_get_n_sessions (snug_room_get_link (evil.ana->room, snug_mate_sees (evil.ana, "Bo")));
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (SnugSignalMessage) lie = snug_signal_message_new (types[i]);

      lie->from = g_strdup (id_of (evil.bo));
      lie->sdp = types[i] != SNUG_SIGNAL_RESTART ? evil_sdp () : NULL;
      lie->neg = types[i] != SNUG_SIGNAL_RESTART ? 1 : 0;
      say_to (&evil, evil.ana, lie);
      g_free (lie->from);
      lie->from = g_strdup (id_of (evil.ana));
      say_to (&evil, evil.bo, lie);
    }
  /* Twice: what the network context would make of it has come back by then. */
  for (guint i = 0; i < 2; i++)
    await_word (&evil);
  assert_untouched (&evil);
  g_assert_cmpuint (snug_peer_link_get_n_sessions (
                      snug_room_get_link (evil.ana->room, snug_mate_sees (evil.ana, "Bo"))), ==, n_sessions);
  snug_mates_clear (&evil.mates);
}

static SnugSignalMessage *
welcome_of (SnugMate *mate)
{
  SnugSignalMessage *welcome = snug_signal_message_new (SNUG_SIGNAL_WELCOME);

  welcome->version = 2;
  welcome->self = g_strdup (id_of (mate));
  welcome->host = g_strdup ("m1");
  welcome->members = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_peer_free);
  return welcome;
}

static void
add_to_welcome (SnugSignalMessage *welcome, const char *id, guint64 seq, gboolean legacy)
{
  SnugSignalPeer *peer = g_new0 (SnugSignalPeer, 1);

  peer->id = g_strdup (id);
  peer->seq = seq;
  peer->legacy = legacy;
  peer->role = legacy ? g_strdup ("receiver") : NULL;
  g_ptr_array_add (welcome->members, peer);
}

/* "This room is open": who has a secret does not listen. */
static void
test_it_says_that_the_room_is_open (void)
{
  Evil evil;
  g_autoptr (SnugSignalMessage) welcome = NULL;
  g_autoptr (SnugSignalMessage) lie = snug_signal_message_new (SNUG_SIGNAL_OFFER);

  set_up (&evil);
  snug_mates_await (&evil.mates);
  welcome = welcome_of (evil.bo);
  welcome->seq = 2;
  add_to_welcome (welcome, "m1", 1, FALSE);
  add_to_welcome (welcome, "m9", 9, FALSE);
  say_to (&evil, evil.bo, welcome);
  lie->from = g_strdup ("m9");
  lie->sdp = evil_sdp ();
  lie->neg = 1;
  say_to (&evil, evil.bo, lie);
  assert_untouched (&evil);
  g_assert_cmpuint (g_list_model_get_n_items (snug_room_get_members (evil.bo->room)), ==, 1);
  snug_mates_clear (&evil.mates);
}

static void
test_it_invents_legacy_members (void)
{
  Evil evil;
  g_autoptr (SnugSignalMessage) joined = snug_signal_message_new (SNUG_SIGNAL_PEER_JOINED);

  set_up (&evil);
  snug_mates_await (&evil.mates);
  joined->peer = g_strdup ("receiver");
  joined->seq = 7;
  joined->role = g_strdup ("receiver");
  joined->legacy = TRUE;
  say_to (&evil, evil.ana, joined);
  assert_untouched (&evil);
  snug_mates_clear (&evil.mates);
}

/* Members without end, and knocks without end: whoever is real gets in all the same. */
static void
test_it_fills_the_seats (void)
{
  Evil evil;

  set_up (&evil);
  snug_mates_await (&evil.mates);
  for (guint i = 100; i < 300; i++)
    {
      g_autoptr (SnugSignalMessage) joined = snug_signal_message_new (SNUG_SIGNAL_PEER_JOINED);
      g_autoptr (SnugSignalMessage) pending = snug_signal_message_new (SNUG_SIGNAL_PEER_PENDING);

      joined->peer = g_strdup_printf ("m%u", i);
      joined->seq = i;
      joined->role = g_strdup ("receiver");
      pending->peer = g_strdup_printf ("p%u", i);
      say_to (&evil, evil.ana, joined);
      say_to (&evil, evil.ana, pending);
    }
  assert_untouched (&evil);
  snug_mates_add (&evil.mates, "Chi");
  snug_mates_await (&evil.mates);
  snug_mates_clear (&evil.mates);
}

/* Everything twice, and once more to where it came from. */
static gboolean
replay (SnugSignalMessage *message, gpointer user_data)
{
  Evil *self = user_data;
  g_autofree char *text = snug_signal_message_encode (message);
  g_autoptr (SnugSignalMessage) again = snug_signal_message_decode (text, strlen (text), NULL);

  snug_fake_hub_say (self->mates.hub, message->to, again);
  g_free (again->from);
  again->from = g_strdup (message->to);
  snug_fake_hub_say (self->mates.hub, message->from, again);
  return TRUE;
}

static void
test_it_replays_and_reflects (void)
{
  Evil evil;

  snug_mates_init_private (&evil.mates, SECRET);
  snug_fake_hub_set_tap (evil.mates.hub, replay, &evil);
  evil.ana = snug_mates_add (&evil.mates, "Ana");
  evil.bo = snug_mates_add (&evil.mates, "Bo");
  snug_mates_await (&evil.mates);
  assert_untouched (&evil);
  g_assert_cmpuint (snug_admission_get_n_wrong (admission_of (evil.ana)), ==, 0);
  snug_mates_clear (&evil.mates);
}

/* A box is altered, then shortened, then opened for another one: none of it is heard, and what follows is. */
typedef struct
{
  guint n_sealed;
} Spoiler;

static gboolean
spoil_first_boxes (SnugSignalMessage *message, gpointer user_data)
{
  Spoiler *spoiler = user_data;
  g_auto (SnugSealedMessage) sealed = { 0 };
  g_autoptr (SnugSignalMessage) other = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GBytes) box = NULL;
  gsize n_bytes;

  if (message->type != SNUG_SIGNAL_SEALED || spoiler->n_sealed >= 3)
    return TRUE;
  g_assert_true (snug_sealed_message_read (message, &sealed));
  data = g_memdup2 (g_bytes_get_data (sealed.box, &n_bytes), g_bytes_get_size (sealed.box));
  data[0] ^= 1;
  box = g_bytes_new (data, spoiler->n_sealed == 1 ? n_bytes - 1 : n_bytes);
  other = snug_sealed_message_write (sealed.sid, spoiler->n_sealed == 2 ? sealed.n + 1 : sealed.n, box);
  g_clear_pointer (&message->body, json_object_unref);
  message->body = json_object_ref (other->body);
  spoiler->n_sealed++;
  return TRUE;
}

static void
test_it_alters_boxes (void)
{
  Evil evil;
  Spoiler spoiler = { 0 };

  set_up (&evil);
  snug_mates_await (&evil.mates);
  snug_fake_hub_set_tap (evil.mates.hub, spoil_first_boxes, &spoiler);
  /* The pair mends its route, by words that are spoiled at first. */
  snug_peer_link_renew (snug_room_get_link (evil.ana->room, snug_mate_sees (evil.ana, "Bo")));
  snug_peer_link_renew (snug_room_get_link (evil.bo->room, snug_mate_sees (evil.bo, "Ana")));
  snug_room_retry (evil.bo->room);
  snug_mates_await (&evil.mates);
  assert_untouched (&evil);
  snug_mates_clear (&evil.mates);
}

/* It holds back what the host says to a newcomer until there is more of it, and hands that on, if it likes the last
 * word first. */
#define N_HELD 2

typedef struct
{
  SnugMates *mates;
  GPtrArray *held;        /* owned, of SnugSignalMessage */
  gboolean   backwards;
} Holder;

static gboolean
hold_back (SnugSignalMessage *message, gpointer user_data)
{
  Holder *holder = user_data;

  if (holder->held->len == N_HELD || g_strcmp0 (message->from, "m1") != 0)
    return TRUE;
  g_ptr_array_add (holder->held, snug_signal_message_ref (message));
  for (guint i = 0; holder->held->len == N_HELD && i < N_HELD; i++)
    {
      SnugSignalMessage *late = g_ptr_array_index (holder->held, holder->backwards ? N_HELD - 1 - i : i);

      snug_fake_hub_say (holder->mates->hub, late->to, late);
    }
  return FALSE;
}

static void
test_it_holds_back (gconstpointer backwards)
{
  Evil evil;
  Holder holder = { .mates = &evil.mates, .backwards = GPOINTER_TO_INT (backwards) };

  set_up (&evil);
  snug_mates_await (&evil.mates);
  holder.held = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_message_unref);
  snug_fake_hub_set_tap (evil.mates.hub, hold_back, &holder);
  snug_mates_add (&evil.mates, "Chi");
  snug_mates_await (&evil.mates);
  g_assert_cmpuint (holder.held->len, ==, N_HELD);
  g_assert_cmpuint (snug_admission_get_n_wrong (admission_of (evil.ana)), ==, 0);
  await_word (&evil);
  g_ptr_array_unref (holder.held);
  snug_mates_clear (&evil.mates);
}

/* It plays the host, under a new id for the newcomer each time: three guesses, and no more. */
typedef struct
{
  SnugMates *mates;
  SnugCpace *cpace;       /* owned, nullable */
  guint      n_guesses;
  guint      n_ids;
} Guesser;

static void
answer_as_host (Guesser *self, const SnugPakeMessage *step1, const char *newcomer)
{
  g_autoptr (SnugSecret) guess = snug_secret_new_text ("a guess");
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  SnugPakeMessage step2 = { .step = 2 };
  g_autoptr (SnugSignalMessage) frame = NULL;

  g_clear_pointer (&self->cpace, snug_cpace_free);
  self->cpace = snug_cpace_new (SNUG_CPACE_B, guess, nothing, step1->sid, nothing);
  memcpy (step2.sid, step1->sid, sizeof step2.sid);
  memcpy (step2.share, snug_cpace_get_share (self->cpace), sizeof step2.share);
  frame = snug_pake_message_write (&step2);
  frame->from = g_strdup ("m1");
  snug_fake_hub_say (self->mates->hub, newcomer, frame);
}

static void
welcome_again (Guesser *self, SnugMate *mate)
{
  g_autoptr (SnugSignalMessage) welcome = welcome_of (mate);

  g_free (welcome->self);
  welcome->self = g_strdup_printf ("other%u", ++self->n_ids);
  welcome->seq = 50 + self->n_ids;
  welcome->pending = TRUE;
  add_to_welcome (welcome, "m1", 1, FALSE);
  snug_fake_hub_say (self->mates->hub, id_of (mate), welcome);
}

static gboolean
play_host (SnugSignalMessage *message, gpointer user_data)
{
  Guesser *self = user_data;
  SnugPakeMessage pake;

  if (message->type != SNUG_SIGNAL_PAKE || !snug_pake_message_read (message, &pake))
    return FALSE;
  if (pake.step == 1)
    {
      answer_as_host (self, &pake, message->from);
    }
  else if (pake.step == 3)
    {
      self->n_guesses++;
      welcome_again (self, &self->mates->mates[1]);
    }
  return FALSE;
}

static void
test_it_plays_the_host (void)
{
  Evil evil;
  Guesser guesser = { .mates = &evil.mates };

  snug_mates_init_private (&evil.mates, SECRET);
  evil.ana = snug_mates_add (&evil.mates, "Ana");
  snug_fake_hub_set_tap (evil.mates.hub, play_host, &guesser);
  evil.bo = snug_mates_add (&evil.mates, "Bo");
  snug_await (NULL, g_error_matches (snug_room_get_refusal (evil.bo->room), SNUG_ADMISSION_ERROR,
                                     SNUG_ADMISSION_ERROR_NO_ANSWER));
  g_assert_cmpuint (guesser.n_guesses, ==, 3);
  g_clear_pointer (&guesser.cpace, snug_cpace_free);
  snug_room_close (evil.bo->room);
  g_clear_object (&evil.bo->room);
  snug_mates_clear (&evil.mates);
}

/* It tells a member that it is the host now: that one holds the room-key all the same, and guesses by the
 * secret are counted there too. Nobody inside is touched. */
static void
test_it_makes_another_one_host (void)
{
  Evil evil;
  g_autoptr (SnugSignalMessage) host = snug_signal_message_new (SNUG_SIGNAL_HOST);

  set_up (&evil);
  snug_mates_await (&evil.mates);
  host->peer = g_strdup (id_of (evil.bo));
  say_to (&evil, evil.bo, host);
  snug_await (NULL, snug_room_get_is_host (evil.bo->room));
  assert_untouched (&evil);

  /* Who came in through the one that is the host to itself gets through to both. */
  snug_mates_add (&evil.mates, "Chi");
  snug_mates_await (&evil.mates);
  snug_mates_clear (&evil.mates);
}

/* Step 1 in somebody's name, again and again: the connection that is there does not care. */
static void
test_it_starts_attempts (void)
{
  Evil evil;

  set_up (&evil);
  snug_mates_await (&evil.mates);
  for (guint8 i = 0; i < 100; i++)
    {
      SnugPakeMessage step1 = { .step = 1, .sid = { i }, .share = { 2 }, .features = "room-key" };
      g_autoptr (SnugSignalMessage) frame = snug_pake_message_write (&step1);

      frame->from = g_strdup (id_of (evil.bo));
      say_to (&evil, evil.ana, frame);
    }
  assert_untouched (&evil);
  g_assert_true (snug_admission_is_paired (admission_of (evil.ana), id_of (evil.bo)));
  snug_mates_clear (&evil.mates);
}

/* A member that is not the host does not make the key. */
static void
test_a_room_key_is_taken_from_the_host_only (void)
{
  const guint8 key[SNUG_ROOM_KEY_BYTES] = { 7 };
  g_autoptr (SnugSignalMessage) room_key = snug_room_key_write (key);
  Evil evil;

  set_up (&evil);
  snug_mates_await (&evil.mates);
  /* Bo, who is not the host, has gone bad and gives Ana a key; Chi and Dag must not be cut off by it. */
  snug_admission_send (admission_of (evil.bo), id_of (evil.ana), room_key);
  snug_mates_add (&evil.mates, "Chi");
  snug_mates_add (&evil.mates, "Dag");
  snug_mates_await (&evil.mates);
  snug_mates_clear (&evil.mates);
}

/* PROTOCOL.md section 3: twenty at once, and five a second. */
static void
test_it_starts_as_many_as_are_answered (void)
{
  /* The generator of the group: any element will do. */
  static const guint8 share[] = "\xe2\xf2\xae\x0a\x6a\xbc\x4e\x71\xa8\x84\xa9\x61\xc5\x00\x51\x5f"
                                "\x58\xe3\x0b\x6a\xa5\x82\xdd\x8d\xb6\xa6\x59\x45\xe0\x8d\x2d\x76";
  gint64 began_us = g_get_monotonic_time ();
  guint n_before, n_answered;
  Evil evil;

  set_up (&evil);
  snug_mates_await (&evil.mates);
  n_before = snug_fake_hub_get_n_frames (evil.mates.hub);
  for (guint8 i = 1; i <= 100; i++)
    {
      SnugPakeMessage step1 = { .step = 1, .sid = { i }, .features = "room-key" };
      g_autoptr (SnugSignalMessage) frame = NULL;

      memcpy (step1.share, share, sizeof step1.share);
      frame = snug_pake_message_write (&step1);
      frame->from = g_strdup (id_of (evil.bo));
      say_to (&evil, evil.ana, frame);
    }
  snug_await_idle (NULL);
  n_answered = snug_fake_hub_get_n_frames (evil.mates.hub) - n_before;
  /* Bo himself had one answer when he came. */
  g_assert_cmpuint (n_answered, >=, 19);
  g_assert_cmpuint (n_answered, <=, 20 + 5 * (guint) ((g_get_monotonic_time () - began_us) / G_USEC_PER_SEC + 1));
  assert_untouched (&evil);
  snug_mates_clear (&evil.mates);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evil-server/swaps-fingerprints", test_it_swaps_fingerprints);
  g_test_add_func ("/evil-server/says-that-the-room-is-open", test_it_says_that_the_room_is_open);
  g_test_add_func ("/evil-server/invents-legacy-members", test_it_invents_legacy_members);
  g_test_add_func ("/evil-server/fills-the-seats", test_it_fills_the_seats);
  g_test_add_func ("/evil-server/replays-and-reflects", test_it_replays_and_reflects);
  g_test_add_func ("/evil-server/alters-boxes", test_it_alters_boxes);
  g_test_add_data_func ("/evil-server/delays", GINT_TO_POINTER (FALSE), test_it_holds_back);
  g_test_add_data_func ("/evil-server/reorders", GINT_TO_POINTER (TRUE), test_it_holds_back);
  g_test_add_func ("/evil-server/plays-the-host", test_it_plays_the_host);
  g_test_add_func ("/evil-server/makes-another-one-host", test_it_makes_another_one_host);
  g_test_add_func ("/evil-server/starts-attempts", test_it_starts_attempts);
  g_test_add_func ("/evil-server/starts-as-many-as-are-answered", test_it_starts_as_many_as_are_answered);
  g_test_add_func ("/evil-server/room-key-of-the-host-only", test_a_room_key_is_taken_from_the_host_only);
  return g_test_run ();
}
