/* Data channels over SCTP over a fake of what is below.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-channel-set.h"
#include "snug-dcep.h"
#include "snug-fake-transport.h"
#include "snug-peer-connection.h"

typedef struct
{
  SnugFakeTransport *below;
  SnugSctpTransport *sctp;
  SnugChannelSet    *set;
  GPtrArray         *channels;     /* opened by the other end */
  GPtrArray         *messages;     /* of GBytes */
  GString           *kinds;        /* 't' or 'b' for each message */
  gboolean           deaf;         /* does not listen to what the other end opens */
} End;

/* a is the DTLS client. */
typedef struct
{
  GMainContext *context;
  End           a;
  End           b;
} Pair;

static void
on_message (G_GNUC_UNUSED SnugDataChannel *channel, GBytes *message, gboolean is_text, gpointer user_data)
{
  End *self = user_data;

  g_ptr_array_add (self->messages, g_bytes_ref (message));
  g_string_append_c (self->kinds, is_text ? 't' : 'b');
}

static void
on_data_channel (G_GNUC_UNUSED SnugChannelSet *set, SnugDataChannel *channel, End *self)
{
  g_assert_cmpint (snug_data_channel_get_state (channel), ==, SNUG_DATA_CHANNEL_OPEN);
  g_ptr_array_add (self->channels, g_object_ref (channel));
  if (!self->deaf)
    snug_data_channel_set_message_func (channel, on_message, self, NULL);
}

static void
end_init (End *self, GMainContext *context)
{
  self->sctp = snug_sctp_transport_new (SNUG_TRANSPORT (self->below), SNUG_SCTP_PORT,
                                        SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE);
  self->set = snug_channel_set_new (context);
  self->channels = g_ptr_array_new_with_free_func (g_object_unref);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->kinds = g_string_new (NULL);
  g_signal_connect (self->set, "data-channel", G_CALLBACK (on_data_channel), self);
}

static void
end_clear (End *self)
{
  for (guint i = 0; i < self->channels->len; i++)
    snug_data_channel_set_message_func (self->channels->pdata[i], NULL, NULL, NULL);
  snug_channel_set_close (self->set);
  snug_transport_close (SNUG_TRANSPORT (self->sctp));
}

static void
end_free (End *self)
{
  g_assert_finalize_object (self->set);
  g_assert_finalize_object (self->sctp);
  g_ptr_array_unref (self->channels);
  g_ptr_array_unref (self->messages);
  g_string_free (self->kinds, TRUE);
}

static Pair *
pair_new (void)
{
  Pair *pair = g_new0 (Pair, 1);

  pair->context = g_main_context_new ();
  snug_fake_transport_new_pair (pair->context, &pair->a.below, &pair->b.below);
  end_init (&pair->a, pair->context);
  end_init (&pair->b, pair->context);
  return pair;
}

static void
pair_free (Pair *pair)
{
  end_clear (&pair->a);
  end_clear (&pair->b);
  snug_await_idle (pair->context);
  end_free (&pair->a);
  end_free (&pair->b);
  snug_await_idle (pair->context);
  g_assert_finalize_object (pair->a.below);
  g_assert_finalize_object (pair->b.below);
  g_main_context_unref (pair->context);
  g_free (pair);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

static gboolean
is_connected (End *end)
{
  return snug_transport_get_state (SNUG_TRANSPORT (end->sctp)) == SNUG_TRANSPORT_CONNECTED;
}

static void
connect_below (Pair *pair)
{
  snug_sctp_transport_start (pair->a.sctp);
  snug_sctp_transport_start (pair->b.sctp);
  snug_await (pair->context, is_connected (&pair->a) && is_connected (&pair->b));
}

static void
attach (Pair *pair)
{
  connect_below (pair);
  snug_channel_set_attach (pair->a.set, pair->a.sctp, TRUE);
  snug_channel_set_attach (pair->b.set, pair->b.sctp, FALSE);
}

static Pair *
attached_pair (void)
{
  Pair *pair = pair_new ();

  attach (pair);
  return pair;
}

static SnugDataChannel *
create (End *end, const char *label, const SnugDataChannelInit *init)
{
  g_autoptr (GError) error = NULL;
  SnugDataChannel *channel = snug_channel_set_create (end->set, label, init, &error);

  g_assert_no_error (error);
  return channel;
}

/* Opens one and waits until the other end has it. */
static SnugDataChannel *
open_channel (Pair *pair, End *end, const char *label)
{
  End *other = end == &pair->a ? &pair->b : &pair->a;
  guint n_before = other->channels->len;
  SnugDataChannel *channel = create (end, label, NULL);

  snug_await (pair->context, other->channels->len > n_before);
  return channel;
}

static void
send_text (SnugDataChannel *channel, const char *text)
{
  g_autoptr (GError) error = NULL;

  snug_data_channel_send_text (channel, text, &error);
  g_assert_no_error (error);
}

static void
send_zeros (SnugDataChannel *channel, gsize n_bytes)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (n_bytes), n_bytes);
  g_autoptr (GError) error = NULL;

  snug_data_channel_send_bytes (channel, bytes, &error);
  g_assert_no_error (error);
}

