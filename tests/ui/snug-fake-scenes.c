/* The scenes: what a session's models are filled with, one after the other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-fake-session-private.h"

#include "snug-member-private.h"
#include "snug-message-private.h"
#include "snug-transfer-private.h"
#include "snug-unfinished-private.h"

#define MB G_GUINT64_CONSTANT (1000000)

static void
empty (SnugSession *self)
{
  self->state = SNUG_SESSION_EMPTY;
  g_clear_error (&self->error);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->link, g_free);
  self->trouble = NULL;
  self->secret = self->knock = NULL;
  self->guessed = self->shuts_browsers_out = self->rounds_proxy = self->lacks_relay = FALSE;
  self->announcement = SNUG_ANNOUNCEMENT_NONE;
  self->is_host = FALSE;
  self->is_locked = FALSE;
  self->expires = 0;
  g_list_store_remove_all (self->members);
  g_list_store_remove_all (self->messages);
  g_list_store_remove_all (self->transfers);
  g_list_store_remove_all (self->unfinished);
  g_list_store_remove_all (self->nearby);
}

static void
enter_room (SnugSession *self, SnugSessionState state)
{
  self->state = state;
  self->code = g_strdup ("QXWV23");
  self->link = g_strdup ("http://192.168.1.20:2029/?code=QXWV23");
  self->is_host = TRUE;
}

static SnugMember *
add_member (SnugSession *self, const char *id, const char *name, SnugMemberDevice device,
            SnugMemberState state)
{
  SnugMember *member = snug_member_new (id, g_list_model_get_n_items (G_LIST_MODEL (self->members)) + 2);

  snug_member_set_name (member, name);
  snug_member_set_device (member, device);
  snug_member_set_state (member, state);
  g_list_store_append (self->members, member);
  g_object_unref (member);
  return member;
}

static void
add_people (SnugSession *self)
{
  SnugMember *ana = add_member (self, "m2", "Ana", SNUG_MEMBER_DEVICE_PHONE, SNUG_MEMBER_CONNECTED);
  SnugMember *jonas = add_member (self, "m3", "Jonas Åkerström", SNUG_MEMBER_DEVICE_DESKTOP,
                                  SNUG_MEMBER_CONNECTED);

  snug_member_set_path (ana, SNUG_PATH_DIRECT_LOCAL, NULL);
  snug_member_set_rtt_ms (ana, 3.1);
  snug_member_set_details (ana, "This side: host, the other: host, IPv4\nDTLS1.2, ECDHE-ECDSA-AES-256-GCM\n"
                                "Fingerprint: 3f:9a:11:0c:88:52:e4:77:d0:15:6b:a3:9e:21:fe:04");
  snug_member_set_path (jonas, SNUG_PATH_DIRECT, NULL);
  snug_member_set_rtt_ms (jonas, 41);
}

/* @original: (nullable): what it answers. */
static SnugMessage *
add_answer (SnugSession *self, SnugMessage *original, const char *sender_id, const char *name, const char *text)
{
  g_autofree char *id = g_strdup_printf ("%u",
                                         g_list_model_get_n_items (G_LIST_MODEL (self->messages)));
  SnugMessage *message = snug_message_new (SNUG_MESSAGE_TEXT, id, sender_id, name, text, NULL);

  if (original != NULL)
    snug_message_set_original (message, original);
  g_list_store_append (self->messages, message);
  g_object_unref (message);
  return message;
}

static SnugMessage *
add_message (SnugSession *self, SnugMessageKind kind, const char *sender_id, const char *name,
             const char *text)
{
  g_autofree char *id = g_strdup_printf ("%u",
                                         g_list_model_get_n_items (G_LIST_MODEL (self->messages)));
  SnugMessage *message = snug_message_new (kind, id, sender_id, name, text, NULL);

  g_list_store_append (self->messages, message);
  g_object_unref (message);
  return message;
}

static void
say (SnugSession *self, const char *text, SnugDelivery delivery)
{
  snug_message_set_delivery (add_message (self, SNUG_MESSAGE_TEXT, "", "Me", text), delivery);
}

static void
add_card (SnugSession *self, SnugTransfer *transfer)
{
  gboolean own = snug_transfer_get_direction (transfer) == SNUG_TRANSFER_OUT;
  g_autofree char *id = g_strdup_printf ("%u",
                                         g_list_model_get_n_items (G_LIST_MODEL (self->messages)));
  g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_CARD, id, own ? "" : "m2",
                                                      own ? "Me" : "Ana",
                                                      snug_transfer_get_name (transfer), G_OBJECT (transfer));

  g_list_store_append (self->messages, message);
}

