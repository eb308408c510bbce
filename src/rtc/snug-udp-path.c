/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-udp-path.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "snug-context.h"

/* The C library's headers are older than some kernels. */
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#endif

/* RFC 7983 section 7 */
#define FIRST_DTLS 20
#define LAST_DTLS 63

#define SOCKET_BUFFER_BYTES (4 * 1024 * 1024)
#define MAX_SEGMENTS 64           /* the kernel's UDP_MAX_SEGMENTS of old */
#define MAX_BATCH_BYTES 65000     /* below the largest datagram of either family */
#define MAX_DATAGRAM_BYTES 65535
/* What fits everywhere: SNUG_SCTP_LEAST_PACKET and DTLS around it. */
#define ALWAYS_FITS_BYTES 1237
/* Read in one turn, for others want the context too: a word said beside a file waits for turns on its way. Single
 * datagrams take a few microseconds; of a file's a read is their decryption, for they are heard in turns of their own. */
#define READS_A_TURN 8
#define TURN_US 200
#define FULL_WAIT_MS 20

struct _SnugUdpPath
{
  grefcount               refs;        /* the owner's and those of running calls */
  GSource                *readable;    /* owned */
  GSource                *flusher;     /* owned */
  SnugUdpPathReceiveFunc  receive;     /* NULL once freed */
  SnugUdpPathKnowsFunc    knows;
  gpointer                user_data;
  int                     fd;
  int                     family;
  gboolean                one_by_one;  /* the kernel does not cut for us */
  gboolean                never_cut;   /* as it was told last */

  struct sockaddr_storage remote;
  socklen_t               remote_size;
  struct sockaddr_storage other;       /* who else was found to be known */

  gsize                   n_batch;     /* bytes */
  gsize                   segment;     /* bytes of each in the batch but the last */
  guint                   n_segments;
  guint8                  batch[MAX_BATCH_BYTES];
  guint8                  incoming[MAX_DATAGRAM_BYTES];
};

/* A source that is ready while a batch waits: what one source of the context sends goes out before the next
 * turn, in one call. */
typedef struct
{
  GSource      source;
  SnugUdpPath *path;   /* borrowed */
} Flusher;

static void
unref (SnugUdpPath *self)
{
  if (g_ref_count_dec (&self->refs))
    g_free (self);
}

/* ---- Sending ---- */

static gboolean
wait_until_writable (SnugUdpPath *self)
{
  struct pollfd wanted = { .fd = self->fd, .events = POLLOUT };

  return poll (&wanted, 1, FULL_WAIT_MS) > 0;
}

/* What is larger than fits everywhere arrives whole or not at all (RFC 8899 section 4.1), and that is found out by
 * probes, not by what ICMP says. For the rest the kernel knows best, as ever. */
static void
set_never_cut (SnugUdpPath *self, gboolean on)
{
  int ipv4 = on ? IP_PMTUDISC_PROBE : IP_PMTUDISC_WANT;
  int ipv6 = on ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_WANT;

  if (self->never_cut == on)
    return;
  self->never_cut = on;
  if (self->family == AF_INET6)
    (void) setsockopt (self->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &ipv6, sizeof ipv6);
  else
    (void) setsockopt (self->fd, IPPROTO_IP, IP_MTU_DISCOVER, &ipv4, sizeof ipv4);
}

/* SEGMENT 0: one datagram. Returns 0 or an errno. */
static int
send_bytes (SnugUdpPath *self, const guint8 *data, gsize n_bytes, guint16 segment)
{
  struct iovec part = { .iov_base = (void *) data, .iov_len = n_bytes };
  union { char bytes[CMSG_SPACE (sizeof segment)]; struct cmsghdr align; } control = { 0 };
  struct msghdr message = { .msg_name = &self->remote, .msg_namelen = self->remote_size, .msg_iov = &part, .msg_iovlen = 1 };

  if (segment != 0)
    {
      message.msg_control = control.bytes;
      message.msg_controllen = sizeof control.bytes;
      struct cmsghdr *header = CMSG_FIRSTHDR (&message);

      header->cmsg_level = SOL_UDP;
      header->cmsg_type = UDP_SEGMENT;
      header->cmsg_len = CMSG_LEN (sizeof segment);
      memcpy (CMSG_DATA (header), &segment, sizeof segment);
    }

  while (sendmsg (self->fd, &message, 0) < 0)
    {
      if (errno == EINTR)
        continue;
      if ((errno != EAGAIN && errno != ENOBUFS) || !wait_until_writable (self))
        return errno;
    }
  return 0;
}

static void
send_one_by_one (SnugUdpPath *self)
{
  for (gsize offset = 0; offset < self->n_batch; offset += self->segment)
    {
      int error = send_bytes (self, self->batch + offset, MIN (self->segment, self->n_batch - offset), 0);

      if (error != 0)
        g_debug ("UDP: a datagram was not sent: %s", g_strerror (error));
    }
}

