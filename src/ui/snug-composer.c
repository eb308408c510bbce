/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-composer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-attachments.h"
#include "snug-draft-file.h"
#include "snug-message-words.h"
#include "snug-tooltip.h"

#define MOST_LINES 6

/* What fits into one message (PROTOCOL.md section 4). */
#define MAX_TEXT_BYTES 65536

struct _SnugComposer
{
  AdwBin             parent_instance;

  /* Owned, nullable */
  SnugMessage       *original;     /* what is answered */
  SnugMessage       *edited;       /* what is changed; only one of the two */
  char              *put_aside;    /* what was being written before */

  /* Template */
  GtkWidget         *about;
  GtkLabel          *about_title;
  GtkLabel          *about_text;
  SnugAttachments   *attachments;
  GtkScrolledWindow *scroller;
  GtkTextView       *text;
  GtkWidget         *placeholder;
  GtkMenuButton     *emoji;
  GtkWidget         *send;
};

G_DEFINE_FINAL_TYPE (SnugComposer, snug_composer, ADW_TYPE_BIN)

enum
{
  SAY,
  EDITED,
  EDIT_LAST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
snug_composer_focus (SnugComposer *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static char *
get_text (SnugComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

static void
set_text (SnugComposer *self, const char *text)
{
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
}

/* --- An answer, or a change --- */

static void
show_about (SnugComposer *self)
{
  SnugMessage *message = self->original != NULL ? self->original : self->edited;
  g_autofree char *excerpt = message != NULL ? snug_words_excerpt (message) : NULL;
  g_autofree char *title = NULL;

  gtk_widget_set_visible (self->about, message != NULL);
  if (message == NULL)
    return;
  if (self->edited != NULL)
    title = g_strdup (_("Edit Message"));
  else if (snug_message_get_own (message))
    title = g_strdup (_("Reply to Yourself"));
  else
    title = g_strdup_printf (_("Reply to %s"), snug_message_get_sender_name (message));
  gtk_label_set_label (self->about_title, title);
  gtk_label_set_label (self->about_text, excerpt);
  /* They end in dots where the window is narrow. */
  snug_tooltip_set (GTK_WIDGET (self->about_title), title);
  snug_tooltip_set (GTK_WIDGET (self->about_text), excerpt);
}

/* Back to a message of its own. */
static void
be_about_nothing (SnugComposer *self)
{
  if (self->edited != NULL)
    set_text (self, self->put_aside != NULL ? self->put_aside : "");
  g_clear_object (&self->original);
  g_clear_object (&self->edited);
  g_clear_pointer (&self->put_aside, g_free);
  show_about (self);
}

static void
on_give_up (SnugComposer *self)
{
  be_about_nothing (self);
  snug_composer_focus (self);
}

void
snug_composer_reply (SnugComposer *self, SnugMessage *message)
{
  be_about_nothing (self);
  g_set_object (&self->original, message);
  show_about (self);
  snug_composer_focus (self);
}

void
snug_composer_edit (SnugComposer *self, SnugMessage *message)
{
  be_about_nothing (self);
  self->put_aside = get_text (self);
  g_set_object (&self->edited, message);
  set_text (self, snug_message_get_text (message));
  show_about (self);
  snug_composer_focus (self);
}

/* --- Sending --- */

static void
offer (SnugComposer *self, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  const char *uris[] = { uri, NULL };

  gtk_widget_activate_action (GTK_WIDGET (self), "chat.offer", "^as", uris);
}

static void
on_long_text_answered (SnugComposer *self, const char *response)
{
  g_autofree char *text = get_text (self);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (response, "send") != 0)
    return;
  bytes = g_bytes_new (text, strlen (text));
  /* Translators: the name of a file. */
  file = snug_draft_file_new (_("Message.txt"), bytes, &error);
  if (file == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "chat.complain", "s", error->message);
      return;
    }
  set_text (self, "");
  be_about_nothing (self);
  offer (self, file);
}

static void
ask_to_send_as_file (SnugComposer *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                              _("Send as a File?"),
                                              _("This text is too long for a message. It can go as a text file."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "send", _("Send as File"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "send", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "send");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_long_text_answered), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
send_text (SnugComposer *self, const char *text)
{
  g_autoptr (SnugMessage) original = self->original != NULL ? g_object_ref (self->original) : NULL;
  g_autoptr (SnugMessage) edited = self->edited != NULL ? g_object_ref (self->edited) : NULL;

  set_text (self, "");
  be_about_nothing (self);
  if (edited != NULL)
    g_signal_emit (self, signals[EDITED], 0, edited, text);
  else
    g_signal_emit (self, signals[SAY], 0, text, original);
}

static void
on_send (SnugComposer *self)
{
  g_autofree char *text = get_text (self);
  g_auto (GStrv) uris = snug_attachments_dup_uris (self->attachments);

  if (strlen (text) > MAX_TEXT_BYTES)
    {
      ask_to_send_as_file (self);
      return;
    }
  if (*text != '\0')
    send_text (self, text);
  if (uris[0] != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "chat.offer", "^as", uris);
  snug_attachments_clear (self->attachments);
  snug_composer_focus (self);
}

static void
update_send (SnugComposer *self)
{
  g_autofree char *text = get_text (self);

  gtk_widget_set_sensitive (self->send, *text != '\0' || snug_attachments_get_n (self->attachments) > 0);
}

static void
on_text_changed (SnugComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  gboolean is_empty = gtk_text_buffer_get_char_count (buffer) == 0;

  gtk_widget_set_visible (self->placeholder, is_empty);
  update_send (self);
  gtk_widget_activate_action (GTK_WIDGET (self), "room.set-typing", "b", !is_empty && self->edited == NULL);
}

/* --- Keys --- */

/* An input method comes first: its Enter ends a composition and is no wish to send. */
static gboolean
on_enter (SnugComposer *self, GdkEvent *event, GdkModifierType state)
{
  if ((state & GDK_SHIFT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  if (gtk_text_view_im_context_filter_keypress (self->text, event))
    return GDK_EVENT_STOP;
  on_send (self);
  return GDK_EVENT_STOP;
}

static gboolean
on_up (SnugComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

  if (gtk_text_buffer_get_char_count (buffer) > 0 || self->original != NULL || self->edited != NULL)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[EDIT_LAST], 0);
  return GDK_EVENT_STOP;
}

static gboolean
on_escape (SnugComposer *self)
{
  if (self->original == NULL && self->edited == NULL)
    return GDK_EVENT_PROPAGATE;
  be_about_nothing (self);
  return GDK_EVENT_STOP;
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller, guint keyval, guint keycode,
                GdkModifierType state, SnugComposer *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));

  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      return on_enter (self, event, state);
    case GDK_KEY_Up:
      return (state & gtk_accelerator_get_default_mod_mask ()) == 0 ? on_up (self) : GDK_EVENT_PROPAGATE;
    case GDK_KEY_Escape:
      return on_escape (self);
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* --- Pasting: pictures and files wait above the text --- */

static void
on_paste (GtkTextView *view, SnugComposer *self)
{
  if (snug_attachments_paste (self->attachments, gtk_widget_get_clipboard (GTK_WIDGET (self))))
    g_signal_stop_emission_by_name (view, "paste-clipboard");
}

/* --- Emoji, made when first asked for: the chooser reads its whole table --- */

static void
on_emoji_picked (SnugComposer *self, const char *emoji)
{
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (self->text), emoji, -1);
  snug_composer_focus (self);
}

static void
on_emoji_wanted (GtkMenuButton *button, gpointer user_data)
{
  GtkWidget *chooser;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  chooser = gtk_emoji_chooser_new ();
  g_signal_connect_object (chooser, "emoji-picked", G_CALLBACK (on_emoji_picked), user_data,
                           G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (button, chooser);
}

/* --- Growing --- */

static void
update_height (SnugComposer *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->text), "X");
  int line_height;

