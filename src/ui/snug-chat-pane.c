/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-chat-pane-private.h"

#include "snug-accessible.h"
#include "snug-calm-list.h"
#include "snug-member-row.h"
#include "snug-words.h"

/* So near the end, a new message is followed; farther up somebody is reading. */
#define NEAR_END_PX 60

G_DEFINE_FINAL_TYPE (SnugChatPane, snug_chat_pane, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SESSION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* --- The end of the list --- */

static gboolean
is_near_end (GtkAdjustment *adjustment)
{
  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         >= gtk_adjustment_get_upper (adjustment) - NEAR_END_PX;
}

static gboolean
on_follow (gpointer user_data)
{
  SnugChatPane *self = user_data;
  guint n_items = g_list_model_get_n_items (self->messages);

  self->following = 0;
  if (n_items > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", n_items - 1);
  return G_SOURCE_REMOVE;
}

/* Not at once: the list places its rows while it tells us that it grew. */
static void
follow (SnugChatPane *self)
{
  if (self->follows && self->following == 0)
    self->following = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_follow, self, NULL);
}

/* A value that moves while the extent moves with it is the list measuring its rows, not a person.
 * */
static void
on_scrolled (SnugChatPane *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double extent = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (extent == self->extent)
    self->follows = is_near_end (adjustment);
  self->extent = extent;
  gtk_revealer_set_reveal_child (self->to_end, !self->follows);
}

static void
on_extent_changed (SnugChatPane *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double extent = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (extent != self->extent)
    follow (self);
  self->extent = extent;
}

void
snug_chat_pane_go_to_end (SnugChatPane *self)
{
  self->follows = TRUE;
  gtk_revealer_set_reveal_child (self->to_end, FALSE);
  follow (self);
}

/* --- One message --- */

SnugMessageRow *
snug_chat_pane_get_row (SnugChatPane *self, SnugMessage *message)
{
  return g_hash_table_lookup (self->rows, message);
}

static gboolean
find_position (SnugChatPane *self, SnugMessage *message, guint *position)
{
  for (*position = g_list_model_get_n_items (self->messages); (*position)-- > 0;)
    {
      g_autoptr (SnugMessage) one = g_list_model_get_item (self->messages, *position);

      if (one == message)
        return TRUE;
    }
  return FALSE;
}

/* The row of a message that is out of sight is bound when it is scrolled to. */
static void
point_out (SnugChatPane *self)
{
  SnugMessageRow *row = self->to_point_out != NULL ? snug_chat_pane_get_row (self, self->to_point_out) : NULL;

  if (row == NULL)
    return;
  snug_message_row_point_out (row);
  g_clear_object (&self->to_point_out);
}

static void
scroll_to (SnugChatPane *self, SnugMessage *message)
{
  guint position;

  if (!find_position (self, message, &position))
    return;
  self->follows = FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

void
snug_chat_pane_go_to (SnugChatPane *self, SnugMessage *message)
{
  scroll_to (self, message);
  g_set_object (&self->to_point_out, message);
  point_out (self);
}

/* --- Looking for something --- */

static void
show_found (SnugChatPane *self, SnugMessage *message, SnugMessageRow *row)
{
  const char *needle = snug_chat_search_get_needle (self->search);

  snug_message_row_set_found (row, *needle != '\0' ? needle : NULL,
                              message == snug_chat_search_get_current (self->search));
}

static void
on_search_changed (SnugChatPane *self)
{
  GHashTableIter iter;
  gpointer message, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &message, &row))
    show_found (self, message, row);
}

static void
on_led_to (SnugChatPane *self, SnugMessage *message)
{
  scroll_to (self, message);
}

static void
on_search_closed (SnugChatPane *self)
{
  if (gtk_widget_get_visible (self->writing))
    snug_composer_focus (self->composer);
}

void
snug_chat_pane_find (SnugChatPane *self)
{
  snug_chat_search_open (self->search);
}

