/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-fake-session.h"

#include "snug-member-private.h"
#include "snug-message-private.h"
#include "snug-transfer-private.h"
#include "snug-unfinished-private.h"

struct _SnugSession
{
  GObject             parent_instance;

  /* Owned */
  char               *name;
  char               *server;
  char               *web_root;
  char               *listen;
  const char         *trouble;         /* borrowed */
  char               *code;
  char               *link;
  GPtrArray          *ice_servers;
  GFile              *save_to;
  GError             *error;
  GListStore         *members;
  GListStore         *messages;
  GListStore         *transfers;
  GListStore         *unfinished;

  SnugSessionState    state;
  int                 numbers[5];      /* device, relay, accept, conflict policies; unused last */
  guint               capacity;
  gint64              expires;
  const char         *secret;      /* nullable */
  const char         *knock;       /* nullable */
  gboolean            guessed;
  gboolean            is_host;
  gboolean            is_locked;
};

G_DEFINE_FINAL_TYPE (SnugSession, snug_session, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-session-error-quark, snug_session_error)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_ERROR,
  PROP_TROUBLE,
  PROP_CODE,
  PROP_LINK,
  PROP_INVITE,
  PROP_NAME,
  PROP_DEVICE,
  PROP_SERVER,
  PROP_WEB_ROOT,
  PROP_LISTEN,
  PROP_CAPACITY,
  PROP_RELAY_POLICY,
  PROP_ICE_SERVERS,
  PROP_ACCEPT_POLICY,
  PROP_CONFLICT_POLICY,
  PROP_SAVE_TO,
  PROP_IS_HOST,
  PROP_LOCKED,
  PROP_PRIVATE,
  PROP_GUESSED,
  PROP_KNOCK,
  PROP_EXPIRES,
  PROP_N_CONNECTED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* --- The scenes --- */

#define MB G_GUINT64_CONSTANT (1000000)

static void
notify_all (SnugSession *self)
{
  for (guint i = PROP_0 + 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static void
empty (SnugSession *self)
{
  self->state = SNUG_SESSION_EMPTY;
  g_clear_error (&self->error);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->link, g_free);
  self->trouble = NULL;
  self->secret = self->knock = NULL;
  self->guessed = FALSE;
  self->is_host = FALSE;
  self->is_locked = FALSE;
  self->expires = 0;
  g_list_store_remove_all (self->members);
  g_list_store_remove_all (self->messages);
  g_list_store_remove_all (self->transfers);
  g_list_store_remove_all (self->unfinished);
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
  g_autoptr (SnugUnfinished) unfinished = snug_unfinished_new (name, name, size, bytes, FALSE);

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

static const struct
{
  const char  *name;
  const char  *page;
  void       (*play) (SnugSession *self);
} scenes[] = {
  { "start", "room", scene_start },
  { "start-back", "room", scene_start },
  { "opening", "room", scene_opening },
  { "opening-asleep", "room", scene_opening_asleep },
  { "joining", "room", scene_joining },
  { "joining-asleep", "room", scene_joining_asleep },
  { "waiting", "room", scene_waiting },
  { "connecting", "room", scene_connecting },
  { "no-route", "room", scene_no_route },
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
        notify_all (self);
        return TRUE;
      }
  return FALSE;
}

/* --- The session's face --- */

SnugSession *
snug_session_new (void)
{
  return g_object_new (SNUG_TYPE_SESSION, NULL);
}

void
snug_session_create (SnugSession *self, gboolean open)
{
  snug_fake_session_play (self, "waiting");
}

gboolean
snug_session_join (SnugSession *self, const char *invite, GError **error)
{
  g_autoptr (SnugRoomLink) link = snug_room_link_parse (invite, error);

  return link != NULL && snug_fake_session_play (self, "joining");
}

gboolean
snug_session_enter_secret (SnugSession *self, const char *secret, GError **error)
{
  return snug_fake_session_play (self, g_str_equal (secret, "wrong") ? "wrong-secret" : "pending");
}

gboolean
snug_session_get_private (SnugSession *self)
{
  return self->secret != NULL;
}

gboolean
snug_session_get_guessed (SnugSession *self)
{
  return self->guessed;
}

void
snug_session_let_them_try (SnugSession *self)
{
  self->guessed = FALSE;
  notify_all (self);
}

const char *
snug_session_get_knock (SnugSession *self)
{
  return self->knock;
}

void
snug_session_answer_knock (SnugSession *self, gboolean let_in)
{
  self->knock = NULL;
  notify_all (self);
}

void
snug_session_leave (SnugSession *self)
{
  snug_fake_session_play (self, "start");
}

void
snug_session_retry (SnugSession *self)
{
}

void
snug_session_lock (SnugSession *self, gboolean on)
{
  self->is_locked = on;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOCKED]);
}

