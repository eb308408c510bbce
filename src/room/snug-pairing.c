/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-pairing.h"

#include <sodium.h>
#include <string.h>

#include "snug-context.h"
#include "snug-lv.h"
#include "snug-seal.h"

/* PROTOCOL.md section 3. */
#define THEIRS_TO_START_MS 4000
static const guint again_after_ms[] = { 1000, 4000, 15000 };

G_STATIC_ASSERT (SNUG_PAKE_SID_BYTES == SNUG_CPACE_SID_SIZE);
G_STATIC_ASSERT (SNUG_PAKE_SHARE_BYTES == SNUG_CPACE_SHARE_SIZE);
G_STATIC_ASSERT (SNUG_PAKE_TAG_BYTES == SNUG_CPACE_TAG_SIZE);

/* One side of an attempt. */
typedef struct
{
  SnugCpace       *cpace;        /* owned; NULL: there is none */
  SnugPairingKind  kind;
  gboolean         confirmed;    /* as A: our tag is out */
} Attempt;

struct _SnugPairing
{
  GObject                 parent_instance;

  /* Owned */
  char                   *code;
  char                   *own_id;
  char                   *their_id;
  Attempt                 ours;          /* as A */
  Attempt                 theirs;        /* as B */
  SnugSeal               *seal;          /* nullable */
  GSource                *timer;         /* until the next attempt of ours */
  SnugPakeMessage         unanswered;    /* a step 1; step 0: none */

  /* Borrowed */
  const SnugPairingOwner *vtable;
  gpointer                owner;

  guint                   n_attempts;
  gboolean                we_start;
};

G_DEFINE_FINAL_TYPE (SnugPairing, snug_pairing, G_TYPE_OBJECT)

static void start_attempt (SnugPairing *self);

static void
end_attempt (Attempt *attempt)
{
  g_clear_pointer (&attempt->cpace, snug_cpace_free);
  attempt->confirmed = FALSE;
}

static const char *
kind_to_text (SnugPairingKind kind)
{
  return kind == SNUG_PAIRING_BY_SECRET ? "secret" : "room-key";
}

/* The first word; others are of later versions. */
static gboolean
kind_from_features (const char *features, SnugPairingKind *kind)
{
  gsize length = strcspn (features, " ");

  for (guint i = SNUG_PAIRING_BY_SECRET; i <= SNUG_PAIRING_BY_ROOM_KEY; i++)
    if (strlen (kind_to_text (i)) == length && strncmp (features, kind_to_text (i), length) == 0)
      {
        *kind = (SnugPairingKind) i;
        return TRUE;
      }
  return FALSE;
}

static SnugCpace *
make_cpace (SnugPairing *self, SnugCpaceRole role, SnugSecret *secret, const guint8 *sid, const char *features)
{
  gboolean we_are_a = role == SNUG_CPACE_A;
  g_autoptr (GBytes) ci = snug_lv_cat_texts ("snug-pair-2", self->code, we_are_a ? self->own_id : self->their_id,
                                             we_are_a ? self->their_id : self->own_id, NULL);
  g_autoptr (GBytes) ad = snug_lv_cat_texts (we_are_a ? "A" : "B", "2", features, NULL);

  return snug_cpace_new (role, secret, ci, sid, ad);
}

static void
send_frame (SnugPairing *self, SnugSignalMessage *frame_taken)
{
  g_autoptr (SnugSignalMessage) frame = frame_taken;

  if (self->owner != NULL)
    self->vtable->send (self, frame, self->owner);
}

static void
send_share (SnugPairing *self, guint step, SnugCpace *cpace, const char *features)
{
  SnugPakeMessage message = { .step = step };

  memcpy (message.sid, snug_cpace_get_sid (cpace), sizeof message.sid);
  memcpy (message.share, snug_cpace_get_share (cpace), sizeof message.share);
  g_strlcpy (message.features, features, sizeof message.features);
  send_frame (self, snug_pake_message_write (&message));
}

static void
send_tag (SnugPairing *self, guint step, SnugCpace *cpace)
{
  SnugPakeMessage message = { .step = step };

  memcpy (message.sid, snug_cpace_get_sid (cpace), sizeof message.sid);
  memcpy (message.tag, snug_cpace_get_tag (cpace), sizeof message.tag);
  send_frame (self, snug_pake_message_write (&message));
}

static void
send_fail (SnugPairing *self, const guint8 *sid, gint left)
{
  SnugPakeMessage message = { .step = 4, .failed = TRUE, .left = left };

  memcpy (message.sid, sid, sizeof message.sid);
  send_frame (self, snug_pake_message_write (&message));
}

/* The exchange was right: from now on there is this key. */
static void
become_paired (SnugPairing *self, Attempt *attempt, SnugCpaceRole role)
{
  SnugPairingKind kind = attempt->kind;

  g_clear_pointer (&self->seal, snug_seal_free);
  self->seal = snug_seal_new (role, snug_cpace_get_key (attempt->cpace), snug_cpace_get_sid (attempt->cpace),
                              self->code, self->own_id, self->their_id);
  end_attempt (&self->ours);
  end_attempt (&self->theirs);
  snug_clear_source (&self->timer);
  self->n_attempts = 0;
  self->unanswered.step = 0;
  self->vtable->paired (self, kind, role, self->owner);
}

