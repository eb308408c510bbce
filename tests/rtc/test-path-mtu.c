/* The search for the largest packet that arrives (RFC 8899), on a path that the test draws.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-passing-time.h"
#include "snug-path-mtu.h"
#include "snug-sctp-probe.h"

#define LEAST 1188
/* Longer than it waits for one answer. */
#define A_WHILE_MS 1001

typedef struct
{
  GMainContext *context;    /* owned */
  SnugPathMtu  *mtu;        /* owned */
  gsize         widest;     /* of what arrives */
  guint         n_probes;
  guint         n_lost;     /* of the next ones that would arrive, so many do not */
  gsize         told;
  guint32       owed;       /* the number of an answer that is on its way; 0: none */
  gboolean      owes_small; /* of a probe that fits everywhere */
  gboolean      is_waiting;
} Path;

static void
on_probe (gpointer user_data, guint32 number, gsize n_bytes)
{
  Path *path = user_data;

  if (n_bytes > LEAST)
    path->n_probes++;
  if (n_bytes > path->widest)
    return;
  if (n_bytes == LEAST)
    {
      g_assert_cmpuint (number, ==, 0);
      path->owes_small = TRUE;
      return;
    }
  if (path->n_lost > 0)
    path->n_lost--;
  else
    path->owed = number;
}

static void
on_changed (gpointer user_data, gsize n_bytes)
{
  ((Path *) user_data)->told = n_bytes;
}

static gboolean
is_waiting (gpointer user_data)
{
  return ((Path *) user_data)->is_waiting;
}

static void
path_init (Path *path, gsize widest)
{
  static const SnugPathMtuUser user = { on_probe, on_changed, is_waiting };

  *path = (Path) { .context = g_main_context_new (), .widest = widest, .told = LEAST };
  path->mtu = snug_path_mtu_new (path->context, LEAST, &user, path);
}

static void
path_clear (Path *path)
{
  snug_path_mtu_free (path->mtu);
  g_main_context_unref (path->context);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Path, path_clear)

static void
hear_answers (Path *path)
{
  if (path->owes_small)
    snug_path_mtu_answered (path->mtu, 0);
  path->owes_small = FALSE;
  while (path->owed != 0)
    {
      guint32 number = path->owed;

      path->owed = 0;
      snug_path_mtu_answered (path->mtu, number);
    }
}

/* So many times as long as it waits for one answer. */
static void
let_waits_pass (Path *path, guint n)
{
  hear_answers (path);
  for (guint i = 0; i < n; i++)
    {
      snug_let_pass (A_WHILE_MS);
      snug_await_idle (path->context);
      hear_answers (path);
    }
}

static void
assert_is (Path *path, gsize n_bytes)
{
  g_assert_cmpuint (path->told, ==, n_bytes);
  g_assert_cmpuint (snug_path_mtu_get (path->mtu), ==, n_bytes);
}

static void
test_grows_to_what_arrives (void)
{
  static const struct { gsize widest, most, found; } cases[] = {
    { 9000, SNUG_PATH_MTU_NEAR, SNUG_PATH_MTU_NEAR },
    { 9000, SNUG_PATH_MTU_FAR, SNUG_PATH_MTU_FAR },
    { 9000, LEAST, LEAST },
    { 8911, SNUG_PATH_MTU_NEAR, SNUG_PATH_MTU_FAR },
    { 1400, SNUG_PATH_MTU_NEAR, SNUG_PATH_MTU_FAR },
    { 1399, SNUG_PATH_MTU_NEAR, LEAST },
    { 1399, SNUG_PATH_MTU_FAR, LEAST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Path) path = { 0 };
      guint n_probes;

      path_init (&path, cases[i].widest);
      snug_path_mtu_search (path.mtu, cases[i].most);
      let_waits_pass (&path, 10);
      assert_is (&path, cases[i].found);
      /* and then it is quiet */
      n_probes = path.n_probes;
      let_waits_pass (&path, 10);
      g_assert_cmpuint (path.n_probes, ==, n_probes);
    }
}

static void
test_two_lost_probes_are_no_answer (void)
{
  g_auto (Path) path = { 0 };

  path_init (&path, 9000);
  path.n_lost = 2;
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_FAR);
  let_waits_pass (&path, 1);
  assert_is (&path, LEAST);
  let_waits_pass (&path, 1);
  assert_is (&path, SNUG_PATH_MTU_FAR);
}

/* While nothing is under way, nobody looks whether it still would arrive. */
static void
test_falls_back_when_nothing_arrives (void)
{
  g_auto (Path) path = { 0 };
  guint n_probes;

  path_init (&path, 9000);
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  let_waits_pass (&path, 1);
  path.widest = 1300;
  n_probes = path.n_probes;
  let_waits_pass (&path, 10);
  assert_is (&path, SNUG_PATH_MTU_NEAR);
  g_assert_cmpuint (path.n_probes, ==, n_probes);

  path.is_waiting = TRUE;
  let_waits_pass (&path, 3);
  assert_is (&path, SNUG_PATH_MTU_NEAR);
  let_waits_pass (&path, 1);
  assert_is (&path, LEAST);
  g_assert_cmpuint (path.n_probes, ==, n_probes + 3);
}

