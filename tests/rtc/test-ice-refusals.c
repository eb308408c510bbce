/* A member that answers our checks with errors, properly authenticated: before any pair is valid, when one is and none is
 * nominated, when one is selected and asked for its consent, and in a restart after that. At worst we are not connected,
 * and hear why.
 *
 * It is a member of our own making, two sockets and libnice's STUN, as no real one does that. Criticals of GLib end the
 * program here as an assertion of libnice's would.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-ice-transport.h"

#include <gio/gio.h>
#include <nice/interfaces.h>
#include <stun/usages/ice.h>
#include <string.h>

#include "snug-await.h"
#include "snug-own-address.h"
#include "snug-passing-time.h"

#define UFRAG "evil"
#define PWD "they-are-not-as-they-seem"
#define MAX_BYTES 1500
#define PRIORITY 0x6effffff

/* How long a first route is looked for. */
#define ROUTE_TIMEOUT_MS (30 * 1000)

/* After a role conflict (487) a check is made once more, each time. */
#define MAX_REFUSALS 8

/* RFC 8489 section 14.8, RFC 8445 7.3.1.1, RFC 7675 5.2. */
static const guint codes[] = { 300, 400, 401, 403, 420, 438, 487, 500 };

typedef struct
{
  guint    code;
  gboolean is_controlling;   /* we, not the member */
} Refusal;

/* One of the addresses that the member has. */
typedef struct
{
  GSocket        *socket;            /* owned */
  guint16         port;
  GSocketAddress *asker;             /* owned, nullable: it was asked by nobody yet */
  guint8          check[MAX_BYTES];  /* by which it was asked last */
  gsize           n_check;
} Door;

typedef struct
{
  const Refusal    *refusal;
  SnugIceTransport *transport;   /* owned */
  char             *address;     /* owned: the member's, and ours */
  StunAgent         stun;
  Door              doors[2];    /* the second is the better one */
} Fixture;

/* ---- The member ---- */

static void
door_open (Door *door, const char *address)
{
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) here = NULL;

  door->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_socket_set_blocking (door->socket, FALSE);
  g_assert_true (g_socket_bind (door->socket, any_port, FALSE, NULL));
  here = g_socket_get_local_address (door->socket, NULL);
  door->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here));
}

static void
door_close (Door *door)
{
  g_object_unref (door->socket);
  g_clear_object (&door->asker);
}

/* By another check than the one before. */
static gboolean
is_asked (Door *door)
{
  g_autoptr (GSocketAddress) from = NULL;
  guint8 bytes[MAX_BYTES];
  gssize n_bytes = g_socket_receive_from (door->socket, &from, (char *) bytes, sizeof bytes, NULL, NULL);

  if (n_bytes < STUN_MESSAGE_HEADER_LENGTH || bytes[0] != 0 || bytes[1] != STUN_BINDING
      || memcmp (bytes, door->check, STUN_MESSAGE_HEADER_LENGTH) == 0)
    return FALSE;
  memcpy (door->check, bytes, (gsize) n_bytes);
  door->n_check = (gsize) n_bytes;
  g_set_object (&door->asker, from);
  return TRUE;
}

static StunMessage
read_check (Fixture *f, Door *door)
{
  return (StunMessage) { .agent = &f->stun, .buffer = door->check, .buffer_len = door->n_check };
}

static void
send_to_asker (Fixture *f, Door *asked, Door *from, StunMessage *message, const char *pwd)
{
  gsize n_bytes = stun_agent_finish_message (&f->stun, message, (const guint8 *) pwd, strlen (pwd));

  g_assert_cmpuint (n_bytes, >, 0);
  g_assert_true (g_socket_send_to (from->socket, asked->asker, (const char *) message->buffer, n_bytes, NULL, NULL) > 0);
}

static void
refuse (Fixture *f, Door *asked, Door *from)
{
  StunMessage check = read_check (f, asked), answer;
  guint8 bytes[MAX_BYTES];

  g_assert_true (stun_agent_init_error (&f->stun, &answer, bytes, sizeof bytes, &check, (StunError) f->refusal->code));
  send_to_asker (f, asked, from, &answer, PWD);
}

