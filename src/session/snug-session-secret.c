/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A session and who is to be trusted: the secret of a private room, who guesses at it, who asks to be let in, and
 * the safety phrase of every room. */
#include "snug-session-private.h"

#include <glib/gi18n-lib.h>

#include "snug-phrase.h"

void
snug_session_set_secret (SnugSession *self, const char *folded)
{
  g_clear_pointer (&self->secret, snug_secret_unref);
  if (folded != NULL)
    self->secret = snug_secret_new_text (folded);
}

static SnugAdmission *
admission_of (SnugSession *self)
{
  return self->room != NULL ? snug_room_get_admission (self->room) : NULL;
}

static gboolean
needs_secret (SnugSession *self)
{
  return self->state == SNUG_SESSION_FAILED && self->entry_server != NULL
         && (g_error_matches (self->error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_SECRET)
             || g_error_matches (self->error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_SECRET_NEEDED));
}

gboolean
snug_session_enter_secret (SnugSession *self, const char *secret, GError **error)
{
  char *folded = snug_phrase_fold (secret);
  g_autoptr (SnugRoomLink) link = NULL;

  g_return_val_if_fail (needs_secret (self), FALSE);
  if (folded == NULL)
    {
      g_set_error_literal (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_BAD_INVITE,
                           _("That cannot be the secret of a room."));
      return FALSE;
    }
  link = snug_room_link_new (self->entry_server, self->code, folded);
  snug_session_set_secret (self, folded);
  snug_wipe_string (&folded);
  snug_session_enter_again (self, link);
  return TRUE;
}

const char *
snug_session_explain_refusal (const GError *refusal, SnugSessionError *code)
{
  if (g_error_matches (refusal, SNUG_ROOM_ERROR, SNUG_ROOM_ERROR_NOT_SAFE))
    *code = SNUG_SESSION_ERROR_NOT_SAFE;
  else if (g_error_matches (refusal, SNUG_ADMISSION_ERROR, SNUG_ADMISSION_ERROR_SECRET_NEEDED))
    *code = SNUG_SESSION_ERROR_SECRET_NEEDED;
  else
    *code = SNUG_SESSION_ERROR_SECRET;
  return refusal->message;
}

gboolean
snug_session_get_private (SnugSession *self)
{
  return self->secret != NULL;
}

gboolean
snug_session_is_pending (SnugSession *self)
{
  return admission_of (self) != NULL && snug_admission_is_pending (admission_of (self));
}

const char *
snug_session_explain_pending (SnugSession *self)
{
  if (!snug_admission_is_held (admission_of (self)))
    return NULL;
  return _("Too many wrong secrets were tried here. The host has to allow another try.");
}

gboolean
snug_session_get_shuts_browsers_out (SnugSession *self)
{
  gboolean is_concerned = self->code != NULL ? self->local_host != NULL && self->secret != NULL : self->server == NULL;

  return is_concerned && self->web_root != NULL && snug_local_host_page_is_limited (self->web_root);
}

gboolean
snug_session_get_guessed (SnugSession *self)
{
  return admission_of (self) != NULL && snug_admission_is_guessed (admission_of (self));
}

void
snug_session_let_them_try (SnugSession *self)
{
  if (admission_of (self) != NULL)
    snug_admission_let_them_try (admission_of (self));
}

const char *
snug_session_get_knock (SnugSession *self)
{
  char *name;

  return admission_of (self) != NULL && snug_admission_get_knock (admission_of (self), &name) != NULL ? name : NULL;
}

void
snug_session_answer_knock (SnugSession *self, gboolean let_in)
{
  char *name;
  const char *id = admission_of (self) != NULL ? snug_admission_get_knock (admission_of (self), &name) : NULL;

  if (id != NULL && let_in)
    snug_admission_let_in (admission_of (self), id);
  else if (id != NULL)
    snug_admission_turn_away (admission_of (self), id);
}

void
snug_session_compare (SnugSession *self, SnugMember *member)
{
  if (self->room != NULL)
    snug_room_compare (self->room, member);
}

void
snug_session_confirm_phrase (SnugSession *self, SnugMember *member, gboolean same)
{
  if (self->room != NULL)
    snug_room_confirm (self->room, member, same);
}
