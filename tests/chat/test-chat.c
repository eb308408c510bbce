/* Messages between members: shown at once, sent, confirmed, queued and said again after a break.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-chat.h"
#include "snug-history.h"
#include "snug-message-private.h"
#include "snug-room-mates.h"

#include <string.h>

typedef struct
{
  SnugMates  mates;
  SnugChat  *chats[SNUG_MAX_MATES];
} Fixture;

static SnugChat *
add (Fixture *f, const char *name)
{
  guint i = f->mates.n_mates;

  snug_mates_add (&f->mates, name);
  f->chats[i] = snug_chat_new ();
  snug_chat_set_room (f->chats[i], f->mates.mates[i].room);
  return f->chats[i];
}

static void
set_up (Fixture *f, gconstpointer data)
{
  snug_mates_init (&f->mates);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < SNUG_MAX_MATES; i++)
    {
      if (f->chats[i] != NULL)
        snug_chat_set_room (f->chats[i], NULL);
      g_clear_object (&f->chats[i]);
    }
  snug_mates_clear (&f->mates);
}

static guint
n_messages (SnugChat *chat)
{
  return g_list_model_get_n_items (snug_chat_get_messages (chat));
}

/* Borrowed; the last message. */
static SnugMessage *
last (SnugChat *chat)
{
  g_autoptr (SnugMessage) message = g_list_model_get_item (snug_chat_get_messages (chat), n_messages (chat) - 1);

  return message;
}

static void
test_said_and_delivered (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo = add (f, "Bo");
  SnugMessage *own;

  snug_mates_await (&f->mates);
  own = snug_chat_say (ana, "  Hi Bo \xf0\x9f\x98\x80\n", NULL);
  g_assert_cmpstr (snug_message_get_text (own), ==, "Hi Bo \xf0\x9f\x98\x80");
  g_assert_cmpint (snug_message_get_delivery (own), ==, SNUG_DELIVERY_SENT);
  g_assert_true (snug_message_get_own (own));

  snug_await (NULL, n_messages (bo) == 1);
  g_assert_cmpstr (snug_message_get_text (last (bo)), ==, "Hi Bo \xf0\x9f\x98\x80");
  g_assert_cmpstr (snug_message_get_sender_name (last (bo)), ==, "Ana");
  g_assert_false (snug_message_get_own (last (bo)));
  g_assert_cmpint (snug_message_get_delivery (last (bo)), ==, SNUG_DELIVERY_NONE);
  snug_await (NULL, snug_message_get_delivery (own) == SNUG_DELIVERY_DELIVERED);
}

static void
on_delivered (SnugChat *chat, const char *message_id, const char *member_id, guint *n_delivered)
{
  ++*n_delivered;
}

static void
test_delivered_only_when_all_have_it (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana");
  SnugMessage *own;
  guint n_delivered = 0;

  add (f, "Bo");
  add (f, "Chi");
  snug_mates_await (&f->mates);
  /* Chi does not confirm: its chat has let go of the room */
  snug_chat_set_room (f->chats[2], NULL);
  g_signal_connect (ana, "delivered", G_CALLBACK (on_delivered), &n_delivered);
  own = snug_chat_say (ana, "everybody?", NULL);
  snug_await (NULL, n_delivered == 1);
  g_assert_cmpint (snug_message_get_delivery (own), ==, SNUG_DELIVERY_SENT);

  /* and nobody waits for who is gone */
  snug_room_close (f->mates.mates[2].room);
  snug_await (NULL, snug_message_get_delivery (own) == SNUG_DELIVERY_DELIVERED);
}

typedef struct
{
  guint n_messages;
  guint n_ids;
  guint n_first;    /* ids in the first of them */
} Receipts;

static void
on_receipt (SnugRoom *room, SnugMember *member, SnugWireMessage *wire, gpointer user_data)
{
  Receipts *receipts = user_data;

  if (receipts->n_messages++ == 0)
    receipts->n_first = wire->ids->len;
  receipts->n_ids += wire->ids->len;
}

/* A tick does not wait for more of them, and a flood does not cost one each. */
static void
test_confirmed_at_once_and_then_together (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana");
  const guint n = 100;
  Receipts receipts = { 0 };

  add (f, "Bo");
  snug_mates_await (&f->mates);
  snug_room_set_handler (f->mates.mates[0].room, SNUG_WIRE_CHAT_RECEIVED, on_receipt, &receipts);
  for (guint i = 0; i < n; i++)
    snug_chat_say (ana, "one of many", NULL);
  snug_await (NULL, receipts.n_ids == n);
  g_assert_cmpuint (receipts.n_first, ==, 1);
  g_assert_cmpuint (receipts.n_messages, <, n / 2);
}

