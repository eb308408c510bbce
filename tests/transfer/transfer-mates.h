/* transfer-mates: several members of one room in one process that send each other files, an inbox for what
 * arrives, and words for tests about it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-room-mates.h"
#include "snug-temp-folder.h"
#include "snug-transfers.h"

G_BEGIN_DECLS

typedef struct
{
  SnugMates      mates;
  SnugTransfers *transfers[SNUG_MAX_MATES];   /* owned; nullable: who speaks by hand has none */
  char          *path;                        /* a folder for the test */
  GFile         *inbox;                       /* in it, empty */
} TransferMates;

void           mates_set_up    (TransferMates *f, gconstpointer data);
void           mates_tear_down (TransferMates *f, gconstpointer data);

/* One more member. */
SnugTransfers *add             (TransferMates *f, const char *name);
/* One more member, when it is connected to somebody. */
SnugTransfers *add_and_await   (TransferMates *f, const char *name);
/* Raw words of a member who does not keep to the protocol. */
void           send_raw        (TransferMates *f, guint from, const char *to, const char *text);

GFile         *make_file       (TransferMates *f, const char *name, gsize size);
/* A file at @path below @folder, with a content of its own. */
void           put             (const char *folder, const char *path, gsize size, guint64 mtime);
/* A folder "Holiday" with files, empty ones, folders in folders, a link and a pipe. Returns: its path */
char          *make_tree       (TransferMates *f);
guint          n_files_in      (GFile *folder);
/* Of an unfinished transfer that the inbox has: what ends with @suffix, ".part" or ".journal". Returns: its path, or NULL */
char          *path_of_left    (TransferMates *f, const char *suffix);
/* So many pieces are in its journal. */
guint          n_noted         (TransferMates *f);

/* Offers to everybody. */
void           start_offer     (SnugTransfers *from, GFile *file);
/* The same, and waits for it. Returns: the new row of @to, borrowed */
SnugTransfer  *offer           (SnugTransfers *from, SnugTransfers *to, GFile *file);
/* Accepts it into the inbox. */
void           take            (TransferMates *f, SnugTransfers *transfers, SnugTransfer *transfer);

guint          n_rows          (SnugTransfers *transfers);
SnugTransfer  *row             (SnugTransfers *transfers, guint i);    /* borrowed */
gboolean       is              (SnugTransfer *transfer, SnugTransferState state);
/* Puts into @first the first bytes that the transfer shows, where they are not 0: from there it goes on. */
void           note_first_bytes (SnugTransfer *transfer, guint64 *first);

void           assert_same_content (GFile *a, GFile *b);
/* The files at @path below both folders: content, modification time, and nothing executable in the second. */
void           assert_same_file    (const char *a, const char *b, const char *path);
/* @copy is what is to arrive of make_tree(). */
void           assert_is_the_tree  (const char *source, const char *copy);

G_END_DECLS
