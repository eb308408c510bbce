/* SCTP on a fake of the layer below.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>
#include <usrsctp.h>

#include "snug-await.h"
#include "snug-crc32c.h"
#include "snug-fake-transport.h"
#include "snug-passing-time.h"
#include "snug-peer-connection.h"
#include "snug-sctp-parts.h"
#include "snug-sctp-transport.h"
#include "snug-usrsctp.h"

#define MAX_MESSAGE 262144

typedef struct
{
  SnugFakeTransport *below;
  SnugSctpTransport *sctp;
  GPtrArray         *messages;      /* of GBytes */
  GArray            *streams;       /* of guint16, one for each message */
  GArray            *ppids;         /* of guint32, one for each message */
  GString           *resets;        /* "peer 3 own 3 …" */
  guint              n_too_large;
  guint              n_writable;
  guint              n_drained;
} End;

typedef struct
{
  End a;
  End b;
} Pair;

static void
on_message (gpointer user_data, guint16 stream, guint32 ppid, GBytes *message)
{
  End *self = user_data;

  g_ptr_array_add (self->messages, g_bytes_ref (message));
  g_array_append_val (self->streams, stream);
  g_array_append_val (self->ppids, ppid);
}

static void
on_too_large (gpointer user_data, G_GNUC_UNUSED guint16 stream)
{
  End *self = user_data;

  self->n_too_large++;
}

static void
on_reset (gpointer user_data, guint16 stream, gboolean by_peer)
{
  End *self = user_data;

  g_string_append_printf (self->resets, "%s %u ", by_peer ? "peer" : "own", stream);
}

static void
on_writable (gpointer user_data)
{
  End *self = user_data;

  self->n_writable++;
}

static void
on_drained (gpointer user_data)
{
  End *self = user_data;

  self->n_drained++;
}

static void
end_init (End *self, gsize max_message_size)
{
  static const SnugSctpListener listener = { on_message, on_too_large, on_reset, on_writable, on_drained };

  self->sctp = snug_sctp_transport_new (SNUG_TRANSPORT (self->below), SNUG_SCTP_PORT, max_message_size);
  snug_sctp_transport_set_listener (self->sctp, &listener, self);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->streams = g_array_new (FALSE, FALSE, sizeof (guint16));
  self->ppids = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->resets = g_string_new (NULL);
}

static void
end_clear (End *self)
{
  g_assert_finalize_object (self->sctp);
  g_ptr_array_unref (self->messages);
  g_array_unref (self->streams);
  g_array_unref (self->ppids);
  g_string_free (self->resets, TRUE);
}

static Pair *
pair_new (GMainContext *context, gsize max_at_b)
{
  Pair *pair = g_new0 (Pair, 1);

  snug_fake_transport_new_pair (context, &pair->a.below, &pair->b.below);
  end_init (&pair->a, MAX_MESSAGE);
  end_init (&pair->b, max_at_b);
  return pair;
}

static void
pair_free (Pair *pair)
{
  GMainContext *context = snug_transport_get_context (SNUG_TRANSPORT (pair->a.below));

  snug_await_idle (context);
  end_clear (&pair->a);
  end_clear (&pair->b);
  snug_await_idle (context);
  g_assert_finalize_object (pair->a.below);
  g_assert_finalize_object (pair->b.below);
  g_free (pair);
}

static gboolean
is (SnugSctpTransport *sctp, SnugTransportState state)
{
  return snug_transport_get_state (SNUG_TRANSPORT (sctp)) == state;
}

static gboolean
are_connected (Pair *pair)
{
  return is (pair->a.sctp, SNUG_TRANSPORT_CONNECTED) && is (pair->b.sctp, SNUG_TRANSPORT_CONNECTED);
}

static Pair *
connected_pair (GMainContext *context)
{
  Pair *pair = pair_new (context, MAX_MESSAGE);

  snug_sctp_transport_start (pair->a.sctp);
  snug_sctp_transport_start (pair->b.sctp);
  snug_await (context, are_connected (pair));
  return pair;
}

/* The same bytes for the same seed. */
static GBytes *
make_bytes (gsize n_bytes, guint32 seed)
{
  guint8 *data = g_malloc (n_bytes);

  for (gsize i = 0; i < n_bytes; i++)
    {
      seed = seed * 1664525 + 1013904223;
      data[i] = (guint8) (seed >> 24);
    }
  return g_bytes_new_take (data, n_bytes);
}

