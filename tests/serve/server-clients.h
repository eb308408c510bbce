/* server-clients: the real server on a real socket, and clients of every kind in the same process.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-await.h"
#include "snug-raw-client.h"
#include "snug-server.h"

#include <string.h>

G_BEGIN_DECLS

SnugServer    *start           (const SnugServerConfig *config);
/* Nothing of the server may be left but the server. */
void           stop            (SnugServer *server);

/* One request, answered. */
SnugRawClient *ask             (SnugServer *server, const char *method, const char *path, const char *headers,
                                const char *body);
/* The code that create-room gave; @answer, if not NULL, takes all that it said. */
char          *create          (SnugServer *server, const char *body, char **answer);

/* Somebody who comes in by the code alone, with a token, or as a page of version 1. */
SnugRawClient *join            (SnugServer *server, const char *code);
SnugRawClient *join_with_token (SnugServer *server, const char *code, const char *token);
SnugRawClient *join_legacy     (SnugServer *server, const char *code, const char *role);
/* A room with its creator in it. */
SnugRawClient *make_room       (SnugServer *server, guint capacity, char **code);
char          *token_in        (const char *welcome);

/* What this process has in memory. */
gsize          resident_bytes  (void);

#define assert_hears(client, part)                                  \
  G_STMT_START {                                                    \
    const char *heard_ = snug_raw_client_hear (client);             \
    if (strstr (heard_, (part)) == NULL)                            \
      g_error ("%s: heard “%s”, not “%s”", G_STRLOC, heard_, part); \
  } G_STMT_END

/* Told why in a frame, then closed with @close_code. */
#define assert_refused(client, code, close_code)                    \
  G_STMT_START {                                                    \
    assert_hears (client, "\"code\":\"" code "\"");                 \
    g_assert_cmpuint (snug_raw_client_end (client), ==, close_code);\
  } G_STMT_END

G_END_DECLS
