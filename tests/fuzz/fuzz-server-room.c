/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A room, and members who do anything in any order. Each line of the input is a step: a byte that says
 * which socket, a letter that says what, and the rest. Whatever happens: nothing is said to a socket that
 * is gone, no seat is given twice, and everything that is said is a frame of ours. */
#include <string.h>

#include "snug-server-room.h"

#define N_SOCKETS 12

typedef struct
{
  SnugServerRoom *room;                 /* owned */
  gboolean        open[N_SOCKETS];
  char           *tokens[N_SOCKETS];    /* owned */
  gint64          now_us;
} World;

static const SnugServerRoomTimes times = {
  .resume_grace_ms = 1000, .creator_grace_ms = 1000, .empty_room_ms = 1000, .probe_ms = 1000,
  .pending_ms = 1000, .asked_ms = 1000, .max_candidates = 3,
};

static guint
number (gpointer socket)
{
  return GPOINTER_TO_UINT (socket) - 1;
}

static void
on_send (gpointer socket, const char *text, gsize length, gpointer data)
{
  World *world = data;
  g_autoptr (SnugSignalMessage) message = NULL;

  g_assert_true (world->open[number (socket)]);
  g_assert_cmpuint (length, <=, SNUG_SIGNAL_MAX_BYTES);
  message = snug_signal_message_decode (text, length, NULL);
  if (message == NULL || message->token == NULL || message->type != SNUG_SIGNAL_WELCOME)
    return;
  g_free (world->tokens[number (socket)]);
  world->tokens[number (socket)] = g_strdup (message->token);
}

static void
on_ping (gpointer socket, gpointer data)
{
  g_assert_true (((World *) data)->open[number (socket)]);
}

static void
on_refuse (gpointer socket, SnugSignalCode code, gboolean fatal, gpointer data)
{
  World *world = data;

  g_assert_true (world->open[number (socket)]);
  g_assert_nonnull (snug_signal_code_to_text (code));
  if (fatal)
    world->open[number (socket)] = FALSE;
}

static void
on_close (gpointer socket, guint code, gpointer data)
{
  World *world = data;

  g_assert_true (world->open[number (socket)]);
  world->open[number (socket)] = FALSE;
}

static gboolean
is_same_client (gpointer socket, gpointer other, gpointer data)
{
  return number (socket) / 3 == number (other) / 3;
}

static void
on_ice_servers (gpointer socket, SnugSignalMessage *welcome, gpointer data)
{
}

static const SnugServerRoomIo io = {
  .send = on_send, .ping = on_ping, .refuse = on_refuse, .close = on_close,
  .is_same_client = is_same_client, .add_ice_servers = on_ice_servers,
};

static void
enter (World *world, guint who, const char *token, GBytes *key)
{
  g_auto (SnugTokenClaims) claims = { 0 };
  g_autofree char *address = g_strdup_printf ("%u", who / 2);
  gboolean known = token != NULL && snug_token_read (key, token, &claims);

  world->open[who] = TRUE;
  snug_server_room_enter (world->room, GUINT_TO_POINTER (who + 1), address, known ? &claims : NULL, world->now_us);
}

static void
step (World *world, guint who, char what, const char *rest, GBytes *key)
{
  gpointer socket = GUINT_TO_POINTER (who + 1);
  g_autofree char *creator = what == 'c' ? snug_server_room_make_creator_token (world->room) : NULL;
  g_autofree char *address = g_strdup_printf ("%u", who / 2);

  if (what == 't')
    {
      world->now_us += 400000;
      snug_server_room_tick (world->room, world->now_us);
      return;
    }
  if (strchr ("cers", what) != NULL && world->open[who])
    return;
  if (strchr ("flag", what) != NULL && !world->open[who])
    return;

  switch (what)
    {
    case 'c': enter (world, who, creator, key); break;
    case 'e': enter (world, who, NULL, key); break;
    case 'r': enter (world, who, world->tokens[(guchar) *rest % N_SOCKETS], key); break;
    case 's':
      world->open[who] = TRUE;
      snug_server_room_enter_legacy (world->room, socket, address, who % 2 == 0 ? "sender" : "receiver",
                                     world->now_us);
      break;
    case 'f': snug_server_room_receive (world->room, socket, rest, strlen (rest), world->now_us); break;
    case 'l':
      world->open[who] = FALSE;
      snug_server_room_lost (world->room, socket, world->now_us);
      break;
    case 'a': snug_server_room_alive (world->room, socket); break;
    default: break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) key = g_bytes_new_static ("0123456789abcdef0123456789abcdef", SNUG_TOKEN_KEY_BYTES);
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 200);
  SnugTokenClaims claims = { (char *) "BOOK23", (char *) "life", NULL, 0, 4, size % 3 == 0, FALSE, 4000000000 };
  World world = { .now_us = 1000000 };

  world.room = snug_server_room_new (size % 5 == 0 ? SNUG_SERVER_ROOM_VERSION_1 : SNUG_SERVER_ROOM_VERSION_2,
                                     &claims, &io, &world, &times, key, world.now_us);
  for (guint i = 0; lines[i] != NULL && !snug_server_room_is_over (world.room); i++)
    {
      if (strlen (lines[i]) >= 2)
        step (&world, (guchar) lines[i][0] % N_SOCKETS, lines[i][1], lines[i] + 2, key);
      g_assert_cmpuint (snug_server_room_get_n_members (world.room), <=, 4);
    }
  snug_server_room_goodbye (world.room, "over", 0);

  for (guint i = 0; i < N_SOCKETS; i++)
    {
      g_assert_false (world.open[i]);
      g_free (world.tokens[i]);
    }
  snug_server_room_free (world.room);
  return 0;
}
