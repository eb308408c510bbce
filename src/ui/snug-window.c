/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-columns.h"
#include "snug-css-class.h"
#include "snug-text-size.h"
#include "snug-words.h"

/* From this width on (at normal text size) the header holds the page switcher and the state beside
 * each other. */
#define WIDE_PX 700

/* And from this one on the chat has the people of the room beside it. */
#define ROOMY_PX 1120

/* Below this height (at normal text size) empty pages do without their large pictures. */
#define SHORT_PX 480

G_DEFINE_FINAL_TYPE (SnugWindow, snug_window, ADW_TYPE_APPLICATION_WINDOW)

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_SETTINGS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static AdwToast *
toast_new (const char *text, guint timeout_s)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, timeout_s);
  return toast;
}

void
snug_window_toast (SnugWindow *self, const char *text)
{
  adw_toast_overlay_add_toast (self->toasts, toast_new (text, 5));
}

static void
add_button (AdwToast *toast, const char *button, const char *action, const char *target)
{
  adw_toast_set_button_label (toast, button);
  adw_toast_set_action_name (toast, action);
  adw_toast_set_action_target (toast, "s", target);
}

AdwToast *
snug_window_suggest (SnugWindow *self, const char *text, const char *button, const char *action,
                     const char *target)
{
  AdwToast *toast = toast_new (text, 10);

  add_button (toast, button, action, target);
  adw_toast_overlay_add_toast (self->toasts, toast);
  return toast;
}

void
snug_window_complain (SnugWindow *self, const char *text, const char *button, const char *action,
                      const char *target)
{
  AdwToast *toast = toast_new (text, 12);

  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  if (button != NULL)
    add_button (toast, button, action, target);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
snug_window_complain_for_good (SnugWindow *self, const char *text)
{
  snug_lasting_strip_add (self->lasting, text);
}

/* The focus goes on into the page below the strip, not to wherever the toolkit finds something. */
static void
on_lasting_closed (SnugWindow *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

/* --- What the state means for the header and the strip --- */

static gint64
lost_seconds (SnugWindow *self)
{
  if (self->lost_since_us == 0)
    return 0;
  return (g_get_monotonic_time () - self->lost_since_us) / G_USEC_PER_SEC;
}

static void
update_title (SnugWindow *self)
{
  g_autofree char *title = snug_words_title (self->session);
  g_autofree char *subtitle = snug_words_subtitle (self->session, lost_seconds (self));
  g_autofree char *window_title = g_strdup_printf ("%s · %s", title, subtitle);

  adw_view_switcher_title_set_title (self->title, title);
  adw_view_switcher_title_set_subtitle (self->title, subtitle);
  gtk_label_set_label (self->chip_title, title);
  gtk_label_set_label (self->chip_subtitle, subtitle);
  snug_accessible_set_label (self->room_chip, window_title);
  gtk_widget_set_visible (self->room_chip,
                          self->wide && snug_session_get_state (self->session) != SNUG_SESSION_EMPTY);
  gtk_window_set_title (GTK_WINDOW (self), window_title);
}

/* A room that is over fills the Room page itself: the strip would only say it twice. */
static void
update_strip (SnugWindow *self)
{
  g_autoptr (SnugProblem) problem = snug_problem_new (self->session);
  gboolean on_room = g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "room") == 0;
  gboolean shown = problem != NULL && !(problem->over && on_room);

  adw_view_stack_page_set_needs_attention (self->room_page, problem != NULL && !on_room);
  if (shown)
    {
      gtk_label_set_label (self->strip_title, problem->title);
      gtk_label_set_label (self->strip_body, problem->body);
      gtk_button_set_label (self->strip_button, problem->button);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->strip_button), problem->action);
      gtk_widget_set_visible (GTK_WIDGET (self->strip_refusal), problem->refusal != NULL);
      gtk_button_set_label (self->strip_refusal, problem->refusal != NULL ? problem->refusal : "");
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->strip_refusal), problem->refuse_action);
    }
  gtk_revealer_set_reveal_child (self->strip, shown);
}

