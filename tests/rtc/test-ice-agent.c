/* Which of the servers is asked when: relays once STUN has had its turn; what their answers show; and what a relay hears at the end. That two members
 * find each other then is in tests/lab/cells.py.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-ice-agent.h"

#include <gio/gio.h>
#include <nice/interfaces.h>
#include <stun/stunagent.h>
#include <string.h>

#include "snug-await.h"
#include "snug-own-address.h"
#include "snug-passing-time.h"

/* More than either patience of the agent. */
#define LONG_MS (20 * 1000)

/* RFC 3489 sections 11.1 and 11.2.1: type, length, transaction; type, length, family, port, address */
#define HEADER_BYTES 20
#define TYPE_BYTES 4
#define ANSWER_BYTES (HEADER_BYTES + 12)
#define BINDING_ANSWER "\x01\x01\x00\x0c"
#define MAX_BYTES 1500
#define MAPPED_ADDRESS "\x00\x01\x00\x08\x00\x01"

typedef struct
{
  GSocket        *socket;
  char           *url;
  GSocketAddress *asker;         /* nullable: nobody has asked */
  guint8          question[MAX_BYTES];
  gsize           n_question;
} Server;

typedef struct
{
  GMainContext *context;
  Server        stun, relay;
  GPtrArray    *named;           /* of SnugIceServer */
  GSocket      *listener;        /* nullable: there is no relay over TCP */
  Server        by_tcp;          /* its one client, nullable */
  SnugIceAgent *agent;           /* nullable: not begun */
  gboolean      reflexive;       /* it has found its address by STUN */
  gboolean      relayed;         /* the relay has let it in */
  gboolean      done;            /* it has said so */
} Fixture;

static void
server_init (Server *server, const char *scheme, const char *own_address)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (own_address, 0);
  g_autoptr (GSocketAddress) here = NULL;

  server->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_socket_set_blocking (server->socket, FALSE);
  g_assert_true (g_socket_bind (server->socket, any, FALSE, NULL));
  here = g_socket_get_local_address (server->socket, NULL);
  server->url = g_strdup_printf ("%s:%s:%u", scheme, own_address,
                                 g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here)));
}

static void
server_clear (Server *server)
{
  g_object_unref (server->socket);
  g_free (server->url);
  g_clear_object (&server->asker);
}

static gboolean
is_asked_anew (Server *server)
{
  g_autoptr (GSocketAddress) asker = NULL;
  gssize n_bytes = g_socket_receive_from (server->socket, &asker, (char *) server->question, sizeof server->question, NULL,
                                          NULL);

  if (n_bytes < HEADER_BYTES)
    return FALSE;
  server->n_question = (gsize) n_bytes;
  g_set_object (&server->asker, asker);
  return TRUE;
}

static gboolean
is_asked (Server *server)
{
  return server->asker != NULL || is_asked_anew (server);
}

/* As servers answer a question in the old way: it has no cookie. */
static void
answer (Server *server, GSocketAddress *seen)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (seen);
  guint16 port = g_htons (g_inet_socket_address_get_port (inet));
  char bytes[ANSWER_BYTES] = BINDING_ANSWER;
  char *at = bytes + HEADER_BYTES;

  memcpy (bytes + TYPE_BYTES, server->question + TYPE_BYTES, HEADER_BYTES - TYPE_BYTES);
  memcpy (at, MAPPED_ADDRESS, 6);
  memcpy (at + 6, &port, 2);
  memcpy (at + 8, g_inet_address_to_bytes (g_inet_socket_address_get_address (inet)), 4);
  g_assert_cmpint (g_socket_send_to (server->socket, server->asker, bytes, sizeof bytes, NULL, NULL), ==, sizeof bytes);
}

/* ---- A relay that lets in ---- */

#define USER "snug"
#define PASSWORD "lamp"
#define REALM "here"
#define LIFETIME_S 600

/* RFC 8489 section 9.2.2 */
static void
sign (StunMessage *answer)
{
  g_autoptr (GChecksum) key = g_checksum_new (G_CHECKSUM_MD5);
  gsize n_bytes = sizeof answer->long_term_key;

  g_checksum_update (key, (const guchar *) USER ":" REALM ":" PASSWORD, -1);
  g_checksum_get_digest (key, answer->long_term_key, &n_bytes);
  answer->long_term_valid = TRUE;
}

