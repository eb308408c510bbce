/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is taken for a room names one, and its link names the same. */
#include <string.h>

#include "snug-room-link.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugRoomLink) link = snug_room_link_parse (text, &error);
  g_autoptr (SnugRoomLink) again = NULL;
  g_autofree char *url = NULL;
  g_autofree char *invite = NULL;

  g_assert_true ((link == NULL) == (error != NULL));
  if (link == NULL)
    return 0;
  g_assert_true (strlen (link->code) == 6 && strspn (link->code, G_CSET_A_2_Z G_CSET_DIGITS) == 6);
  g_assert_true (link->secret == NULL || (*link->secret != '\0' && g_utf8_validate (link->secret, -1, NULL)));

  invite = snug_room_link_to_invite (link);
  g_assert_true (g_str_has_prefix (invite, link->code));
  url = snug_room_link_to_url (link);
  g_assert_true ((url == NULL) == (link->server == NULL));
  if (url == NULL || strlen (url) > SNUG_ROOM_LINK_MAX_BYTES)
    return 0;
  again = snug_room_link_parse (url, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (link->server, ==, again->server);
  g_assert_cmpstr (link->code, ==, again->code);
  g_assert_cmpstr (link->secret, ==, again->secret);
  return 0;
}
