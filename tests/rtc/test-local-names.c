/* Names of the local network that members tell, and what Avahi says of them: one of the test's own on a bus of its own.
 * A real one finds the page of a browser in no lane yet.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-local-names.h"

#include "snug-await.h"
#include "snug-fake-avahi.h"
#include "snug-passing-time.h"

#define LABEL "dfe20ef4-8d05-4df6-8555-df297b20e1"
#define MAX_NAMES 8
#define A_MINUTE_MS (60 * 1000)
/* All connections together. */
#define MAX_QUESTIONS 32

typedef struct
{
  SnugFakeAvahi  *avahi;      /* nullable: there is none */
  SnugLocalNames *names;
  char           *found;      /* nullable: the last address */
  guint           n_calls;
} Fixture;

static void
on_name (const SnugCandidate *candidate, gpointer user_data)
{
  Fixture *f = user_data;

  g_free (f->found);
  f->found = candidate != NULL ? g_strdup (candidate->address) : NULL;
  f->n_calls++;
  if (candidate != NULL)
    {
      g_assert_cmpuint (candidate->port, ==, 54502);
      g_assert_cmpuint (candidate->priority, ==, 2113937151);
      g_assert_true (snug_candidate_is_usable (candidate));
    }
}

/* Nothing of what an earlier test has asked for counts. */
static void
set_up_without (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  snug_let_pass (MAX_QUESTIONS * A_MINUTE_MS);
  f->names = snug_local_names_new (g_main_context_default (), on_name, f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->avahi = snug_fake_avahi_new ();
  set_up_without (f, data);
}

static void
tear_down (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_clear_pointer (&f->names, snug_local_names_free);
  g_clear_pointer (&f->avahi, snug_fake_avahi_free);
  g_free (f->found);
}

/* (transfer full): of the `number`th of some names */
static char *
name_of (guint number)
{
  return g_strdup_printf (LABEL "%02x.local", number);
}

static void
ask (Fixture *f, guint number)
{
  g_autofree char *name = name_of (number);
  g_autofree char *text = g_strdup_printf ("candidate:1 1 udp 2113937151 %s 54502 typ host", name);
  g_autoptr (SnugCandidate) candidate = snug_candidate_parse (text, NULL);

  snug_local_names_ask (f->names, candidate);
}

/* Once Avahi has been asked for so many. */
static void
answer (Fixture *f, guint n_asked, guint number, const char *address)
{
  g_autofree char *name = name_of (number);

  snug_await (NULL, snug_fake_avahi_get_n_asked_hosts (f->avahi) == n_asked);
  snug_fake_avahi_answer_host (f->avahi, name, address);
}

static void
test_found (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_assert_false (snug_local_names_is_waiting (f->names));
  ask (f, 1);
  g_assert_true (snug_local_names_is_waiting (f->names));
  answer (f, 1, 1, "192.168.7.2");
  snug_await (NULL, f->n_calls == 1);
  g_assert_cmpstr (f->found, ==, "192.168.7.2");
  g_assert_false (snug_local_names_is_waiting (f->names));
}

static void
test_in_another_order (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  ask (f, 1);
  ask (f, 2);
  answer (f, 2, 2, "fd77::2");
  snug_await (NULL, f->n_calls == 1);
  g_assert_cmpstr (f->found, ==, "fd77::2");
  g_assert_true (snug_local_names_is_waiting (f->names));
  answer (f, 2, 1, "169.254.7.2");
  snug_await (NULL, f->n_calls == 2);
  g_assert_cmpstr (f->found, ==, "169.254.7.2");
}

/* Whoever answers in the network has no say in whom else we write to. */
static void
test_refused (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const addresses[] = { "9.9.9.9", "2001:4860:4860::8888", "127.0.0.1", "::1", "100.127.255.254", "fe80::1",
                                           "224.0.0.251" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      ask (f, i);
      answer (f, i + 1, i, addresses[i]);
      snug_await (NULL, f->n_calls == i + 1);
      g_assert_cmpstr (f->found, ==, NULL);
    }
}

static void
test_nonsense (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  ask (f, 1);
  answer (f, 1, 1, "not an address");
  snug_await (NULL, f->n_calls == 1);
  g_assert_cmpstr (f->found, ==, NULL);
}

static void
test_not_found (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  ask (f, 1);
  answer (f, 1, 1, NULL);
  snug_await (NULL, f->n_calls == 1);
  g_assert_cmpstr (f->found, ==, NULL);
}

static void
test_avahi_ends (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  ask (f, 1);
  snug_await (NULL, snug_fake_avahi_get_n_asked_hosts (f->avahi) == 1);
  g_clear_pointer (&f->avahi, snug_fake_avahi_free);
  snug_await (NULL, f->n_calls == 1);
  g_assert_cmpstr (f->found, ==, NULL);
}

static void
test_no_avahi (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  ask (f, 1);
  snug_await (NULL, f->n_calls == 1);
  g_assert_cmpstr (f->found, ==, NULL);
}

/* In a program of its own: a bus that is found once is kept. */
static void
test_no_bus (Fixture *f, gconstpointer data)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  test_no_avahi (f, data);
}

