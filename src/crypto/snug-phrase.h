/* snug-phrase: secrets that people say to each other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_PHRASE_N_WORDS 1296     /* in the list: 6^4, 10.3 bits a word */
#define SNUG_SECRET_WORDS 3          /* in a secret: 31 bits */
#define SNUG_SECRET_MAX_BYTES 512

/* Static: the word of the list, alphabetical; @index < %SNUG_PHRASE_N_WORDS. */
const char *snug_phrase_word     (guint index);

/**
 * snug_phrase_complete:
 * @beginning: of a word, in either case
 *
 * Returns: (nullable): static: the one word that begins so. Four letters are always enough.
 */
const char *snug_phrase_complete (const char *beginning);

/**
 * snug_phrase_make:
 *
 * Returns: (transfer full): words chosen by the system's randomness, "otter-velvet-canoe"
 */
char       *snug_phrase_make     (guint n_words);

/**
 * snug_phrase_fold:
 * @secret: what a person typed
 *
 * Prepared as RFC 8265 section 4.2 says (OpaqueString): every kind of space is a space, NFC, nothing else
 * changes. Three words of the list then, in either case, with spaces or hyphens between them, become
 * "otter-velvet-canoe"; anything else is a password of the person's own.
 *
 * Returns: (transfer full): UTF-8, or %NULL if it is empty, too long, no UTF-8, or has control characters
 */
char       *snug_phrase_fold     (const char *secret);

G_END_DECLS
