/* snug-attachments: what was pasted beside a text and goes with it: a chip each, with a button that takes it away.
 *
 * Hides itself while there is none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SNUG_TYPE_ATTACHMENTS (snug_attachments_get_type ())
G_DECLARE_FINAL_TYPE (SnugAttachments, snug_attachments, SNUG, ATTACHMENTS, AdwBin)

/* SnugAttachments::changed */

/* Returns: %FALSE if there is nothing for us on @clipboard, but a text perhaps. */
gboolean snug_attachments_paste    (SnugAttachments *self, GdkClipboard *clipboard);

guint    snug_attachments_get_n    (SnugAttachments *self);
char   **snug_attachments_dup_uris (SnugAttachments *self);     /* (transfer full) */
void     snug_attachments_clear    (SnugAttachments *self);

G_END_DECLS