static SnugSctpResult
send_bytes (End *end, const SnugSctpSend *how, GBytes *bytes)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  return snug_sctp_transport_send_message (end->sctp, how, data, n_bytes);
}

static void
send_text (End *end, guint16 stream, const char *text)
{
  const SnugSctpSend how = { .stream = stream, .ppid = 51 };

  g_assert_cmpint (snug_sctp_transport_send_message (end->sctp, &how, (const guint8 *) text, strlen (text)),
                   ==, SNUG_SCTP_SENT);
}

static void
assert_text (End *end, guint index, const char *text)
{
  GBytes *message = g_ptr_array_index (end->messages, index);

  g_assert_cmpmem (g_bytes_get_data (message, NULL), g_bytes_get_size (message), text, strlen (text));
}

static guint32 opened_with;

typedef int (*OnReceive) (struct socket *, union sctp_sockstore, void *, size_t, struct sctp_rcvinfo, int, void *);
typedef int (*OnRoom) (struct socket *, uint32_t, void *);

struct socket *__real_usrsctp_socket (int domain, int type, int protocol, OnReceive receive, OnRoom send,
                                      uint32_t low, void *info);
struct socket *__wrap_usrsctp_socket (int domain, int type, int protocol, OnReceive receive, OnRoom send,
                                      uint32_t low, void *info);

struct socket *
__wrap_usrsctp_socket (int domain, int type, int protocol, OnReceive receive, OnRoom send, uint32_t low, void *info)
{
  opened_with = usrsctp_sysctl_get_sctp_default_cc_module ();
  return __real_usrsctp_socket (domain, type, protocol, receive, send, low, info);
}

/* What is set when a socket is opened is what it has for good. */
static void
test_only_stripes_are_of_high_speed (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, MAX_MESSAGE);

  snug_sctp_transport_set_extra (pair->a.sctp, SNUG_SCTP_PORT + 1, SNUG_SCTP_LEAST_PACKET, TRUE);
  snug_sctp_transport_start (pair->a.sctp);
  g_assert_cmpuint (opened_with, ==, SCTP_CC_HSTCP);
  snug_sctp_transport_set_extra (pair->b.sctp, SNUG_SCTP_PORT + 1, SNUG_SCTP_LEAST_PACKET, FALSE);
  snug_sctp_transport_start (pair->b.sctp);
  g_assert_cmpuint (opened_with, ==, SCTP_CC_RFC2581);
  snug_await (context, are_connected (pair));
  pair_free (pair);
}

static void
test_messages_keep_stream_type_and_bounds (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend how = { .stream = 1023, .ppid = 53 };
  g_autoptr (GBytes) byte = make_bytes (1, 1);

  g_assert_cmpuint (snug_sctp_transport_get_n_streams (pair->a.sctp), ==, SNUG_SCTP_MAX_STREAMS);
  send_text (&pair->a, 0, "first");
  send_text (&pair->a, 0, "second");
  g_assert_cmpint (send_bytes (&pair->a, &how, byte), ==, SNUG_SCTP_SENT);
  send_text (&pair->b, 7, "back");
  snug_await (context, pair->b.messages->len == 3 && pair->a.messages->len == 1);

  assert_text (&pair->b, 0, "first");
  assert_text (&pair->b, 1, "second");
  g_assert_true (g_bytes_equal (pair->b.messages->pdata[2], byte));
  g_assert_cmpuint (g_array_index (pair->b.streams, guint16, 0), ==, 0);
  g_assert_cmpuint (g_array_index (pair->b.streams, guint16, 2), ==, 1023);
  g_assert_cmpuint (g_array_index (pair->b.ppids, guint32, 0), ==, 51);
  g_assert_cmpuint (g_array_index (pair->b.ppids, guint32, 2), ==, 53);
  assert_text (&pair->a, 0, "back");
  g_assert_cmpuint (snug_sctp_transport_get_bytes_sent (pair->a.sctp), ==, 12);
  g_assert_cmpuint (snug_sctp_transport_get_bytes_received (pair->b.sctp), ==, 12);
  g_assert_cmpfloat (snug_sctp_transport_get_rtt_ms (pair->a.sctp), >=, 0);
  pair_free (pair);
}

