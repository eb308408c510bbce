/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-message-row.h"

#include "snug-accessible.h"
#include "snug-rich-text.h"
#include "snug-transfer-row.h"
#include "snug-words.h"

/* Messages of one sender closer than this stand together. */
#define GROUP_MS (5 * 60 * 1000)

struct _SnugMessageRow
{
  AdwBin       parent_instance;

  SnugMessage *message;      /* owned; NULL while not bound */
  gulong       on_delivery;

  /* Template */
  GtkLabel    *day;
  GtkWidget   *unread;
  GtkLabel    *system;
  GtkWidget   *line;
  AdwAvatar   *avatar;
  GtkWidget   *bubble;
  GtkLabel    *sender;
  GtkBox      *content;
  GtkLabel    *text;
  AdwBin      *card;
  GtkLabel    *time;
  GtkImage    *tick;
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

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_day (SnugMessageRow *self, SnugMessage *before)
{
  gint64 time_ms = snug_message_get_time_ms (self->message);
  gboolean changes = before == NULL || !snug_words_same_day (snug_message_get_time_ms (before),
                                                             time_ms);
  g_autofree char *day = changes ? snug_words_day (time_ms, g_get_real_time () / 1000) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->day), changes);
  gtk_label_set_label (self->day, day != NULL ? day : "");
}

static void
show_delivery (SnugMessageRow *self)
{
  SnugDelivery delivery = snug_message_get_delivery (self->message);
  g_autofree char *sentence = snug_words_message (self->message);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_widget_set_visible (GTK_WIDGET (self->tick), delivery != SNUG_DELIVERY_NONE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->tick), snug_words_delivery (delivery));
  gtk_image_set_from_icon_name (self->tick,
                                delivery == SNUG_DELIVERY_DELIVERED ? "snug-delivered-symbolic"
                                            : delivery == SNUG_DELIVERY_SENT ? "snug-sent-symbolic"
                                            : "snug-queued-symbolic");
  set_class (GTK_WIDGET (self->tick), "delivered", delivery == SNUG_DELIVERY_DELIVERED);
  /* The list's own item is what a screen reader stops at (GTK 4.12 has a property for this). */
  if (item != NULL)
    snug_accessible_set_label (item, sentence);
}

static void
show_attachment (SnugMessageRow *self)
{
  GObject *attachment = snug_message_get_attachment (self->message);
  gboolean is_file = attachment != NULL && SNUG_IS_TRANSFER (attachment);

  adw_bin_set_child (self->card,
                     is_file ? snug_transfer_row_new (SNUG_TRANSFER (attachment)) : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->card), is_file);
  gtk_widget_set_visible (GTK_WIDGET (self->text), !is_file);
  /* The time stands beside a text and below a card, which needs the width. */
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->content),
                                  is_file ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (self->content, is_file ? 2 : 10);
}

static void
show_line (SnugMessageRow *self, gboolean grouped)
{
  gboolean own = snug_message_get_own (self->message);
  const char *name = snug_message_get_sender_name (self->message);
  g_autofree char *markup = snug_rich_text_to_markup (snug_message_get_text (self->message));
  g_autofree char *clock = snug_words_clock (snug_message_get_time_ms (self->message));

  gtk_widget_set_halign (self->line, own ? GTK_ALIGN_END : GTK_ALIGN_START);
  gtk_widget_set_visible (GTK_WIDGET (self->avatar), !own);
  adw_avatar_set_text (self->avatar, name);
  gtk_widget_set_opacity (GTK_WIDGET (self->avatar), grouped ? 0 : 1);
  gtk_widget_set_visible (GTK_WIDGET (self->sender), !own && !grouped);
  gtk_label_set_label (self->sender, name);
  gtk_label_set_markup (self->text, markup);
  gtk_label_set_label (self->time, clock);
  set_class (self->bubble, "own", own);
  set_class (self->bubble, "first", !grouped);
  set_class (GTK_WIDGET (self), "grouped", grouped);
  show_attachment (self);
}

void
snug_message_row_bind (SnugMessageRow *self, SnugMessage *message, SnugMessage *before)
{
  gboolean system = snug_message_get_kind (message) == SNUG_MESSAGE_SYSTEM;

  snug_message_row_unbind (self);
  self->message = g_object_ref (message);
  self->on_delivery = g_signal_connect_object (message, "notify::delivery",
                                               G_CALLBACK (show_delivery), self,
                                               G_CONNECT_SWAPPED);
  show_day (self, before);
  gtk_widget_set_visible (self->line, !system);
  gtk_widget_set_visible (GTK_WIDGET (self->system), system);
  if (system)
    gtk_label_set_label (self->system, snug_message_get_text (message));
  else
    show_line (self, continues_group (message, before));
  show_delivery (self);
}

void
snug_message_row_set_first_unread (SnugMessageRow *self, gboolean first_unread)
{
  gtk_widget_set_visible (self->unread, first_unread);
}

void
snug_message_row_unbind (SnugMessageRow *self)
{
  if (self->message == NULL)
    return;
  g_clear_signal_handler (&self->on_delivery, self->message);
  g_clear_object (&self->message);
  adw_bin_set_child (self->card, NULL);
}

static void
snug_message_row_dispose (GObject *object)
{
  SnugMessageRow *self = SNUG_MESSAGE_ROW (object);

  if (self->message != NULL)
    g_clear_signal_handler (&self->on_delivery, self->message);
  g_clear_object (&self->message);
  G_OBJECT_CLASS (snug_message_row_parent_class)->dispose (object);
}

static void
snug_message_row_class_init (SnugMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_message_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-message-row.ui");
  gtk_widget_class_set_css_name (widget_class, "message");
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, day);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, unread);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, system);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, line);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, sender);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, content);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, card);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, time);
  gtk_widget_class_bind_template_child (widget_class, SnugMessageRow, tick);
}

static void
snug_message_row_init (SnugMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
