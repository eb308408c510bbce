/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-start-page.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-last-room.h"
#include "snug-page-note.h"
#include "snug-settings.h"
#include "snug-words.h"

struct _SnugStartPage
{
  AdwBin         parent_instance;

  SnugSession   *session;       /* owned */
  SnugSettings  *settings;      /* owned */
  char          *seen;          /* owned; the link on the clipboard that was offered last */
  gboolean       shuts_browsers_out;

  /* Template */
  GtkWidget     *back;
  AdwActionRow  *back_row;
  AdwEntryRow   *code;
  GtkWidget     *join;
  GtkLabel      *error;
  GtkWidget     *page_note;
  GtkWidget     *nearby;
  GtkListBox    *nearby_rooms;
  AdwEntryRow   *name;
  AdwActionRow  *findable_row;
  GtkSwitch     *findable;
  GtkSpinButton *most_people;
  GtkCheckButton *open_rooms;
  GtkLabel      *privacy;
};

G_DEFINE_FINAL_TYPE (SnugStartPage, snug_start_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SETTINGS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

void
snug_start_page_focus_join (SnugStartPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->code));
}

void
snug_start_page_show_error (SnugStartPage *self, const char *text)
{
  gtk_label_set_label (self->error, text);
  gtk_widget_set_visible (GTK_WIDGET (self->error), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->code), "error");
}

void
snug_start_page_clear (SnugStartPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->code), "");
}

/* Whoever has chosen an open room has no need of it. */
static void
update_page_note (SnugStartPage *self)
{
  gboolean open = FALSE;

  if (self->settings != NULL)
    g_object_get (self->settings, "open-rooms", &open, NULL);
  gtk_widget_set_visible (self->page_note, self->shuts_browsers_out && !open);
}

void
snug_start_page_set_shuts_browsers_out (SnugStartPage *self, gboolean shut_out)
{
  self->shuts_browsers_out = shut_out;
  update_page_note (self);
}

static void
on_code_changed (SnugStartPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->code))));

  gtk_widget_set_sensitive (self->join, *text != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->error), FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->code), "error");
}

static void
on_join (SnugStartPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->code));

  if (gtk_widget_get_sensitive (self->join))
    gtk_widget_activate_action (GTK_WIDGET (self), "room.join", "s", text);
}

/* --- Rooms nearby, of others and of our own --- */

/* All words in it but two are a stranger's. */
static GtkWidget *
make_nearby_row (gpointer item, gpointer user_data)
{
  SnugNearbyRoom *room = item;
  GtkWidget *row = adw_action_row_new ();
  const char *name = snug_nearby_room_get_name (room);
  const char *code = snug_nearby_room_get_code (room);
  const char *kind = snug_nearby_room_get_private (room) ? _("Private room") : _("Open room");
  g_autofree char *subtitle = *name != '\0' ? g_strdup_printf ("%s · %s", code, kind) : g_strdup (kind);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), *name != '\0' ? name : code);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), snug_accessible_decoration_new ("go-next-symbolic"));
  g_object_set_data_full (G_OBJECT (row), "room", g_object_ref (room), g_object_unref);
  return row;
}

static void
on_nearby_row (SnugStartPage *self, GtkListBoxRow *row)
{
  SnugNearbyRoom *room = g_object_get_data (G_OBJECT (row), "room");
  g_autoptr (SnugRoomLink) link = snug_room_link_new (snug_nearby_room_get_server (room), snug_nearby_room_get_code (room),
                                                      NULL);
  g_autofree char *url = snug_room_link_to_url (link);

  gtk_widget_activate_action (GTK_WIDGET (self), "room.join", "s", url);
}

static void
update_nearby (SnugStartPage *self)
{
  gtk_widget_set_visible (self->nearby, g_list_model_get_n_items (snug_session_get_nearby (self->session)) > 0);
}

/* What another server makes rooms for is not announced from here. */
static void
update_findable (SnugStartPage *self)
{
  gboolean open, has_nearby = FALSE;
  g_autofree char *server = NULL;

  if (self->settings == NULL)
    return;
  g_object_get (self->settings, "open-rooms", &open, "server", &server, NULL);
  if (self->session != NULL)
    g_object_get (self->session, "has-nearby", &has_nearby, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->findable_row), has_nearby && (server == NULL || *server == '\0'));
  adw_action_row_set_subtitle (self->findable_row, open ? _("They see your name and the code, and can enter")
                                                        : _("They see your name and the code, not the secret"));
}

void
snug_start_page_set_session (SnugStartPage *self, SnugSession *session)
{
  GListModel *rooms = snug_session_get_nearby (session);

  g_return_if_fail (self->session == NULL);
  self->session = g_object_ref (session);
  gtk_list_box_bind_model (self->nearby_rooms, rooms, make_nearby_row, NULL, NULL);
  g_signal_connect_object (rooms, "items-changed", G_CALLBACK (update_nearby), self, G_CONNECT_SWAPPED);
  update_nearby (self);
  g_signal_connect_object (session, "notify::has-nearby", G_CALLBACK (update_findable), self, G_CONNECT_SWAPPED);
  update_findable (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    snug_session_look_nearby (session, TRUE);
}

/* Who said it of private rooms has not said it of one that everybody can enter. */
static void
on_open_rooms (SnugStartPage *self)
{
  g_object_set (self->settings, "nearby", FALSE, NULL);
  update_findable (self);
}

/* --- A link on the clipboard --- */

/* The whole text must be a link, server and all: a word somebody copied is nobody's business. */
static void
on_clipboard_read (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugStartPage) self = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
  g_autoptr (SnugRoomLink) link = text != NULL ? snug_room_link_parse (text, NULL) : NULL;

  if (link == NULL || link->server == NULL || g_strcmp0 (text, self->seen) == 0
      || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_free (self->seen);
  self->seen = g_strdup (text);
  gtk_widget_activate_action (GTK_WIDGET (self), "room.suggest", "s", text);
}

/* Only while this page is in front of somebody, and never what we copied ourselves. */
static void
look_at_clipboard (SnugStartPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));

  if (root == NULL || !gtk_window_is_active (GTK_WINDOW (root))
      || !gtk_widget_get_mapped (GTK_WIDGET (self))
      || gdk_clipboard_is_local (clipboard)
      || !gdk_content_formats_contain_mime_type (gdk_clipboard_get_formats (clipboard),
                                                 "text/plain;charset=utf-8"))
    return;
  gdk_clipboard_read_text_async (clipboard, NULL, on_clipboard_read, g_object_ref (self));
}

