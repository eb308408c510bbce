/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-admission-private.h"

#include <glib/gi18n-lib.h>

#include "snug-display-text.h"

/* PROTOCOL.md section 3: how many guesses whoever plays the host may make. */
#define MAX_OPEN_CONFIRMATIONS 3
#define ANSWERS_PER_SECOND 5
#define ANSWERS_BURST 20
/* Whatever a server says, there is an end to whom we pair with: all seats, and as many who ask. */
#define MAX_PAIRINGS (2 * SNUG_SIGNAL_MAX_MEMBERS)

G_DEFINE_FINAL_TYPE (SnugAdmission, snug_admission, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-admission-error-quark, snug_admission_error)

enum
{
  PAIRED,
  CONTENT,
  FAILED,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
entry_free (gpointer data)
{
  SnugAdmissionEntry *entry = data;

  snug_pairing_end (entry->pairing);
  g_object_unref (entry->pairing);
  g_free (entry->name);
  g_free (entry);
}

static SnugAdmissionEntry *
entry_of (SnugAdmission *self, SnugPairing *pairing)
{
  return g_hash_table_lookup (self->entries, snug_pairing_get_their_id (pairing));
}

static gboolean
is_host (SnugAdmission *self, const char *id)
{
  return g_strcmp0 (id, self->host_id) == 0;
}

void
snug_admission_changed (SnugAdmission *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
send_to (SnugAdmission *self, const char *id, SnugSignalMessage *frame)
{
  g_free (frame->to);
  frame->to = g_strdup (id);
  snug_signaling_send (self->signaling, frame);
}

static void
stop_all (SnugAdmission *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    snug_pairing_stop (((SnugAdmissionEntry *) entry)->pairing);
}

/* Pairings whose attempts waited for something to pair by. */
static void
begin_all (SnugAdmission *self)
{
  g_autoptr (GList) entries = g_hash_table_get_values (self->entries);

  for (GList *l = entries; l != NULL; l = l->next)
    {
      SnugAdmissionEntry *entry = l->data;

      if (!entry->pending)
        snug_pairing_begin (entry->pairing);
    }
}

/* Who is in already stays in: it only tries no more. */
static void
fail (SnugAdmission *self, SnugAdmissionError code, const char *sentence)
{
  g_autoptr (GError) error = g_error_new_literal (SNUG_ADMISSION_ERROR, (int) code, sentence);

  stop_all (self);
  if (self->pending)
    g_signal_emit (self, signals[FAILED], 0, error);
}

/* --- the room-key ---------------------------------------------------------------------------------- */

void
snug_admission_give_room_key (SnugAdmission *self, SnugPairing *pairing)
{
  gsize n_bytes;
  g_autoptr (SnugSignalMessage) message = snug_room_key_write (snug_secret_peek (self->room_key, &n_bytes));

  snug_pairing_send (pairing, message);
}

void
snug_admission_set_room_key (SnugAdmission *self, SnugSecret *key_taken)
{
  g_clear_pointer (&self->room_key, snug_secret_unref);
  self->room_key = key_taken;
}

/* A host has one, whether it made the room or inherited it. */
static void
ensure_room_key (SnugAdmission *self)
{
  if (snug_admission_we_are_host (self) && self->room_key == NULL)
    snug_admission_set_room_key (self, snug_secret_new_random (SNUG_ROOM_KEY_BYTES));
}

static void
take_room_key (SnugAdmission *self, SnugPairing *from, const SnugSignalMessage *content)
{
  g_autoptr (GBytes) key = NULL;

  if (!is_host (self, snug_pairing_get_their_id (from)))
    return;
  key = snug_room_key_read (content);
  snug_admission_set_room_key (self, snug_secret_new (g_bytes_get_data (key, NULL), SNUG_ROOM_KEY_BYTES));
  entry_of (self, from)->key_refused = FALSE;
  begin_all (self);
}

/* --- what a pairing asks --------------------------------------------------------------------------- */

static void
on_pairing_send (SnugPairing *pairing, SnugSignalMessage *frame, gpointer owner)
{
  send_to (owner, snug_pairing_get_their_id (pairing), frame);
}

static SnugSecret *
on_pairing_choose (SnugPairing *pairing, SnugPairingKind *kind, gpointer owner)
{
  SnugAdmission *self = owner;
  SnugAdmissionEntry *entry = entry_of (self, pairing);
  gboolean with_host = is_host (self, snug_pairing_get_their_id (pairing));

  if (self->room_key != NULL && !self->pending && !(with_host && entry->key_refused))
    {
      *kind = SNUG_PAIRING_BY_ROOM_KEY;
      return self->room_key;
    }
  *kind = SNUG_PAIRING_BY_SECRET;
  return with_host ? self->secret : NULL;
}

/* One oracle only: the secret is the host's to answer. */
static SnugSecret *
on_pairing_answer (SnugPairing *pairing, SnugPairingKind kind, gboolean *held, gpointer owner)
{
  SnugAdmission *self = owner;
  SnugAdmissionEntry *entry = entry_of (self, pairing);

  if (!snug_token_bucket_take (&self->answers, g_get_monotonic_time ()))
    return NULL;
  if (kind == SNUG_PAIRING_BY_ROOM_KEY)
    return entry->pending || self->pending ? NULL : self->room_key;
  *held = snug_admission_we_are_host (self) && snug_admission_is_guessed (self);
  return snug_admission_we_are_host (self) && !*held ? self->secret : NULL;
}

/* As with a wrong secret, whoever says so may lie. */
static void
on_pairing_held (SnugPairing *pairing, SnugPairingKind kind, gpointer owner)
{
  SnugAdmission *self = owner;

  if (kind != SNUG_PAIRING_BY_SECRET || self->held)
    return;
  self->held = TRUE;
  snug_admission_changed (self);
}

static gboolean
on_pairing_confirm (SnugPairing *pairing, SnugPairingKind kind, gpointer owner)
{
  SnugAdmission *self = owner;

  if (kind == SNUG_PAIRING_BY_ROOM_KEY)
    return TRUE;
  if (self->n_open < MAX_OPEN_CONFIRMATIONS)
    {
      self->n_open++;
      return TRUE;
    }
  fail (self, SNUG_ADMISSION_ERROR_NO_ANSWER,
        _("Nobody in the room has shown that they know the secret. Try again if you trust this server."));
  return FALSE;
}

static void
introduce_ourselves (SnugAdmission *self, SnugPairing *pairing)
{
  g_autoptr (SnugSignalMessage) knock = snug_knock_write (self->name);

  snug_pairing_send (pairing, knock);
}

static void
on_pairing_paired (SnugPairing *pairing, SnugPairingKind kind, SnugCpaceRole role, gpointer owner)
{
  SnugAdmission *self = owner;
  SnugAdmissionEntry *entry = entry_of (self, pairing);

  if (kind == SNUG_PAIRING_BY_SECRET && role == SNUG_CPACE_A)
    {
      self->held = FALSE;
      self->n_open--;
      introduce_ourselves (self, pairing);
    }
  else if (kind == SNUG_PAIRING_BY_SECRET)
    {
      snug_admission_welcome_newcomer (self, entry);
    }
  if (!entry->pending && !self->pending)
    g_signal_emit (self, signals[PAIRED], 0, snug_pairing_get_their_id (pairing), entry->seq);
}

static gint
on_pairing_left (SnugPairing *pairing, SnugPairingKind kind, gpointer owner)
{
  return kind == SNUG_PAIRING_BY_SECRET ? (gint) snug_admission_get_guesses_left (owner) : SNUG_PAKE_LEFT_UNSAID;
}

/* Whoever says this may lie: it is for the person to know, nothing follows from it. */
static void
fail_as_wrong (SnugAdmission *self, gint left)
{
  const char *wrong = _("That is not the secret of this room.");
  g_autofree char *more = NULL, *sentence = NULL;

  if (left > 0)
    more = g_strdup_printf (ngettext ("%d try is left.", "%d tries are left.", (gulong) left), left);
  else if (left == 0)
    more = g_strdup (_("No tries are left, unless somebody inside allows one."));
  sentence = more != NULL ? g_strdup_printf ("%s %s", wrong, more) : g_strdup (wrong);
  fail (self, SNUG_ADMISSION_ERROR_WRONG_SECRET, sentence);
}

static void
on_pairing_refused (SnugPairing *pairing, SnugPairingKind kind, SnugCpaceRole role, gint left, gpointer owner)
{
  SnugAdmission *self = owner;

  if (kind == SNUG_PAIRING_BY_ROOM_KEY)
    {
      entry_of (self, pairing)->key_refused = TRUE;
    }
  else if (role == SNUG_CPACE_A)
    {
      fail_as_wrong (self, left);
    }
  else
    {
      snug_admission_count_guess (self);
    }
}

static void
on_pairing_content (SnugPairing *pairing, SnugSignalMessage *content, gpointer owner)
{
  SnugAdmission *self = owner;
  SnugAdmissionEntry *entry = entry_of (self, pairing);

  if (snug_is_room_key (content))
    {
      take_room_key (self, pairing, content);
    }
  else if (snug_is_knock (content))
    {
      g_free (entry->name);
      entry->name = snug_display_text_one_line (snug_knock_read (content), SNUG_DISPLAY_NAME_MAX_CHARS);
      snug_admission_changed (self);
    }
  else if (!entry->pending && !self->pending)
    {
      g_signal_emit (self, signals[CONTENT], 0, snug_pairing_get_their_id (pairing), content);
    }
}

static const SnugPairingOwner pairing_owner = {
  .send = on_pairing_send,
  .choose = on_pairing_choose,
  .answer = on_pairing_answer,
  .held = on_pairing_held,
  .confirm = on_pairing_confirm,
  .paired = on_pairing_paired,
  .refused = on_pairing_refused,
  .left = on_pairing_left,
  .content = on_pairing_content,
};

/* --- the server's words ---------------------------------------------------------------------------- */

/* Whoever the server invents has not paired, and makes room for whoever comes after. */
static gboolean
make_room (SnugAdmission *self)
{
  GHashTableIter iter;
  gpointer entry;

  if (g_hash_table_size (self->entries) < MAX_PAIRINGS)
    return TRUE;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (!snug_pairing_is_paired (((SnugAdmissionEntry *) entry)->pairing))
      {
        g_hash_table_iter_remove (&iter);
        return TRUE;
      }
  return FALSE;
}

SnugAdmissionEntry *
snug_admission_add_entry (SnugAdmission *self, const char *id, guint64 seq, gboolean we_start)
{
  SnugAdmissionEntry *entry;

  if (!make_room (self))
    return NULL;
  entry = g_new0 (SnugAdmissionEntry, 1);
  entry->pairing = snug_pairing_new (self->code, self->own_id, id, we_start, &pairing_owner, self);
  entry->seq = seq;
  g_hash_table_insert (self->entries, g_strdup (id), entry);
  return entry;
}

void
snug_admission_meet (SnugAdmission *self, const char *id, guint64 seq)
{
  SnugAdmissionEntry *entry = g_hash_table_lookup (self->entries, id);

  if (self->closed || self->own_id == NULL || g_strcmp0 (id, self->own_id) == 0)
    return;
  /* Somebody else by the same name. */
  if (entry != NULL && entry->seq != 0 && entry->seq != seq)
    {
      snug_admission_part (self, id);
      entry = NULL;
    }
  if (entry == NULL)
    entry = snug_admission_add_entry (self, id, seq, self->pending || self->own_seq > seq);
  if (entry == NULL)
    return;
  entry->seq = seq;
  if (entry->pending)
    {
      entry->pending = FALSE;
      snug_admission_changed (self);
    }
  snug_pairing_begin (entry->pairing);
}

void
snug_admission_part (SnugAdmission *self, const char *id)
{
  if (g_hash_table_remove (self->entries, id))
    snug_admission_changed (self);
}

void
snug_admission_set_host (SnugAdmission *self, const char *id)
{
  /* Another one may have counted less. */
  if (!is_host (self, id))
    self->held = FALSE;
  g_free (self->host_id);
  self->host_id = g_strdup (id);
  if (!snug_admission_we_are_host (self))
    snug_admission_forget_knocks (self);
  ensure_room_key (self);
  if (self->pending && id != NULL)
    snug_admission_meet (self, id, 0);
  begin_all (self);
}

void
snug_admission_welcome (SnugAdmission *self, const SnugSignalMessage *welcome)
{
  /* Somebody else to the others than before: nothing of the old pairs holds. */
  if (g_strcmp0 (self->own_id, welcome->self) != 0 || self->own_seq != welcome->seq)
    g_hash_table_remove_all (self->entries);

  g_free (self->own_id);
  self->own_id = g_strdup (welcome->self);
  self->own_seq = welcome->seq;
  self->pending = welcome->pending;
  self->locked = welcome->locked;
  snug_admission_set_host (self, welcome->host);
}

void
snug_admission_handle (SnugAdmission *self, const SnugSignalMessage *message)
{
  SnugAdmissionEntry *entry = message->from != NULL ? g_hash_table_lookup (self->entries, message->from) : NULL;

  if (entry != NULL && !self->closed)
    snug_pairing_handle (entry->pairing, message);
}

void
snug_admission_send (SnugAdmission *self, const char *id, const SnugSignalMessage *message)
{
  SnugAdmissionEntry *entry = g_hash_table_lookup (self->entries, id);

  if (entry != NULL)
    snug_pairing_send (entry->pairing, message);
}

/* --- what is asked of it --------------------------------------------------------------------------- */

gboolean
snug_admission_is_paired (SnugAdmission *self, const char *id)
{
  SnugAdmissionEntry *entry = g_hash_table_lookup (self->entries, id);

  return entry != NULL && snug_pairing_is_paired (entry->pairing);
}

GPtrArray *
snug_admission_get_unpaired (SnugAdmission *self)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer id, entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &id, &entry))
    if (!((SnugAdmissionEntry *) entry)->pending && !snug_pairing_is_paired (((SnugAdmissionEntry *) entry)->pairing))
      g_ptr_array_add (ids, g_strdup (id));
  return ids;
}

