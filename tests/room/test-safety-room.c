/* The safety phrase between real connections: an honest server, and one that puts itself between two people.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-room-mates.h"

static SnugSafetyState
safety_of (SnugMate *mate, const char *name)
{
  SnugMember *member = snug_mate_sees (mate, name);

  return member != NULL ? snug_member_get_safety (member) : SNUG_SAFETY_UNCHECKED;
}

static const char *
phrase_of (SnugMate *mate, const char *name)
{
  return snug_member_get_phrase (snug_mate_sees (mate, name));
}

static void
compare (SnugMate *mate, const char *name)
{
  snug_await (NULL, snug_member_get_can_compare (snug_mate_sees (mate, name)));
  snug_room_compare (mate->room, snug_mate_sees (mate, name));
}

static void
test_both_screens_show_the_same (gconstpointer secret)
{
  SnugMates mates;
  SnugMate *ana, *bo;
  g_autofree char *details = NULL;

  if (secret != NULL)
    snug_mates_init_private (&mates, secret);
  else
    snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_mates_await (&mates);
  compare (bo, "Ana");
  snug_await (NULL, safety_of (ana, "Bo") == SNUG_SAFETY_PHRASE && safety_of (bo, "Ana") == SNUG_SAFETY_PHRASE);
  g_assert_cmpstr (phrase_of (ana, "Bo"), ==, phrase_of (bo, "Ana"));
  g_object_get (snug_mate_sees (ana, "Bo"), "details", &details, NULL);
  g_assert_nonnull (strstr (details, "AES-256-GCM"));

  snug_room_confirm (ana->room, snug_mate_sees (ana, "Bo"), TRUE);
  g_assert_cmpint (safety_of (ana, "Bo"), ==, SNUG_SAFETY_CHECKED);
  g_assert_cmpuint (snug_room_get_n_ready (ana->room), ==, 1);
  snug_mates_clear (&mates);
}

/* A server that lies: each of the two is in a room of their own, with a member of the server's in the other's
 * name. What one says is handed on, and read. */
typedef struct
{
  SnugMates  left, right;
  SnugMate  *ana, *as_bo;
  SnugMate  *as_ana, *bo;
  char      *read;
} Between;

static void
on_chat_between (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  Between *self = user_data;

  self->read = g_strdup (message->text);
  snug_room_send_to_all (self->as_ana->room, message);
}

static void
on_chat (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  *(char **) user_data = g_strdup (message->text);
}

static void
set_up_between (Between *self)
{
  snug_mates_init (&self->left);
  snug_mates_init (&self->right);
  self->ana = snug_mates_add (&self->left, "Ana");
  self->as_bo = snug_mates_add (&self->left, "Bo");
  self->as_ana = snug_mates_add (&self->right, "Ana");
  self->bo = snug_mates_add (&self->right, "Bo");
  self->read = NULL;
  snug_room_set_handler (self->as_bo->room, SNUG_WIRE_CHAT, on_chat_between, self);
  snug_mates_await (&self->left);
  snug_mates_await (&self->right);
}

static void
tear_down_between (Between *self)
{
  snug_mates_clear (&self->left);
  snug_mates_clear (&self->right);
  g_free (self->read);
}

/* In an open room nothing tells, until they compare. */
static void
test_a_server_in_between_reads_on (void)
{
  Between between;
  g_autoptr (SnugWireMessage) chat = snug_wire_message_new (SNUG_WIRE_CHAT);
  g_autofree char *heard = NULL;

  set_up_between (&between);
  chat->id = g_strdup ("c1");
  chat->text = g_strdup ("just between us");
  snug_room_set_handler (between.bo->room, SNUG_WIRE_CHAT, on_chat, &heard);
  snug_room_send_to_all (between.ana->room, chat);
  snug_await (NULL, heard != NULL);
  g_assert_cmpstr (heard, ==, "just between us");
  g_assert_cmpstr (between.read, ==, "just between us");
  tear_down_between (&between);
}