static void
test_waits_for_the_first_who_comes (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo;
  SnugMessage *own = snug_chat_say (ana, "hello?", NULL);

  g_assert_cmpint (snug_message_get_delivery (own), ==, SNUG_DELIVERY_QUEUED);
  bo = add (f, "Bo");
  snug_await (NULL, n_messages (bo) == 1);
  snug_await (NULL, snug_message_get_delivery (own) == SNUG_DELIVERY_DELIVERED);

  /* who comes later does not see it */
  add (f, "Chi");
  snug_mates_await (&f->mates);
  snug_chat_say (ana, "second", NULL);
  snug_await (NULL, n_messages (f->chats[2]) == 1);
  g_assert_cmpstr (snug_message_get_text (last (f->chats[2])), ==, "second");
}

static void
test_the_same_id_is_shown_once (Fixture *f, gconstpointer data)
{
  SnugChat *bo;
  const char *text = "{\"type\":\"chat\",\"id\":\"c1\",\"text\":\"once\"}";
  SnugMate *ana;

  add (f, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  ana = &f->mates.mates[0];
  for (int i = 0; i < 3; i++)
    snug_peer_link_send_text (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), text);
  snug_chat_say (f->chats[0], "after", NULL);
  snug_await (NULL, n_messages (bo) >= 2);
  g_assert_cmpuint (n_messages (bo), ==, 2);

  /* by (member, id), never by id alone */
  add (f, "Chi");
  snug_mates_await (&f->mates);
  ana = &f->mates.mates[2];
  snug_peer_link_send_text (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), text);
  snug_await (NULL, n_messages (bo) == 3);
  g_assert_cmpstr (snug_message_get_sender_name (last (bo)), ==, "Chi");
}

static void
test_what_hides_is_taken_out (Fixture *f, gconstpointer data)
{
  SnugChat *bo;

  add (f, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  snug_peer_link_send_text (snug_room_get_link (f->mates.mates[0].room, snug_mate_sees (&f->mates.mates[0], "Bo")),
                            "{\"type\":\"chat\",\"id\":\"c1\",\"text\":\"a\\u202eb\\u0007c\\u001b[2J\"}");
  snug_await (NULL, n_messages (bo) == 1);
  g_assert_cmpstr (snug_message_get_text (last (bo)), ==, "abc[2J");
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *longest = g_strnfill (SNUG_WIRE_MAX_TEXT_BYTES, 'a');
  g_autofree char *too_long = g_strconcat (longest, "a", NULL);
  SnugChat *ana = add (f, "Ana"), *bo = add (f, "Bo");

  snug_mates_await (&f->mates);
  g_assert_null (snug_chat_say (ana, " \n\t ", &error));
  g_assert_error (error, SNUG_CHAT_ERROR, SNUG_CHAT_ERROR_EMPTY);
  g_clear_error (&error);
  g_assert_null (snug_chat_say (ana, too_long, &error));
  g_assert_error (error, SNUG_CHAT_ERROR, SNUG_CHAT_ERROR_TOO_LONG);
  g_assert_cmpuint (n_messages (ana), ==, 0);

  g_assert_nonnull (snug_chat_say (ana, longest, NULL));
  snug_await (NULL, n_messages (bo) == 1);
  g_assert_cmpuint (strlen (snug_message_get_text (last (bo))), ==, SNUG_WIRE_MAX_TEXT_BYTES);
}

/* More messages than the rate lets through at once all arrive, in order. */
static void
test_a_flood_of_our_own_arrives_whole (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo = add (f, "Bo");

  snug_mates_await (&f->mates);
  for (int i = 0; i < 230; i++)
    {
      g_autofree char *text = g_strdup_printf ("%d", i);
      snug_chat_say (ana, text, NULL);
    }
  snug_await (NULL, n_messages (bo) == 230);
  for (guint i = 0; i < 230; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (SnugMessage) message = g_list_model_get_item (snug_chat_get_messages (bo), i);
      g_assert_cmpstr (snug_message_get_text (message), ==, text);
    }
  snug_await (NULL, snug_message_get_delivery (last (ana)) == SNUG_DELIVERY_DELIVERED);
}

/* Who says something and leaves is heard. */
static void
test_last_words (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *text = g_strnfill (20000, 'x');

  snug_mates_await (&f->mates);
  for (int i = 0; i < 70; i++)
    snug_chat_say (ana, text, NULL);
  snug_room_close (f->mates.mates[0].room);
  snug_await (NULL, g_list_model_get_n_items (snug_room_get_members (f->mates.mates[1].room)) == 0);
  g_assert_cmpuint (n_messages (bo), ==, 70);
}

static void
test_typing (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana");
  SnugMember *seen;

  add (f, "Bo");
  snug_mates_await (&f->mates);
  seen = snug_mate_sees (&f->mates.mates[1], "Ana");
  snug_chat_set_typing (ana, TRUE);
  snug_await (NULL, ({ gboolean on; g_object_get (seen, "typing", &on, NULL); on; }));
  snug_chat_say (ana, "done", NULL);
  snug_await (NULL, ({ gboolean on; g_object_get (seen, "typing", &on, NULL); !on; }));
}

/* --- changes of what was said --- */

/* Borrowed; by its text. */
static SnugMessage *
find (SnugChat *chat, const char *text)
{
  for (guint i = 0; i < n_messages (chat); i++)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (snug_chat_get_messages (chat), i);

      if (strcmp (snug_message_get_text (message), text) == 0)
        return message;
    }
  return NULL;
}