/* We are seen from an address that is none of ours, so that the pair is not the one that was checked. */
static void
admit (Fixture *f, Door *door)
{
  StunMessage check = read_check (f, door), answer;
  g_autoptr (GSocketAddress) seen = g_inet_socket_address_new_from_string ("192.0.2.7", 4711);
  struct sockaddr_storage native = { 0 };
  guint8 bytes[MAX_BYTES];

  g_assert_true (g_socket_address_to_native (seen, &native, sizeof native, NULL));
  g_assert_true (stun_agent_init_response (&f->stun, &answer, bytes, sizeof bytes, &check));
  g_assert_cmpint (stun_message_append_xor_addr (&answer, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &native,
                                                 (socklen_t) g_socket_address_get_native_size (seen)),
                   ==, STUN_MESSAGE_RETURN_SUCCESS);
  send_to_asker (f, door, door, &answer, PWD);
}

static void
ask (Fixture *f, Door *door, gboolean nominates)
{
  const char *pwd = snug_ice_transport_get_pwd (f->transport);
  g_autofree char *name = g_strconcat (snug_ice_transport_get_ufrag (f->transport), ":", UFRAG, NULL);
  StunMessage question;
  guint8 bytes[MAX_BYTES];
  gsize n_bytes = stun_usage_ice_conncheck_create (&f->stun, &question, bytes, sizeof bytes, (const guint8 *) name,
                                                   strlen (name), (const guint8 *) pwd, strlen (pwd), nominates,
                                                   !f->refusal->is_controlling, PRIORITY, 1, NULL,
                                                   STUN_USAGE_ICE_COMPATIBILITY_RFC5245);

  g_assert_cmpuint (n_bytes, >, 0);
  g_assert_true (g_socket_send_to (door->socket, door->asker, (const char *) bytes, n_bytes, NULL, NULL) > 0);
}