static void
flush (SnugUdpPath *self)
{
  gboolean is_large = self->segment > ALWAYS_FITS_BYTES;
  gboolean one_by_one = self->n_segments == 1 || self->one_by_one;
  int error = 0;

  set_never_cut (self, is_large);
  if (self->n_segments > 1 && !one_by_one)
    {
      error = send_bytes (self, self->batch, self->n_batch, (guint16) self->segment);
      /* What a kernel says that cannot, or a device that does not sum up, or a path of a smaller MTU. */
      one_by_one = error == EIO || error == EINVAL || error == EOPNOTSUPP || error == ENOPROTOOPT || error == EMSGSIZE;
      /* Large ones may be too large for what is now the device. */
      self->one_by_one = one_by_one && !is_large;
    }
  if (self->n_segments > 0 && one_by_one)
    send_one_by_one (self);
  else if (error != 0)
    g_debug ("UDP: %u datagrams were not sent: %s", self->n_segments, g_strerror (error));
  self->n_batch = 0;
  self->n_segments = 0;
}

gboolean
snug_udp_path_send (SnugUdpPath *self, const guint8 *data, gsize n_bytes)
{
  if (n_bytes == 0 || n_bytes > sizeof self->batch)
    return FALSE;

  if (self->n_segments > 0 && (n_bytes > self->segment || self->n_batch + n_bytes > sizeof self->batch))
    flush (self);
  if (self->n_segments == 0)
    self->segment = n_bytes;
  memcpy (self->batch + self->n_batch, data, n_bytes);
  self->n_batch += n_bytes;
  self->n_segments++;

  /* Only the last of a batch may be shorter. */
  if (n_bytes < self->segment || self->n_segments == MAX_SEGMENTS)
    flush (self);
  return TRUE;
}

static gboolean
flusher_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return ((Flusher *) source)->path->n_segments > 0;
}

static gboolean
flusher_check (GSource *source)
{
  return ((Flusher *) source)->path->n_segments > 0;
}

