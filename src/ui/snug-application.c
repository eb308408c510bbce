/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-application.h"

#include <glib/gi18n-lib.h>

#include "snug-config.h"
#include "snug-ice-words.h"
#include "snug-draft-file.h"
#include "snug-last-room.h"
#include "snug-notifier.h"
#include "snug-preferences.h"
#include "snug-report.h"
#include "snug-session-facts.h"
#include "snug-window.h"

struct _SnugApplication
{
  AdwApplication  parent_instance;

  SnugSession    *session;      /* owned */
  SnugSettings   *settings;     /* owned */
  SnugCopies     *copies;       /* owned */
  SnugNotifier   *notifier;     /* owned */
  guint           inhibited;    /* cookie; 0: the computer may sleep */
  gboolean        is_held;      /* a copy is made, and the program stays until it is whole */
  guint           staying;      /* cookie: and so does the session; 0: it does not, or nobody was there to be asked */
};

G_DEFINE_FINAL_TYPE (SnugApplication, snug_application, ADW_TYPE_APPLICATION)

SnugApplication *
snug_application_new (void)
{
  return g_object_new (SNUG_TYPE_APPLICATION,
                       "application-id", SNUG_APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/snugrooms/Snug",
                       NULL);
}

SnugSession *
snug_application_get_session (SnugApplication *self)
{
  return self->session;
}

SnugSettings *
snug_application_get_settings (SnugApplication *self)
{
  return self->settings;
}

SnugCopies *
snug_application_get_copies (SnugApplication *self)
{
  return self->copies;
}

void
snug_application_tell_staying (SnugApplication *self)
{
  snug_notifier_tell_staying (self->notifier);
}

/* --- Settings and the session --- */

static gboolean
empty_to_null (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  const char *text = g_value_get_string (from);

  g_value_set_string (to, text != NULL && *text != '\0' ? text : NULL);
  return TRUE;
}

static gboolean
to_accept_policy (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  g_value_set_int (to, g_value_get_boolean (from) ? SNUG_ACCEPT_ASK : SNUG_ACCEPT_ALL);
  return TRUE;
}

static gboolean
to_relay_policy (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  const char *policy = g_value_get_string (from);

  g_value_set_int (to, g_strcmp0 (policy, "never") == 0 ? SNUG_RELAY_NEVER
                       : g_strcmp0 (policy, "only") == 0 ? SNUG_RELAY_ONLY : SNUG_RELAY_AUTOMATIC);
  return TRUE;
}

static gboolean
to_conflict_policy (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  const char *policy = g_value_get_string (from);

  g_value_set_int (to, g_strcmp0 (policy, "replace") == 0 ? SNUG_CONFLICT_REPLACE
                       : g_strcmp0 (policy, "skip-identical") == 0 ? SNUG_CONFLICT_SKIP_IDENTICAL
                       : SNUG_CONFLICT_KEEP_BOTH);
  return TRUE;
}

/* Who is asked makes the folder by accepting. */
static void
on_folder_changed (SnugApplication *self)
{
  g_autoptr (GFile) folder = snug_settings_get_folder (self->settings);
  gboolean ask;

  g_object_get (self->settings, "ask-before-receiving", &ask, NULL);
  if (!ask)
    snug_settings_make_folder (self->settings);
  g_object_set (self->session, "save-to", folder, NULL);
}

/* What cannot be read is left out; the preferences say so where it is typed. */
static void
on_ice_servers_changed (SnugApplication *self)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_ice_server_free);
  g_auto (GStrv) words = NULL;

  g_object_get (self->settings, "ice-servers", &words, NULL);
  for (guint i = 0; words != NULL && words[i] != NULL && servers->len < SNUG_ICE_SERVERS_MAX; i++)
    {
      SnugIceServer *server = snug_ice_server_from_words (words[i], NULL);

      if (server != NULL)
        g_ptr_array_add (servers, server);
    }
  g_object_set (self->session, "ice-servers", servers, NULL);
}

static void
on_nearby_changed (SnugApplication *self)
{
  gboolean nearby, open;

  g_object_get (self->settings, "nearby", &nearby, "open-rooms", &open, NULL);
  g_object_set (self->session, "nearby", (int) (!nearby ? SNUG_NEARBY_NO_ROOMS
                                                : open ? SNUG_NEARBY_ALL_ROOMS : SNUG_NEARBY_PRIVATE_ROOMS), NULL);
}

