/* The words of the command line.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-options.h"

#include <glib/gstdio.h>
#include <string.h>

/* Words are separated by one space. */
static SnugCliOptions *
parse (const char *line, GError **error)
{
  g_autofree char *whole = g_strconcat ("snug-cli", *line != '\0' ? " " : "", line, NULL);
  g_auto (GStrv) words = g_strsplit (whole, " ", -1);

  return snug_cli_options_parse ((const char *const *) words, error);
}

static SnugCliOptions *
parse_good (const char *line)
{
  g_autoptr (GError) error = NULL;
  SnugCliOptions *options = parse (line, &error);

  g_assert_no_error (error);
  g_assert_nonnull (options);
  return options;
}

static void
test_defaults (void)
{
  g_autoptr (SnugCliOptions) options = parse_good ("create --open");

  g_assert_cmpint (options->command, ==, SNUG_CLI_CREATE);
  g_assert_null (options->server);
  g_assert_null (options->listen);
  g_assert_cmpuint (options->capacity, ==, 0);
  g_assert_cmpint (options->accept, ==, SNUG_ACCEPT_ASK);
  g_assert_cmpint (options->conflict, ==, SNUG_CONFLICT_KEEP_BOTH);
  g_assert_cmpint (options->relay, ==, SNUG_RELAY_AUTOMATIC);
  g_assert_cmpuint (options->ice_servers->len, ==, 0);
  g_assert_cmpuint (options->timeout_ms, ==, 0);
  g_assert_false (options->json);
  g_assert_false (options->commands);
  g_assert_false (snug_cli_until_is_asked (&options->until));
}

static void
test_create (void)
{
  g_autoptr (SnugCliOptions) options =
    parse_good ("create --open --listen 127.0.0.1:0 --capacity 16 --name Ana --say hello --say you --send a --send "
                "b/c --accept none --on-conflict replace --relay only --json --commands --sha256 --until chat=2 --until alone "
                "--timeout 0.5");

  g_assert_cmpstr (options->listen, ==, "127.0.0.1:0");
  g_assert_cmpuint (options->capacity, ==, 16);
  g_assert_cmpstr (options->name, ==, "Ana");
  g_assert_cmpuint (g_strv_length (options->say), ==, 2);
  g_assert_cmpstr (options->say[1], ==, "you");
  g_assert_cmpstr (options->send[1], ==, "b/c");
  g_assert_cmpint (options->accept, ==, SNUG_ACCEPT_NONE);
  g_assert_cmpint (options->conflict, ==, SNUG_CONFLICT_REPLACE);
  g_assert_cmpint (options->relay, ==, SNUG_RELAY_ONLY);
  g_assert_true (options->json);
  g_assert_true (options->commands);
  g_assert_true (options->sha256);
  g_assert_cmpuint (options->until.wanted[SNUG_CLI_CHATS], ==, 2);
  g_assert_true (options->until.wants_alone);
  g_assert_cmpuint (options->timeout_ms, ==, 500);
}

static void
test_join (void)
{
  g_autoptr (SnugCliOptions) options = parse_good ("join book23 --server example.org:2029 --save-to in");

  g_assert_cmpint (options->command, ==, SNUG_CLI_JOIN);
  g_assert_cmpstr (options->invite, ==, "book23");
  g_assert_cmpstr (options->server, ==, "http://example.org:2029");
  /* --save-to accepts everything, unless somebody wants to be asked. */
  g_assert_cmpint (options->accept, ==, SNUG_ACCEPT_ALL);
}

static void
test_doctor (void)
{
  g_autoptr (SnugCliOptions) options =
    parse_good ("doctor --server h --stun stun:s --relay only --addresses --json --timeout 3");

  g_assert_cmpint (options->command, ==, SNUG_CLI_DOCTOR);
  g_assert_cmpstr (options->server, ==, "http://h");
  g_assert_cmpuint (options->ice_servers->len, ==, 1);
  g_assert_cmpint (options->relay, ==, SNUG_RELAY_ONLY);
  g_assert_true (options->addresses);
  g_assert_cmpuint (options->timeout_ms, ==, 3000);
}

