/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sctp-transport.h"

#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-peer-connection.h"
#include "snug-sctp-parts.h"
#include "snug-sctp-probe.h"
#include "snug-sctp-socket.h"
#include "snug-send-room.h"
#include "snug-usrsctp.h"

#define READ_SIZE (256 * 1024)

/* RFC 9260 section 3: a packet is a common header and at least the header of one chunk. */
#define MIN_PACKET (12 + 4)

/* RFC 9260 section 3.3.10.12: the cause of a peer that aborts because its user wants so. */
#define CAUSE_USER_INITIATED_ABORT 12

struct _SnugSctpTransport
{
  SnugTransport parent_instance;

  /* owned */
  SnugTransport    *below;
  struct socket    *socket;
  SnugSctpParts     parts;

  /* borrowed */
  SnugSctpListener  listener;
  gpointer          listener_data;

  SnugSctpProbeFunc probe_func;      /* nullable */
  gpointer          probe_data;

  SnugSctpSocketConfig config;       /* its address is 0 before start and after close */
  SnugSctpAddress   to;              /* as in the last packet that was sent */
  SnugSctpTally     tally;
  SnugSendRoom      room;
  gboolean          is_further;      /* of the stripes beside the first */
  guint             n_streams;
  gboolean          has_news;        /* usrsctp called; look when it has returned */
  gboolean          is_draining;
  guint64           bytes_sent;
  guint64           bytes_received;
  guint64           bytes_drained;   /* sent when last all was acknowledged */
  guint64           n_packets;
  guint64           bytes_looked;    /* sent when the room was looked at */
  gboolean          is_deaf;         /* reading is off */
};

G_DEFINE_FINAL_TYPE (SnugSctpTransport, snug_sctp_transport, SNUG_TYPE_TRANSPORT)

static void
on_data (SnugSctpTransport *self, const struct sctp_rcvinfo *info, const guint8 *data, gsize n_bytes,
         gboolean is_end)
{
  gboolean unordered = (info->rcv_flags & SCTP_UNORDERED) != 0, too_large;
  g_autoptr (GBytes) message = snug_sctp_parts_add (&self->parts, info->rcv_sid, unordered, data, n_bytes, is_end,
                                                    &too_large);

  self->bytes_received += n_bytes;
  if (too_large && self->listener.too_large != NULL)
    self->listener.too_large (self->listener_data, info->rcv_sid);
  if (message != NULL && self->listener.message != NULL)
    self->listener.message (self->listener_data, info->rcv_sid, ntohl (info->rcv_ppid), message);
}

/* ---- Notifications ---- */

static void
fail (SnugSctpTransport *self, const char *message)
{
  snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_FAILED,
                        g_error_new_literal (SNUG_RTC_ERROR, SNUG_RTC_ERROR_SCTP, message));
}

static void
on_association_change (SnugSctpTransport *self, const struct sctp_assoc_change *change)
{
  switch (change->sac_state)
    {
    case SCTP_COMM_UP:
      self->n_streams = MIN (change->sac_outbound_streams, change->sac_inbound_streams);
      self->n_streams = MIN (self->n_streams, SNUG_SCTP_MAX_STREAMS);
      snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CONNECTED, NULL);
      break;
    case SCTP_SHUTDOWN_COMP:
      snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CLOSED, NULL);
      break;
    case SCTP_COMM_LOST:
      if (change->sac_error == CAUSE_USER_INITIATED_ABORT)
        snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CLOSED, NULL);
      else
        fail (self, _("The other side stopped answering"));
      break;
    case SCTP_CANT_STR_ASSOC:
      fail (self, _("The other side does not open data channels"));
      break;
    default:
      /* A restart loses the peer's streams; no peer that keeps its DTLS session does that. */
      fail (self, _("The other side started anew within the connection"));
      break;
    }
}

static void
on_stream_reset (SnugSctpTransport *self, const struct sctp_stream_reset_event *event)
{
  gsize n = (event->strreset_length - sizeof *event) / sizeof event->strreset_stream_list[0];

  for (gsize i = 0; i < n && self->listener.reset != NULL; i++)
    {
      guint16 stream = event->strreset_stream_list[i];

      if (event->strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN)
        {
          snug_sctp_parts_drop (&self->parts, stream);
          self->listener.reset (self->listener_data, stream, TRUE);
        }
      /* denied or failed: there is no second way to close it */
      if (self->listener.reset != NULL
          && (event->strreset_flags & (SCTP_STREAM_RESET_OUTGOING_SSN | SCTP_STREAM_RESET_DENIED
                                       | SCTP_STREAM_RESET_FAILED)))
        self->listener.reset (self->listener_data, stream, FALSE);
    }
}

