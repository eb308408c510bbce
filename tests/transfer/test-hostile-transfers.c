/* Members who do not keep to the protocol of files, and ask and offer too much.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-pieces.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void
test_requests_for_what_is_not_offered (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autoptr (GFile) file = make_file (f, "a.bin", 1000);
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  send_raw (f, 1, "Ana", "{\"type\":\"file-get\",\"id\":\"unknown\",\"from\":{\"entry\":0,\"offset\":0}}");
  send_raw (f, 1, "Ana", "{\"type\":\"file-done\",\"id\":\"unknown\",\"fingerprint\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}");
  send_raw (f, 1, "Ana", "{\"type\":\"file-pause\",\"id\":\"unknown\",\"on\":true}");
  send_raw (f, 0, "Bo", "{\"type\":\"file-withdraw\",\"id\":\"unknown\"}");
  send_raw (f, 0, "Bo", "{\"type\":\"file-cancel\",\"id\":\"unknown\"}");
  /* all of it answered or ignored: a transfer still goes through */
  in = offer (ana, bo, file);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
}

/* What a hostile sender puts on the channel; "N" stands for N zero bytes in one binary. */
typedef struct
{
  const char *why;
  const char *messages[8];
} Bad;

#define ZERO_HASH_5 "{\"sha256\":\"iFVQiq3hbsVz0h5qSF39CnYkCFwaFLXs3WSF3gxoOaQ\"}"
#define HEADER "{\"entry\":0,\"offset\":0,\"size\":5}"

static const Bad bad[] = {
  { "wrong hash", { HEADER, "5", "{\"sha256\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}" } },
  { "more bytes than the size", { HEADER, "6" } },
  { "more bytes, in two", { HEADER, "5", "1" } },
  { "hash too early", { HEADER, "4", ZERO_HASH_5 } },
  { "hash of nothing", { HEADER, ZERO_HASH_5 } },
  { "an empty binary", { HEADER, "0" } },
  { "bytes before the header", { "5", HEADER } },
  { "another size", { "{\"entry\":0,\"offset\":0,\"size\":4}" } },
  { "another entry", { "{\"entry\":1,\"offset\":0,\"size\":5}" } },
  { "another offset", { "{\"entry\":0,\"offset\":1,\"size\":5}" } },
  { "two headers", { HEADER, HEADER } },
  { "nonsense", { "{" } },
  { "text of no meaning", { "{\"x\":1}" } },
};

/* In the network context. */
static void
on_hostile_channel (SnugDataChannel *channel, gpointer user_data)
{
  const Bad *one = user_data;

  g_assert_nonnull (channel);
  for (gsize i = 0; one->messages[i] != NULL; i++)
    {
      g_autofree guint8 *zeros = g_malloc0 (16);
      g_autoptr (GBytes) bytes = NULL;

      if (!g_ascii_isdigit (*one->messages[i]))
        {
          snug_data_channel_send_text (channel, one->messages[i], NULL);
          continue;
        }
      bytes = g_bytes_new (zeros, (gsize) atoi (one->messages[i]));
      snug_data_channel_send_bytes (channel, bytes, NULL);
    }
}

static void
test_bad_data_is_refused (TransferMates *f, gconstpointer data)
{
  SnugMate *ana;
  SnugTransfers *bo;

  /* Ana has no transfers of her own: what she says here is said by hand */
  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  ana = &f->mates.mates[0];

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *id = g_strdup_printf ("bad%" G_GSIZE_FORMAT, i);
      g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"%s\",\"name\":\"x\",\"size\":5}", id);

      g_test_message ("%s", bad[i].why);
      send_raw (f, 0, "Bo", text);
      snug_await (NULL, n_rows (bo) == i + 1);
      take (f, bo, row (bo, (guint) i));
      snug_peer_link_open_channel (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), SNUG_WIRE_FILE_LABEL,
                                   id, on_hostile_channel, (gpointer) &bad[i], NULL);
      snug_await (NULL, is (row (bo, (guint) i), SNUG_TRANSFER_FAILED));
      g_assert_nonnull (snug_transfer_get_reason (row (bo, (guint) i)));
    }
  snug_await (NULL, n_files_in (f->inbox) == 0);
}

static const Bad five_zeros = { "five zeros", { HEADER, "5", ZERO_HASH_5 } };

