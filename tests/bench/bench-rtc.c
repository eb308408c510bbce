/* bench-rtc: how fast two peer connections are, memory to memory, in two processes on loopback.
 *
 * Prints one line a run and the medians, or JSON. It measures; it tests nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "snug-context.h"
#include "snug-peer-connection.h"

#define HIGH_WATER (2 * 1024 * 1024)
#define LOW_WATER (1024 * 1024)
#define CHAT_INTERVAL_MS 5
#define MAX_PINGS 100000

static int option_megabytes = 500;
static int option_message = 65536;
static int option_runs = 3;
static gboolean option_small;
static gboolean option_json;

static const GOptionEntry options[] = {
  { "megabytes", 'm', 0, G_OPTION_ARG_INT, &option_megabytes, "How much to send (500)", "MB" },
  { "message", 's', 0, G_OPTION_ARG_INT, &option_message, "Bytes of a message (65536)", "N" },
  { "runs", 'r', 0, G_OPTION_ARG_INT, &option_runs, "How often (3)", "N" },
  { "small", 0, 0, G_OPTION_ARG_NONE, &option_small, "In packets that fit everywhere", NULL },
  { "json", 'j', 0, G_OPTION_ARG_NONE, &option_json, "Machine-readable", NULL },
  { NULL }
};

typedef struct
{
  double setup_ms;
  double megabytes_a_second;
  double send_cpu;           /* seconds a gigabyte */
  double receive_cpu;
  double idle_ms;            /* chat there and back, median */
  double busy_p50_ms;        /* the same during bulk */
  double busy_p99_ms;
  double memory_mb;          /* peak of the larger process */
} Result;

/* One side, in its own process. */
typedef struct
{
  GMainLoop          *loop;
  SnugPeerConnection *connection;
  GDataInputStream   *in;
  GOutputStream      *out;
  SnugDataChannel    *bulk;
  SnugDataChannel    *chat;
  GBytes             *piece;
  gint64              start_us;
  guint64             n_left;
  guint64             n_received;
  double              cpu_before;
  gboolean            is_busy;
  gint64              ping_us;
  guint               n_idle;
  double             *idle;
  guint               n_busy;
  double             *busy;
  Result              result;
} Side;

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
peak_megabytes (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_maxrss / 1024;
}

static double
since_ms (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / 1000;
}

/* ---- Signaling over a socket pair: a word and base64 a line ---- */

static void
tell (Side *self, const char *word, const char *text)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *) text, strlen (text));
  g_autofree char *line = g_strdup_printf ("%s %s\n", word, encoded);

  g_output_stream_write_all (self->out, line, strlen (line), NULL, NULL, NULL);
}

static void
on_word (Side *self, const char *word, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (strcmp (word, "offer") == 0)
    {
      g_autofree char *answer = snug_peer_connection_accept_offer (self->connection, text, &error);

      if (answer != NULL)
        tell (self, "answer", answer);
    }
  else if (strcmp (word, "answer") == 0)
    snug_peer_connection_accept_answer (self->connection, text, &error);
  else if (strcmp (word, "candidate") == 0)
    snug_peer_connection_add_remote_candidate (self->connection, text, NULL);
  if (error != NULL)
    g_error ("%s", error->message);
}

static void
on_line (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Side *self = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (stream), result, NULL,
                                                                NULL);
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, " ", 2) : NULL;

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  if (words[1] != NULL)
    {
      gsize n_bytes;
      g_autofree guchar *decoded = g_base64_decode (words[1], &n_bytes);
      g_autofree char *text = g_strndup ((const char *) decoded, n_bytes);

      on_word (self, words[0], text);
    }
  g_data_input_stream_read_line_async (self->in, 0, NULL, on_line, self);
}

static void
on_local_candidate (G_GNUC_UNUSED SnugPeerConnection *connection, const char *candidate, Side *self)
{
  tell (self, "candidate", candidate);
}

static void
side_init (Side *self, int fd)
{
  g_autoptr (SnugCertificate) certificate = snug_certificate_new (NULL);
  g_autoptr (GInputStream) in = g_unix_input_stream_new (fd, FALSE);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->in = g_data_input_stream_new (in);
  self->out = g_unix_output_stream_new (fd, FALSE);
  self->connection = snug_peer_connection_new (g_main_context_default (), certificate, NULL);
  snug_peer_connection_allow_bulk (self->connection);
  g_signal_connect (self->connection, "local-candidate", G_CALLBACK (on_local_candidate), self);
  g_data_input_stream_read_line_async (self->in, 0, NULL, on_line, self);
}

/* ---- The receiver ---- */

