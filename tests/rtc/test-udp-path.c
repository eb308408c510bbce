/* The fast path beside a socket, on real sockets of both families.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <gio/gio.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include "snug-await.h"
#include "snug-udp-path.h"

#define DTLS 23
#define STUN 0
#define MAX_SEGMENT 1237

typedef struct
{
  GSocket        *socket;    /* owned; as if it were libnice's */
  GSocketAddress *address;   /* owned */
  SnugUdpPath    *path;      /* owned */
  GPtrArray      *heard;     /* owned, of owned GBytes */
  gboolean        knows_all;
  gboolean        frees_itself;
} End;

static void
on_datagram (const guint8 *data, gsize n_bytes, gpointer user_data)
{
  End *self = user_data;

  g_ptr_array_add (self->heard, g_bytes_new (data, n_bytes));
  if (self->frees_itself)
    g_clear_pointer (&self->path, snug_udp_path_free);
}

static gboolean
knows (G_GNUC_UNUSED GSocketAddress *source, gpointer user_data)
{
  return ((End *) user_data)->knows_all;
}

static void
end_init (End *self, GSocketFamily family)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);

  *self = (End) { 0 };
  self->heard = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->socket = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_socket_set_blocking (self->socket, FALSE);
  g_assert_true (g_socket_bind (self->socket, any_port, FALSE, NULL));
  self->address = g_socket_get_local_address (self->socket, NULL);
}

static void
end_open (End *self, End *other)
{
  self->path = snug_udp_path_new (NULL, self->socket, other->address, on_datagram, knows, self);
  g_assert_nonnull (self->path);
}

static void
end_clear (End *self)
{
  g_clear_pointer (&self->path, snug_udp_path_free);
  g_ptr_array_unref (self->heard);
  g_object_unref (self->socket);
  g_object_unref (self->address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, end_clear)

/* Bytes that say which datagram this is and where in it they are. */
static GBytes *
make_datagram (guint8 first, guint number, gsize n_bytes)
{
  guint8 *data = g_malloc (n_bytes);

  for (gsize i = 0; i < n_bytes; i++)
    data[i] = (guint8) (number * 31 + i);
  data[0] = first;
  return g_bytes_new_take (data, n_bytes);
}

static void
say (End *self, guint number, gsize n_bytes)
{
  g_autoptr (GBytes) bytes = make_datagram (DTLS, number, n_bytes);

  g_assert_true (snug_udp_path_send (self->path, g_bytes_get_data (bytes, NULL), n_bytes));
}

static void
assert_heard (End *self, guint number, gsize n_bytes)
{
  g_autoptr (GBytes) expected = make_datagram (DTLS, number, n_bytes);

  g_assert_true (g_bytes_equal (g_ptr_array_index (self->heard, number), expected));
}

/* Sizes that begin, fill and end batches in every way. */
static gsize
size_of (guint number)
{
  static const gsize sizes[] = { 1, 2, 1237, 1237, 1237, 100, 1236, 1237, 13, 13, 700 };

  return number < 30 ? sizes[number % G_N_ELEMENTS (sizes)] : number < 180 ? MAX_SEGMENT : 1 + number % MAX_SEGMENT;
}

static void
send_all_sizes (End *ana, End *ben)
{
  for (guint i = 0; i < 300; i++)
    say (ana, i, size_of (i));
  snug_await (NULL, ben->heard->len == 300);
  for (guint i = 0; i < 300; i++)
    assert_heard (ben, i, size_of (i));
}

static void
test_whole_and_in_order (gconstpointer family)
{
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };

  end_init (&ana, (GSocketFamily) GPOINTER_TO_INT (family));
  end_init (&ben, (GSocketFamily) GPOINTER_TO_INT (family));
  end_open (&ana, &ben);
  end_open (&ben, &ana);
  send_all_sizes (&ana, &ben);
  say (&ben, 0, 5);
  snug_await (NULL, ana.heard->len == 1);
  assert_heard (&ana, 0, 5);
}

