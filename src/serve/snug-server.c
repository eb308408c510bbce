/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-context.h"
#include "snug-room-code.h"

#define MAX_ROOMS 100000
#define MAX_ENDED 16384
/* Entries of all kinds, for each that may come to nothing: 240 a minute, a lecture hall behind one
 * router. */
#define ENTRIES_PER_JOIN 48

G_DEFINE_FINAL_TYPE (SnugServer, snug_server, G_TYPE_OBJECT)

/* Rooms */

static void
entry_free (gpointer data)
{
  SnugServerEntry *entry = data;

  snug_clear_source (&entry->timer);
  snug_server_room_free (entry->room);
  g_free (entry->owner);
  g_free (entry);
}

SnugServerEntry *
snug_server_find_room (SnugServer *self, const char *code)
{
  char folded[SNUG_ROOM_CODE_CHARS + 1];

  return snug_room_code_fold (code, folded) ? g_hash_table_lookup (self->rooms, folded) : NULL;
}

guint
snug_server_count_members (SnugServer *self)
{
  GHashTableIter iter;
  gpointer entry;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    n += snug_server_room_get_n_members (((SnugServerEntry *) entry)->room);
  return n;
}

void
snug_server_report (SnugServer *self, SnugServerEventKind kind, const SnugServerEntry *entry,
                    const char *address, const char *why)
{
  const char *room = entry != NULL ? snug_server_room_get_instance (entry->room) : NULL;
  SnugServerEvent event = { kind, room, address, why };

  if (self->config.on_event != NULL)
    self->config.on_event (&event, self->config.event_data);
}

static void
end_entry (SnugServer *self, SnugServerEntry *entry)
{
  SnugDirectory *directory = self->config.directory;

  snug_server_report (self, SNUG_SERVER_ROOM_OVER, entry, NULL, NULL);
  /* A server that stops does not end its rooms: another one may have them. */
  if (directory != NULL && !self->stopped && !entry->lost_to_another)
    directory->funcs->drop (directory, snug_server_room_get_code (entry->room),
                            snug_server_room_get_instance (entry->room), entry->expires);
  /* One that another server has lives on there: its members are led to it when they come back here. */
  if (!entry->lost_to_another)
    {
      if (g_hash_table_size (self->ended) >= MAX_ENDED)
        g_hash_table_remove_all (self->ended);
      g_hash_table_add (self->ended, g_strdup (snug_server_room_get_instance (entry->room)));
    }
  g_hash_table_remove (self->rooms, snug_server_room_get_code (entry->room));
}

static gboolean
on_room_due (gpointer data)
{
  SnugServerEntry *entry = data;

  snug_clear_source (&entry->timer);
  snug_server_room_tick (entry->room, g_get_monotonic_time ());
  snug_server_settle (entry->server, entry);
  return G_SOURCE_REMOVE;
}

void
snug_server_settle (SnugServer *self, SnugServerEntry *entry)
{
  gint64 deadline_us = snug_server_room_get_deadline (entry->room);
  gint64 delay_ms = (deadline_us - g_get_monotonic_time () + 999) / 1000;

  if (snug_server_room_is_over (entry->room))
    {
      end_entry (self, entry);
      return;
    }
  if (entry->timer != NULL && entry->timer_us == deadline_us)
    return;

  snug_clear_source (&entry->timer);
  entry->timer_us = deadline_us;
  entry->timer = snug_context_timeout (self->context, (guint) CLAMP (delay_ms, 0, G_MAXINT),
                                       on_room_due, entry);
}

static SnugServerEntry *
add_entry (SnugServer *self, SnugServerRoom *room, const char *owner, guint64 expires)
{
  SnugServerEntry *entry = g_new0 (SnugServerEntry, 1);
  gint64 unix_now = g_get_real_time () / G_USEC_PER_SEC;

  entry->server = self;
  entry->room = room;
  entry->owner = g_strdup (owner);
  entry->created_at = unix_now;
  entry->expires = expires;
  snug_server_room_set_expiry (room, g_get_monotonic_time ()
                                     + ((gint64) expires - unix_now) * G_USEC_PER_SEC);
  g_hash_table_insert (self->rooms, g_strdup (snug_server_room_get_code (room)), entry);
  snug_server_report (self, SNUG_SERVER_ROOM_MADE, entry, owner, NULL);
  snug_server_settle (self, entry);
  return entry;
}

