/* snug-reactions: the emoji below one message, and whose they are.
 *
 * A value of the main context. Bounded, whatever strangers ask for (PROTOCOL.md section 4).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_REACTIONS_MAX_OF_MEMBER 8
#define SNUG_REACTIONS_MAX_EMOJI 20
#define SNUG_REACTIONS_MAX_PEOPLE 64     /* with one emoji */

/* One emoji. */
typedef struct
{
  char      *emoji;
  GPtrArray *member_ids;    /* of char *, "" is us; in the order in which they came */
  GPtrArray *names;         /* of char *: how each was called then */
} SnugReaction;

typedef struct _SnugReactions SnugReactions;

SnugReactions *snug_reactions_new  (void);
void           snug_reactions_free (SnugReactions *self);

/* @on: %TRUE adds it, %FALSE takes it back. Returns: whether that changed anything: what is there already, or is
 * one too many, does not. */
gboolean       snug_reactions_set  (SnugReactions *self, const char *member_id, const char *name,
                                    const char *emoji, gboolean on);

/* In the order in which they came. @index: below the count. Borrowed until the next change. */
guint               snug_reactions_get_n (SnugReactions *self);
const SnugReaction *snug_reactions_get   (SnugReactions *self, guint index);
/* Whether @member_id ("": we) is among those with this emoji, or with that one. */
gboolean            snug_reaction_is_of  (const SnugReaction *reaction, const char *member_id);
gboolean            snug_reactions_has   (SnugReactions *self, const char *member_id, const char *emoji);

G_END_DECLS