static void
assert_message (End *end, guint index, const char *text)
{
  GBytes *message = g_ptr_array_index (end->messages, index);

  g_assert_cmpmem (g_bytes_get_data (message, NULL), g_bytes_get_size (message), text, strlen (text));
}

static gboolean
is (SnugDataChannel *channel, SnugDataChannelState state)
{
  return snug_data_channel_get_state (channel) == state;
}

static void
append_state (SnugDataChannel *channel, GString *states)
{
  static const char letters[] = "coid";

  g_string_append_c (states, letters[snug_data_channel_get_state (channel)]);
}

/* ---- Opening ---- */

static void
test_both_ends_know_the_same (void)
{
  g_autoptr (GString) states = g_string_new (NULL);
  g_autoptr (Pair) pair = attached_pair ();
  const SnugDataChannelInit init = { .unordered = TRUE, .has_max_retransmits = TRUE, .max_retransmits = 3,
                                     .protocol = "snug.2" };
  g_autoptr (SnugDataChannel) channel = create (&pair->a, "größe", &init);
  SnugDataChannel *peer;

  g_assert_true (is (channel, SNUG_DATA_CHANNEL_CONNECTING));
  g_signal_connect (channel, "state-changed", G_CALLBACK (append_state), states);
  snug_await (pair->context, pair->b.channels->len == 1);
  peer = pair->b.channels->pdata[0];
  g_assert_cmpstr (states->str, ==, "o");
  g_assert_cmpstr (snug_data_channel_get_label (peer), ==, "größe");
  g_assert_cmpstr (snug_data_channel_get_protocol (peer), ==, "snug.2");
  g_assert_false (snug_data_channel_get_ordered (peer));
  g_assert_cmpuint (snug_data_channel_get_id (peer), ==, snug_data_channel_get_id (channel));
  g_assert_cmpuint (pair->a.channels->len, ==, 0);
}

/* RFC 8832 section 6: the DTLS client takes even streams, the server odd ones. */
static void
test_streams_of_both_sides_never_meet (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) a0 = open_channel (pair, &pair->a, "0");
  g_autoptr (SnugDataChannel) b0 = open_channel (pair, &pair->b, "1");
  g_autoptr (SnugDataChannel) a1 = open_channel (pair, &pair->a, "2");
  g_autoptr (SnugDataChannel) b1 = open_channel (pair, &pair->b, "3");

  g_assert_cmpuint (snug_data_channel_get_id (a0), ==, 0);
  g_assert_cmpuint (snug_data_channel_get_id (b0), ==, 1);
  g_assert_cmpuint (snug_data_channel_get_id (a1), ==, 2);
  g_assert_cmpuint (snug_data_channel_get_id (b1), ==, 3);
  g_assert_cmpstr (snug_data_channel_get_protocol (a0), ==, "");
  g_assert_true (snug_data_channel_get_ordered (a0));
}

