/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sctp-socket.h"

#include <errno.h>
#include <string.h>

#include "snug-send-room.h"

/* RFC 9260 section 3 */
#define COMMON_HEADER 12

/* DTLS is up, so the peer is there: who does not answer in a quarter of a minute will not. RFC 9260's own
 * figures would wait for minutes, and nobody else looks at the clock meanwhile. */
#define INIT_ATTEMPTS 5
#define INIT_MOST_MS 3000

/* RFC 9260 section 16 suggests 30 s. Of an association that ends while the first one stays, who only receives may
 * learn by nothing else. */
#define EXTRA_HEARTBEAT_MS 5000

/* RFC 9260 section 6.1: nobody sends more than the peer has room for, less 256 bytes of each chunk for usrsctp. Chunks on
 * far paths have 1,372 bytes, and more of them than this we may not be sent (snug-send-room.h). Memory it costs only where
 * packets are missing, or nobody reads. */
#define ROOMY_RECEIVE_BUFFER (SNUG_SEND_ROOM_MOST_CHUNKS * (1372 + 256))

/* RFC 9260 section 6.3.2 (R3) begins the retransmission timer anew with each acknowledgement that moves. usrsctp does
 * so only while something is under way that it might give up (RFC 3758). Otherwise it reads acknowledgements in a shorter
 * way, and the timer runs out a second after the line was last empty: who sends without a pause sends again what is
 * merely on its way, and goes on with a window of one packet. So what is promised goes as something to be given up
 * after more tries than usrsctp can count. The price: as long as all that is under
 * way is of that kind, usrsctp does not look whether its count of it is right (sctp_fs_audit), and would not mend it. */
#define UNCOUNTABLE_TRIES G_MAXUINT16

static gboolean
set_option (struct socket *socket, int level, int option, const void *value, gsize n_bytes)
{
  if (usrsctp_setsockopt (socket, level, option, value, (socklen_t) n_bytes) == 0)
    return TRUE;
  g_debug ("SCTP: option %#x: %s", (guint) option, g_strerror (errno));
  return FALSE;
}

static struct sockaddr_conn
make_address (const SnugSctpSocketConfig *config, guint16 port)
{
  struct sockaddr_conn address = {
    .sconn_family = AF_CONN,
    .sconn_port = htons (port),
    .sconn_addr = (void *) config->address,
  };

  return address;
}

/* ---- Opening ---- */

