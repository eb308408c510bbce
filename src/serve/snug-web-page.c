/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-web-page.h"

#include <string.h>

#define MAX_FILE_BYTES (8 * 1024 * 1024)
/* Of the one script that stands in index.html itself; tests/web/start.test.mjs says what it has to be. */
#define INLINE_SCRIPT "'sha256-2c5s44iA3kVH0Gu0graQhQEpo+b/Yx03CoOzTirKl+E='"

static const struct
{
  const char *suffix;
  const char *type;
} kinds[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".mjs", "text/javascript; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".json", "application/json" },
  { ".webmanifest", "application/manifest+json" },
  { ".svg", "image/svg+xml" },
  { ".png", "image/png" },
  { ".ico", "image/vnd.microsoft.icon" },
  { ".woff2", "font/woff2" },
  { ".txt", "text/plain; charset=utf-8" },
};

static const char *
find_type (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (g_str_has_suffix (path, kinds[i].suffix))
        return kinds[i].type;
    }
  return NULL;
}

/* "a/b-c.js": each part begins with a letter, a digit or "_", so never "", "." or "..". A percent sign
 * is no such character, so there is nothing to decode. */
static gboolean
is_plain (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", 16);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize n = strspn (parts[i], G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.");

      if (n == 0 || parts[i][n] != '\0' || parts[i][0] == '.' || parts[i][0] == '-')
        return FALSE;
    }
  return parts[0] != NULL;
}

static GBytes *
load (const char *root, const char *path, const char *suffix, const char **type)
{
  const char *name = strcmp (path, "/") == 0 ? "index.html" : path + 1;
  g_autofree char *whole_name = g_strconcat (name, suffix, NULL);
  g_autofree char *file_name = NULL;
  g_autoptr (GMappedFile) file = NULL;

  *type = find_type (name);
  if (*path != '/' || !is_plain (name) || *type == NULL)
    return NULL;

  file_name = g_build_filename (root, whole_name, NULL);
  if (!g_file_test (file_name, G_FILE_TEST_IS_REGULAR))
    return NULL;
  file = g_mapped_file_new (file_name, FALSE, NULL);
  if (file == NULL || g_mapped_file_get_length (file) > MAX_FILE_BYTES)
    return NULL;
  /* Copied: a file that shrinks while it is sent must not end the server. */
  return g_bytes_new (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
}

GBytes *
snug_web_page_load (const char *root, const char *path, const char **type)
{
  return load (root, path, "", type);
}

GBytes *
snug_web_page_load_packed (const char *root, const char *path)
{
  const char *type;

  return load (root, path, ".gz", &type);
}

void
snug_web_page_add_headers (SoupMessageHeaders *headers, const char *host)
{
  g_autofree char *policy =
    g_strdup_printf ("default-src 'none'; script-src 'self' " INLINE_SCRIPT "; style-src 'self'; "
                     "img-src 'self' blob:; connect-src 'self' ws://%s wss://%s; worker-src 'self'; "
                     "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                     "require-trusted-types-for 'script'", host, host);

  soup_message_headers_replace (headers, "Content-Security-Policy", policy);
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Cross-Origin-Opener-Policy", "same-origin");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Robots-Tag", "noindex");
}
