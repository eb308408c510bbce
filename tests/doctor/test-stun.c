/* What is asked of STUN and TURN servers, and what they answer. The samples are those of RFC 5769.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-stun.h"

#include <string.h>

#define ID_OF_ANSWERS "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"

/* Section 2.2 */
static const guint8 answer_ipv4[] =
  "\x01\x01\x00\x3c\x21\x12\xa4\x42" ID_OF_ANSWERS
  "\x80\x22\x00\x0b" "test vector "
  "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"
  "\x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7"
  "\x80\x28\x00\x04\xc0\x7d\x4c\x96";

/* Section 2.3 */
static const guint8 answer_ipv6[] =
  "\x01\x01\x00\x48\x21\x12\xa4\x42" ID_OF_ANSWERS
  "\x80\x22\x00\x0b" "test vector "
  "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"
  "\x00\x08\x00\x14\xa3\x82\x95\x4e\x4b\xe6\x7b\xf1\x17\x84\xc9\x7c\x82\x92\xc2\x75\xbf\xe3\xed\x41"
  "\x80\x28\x00\x04\xc8\xfb\x0b\x4c";

/* Section 2.4 */
#define ID_OF_REQUEST "\x78\xad\x34\x33\xc6\xad\x72\xc0\x29\xda\x41\x2e"
static const guint8 request_with_login[] =
  "\x00\x01\x00\x60\x21\x12\xa4\x42" ID_OF_REQUEST
  "\x00\x06\x00\x12\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9\x00\x00"
  "\x00\x15\x00\x1c" "f//499k954d6OL34oL9FSTvy64sA"
  "\x00\x14\x00\x0b" "example.org\0"
  "\x00\x08\x00\x14\xf6\x70\x24\x65\x6d\xd6\x4a\x3e\x02\xb8\xe0\x71\x2e\x85\xc9\xa2\x8c\xa8\x96\x66";

static const SnugStunLogin login = {
  .username = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9",
  .password = "TheMatrIX",
  .realm = "example.org",
  .nonce = "f//499k954d6OL34oL9FSTvy64sA",
};

static char *
text_of (GSocketAddress *address)
{
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

static void
test_answer (void)
{
  const guint8 *id = (const guint8 *) ID_OF_ANSWERS;
  g_autoptr (SnugStunAnswer) ipv4 = snug_stun_answer_parse (answer_ipv4, sizeof answer_ipv4 - 1, SNUG_STUN_BINDING, id);
  g_autoptr (SnugStunAnswer) ipv6 = snug_stun_answer_parse (answer_ipv6, sizeof answer_ipv6 - 1, SNUG_STUN_BINDING, id);
  g_autofree char *text_ipv4 = NULL, *text_ipv6 = NULL;

  g_assert_nonnull (ipv4);
  g_assert_nonnull (ipv6);
  g_assert_cmpuint (ipv4->error_code, ==, 0);
  text_ipv4 = text_of (ipv4->mapped);
  text_ipv6 = text_of (ipv6->mapped);
  g_assert_cmpstr (text_ipv4, ==, "192.0.2.1:32853");
  g_assert_cmpstr (text_ipv6, ==, "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

static void
test_request_with_login (void)
{
  g_autoptr (GBytes) request = snug_stun_request_new (SNUG_STUN_BINDING, (const guint8 *) ID_OF_REQUEST, &login);

  g_assert_cmpmem (g_bytes_get_data (request, NULL), g_bytes_get_size (request), request_with_login,
                   sizeof request_with_login - 1);
}

static void
test_request_for_relay (void)
{
  static const guint8 wanted[] = "\x00\x03\x00\x08\x21\x12\xa4\x42" ID_OF_REQUEST "\x00\x19\x00\x04\x11\x00\x00\x00";
  g_autoptr (GBytes) request = snug_stun_request_new (SNUG_STUN_ALLOCATE, (const guint8 *) ID_OF_REQUEST, NULL);

  g_assert_cmpmem (g_bytes_get_data (request, NULL), g_bytes_get_size (request), wanted, sizeof wanted - 1);
}

static void
test_error (void)
{
  static const guint8 refusal[] =
    "\x01\x13\x00\x20\x21\x12\xa4\x42" ID_OF_REQUEST
    "\x00\x09\x00\x04\x00\x00\x04\x01" "\x00\x14\x00\x05" "realm\0\0\0" "\x00\x15\x00\x05" "nonce\0\0\0";
  g_autoptr (SnugStunAnswer) answer =
    snug_stun_answer_parse (refusal, sizeof refusal - 1, SNUG_STUN_ALLOCATE, (const guint8 *) ID_OF_REQUEST);

  g_assert_nonnull (answer);
  g_assert_cmpuint (answer->error_code, ==, 401);
  g_assert_cmpstr (answer->realm, ==, "realm");
  g_assert_cmpstr (answer->nonce, ==, "nonce");
}

/* No shorter part of a good answer is one, and none with another bit in its first eight bytes. */
static void
test_nonsense (void)
{
  const guint8 *id = (const guint8 *) ID_OF_ANSWERS;
  guint8 changed[sizeof answer_ipv4 - 1];

  for (gsize n = 0; n < sizeof answer_ipv4 - 1; n++)
    {
      g_autofree guint8 *part = g_memdup2 (answer_ipv4, n);

      g_assert_null (snug_stun_answer_parse (part, n, SNUG_STUN_BINDING, id));
    }
  for (guint bit = 0; bit < 64; bit++)
    {
      g_autoptr (SnugStunAnswer) answer = NULL;

      memcpy (changed, answer_ipv4, sizeof changed);
      changed[bit / 8] ^= (guint8) (1 << bit % 8);
      answer = snug_stun_answer_parse (changed, sizeof changed, SNUG_STUN_BINDING, id);
      g_assert_null (answer);
    }
}

static void
test_of_another_request (void)
{
  const guint8 *id = (const guint8 *) ID_OF_ANSWERS;

  g_assert_null (snug_stun_answer_parse (answer_ipv4, sizeof answer_ipv4 - 1, SNUG_STUN_BINDING,
                                         (const guint8 *) ID_OF_REQUEST));
  g_assert_null (snug_stun_answer_parse (answer_ipv4, sizeof answer_ipv4 - 1, SNUG_STUN_ALLOCATE, id));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/answer", test_answer);
  g_test_add_func ("/stun/request-with-login", test_request_with_login);
  g_test_add_func ("/stun/request-for-relay", test_request_for_relay);
  g_test_add_func ("/stun/error", test_error);
  g_test_add_func ("/stun/nonsense", test_nonsense);
  g_test_add_func ("/stun/of-another-request", test_of_another_request);
  return g_test_run ();
}
