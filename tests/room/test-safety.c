/* The safety phrase: two sides of a pair, and what somebody does between them or instead of one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-safety.h"

#include <string.h>

#include "snug-safety-words.h"

static const guint8 ana_print[SNUG_FINGERPRINT_SIZE] = { 'a', 'n', 'a' };
static const guint8 bo_print[SNUG_FINGERPRINT_SIZE] = { 'b', 'o' };
static const guint8 evil_print[SNUG_FINGERPRINT_SIZE] = { 'e', 'v', 'i', 'l' };

typedef struct
{
  SnugSafety *safety;
  GQueue      said;         /* of SnugWireMessage, on its way to the other one */
} Side;

static void
on_say (const SnugWireMessage *message, gpointer user_data)
{
  Side *side = user_data;

  g_queue_push_tail (&side->said, snug_wire_message_copy (message));
}

static void
on_changed (gpointer user_data)
{
}

static const SnugSafetyOwner owner = { .say = on_say, .changed = on_changed };

static void
set_up_side (Side *self, gboolean offerer, const guint8 *own, const guint8 *theirs)
{
  g_queue_init (&self->said);
  self->safety = snug_safety_new (offerer, own, &owner, self);
  snug_safety_begin_session (self->safety, theirs);
}

static void
set_up (Side *ana, Side *bo)
{
  set_up_side (ana, TRUE, ana_print, bo_print);
  set_up_side (bo, FALSE, bo_print, ana_print);
}

static void
lose (Side *self)
{
  g_queue_clear_full (&self->said, (GDestroyNotify) snug_wire_message_free);
}

static void
tear_down (Side *ana, Side *bo)
{
  lose (ana);
  lose (bo);
  snug_safety_free (ana->safety);
  snug_safety_free (bo->safety);
}

static gboolean
deliver_one (Side *from, Side *to)
{
  g_autoptr (SnugWireMessage) message = g_queue_pop_head (&from->said);

  if (message == NULL)
    return FALSE;
  snug_safety_handle (to->safety, message);
  return TRUE;
}

static void
deliver_all (Side *ana, Side *bo)
{
  while (deliver_one (ana, bo) || deliver_one (bo, ana))
    ;
}

static void
begin_session (Side *ana, Side *bo, const guint8 *bo_shows)
{
  lose (ana);
  lose (bo);
  snug_safety_begin_session (ana->safety, bo_shows);
  snug_safety_begin_session (bo->safety, ana_print);
}

static void
assert_states (Side *ana, SnugSafetyState of_ana, Side *bo, SnugSafetyState of_bo)
{
  g_assert_cmpint (snug_safety_get_state (ana->safety), ==, of_ana);
  g_assert_cmpint (snug_safety_get_state (bo->safety), ==, of_bo);
}

static void
assert_same_words (Side *ana, Side *bo)
{
  g_assert_nonnull (snug_safety_get_words (ana->safety));
  g_assert_cmpstr (snug_safety_get_words (ana->safety), ==, snug_safety_get_words (bo->safety));
}

static void
test_both_see_the_same_words (gconstpointer who_starts)
{
  Side ana, bo;

  set_up (&ana, &bo);
  g_assert_true (snug_safety_can_start (ana.safety));
  if (strchr (who_starts, 'a') != NULL)
    snug_safety_start (ana.safety);
  if (strchr (who_starts, 'b') != NULL)
    snug_safety_start (bo.safety);
  g_assert_null (snug_safety_get_words (ana.safety));
  deliver_all (&ana, &bo);
  assert_states (&ana, SNUG_SAFETY_PHRASE, &bo, SNUG_SAFETY_PHRASE);
  assert_same_words (&ana, &bo);
  g_assert_false (snug_safety_can_start (ana.safety));

  snug_safety_confirm (ana.safety, TRUE);
  assert_states (&ana, SNUG_SAFETY_CHECKED, &bo, SNUG_SAFETY_PHRASE);
  assert_same_words (&ana, &bo);
  snug_safety_confirm (bo.safety, FALSE);
  assert_states (&ana, SNUG_SAFETY_CHECKED, &bo, SNUG_SAFETY_MISMATCH);
  tear_down (&ana, &bo);
}

/* Nothing is revealed before the other one is bound. */
static void
test_nobody_reveals_first (void)
{
  Side ana, bo;

  set_up (&ana, &bo);
  snug_safety_start (ana.safety);
  g_assert_cmpuint (g_queue_get_length (&ana.said), ==, 1);
  g_assert_cmpint (((SnugWireMessage *) g_queue_peek_head (&ana.said))->type, ==, SNUG_WIRE_PHRASE_COMMIT);
  tear_down (&ana, &bo);
}

