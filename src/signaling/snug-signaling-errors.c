/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-signaling-errors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct
{
  SnugSignalCode     code;
  SnugSignalingError error;
  const char        *message;
} rows[] = {
  { SNUG_SIGNAL_CODE_ROOM_NOT_FOUND, SNUG_SIGNALING_ERROR_ROOM_NOT_FOUND, N_("There is no such room") },
  { SNUG_SIGNAL_CODE_ROOM_FULL, SNUG_SIGNALING_ERROR_ROOM_FULL, N_("The room is full") },
  { SNUG_SIGNAL_CODE_LOCKED, SNUG_SIGNALING_ERROR_REFUSED, N_("The room is locked.") },
  { SNUG_SIGNAL_CODE_DENIED, SNUG_SIGNALING_ERROR_REFUSED, N_("You were not let in.") },
  { SNUG_SIGNAL_CODE_REMOVED, SNUG_SIGNALING_ERROR_REFUSED, N_("You were sent out of the room.") },
  { SNUG_SIGNAL_CODE_REPLACED, SNUG_SIGNALING_ERROR_REPLACED, N_("You came into this room from elsewhere") },
  { SNUG_SIGNAL_CODE_IN_USE, SNUG_SIGNALING_ERROR_REPLACED, N_("You are in this room elsewhere") },
  { SNUG_SIGNAL_CODE_BAD_TOKEN, SNUG_SIGNALING_ERROR_REFUSED, N_("The server does not remember you.") },
  { SNUG_SIGNAL_CODE_NOT_ALLOWED, SNUG_SIGNALING_ERROR_REFUSED, N_("Only the host may do that.") },
  { SNUG_SIGNAL_CODE_EXPIRED, SNUG_SIGNALING_ERROR_EXPIRED, N_("The room is over") },
  { SNUG_SIGNAL_CODE_PRIVATE, SNUG_SIGNALING_ERROR_REFUSED, N_("The room is private.") },
  { SNUG_SIGNAL_CODE_BAD_MESSAGE, SNUG_SIGNALING_ERROR_PROTOCOL, N_("The server did not understand us") },
  { SNUG_SIGNAL_CODE_TOO_LARGE, SNUG_SIGNALING_ERROR_PROTOCOL, N_("The server found a message too large") },
  { SNUG_SIGNAL_CODE_RATE_LIMITED, SNUG_SIGNALING_ERROR_RATE_LIMITED,
    N_("The server asks to wait: too many tries") },
  { SNUG_SIGNAL_CODE_NO_SUCH_PEER, SNUG_SIGNALING_ERROR_PROTOCOL, N_("That member is not here") },
  { SNUG_SIGNAL_CODE_VERSION, SNUG_SIGNALING_ERROR_VERSION,
    N_("The server speaks another version of the protocol") },
};

static SnugSignalCode
guess_code (const char *message)
{
  g_autofree char *folded = g_ascii_strdown (message != NULL ? message : "", -1);

  if (strstr (folded, "full") != NULL)
    return SNUG_SIGNAL_CODE_ROOM_FULL;
  if (strstr (folded, "not found") != NULL)
    return SNUG_SIGNAL_CODE_ROOM_NOT_FOUND;
  if (strstr (folded, "private") != NULL)
    return SNUG_SIGNAL_CODE_PRIVATE;
  if (strstr (folded, "locked") != NULL)
    return SNUG_SIGNAL_CODE_LOCKED;
  return strstr (folded, "too m") != NULL ? SNUG_SIGNAL_CODE_RATE_LIMITED : SNUG_SIGNAL_CODE_DENIED;
}

GError *
snug_signaling_error_from_code (SnugSignalCode code, const char *message)
{
  if (code == SNUG_SIGNAL_CODE_NONE)
    code = guess_code (message);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (rows[i].code == code)
        return g_error_new_literal (SNUG_SIGNALING_ERROR, (int) rows[i].error, _(rows[i].message));
    }
  return g_error_new_literal (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_PROTOCOL, "");
}

/* The newest of ours is named: it is what an update would change. */
GError *
snug_signaling_error_from_version (guint64 version)
{
  guint theirs = (guint) MIN (version, G_MAXUINT);

  return g_error_new (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_VERSION,
                      theirs > SNUG_SIGNAL_VERSION
                          ? _("This server speaks version %u of the protocol, this Snug version %u. Update Snug.")
                          : _("This server speaks version %u of the protocol, this Snug version %u. "
                              "The server needs an update."),
                      theirs, SNUG_SIGNAL_VERSION);
}

/* Of a certificate that nobody vouches for the rest means nothing. */
static const char *
certificate_words (GTlsCertificateFlags errors)
{
  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return _("The server’s certificate is not to be trusted: nobody who is known here vouches for it. "
             "The connection was not made.");
  if (errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return _("The server’s certificate is for another name. The connection was not made.");
  if (errors & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED))
    return _("The server’s certificate is not valid today, or this computer’s clock is wrong. The connection was not made.");
  return _("The server's certificate is not to be trusted. The connection was not made.");
}

GError *
snug_signaling_error_from_answer (guint status, GTlsCertificateFlags certificate_errors, const GError *cause)
{
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_error_new_literal (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_TLS, certificate_words (certificate_errors));

  switch (status)
    {
    case SOUP_STATUS_NOT_FOUND:
      return snug_signaling_error_from_code (SNUG_SIGNAL_CODE_ROOM_NOT_FOUND, NULL);
    case SOUP_STATUS_FORBIDDEN:
      return g_error_new_literal (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_REFUSED,
                                  _("The server does not let us in."));
    case 429:
      return snug_signaling_error_from_code (SNUG_SIGNAL_CODE_RATE_LIMITED, NULL);
    default:
      break;
    }

  if (status >= 300 && status < 500)
    return g_error_new (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_PROTOCOL,
                        _("That is not a server of ours (it answered %u)"), status);
  if (status >= 500)
    return g_error_new (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE,
                        _("The server is not ready (it answered %u)"), status);
  if (cause == NULL)
    return g_error_new_literal (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE,
                                _("The server does not answer"));
  return g_error_new (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE,
                      _("The server cannot be reached (%s)"), cause->message);
}

gboolean
snug_signaling_error_may_pass (const GError *error)
{
  return g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE)
         || g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_RATE_LIMITED);
}