gboolean
snug_admission_is_pending (SnugAdmission *self)
{
  return self->pending;
}

gboolean
snug_admission_is_held (SnugAdmission *self)
{
  return self->pending && self->held;
}

void
snug_admission_close (SnugAdmission *self)
{
  self->closed = TRUE;
  g_hash_table_remove_all (self->entries);
  g_clear_pointer (&self->room_key, snug_secret_unref);
  g_clear_pointer (&self->secret, snug_secret_unref);
}

SnugAdmission *
snug_admission_new (SnugSignaling *signaling, const char *code, SnugSecret *secret, const char *name)
{
  SnugAdmission *self = g_object_new (SNUG_TYPE_ADMISSION, NULL);

  self->signaling = g_object_ref (signaling);
  self->code = g_strdup (code);
  self->secret = snug_secret_ref (secret);
  self->name = g_strdup (name != NULL ? name : "");
  return self;
}

static void
snug_admission_dispose (GObject *object)
{
  SnugAdmission *self = SNUG_ADMISSION (object);

  snug_admission_close (self);
  g_clear_object (&self->signaling);
  G_OBJECT_CLASS (snug_admission_parent_class)->dispose (object);
}

static void
snug_admission_finalize (GObject *object)
{
  SnugAdmission *self = SNUG_ADMISSION (object);

  g_hash_table_unref (self->entries);
  g_free (self->code);
  g_free (self->name);
  g_free (self->own_id);
  g_free (self->host_id);
  G_OBJECT_CLASS (snug_admission_parent_class)->finalize (object);
}

static void
snug_admission_class_init (SnugAdmissionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = SNUG_TYPE_ADMISSION;

  object_class->dispose = snug_admission_dispose;
  object_class->finalize = snug_admission_finalize;

  signals[PAIRED] = g_signal_new ("paired", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT64);
  signals[CONTENT] = g_signal_new ("content", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, SNUG_TYPE_SIGNAL_MESSAGE);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_admission_init (SnugAdmission *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  self->answers = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (ANSWERS_PER_SECOND, ANSWERS_BURST);
}
