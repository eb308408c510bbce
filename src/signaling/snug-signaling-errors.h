/* snug-signaling-errors: what went wrong at a server, as one kind of error with words for a person.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

#include "snug-signaling.h"

G_BEGIN_DECLS

/* (transfer full) The server speaks @version, which we do not. */
GError *snug_signaling_error_from_version (guint64 version);

/* (transfer full) @message: (nullable): the words of a version-1 server, which has no codes. */
GError  *snug_signaling_error_from_code   (SnugSignalCode code, const char *message);
/* (transfer full) @status: of the HTTP answer, 0 if there was none. @certificate_errors: of the last certificate that was
 * shown. @cause: of libsoup or GIO. */
GError  *snug_signaling_error_from_answer (guint status, GTlsCertificateFlags certificate_errors, const GError *cause);
/* Whether it may pass by itself: the server sleeps, is busy, is away. */
gboolean snug_signaling_error_may_pass    (const GError *error);

G_END_DECLS
