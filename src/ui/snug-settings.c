/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-settings.h"

#include "snug-config.h"

struct _SnugSettings
{
  GObject     parent_instance;

  GSettings  *store;                 /* owned; NULL: nothing is kept */
  char       *name;                  /* owned */
  char       *download_folder;       /* owned */
  char       *server;                /* owned */
  char       *relay_policy;          /* owned */
  char       *same_name;             /* owned */
  char      **ice_servers;           /* owned */
  char       *last_room;             /* owned */
  gint64      last_room_ends;
  int         most_people;
  int         width;
  int         height;
  gboolean    maximized;
  gboolean    ask_before_receiving;
  gboolean    stripes;
  gboolean    notifications;
  gboolean    notification_text;
  gboolean    show_typing;
  gboolean    open_rooms;
  gboolean    nearby;
  gboolean    stay_in_room;
};

G_DEFINE_FINAL_TYPE (SnugSettings, snug_settings, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_DOWNLOAD_FOLDER,
  PROP_SERVER,
  PROP_RELAY_POLICY,
  PROP_SAME_NAME,
  PROP_ICE_SERVERS,
  PROP_LAST_ROOM,
  PROP_LAST_ROOM_ENDS,
  PROP_MOST_PEOPLE,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_MAXIMIZED,
  PROP_ASK_BEFORE_RECEIVING,
  PROP_STRIPES,
  PROP_NOTIFICATIONS,
  PROP_NOTIFICATION_TEXT,
  PROP_SHOW_TYPING,
  PROP_OPEN_ROOMS,
  PROP_NEARBY,
  PROP_STAY_IN_ROOM,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

SnugSettings *
snug_settings_new (void)
{
  return g_object_new (SNUG_TYPE_SETTINGS, NULL);
}

/* In a Flatpak there is nothing of a person's folders but what they hand in; what is written beside is lost. */
static gboolean
is_in_sandbox (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

gboolean
snug_settings_has_folder (SnugSettings *self)
{
  return !is_in_sandbox ()
         || (self->download_folder != NULL && g_file_test (self->download_folder, G_FILE_TEST_IS_DIR));
}

static GFile *
own_folder (void)
{
  return g_file_new_build_filename (g_get_user_data_dir (), "Downloads", NULL);
}

GFile *
snug_settings_get_folder (SnugSettings *self)
{
  const char *folder = self->download_folder;

  if (!snug_settings_has_folder (self))
    return own_folder ();
  if (folder == NULL || *folder == '\0')
    folder = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);
  if (folder == NULL)
    return g_file_new_build_filename (g_get_home_dir (), "Downloads", NULL);
  return g_file_new_for_path (folder);
}

void
snug_settings_make_folder (SnugSettings *self)
{
  g_autoptr (GFile) folder = snug_settings_get_folder (self);
  g_autoptr (GError) error = NULL;

  if (!g_file_make_directory_with_parents (folder, NULL, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_debug ("no folder for files: %s", error->message);
}

/* A name to begin with, shown on the start page before anybody else sees it. */
static void
suggest_name (SnugSettings *self)
{
  const char *account = g_get_real_name ();
  g_autoptr (GVariant) chosen = self->store != NULL ? g_settings_get_user_value (self->store,
                                                                                 "name") : NULL;

  if (chosen == NULL && !g_str_equal (account, "Unknown") && !g_str_equal (account, "root"))
    g_object_set (self, "name", account, NULL);
}

static void
snug_settings_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugSettings *self = SNUG_SETTINGS (object);

  switch (prop_id)
    {
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_DOWNLOAD_FOLDER: g_value_set_string (value, self->download_folder); break;
    case PROP_SERVER: g_value_set_string (value, self->server); break;
    case PROP_RELAY_POLICY: g_value_set_string (value, self->relay_policy); break;
    case PROP_SAME_NAME: g_value_set_string (value, self->same_name); break;
    case PROP_ICE_SERVERS: g_value_set_boxed (value, self->ice_servers); break;
    case PROP_LAST_ROOM: g_value_set_string (value, self->last_room); break;
    case PROP_LAST_ROOM_ENDS: g_value_set_int64 (value, self->last_room_ends); break;
    case PROP_MOST_PEOPLE: g_value_set_int (value, self->most_people); break;
    case PROP_WIDTH: g_value_set_int (value, self->width); break;
    case PROP_HEIGHT: g_value_set_int (value, self->height); break;
    case PROP_MAXIMIZED: g_value_set_boolean (value, self->maximized); break;
    case PROP_ASK_BEFORE_RECEIVING: g_value_set_boolean (value, self->ask_before_receiving); break;
    case PROP_STRIPES: g_value_set_boolean (value, self->stripes); break;
    case PROP_NOTIFICATIONS: g_value_set_boolean (value, self->notifications); break;
    case PROP_NOTIFICATION_TEXT: g_value_set_boolean (value, self->notification_text); break;
    case PROP_SHOW_TYPING: g_value_set_boolean (value, self->show_typing); break;
    case PROP_OPEN_ROOMS: g_value_set_boolean (value, self->open_rooms); break;
    case PROP_NEARBY: g_value_set_boolean (value, self->nearby); break;
    case PROP_STAY_IN_ROOM: g_value_set_boolean (value, self->stay_in_room); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
set_string (char **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}

static void
set_strings (char ***field, const GValue *value)
{
  g_strfreev (*field);
  *field = g_value_dup_boxed (value);
}

static void
snug_settings_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SnugSettings *self = SNUG_SETTINGS (object);

  switch (prop_id)
    {
    case PROP_NAME: set_string (&self->name, value); break;
    case PROP_DOWNLOAD_FOLDER: set_string (&self->download_folder, value); break;
    case PROP_SERVER: set_string (&self->server, value); break;
    case PROP_RELAY_POLICY: set_string (&self->relay_policy, value); break;
    case PROP_SAME_NAME: set_string (&self->same_name, value); break;
    case PROP_ICE_SERVERS: set_strings (&self->ice_servers, value); break;
    case PROP_LAST_ROOM: set_string (&self->last_room, value); break;
    case PROP_LAST_ROOM_ENDS: self->last_room_ends = g_value_get_int64 (value); break;
    case PROP_MOST_PEOPLE: self->most_people = g_value_get_int (value); break;
    case PROP_WIDTH: self->width = g_value_get_int (value); break;
    case PROP_HEIGHT: self->height = g_value_get_int (value); break;
    case PROP_MAXIMIZED: self->maximized = g_value_get_boolean (value); break;
    case PROP_ASK_BEFORE_RECEIVING: self->ask_before_receiving = g_value_get_boolean (value); break;
    case PROP_STRIPES: self->stripes = g_value_get_boolean (value); break;
    case PROP_NOTIFICATIONS: self->notifications = g_value_get_boolean (value); break;
    case PROP_NOTIFICATION_TEXT: self->notification_text = g_value_get_boolean (value); break;
    case PROP_SHOW_TYPING: self->show_typing = g_value_get_boolean (value); break;
    case PROP_OPEN_ROOMS: self->open_rooms = g_value_get_boolean (value); break;
    case PROP_NEARBY: self->nearby = g_value_get_boolean (value); break;
    case PROP_STAY_IN_ROOM: self->stay_in_room = g_value_get_boolean (value); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();

  return source != NULL ? g_settings_schema_source_lookup (source, SNUG_APPLICATION_ID,
                                                           TRUE) : NULL;
}

/* An older schema may lack a key: that choice is then kept in memory only. */
static void
bind_keys (SnugSettings *self, GSettingsSchema *schema)
{
  for (guint i = PROP_0 + 1; i < N_PROPS; i++)
    {
      const char *key = g_param_spec_get_name (props[i]);

      if (g_settings_schema_has_key (schema, key))
        g_settings_bind (self->store, key, self, key, G_SETTINGS_BIND_DEFAULT);
      else
        g_debug ("the settings schema has no key %s", key);
    }
}

static void
snug_settings_constructed (GObject *object)
{
  SnugSettings *self = SNUG_SETTINGS (object);
  g_autoptr (GSettingsSchema) schema = find_schema ();

  G_OBJECT_CLASS (snug_settings_parent_class)->constructed (object);
  if (schema != NULL)
    {
      self->store = g_settings_new_full (schema, NULL, NULL);
      bind_keys (self, schema);
    }
  else
    {
      g_debug ("no settings schema: choices are kept until the program ends");
    }
  suggest_name (self);
}

static void
snug_settings_dispose (GObject *object)
{
  g_clear_object (&SNUG_SETTINGS (object)->store);
  G_OBJECT_CLASS (snug_settings_parent_class)->dispose (object);
}

static void
snug_settings_finalize (GObject *object)
{
  SnugSettings *self = SNUG_SETTINGS (object);

  g_free (self->name);
  g_free (self->download_folder);
  g_free (self->server);
  g_free (self->relay_policy);
  g_free (self->same_name);
  g_strfreev (self->ice_servers);
  g_free (self->last_room);
  G_OBJECT_CLASS (snug_settings_parent_class)->finalize (object);
}

static void
snug_settings_class_init (SnugSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  object_class->constructed = snug_settings_constructed;
  object_class->get_property = snug_settings_get_property;
  object_class->set_property = snug_settings_set_property;
  object_class->dispose = snug_settings_dispose;
  object_class->finalize = snug_settings_finalize;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  props[PROP_DOWNLOAD_FOLDER] = g_param_spec_string ("download-folder", NULL, NULL, "", flags);
  props[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, "", flags);
  props[PROP_RELAY_POLICY] = g_param_spec_string ("relay-policy", NULL, NULL, "automatic", flags);
  props[PROP_SAME_NAME] = g_param_spec_string ("same-name", NULL, NULL, "keep-both", flags);
  props[PROP_ICE_SERVERS] = g_param_spec_boxed ("ice-servers", NULL, NULL, G_TYPE_STRV, flags);
  props[PROP_LAST_ROOM] = g_param_spec_string ("last-room", NULL, NULL, "", flags);
  props[PROP_LAST_ROOM_ENDS] = g_param_spec_int64 ("last-room-ends", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  props[PROP_MOST_PEOPLE] = g_param_spec_int ("most-people", NULL, NULL, 2, 16, 10, flags);
  props[PROP_WIDTH] = g_param_spec_int ("width", NULL, NULL, 1, G_MAXINT, 900, flags);
  props[PROP_HEIGHT] = g_param_spec_int ("height", NULL, NULL, 1, G_MAXINT, 640, flags);
  props[PROP_MAXIMIZED] = g_param_spec_boolean ("maximized", NULL, NULL, FALSE, flags);
  props[PROP_ASK_BEFORE_RECEIVING] = g_param_spec_boolean ("ask-before-receiving", NULL, NULL, TRUE,
                                                           flags);
  props[PROP_STRIPES] = g_param_spec_boolean ("stripes", NULL, NULL, TRUE, flags);
  props[PROP_NOTIFICATIONS] = g_param_spec_boolean ("notifications", NULL, NULL, TRUE, flags);
  props[PROP_NOTIFICATION_TEXT] = g_param_spec_boolean ("notification-text", NULL, NULL, FALSE,
                                                        flags);
  props[PROP_SHOW_TYPING] = g_param_spec_boolean ("show-typing", NULL, NULL, TRUE, flags);
  props[PROP_OPEN_ROOMS] = g_param_spec_boolean ("open-rooms", NULL, NULL, FALSE, flags);
  props[PROP_NEARBY] = g_param_spec_boolean ("nearby", NULL, NULL, FALSE, flags);
  props[PROP_STAY_IN_ROOM] = g_param_spec_boolean ("stay-in-room", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_settings_init (SnugSettings *self)
{
}
