/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transfers.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-bytes.h"
#include "snug-file-name.h"
#include "snug-receiver.h"
#include "snug-sender.h"
#include "snug-transfer-private.h"

/* PROTOCOL.md section 4, limits. */
#define MAX_STANDING_OFFERS 200
#define MAX_RUNNING 8
/* Bytes of a member's files that come unasked and are kept until somebody decides. */
#define MAX_UNDECIDED_BYTES (1024 * 1024 * 1024)

/* What we offer: one file, to one member or to everybody who is there or comes. */
typedef struct
{
  char     *wire_id;
  GFile    *file;
  char     *name;
  char     *mime_type;
  char     *member_id;   /* nullable: everybody */
  guint64   size;
  guint64   mtime;
} Offer;

/* A row and what moves it. */
typedef struct
{
  SnugTransfer *row;         /* owned */
  Offer        *offer;       /* borrowed, of outgoing rows */
  SnugSender   *sender;      /* owned, nullable */
  SnugReceiver *receiver;    /* owned, nullable */
  char         *fingerprint; /* owned, nullable: what we sent, in hex */
  const char   *warning;     /* static, nullable: what a person should know of it while it runs */
  guint64       mtime;       /* of incoming rows */
  gboolean      paused_here;
  gboolean      paused_there;
  gboolean      started;     /* incoming: the pieces are asked for, on the present connection */
  gboolean      pushed;      /* incoming: they come whether they are asked for or not */
} Item;

struct _SnugTransfers
{
  GObject       parent_instance;

  /* Owned */
  SnugRoom     *room;       /* nullable */
  GMainContext *network;    /* nullable */
  GListStore   *rows;
  GPtrArray    *items;      /* of Item, in the order of the rows */
  GPtrArray    *offers;     /* of Offer that still stand */
};

G_DEFINE_FINAL_TYPE (SnugTransfers, snug_transfers, G_TYPE_OBJECT)

enum
{
  OFFERED,
  OFFERING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void start_waiting (SnugTransfers *self, const char *member_id);

static void
offer_free (gpointer data)
{
  Offer *offer = data;

  g_object_unref (offer->file);
  g_free (offer->wire_id);
  g_free (offer->name);
  g_free (offer->mime_type);
  g_free (offer->member_id);
  g_free (offer);
}

static void
stop_pumps (Item *item)
{
  if (item->sender != NULL)
    {
      g_signal_handlers_disconnect_matched (item->sender, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, item);
      snug_sender_stop (item->sender);
    }
  if (item->receiver != NULL)
    {
      g_signal_handlers_disconnect_matched (item->receiver, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, item);
      snug_receiver_stop (item->receiver);
    }
  g_clear_object (&item->sender);
  g_clear_object (&item->receiver);
}

static void
item_free (gpointer data)
{
  Item *item = data;

  stop_pumps (item);
  g_object_unref (item->row);
  g_free (item->fingerprint);
  g_free (item);
}

/* --- looking up ------------------------------------------------------------------------------------ */

static Item *
item_of (SnugTransfers *self, SnugTransfer *row)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      if (item->row == row)
        return item;
    }
  return NULL;
}

/* A transfer is keyed by (member, id): an id alone belongs to nobody. */
static Item *
find (SnugTransfers *self, SnugTransferDirection direction, const char *member_id, const char *wire_id)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (snug_transfer_get_direction (item->row) == direction
          && strcmp (snug_transfer_get_member_id (item->row), member_id) == 0
          && strcmp (snug_transfer_get_wire_id (item->row), wire_id) == 0)
        return item;
    }
  return NULL;
}

static guint
count (SnugTransfers *self, SnugTransferDirection direction, const char *member_id,
       gboolean (*counts) (const Item *item))
{
  guint n = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (snug_transfer_get_direction (item->row) == direction
          && strcmp (snug_transfer_get_member_id (item->row), member_id) == 0 && counts (item))
        n++;
    }
  return n;
}

static gboolean
is_standing (const Item *item)
{
  return !snug_transfer_is_finished (item->row);
}

static gboolean
is_pumping (const Item *item)
{
  return item->sender != NULL || item->started;
}

static SnugMember *
member_of (SnugTransfers *self, Item *item)
{
  return self->room != NULL ? snug_room_find_member (self->room, snug_transfer_get_member_id (item->row)) : NULL;
}

