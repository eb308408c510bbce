/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the gate lets through, the JSON library takes, and it is an object. */
#include "snug-json.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = snug_json_check ((const char *) data, size, 65536, &error);
  g_autoptr (JsonObject) object = snug_json_parse ((const char *) data, size, 65536, NULL);

  g_assert_true (ok == (error == NULL));
  g_assert_true (ok == (object != NULL));
  if (object != NULL)
    {
      g_autofree char *text = snug_json_to_text (object);

      g_assert_cmpuint (strlen (text), >=, 2);
    }
  return 0;
}
