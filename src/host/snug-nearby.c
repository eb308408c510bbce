/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-nearby.h"

#include "snug-avahi.h"
#include "snug-context.h"
#include "snug-nearby-record.h"

#define BROWSER SNUG_AVAHI_NAME ".ServiceBrowser"
#define DOMAIN "local"

/* A service is seen on each interface by each protocol. */
#define MAX_WAYS 8
/* Questions at a time; an address of a kind that a computer does not have is waited for in vain. */
#define MAX_QUESTIONS 16

/* A flood that goes is waited for a little, and one that comes and goes has us ask no faster than this. */
#define BROWSE_ANEW_MS 1000

typedef struct
{
  int interface;
  int protocol;
} Way;

/* A service by its name, and what came of asking about it. Each way is asked for an IPv4 address, then for an IPv6
 * one, until one answer is a room. */
typedef struct
{
  char           *name;         /* owned */
  GArray         *ways;         /* owned, of Way */
  GCancellable   *question;     /* owned, nullable */
  SnugNearbyRoom *room;         /* owned, nullable */
  Way             answered_by;  /* if there is a room */
  guint           n_asked;      /* kinds of address, of all ways */
} Service;

struct _SnugNearby
{
  GObject       parent_instance;

  /* Owned */
  SnugAvahi    *avahi;          /* nullable: we do not look */
  GCancellable *browsing;       /* nullable: no Avahi */
  GDBusConnection *bus;         /* the one that we browse on */
  char         *browser;        /* nullable: its path */
  GPtrArray    *services;       /* of Service */
  GListStore   *rooms;
  GSource      *anew;           /* nullable */

  guint         subscription;
  guint         n_questions;
  gboolean      has_missed;     /* the browser has named what there was no place for */
};

G_DEFINE_FINAL_TYPE (SnugNearby, snug_nearby, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_SERVICE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void ask_on (SnugNearby *self);
static void browse (SnugNearby *self);

/* --- What is known of a service -------------------------------------------------------------------- */

static void
service_free (Service *service)
{
  g_cancellable_cancel (service->question);
  g_clear_object (&service->question);
  g_clear_object (&service->room);
  g_array_unref (service->ways);
  g_free (service->name);
  g_free (service);
}

static Service *
find_service (SnugNearby *self, const char *name)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      Service *service = g_ptr_array_index (self->services, i);

      if (g_str_equal (service->name, name))
        return service;
    }
  return NULL;
}

static Service *
add_service (SnugNearby *self, const char *name)
{
  Service *service;

  if (self->services->len >= SNUG_NEARBY_MAX_ROOMS)
    {
      g_debug ("nearby: more services than are looked at");
      self->has_missed = TRUE;
      return NULL;
    }
  service = g_new0 (Service, 1);
  service->name = g_strdup (name);
  service->ways = g_array_new (FALSE, FALSE, sizeof (Way));
  g_ptr_array_add (self->services, service);
  return service;
}

static gboolean
find_way (Service *service, Way way, guint *index)
{
  for (guint i = 0; i < service->ways->len; i++)
    {
      Way *known = &g_array_index (service->ways, Way, i);

      *index = i;
      if (known->interface == way.interface && known->protocol == way.protocol)
        return TRUE;
    }
  return FALSE;
}

/* Last of all that is done to a service: whoever sees it go may have us look no longer. */
static void
take_away (SnugNearby *self, SnugNearbyRoom *room)
{
  guint position;

  if (room != NULL && g_list_store_find (self->rooms, room, &position))
    g_list_store_remove (self->rooms, position);
}

/* --- What they are asked --------------------------------------------------------------------------- */

typedef struct
{
  SnugNearby   *self;           /* owned */
  GCancellable *question;       /* owned: that of the service, while it wants to know */
  Way           way;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_object_unref (question->question);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static Service *
find_asking (SnugNearby *self, GCancellable *question)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      Service *service = g_ptr_array_index (self->services, i);

      if (service->question == question)
        return service;
    }
  return NULL;
}

/* @answer: (iissssisqaayu): interface, protocol, name, type, domain, host, kind of address, address, port, TXT, flags.
 * Returns: (transfer full) (nullable) */
static SnugNearbyRoom *
room_from_answer (GVariant *answer)
{
  const char *address = NULL;
  guint16 port = 0;
  g_autoptr (GVariant) txt = NULL;
  g_autoptr (SnugNearbyRecord) record = NULL;
  g_autofree char *server = NULL;

  g_variant_get_child (answer, 7, "&s", &address);
  g_variant_get_child (answer, 8, "q", &port);
  txt = g_variant_get_child_value (answer, 9);
  record = snug_nearby_record_from_txt (txt);
  server = snug_nearby_server_url (address, port);
  if (record == NULL || server == NULL)
    return NULL;
  return snug_nearby_room_new (record->name, record->code, record->is_private, server);
}