static SnugTransfers *
owner_of (GObject *pump)
{
  return g_object_get_data (pump, "snug-transfers");
}

static Item *
add_item (SnugTransfers *self, SnugTransfer *row)
{
  Item *item = g_new0 (Item, 1);

  item->row = row;
  g_ptr_array_add (self->items, item);
  g_list_store_append (self->rows, row);
  return item;
}

static void
remove_item (SnugTransfers *self, Item *item)
{
  guint position;

  if (g_list_store_find (self->rows, item->row, &position))
    g_list_store_remove (self->rows, position);
  g_ptr_array_remove (self->items, item);
}

/* --- saying ---------------------------------------------------------------------------------------- */

static void
say (SnugTransfers *self, Item *item, SnugWireMessage *message)
{
  SnugMember *member = member_of (self, item);

  message->id = g_strdup (snug_transfer_get_wire_id (item->row));
  if (member != NULL)
    snug_room_send (self->room, member, message);
}

static void
say_plain (SnugTransfers *self, Item *item, SnugWireType type)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (type);

  say (self, item, message);
}

static void
say_cancel (SnugTransfers *self, Item *item, const char *reason)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_CANCEL);

  message->reason = g_strdup (reason);
  say (self, item, message);
}

static void
say_pause (SnugTransfers *self, Item *item, gboolean on, gboolean busy)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_PAUSE);

  message->on = on;
  message->busy = busy;
  say (self, item, message);
}

static void
say_offer (SnugTransfers *self, Item *item)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);

  message->name = g_strdup (item->offer->name);
  message->mime_type = g_strdup (item->offer->mime_type);
  message->size = item->offer->size;
  message->mtime = item->offer->mtime;
  say (self, item, message);
}

/* A transfer is over: nothing moves it any more, and the next may begin. */
static void
finish (SnugTransfers *self, Item *item, SnugTransferState state, const char *reason)
{
  stop_pumps (item);
  item->started = FALSE;
  snug_transfer_enter (item->row, state, reason);
  start_waiting (self, snug_transfer_get_member_id (item->row));
}

static const char *
why_there (const char *reason)
{
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_CHANGED) == 0)
    return _("The file has changed since it was offered.");
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_DISK) == 0)
    return _("Their disk is full or cannot be written to.");
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_BAD_DATA) == 0)
    return _("It arrived damaged.");
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_BAD_REQUEST) == 0)
    return _("The other side no longer offers it.");
  return NULL;
}

static const char *
reason_for_them (const GError *error)
{
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED))
    return SNUG_WIRE_REASON_CHANGED;
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK))
    return SNUG_WIRE_REASON_DISK;
  return SNUG_WIRE_REASON_BAD_DATA;
}

/* --- receiving ------------------------------------------------------------------------------------- */

static void
on_asked (SnugReceiver *receiver, guint64 offset, GBytes *have, Item *item)
{
  g_autoptr (SnugWireMessage) get = snug_wire_message_new (SNUG_WIRE_FILE_GET);

  get->from_offset = offset;
  get->have = have != NULL ? g_bytes_ref (have) : NULL;
  say (owner_of (G_OBJECT (receiver)), item, get);
}

static void
on_receiver_progress (SnugReceiver *receiver, guint64 bytes, Item *item)
{
  if (!snug_transfer_is_active (item->row))
    return;
  if (!item->paused_here && !item->paused_there)
    snug_transfer_enter (item->row, SNUG_TRANSFER_RUNNING, NULL);
  snug_transfer_set_bytes (item->row, bytes, g_get_monotonic_time ());
}

static void
on_busy (SnugReceiver *receiver, gboolean busy, Item *item)
{
  say_pause (owner_of (G_OBJECT (receiver)), item, busy, TRUE);
}

static void
show_fingerprint (Item *item, GBytes *fingerprint)
{
  g_autofree char *hex = snug_bytes_to_hex (g_bytes_get_data (fingerprint, NULL), g_bytes_get_size (fingerprint));

  snug_transfer_set_fingerprint (item->row, hex);
}

