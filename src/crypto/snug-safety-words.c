/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-safety-words.h"

#include <gnutls/crypto.h>

#include "snug-lv.h"
#include "snug-phrase.h"

static void
hash (GByteArray *bytes, guint8 out[32])
{
  int status = gnutls_hash_fast (GNUTLS_DIG_SHA256, bytes->data, bytes->len, out);

  if (status < 0)
    g_error ("GnuTLS cannot hash: %s", gnutls_strerror (status));
}

static void
append_pair (GByteArray *bytes, const SnugSafetyPair *pair)
{
  snug_lv_append (bytes, pair->offerer, sizeof pair->offerer);
  snug_lv_append (bytes, pair->answerer, sizeof pair->answerer);
}

void
snug_safety_commit (const SnugSafetyPair *pair, gboolean of_offerer, const guint8 *nonce,
                    guint8 out[SNUG_SAFETY_COMMITMENT_BYTES])
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  snug_lv_append_text (bytes, "snug-phrase-2");
  snug_lv_append_text (bytes, of_offerer ? "O" : "A");
  append_pair (bytes, pair);
  snug_lv_append (bytes, nonce, SNUG_SAFETY_NONCE_BYTES);
  hash (bytes, out);
}

/* The number that @digest is, modulo N_WORDS^4, written to the base N_WORDS. */
static char *
digest_to_words (const guint8 digest[32])
{
  guint64 n_phrases = 1, rest = 0;
  const char *words[SNUG_SAFETY_WORDS + 1] = { NULL };

  for (guint i = 0; i < SNUG_SAFETY_WORDS; i++)
    n_phrases *= SNUG_PHRASE_N_WORDS;
  for (guint i = 0; i < 32; i++)
    rest = (rest << 8 | digest[i]) % n_phrases;
  for (guint i = SNUG_SAFETY_WORDS; i-- > 0; rest /= SNUG_PHRASE_N_WORDS)
    words[i] = snug_phrase_word ((guint) (rest % SNUG_PHRASE_N_WORDS));
  return g_strjoinv (" ", (char **) words);
}

char *
snug_safety_words (const SnugSafetyPair *pair, const guint8 *nonce_of_offerer, const guint8 *nonce_of_answerer)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 digest[32];

  snug_lv_append_text (bytes, "snug-words-2");
  append_pair (bytes, pair);
  snug_lv_append (bytes, nonce_of_offerer, SNUG_SAFETY_NONCE_BYTES);
  snug_lv_append (bytes, nonce_of_answerer, SNUG_SAFETY_NONCE_BYTES);
  hash (bytes, digest);
  return digest_to_words (digest);
}