static void
on_answered (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, &error);
  SnugNearby *self = question->self;
  Service *service = find_asking (self, question->question);
  guint index;

  self->n_questions--;
  if (service != NULL)
    {
      g_clear_object (&service->question);
      /* What a way that has gone meanwhile led to is not there any more. */
      service->room = answer != NULL && find_way (service, question->way, &index) ? room_from_answer (answer) : NULL;
      service->answered_by = question->way;
      if (service->room != NULL)
        g_list_store_append (self->rooms, service->room);
      else
        g_debug ("nearby: no room: %s", error != NULL ? error->message : "it does not say what it should");
    }
  ask_on (self);
}

static gboolean
wants_to_ask (Service *service)
{
  return service->room == NULL && service->question == NULL && service->n_asked < 2 * service->ways->len;
}

static void
ask (SnugNearby *self, Service *service)
{
  Question *question = g_new0 (Question, 1);
  int kind = service->n_asked % 2 == 0 ? SNUG_AVAHI_IPV4 : SNUG_AVAHI_IPV6;
  GVariant *arguments;

  question->self = g_object_ref (self);
  question->way = g_array_index (service->ways, Way, service->n_asked / 2);
  question->question = g_cancellable_new ();
  service->question = g_object_ref (question->question);
  service->n_asked++;
  self->n_questions++;
  arguments = g_variant_new ("(iisssiu)", question->way.interface, question->way.protocol, service->name,
                             SNUG_NEARBY_SERVICE_TYPE, DOMAIN, kind, 0);
  snug_avahi_call (self->bus, "/", SNUG_AVAHI_SERVER, "ResolveService", arguments, "(iissssisqaayu)", service->question,
                   on_answered, question);
}

static void
ask_on (SnugNearby *self)
{
  for (guint i = 0; self->bus != NULL && i < self->services->len && self->n_questions < MAX_QUESTIONS; i++)
    if (wants_to_ask (g_ptr_array_index (self->services, i)))
      ask (self, g_ptr_array_index (self->services, i));
}

/* --- What comes and goes --------------------------------------------------------------------------- */

static void
on_item_new (SnugNearby *self, const char *name, Way way)
{
  Service *service = find_service (self, name);
  guint index;

  if (service == NULL)
    service = add_service (self, name);
  if (service == NULL || service->ways->len >= MAX_WAYS || find_way (service, way, &index))
    return;
  g_array_append_val (service->ways, way);
  ask_on (self);
}

static gboolean
on_anew (gpointer user_data)
{
  SnugNearby *self = user_data;

  snug_clear_source (&self->anew);
  if (self->has_missed)
    browse (self);
  return G_SOURCE_REMOVE;
}

static void
remove_service (SnugNearby *self, Service *service)
{
  g_ptr_array_remove (self->services, service);
  if (self->has_missed && self->anew == NULL)
    self->anew = snug_context_timeout (NULL, BROWSE_ANEW_MS, on_anew, self);
}

/* What is left of it is asked once more if the answer came by the way that is gone. */
static void
on_item_gone (SnugNearby *self, const char *name, Way way)
{
  Service *service = find_service (self, name);
  g_autoptr (SnugNearbyRoom) room = NULL;
  guint index;

  if (service == NULL || !find_way (service, way, &index))
    return;
  g_array_remove_index (service->ways, index);
  if (service->ways->len > 0 && service->room != NULL
      && (service->answered_by.interface != way.interface || service->answered_by.protocol != way.protocol))
    return;
  service->n_asked = 0;
  room = g_steal_pointer (&service->room);
  if (service->ways->len == 0)
    remove_service (self, service);
  take_away (self, room);
  ask_on (self);
}

static void
on_browser_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                   const char *signal, GVariant *parameters, gpointer user_data)
{
  SnugNearby *self = user_data;
  g_autoptr (SnugNearby) kept = g_object_ref (self);
  const char *name, *type, *domain;
  Way way;
  guint flags;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(iisssu)")))
    return;
  g_variant_get (parameters, "(ii&s&s&su)", &way.interface, &way.protocol, &name, &type, &domain, &flags);
  if (!g_str_equal (type, SNUG_NEARBY_SERVICE_TYPE) || !g_str_equal (domain, DOMAIN))
    return;
  if (g_str_equal (signal, "ItemNew"))
    on_item_new (self, name, way);
  else if (g_str_equal (signal, "ItemRemove"))
    on_item_gone (self, name, way);
}

/* --- Looking --------------------------------------------------------------------------------------- */

