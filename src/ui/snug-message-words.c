/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-message-words.h"

#include <glib/gi18n-lib.h>

#include "snug-display-text.h"
#include "snug-words.h"

#define EXCERPT_CHARS 120

/* Ids of members hold no slash. */
char *
snug_words_message_key (SnugMessage *message)
{
  return g_strconcat (snug_message_get_sender_id (message), "/", snug_message_get_id (message), NULL);
}

const char *
snug_words_sender (SnugMessage *message)
{
  return snug_message_get_own (message) ? _("You") : snug_message_get_sender_name (message);
}

const char *
snug_words_delivery (SnugDelivery delivery)
{
  switch (delivery)
    {
    case SNUG_DELIVERY_QUEUED: return _("Waiting to be sent");
    case SNUG_DELIVERY_SENT: return _("Sent");
    case SNUG_DELIVERY_DELIVERED: return _("Delivered");
    case SNUG_DELIVERY_NONE:
    default: return "";
    }
}

char *
snug_words_reaction (const SnugReaction *reaction)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = reaction->names->len;

  for (guint i = 0; i < n; i++)
    {
      gboolean own = *(const char *) g_ptr_array_index (reaction->member_ids, i) == '\0';

      /* Translators: between the names of people, and before the last of them. */
      g_string_append (names, i == 0 ? "" : i + 1 == n ? _(" and ") : _(", "));
      g_string_append (names, own ? _("you") : (const char *) g_ptr_array_index (reaction->names, i));
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/* Without the marks of bold and code: a quote is plain. */
char *
snug_words_excerpt (SnugMessage *message)
{
  g_autoptr (GString) text = g_string_new (snug_message_get_text (message));

  if (snug_message_get_deleted (message))
    return g_strdup (_("Message deleted"));
  g_string_replace (text, "**", "", 0);
  g_string_replace (text, "`", "", 0);
  return snug_display_text_one_line (text->str, EXCERPT_CHARS);
}

static void
append_answered (GString *sentence, SnugMessage *message)
{
  g_autoptr (SnugMessage) original = snug_message_dup_original (message);
  g_autofree char *excerpt = original != NULL ? snug_words_excerpt (original) : NULL;

  if (original == NULL)
    return;
  g_string_append (sentence, ", ");
  /* Translators: read aloud. Whose message is answered, and how it begins. */
  g_string_append_printf (sentence, _("in answer to %s: %s"), snug_words_sender (original), excerpt);
}

static void
append_reactions (GString *sentence, SnugMessage *message)
{
  SnugReactions *reactions = snug_message_get_reactions (message);

  for (guint i = 0; i < snug_reactions_get_n (reactions); i++)
    {
      const SnugReaction *reaction = snug_reactions_get (reactions, i);

      g_string_append_printf (sentence, ", %s %u", reaction->emoji, reaction->member_ids->len);
    }
}

char *
snug_words_message (SnugMessage *message)
{
  g_autofree char *clock = snug_words_clock (snug_message_get_time_ms (message));
  g_autoptr (GString) sentence = g_string_new (NULL);
  gboolean deleted = snug_message_get_deleted (message);

  if (snug_message_get_kind (message) == SNUG_MESSAGE_SYSTEM)
    return g_strdup (snug_message_get_text (message));
  g_string_append_printf (sentence, "%s, %s", snug_words_sender (message), clock);
  append_answered (sentence, message);
  g_string_append_printf (sentence, ", %s", deleted ? _("Message deleted") : snug_message_get_text (message));
  if (snug_message_get_edited (message) && !deleted)
    g_string_append_printf (sentence, ", %s", _("edited"));
  append_reactions (sentence, message);
  if (snug_message_get_delivery (message) != SNUG_DELIVERY_NONE && !deleted)
    g_string_append_printf (sentence, ", %s", snug_words_delivery (snug_message_get_delivery (message)));
  return g_string_free (g_steal_pointer (&sentence), FALSE);
}

/* --- The whole chat --- */

static void
append_line (GString *text, SnugMessage *message)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (snug_message_get_time_ms (message) / 1000);
  g_autofree char *clock = g_date_time_format (at, "%Y-%m-%d %H:%M");
  const char *said = snug_message_get_deleted (message) ? _("Message deleted") : snug_message_get_text (message);

  if (snug_message_get_kind (message) == SNUG_MESSAGE_SYSTEM)
    g_string_append_printf (text, "[%s] * %s\n", clock, said);
  else
    g_string_append_printf (text, "[%s] %s: %s\n", clock, snug_words_sender (message), said);
}

char *
snug_words_chat_as_text (GListModel *messages)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      append_line (text, message);
    }
  return g_string_free (text, FALSE);
}
