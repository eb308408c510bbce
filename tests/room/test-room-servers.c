/* Which STUN and TURN servers are asked for a new member: those that the room's server named last.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-ice-server.h"
#include "snug-peer.h"
#include "snug-room-mates.h"

/* Here nobody is at home, and says so at once. */
#define STUN "stun:127.0.0.1:9"
#define OTHER_STUN "stun:127.0.0.1:10"
#define RELAY "turn:127.0.0.1:9?transport=tcp"

/* Of the last peer that was made: URLs, separated by blanks. */
static char *asked;

SnugPeer *__real_snug_peer_new (SnugMember *member, GMainContext *network, SnugCertificate *certificate,
                                const SnugPeerConnectionConfig *config, gboolean offerer, const char *own_name,
                                SnugMemberDevice own_device);
SnugPeer *__wrap_snug_peer_new (SnugMember *member, GMainContext *network, SnugCertificate *certificate,
                                const SnugPeerConnectionConfig *config, gboolean offerer, const char *own_name,
                                SnugMemberDevice own_device);

SnugPeer *
__wrap_snug_peer_new (SnugMember *member, GMainContext *network, SnugCertificate *certificate,
                      const SnugPeerConnectionConfig *config, gboolean offerer, const char *own_name,
                      SnugMemberDevice own_device)
{
  g_autoptr (GPtrArray) urls = g_ptr_array_new ();

  for (guint i = 0; config->ice_servers != NULL && i < config->ice_servers->len; i++)
    g_ptr_array_add (urls, ((SnugIceServer *) config->ice_servers->pdata[i])->url);
  g_ptr_array_add (urls, NULL);
  g_free (asked);
  asked = g_strjoinv (" ", (char **) urls->pdata);
  return __real_snug_peer_new (member, network, certificate, config, offerer, own_name, own_device);
}

static void
name_server (SnugSignalMessage *welcome, const char *url)
{
  SnugSignalIceServer *server = g_new0 (SnugSignalIceServer, 1);

  server->url = g_strdup (url);
  g_ptr_array_add (welcome->ice_servers, server);
}

/* As after a new start of the server, in which @id is alone but for a member that was not there before. */
static void
welcome_with (SnugMates *mates, const char *newcomer, const char *url, const char *relay)
{
  g_autoptr (SnugSignalMessage) welcome = snug_signal_message_new (SNUG_SIGNAL_WELCOME);
  SnugSignalPeer *peer = g_new0 (SnugSignalPeer, 1);

  welcome->version = 2;
  welcome->self = g_strdup (snug_room_get_self_id (mates->mates[0].room));
  welcome->seq = 1;
  welcome->host = g_strdup (welcome->self);
  welcome->members = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_peer_free);
  welcome->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_ice_server_free);
  peer->id = g_strdup (newcomer);
  peer->seq = 9;
  g_ptr_array_add (welcome->members, peer);
  if (url != NULL)
    name_server (welcome, url);
  if (relay != NULL)
    name_server (welcome, relay);
  g_clear_pointer (&asked, g_free);
  snug_fake_hub_say (mates->hub, welcome->self, welcome);
  snug_await (NULL, asked != NULL);
}

/* A login at a relay may be one for a while. */
static void
test_named_last (void)
{
  SnugMates mates;

  snug_mates_init (&mates);
  snug_mates_add (&mates, "Ana");
  snug_await (NULL, snug_room_get_self_id (mates.mates[0].room) != NULL);
  welcome_with (&mates, "m7", STUN, RELAY);
  g_assert_cmpstr (asked, ==, STUN " " RELAY);
  welcome_with (&mates, "m8", OTHER_STUN, NULL);
  g_assert_cmpstr (asked, ==, OTHER_STUN);
  welcome_with (&mates, "m9", NULL, NULL);
  g_assert_cmpstr (asked, ==, "");
  snug_mates_clear (&mates);
  g_clear_pointer (&asked, g_free);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-servers/named-last", test_named_last);
  return g_test_run ();
}
