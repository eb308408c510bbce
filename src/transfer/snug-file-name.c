/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-file-name.h"

#include <string.h>

/* An extension longer than this is part of the name. */
#define MAX_EXTENSION_BYTES 32

static gboolean
may_stand_in_name (gunichar c)
{
  if (c < 0x80 && strchr ("/\\:*?\"<>|", (int) c) != NULL)
    return FALSE;

  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    case G_UNICODE_FORMAT:
      /* Families, flags of regions and Persian words need the joiners; direction overrides nobody. */
      return c == 0x200c || c == 0x200d;
    default:
      return TRUE;
    }
}

static void
append_safe (GString *out, const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isspace (c))
        g_string_append_c (out, ' ');
      else if (c == '/' || c == '\\')
        g_string_append_c (out, '_');
      else if (may_stand_in_name (c))
        g_string_append_unichar (out, c);
    }
}

static void
strip_ends (GString *name)
{
  gsize start = strspn (name->str, ". ");

  g_string_erase (name, 0, (gssize) start);
  while (name->len > 0 && strchr (". ", name->str[name->len - 1]) != NULL)
    g_string_truncate (name, name->len - 1);
}

/* CON, PRN, AUX, NUL, COM1 … LPT9, with or without extension. */
static gboolean
is_reserved_on_windows (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };
  gsize n = strcspn (name, ".");
  g_autofree char *stem = g_strchomp (g_ascii_strdown (name, (gssize) n));

  for (gsize i = 0; i < G_N_ELEMENTS (devices); i++)
    if (strcmp (stem, devices[i]) == 0)
      return TRUE;
  return (g_str_has_prefix (stem, "com") || g_str_has_prefix (stem, "lpt"))
         && (strlen (stem) == 4 ? g_ascii_isdigit (stem[3])
                                : strcmp (stem + 3, "¹") == 0 || strcmp (stem + 3, "²") == 0
                                  || strcmp (stem + 3, "³") == 0);
}

/* Where the extension begins, dot included; the end of the name if it has none. */
static gsize
extension_offset (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot == name || strlen (dot) > MAX_EXTENSION_BYTES)
    return strlen (name);
  return (gsize) (dot - name);
}

/* stem + middle + extension, the stem cut so that it all fits, at a character boundary. */
static char *
join_within (const char *name, const char *middle)
{
  gsize offset = extension_offset (name);
  const char *extension = name + offset;
  gsize room = SNUG_FILE_NAME_MAX_BYTES - strlen (middle) - strlen (extension);
  gsize n_stem = MIN (offset, room);

  while (n_stem > 0 && n_stem < offset && ((guchar) name[n_stem] & 0xc0) == 0x80)
    n_stem--;
  return g_strdup_printf ("%.*s%s%s", (int) n_stem, name, middle, extension);
}

/* NFC, and what may not stand there gone: what stood on both sides of that may be composed again. */
static char *
filter (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autoptr (GString) safe = g_string_new (NULL);

  append_safe (safe, composed);
  return g_utf8_normalize (safe->str, -1, G_NORMALIZE_NFC);
}

/* The cut may fall behind a space. */
static void
cut (GString *name)
{
  g_autofree char *within = join_within (name->str, "");

  g_string_assign (name, within);
  strip_ends (name);
}

char *
snug_file_name_make_safe (const char *name)
{
  g_autofree char *filtered = filter (name);
  g_autoptr (GString) safe = g_string_new (filtered);

  strip_ends (safe);
  cut (safe);
  if (safe->len == 0)
    return g_strdup ("file");
  if (is_reserved_on_windows (safe->str))
    {
      g_string_prepend_c (safe, '_');
      cut (safe);
    }
  return g_string_free (g_steal_pointer (&safe), FALSE);
}

char *
snug_file_name_numbered (const char *name, guint n)
{
  g_autofree char *middle = g_strdup_printf (" (%u)", n);

  return join_within (name, middle);
}