static void
snug_start_page_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (snug_start_page_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_root (widget), "notify::is-active",
                           G_CALLBACK (look_at_clipboard), widget,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_widget_get_clipboard (widget), "changed",
                           G_CALLBACK (look_at_clipboard), widget,
                           G_CONNECT_SWAPPED);
}

static void
snug_start_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (snug_start_page_parent_class)->map (widget);
  look_at_clipboard (SNUG_START_PAGE (widget));
  if (SNUG_START_PAGE (widget)->session != NULL)
    snug_session_look_nearby (SNUG_START_PAGE (widget)->session, TRUE);
}

static void
snug_start_page_unmap (GtkWidget *widget)
{
  if (SNUG_START_PAGE (widget)->session != NULL)
    snug_session_look_nearby (SNUG_START_PAGE (widget)->session, FALSE);
  GTK_WIDGET_CLASS (snug_start_page_parent_class)->unmap (widget);
}

/* --- The way back to a room that was open when the program ended --- */

static void
update_back (SnugStartPage *self)
{
  g_autoptr (SnugRoomLink) link = snug_last_room_get (self->settings);
  g_autofree char *title = NULL;

  gtk_widget_set_visible (self->back, link != NULL);
  if (link == NULL)
    return;
  title = g_strdup_printf (_("Back to %s?"), link->code);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->back_row), title);
  adw_action_row_set_subtitle (self->back_row, link->server);
}

/* --- Life --- */

static void
bind_settings (SnugStartPage *self)
{
  const GBindingFlags both = G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL;

  g_object_bind_property (self->settings, "name", self->name, "text", both);
  g_object_bind_property (self->settings, "most-people", self->most_people, "value", both);
  g_object_bind_property (self->settings, "open-rooms", self->open_rooms, "active", both);
  g_object_bind_property (self->settings, "nearby", self->findable, "active", both);
  g_signal_connect_object (self->settings, "notify::open-rooms", G_CALLBACK (on_open_rooms), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "notify::server", G_CALLBACK (update_findable), self, G_CONNECT_SWAPPED);
  update_findable (self);
  g_signal_connect_object (self->settings, "notify::last-room-ends", G_CALLBACK (update_back), self,
                           G_CONNECT_SWAPPED);
  update_back (self);
  g_signal_connect_object (self->settings, "notify::open-rooms", G_CALLBACK (update_page_note), self,
                           G_CONNECT_SWAPPED);
  update_page_note (self);
}

static void
snug_start_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_SETTINGS)
    g_value_set_object (value, SNUG_START_PAGE (object)->settings);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_start_page_set_property (GObject *object, guint prop_id, const GValue *value,
                              GParamSpec *pspec)
{
  SnugStartPage *self = SNUG_START_PAGE (object);

  if (prop_id != PROP_SETTINGS)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  else if (g_set_object (&self->settings, g_value_get_object (value)) && self->settings != NULL)
    bind_settings (self);
}

static void
snug_start_page_dispose (GObject *object)
{
  g_clear_object (&SNUG_START_PAGE (object)->session);
  g_clear_object (&SNUG_START_PAGE (object)->settings);
  G_OBJECT_CLASS (snug_start_page_parent_class)->dispose (object);
}

static void
snug_start_page_finalize (GObject *object)
{
  g_free (SNUG_START_PAGE (object)->seen);
  G_OBJECT_CLASS (snug_start_page_parent_class)->finalize (object);
}

static void
snug_start_page_class_init (SnugStartPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = snug_start_page_get_property;
  object_class->set_property = snug_start_page_set_property;
  object_class->dispose = snug_start_page_dispose;
  object_class->finalize = snug_start_page_finalize;
  widget_class->root = snug_start_page_root;
  widget_class->map = snug_start_page_map;
  widget_class->unmap = snug_start_page_unmap;
  g_type_ensure (SNUG_TYPE_PAGE_NOTE);
  props[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, SNUG_TYPE_SETTINGS,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, back);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, back_row);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, code);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, join);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, error);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, page_note);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, nearby);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, nearby_rooms);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, name);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, findable_row);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, findable);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, most_people);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, open_rooms);
  gtk_widget_class_bind_template_child (widget_class, SnugStartPage, privacy);
  gtk_widget_class_bind_template_callback (widget_class, on_code_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_join);
  gtk_widget_class_bind_template_callback (widget_class, on_nearby_row);
}

static void
snug_start_page_init (SnugStartPage *self)
{
  g_autofree char *privacy = snug_words_privacy (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_label (self->privacy, privacy);
}
