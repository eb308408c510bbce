/* What libnice is told of the other side's candidates, and when, if some of them are names. Those of its calls are wrapped
 * by the linker (--wrap).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-ice-remote.h"

#include "snug-await.h"
#include "snug-fake-avahi.h"
#include "snug-ice-agent.h"
#include "snug-nice-candidate.h"
#include "snug-sdp.h"

#include <string.h>

#define NAME "dfe20ef4-8d05-4df6-8555-df297b20e154.local"
#define OTHER_NAME "95051034-12b8-4dec-a348-5288f1fd813e.local"
#define THIRD_NAME "1c0f1fbb-7ad0-4b5c-a35f-4a0e6ac1c1d2.local"

int      __wrap_nice_agent_set_remote_candidates (NiceAgent *agent, guint stream, guint component, const GSList *candidates);
gboolean __wrap_nice_agent_peer_candidate_gathering_done (NiceAgent *agent, guint stream);

typedef struct
{
  SnugFakeAvahi *avahi;
  NiceAgent     *agent;
  guint          stream;
  SnugIceRemote *remote;
} Fixture;

/* What libnice has heard: addresses, and "end". */
static GString *heard;
/* Nullable: it ends as soon as libnice hears of a candidate. */
static SnugIceRemote *leaving;

int
__wrap_nice_agent_set_remote_candidates (G_GNUC_UNUSED NiceAgent *agent, G_GNUC_UNUSED guint stream,
                                         G_GNUC_UNUSED guint component, const GSList *candidates)
{
  for (const GSList *item = candidates; item != NULL; item = item->next)
    {
      char text[NICE_ADDRESS_STRING_LEN];

      nice_address_to_string (&((const NiceCandidate *) item->data)->addr, text);
      g_string_append_printf (heard, "%s ", text);
    }
  g_clear_pointer (&leaving, snug_ice_remote_free);
  return 1;
}

gboolean
__wrap_nice_agent_peer_candidate_gathering_done (G_GNUC_UNUSED NiceAgent *agent, G_GNUC_UNUSED guint stream)
{
  g_string_append (heard, "end ");
  return TRUE;
}

static SnugIceRemote *
new_remote (Fixture *f, const SnugPeerConnectionConfig *config)
{
  SnugIceRemote *remote = snug_ice_remote_new (g_main_context_default (), config);

  snug_ice_remote_set_agent (remote, f->agent, f->stream);
  g_assert_true (snug_ice_remote_set_credentials (remote, "ufrag", "password of a few characters"));
  return remote;
}

static void
set_up (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  static const SnugPeerConnectionConfig plain;

  f->avahi = snug_fake_avahi_new ();
  f->agent = nice_agent_new (NULL, NICE_COMPATIBILITY_RFC5245);
  f->stream = nice_agent_add_stream (f->agent, 1);
  f->remote = new_remote (f, &plain);
  heard = g_string_new (NULL);
}

static void
tear_down (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_clear_pointer (&f->remote, snug_ice_remote_free);
  g_object_unref (f->agent);
  snug_fake_avahi_free (f->avahi);
  g_string_free (heard, TRUE);
}

static void
add (SnugIceRemote *remote, const char *address)
{
  g_autofree char *text = g_strdup_printf ("candidate:1 1 udp 1 %s 54502 typ host", address);
  g_autoptr (SnugCandidate) candidate = snug_candidate_parse (text, NULL);

  snug_ice_remote_add_candidate (remote, candidate);
}

/* Once Avahi has been asked for so many. */
static void
answer (Fixture *f, guint n_asked, const char *name, const char *address)
{
  snug_await (NULL, snug_fake_avahi_get_n_asked_hosts (f->avahi) == n_asked);
  snug_fake_avahi_answer_host (f->avahi, name, address);
}

static void
test_an_address_does_not_wait (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  add (f->remote, NAME);
  add (f->remote, "192.0.2.7");
  g_assert_cmpstr (heard->str, ==, "192.0.2.7 ");
  answer (f, 1, NAME, "192.168.7.2");
  snug_await (NULL, g_str_equal (heard->str, "192.0.2.7 192.168.7.2 "));
}

