/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whatever a STUN or TURN server answers: read within its bytes, and an answer says something or is a refusal. */
#include "snug-stun.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const SnugStunMethod methods[] = { SNUG_STUN_BINDING, SNUG_STUN_ALLOCATE, SNUG_STUN_REFRESH };

  if (size < SNUG_STUN_HEADER_BYTES)
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (SnugStunAnswer) answer =
        snug_stun_answer_parse (data, size, methods[i], data + SNUG_STUN_HEADER_BYTES - SNUG_STUN_ID_BYTES);

      g_assert_true (answer == NULL || answer->error_code == 0
                     || (answer->error_code >= 300 && answer->error_code < 700));
    }
  return 0;
}