/* RFC 6458 section 6.1.7: the peer gave a message up half-way (RFC 3758). */
static void
on_partial_delivery (SnugSctpTransport *self, const struct sctp_pdapi_event *event)
{
  snug_sctp_parts_drop (&self->parts, (guint16) event->pdapi_stream);
}

/* RFC 6458 section 6.1.9. If more was sent since, some of it is under way. */
static void
on_dry (SnugSctpTransport *self)
{
  struct sctp_status status;

  if (!snug_sctp_socket_get_status (self->socket, &status) || status.sstat_unackdata != 0)
    return;
  self->bytes_drained = self->bytes_sent;
  if (self->listener.drained != NULL)
    self->listener.drained (self->listener_data);
}

static void
on_notification (SnugSctpTransport *self, const union sctp_notification *notification, gsize n_bytes)
{
  if (n_bytes < sizeof notification->sn_header || notification->sn_header.sn_length > n_bytes)
    return;

  switch (notification->sn_header.sn_type)
    {
    case SCTP_ASSOC_CHANGE:
      on_association_change (self, &notification->sn_assoc_change);
      break;
    case SCTP_STREAM_RESET_EVENT:
      on_stream_reset (self, &notification->sn_strreset_event);
      break;
    case SCTP_PARTIAL_DELIVERY_EVENT:
      on_partial_delivery (self, &notification->sn_pdapi_event);
      break;
    case SCTP_SENDER_DRY_EVENT:
      on_dry (self);
      break;
    default:
      break;
    }
}

/* ---- Reading ---- */

static gboolean
read_one (SnugSctpTransport *self)
{
  static guint64 buffer[READ_SIZE / sizeof (guint64)];
  struct sctp_rcvinfo info = { 0 };
  socklen_t n_info = sizeof info, n_from = 0;
  unsigned int info_type = SCTP_RECVV_NOINFO;
  int flags = 0;
  ssize_t n_bytes = usrsctp_recvv (self->socket, buffer, sizeof buffer, NULL, &n_from, &info, &n_info,
                                   &info_type, &flags);

  if (n_bytes <= 0)
    return FALSE;
  if (flags & MSG_NOTIFICATION)
    on_notification (self, (const union sctp_notification *) buffer, (gsize) n_bytes);
  else if (info_type == SCTP_RECVV_RCVINFO)
    on_data (self, &info, (const guint8 *) buffer, (gsize) n_bytes, (flags & MSG_EOR) != 0);
  return TRUE;
}

static void
drain (SnugSctpTransport *self)
{
  g_autoptr (SnugSctpTransport) keep = NULL;

  if (!self->has_news || self->is_draining)
    return;
  keep = g_object_ref (self);
  self->is_draining = TRUE;
  self->has_news = FALSE;
  while (!self->is_deaf && self->socket != NULL && read_one (self))
    ;
  self->is_draining = FALSE;
  if (self->listener.writable != NULL
      && snug_transport_get_state (SNUG_TRANSPORT (self)) == SNUG_TRANSPORT_CONNECTED)
    self->listener.writable (self->listener_data);
}

static void
on_upcall (G_GNUC_UNUSED struct socket *socket, void *data, G_GNUC_UNUSED int flags)
{
  SnugSctpTransport *self = data;

  self->has_news = TRUE;
}

/* usrsctp throws away what stands behind an answer that is none to its own question.
 * Returns: (transfer full) (nullable): the packet without our answer, if there is one in it */
static guint8 *
take_answer (SnugSctpTransport *self, const guint8 *packet, gsize n_bytes)
{
  guint32 number;
  gsize offset = self->probe_func != NULL ? snug_sctp_probe_find_answer (&number, packet, n_bytes) : 0;
  guint8 *rest;

  if (offset == 0)
    return NULL;
  rest = g_memdup2 (packet, n_bytes);
  snug_sctp_probe_hide_answer (rest, offset);
  self->probe_func (number, self->probe_data);
  return rest;
}

static void
on_packet (G_GNUC_UNUSED SnugTransport *below, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  SnugSctpTransport *self = user_data;
  g_autofree guint8 *rest = NULL;

  if (n_bytes < MIN_PACKET)
    return;
  self->n_packets++;
  rest = take_answer (self, data, n_bytes);
  usrsctp_conninput ((void *) self->config.address, rest != NULL ? rest : data, n_bytes, 0);
  drain (self);
}