static gboolean
check_sum (G_GNUC_UNUSED SnugFakeTransport *sender, G_GNUC_UNUSED guint index, const guint8 *data,
           gsize n_bytes, gpointer user_data)
{
  g_autofree guint8 *copy = g_memdup2 (data, n_bytes);
  guint *n_checked = user_data;

  snug_crc32c_seal_packet (copy, n_bytes);
  g_assert_cmpmem (copy, n_bytes, data, n_bytes);
  (*n_checked)++;
  return TRUE;
}

/* We do not look at it, browsers do. */
static void
test_every_packet_has_its_checksum (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, MAX_MESSAGE);
  guint n_checked = 0;

  snug_fake_transport_set_loss (pair->a.below, check_sum, &n_checked);
  snug_sctp_transport_start (pair->a.sctp);
  snug_sctp_transport_start (pair->b.sctp);
  snug_await (context, are_connected (pair));
  send_text (&pair->a, 0, "summed");
  snug_await (context, pair->b.messages->len == 1);
  g_assert_cmpuint (n_checked, >=, 3);
  pair_free (pair);
}

/* Larger than usrsctp hands up in one piece. */
static void
test_largest_message_is_one (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend how = { .stream = 1, .ppid = 53 };
  g_autoptr (GBytes) bytes = make_bytes (MAX_MESSAGE, 2);

  g_assert_cmpint (send_bytes (&pair->a, &how, bytes), ==, SNUG_SCTP_SENT);
  snug_await (context, pair->b.messages->len > 0);
  g_assert_true (g_bytes_equal (pair->b.messages->pdata[0], bytes));
  g_assert_cmpuint (snug_fake_transport_get_largest (pair->a.below), ==, SNUG_SCTP_LEAST_PACKET);
  pair_free (pair);
}

static void
test_too_large_is_thrown_away_alone (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, 100000);
  const SnugSctpSend how = { .stream = 1, .ppid = 53 };
  g_autoptr (GBytes) just_right = make_bytes (100000, 3);
  g_autoptr (GBytes) one_more = make_bytes (100001, 3);
  g_autoptr (GBytes) much_more = make_bytes (MAX_MESSAGE, 3);

  snug_sctp_transport_start (pair->a.sctp);
  snug_sctp_transport_start (pair->b.sctp);
  snug_await (context, are_connected (pair));
  g_assert_cmpint (send_bytes (&pair->a, &how, one_more), ==, SNUG_SCTP_SENT);
  g_assert_cmpint (send_bytes (&pair->a, &how, much_more), ==, SNUG_SCTP_SENT);
  g_assert_cmpint (send_bytes (&pair->a, &how, just_right), ==, SNUG_SCTP_SENT);
  snug_await (context, pair->b.messages->len > 0);
  g_assert_true (g_bytes_equal (pair->b.messages->pdata[0], just_right));
  g_assert_cmpuint (pair->b.n_too_large, ==, 2);
  pair_free (pair);
}

static gboolean
lose_every_20th (G_GNUC_UNUSED SnugFakeTransport *sender, guint index,
                 G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize n_bytes,
                 G_GNUC_UNUSED gpointer user_data)
{
  return index % 20 != 7;
}

static void
test_loss_changes_nothing (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend how = { .stream = 1, .ppid = 53 };
  guint n_sent = 0;

  snug_fake_transport_set_loss (pair->a.below, lose_every_20th, NULL);
  snug_fake_transport_set_loss (pair->b.below, lose_every_20th, NULL);
  while (n_sent < 16)
    {
      g_autoptr (GBytes) bytes = make_bytes (65536, n_sent);
      SnugSctpResult result = send_bytes (&pair->a, &how, bytes);
      guint n_writable = pair->a.n_writable;

      g_assert_cmpint (result, !=, SNUG_SCTP_REFUSED);
      if (result == SNUG_SCTP_SENT)
        n_sent++;
      else
        snug_await (context, pair->a.n_writable > n_writable);
    }
  snug_await (context, pair->b.messages->len == 16);
  for (guint i = 0; i < 16; i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (65536, i);

      g_assert_true (g_bytes_equal (pair->b.messages->pdata[i], bytes));
    }
  pair_free (pair);
}

static gboolean
lose_setup (G_GNUC_UNUSED SnugFakeTransport *sender, guint index,
            G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize n_bytes,
            gpointer user_data)
{
  return index != GPOINTER_TO_UINT (user_data);
}

