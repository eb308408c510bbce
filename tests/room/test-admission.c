/* Private rooms: who gets in, and what the server gets to see. Real peer connections, the server faked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-passing-time.h"
#include "snug-room-mates.h"

#define SECRET "otter-velvet-canoe"

static SnugAdmission *
admission_of (SnugMate *mate)
{
  return snug_room_get_admission (mate->room);
}

static gboolean
was_refused (SnugMate *mate, SnugAdmissionError code)
{
  return g_error_matches (snug_room_get_refusal (mate->room), SNUG_ADMISSION_ERROR, (int) code);
}

/* Closed, its place stays: others are awaited without it. */
static void
close_mate (SnugMate *mate)
{
  snug_room_close (mate->room);
  g_clear_object (&mate->room);
  g_clear_object (&mate->signaling);
}

/* Everything the server gets to see, as it travels. */
static gboolean
on_frame (SnugSignalMessage *message, gpointer user_data)
{
  g_autofree char *text = snug_signal_message_encode (message);

  g_string_append (user_data, text);
  g_string_append_c (user_data, '\n');
  g_assert_true (message->type == SNUG_SIGNAL_PAKE || message->type == SNUG_SIGNAL_SEALED);
  return TRUE;
}

static void
assert_never_said (const GString *log)
{
  static const char *const words[] = { "candidate", "fingerprint", "\"sdp\"", "\"caps\"", "Anastasia", "Bartholomew",
                                       SECRET };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_null (strstr (log->str, words[i]));
}

static void
test_the_server_sees_nothing (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  SnugMates mates;

  snug_mates_init_private (&mates, SECRET);
  snug_fake_hub_set_tap (mates.hub, on_frame, log);
  snug_mates_add (&mates, "Anastasia");
  snug_mates_add (&mates, "Bartholomew");
  snug_mates_await (&mates);

  g_assert_nonnull (snug_mate_sees (&mates.mates[0], "Bartholomew"));
  g_assert_nonnull (strstr (log->str, "sealed"));
  assert_never_said (log);
  snug_mates_clear (&mates);
}

static void
test_five_make_a_mesh (void)
{
  static const char *const names[] = { "Ana", "Bo", "Chi", "Dag", "Eve" };
  g_autoptr (GString) log = g_string_new (NULL);
  SnugMates mates;

  snug_mates_init_private (&mates, SECRET);
  snug_fake_hub_set_tap (mates.hub, on_frame, log);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    snug_mates_add (&mates, names[i]);
  snug_mates_await (&mates);
  snug_mates_clear (&mates);
}

static void
test_a_wrong_secret_is_said (void)
{
  SnugMates mates;
  SnugMate *ana, *bo, *eve;

  snug_mates_init_private (&mates, SECRET);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_mates_await (&mates);

  mates.secret = "otter-velvet-canyon";
  eve = snug_mates_add (&mates, "Eve");
  snug_await (NULL, was_refused (eve, SNUG_ADMISSION_ERROR_WRONG_SECRET));
  g_assert_cmpuint (snug_admission_get_n_wrong (admission_of (ana)), ==, 1);
  g_assert_false (snug_admission_is_guessed (admission_of (ana)));
  g_assert_cmpuint (snug_admission_get_n_wrong (admission_of (bo)), ==, 0);
  g_assert_cmpuint (snug_room_get_n_ready (ana->room), ==, 1);
  g_assert_cmpuint (snug_room_get_n_ready (bo->room), ==, 1);
  close_mate (eve);
  snug_mates_clear (&mates);
}

/* @told: of the tries that are left */
static void
guess (SnugMates *mates, const char *told)
{
  SnugMate *guesser = snug_mates_add (mates, "Guesser");

  snug_await (NULL, snug_room_get_refusal (guesser->room) != NULL);
  g_assert_nonnull (strstr (snug_room_get_refusal (guesser->room)->message, told));
  close_mate (guesser);
}

/* After five, not even the right one is answered, until somebody says so; then one more wrong one is. */
static void
test_guesses_end (void)
{
  static const char *const told[] = {
    "4 tries are left.", "3 tries are left.", "2 tries are left.", "1 try is left.", "No tries are left"
  };
  SnugMates mates;
  SnugMate *ana, *bo, *late;

  snug_mates_init_private (&mates, SECRET);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_mates_await (&mates);

  mates.secret = "wrong";
  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_assert_false (snug_admission_is_guessed (admission_of (ana)));
      guess (&mates, told[i]);
    }
  g_assert_true (snug_admission_is_guessed (admission_of (ana)));

  mates.secret = SECRET;
  late = snug_mates_add (&mates, "Late");
  snug_await (NULL, snug_admission_is_held (admission_of (late)));
  g_assert_null (snug_room_get_refusal (late->room));
  g_assert_cmpuint (snug_room_get_n_ready (ana->room), ==, 1);

  snug_admission_let_them_try (admission_of (ana));
  snug_await (NULL, snug_room_get_n_ready (late->room) == 2 && snug_room_get_n_ready (bo->room) == 2);

  mates.secret = "wrong";
  guess (&mates, "No tries are left");
  g_assert_true (snug_admission_is_guessed (admission_of (ana)));
  snug_mates_clear (&mates);
}

