/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-message-row.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-columns.h"
#include "snug-css-class.h"
#include "snug-find.h"
#include "snug-message-menu.h"
#include "snug-message-words.h"
#include "snug-picture.h"
#include "snug-picture-loader.h"
#include "snug-quote.h"
#include "snug-reaction-bar.h"
#include "snug-rich-text.h"
#include "snug-tooltip.h"
#include "snug-transfer-row.h"
#include "snug-words.h"

/* Messages of one sender closer than this stand together. */
#define GROUP_MS (5 * 60 * 1000)

#define POINT_OUT_MS 1200

struct _SnugMessageRow
{
  AdwBin       parent_instance;

  SnugMessage *message;      /* owned; NULL while not bound */
  SnugMessage *original;     /* owned, nullable: what it answers */
  gboolean     grouped;
  guint        pointing_out; /* source; 0: none */

  /* Template */
  GtkBox      *content;
  GtkBox      *line;
  AdwAvatar   *avatar;
  GtkBox      *column;
  GtkWidget   *bubble;
  GtkLabel    *sender;
  GtkLabel    *text;
  AdwBin      *card;
  GtkWidget   *about;
  GtkWidget   *edited;
  GtkLabel    *time;
  GtkImage    *tick;
  GtkWidget   *menu_button;

  /* Children that few rows have: NULL until the first message that wants it. */
  GtkLabel    *day;
  GtkWidget   *unread;
  GtkLabel    *system;
  SnugQuote   *quote;
  SnugReactionBar *reactions;
};

G_DEFINE_FINAL_TYPE (SnugMessageRow, snug_message_row, ADW_TYPE_BIN)

SnugMessageRow *
snug_message_row_new (void)
{
  return g_object_new (SNUG_TYPE_MESSAGE_ROW, NULL);
}

static gboolean
continues_group (SnugMessage *message, SnugMessage *before)
{
  return before != NULL
         && snug_message_get_kind (before) != SNUG_MESSAGE_SYSTEM
         && snug_message_get_kind (message) != SNUG_MESSAGE_SYSTEM
         && g_strcmp0 (snug_message_get_sender_id (before),
                       snug_message_get_sender_id (message)) == 0
         && snug_message_get_time_ms (message) - snug_message_get_time_ms (before) < GROUP_MS
         && snug_words_same_day (snug_message_get_time_ms (before),
                                 snug_message_get_time_ms (message));
}

/* --- Above it: another day, and what has not been read; or words of the room instead of it --- */

static void
show_day (SnugMessageRow *self, SnugMessage *before)
{
  gint64 time_ms = snug_message_get_time_ms (self->message);
  gboolean changes = before == NULL || !snug_words_same_day (snug_message_get_time_ms (before),
                                                             time_ms);
  g_autofree char *day = changes ? snug_words_day (time_ms, g_get_real_time () / 1000) : NULL;

  if (self->day == NULL && !changes)
    return;
  if (self->day == NULL)
    {
      self->day = GTK_LABEL (gtk_label_new (NULL));
      gtk_widget_add_css_class (GTK_WIDGET (self->day), "day");
      gtk_widget_add_css_class (GTK_WIDGET (self->day), "caption-heading");
      gtk_box_prepend (self->content, GTK_WIDGET (self->day));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->day), changes);
  gtk_label_set_label (self->day, day != NULL ? day : "");
}

static void
append_rule (GtkBox *box)
{
  gtk_box_append (box, g_object_new (GTK_TYPE_SEPARATOR, "hexpand", TRUE, "valign", GTK_ALIGN_CENTER, NULL));
}

static GtkWidget *
unread_new (void)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *words = gtk_label_new (_("New messages"));

  gtk_widget_add_css_class (line, "unread-line");
  gtk_widget_add_css_class (words, "caption-heading");
  append_rule (GTK_BOX (line));
  gtk_box_append (GTK_BOX (line), words);
  append_rule (GTK_BOX (line));
  return line;
}

void
snug_message_row_set_first_unread (SnugMessageRow *self, gboolean first_unread)
{
  if (self->unread == NULL && !first_unread)
    return;
  if (self->unread == NULL)
    {
      self->unread = unread_new ();
      gtk_box_insert_child_after (self->content, self->unread, GTK_WIDGET (self->day));
    }
  gtk_widget_set_visible (self->unread, first_unread);
}

