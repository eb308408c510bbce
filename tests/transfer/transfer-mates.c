/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transfer-mates.h"

#include "snug-await.h"
#include "snug-network.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SnugTransfers *
add (TransferMates *f, const char *name)
{
  guint i = f->mates.n_mates;

  snug_mates_add (&f->mates, name);
  f->transfers[i] = snug_transfers_new ();
  snug_transfers_set_room (f->transfers[i], f->mates.mates[i].room, snug_network_get_context ());
  return f->transfers[i];
}

void
mates_set_up (TransferMates *f, gconstpointer data)
{
  g_autofree char *inbox = NULL;

  snug_mates_init (&f->mates);
  f->path = snug_temp_folder_new ();
  inbox = g_build_filename (f->path, "inbox", NULL);
  g_assert_cmpint (g_mkdir (inbox, 0700), ==, 0);
  f->inbox = g_file_new_for_path (inbox);
}

void
mates_tear_down (TransferMates *f, gconstpointer data)
{
  for (guint i = 0; i < SNUG_MAX_MATES; i++)
    {
      if (f->transfers[i] != NULL)
        snug_transfers_set_room (f->transfers[i], NULL, NULL);
      g_clear_object (&f->transfers[i]);
    }
  snug_mates_clear (&f->mates);
  g_object_unref (f->inbox);
  g_clear_pointer (&f->path, snug_temp_folder_free);
}

GFile *
make_file (TransferMates *f, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (f->path, name, NULL);
  g_autofree char *content = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    content[i] = (char) (i * 2654435761u >> 13);
  g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
  return g_file_new_for_path (path);
}

static void
on_offered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  snug_transfers_offer_finish (SNUG_TRANSFERS (object), result, &error);
  g_assert_no_error (error);
}

guint
n_rows (SnugTransfers *transfers)
{
  return g_list_model_get_n_items (snug_transfers_get_list (transfers));
}

SnugTransfer *
row (SnugTransfers *transfers, guint i)
{
  g_autoptr (SnugTransfer) transfer = g_list_model_get_item (snug_transfers_get_list (transfers), i);

  return transfer;
}

void
start_offer (SnugTransfers *from, GFile *file)
{
  snug_transfers_offer_async (from, file, NULL, on_offered, NULL);
}

SnugTransfer *
offer (SnugTransfers *from, SnugTransfers *to, GFile *file)
{
  guint n = n_rows (to);

  start_offer (from, file);
  snug_await (NULL, n_rows (to) == n + 1);
  return row (to, n);
}

gboolean
is (SnugTransfer *transfer, SnugTransferState state)
{
  return snug_transfer_get_state (transfer) == state;
}

void
take (TransferMates *f, SnugTransfers *transfers, SnugTransfer *transfer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (snug_transfers_accept (transfers, transfer, f->inbox, SNUG_SINK_KEEP_BOTH, NULL, &error));
  g_assert_no_error (error);
}

void
assert_same_content (GFile *a, GFile *b)
{
  g_autoptr (GBytes) first = g_file_load_bytes (a, NULL, NULL, NULL);
  g_autoptr (GBytes) second = g_file_load_bytes (b, NULL, NULL, NULL);

  g_assert_nonnull (first);
  g_assert_nonnull (second);
  g_assert_true (g_bytes_equal (first, second));
}

guint
n_files_in (GFile *folder)
{
  g_autoptr (GDir) dir = g_dir_open (g_file_peek_path (folder), 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

char *
path_of_left (TransferMates *f, const char *suffix)
{
  const char *folder = g_file_peek_path (f->inbox);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, ".snug-") && g_str_has_suffix (name, suffix))
      return g_build_filename (folder, name, NULL);
  return NULL;
}

guint
n_noted (TransferMates *f)
{
  g_autofree char *path = path_of_left (f, ".journal");
  g_autofree char *content = NULL;
  gsize length = 0;

  if (path == NULL || !g_file_get_contents (path, &content, &length, NULL) || memchr (content, '\n', length) == NULL)
    return 0;
  return (guint) ((length - (gsize) ((char *) memchr (content, '\n', length) + 1 - content)) / 32);
}