static gboolean
on_lost_second (gpointer user_data)
{
  update_title (user_data);
  return G_SOURCE_CONTINUE;
}

static void
count_lost_time (SnugWindow *self)
{
  gboolean lost = snug_session_get_state (self->session) == SNUG_SESSION_RECONNECTING;

  if (lost && self->lost_timer == 0)
    {
      self->lost_since_us = g_get_monotonic_time ();
      self->lost_timer = g_timeout_add_seconds (1, on_lost_second, self);
    }
  else if (!lost)
    {
      self->lost_since_us = 0;
      g_clear_handle_id (&self->lost_timer, g_source_remove);
    }
}

static void
stop_mentioning_unfinished (SnugWindow *self)
{
  if (self->unfinished_toast != NULL)
    adw_toast_dismiss (self->unfinished_toast);
}

/* The page of a room that is over names what is unfinished, and a toast would cover its buttons. */
static void
on_session_changed (SnugWindow *self)
{
  if (snug_session_get_state (self->session) == SNUG_SESSION_FAILED)
    stop_mentioning_unfinished (self);
  count_lost_time (self);
  update_title (self);
  update_strip (self);
  snug_window_update_actions (self);
  snug_window_offer_held (self);
}

/* --- Badges --- */

static gboolean
is_reading_chat (SnugWindow *self)
{
  return gtk_window_is_active (GTK_WINDOW (self))
         && g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "chat") == 0;
}

static void
set_unread (SnugWindow *self, guint n_unread)
{
  self->n_unread = n_unread;
  adw_view_stack_page_set_badge_number (self->chat_page, n_unread);
}

/* By the session's own list: the pane's, which is told later, may hear of an answer and of what came after it at once. */
static void
on_messages_changed (GListModel *messages, guint position, guint n_removed, guint n_added,
                     gpointer user_data)
{
  SnugWindow *self = user_data;
  guint n_unread = g_list_model_get_n_items (messages) == 0 ? 0 : self->n_unread;
  gboolean is_reading = is_reading_chat (self);

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      /* Who says something has read what is above it. Files are counted by their own page. */
      if (snug_message_get_own (message))
        snug_chat_pane_set_first_unread (self->chat, NULL);
      else if (snug_message_get_kind (message) == SNUG_MESSAGE_TEXT && n_unread++ == 0 && !is_reading)
        snug_chat_pane_set_first_unread (self->chat, message);
    }
  set_unread (self, is_reading ? 0 : n_unread);
}

static void
update_files_badge (SnugWindow *self)
{
  GListModel *transfers = snug_session_get_transfers (self->session);
  guint n_offers = 0;
  guint n_active = 0;

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      n_active += snug_transfer_is_active (transfer) ? 1 : 0;
      n_offers += snug_transfer_get_state (transfer) == SNUG_TRANSFER_OFFERED
                  && snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN ? 1 : 0;
    }
  adw_view_stack_page_set_badge_number (self->files_page, n_active + n_offers);
  adw_view_stack_page_set_needs_attention (self->files_page, n_offers > 0);
}

static void
on_transfers_changed (GListModel *transfers, guint position, guint n_removed, guint n_added,
                      gpointer user_data)
{
  SnugWindow *self = user_data;

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      g_signal_connect_object (transfer, "notify::state", G_CALLBACK (update_files_badge), self,
                               G_CONNECT_SWAPPED);
    }
  update_files_badge (self);
}

static gboolean
is_on_files (SnugWindow *self)
{
  return g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "files") == 0;
}