static void
look_for_a_route (Fixture *f)
{
  g_assert_true (snug_ice_transport_set_remote_credentials (f->transport, UFRAG, PWD, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (f->doors); i++)
    {
      g_autofree char *text = g_strdup_printf ("candidate:%u 1 UDP %u %s %u typ host", i + 1, PRIORITY + i, f->address,
                                               f->doors[i].port);
      g_autoptr (SnugCandidate) candidate = snug_candidate_parse (text, NULL);

      snug_ice_transport_add_remote_candidate (f->transport, candidate);
    }
  snug_ice_transport_end_remote_candidates (f->transport);
}

/* ---- What becomes of us ---- */

static gboolean
is (Fixture *f, SnugTransportState state)
{
  return snug_transport_get_state (SNUG_TRANSPORT (f->transport)) == state;
}

static void
set_up (Fixture *f, gconstpointer refusal)
{
  f->refusal = refusal;
  f->address = snug_own_address_find ();
  stun_agent_init (&f->stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  for (guint i = 0; i < G_N_ELEMENTS (f->doors); i++)
    door_open (&f->doors[i], f->address);
  f->transport = snug_ice_transport_new (g_main_context_default (), NULL);
  g_assert_true (snug_ice_transport_start (f->transport, f->refusal->is_controlling, NULL));
  look_for_a_route (f);
}

static void
tear_down (Fixture *f, G_GNUC_UNUSED gconstpointer refusal)
{
  snug_transport_close (SNUG_TRANSPORT (f->transport));
  snug_await_idle (NULL);
  g_assert_finalize_object (f->transport);
  snug_await_idle (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (f->doors); i++)
    door_close (&f->doors[i]);
  g_free (f->address);
}

static void
assert_no_route_is_found (Fixture *f)
{
  g_assert_true (is (f, SNUG_TRANSPORT_CONNECTING));
  snug_let_pass (ROUTE_TIMEOUT_MS);
  snug_await (NULL, is (f, SNUG_TRANSPORT_FAILED));
  g_assert_error (snug_transport_get_error (SNUG_TRANSPORT (f->transport)), SNUG_RTC_ERROR, SNUG_RTC_ERROR_ICE);
}

static void
test_before_a_pair (Fixture *f, G_GNUC_UNUSED gconstpointer refusal)
{
  snug_await (NULL, is_asked (&f->doors[0]));
  snug_await (NULL, is_asked (&f->doors[1]));
  for (guint i = 0; i < MAX_REFUSALS; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (f->doors); j++)
        refuse (f, &f->doors[j], &f->doors[j]);
      snug_await_idle (NULL);
      for (guint j = 0; j < G_N_ELEMENTS (f->doors); j++)
        is_asked (&f->doors[j]);
    }
  assert_no_route_is_found (f);
}

static void
test_before_nomination (Fixture *f, G_GNUC_UNUSED gconstpointer refusal)
{
  Door *valid = &f->doors[0], *other = &f->doors[1];

  snug_await (NULL, is_asked (valid));
  snug_await (NULL, is_asked (other));
  admit (f, valid);
  refuse (f, other, valid);   /* as if it was asked there */
  refuse (f, other, other);
  snug_await_idle (NULL);
  ask (f, valid, FALSE);
  ask (f, other, FALSE);
  snug_await_idle (NULL);
  assert_no_route_is_found (f);
}

/* Both are asked, and the member wants either. */
static void
begin (Fixture *f)
{
  for (guint i = 0; i < G_N_ELEMENTS (f->doors); i++)
    {
      snug_await (NULL, is_asked (&f->doors[i]));
      ask (f, &f->doors[i], !f->refusal->is_controlling);
    }
}

/* The better one answers when the other has just refused. */
static void
refuse_and_admit (Fixture *f)
{
  refuse (f, &f->doors[0], &f->doors[0]);
  admit (f, &f->doors[1]);
  snug_await_idle (NULL);
  ask (f, &f->doors[0], !f->refusal->is_controlling);
  snug_await_idle (NULL);
  g_assert_true (is (f, SNUG_TRANSPORT_CONNECTED) || is (f, SNUG_TRANSPORT_DISCONNECTED));
}

/* The pair's first check for consent comes at once. */
static void
test_consent (Fixture *f, G_GNUC_UNUSED gconstpointer refusal)
{
  begin (f);
  admit (f, &f->doors[0]);
  snug_await (NULL, is (f, SNUG_TRANSPORT_CONNECTED));
  snug_await (NULL, is_asked (&f->doors[0]));
  refuse_and_admit (f);
}

/* The pair that was selected is so until there is another one. */
static void
test_restart (Fixture *f, G_GNUC_UNUSED gconstpointer refusal)
{
  begin (f);
  admit (f, &f->doors[0]);
  snug_await (NULL, is (f, SNUG_TRANSPORT_CONNECTED));
  snug_await (NULL, is_asked (&f->doors[0]));
  while (is_asked (&f->doors[0]) || is_asked (&f->doors[1]))
    ;
  g_assert_true (snug_ice_transport_restart (f->transport, NULL));
  look_for_a_route (f);
  begin (f);
  refuse_and_admit (f);
}

static void
add (const char *moment, const Refusal *refusal, void (*func) (Fixture *f, gconstpointer refusal))
{
  g_autofree char *path = g_strdup_printf ("/ice-refusals/%s/%u-%s", moment, refusal->code,
                                           refusal->is_controlling ? "controlling" : "controlled");

  g_test_add (path, Fixture, refusal, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  static Refusal refusals[G_N_ELEMENTS (codes)][2];

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    for (guint is_controlling = FALSE; is_controlling <= TRUE; is_controlling++)
      {
        Refusal *refusal = &refusals[i][is_controlling];

        *refusal = (Refusal) { codes[i], (gboolean) is_controlling };
        add ("before-a-pair", refusal, test_before_a_pair);
        if (!is_controlling)   /* whoever controls nominates what is valid */
          add ("before-nomination", refusal, test_before_nomination);
        add ("consent", refusal, test_consent);
        add ("restart", refusal, test_restart);
      }
  return g_test_run ();
}
