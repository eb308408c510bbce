/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-peer.h"

#include <string.h>

#include "snug-context.h"
#include "snug-dialects.h"
#include "snug-member-private.h"
#include "snug-peer-shown.h"
#include "snug-safety.h"
#include "snug-token-bucket.h"

/* PROTOCOL.md section 4: 20 messages a second, burst 200. We say a little less than may be said, so that
 * two clocks never disagree about it. */
#define SAY_PER_SECOND 18
#define SAY_BURST 150

#define PING_INTERVAL_MS 5000
/* How long a member whom the server has lost may live on by its link alone while that is broken. */
#define LEFT_GRACE_MS 15000
/* The last words of a member that leaves may still be under way when the server says so. */
#define LAST_WORDS_MS 5000
/* The first word in a session is a hello, at once. Where none comes nothing else would: the channel is open
 * and deaf, and a new session is the cure. Who stays silent in several does so by their own wish. */
#define HELLO_PATIENCE_MS 10000
#define MAX_SILENT_SESSIONS 3
/* A browser loses the first word on a channel now and then. Until theirs is here ours is said again, in case that it is
 * what they wait for; and when theirs comes again they have not heard ours. */
#define HELLO_AGAIN_MS 1500
#define MAX_HELLO_ANSWERS 2

struct _SnugPeer
{
  GObject           parent_instance;

  /* Owned */
  SnugMember       *member;
  SnugPeerLink     *link;
  SnugSafety       *safety;
  char             *own_name;
  GQueue            outbox;         /* of SnugWireMessage that wait for the rate */
  GSource          *outbox_timer;
  GSource          *ping_timer;
  GSource          *left_timer;
  GSource          *hello_timer;
  GSource          *hello_again_timer;

  SnugMemberDevice  own_device;
  SnugTokenBucket   say;
  gboolean          ready;
  guint             greeted_session;   /* their hello came in that one; 0: in none */
  guint             n_silent;          /* sessions without a hello, since the last one with */
  guint             n_hello_answers;   /* in this session */
  gboolean          unsafe;
  gboolean          away;
  gboolean          never_by_relay;   /* a person's wish */
  gboolean          silent;         /* connected, but not heard */
  gboolean          left;           /* says the server */
  gboolean          left_at_once;   /* by its own wish */
};

G_DEFINE_FINAL_TYPE (SnugPeer, snug_peer, G_TYPE_OBJECT)

