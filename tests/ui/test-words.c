/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-file-words.h"
#include "snug-message-words.h"
#include "snug-words.h"

#include "snug-fake-session.h"
#include "snug-member-private.h"
#include "snug-message-private.h"
#include "snug-transfer-private.h"
#include "snug-unfinished-private.h"

#define MB G_GUINT64_CONSTANT (1000000)

#define DAY_MS (G_GINT64_CONSTANT (24) * 60 * 60 * 1000)

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

/* --- The state table --- */

static const struct
{
  const char *scene;
  const char *subtitle;
  const char *problem;     /* NULL: all is well */
  const char *action;
  gboolean    over;
} states[] = {
  { "start", "Not in a room", NULL, NULL, FALSE },
  { "opening", "Opening a room…", NULL, NULL, FALSE },
  { "joining", "Joining…", NULL, NULL, FALSE },
  { "waiting", "Waiting for people", NULL, NULL, FALSE },
  { "connecting", "Connecting to Ana…", NULL, NULL, FALSE },
  { "connected", "3 people · direct", NULL, NULL, FALSE },
  { "away", "Ana is away", NULL, NULL, FALSE },
  { "reconnecting", "Reconnecting… 12 s", "Connection to Ana lost", "room.retry", FALSE },
  { "no-server", "3 people · direct", "Server unreachable", "room.retry", FALSE },
  { "no-server-alone", "Server unreachable", "Server unreachable", "room.retry", FALSE },
  { "full", "Room is full", "Room is full", "room.retry", TRUE },
  { "over", "This room is over", "This room is over", "room.start-over", TRUE },
  { "not-found", "There is no such room", "There is no such room", "room.retry", TRUE },
  { "unreachable", "Server unreachable", "Server unreachable", "room.retry", TRUE },
  { "secret", "Private room", "Private room", "room.start-over", TRUE },
  { "wrong-secret", "Wrong secret", "Wrong secret", "room.start-over", TRUE },
  { "pending", "Waiting to be let in", NULL, NULL, FALSE },
  { "private", "Waiting for people", NULL, NULL, FALSE },
  { "guessed", "3 people · direct", "Someone keeps guessing", "room.let-them-try", FALSE },
  { "knock", "3 people · direct", "Milan asks to be let in", "room.let-in", FALSE },
  { "phrase", "3 people · direct", NULL, NULL, FALSE },
  { "not-safe", "Not safe", "Not safe", "room.start-over", TRUE },
  { "version", "Update needed", "Update needed", "room.start-over", TRUE },
};

static void
test_states (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (SnugSession) session = snug_session_new ();
      g_autoptr (SnugProblem) problem = NULL;

      g_test_message ("%s", states[i].scene);
      g_assert_true (snug_fake_session_play (session, states[i].scene));
      assert_text (snug_words_subtitle (session, 12), states[i].subtitle);
      problem = snug_problem_new (session);
      g_assert_cmpstr (problem != NULL ? problem->title : NULL, ==, states[i].problem);
      g_assert_cmpstr (problem != NULL ? problem->action : NULL, ==, states[i].action);
      g_assert_cmpint (problem != NULL && problem->over, ==, states[i].over);
      g_assert_true (problem == NULL || *problem->body != '\0');
    }
}

static void
test_who_knocks_may_be_refused (void)
{
  g_autoptr (SnugSession) session = snug_session_new ();
  g_autoptr (SnugProblem) knock = NULL, guessed = NULL;

  snug_fake_session_play (session, "knock");
  knock = snug_problem_new (session);
  g_assert_cmpstr (knock->refusal, ==, "Refuse");
  g_assert_cmpstr (knock->refuse_action, ==, "room.refuse");
  snug_fake_session_play (session, "guessed");
  guessed = snug_problem_new (session);
  g_assert_null (guessed->refusal);
}

/* The error's own sentence is the one that is shown. */
static void
test_failure_keeps_its_sentence (void)
{
  g_autoptr (SnugSession) session = snug_session_new ();
  g_autoptr (SnugProblem) problem = NULL;

  snug_fake_session_play (session, "full");
  problem = snug_problem_new (session);
  g_assert_cmpstr (problem->body, ==, snug_session_get_error (session)->message);
}

static void
test_path_words (void)
{
  g_autoptr (SnugSession) session = snug_session_new ();
  g_autoptr (SnugMember) first = NULL;
  g_autoptr (SnugMember) second = NULL;

  snug_fake_session_play (session, "connected");
  first = g_list_model_get_item (snug_session_get_members (session), 0);
  second = g_list_model_get_item (snug_session_get_members (session), 1);
  snug_member_set_path (first, SNUG_PATH_RELAY, "turn.example.org");
  assert_text (snug_words_subtitle (session, 0), "3 people · direct and relayed");
  snug_member_set_path (second, SNUG_PATH_RELAY, "turn.example.org");
  assert_text (snug_words_subtitle (session, 0), "3 people · relayed");
  snug_member_set_path (first, SNUG_PATH_NONE, NULL);
  snug_member_set_path (second, SNUG_PATH_NONE, NULL);
  assert_text (snug_words_subtitle (session, 0), "3 people");
}