static SnugTransfer *
add_transfer (SnugSession *self, SnugTransferDirection direction, const char *from,
              const char *name,
              const char *mime_type, guint64 size)
{
  SnugTransfer *transfer = snug_transfer_new (direction, name, "m2", from, name, mime_type, size);

  g_list_store_append (self->transfers, transfer);
  g_object_unref (transfer);
  return transfer;
}

/* Half a minute of steady progress in an instant. */
static void
run (SnugTransfer *transfer, guint64 speed, guint64 bytes)
{
  gint64 now_us = g_get_monotonic_time ();

  snug_transfer_enter (transfer, SNUG_TRANSFER_ACCEPTED, NULL);
  snug_transfer_enter (transfer, SNUG_TRANSFER_RUNNING, NULL);
  for (guint64 i = 30; i > 0; i--)
    snug_transfer_set_bytes (transfer, bytes > i * speed ? bytes - i * speed : bytes / (i + 1),
                             now_us - (gint64) i * G_USEC_PER_SEC);
  snug_transfer_set_bytes (transfer, bytes, now_us);
}

static void
finish (SnugTransfer *transfer, SnugTransferState state, const char *reason)
{
  if (state != SNUG_TRANSFER_DECLINED)
    run (transfer, MB, snug_transfer_get_size (transfer));
  snug_transfer_enter (transfer, state, reason);
}

static void
fail (SnugSession *self, int code, const char *message)
{
  self->state = SNUG_SESSION_FAILED;
  self->error = g_error_new_literal (SNUG_SESSION_ERROR, code, message);
}

static void
scene_start (SnugSession *self)
{
}

static void
scene_start_limited (SnugSession *self)
{
  self->shuts_browsers_out = TRUE;
}

static void
add_nearby (SnugSession *self, const char *name, const char *code, gboolean is_private)
{
  g_autoptr (SnugNearbyRoom) room = snug_nearby_room_new (name, code, is_private, "http://192.168.1.20:2029");

  g_list_store_append (self->nearby, room);
}

static void
scene_start_nearby (SnugSession *self)
{
  add_nearby (self, "Ana", "BOOK23", TRUE);
  add_nearby (self, "", "QXWV23", FALSE);
  add_nearby (self, "A name as long as a stranger can make it, sixty-four characters.", "TREE45", TRUE);
}

static void
scene_opening (SnugSession *self)
{
  self->state = SNUG_SESSION_STARTING;
}

static void
scene_opening_asleep (SnugSession *self)
{
  scene_opening (self);
  self->trouble = "The server does not answer yet. It may be waking up: this goes on trying for half a minute.";
}

static void
scene_joining (SnugSession *self)
{
  self->state = SNUG_SESSION_STARTING;
  self->code = g_strdup ("QXWV23");
}

static void
scene_joining_asleep (SnugSession *self)
{
  scene_joining (self);
  self->trouble = "The server does not answer yet. It may be waking up: this goes on trying for half a minute.";
}

static void
scene_waiting (SnugSession *self)
{
  enter_room (self, SNUG_SESSION_WAITING);
}

static void
scene_connecting (SnugSession *self)
{
  SnugMember *ana;

  enter_room (self, SNUG_SESSION_CONNECTING);
  ana = add_member (self, "m2", "Ana", SNUG_MEMBER_DEVICE_PHONE, SNUG_MEMBER_CONNECTING);
  snug_member_set_step (ana, SNUG_STEP_ANSWERED, SNUG_STEP_DONE);
  snug_member_set_step (ana, SNUG_STEP_ROUTE, SNUG_STEP_RUNNING);
}

static void
scene_no_route (SnugSession *self)
{
  SnugMember *ana;

  scene_connecting (self);
  ana = add_member (self, "m3", "Milan", SNUG_MEMBER_DEVICE_BROWSER, SNUG_MEMBER_FAILED);
  snug_member_set_step (ana, SNUG_STEP_ANSWERED, SNUG_STEP_DONE);
  snug_member_set_step (ana, SNUG_STEP_ROUTE, SNUG_STEP_FAILED);
  snug_member_set_error_text (ana, "Both networks block direct links and no relay is set up.");
}

