/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-avahi.h"

/* Avahi gives up a question after 5 s by itself. */
#define CALL_TIMEOUT_MS 10000

struct _SnugAvahi
{
  GObject          parent_instance;

  GDBusConnection *bus;        /* owned, nullable */
  guint            watch;
  gboolean         is_known;
};

G_DEFINE_FINAL_TYPE (SnugAvahi, snug_avahi, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

SnugAvahi *
snug_avahi_new (void)
{
  return g_object_new (SNUG_TYPE_AVAHI, NULL);
}

gboolean
snug_avahi_is_known (SnugAvahi *self)
{
  return self->is_known;
}

GDBusConnection *
snug_avahi_get_bus (SnugAvahi *self)
{
  return self->bus;
}

static void
set_bus (SnugAvahi *self, GDBusConnection *bus)
{
  g_autoptr (SnugAvahi) kept = g_object_ref (self);

  g_set_object (&self->bus, bus);
  self->is_known = TRUE;
  g_signal_emit (kept, signals[CHANGED], 0);
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  /* A bus that ends would end the program with it. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  set_bus (user_data, bus);
}

/* @bus: NULL if there is none. */
static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
  set_bus (user_data, NULL);
}

void
snug_avahi_call (GDBusConnection *bus, const char *path, const char *interface, const char *method,
                 GVariant *arguments, const char *reply_type, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_dbus_connection_call (bus, SNUG_AVAHI_NAME, path, interface, method, arguments, G_VARIANT_TYPE (reply_type),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, cancellable, callback, user_data);
}

void
snug_avahi_free (GDBusConnection *bus, const char *path, const char *interface)
{
  snug_avahi_call (bus, path, interface, "Free", NULL, "()", NULL, NULL, NULL);
}

static void
on_made (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) made = NULL;
  GError *error = NULL;
  char *path;

  made = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  if (made == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_get (made, "(o)", &path);
  g_task_return_pointer (task, path, g_free);
}

/* The call itself is not cancelled: Avahi would make what it is asked for all the same, and keep it. */
void
snug_avahi_make (GDBusConnection *bus, const char *method, GVariant *arguments, const char *interface,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (bus, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (interface), g_free);
  snug_avahi_call (bus, "/", SNUG_AVAHI_SERVER, method, arguments, "(o)", NULL, on_made, task);
}

char *
snug_avahi_make_finish (GDBusConnection *bus, GAsyncResult *result, GError **error)
{
  GTask *task = G_TASK (result);
  g_autoptr (GError) failure = NULL;
  g_autofree char *path = g_task_propagate_pointer (task, &failure);

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), error))
    {
      if (path != NULL)
        snug_avahi_free (bus, path, g_task_get_task_data (task));
      return NULL;
    }
  if (path == NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return g_steal_pointer (&path);
}

static void
snug_avahi_constructed (GObject *object)
{
  SnugAvahi *self = SNUG_AVAHI (object);

  G_OBJECT_CLASS (snug_avahi_parent_class)->constructed (object);
  self->watch = g_bus_watch_name (G_BUS_TYPE_SYSTEM, SNUG_AVAHI_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                  on_vanished, self, NULL);
}

static void
snug_avahi_dispose (GObject *object)
{
  SnugAvahi *self = SNUG_AVAHI (object);

  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (snug_avahi_parent_class)->dispose (object);
}

static void
snug_avahi_class_init (SnugAvahiClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = snug_avahi_constructed;
  object_class->dispose = snug_avahi_dispose;
  signals[CHANGED] = g_signal_new ("changed", SNUG_TYPE_AVAHI, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_avahi_init (SnugAvahi *self)
{
}
