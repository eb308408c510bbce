/* The disk fails at its n-th call, for n = 1, 2, 3 … until nothing fails any more: what is said then, what
 * is left, and that it goes through the next time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "transfer-mates.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- the calls, as our own code makes them --------------------------------------------------------- */

typedef enum
{
  CALL_WRITE,
  CALL_READ,
  CALL_OPEN,
  CALL_RENAME
} Call;

static int failing_call = -1;    /* a Call, or -1 */
static int failing_errno;        /* 0: the half of it is written */
static int n_until;              /* calls that go well before the first that fails */
static int n_failing;            /* that fail in a row then */
static int n_failed;

static gboolean
fails (Call call)
{
  if (g_atomic_int_get (&failing_call) != (int) call || g_atomic_int_add (&n_until, -1) > 0
      || g_atomic_int_get (&n_failed) >= n_failing)
    return FALSE;
  g_atomic_int_inc (&n_failed);
  if (failing_errno != 0)
    errno = failing_errno;
  return TRUE;
}

ssize_t our_pwrite (int fd, const void *data, size_t n, off_t offset) __asm__ ("pwrite64");
ssize_t our_pread (int fd, void *data, size_t n, off_t offset) __asm__ ("pread64");
int our_openat (int folder, const char *path, int flags, ...) __asm__ ("openat64");
int our_renameat2 (int from, const char *old, int to, const char *new, unsigned flags) __asm__ ("renameat2");

ssize_t
our_pwrite (int fd, const void *data, size_t n, off_t offset)
{
  if (!fails (CALL_WRITE))
    return syscall (SYS_pwrite64, fd, data, n, offset);
  return failing_errno == 0 ? syscall (SYS_pwrite64, fd, data, n / 2, offset) : -1;
}

ssize_t
our_pread (int fd, void *data, size_t n, off_t offset)
{
  return fails (CALL_READ) ? -1 : syscall (SYS_pread64, fd, data, n, offset);
}

int
our_openat (int folder, const char *path, int flags, ...)
{
  va_list args;
  mode_t mode;

  va_start (args, flags);
  mode = va_arg (args, mode_t);
  va_end (args);
  return fails (CALL_OPEN) ? -1 : (int) syscall (SYS_openat, folder, path, flags, mode);
}

int
our_renameat2 (int from, const char *old, int to, const char *new, unsigned flags)
{
  return fails (CALL_RENAME) ? -1 : (int) syscall (SYS_renameat2, from, old, to, new, flags);
}

static void
arm (Call call, int code, int n, int in_a_row)
{
  failing_errno = code;
  n_failing = in_a_row;
  g_atomic_int_set (&n_failed, 0);
  g_atomic_int_set (&n_until, n - 1);
  g_atomic_int_set (&failing_call, (int) call);
}

/* Returns: whether any did fail. */
static gboolean
disarm (void)
{
  g_atomic_int_set (&failing_call, -1);
  return g_atomic_int_get (&n_failed) > 0;
}

/* --- two members ----------------------------------------------------------------------------------- */

typedef struct
{
  TransferMates  mates;
  SnugTransfers *ana;
  SnugTransfers *bo;
  GFile         *file;
  GFile         *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = NULL;

  mates_set_up (&f->mates, data);
  folder = g_build_filename (f->mates.path, "tree", NULL);
  f->folder = g_file_new_for_path (folder);
  f->file = make_file (&f->mates, "a.bin", 1048576 + 100000);
  put (folder, "one", 5, 1600000000);
  put (folder, "sub/two", 100000, 1600000000);
  put (folder, "sub/three", 0, 1600000000);
  f->ana = add (&f->mates, "Ana");
  f->bo = add (&f->mates, "Bo");
  snug_mates_await (&f->mates.mates);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  mates_tear_down (&f->mates, data);
  g_object_unref (f->file);
  g_object_unref (f->folder);
}

static SnugTransfer *
last_row (SnugTransfers *transfers)
{
  return row (transfers, n_rows (transfers) - 1);
}

static void
offer_and_accept (Fixture *f, GFile *file, int call, int code, int n, int in_a_row)
{
  SnugTransfer *in = offer (f->ana, f->bo, file);

  if (call >= 0)
    arm ((Call) call, code, n, in_a_row);
  take (&f->mates, f->bo, in);
}

