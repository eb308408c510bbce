/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-safety.h"

#include <glib/gi18n-lib.h>

typedef gboolean (*Fits) (SnugMember *member);

static gboolean
has_phrase (SnugMember *member)
{
  return snug_member_get_phrase (member) != NULL;
}

static gboolean
is_called (SnugMember *member, const char *name)
{
  g_autofree char *shown = g_utf8_casefold (snug_member_get_display_name (member), -1);
  g_autofree char *typed = g_utf8_casefold (name, -1);

  return *name == '\0' || g_str_equal (shown, typed) || g_str_equal (snug_member_get_id (member), name);
}

/* (nullable): borrowed from the list: the only one, among those that fit, that @name may mean. */
static SnugMember *
find (SnugSession *session, const char *name, Fits fits)
{
  GListModel *members = snug_session_get_members (session);
  SnugMember *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (!fits (member) || !is_called (member, name))
        continue;
      if (found != NULL)
        return NULL;
      found = member;
    }
  return found;
}

void
snug_cli_safety_compare (SnugSession *session, SnugCliReport *report, const char *name)
{
  SnugMember *member = find (session, name, has_phrase);

  if (member != NULL)
    {
      snug_cli_report_safety (report, member);
      return;
    }
  member = find (session, name, snug_member_get_can_compare);
  if (member != NULL)
    snug_session_compare (session, member);
  else
    snug_cli_report_error (report, "cannot-compare",
                           _("With whom? /compare NAME. It takes somebody who is connected and whose program "
                             "knows safety phrases."), NULL);
}

void
snug_cli_safety_confirm (SnugSession *session, SnugCliReport *report, const char *name, gboolean same)
{
  SnugMember *member = find (session, name, has_phrase);

  if (member != NULL)
    snug_session_confirm_phrase (session, member, same);
  else
    snug_cli_report_error (report, "cannot-compare", _("Whose phrase? /compare NAME shows it first."), NULL);
}

/* Words come before the state that says so; who is checked already may get others. */
void
snug_cli_safety_tell (SnugCliReport *report, SnugMember *member, const char *property)
{
  if (g_strcmp0 (property, "safety") == 0
      || (g_strcmp0 (property, "phrase") == 0 && snug_member_get_safety (member) == SNUG_SAFETY_CHECKED
          && has_phrase (member)))
    snug_cli_report_safety (report, member);
}
