/* snug-json: the only door through which a stranger's JSON reaches the JSON library.
 *
 * json-glib recurses on nesting, takes comments and single quotes, and wraps integers; so no text is
 * handed to it before a linear, non-recursive gate has seen every byte (PROTOCOL.md, section 0).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SNUG_JSON_ERROR (snug_json_error_quark ())
GQuark snug_json_error_quark (void);

typedef enum
{
  SNUG_JSON_ERROR_TOO_LARGE,    /* longer than the door allows */
  SNUG_JSON_ERROR_BAD           /* not the JSON that this protocol speaks */
} SnugJsonError;

/* Deepest nesting of objects and arrays, the outermost object counted as 1. */
#define SNUG_JSON_MAX_DEPTH 8

/* The largest integer a JavaScript number holds exactly: 2^53 - 1. */
#define SNUG_JSON_MAX_INTEGER G_GUINT64_CONSTANT (9007199254740991)

/**
 * snug_json_check:
 * @text: @length bytes, not necessarily NUL-terminated
 * @max_length: the limit in bytes of the door the text came in by
 *
 * Accepts exactly one RFC 8259 object of valid UTF-8 without NUL (written or escaped), without lone
 * surrogate escapes, nested at most %SNUG_JSON_MAX_DEPTH deep, whose numbers are all integers from 0
 * to %SNUG_JSON_MAX_INTEGER. Linear in @length, constant stack.
 *
 * Returns: %TRUE if @text may be handed to a JSON parser
 */
gboolean snug_json_check (const char *text, gsize length, gsize max_length, GError **error);

/**
 * snug_json_parse:
 *
 * snug_json_check(), then json-glib.
 *
 * Returns: (transfer full): the object, or %NULL with %SNUG_JSON_ERROR set
 */
JsonObject *snug_json_parse (const char *text, gsize length, gsize max_length, GError **error);

/**
 * snug_json_to_text:
 * @object: (transfer none)
 *
 * Returns: (transfer full): compact JSON text of @object
 */
char *snug_json_to_text (JsonObject *object);

/* Typed peeks. Each returns %TRUE and sets the out parameter only if the member exists, has exactly
 * that type and keeps within the cap; a %FALSE leaves the out parameter alone. Nothing is converted:
 * a stranger's "1" is not 1. Borrowed results live as long as @object. */
gboolean snug_json_peek_string  (JsonObject *object, const char *name, gsize max_bytes, const char **out);
gboolean snug_json_peek_integer (JsonObject *object, const char *name, guint64 max, guint64 *out);
gboolean snug_json_peek_boolean (JsonObject *object, const char *name, gboolean *out);
gboolean snug_json_peek_object  (JsonObject *object, const char *name, JsonObject **out);
gboolean snug_json_peek_array   (JsonObject *object, const char *name, guint max_items, JsonArray **out);

/* A peek whose string is the caller's: what @out had is not freed. */
gboolean snug_json_dup_string   (JsonObject *object, const char *name, gsize max_bytes, char **out);

/**
 * snug_json_peek_element_string:
 *
 * The same for an array's element: %TRUE only if element @index exists and is a string of at most
 * @max_bytes bytes.
 */
gboolean snug_json_peek_element_string (JsonArray *array, guint index, gsize max_bytes, const char **out);

/**
 * snug_json_peek_base64url:
 * @n_bytes: the exact decoded size asked for
 *
 * Reads base64url without padding (RFC 4648 section 5), which is how binary values travel.
 *
 * Returns: (transfer full): the bytes, or %NULL if absent, malformed or of another size
 */
GBytes *snug_json_peek_base64url (JsonObject *object, const char *name, gsize n_bytes);

/* The same, of any size up to @max_bytes. */
GBytes *snug_json_peek_base64url_up_to (JsonObject *object, const char *name, gsize max_bytes);

/**
 * snug_json_set_base64url:
 *
 * Writes @data as base64url without padding.
 */
void snug_json_set_base64url (JsonObject *object, const char *name, const guint8 *data, gsize n_bytes);

G_END_DECLS
