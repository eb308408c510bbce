/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Bytes of either end mean the same however the network cuts them, and never more than the limit is held. */
#include "snug-websocket-parser.h"

#define MAX_BYTES 4096
#define MAX_FRAGMENTS 4

static GString *
read_in_steps (const guint8 *data, gsize size, gsize step, gboolean from_server)
{
  GString *out = g_string_new (NULL);
  SnugWebsocketParser parser;
  gboolean over = FALSE;

  snug_websocket_parser_init (&parser, MAX_BYTES, MAX_FRAGMENTS);
  parser.from_server = from_server;
  for (gsize at = 0; at < size && !over; at += step)
    {
      const guint8 *from = data + at;
      gsize left = MIN (step, size - at);
      GByteArray *payload = NULL;

      do
        {
          SnugWebsocketEvent event = snug_websocket_parser_next (&parser, &from, &left, &payload);

          g_assert_cmpuint (parser.message->len, <=, MAX_BYTES);
          g_assert_cmpuint (parser.control->len, <=, 125);
          if (event == SNUG_WEBSOCKET_MORE)
            continue;
          g_string_append_c (out, (char) ('a' + event));
          if (event >= SNUG_WEBSOCKET_TEXT && event <= SNUG_WEBSOCKET_CLOSE)
            g_string_append_len (out, (const char *) payload->data, payload->len);
          over = event >= SNUG_WEBSOCKET_BAD_FRAME;
        }
      while (left > 0 && !over);
    }
  snug_websocket_parser_clear (&parser);
  return out;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  for (gboolean from_server = FALSE; from_server <= TRUE; from_server++)
    {
      GString *whole = read_in_steps (data, size, MAX (size, 1), from_server);
      GString *torn = read_in_steps (data, size, 1 + size % 7, from_server);

      g_assert_true (g_string_equal (whole, torn));
      g_string_free (whole, TRUE);
      g_string_free (torn, TRUE);
    }
  return 0;
}
