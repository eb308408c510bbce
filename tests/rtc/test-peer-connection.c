/* Two peer connections over loopback: ICE, DTLS and SCTP together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-peer-pair.h"

static void
assert_message (SnugPeerSide *side, guint index, const char *kind, const char *text)
{
  GBytes *message = g_ptr_array_index (side->messages, index);

  g_assert_cmpmem (g_bytes_get_data (message, NULL), g_bytes_get_size (message), text, strlen (text));
  g_assert_cmpstr (g_ptr_array_index (side->kinds, index), ==, kind);
}

static void
test_messages_both_ways (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\2", 3);

  snug_peer_pair_connect (pair);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  g_assert_cmpstr (snug_data_channel_get_label (pair->answerer.channels->pdata[0]), ==, "chat");

  g_assert_true (snug_data_channel_send_text (channel, "hello", NULL));
  g_assert_true (snug_data_channel_send_bytes (channel, bytes, NULL));
  g_assert_true (snug_data_channel_send_text (pair->answerer.channels->pdata[0], "hi", NULL));
  snug_await (pair->context, pair->answerer.messages->len == 2 && pair->offerer.messages->len == 1);

  assert_message (&pair->answerer, 0, "text", "hello");
  g_assert_true (g_bytes_equal (pair->answerer.messages->pdata[1], bytes));
  g_assert_cmpstr (pair->answerer.kinds->pdata[1], ==, "binary");
  assert_message (&pair->offerer, 0, "text", "hi");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-connection/messages-both-ways", test_messages_both_ways);
  return g_test_run ();
}
