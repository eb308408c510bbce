/* When --until lets the program go.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-until.h"

static SnugCliUntil
make (const char *const *conditions)
{
  SnugCliUntil until = { 0 };

  for (; *conditions != NULL; conditions++)
    {
      g_autoptr (GError) error = NULL;

      snug_cli_until_add (&until, *conditions, &error);
      g_assert_no_error (error);
    }
  return until;
}

static void
test_all_must_hold (void)
{
  const char *const conditions[] = { "chat=2", "received=1", NULL };
  SnugCliUntil until = make (conditions);

  snug_cli_until_count (&until, SNUG_CLI_CHATS);
  snug_cli_until_count (&until, SNUG_CLI_CHATS);
  g_assert_false (snug_cli_until_holds (&until));
  snug_cli_until_count (&until, SNUG_CLI_SENT);
  g_assert_false (snug_cli_until_holds (&until));
  snug_cli_until_count (&until, SNUG_CLI_RECEIVED);
  g_assert_true (snug_cli_until_holds (&until));
}

static void
test_nothing_asked_never_holds (void)
{
  SnugCliUntil until = { 0 };

  snug_cli_until_count (&until, SNUG_CLI_CHATS);
  snug_cli_until_present (&until, 3);
  snug_cli_until_present (&until, 0);
  g_assert_false (snug_cli_until_is_asked (&until));
  g_assert_false (snug_cli_until_holds (&until));
}

static void
test_members_at_once (void)
{
  const char *const conditions[] = { "members=2", "sent=1", NULL };
  SnugCliUntil until = make (conditions);

  snug_cli_until_present (&until, 1);
  snug_cli_until_present (&until, 0);
  snug_cli_until_present (&until, 1);
  snug_cli_until_count (&until, SNUG_CLI_SENT);
  g_assert_false (snug_cli_until_holds (&until));
  snug_cli_until_present (&until, 2);
  snug_cli_until_present (&until, 1);
  g_assert_true (snug_cli_until_holds (&until));
}

static void
test_alone_after_company (void)
{
  const char *const conditions[] = { "alone", NULL };
  SnugCliUntil until = make (conditions);

  g_assert_true (snug_cli_until_is_asked (&until));
  snug_cli_until_present (&until, 0);
  g_assert_false (snug_cli_until_holds (&until));
  snug_cli_until_present (&until, 2);
  snug_cli_until_present (&until, 1);
  g_assert_false (snug_cli_until_holds (&until));
  snug_cli_until_present (&until, 0);
  g_assert_true (snug_cli_until_holds (&until));
}

static void
test_larger_number_stays (void)
{
  const char *const conditions[] = { "chat=3", "chat=1", NULL };
  SnugCliUntil until = make (conditions);

  g_assert_cmpuint (until.wanted[SNUG_CLI_CHATS], ==, 3);
}

static void
test_can_reach (void)
{
  const char *const conditions[] = { "received=3", NULL };
  SnugCliUntil until = make (conditions);

  snug_cli_until_count (&until, SNUG_CLI_RECEIVED);
  g_assert_true (snug_cli_until_can_reach (&until, SNUG_CLI_RECEIVED, 2));
  g_assert_false (snug_cli_until_can_reach (&until, SNUG_CLI_RECEIVED, 1));
  g_assert_true (snug_cli_until_can_reach (&until, SNUG_CLI_SENT, 0));
}

static void
test_refuses (void)
{
  const char *const bad[] = { "", "chat", "chat=", "chat=0", "chat=-1", "chat=1x", "chat= 1", "chat=1000001",
                              "chat=99999999999999999999", "Chat=1", "alone=1", "alone ", "peers=1", "=1", NULL };

  for (const char *const *condition = bad; *condition != NULL; condition++)
    {
      SnugCliUntil until = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (snug_cli_until_add (&until, *condition, &error));
      g_assert_error (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE);
      g_assert_false (snug_cli_until_is_asked (&until));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-until/all-must-hold", test_all_must_hold);
  g_test_add_func ("/cli-until/nothing-asked-never-holds", test_nothing_asked_never_holds);
  g_test_add_func ("/cli-until/members-at-once", test_members_at_once);
  g_test_add_func ("/cli-until/alone-after-company", test_alone_after_company);
  g_test_add_func ("/cli-until/larger-number-stays", test_larger_number_stays);
  g_test_add_func ("/cli-until/can-reach", test_can_reach);
  g_test_add_func ("/cli-until/refuses", test_refuses);
  return g_test_run ();
}
