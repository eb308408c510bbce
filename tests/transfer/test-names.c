/* What a hostile sender calls its files: the holes that were published of programs like this one, each tried
 * over a real connection, as the name of a file, as the name of a folder and in a folder's manifest. Nothing may
 * come to be outside of the folder to save in, and nothing that was there may change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-pieces.h"
#include "transfer-mates.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In every name: so what is where it should not be is found. */
#define EVIL "snug-evil"
/* What is sent, of every file. */
#define CONTENT "owned"
#define CONTENT_BYTES 5

typedef struct
{
  const char *hole;
  const char *names[12];
} Hole;

static const Hole holes[] = {
  /* a name with "../" was written where it leads to */
  { "LocalSend-CVE-2025-27142",
    { "../" EVIL, "../../" EVIL, "../../../../../../../../tmp/" EVIL, "a/../../" EVIL, "./../" EVIL, "..", "." } },
  /* a name that is markup in the page that shows it */
  { "LocalSend-CVE-2026-25154",
    { "<img src=x onerror=alert(1)>" EVIL, "\\\"><script>" EVIL "</script>.html", "javascript:" EVIL, "&lt;b&gt;" EVIL } },
  /* a name with a path, absolute or not, over files that the person has */
  { "magic-wormhole-CVE-2026-32116",
    { "/tmp/" EVIL, "//tmp/" EVIL, "/", ".ssh/authorized_keys", "~/" EVIL, "$HOME/" EVIL, "link/" EVIL } },
  /* a folder whose entries lead out of it */
  { "magic-wormhole-CVE-2026-42448",
    { "sub/../../" EVIL, "..//" EVIL, "sub//../..//" EVIL, "....//" EVIL, "%2e%2e%2f" EVIL, "..%2f" EVIL } },
  /* a name that is words to a terminal */
  { "magic-wormhole-476",
    { "\\u001b]0;" EVIL "\\u0007", "\\u001b[2J" EVIL, EVIL "\\r\\n" EVIL, EVIL "\\u202etxt.exe", "\\u200b" EVIL } },
  /* a link in the folder is followed */
  { "Warpinator-CVE-2022-42725", { "link", "link/", "link/" EVIL, "filelink", "filelink/" EVIL } },
  /* what is "in the way" of the name is removed, before or after it comes to nothing */
  { "Warpinator-CVE-2023-29380", { "..", "../outside", "../inbox", "/", "", " ", "./", "../inbox/mine" } },
  /* new files that programs obey; and a secret among the arguments, of which there is none here */
  { "croc-CVE-2023-43621",
    { ".bashrc", ".profile", ".config/autostart/" EVIL ".desktop", " .bashrc", ".\\u200d.bashrc", ". " EVIL, "-rf " EVIL } },
  /* names that no file system takes, or that mean a device */
  { "OnionShare-2.6.2-2.6.4",
    { "CON", "nul.txt", "com1." EVIL, EVIL ". . .", "a:b" EVIL, "a|b?*" EVIL,
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890." EVIL } },
  /* paths of another system */
  { "LANDrop-239",
    { "..\\\\" EVIL, "..\\\\..\\\\" EVIL, "C:\\\\" EVIL, "\\\\\\\\host\\\\share\\\\" EVIL, "sub\\\\..\\\\..\\\\" EVIL, "..\\\\/" EVIL } },
};

/* --- what is there, before and after --------------------------------------------------------------- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
describe (GString *all, const char *path)
{
  g_autofree char *content = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;
  GStatBuf info;

  g_assert_cmpint (g_lstat (path, &info), ==, 0);
  g_string_append_printf (all, "%s %o", path, info.st_mode);
  if (S_ISREG (info.st_mode) && g_file_get_contents (path, &content, NULL, NULL))
    g_string_append_printf (all, " %s", content);
  if (S_ISLNK (info.st_mode) && (content = g_file_read_link (path, NULL)) != NULL)
    g_string_append_printf (all, " %s", content);
  g_string_append_c (all, '\n');
  if (!S_ISDIR (info.st_mode))
    return;
  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    describe (all, names->pdata[i]);
}

static const char *const mine[] = { "outside", "inbox/mine", "inbox/link", "inbox/filelink", "inbox/authorized_keys" };

static void
put_mine (TransferMates *f)
{
  g_autofree char *outside = g_build_filename (f->path, "outside", NULL);
  g_autofree char *precious = g_build_filename (outside, "precious", NULL);
  g_autofree char *link = g_build_filename (f->path, "inbox", "link", NULL);
  g_autofree char *file_link = g_build_filename (f->path, "inbox", "filelink", NULL);
  g_autofree char *keys = g_build_filename (f->path, "inbox", "authorized_keys", NULL);

  put (f->path, "outside/precious", 10, 1600000000);
  put (f->path, "inbox/mine/precious", 10, 1600000000);
  g_assert_true (g_file_set_contents (keys, "mine", -1, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_cmpint (symlink (precious, file_link), ==, 0);
}

static char *
describe_mine (TransferMates *f)
{
  GString *all = g_string_new (NULL);
  g_autoptr (GDir) dir = g_dir_open (f->path, 0, NULL);
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (mine); i++)
    {
      g_autofree char *path = g_build_filename (f->path, mine[i], NULL);

      describe (all, path);
    }
  while (g_dir_read_name (dir) != NULL)
    n++;
  g_string_append_printf (all, "%u beside the inbox\n", n - 1);
  return g_string_free (all, FALSE);
}

static void
assert_nothing_evil_in (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_assert_null (strstr (name, EVIL));
}

/* From the folder up to the root, and where relative and home paths lead. */
static void
assert_nothing_evil_outside (TransferMates *f)
{
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *path = g_strdup (f->path);

  while (strcmp (path, "/") != 0)
    {
      char *parent = g_path_get_dirname (path);

      assert_nothing_evil_in (path);
      g_free (path);
      path = parent;
    }
  assert_nothing_evil_in ("/");
  assert_nothing_evil_in ("/tmp");
  assert_nothing_evil_in (here);
  assert_nothing_evil_in (g_get_home_dir ());
}

/* Joiners stay in names: words of some languages need them. */
static gboolean
is_plain (gunichar c)
{
  return c == 0x200c || c == 0x200d || (g_unichar_isprint (c) && (c > 127 || strchr ("/\\:*?\"<>|", (int) c) == NULL));
}

/* What has arrived is one component in the inbox, nothing hidden, nothing that a terminal or a shell obeys, no
 * link and nothing executable. */
static void
assert_is_harmless (TransferMates *f, GFile *file)
{
  g_autoptr (GFile) parent = g_file_get_parent (file);
  g_autofree char *name = g_file_get_basename (file);
  GStatBuf info;

  g_assert_true (g_file_equal (parent, f->inbox));
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpint (strlen (name), <=, 255);
  g_assert_true (*name != '.' && *name != ' ');
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_true (is_plain (g_utf8_get_char (at)));
  g_assert_cmpint (g_lstat (g_file_peek_path (file), &info), ==, 0);
  g_assert_true (S_ISREG (info.st_mode) ? (info.st_mode & 0133) == 0 : S_ISDIR (info.st_mode) && (info.st_mode & 022) == 0);
}

/* --- a sender by hand ------------------------------------------------------------------------------ */

/* What goes over the file channel: texts, and bytes with a piece hash behind them. */
typedef struct
{
  char    *text;     /* nullable */
  GBytes  *bytes;    /* nullable */
} Said;

static void
said_free (gpointer data)
{
  Said *said = data;

  g_free (said->text);
  g_clear_pointer (&said->bytes, g_bytes_unref);
  g_free (said);
}

static void
say_text (GPtrArray *script, char *text)
{
  Said *said = g_new0 (Said, 1);

  said->text = text;
  g_ptr_array_add (script, said);
}

static void
say_bytes (GPtrArray *script, const char *bytes, gsize n)
{
  Said *said = g_new0 (Said, 1);
  SnugWireFileText hash = { .is_hash = TRUE };

  said->bytes = g_bytes_new (bytes, n);
  g_ptr_array_add (script, said);
  snug_piece_hash ((const guint8 *) bytes, n, hash.hash);
  say_text (script, snug_wire_encode_file_text (&hash));
}

static void
say_file (GPtrArray *script, guint entry)
{
  say_text (script, g_strdup_printf ("{\"entry\":%u,\"offset\":0,\"size\":%d}", entry, CONTENT_BYTES));
  say_bytes (script, CONTENT, CONTENT_BYTES);
}

/* In the network context. */
static void
on_channel (SnugDataChannel *channel, gpointer user_data)
{
  GPtrArray *script = user_data;

  for (guint i = 0; i < script->len; i++)
    {
      Said *said = script->pdata[i];

      if (said->text != NULL)
        snug_data_channel_send_text (channel, said->text, NULL);
      else
        snug_data_channel_send_bytes (channel, said->bytes, NULL);
    }
}

/* @offer_fields: what is behind the id. Returns: the row, when it is over */
static SnugTransfer *
play (TransferMates *f, const char *offer_fields, GPtrArray *script, SnugSinkConflict conflict)
{
  SnugTransfers *bo = f->transfers[1];
  SnugMate *ana = &f->mates.mates[0];
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"%s\",%s}", id, offer_fields);
  guint n = n_rows (bo);

  send_raw (f, 0, "Bo", text);
  snug_await (NULL, n_rows (bo) == n + 1);
  g_assert_true (snug_transfers_accept (bo, row (bo, n), f->inbox, conflict, NULL, NULL));
  snug_peer_link_open_channel (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), SNUG_WIRE_FILE_LABEL, id,
                               on_channel, g_ptr_array_ref (script), (GDestroyNotify) g_ptr_array_unref);
  snug_await (NULL, snug_transfer_is_finished (row (bo, n)));
  return row (bo, n);
}