static void
bind_session (SnugApplication *self)
{
  const char *web_root = g_getenv ("SNUG_WEB_ROOT");

  g_object_set (self->session, "web-root", web_root != NULL ? web_root : SNUG_WEB_ROOT, NULL);
  g_object_bind_property_full (self->settings, "server", self->session, "server",
                               G_BINDING_SYNC_CREATE,
                               empty_to_null, NULL, NULL, NULL);
  g_object_bind_property_full (self->settings, "ask-before-receiving", self->session,
                               "accept-policy",
                               G_BINDING_SYNC_CREATE, to_accept_policy, NULL, NULL, NULL);
  g_object_bind_property_full (self->settings, "same-name", self->session, "conflict-policy",
                               G_BINDING_SYNC_CREATE, to_conflict_policy, NULL, NULL, NULL);
  g_object_bind_property_full (self->settings, "relay-policy", self->session, "relay-policy",
                               G_BINDING_SYNC_CREATE, to_relay_policy, NULL, NULL, NULL);
  g_object_bind_property (self->settings, "stripes", self->session, "stripes", G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->settings, "name", self->session, "name", G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->settings, "most-people", self->session, "capacity",
                          G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->settings, "notify::download-folder",
                           G_CALLBACK (on_folder_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "notify::ask-before-receiving",
                           G_CALLBACK (on_folder_changed), self,
                           G_CONNECT_SWAPPED);
  on_folder_changed (self);
  g_signal_connect_object (self->settings, "notify::ice-servers",
                           G_CALLBACK (on_ice_servers_changed), self,
                           G_CONNECT_SWAPPED);
  on_ice_servers_changed (self);
  g_signal_connect_object (self->settings, "notify::nearby", G_CALLBACK (on_nearby_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "notify::open-rooms", G_CALLBACK (on_nearby_changed), self, G_CONNECT_SWAPPED);
  on_nearby_changed (self);
}

/* --- What is left of an earlier time --- */

/* In a room the search would find what is being gone on with; when that is over, it is what is left. */
static void
look_for_unfinished (SnugApplication *self)
{
  SnugSessionState state = snug_session_get_state (self->session);

  if (state == SNUG_SESSION_EMPTY || state == SNUG_SESSION_FAILED)
    snug_session_find_unfinished (self->session);
}

/* --- Transfers keep the computer awake --- */

static void
on_active_changed (SnugApplication *self)
{
  gboolean active = snug_session_facts_has_active_transfers (self->session);

  if (active && self->inhibited == 0)
    self->inhibited = gtk_application_inhibit (GTK_APPLICATION (self),
                                               gtk_application_get_active_window (GTK_APPLICATION (self)),
                                               GTK_APPLICATION_INHIBIT_SUSPEND, _("Files are on their way"));
  else if (!active && self->inhibited != 0)
    {
      gtk_application_uninhibit (GTK_APPLICATION (self), self->inhibited);
      self->inhibited = 0;
    }
}

static void
on_transfers_changed (GListModel *transfers, guint position, guint n_removed, guint n_added,
                      gpointer user_data)
{
  SnugApplication *self = user_data;

  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      g_signal_connect_object (transfer, "notify::active", G_CALLBACK (on_active_changed), self,
                               G_CONNECT_SWAPPED);
    }
  on_active_changed (self);
}

/* --- A copy that is made keeps the program and the session, with a window or without --- */

static void
on_copies_changed (SnugApplication *self)
{
  gboolean is_busy = snug_copies_get_current (self->copies) != NULL;

  if (is_busy == self->is_held)
    return;
  self->is_held = is_busy;
  if (is_busy)
    {
      g_application_hold (G_APPLICATION (self));
      self->staying = gtk_application_inhibit (GTK_APPLICATION (self),
                                               gtk_application_get_active_window (GTK_APPLICATION (self)),
                                               GTK_APPLICATION_INHIBIT_LOGOUT | GTK_APPLICATION_INHIBIT_SUSPEND,
                                               _("Still Saving"));
      return;
    }
  if (self->staying != 0)
    gtk_application_uninhibit (GTK_APPLICATION (self), self->staying);
  self->staying = 0;
  g_application_release (G_APPLICATION (self));
}

/* --- The window and what enters by a door --- */

static SnugWindow *
get_window (SnugApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *at = windows; at != NULL; at = at->next)
    if (SNUG_IS_WINDOW (at->data))
      return at->data;
  return snug_window_new (self);
}

