/* snug-page-outbox: the files that we offer to a page of version 1 (PROTOCOL.md section 5).
 *
 * The page does not ask: it is sent one after the other, and asked for here in its name. Of the network
 * context, as the dialect that owns it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-dialect.h"

G_BEGIN_DECLS

#define SNUG_TYPE_PAGE_OUTBOX (snug_page_outbox_get_type ())
G_DECLARE_FINAL_TYPE (SnugPageOutbox, snug_page_outbox, SNUG, PAGE_OUTBOX, GObject)

/* SnugPageOutbox::piece-sent: a mebibyte is on its way; a moment to look what has arrived */

SnugPageOutbox *snug_page_outbox_new (SnugDialect *dialect);

void     snug_page_outbox_offer         (SnugPageOutbox *self, const SnugWireMessage *offer);
/* Stops it if it is under way. Returns: %FALSE if we do not offer @id. */
gboolean snug_page_outbox_take_back     (SnugPageOutbox *self, const char *id);
/* As snug_dialect_open_file(). */
void     snug_page_outbox_open          (SnugPageOutbox *self, const char *id, SnugFileStreamFunc func,
                                         gpointer user_data);
void     snug_page_outbox_tell_writable (SnugPageOutbox *self);
/* @acked: of the connection's bytes, how many have arrived. */
void     snug_page_outbox_confirm       (SnugPageOutbox *self, guint64 acked);
/* The session is over. */
void     snug_page_outbox_lose_all      (SnugPageOutbox *self);

G_END_DECLS
