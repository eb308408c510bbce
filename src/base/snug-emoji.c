/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-emoji.h"

#include <string.h>

#define JOINER 0x200d
#define EMOJI_STYLE 0xfe0f
#define KEYCAP 0x20e3

/* Where Unicode keeps its pictures. */
static const struct
{
  gunichar first;
  gunichar last;
} pictures[] = {
  { 0xa9, 0xa9 },     { 0xae, 0xae },     { 0x203c, 0x203c },   { 0x2049, 0x2049 },   { 0x2122, 0x2122 },
  { 0x2139, 0x2139 }, { 0x2190, 0x21ff }, { 0x2300, 0x23ff },   { 0x24c2, 0x24c2 },   { 0x25a0, 0x27bf },
  { 0x2900, 0x297f }, { 0x2b00, 0x2bff }, { 0x3030, 0x3030 },   { 0x303d, 0x303d },   { 0x3297, 0x3297 },
  { 0x3299, 0x3299 }, { 0x1f000, 0x1f1e5 }, { 0x1f200, 0x1faff },
};

static gboolean
is_picture (gunichar c)
{
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    if (c >= pictures[i].first && c <= pictures[i].last)
      return TRUE;
  return FALSE;
}

static gboolean
is_region (gunichar c)
{
  return c >= 0x1f1e6 && c <= 0x1f1ff;
}

/* Colours and styles of what stands before, and the tags in the flags of England and others. */
static gboolean
is_modifier (gunichar c)
{
  return c == EMOJI_STYLE || (c >= 0x1f3fb && c <= 0x1f3ff) || (c >= 0xe0020 && c <= 0xe007f);
}

/* UTS #51: pictures with their modifiers, joined. */
static gboolean
is_joined (const char *text)
{
  gboolean wants_picture = TRUE;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (wants_picture ? !is_picture (c) : c != JOINER && !is_modifier (c))
        return FALSE;
      wants_picture = c == JOINER;
    }
  return !wants_picture;
}

static gboolean
is_flag (const char *text)
{
  return g_utf8_strlen (text, -1) == 2 && is_region (g_utf8_get_char (text))
         && is_region (g_utf8_get_char (g_utf8_next_char (text)));
}

static gboolean
is_keycap (const char *text)
{
  const char *rest = text + 1;

  if (strchr ("0123456789#*", *text) == NULL)
    return FALSE;
  if (g_utf8_get_char (rest) == EMOJI_STYLE)
    rest = g_utf8_next_char (rest);
  return g_utf8_get_char (rest) == KEYCAP && *g_utf8_next_char (rest) == '\0';
}

gboolean
snug_emoji_is_one (const char *text)
{
  return *text != '\0' && strlen (text) <= SNUG_EMOJI_MAX_BYTES
         && (is_joined (text) || is_flag (text) || is_keycap (text));
}
