/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-session-facts.h"

gboolean
snug_session_facts_is_in_room (SnugSession *session)
{
  SnugSessionState state = snug_session_get_state (session);

  return state != SNUG_SESSION_EMPTY && state != SNUG_SESSION_FAILED;
}

gboolean
snug_session_facts_has_active_transfers (SnugSession *session)
{
  GListModel *transfers = snug_session_get_transfers (session);

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (snug_transfer_is_active (transfer))
        return TRUE;
    }
  return FALSE;
}
