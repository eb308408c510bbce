/* cli-choice: some entries of an offered folder, chosen by patterns as a shell has them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

/* Whether @path, or a folder that it is in, is meant by one of @globs: one with a "/" in it is compared with the
 * whole path, another one with the name. */
gboolean snug_cli_choice_matches (const char *path, const char *const *globs);

/* @error: (nullable): why it was not accepted; it was declined then. Not called for an offer that is over. */
typedef void (*SnugCliChoiceFunc) (SnugTransfer *transfer, const GError *error, gpointer user_data);

/* Looks into the folder that @transfer offers, and accepts what matches. */
void     snug_cli_choice_accept  (SnugSession *session, SnugTransfer *transfer, const char *const *globs,
                                  SnugCliChoiceFunc func, gpointer user_data);

gboolean snug_cli_choice_is_folder (SnugTransfer *transfer);

G_END_DECLS