static GtkWidget *
system_new (void)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "justify", GTK_JUSTIFY_CENTER, NULL);

  gtk_widget_add_css_class (label, "system-line");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static void
show_system (SnugMessageRow *self, gboolean is_system)
{
  gtk_widget_set_visible (GTK_WIDGET (self->line), !is_system);
  if (self->system == NULL && is_system)
    {
      self->system = GTK_LABEL (system_new ());
      gtk_widget_insert_before (GTK_WIDGET (self->system), GTK_WIDGET (self->content), GTK_WIDGET (self->line));
    }
  if (self->system == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->system), is_system);
  gtk_label_set_label (self->system, is_system ? snug_message_get_text (self->message) : "");
}

static void
show_delivery (SnugMessageRow *self)
{
  SnugDelivery delivery = snug_message_get_delivery (self->message);
  gboolean deleted = snug_message_get_deleted (self->message);
  g_autofree char *sentence = snug_words_message (self->message);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_widget_set_visible (GTK_WIDGET (self->tick), delivery != SNUG_DELIVERY_NONE && !deleted);
  snug_tooltip_set (GTK_WIDGET (self->tick), snug_words_delivery (delivery));
  gtk_image_set_from_icon_name (self->tick,
                                delivery == SNUG_DELIVERY_DELIVERED ? "snug-delivered-symbolic"
                                            : delivery == SNUG_DELIVERY_SENT ? "snug-sent-symbolic"
                                            : "snug-queued-symbolic");
  snug_css_class_set (GTK_WIDGET (self->tick), "delivered", delivery == SNUG_DELIVERY_DELIVERED);
  /* The list's own item is what a screen reader stops at (GTK 4.12 has a property for this). */
  if (item != NULL)
    snug_accessible_set_label (item, sentence);
}

/* --- A file --- */

static void
on_picture_shown (GtkWidget *picture, GParamSpec *pspec, SnugTransferRow *row)
{
  snug_transfer_row_set_has_picture (row, gtk_widget_get_visible (picture));
}

static GtkWidget *
card_new (SnugTransfer *transfer, const char *clock)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *row = snug_transfer_row_new (transfer);

  snug_transfer_row_be_card (SNUG_TRANSFER_ROW (row), clock);
  if (snug_picture_is_likely (snug_transfer_get_name (transfer)))
    {
      GtkWidget *picture = snug_picture_new (transfer);

      g_signal_connect_object (picture, "notify::visible", G_CALLBACK (on_picture_shown), row, 0);
      gtk_box_append (GTK_BOX (box), picture);
    }
  gtk_box_append (GTK_BOX (box), row);
  return box;
}

static void
show_attachment (SnugMessageRow *self, const char *clock)
{
  GObject *attachment = snug_message_get_attachment (self->message);
  gboolean is_file = attachment != NULL && SNUG_IS_TRANSFER (attachment);

  adw_bin_set_child (self->card, is_file ? card_new (SNUG_TRANSFER (attachment), clock) : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->card), is_file);
  gtk_widget_set_visible (GTK_WIDGET (self->text), !is_file);
  /* The time stands beside a text, and in a card. */
  gtk_widget_set_visible (self->about, !is_file);
}

/* --- What it says now --- */

static void
show_quote (SnugMessageRow *self)
{
  gboolean is_reply = snug_message_get_is_reply (self->message);

  if (self->quote == NULL && !is_reply)
    return;
  if (self->quote == NULL)
    {
      self->quote = snug_quote_new ();
      gtk_box_insert_child_after (GTK_BOX (self->bubble), GTK_WIDGET (self->quote), GTK_WIDGET (self->sender));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->quote), is_reply);
  if (is_reply)
    snug_quote_show (self->quote, self->original);
}

static void
show_reactions (SnugMessageRow *self)
{
  if (self->reactions == NULL && snug_reactions_get_n (snug_message_get_reactions (self->message)) == 0)
    return;
  if (self->reactions == NULL)
    {
      self->reactions = g_object_new (SNUG_TYPE_REACTION_BAR, NULL);
      gtk_box_append (self->column, GTK_WIDGET (self->reactions));
    }
  gtk_widget_set_halign (GTK_WIDGET (self->reactions),
                         snug_message_get_own (self->message) ? GTK_ALIGN_END : GTK_ALIGN_START);
  snug_reaction_bar_show (self->reactions, self->message);
}

