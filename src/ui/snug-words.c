/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-words.h"

#include <glib/gi18n-lib.h>

static guint
count_members (SnugSession *session, SnugMemberState state, SnugMember **first)
{
  GListModel *members = snug_session_get_members (session);
  guint n = 0;

  *first = NULL;
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (snug_member_get_state (member) != state)
        continue;
      if (n++ == 0)
        *first = member; /* the model keeps it */
    }
  return n;
}

/* --- Problems --- */

static SnugProblem *
problem_new (const char *title, const char *body, const char *button, const char *action,
             gboolean over)
{
  SnugProblem *problem = g_new0 (SnugProblem, 1);

  problem->title = g_strdup (title);
  problem->body = g_strdup (body);
  problem->button = button;
  problem->action = action;
  problem->over = over;
  return problem;
}

void
snug_problem_free (SnugProblem *problem)
{
  g_free (problem->title);
  g_free (problem->body);
  g_free (problem);
}

static const char *
failure_title (const GError *error)
{
  if (error == NULL || error->domain != SNUG_SESSION_ERROR)
    return _("Could not connect");

  switch ((SnugSessionError) error->code)
    {
    case SNUG_SESSION_ERROR_UNREACHABLE: return _("Server unreachable");
    case SNUG_SESSION_ERROR_ROOM_NOT_FOUND: return _("There is no such room");
    case SNUG_SESSION_ERROR_ROOM_FULL: return _("Room is full");
    case SNUG_SESSION_ERROR_REFUSED: return _("You were not let in");
    case SNUG_SESSION_ERROR_EXPIRED: return _("This room is over");
    case SNUG_SESSION_ERROR_SECRET: return _("Wrong secret");
    case SNUG_SESSION_ERROR_SECRET_NEEDED: return _("Private room");
    case SNUG_SESSION_ERROR_VERSION: return _("Update needed");
    case SNUG_SESSION_ERROR_HOSTING: return _("Could not open a room here");
    case SNUG_SESSION_ERROR_NO_ROUTE: return _("Could not connect");
    case SNUG_SESSION_ERROR_NOT_SAFE: return _("Not safe");
    case SNUG_SESSION_ERROR_BUSY:
    case SNUG_SESSION_ERROR_BAD_INVITE:
    case SNUG_SESSION_ERROR_NO_SERVER_NAMED:
    default: return _("Could not connect");
    }
}

/* Trying again helps where the world may have changed, and nowhere else. */
static gboolean
may_retry (const GError *error)
{
  return error == NULL || error->domain != SNUG_SESSION_ERROR
         || error->code == SNUG_SESSION_ERROR_UNREACHABLE
         || error->code == SNUG_SESSION_ERROR_ROOM_FULL
         || error->code == SNUG_SESSION_ERROR_ROOM_NOT_FOUND
         || error->code == SNUG_SESSION_ERROR_NO_ROUTE
         || error->code == SNUG_SESSION_ERROR_HOSTING;
}

static SnugProblem *
failure_new (const GError *error)
{
  const char *body = error != NULL ? error->message : _("The room could not be reached.");

  if (may_retry (error))
    return problem_new (failure_title (error), body, _("Try Again"), "room.retry", TRUE);
  if (g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_NOT_SAFE))
    return problem_new (failure_title (error), body, _("Leave"), "room.start-over", TRUE);
  return problem_new (failure_title (error), body, _("New Room"), "room.start-over", TRUE);
}

static SnugProblem *
lost_new (SnugSession *session)
{
  SnugMember *lost;
  g_autofree char *title = NULL;

  count_members (session, SNUG_MEMBER_RECONNECTING, &lost);
  title = lost != NULL ? g_strdup_printf (_("Connection to %s lost"),
                                          snug_member_get_display_name (lost))
                       : g_strdup (_("Connection lost"));
  return problem_new (title, _("Transfers are paused. What you write is sent when the connection is back."),
                      _("Try Now"), "room.retry", FALSE);
}

