/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where a session stands, as it follows from its room and the members in it, and what the program itself says of
 * them in the chat. */
#include "snug-session-private.h"

#include <glib/gi18n-lib.h>

#include "snug-context.h"

/* So long a server may take before a person is told what they wait for. */
#define SLOW_SERVER_MS 2000

void
snug_session_set_error (SnugSession *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  snug_session_notify (self, PROP_ERROR);
}

static void
set_trouble (SnugSession *self, const char *sentence)
{
  if (g_strcmp0 (self->trouble, sentence) == 0)
    return;
  g_free (self->trouble);
  self->trouble = g_strdup (sentence);
  snug_session_notify (self, PROP_TROUBLE);
}

static const char *
asleep_words (void)
{
  return _("The server does not answer yet. It may be waking up: this goes on trying for half a minute.");
}

static gboolean
on_slow_server (gpointer user_data)
{
  SnugSession *self = user_data;

  snug_clear_source (&self->slow);
  if (self->trouble == NULL)
    set_trouble (self, asleep_words ());
  return G_SOURCE_REMOVE;
}

static void
watch_for_slow_server (SnugSession *self, gboolean on)
{
  snug_clear_source (&self->slow);
  set_trouble (self, NULL);
  if (on)
    self->slow = snug_context_timeout (g_main_context_get_thread_default (), SLOW_SERVER_MS, on_slow_server, self);
}

void
snug_session_enter_state (SnugSession *self, SnugSessionState state)
{
  if (self->state == state)
    return;
  watch_for_slow_server (self, state == SNUG_SESSION_STARTING);
  g_debug ("session: %s → %s", snug_session_state_to_text (self->state), snug_session_state_to_text (state));
  self->state = state;
  snug_session_update_announcement (self);
  snug_session_notify (self, PROP_STATE);
}

void
snug_session_fail (SnugSession *self, SnugSessionError code, const char *sentence)
{
  /* Nothing moves any more in a room that is over, and what has arrived can go on in another. */
  if (code != SNUG_SESSION_ERROR_NO_ROUTE)
    snug_transfers_leave_room (self->transfers, sentence);
  snug_session_set_error (self, g_error_new_literal (SNUG_SESSION_ERROR, (int) code, sentence));
  snug_session_enter_state (self, SNUG_SESSION_FAILED);
}

void
snug_session_fail_as_signaling (SnugSession *self, const GError *error)
{
  SnugSessionError code;
  const char *sentence = snug_session_explain (error, &code);

  snug_session_fail (self, code, sentence);
}

/* --- the state of the room ------------------------------------------------------------------------- */

static gboolean
all_members_failed (SnugSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->members));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);

      if (snug_member_get_state (member) != SNUG_MEMBER_FAILED)
        return FALSE;
    }
  return n > 0;
}

static SnugSessionState
state_among_members (SnugSession *self)
{
  if (self->n_connected > 0 && snug_room_is_anybody_heard (self->room))
    return SNUG_SESSION_CONNECTED;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->members)) == 0)
    return SNUG_SESSION_WAITING;
  return self->was_connected ? SNUG_SESSION_RECONNECTING : SNUG_SESSION_CONNECTING;
}

/* Who was never in has nothing to keep: it is still the beginning. */
static void
enter_lost (SnugSession *self, const GError *error)
{
  if (self->was_in)
    {
      snug_session_enter_state (self, SNUG_SESSION_NO_SERVER);
      return;
    }
  snug_session_enter_state (self, SNUG_SESSION_STARTING);
  if (g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_RATE_LIMITED))
    set_trouble (self, _("The server asks to wait: too many tries. This goes on by itself in a few seconds."));
  else
    set_trouble (self, asleep_words ());
}

static void
fail_as_refused (SnugSession *self, const GError *refusal)
{
  SnugSessionError code;
  const char *sentence = snug_session_explain_refusal (refusal, &code);

  snug_session_fail (self, code, sentence);
}

static void
update_state (SnugSession *self)
{
  SnugSignaling *signaling = snug_room_get_signaling (self->room);

  if (snug_room_get_refusal (self->room) != NULL)
    {
      fail_as_refused (self, snug_room_get_refusal (self->room));
      return;
    }

  switch (snug_signaling_get_state (signaling))
    {
    case SNUG_SIGNALING_IDLE:
    case SNUG_SIGNALING_CONNECTING:
      snug_session_enter_state (self, SNUG_SESSION_STARTING);
      return;

    case SNUG_SIGNALING_RECONNECTING:
      enter_lost (self, snug_signaling_get_error (signaling));
      return;

    case SNUG_SIGNALING_CLOSED:
      snug_session_fail_as_signaling (self, snug_signaling_get_error (signaling));
      return;

    case SNUG_SIGNALING_OPEN:
    default:
      break;
    }

  if (snug_session_is_pending (self))
    {
      snug_session_enter_state (self, SNUG_SESSION_PENDING);
      set_trouble (self, snug_session_explain_pending (self));
      return;
    }
  self->was_in = TRUE;

  if (all_members_failed (self))
    {
      snug_session_fail (self, SNUG_SESSION_ERROR_NO_ROUTE,
            self->room_policy == SNUG_RELAY_NEVER
              ? _("Nobody in the room can be reached: both networks block direct links, and relays are turned off here.")
              : _("Nobody in the room can be reached: both networks block direct links, and no relay is set up or it does not answer."));
      return;
    }
  if (self->error != NULL)
    snug_session_set_error (self, NULL);
  snug_session_enter_state (self, state_among_members (self));
}