/* What a label needs at least is asked for word by word, and of a long one that is half of what a row costs: from so
 * many characters on it has that from their number. A shorter one has no word that this would make wider. */
#define LONG_CHARS 24
#define LEAST_CHARS 10

static void
limit_width (GtkLabel *label)
{
  gboolean is_long = g_utf8_strlen (gtk_label_get_text (label), -1) >= LONG_CHARS;

  gtk_label_set_width_chars (label, is_long ? LEAST_CHARS : -1);
}

static void
show_text (SnugMessageRow *self)
{
  gboolean deleted = snug_message_get_deleted (self->message);
  g_autofree char *markup = snug_rich_text_to_markup (snug_message_get_text (self->message));

  if (deleted)
    gtk_label_set_text (self->text, _("Message deleted"));
  else
    gtk_label_set_markup (self->text, markup);
  gtk_label_set_selectable (self->text, !deleted);
  limit_width (self->text);
  snug_css_class_set (self->bubble, "deleted", deleted);
  gtk_widget_set_visible (self->edited, snug_message_get_edited (self->message) && !deleted);
  gtk_widget_set_visible (self->menu_button, snug_message_menu_is_for (self->message));
}

static void
on_revised (SnugMessageRow *self)
{
  show_text (self);
  show_quote (self);
  show_reactions (self);
  show_delivery (self);
}

static void
on_original_revised (SnugMessageRow *self)
{
  show_quote (self);
  show_delivery (self);
}

static void
show_line (SnugMessageRow *self)
{
  gboolean own = snug_message_get_own (self->message);
  const char *name = snug_message_get_sender_name (self->message);
  g_autofree char *clock = snug_words_clock (snug_message_get_time_ms (self->message));

  gtk_widget_set_halign (GTK_WIDGET (self->line), own ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_box_reorder_child_after (self->line, self->menu_button, own ? NULL : GTK_WIDGET (self->column));
  gtk_widget_set_visible (GTK_WIDGET (self->avatar), !own);
  /* It measures and styles itself for each text: only where it is seen. */
  if (!own && !self->grouped)
    adw_avatar_set_text (self->avatar, name);
  gtk_widget_set_opacity (GTK_WIDGET (self->avatar), self->grouped ? 0 : 1);
  gtk_widget_set_visible (GTK_WIDGET (self->sender), !own && !self->grouped);
  gtk_label_set_label (self->sender, name);
  gtk_label_set_label (self->time, clock);
  snug_css_class_set (self->bubble, "own", own);
  snug_css_class_set (self->bubble, "first", !self->grouped);
  snug_css_class_set (GTK_WIDGET (self), "grouped", self->grouped);
  show_attachment (self, clock);
}

static void
watch (SnugMessageRow *self)
{
  self->original = snug_message_dup_original (self->message);
  g_signal_connect_object (self->message, "notify::delivery", G_CALLBACK (show_delivery), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->message, "notify::revision", G_CALLBACK (on_revised), self, G_CONNECT_SWAPPED);
  if (self->original != NULL)
    g_signal_connect_object (self->original, "notify::revision", G_CALLBACK (on_original_revised), self,
                             G_CONNECT_SWAPPED);
}

void
snug_message_row_bind (SnugMessageRow *self, SnugMessage *message, SnugMessage *before)
{
  gboolean system = snug_message_get_kind (message) == SNUG_MESSAGE_SYSTEM;

  snug_message_row_unbind (self);
  self->message = g_object_ref (message);
  self->grouped = continues_group (message, before);
  watch (self);
  show_day (self, before);
  show_system (self, system);
  if (system)
    {
      show_delivery (self);
      return;
    }
  show_line (self);
  on_revised (self);
}

/* --- Found, and led to --- */

void
snug_message_row_set_found (SnugMessageRow *self, const char *needle, gboolean current)
{
  g_autoptr (PangoAttrList) marks = NULL;

  if (needle != NULL && self->message != NULL && snug_message_get_kind (self->message) == SNUG_MESSAGE_TEXT)
    marks = snug_find_mark (gtk_label_get_text (self->text), needle, current);
  gtk_label_set_attributes (self->text, marks);
  snug_css_class_set (self->bubble, "found", current);
}

static gboolean
on_pointed_out (gpointer user_data)
{
  SnugMessageRow *self = user_data;

  self->pointing_out = 0;
  snug_css_class_set (self->bubble, "pointed-out", FALSE);
  return G_SOURCE_REMOVE;
}

void
snug_message_row_point_out (SnugMessageRow *self)
{
  g_clear_handle_id (&self->pointing_out, g_source_remove);
  snug_css_class_set (self->bubble, "pointed-out", TRUE);
  self->pointing_out = g_timeout_add (POINT_OUT_MS, on_pointed_out, self);
}

/* --- Its menu --- */

static void
popup (SnugMessageRow *self, GtkWidget *at, const GdkRectangle *place)
{
  if (self->message != NULL && snug_message_menu_is_for (self->message))
    snug_message_menu_popup (at, self->message, place, gtk_label_get_current_uri (self->text));
}

void
snug_message_row_show_menu (SnugMessageRow *self)
{
  popup (self, self->menu_button, NULL);
}

static void
on_menu_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_message_row_show_menu (SNUG_MESSAGE_ROW (widget));
}

