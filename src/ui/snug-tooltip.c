/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-tooltip.h"

static GQuark
text_quark (void)
{
  return g_quark_from_static_string ("snug-tooltip");
}

static gboolean
on_query (GtkWidget *widget, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip)
{
  const char *text = g_object_get_qdata (G_OBJECT (widget), text_quark ());

  if (text == NULL)
    return FALSE;
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

void
snug_tooltip_set (GtkWidget *widget, const char *text)
{
  gboolean is_first = !gtk_widget_get_has_tooltip (widget);

  g_object_set_qdata_full (G_OBJECT (widget), text_quark (), g_strdup (text), g_free);
  if (!is_first)
    return;
  g_signal_connect (widget, "query-tooltip", G_CALLBACK (on_query), NULL);
  gtk_widget_set_has_tooltip (widget, TRUE);
}
