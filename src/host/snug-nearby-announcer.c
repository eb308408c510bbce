/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-nearby-announcer.h"

#include "snug-avahi.h"

#define ENTRY_GROUP SNUG_AVAHI_NAME ".EntryGroup"
#define N_NAME_CHARS 8
/* Somebody who takes each name that we try is not answered for ever. */
#define MAX_COLLISIONS 3

/* Avahi's numbers of states. */
#define SERVER_RUNNING 2
#define GROUP_ESTABLISHED 2
#define GROUP_COLLISION 3
#define GROUP_FAILURE 4

struct _SnugNearbyAnnouncer
{
  GObject           parent_instance;

  /* Owned */
  SnugAvahi        *avahi;
  GVariant         *txt;
  GCancellable     *announcing;        /* nullable: no Avahi */
  GDBusConnection  *bus;               /* nullable: the one that we announce on */
  char             *group;             /* nullable: its path */

  guint             server_subscription;
  guint             group_subscription;
  guint             n_collisions;
  guint16           port;
  SnugAnnouncement  state;
};

G_DEFINE_FINAL_TYPE (SnugNearbyAnnouncer, snug_nearby_announcer, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
enter (SnugNearbyAnnouncer *self, SnugAnnouncement state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
withdraw (SnugNearbyAnnouncer *self)
{
  g_cancellable_cancel (self->announcing);
  g_clear_object (&self->announcing);
  if (self->group_subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->group_subscription);
  self->group_subscription = 0;
  if (self->group != NULL)
    snug_avahi_free (self->bus, self->group, ENTRY_GROUP);
  g_clear_pointer (&self->group, g_free);
}

static void
on_refused (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugNearbyAnnouncer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_debug ("nearby: Avahi does not announce: %s", error->message);
  withdraw (self);
  enter (self, SNUG_ANNOUNCEMENT_IMPOSSIBLE);
}

/* The name says nothing of anybody. */
static char *
make_name (void)
{
  g_autofree char *random = g_uuid_string_random ();

  return g_strdup_printf ("Snug %.*s", N_NAME_CHARS, random);
}

static void
call_group (SnugNearbyAnnouncer *self, const char *method, GVariant *arguments)
{
  snug_avahi_call (self->bus, self->group, ENTRY_GROUP, method, arguments, "()", self->announcing, on_refused,
                   g_object_ref (self));
}

static void announce (SnugNearbyAnnouncer *self);

static void
on_group_state (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                GVariant *parameters, gpointer user_data)
{
  SnugNearbyAnnouncer *self = user_data;
  g_autoptr (SnugNearbyAnnouncer) kept = g_object_ref (self);
  int state;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    return;
  g_variant_get_child (parameters, 0, "i", &state);
  if (state == GROUP_ESTABLISHED)
    {
      enter (self, SNUG_ANNOUNCEMENT_MADE);
    }
  else if (state == GROUP_COLLISION && self->n_collisions++ < MAX_COLLISIONS)
    {
      withdraw (self);
      announce (self);
    }
  else if (state == GROUP_COLLISION || state == GROUP_FAILURE)
    {
      withdraw (self);
      enter (self, SNUG_ANNOUNCEMENT_IMPOSSIBLE);
    }
}

/* On all interfaces, by both protocols, under the computer's own host name. */
static void
on_group_made (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugNearbyAnnouncer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *group = snug_avahi_make_finish (G_DBUS_CONNECTION (bus), result, &error);
  g_autofree char *name = make_name ();

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (group == NULL)
    {
      g_debug ("nearby: Avahi does not announce: %s", error->message);
      enter (self, SNUG_ANNOUNCEMENT_IMPOSSIBLE);
      return;
    }
  self->group = g_steal_pointer (&group);
  self->group_subscription = g_dbus_connection_signal_subscribe (self->bus, SNUG_AVAHI_NAME, ENTRY_GROUP, "StateChanged",
                                                                 self->group, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                                 on_group_state, self, NULL);
  call_group (self, "AddService", g_variant_new ("(iiussssq@aay)", SNUG_AVAHI_ANY, SNUG_AVAHI_ANY, 0, name,
                                                 SNUG_NEARBY_SERVICE_TYPE, "", "", self->port, self->txt));
  call_group (self, "Commit", NULL);
}

static void
announce (SnugNearbyAnnouncer *self)
{
  enter (self, SNUG_ANNOUNCEMENT_PENDING);
  self->announcing = g_cancellable_new ();
  snug_avahi_make (self->bus, "EntryGroupNew", NULL, ENTRY_GROUP, self->announcing, on_group_made, g_object_ref (self));
}

/* The computer takes another host name where somebody else has its own; what was announced with the old one is gone. */
static void
on_server_state (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                 GVariant *parameters, gpointer user_data)
{
  SnugNearbyAnnouncer *self = user_data;
  g_autoptr (SnugNearbyAnnouncer) kept = g_object_ref (self);
  int state;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    return;
  g_variant_get_child (parameters, 0, "i", &state);
  withdraw (self);
  if (state == SERVER_RUNNING)
    announce (self);
  else
    enter (self, SNUG_ANNOUNCEMENT_PENDING);
}

static void
leave_bus (SnugNearbyAnnouncer *self)
{
  withdraw (self);
  if (self->server_subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->server_subscription);
  self->server_subscription = 0;
  g_clear_object (&self->bus);
}

static void
on_avahi_changed (SnugNearbyAnnouncer *self)
{
  g_autoptr (SnugNearbyAnnouncer) kept = g_object_ref (self);

  leave_bus (self);
  self->n_collisions = 0;
  g_set_object (&self->bus, snug_avahi_get_bus (self->avahi));
  if (self->bus == NULL)
    {
      enter (self, SNUG_ANNOUNCEMENT_IMPOSSIBLE);
      return;
    }
  self->server_subscription = g_dbus_connection_signal_subscribe (self->bus, SNUG_AVAHI_NAME,
                                                                  SNUG_AVAHI_NAME ".Server", "StateChanged", "/", NULL,
                                                                  G_DBUS_SIGNAL_FLAGS_NONE, on_server_state, self,
                                                                  NULL);
  announce (self);
}

SnugNearbyAnnouncer *
snug_nearby_announcer_new (const SnugNearbyRecord *record, guint16 port)
{
  SnugNearbyAnnouncer *self = g_object_new (SNUG_TYPE_NEARBY_ANNOUNCER, NULL);

  self->txt = g_variant_ref_sink (snug_nearby_record_to_txt (record));
  self->port = port;
  self->avahi = snug_avahi_new ();
  g_signal_connect_swapped (self->avahi, "changed", G_CALLBACK (on_avahi_changed), self);
  return self;
}

void
snug_nearby_announcer_stop (SnugNearbyAnnouncer *self)
{
  if (self->avahi != NULL)
    g_signal_handlers_disconnect_by_data (self->avahi, self);
  g_clear_object (&self->avahi);
  leave_bus (self);
}

SnugAnnouncement
snug_nearby_announcer_get_state (SnugNearbyAnnouncer *self)
{
  return self->state;
}

static void
snug_nearby_announcer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_STATE)
    g_value_set_int (value, (int) SNUG_NEARBY_ANNOUNCER (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_nearby_announcer_dispose (GObject *object)
{
  SnugNearbyAnnouncer *self = SNUG_NEARBY_ANNOUNCER (object);

  snug_nearby_announcer_stop (self);
  g_clear_pointer (&self->txt, g_variant_unref);
  G_OBJECT_CLASS (snug_nearby_announcer_parent_class)->dispose (object);
}

static void
snug_nearby_announcer_class_init (SnugNearbyAnnouncerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = snug_nearby_announcer_get_property;
  object_class->dispose = snug_nearby_announcer_dispose;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, SNUG_ANNOUNCEMENT_IMPOSSIBLE, SNUG_ANNOUNCEMENT_PENDING,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_nearby_announcer_init (SnugNearbyAnnouncer *self)
{
  self->state = SNUG_ANNOUNCEMENT_PENDING;
}