/* An address of its own each time: of two with the same libnice keeps one. */
static void
grant (StunMessage *answer)
{
  static guint n_granted;
  g_autofree char *address = g_strdup_printf ("203.0.113.%u", ++n_granted);
  g_autoptr (GSocketAddress) relayed = g_inet_socket_address_new_from_string (address, 50000);
  struct sockaddr_storage native = { 0 };

  g_assert_true (g_socket_address_to_native (relayed, &native, sizeof native, NULL));
  stun_message_append_xor_addr (answer, STUN_ATTRIBUTE_RELAY_ADDRESS, &native,
                                (socklen_t) g_socket_address_get_native_size (relayed));
  stun_message_append32 (answer, STUN_ATTRIBUTE_LIFETIME, LIFETIME_S);
}

/* Whoever does not sign is told how. Returns: how many @bytes it takes */
static gsize
write_answer_of_relay (Server *server, guint8 *bytes)
{
  StunAgent stun;
  StunMessage question = { .agent = &stun, .buffer = server->question, .buffer_len = server->n_question }, reply;
  gboolean is_signed;

  stun_agent_init (&stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389, STUN_AGENT_USAGE_LONG_TERM_CREDENTIALS);
  is_signed = stun_message_has_attribute (&question, STUN_ATTRIBUTE_MESSAGE_INTEGRITY);
  if (is_signed)
    {
      g_assert_true (stun_agent_init_response (&stun, &reply, bytes, MAX_BYTES, &question));
      grant (&reply);
      sign (&reply);
    }
  else
    {
      g_assert_true (stun_agent_init_error (&stun, &reply, bytes, MAX_BYTES, &question, STUN_ERROR_UNAUTHORIZED));
      stun_message_append_string (&reply, STUN_ATTRIBUTE_REALM, REALM);
      stun_message_append_string (&reply, STUN_ATTRIBUTE_NONCE, "once");
    }
  return stun_agent_finish_message (&stun, &reply, is_signed ? (const guint8 *) PASSWORD : NULL,
                                    is_signed ? strlen (PASSWORD) : 0);
}

static void
answer_as_relay (Server *server)
{
  guint8 bytes[MAX_BYTES];
  gsize n_bytes = write_answer_of_relay (server, bytes);

  g_assert_true (g_socket_send_to (server->socket, server->asker, (const char *) bytes, n_bytes, NULL, NULL) > 0);
}

static void
let_in (Fixture *f)
{
  snug_await (f->context, is_asked (&f->relay));
  answer_as_relay (&f->relay);
  snug_await (f->context, is_asked_anew (&f->relay));
  answer_as_relay (&f->relay);
  snug_await (f->context, f->relayed);
}

/* ---- One over TCP ---- */

static void
listen_by_tcp (Fixture *f)
{
  g_autofree char *own_address = snug_own_address_find ();
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (own_address, 0);
  g_autoptr (GSocketAddress) here = NULL;
  g_autofree char *url = NULL;

  f->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_socket_set_blocking (f->listener, FALSE);
  g_assert_true (g_socket_bind (f->listener, any, FALSE, NULL));
  g_assert_true (g_socket_listen (f->listener, NULL));
  here = g_socket_get_local_address (f->listener, NULL);
  url = g_strdup_printf ("turn:%s:%u?transport=tcp", own_address,
                         g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here)));
  g_ptr_array_add (f->named, snug_ice_server_new (url, USER, PASSWORD));
}

/* A question comes at once or not at all. */
static gboolean
is_asked_by_tcp (Fixture *f)
{
  gssize n_bytes;

  if (f->by_tcp.socket == NULL)
    f->by_tcp.socket = g_socket_accept (f->listener, NULL, NULL);
  if (f->by_tcp.socket == NULL)
    return FALSE;
  g_socket_set_blocking (f->by_tcp.socket, FALSE);
  n_bytes = g_socket_receive (f->by_tcp.socket, (char *) f->by_tcp.question, MAX_BYTES, NULL, NULL);
  f->by_tcp.n_question = n_bytes >= HEADER_BYTES ? (gsize) n_bytes : 0;
  return f->by_tcp.n_question > 0;
}

