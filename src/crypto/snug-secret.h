/* snug-secret: bytes that nobody may read later.
 *
 * They lie in memory of their own, kept out of swap and core dumps where the system allows, and are
 * overwritten when the last reference goes. Immutable, so it may be used from any thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _SnugSecret SnugSecret;

/* A copy of @data (%NULL: zeros), or of @text without its NUL; what the caller has is for the caller to wipe. Like
 * all that make one, ends the program where such memory is not to be had. */
SnugSecret   *snug_secret_new       (gconstpointer data, gsize n_bytes);
SnugSecret   *snug_secret_new_text  (const char *text);
/* As many random bytes. */
SnugSecret   *snug_secret_new_random (gsize n_bytes);
SnugSecret   *snug_secret_ref       (SnugSecret *self);
void          snug_secret_unref     (SnugSecret *self);
/* Borrowed, as long as there is a reference. @n_bytes: (out) */
const guint8 *snug_secret_peek      (SnugSecret *self, gsize *n_bytes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugSecret, snug_secret_unref)

/* Memory for a struct that holds keys: zeroed, guarded, and wiped when it is freed. */
gpointer      snug_secret_alloc     (gsize n_bytes);
void          snug_secret_free      (gpointer memory);   /* nullable */

/* Overwrites a string and frees it. May run twice. */
void          snug_wipe_string      (char **text);

G_END_DECLS
