/* snug-secret-page: asks for the secret of a private room, and says when one was wrong.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_SECRET_PAGE (snug_secret_page_get_type ())
G_DECLARE_FINAL_TYPE (SnugSecretPage, snug_secret_page, SNUG, SECRET_PAGE, AdwBin)

/* Whether this is what stands between the person and the room. */
gboolean snug_secret_page_is_for     (SnugSession *session);
void     snug_secret_page_show       (SnugSecretPage *self, SnugSession *session);
/* That is not even a secret: why. */
void     snug_secret_page_show_error (SnugSecretPage *self, const char *text);

G_END_DECLS
