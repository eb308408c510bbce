/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-text-size.h"

/* Of normal text. */
#define DPI (96 * 1024)

int
snug_text_size_scale (GtkWidget *widget, int px)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? (int) ((gint64) px * dpi / DPI) : px;
}
