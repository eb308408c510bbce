/* snug-copies: files that are copied to where a person says, one after the other.
 *
 * Belongs to the main context; what blocks runs in a thread. A copy is made to its end whether a window is there or not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_TYPE_COPIES (snug_copies_get_type ())
G_DECLARE_FINAL_TYPE (SnugCopies, snug_copies, SNUG, COPIES, GObject)

/* Signals:
 *   "changed": another one is made, none is any more, or it is further than before
 *   "failed":  one could not be made, and nobody has cancelled it; before "changed" */

SnugCopies *snug_copies_new          (void);
/* Replaces what stands at @to now, which a person has agreed to; what comes there later, one of these too, makes it
 * fail. A file that is to be where it is already is left alone. */
void        snug_copies_add          (SnugCopies *self, GFile *from, GFile *to);

/* (transfer none) (nullable): what the one that is made now will be; NULL if none is. */
GFile      *snug_copies_get_current  (SnugCopies *self);
/* How far that one is. @size: 0 as long as it is not known */
void        snug_copies_get_progress (SnugCopies *self, guint64 *n_bytes, guint64 *size);
/* How many come after it. */
guint       snug_copies_get_n_more   (SnugCopies *self);
/* Whether they take longer than a moment. */
gboolean    snug_copies_get_is_long  (SnugCopies *self);

/* (transfer full) (nullable): why the last that failed did, for whoever tells it to a person: it is given once. */
GError     *snug_copies_take_failure (SnugCopies *self);

/* Gives up the one that is made now, if it is not whole already. Those after it are made. */
void        snug_copies_cancel       (SnugCopies *self);

G_END_DECLS
