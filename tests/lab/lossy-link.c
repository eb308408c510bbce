/* lossy-link: a long, narrow or lossy cable between two network namespaces, for kernels that have no netem.
 *
 * Each namespace gets a TUN device, "link", which the caller gives an address; what is sent into one comes out of the
 * other. On its way it waits in a queue of a certain size for a line of a certain rate, may be lost by chance, and
 * takes the delay; some, by chance, take longer, so that later ones overtake them. TCP and UDP see the same line, and a
 * packet is never larger than one of Ethernet. The same seed loses the same ones in a row. It says "ready" when both
 * devices are there, and ends, with the devices, when its standard input does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define DEVICE "link"
#define MTU_BYTES 1500
/* Of one direction, before the other one and what is due have their turn. */
#define PACKETS_AT_ONCE 64
#define NS_A_SECOND G_GINT64_CONSTANT (1000000000)
/* What an overtaken packet takes more: a round trip of a short line, and enough for a good many others. */
#define OVERTAKEN_NS G_GINT64_CONSTANT (10000000)

static double option_delay_ms;
static double option_loss_percent;
static double option_reorder_percent;
static double option_rate_mbit;
static int option_queue_bytes = 1000000;
static int option_seed = 1;

static const GOptionEntry options[] = {
  { "delay", 0, 0, G_OPTION_ARG_DOUBLE, &option_delay_ms, "Of each direction (0)", "MS" },
  { "loss", 0, 0, G_OPTION_ARG_DOUBLE, &option_loss_percent, "By chance, in each direction (0)", "PERCENT" },
  { "reorder", 0, 0, G_OPTION_ARG_DOUBLE, &option_reorder_percent, "Are overtaken, by chance, in each direction (0)",
    "PERCENT" },
  { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &option_rate_mbit, "Of each direction (0: no limit)", "MBIT/S" },
  { "queue", 0, 0, G_OPTION_ARG_INT, &option_queue_bytes, "What may wait for the line (1000000)", "BYTES" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &option_seed, "Of chance (1)", "N" },
  { NULL }
};

typedef struct _Packet Packet;
struct _Packet
{
  Packet *next;
  gint64  due_ns;
  gsize   n_bytes;
  guint8  bytes[MTU_BYTES];
};

/* Packets of one line leave in the order in which they came: each waits for the one before, and all take the same delay. */
typedef struct
{
  Packet  *first;            /* owned */
  Packet  *last;             /* borrowed */
} Line;

typedef struct
{
  int      in;               /* borrowed */
  int      out;              /* borrowed */
  Line     usual;
  Line     slow;             /* of those that are overtaken */
  gint64   line_free_ns;     /* when the line has sent all that waits */
  GRand   *chance;           /* owned */
  guint64  n_passed;
  guint64  n_lost;
  guint64  n_overflowed;
} Direction;

/* Packets that are on no way. */
static Packet *spare;

static gint64
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec * NS_A_SECOND + time.tv_nsec;
}

static G_NORETURN void
fail (const char *what, const char *name)
{
  g_printerr ("lossy-link: %s%s: %s\n", what, name, g_strerror (errno));
  exit (EXIT_FAILURE);
}

/* The device stays where it was made, wherever we go. */
static int
open_device (const char *namespace)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int place = open (namespace, O_RDONLY | O_CLOEXEC), device;

  if (place < 0 || setns (place, CLONE_NEWNET) != 0)
    fail ("cannot enter ", namespace);
  close (place);
  device = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  g_strlcpy (request.ifr_name, DEVICE, sizeof request.ifr_name);
  if (device < 0 || ioctl (device, TUNSETIFF, &request) != 0)
    fail ("cannot make the device " DEVICE " in ", namespace);
  return device;
}

static Packet *
take_spare (void)
{
  Packet *packet = spare;

  if (packet == NULL)
    return g_new (Packet, 1);
  spare = packet->next;
  return packet;
}

static void
give_spare (Packet *packet)
{
  packet->next = spare;
  spare = packet;
}

/* When a packet that is there now has left the line, or -1 if it does not find room to wait. */
static gint64
pass_line (Direction *self, gsize n_bytes, gint64 now)
{
  gint64 begins = MAX (now, self->line_free_ns);
  double ns_a_byte = 8000 / option_rate_mbit;

  if (option_rate_mbit <= 0)
    return now;
  if ((double) (begins - now) > option_queue_bytes * ns_a_byte)
    return -1;
  self->line_free_ns = begins + (gint64) ((double) n_bytes * ns_a_byte);
  return self->line_free_ns;
}