static SnugTransfer *
play_file (TransferMates *f, const char *name, SnugSinkConflict conflict)
{
  g_autoptr (GPtrArray) script = g_ptr_array_new_with_free_func (said_free);
  g_autofree char *fields = g_strdup_printf ("\"name\":\"%s\",\"size\":%d", name, CONTENT_BYTES);

  say_file (script, 0);
  return play (f, fields, script, conflict);
}

static SnugTransfer *
play_folder (TransferMates *f, const char *name, const char *manifest, guint n_files, SnugSinkConflict conflict)
{
  g_autoptr (GPtrArray) script = g_ptr_array_new_with_free_func (said_free);
  SnugWireFileText hash = { .is_hash = TRUE };
  g_autofree char *hash_text = NULL;
  g_autofree char *fields = NULL;
  gsize n = strlen (manifest);

  snug_piece_hash ((const guint8 *) manifest, n, hash.hash);
  hash_text = snug_wire_encode_file_text (&hash);
  fields = g_strdup_printf ("\"name\":\"%s\",\"size\":%u,\"kind\":\"folder\",\"count\":%u,\"manifest\":{\"size\":%"
                            G_GSIZE_FORMAT ",%s", name, n_files * CONTENT_BYTES, n_files, n, hash_text + 1);
  say_text (script, g_strdup_printf ("{\"entry\":\"manifest\",\"offset\":0,\"size\":%" G_GSIZE_FORMAT "}", n));
  say_bytes (script, manifest, n);
  for (guint i = 0; i < n_files; i++)
    say_file (script, i);
  return play (f, fields, script, conflict);
}