/* What has gone out is there or under way; usrsctp tells of the latter in chunks, which are full or less. */
static guint64
count_arrived (SnugSctpTransport *self, const struct sctp_status *status)
{
  guint64 most_under_way = (guint64) status->sstat_unackdata * self->config.packet_bytes;

  return self->tally.n_bytes > most_under_way ? self->tally.n_bytes - most_under_way : 0;
}

/* Only while something is sent. */
static void
look_at_room (SnugSctpTransport *self)
{
  struct sctp_status status;

  if (!self->config.is_extra || self->is_further || self->bytes_looked == self->bytes_sent
      || !snug_sctp_socket_get_status (self->socket, &status))
    return;
  self->bytes_looked = self->bytes_sent;
  snug_send_room_note (&self->room, count_arrived (self, &status), status.sstat_primary.spinfo_srtt,
                       g_get_monotonic_time () / 1000);
  if (!snug_send_room_feed (&self->room, status.sstat_primary.spinfo_cwnd, status.sstat_primary.spinfo_srtt,
                            self->config.packet_bytes))
    return;
  snug_sctp_socket_set_send_buffer (self->socket, self->room.n_bytes);
}

static void
on_ticked (gpointer user_data)
{
  look_at_room (user_data);
  drain (user_data);
}

static void
on_output (gpointer user_data, guint8 *packet, gsize n_bytes)
{
  SnugSctpTransport *self = user_data;

  snug_sctp_address_read (&self->to, packet, n_bytes);
  snug_sctp_tally_add (&self->tally, packet, n_bytes);
  snug_transport_send (self->below, packet, n_bytes);
}

/* ---- Life ---- */

static void
close_socket (SnugSctpTransport *self)
{
  if (self->below != NULL)
    snug_transport_set_receiver (self->below, NULL, NULL);
  if (self->socket != NULL)
    {
      usrsctp_set_upcall (self->socket, NULL, NULL);
      g_clear_pointer (&self->socket, usrsctp_close);
    }
  if (self->config.address != 0)
    snug_usrsctp_remove (self->config.address);
  self->config.address = 0;
}

static void
snug_sctp_transport_close (SnugTransport *transport)
{
  close_socket (SNUG_SCTP_TRANSPORT (transport));
}

static gboolean
snug_sctp_transport_send (G_GNUC_UNUSED SnugTransport *transport, G_GNUC_UNUSED const guint8 *data,
                          G_GNUC_UNUSED gsize n_bytes)
{
  g_return_val_if_reached (FALSE);
}

static void
snug_sctp_transport_dispose (GObject *object)
{
  SnugSctpTransport *self = SNUG_SCTP_TRANSPORT (object);

  self->listener = (SnugSctpListener) { 0 };
  close_socket (self);
  g_clear_object (&self->below);
  snug_sctp_parts_clear (&self->parts);
  G_OBJECT_CLASS (snug_sctp_transport_parent_class)->dispose (object);
}

static void
snug_sctp_transport_class_init (SnugSctpTransportClass *class)
{
  G_OBJECT_CLASS (class)->dispose = snug_sctp_transport_dispose;
  SNUG_TRANSPORT_CLASS (class)->send = snug_sctp_transport_send;
  SNUG_TRANSPORT_CLASS (class)->close = snug_sctp_transport_close;
}

static void
snug_sctp_transport_init (SnugSctpTransport *self)
{
}

SnugSctpTransport *
snug_sctp_transport_new (SnugTransport *below, guint16 remote_port, gsize max_message_size)
{
  SnugSctpTransport *self = g_object_new (SNUG_TYPE_SCTP_TRANSPORT, "context",
                                          snug_transport_get_context (below), NULL);

  self->below = g_object_ref (below);
  self->config.local_port = SNUG_SCTP_PORT;
  self->config.remote_port = remote_port;
  self->config.packet_bytes = SNUG_SCTP_LEAST_PACKET;
  self->room = (SnugSendRoom) SNUG_SEND_ROOM_INIT;
  snug_sctp_parts_init (&self->parts, max_message_size);
  return self;
}

void
snug_sctp_transport_set_extra (SnugSctpTransport *self, guint16 port, gsize packet_bytes, gboolean is_further)
{
  self->config.local_port = self->config.remote_port = port;
  self->config.packet_bytes = packet_bytes;
  self->config.is_extra = TRUE;
  self->is_further = is_further;
}

void
snug_sctp_transport_forget_path (SnugSctpTransport *self)
{
  snug_send_room_forget_path (&self->room);
}

gsize
snug_sctp_transport_get_send_room (SnugSctpTransport *self)
{
  return self->room.n_bytes;
}

gsize
snug_sctp_transport_get_packet_bytes (SnugSctpTransport *self)
{
  return self->config.packet_bytes;
}