static void
stop_browsing (SnugNearby *self)
{
  g_cancellable_cancel (self->browsing);
  g_clear_object (&self->browsing);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  self->subscription = 0;
  snug_clear_source (&self->anew);
  self->has_missed = FALSE;
  if (self->browser != NULL)
    snug_avahi_free (self->bus, self->browser, BROWSER);
  g_clear_pointer (&self->browser, g_free);
  g_clear_object (&self->bus);
  g_ptr_array_set_size (self->services, 0);
  g_list_store_remove_all (self->rooms);
}

/* A new browser names all there is, and the one before it, if any, listens until it does: what we hear of both is true. */
static void
on_browser_made (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugNearby) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *browser = snug_avahi_make_finish (G_DBUS_CONNECTION (bus), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (browser == NULL)
    {
      g_debug ("nearby: Avahi does not look around: %s", error->message);
      return;
    }
  self->has_missed = FALSE;
  snug_avahi_call (self->bus, browser, BROWSER, "Start", NULL, "()", NULL, NULL, NULL);
  if (self->browser != NULL)
    snug_avahi_free (self->bus, self->browser, BROWSER);
  g_free (self->browser);
  self->browser = g_steal_pointer (&browser);
}

static void
browse (SnugNearby *self)
{
  GVariant *arguments = g_variant_new ("(iissu)", SNUG_AVAHI_ANY, SNUG_AVAHI_ANY, SNUG_NEARBY_SERVICE_TYPE, DOMAIN, 0);

  snug_avahi_make (self->bus, "ServiceBrowserPrepare", arguments, BROWSER, self->browsing, on_browser_made,
                   g_object_ref (self));
}

static void
on_avahi_changed (SnugNearby *self)
{
  g_autoptr (SnugNearby) kept = g_object_ref (self);

  stop_browsing (self);
  if (snug_avahi_get_bus (self->avahi) != NULL)
    {
      self->bus = g_object_ref (snug_avahi_get_bus (self->avahi));
      self->browsing = g_cancellable_new ();
      self->subscription = g_dbus_connection_signal_subscribe (self->bus, SNUG_AVAHI_NAME, BROWSER, NULL, NULL, NULL,
                                                               G_DBUS_SIGNAL_FLAGS_NONE, on_browser_signal, self, NULL);
      browse (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SERVICE]);
}

void
snug_nearby_look (SnugNearby *self, gboolean on)
{
  if (on == (self->avahi != NULL))
    return;
  if (on)
    {
      self->avahi = snug_avahi_new ();
      g_signal_connect_swapped (self->avahi, "changed", G_CALLBACK (on_avahi_changed), self);
      return;
    }
  g_signal_handlers_disconnect_by_data (self->avahi, self);
  g_clear_object (&self->avahi);
  stop_browsing (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SERVICE]);
}

SnugNearbyService
snug_nearby_get_service (SnugNearby *self)
{
  if (self->avahi == NULL || !snug_avahi_is_known (self->avahi))
    return SNUG_NEARBY_UNKNOWN;
  return snug_avahi_get_bus (self->avahi) != NULL ? SNUG_NEARBY_PRESENT : SNUG_NEARBY_ABSENT;
}

GListModel *
snug_nearby_get_rooms (SnugNearby *self)
{
  return G_LIST_MODEL (self->rooms);
}

SnugNearby *
snug_nearby_new (void)
{
  return g_object_new (SNUG_TYPE_NEARBY, NULL);
}

static void
snug_nearby_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_SERVICE)
    g_value_set_int (value, (int) snug_nearby_get_service (SNUG_NEARBY (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_nearby_dispose (GObject *object)
{
  SnugNearby *self = SNUG_NEARBY (object);

  if (self->avahi != NULL)
    g_signal_handlers_disconnect_by_data (self->avahi, self);
  g_clear_object (&self->avahi);
  stop_browsing (self);
  G_OBJECT_CLASS (snug_nearby_parent_class)->dispose (object);
}

static void
snug_nearby_finalize (GObject *object)
{
  SnugNearby *self = SNUG_NEARBY (object);

  g_ptr_array_unref (self->services);
  g_object_unref (self->rooms);
  G_OBJECT_CLASS (snug_nearby_parent_class)->finalize (object);
}

static void
snug_nearby_class_init (SnugNearbyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = snug_nearby_get_property;
  object_class->dispose = snug_nearby_dispose;
  object_class->finalize = snug_nearby_finalize;
  props[PROP_SERVICE] = g_param_spec_int ("service", NULL, NULL, 0, SNUG_NEARBY_PRESENT, 0,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_nearby_init (SnugNearby *self)
{
  self->services = g_ptr_array_new_with_free_func ((GDestroyNotify) service_free);
  self->rooms = g_list_store_new (SNUG_TYPE_NEARBY_ROOM);
}