static guint
count_rooms_of (SnugServer *self, const char *owner)
{
  GHashTableIter iter;
  gpointer entry;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    n += g_strcmp0 (((SnugServerEntry *) entry)->owner, owner) == 0 ? 1 : 0;
  return n;
}

/* Never a live one twice. */
static char *
make_free_code (SnugServer *self, gboolean is_private)
{
  for (;;)
    {
      g_autofree char *code = snug_room_code_make (is_private);

      if (!g_hash_table_contains (self->rooms, code))
        return g_steal_pointer (&code);
    }
}

SnugServerEntry *
snug_server_make_room (SnugServer *self, SnugServerRoomKind kind, guint capacity, gboolean is_private,
                       const char *owner, SnugSignalCode *error)
{
  g_auto (SnugTokenClaims) claims = { .capacity = capacity, .is_private = is_private };
  SnugServerRoom *room;

  /* Half of all word codes taken would make the search for a free one long. */
  if (self->stopped || g_hash_table_size (self->rooms) >= (is_private ? MAX_ROOMS / 4 : MAX_ROOMS)
      || (owner != NULL && count_rooms_of (self, owner) >= self->config.max_rooms_per_address))
    {
      *error = SNUG_SIGNAL_CODE_RATE_LIMITED;
      self->n_refused[*error]++;
      return NULL;
    }

  claims.code = make_free_code (self, is_private);
  claims.instance = snug_random_hex (8);
  claims.expires = (guint64) (g_get_real_time () / G_USEC_PER_SEC) + self->config.room_lifetime_s;
  room = snug_server_room_new (kind, &claims, &snug_server_guest_io, self, &self->times, self->key,
                               g_get_monotonic_time ());
  self->n_rooms_made++;
  return add_entry (self, room, owner, claims.expires);
}

SnugServerEntry *
snug_server_make_room_again (SnugServer *self, const SnugTokenClaims *claims, guint64 reserved_seq)
{
  SnugServerRoom *room;

  /* Whatever was given before this second is less: nobody enters a thousand times in one. */
  if (reserved_seq == 0)
    reserved_seq = (guint64) (g_get_real_time () / G_USEC_PER_SEC) * 1024;
  room = snug_server_room_recreate (claims, reserved_seq, &snug_server_guest_io, self, &self->times, self->key,
                               g_get_monotonic_time ());

  return add_entry (self, room, NULL, claims->expires);
}

SnugServerEntry *
snug_server_find_room_by_token (SnugServer *self, const char *code, const SnugTokenClaims *claims,
                                SnugSignalCode *error)
{
  SnugServerEntry *entry = snug_server_find_room (self, code);
  guint64 unix_now = (guint64) (g_get_real_time () / G_USEC_PER_SEC);

  *error = SNUG_SIGNAL_CODE_EXPIRED;
  if (claims->expires <= unix_now || g_hash_table_contains (self->ended, claims->instance))
    return NULL;
  if (entry != NULL && strcmp (snug_server_room_get_instance (entry->room), claims->instance) == 0)
    return entry;
  /* The built-in server carries its own room: only who made one brings it back. */
  if (entry != NULL || self->stopped || (self->config.built_in && !claims->creator)
      || g_hash_table_size (self->rooms) >= MAX_ROOMS)
    return NULL;
  *error = SNUG_SIGNAL_CODE_NONE;
  return NULL;
}

/* Other servers */

void
snug_server_abandon_room (SnugServer *self, SnugServerEntry *entry)
{
  entry->lost_to_another = TRUE;
  snug_server_room_goodbye (entry->room, "restart", SNUG_SERVER_AGAIN_AFTER_S);
  snug_server_settle (self, entry);
}

typedef struct
{
  SnugServer *server;     /* borrowed: it ends its questions before it goes */
  char       *code;       /* owned */
  char       *instance;   /* owned */
} Claim;

static void
on_claimed_again (const SnugDirectoryAnswer *answer, gpointer data)
{
  Claim *claim = data;
  SnugServerEntry *entry = g_hash_table_lookup (claim->server->rooms, claim->code);

  if (entry != NULL && strcmp (snug_server_room_get_instance (entry->room), claim->instance) == 0
      && (answer->verdict == SNUG_DIRECTORY_THEIRS || answer->verdict == SNUG_DIRECTORY_OVER))
    snug_server_abandon_room (claim->server, entry);
  g_free (claim->code);
  g_free (claim->instance);
  g_free (claim);
}

