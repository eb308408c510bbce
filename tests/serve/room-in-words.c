/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "room-in-words.h"

#include <string.h>

static const SnugServerRoomTimes times = {
  .resume_grace_ms = 180000, .creator_grace_ms = 60000, .empty_room_ms = 300000, .probe_ms = 2000,
  .pending_ms = 30000, .asked_ms = 300000, .max_candidates = 100,
};

static void
add_word (RoomInWords *f, gpointer socket, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_word (RoomInWords *f, gpointer socket, const char *format, ...)
{
  va_list args;

  if (f->words->len > 0)
    g_string_append_c (f->words, ' ');
  g_string_append_printf (f->words, "%u", GPOINTER_TO_UINT (socket));
  va_start (args, format);
  g_string_append_vprintf (f->words, format, args);
  va_end (args);
}

static void
keep_token (RoomInWords *f, gpointer socket, const char *token)
{
  guint n = GPOINTER_TO_UINT (socket);

  if (f->tokens->len <= n)
    g_ptr_array_set_size (f->tokens, (gint) n + 1);
  g_free (g_ptr_array_index (f->tokens, n));
  g_ptr_array_index (f->tokens, n) = g_strdup (token);
}

static void
add_flags (RoomInWords *f, const SnugSignalMessage *message)
{
  if (message->type == SNUG_SIGNAL_WELCOME)
    g_string_append_printf (f->words, "(%u", message->members->len);
  if (message->resumed)
    g_string_append (f->words, ",resumed");
  if (message->lost)
    g_string_append (f->words, ",lost");
  if (message->pending)
    g_string_append (f->words, ",pending");
  if (message->type == SNUG_SIGNAL_WELCOME)
    g_string_append_printf (f->words, ",host=%s)", message->host);
  if (message->type == SNUG_SIGNAL_ROOM)
    g_string_append_printf (f->words, "%s%u", message->locked ? "locked," : "", (guint) message->capacity);
  if (message->reason != NULL)
    g_string_append_printf (f->words, ",%s", message->reason);
}

static void
on_send (gpointer socket, const char *text, gsize length, gpointer data)
{
  RoomInWords *f = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, length, &error);
  const char *who;

  g_assert_no_error (error);
  g_ptr_array_add (f->raw, g_strndup (text, length));
  who = message->from != NULL ? message->from : message->self != NULL ? message->self
        : message->peer != NULL ? message->peer : message->role != NULL ? message->role : "";
  add_word (f, socket, "<%s:%s", message->type_name, who);
  add_flags (f, message);
  if (message->token != NULL)
    keep_token (f, socket, message->token);
}

static void
on_ping (gpointer socket, gpointer data)
{
  add_word (data, socket, "~");
}

static void
on_refuse (gpointer socket, SnugSignalCode code, gboolean fatal, gpointer data)
{
  add_word (data, socket, "%c%s", fatal ? '!' : '?', snug_signal_code_to_text (code));
}

static void
on_close (gpointer socket, guint code, gpointer data)
{
  add_word (data, socket, "#%u", code);
}

static gboolean
is_same_client (gpointer socket, gpointer other, gpointer data)
{
  return GPOINTER_TO_UINT (socket) % 100 == GPOINTER_TO_UINT (other) % 100;
}

static void
on_ice_servers (gpointer socket, SnugSignalMessage *welcome, gpointer data)
{
}

static const SnugServerRoomIo io = {
  .send = on_send, .ping = on_ping, .refuse = on_refuse, .close = on_close,
  .is_same_client = is_same_client, .add_ice_servers = on_ice_servers,
};

void
set_up_room (RoomInWords *f, SnugServerRoomKind kind, guint capacity, gboolean is_private)
{
  SnugTokenClaims claims = { (char *) "BOOK23", (char *) "life1", NULL, 0, capacity, is_private, FALSE,
                             4000000000 };

  f->words = g_string_new (NULL);
  f->tokens = g_ptr_array_new_with_free_func (g_free);
  f->raw = g_ptr_array_new_with_free_func (g_free);
  f->key = snug_token_load_key (NULL, NULL);
  f->now_us = 1000000;
  f->room = snug_server_room_new (kind, &claims, &io, f, &times, f->key, f->now_us);
  snug_server_room_set_expiry (f->room, f->now_us + (gint64) 86400 * G_USEC_PER_SEC);
}

void
make_again (RoomInWords *f, guint old_socket, guint64 reserved_seq)
{
  g_auto (SnugTokenClaims) claims = { 0 };

  g_assert_true (snug_token_read (f->key, g_ptr_array_index (f->tokens, old_socket), &claims));
  snug_server_room_free (f->room);
  f->room = snug_server_room_recreate (&claims, reserved_seq, &io, f, &times, f->key, f->now_us);
  snug_server_room_set_expiry (f->room, f->now_us + (gint64) 86400 * G_USEC_PER_SEC);
}

void
tear_down (RoomInWords *f)
{
  snug_server_room_free (f->room);
  g_string_free (f->words, TRUE);
  g_ptr_array_unref (f->tokens);
  g_ptr_array_unref (f->raw);
  g_bytes_unref (f->key);
}

void
enter_with (RoomInWords *f, guint socket, const char *address, const char *token)
{
  g_auto (SnugTokenClaims) claims = { 0 };

  if (token != NULL)
    g_assert_true (snug_token_read (f->key, token, &claims));
  snug_server_room_enter (f->room, SOCKET (socket), address, token != NULL ? &claims : NULL, f->now_us);
}

void
enter (RoomInWords *f, guint socket)
{
  enter_with (f, socket, "a", NULL);
}

void
enter_creator (RoomInWords *f)
{
  g_autofree char *token = snug_server_room_make_creator_token (f->room);

  enter_with (f, 1, "a", token);
}

void
enter_again (RoomInWords *f, guint socket, guint old_socket)
{
  g_autofree char *token = g_strdup (g_ptr_array_index (f->tokens, old_socket));

  enter_with (f, socket, "a", token);
}

void
enter_legacy (RoomInWords *f, guint socket, const char *address, const char *role)
{
  snug_server_room_enter_legacy (f->room, SOCKET (socket), address, role, f->now_us);
}

void
say (RoomInWords *f, guint socket, const char *text)
{
  snug_server_room_receive (f->room, SOCKET (socket), text, strlen (text), f->now_us);
}

void
lose (RoomInWords *f, guint socket)
{
  snug_server_room_lost (f->room, SOCKET (socket), f->now_us);
}

void
pass_ms (RoomInWords *f, guint ms)
{
  f->now_us += (gint64) ms * 1000;
  snug_server_room_tick (f->room, f->now_us);
}

void
fill (RoomInWords *f, guint n)
{
  enter_creator (f);
  for (guint i = 2; i <= n; i++)
    enter (f, i);
  g_string_truncate (f->words, 0);
}

const char *
last_raw (RoomInWords *f)
{
  return g_ptr_array_index (f->raw, f->raw->len - 1);
}
