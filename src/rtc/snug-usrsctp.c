/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-usrsctp.h"

#include <usrsctp.h>

#include "snug-context.h"
#include "snug-crc32c.h"

/* usrsctp's own timer thread would tick as often. Where nothing is sent, an acknowledgement that waits 200 ms is the
 * nearest of what there is to be done, and in a room of many the ticks are what they cost while they are silent. */
#define TICK_MS 10
#define SILENT_TICK_MS 50

/* The default of 512 caps the flight at 600 KB and makes the receiver drop chunks. */
#define MAX_CHUNKS 65536
#define RECEIVE_BUFFER (4 * 1024 * 1024)

#define INITIAL_WINDOW 10
#define MAX_BURST 10

/* In one turn, that is. The other way is to cut the window to what is under way and a burst whenever there is more room in
 * it, and whoever waits for a disk or for room in a buffer begins slowly again and again. */
#define CUT_WINDOW_TO_BURST 0

/* RFC 9260 section 16 suggests up to a minute between tries and ten tries. ICE tells us sooner whether
 * there is a route, and while there is none the association shall outlive five minutes and be quick
 * when it comes back: tries every four seconds, as many as that takes. */
#define RTO_MIN_MS 1000
#define RTO_INITIAL_MS 1000
#define RTO_MAX_MS 4000
#define MAX_TRIES 200

typedef struct
{
  guintptr         address;
  GMainContext    *context;      /* owned */
  GSource         *tick;         /* owned; nullable: another user of the context has it */
  guint            tick_ms;      /* of that */
  SnugUsrsctpUser  user;
  gpointer         user_data;    /* borrowed */
} Entry;

static GHashTable *entries;      /* owned: address → Entry */
static GThread *owner;           /* borrowed: the thread of all entries */
static gint64 last_tick;         /* monotonic microseconds that usrsctp has been told */
static gboolean has_sent;        /* since the last tick */

static Entry *
find (guintptr address)
{
  return entries != NULL ? g_hash_table_lookup (entries, (gpointer) address) : NULL;
}

static int
on_output (void *address, void *packet, size_t n_bytes, G_GNUC_UNUSED uint8_t tos,
           G_GNUC_UNUSED uint8_t set_df)
{
  Entry *entry = find ((guintptr) address);

  if (entry == NULL)
    return 0;
  has_sent = TRUE;
  snug_crc32c_seal_packet (packet, n_bytes);
  entry->user.output (entry->user_data, packet, n_bytes);
  return 0;
}

static void
start_usrsctp (void)
{
  usrsctp_init_nothreads (0, on_output, NULL);

  /* on_output() writes the checksum; of what comes in DTLS has seen to the integrity. */
  usrsctp_enable_crc32c_offload ();

  usrsctp_sysctl_set_sctp_max_chunks_on_queue (MAX_CHUNKS);
  usrsctp_sysctl_set_sctp_sendspace (SNUG_USRSCTP_SEND_BUFFER);
  usrsctp_sysctl_set_sctp_recvspace (RECEIVE_BUFFER);
  usrsctp_sysctl_set_sctp_initial_cwnd (INITIAL_WINDOW);
  usrsctp_sysctl_set_sctp_max_burst_default (MAX_BURST);
  usrsctp_sysctl_set_sctp_use_cwnd_based_maxburst (CUT_WINDOW_TO_BURST);
  usrsctp_sysctl_set_sctp_rto_min_default (RTO_MIN_MS);
  usrsctp_sysctl_set_sctp_rto_initial_default (RTO_INITIAL_MS);
  usrsctp_sysctl_set_sctp_rto_max_default (RTO_MAX_MS);
  usrsctp_sysctl_set_sctp_init_rto_max_default (RTO_MAX_MS);
  usrsctp_sysctl_set_sctp_assoc_rtx_max_default (MAX_TRIES);
  usrsctp_sysctl_set_sctp_path_rtx_max_default (MAX_TRIES);

  /* One address, inside DTLS: nothing to learn from ECN, no addresses to add, nobody to authenticate,
   * no answer to packets of associations that are gone. */
  usrsctp_sysctl_set_sctp_ecn_enable (0);
  usrsctp_sysctl_set_sctp_auto_asconf (0);
  usrsctp_sysctl_set_sctp_asconf_enable (0);
  usrsctp_sysctl_set_sctp_auth_enable (0);
  usrsctp_sysctl_set_sctp_blackhole (2);
}