/* Mentioned when the program starts; after that the Files page says it, and that of a room that is over. */
static void
on_unfinished_changed (GListModel *unfinished, guint position, guint n_removed, guint n_added,
                       gpointer user_data)
{
  guint n = g_list_model_get_n_items (unfinished);
  g_autofree char *text = g_strdup_printf (ngettext ("%u unfinished transfer", "%u unfinished transfers", n), n);
  SnugWindow *self = user_data;

  if (n > 0 && !self->told_unfinished && !is_on_files (self)
      && snug_session_get_state (self->session) != SNUG_SESSION_FAILED)
    g_set_weak_pointer (&self->unfinished_toast,
                        snug_window_suggest (self, text, _("Show"), "win.show-page", "files"));
  self->told_unfinished |= n > 0;
  if (n == 0)
    stop_mentioning_unfinished (self);
}

static void
on_members_changed (GListModel *members, guint position, guint n_removed, guint n_added,
                    gpointer user_data)
{
  SnugWindow *self = user_data;

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      g_signal_connect_object (member, "notify::state", G_CALLBACK (on_session_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (member, "notify::path", G_CALLBACK (update_title), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (member, "notify::display-name", G_CALLBACK (on_session_changed),
                               self, G_CONNECT_SWAPPED);
    }
  on_session_changed (self);
}

static void
on_page_changed (SnugWindow *self)
{
  if (self->session == NULL)
    return;
  if (is_reading_chat (self))
    set_unread (self, 0);
  if (is_on_files (self))
    stop_mentioning_unfinished (self);
  update_strip (self);
}

/* --- Wide and narrow --- */

static void
set_shape (SnugWindow *self, int width, int height)
{
  self->wide = width >= snug_text_size_scale (GTK_WIDGET (self), WIDE_PX);
  self->roomy = width >= snug_text_size_scale (GTK_WIDGET (self), ROOMY_PX);
  self->is_short = height < snug_text_size_scale (GTK_WIDGET (self), SHORT_PX);
  snug_chat_pane_set_roomy (self->chat, self->roomy);
  adw_view_switcher_title_set_view_switcher_enabled (self->title, self->wide);
  adw_view_switcher_bar_set_reveal (self->bar, !self->wide);
  snug_css_class_set (GTK_WIDGET (self), "short", self->is_short);
  update_title (self);
}

static gboolean
on_reshape (gpointer user_data)
{
  SnugWindow *self = user_data;

  self->reshape = 0;
  set_shape (self, gtk_widget_get_width (GTK_WIDGET (self)),
             gtk_widget_get_height (GTK_WIDGET (self)));
  return G_SOURCE_REMOVE;
}

static void
snug_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  gboolean same = self->wide == (width >= snug_text_size_scale (GTK_WIDGET (self), WIDE_PX))
                  && self->roomy == (width >= snug_text_size_scale (GTK_WIDGET (self), ROOMY_PX))
                  && self->is_short == (height < snug_text_size_scale (GTK_WIDGET (self), SHORT_PX));

  GTK_WIDGET_CLASS (snug_window_parent_class)->size_allocate (widget, width, height, baseline);
  /* Not here: a widget that is shown or hidden while sizes are being given out is given none. */
  if (!same && self->reshape == 0)
    self->reshape = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_reshape, self, NULL);
}

/* --- Life --- */

static gboolean
on_close_request (GtkWindow *window)
{
  return snug_window_keep_open (SNUG_WINDOW (window))
         || GTK_WINDOW_CLASS (snug_window_parent_class)->close_request (window);
}

static void
restore_size (SnugWindow *self)
{
  int width, height;
  gboolean maximized;

  g_object_get (self->settings, "width", &width, "height", &height,
                "maximized", &maximized, NULL);
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (maximized)
    gtk_window_maximize (GTK_WINDOW (self));
  set_shape (self, maximized ? G_MAXINT : width, maximized ? G_MAXINT : height);
}

typedef void (*OnItemsChanged) (GListModel *, guint, guint, guint, gpointer);

static void
watch_model (SnugWindow *self, GListModel *model, OnItemsChanged on_changed)
{
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_changed), self, 0);
  on_changed (model, 0, 0, g_list_model_get_n_items (model), self);
}