static void
on_receiver_done (SnugReceiver *receiver, GFile *file, GBytes *fingerprint, Item *item)
{
  SnugTransfers *self = owner_of (G_OBJECT (receiver));
  g_autoptr (SnugWireMessage) done = snug_wire_message_new (SNUG_WIRE_FILE_DONE);

  done->fingerprint = g_bytes_ref (fingerprint);
  say (self, item, done);
  snug_transfer_set_file (item->row, file);
  show_fingerprint (item, fingerprint);
  snug_transfer_set_bytes (item->row, snug_transfer_get_size (item->row), g_get_monotonic_time ());
  finish (self, item, SNUG_TRANSFER_DONE, NULL);
}

static void
on_receiver_ended (SnugReceiver *receiver, GError *error, Item *item)
{
  SnugTransfers *self = owner_of (G_OBJECT (receiver));

  item->started = FALSE;
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST))
    {
      snug_transfer_enter (item->row, SNUG_TRANSFER_PAUSED, error->message);
      start_waiting (self, snug_transfer_get_member_id (item->row));
      return;
    }
  say_cancel (self, item, reason_for_them (error));
  finish (self, item, SNUG_TRANSFER_FAILED, error->message);
}

static void
start_receiving (SnugTransfers *self, Item *item)
{
  SnugMember *member = member_of (self, item);

  if (item->started || item->receiver == NULL || item->paused_here || member == NULL
      || !snug_room_is_ready (self->room, member)
      || (!item->pushed
          && count (self, SNUG_TRANSFER_IN, snug_member_get_id (member), is_pumping) >= MAX_RUNNING))
    return;
  item->started = TRUE;
  item->paused_there = FALSE;
  if (snug_transfer_is_active (item->row))
    snug_transfer_enter (item->row, SNUG_TRANSFER_ACCEPTED, NULL);
  snug_receiver_start (item->receiver, snug_room_get_link (self->room, member),
                       snug_transfer_get_wire_id (item->row));
}

/* Accepted transfers of a member that wait for their turn, or for the member. */
static void
start_waiting (SnugTransfers *self, const char *member_id)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (strcmp (snug_transfer_get_member_id (item->row), member_id) == 0 && snug_transfer_is_active (item->row))
        start_receiving (self, item);
    }
}

static void
make_receiver (SnugTransfers *self, Item *item, GFile *folder, SnugSinkConflict conflict)
{
  item->receiver = snug_receiver_new (self->network, folder, snug_transfer_get_name (item->row),
                                      snug_transfer_get_size (item->row), item->mtime, conflict);
  g_object_set_data (G_OBJECT (item->receiver), "snug-transfers", self);
  g_signal_connect (item->receiver, "asked", G_CALLBACK (on_asked), item);
  g_signal_connect (item->receiver, "progress", G_CALLBACK (on_receiver_progress), item);
  g_signal_connect (item->receiver, "busy", G_CALLBACK (on_busy), item);
  g_signal_connect (item->receiver, "done", G_CALLBACK (on_receiver_done), item);
  g_signal_connect (item->receiver, "ended", G_CALLBACK (on_receiver_ended), item);
}

gboolean
snug_transfers_accept (SnugTransfers *self, SnugTransfer *transfer, GFile *folder, SnugSinkConflict conflict,
                       GError **error)
{
  Item *item = item_of (self, transfer);

  if (item == NULL || snug_transfer_get_direction (transfer) != SNUG_TRANSFER_IN
      || snug_transfer_get_state (transfer) != SNUG_TRANSFER_OFFERED)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("This file is no longer offered."));
      return FALSE;
    }
  if (!snug_sink_check_folder (folder, snug_transfer_get_size (transfer), error))
    return FALSE;

  snug_transfer_enter (transfer, SNUG_TRANSFER_ACCEPTED, NULL);
  if (item->receiver != NULL)
    snug_receiver_decide (item->receiver, folder, conflict);
  else
    make_receiver (self, item, folder, conflict);
  start_receiving (self, item);
  return TRUE;
}

/* --- offers of others ------------------------------------------------------------------------------ */

static guint64
n_undecided_bytes (SnugTransfers *self, const char *member_id)
{
  guint64 n_bytes = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (item->pushed && snug_transfer_get_state (item->row) == SNUG_TRANSFER_OFFERED
          && strcmp (snug_transfer_get_member_id (item->row), member_id) == 0)
        n_bytes += MIN (snug_transfer_get_size (item->row), MAX_UNDECIDED_BYTES + 1);
    }
  return n_bytes;
}

