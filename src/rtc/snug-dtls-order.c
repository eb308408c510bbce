/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dtls-order.h"

#include <string.h>

#include "snug-bytes.h"

/* RFC 6347 4.3.1: type, version, and then the epoch and the number within it, which together go up. */
#define TYPE_CHANGE_CIPHER_SPEC 20
#define NUMBER_AT 3
#define HEADER_BYTES 13
#define EPOCH_BITS 48

/* A flight is seven datagrams of 1,200 bytes at most, and what is said right after it may come before its end. */
#define MAX_WAITING 16
#define MAX_WAITING_BYTES (32 * 1024)

typedef struct
{
  guint64  first;    /* number of its first record */
  guint64  next;     /* what follows its last one */
  GBytes  *bytes;    /* owned, nullable once taken */
} Waiting;

struct _SnugDtlsOrder
{
  GQueue   waiting;   /* of Waiting, in order */
  gsize    n_bytes;
  guint64  expected;
  gboolean skips;     /* until nothing waits */
};

SnugDtlsOrder *
snug_dtls_order_new (void)
{
  SnugDtlsOrder *self = g_new0 (SnugDtlsOrder, 1);

  g_queue_init (&self->waiting);
  return self;
}

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_clear_pointer (&waiting->bytes, g_bytes_unref);
  g_free (waiting);
}

void
snug_dtls_order_free (SnugDtlsOrder *self)
{
  g_queue_clear_full (&self->waiting, waiting_free);
  g_free (self);
}

static guint64
read_number (const guint8 *record)
{
  guint64 number;

  memcpy (&number, record + NUMBER_AT, sizeof number);
  return GUINT64_FROM_BE (number);
}

/* After the ChangeCipherSpec a new epoch begins. */
static guint64
number_after (const guint8 *record)
{
  guint64 number = read_number (record);

  return record[0] == TYPE_CHANGE_CIPHER_SPEC ? ((number >> EPOCH_BITS) + 1) << EPOCH_BITS : number + 1;
}

static guint64
number_after_last (const guint8 *datagram, gsize n_bytes)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (datagram, n_bytes);
  const guint8 *record = datagram;

  while (snug_byte_reader_left (&reader) >= HEADER_BYTES)
    {
      record = snug_byte_reader_bytes (&reader, HEADER_BYTES - 2);
      snug_byte_reader_bytes (&reader, snug_byte_reader_u16 (&reader));
    }
  return number_after (record);
}

static int
compare (gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
  guint64 first_a = ((const Waiting *) a)->first, first_b = ((const Waiting *) b)->first;

  return first_a < first_b ? -1 : first_a > first_b;
}

void
snug_dtls_order_add (SnugDtlsOrder *self, const guint8 *datagram, gsize n_bytes)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  g_assert (n_bytes >= HEADER_BYTES);
  waiting->first = read_number (datagram);
  waiting->next = number_after_last (datagram, n_bytes);
  waiting->bytes = g_bytes_new (datagram, n_bytes);
  g_queue_insert_sorted (&self->waiting, waiting, compare, NULL);
  self->n_bytes += n_bytes;
  if (self->waiting.length > MAX_WAITING || self->n_bytes > MAX_WAITING_BYTES)
    self->skips = TRUE;
}

GBytes *
snug_dtls_order_take (SnugDtlsOrder *self)
{
  Waiting *waiting = g_queue_peek_head (&self->waiting);
  GBytes *bytes;

  if (waiting == NULL || (waiting->first > self->expected && !self->skips))
    return NULL;
  g_queue_pop_head (&self->waiting);
  self->expected = MAX (self->expected, waiting->next);
  self->skips &= !g_queue_is_empty (&self->waiting);
  bytes = g_steal_pointer (&waiting->bytes);
  self->n_bytes -= g_bytes_get_size (bytes);
  waiting_free (waiting);
  return bytes;
}

gboolean
snug_dtls_order_is_waiting (SnugDtlsOrder *self)
{
  return !g_queue_is_empty (&self->waiting);
}

guint64
snug_dtls_order_get_expected (SnugDtlsOrder *self)
{
  return self->expected;
}

void
snug_dtls_order_skip (SnugDtlsOrder *self)
{
  self->skips = !g_queue_is_empty (&self->waiting);
}
