/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The small pure parts of the server: codes, tokens, limits, guards. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "snug-room-code.h"
#include "snug-server-guard.h"
#include "snug-server-ice.h"
#include "snug-temp-folder.h"
#include "snug-throttle.h"
#include "snug-token.h"

/* Relays */

static void
test_logins_for_a_while (void)
{
  const SnugServerIceServer server = { (char *) "turn:turn.example.org", NULL, NULL, (char *) "lantern" };
  SnugSignalIceServer *told = snug_server_ice_server_tell (&server, 1433895918);
  SnugSignalIceServer *again = snug_server_ice_server_tell (&server, 1433895918);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) "lantern", strlen ("lantern"));
  g_autofree char *wanted = NULL;
  guint8 digest[20];
  gsize n_digest = sizeof digest;

  g_assert_cmpstr (told->url, ==, "turn:turn.example.org");
  g_assert_true (g_str_has_prefix (told->username, "1433895918:"));
  g_hmac_update (hmac, (const guchar *) told->username, -1);
  g_hmac_get_digest (hmac, digest, &n_digest);
  wanted = g_base64_encode (digest, n_digest);
  g_assert_cmpstr (told->credential, ==, wanted);
  g_assert_cmpstr (told->username, !=, again->username);
  snug_signal_ice_server_free (told);
  snug_signal_ice_server_free (again);
}

/* Codes */

static void
test_codes (void)
{
  g_autoptr (GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) letters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 20000; i++)
    {
      char *word = snug_room_code_make (TRUE), *open = snug_room_code_make (FALSE);

      for (guint j = 0; j < 6; j++)
        {
          g_assert_true (j < 4 ? g_ascii_isupper (word[j]) : word[j] >= '2' && word[j] <= '9');
          g_assert_true (j < 4 ? g_ascii_isupper (open[j]) && open[j] != 'I' && open[j] != 'O'
                               : open[j] >= '2' && open[j] <= '9');
        }
      word[4] = open[4] = '\0';
      g_hash_table_add (words, word);
      g_hash_table_add (letters, open);
    }
  /* At least 1,000 words, every one of them drawn sooner or later; of 331,776 the chance to meet one
   * again so often is nil. */
  g_assert_cmpuint (g_hash_table_size (words), >=, 1000);
  g_assert_cmpuint (g_hash_table_size (words), <, 2000);
  g_assert_cmpuint (g_hash_table_size (letters), >, 18000);
  g_assert_true (g_hash_table_contains (words, "BOOK"));
}

static void
test_folding_codes (void)
{
  const char *bad[] = { "", "BOOK2", "BOOK234", "BOOK2-", "BOOK 3", "BOO\xc3\x89", "../../" };
  char code[SNUG_ROOM_CODE_CHARS + 1];

  g_assert_true (snug_room_code_fold ("book23", code));
  g_assert_cmpstr (code, ==, "BOOK23");
  g_assert_true (snug_room_code_fold ("000000", code));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (snug_room_code_fold (bad[i], code));
}

/* Tokens */

static const SnugTokenClaims example = { (char *) "BOOK23", (char *) "0123456789abcdef", (char *) "m7", 7, 16,
                                         TRUE, FALSE, 1893456000 };

static void
test_tokens_keep_their_claims (void)
{
  g_autoptr (GBytes) key = snug_token_load_key (NULL, NULL);
  g_autofree char *token = snug_token_write (key, &example);
  g_auto (SnugTokenClaims) claims = { 0 };

  g_assert_cmpuint (strlen (token), <=, 512);
  g_assert_true (snug_token_read (key, token, &claims));
  g_assert_cmpstr (claims.code, ==, "BOOK23");
  g_assert_cmpstr (claims.instance, ==, example.instance);
  g_assert_cmpstr (claims.member, ==, "m7");
  g_assert_cmpuint (claims.seq, ==, 7);
  g_assert_cmpuint (claims.capacity, ==, 16);
  g_assert_true (claims.is_private && !claims.creator);
  g_assert_cmpuint (claims.expires, ==, 1893456000);
}

