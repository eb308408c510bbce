/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-preferences.h"

#include <glib/gi18n-lib.h>

#include "snug-css-class.h"
#include "snug-ice-words.h"

struct _SnugPreferences
{
  AdwPreferencesWindow  parent_instance;

  SnugSettings         *settings;     /* owned */

  /* Template */
  AdwEntryRow          *name;
  GtkSwitch            *typing;
  GtkSwitch            *stay;
  AdwActionRow         *folder;
  GtkSwitch            *ask;
  GtkSwitch            *notifications;
  GtkSwitch            *notification_text;
  AdwComboRow          *same_name;
  AdwComboRow          *server_kind;
  AdwEntryRow          *server;
  GtkSwitch            *stripes;
  AdwComboRow          *relay;
  AdwEntryRow          *ice_servers;
  GtkLabel             *ice_error;
};

G_DEFINE_FINAL_TYPE (SnugPreferences, snug_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the choices. */
static const char *const relay_policies[] = { "automatic", "never", "only" };
static const char *const same_name_policies[] = { "keep-both", "skip-identical", "replace" };

static void
update_folder (SnugPreferences *self)
{
  g_autoptr (GFile) folder = snug_settings_get_folder (self->settings);

  adw_action_row_set_subtitle (self->folder, g_file_peek_path (folder));
}

static void
on_folder_chosen (GtkNativeDialog *chooser, int response, SnugPreferences *self)
{
  g_autoptr (GFile) folder = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_object_set (self->settings, "download-folder", g_file_peek_path (folder), NULL);
    }
  g_object_unref (chooser);
}

static void
on_choose_folder (SnugPreferences *self)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Save Files In"),
                                                               GTK_WINDOW (self),
                                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                                               _("Choose"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_folder_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_server_kind (SnugPreferences *self)
{
  gboolean built_in = adw_combo_row_get_selected (self->server_kind) == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->server), !built_in);
  if (built_in)
    gtk_editable_set_text (GTK_EDITABLE (self->server), "");
}

static void
on_server_typed (SnugPreferences *self)
{
  g_autofree char *address = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->server))));

  if (self->settings != NULL)
    g_object_set (self->settings, "server", address, NULL);
}

static void
on_relay (SnugPreferences *self)
{
  guint chosen = adw_combo_row_get_selected (self->relay);

  if (self->settings != NULL && chosen < G_N_ELEMENTS (relay_policies))
    g_object_set (self->settings, "relay-policy", relay_policies[chosen], NULL);
}

static void
on_same_name (SnugPreferences *self)
{
  guint chosen = adw_combo_row_get_selected (self->same_name);

  if (self->settings != NULL && chosen < G_N_ELEMENTS (same_name_policies))
    g_object_set (self->settings, "same-name", same_name_policies[chosen], NULL);
}

static void
check_ice_server (const char *words, GError **error)
{
  SnugIceServer *server = snug_ice_server_from_words (words, error);

  g_clear_pointer (&server, snug_ice_server_free);
}

static void
show_ice_error (SnugPreferences *self, const GError *error)
{
  gtk_label_set_label (self->ice_error, error != NULL ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->ice_error), error != NULL);
  snug_css_class_set (GTK_WIDGET (self->ice_servers), "error", error != NULL);
}

static void
on_ice_servers (SnugPreferences *self)
{
  g_auto (GStrv) words = g_strsplit_set (gtk_editable_get_text (GTK_EDITABLE (self->ice_servers)),
                                         " \t,", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) servers = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      {
        g_strv_builder_add (builder, words[i]);
        check_ice_server (words[i], error == NULL ? &error : NULL);
      }
  show_ice_error (self, error);
  servers = g_strv_builder_end (builder);
  if (self->settings != NULL)
    g_object_set (self->settings, "ice-servers", servers, NULL);
}

/* Shown from the settings first; only then does typing write back. */
static void
show_connection (SnugPreferences *self, SnugSettings *settings)
{
  g_autofree char *server = NULL;
  g_autofree char *policy = NULL;
  g_auto (GStrv) servers = NULL;
  g_autofree char *joined = NULL;

  g_object_get (settings, "server", &server, "relay-policy", &policy, "ice-servers", &servers,
                NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->server), server);
  adw_combo_row_set_selected (self->server_kind, *server != '\0' ? 1 : 0);
  for (guint i = 0; i < G_N_ELEMENTS (relay_policies); i++)
    if (g_strcmp0 (policy, relay_policies[i]) == 0)
      adw_combo_row_set_selected (self->relay, i);
  joined = servers != NULL ? g_strjoinv (" ", servers) : g_strdup ("");
  gtk_editable_set_text (GTK_EDITABLE (self->ice_servers), joined);
}

static void
show_same_name (SnugPreferences *self, SnugSettings *settings)
{
  g_autofree char *policy = NULL;

  g_object_get (settings, "same-name", &policy, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (same_name_policies); i++)
    if (g_strcmp0 (policy, same_name_policies[i]) == 0)
      adw_combo_row_set_selected (self->same_name, i);
}

static void
bind_settings (SnugPreferences *self)
{
  const GBindingFlags both = G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL;

  g_object_bind_property (self->settings, "name", self->name, "text", both);
  g_object_bind_property (self->settings, "show-typing", self->typing, "active", both);
  g_object_bind_property (self->settings, "stay-in-room", self->stay, "active", both);
  g_object_bind_property (self->settings, "ask-before-receiving", self->ask, "active", both);
  g_object_bind_property (self->settings, "stripes", self->stripes, "active", both);
  g_object_bind_property (self->settings, "notifications", self->notifications, "active", both);
  g_object_bind_property (self->settings, "notification-text", self->notification_text, "active",
                          both);
  g_signal_connect_object (self->settings, "notify::download-folder", G_CALLBACK (update_folder),
                           self,
                           G_CONNECT_SWAPPED);
  update_folder (self);
}

void
snug_preferences_present (GtkWindow *parent, SnugSettings *settings)
{
  SnugPreferences *self = g_object_new (SNUG_TYPE_PREFERENCES, "transient-for", parent, NULL);

  show_connection (self, settings);
  show_same_name (self, settings);
  self->settings = g_object_ref (settings);
  bind_settings (self);
  gtk_window_present (GTK_WINDOW (self));
}

static void
snug_preferences_dispose (GObject *object)
{
  g_clear_object (&SNUG_PREFERENCES (object)->settings);
  G_OBJECT_CLASS (snug_preferences_parent_class)->dispose (object);
}

static void
snug_preferences_class_init (SnugPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, name);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, typing);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, stay);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, folder);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, ask);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, notifications);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, notification_text);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, same_name);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, server_kind);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, server);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, stripes);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, relay);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, ice_servers);
  gtk_widget_class_bind_template_child (widget_class, SnugPreferences, ice_error);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_same_name);
  gtk_widget_class_bind_template_callback (widget_class, on_server_kind);
  gtk_widget_class_bind_template_callback (widget_class, on_server_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_relay);
  gtk_widget_class_bind_template_callback (widget_class, on_ice_servers);
}

static void
snug_preferences_init (SnugPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