static void
assert_all_harmless (TransferMates *f, SnugTransfer *in, const char *before)
{
  g_autofree char *after = describe_mine (f);

  g_assert_cmpstr (after, ==, before);
  assert_nothing_evil_outside (f);
  if (is (in, SNUG_TRANSFER_DONE))
    {
      assert_is_harmless (f, snug_transfer_get_file (in));
      /* what it brought must not stand in the way of the next */
      snug_remove_tree (g_file_peek_path (snug_transfer_get_file (in)));
    }
  snug_transfers_forget (f->transfers[1], in);
}

static void
test_hole (TransferMates *f, gconstpointer data)
{
  const Hole *hole = data;
  g_autofree char *before = NULL;

  snug_mates_add (&f->mates, "Ana");
  add (f, "Bo");
  snug_mates_await (&f->mates);
  put_mine (f);
  before = describe_mine (f);

  for (gsize i = 0; hole->names[i] != NULL; i++)
    for (int conflict = SNUG_SINK_KEEP_BOTH; conflict <= SNUG_SINK_REPLACE; conflict++)
      {
        const char *name = hole->names[i];
        g_autofree char *as_file = g_strdup_printf ("{\"path\":[\"%s\"],\"size\":5}\n", name);
        g_autofree char *as_folder = g_strdup_printf ("{\"path\":[\"%s\",\"" EVIL "\"],\"size\":5}\n", name);
        g_autofree char *below = g_strdup_printf ("{\"path\":[\"a\",\"%s\",\"%s\",\"" EVIL "\"],\"size\":5}\n", name, name);
        g_autofree char *twice = g_strdup_printf ("{\"path\":[\"%s\"],\"size\":5}\n{\"path\":[\"%s\",\"x\"],\"size\":5}\n", name,
                                                  name);

        g_test_message ("%s, policy %d", name, conflict);
        assert_all_harmless (f, play_file (f, name, (SnugSinkConflict) conflict), before);
        assert_all_harmless (f, play_folder (f, name, "{\"path\":[\"x\"],\"size\":5}\n", 1, (SnugSinkConflict) conflict), before);
        assert_all_harmless (f, play_folder (f, "Holiday", as_file, 1, (SnugSinkConflict) conflict), before);
        assert_all_harmless (f, play_folder (f, "Holiday", as_folder, 1, (SnugSinkConflict) conflict), before);
        assert_all_harmless (f, play_folder (f, "Holiday", below, 1, (SnugSinkConflict) conflict), before);
        /* a name that is a file first, and then a folder */
        assert_all_harmless (f, play_folder (f, "Holiday", twice, 2, (SnugSinkConflict) conflict), before);
      }
}

