/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Nobody writes a token without the key. And what its claims may look like, whoever wrote them. */
#include <string.h>

#include "snug-token.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static GBytes *key;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (SnugTokenClaims) claims = { 0 };
  g_auto (SnugTokenClaims) again = { 0 };
  g_autofree char *token = NULL;

  if (key == NULL)
    key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", SNUG_TOKEN_KEY_BYTES);
  g_assert_false (snug_token_read (key, text, &claims));

  if (!g_utf8_validate (text, -1, NULL) || strlen (text) > 32)
    return 0;
  claims = (SnugTokenClaims) { g_strdup (text), g_strdup (text), g_strdup (text), size, 16, TRUE, FALSE, size };
  token = snug_token_write (key, &claims);
  if (snug_token_read (key, token, &again))
    g_assert_cmpstr (again.member, ==, text);
  return 0;
}