/* Who asks to be let in, and who guesses. */
static SnugProblem *
at_the_door_new (SnugSession *session)
{
  const char *knock = snug_session_get_knock (session);
  g_autofree char *title = NULL;
  SnugProblem *problem;

  if (knock != NULL)
    {
      title = g_strdup_printf (_("%s asks to be let in"), *knock != '\0' ? knock : _("Somebody"));
      problem = problem_new (title, _("They know the secret. The room is locked."), _("Let In"), "room.let-in", FALSE);
      problem->refusal = _("Refuse");
      problem->refuse_action = "room.refuse";
      return problem;
    }
  if (snug_session_get_guessed (session))
    return problem_new (_("Someone keeps guessing"),
                        _("Five wrong secrets were tried. Nobody new is answered; nobody inside is affected."),
                        _("Let Them Try"), "room.let-them-try", FALSE);
  return NULL;
}

SnugProblem *
snug_problem_new (SnugSession *session)
{
  switch (snug_session_get_state (session))
    {
    case SNUG_SESSION_RECONNECTING:
      return lost_new (session);
    case SNUG_SESSION_NO_SERVER:
      return problem_new (_("Server unreachable"),
                          _("Nobody new can join. People already connected stay connected."),
                          _("Try Now"), "room.retry", FALSE);
    case SNUG_SESSION_FAILED:
      return failure_new (snug_session_get_error (session));
    case SNUG_SESSION_WAITING:
    case SNUG_SESSION_CONNECTING:
    case SNUG_SESSION_CONNECTED:
      return at_the_door_new (session);
    case SNUG_SESSION_EMPTY:
    case SNUG_SESSION_STARTING:
    case SNUG_SESSION_PENDING:
    default:
      return NULL;
    }
}

/* --- The room --- */

char *
snug_words_title (SnugSession *session)
{
  const char *code = snug_session_get_code (session);

  return g_strdup (code != NULL ? code : _("Snug"));
}

static const char *
path_words (SnugSession *session)
{
  GListModel *members = snug_session_get_members (session);
  gboolean direct = FALSE;
  gboolean relay = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (snug_member_get_state (member) != SNUG_MEMBER_CONNECTED)
        continue;
      relay |= snug_member_get_path (member) == SNUG_PATH_RELAY;
      direct |= snug_member_get_path (member) == SNUG_PATH_DIRECT
                || snug_member_get_path (member) == SNUG_PATH_DIRECT_LOCAL;
    }
  if (relay && direct)
    return _("direct and relayed");
  if (relay)
    return _("relayed");
  return direct ? _("direct") : NULL;
}

static char *
people_words (SnugSession *session)
{
  guint n_people = snug_session_get_n_connected (session) + 1;
  const char *path = path_words (session);
  g_autofree char *people = g_strdup_printf (ngettext ("%u person", "%u people", n_people),
                                             n_people);

  /* Translators: "3 people · direct" */
  return path != NULL ? g_strdup_printf (_("%s · %s"), people, path) : g_steal_pointer (&people);
}

static char *
connecting_words (SnugSession *session)
{
  SnugMember *other;

  count_members (session, SNUG_MEMBER_CONNECTING, &other);
  if (other == NULL)
    return g_strdup (_("Connecting…"));
  return g_strdup_printf (_("Connecting to %s…"), snug_member_get_display_name (other));
}

static char *
connected_words (SnugSession *session)
{
  SnugMember *away;
  guint n_away = count_members (session, SNUG_MEMBER_AWAY, &away);

  if (n_away == 1 && g_list_model_get_n_items (snug_session_get_members (session)) == 1)
    return g_strdup_printf (_("%s is away"), snug_member_get_display_name (away));
  return people_words (session);
}

static char *
reconnecting_words (gint64 lost_s)
{
  if (lost_s <= 0)
    return g_strdup (_("Reconnecting…"));
  /* Translators: how long it has been lost, in seconds. */
  return g_strdup_printf (_("Reconnecting… %d s"), (int) lost_s);
}

