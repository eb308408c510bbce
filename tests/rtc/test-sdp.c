/* Session descriptions: those of real browsers, ours, and unusable ones.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-sdp.h"

#include <string.h>

#include "snug-certificate.h"

typedef struct
{
  const char   *file;
  const char   *ufrag;
  const char   *pwd;
  const char   *fingerprint;
  SnugSdpSetup  setup;
  guint64       max_message_size;
  guint         n_candidates;
  gboolean      end_of_candidates;
} Golden;

/* Written by Chromium 156 and Firefox 153 ESR for a peer connection with one data channel. */
static const Golden goldens[] = {
  { "chromium-offer.sdp", "Xctg", "OwfDbtifqN9JW3H3Rj0N+/RM", "DE:97:", SNUG_SDP_SETUP_ACTPASS,
    262144, 0, FALSE },
  { "chromium-offer-gathered.sdp", "Xctg", "OwfDbtifqN9JW3H3Rj0N+/RM", "DE:97:", SNUG_SDP_SETUP_ACTPASS,
    262144, 2, FALSE },
  { "chromium-offer-restart.sdp", "YMx/", "FQZ1Qo1XMZ+KQIoPTlZtOXS4", "DE:97:", SNUG_SDP_SETUP_ACTPASS,
    262144, 0, FALSE },
  { "chromium-answer.sdp", "GA7N", "LueocLXPQYF+DnlDWAqZPlhK", "3F:A1:", SNUG_SDP_SETUP_ACTIVE,
    262144, 0, FALSE },
  { "chromium-answer-gathered.sdp", "GA7N", "LueocLXPQYF+DnlDWAqZPlhK", "3F:A1:", SNUG_SDP_SETUP_ACTIVE,
    262144, 2, FALSE },
  { "firefox-offer.sdp", "c9941e74", "cdfedc9c81da379680af76d2028caf93", "85:C3:",
    SNUG_SDP_SETUP_ACTPASS, 1073741823, 0, FALSE },
  { "firefox-offer-gathered.sdp", "c9941e74", "cdfedc9c81da379680af76d2028caf93", "85:C3:",
    SNUG_SDP_SETUP_ACTPASS, 1073741823, 4, TRUE },
  { "firefox-offer-restart.sdp", "5fe2ad7a", "467bab92692453e8a31a9a2ffc49ee50", "85:C3:",
    SNUG_SDP_SETUP_ACTPASS, 1073741823, 0, FALSE },
  { "firefox-answer.sdp", "bca378c8", "5dfc7858c4ac70c445079b5935991beb", "0D:5F:",
    SNUG_SDP_SETUP_ACTIVE, 1073741823, 0, FALSE },
  { "firefox-answer-gathered.sdp", "bca378c8", "5dfc7858c4ac70c445079b5935991beb", "0D:5F:",
    SNUG_SDP_SETUP_ACTIVE, 1073741823, 4, TRUE },
};

static char *
read_golden (const char *file)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "sdp", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static SnugSdp *
parse_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  SnugSdp *sdp = snug_sdp_parse (text, &error);

  g_assert_no_error (error);
  return sdp;
}

static void
test_browsers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autofree char *text = read_golden (goldens[i].file);
      g_autoptr (SnugSdp) sdp = parse_good (text);
      g_autofree char *fingerprint = snug_fingerprint_to_text (sdp->fingerprint);

      g_assert_cmpstr (sdp->mid, ==, "0");
      g_assert_cmpstr (sdp->ice_ufrag, ==, goldens[i].ufrag);
      g_assert_cmpstr (sdp->ice_pwd, ==, goldens[i].pwd);
      g_assert_true (g_str_has_prefix (fingerprint, goldens[i].fingerprint));
      g_assert_nonnull (strstr (text, fingerprint));
      g_assert_cmpint (sdp->setup, ==, goldens[i].setup);
      g_assert_cmpuint (sdp->sctp_port, ==, 5000);
      g_assert_cmpuint (sdp->max_message_size, ==, goldens[i].max_message_size);
      g_assert_cmpuint (sdp->candidates->len, ==, goldens[i].n_candidates);
      g_assert_cmpint (sdp->end_of_candidates, ==, goldens[i].end_of_candidates);
      g_assert_true (sdp->bundle);
      g_assert_true (sdp->trickle);
      g_assert_cmpuint (sdp->rejected_sections->len, ==, 0);
    }
}

static void
test_origin (void)
{
  g_autofree char *text = read_golden ("firefox-offer-restart.sdp");
  g_autoptr (SnugSdp) sdp = parse_good (text);

  g_assert_cmpuint (sdp->session_id, ==, G_GUINT64_CONSTANT (6002060028925127128));
  g_assert_cmpuint (sdp->session_version, ==, 1);
}

