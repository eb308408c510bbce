/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-throttle.h"

#include <string.h>

#include "snug-server-guard.h"
#include "snug-token-bucket.h"

/* A stranger with a /32 of IPv6 has four billion keys: beyond this many they share one bucket. */
#define MAX_KEYS 16384
#define SHARED_KEY ""
/* All of them are looked at no more often than this, or a stranger with that many would keep the server at it. */
#define SWEEP_US G_USEC_PER_SEC

struct _SnugThrottle
{
  GHashTable *buckets;    /* owned: key → SnugTokenBucket */
  double      per_second;
  double      burst;
  gint64      swept_us;   /* 0: never */
};

SnugThrottle *
snug_throttle_new (guint per_minute)
{
  SnugThrottle *throttle = g_new0 (SnugThrottle, 1);

  throttle->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  throttle->per_second = per_minute / 60.0;
  throttle->burst = per_minute;
  return throttle;
}

void
snug_throttle_free (SnugThrottle *throttle)
{
  g_hash_table_unref (throttle->buckets);
  g_free (throttle);
}

guint
snug_throttle_get_size (SnugThrottle *throttle)
{
  return g_hash_table_size (throttle->buckets);
}

/* A full bucket remembers nothing. */
static void
forget_full_buckets (SnugThrottle *throttle, gint64 now_us)
{
  GHashTableIter iter;
  gpointer bucket;

  if (throttle->swept_us != 0 && now_us - throttle->swept_us < SWEEP_US)
    return;
  throttle->swept_us = now_us;
  g_hash_table_iter_init (&iter, throttle->buckets);
  while (g_hash_table_iter_next (&iter, NULL, &bucket))
    {
      snug_token_bucket_wait_ms (bucket, now_us);
      if (((SnugTokenBucket *) bucket)->tokens >= throttle->burst)
        g_hash_table_iter_remove (&iter);
    }
}

static SnugTokenBucket *
get_bucket (SnugThrottle *throttle, const char *key, gint64 now_us)
{
  SnugTokenBucket *bucket = g_hash_table_lookup (throttle->buckets, key);

  if (bucket != NULL)
    return bucket;

  if (g_hash_table_size (throttle->buckets) >= MAX_KEYS)
    forget_full_buckets (throttle, now_us);
  if (g_hash_table_size (throttle->buckets) >= MAX_KEYS && *key != '\0')
    return get_bucket (throttle, SHARED_KEY, now_us);

  bucket = g_new (SnugTokenBucket, 1);
  *bucket = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (throttle->per_second, throttle->burst);
  g_hash_table_insert (throttle->buckets, g_strdup (key), bucket);
  return bucket;
}

gboolean
snug_throttle_take (SnugThrottle *throttle, const char *key, gint64 now_us)
{
  return snug_token_bucket_take (get_bucket (throttle, key, now_us), now_us);
}

void
snug_throttle_give_back (SnugThrottle *throttle, const char *key)
{
  SnugTokenBucket *bucket = g_hash_table_lookup (throttle->buckets, key);

  if (bucket != NULL)
    bucket->tokens = MIN (throttle->burst, bucket->tokens + 1);
}

char *
snug_throttle_key (GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = snug_guard_unmap (address);
  g_autoptr (GInetAddress) network = NULL;
  guint8 bytes[16] = { 0 };
  g_autofree char *text = NULL;

  if (g_inet_address_get_family (plain) != G_SOCKET_FAMILY_IPV6)
    return g_inet_address_to_string (plain);
  memcpy (bytes, g_inet_address_to_bytes (plain), 8);
  network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
  text = g_inet_address_to_string (network);
  return g_strconcat (text, "/64", NULL);
}
