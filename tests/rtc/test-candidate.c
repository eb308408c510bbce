/* ICE candidates: those of browsers, those of relays, and those that are none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-candidate.h"

#include <string.h>

typedef struct
{
  const char *text;
  gboolean    is_usable;    /* of `named`: once the name is known */
} Case;

static const Case named[] = {
  { "candidate:770223009 1 udp 2113937151 dfe20ef4-8d05-4df6-8555-df297b20e154.local 54502 typ host", TRUE },
  { "candidate:0 1 UDP 2122187007 95051034-12B8-4DEC-A348-5288F1FD813E.LOCAL 43124 typ host", TRUE },
  { "candidate:2 1 TCP 2105458943 95051034-12b8-4dec-a348-5288f1fd813e.local 9 typ host tcptype active", FALSE },
  { "candidate:0 2 udp 1 95051034-12b8-4dec-a348-5288f1fd813e.local 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 95051034-12b8-4dec-a348-5288f1fd813e.local 0 typ host", FALSE },
  { "candidate:0 1 udp 1 95051034-12b8-4dec-a348-5288f1fd813e.local 43124 typ srflx", FALSE },
  /* names of something else, or elsewhere */
  { "candidate:0 1 udp 1 printer.local 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 .local 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 95051034-12b8-4dec-a348-5288f1fd813e 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 95051034-12b8-4dec-a348-5288f1fd813e.local. 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 95051034-12b8-4dec-a348-5288f1fd813e.example.org 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 95051034-12b8-4dec-a348-5288f1fd813e.local.example.org 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 a.95051034-12b8-4dec-a348-5288f1fd813e.local 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 95051034-12b8-4dec-a348-5288f1fd813g.local 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 9505103412b84deca3485288f1fd813e.local 43124 typ host", FALSE },
  { "candidate:0 1 udp 1 192.0.2.7 43124 typ host", FALSE },
};

static const Case good[] = {
  /* Chromium 156 */
  { "candidate:770223009 1 udp 2113937151 dfe20ef4-8d05-4df6-8555-df297b20e154.local 54502 typ host "
    "generation 0 ufrag Xctg network-cost 999", FALSE },
  { "candidate:1 1 udp 2113942271 192.0.2.7 48031 typ host generation 0 ufrag YMx/ network-cost 999", TRUE },
  { "candidate:842163049 1 udp 1677729535 203.0.113.9 46154 typ srflx raddr 0.0.0.0 rport 0 "
    "generation 0 ufrag EEtu network-cost 999", TRUE },
  { "candidate:3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active generation 0", FALSE },
  /* Firefox 153 */
  { "candidate:0 1 UDP 2122187007 95051034-12b8-4dec-a348-5288f1fd813e.local 43124 typ host", FALSE },
  { "candidate:2 1 TCP 2105458943 95051034-12b8-4dec-a348-5288f1fd813e.local 9 typ host tcptype active",
    FALSE },
  { "candidate:1 1 UDP 1686052863 203.0.113.9 60908 typ srflx raddr 192.0.2.7 rport 60908", TRUE },
  { "candidate:4 1 UDP 92217343 198.51.100.2 62000 typ relay raddr 198.51.100.2 rport 62000", TRUE },
  { "candidate:5 1 UDP 1 2001:db8::7 1 typ prflx raddr ::1 rport 2", TRUE },
  /* libnice */
  { "a=candidate:1 1 UDP 2015363327 192.0.2.2 45012 typ host", TRUE },
  /* well-formed, and not for us */
  { "candidate:1 2 udp 1 192.0.2.7 4711 typ host", FALSE },
  { "candidate:1 1 udp 1 192.0.2.7 0 typ host", FALSE },
  { "candidate:1 1 udp 1 0.0.0.0 4711 typ host", FALSE },
  { "candidate:1 1 udp 1 :: 4711 typ host", FALSE },
  { "candidate:1 1 udp 1 224.0.0.251 5353 typ host", FALSE },
  { "candidate:1 1 udp 1 ff02::fb 5353 typ host", FALSE },
  { "candidate:1 1 udp 1 255.255.255.255 4711 typ host", FALSE },
  { "candidate:1 1 udp 1 example.org 4711 typ host", FALSE },
};