/* An attempt that is given up before the newcomer shows its tag is no guess. */
static gboolean
lose_step_3 (SnugSignalMessage *message, gpointer user_data)
{
  return message->body == NULL || !json_object_has_member (message->body, "tag");
}

static gboolean
lose_all (SnugSignalMessage *message, gpointer user_data)
{
  return FALSE;
}

/* PROTOCOL.md section 3: an attempt that comes to no end is followed by another one. */
static void
test_later_and_later (void)
{
  static const guint after_ms[] = { 1000, 4000, 15000, 15000 };
  SnugMates mates;

  snug_mates_init_private (&mates, SECRET);
  snug_fake_hub_set_tap (mates.hub, lose_all, NULL);
  snug_note_delays ();
  snug_mates_add (&mates, "Ana");
  snug_mates_add (&mates, "Bo");
  for (guint i = 0; i < G_N_ELEMENTS (after_ms); i++)
    {
      snug_await (NULL, snug_fake_hub_get_n_frames (mates.hub) == i + 1);
      g_assert_true (snug_was_armed_for (after_ms, i + 1));
      snug_let_pass (after_ms[i]);
    }
  snug_await (NULL, snug_fake_hub_get_n_frames (mates.hub) == G_N_ELEMENTS (after_ms) + 1);
  snug_mates_clear (&mates);
}

static void
test_what_is_given_up_is_no_guess (void)
{
  SnugMates mates;
  SnugMate *ana, *bo;

  snug_mates_init_private (&mates, SECRET);
  snug_fake_hub_set_tap (mates.hub, lose_step_3, NULL);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_await (NULL, snug_fake_hub_get_n_frames (mates.hub) >= 3);
  g_assert_cmpuint (snug_admission_get_n_wrong (admission_of (ana)), ==, 0);

  /* And it is tried again. */
  snug_fake_hub_set_tap (mates.hub, NULL, NULL);
  snug_mates_await (&mates);
  g_assert_false (snug_admission_is_pending (admission_of (bo)));
  snug_mates_clear (&mates);
}

static void
test_without_a_secret_nothing_is_said (void)
{
  SnugMates mates;
  SnugMate *late;

  snug_mates_init_private (&mates, SECRET);
  snug_mates_add (&mates, "Ana");
  snug_await_idle (NULL);
  mates.secret = NULL;
  late = snug_mates_add (&mates, "Late");
  snug_await (NULL, was_refused (late, SNUG_ADMISSION_ERROR_SECRET_NEEDED));
  g_assert_cmpuint (snug_fake_hub_get_n_frames (mates.hub), ==, 0);
  close_mate (late);
  snug_mates_clear (&mates);
}

static void
test_the_host_goes_and_others_come (void)
{
  SnugMates mates;

  snug_mates_init_private (&mates, SECRET);
  snug_mates_add (&mates, "Ana");
  snug_mates_add (&mates, "Bo");
  snug_mates_add (&mates, "Chi");
  snug_mates_await (&mates);

  close_mate (&mates.mates[0]);
  snug_await (NULL, snug_room_get_n_ready (mates.mates[1].room) == 1
                    && snug_room_get_is_host (mates.mates[1].room));
  snug_mates_add (&mates, "Dag");
  for (guint i = 1; i <= 3; i++)
    snug_await (NULL, snug_room_get_n_ready (mates.mates[i].room) == 2);
  snug_mates_clear (&mates);
}

/* Keys outlive a socket: what is said through the new one is sealed by them. */
static void
test_keys_outlive_a_socket (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  SnugMates mates;
  SnugMember *bo;

  snug_mates_init_private (&mates, SECRET);
  snug_mates_add (&mates, "Ana");
  snug_mates_add (&mates, "Bo");
  snug_mates_await (&mates);
  bo = snug_mate_sees (&mates.mates[0], "Bo");

  snug_fake_signaling_drop (mates.mates[1].signaling);
  snug_await (NULL, snug_member_get_state (bo) == SNUG_MEMBER_AWAY);
  snug_fake_hub_set_tap (mates.hub, on_frame, log);
  snug_fake_signaling_restore (mates.mates[1].signaling);
  snug_await (NULL, snug_member_get_state (bo) == SNUG_MEMBER_CONNECTED);
  g_assert_null (strstr (log->str, "pake"));
  snug_mates_clear (&mates);
}

/* A locked room asks its host's person, by the name that the newcomer gave, sealed. */
static void
lock (SnugMates *mates, gboolean on)
{
  g_autoptr (SnugSignalMessage) room = snug_signal_message_new (SNUG_SIGNAL_ROOM);

  room->locked = on;
  room->capacity = 16;
  snug_fake_hub_say (mates->hub, snug_fake_signaling_get_id (mates->mates[0].signaling), room);
  snug_await (NULL, snug_room_get_locked (mates->mates[0].room) == on);
}

