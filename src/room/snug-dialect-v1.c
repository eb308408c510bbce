/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dialect-v1.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-dialect-v1-private.h"
#include "snug-page-inbox.h"
#include "snug-page-outbox.h"
#include "snug-token-bucket.h"

/* Chat as in version 2. A page sends three texts a file and one a chunk, and cannot know when we have had
 * enough: so those are many, but short. */
#define CHAT_PER_SECOND 20
#define CHAT_BURST 200
#define FILE_TEXTS_PER_SECOND 500
#define FILE_TEXTS_BURST 2000
#define MAX_FILE_TEXT_BYTES 4096

/* To a receiver we do, whatever the `seq`s are. */
static gboolean
we_offer (const char *role, guint64 own_seq, guint64 seq)
{
  return g_strcmp0 (role, "receiver") == 0;
}

/* A page that is given another session needs up to 7 s in Chromium; Firefox does not manage at all. */
const SnugDialectRules snug_dialect_v1_rules = {
  .version = 1,
  .device = SNUG_MEMBER_DEVICE_LEGACY_PAGE,
  .we_offer = we_offer,
  .is_renumbered = TRUE,
  /* All that it can be asked for is another session: what is on its way in this one is lost then. */
  .ask_patience_ms = 15 * 1000,
  .forgets_silently = TRUE,
  .renews_certificate = TRUE,
  .restarts_once = TRUE,
  .answer_patience_ms = 15 * 1000,
  .open_patience_ms = 15 * 1000,
  .first_patience_ms = 45 * 1000,
  .again_patience_ms = 30 * 1000,
  .large_file_bytes = 300 * 1000 * 1000,
  .large_file_words = N_("The other side is an older page, which keeps all of a file in memory. "
                         "One this large may fail there."),
  .lost_words = N_("The older page does not find its way back. Reload it in its browser, and it joins again."),
};

#define SNUG_TYPE_DIALECT_V1 (snug_dialect_v1_get_type ())
G_DECLARE_FINAL_TYPE (SnugDialectV1, snug_dialect_v1, SNUG, DIALECT_V1, SnugDialect)

/* A message of ours that may still be on its way. */
typedef struct
{
  char    *id;
  guint64  mark;
} Unconfirmed;

struct _SnugDialectV1
{
  SnugDialect      parent_instance;

  /* Owned */
  SnugPageOutbox  *outbox;
  SnugPageInbox   *inbox;
  GQueue           unconfirmed;   /* of Unconfirmed, in order */

  SnugTokenBucket  chat_bucket;
  SnugTokenBucket  file_bucket;
};

G_DEFINE_FINAL_TYPE (SnugDialectV1, snug_dialect_v1, SNUG_TYPE_DIALECT)

gboolean
snug_dialect_v1_send (SnugDialect *dialect, const SnugWireV1Message *message)
{
  g_autofree char *text = snug_wire_v1_encode (message);

  return snug_dialect_send_text (dialect, text);
}

void
snug_dialect_v1_tell_about (SnugDialect *dialect, SnugWireType type, const char *id, const char *reason)
{
  SnugWireMessage *message = snug_wire_message_new (type);

  message->id = g_strdup (id);
  message->reason = g_strdup (reason);
  snug_dialect_tell (dialect, message);
}

/* --- what has arrived there ------------------------------------------------------------------------ */

guint64
snug_dialect_v1_mark_here (SnugDialect *dialect)
{
  return snug_peer_connection_get_bytes_sent (snug_dialect_get_connection (dialect))
         + snug_data_channel_get_buffered_amount (snug_dialect_get_session (dialect));
}

static void
unconfirmed_free (gpointer data)
{
  Unconfirmed *unconfirmed = data;

  g_free (unconfirmed->id);
  g_free (unconfirmed);
}

static void
confirm_chat (SnugDialectV1 *self, guint64 acked)
{
  SnugWireMessage *received;
  Unconfirmed *first;

  while ((first = g_queue_peek_head (&self->unconfirmed)) != NULL && first->mark <= acked)
    {
      received = snug_wire_message_new (SNUG_WIRE_CHAT_RECEIVED);
      received->ids = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (received->ids, g_steal_pointer (&first->id));
      unconfirmed_free (g_queue_pop_head (&self->unconfirmed));
      snug_dialect_tell (SNUG_DIALECT (self), received);
    }
}

/* The page confirms nothing. That its transport has it is as much as can be known. */
static void
confirm (SnugDialectV1 *self)
{
  guint64 acked = snug_peer_connection_get_bytes_acked (snug_dialect_get_connection (SNUG_DIALECT (self)));

  confirm_chat (self, acked);
  snug_page_outbox_confirm (self->outbox, acked);
}