static void
scene_connected (SnugSession *self)
{
  enter_room (self, SNUG_SESSION_CONNECTED);
  add_people (self);
}

static void
scene_locked (SnugSession *self)
{
  scene_connected (self);
  self->is_locked = TRUE;
}

static void
scene_reconnecting (SnugSession *self)
{
  g_autoptr (SnugMember) ana = NULL;

  scene_connected (self);
  self->state = SNUG_SESSION_RECONNECTING;
  ana = g_list_model_get_item (G_LIST_MODEL (self->members), 0);
  snug_member_set_state (ana, SNUG_MEMBER_RECONNECTING);
}

static void
scene_no_server (SnugSession *self)
{
  scene_connected (self);
  self->state = SNUG_SESSION_NO_SERVER;
}

static void
scene_no_server_alone (SnugSession *self)
{
  enter_room (self, SNUG_SESSION_NO_SERVER);
}

static void
scene_away (SnugSession *self)
{
  enter_room (self, SNUG_SESSION_CONNECTED);
  add_member (self, "m2", "Ana", SNUG_MEMBER_DEVICE_PHONE, SNUG_MEMBER_AWAY);
}

static void
scene_not_found (SnugSession *self)
{
  fail (self, SNUG_SESSION_ERROR_ROOM_NOT_FOUND,
        "The server knows no room QXWV23. Rooms end when everybody has left.");
}

static void
scene_secret (SnugSession *self)
{
  fail (self, SNUG_SESSION_ERROR_SECRET_NEEDED, "This room is private: it has a secret.");
}

static void
scene_wrong_secret (SnugSession *self)
{
  fail (self, SNUG_SESSION_ERROR_SECRET, "That is not the secret of this room.");
}

static void
scene_pending (SnugSession *self)
{
  enter_room (self, SNUG_SESSION_PENDING);
}

static void
make_private (SnugSession *self)
{
  self->secret = "otter-velvet-canoe";
  g_free (self->code);
  g_free (self->link);
  self->code = g_strdup ("BOOK23");
  self->link = g_strdup ("http://192.168.1.20:2029/?code=BOOK23#otter-velvet-canoe");
}

static void
scene_private (SnugSession *self)
{
  enter_room (self, SNUG_SESSION_WAITING);
  make_private (self);
}

static void
scene_private_limited (SnugSession *self)
{
  scene_private (self);
  self->shuts_browsers_out = TRUE;
}

static void
scene_caveats (SnugSession *self)
{
  scene_connected (self);
  self->rounds_proxy = self->lacks_relay = TRUE;
  self->announcement = SNUG_ANNOUNCEMENT_IMPOSSIBLE;
}

static void
scene_guessed (SnugSession *self)
{
  scene_connected (self);
  make_private (self);
  self->guessed = TRUE;
}

static void
scene_knock (SnugSession *self)
{
  scene_connected (self);
  make_private (self);
  self->knock = "Milan";
}

static void
scene_phrase (SnugSession *self)
{
  g_autoptr (SnugMember) ana = NULL, jonas = NULL;

  scene_connected (self);
  ana = g_list_model_get_item (G_LIST_MODEL (self->members), 0);
  jonas = g_list_model_get_item (G_LIST_MODEL (self->members), 1);
  snug_member_set_safety (ana, SNUG_SAFETY_PHRASE, "scarf lyre sable ruby", FALSE);
  snug_member_set_safety (jonas, SNUG_SAFETY_CHECKED, "plaza herald brick visit", FALSE);
}

static void
scene_not_safe (SnugSession *self)
{
  fail (self, SNUG_SESSION_ERROR_NOT_SAFE, "Not safe: somebody may be listening in between. The room was closed.");
}

static void
scene_version (SnugSession *self)
{
  fail (self, SNUG_SESSION_ERROR_VERSION,
        "This server speaks version 3 of the protocol, this Snug version 2. Update Snug.");
}

static void
scene_full (SnugSession *self)
{
  fail (self, SNUG_SESSION_ERROR_ROOM_FULL,
        "All 8 places are taken. When somebody leaves, there is one for you.");
}

static void
leave_unfinished (SnugSession *self, const char *name, guint64 size, guint64 bytes)
{
  g_autoptr (SnugUnfinished) unfinished = snug_unfinished_new (name, name, size, bytes);

  g_list_store_append (self->unfinished, unfinished);
}

