/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-composer.h"

#include <glib/gi18n-lib.h>

#define MOST_LINES 6

struct _SnugComposer
{
  AdwBin             parent_instance;

  /* Template */
  GtkScrolledWindow *scroller;
  GtkTextView       *text;
  GtkWidget         *placeholder;
  GtkMenuButton     *emoji;
  GtkWidget         *send;
};

G_DEFINE_FINAL_TYPE (SnugComposer, snug_composer, ADW_TYPE_BIN)

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
on_send (SnugComposer *self)
{
  g_autofree char *text = get_text (self);

  if (*text == '\0')
    return;
  /* The action says why it would not; then the text stays to be shortened. */
  if (strlen (text) <= 65536)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", 0);
  gtk_widget_activate_action (GTK_WIDGET (self), "room.say", "s", text);
  snug_composer_focus (self);
}

static void
on_text_changed (SnugComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char *text = get_text (self);

  gtk_widget_set_visible (self->placeholder, gtk_text_buffer_get_char_count (buffer) == 0);
  gtk_widget_set_sensitive (self->send, *text != '\0');
  gtk_widget_activate_action (GTK_WIDGET (self), "room.set-typing", "b", *text != '\0');
}

/* An input method comes first: its Enter ends a composition and is no wish to send. */
static gboolean
on_key_pressed (GtkEventControllerKey *controller, guint keyval, guint keycode,
                GdkModifierType state, SnugComposer *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));

  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return GDK_EVENT_PROPAGATE;
  if ((state & GDK_SHIFT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  if (gtk_text_view_im_context_filter_keypress (self->text, event))
    return GDK_EVENT_STOP;
  on_send (self);
  return GDK_EVENT_STOP;
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
snug_composer_class_init (SnugComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->realize = snug_composer_realize;
  widget_class->system_setting_changed = snug_composer_system_setting_changed;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, scroller);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, text);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, emoji);
  gtk_widget_class_bind_template_child (widget_class, SnugComposer, send);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
}

static void
snug_composer_init (SnugComposer *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed",
                           G_CALLBACK (on_text_changed), self,
                           G_CONNECT_SWAPPED);
  gtk_menu_button_set_create_popup_func (self->emoji, on_emoji_wanted, self, NULL);
}
