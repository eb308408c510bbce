/* snug-quote: the beginning of the message that another one answers, and the way to it.
 *
 * Raises "chat.go-to" with the key of that message.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-message.h"

G_BEGIN_DECLS

#define SNUG_TYPE_QUOTE (snug_quote_get_type ())
G_DECLARE_FINAL_TYPE (SnugQuote, snug_quote, SNUG, QUOTE, AdwBin)

SnugQuote *snug_quote_new  (void);
void       snug_quote_show (SnugQuote *self, SnugMessage *original);   /* nullable: it is not here any more */

G_END_DECLS