static gboolean
flusher_dispatch (GSource *source, G_GNUC_UNUSED GSourceFunc callback, G_GNUC_UNUSED gpointer data)
{
  flush (((Flusher *) source)->path);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs flusher_funcs = { flusher_prepare, flusher_check, flusher_dispatch, NULL, NULL, NULL };

/* ---- Receiving ---- */

static gboolean
is_same_address (const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
  if (a->ss_family != b->ss_family)
    return FALSE;
  if (a->ss_family == AF_INET)
    {
      const struct sockaddr_in *a4 = (const void *) a, *b4 = (const void *) b;

      return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
    }
  const struct sockaddr_in6 *a6 = (const void *) a, *b6 = (const void *) b;

  return a6->sin6_port == b6->sin6_port && memcmp (&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0;
}

static gboolean
is_known (SnugUdpPath *self, const struct sockaddr_storage *source, socklen_t size)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (is_same_address (source, &self->remote) || is_same_address (source, &self->other))
    return TRUE;
  address = g_socket_address_new_from_native ((gpointer) source, size);
  if (address == NULL || !self->knows (address, self->user_data))
    return FALSE;
  self->other = *source;
  return TRUE;
}

static gsize
read_segment_size (struct msghdr *message, gsize n_bytes)
{
  for (struct cmsghdr *header = CMSG_FIRSTHDR (message); header != NULL; header = CMSG_NXTHDR (message, header))
    if (header->cmsg_level == SOL_UDP && header->cmsg_type == UDP_GRO)
      {
        int size;

        memcpy (&size, CMSG_DATA (header), sizeof size);
        return size > 0 ? (gsize) size : n_bytes;
      }
  return n_bytes;
}

static void
deliver (SnugUdpPath *self, gsize n_bytes, gsize segment)
{
  for (gsize offset = 0; offset < n_bytes && self->receive != NULL; offset += segment)
    {
      const guint8 *data = self->incoming + offset;

      /* While the sockets were joined, before the kernel had its filter, anything may have come here. */
      if (*data >= FIRST_DTLS && *data <= LAST_DTLS)
        self->receive (data, MIN (segment, n_bytes - offset), self->user_data);
    }
}

/* Returns FALSE when nothing is left to read. */
static gboolean
read_once (SnugUdpPath *self)
{
  struct sockaddr_storage source;
  struct iovec part = { .iov_base = self->incoming, .iov_len = sizeof self->incoming };
  union { char bytes[CMSG_SPACE (sizeof (int))]; struct cmsghdr align; } control;
  struct msghdr message = { .msg_name = &source, .msg_namelen = sizeof source, .msg_iov = &part, .msg_iovlen = 1,
                            .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
  gssize n_bytes = recvmsg (self->fd, &message, 0);

  if (n_bytes < 0)
    return errno == EINTR;
  if (n_bytes > 0 && (message.msg_flags & MSG_TRUNC) == 0 && is_known (self, &source, message.msg_namelen))
    deliver (self, (gsize) n_bytes, read_segment_size (&message, (gsize) n_bytes));
  return TRUE;
}

static gboolean
on_readable (G_GNUC_UNUSED int fd, G_GNUC_UNUSED GIOCondition condition, gpointer data)
{
  SnugUdpPath *self = data;
  gint64 end_us = g_get_monotonic_time () + TURN_US;

  g_ref_count_inc (&self->refs);
  for (guint i = 0; i < READS_A_TURN && self->receive != NULL; i++)
    if (!read_once (self) || g_get_monotonic_time () >= end_us)
      break;
  unref (self);
  return G_SOURCE_CONTINUE;
}

/* ---- Life ---- */

static gboolean
set_flag (int fd, int level, int option)
{
  int on = 1;

  return setsockopt (fd, level, option, &on, sizeof on) == 0;
}

/* Which of the sockets of an address gets a datagram: the first, libnice's, or the second, ours. */
static gboolean
attach_filter (int fd)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_B | BPF_ABS, 0),
    BPF_JUMP (BPF_JMP | BPF_JGE | BPF_K, FIRST_DTLS, 0, 2),
    BPF_JUMP (BPF_JMP | BPF_JGT | BPF_K, LAST_DTLS, 1, 0),
    BPF_STMT (BPF_RET | BPF_K, 1),
    BPF_STMT (BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = { G_N_ELEMENTS (code), code };

  return setsockopt (fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0;
}

static void
enlarge_buffer (int fd, int option, int force_option)
{
  int size = SOCKET_BUFFER_BYTES;

  if (setsockopt (fd, SOL_SOCKET, force_option, &size, sizeof size) != 0)
    (void) setsockopt (fd, SOL_SOCKET, option, &size, sizeof size);
}

static int
open_beside (int theirs)
{
  struct sockaddr_storage local;
  socklen_t size = sizeof local;
  int fd;

  if (getsockname (theirs, (struct sockaddr *) &local, &size) != 0)
    return -1;
  fd = socket (local.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (local.ss_family == AF_INET6)
    set_flag (fd, IPPROTO_IPV6, IPV6_V6ONLY);
  if (!set_flag (theirs, SOL_SOCKET, SO_REUSEPORT) || !set_flag (fd, SOL_SOCKET, SO_REUSEPORT)
      || bind (fd, (struct sockaddr *) &local, size) != 0 || !attach_filter (fd))
    {
      close (fd);
      return -1;
    }
  set_flag (fd, SOL_UDP, UDP_GRO);
  enlarge_buffer (fd, SO_RCVBUF, SO_RCVBUFFORCE);
  enlarge_buffer (fd, SO_SNDBUF, SO_SNDBUFFORCE);
  return fd;
}

static void
attach (SnugUdpPath *self, GMainContext *context)
{
  self->readable = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->readable, context);

  self->flusher = g_source_new (&flusher_funcs, sizeof (Flusher));
  ((Flusher *) self->flusher)->path = self;
  g_source_attach (self->flusher, context);
}

static void
set_remote (SnugUdpPath *self, GSocketAddress *remote)
{
  self->remote_size = (socklen_t) g_socket_address_get_native_size (remote);
  g_socket_address_to_native (remote, &self->remote, sizeof self->remote, NULL);
}

SnugUdpPath *
snug_udp_path_new (GMainContext *context, GSocket *socket, GSocketAddress *remote, SnugUdpPathReceiveFunc receive,
                   SnugUdpPathKnowsFunc knows, gpointer user_data)
{
  int fd = open_beside (g_socket_get_fd (socket));
  SnugUdpPath *self;

  if (fd < 0)
    {
      g_debug ("UDP: no second socket, so one datagram a call: %s", g_strerror (errno));
      return NULL;
    }
  self = g_new0 (SnugUdpPath, 1);
  g_ref_count_init (&self->refs);
  self->fd = fd;
  self->receive = receive;
  self->knows = knows;
  self->user_data = user_data;
  self->family = g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6 ? AF_INET6 : AF_INET;
  set_remote (self, remote);
  attach (self, context);
  return self;
}

void
snug_udp_path_turn_to (SnugUdpPath *self, GSocketAddress *remote)
{
  flush (self);
  self->other = self->remote;
  self->one_by_one = FALSE;   /* it was of the way there */
  set_remote (self, remote);
}

void
snug_udp_path_free (SnugUdpPath *self)
{
  flush (self);
  self->receive = NULL;
  snug_clear_source (&self->readable);
  snug_clear_source (&self->flusher);
  close (self->fd);
  self->fd = -1;
  unref (self);
}

int
snug_udp_path_get_fd (SnugUdpPath *self)
{
  return self->fd;
}