static SnugSdp *
make_own (void)
{
  SnugSdp *sdp = snug_sdp_new ();

  sdp->session_id = 4711;
  sdp->session_version = 2;
  sdp->mid = g_strdup ("0");
  sdp->ice_ufrag = g_strdup ("abcd");
  sdp->ice_pwd = g_strdup ("0123456789+/012345678901");
  sdp->trickle = TRUE;
  sdp->bundle = TRUE;
  for (guint8 i = 0; i < sizeof sdp->fingerprint; i++)
    sdp->fingerprint[i] = i * 7;
  sdp->setup = SNUG_SDP_SETUP_ACTPASS;
  sdp->sctp_port = 5000;
  sdp->max_message_size = 262144;
  return sdp;
}

static const char own_offer[] =
  "v=0\r\n"
  "o=- 4711 2 IN IP4 127.0.0.1\r\n"
  "s=-\r\n"
  "t=0 0\r\n"
  "a=group:BUNDLE 0\r\n"
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
  "c=IN IP4 0.0.0.0\r\n"
  "a=ice-ufrag:abcd\r\n"
  "a=ice-pwd:0123456789+/012345678901\r\n"
  "a=ice-options:trickle\r\n"
  "a=fingerprint:sha-256 00:07:0E:15:1C:23:2A:31:38:3F:46:4D:54:5B:62:69:70:77:7E:85:8C:93:9A:A1:A8:AF:"
  "B6:BD:C4:CB:D2:D9\r\n"
  "a=setup:actpass\r\n"
  "a=mid:0\r\n"
  "a=sctp-port:5000\r\n"
  "a=max-message-size:262144\r\n";

static void
test_own_offer (void)
{
  g_autoptr (SnugSdp) sdp = make_own ();
  g_autofree char *text = snug_sdp_to_text (sdp);

  g_assert_cmpstr (text, ==, own_offer);
}

/* With candidates, and reading what was written. */
static void
test_round_trip (void)
{
  g_autoptr (SnugSdp) sdp = make_own ();
  g_autofree char *text = NULL, *again = NULL;
  g_autoptr (SnugSdp) read = NULL;

  g_ptr_array_add (sdp->candidates, g_strdup ("candidate:1 1 udp 1 192.0.2.7 4711 typ host"));
  sdp->end_of_candidates = TRUE;
  sdp->setup = SNUG_SDP_SETUP_PASSIVE;
  text = snug_sdp_to_text (sdp);
  read = parse_good (text);
  again = snug_sdp_to_text (read);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (read->candidates->len, ==, 1);
}

/* RFC 9429 section 5.3.1: an answer keeps the offer's sections and their order. */
static void
test_rejected_sections_are_kept_in_place (void)
{
  g_autoptr (GString) text = g_string_new (own_offer);
  g_autoptr (SnugSdp) sdp = NULL;
  g_autofree char *answer = NULL;

  g_string_replace (text, "m=application", "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\nm=application", 1);
  g_string_append (text, "m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\na=ice-ufrag:other\r\na=setup:bogus-is-read-too\r\n");
  g_assert_null (snug_sdp_parse (text->str, NULL));
  g_string_replace (text, "a=setup:bogus-is-read-too\r\n", "", 1);
  sdp = parse_good (text->str);
  g_assert_cmpuint (sdp->section_index, ==, 1);
  g_assert_cmpstr (sdp->ice_ufrag, ==, "abcd");

  answer = snug_sdp_to_text (sdp);
  const char *audio = strstr (answer, "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n");
  const char *data = strstr (answer, "m=application 9 ");
  const char *video = strstr (answer, "m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\n");
  g_assert_true (audio != NULL && audio < data && data < video);
}

typedef struct
{
  const char *what;       /* in own_offer */
  const char *instead;    /* NULL: the whole text */
  const char *whole;
} Change;

