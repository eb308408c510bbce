/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-token.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snug-bytes.h"
#include "snug-json.h"
#include "snug-signal-message.h"

#define MAC_BYTES 32
/* Keeps these MACs apart from any other use of the key. */
#define PURPOSE "snug-token-2."

static void
fill_random (guint8 *data, gsize n_bytes)
{
  gsize n_done = 0;

  while (n_done < n_bytes)
    {
      gssize n = getrandom (data + n_done, n_bytes - n_done, 0);

      if (n < 0 && errno != EINTR)
        g_error ("no randomness: %s", g_strerror (errno));
      n_done += (gsize) MAX (n, 0);
    }
}

char *
snug_random_hex (gsize n_bytes)
{
  g_autofree guint8 *data = g_new (guint8, n_bytes);

  fill_random (data, n_bytes);
  return snug_bytes_to_hex (data, n_bytes);
}

guint
snug_random_below (guint n)
{
  guint32 limit = G_MAXUINT32 - G_MAXUINT32 % n;
  guint32 value;

  do
    fill_random ((guint8 *) &value, sizeof value);
  while (value >= limit);
  return value % n;
}

void
snug_token_claims_clear (SnugTokenClaims *claims)
{
  g_clear_pointer (&claims->code, g_free);
  g_clear_pointer (&claims->instance, g_free);
  g_clear_pointer (&claims->member, g_free);
}

static char *
to_base64url (const guint8 *data, gsize n_bytes)
{
  g_autoptr (JsonObject) object = json_object_new ();

  snug_json_set_base64url (object, "b", data, n_bytes);
  return g_strdup (json_object_get_string_member (object, "b"));
}

static char *
make_mac (GBytes *key, const char *claims)
{
  g_autoptr (GHmac) hmac = NULL;
  gsize n_key, n_mac = MAC_BYTES;
  const guint8 *key_data = g_bytes_get_data (key, &n_key);
  guint8 mac[MAC_BYTES];

  hmac = g_hmac_new (G_CHECKSUM_SHA256, key_data, n_key);
  g_hmac_update (hmac, (const guchar *) PURPOSE, (gssize) strlen (PURPOSE));
  g_hmac_update (hmac, (const guchar *) claims, (gssize) strlen (claims));
  g_hmac_get_digest (hmac, mac, &n_mac);
  return to_base64url (mac, sizeof mac);
}

static char *
write_claims (const SnugTokenClaims *claims)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_string_member (object, "code", claims->code);
  json_object_set_string_member (object, "in", claims->instance);
  json_object_set_string_member (object, "member", claims->member);
  json_object_set_int_member (object, "seq", (gint64) claims->seq);
  json_object_set_int_member (object, "cap", claims->capacity);
  json_object_set_boolean_member (object, "private", claims->is_private);
  json_object_set_boolean_member (object, "creator", claims->creator);
  json_object_set_int_member (object, "exp", (gint64) claims->expires);
  text = snug_json_to_text (object);
  return to_base64url ((const guint8 *) text, strlen (text));
}

char *
snug_token_write (GBytes *key, const SnugTokenClaims *claims)
{
  g_autofree char *body = write_claims (claims);
  g_autofree char *mac = make_mac (key, body);

  return g_strconcat (body, ".", mac, NULL);
}