static void
assert_arrived (Fixture *f, GFile *source)
{
  static const char *const in_folder[] = { "one", "sub/two", "sub/three" };
  SnugTransfer *in = last_row (f->bo);
  GFile *file = snug_transfer_get_file (in);

  g_assert_cmpint (snug_transfer_get_state (in), ==, SNUG_TRANSFER_DONE);
  if (source == f->file)
    assert_same_content (source, file);
  else
    for (gsize i = 0; i < G_N_ELEMENTS (in_folder); i++)
      assert_same_file (g_file_peek_path (source), g_file_peek_path (file), in_folder[i]);
  /* the next one finds its name free */
  snug_remove_tree (g_file_peek_path (file));
}

static gboolean
both_are_over (Fixture *f)
{
  return snug_transfer_is_finished (last_row (f->ana)) && snug_transfer_is_finished (last_row (f->bo));
}

static guint
n_left (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (g_file_peek_path (f->mates.inbox), 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += *name == '.';
  return n;
}

/* A worker lets go of what failed after it is known that it did; until then nobody goes on with it. */
static gboolean
is_left_alone (Fixture *f)
{
  g_autofree char *path = path_of_left (&f->mates, ".journal");
  int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  gboolean is_free = fd < 0 || flock (fd, LOCK_EX | LOCK_NB) == 0;

  if (fd >= 0)
    close (fd);
  return is_free;
}

/* One fault for good, at every place there is. */
static void
fail_everywhere (Fixture *f, GFile *source, Call call, int code)
{
  gboolean failed = TRUE;
  int n;

  for (n = 1; failed; n++)
    {
      g_test_message ("call %d fails at %d", (int) call, n);
      offer_and_accept (f, source, (int) call, code, n, 1);
      snug_await (NULL, both_are_over (f));
      failed = disarm ();
      if (snug_transfer_get_state (last_row (f->bo)) == SNUG_TRANSFER_DONE)
        {
          assert_arrived (f, source);
          continue;
        }
      g_assert_true (failed);
      g_assert_nonnull (snug_transfer_get_reason (last_row (f->bo)));
      g_assert_nonnull (snug_transfer_get_reason (last_row (f->ana)));
      /* the same once more, on a disk that is well again */
      snug_await (NULL, is_left_alone (f));
      offer_and_accept (f, source, -1, 0, 0, 0);
      snug_await (NULL, both_are_over (f));
      assert_arrived (f, source);
      snug_await (NULL, n_left (f) == 0);
    }
  /* it did fail, and in the end did not */
  g_assert_cmpint (n, >, 2);
  snug_await (NULL, n_left (f) == 0);
}

static void
test_file_write (Fixture *f, gconstpointer data)
{
  fail_everywhere (f, f->file, CALL_WRITE, EIO);
}

static void
test_file_read (Fixture *f, gconstpointer data)
{
  fail_everywhere (f, f->file, CALL_READ, EIO);
}

static void
test_file_open (Fixture *f, gconstpointer data)
{
  fail_everywhere (f, f->file, CALL_OPEN, EACCES);
}

static void
test_file_rename (Fixture *f, gconstpointer data)
{
  fail_everywhere (f, f->file, CALL_RENAME, EIO);
}

static void
test_folder_write (Fixture *f, gconstpointer data)
{
  fail_everywhere (f, f->folder, CALL_WRITE, EIO);
}

static void
test_folder_read (Fixture *f, gconstpointer data)
{
  fail_everywhere (f, f->folder, CALL_READ, EIO);
}

static void
test_folder_open (Fixture *f, gconstpointer data)
{
  fail_everywhere (f, f->folder, CALL_OPEN, EACCES);
}

static void
test_folder_rename (Fixture *f, gconstpointer data)
{
  fail_everywhere (f, f->folder, CALL_RENAME, EIO);
}

static void
on_reason (SnugTransfer *in, GParamSpec *pspec, gpointer user_data)
{
  gboolean *said = user_data;

  if (snug_transfer_get_state (in) == SNUG_TRANSFER_PAUSED && snug_transfer_get_reason (in) != NULL
      && strstr (snug_transfer_get_reason (in), "disk is full") != NULL)
    *said = TRUE;
}

/* The disk is full in the middle and, some looks later, has room: nobody has to do anything more. */
static void
test_full_disk_goes_on_by_itself (Fixture *f, gconstpointer data)
{
  static const int codes[] = { ENOSPC, EDQUOT };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      gboolean said = FALSE;
      SnugTransfer *in;

      /* the first write is the journal's */
      offer_and_accept (f, f->file, CALL_WRITE, codes[i], 5, 2);
      in = last_row (f->bo);
      g_signal_connect (in, "notify::reason", G_CALLBACK (on_reason), &said);
      snug_await (NULL, both_are_over (f));
      g_assert_true (disarm ());
      g_assert_true (said);
      assert_arrived (f, f->file);
      g_assert_cmpint (snug_transfer_get_state (last_row (f->ana)), ==, SNUG_TRANSFER_DONE);
      g_signal_handlers_disconnect_by_data (in, &said);
    }
  snug_await (NULL, n_left (f) == 0);
}