/* A route that is lost and comes back is no narrow one. */
static void
test_no_route_says_nothing_of_its_width (void)
{
  g_auto (Path) path = { 0 };

  path_init (&path, 9000);
  path.is_waiting = TRUE;
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  let_waits_pass (&path, 1);
  path.widest = 0;
  let_waits_pass (&path, 20);
  assert_is (&path, SNUG_PATH_MTU_NEAR);
  path.widest = 9000;
  let_waits_pass (&path, 5);
  assert_is (&path, SNUG_PATH_MTU_NEAR);
  path.widest = 1300;
  let_waits_pass (&path, 5);
  assert_is (&path, LEAST);
}

static void
test_an_answer_now_and_then_is_enough (void)
{
  g_auto (Path) path = { 0 };

  path_init (&path, 9000);
  path.is_waiting = TRUE;
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  for (guint i = 0; i < 10; i++)
    {
      let_waits_pass (&path, 1);
      path.n_lost = 2;
      let_waits_pass (&path, 2);
      assert_is (&path, SNUG_PATH_MTU_NEAR);
    }
}

/* A path that has become wider is found out after ten minutes, or at once if it is known to be another. */
static void
test_looks_again (void)
{
  g_auto (Path) path = { 0 };

  path_init (&path, 1200);
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  let_waits_pass (&path, 5);
  path.widest = 1500;
  let_waits_pass (&path, 500);
  assert_is (&path, LEAST);
  let_waits_pass (&path, 100);
  assert_is (&path, SNUG_PATH_MTU_FAR);

  path.widest = 9000;
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  let_waits_pass (&path, 1);
  assert_is (&path, SNUG_PATH_MTU_NEAR);
}

static void
test_another_path_has_to_show_it_again (void)
{
  g_auto (Path) path = { 0 };

  path_init (&path, 9000);
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  let_waits_pass (&path, 1);

  path.widest = 1500;
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  let_waits_pass (&path, 3);
  assert_is (&path, LEAST);

  /* far away, or by a relay, it is known at once */
  path.widest = 9000;
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  let_waits_pass (&path, 1);
  assert_is (&path, SNUG_PATH_MTU_NEAR);
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_FAR);
  g_assert_cmpuint (path.told, ==, LEAST);
  let_waits_pass (&path, 1);
  assert_is (&path, SNUG_PATH_MTU_FAR);
  snug_path_mtu_search (path.mtu, LEAST);
  assert_is (&path, LEAST);
}

static void
test_wrong_answers_are_none (void)
{
  g_auto (Path) path = { 0 };

  path_init (&path, 0);
  snug_path_mtu_answered (path.mtu, 0);
  snug_path_mtu_answered (path.mtu, 1);
  snug_path_mtu_search (path.mtu, SNUG_PATH_MTU_NEAR);
  snug_path_mtu_answered (path.mtu, 0);
  snug_path_mtu_answered (path.mtu, 2);
  snug_path_mtu_answered (path.mtu, G_MAXUINT32);
  assert_is (&path, LEAST);
  snug_path_mtu_answered (path.mtu, 1);
  assert_is (&path, SNUG_PATH_MTU_FAR);
  /* late, and to the size before */
  snug_path_mtu_answered (path.mtu, 1);
  assert_is (&path, SNUG_PATH_MTU_FAR);
}

/* ---- What goes over the wire ---- */

static const SnugSctpAddress to = { 5000, 5000, 0xcafef00d };

/* As a peer answers: the chunk comes back, behind something else. */
static GByteArray *
make_answer (guint32 number)
{
  static const guint8 header[] = { 0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 0, 0, 0, 0 };
  static const guint8 odd_chunk[] = { 0xc1, 0, 0, 5, 9, 0, 0, 0 };
  g_autoptr (GByteArray) probe = snug_sctp_probe_make (number, &to, SNUG_PATH_MTU_FAR);
  GByteArray *packet = g_byte_array_new ();

  g_byte_array_append (packet, header, sizeof header);
  g_byte_array_append (packet, odd_chunk, sizeof odd_chunk);
  g_byte_array_append (packet, probe->data + sizeof header, 20);
  packet->data[sizeof header + sizeof odd_chunk] = 5;
  g_byte_array_append (packet, odd_chunk, sizeof odd_chunk);
  return packet;
}