static void
test_what_is_sent_early_waits_in_order (void)
{
  g_autoptr (Pair) pair = pair_new ();
  g_autoptr (SnugDataChannel) channel = create (&pair->a, "early", NULL);

  send_text (channel, "one");
  send_text (channel, "two");
  g_assert_cmpuint (snug_data_channel_get_buffered_amount (channel), ==, 6);
  attach (pair);
  send_text (channel, "three");
  snug_await (pair->context, pair->b.messages->len == 3);
  assert_message (&pair->b, 0, "one");
  assert_message (&pair->b, 1, "two");
  assert_message (&pair->b, 2, "three");
}

static void
test_too_many (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (GPtrArray) channels = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SNUG_SCTP_MAX_STREAMS / 2; i++)
    g_ptr_array_add (channels, create (&pair->a, "x", NULL));
  snug_await (pair->context, pair->b.channels->len == SNUG_SCTP_MAX_STREAMS / 2);
  g_assert_null (snug_channel_set_create (pair->a.set, "x", NULL, &error));
  g_assert_error (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE);
}

static void
test_names_have_a_cap (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autofree char *name = g_strnfill (SNUG_DCEP_MAX_NAME_BYTES + 1, 'n');
  SnugDataChannelInit init = { .protocol = name };
  g_autoptr (SnugDataChannel) channel = NULL;

  g_assert_null (snug_channel_set_create (pair->a.set, name, NULL, NULL));
  g_assert_null (snug_channel_set_create (pair->a.set, "", &init, NULL));
  name[SNUG_DCEP_MAX_NAME_BYTES] = '\0';
  channel = create (&pair->a, name, &init);
  snug_await (pair->context, pair->b.channels->len == 1);
  g_assert_cmpstr (snug_data_channel_get_label (pair->b.channels->pdata[0]), ==, name);
}

/* ---- Messages ---- */

static void
test_kinds_and_empty_messages (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "kinds");

  send_text (channel, "text");
  send_zeros (channel, 3);
  send_text (channel, "");
  send_zeros (channel, 0);
  send_zeros (channel, 1);
  snug_await (pair->context, pair->b.messages->len == 5);
  g_assert_cmpstr (pair->b.kinds->str, ==, "tbtbb");
  g_assert_cmpuint (g_bytes_get_size (pair->b.messages->pdata[2]), ==, 0);
  g_assert_cmpuint (g_bytes_get_size (pair->b.messages->pdata[3]), ==, 0);
  g_assert_cmpuint (g_bytes_get_size (pair->b.messages->pdata[4]), ==, 1);
}

static void
test_largest_message_both_ways (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "large");

  snug_data_channel_set_message_func (channel, on_message, &pair->a, NULL);
  send_zeros (channel, SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE);
  send_zeros (pair->b.channels->pdata[0], SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE);
  snug_await (pair->context, pair->a.messages->len == 1 && pair->b.messages->len == 1);
  g_assert_cmpuint (g_bytes_get_size (pair->a.messages->pdata[0]), ==, SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE);
  g_assert_cmpuint (g_bytes_get_size (pair->b.messages->pdata[0]), ==, SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE);
  snug_data_channel_set_message_func (channel, NULL, NULL, NULL);
}

static gboolean
refuses (SnugDataChannel *channel, gsize n_bytes, SnugRtcError code)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (n_bytes), n_bytes);
  g_autoptr (GError) error = NULL;

  return !snug_data_channel_send_bytes (channel, bytes, &error)
         && g_error_matches (error, SNUG_RTC_ERROR, (int) code);
}

static void
test_limit_of_the_peer (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "limit");

  g_assert_true (refuses (channel, SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE + 1, SNUG_RTC_ERROR_TOO_LARGE));
  snug_channel_set_set_max_message_size (pair->a.set, 1000);
  g_assert_true (refuses (channel, 1001, SNUG_RTC_ERROR_TOO_LARGE));
  send_zeros (channel, 1000);
  snug_await (pair->context, pair->b.messages->len == 1);
}