/* Each makes our offer unusable. */
static const Change unusable[] = {
  { .whole = "" },
  { .whole = "v=0" },
  { .whole = "v=0\r\n" },
  { .whole = "garbage" },
  { .whole = "{\"type\":\"offer\"}" },
  { .what = "v=0\r\n", .instead = "v=1\r\n" },
  { .what = "v=0\r\n", .instead = "\r\nv=0\r\n" },
  { .what = "s=-\r\n", .instead = "s=-\r\n\r\n" },
  { .what = "s=-\r\n", .instead = "not a line\r\n" },
  { .what = "s=-\r\n", .instead = "S=-\r\n" },
  { .what = "4711 2", .instead = "4711" },
  { .what = "4711 2", .instead = "-1 2" },
  { .what = "4711 2", .instead = "18446744073709551616 2" },
  { .what = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", .instead = "m=application" },
  { .what = "m=application 9", .instead = "m=application 0" },
  { .what = "m=application 9", .instead = "m=application 65536" },
  { .what = "m=application 9", .instead = "m=application nine" },
  { .what = "m=application 9", .instead = "m=audio 9" },
  { .what = "UDP/DTLS/SCTP webrtc-datachannel", .instead = "DTLS/SCTP 5000" },
  { .what = "UDP/DTLS/SCTP webrtc-datachannel", .instead = "UDP/TLS/RTP/SAVPF 111" },
  { .what = "webrtc-datachannel", .instead = "webrtc-datachannel x" },
  { .what = "webrtc-datachannel", .instead = "other" },
  { .what = "t=0 0\r\n", .instead = "t=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" },
  { .what = "t=0 0\r\n", .instead = "t=0 0\r\nm=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=bundle-only\r\n" },
  { .what = "t=0 0\r\n", .instead = "t=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" },
  { .what = "a=ice-ufrag:abcd\r\n", .instead = "" },
  { .what = "a=ice-ufrag:abcd\r\n", .instead = "a=ice-ufrag\r\n" },
  { .what = "a=ice-ufrag:abcd\r\n", .instead = "a=ice-ufrag:abc\r\n" },
  { .what = "a=ice-ufrag:abcd\r\n", .instead = "a=ice-ufrag:ab cd\r\n" },
  { .what = "a=ice-ufrag:abcd\r\n", .instead = "a=ice-ufrag:abc:\r\n" },
  { .what = "a=ice-ufrag:abcd\r\n", .instead = "a=ice-ufrag:abcd\r\na=ice-ufrag:efgh\r\n" },
  { .what = "a=ice-pwd:0123456789+/012345678901\r\n", .instead = "" },
  { .what = "a=ice-pwd:0123456789+/012345678901\r\n", .instead = "a=ice-pwd:012345678901234567890\r\n" },
  { .what = "sha-256 00:07", .instead = "sha-1 00:07" },
  { .what = "sha-256 00:07", .instead = "sha-256 07" },
  { .what = "sha-256 00:07", .instead = "sha-256 00:00:07" },
  { .what = "sha-256 00:07", .instead = "sha-256 0g:07" },
  { .what = "sha-256 00:07", .instead = "sha-256 00-07" },
  { .what = "sha-256 00:07", .instead = "00:07" },
  { .what = "a=setup:actpass\r\n",
    .instead = "a=setup:actpass\r\na=fingerprint:sha-256 01:07:0E:15:1C:23:2A:31:38:3F:46:4D:54:5B:62:69:70:"
               "77:7E:85:8C:93:9A:A1:A8:AF:B6:BD:C4:CB:D2:D9\r\n" },
  { .what = "a=setup:actpass\r\n", .instead = "" },
  { .what = "a=setup:actpass\r\n", .instead = "a=setup:holdconn\r\n" },
  { .what = "a=setup:actpass\r\n", .instead = "a=setup:actpass\r\na=setup:active\r\n" },
  { .what = "a=mid:0\r\n", .instead = "a=mid:\r\n" },
  { .what = "a=mid:0\r\n", .instead = "a=mid:0 1\r\n" },
  { .what = "a=mid:0\r\n", .instead = "a=mid:0123456789012345678901234567890123456789012345678901234567890123x\r\n" },
  { .what = "a=sctp-port:5000\r\n", .instead = "" },
  { .what = "a=sctp-port:5000\r\n", .instead = "a=sctp-port:0\r\n" },
  { .what = "a=sctp-port:5000\r\n", .instead = "a=sctp-port:65536\r\n" },
  { .what = "a=sctp-port:5000\r\n", .instead = "a=sctp-port:-1\r\n" },
  { .what = "a=sctp-port:5000\r\n", .instead = "a=sctp-port:5000\r\na=sctp-port:5001\r\n" },
  { .what = "a=max-message-size:262144", .instead = "a=max-message-size:18446744073709551616" },
  { .what = "a=max-message-size:262144", .instead = "a=max-message-size:-1" },
  { .what = "a=max-message-size:262144", .instead = "a=max-message-size:" },
};

static char *
change_own (const Change *change)
{
  GString *text = g_string_new (change->whole != NULL ? change->whole : own_offer);

  if (change->what != NULL)
    g_assert_cmpuint (g_string_replace (text, change->what, change->instead, 1), ==, 1);
  return g_string_free (text, FALSE);
}

static void
test_unusable (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (unusable); i++)
    {
      g_autofree char *text = change_own (&unusable[i]);
      g_autoptr (GError) error = NULL;

      if (snug_sdp_parse (text, &error) != NULL)
        g_error ("taken for a description:\n%s", text);
      g_assert_error (error, SNUG_SDP_ERROR, SNUG_SDP_ERROR_BAD);
    }
}