/* --- ours ------------------------------------------------------------------------------------------ */

static gboolean
on_time_for_an_attempt (gpointer user_data)
{
  SnugPairing *self = user_data;

  snug_clear_source (&self->timer);
  start_attempt (self);
  return G_SOURCE_REMOVE;
}

static void
arm (SnugPairing *self, guint delay_ms)
{
  snug_clear_source (&self->timer);
  self->timer = snug_context_timeout (g_main_context_get_thread_default (), delay_ms, on_time_for_an_attempt, self);
}

static void
start_attempt (SnugPairing *self)
{
  guint8 sid[SNUG_CPACE_SID_SIZE];
  SnugPairingKind kind;
  SnugSecret *secret = self->vtable->choose (self, &kind, self->owner);

  end_attempt (&self->ours);
  if (secret == NULL)
    return;

  randombytes_buf (sid, sizeof sid);
  self->ours = (Attempt) { make_cpace (self, SNUG_CPACE_A, secret, sid, kind_to_text (kind)), kind, FALSE };
  arm (self, again_after_ms[MIN (self->n_attempts, G_N_ELEMENTS (again_after_ms) - 1)]);
  self->n_attempts++;
  send_share (self, 1, self->ours.cpace, kind_to_text (kind));
}

void
snug_pairing_begin (SnugPairing *self)
{
  if (self->owner == NULL || self->seal != NULL || self->ours.cpace != NULL)
    return;
  if (self->we_start)
    start_attempt (self);
  else if (self->timer == NULL)
    arm (self, THEIRS_TO_START_MS);
}

static gboolean
is_of (const Attempt *attempt, const SnugPakeMessage *message)
{
  return attempt->cpace != NULL
         && memcmp (snug_cpace_get_sid (attempt->cpace), message->sid, sizeof message->sid) == 0;
}

/* Step 2: we prove it first, so that a guess of ours can be counted there before anything is said here. */
static void
handle_their_share (SnugPairing *self, const SnugPakeMessage *message)
{
  g_autoptr (GBytes) ad = snug_lv_cat_texts ("B", "2", message->features, NULL);

  if (!is_of (&self->ours, message) || self->ours.confirmed)
    return;
  if (!snug_cpace_take_share (self->ours.cpace, message->share, ad)
      || !self->vtable->confirm (self, self->ours.kind, self->owner))
    {
      end_attempt (&self->ours);
      return;
    }
  self->ours.confirmed = TRUE;
  send_tag (self, 3, self->ours.cpace);
}

static void
handle_their_answer (SnugPairing *self, const SnugPakeMessage *message)
{
  if (!is_of (&self->ours, message))
    return;
  if (!self->ours.confirmed)
    {
      /* Nothing of ours was tried yet: "not now". */
      if (message->failed && message->left == 0)
        self->vtable->held (self, self->ours.kind, self->owner);
      return;
    }

  if (!message->failed && snug_cpace_verify (self->ours.cpace, message->tag))
    {
      become_paired (self, &self->ours, SNUG_CPACE_A);
    }
  else
    {
      SnugPairingKind kind = self->ours.kind;

      end_attempt (&self->ours);
      if (message->failed)
        self->vtable->refused (self, kind, SNUG_CPACE_A, message->left, self->owner);
    }
}

/* --- theirs ---------------------------------------------------------------------------------------- */

static void
answer (SnugPairing *self, const SnugPakeMessage *message, SnugPairingKind kind, SnugSecret *secret)
{
  g_autoptr (GBytes) ad = snug_lv_cat_texts ("A", "2", message->features, NULL);

  end_attempt (&self->theirs);
  self->theirs = (Attempt) { make_cpace (self, SNUG_CPACE_B, secret, message->sid, ""), kind, FALSE };
  if (snug_cpace_take_share (self->theirs.cpace, message->share, ad))
    send_share (self, 2, self->theirs.cpace, "");
  else
    end_attempt (&self->theirs);
}

static void
handle_step_1 (SnugPairing *self, const SnugPakeMessage *message)
{
  SnugPairingKind kind;
  SnugSecret *secret;
  gboolean held = FALSE;

  /* Both have started: the one whose part it is goes on. And what is being answered is not answered twice: a
   * repetition would make the tag wrong that is to come. */
  if (!kind_from_features (message->features, &kind) || (self->ours.cpace != NULL && self->we_start)
      || is_of (&self->theirs, message))
    return;

  secret = self->vtable->answer (self, kind, &held, self->owner);
  self->unanswered.step = 0;
  if (secret == NULL)
    {
      if (kind == SNUG_PAIRING_BY_SECRET)
        self->unanswered = *message;
      if (held)
        send_fail (self, message->sid, 0);
      return;
    }
  end_attempt (&self->ours);
  answer (self, message, kind, secret);
}

