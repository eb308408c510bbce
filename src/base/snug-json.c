/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-json.h"

#include <string.h>

G_DEFINE_QUARK (snug-json-error-quark, snug_json_error)

/* What the grammar allows next. The stack of open brackets is the bit field of Scanner, so a
 * stranger's nesting costs no memory and no recursion. */
typedef enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END,   /* right after '[' */
  EXPECT_NAME,           /* after ',' in an object */
  EXPECT_NAME_OR_END,    /* right after '{' */
  EXPECT_COLON,
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING         /* the outermost object is closed */
} Expect;

typedef struct
{
  const char *at;
  const char *end;
  guint       depth;
  guint32     is_array;  /* bit d: the bracket at depth d is '[' */
  Expect      expect;
} Scanner;

static gboolean
read_hex4 (Scanner *s, guint *out)
{
  guint value = 0;

  if (s->end - s->at < 4)
    return FALSE;

  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*s->at++);

      if (digit < 0)
        return FALSE;
      value = value << 4 | (guint) digit;
    }

  *out = value;
  return TRUE;
}

static gboolean
skip_escape (Scanner *s)
{
  guint unit;

  if (s->at == s->end)
    return FALSE;

  char c = *s->at++;
  if (c != 'u')
    return c != '\0' && strchr ("\"\\/bfnrt", c) != NULL;

  if (!read_hex4 (s, &unit) || unit == 0)
    return FALSE;
  if (unit >= 0xdc00 && unit <= 0xdfff)
    return FALSE;
  if (unit < 0xd800 || unit > 0xdbff)
    return TRUE;

  /* RFC 8259 section 7: a high surrogate is the first half of a pair. */
  if (s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u')
    return FALSE;
  s->at += 2;
  return read_hex4 (s, &unit) && unit >= 0xdc00 && unit <= 0xdfff;
}

static gboolean
skip_string (Scanner *s)
{
  while (s->at < s->end)
    {
      guchar c = (guchar) *s->at++;

      if (c == '"')
        return TRUE;
      if (c < 0x20)
        return FALSE;
      if (c == '\\' && !skip_escape (s))
        return FALSE;
    }
  return FALSE;
}

static gboolean
skip_number (Scanner *s)
{
  const char *start = s->at;
  guint64 value = 0;

  while (s->at < s->end && g_ascii_isdigit (*s->at))
    {
      value = value * 10 + (guint64) (*s->at++ - '0');
      if (value > SNUG_JSON_MAX_INTEGER)
        return FALSE;
    }

  if (s->at - start > 1 && *start == '0')
    return FALSE;
  return s->at == s->end || strchr (".eE+-", *s->at) == NULL;
}

static gboolean
skip_word (Scanner *s, const char *word)
{
  gsize n = strlen (word);

  if ((gsize) (s->end - s->at) < n || memcmp (s->at, word, n) != 0)
    return FALSE;
  s->at += n;
  return s->at == s->end || !g_ascii_isalnum (*s->at);
}

static gboolean
open_bracket (Scanner *s, gboolean is_array)
{
  if (s->depth == SNUG_JSON_MAX_DEPTH)
    return FALSE;

  s->depth++;
  if (is_array)
    s->is_array |= 1u << s->depth;
  else
    s->is_array &= ~(1u << s->depth);
  s->at++;
  s->expect = is_array ? EXPECT_VALUE_OR_END : EXPECT_NAME_OR_END;
  return TRUE;
}

static gboolean
inside_array (const Scanner *s)
{
  return (s->is_array >> s->depth & 1) != 0;
}

static gboolean
close_bracket (Scanner *s, char bracket)
{
  if (s->depth == 0 || inside_array (s) != (bracket == ']'))
    return FALSE;

  s->depth--;
  s->at++;
  s->expect = s->depth == 0 ? EXPECT_NOTHING : EXPECT_COMMA_OR_END;
  return TRUE;
}

static gboolean
scan_value (Scanner *s)
{
  gboolean ok;

  switch (*s->at)
    {
    case '{':
      return open_bracket (s, FALSE);
    case '[':
      return open_bracket (s, TRUE);
    case '"':
      s->at++;
      ok = skip_string (s);
      break;
    case 't':
      ok = skip_word (s, "true");
      break;
    case 'f':
      ok = skip_word (s, "false");
      break;
    case 'n':
      ok = skip_word (s, "null");
      break;
    default:
      ok = g_ascii_isdigit (*s->at) && skip_number (s);
      break;
    }

  s->expect = EXPECT_COMMA_OR_END;
  return ok;
}

static gboolean
scan_token (Scanner *s)
{
  char c = *s->at;

  switch (s->expect)
    {
    case EXPECT_VALUE:
      return scan_value (s);

    case EXPECT_VALUE_OR_END:
      return c == ']' ? close_bracket (s, c) : scan_value (s);

    case EXPECT_NAME_OR_END:
      if (c == '}')
        return close_bracket (s, c);
      G_GNUC_FALLTHROUGH;
    case EXPECT_NAME:
      s->at++;
      s->expect = EXPECT_COLON;
      return c == '"' && skip_string (s);

    case EXPECT_COLON:
      s->at++;
      s->expect = EXPECT_VALUE;
      return c == ':';

    case EXPECT_COMMA_OR_END:
      if (c != ',')
        return (c == '}' || c == ']') && close_bracket (s, c);
      s->at++;
      s->expect = inside_array (s) ? EXPECT_VALUE : EXPECT_NAME;
      return TRUE;

    case EXPECT_NOTHING:
    default:
      return FALSE;
    }
}

static gboolean
is_white_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

gboolean
snug_json_check (const char *text, gsize length, gsize max_length, GError **error)
{
  Scanner s = { .at = text, .end = text + length, .expect = EXPECT_VALUE };

  if (length > max_length)
    {
      g_set_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_TOO_LARGE,
                   "message of %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT " are taken",
                   length, max_length);
      return FALSE;
    }

  /* g_utf8_validate_len() refuses NUL too. */
  if (length == 0 || text[0] != '{' || !g_utf8_validate_len (text, length, NULL))
    goto bad;

  while (s.at < s.end)
    {
      if (is_white_space (*s.at))
        s.at++;
      else if (!scan_token (&s))
        goto bad;
    }
  if (s.expect == EXPECT_NOTHING)
    return TRUE;

bad:
  g_set_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD,
               "not a JSON object of this protocol (byte %" G_GSIZE_FORMAT ")",
               (gsize) (s.at - text));
  return FALSE;
}

