/* snug-page-inbox: the files that a page of version 1 sends (PROTOCOL.md section 5).
 *
 * They come unasked, one after the other; of each an offer is made that does not wait. Sizes are counted
 * here. Of the network context, as the dialect that owns it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-dialect.h"
#include "snug-wire-v1.h"

G_BEGIN_DECLS

#define SNUG_TYPE_PAGE_INBOX (snug_page_inbox_get_type ())
G_DECLARE_FINAL_TYPE (SnugPageInbox, snug_page_inbox, SNUG, PAGE_INBOX, GObject)

SnugPageInbox *snug_page_inbox_new (SnugDialect *dialect, GMainContext *network);

/* What the page says. */
void     snug_page_inbox_hear_meta     (SnugPageInbox *self, const SnugWireV1Message *meta);
void     snug_page_inbox_hear_bytes    (SnugPageInbox *self, GBytes *bytes);
void     snug_page_inbox_hear_complete (SnugPageInbox *self, const char *page_id);
/* Returns: %FALSE if @page_id is not on its way. */
gboolean snug_page_inbox_hear_cancel   (SnugPageInbox *self, const char *page_id);

/* What we want; @id is that of our offer. */
void     snug_page_inbox_decline       (SnugPageInbox *self, const char *id);
void     snug_page_inbox_set_busy      (SnugPageInbox *self, const char *id, gboolean busy);
/* As snug_dialect_expect_file(). */
void     snug_page_inbox_expect        (SnugPageInbox *self, const char *id, SnugFileStreamFunc func,
                                        gpointer user_data, GDestroyNotify destroy);
/* The session is over. */
void     snug_page_inbox_lose          (SnugPageInbox *self);

G_END_DECLS
