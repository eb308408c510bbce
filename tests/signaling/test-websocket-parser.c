/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "snug-websocket-parser.h"

/* Feeds @bytes in pieces of @step, and writes down what comes: "T:text F P:payload C O(pong) B(inary)
 * !(bad) >(too large)". */
static char *
read_all (const void *bytes, gsize n_bytes, gsize step, gsize max_bytes, guint max_fragments, gboolean from_server)
{
  static const char letters[] = { [SNUG_WEBSOCKET_FRAGMENT] = 'F', [SNUG_WEBSOCKET_TEXT] = 'T',
                                  [SNUG_WEBSOCKET_BINARY] = 'B', [SNUG_WEBSOCKET_PING] = 'P',
                                  [SNUG_WEBSOCKET_PONG] = 'O', [SNUG_WEBSOCKET_CLOSE] = 'C',
                                  [SNUG_WEBSOCKET_BAD_FRAME] = '!', [SNUG_WEBSOCKET_TOO_LARGE] = '>' };
  SnugWebsocketParser parser;
  GString *out = g_string_new (NULL);
  gboolean over = FALSE;

  snug_websocket_parser_init (&parser, max_bytes, max_fragments);
  parser.from_server = from_server;
  for (gsize at = 0; at < n_bytes && !over; at += step)
    {
      const guint8 *data = (const guint8 *) bytes + at;
      gsize left = MIN (step, n_bytes - at);
      GByteArray *payload = NULL;

      do
        {
          SnugWebsocketEvent event = snug_websocket_parser_next (&parser, &data, &left, &payload);

          if (event == SNUG_WEBSOCKET_MORE)
            continue;
          g_string_append_c (out, letters[event]);
          if (event >= SNUG_WEBSOCKET_TEXT && event <= SNUG_WEBSOCKET_CLOSE)
            g_string_append_printf (out, ":%.*s ", (int) payload->len, (const char *) payload->data);
          over = event >= SNUG_WEBSOCKET_BAD_FRAME;
        }
      while (left > 0 && !over);
    }
  snug_websocket_parser_clear (&parser);
  return g_string_free (out, FALSE);
}

/* Whole, and torn apart in every way. */
#define assert_reads(bytes, max_bytes, max_fragments, expected)                               \
  assert_reads_from (FALSE, bytes, max_bytes, max_fragments, expected)

#define assert_reads_from(from_server, bytes, max_bytes, max_fragments, expected)             \
  G_STMT_START {                                                                              \
    for (gsize step_ = 1; step_ <= sizeof (bytes) - 1; step_++)                               \
      {                                                                                       \
        g_autofree char *got_ = read_all ((bytes), sizeof (bytes) - 1, step_, (max_bytes),    \
                                          (max_fragments), (from_server));                    \
        g_assert_cmpstr (got_, ==, (expected));                                               \
      }                                                                                       \
  } G_STMT_END

/* Masks of zero leave the payload readable here; one that is none is tested below. */
#define M "\0\0\0\0"