static void
let_in_by_tcp (Fixture *f)
{
  for (guint i = 0; i < 2; i++)
    {
      guint8 bytes[MAX_BYTES];
      gsize n_bytes;

      snug_await (f->context, is_asked_by_tcp (f));
      n_bytes = write_answer_of_relay (&f->by_tcp, bytes);
      g_assert_true (g_socket_send (f->by_tcp.socket, (const char *) bytes, n_bytes, NULL, NULL) > 0);
    }
  snug_await (f->context, f->relayed);
}

static gboolean
hears_leave (Server *server)
{
  return is_asked_anew (server) && server->question[0] == 0 && server->question[1] == STUN_REFRESH;
}

static void
on_gone (gpointer user_data, G_GNUC_UNUSED GObject *nice)
{
  *(gboolean *) user_data = TRUE;
}

/* ---- The agent ---- */

static void
on_new_candidate (G_GNUC_UNUSED NiceAgent *nice, NiceCandidate *candidate, Fixture *f)
{
  f->relayed |= candidate->type == NICE_CANDIDATE_TYPE_RELAYED;
  f->reflexive |= candidate->type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE;
}

static void
on_gathering_done (G_GNUC_UNUSED NiceAgent *nice, G_GNUC_UNUSED guint stream, Fixture *f)
{
  f->done = TRUE;
}

static void
on_receive (G_GNUC_UNUSED NiceAgent *nice, G_GNUC_UNUSED guint stream, G_GNUC_UNUSED guint component,
            G_GNUC_UNUSED guint n_bytes, G_GNUC_UNUSED char *bytes, G_GNUC_UNUSED gpointer user_data)
{
  g_assert_not_reached ();
}

static void
gather (Fixture *f)
{
  const SnugPeerConnectionConfig config = { .ice_servers = f->named };

  f->agent = snug_ice_agent_new (f->context, &config);
  g_signal_connect (snug_ice_agent_get_nice (f->agent), "new-candidate-full", G_CALLBACK (on_new_candidate), f);
  g_signal_connect (snug_ice_agent_get_nice (f->agent), "candidate-gathering-done", G_CALLBACK (on_gathering_done), f);
  nice_agent_attach_recv (snug_ice_agent_get_nice (f->agent), snug_ice_agent_get_stream (f->agent), SNUG_ICE_COMPONENT,
                          f->context, on_receive, NULL);
  g_assert_true (snug_ice_agent_gather (f->agent, TRUE));
}

static void
gather_with_stun (Fixture *f)
{
  g_ptr_array_add (f->named, snug_ice_server_new (f->stun.url, NULL, NULL));
  gather (f);
  snug_await (f->context, is_asked (&f->stun));
}

static void
set_up (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *own_address = snug_own_address_find ();

  f->context = g_main_context_new ();
  g_main_context_push_thread_default (f->context);
  server_init (&f->stun, "stun", own_address);
  server_init (&f->relay, "turn", own_address);
  f->named = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_ice_server_free);
  g_ptr_array_add (f->named, snug_ice_server_new (f->relay.url, "snug", "lamp"));
}

static void
retire (Fixture *f)
{
  g_signal_handlers_disconnect_by_data (snug_ice_agent_get_nice (f->agent), f);
  snug_ice_agent_retire (g_steal_pointer (&f->agent));
}

static void
tear_down (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  if (f->agent != NULL)
    retire (f);
  snug_await_idle (f->context);
  server_clear (&f->stun);
  server_clear (&f->relay);
  g_clear_object (&f->listener);
  g_clear_object (&f->by_tcp.socket);
  g_ptr_array_unref (f->named);
  g_main_context_pop_thread_default (f->context);
  g_main_context_unref (f->context);
}

static void
test_without_stun_a_relay_is_asked_at_once (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  gather (f);
  snug_await (f->context, is_asked (&f->relay));
}

/* The relay says nothing for good: STUN alone has to do, and is heard. */
static void
test_stun_is_heard_beside_a_silent_relay (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GSocketAddress) router = g_inet_socket_address_new_from_string ("203.0.113.1", 4000);

  gather_with_stun (f);
  answer (&f->stun, router);
  snug_await (f->context, f->reflexive);
  snug_await (f->context, is_asked (&f->relay));
  g_assert_false (f->done);
}