static gboolean
subscribe (struct socket *socket)
{
  static const guint16 types[] = {
    SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_PARTIAL_DELIVERY_EVENT, SCTP_SENDER_DRY_EVENT
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      struct sctp_event event = { .se_assoc_id = SCTP_FUTURE_ASSOC, .se_type = types[i], .se_on = 1 };

      if (!set_option (socket, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof event))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_options (struct socket *socket)
{
  const int on = 1;
  /* close says goodbye at once and keeps nothing behind */
  const struct linger linger = { .l_onoff = 1, .l_linger = 0 };
  const struct sctp_assoc_value reset = { SCTP_FUTURE_ASSOC, SCTP_ENABLE_RESET_STREAM_REQ };
  const struct sctp_initmsg init = { .sinit_num_ostreams = SNUG_SCTP_MAX_STREAMS,
                                     .sinit_max_instreams = SNUG_SCTP_MAX_STREAMS,
                                     .sinit_max_attempts = INIT_ATTEMPTS,
                                     .sinit_max_init_timeo = INIT_MOST_MS };

  return set_option (socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger)
         && set_option (socket, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on)
         && set_option (socket, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof on)
         && set_option (socket, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &reset, sizeof reset)
         && set_option (socket, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init)
         && subscribe (socket);
}

static gboolean
set_receive_buffer (struct socket *socket, const SnugSctpSocketConfig *config)
{
  const int n_bytes = ROOMY_RECEIVE_BUFFER;

  return !config->is_extra || set_option (socket, SOL_SOCKET, SO_RCVBUF, &n_bytes, sizeof n_bytes);
}

/* RFC 8261 section 5: the path MTU is the business of the layers below. usrsctp does not count the common header
 * over AF_CONN, begins with a size of its own where it was told none, and takes a smaller one later, but no larger one. */
static gboolean
set_packet_size (struct socket *socket, const SnugSctpSocketConfig *config)
{
  struct sctp_paddrparams params = { .spp_assoc_id = SCTP_FUTURE_ASSOC, .spp_flags = SPP_PMTUD_DISABLE,
                                     .spp_pathmtu = (guint32) config->packet_bytes - COMMON_HEADER };

  if (config->is_extra)
    {
      params.spp_flags |= SPP_HB_ENABLE;
      params.spp_hbinterval = EXTRA_HEARTBEAT_MS;
    }
  return set_option (socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &params, sizeof params);
}

/* Both sides bind and connect (RFC 8841 section 9.1); SCTP is made for the crossing. */
static gboolean
connect_socket (struct socket *socket, const SnugSctpSocketConfig *config)
{
  struct sockaddr_conn local = make_address (config, config->local_port);
  struct sockaddr_conn remote = make_address (config, config->remote_port);

  if (usrsctp_bind (socket, (struct sockaddr *) &local, sizeof local) != 0)
    return FALSE;
  return usrsctp_connect (socket, (struct sockaddr *) &remote, sizeof remote) == 0 || errno == EINPROGRESS;
}

struct socket *
snug_sctp_socket_open (const SnugSctpSocketConfig *config, void (*upcall) (struct socket *, void *, int),
                       gpointer user_data)
{
  struct socket *socket = usrsctp_socket (AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);

  if (socket == NULL)
    return NULL;
  if (usrsctp_set_non_blocking (socket, 1) == 0 && usrsctp_set_upcall (socket, upcall, user_data) == 0
      && set_options (socket) && set_receive_buffer (socket, config) && set_packet_size (socket, config)
      && connect_socket (socket, config))
    return socket;
  usrsctp_set_upcall (socket, NULL, NULL);
  usrsctp_close (socket);
  return NULL;
}

/* ---- Later ---- */

static void
describe (struct sctp_sendv_spa *spa, const SnugSctpSend *how)
{
  gboolean is_promised = !how->has_max_retransmits && !how->has_max_lifetime;

  memset (spa, 0, sizeof *spa);
  spa->sendv_flags = SCTP_SEND_SNDINFO_VALID | SCTP_SEND_PRINFO_VALID;
  spa->sendv_sndinfo.snd_sid = how->stream;
  spa->sendv_sndinfo.snd_ppid = htonl (how->ppid);
  spa->sendv_sndinfo.snd_flags = SCTP_EOR | (how->unordered ? SCTP_UNORDERED : 0);
  spa->sendv_prinfo.pr_policy = how->has_max_lifetime && !how->has_max_retransmits ? SCTP_PR_SCTP_TTL : SCTP_PR_SCTP_RTX;
  spa->sendv_prinfo.pr_value = is_promised ? UNCOUNTABLE_TRIES : how->reliability;
}

SnugSctpResult
snug_sctp_socket_send (struct socket *socket, const SnugSctpSend *how, const guint8 *data, gsize n_bytes)
{
  struct sctp_sendv_spa spa;

  describe (&spa, how);
  if (usrsctp_sendv (socket, data, n_bytes, NULL, 0, &spa, sizeof spa, SCTP_SENDV_SPA, 0) >= 0)
    return SNUG_SCTP_SENT;
  if (errno == EWOULDBLOCK || errno == EAGAIN || errno == ENOBUFS)
    return SNUG_SCTP_FULL;
  g_debug ("SCTP: a message of %zu bytes on stream %u: %s", n_bytes, how->stream, g_strerror (errno));
  return SNUG_SCTP_REFUSED;
}

void
snug_sctp_socket_set_send_buffer (struct socket *socket, gsize n_bytes)
{
  const int n = (int) n_bytes;

  set_option (socket, SOL_SOCKET, SO_SNDBUF, &n, sizeof n);
}

gboolean
snug_sctp_socket_reset_stream (struct socket *socket, guint16 stream)
{
  gsize size = sizeof (struct sctp_reset_streams) + sizeof (guint16);
  g_autofree struct sctp_reset_streams *reset = g_malloc0 (size);

  reset->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  reset->srs_number_streams = 1;
  reset->srs_stream_list[0] = stream;
  return set_option (socket, IPPROTO_SCTP, SCTP_RESET_STREAMS, reset, size);
}

void
snug_sctp_socket_demand_heartbeat (struct socket *socket, const SnugSctpSocketConfig *config)
{
  struct sockaddr_conn remote = make_address (config, config->remote_port);
  struct sctp_paddrparams params = { .spp_flags = SPP_HB_DEMAND };

  memcpy (&params.spp_address, &remote, sizeof remote);
  set_option (socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &params, sizeof params);
}

gboolean
snug_sctp_socket_get_status (struct socket *socket, struct sctp_status *status)
{
  socklen_t size = sizeof *status;

  memset (status, 0, sizeof *status);
  return socket != NULL && usrsctp_getsockopt (socket, IPPROTO_SCTP, SCTP_STATUS, status, &size) == 0;
}
