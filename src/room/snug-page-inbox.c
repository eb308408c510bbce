/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-page-inbox.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-dialect-v1-private.h"
#include "snug-page-inflow.h"

/* Bytes of files that nobody listens to yet; with more the page has to wait. */
#define MAX_KEPT (4 * 1024 * 1024)
/* Files that nobody has asked for or declined. */
#define MAX_WAITING 256

/* The file that the page is sending. */
typedef struct
{
  char           *page_id;        /* as the page calls it */
  char           *id;             /* as we do: the page's may come twice */
  guint64         size;
  SnugPageInflow *stream;         /* owned */
} Incoming;

struct _SnugPageInbox
{
  GObject       parent_instance;

  SnugDialect  *dialect;          /* borrowed: it owns us */
  GMainContext *network;          /* owned */
  Incoming     *incoming;         /* owned, nullable */
  GHashTable   *waiting;          /* owned: id → SnugPageInflow that nobody listens to yet */
  gboolean      is_busy;          /* our disk is behind */
};

G_DEFINE_FINAL_TYPE (SnugPageInbox, snug_page_inbox, G_TYPE_OBJECT)

static void
update_reading (SnugPageInbox *self)
{
  SnugPeerConnection *connection = snug_dialect_get_connection (self->dialect);
  gsize n_kept = 0;
  GHashTableIter iter;
  gpointer stream;

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, NULL, &stream))
    n_kept += snug_page_inflow_get_n_kept (stream);
  if (connection != NULL)
    snug_peer_connection_set_reading (connection, n_kept < MAX_KEPT && !self->is_busy);
}

static void
incoming_free (gpointer data)
{
  Incoming *incoming = data;

  g_object_unref (incoming->stream);
  g_free (incoming->page_id);
  g_free (incoming->id);
  g_free (incoming);
}

/* Whoever asked for it no longer wants it, or it has got ahead. */
static void
on_inflow_changed (SnugPageInflow *stream, SnugPageInbox *self)
{
  if (self->incoming != NULL && self->incoming->stream == stream && snug_page_inflow_is_closed (stream))
    g_clear_pointer (&self->incoming, incoming_free);
  update_reading (self);
}

static void
forget_inflow (gpointer data)
{
  SnugPageInflow *stream = data;

  snug_page_inflow_fail (stream, _("The connection was lost."));
  g_object_unref (stream);
}

/* What comes from here on belongs to nothing: it is thrown away up to the next file. */
static void
fail_incoming (SnugPageInbox *self, const char *why)
{
  Incoming *incoming = g_steal_pointer (&self->incoming);

  if (incoming == NULL)
    return;
  snug_page_inflow_fail (incoming->stream, why);
  incoming_free (incoming);
  self->is_busy = FALSE;
  update_reading (self);
}

static void
tell_offer (SnugPageInbox *self, const SnugWireV1Message *meta)
{
  SnugWireMessage *message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);

  message->id = g_strdup (self->incoming->id);
  message->name = g_strdup (meta->name);
  message->mime_type = g_strdup (meta->mime_type);
  message->size = meta->size;
  message->pushed = TRUE;
  snug_dialect_tell (self->dialect, message);
}

void
snug_page_inbox_hear_meta (SnugPageInbox *self, const SnugWireV1Message *meta)
{
  Incoming *incoming;

  fail_incoming (self, _("Only a part arrived: the other side went on to another file."));
  if (g_hash_table_size (self->waiting) >= MAX_WAITING)
    {
      snug_dialect_count_nonsense (self->dialect, "more files than anybody looks at");
      return;
    }

  incoming = g_new0 (Incoming, 1);
  incoming->page_id = g_strdup (meta->id);
  incoming->id = g_uuid_string_random ();
  incoming->size = meta->size;
  incoming->stream = snug_page_inflow_new (self->network, meta->size);
  g_signal_connect_object (incoming->stream, "changed", G_CALLBACK (on_inflow_changed), self, 0);
  self->incoming = incoming;
  g_hash_table_insert (self->waiting, g_strdup (incoming->id), g_object_ref (incoming->stream));
  tell_offer (self, meta);
}

void
snug_page_inbox_hear_bytes (SnugPageInbox *self, GBytes *bytes)
{
  Incoming *incoming = self->incoming;
  gsize n = g_bytes_get_size (bytes);

  if (incoming == NULL || n == 0)
    {
      snug_dialect_count_nonsense (self->dialect, "a binary of no file");
      return;
    }
  if (n > incoming->size - snug_page_inflow_get_arrived (incoming->stream))
    {
      fail_incoming (self, _("More arrived than was announced."));
      return;
    }
  snug_page_inflow_push (incoming->stream, bytes);
}

