/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-cpace.h"

#include <sodium.h>
#include <string.h>

#include "snug-lv.h"

/* The draft's names: G.DSI, and H.s_in_bytes of SHA-512. */
#define DSI "CPaceRistretto255"
#define DSI_ISK DSI "_ISK"
#define MAC_LABEL "CPaceMac"
#define S_IN_BYTES 128

G_STATIC_ASSERT (SNUG_CPACE_SHARE_SIZE == crypto_core_ristretto255_BYTES);
G_STATIC_ASSERT (SNUG_CPACE_KEY_SIZE == crypto_hash_sha512_BYTES);
G_STATIC_ASSERT (SNUG_CPACE_TAG_SIZE == crypto_auth_hmacsha512_BYTES);

struct _SnugCpace
{
  SnugCpaceRole role;
  GBytes       *ad;            /* owned */
  guint8        sid[SNUG_CPACE_SID_SIZE];
  guint8        scalar[crypto_core_ristretto255_SCALARBYTES];
  guint8        share[SNUG_CPACE_SHARE_SIZE];
  guint8        key[SNUG_CPACE_KEY_SIZE];
  guint8        tag[SNUG_CPACE_TAG_SIZE];
  guint8        expected_tag[SNUG_CPACE_TAG_SIZE];
  gboolean      has_key;
};

static void
hash_lv (crypto_hash_sha512_state *hash, gconstpointer data, gsize n_bytes)
{
  guint8 prefix[SNUG_LV_MAX_PREFIX];

  crypto_hash_sha512_update (hash, prefix, snug_lv_prefix (prefix, n_bytes));
  crypto_hash_sha512_update (hash, data, n_bytes);
}

static void
hash_lv_bytes (crypto_hash_sha512_state *hash, GBytes *bytes)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  hash_lv (hash, data, n_bytes);
}

static gsize
lv_size (gsize n_bytes)
{
  guint8 prefix[SNUG_LV_MAX_PREFIX];

  return snug_lv_prefix (prefix, n_bytes) + n_bytes;
}

/* calculate_generator: the hash of generator_string (DSI, PRS, zeros, CI, sid), mapped to the group. It is
 * hashed piece by piece, so that the secret is nowhere twice. */
static void
compute_generator (guint8 *generator, SnugSecret *secret, GBytes *ci, const guint8 *sid)
{
  static const guint8 zeros[S_IN_BYTES];
  crypto_hash_sha512_state hash;
  guint8 digest[crypto_hash_sha512_BYTES];
  gsize n_secret;
  const guint8 *bytes = snug_secret_peek (secret, &n_secret);
  gsize n_before = 1 + lv_size (n_secret) + lv_size (strlen (DSI));

  crypto_hash_sha512_init (&hash);
  hash_lv (&hash, DSI, strlen (DSI));
  hash_lv (&hash, bytes, n_secret);
  hash_lv (&hash, zeros, n_before < S_IN_BYTES ? S_IN_BYTES - n_before : 0);
  hash_lv_bytes (&hash, ci);
  hash_lv (&hash, sid, SNUG_CPACE_SID_SIZE);
  crypto_hash_sha512_final (&hash, digest);
  crypto_core_ristretto255_from_hash (generator, digest);
  sodium_memzero (&hash, sizeof hash);
  sodium_memzero (digest, sizeof digest);
}

SnugCpace *
snug_cpace_new_with_scalar (SnugCpaceRole role, SnugSecret *secret, GBytes *ci, const guint8 *sid, GBytes *ad,
                            const guint8 *scalar)
{
  SnugCpace *self = snug_secret_alloc (sizeof (SnugCpace));
  guint8 generator[SNUG_CPACE_SHARE_SIZE];

  self->role = role;
  self->ad = g_bytes_ref (ad);
  memcpy (self->sid, sid, sizeof self->sid);
  memcpy (self->scalar, scalar, sizeof self->scalar);
  compute_generator (generator, secret, ci, sid);
  /* Fails only for a scalar of zero, or a generator that is the identity. Then the share stays zero, which
   * the other side refuses. */
  if (crypto_scalarmult_ristretto255 (self->share, self->scalar, generator) != 0)
    sodium_memzero (self->share, sizeof self->share);
  sodium_memzero (generator, sizeof generator);
  return self;
}

SnugCpace *
snug_cpace_new (SnugCpaceRole role, SnugSecret *secret, GBytes *ci, const guint8 *sid, GBytes *ad)
{
  guint8 scalar[crypto_core_ristretto255_SCALARBYTES];
  SnugCpace *self;

  crypto_core_ristretto255_scalar_random (scalar);
  self = snug_cpace_new_with_scalar (role, secret, ci, sid, ad, scalar);
  sodium_memzero (scalar, sizeof scalar);
  return self;
}