/* How often @emoji stands below @message. */
static guint
n_reactions (SnugMessage *message, const char *emoji)
{
  SnugReactions *reactions = snug_message_get_reactions (message);

  for (guint i = 0; i < snug_reactions_get_n (reactions); i++)
    if (strcmp (snug_reactions_get (reactions, i)->emoji, emoji) == 0)
      return snug_reactions_get (reactions, i)->member_ids->len;
  return 0;
}

/* As a stranger would: past the chat, straight into the channel. */
static void G_GNUC_PRINTF (4, 5)
blurt (Fixture *f, guint who, const char *to, const char *format, ...)
{
  SnugMate *mate = &f->mates.mates[who];
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  snug_peer_link_send_text (snug_room_get_link (mate->room, snug_mate_sees (mate, to)), text);
}

static void
test_edited_deleted_reacted (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo = add (f, "Bo");
  SnugMessage *own, *answer, *heard;
  g_autoptr (SnugMessage) original = NULL;

  snug_mates_await (&f->mates);
  own = snug_chat_say (ana, "helo", NULL);
  snug_await (NULL, n_messages (bo) == 1);
  heard = last (bo);
  g_assert_true (snug_chat_edit (ana, own, " hello ", NULL));
  snug_await (NULL, strcmp (snug_message_get_text (heard), "hello") == 0);
  g_assert_true (snug_message_get_edited (heard));

  answer = snug_chat_reply (bo, heard, "hi yourself", NULL);
  snug_await (NULL, n_messages (ana) == 2);
  original = snug_message_dup_original (last (ana));
  g_assert_true (original == own);

  snug_chat_react (ana, last (ana), "👍", TRUE);
  snug_await (NULL, n_reactions (answer, "👍") == 1);
  snug_chat_react (bo, answer, "👍", TRUE);
  snug_await (NULL, n_reactions (last (ana), "👍") == 2);
  snug_chat_react (ana, last (ana), "👍", FALSE);
  snug_await (NULL, n_reactions (answer, "👍") == 1);

  snug_chat_delete (ana, own);
  snug_await (NULL, snug_message_get_deleted (heard));
  g_assert_cmpstr (snug_message_get_text (heard), ==, "");
  g_assert_cmpuint (n_messages (bo), ==, 2);
}

