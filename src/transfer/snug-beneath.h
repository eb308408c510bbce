/* snug-beneath: paths below a folder, one component at a time, no symbolic link followed.
 *
 * Paths are components joined by "/", as in a SnugManifest. Calls block on the disk.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* The folder last used below a root: entries come folder by folder. */
typedef struct
{
  int   root;      /* borrowed */
  int   fd;        /* owned; -1: none */
  char *path;      /* owned, nullable: the root itself */
} SnugBeneath;

void snug_beneath_init  (SnugBeneath *self, int root);
void snug_beneath_clear (SnugBeneath *self);

/**
 * snug_beneath_open:
 * @flags: as for open(); O_NOFOLLOW and O_CLOEXEC come by themselves. With O_CREAT folders on the way are
 *   made too
 *
 * Returns: a file descriptor, or -1 and errno
 */
int  snug_beneath_open        (SnugBeneath *self, const char *path, int flags);
/* Makes the folder and those above it, as far as they are not there. Returns: 0, or -1 and errno. */
int  snug_beneath_make_folder (SnugBeneath *self, const char *path);
void snug_beneath_set_mtime   (SnugBeneath *self, const char *path, guint64 mtime);
/* Moves @path to the same path beneath @to, where folders on the way are made; a file that is there is replaced
 * in one step, a link is replaced and not followed. Returns: 0, or -1 and errno. */
int  snug_beneath_move        (SnugBeneath *self, const char *path, SnugBeneath *to);
/* Returns: 0, or -1 and errno. */
int  snug_beneath_unlink      (SnugBeneath *self, const char *path);

/* Removes file or folder @name with all that is in it; links are removed, not followed. */
void snug_remove_beneath      (int folder_fd, const char *name);

G_END_DECLS