void
snug_session_remove_member (SnugSession *self, SnugMember *member)
{
  guint position;

  if (g_list_store_find (self->members, member, &position))
    g_list_store_remove (self->members, position);
}

/* With whoever it is, the words are these. */
void
snug_session_compare (SnugSession *self, SnugMember *member)
{
  snug_member_set_safety (member, SNUG_SAFETY_PHRASE, "scarf lyre sable ruby", FALSE);
}

void
snug_session_confirm_phrase (SnugSession *self, SnugMember *member, gboolean same)
{
  if (same)
    snug_member_set_safety (member, SNUG_SAFETY_CHECKED, snug_member_get_phrase (member), FALSE);
  else
    snug_fake_session_play (self, "not-safe");
}

SnugSessionState
snug_session_get_state (SnugSession *self)
{
  return self->state;
}

const GError *
snug_session_get_error (SnugSession *self)
{
  return self->error;
}

const char *
snug_session_get_trouble (SnugSession *self)
{
  return self->trouble;
}

const char *
snug_session_get_code (SnugSession *self)
{
  return self->code;
}

const char *
snug_session_get_link (SnugSession *self)
{
  return self->link;
}

const char *
snug_session_get_invite (SnugSession *self)
{
  return self->secret != NULL ? "BOOK23-otter-velvet-canoe" : self->code;
}

guint
snug_session_get_n_connected (SnugSession *self)
{
  guint n_connected = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->members)); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);

      n_connected += snug_member_get_state (member) == SNUG_MEMBER_CONNECTED ? 1 : 0;
    }
  return n_connected;
}

GListModel *
snug_session_get_members (SnugSession *self)
{
  return G_LIST_MODEL (self->members);
}

GListModel *
snug_session_get_messages (SnugSession *self)
{
  return G_LIST_MODEL (self->messages);
}

GListModel *
snug_session_get_transfers (SnugSession *self)
{
  return G_LIST_MODEL (self->transfers);
}

void
snug_session_find_unfinished (SnugSession *self)
{
}

GListModel *
snug_session_get_unfinished (SnugSession *self)
{
  return G_LIST_MODEL (self->unfinished);
}

void
snug_session_resume_unfinished (SnugSession *self, SnugUnfinished *unfinished)
{
}

void
snug_session_discard_unfinished (SnugSession *self, SnugUnfinished *unfinished)
{
  guint position;

  if (g_list_store_find (self->unfinished, unfinished, &position))
    g_list_store_remove (self->unfinished, position);
}

const char *
snug_session_state_to_text (SnugSessionState state)
{
  return state == SNUG_SESSION_FAILED ? "closed" : "joined";
}

SnugMessage *
snug_session_say (SnugSession *self, const char *text, GError **error)
{
  SnugMessage *message = add_message (self, SNUG_MESSAGE_TEXT, "", "Me", text);

  snug_message_set_delivery (message, SNUG_DELIVERY_SENT);
  return message;
}

SnugMessage *
snug_session_reply (SnugSession *self, SnugMessage *original, const char *text, GError **error)
{
  SnugMessage *message = add_answer (self, original, "", "Me", text);

  snug_message_set_delivery (message, SNUG_DELIVERY_SENT);
  return message;
}

gboolean
snug_session_edit (SnugSession *self, SnugMessage *message, const char *text, GError **error)
{
  snug_message_edit (message, text);
  return TRUE;
}

void
snug_session_delete (SnugSession *self, SnugMessage *message)
{
  snug_message_delete (message);
}

void
snug_session_react (SnugSession *self, SnugMessage *message, const char *emoji, gboolean on)
{
  snug_message_react (message, "", "Me", emoji, on);
}

void
snug_session_set_typing (SnugSession *self, gboolean typing)
{
}

