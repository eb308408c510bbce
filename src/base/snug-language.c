/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-language.h"

#include <libintl.h>
#include <locale.h>

#include "snug-config.h"

void
snug_language_begin (void)
{
  const char *folder = g_getenv ("SNUG_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (SNUG_GETTEXT_PACKAGE, folder != NULL ? folder : SNUG_LOCALEDIR);
  bind_textdomain_codeset (SNUG_GETTEXT_PACKAGE, "UTF-8");
  textdomain (SNUG_GETTEXT_PACKAGE);
}