void
snug_sctp_transport_set_listener (SnugSctpTransport *self, const SnugSctpListener *listener,
                                  gpointer user_data)
{
  self->listener = listener != NULL ? *listener : (SnugSctpListener) { 0 };
  self->listener_data = user_data;
}

/* ---- Beginning ---- */

void
snug_sctp_transport_start (SnugSctpTransport *self)
{
  static const SnugUsrsctpUser user = { on_output, on_ticked };

  if (snug_transport_get_state (SNUG_TRANSPORT (self)) != SNUG_TRANSPORT_NEW)
    return;
  snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CONNECTING, NULL);
  self->config.address = snug_usrsctp_add (snug_transport_get_context (SNUG_TRANSPORT (self)), &user, self);
  snug_usrsctp_set_high_speed (self->is_further);
  self->socket = snug_sctp_socket_open (&self->config, on_upcall, self);
  if (self->socket == NULL)
    fail (self, _("Data channels cannot be opened here"));
  else
    snug_transport_set_receiver (self->below, on_packet, self);
}

/* ---- Sending ---- */

SnugSctpResult
snug_sctp_transport_send_message (SnugSctpTransport *self, const SnugSctpSend *how, const guint8 *data,
                                  gsize n_bytes)
{
  SnugSctpResult result = SNUG_SCTP_REFUSED;

  if (snug_transport_get_state (SNUG_TRANSPORT (self)) == SNUG_TRANSPORT_CONNECTED && self->socket != NULL)
    result = snug_sctp_socket_send (self->socket, how, data, n_bytes);
  if (result == SNUG_SCTP_SENT)
    self->bytes_sent += n_bytes;
  return result;
}

gboolean
snug_sctp_transport_reset_stream (SnugSctpTransport *self, guint16 stream)
{
  return self->socket != NULL && snug_sctp_socket_reset_stream (self->socket, stream);
}

guint
snug_sctp_transport_get_n_streams (SnugSctpTransport *self)
{
  return self->n_streams;
}

void
snug_sctp_transport_set_reading (SnugSctpTransport *self, gboolean on)
{
  if (self->is_deaf == !on)
    return;
  self->is_deaf = !on;
  if (!on)
    return;
  self->has_news = TRUE;
  snug_context_post (snug_transport_get_context (SNUG_TRANSPORT (self)), on_ticked, g_object_ref (self),
                     g_object_unref);
}

void
snug_sctp_transport_set_probe_func (SnugSctpTransport *self, SnugSctpProbeFunc func, gpointer user_data)
{
  self->probe_func = func;
  self->probe_data = user_data;
}

void
snug_sctp_transport_send_probe (SnugSctpTransport *self, guint32 number, gsize n_bytes)
{
  g_autoptr (GByteArray) packet = NULL;

  if (snug_transport_get_state (SNUG_TRANSPORT (self)) != SNUG_TRANSPORT_CONNECTED)
    return;
  packet = snug_sctp_probe_make (number, &self->to, n_bytes);
  snug_transport_send (self->below, packet->data, packet->len);
}

void
snug_sctp_transport_probe (SnugSctpTransport *self)
{
  if (self->socket != NULL)
    snug_sctp_socket_demand_heartbeat (self->socket, &self->config);
}

double
snug_sctp_transport_get_rtt_ms (SnugSctpTransport *self)
{
  struct sctp_status status;

  return snug_sctp_socket_get_status (self->socket, &status) ? (double) status.sstat_primary.spinfo_srtt : -1;
}

gboolean
snug_sctp_transport_is_flushed (SnugSctpTransport *self)
{
  struct sctp_status status;

  return !snug_sctp_socket_get_status (self->socket, &status)
         || (status.sstat_unackdata == 0 && status.sstat_penddata == 0);
}

guint64
snug_sctp_transport_get_bytes_sent (SnugSctpTransport *self)
{
  return self->bytes_sent;
}

guint64
snug_sctp_transport_get_bytes_received (SnugSctpTransport *self)
{
  return self->bytes_received;
}

const SnugSctpTally *
snug_sctp_transport_get_tally (SnugSctpTransport *self)
{
  return &self->tally;
}

/* What usrsctp has taken and not let go of yet fits into its buffer, and a message that just found room. */
guint64
snug_sctp_transport_get_bytes_acked (SnugSctpTransport *self)
{
  const guint64 most_under_way = self->room.n_bytes + SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE;
  guint64 pushed_out = self->bytes_sent > most_under_way ? self->bytes_sent - most_under_way : 0;

  return MAX (self->bytes_drained, pushed_out);
}

guint64
snug_sctp_transport_get_n_packets (SnugSctpTransport *self)
{
  return self->n_packets;
}
