/* snug-journal: which pieces of an unfinished transfer were checked and written, kept beside it.
 *
 * PROTOCOL.md, "Unfinished transfers", has the format. A journal is locked while it is open: what another
 * program is at work on is left alone. Calls block on the disk.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-wire.h"

G_BEGIN_DECLS

#define SNUG_JOURNAL_SUFFIX ".journal"

/* What it is the journal of. */
typedef struct
{
  char    *name;
  guint64  size;         /* bytes, of all that was offered */
  GBytes  *manifest;     /* nullable: of a folder, the SHA-256 of its manifest */
  GBytes  *only;         /* nullable: of a folder, what is chosen of it, as in `file-get`; %NULL: all */
} SnugJournalHead;

void             snug_journal_head_clear (SnugJournalHead *head);
gboolean         snug_journal_head_equal (const SnugJournalHead *a, const SnugJournalHead *b);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SnugJournalHead, snug_journal_head_clear)

typedef struct _SnugJournal SnugJournal;

/* A new one in that folder, for what is called @stem + ".part". */
SnugJournal *snug_journal_new   (int folder_fd, const char *stem, const SnugJournalHead *head, GError **error);
/* One that was left behind: a regular file of ours, locked by nobody. */
SnugJournal *snug_journal_open  (int folder_fd, const char *stem, GError **error);
/* Leaves it where it is. */
void         snug_journal_free  (SnugJournal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugJournal, snug_journal_free)

/* Until this program has none open any more: what it stopped a moment ago other threads may still be closing. */
void         snug_journal_wait_until_left (guint at_most_ms);

const SnugJournalHead *snug_journal_get_head (SnugJournal *self);
guint64                snug_journal_get_n    (SnugJournal *self);
const guint8          *snug_journal_get_hash (SnugJournal *self, guint64 i);

/* @hash: of the next piece: it is on the disk. */
gboolean snug_journal_add    (SnugJournal *self, const guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error);
/* Only the first @n are true. */
gboolean snug_journal_cut    (SnugJournal *self, guint64 n, GError **error);
void     snug_journal_remove (SnugJournal *self);

G_END_DECLS
