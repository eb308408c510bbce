/* signaling-member: a client of signaling and what it hears, in words that a test compares.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <string.h>

#include "snug-await.h"
#include "snug-websocket-signaling.h"

G_BEGIN_DECLS

typedef struct
{
  SnugSignaling *signaling;    /* owned */
  GString       *heard;        /* owned: "welcome:m1 peer-joined:m2 …" */
  char          *token;        /* owned: of the last welcome */
} Member;

/* Opens at once. */
Member *member_new      (const char *url, const char *code, const char *id, const char *token, const char *role);
/* The same, still to be opened. */
Member *member_prepare  (const char *url, const char *code, const char *id, const char *token, const char *role);
void    member_free     (Member *member);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

#define await_heard(member, word) snug_await (NULL, strstr ((member)->heard->str, (word)) != NULL)
#define await_state(member, state) snug_await (NULL, snug_signaling_get_state ((member)->signaling) == (state))

#define assert_closed_with(member, code)                                                          \
  G_STMT_START {                                                                                  \
    await_state (member, SNUG_SIGNALING_CLOSED);                                                  \
    g_assert_error (snug_signaling_get_error ((member)->signaling), SNUG_SIGNALING_ERROR, (code)); \
    g_assert_cmpuint (strlen (snug_signaling_get_error ((member)->signaling)->message), >, 0);     \
  } G_STMT_END

/* A SnugCreatedRoom, or NULL and @error. */
SnugCreatedRoom *create_room (const char *url, guint capacity, GCancellable *cancellable, GError **error);

/* For a call that is not waited for: @data is a GAsyncResult **, which gets a reference. */
void on_created (GObject *source, GAsyncResult *result, gpointer data);

G_END_DECLS
