/* snug-page-inflow: a file that a version-1 page sends, as a stream for a receiver.
 *
 * The page does not wait to be asked: what comes before anybody listens is kept here, and the dialect sees
 * to it that this is little. The page says no hashes either; pieces end where ours would.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-file-stream.h"

G_BEGIN_DECLS

#define SNUG_TYPE_PAGE_INFLOW (snug_page_inflow_get_type ())
G_DECLARE_FINAL_TYPE (SnugPageInflow, snug_page_inflow, SNUG, PAGE_INFLOW, SnugFileStream)

/**
 * SnugPageInflow::changed: less is kept, or nobody wants it any more
 */

SnugPageInflow *snug_page_inflow_new (GMainContext *network, guint64 size);

/* The next bytes; no more in all than the size. */
void     snug_page_inflow_push   (SnugPageInflow *self, GBytes *bytes);
/* All of it has come. */
void     snug_page_inflow_finish (SnugPageInflow *self);
/* No more will come; @why is for a person. */
void     snug_page_inflow_fail   (SnugPageInflow *self, const char *why);

gsize    snug_page_inflow_get_n_kept  (SnugPageInflow *self);
guint64  snug_page_inflow_get_arrived (SnugPageInflow *self);
/* It was closed by its listener: what comes is thrown away. */
gboolean snug_page_inflow_is_closed   (SnugPageInflow *self);

G_END_DECLS