static void
test_nobody_listens_yet (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = NULL;

  pair->b.deaf = TRUE;
  channel = open_channel (pair, &pair->a, "kept");
  send_text (channel, "1");
  send_text (channel, "2");
  snug_await_idle (pair->context);
  /* on its way already, it comes before the kept ones are told, and must not overtake them */
  send_text (channel, "3");
  snug_data_channel_set_message_func (pair->b.channels->pdata[0], on_message, &pair->b, NULL);
  g_assert_cmpuint (pair->b.messages->len, ==, 0);
  snug_await (pair->context, pair->b.messages->len == 3);
  assert_message (&pair->b, 0, "1");
  assert_message (&pair->b, 1, "2");
  assert_message (&pair->b, 2, "3");
}

/* The last words are heard before the end is. */
static void
test_kept_messages_come_before_closed (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = NULL;
  SnugDataChannel *peer;

  pair->b.deaf = TRUE;
  channel = open_channel (pair, &pair->a, "kept");
  peer = pair->b.channels->pdata[0];
  send_text (channel, "last words");
  snug_await_idle (pair->context);
  snug_data_channel_set_message_func (peer, on_message, &pair->b, NULL);
  snug_channel_set_close (pair->b.set);
  g_assert_false (is (peer, SNUG_DATA_CHANNEL_CLOSED));
  g_assert_true (refuses (peer, 1, SNUG_RTC_ERROR_STATE));
  snug_await (pair->context, is (peer, SNUG_DATA_CHANNEL_CLOSED));
  assert_message (&pair->b, 0, "last words");
}

/* A peer cannot fill our memory through a channel that nobody reads. */
static void
test_nobody_ever_listens (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = NULL;
  SnugDataChannel *peer;

  pair->b.deaf = TRUE;
  channel = open_channel (pair, &pair->a, "unread");
  peer = pair->b.channels->pdata[0];
  for (int i = 0; i < 63; i++)
    send_zeros (channel, 262144);
  snug_await (pair->context, snug_data_channel_get_buffered_amount (channel) == 0);
  snug_await_idle (pair->context);
  g_assert_true (is (peer, SNUG_DATA_CHANNEL_OPEN));
  send_zeros (channel, 262144);
  snug_await (pair->context, is (peer, SNUG_DATA_CHANNEL_CLOSED) && is (channel, SNUG_DATA_CHANNEL_CLOSED));
}

/* ---- Pacing ---- */

typedef struct
{
  guint    n;
  gboolean is_sending;
} Lows;

static void
on_low (SnugDataChannel *channel, Lows *lows)
{
  g_assert_false (lows->is_sending);
  g_assert_cmpuint (snug_data_channel_get_buffered_amount (channel), <=, 100000);
  lows->n++;
}

static void
test_buffered_amount (void)
{
  Lows lows = { 0, TRUE };
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "bulk");

  snug_data_channel_set_buffered_amount_low_threshold (channel, 100000);
  g_signal_connect (channel, "buffered-amount-low", G_CALLBACK (on_low), &lows);
  for (int i = 0; i < 20; i++)
    send_zeros (channel, 65536);
  lows.is_sending = FALSE;
  /* SCTP took half a megabyte at most */
  g_assert_cmpuint (snug_data_channel_get_buffered_amount (channel), >=, 20 * 65536 - 600000);
  snug_await (pair->context, pair->b.messages->len == 20);
  g_assert_cmpuint (snug_data_channel_get_buffered_amount (channel), ==, 0);
  g_assert_cmpuint (lows.n, ==, 1);
}

/* One that goes at once crosses the threshold too; that is told later, not inside the call. */
static void
test_low_is_not_told_inside_send (void)
{
  Lows lows = { 0, TRUE };
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "small");

  g_signal_connect (channel, "buffered-amount-low", G_CALLBACK (on_low), &lows);
  send_text (channel, "x");
  lows.is_sending = FALSE;
  snug_await (pair->context, lows.n == 1);
}

static void
on_low_send_more (SnugDataChannel *channel, guint *n_left)
{
  while (*n_left > 0 && snug_data_channel_get_buffered_amount (channel) < 300000)
    {
      (*n_left)--;
      send_zeros (channel, 65536);
    }
}