static void
scene_over (SnugSession *self)
{
  fail (self, SNUG_SESSION_ERROR_EXPIRED,
        "Its time is up. Unfinished files can go on in a new room.");
  leave_unfinished (self, "Sunday at the lake.mkv", 1500 * MB, 174 * MB);
}

static void
scene_unreachable (SnugSession *self)
{
  fail (self, SNUG_SESSION_ERROR_UNREACHABLE, "Nothing answers at http://192.168.1.20:2029. Is that computer on, and on the same network?");
}

static void
scene_talk_empty (SnugSession *self)
{
  scene_connected (self);
}

static void
scene_talk (SnugSession *self)
{
  g_autoptr (SnugMember) ana = NULL;

  scene_connected (self);
  add_message (self, SNUG_MESSAGE_SYSTEM, "", "", "Ana joined");
  add_message (self, SNUG_MESSAGE_TEXT, "m2", "Ana", "Hi! I am in, that was quick.");
  add_message (self, SNUG_MESSAGE_TEXT, "m2", "Ana", "Scanned it straight off your screen 📱");
  say (self, "Lovely. Shall I send the photos from Sunday?", SNUG_DELIVERY_DELIVERED);
  add_message (self, SNUG_MESSAGE_SYSTEM, "", "", "Jonas Åkerström joined");
  add_message (self, SNUG_MESSAGE_TEXT, "m3", "Jonas Åkerström",
               "Yes please, **all of them**. And the recording too if it is not too big: the last one took ages by "
               "mail, and the attachment limit cut it in half.\n\nI have about 4 GB free here.");
  say (self, "It is 1.5 GB, so a quarter of a minute here.", SNUG_DELIVERY_DELIVERED);
  say (self, "Coming.", SNUG_DELIVERY_SENT);
  add_message (self, SNUG_MESSAGE_TEXT, "m2", "Ana",
               "<b>&amp; plain</b> https://example.org/?a=1&b=2 and `notes.txt`");
  say (self, "And one for later", SNUG_DELIVERY_QUEUED);
  ana = g_list_model_get_item (G_LIST_MODEL (self->members), 0);
  snug_member_set_typing (ana, TRUE);
}

/* Answers, edits, deletions and reactions. */
static void
scene_talk_changes (SnugSession *self)
{
  SnugMessage *plan, *question, *answer, *gone;

  scene_connected (self);
  plan = add_message (self, SNUG_MESSAGE_TEXT, "m2", "Ana", "Shall we meet at the lake on Sunday, at ten by the boats?");
  snug_message_react (plan, "m3", "Jonas Åkerström", "👍", TRUE);
  snug_message_react (plan, "", "Me", "👍", TRUE);
  snug_message_react (plan, "m3", "Jonas Åkerström", "🎉", TRUE);
  question = add_answer (self, plan, "m3", "Jonas Åkerström", "Ten is early. Would eleven do?");
  answer = add_answer (self, question, "", "Me", "Eleven is fine. I bring bread and the small stove.");
  snug_message_edit (answer, "Eleven is fine for me. I bring bread, cheese and the small stove, if somebody has gas for it.");
  snug_message_set_delivery (answer, SNUG_DELIVERY_DELIVERED);
  for (guint i = 0; i < 8; i++)
    {
      char emoji[6] = "";

      g_unichar_to_utf8 (0x1f600 + i, emoji);
      snug_message_react (answer, "m2", "Ana", emoji, TRUE);
    }
  gone = add_message (self, SNUG_MESSAGE_TEXT, "m2", "Ana", "Wrong window");
  snug_message_delete (gone);
  add_answer (self, gone, "m2", "Ana", "I have gas.");
  gone = add_message (self, SNUG_MESSAGE_TEXT, "", "Me", "Me too");
  snug_message_delete (gone);
}

/* As many messages as are kept, of all lengths. */
static void
scene_talk_long (SnugSession *self)
{
  static const char *const senders[][2] = { { "", "Me" }, { "m2", "Ana" }, { "m3", "Jonas Åkerström" } };
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_object_unref);

  scene_connected (self);
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);
      g_autofree char *words = g_strnfill (1 + i * 7919 % 300, 'x');
      g_autofree char *text = g_strdup_printf ("Message %u. %s `code` and **bold** https://example.org/%u", i, words, i);

      g_ptr_array_add (messages, snug_message_new (SNUG_MESSAGE_TEXT, id, senders[i % 3][0], senders[i % 3][1], text,
                                                   NULL));
    }
  g_list_store_splice (self->messages, 0, 0, messages->pdata, messages->len);
}

