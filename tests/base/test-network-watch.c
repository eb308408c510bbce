/* When connections are to be looked after: on other addresses, and after sleep.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-network-watch.h"
#include "snug-passing-time.h"

/* What the watch takes for the end of a move, for how long it waits for that, and how often it looks at the clocks. */
#define QUIET_MS 250
#define SETTLED_AFTER_MS 1000
#define LOOK_MS 5000

static const char *addresses;
static gint64 slept_us;

static char *
get_addresses (void)
{
  return g_strdup (addresses);
}

static gint64
get_slept_us (void)
{
  return slept_us;
}

static const SnugNetworkSenses senses = { get_addresses, get_slept_us };

typedef struct
{
  SnugNetworkWatch *watch;      /* owned */
  GDBusConnection  *bus;        /* owned, nullable: as the watch has it */
  GDBusConnection  *logind;     /* owned, nullable */
  guint             n_changed;
  guint             n_marks;
} Fixture;

static void
on_changed (SnugNetworkWatch *watch, Fixture *f)
{
  f->n_changed++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  addresses = "192.0.2.1 2001:db8::1";
  slept_us = 3 * G_USEC_PER_SEC;
  f->watch = snug_network_watch_new (&senses);
  g_signal_connect (f->watch, "changed", G_CALLBACK (on_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->watch);
  if (f->logind != NULL)
    g_dbus_connection_close_sync (f->logind, NULL, NULL);
  g_clear_object (&f->logind);
  g_clear_object (&f->bus);
  snug_await_idle (NULL);
}

/* Without a default route there is no "network", also where there is one. */
static void
change_network (void)
{
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", FALSE);
}

static void
pass (guint ms)
{
  snug_let_pass (ms);
  snug_await_idle (NULL);
}

static void
settle (void)
{
  pass (QUIET_MS);
}

static void
test_other_addresses (Fixture *f, gconstpointer data)
{
  snug_note_delays ();
  /* the old one goes, the new one comes, a route follows */
  addresses = "";
  change_network ();
  addresses = "192.0.2.2";
  change_network ();
  change_network ();
  g_assert_true (snug_was_armed_for ((guint[]) { QUIET_MS, QUIET_MS, QUIET_MS }, 3));
  settle ();
  g_assert_cmpuint (f->n_changed, ==, 1);
}

/* Something else comes and goes all the time: it is never quiet. */
static void
test_never_quiet (Fixture *f, gconstpointer data)
{
  addresses = "192.0.2.2";
  for (guint passed_ms = 0; passed_ms < SETTLED_AFTER_MS; passed_ms += QUIET_MS / 2)
    {
      change_network ();
      pass (QUIET_MS / 2);
    }
  g_assert_cmpuint (f->n_changed, ==, 1);

  /* What is next has all its time again. */
  addresses = "192.0.2.3";
  snug_note_delays ();
  change_network ();
  g_assert_true (snug_was_armed_for ((guint[]) { QUIET_MS }, 1));
  settle ();
  g_assert_cmpuint (f->n_changed, ==, 2);
}

static void
test_same_addresses (Fixture *f, gconstpointer data)
{
  change_network ();
  settle ();
  g_assert_cmpuint (f->n_changed, ==, 0);
}

static void
test_gone_and_back (Fixture *f, gconstpointer data)
{
  const char *before = addresses;

  addresses = "";
  change_network ();
  settle ();
  g_assert_cmpuint (f->n_changed, ==, 0);
  addresses = before;
  change_network ();
  settle ();
  g_assert_cmpuint (f->n_changed, ==, 1);
}

static void
look (void)
{
  pass (LOOK_MS);
}

static void
test_slept (Fixture *f, gconstpointer data)
{
  look ();
  g_assert_cmpuint (f->n_changed, ==, 0);
  slept_us += 60 * G_USEC_PER_SEC;
  look ();
  g_assert_cmpuint (f->n_changed, ==, 1);
  look ();
  g_assert_cmpuint (f->n_changed, ==, 1);
}

#define LOGIND "org.freedesktop.login1"
#define PATH "/org/freedesktop/login1"
#define MARK "org.example.Mark"

static void
on_mark (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
         GVariant *parameters, gpointer user_data)
{
  ((Fixture *) user_data)->n_marks++;
}

static void
start_logind (Fixture *f)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (GError) error = NULL;

  f->bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (f->bus, FALSE);
  g_dbus_connection_signal_subscribe (f->bus, NULL, MARK, "Mark", PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_mark, f, NULL);
  f->logind = g_dbus_connection_new_for_address_sync (address,
                                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                      | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  owned = g_dbus_connection_call_sync (f->logind, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                       "RequestName", g_variant_new ("(su)", LOGIND, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                                       NULL, &error);
  g_assert_no_error (error);
}

/* And it has been heard, by whoever listens: what is said on a connection arrives in order. */
static void
say_prepare_for_sleep (Fixture *f, gboolean is_begin)
{
  guint n_marks = f->n_marks;

  g_dbus_connection_emit_signal (f->logind, NULL, PATH, LOGIND ".Manager", "PrepareForSleep",
                                 g_variant_new ("(b)", is_begin), NULL);
  g_dbus_connection_emit_signal (f->logind, NULL, PATH, MARK, "Mark", NULL, NULL);
  snug_await (NULL, f->n_marks > n_marks);
}

/* It comes and says it; what the clocks show of the same sleep afterwards is no news. */
static void
test_logind (Fixture *f, gconstpointer data)
{
  start_logind (f);
  while (f->n_changed == 0)   /* until the watch listens */
    say_prepare_for_sleep (f, FALSE);
  g_assert_cmpuint (f->n_changed, ==, 1);

  say_prepare_for_sleep (f, TRUE);
  g_assert_cmpuint (f->n_changed, ==, 1);
  slept_us += 60 * G_USEC_PER_SEC;
  say_prepare_for_sleep (f, FALSE);
  g_assert_cmpuint (f->n_changed, ==, 2);
  look ();
  g_assert_cmpuint (f->n_changed, ==, 2);
}

static int
run_tests_on_a_bus (void)
{
  g_autoptr (GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  int status;

  g_test_dbus_up (bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (bus), TRUE);
  /* What GLib does on a session bus would end with it, and the program too. */
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  status = g_test_run ();
  g_test_dbus_stop (bus);
  return status;
}

#define ADD(name, func) g_test_add ("/network-watch/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  snug_stop_clock ();
  ADD ("other-addresses", test_other_addresses);
  ADD ("never-quiet", test_never_quiet);
  ADD ("same-addresses", test_same_addresses);
  ADD ("gone-and-back", test_gone_and_back);
  ADD ("slept", test_slept);
  ADD ("logind", test_logind);
  return run_tests_on_a_bus ();
}