void
snug_pairing_answer_now (SnugPairing *self)
{
  SnugPakeMessage message = self->unanswered;

  if (self->owner != NULL && message.step == 1)
    handle_step_1 (self, &message);
}

static void
handle_their_proof (SnugPairing *self, const SnugPakeMessage *message)
{
  SnugPairingKind kind = self->theirs.kind;

  if (!is_of (&self->theirs, message))
    return;
  if (snug_cpace_verify (self->theirs.cpace, message->tag))
    {
      send_tag (self, 4, self->theirs.cpace);
      become_paired (self, &self->theirs, SNUG_CPACE_B);
      return;
    }
  end_attempt (&self->theirs);
  self->vtable->refused (self, kind, SNUG_CPACE_B, SNUG_PAKE_LEFT_UNSAID, self->owner);
  send_fail (self, message->sid, self->vtable->left (self, kind, self->owner));
}

static void
handle_pake (SnugPairing *self, const SnugSignalMessage *frame)
{
  SnugPakeMessage message;

  if (!snug_pake_message_read (frame, &message))
    return;
  switch (message.step)
    {
    case 1: handle_step_1 (self, &message); break;
    case 2: handle_their_share (self, &message); break;
    case 3: handle_their_proof (self, &message); break;
    default: handle_their_answer (self, &message); break;
    }
}

/* --- sealed ---------------------------------------------------------------------------------------- */

static void
handle_sealed (SnugPairing *self, const SnugSignalMessage *frame)
{
  g_auto (SnugSealedMessage) message = { 0 };
  g_autoptr (SnugSignalMessage) content = NULL;
  char *text;
  gsize length = 0;

  if (self->seal == NULL || !snug_sealed_message_read (frame, &message)
      || memcmp (message.sid, snug_seal_get_sid (self->seal), sizeof message.sid) != 0)
    return;
  text = snug_seal_open (self->seal, message.n, message.box, &length);
  if (text == NULL)
    return;
  content = snug_sealed_content_read (text, length);
  sodium_memzero (text, length);
  g_free (text);
  if (content != NULL)
    self->vtable->content (self, content, self->owner);
}

gboolean
snug_pairing_send (SnugPairing *self, const SnugSignalMessage *content)
{
  char *text;
  gboolean fits;

  if (self->seal == NULL)
    return FALSE;

  text = snug_signal_message_encode (content);
  fits = strlen (text) <= SNUG_SEALED_MAX_BOX_BYTES - SNUG_SEALED_TAG_BYTES;
  if (fits)
    {
      guint64 n;
      g_autoptr (GBytes) box = snug_seal_close (self->seal, text, &n);

      send_frame (self, snug_sealed_message_write (snug_seal_get_sid (self->seal), n, box));
    }
  snug_wipe_string (&text);
  return fits;
}

void
snug_pairing_handle (SnugPairing *self, const SnugSignalMessage *frame)
{
  g_autoptr (SnugPairing) keep = g_object_ref (self);

  if (self->owner == NULL)
    return;
  if (frame->type == SNUG_SIGNAL_PAKE)
    handle_pake (self, frame);
  else if (frame->type == SNUG_SIGNAL_SEALED)
    handle_sealed (self, frame);
}

void
snug_pairing_stop (SnugPairing *self)
{
  snug_clear_source (&self->timer);
  end_attempt (&self->ours);
}

void
snug_pairing_end (SnugPairing *self)
{
  snug_pairing_stop (self);
  end_attempt (&self->theirs);
  g_clear_pointer (&self->seal, snug_seal_free);
  self->owner = NULL;
}

const char *
snug_pairing_get_their_id (SnugPairing *self)
{
  return self->their_id;
}

gboolean
snug_pairing_is_paired (SnugPairing *self)
{
  return self->seal != NULL;
}

SnugPairing *
snug_pairing_new (const char *code, const char *own_id, const char *their_id, gboolean we_start,
                  const SnugPairingOwner *vtable, gpointer owner)
{
  SnugPairing *self = g_object_new (SNUG_TYPE_PAIRING, NULL);

  self->code = g_strdup (code);
  self->own_id = g_strdup (own_id);
  self->their_id = g_strdup (their_id);
  self->we_start = we_start;
  self->vtable = vtable;
  self->owner = owner;
  return self;
}

static void
snug_pairing_dispose (GObject *object)
{
  snug_pairing_end (SNUG_PAIRING (object));
  G_OBJECT_CLASS (snug_pairing_parent_class)->dispose (object);
}

static void
snug_pairing_finalize (GObject *object)
{
  SnugPairing *self = SNUG_PAIRING (object);

  g_free (self->code);
  g_free (self->own_id);
  g_free (self->their_id);
  G_OBJECT_CLASS (snug_pairing_parent_class)->finalize (object);
}

static void
snug_pairing_class_init (SnugPairingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_pairing_dispose;
  object_class->finalize = snug_pairing_finalize;
}

static void
snug_pairing_init (SnugPairing *self)
{
}
