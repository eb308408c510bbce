/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whatever a stranger calls a file becomes one component of a path, and stays it. */
#include <string.h>

#include "snug-file-name.h"

static void
check (const char *name)
{
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_cmpuint (strlen (name), >, 0);
  g_assert_cmpuint (strlen (name), <=, SNUG_FILE_NAME_MAX_BYTES);
  g_assert_null (strpbrk (name, "/\\:*?\"<>|"));
  g_assert_true (*name != '.' && *name != ' ');
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (at)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *name = snug_file_name_make_safe (text);
  g_autofree char *again = snug_file_name_make_safe (name);
  g_autofree char *second = snug_file_name_numbered (name, 2);

  check (name);
  check (second);
  g_assert_cmpstr (name, ==, again);
  return 0;
}