static void
on_drained (SnugPeerConnection *connection, SnugDialectV1 *self)
{
  confirm (self);
}

static void
on_piece_sent (SnugPageOutbox *outbox, SnugDialectV1 *self)
{
  confirm (self);
}

/* --- words ----------------------------------------------------------------------------------------- */

static void
say_chat (SnugDialectV1 *self, const SnugWireMessage *message)
{
  SnugWireV1Message chat = { .type = SNUG_WIRE_V1_CHAT, .text = message->text, .ts = message->ts };
  Unconfirmed *unconfirmed;

  if (!snug_dialect_v1_send (SNUG_DIALECT (self), &chat))
    return;
  unconfirmed = g_new (Unconfirmed, 1);
  *unconfirmed = (Unconfirmed) { g_strdup (message->id), snug_dialect_v1_mark_here (SNUG_DIALECT (self)) };
  g_queue_push_tail (&self->unconfirmed, unconfirmed);
}

/* A page has no word for folders. */
static void
decline_for_page (SnugDialectV1 *self, const char *id)
{
  SnugWireMessage *message = snug_wire_message_new (SNUG_WIRE_FILE_DECLINE);

  message->id = g_strdup (id);
  snug_dialect_tell (SNUG_DIALECT (self), message);
}

static void
snug_dialect_v1_say (SnugDialect *dialect, const SnugWireMessage *message)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);

  switch ((int) message->type)
    {
    case SNUG_WIRE_CHAT:
      say_chat (self, message);
      break;
    case SNUG_WIRE_FILE_OFFER:
      if (message->kind == SNUG_WIRE_KIND_FOLDER)
        decline_for_page (self, message->id);
      else
        snug_page_outbox_offer (self->outbox, message);
      break;
    case SNUG_WIRE_FILE_WITHDRAW:
      snug_page_outbox_take_back (self->outbox, message->id);
      break;
    case SNUG_WIRE_FILE_CANCEL:
      if (!snug_page_outbox_take_back (self->outbox, message->id))
        snug_page_inbox_decline (self->inbox, message->id);
      break;
    case SNUG_WIRE_FILE_DECLINE:
      snug_page_inbox_decline (self->inbox, message->id);
      break;
    case SNUG_WIRE_FILE_PAUSE:
      if (message->busy)
        snug_page_inbox_set_busy (self->inbox, message->id, message->on);
      break;
    default:
      /* There is no word for it. */
      break;
    }
}

static void
hear_chat (SnugDialectV1 *self, const SnugWireV1Message *chat)
{
  SnugWireMessage *message;

  if (!snug_token_bucket_take (&self->chat_bucket, g_get_monotonic_time ()))
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), "more messages than may be");
      return;
    }
  message = snug_wire_message_new (SNUG_WIRE_CHAT);
  message->id = g_uuid_string_random ();
  message->text = g_strdup (chat->text);
  message->ts = chat->ts;
  snug_dialect_tell (SNUG_DIALECT (self), message);
}

/* Of a file of either side. */
static void
hear_cancel (SnugDialectV1 *self, const char *id)
{
  if (snug_page_inbox_hear_cancel (self->inbox, id))
    return;
  if (snug_page_outbox_take_back (self->outbox, id))
    snug_dialect_v1_tell_about (SNUG_DIALECT (self), SNUG_WIRE_FILE_CANCEL, id, SNUG_WIRE_REASON_USER);
  else
    snug_dialect_count_nonsense (SNUG_DIALECT (self), "the cancelling of no file");
}

static void
hear_text (SnugDialectV1 *self, GBytes *text)
{
  g_autoptr (SnugWireV1Message) message = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data = g_bytes_get_data (text, &length);
  SnugTokenBucket *bucket = length > MAX_FILE_TEXT_BYTES ? &self->chat_bucket : &self->file_bucket;

  if (!snug_token_bucket_take (bucket, g_get_monotonic_time ()))
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), "more than may be");
      return;
    }
  message = snug_wire_v1_decode (data, length, &error);
  if (message == NULL)
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), error->message);
      return;
    }

  switch ((int) message->type)
    {
    case SNUG_WIRE_V1_CHAT:
      hear_chat (self, message);
      break;
    case SNUG_WIRE_V1_FILE_META:
      snug_page_inbox_hear_meta (self->inbox, message);
      break;
    case SNUG_WIRE_V1_COMPLETE:
      snug_page_inbox_hear_complete (self->inbox, message->id);
      break;
    case SNUG_WIRE_V1_CANCEL:
      hear_cancel (self, message->id);
      break;
    default:
      break;
    }
}

