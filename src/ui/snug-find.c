/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-find.h"

#include <string.h>

char *
snug_find_fold (const char *needle)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (needle));

  return g_utf8_casefold (trimmed, -1);
}

/* Folded, a letter may be several: "ß" is "ss". So letters are folded one by one where a place is asked for.
 * Returns: the byte behind the needle that begins at @at, or %NULL if it does not */
static const char *
match_here (const char *at, const char *folded_needle)
{
  const char *rest = folded_needle;

  while (*rest != '\0')
    {
      g_autofree char *folded = NULL;
      gsize length;

      if (*at == '\0')
        return NULL;
      folded = g_utf8_casefold (at, g_utf8_next_char (at) - at);
      length = strlen (folded);
      if (strncmp (rest, folded, length) != 0)
        return NULL;
      rest += length;
      at = g_utf8_next_char (at);
    }
  return at;
}

gboolean
snug_find_has (const char *text, const char *folded_needle)
{
  g_autofree char *folded = *folded_needle != '\0' ? g_utf8_casefold (text, -1) : NULL;

  return folded != NULL && strstr (folded, folded_needle) != NULL;
}

static void
mark (PangoAttrList *marks, const char *text, const char *start, const char *end, gboolean strong)
{
  /* Amber, as everything that wants to be seen; dark letters on it in every style. */
  PangoAttribute *background = pango_attr_background_new (0xffff, strong ? 0xb000 : 0xd900, strong ? 0x3000 : 0x8000);
  PangoAttribute *foreground = pango_attr_foreground_new (0x2200, 0x1800, 0x0000);

  background->start_index = foreground->start_index = (guint) (start - text);
  background->end_index = foreground->end_index = (guint) (end - text);
  pango_attr_list_insert (marks, background);
  pango_attr_list_insert (marks, foreground);
}

PangoAttrList *
snug_find_mark (const char *text, const char *folded_needle, gboolean strong)
{
  PangoAttrList *marks;
  const char *end;

  if (!snug_find_has (text, folded_needle))
    return NULL;
  marks = pango_attr_list_new ();
  for (const char *at = text; *at != '\0';)
    {
      end = match_here (at, folded_needle);
      if (end != NULL)
        mark (marks, text, at, end, strong);
      at = end != NULL ? end : g_utf8_next_char (at);
    }
  return marks;
}
