/* snug-lv: lv_cat of draft-irtf-cfrg-cpace: parts, each with its length in front, so that no two lists of
 * parts are the same bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_LV_MAX_PREFIX 10

/* Writes @n_bytes as unsigned LEB128 (prepend_len of the draft). Returns: how many bytes that are. */
guint snug_lv_prefix      (guint8 out[SNUG_LV_MAX_PREFIX], gsize n_bytes);
/* A part: its length, and its bytes; of a text those before the NUL. */
void  snug_lv_append      (GByteArray *array, gconstpointer data, gsize n_bytes);
void  snug_lv_append_text (GByteArray *array, const char *text);

/**
 * snug_lv_cat_texts:
 * @first: the parts, up to %NULL
 *
 * Returns: (transfer full): lv_cat of texts
 */
GBytes *snug_lv_cat_texts (const char *first, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