/* 1980 … tomorrow; anything else is now. */
static void
test_times_that_are_believed (TransferMates *f, gconstpointer data)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const struct { gint64 said; gboolean believed; } rows[] = {
    { 315532799, FALSE }, { 315532800, TRUE }, { now + 86400 - 60, TRUE }, { now + 86400 + 3600, FALSE },
  };
  SnugTransfers *bo;

  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *id = g_strdup_printf ("t%u", i);
      g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"%s\",\"name\":\"x\",\"size\":5,"
                                               "\"mtime\":%" G_GINT64_FORMAT "}", id, rows[i].said);
      GStatBuf info;

      send_raw (f, 0, "Bo", text);
      snug_await (NULL, n_rows (bo) == i + 1);
      take (f, bo, row (bo, i));
      snug_peer_link_open_channel (snug_room_get_link (f->mates.mates[0].room, snug_mate_sees (&f->mates.mates[0], "Bo")),
                                   SNUG_WIRE_FILE_LABEL, id, on_hostile_channel, (gpointer) &five_zeros, NULL);
      snug_await (NULL, is (row (bo, i), SNUG_TRANSFER_DONE));
      g_assert_cmpint (g_stat (g_file_peek_path (snug_transfer_get_file (row (bo, i))), &info), ==, 0);
      if (rows[i].believed)
        g_assert_cmpint (info.st_mtime, ==, rows[i].said);
      else
        g_assert_cmpint (info.st_mtime, >=, now);
      g_assert_true (rows[i].believed || info.st_mtime < now + 3600);
    }
}

typedef struct
{
  GString *refused;    /* "id:reason " … */
  int      n_channels;
} Gets;

static void
on_get_refused (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  g_string_append_printf (((Gets *) user_data)->refused, "%s:%s ", message->id, message->reason);
}

/* In the network context. Who does not say that it has the file keeps the sender waiting. */
static void
on_expected (SnugFileStream *stream, gpointer user_data)
{
  if (stream != NULL)
    g_atomic_int_inc (&((Gets *) user_data)->n_channels);
}

static void
nothing_to_free (gpointer data)
{
}

static void
get_raw (TransferMates *f, Gets *gets, const char *id, const char *from)
{
  SnugMate *bo = &f->mates.mates[1];
  g_autofree char *text = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",\"from\":%s}", id, from);

  snug_peer_link_expect_file (snug_room_get_link (bo->room, snug_mate_sees (bo, "Ana")), id, on_expected, gets,
                              nothing_to_free);
  send_raw (f, 1, "Ana", text);
}

#define FROM_START "{\"entry\":0,\"offset\":0}"
#define SOME_HASH "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\""

static void
test_at_most_eight_gets (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana");
  Gets gets = { .refused = g_string_new (NULL) };
  g_autofree char *cancel = NULL;
  g_autofree char *wanted = NULL;
  const char *ids[9];

  snug_mates_add (&f->mates, "Bo");
  snug_room_set_handler (f->mates.mates[1].room, SNUG_WIRE_FILE_CANCEL, on_get_refused, &gets);
  snug_mates_await (&f->mates);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u.bin", i);
      g_autoptr (GFile) file = make_file (f, name, 1000);

      start_offer (ana, file);
      snug_await (NULL, n_rows (ana) == i + 1);
      ids[i] = snug_transfer_get_wire_id (row (ana, i));
    }

  /* What is not there: another entry, and what is behind the end. */
  get_raw (f, &gets, ids[8], "{\"entry\":1,\"offset\":0}");
  get_raw (f, &gets, ids[8], "{\"entry\":0,\"offset\":1048576},\"have\":" SOME_HASH);
  wanted = g_strdup_printf ("%s:bad-request %s:bad-request ", ids[8], ids[8]);
  snug_await (NULL, gets.refused->len >= strlen (wanted));
  g_assert_cmpstr (gets.refused->str, ==, wanted);

  for (guint i = 0; i < 8; i++)
    get_raw (f, &gets, ids[i], FROM_START);
  snug_await (NULL, g_atomic_int_get (&gets.n_channels) == 8);
  get_raw (f, &gets, ids[8], FROM_START);
  snug_await (NULL, gets.refused->len > strlen (wanted));
  g_assert_true (is (row (ana, 8), SNUG_TRANSFER_OFFERED));
  /* One of the eight again is one of the eight. */
  get_raw (f, &gets, ids[0], FROM_START);
  snug_await (NULL, g_atomic_int_get (&gets.n_channels) == 9);

  cancel = g_strdup_printf ("{\"type\":\"file-cancel\",\"id\":\"%s\"}", ids[0]);
  send_raw (f, 1, "Ana", cancel);
  get_raw (f, &gets, ids[8], FROM_START);
  snug_await (NULL, g_atomic_int_get (&gets.n_channels) == 10);
  g_assert_cmpuint (gets.refused->len, ==, strlen (wanted) / 2 * 3);
  snug_room_set_handler (f->mates.mates[1].room, SNUG_WIRE_FILE_CANCEL, NULL, NULL);
  snug_transfers_set_room (ana, NULL, NULL);
  g_string_free (gets.refused, TRUE);
}