static SnugWindow *
present_window (SnugApplication *self)
{
  SnugWindow *window = get_window (self);

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
snug_application_activate (GApplication *application)
{
  present_window (SNUG_APPLICATION (application));
}

static gboolean
is_invite_uri (const char *uri)
{
  return g_ascii_strncasecmp (uri, "snug:", 5) == 0 || g_ascii_strncasecmp (uri, "http:", 5) == 0
         || g_ascii_strncasecmp (uri, "https:", 6) == 0;
}

/* Files end in the send dialog, an invite in the join dialog: never in a sending or a joining. */
static void
snug_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  SnugWindow *window = present_window (SNUG_APPLICATION (application));
  g_autoptr (GListStore) to_send = g_list_store_new (G_TYPE_FILE);

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      if (is_invite_uri (uri))
        snug_window_ask_join (window, uri);
      else
        g_list_store_append (to_send, files[i]);
    }
  if (g_list_model_get_n_items (G_LIST_MODEL (to_send)) > 0)
    snug_window_ask_send (window, G_LIST_MODEL (to_send));
}

static void
open_arguments (SnugApplication *self, GApplicationCommandLine *command_line,
                const char **arguments)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    g_ptr_array_add (files,
                     g_application_command_line_create_file_for_arg (command_line, arguments[i]));
  snug_application_open (G_APPLICATION (self), (GFile **) files->pdata, (int) files->len, "");
}

/* The menus of desktops without D-Bus activation give files and links alike; a person may type a code. */
static gboolean
is_file (GApplicationCommandLine *command_line, const char *argument)
{
  g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (command_line, argument);

  return !is_invite_uri (argument) && g_file_query_exists (file, NULL);
}

static int
snug_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  SnugApplication *self = SNUG_APPLICATION (application);
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  g_autofree const char **arguments = NULL;

  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &arguments);
  if (g_variant_dict_contains (options, "send")
      || (arguments != NULL && arguments[0] != NULL && is_file (command_line, arguments[0])))
    open_arguments (self, command_line, arguments);
  else if (arguments != NULL && arguments[0] != NULL)
    snug_window_ask_join (present_window (self), arguments[0]);
  else
    g_application_activate (application);

  if (g_variant_dict_contains (options, "new-room"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "new-room", NULL);
  if (g_variant_dict_contains (options, "join"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "join", NULL);
  return 0;
}

/* GTK draws a window without a word in it if there is none; it uses what is loaded here. */
static gboolean
is_there_a_font (void)
{
  PangoFontMap *map = pango_cairo_font_map_get_default ();
  PangoContext *context = pango_font_map_create_context (map);
  PangoFontDescription *any = pango_font_description_from_string ("Sans");
  PangoFont *font = pango_font_map_load_font (map, context, any);
  gboolean is_there = font != NULL;

  g_clear_object (&font);
  pango_font_description_free (any);
  g_object_unref (context);
  return is_there;
}

static int
snug_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("snug %s\n", SNUG_VERSION);
      return 0;
    }
  if (!is_there_a_font ())
    {
      g_printerr ("%s\n", _("Snug cannot show a word: no font is installed. Install one, for example fonts-noto-core."));
      return 1;
    }
  return -1;
}

/* --- Actions --- */

static void
on_new_room (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (present_window (user_data)), "room.create", NULL);
}

static void
on_join (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (present_window (user_data)), "room.enter-code", NULL);
}

static void
on_show_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_widget_activate_action_variant (GTK_WIDGET (present_window (user_data)), "win.show-page",
                                      parameter);
}

/* From a notification: the file's own actions, found through the window. */
static void
on_file_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *name = g_action_get_name (G_ACTION (action));
  g_autofree char *target = g_strdup_printf ("file.%s", name + strlen ("file-"));

  gtk_widget_activate_action_variant (GTK_WIDGET (get_window (user_data)), target, parameter);
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SnugApplication *self = user_data;

  snug_preferences_present (GTK_WINDOW (present_window (self)), self->settings);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *report = snug_report_new (SNUG_APPLICATION (user_data)->session);

  adw_show_about_window (GTK_WINDOW (present_window (user_data)),
                         "application-name", _("Snug"),
                         "application-icon", SNUG_APPLICATION_ID,
                         "version", SNUG_VERSION,
                         "developer-name", _("The Snug makers"),
                         "comments", _("A small room for a few people: chat and files straight from device to device."),
                         "debug-info", report,
                         "debug-info-filename", "snug-report.txt",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         NULL);
}

