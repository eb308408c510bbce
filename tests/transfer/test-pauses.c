/* Who can have a file pause that is being sent: a person at either end, and the receiver whose disk is behind. Each lets go
 * for itself alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-sender.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

#define N_WORDS 4

typedef enum
{
  HERE,      /* the person who sends it */
  THERE,     /* the person who gets it */
  BUSY       /* their disk */
} Who;

typedef struct
{
  Who      who;
  gboolean on;
} Word;

/* What the sender was told. */
static guint n_told;
static gboolean is_paused;

void __real_snug_sender_set_paused (SnugSender *self, gboolean paused);
void __wrap_snug_sender_set_paused (SnugSender *self, gboolean paused);

void
__wrap_snug_sender_set_paused (SnugSender *self, gboolean paused)
{
  n_told++;
  is_paused = paused;
  __real_snug_sender_set_paused (self, paused);
}

/* In the network context. */
static void
on_stream (SnugFileStream *stream, gpointer user_data)
{
}

static void
nothing_to_free (gpointer data)
{
}

/* Bo speaks by hand, and never says that he has it. Returns: the row of it */
static SnugTransfer *
send_to_bo (TransferMates *f)
{
  SnugTransfers *ana = add (f, "Ana");
  g_autoptr (GFile) file = make_file (f, "film.bin", 3 * SNUG_WIRE_PIECE_BYTES);
  SnugMate *bo = snug_mates_add (&f->mates, "Bo");
  g_autofree char *get = NULL;
  const char *id;

  snug_mates_await (&f->mates);
  start_offer (ana, file);
  snug_await (NULL, n_rows (ana) == 1);
  id = snug_transfer_get_wire_id (row (ana, 0));
  get = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",\"from\":{\"entry\":0,\"offset\":0}}", id);
  snug_peer_link_expect_file (snug_room_get_link (bo->room, snug_mate_sees (bo, "Ana")), id, on_stream, NULL,
                              nothing_to_free);
  send_raw (f, 1, "Ana", get);
  snug_await (NULL, is (row (ana, 0), SNUG_TRANSFER_RUNNING));
  return row (ana, 0);
}

static void
say (TransferMates *f, SnugTransfer *out, const Word *word)
{
  guint n_before = n_told;
  g_autofree char *text = g_strdup_printf ("{\"type\":\"file-pause\",\"id\":\"%s\",\"on\":%s,\"busy\":%s}",
                                           snug_transfer_get_wire_id (out), word->on ? "true" : "false",
                                           word->who == BUSY ? "true" : "false");

  if (word->who != HERE)
    send_raw (f, 1, "Ana", text);
  else if (word->on)
    snug_transfers_pause (f->transfers[0], out);
  else
    snug_transfers_resume (f->transfers[0], out);
  snug_await (NULL, n_told == n_before + 1);
}

/* The sender waits while one of them wants it to, and a row says so while a person does. */
static void
test_each_for_itself (TransferMates *f, gconstpointer data)
{
  static const Word words[][N_WORDS] = {
    { { BUSY, TRUE }, { THERE, TRUE }, { BUSY, FALSE }, { THERE, FALSE } },
    { { THERE, TRUE }, { BUSY, TRUE }, { THERE, FALSE }, { BUSY, FALSE } },
    { { HERE, TRUE }, { BUSY, TRUE }, { BUSY, FALSE }, { HERE, FALSE } },
    { { BUSY, TRUE }, { HERE, TRUE }, { HERE, FALSE }, { BUSY, FALSE } },
    { { HERE, TRUE }, { THERE, TRUE }, { HERE, FALSE }, { THERE, FALSE } },
    { { THERE, TRUE }, { HERE, TRUE }, { THERE, FALSE }, { HERE, FALSE } },
  };
  SnugTransfer *out = send_to_bo (f);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gboolean wants[] = { FALSE, FALSE, FALSE };

      for (guint j = 0; j < N_WORDS; j++)
        {
          say (f, out, &words[i][j]);
          wants[words[i][j].who] = words[i][j].on;
          g_assert_cmpint (is_paused, ==, wants[HERE] || wants[THERE] || wants[BUSY]);
          g_assert_cmpint (is (out, SNUG_TRANSFER_PAUSED), ==, wants[HERE] || wants[THERE]);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/pauses/each-for-itself", TransferMates, NULL, mates_set_up, test_each_for_itself, mates_tear_down);
  return g_test_run ();
}
