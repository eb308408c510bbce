/* Data channel openings, byte for byte.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-dcep.h"

#include <string.h>

/* RFC 8832 section 5.1: type, channel type, priority, reliability, two lengths, label, protocol. */
static const guint8 golden_reliable[] = {
  0x03, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 4, 0, 6,
  'c', 'h', 'a', 't', 's', 'n', 'u', 'g', '.', '2'
};
static const guint8 golden_unordered_retransmits[] = {
  0x03, 0x81, 0x01, 0x00, 0, 0, 0, 3, 0, 1, 0, 0, 'x'
};
static const guint8 golden_lifetime[] = {
  0x03, 0x02, 0x01, 0x00, 0, 0, 0x01, 0xf4, 0, 2, 0, 0, 0xc3, 0xa4
};
static const guint8 golden_nameless[] = { 0x03, 0x80, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0 };
static const guint8 golden_ack[] = { 0x02 };

typedef struct
{
  const guint8 *bytes;
  gsize         n_bytes;
  SnugDcep      dcep;
} Golden;

static const Golden goldens[] = {
  { golden_reliable, sizeof golden_reliable,
    { .priority = 256, .label = (char *) "chat", .protocol = (char *) "snug.2" } },
  { golden_unordered_retransmits, sizeof golden_unordered_retransmits,
    { .unordered = TRUE, .has_max_retransmits = TRUE, .reliability = 3, .priority = 256,
      .label = (char *) "x", .protocol = (char *) "" } },
  { golden_lifetime, sizeof golden_lifetime,
    { .has_max_lifetime = TRUE, .reliability = 500, .priority = 256, .label = (char *) "ä",
      .protocol = (char *) "" } },
  { golden_nameless, sizeof golden_nameless,
    { .unordered = TRUE, .priority = 256, .label = (char *) "", .protocol = (char *) "" } },
  { golden_ack, sizeof golden_ack, { .is_ack = TRUE } },
};

static void
test_golden_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SnugDcep) dcep = snug_dcep_parse (goldens[i].bytes, goldens[i].n_bytes, &error);
      const SnugDcep *expected = &goldens[i].dcep;

      g_assert_no_error (error);
      g_assert_cmpint (dcep->is_ack, ==, expected->is_ack);
      g_assert_cmpint (dcep->unordered, ==, expected->unordered);
      g_assert_cmpint (dcep->has_max_retransmits, ==, expected->has_max_retransmits);
      g_assert_cmpint (dcep->has_max_lifetime, ==, expected->has_max_lifetime);
      g_assert_cmpuint (dcep->reliability, ==, expected->reliability);
      g_assert_cmpuint (dcep->priority, ==, expected->priority);
      g_assert_cmpstr (dcep->label, ==, expected->label);
      g_assert_cmpstr (dcep->protocol, ==, expected->protocol);
    }
}

static void
test_golden_write (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autoptr (GBytes) bytes = snug_dcep_to_bytes (&goldens[i].dcep);

      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), goldens[i].bytes,
                       goldens[i].n_bytes);
    }
}

static void
assert_bad (const guint8 *bytes, gsize n_bytes)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (snug_dcep_parse (bytes, n_bytes, &error));
  g_assert_error (error, SNUG_DCEP_ERROR, SNUG_DCEP_ERROR_BAD);
}

/* Exact copies, so that a sanitizer sees a read past the end. */
static void
test_every_truncation_is_refused (void)
{
  for (gsize n = 0; n < sizeof golden_reliable; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (golden_reliable, MAX (n, 1));

      assert_bad (copy, n);
    }
}

static void
test_nonsense_is_refused (void)
{
  guint8 bytes[sizeof golden_reliable + 1];

  memcpy (bytes, golden_reliable, sizeof golden_reliable);
  bytes[sizeof golden_reliable] = 'x';
  assert_bad (bytes, sizeof bytes);            /* longer than it says */

  bytes[0] = 0x04;                             /* no such message */
  assert_bad (bytes, sizeof golden_reliable);
  bytes[0] = 0x03;
  bytes[1] = 0x03;                             /* no such channel type */
  assert_bad (bytes, sizeof golden_reliable);
  bytes[1] = 0x00;
  bytes[12] = '\0';                            /* NUL in the label */
  assert_bad (bytes, sizeof golden_reliable);
  bytes[12] = 0xff;                            /* no UTF-8 in the label */
  assert_bad (bytes, sizeof golden_reliable);
  bytes[12] = 'c';
  bytes[17] = 0xc3;                            /* nor in the protocol */
  assert_bad (bytes, sizeof golden_reliable);
}

/* A label of exactly the cap passes, one byte more does not. */
static void
test_label_cap (void)
{
  g_autofree char *label = g_strnfill (SNUG_DCEP_MAX_NAME_BYTES + 1, 'a');
  SnugDcep opening = { .label = label, .protocol = (char *) "" };
  g_autoptr (GBytes) too_long = snug_dcep_to_bytes (&opening);
  g_autoptr (GBytes) just_right = NULL;
  g_autoptr (SnugDcep) dcep = NULL;

  assert_bad (g_bytes_get_data (too_long, NULL), g_bytes_get_size (too_long));
  label[SNUG_DCEP_MAX_NAME_BYTES] = '\0';
  just_right = snug_dcep_to_bytes (&opening);
  dcep = snug_dcep_parse (g_bytes_get_data (just_right, NULL), g_bytes_get_size (just_right), NULL);
  g_assert_cmpstr (dcep->label, ==, label);
}

/* RFC 8832 section 5.1: a reliable channel's parameter is ignored, not believed. */
static void
test_reliability_of_a_reliable_channel_is_ignored (void)
{
  static const guint8 bytes[] = { 0x03, 0x00, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0 };
  g_autoptr (SnugDcep) dcep = snug_dcep_parse (bytes, sizeof bytes, NULL);

  g_assert_cmpuint (dcep->reliability, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dcep/golden-parse", test_golden_parse);
  g_test_add_func ("/dcep/golden-write", test_golden_write);
  g_test_add_func ("/dcep/every-truncation-is-refused", test_every_truncation_is_refused);
  g_test_add_func ("/dcep/nonsense-is-refused", test_nonsense_is_refused);
  g_test_add_func ("/dcep/label-cap", test_label_cap);
  g_test_add_func ("/dcep/reliability-of-a-reliable-channel", test_reliability_of_a_reliable_channel_is_ignored);
  return g_test_run ();
}