/* The window may ask first, so quitting goes through it. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  snug_window_quit (get_window (user_data));
}

static const GActionEntry app_entries[] = {
  { "new-room", on_new_room, NULL, NULL, NULL },
  { "join", on_join, NULL, NULL, NULL },
  { "show-page", on_show_page, "s", NULL, NULL },
  { "file-accept", on_file_action, "s", NULL, NULL },
  { "file-decline", on_file_action, "s", NULL, NULL },
  { "file-open", on_file_action, "s", NULL, NULL },
  { "preferences", on_preferences, NULL, NULL, NULL },
  { "about", on_about, NULL, NULL, NULL },
  { "quit", on_quit, NULL, NULL, NULL },
};

static const struct
{
  const char *action;
  const char *keys[3];
} accels[] = {
  { "win.show-page::chat", { "<Control>1", NULL } },
  { "win.show-page::files", { "<Control>2", NULL } },
  { "win.show-page::room", { "<Control>3", NULL } },
  { "room.create", { "<Control>n", NULL } },
  { "room.enter-code", { "<Control>l", NULL } },
  { "room.choose-files", { "<Control>o", NULL } },
  { "room.choose-folder", { "<Control><Shift>o", NULL } },
  { "room.copy-link", { "<Control><Shift>c", NULL } },
  { "room.show-qr", { "<Control><Shift>q", NULL } },
  { "chat.go-to-end", { "<Control>End", NULL } },
  { "chat.find", { "<Control>f", NULL } },
  { "window.close", { "<Control>w", NULL } },
  { "win.show-help-overlay", { "<Control>question", NULL } },
  { "app.preferences", { "<Control>comma", NULL } },
  { "app.quit", { "<Control>q", NULL } },
};

static void
snug_application_startup (GApplication *application)
{
  SnugApplication *self = SNUG_APPLICATION (application);
  GListModel *transfers;

  G_APPLICATION_CLASS (snug_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), app_entries, G_N_ELEMENTS (app_entries),
                                   self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           (const char *const *) accels[i].keys);

  snug_draft_files_begin ();
  self->settings = snug_settings_new ();
  self->session = snug_session_new ();
  self->copies = snug_copies_new ();
  g_signal_connect_object (self->copies, "changed", G_CALLBACK (on_copies_changed), self, G_CONNECT_SWAPPED);
  self->notifier = snug_notifier_new (GTK_APPLICATION (self), self->session, self->settings, self->copies);
  bind_session (self);
  snug_last_room_watch (self->session, self->settings);
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (look_for_unfinished), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::save-to", G_CALLBACK (look_for_unfinished), self, G_CONNECT_SWAPPED);
  look_for_unfinished (self);

  transfers = snug_session_get_transfers (self->session);
  g_signal_connect_object (transfers, "items-changed", G_CALLBACK (on_transfers_changed), self, 0);
}

/* A copy that is still being made keeps the program, but nobody in a room who does not see it. */
static void
snug_application_window_removed (GtkApplication *application, GtkWindow *window)
{
  SnugApplication *self = SNUG_APPLICATION (application);

  GTK_APPLICATION_CLASS (snug_application_parent_class)->window_removed (application, window);
  if (SNUG_IS_WINDOW (window) && self->session != NULL)
    snug_session_leave (self->session);
}

static void
snug_application_shutdown (GApplication *application)
{
  SnugApplication *self = SNUG_APPLICATION (application);

  if (self->session != NULL)
    snug_session_leave (self->session);
  snug_draft_files_forget ();
  G_APPLICATION_CLASS (snug_application_parent_class)->shutdown (application);
}

static void
snug_application_dispose (GObject *object)
{
  SnugApplication *self = SNUG_APPLICATION (object);

  g_clear_object (&self->notifier);
  g_clear_object (&self->copies);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (snug_application_parent_class)->dispose (object);
}

static void
snug_application_class_init (SnugApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_application_dispose;
  application_class->startup = snug_application_startup;
  application_class->shutdown = snug_application_shutdown;
  application_class->activate = snug_application_activate;
  application_class->open = snug_application_open;
  application_class->command_line = snug_application_command_line;
  application_class->handle_local_options = snug_application_handle_local_options;
  GTK_APPLICATION_CLASS (klass)->window_removed = snug_application_window_removed;
}

static void
snug_application_init (SnugApplication *self)
{
  const GOptionEntry entries[] = {
    { "send", 's', 0, G_OPTION_ARG_NONE, NULL, N_("Send the files named after it"), NULL },
    { "new-room", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Open a new room"), NULL },
    { "join", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Ask for a code or link to join"), NULL },
    { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL,
     N_("[LINK|INVITE|FILE…]") },
    { NULL }
  };

  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_application_set_option_context_parameter_string (G_APPLICATION (self),
                                                     _("- a small room for a few people"));
}
