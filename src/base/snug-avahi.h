/* snug-avahi: whether Avahi, which speaks mDNS for this computer, is on the system bus, and a way to call it.
 *
 * All in the main context. Nothing is linked and nothing is started: where there is no bus or no Avahi, all
 * there is to it is that snug_avahi_get_bus() gives %NULL.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_AVAHI_NAME "org.freedesktop.Avahi"
/* Of Avahi 0.8 and newer: its browsers say nothing before they are asked to start, so nothing is missed. */
#define SNUG_AVAHI_SERVER SNUG_AVAHI_NAME ".Server2"

/* What Avahi calls "any interface", "any protocol", and the two there are. */
#define SNUG_AVAHI_ANY (-1)
#define SNUG_AVAHI_IPV4 0
#define SNUG_AVAHI_IPV6 1

#define SNUG_TYPE_AVAHI (snug_avahi_get_type ())
G_DECLARE_FINAL_TYPE (SnugAvahi, snug_avahi, SNUG, AVAHI, GObject)

/**
 * SnugAvahi::changed: it was found, is gone, or was looked for in vain. After a new one came, nothing of an earlier
 *   one lives.
 */

SnugAvahi       *snug_avahi_new      (void);

gboolean         snug_avahi_is_known (SnugAvahi *self);   /* it has been looked for */
GDBusConnection *snug_avahi_get_bus  (SnugAvahi *self);   /* nullable: it is not there */

/* @arguments: (nullable) (transfer floating). Finish with g_dbus_connection_call_finish(). */
void snug_avahi_call (GDBusConnection *bus, const char *path, const char *interface, const char *method,
                      GVariant *arguments, const char *reply_type, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data);

/* Has Avahi make something of @interface for us. What it has made when @cancellable is cancelled meanwhile is ended.
 * @arguments: (nullable) (transfer floating) */
void  snug_avahi_make        (GDBusConnection *bus, const char *method, GVariant *arguments, const char *interface,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): its path */
char *snug_avahi_make_finish (GDBusConnection *bus, GAsyncResult *result, GError **error);

/* Ends what Avahi has made for us, without waiting for it. */
void snug_avahi_free (GDBusConnection *bus, const char *path, const char *interface);

G_END_DECLS