/* A sender that is driven by the signal alone never stalls and never piles up. */
static void
test_pump_driven_by_low (void)
{
  guint n_left = 100;
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "pump");

  snug_data_channel_set_buffered_amount_low_threshold (channel, 100000);
  g_signal_connect (channel, "buffered-amount-low", G_CALLBACK (on_low_send_more), &n_left);
  on_low_send_more (channel, &n_left);
  snug_await (pair->context, pair->b.messages->len == 100);
  g_assert_cmpuint (n_left, ==, 0);
}

/* Four megabytes of a file are queued; a word of chat said after that does not wait behind them. */
static void
test_chat_does_not_wait_behind_a_file (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) file = open_channel (pair, &pair->a, "file");
  g_autoptr (SnugDataChannel) chat = open_channel (pair, &pair->a, "chat");

  for (int i = 0; i < 64; i++)
    send_zeros (file, 65000);
  send_text (chat, "hello");
  /* the file waits for room for its next piece; there is room for a word */
  g_assert_cmpuint (snug_data_channel_get_buffered_amount (chat), ==, 0);
  g_assert_cmpuint (snug_data_channel_get_buffered_amount (file), >, 0);
  snug_await (pair->context, strchr (pair->b.kinds->str, 't') != NULL);
  /* what SCTP had already, at most */
  g_assert_cmpint (strchr (pair->b.kinds->str, 't') - pair->b.kinds->str, <=, 9);
}

static void
test_two_files_share (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) one = open_channel (pair, &pair->a, "one");
  g_autoptr (SnugDataChannel) two = open_channel (pair, &pair->a, "two");
  guint n_text;

  for (int i = 0; i < 64; i++)
    send_zeros (one, 65536);
  for (int i = 0; i < 64; i++)
    {
      g_autofree char *text = g_strnfill (65536, 'x');

      send_text (two, text);
    }
  snug_await (pair->context, pair->b.messages->len >= 64);
  n_text = 0;
  for (guint i = 0; i < 64; i++)
    n_text += pair->b.kinds->str[i] == 't';
  g_assert_cmpuint (n_text, >=, 26);
  g_assert_cmpuint (n_text, <=, 34);
}

/* ---- Closing ---- */

static void
test_close_after_the_queue (void)
{
  g_autoptr (GString) own = g_string_new (NULL), peers = g_string_new (NULL);
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "closing");
  guint16 id = snug_data_channel_get_id (channel);
  g_autoptr (SnugDataChannel) next = NULL;

  g_signal_connect (channel, "state-changed", G_CALLBACK (append_state), own);
  g_signal_connect (pair->b.channels->pdata[0], "state-changed", G_CALLBACK (append_state), peers);
  for (int i = 0; i < 20; i++)
    send_zeros (channel, 65536);
  snug_data_channel_close (channel);
  snug_data_channel_close (channel);
  g_assert_true (refuses (channel, 1, SNUG_RTC_ERROR_STATE));
  snug_await (pair->context, is (channel, SNUG_DATA_CHANNEL_CLOSED)
                             && is (pair->b.channels->pdata[0], SNUG_DATA_CHANNEL_CLOSED));
  g_assert_cmpuint (pair->b.messages->len, ==, 20);
  g_assert_cmpstr (own->str, ==, "id");
  g_assert_cmpstr (peers->str, ==, "id");

  next = open_channel (pair, &pair->a, "next");
  g_assert_cmpuint (snug_data_channel_get_id (next), ==, id);
  send_text (next, "works");
  snug_await (pair->context, pair->b.messages->len == 21);
}

static void
test_both_close (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "both");

  snug_data_channel_close (channel);
  snug_data_channel_close (pair->b.channels->pdata[0]);
  snug_await (pair->context, is (channel, SNUG_DATA_CHANNEL_CLOSED)
                             && is (pair->b.channels->pdata[0], SNUG_DATA_CHANNEL_CLOSED));
}