/* Honest about the mode: an open room does not claim what only a secret gives. */
static void
test_privacy (void)
{
  g_autoptr (SnugSession) session = snug_session_new ();
  g_autofree char *in_room = NULL;

  snug_fake_session_play (session, "connected");
  in_room = snug_words_privacy (session);
  g_assert_nonnull (strstr (in_room, "as long as it is honest"));
  g_assert_nonnull (strstr (in_room, "IP address"));

  g_clear_pointer (&in_room, g_free);
  snug_fake_session_play (session, "private");
  in_room = snug_words_privacy (session);
  g_assert_null (strstr (in_room, "as long as it is honest"));
  g_assert_nonnull (strstr (in_room, "Only people with the secret"));
  g_assert_nonnull (strstr (in_room, "trusts the page"));
}

static void
test_caveats (void)
{
  static const char *const all[] = {
    "Your proxy does not carry direct connections: they go round it, and people in the room see your address.",
    "Your relay does not answer, or does not let us in: it is not used.",
    "People nearby cannot find the room by themselves: this computer does not announce it, which takes Avahi. "
    "Give them the link.", NULL
  };
  g_autoptr (SnugSession) session = snug_session_new ();
  g_auto (GStrv) none = NULL;
  g_auto (GStrv) lines = NULL;

  snug_fake_session_play (session, "connected");
  none = snug_words_caveats (session);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  snug_fake_session_play (session, "caveats");
  lines = snug_words_caveats (session);
  g_assert_cmpstrv (lines, all);
}

/* --- People --- */

static void
test_members (void)
{
  g_autoptr (SnugMember) member = snug_member_new ("m2", 2);

  snug_member_set_name (member, "%s %n");
  assert_text (snug_words_member (member), "Connecting…");
  snug_member_set_state (member, SNUG_MEMBER_CONNECTED);
  assert_text (snug_words_member (member), "Connected");
  snug_member_set_path (member, SNUG_PATH_DIRECT_LOCAL, NULL);
  snug_member_set_rtt_ms (member, 3.1);
  assert_text (snug_words_member (member), "Direct, local network · 3.1 ms");
  snug_member_set_rtt_ms (member, 0.04);
  assert_text (snug_words_member (member), "Direct, local network · < 1 ms");
  snug_member_set_state (member, SNUG_MEMBER_AWAY);
  assert_text (snug_words_member (member), "Away");
  snug_member_set_state (member, SNUG_MEMBER_FAILED);
  assert_text (snug_words_member (member), "Could not connect");
  snug_member_set_error_text (member, "Both networks block direct links and no relay is set up.");
  assert_text (snug_words_member (member),
               "Both networks block direct links and no relay is set up.");
}

static void
test_typing (void)
{
  g_autoptr (SnugSession) session = snug_session_new ();
  GListModel *members = snug_session_get_members (session);
  g_autoptr (SnugMember) first = NULL;
  g_autoptr (SnugMember) second = NULL;

  snug_fake_session_play (session, "connected");
  assert_text (snug_words_typing (members), "");
  first = g_list_model_get_item (members, 0);
  second = g_list_model_get_item (members, 1);
  snug_member_set_name (first, "100 %s");
  snug_member_set_typing (first, TRUE);
  assert_text (snug_words_typing (members), "100 %s is typing…");
  snug_member_set_typing (second, TRUE);
  assert_text (snug_words_typing (members), "2 people are typing…");
}

/* --- Files --- */

static void
test_sizes (void)
{
  assert_text (snug_words_size (0), "0 bytes");
  assert_text (snug_words_size (1), "1 byte");
  assert_text (snug_words_size (999), "999 bytes");
  assert_text (snug_words_size (1000), "1.0 kB");
  assert_text (snug_words_size (9949), "9.9 kB");
  assert_text (snug_words_size (9951), "10 kB");
  assert_text (snug_words_size (999499), "999 kB");
  assert_text (snug_words_size (999500), "1.0 MB");
  assert_text (snug_words_size (174 * 1000 * 1000), "174 MB");
  assert_text (snug_words_size (G_GUINT64_CONSTANT (1500) * 1000 * 1000), "1.5 GB");
  assert_text (snug_words_size (G_MAXUINT64), "18447 PB");
}