/* It comes now, and cannot be told to wait: it is kept aside until somebody decides. */
static void
keep_aside (SnugTransfers *self, Item *item)
{
  if (n_undecided_bytes (self, snug_transfer_get_member_id (item->row)) > MAX_UNDECIDED_BYTES)
    {
      say_plain (self, item, SNUG_WIRE_FILE_DECLINE);
      finish (self, item, SNUG_TRANSFER_FAILED,
              _("It was too large to be kept until somebody decides. Ask for it again, and accept it at once."));
      return;
    }
  make_receiver (self, item, NULL, SNUG_SINK_KEEP_BOTH);
  start_receiving (self, item);
}

static void
decline_offer (SnugTransfers *self, SnugMember *member, const char *wire_id)
{
  g_autoptr (SnugWireMessage) decline = snug_wire_message_new (SNUG_WIRE_FILE_DECLINE);

  decline->id = g_strdup (wire_id);
  snug_room_send (self->room, member, decline);
}

/* 1980 … tomorrow; anything else is "now" (PROTOCOL.md section 4, limits). */
static guint64
believable_mtime (guint64 mtime)
{
  const guint64 year_1980 = 315532800, tomorrow = (guint64) g_get_real_time () / G_USEC_PER_SEC + 86400;

  return mtime >= year_1980 && mtime <= tomorrow ? mtime : 0;
}

static void
handle_offer (SnugRoom *room, SnugMember *member, SnugWireMessage *offer, gpointer user_data)
{
  SnugTransfers *self = user_data;
  const char *member_id = snug_member_get_id (member);
  g_autofree char *name = NULL;
  g_autofree char *mime_type = NULL;
  g_autoptr (SnugTransfer) row = NULL;
  Item *item;

  /* The same offer again, after a break. */
  if (find (self, SNUG_TRANSFER_IN, member_id, offer->id) != NULL)
    return;
  if (count (self, SNUG_TRANSFER_IN, member_id, is_standing) >= MAX_STANDING_OFFERS)
    {
      g_debug ("%s offers too much", member_id);
      if (offer->pushed)
        decline_offer (self, member, offer->id);
      return;
    }
  if (offer->kind != SNUG_WIRE_KIND_FILE)
    {
      decline_offer (self, member, offer->id);
      return;
    }

  name = snug_file_name_make_safe (offer->name);
  mime_type = g_content_type_guess (name, NULL, 0, NULL);
  item = add_item (self, snug_transfer_new (SNUG_TRANSFER_IN, offer->id, member_id,
                                            snug_member_get_display_name (member), name, mime_type, offer->size));
  item->mtime = believable_mtime (offer->mtime);
  item->pushed = offer->pushed;
  row = g_object_ref (item->row);
  g_signal_emit (self, signals[OFFERED], 0, row);

  /* Whoever heard of it may have decided already. */
  item = item_of (self, row);
  if (item != NULL && item->pushed && snug_transfer_get_state (row) == SNUG_TRANSFER_OFFERED)
    keep_aside (self, item);
}

static void
handle_withdraw (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  SnugTransfers *self = user_data;
  Item *item = find (self, SNUG_TRANSFER_IN, snug_member_get_id (member), message->id);

  if (item != NULL && is_standing (item))
    finish (self, item, SNUG_TRANSFER_CANCELLED, _("It is no longer offered."));
}

/* --- sending --------------------------------------------------------------------------------------- */

static void
on_sender_progress (SnugSender *sender, guint64 bytes, Item *item)
{
  if (!item->paused_here && !item->paused_there)
    snug_transfer_enter (item->row, SNUG_TRANSFER_RUNNING, item->warning);
  snug_transfer_set_bytes (item->row, bytes, g_get_monotonic_time ());
}

static void
on_all_sent (SnugSender *sender, GBytes *fingerprint, Item *item)
{
  g_free (item->fingerprint);
  item->fingerprint = snug_bytes_to_hex (g_bytes_get_data (fingerprint, NULL), g_bytes_get_size (fingerprint));
}

