/* Where a word stands in a message.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-find.h"

/* Where the marks begin and end, as "0-4 9-13". */
static char *
places (const char *text, const char *needle)
{
  g_autofree char *folded = snug_find_fold (needle);
  g_autoptr (PangoAttrList) marks = snug_find_mark (text, folded, FALSE);
  g_autoptr (GString) found = g_string_new (NULL);
  GSList *attributes = marks != NULL ? pango_attr_list_get_attributes (marks) : NULL;

  for (GSList *l = attributes; l != NULL; l = l->next)
    {
      PangoAttribute *attribute = l->data;

      if (attribute->klass->type == PANGO_ATTR_BACKGROUND)
        g_string_append_printf (found, "%s%u-%u", found->len > 0 ? " " : "", attribute->start_index,
                                attribute->end_index);
    }
  g_slist_free_full (attributes, (GDestroyNotify) pango_attribute_destroy);
  return g_string_free (g_steal_pointer (&found), FALSE);
}

static void
assert_found (const char *text, const char *needle, const char *expected)
{
  g_autofree char *got = places (text, needle);

  g_assert_cmpstr (got, ==, expected);
}

static void
test_places (void)
{
  assert_found ("The Lake, the lake", "LAKE", "4-8 14-18");
  assert_found ("aaaa", "aa", "0-2 2-4");
  assert_found ("nothing", "lake", "");
  assert_found ("nothing", "  ", "");
  assert_found ("end", "endless", "");
  /* a letter that folds to two, and letters of several bytes */
  assert_found ("Straße", "STRASSE", "0-7");
  assert_found ("Ärger 🙂 ärger", "ärger", "0-6 12-18");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/find/places", test_places);
  return g_test_run ();
}