/* Somebody with certificates of their own hands the words on as they are: the commitments do not fit. */
static void
test_handing_on_is_seen (void)
{
  Side ana, bo;

  set_up_side (&ana, TRUE, ana_print, evil_print);
  set_up_side (&bo, FALSE, bo_print, evil_print);
  snug_safety_start (ana.safety);
  deliver_all (&ana, &bo);
  assert_states (&ana, SNUG_SAFETY_MISMATCH, &bo, SNUG_SAFETY_MISMATCH);
  tear_down (&ana, &bo);
}

/* Or plays both parts: then the words differ. */
static void
test_playing_both_parts_is_heard (void)
{
  Side ana, as_bo, as_ana, bo;

  set_up_side (&ana, TRUE, ana_print, evil_print);
  set_up_side (&as_bo, FALSE, evil_print, ana_print);
  set_up_side (&as_ana, TRUE, evil_print, bo_print);
  set_up_side (&bo, FALSE, bo_print, evil_print);
  snug_safety_start (ana.safety);
  snug_safety_start (as_ana.safety);
  deliver_all (&ana, &as_bo);
  deliver_all (&as_ana, &bo);
  assert_states (&ana, SNUG_SAFETY_PHRASE, &bo, SNUG_SAFETY_PHRASE);
  g_assert_cmpstr (snug_safety_get_words (ana.safety), !=, snug_safety_get_words (bo.safety));
  tear_down (&ana, &as_bo);
  tear_down (&as_ana, &bo);
}

static SnugWireMessage *
make_message (SnugWireType type, const guint8 *bytes)
{
  SnugWireMessage *message = snug_wire_message_new (type);

  if (type == SNUG_WIRE_PHRASE_COMMIT)
    message->commitment = g_bytes_new (bytes, SNUG_SAFETY_COMMITMENT_BYTES);
  else
    message->nonce = g_bytes_new (bytes, SNUG_SAFETY_NONCE_BYTES);
  return message;
}

/* What is said to Ana, in the order given: r her own words reflected, c a commitment, n a nonce that fits it, x
 * one that does not. */
static void
say_script (Side *ana, const char *script)
{
  const SnugSafetyPair pair = { { 'a', 'n', 'a' }, { 'b', 'o' } };
  const guint8 nonce[SNUG_SAFETY_NONCE_BYTES] = { 1 }, other[SNUG_SAFETY_NONCE_BYTES] = { 2 };
  guint8 commitment[SNUG_SAFETY_COMMITMENT_BYTES];

  snug_safety_commit (&pair, FALSE, nonce, commitment);
  for (const char *c = script; *c != '\0'; c++)
    {
      g_autoptr (SnugWireMessage) message = *c == 'r'   ? g_queue_pop_head (&ana->said)
                                            : *c == 'c' ? make_message (SNUG_WIRE_PHRASE_COMMIT, commitment)
                                                        : make_message (SNUG_WIRE_PHRASE_REVEAL,
                                                                        *c == 'n' ? nonce : other);

      snug_safety_handle (ana->safety, message);
    }
}

static void
test_rules (void)
{
  static const struct
  {
    const char      *script;
    gboolean         starts;
    SnugSafetyState  becomes;
  } cases[] = {
    { "cn", TRUE, SNUG_SAFETY_PHRASE },
    { "cn", FALSE, SNUG_SAFETY_PHRASE },
    { "r", TRUE, SNUG_SAFETY_MISMATCH },        /* her own commitment */
    { "cc", TRUE, SNUG_SAFETY_MISMATCH },       /* a second one */
    { "cnc", FALSE, SNUG_SAFETY_MISMATCH },
    { "n", FALSE, SNUG_SAFETY_MISMATCH },       /* nothing was promised */
    { "n", TRUE, SNUG_SAFETY_MISMATCH },
    { "cx", TRUE, SNUG_SAFETY_MISMATCH },       /* something else was */
    { "cnn", TRUE, SNUG_SAFETY_MISMATCH },
    { "cxcn", TRUE, SNUG_SAFETY_MISMATCH },     /* and there is no way out */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Side ana, bo;

      set_up (&ana, &bo);
      if (cases[i].starts)
        snug_safety_start (ana.safety);
      say_script (&ana, cases[i].script);
      g_test_message ("%s", cases[i].script);
      g_assert_cmpint (snug_safety_get_state (ana.safety), ==, cases[i].becomes);
      if (cases[i].becomes == SNUG_SAFETY_MISMATCH)
        g_assert_null (snug_safety_get_words (ana.safety));
      tear_down (&ana, &bo);
    }
}