static void
on_sender_ended (SnugSender *sender, GError *error, Item *item)
{
  SnugTransfers *self = owner_of (G_OBJECT (sender));

  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST))
    {
      stop_pumps (item);
      snug_transfer_enter (item->row, SNUG_TRANSFER_PAUSED, error->message);
      return;
    }
  say_cancel (self, item, reason_for_them (error));
  finish (self, item, SNUG_TRANSFER_FAILED, error->message);
}

static void
start_sending (SnugTransfers *self, Item *item, SnugMember *member, SnugWireMessage *get)
{
  stop_pumps (item);
  item->sender = snug_sender_new (self->network, item->offer->file, item->offer->size, item->offer->mtime,
                                  get->from_offset, get->have);
  g_object_set_data (G_OBJECT (item->sender), "snug-transfers", self);
  g_signal_connect (item->sender, "progress", G_CALLBACK (on_sender_progress), item);
  g_signal_connect (item->sender, "all-sent", G_CALLBACK (on_all_sent), item);
  g_signal_connect (item->sender, "ended", G_CALLBACK (on_sender_ended), item);

  item->paused_there = FALSE;
  snug_transfer_enter (item->row, SNUG_TRANSFER_ACCEPTED, item->warning);
  snug_transfer_set_bytes (item->row, get->from_offset, g_get_monotonic_time ());
  if (item->paused_here)
    snug_sender_set_paused (item->sender, TRUE);
  snug_sender_start (item->sender, snug_room_get_link (self->room, member), get->id);
}

static void
refuse_get (SnugTransfers *self, SnugMember *member, const char *wire_id)
{
  g_autoptr (SnugWireMessage) cancel = snug_wire_message_new (SNUG_WIRE_FILE_CANCEL);

  cancel->id = g_strdup (wire_id);
  cancel->reason = g_strdup (SNUG_WIRE_REASON_BAD_REQUEST);
  snug_room_send (self->room, member, cancel);
}

static void
handle_get (SnugRoom *room, SnugMember *member, SnugWireMessage *get, gpointer user_data)
{
  SnugTransfers *self = user_data;
  Item *item = find (self, SNUG_TRANSFER_OUT, snug_member_get_id (member), get->id);

  if (item == NULL || !is_standing (item) || get->from_entry != 0 || get->from_offset > item->offer->size
      || (item->sender == NULL
          && count (self, SNUG_TRANSFER_OUT, snug_member_get_id (member), is_pumping) >= MAX_RUNNING))
    refuse_get (self, member, get->id);
  else
    start_sending (self, item, member, get);
}

static void
handle_done (SnugRoom *room, SnugMember *member, SnugWireMessage *done, gpointer user_data)
{
  SnugTransfers *self = user_data;
  Item *item = find (self, SNUG_TRANSFER_OUT, snug_member_get_id (member), done->id);
  g_autofree char *theirs = NULL;

  if (item == NULL || !is_standing (item) || item->fingerprint == NULL)
    return;

  theirs = snug_bytes_to_hex (g_bytes_get_data (done->fingerprint, NULL), g_bytes_get_size (done->fingerprint));
  if (g_strcmp0 (theirs, item->fingerprint) != 0)
    {
      finish (self, item, SNUG_TRANSFER_FAILED, _("It arrived damaged."));
      return;
    }
  snug_transfer_set_fingerprint (item->row, theirs);
  snug_transfer_set_file (item->row, item->offer->file);
  snug_transfer_set_bytes (item->row, item->offer->size, g_get_monotonic_time ());
  finish (self, item, SNUG_TRANSFER_DONE, NULL);
}

static void
handle_decline (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  SnugTransfers *self = user_data;
  Item *item = find (self, SNUG_TRANSFER_OUT, snug_member_get_id (member), message->id);

  if (item != NULL)
    finish (self, item, SNUG_TRANSFER_DECLINED, NULL);
}

/* --- both ways ------------------------------------------------------------------------------------- */

static Item *
find_standing (SnugTransfers *self, SnugMember *member, const char *wire_id)
{
  const char *member_id = snug_member_get_id (member);
  Item *item = find (self, SNUG_TRANSFER_OUT, member_id, wire_id);

  if (item == NULL)
    item = find (self, SNUG_TRANSFER_IN, member_id, wire_id);
  return item != NULL && is_standing (item) ? item : NULL;
}

