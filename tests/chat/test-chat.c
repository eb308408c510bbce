/* Messages between members: shown at once, sent, confirmed, queued and said again after a break.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-chat.h"
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

#define ADD(name, func) g_test_add ("/chat/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("said-and-delivered", test_said_and_delivered);
  ADD ("delivered-only-when-all-have-it", test_delivered_only_when_all_have_it);
  ADD ("waits-for-the-first-who-comes", test_waits_for_the_first_who_comes);
  ADD ("the-same-id-is-shown-once", test_the_same_id_is_shown_once);
  ADD ("what-hides-is-taken-out", test_what_hides_is_taken_out);
  ADD ("limits", test_limits);
  ADD ("a-flood-of-our-own-arrives-whole", test_a_flood_of_our_own_arrives_whole);
  ADD ("last-words", test_last_words);
  ADD ("typing", test_typing);
  return g_test_run ();
}