static void
test_a_locked_room_asks (void)
{
  SnugMates mates;
  SnugMate *ana, *bo, *chi;
  const char *id;
  char *name = NULL;

  snug_mates_init_private (&mates, SECRET);
  ana = snug_mates_add (&mates, "Ana");
  snug_await (NULL, snug_room_get_is_host (ana->room));
  lock (&mates, TRUE);

  bo = snug_mates_add (&mates, "Bo");
  snug_await (NULL, snug_admission_get_knock (admission_of (ana), &name) != NULL);
  g_assert_cmpstr (name, ==, "Bo");
  g_assert_true (snug_admission_is_pending (admission_of (bo)));
  id = snug_admission_get_knock (admission_of (ana), &name);
  snug_admission_let_in (admission_of (ana), id);
  snug_mates_await (&mates);
  g_assert_null (snug_admission_get_knock (admission_of (ana), &name));

  chi = snug_mates_add (&mates, "Chi");
  snug_await (NULL, snug_admission_get_knock (admission_of (ana), &name) != NULL);
  id = snug_admission_get_knock (admission_of (ana), &name);
  snug_admission_turn_away (admission_of (ana), id);
  snug_await (NULL, snug_signaling_get_state (chi->signaling) == SNUG_SIGNALING_CLOSED);
  close_mate (chi);
  snug_mates_clear (&mates);
}

static void
on_full (SnugRoom *room, guint *n_told)
{
  (*n_told)++;
}

/* Two wait for the last seat, and both are let in: both sides of the one who is too late are told. */
static void
test_the_last_seat_is_taken (void)
{
  g_autoptr (SnugSignalMessage) full = snug_signal_message_new (SNUG_SIGNAL_ERROR);
  SnugMates mates;
  SnugMate *ana, *chi;
  guint n_told = 0;

  snug_mates_init_private (&mates, SECRET);
  snug_fake_hub_set_capacity (mates.hub, 2);
  ana = snug_mates_add (&mates, "Ana");
  g_signal_connect (ana->room, "full", G_CALLBACK (on_full), &n_told);
  snug_mates_add (&mates, "Bo");
  chi = snug_mates_add (&mates, "Chi");
  snug_await (NULL, snug_signaling_get_state (chi->signaling) == SNUG_SIGNALING_CLOSED && n_told > 0);
  g_assert_error (snug_signaling_get_error (chi->signaling), SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_ROOM_FULL);
  snug_await (NULL, snug_room_get_n_ready (ana->room) == 1);

  /* The server may say so as often as it likes: it is about nobody. */
  full->code = SNUG_SIGNAL_CODE_ROOM_FULL;
  snug_fake_hub_say (mates.hub, snug_fake_signaling_get_id (ana->signaling), full);
  snug_await_idle (NULL);
  g_assert_cmpuint (n_told, ==, 1);
  close_mate (chi);
  snug_mates_clear (&mates);
}

/* Whoever was sent out knows the room-key that was; the next ones pair by another, and are asked first. */
static void
test_a_removed_member_is_out (void)
{
  SnugMates mates;
  SnugMate *ana, *bo, *dag;
  char *name = NULL;

  snug_mates_init_private (&mates, SECRET);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_mates_add (&mates, "Chi");
  snug_mates_await (&mates);

  snug_room_remove_member (ana->room, snug_mate_sees (ana, "Chi"));
  snug_await (NULL, snug_signaling_get_state (mates.mates[2].signaling) == SNUG_SIGNALING_CLOSED);
  close_mate (&mates.mates[2]);

  /* The server is not asked whether the room asks: this one says that it is not locked. */
  dag = snug_mates_add (&mates, "Dag");
  snug_await (NULL, snug_admission_get_knock (admission_of (ana), &name) != NULL);
  snug_await_idle (NULL);
  g_assert_true (snug_admission_is_pending (admission_of (dag)));

  /* Until the person does not want to be asked any more. */
  snug_room_lock (ana->room, FALSE);
  snug_await (NULL, snug_room_get_n_ready (dag->room) == 2 && snug_mate_sees (bo, "Dag") != NULL);
  snug_mates_clear (&mates);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/admission/the-server-sees-nothing", test_the_server_sees_nothing);
  g_test_add_func ("/admission/five-make-a-mesh", test_five_make_a_mesh);
  g_test_add_func ("/admission/a-wrong-secret-is-said", test_a_wrong_secret_is_said);
  g_test_add_func ("/admission/guesses-end", test_guesses_end);
  g_test_add_func ("/admission/later-and-later", test_later_and_later);
  g_test_add_func ("/admission/what-is-given-up-is-no-guess", test_what_is_given_up_is_no_guess);
  g_test_add_func ("/admission/without-a-secret-nothing-is-said", test_without_a_secret_nothing_is_said);
  g_test_add_func ("/admission/the-host-goes-and-others-come", test_the_host_goes_and_others_come);
  g_test_add_func ("/admission/keys-outlive-a-socket", test_keys_outlive_a_socket);
  g_test_add_func ("/admission/a-locked-room-asks", test_a_locked_room_asks);
  g_test_add_func ("/admission/the-last-seat-is-taken", test_the_last_seat_is_taken);
  g_test_add_func ("/admission/a-removed-member-is-out", test_a_removed_member_is_out);
  return g_test_run ();
}
