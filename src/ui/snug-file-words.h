/* snug-file-words: what the window says of files, as text made from the models: as snug-words.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

/* (transfer full). "1.5 GB" in the locale's digits; decimal units. */
char       *snug_words_size           (guint64 n_bytes);
/* (transfer full). The same words, to be wrapped: no number stands without its unit, and no line begins with a dot. */
char       *snug_words_tie            (const char *words);
/* (transfer full). "14 s left", "3 min left"; "" if not known. */
char       *snug_words_time_left      (int seconds);
/* (transfer full). "174 MB of 1.5 GB". */
char       *snug_words_progress       (guint64 n_bytes, guint64 size);
/* (transfer full). "1.5 GB", of a folder "1,204 items · 3.2 GB". */
char       *snug_words_whole          (SnugTransfer *transfer);
/* (transfer full). "film.mkv · 174 MB of 1.5 GB are here". */
char       *snug_words_unfinished     (SnugUnfinished *unfinished);
/* The first of several, a line each, and how many more there are. */
char       *snug_words_unfinished_list (GListModel *unfinished);
/* (transfer full). "174 MB of 1.5 GB · 92 MB/s · 14 s left · to Ana". */
char       *snug_words_transfer       (SnugTransfer *transfer);
/* (transfer full). The same for its card in the chat, above which stands who it is from. */
char       *snug_words_card           (SnugTransfer *transfer);

G_END_DECLS