static void
claim_room (SnugServer *self, SnugServerEntry *entry)
{
  Claim *claim = g_new (Claim, 1);
  SnugTokenClaims claims = { 0 };

  *claim = (Claim) { self, g_strdup (snug_server_room_get_code (entry->room)),
                     g_strdup (snug_server_room_get_instance (entry->room)) };
  claims.code = claim->code;
  claims.instance = claim->instance;
  claims.expires = entry->expires;
  claims.seq = snug_server_room_get_last_seq (entry->room);
  self->config.directory->funcs->claim (self->config.directory, &claims, on_claimed_again, claim);
}

void
snug_server_claim_all_rooms (SnugServer *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    claim_room (self, entry);
}

gboolean
snug_server_create_room (SnugServer *self, guint capacity, gboolean is_private, char **code, char **member,
                         char **token, GError **error)
{
  SnugSignalCode why;
  SnugServerEntry *entry = snug_server_make_room (self, SNUG_SERVER_ROOM_VERSION_2,
                                                  CLAMP (capacity, 2, SNUG_SIGNAL_MAX_MEMBERS), is_private,
                                                  NULL, &why);

  if (entry == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("The server takes no more rooms"));
      return FALSE;
    }
  *code = g_strdup (snug_server_room_get_code (entry->room));
  *member = g_strdup (SNUG_SERVER_ROOM_CREATOR);
  *token = snug_server_room_make_creator_token (entry->room);
  return TRUE;
}

guint
snug_server_get_port (SnugServer *self)
{
  return self->port;
}

guint
snug_server_get_n_connections (SnugServer *self)
{
  return g_hash_table_size (self->doors);
}

/* The end */

static void
say_goodbye (SnugServer *self, const char *reason, guint again_after)
{
  g_autoptr (GList) entries = g_hash_table_get_values (self->rooms);
  g_autoptr (GList) guests = NULL;

  for (GList *l = entries; l != NULL; l = l->next)
    {
      snug_server_room_goodbye (((SnugServerEntry *) l->data)->room, reason, again_after);
      snug_server_settle (self, l->data);
    }

  guests = g_hash_table_get_keys (self->guests);
  for (GList *l = guests; l != NULL; l = l->next)
    snug_server_guest_goodbye (l->data);
}

/* What is not a WebSocket has nothing to wait for. */
static void
hang_up (SnugServer *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->doors);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      SnugServerDoor *door = key;

      if (!door->upgraded)
        g_socket_shutdown (g_socket_connection_get_socket (door->connection), TRUE, TRUE, NULL);
    }
}

void
snug_server_stop (SnugServer *self, const char *reason)
{
  if (self->stopped)
    return;
  self->stopped = TRUE;
  g_ptr_array_set_size (self->listeners, 0);
  say_goodbye (self, reason, strcmp (reason, "restart") == 0 ? SNUG_SERVER_AGAIN_AFTER_S : 0);
  hang_up (self);
  g_clear_pointer (&self->afar, snug_server_afar_free);
}

/* Life */

static void
set_default (guint *number, guint value)
{
  if (*number == 0)
    *number = value;
}

static void
take_config (SnugServer *self, const SnugServerConfig *given)
{
  SnugServerConfig *config = &self->config;

  *config = *given;
  config->web_root = config->key_file = NULL;
  config->ice_servers = config->proxies = NULL;
  config->certificate = NULL;
  self->web_root = g_strdup (given->web_root);
  self->ice_servers = given->ice_servers != NULL ? g_ptr_array_ref (given->ice_servers) : NULL;
  self->proxies = given->proxies != NULL ? g_ptr_array_ref (given->proxies) : NULL;
  g_set_object (&self->certificate, given->certificate);

  set_default (&config->max_frame_bytes, SNUG_SIGNAL_MAX_BYTES);
  set_default (&config->max_frames_per_s, 20);
  set_default (&config->max_frame_burst, 200);
  set_default (&config->max_rooms_per_address, 20);
  set_default (&config->max_joins_per_minute, 5);
  set_default (&config->max_room_infos_per_minute, 20);
  set_default (&config->ping_interval_ms, 25000);
  set_default (&config->dead_after_ms, 60000);
  set_default (&config->empty_room_ms, 300000);
  set_default (&config->creator_grace_ms, 60000);
  set_default (&config->resume_grace_ms, 180000);
  set_default (&config->room_lifetime_s, 86400);
  set_default (&config->patience_ms, 15000);
}