/* One lost packet of each setup, many associations side by side: nobody hears another's words. */
static void
test_many_at_once (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pairs[12];

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      pairs[i] = pair_new (context, MAX_MESSAGE);
      snug_fake_transport_set_loss (i % 2 == 0 ? pairs[i]->a.below : pairs[i]->b.below, lose_setup,
                                    GUINT_TO_POINTER (i / 2));
      snug_sctp_transport_start (pairs[i]->a.sctp);
      snug_sctp_transport_start (pairs[i]->b.sctp);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *text = g_strdup_printf ("for %u", i);

      snug_await (context, are_connected (pairs[i]));
      send_text (&pairs[i]->a, 0, text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *text = g_strdup_printf ("for %u", i);

      snug_await (context, pairs[i]->b.messages->len == 1);
      assert_text (&pairs[i]->b, 0, text);
      g_assert_cmpuint (pairs[i]->a.messages->len, ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    pair_free (pairs[i]);
}

static gboolean
lose_from (G_GNUC_UNUSED SnugFakeTransport *sender, G_GNUC_UNUSED guint index,
           G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize n_bytes,
           gpointer user_data)
{
  gboolean *is_losing = user_data;

  return !*is_losing;
}

/* RFC 3758: a message that may not be sent again is given up, and those behind it go on. */
static void
test_partial_reliability (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend once = { .stream = 2, .ppid = 53, .has_max_retransmits = TRUE };
  g_autoptr (GBytes) bytes = make_bytes (100, 5);
  gboolean is_losing = TRUE;

  snug_fake_transport_set_loss (pair->a.below, lose_from, &is_losing);
  g_assert_cmpint (send_bytes (&pair->a, &once, bytes), ==, SNUG_SCTP_SENT);
  snug_await_idle (context);
  is_losing = FALSE;
  send_text (&pair->a, 2, "reliable");
  snug_await (context, pair->b.messages->len > 0);
  assert_text (&pair->b, 0, "reliable");
  snug_await_idle (context);
  g_assert_cmpuint (pair->b.messages->len, ==, 1);
  pair_free (pair);
}

static void
test_full_until_writable (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend how = { .stream = 1, .ppid = 53 };
  g_autoptr (GBytes) bytes = make_bytes (65536, 6);
  guint n_sent = 0, n_writable;
  SnugSctpResult result;

  while ((result = send_bytes (&pair->a, &how, bytes)) == SNUG_SCTP_SENT)
    n_sent++;
  g_assert_cmpint (result, ==, SNUG_SCTP_FULL);
  /* the send buffer is half a megabyte, and no more of a chat's latency than that */
  g_assert_cmpuint (n_sent, >=, 4);
  g_assert_cmpuint (n_sent, <=, 9);
  n_writable = pair->a.n_writable;
  snug_await (context, pair->a.n_writable > n_writable && pair->b.messages->len == n_sent);
  g_assert_cmpint (send_bytes (&pair->a, &how, bytes), ==, SNUG_SCTP_SENT);
  pair_free (pair);
}

static void
test_reset_comes_after_the_data (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);

  send_text (&pair->a, 3, "last words");
  g_assert_true (snug_sctp_transport_reset_stream (pair->a.sctp, 3));
  snug_await (context, pair->b.resets->len > 0);
  g_assert_cmpuint (pair->b.messages->len, ==, 1);
  g_assert_cmpstr (pair->b.resets->str, ==, "peer 3 ");
  g_assert_true (snug_sctp_transport_reset_stream (pair->b.sctp, 3));
  snug_await (context, strstr (pair->a.resets->str, "peer 3") && strstr (pair->a.resets->str, "own 3")
                       && strstr (pair->b.resets->str, "own 3"));

  /* and the stream can be used again */
  send_text (&pair->a, 3, "again");
  snug_await (context, pair->b.messages->len == 2);
  pair_free (pair);
}

/* Far more at once than one RE-CONFIG request takes. */
static void
test_many_resets (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  guint n = 0;

  for (guint16 stream = 0; stream < 600; stream++)
    g_assert_true (snug_sctp_transport_reset_stream (pair->a.sctp, stream));
  while (n < 600)
    {
      g_auto (GStrv) words = NULL;
      gsize n_before = pair->b.resets->len;

      snug_await (context, pair->b.resets->len > n_before);
      words = g_strsplit (pair->b.resets->str, "peer", -1);
      n = g_strv_length (words) - 1;
    }
  g_assert_cmpuint (n, ==, 600);
  pair_free (pair);
}

static void
test_close_reaches_the_peer (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend how = { .ppid = 51 };

  snug_transport_close (SNUG_TRANSPORT (pair->a.sctp));
  snug_transport_close (SNUG_TRANSPORT (pair->a.sctp));
  snug_await (context, is (pair->b.sctp, SNUG_TRANSPORT_CLOSED));
  g_assert_null (snug_transport_get_error (SNUG_TRANSPORT (pair->b.sctp)));
  g_assert_cmpint (snug_sctp_transport_send_message (pair->b.sctp, &how, (const guint8 *) "x", 1), ==,
                   SNUG_SCTP_REFUSED);
  g_assert_cmpint (snug_sctp_transport_send_message (pair->a.sctp, &how, (const guint8 *) "x", 1), ==,
                   SNUG_SCTP_REFUSED);
  g_assert_false (snug_sctp_transport_reset_stream (pair->a.sctp, 0));
  pair_free (pair);
}

static void
test_too_early (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, MAX_MESSAGE);
  const SnugSctpSend how = { .ppid = 51 };

  g_assert_cmpint (snug_sctp_transport_send_message (pair->a.sctp, &how, (const guint8 *) "x", 1), ==,
                   SNUG_SCTP_REFUSED);
  g_assert_false (snug_sctp_transport_reset_stream (pair->a.sctp, 0));
  g_assert_cmpuint (snug_sctp_transport_get_n_streams (pair->a.sctp), ==, 0);
  g_assert_cmpfloat (snug_sctp_transport_get_rtt_ms (pair->a.sctp), <, 0);
  pair_free (pair);
}

