/* snug-rich-text: the little markup of a chat message: links, `code`, **bold**, fenced blocks.
 *
 * Pure; the web page reads the same (tests/data/rich-text.json). Of a stranger's text nothing becomes
 * markup but these four, and only http, https and mailto lead anywhere.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_RICH_TEXT,
  SNUG_RICH_BOLD,
  SNUG_RICH_CODE,
  SNUG_RICH_BLOCK,
  SNUG_RICH_LINK
} SnugRichKind;

typedef struct
{
  SnugRichKind  kind;
  char         *text;
} SnugRichSpan;

/* (transfer full): of SnugRichSpan, none of them empty. @text: valid UTF-8 */
GPtrArray *snug_rich_text_parse     (const char *text);

/**
 * snug_rich_text_to_markup:
 *
 * Returns: (transfer full): markup for a GtkLabel, whatever @text is; what could reorder or hide the
 * text around it is gone
 */
char      *snug_rich_text_to_markup (const char *text);

G_END_DECLS
