/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-message-menu.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-message-words.h"

static const char *const few[] = { "👍", "❤️", "😂", "🎉", "😮", "😢" };

gboolean
snug_message_menu_is_for (SnugMessage *message)
{
  return snug_message_get_kind (message) == SNUG_MESSAGE_TEXT && !snug_message_get_deleted (message);
}

static gboolean
on_unparent (gpointer popover)
{
  gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

/* Not at once: the action of the item that closed it is still to be found from there. */
static void
on_closed (GtkPopover *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_unparent, g_object_ref (popover), g_object_unref);
}

static void
popup_at (GtkPopover *popover, GtkWidget *parent, const GdkRectangle *at)
{
  gtk_widget_set_parent (GTK_WIDGET (popover), parent);
  if (at != NULL)
    gtk_popover_set_pointing_to (popover, at);
  g_signal_connect (popover, "closed", G_CALLBACK (on_closed), NULL);
  gtk_popover_popup (popover);
}

/* --- The few emoji that one reaches for --- */

static void
append_emoji (GtkBox *box, const char *label, const char *spoken, const char *action, GVariant *target)
{
  GtkWidget *button = gtk_button_new ();

  if (*label != '\0')
    gtk_button_set_label (GTK_BUTTON (button), label);
  else
    gtk_button_set_icon_name (GTK_BUTTON (button), "list-add-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (button, "emoji-choice");
  gtk_widget_set_tooltip_text (button, spoken);
  snug_accessible_set_label (button, spoken);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (box, button);
}

static void
on_emoji_pressed (GtkWidget *popover)
{
  gtk_popover_popdown (GTK_POPOVER (popover));
}

static GtkWidget *
few_new (GtkWidget *popover, const char *key)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  for (guint i = 0; i < G_N_ELEMENTS (few); i++)
    {
      /* Translators: %s is an emoji. */
      g_autofree char *spoken = g_strdup_printf (_("React with %s"), few[i]);

      append_emoji (GTK_BOX (box), few[i], spoken, "chat.react", g_variant_new ("(ss)", key, few[i]));
    }
  append_emoji (GTK_BOX (box), "", _("More Emoji"), "chat.choose-emoji", g_variant_new_string (key));
  for (GtkWidget *button = gtk_widget_get_first_child (box); button != NULL; button = gtk_widget_get_next_sibling (button))
    g_signal_connect_object (button, "clicked", G_CALLBACK (on_emoji_pressed), popover, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  return box;
}

/* --- The rest --- */

static void
append (GMenu *section, const char *label, const char *action, const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (section, item);
}

static void
append_section (GMenu *menu, GMenu *section)
{
  if (g_menu_model_get_n_items (G_MENU_MODEL (section)) > 0)
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

static GMenu *
menu_new (SnugMessage *message, const char *key, const char *link)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) emoji = g_menu_new ();
  g_autoptr (GMenu) said = g_menu_new ();
  g_autoptr (GMenu) own = g_menu_new ();
  g_autoptr (GMenuItem) place = g_menu_item_new (NULL, NULL);

  g_menu_item_set_attribute (place, "custom", "s", "emoji");
  g_menu_append_item (emoji, place);
  append (said, _("_Reply"), "chat.reply", key);
  append (said, _("_Copy"), "chat.copy", key);
  if (link != NULL)
    append (said, _("Copy _Link"), "chat.copy-text", link);
  if (snug_message_get_own (message))
    {
      append (own, _("_Edit"), "chat.edit", key);
      append (own, _("_Delete"), "chat.delete", key);
    }
  append_section (menu, emoji);
  append_section (menu, said);
  append_section (menu, own);
  return menu;
}

void
snug_message_menu_popup (GtkWidget *parent, SnugMessage *message, const GdkRectangle *at, const char *link)
{
  g_autofree char *key = snug_words_message_key (message);
  g_autoptr (GMenu) menu = menu_new (message, key, link);
  GtkWidget *popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));

  gtk_popover_menu_add_child (GTK_POPOVER_MENU (popover), few_new (popover, key), "emoji");
  snug_accessible_set_label (popover, _("Message Menu"));
  popup_at (GTK_POPOVER (popover), parent, at);
}

static void
on_emoji_picked (GtkEmojiChooser *chooser, const char *emoji, const char *key)
{
  gtk_widget_activate_action (GTK_WIDGET (chooser), "chat.react", "(ss)", key, emoji);
}

static void
free_key (gpointer key, GClosure *closure)
{
  g_free (key);
}

void
snug_message_menu_choose_emoji (GtkWidget *parent, SnugMessage *message)
{
  GtkWidget *chooser = gtk_emoji_chooser_new ();

  g_signal_connect_data (chooser, "emoji-picked", G_CALLBACK (on_emoji_picked), snug_words_message_key (message),
                         free_key, 0);
  popup_at (GTK_POPOVER (chooser), parent, NULL);
}