void
snug_session_offer_file (SnugSession *self, GFile *file, SnugMember *member,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *name = g_file_get_basename (file);

  add_transfer (self, SNUG_TRANSFER_OUT, "Ana", name, NULL, MB);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

gboolean
snug_session_offer_file_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
snug_session_accept (SnugSession *self, SnugTransfer *transfer, GFile *folder, GError **error)
{
  return snug_transfer_enter (transfer, SNUG_TRANSFER_ACCEPTED, NULL);
}

gboolean
snug_session_accept_with (SnugSession *self, SnugTransfer *transfer, const SnugAcceptOptions *options, GError **error)
{
  return snug_transfer_enter (transfer, SNUG_TRANSFER_ACCEPTED, NULL);
}

void
snug_session_look_into_async (SnugSession *self, SnugTransfer *transfer, GAsyncReadyCallback callback, gpointer user_data)
{
}

GListModel *
snug_session_look_into_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return NULL;
}

void
snug_session_offer_file_to (SnugSession *self, GFile *file, GPtrArray *members, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  snug_session_offer_file (self, file, NULL, callback, user_data);
}

void
snug_session_offer_again (SnugSession *self, SnugTransfer *transfer, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

void
snug_session_pause_all (SnugSession *self)
{
}

void
snug_session_resume_all (SnugSession *self)
{
}

void
snug_session_hash_async (SnugSession *self, SnugTransfer *transfer, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
}

char *
snug_session_hash_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return NULL;
}

void
snug_session_decline (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfer_enter (transfer, SNUG_TRANSFER_DECLINED, NULL);
}

void
snug_session_cancel (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfer_enter (transfer, SNUG_TRANSFER_CANCELLED, NULL);
}

void
snug_session_pause (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfer_enter (transfer, SNUG_TRANSFER_PAUSED, NULL);
}

void
snug_session_resume (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfer_enter (transfer, SNUG_TRANSFER_RUNNING, NULL);
}

void
snug_session_forget (SnugSession *self, SnugTransfer *transfer)
{
  guint position;

  if (g_list_store_find (self->transfers, transfer, &position))
    g_list_store_remove (self->transfers, position);
}