static void
test_tied (void)
{
  assert_text (snug_words_tie (""), "");
  assert_text (snug_words_tie ("Ana wants this folder · 1204 items · 3.2 GB"),
               "Ana wants this folder\u00a0· 1204\u00a0items\u00a0· 3.2\u00a0GB");
}

static void
test_time_left (void)
{
  assert_text (snug_words_time_left (-1), "");
  assert_text (snug_words_time_left (0), "1 s left");
  assert_text (snug_words_time_left (59), "59 s left");
  assert_text (snug_words_time_left (60), "1 min left");
  assert_text (snug_words_time_left (3599), "60 min left");
  assert_text (snug_words_time_left (3600), "1 h 0 min left");
  assert_text (snug_words_time_left (7260), "2 h 1 min left");
}

static void
test_transfer_lines (void)
{
  g_autoptr (SnugTransfer) in = snug_transfer_new (SNUG_TRANSFER_IN, "w", "m2", "Ana %d", "a.iso",
                                                   NULL, 1500000000);
  g_autoptr (SnugTransfer) out = snug_transfer_new (SNUG_TRANSFER_OUT, "w", "m2", "Ana", "a.iso",
                                                    NULL, 1500000000);

  assert_text (snug_words_transfer (in), "Ana %d wants to send you this · 1.5 GB");
  assert_text (snug_words_transfer (out), "1.5 GB · waiting for Ana to accept");

  snug_transfer_enter (out, SNUG_TRANSFER_ACCEPTED, NULL);
  assert_text (snug_words_transfer (out), "1.5 GB · starting · to Ana");
  snug_transfer_enter (out, SNUG_TRANSFER_RUNNING, NULL);
  snug_transfer_set_bytes (out, 82000000, 1 * G_USEC_PER_SEC);
  assert_text (snug_words_transfer (out), "82 MB of 1.5 GB · to Ana");
  snug_transfer_set_bytes (out, 174000000, 2 * G_USEC_PER_SEC);
  assert_text (snug_words_transfer (out), "174 MB of 1.5 GB · 92 MB/s · 15 s left · to Ana");
  snug_transfer_enter (out, SNUG_TRANSFER_PAUSED, "Connection lost");
  assert_text (snug_words_transfer (out), "174 MB of 1.5 GB · Connection lost · to Ana");
  snug_transfer_enter (out, SNUG_TRANSFER_DONE, NULL);
  assert_text (snug_words_transfer (out), "1.5 GB · Ana has it");

  snug_transfer_enter (in, SNUG_TRANSFER_FAILED, "The disk is full");
  assert_text (snug_words_transfer (in), "The disk is full · 1.5 GB · from Ana %d");
}

/* Who it is from stands above the card, and is not said again. */
static void
test_card_lines (void)
{
  g_autoptr (SnugTransfer) in = snug_transfer_new (SNUG_TRANSFER_IN, "w", "m2", "Ana", "a.iso", NULL, 1500 * MB);
  g_autoptr (SnugTransfer) out = snug_transfer_new (SNUG_TRANSFER_OUT, "w", "m2", "Ana", "a.iso", NULL, 1500 * MB);
  g_autoptr (SnugTransfer) done = snug_transfer_new (SNUG_TRANSFER_IN, "y", "m2", "Ana", "a", "inode/directory", 1500 * MB);

  snug_transfer_set_folder (done, 120);
  assert_text (snug_words_card (out), "1.5 GB · waiting for Ana to accept");
  assert_text (snug_words_card (in), "1.5 GB");
  snug_transfer_enter (in, SNUG_TRANSFER_ACCEPTED, NULL);
  assert_text (snug_words_card (in), "1.5 GB · waiting to begin");
  snug_transfer_enter (in, SNUG_TRANSFER_RUNNING, NULL);
  snug_transfer_set_bytes (in, 82 * MB, 1 * G_USEC_PER_SEC);
  assert_text (snug_words_card (in), "82 MB of 1.5 GB");
  snug_transfer_set_bytes (in, 174 * MB, 2 * G_USEC_PER_SEC);
  assert_text (snug_words_card (in), "174 MB of 1.5 GB · 92 MB/s · 15 s left");
  snug_transfer_enter (in, SNUG_TRANSFER_PAUSED, NULL);
  assert_text (snug_words_card (in), "174 MB of 1.5 GB · Paused");
  snug_transfer_enter (in, SNUG_TRANSFER_FAILED, "The disk is full");
  assert_text (snug_words_card (in), "The disk is full · 1.5 GB");
  snug_transfer_enter (done, SNUG_TRANSFER_DONE, NULL);
  assert_text (snug_words_card (done), "120 items · 1.5 GB · received");
}