/* Whoever closes does not want to hear the rest. */
static void
test_peer_closes_while_we_send (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "sending");
  g_autoptr (SnugDataChannel) other = open_channel (pair, &pair->a, "other");

  for (int i = 0; i < 100; i++)
    send_zeros (channel, 65536);
  snug_await (pair->context, pair->b.messages->len > 0);
  snug_data_channel_close (pair->b.channels->pdata[0]);
  send_text (other, "goes on");
  snug_await (pair->context, is (channel, SNUG_DATA_CHANNEL_CLOSED)
                             && is (pair->b.channels->pdata[0], SNUG_DATA_CHANNEL_CLOSED));
  snug_await (pair->context, strchr (pair->b.kinds->str, 't') != NULL);
  g_assert_cmpuint (pair->b.messages->len, <, 100);
}

static void
test_close_before_it_is_open (void)
{
  g_autoptr (Pair) pair = pair_new ();
  g_autoptr (SnugDataChannel) channel = create (&pair->a, "never", NULL);
  g_autoptr (SnugDataChannel) other = create (&pair->a, "other", NULL);

  send_text (channel, "never");
  snug_data_channel_close (channel);
  g_assert_true (is (channel, SNUG_DATA_CHANNEL_CLOSED));
  attach (pair);
  snug_await (pair->context, pair->b.channels->len == 1);
  g_assert_cmpstr (snug_data_channel_get_label (pair->b.channels->pdata[0]), ==, "other");
  g_assert_cmpuint (pair->b.messages->len, ==, 0);
}

static void
test_end_of_all (void)
{
  g_autoptr (GString) states = g_string_new (NULL);
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) open = open_channel (pair, &pair->a, "open");
  g_autoptr (SnugDataChannel) waiting = create (&pair->a, "waiting", NULL);
  g_autoptr (GError) error = NULL;

  g_signal_connect (open, "state-changed", G_CALLBACK (append_state), states);
  g_signal_connect (waiting, "state-changed", G_CALLBACK (append_state), states);
  snug_channel_set_close (pair->a.set);
  snug_channel_set_close (pair->a.set);
  g_assert_cmpstr (states->str, ==, "dd");
  g_assert_true (refuses (open, 1, SNUG_RTC_ERROR_STATE));
  snug_data_channel_close (open);
  g_assert_null (snug_channel_set_create (pair->a.set, "x", NULL, &error));
  g_assert_error (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE);
  snug_await_idle (pair->context);
  g_assert_cmpstr (states->str, ==, "dd");
}

/* ---- Listeners that end what called them ---- */

static void
on_message_end_all (G_GNUC_UNUSED SnugDataChannel *channel, G_GNUC_UNUSED GBytes *message,
                    G_GNUC_UNUSED gboolean is_text, gpointer user_data)
{
  End *self = user_data;

  g_ptr_array_add (self->messages, g_bytes_ref (message));
  snug_channel_set_close (self->set);
  snug_transport_close (SNUG_TRANSPORT (self->sctp));
}

static void
test_message_ends_all (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "x");

  snug_data_channel_set_message_func (pair->b.channels->pdata[0], on_message_end_all, &pair->b, NULL);
  send_text (channel, "1");
  send_text (channel, "2");
  snug_await (pair->context, pair->b.messages->len > 0);
  snug_await_idle (pair->context);
  g_assert_cmpuint (pair->b.messages->len, ==, 1);
}

static void
on_low_end_all (G_GNUC_UNUSED SnugDataChannel *channel, End *self)
{
  snug_channel_set_close (self->set);
}

static void
test_low_ends_all (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "x");
  g_autoptr (SnugDataChannel) other = open_channel (pair, &pair->a, "y");

  g_signal_connect (channel, "buffered-amount-low", G_CALLBACK (on_low_end_all), &pair->a);
  for (int i = 0; i < 20; i++)
    {
      send_zeros (channel, 65536);
      send_zeros (other, 65536);
    }
  snug_await (pair->context, is (channel, SNUG_DATA_CHANNEL_CLOSED));
  g_assert_true (is (other, SNUG_DATA_CHANNEL_CLOSED));
}

static void
on_state_end_all (G_GNUC_UNUSED SnugDataChannel *channel, End *self)
{
  snug_channel_set_close (self->set);
}

