/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-qr-window.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"

void
snug_qr_window_present (GtkWindow *parent, const char *link, const char *invite)
{
  g_autoptr (GtkBuilder) builder = NULL;
  g_autoptr (SnugQr) qr = link != NULL ? snug_qr_new (link) : NULL;
  GtkWindow *window;
  GObject *picture;
  g_autofree char *spoken = NULL;

  if (qr == NULL)
    return;
  builder = gtk_builder_new_from_resource ("/io/github/snugrooms/Snug/snug-qr-window.ui");
  window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));
  picture = gtk_builder_get_object (builder, "qr");
  spoken = g_strdup_printf (_("QR code of the link to room %s"), invite);

  gtk_picture_set_paintable (GTK_PICTURE (picture), GDK_PAINTABLE (qr));
  snug_accessible_set_label (GTK_WIDGET (picture), spoken);
  gtk_label_set_label (GTK_LABEL (gtk_builder_get_object (builder, "invite")), invite);
  gtk_window_set_transient_for (window, parent);
  gtk_window_present (window);
}