static void
test_nearby (void)
{
  g_autoptr (SnugCliOptions) look = parse_good ("nearby --json --timeout 3");
  g_autoptr (SnugCliOptions) create = parse_good ("create --nearby");

  g_assert_cmpint (look->command, ==, SNUG_CLI_NEARBY);
  g_assert_false (look->nearby);
  g_assert_cmpuint (look->timeout_ms, ==, 3000);
  g_assert_cmpint (create->command, ==, SNUG_CLI_CREATE);
  g_assert_true (create->nearby);
}

static void
test_save_to_and_ask (void)
{
  g_autoptr (SnugCliOptions) options = parse_good ("join book23 --save-to in --accept ask --server https://h/");

  g_assert_cmpint (options->accept, ==, SNUG_ACCEPT_ASK);
  g_assert_cmpstr (options->server, ==, "https://h");
}

static void
assert_ice_server (SnugCliOptions *options, guint index, const char *url, const char *user, const char *password)
{
  SnugIceServer *server = g_ptr_array_index (options->ice_servers, index);

  g_assert_cmpstr (server->url, ==, url);
  g_assert_cmpstr (server->username, ==, user);
  g_assert_cmpstr (server->password, ==, password);
}

static void
test_ice_servers (void)
{
  g_autoptr (SnugCliOptions) options =
    parse_good ("create --open --stun stun:192.0.2.1 --stun stun:[2001:db8::1]:3479 --turn turn:u:p@h "
                "--turn turns:1700%3Aana:p@ss:w%25rd@[::1]:5349?transport=tcp --turn turn:u:100%@h?transport=udp");

  assert_ice_server (options, 0, "stun:192.0.2.1", NULL, NULL);
  assert_ice_server (options, 1, "stun:[2001:db8::1]:3479", NULL, NULL);
  assert_ice_server (options, 2, "turn:h", "u", "p");
  assert_ice_server (options, 3, "turns:[::1]:5349?transport=tcp", "1700:ana", "p@ss:w%rd");
  assert_ice_server (options, 4, "turn:h?transport=udp", "u", "100%");
}

static void
test_turn_file (void)
{
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;
  g_autoptr (SnugCliOptions) options = NULL;
  int fd = g_file_open_tmp (NULL, &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, "# ours\n\n  turn:u:p@h \nturns:u:p@i", -1, NULL));
  line = g_strconcat ("create --open --turn-file ", path, NULL);
  options = parse_good (line);
  g_assert_cmpuint (options->ice_servers->len, ==, 2);
  assert_ice_server (options, 1, "turns:i", "u", "p");

  g_assert_true (g_file_set_contents (path, "turn:u:secret-word@", -1, NULL));
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (line, &error));
    g_assert_error (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE);
    g_assert_null (strstr (error->message, "secret-word"));
  }
  g_remove (path);
}

