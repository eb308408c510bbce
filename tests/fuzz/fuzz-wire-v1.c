/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message of version 1 that is taken keeps what it says when it is written and read again. */
#include <string.h>

#include "snug-wire.h"
#include "snug-wire-v1.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (SnugWireV1Message) message = snug_wire_v1_decode ((const char *) data, size, NULL);
  g_autoptr (SnugWireV1Message) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  if (message == NULL || message->type == SNUG_WIRE_V1_UNKNOWN)
    return 0;
  text = snug_wire_v1_encode (message);
  /* A large file is said to be smaller than it is. */
  if (strlen (text) > SNUG_WIRE_MAX_JSON_BYTES || message->size > SNUG_WIRE_V1_MAX_SAID_BYTES)
    return 0;
  again = snug_wire_v1_decode (text, strlen (text), NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (message->id, ==, again->id);
  g_assert_cmpstr (message->text, ==, again->text);
  g_assert_cmpstr (message->name, ==, again->name);
  g_assert_cmpuint (message->size, ==, again->size);
  text_again = snug_wire_v1_encode (again);
  g_assert_cmpstr (text, ==, text_again);
  return 0;
}