static void
derive_limits (SnugServer *self)
{
  const SnugServerConfig *config = &self->config;

  self->times = (SnugServerRoomTimes) {
    .resume_grace_ms = config->resume_grace_ms,
    .creator_grace_ms = config->creator_grace_ms,
    .empty_room_ms = config->empty_room_ms,
    .probe_ms = 2000,
    .pending_ms = 30000,
    .asked_ms = 300000,
    .max_candidates = 100,
  };
  self->limits = (SnugWebsocketLimits) {
    /* A little more than a frame: the room can say what was wrong with it. */
    .max_message_bytes = config->max_frame_bytes + config->max_frame_bytes / 8,
    .max_fragments = 16,
    .max_frames_per_s = config->max_frames_per_s,
    .max_frame_burst = config->max_frame_burst,
    .ping_interval_ms = config->ping_interval_ms,
    .dead_after_ms = config->dead_after_ms,
  };
  self->joins = snug_throttle_new (config->max_joins_per_minute);
  self->entries = snug_throttle_new (config->max_joins_per_minute * ENTRIES_PER_JOIN);
  self->room_infos = snug_throttle_new (config->max_room_infos_per_minute);
}

static void
load_key (SnugServer *self, const char *path)
{
  g_autoptr (GError) error = NULL;

  self->key = snug_token_load_key (path, &error);
  if (self->key != NULL)
    return;
  g_message ("%s; memberships will not outlive this process", error->message);
  self->key = snug_token_load_key (NULL, NULL);
}

SnugServer *
snug_server_new (const SnugServerConfig *config)
{
  SnugServer *self = g_object_new (SNUG_TYPE_SERVER, NULL);

  take_config (self, config);
  derive_limits (self);
  if (config->directory != NULL)
    self->key = g_bytes_ref (config->directory->key);
  else
    load_key (self, config->key_file);
  if (config->directory != NULL)
    self->afar = snug_server_afar_new (self, config->directory);
  snug_server_add_http_handlers (self);
  return self;
}

static void
kill_guests (SnugServer *self)
{
  g_autoptr (GList) guests = g_hash_table_get_keys (self->guests);

  for (GList *l = guests; l != NULL; l = l->next)
    snug_server_guest_kill (l->data);
}

static void
forget_doors (SnugServer *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->doors);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      SnugServerDoor *door = key;

      door->server = NULL;
      snug_clear_source (&door->deadline);
    }
  g_hash_table_remove_all (self->doors);
}

static void
snug_server_dispose (GObject *object)
{
  SnugServer *self = SNUG_SERVER (object);

  snug_server_stop (self, "over");
  kill_guests (self);
  g_hash_table_remove_all (self->rooms);
  forget_doors (self);
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  G_OBJECT_CLASS (snug_server_parent_class)->dispose (object);
}

static void
snug_server_finalize (GObject *object)
{
  SnugServer *self = SNUG_SERVER (object);

  g_ptr_array_unref (self->listeners);
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->ended);
  g_hash_table_unref (self->guests);
  g_hash_table_unref (self->doors);
  g_hash_table_unref (self->n_doors);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->joins, snug_throttle_free);
  g_clear_pointer (&self->entries, snug_throttle_free);
  g_clear_pointer (&self->room_infos, snug_throttle_free);
  g_free (self->web_root);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (snug_server_parent_class)->finalize (object);
}

static void
snug_server_class_init (SnugServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_server_dispose;
  object_class->finalize = snug_server_finalize;
}

static void
snug_server_init (SnugServer *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->soup = soup_server_new (NULL, NULL);
  self->listeners = g_ptr_array_new_with_free_func (snug_server_listener_free);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  self->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->guests = g_hash_table_new_full (NULL, NULL, snug_server_guest_release, NULL);
  self->doors = g_hash_table_new (NULL, NULL);
  self->n_doors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