static void
handle_cancel (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  SnugTransfers *self = user_data;
  Item *item = find_standing (self, member, message->id);
  const char *why = why_there (message->reason);
  g_autofree char *by = NULL;

  if (item == NULL)
    return;
  if (why != NULL)
    {
      finish (self, item, SNUG_TRANSFER_FAILED, why);
      return;
    }
  by = g_strdup_printf (_("Cancelled by %s."), snug_member_get_display_name (member));
  finish (self, item, SNUG_TRANSFER_CANCELLED, by);
}

static void
handle_pause (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  SnugTransfers *self = user_data;
  Item *item = find_standing (self, member, message->id);
  g_autofree char *by = NULL;

  if (item == NULL || !snug_transfer_is_active (item->row))
    return;
  if (item->sender != NULL)
    snug_sender_set_paused (item->sender, message->on || item->paused_here);
  if (message->busy)
    return;

  item->paused_there = message->on;
  by = g_strdup_printf (_("Paused by %s."), snug_member_get_display_name (member));
  if (message->on)
    snug_transfer_enter (item->row, SNUG_TRANSFER_PAUSED, by);
  else if (!item->paused_here && is_pumping (item))
    snug_transfer_enter (item->row, SNUG_TRANSFER_RUNNING, NULL);
}

void
snug_transfers_pause (SnugTransfers *self, SnugTransfer *transfer)
{
  Item *item = item_of (self, transfer);

  if (item == NULL || !snug_transfer_is_active (transfer) || item->paused_here)
    return;
  item->paused_here = TRUE;
  if (item->sender != NULL)
    snug_sender_set_paused (item->sender, TRUE);
  say_pause (self, item, TRUE, FALSE);
  snug_transfer_enter (transfer, SNUG_TRANSFER_PAUSED, _("Paused."));
}

void
snug_transfers_resume (SnugTransfers *self, SnugTransfer *transfer)
{
  Item *item = item_of (self, transfer);

  if (item == NULL || snug_transfer_get_state (transfer) != SNUG_TRANSFER_PAUSED || !item->paused_here)
    return;
  item->paused_here = FALSE;
  if (item->sender != NULL)
    snug_sender_set_paused (item->sender, item->paused_there);
  say_pause (self, item, FALSE, FALSE);
  if (is_pumping (item) && !item->paused_there)
    snug_transfer_enter (transfer, SNUG_TRANSFER_RUNNING, NULL);
  else
    start_receiving (self, item);
}

void
snug_transfers_decline (SnugTransfers *self, SnugTransfer *transfer)
{
  Item *item = item_of (self, transfer);

  if (item == NULL || snug_transfer_get_direction (transfer) != SNUG_TRANSFER_IN
      || snug_transfer_get_state (transfer) != SNUG_TRANSFER_OFFERED)
    return;
  say_plain (self, item, SNUG_WIRE_FILE_DECLINE);
  finish (self, item, SNUG_TRANSFER_DECLINED, NULL);
}

void
snug_transfers_cancel (SnugTransfers *self, SnugTransfer *transfer)
{
  Item *item = item_of (self, transfer);
  gboolean offered = snug_transfer_get_state (transfer) == SNUG_TRANSFER_OFFERED;

  if (item == NULL || !is_standing (item))
    return;
  if (offered && snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN)
    {
      snug_transfers_decline (self, transfer);
      return;
    }
  if (offered)
    say_plain (self, item, SNUG_WIRE_FILE_WITHDRAW);
  else
    say_cancel (self, item, SNUG_WIRE_REASON_USER);
  finish (self, item, SNUG_TRANSFER_CANCELLED, NULL);
}

void
snug_transfers_forget (SnugTransfers *self, SnugTransfer *transfer)
{
  Item *item = item_of (self, transfer);

  if (item != NULL && snug_transfer_is_finished (transfer))
    remove_item (self, item);
}

/* --- offering -------------------------------------------------------------------------------------- */

static gboolean
offer_is_for (const Offer *offer, SnugMember *member)
{
  return offer->member_id == NULL || strcmp (offer->member_id, snug_member_get_id (member)) == 0;
}

/* While nobody is there an offer stands as a row to nobody. */
static Item *
row_to_nobody (SnugTransfers *self, Offer *offer)
{
  return find (self, SNUG_TRANSFER_OUT, "", offer->wire_id);
}