static void
test_state_ends_all (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = create (&pair->a, "x", NULL);
  g_autoptr (SnugDataChannel) other = create (&pair->a, "y", NULL);

  g_signal_connect (channel, "state-changed", G_CALLBACK (on_state_end_all), &pair->a);
  snug_await (pair->context, is (other, SNUG_DATA_CHANNEL_CLOSED));
  g_assert_true (is (channel, SNUG_DATA_CHANNEL_CLOSED));
}

static void
test_peer_reset_ends_all (void)
{
  g_autoptr (Pair) pair = attached_pair ();
  g_autoptr (SnugDataChannel) channel = open_channel (pair, &pair->a, "x");

  g_signal_connect (pair->b.channels->pdata[0], "state-changed", G_CALLBACK (on_state_end_all), &pair->b);
  send_zeros (pair->b.channels->pdata[0], 262144);
  snug_data_channel_close (channel);
  snug_await (pair->context, is (pair->b.channels->pdata[0], SNUG_DATA_CHANNEL_CLOSED));
}

/* ---- A hostile peer: b is a bare association ---- */

static void
hostile_send (Pair *pair, guint16 stream, guint32 ppid, const void *data, gsize n_bytes)
{
  const SnugSctpSend how = { .stream = stream, .ppid = ppid };

  g_assert_cmpint (snug_sctp_transport_send_message (pair->b.sctp, &how, data, n_bytes), ==, SNUG_SCTP_SENT);
}

static void
hostile_open (Pair *pair, guint16 stream)
{
  hostile_send (pair, stream, SNUG_PPID_DCEP, "\3\0\1\0\0\0\0\0\0\1\0\0x", 13);
}

static Pair *
hostile_pair (void)
{
  Pair *pair = pair_new ();

  connect_below (pair);
  snug_channel_set_attach (pair->a.set, pair->a.sctp, TRUE);
  return pair;
}

static void
test_nonsense_is_survived (void)
{
  g_autoptr (Pair) pair = hostile_pair ();
  g_autoptr (SnugDataChannel) own = create (&pair->a, "own", NULL);

  snug_await (pair->context, is (own, SNUG_DATA_CHANNEL_OPEN));
  hostile_send (pair, 5, SNUG_PPID_STRING, "on no channel", 13);
  hostile_send (pair, 5, SNUG_PPID_DCEP, "\2", 1);               /* acknowledges nothing */
  hostile_send (pair, 5, SNUG_PPID_DCEP, "\3\0\0", 3);           /* half an opening */
  hostile_send (pair, 5, SNUG_PPID_DCEP, "\xff", 1);
  hostile_open (pair, 4);                                        /* our parity */
  hostile_open (pair, 0);                                        /* our own stream */
  hostile_send (pair, 0, SNUG_PPID_DCEP, "\3\0\0", 3);
  hostile_send (pair, 0, 4711, "unknown type", 12);
  hostile_send (pair, 0, SNUG_PPID_BINARY_EMPTY, "more than nothing", 17);
  hostile_open (pair, 1);
  snug_await (pair->context, pair->a.channels->len > 0);
  snug_await_idle (pair->context);
  g_assert_cmpuint (pair->a.channels->len, ==, 1);
  g_assert_cmpuint (snug_data_channel_get_id (pair->a.channels->pdata[0]), ==, 1);
  g_assert_true (is (own, SNUG_DATA_CHANNEL_OPEN));

  hostile_open (pair, 1);                                        /* a second time */
  hostile_send (pair, 1, SNUG_PPID_STRING, "works", 5);
  snug_await (pair->context, pair->a.messages->len == 1);
  assert_message (&pair->a, 0, "works");
  g_assert_cmpuint (pair->a.channels->len, ==, 1);
}

