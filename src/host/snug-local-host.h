/* snug-local-host: the built-in server of a person who hosts the room on this computer.
 *
 * Belongs to the main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The port tried first; if it is taken, the next free one. */
#define SNUG_LOCAL_HOST_PORT 2029

#define SNUG_TYPE_LOCAL_HOST (snug_local_host_get_type ())
G_DECLARE_FINAL_TYPE (SnugLocalHost, snug_local_host, SNUG, LOCAL_HOST, GObject)

/**
 * snug_local_host_new:
 * @web_root: (nullable): folder of the web client
 * @listen: (nullable): "ADDR:PORT", taken as it is; %NULL: all addresses, port 2029 or the next free one
 * @capacity: 2 … 16
 * @is_private: whoever comes is let in by the room's host only
 *
 * Starts the server and makes its one room.
 *
 * Returns: (transfer full) (nullable): %NULL with a #GIOErrorEnum if @listen is no address, or the port is taken
 */
SnugLocalHost *snug_local_host_new (const char *web_root, const char *listen, guint capacity,
                                    gboolean is_private, GError **error);

/* Whether the page in the folder @web_root was built without the libraries of private rooms: browsers then enter
 * open rooms only. */
gboolean    snug_local_host_page_is_limited (const char *web_root);

const char *snug_local_host_get_own_url    (SnugLocalHost *self);   /* for ourselves: loopback if possible */
const char *snug_local_host_get_public_url (SnugLocalHost *self);   /* for the room link */
/* Of the room, and of the membership of whoever made it: for the signaling of our own person. */
const char *snug_local_host_get_code       (SnugLocalHost *self);
const char *snug_local_host_get_member     (SnugLocalHost *self);
const char *snug_local_host_get_token      (SnugLocalHost *self);

/* The port that leads to it on every address of this computer; 0: it listens on one of them only. */
guint       snug_local_host_get_port_on_all (SnugLocalHost *self);

/* The room is over, and its members are told so. May run twice. */
void        snug_local_host_stop           (SnugLocalHost *self);

G_END_DECLS