static gboolean
lose_everything (G_GNUC_UNUSED SnugFakeTransport *sender, G_GNUC_UNUSED guint index,
                 G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize n_bytes, G_GNUC_UNUSED gpointer user_data)
{
  return FALSE;
}

/* Neither for ever nor for minutes. */
/* What snug-sctp-transport.c grants a peer that does not answer. */
#define INIT_ATTEMPTS 5
#define INIT_MOST_MS 3000

static void
test_nobody_answers (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, MAX_MESSAGE);

  snug_fake_transport_set_loss (pair->a.below, lose_everything, NULL);
  snug_sctp_transport_start (pair->a.sctp);
  for (guint i = 0; i <= INIT_ATTEMPTS; i++)
    {
      snug_let_pass (INIT_MOST_MS);
      snug_await_idle (context);
    }
  g_assert_cmpint (snug_transport_get_state (SNUG_TRANSPORT (pair->a.sctp)), ==, SNUG_TRANSPORT_FAILED);
  pair_free (pair);
}

/* ---- A peer that begins a message and does not end it ---- */

typedef struct
{
  SnugFakeTransport *below;
  struct socket     *socket;
  guintptr           address;
} Endless;

static void
on_endless_output (gpointer user_data, guint8 *packet, gsize n_bytes)
{
  Endless *self = user_data;

  snug_transport_send (SNUG_TRANSPORT (self->below), packet, n_bytes);
}

static void
on_endless_ticked (G_GNUC_UNUSED gpointer user_data)
{
}

static void
on_endless_packet (G_GNUC_UNUSED SnugTransport *below, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  Endless *self = user_data;

  usrsctp_conninput ((void *) self->address, data, n_bytes, 0);
}

