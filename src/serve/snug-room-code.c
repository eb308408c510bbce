/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-room-code.h"

#include <string.h>

#include "snug-room-words.h"
#include "snug-token.h"

/* With the space that follows each but the last, and its NUL there. */
#define WORD_STRIDE 5

static const char words[] = SNUG_ROOM_WORDS;
static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
static const char digits[] = "23456789";

char *
snug_room_code_make (gboolean is_private)
{
  char code[SNUG_ROOM_CODE_CHARS + 1] = { 0 };
  guint n_words = sizeof words / WORD_STRIDE;

  if (is_private)
    memcpy (code, words + snug_random_below (n_words) * WORD_STRIDE, 4);
  for (guint i = 0; !is_private && i < 4; i++)
    code[i] = letters[snug_random_below (strlen (letters))];
  for (guint i = 4; i < SNUG_ROOM_CODE_CHARS; i++)
    code[i] = digits[snug_random_below (strlen (digits))];
  return g_strdup (code);
}

gboolean
snug_room_code_fold (const char *text, char out[SNUG_ROOM_CODE_CHARS + 1])
{
  if (strlen (text) != SNUG_ROOM_CODE_CHARS)
    return FALSE;
  for (guint i = 0; i < SNUG_ROOM_CODE_CHARS; i++)
    {
      if (!g_ascii_isalnum (text[i]))
        return FALSE;
      out[i] = g_ascii_toupper (text[i]);
    }
  out[SNUG_ROOM_CODE_CHARS] = '\0';
  return TRUE;
}
