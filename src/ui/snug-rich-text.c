/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-rich-text.h"

#include <string.h>

#include "snug-display-text.h"

#define FENCE "```"
#define FENCE_BYTES 3

static void
span_free (gpointer data)
{
  SnugRichSpan *span = data;

  g_free (span->text);
  g_free (span);
}

static void
add (GPtrArray *spans, SnugRichKind kind, const char *begin, const char *end)
{
  SnugRichSpan *last = spans->len > 0 ? g_ptr_array_index (spans, spans->len - 1) : NULL;
  SnugRichSpan *span;

  if (begin == end)
    return;
  if (kind == SNUG_RICH_TEXT && last != NULL && last->kind == SNUG_RICH_TEXT)
    {
      char *text = g_strdup_printf ("%s%.*s", last->text, (int) (end - begin), begin);

      g_free (last->text);
      last->text = text;
      return;
    }
  span = g_new0 (SnugRichSpan, 1);
  span->kind = kind;
  span->text = g_strndup (begin, (gsize) (end - begin));
  g_ptr_array_add (spans, span);
}

/* --- What begins here? Each returns the end of it, or NULL --- */

static const char *
line_end (const char *at, const char *end)
{
  const char *found = memchr (at, '\n', (gsize) (end - at));

  return found != NULL ? found : end;
}

static const char *
end_of_code (const char *at, const char *end)
{
  const char *close;

  if (*at != '`')
    return NULL;
  close = memchr (at + 1, '`', (gsize) (line_end (at, end) - at - 1));
  return close != NULL && close > at + 1 ? close + 1 : NULL;
}

/* Neither an asterisk just inside of the marks nor a line end between them. */
static const char *
end_of_bold (const char *at, const char *end)
{
  const char *stop;

  if (end - at < 5 || at[0] != '*' || at[1] != '*' || at[2] == '*')
    return NULL;
  stop = line_end (at, end);
  for (const char *close = at + 3; close + 2 <= stop; close++)
    if (close[0] == '*' && close[1] == '*' && close[-1] != '*')
      return close + 2;
  return NULL;
}

static gboolean
starts_url (const char *at, const char *end)
{
  static const char *const schemes[] = { "http://", "https://", "mailto:" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if ((gsize) (end - at) >= strlen (schemes[i]) && strncmp (at, schemes[i], strlen (schemes[i])) == 0)
      return TRUE;
  return FALSE;
}

/* As far as it goes, the end of a sentence included. */
static const char *
end_of_url (const char *begin, const char *at, const char *end)
{
  if ((*at != 'h' && *at != 'm') || !starts_url (at, end)
      || (at > begin && (g_ascii_isalnum (at[-1]) || at[-1] == '_')))
    return NULL;
  while (at < end)
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isspace (c) || (c < 0x80 && strchr ("<>\"'`", (int) c) != NULL))
        break;
      at = g_utf8_next_char (at);
    }
  return at;
}

static const char *
trim_url (const char *at, const char *end)
{
  while (end > at && strchr (".,;:!?", end[-1]) != NULL)
    end--;
  if (end > at && end[-1] == ')' && memchr (at, '(', (gsize) (end - at)) == NULL)
    end--;
  return end;
}

static gboolean
is_address (const char *at, const char *end)
{
  g_autofree char *url = g_strndup (at, (gsize) (end - at));
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL)
    return FALSE;
  if (g_str_equal (g_uri_get_scheme (uri), "mailto"))
    return *g_uri_get_path (uri) != '\0';
  return g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0';
}

/* --- The whole --- */

/* Returns: what comes after the link, or after the text that only looked like one. */
static const char *
add_url (GPtrArray *spans, const char *at, const char *end)
{
  const char *link_end = trim_url (at, end);

  if (!is_address (at, link_end))
    {
      add (spans, SNUG_RICH_TEXT, at, end);
      return end;
    }
  add (spans, SNUG_RICH_LINK, at, link_end);
  return link_end;
}

static void
parse_inline (GPtrArray *spans, const char *begin, const char *end)
{
  const char *text = begin;
  const char *at = begin;
  const char *stop;

  while (at < end)
    {
      if ((stop = end_of_code (at, end)) != NULL)
        {
          add (spans, SNUG_RICH_TEXT, text, at);
          add (spans, SNUG_RICH_CODE, at + 1, stop - 1);
          text = at = stop;
        }
      else if ((stop = end_of_bold (at, end)) != NULL)
        {
          add (spans, SNUG_RICH_TEXT, text, at);
          add (spans, SNUG_RICH_BOLD, at + 2, stop - 2);
          text = at = stop;
        }
      else if ((stop = end_of_url (begin, at, end)) != NULL)
        {
          add (spans, SNUG_RICH_TEXT, text, at);
          text = at = add_url (spans, at, stop);
        }
      else
        at++;
    }
  add (spans, SNUG_RICH_TEXT, text, end);
}

/* After the opening marks the rest of a line may name the language. */
static const char *
block_begin (const char *fence, const char *close)
{
  const char *begin = fence + FENCE_BYTES;
  const char *first_line = line_end (begin, close);

  if (first_line < close && memchr (begin, '`', (gsize) (first_line - begin)) == NULL)
    return first_line + 1;
  return begin;
}

static const char *
block_end (const char *begin, const char *close)
{
  while (close > begin && g_ascii_isspace (close[-1]))
    close--;
  return close;
}

GPtrArray *
snug_rich_text_parse (const char *text)
{
  GPtrArray *spans = g_ptr_array_new_with_free_func (span_free);
  const char *at = text;
  const char *look = text;
  const char *fence, *close, *begin, *end;

  while ((fence = strstr (look, FENCE)) != NULL
         && (close = strstr (fence + FENCE_BYTES, FENCE)) != NULL)
    {
      begin = block_begin (fence, close);
      end = block_end (begin, close);
      look = close + FENCE_BYTES;
      if (begin == end)
        continue;
      parse_inline (spans, at, fence);
      add (spans, SNUG_RICH_BLOCK, begin, end);
      at = look;
    }
  parse_inline (spans, at, at + strlen (at));
  return spans;
}

static void
append_markup (GString *markup, const SnugRichSpan *span)
{
  g_autofree char *text = g_markup_escape_text (span->text, -1);

  switch (span->kind)
    {
    case SNUG_RICH_BOLD: g_string_append_printf (markup, "<b>%s</b>", text); break;
    case SNUG_RICH_CODE:
    case SNUG_RICH_BLOCK: g_string_append_printf (markup, "<tt>%s</tt>", text); break;
    case SNUG_RICH_LINK: g_string_append_printf (markup, "<a href=\"%s\">%s</a>", text, text); break;
    case SNUG_RICH_TEXT:
    default: g_string_append (markup, text); break;
    }
}

char *
snug_rich_text_to_markup (const char *text)
{
  g_autofree char *safe = snug_display_text_block (text);
  g_autoptr (GPtrArray) spans = snug_rich_text_parse (safe);
  GString *markup = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    append_markup (markup, g_ptr_array_index (spans, i));
  return g_string_free (markup, FALSE);
}
