/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-seal.h"

#include <gnutls/crypto.h>
#include <sodium.h>
#include <string.h>

#include "snug-lv.h"

#define SALT "snug-seal-2"
#define LABEL "snug-sealed-2"
#define KEY_SIZE 32
#define NONCE_SIZE 12

struct _SnugSeal
{
  gnutls_aead_cipher_hd_t to_them;
  gnutls_aead_cipher_hd_t to_us;
  char                   *code;        /* owned */
  char                   *own_id;      /* owned */
  char                   *their_id;    /* owned */
  guint8                  sid[SNUG_CPACE_SID_SIZE];
  guint64                 n_sent;
  guint64                 n_received;
};

/* The parameters are ours and constant: GnuTLS refuses them only where it may not do AES-256-GCM at all. */
static void
must (int status, const char *what)
{
  if (status < 0)
    g_error ("GnuTLS cannot %s: %s", what, gnutls_strerror (status));
}

static gnutls_aead_cipher_hd_t
make_cipher (const gnutls_datum_t *prk, const char *direction, const guint8 *sid)
{
  guint8 info[3 + SNUG_CPACE_SID_SIZE], key[KEY_SIZE];
  gnutls_datum_t info_datum = { info, sizeof info }, key_datum = { key, sizeof key };
  gnutls_aead_cipher_hd_t cipher;

  memcpy (info, direction, 3);
  memcpy (info + 3, sid, SNUG_CPACE_SID_SIZE);
  must (gnutls_hkdf_expand (GNUTLS_MAC_SHA256, prk, &info_datum, key, sizeof key), "expand a key");
  must (gnutls_aead_cipher_init (&cipher, GNUTLS_CIPHER_AES_256_GCM, &key_datum), "use AES-256-GCM");
  sodium_memzero (key, sizeof key);
  return cipher;
}

SnugSeal *
snug_seal_new (SnugCpaceRole role, const guint8 *key, const guint8 *sid, const char *code, const char *own_id,
               const char *their_id)
{
  SnugSeal *self = g_new0 (SnugSeal, 1);
  guint8 prk[32];
  gnutls_datum_t key_datum = { (guint8 *) key, SNUG_CPACE_KEY_SIZE };
  gnutls_datum_t salt_datum = { (guint8 *) SALT, strlen (SALT) };
  gnutls_datum_t prk_datum = { prk, sizeof prk };
  gboolean we_are_a = role == SNUG_CPACE_A;

  must (gnutls_hkdf_extract (GNUTLS_MAC_SHA256, &key_datum, &salt_datum, prk), "extract a key");
  self->to_them = make_cipher (&prk_datum, we_are_a ? "a2b" : "b2a", sid);
  self->to_us = make_cipher (&prk_datum, we_are_a ? "b2a" : "a2b", sid);
  sodium_memzero (prk, sizeof prk);

  memcpy (self->sid, sid, sizeof self->sid);
  self->code = g_strdup (code);
  self->own_id = g_strdup (own_id);
  self->their_id = g_strdup (their_id);
  return self;
}

/* GnuTLS wipes the keys of its handles. */
void
snug_seal_free (SnugSeal *self)
{
  gnutls_aead_cipher_deinit (self->to_them);
  gnutls_aead_cipher_deinit (self->to_us);
  g_free (self->code);
  g_free (self->own_id);
  g_free (self->their_id);
  g_free (self);
}

const guint8 *
snug_seal_get_sid (SnugSeal *self)
{
  return self->sid;
}

/* Four zero bytes and the number: never twice under one key. */
static void
make_nonce (guint8 nonce[NONCE_SIZE], guint64 n)
{
  guint64 big_endian = GUINT64_TO_BE (n);

  memset (nonce, 0, 4);
  memcpy (nonce + 4, &big_endian, sizeof big_endian);
}

/* lv_cat(LABEL, sid, CODE, from, to, n): whoever moves a box to another place finds it closed. */
static GByteArray *
make_ad (SnugSeal *self, const char *from, const char *to, guint64 n)
{
  GByteArray *ad = g_byte_array_new ();
  guint64 big_endian = GUINT64_TO_BE (n);

  snug_lv_append_text (ad, LABEL);
  snug_lv_append (ad, self->sid, sizeof self->sid);
  snug_lv_append_text (ad, self->code);
  snug_lv_append_text (ad, from);
  snug_lv_append_text (ad, to);
  snug_lv_append (ad, &big_endian, sizeof big_endian);
  return ad;
}

GBytes *
snug_seal_close (SnugSeal *self, const char *text, guint64 *n)
{
  gsize length = strlen (text), n_box = length + SNUG_SEAL_OVERHEAD;
  g_autoptr (GByteArray) ad = make_ad (self, self->own_id, self->their_id, self->n_sent + 1);
  guint8 nonce[NONCE_SIZE];
  guint8 *box = g_malloc (n_box);

  *n = ++self->n_sent;
  make_nonce (nonce, *n);
  must (gnutls_aead_cipher_encrypt (self->to_them, nonce, sizeof nonce, ad->data, ad->len, SNUG_SEAL_OVERHEAD,
                                    text, length, box, &n_box), "seal");
  return g_bytes_new_take (box, n_box);
}

char *
snug_seal_open (SnugSeal *self, guint64 n, GBytes *box, gsize *length)
{
  gsize n_box, n_text;
  const guint8 *data = g_bytes_get_data (box, &n_box);
  g_autoptr (GByteArray) ad = NULL;
  guint8 nonce[NONCE_SIZE];
  char *text;

  if (n <= self->n_received || n_box < SNUG_SEAL_OVERHEAD)
    return NULL;

  ad = make_ad (self, self->their_id, self->own_id, n);
  make_nonce (nonce, n);
  n_text = n_box - SNUG_SEAL_OVERHEAD;
  text = g_malloc (n_text + 1);
  if (gnutls_aead_cipher_decrypt (self->to_us, nonce, sizeof nonce, ad->data, ad->len, SNUG_SEAL_OVERHEAD,
                                  data, n_box, text, &n_text) < 0)
    {
      g_free (text);
      return NULL;
    }
  text[n_text] = '\0';
  self->n_received = n;
  *length = n_text;
  return text;
}