static Item *
add_outgoing (SnugTransfers *self, Offer *offer, const char *member_id, const char *member_name)
{
  Item *item = add_item (self, snug_transfer_new (SNUG_TRANSFER_OUT, offer->wire_id, member_id, member_name,
                                                  offer->name, offer->mime_type, offer->size));

  item->offer = offer;
  snug_transfer_set_file (item->row, offer->file);
  return item;
}

static const char *
warning_for (SnugTransfers *self, SnugMember *member, guint64 size)
{
  const SnugDialectRules *rules = snug_peer_link_get_rules (snug_room_get_link (self->room, member));

  return size > rules->large_file_bytes ? _(rules->large_file_words) : NULL;
}

static void
offer_to (SnugTransfers *self, Offer *offer, SnugMember *member)
{
  Item *item = find (self, SNUG_TRANSFER_OUT, snug_member_get_id (member), offer->wire_id);
  Item *nobody = row_to_nobody (self, offer);

  if (nobody != NULL && !is_standing (nobody))
    return;
  if (item == NULL)
    item = add_outgoing (self, offer, snug_member_get_id (member), snug_member_get_display_name (member));
  if (nobody != NULL)
    remove_item (self, nobody);
  if (!is_standing (item))
    return;
  item->warning = warning_for (self, member, offer->size);
  if (item->warning != NULL && snug_transfer_get_state (item->row) == SNUG_TRANSFER_OFFERED)
    snug_transfer_enter (item->row, SNUG_TRANSFER_OFFERED, item->warning);
  say_offer (self, item);
}

static void
on_member_ready (SnugRoom *room, SnugMember *member, SnugTransfers *self)
{
  for (guint i = 0; i < self->offers->len; i++)
    {
      Offer *offer = g_ptr_array_index (self->offers, i);
      if (offer_is_for (offer, member))
        offer_to (self, offer, member);
    }
  start_waiting (self, snug_member_get_id (member));
}

static void
on_member_lost (SnugRoom *room, SnugMember *member, SnugTransfers *self)
{
  g_autofree char *reason = g_strdup_printf (_("The connection to %s was lost."), snug_member_get_display_name (member));

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (strcmp (snug_transfer_get_member_id (item->row), snug_member_get_id (member)) == 0
          && snug_transfer_is_active (item->row))
        snug_transfer_enter (item->row, SNUG_TRANSFER_PAUSED, reason);
    }
}

static void
on_member_left (SnugRoom *room, SnugMember *member, SnugTransfers *self)
{
  g_autofree char *reason = g_strdup_printf (_("%s has left."), snug_member_get_display_name (member));

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      gboolean offered = snug_transfer_get_state (item->row) == SNUG_TRANSFER_OFFERED;

      if (is_standing (item) && strcmp (snug_transfer_get_member_id (item->row), snug_member_get_id (member)) == 0)
        finish (self, item, offered ? SNUG_TRANSFER_CANCELLED : SNUG_TRANSFER_FAILED, reason);
    }
}

static void
add_offer (SnugTransfers *self, Offer *offer)
{
  GListModel *members = snug_room_get_members (self->room);
  guint n_before = self->items->len;

  g_ptr_array_add (self->offers, offer);
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (offer_is_for (offer, member) && snug_room_is_ready (self->room, member))
        offer_to (self, offer, member);
    }
  if (self->items->len == n_before)
    add_outgoing (self, offer, "", "");
  g_signal_emit (self, signals[OFFERING], 0, ((Item *) g_ptr_array_index (self->items, n_before))->row);
}

static void
on_file_info (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SnugTransfers *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, &error);
  const char *member_id = g_task_get_task_data (task);
  const char *content_type;
  Offer *offer;

  if (info == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || !g_file_is_native (G_FILE (object)))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("“%s” is not a file that can be sent."),
                               g_file_info_get_display_name (info));
      return;
    }
  if (self->room == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, _("Files can be sent in a room only."));
      return;
    }

  content_type = g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE);
  offer = g_new0 (Offer, 1);
  offer->wire_id = g_uuid_string_random ();
  offer->file = g_object_ref (G_FILE (object));
  offer->name = g_strdup (g_file_info_get_display_name (info));
  offer->mime_type = content_type != NULL ? g_content_type_get_mime_type (content_type) : NULL;
  offer->member_id = g_strdup (member_id);
  offer->size = (guint64) g_file_info_get_size (info);
  offer->mtime = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);
  add_offer (self, offer);
  g_task_return_boolean (task, TRUE);
}