static void
endless_open (Endless *self, SnugFakeTransport *below)
{
  static const SnugUsrsctpUser user = { on_endless_output, on_endless_ticked };
  const int on = 1;
  struct sockaddr_conn address = { .sconn_family = AF_CONN, .sconn_port = htons (SNUG_SCTP_PORT) };

  self->below = below;
  self->address = snug_usrsctp_add (snug_transport_get_context (SNUG_TRANSPORT (below)), &user, self);
  address.sconn_addr = (void *) self->address;
  self->socket = usrsctp_socket (AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
  usrsctp_set_non_blocking (self->socket, 1);
  usrsctp_setsockopt (self->socket, IPPROTO_SCTP, SCTP_EXPLICIT_EOR, &on, sizeof on);
  usrsctp_bind (self->socket, (struct sockaddr *) &address, sizeof address);
  usrsctp_connect (self->socket, (struct sockaddr *) &address, sizeof address);
  snug_transport_set_receiver (SNUG_TRANSPORT (below), on_endless_packet, self);
}

static gboolean
endless_send (Endless *self, const void *data, gsize n_bytes, gboolean is_end)
{
  struct sctp_sndinfo info = { .snd_sid = 1, .snd_ppid = htonl (53), .snd_flags = is_end ? SCTP_EOR : 0 };

  return usrsctp_sendv (self->socket, data, n_bytes, NULL, 0, &info, sizeof info, SCTP_SENDV_SNDINFO, 0) > 0;
}

static void
endless_close (Endless *self)
{
  snug_transport_set_receiver (SNUG_TRANSPORT (self->below), NULL, NULL);
  usrsctp_close (self->socket);
  snug_usrsctp_remove (self->address);
}

static void
test_endless_message_is_given_up (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, 4 * SNUG_SCTP_PARTS_MAX_BYTES);
  g_autofree char *part = g_malloc0 (65536);
  Endless peer;

  endless_open (&peer, pair->a.below);
  snug_sctp_transport_start (pair->b.sctp);
  snug_await (context, is (pair->b.sctp, SNUG_TRANSPORT_CONNECTED));
  snug_await (context, (endless_send (&peer, part, 65536, FALSE), pair->b.n_too_large > 0));
  g_assert_cmpuint (snug_sctp_transport_get_bytes_received (pair->b.sctp), >, SNUG_SCTP_PARTS_MAX_BYTES);
  g_assert_cmpuint (snug_sctp_transport_get_bytes_received (pair->b.sctp), <=,
                    SNUG_SCTP_PARTS_MAX_BYTES + 256 * 1024);

  snug_await (context, endless_send (&peer, "end", 3, TRUE));
  snug_await (context, endless_send (&peer, "whole", 5, TRUE));
  snug_await (context, pair->b.messages->len > 0);
  assert_text (&pair->b, 0, "whole");
  endless_close (&peer);
  pair_free (pair);
}

/* What a verified peer could still send. */
static void
inject_garbage (SnugFakeTransport *below, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 packet[80] = { 0x13, 0x88, 0x13, 0x88 };

  for (guint round = 0; round < 2000; round++)
    {
      gsize n_bytes = (gsize) g_rand_int_range (rand, 0, sizeof packet);

      for (gsize i = round % 2 == 0 ? 4 : 0; i < sizeof packet; i++)
        packet[i] = (guint8) g_rand_int (rand);
      packet[12] %= 16;
      if (n_bytes >= 16)
        {
          packet[14] = 0;
          packet[15] = (guint8) (n_bytes - 12);
        }
      snug_fake_transport_inject (below, packet, n_bytes);
    }
}

static void
test_garbage_changes_nothing (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, MAX_MESSAGE);

  snug_sctp_transport_start (pair->a.sctp);
  inject_garbage (pair->a.below, 1);
  snug_sctp_transport_start (pair->b.sctp);
  snug_await (context, are_connected (pair));
  inject_garbage (pair->a.below, 2);
  inject_garbage (pair->b.below, 3);
  send_text (&pair->a, 0, "still");
  send_text (&pair->b, 0, "here");
  snug_await (context, pair->a.messages->len == 1 && pair->b.messages->len == 1);
  pair_free (pair);
}

static void
test_freed_in_the_middle (void)
{
  for (guint n_turns = 0; n_turns < 12; n_turns++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      Pair *pair = pair_new (context, MAX_MESSAGE);

      snug_sctp_transport_start (pair->a.sctp);
      snug_sctp_transport_start (pair->b.sctp);
      for (guint i = 0; i < n_turns; i++)
        g_main_context_iteration (context, FALSE);
      pair_free (pair);
    }
}

static gboolean
lose_all (G_GNUC_UNUSED SnugFakeTransport *sender, G_GNUC_UNUSED guint index, G_GNUC_UNUSED const guint8 *data,
          G_GNUC_UNUSED gsize n_bytes, G_GNUC_UNUSED gpointer user_data)
{
  return FALSE;
}