/* There is room for a part of the list of what is in a folder. */
static void
test_nearly_full_disk (Fixture *f, gconstpointer data)
{
  gboolean said = FALSE;

  /* the first write is the journal's */
  offer_and_accept (f, f->folder, CALL_WRITE, 0, 2, 1);
  g_signal_connect (last_row (f->bo), "notify::reason", G_CALLBACK (on_reason), &said);
  snug_await (NULL, both_are_over (f));
  g_assert_true (disarm ());
  g_assert_true (said);
  g_signal_handlers_disconnect_by_data (last_row (f->bo), &said);
  assert_arrived (f, f->folder);
}

/* Who gives up meanwhile is not kept waiting by it. */
static void
test_full_disk_can_be_cancelled (Fixture *f, gconstpointer data)
{
  gboolean said = FALSE;

  offer_and_accept (f, f->file, CALL_WRITE, ENOSPC, 5, G_MAXINT);
  g_signal_connect (last_row (f->bo), "notify::reason", G_CALLBACK (on_reason), &said);
  snug_await (NULL, said);
  snug_transfers_cancel (f->bo, last_row (f->bo));
  snug_await (NULL, both_are_over (f));
  disarm ();
  snug_await (NULL, n_left (f) == 0);
}

/* A disk that cannot rename without overwriting: names are given all the same, and nothing is overwritten. */
static void
arrive_without_noreplace (Fixture *f, GFile *source, const char *second_name)
{
  static const int codes[] = { EINVAL, ENOSYS };
  g_autofree char *name = g_file_get_basename (source);
  g_autoptr (GFile) first = g_file_get_child (f->mates.inbox, name);
  g_autoptr (GFile) second = g_file_get_child (f->mates.inbox, second_name);

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      offer_and_accept (f, source, CALL_RENAME, codes[i], 1, G_MAXINT);
      snug_await (NULL, both_are_over (f));
      g_assert_true (g_file_equal (snug_transfer_get_file (last_row (f->bo)), first));

      offer_and_accept (f, source, CALL_RENAME, codes[i], 1, G_MAXINT);
      snug_await (NULL, both_are_over (f));
      g_assert_true (disarm ());
      g_assert_true (g_file_equal (snug_transfer_get_file (last_row (f->bo)), second));
      assert_arrived (f, source);
      snug_remove_tree (g_file_peek_path (first));
      g_assert_cmpint (n_left (f), ==, 0);
    }
}

static void
test_file_without_noreplace (Fixture *f, gconstpointer data)
{
  arrive_without_noreplace (f, f->file, "a (2).bin");
}

static void
test_folder_without_noreplace (Fixture *f, gconstpointer data)
{
  arrive_without_noreplace (f, f->folder, "tree (2)");
}

#define ADD(name, func) g_test_add ("/faults/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("file-write", test_file_write);
  ADD ("file-read", test_file_read);
  ADD ("file-open", test_file_open);
  ADD ("file-rename", test_file_rename);
  ADD ("folder-write", test_folder_write);
  ADD ("folder-read", test_folder_read);
  ADD ("folder-open", test_folder_open);
  ADD ("folder-rename", test_folder_rename);
  ADD ("file-without-noreplace", test_file_without_noreplace);
  ADD ("folder-without-noreplace", test_folder_without_noreplace);
  ADD ("full-disk-goes-on-by-itself", test_full_disk_goes_on_by_itself);
  ADD ("nearly-full-disk", test_nearly_full_disk);
  ADD ("full-disk-can-be-cancelled", test_full_disk_can_be_cancelled);
  return g_test_run ();
}