static void
add (Line *self, Packet *packet)
{
  packet->next = NULL;
  if (self->first == NULL)
    self->first = packet;
  else
    self->last->next = packet;
  self->last = packet;
}

/* What is lost has been on the line, as on a bad radio; what found no room has not. */
static void
take_in (Direction *self, Packet *packet, gint64 now)
{
  gint64 sent_ns = pass_line (self, packet->n_bytes, now);

  if (sent_ns < 0)
    self->n_overflowed++;
  else if (g_rand_double (self->chance) * 100 < option_loss_percent)
    self->n_lost++;
  else
    {
      gboolean is_slow = option_reorder_percent > 0 && g_rand_double (self->chance) * 100 < option_reorder_percent;

      packet->due_ns = sent_ns + (gint64) (option_delay_ms * 1e6) + (is_slow ? OVERTAKEN_NS : 0);
      add (is_slow ? &self->slow : &self->usual, packet);
      return;
    }
  give_spare (packet);
}

static void
read_in (Direction *self)
{
  gint64 now = now_ns ();

  for (int i = 0; i < PACKETS_AT_ONCE; i++)
    {
      Packet *packet = take_spare ();
      ssize_t n_read = read (self->in, packet->bytes, sizeof packet->bytes);

      if (n_read <= 0)
        {
          give_spare (packet);
          return;
        }
      packet->n_bytes = (gsize) n_read;
      take_in (self, packet, now);
    }
}

/* The one that is due first, or NULL. */
static Line *
get_next (Direction *self)
{
  if (self->usual.first == NULL || self->slow.first == NULL)
    return self->usual.first != NULL ? &self->usual : self->slow.first != NULL ? &self->slow : NULL;
  return self->usual.first->due_ns <= self->slow.first->due_ns ? &self->usual : &self->slow;
}

/* A device that is down takes nothing: it is lost, as at a card without a cable. */
static void
hand_out (Direction *self)
{
  gint64 now = now_ns ();
  Line *next;

  while ((next = get_next (self)) != NULL && next->first->due_ns <= now)
    {
      Packet *packet = next->first;

      next->first = packet->next;
      if (write (self->out, packet->bytes, packet->n_bytes) == (ssize_t) packet->n_bytes)
        self->n_passed++;
      else
        self->n_lost++;
      give_spare (packet);
    }
}

static void
wait_for_more (struct pollfd *fds, guint n_fds, Direction *directions)
{
  gint64 next = G_MAXINT64, now = now_ns (), wait;
  struct timespec timeout;

  for (int i = 0; i < 2; i++)
    {
      const Line *line = get_next (&directions[i]);

      if (line != NULL)
        next = MIN (next, line->first->due_ns);
    }
  wait = MAX (0, next - now);
  timeout.tv_sec = (time_t) (wait / NS_A_SECOND);
  timeout.tv_nsec = (long) (wait % NS_A_SECOND);
  if (ppoll (fds, n_fds, next == G_MAXINT64 ? NULL : &timeout, NULL) < 0 && errno != EINTR)
    fail ("cannot wait", "");
}

static void
carry (int a, int b)
{
  Direction directions[] = {
    { .in = a, .out = b, .chance = g_rand_new_with_seed ((guint32) option_seed) },
    { .in = b, .out = a, .chance = g_rand_new_with_seed ((guint32) option_seed + 1) },
  };
  struct pollfd fds[] = { { a, POLLIN, 0 }, { b, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };

  while (fds[2].revents == 0)
    {
      for (int i = 0; i < 2; i++)
        if (fds[i].revents != 0)
          read_in (&directions[i]);
      for (int i = 0; i < 2; i++)
        hand_out (&directions[i]);
      wait_for_more (fds, G_N_ELEMENTS (fds), directions);
    }
  for (int i = 0; i < 2; i++)
    g_printerr ("lossy-link: %s %" G_GUINT64_FORMAT " passed, %" G_GUINT64_FORMAT " lost, %" G_GUINT64_FORMAT
                " found the queue full\n", i == 0 ? "there" : "back", directions[i].n_passed, directions[i].n_lost,
                directions[i].n_overflowed);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("NAMESPACE NAMESPACE - a cable between two of them");
  g_autoptr (GError) error = NULL;
  int a, b;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 3)
    {
      g_printerr ("lossy-link: %s\n", error != NULL ? error->message : "which two namespaces?");
      return 2;
    }
  a = open_device (argv[1]);
  b = open_device (argv[2]);
  /* A line waits for nobody. Where we may not, it does at times. */
  setpriority (PRIO_PROCESS, 0, -20);
  puts ("ready");
  fflush (stdout);
  carry (a, b);
  return EXIT_SUCCESS;
}