static void
on_heard (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* An offer of a folder without a manifest is one of a version that we do not know. */
static void
test_folders_without_manifest_are_declined (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;
  gboolean declined = FALSE;

  add (f, "Ana");
  bo = add (f, "Bo");
  snug_room_set_handler (f->mates.mates[0].room, SNUG_WIRE_FILE_DECLINE, on_heard, &declined);
  snug_mates_await (&f->mates);
  send_raw (f, 0, "Bo", "{\"type\":\"file-offer\",\"id\":\"folder\",\"name\":\"x\",\"size\":1,\"kind\":\"folder\",\"count\":1}");
  snug_await (NULL, declined);
  g_assert_cmpuint (n_rows (bo), ==, 0);
}

/* What a hostile sender says of a folder whose manifest is one file "a" of 5 bytes. */
#define LINE "{\"path\":[\"a\"],\"size\":5}\n"
#define MANIFEST_HEADER "{\"entry\":\"manifest\",\"offset\":0,\"size\":24}"

static const Bad bad_folders[] = {
  { "an entry before the manifest", { HEADER } },
  { "another size of the manifest", { "{\"entry\":\"manifest\",\"offset\":0,\"size\":25}" } },
  { "another manifest", { MANIFEST_HEADER, "{\"path\":[\"b\"],\"size\":5}\n", "hash" } },
  { "two manifests", { MANIFEST_HEADER, LINE, "hash", MANIFEST_HEADER } },
  { "an entry that is not there", { MANIFEST_HEADER, LINE, "hash", "{\"entry\":1,\"offset\":0,\"size\":5}" } },
  { "another size than in the manifest", { MANIFEST_HEADER, LINE, "hash", "{\"entry\":0,\"offset\":0,\"size\":4}" } },
  { "an entry twice", { MANIFEST_HEADER, LINE, "hash", HEADER, "5", ZERO_HASH_5, HEADER } },
};

/* In the network context. */
static void
on_hostile_folder (SnugDataChannel *channel, gpointer user_data)
{
  const Bad *one = user_data;
  const char *last = "";

  for (gsize i = 0; one->messages[i] != NULL; i++)
    {
      const char *message = one->messages[i];
      gboolean is_line = g_str_has_suffix (message, "\n");
      g_autoptr (GBytes) bytes = is_line ? g_bytes_new (message, strlen (message)) : g_bytes_new ("\0\0\0\0\0", 5);
      SnugWireFileText text = { .is_hash = TRUE };
      g_autofree char *json = NULL;

      snug_piece_hash ((const guint8 *) last, strlen (last), text.hash);
      json = snug_wire_encode_file_text (&text);
      if (is_line || *message == '5')
        snug_data_channel_send_bytes (channel, bytes, NULL);
      else
        snug_data_channel_send_text (channel, *message == 'h' ? json : message, NULL);
      last = message;
    }
}

static void
test_bad_folders_are_refused (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;
  SnugMate *ana;
  guint8 hash[SNUG_WIRE_HASH_BYTES];
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);

  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  ana = &f->mates.mates[0];
  snug_piece_hash ((const guint8 *) LINE, strlen (LINE), hash);
  g_assert_cmpuint (strlen (LINE), ==, 24);
  message->name = g_strdup ("x");
  message->size = 5;
  message->kind = SNUG_WIRE_KIND_FOLDER;
  message->count = 1;
  message->manifest = g_bytes_new (hash, sizeof hash);
  message->manifest_size = 24;

  for (guint i = 0; i < G_N_ELEMENTS (bad_folders); i++)
    {
      g_autofree char *text = NULL;

      g_test_message ("%s", bad_folders[i].why);
      g_free (message->id);
      message->id = g_strdup_printf ("bad%u", i);
      text = snug_wire_encode (message);
      send_raw (f, 0, "Bo", text);
      snug_await (NULL, n_rows (bo) == i + 1);
      take (f, bo, row (bo, i));
      snug_peer_link_open_channel (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), SNUG_WIRE_FILE_LABEL,
                                   message->id, on_hostile_folder, (gpointer) &bad_folders[i], NULL);
      snug_await (NULL, snug_transfer_is_finished (row (bo, i)));
      if (strcmp (bad_folders[i].why, "an entry twice") != 0)
        g_assert_true (is (row (bo, i), SNUG_TRANSFER_FAILED));
    }
  snug_await (NULL, n_files_in (f->inbox) <= 1);
}

