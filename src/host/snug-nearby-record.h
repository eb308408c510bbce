/* snug-nearby-record: what is announced of a room on the local network (PROTOCOL.md section 7).
 *
 * A pure codec, but for the list of this computer's own networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_NEARBY_SERVICE_TYPE "_snug._tcp"

typedef struct
{
  char     *name;          /* fit to be shown; "" if none was told */
  char     *code;
  gboolean  is_private;
} SnugNearbyRecord;

/* @name: as a person gave it: made fit to be shown here */
SnugNearbyRecord *snug_nearby_record_new  (const char *name, const char *code, gboolean is_private);
void              snug_nearby_record_free (SnugNearbyRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugNearbyRecord, snug_nearby_record_free)

/* The strings of TXT, as Avahi takes them. Returns: (transfer floating): "aay" */
GVariant         *snug_nearby_record_to_txt (const SnugNearbyRecord *self);

/**
 * snug_nearby_record_from_txt:
 * @txt: "aay", from anybody
 *
 * Returns: (transfer full) (nullable): %NULL if it is no room of ours
 */
SnugNearbyRecord *snug_nearby_record_from_txt (GVariant *txt);

/**
 * snug_nearby_server_url:
 * @address: what somebody says is theirs
 *
 * Returns: (transfer full) (nullable): "http://ADDRESS:PORT", or %NULL if that is nothing on a local network that
 *   a link can name
 */
char             *snug_nearby_server_url (const char *address, guint port);

G_END_DECLS
