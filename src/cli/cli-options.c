/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-options.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-ice-server.h"
#include "cli-secret.h"
#include "snug-secret.h"

/* What GOption fills in; each needs a look before it goes into SnugCliOptions. */
typedef struct
{
  gboolean  help, version, open, json, commands, sha256, discard_unfinished, addresses, nearby;
  char     *server, *listen, *name, *save_to, *secret_file, *turn_file, *timeout, *capacity;
  char     *accept, *conflict, *relay;
  GStrv     say, send, only, until, stun, turn;
  GStrv     words;
} Words;

static void
words_clear (Words *words)
{
  g_free (words->server);
  g_free (words->listen);
  g_free (words->name);
  g_free (words->save_to);
  g_free (words->secret_file);
  g_free (words->turn_file);
  g_free (words->timeout);
  g_free (words->capacity);
  g_free (words->accept);
  g_free (words->conflict);
  g_free (words->relay);
  g_strfreev (words->say);
  g_strfreev (words->send);
  g_strfreev (words->only);
  g_strfreev (words->until);
  g_strfreev (words->stun);
  g_strfreev (words->turn);
  g_strfreev (words->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static gboolean G_GNUC_PRINTF (2, 3)
refuse (GError **error, const char *format, ...)
{
  va_list args;
  g_autofree char *words = NULL, *valid = NULL;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  valid = g_utf8_make_valid (words, -1);
  g_set_error_literal (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE, valid);
  return FALSE;
}

/* All words are taken as GOption's "file names", byte for byte: its strings fail on every letter
 * beyond ASCII where no locale is set, which is how scripts run. */
static GOptionContext *
make_context (Words *w)
{
  const GOptionEntry entries[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &w->help, N_("Show this help"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &w->version, N_("Show the version"), NULL },
    { "server", 0, 0, G_OPTION_ARG_FILENAME, &w->server,
      N_("The server of the room; “create” without it hosts one itself"), N_("URL") },
    { "listen", 0, 0, G_OPTION_ARG_FILENAME, &w->listen,
      N_("Where the server of one’s own listens (0.0.0.0:2029 or the next free port)"),
      N_("ADDR:PORT") },
    { "open", 0, 0, G_OPTION_ARG_NONE, &w->open,
      N_("A room without a secret: who has the code can enter, also 0trace pages"), NULL },
    { "nearby", 0, 0, G_OPTION_ARG_NONE, &w->nearby,
      N_("Let others on the local network find the room hosted here, by your name and its code"), NULL },
    { "capacity", 0, 0, G_OPTION_ARG_FILENAME, &w->capacity,
      N_("Most people in the room, 2 to 16"), N_("N") },
    { "secret-file", 0, 0, G_OPTION_ARG_FILENAME, &w->secret_file,
      N_("Take the secret of the room from the first line of a file, or - for standard input"), N_("FILE") },
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &w->name, N_("What the others call you"), N_("NAME") },
    { "say", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w->say,
      N_("Say this when somebody is there; may be repeated"), N_("TEXT") },
    { "send", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w->send,
      N_("Offer this file or folder to everybody; may be repeated"), N_("PATH") },
    { "save-to", 0, 0, G_OPTION_ARG_FILENAME, &w->save_to,
      N_("Accept every file into this folder"), N_("DIR") },
    { "accept", 0, 0, G_OPTION_ARG_FILENAME, &w->accept,
      N_("Which files to accept: ask, all or none"), N_("WHAT") },
    { "on-conflict", 0, 0, G_OPTION_ARG_FILENAME, &w->conflict,
      N_("If the name is taken: keep-both, skip-identical or replace"), N_("HOW") },
    { "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w->only,
      N_("Of folders, take only what matches; may be repeated"), N_("GLOB") },
    { "discard-unfinished", 0, 0, G_OPTION_ARG_NONE, &w->discard_unfinished,
      N_("Delete what earlier transfers into the folder left unfinished"), NULL },
    { "relay", 0, 0, G_OPTION_ARG_FILENAME, &w->relay,
      N_("Use of relays: auto, never or only"), N_("WHEN") },
    { "stun", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w->stun, "stun:HOST[:PORT]", N_("SERVER") },
    { "turn", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w->turn,
      "turn[s]:USER:PASSWORD@HOST[:PORT][?transport=udp|tcp]", N_("SERVER") },
    { "turn-file", 0, 0, G_OPTION_ARG_FILENAME, &w->turn_file,
      N_("Read such servers from a file, so that other users do not see the password"),
      N_("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &w->json,
      N_("One JSON object a line on standard output"), NULL },
    { "commands", 0, 0, G_OPTION_ARG_NONE, &w->commands,
      N_("Lines of standard input that begin with / are commands, as on a terminal"), NULL },
    { "sha256", 0, 0, G_OPTION_ARG_NONE, &w->sha256,
      N_("Also report the SHA-256 of whole files"), NULL },
    { "addresses", 0, 0, G_OPTION_ARG_NONE, &w->addresses,
      N_("With “doctor”: show addresses too, which are left out else"), NULL },
    { "until", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w->until,
      N_("Leave when all hold: chat=N, sent=N, received=N, members=N, alone"), N_("COND") },
    { "timeout", 0, 0, G_OPTION_ARG_FILENAME, &w->timeout,
      N_("Give up after so many seconds"), N_("SECONDS") },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w->words, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  /* Translators: keep “create”, “join”, “nearby” and “doctor”, they are typed. */
  GOptionContext *context = g_option_context_new (_("create | join INVITE|CODE|LINK | nearby | doctor"));

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context,
                                _("A member of a room, on a terminal or in a script: chat and "
                                  "files, straight from one computer to the other.\n\n"
                                  "  create   makes a room and stays in it\n"
                                  "  join     enters one\n"
                                  "  nearby   lists the rooms announced on the local network\n"
                                  "  doctor   checks whether others can be reached from here"));
  g_option_context_set_description (context,
                                    _("Exit status: 0 done, 1 usage, 2 server unreachable, "
                                      "3 room not found, full, over, locked or denied,\n"
                                      "4 wrong secret, 5 a transfer failed, 6 timed out, "
                                      "7 nobody could be reached."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return context;
}

static char *
to_utf8 (const char *bytes)
{
  char *text = NULL;

  if (bytes == NULL || g_utf8_validate (bytes, -1, NULL))
    return g_strdup (bytes);
  text = g_locale_to_utf8 (bytes, -1, NULL, NULL, NULL);
  return text != NULL ? text : g_utf8_make_valid (bytes, -1);
}

static void
make_utf8 (char **words)
{
  for (; words != NULL && *words != NULL; words++)
    {
      char *text = to_utf8 (*words);

      g_free (*words);
      *words = text;
    }
}

/* The index of @word in @choices, *@value unchanged if @word is NULL. */
static gboolean
choose (const char *option, const char *word, const char *const *choices, int *value,
        GError **error)
{
  g_autofree char *all = NULL;

  if (word == NULL)
    return TRUE;
  for (int i = 0; choices[i] != NULL; i++)
    if (strcmp (word, choices[i]) == 0)
      {
        *value = i;
        return TRUE;
      }
  all = g_strjoinv (", ", (char **) choices);
  return refuse (error, _("%s knows %s, not “%s”."), option, all, word);
}

static gboolean
take_choices (SnugCliOptions *self, const Words *w, GError **error)
{
  static const char *const accepts[] = { "ask", "all", "none", NULL };
  static const char *const conflicts[] = { "keep-both", "skip-identical", "replace", NULL };
  static const char *const relays[] = { "auto", "never", "only", NULL };
  int accept = self->save_to != NULL ? SNUG_ACCEPT_ALL : SNUG_ACCEPT_ASK;
  int conflict = SNUG_CONFLICT_KEEP_BOTH;
  int relay = SNUG_RELAY_AUTOMATIC;

  if (!choose ("--accept", w->accept, accepts, &accept, error)
      || !choose ("--on-conflict", w->conflict, conflicts, &conflict, error)
      || !choose ("--relay", w->relay, relays, &relay, error))
    return FALSE;
  self->accept = (SnugAcceptPolicy) accept;
  self->conflict = (SnugConflictPolicy) conflict;
  self->relay = (SnugRelayPolicy) relay;
  return TRUE;
}

static gboolean
take_numbers (SnugCliOptions *self, const Words *w, GError **error)
{
  guint64 capacity = 0;
  char *end = NULL;
  double seconds;

  if (w->capacity != NULL && !g_ascii_string_to_unsigned (w->capacity, 10, 2, 16, &capacity, NULL))
    return refuse (error, _("--capacity is a number from 2 to 16, not “%s”."), w->capacity);
  self->capacity = (guint) capacity;

  if (w->timeout == NULL)
    return TRUE;
  seconds = g_ascii_strtod (w->timeout, &end);
  if (end == w->timeout || *end != '\0' || !(seconds >= 0.001 && seconds <= 1e6))
    return refuse (error, _("--timeout is a number of seconds, not “%s”."), w->timeout);
  self->timeout_ms = (guint) (seconds * 1000);
  return TRUE;
}

static gboolean
take_ice_servers (SnugCliOptions *self, char **texts, GError **error)
{
  for (; texts != NULL && *texts != NULL; texts++)
    {
      SnugIceServer *server = snug_cli_ice_server_parse (*texts, error);

      if (server == NULL)
        return FALSE;
      g_ptr_array_add (self->ice_servers, server);
    }
  return TRUE;
}

/* "http[s]://HOST[:PORT]", a "/" at the end forgiven. */
static gboolean
is_server_url (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *scheme, *path;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return FALSE;
  scheme = g_uri_get_scheme (uri);
  path = g_uri_get_path (uri);
  return (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0)
         && (*path == '\0' || strcmp (path, "/") == 0)
         && g_uri_get_query (uri) == NULL
         && g_uri_get_fragment (uri) == NULL
         && g_uri_get_userinfo (uri) == NULL;
}

static gboolean
take_server (SnugCliOptions *self, const Words *w, GError **error)
{
  g_autofree char *text = NULL;

  if (w->server == NULL)
    return TRUE;
  text = g_strconcat (strstr (w->server, "://") != NULL ? "" : "http://", w->server, NULL);
  if (!is_server_url (text))
    return refuse (error, _("--server is an address such as http://HOST or https://HOST:PORT, "
                            "not “%s”."), w->server);
  if (g_str_has_suffix (text, "/"))
    text[strlen (text) - 1] = '\0';
  self->server = g_steal_pointer (&text);
  return TRUE;
}

/* Of those that are given, the first about a room, what is done in it, or the way to it, which doctor checks and nearby
 * has no use for; NULL if there is none. */
static const char *
find_option_of_rooms (const SnugCliOptions *self, const Words *w)
{
  const gboolean is_nearby = self->command == SNUG_CLI_NEARBY;
  const struct
  {
    const char *name;
    gboolean    given;
  } options[] = {
    { "--open", w->open },
    { "--capacity", w->capacity != NULL },
    { "--secret-file", w->secret_file != NULL },
    { "--name", self->name != NULL },
    { "--say", self->say != NULL },
    { "--send", self->send != NULL },
    { "--save-to", self->save_to != NULL },
    { "--accept", w->accept != NULL },
    { "--on-conflict", w->conflict != NULL },
    { "--only", self->only != NULL },
    { "--discard-unfinished", w->discard_unfinished },
    { "--commands", w->commands },
    { "--sha256", w->sha256 },
    { "--until", w->until != NULL },
    { "--server", is_nearby && w->server != NULL },
    { "--relay", is_nearby && w->relay != NULL },
    { "--stun", is_nearby && w->stun != NULL },
    { "--turn", is_nearby && w->turn != NULL },
    { "--turn-file", is_nearby && w->turn_file != NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (options[i].given)
      return options[i].name;
  return NULL;
}

/* Options that make sense only beside others. */
static gboolean
check_together (const SnugCliOptions *self, const Words *w, GError **error)
{
  gboolean    is_outside = self->command == SNUG_CLI_DOCTOR || self->command == SNUG_CLI_NEARBY;
  const char *of_rooms = is_outside ? find_option_of_rooms (self, w) : NULL;

  if (of_rooms != NULL)
    return refuse (error, _("%s is for “create” and “join”, which enter a room."), of_rooms);
  if (w->secret_file != NULL && w->open)
    return refuse (error, _("--open is a room without a secret, --secret-file one with it: say one "
                            "of them."));
  if (self->only != NULL && self->accept != SNUG_ACCEPT_ALL)
    return refuse (error, _("--only is for --save-to, or --accept all: a person who is asked can choose."));
  if (w->addresses && self->command != SNUG_CLI_DOCTOR)
    return refuse (error, _("--addresses belongs to “doctor”."));
  if (self->command == SNUG_CLI_JOIN && w->open)
    return refuse (error, _("--open belongs to “create”: the room you join is what its host made "
                            "it."));
  if (self->command == SNUG_CLI_JOIN && w->capacity != NULL)
    return refuse (error, _("--capacity belongs to “create”: the room you join has its host’s."));
  if (self->listen != NULL && (self->command != SNUG_CLI_CREATE || self->server != NULL))
    return refuse (error, _("--listen is for “create” without --server, which hosts the room "
                            "itself."));
  if (self->nearby && (self->command != SNUG_CLI_CREATE || self->server != NULL))
    return refuse (error, _("--nearby is for “create” without --server, which hosts the room itself."));
  return TRUE;
}

/* One that is a word by itself. */
static gboolean
take_lone_command (SnugCliOptions *self, const char *command)
{
  static const struct
  {
    const char     *word;
    SnugCliCommand  command;
  } commands[] = { { "create", SNUG_CLI_CREATE }, { "doctor", SNUG_CLI_DOCTOR }, { "nearby", SNUG_CLI_NEARBY } };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (command, commands[i].word) == 0)
      {
        self->command = commands[i].command;
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_command (SnugCliOptions *self, const Words *w, GError **error)
{
  const char *command = w->words != NULL ? w->words[0] : NULL;
  guint n_words = w->words != NULL ? g_strv_length (w->words) : 0;

  if (command == NULL)
    return refuse (error, _("Say “create” to make a room or “join” to enter one; --help tells "
                            "more."));
  if (take_lone_command (self, command))
    return n_words == 1
           || refuse (error, _("“%s” takes no further word than its options, not “%s”."), command, w->words[1]);
  if (strcmp (command, "join") != 0)
    return refuse (error, _("“%s” is neither “create”, “join”, “nearby” nor “doctor”."), command);
  if (n_words != 2 || *w->words[1] == '\0')
    return refuse (error, _("“join” takes one invite, code or link."));
  self->command = SNUG_CLI_JOIN;
  self->invite = g_strdup (w->words[1]);
  return TRUE;
}

static gboolean
take_until (SnugCliOptions *self, char **conditions, GError **error)
{
  for (; conditions != NULL && *conditions != NULL; conditions++)
    if (!snug_cli_until_add (&self->until, *conditions, error))
      return FALSE;
  return TRUE;
}

/* Last, as it may wait for a line. */
static gboolean
take_secret (SnugCliOptions *self, const Words *w, GError **error)
{
  if (w->secret_file != NULL)
    self->secret = snug_cli_secret_load (w->secret_file, error);
  return w->secret_file == NULL || self->secret != NULL;
}

static gboolean
take (SnugCliOptions *self, Words *w, GError **error)
{
  make_utf8 (w->words);
  make_utf8 (w->stun);
  make_utf8 (w->turn);
  if (!take_command (self, w, error) || !take_server (self, w, error))
    return FALSE;
  self->listen = to_utf8 (w->listen);
  self->name = to_utf8 (w->name);
  make_utf8 (w->say);
  self->say = g_steal_pointer (&w->say);
  self->send = g_steal_pointer (&w->send);
  self->save_to = g_steal_pointer (&w->save_to);
  make_utf8 (w->only);
  self->only = g_steal_pointer (&w->only);
  self->open = w->open;
  self->nearby = w->nearby;
  self->json = w->json;
  self->commands = w->commands;
  self->sha256 = w->sha256;
  self->discard_unfinished = w->discard_unfinished;
  self->addresses = w->addresses;
  return take_choices (self, w, error)
         && take_numbers (self, w, error)
         && take_ice_servers (self, w->stun, error)
         && take_ice_servers (self, w->turn, error)
         && (w->turn_file == NULL
             || snug_cli_ice_servers_load (self->ice_servers, w->turn_file, error))
         && take_until (self, w->until, error)
         && check_together (self, w, error)
         && take_secret (self, w, error);
}

SnugCliOptions *
snug_cli_options_parse (const char *const *argv, GError **error)
{
  g_autoptr (SnugCliOptions) self = g_new0 (SnugCliOptions, 1);
  g_auto (Words) words = { 0 };
  g_autoptr (GOptionContext) context = make_context (&words);
  g_auto (GStrv) rest = g_strdupv ((char **) argv);
  g_autoptr (GError) local_error = NULL;

  self->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_ice_server_free);
  if (!g_option_context_parse_strv (context, &rest, &local_error))
    {
      refuse (error, _("%s; --help lists the options."), local_error->message);
      return NULL;
    }
  if (words.help || words.version)
    {
      self->command = words.help ? SNUG_CLI_HELP : SNUG_CLI_VERSION;
      self->help = g_option_context_get_help (context, TRUE, NULL);
      return g_steal_pointer (&self);
    }
  return take (self, &words, error) ? g_steal_pointer (&self) : NULL;
}

void
snug_cli_options_free (SnugCliOptions *self)
{
  g_free (self->help);
  snug_wipe_string (&self->invite);
  g_free (self->server);
  g_free (self->listen);
  snug_wipe_string (&self->secret);
  g_free (self->name);
  g_strfreev (self->say);
  g_strfreev (self->send);
  g_strfreev (self->only);
  g_free (self->save_to);
  g_ptr_array_unref (self->ice_servers);
  g_free (self);
}