JsonObject *
snug_json_parse (const char *text, gsize length, gsize max_length, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;

  if (!snug_json_check (text, length, max_length, error))
    return NULL;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) length, error))
    return NULL;

  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "not a JSON object");
      return NULL;
    }
  return json_node_dup_object (root);
}

char *
snug_json_to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, FALSE);
}

static JsonNode *
peek_node (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

static gboolean
string_within (JsonNode *node, gsize max_bytes, const char **out)
{
  const char *text = json_node_get_string (node);

  if (text == NULL || strlen (text) > max_bytes)
    return FALSE;
  *out = text;
  return TRUE;
}

gboolean
snug_json_peek_string (JsonObject *object, const char *name, gsize max_bytes, const char **out)
{
  JsonNode *node = peek_node (object, name, G_TYPE_STRING);

  return node != NULL && string_within (node, max_bytes, out);
}

gboolean
snug_json_dup_string (JsonObject *object, const char *name, gsize max_bytes, char **out)
{
  const char *text;

  if (!snug_json_peek_string (object, name, max_bytes, &text))
    return FALSE;
  *out = g_strdup (text);
  return TRUE;
}

gboolean
snug_json_peek_integer (JsonObject *object, const char *name, guint64 max, guint64 *out)
{
  JsonNode *node = peek_node (object, name, G_TYPE_INT64);
  gint64 value = node != NULL ? json_node_get_int (node) : -1;

  if (value < 0 || (guint64) value > max)
    return FALSE;
  *out = (guint64) value;
  return TRUE;
}

gboolean
snug_json_peek_boolean (JsonObject *object, const char *name, gboolean *out)
{
  JsonNode *node = peek_node (object, name, G_TYPE_BOOLEAN);

  if (node == NULL)
    return FALSE;
  *out = json_node_get_boolean (node);
  return TRUE;
}

gboolean
snug_json_peek_object (JsonObject *object, const char *name, JsonObject **out)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  *out = json_node_get_object (node);
  return TRUE;
}

gboolean
snug_json_peek_array (JsonObject *object, const char *name, guint max_items, JsonArray **out)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)
      || json_array_get_length (json_node_get_array (node)) > max_items)
    return FALSE;
  *out = json_node_get_array (node);
  return TRUE;
}

gboolean
snug_json_peek_element_string (JsonArray *array, guint index, gsize max_bytes, const char **out)
{
  JsonNode *node = index < json_array_get_length (array) ? json_array_get_element (array, index) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
         && json_node_get_value_type (node) == G_TYPE_STRING && string_within (node, max_bytes, out);
}

static GBytes *
decode_base64url (const char *text)
{
  gsize n_chars = strlen (text), n_decoded = 0;
  g_autofree char *padded = NULL;
  g_autofree guint8 *decoded = NULL;

  padded = g_strconcat (text, &"==="[3 - (4 - n_chars % 4) % 4], NULL);
  for (char *c = padded; *c != '\0'; c++)
    {
      if (*c == '+' || *c == '/' || (*c == '=' && c < padded + n_chars))
        return NULL;
      *c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
    }

  decoded = g_base64_decode (padded, &n_decoded);
  /* GLib skips what is not base64 and ignores stray low bits: only the one true spelling passes. */
  g_autofree char *again = g_base64_encode (decoded, n_decoded);
  if (strcmp (again, padded) != 0)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&decoded), n_decoded);
}

static gsize
n_base64url_chars (gsize n_bytes)
{
  return (n_bytes * 4 + 2) / 3;
}

GBytes *
snug_json_peek_base64url (JsonObject *object, const char *name, gsize n_bytes)
{
  const char *text;

  if (!snug_json_peek_string (object, name, n_base64url_chars (n_bytes), &text)
      || strlen (text) != n_base64url_chars (n_bytes))
    return NULL;
  return decode_base64url (text);
}

GBytes *
snug_json_peek_base64url_up_to (JsonObject *object, const char *name, gsize max_bytes)
{
  const char *text;

  return snug_json_peek_string (object, name, n_base64url_chars (max_bytes), &text) ? decode_base64url (text) : NULL;
}

void
snug_json_set_base64url (JsonObject *object, const char *name, const guint8 *data, gsize n_bytes)
{
  g_autofree char *text = g_base64_encode (data, n_bytes);
  char *padding = strchr (text, '=');

  if (padding != NULL)
    *padding = '\0';
  for (char *c = text; *c != '\0'; c++)
    *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
  json_object_set_string_member (object, name, text);
}