char *
snug_words_subtitle (SnugSession *session, gint64 lost_s)
{
  switch (snug_session_get_state (session))
    {
    case SNUG_SESSION_STARTING:
      return g_strdup (snug_session_get_code (session) == NULL ? _("Opening a room…") : _("Joining…"));
    case SNUG_SESSION_PENDING:
      return g_strdup (_("Waiting to be let in"));
    case SNUG_SESSION_WAITING:
      return g_strdup (_("Waiting for people"));
    case SNUG_SESSION_CONNECTING:
      return connecting_words (session);
    case SNUG_SESSION_CONNECTED:
      return connected_words (session);
    case SNUG_SESSION_RECONNECTING:
      return reconnecting_words (lost_s);
    case SNUG_SESSION_NO_SERVER:
      return snug_session_get_n_connected (session) > 0 ? people_words (session)
                                                        : g_strdup (_("Server unreachable"));
    case SNUG_SESSION_FAILED:
      return g_strdup (failure_title (snug_session_get_error (session)));
    case SNUG_SESSION_EMPTY:
    default:
      return g_strdup (_("Not in a room"));
    }
}

char *
snug_words_privacy (SnugSession *session)
{
  if (session == NULL)
    return g_strdup (_("Messages and files go straight from device to device, encrypted. "
                       "A server only helps them find each other: it sees the room code, each member's own "
                       "IP address and the times."));
  if (snug_session_get_private (session))
    return g_strdup (_("The server sees: room code, each member's own IP address, times. It cannot see: messages, names, "
                       "files. Only people with the secret can enter. A member in a browser trusts the page that the "
                       "server gave them."));
  return g_strdup (_("The server sees: room code, each member's own IP address, times. It cannot see: messages, names, "
                     "files, as long as it is honest: an open room has no secret to check it by."));
}

char **
snug_words_caveats (SnugSession *session)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  gboolean rounds_proxy, lacks_relay;
  int announcement;

  g_object_get (session, "rounds-proxy", &rounds_proxy, "lacks-relay", &lacks_relay, "announcement", &announcement, NULL);
  if (rounds_proxy)
    g_strv_builder_add (lines, _("Your proxy does not carry direct connections: they go round it, and people in the "
                                 "room see your address."));
  if (lacks_relay)
    g_strv_builder_add (lines, _("Your relay does not answer, or does not let us in: it is not used."));
  if (announcement == SNUG_ANNOUNCEMENT_IMPOSSIBLE)
    g_strv_builder_add (lines, _("People nearby cannot find the room by themselves: this computer does not announce it, which takes Avahi. "
                                 "Give them the link."));
  return g_strv_builder_end (lines);
}

/* --- People --- */

char *
snug_words_member (SnugMember *member)
{
  g_autofree char *path = NULL;
  g_autofree char *error = NULL;

  g_object_get (member, "path-text", &path, "error-text", &error, NULL);
  switch (snug_member_get_state (member))
    {
    case SNUG_MEMBER_CONNECTING: return g_strdup (_("Connecting…"));
    case SNUG_MEMBER_RECONNECTING: return g_strdup (_("Connection lost, reconnecting…"));
    case SNUG_MEMBER_AWAY: return g_strdup (_("Away"));
    case SNUG_MEMBER_LEFT: return g_strdup (_("Left the room"));
    case SNUG_MEMBER_FAILED: return g_strdup (error != NULL ? error : _("Could not connect"));
    case SNUG_MEMBER_CONNECTED:
    default: return g_strdup (path != NULL && *path != '\0' ? path : _("Connected"));
    }
}