static void
on_bytes (SnugTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  guint64 *first = user_data;

  if (*first == 0)
    *first = snug_transfer_get_bytes (transfer);
}

void
note_first_bytes (SnugTransfer *transfer, guint64 *first)
{
  g_signal_connect (transfer, "notify::bytes", G_CALLBACK (on_bytes), first);
}

void
send_raw (TransferMates *f, guint from, const char *to, const char *text)
{
  SnugMate *mate = &f->mates.mates[from];

  g_assert_true (snug_peer_link_send_text (snug_room_get_link (mate->room, snug_mate_sees (mate, to)), text));
}

SnugTransfers *
add_and_await (TransferMates *f, const char *name)
{
  SnugTransfers *transfers = add (f, name);

  snug_await (NULL, snug_room_get_n_ready (f->mates.mates[f->mates.n_mates - 1].room) > 0);
  return transfers;
}

void
put (const char *folder, const char *path, gsize size, guint64 mtime)
{
  g_autofree char *full = g_build_filename (folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname (full);
  g_autofree char *content = g_malloc0 (size + 1);
  struct timespec times[2] = { { .tv_sec = (time_t) mtime }, { .tv_sec = (time_t) mtime } };

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  for (gsize i = 0; i < size; i++)
    content[i] = (char) ((i + strlen (path)) * 2654435761u >> 13);
  g_assert_true (g_file_set_contents (full, content, (gssize) size, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, full, times, 0), ==, 0);
}

char *
make_tree (TransferMates *f)
{
  char *folder = g_build_filename (f->path, "Holiday", NULL);
  g_autofree char *nothing = g_build_filename (folder, "sub", "nothing in it", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  struct timespec times[2] = { { .tv_sec = 1500000000 }, { .tv_sec = 1500000000 } };

  put (folder, "a.txt", 10, 1600000000);
  put (folder, "sub/deep/large.bin", 3 * 1048576 + 5, 1600000001);
  put (folder, "sub/empty", 0, 1600000002);
  put (folder, "sub/one", 1, 1600000003);
  put (folder, "zz", 1048576, 1600000004);
  g_assert_cmpint (g_mkdir (nothing, 0700), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (utimensat (AT_FDCWD, nothing, times, 0), ==, 0);
  return folder;
}

void
assert_same_file (const char *a, const char *b, const char *path)
{
  g_autoptr (GFile) first = g_file_new_build_filename (a, path, NULL);
  g_autoptr (GFile) second = g_file_new_build_filename (b, path, NULL);
  struct stat info[2];

  assert_same_content (first, second);
  g_assert_cmpint (stat (g_file_peek_path (first), &info[0]), ==, 0);
  g_assert_cmpint (stat (g_file_peek_path (second), &info[1]), ==, 0);
  g_assert_cmpint (info[0].st_mtime, ==, info[1].st_mtime);
  g_assert_cmpint (info[1].st_mode & 0133, ==, 0);
}

void
assert_is_the_tree (const char *source, const char *copy)
{
  static const char *const files[] = { "a.txt", "sub/deep/large.bin", "sub/empty", "sub/one", "zz" };
  g_autofree char *nothing = g_build_filename (copy, "sub", "nothing in it", NULL);
  g_autofree char *link = g_build_filename (copy, "link", NULL);
  g_autofree char *pipe = g_build_filename (copy, "pipe", NULL);
  struct stat info;

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    assert_same_file (source, copy, files[i]);
  g_assert_cmpint (stat (nothing, &info), ==, 0);
  g_assert_true (S_ISDIR (info.st_mode));
  g_assert_cmpint (info.st_mtime, ==, 1500000000);
  g_assert_cmpint (lstat (link, &info), !=, 0);
  g_assert_cmpint (lstat (pipe, &info), !=, 0);
}
