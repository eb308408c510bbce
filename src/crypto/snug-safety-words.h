/* snug-safety-words: what two people compare to find out whether somebody stands between them.
 *
 * Pure: PROTOCOL.md section 4, "The safety phrase".
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-certificate.h"

G_BEGIN_DECLS

#define SNUG_SAFETY_NONCE_BYTES 32
#define SNUG_SAFETY_COMMITMENT_BYTES 32
#define SNUG_SAFETY_WORDS 4          /* 41 bits, and one guess at them */

/* The two certificates of a session, in the order that both sides agree on. */
typedef struct
{
  guint8 offerer[SNUG_FINGERPRINT_SIZE];
  guint8 answerer[SNUG_FINGERPRINT_SIZE];
} SnugSafetyPair;

/* @of_offerer: whose commitment to @nonce it is. */
void  snug_safety_commit (const SnugSafetyPair *pair, gboolean of_offerer, const guint8 *nonce,
                          guint8 out[SNUG_SAFETY_COMMITMENT_BYTES]);

/**
 * snug_safety_words:
 *
 * Returns: (transfer full): "otter velvet canoe lamp"
 */
char *snug_safety_words  (const SnugSafetyPair *pair, const guint8 *nonce_of_offerer,
                          const guint8 *nonce_of_answerer);

G_END_DECLS