/* A device without checksums, or an old kernel: the same datagrams, one by one. */
static void
test_a_kernel_that_does_not_cut (void)
{
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };
  int on = 1;

  end_init (&ana, G_SOCKET_FAMILY_IPV4);
  end_init (&ben, G_SOCKET_FAMILY_IPV4);
  end_open (&ana, &ben);
  end_open (&ben, &ana);
  g_assert_cmpint (setsockopt (snug_udp_path_get_fd (ana.path), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), ==, 0);
  send_all_sizes (&ana, &ben);
}

static void
send_from (End *self, End *to, guint8 first)
{
  g_autoptr (GBytes) bytes = make_datagram (first, 0, 20);

  g_assert_cmpint (g_socket_send_to (self->socket, to->address, g_bytes_get_data (bytes, NULL), 20, NULL, NULL), ==, 20);
}

static guint8
receive_on_socket (End *self)
{
  guint8 buffer[64] = { 0 };

  snug_await (NULL, (g_socket_condition_check (self->socket, G_IO_IN) & G_IO_IN) != 0);
  g_assert_cmpint (g_socket_receive (self->socket, (char *) buffer, sizeof buffer, NULL, NULL), ==, 20);
  return buffer[0];
}

/* RFC 7983: 0 to 3 is STUN, 20 to 63 DTLS, 64 to 79 a channel of TURN. */
static void
test_only_dtls_comes_this_way (void)
{
  static const guint8 theirs[] = { STUN, 3, 19, 64, 79, 255 };
  static const guint8 ours[] = { 20, 22, 63 };
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };

  end_init (&ana, G_SOCKET_FAMILY_IPV4);
  end_init (&ben, G_SOCKET_FAMILY_IPV4);
  end_open (&ben, &ana);
  for (guint i = 0; i < G_N_ELEMENTS (theirs); i++)
    {
      send_from (&ana, &ben, theirs[i]);
      g_assert_cmpint (receive_on_socket (&ben), ==, theirs[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      send_from (&ana, &ben, ours[i]);
      snug_await (NULL, ben.heard->len == i + 1);
    }
  snug_await_idle (NULL);
  g_assert_cmpuint (ben.heard->len, ==, G_N_ELEMENTS (ours));
}

static void
test_strangers_are_not_heard (void)
{
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };
  g_auto (End) mallory = { 0 };

  end_init (&ana, G_SOCKET_FAMILY_IPV4);
  end_init (&ben, G_SOCKET_FAMILY_IPV4);
  end_init (&mallory, G_SOCKET_FAMILY_IPV4);
  end_open (&ben, &ana);
  send_from (&mallory, &ben, DTLS);
  send_from (&ana, &ben, DTLS);
  snug_await (NULL, ben.heard->len > 0);
  snug_await_idle (NULL);
  g_assert_cmpuint (ben.heard->len, ==, 1);

  /* An address that ICE has met meanwhile */
  ben.knows_all = TRUE;
  send_from (&mallory, &ben, DTLS);
  snug_await (NULL, ben.heard->len == 2);
}

static void
test_afterwards_the_socket_hears_all (void)
{
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };

  end_init (&ana, G_SOCKET_FAMILY_IPV4);
  end_init (&ben, G_SOCKET_FAMILY_IPV4);
  for (guint i = 0; i < 3; i++)
    {
      end_open (&ben, &ana);
      send_from (&ana, &ben, DTLS);
      snug_await (NULL, ben.heard->len == i + 1);
      g_clear_pointer (&ben.path, snug_udp_path_free);
      send_from (&ana, &ben, DTLS);
      g_assert_cmpint (receive_on_socket (&ben), ==, DTLS);
    }
}

static void
test_freed_by_what_it_brings (void)
{
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };

  end_init (&ana, G_SOCKET_FAMILY_IPV4);
  end_init (&ben, G_SOCKET_FAMILY_IPV4);
  end_open (&ana, &ben);
  end_open (&ben, &ana);
  ben.frees_itself = TRUE;
  for (guint i = 0; i < 10; i++)
    say (&ana, i, 100);
  snug_await (NULL, ben.path == NULL);
  snug_await_idle (NULL);
  g_assert_cmpuint (ben.heard->len, ==, 1);
}