static void
watch_session (SnugWindow *self)
{
  static const char *const watched[] = { "notify::state", "notify::code", "notify::link",
                                         "notify::n-connected", "notify::error", "notify::guessed",
                                         "notify::knock", "notify::private" };

  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (self->session, watched[i], G_CALLBACK (on_session_changed), self,
                             G_CONNECT_SWAPPED);
}

static void
watch_models (SnugWindow *self)
{
  watch_model (self, snug_session_get_members (self->session), on_members_changed);
  watch_model (self, snug_chat_pane_get_messages (self->chat), on_messages_changed);
  watch_model (self, snug_session_get_transfers (self->session), on_transfers_changed);
  watch_model (self, snug_session_get_unfinished (self->session), on_unfinished_changed);
  on_session_changed (self);
}

static void
add_help (SnugWindow *self)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/io/github/snugrooms/Snug/snug-shortcuts.ui");

  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self),
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
}

SnugWindow *
snug_window_new (SnugApplication *application)
{
  SnugWindow *self = g_object_new (SNUG_TYPE_WINDOW, "application", application, NULL);
  gboolean connected;

  self->session = g_object_ref (snug_application_get_session (application));
  self->settings = g_object_ref (snug_application_get_settings (application));
  self->copies = g_object_ref (snug_application_get_copies (application));
  /* Before the panes do: the focus goes to no button whose action is not enabled yet. */
  watch_session (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SESSION]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SETTINGS]);
  restore_size (self);
  watch_models (self);
  snug_window_watch_copies (self);
  connected = snug_session_get_state (self->session) == SNUG_SESSION_CONNECTED;
  adw_view_stack_set_visible_child_name (self->stack, connected ? "chat" : "room");
  return self;
}

static void
snug_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugWindow *self = SNUG_WINDOW (object);

  switch (prop_id)
    {
    case PROP_SESSION: g_value_set_object (value, self->session); break;
    case PROP_SETTINGS: g_value_set_object (value, self->settings); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_window_dispose (GObject *object)
{
  SnugWindow *self = SNUG_WINDOW (object);

  g_clear_handle_id (&self->lost_timer, g_source_remove);
  g_clear_handle_id (&self->reshape, g_source_remove);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_object (&self->copies);
  g_clear_object (&self->held);
  g_clear_weak_pointer (&self->unfinished_toast);
  G_OBJECT_CLASS (snug_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, header);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, title);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, room_chip);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, chip_title);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, chip_subtitle);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, strip);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, strip_title);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, strip_body);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, strip_refusal);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, strip_button);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, lasting);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, copy_strip);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, chat_page);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, files_page);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, room_page);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, chat);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, files);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, room);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, drop_highlight);
  gtk_widget_class_bind_template_child (widget_class, SnugWindow, drop_label);
  gtk_widget_class_bind_template_callback (widget_class, on_page_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_lasting_closed);
}

static void
snug_window_class_init (SnugWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = snug_window_get_property;
  object_class->dispose = snug_window_dispose;
  widget_class->size_allocate = snug_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = on_close_request;

  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, SNUG_TYPE_SESSION, flags);
  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, SNUG_TYPE_SETTINGS, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (SNUG_TYPE_COLUMNS);
  g_type_ensure (SNUG_TYPE_LASTING_STRIP);
  g_type_ensure (SNUG_TYPE_COPY_STRIP);
  g_type_ensure (SNUG_TYPE_CHAT_PANE);
  g_type_ensure (SNUG_TYPE_FILES_PANE);
  g_type_ensure (SNUG_TYPE_ROOM_PANE);
  bind_template (widget_class);
  snug_window_install_actions (widget_class);
}

static void
snug_window_init (SnugWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->held = g_list_store_new (G_TYPE_FILE);
  snug_accessible_name_toasts (self->toasts);
  add_help (self);
  snug_window_take_drops (self);
  snug_window_take_pastes (self);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_page_changed), NULL);
}