/* Somebody in between, who is not who was accepted (LocalSend CVE-2025-54792): what Ana offers comes from Ana. */
static void
test_somebody_in_between (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;
  SnugMate *ana, *chi;
  g_autoptr (GPtrArray) evil = g_ptr_array_new_with_free_func (said_free);
  g_autoptr (GPtrArray) good = g_ptr_array_new_with_free_func (said_free);
  g_autofree char *content = NULL;

  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_add (&f->mates, "Chi");
  snug_mates_await (&f->mates);
  ana = &f->mates.mates[0];
  chi = &f->mates.mates[2];
  say_file (evil, 0);
  say_text (good, g_strdup ("{\"entry\":0,\"offset\":0,\"size\":5}"));
  say_bytes (good, "right", 5);

  send_raw (f, 0, "Bo", "{\"type\":\"file-offer\",\"id\":\"f\",\"name\":\"a\",\"size\":5}");
  snug_await (NULL, n_rows (bo) == 1);
  take (f, bo, row (bo, 0));
  snug_await (NULL, n_files_in (f->inbox) > 0);
  /* the same id, on a connection of another; and an end of what is not theirs */
  snug_peer_link_open_channel (snug_room_get_link (chi->room, snug_mate_sees (chi, "Bo")), SNUG_WIRE_FILE_LABEL, "f",
                               on_channel, evil, NULL);
  send_raw (f, 2, "Bo", "{\"type\":\"file-cancel\",\"id\":\"f\"}");
  send_raw (f, 2, "Bo", "{\"type\":\"file-withdraw\",\"id\":\"f\"}");
  send_raw (f, 2, "Bo", "{\"type\":\"file-offer\",\"id\":\"g\",\"name\":\"b\",\"size\":5}");
  snug_await (NULL, n_rows (bo) == 2);
  g_assert_true (is (row (bo, 0), SNUG_TRANSFER_ACCEPTED));
  snug_peer_link_open_channel (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), SNUG_WIRE_FILE_LABEL, "f",
                               on_channel, good, NULL);
  snug_await (NULL, is (row (bo, 0), SNUG_TRANSFER_DONE));
  g_assert_true (g_file_get_contents (g_file_peek_path (snug_transfer_get_file (row (bo, 0))), &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "right");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (holes); i++)
    {
      g_autofree char *path = g_strconcat ("/names/", holes[i].hole, NULL);

      g_test_add (path, TransferMates, &holes[i], mates_set_up, test_hole, mates_tear_down);
    }
  g_test_add ("/names/LocalSend-CVE-2025-54792", TransferMates, NULL, mates_set_up, test_somebody_in_between,
              mates_tear_down);
  return g_test_run ();
}