static void
test_the_end_waits_for_names (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  add (f->remote, NAME);
  add (f->remote, OTHER_NAME);
  snug_ice_remote_end_candidates (f->remote);
  answer (f, 2, OTHER_NAME, NULL);
  answer (f, 2, NAME, "192.168.7.2");
  snug_await (NULL, g_str_has_suffix (heard->str, "end "));
  g_assert_cmpstr (heard->str, ==, "192.168.7.2 end ");
}

/* That was a name of the route that is being mended, or of an agent that has gone. */
static void
test_late_is_dropped (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  add (f->remote, NAME);
  snug_ice_remote_forget (f->remote);
  add (f->remote, OTHER_NAME);
  answer (f, 2, NAME, "192.168.7.2");
  answer (f, 2, OTHER_NAME, "192.168.7.3");
  snug_await (NULL, heard->len > 0);
  g_assert_cmpstr (heard->str, ==, "192.168.7.3 ");

  add (f->remote, NAME);
  snug_ice_remote_set_agent (f->remote, NULL, 0);
  snug_ice_remote_set_agent (f->remote, f->agent, f->stream);
  add (f->remote, OTHER_NAME);
  answer (f, 4, NAME, "192.168.7.4");
  answer (f, 4, OTHER_NAME, "192.168.7.5");
  snug_await (NULL, g_str_has_suffix (heard->str, "7.5 "));
  g_assert_cmpstr (heard->str, ==, "192.168.7.3 192.168.7.5 ");
}

/* A found name may be what ends the connection: libnice tells of a change of state before it returns. */
static void
test_found_is_the_end (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  add (f->remote, NAME);
  snug_ice_remote_end_candidates (f->remote);
  leaving = g_steal_pointer (&f->remote);
  answer (f, 1, NAME, "192.168.7.2");
  snug_await (NULL, leaving == NULL);
  g_assert_cmpstr (heard->str, ==, "192.168.7.2 ");
}

static void
test_told_again (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  add (f->remote, NAME);
  snug_ice_remote_end_candidates (f->remote);
  snug_ice_remote_repeat (f->remote);
  g_assert_cmpstr (heard->str, ==, "");
  answer (f, 1, NAME, "192.168.7.2");
  snug_await (NULL, heard->len > 0);
  snug_ice_remote_repeat (f->remote);
  g_assert_cmpstr (heard->str, ==, "192.168.7.2 end 192.168.7.2 end ");
}

/* What is kept of a stranger has an end, until new credentials come. */
static void
test_too_many (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  for (guint i = 0; i < 2 * SNUG_SDP_MAX_CANDIDATES; i++)
    add (f->remote, "192.0.2.7");
  g_assert_cmpuint (heard->len, ==, SNUG_SDP_MAX_CANDIDATES * strlen ("192.0.2.7 "));
  snug_ice_remote_forget (f->remote);
  add (f->remote, "192.0.2.8");
  g_assert_true (g_str_has_suffix (heard->str, " 192.0.2.8 "));
}

