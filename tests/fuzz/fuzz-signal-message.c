/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A frame that is taken keeps what it says when it is written and read again. */
#include <string.h>

#include "snug-signal-message.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode ((const char *) data, size, NULL);
  g_autoptr (SnugSignalMessage) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  if (message == NULL)
    return 0;
  text = snug_signal_message_encode (message);
  if (strlen (text) > SNUG_SIGNAL_MAX_BYTES)
    return 0;
  again = snug_signal_message_decode (text, strlen (text), NULL);
  g_assert_nonnull (again);
  text_again = snug_signal_message_encode (again);
  g_assert_cmpstr (text, ==, text_again);
  return 0;
}
