/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the host of a private room decides. */
#include "snug-admission-private.h"

/* PROTOCOL.md section 3: how many guesses newcomers may make, all together. */
#define MAX_WRONG_TAGS 5

gboolean
snug_admission_we_are_host (SnugAdmission *self)
{
  return !self->pending && self->own_id != NULL && g_strcmp0 (self->own_id, self->host_id) == 0;
}

static gboolean
is_asked_first (SnugAdmission *self)
{
  return self->locked || self->asks;
}

/* `admit`, `deny`, `remove` */
static void
order (SnugAdmission *self, SnugSignalType type, const char *id)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (type);

  message->peer = g_strdup (id);
  snug_signaling_send (self->signaling, message);
}

static void
admit (SnugAdmission *self, SnugAdmissionEntry *entry)
{
  entry->let_in = TRUE;
  order (self, SNUG_SIGNAL_ADMIT, snug_pairing_get_their_id (entry->pairing));
}

/* --- who guesses ------------------------------------------------------------------------------------ */

gboolean
snug_admission_is_guessed (SnugAdmission *self)
{
  return self->n_wrong >= MAX_WRONG_TAGS + self->n_allowed;
}

guint
snug_admission_get_n_wrong (SnugAdmission *self)
{
  return self->n_wrong;
}

void
snug_admission_let_them_try (SnugAdmission *self)
{
  g_autoptr (GList) entries = NULL;

  if (!snug_admission_is_guessed (self))
    return;
  self->n_allowed = self->n_wrong - MAX_WRONG_TAGS + 1;
  entries = g_hash_table_get_values (self->entries);
  for (GList *l = entries; l != NULL; l = l->next)
    snug_pairing_answer_now (((SnugAdmissionEntry *) l->data)->pairing);
  snug_admission_changed (self);
}

guint
snug_admission_get_guesses_left (SnugAdmission *self)
{
  return snug_admission_is_guessed (self) ? 0 : MAX_WRONG_TAGS + self->n_allowed - self->n_wrong;
}

void
snug_admission_count_guess (SnugAdmission *self)
{
  self->n_wrong++;
  g_debug ("a wrong secret was tried, the %u. time", self->n_wrong);
  snug_admission_changed (self);
}

/* --- who asks to be let in -------------------------------------------------------------------------- */

void
snug_admission_hear_knock (SnugAdmission *self, const char *id)
{
  SnugAdmissionEntry *entry;

  if (self->closed || !snug_admission_we_are_host (self) || g_hash_table_contains (self->entries, id)
      || g_strcmp0 (id, self->own_id) == 0)
    return;
  entry = snug_admission_add_entry (self, id, 0, FALSE);
  if (entry != NULL)
    entry->pending = TRUE;
}

void
snug_admission_welcome_newcomer (SnugAdmission *self, SnugAdmissionEntry *entry)
{
  snug_admission_give_room_key (self, entry->pairing);
  if (entry->pending && !is_asked_first (self))
    admit (self, entry);
}

/* They ask the new host now. */
void
snug_admission_forget_knocks (SnugAdmission *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((SnugAdmissionEntry *) entry)->pending)
      g_hash_table_iter_remove (&iter);
}

/* Nobody has to be asked any more. */
static void
let_all_in (SnugAdmission *self)
{
  GHashTableIter iter;
  gpointer value;

  if (!snug_admission_we_are_host (self) || is_asked_first (self))
    return;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((SnugAdmissionEntry *) value)->pending && snug_pairing_is_paired (((SnugAdmissionEntry *) value)->pairing))
      admit (self, value);
}

void
snug_admission_set_locked (SnugAdmission *self, gboolean locked)
{
  self->locked = locked;
  let_all_in (self);
}

void
snug_admission_ask_first (SnugAdmission *self, gboolean on)
{
  self->asks = on;
  let_all_in (self);
}

const char *
snug_admission_get_knock (SnugAdmission *self, char **name)
{
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      SnugAdmissionEntry *entry = value;

      if (entry->pending && entry->name != NULL && is_asked_first (self))
        {
          *name = entry->name;
          return id;
        }
    }
  return NULL;
}

static SnugAdmissionEntry *
knocking (SnugAdmission *self, const char *id)
{
  SnugAdmissionEntry *entry = g_hash_table_lookup (self->entries, id);

  return entry != NULL && entry->pending && snug_pairing_is_paired (entry->pairing) ? entry : NULL;
}

void
snug_admission_let_in (SnugAdmission *self, const char *id)
{
  SnugAdmissionEntry *entry = knocking (self, id);

  if (entry != NULL)
    admit (self, entry);
}

gboolean
snug_admission_take_full (SnugAdmission *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SnugAdmissionEntry *entry = value;

      if (entry->pending && entry->let_in)
        {
          entry->let_in = FALSE;
          return TRUE;
        }
    }
  return FALSE;
}

void
snug_admission_turn_away (SnugAdmission *self, const char *id)
{
  if (knocking (self, id) != NULL)
    order (self, SNUG_SIGNAL_DENY, id);
}

/* --- who is sent out -------------------------------------------------------------------------------- */

/* Who was sent out knows the old one. */
static void
rotate_room_key (SnugAdmission *self, const char *without)
{
  GHashTableIter iter;
  gpointer id, value;

  snug_admission_set_room_key (self, snug_secret_new_random (SNUG_ROOM_KEY_BYTES));
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &id, &value))
    if (g_strcmp0 (id, without) != 0)
      snug_admission_give_room_key (self, ((SnugAdmissionEntry *) value)->pairing);
}

void
snug_admission_remove (SnugAdmission *self, const char *id)
{
  if (!snug_admission_we_are_host (self))
    return;
  self->asks = TRUE;
  order (self, SNUG_SIGNAL_REMOVE, id);
  rotate_room_key (self, id);
}
