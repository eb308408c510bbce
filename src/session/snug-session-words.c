/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-session-private.h"

#include <glib/gi18n-lib.h>

#include "snug-signaling-errors.h"

static const struct
{
  SnugSignalingError  from;
  SnugSessionError    to;
  const char         *sentence;   /* nullable: the error's own */
} explanations[] = {
  { SNUG_SIGNALING_ERROR_UNREACHABLE, SNUG_SESSION_ERROR_UNREACHABLE,
    N_("The server cannot be reached. Check the address and your connection.") },
  { SNUG_SIGNALING_ERROR_ROOM_NOT_FOUND, SNUG_SESSION_ERROR_ROOM_NOT_FOUND,
    N_("There is no such room. It may be over, or the code is not right.") },
  { SNUG_SIGNALING_ERROR_ROOM_FULL, SNUG_SESSION_ERROR_ROOM_FULL, N_("The room is full.") },
  { SNUG_SIGNALING_ERROR_REFUSED, SNUG_SESSION_ERROR_REFUSED, NULL },   /* each with its own reason */
  { SNUG_SIGNALING_ERROR_EXPIRED, SNUG_SESSION_ERROR_EXPIRED, N_("This room is over.") },
  { SNUG_SIGNALING_ERROR_REPLACED, SNUG_SESSION_ERROR_REFUSED,
    N_("You came into this room from somewhere else. This one was closed.") },
  { SNUG_SIGNALING_ERROR_RATE_LIMITED, SNUG_SESSION_ERROR_REFUSED,
    N_("The server asks to wait: too many tries. Try again in a minute.") },
  { SNUG_SIGNALING_ERROR_VERSION, SNUG_SESSION_ERROR_VERSION, NULL },   /* it names both */
  { SNUG_SIGNALING_ERROR_NOT_PRIVATE, SNUG_SESSION_ERROR_VERSION,
    N_("This server cannot carry private rooms.") },
  { SNUG_SIGNALING_ERROR_PROTOCOL, SNUG_SESSION_ERROR_UNREACHABLE,
    N_("What answers there is not a Snug server.") },
  { SNUG_SIGNALING_ERROR_TLS, SNUG_SESSION_ERROR_UNREACHABLE, NULL },   /* what is wrong with the certificate */
};

const char *
snug_session_explain (const GError *signaling_error, SnugSessionError *code)
{
  for (gsize i = 0; signaling_error != NULL && i < G_N_ELEMENTS (explanations); i++)
    if (g_error_matches (signaling_error, SNUG_SIGNALING_ERROR, (int) explanations[i].from))
      {
        *code = explanations[i].to;
        return explanations[i].sentence != NULL ? _(explanations[i].sentence) : signaling_error->message;
      }
  *code = SNUG_SESSION_ERROR_UNREACHABLE;
  return _("The server cannot be reached. Check the address and your connection.");
}

const char *
snug_session_state_to_text (SnugSessionState state)
{
  static const char *const texts[] = {
    "empty", "starting", "pending", "waiting", "connecting", "joined", "reconnecting", "no-server", "closed"
  };

  return texts[state];
}