void
snug_message_row_choose_emoji (SnugMessageRow *self)
{
  snug_message_menu_choose_emoji (self->menu_button, self->message);
}

/* Before the text, which has a menu of its own. */
static void
on_right_click (GtkGesture *gesture, int n_press, double x, double y, SnugMessageRow *self)
{
  GdkRectangle place = { (int) x, (int) y, 1, 1 };

  if (self->message == NULL || !snug_message_menu_is_for (self->message))
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  popup (self, GTK_WIDGET (self->column), &place);
}

static void
on_long_press (GtkGesture *gesture, double x, double y, SnugMessageRow *self)
{
  on_right_click (gesture, 1, x, y, self);
}

static void
add_gestures (SnugMessageRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_right_click), self);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_press), self);
  gtk_widget_add_controller (GTK_WIDGET (self->column), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self->column), GTK_EVENT_CONTROLLER (press));
}

char *
snug_message_row_dup_marked_text (SnugMessageRow *self)
{
  const char *text = gtk_label_get_text (self->text);
  int start, end;

  if (!gtk_label_get_selection_bounds (self->text, &start, &end))
    return g_strdup (snug_message_get_text (self->message));
  return g_utf8_substring (text, start, end);
}

/* --- Life --- */

static void
let_go (SnugMessageRow *self)
{
  g_clear_handle_id (&self->pointing_out, g_source_remove);
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  if (self->original != NULL)
    g_signal_handlers_disconnect_by_data (self->original, self);
  g_clear_object (&self->message);
  g_clear_object (&self->original);
}

/* A menu that is open goes with what it is about. */
static void
close_popovers (GtkWidget *parent)
{
  GtkWidget *next;

  for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL; child = next)
    {
      next = gtk_widget_get_next_sibling (child);
      if (GTK_IS_POPOVER (child))
        gtk_widget_unparent (child);
    }
}

void
snug_message_row_unbind (SnugMessageRow *self)
{
  if (self->message == NULL)
    return;
  let_go (self);
  close_popovers (self->menu_button);
  close_popovers (GTK_WIDGET (self->column));
  snug_css_class_set (self->bubble, "pointed-out", FALSE);
  snug_message_row_set_found (self, NULL, FALSE);
  adw_bin_set_child (self->card, NULL);
}

static void
snug_message_row_dispose (GObject *object)
{
  SnugMessageRow *self = SNUG_MESSAGE_ROW (object);

  let_go (self);
  if (self->column != NULL)
    {
      close_popovers (self->menu_button);
      close_popovers (GTK_WIDGET (self->column));
    }
  G_OBJECT_CLASS (snug_message_row_parent_class)->dispose (object);
}

static void
snug_message_row_class_init (SnugMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_message_row_dispose;
  g_type_ensure (SNUG_TYPE_COLUMNS);
  gtk_widget_class_install_action (widget_class, "message.menu", NULL, on_menu_action);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-message-row.ui");
  gtk_widget_class_set_css_name (widget_class, "message");
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, content);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, line);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, column);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, sender);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, card);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, about);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, edited);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, time);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, tick);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, menu_button);
}

static void
snug_message_row_init (SnugMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  snug_tooltip_set (self->menu_button, _("Message Menu"));
  snug_accessible_hide_pictures (GTK_WIDGET (self->avatar));
  add_gestures (self);
}