static const char *const bad[] = {
  "candidate:",
  "candidate",
  "candidate:1",
  "candidate:1 1 udp 1 192.0.2.7 4711 typ",
  "candidate:1 1 udp 1 192.0.2.7 4711 typ none",
  "candidate:1 1 udp 1 192.0.2.7 4711 type host",
  "candidate:1 1 sctp 1 192.0.2.7 4711 typ host",
  "candidate:1 0 udp 1 192.0.2.7 4711 typ host",
  "candidate:1 257 udp 1 192.0.2.7 4711 typ host",
  "candidate:1 1 udp 4294967296 192.0.2.7 4711 typ host",
  "candidate:1 1 udp -1 192.0.2.7 4711 typ host",
  "candidate:1 1 udp +1 192.0.2.7 4711 typ host",
  "candidate:1 1 udp 1 192.0.2.7 65536 typ host",
  "candidate:1 1 udp 1 192.0.2.7 0x10 typ host",
  "candidate: 1 udp 1 192.0.2.7 4711 typ host",
  "candidate:a!b 1 udp 1 192.0.2.7 4711 typ host",
  "candidate:123456789012345678901234567890123 1 udp 1 192.0.2.7 4711 typ host",
  "candidate:1 1 udp 1  4711 typ host",
  "candidate:1 1 udp 1 192.0.2.7;rm 4711 typ host",
  "candidate:1 1 udp 1 fe80::1%eth0 4711 typ host",
  "candidate:1 1 udp 1 1:2:3 4711 typ host",
  "candidate:1 1 udp 1 192.0.2.7 4711 typ host raddr",
  "candidate:1 1 udp 1 192.0.2.7 4711 typ host raddr <b> rport 1",
  "candidate:1 1 udp 1 192.0.2.7 4711 typ srflx raddr 1.2.3.4 raddr 1.2.3.4",
  "candidate:1 1 udp 1 192.0.2.7 4711 typ srflx raddr 1.2.3.4 rport 70000",
  "candidate:1 1 udp 1 192.0.2.7 4711 typ host\r\na=x",
  "candidate:1 1 udp 1 192.0.2.7 4711 typ host \xff x",
  "Candidate:1 1 udp 1 192.0.2.7 4711 typ host",
  " candidate:1 1 udp 1 192.0.2.7 4711 typ host",
  "{\"candidate\":\"candidate:1 1 udp 1 192.0.2.7 4711 typ host\"}",
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SnugCandidate) candidate = snug_candidate_parse (good[i].text, &error);

      g_assert_no_error (error);
      if (snug_candidate_is_usable (candidate) != good[i].is_usable)
        g_error ("is_usable is wrong for: %s", good[i].text);
      g_assert_false (snug_candidate_is_end (good[i].text));
    }
}

static void
test_named (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (named); i++)
    {
      g_autoptr (SnugCandidate) candidate = snug_candidate_parse (named[i].text, NULL);

      if (snug_candidate_is_named (candidate) != named[i].is_usable)
        g_error ("is_named is wrong for: %s", named[i].text);
    }
}

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      if (snug_candidate_parse (bad[i], &error) != NULL)
        g_error ("taken for a candidate: %s", bad[i]);
      g_assert_error (error, SNUG_CANDIDATE_ERROR, SNUG_CANDIDATE_ERROR_BAD);
      g_assert_false (snug_candidate_is_end (bad[i]));
    }
}

static void
test_every_field (void)
{
  g_autoptr (SnugCandidate) candidate = snug_candidate_parse (
    "candidate:ab+/9 1 UDP 1686052863 2001:db8::9 60908 typ srflx raddr 192.0.2.7 rport 1234", NULL);

  g_assert_cmpstr (candidate->foundation, ==, "ab+/9");
  g_assert_cmpuint (candidate->component, ==, 1);
  g_assert_true (candidate->is_udp);
  g_assert_cmpuint (candidate->priority, ==, 1686052863);
  g_assert_cmpstr (candidate->address, ==, "2001:db8::9");
  g_assert_cmpuint (candidate->port, ==, 60908);
  g_assert_cmpint (candidate->type, ==, SNUG_CANDIDATE_SERVER_REFLEXIVE);
  g_assert_cmpstr (candidate->related_address, ==, "192.0.2.7");
  g_assert_cmpuint (candidate->related_port, ==, 1234);
}

/* What we write, we and others read. */
static void
test_round_trip (void)
{
  static const char *const texts[] = {
    "candidate:1 1 udp 2015363327 192.0.2.2 45012 typ host",
    "candidate:2 1 udp 1 2001:db8::9 1 typ relay raddr 198.51.100.2 rport 62000",
    "candidate:9 1 tcp 1 192.0.2.2 9 typ prflx raddr 192.0.2.2 rport 9",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (SnugCandidate) candidate = snug_candidate_parse (texts[i], NULL);
      g_autoptr (SnugCandidate) copy = snug_candidate_copy (candidate);
      g_autofree char *text = snug_candidate_to_text (candidate);
      g_autofree char *copied = snug_candidate_to_text (copy);

      g_assert_cmpstr (text, ==, texts[i]);
      g_assert_cmpstr (copied, ==, texts[i]);
    }
}

static void
test_end (void)
{
  g_assert_true (snug_candidate_is_end (""));
}

/* One byte over the cap, though well-formed. */
static void
test_length_cap (void)
{
  GString *text = g_string_new ("candidate:1 1 udp 1 192.0.2.7 4711 typ host name ");

  while (text->len < SNUG_CANDIDATE_MAX_BYTES)
    g_string_append_c (text, 'x');
  snug_candidate_free (snug_candidate_parse (text->str, NULL));
  g_string_append_c (text, 'x');
  g_assert_null (snug_candidate_parse (text->str, NULL));
  g_string_free (text, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/candidate/good", test_good);
  g_test_add_func ("/candidate/named", test_named);
  g_test_add_func ("/candidate/bad", test_bad);
  g_test_add_func ("/candidate/every-field", test_every_field);
  g_test_add_func ("/candidate/round-trip", test_round_trip);
  g_test_add_func ("/candidate/end", test_end);
  g_test_add_func ("/candidate/length-cap", test_length_cap);
  return g_test_run ();
}
