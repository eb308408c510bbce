/* What a person can hand to somebody who helps, of every scene of the gallery: nothing in it tells who or where.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-fake-session.h"
#include "snug-report.h"

static void
assert_tells_nothing (SnugSession *session, const char *report)
{
  static const char *const private[] = { "QXWV23", "192.168", "2029", "Ana", "Jonas", "Milan", "Mira", "http://", "lake",
                                         "boarding-pass", "example.org", "3f:9a" };

  for (guint i = 0; i < G_N_ELEMENTS (private); i++)
    if (strstr (report, private[i]) != NULL)
      g_error ("“%s” is in the report:\n%s", private[i], report);
}

static void
test_nothing_private (void)
{
  g_autoptr (SnugSession) session = snug_session_new ();
  const char *const *scenes = snug_fake_session_get_scenes ();

  g_object_set (session, "name", "Mira", "server", "http://192.168.1.20:2029", NULL);
  for (guint i = 0; scenes[i] != NULL; i++)
    {
      g_autofree char *report = NULL;

      snug_fake_session_play (session, scenes[i]);
      report = snug_report_new (session);
      assert_tells_nothing (session, report);
    }
}

static void
test_what_helps (void)
{
  g_autoptr (SnugSession) session = snug_session_new ();
  g_autofree char *unreachable = NULL;
  g_autofree char *no_route = NULL;
  g_autofree char *files = NULL;

  snug_fake_session_play (session, "unreachable");
  unreachable = snug_report_new (session);
  g_assert_nonnull (strstr (unreachable, "Room: closed, unreachable\n"));
  snug_fake_session_play (session, "no-route");
  no_route = snug_report_new (session);
  g_assert_nonnull (strstr (no_route, "Member 2: failed, browser, version 2, path none\n  answered done, route failed, keys waiting\n"));
  snug_fake_session_play (session, "files");
  files = snug_report_new (session);
  g_assert_nonnull (strstr (files, "Files in, failed: 1\n"));
}

/* What the doctor found: where the servers are and from where they see us is in it only if the person wants that. */
static void
test_checks (void)
{
  g_autoptr (SnugSession) session = snug_session_new ();
  g_autoptr (GListStore) checks = g_list_store_new (SNUG_TYPE_CHECK);
  g_autoptr (SnugCheck) stun = snug_check_new (SNUG_CHECK_STUN, SNUG_FINDING_WORKS, 2, "stun.example.org:3478 → 192.168.1.20:7");
  g_autoptr (SnugCheck) reach = snug_check_new (SNUG_CHECK_REACH, SNUG_FINDING_NONE, 0, NULL);
  g_autofree char *discreet = NULL;
  g_autofree char *whole = NULL;

  g_list_store_append (checks, stun);
  g_list_store_append (checks, reach);
  snug_fake_session_play (session, "no-route");
  discreet = snug_report_new_with_checks (session, G_LIST_MODEL (checks), FALSE);
  assert_tells_nothing (session, discreet);
  g_assert_nonnull (strstr (discreet, "Member 2: failed"));
  g_assert_true (g_str_has_suffix (discreet, "\nCheck stun 2: ok, works\nCheck reach: not, none\n"));
  whole = snug_report_new_with_checks (session, G_LIST_MODEL (checks), TRUE);
  g_assert_nonnull (strstr (whole, "Check stun 2: ok, works (stun.example.org:3478 → 192.168.1.20:7)\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/nothing-private", test_nothing_private);
  g_test_add_func ("/report/what-helps", test_what_helps);
  g_test_add_func ("/report/checks", test_checks);
  return g_test_run ();
}