/* A new session of the same certificates: three runs, and no more, whoever begins them. */
static void
test_a_check_is_interrupted (void)
{
  Side ana, bo;

  set_up (&ana, &bo);
  for (guint run = 0; run < SNUG_SAFETY_MAX_RUNS; run++)
    {
      snug_safety_start (ana.safety);
      g_assert_true (deliver_one (&ana, &bo));
      assert_states (&ana, SNUG_SAFETY_ASKED, &bo, SNUG_SAFETY_ASKED);
      begin_session (&ana, &bo, bo_print);
      assert_states (&ana, SNUG_SAFETY_INTERRUPTED, &bo, SNUG_SAFETY_INTERRUPTED);
    }
  g_assert_false (snug_safety_can_start (ana.safety));
  snug_safety_start (ana.safety);
  g_assert_true (g_queue_is_empty (&ana.said));
  say_script (&ana, "c");
  g_assert_true (g_queue_is_empty (&ana.said));
  assert_states (&ana, SNUG_SAFETY_INTERRUPTED, &bo, SNUG_SAFETY_INTERRUPTED);

  /* Other certificates have their own. */
  begin_session (&ana, &bo, evil_print);
  g_assert_true (snug_safety_can_start (ana.safety));
  tear_down (&ana, &bo);
}

/* One side has the words when the connection breaks: the other one asks again, and both have the same. */
static void
test_only_one_was_through (void)
{
  Side ana, bo;

  set_up (&ana, &bo);
  snug_safety_start (ana.safety);
  g_assert_true (deliver_one (&ana, &bo));                               /* Ana's commitment */
  g_assert_true (deliver_one (&bo, &ana) && deliver_one (&bo, &ana));    /* Bo's, and his nonce; hers is lost */
  assert_states (&ana, SNUG_SAFETY_PHRASE, &bo, SNUG_SAFETY_ASKED);
  snug_safety_confirm (ana.safety, TRUE);
  begin_session (&ana, &bo, bo_print);
  assert_states (&ana, SNUG_SAFETY_CHECKED, &bo, SNUG_SAFETY_INTERRUPTED);

  snug_safety_start (bo.safety);
  deliver_all (&ana, &bo);
  assert_states (&ana, SNUG_SAFETY_CHECKED, &bo, SNUG_SAFETY_PHRASE);
  assert_same_words (&ana, &bo);
  tear_down (&ana, &bo);
}

static void
test_another_certificate_is_to_be_checked_again (void)
{
  Side ana, bo;

  set_up (&ana, &bo);
  snug_safety_start (ana.safety);
  deliver_all (&ana, &bo);
  snug_safety_confirm (ana.safety, TRUE);
  begin_session (&ana, &bo, bo_print);
  assert_states (&ana, SNUG_SAFETY_CHECKED, &bo, SNUG_SAFETY_PHRASE);

  begin_session (&ana, &bo, evil_print);
  assert_states (&ana, SNUG_SAFETY_CHANGED, &bo, SNUG_SAFETY_PHRASE);
  g_assert_null (snug_safety_get_words (ana.safety));
  snug_safety_confirm (ana.safety, TRUE);
  assert_states (&ana, SNUG_SAFETY_CHANGED, &bo, SNUG_SAFETY_PHRASE);
  tear_down (&ana, &bo);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/safety/offerer-starts", "a", test_both_see_the_same_words);
  g_test_add_data_func ("/safety/answerer-starts", "b", test_both_see_the_same_words);
  g_test_add_data_func ("/safety/both-start", "ab", test_both_see_the_same_words);
  g_test_add_func ("/safety/nobody-reveals-first", test_nobody_reveals_first);
  g_test_add_func ("/safety/handing-on-is-seen", test_handing_on_is_seen);
  g_test_add_func ("/safety/playing-both-parts-is-heard", test_playing_both_parts_is_heard);
  g_test_add_func ("/safety/rules", test_rules);
  g_test_add_func ("/safety/interrupted", test_a_check_is_interrupted);
  g_test_add_func ("/safety/only-one-was-through", test_only_one_was_through);
  g_test_add_func ("/safety/another-certificate", test_another_certificate_is_to_be_checked_again);
  return g_test_run ();
}