/* A folder says how many things are in it, as long as it is one thing among others; on its way it says bytes. */
static void
test_folder_lines (void)
{
  g_autoptr (SnugTransfer) in = snug_transfer_new (SNUG_TRANSFER_IN, "x", "m2", "Ana", "Holiday", "inode/directory", 3200 * MB);
  g_autoptr (SnugTransfer) one = snug_transfer_new (SNUG_TRANSFER_OUT, "y", "m2", "Ana", "Notes", "inode/directory", 5);

  snug_transfer_set_folder (in, 120);
  snug_transfer_set_folder (one, 1);
  assert_text (snug_words_transfer (in), "Ana wants to send you this folder · 120 items · 3.2 GB");
  assert_text (snug_words_transfer (one), "1 item · 5 bytes · waiting for Ana to accept");
  snug_transfer_enter (in, SNUG_TRANSFER_ACCEPTED, NULL);
  snug_transfer_enter (in, SNUG_TRANSFER_RUNNING, NULL);
  snug_transfer_set_bytes (in, 82 * MB, 1);
  assert_text (snug_words_transfer (in), "82 MB of 3.2 GB · from Ana");
  snug_transfer_enter (in, SNUG_TRANSFER_DONE, NULL);
  assert_text (snug_words_transfer (in), "120 items · 3.2 GB · received from Ana");
}

static void
test_unfinished_line (void)
{
  g_autoptr (SnugUnfinished) unfinished = snug_unfinished_new ("stem", "100 %s.mkv", 1500 * MB, 174 * MB);

  assert_text (snug_words_unfinished (unfinished), "100 %s.mkv · 174 MB of 1.5 GB are here");
}

/* --- Chat --- */

static void
test_days (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_local (2026, 1, 1, 12, 0, 0);
  gint64 now_ms = g_date_time_to_unix (noon) * 1000;

  assert_text (snug_words_day (now_ms, now_ms), "Today");
  assert_text (snug_words_day (now_ms - DAY_MS, now_ms), "Yesterday");
  assert_text (snug_words_day (now_ms + DAY_MS, now_ms), "Tomorrow");
  assert_text (snug_words_day (now_ms - 2 * DAY_MS, now_ms), "Tuesday, 30 December");
  g_assert_true (snug_words_same_day (now_ms, now_ms + DAY_MS / 4));
  g_assert_false (snug_words_same_day (now_ms, now_ms + DAY_MS / 2));
  assert_text (snug_words_clock (now_ms), "12:00");
}

static void
test_messages_read_as_sentences (void)
{
  g_autoptr (SnugMessage) theirs = snug_message_new (SNUG_MESSAGE_TEXT, "1", "m2", "Ana", "50 %s",
                                                     NULL);
  g_autoptr (SnugMessage) bold = snug_message_new (SNUG_MESSAGE_TEXT, "b", "m2", "Ana", "the **good** `one`,\n in a line",
                                                   NULL);
  g_autoptr (SnugMessage) own = snug_message_new (SNUG_MESSAGE_TEXT, "2", "", "Mira", "hello",
                                                  NULL);
  g_autoptr (SnugMessage) system = snug_message_new (SNUG_MESSAGE_SYSTEM, "3", "", "", "Ana joined",
                                                     NULL);
  g_autofree char *clock = snug_words_clock (snug_message_get_time_ms (own));
  g_autofree char *their_sentence = g_strdup_printf ("Ana, %s, 50 %%s", clock);
  g_autofree char *own_sentence = g_strdup_printf ("You, %s, hello, Delivered", clock);

  snug_message_set_delivery (own, SNUG_DELIVERY_DELIVERED);
  assert_text (snug_words_excerpt (bold), "the good one, in a line");
  assert_text (snug_words_message (own), own_sentence);
  assert_text (snug_words_message (theirs), their_sentence);
  assert_text (snug_words_message (system), "Ana joined");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/states", test_states);
  g_test_add_func ("/words/who-knocks-may-be-refused", test_who_knocks_may_be_refused);
  g_test_add_func ("/words/failure-keeps-its-sentence", test_failure_keeps_its_sentence);
  g_test_add_func ("/words/paths", test_path_words);
  g_test_add_func ("/words/privacy", test_privacy);
  g_test_add_func ("/words/caveats", test_caveats);
  g_test_add_func ("/words/members", test_members);
  g_test_add_func ("/words/typing", test_typing);
  g_test_add_func ("/words/sizes", test_sizes);
  g_test_add_func ("/words/tied", test_tied);
  g_test_add_func ("/words/time-left", test_time_left);
  g_test_add_func ("/words/transfers", test_transfer_lines);
  g_test_add_func ("/words/card-lines", test_card_lines);
  g_test_add_func ("/words/folders", test_folder_lines);
  g_test_add_func ("/words/unfinished", test_unfinished_line);
  g_test_add_func ("/words/days", test_days);
  g_test_add_func ("/words/messages", test_messages_read_as_sentences);
  return g_test_run ();
}