static void
test_probe_is_a_packet (void)
{
  static const gsize sizes[] = { SNUG_SCTP_PROBE_MIN_BYTES, SNUG_PATH_MTU_FAR, SNUG_PATH_MTU_NEAR };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GByteArray) probe = snug_sctp_probe_make (7, &to, sizes[i]);
      SnugSctpAddress read;
      guint32 number;

      g_assert_cmpuint (probe->len, ==, sizes[i]);
      g_assert_true (snug_sctp_address_read (&read, probe->data, probe->len));
      g_assert_cmpmem (&read, sizeof read, &to, sizeof to);
      /* the pad reaches to the end, and a question is no answer */
      g_assert_cmpuint ((gsize) probe->data[34] << 8 | probe->data[35], ==, sizes[i] - 32);
      g_assert_cmpuint (snug_sctp_probe_find_answer (&number, probe->data, probe->len), ==, 0);
    }
}

static void
test_answer_is_found_and_hidden (void)
{
  g_autoptr (GByteArray) packet = make_answer (0x80000001);
  guint32 number;

  g_assert_cmpuint (snug_sctp_probe_find_answer (&number, packet->data, packet->len), ==, 20);
  g_assert_cmpuint (number, ==, 0x80000001);
  snug_sctp_probe_hide_answer (packet->data, 20);
  g_assert_cmpuint (snug_sctp_probe_find_answer (&number, packet->data, packet->len), ==, 0);
}

static void
test_refusal (void)
{
  static const guint8 silent[] = { 1, 6, 9, 11, 14 };
  g_autoptr (GByteArray) packet = snug_sctp_probe_make (7, &to, SNUG_SCTP_PROBE_MIN_BYTES);
  g_autoptr (GByteArray) refusal = snug_sctp_refusal_make (packet->data, packet->len);
  SnugSctpAddress read;

  g_assert_cmpuint (refusal->len, ==, 16);
  g_assert_true (snug_sctp_address_read (&read, refusal->data, refusal->len));
  g_assert_cmpuint (read.verification_tag, ==, to.verification_tag);
  g_assert_cmpmem (refusal->data + 12, 4, ((guint8[]) { 6, 1, 0, 4 }), 4);
  /* two that refuse each other's refusals would never end */
  g_assert_null (snug_sctp_refusal_make (refusal->data, refusal->len));
  g_assert_null (snug_sctp_refusal_make (packet->data, 15));
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    {
      g_autofree guint8 *behind = g_memdup2 (packet->data, packet->len);
      g_autofree guint8 *first = g_memdup2 (packet->data, packet->len);

      first[12] = silent[i];
      g_assert_null (snug_sctp_refusal_make (first, packet->len));
      behind[32] = silent[i];
      g_assert_null (snug_sctp_refusal_make (behind, packet->len));
    }
}

/* Cut anywhere, and with any byte changed: read within its bounds, and never taken for another number's. */
static void
test_nonsense_is_no_answer (void)
{
  g_autoptr (GByteArray) packet = make_answer (5);
  SnugSctpAddress address;
  guint32 number;

  g_assert_false (snug_sctp_address_read (&address, packet->data, 7));
  for (gsize n = 0; n < packet->len; n++)
    {
      g_autofree guint8 *cut = g_memdup2 (packet->data, n);
      gsize found = snug_sctp_probe_find_answer (&number, cut, n);

      g_assert_cmpuint (found, ==, n >= 40 ? 20 : 0);
    }
  for (gsize n = 12; n < packet->len; n++)
    for (guint bit = 0; bit < 8; bit++)
      {
        packet->data[n] ^= 1u << bit;
        if (snug_sctp_probe_find_answer (&number, packet->data, packet->len) != 0 && (n < 36 || n >= 40))
          g_assert_cmpuint (number, ==, 5);
        packet->data[n] ^= 1u << bit;
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/path-mtu/grows-to-what-arrives", test_grows_to_what_arrives);
  g_test_add_func ("/path-mtu/two-lost-probes-are-no-answer", test_two_lost_probes_are_no_answer);
  g_test_add_func ("/path-mtu/falls-back-when-nothing-arrives", test_falls_back_when_nothing_arrives);
  g_test_add_func ("/path-mtu/no-route-says-nothing-of-its-width", test_no_route_says_nothing_of_its_width);
  g_test_add_func ("/path-mtu/an-answer-now-and-then-is-enough", test_an_answer_now_and_then_is_enough);
  g_test_add_func ("/path-mtu/looks-again", test_looks_again);
  g_test_add_func ("/path-mtu/another-path-has-to-show-it-again", test_another_path_has_to_show_it_again);
  g_test_add_func ("/path-mtu/wrong-answers-are-none", test_wrong_answers_are_none);
  g_test_add_func ("/path-mtu/probe-is-a-packet", test_probe_is_a_packet);
  g_test_add_func ("/path-mtu/answer-is-found-and-hidden", test_answer_is_found_and_hidden);
  g_test_add_func ("/path-mtu/refusal", test_refusal);
  g_test_add_func ("/path-mtu/nonsense-is-no-answer", test_nonsense_is_no_answer);
  return g_test_run ();
}