static void
on_bulk (SnugDataChannel *channel, GBytes *message, gboolean is_text, gpointer user_data)
{
  Side *self = user_data;
  g_autofree char *answer = NULL;

  if (self->n_received == 0)
    self->cpu_before = cpu_seconds ();
  self->n_received += g_bytes_get_size (message);
  if (!is_text)
    return;
  answer = g_strdup_printf ("%.6f %.6f", cpu_seconds () - self->cpu_before, peak_megabytes ());
  snug_data_channel_send_text (channel, answer, NULL);
}

static void
on_chat_echo (SnugDataChannel *channel, GBytes *message, G_GNUC_UNUSED gboolean is_text,
              G_GNUC_UNUSED gpointer user_data)
{
  snug_data_channel_send_bytes (channel, message, NULL);
}

static void
on_data_channel (G_GNUC_UNUSED SnugPeerConnection *connection, SnugDataChannel *channel, Side *self)
{
  gboolean is_chat = strcmp (snug_data_channel_get_label (channel), "chat") == 0;

  snug_data_channel_set_message_func (channel, is_chat ? on_chat_echo : on_bulk, self, NULL);
}

static int
receive (int fd)
{
  Side self = { 0 };

  side_init (&self, fd);
  g_signal_connect (self.connection, "data-channel", G_CALLBACK (on_data_channel), &self);
  g_main_loop_run (self.loop);
  return 0;
}

/* ---- The sender ---- */

static void
pump (SnugDataChannel *channel, Side *self)
{
  while (self->n_left > 0 && snug_data_channel_get_buffered_amount (channel) < HIGH_WATER)
    {
      if (!snug_data_channel_send_bytes (channel, self->piece, NULL))
        g_error ("the bulk channel is gone");
      self->n_left -= MIN (self->n_left, (guint64) option_message);
      if (self->n_left == 0)
        snug_data_channel_send_text (channel, "end", NULL);
    }
}