static gboolean on_tick (gpointer context);

/* Whose the tick of @context is. Returns: nullable */
static Entry *
find_ticking (GMainContext *context)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (entry->context == context && entry->tick != NULL)
        return entry;
    }
  return NULL;
}

static void
set_tick (Entry *entry, guint tick_ms)
{
  snug_clear_source (&entry->tick);
  entry->tick_ms = tick_ms;
  entry->tick = snug_context_timeout (entry->context, tick_ms, on_tick, entry->context);
}

static void
give_tick (GMainContext *context)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (entry->context != context)
        continue;
      set_tick (entry, TICK_MS);
      return;
    }
}

static gboolean
on_tick (gpointer context)
{
  gint64 now = g_get_monotonic_time ();
  gint64 elapsed_ms = (now - last_tick) / 1000;
  g_autofree gpointer *addresses = NULL;
  guint n = 0, tick_ms;
  Entry *ticking;

  /* several contexts tick; each moves the one clock by what has passed */
  if (elapsed_ms > 0)
    {
      last_tick += elapsed_ms * 1000;
      usrsctp_handle_timers ((uint32_t) elapsed_ms);
    }

  addresses = g_hash_table_get_keys_as_array (entries, &n);
  for (guint i = 0; i < n; i++)
    {
      Entry *entry = find ((guintptr) addresses[i]);

      if (entry != NULL)
        entry->user.ticked (entry->user_data);
    }

  tick_ms = has_sent ? TICK_MS : SILENT_TICK_MS;
  has_sent = FALSE;
  ticking = find_ticking (context);
  if (ticking != NULL && ticking->tick_ms != tick_ms)
    set_tick (ticking, tick_ms);
  return G_SOURCE_CONTINUE;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  snug_clear_source (&entry->tick);
  g_main_context_unref (entry->context);
  g_free (entry);
}

void
snug_usrsctp_set_high_speed (gboolean on)
{
  usrsctp_sysctl_set_sctp_default_cc_module (on ? SCTP_CC_HSTCP : SCTP_CC_RFC2581);
}

guintptr
snug_usrsctp_add (GMainContext *context, const SnugUsrsctpUser *user, gpointer user_data)
{
  static guintptr last_address;
  Entry *entry = g_new0 (Entry, 1);

  if (entries == NULL)
    {
      start_usrsctp ();
      entries = g_hash_table_new_full (NULL, NULL, NULL, entry_free);
    }
  if (g_hash_table_size (entries) == 0)
    {
      owner = g_thread_self ();
      last_tick = g_get_monotonic_time ();
    }
  g_assert (owner == g_thread_self ());

  entry->address = ++last_address;
  entry->context = g_main_context_ref (context);
  entry->user = *user;
  entry->user_data = user_data;
  g_hash_table_insert (entries, (gpointer) entry->address, entry);
  usrsctp_register_address ((void *) entry->address);
  if (find_ticking (context) == NULL)
    give_tick (context);
  return entry->address;
}

void
snug_usrsctp_remove (guintptr address)
{
  Entry *entry = find (address);
  g_autoptr (GMainContext) context = NULL;
  gboolean had_tick;

  if (entry == NULL)
    return;
  context = g_main_context_ref (entry->context);
  had_tick = entry->tick != NULL;
  usrsctp_deregister_address ((void *) address);
  g_hash_table_remove (entries, (gpointer) address);
  if (had_tick)
    give_tick (context);
}
