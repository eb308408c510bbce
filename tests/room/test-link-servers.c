/* Whom a link that is there already asks when it gathers anew: the servers that the last welcome names, by the way that led to
 * it. Of libnice's agents it is only looked at what they are made with.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-ice-agent.h"
#include "snug-moving.h"
#include "snug-passing-time.h"
#include "snug-room-mates.h"

/* Nobody listens there. */
#define FIRST "stun:127.0.0.1:9"
#define LATER "stun:127.0.0.1:10"
#define OF_BO "stun:127.0.0.1:11"

/* More than a link waits for an answer. */
#define A_WHILE_MS (15 * 1000)

SnugIceAgent *__real_snug_ice_agent_new (GMainContext *context, const SnugPeerConnectionConfig *config);
SnugIceAgent *__wrap_snug_ice_agent_new (GMainContext *context, const SnugPeerConnectionConfig *config);

/* Agents are made in the network's thread. */
static GMutex lock;
static guint n_first, n_later, n_later_past_proxy;

SnugIceAgent *
__wrap_snug_ice_agent_new (GMainContext *context, const SnugPeerConnectionConfig *config)
{
  const SnugIceServer *server = g_ptr_array_index (config->ice_servers, 0);

  g_assert_cmpuint (config->ice_servers->len, ==, 1);
  g_mutex_lock (&lock);
  n_first += g_str_equal (server->url, FIRST);
  n_later += g_str_equal (server->url, LATER);
  n_later_past_proxy += g_str_equal (server->url, LATER) && !config->by_proxy;
  g_mutex_unlock (&lock);
  return __real_snug_ice_agent_new (context, config);
}

static guint
count (const guint *n)
{
  guint now;

  g_mutex_lock (&lock);
  now = *n;
  g_mutex_unlock (&lock);
  return now;
}

static gboolean
has_lost (SnugMate *mate, const char *name)
{
  SnugMember *member = snug_mate_sees (mate, name);

  return member != NULL && snug_member_get_state (member) == SNUG_MEMBER_RECONNECTING;
}

/* Ana comes to another network. Whom to ask there, and by which way, she hears from the server: until then her link asks
 * nobody. */
static void
test_who_moves_asks_whom_the_server_names_then (void)
{
  SnugMates mates;
  SnugMate *ana;
  guint n_first_before;

  snug_mates_init (&mates);
  snug_fake_hub_name_server (mates.hub, FIRST);
  ana = snug_mates_add (&mates, "Ana");
  snug_await (NULL, snug_room_get_self_id (ana->room) != NULL);
  snug_fake_hub_name_server (mates.hub, OF_BO);   /* he moves as well, and is not counted */
  snug_mates_add (&mates, "Bo");
  snug_mates_await (&mates);
  n_first_before = count (&n_first);
  g_assert_cmpuint (n_first_before, >=, 1);

  snug_fake_signaling_drop (ana->signaling);
  snug_move ();
  snug_set_cut_off (TRUE);
  snug_room_check (ana->room);
  snug_await (NULL, has_lost (ana, "Bo"));
  snug_set_cut_off (FALSE);
  snug_let_pass (A_WHILE_MS);
  snug_await_idle (NULL);

  snug_fake_hub_name_server (mates.hub, LATER);
  snug_signaling_set_by_proxy (ana->signaling, TRUE);
  snug_fake_signaling_restore (ana->signaling);
  snug_mates_await (&mates);
  g_assert_cmpuint (count (&n_later), >=, 1);
  g_assert_cmpuint (count (&n_later_past_proxy), ==, 0);
  g_assert_cmpuint (count (&n_first), ==, n_first_before);
  snug_mates_clear (&mates);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-servers/who-moves-asks-whom-the-server-names-then", test_who_moves_asks_whom_the_server_names_then);
  return g_test_run ();
}