static void
snug_session_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugSession *self = SNUG_SESSION (object);

  switch (prop_id)
    {
    case PROP_STATE: g_value_set_int (value, (int) self->state); break;
    case PROP_ERROR: g_value_set_boxed (value, self->error); break;
    case PROP_TROUBLE: g_value_set_string (value, self->trouble); break;
    case PROP_CODE: g_value_set_string (value, self->code); break;
    case PROP_INVITE: g_value_set_string (value, snug_session_get_invite (self)); break;
    case PROP_PRIVATE: g_value_set_boolean (value, self->secret != NULL); break;
    case PROP_GUESSED: g_value_set_boolean (value, self->guessed); break;
    case PROP_KNOCK: g_value_set_string (value, self->knock); break;
    case PROP_LINK: g_value_set_string (value, self->link); break;
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_SERVER: g_value_set_string (value, self->server); break;
    case PROP_WEB_ROOT: g_value_set_string (value, self->web_root); break;
    case PROP_LISTEN: g_value_set_string (value, self->listen); break;
    case PROP_CAPACITY: g_value_set_uint (value, self->capacity); break;
    case PROP_DEVICE: g_value_set_int (value, self->numbers[0]); break;
    case PROP_RELAY_POLICY: g_value_set_int (value, self->numbers[1]); break;
    case PROP_ACCEPT_POLICY: g_value_set_int (value, self->numbers[2]); break;
    case PROP_CONFLICT_POLICY: g_value_set_int (value, self->numbers[3]); break;
    case PROP_ICE_SERVERS: g_value_set_boxed (value, self->ice_servers); break;
    case PROP_SAVE_TO: g_value_set_object (value, self->save_to); break;
    case PROP_IS_HOST: g_value_set_boolean (value, self->is_host); break;
    case PROP_LOCKED: g_value_set_boolean (value, self->is_locked); break;
    case PROP_EXPIRES: g_value_set_int64 (value, self->expires); break;
    case PROP_N_CONNECTED: g_value_set_uint (value, snug_session_get_n_connected (self)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
set_string (char **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}

static void
snug_session_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SnugSession *self = SNUG_SESSION (object);

  switch (prop_id)
    {
    case PROP_NAME: set_string (&self->name, value); break;
    case PROP_SERVER: set_string (&self->server, value); break;
    case PROP_WEB_ROOT: set_string (&self->web_root, value); break;
    case PROP_LISTEN: set_string (&self->listen, value); break;
    case PROP_CAPACITY: self->capacity = g_value_get_uint (value); break;
    case PROP_DEVICE: self->numbers[0] = g_value_get_int (value); break;
    case PROP_RELAY_POLICY: self->numbers[1] = g_value_get_int (value); break;
    case PROP_ACCEPT_POLICY: self->numbers[2] = g_value_get_int (value); break;
    case PROP_CONFLICT_POLICY: self->numbers[3] = g_value_get_int (value); break;
    case PROP_ICE_SERVERS:
      g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
      self->ice_servers = g_value_dup_boxed (value);
      break;
    case PROP_SAVE_TO: g_set_object (&self->save_to, g_value_get_object (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_session_finalize (GObject *object)
{
  SnugSession *self = SNUG_SESSION (object);

  g_free (self->name);
  g_free (self->server);
  g_free (self->web_root);
  g_free (self->listen);
  g_free (self->code);
  g_free (self->link);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_object (&self->save_to);
  g_clear_error (&self->error);
  g_clear_object (&self->members);
  g_clear_object (&self->messages);
  g_clear_object (&self->transfers);
  g_clear_object (&self->unfinished);
  G_OBJECT_CLASS (snug_session_parent_class)->finalize (object);
}

static void
snug_session_class_init (SnugSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = snug_session_get_property;
  object_class->set_property = snug_session_set_property;
  object_class->finalize = snug_session_finalize;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, SNUG_SESSION_FAILED, 0, readable);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);
  props[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, readable);
  props[PROP_CODE] = g_param_spec_string ("code", NULL, NULL, NULL, readable);
  props[PROP_LINK] = g_param_spec_string ("link", NULL, NULL, NULL, readable);
  props[PROP_INVITE] = g_param_spec_string ("invite", NULL, NULL, NULL, readable);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", writable);
  props[PROP_DEVICE] = g_param_spec_int ("device", NULL, NULL, 0, 5, 1, writable);
  props[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, writable);
  props[PROP_WEB_ROOT] = g_param_spec_string ("web-root", NULL, NULL, NULL, writable);
  props[PROP_LISTEN] = g_param_spec_string ("listen", NULL, NULL, NULL, writable);
  props[PROP_CAPACITY] = g_param_spec_uint ("capacity", NULL, NULL, 2, 16, 10, writable);
  props[PROP_RELAY_POLICY] = g_param_spec_int ("relay-policy", NULL, NULL, 0, SNUG_RELAY_ONLY, 0,
                                               writable);
  props[PROP_ICE_SERVERS] = g_param_spec_boxed ("ice-servers", NULL, NULL, G_TYPE_PTR_ARRAY,
                                                writable);
  props[PROP_ACCEPT_POLICY] = g_param_spec_int ("accept-policy", NULL, NULL, 0, SNUG_ACCEPT_NONE, 0,
                                                writable);
  props[PROP_CONFLICT_POLICY] = g_param_spec_int ("conflict-policy", NULL, NULL, 0,
                                                  SNUG_CONFLICT_REPLACE, 0, writable);
  props[PROP_SAVE_TO] = g_param_spec_object ("save-to", NULL, NULL, G_TYPE_FILE, writable);
  props[PROP_IS_HOST] = g_param_spec_boolean ("is-host", NULL, NULL, FALSE, readable);
  props[PROP_PRIVATE] = g_param_spec_boolean ("private", NULL, NULL, FALSE, readable);
  props[PROP_GUESSED] = g_param_spec_boolean ("guessed", NULL, NULL, FALSE, readable);
  props[PROP_KNOCK] = g_param_spec_string ("knock", NULL, NULL, NULL, readable);
  props[PROP_LOCKED] = g_param_spec_boolean ("locked", NULL, NULL, FALSE, readable);
  props[PROP_EXPIRES] = g_param_spec_int64 ("expires", NULL, NULL, 0, G_MAXINT64, 0, readable);
  props[PROP_N_CONNECTED] = g_param_spec_uint ("n-connected", NULL, NULL, 0, G_MAXUINT, 0,
                                               readable);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_signal_new ("offer-received", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, SNUG_TYPE_TRANSFER);
  g_signal_new ("delivered", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
snug_session_init (SnugSession *self)
{
  self->name = g_strdup ("");
  self->capacity = 10;
  self->members = g_list_store_new (SNUG_TYPE_MEMBER);
  self->messages = g_list_store_new (SNUG_TYPE_MESSAGE);
  self->transfers = g_list_store_new (SNUG_TYPE_TRANSFER);
  self->unfinished = g_list_store_new (SNUG_TYPE_UNFINISHED);
}