/* In a time that does not depend on where they differ. */
static gboolean
equal_secretly (const char *a, const char *b)
{
  gsize n = strlen (a);
  guint8 difference = 0;

  if (strlen (b) != n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    difference |= (guint8) (a[i] ^ b[i]);
  return difference == 0;
}

static gboolean
dup_member (JsonObject *object, const char *name, char **out)
{
  return snug_json_dup_string (object, name, SNUG_SIGNAL_MAX_ID_BYTES, out);
}

static gboolean
read_claims (JsonObject *object, SnugTokenClaims *claims)
{
  guint64 capacity;

  if (!dup_member (object, "code", &claims->code) || !dup_member (object, "in", &claims->instance)
      || !dup_member (object, "member", &claims->member)
      || !snug_json_peek_integer (object, "seq", SNUG_JSON_MAX_INTEGER, &claims->seq)
      || !snug_json_peek_integer (object, "cap", SNUG_SIGNAL_MAX_MEMBERS, &capacity)
      || !snug_json_peek_boolean (object, "private", &claims->is_private)
      || !snug_json_peek_boolean (object, "creator", &claims->creator)
      || !snug_json_peek_integer (object, "exp", SNUG_JSON_MAX_INTEGER, &claims->expires))
    return FALSE;

  claims->capacity = (guint) capacity;
  return TRUE;
}

static JsonObject *
decode_body (const char *body)
{
  gsize n_bytes = strlen (body) * 3 / 4;
  g_autoptr (JsonObject) envelope = json_object_new ();
  g_autoptr (GBytes) bytes = NULL;

  json_object_set_string_member (envelope, "b", body);
  bytes = snug_json_peek_base64url (envelope, "b", n_bytes);
  if (bytes == NULL)
    return NULL;
  return snug_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                          SNUG_SIGNAL_MAX_TOKEN_BYTES, NULL);
}

gboolean
snug_token_read (GBytes *key, const char *token, SnugTokenClaims *claims)
{
  g_auto (GStrv) parts = g_strsplit (token, ".", 3);
  g_autofree char *mac = NULL;
  g_autoptr (JsonObject) object = NULL;

  if (g_strv_length (parts) != 2 || strlen (token) > SNUG_SIGNAL_MAX_TOKEN_BYTES)
    return FALSE;

  /* Nothing of it is looked at before it is known to be ours. */
  mac = make_mac (key, parts[0]);
  if (!equal_secretly (mac, parts[1]))
    return FALSE;

  object = decode_body (parts[0]);
  if (object != NULL && read_claims (object, claims))
    return TRUE;
  snug_token_claims_clear (claims);
  return FALSE;
}

static GBytes *
new_key (void)
{
  guint8 *data = g_malloc (SNUG_TOKEN_KEY_BYTES);

  fill_random (data, SNUG_TOKEN_KEY_BYTES);
  return g_bytes_new_take (data, SNUG_TOKEN_KEY_BYTES);
}

static GBytes *
fail_with_errno (const char *path, GError **error)
{
  int saved = errno;

  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved), "%s: %s", path,
               g_strerror (saved));
  return NULL;
}

static GBytes *
create_key_file (const char *path, GError **error)
{
  g_autoptr (GBytes) key = new_key ();
  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gssize n;

  if (fd < 0)
    return fail_with_errno (path, error);

  n = write (fd, g_bytes_get_data (key, NULL), SNUG_TOKEN_KEY_BYTES);
  if (n != SNUG_TOKEN_KEY_BYTES || fsync (fd) != 0)
    {
      fail_with_errno (path, error);
      g_unlink (path);
      close (fd);
      return NULL;
    }
  close (fd);
  return g_steal_pointer (&key);
}

static GBytes *
read_key_file (const char *path, int fd, GError **error)
{
  guint8 data[SNUG_TOKEN_KEY_BYTES + 1];
  struct stat status;

  if (fstat (fd, &status) != 0)
    return fail_with_errno (path, error);
  if (!S_ISREG (status.st_mode) || (status.st_mode & 077) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   _("%s: the key must be a file that only its owner can read"), path);
      return NULL;
    }
  if (read (fd, data, sizeof data) != SNUG_TOKEN_KEY_BYTES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s: a key is %d bytes"), path,
                   SNUG_TOKEN_KEY_BYTES);
      return NULL;
    }
  return g_bytes_new (data, SNUG_TOKEN_KEY_BYTES);
}

GBytes *
snug_token_load_key (const char *path, GError **error)
{
  GBytes *key;
  int fd;

  if (path == NULL)
    return new_key ();

  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  if (fd < 0 && errno == ENOENT)
    return create_key_file (path, error);
  if (fd < 0)
    return fail_with_errno (path, error);

  key = read_key_file (path, fd, error);
  close (fd);
  return key;
}