static void
scene_talk_files (SnugSession *self)
{
  SnugTransfer *photo, *film, *offer;

  scene_connected (self);
  add_message (self, SNUG_MESSAGE_TEXT, "m2", "Ana", "Here is the boarding pass");
  photo = add_transfer (self, SNUG_TRANSFER_IN, "Ana", "boarding-pass.pdf", "application/pdf",
                        248 * 1000);
  finish (photo, SNUG_TRANSFER_DONE, NULL);
  add_card (self, photo);
  say (self, "Thanks! And this is the film:", SNUG_DELIVERY_DELIVERED);
  film = add_transfer (self, SNUG_TRANSFER_OUT, "Ana", "Sunday at the lake.mkv", "video/x-matroska",
                       1500 * MB);
  run (film, 92 * MB, 174 * MB);
  add_card (self, film);
  offer = add_transfer (self, SNUG_TRANSFER_IN, "Ana",
                        "A rather long name of a slide deck that nobody shortens.pptx",
                        "application/vnd.openxmlformats-officedocument.presentationml.presentation", 61 * MB);
  add_card (self, offer);
}

static void
scene_files_empty (SnugSession *self)
{
  scene_connected (self);
}

static void
scene_files_unfinished (SnugSession *self)
{
  scene_connected (self);
  leave_unfinished (self, "Sunday at the lake.mkv", 1500 * MB, 174 * MB);
  leave_unfinished (self, "A rather long name of a slide deck that nobody ever shortens.pptx", 61 * MB, 60 * MB);
}

static void
scene_folders (SnugSession *self)
{
  SnugTransfer *holiday, *work, *offer;

  scene_connected (self);
  offer = add_transfer (self, SNUG_TRANSFER_IN, "Ana", "Holiday", "inode/directory", 3200 * MB);
  snug_transfer_set_folder (offer, 1204);
  work = add_transfer (self, SNUG_TRANSFER_OUT, "Ana", "Recordings", "inode/directory", 900 * MB);
  snug_transfer_set_folder (work, 12);
  run (work, 30 * MB, 400 * MB);
  run (add_transfer (self, SNUG_TRANSFER_IN, "Jonas Åkerström", "photos.zip", "application/zip", 380 * MB), 11 * MB, 201 * MB);
  holiday = add_transfer (self, SNUG_TRANSFER_IN, "Ana", "Recipes", "inode/directory", 20 * MB);
  snug_transfer_set_folder (holiday, 48);
  finish (holiday, SNUG_TRANSFER_DONE, NULL);
  leave_unfinished (self, "Sunday at the lake.mkv", 1500 * MB, 174 * MB);
}