/* The other side has moved: it is spoken to where it is now, and what it said before that is on its way. */
static void
test_turned_to_another_address (void)
{
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };
  g_auto (End) ana_later = { 0 };
  g_auto (End) mallory = { 0 };

  end_init (&ana, G_SOCKET_FAMILY_IPV4);
  end_init (&ben, G_SOCKET_FAMILY_IPV4);
  end_init (&ana_later, G_SOCKET_FAMILY_IPV4);
  end_init (&mallory, G_SOCKET_FAMILY_IPV4);
  end_open (&ana, &ben);
  end_open (&ana_later, &ben);
  end_open (&ben, &ana);
  say (&ben, 0, 30);
  snug_udp_path_turn_to (ben.path, ana_later.address);
  say (&ben, 0, 40);
  snug_await (NULL, ana.heard->len == 1 && ana_later.heard->len == 1);
  assert_heard (&ana, 0, 30);
  assert_heard (&ana_later, 0, 40);

  send_from (&mallory, &ben, DTLS);
  say (&ana, 0, 50);
  say (&ana_later, 1, 60);
  snug_await (NULL, ben.heard->len == 2);
  snug_await_idle (NULL);
  g_assert_cmpuint (ben.heard->len, ==, 2);
}

/* What a closing connection says last is not lost in the batch. */
static void
test_the_last_word_is_sent (void)
{
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };

  end_init (&ana, G_SOCKET_FAMILY_IPV4);
  end_init (&ben, G_SOCKET_FAMILY_IPV4);
  end_open (&ana, &ben);
  end_open (&ben, &ana);
  say (&ana, 0, 40);
  g_clear_pointer (&ana.path, snug_udp_path_free);
  snug_await (NULL, ben.heard->len == 1);
}

static void
test_sizes (void)
{
  static guint8 data[65001] = { DTLS };
  g_auto (End) ana = { 0 };
  g_auto (End) ben = { 0 };

  end_init (&ana, G_SOCKET_FAMILY_IPV4);
  end_init (&ben, G_SOCKET_FAMILY_IPV4);
  end_open (&ana, &ben);
  end_open (&ben, &ana);
  g_assert_false (snug_udp_path_send (ana.path, data, 0));
  g_assert_false (snug_udp_path_send (ana.path, data, 65001));
  g_assert_true (snug_udp_path_send (ana.path, data, 65000));
  snug_await (NULL, ben.heard->len == 1);
  g_assert_cmpuint (g_bytes_get_size (ben.heard->pdata[0]), ==, 65000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/udp-path/whole-and-in-order/ipv4", GINT_TO_POINTER (G_SOCKET_FAMILY_IPV4), test_whole_and_in_order);
  g_test_add_data_func ("/udp-path/whole-and-in-order/ipv6", GINT_TO_POINTER (G_SOCKET_FAMILY_IPV6), test_whole_and_in_order);
  g_test_add_func ("/udp-path/a-kernel-that-does-not-cut", test_a_kernel_that_does_not_cut);
  g_test_add_func ("/udp-path/only-dtls-comes-this-way", test_only_dtls_comes_this_way);
  g_test_add_func ("/udp-path/strangers-are-not-heard", test_strangers_are_not_heard);
  g_test_add_func ("/udp-path/afterwards-the-socket-hears-all", test_afterwards_the_socket_hears_all);
  g_test_add_func ("/udp-path/freed-by-what-it-brings", test_freed_by_what_it_brings);
  g_test_add_func ("/udp-path/turned-to-another-address", test_turned_to_another_address);
  g_test_add_func ("/udp-path/the-last-word-is-sent", test_the_last_word_is_sent);
  g_test_add_func ("/udp-path/sizes", test_sizes);
  return g_test_run ();
}