static void
test_letters_without_a_locale (void)
{
  const char *const argv[] = { "snug-cli", "join", "book23", "--name", "Zoë 🙂", "--say", "\xff!", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugCliOptions) options = snug_cli_options_parse (argv, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (options->name, ==, "Zoë 🙂");
  g_assert_true (g_utf8_validate (options->say[0], -1, NULL));
}

static void
test_help_and_version (void)
{
  g_autoptr (SnugCliOptions) help = parse_good ("--help");
  g_autoptr (SnugCliOptions) version = parse_good ("create --version");

  g_assert_cmpint (help->command, ==, SNUG_CLI_HELP);
  g_assert_nonnull (strstr (help->help, "--until"));
  g_assert_cmpint (version->command, ==, SNUG_CLI_VERSION);
}

/* Each with a part of the words that must come back. */
static const struct
{
  const char *line;
  const char *words;
} refused[] = {
  { "", "--help" },
  { "--json", "--help" },
  { "frob", "frob" },
  { "create --open BOOK23", "BOOK23" },
  { "join", "one invite" },
  { "join A B", "one invite" },
  { "doctor BOOK23", "BOOK23" },
  { "doctor --listen 127.0.0.1:0", "--listen" },
  { "doctor --open", "--open is for" },
  { "doctor --capacity 3", "--capacity is for" },
  { "doctor --secret-file /dev/null", "--secret-file is for" },
  { "doctor --name Ana", "--name is for" },
  { "doctor --say hi", "--say is for" },
  { "doctor --send x", "--send is for" },
  { "doctor --save-to in", "--save-to is for" },
  { "doctor --accept none", "--accept is for" },
  { "doctor --on-conflict replace", "--on-conflict is for" },
  { "doctor --only x", "--only is for" },
  { "doctor --discard-unfinished", "--discard-unfinished is for" },
  { "doctor --commands", "--commands is for" },
  { "doctor --sha256", "--sha256 is for" },
  { "doctor --until alone", "--until is for" },
  { "nearby BOOK23", "BOOK23" },
  { "nearby --until alone", "--until is for" },
  { "nearby --server http://h", "--server is for" },
  { "nearby --relay only", "--relay is for" },
  { "nearby --stun stun:h", "--stun is for" },
  { "nearby --turn turn:u:p@h", "--turn is for" },
  { "nearby --turn-file /dev/null", "--turn-file is for" },
  { "nearby --listen 127.0.0.1:0", "--listen" },
  { "join A --nearby", "--nearby" },
  { "create --nearby --server h", "--nearby" },
  { "join A --addresses", "--addresses" },
  { "join A --frob", "frob" },
  { "join A --open", "--open" },
  { "join A --capacity 3", "--capacity" },
  { "join A --listen 127.0.0.1:0", "--listen" },
  { "create --open --server http://h --listen 127.0.0.1:0", "--listen" },
  { "create --secret-file /nonexistent", "--secret-file" },
  { "create --open --secret-file x", "--secret-file" },
  { "join A --secret-file /dev/null", "--secret-file" },
  { "create --open --capacity 1", "--capacity" },
  { "create --open --capacity 17", "--capacity" },
  { "create --open --capacity two", "--capacity" },
  { "join A --accept some", "ask, all, none" },
  { "join A --on-conflict x", "keep-both, skip-identical, replace" },
  { "join A --only x", "--only is for --save-to" },
  { "join A --relay always", "auto, never, only" },
  { "join A --timeout 0", "--timeout" },
  { "join A --timeout -1", "--timeout" },
  { "join A --timeout 1x", "--timeout" },
  { "join A --timeout nan", "--timeout" },
  { "join A --timeout 1e9", "--timeout" },
  { "join A --until nothing", "--until" },
  { "join A --server ftp://h", "--server" },
  { "join A --server http://", "--server" },
  { "join A --server http://h/x", "--server" },
  { "join A --server http://u@h", "--server" },
  { "join A --server http://h?q", "--server" },
  { "join A --stun h", "stun:" },
  { "join A --stun stun:", "stun:" },
  { "join A --stun stun:u@h", "stun:" },
  { "join A --turn turn:h", "turn:" },
  { "join A --turn turn:u@h", "turn:" },
  { "join A --turn turn::p@h", "turn:" },
  { "join A --turn turn:u:p@", "turn:" },
  { "join A --turn turn:u:p@h:0", "turn:" },
  { "join A --turn turn:u:p@h?transport=sctp", "turn:" },
  { "join A --turn http://h", "turn:" },
  { "join A --turn-file /nonexistent/file", "--turn-file" },
};

static void
test_refuses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", refused[i].line);
      g_assert_null (parse (refused[i].line, &error));
      g_assert_error (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, refused[i].words));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-options/defaults", test_defaults);
  g_test_add_func ("/cli-options/create", test_create);
  g_test_add_func ("/cli-options/join", test_join);
  g_test_add_func ("/cli-options/doctor", test_doctor);
  g_test_add_func ("/cli-options/nearby", test_nearby);
  g_test_add_func ("/cli-options/save-to-and-ask", test_save_to_and_ask);
  g_test_add_func ("/cli-options/ice-servers", test_ice_servers);
  g_test_add_func ("/cli-options/turn-file", test_turn_file);
  g_test_add_func ("/cli-options/letters-without-a-locale", test_letters_without_a_locale);
  g_test_add_func ("/cli-options/help-and-version", test_help_and_version);
  g_test_add_func ("/cli-options/refuses", test_refuses);
  return g_test_run ();
}