typedef struct
{
  TransferMates *f;
  guint    n_sent;
} Flood;

/* One more offer at each tick, slower than the rate that is taken; then words that show what was heard. */
static gboolean
on_flood_tick (gpointer user_data)
{
  Flood *flood = user_data;
  g_autofree char *offer_text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"g%u\",\"name\":\"x\",\"size\":1}",
                                                 flood->n_sent);

  send_raw (flood->f, 0, "Bo", flood->n_sent < 25 ? offer_text : "{\"type\":\"chat\",\"id\":\"c\",\"text\":\"x\"}");
  flood->n_sent++;
  return G_SOURCE_CONTINUE;
}

static void
test_at_most_200_standing_offers (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;
  Flood flood = { .f = f };
  gboolean heard = FALSE;
  guint tick;

  add (f, "Ana");
  bo = add (f, "Bo");
  snug_room_set_handler (f->mates.mates[1].room, SNUG_WIRE_CHAT, on_heard, &heard);
  snug_mates_await (&f->mates);
  for (guint i = 0; i < 190; i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"f%u\",\"name\":\"../../x\",\"size\":1}", i);
      send_raw (f, 0, "Bo", text);
    }
  snug_await (NULL, n_rows (bo) == 190);
  g_assert_cmpstr (snug_transfer_get_name (row (bo, 0)), ==, "_.._x");

  tick = g_timeout_add (60, on_flood_tick, &flood);
  snug_await (NULL, heard);
  g_source_remove (tick);
  g_assert_cmpuint (n_rows (bo), ==, 200);
}

/* What stands stays; of what came to nothing the last fifty are kept. */
static void
test_offers_withdrawn_without_end (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;

  add (f, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  send_raw (f, 0, "Bo", "{\"type\":\"file-offer\",\"id\":\"stands\",\"name\":\"x\",\"size\":1}");
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *said = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"v%u\",\"name\":\"x\",\"size\":1}", i);
      g_autofree char *taken_back = g_strdup_printf ("{\"type\":\"file-withdraw\",\"id\":\"v%u\"}", i);

      send_raw (f, 0, "Bo", said);
      send_raw (f, 0, "Bo", taken_back);
    }
  snug_await (NULL, n_rows (bo) > 0
                    && strcmp (snug_transfer_get_wire_id (row (bo, n_rows (bo) - 1)), "v59") == 0
                    && is (row (bo, n_rows (bo) - 1), SNUG_TRANSFER_CANCELLED));
  g_assert_cmpuint (n_rows (bo), ==, 51);
  g_assert_cmpstr (snug_transfer_get_wire_id (row (bo, 0)), ==, "stands");
  g_assert_true (is (row (bo, 0), SNUG_TRANSFER_OFFERED));
  g_assert_cmpstr (snug_transfer_get_wire_id (row (bo, 1)), ==, "v10");
}

#define ADD(name, func) g_test_add ("/transfers/" name, TransferMates, NULL, mates_set_up, func, mates_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("requests-for-what-is-not-offered", test_requests_for_what_is_not_offered);
  ADD ("bad-data-is-refused", test_bad_data_is_refused);
  ADD ("times-that-are-believed", test_times_that_are_believed);
  ADD ("at-most-eight-gets", test_at_most_eight_gets);
  ADD ("folders-without-manifest-are-declined", test_folders_without_manifest_are_declined);
  ADD ("bad-folders-are-refused", test_bad_folders_are_refused);
  ADD ("at-most-200-standing-offers", test_at_most_200_standing_offers);
  ADD ("offers-withdrawn-without-end", test_offers_withdrawn_without_end);
  return g_test_run ();
}