/* Each is harmless. */
static const Change harmless[] = {
  { .what = "\r\n", .instead = "\n" },
  { .what = "s=-\r\n", .instead = "s=some words\r\nb=AS:30\r\nz=0 0\r\n" },
  { .what = "a=mid:0\r\n", .instead = "a=mid:0\r\na=x-unknown:whatever\r\na=unknown\r\n" },
  { .what = "UDP/DTLS/SCTP", .instead = "TCP/DTLS/SCTP" },
  { .what = "sha-256", .instead = "SHA-256" },
  { .what = "0E:15:1C", .instead = "0e:15:1c" },
  { .what = "a=setup:actpass\r\n",
    .instead = "a=setup:actpass\r\na=fingerprint:sha-512 AA:BB\r\na=fingerprint:sha-256 00:07:0E:15:1C:23:2A:"
               "31:38:3F:46:4D:54:5B:62:69:70:77:7E:85:8C:93:9A:A1:A8:AF:B6:BD:C4:CB:D2:D9\r\n" },
};

static void
test_harmless (void)
{
  g_autoptr (SnugSdp) own = parse_good (own_offer);

  for (gsize i = 0; i < G_N_ELEMENTS (harmless); i++)
    {
      g_autofree char *text = change_own (&harmless[i]);
      g_autoptr (SnugSdp) sdp = parse_good (text);

      g_assert_cmpmem (sdp->fingerprint, 32, own->fingerprint, 32);
      g_assert_cmpstr (sdp->ice_pwd, ==, own->ice_pwd);
    }
}

static guint64
parse_size (const char *line)
{
  const Change change = { .what = "a=max-message-size:262144\r\n", .instead = line };
  g_autofree char *text = change_own (&change);
  g_autoptr (SnugSdp) sdp = parse_good (text);

  return sdp->max_message_size;
}

static void
test_max_message_size (void)
{
  g_assert_cmpuint (parse_size (""), ==, 65536);
  g_assert_cmpuint (parse_size ("a=max-message-size:0\r\n"), ==, 0);
  g_assert_cmpuint (parse_size ("a=max-message-size:1\r\n"), ==, 1);
  g_assert_cmpuint (parse_size ("a=max-message-size:18446744073709551615\r\n"), ==, G_MAXUINT64);
}

/* Limits hold at the last byte and the last candidate. */
static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new (own_offer);
  g_autoptr (GString) many = g_string_new (own_offer);
  g_autoptr (GError) error = NULL;

  g_string_append (text, "a=x:");
  while (text->len < SNUG_SDP_MAX_BYTES)
    g_string_append_c (text, 'x');
  snug_sdp_free (parse_good (text->str));
  g_string_append_c (text, 'x');
  g_assert_null (snug_sdp_parse (text->str, &error));
  g_assert_error (error, SNUG_SDP_ERROR, SNUG_SDP_ERROR_TOO_LARGE);

  for (guint i = 0; i < SNUG_SDP_MAX_CANDIDATES; i++)
    g_string_append_printf (many, "a=candidate:%u 1 udp 1 192.0.2.7 4711 typ host\r\n", i);
  snug_sdp_free (parse_good (many->str));
  g_string_append (many, "a=candidate:x 1 udp 1 192.0.2.7 4711 typ host\r\n");
  g_assert_null (snug_sdp_parse (many->str, NULL));
}

/* Cut anywhere, a browser's description is read or refused; a sanitizer watches. */
static void
test_every_truncation (void)
{
  g_autofree char *text = read_golden ("firefox-offer-gathered.sdp");

  for (gsize n = strlen (text); n > 0; n--)
    {
      g_autofree char *copy = g_strndup (text, n);
      SnugSdp *sdp = snug_sdp_parse (copy, NULL);

      g_clear_pointer (&sdp, snug_sdp_free);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdp/browsers", test_browsers);
  g_test_add_func ("/sdp/origin", test_origin);
  g_test_add_func ("/sdp/own-offer", test_own_offer);
  g_test_add_func ("/sdp/round-trip", test_round_trip);
  g_test_add_func ("/sdp/rejected-sections-are-kept-in-place", test_rejected_sections_are_kept_in_place);
  g_test_add_func ("/sdp/unusable", test_unusable);
  g_test_add_func ("/sdp/harmless", test_harmless);
  g_test_add_func ("/sdp/max-message-size", test_max_message_size);
  g_test_add_func ("/sdp/limits", test_limits);
  g_test_add_func ("/sdp/every-truncation", test_every_truncation);
  return g_test_run ();
}