void
snug_session_set_boolean (SnugSession *self, gboolean *field, gboolean value, guint prop)
{
  if (*field == value)
    return;
  *field = value;
  snug_session_notify (self, prop);
}

void
snug_session_show_knock (SnugSession *self)
{
  const char *knock = snug_session_get_knock (self);

  if (g_strcmp0 (self->knock, knock) == 0)
    return;
  g_free (self->knock);
  self->knock = g_strdup (knock);
  snug_session_notify (self, PROP_KNOCK);
}

static void
on_room_changed (SnugRoom *room, SnugSession *self)
{
  guint n_connected = snug_room_get_n_ready (room);
  gint64 expires = snug_room_get_expires (room);

  snug_session_set_boolean (self, &self->rounds_proxy, self->room_policy != SNUG_RELAY_ONLY
                            && snug_signaling_get_by_proxy (snug_room_get_signaling (room)), PROP_ROUNDS_PROXY);
  self->was_connected = self->was_connected || n_connected > 0;
  if (self->n_connected != n_connected)
    {
      self->n_connected = n_connected;
      snug_session_notify (self, PROP_N_CONNECTED);
    }
  if (self->expires != expires)
    {
      self->expires = expires;
      snug_session_notify (self, PROP_EXPIRES);
    }
  snug_session_set_boolean (self, &self->guessed, snug_session_get_guessed (self), PROP_GUESSED);
  snug_session_show_knock (self);
  snug_session_set_boolean (self, &self->is_host, snug_room_get_is_host (room), PROP_IS_HOST);
  snug_session_set_boolean (self, &self->locked, snug_room_get_locked (room), PROP_LOCKED);
  update_state (self);
}

static void
on_member_state (SnugMember *member, GParamSpec *pspec, SnugSession *self)
{
  if (self->room != NULL)
    update_state (self);
}

static void
on_member_lacks_relay (SnugMember *member, GParamSpec *pspec, SnugSession *self)
{
  GListModel *members = G_LIST_MODEL (self->members);
  gboolean any_lacks = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (members) && !any_lacks; i++)
    {
      g_autoptr (SnugMember) one = g_list_model_get_item (members, i);

      g_object_get (one, "lacks-relay", &any_lacks, NULL);
    }
  if (self->room != NULL)
    snug_session_set_boolean (self, &self->lacks_relay, any_lacks, PROP_LACKS_RELAY);
}

/* --- lines of the program in the chat --------------------------------------------------------------- */

static void
on_member_ready (SnugRoom *room, SnugMember *member, SnugSession *self)
{
  gboolean first = g_hash_table_size (self->announced) == 0;
  g_autofree char *line = NULL;

  if (!g_hash_table_insert (self->announced, g_strdup (snug_member_get_id (member)),
                            g_strdup (snug_member_get_display_name (member))))
    return;
  if (first && !self->is_host)
    snug_chat_add_system (self->chat, _("Earlier messages are not shown."));
  /* Translators: %s is a person's name. */
  line = g_strdup_printf (_("%s joined"), snug_member_get_display_name (member));
  snug_chat_add_system (self->chat, line);
}

static void
on_member_renamed (SnugMember *member, GParamSpec *pspec, SnugSession *self)
{
  const char *now = snug_member_get_display_name (member);
  const char *before = g_hash_table_lookup (self->announced, snug_member_get_id (member));
  g_autofree char *line = NULL;

  if (before == NULL || g_str_equal (before, now))
    return;
  /* Translators: the name that somebody had, and the one they have now. */
  line = g_strdup_printf (_("%s is now %s"), before, now);
  g_hash_table_insert (self->announced, g_strdup (snug_member_get_id (member)), g_strdup (now));
  snug_chat_add_system (self->chat, line);
}

static void
on_member_left (SnugRoom *room, SnugMember *member, SnugSession *self)
{
  g_autofree char *line = g_strdup_printf (_("%s left"), snug_member_get_display_name (member));

  if (g_hash_table_contains (self->announced, snug_member_get_id (member)))
    snug_chat_add_system (self->chat, line);
}

static void
on_room_full (SnugRoom *room, SnugSession *self)
{
  snug_chat_add_system (self->chat, _("The room is full."));
}

static void
on_room_members_changed (GListModel *room_members, guint position, guint n_removed, guint n_added, SnugSession *self)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_removed; i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), position + i);

      g_signal_handlers_disconnect_by_func (member, on_member_state, self);
      g_signal_handlers_disconnect_by_func (member, on_member_renamed, self);
      g_signal_handlers_disconnect_by_func (member, on_member_lacks_relay, self);
    }
  for (guint i = 0; i < n_added; i++)
    {
      SnugMember *member = g_list_model_get_item (room_members, position + i);

      g_signal_connect_object (member, "notify::state", G_CALLBACK (on_member_state), self, 0);
      g_signal_connect_object (member, "notify::display-name", G_CALLBACK (on_member_renamed), self, 0);
      g_signal_connect_object (member, "notify::lacks-relay", G_CALLBACK (on_member_lacks_relay), self, 0);
      g_ptr_array_add (added, member);
    }
  g_list_store_splice (self->members, position, n_removed, added->pdata, added->len);
}

void
snug_session_listen_to_room (SnugSession *self)
{
  g_signal_connect (self->room, "changed", G_CALLBACK (on_room_changed), self);
  g_signal_connect (self->room, "member-ready", G_CALLBACK (on_member_ready), self);
  g_signal_connect (self->room, "member-left", G_CALLBACK (on_member_left), self);
  g_signal_connect (self->room, "full", G_CALLBACK (on_room_full), self);
  g_signal_connect (snug_room_get_members (self->room), "items-changed", G_CALLBACK (on_room_members_changed), self);
}
