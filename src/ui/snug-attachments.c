/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-attachments.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-draft-file.h"
#include "snug-picture-loader.h"

#define MOST 20
#define CHIP_PX 40

struct _SnugAttachments
{
  AdwBin     parent_instance;

  GPtrArray *files;     /* owned, of GFile */
  GtkBox    *box;       /* inside the child: a chip each, in the same order */
};

G_DEFINE_FINAL_TYPE (SnugAttachments, snug_attachments, ADW_TYPE_BIN)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
changed (SnugAttachments *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), self->files->len > 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- A chip --- */

static void
on_remove (GtkWidget *button, SnugAttachments *self)
{
  GtkWidget *chip = gtk_widget_get_parent (button);

  g_ptr_array_remove (self->files, g_object_get_data (G_OBJECT (chip), "file"));
  gtk_box_remove (self->box, chip);
  changed (self);
}

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkImage) image = user_data;
  g_autoptr (GdkTexture) texture = snug_picture_load_finish (result, NULL);

  if (texture != NULL)
    gtk_image_set_from_paintable (image, GDK_PAINTABLE (texture));
}

static GtkWidget *
chip_new (SnugAttachments *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *spoken = g_strdup_printf (_("Remove %s"), shown);
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *image = snug_accessible_decoration_new ("text-x-generic-symbolic");
  GtkWidget *label = gtk_label_new (shown);
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_image_set_pixel_size (GTK_IMAGE (image), CHIP_PX);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 18);
  gtk_widget_set_tooltip_text (label, shown);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, spoken);
  snug_accessible_set_label (button, spoken);
  gtk_widget_add_css_class (chip, "attachment");
  gtk_box_append (GTK_BOX (chip), image);
  gtk_box_append (GTK_BOX (chip), label);
  gtk_box_append (GTK_BOX (chip), button);
  g_object_set_data (G_OBJECT (chip), "file", file);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), self);
  if (snug_picture_is_likely (name))
    snug_picture_load_async (file, NULL, on_thumbnail, g_object_ref (image));
  return chip;
}

static void
add (SnugAttachments *self, GFile *file)
{
  if (self->files->len >= MOST)
    return;
  g_ptr_array_add (self->files, g_object_ref (file));
  gtk_box_append (self->box, chip_new (self, file));
  changed (self);
}

/* --- The clipboard --- */

static void
on_texture (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugAttachments) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (clipboard), result, &error);
  g_autoptr (GBytes) bytes = texture != NULL ? gdk_texture_save_to_png_bytes (texture) : NULL;
  g_autoptr (GFile) file = NULL;

  /* Translators: the name of a file. */
  if (bytes != NULL)
    file = snug_draft_file_new (_("Picture.png"), bytes, &error);
  if (file != NULL)
    add (self, file);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "chat.complain", "s", error->message);
}

static void
on_files (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugAttachments) self = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (clipboard), result, NULL);

  for (GSList *l = value != NULL ? g_value_get_boxed (value) : NULL; l != NULL; l = l->next)
    add (self, l->data);
}

gboolean
snug_attachments_paste (SnugAttachments *self, GdkClipboard *clipboard)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_files,
                                    g_object_ref (self));
  else if (gdk_content_formats_contain_mime_type (formats, "text/uri-list"))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_files,
                                    g_object_ref (self));
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE)
           || gdk_content_formats_contain_mime_type (formats, "image/png"))
    gdk_clipboard_read_texture_async (clipboard, NULL, on_texture, g_object_ref (self));
  else
    return FALSE;
  return TRUE;
}

/* --- What there is --- */

guint
snug_attachments_get_n (SnugAttachments *self)
{
  return self->files->len;
}

char **
snug_attachments_dup_uris (SnugAttachments *self)
{
  char **uris = g_new0 (char *, self->files->len + 1);

  for (guint i = 0; i < self->files->len; i++)
    uris[i] = g_file_get_uri (g_ptr_array_index (self->files, i));
  return uris;
}

void
snug_attachments_clear (SnugAttachments *self)
{
  GtkWidget *chip;

  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_box_remove (self->box, chip);
  g_ptr_array_set_size (self->files, 0);
  changed (self);
}

static void
snug_attachments_finalize (GObject *object)
{
  g_ptr_array_unref (SNUG_ATTACHMENTS (object)->files);
  G_OBJECT_CLASS (snug_attachments_parent_class)->finalize (object);
}

static void
snug_attachments_class_init (SnugAttachmentsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_attachments_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
snug_attachments_init (SnugAttachments *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->files = g_ptr_array_new_with_free_func (g_object_unref);
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->box));
  gtk_widget_set_focusable (scroller, FALSE);
  adw_bin_set_child (ADW_BIN (self), scroller);
}
