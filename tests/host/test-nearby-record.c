/* What is announced of a room, and what strangers announce.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-nearby-record.h"

#include <string.h>

/* Strings of TXT, a NULL at the end. */
static GVariant *
txt_of (const char *const *strings)
{
  GVariantBuilder txt = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));

  for (; *strings != NULL; strings++)
    g_variant_builder_add_value (&txt, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, *strings, strlen (*strings), 1));
  return g_variant_ref_sink (g_variant_builder_end (&txt));
}

#define TXT(...) txt_of ((const char *const[]) { __VA_ARGS__, NULL })

static SnugNearbyRecord *
there_and_back (const char *name, const char *code, gboolean is_private)
{
  g_autoptr (SnugNearbyRecord) record = snug_nearby_record_new (name, code, is_private);
  g_autoptr (GVariant) txt = g_variant_ref_sink (snug_nearby_record_to_txt (record));

  return snug_nearby_record_from_txt (txt);
}

static void
test_there_and_back (void)
{
  g_autoptr (SnugNearbyRecord) private = there_and_back ("Ana", "BOOK23", TRUE);
  g_autoptr (SnugNearbyRecord) open = there_and_back ("", "QXWV23", FALSE);

  g_assert_cmpstr (private->name, ==, "Ana");
  g_assert_cmpstr (private->code, ==, "BOOK23");
  g_assert_true (private->is_private);
  g_assert_cmpstr (open->name, ==, "");
  g_assert_false (open->is_private);
}

/* RFC 6763 6.1: no string above 255 bytes, and ours are whole characters. */
static void
test_long_name_is_cut (void)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (SnugNearbyRecord) back = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (name, "😀");
  back = there_and_back (name->str, "BOOK23", TRUE);
  g_assert_nonnull (back);
  g_assert_true (g_utf8_validate (back->name, -1, NULL));
  g_assert_cmpuint (strlen (back->name), ==, 240);
}

static void
test_nothing_but_what_is_said_is_announced (void)
{
  g_autoptr (SnugNearbyRecord) record = snug_nearby_record_new ("Ana", "BOOK23", TRUE);
  g_autoptr (GVariant) txt = g_variant_ref_sink (snug_nearby_record_to_txt (record));
  g_autoptr (GVariant) expected = TXT ("txtvers=1", "code=BOOK23", "private=1", "name=Ana");

  g_assert_cmpvariant (txt, expected);
}

static void
test_strangers_names_are_cleaned (void)
{
  g_autoptr (GVariant) txt = TXT ("txtvers=1", "code=BOOK23", "private=0",
                                  "name=\xe2\x80\xae" "evil\n\x1b[31m\xff  name");
  g_autoptr (SnugNearbyRecord) record = snug_nearby_record_from_txt (txt);

  g_assert_cmpstr (record->name, ==, "evil [31m\xef\xbf\xbd name");
}

static void
test_first_of_a_key_counts_and_case_does_not (void)
{
  g_autoptr (GVariant) txt = TXT ("TxtVers=1", "CODE=BOOK23", "code=OTHER2", "private", "Private=1", "more=x");
  g_autoptr (SnugNearbyRecord) record = snug_nearby_record_from_txt (txt);

  g_assert_cmpstr (record->code, ==, "BOOK23");
  g_assert_true (record->is_private);
}

static void
assert_no_room (GVariant *txt)
{
  g_autoptr (GVariant) owned = txt;

  g_assert_null (snug_nearby_record_from_txt (owned));
}

static void
test_no_room (void)
{
  assert_no_room (TXT ("code=BOOK23", "private=1"));
  assert_no_room (TXT ("txtvers=2", "code=BOOK23", "private=1"));
  assert_no_room (TXT ("txtvers=1", "private=1"));
  assert_no_room (TXT ("txtvers=1", "code=BOOK2", "private=1"));
  assert_no_room (TXT ("txtvers=1", "code=book23", "private=1"));
  assert_no_room (TXT ("txtvers=1", "code=BOOK234", "private=1"));
  assert_no_room (TXT ("txtvers=1", "code=BOO&23", "private=1"));
  assert_no_room (TXT ("txtvers=1", "code=BOOK23"));
  assert_no_room (TXT ("txtvers=1", "code=BOOK23", "private=yes"));
  assert_no_room (TXT (""));
  assert_no_room (g_variant_ref_sink (g_variant_new_string ("txtvers=1")));
}

static void
test_too_many_strings_are_not_read (void)
{
  const char *strings[64];

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    strings[i] = "filler=x";
  strings[60] = "txtvers=1";
  strings[61] = "code=BOOK23";
  strings[62] = "private=1";
  strings[63] = NULL;
  assert_no_room (txt_of (strings));
}

static void
assert_url (const char *address, guint port, const char *expected)
{
  g_autofree char *url = snug_nearby_server_url (address, port);

  g_assert_cmpstr (url, ==, expected);
}

static void
test_addresses (void)
{
  assert_url ("192.168.1.20", 2029, "http://192.168.1.20:2029");
  assert_url ("169.254.7.7", 80, "http://169.254.7.7:80");
  assert_url ("fd00::5", 2029, "http://[fd00::5]:2029");
  assert_url ("::ffff:10.0.0.1", 2029, "http://10.0.0.1:2029");
}

/* None of these is a place on a local network that a link can name. */
static void
test_addresses_of_nobody_near (void)
{
  static const char *const wrong[] = { "", "snug.example.org", "127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::",
                                       "224.0.0.251", "ff02::fb", "fe80::1", "fe80::1%lo", "9.9.9.9",
                                       "2620:fe::9", "10.0.0.1/x", "10.0.0.1:80@evil" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_url (wrong[i], 2029, NULL);
  assert_url ("10.0.0.1", 0, NULL);
  assert_url ("10.0.0.1", 65536, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nearby-record/there-and-back", test_there_and_back);
  g_test_add_func ("/nearby-record/long-name-is-cut", test_long_name_is_cut);
  g_test_add_func ("/nearby-record/nothing-but-what-is-said-is-announced", test_nothing_but_what_is_said_is_announced);
  g_test_add_func ("/nearby-record/strangers-names-are-cleaned", test_strangers_names_are_cleaned);
  g_test_add_func ("/nearby-record/first-of-a-key-counts-and-case-does-not", test_first_of_a_key_counts_and_case_does_not);
  g_test_add_func ("/nearby-record/no-room", test_no_room);
  g_test_add_func ("/nearby-record/too-many-strings-are-not-read", test_too_many_strings_are_not_read);
  g_test_add_func ("/nearby-record/addresses", test_addresses);
  g_test_add_func ("/nearby-record/addresses-of-nobody-near", test_addresses_of_nobody_near);
  return g_test_run ();
}