static void
test_a_server_in_between_is_found_out (void)
{
  Between between;
  const GError *refusal;

  set_up_between (&between);
  compare (between.ana, "Bo");
  compare (between.as_ana, "Bo");
  snug_await (NULL, safety_of (between.ana, "Bo") == SNUG_SAFETY_PHRASE
                      && safety_of (between.bo, "Ana") == SNUG_SAFETY_PHRASE);
  g_assert_cmpstr (phrase_of (between.ana, "Bo"), !=, phrase_of (between.bo, "Ana"));

  snug_room_confirm (between.ana->room, snug_mate_sees (between.ana, "Bo"), FALSE);
  refusal = snug_room_get_refusal (between.ana->room);
  g_assert_error (refusal, SNUG_ROOM_ERROR, SNUG_ROOM_ERROR_NOT_SAFE);
  g_assert_cmpuint (g_list_model_get_n_items (snug_room_get_members (between.ana->room)), ==, 0);
  tear_down_between (&between);
}

static void
break_rules (SnugMate *mate)
{
  const guint8 nonce[SNUG_WIRE_HASH_BYTES] = { 7 };
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_PHRASE_REVEAL);

  message->nonce = g_bytes_new (nonce, sizeof nonce);
  snug_room_send_to_all (mate->room, message);
}

/* Who breaks the rules loses the others, and no other connection suffers by it. */
static void
test_a_member_breaks_the_rules (void)
{
  SnugMates mates;
  SnugMate *ana, *bo, *chi;

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  chi = snug_mates_add (&mates, "Chi");
  snug_mates_await (&mates);
  break_rules (chi);
  snug_await (NULL, safety_of (ana, "Chi") == SNUG_SAFETY_MISMATCH && safety_of (bo, "Chi") == SNUG_SAFETY_MISMATCH);
  g_assert_cmpint (snug_member_get_state (snug_mate_sees (ana, "Chi")), ==, SNUG_MEMBER_FAILED);
  g_assert_cmpuint (snug_room_get_n_ready (ana->room), ==, 1);
  g_assert_no_error (snug_room_get_refusal (ana->room));

  /* A person who asks to try again does not get them back. */
  snug_await (NULL, snug_peer_link_get_state (snug_room_get_link (ana->room, snug_mate_sees (ana, "Chi")))
                      == SNUG_PEER_LINK_CLOSED);
  snug_room_retry (ana->room);
  snug_await_idle (NULL);
  g_assert_cmpint (snug_member_get_state (snug_mate_sees (ana, "Chi")), ==, SNUG_MEMBER_FAILED);
  g_assert_cmpint (snug_member_get_state (snug_mate_sees (ana, "Bo")), ==, SNUG_MEMBER_CONNECTED);
  snug_mates_clear (&mates);
}

static void
test_nobody_else_is_left (void)
{
  SnugMates mates;
  SnugMate *ana, *bo;

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_mates_await (&mates);
  break_rules (bo);
  snug_await (NULL, g_error_matches (snug_room_get_refusal (ana->room), SNUG_ROOM_ERROR, SNUG_ROOM_ERROR_NOT_SAFE));
  snug_mates_clear (&mates);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/safety-room/same-words/open", NULL, test_both_screens_show_the_same);
  g_test_add_data_func ("/safety-room/same-words/private", "otter-velvet-canoe", test_both_screens_show_the_same);
  g_test_add_func ("/safety-room/in-between/reads-on", test_a_server_in_between_reads_on);
  g_test_add_func ("/safety-room/in-between/found-out", test_a_server_in_between_is_found_out);
  g_test_add_func ("/safety-room/breaks-the-rules", test_a_member_breaks_the_rules);
  g_test_add_func ("/safety-room/nobody-else-is-left", test_nobody_else_is_left);
  return g_test_run ();
}