static void
hear_bytes (SnugDialectV1 *self, GBytes *bytes)
{
  /* Each chunk has a text of its own. */
  self->file_bucket.tokens = MIN (self->file_bucket.tokens + 1, FILE_TEXTS_BURST);
  snug_page_inbox_hear_bytes (self->inbox, bytes);
}

static void
snug_dialect_v1_hear (SnugDialect *dialect, GBytes *message, gboolean is_text)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);

  if (is_text)
    hear_text (self, message);
  else
    hear_bytes (self, message);
}

/* --- files ----------------------------------------------------------------------------------------- */

static void
snug_dialect_v1_open_file (SnugDialect *dialect, const char *id, SnugFileStreamFunc func, gpointer user_data)
{
  snug_page_outbox_open (SNUG_DIALECT_V1 (dialect)->outbox, id, func, user_data);
}

static void
snug_dialect_v1_expect_file (SnugDialect *dialect, const char *id, SnugFileStreamFunc func, gpointer user_data,
                             GDestroyNotify destroy)
{
  snug_page_inbox_expect (SNUG_DIALECT_V1 (dialect)->inbox, id, func, user_data, destroy);
}

static gboolean
snug_dialect_v1_hear_channel (SnugDialect *dialect, SnugDataChannel *channel)
{
  return FALSE;
}

static void
on_buffered_amount_low (SnugDataChannel *session, SnugDialectV1 *self)
{
  snug_page_outbox_tell_writable (self->outbox);
}

/* --- a session ------------------------------------------------------------------------------------- */

static void
snug_dialect_v1_begin (SnugDialect *dialect)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);
  SnugDataChannel *session = snug_dialect_get_session (dialect);

  snug_data_channel_set_buffered_amount_low_threshold (session, SNUG_FILE_STREAM_LOW_WATER_BYTES);
  g_signal_connect (session, "buffered-amount-low", G_CALLBACK (on_buffered_amount_low), self);
  g_signal_connect (snug_dialect_get_connection (dialect), "drained", G_CALLBACK (on_drained), self);

  /* It has no name; that it can be talked to is all that there is to say. */
  snug_dialect_tell (dialect, snug_wire_message_new (SNUG_WIRE_HELLO));
}

static void
snug_dialect_v1_end (SnugDialect *dialect)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);
  SnugPeerConnection *connection = snug_dialect_get_connection (dialect);

  g_signal_handlers_disconnect_by_data (snug_dialect_get_session (dialect), self);
  if (connection != NULL)
    g_signal_handlers_disconnect_by_data (connection, self);
  snug_page_outbox_lose_all (self->outbox);
  snug_page_inbox_lose (self->inbox);
  g_queue_clear_full (&self->unconfirmed, unconfirmed_free);
}

static void
snug_dialect_v1_dispose (GObject *object)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (object);

  G_OBJECT_CLASS (snug_dialect_v1_parent_class)->dispose (object);
  if (self->outbox != NULL)
    g_signal_handlers_disconnect_by_data (self->outbox, self);
  g_clear_object (&self->outbox);
  g_clear_object (&self->inbox);
}

static void
snug_dialect_v1_class_init (SnugDialectV1Class *klass)
{
  SnugDialectClass *dialect_class = SNUG_DIALECT_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_dialect_v1_dispose;
  dialect_class->rules = &snug_dialect_v1_rules;
  dialect_class->begin = snug_dialect_v1_begin;
  dialect_class->end = snug_dialect_v1_end;
  dialect_class->say = snug_dialect_v1_say;
  dialect_class->hear = snug_dialect_v1_hear;
  dialect_class->hear_channel = snug_dialect_v1_hear_channel;
  dialect_class->open_file = snug_dialect_v1_open_file;
  dialect_class->expect_file = snug_dialect_v1_expect_file;
}

static void
snug_dialect_v1_init (SnugDialectV1 *self)
{
  g_queue_init (&self->unconfirmed);
  self->chat_bucket = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (CHAT_PER_SECOND, CHAT_BURST);
  self->file_bucket = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (FILE_TEXTS_PER_SECOND, FILE_TEXTS_BURST);
}

SnugDialect *
snug_dialect_v1_new (GMainContext *network)
{
  SnugDialectV1 *self = g_object_new (SNUG_TYPE_DIALECT_V1, NULL);

  self->outbox = snug_page_outbox_new (SNUG_DIALECT (self));
  self->inbox = snug_page_inbox_new (SNUG_DIALECT (self), network);
  g_signal_connect (self->outbox, "piece-sent", G_CALLBACK (on_piece_sent), self);
  return SNUG_DIALECT (self);
}
