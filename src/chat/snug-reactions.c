/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-reactions.h"

#include <string.h>

struct _SnugReactions
{
  GPtrArray *all;     /* of SnugReaction, none without people */
};

static SnugReaction *
reaction_new (const char *emoji)
{
  SnugReaction *reaction = g_new0 (SnugReaction, 1);

  reaction->emoji = g_strdup (emoji);
  reaction->member_ids = g_ptr_array_new_with_free_func (g_free);
  reaction->names = g_ptr_array_new_with_free_func (g_free);
  return reaction;
}

static void
reaction_free (gpointer data)
{
  SnugReaction *reaction = data;

  g_free (reaction->emoji);
  g_ptr_array_unref (reaction->member_ids);
  g_ptr_array_unref (reaction->names);
  g_free (reaction);
}

static gboolean
find_member (const SnugReaction *reaction, const char *member_id, guint *index)
{
  return g_ptr_array_find_with_equal_func (reaction->member_ids, member_id, g_str_equal, index);
}

gboolean
snug_reaction_is_of (const SnugReaction *reaction, const char *member_id)
{
  return find_member (reaction, member_id, NULL);
}

static SnugReaction *
find (SnugReactions *self, const char *emoji)
{
  for (guint i = 0; i < self->all->len; i++)
    {
      SnugReaction *reaction = g_ptr_array_index (self->all, i);

      if (strcmp (reaction->emoji, emoji) == 0)
        return reaction;
    }
  return NULL;
}

static guint
count_of (SnugReactions *self, const char *member_id)
{
  guint n = 0;

  for (guint i = 0; i < self->all->len; i++)
    if (snug_reaction_is_of (g_ptr_array_index (self->all, i), member_id))
      n++;
  return n;
}

static gboolean
add (SnugReactions *self, const char *member_id, const char *name, const char *emoji)
{
  SnugReaction *reaction = find (self, emoji);

  if (reaction != NULL && (snug_reaction_is_of (reaction, member_id)
                           || reaction->member_ids->len >= SNUG_REACTIONS_MAX_PEOPLE))
    return FALSE;
  if (count_of (self, member_id) >= SNUG_REACTIONS_MAX_OF_MEMBER
      || (reaction == NULL && self->all->len >= SNUG_REACTIONS_MAX_EMOJI))
    return FALSE;

  if (reaction == NULL)
    {
      reaction = reaction_new (emoji);
      g_ptr_array_add (self->all, reaction);
    }
  g_ptr_array_add (reaction->member_ids, g_strdup (member_id));
  g_ptr_array_add (reaction->names, g_strdup (name));
  return TRUE;
}

static gboolean
take (SnugReactions *self, const char *member_id, const char *emoji)
{
  SnugReaction *reaction = find (self, emoji);
  guint index;

  if (reaction == NULL || !find_member (reaction, member_id, &index))
    return FALSE;
  g_ptr_array_remove_index (reaction->member_ids, index);
  g_ptr_array_remove_index (reaction->names, index);
  if (reaction->member_ids->len == 0)
    g_ptr_array_remove (self->all, reaction);
  return TRUE;
}

gboolean
snug_reactions_set (SnugReactions *self, const char *member_id, const char *name, const char *emoji, gboolean on)
{
  return on ? add (self, member_id, name, emoji) : take (self, member_id, emoji);
}

guint
snug_reactions_get_n (SnugReactions *self)
{
  return self->all->len;
}

const SnugReaction *
snug_reactions_get (SnugReactions *self, guint index)
{
  return g_ptr_array_index (self->all, index);
}

gboolean
snug_reactions_has (SnugReactions *self, const char *member_id, const char *emoji)
{
  SnugReaction *reaction = find (self, emoji);

  return reaction != NULL && snug_reaction_is_of (reaction, member_id);
}

SnugReactions *
snug_reactions_new (void)
{
  SnugReactions *self = g_new0 (SnugReactions, 1);

  self->all = g_ptr_array_new_with_free_func (reaction_free);
  return self;
}

void
snug_reactions_free (SnugReactions *self)
{
  g_ptr_array_unref (self->all);
  g_free (self);
}
