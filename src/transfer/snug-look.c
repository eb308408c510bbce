/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-look.h"

#include "snug-receiver.h"

struct _SnugLook
{
  SnugRoom     *room;        /* owned */
  SnugMember   *member;      /* owned */
  char         *wire_id;
  SnugReceiver *receiver;    /* owned */
  SnugLookFunc  func;
  gpointer      user_data;
};

/* PROTOCOL.md section 4, "Choosing files of a folder": without a bit the manifest comes alone. */
static void
on_asked (SnugReceiver *receiver, guint64 entry, guint64 offset, GBytes *have, SnugLook *self)
{
  g_autoptr (SnugWireMessage) get = snug_wire_message_new (SNUG_WIRE_FILE_GET);

  get->id = g_strdup (self->wire_id);
  get->from_entry = entry;
  get->from_offset = offset;
  get->only = g_bytes_new (NULL, 0);
  snug_room_send (self->room, self->member, get);
}

static void
on_looked (SnugReceiver *receiver, SnugManifest *manifest, GBytes *bytes, SnugLook *self)
{
  self->func (manifest, bytes, NULL, self->user_data);
}

static void
on_ended (SnugReceiver *receiver, GError *error, SnugLook *self)
{
  self->func (NULL, NULL, error, self->user_data);
}

SnugLook *
snug_look_start (SnugRoom *room, GMainContext *network, SnugMember *member, const char *wire_id,
                 const SnugIntakePlan *plan, SnugLookFunc func, gpointer user_data)
{
  SnugLook *self = g_new0 (SnugLook, 1);
  SnugIntakePlan looking = *plan;

  looking.looks = TRUE;
  self->room = g_object_ref (room);
  self->member = g_object_ref (member);
  self->wire_id = g_strdup (wire_id);
  self->func = func;
  self->user_data = user_data;
  self->receiver = snug_receiver_new (network, &looking, NULL, SNUG_SINK_KEEP_BOTH);
  g_signal_connect (self->receiver, "asked", G_CALLBACK (on_asked), self);
  g_signal_connect (self->receiver, "looked", G_CALLBACK (on_looked), self);
  g_signal_connect (self->receiver, "ended", G_CALLBACK (on_ended), self);
  snug_receiver_start (self->receiver, snug_room_get_link (room, member), wire_id);
  return self;
}

void
snug_look_stop (SnugLook *self)
{
  g_signal_handlers_disconnect_by_data (self->receiver, self);
  snug_receiver_stop (self->receiver, SNUG_INTAKE_DELETE);
  g_object_unref (self->receiver);
  g_object_unref (self->room);
  g_object_unref (self->member);
  g_free (self->wire_id);
  g_free (self);
}
