/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-picture.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-picture-loader.h"

/* As it is shown, at most. */
#define WIDTH_PX 320
#define HEIGHT_PX 240

struct _SnugPicture
{
  AdwBin        parent_instance;

  /* Owned */
  SnugTransfer *transfer;
  GCancellable *loading;      /* nullable */

  GtkWidget    *button;       /* the child */
  GtkWidget    *picture;
};

G_DEFINE_FINAL_TYPE (SnugPicture, snug_picture, ADW_TYPE_BIN)

static void
show (SnugPicture *self, GdkTexture *texture)
{
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  double scale = MIN (1.0, MIN ((double) WIDTH_PX / width, (double) HEIGHT_PX / height));

  gtk_picture_set_paintable (GTK_PICTURE (self->picture), GDK_PAINTABLE (texture));
  gtk_widget_set_size_request (self->picture, (int) (width * scale), (int) (height * scale));
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugPicture) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = snug_picture_load_finish (result, &error);

  if (texture == NULL)
    g_debug ("picture: %s", error->message);
  else if (self->transfer != NULL)
    show (self, texture);
}

static gboolean
is_here (SnugTransfer *transfer)
{
  return snug_transfer_get_file (transfer) != NULL
         && (snug_transfer_get_direction (transfer) == SNUG_TRANSFER_OUT
             || snug_transfer_get_state (transfer) == SNUG_TRANSFER_DONE);
}

static void
load_when_here (SnugPicture *self)
{
  if (self->loading != NULL || !is_here (self->transfer))
    return;
  self->loading = g_cancellable_new ();
  snug_picture_load_async (snug_transfer_get_file (self->transfer), self->loading, on_loaded, g_object_ref (self));
}

GtkWidget *
snug_picture_new (SnugTransfer *transfer)
{
  SnugPicture *self = g_object_new (SNUG_TYPE_PICTURE, "visible", FALSE, NULL);
  /* Translators: %s is the name of a file. */
  g_autofree char *label = g_strdup_printf (_("Picture %s"), snug_transfer_get_name (transfer));

  self->transfer = g_object_ref (transfer);
  snug_accessible_set_label (self->button, label);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", snug_transfer_get_id (transfer));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "file.open");
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (load_when_here), self, G_CONNECT_SWAPPED);
  load_when_here (self);
  return GTK_WIDGET (self);
}

static void
snug_picture_dispose (GObject *object)
{
  SnugPicture *self = SNUG_PICTURE (object);

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->transfer);
  G_OBJECT_CLASS (snug_picture_parent_class)->dispose (object);
}

static void
snug_picture_class_init (SnugPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = snug_picture_dispose;
}

static void
snug_picture_init (SnugPicture *self)
{
  /* The button around it has its name. */
  self->picture = g_object_new (GTK_TYPE_PICTURE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_picture_set_can_shrink (GTK_PICTURE (self->picture), TRUE);
  gtk_widget_set_overflow (self->picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (self->picture, "inline-picture");
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), self->picture);
  gtk_widget_set_halign (self->button, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "picture-button");
  gtk_widget_set_tooltip_text (self->button, _("Open"));
  adw_bin_set_child (ADW_BIN (self), self->button);
}