static void
scene_files (SnugSession *self)
{
  SnugTransfer *paused;

  scene_connected (self);
  finish (add_transfer (self, SNUG_TRANSFER_IN, "Ana", "boarding-pass.pdf", "application/pdf",
                        248 * 1000), SNUG_TRANSFER_DONE, NULL);
  finish (add_transfer (self, SNUG_TRANSFER_OUT, "Ana", "IMG_20260718_193355.jpg", "image/jpeg",
                        4 * MB), SNUG_TRANSFER_DONE, NULL);
  finish (add_transfer (self, SNUG_TRANSFER_OUT, "Jonas Åkerström", "notes.txt", "text/plain",
                        1900), SNUG_TRANSFER_DECLINED, NULL);
  finish (add_transfer (self, SNUG_TRANSFER_IN, "Ana", "backup.tar.zst", "application/zstd",
                        7300 * MB),
          SNUG_TRANSFER_FAILED, "The disk is full; nothing was kept");
  add_transfer (self, SNUG_TRANSFER_IN, "Jonas Åkerström",
                "A rather long name of a slide deck that nobody ever shortens (final, really).pptx",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation", 61 * MB);
  run (add_transfer (self, SNUG_TRANSFER_OUT, "Ana", "Sunday at the lake.mkv", "video/x-matroska",
                     1500 * MB), 92 * MB, 174 * MB);
  paused = add_transfer (self, SNUG_TRANSFER_IN, "Jonas Åkerström", "photos.zip", "application/zip",
                         380 * MB);
  run (paused, 11 * MB, 201 * MB);
  snug_transfer_enter (paused, SNUG_TRANSFER_PAUSED, NULL);
  add_transfer (self, SNUG_TRANSFER_OUT, "Jonas Åkerström", "Sunday at the lake.mkv",
                "video/x-matroska", 1500 * MB);
}

/* What can be answered all at once, and cleared all at once. */
static void
scene_files_offers (SnugSession *self)
{
  scene_connected (self);
  add_transfer (self, SNUG_TRANSFER_IN, "Ana", "boarding-pass.pdf", "application/pdf", 248 * 1000);
  add_transfer (self, SNUG_TRANSFER_IN, "Jonas Åkerström", "Sunday at the lake.mkv", "video/x-matroska", 1500 * MB);
  snug_transfer_set_folder (add_transfer (self, SNUG_TRANSFER_IN, "Ana", "Holiday", "inode/directory", 3200 * MB), 1204);
  finish (add_transfer (self, SNUG_TRANSFER_IN, "Ana", "notes.txt", "text/plain", 1900), SNUG_TRANSFER_DONE, NULL);
  finish (add_transfer (self, SNUG_TRANSFER_OUT, "Ana", "lake.jpg", "image/jpeg", 4 * MB), SNUG_TRANSFER_DONE, NULL);
}

static const struct
{
  const char  *name;
  const char  *page;
  void       (*play) (SnugSession *self);
} scenes[] = {
  { "start", "room", scene_start },
  { "start-back", "room", scene_start },
  { "start-limited", "room", scene_start_limited },
  { "start-nearby", "room", scene_start_nearby },
  { "opening", "room", scene_opening },
  { "opening-asleep", "room", scene_opening_asleep },
  { "joining", "room", scene_joining },
  { "joining-asleep", "room", scene_joining_asleep },
  { "waiting", "room", scene_waiting },
  { "connecting", "room", scene_connecting },
  { "no-route", "room", scene_no_route },
  { "doctor", "room", scene_no_route },
  { "connected", "room", scene_connected },
  { "locked", "room", scene_locked },
  { "away", "room", scene_away },
  { "reconnecting", "room", scene_reconnecting },
  { "no-server", "chat", scene_no_server },
  { "no-server-alone", "room", scene_no_server_alone },
  { "full", "room", scene_full },
  { "not-found", "room", scene_not_found },
  { "secret", "room", scene_secret },
  { "wrong-secret", "room", scene_wrong_secret },
  { "pending", "room", scene_pending },
  { "private", "room", scene_private },
  { "private-limited", "room", scene_private_limited },
  { "caveats", "room", scene_caveats },
  { "guessed", "room", scene_guessed },
  { "knock", "room", scene_knock },
  { "phrase", "room", scene_phrase },
  { "not-safe", "room", scene_not_safe },
  { "version", "room", scene_version },
  { "over", "room", scene_over },
  { "unreachable", "room", scene_unreachable },
  { "talk-outside", "chat", scene_start },
  { "talk-empty", "chat", scene_talk_empty },
  { "talk", "chat", scene_talk },
  { "talk-changes", "chat", scene_talk_changes },
  { "talk-files", "chat", scene_talk_files },
  { "talk-long", "chat", scene_talk_long },
  { "files-outside", "files", scene_start },
  { "files-empty", "files", scene_files_empty },
  { "files", "files", scene_files },
  { "files-unfinished", "files", scene_files_unfinished },
  { "files-folders", "files", scene_folders },
  { "files-offers", "files", scene_files_offers },
  { "files-saving", "files", scene_files_empty },
  { "files-to-send", "files", scene_files_empty },
};

const char *const *
snug_fake_session_get_scenes (void)
{
  static const char *names[G_N_ELEMENTS (scenes) + 1];

  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    names[i] = scenes[i].name;
  return names;
}

const char *
snug_fake_session_get_page (const char *scene)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    if (g_str_equal (scenes[i].name, scene))
      return scenes[i].page;
  return NULL;
}

gboolean
snug_fake_session_play (SnugSession *self, const char *scene)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    if (g_str_equal (scenes[i].name, scene))
      {
        empty (self);
        scenes[i].play (self);
        snug_fake_session_notify_all (self);
        return TRUE;
      }
  return FALSE;
}
