/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A candidate that is taken keeps what it says when it is written and read again. */
#include "snug-candidate.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (SnugCandidate) candidate = snug_candidate_parse (text, NULL);
  g_autoptr (SnugCandidate) again = NULL;
  g_autofree char *written = NULL;
  g_autofree char *written_again = NULL;

  if (candidate == NULL)
    return 0;
  written = snug_candidate_to_text (candidate);
  again = snug_candidate_parse (written, NULL);
  g_assert_nonnull (again);
  g_assert_cmpint (snug_candidate_is_usable (again), ==, snug_candidate_is_usable (candidate));
  g_assert_cmpint (snug_candidate_is_named (again), ==, snug_candidate_is_named (candidate));
  written_again = snug_candidate_to_text (again);
  g_assert_cmpstr (written, ==, written_again);
  return 0;
}