/* The words of somebody else, unknown ids, nonsense: nothing of it does anything. */
static void
test_nobody_changes_what_others_said (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo = add (f, "Bo");
  SnugMessage *of_ana, *of_bo;
  const char *id;

  add (f, "Mallory");
  snug_mates_await (&f->mates);
  snug_chat_say (ana, "mine", NULL);
  of_bo = snug_chat_say (bo, "of Bo", NULL);
  snug_await (NULL, n_messages (bo) == 2 && n_messages (f->chats[2]) == 2 && n_messages (ana) == 2);
  of_ana = find (bo, "mine");
  id = snug_message_get_id (of_ana);

  blurt (f, 2, "Bo", "{\"type\":\"edit\",\"id\":\"e1\",\"of\":\"%s\",\"text\":\"forged\"}", id);
  blurt (f, 2, "Bo", "{\"type\":\"delete\",\"id\":\"e2\",\"of\":\"%s\"}", id);
  blurt (f, 2, "Bo", "{\"type\":\"edit\",\"id\":\"e3\",\"of\":\"%s\",\"text\":\"forged\"}",
         snug_message_get_id (of_bo));
  blurt (f, 2, "Bo", "{\"type\":\"delete\",\"id\":\"e4\",\"of\":\"nothing\"}");
  blurt (f, 2, "Bo", "{\"type\":\"react\",\"id\":\"e5\",\"of\":\"nothing\",\"emoji\":\"👍\",\"on\":true}");
  blurt (f, 2, "Bo", "{\"type\":\"react\",\"id\":\"e6\",\"of\":\"%s\",\"emoji\":\"👎\",\"on\":false}", id);
  /* an empty edit and one after the deletion */
  blurt (f, 2, "Bo", "{\"type\":\"chat\",\"id\":\"m1\",\"text\":\"first\"}");
  blurt (f, 2, "Bo", "{\"type\":\"edit\",\"id\":\"m2\",\"of\":\"m1\",\"text\":\"\\u202e\"}");
  blurt (f, 2, "Bo", "{\"type\":\"chat\",\"id\":\"m3\",\"text\":\"second\"}");
  blurt (f, 2, "Bo", "{\"type\":\"delete\",\"id\":\"m4\",\"of\":\"m3\"}");
  blurt (f, 2, "Bo", "{\"type\":\"edit\",\"id\":\"m5\",\"of\":\"m3\",\"text\":\"back\"}");
  blurt (f, 2, "Bo", "{\"type\":\"react\",\"id\":\"m6\",\"of\":\"m3\",\"emoji\":\"👍\",\"on\":true}");
  snug_chat_say (f->chats[2], "through", NULL);
  snug_await (NULL, n_messages (bo) == 5);

  g_assert_cmpstr (snug_message_get_text (of_ana), ==, "mine");
  g_assert_false (snug_message_get_edited (of_ana));
  g_assert_cmpstr (snug_message_get_text (of_bo), ==, "of Bo");
  g_assert_cmpuint (snug_reactions_get_n (snug_message_get_reactions (of_ana)), ==, 0);
  g_assert_nonnull (find (bo, "first"));
  g_assert_true (snug_message_get_deleted (find (bo, "")));
  g_assert_cmpuint (snug_reactions_get_n (snug_message_get_reactions (find (bo, ""))), ==, 0);
}

static void
test_reactions_have_an_end (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo = add (f, "Bo");
  SnugMessage *own;

  snug_mates_await (&f->mates);
  own = snug_chat_say (ana, "look", NULL);
  snug_await (NULL, n_messages (bo) == 1);
  for (guint i = 0; i < 40; i++)
    {
      char emoji[6] = "";

      g_unichar_to_utf8 (0x1f600 + i, emoji);
      blurt (f, 1, "Ana", "{\"type\":\"react\",\"id\":\"r%u\",\"of\":\"%s\",\"emoji\":\"%s\",\"on\":true}", i,
             snug_message_get_id (own), emoji);
    }
  snug_chat_say (bo, "through", NULL);
  snug_await (NULL, n_messages (ana) == 2);
  g_assert_cmpuint (snug_reactions_get_n (snug_message_get_reactions (own)), ==, SNUG_REACTIONS_MAX_OF_MEMBER);
}

static void
on_edit_heard (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer n_heard)
{
  ++*(guint *) n_heard;
}

