/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-own-address.h"

#include <string.h>

#include <nice/interfaces.h>

char *
snug_own_address_find (void)
{
  GList *addresses = nice_interfaces_get_local_ips (FALSE);
  char *found = addresses == NULL ? g_strdup ("127.0.0.1") : NULL;

  for (GList *item = addresses; item != NULL && found == NULL; item = item->next)
    if (strchr (item->data, ':') == NULL)
      found = g_strdup (item->data);
  g_list_free_full (addresses, g_free);
  return found;
}