static gboolean
send_ping (gpointer user_data)
{
  Side *self = user_data;
  g_autoptr (GBytes) ping = g_bytes_new_static ("ping of about the size of a chat message, said by someone", 57);

  self->ping_us = g_get_monotonic_time ();
  snug_data_channel_send_bytes (self->chat, ping, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_bulk_answer (G_GNUC_UNUSED SnugDataChannel *channel, GBytes *message, G_GNUC_UNUSED gboolean is_text,
                gpointer user_data)
{
  Side *self = user_data;
  g_autofree char *text = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  g_auto (GStrv) words = g_strsplit (text, " ", 2);
  double gigabytes = option_megabytes / 1000.0;

  self->result.megabytes_a_second = option_megabytes / since_ms (self->start_us) * 1000;
  self->result.send_cpu = (cpu_seconds () - self->cpu_before) / gigabytes;
  self->result.receive_cpu = g_ascii_strtod (words[0], NULL) / gigabytes;
  self->result.memory_mb = MAX (peak_megabytes (), g_ascii_strtod (words[1], NULL));
  g_main_loop_quit (self->loop);
}

/* As a file does, on a channel that is opened when it is wanted. */
static void
start_bulk (Side *self)
{
  const SnugDataChannelInit init = { .is_bulk = !option_small };

  self->bulk = snug_peer_connection_create_data_channel (self->connection, "bulk", &init, NULL);
  snug_data_channel_set_message_func (self->bulk, on_bulk_answer, self, NULL);
  snug_data_channel_set_buffered_amount_low_threshold (self->bulk, LOW_WATER);
  g_signal_connect (self->bulk, "buffered-amount-low", G_CALLBACK (pump), self);
  self->is_busy = TRUE;
  self->start_us = g_get_monotonic_time ();
  self->cpu_before = cpu_seconds ();
  self->n_left = (guint64) option_megabytes * 1000000;
  pump (self->bulk, self);
}

static void
on_pong (G_GNUC_UNUSED SnugDataChannel *channel, G_GNUC_UNUSED GBytes *message,
         G_GNUC_UNUSED gboolean is_text, gpointer user_data)
{
  Side *self = user_data;

  if (self->is_busy && self->n_busy < MAX_PINGS)
    self->busy[self->n_busy++] = since_ms (self->ping_us);
  else if (!self->is_busy)
    self->idle[self->n_idle++] = since_ms (self->ping_us);
  if (self->n_idle == 50 && !self->is_busy)
    start_bulk (self);
  g_source_unref (snug_context_timeout (NULL, self->is_busy ? CHAT_INTERVAL_MS : 1, send_ping, self));
}

static void
on_chat_state (SnugDataChannel *channel, Side *self)
{
  if (snug_data_channel_get_state (channel) != SNUG_DATA_CHANNEL_OPEN)
    return;
  self->result.setup_ms = since_ms (self->start_us);
  send_ping (self);
}

static int
compare_doubles (const void *a, const void *b)
{
  double difference = *(const double *) a - *(const double *) b;

  return (difference > 0) - (difference < 0);
}

static double
percentile (double *values, guint n, guint percent)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return n > 0 ? values[(n - 1) * percent / 100] : -1;
}

static Result
send_all (int fd)
{
  Side self = { 0 };
  g_autofree char *offer = NULL;

  self.idle = g_new0 (double, MAX_PINGS);
  self.busy = g_new0 (double, MAX_PINGS);
  self.piece = g_bytes_new_take (g_malloc0 ((gsize) option_message), (gsize) option_message);
  side_init (&self, fd);
  self.start_us = g_get_monotonic_time ();
  self.chat = snug_peer_connection_create_data_channel (self.connection, "chat", NULL, NULL);
  snug_data_channel_set_message_func (self.chat, on_pong, &self, NULL);
  g_signal_connect (self.chat, "state-changed", G_CALLBACK (on_chat_state), &self);
  offer = snug_peer_connection_create_offer (self.connection, FALSE, NULL);
  tell (&self, "offer", offer);
  g_main_loop_run (self.loop);

  self.result.idle_ms = percentile (self.idle, self.n_idle, 50);
  self.result.busy_p50_ms = percentile (self.busy, self.n_busy, 50);
  self.result.busy_p99_ms = percentile (self.busy, self.n_busy, 99);
  return self.result;
}

/* ---- Runs ---- */

/* Each side in a process of its own, so that one's CPU time is one's own. */
static Result
run_once (void)
{
  int signaling[2], results[2];
  Result result;
  pid_t receiver, sender;

  if (socketpair (AF_UNIX, SOCK_STREAM, 0, signaling) != 0 || pipe (results) != 0)
    g_error ("no sockets");
  if ((receiver = fork ()) == 0)
    {
      close (signaling[0]);
      _exit (receive (signaling[1]));
    }
  close (signaling[1]);
  if ((sender = fork ()) == 0)
    {
      result = send_all (signaling[0]);
      _exit (write (results[1], &result, sizeof result) != sizeof result);
    }
  close (signaling[0]);
  if (read (results[0], &result, sizeof result) != sizeof result)
    g_error ("the sender ended without a result");
  waitpid (sender, NULL, 0);
  waitpid (receiver, NULL, 0);
  close (results[0]);
  close (results[1]);
  return result;
}

static const struct
{
  const char *name;
  gsize       offset;
  const char *unit;
} columns[] = {
  { "set-up",           G_STRUCT_OFFSET (Result, setup_ms),           "ms" },
  { "rate",             G_STRUCT_OFFSET (Result, megabytes_a_second), "MB/s" },
  { "cpu sending",      G_STRUCT_OFFSET (Result, send_cpu),           "s/GB" },
  { "cpu receiving",    G_STRUCT_OFFSET (Result, receive_cpu),        "s/GB" },
  { "chat idle p50",    G_STRUCT_OFFSET (Result, idle_ms),            "ms" },
  { "chat busy p50",    G_STRUCT_OFFSET (Result, busy_p50_ms),        "ms" },
  { "chat busy p99",    G_STRUCT_OFFSET (Result, busy_p99_ms),        "ms" },
  { "peak memory",      G_STRUCT_OFFSET (Result, memory_mb),          "MB" },
};

static double
median (const Result *results, gsize offset)
{
  g_autofree double *values = g_new (double, (gsize) option_runs);

  for (int i = 0; i < option_runs; i++)
    values[i] = G_STRUCT_MEMBER (double, &results[i], offset);
  return percentile (values, (guint) option_runs, 50);
}

static void
print_json (const Result *results)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    g_print ("%c\"%s %s\":%.2f", i == 0 ? '{' : ',', columns[i].name, columns[i].unit,
             median (results, columns[i].offset));
  g_print ("}\n");
}

static void
print_table (const Result *results)
{
  g_print ("memory to memory, %d MB in messages of %d B, median of %d\n", option_megabytes, option_message,
           option_runs);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    g_print ("  %-16s %8.1f %s\n", columns[i].name, median (results, columns[i].offset), columns[i].unit);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree Result *results = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || option_runs < 1 || option_megabytes < 1
      || option_message < 1 || option_message > SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "nothing to measure");
      return 2;
    }
  results = g_new0 (Result, (gsize) option_runs);
  for (int i = 0; i < option_runs; i++)
    results[i] = run_once ();
  if (option_json)
    print_json (results);
  else
    print_table (results);
  return 0;
}