/* Until the peer has reset its side too, the stream may not be used again (RFC 8831 section 6.7). */
static void
test_peer_that_never_resets (void)
{
  g_autoptr (Pair) pair = hostile_pair ();
  g_autoptr (SnugDataChannel) channel = create (&pair->a, "first", NULL);
  g_autoptr (SnugDataChannel) next = NULL;

  snug_await (pair->context, is (channel, SNUG_DATA_CHANNEL_OPEN));
  snug_data_channel_close (channel);
  snug_await_idle (pair->context);
  g_assert_true (is (channel, SNUG_DATA_CHANNEL_CLOSING));
  next = create (&pair->a, "next", NULL);
  snug_await (pair->context, is (next, SNUG_DATA_CHANNEL_OPEN));
  g_assert_cmpuint (snug_data_channel_get_id (next), ==, 2);
  snug_sctp_transport_reset_stream (pair->b.sctp, 0);
  snug_await (pair->context, is (channel, SNUG_DATA_CHANNEL_CLOSED));
}

/* It was told our limit; the channel ends, the others go on. */
static void
test_oversized_message_ends_the_channel (void)
{
  g_autoptr (Pair) pair = hostile_pair ();
  g_autofree char *large = g_malloc0 (SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE + 1);

  hostile_open (pair, 1);
  hostile_open (pair, 3);
  hostile_send (pair, 1, SNUG_PPID_BINARY, large, SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE + 1);
  hostile_send (pair, 3, SNUG_PPID_STRING, "works", 5);
  snug_await (pair->context, pair->a.messages->len == 1);
  g_assert_true (is (pair->a.channels->pdata[0], SNUG_DATA_CHANNEL_CLOSING));
  g_assert_true (is (pair->a.channels->pdata[1], SNUG_DATA_CHANNEL_OPEN));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data-channel/both-ends-know-the-same", test_both_ends_know_the_same);
  g_test_add_func ("/data-channel/streams-of-both-sides-never-meet", test_streams_of_both_sides_never_meet);
  g_test_add_func ("/data-channel/what-is-sent-early-waits-in-order", test_what_is_sent_early_waits_in_order);
  g_test_add_func ("/data-channel/too-many", test_too_many);
  g_test_add_func ("/data-channel/names-have-a-cap", test_names_have_a_cap);
  g_test_add_func ("/data-channel/kinds-and-empty-messages", test_kinds_and_empty_messages);
  g_test_add_func ("/data-channel/largest-message-both-ways", test_largest_message_both_ways);
  g_test_add_func ("/data-channel/limit-of-the-peer", test_limit_of_the_peer);
  g_test_add_func ("/data-channel/nobody-listens-yet", test_nobody_listens_yet);
  g_test_add_func ("/data-channel/kept-messages-come-before-closed", test_kept_messages_come_before_closed);
  g_test_add_func ("/data-channel/nobody-ever-listens", test_nobody_ever_listens);
  g_test_add_func ("/data-channel/buffered-amount", test_buffered_amount);
  g_test_add_func ("/data-channel/low-is-not-told-inside-send", test_low_is_not_told_inside_send);
  g_test_add_func ("/data-channel/pump-driven-by-low", test_pump_driven_by_low);
  g_test_add_func ("/data-channel/chat-does-not-wait-behind-a-file", test_chat_does_not_wait_behind_a_file);
  g_test_add_func ("/data-channel/two-files-share", test_two_files_share);
  g_test_add_func ("/data-channel/close-after-the-queue", test_close_after_the_queue);
  g_test_add_func ("/data-channel/both-close", test_both_close);
  g_test_add_func ("/data-channel/peer-closes-while-we-send", test_peer_closes_while_we_send);
  g_test_add_func ("/data-channel/close-before-it-is-open", test_close_before_it_is_open);
  g_test_add_func ("/data-channel/end-of-all", test_end_of_all);
  g_test_add_func ("/data-channel/message-ends-all", test_message_ends_all);
  g_test_add_func ("/data-channel/low-ends-all", test_low_ends_all);
  g_test_add_func ("/data-channel/state-ends-all", test_state_ends_all);
  g_test_add_func ("/data-channel/peer-reset-ends-all", test_peer_reset_ends_all);
  g_test_add_func ("/data-channel/nonsense-is-survived", test_nonsense_is_survived);
  g_test_add_func ("/data-channel/peer-that-never-resets", test_peer_that_never_resets);
  g_test_add_func ("/data-channel/oversized-message-ends-the-channel", test_oversized_message_ends_the_channel);
  return g_test_run ();
}
