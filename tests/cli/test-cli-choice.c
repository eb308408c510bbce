/* Which entries of a folder a pattern means.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-choice.h"

static const struct
{
  const char *path;
  const char *glob;
  gboolean    matches;
} rows[] = {
  { "a.jpg", "*.jpg", TRUE },
  { "sub/deep/a.jpg", "*.jpg", TRUE },
  { "a.jpg.txt", "*.jpg", FALSE },
  { "sub/a.jpg", "sub/*.jpg", TRUE },
  { "sub/deep/a.jpg", "sub/*.jpg", FALSE },
  { "other/sub/a.jpg", "sub/*.jpg", FALSE },
  /* with a folder comes what is in it */
  { "sub", "sub", TRUE },
  { "sub/deep/a.jpg", "sub", TRUE },
  { "sub/deep/a.jpg", "sub/", TRUE },
  { "sub/deep/a.jpg", "sub/deep", TRUE },
  { "sub/deep/a.jpg", "deep", TRUE },
  { "subway/a.jpg", "sub", FALSE },
  { "sub/a.jpg", "/", FALSE },
  { "sub/a.jpg", "", FALSE },
  { "sub/[a].jpg", "\\[a\\].jpg", TRUE },
  { "ä/b", "ä", TRUE },
};

static void
test_matches (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const globs[] = { "nothing", rows[i].glob, NULL };

      g_test_message ("%s, %s", rows[i].path, rows[i].glob);
      g_assert_cmpint (snug_cli_choice_matches (rows[i].path, globs), ==, rows[i].matches);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-choice/matches", test_matches);
  return g_test_run ();
}
