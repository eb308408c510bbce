/* Codes, invites and links as people paste them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-room-link.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct
{
  const char *text;
  const char *server;
  const char *code;
  const char *secret;
  const char *url;       /* written again */
} Good;

static const Good good[] = {
  { "BOOK23", NULL, "BOOK23", NULL, NULL },
  { " book23\n", NULL, "BOOK23", NULL, NULL },
  { "BOOK23-otter-velvet-canoe", NULL, "BOOK23", "otter-velvet-canoe", NULL },
  { "http://192.168.1.5:2029/?code=QXWV23", "http://192.168.1.5:2029", "QXWV23", NULL,
    "http://192.168.1.5:2029/?code=QXWV23" },
  { "https://snug.example/?code=book23#otter-velvet-canoe", "https://snug.example", "BOOK23",
    "otter-velvet-canoe", "https://snug.example/?code=BOOK23#otter-velvet-canoe" },
  { "https://snug.example/?x=1&code=BOOK23#p%C3%A4ss%20word", "https://snug.example", "BOOK23", "päss word",
    "https://snug.example/?code=BOOK23#p%C3%A4ss%20word" },
  { "http://[2001:db8::1]:2029/?code=QXWV23", "http://[2001:db8::1]:2029", "QXWV23", NULL,
    "http://[2001:db8::1]:2029/?code=QXWV23" },
  { "snug:snug.example/BOOK23#a-b-c", "https://snug.example", "BOOK23", "a-b-c",
    "https://snug.example/?code=BOOK23#a-b-c" },
  { "snug://192.168.1.5:2029/book23", "http://192.168.1.5:2029", "BOOK23", NULL,
    "http://192.168.1.5:2029/?code=BOOK23" },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SnugRoomLink) link = snug_room_link_parse (good[i].text, &error);
      g_autofree char *url = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (link->server, ==, good[i].server);
      g_assert_cmpstr (link->code, ==, good[i].code);
      g_assert_cmpstr (link->secret, ==, good[i].secret);
      url = snug_room_link_to_url (link);
      g_assert_cmpstr (url, ==, good[i].url);
    }
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "", " ", "BOOK2", "BOOK234", "BOOK2é", "BOOK23otter", "BOOK23-", "BO K23", "hello world",
    "http://", "http:///?code=BOOK23", "http://host/", "http://host/?code=", "http://host/?code=BOOK2",
    "https://host%2F/?code=BOOK23", "https://host%40other/?code=BOOK23", "https://ho%0Ast/?code=BOOK23", "https://host%25/?code=BOOK23",
    "http://user@host/?code=BOOK23", "http://user:pw@host/?code=BOOK23", "http://host/?code=BOOK23#",
    "ftp://host/?code=BOOK23", "javascript:alert(1)", "snug:", "snug:/BOOK23", "snug:host", "snug:host/",
    "snug:host/BOOK2", "snug:u@host/BOOK23", "http://host:99999/?code=BOOK23", "BOOK23-\xff",
  };
  g_autofree char *long_secret = g_strnfill (513, 'a');
  g_autofree char *long_invite = g_strconcat ("BOOK23-", long_secret, NULL);
  g_autofree char *spaces = g_strnfill (SNUG_ROOM_LINK_MAX_BYTES - 6, ' ');
  g_autofree char *longest_text = g_strconcat ("BOOK23", spaces, NULL);
  g_autofree char *long_text = g_strconcat (longest_text, " ", NULL);
  g_autofree char *longest_invite = g_strndup (long_invite, strlen (long_invite) - 1);
  g_autoptr (SnugRoomLink) with_longest_secret = snug_room_link_parse (longest_invite, NULL);
  g_autoptr (SnugRoomLink) longest = snug_room_link_parse (longest_text, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SnugRoomLink) link = snug_room_link_parse (bad[i], &error);

      if (link != NULL)
        g_error ("let through: %s", bad[i]);
      g_assert_nonnull (error);
    }
  g_assert_cmpstr (longest->code, ==, "BOOK23");
  g_assert_cmpuint (strlen (with_longest_secret->secret), ==, 512);
  g_assert_null (snug_room_link_parse (long_invite, NULL));
  g_assert_null (snug_room_link_parse (long_text, NULL));
}

/* A person is told which part of it is wrong. */
static void
test_words (void)
{
  static const struct { const char *text, *words; } rows[] = {
    { "BOOK23-", "*secret*missing*" },
    { "http://host/?code=BOOK23#", "*secret*missing*" },
    { "snug:host/BOOK23#", "*secret*missing*" },
    { "http://host/?code=BOOK23#p%zz", "*secret*not readable*" },
    { "snug:host/BOOK23#p%00", "*secret*not readable*" },
    { "http://host/?code=BOOK2#", "*six letters*" },
    { "http://ho%zzst/?code=BOOK23#a-b-c", "*server*" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (snug_room_link_parse (rows[i].text, &error));
      if (!g_pattern_match_simple (rows[i].words, error->message))
        g_error ("%s: %s", rows[i].text, error->message);
    }
}

static void
check_fragment (const char *start, const char *fragment, const char *secret)
{
  g_autofree char *text = g_strconcat (start, fragment, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugRoomLink) link = snug_room_link_parse (text, &error);

  if ((link != NULL) != (secret != NULL))
    g_error ("%s: %s", text, link != NULL ? "let through" : error->message);
  if (link != NULL)
    g_assert_cmpstr (link->secret, ==, secret);
  else
    g_assert_nonnull (strstr (error->message, "not readable"));
}

/* What the page reads in the same way. */
static void
test_fragments (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "wire", "links.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *rows;

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  rows = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "fragments");
  g_assert_cmpuint (json_array_get_length (rows), >, 0);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      const char *fragment = json_object_get_string_member (row, "fragment");
      const char *secret = json_object_get_string_member_with_default (row, "secret", NULL);

      check_fragment ("https://snug.example/?code=BOOK23#", fragment, secret);
      check_fragment ("snug:snug.example/BOOK23#", fragment, secret);
    }
}

static void
test_invite (void)
{
  g_autoptr (SnugRoomLink) open = snug_room_link_new ("http://h", "QXWV23", NULL);
  g_autoptr (SnugRoomLink) closed = snug_room_link_new (NULL, "BOOK23", "a-b-c");
  g_autofree char *first = snug_room_link_to_invite (open);
  g_autofree char *second = snug_room_link_to_invite (closed);

  g_assert_cmpstr (first, ==, "QXWV23");
  g_assert_cmpstr (second, ==, "BOOK23-a-b-c");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-link/good", test_good);
  g_test_add_func ("/room-link/bad", test_bad);
  g_test_add_func ("/room-link/words", test_words);
  g_test_add_func ("/room-link/fragments", test_fragments);
  g_test_add_func ("/room-link/invite", test_invite);
  return g_test_run ();
}
