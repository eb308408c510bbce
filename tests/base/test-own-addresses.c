/* Which addresses this computer has, in a network namespace of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sched.h>

#include "snug-own-addresses.h"

static void
run (const char *line)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_command_line_sync (line, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
}

static void
assert_addresses (const char *expected)
{
  g_autofree char *text = snug_own_addresses_to_text ();

  g_assert_cmpstr (text, ==, expected);
}

static gboolean
includes (const char *text)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (text, 2029);

  return snug_own_addresses_include (address);
}

/* The kernel asks a hundred times, for a hundred seconds, whether somebody else has the address. */
static void
test_not_settled (void)
{
  g_autofree char *ip = g_find_program_in_path ("ip");

  if (ip == NULL || unshare (CLONE_NEWNET) != 0)
    {
      g_test_skip (ip == NULL ? "there is no program ip" : "no network namespace of its own may be made here");
      return;
    }
  run ("ip link add here type veth peer there");
  run ("sh -c 'echo 100 >/proc/sys/net/ipv6/conf/here/dad_transmits'");
  run ("ip link set here up");
  run ("ip link set there up");
  assert_addresses ("");
  run ("ip address add 192.0.2.7/24 dev here");
  run ("ip address add 2001:db8::7/64 dev here");
  assert_addresses ("192.0.2.7");
  /* What was sent from there once is not gone. */
  g_assert_true (includes ("2001:db8::7"));
  g_assert_false (includes ("2001:db8::8"));

  run ("ip address del 2001:db8::7/64 dev here");
  run ("ip address add 2001:db8::7/64 dev here nodad");
  assert_addresses ("192.0.2.7 2001:db8::7");
  run ("ip link set here down");
  assert_addresses ("");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/own-addresses/not-settled", test_not_settled);
  return g_test_run ();
}
