/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-local-host.h"

#include "snug-address.h"
#include "snug-server.h"

/* Ports tried from the first; after them, any free one. */
#define N_PORTS 20

struct _SnugLocalHost
{
  GObject     parent_instance;

  /* Owned */
  SnugServer *server;
  char       *own_url;
  char       *public_url;
  char       *code;
  char       *member;
  char       *token;

  guint       port_on_all;
};

G_DEFINE_FINAL_TYPE (SnugLocalHost, snug_local_host, G_TYPE_OBJECT)

static gboolean
listen_on_free_port (SnugServer *server, GError **error)
{
  for (guint i = 0; i < N_PORTS; i++)
    {
      g_autofree char *address = g_strdup_printf ("0.0.0.0:%u", SNUG_LOCAL_HOST_PORT + i);
      g_autoptr (GError) taken = NULL;

      if (snug_server_listen (server, address, &taken))
        return TRUE;
      g_debug ("%s: %s", address, taken->message);
    }
  return snug_server_listen (server, "0.0.0.0:0", error);
}

static gboolean
has_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* The libraries come all or none (src/web/assemble.py); this one is of what no browser brings along. */
gboolean
snug_local_host_page_is_limited (const char *web_root)
{
  return has_file (web_root, "index.html") && !has_file (web_root, "noble/curves/ed25519.js");
}

/* The address that @listen names, or NULL if that is "all of them". */
static GInetAddress *
named_address (const char *listen)
{
  g_autoptr (GSocketConnectable) parsed = listen != NULL ? g_network_address_parse (listen, 0, NULL) : NULL;
  GInetAddress *address;

  if (parsed == NULL)
    return NULL;
  address = g_inet_address_new_from_string (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)));
  if (address != NULL && g_inet_address_get_is_any (address))
    g_clear_object (&address);
  return address;
}

SnugLocalHost *
snug_local_host_new (const char *web_root, const char *listen, guint capacity, gboolean is_private,
                     GError **error)
{
  SnugServerConfig config = { .web_root = web_root, .built_in = TRUE };
  g_autoptr (SnugLocalHost) self = g_object_new (SNUG_TYPE_LOCAL_HOST, NULL);
  g_autoptr (GInetAddress) named = named_address (listen);
  g_autoptr (GInetAddress) own = NULL;
  g_autoptr (GInetAddress) public = NULL;
  guint port;

  self->server = snug_server_new (&config);
  if (listen != NULL ? !snug_server_listen (self->server, listen, error) : !listen_on_free_port (self->server, error))
    return NULL;
  if (!snug_server_create_room (self->server, capacity, is_private, &self->code, &self->member, &self->token,
                                error))
    return NULL;

  port = snug_server_get_port (self->server);
  self->port_on_all = named != NULL ? 0 : port;
  own = named != NULL ? g_object_ref (named) : g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  public = named != NULL ? g_object_ref (named) : snug_address_for_others ();
  self->own_url = snug_address_to_url (own, port);
  self->public_url = snug_address_to_url (public, port);
  return g_steal_pointer (&self);
}

void
snug_local_host_stop (SnugLocalHost *self)
{
  if (self->server != NULL)
    snug_server_stop (self->server, "closed");
}

const char *
snug_local_host_get_own_url (SnugLocalHost *self)
{
  return self->own_url;
}

const char *
snug_local_host_get_public_url (SnugLocalHost *self)
{
  return self->public_url;
}

const char *
snug_local_host_get_code (SnugLocalHost *self)
{
  return self->code;
}

const char *
snug_local_host_get_member (SnugLocalHost *self)
{
  return self->member;
}

const char *
snug_local_host_get_token (SnugLocalHost *self)
{
  return self->token;
}

guint
snug_local_host_get_port_on_all (SnugLocalHost *self)
{
  return self->port_on_all;
}

static void
snug_local_host_dispose (GObject *object)
{
  SnugLocalHost *self = SNUG_LOCAL_HOST (object);

  snug_local_host_stop (self);
  g_clear_object (&self->server);
  G_OBJECT_CLASS (snug_local_host_parent_class)->dispose (object);
}

static void
snug_local_host_finalize (GObject *object)
{
  SnugLocalHost *self = SNUG_LOCAL_HOST (object);

  g_free (self->own_url);
  g_free (self->public_url);
  g_free (self->code);
  g_free (self->member);
  g_free (self->token);
  G_OBJECT_CLASS (snug_local_host_parent_class)->finalize (object);
}

static void
snug_local_host_class_init (SnugLocalHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_local_host_dispose;
  object_class->finalize = snug_local_host_finalize;
}

static void
snug_local_host_init (SnugLocalHost *self)
{
}
