/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message that is taken keeps what it says when it is copied, written and read again; so does a text of a
 * file channel. */
#include <string.h>

#include "snug-wire.h"

static void
check_message (const char *data, gsize size)
{
  g_autoptr (SnugWireMessage) message = snug_wire_decode (data, size, NULL);
  g_autoptr (SnugWireMessage) copy = NULL;
  g_autoptr (SnugWireMessage) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  if (message == NULL || message->type == SNUG_WIRE_UNKNOWN)
    return;
  copy = snug_wire_message_copy (message);
  text = snug_wire_encode (copy);
  if (strlen (text) > SNUG_WIRE_MAX_JSON_BYTES)
    return;
  again = snug_wire_decode (text, strlen (text), NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (message->id, ==, again->id);
  g_assert_cmpstr (message->text, ==, again->text);
  g_assert_cmpstr (message->name, ==, again->name);
  g_assert_cmpuint (message->size, ==, again->size);
  g_assert_cmpuint (message->from_offset, ==, again->from_offset);
  text_again = snug_wire_encode (again);
  g_assert_cmpstr (text, ==, text_again);
}

static void
check_file_text (const char *data, gsize size)
{
  SnugWireFileText file_text, again, spaced;
  g_autofree char *text = NULL;
  /* which is not the usual spelling */
  g_autofree char *with_space = g_strdup_printf ("%.*s ", (int) size, data);
  gboolean is_taken = snug_wire_decode_file_text (data, size, &file_text, NULL);

  if (memchr (data, '\0', size) == NULL)
    g_assert_true (is_taken == snug_wire_decode_file_text (with_space, size + 1, &spaced, NULL));
  if (!is_taken)
    return;
  g_assert_cmpmem (&file_text, sizeof file_text, &spaced, sizeof spaced);
  g_assert_true (file_text.is_hash || file_text.offset <= file_text.size);
  text = snug_wire_encode_file_text (&file_text);
  g_assert_true (snug_wire_decode_file_text (text, strlen (text), &again, NULL));
  g_assert_cmpmem (&file_text, sizeof file_text, &again, sizeof again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  check_message ((const char *) data, size);
  check_file_text ((const char *) data, size);
  return 0;
}
