/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

void
snug_beneath_init (SnugBeneath *self, int root)
{
  *self = (SnugBeneath) { root, -1, NULL };
}

void
snug_beneath_clear (SnugBeneath *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->path, g_free);
}

static int
step_into (int folder, const char *name, gboolean make)
{
  int fd = openat (folder, name, FOLDER_FLAGS);

  if (fd < 0 && errno == ENOENT && make && (mkdirat (folder, name, 0755) == 0 || errno == EEXIST))
    fd = openat (folder, name, FOLDER_FLAGS);
  return fd;
}

static int
walk (int root, const char *path, gboolean make)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  int fd = fcntl (root, F_DUPFD_CLOEXEC, 0);

  for (char **name = names; *name != NULL && fd >= 0; name++)
    {
      int next = step_into (fd, *name, make), code = errno;

      close (fd);
      errno = code;
      fd = next;
    }
  return fd;
}

/* Returns: the folder that @path is in, borrowed, and its last component. */
static int
parent_of (SnugBeneath *self, const char *path, gboolean make, const char **last)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *parent = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : NULL;

  *last = slash != NULL ? slash + 1 : path;
  if (parent == NULL)
    return self->root;
  if (self->fd >= 0 && g_strcmp0 (self->path, parent) == 0)
    return self->fd;
  snug_beneath_clear (self);
  self->fd = walk (self->root, parent, make);
  self->path = g_steal_pointer (&parent);
  return self->fd;
}

int
snug_beneath_open (SnugBeneath *self, const char *path, int flags)
{
  const char *name;
  int parent = parent_of (self, path, (flags & O_CREAT) != 0, &name);

  /* Less the person's umask: never executable, never writable to others by a sender's wish. */
  return parent >= 0 ? openat (parent, name, flags | O_NOFOLLOW | O_CLOEXEC, 0644) : -1;
}

int
snug_beneath_make_folder (SnugBeneath *self, const char *path)
{
  const char *name;
  int parent = parent_of (self, path, TRUE, &name), fd = parent >= 0 ? step_into (parent, name, TRUE) : -1;

  if (fd < 0)
    return -1;
  close (fd);
  return 0;
}

void
snug_beneath_set_mtime (SnugBeneath *self, const char *path, guint64 mtime)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = (time_t) mtime } };
  const char *name;
  int parent = parent_of (self, path, FALSE, &name);

  if (parent < 0 || utimensat (parent, name, times, AT_SYMLINK_NOFOLLOW) != 0)
    g_debug ("no modification time set: %s", g_strerror (errno));
}

int
snug_beneath_unlink (SnugBeneath *self, const char *path)
{
  const char *name;
  int parent = parent_of (self, path, FALSE, &name);

  return parent >= 0 ? unlinkat (parent, name, 0) : -1;
}

int
snug_beneath_move (SnugBeneath *self, const char *path, SnugBeneath *to)
{
  const char *name;
  int from_parent = parent_of (self, path, FALSE, &name), to_parent = parent_of (to, path, TRUE, &name);

  return from_parent >= 0 && to_parent >= 0 ? renameat (from_parent, name, to_parent, name) : -1;
}

static void
empty_folder (int fd)
{
  DIR *dir = fdopendir (fd);
  struct dirent *entry;

  if (dir == NULL)
    {
      close (fd);
      return;
    }
  while ((entry = readdir (dir)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      snug_remove_beneath (fd, entry->d_name);
  closedir (dir);
}

void
snug_remove_beneath (int folder_fd, const char *name)
{
  int fd;

  if (unlinkat (folder_fd, name, 0) == 0 || (errno != EISDIR && errno != EPERM))
    return;
  fd = openat (folder_fd, name, FOLDER_FLAGS);
  if (fd >= 0)
    empty_folder (fd);
  unlinkat (folder_fd, name, AT_REMOVEDIR);
}