static void
test_tokens_cannot_be_forged (void)
{
  g_autoptr (GBytes) key = snug_token_load_key (NULL, NULL);
  g_autoptr (GBytes) other_key = snug_token_load_key (NULL, NULL);
  g_autofree char *token = snug_token_write (key, &example);
  g_autofree char *doubled = g_strconcat (token, ".", token, NULL);
  g_autofree char *longer = g_strconcat (token, "A", NULL);
  g_autofree char *padded = g_strconcat (token, "=", NULL);
  const char *bad[] = { "", ".", "..", "a.b", "a", doubled, longer, padded };
  SnugTokenClaims claims = { 0 };

  g_assert_false (snug_token_read (other_key, token, &claims));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (snug_token_read (key, bad[i], &claims));

  /* Every single character matters. */
  for (gsize i = 0; i < strlen (token); i++)
    {
      g_autofree char *changed = g_strdup (token);

      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      g_assert_false (snug_token_read (key, changed, &claims));
    }
  g_assert_null (claims.code);
}

static void
assert_key_refused (const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (snug_token_load_key (path, &error));
  g_assert_nonnull (error);
}

static void
test_the_key_file (void)
{
  g_autoptr (SnugTempFolder) folder = snug_temp_folder_new ();
  g_autofree char *path = g_build_filename (folder, "key", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autoptr (GBytes) made = snug_token_load_key (path, NULL);
  g_autoptr (GBytes) again = snug_token_load_key (path, NULL);
  GStatBuf status;

  g_assert_cmpuint (g_bytes_get_size (made), ==, SNUG_TOKEN_KEY_BYTES);
  g_assert_true (g_bytes_equal (made, again));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  g_assert_cmpint (symlink (path, link), ==, 0);
  assert_key_refused (link);
  g_chmod (path, 0640);
  assert_key_refused (path);
  g_chmod (path, 0600);
  g_assert_true (g_file_set_contents (path, "short", -1, NULL));
  g_chmod (path, 0600);
  assert_key_refused (path);
  assert_key_refused ("/nowhere/key");
  assert_key_refused (folder);
}

/* Limits */

static void
test_a_throttle (void)
{
  g_autoptr (SnugThrottle) throttle = snug_throttle_new (5);
  gint64 now_us = 1000000;

  for (guint i = 0; i < 5; i++)
    g_assert_true (snug_throttle_take (throttle, "a", now_us));
  g_assert_false (snug_throttle_take (throttle, "a", now_us));
  g_assert_true (snug_throttle_take (throttle, "b", now_us));

  g_assert_false (snug_throttle_take (throttle, "a", now_us + 11 * G_USEC_PER_SEC));
  g_assert_true (snug_throttle_take (throttle, "a", now_us + 13 * G_USEC_PER_SEC));
  snug_throttle_give_back (throttle, "a");
  g_assert_true (snug_throttle_take (throttle, "a", now_us + 13 * G_USEC_PER_SEC));
  snug_throttle_give_back (throttle, "nobody");
}

/* Four billion networks of one stranger do not fill the memory, and do not lift the limit. */
static void
test_a_throttle_is_bounded (void)
{
  g_autoptr (SnugThrottle) throttle = snug_throttle_new (5);
  guint n_taken = 0;

  for (guint i = 0; i < 40000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      n_taken += snug_throttle_take (throttle, key, 1000000) ? 1 : 0;
    }
  g_assert_cmpuint (snug_throttle_get_size (throttle), <=, 16385);
  g_assert_cmpuint (n_taken, <=, 16384 + 5);

  /* Those that are full again make room. */
  g_assert_true (snug_throttle_take (throttle, "late", (gint64) 100 * G_USEC_PER_SEC));
  g_assert_cmpuint (snug_throttle_get_size (throttle), <, 10);
}

/* To look through all of them for each stranger would keep the server at it. */
static void
test_a_throttle_is_swept_once_a_second (void)
{
  const gint64 now_us = G_USEC_PER_SEC;
  g_autoptr (SnugThrottle) throttle = snug_throttle_new (6000);
  guint n_keys = 0;

  /* until one is too many, and shares its bucket with others to come */
  while (snug_throttle_get_size (throttle) == n_keys)
    {
      g_autofree char *key = g_strdup_printf ("%u", n_keys++);

      snug_throttle_take (throttle, key, now_us);
    }
  n_keys = snug_throttle_get_size (throttle);

  /* each is full again after a hundredth of a second, and forgotten at the next look */
  g_assert_true (snug_throttle_take (throttle, "soon", now_us + G_USEC_PER_SEC / 2));
  g_assert_cmpuint (snug_throttle_get_size (throttle), ==, n_keys);
  g_assert_true (snug_throttle_take (throttle, "late", now_us + G_USEC_PER_SEC));
  g_assert_cmpuint (snug_throttle_get_size (throttle), ==, 1);
}

static char *
key_of (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return snug_throttle_key (address);
}

static void
test_who_an_address_is (void)
{
  g_autofree char *v4 = key_of ("192.0.2.1"), *mapped = key_of ("::ffff:192.0.2.1"), *other = key_of ("192.0.2.2");
  g_autofree char *v6 = key_of ("2001:db8:1:2::1"), *same = key_of ("2001:db8:1:2:ffff::9");
  g_autofree char *neighbour = key_of ("2001:db8:1:3::1");

  g_assert_cmpstr (v4, ==, "192.0.2.1");
  g_assert_cmpstr (v6, ==, "2001:db8:1:2::/64");
  g_assert_cmpstr (v4, ==, mapped);
  g_assert_cmpstr (v4, !=, other);
  g_assert_cmpstr (v6, ==, same);
  g_assert_cmpstr (v6, !=, neighbour);
}

/* Guards */

static void
test_near_addresses (void)
{
  const struct { const char *address; gboolean is_private; } rows[] = {
    { "127.0.0.1", TRUE }, { "::1", TRUE }, { "10.1.2.3", TRUE }, { "172.16.0.1", TRUE }, { "172.32.0.1", FALSE },
    { "192.168.7.1", TRUE }, { "169.254.1.1", TRUE }, { "fe80::1", TRUE }, { "fd00::1", TRUE }, { "fc12::1", TRUE },
    { "100.64.0.1", TRUE }, { "100.63.0.1", FALSE }, { "100.128.0.1", FALSE }, { "8.8.8.8", FALSE },
    { "2001:db8::1", FALSE }, { "::ffff:10.0.0.1", TRUE }, { "::ffff:8.8.8.8", FALSE }, { "fe00::1", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (rows[i].address);

      g_test_message ("%s", rows[i].address);
      g_assert_true (snug_guard_address_is_private (address) == rows[i].is_private);
      if (rows[i].is_private)
        g_assert_true (snug_guard_address_is_near (address));
    }

  /* Whatever networks this machine is on, it is not on all of these (RFC 5737). */
  const char *foreign[] = { "192.0.2.77", "198.51.100.77", "203.0.113.77" };
  guint n_near = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (foreign[i]);

      n_near += snug_guard_address_is_near (address) ? 1 : 0;
    }
  g_assert_cmpuint (n_near, <, G_N_ELEMENTS (foreign));
}

static void
test_hosts (void)
{
  const char *local[] = { "127.0.0.1", "127.0.0.1:2029", "192.168.1.5:80", "[::1]", "[fe80::1]:2029", "localhost",
                          "LocalHost:1", "ana.local", "ana.LOCAL:2029" };
  const char *foreign[] = { "example.org", "127.0.0.1.example.org", "local", ".local", "localhost.example.org",
                            "local.host:1" };
  const char *bad[] = { "", ":", ":80", "a b", "a/b", "a:b", "a:", "a:123456", "[::1", "::1", "[::1]x", "a;b", "a'b",
                        "a\nb", "[g::1]", "\xc3\xa9" };

  for (gsize i = 0; i < G_N_ELEMENTS (local); i++)
    g_assert_true (snug_guard_host_is_local (local[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_assert_true (snug_guard_host_is_well_formed (foreign[i]));
      g_assert_false (snug_guard_host_is_local (foreign[i]));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (snug_guard_host_is_well_formed (bad[i]));
      g_assert_false (snug_guard_host_is_local (bad[i]));
      g_assert_false (snug_guard_host_is_loopback (bad[i]));
    }
}

static void
test_hosts_that_are_oneself (void)
{
  const char *own[] = { "localhost", "LOCALHOST:2029", "127.0.0.1", "127.8.9.1:80", "[::1]", "[::1]:2029" };
  const char *others[] = { "192.168.1.5:80", "ana.local", "0.0.0.0", "128.0.0.1", "[::2]", "127.0.0.1.example.org",
                           "localhost.example.org", "example.org" };

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    g_assert_true (snug_guard_host_is_loopback (own[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (snug_guard_host_is_loopback (others[i]));
}

static void
test_origins (void)
{
  const char *host = "192.168.1.5:2029";

  g_assert_true (snug_guard_origin_matches (NULL, host));
  g_assert_true (snug_guard_origin_matches ("http://192.168.1.5:2029", host));
  g_assert_true (snug_guard_origin_matches ("https://192.168.1.5:2029", host));
  g_assert_false (snug_guard_origin_matches ("http://192.168.1.5", host));
  g_assert_false (snug_guard_origin_matches ("http://192.168.1.5:20290", host));
  g_assert_false (snug_guard_origin_matches ("http://evil.example", host));
  g_assert_false (snug_guard_origin_matches ("null", host));
  g_assert_false (snug_guard_origin_matches ("", host));
  g_assert_false (snug_guard_origin_matches ("file://192.168.1.5:2029", host));
}

static void
test_ice_urls (void)
{
  const struct { const char *url; gboolean outside, inside; } rows[] = {
    { "stun:stun.example.org", TRUE, TRUE }, { "turn:a.example.org:3478?transport=tcp", TRUE, TRUE },
    { "turns:a.example.org", TRUE, TRUE }, { "stun:[2001:db8::1]:3478", TRUE, TRUE },
    { "stun:192.168.1.1", FALSE, TRUE }, { "turn:[fd00::1]", FALSE, TRUE }, { "turn:relay.local", FALSE, TRUE },
    { "turn:localhost:1", FALSE, TRUE }, { "turn:relay", FALSE, TRUE },
    { "http://example.org", FALSE, FALSE }, { "stun:", FALSE, FALSE }, { "turn:a b", FALSE, FALSE },
    { "", FALSE, FALSE }, { "STUN:a.example.org", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].url);
      g_assert_true (snug_guard_ice_url_is_allowed (rows[i].url, FALSE) == rows[i].outside);
      g_assert_true (snug_guard_ice_url_is_allowed (rows[i].url, TRUE) == rows[i].inside);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/logins-for-a-while", test_logins_for_a_while);
  g_test_add_func ("/room-code/codes", test_codes);
  g_test_add_func ("/room-code/folding", test_folding_codes);
  g_test_add_func ("/token/keeps-its-claims", test_tokens_keep_their_claims);
  g_test_add_func ("/token/cannot-be-forged", test_tokens_cannot_be_forged);
  g_test_add_func ("/token/the-key-file", test_the_key_file);
  g_test_add_func ("/throttle/takes-and-grows", test_a_throttle);
  g_test_add_func ("/throttle/is-bounded", test_a_throttle_is_bounded);
  g_test_add_func ("/throttle/is-swept-once-a-second", test_a_throttle_is_swept_once_a_second);
  g_test_add_func ("/throttle/who-an-address-is", test_who_an_address_is);
  g_test_add_func ("/guard/near-addresses", test_near_addresses);
  g_test_add_func ("/guard/hosts", test_hosts);
  g_test_add_func ("/guard/hosts-that-are-oneself", test_hosts_that_are_oneself);
  g_test_add_func ("/guard/origins", test_origins);
  g_test_add_func ("/guard/ice-urls", test_ice_urls);
  return g_test_run ();
}
