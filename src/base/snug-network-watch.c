/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-network-watch.h"

#include <time.h>

#include "snug-context.h"
#include "snug-own-addresses.h"

/* A move comes as a row of changes: an address goes, routes go, another address comes, and routes by it. What counts is
 * what there is when it has been quiet. But nothing arrives meanwhile, and what follows later is no reason to wait: an
 * IPv6 address counts a second or two after it came, and is a change then; routes of others come and go. */
#define QUIET_MS 250
#define SETTLED_AFTER_MS 1000

/* How often it is looked whether this computer has slept, for where nobody says so. */
#define LOOK_MS 5000
/* Clocks that are read one after the other do not agree to the microsecond; nobody wakes within a second. */
#define SLEPT_AT_LEAST_US G_USEC_PER_SEC

#define LOGIND "org.freedesktop.login1"

struct _SnugNetworkWatch
{
  GObject                  parent_instance;

  const SnugNetworkSenses *senses;       /* static */
  GMainContext            *context;      /* owned */
  GNetworkMonitor         *monitor;      /* owned */
  GDBusConnection         *bus;          /* owned, nullable */
  guint                    subscription;
  GSource                 *settle;       /* owned */
  gint64                   since_us;     /* the first change that is not settled */
  GSource                 *look;         /* owned */
  char                    *addresses;    /* owned: at the last look */
  gint64                   slept_us;     /* so far, all in all */
};

G_DEFINE_FINAL_TYPE (SnugNetworkWatch, snug_network_watch, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* CLOCK_MONOTONIC stands still while the computer sleeps, CLOCK_BOOTTIME does not. */
static gint64
get_slept_us (void)
{
  struct timespec boot, awake;

  if (clock_gettime (CLOCK_MONOTONIC, &awake) != 0 || clock_gettime (CLOCK_BOOTTIME, &boot) != 0)
    return 0;
  return (boot.tv_sec - awake.tv_sec) * G_USEC_PER_SEC + (boot.tv_nsec - awake.tv_nsec) / 1000;
}

static const SnugNetworkSenses own_senses = { snug_own_addresses_to_text, get_slept_us };

static void
tell (SnugNetworkWatch *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- Addresses ---- */

/* Without any address there is nothing to be done, but that what comes next is news: also if it is the same. */
static gboolean
on_settled (gpointer user_data)
{
  SnugNetworkWatch *self = user_data;
  g_autofree char *before = g_steal_pointer (&self->addresses);

  snug_clear_source (&self->settle);
  self->addresses = self->senses->get_addresses ();
  g_debug ("addresses: %s, before: %s", self->addresses, before);
  if (*self->addresses != '\0' && !g_str_equal (self->addresses, before))
    tell (self);
  return G_SOURCE_REMOVE;
}

/* Routes change for many reasons that are none of ours, as containers that come and go. And whatever @is_available
 * says: without a default route it is FALSE, on a local network that works. */
static void
on_network_changed (GNetworkMonitor *monitor, gboolean is_available, SnugNetworkWatch *self)
{
  gint64 now_us = g_get_monotonic_time (), left_ms;

  if (self->settle == NULL)
    self->since_us = now_us;
  left_ms = SETTLED_AFTER_MS - (now_us - self->since_us) / 1000;
  snug_clear_source (&self->settle);
  self->settle = snug_context_timeout (self->context, (guint) CLAMP (left_ms, 0, QUIET_MS), on_settled, self);
}

/* ---- Sleep ---- */

static gboolean
has_slept (SnugNetworkWatch *self)
{
  gint64 before_us = self->slept_us;

  self->slept_us = self->senses->get_slept_us ();
  return self->slept_us - before_us >= SLEPT_AT_LEAST_US;
}

static gboolean
on_look (gpointer user_data)
{
  SnugNetworkWatch *self = user_data;

  if (has_slept (self))
    tell (self);
  return G_SOURCE_CONTINUE;
}

/* TRUE before, FALSE after. It says so in the moment; the clocks are looked at later, and then it is no news. */
static void
on_prepare_for_sleep (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                      const char *signal, GVariant *parameters, gpointer user_data)
{
  SnugNetworkWatch *self = user_data;
  gboolean is_begin;

  g_variant_get (parameters, "(b)", &is_begin);
  if (is_begin)
    return;
  has_slept (self);
  tell (self);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  g_autoptr (SnugNetworkWatch) self = g_weak_ref_get (user_data);

  g_weak_ref_clear (user_data);
  g_free (user_data);
  if (bus == NULL || self == NULL)
    return;
  /* A bus that ends would end the program with it. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->bus = g_steal_pointer (&bus);
  self->subscription = g_dbus_connection_signal_subscribe (self->bus, LOGIND, LOGIND ".Manager", "PrepareForSleep",
                                                           "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                           on_prepare_for_sleep, self, NULL);
}

/* Not to be cancelled: it would be, for all who wait for the bus. */
static void
ask_for_bus (SnugNetworkWatch *self)
{
  GWeakRef *weak = g_new (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_bus, weak);
}

/* ---- Life ---- */

SnugNetworkWatch *
snug_network_watch_new (const SnugNetworkSenses *senses)
{
  SnugNetworkWatch *self = g_object_new (SNUG_TYPE_NETWORK_WATCH, NULL);

  self->senses = senses != NULL ? senses : &own_senses;
  self->addresses = self->senses->get_addresses ();
  self->slept_us = self->senses->get_slept_us ();
  return self;
}

static void
snug_network_watch_dispose (GObject *object)
{
  SnugNetworkWatch *self = SNUG_NETWORK_WATCH (object);

  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  g_clear_object (&self->bus);
  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  snug_clear_source (&self->settle);
  snug_clear_source (&self->look);
  G_OBJECT_CLASS (snug_network_watch_parent_class)->dispose (object);
}

static void
snug_network_watch_finalize (GObject *object)
{
  SnugNetworkWatch *self = SNUG_NETWORK_WATCH (object);

  g_main_context_unref (self->context);
  g_free (self->addresses);
  G_OBJECT_CLASS (snug_network_watch_parent_class)->finalize (object);
}

static void
snug_network_watch_class_init (SnugNetworkWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_network_watch_dispose;
  object_class->finalize = snug_network_watch_finalize;
  signals[CHANGED] = g_signal_new ("changed", SNUG_TYPE_NETWORK_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
snug_network_watch_init (SnugNetworkWatch *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self);
  self->look = snug_context_timeout (self->context, LOOK_MS, on_look, self);
  ask_for_bus (self);
}