void
snug_cpace_free (SnugCpace *self)
{
  g_bytes_unref (self->ad);
  snug_secret_free (self);
}

const guint8 *
snug_cpace_get_sid (SnugCpace *self)
{
  return self->sid;
}

const guint8 *
snug_cpace_get_share (SnugCpace *self)
{
  return self->share;
}

GBytes *
snug_cpace_get_ad (SnugCpace *self)
{
  return self->ad;
}

/* ISK = H(lv_cat(DSI_ISK, sid, K) || transcript_ir), transcript_ir = lv_cat(Ya, ADa) || lv_cat(Yb, ADb). */
static void
compute_key (SnugCpace *self, const guint8 *k, const guint8 *their_share, GBytes *their_ad)
{
  gboolean we_are_a = self->role == SNUG_CPACE_A;
  crypto_hash_sha512_state hash;

  crypto_hash_sha512_init (&hash);
  hash_lv (&hash, DSI_ISK, strlen (DSI_ISK));
  hash_lv (&hash, self->sid, sizeof self->sid);
  hash_lv (&hash, k, SNUG_CPACE_SHARE_SIZE);
  hash_lv (&hash, we_are_a ? self->share : their_share, SNUG_CPACE_SHARE_SIZE);
  hash_lv_bytes (&hash, we_are_a ? self->ad : their_ad);
  hash_lv (&hash, we_are_a ? their_share : self->share, SNUG_CPACE_SHARE_SIZE);
  hash_lv_bytes (&hash, we_are_a ? their_ad : self->ad);
  crypto_hash_sha512_final (&hash, self->key);
  sodium_memzero (&hash, sizeof hash);
}

static void
compute_tag (guint8 *tag, const guint8 *mac_key, const guint8 *share, GBytes *ad)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  crypto_auth_hmacsha512_state mac;
  gsize n_ad;
  const guint8 *ad_data = g_bytes_get_data (ad, &n_ad);

  snug_lv_append (message, share, SNUG_CPACE_SHARE_SIZE);
  snug_lv_append (message, ad_data, n_ad);
  crypto_auth_hmacsha512_init (&mac, mac_key, crypto_hash_sha512_BYTES);
  crypto_auth_hmacsha512_update (&mac, message->data, message->len);
  crypto_auth_hmacsha512_final (&mac, tag);
  sodium_memzero (&mac, sizeof mac);
}

/* The draft's explicit key confirmation: each side's tag is over what it said itself. */
static void
compute_tags (SnugCpace *self, const guint8 *their_share, GBytes *their_ad)
{
  guint8 mac_key[crypto_hash_sha512_BYTES];
  crypto_hash_sha512_state hash;

  crypto_hash_sha512_init (&hash);
  crypto_hash_sha512_update (&hash, (const guint8 *) MAC_LABEL, strlen (MAC_LABEL));
  crypto_hash_sha512_update (&hash, self->sid, sizeof self->sid);
  crypto_hash_sha512_update (&hash, self->key, sizeof self->key);
  crypto_hash_sha512_final (&hash, mac_key);

  compute_tag (self->tag, mac_key, self->share, self->ad);
  compute_tag (self->expected_tag, mac_key, their_share, their_ad);
  sodium_memzero (mac_key, sizeof mac_key);
  sodium_memzero (&hash, sizeof hash);
}

/* RFC 9496 4.3.1: the highest bit is not set. libsodium 1.0.18 does not look at it. */
static gboolean
is_canonical (const guint8 *share)
{
  return (share[SNUG_CPACE_SHARE_SIZE - 1] & 0x80) == 0;
}

gboolean
snug_cpace_take_share (SnugCpace *self, const guint8 *share, GBytes *ad)
{
  guint8 k[SNUG_CPACE_SHARE_SIZE];

  /* -1 for what is no element, and for the identity. */
  if (self->has_key || !is_canonical (share) || sodium_memcmp (share, self->share, SNUG_CPACE_SHARE_SIZE) == 0
      || crypto_scalarmult_ristretto255 (k, self->scalar, share) != 0)
    return FALSE;

  compute_key (self, k, share, ad);
  compute_tags (self, share, ad);
  sodium_memzero (k, sizeof k);
  sodium_memzero (self->scalar, sizeof self->scalar);
  self->has_key = TRUE;
  return TRUE;
}

const guint8 *
snug_cpace_get_tag (SnugCpace *self)
{
  g_return_val_if_fail (self->has_key, NULL);
  return self->tag;
}

gboolean
snug_cpace_verify (SnugCpace *self, const guint8 *tag)
{
  return self->has_key && sodium_memcmp (tag, self->expected_tag, SNUG_CPACE_TAG_SIZE) == 0;
}

const guint8 *
snug_cpace_get_key (SnugCpace *self)
{
  g_return_val_if_fail (self->has_key, NULL);
  return self->key;
}