void
snug_transfers_offer_async (SnugTransfers *self, GFile *file, SnugMember *member, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, snug_transfers_offer_async);
  if (member != NULL)
    g_task_set_task_data (task, g_strdup (snug_member_get_id (member)), g_free);
  g_file_query_info_async (file,
                           G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE ","
                           G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME "," G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE ","
                           G_FILE_ATTRIBUTE_TIME_MODIFIED,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL, on_file_info, task);
}

gboolean
snug_transfers_offer_finish (SnugTransfers *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- the object ------------------------------------------------------------------------------------ */

GListModel *
snug_transfers_get_list (SnugTransfers *self)
{
  return G_LIST_MODEL (self->rows);
}

static const struct
{
  SnugWireType    type;
  SnugRoomHandler handler;
} handled[] = {
  { SNUG_WIRE_FILE_OFFER, handle_offer },
  { SNUG_WIRE_FILE_WITHDRAW, handle_withdraw },
  { SNUG_WIRE_FILE_DECLINE, handle_decline },
  { SNUG_WIRE_FILE_GET, handle_get },
  { SNUG_WIRE_FILE_DONE, handle_done },
  { SNUG_WIRE_FILE_PAUSE, handle_pause },
  { SNUG_WIRE_FILE_CANCEL, handle_cancel },
};

static void
let_go_of_room (SnugTransfers *self)
{
  if (self->room == NULL)
    return;
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      if (is_standing (item))
        finish (self, item, SNUG_TRANSFER_CANCELLED, _("The room was left."));
    }
  g_signal_handlers_disconnect_by_data (self->room, self);
  for (gsize i = 0; i < G_N_ELEMENTS (handled); i++)
    snug_room_set_handler (self->room, handled[i].type, NULL, NULL);
  g_clear_object (&self->room);
  g_clear_pointer (&self->network, g_main_context_unref);
}

void
snug_transfers_set_room (SnugTransfers *self, SnugRoom *room, GMainContext *network)
{
  let_go_of_room (self);
  if (room == NULL)
    return;

  g_list_store_remove_all (self->rows);
  g_ptr_array_set_size (self->items, 0);
  g_ptr_array_set_size (self->offers, 0);

  self->room = g_object_ref (room);
  self->network = g_main_context_ref (network);
  for (gsize i = 0; i < G_N_ELEMENTS (handled); i++)
    snug_room_set_handler (room, handled[i].type, handled[i].handler, self);
  g_signal_connect (room, "member-ready", G_CALLBACK (on_member_ready), self);
  g_signal_connect (room, "member-lost", G_CALLBACK (on_member_lost), self);
  g_signal_connect (room, "member-left", G_CALLBACK (on_member_left), self);
}

SnugTransfers *
snug_transfers_new (void)
{
  return g_object_new (SNUG_TYPE_TRANSFERS, NULL);
}

static void
snug_transfers_dispose (GObject *object)
{
  let_go_of_room (SNUG_TRANSFERS (object));
  G_OBJECT_CLASS (snug_transfers_parent_class)->dispose (object);
}

static void
snug_transfers_finalize (GObject *object)
{
  SnugTransfers *self = SNUG_TRANSFERS (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (snug_transfers_parent_class)->finalize (object);
}

static void
snug_transfers_class_init (SnugTransfersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_transfers_dispose;
  object_class->finalize = snug_transfers_finalize;

  signals[OFFERED] = g_signal_new ("offered", SNUG_TYPE_TRANSFERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, SNUG_TYPE_TRANSFER);
  signals[OFFERING] = g_signal_new ("offering", SNUG_TYPE_TRANSFERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, SNUG_TYPE_TRANSFER);
}

static void
snug_transfers_init (SnugTransfers *self)
{
  self->rows = g_list_store_new (SNUG_TYPE_TRANSFER);
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->offers = g_ptr_array_new_with_free_func (offer_free);
}
