/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Frames of private rooms are taken or refused, and what is taken says the same when it is written and read
 * again. No share of a stranger breaks an exchange, and no box opens without the key. */
#include <string.h>

#include "snug-cpace.h"
#include "snug-private-message.h"
#include "snug-seal.h"

static const guint8 sid[SNUG_PAKE_SID_BYTES] = "a sid of sixteen";

static void
check_exchange (const SnugPakeMessage *pake)
{
  g_autoptr (SnugSecret) secret = snug_secret_new_text ("otter-velvet-canoe");
  g_autoptr (GBytes) ad = g_bytes_new_static ("ad", 2);
  g_autoptr (SnugCpace) b = snug_cpace_new (SNUG_CPACE_B, secret, ad, pake->sid, ad);

  if (pake->step <= 2)
    snug_cpace_take_share (b, pake->share, ad);
  g_assert_false (snug_cpace_verify (b, pake->tag));
}

static void
check_pake (const SnugSignalMessage *frame)
{
  SnugPakeMessage pake, again;
  g_autoptr (SnugSignalMessage) written = NULL;

  if (!snug_pake_message_read (frame, &pake))
    return;
  written = snug_pake_message_write (&pake);
  g_assert_true (snug_pake_message_read (written, &again));
  g_assert_cmpmem (&pake, sizeof pake, &again, sizeof again);
  check_exchange (&pake);
}

static void
check_sealed (const SnugSignalMessage *frame)
{
  static const guint8 key[SNUG_CPACE_KEY_SIZE] = "a key";
  g_autoptr (SnugSeal) seal = NULL;
  g_auto (SnugSealedMessage) sealed = { 0 };
  gsize length;

  if (!snug_sealed_message_read (frame, &sealed))
    return;
  seal = snug_seal_new (SNUG_CPACE_B, key, sid, "BOOK23", "m1", "m2");
  g_assert_null (snug_seal_open (seal, sealed.n, sealed.box, &length));
}

static void
check_content (const char *data, gsize size)
{
  g_autoptr (SnugSignalMessage) content = snug_sealed_content_read (data, size);
  g_autoptr (GBytes) key = content != NULL && snug_is_room_key (content) ? snug_room_key_read (content) : NULL;

  g_assert_true (content == NULL || !snug_is_room_key (content) || key != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (SnugSignalMessage) frame = snug_signal_message_decode ((const char *) data, size, NULL);

  check_content ((const char *) data, size);
  if (frame != NULL && frame->type == SNUG_SIGNAL_PAKE)
    check_pake (frame);
  if (frame != NULL && frame->type == SNUG_SIGNAL_SEALED)
    check_sealed (frame);
  return 0;
}
