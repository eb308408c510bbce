/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transfer-details.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-file-words.h"

#define SNUG_TYPE_TRANSFER_DETAILS (snug_transfer_details_get_type ())
G_DECLARE_FINAL_TYPE (SnugTransferDetails, snug_transfer_details, SNUG, TRANSFER_DETAILS, AdwWindow)

struct _SnugTransferDetails
{
  AdwWindow        parent_instance;

  /* Owned */
  SnugSession     *session;
  SnugTransfer    *transfer;
  GCancellable    *hashing;        /* nullable */
  char            *hash;           /* nullable: not asked for yet */

  /* Template */
  AdwToastOverlay *toasts;
  AdwActionRow    *name;
  AdwActionRow    *what;
  AdwActionRow    *who;
  AdwActionRow    *state;
  AdwActionRow    *place;
  GtkWidget       *show;
  AdwActionRow    *fingerprint;
  GtkWidget       *fingerprint_group;
  AdwActionRow    *hash_row;
  GtkWidget       *hash_start;
  GtkSpinner      *hash_spinner;
  GtkWidget       *hash_copy;
};

G_DEFINE_FINAL_TYPE (SnugTransferDetails, snug_transfer_details, ADW_TYPE_WINDOW)

static char *
kind_words (SnugTransfer *transfer)
{
  const char *mime_type = snug_transfer_get_mime_type (transfer);
  g_autofree char *size = snug_words_whole (transfer);
  g_autofree char *type = NULL;
  g_autofree char *kind = NULL;

  if (snug_transfer_is_folder (transfer))
    return g_strdup_printf (_("Folder · %s"), size);
  type = mime_type != NULL ? g_content_type_from_mime_type (mime_type) : NULL;
  if (type == NULL || g_content_type_is_unknown (type))
    return g_steal_pointer (&size);
  kind = g_content_type_get_description (type);
  /* Translators: what sort of file it is and its size: "JPEG image · 4 MB". */
  return g_strdup_printf (_("%s · %s"), kind, size);
}

static void
update (SnugTransferDetails *self)
{
  gboolean incoming = snug_transfer_get_direction (self->transfer) == SNUG_TRANSFER_IN;
  GFile *file = snug_transfer_get_file (self->transfer);
  const char *fingerprint = snug_transfer_get_fingerprint (self->transfer);
  g_autofree char *what = kind_words (self->transfer);
  g_autofree char *state = snug_words_transfer (self->transfer);

  adw_action_row_set_subtitle (self->name, snug_transfer_get_name (self->transfer));
  adw_action_row_set_subtitle (self->what, what);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->who), incoming ? _("From") : _("To"));
  adw_action_row_set_subtitle (self->who, snug_transfer_get_member_name (self->transfer));
  adw_action_row_set_subtitle (self->state, state);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->place), incoming ? _("Saved As") : _("On This Computer"));
  adw_action_row_set_subtitle (self->place, file != NULL ? g_file_peek_path (file) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->place), file != NULL);
  adw_action_row_set_subtitle (self->fingerprint, fingerprint != NULL ? fingerprint : "");
  gtk_widget_set_visible (self->fingerprint_group, fingerprint != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->hash_row), !snug_transfer_is_folder (self->transfer));
}

static void
copy (SnugTransferDetails *self, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Fingerprint copied")));
}

static void
on_copy (SnugTransferDetails *self)
{
  copy (self, snug_transfer_get_fingerprint (self->transfer));
}

/* --- The plain hash of the whole, when it is wanted --- */

static void
update_hash (SnugTransferDetails *self)
{
  gtk_widget_set_visible (self->hash_start, self->hash == NULL && self->hashing == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->hash_spinner), self->hashing != NULL);
  gtk_spinner_set_spinning (self->hash_spinner, self->hashing != NULL);
  gtk_widget_set_visible (self->hash_copy, self->hash != NULL);
  if (self->hash != NULL)
    adw_action_row_set_subtitle (self->hash_row, self->hash);
}

static void
on_hashed (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugTransferDetails) self = user_data;
  g_autoptr (GError) error = NULL;
  char *hash = snug_session_hash_finish (SNUG_SESSION (session), result, &error);

  if (self->hashing == NULL)
    {
      g_free (hash);
      return;
    }
  g_clear_object (&self->hashing);
  self->hash = hash;
  if (hash == NULL)
    adw_action_row_set_subtitle (self->hash_row, error->message);
  update_hash (self);
}

static void
on_hash (SnugTransferDetails *self)
{
  self->hashing = g_cancellable_new ();
  snug_session_hash_async (self->session, self->transfer, self->hashing, on_hashed, g_object_ref (self));
  update_hash (self);
}

static void
on_copy_hash (SnugTransferDetails *self)
{
  copy (self, self->hash);
}

static void
on_show (SnugTransferDetails *self)
{
  gtk_widget_activate_action (GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (self))), "file.show", "s",
                              snug_transfer_get_id (self->transfer));
}

void
snug_transfer_details_present (GtkWindow *parent, SnugSession *session, SnugTransfer *transfer)
{
  SnugTransferDetails *self = g_object_new (SNUG_TYPE_TRANSFER_DETAILS, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  self->transfer = g_object_ref (transfer);
  g_signal_connect_object (transfer, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  gtk_window_present (GTK_WINDOW (self));
}

static void
snug_transfer_details_dispose (GObject *object)
{
  SnugTransferDetails *self = SNUG_TRANSFER_DETAILS (object);

  g_cancellable_cancel (self->hashing);
  g_clear_object (&self->hashing);
  g_clear_object (&self->session);
  g_clear_object (&self->transfer);
  G_OBJECT_CLASS (snug_transfer_details_parent_class)->dispose (object);
}

static void
snug_transfer_details_finalize (GObject *object)
{
  g_free (SNUG_TRANSFER_DETAILS (object)->hash);
  G_OBJECT_CLASS (snug_transfer_details_parent_class)->finalize (object);
}

static void
snug_transfer_details_class_init (SnugTransferDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_transfer_details_dispose;
  G_OBJECT_CLASS (klass)->finalize = snug_transfer_details_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-transfer-details.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, toasts);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, name);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, what);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, who);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, state);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, place);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, show);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, fingerprint_group);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, hash_row);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, hash_start);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, hash_spinner);
  gtk_widget_class_bind_template_child (widget_class, SnugTransferDetails, hash_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_hash);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_hash);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
snug_transfer_details_init (SnugTransferDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  snug_accessible_name_toasts (self->toasts);
}