  pango_layout_get_pixel_size (layout, NULL, &line_height);
  gtk_scrolled_window_set_max_content_height (self->scroller, MOST_LINES * line_height + 16);
}

static void
snug_composer_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (snug_composer_parent_class)->system_setting_changed (widget, setting);
  update_height (SNUG_COMPOSER (widget));
}

static void
snug_composer_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (snug_composer_parent_class)->realize (widget);
  update_height (SNUG_COMPOSER (widget));
}

/* --- Life --- */

static void
snug_composer_dispose (GObject *object)
{
  SnugComposer *self = SNUG_COMPOSER (object);

  g_clear_object (&self->original);
  g_clear_object (&self->edited);
  g_clear_pointer (&self->put_aside, g_free);
  G_OBJECT_CLASS (snug_composer_parent_class)->dispose (object);
}

static void
snug_composer_class_init (SnugComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_composer_dispose;
  widget_class->realize = snug_composer_realize;
  widget_class->system_setting_changed = snug_composer_system_setting_changed;
  signals[SAY] = g_signal_new ("say", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                               SNUG_TYPE_MESSAGE);
  signals[EDITED] = g_signal_new ("edited", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                  SNUG_TYPE_MESSAGE, G_TYPE_STRING);
  signals[EDIT_LAST] = g_signal_new ("edit-last", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (SNUG_TYPE_ATTACHMENTS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, about);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, about_title);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, about_text);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, attachments);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, scroller);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, text);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, emoji);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, send);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_give_up);
}

static void
snug_composer_init (SnugComposer *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
  g_signal_connect (self->text, "paste-clipboard", G_CALLBACK (on_paste), self);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed",
                           G_CALLBACK (on_text_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attachments, "changed", G_CALLBACK (update_send), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_create_popup_func (self->emoji, on_emoji_wanted, self, NULL);
}