void
snug_page_inbox_hear_complete (SnugPageInbox *self, const char *page_id)
{
  Incoming *incoming = self->incoming;
  SnugPageInflow *stream;

  if (incoming == NULL || strcmp (incoming->page_id, page_id) != 0)
    {
      snug_dialect_count_nonsense (self->dialect, "the end of no file");
      return;
    }
  if (snug_page_inflow_get_arrived (incoming->stream) != incoming->size)
    {
      fail_incoming (self, _("Only a part arrived."));
      return;
    }
  stream = g_object_ref (incoming->stream);
  g_clear_pointer (&self->incoming, incoming_free);
  snug_page_inflow_finish (stream);
  g_object_unref (stream);
}

gboolean
snug_page_inbox_hear_cancel (SnugPageInbox *self, const char *page_id)
{
  g_autofree char *own_id = NULL;

  if (self->incoming == NULL || strcmp (self->incoming->page_id, page_id) != 0)
    return FALSE;
  own_id = g_strdup (self->incoming->id);
  snug_dialect_v1_tell_about (self->dialect, SNUG_WIRE_FILE_CANCEL, own_id, SNUG_WIRE_REASON_USER);
  g_clear_pointer (&self->incoming, incoming_free);
  g_hash_table_remove (self->waiting, own_id);
  update_reading (self);
  return TRUE;
}

/* The page cannot be stopped: the rest of it is thrown away as it comes. */
void
snug_page_inbox_decline (SnugPageInbox *self, const char *id)
{
  SnugPageInflow *waiting = g_hash_table_lookup (self->waiting, id);

  if (waiting != NULL)
    snug_file_stream_close (SNUG_FILE_STREAM (waiting));
  else if (self->incoming != NULL && strcmp (self->incoming->id, id) == 0)
    snug_file_stream_close (SNUG_FILE_STREAM (self->incoming->stream));
  g_hash_table_remove (self->waiting, id);
  update_reading (self);
}

void
snug_page_inbox_expect (SnugPageInbox *self, const char *id, SnugFileStreamFunc func, gpointer user_data,
                        GDestroyNotify destroy)
{
  g_autoptr (SnugPageInflow) stream = NULL;
  g_autofree char *key = NULL;

  if (!g_hash_table_steal_extended (self->waiting, id, (gpointer *) &key, (gpointer *) &stream))
    {
      /* Its session was over before anybody could ask. */
      stream = snug_page_inflow_new (self->network, 0);
      snug_page_inflow_fail (stream, _("The connection was lost."));
    }
  func (SNUG_FILE_STREAM (stream), user_data);
  if (destroy != NULL)
    destroy (user_data);
}

void
snug_page_inbox_set_busy (SnugPageInbox *self, const char *id, gboolean busy)
{
  if (self->incoming == NULL || g_strcmp0 (self->incoming->id, id) != 0)
    return;
  self->is_busy = busy;
  update_reading (self);
}

void
snug_page_inbox_lose (SnugPageInbox *self)
{
  fail_incoming (self, _("The connection was lost."));
  self->is_busy = FALSE;
}

/* --- life ------------------------------------------------------------------------------------------ */

static void
snug_page_inbox_dispose (GObject *object)
{
  SnugPageInbox *self = SNUG_PAGE_INBOX (object);

  g_clear_pointer (&self->incoming, incoming_free);
  g_hash_table_remove_all (self->waiting);
  G_OBJECT_CLASS (snug_page_inbox_parent_class)->dispose (object);
}

static void
snug_page_inbox_finalize (GObject *object)
{
  SnugPageInbox *self = SNUG_PAGE_INBOX (object);

  g_hash_table_unref (self->waiting);
  g_clear_pointer (&self->network, g_main_context_unref);
  G_OBJECT_CLASS (snug_page_inbox_parent_class)->finalize (object);
}

static void
snug_page_inbox_class_init (SnugPageInboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_page_inbox_dispose;
  object_class->finalize = snug_page_inbox_finalize;
}

static void
snug_page_inbox_init (SnugPageInbox *self)
{
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, forget_inflow);
}

SnugPageInbox *
snug_page_inbox_new (SnugDialect *dialect, GMainContext *network)
{
  SnugPageInbox *self = g_object_new (SNUG_TYPE_PAGE_INBOX, NULL);

  self->dialect = dialect;
  self->network = network != NULL ? g_main_context_ref (network) : NULL;
  return self;
}