static void
test_frames (void)
{
  /* RFC 6455 section 5.7: a masked "Hello". */
  assert_reads ("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 100, 9, "T:Hello ");
  assert_reads ("\x82\x82" M "ab" "\x81\x80" M, 100, 9, "B:ab T: ");
  assert_reads ("\x89\x82" M "ab" "\x8a\x80" M "\x88\x82" M "xy", 100, 9, "P:ab O: C:xy ");
}

static void
test_fragments (void)
{
  assert_reads ("\x01\x82" M "ab" "\x00\x81" M "c" "\x80\x81" M "d" "\x81\x81" M "e", 100, 9, "FFT:abcd T:e ");
  /* RFC 6455 section 5.4: a control frame between two fragments. */
  assert_reads ("\x01\x82" M "ab" "\x89\x81" M "p" "\x80\x81" M "c", 100, 9, "FP:p T:abc ");
  /* No message goes on, or one that still does begins again. */
  assert_reads ("\x80\x81" M "c", 100, 9, "!");
  assert_reads ("\x01\x80" M "\x81\x80" M, 100, 9, "F!");
  assert_reads ("\x81\x80" M "\x80\x80" M, 100, 9, "T: !");
}

static void
test_against_the_rules (void)
{
  assert_reads ("\x81\x05", 100, 9, "!");          /* not masked */
  assert_reads ("\xc1\x80", 100, 9, "!");
  assert_reads ("\xa1\x80", 100, 9, "!");
  assert_reads ("\x91\x80", 100, 9, "!");
  assert_reads ("\x83\x80", 100, 9, "!");          /* opcodes nobody has defined */
  assert_reads ("\x8b\x80", 100, 9, "!");
  assert_reads ("\x09\x80", 100, 9, "!");          /* control frames are whole, and short */
  assert_reads ("\x89\xfe", 100, 9, "!");
  assert_reads ("\x89\xff", 100, 9, "!");
}

/* Refused when the header is there, before the payload is. */
static void
test_limits (void)
{
  assert_reads ("\x81\x83" M "abc", 3, 9, "T:abc ");
  assert_reads ("\x81\x84" M, 3, 9, ">");
  assert_reads ("\x01\x82" M "ab" "\x80\x81" M "c", 3, 9, "FT:abc ");
  assert_reads ("\x01\x82" M "ab" "\x80\x82" M, 3, 9, "F>");
  assert_reads ("\x01\x80" M "\x00\x80" M "\x80\x80" M, 3, 3, "FFT: ");
  assert_reads ("\x01\x80" M "\x00\x80" M "\x00\x80" M "\x80\x80" M, 3, 3, "FFF>");
  assert_reads ("\x81\xfe\x01\x00" M, 255, 9, ">");
  assert_reads ("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff" M, 65536, 9, ">");
  assert_reads ("\x81\xff\x00\x00\x00\x01\x00\x00\x00\x00" M, 65536, 9, ">");
  /* Both are counted for each message anew. */
  assert_reads ("\x81\x83" M "abc" "\x01\x81" M "d" "\x80\x82" M "ef", 3, 2, "T:abc FT:def ");
}

/* The same, but for the mask (RFC 6455 section 5.1). */
static void
test_from_a_server (void)
{
  assert_reads_from (TRUE, "\x81\x05Hello", 100, 9, "T:Hello ");
  assert_reads_from (TRUE, "\x01\x02" "ab" "\x89\x01p" "\x80\x01" "c" "\x88\x00", 100, 9, "FP:p T:abc C: ");
  assert_reads_from (TRUE, "\x81\x85" M "Hello", 100, 9, "!");
  assert_reads_from (TRUE, "\x89\x7e", 100, 9, "!");
  assert_reads_from (TRUE, "\x81\x03" "abc" "\x81\x04", 3, 9, "T:abc >");
  assert_reads_from (TRUE, "\x01\x00" "\x00\x00" "\x00\x00", 3, 2, "FF>");
  assert_reads_from (TRUE, "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 65536, 9, ">");
}

static void
test_long_lengths (void)
{
  const guint8 mask[] = { 0x37, 0xfa, 0x21, 0x3d };
  const gsize sizes[] = { 0, 125, 126, 65535, 65536 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = g_strnfill (sizes[i], 'x');
      g_autofree char *wanted = g_strdup_printf ("T:%s ", text);
      g_autoptr (GByteArray) plain = g_byte_array_new ();
      g_autoptr (GByteArray) masked = g_byte_array_new ();

      snug_websocket_append_frame (plain, 1, text, sizes[i], NULL);
      snug_websocket_append_frame (masked, 1, text, sizes[i], mask);
      g_assert_cmpuint (masked->len, ==, plain->len + sizeof mask);
      g_autofree char *from_server = read_all (plain->data, plain->len, 4096, 65536, 1, TRUE);
      g_assert_cmpstr (from_server, ==, wanted);
      g_autofree char *from_client = read_all (masked->data, masked->len, 4096, 65536, 1, FALSE);
      g_assert_cmpstr (from_client, ==, wanted);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/websocket-parser/frames", test_frames);
  g_test_add_func ("/websocket-parser/fragments", test_fragments);
  g_test_add_func ("/websocket-parser/against-the-rules", test_against_the_rules);
  g_test_add_func ("/websocket-parser/limits", test_limits);
  g_test_add_func ("/websocket-parser/from-a-server", test_from_a_server);
  g_test_add_func ("/websocket-parser/long-lengths", test_long_lengths);
  return g_test_run ();
}