/* The menu key, for the message that has the focus. */
static gboolean
on_list_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state,
             SnugChatPane *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *row;

  if (keyval != GDK_KEY_Menu && !(keyval == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) != 0))
    return GDK_EVENT_PROPAGATE;
  row = focus != NULL ? gtk_widget_get_ancestor (focus, SNUG_TYPE_MESSAGE_ROW) : NULL;
  if (row == NULL && focus != NULL)
    row = gtk_widget_get_first_child (focus);
  if (row == NULL || !SNUG_IS_MESSAGE_ROW (row))
    return GDK_EVENT_PROPAGATE;
  snug_message_row_show_menu (SNUG_MESSAGE_ROW (row));
  return GDK_EVENT_STOP;
}

/* --- Where one has read to --- */

static void
show_first_unread (SnugChatPane *self, gboolean on)
{
  SnugMessageRow *row = self->first_unread != NULL ? g_hash_table_lookup (self->rows, self->first_unread) : NULL;

  if (row != NULL)
    snug_message_row_set_first_unread (row, on);
}

void
snug_chat_pane_set_first_unread (SnugChatPane *self, SnugMessage *message)
{
  show_first_unread (self, FALSE);
  g_set_object (&self->first_unread, message);
  show_first_unread (self, TRUE);
}

/* --- What is shown --- */

static GtkWidget *
create_member_row (gpointer member, gpointer user_data)
{
  return snug_member_row_new (member);
}

/* A row of a member is much of the frame in which they come, and most windows are never wide enough for it here. */
static void
show_side (SnugChatPane *self, gboolean shown)
{
  if (shown && !self->has_people)
    {
      self->has_people = TRUE;
      gtk_list_box_bind_model (self->people, snug_session_get_members (self->session), create_member_row, NULL, NULL);
    }
  gtk_widget_set_visible (self->side, shown);
}

static void
update (SnugChatPane *self)
{
  SnugSessionState state = snug_session_get_state (self->session);
  gboolean in_room = state != SNUG_SESSION_EMPTY && state != SNUG_SESSION_FAILED
                     && state != SNUG_SESSION_STARTING;
  gboolean has_messages = g_list_model_get_n_items (self->messages) > 0;

  gtk_stack_set_visible_child_name (self->stack,
                                    has_messages ? "messages" : in_room ? "empty" : "outside");
  gtk_widget_set_visible (self->writing, in_room);
  show_side (self, self->roomy && in_room
                   && g_list_model_get_n_items (snug_session_get_members (self->session)) > 0);
}

void
snug_chat_pane_set_roomy (SnugChatPane *self, gboolean roomy)
{
  self->roomy = roomy;
  if (self->session != NULL)
    update (self);
}

static gboolean
has_own (GListModel *messages, guint position, guint n)
{
  for (guint i = position; i < position + n; i++)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      if (snug_message_get_own (message))
        return TRUE;
    }
  return FALSE;
}

static void
on_messages_changed (SnugChatPane *self, guint position, guint n_removed, guint n_added,
                     GListModel *messages)
{
  update (self);
  /* What one has just said oneself is never out of sight. */
  if (has_own (messages, position, n_added))
    snug_chat_pane_go_to_end (self);
  else
    follow (self);
}

static void
update_typing (SnugChatPane *self)
{
  g_autofree char *words = snug_words_typing (snug_session_get_members (self->session));

  if (*words != '\0')
    gtk_label_set_label (self->typing, words);
  gtk_revealer_set_reveal_child (self->typing_revealer, *words != '\0');
}

static void
on_members_changed (SnugChatPane *self, guint position, guint n_removed, guint n_added,
                    GListModel *members)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      g_signal_connect_object (member, "notify::typing", G_CALLBACK (update_typing), self,
                               G_CONNECT_SWAPPED);
    }
  update_typing (self);
  update (self);
}

/* --- Rows --- */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, GTK_WIDGET (snug_message_row_new ()));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, SnugChatPane *self)
{
  guint position = gtk_list_item_get_position (item);
  g_autoptr (SnugMessage) before = position > 0 ? g_list_model_get_item (self->messages, position - 1) : NULL;
  SnugMessageRow *row = SNUG_MESSAGE_ROW (gtk_list_item_get_child (item));
  SnugMessage *message = gtk_list_item_get_item (item);

  g_hash_table_insert (self->rows, message, row);
  snug_message_row_bind (row, message, before);
  snug_message_row_set_first_unread (row, message == self->first_unread);
  show_found (self, message, row);
  if (message == self->to_point_out)
    point_out (self);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, SnugChatPane *self)
{
  g_hash_table_remove (self->rows, gtk_list_item_get_item (item));
  snug_message_row_unbind (SNUG_MESSAGE_ROW (gtk_list_item_get_child (item)));
}

