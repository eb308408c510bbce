/* URLs of STUN and TURN servers, and what counts as one network.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-ice-server.h"
#include "snug-network-scope.h"

typedef struct
{
  const char        *url;
  SnugIceServerKind  kind;
  const char        *host;
  guint16            port;
} Case;

static const Case good[] = {
  { "stun:stun.example.org", SNUG_ICE_SERVER_STUN, "stun.example.org", 3478 },
  { "stun:192.0.2.1:19302", SNUG_ICE_SERVER_STUN, "192.0.2.1", 19302 },
  { "stun:[2001:db8::1]", SNUG_ICE_SERVER_STUN, "2001:db8::1", 3478 },
  { "turn:[2001:db8::1]:443?transport=tcp", SNUG_ICE_SERVER_TURN_TCP, "2001:db8::1", 443 },
  { "turn:t.example.org", SNUG_ICE_SERVER_TURN_UDP, "t.example.org", 3478 },
  { "turn:t.example.org:80?transport=udp", SNUG_ICE_SERVER_TURN_UDP, "t.example.org", 80 },
  { "turns:t.example.org", SNUG_ICE_SERVER_TURN_TLS, "t.example.org", 5349 },
  { "turns:t.example.org:443?transport=tcp", SNUG_ICE_SERVER_TURN_TLS, "t.example.org", 443 },
};

static const char *const bad[] = {
  "", "stun:", "turn:", "stun:?transport=udp", "http://example.org", "stun://example.org",
  "stun:example.org:0", "stun:example.org:65536", "stun:example.org:", "stun:example.org:x",
  "stun:example.org?transport=udp", "turn:example.org?transport=sctp", "turn:example.org?x=y",
  "turns:example.org?transport=udp", "stun:2001:db8::1", "stun:[2001:db8::1", "stun:[2001:db8::1]x",
  "stun:[example.org]:1x", "stun:exa mple.org", "stun:user@example.org", "STUN:example.org",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (SnugIceServerAddress) address = snug_ice_server_address_parse (good[i].url);

      g_assert_nonnull (address);
      g_assert_cmpint (address->kind, ==, good[i].kind);
      g_assert_cmpstr (address->host, ==, good[i].host);
      g_assert_cmpuint (address->port, ==, good[i].port);
    }
}

static void
test_to_text (void)
{
  g_autoptr (SnugIceServerAddress) name = snug_ice_server_address_parse ("turns:t.example.org");
  g_autoptr (SnugIceServerAddress) ipv6 = snug_ice_server_address_parse ("stun:[2001:db8::1]");
  g_autofree char *of_name = snug_ice_server_address_to_text (name);
  g_autofree char *of_ipv6 = snug_ice_server_address_to_text (ipv6);

  g_assert_cmpstr (of_name, ==, "t.example.org:5349");
  g_assert_cmpstr (of_ipv6, ==, "[2001:db8::1]:3478");
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    if (snug_ice_server_address_parse (bad[i]) != NULL)
      g_error ("taken for a server: %s", bad[i]);
}

static void
test_same_network (void)
{
  g_assert_true (snug_network_scope_is_same ("127.0.0.1", "127.0.0.9"));
  g_assert_true (snug_network_scope_is_same ("192.168.1.2", "10.0.0.1"));
  g_assert_true (snug_network_scope_is_same ("fd00::1", "fd12::2"));
  g_assert_true (snug_network_scope_is_same ("fe80::1", "fe80::2"));
  g_assert_true (snug_network_scope_is_same ("169.254.0.1", "169.254.9.9"));

  g_assert_false (snug_network_scope_is_same ("192.168.1.2", "198.51.100.1"));
  g_assert_false (snug_network_scope_is_same ("192.168.1.2", "fd00::1"));
  g_assert_false (snug_network_scope_is_same ("2001:db8::1", "fd00::1"));
  g_assert_false (snug_network_scope_is_same ("127.0.0.1", "192.168.1.2"));
  g_assert_false (snug_network_scope_is_same ("not an address", "not an address"));
}

static void
test_shared_prefix (void)
{
  static const guint8 a[4] = { 198, 51, 100, 1 }, b[4] = { 198, 51, 100, 129 }, c[4] = { 198, 51, 101, 1 };

  g_assert_true (snug_network_scope_shares_prefix (a, b, 4, 24));
  g_assert_false (snug_network_scope_shares_prefix (a, b, 4, 25));
  g_assert_true (snug_network_scope_shares_prefix (a, c, 4, 23));
  g_assert_false (snug_network_scope_shares_prefix (a, c, 4, 24));
  g_assert_true (snug_network_scope_shares_prefix (a, a, 4, 32));
  /* a point-to-point interface that claims the world is nobody's network */
  g_assert_false (snug_network_scope_shares_prefix (a, b, 4, 0));
}

static gboolean
is_near (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return snug_network_scope_is_near (address);
}

/* Prefixes of this computer's interfaces count, too: what is on the open internet in here is nowhere one of them. */
static void
test_near (void)
{
  static const char *const near[] = { "192.168.1.2", "10.0.0.1", "172.31.255.1", "169.254.3.4", "fd00::1", "fc00::1" };
  static const char *const far[] = { "198.51.100.1", "172.32.0.1", "100.127.255.254", "127.0.0.1", "0.0.0.0", "224.0.0.251",
                                     "255.255.255.255", "2001:db8::1", "::1", "::", "fe80::1", "fec0::1", "ff02::fb" };

  for (gsize i = 0; i < G_N_ELEMENTS (near); i++)
    if (!is_near (near[i]))
      g_error ("not near: %s", near[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (far); i++)
    if (is_near (far[i]))
      g_error ("near: %s", far[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice-server/good", test_good);
  g_test_add_func ("/ice-server/to-text", test_to_text);
  g_test_add_func ("/ice-server/bad", test_bad);
  g_test_add_func ("/network-scope/same", test_same_network);
  g_test_add_func ("/network-scope/shared-prefix", test_shared_prefix);
  g_test_add_func ("/network-scope/near", test_near);
  return g_test_run ();
}
