/* What may stand as a reaction below a message: one emoji. The data is read by JavaScript too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <json-glib/json-glib.h>

#include "snug-emoji.h"

static void
check (JsonObject *root, const char *member, gboolean expected)
{
  JsonArray *texts = json_object_get_array_member (root, member);

  g_assert_cmpuint (json_array_get_length (texts), >, 0);
  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      const char *text = json_array_get_string_element (texts, i);

      if (snug_emoji_is_one (text) != expected)
        g_error ("“%s” is %s one emoji", text, expected ? "not taken for" : "taken for");
    }
}

static void
test_one (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "wire", "emoji.json", NULL);
  JsonObject *root;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  check (root, "one", TRUE);
  check (root, "not", FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emoji/one", test_one);
  return g_test_run ();
}
