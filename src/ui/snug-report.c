/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-report.h"

#include "snug-config.h"

static void
add_system (GString *report)
{
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");

  g_string_append_printf (report, "Snug %s\n", SNUG_VERSION);
  g_string_append_printf (report, "System: %s\n", os != NULL ? os : "unknown");
  g_string_append_printf (report, "Desktop: %s, %s\n", desktop != NULL ? desktop : "unknown",
                          g_getenv ("WAYLAND_DISPLAY") != NULL ? "Wayland" : "X11");
  g_string_append_printf (report, "GLib %u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
}

static const char *
error_text (const GError *error)
{
  static const char *const texts[] = {
    [SNUG_SESSION_ERROR_BUSY] = "busy",
    [SNUG_SESSION_ERROR_BAD_INVITE] = "bad-invite",
    [SNUG_SESSION_ERROR_NO_SERVER_NAMED] = "no-server-named",
    [SNUG_SESSION_ERROR_UNREACHABLE] = "unreachable",
    [SNUG_SESSION_ERROR_ROOM_NOT_FOUND] = "room-not-found",
    [SNUG_SESSION_ERROR_ROOM_FULL] = "room-full",
    [SNUG_SESSION_ERROR_REFUSED] = "refused",
    [SNUG_SESSION_ERROR_EXPIRED] = "expired",
    [SNUG_SESSION_ERROR_SECRET] = "secret",
    [SNUG_SESSION_ERROR_VERSION] = "version",
    [SNUG_SESSION_ERROR_NO_ROUTE] = "no-route",
    [SNUG_SESSION_ERROR_HOSTING] = "hosting",
  };

  if (error->domain != SNUG_SESSION_ERROR || error->code < 0 || error->code >= (int) G_N_ELEMENTS (texts)
      || texts[error->code] == NULL)
    return "other";
  return texts[error->code];
}

static const char *
server_text (SnugSession *session)
{
  g_autofree char *server = NULL;
  gboolean is_host;

  g_object_get (session, "server", &server, "is-host", &is_host, NULL);
  if (server == NULL)
    return is_host ? "built-in, of this computer" : "somebody else's, or built-in";
  return g_str_has_prefix (server, "https:") ? "set, https" : "set, http";
}

static void
add_room (GString *report, SnugSession *session)
{
  static const char *const policies[] = { "automatic", "never", "only" };
  const GError *error = snug_session_get_error (session);
  g_autoptr (GPtrArray) ice_servers = NULL;
  int relay;

  g_object_get (session, "ice-servers", &ice_servers, "relay-policy", &relay, NULL);
  g_string_append_printf (report, "\nRoom: %s%s%s\n", snug_session_state_to_text (snug_session_get_state (session)),
                          error != NULL ? ", " : "", error != NULL ? error_text (error) : "");
  g_string_append_printf (report, "Slow: %s\n", snug_session_get_trouble (session) != NULL ? "yes" : "no");
  g_string_append_printf (report, "Server: %s\n", server_text (session));
  g_string_append_printf (report, "STUN and TURN servers: %u, relay: %s\n", ice_servers != NULL ? ice_servers->len : 0,
                          policies[CLAMP (relay, 0, 2)]);
}

static void
add_member (GString *report, guint number, SnugMember *member)
{
  static const char *const devices[] = { "unknown", "desktop", "terminal", "browser", "phone", "0trace page" };
  static const char *const steps[] = { "waiting", "running", "done", "failed" };
  const char *path = snug_path_to_text (snug_member_get_path (member));

  g_string_append_printf (report, "Member %u: %s, %s, version %s", number,
                          snug_member_state_to_text (snug_member_get_state (member)),
                          devices[snug_member_get_device (member)], snug_member_get_legacy (member) ? "1" : "2");
  g_string_append_printf (report, ", path %s", path != NULL ? path : "none");
  if (snug_member_get_rtt_ms (member) >= 0)
    g_string_append_printf (report, ", %.0f ms", snug_member_get_rtt_ms (member));
  g_string_append_printf (report, "\n  answered %s, route %s, keys %s\n",
                          steps[snug_member_get_step (member, SNUG_STEP_ANSWERED)],
                          steps[snug_member_get_step (member, SNUG_STEP_ROUTE)],
                          steps[snug_member_get_step (member, SNUG_STEP_KEYS)]);
}

static void
add_transfers (GString *report, GListModel *transfers)
{
  guint counts[2][SNUG_TRANSFER_FAILED + 1] = { { 0 } };

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      counts[snug_transfer_get_direction (transfer)][snug_transfer_get_state (transfer)]++;
    }
  for (guint direction = 0; direction < 2; direction++)
    for (guint state = 0; state <= SNUG_TRANSFER_FAILED; state++)
      if (counts[direction][state] > 0)
        g_string_append_printf (report, "Files %s, %s: %u\n", direction == SNUG_TRANSFER_IN ? "in" : "out",
                                snug_transfer_state_to_text ((SnugTransferState) state), counts[direction][state]);
}

char *
snug_report_new (SnugSession *session)
{
  GListModel *members = snug_session_get_members (session);
  GString *report = g_string_new (NULL);

  add_system (report);
  add_room (report, session);
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      add_member (report, i + 1, member);
    }
  add_transfers (report, snug_session_get_transfers (session));
  return g_string_free (report, FALSE);
}

static void
add_check (GString *report, SnugCheck *check, gboolean with_address)
{
  guint number = snug_check_get_number (check);
  const char *address = with_address ? snug_check_get_address (check) : NULL;

  g_string_append_printf (report, "Check %s", snug_check_step_to_text (snug_check_get_step (check)));
  if (number > 0)
    g_string_append_printf (report, " %u", number);
  g_string_append_printf (report, ": %s, %s", snug_check_status_to_text (snug_check_get_status (check)),
                          snug_finding_to_text (snug_check_get_finding (check)));
  if (address != NULL)
    g_string_append_printf (report, " (%s)", address);
  g_string_append_c (report, '\n');
}

char *
snug_report_new_with_checks (SnugSession *session, GListModel *checks, gboolean addresses)
{
  g_autofree char *room = snug_report_new (session);
  GString *report = g_string_new (room);

  g_string_append_c (report, '\n');
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (SnugCheck) check = g_list_model_get_item (checks, i);

      add_check (report, check, addresses);
    }
  return g_string_free (report, FALSE);
}