const char *
snug_words_safety (SnugMember *member)
{
  switch (snug_member_get_safety (member))
    {
    case SNUG_SAFETY_ASKED:
      return _("Working it out…");
    case SNUG_SAFETY_PHRASE:
      return _("Ask them by voice, or face to face: the same on their screen?");
    case SNUG_SAFETY_CHECKED:
      return _("You have compared it: nobody stands between you.");
    case SNUG_SAFETY_INTERRUPTED:
      return snug_member_get_can_compare (member)
               ? _("The check was interrupted.") : _("The check was interrupted too often to be worth anything.");
    case SNUG_SAFETY_CHANGED:
      return _("They have another certificate than the one you checked, as after a page was loaded again. Compare once more.");
    case SNUG_SAFETY_UNCHECKED:
    case SNUG_SAFETY_MISMATCH:
    default:
      return _("Four words to compare by voice, or face to face. If they are the same, nobody stands between you.");
    }
}

const char *
snug_words_device_icon (SnugMemberDevice device)
{
  switch (device)
    {
    case SNUG_MEMBER_DEVICE_DESKTOP: return "computer-symbolic";
    case SNUG_MEMBER_DEVICE_TERMINAL: return "utilities-terminal-symbolic";
    case SNUG_MEMBER_DEVICE_BROWSER: return "web-browser-symbolic";
    case SNUG_MEMBER_DEVICE_PHONE: return "phone-symbolic";
    case SNUG_MEMBER_DEVICE_LEGACY_PAGE: return "web-browser-symbolic";
    case SNUG_MEMBER_DEVICE_UNKNOWN:
    default: return "avatar-default-symbolic";
    }
}

const char *
snug_words_device_name (SnugMemberDevice device)
{
  switch (device)
    {
    case SNUG_MEMBER_DEVICE_DESKTOP: return _("Computer");
    case SNUG_MEMBER_DEVICE_TERMINAL: return _("Terminal");
    case SNUG_MEMBER_DEVICE_BROWSER: return _("Web browser");
    case SNUG_MEMBER_DEVICE_PHONE: return _("Phone");
    case SNUG_MEMBER_DEVICE_LEGACY_PAGE: return _("0trace page");
    case SNUG_MEMBER_DEVICE_UNKNOWN:
    default: return _("Device");
    }
}

char *
snug_words_typing (GListModel *members)
{
  g_autoptr (SnugMember) first = NULL;
  guint n_typing = 0;

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);
      gboolean typing;

      g_object_get (member, "typing", &typing, NULL);
      if (typing && n_typing++ == 0)
        first = g_object_ref (member);
    }
  if (n_typing == 0)
    return g_strdup ("");
  if (n_typing == 1)
    return g_strdup_printf (_("%s is typing…"), snug_member_get_display_name (first));
  return g_strdup_printf (ngettext ("%u person is typing…", "%u people are typing…", n_typing),
                          n_typing);
}

/* --- Chat --- */

static GDateTime *
local_time (gint64 time_ms)
{
  return g_date_time_new_from_unix_local (time_ms / 1000);
}

char *
snug_words_clock (gint64 time_ms)
{
  g_autoptr (GDateTime) time = local_time (time_ms);

  /* Translators: the time of a message, see g_date_time_format(). */
  return g_date_time_format (time, _("%H:%M"));
}

static gint
day_number (GDateTime *time)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) g_date_time_get_day_of_month (time),
                  (GDateMonth) g_date_time_get_month (time), (GDateYear) g_date_time_get_year (time));
  return (gint) g_date_get_julian (&date);
}

gboolean
snug_words_same_day (gint64 a_ms, gint64 b_ms)
{
  g_autoptr (GDateTime) a = local_time (a_ms);
  g_autoptr (GDateTime) b = local_time (b_ms);

  return day_number (a) == day_number (b);
}

char *
snug_words_day (gint64 time_ms, gint64 now_ms)
{
  g_autoptr (GDateTime) time = local_time (time_ms);
  g_autoptr (GDateTime) now = local_time (now_ms);

  switch (day_number (now) - day_number (time))
    {
    case -1: return g_strdup (_("Tomorrow"));
    case 0: return g_strdup (_("Today"));
    case 1: return g_strdup (_("Yesterday"));
    /* Translators: a day of this or another year, see g_date_time_format(). */
    default: return g_date_time_format (time, _("%A, %-d %B"));
    }
}