static void
show_messages (SnugChatPane *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkNoSelection *model = gtk_no_selection_new (g_object_ref (self->messages));

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
  g_object_unref (factory);
  g_object_unref (model);
  g_signal_connect_object (self->messages, "items-changed", G_CALLBACK (on_messages_changed), self,
                           G_CONNECT_SWAPPED);
}

GListModel *
snug_chat_pane_get_messages (SnugChatPane *self)
{
  return self->messages;
}

static void
watch_session (SnugChatPane *self)
{
  GListModel *members = snug_session_get_members (self->session);

  g_clear_object (&self->messages);
  self->messages = G_LIST_MODEL (snug_calm_list_new (snug_session_get_messages (self->session)));
  show_messages (self);
  snug_chat_search_set_messages (self->search, self->messages);
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (members, "items-changed", G_CALLBACK (on_members_changed), self,
                           G_CONNECT_SWAPPED);
  on_members_changed (self, 0, 0, g_list_model_get_n_items (members), members);
  update (self);
}

/* --- Life --- */

static gboolean
snug_chat_pane_grab_focus (GtkWidget *widget)
{
  SnugChatPane *self = SNUG_CHAT_PANE (widget);

  if (!gtk_widget_get_visible (self->writing))
    return GTK_WIDGET_CLASS (snug_chat_pane_parent_class)->grab_focus (widget);
  snug_composer_focus (self->composer);
  return TRUE;
}

static void
snug_chat_pane_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_SESSION)
    g_value_set_object (value, SNUG_CHAT_PANE (object)->session);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_chat_pane_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SnugChatPane *self = SNUG_CHAT_PANE (object);

  if (prop_id != PROP_SESSION)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  else if (g_set_object (&self->session, g_value_get_object (value)) && self->session != NULL)
    watch_session (self);
}

static void
snug_chat_pane_dispose (GObject *object)
{
  SnugChatPane *self = SNUG_CHAT_PANE (object);

  g_clear_handle_id (&self->following, g_source_remove);
  g_clear_object (&self->first_unread);
  g_clear_object (&self->to_point_out);
  g_clear_object (&self->messages);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (snug_chat_pane_parent_class)->dispose (object);
}

static void
snug_chat_pane_finalize (GObject *object)
{
  g_hash_table_unref (SNUG_CHAT_PANE (object)->rows);
  G_OBJECT_CLASS (snug_chat_pane_parent_class)->finalize (object);
}

static void
snug_chat_pane_class_init (SnugChatPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = snug_chat_pane_get_property;
  object_class->set_property = snug_chat_pane_set_property;
  object_class->dispose = snug_chat_pane_dispose;
  object_class->finalize = snug_chat_pane_finalize;
  widget_class->grab_focus = snug_chat_pane_grab_focus;
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, SNUG_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (SNUG_TYPE_COMPOSER);
  g_type_ensure (SNUG_TYPE_CHAT_SEARCH);
  snug_chat_pane_install_commands (widget_class);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-chat-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, search);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, outside);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, empty);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, scroller);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, list);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, to_end);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, writing);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, typing_revealer);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, typing);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, composer);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, side);
  gtk_widget_class_bind_template_child (widget_class, SnugChatPane, people);
}

static void
snug_chat_pane_init (SnugChatPane *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_hash_table_new (NULL, NULL);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_list_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
  snug_chat_pane_connect_composer (self);
  g_signal_connect_object (self->search, "changed", G_CALLBACK (on_search_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "led-to", G_CALLBACK (on_led_to), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "closed", G_CALLBACK (on_search_closed), self, G_CONNECT_SWAPPED);
  snug_accessible_name_status_page (self->outside);
  snug_accessible_name_status_page (self->empty);
  self->follows = TRUE;
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_extent_changed), self,
                           G_CONNECT_SWAPPED);
}
