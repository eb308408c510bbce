/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-phrase.h"

#include <sodium.h>
#include <string.h>

#include "snug-phrase-words.h"
#include "snug-secret.h"

G_STATIC_ASSERT (G_N_ELEMENTS (snug_phrase_words) == SNUG_PHRASE_N_WORDS);

const char *
snug_phrase_word (guint index)
{
  return snug_phrase_words[index];
}

static gboolean
begins_with (const char *word, const char *beginning)
{
  return g_ascii_strncasecmp (word, beginning, strlen (beginning)) == 0;
}

const char *
snug_phrase_complete (const char *beginning)
{
  const char *found = NULL;

  for (guint i = 0; i < SNUG_PHRASE_N_WORDS; i++)
    if (begins_with (snug_phrase_words[i], beginning))
      {
        if (found != NULL)
          return NULL;
        found = snug_phrase_words[i];
      }
  return found;
}

char *
snug_phrase_make (guint n_words)
{
  GString *phrase = g_string_new (NULL);

  if (sodium_init () < 0)
    g_error ("libsodium cannot be used here");
  for (guint i = 0; i < n_words; i++)
    {
      if (i > 0)
        g_string_append_c (phrase, '-');
      g_string_append (phrase, snug_phrase_words[randombytes_uniform (SNUG_PHRASE_N_WORDS)]);
    }
  return g_string_free (phrase, FALSE);
}

static const char *
find_word (const char *text)
{
  for (guint i = 0; i < SNUG_PHRASE_N_WORDS; i++)
    if (g_ascii_strcasecmp (snug_phrase_words[i], text) == 0)
      return snug_phrase_words[i];
  return NULL;
}

/* Returns: (transfer full) (nullable): the words of the list that @secret is, and no others. */
static char *
fold_words (const char *secret)
{
  g_auto (GStrv) parts = g_strsplit_set (secret, " -", -1);
  const char *words[SNUG_SECRET_WORDS + 1] = { NULL };
  guint n = 0;
  gboolean all = TRUE;

  for (guint i = 0; all && parts[i] != NULL; i++)
    {
      if (*parts[i] == '\0')
        continue;
      if (n < SNUG_SECRET_WORDS)
        words[n] = find_word (parts[i]);
      all = n < SNUG_SECRET_WORDS && words[n] != NULL;
      n++;
    }
  for (guint i = 0; parts[i] != NULL; i++)
    sodium_memzero (parts[i], strlen (parts[i]));
  return all && n == SNUG_SECRET_WORDS ? g_strjoinv ("-", (char **) words) : NULL;
}

/* RFC 8265 4.2.1: spaces of other scripts are mapped to U+0020, then NFC. */
static char *
fold_password (const char *secret)
{
  g_autoptr (GString) spaced = g_string_sized_new (strlen (secret) * 2 + 1);
  char *folded;

  for (const char *c = secret; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (g_unichar_type (character) == G_UNICODE_SPACE_SEPARATOR)
        character = ' ';
      g_string_append_unichar (spaced, character);
    }
  folded = g_utf8_normalize (spaced->str, (gssize) spaced->len, G_NORMALIZE_NFC);
  sodium_memzero (spaced->str, spaced->len);
  return folded;
}

static gboolean
has_controls (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return TRUE;
  return FALSE;
}

char *
snug_phrase_fold (const char *secret)
{
  char *folded, *words;

  if (*secret == '\0' || strlen (secret) > SNUG_SECRET_MAX_BYTES || !g_utf8_validate (secret, -1, NULL)
      || has_controls (secret))
    return NULL;

  /* In this order, so that what is folded stays as it is when it is folded again: a link carries it. */
  folded = fold_password (secret);
  words = folded != NULL ? fold_words (folded) : NULL;
  if (words != NULL)
    {
      snug_wipe_string (&folded);
      folded = words;
    }
  if (folded != NULL && strlen (folded) > SNUG_SECRET_MAX_BYTES)
    snug_wipe_string (&folded);
  return folded;
}
