/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-signaling-version-1.h"

#include <string.h>

/* The creator of a room is its sender, and it is the sender that offers: the lower seq. */
static guint64
seq_of (const char *role)
{
  return *role == 's' ? 1 : 2;
}

static const char *
other_role (const char *role)
{
  return *role == 's' ? "receiver" : "sender";
}

SnugSignalMessage *
snug_version_1_welcome (const SnugVersion1 *state, gboolean resumed)
{
  SnugSignalMessage *welcome = snug_signal_message_new (SNUG_SIGNAL_WELCOME);
  SnugSignalPeer *peer;

  welcome->version = 1;
  welcome->self = g_strdup (state->role);
  welcome->seq = seq_of (state->role);
  welcome->host = g_strdup ("sender");
  welcome->capacity = 2;
  welcome->resumed = resumed;
  welcome->members = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_peer_free);
  welcome->ice_servers = g_ptr_array_new ();
  if (!state->peer_here)
    return welcome;

  peer = g_new0 (SnugSignalPeer, 1);
  peer->id = g_strdup (other_role (state->role));
  peer->role = g_strdup (peer->id);
  peer->seq = seq_of (peer->id);
  peer->legacy = TRUE;
  g_ptr_array_add (welcome->members, peer);
  return welcome;
}

static SnugSignalMessage *
about_other (const SnugVersion1 *state, SnugSignalType type)
{
  SnugSignalMessage *message = snug_signal_message_new (type);
  const char *other = other_role (state->role);

  message->peer = g_strdup (other);
  if (type == SNUG_SIGNAL_PEER_JOINED)
    {
      message->seq = seq_of (other);
      message->role = g_strdup (other);
      message->legacy = TRUE;
    }
  return message;
}

/* Without addresses. What version 1 does not know, its server hands on: so two of ours meet as what they
 * are, and a page ignores it. */
static SnugSignalMessage *
copy_plain (const SnugSignalMessage *message)
{
  SnugSignalMessage *copy = snug_signal_message_new (message->type);

  copy->sdp = g_strdup (message->sdp);
  copy->candidate = g_strdup (message->candidate);
  copy->sdp_mid = g_strdup (message->sdp_mid);
  copy->neg = message->neg;
  copy->caps = message->caps != NULL ? json_object_ref (message->caps) : NULL;
  return copy;
}

static gboolean
is_for_peers (SnugSignalType type)
{
  return type == SNUG_SIGNAL_OFFER || type == SNUG_SIGNAL_ANSWER || type == SNUG_SIGNAL_ICE_CANDIDATE
         || type == SNUG_SIGNAL_RESTART;
}

GPtrArray *
snug_version_1_translate (SnugVersion1 *state, const SnugSignalMessage *message)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_message_unref);
  SnugSignalMessage *copy;

  if (message->type == SNUG_SIGNAL_PEER_JOINED
      && (message->role == NULL || strcmp (message->role, state->role) != 0))
    {
      state->peer_here = TRUE;
      g_ptr_array_add (out, about_other (state, SNUG_SIGNAL_PEER_JOINED));
    }
  else if (message->type == SNUG_SIGNAL_PEER_LEFT && state->peer_here)
    {
      state->peer_here = FALSE;
      copy = about_other (state, SNUG_SIGNAL_PEER_LEFT);
      copy->reason = g_strdup ("lost");
      g_ptr_array_add (out, copy);
    }
  else if (is_for_peers (message->type))
    {
      /* Who was there before us is not announced, it just speaks. */
      if (!state->peer_here)
        g_ptr_array_add (out, about_other (state, SNUG_SIGNAL_PEER_JOINED));
      state->peer_here = TRUE;
      copy = copy_plain (message);
      copy->from = g_strdup (other_role (state->role));
      g_ptr_array_add (out, copy);
    }
  return out;
}

SnugSignalMessage *
snug_version_1_from_room (const SnugSignalMessage *message)
{
  return is_for_peers (message->type) ? copy_plain (message) : NULL;
}