/* Handed over is not arrived: only the peer's word counts. */
static void
test_drained_is_the_peers_word (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend how = { .stream = 1, .ppid = 53 };
  g_autoptr (GBytes) bytes = make_bytes (100000, 3);
  guint n_drained;

  snug_await_idle (context);
  n_drained = pair->a.n_drained;
  snug_fake_transport_set_loss (pair->b.below, lose_all, NULL);
  g_assert_cmpint (send_bytes (&pair->a, &how, bytes), ==, SNUG_SCTP_SENT);
  snug_await_idle (context);
  g_assert_cmpuint (pair->a.n_drained, ==, n_drained);
  g_assert_cmpuint (snug_sctp_transport_get_bytes_acked (pair->a.sctp), ==, 0);

  snug_fake_transport_set_loss (pair->b.below, NULL, NULL);
  snug_await (context, pair->a.n_drained > n_drained);
  g_assert_cmpuint (snug_sctp_transport_get_bytes_acked (pair->a.sctp), ==, 100000);
  g_assert_cmpuint (pair->b.messages->len, ==, 1);
  pair_free (pair);
}

/* While it never comes to an end, what fell out of the buffer is acknowledged. */
static void
test_acknowledged_under_load (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend how = { .stream = 1, .ppid = 53 };
  g_autoptr (GBytes) bytes = make_bytes (100000, 3);
  guint64 acked, sent;

  for (guint i = 0; i < 100; i++)
    while (send_bytes (&pair->a, &how, bytes) == SNUG_SCTP_FULL)
      {
        g_main_context_iteration (context, TRUE);
        acked = snug_sctp_transport_get_bytes_acked (pair->a.sctp);
        sent = snug_sctp_transport_get_bytes_sent (pair->a.sctp);
        g_assert_cmpuint (acked, <=, (pair->b.messages->len + 1) * 100000);
        g_assert_cmpuint (sent - acked, <=, 1024 * 1024);
      }
  pair_free (pair);
}

/* ---- A line that is never empty ---- */

/* What snug-usrsctp.c has for the least. */
#define RETRANSMISSION_TIMER_MS 1000

/* Acknowledgements that are kept until a test lets them go. */
static gboolean
keep_packet (G_GNUC_UNUSED SnugFakeTransport *sender, G_GNUC_UNUSED guint index, const guint8 *data, gsize n_bytes,
             gpointer user_data)
{
  g_ptr_array_add (user_data, g_bytes_new (data, n_bytes));
  return FALSE;
}

static void
let_go (GPtrArray *kept, SnugFakeTransport *to)
{
  for (guint i = 0; i < kept->len; i++)
    {
      gsize n_bytes;
      const guint8 *data = g_bytes_get_data (kept->pdata[i], &n_bytes);

      snug_fake_transport_inject (to, data, n_bytes);
    }
  g_ptr_array_set_size (kept, 0);
}

static guint
count_timeouts (void)
{
  struct sctpstat all;

  usrsctp_get_stat (&all);
  return all.sctps_timodata;
}

static void
let_pass_in (GMainContext *context, guint ms)
{
  snug_let_pass (ms);
  snug_await_idle (context);
}

/* One word is acknowledged when the next one is under way, half of the timer after it was said. From then on the timer
 * has as long as ever for that one. Returns: %FALSE if the machine stood still meanwhile, which says nothing */
static gboolean
begin_anew (GMainContext *context, Pair *pair, guint *n_timeouts)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gint64 passed_us = (RETRANSMISSION_TIMER_MS / 2 + RETRANSMISSION_TIMER_MS * 3 / 4) * 1000;
  gint64 start_us = g_get_monotonic_time ();

  *n_timeouts = count_timeouts ();
  snug_fake_transport_set_loss (pair->b.below, keep_packet, kept);
  send_text (&pair->a, 0, "one");
  let_pass_in (context, RETRANSMISSION_TIMER_MS / 2);
  send_text (&pair->a, 0, "the next");
  let_go (kept, pair->a.below);
  let_pass_in (context, RETRANSMISSION_TIMER_MS * 3 / 4);
  *n_timeouts = count_timeouts () - *n_timeouts;
  snug_fake_transport_set_loss (pair->b.below, NULL, NULL);
  let_go (kept, pair->a.below);
  snug_await_idle (context);
  return g_get_monotonic_time () - start_us - passed_us < RETRANSMISSION_TIMER_MS * 1000 / 4;
}

/* A machine that is slow can let the timer run out all the same, but not each time; and one that is so slow that hardly a
 * round says anything does not say that this is broken. */
#define MAX_TELLING_ROUNDS 5
#define MAX_ROUNDS 20