enum
{
  SIGNAL,
  MESSAGE,
  READY,
  LOST,
  SILENCE,
  NAMED,
  UNSAFE,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const char *const device_texts[] = { "", "desktop", "terminal", "browser", "phone", "" };

static const char *
device_to_text (SnugMemberDevice device)
{
  return device_texts[device];
}

/* @text: (nullable) */
static SnugMemberDevice
device_from_text (const char *text)
{
  for (guint i = SNUG_MEMBER_DEVICE_DESKTOP; i <= SNUG_MEMBER_DEVICE_PHONE; i++)
    if (g_strcmp0 (text, device_texts[i]) == 0)
      return (SnugMemberDevice) i;
  return SNUG_MEMBER_DEVICE_UNKNOWN;
}

/* --- saying ---------------------------------------------------------------------------------------- */

static gboolean
on_outbox_timer (gpointer user_data)
{
  SnugPeer *self = user_data;
  guint wait_ms;

  snug_clear_source (&self->outbox_timer);
  while (!g_queue_is_empty (&self->outbox) && snug_token_bucket_take (&self->say, g_get_monotonic_time ()))
    {
      g_autoptr (SnugWireMessage) message = g_queue_pop_head (&self->outbox);

      snug_peer_link_say (self->link, message);
    }

  if (!g_queue_is_empty (&self->outbox))
    {
      wait_ms = snug_token_bucket_wait_ms (&self->say, g_get_monotonic_time ());
      self->outbox_timer = snug_context_timeout (g_main_context_get_thread_default (), wait_ms, on_outbox_timer, self);
    }
  return G_SOURCE_REMOVE;
}

static void
put_in_outbox (SnugPeer *self, const SnugWireMessage *message)
{
  g_queue_push_tail (&self->outbox, snug_wire_message_copy (message));
  if (self->outbox_timer == NULL)
    on_outbox_timer (self);
}

static void
say_hello (SnugPeer *self)
{
  g_autoptr (SnugWireMessage) hello = snug_wire_message_new (SNUG_WIRE_HELLO);

  hello->name = g_strdup (self->own_name);
  hello->app = g_strdup ("snug");
  hello->device = g_strdup (device_to_text (self->own_device));
  hello->features = SNUG_WIRE_FEATURES;
  put_in_outbox (self, hello);
}

static gboolean
on_ping_timer (gpointer user_data)
{
  SnugPeer *self = user_data;
  g_autoptr (SnugWireMessage) ping = snug_wire_message_new (SNUG_WIRE_PING);

  ping->t = (guint64) g_get_monotonic_time ();
  if (self->ready && g_queue_is_empty (&self->outbox))
    put_in_outbox (self, ping);
  return G_SOURCE_CONTINUE;
}

gboolean
snug_peer_send (SnugPeer *self, const SnugWireMessage *message)
{
  if (!self->ready)
    return FALSE;
  put_in_outbox (self, message);
  return TRUE;
}

void
snug_peer_set_own_name (SnugPeer *self, const char *own_name)
{
  g_free (self->own_name);
  self->own_name = g_strdup (own_name);
  if (self->ready)
    say_hello (self);
}

/* --- what a person sees ---------------------------------------------------------------------------- */

static void
show (SnugPeer *self)
{
  SnugPeerShown shown = {
    .ready = self->ready,
    .silent = self->silent,
    .away = self->away,
    .unsafe = self->unsafe,
    .never_by_relay = self->never_by_relay,
  };

  snug_peer_show (self->member, self->link, &shown);
}

static void
show_safety (SnugPeer *self)
{
  gboolean reads = (snug_member_get_features (self->member) & SNUG_WIRE_FEATURE_PHRASE) != 0;

  snug_member_set_safety (self->member, snug_safety_get_state (self->safety), snug_safety_get_words (self->safety),
                          self->ready && reads && snug_safety_can_start (self->safety));
}

/* --- coming and going ------------------------------------------------------------------------------ */

static void
become_ready (SnugPeer *self)
{
  if (self->ready)
    return;
  self->ready = TRUE;
  show (self);
  show_safety (self);
  g_signal_emit (self, signals[READY], 0);
}

static void
become_lost (SnugPeer *self)
{
  if (!self->ready)
    return;
  self->ready = FALSE;
  g_queue_clear_full (&self->outbox, (GDestroyNotify) snug_wire_message_free);
  snug_clear_source (&self->outbox_timer);
  snug_member_set_typing (self->member, FALSE);
  show_safety (self);
  g_signal_emit (self, signals[LOST], 0);
}

/* --- the safety phrase ----------------------------------------------------------------------------- */

static void
on_safety_say (const SnugWireMessage *message, gpointer user_data)
{
  put_in_outbox (user_data, message);
}

static void
on_safety_changed (gpointer user_data)
{
  show_safety (user_data);
}

static const SnugSafetyOwner safety_owner = { .say = on_safety_say, .changed = on_safety_changed };

/* Whoever it was that we spoke with: no word goes to them any more, and none is heard. */
static void
check_unsafe (SnugPeer *self, gboolean says_person)
{
  if (self->unsafe || snug_safety_get_state (self->safety) != SNUG_SAFETY_MISMATCH)
    return;
  self->unsafe = TRUE;
  g_signal_emit (self, signals[UNSAFE], 0, says_person);
  become_lost (self);
  snug_peer_link_close (self->link);
  show (self);
}

static void
begin_safety (SnugPeer *self)
{
  const SnugPeerConnectionInfo *info = snug_peer_link_get_info (self->link);

  if (info != NULL && self->greeted_session != snug_peer_link_get_n_sessions (self->link))
    snug_safety_begin_session (self->safety, info->remote_fingerprint);
}

void
snug_peer_compare (SnugPeer *self)
{
  if (snug_member_get_can_compare (self->member))
    snug_safety_start (self->safety);
}

void
snug_peer_confirm (SnugPeer *self, gboolean same)
{
  g_autoptr (SnugPeer) keep = g_object_ref (self);

  snug_safety_confirm (self->safety, same);
  check_unsafe (self, TRUE);
}

/* --- hearing --------------------------------------------------------------------------------------- */

static void
stop_awaiting_hello (SnugPeer *self)
{
  snug_clear_source (&self->hello_timer);
  snug_clear_source (&self->hello_again_timer);
}

static gboolean
on_hello_timer (gpointer user_data)
{
  SnugPeer *self = user_data;

  stop_awaiting_hello (self);
  self->n_silent++;
  snug_peer_link_begin_anew (self->link);
  return G_SOURCE_REMOVE;
}

static gboolean
on_hello_again_timer (gpointer user_data)
{
  say_hello (user_data);
  return G_SOURCE_CONTINUE;
}

static void
await_hello (SnugPeer *self)
{
  GMainContext *context = g_main_context_get_thread_default ();

  if (self->hello_timer != NULL || self->n_silent == MAX_SILENT_SESSIONS)
    return;
  self->hello_timer = snug_context_timeout (context, HELLO_PATIENCE_MS, on_hello_timer, self);
  self->hello_again_timer = snug_context_timeout (context, HELLO_AGAIN_MS, on_hello_again_timer, self);
}

/* Returns: whether it said something new */
static gboolean
note_hello (SnugPeer *self, SnugWireMessage *hello)
{
  const SnugDialectRules *rules = snug_peer_link_get_rules (self->link);
  SnugMember *member = self->member;
  g_autofree char *name_before = g_strdup (snug_member_get_name (member));
  SnugMemberDevice device_before = snug_member_get_device (member);
  SnugWireFeatures features_before = snug_member_get_features (member);

  snug_member_set_name (member, hello->name != NULL ? hello->name : "");
  snug_member_set_device (member, rules->device != SNUG_MEMBER_DEVICE_UNKNOWN
                                    ? rules->device : device_from_text (hello->device));
  snug_member_set_features (member, hello->features);
  return self->greeted_session != snug_peer_link_get_n_sessions (self->link)
         || strcmp (name_before, snug_member_get_name (member)) != 0
         || device_before != snug_member_get_device (member)
         || features_before != snug_member_get_features (member);
}

static void
handle_hello (SnugPeer *self, SnugWireMessage *hello)
{
  stop_awaiting_hello (self);
  self->n_silent = 0;
  if (!note_hello (self, hello) && self->n_hello_answers < MAX_HELLO_ANSWERS)
    {
      self->n_hello_answers++;
      say_hello (self);
    }
  g_signal_emit (self, signals[NAMED], 0);
  begin_safety (self);
  self->greeted_session = snug_peer_link_get_n_sessions (self->link);
  become_ready (self);
}

static void
handle_pong (SnugPeer *self, SnugWireMessage *pong)
{
  gint64 elapsed_us = g_get_monotonic_time () - (gint64) pong->t;
  double rtt_ms = (double) elapsed_us / 1000, before_ms = snug_member_get_rtt_ms (self->member);

  /* A pong that answers no ping of ours says nothing. */
  if (elapsed_us <= 0 || elapsed_us > 60 * G_USEC_PER_SEC)
    return;
  snug_member_set_rtt_ms (self->member, before_ms < 0 ? rtt_ms : before_ms + (rtt_ms - before_ms) / 4);
}

static void
handle_message (SnugPeer *self, SnugWireMessage *message)
{
  switch ((int) message->type)
    {
    case SNUG_WIRE_HELLO:
      handle_hello (self, message);
      break;

    case SNUG_WIRE_PING:
      {
        g_autoptr (SnugWireMessage) pong = snug_wire_message_new (SNUG_WIRE_PONG);
        pong->t = message->t;
        put_in_outbox (self, pong);
        break;
      }

    case SNUG_WIRE_PONG:
      handle_pong (self, message);
      break;

    case SNUG_WIRE_AWAY:
      snug_peer_set_away (self, message->on);
      break;

    case SNUG_WIRE_TYPING:
      snug_member_set_typing (self->member, message->on);
      break;

    case SNUG_WIRE_PHRASE_COMMIT:
    case SNUG_WIRE_PHRASE_REVEAL:
      if (self->ready)
        snug_safety_handle (self->safety, message);
      check_unsafe (self, FALSE);
      break;

    default:
      if (message->type == SNUG_WIRE_CHAT)
        snug_member_set_typing (self->member, FALSE);
      if (self->ready)
        g_signal_emit (self, signals[MESSAGE], 0, message);
      break;
    }
}

static void
on_link_message (SnugPeerLink *link, SnugWireMessage *message, SnugPeer *self)
{
  g_autoptr (SnugPeer) keep = g_object_ref (self);

  if (!self->unsafe)
    handle_message (self, message);
}

static gboolean
on_left_timer (gpointer user_data)
{
  SnugPeer *self = user_data;

  snug_clear_source (&self->left_timer);
  g_signal_emit (self, signals[ENDED], 0);
  return G_SOURCE_REMOVE;
}

/* The server has lost the member: it stays for as long as its link lives (PROTOCOL.md section 5). */
static void
check_left (SnugPeer *self)
{
  SnugPeerLinkState state = snug_peer_link_get_state (self->link);
  guint patience_ms = 0;

  if (!self->left || (state == SNUG_PEER_LINK_CONNECTED && !self->left_at_once))
    {
      snug_clear_source (&self->left_timer);
      return;
    }
  if (self->left_at_once && state == SNUG_PEER_LINK_CONNECTED)
    patience_ms = LAST_WORDS_MS;
  else if (!self->left_at_once && state == SNUG_PEER_LINK_RECONNECTING)
    patience_ms = LEFT_GRACE_MS;

  if (self->left_timer != NULL && patience_ms > 0)
    return;
  snug_clear_source (&self->left_timer);
  self->left_timer = snug_context_timeout (g_main_context_get_thread_default (), patience_ms, on_left_timer, self);
}

static void
on_link_changed (SnugPeerLink *link, SnugPeer *self)
{
  g_autoptr (SnugPeer) keep = g_object_ref (self);
  gboolean was_silent = self->silent;

  self->silent = snug_peer_link_is_silent (link);
  if (snug_peer_link_get_state (link) != SNUG_PEER_LINK_CONNECTED)
    {
      stop_awaiting_hello (self);
      become_lost (self);
    }
  else if (self->greeted_session == snug_peer_link_get_n_sessions (link))
    become_ready (self); /* a new route for the same session: nobody says hello twice */
  else
    await_hello (self);
  show (self);
  if (self->silent != was_silent)
    g_signal_emit (self, signals[SILENCE], 0);
  check_left (self);
}

static void
on_link_session_opened (SnugPeerLink *link, SnugPeer *self)
{
  g_autoptr (SnugPeer) keep = g_object_ref (self);

  /* What the old channel had not delivered is gone: whoever cares says it again at "ready". */
  become_lost (self);
  self->n_hello_answers = 0;
  say_hello (self);
}

static void
on_link_signal (SnugPeerLink *link, SnugSignalMessage *message, SnugPeer *self)
{
  g_signal_emit (self, signals[SIGNAL], 0, message);
}

/* --- the room's word ------------------------------------------------------------------------------- */

void
snug_peer_start (SnugPeer *self, gboolean signaling_open)
{
  snug_peer_link_set_signaling (self->link, signaling_open);
  snug_peer_link_start (self->link);
}

void
snug_peer_enter_again (SnugPeer *self)
{
  snug_peer_stay (self);
  snug_peer_link_renew (self->link);
}

void
snug_peer_set_away (SnugPeer *self, gboolean away)
{
  self->away = away;
  show (self);
}

void
snug_peer_leave (SnugPeer *self, gboolean at_once)
{
  self->left = TRUE;
  self->left_at_once = at_once;
  check_left (self);
}

void
snug_peer_stay (SnugPeer *self)
{
  self->left = FALSE;
  snug_clear_source (&self->left_timer);
}

SnugMember *
snug_peer_get_member (SnugPeer *self)
{
  return self->member;
}

SnugPeerLink *
snug_peer_get_link (SnugPeer *self)
{
  return self->link;
}

gboolean
snug_peer_is_ready (SnugPeer *self)
{
  return self->ready;
}

gboolean
snug_peer_is_heard (SnugPeer *self)
{
  return self->ready && !self->silent;
}

SnugPeer *
snug_peer_new (SnugMember *member, GMainContext *network, SnugCertificate *certificate,
               const SnugPeerConnectionConfig *config, gboolean offerer,
               const char *own_name, SnugMemberDevice own_device)
{
  SnugPeer *self = g_object_new (SNUG_TYPE_PEER, NULL);

  self->member = g_object_ref (member);
  self->own_name = g_strdup (own_name);
  self->own_device = own_device;
  self->never_by_relay = config->relay == SNUG_RELAY_NEVER;
  self->safety = snug_safety_new (offerer, snug_certificate_get_fingerprint (certificate), &safety_owner, self);
  self->link = snug_peer_link_new (network, certificate, config, offerer);
  g_signal_connect (self->link, "signal", G_CALLBACK (on_link_signal), self);
  g_signal_connect (self->link, "changed", G_CALLBACK (on_link_changed), self);
  g_signal_connect (self->link, "message", G_CALLBACK (on_link_message), self);
  g_signal_connect (self->link, "session-opened", G_CALLBACK (on_link_session_opened), self);
  self->ping_timer = snug_context_timeout (g_main_context_get_thread_default (), PING_INTERVAL_MS,
                                           on_ping_timer, self);
  snug_peer_link_set_version (self->link, snug_dialects_expect (snug_member_get_legacy (member))->version);
  snug_peer_show_steps (self->member, self->link);
  return self;
}

static void
snug_peer_dispose (GObject *object)
{
  SnugPeer *self = SNUG_PEER (object);

  snug_clear_source (&self->outbox_timer);
  snug_clear_source (&self->ping_timer);
  snug_clear_source (&self->left_timer);
  stop_awaiting_hello (self);
  g_queue_clear_full (&self->outbox, (GDestroyNotify) snug_wire_message_free);
  self->left = FALSE;
  /* Whoever sees the member change may leave the room then and there: link and member stay for what is
   * still being done with them, up the stack. */
  g_signal_handlers_disconnect_by_data (self->link, self);
  snug_peer_link_close (self->link);
  G_OBJECT_CLASS (snug_peer_parent_class)->dispose (object);
}

static void
snug_peer_finalize (GObject *object)
{
  SnugPeer *self = SNUG_PEER (object);

  snug_safety_free (self->safety);
  g_object_unref (self->link);
  g_object_unref (self->member);
  g_free (self->own_name);
  G_OBJECT_CLASS (snug_peer_parent_class)->finalize (object);
}

static void
snug_peer_class_init (SnugPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = SNUG_TYPE_PEER;

  object_class->dispose = snug_peer_dispose;
  object_class->finalize = snug_peer_finalize;

  signals[SIGNAL] = g_signal_new ("signal", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, SNUG_TYPE_SIGNAL_MESSAGE);
  signals[MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[READY] = g_signal_new ("ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOST] = g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SILENCE] = g_signal_new ("silence", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NAMED] = g_signal_new ("named", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[UNSAFE] = g_signal_new ("unsafe", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_peer_init (SnugPeer *self)
{
  self->say = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (SAY_PER_SECOND, SAY_BURST);
  g_queue_init (&self->outbox);
}
