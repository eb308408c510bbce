/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A description that is taken keeps what it says when it is written and read again. */
#include "snug-sdp.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (SnugSdp) sdp = snug_sdp_parse (text, NULL);
  g_autoptr (SnugSdp) again = NULL;
  g_autofree char *written = NULL;
  g_autofree char *written_again = NULL;

  if (sdp == NULL)
    return 0;
  g_assert_cmpuint (sdp->candidates->len, <=, SNUG_SDP_MAX_CANDIDATES);
  written = snug_sdp_to_text (sdp);
  again = snug_sdp_parse (written, NULL);
  g_assert_nonnull (again);
  written_again = snug_sdp_to_text (again);
  g_assert_cmpstr (written, ==, written_again);
  return 0;
}