static void
test_too_many (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  for (guint i = 0; i < 2 * MAX_NAMES; i++)
    ask (f, i);
  for (guint i = 0; i < MAX_NAMES; i++)
    answer (f, MAX_NAMES, i, "192.168.7.2");
  snug_await (NULL, f->n_calls == MAX_NAMES);
  g_assert_false (snug_local_names_is_waiting (f->names));
}

/* Whoever comes back has names again. */
static void
test_later (Fixture *f, gconstpointer data)
{
  test_too_many (f, data);
  snug_let_pass (A_MINUTE_MS);
  ask (f, MAX_NAMES);
  answer (f, MAX_NAMES + 1, MAX_NAMES, "192.168.7.3");
  snug_await (NULL, f->n_calls == MAX_NAMES + 1);
  g_assert_cmpstr (f->found, ==, "192.168.7.3");
}

static void
test_forgotten (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  ask (f, 1);
  snug_await (NULL, snug_fake_avahi_get_n_asked_hosts (f->avahi) == 1);
  snug_local_names_forget (f->names);
  g_assert_false (snug_local_names_is_waiting (f->names));
  ask (f, 2);
  answer (f, 2, 1, "192.168.7.2");
  answer (f, 2, 2, "192.168.7.3");
  snug_await (NULL, f->n_calls == 1);
  g_assert_cmpstr (f->found, ==, "192.168.7.3");
}

/* A member that begins a connection after the other has no more names asked for than a room full of browsers would. */
static void
test_too_many_connections (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  SnugLocalNames *names[MAX_QUESTIONS + 1];

  g_clear_pointer (&f->names, snug_local_names_free);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      names[i] = f->names = snug_local_names_new (g_main_context_default (), on_name, f);
      ask (f, i);
    }
  snug_await (NULL, f->n_calls == 1);   /* of the one that was not asked for */
  g_assert_cmpstr (f->found, ==, NULL);
  for (guint i = 0; i < MAX_QUESTIONS; i++)
    answer (f, MAX_QUESTIONS, i, "192.168.7.2");
  snug_await (NULL, f->n_calls == G_N_ELEMENTS (names));
  g_assert_cmpstr (f->found, ==, "192.168.7.2");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    snug_local_names_free (names[i]);
  f->names = NULL;
}

/* The answer comes when nobody is there any more; what comes back after that shows that it did. */
static void
test_freed (Fixture *f, gconstpointer data)
{
  ask (f, 1);
  snug_await (NULL, snug_fake_avahi_get_n_asked_hosts (f->avahi) == 1);
  g_clear_pointer (&f->names, snug_local_names_free);
  set_up_without (f, data);
  ask (f, 2);
  answer (f, 2, 1, "192.168.7.2");
  answer (f, 2, 2, "192.168.7.3");
  snug_await (NULL, f->n_calls == 1);
  g_assert_cmpstr (f->found, ==, "192.168.7.3");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, begin, test) g_test_add ("/local-names/" name, Fixture, NULL, begin, test, tear_down)
  ADD ("no-bus", set_up_without, test_no_bus);
  ADD ("no-avahi", set_up_without, test_no_avahi);
  ADD ("found", set_up, test_found);
  ADD ("in-another-order", set_up, test_in_another_order);
  ADD ("refused", set_up, test_refused);
  ADD ("nonsense", set_up, test_nonsense);
  ADD ("not-found", set_up, test_not_found);
  ADD ("avahi-ends", set_up, test_avahi_ends);
  ADD ("too-many", set_up, test_too_many);
  ADD ("too-many-connections", set_up, test_too_many_connections);
  ADD ("later", set_up, test_later);
  ADD ("forgotten", set_up, test_forgotten);
  ADD ("freed", set_up, test_freed);
#undef ADD
  return snug_fake_avahi_run_tests ();
}