/* Whoever wants to be seen by relays only, or has a proxy: the one that asks after them shows that they did not. */
static void
test_some_do_not_ask (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  static const SnugPeerConnectionConfig quiet[] = { { .relay = SNUG_RELAY_ONLY }, { .by_proxy = TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (quiet); i++)
    {
      SnugIceRemote *remote = new_remote (f, &quiet[i]);

      add (remote, NAME);
      snug_ice_remote_end_candidates (remote);
      snug_ice_remote_free (remote);
    }
  g_assert_cmpstr (heard->str, ==, "end end ");
  add (f->remote, OTHER_NAME);
  answer (f, 1, OTHER_NAME, "192.168.7.2");
  snug_await (NULL, g_str_equal (heard->str, "end end 192.168.7.2 "));
  g_assert_cmpuint (snug_fake_avahi_get_n_asked_hosts (f->avahi), ==, 1);
}

/* Who comes to a network with a proxy asks nothing there, and waits for nothing that was asked before. */
static void
test_a_proxy_from_now_on (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  add (f->remote, NAME);
  snug_await (NULL, snug_fake_avahi_get_n_asked_hosts (f->avahi) == 1);
  snug_ice_remote_end_candidates (f->remote);
  snug_ice_remote_set_by_proxy (f->remote, TRUE);
  g_assert_cmpstr (heard->str, ==, "end ");
  add (f->remote, THIRD_NAME);
  snug_ice_remote_set_by_proxy (f->remote, TRUE);
  answer (f, 1, NAME, "192.168.7.2");

  snug_ice_remote_set_by_proxy (f->remote, FALSE);
  add (f->remote, OTHER_NAME);
  answer (f, 2, OTHER_NAME, "192.168.7.3");
  snug_await (NULL, g_str_has_suffix (heard->str, "7.3 end "));
  g_assert_cmpstr (heard->str, ==, "end 192.168.7.3 end ");
}

/* The same of our own. */
static void
test_how_we_may_be_reached (void)
{
  static const struct { NiceCandidateType type; const char *address; guint families; } cases[] = {
    { NICE_CANDIDATE_TYPE_RELAYED, "192.0.2.1", 0 },
    { NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE, "192.0.2.2", SNUG_NICE_CANDIDATE_IPV4 },
    { NICE_CANDIDATE_TYPE_RELAYED, "2001:db8::1", SNUG_NICE_CANDIDATE_IPV4 },
    { NICE_CANDIDATE_TYPE_HOST, "2001:db8::2", SNUG_NICE_CANDIDATE_ANY_FAMILY },
  };
  GSList *candidates = NULL;

  g_assert_cmpuint (snug_nice_candidates_get_direct_families (NULL), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      candidates = g_slist_prepend (candidates, nice_candidate_new (cases[i].type));
      nice_address_set_from_string (&((NiceCandidate *) candidates->data)->addr, cases[i].address);
      g_assert_cmpuint (snug_nice_candidates_get_direct_families (candidates), ==, cases[i].families);
    }
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
}

static void
add_relay (SnugIceRemote *remote)
{
  g_autoptr (SnugCandidate) candidate = snug_candidate_parse ("candidate:1 1 udp 1 192.0.2.1 54502 typ relay", NULL);

  snug_ice_remote_add_candidate (remote, candidate);
}

/* Who is behind a name that is not found may come by any. */
static void
test_how_it_may_be_reached (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  add_relay (f->remote);
  g_assert_cmpuint (snug_ice_remote_get_direct_families (f->remote), ==, 0);
  add (f->remote, "192.0.2.7");
  g_assert_cmpuint (snug_ice_remote_get_direct_families (f->remote), ==, SNUG_NICE_CANDIDATE_IPV4);
  snug_ice_remote_forget (f->remote);
  add (f->remote, "2001:db8::7");
  g_assert_cmpuint (snug_ice_remote_get_direct_families (f->remote), ==, SNUG_NICE_CANDIDATE_IPV6);
  snug_ice_remote_forget (f->remote);
  add (f->remote, NAME);
  g_assert_cmpuint (snug_ice_remote_get_direct_families (f->remote), ==, SNUG_NICE_CANDIDATE_ANY_FAMILY);

  snug_ice_remote_end_candidates (f->remote);
  g_assert_false (snug_ice_remote_is_complete (f->remote));
  answer (f, 1, NAME, NULL);
  snug_await (NULL, snug_ice_remote_is_complete (f->remote));
  g_assert_cmpuint (snug_ice_remote_get_direct_families (f->remote), ==, SNUG_NICE_CANDIDATE_ANY_FAMILY);
  snug_ice_remote_forget (f->remote);
  g_assert_false (snug_ice_remote_is_complete (f->remote));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/ice-remote/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("an-address-does-not-wait", test_an_address_does_not_wait);
  ADD ("the-end-waits-for-names", test_the_end_waits_for_names);
  ADD ("late-is-dropped", test_late_is_dropped);
  ADD ("found-is-the-end", test_found_is_the_end);
  ADD ("told-again", test_told_again);
  ADD ("too-many", test_too_many);
  ADD ("some-do-not-ask", test_some_do_not_ask);
  ADD ("how-it-may-be-reached", test_how_it_may_be_reached);
  ADD ("a-proxy-from-now-on", test_a_proxy_from_now_on);
#undef ADD
  g_test_add_func ("/ice-remote/how-we-may-be-reached", test_how_we_may_be_reached);
  return snug_fake_avahi_run_tests ();
}