/* STUN has nothing new to tell, and libnice is done with it: not with the relay. */
static void
test_without_a_router_a_relay_is_asked_too (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  gather_with_stun (f);
  answer (&f->stun, f->stun.asker);
  snug_await (f->context, is_asked (&f->relay));
  g_assert_false (f->done || f->reflexive);
}

static void
test_a_silent_stun_does_not_keep_a_relay_waiting (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  gather_with_stun (f);
  snug_let_pass (LONG_MS);
  snug_await (f->context, is_asked (&f->relay));
}

static void
test_gathering_ends_without_the_relay (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  gather (f);
  snug_await (f->context, is_asked (&f->relay));
  g_assert_false (f->done);
  snug_let_pass (LONG_MS);
  snug_await_idle (f->context);
  g_assert_true (f->done);
  g_assert_true (snug_ice_agent_lacks_relay (f->agent));
}

/* As it seems, until STUN answers. */
static void
test_lacks_udp (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  g_autoptr (GSocketAddress) router = g_inet_socket_address_new_from_string ("203.0.113.1", 4000);

  listen_by_tcp (f);
  gather_with_stun (f);
  g_assert_false (snug_ice_agent_lacks_udp (f->agent));
  snug_let_pass (LONG_MS);
  let_in_by_tcp (f);
  g_assert_true (snug_ice_agent_lacks_udp (f->agent));

  answer (&f->stun, router);
  snug_await (f->context, f->reflexive);
  g_assert_false (snug_ice_agent_lacks_udp (f->agent));
}

static void
test_a_relay_by_udp_shows_that_there_is (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  listen_by_tcp (f);
  gather_with_stun (f);
  snug_let_pass (LONG_MS);
  let_in (f);
  f->relayed = FALSE;
  let_in_by_tcp (f);
  g_assert_false (snug_ice_agent_lacks_udp (f->agent));
}

static void
test_takes_leave_of_a_relay (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  gboolean is_gone = FALSE;

  gather (f);
  let_in (f);
  g_object_weak_ref (G_OBJECT (snug_ice_agent_get_nice (f->agent)), on_gone, &is_gone);
  retire (f);
  snug_await (f->context, hears_leave (&f->relay));
  answer_as_relay (&f->relay);
  snug_await (f->context, is_gone);
}

static void
test_mute_it_takes_no_leave (Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
  gboolean is_gone = FALSE;

  gather (f);
  let_in (f);
  g_object_weak_ref (G_OBJECT (snug_ice_agent_get_nice (f->agent)), on_gone, &is_gone);
  snug_ice_agent_mute (f->agent);
  retire (f);
  snug_await (f->context, is_gone);
  g_assert_false (is_asked_anew (&f->relay));
}

int
main (int argc, char *argv[])
{
  g_autofree char *own_address = snug_own_address_find ();

  g_test_init (&argc, &argv, NULL);
  if (own_address == NULL)
    {
      g_print ("1..0 # SKIP there is only IPv6 here\n");
      return 0;
    }
#define ADD(name, func) g_test_add ("/ice-agent/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("without-stun-a-relay-is-asked-at-once", test_without_stun_a_relay_is_asked_at_once);
  ADD ("stun-is-heard-beside-a-silent-relay", test_stun_is_heard_beside_a_silent_relay);
  ADD ("without-a-router-a-relay-is-asked-too", test_without_a_router_a_relay_is_asked_too);
  ADD ("a-silent-stun-does-not-keep-a-relay-waiting", test_a_silent_stun_does_not_keep_a_relay_waiting);
  ADD ("gathering-ends-without-the-relay", test_gathering_ends_without_the_relay);
  ADD ("lacks-udp", test_lacks_udp);
  ADD ("a-relay-by-udp-shows-that-there-is", test_a_relay_by_udp_shows_that_there_is);
  ADD ("takes-leave-of-a-relay", test_takes_leave_of_a_relay);
  ADD ("mute-it-takes-no-leave", test_mute_it_takes_no_leave);
#undef ADD
  return g_test_run ();
}