static void
test_timer_begins_anew (void)
{
  guint n_timeouts = 1, n_telling = 0;

  for (guint i = 0; n_timeouts != 0 && n_telling < MAX_TELLING_ROUNDS && i < MAX_ROUNDS; i++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      Pair *pair = connected_pair (context);

      snug_await_idle (context);
      n_telling += begin_anew (context, pair, &n_timeouts);
      pair_free (pair);
    }
  if (n_telling == MAX_TELLING_ROUNDS)
    g_assert_cmpuint (n_timeouts, ==, 0);
  else if (n_timeouts != 0)
    g_test_message ("This machine is too slow to tell.");
}

/* Who does not read makes the peer wait, loses nothing, and is told all of it later. */
static void
test_reading_may_stop (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  const SnugSctpSend how = { .stream = 1, .ppid = 53 };
  g_autoptr (GBytes) bytes = make_bytes (100000, 3);
  guint n_before, n_sent = 0;

  snug_await_idle (context);
  snug_sctp_transport_set_reading (pair->b.sctp, FALSE);
  n_before = pair->b.messages->len;
  while (n_sent < 200)
    {
      if (send_bytes (&pair->a, &how, bytes) == SNUG_SCTP_SENT)
        {
          n_sent++;
          continue;
        }
      snug_await_idle (context);
      if (send_bytes (&pair->a, &how, bytes) == SNUG_SCTP_FULL)
        break;
      n_sent++;
    }
  g_assert_cmpuint (n_sent, >, 1);
  g_assert_cmpuint (n_sent, <, 100);
  g_assert_cmpuint (pair->b.messages->len, ==, n_before);

  snug_sctp_transport_set_reading (pair->b.sctp, TRUE);
  snug_await (context, pair->b.messages->len == n_before + n_sent);
  pair_free (pair);
}

static void
test_probe_gets_a_sign_of_life (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = connected_pair (context);
  guint64 n;
  guint n_sent;

  snug_await_idle (context);
  n = snug_sctp_transport_get_n_packets (pair->a.sctp);
  n_sent = snug_fake_transport_get_n_sent (pair->a.below);
  snug_sctp_transport_probe (pair->a.sctp);
  g_assert_cmpuint (snug_fake_transport_get_n_sent (pair->a.below), ==, n_sent + 1);
  snug_await (context, snug_sctp_transport_get_n_packets (pair->a.sctp) > n);
  pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sctp/messages-keep-stream-type-and-bounds", test_messages_keep_stream_type_and_bounds);
  g_test_add_func ("/sctp/only-stripes-are-of-high-speed", test_only_stripes_are_of_high_speed);
  g_test_add_func ("/sctp/every-packet-has-its-checksum", test_every_packet_has_its_checksum);
  g_test_add_func ("/sctp/largest-message-is-one", test_largest_message_is_one);
  g_test_add_func ("/sctp/too-large-is-thrown-away-alone", test_too_large_is_thrown_away_alone);
  g_test_add_func ("/sctp/loss-changes-nothing", test_loss_changes_nothing);
  g_test_add_func ("/sctp/many-at-once", test_many_at_once);
  g_test_add_func ("/sctp/partial-reliability", test_partial_reliability);
  g_test_add_func ("/sctp/full-until-writable", test_full_until_writable);
  g_test_add_func ("/sctp/reset-comes-after-the-data", test_reset_comes_after_the_data);
  g_test_add_func ("/sctp/many-resets", test_many_resets);
  g_test_add_func ("/sctp/close-reaches-the-peer", test_close_reaches_the_peer);
  g_test_add_func ("/sctp/too-early", test_too_early);
  g_test_add_func ("/sctp/nobody-answers", test_nobody_answers);
  g_test_add_func ("/sctp/garbage-changes-nothing", test_garbage_changes_nothing);
  g_test_add_func ("/sctp/endless-message-is-given-up", test_endless_message_is_given_up);
  g_test_add_func ("/sctp/freed-in-the-middle", test_freed_in_the_middle);
  g_test_add_func ("/sctp/drained-is-the-peers-word", test_drained_is_the_peers_word);
  g_test_add_func ("/sctp/acknowledged-under-load", test_acknowledged_under_load);
  g_test_add_func ("/sctp/timer-begins-anew-with-each-acknowledgement", test_timer_begins_anew);
  g_test_add_func ("/sctp/reading-may-stop", test_reading_may_stop);
  g_test_add_func ("/sctp/probe-gets-a-sign-of-life", test_probe_gets_a_sign_of_life);
  return g_test_run ();
}