/* Who was away gets the message as it reads in the end; who comes later gets neither it nor its edits. */
static void
test_changes_wait_too (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo, *chi;
  SnugMessage *first = snug_chat_say (ana, "frist", NULL);
  SnugMessage *second = snug_chat_say (ana, "second", NULL);
  guint n_heard = 0;

  snug_chat_edit (ana, first, "fisrt", NULL);
  snug_chat_edit (ana, first, "first", NULL);
  snug_chat_delete (ana, second);
  bo = add (f, "Bo");
  snug_await (NULL, n_messages (bo) == 1);
  g_assert_cmpstr (snug_message_get_text (last (bo)), ==, "first");
  snug_await (NULL, snug_message_get_delivery (first) == SNUG_DELIVERY_DELIVERED);

  chi = add (f, "Chi");
  snug_mates_await (&f->mates);
  snug_chat_say (ana, "for all", NULL);
  snug_await (NULL, n_messages (chi) == 1);
  snug_room_set_handler (f->mates.mates[2].room, SNUG_WIRE_EDIT, on_edit_heard, &n_heard);
  snug_chat_edit (ana, first, "only for Bo", NULL);
  snug_chat_say (ana, "for all again", NULL);
  snug_await (NULL, n_messages (chi) == 2);
  g_assert_cmpuint (n_heard, ==, 0);
  snug_await (NULL, find (bo, "only for Bo") != NULL);
  snug_await (NULL, n_messages (bo) == 3);
}

/* A member of an older version 2 names no features: it is not sent what it cannot read, and not waited for. */
static void
test_features (Fixture *f, gconstpointer data)
{
  SnugChat *ana = add (f, "Ana"), *bo = add (f, "Bo");
  SnugMessage *own;

  snug_mates_await (&f->mates);
  blurt (f, 1, "Ana", "{\"type\":\"hello\",\"v\":2,\"name\":\"Old\",\"features\":[\"react\"]}");
  snug_await (NULL, snug_mate_sees (&f->mates.mates[0], "Old") != NULL);
  own = snug_chat_say (ana, "as it was", NULL);
  snug_await (NULL, n_messages (bo) == 1);
  snug_chat_edit (ana, own, "as it is", NULL);
  snug_chat_react (ana, own, "👍", TRUE);
  snug_await (NULL, n_reactions (last (bo), "👍") == 1);
  g_assert_cmpstr (snug_message_get_text (last (bo)), ==, "as it was");
  g_assert_cmpstr (snug_message_get_text (own), ==, "as it is");
}

/* --- how much is kept --- */

static void
test_the_oldest_go (void)
{
  SnugHistory *history = snug_history_new ();
  GListModel *messages = snug_history_get_messages (history);
  g_autofree char *long_text = g_strnfill (1024 * 1024, 'x');

  for (guint i = 0; i < SNUG_HISTORY_MAX_MESSAGES + 5; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_TEXT, id, "m2", "Bo", "x", NULL);

      snug_history_append (history, message);
    }
  g_assert_cmpuint (g_list_model_get_n_items (messages), ==, SNUG_HISTORY_MAX_MESSAGES);
  g_assert_null (snug_history_find (history, "m2", "4"));
  g_assert_null (snug_history_find_any (history, "4"));
  g_assert_nonnull (snug_history_find (history, "m2", "5"));

  /* and by bytes, also by those that an edit adds */
  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *id = g_strdup_printf ("long %u", i);
      g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_TEXT, id, "m2", "Bo", "x", NULL);

      snug_history_append (history, message);
      snug_history_edit (history, message, long_text);
    }
  g_assert_cmpuint (g_list_model_get_n_items (messages), ==, 64);
  g_assert_nonnull (snug_history_find (history, "m2", "long 0"));
  snug_history_delete (history, snug_history_find (history, "m2", "long 7"));
  snug_history_free (history);
}

#define ADD(name, func) g_test_add ("/chat/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("said-and-delivered", test_said_and_delivered);
  ADD ("delivered-only-when-all-have-it", test_delivered_only_when_all_have_it);
  ADD ("confirmed-at-once-and-then-together", test_confirmed_at_once_and_then_together);
  ADD ("waits-for-the-first-who-comes", test_waits_for_the_first_who_comes);
  ADD ("the-same-id-is-shown-once", test_the_same_id_is_shown_once);
  ADD ("what-hides-is-taken-out", test_what_hides_is_taken_out);
  ADD ("limits", test_limits);
  ADD ("a-flood-of-our-own-arrives-whole", test_a_flood_of_our_own_arrives_whole);
  ADD ("last-words", test_last_words);
  ADD ("typing", test_typing);
  ADD ("edited-deleted-reacted", test_edited_deleted_reacted);
  ADD ("nobody-changes-what-others-said", test_nobody_changes_what_others_said);
  ADD ("reactions-have-an-end", test_reactions_have_an_end);
  ADD ("changes-wait-too", test_changes_wait_too);
  ADD ("features", test_features);
  g_test_add_func ("/chat/the-oldest-go", test_the_oldest_go);
  return g_test_run ();
}
